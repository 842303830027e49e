//! Paths, tokens, scopes, rates, the envelope, and what a creator may do.

use super::super::{Account, App};
use super::*;

const ALL: &[&str] =
    &["user.info.basic", "user.info.profile", "user.info.stats", "video.list", "video.publish", "video.upload"];

/// Each call with a body that it takes, and the scopes of which one is enough.
fn calls() -> Vec<(Method, &'static str, Value, &'static [&'static str])> {
    let photos = photos::direct(&["https://media.example.org/1.jpg"]);
    let status = json!({"publish_id": "v_pub_file~v2.1"});
    vec![
        (Method::GET, "/v2/user/info/?fields=open_id", Value::Null, &["user.info.basic"]),
        (Method::POST, "/v2/video/list/?fields=id", json!({}), &["video.list"]),
        (Method::POST, "/v2/video/query/?fields=id", json!({"filters": {"video_ids": ["1"]}}), &["video.list"]),
        (Method::POST, CREATOR, json!({}), &["video.publish"]),
        (Method::POST, DIRECT, json!({"post_info": wishes(), "source_info": whole(9)}), &["video.publish"]),
        (Method::POST, DRAFT, json!({"source_info": whole(9)}), &["video.upload"]),
        (Method::POST, PHOTOS, photos.clone(), &["video.publish"]),
        (Method::POST, PHOTOS, with(&photos, "/post_mode", json!("MEDIA_UPLOAD")), &["video.upload"]),
        (Method::POST, STATUS, status.clone(), &["video.publish", "video.upload"]),
        (Method::POST, CANCEL, status, &["video.publish", "video.upload"]),
    ]
}

async fn call(bench: &Bench, member: &Member, method: &Method, path: &str, body: &Value) -> Got {
    if method == Method::GET { bench.get(member, path).await } else { bench.post(member, path, body).await }
}

#[tokio::test]
async fn each_call_takes_its_scope() {
    let bench = Bench::new().await;
    for (method, path, body, scopes) in calls() {
        for scope in ALL {
            let member = bench.ann_with(&[scope]);
            let got = call(&bench, &member, &method, path, &body).await;
            let refused = got.json()["error"]["code"] == "scope_not_authorized";
            assert_eq!(refused, !scopes.contains(scope), "{path} with {scope}: {}", got.body);
            if refused {
                got.refused(401, "scope_not_authorized");
            }
        }
    }
}

#[tokio::test]
async fn tokens_must_live() {
    let bench = Bench::new().await;
    for (method, path, body, _) in calls() {
        let unknown = Member { access_token: "act.unknown".to_owned(), ..bench.ann.clone() };
        call(&bench, &unknown, &method, path, &body).await.refused(401, "access_token_invalid");
        let unsigned = Request::builder().method(method).uri(path).header("content-type", "application/json");
        bench.send(unsigned, body.to_string()).await.refused(401, "access_token_invalid");
    }
    bench.advance(Duration::from_secs(86_400));
    bench.post(&bench.ann, CREATOR, &json!({})).await.refused(401, "access_token_invalid");
    let bob = bench.bob();
    bench.post(&bob, CREATOR, &json!({})).await.data();
    bench.tiktok().remove_access(&bob.open_id);
    bench.post(&bob, CREATOR, &json!({})).await.refused(401, "access_token_invalid");
}

#[tokio::test]
async fn unknown_paths() {
    let bench = Bench::new().await;
    let mut rows: Vec<(Method, String)> = Vec::new();
    for (method, path, ..) in calls() {
        let bare = path.split('?').next().unwrap();
        rows.push((method.clone(), bare.trim_end_matches('/').to_owned()));
        rows.push((if method == Method::GET { Method::POST } else { Method::GET }, bare.to_owned()));
    }
    for path in ["/v2/oauth/token", "/v2/oauth/revoke", "/", "/v2/post/publish/video/delete/", "/v2/video/update/"] {
        rows.push((Method::POST, path.to_owned()));
    }
    rows.push((Method::GET, "/v2/auth/authorize".to_owned()));
    rows.push((Method::DELETE, "/v2/post/publish/video/init/".to_owned()));
    rows.push((Method::PUT, "/video".to_owned()));
    for (method, path) in rows {
        bench.send(signed(&bench.ann, method, &path), "{}").await.is(404, "Unsupported path(Janus)");
    }
}

#[tokio::test]
async fn calls_in_a_minute() {
    let bench = Bench::new().await;
    bench.tiktok().configure(|options| options.rates = super::super::Rates::default());
    let bob = bench.bob();
    for (method, path, body, scopes) in calls() {
        let limit = match path {
            CREATOR => 20,
            STATUS | CANCEL => 30,
            DIRECT | DRAFT | PHOTOS => 6,
            _ => 600,
        };
        if scopes == ["video.upload"] && path == PHOTOS {
            continue;
        }
        // Two at first, the rest half a minute later: the window slides.
        for number in 0..limit {
            if number == 2 {
                bench.advance(Duration::from_secs(30));
            }
            assert_ne!(call(&bench, &bench.ann, &method, path, &body).await.status, 429, "{path} {number}");
        }
        call(&bench, &bench.ann, &method, path, &body).await.refused(429, "rate_limit_exceeded");
        assert_ne!(call(&bench, &bob, &method, path, &body).await.status, 429, "{path}");
        bench.advance(Duration::from_secs(31));
        for _ in 0..2 {
            assert_ne!(call(&bench, &bench.ann, &method, path, &body).await.status, 429, "{path}");
        }
        call(&bench, &bench.ann, &method, path, &body).await.refused(429, "rate_limit_exceeded");
        bench.advance(Duration::from_secs(61));
    }
}

#[tokio::test]
async fn spellings_of_the_envelope() {
    let bench = Bench::new().await;
    let bad = async || bench.post(&bench.ann, STATUS, &json!({"id": 1})).await;
    bad().await.wrong("The field id is unknown");
    assert_eq!(bad().await.json()["data"], json!({}));
    bench.tiktok().configure(|options| {
        options.invalid_param_singular = true;
        options.data_in_errors = false;
    });
    bad().await.refused(400, "invalid_param");
    assert_eq!(bad().await.json().get("data"), None);
    bench.tiktok().configure(|options| options.logid = true);
    let got = bench.post(&bench.ann, CREATOR, &json!({})).await.json();
    assert_eq!((got["error"]["logid"].as_str().map(str::len), got["error"].get("log_id")), (Some(34), None));
}

#[tokio::test]
async fn bodies_are_json_and_say_so() {
    let bench = Bench::new().await;
    let body = json!({"publish_id": "x"}).to_string();
    for (kind, taken) in [
        ("application/json", true),
        ("application/json; charset=UTF-8", true),
        ("application/json; charset=latin1", false),
        ("text/plain", false),
        ("application/x-www-form-urlencoded", false),
    ] {
        let request = signed(&bench.ann, Method::POST, STATUS).header("content-type", kind);
        let got = bench.send(request, body.clone()).await;
        got.refused(400, if taken { "invalid_publish_id" } else { "invalid_params" });
    }
    for broken in ["", "[]", "{", "null"] {
        let request = signed(&bench.ann, Method::POST, STATUS).header("content-type", "application/json");
        bench.send(request, broken).await.wrong("not a JSON object");
    }
    bench.post(&bench.ann, &format!("{STATUS}?a=b"), &json!({"publish_id": "x"})).await.wrong("The parameter a");
    bench.post(&bench.ann, CREATOR, &json!({"a": 1})).await.wrong("takes no parameters");
    let empty = signed(&bench.ann, Method::POST, CREATOR);
    bench.send(empty, Body::empty()).await.data();
}

#[tokio::test]
async fn what_a_creator_may_do() {
    let bench = Bench::new().await;
    let info = async || bench.post(&bench.ann, CREATOR, &json!({})).await.data();
    let public = info().await;
    assert_eq!(public["privacy_level_options"], json!(["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]));
    assert_eq!(
        (&public["creator_username"], &public["creator_nickname"]),
        (&json!("ann.example"), &json!("Ann Example"))
    );
    assert_eq!((&public["comment_disabled"], &public["max_video_post_duration_sec"]), (&json!(false), &json!(300)));
    assert!(public["creator_avatar_url"].as_str().unwrap().starts_with("https://"));
    bench.tiktok().change_account(&bench.ann.open_id, |account| {
        *account = Account {
            private: true,
            comment_disabled: true,
            duet_disabled: true,
            stitch_disabled: true,
            max_video_post_duration_sec: 600,
            ..account.clone()
        };
    });
    let private = info().await;
    assert_eq!(private["privacy_level_options"], json!(["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]));
    for name in ["comment_disabled", "duet_disabled", "stitch_disabled"] {
        assert_eq!(private[name], true);
    }
    bench.tiktok().change_account(&bench.ann.open_id, |account| {
        account.privacy_level_options = Some(vec!["SELF_ONLY".to_owned()]);
    });
    assert_eq!(info().await["privacy_level_options"], json!(["SELF_ONLY"]));
}

/// The same code: with 200 where it is asked for, with 403 where it stands in the way.
#[tokio::test]
async fn caps_of_a_day() {
    let bench = Bench::new().await;
    let begin = async |member: &Member| {
        bench.post(member, DIRECT, &json!({"post_info": wishes(), "source_info": whole(9)})).await
    };
    let capped = async |member: &Member, code: &str| {
        bench.post(member, CREATOR, &json!({})).await.refused(200, code);
        begin(member).await.refused(403, code);
        let photos = photos::direct(&["https://media.example.org/1.jpg"]);
        bench.tiktok().verify("media.example.org");
        bench.post(member, PHOTOS, &photos).await.refused(403, code);
    };
    bench.tiktok().configure(|options| options.posts_per_day = 15);
    // Another app takes from the same 15.
    bench.tiktok().add_app(App { client_key: "other".to_owned(), ..App::default() });
    let other = bench.tiktok().sign_up(SignUp { client_key: "other".to_owned(), ..SignUp::default() });
    assert_ne!(other.open_id, bench.ann.open_id);
    for number in 0..15 {
        begin(if number % 2 == 0 { &other } else { &bench.ann }).await.data();
    }
    capped(&bench.ann, "spam_risk_too_many_posts").await;
    begin(&bench.bob()).await.data();
    // Uploads that were given up do not count.
    bench.advance(Duration::from_secs(3_600));
    begin(&bench.ann).await.data();

    let bob = bench.bob();
    bench.tiktok().change_account(&bob.open_id, |account| account.banned = true);
    capped(&bob, "spam_risk_user_banned_from_posting").await;
    bench.post(&bob, DRAFT, &json!({"source_info": whole(9)})).await.refused(403, "spam_risk_user_banned_from_posting");
}

#[tokio::test]
async fn posts_count_for_a_day() {
    let bench = Bench::new().await;
    bench.tiktok().configure(|options| options.posts_per_day = 1);
    bench.uploaded(&wishes(), &film()).await;
    bench.advance(Duration::from_secs(80_000));
    bench.post(&bench.ann, CREATOR, &json!({})).await.refused(200, "spam_risk_too_many_posts");
    bench.advance(Duration::from_secs(6_400));
    let ann = bench.tiktok().sign_up(SignUp::default());
    bench.post(&ann, CREATOR, &json!({})).await.data();
}

#[tokio::test]
async fn an_unaudited_app_has_five_creators() {
    let bench = Bench::new().await;
    bench.tiktok().configure(|options| options.audited = false);
    let private = |username: String| {
        let account = Account { username, private: true, ..Account::default() };
        bench.tiktok().sign_up(SignUp { account, ..SignUp::default() })
    };
    let body = json!({"post_info": with(&json!({"p": wishes()}), "/p/privacy_level", json!("SELF_ONLY"))["p"], "source_info": whole(9)});
    let creators: Vec<_> = (0..6).map(|number| private(format!("creator{number}"))).collect();
    for creator in &creators[..5] {
        bench.post(creator, DIRECT, &body).await.data();
    }
    bench.post(&creators[5], CREATOR, &json!({})).await.refused(200, "reached_active_user_cap");
    bench.post(&creators[5], DIRECT, &body).await.refused(403, "reached_active_user_cap");
    bench.post(&creators[0], DIRECT, &body).await.data();
    // Drafts are another matter.
    bench.post(&creators[5], DRAFT, &json!({"source_info": whole(9)})).await.data();
    bench.tiktok().configure(|options| options.audited = true);
    bench.post(&creators[5], CREATOR, &json!({})).await.data();
    bench.tiktok().configure(|options| options.audited_active_creators = Some(5));
    bench.post(&creators[5], CREATOR, &json!({})).await.refused(200, "reached_active_user_cap");
}

#[tokio::test]
async fn five_drafts_may_wait() {
    let bench = Bench::new().await;
    bench.tiktok().configure(|options| options.pending_shares = 5);
    let bytes = film();
    let mut drafts = Vec::new();
    for _ in 0..5 {
        let (id, url) = bench.begin(DRAFT, &Value::Null, bytes.len()).await;
        bench.put(&url, 0, &bytes, bytes.len()).await.is(201, "");
        drafts.push(id);
    }
    let one_more = async || bench.post(&bench.ann, DRAFT, &json!({"source_info": whole(9)})).await;
    one_more().await.refused(403, "spam_risk_too_many_pending_share");
    bench.tiktok().verify("media.example.org");
    let photos = with(&photos::direct(&["https://media.example.org/1.jpg"]), "/post_mode", json!("MEDIA_UPLOAD"));
    bench.post(&bench.ann, PHOTOS, &photos).await.refused(403, "spam_risk_too_many_pending_share");
    bench.advance(PROCESSING);
    one_more().await.refused(403, "spam_risk_too_many_pending_share");
    assert!(bench.tiktok().post_draft(&drafts[0], "Tea", "SELF_ONLY"));
    one_more().await.data();
}

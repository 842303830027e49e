//! Two hosts and two kinds of token, versions, scopes, accounts, and how much one may call.

use super::*;

const ACCOUNT: &str = "id,user_id,username,name,account_type,profile_picture_url,media_count";

#[tokio::test]
async fn an_account_is_known_by_two_numbers() {
    let stage = Stage::new();
    let me = stage.get(&format!("me?fields={ACCOUNT}")).await.ok();
    assert_eq!((&me["id"], &me["user_id"]), (&json!(stage.ann.app_scoped_id), &json!(stage.ann.id)));
    assert_eq!((&me["username"], &me["account_type"]), (&json!("ann"), &json!("BUSINESS")));
    assert!(stage.ann.id.starts_with("1784") && stage.ann.id != stage.ann.app_scoped_id);
    let by_number = stage.get(&format!("{}?fields={ACCOUNT}", stage.ann.id)).await;
    assert_eq!(by_number.ok(), me);
    assert_eq!(stage.get("me").await.ok(), json!({ "id": stage.ann.app_scoped_id }));
    stage.get(&format!("{}/media", stage.ann.app_scoped_id)).await.fails(100, 33);
    stage.get("me?fields=password").await.says("Tried accessing nonexisting field (password) on node type (IGUser)");
    stage.get("me?fields=id,").await.fails(2_500, 0);
    let path = format!("{}?fields=id,username,name,profile_picture_url,ig_id", stage.ann.id);
    let there = stage.facebook(Method::GET, &path, &[]).await.ok();
    assert_eq!((&there["id"], &there["username"]), (&json!(stage.ann.id), &json!("ann")));
    assert!(there["ig_id"].is_number());
    let unknown = stage.facebook(Method::GET, &format!("{}?fields=account_type", stage.ann.id), &[]).await;
    unknown.fails(100, 0);
}

#[tokio::test]
async fn tokens_fit_their_host() {
    let stage = Stage::new();
    let path = stage.at("media");
    stage.post_as("EAApage", Door::Instagram, &path, &image()).await.fails(190, 0);
    stage.post_as(&stage.ann.access_token, Door::Facebook, &path, &image()).await.fails(190, 0);
    stage.post_as("nonsense", Door::Instagram, &path, &image()).await.fails(190, 0);
    let get = |uri: String| Request::get(uri).body(Body::empty()).unwrap();
    stage.send(Door::Instagram, get("/v26.0/me".to_owned())).await.fails(190, 0);
    let twice = Request::get(format!("/v26.0/me?access_token={}", stage.ann.access_token));
    let twice = twice.header("authorization", format!("Bearer {}", stage.ann.access_token));
    stage.send(Door::Instagram, twice.body(Body::empty()).unwrap()).await.fails(190, 0);
    let other = Request::get("/v26.0/me").header("authorization", format!("OAuth {}", stage.ann.access_token));
    stage.send(Door::Instagram, other.body(Body::empty()).unwrap()).await.fails(190, 0);
    // Facebook's own nodes are not ours, and ours are not reached by a token for another Page.
    assert_eq!(stage.send(Door::Facebook, get("/v26.0/me".to_owned())).await.status, 400);
    stage.facebook_token("EAAother", Some("78"), PAGE_SCOPES);
    stage.post_as("EAAother", Door::Facebook, &path, &image()).await.fails(100, 33);
    stage.facebook_token("EAAperson", None, PAGE_SCOPES);
    stage.post_as("EAAperson", Door::Facebook, &path, &image()).await.id();
    let bob = stage.instagram.sign_up(SignUp { username: "bob".to_owned(), ..SignUp::default() });
    stage.post_as("EAAperson", Door::Facebook, &format!("{}/media", bob.id), &image()).await.fails(100, 33);
    stage.post_as(&bob.access_token, Door::Instagram, &path, &image()).await.fails(100, 33);
}

#[tokio::test]
async fn tokens_end() {
    let stage = Stage::new();
    for (ending, subcode) in [(Ending::AppRemoved, 458), (Ending::Checkpoint, 459), (Ending::LoggedOut, 460)] {
        stage.instagram.end_tokens(&stage.ann.id, ending);
        stage.get("me").await.fails(190, subcode);
    }
    stage.get("me").await.says("session has been invalidated");
    let stage = Stage::new();
    stage.advance(60 * DAY);
    stage.get("me").await.fails(190, 463);
}

#[tokio::test]
async fn versions_come_first_in_the_path() {
    let stage = Stage::new();
    for (version, code) in [("v20.0", 2_635), ("v27.0", 2_500), ("v26", 2_500), ("26.0", 2_500), ("me", 2_500)] {
        let request = Request::get(format!("/{version}/me?access_token={}", stage.ann.access_token));
        stage.send(Door::Instagram, request.body(Body::empty()).unwrap()).await.fails(code, 0);
    }
    let request = Request::get(format!("/v21.0/me?access_token={}", stage.ann.access_token));
    let got = stage.send(Door::Instagram, request.body(Body::empty()).unwrap()).await;
    assert_eq!((got.status, got.header("facebook-api-version")), (200, "v21.0"));
}

#[tokio::test]
async fn every_call_needs_its_scopes() {
    let stage = Stage::new();
    let media = stage.published(&image()).await;
    let comments = format!("{media}/comments");
    let (create, publish) = (stage.at("media"), stage.at("media_publish"));
    let (limit, list) = (stage.at("content_publishing_limit"), stage.at("media"));
    let hello = [("message", "hello")];
    let creation = [("creation_id", "1")];
    let off = [("comment_enabled", "false")];
    type Fields<'a> = &'a [(&'a str, &'a str)];
    let calls: [(&str, Method, &str, Fields<'_>); 8] = [
        ("read", Method::GET, &media, &[]),
        ("read", Method::GET, &list, &[]),
        ("publish", Method::GET, &limit, &[]),
        ("publish", Method::POST, &create, &image()),
        ("publish", Method::POST, &publish, &creation),
        ("comment", Method::POST, &comments, &hello),
        ("comment", Method::POST, &media, &off),
        ("delete", Method::DELETE, &media, &[]),
    ];
    for (right, method, path, fields) in &calls {
        for (scope, missed_by) in [
            ("instagram_basic", "read publish comment delete"),
            ("instagram_manage_contents", "delete"),
            ("pages_read_engagement", "read publish comment"),
            ("instagram_content_publish", "publish"),
            ("instagram_manage_comments", "comment"),
        ] {
            stage.facebook_token("EAApage", Some("77"), &PAGE_SCOPES.replace(scope, ""));
            let got = stage.facebook(method.clone(), path, fields).await;
            let refused = got.status == 400 && got.json()["error"]["code"] == 10;
            let expected = missed_by.split(' ').any(|word| word == *right);
            assert_eq!(refused, expected, "{method} {path} without {scope}: {}", got.body);
            if expected {
                got.says(scope);
            }
            // Once it is deleted there is nothing more to ask.
            if *right == "delete" && !expected {
                return;
            }
        }
    }
}

#[tokio::test]
async fn scopes_of_instagram_login() {
    let stage = Stage::new();
    let scopes = vec!["instagram_business_basic".to_owned()];
    let bob = stage.instagram.sign_up(SignUp { scopes, ..SignUp::default() });
    for (edge, missing) in [("media", "content_publish"), ("media_publish", "content_publish")] {
        let got = stage.post_as(&bob.access_token, Door::Instagram, &format!("me/{edge}"), &image()).await;
        got.fails(10, 0);
        got.says(missing);
    }
}

#[tokio::test]
async fn a_proof_of_the_secret_must_be_right() {
    let stage = Stage::new();
    let get = |proof: &str| {
        let token = &stage.ann.access_token;
        Request::get(format!("/v26.0/me?access_token={token}&appsecret_proof={proof}")).body(Body::empty()).unwrap()
    };
    stage.send(Door::Instagram, get(&"0".repeat(64))).await.fails(104, 0);
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(App::default().client_secret.as_bytes()).unwrap();
    mac.update(stage.ann.access_token.as_bytes());
    let proof: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    stage.send(Door::Instagram, get(&proof)).await.ok();
    let path = format!("{}?appsecret_proof=short", stage.ann.id);
    stage.facebook(Method::GET, &path, &[]).await.fails(104, 0);
}

#[tokio::test]
async fn too_many_calls_about_an_account() {
    let stage = Stage::new();
    stage.instagram.configure(|options| {
        options.calls_per_day = 4;
        options.usage_header_from = 50;
    });
    let first = stage.get("me").await;
    assert_eq!((first.status, first.header("x-business-use-case-usage")), (200, ""));
    let second = stage.facebook(Method::GET, &stage.ann.id, &[]).await;
    let usage: Value = serde_json::from_str(second.header("x-business-use-case-usage")).unwrap();
    let entry = &usage[&stage.ann.id][0];
    assert_eq!((&entry["type"], &entry["call_count"]), (&json!("instagram"), &json!(50)));
    assert_eq!(entry["estimated_time_to_regain_access"], 0);
    stage.advance(DAY / 2);
    stage.get("me").await.ok();
    stage.get("me").await.ok();
    let over = stage.get("me").await;
    over.fails(80_002, 2_446_079);
    let usage: Value = serde_json::from_str(over.header("x-business-use-case-usage")).unwrap();
    let minutes = usage[&stage.ann.id][0]["estimated_time_to_regain_access"].as_u64().unwrap();
    assert!((718..=720).contains(&minutes), "{minutes}");
    stage.advance(DAY / 2);
    stage.get("me").await.ok();
}

#[tokio::test]
async fn accounts_that_cannot_publish() {
    let stage = Stage::new();
    stage.instagram.restrict(&stage.ann.id, true);
    stage.create(&image()).await.fails(25, 2_207_050);
    stage.instagram.restrict(&stage.ann.id, false);
    let container = stage.create(&image()).await.id();
    stage.process();
    stage.instagram.turn_into(&stage.ann.id, AccountKind::Personal);
    let got = stage.publish(&container).await;
    got.fails(10, 0);
    got.says("The user is not an Instagram Business");
    stage.instagram.turn_into(&stage.ann.id, AccountKind::Creator);
    assert_eq!(stage.get("me?fields=account_type").await.ok()["account_type"], "MEDIA_CREATOR");
    stage.publish(&container).await.id();
}

#[tokio::test]
async fn parameters_are_taken_at_their_word() {
    let stage = Stage::new();
    let token = format!("Bearer {}", stage.ann.access_token);
    let request = |kind: &str, body: &'static str| {
        let request = Request::post(format!("/v26.0/{}", stage.at("media")));
        request.header("authorization", &token).header("content-type", kind).body(Body::from(body)).unwrap()
    };
    let json = request("application/json", r#"{"image_url":"https://media.example/a.jpg"}"#);
    stage.send(Door::Instagram, json).await.fails(100, 0);
    let form = "application/x-www-form-urlencoded";
    let twice = request(form, "image_url=https://media.example/a.jpg&caption=a&caption=b");
    stage.send(Door::Instagram, twice).await.says("caption is given twice");
    let unknown = request(form, "image_url=https://media.example/a.jpg&captoin=a");
    stage.send(Door::Instagram, unknown).await.says("Unexpected parameter captoin");
    let path = format!("/v26.0/{}?image_url={HOST}/a.jpg&caption=in%20the%20query", stage.at("media"));
    let query = Request::post(path).header("authorization", &token).body(Body::empty()).unwrap();
    stage.send(Door::Instagram, query).await.id();
    stage.get("me/media?order=asc").await.fails(100, 0);
    stage.get("me/nothing").await.fails(100, 33);
}

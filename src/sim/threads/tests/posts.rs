//! Threads of replies, quotes, reposts, deletion, quotas.

use serde_json::json;

use super::*;

fn reply<'a>(parent: &'a str, text: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("media_type", "TEXT"), ("text", text), ("reply_to_id", parent)]
}

#[tokio::test]
async fn a_thread_and_a_quote() {
    let bench = Bench::new();
    let root = bench.said("1").await;
    let second = bench.published(&reply(&root, "2")).await;
    let third = bench.published(&reply(&second, "3")).await;
    let quote = bench.published(&[("media_type", "TEXT"), ("text", "Q"), ("quote_post_id", &root)]).await;
    let seen = bench.seen();
    let parents: Vec<_> = seen.iter().map(|post| (post.reply_to.as_deref(), post.quotes.as_deref())).collect();
    assert_eq!(
        parents,
        [(None, None), (Some(root.as_str()), None), (Some(second.as_str()), None), (None, Some(root.as_str()))]
    );
    let fields = [("fields", "is_reply,is_reply_owned_by_me,root_post,replied_to{id},has_replies")];
    let got = bench.get(&format!("/{third}"), &fields).await.json();
    assert_eq!(
        got,
        json!({"is_reply": true, "is_reply_owned_by_me": true, "root_post": {"id": root}, "replied_to": {"id": second},
               "has_replies": false, "id": third})
    );
    assert_eq!(bench.get(&format!("/{root}"), &fields).await.json()["has_replies"], true);
    let got = bench.get(&format!("/{quote}"), &[("fields", "is_quote_post,quoted_post")]).await.json();
    assert_eq!(got, json!({"is_quote_post": true, "quoted_post": {"id": root}, "id": quote}));
}

#[tokio::test]
async fn a_parent_must_be_there_and_open() {
    let bench = Bench::new();
    let bob = bench.threads.sign_up(SignUp { username: "bob".to_owned(), ..SignUp::default() });
    bench.configure(|options| options.parent_delay = Duration::from_secs(100));
    let root = bench.said("1").await;
    bench.make(&reply(&root, "2")).await.fails(24, 4_279_009, &root);
    bench.advance(100);
    let waiting = bench.make(&reply(&root, "2")).await.id();
    bench.advance(60);
    assert_eq!(bench.delete(&root).await.status, 200);
    bench.publish(&waiting).await.fails(24, 4_279_009, &root);

    bench.configure(|options| options.parent_delay = Duration::ZERO);
    let closed = bench.published(&[("media_type", "TEXT"), ("text", "x"), ("reply_control", "mentioned_only")]).await;
    bench.post_as(&bob, "/me/threads", &reply(&closed, "2")).await.fails(10, None, "who can reply");
    bench.published(&reply(&closed, "Mine")).await;
    let open = bench.said("open").await;
    let theirs = bench.post_as(&bob, "/me/threads", &reply(&open, "2")).await.id();
    bench.advance(60);
    let theirs = bench.post_as(&bob, "/me/threads_publish", &[("creation_id", &theirs)]).await.id();
    let count = bench.seen().len();
    bench.post_as(&bob, &format!("/{theirs}/manage_reply"), &[("hide", "true")]).await.fails(100, 33, "");
    let got = bench.post(&format!("/{theirs}/manage_reply"), &[("hide", "true")]).await;
    assert_eq!(got.json(), json!({"success": true}));
    assert_eq!(bench.seen().len(), count - 1);
    bench.post(&format!("/{theirs}/manage_reply"), &[("hide", "false")]).await;
    assert_eq!(bench.seen().len(), count);
}

#[tokio::test]
async fn deletion() {
    let bench = Bench::new();
    let bob = bench.threads.sign_up(SignUp { username: "bob".to_owned(), ..SignUp::default() });
    let id = bench.said("Gone").await;
    let foreign = bench.send("DELETE", &format!("/v1.0/{id}?access_token={}", bob.access_token), None).await;
    foreign.fails(100, 33, "Unsupported delete request");
    let got = bench.delete(&id).await;
    assert_eq!((got.status, got.json()), (200, json!({"success": true, "deleted_id": id})));
    assert_eq!(bench.seen(), []);
    bench.delete(&id).await.fails(100, 33, "does not exist");
    bench.get(&format!("/{id}"), &[]).await.fails(100, 33, "does not exist");
    let container = bench.make(&[("media_type", "TEXT"), ("text", "x")]).await.id();
    bench.delete(&container).await.fails(100, 33, "");
    let edited = bench.said("Old").await;
    bench.post(&format!("/{edited}"), &[("text", "New")]).await.fails(100, 33, "Unsupported post request");
    assert_eq!(bench.seen()[0].text, "Old");
}

#[tokio::test]
async fn reposts_are_seen_while_the_original_is() {
    let bench = Bench::new();
    let id = bench.said("Hi").await;
    let repost = bench.post(&format!("/{id}/repost"), &[]).await.id();
    assert_eq!(bench.seen()[1].details, [("repost", id.clone())]);
    let got = bench.get(&format!("/{repost}"), &[("fields", "media_type,reposted_post")]).await.json();
    assert_eq!(got, json!({"media_type": "REPOST_FACADE", "reposted_post": {"id": id}, "id": repost}));
    bench.delete(&id).await;
    assert_eq!(bench.seen(), []);
    bench.post("/17000000000000001/repost", &[]).await.fails(24, 4_279_009, "");
}

const ALL: &str = "quota_usage,config,reply_quota_usage,reply_config,delete_quota_usage,delete_config,\
                   location_search_quota_usage,location_search_config";

#[tokio::test]
async fn quotas_roll() {
    let bench = Bench::new();
    let mut sign_up = SignUp { username: "loc".to_owned(), ..SignUp::default() };
    sign_up.scopes.push("threads_location_tagging".to_owned());
    let loc = bench.threads.sign_up(sign_up);
    let limit = async |fields: &str| bench.get_as(&loc, "/me/threads_publishing_limit", &[("fields", fields)]).await;
    assert_eq!(
        limit(ALL).await.json(),
        json!({"data": [{
            "quota_usage": 0, "config": {"quota_total": 250, "quota_duration": 86_400},
            "reply_quota_usage": 0, "reply_config": {"quota_total": 1_000, "quota_duration": 86_400},
            "delete_quota_usage": 0, "delete_config": {"quota_total": 100, "quota_duration": 86_400},
            "location_search_quota_usage": 0, "location_search_config": {"quota_total": 500, "quota_duration": 86_400},
        }]})
    );
    limit("quota").await.fails(100, None, "nonexisting field (quota)");
    bench.get("/me/threads_publishing_limit", &[("fields", ALL)]).await.fails(10, None, "threads_location_tagging");

    bench.configure(|options| {
        (options.post_quota, options.reply_quota, options.delete_quota, options.location_quota) = (2, 1, 1, 1);
    });
    let publish = async |fields: &Fields<'_>| {
        let id = bench.post_as(&loc, "/me/threads", fields).await.id();
        bench.advance(60);
        bench.post_as(&loc, "/me/threads_publish", &[("creation_id", &id)]).await
    };
    let text = [("media_type", "TEXT"), ("text", "Hi")];
    let first = publish(&text).await.id();
    bench.advance(3_600);
    let second = publish(&text).await.id();
    publish(&text).await.fails(9, 2_207_042, "");
    publish(&reply(&first, "2")).await.id();
    publish(&reply(&first, "3")).await.fails(9, 2_207_042, "");
    bench.configure(|options| options.quota_error = (613, None));
    publish(&text).await.fails(613, None, "");
    let delete =
        async |id: &str| bench.send("DELETE", &format!("/v1.0/{id}?access_token={}", loc.access_token), None).await;
    assert_eq!(delete(&second).await.status, 200);
    delete(&first).await.fails(613, None, "");
    assert_eq!(bench.get_as(&loc, "/location_search", &[("q", "tea")]).await.json(), json!({"data": []}));
    bench.get_as(&loc, "/location_search", &[("q", "tea")]).await.fails(613, None, "");
    let used = limit(ALL).await.json()["data"][0].clone();
    let used = ["quota_usage", "reply_quota_usage", "delete_quota_usage", "location_search_quota_usage"]
        .map(|name| used[name].clone());
    assert_eq!(used, [2, 1, 1, 1].map(|used| json!(used)), "deleted posts count, refused ones do not");
    // The first post falls out of the window, the second does not.
    bench.advance(86_400 - 3_600 - 120);
    publish(&text).await.id();
    publish(&text).await.fails(613, None, "");
}

#[tokio::test]
async fn usage_is_told_and_ends() {
    let bench = Bench::new();
    assert_eq!(bench.get("/me", &[]).await.header("x-app-usage"), "");
    bench.configure(|options| options.calls_per_day = 10);
    let got = bench.get("/me", &[]).await;
    let app: Value = serde_json::from_str(got.header("x-app-usage")).unwrap();
    assert_eq!(app["call_count"], 20);
    let case: Value = serde_json::from_str(got.header("x-business-use-case-usage")).unwrap();
    let case = &case[&bench.ann.id][0];
    assert_eq!(
        (&case["type"], &case["call_count"], &case["estimated_time_to_regain_access"]),
        (&json!("threads"), &json!(20), &json!(0))
    );
    for _ in 2..10 {
        assert_eq!(bench.get("/me", &[]).await.status, 200);
    }
    let got = bench.get("/me", &[]).await;
    got.fails(4, None, "request limit");
    let case: Value = serde_json::from_str(got.header("x-business-use-case-usage")).unwrap();
    assert!(case[&bench.ann.id][0]["estimated_time_to_regain_access"].as_u64().unwrap() > 1_400);
    bench.configure(|options| options.usage_headers = false);
    assert_eq!(bench.get("/me", &[]).await.header("x-app-usage"), "");
    bench.advance(86_400);
    assert_eq!(bench.get("/me", &[]).await.status, 200);
}

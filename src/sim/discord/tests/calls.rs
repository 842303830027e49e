//! Addresses, tokens, parameters, limits.

use super::*;

#[tokio::test]
async fn an_address_is_right_or_final() {
    let bench = Bench::new();
    let Webhook { id, token, .. } = bench.hook.clone();
    for (path, status, part) in [
        (format!("/api/webhooks/{id}/{token}"), 200, r#""guild_id":"#),
        (format!("/api/v9/webhooks/{id}/{token}"), 200, r#""type":1"#),
        (format!("/api/v10/webhooks/{id}/{token}"), 200, r#""name":"Ann's news""#),
        (format!("/api/v3/webhooks/{id}/{token}"), 400, "50041"),
        (format!("/api/v10/webhooks/1/{token}"), 404, r#"{"message":"Unknown Webhook","code":10015}"#),
        (format!("/api/v10/webhooks/{id}/x"), 401, r#"{"message":"Invalid Webhook Token","code":50027}"#),
        (format!("/api/v10/webhooks/x/{token}"), 400, "50035"),
        (format!("/api/v10/webhooks/{id}/{token}/slack"), 404, "404: Not Found"),
        (format!("/api/v10/webhooks/{id}/{token}?wait=true"), 400, "no such parameter"),
        ("/webhooks".to_owned(), 404, "404: Not Found"),
    ] {
        bench.send(Method::GET, &path, "", Body::empty()).await.is(status, part);
    }
    let got = bench.call(Method::GET, "").await.json();
    let hook = &bench.hook;
    assert_eq!((&got["id"], &got["channel_id"]), (&json!(hook.id), &json!(hook.channel)));
    assert_eq!((&got["guild_id"], &got["url"]), (&json!(hook.guild), &json!(hook.address)));
    bench.call(Method::PUT, "").await.is(405, "");
}

#[tokio::test]
async fn what_a_deleted_webhook_said_stays() {
    let bench = Bench::new();
    let id = bench.posted(&hi()).await;
    bench.discord.delete(&bench.hook.id);
    bench.post(&hi()).await.is(404, r#""code":10015"#);
    bench.call(Method::DELETE, &format!("/messages/{id}")).await.is(404, r#""code":10015"#);
    assert_eq!(bench.seen().len(), 1);
}

#[tokio::test]
async fn who_does_not_wait_learns_nothing() {
    let bench = Bench::new();
    for (query, status) in [("", 204), ("?wait=false", 204), ("?wait=true", 200), ("?wait=1", 400), ("?now=true", 400)]
    {
        bench.send(Method::POST, &bench.path(query), "application/json", hi().to_string()).await.is(status, "");
    }
    assert_eq!(bench.seen().len(), 3);
    bench.discord.configure(|options| options.unsaved = 2);
    bench.send(Method::POST, &bench.path(""), "application/json", hi().to_string()).await.is(204, "");
    bench.post(&hi()).await.is(500, "");
    assert_eq!(bench.seen().len(), 3, "these were lost");
}

#[tokio::test]
async fn a_forum_has_threads() {
    let bench = Bench::of(SignUp { forum: true, ..SignUp::default() });
    bench.post(&hi()).await.is(400, r#""code":220001"#);
    let got = bench.post(&with(hi(), "thread_name", json!("Tea"))).await;
    got.is(200, "");
    let thread = got.text("/channel_id");
    assert_eq!(thread, got.text("/id"));
    let path = bench.path(&format!("?wait=true&thread_id={thread}"));
    let second = bench.send(Method::POST, &path, "application/json", hi().to_string()).await;
    second.is(200, &thread);
    let id = second.text("/id");
    bench.call(Method::GET, &format!("/messages/{id}")).await.is(404, "10008");
    bench.call(Method::GET, &format!("/messages/{id}?thread_id={thread}")).await.is(200, "Hi");
    let both = with(hi(), "thread_name", json!("Tea")).to_string();
    bench.send(Method::POST, &path, "application/json", both).await.is(400, "50035");
    assert_eq!(bench.seen()[0].details, [("thread_name", "Tea".to_owned())]);
    let plain = Bench::new();
    plain.post(&with(hi(), "thread_name", json!("Tea"))).await.is(400, r#""code":220003"#);
    let path = plain.path("?wait=true&thread_id=7");
    plain.send(Method::POST, &path, "application/json", hi().to_string()).await.is(400, r#""code":10003"#);
    let path = plain.path("?wait=true&thread_id=x");
    plain.send(Method::POST, &path, "application/json", hi().to_string()).await.is(400, "thread_id");
}

#[tokio::test]
async fn five_at_once_and_thirty_a_minute() {
    let bench = Bench::new();
    bench.discord.configure(|options| *options = Options::default());
    for left in ["4", "3", "2", "1", "0"] {
        let got = bench.post(&hi()).await;
        got.is(200, "");
        assert_eq!((got.header("x-ratelimit-limit"), got.header("x-ratelimit-remaining")), ("5", left));
    }
    bench.world.advance(Duration::from_millis(1_380));
    let got = bench.post(&hi()).await;
    got.is(429, r#"{"message":"You are being rate limited.","retry_after":0.62,"global":false}"#);
    let header = |name| got.header(name);
    assert_eq!((header("retry-after"), header("x-ratelimit-scope")), ("1", "user"));
    assert_eq!((header("x-ratelimit-reset"), header("x-ratelimit-reset-after")), ("1764000002.000", "0.620"));
    assert!(!header("x-ratelimit-bucket").is_empty());
    bench.call(Method::GET, "").await.is(200, "");
    for _ in 0..5 {
        bench.world.advance(Duration::from_secs(2));
        for _ in 0..5 {
            bench.post(&hi()).await.is(200, "");
        }
    }
    bench.world.advance(Duration::from_secs(2));
    let got = bench.post(&hi()).await;
    got.is(429, "retry_after");
    assert_eq!(got.header("x-ratelimit-scope"), "shared");
    bench.world.advance(Duration::from_secs(60));
    bench.post(&hi()).await.is(200, "");
    assert_eq!(bench.seen().len(), 31);
}

#[tokio::test]
async fn limits_come_in_several_kinds() {
    let bench = Bench::new();
    for (by, scope, global) in
        [(Limited::User, "user", "false"), (Limited::Shared, "shared", "false"), (Limited::Global, "global", "true")]
    {
        bench.discord.configure(|options| (options.limited, options.limited_by) = (1, by));
        let got = bench.post(&hi()).await;
        got.is(429, &format!(r#""retry_after":0.62,"global":{global}"#));
        assert_eq!(got.header("x-ratelimit-scope"), scope);
        bench.post(&hi()).await.is(200, "");
    }
    bench.discord.configure(|options| (options.limited, options.limited_by) = (1, Limited::Cloudflare));
    let got = bench.post(&hi()).await;
    got.is(429, "<!doctype html>");
    assert_eq!(got.header("retry-after"), "1");
}

#[tokio::test]
async fn who_is_refused_too_often_hears_nothing_for_a_while() {
    let bench = Bench::new();
    bench.discord.configure(|options| options.invalid_max = 3);
    let wrong = format!("/api/webhooks/{}/x", bench.hook.id);
    for _ in 0..3 {
        bench.send(Method::GET, &wrong, "", Body::empty()).await.is(401, "");
    }
    let got = bench.call(Method::GET, "").await;
    got.is(429, "<!doctype html>");
    assert_eq!(got.header("retry-after"), "600");
    bench.world.advance(Duration::from_secs(600));
    bench.call(Method::GET, "").await.is(200, "");
}

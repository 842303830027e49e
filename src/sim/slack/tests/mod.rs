//! The webhook through its router, as a client meets it: every line of its rules at least once.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};

use super::{SignUp, Slack, Trouble, Webhook};
use crate::sim::got::{Got, png, world};
use crate::sim::web::Page;
use crate::sim::{Seen, Sim, World};

/// A webhook that may say much at once, in a world with some pictures.
struct Bench {
    world: World,
    slack: Slack,
    hook: Webhook,
}

impl Bench {
    fn new() -> Self {
        let sim = Sim::of(world());
        let site = |path: &str| match path {
            "/a.png" => Page::file("image/png", png(4, 3)),
            "/a.webp" => Page::file("image/webp", b"RIFF\0\0\0\0WEBPVP8 ".as_slice()),
            "/a.txt" => Page::file("image/png", "tea"),
            _ => Page::missing(),
        };
        sim.open_site("example.org", Arc::new(site));
        sim.slack.configure(|options| options.burst = u32::MAX);
        let hook = sim.slack.sign_up(SignUp::default());
        Self { world: sim.world().clone(), slack: sim.slack.clone(), hook }
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Got {
        let request = Request::builder().method(method).uri(path).header("content-type", kind);
        Got::of(self.slack.router(), request.body(body.into()).unwrap()).await
    }

    fn path(&self) -> String {
        self.hook.address.strip_prefix("https://hooks.slack.com").unwrap().to_owned()
    }

    async fn post(&self, body: &Value) -> Got {
        self.send(Method::POST, &self.path(), "application/json", body.to_string()).await
    }

    fn seen(&self) -> Vec<Seen> {
        self.slack.seen()
    }
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

fn image(address: &str) -> Value {
    json!({"type": "image", "image_url": address, "alt_text": "Tea"})
}

#[tokio::test]
async fn a_message_is_taken_with_one_word() {
    let bench = Bench::new();
    let text = "*Release 2.0* is out: <https://example.org/2.0|what is new> &amp; more";
    let got = bench.post(&json!({"text": text, "unfurl_links": false, "unfurl_media": false})).await;
    assert_eq!((got.status, got.body.as_str()), (200, "ok"));
    assert_eq!(got.header("content-type"), "text/plain; charset=utf-8");
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!(seen.text, "Release 2.0 is out: what is new & more");
    assert_eq!((seen.platform, seen.author), ("slack", bench.hook.id.clone()));
    assert_eq!(seen.details, [("links", "what is new https://example.org/2.0".to_owned())]);
    assert_eq!(seen.url, "https://app.slack.com/archives/news/p1764000000000100");
    let thread = json!({"text": "More", "thread_ts": seen.id});
    bench.post(&thread).await.is(200, "ok");
    assert_eq!(bench.seen()[1].reply_to.as_ref(), Some(&seen.id));
    bench.post(&json!({"text": "2 *b* &lt;", "mrkdwn": false})).await.is(200, "ok");
    assert_eq!(bench.seen()[2].text, "2 *b* <");
    bench.post(&json!({"text": "x".repeat(40_001)})).await.is(200, "ok");
    assert_eq!(bench.seen()[3].text.len(), 40_000, "cut off");
}

#[tokio::test]
async fn blocks_take_the_place_of_the_text() {
    let bench = Bench::new();
    let blocks = json!([
        {"type": "header", "text": {"type": "plain_text", "text": "Tea &amp; cake", "emoji": true}},
        section("*Hot* <!channel>"),
        {"type": "divider"},
        {"type": "section", "fields": [{"type": "plain_text", "text": "*a*"}, {"type": "mrkdwn", "text": "*b*"}]},
        image("https://example.org/a.png"),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "_small_", "verbatim": true}]},
    ]);
    bench.post(&json!({"text": "Fallback", "blocks": blocks})).await.is(200, "ok");
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!(seen.title.as_deref(), Some("Tea & cake"));
    assert_eq!(seen.text, "Hot @channel\n\n*a*\nb\n\nsmall");
    assert_eq!(seen.details, [("pings", "channel".to_owned()), ("notification", "Fallback".to_owned())]);
    let [media] = seen.media.try_into().unwrap();
    assert_eq!((media.mime.as_str(), media.alt.as_deref()), ("image/png", Some("Tea")));
    assert_eq!(*media.bytes, png(4, 3));
}

#[tokio::test]
async fn what_a_message_may_not_be() {
    let bench = Bench::new();
    let blocks = |blocks: Value| json!({"text": "Hi", "blocks": blocks});
    let one = |block: Value| blocks(json!([block]));
    let text = |kind: &str, text: &str| json!({"type": kind, "text": text});
    let x = |many: usize| "x".repeat(many);
    for (body, part) in [
        (json!({}), "no_text"),
        (json!({"text": " "}), "no_text"),
        (json!({"text": "", "blocks": []}), "no_text"),
        (json!({"text": 7}), "invalid_payload"),
        (json!({"text": "Hi", "channel": "#news"}), "invalid_payload"),
        (json!({"text": "Hi", "username": "Ann"}), "invalid_payload"),
        (json!({"text": "Hi", "unfurl_links": "no"}), "invalid_payload"),
        (json!({"text": "Hi", "attachments": [{"text": "old"}]}), "too_many_attachments"),
        (json!({"text": "Hi", "thread_ts": "1764000000.000001"}), "invalid_thread_ts"),
        (json!({"text": "Hi", "blocks": {}}), "invalid_blocks"),
        (blocks(json!(vec![section("a"); 51])), "invalid_blocks"),
        (one(json!({"type": "video"})), "invalid_blocks"),
        (one(section("")), "invalid_blocks"),
        (one(section(&x(3_001))), "invalid_blocks"),
        (one(json!({"type": "section"})), "invalid_blocks"),
        (one(json!({"type": "section", "text": "Hi"})), "invalid_blocks"),
        (one(json!({"type": "section", "text": text("markdown", "Hi")})), "invalid_blocks"),
        (one(json!({"type": "section", "fields": vec![text("mrkdwn", "a"); 11]})), "invalid_blocks"),
        (one(json!({"type": "section", "fields": [text("mrkdwn", &x(2_001))]})), "invalid_blocks"),
        (one(json!({"type": "header", "text": text("plain_text", &x(151))})), "invalid_blocks"),
        (one(json!({"type": "header", "text": text("mrkdwn", "Hi")})), "invalid_blocks"),
        (one(json!({"type": "context", "elements": []})), "invalid_blocks"),
        (one(json!({"type": "context", "elements": vec![text("mrkdwn", "a"); 11]})), "invalid_blocks"),
        (one(json!({"type": "divider", "color": "red"})), "invalid_blocks"),
        (blocks(json!([{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}])), "invalid_blocks"),
        (one(json!({"type": "image", "image_url": "https://example.org/a.png"})), "invalid_blocks"),
        (one(image("https://example.org/missing.png")), "invalid_blocks"),
        (one(image("https://example.org/a.webp")), "invalid_blocks"),
        (one(image("https://example.org/a.txt")), "invalid_blocks"),
        (one(image("http://localhost/a.png")), "invalid_blocks"),
        (one(image(&format!("https://example.org/{}", x(3_000)))), "invalid_blocks"),
    ] {
        let got = bench.post(&body).await;
        assert_eq!((got.status, got.body.as_str()), (400, part), "{body}");
    }
    bench.send(Method::POST, &bench.path(), "application/json", "{").await.is(400, "invalid_payload");
    bench.send(Method::POST, &bench.path(), "text/plain", r#"{"text":"Hi"}"#).await.is(400, "invalid_payload");
    assert!(bench.seen().is_empty());
    for body in [
        blocks(json!(vec![section(&x(3_000)); 50])),
        one(json!({"type": "header", "text": text("plain_text", &x(150)), "block_id": "a"})),
        one(json!({"type": "section", "text": text("mrkdwn", "a"), "accessory": image("https://example.org/a.png")})),
        json!({"blocks": [section("a")]}),
    ] {
        bench.post(&body).await.is(200, "ok");
    }
    bench.slack.configure(|options| options.pictures_must_answer = false);
    bench.post(&one(image("https://example.org/missing.png"))).await.is(200, "ok");
}

#[tokio::test]
async fn what_befalls_a_webhook() {
    let bench = Bench::new();
    let body = json!({"text": "Hi"});
    for (trouble, status, word) in [
        (Trouble::Removed, 404, "no_service"),
        (Trouble::ChannelDeleted, 404, "channel_not_found"),
        (Trouble::ChannelArchived, 410, "channel_is_archived"),
        (Trouble::Prohibited, 403, "action_prohibited"),
        (Trouble::TeamGone, 404, "no_team"),
    ] {
        bench.slack.trouble(&bench.hook.id, Some(trouble));
        let got = bench.post(&body).await;
        assert_eq!((got.status, got.body.as_str()), (status, word));
    }
    bench.slack.trouble(&bench.hook.id, None);
    let (team, id) = (&bench.hook.team, &bench.hook.id);
    for (path, status, word) in [
        (format!("/services/T1/{id}/x"), 404, "no_team"),
        (format!("/services/{team}/B1/x"), 404, "no_service"),
        (format!("/services/{team}/{id}/x"), 403, "invalid_token"),
        ("/services".to_owned(), 404, "no_service"),
    ] {
        bench.send(Method::POST, &path, "application/json", body.to_string()).await.is(status, word);
    }
    for method in [Method::GET, Method::DELETE, Method::PATCH] {
        bench.send(method, &bench.path(), "application/json", "{}").await.is(405, "");
    }
    bench.slack.configure(|options| options.rollup_errors = 1);
    bench.post(&body).await.is(500, "rollup_error");
    bench.post(&body).await.is(200, "ok");
    assert_eq!(bench.seen().len(), 1);
}

#[tokio::test]
async fn one_message_a_second_after_a_burst() {
    let bench = Bench::new();
    bench.slack.configure(|options| options.burst = 2);
    let body = json!({"text": "Hi"});
    for (advance, status, wait) in
        [(0, 200, ""), (0, 200, ""), (0, 429, "1"), (999, 429, "1"), (1, 200, ""), (0, 429, "1")]
    {
        bench.world.advance(Duration::from_millis(advance));
        let got = bench.post(&body).await;
        assert_eq!((got.status, got.header("retry-after")), (status, wait));
    }
    bench.world.advance(Duration::from_secs(9));
    bench.slack.configure(|options| options.limited = 1);
    let got = bench.post(&body).await;
    assert_eq!((got.status, got.header("retry-after"), got.body.as_str()), (429, "30", "rate_limited"));
    bench.post(&body).await.is(200, "ok");
}

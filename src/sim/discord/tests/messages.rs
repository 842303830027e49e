//! Texts, embeds, polls; shown, edited, deleted.

use super::*;

#[tokio::test]
async fn a_message_is_shown_as_the_apps_show_it() {
    let bench = Bench::new();
    let content = r"**Release 2.0** is \*out\*: https://example.org/2_0_1 [new](https://example.org/new) @everyone";
    let body = json!({"content": content, "allowed_mentions": {"parse": []}, "flags": 4, "username": "Press"});
    let got = bench.post(&body).await;
    got.is(200, r#""timestamp":"2025-11-24T16:00:00.000000+00:00","edited_timestamp":null,"flags":4"#);
    got.is(200, r#""username":"Press""#);
    let [seen] = bench.seen().try_into().unwrap();
    let (id, Webhook { guild, channel, .. }) = (got.text("/id"), &bench.hook);
    assert_eq!(seen.text, "Release 2.0 is *out*: https://example.org/2_0_1 new @everyone");
    assert_eq!(seen.url, format!("https://discord.com/channels/{guild}/{channel}/{id}"));
    assert_eq!((seen.platform, &seen.author, seen.id), ("discord", &bench.hook.id, id));
    let details: Vec<_> = seen.details.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(details, [("username", "Press"), ("links", "new https://example.org/new"), ("flags", "4")]);
}

#[tokio::test]
async fn whom_a_message_rings_for() {
    let bench = Bench::new();
    let content = "<@1> <@2> <@&3> @here";
    for (allowed, expected) in [
        (None, Some("user 1, user 2, role 3, here")),
        (Some(json!({"parse": []})), None),
        (Some(json!({"parse": ["everyone"], "users": ["2"]})), Some("user 2, here")),
        (Some(json!({"parse": ["roles"], "replied_user": false})), Some("role 3")),
    ] {
        let mut body = json!({"content": content});
        if let Some(allowed) = allowed {
            body["allowed_mentions"] = allowed;
        }
        bench.posted(&body).await;
        let seen = bench.seen().pop().unwrap();
        let pings = seen.details.iter().find(|(name, _)| *name == "pings").map(|(_, value)| value.as_str());
        assert_eq!(pings, expected, "{body}");
    }
}

#[tokio::test]
async fn what_a_message_may_not_be() {
    let bench = Bench::new();
    let embed = |embed: Value| json!({"embeds": [embed]});
    let field = |fields: usize| embed(json!({"fields": vec![json!({"name": "a", "value": "b"}); fields]}));
    let poll = |poll: Value| json!({"poll": poll});
    let x = |many: usize| "x".repeat(many);
    for (body, status, part) in [
        (json!({}), 400, r#"{"message":"Cannot send an empty message","code":50006}"#),
        (json!({"content": " \n"}), 400, "50006"),
        (
            json!({"content": x(2_001)}),
            400,
            r#""errors":{"content":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 2000 or fewer in length."}]}}"#,
        ),
        (json!({"content": "👍".repeat(2_000)}), 200, ""),
        (json!({"content": 7}), 400, "STRING_TYPE_CONVERT"),
        (with(hi(), "nonce", json!("1")), 400, r#""nonce""#),
        (with(hi(), "components", json!([])), 400, "components"),
        (with(hi(), "tts", json!("yes")), 400, "BOOLEAN_TYPE_CONVERT"),
        (with(hi(), "flags", json!(32_768)), 400, "flags"),
        (with(hi(), "flags", json!(4_096 | 4)), 200, ""),
        (with(hi(), "username", json!(x(81))), 400, "Must be 80"),
        (with(hi(), "username", json!("")), 400, "between 1 and 80"),
        (with(hi(), "applied_tags", json!(["1"])), 400, "applied_tags"),
        (with(hi(), "allowed_mentions", json!({"parse": ["all"]})), 400, "BASE_TYPE_CHOICES"),
        (with(hi(), "allowed_mentions", json!({"parse": ["users"], "users": ["1"]})), 400, "mutually exclusive"),
        (with(hi(), "allowed_mentions", json!({"roles": vec!["1"; 101]})), 400, "Must be 100"),
        (json!({"embeds": vec![json!({"title": "a"}); 10]}), 200, ""),
        (json!({"embeds": vec![json!({"title": "a"}); 11]}), 400, "Must be 10"),
        (embed(json!({})), 400, r#""embeds":{"0":{"description""#),
        (embed(json!({"title": x(256), "description": x(4_096), "type": "rich", "color": 16_777_215})), 200, ""),
        (embed(json!({"title": x(257)})), 400, "Must be 256"),
        (embed(json!({"description": x(4_097)})), 400, "Must be 4096"),
        (embed(json!({"title": "a", "footer": {"text": x(2_049)}})), 400, "Must be 2048"),
        (embed(json!({"title": "a", "author": {"name": x(257)}})), 400, r#""author":{"name""#),
        (embed(json!({"title": "a", "author": {"url": "https://example.org"}})), 400, "BASE_TYPE_REQUIRED"),
        (field(25), 200, ""),
        (field(26), 400, "Must be 25"),
        (embed(json!({"fields": [{"name": "a"}]})), 400, r#""value""#),
        (embed(json!({"fields": [{"name": "a", "value": x(1_025)}]})), 400, "Must be 1024"),
        (
            json!({"embeds": [{"description": x(4_000)}, {"description": x(2_001)}]}),
            400,
            "Embed size exceeds maximum size of 6000",
        ),
        (embed(json!({"title": "a", "url": "example.org"})), 400, "Not a well formed URL."),
        (embed(json!({"title": "a", "color": 16_777_216})), 400, "color"),
        (embed(json!({"title": "a", "timestamp": "noon"})), 400, "ISO8601"),
        (embed(json!({"title": "a", "image": {"url": "attachment://a.png"}})), 400, "no such picture"),
        (embed(json!({"title": "a", "image": {"url": "https://example.org/a.png"}})), 200, ""),
        (embed(json!({"title": "a", "video": {"url": "https://example.org/a.mp4"}})), 400, "UNKNOWN_FIELD"),
        (poll(json!({"question": {"text": "Tea?"}, "answers": [{"poll_media": {"text": "Yes"}}]})), 200, r#""poll""#),
        (poll(json!({"question": {"text": "Tea?"}, "answers": []})), 400, "answers"),
        (poll(json!({"question": {"text": x(301)}, "answers": []})), 400, "Must be 300"),
        (poll(json!({"question": {"text": "?"}, "answers": [{"poll_media": {"text": x(56)}}]})), 400, "Must be 55"),
        (
            poll(json!({"question": {"text": "?"}, "answers": [{"poll_media": {"text": "a"}}], "duration": 769})),
            400,
            "between 1 and 768",
        ),
    ] {
        bench.post(&body).await.is(status, part);
    }
    for (kind, body, part) in [
        ("application/json", "{", r#""code":50109"#),
        ("application/x-www-form-urlencoded", "content=Hi", "CONTENT_TYPE_INVALID"),
        ("", "{}", "CONTENT_TYPE_INVALID"),
    ] {
        bench.send(Method::POST, &bench.path("?wait=true"), kind, body).await.is(400, part);
    }
}

#[tokio::test]
async fn cards_and_polls_are_seen() {
    let bench = Bench::new();
    let embed = json!({"title": "Release 2.0", "url": "https://example.org/2.0", "description": "What is new"});
    let poll = json!({"question": {"text": "Tea?"}, "answers": [{"poll_media": {"text": "Yes"}}], "duration": 2});
    bench.posted(&json!({"embeds": [embed], "poll": poll})).await;
    let [seen] = bench.seen().try_into().unwrap();
    let card = seen.card.unwrap();
    assert_eq!((card.url.as_str(), card.title.as_str()), ("https://example.org/2.0", "Release 2.0"));
    let poll = seen.poll.unwrap();
    assert_eq!((poll.question.as_deref(), poll.options), (Some("Tea?"), vec!["Yes".to_owned()]));
    assert_eq!(poll.ends, seen.at + Duration::from_secs(7_200));
}

#[tokio::test]
async fn an_edit_changes_what_it_says_and_may_be_repeated() {
    let bench = Bench::new();
    let id = bench.posted(&with(hi(), "embeds", json!([{"title": "Card"}]))).await;
    for _ in 0..2 {
        bench.patch(&id, &json!({"content": "Ho"})).await.is(200, r#""content":"Ho""#);
    }
    let path = format!("/messages/{id}");
    let got = bench.call(Method::GET, &path).await;
    got.is(200, r#""edited_timestamp":"2025"#);
    got.is(200, r#""title":"Card""#);
    for (body, status, part) in [
        (json!({"content": null}), 200, r#""content":"""#),
        (json!({"embeds": []}), 400, "50006"),
        (json!({"content": "x", "embeds": null}), 200, r#""embeds":[]"#),
        (json!({"content": "x".repeat(2_001)}), 400, "50035"),
        (json!({"username": "Press"}), 400, "username"),
        (json!({"thread_name": "x"}), 400, "thread_name"),
    ] {
        bench.patch(&id, &body).await.is(status, part);
    }
    bench.patch("7", &hi()).await.is(404, r#"{"message":"Unknown Message","code":10008}"#);
    assert_eq!(bench.seen()[0].details, [("edited", "true".to_owned())]);
}

#[tokio::test]
async fn what_is_deleted_is_gone() {
    let bench = Bench::new();
    let id = bench.posted(&hi()).await;
    let path = format!("/messages/{id}");
    let other = bench.discord.sign_up(SignUp::default());
    let foreign = format!("/api/v10/webhooks/{}/{}{path}", other.id, other.token);
    bench.send(Method::DELETE, &foreign, "", Body::empty()).await.is(404, "10008");
    bench.call(Method::DELETE, &path).await.is(204, "");
    bench.call(Method::DELETE, &path).await.is(404, "10008");
    bench.call(Method::GET, &path).await.is(404, "10008");
    assert!(bench.seen().is_empty());
}

//! Making and editing posts: the body, the rules, what is stored.

use super::*;

#[tokio::test]
async fn a_post_is_made_stored_and_seen() {
    let stage = Stage::new().await;
    let answer = stage.post("/2/tweets", json!({"text": "a < b & see example.com/x"})).await;
    assert!(answer.header("x-transaction-id").is_some());
    let data = answer.ok(201)["data"].clone();
    let id = data["id"].as_str().unwrap();
    assert_eq!(data["edit_history_tweet_ids"], json!([id]));
    let text = data["text"].as_str().unwrap();
    assert!(text.starts_with("a &lt; b &amp; see https://t.co/") && text.len() == 42, "{text}");
    let made = std::time::UNIX_EPOCH + Duration::from_millis((id.parse::<u64>().unwrap() >> 22) + 1_288_834_974_657);
    assert!(made.elapsed().unwrap() < MINUTE);
    let seen = stage.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].text, "a < b & see example.com/x");
    assert_eq!(seen[0].url, format!("https://x.com/ada/status/{id}"));
    assert_eq!((seen[0].visibility.as_str(), seen[0].author.as_str()), ("everyone", stage.me.id.as_str()));
    let next: u64 = stage.publish("next").await.parse().unwrap();
    assert!(next > id.parse().unwrap());
}

#[tokio::test]
async fn bodies_are_held_to_the_schema() {
    let stage = Stage::new().await;
    let long_option = "x".repeat(26);
    for (body, message) in [
        (json!([]), "$: is not an object"),
        (json!({}), "The Tweet must have text or media."),
        (json!({"text": " \n"}), "The Tweet must have text or media."),
        (json!({"poll": {"options": ["a", "b"], "duration_minutes": 5}}), "The Tweet must have text or media."),
        (json!({"text": 1}), "$.text: is not a string"),
        (json!({"text": "t", "media": null}), "$.media: is not an object"),
        (
            json!({"text": "t", "status": "t"}),
            "$.status: is not defined in the schema and the schema does not allow additional properties",
        ),
        (
            json!({"text": "t", "reply": {"in_reply_to_status_id": "1"}}),
            "$.reply.in_reply_to_status_id: is not defined in the schema and the schema does not allow additional properties",
        ),
        (json!({"text": "t", "reply": {}}), "$.reply.in_reply_to_tweet_id: is missing but it is required"),
        (
            json!({"text": "t", "reply": {"in_reply_to_tweet_id": 12}}),
            "$.reply.in_reply_to_tweet_id: does not match the regex pattern ^[0-9]{1,19}$",
        ),
        (
            json!({"text": "t", "media": {"media_ids": ["3_12"]}}),
            "$.media.media_ids[0]: does not match the regex pattern ^[0-9]{1,19}$",
        ),
        (json!({"text": "t", "media": {"media_ids": []}}), "$.media.media_ids: is not an array of 1 to 4 items"),
        (
            json!({"text": "t", "media": {"media_ids": ["1", "2", "3", "4", "5"]}}),
            "$.media.media_ids: is not an array of 1 to 4 items",
        ),
        (
            json!({"text": "t", "reply_settings": "everyone"}),
            "$.reply_settings: does not have a value in the enumeration [following, mentionedUsers, subscribers, verified]",
        ),
        (json!({"text": "t", "made_with_ai": "yes"}), "$.made_with_ai: is not a boolean"),
        (
            json!({"text": "t", "poll": {"options": ["a"], "duration_minutes": 5}}),
            "$.poll.options: is not an array of 2 to 4 items",
        ),
        (
            json!({"text": "t", "poll": {"options": ["a", long_option], "duration_minutes": 5}}),
            "$.poll.options: must be 1 to 25 characters long",
        ),
        (
            json!({"text": "t", "poll": {"options": ["a", "b"], "duration_minutes": 4}}),
            "$.poll.duration_minutes: is not an integer from 5 to 10080",
        ),
        (
            json!({"text": "t", "poll": {"options": ["a", "b"], "duration_minutes": 5}, "media": {"media_ids": ["1"]}}),
            "You can only provide one of [poll, quote_tweet_id, direct_message_deep_link, media, card_uri].",
        ),
        (json!({"text": "a\u{FEFF}b"}), "The Tweet contains an invalid character."),
        (json!({"text": "t", "media": {"media_ids": ["1"]}}), "Your media IDs are invalid."),
    ] {
        let answer = stage.post("/2/tweets", body).await;
        assert_eq!((answer.status, answer.says().as_str()), (400, message));
        assert_eq!(answer.body["title"], "Invalid Request");
    }
    let form = stage.request(Method::POST, "/2/tweets", &stage.me.access_token).form(&[("text", "t")]);
    assert_eq!(Read::from(form.send().await.unwrap()).await.status, 400);
    assert_eq!(stage.seen(), []);
    stage.create(json!({"text": "poll", "poll": {"options": ["a", "b"], "duration_minutes": 1440}})).await;
    stage.create(json!({"text": "few", "reply_settings": "verified", "made_with_ai": true})).await;
    assert_eq!(stage.seen()[1].visibility, "verified");
    let poll = stage.seen()[0].poll.clone().unwrap();
    assert_eq!(poll.options, ["a", "b"]);
    assert_eq!(poll.ends.duration_since(stage.seen()[0].at).unwrap().as_secs(), 1440 * 60);
}

#[tokio::test]
async fn length_is_weighted_and_premium_has_more() {
    let stage = Stage::new().await;
    stage.publish(&"x".repeat(280)).await;
    stage.publish(&"本".repeat(140)).await;
    stage.publish(&format!("{} https://example.com/{}", "y".repeat(256), "long".repeat(100))).await;
    for text in ["x".repeat(281), "本".repeat(141), format!("{} main.rs", "y".repeat(257))] {
        let answer = stage.post("/2/tweets", json!({"text": text})).await;
        assert_eq!(answer.status, 403);
        assert!(answer.says().starts_with("Your Tweet text is too long."), "{}", answer.says());
    }
    stage.configure(|options| options.too_long_status = 400);
    assert_eq!(stage.post("/2/tweets", json!({"text": "x".repeat(281)})).await.status, 400);
    stage.sim.x.sign_up(SignUp { username: "ada", premium: true, ..SignUp::default() });
    let id = stage.publish(&"x".repeat(25_000)).await;
    let body = stage.get(&format!("/2/tweets/{id}?tweet.fields=note_tweet")).await.ok(200);
    let text = body["data"]["text"].as_str().unwrap();
    assert!(text.starts_with(&format!("{}… https://t.co/", "x".repeat(250))) && text.len() < 280, "{text}");
    assert_eq!(body["data"]["note_tweet"]["text"].as_str().unwrap().len(), 25_000);
    assert_eq!(stage.post("/2/tweets", json!({"text": "x".repeat(25_001)})).await.status, 400);
}

#[tokio::test]
async fn the_same_text_again_is_refused_for_a_while() {
    let stage = Stage::new().await;
    let id = stage.publish("same").await;
    let answer = stage.post("/2/tweets", json!({"text": "same "})).await;
    let body = json!({"detail": "You are not allowed to create a Tweet with duplicate content.",
        "type": "about:blank", "title": "Forbidden", "status": 403});
    assert_eq!((answer.status, answer.body), (403, body));
    let other = stage.sim.x.sign_up(SignUp { username: "bob", ..SignUp::default() });
    stage.post_as(&other, "/2/tweets", json!({"text": "same"})).await.ok(201);
    let path = format!("/2/tweets/{id}");
    let gone = Read::from(stage.request(Method::DELETE, &path, &stage.me.access_token).send().await.unwrap()).await;
    assert_eq!(gone.ok(200), json!({"data": {"deleted": true}}));
    stage.publish("same").await;
    stage.configure(|options| options.duplicate_window = Duration::ZERO);
    stage.publish("same").await;
    assert_eq!(stage.seen().len(), 3);
}

#[tokio::test]
async fn replies_go_to_oneself_or_to_who_asked() {
    let stage = Stage::new().await;
    let other = stage.sim.x.sign_up(SignUp { username: "bob", ..SignUp::default() });
    let said = |body: Value| body["data"]["id"].as_str().unwrap().to_owned();
    let plain = said(stage.post_as(&other, "/2/tweets", json!({"text": "hello"})).await.ok(201));
    let asking = said(stage.post_as(&other, "/2/tweets", json!({"text": "what says @Ada?"})).await.ok(201));
    let closed = json!({"text": "for few", "reply_settings": "mentionedUsers"});
    let closed = said(stage.post_as(&other, "/2/tweets", closed).await.ok(201));
    let reply = |text: &str, to: &str| json!({"text": text, "reply": {"in_reply_to_tweet_id": to}});
    let answer = stage.post("/2/tweets", reply("1", &plain)).await;
    let detail = "You can only reply to or quote posts where you are mentioned or are the author.";
    assert_eq!((answer.status, answer.says().as_str()), (403, detail));
    assert_eq!(stage.post("/2/tweets", reply("1", "77")).await.status, 403);
    let before = stage.sim.x.balance();
    stage.create(reply("2", &asking)).await;
    assert_eq!(before - stage.sim.x.balance(), 10);
    let first = stage.publish("thread 1").await;
    let second = stage.create(reply("thread 2", &first)).await;
    assert_eq!(stage.seen().last().unwrap().reply_to, Some(first.clone()));
    let body = stage.get(&format!("/2/tweets/{second}?tweet.fields=conversation_id,referenced_tweets")).await.ok(200);
    assert_eq!(body["data"]["conversation_id"], json!(first));
    assert_eq!(body["data"]["referenced_tweets"], json!([{"type": "replied_to", "id": first}]));
    stage.configure(|options| options.self_serve = false);
    stage.create(reply("3", &plain)).await;
    let answer = stage.post("/2/tweets", reply("4", &closed)).await;
    assert!(answer.says().starts_with("Reply to this conversation is not allowed"), "{}", answer.says());
}

#[tokio::test]
async fn self_serve_apps_have_rules_of_their_own() {
    let stage = Stage::new().await;
    let own = stage.publish("mine").await;
    stage.publish("one $CASH tag, costs $5").await;
    let quote = json!({"text": "quote", "quote_tweet_id": own});
    for (body, begins) in [
        (quote.clone(), "Quoting this post is not allowed because"),
        (json!({"text": "$AAA and $BBB"}), "Posts are limited to a maximum of one cashtag"),
    ] {
        let answer = stage.post("/2/tweets", body).await;
        assert_eq!(answer.status, 403);
        assert!(answer.says().starts_with(begins), "{}", answer.says());
    }
    stage.configure(|options| (options.mentions_allowed, options.own_quotes_allowed) = (false, true));
    stage.create(quote).await;
    stage.publish("me, @ada").await;
    let answer = stage.post("/2/tweets", json!({"text": "hi @bob"})).await;
    assert_eq!(answer.says(), "Creating posts with @mentions is not allowed for your access package.");
    stage.configure(|options| options.self_serve = false);
    stage.publish("hi @bob $AAA $BBB").await;
}

#[tokio::test]
async fn edits_make_a_new_version() {
    let stage = Stage::new().await;
    let first = stage.publish("tae").await;
    let edit = |text: &str, of: &str| json!({"text": text, "edit_options": {"previous_post_id": of}});
    assert_eq!(
        stage.post("/2/tweets", edit("tea", &first)).await.says(),
        "You are not permitted to perform this action."
    );
    stage.sim.x.sign_up(SignUp { username: "ada", premium: true, ..SignUp::default() });
    stage.configure(|options| options.edit_history_field = "edit_history_post_ids".to_owned());
    let body = stage.post("/2/tweets", edit("tea", &first)).await.ok(201);
    let second = body["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(body["data"]["edit_history_post_ids"], json!([first, second]));
    let seen = stage.seen();
    assert_eq!((seen.len(), seen[0].text.as_str(), &seen[0].id), (1, "tea", &second));
    assert_eq!(stage.timeline("").await.ok(200)["meta"]["result_count"], 1);
    assert_eq!(stage.post("/2/tweets", edit("old", &first)).await.status, 403);
    let mut last = second;
    for number in 2..=5 {
        last = stage.create(edit(&format!("tea {number}"), &last)).await;
    }
    assert_eq!(stage.post("/2/tweets", edit("tea 6", &last)).await.status, 403);
    let poll = stage.create(json!({"text": "?", "poll": {"options": ["a", "b"], "duration_minutes": 5}})).await;
    assert_eq!(stage.post("/2/tweets", edit("!", &poll)).await.status, 403);
    let late = stage.publish("late").await;
    stage.advance(30 * MINUTE);
    assert_eq!(stage.post("/2/tweets", edit("later", &late)).await.status, 403);
    Read::from(
        stage.request(Method::DELETE, &format!("/2/tweets/{first}"), &stage.me.access_token).send().await.unwrap(),
    )
    .await
    .ok(200);
    assert_eq!(stage.seen().len(), 2);
}

#[tokio::test]
async fn oddities_can_be_asked_for() {
    let stage = Stage::new().await;
    stage.configure(|options| options.errors_beside_data = true);
    let body = stage.post("/2/tweets", json!({"text": "half"})).await.ok(201);
    assert!(body["data"]["id"].is_string() && body["errors"].is_array());
    stage.create(json!({"text": "promoted", "nullcast": true})).await;
    assert_eq!(stage.seen().len(), 1);
    let fault = |kind| Fault { method: Method::POST, path: "/2/tweets".to_owned(), times: 1, kind };
    stage.sim.world().fault(fault(FaultKind::DropAfter));
    let lost = stage.request(Method::POST, "/2/tweets", &stage.me.access_token).json(&json!({"text": "lost"}));
    assert!(lost.send().await.is_err());
    assert_eq!(stage.seen().last().unwrap().text, "lost");
    let html = FaultKind::AnswerAfter { status: 502, headers: Vec::new(), body: "<html>Bad Gateway</html>".to_owned() };
    stage.sim.world().fault(fault(html));
    assert_eq!(stage.post("/2/tweets", json!({"text": "lost too"})).await.status, 502);
    assert_eq!(stage.post("/2/tweets", json!({"text": "lost too"})).await.status, 403);
    assert_eq!(stage.seen().last().unwrap().text, "lost too");
}

//! Texts and their entities; edits and deletes.

use super::*;

#[tokio::test]
async fn a_text_is_shown_with_its_links() {
    let bench = Bench::new();
    let entities = json!([
        {"type": "text_link", "offset": 3, "length": 3, "url": "https://example.org/2.0"},
        {"type": "bold", "offset": 0, "length": 2},
    ]);
    let body = json!({
        "chat_id": CHANNEL, "text": "👍 new https://example.org/a.", "entities": entities,
        "disable_notification": true, "protect_content": false, "link_preview_options": {"prefer_large_media": true},
    });
    let result = bench.done("sendMessage", &body).await;
    assert_eq!((&result["date"], &result["entities"][0]["type"]), (&json!(1_764_000_000), &json!("bold")));
    assert_eq!((&result["chat"]["id"], &result["sender_chat"]["id"]), (&json!(bench.ann.chat), &json!(bench.ann.chat)));
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!((seen.platform, seen.author), ("telegram", bench.ann.chat.to_string()));
    assert_eq!((seen.text.as_str(), seen.id), ("👍 new https://example.org/a.", result["message_id"].to_string()));
    assert_eq!(seen.url, format!("https://t.me/annexample/{}", result["message_id"]));
    let details: Vec<_> = seen.details.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(details, [("links", "new https://example.org/2.0"), ("silent", "true")]);
    assert_eq!(seen.card.unwrap().url, "https://example.org/2.0");
    // The same as a form, in which objects are texts.
    let form = format!(
        "chat_id=%40annexample&text=tea&entities={}&link_preview_options={}",
        r#"[{"type":"code","offset":0,"length":3}]"#, r#"{"is_disabled":true}"#
    );
    let kind = "application/x-www-form-urlencoded";
    bench.send(Method::POST, &bench.path("sendMessage"), kind, form).await.is(200, r#""type":"code""#);
}

#[tokio::test]
async fn of_which_link_there_is_a_preview() {
    let bench = Bench::new();
    let link = |text: &str, options: Value| json!({"chat_id": CHANNEL, "text": text, "link_preview_options": options});
    for (body, expected) in [
        (link("see (https://example.org/a).", json!(null)), Some("https://example.org/a")),
        (link("see http://a.example https://b.example", json!({})), Some("http://a.example")),
        (link("see https://example.org/a", json!({"is_disabled": true})), None),
        (link("see", json!({"url": "https://example.org/b"})), Some("https://example.org/b")),
        (link("see", json!({})), None),
    ] {
        bench.done("sendMessage", &body).await;
        let card = bench.seen().pop().unwrap().card;
        assert_eq!(card.map(|card| card.url).as_deref(), expected, "{body}");
    }
}

#[tokio::test]
async fn what_a_text_may_not_be() {
    let bench = Bench::new();
    let text = |text: &str| json!({"chat_id": CHANNEL, "text": text});
    let bold = |offset: u32, length: u32| json!([{"type": "bold", "offset": offset, "length": length}]);
    let entities = |entities: Value| with(hi(), "entities", entities);
    for (body, status, part) in [
        (json!({"chat_id": CHANNEL}), 400, "Bad Request: message text is empty"),
        (text(" \n"), 400, "message text is empty"),
        (text(&"x".repeat(4_096)), 200, ""),
        (text(&"x".repeat(4_097)), 400, "Bad Request: message is too long"),
        (text(&"👍".repeat(2_048)), 200, ""),
        (text(&"👍".repeat(2_049)), 400, "message is too long"),
        (json!({"chat_id": CHANNEL, "text": 7}), 400, "must be a String"),
        (entities(bold(0, 2)), 200, ""),
        (entities(bold(0, 3)), 400, "after the end of the text"),
        (with(text("👍"), "entities", bold(1, 1)), 400, "in a middle of a UTF-16 symbol"),
        (entities(json!([{"type": "hashtag", "offset": 0, "length": 2}])), 400, "Value must be one of"),
        (entities(json!("[")), 400, "can't parse entities JSON object"),
        (entities(json!({})), 400, "must be an Array"),
        (with(hi(), "parse_mode", json!("HTML")), 400, r#"there is no parameter \"parse_mode\""#),
        (with(hi(), "reply_markup", json!({})), 400, "there is no parameter"),
        (with(hi(), "disable_notification", json!("yes")), 400, "must be a Boolean"),
        (with(hi(), "message_thread_id", json!(3)), 400, "message thread not found"),
        (with(hi(), "reply_parameters", json!({"message_id": 77})), 400, "message to be replied not found"),
        (with(hi(), "reply_parameters", json!({"message_id": 77, "allow_sending_without_reply": true})), 200, ""),
        (with(hi(), "link_preview_options", json!({"url": "tea"})), 400, "this is no address"),
        (with(hi(), "link_preview_options", json!({"title": "tea"})), 400, "there is no field"),
    ] {
        bench.call("sendMessage", &body).await.is(status, part);
    }
    let path = bench.path("sendMessage");
    for (kind, body, part) in [
        ("application/json", "{", "can't parse JSON object"),
        ("text/plain", "Hi", "unsupported content type"),
        (got::MULTIPART, "Hi", "can't parse the parts"),
    ] {
        bench.send(Method::POST, &path, kind, body).await.is(400, part);
    }
    bench
        .parts("sendMessage", &[("chat_id", CHANNEL), ("text", "Hi")], &[("photo", &png(1, 1))])
        .await
        .is(400, "photo");
}

#[tokio::test]
async fn an_answer_knows_what_it_answers() {
    let bench = Bench::new();
    let id = bench.done("sendMessage", &hi()).await["message_id"].clone();
    let body = with(hi(), "reply_parameters", json!({"message_id": id}));
    let result = bench.done("sendMessage", &body).await;
    assert_eq!(result["reply_to_message"]["message_id"], id);
    assert_eq!(bench.seen()[1].reply_to, Some(id.to_string()));
}

#[tokio::test]
async fn an_edit_changes_something() {
    let bench = Bench::new();
    let id = bench.done("sendMessage", &hi()).await["message_id"].clone();
    let edit = |text: &str| json!({"chat_id": CHANNEL, "message_id": id, "text": text});
    bench.call("editMessageText", &edit("Hi")).await.is(
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
    );
    bench.call("editMessageText", &edit("Ho")).await.is(200, r#""edit_date":1764000000"#);
    bench.call("editMessageText", &edit("Ho")).await.is(400, "message is not modified");
    let bold = json!([{"type": "bold", "offset": 0, "length": 2}]);
    bench.call("editMessageText", &with(edit("Ho"), "entities", bold)).await.is(200, "bold");
    for (body, part) in [
        (edit(""), "message text is empty"),
        (edit(&"x".repeat(4_097)), "message is too long"),
        (with(edit("x"), "message_id", json!(77)), "message to edit not found"),
        (json!({"chat_id": CHANNEL, "text": "x"}), "message identifier is not specified"),
        (with(edit("x"), "disable_notification", json!(true)), "there is no parameter"),
    ] {
        bench.call("editMessageText", &body).await.is(400, part);
    }
    let caption = json!({"chat_id": CHANNEL, "message_id": id, "caption": "x"});
    bench.call("editMessageCaption", &caption).await.is(400, "there is no caption in the message to edit");
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!((seen.text.as_str(), seen.details), ("Ho", vec![("edited", "true".to_owned())]));
    let other = bench.telegram.sign_up(SignUp { bot: "other_bot".to_owned(), ..SignUp::default() });
    let path = format!("/bot{}/editMessageText", other.token);
    let got = bench.send(Method::POST, &path, "application/json", edit("x").to_string()).await;
    got.is(400, "message can't be edited");
}

#[tokio::test]
async fn only_what_is_young_can_be_deleted() {
    let bench = Bench::new();
    let delete = |id: &Value| json!({"chat_id": CHANNEL, "message_id": id});
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(bench.done("sendMessage", &hi()).await["message_id"].clone());
    }
    assert_eq!(bench.done("deleteMessage", &delete(&ids[0])).await, json!(true));
    bench.call("deleteMessage", &delete(&ids[0])).await.is(400, "Bad Request: message to delete not found");
    bench.world.advance(Duration::from_secs(48 * 3_600 - 1));
    bench.done("deleteMessages", &json!({"chat_id": CHANNEL, "message_ids": [ids[0], ids[1]]})).await;
    assert_eq!(bench.seen().len(), 2);
    bench.world.advance(Duration::from_secs(1));
    bench.call("deleteMessage", &delete(&ids[2])).await.is(400, "Bad Request: message can't be deleted");
    let both = json!({"chat_id": CHANNEL, "message_ids": [ids[2], ids[3]]});
    bench.call("deleteMessages", &both).await.is(400, "can't be deleted");
    bench.call("deleteMessages", &json!({"chat_id": CHANNEL, "message_ids": []})).await.is(400, "not specified");
    let edit = json!({"chat_id": CHANNEL, "message_id": ids[2], "text": "Ho"});
    bench.call("editMessageText", &edit).await.is(200, "");
    assert_eq!(bench.seen().len(), 2);
}

//! Tokens, chats, rights, limits.

use super::*;

#[tokio::test]
async fn a_token_is_right_or_final() {
    let bench = Bench::new();
    let (token, id) = (bench.ann.token.clone(), bench.ann.id);
    for (path, status, part) in [
        (format!("/bot{token}/getMe"), 200, r#""is_bot":true,"first_name":"ann_press_bot","username":"ann_press_bot""#),
        (format!("/bot{}/getMe", token.replace(':', "%3A")), 200, r#"{"ok":true"#),
        (format!("/bot{id}:x/getMe"), 401, r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#),
        ("/botx/getMe".to_owned(), 404, r#"{"ok":false,"error_code":404,"description":"Not Found"}"#),
        (format!("/bot{token}/sendPoetry"), 404, "Not Found"),
        (format!("/{token}/getMe"), 404, "Not Found"),
        (format!("/bot{token}/getMe?verbose=1"), 400, "there is no parameter"),
    ] {
        bench.send(Method::GET, &path, "", Body::empty()).await.is(status, part);
    }
    bench.send(Method::PUT, &bench.path("getMe"), "", Body::empty()).await.is(404, "");
    bench.telegram.revoke(&token);
    bench.call("getMe", &json!({})).await.is(401, "Unauthorized");
}

#[tokio::test]
async fn a_chat_is_found_by_its_name_or_its_id() {
    let bench = Bench::new();
    let chat = bench.ann.chat;
    assert!(chat < -1_000_000_000_000);
    for (chat_id, status, part) in [
        (json!(CHANNEL), 200, r#""title":"Ann's news","type":"channel","username":"annexample""#),
        (json!("@AnnExample"), 200, ""),
        (json!(chat), 200, ""),
        (json!(chat.to_string()), 200, ""),
        (json!("annexample"), 400, r#""description":"Bad Request: chat not found"}"#),
        (json!("@nobody"), 400, "chat not found"),
        (json!(7), 400, "chat not found"),
        (json!(""), 400, "chat_id is empty"),
        (json!(null), 400, "chat_id is empty"),
        (json!([chat]), 400, "chat not found"),
    ] {
        bench.call("getChat", &json!({"chat_id": chat_id})).await.is(status, part);
    }
    let path = format!("{}?chat_id=%40annexample&user_id={}", bench.path("getChatMember"), bench.ann.id);
    let got = bench.send(Method::GET, &path, "", Body::empty()).await;
    got.is(200, r#""status":"administrator","#);
    got.is(200, r#""can_post_messages":true"#);
    bench.call("getChatMember", &json!({"chat_id": chat, "user_id": 7})).await.is(400, "PARTICIPANT_ID_INVALID");
    bench.call("getChatMember", &json!({"chat_id": chat})).await.is(400, "user_id");
}

#[tokio::test]
async fn who_may_post() {
    let channel = Bench::new();
    let group = Bench::of(SignUp { kind: ChatKind::Supergroup, ..SignUp::default() });
    let posts = |posts| Standing::Administrator { posts };
    for (bench, standing, status, part) in [
        (&channel, posts(true), 200, ""),
        (&channel, posts(false), 400, "Bad Request: need administrator rights in the channel chat"),
        (&channel, Standing::Member, 400, "need administrator rights"),
        (&channel, Standing::Left, 403, "Forbidden: bot is not a member of the channel chat"),
        (&channel, Standing::Kicked, 403, "Forbidden: bot was kicked from the channel chat"),
        (&group, Standing::Member, 200, ""),
        (&group, posts(false), 200, ""),
        (&group, Standing::Kicked, 403, "Forbidden: bot was kicked from the supergroup chat"),
    ] {
        bench.telegram.stand(&bench.ann, standing);
        bench.call("sendMessage", &hi()).await.is(status, part);
    }
    channel.telegram.stand(&channel.ann, posts(false));
    let body = json!({"chat_id": CHANNEL, "user_id": channel.ann.id});
    channel.call("getChatMember", &body).await.is(200, r#""can_post_messages":false"#);
    let private = Bench::of(SignUp { chat: ChatName::Private(-100_777), ..SignUp::default() });
    private.telegram.stand(&private.ann, Standing::Left);
    private.call("getChat", &json!({"chat_id": -100_777})).await.is(400, "chat not found");
}

#[tokio::test]
async fn a_group_that_grew_tells_its_new_id() {
    let bench = Bench::of(SignUp { chat: ChatName::Private(-4_242), kind: ChatKind::Group, ..SignUp::default() });
    let at = |id: i64| json!({"chat_id": id, "text": "Hi"});
    bench.done("sendMessage", &at(-4_242)).await;
    let new = bench.telegram.migrate(-4_242).unwrap();
    assert_eq!(new, -1_000_000_004_242);
    let got = bench.call("sendMessage", &at(-4_242)).await;
    got.is(400, "Bad Request: group chat was upgraded to a supergroup chat");
    assert_eq!(got.json()["parameters"], json!({"migrate_to_chat_id": new}));
    let result = bench.done("sendMessage", &at(new)).await;
    assert_eq!((&result["chat"]["type"], &result["from"]["is_bot"]), (&json!("supergroup"), &json!(true)));
    assert_eq!(bench.seen()[1].url, "https://t.me/c/0000004242/3");
    assert_eq!(bench.seen()[1].visibility, "private");
}

#[tokio::test]
async fn a_channel_may_be_renamed() {
    let bench = Bench::new();
    bench.telegram.rename(bench.ann.chat, Some("annsnews"));
    bench.call("sendMessage", &hi()).await.is(400, "chat not found");
    let result = bench.done("sendMessage", &with(hi(), "chat_id", json!(bench.ann.chat))).await;
    assert_eq!(result["chat"]["username"], "annsnews");
    assert_eq!(bench.seen()[0].url, format!("https://t.me/annsnews/{}", result["message_id"]));
}

#[tokio::test]
async fn so_much_and_no_more() {
    let bench = Bench::new();
    bench.telegram.configure(|options| *options = Options { burst: 2, messages_a_minute: 4, ..Options::default() });
    for (advance, status, wait) in
        [(0, 200, 0), (0, 200, 0), (0, 429, 1), (1, 200, 0), (2, 200, 0), (1, 429, 56), (55, 429, 1), (1, 200, 0)]
    {
        bench.world.advance(Duration::from_secs(advance));
        let got = bench.call("sendMessage", &hi()).await;
        got.is(status, "");
        if status == 429 {
            got.is(
                429,
                &format!(
                    r#""description":"Too Many Requests: retry after {wait}","parameters":{{"retry_after":{wait}}}"#
                ),
            );
        }
    }
    bench.telegram.configure(|options| options.calls_a_second = 2);
    bench.world.advance(Duration::from_secs(1));
    for status in [200, 200, 429] {
        bench.call("getMe", &json!({})).await.is(status, "");
    }
    bench.world.advance(Duration::from_secs(1));
    bench.telegram.configure(|options| options.limited = 1);
    bench.call("getMe", &json!({})).await.is(429, "retry after 5");
    bench.call("getMe", &json!({})).await.is(200, "");
}

//! The way from a container to a post: waiting, publishing, expiring, failing.

use serde_json::json;

use super::*;

const TEXT: &Fields<'static> = &[("media_type", "TEXT"), ("text", "Hi")];

#[tokio::test]
async fn even_a_text_takes_its_time() {
    let bench = Bench::new();
    let id = bench.make(TEXT).await.id();
    assert_eq!(bench.status(&id).await, json!({"status": "IN_PROGRESS", "id": id}));
    let early = bench.publish(&id).await;
    early.fails(24, 4_279_009, "The requested resource does not exist");
    let error = &early.json()["error"];
    assert_eq!((early.status, &error["type"], &error["is_transient"]), (400, &json!("OAuthException"), &json!(false)));
    assert_eq!(error["error_user_title"], "Media Not Found");
    assert_eq!(error["error_user_msg"], format!("The media with id {id} cannot be found."));
    assert_eq!(bench.seen(), []);
    bench.advance(9);
    assert_eq!(bench.status(&id).await, json!({"status": "FINISHED", "id": id}));
    let media = bench.publish(&id).await.id();
    assert_ne!(media, id);
    assert_eq!(bench.status(&id).await, json!({"status": "PUBLISHED", "id": id}));
    assert_eq!(bench.seen()[0].id, media);

    bench.publish(&id).await.fails(24, 4_279_009, &id);
    bench.configure(|options| options.republish = Republish::SameId);
    assert_eq!(bench.publish(&id).await.id(), media);
    assert_eq!(bench.seen().len(), 1);

    let got = bench.get(&format!("/{media}"), &[("fields", "id,status")]).await;
    got.fails(100, None, "Tried accessing nonexisting field (status)");
    bench.get(&format!("/{id}"), &[("fields", "permalink")]).await.fails(100, None, "nonexisting field (permalink)");
}

#[tokio::test]
async fn containers_expire_and_are_their_owners() {
    let bench = Bench::new();
    let bob = bench.threads.sign_up(SignUp { username: "bob".to_owned(), ..SignUp::default() });
    let id = bench.make(TEXT).await.id();
    bench.advance(60);
    bench.post_as(&bob, "/me/threads_publish", &[("creation_id", &id)]).await.fails(24, 4_279_009, &id);
    bench.get_as(&bob, &format!("/{id}"), &[("fields", "status")]).await.fails(100, 33, "");
    bench.advance(86_400 - 120);
    assert_eq!(bench.status(&id).await["status"], "FINISHED");
    bench.advance(60);
    assert_eq!(bench.status(&id).await, json!({"status": "EXPIRED", "id": id}));
    bench.publish(&id).await.fails(24, 4_279_009, &id);
    bench.publish("18000000000000001").await.fails(24, 4_279_009, "18000000000000001");
    bench.post("/me/threads_publish", &[]).await.fails(100, None, "creation_id");
    bench.post("/me/threads_publish", &[("creation_id", &id), ("text", "x")]).await.fails(100, None, "text is unknown");
    let other = format!("/{}/threads", bob.id);
    bench.post(&other, TEXT).await.fails(100, 33, "");
    bench.post(&format!("/{}/threads", bench.ann.id), TEXT).await.id();
}

#[tokio::test]
async fn children_are_checked() {
    let bench = Bench::new();
    let bob = bench.threads.sign_up(SignUp { username: "bob".to_owned(), ..SignUp::default() });
    let item = [("media_type", "IMAGE"), ("image_url", "https://media.example/a.jpg"), ("is_carousel_item", "true")];
    let mut items = Vec::new();
    for _ in 0..21 {
        items.push(bench.make(&item).await.id());
    }
    let theirs = bench.post_as(&bob, "/me/threads", &item).await.id();
    let single = bench.make(&item[..2]).await.id();
    bench.advance(60);
    let make = async |ids: &[&str]| bench.make(&[("media_type", "CAROUSEL"), ("children", &ids.join(","))]).await;
    make(&[&items[0], &theirs]).await.fails(24, 4_279_009, &theirs);
    make(&[&items[0], "18000000000000001"]).await.fails(24, 4_279_009, "");
    make(&[&items[0], &single]).await.fails(100, None, "is_carousel_item");
    make(&items.iter().map(String::as_str).collect::<Vec<_>>()).await.fails(100, None, "between 2 and 20");
    let id = make(&items[..20].iter().map(String::as_str).collect::<Vec<_>>()).await.id();
    bench.publish(&id).await.fails(24, 4_279_009, &id);
    bench.advance(60);
    bench.publish(&id).await.id();
    assert_eq!(bench.seen()[0].media.len(), 20);
}

#[tokio::test]
async fn a_text_can_go_out_at_once() {
    let bench = Bench::new();
    let fields = [TEXT, &[("auto_publish_text", "true")]].concat();
    let id = bench.make(&fields).await.id();
    assert_eq!(bench.seen()[0].id, id);
    bench.status(&id).await["error"]["message"].as_str().unwrap();
    bench.configure(|options| options.post_quota = 1);
    bench.make(&fields).await.fails(9, 2_207_042, "");
    assert_eq!(bench.seen().len(), 1);
}

#[tokio::test]
async fn links_are_read_when_a_post_goes_out() {
    let bench = Bench::new();
    let fields = [TEXT, &[("link_attachment", "https://web.example/x")]].concat();
    let id = bench.make(&fields).await.id();
    bench.put_up("web.example", |_| Page::missing());
    bench.advance(60);
    bench.publish(&id).await.fails(-1, 4_279_047, "");
    assert_eq!(bench.status(&id).await["status"], "FINISHED");
    bench.configure(|options| options.failed_links_spoil = true);
    bench.publish(&id).await.fails(-1, 4_279_047, "");
    assert_eq!(bench.status(&id).await["status"], "ERROR");
    assert_eq!(bench.seen(), []);
    bench.put_up("web.example", |_| Page::file("text/html", "<title>Hi</title>"));
    bench.published(&fields).await;
    assert_eq!(bench.seen()[0].card.as_ref().unwrap().title, "Hi");

    let unknown = [TEXT, &[("link_attachment", "https://elsewhere.example/")]].concat();
    bench.published(&unknown).await;
    assert_eq!(bench.seen()[1].card.as_ref().unwrap().title, "");
    bench.configure(|options| options.unknown_links_fail = true);
    let id = bench.make(&unknown).await.id();
    bench.advance(60);
    bench.publish(&id).await.fails(-1, 4_279_047, "");
}

#[tokio::test]
async fn what_goes_wrong_on_demand() {
    let bench = Bench::new();
    bench.configure(|options| options.fail_processing("UNKNOWN"));
    let id = bench.make(TEXT).await.id();
    bench.advance(60);
    assert_eq!(bench.status(&id).await, json!({"status": "ERROR", "error_message": "UNKNOWN", "id": id}));

    for (failure, code, subcode) in [
        (Failure::MediaNotFound, 24, Some(4_279_009)),
        (Failure::LinkPreview, -1, Some(4_279_047)),
        (Failure::Unfetchable, 1, Some(2_207_052)),
        (Failure::Restricted, -1, Some(4_279_013)),
        (Failure::ActionBlocked, 4, Some(2_207_051)),
        (Failure::TokenExpired, 190, Some(463)),
        (Failure::AppLimit, 4, None),
        (Failure::UserLimit, 17, None),
        (Failure::CustomLimit, 613, None),
        (Failure::Unknown, 1, None),
        (Failure::Service, 2, None),
    ] {
        let id = bench.make(TEXT).await.id();
        bench.advance(60);
        let before = bench.seen().len();
        bench.configure(|options| options.fail(Act::Publish, failure));
        bench.publish(&id).await.fails(code, subcode, "");
        assert_eq!((bench.seen().len(), bench.status(&id).await["status"].as_str()), (before, Some("FINISHED")));
        bench.configure(|options| options.fail_after(Act::Publish, failure));
        bench.publish(&id).await.fails(code, subcode, "");
        assert_eq!((bench.seen().len(), bench.status(&id).await["status"].as_str()), (before + 1, Some("PUBLISHED")));
    }
    bench.configure(|options| options.fail(Act::Create, Failure::Service));
    let got = bench.make(TEXT).await;
    assert_eq!((got.status, &got.json()["error"]["is_transient"]), (500, &json!(true)));
    for (act, path) in [(Act::Read, "/me"), (Act::List, "/me/threads")] {
        bench.configure(|options| options.fail(act, Failure::Unknown));
        bench.get(path, &[]).await.fails(1, None, "");
        assert_eq!(bench.get(path, &[]).await.status, 200);
    }
}

#[tokio::test]
async fn messages_in_another_language() {
    let bench = Bench::new();
    bench.configure(|options| options.localized = true);
    let got = bench.publish("18000000000000001").await;
    got.fails(24, 4_279_009, "Die angeforderte Ressource existiert nicht");
    assert!(!got.body.contains("Media Not Found"));
    bench.make(&[("media_type", "TEXT"), ("text", &"x".repeat(501))]).await.fails(100, None, "Ungültig");
    let six: String = (1..=6).map(|n| format!("https://l{n}.example/ ")).collect();
    bench.make(&[("media_type", "TEXT"), ("text", &six)]).await.fails(100, None, "THREADS_API__LINK_LIMIT_EXCEEDED");
}

//! Reading, changing and deleting videos.

use super::*;

const UPDATE: &str = "/youtube/v3/videos?part=snippet,status";

#[tokio::test]
async fn a_list_leaves_out_what_is_not_there() {
    let bench = Bench::new();
    let bob = bench.youtube.sign_up(SignUp { email: "bob@example.org".to_owned(), ..SignUp::default() });
    let (one, two) = (bench.published("One").await, bench.published("Two").await);
    let private = bench.upload(&film(9, 9, 1, ""), &with(plain(), "status", "privacyStatus", json!("private"))).await;
    let ids = async |member: &Member, list: &str| {
        let got = bench.send(bench.request(member, "GET", &format!("{VIDEOS}?part=id&id={list}"), &[], b"")).await;
        got.is(200, "youtube#videoListResponse");
        let items = got.json()["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = format!("{two},nothing,{private},{one}");
    assert_eq!(ids(&bench.ann, &all).await, [two.clone(), private, one.clone()]);
    assert_eq!(ids(&bob, &all).await, [two, one.clone()]);
    assert_eq!(ids(&bench.ann, "nothing").await, Vec::<String>::new());
    for (query, status, reason) in [
        ("part=id".to_owned(), 400, "missingRequiredParameter"),
        (format!("id={one}"), 400, "required"),
        (format!("part=nonsense&id={one}"), 400, "unknownPart"),
        (format!("part=id&id={}", vec!["x"; 51].join(",")), 400, "invalidFilters"),
        (format!("part=id&id={one}&maxResults=50"), 400, "incompatibleParameters"),
        ("part=id&chart=mostPopular".to_owned(), 501, "notImplemented"),
    ] {
        bench.get(&format!("{VIDEOS}?{query}")).await.refuses(status, reason);
    }
    bench.get(&format!("{VIDEOS}?part=id&id={}", vec!["x"; 50].join(","))).await.is(200, "");
}

#[tokio::test]
async fn what_an_update_leaves_out_is_erased() {
    let bench = Bench::new();
    let mut body = with(plain(), "snippet", "tags", json!(["tea", "hot"]));
    body = with(with(body, "status", "privacyStatus", json!("unlisted")), "status", "embeddable", json!(false));
    let id = bench.upload(&film(9, 9, 1, ""), &body).await;
    let snippet = json!({"id": id, "snippet": {"title": "Coffee", "categoryId": "26"}});
    let got = bench.json("PUT", "/youtube/v3/videos?part=snippet", &snippet).await;
    got.is(200, "Coffee");
    let video = bench.youtube.video(&id).unwrap();
    assert_eq!((&video["snippet"]["description"], video["snippet"].get("tags")), (&json!(""), None));
    // A part that was not listed stays as it was.
    assert_eq!(
        (&video["status"]["privacyStatus"], &video["status"]["embeddable"]),
        (&json!("unlisted"), &json!(false))
    );
    let status = json!({"id": id, "status": {"license": "creativeCommon"}});
    bench.json("PUT", "/youtube/v3/videos?part=status", &status).await.is(200, "creativeCommon");
    let video = bench.youtube.video(&id).unwrap();
    assert_eq!((&video["status"]["privacyStatus"], &video["status"]["embeddable"]), (&json!("public"), &json!(true)));
    assert_eq!(video["snippet"]["title"], json!("Coffee"));
}

#[tokio::test]
async fn what_was_read_may_be_written_back() {
    let bench = Bench::new();
    let id = bench.published("Tea").await;
    let parts = "part=snippet,status,localizations,recordingDetails,paidProductPlacementDetails";
    let mut video = bench.get(&format!("{VIDEOS}?{parts}&id={id}")).await.json()["items"][0].clone();
    video["snippet"]["title"] = json!("Better tea");
    video["snippet"]["defaultLanguage"] = json!("en");
    video["localizations"] = json!({"de": {"title": "Besserer Tee"}});
    bench.json("PUT", &format!("{VIDEOS}?{parts}"), &video).await.is(200, "Besserer Tee");
    assert_eq!(bench.seen()[0].title.as_deref(), Some("Better tea"));
    let got = bench.json("PUT", &format!("{VIDEOS}?part=localizations"), &json!({"id": id, "localizations": {}})).await;
    got.is(200, "");
    assert_eq!(got.json().get("localizations"), None);
}

#[tokio::test]
async fn updates_are_judged() {
    let bench = Bench::new();
    let id = bench.published("Tea").await;
    let bob = bench.youtube.sign_up(SignUp { email: "bob@example.org".to_owned(), ..SignUp::default() });
    let base = || {
        let mut body = plain();
        body["id"] = json!(id);
        body
    };
    let mut nameless = plain();
    nameless["id"] = json!("");
    let mut unknown = base();
    unknown["id"] = json!("nothing");
    for (body, status, reason) in [
        (plain(), 400, "missingRequiredParameter"),
        (nameless, 400, "missingRequiredParameter"),
        (unknown, 404, "videoNotFound"),
        (with(base(), "snippet", "title", json!(null)), 400, "invalidTitle"),
        (with(base(), "snippet", "categoryId", json!(null)), 400, "invalidCategoryId"),
        (with(base(), "snippet", "colour", json!("red")), 400, "invalid"),
        (with(base(), "status", "privacyStatus", json!("secret")), 400, "invalid"),
        (json!({"id": id, "snippet": base()["snippet"]}), 400, "unexpectedPart"),
    ] {
        bench.json("PUT", UPDATE, &body).await.refuses(status, reason);
    }
    bench.json_as(&bob, "PUT", UPDATE, &base()).await.refuses(403, "forbidden");
    let translated = json!({"id": id, "localizations": {"de": {"title": "Tee"}}});
    bench.json("PUT", "/youtube/v3/videos?part=localizations", &translated).await.refuses(400, "defaultLanguageNotSet");
    // It has been public: it is not scheduled any more.
    let again = json!({"id": id, "status": {"privacyStatus": "private", "publishAt": "2100-01-01T00:00:00Z"}});
    bench.json("PUT", "/youtube/v3/videos?part=status", &again).await.refuses(400, "invalidPublishAt");
}

#[tokio::test]
async fn a_schedule_can_be_moved_and_dropped() {
    let bench = Bench::new();
    let id = bench.upload(&film(9, 9, 1, ""), &with(plain(), "status", "privacyStatus", json!("private"))).await;
    let status = |content: Value| json!({"id": id, "status": content});
    let update = async |content: Value| {
        let got = bench.json("PUT", "/youtube/v3/videos?part=status", &status(content)).await;
        got.is(200, "");
        got.json()["status"].clone()
    };
    for at in ["2100-01-01T00:00:00Z", "2101-01-01T00:00:00Z"] {
        let now = update(json!({"privacyStatus": "private", "publishAt": at})).await;
        assert_eq!((&now["privacyStatus"], &now["publishAt"]), (&json!("private"), &json!(at)));
    }
    assert_eq!(update(json!({"privacyStatus": "private"})).await.get("publishAt"), None);
    assert_eq!(
        update(json!({"privacyStatus": "private", "publishAt": "2001-01-01T00:00:00Z"})).await["privacyStatus"],
        json!("public")
    );
}

#[tokio::test]
async fn deleted_is_deleted() {
    let bench = Bench::new();
    let bob = bench.youtube.sign_up(SignUp { email: "bob@example.org".to_owned(), ..SignUp::default() });
    let id = bench.published("Tea").await;
    let target = format!("{VIDEOS}?id={id}");
    bench.send(bench.request(&bob, "DELETE", &target, &[], b"")).await.refuses(403, "forbidden");
    let got = bench.delete(&target).await;
    assert_eq!((got.status, got.body.as_str()), (204, ""));
    bench.delete(&target).await.refuses(404, "videoNotFound");
    bench.delete(VIDEOS).await.refuses(400, "required");
    assert_eq!(bench.seen(), []);
}

#[tokio::test]
async fn fields_can_be_chosen() {
    let bench = Bench::new();
    let id = bench.published("Tea").await;
    let got = bench
        .get(&format!("{VIDEOS}?part=snippet,status&id={id}&fields=items(id,status/uploadStatus)&prettyPrint=false"))
        .await;
    assert_eq!(got.body, format!(r#"{{"items":[{{"id":"{id}","status":{{"uploadStatus":"processed"}}}}]}}"#));
    assert_eq!(got.header("content-type"), Some("application/json; charset=UTF-8"));
    bench.get(&format!("{VIDEOS}?part=id&id={id}&fields=items(")).await.refuses(400, "invalidParameter");
    let pretty = bench.get(&format!("{VIDEOS}?part=id&id={id}")).await;
    pretty.is(200, "{\n  \"kind\": \"youtube#videoListResponse\",\n");
    let film = film(9, 9, 1, "b");
    let got = bench.open(&format!("{OPEN}&fields=id"), film.len(), &plain()).await;
    let done = bench.send(bench.put(&target(&got), "", &film)).await.json();
    assert_eq!(done.as_object().unwrap().keys().collect::<Vec<_>>(), ["id"]);
}

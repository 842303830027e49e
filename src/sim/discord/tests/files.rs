//! Files, part by part.

use super::*;

#[tokio::test]
async fn a_picture_comes_with_its_words() {
    let bench = Bench::new();
    let payload = json!({
        "content": "Hi",
        "embeds": [{"title": "Card", "image": {"url": "attachment://b.png"}}],
        "attachments": [{"id": 0, "filename": "b.png", "description": "Tea"}, {"id": "1"}],
    });
    let files = [("files[0]", &png(4, 3)[..]), ("files[1]", FILM)];
    let got = bench.parts(Method::POST, "?wait=true", &payload, &files).await;
    got.is(200, r#""content_type":"image/png","description":"Tea","width":4,"height":3"#);
    got.is(200, r#""filename":"a.png","size":16"#);
    let [seen] = bench.seen().try_into().unwrap();
    let media: Vec<_> = seen.media.iter().map(|media| (media.mime.as_str(), media.alt.as_deref())).collect();
    assert_eq!(media, [("image/png", Some("Tea")), ("video/mp4", None)]);
    assert_eq!(*seen.media[0].bytes, png(4, 3));
}

#[tokio::test]
async fn what_parts_may_not_be() {
    let bench = Bench::new();
    bench.discord.configure(|options| options.file_max = 100);
    let (picture, large) = (png(1, 1), vec![0; 101]);
    let one = |entry: Value| json!({"attachments": [entry]});
    let long = "x".repeat(1_025);
    for (payload, files, status, part) in [
        (json!({}), vec![("files[0]", &picture[..])], 200, ""),
        (json!({}), vec![("files[0]", &large[..])], 413, r#"{"message":"Request entity too large","code":40005}"#),
        (json!({}), vec![], 400, "50006"),
        (json!({}), vec![("file", &picture[..])], 400, "UNKNOWN_FIELD"),
        (json!({}), vec![("files[x]", &picture[..])], 400, "UNKNOWN_FIELD"),
        (one(json!({"id": 1})), vec![("files[0]", &picture[..])], 400, "ATTACHMENT_NOT_FOUND"),
        (one(json!({"id": 0})), vec![], 400, "ATTACHMENT_NOT_FOUND"),
        (
            one(json!({"id": 0})),
            vec![("files[0]", &picture[..]), ("files[1]", &picture[..])],
            400,
            "ATTACHMENT_NOT_LISTED",
        ),
        (one(json!({"filename": "a.png"})), vec![("files[0]", &picture[..])], 400, "BASE_TYPE_REQUIRED"),
        (one(json!({"id": 0, "description": long})), vec![("files[0]", &picture[..])], 400, "Must be 1024"),
        (one(json!({"id": 0, "alt": "x"})), vec![("files[0]", &picture[..])], 400, "UNKNOWN_FIELD"),
        (one(json!({"id": 0, "filename": "../a.png"})), vec![("files[0]", &picture[..])], 400, "filename"),
        (json!({"attachments": [{"id": 0}, {"id": 0}]}), vec![("files[0]", &picture[..])], 400, "of its own"),
    ] {
        bench.parts(Method::POST, "?wait=true", &payload, &files).await.is(status, part);
    }
    let names: Vec<String> = (0..11).map(|number| format!("files[{number}]")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &picture[..])).collect();
    bench.parts(Method::POST, "?wait=true", &json!({}), &files).await.is(400, "Must be 10");
    bench.parts(Method::POST, "?wait=true", &json!({}), &files[..10]).await.is(200, "");
    let path = bench.path("?wait=true");
    bench.send(Method::POST, &path, got::MULTIPART, "no parts").await.is(400, "MULTIPART_INVALID");
    let broken = got::parts(&[("payload_json", None, b"{")]);
    bench.send(Method::POST, &path, got::MULTIPART, broken).await.is(400, "50109");
}

#[tokio::test]
async fn an_edit_lists_the_files_to_keep() {
    let bench = Bench::new();
    let picture = png(1, 1);
    let files = [("files[0]", &picture[..]), ("files[1]", &picture[..])];
    let got = bench.parts(Method::POST, "?wait=true", &hi(), &files).await;
    let (id, first) = (got.text("/id"), got.text("/attachments/0/id"));
    let path = format!("/messages/{id}");
    bench.patch(&id, &json!({"content": "Ho"})).await.is(200, "");
    assert_eq!(bench.seen()[0].media.len(), 2, "without a list all stay");
    bench.parts(Method::PATCH, &path, &json!({}), &files[..1]).await.is(400, "must be listed");
    let listed = json!({"attachments": [{"id": first, "description": "Tea"}, {"id": 0, "description": "New"}]});
    bench.parts(Method::PATCH, &path, &listed, &files[..1]).await.is(200, "");
    let alts: Vec<_> = bench.seen()[0].media.iter().map(|media| media.alt.clone()).collect();
    assert_eq!(alts, [Some("Tea".to_owned()), Some("New".to_owned())]);
    bench.patch(&id, &json!({"attachments": [{"id": first}]})).await.is(200, "Tea");
    bench.patch(&id, &json!({"attachments": []})).await.is(200, r#""attachments":[]"#);
    bench.patch(&id, &json!({"attachments": [{"id": first}]})).await.is(400, "ATTACHMENT_NOT_FOUND");
}

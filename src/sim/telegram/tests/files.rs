//! Photos, videos, albums, part by part.

use super::*;

#[tokio::test]
async fn a_photo_comes_as_a_part_an_address_or_an_id() {
    let bench = Bench::new();
    let picture = png(4, 3);
    let fields = [
        ("chat_id", CHANNEL),
        ("caption", "Release 2.0 is out"),
        ("caption_entities", r#"[{"type":"text_link","offset":0,"length":11,"url":"https://example.org/2.0"}]"#),
    ];
    let got = bench.parts("sendPhoto", &fields, &[("photo", &picture)]).await;
    got.is(200, r#""caption":"Release 2.0 is out","caption_entities":[{"type":"text_link""#);
    got.is(200, r#""width":4,"height":3"#);
    let attached = [("chat_id", CHANNEL), ("photo", "attach://a")];
    bench.parts("sendPhoto", &attached, &[("a", &picture)]).await.is(200, "");
    let known = got.text("/result/photo/0/file_id");
    for (photo, status, part) in [
        (known.as_str(), 200, ""),
        ("https://example.org/a.png", 200, ""),
        ("https://example.org/b.png", 400, "Bad Request: failed to get HTTP URL content"),
        ("https://example.org/large.png", 400, "the file is too big"),
        ("attach://a", 400, "Bad Request: there is no photo in the request"),
        ("AgAC", 400, "wrong remote file identifier"),
    ] {
        bench.call("sendPhoto", &json!({"chat_id": CHANNEL, "photo": photo})).await.is(status, part);
    }
    let seen = bench.seen();
    assert_eq!(seen.len(), 4);
    for post in &seen {
        assert_eq!((post.media[0].mime.as_str(), &*post.media[0].bytes), ("image/png", &picture[..]));
        assert_eq!(post.media[0].alt, None);
    }
    assert_eq!(seen[0].details, [("links", "Release 2.0 https://example.org/2.0".to_owned())]);
}

#[tokio::test]
async fn what_a_photo_may_not_be() {
    let bench = Bench::new();
    let long = "x".repeat(1_025);
    for (file, extra, part) in [
        (png(9_000, 1_000), ("caption", ""), ""),
        (png(9_000, 1_001), ("caption", ""), "PHOTO_INVALID_DIMENSIONS"),
        (png(2_000, 100), ("caption", ""), ""),
        (png(2_001, 100), ("caption", ""), "PHOTO_INVALID_DIMENSIONS"),
        ([png(1, 1), vec![0; 10 << 20]].concat(), ("caption", ""), "too big for a photo"),
        (b"tea".to_vec(), ("caption", ""), "IMAGE_PROCESS_FAILED"),
        (FILM.to_vec(), ("caption", ""), "IMAGE_PROCESS_FAILED"),
        (Vec::new(), ("caption", ""), "file must be non-empty"),
        (png(1, 1), ("caption", &long[1..]), ""),
        (png(1, 1), ("caption", &long), "Bad Request: message caption is too long"),
        (png(1, 1), ("caption_entities", r#"[{"type":"bold","offset":0,"length":1}]"#), "after the end"),
        (png(1, 1), ("alt", "Tea"), "there is no parameter"),
        (png(1, 1), ("supports_streaming", "true"), "there is no parameter"),
        (png(1, 1), ("show_caption_above_media", "true"), ""),
    ] {
        let got = bench.parts("sendPhoto", &[("chat_id", CHANNEL), extra], &[("photo", &file)]).await;
        got.is(if part.is_empty() { 200 } else { 400 }, part);
    }
    bench.parts("sendPhoto", &[("chat_id", CHANNEL)], &[]).await.is(400, "there is no photo in the request");
    let two = [("photo", &png(1, 1)[..]), ("other", &png(1, 1)[..])];
    bench.parts("sendPhoto", &[("chat_id", CHANNEL)], &two).await.is(400, r#"there is no parameter \"other\""#);
    let huge = vec![0; (50 << 20) + 1];
    bench.parts("sendVideo", &[("chat_id", CHANNEL)], &[("video", &huge)]).await.is(413, "Request Entity Too Large");
}

#[tokio::test]
async fn a_video_has_a_cover() {
    let bench = Bench::new();
    let cover = jpeg(320, 180);
    let fields = [("chat_id", CHANNEL), ("duration", "4"), ("supports_streaming", "true"), ("thumbnail", "attach://t")];
    let got = bench.parts("sendVideo", &fields, &[("video", FILM), ("t", &cover)]).await;
    got.is(200, r#""mime_type":"video/mp4""#);
    let seen = bench.seen().remove(0);
    assert_eq!(seen.media[0].cover.as_deref(), Some(&cover[..]));
    let large = jpeg(321, 180);
    bench.parts("sendVideo", &fields, &[("video", FILM), ("t", &large)]).await.is(400, "a thumbnail is a JPEG");
    bench.parts("sendVideo", &fields, &[("video", FILM)]).await.is(400, "there is no thumbnail in the request");
    bench.parts("sendVideo", &fields[..1], &[("video", &png(1, 1))]).await.is(400, "wrong file type");
    let gif = b"GIF89a\x01\0\x01\0\0\0\0\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3B";
    bench.parts("sendAnimation", &fields[..1], &[("animation", gif)]).await.is(200, r#""mime_type":"image/gif""#);
}

#[tokio::test]
async fn an_album_is_one_to_its_readers() {
    let bench = Bench::new();
    let media = json!([
        {"type": "photo", "media": "attach://a", "caption": "Tea"},
        {"type": "video", "media": "attach://b", "duration": 4, "thumbnail": "attach://c"},
    ]);
    let (picture, cover) = (png(4, 3), jpeg(20, 10));
    let fields = [("chat_id", CHANNEL), ("media", &media.to_string())];
    let files = [("a", &picture[..]), ("b", FILM), ("c", &cover[..])];
    let result = bench.parts("sendMediaGroup", &fields, &files).await.json()["result"].clone();
    assert_eq!(result[0]["media_group_id"], result[1]["media_group_id"]);
    bench.done("sendMessage", &hi()).await;
    let [album, _] = bench.seen().try_into().unwrap();
    assert_eq!((album.text.as_str(), album.id), ("Tea", result[0]["message_id"].to_string()));
    let mimes: Vec<&str> = album.media.iter().map(|media| media.mime.as_str()).collect();
    assert_eq!(mimes, ["image/png", "video/mp4"]);
    let edit = json!({"chat_id": CHANNEL, "message_id": result[0]["message_id"], "caption": "Hot tea"});
    bench.call("editMessageCaption", &edit).await.is(200, r#""caption":"Hot tea""#);
    bench.call("editMessageCaption", &edit).await.is(400, "message is not modified");
    let text = json!({"chat_id": CHANNEL, "message_id": result[0]["message_id"], "text": "x"});
    bench.call("editMessageText", &text).await.is(400, "there is no text in the message to edit");
    bench.done("deleteMessage", &json!({"chat_id": CHANNEL, "message_id": result[0]["message_id"]})).await;
    let left = bench.seen().remove(0);
    assert_eq!((left.text.as_str(), left.media.len()), ("", 1));
}

#[tokio::test]
async fn what_an_album_may_not_be() {
    let bench = Bench::new();
    let photo = |part: &str| json!({"type": "photo", "media": format!("attach://{part}")});
    let other = |name: &str, value: Value| json!([photo("a"), with(photo("b"), name, value)]);
    let picture = png(1, 1);
    for (media, parts, part) in [
        (json!([photo("a")]), vec!["a"], "2-10 items"),
        (json!(vec![photo("a"); 11]), vec!["a"], "2-10 items"),
        (json!([photo("a"), photo("b")]), vec!["a"], "there is no photo in the request"),
        (json!([photo("a"), photo("b")]), vec!["a", "b", "c"], r#"there is no parameter \"c\""#),
        (other("type", json!("document")), vec!["a", "b"], "Value must be one of"),
        (other("caption", json!("x".repeat(1_025))), vec!["a", "b"], "message caption is too long"),
        (other("alt", json!("Tea")), vec!["a", "b"], "there is no field"),
        (json!([photo("a"), "b"]), vec!["a", "b"], "expected an Object"),
        (json!({}), vec![], "must be an Array"),
    ] {
        let fields = [("chat_id", CHANNEL), ("media", &media.to_string())];
        let files: Vec<(&str, &[u8])> = parts.iter().map(|part| (*part, &picture[..])).collect();
        bench.parts("sendMediaGroup", &fields, &files).await.is(400, part);
    }
    bench.parts("sendMediaGroup", &[("chat_id", CHANNEL)], &[]).await.is(400, "media");
    assert!(bench.seen().is_empty());
    bench.telegram.configure(|options| options.messages_a_minute = 1);
    let fields = [("chat_id", CHANNEL), ("media", &json!([photo("a"), photo("b")]).to_string())];
    bench.parts("sendMediaGroup", &fields, &[("a", &picture), ("b", &picture)]).await.is(429, "");
}

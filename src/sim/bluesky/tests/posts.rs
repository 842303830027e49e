//! Posts: what their record may hold, files, facets, threads, gates, and what readers see.

use std::fmt::Write as _;

use super::*;
use crate::sim::SeenCard;

/// Records that are refused, with a part of the reason.
#[tokio::test]
async fn the_record_of_a_post_is_checked_to_the_letter() {
    let bench = Bench::new();
    let hi = post("Hi");
    let set = |name: &str, value: Value| with(hi.clone(), name, value);
    let without = |name: &str| {
        let mut record = hi.clone();
        record.as_object_mut().unwrap().shift_remove(name);
        record
    };
    let rows = [
        (post(&"x".repeat(301)), "grapheme too big (maximum 300, got 301) at $.text"),
        (post(&"👨‍👩‍👧‍👦".repeat(121)), "string too big (maximum 3000, got 3025) at $.text"),
        (post("  "), "has a text"),
        (without("text"), "Missing required key"),
        (without("createdAt"), "Missing required key"),
        (without("$type"), "at $.$type"),
        (set("createdAt", json!("2026-11-20 12:00")), "Invalid datetime"),
        (set("langs", json!(["en", "nl", "de", "fr"])), "array too big (maximum 3, got 4)"),
        (set("langs", json!(["english"])), "Invalid language"),
        (set("tags", json!(["a", "b", "c", "d", "e", "f", "g", "h", "i"])), "array too big"),
        (set("tags", json!(["x".repeat(65)])), "grapheme too big (maximum 64"),
        (set("title", json!("Hi")), r#"no key \"title\" at $"#),
        (set("embed", json!({"$type": "app.bsky.embed.picture"})), "No client would show"),
        (set("embed", json!({"$type": "app.bsky.embed.images", "images": []})), "array too small"),
        (
            set("embed", json!({"$type": "app.bsky.embed.external", "external": {"uri": "https://a.b", "title": "x"}})),
            "description",
        ),
        (
            set("labels", json!({"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "spooky"}]})),
            "is none of",
        ),
        (set("reply", json!({"root": {"uri": "at://did:plc:a/a.b.c/d", "cid": "x"}})), "Invalid cid"),
        (set("width", json!(1.5)), "no key"),
    ];
    for (record, part) in rows {
        let got = bench.publish(KEY, &record).await;
        assert!(
            got.json()["message"].as_str().unwrap_or_default().contains(&part.replace("\\\"", "\"")),
            "{part}: {}",
            got.text()
        );
        got.is(400, "Invalid app.bsky.feed.post record: ");
    }
    assert_eq!(bench.sky.seen(), []);
    bench.published(KEY, &post(&"👨‍👩‍👧‍👦".repeat(120))).await;
    bench.published("3lbcdefgh2346", &post(&"é".repeat(300))).await;
}

#[tokio::test]
async fn facets_are_bytes_of_the_text() {
    let bench = Bench::new();
    let text = "Tée: example.org @bob #tea";
    let link = json!([{"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/tea"}]);
    let facet = |from: u64, to: u64, features: &Value| json!({"index": {"byteStart": from, "byteEnd": to}, "features": features});
    for (facets, part) in [
        (json!([facet(6, 99, &link)]), "no part of a text of 27 bytes"),
        (json!([facet(2, 4, &link)]), "no part"),
        (json!([facet(4, 4, &link)]), "no part"),
        (json!([facet(6, 17, &link), facet(10, 20, &link)]), "overlap"),
        (json!([facet(18, 22, &link), facet(6, 17, &link)]), "not in order"),
        (json!([facet(6, 17, &json!([]))]), "array too small"),
        (json!([facet(6, 17, &json!([{"$type": "app.bsky.richtext.facet#bold"}]))]), "No client would show"),
        (
            json!([facet(6, 17, &json!([{"$type": "app.bsky.richtext.facet#link", "uri": "example.org"}]))]),
            "Invalid uri",
        ),
        (json!([facet(23, 27, &json!([{"$type": "app.bsky.richtext.facet#tag", "tag": "#tea"}]))]), "no hashtag"),
        (
            json!([facet(18, 22, &json!([{"$type": "app.bsky.richtext.facet#mention", "did": "bob.example"}]))]),
            "Invalid did",
        ),
    ] {
        bench.publish(KEY, &with(post(text), "facets", facets)).await.is(400, part);
    }
    let facets = json!([
        facet(6, 17, &link),
        facet(18, 22, &json!([{"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:bob"}])),
        facet(23, 27, &json!([{"$type": "app.bsky.richtext.facet#tag", "tag": "tea"}])),
    ]);
    bench.published(KEY, &with(post(text), "facets", facets)).await;
    let [seen] = bench.sky.seen().try_into().unwrap();
    let owned = |name, text: &str| (name, text.to_owned());
    assert_eq!(
        seen.details,
        [
            owned("lang", "en"),
            owned("link", "example.org https://example.org/tea"),
            owned("mention", "@bob did:plc:bob"),
            owned("hashtag", "tea"),
        ]
    );
}

#[tokio::test]
async fn pictures_are_uploaded_sniffed_and_shown() {
    let bench = Bench::new();
    let picture = png(640, 480);
    let blob = bench.blob("application/octet-stream", &picture).await;
    assert_eq!((&blob["mimeType"], &blob["size"]), (&json!("image/png"), &json!(picture.len())));
    assert!(blob["ref"]["$link"].as_str().unwrap().starts_with("bafkrei"));
    assert_eq!(bench.blob("image/png", &picture).await, blob, "again is the same");
    let images = |items: Value| json!({"$type": "app.bsky.embed.images", "images": items});
    let image = json!({"image": blob, "alt": "Tea", "aspectRatio": {"width": 4, "height": 3}});
    let other = cid_of(b"other");
    for (image, part) in [
        (json!({"image": blob}), "alt"),
        (with(image.clone(), "aspectRatio", json!({"width": 1, "height": 1})), "640 by 480"),
        (with(image.clone(), "aspectRatio", json!({"width": 0, "height": 1})), "integer too small"),
        (with(image.clone(), "image", with(blob.clone(), "mimeType", json!("image/jpeg"))), "InvalidMimeType"),
        (with(image.clone(), "image", with(blob.clone(), "size", json!(1))), "size does not match"),
        (with(image.clone(), "image", with(blob.clone(), "ref", json!({"$link": other}))), "BlobNotFound"),
        (with(image.clone(), "image", json!("x")), "Expected a blob"),
    ] {
        bench.publish(KEY, &with(post(""), "embed", images(json!([image])))).await.is(400, part);
    }
    let five = vec![image.clone(); 5];
    bench.publish(KEY, &with(post(""), "embed", images(json!(five)))).await.is(400, "maximum 4, got 5");
    bench.published(KEY, &with(post(""), "embed", images(json!([image])))).await;
    let [seen] = bench.sky.seen().try_into().unwrap();
    assert_eq!((seen.media[0].alt.as_deref(), seen.media[0].mime.as_str()), (Some("Tea"), "image/png"));
    assert_eq!(*seen.media[0].bytes, picture);
    let link = blob["ref"]["$link"].as_str().unwrap();
    let got = bench.get(&format!("/xrpc/com.atproto.sync.getBlob?did={}&cid={link}", bench.ann.did)).await;
    assert_eq!((got.bytes, got.status), (picture, 200));
}

fn cid_of(bytes: &[u8]) -> String {
    super::super::cid::of_bytes(bytes)
}

#[tokio::test]
async fn files_have_limits_and_unused_ones_go() {
    let bench = Bench::new();
    bench.sky.configure(|options| (options.blob_bytes, options.image_bytes) = (200, 100));
    let padded = |length: usize| [png(1, 1), vec![0; length]].concat()[..length].to_vec();
    bench.upload("image/png", &padded(201)).await.is(413, "PayloadTooLarge");
    bench.upload("image/png", &[]).await.is(400, "A request body is expected");
    bench.upload("", &padded(100)).await.is(400, "Content-Type");
    let record = |blob: &Value| {
        with(post("Hi"), "embed", json!({"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": ""}]}))
    };
    let large = bench.blob("image/png", &padded(101)).await;
    bench.publish(KEY, &record(&large)).await.is(400, "BlobTooLarge");
    let text = bench.blob("text/plain", b"tea").await;
    bench.publish(KEY, &record(&text)).await.is(400, "InvalidMimeType");
    let [kept, late, swept] = [
        bench.blob("image/png", &padded(100)).await,
        bench.blob("image/png", &padded(99)).await,
        bench.blob("image/png", &padded(98)).await,
    ];
    bench.published(KEY, &record(&kept)).await;
    bench.sky.sweep_blobs();
    bench.publish("3lbcdefgh2346", &record(&swept)).await.is(400, "Could not find blob");
    bench.blob("image/png", &padded(99)).await;
    bench.advance(3_600);
    bench.publish("3lbcdefgh2346", &record(&late)).await.is(400, "BlobNotFound");
    assert_eq!(bench.sky.seen()[0].media.len(), 1, "what a record names stays");
    bench.sky.configure(|options| options.blobs_a_day = 0);
    bench.upload("image/png", &padded(99)).await.is(429, "RateLimitExceeded");
}

#[tokio::test]
async fn cards_and_videos_are_shown() {
    let bench = Bench::new();
    let thumb = bench.blob("image/png", &png(2, 1)).await;
    let external = json!({"uri": "https://example.org/", "title": "Tea", "description": "", "thumb": thumb});
    bench
        .published(KEY, &with(post("Hi"), "embed", json!({"$type": "app.bsky.embed.external", "external": external})))
        .await;
    let film = [b"\0\0\0\x10ftypisom".as_slice(), &[0; 4]].concat();
    let video = bench.blob("video/mp4", &film).await;
    let captions = bench.blob("text/vtt", b"WEBVTT\n").await;
    let embed = json!({
        "$type": "app.bsky.embed.video", "video": video, "alt": "Pouring", "captions": [{"lang": "en", "file": captions}],
        "presentation": "gif",
    });
    bench.advance(1);
    bench.published("3lbcdefgh2346", &with(post(""), "embed", embed.clone())).await;
    bench
        .publish("3lbcdefgh2347", &with(post(""), "embed", with(embed, "video", thumb.clone())))
        .await
        .is(400, "InvalidMimeType");
    let [card, video] = bench.sky.seen().try_into().unwrap();
    assert_eq!(
        card.card,
        Some(SeenCard { url: "https://example.org/".to_owned(), title: "Tea".to_owned(), description: None })
    );
    assert_eq!((card.media.len(), card.media[0].alt.as_deref()), (1, None));
    assert_eq!((video.media[0].mime.as_str(), video.media[0].alt.as_deref()), ("video/mp4", Some("Pouring")));
    assert_eq!(video.media[0].captions, [("en".to_owned(), b"WEBVTT\n".as_slice().into())]);
    assert!(video.details.contains(&("presentation", "gif".to_owned())));
    assert_eq!(*video.media[0].bytes, film);
}

#[tokio::test]
async fn threads_hold_together_and_quotes_name_what_is_there() {
    let bench = Bench::new();
    let root = bench.published(KEY, &post("one")).await;
    let reply = |root: &Value, parent: &Value| with(post("two"), "reply", json!({"root": root, "parent": parent}));
    let second = bench.published("3lbcdefgh2346", &reply(&root, &root)).await;
    let third = "3lbcdefgh2347";
    let wrong = with(root.clone(), "cid", second["cid"].clone());
    let missing = with(root.clone(), "uri", json!(format!("at://{}/{POST}/3lbcdefgh2222", bench.ann.did)));
    bench.publish(third, &reply(&root, &wrong)).await.is(400, "$.reply.parent.cid");
    bench.publish(third, &reply(&missing, &root)).await.is(400, "There is no record");
    bench.publish(third, &reply(&second, &second)).await.is(400, "another thread");
    bench.published(third, &reply(&root, &second)).await;
    let quote = with(post("look"), "embed", json!({"$type": "app.bsky.embed.record", "record": second}));
    bench.published("3lbcdefgh234a", &quote).await;
    let blob = bench.blob("image/png", &png(1, 1)).await;
    let both = json!({
        "$type": "app.bsky.embed.recordWithMedia", "record": {"record": root},
        "media": {"$type": "app.bsky.embed.images", "images": [{"image": blob, "alt": ""}]},
    });
    bench.published("3lbcdefgh234b", &with(post("both"), "embed", both)).await;
    let elsewhere = json!({"uri": "at://did:plc:far/app.bsky.feed.post/3lbcdefgh2345", "cid": root["cid"]});
    bench
        .published(
            "3lbcdefgh234c",
            &with(post("far"), "embed", json!({"$type": "app.bsky.embed.record", "record": elsewhere})),
        )
        .await;
    let seen = bench.sky.seen();
    let of = |at: usize| (seen[at].text.as_str(), seen[at].reply_to.as_deref(), seen[at].quotes.as_deref());
    assert_eq!(of(0), ("one", None, None));
    assert_eq!(of(1), ("two", root["uri"].as_str(), None));
    assert_eq!(of(2), ("two", second["uri"].as_str(), None));
    assert_eq!(of(3), ("look", None, second["uri"].as_str()));
    assert_eq!((of(4), seen[4].media.len()), (("both", None, root["uri"].as_str()), 1));
    assert_eq!(seen[0].url, format!("https://bsky.app/profile/ann.example/post/{KEY}"));
    assert_eq!((seen[0].author.as_str(), seen[0].at), (bench.ann.did.as_str(), bench.now()));
}

#[tokio::test]
async fn gates_have_the_key_of_their_post() {
    let bench = Bench::new();
    let root = bench.published(KEY, &post("one")).await;
    let gate = |kind: &str, name: &str, rules: Value| {
        let kind = format!("app.bsky.feed.{kind}");
        json!({"$type": kind, "post": root["uri"], "createdAt": "2026-11-20T12:00:00Z", name: rules})
    };
    let put = async |key: &str, record: &Value| {
        let body = json!({"repo": bench.ann.did, "collection": record["$type"], "rkey": key, "record": record, "swapRecord": null});
        bench.post("com.atproto.repo.putRecord", &body).await
    };
    let mentioned = json!({"$type": "app.bsky.feed.threadgate#mentionRule"});
    put("3lbcdefgh2346", &gate("threadgate", "allow", json!([]))).await.is(400, "names another post");
    put(KEY, &gate("threadgate", "allow", json!([{"$type": "app.bsky.feed.threadgate#all"}])))
        .await
        .is(400, "No client would show");
    put(KEY, &gate("threadgate", "allow", json!(vec![mentioned.clone(); 6]))).await.is(400, "array too big");
    put(KEY, &gate("threadgate", "allowed", json!([]))).await.is(400, "no key");
    put(KEY, &gate("threadgate", "allow", json!([mentioned]))).await.is(200, "commit");
    put(KEY, &gate("postgate", "embeddingRules", json!([{"$type": "app.bsky.feed.postgate#disableRule"}])))
        .await
        .is(200, "commit");
    let details = bench.sky.seen()[0].details.iter().fold(String::new(), |mut all, (name, value)| {
        write!(all, "{name}={value};").unwrap();
        all
    });
    assert_eq!(details, "lang=en;threadgate=mentionRule;postgate=no quotes;");
}

#[tokio::test]
async fn readers_see_the_first_version() {
    let bench = Bench::new();
    bench.published(KEY, &post("one")).await;
    bench.advance(60);
    bench.post("com.atproto.repo.putRecord", &bench.put_body(KEY, &post("two"))).await.is(200, "commit");
    let texts = || bench.sky.seen().into_iter().map(|seen| seen.text).collect::<Vec<_>>();
    assert_eq!(texts(), ["one"]);
    bench.sky.configure(|options| options.shows_edits = true);
    assert_eq!(texts(), ["two"]);
    let uri = format!("at://{}/{POST}/{KEY}", bench.ann.did);
    assert_eq!(bench.sky.record(&uri).unwrap()["text"], "two");
    bench
        .post("com.atproto.repo.deleteRecord", &json!({"repo": bench.ann.did, "collection": POST, "rkey": KEY}))
        .await
        .is(200, "");
    assert!(texts().is_empty());
}

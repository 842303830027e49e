//! Media: fetched from the web, judged, and shown.

use serde_json::json;

use super::*;

/// A PNG's first bytes, enough to be one; padded to a length.
pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\x00\x00\x00");
    bytes
}

/// A JPEG of one frame header.
pub(super) fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xFF\xD8\xFF\xC0\x00\x0B\x08".to_vec();
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(b"\x01\x01\x11\x00\xFF\xD9");
    bytes
}

#[tokio::test]
async fn images_are_judged_when_they_are_named() {
    let bench = Bench::new();
    bench.put_up("files.example", |path| match path {
        "/ok.png" => Page::file("image/png", png(1_000, 100)),
        "/tall.jpg" => Page::file("image/jpeg", jpeg(10, 100)),
        "/max.png" => Page::file("image/png", [png(9, 9), vec![0; (8 << 20) - 29]].concat()),
        "/big.png" => Page::file("image/png", [png(9, 9), vec![0; 8 << 20]].concat()),
        "/wide.png" => Page::file("image/png", png(1_001, 100)),
        "/taller.jpg" => Page::file("image/jpeg", jpeg(10, 101)),
        "/a.gif" => Page::file("image/gif", &b"GIF89a\x01\0\x01\0\0\0\0;"[..]),
        "/a.webp" => Page::file("image/webp", &b"RIFF\0\0\0\0WEBPVP8 "[..]),
        "/cut.png" => Page::file("image/png", &b"\x89PNG\r\n\x1a\n"[..]),
        "/page.jpg" => Page::file("text/html", &b"<html>"[..]),
        "/html.jpg" => Page::file("image/jpeg", &b"<html>"[..]),
        "/typed.png" => Page::file("application/octet-stream", png(9, 9)),
        "/moved.png" => Page { status: 302, ..Page::file("image/png", png(9, 9)) },
        "/broken.png" => Page { status: 500, ..Page::missing() },
        _ => Page::missing(),
    });
    bench.put_up("closed.example", |path| match path {
        "/robots.txt" => Page::file("text/plain", &b"User-agent: facebookexternalhit\nDisallow: /"[..]),
        _ => Page::file("image/png", png(9, 9)),
    });
    bench.put_up("localhost", |_| Page::file("image/png", png(9, 9)));
    bench.put_up("10.0.0.7", |_| Page::file("image/png", png(9, 9)));
    let make = async |address: &str| bench.make(&[("media_type", "IMAGE"), ("image_url", address)]).await;
    for name in ["ok.png", "tall.jpg", "max.png"] {
        make(&format!("https://files.example/{name}")).await.id();
    }
    for (name, code, subcode) in [
        ("big.png", 36_000, 2_207_004),
        ("wide.png", 36_003, 2_207_009),
        ("taller.jpg", 36_003, 2_207_009),
        ("a.gif", 36_001, 2_207_005),
        ("a.webp", 36_001, 2_207_005),
        ("cut.png", 36_001, 2_207_005),
        ("page.jpg", 1, 2_207_052),
        ("html.jpg", 1, 2_207_052),
        ("typed.png", 1, 2_207_052),
        ("moved.png", 1, 2_207_052),
        ("broken.png", 1, 2_207_052),
        ("none.png", 1, 2_207_052),
    ] {
        make(&format!("https://files.example/{name}")).await.fails(code, subcode, "");
    }
    for address in [
        "https://closed.example/a.png",
        "https://nowhere.example/a.png",
        "https://localhost/a.png",
        "https://10.0.0.7/a.png",
        "ftp://files.example/ok.png",
        "https://files.example/ök.png",
        "files.example/ok.png",
    ] {
        make(address).await.fails(1, 2_207_052, "could not be fetched from this URI");
    }
    bench.configure(|options| (options.private_hosts, options.content_type_checked) = (true, false));
    make("https://localhost/a.png").await.id();
    make("https://files.example/typed.png").await.id();
}

#[tokio::test]
async fn films_are_judged_when_they_have_been_processed() {
    let bench = Bench::new();
    let shape = Shape::default;
    let films = [
        ("", shape()),
        ("", Shape { brand: b"qt  ", codec: b"hvc1", sound: None, seconds: 300, rate: 60, ..shape() }),
        ("", Shape { size: (1_920, 192), rate: 23, seconds: 1, ..shape() }),
        ("FAILED_PROCESSING_VIDEO", Shape { index_last: true, ..shape() }),
        ("FAILED_PROCESSING_VIDEO", Shape { edit_list: true, ..shape() }),
        ("FAILED_PROCESSING_VIDEO", Shape { codec: b"vp09", ..shape() }),
        ("FAILED_PROCESSING_VIDEO", Shape { size: (1_921, 1_080), ..shape() }),
        ("INVALID_ASPEC_RATIO", Shape { size: (1_000, 99), ..shape() }),
        ("INVALID_ASPEC_RATIO", Shape { size: (10, 1_001), ..shape() }),
        ("INVALID_DURATION", Shape { seconds: 301, ..shape() }),
        ("INVALID_DURATION", Shape { seconds: 0, ..shape() }),
        ("INVALID_FRAME_RATE", Shape { rate: 22, ..shape() }),
        ("INVALID_FRAME_RATE", Shape { rate: 61, ..shape() }),
        ("INVALID_BIT_RATE", Shape { seconds: 1, data: 12_500_001, ..shape() }),
        ("FAILED_PROCESSING_AUDIO", Shape { sound: Some((b"Opus", 2, 48_000)), ..shape() }),
        ("FAILED_PROCESSING_AUDIO", Shape { sound: Some((b"mp4a", 2, 48_001)), ..shape() }),
        ("INVALID_AUDIO_CHANNELS", Shape { sound: Some((b"mp4a", 6, 48_000)), ..shape() }),
    ];
    let mut bytes: Vec<_> = films.iter().map(|(_, shape)| film(shape)).collect();
    let mut expected: Vec<_> = films.iter().map(|(word, _)| *word).collect();
    bytes.extend([b"\0\0\0\x08ftypisom".to_vec(), jpeg(9, 9), film(&shape())[..40].to_vec()]);
    expected.extend(["FAILED_PROCESSING_VIDEO"; 3]);
    bench.put_up("films.example", move |path| {
        let at: usize = path.trim_start_matches('/').parse().unwrap_or(usize::MAX);
        bytes.get(at).map_or_else(Page::missing, |bytes| Page::file("video/mp4", bytes.clone()))
    });
    expected.push("FAILED_DOWNLOADING_VIDEO");
    for (at, word) in expected.into_iter().enumerate() {
        let address = format!("https://films.example/{at}");
        let id = bench.make(&[("media_type", "VIDEO"), ("video_url", &address)]).await.id();
        assert_eq!(bench.status(&id).await, json!({"status": "IN_PROGRESS", "id": id}), "{at}");
        bench.advance(10);
        let status = if word.is_empty() {
            json!({"status": "FINISHED", "id": id})
        } else {
            json!({"status": "ERROR", "error_message": word, "id": id})
        };
        assert_eq!(bench.status(&id).await, status, "{at}");
        if !word.is_empty() {
            bench.publish(&id).await.fails(24, 4_279_009, &id);
        }
    }
    bench.configure(|options| options.edit_lists_fail = false);
    let id = bench.make(&[("media_type", "VIDEO"), ("video_url", "https://films.example/4")]).await.id();
    bench.advance(10);
    assert_eq!(bench.status(&id).await["status"], "FINISHED");
}

#[tokio::test]
async fn a_film_must_stay_up_until_it_is_processed() {
    let bench = Bench::new();
    let id = bench.make(&[("media_type", "VIDEO"), ("video_url", "https://media.example/c.mp4")]).await.id();
    bench.put_up("media.example", |_| Page::missing());
    bench.advance(10);
    assert_eq!(bench.status(&id).await["error_message"], "FAILED_DOWNLOADING_VIDEO");
}

#[tokio::test]
async fn media_are_shown_as_they_were() {
    let bench = Bench::new();
    let image = [("media_type", "IMAGE"), ("image_url", "https://media.example/a.jpg")];
    bench
        .published(
            &[image.as_slice(), &[("text", "One"), ("alt_text", "A cat"), ("is_spoiler_media", "true")]].concat(),
        )
        .await;
    bench
        .published(&[("media_type", "VIDEO"), ("video_url", "https://media.example/c.mp4"), ("alt_text", "A dog")])
        .await;
    let mut children = Vec::new();
    for (kind, field, file, alt) in [
        ("IMAGE", "image_url", "b.png", "first"),
        ("VIDEO", "video_url", "c.mp4", "second"),
        ("IMAGE", "image_url", "a.jpg", "third"),
    ] {
        let address = format!("https://media.example/{file}");
        let child = [("media_type", kind), (field, &address), ("is_carousel_item", "true"), ("alt_text", alt)];
        children.push(bench.make(&child).await.id());
    }
    let carousel = [("media_type", "CAROUSEL"), ("children", &children.join(",")), ("text", "All")];
    bench.make(&carousel).await.fails(24, 4_279_009, &children[0]);
    bench.advance(10);
    bench.publish(&children[0]).await.fails(100, None, "item of a carousel");
    let id = bench.published(&carousel).await;
    let seen = bench.seen();
    let shown: Vec<Vec<_>> = seen
        .iter()
        .map(|post| post.media.iter().map(|media| (media.mime.as_str(), media.alt.as_deref())).collect())
        .collect();
    assert_eq!(
        shown,
        [
            vec![("image/jpeg", Some("A cat"))],
            vec![("video/mp4", Some("A dog"))],
            vec![("image/png", Some("first")), ("video/mp4", Some("second")), ("image/jpeg", Some("third"))],
        ]
    );
    assert_eq!(seen[0].media[0].bytes[..], jpeg(800, 600));
    assert_eq!(seen[0].details, [("is_spoiler_media", "true".to_owned())]);
    assert_eq!((seen[2].id.as_str(), seen[2].text.as_str()), (id.as_str(), "All"));
    assert_eq!(bench.status(&children[0]).await["status"], "PUBLISHED");
    bench.make(&carousel).await.fails(24, 4_279_009, "");
    let fields = "media_type,children{id,media_type,alt_text}";
    let got = bench.get(&format!("/{id}"), &[("fields", fields)]).await.json();
    assert_eq!(got["media_type"], "CAROUSEL_ALBUM");
    assert_eq!(got["children"]["data"][1]["alt_text"], "second");
    assert_eq!(got["children"]["data"][1].get("media_url"), None);
    let ids = bench.get(&format!("/{id}"), &[("fields", "children")]).await.json();
    assert_eq!(ids["children"]["data"][2].as_object().unwrap().len(), 1);
}

//! Photos and videos by address: what may be asked for, and what is found there.

use super::super::Pull;
use super::*;

/// A photo post straight to readers.
pub(super) fn direct(photos: &[&str]) -> Value {
    json!({
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {
            "title": "Cups",
            "description": "Two of them #tea",
            "privacy_level": "PUBLIC_TO_EVERYONE",
            "disable_comment": true,
            "auto_add_music": true,
            "brand_content_toggle": false,
            "brand_organic_toggle": false,
        },
        "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": photos},
    })
}

fn page(kind: &str, bytes: &[u8]) -> Page {
    Page::file(kind, bytes.to_vec())
}

fn moved() -> Page {
    Page { status: 302, ..page("image/jpeg", &jpeg(4, 3)) }
}

const ONE: &str = "https://media.example.org/1.jpg";

async fn bench() -> Bench {
    let mut bench = Bench::new().await;
    let webp = b"RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x03\x80\x00\x00\0\0\0\0\0".as_slice();
    bench
        .put_up(vec![
            ("/1.jpg", page("image/jpeg", &jpeg(1_080, 1_920))),
            ("/2.webp", page("image/webp; x=y", webp)),
            ("/wide.jpg", page("image/jpeg", &jpeg(1_921, 1_080))),
            ("/square.jpg", page("image/jpeg", &jpeg(1_081, 1_081))),
            ("/3.png", page("image/png", b"\x89PNG\r\n\x1a\n")),
            ("/png.jpg", page("image/jpeg", b"\x89PNG\r\n\x1a\n")),
            ("/page.jpg", page("text/html", &jpeg(4, 3))),
            ("/moved.jpg", moved()),
            ("/huge.jpg", page("image/jpeg", &[jpeg(4, 3), vec![0; 20_000_000]].concat())),
            ("/film.mp4", page("video/mp4", &film())),
            ("/slow.mp4", page("video/mp4", &files::mp4(b"isom", b"avc1", (720, 1_280), (5, 1), 9))),
            ("/film.html", page("text/html", &film())),
        ])
        .await;
    bench
}

#[tokio::test]
async fn photos_reach_readers() {
    let bench = bench().await;
    let body = with(&direct(&[ONE, "https://media.example.org/2.webp"]), "/source_info/photo_cover_index", json!(1));
    let data = bench.post(&bench.ann, PHOTOS, &with(&body, "/is_aigc", json!(true))).await.data();
    let id = data["publish_id"].as_str().unwrap();
    assert!(id.starts_with("p_pub_url~"), "{id}");
    assert_eq!(data.as_object().unwrap().len(), 1);
    let status = bench.status(id).await;
    let bytes = bench.status(id).await["downloaded_bytes"].as_u64();
    assert_eq!((status["status"].as_str(), bytes), (Some("PROCESSING_DOWNLOAD"), Some(jpeg(1, 1).len() as u64 + 30)));
    bench.advance(PROCESSING);
    assert_eq!(bench.outcome(id).await.0, "PUBLISH_COMPLETE");
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!((seen.kind, seen.title.as_deref(), seen.text.as_str()), ("post", Some("Cups"), "Two of them #tea"));
    assert_eq!(seen.visibility, "PUBLIC_TO_EVERYONE");
    assert!(seen.url.starts_with("https://www.tiktok.com/@ann.example/photo/"), "{}", seen.url);
    assert_eq!(seen.media[0].bytes[..], jpeg(1_080, 1_920));
    assert_eq!(seen.media.len(), 2);
    for (name, value) in
        [("disable_comment", "true"), ("auto_add_music", "true"), ("is_aigc", "true"), ("photo_cover_index", "1")]
    {
        assert!(seen.details.contains(&(name, value.to_owned())), "{name}: {:?}", seen.details);
    }
}

#[tokio::test]
async fn every_field_of_photos_is_looked_at() {
    let bench = bench().await;
    let many = |count: usize| json!(vec![ONE; count]);
    for (pointer, value, why) in [
        ("/media_type", json!("VIDEO"), "media_type is not PHOTO"),
        ("/post_mode", json!("DIRECT POST"), "neither DIRECT_POST nor MEDIA_UPLOAD"),
        ("/a", json!(1), "The field a is unknown"),
        ("/is_aigc", json!("yes"), "is_aigc is not a boolean"),
        ("/post_info/is_aigc", json!(true), "post_info.is_aigc is unknown"),
        ("/post_info/disable_duet", json!(true), "post_info.disable_duet is unknown"),
        ("/post_info/title", json!("x".repeat(91)), "longer than 90"),
        ("/post_info/title", json!("🍵".repeat(46)), "longer than 90"),
        ("/post_info/description", json!("x".repeat(4_001)), "longer than 4000"),
        ("/post_info/description", json!("🍵".repeat(2_001)), "longer than 4000"),
        ("/post_info/auto_add_music", json!(1), "auto_add_music is not a boolean"),
        ("/source_info/source", json!("FILE_UPLOAD"), "only be posted with PULL_FROM_URL"),
        ("/source_info/photo_images", json!([]), "1 to 35"),
        ("/source_info/photo_images", many(36), "1 to 35"),
        ("/source_info/photo_images", json!([1]), "not a list of strings"),
        ("/source_info/photo_images", json!(ONE), "not a list of strings"),
        ("/source_info/photo_images", json!(["http://media.example.org/1.jpg"]), "not an https URL"),
        ("/source_info/photo_cover_index", json!(1), "out of range"),
        ("/source_info/photo_cover_index", json!(-1), "out of range"),
        ("/source_info/video_url", json!(ONE), "source_info.video_url is unknown"),
    ] {
        bench.post(&bench.ann, PHOTOS, &with(&direct(&[ONE]), pointer, value)).await.wrong(why);
    }
    for pointer in [
        "/media_type",
        "/post_mode",
        "/post_info",
        "/source_info",
        "/post_info/privacy_level",
        "/source_info/source",
        "/source_info/photo_images",
        "/source_info/photo_cover_index",
        "/post_info/brand_content_toggle",
    ] {
        bench.post(&bench.ann, PHOTOS, &without(&direct(&[ONE]), pointer)).await.wrong("is missing");
    }
    for (pointer, value) in [
        ("/source_info/photo_images", many(35)),
        ("/post_info/title", json!("🍵".repeat(45))),
        ("/post_info/description", json!("🍵".repeat(2_000))),
        ("/is_aigc", json!(false)),
    ] {
        bench.post(&bench.ann, PHOTOS, &with(&direct(&[ONE]), pointer, value)).await.data();
    }
    let foreign = direct(&[ONE, "https://raw.githubusercontent.com/ann/tea/main/1.jpg"]);
    bench.post(&bench.ann, PHOTOS, &foreign).await.refused(403, "url_ownership_unverified");
    let level = with(&direct(&[ONE]), "/post_info/privacy_level", json!("FOLLOWER_OF_CREATOR"));
    bench.post(&bench.ann, PHOTOS, &level).await.refused(403, "privacy_level_option_mismatch");
    // Duets are none of a photo's business, comments are.
    bench.tiktok().change_account(&bench.ann.open_id, |account| {
        account.comment_disabled = true;
        account.duet_disabled = true;
    });
    bench.post(&bench.ann, PHOTOS, &direct(&[ONE])).await.data();
    let on = with(&direct(&[ONE]), "/post_info/disable_comment", json!(false));
    bench.post(&bench.ann, PHOTOS, &on).await.wrong("post_info.disable_comment must be true");
}

#[tokio::test]
async fn what_is_found_decides() {
    let bench = bench().await;
    for (file, reason, at_once) in [
        ("missing.jpg", "photo_pull_failed", true),
        ("moved.jpg", "photo_pull_failed", true),
        ("page.jpg", "photo_pull_failed", true),
        ("huge.jpg", "photo_pull_failed", true),
        ("3.png", "file_format_check_failed", false),
        ("png.jpg", "file_format_check_failed", false),
        ("wide.jpg", "picture_size_check_failed", false),
        ("square.jpg", "picture_size_check_failed", false),
    ] {
        let address = format!("https://media.example.org/{file}");
        let data = bench.post(&bench.ann, PHOTOS, &direct(&[ONE, &address])).await.data();
        let id = data["publish_id"].as_str().unwrap();
        let now = if at_once { "FAILED" } else { "PROCESSING_DOWNLOAD" };
        assert_eq!(bench.outcome(id).await.0, now, "{file}");
        bench.advance(PROCESSING);
        assert_eq!(bench.outcome(id).await, ("FAILED".to_owned(), reason.to_owned()), "{file}");
    }
    for (file, status, reason) in [
        ("film.mp4", "PUBLISH_COMPLETE", ""),
        ("slow.mp4", "FAILED", "frame_rate_check_failed"),
        ("film.html", "FAILED", "video_pull_failed"),
        ("missing.mp4", "FAILED", "video_pull_failed"),
        ("1.jpg", "FAILED", "video_pull_failed"),
    ] {
        let source = json!({"source": "PULL_FROM_URL", "video_url": format!("https://media.example.org/{file}")});
        let data = bench.post(&bench.ann, DIRECT, &json!({"post_info": wishes(), "source_info": source})).await.data();
        bench.advance(PROCESSING);
        let id = data["publish_id"].as_str().unwrap();
        assert_eq!(bench.outcome(id).await, (status.to_owned(), reason.to_owned()), "{file}");
    }
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!(seen.media[0].bytes[..], film());
}

#[tokio::test]
async fn fetches_may_be_late_or_hang_or_be_called_off() {
    let bench = bench().await;
    let begin = async || {
        let data = bench.post(&bench.ann, PHOTOS, &direct(&[ONE])).await.data();
        data["publish_id"].as_str().unwrap().to_owned()
    };
    bench.tiktok().configure(|options| options.fetch_delay = Duration::from_secs(100));
    let late = begin().await;
    assert_eq!(bench.status(&late).await["downloaded_bytes"], 0);
    // Whoever looks late finds it done when it was due.
    bench.advance(PROCESSING + Duration::from_secs(100));
    assert_eq!(bench.outcome(&late).await.0, "PUBLISH_COMPLETE");

    bench.tiktok().configure(|options| options.pull = Pull::Hangs);
    let hanging = begin().await;
    bench.advance(Duration::from_secs(10_000));
    assert_eq!(bench.outcome(&hanging).await.0, "PROCESSING_DOWNLOAD");
    bench.tiktok().configure(|options| options.pull = Pull::TimesOut);
    assert_eq!(bench.outcome(&hanging).await, ("FAILED".to_owned(), "photo_pull_failed".to_owned()));
    let given_up = begin().await;
    bench.advance(Duration::from_secs(3_599));
    assert_eq!(bench.outcome(&given_up).await.0, "PROCESSING_DOWNLOAD");
    bench.advance(Duration::from_secs(1));
    assert_eq!(bench.outcome(&given_up).await.1, "photo_pull_failed");

    let cancelled = begin().await;
    let cancel = async |id: &str| bench.post(&bench.ann, CANCEL, &json!({"publish_id": id})).await;
    cancel(&cancelled).await.data();
    assert_eq!(bench.outcome(&cancelled).await, ("FAILED".to_owned(), "publish_cancelled".to_owned()));
    cancel(&cancelled).await.refused(400, "publish_not_cancellable");
    cancel(&late).await.refused(400, "publish_not_cancellable");
    let upload = bench.uploaded(&wishes(), &film()).await;
    cancel(&upload).await.refused(400, "publish_not_cancellable");
    cancel("p_pub_url~v2.1").await.refused(400, "invalid_publish_id");
    assert_eq!(bench.seen().len(), 1);
}

#[tokio::test]
async fn photo_drafts_keep_their_texts_alone() {
    let bench = bench().await;
    let body = with(&direct(&[ONE]), "/post_mode", json!("MEDIA_UPLOAD"));
    let id = |got: &Got| got.data()["publish_id"].as_str().unwrap().to_owned();
    let draft = id(&bench.post(&bench.ann, PHOTOS, &body).await);
    assert!(draft.starts_with("p_inbox_url~"), "{draft}");
    assert!(bench.tiktok().warnings()[0].contains("only title and description are kept"));
    let bare = with(&body, "/post_info", json!({"title": "Cups"}));
    bench.post(&bench.ann, PHOTOS, &bare).await.data();
    assert_eq!(bench.tiktok().warnings().len(), 1);
    bench.advance(PROCESSING);
    assert_eq!(bench.outcome(&draft).await.0, "SEND_TO_USER_INBOX");
    let seen = &bench.seen()[0];
    assert_eq!((seen.kind, seen.title.as_deref(), seen.text.as_str()), ("draft", Some("Cups"), "Two of them #tea"));
    assert_eq!((seen.visibility.as_str(), &seen.details), ("", &vec![("photo_cover_index", "0".to_owned())]));
    assert!(bench.tiktok().post_draft(&draft, "", "PUBLIC_TO_EVERYONE"));
    assert_eq!(bench.seen()[1].text, "Two of them #tea");

    bench.tiktok().change_account(&bench.ann.open_id, |account| account.old_app = true);
    bench.post(&bench.ann, PHOTOS, &body).await.refused(400, "app_version_check_failed");
    bench.post(&bench.ann, PHOTOS, &direct(&[ONE])).await.data();
}

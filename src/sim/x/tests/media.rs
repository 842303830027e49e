//! Uploads, processing, alt text, and what a post may use.

use super::*;

/// A film with a header that says how long it lasts.
fn film(seconds: u32) -> Vec<u8> {
    let mut header = vec![0; 12];
    header.extend(1000_u32.to_be_bytes());
    header.extend((seconds * 1000).to_be_bytes());
    let boxed = |kind: &[u8], content: &[u8]| {
        let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [&size, kind, content].concat()
    };
    [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"moov", &boxed(b"mvhd", &header))].concat()
}

fn gif(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend([0, 0, 0]);
    for _ in 0..frames {
        bytes.extend([0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0, 0]);
    }
    bytes.push(0x3B);
    bytes
}

#[tokio::test]
async fn media_in_one_shot_with_alt_text() {
    let stage = Stage::new().await;
    let id = stage.image().await;
    let alt = json!({"id": id, "metadata": {"alt_text": {"text": "a cup of tea"}}});
    let body = stage.post("/2/media/metadata", alt).await.ok(200);
    assert_eq!(body["data"], json!({"id": id, "associated_metadata": {"alt_text": {"text": "a cup of tea"}}}));
    let body = stage.post("/2/tweets", json!({"text": "tea", "media": {"media_ids": [id]}})).await.ok(201);
    assert!(body["data"]["text"].as_str().unwrap().starts_with("tea https://t.co/"));
    stage.create(json!({"media": {"media_ids": [id]}})).await;
    let seen = stage.seen();
    let picture = &seen[0].media[0];
    assert_eq!((picture.mime.as_str(), picture.alt.as_deref()), ("image/png", Some("a cup of tea")));
    assert_eq!(&*picture.bytes, PNG);
    assert_eq!(seen[1].text, "");
}

#[tokio::test]
async fn media_that_is_not_what_it_says_is_refused() {
    let stage = Stage::new().await;
    let large = [PNG, &vec![0; 5 << 20]].concat();
    for (bytes, category, message) in [
        (b"not a picture".as_slice(), "tweet_image", "`media` type unrecognized."),
        (&large, "tweet_image", "`media` has 5242904 bytes; tweet_image allows 5242880"),
        (&film(2), "tweet_image", "`media` is video/mp4, which tweet_image does not allow"),
        (&gif(9, 9, 2), "tweet_image", "`media` is image/gif, which tweet_image does not allow"),
        (PNG, "tweet_gif", "`media` is image/png, which tweet_gif does not allow"),
        (&gif(1300, 9, 2), "tweet_gif", "`media` is a GIF of 1300x9 and 2 frames, which is too much"),
        (PNG, "avatar", "`media_category` is not one of the known categories"),
        (b"", "tweet_image", "`id` is incomplete: segments are missing"),
    ] {
        let answer = stage.multipart("/2/media/upload", bytes, &[("media_category", category)]).await;
        assert_eq!((answer.status, answer.says().as_str()), (400, message));
    }
    let fields = [("media_category", "tweet_image"), ("command", "INIT")];
    assert_eq!(stage.multipart("/2/media/upload", PNG, &fields).await.says(), "`command` is not defined in the schema");
    stage.multipart("/2/media/upload", &gif(9, 9, 1), &[("media_category", "tweet_image")]).await.ok(200);
}

#[tokio::test]
async fn media_in_segments_is_checked_at_the_end() {
    let stage = Stage::new().await;
    let (one, two) = PNG.split_at(10);
    let id = stage.initialize("image/png", "tweet_image", PNG.len()).await;
    assert!(stage.append(&id, 0, one).await.ok(200)["data"]["expires_at"].is_u64());
    assert_eq!(stage.append(&id, 1000, two).await.status, 400);
    assert_eq!(stage.append("77", 0, two).await.status, 404);
    stage.append(&id, 2, two).await.ok(200);
    assert_eq!(stage.finalize(&id).await.says(), "`id` is incomplete: segments are missing");

    let id = stage.initialize("image/png", "tweet_image", PNG.len()).await;
    stage.append(&id, 1, two).await.ok(200);
    stage.append(&id, 0, b"wrong").await.ok(200);
    assert_eq!(stage.finalize(&id).await.says(), "`id` has 19 bytes, but total_bytes was 24");
    stage.configure(|options| options.append_status = 204);
    assert_eq!(stage.append(&id, 0, one).await.ok(204), "");
    stage.configure(|options| options.append_status = 200);
    let path = format!("/2/media/upload?command=STATUS&media_id={id}");
    assert_eq!(stage.get(&path).await.status, 400);
    let body = stage.finalize(&id).await.ok(200);
    assert_eq!((&body["data"]["size"], &body["data"]["expires_after_secs"]), (&json!(24), &json!(86400)));
    assert_eq!(body["data"].get("processing_info"), None);
    assert_eq!(stage.get(&path).await.ok(200)["data"]["id"], json!(id));
    assert_eq!(stage.finalize(&id).await.status, 400);

    for (body, name) in [
        (json!({"media_type": "image/png"}), "$.total_bytes: is missing but it is required"),
        (json!({"total_bytes": 1}), "$.media_type: is missing but it is required"),
        (
            json!({"media_type": "image/png", "total_bytes": 5_242_881, "media_category": "tweet_image"}),
            "`total_bytes` is more than the 5242880 bytes allowed for tweet_image",
        ),
    ] {
        assert_eq!(stage.post("/2/media/upload/initialize", body).await.says(), name);
    }
    let (_, answer) = stage.whole("image/jpeg", "tweet_image", PNG).await;
    assert_eq!(answer.says(), "`media` is image/png, but media_type was image/jpeg");
}

#[tokio::test]
async fn segments_may_come_as_json() {
    use base64::Engine;
    let stage = Stage::new().await;
    let encoded = base64::prelude::BASE64_STANDARD.encode(PNG);
    let id = stage.initialize("image/png", "tweet_image", PNG.len()).await;
    let path = format!("/2/media/upload/{id}/append");
    stage.post(&path, json!({"segment_index": 0, "media": encoded})).await.ok(200);
    stage.finalize(&id).await.ok(200);
    let body = json!({"media": encoded, "media_category": "tweet_image"});
    stage.post("/2/media/upload", body).await.ok(200);
    assert_eq!(stage.post("/2/media/upload", json!({"media": "%", "media_category": "tweet_image"})).await.status, 400);
}

#[tokio::test]
async fn films_are_processed_first() {
    let stage = Stage::new().await;
    stage.configure(|options| options.processing_delay = 10 * MINUTE);
    let (id, answer) = stage.whole("video/mp4", "tweet_video", &film(20)).await;
    let pending = json!({"state": "pending", "check_after_secs": 1});
    assert_eq!(answer.ok(200)["data"]["processing_info"], pending);
    let post = json!({"text": "film", "media": {"media_ids": [id]}});
    assert_eq!(stage.post("/2/tweets", post.clone()).await.says(), "Your media IDs are invalid.");
    let path = format!("/2/media/upload?media_id={id}");
    stage.advance(5 * MINUTE);
    assert_eq!(stage.get(&path).await.ok(200)["data"]["processing_info"]["state"], "in_progress");
    stage.advance(5 * MINUTE);
    assert_eq!(stage.get(&path).await.ok(200)["data"]["processing_info"]["state"], "succeeded");
    stage.create(post).await;
    assert_eq!(stage.seen()[0].media[0].mime, "video/mp4");

    stage.configure(|options| options.processing_delay = Duration::ZERO);
    let (long, _) = stage.whole("video/mp4", "tweet_video", &film(200)).await;
    let post = json!({"text": "long", "media": {"media_ids": [long]}});
    let answer = stage.post("/2/tweets", post).await;
    assert_eq!(answer.says(), "This user is not allowed to post a video longer than 2 minutes");
    let (_, answer) = stage.whole("video/mp4", "tweet_video", &film(0)).await;
    assert_eq!(answer.ok(200)["data"]["processing_info"]["error"]["name"], "InvalidMedia");
    stage.configure(|options| options.processing_fails = true);
    let (_, answer) = stage.whole("image/gif", "tweet_gif", &gif(9, 9, 2)).await;
    assert_eq!(answer.ok(200)["data"]["processing_info"]["state"], "failed");
}

#[tokio::test]
async fn a_post_takes_only_media_it_may() {
    let stage = Stage::new().await;
    stage.configure(|options| options.processing_delay = Duration::ZERO);
    let (one, two) = (stage.image().await, stage.image().await);
    let (gif, _) = stage.whole("image/gif", "tweet_gif", &gif(9, 9, 2)).await;
    let (direct, _) = stage.whole("image/png", "dm_image", PNG).await;
    let open = stage.initialize("image/png", "tweet_image", 1).await;
    for ids in [vec![&one, &gif], vec![&gif, &gif], vec![&direct], vec![&open]] {
        let body = json!({"text": "t", "media": {"media_ids": ids}});
        let answer = stage.post("/2/tweets", body).await;
        assert_eq!(answer.says(), "Your media IDs are invalid.");
        assert_eq!(answer.body["errors"][0]["parameters"], json!({"media.media_ids": ids}));
    }
    let other = stage.sim.x.sign_up(SignUp { username: "bob", ..SignUp::default() });
    let body = json!({"text": "t", "media": {"media_ids": [one, two]}});
    assert_eq!(stage.post_as(&other, "/2/tweets", body.clone()).await.status, 400);
    let alt = json!({"id": one, "metadata": {"alt_text": {"text": "x"}}});
    assert_eq!(stage.post_as(&other, "/2/media/metadata", alt).await.status, 400);
    let alt = json!({"id": one, "metadata": {"alt_text": {"text": "x".repeat(1001)}}});
    assert_eq!(stage.post("/2/media/metadata", alt).await.status, 400);
    stage.create(json!({"text": "t", "media": {"media_ids": [gif]}})).await;
    stage.create(json!({"text": "both", "media": {"media_ids": [one, two]}})).await;
    stage.advance(24 * 60 * MINUTE);
    let fresh = stage.sim.x.sign_up(SignUp { username: "ada", ..SignUp::default() });
    assert_eq!(stage.post_as(&fresh, "/2/tweets", body).await.says(), "Your media IDs are invalid.");
}

#[tokio::test]
async fn an_upload_session_ends() {
    let stage = Stage::new().await;
    stage.configure(|options| options.upload_life = MINUTE);
    let id = stage.initialize("image/png", "tweet_image", PNG.len()).await;
    stage.advance(MINUTE);
    assert_eq!(stage.append(&id, 0, PNG).await.status, 404);
}

#[tokio::test]
async fn subtitles_join_a_film() {
    let stage = Stage::new().await;
    let (film, _) = stage.whole("video/mp4", "tweet_video", &film(2)).await;
    let (track, answer) = stage.whole("text/srt", "subtitles", b"1\n00:00:00,000 --> 00:00:01,000\nTea\n").await;
    answer.ok(200);
    let body = |language: &str, track: &str| {
        json!({"id": film, "media_category": "TweetVideo",
            "subtitles": {"id": track, "language_code": language, "display_name": "English"}})
    };
    stage.post("/2/media/subtitles", body("EN", &track)).await.ok(200);
    assert_eq!(stage.post("/2/media/subtitles", body("en", &track)).await.status, 400);
    assert_eq!(stage.post("/2/media/subtitles", body("EN", "77")).await.status, 400);
}

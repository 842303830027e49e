//! Opening an upload session: everything about the video is judged here, and nothing comes of it yet.

use super::*;

#[tokio::test]
async fn an_opened_session_shows_nothing() {
    let bench = Bench::new();
    let got = bench.open(OPEN, 1_000, &plain()).await;
    got.is(200, "");
    assert_eq!(got.body, "");
    assert!(got.header("x-guploader-uploadid").is_some());
    let one = target(&got);
    assert!(one.starts_with("/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status&upload_id="));
    assert_ne!(one, bench.session(1_000, &plain()).await);
    assert_eq!((bench.youtube.videos().len(), bench.youtube.open_sessions()), (0, 2));
    let uploads = format!("/youtube/v3/playlistItems?part=id&playlistId={}", bench.ann.uploads_playlist);
    assert_eq!(bench.get(&uploads).await.json()["items"], json!([]));
    assert_eq!(bench.seen(), []);
}

#[tokio::test]
async fn the_request_itself() {
    let bench = Bench::new();
    let base = "/upload/youtube/v3/videos";
    for (target, status, reason) in [
        (format!("{base}?part=snippet,status"), 400, "badRequest"),
        (format!("{base}?uploadType=media&part=snippet,status"), 400, "badRequest"),
        (format!("{base}?uploadType=multipart&part=snippet,status"), 400, "badRequest"),
        (format!("{base}?uploadType=chunked&part=snippet,status"), 400, "invalid"),
        (format!("{base}?uploadType=resumable"), 400, "required"),
        (format!("{base}?uploadType=resumable&part="), 400, "required"),
        (format!("{base}?uploadType=resumable&part=snippet,status,nonsense"), 400, "unknownPart"),
        (format!("{base}?uploadType=resumable&part=snippet"), 400, "unexpectedPart"),
        (format!("{base}?uploadType=resumable&part=snippet,status,localizations"), 400, "unexpectedPart"),
        (format!("{OPEN}&notifySubscribers=no"), 400, "invalid"),
        (format!("{OPEN}&colour=red"), 400, "invalid"),
        (format!("{OPEN}&onBehalfOfContentOwner=x"), 403, "forbidden"),
        (format!("{OPEN}&key=AIza"), 400, "keyInvalid"),
        (VIDEOS.to_owned() + "?part=snippet,status", 400, "wrongUrlForUpload"),
    ] {
        bench.open(&target, 1_000, &plain()).await.refuses(status, reason);
    }
    bench
        .open(&OPEN.replace("snippet,status", "snippet&part=status,contentDetails"), 1_000, &plain())
        .await
        .is(200, "");
    bench.open(&format!("/resumable{OPEN}"), 1_000, &plain()).await.is(200, "");
    bench.json("POST", "/upload/youtube/v3/playlistItems?part=snippet", &json!({})).await.refuses(400, "notUpload");
    let untyped = bench.request(&bench.ann, "POST", OPEN, &[("x-upload-content-type", "video/mp4")], b"{}");
    bench.send(untyped).await.refuses(400, "invalid");
    let broken = [("content-type", "application/json"), ("x-upload-content-type", "video/mp4")];
    bench.send(bench.request(&bench.ann, "POST", OPEN, &broken, b"{")).await.refuses(400, "parseError");
}

#[tokio::test]
async fn what_is_announced() {
    let bench = Bench::new();
    for (headers, status, reason) in [
        ([("x-upload-content-length", ""), ("slug", "")], 400, "badRequest"),
        ([("x-upload-content-length", "many"), ("slug", "")], 400, "badRequest"),
        ([("x-upload-content-length", "0"), ("slug", "")], 400, "mediaBodyRequired"),
        ([("x-upload-content-length", "274877906945"), ("slug", "")], 413, "uploadTooLarge"),
        ([("x-upload-content-length", "9"), ("x-upload-content-type", "image/png")], 400, "badContent"),
        ([("x-upload-content-length", "9"), ("x-upload-content-type", "")], 400, "badContent"),
        ([("x-upload-content-length", "9"), ("slug", "a/b.mp4")], 400, "invalidFilename"),
        ([("x-upload-content-length", "9"), ("slug", " ")], 400, "invalidFilename"),
        ([("x-upload-content-length", "9"), ("slug", "%FF.mp4")], 400, "invalidFilename"),
    ] {
        bench.open_as(&bench.ann, OPEN, &headers, &plain()).await.refuses(status, reason);
    }
    for mime in ["video/mp4", "video/webm", "application/octet-stream"] {
        let headers = [("x-upload-content-length", "9"), ("x-upload-content-type", mime)];
        bench.open_as(&bench.ann, OPEN, &headers, &plain()).await.is(200, "");
    }
}

#[tokio::test]
async fn the_snippet() {
    let bench = Bench::new();
    let long_tags = json!(["x".repeat(249), "y".repeat(250)]);
    let too_long_tags = json!(["x".repeat(250), "y".repeat(250)]);
    for (name, value, reason) in [
        ("title", json!(null), "invalidTitle"),
        ("title", json!(""), "invalidTitle"),
        ("title", json!("  "), "invalidTitle"),
        ("title", json!("a < b"), "invalidTitle"),
        ("title", json!("a > b"), "invalidTitle"),
        ("title", json!("x".repeat(100)), ""),
        ("title", json!("x".repeat(101)), "invalidTitle"),
        // An emoji outside the first plane is two units.
        ("title", json!("🍵".repeat(50)), ""),
        ("title", json!("🍵".repeat(51)), "invalidTitle"),
        ("title", json!(5), "invalid"),
        ("title", json!({}), "invalid"),
        ("description", json!(null), ""),
        ("description", json!("x".repeat(5_000)), ""),
        ("description", json!("x".repeat(5_001)), "invalidDescription"),
        ("description", json!("ü".repeat(2_500)), ""),
        ("description", json!("ü".repeat(2_501)), "invalidDescription"),
        ("description", json!("<b>"), "invalidDescription"),
        ("tags", long_tags, ""),
        ("tags", too_long_tags, "invalidTags"),
        ("tags", json!(["x".repeat(498) + " y"]), "invalidTags"),
        ("tags", json!([""]), "invalidTags"),
        ("tags", json!(["<tea>"]), "invalidTags"),
        ("tags", json!("tea"), "invalid"),
        ("categoryId", json!("28"), ""),
        ("categoryId", json!("30"), "invalidCategoryId"),
        ("categoryId", json!("999"), "invalidCategoryId"),
        ("categoryId", json!(22), "invalid"),
        ("categoryId", json!(null), "invalidVideoMetadata"),
        ("defaultLanguage", json!("en-GB"), ""),
        ("defaultLanguage", json!("cn"), "invalidVideoMetadata"),
        ("defaultAudioLanguage", json!("??"), "invalidVideoMetadata"),
        ("channelId", json!("UCx"), "invalid"),
        ("colour", json!("red"), "invalid"),
    ] {
        let got = bench.open(OPEN, 1_000, &with(plain(), "snippet", name, value.clone())).await;
        match reason {
            "" => got.is(200, ""),
            reason => got.refuses(400, reason),
        }
    }
    bench.youtube.configure(|options| options.category_required = false);
    bench.open(OPEN, 1_000, &with(plain(), "snippet", "categoryId", json!(null))).await.is(200, "");
    let only_status = OPEN.replace("snippet,status", "status");
    bench
        .open(&only_status, 1_000, &json!({"status": {"privacyStatus": "private"}}))
        .await
        .refuses(400, "invalidTitle");
    let mut named = plain();
    named["id"] = json!("abc");
    bench.open(OPEN, 1_000, &named).await.refuses(400, "invalidVideoMetadata");
    named["id"] = json!(null);
    bench.open(OPEN, 1_000, &named).await.refuses(400, "invalid");
}

#[tokio::test]
async fn the_status() {
    let bench = Bench::new();
    for (name, value, reason) in [
        ("privacyStatus", json!("unlisted"), ""),
        ("privacyStatus", json!("Public"), "invalid"),
        ("privacyStatus", json!("privacyStatusUnspecified"), "invalid"),
        ("license", json!("creativeCommon"), ""),
        ("license", json!("cc0"), "invalid"),
        ("embeddable", json!(false), ""),
        ("embeddable", json!("false"), "invalid"),
        ("publicStatsViewable", json!(false), ""),
        ("selfDeclaredMadeForKids", json!(true), ""),
        ("containsSyntheticMedia", json!(true), ""),
        ("madeForKids", json!(true), "invalid"),
        ("uploadStatus", json!("processed"), "invalid"),
        // Only private videos are scheduled.
        ("publishAt", json!("2100-01-01T00:00:00Z"), "invalidPublishAt"),
    ] {
        let got = bench.open(OPEN, 1_000, &with(plain(), "status", name, value.clone())).await;
        match reason {
            "" => got.is(200, ""),
            reason => got.refuses(400, reason),
        }
    }
    let private = with(plain(), "status", "privacyStatus", json!("private"));
    for (at, good) in [
        ("2100-01-01T00:00:00Z", true),
        ("2100-01-01T00:00:00.5+02:00", true),
        ("2000-01-01T00:00:00Z", true),
        ("2100-01-01 00:00", false),
        ("tomorrow", false),
    ] {
        let got = bench.open(OPEN, 1_000, &with(private.clone(), "status", "publishAt", json!(at))).await;
        if good { got.is(200, "") } else { got.refuses(400, "invalidPublishAt") }
    }
    let implicit = with(
        with(plain(), "status", "privacyStatus", json!(null)),
        "status",
        "publishAt",
        json!("2100-01-01T00:00:00Z"),
    );
    bench.open(OPEN, 1_000, &implicit).await.refuses(400, "invalidPublishAt");
    bench.youtube.configure(|options| options.publish_at_margin = Duration::from_secs(900));
    let soon = super::super::state::rfc3339(bench.world.now() + Duration::from_secs(600));
    bench.open(OPEN, 1_000, &with(private, "status", "publishAt", json!(soon))).await.refuses(400, "invalidPublishAt");
}

#[tokio::test]
async fn the_other_parts() {
    let bench = Bench::new();
    let target = |part: &str| OPEN.replace("snippet,status", &format!("snippet,status,{part}"));
    let english = || with(plain(), "snippet", "defaultLanguage", json!("en"));
    for (base, part, content, reason) in [
        (english(), "localizations", json!({"de": {"title": "Tee", "description": "Heiß"}}), ""),
        (english(), "localizations", json!({}), ""),
        (plain(), "localizations", json!({"de": {"title": "Tee"}}), "defaultLanguageNotSet"),
        (english(), "localizations", json!({"de": {"title": " "}}), "invalidVideoMetadata"),
        (english(), "localizations", json!({"de": {"description": "x"}}), "invalidVideoMetadata"),
        (english(), "localizations", json!({"cn": {"title": "x"}}), "invalidVideoMetadata"),
        (english(), "localizations", json!({"de": {"title": "x".repeat(101)}}), "invalidVideoMetadata"),
        (english(), "localizations", json!({"de": {"name": "x"}}), "invalid"),
        (plain(), "recordingDetails", json!({"recordingDate": "2026-01-01T00:00:00Z"}), ""),
        (plain(), "recordingDetails", json!({"recordingDate": "last summer"}), "invalidRecordingDetails"),
        (plain(), "recordingDetails", json!({"location": {"latitude": 91.0}}), "invalidRecordingDetails"),
        (plain(), "recordingDetails", json!({"location": {"latitude": "0"}}), "invalid"),
        (plain(), "paidProductPlacementDetails", json!({"hasPaidProductPlacement": true}), ""),
        (plain(), "paidProductPlacementDetails", json!({"hasPaidProductPlacement": "yes"}), "invalid"),
    ] {
        let mut body = base;
        body[part] = content.clone();
        let got = bench.open(&target(part), 1_000, &body).await;
        match reason {
            "" => got.is(200, ""),
            reason => got.refuses(400, reason),
        }
    }
}

#[tokio::test]
async fn a_channel_takes_so_many_videos() {
    let bench = Bench::new();
    bench.youtube.configure(|options| options.upload_cap = Some(1));
    let waiting = bench.session(film(9, 9, 1, "b").len(), &plain()).await;
    let id = bench.upload(&film(9, 9, 1, "a"), &plain()).await;
    let got = bench.open(OPEN, 1_000, &plain()).await;
    got.refuses(400, "uploadLimitExceeded");
    assert_eq!(got.json()["error"]["errors"][0]["domain"], json!("youtube.video"));
    // Deleting does not help; what was opened before goes through.
    bench.delete(&format!("{VIDEOS}?id={id}")).await.is(204, "");
    bench.open(OPEN, 1_000, &plain()).await.refuses(400, "uploadLimitExceeded");
    bench.send(bench.put(&waiting, "", &film(9, 9, 1, "b"))).await.is(200, "");
    bench.advance(86_400);
    let client = super::super::App::default().client_id;
    let later = bench.youtube.tokens(&bench.ann.channel_id, &client, &["youtube"]).unwrap();
    bench.open_as(&later, OPEN, &[("x-upload-content-length", "9")], &plain()).await.is(200, "");
}

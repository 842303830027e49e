//! What becomes of a video once its bytes are there: processing, publication, its file, who sees it.

use super::super::Processing;
use super::super::state::rfc3339;
use super::*;

#[tokio::test]
async fn a_video_is_processed() {
    let bench = Bench::new();
    let id = bench.upload(&film(1920, 1080, 61, ""), &plain()).await;
    let video = bench.status(&id).await;
    assert_eq!(video["status"]["uploadStatus"], json!("uploaded"));
    assert_eq!(video["processingDetails"]["processingStatus"], json!("processing"));
    assert_eq!(bench.seen(), []);
    bench.process();
    let video = bench.status(&id).await;
    assert_eq!(video["status"]["uploadStatus"], json!("processed"));
    assert_eq!(video["processingDetails"]["processingStatus"], json!("succeeded"));
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!((seen.platform, seen.kind, seen.visibility.as_str()), ("youtube", "video", "public"));
    assert_eq!((seen.title.as_deref(), seen.text.as_str()), (Some("Tea"), "How to make it"));
    assert_eq!(
        (seen.author, seen.url),
        (bench.ann.channel_id.clone(), format!("https://www.youtube.com/watch?v={id}"))
    );
    for detail in [("categoryId", "22"), ("selfDeclaredMadeForKids", "false"), ("notifySubscribers", "true")] {
        assert!(seen.details.contains(&(detail.0, detail.1.to_owned())), "{:?}", seen.details);
    }
    let details = bench.get(&format!("{VIDEOS}?part=contentDetails,fileDetails&id={id}")).await.json();
    let details = &details["items"][0];
    assert_eq!(
        (&details["contentDetails"]["duration"], &details["contentDetails"]["definition"]),
        (&json!("PT1M1S"), &json!("hd"))
    );
    assert_eq!(details["fileDetails"]["durationMs"], json!("61000"));
    assert_eq!(details["fileDetails"]["videoStreams"][0]["heightPixels"], json!(1080));
}

#[tokio::test]
async fn processing_fails_by_script() {
    let bench = Bench::new();
    for (end, status, field, reason, processing) in [
        (Processing::Failed("codec"), "failed", "failureReason", "codec", "failed"),
        (Processing::Rejected("copyright"), "rejected", "rejectionReason", "copyright", "terminated"),
        (Processing::Stuck, "uploaded", "failureReason", "", "processing"),
    ] {
        bench.youtube.configure(|options| options.processing.push_back(end));
        let id = bench.upload(&film(9, 9, 1, reason), &plain()).await;
        bench.process();
        let video = bench.status(&id).await;
        assert_eq!(video["status"]["uploadStatus"], json!(status));
        assert_eq!(video["status"][field].as_str().unwrap_or_default(), reason);
        assert_eq!(video["processingDetails"]["processingStatus"], json!(processing));
    }
    assert_eq!(bench.seen(), []);
    assert_eq!(bench.youtube.videos().len(), 3);
}

#[tokio::test]
async fn files_are_judged() {
    let bench = Bench::new();
    for (bytes, error) in [
        (b"\x89PNG\r\n\x1a\n picture".as_slice(), "imageFile"),
        (b"ID3 a song", "audioFile"),
        (b"%PDF-1.7", "docFile"),
        (b"PK\x03\x04 zip", "archiveFile"),
        (b"just a text", "notAVideoFile"),
    ] {
        let id = bench.upload(bytes, &plain()).await;
        bench.process();
        let video = bench.status(&id).await;
        assert_eq!(video["status"]["failureReason"], json!("invalidFile"));
        assert_eq!(video["suggestions"]["processingErrors"], json!([error]));
    }
    bench.youtube.configure(|options| options.files_are_judged = false);
    bench.upload(b"just another text", &plain()).await;
    bench.process();
    assert_eq!(bench.seen().len(), 1);
    // The same file again may be rejected, or not.
    let film = film(9, 9, 1, "");
    bench.upload(&film, &plain()).await;
    bench.upload(&film, &plain()).await;
    bench.youtube.configure(|options| options.duplicates_rejected = true);
    let third = bench.upload(&film, &plain()).await;
    bench.process();
    assert_eq!(bench.status(&third).await["status"]["rejectionReason"], json!("duplicate"));
    assert_eq!(bench.seen().len(), 3);
}

#[tokio::test]
async fn long_videos_need_a_verified_channel() {
    let bench = Bench::new();
    let long = async |seconds: u32| {
        let id = bench.upload(&film(1920, 1080, seconds, ""), &plain()).await;
        bench.process();
        bench.status(&id).await["status"]["rejectionReason"].clone()
    };
    let mine = async || {
        bench.get("/youtube/v3/channels?part=status&mine=true").await.json()["items"][0]["status"]["longUploadsStatus"]
            .clone()
    };
    assert_eq!((long(43_200).await, mine().await), (json!(null), json!("allowed")));
    assert_eq!(long(43_201).await, json!("length"));
    bench.youtube.verify(&bench.ann.channel_id, false);
    bench.world.set_skew(0);
    assert_eq!((long(901).await, mine().await), (json!("length"), json!("eligible")));
}

#[tokio::test]
async fn shape_and_length_make_a_short() {
    let bench = Bench::new();
    for (width, height, seconds, kind) in
        [(1080, 1920, 180, "short"), (1080, 1080, 5, "short"), (1080, 1920, 181, "video"), (1920, 1080, 5, "video")]
    {
        let id = bench.upload(&film(width, height, seconds, kind), &plain()).await;
        bench.process();
        let seen = bench.seen().into_iter().find(|seen| seen.id == id).unwrap();
        assert_eq!(seen.kind, kind, "{width}x{height} {seconds}");
        let thumbnails = bench.youtube.video(&id).unwrap()["snippet"]["thumbnails"].clone();
        assert_eq!(thumbnails.get("shortsAspectRatio").is_some(), kind == "short");
    }
}

#[tokio::test]
async fn without_a_word_a_video_is_public() {
    let bench = Bench::new();
    let id = bench.upload(&film(9, 9, 1, ""), &with(plain(), "status", "privacyStatus", json!(null))).await;
    assert_eq!(bench.status(&id).await["status"]["privacyStatus"], json!("public"));
    let only = OPEN.replace("snippet,status", "snippet");
    let film = film(9, 9, 1, "b");
    let got = bench.open(&only, film.len(), &json!({"snippet": plain()["snippet"]})).await;
    let id = bench.send(bench.put(&target(&got), "", &film)).await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.status(&id).await["status"]["privacyStatus"], json!("public"));
}

#[tokio::test]
async fn the_clock_publishes() {
    let bench = Bench::new();
    let at = bench.world.now() + Duration::from_secs(5_000);
    let scheduled = with(plain(), "status", "privacyStatus", json!("private"));
    let scheduled = with(scheduled, "status", "publishAt", json!(rfc3339(at)));
    let id = bench.upload(&film(9, 9, 1, ""), &scheduled).await;
    bench.process();
    let status = bench.status(&id).await["status"].clone();
    assert_eq!((&status["privacyStatus"], &status["publishAt"]), (&json!("private"), &json!(rfc3339(at))));
    assert_eq!((bench.seen()[0].kind, bench.seen()[0].visibility.as_str()), ("draft", "private"));
    assert!(bench.seen()[0].details.contains(&("publishAt", rfc3339(at))));
    bench.advance(4_901);
    assert_eq!((bench.seen()[0].kind, bench.seen()[0].visibility.as_str()), ("short", "public"));
    assert_eq!(bench.seen()[0].at, super::super::state::instant(&rfc3339(at)).unwrap());
    assert_eq!(bench.youtube.video(&id).unwrap()["status"].get("publishAt"), None);

    let bench = Bench::new();
    let late = with(
        with(plain(), "status", "privacyStatus", json!("private")),
        "status",
        "publishAt",
        json!("2001-01-01T00:00:00Z"),
    );
    let id = bench.upload(&film(9, 9, 1, ""), &late).await;
    assert_eq!(bench.status(&id).await["status"]["privacyStatus"], json!("public"));
    bench.process();
    assert!(bench.seen()[0].at > std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
}

#[tokio::test]
async fn unaudited_projects_were_locked_to_private() {
    let bench = Bench::new();
    bench.youtube.configure(|options| options.private_lock = true);
    let id = bench.upload(&film(9, 9, 1, ""), &plain()).await;
    assert_eq!(bench.status(&id).await["status"]["privacyStatus"], json!("private"));
    let open = json!({"id": id, "status": {"privacyStatus": "public"}});
    bench.json("PUT", &format!("{VIDEOS}?part=status"), &open).await.refuses(403, "forbiddenPrivacySetting");
}

#[tokio::test]
async fn the_file_is_the_owners_business() {
    let bench = Bench::new();
    let film = film(9, 9, 1, "");
    let length = film.len().to_string();
    let headers = [("x-upload-content-length", length.as_str()), ("slug", "2026-tea-%C3%BC.mp4")];
    let got = bench.open_as(&bench.ann, OPEN, &headers, &plain()).await;
    let id = bench.send(bench.put(&target(&got), "", &film)).await.json()["id"].as_str().unwrap().to_owned();
    let file = bench.get(&format!("{VIDEOS}?part=fileDetails&id={id}")).await.json()["items"][0]["fileDetails"].clone();
    assert_eq!((&file["fileName"], &file["fileSize"]), (&json!("2026-tea-ü.mp4"), &json!(length)));
    let bob = bench.youtube.sign_up(SignUp { email: "bob@example.org".to_owned(), ..SignUp::default() });
    for part in ["fileDetails", "processingDetails", "suggestions"] {
        let request = bench.request(&bob, "GET", &format!("{VIDEOS}?part={part}&id={id}"), &[], b"");
        bench.send(request).await.refuses(403, "forbidden");
    }
    let request = bench.request(&bob, "GET", &format!("{VIDEOS}?part=snippet,status&id={id}"), &[], b"");
    let theirs = bench.send(request).await.json()["items"][0].clone();
    assert_eq!((&theirs["snippet"]["title"], theirs["status"].get("selfDeclaredMadeForKids")), (&json!("Tea"), None));
}

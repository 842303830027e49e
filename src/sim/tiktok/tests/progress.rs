//! From the last byte to readers, or not: statuses, reasons, ids, drafts.

use super::super::PostIds;
use super::*;

#[tokio::test]
async fn a_public_post_goes_its_way() {
    let bench = Bench::new().await;
    let info = json!({
        "title": "Tea with @bob #tea",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "disable_duet": true,
        "disable_comment": false,
        "disable_stitch": true,
        "video_cover_timestamp_ms": 1_000,
        "brand_content_toggle": false,
        "brand_organic_toggle": true,
        "is_aigc": true,
    });
    let (id, url) = bench.begin(DIRECT, &info, film().len()).await;
    assert_eq!(bench.status(&id).await["status"], "PROCESSING_UPLOAD");
    bench.put(&url, 0, &film(), film().len()).await.is(201, "");
    assert_eq!(bench.status(&id).await["status"], "PROCESSING_UPLOAD");
    assert_eq!(bench.seen(), []);
    bench.advance(PROCESSING);
    let done = bench.status(&id).await;
    assert_eq!(
        done,
        json!({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [], "uploaded_bytes": film().len()})
    );
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!((seen.platform, seen.author.as_str()), ("tiktok", bench.ann.open_id.as_str()));
    assert_eq!((seen.text.as_str(), seen.title.as_deref()), ("Tea with @bob #tea", None));
    assert_eq!(seen.url, format!("https://www.tiktok.com/@ann.example/video/{}", seen.id));
    let details = [
        ("disable_comment", "false"),
        ("disable_duet", "true"),
        ("disable_stitch", "true"),
        ("brand_content_toggle", "false"),
        ("brand_organic_toggle", "true"),
        ("is_aigc", "true"),
        ("video_cover_timestamp_ms", "1000"),
    ];
    assert_eq!(seen.details, details.map(|(name, value)| (name, value.to_owned())));
    bench.advance(MODERATION);
    let number: u64 = seen.id.parse().unwrap();
    assert!(number > 1 << 53 && i64::try_from(number).is_ok());
    assert_eq!(bench.status(&id).await["publicaly_available_post_id"], json!([number]));

    for (shape, expected) in [
        (PostIds::TextList, Some(json!([seen.id]))),
        (PostIds::Scalar, Some(json!(number))),
        (PostIds::Never, Some(json!([]))),
        (PostIds::Missing, None),
    ] {
        bench.tiktok().configure(|options| options.post_ids = shape);
        assert_eq!(bench.status(&id).await.get("publicaly_available_post_id"), expected.as_ref());
    }
    bench.tiktok().delete(&seen.id);
    assert_eq!(bench.seen(), []);
}

#[tokio::test]
async fn posts_for_few_have_no_public_id() {
    let bench = Bench::new().await;
    for level in ["SELF_ONLY", "MUTUAL_FOLLOW_FRIENDS"] {
        let info = with(&json!({"p": wishes()}), "/p/privacy_level", json!(level))["p"].clone();
        let id = bench.uploaded(&info, &film()).await;
        bench.advance(PROCESSING + MODERATION);
        let status = bench.status(&id).await;
        assert_eq!(
            (&status["status"], &status["publicaly_available_post_id"]),
            (&json!("PUBLISH_COMPLETE"), &json!([]))
        );
        assert_eq!(bench.seen().last().unwrap().visibility, level);
    }
}

#[tokio::test]
async fn failures_can_be_scripted() {
    let bench = Bench::new().await;
    let reasons = [
        "file_format_check_failed",
        "duration_check_failed",
        "frame_rate_check_failed",
        "picture_size_check_failed",
        "internal",
        "video_pull_failed",
        "photo_pull_failed",
        "publish_cancelled",
        "auth_removed",
        "spam_risk_too_many_posts",
        "spam_risk_user_banned_from_posting",
        "spam_risk_text",
        "spam_risk",
        "never_heard_of",
    ];
    bench.tiktok().configure(|options| options.fail_next = reasons.map(str::to_owned).to_vec());
    let mut begun = Vec::new();
    for _ in 0..=reasons.len() {
        begun.push(bench.uploaded(&wishes(), &film()).await);
    }
    bench.advance(PROCESSING);
    for (id, reason) in begun.iter().zip(reasons) {
        assert_eq!(bench.outcome(id).await, ("FAILED".to_owned(), reason.to_owned()));
    }
    assert_eq!(bench.outcome(begun.last().unwrap()).await.0, "PUBLISH_COMPLETE");
    assert_eq!(bench.seen().len(), 1);
}

#[tokio::test]
async fn some_posts_never_get_anywhere() {
    let bench = Bench::new().await;
    bench.tiktok().configure(|options| options.stuck = true);
    let id = bench.uploaded(&wishes(), &film()).await;
    bench.tiktok().configure(|options| options.stuck = false);
    let next = bench.uploaded(&wishes(), &film()).await;
    bench.advance(Duration::from_secs(80_000));
    assert_eq!(bench.outcome(&id).await.0, "PROCESSING_UPLOAD");
    assert_eq!(bench.outcome(&next).await.0, "PUBLISH_COMPLETE");
    assert_eq!(bench.seen().len(), 1);
}

#[tokio::test]
async fn ids_are_for_their_owner_and_for_some_days() {
    let bench = Bench::new().await;
    let (id, _) = bench.begin(DIRECT, &wishes(), 9).await;
    let ask = async |member: &Member, id: &str| bench.post(member, STATUS, &json!({"publish_id": id})).await;
    ask(&bench.bob(), &id).await.refused(400, "token_not_authorized_for_specified_publish_id");
    bench.tiktok().add_app(super::super::App { client_key: "other".to_owned(), ..super::super::App::default() });
    let other = bench.tiktok().sign_up(SignUp { client_key: "other".to_owned(), ..SignUp::default() });
    ask(&other, &id).await.refused(400, "token_not_authorized_for_specified_publish_id");
    bench
        .post(&bench.bob(), CANCEL, &json!({"publish_id": id}))
        .await
        .refused(400, "token_not_authorized_for_specified_publish_id");
    ask(&bench.ann, "v_pub_file~v2.1").await.refused(400, "invalid_publish_id");
    bench.post(&bench.ann, STATUS, &json!({"publish_id": 1})).await.wrong("publish_id is not a string");
    bench.post(&bench.ann, STATUS, &json!({})).await.wrong("publish_id is missing");
    bench.tiktok().configure(|options| options.publish_id_life = Duration::from_secs(500));
    ask(&bench.ann, &id).await.data();
    bench.advance(Duration::from_secs(500));
    ask(&bench.ann, &id).await.refused(400, "invalid_publish_id");
}

#[tokio::test]
async fn drafts_wait_for_their_owner() {
    let bench = Bench::new().await;
    let bytes = film();
    let (id, url) = bench.begin(DRAFT, &Value::Null, bytes.len()).await;
    assert!(!bench.tiktok().post_draft(&id, "Tea", "PUBLIC_TO_EVERYONE"), "there is no draft yet");
    bench.put(&url, 0, &bytes, bytes.len()).await.is(201, "");
    assert_eq!(bench.outcome(&id).await.0, "PROCESSING_UPLOAD");
    bench.advance(PROCESSING);
    assert_eq!(bench.outcome(&id).await.0, "SEND_TO_USER_INBOX");
    let [draft] = bench.seen().try_into().unwrap();
    assert_eq!(
        (draft.kind, draft.id.as_str(), draft.text.as_str(), draft.url.as_str()),
        ("draft", id.as_str(), "", "")
    );
    assert_eq!(draft.media[0].bytes[..], bytes);
    bench.advance(Duration::from_secs(50));
    assert!(bench.tiktok().post_draft(&id, "Tea", "PUBLIC_TO_EVERYONE"));
    assert!(!bench.tiktok().post_draft(&id, "Tea", "PUBLIC_TO_EVERYONE"), "only once");
    assert_eq!(bench.outcome(&id).await.0, "PUBLISH_COMPLETE");
    let [post] = bench.seen().try_into().unwrap();
    assert_eq!((post.kind, post.text.as_str(), post.visibility.as_str()), ("video", "Tea", "PUBLIC_TO_EVERYONE"));
    bench.advance(MODERATION);
    assert_eq!(bench.status(&id).await["publicaly_available_post_id"].as_array().map(Vec::len), Some(1));

    let (id, url) = bench.begin(DRAFT, &Value::Null, bytes.len()).await;
    bench.put(&url, 0, &bytes, bytes.len()).await.is(201, "");
    bench.tiktok().configure(|options| options.draft_life = Some(Duration::from_secs(86_400)));
    bench.advance(PROCESSING);
    assert_eq!(bench.seen().len(), 2);
    bench.advance(Duration::from_secs(86_400));
    assert_eq!(bench.seen().len(), 1);
    assert_eq!(bench.seen()[0].kind, "video");
    drop(id);
}

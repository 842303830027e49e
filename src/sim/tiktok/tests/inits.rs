//! What a video post may begin with: texts, audience, settings, chunks, addresses.

use super::super::Megabyte;
use super::super::chunks::Plan;
use super::*;

fn body() -> Value {
    json!({"post_info": wishes(), "source_info": whole(9)})
}

fn pulled(address: &str) -> Value {
    with(&body(), "/source_info", json!({"source": "PULL_FROM_URL", "video_url": address}))
}

#[tokio::test]
async fn begun_posts_have_ids_and_addresses() {
    let bench = Bench::new().await;
    bench.tiktok().verify("media.example.org");
    let data = bench.post(&bench.ann, DIRECT, &body()).await.data();
    let (id, url) = ids(&data);
    assert!(id.starts_with("v_pub_file~") && id.len() <= 64, "{id}");
    assert!(url.starts_with("https://open-upload.tiktokapis.com/video/?upload_id=") && url.len() <= 256, "{url}");
    assert_eq!(data.as_object().unwrap().len(), 2);
    let data = bench.post(&bench.ann, DRAFT, &json!({"source_info": whole(9)})).await.data();
    assert!(ids(&data).0.starts_with("v_inbox_file~"));
    for (path, prefix) in [(DIRECT, "v_pub_url~"), (DRAFT, "v_inbox_url~")] {
        let mut body = pulled("https://media.example.org/1.mp4");
        if path == DRAFT {
            body = without(&body, "/post_info");
        }
        let data = bench.post(&bench.ann, path, &body).await.data();
        assert!(data["publish_id"].as_str().unwrap().starts_with(prefix), "{data}");
        assert_eq!(data.get("upload_url"), None);
    }
}

#[tokio::test]
async fn every_field_is_looked_at() {
    let bench = Bench::new().await;
    let tea = |count: usize| json!("🍵".repeat(count));
    for (pointer, value, why) in [
        ("/a", json!(1), "The field a is unknown"),
        ("/post_info", json!([]), "post_info is not an object"),
        ("/post_info/description", json!("x"), "post_info.description is unknown"),
        ("/post_info/auto_add_music", json!(true), "post_info.auto_add_music is unknown"),
        ("/post_info/title", json!(1), "post_info.title is not a string"),
        ("/post_info/title", json!(null), "post_info.title is not a string"),
        ("/post_info/title", json!("x".repeat(2_201)), "longer than 2200"),
        ("/post_info/title", tea(1_101), "longer than 2200"),
        ("/post_info/privacy_level", json!("PUBLIC"), "not one of the privacy levels"),
        ("/post_info/disable_comment", json!("true"), "disable_comment is not a boolean"),
        ("/post_info/is_aigc", json!(1), "is_aigc is not a boolean"),
        ("/post_info/video_cover_timestamp_ms", json!(1.5), "video_cover_timestamp_ms is not an integer"),
        ("/post_info/video_cover_timestamp_ms", json!(1_u64 << 31), "not an int32"),
        ("/source_info/source", json!("UPLOAD"), "neither FILE_UPLOAD nor PULL_FROM_URL"),
        ("/source_info/video_url", json!("https://x.org/"), "source_info.video_url is unknown"),
        ("/source_info/video_size", json!("9"), "video_size is not an integer"),
    ] {
        bench.post(&bench.ann, DIRECT, &with(&body(), pointer, value)).await.wrong(why);
    }
    for (pointer, why) in [
        ("/post_info", "post_info is missing"),
        ("/source_info", "source_info is missing"),
        ("/post_info/privacy_level", "post_info.privacy_level is missing"),
        ("/post_info/brand_content_toggle", "post_info.brand_content_toggle is missing"),
        ("/source_info/video_size", "source_info.video_size is missing"),
        ("/source_info/chunk_size", "source_info.chunk_size is missing"),
        ("/source_info/total_chunk_count", "source_info.total_chunk_count is missing"),
    ] {
        bench.post(&bench.ann, DIRECT, &without(&body(), pointer)).await.wrong(why);
    }
    for (pointer, value) in [
        ("/post_info/title", json!("x".repeat(2_200))),
        ("/post_info/title", tea(1_100)),
        ("/post_info/title", json!("")),
        ("/post_info/video_cover_timestamp_ms", json!(-1)),
        ("/post_info/brand_organic_toggle", json!(true)),
    ] {
        bench.post(&bench.ann, DIRECT, &with(&body(), pointer, value)).await.data();
    }
    bench.post(&bench.ann, DIRECT, &without(&body(), "/post_info/title")).await.data();
    bench.tiktok().configure(|options| options.brand_content_toggle_required = false);
    bench.post(&bench.ann, DIRECT, &without(&body(), "/post_info/brand_content_toggle")).await.data();
}

#[tokio::test]
async fn the_audience_is_among_the_options() {
    let bench = Bench::new().await;
    let level = async |level: &str| {
        bench.post(&bench.ann, DIRECT, &with(&body(), "/post_info/privacy_level", json!(level))).await
    };
    for private in [false, true] {
        bench.tiktok().change_account(&bench.ann.open_id, |account| account.private = private);
        for (name, allowed) in [
            ("PUBLIC_TO_EVERYONE", !private),
            ("FOLLOWER_OF_CREATOR", private),
            ("MUTUAL_FOLLOW_FRIENDS", true),
            ("SELF_ONLY", true),
        ] {
            let got = level(name).await;
            if allowed { drop(got.data()) } else { got.refused(403, "privacy_level_option_mismatch") }
        }
    }
}

#[tokio::test]
async fn an_unaudited_app_posts_to_private_accounts_alone() {
    let bench = Bench::new().await;
    bench.tiktok().configure(|options| options.audited = false);
    let unaudited = "unaudited_client_can_only_post_to_private_accounts";
    let level = |level: &str| with(&body(), "/post_info/privacy_level", json!(level));
    bench.post(&bench.ann, DIRECT, &level("SELF_ONLY")).await.refused(403, unaudited);
    bench.post(&bench.ann, DRAFT, &json!({"source_info": whole(9)})).await.data();
    bench.tiktok().change_account(&bench.ann.open_id, |account| account.private = true);
    bench.post(&bench.ann, DIRECT, &level("FOLLOWER_OF_CREATOR")).await.refused(403, unaudited);
    bench.post(&bench.ann, DIRECT, &level("SELF_ONLY")).await.data();
    let photos = photos::direct(&["https://media.example.org/1.jpg"]);
    bench.post(&bench.ann, PHOTOS, &photos).await.refused(403, unaudited);
}

#[tokio::test]
async fn what_the_creator_has_disabled_stays_off() {
    let bench = Bench::new().await;
    bench.tiktok().change_account(&bench.ann.open_id, |account| account.duet_disabled = true);
    let on = with(&body(), "/post_info/disable_duet", json!(false));
    for refused in [body(), on.clone()] {
        bench.post(&bench.ann, DIRECT, &refused).await.wrong("post_info.disable_duet must be true");
    }
    bench.post(&bench.ann, DIRECT, &with(&body(), "/post_info/disable_duet", json!(true))).await.data();
    bench.tiktok().configure(|options| options.disabled_interactions_refused = false);
    bench.uploaded(&on["post_info"], &film()).await;
    bench.advance(PROCESSING);
    assert!(bench.seen()[0].details.contains(&("disable_duet", "true".to_owned())), "{:?}", bench.seen()[0].details);
}

#[tokio::test]
async fn branded_content_is_not_private() {
    let bench = Bench::new().await;
    let branded = with(&body(), "/post_info/brand_content_toggle", json!(true));
    bench.post(&bench.ann, DIRECT, &branded).await.data();
    let private = with(&branded, "/post_info/privacy_level", json!("SELF_ONLY"));
    bench.post(&bench.ann, DIRECT, &private).await.wrong("cannot be set to private");
    bench.tiktok().configure(|options| options.branded_self_only_refused = false);
    bench.post(&bench.ann, DIRECT, &private).await.data();
}

/// Size, chunk, count, and what is wrong with them.
#[test]
fn the_arithmetic_of_chunks() {
    const SIZE: &str = "The video size is invalid";
    const CHUNK: &str = "The chunk size is invalid";
    const COUNT: &str = "The total chunk count is invalid";
    let rows = [
        (3_145_728, 3_145_728, 1, ""),
        (1, 1, 1, ""),
        (50_000_123, 10_000_000, 5, ""),
        (64_000_000, 64_000_000, 1, ""),
        (64_000_001, 10_000_000, 6, ""),
        (69_999_999, 10_000_000, 6, ""),
        (4_000_000_000, 10_000_000, 400, ""),
        (128_000_001, 64_000_000, 2, ""),
        // Rounded up.
        (50_000_123, 10_000_000, 6, COUNT),
        (64_000_001, 10_000_000, 7, COUNT),
        (50_000_123, 10_000_000, 4, COUNT),
        (50_000_123, 10_000_000, 0, COUNT),
        (9, 9, 2, COUNT),
        // One chunk that is not the whole.
        (84_000_000, 64_000_000, 1, CHUNK),
        (15_000_000, 10_000_000, 1, CHUNK),
        (3_000_000, 5_242_880, 1, CHUNK),
        // Too small, too large.
        (50_000_123, 5_242_879, 9, CHUNK),
        (50_000_123, 5_242_880, 9, ""),
        (64_000_001, 64_000_001, 1, CHUNK),
        (200_000_000, 64_000_001, 3, CHUNK),
        (9, 0, 0, CHUNK),
        (9, -9, 1, CHUNK),
        (0, 0, 1, SIZE),
        (-1, 9, 1, SIZE),
        (4_000_000_001, 10_000_000, 400, SIZE),
    ];
    for (size, chunk, count, why) in rows {
        let plan = Plan::new(size, chunk, count, Megabyte::Strict);
        let got = match &plan {
            Ok(_) => "",
            Err(super::super::Refusal::Api { code: "invalid_params", message }) => message.as_str(),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(got, why, "{size} in {count} of {chunk}");
    }
    for (megabyte, plan, lawful) in [
        (Megabyte::Binary, (1 << 32, 10_000_000, 429), false),
        (Megabyte::Binary, (4_000 << 20, 64 << 20, 62), true),
        (Megabyte::Binary, (64 << 20, 64 << 20, 1), true),
        (Megabyte::Decimal, (64 << 20, 64 << 20, 1), false),
        (Megabyte::Binary, (50_000_000, 5_000_000, 10), false),
        (Megabyte::Decimal, (50_000_000, 5_000_000, 10), true),
        // As small as chunks may be, a video of the largest size has fewer than a thousand.
        (Megabyte::Decimal, (4_000_000_000, 5_000_000, 800), true),
    ] {
        assert_eq!(Plan::new(plan.0, plan.1, plan.2, megabyte).is_ok(), lawful, "{megabyte:?} {plan:?}");
    }
}

#[tokio::test]
async fn chunks_are_checked_at_the_beginning() {
    let bench = Bench::new().await;
    for (path, name) in [(DIRECT, "post_info"), (DRAFT, "")] {
        let source = json!({"source": "FILE_UPLOAD", "video_size": 84_000_000, "chunk_size": 64_000_000, "total_chunk_count": 1});
        let mut body = json!({"source_info": source});
        if !name.is_empty() {
            body[name] = wishes();
        }
        bench.post(&bench.ann, path, &body).await.wrong("The chunk size is invalid");
    }
    assert_eq!(bench.seen(), []);
}

#[tokio::test]
async fn addresses_lie_under_verified_properties() {
    let bench = Bench::new().await;
    bench.tiktok().verify("example.org");
    bench.tiktok().verify("https://ann.github.io/media/");
    bench.tiktok().verify("https://192.0.2.1/media/");
    bench.tiktok().verify("https://open.example.com/no-slash");
    for (address, code) in [
        ("https://example.org/1.mp4", "ok"),
        ("https://cdn.example.org/a/1.mp4?x=y", "ok"),
        ("https://ann.github.io/media/1.mp4", "ok"),
        ("https://badexample.org/1.mp4", "url_ownership_unverified"),
        ("https://org/1.mp4", "url_ownership_unverified"),
        ("https://ann.github.io/other/1.mp4", "url_ownership_unverified"),
        ("https://ann.github.io/media", "url_ownership_unverified"),
        ("https://192.0.2.1/media/1.mp4", "url_ownership_unverified"),
        ("https://open.example.com/no-slash/1.mp4", "url_ownership_unverified"),
        ("https://example.org@evil.example/1.mp4", "url_ownership_unverified"),
        ("http://example.org/1.mp4", "invalid_params"),
        ("example.org/1.mp4", "invalid_params"),
    ] {
        let got = bench.post(&bench.ann, DIRECT, &pulled(address)).await;
        let status = match code {
            "ok" => 200,
            "invalid_params" => 400,
            _ => 403,
        };
        got.refused(status, code);
    }
    let chunks = with(&pulled("https://example.org/1.mp4"), "/source_info/video_size", json!(9));
    bench.post(&bench.ann, DIRECT, &chunks).await.wrong("source_info.video_size is unknown");
}

/// The API lets these pass; people who look at the app would not.
#[tokio::test]
async fn warnings() {
    let bench = Bench::new().await;
    let warned = |count: usize, part: &str| {
        let warnings = bench.tiktok().warnings();
        assert!(warnings.len() == count && warnings.last().is_none_or(|last| last.contains(part)), "{warnings:?}");
    };
    bench.post(&bench.ann, CREATOR, &json!({})).await.data();
    let (_, url) = bench.begin(DIRECT, &wishes(), 9).await;
    warned(0, "");
    bench.post(&bench.ann, DIRECT, &body()).await.data();
    warned(1, "without creator_info/query");
    bench.post(&bench.ann, CREATOR, &json!({})).await.data();
    bench.advance(Duration::from_secs(600));
    bench.post(&bench.ann, DIRECT, &body()).await.data();
    warned(2, "without creator_info/query");
    // Ignored, however wrong it is.
    bench.post(&bench.ann, DRAFT, &json!({"post_info": "x", "source_info": whole(9)})).await.data();
    warned(3, "post_info");
    let signed = chunk(&url, 0, 9, 9).header("authorization", "Bearer x");
    bench.send(signed, vec![0; 9]).await.is(201, "");
    warned(4, "Authorization");
}

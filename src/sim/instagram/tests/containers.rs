//! Containers: which fields go with which post, how they are processed, and when they end.

use super::*;

const A: &str = "https://media.example/a.jpg";
const V: &str = "https://media.example/a.mp4";

/// The least of each kind.
fn kinds() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    vec![
        ("image", vec![("image_url", A)]),
        ("image child", vec![("image_url", A), ("is_carousel_item", "true")]),
        ("video child", vec![("media_type", "VIDEO"), ("video_url", V), ("is_carousel_item", "true")]),
        ("carousel", vec![("media_type", "CAROUSEL")]),
        ("reel", vec![("media_type", "REELS"), ("video_url", V)]),
        ("image story", vec![("media_type", "STORIES"), ("image_url", A)]),
        ("video story", vec![("media_type", "STORIES"), ("video_url", V)]),
    ]
}

impl Stage {
    /// Items for a carousel, ready.
    async fn children(&self, count: usize) -> String {
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(self.create(&[("image_url", A), ("is_carousel_item", "true")]).await.id());
        }
        self.process();
        ids.join(",")
    }
}

#[tokio::test]
async fn which_field_goes_with_which_kind() {
    let stage = Stage::new();
    stage.instagram.add_place("7640348500", "Berlin");
    let children = stage.children(2).await;
    let placed = r#"[{"username":"bob","x":0.5,"y":1.0}]"#;
    let named = r#"[{"username":"bob"}]"#;
    let trial = r#"{"graduation_strategy":"MANUAL"}"#;
    // In the order of the kinds: y works, n does not. The last column: only with a Facebook login.
    for (name, value, works, facebook_only) in [
        ("caption", "Hi #rust", "ynnyynn", false),
        ("alt_text", "a cup", "yynnnnn", false),
        ("user_tags", placed, "yynnnyy", false),
        ("user_tags", named, "nnynyyy", false),
        ("location_id", "7640348500", "ynnyynn", false),
        ("collaborators", r#"["bob"]"#, "ynnyynn", false),
        ("share_to_feed", "true", "nnnyynn", false),
        ("cover_url", A, "nnnnynn", false),
        ("thumb_offset", "0", "nnynynn", false),
        ("audio_name", "song", "nnnnynn", false),
        ("audio_configuration", r#"{"audio_id":"1","audio_volume":50}"#, "nnnnynn", true),
        ("trial_params", trial, "nnnnynn", false),
        ("is_ai_generated", "true", "ynnyyyy", false),
        ("is_paid_partnership", "true", "ynnyynn", true),
        ("branded_content_sponsor_ids", r#"["12"]"#, "ynnyynn", true),
        ("product_tags", "[]", "nnnnnnn", true),
        ("cross_post_to_threads", "true", "nnnnnnn", true),
        ("upload_type", "resumable", "nnnnnnn", true),
        ("children", "1,2", "nnnnnnn", false),
    ] {
        for ((kind, mut fields), letter) in kinds().into_iter().zip(works.chars()) {
            if kind == "carousel" {
                fields.push(("children", &children));
            }
            fields.push((name, value));
            let there = stage.facebook(Method::POST, &stage.at("media"), &fields).await;
            assert_eq!(there.status == 200, letter == 'y', "{name} with {kind}: {}", there.body);
            let here = stage.create(&fields).await;
            assert_eq!(here.status == 200, letter == 'y' && !facebook_only, "{name} with {kind}: {}", here.body);
        }
    }
}

#[tokio::test]
async fn what_fields_may_say() {
    let stage = Stage::new();
    let long = "é".repeat(2_201);
    let emoji = "🦀".repeat(1_101);
    let hashtags = "#a ".repeat(31);
    let mentions = "@a ".repeat(21);
    let alt = "x".repeat(1_001);
    let tag = r#"{"username":"bob","x":0,"y":0}"#;
    let tags = format!("[{}]", [tag; 21].join(","));
    stage.instagram.configure(|options| options.unavailable_users = vec!["private.one".to_owned()]);
    for (name, value, code, subcode) in [
        ("caption", long.as_str(), 36_004, 2_207_010),
        ("caption", &emoji, 36_004, 2_207_010),
        ("caption", &hashtags, 100, 2_207_040),
        ("caption", &mentions, 100, 2_207_040),
        ("alt_text", &alt, 100, 0),
        ("user_tags", &tags, 100, 2_207_040),
        ("user_tags", r#"[{"username":"bob"}]"#, 100, 0),
        ("user_tags", r#"[{"username":"bob","x":0.5}]"#, 100, 0),
        ("user_tags", r#"[{"username":"bob","x":1.1,"y":0}]"#, 100, 0),
        ("user_tags", r#"[{"username":"private.one","x":1,"y":0}]"#, 100, 0),
        ("user_tags", r#"[{"user":"bob","x":1,"y":0}]"#, 100, 0),
        ("user_tags", "bob", 100, 0),
        ("collaborators", r#"["a","b","c","d"]"#, 100, 0),
        ("collaborators", r#"["private.one"]"#, 100, 0),
        ("collaborators", r#"["@bob"]"#, 100, 0),
        ("collaborators", r#"["ann"]"#, 100, 0),
        ("location_id", "1", 100, 0),
        ("is_ai_generated", "yes", 100, 0),
        ("image_url", "", 100, 0),
    ] {
        let mut fields = image();
        fields.retain(|(key, _)| *key != name);
        fields.push((name, value));
        stage.create(&fields).await.fails(code, subcode);
    }
    stage.create(&[("image_url", A), ("location_id", "1")]).await.says("INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID");
    for (name, value) in [
        ("thumb_offset", "-1"),
        ("thumb_offset", "1.5"),
        ("trial_params", r#"{"graduation_strategy":"NEVER"}"#),
        ("trial_params", r#"{"graduation_strategy":"MANUAL","a":1}"#),
        ("audio_configuration", "{}"),
        ("share_to_feed", ""),
    ] {
        let fields = [reel(), vec![(name, value)]].concat();
        stage.facebook(Method::POST, &stage.at("media"), &fields).await.fails(100, 0);
    }
    let edge = "é".repeat(2_170) + &"#a".repeat(3) + &" #b".repeat(8);
    assert_eq!(edge.encode_utf16().count(), 2_200);
    stage.create(&[("image_url", A), ("caption", &edge)]).await.id();
    // Neither in a word nor alone.
    stage.create(&[("image_url", A), ("caption", &"a#a a@b # @ ".repeat(40))]).await.id();
}

#[tokio::test]
async fn kinds_that_are_none() {
    let stage = Stage::new();
    for (fields, code, subcode) in [
        (vec![("media_type", "VIDEO"), ("video_url", V)], 100, 2_207_023),
        (vec![("media_type", "IMAGE"), ("image_url", A)], 100, 2_207_023),
        (vec![("media_type", "GIF"), ("image_url", A)], 100, 2_207_023),
        (vec![("media_type", "REELS"), ("video_url", V), ("is_carousel_item", "true")], 100, 0),
        (vec![("media_type", "REELS"), ("image_url", A)], 100, 0),
        (vec![("media_type", "STORIES")], 100, 0),
        (vec![("media_type", "STORIES"), ("video_url", V), ("image_url", A)], 100, 0),
        (vec![("video_url", V)], 100, 0),
        (vec![("caption", "no picture")], 100, 0),
        (vec![("media_type", "CAROUSEL")], 100, 2_207_028),
    ] {
        stage.create(&fields).await.fails(code, subcode);
    }
    let bob = stage.instagram.sign_up(SignUp { trial_reels: false, kind: AccountKind::Creator, ..SignUp::default() });
    let trial = [reel(), vec![("trial_params", r#"{"graduation_strategy":"MANUAL"}"#)]].concat();
    stage.post_as(&bob.access_token, Door::Instagram, "me/media", &trial).await.fails(100, 2_207_081);
    let story = [("media_type", "STORIES"), ("image_url", A)];
    stage.post_as(&bob.access_token, Door::Instagram, "me/media", &story).await.id();
    stage.instagram.configure(|options| options.stories_for_business_only = true);
    stage.post_as(&bob.access_token, Door::Instagram, "me/media", &story).await.fails(10, 0);
    stage.create(&story).await.id();
}

#[tokio::test]
async fn items_of_a_carousel() {
    let stage = Stage::new();
    let carousel = async |children: &str| {
        let fields = [("media_type", "CAROUSEL"), ("children", children), ("caption", "all")];
        stage.create(&fields).await
    };
    let one = stage.children(1).await;
    carousel(&one).await.fails(100, 2_207_028);
    let eleven = stage.children(11).await;
    carousel(&eleven).await.fails(100, 2_207_028);
    carousel(&format!("{one},{one}")).await.fails(100, 0);
    carousel(&format!("{one},abc")).await.fails(100, 0);
    carousel(&format!("{one},17889999999999999")).await.fails(24, 2_207_006);
    let whole = stage.create(&image()).await.id();
    stage.process();
    carousel(&format!("{one},{whole}")).await.fails(100, 0);
    let bob = stage.instagram.sign_up(SignUp::default());
    let item = [("image_url", A), ("is_carousel_item", "true")];
    let foreign = stage.post_as(&bob.access_token, Door::Instagram, "me/media", &item).await.id();
    let unfinished = stage.create(&item).await.id();
    carousel(&format!("{one},{unfinished}")).await.fails(9_007, 2_207_027);
    stage.process();
    carousel(&format!("{one},{foreign}")).await.fails(24, 2_207_006);
    stage.publish(&unfinished).await.fails(100, 0);
    stage.put("/bad.mp4", "video/mp4", Film { millis: 1, ..Film::default() }.bytes());
    let film = [("media_type", "VIDEO"), ("is_carousel_item", "true"), ("video_url", "https://media.example/bad.mp4")];
    let broken = stage.create(&film).await.id();
    stage.process();
    carousel(&format!("{one},{broken}")).await.fails(-1, 2_207_032);
    // As JSON too, and not published before it is ready itself.
    let ten = eleven.split(',').take(10).collect::<Vec<_>>();
    let container = carousel(&json!(ten).to_string()).await.id();
    stage.publish(&container).await.fails(9_007, 2_207_027);
    stage.process();
    stage.publish(&container).await.id();
    assert_eq!(stage.seen()[0].media.len(), 10);
    assert_eq!(stage.status(ten[0]).await.0, "PUBLISHED");
    carousel(&format!("{one},{}", ten[0])).await.fails(24, 2_207_006);
    let collaborators = [("media_type", "CAROUSEL"), ("children", &one), ("collaborators", "bob")];
    stage.instagram.configure(|options| options.carousel_collaborators = false);
    stage.create(&collaborators).await.says("The param collaborators is not allowed");
}

#[tokio::test]
async fn a_container_is_processed_published_or_over() {
    let stage = Stage::new();
    let container = stage.create(&image()).await.id();
    let progress = "In progress: Media is still being processed.";
    assert_eq!(stage.status(&container).await, ("IN_PROGRESS".to_owned(), progress.to_owned()));
    stage.publish(&container).await.fails(9_007, 2_207_027);
    stage.process();
    let finished = "Finished: Media has been uploaded and it is ready to be published.";
    assert_eq!(stage.status(&container).await, ("FINISHED".to_owned(), finished.to_owned()));
    let other = stage.create(&image()).await.id();
    let media = stage.publish(&container).await.id();
    assert_ne!(media, container);
    let published = "Published: Media has been successfully published.";
    assert_eq!(stage.status(&container).await, ("PUBLISHED".to_owned(), published.to_owned()));
    stage.publish(&container).await.fails(24, 2_207_006);
    stage.advance(DAY - 10);
    assert_eq!(stage.status(&other).await.0, "FINISHED");
    stage.advance(10);
    assert_eq!(stage.status(&other).await.0, "EXPIRED");
    stage.publish(&other).await.fails(24, 2_207_008);
    assert_eq!(stage.status(&container).await.0, "PUBLISHED");
    assert_eq!(stage.seen().len(), 1);
    stage.get(&format!("{other}?fields=caption")).await.says("node type (ShadowIGMediaBuilder)");
    stage.get("17889999999999999").await.fails(100, 33);
    let bob = stage.instagram.sign_up(SignUp::default());
    let request = Request::get(format!("/v26.0/{container}?access_token={}", bob.access_token));
    stage.send(Door::Instagram, request.body(Body::empty()).unwrap()).await.fails(100, 33);
}

#[tokio::test]
async fn containers_by_script() {
    let stage = Stage::new();
    let failure = "Error: Media upload has failed with error code 2207053".to_owned();
    stage.instagram.configure(|options| {
        let fates = [
            Fate::Takes(Duration::from_secs(1_200)),
            Fate::Fails(failure.clone()),
            Fate::FailsWithoutCode(failure.clone()),
        ];
        options.next_containers.extend(fates);
    });
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(stage.create(&reel()).await.id());
    }
    stage.advance(1_190);
    assert_eq!(stage.status(&ids[0]).await.0, "IN_PROGRESS");
    assert_eq!(stage.status(&ids[1]).await, ("ERROR".to_owned(), failure.clone()));
    assert_eq!(stage.get(&format!("{}?fields=status_code,status", ids[2])).await.ok().get("status_code"), None);
    assert_eq!(stage.status(&ids[2]).await, (String::new(), failure));
    assert_eq!(stage.status(&ids[3]).await.0, "FINISHED");
    stage.publish(&ids[1]).await.fails(-1, 2_207_032);
    stage.advance(10);
    assert_eq!(stage.status(&ids[0]).await.0, "FINISHED");
}

#[tokio::test]
async fn so_many_containers_in_a_day() {
    let stage = Stage::new();
    stage.instagram.configure(|options| options.containers_per_day = 2);
    stage.create(&image()).await.id();
    stage.advance(DAY / 2);
    stage.create(&image()).await.id();
    stage.create(&image()).await.fails(9, 2_207_042);
    stage.advance(DAY / 2);
    stage.create(&image()).await.id();
    stage.create(&image()).await.fails(9, 2_207_042);
}

#[tokio::test]
async fn a_page_token_may_not_see_containers() {
    let stage = Stage::new();
    let container = stage.facebook(Method::POST, &stage.at("media"), &image()).await.id();
    stage.facebook(Method::GET, &container, &[]).await.id();
    stage.instagram.configure(|options| options.page_tokens_read_containers = false);
    stage.facebook(Method::GET, &container, &[]).await.fails(100, 33);
    stage.facebook_token("EAApage", None, PAGE_SCOPES);
    stage.facebook(Method::GET, &container, &[]).await.id();
}

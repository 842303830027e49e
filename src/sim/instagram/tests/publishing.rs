//! Publishing, and what there is to see and to read afterwards.

use super::*;

const A: &str = "https://media.example/a.jpg";
const FIELDS: &str = "fields=id,permalink,shortcode,timestamp,media_type,media_product_type,caption,alt_text";

#[tokio::test]
async fn a_picture_with_all_it_can_say() {
    let stage = Stage::new();
    stage.instagram.add_place("7640348500", "Berlin");
    let caption = "Tea & #rust\n\n  @bob 🦀";
    let fields = [
        ("image_url", A),
        ("caption", caption),
        ("alt_text", "a cup of tea"),
        ("user_tags", r#"[{"username":"bob","x":0.5,"y":0.8}]"#),
        ("collaborators", r#"["carol","dave"]"#),
        ("location_id", "7640348500"),
        ("is_ai_generated", "true"),
    ];
    let id = stage.published(&fields).await;
    let seen = stage.seen();
    let [post] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!((post.platform, post.kind, &post.id, &post.author), ("instagram", "post", &id, &stage.ann.id));
    assert_eq!((post.text.as_str(), post.visibility.as_str()), (caption, "public"));
    let [picture] = &post.media[..] else { panic!("{post:?}") };
    assert_eq!((picture.mime.as_str(), picture.alt.as_deref()), ("image/jpeg", Some("a cup of tea")));
    assert_eq!(&*picture.bytes, jpeg(1080, 1080));
    let details = [
        ("collaborators", "carol,dave".to_owned()),
        ("location_id", "7640348500".to_owned()),
        ("is_ai_generated", "true".to_owned()),
        ("user_tag", "bob 0.5,0.8".to_owned()),
    ];
    assert_eq!(post.details, details);
    let body = stage.get(&format!("{id}?{FIELDS}")).await.ok();
    assert_eq!((&body["media_type"], &body["media_product_type"]), (&json!("IMAGE"), &json!("FEED")));
    assert_eq!((&body["caption"], &body["alt_text"]), (&json!(caption), &json!("a cup of tea")));
    assert_eq!(body["permalink"], json!(post.url));
    assert_eq!(post.url, format!("https://www.instagram.com/p/{}/", body["shortcode"].as_str().unwrap()));
    let stamp = body["timestamp"].as_str().unwrap();
    assert!(stamp.ends_with("+0000") && stamp.len() == 24, "{stamp}");
}

#[tokio::test]
async fn a_reel_with_its_cover() {
    let stage = Stage::new();
    let fields =
        [reel(), vec![("caption", "clip"), ("cover_url", A), ("thumb_offset", "0"), ("share_to_feed", "false")]];
    let id = stage.published(&fields.concat()).await;
    let post = &stage.seen()[0];
    assert_eq!((post.kind, post.media[0].mime.as_str()), ("reel", "video/mp4"));
    assert_eq!(post.media[0].cover.as_deref(), Some(&jpeg(1080, 1080)[..]));
    assert_eq!(&*post.media[0].bytes, Film::default().bytes());
    let details = [("share_to_feed", "false".to_owned()), ("thumb_offset", "0".to_owned())];
    assert_eq!(post.details, details);
    assert!(post.url.starts_with("https://www.instagram.com/reel/"));
    let body = stage.get(&format!("{id}?{FIELDS},is_shared_to_feed,thumbnail_url")).await.ok();
    assert_eq!((&body["media_type"], &body["media_product_type"]), (&json!("VIDEO"), &json!("REELS")));
    assert_eq!(body["is_shared_to_feed"], false);
    let trial = [reel(), vec![("trial_params", r#"{"graduation_strategy":"MANUAL"}"#)]].concat();
    stage.published(&trial).await;
    assert_eq!(stage.seen()[1].visibility, "trial");
}

#[tokio::test]
async fn a_carousel_keeps_its_order() {
    let stage = Stage::new();
    stage.put("/b.jpg", "image/jpeg", jpeg(1000, 900));
    let item = |address| [("is_carousel_item", "true"), address];
    let film =
        [item(("video_url", "https://media.example/a.mp4")), [("media_type", "VIDEO"), ("thumb_offset", "9")]].concat();
    let b = [item(("image_url", "https://media.example/b.jpg")).to_vec(), vec![("alt_text", "b")]].concat();
    let ids =
        [stage.create(&b).await.id(), stage.create(&film).await.id(), stage.create(&item(("image_url", A))).await.id()];
    stage.process();
    let id = stage.published(&[("media_type", "CAROUSEL"), ("children", &ids.join(",")), ("caption", "three")]).await;
    let post = &stage.seen()[0];
    let mimes: Vec<_> = post.media.iter().map(|media| (media.mime.as_str(), media.alt.as_deref())).collect();
    assert_eq!(mimes, [("image/jpeg", Some("b")), ("video/mp4", None), ("image/jpeg", None)]);
    assert_eq!(&*post.media[0].bytes, jpeg(1000, 900));
    let body = stage.get(&format!("{id}?fields=media_type,children{{id,media_type}}")).await.ok();
    assert_eq!(body["media_type"], "CAROUSEL_ALBUM");
    let children = body["children"]["data"].as_array().unwrap();
    assert_eq!(children[1]["media_type"], "VIDEO");
    let listed = stage.get(&format!("{id}/children?fields=media_type")).await.ok();
    assert_eq!(listed["data"][2]["media_type"], "IMAGE");
    let child = children[0]["id"].as_str().unwrap();
    assert_eq!(
        stage.get(&format!("{child}?fields=permalink,alt_text")).await.ok(),
        json!({"alt_text": "b", "id": child})
    );
    stage.facebook(Method::DELETE, child, &[]).await.fails(-1, 2_207_073);
}

#[tokio::test]
async fn a_story_is_gone_after_a_day() {
    let stage = Stage::new();
    let id = stage.published(&[("media_type", "STORIES"), ("image_url", A)]).await;
    stage.advance(10);
    let body = stage.get(&format!("{id}?fields=media_product_type,permalink")).await.ok();
    assert_eq!(body["media_product_type"], "STORY");
    assert!(body["permalink"].as_str().unwrap().starts_with("https://www.instagram.com/stories/ann/"));
    assert_eq!(stage.get("me/stories").await.ok()["data"], json!([{ "id": id }]));
    assert_eq!(stage.get("me/media").await.ok(), json!({ "data": [] }));
    assert_eq!(stage.seen()[0].kind, "story");
    stage.advance(DAY);
    assert_eq!(stage.seen(), []);
    stage.get(&id).await.fails(100, 33);
    assert_eq!(stage.get("me/stories").await.ok()["data"], json!([]));
}

#[tokio::test]
async fn what_publishing_refuses() {
    let stage = Stage::new();
    stage.post(&stage.at("media_publish"), &[]).await.fails(100, 0);
    stage.publish("abc").await.fails(100, 0);
    stage.publish("17889999999999999").await.fails(24, 2_207_008);
    let bob = stage.instagram.sign_up(SignUp::default());
    let foreign = stage.post_as(&bob.access_token, Door::Instagram, "me/media", &image()).await.id();
    stage.process();
    stage.publish(&foreign).await.fails(24, 2_207_006);
    let container = stage.create(&image()).await.id();
    stage.process();
    let fields = [("creation_id", container.as_str()), ("caption", "late")];
    stage.post(&stage.at("media_publish"), &fields).await.fails(100, 0);
    // Read after write.
    let fields = [("creation_id", container.as_str()), ("fields", "permalink,media_type")];
    let body = stage.post(&stage.at("media_publish"), &fields).await.ok();
    assert_eq!(body["media_type"], "IMAGE");
    assert!(body["permalink"].is_string() && body["id"].is_string());
    assert_eq!(stage.seen().len(), 1);
}

#[tokio::test]
async fn publishing_by_script() {
    let stage = Stage::new();
    let container = stage.create(&image()).await.id();
    stage.process();
    stage.instagram.configure(|options| {
        options.next_publishings.extend([
            Publishing::NotFound,
            Publishing::Spam { live: false },
            Publishing::ServerError { live: false },
            Publishing::Spam { live: true },
        ]);
    });
    stage.publish(&container).await.fails(24, 2_207_008);
    stage.publish(&container).await.fails(4, 2_207_051);
    stage.publish(&container).await.fails(-1, 2_207_001);
    assert_eq!((stage.seen().len(), stage.status(&container).await.0.as_str()), (0, "FINISHED"));
    stage.publish(&container).await.fails(4, 2_207_051);
    assert_eq!((stage.seen().len(), stage.status(&container).await.0.as_str()), (1, "PUBLISHED"));
    let container = stage.create(&image()).await.id();
    stage.process();
    stage.instagram.configure(|options| options.next_publishings.push_back(Publishing::Unavailable { live: true }));
    let got = stage.publish(&container).await;
    assert_eq!((got.status, &got.json()["error"]["is_transient"]), (500, &json!(true)));
    assert_eq!(stage.seen().len(), 2);
}

#[tokio::test]
async fn so_many_posts_in_a_rolling_day() {
    let stage = Stage::new();
    let limit = async |query: &str| stage.get(&format!("me/content_publishing_limit?{query}")).await;
    let empty = json!({"data": [{"quota_usage": 0, "config": {"quota_total": 50, "quota_duration": 86_400}}]});
    assert_eq!(limit("fields=quota_usage,config").await.ok(), empty);
    stage.instagram.configure(|options| options.quota_total = 2);
    stage.published(&image()).await;
    stage.advance(DAY / 2);
    stage.published(&[("media_type", "STORIES"), ("image_url", A)]).await;
    assert_eq!(limit("").await.ok(), json!({"data": [{"quota_usage": 2}]}));
    let now = state::seconds(stage.world.now());
    assert_eq!(limit(&format!("since={}", now - 3_600)).await.ok()["data"][0]["quota_usage"], 1);
    limit(&format!("since={}", now - DAY - 60)).await.fails(100, 0);
    limit("fields=quota").await.fails(100, 0);
    let third = stage.create(&image()).await.id();
    stage.process();
    stage.publish(&third).await.fails(9, 2_207_042);
    assert_eq!(stage.status(&third).await.0, "FINISHED");
    stage.instagram.configure(|options| options.stories_count = false);
    stage.publish(&third).await.fails(9, 2_207_042);
    stage.published(&[("media_type", "STORIES"), ("image_url", A)]).await;
    stage.advance(DAY / 2);
    stage.publish(&third).await.id();
}

#[tokio::test]
async fn the_list_of_media_lags_and_has_pages() {
    let stage = Stage::new();
    let mut ids = Vec::new();
    for caption in ["one", "two", "three"] {
        ids.insert(0, stage.published(&[("image_url", A), ("caption", caption)]).await);
    }
    let listed = |body: &Value| -> Vec<String> {
        body["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(listed(&stage.get("me/media").await.ok()), ids[1..]);
    stage.advance(3);
    let body = stage.get("me/media?fields=caption,permalink&limit=2").await.ok();
    assert_eq!((listed(&body), &body["data"][0]["caption"]), (ids[..2].to_vec(), &json!("three")));
    let next = body["paging"]["next"].as_str().unwrap();
    assert!(next.contains(&stage.ann.access_token) && next.starts_with("https://graph.instagram.com/v26.0/me/media?"));
    let request = Request::get(next.strip_prefix("https://graph.instagram.com").unwrap()).body(Body::empty()).unwrap();
    let rest = stage.send(Door::Instagram, request).await.ok();
    assert_eq!((listed(&rest), rest["paging"].get("next")), (ids[2..].to_vec(), None));
    assert_eq!(rest["data"][0]["caption"], "one");
    let before = body["paging"]["cursors"]["after"].as_str().unwrap();
    assert_eq!(listed(&stage.get(&format!("me/media?before={before}")).await.ok()), ids[..1]);
    let since = state::seconds(stage.world.now()) - 120;
    assert_eq!(listed(&stage.get(&format!("me/media?since={since}")).await.ok()), ids[..2]);
    assert_eq!(listed(&stage.get(&format!("me/media?until={since}")).await.ok()), ids[2..]);
    stage.get("me/media?limit=101").await.fails(100, 0);
    stage.get("me/media?after=x").await.fails(100, 0);
    assert_eq!(stage.get("me?fields=media_count").await.ok()["media_count"], 3);
    let bob = stage.instagram.sign_up(SignUp::default());
    let request = Request::get(format!("/v26.0/me/media?access_token={}", bob.access_token));
    let got = stage.send(Door::Instagram, request.body(Body::empty()).unwrap()).await;
    assert_eq!(got.ok(), json!({ "data": [] }));

    stage.instagram.configure(|options| options.captions_with_instagram_login = false);
    let body = stage.get("me/media?fields=caption").await.ok();
    assert_eq!(body["data"][0].get("caption"), None);
    let there = stage.facebook(Method::GET, &format!("{}?fields=caption", stage.at("media")), &[]).await.ok();
    assert_eq!(there["data"][0]["caption"], "three");
}

#[tokio::test]
async fn comments_can_be_made_and_switched_off() {
    let stage = Stage::new();
    let media = stage.published(&image()).await;
    let path = format!("{media}/comments");
    stage.post(&path, &[("message", "")]).await.fails(100, 0);
    let id = stage.post(&path, &[("message", "first & more")]).await.id();
    let seen = stage.seen();
    assert_eq!((seen[1].kind, seen[1].text.as_str(), &seen[1].id), ("comment", "first & more", &id));
    assert_eq!(seen[1].reply_to.as_deref(), Some(media.as_str()));
    let listed = stage.get(&path).await.ok();
    assert_eq!((&listed["data"][0]["text"], &listed["data"][0]["id"]), (&json!("first & more"), &json!(id)));
    assert_eq!(stage.get(&format!("{id}?fields=username")).await.ok()["username"], "ann");
    let body = stage.get(&format!("{media}?fields=comments_count,comments{{text}}")).await.ok();
    assert_eq!(body["comments"]["data"], json!([{"text": "first & more"}]));
    assert_eq!(body["comments_count"], 1);

    for (fields, code) in [(vec![("caption", "new")], 100), (vec![], 100), (vec![("comment_enabled", "perhaps")], 100)]
    {
        stage.post(&media, &fields).await.fails(code, 0);
    }
    assert_eq!(stage.post(&media, &[("comment_enabled", "false")]).await.ok(), json!({"success": true}));
    stage.post(&path, &[("message", "second")]).await.fails(100, 0);
    assert!(stage.seen()[0].details.contains(&("comment_enabled", "false".to_owned())));
    let request = Request::delete(format!("/v26.0/{id}?access_token={}", stage.ann.access_token));
    stage.send(Door::Instagram, request.body(Body::empty()).unwrap()).await.ok();
    assert_eq!(stage.seen().len(), 1);
}

#[tokio::test]
async fn deleting_needs_a_facebook_login() {
    let stage = Stage::new();
    let media = stage.published(&image()).await;
    let request = Request::delete(format!("/v26.0/{media}?access_token={}", stage.ann.access_token));
    stage.send(Door::Instagram, request.body(Body::empty()).unwrap()).await.fails(100, 33);
    let got = stage.facebook(Method::DELETE, &media, &[]).await;
    assert_eq!(got.ok(), json!({"success": true, "deleted_id": media}));
    assert_eq!(stage.seen(), []);
    stage.get(&media).await.fails(100, 33);
    stage.facebook(Method::DELETE, &media, &[]).await.fails(100, 33);
    stage.advance(10);
    assert_eq!(stage.get("me/media").await.ok()["data"], json!([]));
}

#[tokio::test]
async fn errors_have_the_documented_shape() {
    let stage = Stage::new();
    stage.put("/large.jpg", "image/jpeg", [jpeg(9, 9), vec![0; 8 << 20]].concat());
    let got = stage.create(&[("image_url", "https://media.example/large.jpg")]).await;
    let error = &got.json()["error"];
    let told = "The image is too large to download. It should be less than 8 MiB.";
    let expected = json!({
        "message": "The image size is too large.",
        "type": "OAuthException",
        "code": 36_000,
        "error_subcode": 2_207_004,
        "is_transient": false,
        "error_user_title": "Image size too large",
        "error_user_msg": told,
        "fbtrace_id": error["fbtrace_id"],
    });
    assert_eq!(error, &expected);
    assert!(got.header("content-type").starts_with("application/json"));
}

#[tokio::test]
async fn served_on_loopback_with_the_other_platforms() {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut sim = crate::sim::Sim::start().await.unwrap();
    let site = |path: &str| match path {
        "/a.jpg" => Page::file("image/jpeg", jpeg(1080, 1080)),
        _ => Page::missing(),
    };
    sim.put_up("media.example", Arc::new(site)).await.unwrap();
    sim.instagram.configure(|options| options.image_delay = Duration::ZERO);
    let ann = sim.instagram.sign_up(SignUp::default());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let at = |host: &str| sim.hosts().iter().find(|(name, _)| name == host).unwrap().1;
    let post = async |path: &str, fields: &[(&str, &str)]| -> Value {
        let address = format!("http://{}/v26.0/me/{path}", at("graph.instagram.com"));
        let answer = http.post(address).bearer_auth(&ann.access_token).form(fields).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    };
    let container = post("media", &[("image_url", A), ("caption", "served")]).await;
    let creation = container["id"].as_str().unwrap();
    let media = post("media_publish", &[("creation_id", creation)]).await;
    assert_eq!(sim.seen()[0].text, "served");
    // At Facebook's hosts the path tells that it is ours, and an Instagram token is nothing there.
    let address = format!("http://{}/v26.0/{}", at("graph.facebook.com"), media["id"].as_str().unwrap());
    let answer = http.get(address).bearer_auth(&ann.access_token).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 400);
    assert!(answer.text().await.unwrap().contains("\"code\":190"));
}

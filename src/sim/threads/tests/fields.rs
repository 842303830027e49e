//! Which parameters a container takes, and what they may hold.

use serde_json::json;

use super::*;

/// A value that is right by itself.
fn value(name: &str, post: &str) -> String {
    match name {
        "text" => "Hi",
        "image_url" => "https://media.example/a.jpg",
        "video_url" => "https://media.example/c.mp4",
        "alt_text" => "A cat",
        "reply_to_id" | "quote_post_id" => post,
        "reply_control" => "followers_only",
        "topic_tag" => "Tea",
        "link_attachment" => "https://web.example/",
        "poll_attachment" => r#"{"option_a":"Yes","option_b":"No"}"#,
        "text_attachment" => r#"{"plaintext":"Long"}"#,
        "gif_attachment" => r#"{"gif_id":"x1","provider":"GIPHY"}"#,
        "text_entities" => r#"[{"entity_type":"SPOILER","offset":0,"length":2}]"#,
        "allowlisted_country_codes" => "DE,US",
        "location_id" => "77",
        _ => "true",
    }
    .to_owned()
}

fn bench() -> (Bench, Member) {
    let bench = Bench::new();
    bench.threads.add_location("77", "Tea house");
    let mut sign_up = SignUp { username: "geo".to_owned(), geo_gating: true, ..SignUp::default() };
    sign_up.scopes.extend(["threads_location_tagging", "threads_share_to_instagram"].map(str::to_owned));
    let member = bench.threads.sign_up(sign_up);
    (bench, member)
}

#[tokio::test]
async fn every_parameter_with_every_kind() {
    // TEXT, IMAGE, VIDEO, CAROUSEL, image item, video item.
    #[rustfmt::skip]
    const MATRIX: &[(&str, [u8; 6])] = &[
        ("text",                      [1, 1, 1, 1, 0, 0]),
        ("image_url",                 [0, 1, 0, 0, 1, 0]),
        ("video_url",                 [0, 0, 1, 0, 0, 1]),
        ("alt_text",                  [0, 1, 1, 0, 1, 1]),
        ("reply_to_id",               [1, 1, 1, 1, 0, 0]),
        ("reply_control",             [1, 1, 1, 1, 0, 0]),
        ("enable_reply_approvals",    [1, 1, 1, 1, 0, 0]),
        ("quote_post_id",             [1, 1, 1, 1, 0, 0]),
        ("topic_tag",                 [1, 1, 1, 1, 0, 0]),
        ("link_attachment",           [1, 0, 0, 0, 0, 0]),
        ("poll_attachment",           [1, 0, 0, 0, 0, 0]),
        ("text_attachment",           [1, 0, 0, 0, 0, 0]),
        ("gif_attachment",            [1, 0, 0, 0, 0, 0]),
        ("text_entities",             [1, 1, 1, 1, 0, 0]),
        ("is_spoiler_media",          [0, 1, 1, 1, 0, 0]),
        ("is_ghost_post",             [1, 0, 0, 0, 0, 0]),
        ("allowlisted_country_codes", [1, 1, 1, 1, 0, 0]),
        ("location_id",               [1, 1, 1, 1, 0, 0]),
        ("crossreshare_to_ig",        [1, 1, 1, 1, 0, 0]),
        ("auto_publish_text",         [1, 0, 0, 0, 0, 0]),
        ("nonsense",                  [0, 0, 0, 0, 0, 0]),
    ];
    let (bench, geo) = bench();
    let post = bench.said("Parent").await;
    let item = [("media_type", "IMAGE"), ("image_url", "https://media.example/a.jpg"), ("is_carousel_item", "true")];
    let mut items = Vec::new();
    for _ in 0..2 {
        items.push(bench.post_as(&geo, "/me/threads", &item).await.id());
    }
    bench.advance(60);
    let items = items.join(",");
    let film = [("media_type", "VIDEO"), ("video_url", "https://media.example/c.mp4")];
    let kinds: [Vec<(&str, &str)>; 6] = [
        vec![("media_type", "TEXT"), ("text", "Hi")],
        vec![("media_type", "IMAGE"), ("image_url", "https://media.example/a.jpg"), ("text", "Hi")],
        [film.as_slice(), &[("text", "Hi")]].concat(),
        vec![("media_type", "CAROUSEL"), ("children", &items), ("text", "Hi")],
        item.to_vec(),
        [film.as_slice(), &[("is_carousel_item", "true")]].concat(),
    ];
    for (name, row) in MATRIX {
        for (kind, fine) in kinds.iter().zip(row) {
            let value = value(name, &post);
            let mut fields = kind.clone();
            if !fields.iter().any(|(field, _)| field == name) {
                fields.push((name, &value));
            }
            let got = bench.post_as(&geo, "/me/threads", &fields).await;
            if *fine == 1 {
                assert_eq!(got.status, 200, "{name} {kind:?}: {}", got.body);
            } else {
                got.fails(100, None, name);
            }
        }
    }
    bench
        .post_as(&geo, "/me/threads", &[kinds[0].as_slice(), &[("children", &items)]].concat())
        .await
        .fails(100, None, "children");
    bench
        .post_as(&geo, "/me/threads", &[kinds[3].as_slice(), &[("is_carousel_item", "true")]].concat())
        .await
        .fails(100, None, "");
}

#[tokio::test]
async fn what_is_missing_or_wrong() {
    let (bench, geo) = bench();
    let text = [("media_type", "TEXT"), ("text", "Hi")];
    let long_option = format!(r#"{{"option_a":"{}","option_b":"b"}}"#, "x".repeat(26));
    let long_topic = "x".repeat(51);
    let long_alt = "x".repeat(1_001);
    let long_plain = format!(r#"{{"plaintext":"{}"}}"#, "x".repeat(10_001));
    let overlap = r#"{"plaintext":"abcdef","text_with_styling_info":[{"offset":0,"length":4,"styling_info":["bold"]},{"offset":3,"length":2,"styling_info":["italic"]}]}"#;
    let style = r#"{"plaintext":"abcdef","text_with_styling_info":[{"offset":0,"length":4,"styling_info":["blink"]}]}"#;
    for (fields, part) in [
        (vec![("text", "Hi")], "media_type is required"),
        (vec![("media_type", "REELS")], "media_type"),
        (vec![("media_type", "TEXT")], "text is required"),
        (vec![("media_type", "TEXT"), ("text", " ")], "text is required"),
        (vec![("media_type", "IMAGE")], "image_url is required"),
        (vec![("media_type", "VIDEO"), ("text", "x")], "video_url is required"),
        (vec![("media_type", "CAROUSEL")], "children is required"),
        (vec![("media_type", "CAROUSEL"), ("children", "1")], "between 2 and 20"),
        (vec![("media_type", "CAROUSEL"), ("children", "1,1")], "twice"),
        (vec![("media_type", "VIDEO"), ("is_carousel_item", "true")], "video_url is required"),
        (vec![("media_type", "TEXT"), ("text", "a"), ("text", "b")], "twice"),
        (text_and("reply_control", "nobody"), "reply_control"),
        (text_and("enable_reply_approvals", "1"), "enable_reply_approvals"),
        (text_and("link_attachment", "web.example"), "parameter link_attachment is not a valid URL"),
        (text_and("link_attachment", "mailto:a@b.example"), "parameter link_attachment is not a valid URL"),
        (text_and("topic_tag", &long_topic), "topic_tag"),
        (text_and("topic_tag", "a.b"), "topic_tag"),
        (text_and("topic_tag", "a&b"), "topic_tag"),
        (text_and("poll_attachment", r#"{"options":["a","b"]}"#), "poll_attachment"),
        (text_and("poll_attachment", r#"{"option_a":"a"}"#), "poll_attachment"),
        (text_and("poll_attachment", r#"{"option_a":"a","option_b":"b","option_d":"d"}"#), "poll_attachment"),
        (text_and("poll_attachment", r#"{"option_a":"a","option_b":""}"#), "poll_attachment"),
        (text_and("poll_attachment", &long_option), "25"),
        (text_and("poll_attachment", "yes"), "poll_attachment"),
        (text_and("gif_attachment", r#"{"gif_id":"x","provider":"TENOR"}"#), "GIPHY"),
        (text_and("gif_attachment", r#"{"provider":"GIPHY"}"#), "gif_id"),
        (text_and("text_attachment", &long_plain), "10000"),
        (text_and("text_attachment", r#"{"text":"x"}"#), "text_attachment"),
        (text_and("text_attachment", overlap), "overlap"),
        (text_and("text_attachment", style), "text_attachment"),
        (text_and("text_attachment", r#"{"plaintext":"x","link_attachment_url":"x"}"#), "not a valid URL"),
        (text_and("text_entities", r#"[{"entity_type":"SPOILER","offset":1,"length":2}]"#), "within the text"),
        (text_and("text_entities", r#"[{"entity_type":"BOLD","offset":0,"length":1}]"#), "text_entities"),
        (text_and("crossreshare_to_ig_dark_mode", "true"), "needs crossreshare_to_ig"),
        (text_and("allowlisted_country_codes", "Germany"), "allowlisted_country_codes"),
        (text_and("location_id", "78"), "location_id"),
        (
            vec![("media_type", "IMAGE"), ("image_url", "https://media.example/a.jpg"), ("alt_text", &long_alt)],
            "1000 characters",
        ),
    ] {
        bench.post_as(&geo, "/me/threads", &fields).await.fails(100, None, part);
    }
    for (one, other) in [
        ("poll_attachment", "link_attachment"),
        ("text_attachment", "poll_attachment"),
        ("text_attachment", "link_attachment"),
        ("is_ghost_post", "reply_to_id"),
        ("is_ghost_post", "topic_tag"),
        ("is_ghost_post", "poll_attachment"),
        ("is_ghost_post", "reply_control"),
    ] {
        let (first, second) = (value(one, "1"), value(other, "1"));
        let fields = [text.as_slice(), &[(one, &first), (other, &second)]].concat();
        bench.post_as(&geo, "/me/threads", &fields).await.fails(100, None, "is not allowed");
    }
    let spoilers = value("text_entities", "");
    bench.make(&text_and_two(("is_ghost_post", "true"), ("text_entities", &spoilers))).await.id();
    bench.make(&[("media_type", "TEXT"), ("link_attachment", "https://web.example/")]).await.id();
    bench.make(&text_and("allowlisted_country_codes", "DE")).await.fails(100, None, "not allowed for this account");
    for (name, id) in [("reply_to_id", "17000000000000001"), ("quote_post_id", "17000000000000001")] {
        bench.make(&text_and(name, id)).await.fails(24, 4_279_009, id);
    }
}

fn text_and<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("media_type", "TEXT"), ("text", "Hi"), (name, value)]
}

fn text_and_two<'a>(one: (&'a str, &'a str), other: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    vec![("media_type", "TEXT"), ("text", "Hi"), one, other]
}

#[tokio::test]
async fn length_and_links() {
    let bench = Bench::new();
    let five: String = (1..=5).map(|n| format!("https://l{n}.example/ ")).collect();
    for (text, fine) in [
        ("x".repeat(500), true),
        ("x".repeat(501), false),
        ("é".repeat(500), true),
        ("👋".repeat(125), true),
        ("👋".repeat(126), false),
        ("👨‍👩‍👧‍👦".repeat(20), true),
        (format!("{}x", "👨‍👩‍👧‍👦".repeat(20)), false),
    ] {
        let got = bench.make(&[("media_type", "TEXT"), ("text", &text)]).await;
        if fine {
            got.id();
        } else {
            got.fails(100, None, "text must be at most 500 characters");
        }
    }
    let long = |link: &str| format!(r#"{{"plaintext":"x","link_attachment_url":"{link}"}}"#);
    let (same, other) = (long("https://l1.example/"), long("https://l6.example/"));
    for (fields, fine) in [
        (vec![("text", five.as_str())], true),
        (vec![("text", five.as_str()), ("link_attachment", "https://l3.example/")], true),
        (vec![("text", five.as_str()), ("link_attachment", "https://l6.example/")], false),
        (vec![("text", five.as_str()), ("text_attachment", &same)], true),
        (vec![("text", five.as_str()), ("text_attachment", &other)], false),
    ] {
        let got = bench.make(&[fields.as_slice(), &[("media_type", "TEXT")]].concat()).await;
        if fine {
            got.id();
        } else {
            got.fails(100, None, "THREADS_API__LINK_LIMIT_EXCEEDED");
        }
    }
    let six = format!("{five} https://l1.example/ https://l6.example/");
    bench.make(&[("media_type", "TEXT"), ("text", &six)]).await.fails(100, None, "THREADS_API__LINK_LIMIT_EXCEEDED");
}

#[tokio::test]
async fn what_the_platform_would_ignore() {
    let bench = Bench::new();
    let poll = r#"{"options":["a","b"]}"#;
    let json_body = |body: Value| {
        let target = format!("/v1.0/me/threads?access_token={}", bench.ann.access_token);
        let request = Request::builder().method("POST").uri(target).header("content-type", "application/json");
        request.body(Body::from(body.to_string())).unwrap()
    };
    let body = json!({"media_type": "TEXT", "text": "Tea", "topic_tag": "Tea", "reply_control": "mentioned_only"});
    bench.answer(json_body(body.clone())).await.fails(100, None, "form");

    bench.configure(|options| options.strict = false);
    bench.published(&text_and("poll_attachment", poll)).await;
    bench.published(&text_and("topic_tag", "a.b")).await;
    bench.published(&text_and("nonsense", "x")).await;
    let container = bench.answer(json_body(body)).await.id();
    bench.advance(60);
    bench.publish(&container).await.id();
    for post in bench.seen() {
        assert_eq!((post.poll, post.details), (None, vec![]), "{}", post.text);
    }
    assert_eq!(bench.seen()[3].text, "Tea");
}

#[tokio::test]
async fn everything_is_shown() {
    let (bench, geo) = bench();
    bench.put_up("web.example", |_| {
        let html = r#"<html><head><title>T</title><meta property="og:title" content="A page"><meta property="og:description" content="Of ours"></head>"#;
        Page::file("text/html", html)
    });
    let publish = async |fields: &Fields<'_>| {
        let id = bench.post_as(&geo, "/me/threads", fields).await.id();
        bench.advance(60);
        bench.post_as(&geo, "/me/threads_publish", &[("creation_id", &id)]).await.id();
        bench.seen().pop().unwrap()
    };
    let post = publish(&text_and("link_attachment", "https://web.example/x")).await;
    let card = post.card.unwrap();
    assert_eq!(
        (card.url.as_str(), card.title.as_str(), card.description.as_deref()),
        ("https://web.example/x", "A page", Some("Of ours"))
    );
    let post = publish(&[("media_type", "TEXT"), ("text", "See https://web.example/y.")]).await;
    assert_eq!(post.card.unwrap().url, "https://web.example/y");
    let poll = r#"{"option_a":"Yes","option_b":"No","option_c":"Well"}"#;
    let post = publish(&text_and("poll_attachment", poll)).await;
    let (ends, poll) = (post.at + Duration::from_secs(86_400), post.poll.unwrap());
    assert_eq!(
        (poll.options, poll.ends, poll.question),
        (["Yes", "No", "Well"].map(str::to_owned).to_vec(), ends, None)
    );
    let long = r#"{"plaintext":"Long words","link_attachment_url":"https://web.example/z","text_with_styling_info":[{"offset":0,"length":4,"styling_info":["bold","italic"]}]}"#;
    let post = publish(&text_and("text_attachment", long)).await;
    assert_eq!(
        post.details[..2],
        [("text_attachment", "Long words".to_owned()), ("text_attachment_link", "https://web.example/z".to_owned())]
    );
    let post = publish(&text_and("gif_attachment", r#"{"gif_id":"x1","provider":"GIPHY"}"#)).await;
    assert_eq!(post.details, [("gif_id", "x1".to_owned())]);
    let post = publish(&[("media_type", "TEXT"), ("text", "About #Tea, #2")]).await;
    assert_eq!(post.details, [("topic_tag", "Tea".to_owned())]);
    let all = [
        ("media_type", "TEXT"),
        ("text", "Hi"),
        ("reply_control", "mentioned_only"),
        ("enable_reply_approvals", "true"),
        ("topic_tag", "Garden"),
        ("allowlisted_country_codes", "DE,US"),
        ("location_id", "77"),
        ("crossreshare_to_ig", "true"),
    ];
    let post = publish(&all).await;
    let shown: Vec<_> = post.details.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(shown, all[2..]);
    assert_eq!((post.platform, post.visibility.as_str(), post.author.as_str()), ("threads", "public", geo.id.as_str()));
    assert!(post.url.starts_with("https://www.threads.com/@geo/post/"));
    let before = bench.seen().len();
    publish(&text_and("is_ghost_post", "true")).await;
    bench.advance(86_400 - 60);
    assert_eq!(bench.seen().len(), before + 1);
    bench.advance(60);
    assert_eq!(bench.seen().len(), before);
}

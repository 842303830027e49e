//! Posts, photos, comments: made, listed, edited, deleted, seen.

use super::*;
use crate::sim::SeenCard;

const DAY: u64 = 86_400;

#[tokio::test]
async fn a_text_is_posted_and_read_back() {
    let bench = Bench::new();
    let got = bench.post("feed", &[("message", "tea"), ("fields", "id,permalink_url,created_time")]).await.ok();
    let id = got["id"].as_str().unwrap();
    assert!(id.starts_with(&format!("{}_", bench.page)), "{id}");
    let url = got["permalink_url"].as_str().unwrap();
    let time = got["created_time"].as_str().unwrap();
    assert!(time.ends_with("+0000") && time.len() == 24, "{time}");

    let view = bench.read(id, "message,status_type,is_published,from{name}").await.ok();
    let expected = json!({
        "message": "tea", "status_type": "mobile_status_update", "is_published": true,
        "from": {"name": "Tea House", "id": bench.page}, "id": id,
    });
    assert_eq!(view, expected);
    let [seen] = &bench.seen()[..] else { panic!() };
    assert_eq!((seen.kind, seen.text.as_str(), seen.visibility.as_str()), ("post", "tea", "EVERYONE"));
    assert_eq!((seen.id.as_str(), seen.url.as_str(), &seen.author), (id, url, &bench.page));
}

#[tokio::test]
async fn feed_parameters_are_held_to_their_rules() {
    let bench = Bench::new();
    bench.host("tea.example", "text/html", b"<title>Tea</title>");
    let (soon, late) = (bench.ahead(60), bench.ahead(31 * DAY));
    let long = "é".repeat(63_207);
    let one = r#"[{"link":"https://tea.example/1"}]"#;
    let overlap = r#"{"geo_locations":{"countries":["DE"],"regions":[{"key":"1","country":"DE"}]}}"#;
    let many = media(&[&"1".to_owned(); 11]);
    for (fields, code, subcode) in [
        (vec![], 100, 1_349_125),
        (vec![("message", "")], 100, 1_349_125),
        (vec![("message", long.as_str())], 100, 0),
        (vec![("message", "a"), ("published", "maybe")], 100, 0),
        (vec![("message", "a"), ("message", "b")], 100, 0),
        (vec![("message", "a"), ("caption", "b")], 100, 0),
        (vec![("message", "a"), ("composer_session_id", "b")], 100, 0),
        (vec![("message", "a"), ("published", "false"), ("scheduled_publish_time", &soon)], 100, 0),
        (vec![("message", "a"), ("published", "false"), ("scheduled_publish_time", &late)], 100, 0),
        (vec![("message", "a"), ("published", "true"), ("scheduled_publish_time", &late)], 100, 0),
        (vec![("message", "a"), ("scheduled_publish_time", &late)], 100, 0),
        (vec![("message", "a"), ("unpublished_content_type", "SCHEDULED")], 100, 0),
        (vec![("message", "a"), ("published", "false"), ("unpublished_content_type", "ADS_POST")], 100, 0),
        (vec![("message", "a"), ("backdated_time", &soon)], 100, 0),
        (vec![("message", "a"), ("backdated_time_granularity", "day")], 100, 0),
        (vec![("message", "a"), ("tags", "1,2")], 100, 0),
        (vec![("message", "a"), ("place", "here")], 100, 0),
        (vec![("message", "a"), ("targeting", "everyone")], 100, 0),
        (vec![("message", "a"), ("targeting", r#"{"age_min":14}"#)], 100, 0),
        (vec![("message", "a"), ("targeting", r#"{"mood":1}"#)], 100, 0),
        (vec![("message", "a"), ("targeting", r#"{"geo_locations":{"countries":["Germany"]}}"#)], 100, 0),
        (vec![("message", "a"), ("feed_targeting", overlap)], 100, 1_487_756),
        (vec![("message", "a"), ("call_to_action", r#"{"type":"LEARN_MORE"}"#)], 100, 0),
        (vec![("link", "https://tea.example/"), ("child_attachments", one)], 100, 0),
        (vec![("message", "a"), ("text_format_preset_id", "1")], 100, 0),
        (vec![("message", "a"), ("attached_media", "[]")], 100, 0),
        (vec![("message", "a"), ("attached_media", r#"[{"media_fbid":"7"}]"#)], 100, 0),
        (vec![("message", "a"), ("attached_media", r#"["7"]"#)], 100, 0),
        (vec![("message", "a"), ("attached_media", r#"[{"media_fbid":"7","x":1}]"#)], 100, 0),
        (vec![("message", "a"), ("attached_media[1]", r#"{"media_fbid":"7"}"#)], 100, 0),
        (vec![("message", "a"), ("attached_media", &many)], 100, 0),
        (vec![("message", "a"), ("fields", "id,shoe_size")], 100, 0),
        (vec![("message", "a"), ("fields", "id,")], 2500, 0),
        (vec![("link", "tea.example")], 100, 2_061_006),
        (vec![("link", "https://www.facebook.com/x")], 100, 1_609_008),
        (vec![("link", "https://nowhere.example/x")], 100, 1_609_005),
    ] {
        bench.post("feed", &fields).await.refused(code, subcode);
    }
    assert!(bench.seen().is_empty());
    bench.post("feed", &[("message", &"é".repeat(63_206))]).await.ok();
}

#[tokio::test]
async fn a_link_becomes_a_card() {
    let bench = Bench::new();
    let html = br#"<title>no</title><meta property="og:title" content="Tea &amp; co"><meta property="og:description" content="All">"#;
    bench.host("tea.example", "text/html", html);
    let targeting = r#"{"geo_locations":{"countries":["DE"]},"age_min":18}"#;
    let id = bench.post("feed", &[("link", "https://tea.example/1"), ("targeting", targeting)]).await.id();
    let card = SeenCard {
        url: "https://tea.example/1".to_owned(),
        title: "Tea & co".to_owned(),
        description: Some("All".to_owned()),
    };
    assert_eq!(bench.seen()[0].card, Some(card));
    assert_eq!(bench.seen()[0].details, [("targeting", targeting.to_owned())]);
    let view = bench.read(&id, "attachments{title,url,media_type}").await.ok();
    let attachment = json!({"title": "Tea & co", "url": "https://tea.example/1", "media_type": "link"});
    assert_eq!(view["attachments"]["data"], json!([attachment]));
    let scraped =
        bench.form(Method::POST, &bench.token, "/", &[("id", "https://tea.example/1"), ("scrape", "true")]).await;
    assert_eq!(scraped.ok()["title"], "Tea & co");

    let staged = bench.staged(&[]).await;
    let both = [("message", "m"), ("link", "https://tea.example/1"), ("attached_media", &media(&[&staged]))];
    bench.post("feed", &both).await.refused(100, 0);
    bench.facebook.configure(|options| options.strict = false);
    bench.post("feed", &both).await.ok();
    assert!(bench.seen()[1].card.is_none() && bench.seen()[1].media.len() == 1);
    assert_eq!(bench.facebook.ignored(), ["parameter link beside attached_media"]);
}

#[tokio::test]
async fn photos_are_staged_then_shown_in_order() {
    let bench = Bench::new();
    let one = bench.staged(&[("alt_text_custom", "one")]).await;
    let two = bench.staged(&[("alt_text_custom", "two")]).await;
    assert!(bench.seen().is_empty() && bench.list("feed").await.is_empty());
    let (first, second) = (json!({"media_fbid": two}).to_string(), json!({"media_fbid": one}).to_string());
    let fields = [("message", "tea"), ("attached_media[0]", first.as_str()), ("attached_media[1]", second.as_str())];
    let id = bench.post("feed", &fields).await.id();
    let seen = &bench.seen()[0];
    let alts: Vec<_> = seen.media.iter().map(|media| media.alt.as_deref().unwrap()).collect();
    assert_eq!((alts, &*seen.media[0].bytes, seen.media[0].mime.as_str()), (vec!["two", "one"], PNG, "image/png"));

    let wanted = "/published_posts?fields=message,attachments{media_type,target{id},subattachments{target{id}}}";
    let listed = bench.get(&bench.token, &format!("/{}{wanted}", bench.page)).await.ok();
    let album = &listed["data"][0]["attachments"]["data"][0];
    let shown: Vec<_> =
        album["subattachments"]["data"].as_array().unwrap().iter().map(|one| &one["target"]["id"]).collect();
    assert_eq!((album["media_type"].as_str(), shown), (Some("album"), vec![&json!(two), &json!(one)]));

    bench.post("feed", &[("message", "more"), ("attached_media", &media(&[&one]))]).await.refused(100, 1_366_051);
    let three = bench.staged(&[]).await;
    bench
        .post("feed", &[("message", "more"), ("attached_media", &media(&[&three, &three]))])
        .await
        .refused(100, 1_366_051);
    bench.post("feed", &[("message", "later"), ("attached_media", &media(&[&three]))]).await.ok();
    let view = bench.list("feed?fields=attachments").await;
    assert_eq!(view.len(), 2);
    assert_eq!(bench.read(&three, "alt_text_custom,page_story_id").await.ok()["page_story_id"], view[0]);
    assert_eq!(bench.read(&id, "status_type").await.ok()["status_type"], "added_photos");
}

#[tokio::test]
async fn a_photo_alone_is_a_post() {
    let bench = Bench::new();
    bench.host("img.example", "image/jpeg", b"\xFF\xD8\xFF\xE0 a picture");
    let got = bench.post("photos", &[("url", "https://img.example/a"), ("caption", "tea")]).await.ok();
    let seen = &bench.seen()[0];
    assert_eq!((got["post_id"].as_str(), seen.text.as_str()), (Some(seen.id.as_str()), "tea"));
    assert_eq!(seen.media[0].mime, "image/jpeg");
    let photo = got["id"].as_str().unwrap();
    let view = bench.read(&seen.id, "attachments{target{id}}").await.ok();
    assert_eq!(view["attachments"]["data"][0]["target"]["id"], photo);
}

#[tokio::test]
async fn bad_photos_are_refused() {
    let bench = Bench::new();
    let path = format!("{}/photos", bench.page);
    let big = [PNG, &vec![0; 10_000_000]].concat();
    for (bytes, code, subcode) in [
        (b"RIFF\0\0\0\0WEBPVP8 ".as_slice(), 324, 1_366_046),
        (b"\0\0\0\x08ftypisom", 324, 1_366_046),
        (b"", 324, 2_069_019),
        (b"text", 324, 2_069_019),
        (&big, 324, 1_366_046),
    ] {
        bench.file(&path, &[("published", "false")], ("source", "a", bytes)).await.refused(code, subcode);
    }
    for bytes in [b"BM".as_slice(), b"II*\0", b"MM\0*", b"GIF89a\x01\0\x01\0\0\0\0;", b"\xFF\xD8\xFF"] {
        bench.file(&path, &[("published", "false")], ("source", "a", bytes)).await.ok();
    }
    bench.file(&path, &[], ("picture", "a", PNG)).await.refused(100, 0);
    bench.file(&path, &[("message", "deprecated")], ("source", "a", PNG)).await.refused(100, 0);
    bench.file(&path, &[("temporary", "true")], ("source", "a", PNG)).await.refused(100, 0);
    bench.file(&path, &[("url", "https://img.example/")], ("source", "a", PNG)).await.refused(100, 0);
    bench.post("photos", &[("url", "https://img.example/")]).await.refused(324, 2_069_019);
    bench.post("photos", &[("published", "false")]).await.refused(324, 0);
    assert!(bench.seen().is_empty());
}

#[tokio::test]
async fn staged_photos_are_gone_after_a_day() {
    let bench = Bench::new();
    let photo = bench.staged(&[]).await;
    bench.advance(DAY - 10);
    bench.read(&photo, "id").await.ok();
    bench.advance(20);
    bench.read(&photo, "id").await.refused(100, 33);
    bench.post("feed", &[("message", "m"), ("attached_media", &media(&[&photo]))]).await.refused(100, 0);
    bench.post("photo_stories", &[("photo_id", &photo)]).await.refused(100, 0);
}

#[tokio::test]
async fn the_same_text_again_is_refused() {
    let bench = Bench::new();
    let first = bench.post("feed", &[("message", "tea")]).await.id();
    bench.post("feed", &[("message", "tea")]).await.refused(506, 1_455_006);
    bench.post("feed", &[("message", "coffee")]).await.ok();
    let again = bench.post("feed", &[("message", "tea")]).await.id();
    bench.delete(&again).await.ok();
    bench.post("feed", &[("message", "coffee")]).await.refused(506, 1_455_006);
    bench.post("feed", &[("message", "tea")]).await.ok();
    assert_ne!(first, again);
}

#[tokio::test]
async fn posting_can_be_too_fast() {
    let bench = Bench::new();
    bench.facebook.configure(|options| options.posts_per_hour = Some(1));
    bench.post("feed", &[("message", "1")]).await.ok();
    bench.post("feed", &[("message", "2")]).await.refused(368, 1_390_008);
    bench.advance(3_601);
    bench.post("feed", &[("message", "2")]).await.ok();
}

#[tokio::test]
async fn scheduled_posts_come_out_in_time() {
    let bench = Bench::new();
    let at = bench.ahead(1_200);
    let schedule =
        [("published", "false"), ("scheduled_publish_time", at.as_str()), ("unpublished_content_type", "SCHEDULED")];
    let plain = media(&[&bench.staged(&[]).await]);
    let fields = [&schedule[..], &[("message", "later"), ("attached_media", &plain)]].concat();
    bench.post("feed", &fields).await.refused(100, 0);
    let temporary = media(&[&bench.staged(&[("temporary", "true")]).await]);
    let fields = [&schedule[..], &[("message", "later"), ("attached_media", &temporary)]].concat();
    let id = bench.post("feed", &fields).await.id();
    assert!(bench.seen().is_empty() && bench.list("published_posts").await.is_empty());
    assert_eq!(bench.list("scheduled_posts").await, [id.as_str()]);
    let view = bench.read(&id, "is_published,scheduled_publish_time").await.ok();
    assert_eq!(view, json!({"is_published": false, "scheduled_publish_time": at.parse::<u64>().unwrap(), "id": id}));
    bench.advance(1_201);
    assert_eq!(seconds(bench.seen()[0].at).to_string(), at);
    assert!(bench.list("scheduled_posts").await.is_empty());

    let at = bench.ahead(3_000);
    let next =
        bench.post("feed", &[("message", "b"), ("published", "false"), ("scheduled_publish_time", &at)]).await.id();
    bench.change(&next, &[("is_published", "true")]).await.ok();
    assert_eq!(bench.seen()[1].id, next);
    bench.change(&next, &[("scheduled_publish_time", &at)]).await.refused(100, 0);
    bench.change(&next, &[("is_published", "false")]).await.refused(100, 0);
}

#[tokio::test]
async fn drafts_are_for_admins() {
    let bench = Bench::new();
    let id = bench.post("feed", &[("message", "draft"), ("published", "false")]).await.id();
    assert_eq!((bench.seen()[0].kind, bench.seen()[0].visibility.as_str()), ("draft", "PAGE_ADMINS"));
    assert!(bench.list("feed").await.is_empty() && bench.list("scheduled_posts").await.is_empty());
    bench.change(&id, &[("is_published", "true")]).await.ok();
    assert_eq!(bench.seen()[0].kind, "post");
    assert_eq!(bench.list("feed").await, [id]);
}

#[tokio::test]
async fn posts_are_edited_by_the_app_that_made_them() {
    let bench = Bench::new();
    let id = bench.post("feed", &[("message", "tea")]).await.id();
    bench.change(&id, &[("message", "better tea"), ("is_pinned", "true")]).await.ok();
    assert_eq!(bench.seen()[0].text, "better tea");
    assert_eq!(bench.read(&id, "message").await.ok()["message"], "better tea");
    bench.change(&id, &[("message", "")]).await.refused(100, 0);
    bench.change(&id, &[("link", "https://tea.example/")]).await.refused(100, 0);
    bench.change(&id, &[("message", &"m".repeat(63_207))]).await.refused(100, 0);
    bench.change(&id, &[("is_hidden", "true")]).await.ok();
    assert!(bench.seen().is_empty() && bench.list("posts").await.is_empty());
    assert_eq!(bench.list("posts?include_hidden=true").await, [id.as_str()]);

    let other = super::super::App { id: "77".to_owned(), ..Default::default() };
    let scopes = other.scopes.clone();
    bench.facebook.add_app(other);
    let scopes: Vec<_> = scopes.iter().map(String::as_str).collect();
    let foreign = bench.facebook.log_in(&bench.ann.id, "77", &scopes);
    let token = &foreign.pages[0].access_token;
    bench.form(Method::POST, token, &format!("/{id}"), &[("message", "x")]).await.refused(10, 0);
}

#[tokio::test]
async fn deleting_twice_is_told() {
    let bench = Bench::new();
    let photo = bench.staged(&[]).await;
    let id = bench.post("feed", &[("message", "tea"), ("attached_media", &media(&[&photo]))]).await.id();
    assert_eq!(bench.delete(&id).await.ok(), json!({"success": true}));
    assert!(bench.seen().is_empty());
    let again = bench.delete(&id).await;
    again.refused(100, 33);
    assert_eq!(again.json()["error"]["type"], "GraphMethodException");
    bench.read(&id, "id").await.refused(100, 33);
    bench.delete(&photo).await.refused(100, 33);

    let photo = bench.staged(&[]).await;
    bench.delete(&photo).await.ok();
    bench.post("feed", &[("message", "m"), ("attached_media", &media(&[&photo]))]).await.refused(100, 0);
}

#[tokio::test]
async fn comments_stand_under_posts() {
    let bench = Bench::new();
    bench.host("img.example", "image/png", PNG);
    let id = bench.post("feed", &[("message", "tea")]).await.id();
    let path = format!("{id}/comments");
    let comment = bench.change(&path, &[("message", "first")]).await.id();
    bench.advance(1);
    bench.change(&path, &[("attachment_url", "https://img.example/a.png")]).await.ok();
    bench.change(&path, &[]).await.refused(100, 0);
    bench.change(&path, &[("message", "x"), ("attachment_url", "https://gone.example/")]).await.refused(100, 0);
    let seen = bench.seen();
    assert_eq!((seen[1].kind, seen[1].text.as_str(), &seen[1].id), ("comment", "first", &comment));
    assert_eq!((seen[1].reply_to.as_deref(), seen[2].media.len()), (Some(id.as_str()), 1));
    let listed = bench.get(&bench.token, &format!("/{path}?fields=message")).await.ok();
    assert_eq!(listed["data"][0], json!({"message": "first", "id": comment}));
    bench.change(&comment, &[("message", "1st")]).await.ok();
    assert_eq!(bench.seen()[1].text, "1st");
    bench.delete(&comment).await.ok();
    bench.delete(&comment).await.refused(100, 33);
    bench.delete(&id).await.ok();
    assert!(bench.seen().is_empty());
}

#[tokio::test]
async fn lists_may_lag_and_are_cut_by_time() {
    let bench = Bench::new();
    bench.facebook.configure(|options| options.list_lag = Duration::from_secs(30));
    let before = bench.ahead(0);
    let id = bench.post("feed", &[("message", "tea")]).await.id();
    assert!(bench.list("published_posts").await.is_empty());
    bench.read(&id, "id").await.ok();
    bench.advance(31);
    assert_eq!(bench.list("published_posts").await, [id.as_str()]);
    assert_eq!(bench.list(&format!("feed?since={before}")).await, [id.as_str()]);
    assert!(bench.list(&format!("feed?since={}", bench.ahead(0))).await.is_empty());
    bench.get(&bench.token, &format!("/{}/feed?limits=3", bench.page)).await.refused(100, 0);
}

#[tokio::test]
async fn mentions_are_shown_as_names() {
    let bench = Bench::new();
    bench.post("feed", &[("message", &format!("by @[{}] and @[1]", bench.page))]).await.ok();
    assert_eq!(bench.seen()[0].text, "by Tea House and @[1]");
}

/// Over a real connection: the answer is lost or is a fault, but the post is out; the list tells, later.
#[tokio::test]
async fn a_lost_answer_leaves_a_post() {
    use crate::sim::{Fault, FaultKind, Sim};
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sim = Sim::start().await.unwrap();
    let page = sim.facebook.sign_up(SignUp::default()).pages[0].clone();
    let (_, address) = sim.hosts().iter().find(|(host, _)| host == "graph.facebook.com").unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let (path, list) = (format!("/v26.0/{}/feed", page.id), format!("/v26.0/{}/published_posts", page.id));
    let post = |text: &'static str| {
        http.post(format!("http://{address}{path}")).bearer_auth(&page.access_token).form(&[("message", text)]).send()
    };
    let body =
        r#"{"error":{"message":"An unknown error occurred","type":"OAuthException","code":1,"is_transient":true}}"#;
    let kinds = [
        FaultKind::DropAfter,
        FaultKind::AnswerAfter { status: 500, headers: Vec::new(), body: body.to_owned() },
        FaultKind::DropBefore,
    ];
    sim.facebook.configure(|options| options.list_lag = Duration::from_secs(15));
    for (kind, text) in kinds.into_iter().zip(["one", "two", "three"]) {
        sim.world().fault(Fault { method: Method::POST, path: path.clone(), times: 1, kind });
        let got = post(text).await;
        assert!(got.is_err() || got.unwrap().status() == 500);
    }
    assert_eq!(sim.facebook.seen().iter().map(|post| post.text.as_str()).collect::<Vec<_>>(), ["one", "two"]);
    let read = || async {
        let got = http.get(format!("http://{address}{list}")).bearer_auth(&page.access_token).send().await.unwrap();
        serde_json::from_str::<Value>(&got.text().await.unwrap()).unwrap()["data"].as_array().unwrap().len()
    };
    assert_eq!(read().await, 0);
    sim.world().advance(Duration::from_secs(16));
    assert_eq!(read().await, 2);
    assert_eq!(post("two").await.unwrap().status(), 400);
}

//! Articles: what one may be, made, published, changed, taken back.

use super::*;

#[tokio::test]
async fn an_article_is_shown_as_it_was_written() {
    let bench = Bench::new();
    let body = "Text in **Markdown**.\n\n![Tea](https://example.org/a.png) `![](https://example.org/a.png)`\n\n\
        ![gone](https://example.org/b.png) {% raw %}{{ x }}{% endraw %}";
    let full = json!({
        "title": "Release 2.0", "body_markdown": body, "published": true, "tags": "rust, cli",
        "canonical_url": "https://example.org/2.0", "main_image": "https://example.org/a.png",
        "description": "What is new", "series": "Releases",
    });
    let got = bench.post(&full).await;
    got.is(201, r#""canonical_url":"https://example.org/2.0","cover_image":"https://example.org/a.png""#);
    got.is(201, r#""published_at":"2025-11-24T16:00:00Z""#);
    got.is(201, r#""tag_list":"rust, cli","tags":["rust","cli"]"#);
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!((seen.platform, seen.author), ("forem", bench.ann.id.to_string()));
    assert_eq!((seen.title.as_deref(), &seen.url), (Some("Release 2.0"), &got.text("/url")));
    assert!(seen.url.starts_with("https://dev.to/ann/release-2-0-"), "{}", seen.url);
    assert_eq!(seen.text, body.replace("{% raw %}{{ x }}{% endraw %}", "{{ x }}"));
    let media: Vec<_> = seen.media.iter().map(|media| (media.alt.as_deref(), &*media.bytes)).collect();
    assert_eq!(media, [(None, &png(4, 3)[..]), (Some("Tea"), &png(4, 3)[..])]);
    let details: Vec<_> = seen.details.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let expected = [("tags", "rust, cli"), ("canonical_url", "https://example.org/2.0"), ("series", "Releases")];
    assert_eq!(details, [&expected[..], &[("description", "What is new")]].concat());
    let id = &got.json()["id"];
    bench.get(&format!("/api/articles/{id}")).await.is(200, r#""body_markdown":"Text in"#);
    bench.get(&format!("/api{}", got.text("/path").replacen("/ann", "/articles/ann", 1))).await.is(200, "Release");
}

#[tokio::test]
async fn what_an_article_may_not_be() {
    let bench = Bench::of(SignUp { organizations: vec![7], ..SignUp::default() });
    bench.server.configure(|options| (options.creations, options.same_title) = (u32::MAX, Duration::ZERO));
    let set = |name: &str, value: Value| with(article("Tea"), name, value);
    let x = |many: usize| "x".repeat(many);
    let long_tags: Vec<String> = ["a", "b", "c", "d"].iter().map(|first| format!("{first}{}", x(29))).collect();
    for (article, status, part) in [
        (set("title", json!("")), 422, r#"{"error":"Title can't be blank","status":422}"#),
        (set("title", json!(x(128))), 201, ""),
        (set("title", json!(x(129))), 422, "Title is too long (maximum is 128 characters)"),
        (set("title", json!(7)), 422, "wrong type"),
        (set("body_markdown", json!(" ")), 422, "Body markdown can't be blank"),
        (set("body_markdown", json!(x(800 << 10))), 201, ""),
        (set("body_markdown", json!(x((800 << 10) + 1))), 422, "Body markdown is too long."),
        (set("body_markdown", json!("{{ x }}")), 422, "Liquid variables are disabled"),
        (set("body_markdown", json!("{% if %}")), 422, "Unknown tag 'if'"),
        (set("published", json!("yes")), 422, "wrong type"),
        (set("tags", json!("a, b, c, d")), 201, ""),
        (set("tags", json!(["a", "b", "c", "d", "e"])), 422, "exceed the maximum of 4 tags"),
        (set("tags", json!(x(30))), 201, ""),
        (set("tags", json!(x(31))), 422, "too long (maximum is 30 characters)"),
        (set("tags", json!(long_tags)), 201, ""),
        (set("tags", json!("c++")), 422, r#"Tag \"c++\" contains non-alphanumeric"#),
        (set("tags", json!("open-source")), 422, "non-alphanumeric"),
        (set("tags", json!("Rust")), 422, "non-alphanumeric"),
        (set("tags", json!("a, a")), 422, "twice"),
        (set("tags", json!(7)), 422, "tags must be"),
        (set("canonical_url", json!("http://localhost/tea")), 422, "Canonical url is not valid"),
        (set("canonical_url", json!("https://example.org/a b")), 422, "Canonical url is not valid"),
        (set("canonical_url", json!("example.org")), 422, "Canonical url is not valid"),
        (set("main_image", json!("https://example.org/b.png")), 422, "Main image is not a picture"),
        (set("main_image", json!("a.png")), 422, "Main image is not a picture"),
        (set("organization_id", json!(7)), 201, ""),
        (set("organization_id", json!(8)), 422, "Organization"),
        (set("published_at", json!("2030-01-01T00:00:00Z")), 422, "unpermitted parameter: :article.published_at"),
        (json!({"title": "Tea"}), 422, "Body markdown can't be blank"),
    ] {
        bench.post(&article).await.is(status, part);
    }
    for (body, status, part) in [
        ("{", 400, "JSON"),
        ("{}", 422, "param is missing or the value is empty: article"),
        (r#"{"article":[]}"#, 422, "wrong type"),
        (r#"{"article":{"title":"a","body_markdown":"b"},"title":"a"}"#, 422, "unpermitted parameter: :title"),
    ] {
        bench.send(Method::POST, "/api/articles", &bench.ann.api_key, body).await.is(status, part);
    }
}

#[tokio::test]
async fn front_matter_wins() {
    let bench = Bench::new();
    let body = "---\ntitle: Other\npublished: false\ntags: tea\n---\nText";
    let got = bench.post(&with(article("Tea"), "body_markdown", json!(body))).await;
    got.is(201, r#""title":"Other""#);
    got.is(201, r#""published_at":null"#);
    got.is(201, r#""tag_list":"tea""#);
    let body = "---\nlayout: post\n---\nText";
    bench.post(&with(article("Tea"), "body_markdown", json!(body))).await.is(422, "unpermitted parameter: :layout");
}

#[tokio::test]
async fn a_title_comes_once_in_five_minutes() {
    let bench = Bench::new();
    let id = bench.posted(&with(article("Tea"), "published", json!(false))).await;
    let got = bench.post(&article("Tea")).await;
    got.is(422, r#"{"error":"Title has already been used in the last five minutes","status":422}"#);
    let bob = bench.forem.sign_up(SignUp { username: "bob".to_owned(), ..SignUp::default() });
    let body = json!({"article": article("Tea")}).to_string();
    bench.send(Method::POST, "/api/articles", &bob.api_key, body).await.is(201, "");
    bench.put(&id, &json!({"title": "Tea"})).await.is(200, "");
    bench.advance(300);
    bench.posted(&article("Tea")).await;
}

#[tokio::test]
async fn a_canonical_address_is_one_published_articles() {
    let bench = Bench::new();
    let url = json!("https://example.org/2.0");
    let of = |title: &str, published: bool| {
        with(with(article(title), "canonical_url", url.clone()), "published", json!(published))
    };
    let draft = bench.posted(&of("Draft", false)).await;
    let first = bench.posted(&of("First", true)).await;
    bench.post(&of("Second", true)).await.is(422, "Canonical url has already been taken.");
    bench.put(&draft, &json!({"published": true})).await.is(422, "Canonical url has already been taken.");
    bench.put(&first, &json!({"title": "Still first"})).await.is(200, "");
    bench.put(&first, &json!({"published": false})).await.is(200, "");
    bench.put(&draft, &json!({"published": true})).await.is(200, "");
    bench.put(&first, &json!({"published": true, "canonical_url": null})).await.is(200, "");
    assert_eq!(bench.seen().len(), 2);
}

#[tokio::test]
async fn a_draft_is_published_by_a_change_that_may_be_repeated() {
    let bench = Bench::new();
    let got = bench.post(&with(article("Tea"), "published", json!(false))).await;
    got.is(201, "temp-slug-");
    let id = got.json()["id"].clone();
    assert!(bench.seen().is_empty());
    bench.get(&format!("/api/articles/{id}")).await.is(404, r#"{"error":"not found","status":404}"#);
    let mut urls = Vec::new();
    for _ in 0..2 {
        let got = bench.put(&id, &json!({"published": true})).await;
        got.is(200, r#""published_at":"2025-11-24T16:00:00Z""#);
        assert!(!got.body.contains("temp-slug"));
        urls.push(got.text("/url"));
    }
    assert_eq!(urls[0], urls[1]);
    bench.get(&format!("/api/articles/{id}")).await.is(200, "Text in");
    bench.put(&id, &json!({"body_markdown": "New text", "tags": ["tea"]})).await.is(200, r#""edited_at":"2025"#);
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!((seen.text.as_str(), seen.title.as_deref()), ("New text", Some("Tea")));
    assert_eq!(seen.details, [("tags", "tea".to_owned()), ("edited", "true".to_owned())]);
    bench.put(&id, &json!({"published": false})).await.is(200, r#""published_at":null"#);
    assert!(bench.seen().is_empty());
    bench.put(&id, &json!({"published": true})).await.is(200, &urls[0]);
}

#[tokio::test]
async fn nobody_changes_what_is_not_theirs_or_deletes() {
    let bench = Bench::new();
    let id = bench.posted(&article("Tea")).await;
    let path = format!("/api/articles/{id}");
    let bob = bench.forem.sign_up(SignUp { username: "bob".to_owned(), ..SignUp::default() });
    let body = json!({"article": {"title": "Coffee"}}).to_string();
    bench.send(Method::PUT, &path, &bob.api_key, body).await.is(404, "not found");
    bench.put(&json!(7), &json!({"title": "Coffee"})).await.is(404, "not found");
    bench.put(&id, &json!({"title": ""})).await.is(422, "blank");
    bench.put(&id, &json!({"body": "x"})).await.is(422, "unpermitted");
    bench.send(Method::DELETE, &path, &bench.ann.api_key, Body::empty()).await.is(404, "");
    bench.send(Method::PUT, &format!("{path}/unpublish"), &bench.ann.api_key, Body::empty()).await.is(401, "");
    assert_eq!(bench.seen().len(), 1);
    bench.server.delete(id.as_u64().unwrap());
    assert!(bench.seen().is_empty());
    bench.put(&id, &json!({"title": "Coffee"})).await.is(404, "");
}

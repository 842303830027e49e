//! Keys, headers, lists, limits.

use super::*;

#[tokio::test]
async fn every_call_has_its_headers_and_most_a_key() {
    let bench = Bench::new();
    let all = [
        ("accept", "application/vnd.forem.api-v1+json"),
        ("user-agent", "test"),
        ("api-key", bench.ann.api_key.as_str()),
        ("content-type", "application/json"),
    ];
    let body = json!({"article": article("Tea")}).to_string();
    for (left_out, status, part) in [
        ("accept", 406, "accept"),
        ("user-agent", 403, "Forbidden Bots"),
        ("api-key", 401, r#"{"error":"unauthorized","status":401}"#),
        ("content-type", 415, "content-type"),
        ("", 201, r#""type_of":"article""#),
    ] {
        let mut request = Request::builder().method(Method::POST).uri("/api/articles");
        for (name, value) in all.into_iter().filter(|(name, _)| *name != left_out) {
            request = request.header(name, value);
        }
        Got::of(bench.server.router(), request.body(Body::from(body.clone())).unwrap()).await.is(status, part);
    }
    bench.get("/api/users/me").await.is(200, r#""username":"ann","name":"Ann Example""#);
    for (path, status) in [("/api/articles/me/drafts", 404), ("/api/tea", 404), ("/articles", 404)] {
        bench.get(path).await.is(status, r#""error":"not found""#);
    }
    bench.server.suspend(bench.ann.id);
    bench.post(&article("More")).await.is(403, "suspended");
    bench.get("/api/users/me").await.is(200, "");
    bench.server.revoke(&bench.ann.api_key);
    bench.get("/api/users/me").await.is(401, "unauthorized");
}

#[tokio::test]
async fn lists_have_drafts_first_then_the_newest() {
    let bench = Bench::new();
    for (title, published) in [("One", true), ("Two", false), ("Three", true), ("Four", false)] {
        bench.posted(&with(article(title), "published", json!(published))).await;
        bench.advance(10);
    }
    let bob = bench.forem.sign_up(SignUp { username: "bob".to_owned(), ..SignUp::default() });
    for (query, expected) in [
        ("me/all", vec!["Four", "Two", "Three", "One"]),
        ("me/published", vec!["Three", "One"]),
        ("me", vec!["Three", "One"]),
        ("me/unpublished", vec!["Four", "Two"]),
        ("me/all?per_page=3", vec!["Four", "Two", "Three"]),
        ("me/all?per_page=3&page=2", vec!["One"]),
        ("me/all?per_page=5000", vec!["Four", "Two", "Three", "One"]),
    ] {
        let got = bench.get(&format!("/api/articles/{query}")).await.json();
        let titles: Vec<&str> = got.as_array().unwrap().iter().map(|each| each["title"].as_str().unwrap()).collect();
        assert_eq!(titles, expected, "{query}");
    }
    let got = bench.send(Method::GET, "/api/articles/me/all", &bob.api_key, Body::empty()).await;
    assert_eq!(got.body, "[]");
    for query in ["per_page=0", "per_page=many", "page=0", "sort=new"] {
        bench.get(&format!("/api/articles/me/all?{query}")).await.is(422, "");
    }
    bench.server.configure(|options| options.creations = u32::MAX);
    for number in 0..31 {
        bench.posted(&article(&format!("Number {number}"))).await;
    }
    assert_eq!(bench.get("/api/articles/me/all").await.json().as_array().unwrap().len(), 30);
}

#[tokio::test]
async fn lists_tell_what_was_written() {
    let bench = Bench::new();
    bench.posted(&with(article("Tea"), "tags", json!(["rust", "cli"]))).await;
    let got = bench.get("/api/articles/me/all").await.json()[0].clone();
    assert_eq!((&got["tag_list"], &got["tags"]), (&json!(["rust", "cli"]), &json!("rust, cli")));
    assert_eq!((&got["published"], &got["body_markdown"]), (&json!(true), &json!("Text in **Markdown**.")));
}

#[tokio::test]
async fn so_many_articles_and_no_more() {
    let bench = Bench::new();
    for number in 0..10 {
        bench.posted(&article(&number.to_string())).await;
    }
    let got = bench.post(&article("Ten")).await;
    got.is(429, r#"{"error":"Rate limit reached, try again in 30 seconds","status":429}"#);
    assert_eq!(got.header("retry-after"), "30");
    bench.advance(30);
    let id = bench.posted(&article("Ten")).await;
    for number in 0..30 {
        bench.put(&id, &json!({"description": number.to_string()})).await.is(200, "");
    }
    bench.put(&id, &json!({"description": "x"})).await.is(429, "");
    bench.advance(30);
    bench.put(&id, &json!({"description": "x"})).await.is(200, "");
    bench.server.configure(|options| options.limited = 1);
    bench.get("/api/users/me").await.is(429, "");
    bench.get("/api/users/me").await.is(200, "");
    let new = Bench::of(SignUp { is_new: true, ..SignUp::default() });
    new.posted(&with(article("Draft"), "published", json!(false))).await;
    new.posted(&article("One")).await;
    new.advance(299);
    let got = new.post(&article("Two")).await;
    assert_eq!((got.status, got.header("retry-after")), (429, "300"));
    new.advance(1);
    new.posted(&article("Two")).await;
}

#[tokio::test]
async fn there_may_be_several_servers() {
    let bench = Bench::new();
    let other = bench.forem.open("forem.example");
    other.configure(|options| *options = Options { creations: 1, ..Options::default() });
    let bob = bench.forem.sign_up(SignUp { server: "forem.example".to_owned(), ..SignUp::default() });
    bench.send(Method::GET, "/api/users/me", &bob.api_key, Body::empty()).await.is(401, "");
    assert_eq!((bob.server.as_str(), bench.forem.servers().len()), ("forem.example", 2));
    let mut sim = Sim::start().await.unwrap();
    sim.open_forem("forem.example").await.unwrap();
    sim.open_forem("dev.to").await.unwrap();
    let hosts: Vec<&str> = sim.hosts().iter().map(|(host, _)| host.as_str()).collect();
    for host in ["dev.to", "forem.example", "discord.com", "api.telegram.org", "hooks.slack.com"] {
        assert_eq!(hosts.iter().filter(|own| **own == host).count(), 1, "{host}");
    }
}

//! Tokens and scopes, routes, credits, rate limits.

use super::*;

#[tokio::test]
async fn a_call_without_a_live_token_is_unauthorized() {
    let stage = Stage::new().await;
    for token in ["", "nonsense"] {
        let answer = Read::from(stage.request(Method::GET, "/2/users/me", token).send().await.unwrap()).await;
        let body = json!({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"});
        assert_eq!((answer.status, answer.body), (401, body));
    }
    assert_eq!(stage.get("/2/users/me").await.status, 200);
    stage.advance(120 * MINUTE);
    assert_eq!(stage.get("/2/users/me").await.status, 401);
}

#[tokio::test]
async fn a_token_does_what_its_scopes_allow() {
    let stage = Stage::new().await;
    let reader =
        stage.sim.x.sign_up(SignUp { username: "eve", scopes: &["tweet.read", "users.read"], ..SignUp::default() });
    assert_eq!(reader.refresh_token, None);
    let answer = stage.post_as(&reader, "/2/tweets", json!({"text": "no"})).await;
    assert_eq!((answer.status, answer.says().as_str()), (403, "Forbidden"));
    let answer = stage.post_as(&reader, "/2/media/upload/initialize", json!({})).await;
    assert_eq!(answer.status, 403);
    let app = App::public(DEFAULT_CLIENT_ID, "http://127.0.0.1:8080/callback");
    let alone = Member { access_token: app.bearer_token, ..reader };
    let answer = stage.post_as(&alone, "/2/tweets", json!({"text": "no"})).await;
    assert_eq!(answer.status, 403);
    assert!(answer.body["type"].as_str().unwrap().ends_with("/unsupported-authentication"));
}

#[tokio::test]
async fn unknown_routes_are_not_found() {
    let stage = Stage::new().await;
    for path in ["/2/nothing", "/1.1/media/upload.json", "/2/tweets/1/2/3"] {
        assert_eq!(stage.get(path).await.status, 404, "{path}");
    }
    let answer = Read::from(stage.request(Method::PUT, "/2/tweets", "t").send().await.unwrap()).await;
    assert_eq!(answer.status, 404);
    assert_eq!(stage.get(&format!("/2/users/me?{}", "x".repeat(9000))).await.status, 431);
}

#[tokio::test]
async fn calls_are_billed_until_nothing_is_left() {
    let stage = Stage::new().await;
    let spent = |before: i64| before - stage.sim.x.balance();
    for (text, price) in [("plain", 15), ("see example.com", 200), ("read README.md", 200)] {
        let before = stage.sim.x.balance();
        stage.publish(text).await;
        assert_eq!(spent(before), price, "{text}");
    }
    let before = stage.sim.x.balance();
    let id = stage.image().await;
    stage.post("/2/media/metadata", json!({"id": id, "metadata": {"alt_text": {"text": "x"}}})).await.ok(200);
    assert_eq!(spent(before), 15 + 5);
    let before = stage.sim.x.balance();
    stage.timeline("").await.ok(200);
    stage.timeline("").await.ok(200);
    assert_eq!(spent(before), 3);
    let before = stage.sim.x.balance();
    assert_eq!(stage.post("/2/tweets", json!({"text": "plain"})).await.status, 403);
    assert_eq!(spent(before), 0);
    stage.configure(|options| options.refusals_billed = true);
    assert_eq!(stage.post("/2/tweets", json!({"text": "plain"})).await.status, 403);
    assert_eq!(spent(before), 15);
    stage.configure(|options| options.credits = 1);
    stage.publish("the last").await;
    let answer = stage.post("/2/tweets", json!({"text": "one more"})).await;
    assert_eq!((answer.status, &answer.body["title"]), (402, &json!("CreditsDepleted")));
    assert!(answer.says().ends_with("does not have any credits to fulfill this request."));
    stage.get("/2/users/me").await.ok(200);
}

#[tokio::test]
async fn rates_are_limited_and_told() {
    let stage = Stage::new().await;
    stage.configure(|options| options.limit(Endpoint::CreatePost, Per::User, 2, 15 * MINUTE));
    let answer = stage.post("/2/tweets", json!({"text": "1"})).await;
    assert_eq!(answer.header("x-rate-limit-limit"), Some("2"));
    assert_eq!(answer.header("x-rate-limit-remaining"), Some("1"));
    assert_eq!(answer.header("x-app-limit-24hour-limit"), Some("10000"));
    assert_eq!(answer.header("x-app-limit-24hour-remaining"), Some("9999"));
    let reset: u64 = answer.header("x-rate-limit-reset").unwrap().parse().unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now + 890..=now + 900).contains(&reset), "{reset}");
    stage.publish("2").await;
    let answer = stage.post("/2/tweets", json!({"text": "3"})).await;
    assert_eq!((answer.status, &answer.body["title"]), (429, &json!("Too Many Requests")));
    assert_eq!(answer.header("x-rate-limit-remaining"), Some("0"));
    stage.configure(|options| (options.throttle, options.rate_headers) = (Throttle::Code88, false));
    let answer = stage.post("/2/tweets", json!({"text": "3"})).await;
    assert_eq!(answer.body, json!({"errors": [{"code": 88, "message": "Rate limit exceeded"}]}));
    assert_eq!(answer.header("x-rate-limit-limit"), None);
    stage.advance(15 * MINUTE);
    stage.publish("3").await;
    stage.configure(|options| {
        options.rate_headers = true;
        options.limit(Endpoint::Metadata, Per::User, 0, 24 * 60 * MINUTE);
    });
    let answer = stage.post("/2/media/metadata", json!({})).await;
    assert_eq!((answer.status, answer.header("x-user-limit-24hour-remaining")), (429, Some("0")));
}

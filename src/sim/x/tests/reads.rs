//! The calls that read.

use super::*;

#[tokio::test]
async fn me_tells_id_and_name_and_what_is_asked_for() {
    let stage = Stage::new().await;
    let body = stage.get("/2/users/me").await.ok(200);
    assert_eq!(body, json!({"data": {"id": stage.me.id, "name": "ada", "username": "ada"}}));
    let body = stage.get("/2/users/me?user.fields=subscription_type,verified_type").await.ok(200);
    assert_eq!(body["data"]["subscription_type"], "None");
    assert_eq!(stage.get("/2/users/me?user.fields=shoe_size").await.status, 400);
    assert_eq!(stage.sim.x.balance(), 1_000_000);
}

#[tokio::test]
async fn the_timeline_is_newest_first_and_late() {
    let stage = Stage::new().await;
    assert_eq!(stage.timeline("").await.ok(200), json!({"meta": {"result_count": 0}}));
    let mut posted = Vec::new();
    for number in 0..7 {
        posted.push(stage.publish(&format!("post {number}")).await);
        stage.advance(MINUTE);
    }
    let texts = |body: &Value| -> Vec<String> {
        let posts = body["data"].as_array().cloned().unwrap_or_default();
        posts.iter().map(|post| post["text"].as_str().unwrap()[5..].to_owned()).collect()
    };
    let body = stage.timeline("max_results=5&exclude=retweets").await.ok(200);
    assert_eq!(texts(&body), ["6", "5", "4", "3", "2"]);
    assert_eq!(body["meta"]["newest_id"], json!(posted[6]));
    assert_eq!(body["meta"]["oldest_id"], json!(posted[2]));
    let token = body["meta"]["next_token"].as_str().unwrap();
    let body = stage.timeline(&format!("max_results=5&pagination_token={token}")).await.ok(200);
    assert_eq!(texts(&body), ["1", "0"]);
    assert_eq!(body["meta"].get("next_token"), None);
    let at = |body: Value| body["data"]["created_at"].as_str().unwrap().to_owned();
    let fourth = at(stage.get(&format!("/2/tweets/{}?post.fields=created_at", posted[4])).await.ok(200));
    for (query, expected) in [
        (format!("since_id={}", posted[4]), vec!["6", "5"]),
        (format!("until_id={}", posted[1]), vec!["0"]),
        (format!("start_time={fourth}"), vec!["6", "5", "4"]),
        (format!("end_time={fourth}"), vec!["3", "2", "1", "0"]),
    ] {
        assert_eq!(texts(&stage.timeline(&query).await.ok(200)), expected, "{query}");
    }
    let body = stage.get("/2/users/77/tweets").await.ok(200);
    assert_eq!(body["errors"][0]["resource_type"], "user");
    for query in [
        "count=5",
        "max_results=4",
        "max_results=101",
        "max_results=x",
        "start_time=today",
        "since_id=a",
        "pagination_token=zz",
        "exclude=likes",
        "tweet.fields=colour",
    ] {
        assert_eq!(stage.timeline(query).await.status, 400, "{query}");
    }
    stage.configure(|options| options.timeline_delay = 2 * MINUTE);
    assert_eq!(texts(&stage.timeline("").await.ok(200))[0], "5");
    assert_eq!(stage.seen().len(), 7);
    stage.advance(MINUTE);
    assert_eq!(texts(&stage.timeline("").await.ok(200))[0], "6");
}

#[tokio::test]
async fn posts_are_read_by_id_and_deleted_by_their_author() {
    let stage = Stage::new().await;
    let id = stage.publish("short-lived").await;
    let path = format!("/2/tweets/{id}");
    assert_eq!(stage.get(&path).await.ok(200)["data"]["text"], "short-lived");
    let body = stage.get(&format!("/2/tweets?ids={id},77")).await.ok(200);
    assert_eq!((&body["data"][0]["id"], &body["errors"][0]["resource_id"]), (&json!(id), &json!("77")));
    let other = stage.sim.x.sign_up(SignUp { username: "bob", ..SignUp::default() });
    let delete =
        async |token: &str| Read::from(stage.request(Method::DELETE, &path, token).send().await.unwrap()).await.status;
    assert_eq!(delete(&other.access_token).await, 403);
    assert_eq!(delete(&stage.me.access_token).await, 200);
    assert_eq!(delete(&stage.me.access_token).await, 404);
    let body = stage.get(&path).await.ok(200);
    assert!(body["errors"][0]["type"].as_str().unwrap().ends_with("/resource-not-found"));
    assert_eq!(body.get("data"), None);
    assert_eq!(stage.seen(), []);
}

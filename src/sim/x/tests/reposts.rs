//! Sharing posts as they are.

use super::*;

impl Stage {
    async fn repost(&self, member: &Member, id: &str) -> Read {
        self.post_as(member, &format!("/2/users/{}/retweets", member.id), json!({"tweet_id": id})).await
    }

    async fn unrepost(&self, member: &Member, id: &str) -> Read {
        let path = format!("/2/users/{}/retweets/{id}", member.id);
        Read::from(self.request(Method::DELETE, &path, &member.access_token).send().await.unwrap()).await
    }

    fn reposts(&self) -> Vec<(String, Option<String>)> {
        let seen = self.seen().into_iter().filter(|seen| seen.kind == "repost");
        seen.map(|seen| (seen.author, seen.quotes)).collect()
    }
}

#[tokio::test]
async fn a_post_is_shared_once_and_taken_back() {
    let stage = Stage::new().await;
    let bob = stage.sim.x.sign_up(SignUp { username: "bob", ..SignUp::default() });
    let id = stage.publish("tea").await;
    let before = stage.sim.x.balance();
    let answer = json!({"data": {"retweeted": true, "rest_id": id}});
    assert_eq!(stage.repost(&bob, &id).await.ok(200), answer);
    assert_eq!(stage.repost(&bob, &id).await.ok(200), answer);
    assert_eq!(stage.reposts(), [(bob.id.clone(), Some(id.clone()))]);
    assert_eq!(stage.sim.x.balance(), before - 15);
    // One's own can be shared as well.
    stage.repost(&stage.me, &id).await.ok(200);
    assert_eq!(stage.reposts().len(), 2);
    stage.configure(|options| options.second_repost_refused = true);
    let refused = stage.repost(&bob, &id).await;
    assert_eq!((refused.status, refused.says().as_str()), (403, "You have already retweeted this Tweet."));
    for _ in 0..2 {
        assert_eq!(stage.unrepost(&bob, &id).await.ok(200), json!({"data": {"retweeted": false}}));
    }
    assert_eq!(stage.reposts(), [(stage.me.id.clone(), Some(id.clone()))]);
    let path = format!("/2/tweets/{id}");
    Read::from(stage.request(Method::DELETE, &path, &stage.me.access_token).send().await.unwrap()).await.ok(200);
    assert_eq!(stage.seen(), []);
}

#[tokio::test]
async fn the_timeline_has_reposts_unless_they_are_excluded() {
    let stage = Stage::new().await;
    let bob = stage.sim.x.sign_up(SignUp { username: "bob", ..SignUp::default() });
    let id = stage.post_as(&bob, "/2/tweets", json!({"text": "tea"})).await.ok(201)["data"]["id"].clone();
    stage.repost(&stage.me, id.as_str().unwrap()).await.ok(200);
    let whole = stage.timeline("post.fields=referenced_posts").await.ok(200);
    assert_eq!(whole["data"][0]["text"], "RT @bob: tea");
    assert_eq!(whole["data"][0]["referenced_posts"], json!([{"type": "retweeted", "id": id}]));
    assert_eq!(stage.timeline("exclude=retweets").await.ok(200), json!({"meta": {"result_count": 0}}));
}

#[tokio::test]
async fn what_cannot_be_shared_is_refused() {
    let stage = Stage::new().await;
    let bob = stage.sim.x.sign_up(SignUp { username: "bob", ..SignUp::default() });
    let id = stage.publish("tea").await;
    let path = format!("/2/users/{}/retweets", stage.me.id);
    for (body, message) in [
        (json!({}), "$.tweet_id: is missing but it is required"),
        (json!({"tweet_id": 12}), "$.tweet_id: does not match the regex pattern ^[0-9]{1,19}$"),
        (
            json!({"tweet_id": id, "text": "t"}),
            "$.text: is not defined in the schema and the schema does not allow additional properties",
        ),
    ] {
        let refused = stage.post(&path, body).await;
        assert_eq!((refused.status, refused.says().as_str()), (400, message));
    }
    assert_eq!(stage.repost(&stage.me, "77").await.status, 404);
    let foreign = stage.post_as(&bob, &path, json!({"tweet_id": id})).await;
    assert_eq!(foreign.status, 400);
    assert!(foreign.says().ends_with(&format!("must be the same as the authenticating user [{}]", bob.id)));
    assert_eq!(stage.unrepost(&stage.me, "x").await.status, 400);
    let reader = stage.sim.x.sign_up(SignUp { scopes: &["tweet.read", "users.read"], ..SignUp::default() });
    assert_eq!(stage.repost(&reader, &id).await.status, 403);
    stage.configure(|options| options.limit(Endpoint::Repost, Per::User, 1, MINUTE));
    let carl = stage.sim.x.sign_up(SignUp { username: "carl", ..SignUp::default() });
    stage.repost(&carl, &id).await.ok(200);
    assert_eq!(stage.repost(&carl, &id).await.status, 429);
}

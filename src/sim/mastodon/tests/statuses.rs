//! Statuses: what is accepted, what readers see, repeats by key, edits, deletes, polls, schedules.

use super::*;

#[tokio::test]
async fn a_status_is_shown_as_it_was_written() {
    let bench = Bench::new();
    let got =
        bench.post(&status("Tea at <noon>\n& more\n\nhttps://www.example.org/a-rather-long-path?x=1 @ann #Tea")).await;
    got.is(200, r#""visibility":"public""#);
    let body = got.json();
    let content = "<p>Tea at &lt;noon&gt;<br />&amp; more</p><p><a href=\"https://www.example.org/a-rather-long-path?x=1\" \
        target=\"_blank\" rel=\"nofollow noopener\" translate=\"no\"><span class=\"invisible\">https://www.</span>\
        <span class=\"ellipsis\">example.org/a-rather-long-path</span><span class=\"invisible\">?x=1</span></a> \
        <span class=\"h-card\" translate=\"no\"><a href=\"https://mastodon.example/@ann\" class=\"u-url mention\">@<span>ann</span></a></span> \
        <a href=\"https://mastodon.example/tags/Tea\" class=\"mention hashtag\" rel=\"tag\">#<span>Tea</span></a></p>";
    assert_eq!(body["content"], content);
    assert_eq!(bench.server.content(body["id"].as_str().unwrap()).unwrap(), content);
    assert_eq!(body["created_at"], "2025-11-24T16:00:00.000Z");
    assert_eq!((&body["mentions"][0]["id"], &body["tags"][0]["name"]), (&json!(bench.ann.id), &json!("tea")));
    let [seen] = bench.seen().try_into().unwrap();
    let id = body["id"].as_str().unwrap();
    assert_eq!((seen.id.as_str(), seen.author, seen.visibility.as_str()), (id, bench.ann.id.clone(), "public"));
    assert_eq!(seen.url, format!("https://mastodon.example/@ann/{id}"));
    assert_eq!(seen.details, [("language", "en".to_owned())]);
    assert!(seen.text.starts_with("Tea at <noon>\n& more\n\nhttps://www."));
    let form = "status=Hi&visibility=unlisted&sensitive=true&spoiler_text=tea&poll[options][]=a&poll[options][]=b&poll[expires_in]=300";
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let got = bench.call(Method::POST, "/api/v1/statuses", &headers, form).await;
    got.is(200, r#""spoiler_text":"tea","visibility":"unlisted""#);
    assert_eq!(bench.seen()[1].poll.as_ref().unwrap().options, ["a", "b"]);
}

#[tokio::test]
async fn what_a_status_may_not_be() {
    let bench = Bench::new();
    let hi = status("Hi");
    let set = |name: &str, value: Value| with(hi.clone(), name, value);
    let poll = |options: &[&str], expires_in: u64| set("poll", json!({"options": options, "expires_in": expires_in}));
    let long = "x".repeat(51);
    let picture = bench.picture().await;
    for (body, status_code, part) in [
        (status(" "), 422, "Text can't be blank"),
        (status(&"x".repeat(501)), 422, "Text character limit of 500 exceeded"),
        (with(status(&"x".repeat(490)), "spoiler_text", json!("12345678901")), 422, "limit of 500"),
        (set("visibility", json!("friends")), 422, "Visibility"),
        (set("language", json!("en-US")), 422, "Language"),
        (set("media_ids", json!(["1"])), 422, "not found or already attached"),
        (set("media_ids", json!(vec![picture.clone(); 5])), 422, "more than 4 files"),
        (set("media_ids", json!([picture.clone(), picture.clone()])), 422, "not found"),
        (with(poll(&["a", "b"], 300), "media_ids", json!([picture])), 422, "poll"),
        (poll(&["a"], 300), 422, "more than one item"),
        (poll(&["a", "b", "c", "d", "e"], 300), 422, "more than 4 items"),
        (poll(&["a", "a"], 300), 422, "duplicate"),
        (poll(&["a", " "], 300), 422, "blank"),
        (poll(&["a", &long], 300), 422, "longer than 50"),
        (poll(&["a", "b"], 299), 422, "too soon"),
        (poll(&["a", "b"], 2_629_747), 422, "too far"),
        (set("poll", json!({"options": ["a", "b"]})), 422, "Expires at can't be blank"),
        (set("in_reply_to_id", json!("1")), 404, "does not appear to exist"),
        (set("quoted_status_id", json!("1")), 404, "does not appear to exist"),
        (set("quote_approval_policy", json!("friends")), 422, "Quote approval policy"),
        (set("sensitive", json!("maybe")), 400, "sensitive"),
        (set("media_ids", json!("1")), 400, "media_ids"),
        (set("title", json!("x")), 422, "title is not a parameter"),
    ] {
        bench.post(&body).await.is(status_code, part);
    }
    assert!(bench.seen().is_empty());
    let link = format!("https://example.org/{}", "x".repeat(600));
    for body in [
        status(&format!("{} {link}", "x".repeat(476))),
        status(&"👨‍👩‍👧‍👦".repeat(500)),
        status(&format!("@bob@{}.example{}", "x".repeat(60), "y ".repeat(240))),
        json!({"spoiler_text": "tea"}),
    ] {
        bench.post(&body).await.is(200, "");
    }
    assert_eq!(bench.texts()[3], ".");
}

#[tokio::test]
async fn a_key_gives_the_first_status_for_an_hour() {
    let bench = Bench::new();
    let first = bench.keyed("k", &status("one")).await.text("id");
    assert_eq!(bench.keyed("k", &status("two")).await.text("id"), first, "the body is not compared");
    assert_ne!(bench.keyed("l", &status("two")).await.text("id"), first);
    bench.keyed("m", &status("")).await.is(422, "blank");
    bench.keyed("m", &status("three")).await.is(200, "");
    bench.advance(3_599);
    assert_eq!(bench.keyed("k", &status("one")).await.text("id"), first);
    bench.advance(1);
    assert_ne!(bench.keyed("k", &status("four")).await.text("id"), first);
    assert_eq!(bench.texts(), ["one", "two", "three", "four"]);
    let id = bench.keyed("n", &status("five")).await.text("id");
    bench.delete(&format!("/api/v1/statuses/{id}")).await.is(200, "");
    bench.keyed("n", &status("five")).await.is(404, "Record not found");
    bench.server.configure(|options| options.honours_keys = false);
    bench.keyed("k", &status("six")).await.is(200, "six");
}

#[tokio::test]
async fn threads_and_quotes_name_other_statuses() {
    let bench = Bench::new();
    let first = bench.posted(&status("one")).await;
    let second = bench.posted(&with(status("two"), "in_reply_to_id", json!(first))).await;
    let quote = with(with(status("look"), "quoted_status_id", json!(first)), "quote_approval_policy", json!("nobody"));
    bench.posted(&quote).await;
    let seen = bench.seen();
    assert_eq!((seen[1].reply_to.as_ref(), seen[2].quotes.as_ref()), (Some(&first), Some(&first)));
    assert!(seen[2].details.contains(&("quote_approval_policy", "nobody".to_owned())));
    let got = bench.get(&format!("/api/v1/statuses/{second}")).await.json();
    assert_eq!((&got["in_reply_to_id"], &got["in_reply_to_account_id"]), (&json!(first), &json!(bench.ann.id)));
    bench.server.configure(|options| options.api_version = Some(6));
    bench.post(&quote).await.is(422, "not a parameter of this version");
}

#[tokio::test]
async fn private_ones_are_seen_by_their_author_alone() {
    let bench = Bench::new();
    let id = bench.posted(&with(status("Hi"), "visibility", json!("private"))).await;
    bench.get(&format!("/api/v1/statuses/{id}")).await.is(200, r#""visibility":"private""#);
    bench.nobody(&format!("/api/v1/statuses/{id}")).await.is(404, "Record not found");
    bench.nobody(&format!("/api/v1/accounts/{}/statuses", bench.ann.id)).await.is(200, "[]");
    bench.server.silence(&bench.ann.id);
    bench.post(&status("hush")).await.is(200, r#""visibility":"unlisted""#);
    let own = SignUp { username: "bob".to_owned(), default_visibility: "private".to_owned(), ..SignUp::default() };
    let bob = Bench { ann: bench.server.sign_up(own), server: bench.server.clone(), world: bench.world.clone() };
    bob.post(&json!({"status": "Hi"})).await.is(200, r#""visibility":"private","language":"en""#);
    bob.delete(&format!("/api/v1/statuses/{id}")).await.is(404, "");
}

#[tokio::test]
async fn an_account_has_its_statuses_in_pages() {
    let bench = Bench::new();
    let mut ids = Vec::new();
    for text in ["a", "b", "c"] {
        bench.advance(1);
        ids.push(bench.posted(&status(text)).await);
    }
    ids.push(bench.posted(&with(status("d"), "in_reply_to_id", json!(ids[0]))).await);
    let page = async |query: &str| {
        let got = bench.get(&format!("/api/v1/accounts/{}/statuses?exclude_reblogs=true{query}", bench.ann.id)).await;
        got.is(200, "");
        let texts = got
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|status| status["content"].as_str().unwrap().replace("<p>", "").replace("</p>", ""))
            .collect::<String>();
        (texts, got.header("link").to_owned())
    };
    assert_eq!(page("&limit=40").await.0, "dcba");
    assert_eq!(page("&exclude_replies=true").await.0, "cba");
    let (texts, link) = page("&limit=2").await;
    assert_eq!(texts, "dc");
    assert!(link.contains(&format!("max_id={}>; rel=\"next\"", ids[2])), "{link}");
    assert_eq!(page(&format!("&max_id={}", ids[2])).await.0, "ba");
    assert_eq!(page(&format!("&min_id={}&limit=1", ids[1])).await.0, "c");
    assert_eq!(page(&format!("&since_id={}&limit=1", ids[1])).await.0, "d");
    assert_eq!(page("&only_media=true").await.0, "");
    bench.get("/api/v1/accounts/1/statuses").await.is(404, "");
}

#[tokio::test]
async fn an_edit_replaces_and_a_repeated_one_changes_nothing() {
    let bench = Bench::new();
    let picture = bench.picture().await;
    let id = bench.posted(&with(status("one"), "media_ids", json!([picture]))).await;
    let path = format!("/api/v1/statuses/{id}");
    let edit = json!({
        "status": "two", "language": "nl", "media_ids": [picture], "media_attributes": [{"id": picture, "description": "Tea"}],
    });
    bench.advance(60);
    let got = bench.json(Method::PUT, &path, &edit).await;
    got.is(200, r#""edited_at":"2025-11-24T16:01:00.000Z""#);
    bench.advance(60);
    bench.json(Method::PUT, &path, &edit).await.is(200, r#""edited_at":"2025-11-24T16:01:00.000Z""#);
    bench.get(&format!("{path}/source")).await.is(200, r#""text":"two","spoiler_text":"""#);
    let [seen] = bench.seen().try_into().unwrap();
    assert_eq!((seen.text.as_str(), seen.media[0].alt.as_deref()), ("two", Some("Tea")));
    assert!(
        seen.details.contains(&("language", "nl".to_owned())) && seen.details.contains(&("edited", "true".to_owned()))
    );
    for (name, value, status, part) in [
        ("visibility", json!("private"), 422, "visibility is not a parameter"),
        ("in_reply_to_id", json!("1"), 422, "in_reply_to_id is not a parameter"),
        ("media_attributes", json!([{"id": "1"}]), 404, ""),
        ("media_ids", json!(["1"]), 422, "not found"),
        ("status", json!("x".repeat(501)), 422, "limit of 500"),
    ] {
        bench.json(Method::PUT, &path, &with(edit.clone(), name, value)).await.is(status, part);
    }
    bench.json(Method::PUT, &path, &json!({"status": "three"})).await.is(200, "three");
    assert!(bench.seen()[0].media.is_empty(), "what is not sent again is gone");
    bench.json(Method::PUT, &path, &json!({"status": ""})).await.is(422, "blank");
}

#[tokio::test]
async fn an_edit_keeps_the_votes_of_a_poll_that_stays() {
    let bench = Bench::new();
    let poll = |options: Value| json!({"status": "tea?", "poll": {"options": options, "expires_in": 600}});
    let got = bench.post(&poll(json!(["a", "b"]))).await.json();
    let path = format!("/api/v1/statuses/{}", got["id"].as_str().unwrap());
    let of = async |body: &Value| bench.json(Method::PUT, &path, body).await.json()["poll"]["id"].clone();
    assert_eq!(of(&poll(json!(["a", "b"]))).await, got["poll"]["id"]);
    let new = of(&poll(json!(["a", "c"]))).await;
    assert_ne!(new, got["poll"]["id"]);
    bench
        .get(&format!("/api/v1/polls/{}", new.as_str().unwrap()))
        .await
        .is(200, r#""expires_at":"2025-11-24T16:10:00.000Z""#);
}

#[tokio::test]
async fn a_deleted_status_leaves_what_it_takes_to_write_it_anew() {
    let bench = Bench::new();
    let picture = bench.picture().await;
    let id = bench.posted(&with(status("one"), "media_ids", json!([picture]))).await;
    bench.post(&with(status("two"), "media_ids", json!([picture]))).await.is(422, "already attached");
    let path = format!("/api/v1/statuses/{id}");
    let got = bench.delete(&path).await;
    got.is(200, r#""text":"one""#);
    assert_eq!(got.json()["media_attachments"][0]["id"], picture);
    bench.delete(&path).await.is(404, "Record not found");
    bench.get(&path).await.is(404, "Record not found");
    let id = bench.posted(&with(status("two"), "media_ids", json!([picture]))).await;
    bench.delete(&format!("/api/v1/statuses/{id}?delete_media=true")).await.is(200, "");
    bench.post(&with(status("three"), "media_ids", json!([picture]))).await.is(422, "not found");
    assert!(bench.seen().is_empty());
}

#[tokio::test]
async fn a_time_ahead_is_kept_and_one_gone_by_is_now() {
    let bench = Bench::new();
    let at = |time: &str| with(status(time), "scheduled_at", json!(time));
    bench.post(&at("2025-11-24T15:00:00Z")).await.is(200, "content");
    bench.post(&at("2025-11-24T16:04:59Z")).await.is(422, "5 minutes");
    bench.post(&at("tomorrow")).await.is(422, "not a time");
    let ten = bench.keyed("k", &at("2025-11-24T16:10:00Z")).await;
    ten.is(200, r#""scheduled_at":"2025-11-24T16:10:00.000Z","params""#);
    let again = bench.keyed("k", &at("2025-11-24T16:10:00Z")).await;
    assert_ne!(again.text("id"), ten.text("id"), "keys are not remembered for these");
    let path = |got: &Got| format!("/api/v1/scheduled_statuses/{}", got.text("id"));
    bench.delete(&path(&again)).await.is(200, "{}");
    let body = json!({"scheduled_at": "2025-11-24T16:20:00Z"});
    bench.json(Method::PUT, &path(&ten), &body).await.is(200, "16:20:00");
    bench.get("/api/v1/scheduled_statuses").await.is(200, "16:20:00");
    bench.advance(1_199);
    assert_eq!(bench.texts().len(), 1);
    bench.advance(1);
    assert_eq!(bench.texts().len(), 2);
    bench.get(&path(&ten)).await.is(404, "");
    for _ in 0..25 {
        bench.post(&at("2025-11-25T16:00:00Z")).await.is(200, "");
    }
    bench.post(&at("2025-11-25T17:00:00Z")).await.is(422, "25 scheduled posts");
}

#[tokio::test]
async fn snac_drops_what_it_does_not_know_without_a_word() {
    let bench = Bench::of(Flavour::Snac);
    let body = json!({
        "status": "some *tea* at **noon** in `cups`", "visibility": "unlisted", "language": "nl",
        "poll": {"options": ["a", "b"], "expires_in": 300}, "scheduled_at": "2030-01-01T00:00:00Z",
    });
    let first = bench.keyed("k", &body).await;
    first.is(200, r#""visibility":"public","language":"en""#);
    first.is(200, r#""content":"<p>some <i>tea</i> at <b>noon</b> in <code>cups</code></p>""#);
    assert_eq!(first.json()["poll"], Value::Null);
    let second = bench.keyed("k", &body).await;
    assert_ne!(first.text("id"), second.text("id"));
    assert_eq!(first.text("id").len(), 43);
    assert_eq!(bench.texts(), ["some tea at noon in cups"; 2]);
    for visibility in ["direct", "followers"] {
        bench.post(&with(status("x"), "visibility", json!(visibility))).await.is(200, r#""visibility":"private""#);
    }
    bench.post(&json!({"status": ""})).await.is(200, r#""content":"""#);
    let path = format!("/api/v1/statuses/{}", first.text("id"));
    bench.delete(&path).await.is(404, "");
    assert_eq!(bench.seen().len(), 5, "nothing is deleted");
    bench.json(Method::PUT, &path, &json!({"status": "later"})).await.is(200, "later");
    let many = "x".repeat(99_960);
    bench.post(&status(&format!("{many} https://example.org/"))).await.is(200, "");
    bench.post(&status(&format!("{many} 12345678 https://example.org/"))).await.is(422, "limit of 100000");
}

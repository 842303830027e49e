//! Reading back: profiles, posts, lists, addresses.

use serde_json::json;

use super::*;

#[tokio::test]
async fn profiles() {
    let bench = Bench::new();
    assert_eq!(bench.get("/me", &[]).await.json(), json!({"id": bench.ann.id}));
    let fields =
        "id,username,name,threads_profile_picture_url,threads_biography,is_verified,is_eligible_for_geo_gating";
    let got = bench.get(&format!("/{}", bench.ann.id), &[("fields", fields)]).await.json();
    assert_eq!((&got["username"], &got["name"]), (&json!("ann"), &json!("Ann Example")));
    assert_eq!(got.as_object().unwrap().len(), 7);
    bench.get("/me", &[("fields", "id,email")]).await.fails(
        100,
        None,
        "nonexisting field (email) on node type (ThreadsUser)",
    );
    bench.get("/me", &[("fields", "id{")]).await.fails(100, None, "Syntax error");
    bench.get("/me", &[("metadata", "1")]).await.fails(100, None, "metadata is unknown");
}

#[tokio::test]
async fn addresses() {
    let bench = Bench::new();
    let token = &bench.ann.access_token;
    for path in ["/me", "/v2.0/me", "/v26.0/me", "/v1.0/oauth/access_token", "/v1.0/access_token", "/"] {
        let got = bench.send("GET", &format!("{path}?access_token={token}"), None).await;
        assert_eq!(got.status, 400, "{path}: {}", got.body);
    }
    bench.send("GET", &format!("/v2.0/me?access_token={token}"), None).await.fails(2_500, None, "Unknown path");
    bench.configure(|options| options.unversioned = true);
    assert_eq!(bench.send("GET", &format!("/me?access_token={token}"), None).await.status, 200);
    assert_eq!(bench.send("GET", &format!("/v1.0/me/?access_token={token}"), None).await.status, 200);
    // Parameters of a POST may stand in the query.
    let target = format!("/v1.0/me/threads?media_type=TEXT&text=Hi&access_token={token}");
    bench.send("POST", &target, None).await.id();
    bench.get("/me/insights", &[]).await.fails(100, 33, "Unsupported get request");
    let unread = Request::builder().method("POST").uri(target).header("content-type", "text/plain");
    bench.answer(unread.body(Body::from("x")).unwrap()).await.fails(100, None, "form");
}

#[tokio::test]
async fn a_post_by_its_id() {
    let bench = Bench::new();
    let poll = r#"{"option_a":"Yes","option_b":"No"}"#;
    let id = bench.published(&[("media_type", "TEXT"), ("text", "A #vote"), ("poll_attachment", poll)]).await;
    let fields = "id,media_product_type,media_type,permalink,owner,username,text,timestamp,shortcode,topic_tag,gif_url,\
                  poll_attachment{option_a,option_b,option_c,expiration_timestamp}";
    let got = bench.get(&format!("/{id}"), &[("fields", fields)]).await.json();
    assert_eq!((&got["media_type"], &got["media_product_type"]), (&json!("TEXT_POST"), &json!("THREADS")));
    assert_eq!(
        (&got["text"], &got["topic_tag"], &got["owner"]),
        (&json!("A #vote"), &json!("vote"), &json!({"id": bench.ann.id}))
    );
    assert_eq!(got["permalink"], format!("https://www.threads.com/@ann/post/{}", got["shortcode"].as_str().unwrap()));
    let timestamp = got["timestamp"].as_str().unwrap();
    assert!(timestamp.len() == 24 && timestamp.ends_with("+0000"), "{timestamp}");
    let poll = got["poll_attachment"].as_object().unwrap();
    assert_eq!((poll["option_b"].as_str(), poll.len()), (Some("No"), 3));
    assert_eq!(got.get("gif_url"), None);
    assert_eq!(bench.seen()[0].url, got["permalink"].as_str().unwrap());
    assert_eq!(bench.get(&format!("/{id}"), &[]).await.json(), json!({"id": id}));
    for (fields, part) in [
        ("gif_attachment", "nonexisting field (gif_attachment)"),
        ("poll_attachment{votes}", "nonexisting field (votes)"),
        ("text{a}", "Subfields are not supported by text"),
    ] {
        bench.get(&format!("/{id}"), &[("fields", fields)]).await.fails(100, None, part);
    }
    let bob = bench.threads.sign_up(SignUp { username: "bob".to_owned(), ..SignUp::default() });
    bench.get_as(&bob, &format!("/{id}"), &[]).await.fails(100, 33, "");
    bench.configure(|options| options.permalink_host = "www.threads.net".to_owned());
    assert!(bench.seen()[0].url.starts_with("https://www.threads.net/@ann/"));
}

#[tokio::test]
async fn lists_are_newest_first_in_pages() {
    let bench = Bench::new();
    let mut ids = Vec::new();
    for text in ["1", "2", "3", "4", "5"] {
        ids.insert(0, bench.said(text).await);
    }
    let reply = bench.published(&[("media_type", "TEXT"), ("text", "r"), ("reply_to_id", &ids[0])]).await;
    bench.advance(60);
    let listed = |got: &Value| -> Vec<String> {
        got["data"].as_array().unwrap().iter().map(|post| post["id"].as_str().unwrap().to_owned()).collect()
    };
    let all = bench.get("/me/threads", &[]).await.json();
    assert_eq!(listed(&all), ids);
    assert_eq!(all["paging"].get("next"), None);
    assert_eq!(listed(&bench.get("/me/replies", &[]).await.json()), [reply]);

    let first = bench.get("/me/threads", &[("limit", "2"), ("fields", "id,text")]).await.json();
    assert_eq!(listed(&first), ids[..2]);
    assert_eq!(first["data"][1]["text"], "4");
    let next = first["paging"]["next"].as_str().unwrap();
    assert!(next.contains(&format!("access_token={}", bench.ann.access_token)), "as the Graph API has it");
    let second = bench.send("GET", next.strip_prefix("https://graph.threads.net").unwrap(), None).await.json();
    assert_eq!((listed(&second), second["data"][0]["text"].as_str()), (ids[2..4].to_vec(), Some("3")));
    let after = second["paging"]["cursors"]["after"].as_str().unwrap();
    let last = bench.get("/me/threads", &[("limit", "2"), ("after", after)]).await.json();
    assert_eq!((listed(&last), last["paging"].get("next")), (ids[4..].to_vec(), None));
    let before = last["paging"]["cursors"]["before"].as_str().unwrap();
    let back = bench.get("/me/threads", &[("limit", "2"), ("before", before)]).await.json();
    assert_eq!(listed(&back), ids[2..4]);
    let end = last["paging"]["cursors"]["after"].as_str().unwrap();
    assert_eq!(bench.get("/me/threads", &[("after", end)]).await.json(), json!({"data": []}));

    for query in [
        vec![("before", before), ("after", after)],
        vec![("limit", "101")],
        vec![("limit", "-1")],
        vec![("since", "1688540399")],
        vec![("since", "yesterday")],
        vec![("until", "4000000000")],
        vec![("since", "1700000001"), ("until", "1700000000")],
        vec![("after", "!")],
    ] {
        bench.get("/me/threads", &query).await.fails(100, None, "");
    }
}

#[tokio::test]
async fn lists_by_time() {
    let bench = Bench::new();
    bench.said("old").await;
    bench.advance(1_000);
    let id = bench.said("new").await;
    bench.get("/me/threads", &[("since", "2023-07-06")]).await;
    let at = bench.seen()[1].at.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    bench.advance(10);
    let since = (at - 5).to_string();
    let texts = async |query: &Fields<'_>| {
        let got = bench.get("/me/threads", &[query, &[("fields", "text")]].concat()).await.json();
        got["data"].as_array().unwrap().iter().map(|post| post["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(texts(&[("since", &since)]).await, ["new"]);
    assert_eq!(texts(&[("until", &since)]).await, ["old"]);
    assert_eq!(texts(&[("since", "2023-07-06")]).await, ["new", "old"]);

    bench.configure(|options| options.list_delay = Duration::from_secs(100));
    assert_eq!(texts(&[]).await, ["old"]);
    assert_eq!(bench.get(&format!("/{id}"), &[]).await.status, 200);
    bench.advance(100);
    assert_eq!(texts(&[]).await, ["new", "old"]);
}

#[tokio::test]
async fn places() {
    let bench = Bench::new();
    bench.threads.add_location("77", "Tea house");
    let mut sign_up = SignUp::default();
    sign_up.scopes.push("threads_location_tagging".to_owned());
    let loc = bench.threads.sign_up(sign_up);
    let got = bench.get_as(&loc, "/location_search", &[("q", "TEA")]).await.json();
    assert_eq!(got, json!({"data": [{"id": "77", "name": "Tea house"}]}));
    let got = bench.get_as(&loc, "/77", &[("fields", "id,name,city")]).await.json();
    assert_eq!(got, json!({"id": "77", "name": "Tea house"}));
}

//! Writing and reading records: what a repeat answers, as the server was seen to answer.

use super::*;

const PUT: &str = "com.atproto.repo.putRecord";
const CREATE: &str = "com.atproto.repo.createRecord";
const DELETE: &str = "com.atproto.repo.deleteRecord";
const APPLY: &str = "com.atproto.repo.applyWrites";

/// The calls of the table, one after another on one key: what each answers, whether it wrote, and what is there then.
#[tokio::test]
async fn repeats_are_answered_as_they_were_seen_to_be() {
    let bench = Bench::new();
    let (one, two) = (post("one"), post("two"));
    let cid = |record: &Value| super::super::cid::of_json(record).unwrap();
    let (put_one, put_two) = (bench.put_body(KEY, &one), bench.put_body(KEY, &two));
    let null = |body: &Value| with(body.clone(), "swapRecord", Value::Null);
    let was = |record: &Value| with(put_one.clone(), "swapRecord", json!(cid(record)));
    let gone = json!({"repo": bench.ann.did, "collection": POST, "rkey": KEY});
    let rows = [
        ("made", CREATE, put_one.clone(), 200, true, "", Some("one")),
        ("made again", CREATE, put_one.clone(), 500, false, "InternalServerError", Some("one")),
        ("made otherwise", CREATE, put_two.clone(), 500, false, "InternalServerError", Some("one")),
        ("put the same", PUT, put_one.clone(), 200, false, "", Some("one")),
        ("put another", PUT, put_two.clone(), 200, true, "", Some("two")),
        ("put where nothing is, the same", PUT, null(&put_two), 200, false, "", Some("two")),
        (
            "put where nothing is, another",
            PUT,
            null(&put_one),
            400,
            false,
            &format!("Record was at {}", cid(&two)),
            Some("two"),
        ),
        ("put for something else", PUT, was(&one), 400, false, "InvalidSwap", Some("two")),
        ("put for what is there", PUT, was(&two), 200, true, "", Some("one")),
        (
            "deleted for something else",
            DELETE,
            with(gone.clone(), "swapRecord", json!(cid(&two))),
            400,
            false,
            "InvalidSwap",
            Some("one"),
        ),
        ("deleted", DELETE, gone.clone(), 200, true, "", None),
        ("deleted again", DELETE, gone.clone(), 200, false, "{}", None),
        ("put for what is gone", PUT, was(&one), 400, false, "Record was at null", None),
        ("put where nothing is", PUT, null(&put_one), 200, true, "", Some("one")),
        ("deleted once more", DELETE, gone, 200, true, "", None),
        ("made anew", CREATE, put_one.clone(), 200, true, "", Some("one")),
    ];
    for (what, name, body, status, wrote, part, there) in rows {
        let got = bench.post(name, &body).await;
        assert!(got.text().contains(part) && got.status == status, "{what}: {} {}", got.status, got.text());
        assert_eq!(got.json().get("commit").is_some(), wrote, "{what}: {}", got.text());
        let record =
            bench.get(&format!("/xrpc/com.atproto.repo.getRecord?repo=ann.example&collection={POST}&rkey={KEY}")).await;
        match there {
            Some(text) => {
                record.is(200, "");
                assert_eq!(record.json()["value"]["text"], text, "{what}");
                assert_eq!(record.json()["cid"], cid(&post(text)), "{what}");
                assert_eq!(record.json()["uri"], format!("at://{}/{POST}/{KEY}", bench.ann.did));
            }
            None => record.is(400, "RecordNotFound"),
        }
    }
}

#[tokio::test]
async fn a_commit_has_a_revision_and_can_be_asked_for() {
    let bench = Bench::new();
    let first = bench.publish(KEY, &post("one")).await.json();
    let second = bench.publish("3lbcdefgh2346", &post("two")).await.json();
    let revision = |got: &Value| got["commit"]["rev"].as_str().unwrap().to_owned();
    assert!(revision(&first) < revision(&second) && revision(&first).len() == 13);
    let body = with(bench.put_body("3lbcdefgh2347", &post("three")), "swapCommit", first["commit"]["cid"].clone());
    bench.post(PUT, &body).await.is(400, "Commit was at");
    let body = with(body, "swapCommit", second["commit"]["cid"].clone());
    bench.post(PUT, &body).await.is(200, "commit");
}

#[tokio::test]
async fn several_writes_are_one() {
    let bench = Bench::new();
    let write = |kind: &str, key: &str, text: &str| {
        let kind = format!("com.atproto.repo.applyWrites#{kind}");
        json!({"$type": kind, "collection": POST, "rkey": key, "value": post(text)})
    };
    let apply = async |writes: Value| bench.post(APPLY, &json!({"repo": bench.ann.did, "writes": writes})).await;
    let [a, b, c] = ["3lbcdefgh2341", "3lbcdefgh2342", "3lbcdefgh2343"].map(|key| key.replace('1', "7"));
    let got = apply(json!([write("create", &a, "a"), write("create", &b, "b")])).await;
    got.is(200, "applyWrites#createResult");
    assert_eq!(got.json()["results"][1]["uri"], format!("at://{}/{POST}/{b}", bench.ann.did));
    apply(json!([write("create", &c, "c"), write("create", &b, "b")])).await.is(500, "InternalServerError");
    assert_eq!(bench.sky.seen().len(), 2, "all or nothing");
    apply(json!([write("update", &c, "c")])).await.is(500, "");
    apply(json!([write("update", &b, "B"), {"$type": "com.atproto.repo.applyWrites#delete", "collection": POST, "rkey": a}]))
        .await
        .is(200, "deleteResult");
    apply(json!([write("create", &c, "c"), write("create", &c, "c")])).await.is(500, "");
    apply(json!([write("create", &c, &"x".repeat(301))])).await.is(400, "grapheme");
    apply(json!([{"$type": "#create", "collection": POST}])).await.is(400, "Action not supported");
    let many: Vec<Value> = (0..201).map(|_| write("create", &c, "c")).collect();
    apply(Value::Array(many)).await.is(400, "Too many writes. Max: 200");
    let list = bench.get(&format!("/xrpc/com.atproto.repo.listRecords?repo={}&collection={POST}", bench.ann.did)).await;
    assert_eq!(list.json()["records"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn records_are_listed_from_the_last_key_on() {
    let bench = Bench::new();
    for key in ["3lbcdefgh2344", "3lbcdefgh2345", "3lbcdefgh2346"] {
        bench.published(key, &post(key)).await;
    }
    let keys = async |query: &str| {
        let got = bench
            .get(&format!("/xrpc/com.atproto.repo.listRecords?repo={}&collection={POST}{query}", bench.ann.did))
            .await
            .json();
        let records = got["records"].as_array().unwrap().iter();
        let last = |record: &Value| record["uri"].as_str().unwrap().chars().last().unwrap();
        records.map(last).collect::<String>()
    };
    assert_eq!(keys("").await, "654");
    assert_eq!(keys("&reverse=true").await, "456");
    assert_eq!(keys("&limit=2").await, "65");
    assert_eq!(keys("&limit=2&cursor=3lbcdefgh2345").await, "4");
    bench.get("/xrpc/com.atproto.repo.listRecords?repo=ann.example&collection=a.b.c&limit=101").await.is(400, "limit");
    bench
        .get("/xrpc/com.atproto.repo.listRecords?repo=bob.example&collection=a.b.c")
        .await
        .is(400, "Could not find repo");
    bench
        .get("/xrpc/com.atproto.repo.describeRepo?repo=ann.example")
        .await
        .is(200, r#""collections":["app.bsky.feed.post"]"#);
}

#[tokio::test]
async fn inputs_are_held_against_the_lexicon() {
    let bench = Bench::new();
    let bob = bench.sky.sign_up(SignUp { handle: "bob.example".to_owned(), ..SignUp::default() });
    let body = bench.put_body(KEY, &post("Hi"));
    for (body, status, part) in [
        (with(body.clone(), "rkey", json!("my-first-post")), 400, "record key"),
        (with(body.clone(), "rkey", json!("zlbcdefgh2345")), 400, "expected a TID"),
        (with(body.clone(), "rkey", json!("a/b")), 400, "record key"),
        (with(body.clone(), "repo", json!(bob.did)), 403, ""),
        (with(body.clone(), "repo", json!("ann.example")), 200, "commit"),
        (with(body.clone(), "collection", json!("app.bsky.feed.like")), 400, "Unknown lexicon"),
        (with(body.clone(), "collection", json!("post")), 400, "nsid"),
        (with(body.clone(), "record", json!("Hi")), 400, "must be an object"),
        (with(body.clone(), "swapRecord", json!(false)), 400, "swapRecord"),
        (with(body.clone(), "key", json!("x")), 400, r#"Input has no property \"key\""#),
        (with(body.clone(), "record", post(&"x".repeat(1_000_000))), 413, "PayloadTooLarge"),
    ] {
        bench.post(PUT, &body).await.is(status, part);
    }
    let request = Request::builder().method(Method::POST).uri(format!("/xrpc/{PUT}"));
    let request = request.header("authorization", format!("Bearer {}", bench.ann.access_jwt));
    let got =
        bench.send(PDS, request.header("content-type", "text/plain").body(Body::from(body.to_string())).unwrap()).await;
    got.is(400, "Wrong request encoding (Content-Type): text/plain");
}

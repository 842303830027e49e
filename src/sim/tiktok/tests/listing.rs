//! Looking things up: the account, its public videos in pages, videos by id.

use super::*;

const FIELDS: &str = "/v2/video/list/?fields=id,create_time,title,video_description,duration,share_url";

/// So many public posts, a minute apart, all past moderation; their ids, newest first.
async fn posts(bench: &Bench, count: usize) -> Vec<String> {
    for number in 0..count {
        let info = with(&json!({"p": wishes()}), "/p/title", json!(format!("Cup {number}")));
        bench.uploaded(&info["p"], &film()).await;
        bench.advance(Duration::from_secs(60));
    }
    bench.advance(PROCESSING + MODERATION);
    bench.seen().into_iter().rev().map(|post| post.id).collect()
}

fn listed(data: &Value) -> Vec<String> {
    data["videos"].as_array().unwrap().iter().map(|video| video["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn public_videos_newest_first() {
    let bench = Bench::new().await;
    let ids = posts(&bench, 25).await;
    let page = async |body: Value| bench.post(&bench.ann, FIELDS, &body).await.data();
    let first = page(json!({"max_count": 20})).await;
    assert_eq!((listed(&first), &first["has_more"]), (ids[..20].to_vec(), &json!(true)));
    let cursor = first["cursor"].as_u64().unwrap();
    let second = page(json!({"max_count": 20, "cursor": cursor})).await;
    assert_eq!((listed(&second), &second["has_more"]), (ids[20..].to_vec(), &json!(false)));
    assert_eq!(listed(&page(json!({})).await), ids[..10]);

    let newest = &first["videos"][0];
    assert_eq!((&newest["title"], &newest["video_description"]), (&json!("Cup 24"), &json!("Cup 24")));
    assert_eq!(newest["share_url"], format!("https://www.tiktok.com/@ann.example/video/{}", ids[0]));
    assert_eq!((&newest["duration"], newest.as_object().unwrap().len()), (&json!(10), 6));
    let at = bench.seen().last().unwrap().at.duration_since(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(newest["create_time"].as_u64(), Some(at.as_secs()));
    assert_eq!(first["videos"][19]["create_time"].as_u64(), Some(cursor / 1_000));
}

#[tokio::test]
async fn only_what_everybody_may_see() {
    let bench = Bench::new().await;
    let list = async || listed(&bench.post(&bench.ann, FIELDS, &json!({})).await.data());
    let private = with(&json!({"p": wishes()}), "/p/privacy_level", json!("SELF_ONLY"));
    bench.uploaded(&private["p"], &film()).await;
    let (_, url) = bench.begin(DRAFT, &Value::Null, film().len()).await;
    bench.put(&url, 0, &film(), film().len()).await.is(201, "");
    bench.uploaded(&wishes(), &film()).await;
    bench.advance(PROCESSING);
    assert_eq!(bench.seen().len(), 3);
    assert_eq!(list().await, [] as [&str; 0], "still with the moderators");
    bench.advance(MODERATION);
    let ids = list().await;
    assert_eq!(ids.len(), 1);
    let theirs = bench.post(&bench.bob(), FIELDS, &json!({})).await.data();
    assert_eq!(listed(&theirs), [] as [&str; 0]);
    let query = async |member: &Member| {
        let body = json!({"filters": {"video_ids": ids}});
        listed(&bench.post(member, "/v2/video/query/?fields=id,title", &body).await.data())
    };
    assert_eq!(query(&bench.ann).await, ids);
    assert_eq!(query(&bench.bob()).await, [] as [&str; 0]);
    bench.tiktok().delete(&ids[0]);
    assert_eq!(list().await, [] as [&str; 0]);
}

#[tokio::test]
async fn long_texts_are_cut() {
    let bench = Bench::new().await;
    let info = with(&json!({"p": wishes()}), "/p/title", json!("x".repeat(200)));
    bench.uploaded(&info["p"], &film()).await;
    bench.advance(PROCESSING + MODERATION);
    let data = bench.post(&bench.ann, FIELDS, &json!({})).await.data();
    assert_eq!(data["videos"][0]["video_description"], "x".repeat(150));
    assert_eq!(bench.seen()[0].text.len(), 200);
}

#[tokio::test]
async fn questions_are_checked() {
    let bench = Bench::new().await;
    for (path, body, why) in [
        ("/v2/video/list/", json!({}), "fields is missing"),
        ("/v2/video/list/?fields=", json!({}), "fields is missing"),
        ("/v2/video/list/?fields=id,body", json!({}), "The field body is unknown"),
        ("/v2/video/list/?fields=id&a=b", json!({}), "not the only one"),
        (FIELDS, json!({"max_count": 0}), "max_count"),
        (FIELDS, json!({"max_count": 21}), "max_count"),
        (FIELDS, json!({"cursor": -1}), "cursor"),
        (FIELDS, json!({"cursor": "1"}), "cursor is not an integer"),
        (FIELDS, json!({"count": 1}), "The field count is unknown"),
        ("/v2/video/query/?fields=id", json!({}), "filters is missing"),
        ("/v2/video/query/?fields=id", json!({"filters": {"video_ids": []}}), "1 to 20"),
        ("/v2/video/query/?fields=id", json!({"filters": {"video_ids": vec!["1"; 21]}}), "1 to 20"),
        ("/v2/video/query/?fields=id", json!({"filters": {"video_ids": [1]}}), "not a list of strings"),
    ] {
        bench.post(&bench.ann, path, &body).await.wrong(why);
    }
    bench.get(&bench.ann, "/v2/user/info/").await.wrong("fields is missing");
    bench.get(&bench.ann, "/v2/user/info/?fields=open_id,email").await.wrong("The field email is unknown");
}

#[tokio::test]
async fn users_by_scope() {
    let bench = Bench::new().await;
    let path = "/v2/user/info/?fields=open_id,union_id,avatar_url,display_name,username";
    let user = bench.get(&bench.ann, path).await.data()["user"].clone();
    assert_eq!((&user["open_id"], &user["username"]), (&json!(bench.ann.open_id), &json!("ann.example")));
    assert_eq!((&user["display_name"], user.as_object().unwrap().len()), (&json!("Ann Example"), 5));
    let basic = bench.ann_with(&["user.info.basic"]);
    bench.get(&basic, path).await.refused(400, "scope_permission_missed");
    bench.get(&basic, "/v2/user/info/?fields=video_count").await.refused(400, "scope_permission_missed");
    let user = bench.get(&basic, "/v2/user/info/?fields=open_id,union_id").await.data()["user"].clone();
    // One developer's apps know the same union id, but each its own open id.
    bench.tiktok().add_app(super::super::App { client_key: "other".to_owned(), ..super::super::App::default() });
    let other = bench.tiktok().sign_up(SignUp { client_key: "other".to_owned(), ..SignUp::default() });
    let theirs = bench.get(&other, "/v2/user/info/?fields=open_id,union_id").await.data()["user"].clone();
    assert_eq!(user["union_id"], theirs["union_id"]);
    assert_ne!(user["open_id"], theirs["open_id"]);
}

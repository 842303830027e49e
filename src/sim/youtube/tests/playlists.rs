//! Playlists, the one of all uploads, channels, categories and search.

use super::*;

const ITEMS: &str = "/youtube/v3/playlistItems";

fn entry(playlist: &str, video: &str) -> Value {
    json!({"snippet": {"playlistId": playlist, "resourceId": {"kind": "youtube#video", "videoId": video}}})
}

fn videos(body: &Value) -> Vec<String> {
    let items = body["items"].as_array().unwrap();
    items.iter().map(|item| item["snippet"]["resourceId"]["videoId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn uploads_are_listed_newest_first() {
    let bench = Bench::new();
    let mut ids = Vec::new();
    for number in 0..7 {
        ids.insert(0, bench.upload(&film(9, 9, 1, &number.to_string()), &plain()).await);
    }
    let base = format!("{ITEMS}?part=snippet,contentDetails,status&playlistId={}", bench.ann.uploads_playlist);
    let all = bench.get(&format!("{base}&maxResults=50")).await.json();
    assert_eq!((videos(&all), all.get("nextPageToken")), (ids.clone(), None));
    assert_eq!(all["pageInfo"], json!({"totalResults": 7, "resultsPerPage": 50}));
    let first = bench.get(&base).await.json();
    assert_eq!(videos(&first), ids[..5]);
    let next = first["nextPageToken"].as_str().unwrap();
    let second = bench.get(&format!("{base}&pageToken={next}")).await.json();
    assert_eq!((videos(&second), second.get("nextPageToken")), (ids[5..].to_vec(), None));
    assert_eq!(second["items"][0]["snippet"]["position"], json!(5));
    for (query, reason) in
        [("maxResults=51", "invalid"), ("pageToken=x", "invalidPageToken"), ("pageToken=CAFFFFQAA", "invalidPageToken")]
    {
        bench.get(&format!("{base}&{query}")).await.refuses(400, reason);
    }
    let one = bench.get(&format!("{base}&videoId={}", ids[3])).await.json();
    assert_eq!(videos(&one), ids[3..4]);
}

#[tokio::test]
async fn uploads_lag_and_hide() {
    let bench = Bench::new();
    let bob = bench.youtube.sign_up(SignUp { email: "bob@example.org".to_owned(), ..SignUp::default() });
    bench.youtube.configure(|options| options.uploads_lag = Duration::from_secs(60));
    for (at, privacy) in ["public", "unlisted", "private"].into_iter().enumerate() {
        bench.upload(&film(9, 9, 1, &at.to_string()), &with(plain(), "status", "privacyStatus", json!(privacy))).await;
    }
    let target = format!("{ITEMS}?part=status&playlistId={}", bench.ann.uploads_playlist);
    let listed = async |member: &Member| {
        let got = bench.send(bench.request(member, "GET", &target, &[], b"")).await.json();
        let items = got["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["status"]["privacyStatus"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed(&bench.ann).await, Vec::<String>::new());
    bench.advance(60);
    assert_eq!(listed(&bench.ann).await, ["private", "unlisted", "public"]);
    assert_eq!(listed(&bob).await, ["public"]);
}

#[tokio::test]
async fn a_video_goes_into_a_playlist_once() {
    let bench = Bench::new();
    let list = bench.youtube.add_playlist(&bench.ann.channel_id, "Drinks");
    let (one, two) = (bench.published("One").await, bench.published("Two").await);
    let target = format!("{ITEMS}?part=snippet");
    let got = bench.json("POST", &target, &entry(&list, &one)).await;
    got.is(200, "youtube#playlistItem");
    let entry_id = got.json()["id"].as_str().unwrap().to_owned();
    bench.json("POST", &target, &entry(&list, &one)).await.refuses(409, "videoAlreadyInPlaylist");
    bench.json("POST", &target, &with(entry(&list, &two), "snippet", "position", json!(0))).await.is(200, "");
    let found = bench.get(&format!("{target}&playlistId={list}")).await.json();
    assert_eq!(videos(&found), [two.clone(), one.clone()]);
    let found = bench.get(&format!("{ITEMS}?part=id&playlistId={list}&videoId={one}")).await.json();
    assert_eq!(found["items"][0]["id"].as_str(), Some(entry_id.as_str()));
    assert!(bench.seen()[0].details.contains(&("playlistId", list.clone())));
    bench.delete(&format!("{ITEMS}?id={entry_id}")).await.is(204, "");
    bench.delete(&format!("{ITEMS}?id={entry_id}")).await.refuses(404, "playlistItemNotFound");
    bench.delete(&format!("{VIDEOS}?id={two}")).await.is(204, "");
    assert_eq!(bench.get(&format!("{target}&playlistId={list}")).await.json()["items"], json!([]));
}

#[tokio::test]
async fn playlist_entries_are_judged() {
    let bench = Bench::new();
    let bob = bench.youtube.sign_up(SignUp { email: "bob@example.org".to_owned(), ..SignUp::default() });
    let list = bench.youtube.add_playlist(&bench.ann.channel_id, "Drinks");
    let theirs = bench.youtube.add_playlist(&bob.channel_id, "Theirs");
    let id = bench.published("Tea").await;
    let resource = |content: Value| with(entry(&list, &id), "snippet", "resourceId", content);
    for (body, status, reason) in [
        (entry("PLnothing", &id), 404, "playlistNotFound"),
        (entry(&list, "nothing"), 404, "videoNotFound"),
        (entry(&theirs, &id), 403, "playlistItemsNotAccessible"),
        (entry(&bench.ann.uploads_playlist, &id), 400, "playlistOperationUnsupported"),
        (with(entry(&list, &id), "snippet", "playlistId", json!(null)), 400, "playlistIdRequired"),
        (resource(json!(null)), 400, "resourceIdRequired"),
        (resource(json!({"kind": "youtube#video"})), 400, "resourceIdRequired"),
        (resource(json!({"kind": "youtube#channel", "videoId": id})), 400, "invalidResourceType"),
        (with(entry(&list, &id), "snippet", "position", json!(1)), 400, "invalidPlaylistItemPosition"),
        (with(entry(&list, &id), "snippet", "position", json!("0")), 400, "invalid"),
        (with(entry(&list, &id), "snippet", "title", json!("x")), 400, "invalid"),
        (json!({}), 400, "unexpectedPart"),
    ] {
        bench.json("POST", &format!("{ITEMS}?part=snippet"), &body).await.refuses(status, reason);
    }
    bench.youtube.configure(|options| options.playlist_max = 0);
    bench
        .json("POST", &format!("{ITEMS}?part=snippet"), &entry(&list, &id))
        .await
        .refuses(403, "playlistContainsMaximumNumberOfVideos");
    for (query, status, reason) in [
        ("part=id", 400, "missingRequiredParameter"),
        ("part=id&playlistId=PLx&id=y", 400, "incompatibleParameters"),
        ("part=id&playlistId=PLx", 404, "playlistNotFound"),
    ] {
        bench.get(&format!("{ITEMS}?{query}")).await.refuses(status, reason);
    }
}

#[tokio::test]
async fn playlists_are_made_and_listed() {
    let bench = Bench::new();
    let target = "/youtube/v3/playlists?part=snippet,status";
    let body = |title: &str| json!({"snippet": {"title": title}, "status": {"privacyStatus": "private"}});
    let got = bench.json("POST", target, &body("Drinks")).await;
    got.is(200, "youtube#playlist");
    let id = got.json()["id"].as_str().unwrap().to_owned();
    for (body, reason) in [
        (body(""), "playlistTitleRequired"),
        (body(&"x".repeat(151)), "invalidPlaylistSnippet"),
        (json!({"snippet": {"title": "x"}}), "unexpectedPart"),
        (json!({"snippet": {"title": "x", "colour": 1}, "status": {}}), "invalid"),
    ] {
        bench.json("POST", target, &body).await.refuses(400, reason);
    }
    let mine = bench.get("/youtube/v3/playlists?part=snippet,contentDetails&mine=true&maxResults=50").await.json();
    assert_eq!((&mine["items"][0]["id"], &mine["items"][0]["contentDetails"]["itemCount"]), (&json!(id), &json!(0)));
    bench.get("/youtube/v3/playlists?part=id").await.refuses(400, "missingRequiredParameter");
    bench.get("/youtube/v3/playlists?part=id&mine=true&id=x").await.refuses(400, "incompatibleParameters");
    let bob = bench.youtube.sign_up(SignUp { email: "bob@example.org".to_owned(), ..SignUp::default() });
    let hidden = bench.request(&bob, "GET", &format!("/youtube/v3/playlists?part=id&id={id}"), &[], b"");
    assert_eq!(bench.send(hidden).await.json()["items"], json!([]));
    let closed = bench.request(&bob, "GET", &format!("{ITEMS}?part=id&playlistId={id}"), &[], b"");
    bench.send(closed).await.refuses(403, "playlistItemsNotAccessible");
}

#[tokio::test]
async fn who_am_i() {
    let bench = Bench::new();
    let got = bench.get("/youtube/v3/channels?part=snippet,contentDetails,status&mine=true").await.json();
    let me = &got["items"][0];
    assert_eq!(
        (me["id"].as_str(), &me["snippet"]["customUrl"]),
        (Some(bench.ann.channel_id.as_str()), &json!("@annexample"))
    );
    assert_eq!(me["contentDetails"]["relatedPlaylists"]["uploads"].as_str(), Some(bench.ann.uploads_playlist.as_str()));
    assert_eq!((&me["status"]["longUploadsStatus"], me["status"].get("madeForKids")), (&json!("allowed"), None));
    for query in ["id=UCnothing", "forHandle=@AnnExample", "forHandle=annexample"] {
        let found = bench.get(&format!("/youtube/v3/channels?part=id&{query}")).await;
        found.is(200, "youtube#channelListResponse");
        assert_eq!(found.json().get("items").is_some(), query != "id=UCnothing");
    }
    for (query, status, reason) in [
        ("part=id", 400, "invalidCriteria"),
        ("part=id&mine=true&id=x", 400, "invalidCriteria"),
        ("mine=true", 400, "required"),
        ("part=id&mine=1", 400, "invalid"),
        ("part=id&forUsername=ann", 501, "notImplemented"),
    ] {
        bench.get(&format!("/youtube/v3/channels?{query}")).await.refuses(status, reason);
    }
    // An account without a channel, or a service account.
    let none =
        bench.youtube.sign_up(SignUp { email: "no@example.org".to_owned(), has_channel: false, ..SignUp::default() });
    let got = bench.send(bench.request(&none, "GET", "/youtube/v3/channels?part=id&mine=true", &[], b"")).await;
    got.is(200, "");
    assert_eq!(got.json().get("items"), None);
    let headers = [("x-upload-content-length", "9")];
    bench.open_as(&none, OPEN, &headers, &plain()).await.refuses(401, "youtubeSignupRequired");
}

#[tokio::test]
async fn categories() {
    let bench = Bench::new();
    let got = bench.get("/youtube/v3/videoCategories?part=snippet&regionCode=DE").await.json();
    let blogs = got["items"].as_array().unwrap().iter().find(|item| item["id"] == json!("22")).unwrap().clone();
    assert_eq!((&blogs["snippet"]["title"], &blogs["snippet"]["assignable"]), (&json!("People & Blogs"), &json!(true)));
    bench.get("/youtube/v3/videoCategories?part=snippet&id=22,30").await.is(200, "\"assignable\": false");
    for (query, status, reason) in [
        ("part=snippet", 400, "missingRequiredParameter"),
        ("part=snippet&id=22&regionCode=DE", 400, "incompatibleParameters"),
        ("part=snippet&regionCode=germany", 400, "invalidRegionCode"),
        ("part=snippet&id=999", 404, "videoCategoryNotFound"),
    ] {
        bench.get(&format!("/youtube/v3/videoCategories?{query}")).await.refuses(status, reason);
    }
}

#[tokio::test]
async fn search_is_hours_behind() {
    let bench = Bench::new();
    bench.youtube.configure(|options| options.search_lag = Duration::from_secs(200));
    let id = bench.published("Green tea").await;
    let target = "/youtube/v3/search?part=snippet&forMine=true&type=video&q=TEA";
    assert_eq!(bench.get(target).await.json()["items"], json!([]));
    bench.advance(101);
    assert_eq!(bench.get(target).await.json()["items"][0]["id"]["videoId"].as_str(), Some(id.as_str()));
    assert_eq!(bench.get(&target.replace("TEA", "coffee")).await.json()["items"], json!([]));
    bench.get("/youtube/v3/search?part=snippet&forMine=true").await.refuses(400, "incompatibleParameters");
    bench.get("/youtube/v3/search?part=snippet&q=tea").await.refuses(501, "notImplemented");
}

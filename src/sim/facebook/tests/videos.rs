//! Films: in chunks, whole, by handle; reels and stories through the upload host; what processing finds.

use super::*;
use crate::sim::Sim;

impl Bench {
    /// The first phase of a reel or a story; id and upload path.
    async fn started(&self, edge: &str) -> (String, String) {
        let got = self.post(edge, &[("upload_phase", "start")]).await.ok();
        let id = got["video_id"].as_str().unwrap().to_owned();
        let url = got["upload_url"].as_str().unwrap();
        (id, url.strip_prefix("https://rupload.facebook.com").unwrap().to_owned())
    }

    async fn bytes(&self, path: &str, offset: usize, size: usize, bytes: &[u8]) -> Got {
        let (token, offset, size) = (format!("OAuth {}", self.token), offset.to_string(), size.to_string());
        let headers = [("authorization", token.as_str()), ("offset", &offset), ("file_size", &size)];
        self.send(Method::POST, path, &headers, bytes).await
    }

    async fn uploaded(&self, edge: &str, bytes: &[u8]) -> String {
        let (id, path) = self.started(edge).await;
        assert_eq!(self.bytes(&path, 0, bytes.len(), bytes).await.ok()["success"], true);
        id
    }

    async fn finish(&self, edge: &str, id: &str, fields: &[(&str, &str)]) -> Got {
        self.post(edge, &[&[("upload_phase", "finish"), ("video_id", id)], fields].concat()).await
    }

    async fn reel(&self, film: &Film) -> String {
        let id = self.uploaded("video_reels", &film.bytes()).await;
        self.finish("video_reels", &id, &[("video_state", "PUBLISHED")]).await.ok();
        id
    }

    async fn status(&self, id: &str) -> Value {
        self.read(id, "status").await.ok()["status"].clone()
    }

    fn process(&self) {
        self.world.advance(PROCESSING);
    }

    /// Sends chunks as asked for until there are no more; the session.
    async fn chunked(&self, bytes: &[u8]) -> String {
        let size = bytes.len().to_string();
        let mut want = self.post("videos", &[("upload_phase", "start"), ("file_size", &size)]).await.ok();
        let session = want["upload_session_id"].as_str().unwrap().to_owned();
        while want["start_offset"] != want["end_offset"] {
            let (from, to) = (offset(&want["start_offset"]), offset(&want["end_offset"]));
            want = self.chunk(&session, from, &bytes[from..to]).await.ok();
        }
        session
    }

    async fn chunk(&self, session: &str, from: usize, bytes: &[u8]) -> Got {
        let from = from.to_string();
        let fields = [("upload_phase", "transfer"), ("upload_session_id", session), ("start_offset", &from)];
        self.file(&format!("{}/videos", self.page), &fields, ("video_file_chunk", "c", bytes)).await
    }
}

fn offset(value: &Value) -> usize {
    value.as_str().unwrap().parse().unwrap()
}

fn refused_upload(got: &Got, kind: &str) {
    let info = &got.json()["debug_info"];
    assert_eq!(
        (got.status, info["type"].as_str(), info["retriable"].is_boolean()),
        (400, Some(kind), true),
        "{}",
        got.body
    );
}

#[tokio::test]
async fn a_video_in_chunks() {
    let bench = Bench::new();
    bench.facebook.configure(|options| options.chunk_bytes = 2_000);
    let bytes = Film { width: 1920, height: 1080, ..REEL }.bytes();
    let session = bench.chunked(&bytes).await;
    let about = [("title", "Tea"), ("description", "how to"), ("content_category", "food_health")];
    let finish = [&[("upload_phase", "finish"), ("upload_session_id", session.as_str())][..], &about].concat();
    let got = bench.file(&format!("{}/videos", bench.page), &finish, ("thumb", "t.png", PNG)).await;
    assert_eq!(got.ok(), json!({"success": true}));
    assert!(bench.seen().is_empty());
    bench.process();
    let seen = &bench.seen()[0];
    assert_eq!((seen.kind, seen.title.as_deref(), seen.text.as_str()), ("video", Some("Tea"), "how to"));
    assert_eq!((&*seen.media[0].bytes, seen.media[0].cover.as_deref()), (&bytes[..], Some(PNG)));
    assert_eq!(seen.details, [("content_category", "FOOD_HEALTH".to_owned())]);
    assert_eq!(bench.list("feed").await, [seen.id.as_str()]);
    assert_eq!(bench.list("videos?type=uploaded").await.len(), 1);
    assert!(bench.list("videos?type=tagged").await.is_empty());
    bench.post("videos", &finish).await.refused(100, 0);
}

#[tokio::test]
async fn chunks_come_as_they_are_asked_for() {
    let bench = Bench::new();
    bench.facebook.configure(|options| options.chunk_bytes = 2_000);
    let bytes = REEL.bytes();
    let size = bytes.len().to_string();
    let got = bench.post("videos", &[("upload_phase", "start"), ("file_size", &size)]).await.ok();
    assert_eq!((got["start_offset"].as_str(), got["end_offset"].as_str()), (Some("0"), Some("2000")));
    let (id, session) = (got["video_id"].as_str().unwrap(), got["upload_session_id"].as_str().unwrap());
    bench.chunk(session, 0, &bytes[..2_000]).await.ok();
    for (from, to) in [(0, 2_000), (4_000, 5_400), (2_000, 3_999), (2_000, 4_001), (2_000, 2_000)] {
        let got = bench.chunk(session, from, &bytes[from..to]).await;
        got.refused(6_001, 1_363_037);
        assert_eq!(got.json()["error"]["error_data"], json!({"start_offset": "2000", "end_offset": "4000"}));
    }
    bench.facebook.configure(|options| options.trip_next_chunk = true);
    let got = bench.chunk(session, 2_000, &bytes[2_000..4_000]).await;
    assert_eq!(got.json()["error"]["is_transient"], true);
    bench.chunk(session, 2_000, &bytes[2_000..4_000]).await.ok();
    assert_eq!(bench.status(id).await["uploading_phase"]["bytes_transfered"], 4_000);
    let end = [("upload_phase", "finish"), ("upload_session_id", session)];
    bench.post("videos", &end).await.refused(100, 0);
    bench.chunk("77", 0, &bytes[..2_000]).await.refused(100, 0);
    bench.post("videos", &[("upload_phase", "begin")]).await.refused(100, 0);
    bench.post("videos", &[("upload_phase", "start"), ("file_size", &size), ("title", "early")]).await.refused(100, 0);
    bench.post("videos", &[("upload_phase", "start"), ("file_size", "0")]).await.refused(382, 0);
    bench.post("videos", &[("upload_phase", "start"), ("file_size", "10000000001")]).await.refused(352, 0);
    bench.advance(86_401);
    assert_eq!(bench.status(id).await["video_status"], "expired");
    bench.chunk(session, 4_000, &bytes[4_000..]).await.refused(6_001, 0);

    let session = bench.chunked(&bytes).await;
    bench.post("videos", &[("upload_phase", "cancel"), ("upload_session_id", &session)]).await.ok();
    bench.post("videos", &[("upload_phase", "finish"), ("upload_session_id", &session)]).await.refused(100, 0);
    assert!(bench.seen().is_empty());
}

#[tokio::test]
async fn videos_come_whole_by_address_or_by_handle() {
    let bench = Bench::new();
    let bytes: &'static [u8] = REEL.bytes().leak();
    bench.host("films.example", "video/mp4", bytes);
    let path = format!("{}/videos", bench.page);
    let one = bench.file(&path, &[("description", "1")], ("source", "a.mp4", bytes)).await.id();
    bench.post("videos", &[("file_url", "https://films.example/a.mp4"), ("description", "2")]).await.ok();
    bench.post("videos", &[("file_url", "https://gone.example/a.mp4")]).await.refused(389, 0);
    bench.post("videos", &[("description", "3")]).await.refused(100, 0);

    let user = &bench.ann.access_token;
    let app = super::super::App::default().id;
    let length = bytes.len().to_string();
    let file = [("file_name", "a.mp4"), ("file_length", length.as_str()), ("file_type", "video/mp4")];
    bench.form(Method::POST, &bench.token, &format!("/{app}/uploads"), &file).await.refused(200, 0);
    let upload = bench.form(Method::POST, user, &format!("/{app}/uploads"), &file).await.id();
    assert!(upload.starts_with("upload:"));
    let upload_path = format!("/v26.0/{upload}");
    let oauth = format!("OAuth {user}");
    let put = |at: &'static str, part: &'static [u8]| {
        let (bench, oauth, path) = (&bench, &oauth, &upload_path);
        async move { bench.send(Method::POST, path, &[("authorization", oauth), ("file_offset", at)], part).await }
    };
    put("1", &bytes[1..]).await.refused(100, 0);
    put("0", &bytes[..1_000]).await.refused(100, 0);
    assert_eq!(bench.get(user, &format!("/{upload}")).await.ok()["file_offset"], 1_000);
    let handle = put("1000", &bytes[1_000..]).await.ok()["h"].as_str().unwrap().to_owned();
    let third = [("fbuploader_video_file_chunk", handle.as_str()), ("description", "3")];
    bench.post("videos", &third).await.ok();
    bench.post("videos", &[("fbuploader_video_file_chunk", "4:no")]).await.refused(100, 0);
    bench.process();
    let seen = bench.seen();
    assert!(seen.len() == 3 && seen.iter().all(|post| *post.media[0].bytes == *bytes));
    let view = bench.read(&one, "permalink_url,post_id,published").await.ok();
    let url = format!("/{}/videos/{one}/", bench.page);
    assert_eq!(view, json!({"permalink_url": url, "post_id": seen[0].id, "published": true, "id": one}));
}

#[tokio::test]
async fn feed_videos_are_looked_at() {
    let bench = Bench::new();
    let path = format!("{}/videos", bench.page);
    let broken = [boxed(b"ftyp", &[b"isom\0\0\0\0"]), boxed(b"mdat", &[&[1]])].concat();
    for (bytes, code) in [
        (b"no film".to_vec(), 352),
        (broken, 6_000),
        (Film { codec: b"mp4v", ..REEL }.bytes(), 352),
        (Film { audio: Some(b"ac-3"), ..REEL }.bytes(), 352),
        (Film { width: 500, ..REEL }.bytes(), 352),
        (Film { width: 3_500, ..REEL }.bytes(), 352),
        (Film { seconds: 0, ..REEL }.bytes(), 382),
        (Film { seconds: 14_401, ..REEL }.bytes(), 352),
    ] {
        bench.file(&path, &[], ("source", "a.mp4", &bytes)).await.refused(code, 0);
    }
    bench.file(&path, &[], ("source", "a.mov", &Film { audio: None, ..REEL }.bytes())).await.ok();
    let far = bench.ahead(181 * 86_400);
    let fields = [("published", "false"), ("scheduled_publish_time", far.as_str())];
    bench.file(&path, &fields, ("source", "a.mp4", &REEL.bytes())).await.refused(100, 0);
    let near = bench.ahead(170 * 86_400);
    let fields = [("published", "false"), ("scheduled_publish_time", near.as_str())];
    bench.file(&path, &fields, ("source", "a.mp4", &REEL.bytes())).await.ok();
    assert_eq!(bench.list("scheduled_posts").await.len(), 1);
}

#[tokio::test]
async fn a_reel_goes_through_its_phases() {
    let bench = Bench::new();
    let bytes = REEL.bytes();
    let (id, path) = bench.started("video_reels").await;
    assert!(path.starts_with("/video-upload/v26.0/"));
    let phases = |status: &Value| {
        ["video_status", "uploading_phase", "processing_phase", "publishing_phase"]
            .map(|name| status[name].as_str().or(status[name]["status"].as_str()).unwrap().to_owned())
    };
    assert_eq!(phases(&bench.status(&id).await), ["uploading", "not_started", "not_started", "not_started"]);
    let finish = [("video_state", "PUBLISHED"), ("description", "tea"), ("title", "T"), ("is_ai_generated", "true")];
    bench.finish("video_reels", &id, &finish).await.refused(100, 0);
    bench.bytes(&path, 0, bytes.len(), &bytes).await.ok();
    assert_eq!(phases(&bench.status(&id).await), ["upload_complete", "complete", "not_started", "not_started"]);
    assert_eq!(bench.finish("video_reels", &id, &finish).await.ok(), json!({"success": true}));
    assert_eq!(phases(&bench.status(&id).await), ["processing", "complete", "in_progress", "not_started"]);
    assert!(bench.seen().is_empty() && bench.read(&id, "post_id").await.ok().get("post_id").is_none());
    bench.finish("video_reels", &id, &finish).await.refused(100, 0);
    bench.process();
    let status = bench.status(&id).await;
    assert_eq!(phases(&status), ["ready", "complete", "complete", "complete"]);
    assert_eq!(status["publishing_phase"]["publish_status"], "published");
    let seen = &bench.seen()[0];
    assert_eq!(
        (seen.kind, seen.text.as_str(), seen.url.clone()),
        ("reel", "tea", format!("https://www.facebook.com/reel/{id}/"))
    );
    assert_eq!((seen.title.as_deref(), &seen.details[..]), (Some("T"), &[("is_ai_generated", "true".to_owned())][..]));
    assert_eq!(*seen.media[0].bytes, bytes[..]);
    let view = bench.read(&id, "permalink_url,post_id").await.ok();
    assert_eq!(
        (view["permalink_url"].clone(), view["post_id"].as_str()),
        (json!(format!("/reel/{id}/")), Some(seen.id.as_str()))
    );
    assert_eq!(bench.list("video_reels").await, [id.as_str()]);
    assert!(bench.list("published_posts").await.is_empty());

    bench.facebook.configure(|options| (options.spec_spelling, options.relative_permalinks) = (true, false));
    let status = bench.status(&id).await;
    assert_eq!(
        (status["uploading_phase"]["bytes_transferred"].as_u64(), phases(&status)[3].as_str()),
        (Some(bytes.len() as u64), "completed")
    );
    assert_eq!(bench.read(&id, "permalink_url").await.ok()["permalink_url"], seen.url);

    bench.change(&id, &[("description", "better"), ("name", "New")]).await.ok();
    assert_eq!((bench.seen()[0].text.as_str(), bench.seen()[0].title.as_deref()), ("better", Some("New")));
    bench.delete(&id).await.ok();
    bench.delete(&id).await.refused(100, 33);
    assert!(bench.seen().is_empty());
}

#[tokio::test]
async fn processing_finds_what_is_wrong_with_a_reel() {
    for (film, code) in [
        (Film { width: 1920, height: 1080, ..REEL }, 1_363_040),
        (Film { width: 360, height: 640, ..REEL }, 1_363_127),
        (Film { seconds: 2, ..REEL }, 1_363_128),
        (Film { seconds: 91, ..REEL }, 1_363_128),
        (Film { rate: 20, ..REEL }, 1_363_129),
        (Film { rate: 90, ..REEL }, 1_363_129),
        (Film { codec: b"mp4v", ..REEL }, 352),
    ] {
        let bench = Bench::new();
        let id = bench.reel(&film).await;
        bench.process();
        let status = bench.status(&id).await;
        assert_eq!(
            (status["video_status"].as_str(), &status["processing_phase"]["errors"][0]["code"]),
            (Some("error"), &json!(code))
        );
        assert!(bench.seen().is_empty());
    }
    let bench = Bench::new();
    bench.facebook.configure(|options| options.fail_next_processing = Some((1_363_008, "no".to_owned())));
    let id = bench.reel(&REEL).await;
    let other = bench.reel(&Film { width: 540, height: 960, rate: 24, seconds: 90, ..REEL }).await;
    bench.process();
    let error = json!([{"code": 1_363_008, "message": "no"}]);
    assert_eq!(bench.status(&id).await["processing_phase"]["errors"], error);
    assert_eq!(bench.status(&other).await["video_status"], "ready");
}

#[tokio::test]
async fn reels_have_states_and_a_quota() {
    let bench = Bench::new();
    let bytes = REEL.bytes();
    let soon = bench.ahead(1_200);
    let far = bench.ahead(30 * 86_400);
    let id = bench.uploaded("video_reels", &bytes).await;
    for fields in [
        vec![],
        vec![("video_state", "HIDDEN")],
        vec![("video_state", "SCHEDULED")],
        vec![("video_state", "SCHEDULED"), ("scheduled_publish_time", &far)],
        vec![("video_state", "PUBLISHED"), ("scheduled_publish_time", &soon)],
        vec![("video_state", "PUBLISHED"), ("thumb_offset", "1")],
    ] {
        bench.finish("video_reels", &id, &fields).await.refused(100, 0);
    }
    bench.finish("video_reels", &id, &[("video_state", "SCHEDULED"), ("scheduled_publish_time", &soon)]).await.ok();
    let draft = bench.uploaded("video_reels", &bytes).await;
    bench.finish("video_reels", &draft, &[("video_state", "DRAFT")]).await.ok();
    bench.process();
    assert_eq!(bench.status(&id).await["publishing_phase"]["publish_status"], "scheduled");
    assert_eq!(bench.status(&draft).await["publishing_phase"]["publish_status"], "draft");
    assert_eq!(bench.seen().iter().map(|post| post.kind).collect::<Vec<_>>(), ["draft"]);
    bench.advance(1_200);
    assert_eq!(bench.list("video_reels").await, [id.as_str()]);

    bench.facebook.configure(|options| options.reels_per_day = 3);
    bench.reel(&REEL).await;
    bench.reel(&REEL).await;
    let over = bench.uploaded("video_reels", &bytes).await;
    bench.finish("video_reels", &over, &[("video_state", "PUBLISHED")]).await.refused(613, 0);
    bench.advance(80_000);
    bench.finish("video_reels", &over, &[("video_state", "PUBLISHED")]).await.refused(613, 0);
    bench.advance(5_200);
    bench.finish("video_reels", &over, &[("video_state", "PUBLISHED")]).await.ok();
}

#[tokio::test]
async fn bytes_are_taken_from_where_they_stopped() {
    let bench = Bench::new();
    let bytes = REEL.bytes();
    let size = bytes.len();
    let (id, path) = bench.started("video_reels").await;
    refused_upload(&bench.bytes(&path, 5, size, &bytes[5..]).await, "OffsetInvalidError");
    refused_upload(&bench.bytes(&path, 0, size - 1, &bytes).await, "PartialRequestError");
    refused_upload(&bench.bytes(&path, 0, size, &bytes[..1_000]).await, "PartialRequestError");
    assert_eq!(bench.status(&id).await["uploading_phase"]["bytes_transfered"], 1_000);
    refused_upload(&bench.bytes(&path, 0, size, &bytes).await, "OffsetInvalidError");
    refused_upload(&bench.bytes(&path, 1_000, size + 1, &bytes[1_000..]).await, "HeaderInvalidError");
    let bearer = format!("Bearer {}", bench.token);
    refused_upload(&bench.send(Method::POST, &path, &[("authorization", &bearer)], "x").await, "NotAuthorizedError");
    let user = format!("OAuth {}", bench.ann.access_token);
    refused_upload(&bench.send(Method::POST, &path, &[("authorization", &user)], "x").await, "NotAuthorizedError");
    let oauth = format!("OAuth {}", bench.token);
    refused_upload(&bench.send(Method::POST, &path, &[("authorization", &oauth)], "x").await, "HeaderInvalidError");
    refused_upload(&bench.bytes("/video-upload/v26.0/1", 0, 1, b"x").await, "NotFoundError");
    bench.bytes(&path, 1_000, size, &bytes[1_000..]).await.ok();
    bench.finish("video_reels", &id, &[("video_state", "PUBLISHED")]).await.ok();
    bench.process();
    assert_eq!(*bench.seen()[0].media[0].bytes, bytes[..]);
    refused_upload(&bench.bytes(&path, size, size, b"").await, "ProcessingFailedError");

    let (_, path) = bench.started("video_reels").await;
    bench.host("films.example", "video/mp4", REEL.bytes().leak());
    let by_address = |address: &'static str| {
        let (bench, path, oauth) = (&bench, &path, &oauth);
        async move { bench.send(Method::POST, path, &[("authorization", oauth), ("file_url", address)], "").await }
    };
    refused_upload(&by_address("https://gone.example/").await, "ProcessingFailedError");
    by_address("https://films.example/a.mp4").await.ok();
    let (id, path) = bench.started("video_reels").await;
    bench.advance(86_401);
    refused_upload(&bench.bytes(&path, 0, size, &bytes).await, "ProcessingFailedError");
    bench.finish("video_reels", &id, &[("video_state", "PUBLISHED")]).await.refused(6_001, 0);
}

#[tokio::test]
async fn stories_last_a_day() {
    let bench = Bench::new();
    let photo = bench.staged(&[("alt_text_custom", "cup")]).await;
    let got = bench.post("photo_stories", &[("photo_id", &photo)]).await.ok();
    let post = got["post_id"].as_str().unwrap().to_owned();
    bench.post("photo_stories", &[("photo_id", &photo)]).await.refused(100, 1_366_051);
    bench.post("photo_stories", &[("photo_id", &photo), ("caption", "x")]).await.refused(100, 0);
    let used = bench.staged(&[]).await;
    bench.post("feed", &[("message", "m"), ("attached_media", &media(&[&used]))]).await.ok();
    bench.post("photo_stories", &[("photo_id", &used)]).await.refused(100, 1_366_051);

    let bytes = REEL.bytes();
    let (id, path) = bench.started("video_stories").await;
    bench.finish("video_stories", &id, &[]).await.refused(100, 0);
    bench.bytes(&path, 0, bytes.len(), &bytes).await.ok();
    bench.finish("video_reels", &id, &[("video_state", "PUBLISHED")]).await.refused(100, 0);
    bench.finish("video_stories", &id, &[("description", "x")]).await.refused(100, 0);
    let video = bench.finish("video_stories", &id, &[]).await.ok();
    bench.process();
    let listed =
        bench.get(&bench.token, &format!("/{}/stories?status=[\"PUBLISHED\"]", bench.page).replace('"', "%22")).await;
    let listed = listed.ok()["data"].clone();
    assert_eq!((&listed[0]["media_id"], &listed[0]["post_id"]), (&json!(id), &video["post_id"]));
    let of = |name: &str| listed[1][name].as_str().unwrap().to_owned();
    assert_eq!([of("media_id"), of("post_id"), of("media_type"), of("status")], [&photo, &post, "photo", "PUBLISHED"]);
    of("creation_time").parse::<u64>().unwrap();
    let kinds = |seen: Vec<Seen>| seen.iter().map(|post| post.kind).collect::<Vec<_>>();
    assert_eq!(kinds(bench.seen()), ["story", "post", "story"]);
    assert_eq!(bench.seen()[0].media[0].alt.as_deref(), Some("cup"));
    bench.change(&post, &[("message", "x")]).await.refused(100, 33);
    bench.advance(86_400);
    assert_eq!(kinds(bench.seen()), ["post"]);
    let archived = bench.get(&bench.token, &format!("/{}/stories?fields=status", bench.page)).await.ok();
    assert_eq!(archived["data"], json!([{"status": "ARCHIVED"}, {"status": "ARCHIVED"}]));

    let long = bench.uploaded("video_stories", &Film { seconds: 61, ..REEL }.bytes()).await;
    bench.finish("video_stories", &long, &[]).await.ok();
    bench.process();
    assert_eq!(bench.status(&long).await["processing_phase"]["errors"][0]["code"], 1_363_128);
}

#[tokio::test]
async fn captions_and_covers() {
    let bench = Bench::new();
    let id = bench.reel(&REEL).await;
    bench.process();
    let srt = b"1\n00:00:00,000 --> 00:00:01,000\nHi\n";
    let path = format!("{id}/captions");
    bench.file(&path, &[], ("captions_file", "a.en_US.srt", srt)).await.ok();
    bench.file(&path, &[], ("captions_file", "a.srt", srt)).await.refused(386, 0);
    bench.file(&path, &[], ("captions_file", "a.de_DE.srt", b"no")).await.refused(385, 0);
    let path = format!("{id}/thumbnails");
    bench.file(&path, &[("is_preferred", "true")], ("source", "a.png", PNG)).await.ok();
    bench.file(&path, &[], ("source", "a.png", b"no")).await.refused(324, 2_069_019);
    let media = &bench.seen()[0].media[0];
    assert_eq!((media.captions[0].0.as_str(), media.cover.as_deref()), ("en_US", Some(PNG)));
    assert_eq!(bench.read(&id, "captions").await.ok()["captions"]["data"][0]["locale"], "en_US");
}

/// Over a real connection: a client that dies in the middle, and one that is hung up on.
#[tokio::test]
async fn broken_uploads_keep_what_came() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let sim = Sim::start().await.unwrap();
    let page = sim.facebook.sign_up(SignUp::default()).pages[0].clone();
    let (_, address) = sim.hosts().iter().find(|(host, _)| host == "rupload.facebook.com").unwrap();
    let bench = Bench {
        world: sim.world().clone(),
        facebook: sim.facebook.clone(),
        ann: sim.facebook.sign_up(SignUp::default()),
        page: page.id.clone(),
        token: page.access_token.clone(),
    };
    let bytes = Film { padding: 1 << 20, ..REEL }.bytes();
    let (id, path) = bench.started("video_reels").await;
    let head = |offset: usize, length: usize| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: rupload.facebook.com\r\nauthorization: OAuth {}\r\noffset: {offset}\r\n\
             file_size: {}\r\ncontent-length: {length}\r\n\r\n",
            page.access_token,
            bytes.len()
        )
    };
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(head(0, bytes.len()).as_bytes()).await.unwrap();
    stream.write_all(&bytes[..300_000]).await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(stream.read(&mut [0; 64]).await.unwrap_or_default(), 0);
    assert_eq!(bench.status(&id).await["uploading_phase"]["bytes_transfered"], 300_000);

    bench.facebook.configure(|options| options.cut_next_upload = Some(100_000));
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(head(300_000, bytes.len() - 300_000).as_bytes()).await.unwrap();
    stream.write_all(&bytes[300_000..]).await.unwrap();
    assert_eq!(stream.read(&mut [0; 64]).await.unwrap_or_default(), 0);
    assert_eq!(bench.status(&id).await["uploading_phase"]["bytes_transfered"], 400_000);
    bench.bytes(&path, 400_000, bytes.len(), &bytes[400_000..]).await.ok();
    bench.finish("video_reels", &id, &[("video_state", "PUBLISHED")]).await.ok();
    bench.advance(2);
    assert!(*bench.seen()[0].media[0].bytes == bytes[..]);
}

//! The simulator over HTTP on loopback, one table or story for each promise it makes.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use super::super::{Fault, FaultKind, Seen, Sim};
use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a small picture";
const MINUTE: Duration = Duration::from_secs(60);

/// A running simulator and one account on it.
struct Stage {
    sim: Sim,
    http: Client,
    me: Member,
}

/// An answer, read.
#[derive(Debug)]
struct Read {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Read {
    async fn from(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body }
    }

    #[track_caller]
    fn ok(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// `detail`, or the first error's message, or `error_description`.
    fn says(&self) -> String {
        let candidates = [&self.body["errors"][0]["message"], &self.body["detail"], &self.body["error_description"]];
        candidates.into_iter().find_map(Value::as_str).unwrap_or_default().to_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Stage {
    async fn new() -> Self {
        // The crypto provider is a process-wide choice; another test may have made it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sim = Sim::start().await.unwrap();
        let me = sim.x.sign_up(SignUp { username: "ada", ..SignUp::default() });
        sim.x.configure(|options| options.timeline_delay = Duration::ZERO);
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { sim, http, me }
    }

    fn url(&self, path: &str) -> String {
        let (_, address) = self.sim.hosts().iter().find(|(host, _)| host == "api.x.com").unwrap();
        format!("http://{address}{path}")
    }

    fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.http.request(method, self.url(path)).bearer_auth(token)
    }

    async fn get(&self, path: &str) -> Read {
        Read::from(self.request(Method::GET, path, &self.me.access_token).send().await.unwrap()).await
    }

    async fn post(&self, path: &str, body: Value) -> Read {
        self.post_as(&self.me, path, body).await
    }

    async fn post_as(&self, member: &Member, path: &str, body: Value) -> Read {
        Read::from(self.request(Method::POST, path, &member.access_token).json(&body).send().await.unwrap()).await
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Read {
        Read::from(self.http.post(self.url(path)).form(fields).send().await.unwrap()).await
    }

    /// Posts a text and gives its id.
    async fn publish(&self, text: &str) -> String {
        self.create(json!({"text": text})).await
    }

    async fn create(&self, body: Value) -> String {
        self.post("/2/tweets", body).await.ok(201)["data"]["id"].as_str().unwrap().to_owned()
    }

    async fn multipart(&self, path: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Read {
        let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name("m").mime_str("application/octet-stream");
        let mut form = reqwest::multipart::Form::new().part("media", part.unwrap());
        for (name, value) in fields {
            form = form.text((*name).to_owned(), (*value).to_owned());
        }
        Read::from(self.request(Method::POST, path, &self.me.access_token).multipart(form).send().await.unwrap()).await
    }

    async fn image(&self) -> String {
        let answer = self.multipart("/2/media/upload", PNG, &[("media_category", "tweet_image")]).await.ok(200);
        answer["data"]["id"].as_str().unwrap().to_owned()
    }

    async fn initialize(&self, media_type: &str, category: &str, total: usize) -> String {
        let body = json!({"media_type": media_type, "media_category": category, "total_bytes": total});
        let answer = self.post("/2/media/upload/initialize", body).await.ok(200);
        answer["data"]["id"].as_str().unwrap().to_owned()
    }

    async fn append(&self, id: &str, index: usize, bytes: &[u8]) -> Read {
        let path = format!("/2/media/upload/{id}/append");
        self.multipart(&path, bytes, &[("segment_index", &index.to_string())]).await
    }

    async fn finalize(&self, id: &str) -> Read {
        let path = format!("/2/media/upload/{id}/finalize");
        Read::from(self.request(Method::POST, &path, &self.me.access_token).send().await.unwrap()).await
    }

    /// Uploads in one segment; gives the id and the answer to finalize.
    async fn whole(&self, media_type: &str, category: &str, bytes: &[u8]) -> (String, Read) {
        let id = self.initialize(media_type, category, bytes.len()).await;
        self.append(&id, 0, bytes).await.ok(200);
        let answer = self.finalize(&id).await;
        (id, answer)
    }

    async fn timeline(&self, query: &str) -> Read {
        self.get(&format!("/2/users/{}/tweets?{query}", self.me.id)).await
    }

    fn advance(&self, by: Duration) {
        self.sim.world().advance(by);
    }

    fn configure(&self, change: impl FnOnce(&mut Options)) {
        self.sim.x.configure(change);
    }

    fn seen(&self) -> Vec<Seen> {
        self.sim.seen()
    }
}

/// A film with a header that says how long it lasts.
fn film(seconds: u32) -> Vec<u8> {
    let mut header = vec![0; 12];
    header.extend(1000_u32.to_be_bytes());
    header.extend((seconds * 1000).to_be_bytes());
    let boxed = |kind: &[u8], content: &[u8]| {
        let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [&size, kind, content].concat()
    };
    [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"moov", &boxed(b"mvhd", &header))].concat()
}

fn gif(width: u16, height: u16, frames: usize) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend(width.to_le_bytes());
    bytes.extend(height.to_le_bytes());
    bytes.extend([0, 0, 0]);
    for _ in 0..frames {
        bytes.extend([0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 1, 0, 0]);
    }
    bytes.push(0x3B);
    bytes
}

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
async fn a_post_is_made_stored_and_seen() {
    let stage = Stage::new().await;
    let answer = stage.post("/2/tweets", json!({"text": "a < b & see example.com/x"})).await;
    assert!(answer.header("x-transaction-id").is_some());
    let data = answer.ok(201)["data"].clone();
    let id = data["id"].as_str().unwrap();
    assert_eq!(data["edit_history_tweet_ids"], json!([id]));
    let text = data["text"].as_str().unwrap();
    assert!(text.starts_with("a &lt; b &amp; see https://t.co/") && text.len() == 42, "{text}");
    let made = std::time::UNIX_EPOCH + Duration::from_millis((id.parse::<u64>().unwrap() >> 22) + 1_288_834_974_657);
    assert!(made.elapsed().unwrap() < MINUTE);
    let seen = stage.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].text, "a < b & see example.com/x");
    assert_eq!(seen[0].url, format!("https://x.com/ada/status/{id}"));
    assert_eq!((seen[0].visibility.as_str(), seen[0].author.as_str()), ("everyone", stage.me.id.as_str()));
    let next: u64 = stage.publish("next").await.parse().unwrap();
    assert!(next > id.parse().unwrap());
}

#[tokio::test]
async fn bodies_are_held_to_the_schema() {
    let stage = Stage::new().await;
    let long_option = "x".repeat(26);
    for (body, message) in [
        (json!([]), "$: is not an object"),
        (json!({}), "The Tweet must have text or media."),
        (json!({"text": " \n"}), "The Tweet must have text or media."),
        (json!({"text": 1}), "$.text: is not a string"),
        (json!({"text": "t", "media": null}), "$.media: is not an object"),
        (
            json!({"text": "t", "status": "t"}),
            "$.status: is not defined in the schema and the schema does not allow additional properties",
        ),
        (
            json!({"text": "t", "reply": {"in_reply_to_status_id": "1"}}),
            "$.reply.in_reply_to_status_id: is not defined in the schema and the schema does not allow additional properties",
        ),
        (json!({"text": "t", "reply": {}}), "$.reply.in_reply_to_tweet_id: is missing but it is required"),
        (
            json!({"text": "t", "reply": {"in_reply_to_tweet_id": 12}}),
            "$.reply.in_reply_to_tweet_id: does not match the regex pattern ^[0-9]{1,19}$",
        ),
        (
            json!({"text": "t", "media": {"media_ids": ["3_12"]}}),
            "$.media.media_ids[0]: does not match the regex pattern ^[0-9]{1,19}$",
        ),
        (json!({"text": "t", "media": {"media_ids": []}}), "$.media.media_ids: is not an array of 1 to 4 items"),
        (
            json!({"text": "t", "media": {"media_ids": ["1", "2", "3", "4", "5"]}}),
            "$.media.media_ids: is not an array of 1 to 4 items",
        ),
        (
            json!({"text": "t", "reply_settings": "everyone"}),
            "$.reply_settings: does not have a value in the enumeration [following, mentionedUsers, subscribers, verified]",
        ),
        (json!({"text": "t", "made_with_ai": "yes"}), "$.made_with_ai: is not a boolean"),
        (
            json!({"text": "t", "poll": {"options": ["a"], "duration_minutes": 5}}),
            "$.poll.options: is not an array of 2 to 4 items",
        ),
        (
            json!({"text": "t", "poll": {"options": ["a", long_option], "duration_minutes": 5}}),
            "$.poll.options: must be 1 to 25 characters long",
        ),
        (
            json!({"text": "t", "poll": {"options": ["a", "b"], "duration_minutes": 4}}),
            "$.poll.duration_minutes: is not an integer from 5 to 10080",
        ),
        (
            json!({"text": "t", "poll": {"options": ["a", "b"], "duration_minutes": 5}, "media": {"media_ids": ["1"]}}),
            "You can only provide one of [poll, quote_tweet_id, direct_message_deep_link, media, card_uri].",
        ),
        (json!({"text": "a\u{FEFF}b"}), "The Tweet contains an invalid character."),
        (json!({"text": "t", "media": {"media_ids": ["1"]}}), "Your media IDs are invalid."),
    ] {
        let answer = stage.post("/2/tweets", body).await;
        assert_eq!((answer.status, answer.says().as_str()), (400, message));
        assert_eq!(answer.body["title"], "Invalid Request");
    }
    let form = stage.request(Method::POST, "/2/tweets", &stage.me.access_token).form(&[("text", "t")]);
    assert_eq!(Read::from(form.send().await.unwrap()).await.status, 400);
    assert_eq!(stage.seen(), []);
    stage.create(json!({"text": "poll", "poll": {"options": ["a", "b"], "duration_minutes": 1440}})).await;
    stage.create(json!({"text": "few", "reply_settings": "verified", "made_with_ai": true})).await;
    assert_eq!(stage.seen()[1].visibility, "verified");
}

#[tokio::test]
async fn length_is_weighted_and_premium_has_more() {
    let stage = Stage::new().await;
    stage.publish(&"x".repeat(280)).await;
    stage.publish(&"本".repeat(140)).await;
    stage.publish(&format!("{} https://example.com/{}", "y".repeat(256), "long".repeat(100))).await;
    for text in ["x".repeat(281), "本".repeat(141), format!("{} main.rs", "y".repeat(257))] {
        let answer = stage.post("/2/tweets", json!({"text": text})).await;
        assert_eq!(answer.status, 403);
        assert!(answer.says().starts_with("Your Tweet text is too long."), "{}", answer.says());
    }
    stage.configure(|options| options.too_long_status = 400);
    assert_eq!(stage.post("/2/tweets", json!({"text": "x".repeat(281)})).await.status, 400);
    stage.sim.x.sign_up(SignUp { username: "ada", premium: true, ..SignUp::default() });
    let id = stage.publish(&"x".repeat(25_000)).await;
    let body = stage.get(&format!("/2/tweets/{id}?tweet.fields=note_tweet")).await.ok(200);
    let text = body["data"]["text"].as_str().unwrap();
    assert!(text.starts_with(&format!("{}… https://t.co/", "x".repeat(250))) && text.len() < 280, "{text}");
    assert_eq!(body["data"]["note_tweet"]["text"].as_str().unwrap().len(), 25_000);
    assert_eq!(stage.post("/2/tweets", json!({"text": "x".repeat(25_001)})).await.status, 400);
}

#[tokio::test]
async fn the_same_text_again_is_refused_for_a_while() {
    let stage = Stage::new().await;
    let id = stage.publish("same").await;
    let answer = stage.post("/2/tweets", json!({"text": "same "})).await;
    let body = json!({"detail": "You are not allowed to create a Tweet with duplicate content.",
        "type": "about:blank", "title": "Forbidden", "status": 403});
    assert_eq!((answer.status, answer.body), (403, body));
    let other = stage.sim.x.sign_up(SignUp { username: "bob", ..SignUp::default() });
    stage.post_as(&other, "/2/tweets", json!({"text": "same"})).await.ok(201);
    let path = format!("/2/tweets/{id}");
    let gone = Read::from(stage.request(Method::DELETE, &path, &stage.me.access_token).send().await.unwrap()).await;
    assert_eq!(gone.ok(200), json!({"data": {"deleted": true}}));
    stage.publish("same").await;
    stage.configure(|options| options.duplicate_window = Duration::ZERO);
    stage.publish("same").await;
    assert_eq!(stage.seen().len(), 3);
}

#[tokio::test]
async fn replies_go_to_oneself_or_to_who_asked() {
    let stage = Stage::new().await;
    let other = stage.sim.x.sign_up(SignUp { username: "bob", ..SignUp::default() });
    let said = |body: Value| body["data"]["id"].as_str().unwrap().to_owned();
    let plain = said(stage.post_as(&other, "/2/tweets", json!({"text": "hello"})).await.ok(201));
    let asking = said(stage.post_as(&other, "/2/tweets", json!({"text": "what says @Ada?"})).await.ok(201));
    let closed = json!({"text": "for few", "reply_settings": "mentionedUsers"});
    let closed = said(stage.post_as(&other, "/2/tweets", closed).await.ok(201));
    let reply = |text: &str, to: &str| json!({"text": text, "reply": {"in_reply_to_tweet_id": to}});
    let answer = stage.post("/2/tweets", reply("1", &plain)).await;
    let detail = "You can only reply to or quote posts where you are mentioned or are the author.";
    assert_eq!((answer.status, answer.says().as_str()), (403, detail));
    assert_eq!(stage.post("/2/tweets", reply("1", "77")).await.status, 403);
    let before = stage.sim.x.balance();
    stage.create(reply("2", &asking)).await;
    assert_eq!(before - stage.sim.x.balance(), 10);
    let first = stage.publish("thread 1").await;
    let second = stage.create(reply("thread 2", &first)).await;
    assert_eq!(stage.seen().last().unwrap().reply_to, Some(first.clone()));
    let body = stage.get(&format!("/2/tweets/{second}?tweet.fields=conversation_id,referenced_tweets")).await.ok(200);
    assert_eq!(body["data"]["conversation_id"], json!(first));
    assert_eq!(body["data"]["referenced_tweets"], json!([{"type": "replied_to", "id": first}]));
    stage.configure(|options| options.self_serve = false);
    stage.create(reply("3", &plain)).await;
    let answer = stage.post("/2/tweets", reply("4", &closed)).await;
    assert!(answer.says().starts_with("Reply to this conversation is not allowed"), "{}", answer.says());
}

#[tokio::test]
async fn self_serve_apps_have_rules_of_their_own() {
    let stage = Stage::new().await;
    let own = stage.publish("mine").await;
    stage.publish("one $CASH tag, costs $5").await;
    let quote = json!({"text": "quote", "quote_tweet_id": own});
    for (body, begins) in [
        (quote.clone(), "Quoting this post is not allowed because"),
        (json!({"text": "$AAA and $BBB"}), "Posts are limited to a maximum of one cashtag"),
    ] {
        let answer = stage.post("/2/tweets", body).await;
        assert_eq!(answer.status, 403);
        assert!(answer.says().starts_with(begins), "{}", answer.says());
    }
    stage.configure(|options| (options.mentions_allowed, options.own_quotes_allowed) = (false, true));
    stage.create(quote).await;
    stage.publish("me, @ada").await;
    let answer = stage.post("/2/tweets", json!({"text": "hi @bob"})).await;
    assert_eq!(answer.says(), "Creating posts with @mentions is not allowed for your access package.");
    stage.configure(|options| options.self_serve = false);
    stage.publish("hi @bob $AAA $BBB").await;
}

#[tokio::test]
async fn media_in_one_shot_with_alt_text() {
    let stage = Stage::new().await;
    let id = stage.image().await;
    let alt = json!({"id": id, "metadata": {"alt_text": {"text": "a cup of tea"}}});
    let body = stage.post("/2/media/metadata", alt).await.ok(200);
    assert_eq!(body["data"], json!({"id": id, "associated_metadata": {"alt_text": {"text": "a cup of tea"}}}));
    let body = stage.post("/2/tweets", json!({"text": "tea", "media": {"media_ids": [id]}})).await.ok(201);
    assert!(body["data"]["text"].as_str().unwrap().starts_with("tea https://t.co/"));
    stage.create(json!({"media": {"media_ids": [id]}})).await;
    let seen = stage.seen();
    let picture = &seen[0].media[0];
    assert_eq!((picture.mime.as_str(), picture.alt.as_deref()), ("image/png", Some("a cup of tea")));
    assert_eq!(&*picture.bytes, PNG);
    assert_eq!(seen[1].text, "");
}

#[tokio::test]
async fn media_that_is_not_what_it_says_is_refused() {
    let stage = Stage::new().await;
    let large = [PNG, &vec![0; 5 << 20]].concat();
    for (bytes, category, message) in [
        (b"not a picture".as_slice(), "tweet_image", "`media` type unrecognized."),
        (&large, "tweet_image", "`media` has 5242904 bytes; tweet_image allows 5242880"),
        (&film(2), "tweet_image", "`media` is video/mp4, which tweet_image does not allow"),
        (&gif(9, 9, 2), "tweet_image", "`media` is image/gif, which tweet_image does not allow"),
        (PNG, "tweet_gif", "`media` is image/png, which tweet_gif does not allow"),
        (&gif(1300, 9, 2), "tweet_gif", "`media` is a GIF of 1300x9 and 2 frames, which is too much"),
        (PNG, "avatar", "`media_category` is not one of the known categories"),
        (b"", "tweet_image", "`id` is incomplete: segments are missing"),
    ] {
        let answer = stage.multipart("/2/media/upload", bytes, &[("media_category", category)]).await;
        assert_eq!((answer.status, answer.says().as_str()), (400, message));
    }
    let fields = [("media_category", "tweet_image"), ("command", "INIT")];
    assert_eq!(stage.multipart("/2/media/upload", PNG, &fields).await.says(), "`command` is not defined in the schema");
    stage.multipart("/2/media/upload", &gif(9, 9, 1), &[("media_category", "tweet_image")]).await.ok(200);
}

#[tokio::test]
async fn media_in_segments_is_checked_at_the_end() {
    let stage = Stage::new().await;
    let (one, two) = PNG.split_at(10);
    let id = stage.initialize("image/png", "tweet_image", PNG.len()).await;
    assert!(stage.append(&id, 0, one).await.ok(200)["data"]["expires_at"].is_u64());
    assert_eq!(stage.append(&id, 1000, two).await.status, 400);
    assert_eq!(stage.append("77", 0, two).await.status, 404);
    stage.append(&id, 2, two).await.ok(200);
    assert_eq!(stage.finalize(&id).await.says(), "`id` is incomplete: segments are missing");

    let id = stage.initialize("image/png", "tweet_image", PNG.len()).await;
    stage.append(&id, 1, two).await.ok(200);
    stage.append(&id, 0, b"wrong").await.ok(200);
    assert_eq!(stage.finalize(&id).await.says(), "`id` has 19 bytes, but total_bytes was 24");
    stage.configure(|options| options.append_status = 204);
    assert_eq!(stage.append(&id, 0, one).await.ok(204), "");
    stage.configure(|options| options.append_status = 200);
    let path = format!("/2/media/upload?command=STATUS&media_id={id}");
    assert_eq!(stage.get(&path).await.status, 400);
    let body = stage.finalize(&id).await.ok(200);
    assert_eq!((&body["data"]["size"], &body["data"]["expires_after_secs"]), (&json!(24), &json!(86400)));
    assert_eq!(body["data"].get("processing_info"), None);
    assert_eq!(stage.get(&path).await.ok(200)["data"]["id"], json!(id));
    assert_eq!(stage.finalize(&id).await.status, 400);

    for (body, name) in [
        (json!({"media_type": "image/png"}), "$.total_bytes: is missing but it is required"),
        (json!({"total_bytes": 1}), "$.media_type: is missing but it is required"),
        (
            json!({"media_type": "image/png", "total_bytes": 5_242_881, "media_category": "tweet_image"}),
            "`total_bytes` is more than the 5242880 bytes allowed for tweet_image",
        ),
    ] {
        assert_eq!(stage.post("/2/media/upload/initialize", body).await.says(), name);
    }
    let (_, answer) = stage.whole("image/jpeg", "tweet_image", PNG).await;
    assert_eq!(answer.says(), "`media` is image/png, but media_type was image/jpeg");
}

#[tokio::test]
async fn segments_may_come_as_json() {
    use base64::Engine;
    let stage = Stage::new().await;
    let encoded = base64::prelude::BASE64_STANDARD.encode(PNG);
    let id = stage.initialize("image/png", "tweet_image", PNG.len()).await;
    let path = format!("/2/media/upload/{id}/append");
    stage.post(&path, json!({"segment_index": 0, "media": encoded})).await.ok(200);
    stage.finalize(&id).await.ok(200);
    let body = json!({"media": encoded, "media_category": "tweet_image"});
    stage.post("/2/media/upload", body).await.ok(200);
    assert_eq!(stage.post("/2/media/upload", json!({"media": "%", "media_category": "tweet_image"})).await.status, 400);
}

#[tokio::test]
async fn films_are_processed_first() {
    let stage = Stage::new().await;
    stage.configure(|options| options.processing_delay = 10 * MINUTE);
    let (id, answer) = stage.whole("video/mp4", "tweet_video", &film(20)).await;
    let pending = json!({"state": "pending", "check_after_secs": 1});
    assert_eq!(answer.ok(200)["data"]["processing_info"], pending);
    let post = json!({"text": "film", "media": {"media_ids": [id]}});
    assert_eq!(stage.post("/2/tweets", post.clone()).await.says(), "Your media IDs are invalid.");
    let path = format!("/2/media/upload?media_id={id}");
    stage.advance(5 * MINUTE);
    assert_eq!(stage.get(&path).await.ok(200)["data"]["processing_info"]["state"], "in_progress");
    stage.advance(5 * MINUTE);
    assert_eq!(stage.get(&path).await.ok(200)["data"]["processing_info"]["state"], "succeeded");
    stage.create(post).await;
    assert_eq!(stage.seen()[0].media[0].mime, "video/mp4");

    stage.configure(|options| options.processing_delay = Duration::ZERO);
    let (long, _) = stage.whole("video/mp4", "tweet_video", &film(200)).await;
    let post = json!({"text": "long", "media": {"media_ids": [long]}});
    let answer = stage.post("/2/tweets", post).await;
    assert_eq!(answer.says(), "This user is not allowed to post a video longer than 2 minutes");
    let (_, answer) = stage.whole("video/mp4", "tweet_video", &film(0)).await;
    assert_eq!(answer.ok(200)["data"]["processing_info"]["error"]["name"], "InvalidMedia");
    stage.configure(|options| options.processing_fails = true);
    let (_, answer) = stage.whole("image/gif", "tweet_gif", &gif(9, 9, 2)).await;
    assert_eq!(answer.ok(200)["data"]["processing_info"]["state"], "failed");
}

#[tokio::test]
async fn a_post_takes_only_media_it_may() {
    let stage = Stage::new().await;
    stage.configure(|options| options.processing_delay = Duration::ZERO);
    let (one, two) = (stage.image().await, stage.image().await);
    let (gif, _) = stage.whole("image/gif", "tweet_gif", &gif(9, 9, 2)).await;
    let (direct, _) = stage.whole("image/png", "dm_image", PNG).await;
    let open = stage.initialize("image/png", "tweet_image", 1).await;
    for ids in [vec![&one, &gif], vec![&gif, &gif], vec![&direct], vec![&open]] {
        let body = json!({"text": "t", "media": {"media_ids": ids}});
        let answer = stage.post("/2/tweets", body).await;
        assert_eq!(answer.says(), "Your media IDs are invalid.");
        assert_eq!(answer.body["errors"][0]["parameters"], json!({"media.media_ids": ids}));
    }
    let other = stage.sim.x.sign_up(SignUp { username: "bob", ..SignUp::default() });
    let body = json!({"text": "t", "media": {"media_ids": [one, two]}});
    assert_eq!(stage.post_as(&other, "/2/tweets", body.clone()).await.status, 400);
    let alt = json!({"id": one, "metadata": {"alt_text": {"text": "x"}}});
    assert_eq!(stage.post_as(&other, "/2/media/metadata", alt).await.status, 400);
    let alt = json!({"id": one, "metadata": {"alt_text": {"text": "x".repeat(1001)}}});
    assert_eq!(stage.post("/2/media/metadata", alt).await.status, 400);
    stage.create(json!({"text": "t", "media": {"media_ids": [gif]}})).await;
    stage.create(json!({"text": "both", "media": {"media_ids": [one, two]}})).await;
    stage.advance(24 * 60 * MINUTE);
    let fresh = stage.sim.x.sign_up(SignUp { username: "ada", ..SignUp::default() });
    assert_eq!(stage.post_as(&fresh, "/2/tweets", body).await.says(), "Your media IDs are invalid.");
}

#[tokio::test]
async fn an_upload_session_ends() {
    let stage = Stage::new().await;
    stage.configure(|options| options.upload_life = MINUTE);
    let id = stage.initialize("image/png", "tweet_image", PNG.len()).await;
    stage.advance(MINUTE);
    assert_eq!(stage.append(&id, 0, PNG).await.status, 404);
}

#[tokio::test]
async fn subtitles_join_a_film() {
    let stage = Stage::new().await;
    let (film, _) = stage.whole("video/mp4", "tweet_video", &film(2)).await;
    let (track, answer) = stage.whole("text/srt", "subtitles", b"1\n00:00:00,000 --> 00:00:01,000\nTea\n").await;
    answer.ok(200);
    let body = |language: &str, track: &str| {
        json!({"id": film, "media_category": "TweetVideo",
            "subtitles": {"id": track, "language_code": language, "display_name": "English"}})
    };
    stage.post("/2/media/subtitles", body("EN", &track)).await.ok(200);
    assert_eq!(stage.post("/2/media/subtitles", body("en", &track)).await.status, 400);
    assert_eq!(stage.post("/2/media/subtitles", body("EN", "77")).await.status, 400);
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

#[tokio::test]
async fn edits_make_a_new_version() {
    let stage = Stage::new().await;
    let first = stage.publish("tae").await;
    let edit = |text: &str, of: &str| json!({"text": text, "edit_options": {"previous_post_id": of}});
    assert_eq!(
        stage.post("/2/tweets", edit("tea", &first)).await.says(),
        "You are not permitted to perform this action."
    );
    stage.sim.x.sign_up(SignUp { username: "ada", premium: true, ..SignUp::default() });
    stage.configure(|options| options.edit_history_field = "edit_history_post_ids".to_owned());
    let body = stage.post("/2/tweets", edit("tea", &first)).await.ok(201);
    let second = body["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(body["data"]["edit_history_post_ids"], json!([first, second]));
    let seen = stage.seen();
    assert_eq!((seen.len(), seen[0].text.as_str(), &seen[0].id), (1, "tea", &second));
    assert_eq!(stage.timeline("").await.ok(200)["meta"]["result_count"], 1);
    assert_eq!(stage.post("/2/tweets", edit("old", &first)).await.status, 403);
    let mut last = second;
    for number in 2..=5 {
        last = stage.create(edit(&format!("tea {number}"), &last)).await;
    }
    assert_eq!(stage.post("/2/tweets", edit("tea 6", &last)).await.status, 403);
    let poll = stage.create(json!({"text": "?", "poll": {"options": ["a", "b"], "duration_minutes": 5}})).await;
    assert_eq!(stage.post("/2/tweets", edit("!", &poll)).await.status, 403);
    let late = stage.publish("late").await;
    stage.advance(30 * MINUTE);
    assert_eq!(stage.post("/2/tweets", edit("later", &late)).await.status, 403);
    Read::from(
        stage.request(Method::DELETE, &format!("/2/tweets/{first}"), &stage.me.access_token).send().await.unwrap(),
    )
    .await
    .ok(200);
    assert_eq!(stage.seen().len(), 2);
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

#[tokio::test]
async fn oddities_can_be_asked_for() {
    let stage = Stage::new().await;
    stage.configure(|options| options.errors_beside_data = true);
    let body = stage.post("/2/tweets", json!({"text": "half"})).await.ok(201);
    assert!(body["data"]["id"].is_string() && body["errors"].is_array());
    stage.create(json!({"text": "promoted", "nullcast": true})).await;
    assert_eq!(stage.seen().len(), 1);
    let fault = |kind| Fault { method: Method::POST, path: "/2/tweets".to_owned(), times: 1, kind };
    stage.sim.world().fault(fault(FaultKind::DropAfter));
    let lost = stage.request(Method::POST, "/2/tweets", &stage.me.access_token).json(&json!({"text": "lost"}));
    assert!(lost.send().await.is_err());
    assert_eq!(stage.seen().last().unwrap().text, "lost");
}

const CALLBACK: &str = "http://127.0.0.1:8080/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn authorize_fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("response_type", "code"),
        ("client_id", DEFAULT_CLIENT_ID),
        ("redirect_uri", CALLBACK),
        ("scope", "tweet.read users.read offline.access"),
        ("state", "s 1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

impl Stage {
    /// Presses a button on the consent page and reads where the browser is sent.
    async fn press(&self, fields: &[(&str, &str)], decision: &str) -> Vec<(String, String)> {
        let fields = [fields, &[("user", "ada"), ("decision", decision)]].concat();
        let answer = self.form("/i/oauth2/authorize", &fields).await;
        assert_eq!(answer.status, 302, "{}", answer.body);
        let back = url::Url::parse(answer.header("location").unwrap()).unwrap();
        assert!(back.as_str().starts_with(CALLBACK));
        back.query_pairs().into_owned().collect()
    }

    async fn code(&self) -> String {
        let back = self.press(&authorize_fields(), "allow").await;
        back.into_iter().find(|(name, _)| name == "code").unwrap().1
    }

    async fn refresh(&self, token: &str) -> Read {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", DEFAULT_CLIENT_ID)];
        self.form("/2/oauth2/token", &fields).await
    }
}

fn code_fields(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("client_id", DEFAULT_CLIENT_ID),
        ("code_verifier", VERIFIER),
    ]
}

fn with<'a>(mut fields: Vec<(&'a str, &'a str)>, name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    for field in fields.iter_mut().filter(|field| field.0 == name) {
        field.1 = value;
    }
    fields
}

#[tokio::test]
async fn the_consent_page_is_shown_only_for_a_sound_request() {
    let stage = Stage::new().await;
    let show = async |fields: &[(&str, &str)]| {
        let request = stage.http.get(stage.url("/i/oauth2/authorize")).query(fields);
        Read::from(request.send().await.unwrap()).await
    };
    let page = show(&authorize_fields()).await;
    assert_eq!(page.status, 200);
    let html = page.body.as_str().unwrap();
    for part in ["<option>ada</option>", "value=\"allow\"", "name=\"state\" value=\"s 1\"", "<li>tweet.read</li>"] {
        assert!(html.contains(part), "{part}");
    }
    for (name, value) in [
        ("response_type", "token"),
        ("client_id", "nobody"),
        ("redirect_uri", "http://127.0.0.1:8080/callback/"),
        ("redirect_uri", "http://127.0.0.1:8081/callback"),
        ("redirect_uri", "http://localhost:8080/callback"),
        ("scope", ""),
        ("scope", "tweet.read everything"),
        ("state", ""),
        ("code_challenge", ""),
        ("code_challenge_method", "S512"),
    ] {
        let fields = with(authorize_fields(), name, value);
        assert_eq!(show(&fields).await.status, 400, "{name}={value}");
        assert_eq!(stage.form("/i/oauth2/authorize", &fields).await.status, 400, "{name}={value}");
    }
    let refused = stage.press(&authorize_fields(), "deny").await;
    let expected = [("state", "s 1"), ("error", "access_denied")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(refused, expected);
}

#[tokio::test]
async fn a_code_becomes_a_token_once_and_soon() {
    let stage = Stage::new().await;
    let code = stage.code().await;
    let body = stage.form("/2/oauth2/token", &code_fields(&code)).await.ok(200);
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(7200)));
    assert_eq!(body["scope"], "tweet.read users.read offline.access");
    assert!(body["refresh_token"].is_string());
    let token = body["access_token"].as_str().unwrap();
    Read::from(stage.request(Method::GET, "/2/users/me", token).send().await.unwrap()).await.ok(200);
    let message = "Value passed for the authorization code was invalid.";
    assert_eq!(stage.form("/2/oauth2/token", &code_fields(&code)).await.says(), message);
    for (name, value) in [("redirect_uri", "http://127.0.0.1:8080/callback/"), ("code_verifier", "guess")] {
        let code = stage.code().await;
        let answer = stage.form("/2/oauth2/token", &with(code_fields(&code), name, value)).await;
        assert_eq!((answer.status, answer.says().as_str()), (400, message), "{name}");
    }
    let code = stage.code().await;
    stage.advance(Duration::from_secs(31));
    assert_eq!(stage.form("/2/oauth2/token", &code_fields(&code)).await.says(), message);
    let code = stage.code().await;
    let as_json: serde_json::Map<_, _> =
        code_fields(&code).into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let answer = stage.http.post(stage.url("/2/oauth2/token")).json(&as_json).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let online = with(authorize_fields(), "scope", "tweet.read users.read");
    let code = stage.press(&online, "allow").await.pop().unwrap().1;
    assert_eq!(stage.form("/2/oauth2/token", &code_fields(&code)).await.ok(200).get("refresh_token"), None);
}

#[tokio::test]
async fn a_confidential_client_proves_itself() {
    let stage = Stage::new().await;
    stage.sim.x.register(App::confidential("web", "s3cret", CALLBACK));
    let member = stage.sim.x.sign_up(SignUp { client_id: "web", ..SignUp::default() });
    let refresh = member.refresh_token.unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str()), ("client_id", "web")];
    let answer = stage.form("/2/oauth2/token", &fields).await;
    assert_eq!((answer.status, answer.says().as_str()), (401, "Missing valid authorization header"));
    let basic = async |secret: &str| {
        let request = stage.http.post(stage.url("/2/oauth2/token")).basic_auth("web", Some(secret)).form(&fields[..2]);
        Read::from(request.send().await.unwrap()).await
    };
    assert_eq!(basic("wrong").await.status, 401);
    basic("s3cret").await.ok(200);
    assert_eq!(stage.form("/2/oauth2/token", &fields[..2]).await.says(), "Missing required parameter [client_id].");
}

#[tokio::test]
async fn a_refresh_token_works_once_even_if_the_answer_is_lost() {
    let stage = Stage::new().await;
    let first = stage.me.refresh_token.clone().unwrap();
    let body = stage.refresh(&first).await.ok(200);
    let second = body["refresh_token"].as_str().unwrap();
    let answer = stage.refresh(&first).await;
    let expected = json!({"error": "invalid_request", "error_description": "Value passed for the token was invalid."});
    assert_eq!((answer.status, answer.body), (400, expected));
    stage.configure(|options| options.drop_rotations = 1);
    let fields = [("grant_type", "refresh_token"), ("refresh_token", second), ("client_id", DEFAULT_CLIENT_ID)];
    assert!(stage.http.post(stage.url("/2/oauth2/token")).form(&fields).send().await.is_err());
    assert_eq!(stage.refresh(second).await.status, 400);
    let aged = stage.sim.x.sign_up(SignUp { username: "ada", ..SignUp::default() });
    stage.advance(182 * 24 * 60 * MINUTE);
    assert_eq!(stage.refresh(&aged.refresh_token.unwrap()).await.status, 400);
}

#[tokio::test]
async fn a_revoked_token_is_dead() {
    let stage = Stage::new().await;
    let fields = [("token", stage.me.access_token.as_str()), ("client_id", DEFAULT_CLIENT_ID)];
    assert_eq!(stage.form("/2/oauth2/revoke", &fields).await.ok(200), json!({"revoked": true}));
    assert_eq!(stage.get("/2/users/me").await.status, 401);
    assert_eq!(stage.refresh(stage.me.refresh_token.as_ref().unwrap()).await.status, 400);
}

/// Signs as a client of OAuth 1.0a does: written apart from the code under test.
struct Signer {
    token: Oauth1Token,
    host: &'static str,
    nonce: String,
    at: u64,
}

impl Signer {
    fn new(token: Oauth1Token, nonce: &str) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Self { token, host: "api.x.com", nonce: nonce.to_owned(), at: now.as_secs() }
    }

    fn header(&self, method: &str, path: &str, extra: &[(&str, &str)]) -> String {
        use base64::Engine;
        use hmac::{Hmac, KeyInit, Mac};
        let enc = |text: &str| -> String {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
        };
        let timestamp = self.at.to_string();
        let mut own = vec![
            ("oauth_consumer_key", self.token.consumer_key.as_str()),
            ("oauth_nonce", &self.nonce),
            ("oauth_signature_method", "HMAC-SHA1"),
            ("oauth_timestamp", &timestamp),
            ("oauth_version", "1.0"),
        ];
        if !self.token.token.is_empty() {
            own.push(("oauth_token", &self.token.token));
        }
        own.extend(extra.iter().filter(|(name, _)| name.starts_with("oauth_")));
        let other = extra.iter().filter(|(name, _)| !name.starts_with("oauth_"));
        let mut all: Vec<_> = own.iter().chain(other).map(|(k, v)| format!("{}={}", enc(k), enc(v))).collect();
        all.sort();
        let base = format!("{method}&{}&{}", enc(&format!("https://{}{path}", self.host)), enc(&all.join("&")));
        let key = format!("{}&{}", enc(&self.token.consumer_secret), enc(&self.token.token_secret));
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(base.as_bytes());
        let signature = base64::prelude::BASE64_STANDARD.encode(mac.finalize().into_bytes());
        own.push(("oauth_signature", &signature));
        let pairs: Vec<_> = own.iter().map(|(k, v)| format!("{k}=\"{}\"", enc(v))).collect();
        format!("OAuth {}", pairs.join(", "))
    }
}

impl Stage {
    async fn signed(&self, method: Method, target: &str, header: String, body: Option<Value>) -> Read {
        let mut request = self.http.request(method, self.url(target)).header("authorization", header);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Read::from(request.send().await.unwrap()).await
    }
}

#[tokio::test]
async fn signed_calls_are_verified() {
    let stage = Stage::new().await;
    let token = stage.sim.x.oauth1_token(DEFAULT_CLIENT_ID, "ada");
    let path = "/2/tweets";
    let header = Signer::new(token.clone(), "n1").header("POST", path, &[]);
    let body = Some(json!({"text": "signed"}));
    let answer = stage.signed(Method::POST, path, header.clone(), body.clone()).await;
    assert_eq!(answer.header("x-access-level"), Some("read-write"));
    answer.ok(201);
    assert_eq!(stage.signed(Method::POST, path, header, body).await.status, 401, "nonce used twice");
    let (me, query) = ("/2/users/me", "?user.fields=created_at%2Cprotected");
    let target = format!("{me}{query}");
    let fields = [("user.fields", "created_at,protected")];
    let signer = |nonce| Signer::new(token.clone(), nonce);
    let wrong_secret = Oauth1Token { token_secret: "guess".to_owned(), ..token.clone() };
    for (header, status, why) in [
        (signer("n2").header("GET", me, &fields), 200, "right"),
        (signer("n3").header("GET", me, &[]), 401, "query not signed"),
        (signer("n4").header("POST", me, &fields), 401, "other method"),
        (Signer { host: "127.0.0.1", ..signer("n5") }.header("GET", me, &fields), 401, "other host"),
        (Signer { at: signer("").at - 301, ..signer("n6") }.header("GET", me, &fields), 401, "slow clock"),
        (Signer { at: signer("").at + 301, ..signer("n7") }.header("GET", me, &fields), 401, "fast clock"),
        (Signer::new(wrong_secret, "n8").header("GET", me, &fields), 401, "wrong secret"),
        ("OAuth nonsense".to_owned(), 401, "unreadable"),
    ] {
        assert_eq!(stage.signed(Method::GET, &target, header, None).await.status, status, "{why}");
    }
}

#[tokio::test]
async fn a_read_only_signature_cannot_post() {
    let stage = Stage::new().await;
    stage.sim.x.register(App { write: false, ..App::public("reader", CALLBACK) });
    let token = stage.sim.x.oauth1_token("reader", "ada");
    let header = Signer::new(token, "n").header("POST", "/2/tweets", &[]);
    let answer = stage.signed(Method::POST, "/2/tweets", header, Some(json!({"text": "no"}))).await;
    assert_eq!(answer.status, 403);
    assert!(answer.body["type"].as_str().unwrap().ends_with("/oauth1-permissions"));
}

#[tokio::test]
async fn three_legs_lead_to_a_token_and_an_exchange() {
    let stage = Stage::new().await;
    let app = App::public(DEFAULT_CLIENT_ID, CALLBACK);
    let consumer = |token: &str, token_secret: &str| Oauth1Token {
        consumer_key: app.consumer_key.clone(),
        consumer_secret: app.consumer_secret.clone(),
        token: token.to_owned(),
        token_secret: token_secret.to_owned(),
    };
    let read = |answer: Read| -> std::collections::HashMap<String, String> {
        let body = answer.ok(200);
        url::form_urlencoded::parse(body.as_str().unwrap().as_bytes()).into_owned().collect()
    };
    let path = "/oauth/request_token";
    let header = Signer::new(consumer("", ""), "n0").header("POST", path, &[("oauth_callback", "http://evil/")]);
    assert_eq!(stage.signed(Method::POST, path, header, None).await.status, 403);
    let header = Signer::new(consumer("", ""), "n1").header("POST", path, &[("oauth_callback", CALLBACK)]);
    let request = read(stage.signed(Method::POST, path, header, None).await);
    assert_eq!(request["oauth_callback_confirmed"], "true");
    let token = request["oauth_token"].as_str();
    let page = stage.http.get(stage.url("/oauth/authorize")).query(&[("oauth_token", token)]).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let fields = [("oauth_token", token), ("user", "ada"), ("decision", "allow")];
    let answer = stage.form("/oauth/authorize", &fields).await;
    let back = url::Url::parse(answer.header("location").unwrap()).unwrap();
    let verifier = back.query_pairs().find(|(name, _)| name == "oauth_verifier").unwrap().1.into_owned();
    let path = "/oauth/access_token";
    let third = consumer(token, &request["oauth_token_secret"]);
    let header = Signer::new(third.clone(), "n2").header("POST", path, &[("oauth_verifier", "guess")]);
    assert_eq!(stage.signed(Method::POST, path, header, None).await.status, 401);
    let header = Signer::new(third, "n3").header("POST", path, &[("oauth_verifier", &verifier)]);
    let access = read(stage.signed(Method::POST, path, header, None).await);
    assert_eq!((&access["user_id"], access["screen_name"].as_str()), (&stage.me.id, "ada"));
    let exchange = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", access["oauth_token"].as_str()),
        ("subject_token_type", "urn:x:params:oauth:token-type:oauth1_token"),
        ("oauth_token_secret", access["oauth_token_secret"].as_str()),
        ("client_id", DEFAULT_CLIENT_ID),
    ];
    let once = stage.form("/2/oauth2/token", &exchange).await.ok(200);
    let twice = stage.form("/2/oauth2/token", &exchange).await.ok(200);
    let me = async |body: &Value| {
        let token = body["access_token"].as_str().unwrap();
        stage.request(Method::GET, "/2/users/me", token).send().await.unwrap().status().as_u16()
    };
    assert_eq!((me(&once).await, me(&twice).await), (401, 200));
    let wrong = with(exchange.to_vec(), "oauth_token_secret", "guess");
    assert_eq!(stage.form("/2/oauth2/token", &wrong).await.body["error"], "invalid_grant");
}

//! The simulators keep figures of their own. Here both are asked the same by behaviour, through the simulators' HTTP: what the
//! table of limits just allows passes, one more is refused. So one slip cannot hide in both.

use pressroom::fit::count::count;
use pressroom::limits::{Limits, Platform};
use pressroom::sim::{linkedin, x};
use reqwest::{Client, RequestBuilder, multipart};
use serde_json::{Value, json};

use crate::press::Stage;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a small picture";

/// A client of one simulator, signed in.
struct Caller {
    http: Client,
    base: String,
    token: String,
}

impl Caller {
    fn new(stage: &Stage, host: &str, token: String) -> Self {
        // Another test may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (_, address) = stage.sim.hosts().iter().find(|(name, _)| name == host).unwrap();
        Self { http: Client::builder().no_proxy().build().unwrap(), base: format!("http://{address}"), token }
    }

    fn post(&self, path: &str) -> RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.token);
        request.header("LinkedIn-Version", "202609").header("X-Restli-Protocol-Version", "2.0.0")
    }
}

/// Status, body, and the id LinkedIn puts in a header.
async fn send(request: RequestBuilder) -> (u16, Value, String) {
    let response = request.send().await.unwrap();
    let id = response.headers().get("x-restli-id").map(|id| id.to_str().unwrap().to_owned()).unwrap_or_default();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)), id)
}

/// Whether an answer is a yes; anything but a clear yes or no is a mistake of the test.
#[track_caller]
fn is_taken((status, body, _): &(u16, Value, String)) -> bool {
    assert!((200..300).contains(status) || matches!(status, 400 | 403 | 413 | 415 | 422), "{status} {body}");
    (200..300).contains(status)
}

/// Texts of exactly a length, in the unit of a platform, made of what it counts peculiarly.
fn texts(platform: Platform, premium: bool, length: usize) -> Vec<String> {
    let fill =
        ["a", "é", "茶", "👩‍👩‍👧‍👦", "😀", "\u{202e}", "https://example.org/a/long/path?and=more#of-it ", "(b) ", "\n\nc"];
    fill.into_iter()
        .map(|unit| {
            let one = count(unit.trim_end(), platform, premium).count.max(1);
            let mut text = unit.repeat(length / (one + 1)).trim_end().to_owned();
            // What the fill leaves is filled with the plainest of letters, after a break that keeps a link a link.
            text.push(' ');
            while count(&text, platform, premium).count < length {
                let missing = length - count(&text, platform, premium).count;
                text.push_str(&"z".repeat(missing));
            }
            text
        })
        .collect()
}

struct X(Caller);

impl X {
    fn new(stage: &Stage, premium: bool) -> Self {
        let member = stage.sim.x.sign_up(x::SignUp { username: "acme", premium, ..x::SignUp::default() });
        stage.sim.x.configure(|options| options.rates.clear());
        Self(Caller::new(stage, "api.x.com", member.access_token))
    }

    async fn takes(&self, body: &Value) -> bool {
        is_taken(&send(self.0.post("/2/tweets").json(body)).await)
    }

    async fn upload(&self, bytes: &[u8]) -> (u16, Value, String) {
        let part = multipart::Part::bytes(bytes.to_vec()).file_name("m").mime_str("application/octet-stream").unwrap();
        let form = multipart::Form::new().part("media", part).text("media_category", "tweet_image");
        send(self.0.post("/2/media/upload").multipart(form)).await
    }

    async fn images(&self, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(self.upload(PNG).await.1["data"]["id"].as_str().unwrap().to_owned());
        }
        ids
    }
}

#[tokio::test]
async fn x_takes_a_text_of_the_limit_and_no_more() {
    let stage = Stage::new();
    for premium in [false, true] {
        let x = X::new(&stage, premium);
        let limit = Platform::X.limits().longest(premium);
        for text in texts(Platform::X, premium, limit) {
            assert_eq!(count(&text, Platform::X, premium).count, limit);
            assert!(x.takes(&json!({ "text": text })).await, "{limit}: {text:?}");
            assert!(!x.takes(&json!({ "text": format!("{text}z") })).await, "{limit} and one: {text:?}");
        }
    }
}

#[tokio::test]
async fn x_takes_as_many_pictures_as_the_limit() {
    let stage = Stage::new();
    let x = X::new(&stage, false);
    let limit = Platform::X.limits().shapes[0].images;
    for (count, taken) in [(limit, true), (limit + 1, false)] {
        let post = json!({ "text": format!("{count}"), "media": { "media_ids": x.images(count).await } });
        assert_eq!(x.takes(&post).await, taken, "{count}");
    }
}

#[tokio::test]
async fn x_takes_alternative_text_of_the_limit() {
    let stage = Stage::new();
    let x = X::new(&stage, false);
    let limit = Platform::X.limits().alt_max;
    for letter in ["a", "茶", "😀"] {
        for (length, taken) in [(limit, true), (limit + 1, false)] {
            let id = x.images(1).await.remove(0);
            let body = json!({ "id": id, "metadata": { "alt_text": { "text": letter.repeat(length) } } });
            assert_eq!(is_taken(&send(x.0.post("/2/media/metadata").json(&body)).await), taken, "{letter} {length}");
        }
    }
}

/// X writes "5 MB". The table reads it cautiously, the simulator generously: ours is never above, and never far below.
#[tokio::test]
async fn x_takes_pictures_of_the_limit_of_bytes() {
    let stage = Stage::new();
    let x = X::new(&stage, false);
    let limit = usize::try_from(Platform::X.limits().shapes[0].image.bytes_max.unwrap()).unwrap();
    let picture = |bytes: usize| [PNG, &vec![0; bytes - PNG.len()]].concat();
    assert!(is_taken(&x.upload(&picture(limit)).await));
    assert!(!is_taken(&x.upload(&picture(limit / 1_000_000 * 1_048_576 + 1)).await));
}

/// A member of LinkedIn, and the posts that are the member's.
struct LinkedIn {
    caller: Caller,
    author: String,
}

impl LinkedIn {
    fn new(stage: &Stage) -> Self {
        let member = stage.sim.linkedin.sign_up(linkedin::SignUp::default());
        stage.sim.linkedin.configure(|options| {
            options.active_versions = Some(202_601..=202_609);
            options.processing_delay = std::time::Duration::ZERO;
        });
        let author = format!("urn:li:person:{}", member.id);
        Self { caller: Caller::new(stage, "api.linkedin.com", member.access_token), author }
    }

    async fn takes(&self, commentary: &str, content: Option<Value>) -> bool {
        let mut body = json!({
            "author": self.author,
            "commentary": commentary,
            "visibility": "PUBLIC",
            "distribution": { "feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": [] },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": false,
        });
        if let Some(content) = content {
            body["content"] = content;
        }
        is_taken(&send(self.caller.post("/rest/posts").json(&body)).await)
    }

    async fn image(&self, bytes: Vec<u8>) -> String {
        let body = json!({ "initializeUploadRequest": { "owner": self.author } });
        let (_, answer, _) = send(self.caller.post("/rest/images?action=initializeUpload").json(&body)).await;
        let value = &answer["value"];
        let path = value["uploadUrl"].as_str().unwrap().trim_start_matches("https://www.linkedin.com");
        let put =
            self.caller.http.put(format!("{}{path}", self.caller.base)).bearer_auth(&self.caller.token).body(bytes);
        assert_eq!(send(put).await.0, 201);
        value["image"].as_str().unwrap().to_owned()
    }
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".as_slice();
    [head, &width.to_be_bytes(), &height.to_be_bytes(), b"\x08\x02\x00\x00\x00"].concat()
}

/// As the adapter writes them, so that readers see the text as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if r"\|{}@[]()<>#*_~".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[tokio::test]
async fn linkedin_takes_a_text_of_the_limit_and_no_more() {
    let stage = Stage::new();
    let linkedin = LinkedIn::new(&stage);
    let limit = Platform::LinkedIn.limits().longest(false);
    for text in texts(Platform::LinkedIn, false, limit) {
        assert_eq!(count(&text, Platform::LinkedIn, false).count, limit);
        assert!(linkedin.takes(&escaped(&text), None).await, "{text:?}");
        assert!(!linkedin.takes(&escaped(&format!("{text}z")), None).await, "{text:?}");
    }
}

#[tokio::test]
async fn linkedin_takes_as_many_pictures_as_the_limit() {
    let stage = Stage::new();
    let linkedin = LinkedIn::new(&stage);
    let limit = Platform::LinkedIn.limits().shapes[0].images;
    let mut images = Vec::new();
    for _ in 0..=limit {
        images.push(json!({ "id": linkedin.image(png(1, 1)).await, "altText": "" }));
    }
    for (count, taken) in [(limit, true), (limit + 1, false)] {
        let content = json!({ "multiImage": { "images": images[..count] } });
        assert_eq!(linkedin.takes(&format!("{count}"), Some(content)).await, taken, "{count}");
    }
}

#[tokio::test]
async fn linkedin_takes_alternative_text_of_the_limit() {
    let stage = Stage::new();
    let linkedin = LinkedIn::new(&stage);
    let limit = Platform::LinkedIn.limits().alt_max;
    for letter in ["a", "茶"] {
        for (length, taken) in [(limit, true), (limit + 1, false)] {
            let id = linkedin.image(png(1, 1)).await;
            let content = json!({ "media": { "id": id, "altText": letter.repeat(length) } });
            assert_eq!(linkedin.takes(&format!("{letter} {length}"), Some(content)).await, taken, "{letter} {length}");
        }
    }
}

#[tokio::test]
async fn linkedin_takes_pictures_of_the_limit_of_pixels() {
    let stage = Stage::new();
    let linkedin = LinkedIn::new(&stage);
    stage.sim.linkedin.configure(|options| options.images_must_be_ready = true);
    let limit = u32::try_from(Platform::LinkedIn.limits().shapes[0].image.pixels_max.unwrap()).unwrap();
    for (pixels, taken) in [(limit, true), (limit + 1, false)] {
        let id = linkedin.image(png(pixels, 1)).await;
        let content = json!({ "media": { "id": id, "altText": "" } });
        assert_eq!(linkedin.takes(&format!("{pixels}"), Some(content)).await, taken, "{pixels}");
    }
}

/// What is compared above, and in `edge` from our side alone, is what the table has: a figure that is added there is added
/// here.
#[test]
fn every_figure_of_the_published_platforms_is_compared() {
    let figures = |limits: &Limits| {
        [
            ("premium_text_max", limits.premium_text_max.is_some()),
            ("bytes_max", limits.bytes_max.is_some()),
            ("image_bytes_max", limits.shapes[0].image.bytes_max.is_some()),
            ("image_pixels_max", limits.shapes[0].image.pixels_max.is_some()),
            ("image_width", limits.shapes[0].image.width.is_some()),
            ("image_height", limits.shapes[0].image.height.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_there)| is_there.then_some(name))
        .collect::<Vec<_>>()
    };
    let published = Platform::ALL.into_iter().filter(|platform| platform.limits().published);
    let all: Vec<_> = published.map(|platform| (platform.name(), figures(platform.limits()))).collect();
    let compared = [
        ("x", vec!["premium_text_max", "image_bytes_max"]),
        ("linkedin", vec!["image_pixels_max"]),
        ("facebook", vec!["image_bytes_max"]),
        ("instagram", vec!["image_bytes_max"]),
        ("threads", vec!["image_bytes_max"]),
        ("youtube", vec![]),
        ("tiktok", vec!["image_bytes_max"]),
        ("bluesky", vec!["bytes_max", "image_bytes_max"]),
        ("mastodon", vec!["image_bytes_max", "image_pixels_max"]),
        ("discord", vec!["image_bytes_max"]),
        ("telegram", vec!["image_bytes_max"]),
        ("forem", vec!["bytes_max"]),
        ("slack", vec![]),
    ];
    assert_eq!(all, compared);
}

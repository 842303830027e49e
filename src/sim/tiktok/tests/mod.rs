//! The simulator as a client meets it: every line of its rules at least once.

mod access;
mod files;
mod inits;
mod listing;
mod photos;
mod progress;
mod signin;
mod uploads;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, request};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Member, SignUp, TikTok};
use crate::sim::web::Page;
use crate::sim::{Seen, Sim};

/// Longer than any test takes, so that only moving the clock ends them.
const PROCESSING: Duration = Duration::from_secs(1_000);
const MODERATION: Duration = Duration::from_secs(5_000);

const DIRECT: &str = "/v2/post/publish/video/init/";
const DRAFT: &str = "/v2/post/publish/inbox/video/init/";
const PHOTOS: &str = "/v2/post/publish/content/init/";
const STATUS: &str = "/v2/post/publish/status/fetch/";
const CANCEL: &str = "/v2/post/publish/cancel/";
const CREATOR: &str = "/v2/post/publish/creator_info/query/";

/// A TikTok with one account, Ann's, and calls without end in a minute or a day.
struct Bench {
    sim: Sim,
    ann: Member,
}

/// An answer, read to the end.
struct Got {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    /// Asserts success; the data.
    #[track_caller]
    fn data(&self) -> Value {
        self.refused(200, "ok");
        self.json()["data"].clone()
    }

    /// Asserts status and code of the envelope, and that it tells where to look in the logs.
    #[track_caller]
    fn refused(&self, status: u16, code: &str) {
        let error = &self.json()["error"];
        assert_eq!((self.status, error["code"].as_str()), (status, Some(code)), "{}", self.body);
        assert_eq!(error["log_id"].as_str().map(str::len), Some(34), "{}", self.body);
    }

    /// Asserts that the parameters are refused for this reason.
    #[track_caller]
    fn wrong(&self, part: &str) {
        self.refused(400, "invalid_params");
        assert!(self.body.contains(part), "{part}: {}", self.body);
    }

    /// Asserts status and a part of the body.
    #[track_caller]
    fn is(&self, status: u16, part: &str) {
        assert!(self.status == status && self.body.contains(part), "{} {}", self.status, self.body);
    }
}

impl Bench {
    async fn new() -> Self {
        let sim = Sim::start().await.unwrap();
        sim.tiktok.configure(|options| {
            options.processing_delay = PROCESSING;
            options.moderation_delay = MODERATION;
            options.rates.init = usize::MAX;
            options.posts_per_day = usize::MAX;
            options.pending_shares = usize::MAX;
        });
        let ann = sim.tiktok.sign_up(SignUp::default());
        Self { sim, ann }
    }

    fn tiktok(&self) -> &TikTok {
        &self.sim.tiktok
    }

    fn advance(&self, by: Duration) {
        self.sim.world().advance(by);
    }

    fn seen(&self) -> Vec<Seen> {
        self.tiktok().seen()
    }

    /// Somebody else.
    fn bob(&self) -> Member {
        self.tiktok().sign_up(SignUp {
            account: super::Account { username: "bob".to_owned(), ..super::Account::default() },
            ..SignUp::default()
        })
    }

    /// Ann, with these scopes alone.
    fn ann_with(&self, scopes: &[&str]) -> Member {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.tiktok().sign_up(SignUp { scopes, ..SignUp::default() })
    }

    async fn send(&self, request: request::Builder, body: impl Into<Body>) -> Got {
        let response = self.tiktok().router().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Got { status: head.status.as_u16(), headers: head.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn get(&self, member: &Member, path: &str) -> Got {
        self.send(signed(member, Method::GET, path), Body::empty()).await
    }

    async fn post(&self, member: &Member, path: &str, body: &Value) -> Got {
        let request = signed(member, Method::POST, path).header("content-type", "application/json; charset=UTF-8");
        self.send(request, body.to_string()).await
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, body).await
    }

    /// Begins Ann's post of a video of so many bytes in one chunk: publish id and upload address.
    async fn begin(&self, path: &str, wishes: &Value, size: usize) -> (String, String) {
        let mut body = json!({"source_info": whole(size)});
        if path == DIRECT {
            body["post_info"] = wishes.clone();
        }
        ids(&self.post(&self.ann, path, &body).await.data())
    }

    /// Sends one chunk as it should be sent.
    async fn put(&self, url: &str, first: usize, bytes: &[u8], total: usize) -> Got {
        self.send(chunk(url, first, bytes.len(), total), bytes.to_vec()).await
    }

    /// Ann's direct post of this video, up to its last byte; the publish id.
    async fn uploaded(&self, wishes: &Value, bytes: &[u8]) -> String {
        let (id, url) = self.begin(DIRECT, wishes, bytes.len()).await;
        self.put(&url, 0, bytes, bytes.len()).await.is(201, "");
        id
    }

    /// What status/fetch tells Ann.
    async fn status(&self, id: &str) -> Value {
        self.post(&self.ann, STATUS, &json!({"publish_id": id})).await.data()
    }

    /// Status and reason after processing.
    async fn outcome(&self, id: &str) -> (String, String) {
        let data = self.status(id).await;
        let text = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        (text("status"), text("fail_reason"))
    }

    /// A web host at whose files every app may point; anything else it does not have.
    async fn put_up(&mut self, files: Vec<(&'static str, Page)>) {
        self.sim.tiktok.verify("media.example.org");
        let site = move |path: &str| {
            files.iter().find(|(name, _)| *name == path).map_or_else(Page::missing, |(_, page)| page.clone())
        };
        self.sim.put_up("media.example.org", Arc::new(site)).await.unwrap();
    }
}

fn signed(member: &Member, method: Method, path: &str) -> request::Builder {
    Request::builder().method(method).uri(path).header("authorization", format!("Bearer {}", member.access_token))
}

fn chunk(url: &str, first: usize, length: usize, total: usize) -> request::Builder {
    let path = url.strip_prefix("https://open-upload.tiktokapis.com").unwrap();
    Request::put(path)
        .header("content-type", "video/mp4")
        .header("content-length", length)
        .header("content-range", format!("bytes {first}-{}/{total}", first + length - 1))
}

/// The least a direct post must say.
fn wishes() -> Value {
    json!({"title": "Tea", "privacy_level": "PUBLIC_TO_EVERYONE", "brand_content_toggle": false})
}

fn whole(size: usize) -> Value {
    json!({"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size, "total_chunk_count": 1})
}

fn ids(data: &Value) -> (String, String) {
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("publish_id"), text("upload_url"))
}

fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    let (object, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(object).unwrap()[name] = value;
    body
}

fn without(body: &Value, pointer: &str) -> Value {
    let mut body = body.clone();
    let (object, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(object).unwrap().as_object_mut().unwrap().remove(name);
    body
}

/// The plainest video there is: 720 by 1280, 30 frames a second, 10 seconds.
fn film() -> Vec<u8> {
    files::mp4(b"isom", b"avc1", (720, 1_280), (30, 1), 10)
}

/// A picture of these sides; only its header.
fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes =
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0\x00\x11\x08".to_vec();
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xd9");
    bytes
}

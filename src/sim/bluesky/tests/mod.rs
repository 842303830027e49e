//! The servers through their routers, as a client meets them: every line of their rules at least once. Here: the stage.

mod oauth;
mod posts;
mod repos;
mod sessions;
mod videos;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Bluesky, HOSTS, Member, PDS, SignUp};
use crate::sim::World;

/// A key of a post.
const KEY: &str = "3lbcdefgh2345";
const POST: &str = "app.bsky.feed.post";

/// A Bluesky with one account, Ann.
struct Bench {
    world: World,
    sky: Bluesky,
    ann: Member,
}

/// An answer, read to the end.
struct Got {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text()))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts the status and a part of the body.
    #[track_caller]
    fn is(&self, status: u16, part: &str) {
        assert!(
            self.status == status && self.text().contains(part),
            "{} {}\nwanted {status} {part}",
            self.status,
            self.text()
        );
    }
}

impl Bench {
    fn new() -> Self {
        let world = World::on(|| UNIX_EPOCH + Duration::from_secs(1_764_000_000));
        let sky = Bluesky::new(world.clone());
        let ann = sky.sign_up(SignUp::default());
        Self { world, sky, ann }
    }

    fn now(&self) -> SystemTime {
        self.world.now()
    }

    fn advance(&self, seconds: u64) {
        self.world.advance(Duration::from_secs(seconds));
    }

    async fn send(&self, host: &str, request: Request<Body>) -> Got {
        let host = HOSTS.iter().find(|own| **own == host).unwrap();
        let response = self.sky.router(host).oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        Got { status, headers, bytes }
    }

    /// A procedure, with a bearer if there is one, and a body if there is one.
    async fn call(&self, host: &str, name: &str, bearer: &str, body: Option<&Value>) -> Got {
        let mut request = Request::builder().method(Method::POST).uri(format!("/xrpc/{name}"));
        if !bearer.is_empty() {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(host, request.body(body).unwrap()).await
    }

    /// A procedure of Ann's at her server.
    async fn post(&self, name: &str, body: &Value) -> Got {
        self.call(PDS, name, &self.ann.access_jwt, Some(body)).await
    }

    async fn get(&self, target: &str) -> Got {
        self.send(PDS, Request::builder().uri(target).body(Body::empty()).unwrap()).await
    }

    async fn upload(&self, mime: &str, bytes: &[u8]) -> Got {
        let request = Request::builder().method(Method::POST).uri("/xrpc/com.atproto.repo.uploadBlob");
        let request = request.header("authorization", format!("Bearer {}", self.ann.access_jwt));
        let request = request.header("content-type", mime);
        self.send(PDS, request.body(Body::from(bytes.to_vec())).unwrap()).await
    }

    /// A file that must be taken; what a record says of it.
    async fn blob(&self, mime: &str, bytes: &[u8]) -> Value {
        let got = self.upload(mime, bytes).await;
        got.is(200, "blob");
        got.json()["blob"].clone()
    }

    fn put_body(&self, key: &str, record: &Value) -> Value {
        json!({"repo": self.ann.did, "collection": POST, "rkey": key, "record": record})
    }

    /// Puts a record if nothing else is there.
    async fn publish(&self, key: &str, record: &Value) -> Got {
        self.post("com.atproto.repo.putRecord", &with(self.put_body(key, record), "swapRecord", Value::Null)).await
    }

    /// A post that must succeed; the reference to it.
    async fn published(&self, key: &str, record: &Value) -> Value {
        let got = self.publish(key, record).await;
        got.is(200, "commit");
        json!({"uri": got.json()["uri"], "cid": got.json()["cid"]})
    }
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

/// The plainest post.
fn post(text: &str) -> Value {
    json!({"$type": POST, "text": text, "createdAt": "2026-11-20T12:00:00Z", "langs": ["en"]})
}

/// A picture of this size, as far as its head tells.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\x00\x00\x00\0\0\0\0");
    bytes
}

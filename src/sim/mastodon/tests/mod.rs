//! The servers through their routers, as a client meets them: every line of their rules at least once. Here: the stage.

mod files;
mod login;
mod statuses;
mod telling;

use std::time::{Duration, UNIX_EPOCH};

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::{Flavour, HOSTS, Mastodon, Member, Server, SignUp};
use crate::sim::{Seen, World};

/// A server with one account, Ann.
struct Bench {
    world: World,
    server: Server,
    ann: Member,
}

/// An answer, read to the end.
struct Got {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no {name}: {}", self.body)).to_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts the status and a part of the body.
    #[track_caller]
    fn is(&self, status: u16, part: &str) {
        assert!(
            self.status == status && self.body.contains(part),
            "{} {}\nwanted {status} {part}",
            self.status,
            self.body
        );
    }
}

impl Bench {
    fn new() -> Self {
        Self::of(Flavour::Mastodon)
    }

    fn of(flavour: Flavour) -> Self {
        let world = World::on(|| UNIX_EPOCH + Duration::from_secs(1_764_000_000));
        let mastodon = Mastodon::new(world.clone());
        let host = if flavour == Flavour::Snac { HOSTS[1] } else { HOSTS[0] };
        let ann = mastodon.sign_up(SignUp { server: host.to_owned(), ..SignUp::default() });
        Self { world, server: mastodon.server(host), ann }
    }

    fn advance(&self, seconds: u64) {
        self.world.advance(Duration::from_secs(seconds));
    }

    async fn send(&self, request: Request<Body>) -> Got {
        let response = self.server.router().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Got { status, headers, body: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// A call of Ann's with these headers and this body.
    async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Got {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("authorization", format!("Bearer {}", self.ann.access_token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    async fn get(&self, path: &str) -> Got {
        self.call(Method::GET, path, &[], Body::empty()).await
    }

    async fn delete(&self, path: &str) -> Got {
        self.call(Method::DELETE, path, &[], Body::empty()).await
    }

    async fn json(&self, method: Method, path: &str, body: &Value) -> Got {
        self.call(method, path, &[("content-type", "application/json")], body.to_string()).await
    }

    async fn post(&self, body: &Value) -> Got {
        self.json(Method::POST, "/api/v1/statuses", body).await
    }

    /// A status with an `Idempotency-Key`.
    async fn keyed(&self, key: &str, body: &Value) -> Got {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.call(Method::POST, "/api/v1/statuses", &headers, body.to_string()).await
    }

    /// A status that must be taken; its id.
    async fn posted(&self, body: &Value) -> String {
        let got = self.post(body).await;
        got.is(200, "");
        got.text("id")
    }

    /// A form from nobody.
    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::builder().method(Method::POST).uri(path);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn nobody(&self, path: &str) -> Got {
        self.send(Request::builder().uri(path).body(Body::empty()).unwrap()).await
    }

    async fn upload(&self, file: &[u8], fields: &[(&str, &str)]) -> Got {
        self.parts(Method::POST, "/api/v2/media", Some(file), fields).await
    }

    async fn parts(&self, method: Method, path: &str, file: Option<&[u8]>, fields: &[(&str, &str)]) -> Got {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        if let Some(file) = file {
            body.extend(b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n");
            body.extend(file);
            body.extend(b"\r\n");
        }
        body.extend(b"--b--\r\n");
        self.call(method, path, &[("content-type", "multipart/form-data; boundary=b")], body).await
    }

    /// A picture that must be taken; its id.
    async fn picture(&self) -> String {
        let got = self.upload(&png(2, 2), &[]).await;
        got.is(200, "");
        got.text("id")
    }

    fn seen(&self) -> Vec<Seen> {
        self.server.seen()
    }

    fn texts(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.text).collect()
    }
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

fn status(text: &str) -> Value {
    json!({"status": text, "visibility": "public", "language": "en"})
}

/// A picture of this size, as far as its head tells.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\x00\x00\x00\0\0\0\0");
    bytes
}

/// A film, as far as its first bytes tell.
const FILM: &[u8] = b"\0\0\0\x10ftypisom\0\0\0\0";

//! What the tests of several simulators have alike: an answer read to its end, bodies in parts, files as far as their
//! first bytes tell.

use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use serde_json::Value;
use tower::ServiceExt as _;

use super::World;

/// An answer, read to the end.
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Got {
    pub(super) async fn of(router: Router, request: Request<Body>) -> Self {
        let response = router.oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Self { status, headers, body: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    /// The text at a pointer: `/result/text`.
    pub(super) fn text(&self, pointer: &str) -> String {
        let value = self.json();
        let text = value.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("no {pointer}: {}", self.body)).to_owned()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts the status and a part of the body.
    #[track_caller]
    pub(super) fn is(&self, status: u16, part: &str) {
        let fits = self.status == status && self.body.contains(part);
        assert!(fits, "{} {}\nwanted {status} {part}", self.status, self.body);
    }
}

/// A world at a fixed time: 2025-11-24, 16:00 UTC.
pub(super) fn world() -> World {
    World::on(|| UNIX_EPOCH + Duration::from_secs(1_764_000_000))
}

/// What a body of [`parts`] says it is.
pub(super) const MULTIPART: &str = "multipart/form-data; boundary=b";

/// A body in parts: names, names of files, contents.
pub(super) fn parts(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file_name, content) in parts {
        let file = file_name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend(*content);
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    body
}

/// A picture of this size, as far as its head tells.
pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend(b"\x08\x02\x00\x00\x00\0\0\0\0");
    bytes
}

/// The same as a JPEG.
pub(super) fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xFF\xD8\xFF\xC0\x00\x11\x08".to_vec();
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(b"\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00\xFF\xD9");
    bytes
}

/// A film, as far as its first bytes tell.
pub(super) const FILM: &[u8] = b"\0\0\0\x10ftypisom\0\0\0\0";

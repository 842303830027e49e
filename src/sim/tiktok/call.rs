//! One HTTP request as received and one answer to give. It knows HTTP, nothing of TikTok.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use futures_util::StreamExt as _;
use serde_json::Value;
use url::form_urlencoded;

/// Longer bodies are refused; the longest lawful one is a last chunk of 128 MB, under either reading of MB.
const BODY_MAX: usize = 128 << 20;

/// A request with its body read.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    /// Decoded, in order.
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Call {
    /// Reads the whole request; nothing when the body is too long or breaks off.
    pub(super) async fn receive(request: Request) -> Option<Self> {
        let (head, body) = request.into_parts();
        let length = head.headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
        let mut bytes = Vec::with_capacity(length.unwrap_or(0).min(BODY_MAX));
        let mut stream = body.into_data_stream();
        while let Some(part) = stream.next().await {
            bytes.extend_from_slice(&part.ok()?);
            if bytes.len() > BODY_MAX {
                return None;
            }
        }
        Some(Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            query: pairs(head.uri.query().unwrap_or_default().as_bytes()),
            headers: head.headers,
            body: bytes,
        })
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The first value of a name in the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// The fields of a form body; nothing when the body is not a form.
    pub(super) fn form(&self) -> Option<Vec<(String, String)>> {
        (self.media_type() == "application/x-www-form-urlencoded").then(|| pairs(&self.body))
    }

    /// The JSON of the body; nothing when it is none, does not say so, or is not said to be UTF-8.
    pub(super) fn json(&self) -> Option<Value> {
        let utf8 = match self.header("content-type").unwrap_or_default().split_once(';') {
            Some((_, parameter)) => parameter.trim().eq_ignore_ascii_case("charset=utf-8"),
            None => true,
        };
        (utf8 && self.media_type() == "application/json").then(|| serde_json::from_slice(&self.body).ok()).flatten()
    }

    /// The body's media type without parameters, in lower case; empty when there is none.
    pub(super) fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

/// The first value of a name.
pub(super) fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Reply {
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json; charset=utf-8", body.to_string())
    }

    pub(super) fn page(status: u16, html: String) -> Self {
        Self::text(status, "text/html; charset=utf-8", html)
    }

    pub(super) fn text(status: u16, kind: &str, body: String) -> Self {
        Self { status, headers: vec![("content-type", kind.to_owned())], body }
    }

    pub(super) fn redirect(to: String) -> Self {
        Self::empty(302).with("location", to)
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

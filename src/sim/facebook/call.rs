//! One HTTP request as received and one answer to give. It knows HTTP, nothing of the Graph.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt as _;
use serde_json::Value;
use url::form_urlencoded;

/// What a handler answers; the error is an answer too, so that `?` can end a handler with a refusal.
pub(super) type Outcome = Result<Reply, Reply>;

/// A longer body is not believed to come, so no room is kept for it beforehand.
const ROOM_MAX: usize = 16 << 30;

/// A request with its body read.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Received,
}

/// The bytes of a body, as far as they came.
pub(super) struct Received {
    /// As long as the request said it would be.
    pub(super) bytes: Arc<[u8]>,
    /// How many of them came before the connection broke, if it did.
    pub(super) length: usize,
}

impl Received {
    pub(super) fn is_whole(&self) -> bool {
        self.length == self.bytes.len()
    }

    async fn collect(body: Body, announced: Option<usize>) -> Self {
        let mut stream = body.into_data_stream();
        let Some(announced) = announced.filter(|length| *length <= ROOM_MAX) else {
            let mut bytes = Vec::new();
            while let Some(Ok(piece)) = stream.next().await {
                bytes.extend_from_slice(&piece);
            }
            return Self { length: bytes.len(), bytes: bytes.into() };
        };
        let mut bytes = room(announced);
        let mut length = 0;
        if let Some(room) = Arc::get_mut(&mut bytes) {
            while let Some(Ok(piece)) = stream.next().await {
                let Some(place) = room.get_mut(length..length + piece.len()) else { break };
                place.copy_from_slice(&piece);
                length += piece.len();
            }
        }
        Self { bytes, length }
    }
}

/// Zeros to be written over, made where they stay: a gigabyte is kept once.
pub(super) fn room(length: usize) -> Arc<[u8]> {
    std::iter::repeat_n(0, length).collect()
}

impl Call {
    pub(super) async fn receive(request: Request) -> Self {
        let (head, body) = request.into_parts();
        let announced = head.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            query: pairs(head.uri.query().unwrap_or_default().as_bytes()),
            headers: head.headers,
            body: Received::collect(body, announced).await,
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body's media type without parameters, in lower case; empty when there is none.
    pub(super) fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The fields of a form body; none when the body is not a form.
    pub(super) fn form(&self) -> Vec<(String, String)> {
        let form = self.media_type() == "application/x-www-form-urlencoded";
        if form { pairs(&self.body.bytes) } else { Vec::new() }
    }
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

pub(super) fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// The connection closes instead of this answer.
    silent: bool,
}

impl Reply {
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), silent: false }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json; charset=UTF-8".to_owned())];
        Self { headers, body: body.to_string().into_bytes(), ..Self::empty(status) }
    }

    pub(super) fn page(status: u16, html: String) -> Self {
        let headers = vec![("content-type", "text/html; charset=utf-8".to_owned())];
        Self { headers, body: html.into_bytes(), ..Self::empty(status) }
    }

    pub(super) fn redirect(to: String) -> Self {
        Self::empty(302).with("location", to)
    }

    /// No answer: the connection closes.
    pub(super) fn silence() -> Self {
        Self { silent: true, ..Self::empty(500) }
    }

    pub(super) fn is_silent(&self) -> bool {
        self.silent
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
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache, no-store"));
        response
    }
}

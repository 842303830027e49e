//! One HTTP request as received and one answer to give. It knows HTTP, nothing of videos.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt as _;
use serde_json::Value;
use url::form_urlencoded;

use super::errors::Refusal;

/// What a handler answers; a refusal is an answer too, so that `?` can end a handler with it.
pub(super) type Outcome = Result<Reply, Refusal>;

/// Names with values, in the order sent.
pub(super) type Pairs = Vec<(String, String)>;

/// A request with its body read.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    /// Path and query as sent, percent-encoding kept.
    pub(super) target: String,
    pub(super) query: Pairs,
    pub(super) headers: HeaderMap,
    /// The body; when `broken`, only what arrived of it.
    pub(super) body: Arc<[u8]>,
    /// Whether the client broke off before the end of its body.
    pub(super) broken: bool,
}

impl Call {
    pub(super) async fn receive(request: Request) -> Self {
        let (head, body) = request.into_parts();
        let announced = number(&head.headers, "content-length");
        let (body, broken) = collect(body, announced).await;
        Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            target: head.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            query: pairs(head.uri.query().unwrap_or_default().as_bytes()),
            headers: head.headers,
            body,
            broken,
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A header that is a number.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        number(&self.headers, name)
    }

    /// A value of the query, decoded.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        value(&self.query, name)
    }

    /// The fields of a form body; none when the body does not say that it is a form.
    pub(super) fn form(&self) -> Pairs {
        if self.media_type() == "application/x-www-form-urlencoded" { pairs(&self.body) } else { Vec::new() }
    }

    /// The body's media type without parameters, in lower case; empty when there is none.
    pub(super) fn media_type(&self) -> String {
        bare(self.header("content-type").unwrap_or_default())
    }
}

/// A media type without its parameters, in lower case.
pub(super) fn bare(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The first value of this name.
pub(super) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn pairs(encoded: &[u8]) -> Pairs {
    form_urlencoded::parse(encoded).into_owned().collect()
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// Reads a body of any size. A body that says how long it is goes straight to where it will stay: a film of a gigabyte
/// is in memory once.
async fn collect(body: Body, announced: Option<u64>) -> (Arc<[u8]>, bool) {
    let mut stream = body.into_data_stream();
    // Zeros made where the film will stay.
    let room = usize::try_from(announced.unwrap_or(0)).unwrap_or(0);
    let mut whole: Arc<[u8]> = std::iter::repeat_n(0, room).collect();
    let mut rest = Vec::new();
    let mut filled = 0;
    let mut broken = false;
    while let Some(chunk) = stream.next().await {
        let Ok(chunk) = chunk else {
            broken = true;
            break;
        };
        match Arc::get_mut(&mut whole).and_then(|whole| whole.get_mut(filled..filled + chunk.len())) {
            Some(place) if rest.is_empty() => {
                place.copy_from_slice(&chunk);
                filled += chunk.len();
            }
            _ => rest.extend_from_slice(&chunk),
        }
    }
    if filled == whole.len() && rest.is_empty() {
        return (whole, broken);
    }
    broken |= filled < whole.len();
    let bytes = [&whole[..filled], &rest].concat();
    (Arc::from(bytes), broken)
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    headers: Vec<(&'static str, String)>,
    pub(super) content: Content,
    /// The connection ends without this answer being given.
    pub(super) lost: bool,
}

#[derive(Debug)]
pub(super) enum Content {
    Json(Value),
    Bytes(Vec<u8>),
}

impl Reply {
    fn new(status: u16, content: Content) -> Self {
        Self { status, headers: Vec::new(), content, lost: false }
    }

    pub(super) fn empty(status: u16) -> Self {
        Self::new(status, Content::Bytes(Vec::new()))
    }

    pub(super) fn json(status: u16, body: Value) -> Self {
        Self::new(status, Content::Json(body)).with("content-type", "application/json; charset=UTF-8")
    }

    pub(super) fn page(status: u16, html: String) -> Self {
        Self::new(status, Content::Bytes(html.into_bytes())).with("content-type", "text/html; charset=UTF-8")
    }

    pub(super) fn text(status: u16, text: &str) -> Self {
        Self::new(status, Content::Bytes(text.as_bytes().to_vec())).with("content-type", "text/plain; charset=utf-8")
    }

    pub(super) fn redirect(to: String) -> Self {
        Self::empty(302).with("location", to)
    }

    /// Ends the connection instead of answering.
    pub(super) fn lost() -> Self {
        Self { lost: true, ..Self::empty(500) }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// `pretty` is how Google prints unless told otherwise.
    pub(super) fn into_response(self, pretty: bool) -> Response {
        // Serialising a `Value` cannot fail.
        let body = match &self.content {
            Content::Json(value) if pretty => serde_json::to_vec_pretty(value).unwrap_or_default(),
            Content::Json(value) => serde_json::to_vec(value).unwrap_or_default(),
            Content::Bytes(_) => Vec::new(),
        };
        let body = if let Content::Bytes(bytes) = self.content { bytes } else { body };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private"));
        response
    }
}

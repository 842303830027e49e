//! One HTTP request as the simulators of webhooks, bots and articles receive it, and the shapes of an answer. It knows
//! HTTP, nothing of messages.

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value};

use super::multipart::{self, Part};

/// A request with its body read.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    query: String,
    headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    /// Nothing when the body breaks off or is longer than this.
    pub(super) async fn receive(request: Request, most: usize) -> Option<Self> {
        let announced = super::announced(&request);
        let (head, body) = request.into_parts();
        Some(Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body: super::collect(body, announced, most).await?,
        })
    }

    /// The parts of the path.
    pub(super) fn segments(&self) -> Vec<&str> {
        self.path.trim_start_matches('/').split('/').collect()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// What the body says it is, without parameters: `application/json`.
    pub(super) fn media_type(&self) -> String {
        let value = self.header("content-type");
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The fields of the query, decoded.
    pub(super) fn query(&self) -> Vec<(String, String)> {
        pairs(self.query.as_bytes())
    }

    /// The fields of a form, decoded.
    pub(super) fn form(&self) -> Vec<(String, String)> {
        pairs(&self.body)
    }

    /// The body as a JSON object; nothing if it is none.
    pub(super) fn object(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body taken apart; nothing if it is not what its header promises.
    pub(super) fn parts(&self) -> Option<Vec<Part>> {
        multipart::parts(self.header("content-type"), &self.body)
    }
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

pub(super) fn json(status: u16, body: &Value) -> Response {
    (code(status), [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

pub(super) fn text(status: u16, body: &str) -> Response {
    (code(status), [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body.to_owned()).into_response()
}

pub(super) fn page(status: u16, html: &str) -> Response {
    (code(status), [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html.to_owned()).into_response()
}

/// An answer without a body.
pub(super) fn empty(status: u16) -> Response {
    code(status).into_response()
}

pub(super) fn set_header(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

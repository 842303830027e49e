//! One request as the handlers want it: read whole, its query taken apart. Knows nothing of what is asked.

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::errors::Refusal;
use crate::sim;

/// Larger bodies are cut off; the largest lawful one is a chunk of media.
const MAX_BODY: usize = 64 << 20;
/// A longer target answers 431.
const MAX_TARGET: usize = 8 << 10;

pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    /// Decoded, in order.
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    pub(super) async fn read(request: Request) -> Result<Self, Refusal> {
        let announced = sim::announced(&request);
        let (head, body) = request.into_parts();
        let body = sim::collect(body, announced, MAX_BODY).await;
        let body = body.ok_or_else(|| Refusal::empty(StatusCode::PAYLOAD_TOO_LARGE))?;
        if head.uri.path_and_query().is_some_and(|target| target.as_str().len() > MAX_TARGET) {
            return Err(Refusal::empty(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        }
        Ok(Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            query: pairs(head.uri.query().unwrap_or_default().as_bytes()),
            headers: head.headers,
            body,
        })
    }

    pub(super) fn header(&self, name: HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// A segment of the path, counted from 0.
    pub(super) fn segment(&self, index: usize) -> &str {
        self.path.split('/').skip(1).nth(index).unwrap_or_default()
    }

    /// `application/json`, `multipart/form-data`, ...: in lower case and without parameters.
    pub(super) fn content_type(&self) -> String {
        let value = self.header(header::CONTENT_TYPE);
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    pub(super) fn json(&self) -> Result<Value, Refusal> {
        if self.content_type() != "application/json" {
            let message = "Requests with bodies must have content-type of application/json.";
            return Err(Refusal::invalid(None, message));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| Refusal::invalid(None, &format!("The request body is not valid JSON: {error}")))
    }

    /// The fields of a form; nothing if the body is of another type.
    pub(super) fn form(&self) -> Vec<(String, String)> {
        if self.content_type() == "application/x-www-form-urlencoded" { pairs(&self.body) } else { Vec::new() }
    }
}

pub(super) fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

pub(super) fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response()
}

pub(super) fn html(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], body).into_response()
}

pub(super) fn redirect(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

pub(super) fn set_header(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

/// Text made safe to stand in HTML.
pub(super) fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

//! One HTTP request as received, and the shapes of an answer. It knows HTTP, nothing of statuses.

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;

use super::errors::Refusal;
use super::fields::Fields;
use crate::sim;

/// What the proxy in front of a server lets through: the largest video and what surrounds it.
const BODY_MAX: usize = 128 << 20;

/// What a handler answers.
pub(super) type Outcome = Result<Response, Refusal>;

/// A request with its body read.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) path: String,
    query: String,
    headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    /// Nothing when the body breaks off or is longer than any lawful one.
    pub(super) async fn receive(request: Request) -> Option<Self> {
        let announced = sim::announced(&request);
        let (head, body) = request.into_parts();
        Some(Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body: sim::collect(body, announced, BODY_MAX).await?,
        })
    }

    /// The parts of the path.
    pub(super) fn segments(&self) -> Vec<&str> {
        self.path.trim_start_matches('/').split('/').collect()
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The fields of the query.
    pub(super) fn parameters(&self) -> Fields {
        Fields::of_pairs(&pairs(self.query.as_bytes()))
    }

    /// The pairs of the query or of a form, as a page passes them on.
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        if self.method == Method::GET { pairs(self.query.as_bytes()) } else { pairs(&self.body) }
    }

    /// The fields of the body: JSON, a form or parts.
    pub(super) fn fields(&self) -> Result<Fields, Refusal> {
        let content_type = self.header("content-type");
        match content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/json" => match serde_json::from_slice(&self.body) {
                Ok(Value::Object(values)) => Ok(Fields::of_object(values)),
                _ => Err(Refusal::new(400, "There was a problem in the JSON you submitted")),
            },
            "application/x-www-form-urlencoded" => Ok(Fields::of_pairs(&pairs(&self.body))),
            "multipart/form-data" => Fields::of_parts(content_type, &self.body)
                .ok_or_else(|| Refusal::new(400, "The multipart body is not what its header promises")),
            _ if self.body.is_empty() => Ok(Fields::default()),
            _ => Err(Refusal::new(415, "The body is neither JSON nor a form")),
        }
    }
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

pub(super) fn json(status: u16, body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (code(status), kind, body.to_string()).into_response()
}

pub(super) fn page(status: u16, html: String) -> Response {
    (code(status), [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

pub(super) fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

pub(super) fn set_header(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
}

pub(super) fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

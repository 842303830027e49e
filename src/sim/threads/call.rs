//! One HTTP request as received and one answer to give. It knows how the Graph API's hosts read parameters, nothing of
//! posts.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::errors::{self, Refusal};

/// What a handler answers.
pub(super) type Outcome = Result<Reply, Refusal>;

/// Longer than any lawful form.
const BODY_MAX: usize = 1 << 20;

/// How a request's body was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Empty,
    Form,
    Json,
    Unread,
}

/// A request with its body read. Parameters of the query and of the body are one list, as for the Graph API.
pub(super) struct Call {
    pub(super) method: Method,
    /// The parts of the path, decoded; a slash at the end makes no part.
    pub(super) path: Vec<String>,
    pub(super) encoding: Encoding,
    parameters: Vec<(String, String)>,
}

impl Call {
    pub(super) async fn receive(request: Request) -> Result<Self, axum::Error> {
        let (head, body) = request.into_parts();
        let kind = head.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let body = axum::body::to_bytes(body, BODY_MAX).await?;
        let mut parameters = pairs(head.uri.query().unwrap_or_default().as_bytes());
        let encoding = match kind.as_str() {
            _ if body.is_empty() => Encoding::Empty,
            "application/x-www-form-urlencoded" => {
                parameters.extend(pairs(&body));
                Encoding::Form
            }
            "application/json" => match serde_json::from_slice::<Map<String, Value>>(&body) {
                Ok(object) => {
                    parameters.extend(object.into_iter().map(|(name, value)| (name, plain(value))));
                    Encoding::Json
                }
                Err(_) => Encoding::Unread,
            },
            _ => Encoding::Unread,
        };
        let decoded = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let path = head.uri.path().split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        Ok(Self { method: head.method, path, encoding, parameters })
    }

    /// A parameter; an empty one is as good as none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        found.filter(|value| !value.is_empty())
    }

    pub(super) fn need(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| errors::parameter(&format!("The parameter {name} is required")))
    }

    /// A parameter that is `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(errors::parameter(&format!("Param {name} must be a boolean"))),
        }
    }

    /// Names and values as sent, in order.
    pub(super) fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }

    /// The first name that stands twice.
    pub(super) fn repeated(&self) -> Option<&str> {
        let names: Vec<&str> = self.parameters.iter().map(|(name, _)| name.as_str()).collect();
        names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)).map(|(_, name)| *name)
    }
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

/// A JSON value as a form would carry it.
fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        // Serialising our own maps with string keys cannot fail.
        let body = serde_json::to_vec(body).unwrap_or_default();
        let kind = "application/json; charset=UTF-8".to_owned();
        Self { status, headers: vec![("content-type", kind)], body }
    }

    pub(super) fn page(status: u16, html: String) -> Self {
        Self { status, headers: vec![("content-type", "text/html; charset=utf-8".to_owned())], body: html.into_bytes() }
    }

    pub(super) fn redirect(to: String) -> Self {
        Self { status: 302, headers: vec![("location", to)], body: Vec::new() }
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

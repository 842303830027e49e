//! One HTTP request as received and one answer to give. It knows HTTP and Rest.li's addresses, nothing of posts.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;

use super::errors;
use crate::sim;

/// What a handler answers; the error is an answer too, so that `?` can end a handler with a refusal.
pub(super) type Outcome = Result<Reply, Reply>;

/// A request with its body read.
pub(super) struct Call {
    pub(super) method: Method,
    /// Path and query as sent, percent-encoding kept.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Call {
    /// Nothing when the body breaks off.
    pub(super) async fn receive(request: Request) -> Option<Self> {
        let announced = sim::announced(&request);
        let (head, body) = request.into_parts();
        Some(Self {
            method: head.method,
            target: head.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            headers: head.headers,
            body: sim::collect(body, announced, usize::MAX).await?,
        })
    }

    /// The parts of the path, still encoded.
    pub(super) fn segments(&self) -> Vec<&str> {
        let path = self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path);
        path.trim_start_matches('/').split('/').collect()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A value of the query, decoded.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        pairs(self.query().as_bytes()).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The query as sent.
    pub(super) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The fields of a form body; none when the body is not a form.
    pub(super) fn form(&self) -> Vec<(String, String)> {
        if self.media_type() == "application/x-www-form-urlencoded" { pairs(&self.body) } else { Vec::new() }
    }

    /// The JSON object of the body.
    pub(super) fn json(&self) -> Result<Value, Reply> {
        let value =
            (self.media_type() == "application/json").then(|| serde_json::from_slice(&self.body).ok()).flatten();
        value.filter(Value::is_object).ok_or_else(errors::not_a_data_map)
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

/// The key a path segment stands for. Rest.li wants keys percent-encoded completely; the leniency of the real server is
/// unknown, so this one has none.
pub(super) fn path_key(segment: &str) -> Result<String, Reply> {
    if segment.contains([':', ',', '(', ')', '\'']) {
        return Err(errors::syntax(&format!("Key parameter value '{segment}' is invalid: it is not percent-encoded")));
    }
    let key = percent_decode_str(segment).decode_utf8().map_err(|_| errors::syntax("Key parameter is not UTF-8"))?;
    Ok(key.into_owned())
}

/// Refuses a query whose values hold the characters Rest.li 2.0 reserves, unencoded.
pub(super) fn check_query(query: &str) -> Result<(), Reply> {
    if query.len() > 4_000 {
        return Err(errors::plain(414, "URI_TOO_LONG", "The query is longer than 4000 characters; tunnel it"));
    }
    let reserved = |pair: &&str| {
        // The brackets and commas of a list of keys are Rest.li's own.
        let list = pair.strip_prefix("ids=List(").and_then(|keys| keys.strip_suffix(')'));
        list.map(|keys| keys.replace(',', "")).as_deref().unwrap_or(pair).contains([':', ',', '(', ')', '\''])
    };
    match query.split('&').find(reserved) {
        Some(pair) => Err(errors::syntax(&format!("Query parameter '{pair}' is invalid: it is not percent-encoded"))),
        None => Ok(()),
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
    pub(super) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        // Serialising our own maps and structs with string keys cannot fail.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self { status, headers: vec![("content-type", "application/json".to_owned())], body }
    }

    pub(super) fn page(status: u16, html: String) -> Self {
        Self { status, headers: vec![("content-type", "text/html; charset=utf-8".to_owned())], body: html.into_bytes() }
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
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache, no-store"));
        response
    }
}

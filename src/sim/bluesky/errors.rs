//! The refusals of XRPC (<https://atproto.com/specs/xrpc#error-responses>): a status, a name, a text. Knows nothing of
//! when they are due.

use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::call;

/// An answer that says no.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    error: &'static str,
    message: String,
    /// Worded as OAuth does (RFC 6749).
    oauth: bool,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(super) fn new(status: u16, error: &'static str, message: &str) -> Self {
        Self { status, error, message: message.to_owned(), oauth: false, headers: Vec::new() }
    }

    /// `{error, error_description}`
    pub(super) fn oauth(status: u16, error: &'static str, description: &str) -> Self {
        Self { oauth: true, ..Self::new(status, error, description) }
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// 400 `InvalidRequest`: the text says what is wrong.
pub(super) fn invalid(message: &str) -> Refusal {
    Refusal::new(400, "InvalidRequest", message)
}

/// 400 `InvalidToken`: broken, or of the wrong kind.
pub(super) fn token(message: &str) -> Refusal {
    Refusal::new(400, "InvalidToken", message)
}

/// 400 `ExpiredToken`
pub(super) fn expired(message: &str) -> Refusal {
    Refusal::new(400, "ExpiredToken", message)
}

/// 400 `InvalidSwap`: something else is there than was said.
pub(super) fn swap(what: &str, current: Option<&str>) -> Refusal {
    Refusal::new(400, "InvalidSwap", &format!("{what} was at {}", current.unwrap_or("null")))
}

/// What the server did not think of, such as a record that is already there.
pub(super) fn internal() -> Refusal {
    Refusal::new(500, "InternalServerError", "Internal Server Error")
}

pub(super) fn too_large() -> Refusal {
    Refusal::new(413, "PayloadTooLarge", "request entity too large")
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let words = if self.oauth { "error_description" } else { "message" };
        let mut response = call::json(self.status, &json!({"error": self.error, words: self.message}));
        for (name, value) in self.headers {
            call::set_header(&mut response, name, &value);
        }
        response
    }
}

//! The refusals: a status, and a text that a real server would translate (<https://docs.joinmastodon.org/entities/Error/>).
//! Knows nothing of when they are due.

use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::call;

/// An answer that says no.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    error: String,
    description: Option<String>,
    /// Shown to a person and not to a program.
    page: bool,
}

impl Refusal {
    pub(super) fn new(status: u16, error: &str) -> Self {
        Self { status, error: error.to_owned(), description: None, page: false }
    }

    /// 422, as the checks of a record word it.
    pub(super) fn invalid(what: &str) -> Self {
        Self::new(422, &format!("Validation failed: {what}"))
    }

    pub(super) fn missing() -> Self {
        Self::new(404, "Record not found")
    }

    /// The two fields of RFC 6749.
    pub(super) fn oauth(status: u16, error: &str, description: &str) -> Self {
        Self { description: Some(description.to_owned()), ..Self::new(status, error) }
    }

    /// An error page: without an address to trust there is nobody else to tell.
    pub(super) fn page(error: &str) -> Self {
        Self { page: true, ..Self::new(400, error) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if self.page {
            let why = super::html::escape(&self.error);
            return call::page(
                self.status,
                format!("<!doctype html>\n<title>Make-believe server</title>\n<h1>{why}</h1>\n"),
            );
        }
        let mut body = json!({"error": self.error});
        if let Some(description) = self.description {
            body["error_description"] = json!(description);
        }
        call::json(self.status, &body)
    }
}

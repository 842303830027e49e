//! The refusals: a status, and a text that a real server would translate
//! (<https://docs.joinmastodon.org/entities/Error/>). Knows nothing of when they are due.

use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::call;

/// An answer that says no.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    told: Told,
}

/// Whom it is told, and how.
#[derive(Debug)]
enum Told {
    Program {
        error: String,
        description: Option<String>,
    },
    /// Without an address to trust there is nobody else.
    Person(String),
    /// The app, at its own address.
    Redirect(String),
}

impl Refusal {
    pub(super) fn new(status: u16, error: &str) -> Self {
        Self { status, told: Told::Program { error: error.to_owned(), description: None } }
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
        Self { status, told: Told::Program { error: error.to_owned(), description: Some(description.to_owned()) } }
    }

    /// An error page.
    pub(super) fn page(error: &str) -> Self {
        Self { status: 400, told: Told::Person(error.to_owned()) }
    }

    pub(super) fn redirect(to: String) -> Self {
        Self { status: 302, told: Told::Redirect(to) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self.told {
            Told::Program { error, description } => {
                let mut body = json!({"error": error});
                if let Some(description) = description {
                    body["error_description"] = json!(description);
                }
                call::json(self.status, &body)
            }
            Told::Person(error) => {
                let why = super::html::escape(&error);
                call::page(
                    self.status,
                    format!("<!doctype html>\n<title>Make-believe server</title>\n<h1>{why}</h1>\n"),
                )
            }
            Told::Redirect(to) => call::redirect(&to),
        }
    }
}

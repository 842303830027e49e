//! The refusals: a status, a code and a text, and for a form which of its fields is wrong
//! (<https://discord.com/developers/docs/reference#error-messages>). Knows nothing of when they are due.

use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::sim::call;
use crate::sim::record::{Type, What, Wrong};

/// An answer that says no.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    code: u32,
    message: &'static str,
    /// Field by field.
    errors: Option<Value>,
}

impl Refusal {
    pub(super) const fn new(status: u16, code: u32, message: &'static str) -> Self {
        Self { status, code, message, errors: None }
    }

    pub(super) const fn unknown_webhook() -> Self {
        Self::new(404, 10_015, "Unknown Webhook")
    }

    pub(super) const fn unknown_message() -> Self {
        Self::new(404, 10_008, "Unknown Message")
    }

    pub(super) const fn empty_message() -> Self {
        Self::new(400, 50_006, "Cannot send an empty message")
    }

    pub(super) const fn too_large() -> Self {
        Self::new(413, 40_005, "Request entity too large")
    }

    /// One field of a form; an empty way to it means all of them.
    pub(super) fn form(at: &str, code: &str, message: &str) -> Self {
        let own = json!({"_errors": [{"code": code, "message": message}]});
        let way = at.split('.').filter(|step| !step.is_empty());
        let errors = way.rev().fold(own, |inner, step| json!({ step: inner }));
        Self { errors: Some(errors), ..Self::new(400, 50_035, "Invalid Form Body") }
    }
}

impl From<Wrong> for Refusal {
    fn from(Wrong { at, what }: Wrong) -> Self {
        let (code, message) = match what {
            What::Unknown => ("UNKNOWN_FIELD", "This call has no such field.".to_owned()),
            What::Missing => ("BASE_TYPE_REQUIRED", "This field is required".to_owned()),
            What::Long(most) => ("BASE_TYPE_MAX_LENGTH", format!("Must be {most} or fewer in length.")),
            What::Odd(why) => ("BASE_TYPE_CHOICES", why),
            What::Not(Type::Text) => ("STRING_TYPE_CONVERT", "Could not interpret value as string.".to_owned()),
            What::Not(Type::Flag) => ("BOOLEAN_TYPE_CONVERT", "Must be either true or false.".to_owned()),
            What::Not(Type::Whole) => ("NUMBER_TYPE_COERCE", "Value is not int.".to_owned()),
            What::Not(Type::List) => ("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType".to_owned()),
            What::Not(Type::Object) => {
                ("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType".to_owned())
            }
        };
        Self::form(&at, code, &message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({"message": self.message, "code": self.code});
        if let Some(errors) = self.errors {
            body["errors"] = errors;
        }
        call::json(self.status, &body)
    }
}

//! The refusals: a code, which is the status as well, and a text
//! (<https://core.telegram.org/bots/api#making-requests>). Knows nothing of when they are due.

use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::sim::call;
use crate::sim::record::{What, Wrong};

/// An answer that says no.
#[derive(Debug)]
pub(super) struct Refusal {
    code: u16,
    description: String,
    parameters: Option<Value>,
}

/// A refusal whose words are always the same.
#[derive(Debug)]
pub(super) struct Fixed(u16, &'static str);

impl Refusal {
    pub(super) const UNAUTHORIZED: Fixed = Fixed(401, "Unauthorized");
    pub(super) const NOT_FOUND: Fixed = Fixed(404, "Not Found");
    pub(super) const TOO_LARGE: Fixed = Fixed(413, "Request Entity Too Large");

    pub(super) fn new(code: u16, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), parameters: None }
    }

    /// 400, as nearly all are.
    pub(super) fn bad(description: &str) -> Self {
        Self::new(400, format!("Bad Request: {description}"))
    }

    /// Too much at once.
    pub(super) fn wait(seconds: u64) -> Self {
        let description = format!("Too Many Requests: retry after {seconds}");
        Self { parameters: Some(json!({"retry_after": seconds})), ..Self::new(429, description) }
    }

    /// The group has another id now.
    pub(super) fn migrated(to: i64) -> Self {
        let refusal = Self::bad("group chat was upgraded to a supergroup chat");
        Self { parameters: Some(json!({"migrate_to_chat_id": to})), ..refusal }
    }
}

impl From<Fixed> for Refusal {
    fn from(Fixed(code, description): Fixed) -> Self {
        Self::new(code, description)
    }
}

/// A field of an object in a parameter.
impl From<Wrong> for Refusal {
    fn from(Wrong { at, what }: Wrong) -> Self {
        Self::bad(&match what {
            What::Unknown => format!("there is no field \"{at}\""),
            What::Missing => format!("field \"{at}\" must be there"),
            What::Not(_) => format!("field \"{at}\" has a wrong type"),
            What::Long(most) => format!("field \"{at}\" is longer than {most}"),
            What::Odd(why) => format!("field \"{at}\": {why}"),
        })
    }
}

impl IntoResponse for Fixed {
    fn into_response(self) -> Response {
        Refusal::from(self).into_response()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = json!({"ok": false, "error_code": self.code, "description": self.description});
        let wait = self.parameters.as_ref().and_then(|parameters| parameters["retry_after"].as_u64());
        if let Some(parameters) = self.parameters {
            body["parameters"] = parameters;
        }
        let mut response = call::json(self.code, &body);
        if let Some(seconds) = wait {
            call::set_header(&mut response, "retry-after", &seconds.to_string());
        }
        response
    }
}

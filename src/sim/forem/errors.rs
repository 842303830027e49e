//! The refusals: a status, and a text for people (<https://developers.forem.com/api/v1>). Knows nothing of when they
//! are due.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::sim::call;
use crate::sim::record::{What, Wrong};

/// An answer that says no.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    error: String,
    wait: Option<Duration>,
}

impl Refusal {
    pub(super) fn new(status: u16, error: &str) -> Self {
        Self { status, error: error.to_owned(), wait: None }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(401, "unauthorized")
    }

    pub(super) fn missing() -> Self {
        Self::new(404, "not found")
    }

    /// 422, as the checks of an article word it.
    pub(super) fn invalid(error: &str) -> Self {
        Self::new(422, error)
    }

    pub(super) fn wait(time: Duration) -> Self {
        let seconds = time.as_millis().div_ceil(1_000);
        let refusal = Self::new(429, &format!("Rate limit reached, try again in {seconds} seconds"));
        Self { wait: Some(time), ..refusal }
    }
}

impl From<Wrong> for Refusal {
    fn from(Wrong { at, what }: Wrong) -> Self {
        match what {
            What::Unknown => Self::invalid(&format!("found unpermitted parameter: :{at}")),
            What::Missing => Self::invalid(&format!("param is missing or the value is empty: {at}")),
            What::Not(_) => Self::invalid(&format!("{at} has a wrong type")),
            What::Long(most) => Self::invalid(&format!("{at} is too long (maximum is {most})")),
            What::Odd(why) => Self::invalid(&why),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = call::json(self.status, &json!({"error": self.error, "status": self.status}));
        if let Some(time) = self.wait {
            call::set_header(&mut response, "retry-after", &time.as_millis().div_ceil(1_000).to_string());
        }
        response
    }
}

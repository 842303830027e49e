//! The refusals: Google's error bodies in every shape they come in. It decides nothing.

use serde_json::{Map, Value, json};

use super::call::Reply;
use super::catalogue::CATALOGUE;
use super::options::Envelope;

/// Why a call is not answered with what it asked for.
#[derive(Debug)]
pub(super) enum Refusal {
    /// In the envelope of Google's APIs.
    Fault(Fault),
    /// As it stands: sign-in and the upload front end have shapes of their own.
    Reply(Reply),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Reply> for Refusal {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

/// One error of the API. Boxed, for it travels in the error of every result.
#[derive(Clone, Debug)]
pub(super) struct Fault(Box<Slip>);

#[derive(Clone, Debug)]
struct Slip {
    code: u16,
    reason: String,
    domain: &'static str,
    message: String,
    /// What the whole error says, where that differs from its parts.
    title: Option<&'static str>,
    location: Option<String>,
    /// The word newer front ends add beside the code.
    status: Option<&'static str>,
    details: Option<Value>,
    retry_after: Option<u64>,
}

/// The error of this reason as the catalogue has it; a reason it lacks becomes a 400 of the domain `global`.
pub(super) fn known(reason: &str) -> Fault {
    let row = CATALOGUE.iter().find(|row| row.0 == reason);
    let (_, code, domain, location, message) = row.copied().unwrap_or(("", 400, "global", "", "Bad Request"));
    let status = match reason {
        "authError" | "expired" | "required" => Some("UNAUTHENTICATED"),
        "insufficientPermissions" | "accessNotConfigured" => Some("PERMISSION_DENIED"),
        "alreadyExists" => Some("ALREADY_EXISTS"),
        "internalError" => Some("INTERNAL"),
        "backendError" => Some("UNAVAILABLE"),
        "keyInvalid" => Some("INVALID_ARGUMENT"),
        _ => None,
    };
    Fault(Box::new(Slip {
        code,
        reason: reason.to_owned(),
        domain,
        message: message.to_owned(),
        title: None,
        location: (!location.is_empty()).then(|| location.to_owned()),
        status,
        details: None,
        retry_after: None,
    }))
}

impl Fault {
    pub(super) fn says(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }

    /// The whole error says this; its part says what it said.
    pub(super) fn titled(mut self, title: &'static str) -> Self {
        self.0.title = Some(title);
        self
    }

    pub(super) fn at(mut self, location: impl Into<String>) -> Self {
        self.0.location = Some(location.into());
        self
    }

    pub(super) fn of(mut self, domain: &'static str) -> Self {
        self.0.domain = domain;
        self
    }

    pub(super) fn coded(mut self, code: u16) -> Self {
        self.0.code = code;
        self
    }

    /// When to come again.
    pub(super) fn after(mut self, seconds: Option<u64>) -> Self {
        self.0.retry_after = seconds;
        self
    }

    fn plain(mut self) -> Self {
        self.0.status = None;
        self
    }

    pub(super) fn into_reply(self, envelope: Envelope) -> Reply {
        let code = self.0.code;
        let retry_after = self.0.retry_after;
        let reply = match envelope {
            Envelope::Usual => Reply::json(code, json!({"error": self.0.inner()})),
            Envelope::Array => Reply::json(code, json!([{"error": self.0.inner()}])),
            Envelope::Bare => Reply::json(code, Value::Object(self.0.inner())),
            Envelope::StatusOnly => Reply::json(
                code,
                json!({"error": {"code": code, "message": self.0.message, "status": self.0.status.unwrap_or(word(code))}}),
            ),
            Envelope::Html => html(code),
            Envelope::Text => Reply::text(code, &self.0.message),
            Envelope::Empty => Reply::empty(code),
        };
        match retry_after {
            Some(seconds) => reply.with("retry-after", seconds.to_string()),
            None => reply,
        }
    }
}

impl Slip {
    fn inner(self) -> Map<String, Value> {
        let mut error = Map::new();
        error.insert("message".to_owned(), json!(self.message));
        // The schema layer in front of YouTube names no domain.
        if self.reason != "invalid" {
            error.insert("domain".to_owned(), json!(self.domain));
        }
        error.insert("reason".to_owned(), json!(self.reason));
        if let Some(location) = self.location {
            let kind = match location.as_str() {
                "Authorization" | "Slug" => "header",
                location if location.starts_with("body") => "other",
                _ => "parameter",
            };
            error.insert("location".to_owned(), json!(location));
            error.insert("locationType".to_owned(), json!(kind));
        }
        let mut inner = Map::new();
        inner.insert("code".to_owned(), json!(self.code));
        inner.insert("message".to_owned(), json!(self.title.unwrap_or(&self.message)));
        inner.insert("errors".to_owned(), json!([error]));
        inner.extend(self.status.map(|status| ("status".to_owned(), json!(status))));
        inner.extend(self.details.map(|details| ("details".to_owned(), details)));
        inner
    }
}

fn word(code: u16) -> &'static str {
    match code {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ALREADY_EXISTS",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        _ => "INTERNAL",
    }
}

/// 403: the token lacks every scope the method takes. `method` reads like `videos.insert`.
pub(super) fn scopes(method: &str) -> Fault {
    let details = json!([{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": "youtube.googleapis.com", "method": method},
    }]);
    let mut fault = known("insufficientPermissions").titled("Request had insufficient authentication scopes.");
    fault.0.details = Some(details);
    fault
}

/// 400 of the schema layer: a value that does not fit the field, or a field that is not there.
pub(super) fn schema(field: &str, message: &str) -> Fault {
    let details = json!([{
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": field, "description": message}],
    }]);
    Fault(Box::new(Slip {
        code: 400,
        reason: "invalid".to_owned(),
        domain: "global",
        message: message.to_owned(),
        title: None,
        location: None,
        status: Some("INVALID_ARGUMENT"),
        details: Some(details),
        retry_after: None,
    }))
}

/// 400: a parameter that must be there is not.
pub(super) fn missing(parameter: &str) -> Fault {
    known("required").coded(400).plain().says(format!("Required parameter: {parameter}")).at(parameter)
}

/// What Google's front ends answer when they do not speak JSON.
pub(super) fn html(code: u16) -> Reply {
    let text = format!(
        "<!DOCTYPE html>\n<html lang=en>\n<title>Error {code}</title>\n<p><b>{code}.</b> <ins>That's an error.</ins>\n"
    );
    Reply::page(code, text)
}

/// The token endpoint's shape of error.
pub(super) fn oauth(code: u16, error: &str, description: &str) -> Refusal {
    Reply::json(code, json!({"error": error, "error_description": description})).into()
}

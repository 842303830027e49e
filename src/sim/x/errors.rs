//! The refusals of X, in its four shapes and its words. Knows nothing of when they are due.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::options::Throttle;

pub(super) type Outcome = Result<Response, Refusal>;

/// An answer that says no.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    content_type: &'static str,
    body: String,
}

const BLANK: &str = "about:blank";

impl Refusal {
    /// `{title, detail, type, status}`.
    pub(super) fn problem(status: StatusCode, title: &str, detail: &str, kind: &str) -> Self {
        let kind = if kind == BLANK { BLANK.to_owned() } else { format!("https://api.twitter.com/2/problems/{kind}") };
        let body = json!({"title": title, "detail": detail, "type": kind, "status": status.as_u16()});
        Self::json(status, "application/problem+json", &body)
    }

    /// 400 with the parameter at fault (name and the value sent), if it is one.
    pub(super) fn invalid(parameter: Option<(&str, &Value)>, message: &str) -> Self {
        let mut parameters = serde_json::Map::new();
        if let Some((name, value)) = parameter {
            let values = if value.is_array() { value.clone() } else { json!([value]) };
            parameters.insert(name.to_owned(), values);
        }
        let body = json!({
            "errors": [{"parameters": parameters, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": "https://api.twitter.com/2/problems/invalid-request",
        });
        Self::json(StatusCode::BAD_REQUEST, "application/json; charset=utf-8", &body)
    }

    pub(super) fn unauthorized() -> Self {
        Self::problem(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized", BLANK)
    }

    pub(super) fn forbidden(detail: &str) -> Self {
        Self::problem(StatusCode::FORBIDDEN, "Forbidden", detail, BLANK)
    }

    /// The vague one, given where X does not say what is wrong.
    pub(super) fn not_permitted() -> Self {
        Self::forbidden("You are not permitted to perform this action.")
    }

    pub(super) fn not_found() -> Self {
        Self::problem(StatusCode::NOT_FOUND, "Not Found", "Not Found", BLANK)
    }

    pub(super) fn app_only() -> Self {
        let detail = "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported \
                      authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].";
        Self::problem(StatusCode::FORBIDDEN, "Unsupported Authentication", detail, "unsupported-authentication")
    }

    pub(super) fn read_only_app() -> Self {
        let detail = "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.";
        Self::problem(StatusCode::FORBIDDEN, "Forbidden", detail, "oauth1-permissions")
    }

    pub(super) fn media_ids(ids: &Value) -> Self {
        Self::invalid(Some(("media.media_ids", ids)), "Your media IDs are invalid.")
    }

    pub(super) fn credits_depleted(account: u64) -> Self {
        let detail = format!("Your enrolled account [{account}] does not have any credits to fulfill this request.");
        Self::problem(StatusCode::PAYMENT_REQUIRED, "CreditsDepleted", &detail, "credits")
    }

    pub(super) fn throttled(shape: Throttle) -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        match shape {
            Throttle::Problem => Self::problem(status, "Too Many Requests", "Too Many Requests", BLANK),
            Throttle::Code88 => {
                let body = json!({"errors": [{"code": 88, "message": "Rate limit exceeded"}]});
                Self::json(status, "application/json; charset=utf-8", &body)
            }
        }
    }

    /// `{error, error_description}`, of the token endpoint.
    pub(super) fn oauth(status: StatusCode, error: &str, description: &str) -> Self {
        let body = json!({"error": error, "error_description": description});
        Self::json(status, "application/json; charset=utf-8", &body)
    }

    /// `{errors: [{code, message}]}`, of the OAuth 1.0a endpoints.
    pub(super) fn legacy(status: StatusCode, code: u32, message: &str) -> Self {
        let body = json!({"errors": [{"code": code, "message": message}]});
        Self::json(status, "application/json; charset=utf-8", &body)
    }

    pub(super) fn page(message: &str) -> Self {
        let body =
            format!("<!doctype html><title>Something went wrong</title><p>{}</p>", super::call::escape_html(message));
        Self { status: StatusCode::BAD_REQUEST, content_type: "text/html; charset=utf-8", body }
    }

    pub(super) fn empty(status: StatusCode) -> Self {
        Self { status, content_type: "text/plain", body: String::new() }
    }

    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    fn json(status: StatusCode, content_type: &'static str, body: &Value) -> Self {
        Self { status, content_type, body: body.to_string() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, [(header::CONTENT_TYPE, self.content_type)], self.body).into_response()
    }
}

/// An item of `errors` beside a 200: what was asked for, a `tweet` or a `user`, is not there.
pub(super) fn missing(kind: &str, id: &str) -> Value {
    json!({
        "value": id,
        "detail": format!("Could not find {kind} with id: [{id}]."),
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": "id",
        "resource_id": id,
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    })
}

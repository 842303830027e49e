//! The three shapes of a refusal and the table of the API's codes. It decides nothing.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::Reply;
use super::state::State;

/// What a handler answers.
pub(super) type Outcome = Result<Reply, Refusal>;

/// Why nothing was done.
#[derive(Debug)]
pub(super) enum Refusal {
    /// In the envelope of the API; the status follows from the code.
    Api { code: &'static str, message: String },
    /// Flat, as the OAuth calls answer.
    OAuth { status: u16, error: &'static str, description: String },
    /// Neither: a page, a redirect, a bare status.
    Other(Reply),
}

/// Code, status, message where the caller has no better one.
const CODES: &[(&str, u16, &str)] = &[
    ("access_token_invalid", 401, "The access token is invalid or not found in the request."),
    ("scope_not_authorized", 401, "The user did not authorize the scope required for completing this request."),
    ("scope_permission_missed", 400, "Additional scope permissions are needed for the requested fields."),
    ("invalid_params", 400, "The request parameters are invalid."),
    ("invalid_publish_id", 400, "The publish_id does not exist."),
    (
        "token_not_authorized_for_specified_publish_id",
        400,
        "The access token does not have authorization for this publish_id.",
    ),
    ("publish_not_cancellable", 400, "The publish is in its final state and cannot be cancelled."),
    ("app_version_check_failed", 400, "The TikTok app of the user is too old; photos need 31.8 or newer."),
    ("spam_risk_too_many_posts", 403, "The daily post cap from the API is reached for the current user."),
    ("spam_risk_user_banned_from_posting", 403, "The user is banned from making new posts."),
    ("spam_risk_too_many_pending_share", 403, "The user has too many pending shares in the last 24 hours."),
    ("reached_active_user_cap", 403, "The daily quota for active publishing users from the client is reached."),
    (
        "unaudited_client_can_only_post_to_private_accounts",
        403,
        "Please review our integration guidelines at https://developers.tiktok.com/doc/content-sharing-guidelines/",
    ),
    ("url_ownership_unverified", 403, "Please review our URL ownership verification rules."),
    ("privacy_level_option_mismatch", 403, "The privacy_level is not among the privacy_level_options of the creator."),
    ("rate_limit_exceeded", 429, "The API rate limit was exceeded. Please try again later."),
];

impl Refusal {
    /// A code of the API with its usual message.
    pub(super) fn code(code: &'static str) -> Self {
        let message = CODES.iter().find(|(known, ..)| *known == code).map_or("", |(.., message)| message);
        Self::Api { code, message: message.to_owned() }
    }

    /// Something is wrong with what was sent.
    pub(super) fn params(message: impl Into<String>) -> Self {
        Self::Api { code: "invalid_params", message: message.into() }
    }

    /// Of the OAuth calls.
    pub(super) fn oauth(error: &'static str, description: impl Into<String>) -> Self {
        let status = if error == "invalid_client" { 401 } else { 400 };
        Self::OAuth { status, error, description: description.into() }
    }

    /// What the gateway says to paths it does not know, those without their final slash among them.
    pub(super) fn no_such_path() -> Self {
        Self::Other(Reply::text(404, "text/plain; charset=utf-8", "Unsupported path(Janus)".to_owned()))
    }

    pub(super) fn bare(status: u16) -> Self {
        Self::Other(Reply::empty(status))
    }

    pub(super) fn into_reply(self, state: &mut State) -> Reply {
        match self {
            Self::Api { code, message } => {
                let status = CODES.iter().find(|(known, ..)| *known == code).map_or(400, |(_, status, _)| *status);
                envelope(state, status, None, code, &message)
            }
            Self::OAuth { status, error, description } => {
                let veiled = state.options.oauth_errors_with_200 > 0;
                if veiled {
                    state.options.oauth_errors_with_200 -= 1;
                }
                let body = json!({"error": error, "error_description": description, "log_id": log_id(state)});
                Reply::json(if veiled { 200 } else { status }, &body)
            }
            Self::Other(reply) => reply,
        }
    }
}

/// The API's success.
pub(super) fn ok(state: &State, data: Value) -> Reply {
    envelope(state, 200, Some(data), "ok", "")
}

/// A refusal that comes with 200 all the same.
pub(super) fn refused_with_200(state: &State, code: &'static str) -> Reply {
    let message = CODES.iter().find(|(known, ..)| *known == code).map_or("", |(.., message)| message);
    envelope(state, 200, None, code, message)
}

fn envelope(state: &State, status: u16, data: Option<Value>, code: &str, message: &str) -> Reply {
    let options = &state.options;
    let code = if code == "invalid_params" && options.invalid_param_singular { "invalid_param" } else { code };
    let log_key = if options.logid { "logid" } else { "log_id" };
    let mut body = json!({});
    if let Some(data) = data.or_else(|| options.data_in_errors.then(|| json!({}))) {
        body["data"] = data;
    }
    body["error"] = json!({"code": code, "message": message, log_key: log_id(state)});
    Reply::json(status, &body)
}

/// Date and time, then 20 hex digits.
fn log_id(state: &State) -> String {
    let random = Uuid::new_v4().simple().to_string().to_ascii_uppercase();
    format!("{}{}", DateTime::<Utc>::from(state.now).format("%Y%m%d%H%M%S"), &random[..20])
}

//! The refusals: LinkedIn's error bodies, field for field in the order they are documented. It decides nothing.

use serde::Serialize;

use super::call::Reply;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Plain<'a> {
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_error_code: Option<u32>,
    code: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct Bare<'a> {
    message: &'a str,
    status: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Detailed<'a> {
    error_detail_type: &'static str,
    message: String,
    error_details: Details<'a>,
    status: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Details<'a> {
    input_errors: [InputError<'a>; 1],
}

#[derive(Serialize)]
struct InputError<'a> {
    description: &'a str,
    input: Input<'a>,
    code: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Input<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    input_path: Option<InputPath<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InputPath<'a> {
    field_path: &'a str,
}

/// `{"status","code","message"}`.
pub(super) fn plain(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &Plain { status, service_error_code: None, code, message })
}

fn numbered(status: u16, number: u32, code: &str, message: &str) -> Reply {
    Reply::json(status, &Plain { status, service_error_code: Some(number), code, message })
}

/// 401: no bearer token at all.
pub(super) fn empty_token() -> Reply {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Empty {
        message: &'static str,
        service_error_code: u16,
        status: u16,
    }
    Reply::json(401, &Empty { message: "Empty oauth2_access_token", service_error_code: 401, status: 401 })
}

/// 401: a token never issued here.
pub(super) fn invalid_token() -> Reply {
    numbered(401, 65_600, "INVALID_ACCESS_TOKEN", "Invalid access token")
}

pub(super) fn revoked_token() -> Reply {
    let message = "The token used in the request has been revoked by the user";
    numbered(401, 65_601, "REVOKED_ACCESS_TOKEN", message)
}

pub(super) fn expired_token() -> Reply {
    numbered(401, 65_602, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired")
}

/// 403: a scope, a product or a role is missing. `what` reads like `partnerApiPostsExternal.CREATE.20260901`.
pub(super) fn denied(what: &str) -> Reply {
    numbered(403, 100, "ACCESS_DENIED", &format!("Not enough permissions to access: {what}"))
}

/// 403: the author is neither the token's member nor a page of theirs.
pub(super) fn foreign_author(field: &str) -> Reply {
    let message = format!(
        "Field Value validation failed in REQUEST_BODY: Data Processing Exception while processing fields [/{field}]"
    );
    numbered(403, 100, "ACCESS_DENIED", &message)
}

/// 403: a member's token looks at an upload.
pub(super) fn forbidden_resource(word: &str) -> Reply {
    let message =
        format!("Accessing this {word} resource is forbidden. Please check your permissions for this resource");
    plain(403, "ACCESS_DENIED", &message)
}

/// 400: a page as the author, with a token that has only a person's scopes.
pub(super) fn organization_permissions() -> Reply {
    plain(400, "ILLEGAL_ARGUMENT", "Organization permissions must be used when using organization as author")
}

pub(super) fn version_missing() -> Reply {
    plain(400, "VERSION_MISSING", "A version must be present; specify it in the LinkedIn-Version header")
}

/// 426: a version that is sunset, or not active yet.
pub(super) fn version_inactive(version: &str) -> Reply {
    plain(426, "NONEXISTENT_VERSION", &format!("Requested version {version} is not active"))
}

/// 400: the body is no JSON object, or does not say that it is JSON.
pub(super) fn not_a_data_map() -> Reply {
    syntax("Request body could not be converted to data map")
}

/// 400: an address or header that Rest.li cannot read.
pub(super) fn syntax(message: &str) -> Reply {
    plain(400, "ILLEGAL_ARGUMENT", message)
}

pub(super) fn not_found(message: &str) -> Reply {
    plain(404, "RESOURCE_NOT_FOUND", message)
}

pub(super) fn method_not_allowed(message: &str) -> Reply {
    plain(405, "METHOD_NOT_ALLOWED", message)
}

/// 422: the body does not fit the schema; `message` is one `ERROR :: /field :: ...` line for each slip.
pub(super) fn schema(message: &str) -> Reply {
    Reply::json(422, &Bare { message, status: 422 })
}

/// 429: a day's quota is used up. `who` is `APPLICATION` or `MEMBER`.
pub(super) fn throttled(who: &str) -> Reply {
    let message = format!("Resource level throttle {who} DAY limit for calls to this resource is reached.");
    Reply::json(429, &Bare { message: &message, status: 429 })
}

/// 400 about one field of the body.
pub(super) fn input(code: &str, field: &str, description: &str) -> Reply {
    detailed(400, code, description, Some(field), description)
}

/// 422: the same post again; names the one that is out.
pub(super) fn duplicate(urn: &str) -> Reply {
    let message = format!("Content is a duplicate of {urn}");
    detailed(422, "DUPLICATE_POST", "Duplicate post is detected", None, &message)
}

fn detailed(status: u16, code: &str, description: &str, field: Option<&str>, message: &str) -> Reply {
    let input = Input { input_path: field.map(|field_path| InputPath { field_path }) };
    let body = Detailed {
        error_detail_type: "com.linkedin.common.error.BadRequest",
        message: format!("com.linkedin.content.common.exception.BadRequestResponseException: {message}"),
        error_details: Details { input_errors: [InputError { description, input, code }] },
        status,
    };
    Reply::json(status, &body)
}

/// The token endpoint's shape of error.
pub(super) fn oauth(status: u16, error: &str, description: &str) -> Reply {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'a str,
        error_description: &'a str,
    }
    Reply::json(status, &Body { error, error_description: description })
}

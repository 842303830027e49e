//! The refusals: Google's error bodies in every shape they come in, and the catalogue of reasons a publisher meets
//! (<https://developers.google.com/youtube/data/reference/rest/v3/errors>). It decides nothing.

use serde_json::{Map, Value, json};

use super::call::Reply;
use super::options::Envelope;

/// Why a call is not answered with what it asked for.
#[derive(Debug)]
pub(super) enum Refusal {
    /// In the envelope of Google's APIs.
    Fault(Box<Fault>),
    /// As it stands: sign-in and the upload front end have shapes of their own.
    Reply(Reply),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl From<Reply> for Refusal {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

/// One error of the API.
#[derive(Clone, Debug)]
pub(super) struct Fault {
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
    pub(super) retry_after: Option<u64>,
}

/// Reason, code, domain, location, message. A location may be empty.
type Row = (&'static str, u16, &'static str, &'static str, &'static str);

#[rustfmt::skip]
static CATALOGUE: &[Row] = &[
    // Who asks.
    ("authError", 401, "global", "Authorization", "Invalid Credentials"),
    ("expired", 401, "global", "Authorization", "Invalid Credentials"),
    ("required", 401, "global", "Authorization", "Login Required."),
    ("youtubeSignupRequired", 401, "youtube.header", "Authorization", "Unauthorized"),
    ("insufficientPermissions", 403, "global", "", "Insufficient Permission"),
    ("accessNotConfigured", 403, "usageLimits", "", "YouTube Data API has not been used in this project before or it is disabled."),
    ("authenticatedUserAccountSuspended", 403, "youtube.common", "", "The YouTube account of the authenticated user is suspended."),
    ("authenticatedUserAccountClosed", 403, "youtube.common", "", "The YouTube account of the authenticated user is closed."),
    ("channelClosed", 403, "youtube.common", "", "The channel has been closed."),
    ("channelSuspended", 403, "youtube.common", "", "The channel has been suspended."),
    ("keyInvalid", 400, "usageLimits", "", "API key not valid. Please pass a valid API key."),
    ("forbidden", 403, "youtube.common", "", "Access forbidden. The request may not be properly authorized."),
    // How much.
    ("quotaExceeded", 403, "youtube.quota", "", "The request cannot be completed because you have exceeded your <a href=\"/youtube/v3/getting-started#quota\">quota</a>."),
    ("dailyLimitExceeded", 403, "usageLimits", "", "Daily Limit Exceeded"),
    ("rateLimitExceeded", 403, "usageLimits", "", "Rate Limit Exceeded"),
    ("userRateLimitExceeded", 403, "usageLimits", "", "User Rate Limit Exceeded"),
    ("servingLimitExceeded", 403, "usageLimits", "", "The overall rate limit specified for the API has already been reached."),
    ("uploadLimitExceeded", 400, "youtube.video", "", "The user has exceeded the number of videos they may upload."),
    ("uploadRateLimitExceeded", 429, "youtube.thumbnail", "", "The channel has uploaded too many thumbnails recently. Please try the request again later."),
    ("uploadTooLarge", 413, "global", "", "The media content of this upload is too large."),
    // Google's own troubles.
    ("internalError", 500, "global", "", "Internal error encountered."),
    ("backendError", 503, "global", "", "Backend Error"),
    ("notReady", 503, "global", "", "The API server is not ready to accept requests."),
    ("alreadyExists", 409, "global", "", "Requested entity already exists"),
    ("notImplemented", 501, "global", "", "Operation is not implemented, or supported, or enabled."),
    // What was asked.
    ("badRequest", 400, "global", "", "Bad Request"),
    ("parseError", 400, "global", "", "Parse Error"),
    ("badContent", 400, "global", "", "Media type is not supported."),
    ("notFound", 404, "global", "", "Not Found"),
    ("invalidParameter", 400, "global", "", "Invalid value for parameter"),
    ("missingRequiredParameter", 400, "youtube.parameter", "", "The request is missing a required parameter."),
    ("incompatibleParameters", 400, "youtube.parameter", "", "Incompatible parameters specified in the request."),
    ("invalidPageToken", 400, "youtube.parameter", "pageToken", "The request specifies an invalid page token."),
    ("invalidCriteria", 400, "youtube.channel", "", "A maximum of one of the following filters may be specified: categoryId, forHandle, forUsername, id, managedByMe, mine, mySubscribers"),
    ("unknownPart", 400, "youtube.part", "part", "unknown part"),
    ("unexpectedPart", 400, "youtube.part", "part", "{0}"),
    ("invalidPart", 400, "youtube.part", "part", "The part parameter is invalid."),
    ("wrongUrlForUpload", 400, "global", "", "Uploads must be sent to the upload URL. Resend this request to https://www.googleapis.com/upload"),
    ("notUpload", 400, "global", "", "The request is not an upload but was sent to an upload URL. Resend this request to the path without /upload"),
    ("mediaBodyRequired", 400, "global", "", "The request does not include the media content."),
    // Videos.
    ("videoNotFound", 404, "youtube.video", "id", "The video that you are trying to reach cannot be found."),
    ("invalidTitle", 400, "youtube.video", "body.snippet.title", "The request metadata specifies an invalid or empty video title."),
    ("invalidDescription", 400, "youtube.video", "body.snippet.description", "The request metadata specifies an invalid video description."),
    ("invalidTags", 400, "youtube.video", "body.snippet.tags[]", "The request metadata specifies invalid video keywords."),
    ("invalidCategoryId", 400, "youtube.video", "body.snippet.categoryId", "The request metadata specifies an invalid category ID."),
    ("invalidPublishAt", 400, "youtube.video", "body.status.publishAt", "The request metadata specifies an invalid scheduled publishing time."),
    ("invalidVideoMetadata", 400, "youtube.video", "body", "The request metadata is invalid."),
    ("invalidRecordingDetails", 400, "youtube.video", "body.recordingDetails", "The request metadata specifies invalid recording details."),
    ("invalidFilename", 400, "youtube.video", "Slug", "The video filename specified in the Slug header is invalid."),
    ("defaultLanguageNotSet", 400, "youtube.video", "body.snippet.defaultLanguage", "The request is trying to add localized video details without specifying the default language of the video details."),
    ("forbiddenPrivacySetting", 403, "youtube.video", "body.status.privacyStatus", "The request attempts to set an invalid privacy setting for the video."),
    ("forbiddenLicenseSetting", 403, "youtube.video", "body.status.license", "The request attempts to set an invalid license for the video."),
    ("forbiddenEmbedSetting", 403, "youtube.video", "body.status.embeddable", "The request attempts to set an invalid embed setting for the video."),
    // Thumbnails.
    ("invalidImage", 400, "youtube.thumbnail", "", "The provided image content is invalid."),
    // Playlists.
    ("playlistNotFound", 404, "youtube.playlistItem", "playlistId", "The playlist identified with the request's <code>playlistId</code> parameter cannot be found."),
    ("playlistItemNotFound", 404, "youtube.playlistItem", "id", "The playlist item identified with the request's <code>id</code> parameter cannot be found."),
    ("playlistIdRequired", 400, "youtube.playlistItem", "body.snippet.playlistId", "The request does not specify a value for the required <code>snippet.playlistId</code> property."),
    ("resourceIdRequired", 400, "youtube.playlistItem", "body.snippet.resourceId", "The request must contain a resource in which the <code>snippet</code> object specifies a <code>resourceId</code>."),
    ("invalidResourceType", 400, "youtube.playlistItem", "body.snippet.resourceId.kind", "The <code>type</code> specified for the resource ID is not supported for this operation."),
    ("invalidPlaylistItemPosition", 400, "youtube.playlistItem", "body.snippet.position", "The request attempts to set the playlist item's position to an invalid or unsupported value."),
    ("playlistOperationUnsupported", 400, "youtube.playlistItem", "", "The API does not support the ability to insert videos into the specified playlist."),
    ("videoAlreadyInPlaylist", 409, "youtube.playlistItem", "", "The video that you are trying to add to the playlist is already in the playlist."),
    ("playlistContainsMaximumNumberOfVideos", 403, "youtube.playlistItem", "", "The playlist already contains the maximum allowed number of items."),
    ("playlistItemsNotAccessible", 403, "youtube.playlistItem", "", "The request is not properly authorized to access the specified playlist."),
    ("playlistTitleRequired", 400, "youtube.playlist", "body.snippet.title", "The request must specify a playlist title."),
    ("invalidPlaylistSnippet", 400, "youtube.playlist", "body.snippet", "The request provides an invalid playlist snippet."),
    // Captions.
    ("captionNotFound", 404, "youtube.caption", "id", "The caption track could not be found."),
    ("captionExists", 409, "youtube.caption", "", "The specified video already has a caption track with the given snippet.language and snippet.name."),
    ("contentRequired", 400, "youtube.caption", "body", "The request does not contain the caption track contents."),
    ("invalidMetadata", 400, "youtube.caption", "body.snippet", "The request contains invalid metadata values, which prevent the track from being created."),
    ("nameTooLong", 400, "youtube.caption", "body.snippet.name", "The snippet.name specified in the request is too long. The maximum length supported is 150 characters."),
];

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
    Fault {
        code,
        reason: reason.to_owned(),
        domain,
        message: message.to_owned(),
        title: None,
        location: (!location.is_empty()).then(|| location.to_owned()),
        status,
        details: None,
        retry_after: None,
    }
}

impl Fault {
    pub(super) fn says(self, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..self }
    }

    /// The whole error says this; its part says what it said.
    pub(super) fn titled(self, title: &'static str) -> Self {
        Self { title: Some(title), ..self }
    }

    pub(super) fn at(self, location: impl Into<String>) -> Self {
        Self { location: Some(location.into()), ..self }
    }

    pub(super) fn of(self, domain: &'static str) -> Self {
        Self { domain, ..self }
    }

    pub(super) fn coded(self, code: u16) -> Self {
        Self { code, ..self }
    }

    pub(super) fn into_reply(self, envelope: Envelope) -> Reply {
        let code = self.code;
        let retry_after = self.retry_after;
        let reply = match envelope {
            Envelope::Usual => Reply::json(code, json!({"error": self.inner()})),
            Envelope::Array => Reply::json(code, json!([{"error": self.inner()}])),
            Envelope::Bare => Reply::json(code, Value::Object(self.inner())),
            Envelope::StatusOnly => Reply::json(
                code,
                json!({"error": {"code": code, "message": self.message, "status": self.status.unwrap_or(word(code))}}),
            ),
            Envelope::Html => html(code),
            Envelope::Text => Reply::text(code, &self.message),
            Envelope::Empty => Reply::empty(code),
        };
        match retry_after {
            Some(seconds) => reply.with("retry-after", seconds.to_string()),
            None => reply,
        }
    }

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
    let fault = known("insufficientPermissions").titled("Request had insufficient authentication scopes.");
    Fault { details: Some(details), ..fault }
}

/// 400 of the schema layer: a value that does not fit the field, or a field that is not there.
pub(super) fn schema(field: &str, message: &str) -> Fault {
    let details = json!([{
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": field, "description": message}],
    }]);
    Fault {
        code: 400,
        reason: "invalid".to_owned(),
        domain: "global",
        message: message.to_owned(),
        title: None,
        location: None,
        status: Some("INVALID_ARGUMENT"),
        details: Some(details),
        retry_after: None,
    }
}

/// 400: a parameter that must be there is not.
pub(super) fn missing(parameter: &str) -> Fault {
    known("required").coded(400).plain().says(format!("Required parameter: {parameter}")).at(parameter)
}

impl Fault {
    fn plain(self) -> Self {
        Self { status: None, ..self }
    }
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

//! The refusals of Instagram: the Graph API's envelope with the documented codes, the older shape of the token endpoint,
//! and what the upload host answers. It decides nothing.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/error-codes>

use serde_json::{Value, json};

use super::call::Reply;
use super::state::opaque;

/// What a handler answers; the error is an answer too, so that `?` can end a handler with a refusal.
pub(super) type Outcome = Result<Reply, Reply>;

/// A documented error: code, subcode, message, and what a person is told.
pub(super) struct Trouble {
    code: i32,
    pub(super) subcode: u32,
    message: &'static str,
    title: &'static str,
    told: &'static str,
}

const fn trouble(code: i32, subcode: u32, message: &'static str, title: &'static str, told: &'static str) -> Trouble {
    Trouble { code, subcode, message, title, told }
}

pub(super) const FETCH_SLOW: Trouble =
    trouble(-2, 2_207_003, "Timeout", "Timeout while downloading media", "It takes too long to download the media.");
pub(super) const FETCH_EXPIRED: Trouble = trouble(
    -2,
    2_207_020,
    "The media you are trying to access has expired",
    "Media expired",
    "The media you are trying to access has expired. Please try to upload again.",
);
pub(super) const SERVER_ERROR: Trouble = trouble(
    -1,
    2_207_001,
    "An unknown error has occurred.",
    "Instagram server error",
    "Instagram server error. Try again.",
);
pub(super) const CREATE_FAILED: Trouble = trouble(
    -1,
    2_207_032,
    "Fatal",
    "Failed to create media",
    "Failed to create a media, please try to re-create media.",
);
pub(super) const UPLOAD_FAILED: Trouble =
    trouble(-1, 2_207_053, "Fatal", "Unknown upload error", "An unknown error has occurred during the upload.");
pub(super) const DELETE_UNSUPPORTED: Trouble =
    trouble(-1, 2_207_073, "Fatal", "Media type not supported", "This media type is not supported for deletion.");
pub(super) const THUMB_OFFSET: Trouble = trouble(
    1,
    2_207_057,
    "Invalid parameter",
    "Invalid thumbnail offset",
    "Thumbnail offset must be greater than or equal to 0 and less than video duration.",
);
pub(super) const SPAM: Trouble = trouble(
    4,
    2_207_051,
    "Application request limit reached",
    "Action is blocked",
    "We restrict certain activity to protect our community. Tell us if you think we made a mistake.",
);
pub(super) const QUOTA: Trouble = trouble(
    9,
    2_207_042,
    "Application request limit reached",
    "Publishing limit reached",
    "You reached maximum number of posts that is allowed to be published by Content Publishing API.",
);
pub(super) const MEDIA_NOT_FOUND: Trouble = trouble(
    24,
    2_207_006,
    "The requested resource does not exist",
    "Media not found",
    "The media could not be found: possible permission error due to missing permission or expired token.",
);
pub(super) const CONTAINER_NOT_FOUND: Trouble = trouble(
    24,
    2_207_008,
    "The requested resource does not exist",
    "Media builder not found",
    "The media builder with this creation id does not exist, or it has expired.",
);
pub(super) const RESTRICTED: Trouble = trouble(
    25,
    2_207_050,
    "The Instagram account is restricted.",
    "Account restricted",
    "The Instagram account is inactive, checkpointed, or restricted. Sign in to the Instagram app to fix it.",
);
pub(super) const MEDIA_TYPE: Trouble =
    trouble(100, 2_207_023, "Invalid parameter", "Unknown media type", "The media type is unknown.");
pub(super) const CAROUSEL_SIZE: Trouble = trouble(
    100,
    2_207_028,
    "Invalid parameter",
    "Carousel validation failed",
    "Your post won't work as a carousel. Carousels need at least 2 photos/videos and no more than 10 photos/videos.",
);
pub(super) const PRODUCT_TAGS: Trouble = trouble(
    100,
    2_207_035,
    "Invalid parameter",
    "Product tags not allowed",
    "Product tag positions should not be specified, or the account has no approved shop.",
);
pub(super) const TOO_MANY_TAGS: Trouble = trouble(
    100,
    2_207_040,
    "Invalid parameter",
    "Too many tags",
    "Cannot use more than the maximum number of tags per created media.",
);
pub(super) const TRIAL_REELS: Trouble = trouble(
    100,
    2_207_081,
    "Invalid parameter",
    "Trial reels not allowed",
    "This account is not eligible for trial reels.",
);
pub(super) const VIDEO_FORMAT: Trouble = trouble(
    352,
    2_207_026,
    "The video file you selected is in a format that we don't support.",
    "Unsupported video format",
    "The video format is not supported. Please check spec for supported format.",
);
pub(super) const FETCH_FAILED: Trouble = trouble(
    9_004,
    2_207_052,
    "Only photo or video can be accepted as media type.",
    "Media download has failed. The media URI doesn't meet our requirements.",
    "",
);
pub(super) const NOT_READY: Trouble = trouble(
    9_007,
    2_207_027,
    "Media ID is not available",
    "The media is not ready to be published",
    "The media is not ready for publishing, please wait for a moment.",
);
pub(super) const IMAGE_SIZE: Trouble = trouble(
    36_000,
    2_207_004,
    "The image size is too large.",
    "Image size too large",
    "The image is too large to download. It should be less than 8 MiB.",
);
pub(super) const IMAGE_FORMAT: Trouble = trouble(
    36_001,
    2_207_005,
    "The image format is not supported.",
    "Unsupported image format",
    "The image format is not supported. Please use JPEG.",
);
pub(super) const ASPECT_RATIO: Trouble = trouble(
    36_003,
    2_207_009,
    "The submitted image aspect ratio is not supported.",
    "Aspect ratio not supported",
    "The submitted image with this aspect ratio cannot be published. Please submit one within 4:5 to 1.91:1 range.",
);
pub(super) const CAPTION_LENGTH: Trouble = trouble(
    36_004,
    2_207_010,
    "The submitted caption is too long.",
    "Caption too long",
    "The caption was too long: it has at most 2200 characters.",
);

impl Trouble {
    pub(super) fn refuse(&self) -> Reply {
        self.refuse_telling(self.told)
    }

    /// With words of its own for the person.
    pub(super) fn refuse_telling(&self, told: &str) -> Reply {
        let mut error = error(self.message, "OAuthException", self.code);
        error["error_subcode"] = json!(self.subcode);
        error["is_transient"] = json!(false);
        error["error_user_title"] = json!(self.title);
        error["error_user_msg"] = json!(told);
        envelope(400, error)
    }
}

/// The file behind an address could not be had.
pub(super) fn not_fetched(address: &str, why: &str) -> Reply {
    FETCH_FAILED.refuse_telling(&not_fetched_text(address, why))
}

pub(super) fn not_fetched_text(address: &str, why: &str) -> String {
    format!(
        "The media could not be fetched from this URI: {address}. {why}. Please check the limitation section for the \
         content publishing API"
    )
}

fn error(message: &str, kind: &str, code: i32) -> Value {
    json!({"message": message, "type": kind, "code": code})
}

fn envelope(status: u16, mut error: Value) -> Reply {
    error["fbtrace_id"] = json!(opaque("A", 23));
    Reply::json(status, &json!({ "error": error }))
}

/// 100 about one parameter.
pub(super) fn invalid(why: &str) -> Reply {
    envelope(400, error(&format!("(#100) {why}"), "OAuthException", 100))
}

/// 100/33: not there, or not for this token.
pub(super) fn missing(method: &str, id: &str) -> Reply {
    let message = format!(
        "Unsupported {method} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
         permissions, or does not support this operation. Please read the Graph API documentation at \
         https://developers.facebook.com/docs/graph-api"
    );
    let mut error = error(&message, "GraphMethodException", 100);
    error["error_subcode"] = json!(33);
    envelope(400, error)
}

pub(super) fn field(name: &str, node: &str) -> Reply {
    invalid(&format!("Tried accessing nonexisting field ({name}) on node type ({node})"))
}

/// 190, with a subcode where one is known.
pub(super) fn token(subcode: Option<u32>, message: &str) -> Reply {
    let mut error = error(message, "OAuthException", 190);
    if let Some(subcode) = subcode {
        error["error_subcode"] = json!(subcode);
    }
    envelope(400, error)
}

/// 10: a scope is missing.
pub(super) fn denied(scope: &str) -> Reply {
    let why = format!("(#10) Application does not have permission for this action: {scope} is missing");
    envelope(400, error(&why, "OAuthException", 10))
}

/// Any other code of the Graph API.
pub(super) fn plain(code: i32, message: &str) -> Reply {
    envelope(400, error(message, "OAuthException", code))
}

/// 80002: too many calls about this account.
pub(super) fn throttled() -> Reply {
    let message = "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again. For \
                   more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.";
    let mut error = error(message, "OAuthException", 80_002);
    error["error_subcode"] = json!(2_446_079);
    error["is_transient"] = json!(true);
    envelope(400, error)
}

/// 2: the service is down for a moment.
pub(super) fn unavailable() -> Reply {
    let mut error = error("An unexpected error has occurred. Please retry your request later.", "OAuthException", 2);
    error["is_transient"] = json!(true);
    envelope(500, error)
}

/// The older shape, of `api.instagram.com`.
pub(super) fn oauth(message: &str) -> Reply {
    Reply::json(400, &json!({"error_type": "OAuthException", "code": 400, "error_message": message}))
}

/// What the upload host says: `OffsetInvalidError`, `PartialRequestError`, `ProcessingFailedError`.
pub(super) fn upload(retriable: bool, kind: &str, message: &str) -> Reply {
    Reply::json(400, &json!({"debug_info": {"retriable": retriable, "type": kind, "message": message}}))
}

/// The same with the inner JSON text it gives for what is final.
pub(super) fn upload_failed(why: &str) -> Reply {
    let message = json!({"success": false, "error": {"message": why}}).to_string();
    upload(false, "ProcessingFailedError", &message)
}

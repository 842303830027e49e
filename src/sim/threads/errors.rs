//! The refusals: Meta's error envelope, and a function for each error a publisher meets on Threads. It decides nothing.
//!
//! Codes and texts are from <https://developers.facebook.com/docs/threads/troubleshooting>,
//! <https://developers.facebook.com/docs/graph-api/guides/error-handling> and bodies that users of the API have shown in
//! public. Where Threads publishes no code, the one of its siblings on the Graph API stands in, and says so.

use serde_json::{Map, Value, json};

use super::call::Reply;
use super::state::opaque;

/// Most errors say this, token or not.
const OAUTH: &str = "OAuthException";
/// What Threads itself says about parameters and objects.
const THREADS: &str = "THApiException";

/// One error, before it is written down.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    kind: &'static str,
    code: i64,
    subcode: Option<u32>,
    message: String,
    transient: bool,
    /// Title and text for the person.
    told: Option<(&'static str, String)>,
}

impl Refusal {
    fn new(status: u16, kind: &'static str, code: i64, subcode: Option<u32>, message: &str) -> Self {
        Self { status, kind, code, subcode, message: message.to_owned(), transient: false, told: None }
    }

    fn telling(self, title: &'static str, text: String) -> Self {
        Self { told: Some((title, text)), ..self }
    }

    fn passing(self) -> Self {
        Self { transient: true, ..self }
    }

    /// The answer. `localized`: with message, title and text in the person's language, which here is German.
    pub(super) fn into_reply(self, localized: bool) -> Reply {
        let (message, told) = if localized { self.in_german() } else { (self.message, self.told) };
        let mut error = Map::new();
        error.insert("message".to_owned(), json!(message));
        error.insert("type".to_owned(), json!(self.kind));
        error.insert("code".to_owned(), json!(self.code));
        if let Some(subcode) = self.subcode {
            error.insert("error_subcode".to_owned(), json!(subcode));
        }
        // Objects and parameters that are wrong are told without it.
        if self.kind == OAUTH {
            error.insert("is_transient".to_owned(), json!(self.transient));
        }
        if let Some((title, text)) = told {
            error.insert("error_user_title".to_owned(), json!(title));
            error.insert("error_user_msg".to_owned(), json!(text));
        }
        error.insert("fbtrace_id".to_owned(), json!(opaque("A", 23)));
        Reply::json(self.status, &json!({ "error": Value::Object(error) }))
    }

    fn in_german(&self) -> (String, Option<(&'static str, String)>) {
        let message = match self.code {
            // Names of coded exceptions are the same in every language.
            _ if self.message.starts_with(LINK_LIMIT) => self.message.clone(),
            190 => "Fehler beim Validieren des Zugriffsschlüssels".to_owned(),
            10 => "Die Anwendung hat keine Berechtigung für diese Aktion".to_owned(),
            24 => "Die angeforderte Ressource existiert nicht".to_owned(),
            100 => "Ungültiger Parameter".to_owned(),
            4 | 9 | 17 | 613 => "Anfragelimit erreicht".to_owned(),
            _ => "Ein unbekannter Fehler ist aufgetreten".to_owned(),
        };
        let told =
            self.told.as_ref().map(|_| ("Das hat nicht geklappt", "Bitte versuche es später noch einmal.".to_owned()));
        (message, told)
    }
}

/// The coded exception of a post with more than five links.
const LINK_LIMIT: &str = "THREADS_API__LINK_LIMIT_EXCEEDED";

// Tokens and permissions.

/// No token in the request.
pub(super) fn no_token() -> Refusal {
    Refusal::new(400, OAUTH, 190, None, "An access token is required to request this resource.")
}

/// A token never issued here, Facebook's and Instagram's among them.
pub(super) fn invalid_token() -> Refusal {
    let message = "Error validating access token: Cannot parse access token";
    Refusal::new(400, OAUTH, 190, Some(467), message)
}

/// The person removed the app.
pub(super) fn revoked_token() -> Refusal {
    let message = "Error validating access token: The user has not authorized application.";
    Refusal::new(400, OAUTH, 190, Some(458), message)
}

pub(super) fn expired_token() -> Refusal {
    Refusal::new(400, OAUTH, 190, Some(463), "Error validating access token: Session has expired.")
}

/// A scope was not granted.
pub(super) fn no_permission(scope: &str) -> Refusal {
    let message = format!("(#10) Application does not have permission for this action: {scope}");
    Refusal::new(403, OAUTH, 10, None, &message)
}

/// An app's id or secret is wrong.
pub(super) fn client(message: &str) -> Refusal {
    Refusal::new(400, OAUTH, 101, None, message)
}

/// Something is wrong with an authorization code.
pub(super) fn code(subcode: u32, message: &str) -> Refusal {
    Refusal::new(400, OAUTH, 100, Some(subcode), message)
}

// Parameters and objects.

/// A parameter is missing, unknown or wrong.
pub(super) fn parameter(message: &str) -> Refusal {
    Refusal::new(400, THREADS, 100, None, message)
}

pub(super) fn too_many_links() -> Refusal {
    let message = format!("{LINK_LIMIT}: A post can have at most 5 links");
    Refusal::new(400, THREADS, 100, None, &message)
}

/// A field that this kind of object does not have.
pub(super) fn no_such_field(field: &str, node: &str) -> Refusal {
    let message = format!("(#100) Tried accessing nonexisting field ({field}) on node type ({node})");
    Refusal::new(400, OAUTH, 100, None, &message)
}

/// An object that does not exist, belongs to somebody else, or cannot do this.
pub(super) fn unsupported(method: &str, id: &str) -> Refusal {
    let message = format!(
        "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or \
         does not support this operation",
        method.to_ascii_lowercase()
    );
    Refusal::new(400, THREADS, 100, Some(33), &message)
}

/// Not an address of the API.
pub(super) fn unknown_path(path: &[String]) -> Refusal {
    Refusal::new(400, OAUTH, 2500, None, &format!("Unknown path components: /{}", path.join("/")))
}

/// A container or a post that is not there, or not there yet.
pub(super) fn media_not_found(id: &str) -> Refusal {
    Refusal::new(400, OAUTH, 24, Some(4_279_009), "The requested resource does not exist")
        .telling("Media Not Found", format!("The media with id {id} cannot be found."))
}

// Media and links.

/// The file could not be had. Instagram tells the same with code 9004.
pub(super) fn unfetchable(address: &str) -> Refusal {
    let text = format!("The media could not be fetched from this URI: {address}");
    Refusal::new(400, OAUTH, 1, Some(2_207_052), "The media could not be fetched from this URI")
        .telling("Media download has failed", text)
}

/// Instagram's error; Threads publishes none.
pub(super) fn image_too_large() -> Refusal {
    let text = "The image is too large to download. It should be less than 8 MiB.".to_owned();
    Refusal::new(400, OAUTH, 36_000, Some(2_207_004), "The image size is too large.")
        .telling("Image size too large", text)
}

/// Instagram's error; Threads publishes none.
pub(super) fn image_format() -> Refusal {
    let text = "The image format is not supported. Supported formats are JPEG and PNG.".to_owned();
    Refusal::new(400, OAUTH, 36_001, Some(2_207_005), "The image format is not supported.")
        .telling("Image format is not supported", text)
}

/// Instagram's error; Threads publishes none.
pub(super) fn image_ratio() -> Refusal {
    let text = "The aspect ratio is not supported. It must be within 10:1.".to_owned();
    Refusal::new(400, OAUTH, 36_003, Some(2_207_009), "The aspect ratio is not supported.")
        .telling("Aspect ratio not supported", text)
}

/// The page a `link_attachment` names could not be read.
pub(super) fn link_preview() -> Refusal {
    Refusal::new(400, OAUTH, -1, Some(4_279_047), "Fatal")
        .telling("Link preview failed", "The link attachment could not be processed.".to_owned())
}

// Limits and faults.

/// Posts, replies or deletions of the last 24 hours. Threads publishes no code: the caller chooses.
pub(super) fn quota((code, subcode): (i64, Option<u32>)) -> Refusal {
    Refusal::new(400, OAUTH, code, subcode, "Application request limit reached").telling(
        "Action is blocked",
        "You reached the maximum number of posts that is allowed to be published by API.".to_owned(),
    )
}

/// Codes 4, 17 and 613: too many calls.
pub(super) fn throttled(code: i64) -> Refusal {
    let message = match code {
        4 => "(#4) Application request limit reached",
        17 => "(#17) User request limit reached",
        _ => "(#613) Calls to this api have exceeded the rate limit.",
    };
    Refusal::new(400, OAUTH, code, None, message)
}

/// The account may not post; only its subcode is known.
pub(super) fn restricted() -> Refusal {
    Refusal::new(400, OAUTH, -1, Some(4_279_013), "Fatal")
        .telling("User restricted", "The Threads account is restricted.".to_owned())
}

/// Suspected spam.
pub(super) fn action_blocked() -> Refusal {
    Refusal::new(400, OAUTH, 4, Some(2_207_051), "Application request limit reached")
        .telling("Action is blocked", "We restrict certain activity to protect our community.".to_owned())
}

pub(super) fn unknown() -> Refusal {
    Refusal::new(500, OAUTH, 1, None, "An unknown error has occurred.")
}

pub(super) fn service() -> Refusal {
    let message = "An unexpected error has occurred. Please retry your request later.";
    Refusal::new(500, OAUTH, 2, None, message).passing()
}

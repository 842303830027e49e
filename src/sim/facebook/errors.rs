//! The Graph's refusals, as bodies: one envelope, many codes.
//! <https://developers.facebook.com/docs/graph-api/guides/error-handling>

use serde_json::{Value, json};

use super::call::Reply;
use super::state::opaque;

/// A refusal in the making.
pub(super) struct Fault {
    code: u32,
    kind: &'static str,
    message: String,
    subcode: Option<u32>,
    transient: bool,
    user: Option<(&'static str, String)>,
    data: Option<Value>,
}

impl Fault {
    /// The message gets the code in front, as most of them have it.
    pub(super) fn new(code: u32, message: &str) -> Self {
        Self { message: format!("(#{code}) {message}"), ..Self::bare(code, message) }
    }

    /// The message as it is.
    pub(super) fn bare(code: u32, message: &str) -> Self {
        Self {
            code,
            kind: "OAuthException",
            message: message.to_owned(),
            subcode: None,
            transient: false,
            user: None,
            data: None,
        }
    }

    pub(super) fn subcode(self, subcode: u32) -> Self {
        Self { subcode: Some(subcode), ..self }
    }

    /// What a person would be shown.
    pub(super) fn user(self, title: &'static str, message: &str) -> Self {
        Self { user: Some((title, message.to_owned())), ..self }
    }

    pub(super) fn data(self, data: Value) -> Self {
        Self { data: Some(data), ..self }
    }

    pub(super) fn transient(self) -> Self {
        Self { transient: true, ..self }
    }

    pub(super) fn reply(self) -> Reply {
        let status = match self.code {
            1 | 2 => 500,
            4 | 10 | 17 | 32 | 200..=299 => 403,
            _ => 400,
        };
        let mut error = json!({"message": self.message, "type": self.kind, "code": self.code});
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
            error["is_transient"] = json!(self.transient);
        } else if self.transient {
            error["is_transient"] = json!(true);
        }
        if let Some((title, message)) = self.user {
            error["error_user_title"] = json!(title);
            error["error_user_msg"] = json!(message);
        }
        if let Some(data) = self.data {
            error["error_data"] = data;
        }
        error["fbtrace_id"] = json!(opaque("A", 23));
        Reply::json(status, &json!({"error": error}))
    }
}

/// 100: a parameter is missing or wrong.
pub(super) fn invalid(message: &str) -> Reply {
    Fault::new(100, message).reply()
}

/// 100 about one named parameter.
pub(super) fn parameter(name: &str, why: &str) -> Reply {
    invalid(&format!("Param {name} {why}"))
}

/// 100/33: the object is not there, or not for this token, or cannot do this.
pub(super) fn missing(verb: &str, id: &str) -> Reply {
    let message = format!(
        "Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
         permissions, or does not support this operation. Please read the Graph API documentation at \
         https://developers.facebook.com/docs/graph-api"
    );
    Fault { kind: "GraphMethodException", ..Fault::bare(100, &message) }.subcode(33).reply()
}

/// 2500: no such path, version or method.
pub(super) fn unknown_path(path: &str) -> Reply {
    Fault::bare(2500, &format!("Unknown path components: {path}")).reply()
}

/// 2500: no token at all.
pub(super) fn no_token() -> Reply {
    Fault::bare(2500, "An active access token must be used to query information about the current user.").reply()
}

/// 190: the token does not count, or no longer.
pub(super) fn token(subcode: Option<u32>) -> Reply {
    let message = match subcode {
        None => "Invalid OAuth access token - Cannot parse access token",
        Some(458) => "Error validating access token: The user has not authorized application.",
        Some(459) => {
            "Error validating access token: You cannot access the app till you log in to www.facebook.com and follow \
             the instructions given."
        }
        Some(460) => {
            "Error validating access token: The session has been invalidated because the user changed their password \
             or Facebook has changed the session for security reasons."
        }
        Some(463) => "Error validating access token: Session has expired.",
        Some(464) => {
            "Error validating access token: Sessions for the user are not allowed because the user is not a \
             confirmed user."
        }
        Some(492) => {
            "Error validating access token: The user must be an administrator, editor, or moderator of the \
             page in order to impersonate it."
        }
        Some(_) => "Error validating access token: The access token is invalid.",
    };
    let fault = Fault::bare(190, message);
    let fault = match subcode {
        Some(subcode) => fault.subcode(subcode),
        None => fault,
    };
    let challenge = format!("OAuth \"Facebook Platform\" \"invalid_token\" \"{message}\"");
    fault.reply().with("www-authenticate", challenge)
}

/// 200: scopes or a task are missing for a change.
pub(super) fn forbidden(message: &str) -> Reply {
    Fault::new(200, message).reply()
}

/// 10: scopes are missing for a look.
pub(super) fn unreadable(scope: &str) -> Reply {
    let message = format!(
        "This endpoint requires the '{scope}' permission or the 'Page Public Content Access' feature. Refer to \
         https://developers.facebook.com/docs/apps/review/login-permissions#manage-pages and \
         https://developers.facebook.com/docs/apps/review/feature#reference-PAGES_ACCESS for details."
    );
    Fault::new(10, &message).reply()
}

/// The upload host's own shape.
pub(super) fn upload(kind: &str, message: &str) -> Reply {
    Reply::json(400, &json!({"debug_info": {"retriable": false, "type": kind, "message": message}}))
}

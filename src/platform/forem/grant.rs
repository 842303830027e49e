//! Forem's way in as data: an API key. Walks no login.
//!
//! Source: <https://developers.forem.com/api#section/Authentication>.

use crate::platform::{Form, Grant, Letters};

pub(super) static GRANTS: [Grant; 1] = [Grant::pasted("forem", &KEY, "https://{server}/settings/extensions")];

static KEY: Form =
    Form { what: "API key", begins: &[], open: &[], secret: (Letters::Token, 16), example: "24 letters and digits" };

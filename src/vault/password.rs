//! An app password: a name and a password that a person made for programs. Reads what they give; no message quotes the password.

use serde_json::Value;

use super::Secret;
use crate::error::{Failure, Kind};

/// Neither is longer, in bytes.
const LONGEST: usize = 512;
const FORMS: &str =
    "give JSON with `identifier` and `password`, or the handle on the first line and the app password on the second";

/// Who logs in, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppPassword {
    /// The account's handle, id or mail address, as the person gave it.
    pub identifier: String,
    pub password: Secret,
}

impl AppPassword {
    /// What a person typed.
    ///
    /// # Errors
    /// One of them is missing, or cannot be one.
    pub fn new(identifier: &str, password: &str) -> Result<Self, Failure> {
        let identifier = identifier.trim().trim_start_matches('@');
        let password = password.trim();
        for (what, text) in [("handle", identifier), ("app password", password)] {
            if text.is_empty() {
                return Err(wrong(format!("no {what} was given")));
            }
            if text.len() > LONGEST || text.contains(|c: char| c.is_control()) {
                return Err(wrong(format!("this is no {what}: it is too long, or has more than one line")));
            }
        }
        if identifier.contains(char::is_whitespace) {
            return Err(wrong("this is no handle: it has spaces in it"));
        }
        Ok(Self { identifier: identifier.to_owned(), password: Secret::new(password) })
    }

    /// What was piped in: `{"identifier": ..., "password": ...}`, or the two on a line each.
    ///
    /// # Errors
    /// It is neither.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with('{') {
            let json: Value = serde_json::from_str(text).map_err(|error| {
                let (line, column) = (error.line(), error.column());
                wrong(format!("this begins like JSON and breaks off at line {line}, column {column}"))
            })?;
            let field = |name: &str| json[name].as_str().ok_or_else(|| wrong(format!("the JSON has no `{name}`")));
            return Self::new(field("identifier")?, field("password")?);
        }
        let (identifier, password) = text
            .split_once('\n')
            .ok_or_else(|| wrong("a handle and an app password are two lines, and this is not"))?;
        Self::new(identifier, password)
    }

    /// Whether it has the form of those that the AT Protocol's servers give out, `xxxx-xxxx-xxxx-xxxx`: the account's own
    /// password, which can do everything, has not.
    pub fn is_for_apps(&self) -> bool {
        let mut groups = self.password.expose().split('-');
        let plain = |group: &str| group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_alphanumeric());
        groups.by_ref().take(4).filter(|group| plain(group)).count() == 4 && groups.next().is_none()
    }
}

fn wrong(message: impl Into<String>) -> Failure {
    Failure::new(Kind::Usage, message).hint(FORMS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_forms() {
        for text in [
            "ann.example\nabcd-efgh-ijkl-mnop\n",
            "\u{feff}@ann.example\r\n  abcd-efgh-ijkl-mnop\r\n",
            r#"{"identifier": "ann.example", "password": "abcd-efgh-ijkl-mnop"}"#,
        ] {
            let read = AppPassword::parse(text).unwrap();
            assert_eq!((&*read.identifier, read.password.expose()), ("ann.example", "abcd-efgh-ijkl-mnop"), "{text}");
            assert!(read.is_for_apps());
        }
        for own in ["my old password", "abcd-efgh-ijkl", "abcd-efgh-ijkl-mnop-qrst", "abcd-efgh-ijkl-mno!"] {
            assert!(!AppPassword::new("ann.example", own).unwrap().is_for_apps(), "{own}");
        }
    }

    #[test]
    fn says_what_is_wrong_without_the_password() {
        for (text, message) in [
            ("", "a handle and an app password are two lines, and this is not"),
            ("ann.example", "a handle and an app password are two lines, and this is not"),
            ("\n\n", "a handle and an app password are two lines, and this is not"),
            ("ann example\ncanary-canary", "this is no handle: it has spaces in it"),
            ("ann.example\ncanary\ncanary", "this is no app password: it is too long, or has more than one line"),
            (r#"{"identifier": "ann.example"}"#, "the JSON has no `password`"),
            (r#"{"password": "canary-canary"}"#, "the JSON has no `identifier`"),
            (r#"{"identifier": "", "password": "canary"}"#, "no handle was given"),
            (r#"{"identifier": "a", "password": " "}"#, "no app password was given"),
            (r#"{"identifier""#, "this begins like JSON and breaks off at line 1, column 13"),
        ] {
            let failure = AppPassword::parse(text).unwrap_err();
            assert_eq!((&*failure.message, failure.kind), (message, Kind::Usage), "{text}");
            assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
        }
    }
}

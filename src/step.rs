//! What came of acting on a target, in the words that adapters answer with and the ledger remembers: steps, receipts, kinds
//! of refusal. Knows no platform and no entry.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One thing done for a target, as the ledger remembers it.
#[derive(Clone, PartialEq, Eq)]
pub enum Step {
    /// Something was made outside that no reader can see yet: an uploaded image, a container.
    Made {
        /// The call's name.
        name: String,
        /// Ids by name; never an address that opens something.
        data: BTreeMap<String, String>,
        /// Addresses that open something (upload sessions), by name: kept in memory and, encrypted, in the vault.
        secret: BTreeMap<String, String>,
        /// From then on the platform no longer takes it.
        expires: Option<DateTime<Utc>>,
    },
    /// This part is out.
    Shown { part: usize, receipt: Receipt },
    /// The call that shows this part was sent and got no clear answer.
    Doubt { part: usize, sent_at: DateTime<Utc> },
    /// A look for this part, after the last doubt, found nothing.
    Absent { part: usize, at: DateTime<Utc> },
}

/// Of addresses that open something, their names alone.
impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Made { name, data, secret, expires } => {
                let secret: Vec<&String> = secret.keys().collect();
                let mut made = f.debug_struct("Made");
                made.field("name", name).field("data", data).field("secret", &secret).field("expires", expires).finish()
            }
            Self::Shown { part, receipt } => {
                f.debug_struct("Shown").field("part", part).field("receipt", receipt).finish()
            }
            Self::Doubt { part, sent_at } => {
                f.debug_struct("Doubt").field("part", part).field("sent_at", sent_at).finish()
            }
            Self::Absent { part, at } => f.debug_struct("Absent").field("part", part).field("at", at).finish(),
        }
    }
}

/// Proof that something is out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The platform's id of the post.
    pub id: String,
    /// Address for people.
    pub url: String,
    /// When the platform made it.
    pub at: DateTime<Utc>,
    pub via: Via,
}

/// Where posts of ours are out that a rendition refers to by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refs {
    pub reply_to: Option<Receipt>,
    pub quote_of: Option<Receipt>,
    pub repost_of: Option<Receipt>,
}

/// How a receipt was learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    Response,
    Lookup,
    DuplicateAnswer,
    Human,
}

/// What a platform said is left of one of its limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// The limit's name: `posts a day`.
    pub of: String,
    /// How much there is of it in all, where the platform said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
    pub left: u32,
    /// From then on it may be more.
    pub until: DateTime<Utc>,
}

/// What kind of no a platform said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The token is dead: the account must be connected again. Marks the account, not the post.
    Login,
    /// A scope, role or app setting is missing. Marks the account, not the post.
    Permission,
    /// The platform will not have this text or media.
    Content,
    /// A limit of calls or posts; passes at `not_before`.
    Quota,
    /// Money: credits or a spending limit.
    Payment,
    /// The platform is busy or broken; nothing was shown.
    Transient,
    /// What was made is still being processed.
    NotReady,
    /// The answer does not tell whether the post was shown.
    Doubtful,
    /// We sent something the platform does not understand: a bug of ours.
    Bug,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_address() {
        let one = |value: &str| BTreeMap::from([("video".to_owned(), value.to_owned())]);
        let (name, data, secret) = ("image 1".to_owned(), one("urn:1"), one("https://up.example/?key=canary"));
        let made = Step::Made { name, data, secret, expires: None };
        let shown = r#"Made { name: "image 1", data: {"video": "urn:1"}, secret: ["video"], expires: None }"#;
        assert_eq!(format!("{made:?}"), shown);
    }
}

//! A target's wishes and a platform's limits make a rendition: the exact text and media to be sent.
//! Knows no ledger, no time and no network.

use serde::Serialize;

use crate::account::Account;
use crate::error::Problem;
use crate::limits::Platform;
use crate::media::{self, Library};
use crate::post::Visibility;
use crate::post::target::Target;

pub mod count;
mod fingerprint;
pub mod text;

/// A post fitted to one target: exactly what will be sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rendition {
    pub platform: Platform,
    /// The parts in order; one, unless the post is a thread.
    pub parts: Vec<Part>,
    /// Who will see it.
    pub visibility: Visibility,
    pub title: Option<String>,
    pub lang: Option<String>,
    /// A link card or article.
    pub card: Option<Card>,
    /// On whose behalf, as accounts.toml says (`as`).
    pub acts_as: Option<String>,
    /// The platform's own settings, by key, as text (`reply_settings` -> `following`).
    pub settings: std::collections::BTreeMap<String, String>,
}

/// One part of a rendition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// The text as a reader will see it, before any escaping the platform's fields need.
    pub text: String,
    /// Its length in the platform's unit.
    pub count: usize,
    pub limit: usize,
    pub media: Vec<Media>,
}

/// One attachment of a part.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Media {
    /// Path from the repository's root.
    pub path: String,
    pub kind: media::Kind,
    pub mime: &'static str,
    pub bytes: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub sha256: String,
    pub alt: Option<String>,
}

/// A link card.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Card {
    pub url: String,
    pub title: String,
    pub description: Option<String>,
    /// Picture of the card: the post's first image, where the platform has cards with pictures of ours.
    pub thumbnail: Option<Media>,
}

/// Fits a target to its account's platform. The rendition is `None` where an error makes it impossible to say what
/// would be sent; the problems say all that is wrong, not only the first thing.
pub fn fit(target: &Target, account: &Account, library: &Library) -> (Option<Rendition>, Vec<Problem>) {
    let _ = (target, account, library);
    (None, Vec::new())
}

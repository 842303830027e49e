//! A post and the accounts it is meant for make targets, each with its own wishes. Knows no limits of text and no media.

use crate::account::Accounts;
use crate::error::{Problem, Source};
use crate::limits::Platform;

use super::{Body, Post, PostId, Wishes};

/// One account a post is meant for, with that account's own wishes.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    pub post: PostId,
    /// The account's name in accounts.toml.
    pub account: String,
    pub platform: Platform,
    /// The post's file, in which the wishes stand; the body may be from a file beside it.
    pub source: Source,
    /// The post's wishes, changed by the platform's override, changed by the account's.
    pub wishes: Wishes,
    /// The text for this target: the account's `text` or file, else the platform's, else the post's.
    pub body: Body,
}

/// The targets of a post, in the order written, each account once; unknown names are problems.
pub fn resolve(post: &Post, accounts: &Accounts) -> (Vec<Target>, Vec<Problem>) {
    let _ = (post, accounts);
    (Vec::new(), Vec::new())
}

//! accounts.toml: the accounts, their platforms, schedule defaults and recipients. Knows no file system and no token.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use chrono_tz::Tz;

use crate::error::{Located, Problem, Source};
use crate::limits::Platform;

pub mod time;

/// Everything accounts.toml says.
#[derive(Clone, Debug)]
pub struct Accounts {
    pub source: Source,
    pub defaults: Defaults,
    pub publish: Publish,
    /// age recipients: `age1...` or an ssh public key, as written.
    pub recipients: Vec<Located<String>>,
    /// OAuth client ids by platform.
    pub apps: BTreeMap<Platform, App>,
    /// By name, in alphabetical order.
    pub accounts: BTreeMap<String, Account>,
    /// Group name to account names.
    pub groups: BTreeMap<String, Vec<Located<String>>>,
    pub media: MediaHost,
    pub notify: Notify,
}

/// `[defaults]`.
#[derive(Clone, Debug)]
pub struct Defaults {
    pub timezone: Option<Tz>,
    pub targets: Vec<Located<String>>,
    /// Later than this a post is missed; 12 hours unless said otherwise.
    pub max_late: TimeDelta,
}

/// `[publish]`.
#[derive(Clone, Debug)]
pub struct Publish {
    /// Posts are read from here, as committed. `main` unless said otherwise.
    pub branch: String,
    /// Ledger and encrypted tokens. `pressroom-state` unless said otherwise.
    pub state_branch: String,
}

/// `[apps.<platform>]`.
#[derive(Clone, Debug)]
pub struct App {
    pub client_id: String,
}

/// One named place on one platform where we may publish.
#[derive(Clone, Debug)]
pub struct Account {
    pub name: String,
    pub platform: Platform,
    /// Bytes of accounts.toml that name it.
    pub span: std::ops::Range<usize>,
    /// On whose behalf: an organisation URN, a Page id.
    pub acts_as: Option<String>,
    /// Weekly slots for `next-slot`, as written.
    pub slots: Vec<Located<String>>,
    /// Least time between two posts.
    pub spacing: Option<TimeDelta>,
    /// Only posts under this glob may target the account.
    pub posts: Option<Located<String>>,
    pub paused: bool,
    /// Whether the post's tags are appended to the text as hashtags.
    pub append_hashtags: bool,
    /// The platform grants this X account long posts (X Premium: 25,000 instead of 280).
    pub premium: bool,
}

/// `[media]`.
#[derive(Clone, Debug, Default)]
pub struct MediaHost {
    pub public_url: Option<Located<String>>,
}

/// `[notify]`.
#[derive(Clone, Debug, Default)]
pub struct Notify {
    pub webhook: Option<Located<String>>,
    pub email: Option<Email>,
}

/// `[notify] email`.
#[derive(Clone, Debug)]
pub struct Email {
    pub to: String,
    pub smtp: String,
}

/// Reads accounts.toml; never stops at the first mistake. `None` only where the file is no TOML at all.
pub fn parse(source: &Source) -> (Option<Accounts>, Vec<Problem>) {
    let _ = source;
    (None, Vec::new())
}

//! accounts.toml: the accounts, their platforms, schedule defaults and recipients. Knows no file system and no token.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use globset::{GlobBuilder, GlobMatcher};

use crate::error::{Located, Problem, Source};
use crate::limits::{Limits, Platform};
use crate::suggest;
use crate::zone::Zone;

pub mod calendar;
mod check;
pub mod keys;
mod read;
mod secret;
pub mod server;
pub mod time;

#[cfg(test)]
mod tests;

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
    pub timezone: Option<Zone>,
    pub targets: Vec<Located<String>>,
    /// Later than this a post is missed; 12 hours unless said otherwise.
    pub max_late: TimeDelta,
    /// When nothing goes out, on accounts that say nothing else.
    pub hush: calendar::Hush,
}

/// `[publish]`.
#[derive(Clone, Debug)]
pub struct Publish {
    /// Posts are read from here, as committed. `main` unless said otherwise.
    pub branch: String,
    /// Ledger and encrypted tokens. `pressroom-state` unless said otherwise.
    pub state_branch: String,
    /// Whether only what one of the signers has signed is published.
    pub require_signed: bool,
    /// ssh public keys, as written.
    pub signers: Vec<Located<String>>,
    /// Whether only what `.pressroom/plan.lock` lists is published.
    pub require_plan: bool,
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
    /// The host of the server that it lives on, or that its login begins at, as [`crate::limits::Home`] says; empty: at the
    /// platform's own hosts. Only `connect` goes by it: later calls go where the token was got.
    pub server: String,
    /// The platform's row with the figures of the account's server, where a file tells them: see [`Account::limits`].
    pub row: Option<&'static Limits>,
    /// Weekly slots for `next-slot`.
    pub slots: Vec<time::Slot>,
    /// When nothing goes out there.
    pub hush: calendar::Hush,
    /// Least time between two posts.
    pub spacing: Option<TimeDelta>,
    /// Only posts under this glob may target the account.
    pub posts: Option<Located<PathRule>>,
    pub paused: bool,
    /// Whether the post's tags are appended to the text as hashtags.
    pub append_hashtags: bool,
    /// The platform grants this X account long posts (X Premium: 25,000 instead of 280).
    pub premium: bool,
}

/// `[media]`.
#[derive(Clone, Debug, Default)]
pub struct MediaHost {
    /// An https address with `{commit}`, `{path}` or `{sha256}` after its host.
    pub public_url: Option<Located<String>>,
    /// Never beside a `public_url`.
    pub bucket: Option<Bucket>,
}

/// `[media.bucket]`: a bucket with an S3 API. Its keys are in the environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// An https address of a host alone.
    pub endpoint: String,
    pub region: String,
    pub name: String,
    /// Empty, or with a slash at its end.
    pub prefix: String,
    /// Whether the name stands in the path and not in the host.
    pub path_style: bool,
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
///
/// Beside problems that are errors the accounts hold what could be read: enough to check posts against, never to publish with.
/// Values that look like secrets are blanked in the text that the problems carry, so that no excerpt shows them.
pub fn parse(source: &Source) -> (Option<Accounts>, Vec<Problem>) {
    read::parse(source)
}

/// Where platforms can fetch media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosted {
    Nowhere,
    /// Where files lie as they are committed.
    Site,
    /// Where whatever is sent is put first.
    Bucket,
}

/// Why a name stands for no account, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    pub message: String,
    pub hint: String,
}

impl Accounts {
    /// The zone of slots, quiet hours and dates.
    pub fn zone(&self) -> Zone {
        self.defaults.timezone.unwrap_or(Zone::UTC)
    }

    /// Where media can be given an address, for platforms that fetch them.
    pub fn hosted(&self) -> Hosted {
        match (&self.media.bucket, &self.media.public_url) {
            (Some(_), _) => Hosted::Bucket,
            (None, Some(_)) => Hosted::Site,
            (None, None) => Hosted::Nowhere,
        }
    }

    /// The accounts a name stands for: an account, a platform that has just one, or a group.
    pub fn named(&self, name: &str) -> Result<Vec<&Account>, Unknown> {
        if let Some(account) = self.accounts.get(name) {
            return Ok(vec![account]);
        }
        if let Some(group) = self.groups.get(name) {
            return Ok(group.iter().filter_map(|member| self.accounts.get(&member.value)).collect());
        }
        let Some(platform) = Platform::named(name) else {
            let hint = match self.names() {
                none if none.is_empty() => "accounts.toml has no accounts".to_owned(),
                names => suggest::hint(name, names),
            };
            return Err(Unknown { message: format!("there is no account, platform or group `{name}`"), hint });
        };
        let of_it: Vec<&Account> = self.accounts.values().filter(|account| account.platform == platform).collect();
        match of_it.as_slice() {
            [_] => Ok(of_it),
            [] => Err(Unknown {
                message: format!("no account is on {platform}"),
                hint: format!("add one to accounts.toml: `[accounts.my-{platform}]` with `platform = \"{platform}\"`"),
            }),
            several => Err(Unknown {
                message: format!("{} accounts are on {platform}", several.len()),
                hint: format!(
                    "name the one you mean: {}",
                    suggest::or(several.iter().map(|account| account.name.as_str()))
                ),
            }),
        }
    }

    /// Everything `targets` may hold: accounts, groups, and platforms with just one account.
    fn names(&self) -> Vec<&str> {
        let alone =
            |platform: &Platform| self.accounts.values().filter(|account| account.platform == *platform).count() == 1;
        let accounts = self.accounts.keys().map(String::as_str);
        let groups = self.groups.keys().map(String::as_str);
        accounts.chain(groups).chain(Platform::ALL.into_iter().filter(alone).map(|platform| platform.name())).collect()
    }
}

/// The way out for a word that should be a platform's name.
pub fn platform_hint(word: &str) -> String {
    match suggest::nearest(word, ["twitter"]) {
        Some(_) => "write `x`".to_owned(),
        None => suggest::hint(word, Platform::ALL.map(Platform::name)),
    }
}

/// `posts` of an account: the posts that may target it, as a glob over paths.
#[derive(Clone, Debug)]
pub struct PathRule(GlobMatcher);

impl PathRule {
    /// `*` stays inside a folder, `**` goes through folders. The error is the reason.
    pub fn new(glob: &str) -> Result<Self, String> {
        let glob = GlobBuilder::new(glob).literal_separator(true).build().map_err(|error| error.kind().to_string())?;
        Ok(Self(glob.compile_matcher()))
    }

    /// Whether the post at this path may target the account.
    pub fn takes(&self, path: &str) -> bool {
        self.0.is_match(path)
    }

    /// As it stands in accounts.toml.
    pub fn written(&self) -> &str {
        self.0.glob().glob()
    }
}

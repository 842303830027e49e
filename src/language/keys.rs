//! Which keys may stand below which, and what their values may be: front matter's tables and those of accounts.toml, asked by the
//! keys above a cursor.

use crate::account::Accounts;
use crate::account::keys::{self as account, Holds, SECTIONS};
use crate::limits::{self, Platform};
use crate::post::front::keys::{Field, KEYS, Key, MEDIA_KEYS, POLL_KEYS, Takes};

/// A key that may stand somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) name: String,
    pub(super) doc: String,
    /// A site generator's, which nothing follows from.
    pub(super) ignored: bool,
}

impl Known {
    fn new(name: &str, doc: &str) -> Self {
        Self { name: name.to_owned(), doc: doc.to_owned(), ignored: false }
    }
}

/// What a value of front matter may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expects {
    Front(Takes),
    Setting(limits::Takes),
    /// The path of a media file.
    Path,
}

/// The platform that a key of `overrides` stands for.
pub(super) fn platform(name: &str, accounts: Option<&Accounts>) -> Option<Platform> {
    let account = accounts.and_then(|accounts| accounts.accounts.get(name));
    account.map(|account| account.platform).or_else(|| Platform::named(name))
}

/// The keys that may stand in front matter below others.
pub(super) fn front(above: &[&str], accounts: Option<&Accounts>) -> Vec<Known> {
    let table = |keys: &[(&str, &str)]| keys.iter().map(|(name, doc)| Known::new(name, doc)).collect();
    match above {
        [] => KEYS.iter().filter(|key| key.in_post()).map(known).collect(),
        ["media"] => table(MEDIA_KEYS),
        ["poll"] => table(POLL_KEYS),
        ["overrides"] => whom(accounts),
        ["overrides", name] => {
            let settings = platform(name, accounts).map_or(&[][..], |platform| platform.limits().settings);
            let settings = settings.iter().filter(|rule| rule.works).map(|rule| Known::new(rule.key, rule.doc));
            KEYS.iter().filter(|key| key.in_override()).map(known).chain(settings).collect()
        }
        ["overrides", _, below @ ("media" | "poll")] => front(&[below], accounts),
        _ => Vec::new(),
    }
}

fn known(key: &Key) -> Known {
    Known { ignored: key.field == Field::Ignored, ..Known::new(key.name, key.doc) }
}

/// Whom an override may be for.
fn whom(accounts: Option<&Accounts>) -> Vec<Known> {
    let accounts = accounts.into_iter().flat_map(|accounts| accounts.accounts.values());
    let accounts =
        accounts.map(|account| Known::new(&account.name, &format!("account on {}", account.platform.label())));
    let all = |platform: Platform| Known::new(platform.name(), &format!("all accounts on {}", platform.label()));
    accounts.chain(Platform::ALL.map(all)).collect()
}

/// What the value may be whose key, with those above it, is this.
pub(super) fn expects(above: &[&str], accounts: Option<&Accounts>) -> Option<Expects> {
    match above {
        [key] => Key::named(key).filter(|key| key.in_post()).map(|key| Expects::Front(key.takes)),
        ["media", "src" | "cover" | "captions"] => Some(Expects::Path),
        ["poll", "duration"] => Some(Expects::Front(Takes::Duration)),
        ["overrides", _, "media", key] => expects(&["media", key], accounts),
        ["overrides", _, "poll", key] => expects(&["poll", key], accounts),
        ["overrides", name, key] => {
            let mut settings = platform(name, accounts)?.limits().settings.iter();
            match settings.find(|rule| rule.key == *key) {
                Some(rule) => Some(Expects::Setting(rule.takes)),
                None => Key::named(key).filter(|key| key.in_override()).map(|key| Expects::Front(key.takes)),
            }
        }
        _ => None,
    }
}

/// The keys that may stand in a table of accounts.toml.
pub(super) fn table(above: &[&str]) -> Vec<&'static account::Key> {
    let holds = |name: &str| SECTIONS.iter().find(|section| section.name == name).map(|section| section.holds);
    let keys: &'static [account::Key] = match above {
        ["media", "bucket"] => account::BUCKET,
        ["notify", "email"] => account::EMAIL,
        [section] => match holds(section) {
            Some(Holds::Keys(keys)) => keys,
            _ => &[],
        },
        [section, _] => match holds(section) {
            Some(Holds::Platforms(keys) | Holds::Named(keys)) => keys,
            _ => &[],
        },
        _ => &[],
    };
    keys.iter().collect()
}

/// What a value of accounts.toml may be. A list of a group is one of names, too.
pub(super) fn table_expects(above: &[&str]) -> Option<account::Takes> {
    let (key, table) = above.split_last()?;
    if table == ["groups"] {
        return Some(account::Takes::Names);
    }
    self::table(table).into_iter().find(|known| known.name == *key).map(|known| known.takes)
}

/// The names that a table's header may have, and what they are for.
pub(super) fn headers() -> Vec<Known> {
    let bucket = Known::new("media.bucket", "a bucket with an S3 API that lends media to platforms");
    let of = |section: &'static account::Section| match section.holds {
        Holds::Keys(_) | Holds::Lists => vec![Known::new(section.name, section.doc)],
        Holds::Named(_) => vec![Known::new(&format!("{}.", section.name), section.doc)],
        Holds::Platforms(_) => {
            Platform::ALL.map(|its| Known::new(&format!("{}.{its}", section.name), section.doc)).to_vec()
        }
    };
    SECTIONS.iter().flat_map(of).chain([bucket]).collect()
}

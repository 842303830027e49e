//! Where a word leads: a media path to its file, an account's or a group's name to accounts.toml, a post's id to the post.

use std::ops::Range;

use super::keys::{self, Expects};
use super::spot::{Role, Spot};
use super::{ACCOUNTS, Desk, drawn, toml, yaml};
use crate::account::Accounts;
use crate::account::keys::Takes as Account;
use crate::fit::candidates;
use crate::post::front::keys::Takes;

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leads {
    /// From the repository's root.
    pub path: String,
    /// Bytes of accounts.toml as last read; empty for the beginning of a file.
    pub span: Range<usize>,
}

/// Where the word around a byte leads.
pub fn definition(text: &str, offset: usize, desk: &Desk<'_>) -> Option<Leads> {
    if desk.path == ACCOUNTS {
        let spot = toml::spot(text, offset)?;
        let is_name = keys::table_expects(&spot.keys()) == Some(Account::Names);
        return is_name.then(|| named(&text[spot.whole(text)], desk.accounts?)).flatten();
    }
    let Some(spot) = yaml::spot(text, offset) else {
        return file(&text[drawn(text, offset)?], desk);
    };
    let word = &text[spot.whole(text)];
    if names_account(&spot) {
        return named(word, desk.accounts?);
    }
    match keys::expects(&spot.keys(), desk.accounts)? {
        Expects::Path | Expects::Front(Takes::Media) => file(word, desk),
        Expects::Front(Takes::Reference) => {
            let (path, _) = desk.ids.iter().find(|(_, id)| id.as_str() == word)?;
            Some(Leads { path: path.clone(), span: 0..0 })
        }
        _ => None,
    }
}

/// Whether the word at a spot of front matter stands for an account, a platform or a group.
pub(super) fn names_account(spot: &Spot) -> bool {
    match (spot.keys().as_slice(), spot.role) {
        (["targets"], Role::Item | Role::Value) => true,
        (["overrides"], role) => role == Role::Key,
        _ => false,
    }
}

/// A platform leads to its account, a group to where its first member is named.
fn named(name: &str, accounts: &Accounts) -> Option<Leads> {
    let group = accounts.groups.get(name).and_then(|members| members.first()).map(|member| member.span.clone());
    let account = || accounts.named(name).ok()?.first().map(|account| account.span.clone());
    Some(Leads { path: ACCOUNTS.to_owned(), span: group.or_else(account)? })
}

fn file(written: &str, desk: &Desk<'_>) -> Option<Leads> {
    let path = candidates(desk.path, written).ok()?.into_iter().find(|path| desk.media.contains(path))?;
    Some(Leads { path, span: 0..0 })
}

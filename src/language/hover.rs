//! What a word means: a key's line of the manual, an account's name what it will show.

use std::ops::Range;

use chrono::{DateTime, Utc};

use super::definition::names_account;
use super::lens::{going_out, is_draft};
use super::place::first_line;
use super::spot::{Role, Spot};
use super::{ACCOUNTS, Desk, keys, toml, yaml};
use crate::fit;
use crate::plan::Offer;

/// What is told, as Markdown, and of which bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub markdown: String,
    pub span: Range<usize>,
}

/// What there is to tell of a byte: in front matter of the word around it; on the first line and in the text, what every
/// target will show.
pub fn hover(text: &str, offset: usize, desk: &Desk<'_>, now: DateTime<Utc>) -> Option<Told> {
    if desk.path == ACCOUNTS {
        return table_key(text, offset);
    }
    let Some(spot) = yaml::spot(text, offset) else {
        let inside = yaml::front(text).is_some_and(|front| offset < front.end && !first_line(text).contains(&offset));
        let of_all = shown(desk, desk.shown_here(), now).filter(|_| !inside)?;
        return Some(Told { markdown: of_all, span: first_line(text) });
    };
    let span = spot.whole(text);
    let word = &text[span.clone()];
    if names_account(&spot) {
        let meant: Vec<&str> = match spot.role {
            // A platform's override is for all its accounts.
            Role::Key => desk.offers.iter().filter(|its| its.target.platform.name() == word).collect::<Vec<_>>(),
            _ => Vec::new(),
        }
        .into_iter()
        .map(|offer| offer.target.account.as_str())
        .chain(desk.accounts?.named(word).unwrap_or_default().into_iter().map(|account| account.name.as_str()))
        .collect();
        let offers = desk.offers.iter().filter(|offer| meant.contains(&offer.target.account.as_str()));
        return shown(desk, offers, now).map(|markdown| Told { markdown, span });
    }
    key(&spot, word, desk).map(|markdown| Told { markdown, span })
}

fn key(spot: &Spot, word: &str, desk: &Desk<'_>) -> Option<String> {
    // `- src: a` begins an entry with a key.
    let known = keys::front(&spot.keys(), desk.accounts).into_iter().find(|known| known.name == word)?;
    (spot.role != Role::Value).then(|| format!("`{word}`: {}", known.doc))
}

fn table_key(text: &str, offset: usize) -> Option<Told> {
    let spot = toml::spot(text, offset).filter(|spot| spot.role == Role::Key)?;
    let span = spot.whole(text);
    let word = &text[span.clone()];
    let known = keys::table(&spot.keys()).into_iter().find(|known| known.name == word)?;
    Some(Told { markdown: format!("`{word}`: {}", known.doc), span })
}

/// Each target with its texts; `None` without targets.
fn shown<'a>(desk: &Desk<'_>, offers: impl Iterator<Item = &'a Offer>, now: DateTime<Utc>) -> Option<String> {
    let all: Vec<String> = offers.filter_map(|offer| one(desk, offer, now)).collect();
    (!all.is_empty()).then(|| all.join("\n\n---\n\n"))
}

fn one(desk: &Desk<'_>, offer: &Offer, now: DateTime<Utc>) -> Option<String> {
    let account = desk.accounts?.accounts.get(&offer.target.account)?;
    let when = match (is_draft(offer), account.paused) {
        (true, _) => "a draft: not published".to_owned(),
        (_, true) => "held: the account is paused in accounts.toml".to_owned(),
        _ => going_out(desk, offer, now),
    };
    let mut told = format!("**{}** on {}, {when}", account.name, account.platform.label());
    for (text, count) in fit::measure(&offer.target, account) {
        let fence = "`".repeat(longest_run(&text).max(2) + 1);
        let excess = count.count.saturating_sub(count.limit);
        let excess = if excess > 0 { format!(", {excess} too many") } else { String::new() };
        told.push_str(&format!("\n\n{} of {} {}{excess}\n\n", count.count, count.limit, count.unit));
        told.push_str(&format!("{fence}text\n{text}\n{fence}"));
    }
    let media = offer.rendition.iter().flat_map(|rendition| rendition.media());
    for (_, media) in media {
        told.push_str(&format!("\n\n`{}`", media.path));
    }
    Some(told)
}

/// Backquotes that stand side by side, which a fence must outnumber.
fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

//! Targets that are out: whether what their post says now asks for an edit or a removal. Knows nothing of how either is
//! done.

use chrono::TimeDelta;

use super::action::{Action, Standing};
use super::when::how_long;
use super::{Desk, Offer, Verdict, claimed, has_changed, is_named, later};
use crate::error::Kind;
use crate::ledger::Stand;
use crate::ledger::entry::{Aim, Retry};
use crate::limits::{Editable, Field, Platform};
use crate::post::{OnEdit, OnRemove};
use crate::suggest;

/// Of rows that a run for named targets leaves alone.
pub(super) const NOT_NAMED: &str = "not named by `--only`";

/// What is to become of a target that is out and whose post is there.
pub(super) fn of_published(desk: &Desk<'_>, offer: &Offer, stand: &Stand) -> Verdict {
    let has_expired = offer.expires.is_some_and(|expires| expires <= desk.now);
    let verdict = if has_expired && offer.on_remove == OnRemove::Delete {
        removal(desk, offer.target.platform, &offer.target.account, stand).because_too("its `expires` has passed")
    } else if has_changed(offer, stand) {
        edit(desk, offer, stand)
    } else {
        return Verdict::rest(Standing::Published);
    };
    match verdict.action {
        Some(_) if offer.refused.is_some() => {
            let why = offer.refused.as_deref().unwrap_or_default();
            out(format!("changed, stays as published: {why}")).needs(Kind::Person)
        }
        Some(_) if !is_named(desk, &offer.post, &offer.target.account) => out(NOT_NAMED),
        _ => verdict,
    }
}

/// The removal of what is out, where nothing stands against it.
pub(super) fn removal(desk: &Desk<'_>, platform: Platform, account: &str, stand: &Stand) -> Verdict {
    if !platform.limits().removes {
        return out(format!("to be removed, but {} cannot remove it from here: do it by hand", platform.label()))
            .needs(Kind::Person);
    }
    hindered(desk, account, stand, Aim::Remove, None)
        .unwrap_or(Verdict { state: Standing::Published, ..Verdict::act(Action::Remove) })
}

fn edit(desk: &Desk<'_>, offer: &Offer, stand: &Stand) -> Verdict {
    let (platform, limits) = (offer.target.platform, offer.target.platform.limits());
    let label = platform.label();
    if offer.on_edit == OnEdit::Keep {
        return out("changed since, stays as published");
    }
    if limits.edits.fields.is_empty() {
        return out(format!("changed, stays as published: {}", limits.edits.why_not));
    }
    if let Some(why) = limits.editable.and_then(|editable| beyond(desk, offer, stand, &editable)) {
        return out(format!("changed, stays as published: {why}"));
    }
    let rendition = offer.rendition.as_ref();
    if stand.fixed.as_ref() != rendition.map(|rendition| rendition.fixed()).as_ref() {
        let fields = suggest::and(limits.edits.fields.iter().map(|field| word(*field)));
        return out(format!("changed, stays as published: {label} lets nothing but {fields} be changed"));
    }
    let fp = rendition.map(|rendition| rendition.fingerprint().to_owned());
    hindered(desk, &offer.target.account, stand, Aim::Edit, fp.as_ref())
        .unwrap_or(Verdict { state: Standing::Published, ..Verdict::act(Action::Edit) })
}

/// Why this post is none of those the platform lets us change.
fn beyond(desk: &Desk<'_>, offer: &Offer, stand: &Stand, editable: &Editable) -> Option<String> {
    let label = offer.target.platform.label();
    let account = desk.accounts.accounts.get(&offer.target.account);
    if editable.premium && !account.is_some_and(|account| account.premium) {
        return Some(format!("{label} lets only accounts with Premium edit (`premium = true` in accounts.toml)"));
    }
    let rendition = offer.rendition.as_ref()?;
    if editable.plain && !rendition.is_plain() {
        return Some(format!("on {label} only a single text without media, poll and replies can be edited"));
    }
    let until = later(stand.receipt_of(0)?.at, TimeDelta::minutes(editable.minutes.into()));
    (desk.now >= until).then(|| format!("{label} lets a post be edited for {} min after it went out", editable.minutes))
}

/// What keeps a run from an edit or a removal just now.
fn hindered(desk: &Desk<'_>, account: &str, stand: &Stand, aim: Aim, fp: Option<&String>) -> Option<Verdict> {
    let what = if aim == Aim::Edit { "edit" } else { "removal" };
    if let Some(verdict) = claimed(desk, stand) {
        return Some(Verdict { state: Standing::Published, ..verdict });
    }
    let same = stand.change.as_ref().filter(|change| change.aim == aim && change.fp.as_ref() == fp);
    match same.and_then(|change| change.refused.as_ref()) {
        Some((msg, Retry::After(after))) if desk.now < *after => {
            return Some(out(format!("{msg}; again in {}", how_long(*after - desk.now))).needs(Kind::Later));
        }
        Some((_, Retry::After(_))) | None => {}
        Some((msg, Retry::Human | Retry::Never)) => {
            return Some(out(format!("the {what} was refused: {msg}")).needs(Kind::Person));
        }
    }
    if desk.accounts.accounts.get(account).is_some_and(|account| account.paused) {
        return Some(out(format!("{account} is paused in accounts.toml")));
    }
    (!desk.connected.contains(account))
        .then(|| out(format!("{account} is not connected: `pressroom connect {account}`")).needs(Kind::Person))
}

fn out(reason: impl Into<String>) -> Verdict {
    Verdict::hold(Standing::Published, reason)
}

fn word(field: Field) -> &'static str {
    match field {
        Field::Text => "the text",
        Field::Title => "the title",
        Field::Tags => "the tags",
        Field::Visibility => "the audience",
        Field::Settings => "the settings",
        Field::Cover => "the cover",
    }
}

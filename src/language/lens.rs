//! One line on a post: how long it is for each target, and when it goes out.

use chrono::{DateTime, Utc};

use super::Desk;
use crate::account::Account;
use crate::fit;
use crate::fit::count::Count;
use crate::plan::Offer;
use crate::plan::when::when;
use crate::post::Schedule;

/// `acme-x 214/280 · ann 812/3000 · goes out Tue 1 Dec 2026 09:00 Europe/Amsterdam`; `None` without targets.
pub fn lens(desk: &Desk<'_>, now: DateTime<Utc>) -> Option<String> {
    let accounts = desk.accounts?;
    let mut words: Vec<String> = Vec::new();
    for offer in desk.shown_here() {
        let Some(account) = accounts.accounts.get(&offer.target.account) else { continue };
        words.push(format!("{} {}", account.name, lengths(offer, account)));
    }
    let first = desk.shown_here().next()?;
    words.push(going_out(desk, first, now));
    Some(words.join(" · "))
}

fn lengths(offer: &Offer, account: &Account) -> String {
    let parts = fit::measure(&offer.target, account);
    let figures: Vec<String> = parts.iter().map(|(_, count)| figures(count)).collect();
    let paused = if account.paused { " (paused)" } else { "" };
    let draft = if is_draft(offer) { " (draft)" } else { "" };
    format!("{}{draft}{paused}", figures.join(", "))
}

/// `300/280, 20 too many`.
fn figures(count: &Count) -> String {
    match count.count.checked_sub(count.limit) {
        Some(excess) if excess > 0 => format!("{}/{} ({excess} too many)", count.count, count.limit),
        _ => format!("{}/{}", count.count, count.limit),
    }
}

pub(super) fn is_draft(offer: &Offer) -> bool {
    offer.target.wishes.draft.as_ref().is_some_and(|draft| draft.value)
}

/// When a target goes out by what is written; a sentence without a full stop.
pub(super) fn going_out(desk: &Desk<'_>, offer: &Offer, now: DateTime<Utc>) -> String {
    let schedule = desk.post.and_then(|post| post.schedule.as_ref()).map(|schedule| &schedule.value);
    match (schedule, offer.due) {
        (Some(Schedule::OnMerge), _) => "goes out as soon as it is merged".to_owned(),
        (Some(Schedule::NextSlot), _) => "goes out at the next free slot".to_owned(),
        (_, Some(due)) if due > now => format!("goes out {}", when(due, &offer.zone)),
        (_, Some(due)) => format!("was due {}", when(due, &offer.zone)),
        (_, None) => "no `schedule` says when it goes out".to_owned(),
    }
}

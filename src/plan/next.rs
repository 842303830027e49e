//! When a plan may become another without anybody touching anything: a desk names every instant that its plan can hang on.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Desk, LATE_WITHOUT_A_WORD, Offer, budget, last_shown, later, max_late, queue};
use crate::ledger::entry::{Retry, TargetKey};
use crate::ledger::{Stand, Word};
use crate::post::OnRemove;

/// The next instant after `desk.now` at which the plan of this desk may have another action or another standing. Never too
/// late; rather too early, where telling exactly would mean to plan twice.
pub fn next_change(desk: &Desk<'_>) -> Option<DateTime<Utc>> {
    let desk = &Desk { offers: queue::with_slots(desk), ..*desk };
    let of_offers = desk.offers.iter().flat_map(|offer| of_offer(desk, offer));
    let of_stands = desk.state.targets().flat_map(|(_, _, stand)| of_stand(desk, stand));
    of_offers
        .chain(of_stands)
        .chain(of_spacing(desk))
        .chain(budget::ends(desk))
        .filter(|instant| *instant > desk.now)
        .min()
}

/// What the author's wishes hang on.
fn of_offer(desk: &Desk<'_>, offer: &Offer) -> Vec<DateTime<Utc>> {
    let key = TargetKey::new(offer.target.platform, &offer.target.account);
    let stand = desk.state.stand(&offer.post, &key);
    match &stand.word {
        Word::Removed | Word::Cancelled { .. } | Word::Missed { .. } => Vec::new(),
        Word::Published { .. } => offer.expires.filter(|_| offer.on_remove == OnRemove::Delete).into_iter().collect(),
        Word::Open | Word::Waiting { .. } | Word::Failed { .. } => {
            let mut instants: Vec<_> = offer.due.into_iter().chain(offer.expires).collect();
            if let Some(due) = offer.due.filter(|_| stand.is_untouched()) {
                // Later than these, not at them.
                let just_after = TimeDelta::milliseconds(1);
                let due = queue::quiet_until(desk, &offer.target.account, due).unwrap_or(due);
                instants.push(later(later(due, max_late(desk, offer)), just_after));
                instants.push(later(later(due, LATE_WITHOUT_A_WORD), just_after));
            }
            // What is due at a quiet time waits for its end.
            instants.extend(queue::quiet_until(desk, &offer.target.account, desk.now).filter(|_| offer.due.is_some()));
            instants
        }
    }
}

/// What the ledger says that ends: claims, and waits of what was put off or refused for a time.
fn of_stand(desk: &Desk<'_>, stand: &Stand) -> impl Iterator<Item = DateTime<Utc>> + use<> {
    let claim = stand.claim.as_ref().map(|claim| later(claim.exp, desk.grace));
    let wait = match &stand.word {
        Word::Waiting { until } => Some(*until),
        Word::Failed { retry: Retry::After(after), .. } => Some(*after),
        _ => None,
    };
    let change = stand.change.as_ref().and_then(|change| change.refused.as_ref()).and_then(|(_, retry)| match retry {
        Retry::After(after) => Some(*after),
        Retry::Human | Retry::Never => None,
    });
    claim.into_iter().chain(wait).chain(change)
}

/// When accounts that keep a pause between two posts are free again.
fn of_spacing(desk: &Desk<'_>) -> Vec<DateTime<Utc>> {
    let last: BTreeMap<String, DateTime<Utc>> = last_shown(desk);
    let free = |(account, at): (String, DateTime<Utc>)| {
        let spacing = desk.accounts.accounts.get(&account)?.spacing?;
        Some(later(at, spacing))
    };
    last.into_iter().filter_map(free).collect()
}

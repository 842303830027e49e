//! `schedule: next-slot`, and the hours in which nothing goes out. A post that waits for a slot gets the first of its account's
//! after it was merged that none merged before it has; the ledger remembers which, so that it stays so.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::action::{Action, Row};
use super::when::when;
use super::{Desk, Offer, Offers};
use crate::account::calendar::next_slot;
use crate::ledger::entry::TargetKey;

/// The offers, those that wait for a slot with the instant of theirs.
pub(super) fn with_slots<'a>(desk: &Desk<'a>) -> Offers<'a> {
    let mut queues: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let all = desk.offers.all;
    for (index, offer) in all.iter().enumerate().filter(|(_, offer)| offer.waits_since.is_some()) {
        queues.entry(&offer.target.account).or_default().push(index);
    }
    let mut offers = Offers::from(all);
    for (account, mut queue) in queues {
        queue.sort_by_key(|index| (all[*index].waits_since, &all[*index].path));
        let slots = slots(desk, account, &queue).into_iter();
        offers.waiting.extend(slots.map(|(index, due)| (index, Offer { due: Some(due), ..all[index].clone() })));
    }
    offers
}

/// The slots of one account's queue, which is in order.
fn slots(desk: &Desk<'_>, account: &str, queue: &[usize]) -> Vec<(usize, DateTime<Utc>)> {
    let Some(account) = desk.accounts.accounts.get(account) else { return Vec::new() };
    let known = |index: &usize| slot_of(desk, &desk.offers.all[*index]);
    let over = desk.over.slots.get(&account.name).into_iter().flatten().copied();
    let mut taken: BTreeSet<DateTime<Utc>> = queue.iter().filter_map(known).chain(over).collect();
    let mut slots = Vec::new();
    // Whoever was merged later gets no earlier slot than those before.
    let mut after = DateTime::<Utc>::MIN_UTC;
    for index in queue {
        if let Some(slot) = known(index) {
            slots.push((*index, slot));
            continue;
        }
        after = desk.offers.all[*index].waits_since.map_or(after, |since| since.max(after));
        let is_free = |at| !taken.contains(&at);
        let Some(slot) = next_slot(&account.slots, &account.hush, desk.accounts.zone(), after, is_free) else { break };
        after = slot;
        taken.insert(slot);
        slots.push((*index, slot));
    }
    slots
}

/// The slot that the ledger remembers.
pub(super) fn slot_of(desk: &Desk<'_>, offer: &Offer) -> Option<DateTime<Utc>> {
    let key = TargetKey::new(offer.target.platform, &offer.target.account);
    desk.state.stand(&offer.post, &key).slot
}

/// When the quiet that an instant falls in ends, on an account; `None`: nothing speaks against it.
pub(super) fn quiet_until(desk: &Desk<'_>, account: &str, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    desk.accounts.accounts.get(account)?.hush.end(at, desk.accounts.zone())
}

/// Holds what would go out at a quiet time.
pub(super) fn keep_quiet(desk: &Desk<'_>, rows: &mut [Row]) {
    for row in rows.iter_mut().filter(|row| row.action == Some(Action::Publish)) {
        if let Some(end) = quiet_until(desk, &row.account, desk.now) {
            row.action = None;
            row.reason = Some(format!("{} is quiet until {}", row.account, when(end, desk.accounts.zone().name())));
        }
    }
}

//! What platforms still let accounts publish: a plan holds what would exceed it, until the instant it no longer does.
//!
//! Two things are known of a limit: how many of our own posts count against it, by the ledger, and what the platform last
//! said is left, which includes what others have posted there. The platform's word counts until the instant it named; then
//! its window begins anew.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::action::{Action, Row};
use super::when::when;
use super::{Desk, Offer, later, max_late};
use crate::error::Kind;
use crate::ledger::entry::TargetKey;
use crate::ledger::{Said, Word};
use crate::limits::quota::{self, Per, Sort};
use crate::limits::{Platform, Quota};
use crate::post::PostId;

/// How long a platform's word is believed: its figure, and at most so long what is left of it.
const WORD_LASTS: TimeDelta = TimeDelta::days(1);

/// No limit counts over more than a day, which may have 25 hours.
pub const LONGEST: TimeDelta = TimeDelta::hours(26);

/// What is left of one limit before the plan is carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// `None`: all accounts of the platform together.
    pub account: Option<String>,
    pub platform: Platform,
    /// What is counted, over which span: `posts a day`.
    pub what: &'static str,
    pub limit: Option<u32>,
    pub left: u32,
    /// When more is left; `None` where all is.
    pub until: Option<DateTime<Utc>>,
    /// Whether the figure differs from app to app, so that it holds nothing.
    pub about: bool,
    /// How much of it the plan takes.
    #[serde(skip)]
    pub taken: u32,
    /// How many rows it holds.
    #[serde(skip)]
    pub held: usize,
}

impl Budget {
    /// Whether a person should hear of it: it holds something, or only a quarter would be left.
    pub fn is_short(&self) -> bool {
        let rest = self.left.saturating_sub(self.taken);
        self.held > 0 || self.limit.is_none_or(|limit| rest <= limit / 4)
    }
}

/// Holds what exceeds a limit, in order of due time; what is left, where that is not all.
pub(super) fn keep(desk: &Desk<'_>, rows: &mut [Row]) -> Vec<Budget> {
    let mut meters = meters(desk);
    let before: Vec<u32> = meters.iter().map(|meter| meter.left(desk.now).unwrap_or(u32::MAX)).collect();
    // What was begun goes on, and takes its share first.
    for row in rows.iter().filter(|row| !is_new(row) && matches!(row.action, Some(Action::Resume | Action::Look))) {
        for (index, needed) in needs(desk, &meters, row) {
            meters[index].take(needed, desk.now);
        }
    }
    for row in rows.iter_mut().filter(|row| is_new(row)) {
        let needs = needs(desk, &meters, row);
        let Some((index, needed, free)) = first_free(&meters, &needs, desk.now) else {
            for (index, needed) in needs {
                meters[index].take(needed, desk.now);
            }
            continue;
        };
        let why = meters[index].why(needed, desk.now, free, &row.zone);
        row.reason = Some(if missed_by(desk, row, free) { format!("{why}, when its `max_late` is over") } else { why });
        row.action = None;
        row.attention = Some(Kind::Later);
        // Whoever is due later does not overtake it.
        for (index, needed) in needs {
            if meters[index].free(needed, desk.now) > desk.now {
                meters[index].keep_place(needed, free);
            }
        }
        meters[index].held += 1;
    }
    meters.iter().zip(before).filter_map(|(meter, left)| meter.told(left, desk.now)).collect()
}

/// Whether a row begins something, though it may be looked for before, because it is late.
fn is_new(row: &Row) -> bool {
    row.action == Some(Action::Publish) || row.action == Some(Action::Look) && row.untouched
}

/// Whether a row that waits until then is missed before.
fn missed_by(desk: &Desk<'_>, row: &Row, free: DateTime<Utc>) -> bool {
    let offer = desk.offers.iter().find(|offer| offer.post == row.post && offer.target.account == row.account);
    offer.is_some_and(|offer| !offer.on_merge && offer.due.is_some_and(|due| later(due, max_late(desk, offer)) < free))
}

/// When more is left of the limits that may hold something that is due.
pub(super) fn ends(desk: &Desk<'_>) -> Vec<DateTime<Utc>> {
    let is_open = |offer: &&Offer| {
        let stand = desk.state.stand(&offer.post, &TargetKey::new(offer.target.platform, &offer.target.account));
        matches!(stand.word, Word::Open | Word::Waiting { .. } | Word::Failed { .. })
    };
    let due = desk.offers.iter().filter(|offer| offer.due.is_some_and(|due| due <= desk.now)).filter(is_open);
    let due: BTreeSet<Platform> = due.map(|offer| offer.target.platform).collect();
    let meters = if due.is_empty() { Vec::new() } else { meters(desk) };
    let holding = meters.iter().filter(|meter| due.contains(&meter.platform) && meter.binds(desk.now));
    holding.filter_map(|meter| meter.next_change(desk.now)).collect()
}

/// The limit that holds a row longest, how much it takes of it, and when that is free; `None` where all are free now.
fn first_free(meters: &[Meter<'_>], needs: &[(usize, u32)], now: DateTime<Utc>) -> Option<(usize, u32, DateTime<Utc>)> {
    let free = |from: DateTime<Utc>| {
        let instants = needs.iter().map(|(index, needed)| (*index, *needed, meters[*index].free(*needed, from)));
        instants.max_by_key(|(.., free)| *free)
    };
    let (index, needed, mut at) = free(now).filter(|(.., at)| *at > now)?;
    // Another may be spent again by then.
    while let Some((.., then)) = free(at).filter(|(.., then)| *then > at) {
        at = then;
    }
    Some((index, needed, at))
}

/// How much a row takes of which limits.
fn needs(desk: &Desk<'_>, meters: &[Meter<'_>], row: &Row) -> Vec<(usize, u32)> {
    let Some(rendition) = &row.rendition else { return Vec::new() };
    let mine = meters.iter().enumerate().filter(|(_, meter)| meter.concerns(&row.key));
    let stand = desk.state.stand(&row.post, &row.key);
    let spends =
        mine.map(|(index, meter)| (index, rendition.spends(meter.quota, |part| stand.receipt_of(part).is_none())));
    spends.filter(|(_, needed)| *needed > 0).collect()
}

/// One limit of one account, or of all accounts of a platform, and what is known of it.
struct Meter<'a> {
    platform: Platform,
    account: Option<&'a str>,
    quota: &'static Quota,
    /// The platform's newest word.
    said: Option<&'a Said>,
    /// When what counts was published, or will be by this plan or later; in order.
    uses: Vec<DateTime<Utc>>,
    /// Nothing is free before: somebody else waits until then.
    kept_until: Option<DateTime<Utc>>,
    taken: u32,
    held: usize,
}

/// A meter for each limit of each account, with what the ledger tells.
fn meters<'a>(desk: &Desk<'a>) -> Vec<Meter<'a>> {
    let mut meters = Vec::new();
    let mut met = BTreeSet::new();
    for account in desk.accounts.accounts.values() {
        let platform = account.platform;
        for quota in platform.limits().quotas {
            let (name, is_new) = match quota.per {
                Per::Account => (Some(account.name.as_str()), true),
                Per::App => (None, met.insert((platform, quota.name))),
            };
            if is_new {
                let said = newest(desk, platform, name, quota);
                let (uses, kept_until, taken, held) = (Vec::new(), None, 0, 0);
                meters.push(Meter { platform, account: name, quota, said, uses, kept_until, taken, held });
            }
        }
    }
    let recent = recent(desk);
    for meter in &mut meters {
        let counted = recent.iter().filter(|shown| meter.concerns(shown.key));
        meter.uses =
            counted.filter(|shown| meter.quota.counts.has(shown.sort, shown.part)).map(|shown| shown.at).collect();
        meter.uses.sort_unstable();
    }
    meters
}

/// The platform's newest word on a limit, to that account or to any.
fn newest<'a>(desk: &Desk<'a>, platform: Platform, name: Option<&str>, quota: &Quota) -> Option<&'a Said> {
    let accounts = desk.accounts.accounts.values().filter(|account| account.platform == platform);
    let heard = accounts.filter(|account| name.is_none_or(|name| account.name == name));
    let said = heard.filter_map(|account| desk.state.said(&TargetKey::new(platform, &account.name), quota.name));
    // A clock that was wrong when it was written must not make it count for ever.
    said.filter(|said| said.at <= later(desk.now, WORD_LASTS)).max_by_key(|said| said.at)
}

/// A part that was published a short while ago.
struct Shown<'a> {
    key: &'a TargetKey,
    part: usize,
    at: DateTime<Utc>,
    sort: Sort,
}

/// All that was published a short while ago. What sort of post one is, its file tells, as long as it is there.
fn recent<'a>(desk: &Desk<'a>) -> Vec<Shown<'a>> {
    let since = desk.now.checked_sub_signed(LONGEST).unwrap_or(DateTime::<Utc>::MIN_UTC);
    let stands = desk.state.targets().filter(|(_, _, stand)| stand.shown_at().any(|at| at >= since));
    let stands: Vec<_> = stands.collect();
    if stands.is_empty() {
        return Vec::new();
    }
    let posts: BTreeSet<&PostId> = stands.iter().map(|(post, ..)| *post).collect();
    let offers = desk.offers.iter().filter(|offer| posts.contains(&offer.post));
    let sorts: HashMap<(&PostId, &str), Sort> = offers
        .filter_map(|offer| Some(((&offer.post, offer.target.account.as_str()), offer.rendition.as_ref()?.sort())))
        .collect();
    let mut recent = Vec::new();
    for (post, key, stand) in stands {
        let sort = sorts.get(&(post, key.account())).copied().unwrap_or(quota::PLAIN);
        let receipts = stand.receipts().into_iter().enumerate().filter(|(_, receipt)| receipt.at >= since);
        // A platform's clock may be ahead of ours.
        recent.extend(receipts.map(|(part, receipt)| Shown { key, part, at: receipt.at.min(desk.now), sort }));
    }
    recent
}

impl Meter<'_> {
    fn concerns(&self, key: &TargetKey) -> bool {
        key.platform() == Some(self.platform) && self.account.is_none_or(|name| name == key.account())
    }

    /// The platform's word on what is left, as long as it counts.
    fn fresh(&self, at: DateTime<Utc>) -> Option<&Said> {
        self.said.filter(|said| at < said.allowance.until.min(later(said.at, WORD_LASTS)))
    }

    /// The figure: the platform's own word on it, or else the documented one.
    fn most(&self, at: DateTime<Utc>) -> Option<u32> {
        self.said_most(at).or(self.quota.most)
    }

    fn said_most(&self, at: DateTime<Utc>) -> Option<u32> {
        self.said.filter(|said| at < later(said.at, WORD_LASTS))?.allowance.most.filter(|most| *most > 0)
    }

    /// What is left at an instant; `None` where nobody knows of an end.
    fn left(&self, at: DateTime<Utc>) -> Option<u32> {
        if let Some(said) = self.fresh(at) {
            let since = said.at.checked_add_signed(TimeDelta::nanoseconds(1)).unwrap_or(said.at);
            return Some(said.allowance.left.saturating_sub(self.uses_between(since, at)));
        }
        Some(self.most(at)?.saturating_sub(self.uses_between(self.start(at), at)))
    }

    /// The first instant whose posts still count at `at`: a window whose end the platform named began anew then.
    fn start(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let start = self.quota.span.start(at);
        let begun = self.said.map(|said| said.allowance.until).filter(|until| *until <= at);
        begun.map_or(start, |begun| begun.max(start))
    }

    fn uses_between(&self, start: DateTime<Utc>, end: DateTime<Utc>) -> u32 {
        let until = |instant: DateTime<Utc>, with: bool| {
            self.uses.partition_point(|used| *used < instant || with && *used == instant)
        };
        u32::try_from(until(end, true).saturating_sub(until(start, false))).unwrap_or(u32::MAX)
    }

    /// Whether what is left binds: a figure that differs from app to app does only once the platform has said it.
    fn binds(&self, at: DateTime<Utc>) -> bool {
        self.quota.firm || self.fresh(at).is_some() || self.said_most(at).is_some()
    }

    /// From when on, not before `from`, so many are left; what needs more than there ever is waits for all of it.
    fn free(&self, needed: u32, from: DateTime<Utc>) -> DateTime<Utc> {
        let mut at = self.kept_until.map_or(from, |kept| kept.max(from));
        while let Some(left) = self.left(at).filter(|_| self.binds(at)) {
            let enough = self.most(at).map_or(needed, |most| needed.min(most.max(1)));
            match self.next_change(at) {
                Some(next) if left < enough && next > at => at = next,
                _ => break,
            }
        }
        at
    }

    /// When more may be left than at `at`.
    fn next_change(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if let Some(said) = self.fresh(at) {
            return Some(said.allowance.until.min(later(said.at, WORD_LASTS)));
        }
        let oldest = self.uses.get(self.uses.partition_point(|used| *used < self.start(at)))?;
        Some(self.quota.span.end(*oldest))
    }

    fn take(&mut self, needed: u32, now: DateTime<Utc>) {
        self.taken = self.taken.saturating_add(needed);
        self.insert(needed, now);
    }

    /// What is held until `free` takes its share then.
    fn keep_place(&mut self, needed: u32, free: DateTime<Utc>) {
        self.kept_until = Some(free);
        self.insert(needed, free);
    }

    fn insert(&mut self, needed: u32, at: DateTime<Utc>) {
        let place = self.uses.partition_point(|used| *used <= at);
        drop(self.uses.splice(place..place, std::iter::repeat_n(at, needed as usize)));
    }

    fn why(&self, needed: u32, now: DateTime<Utc>, free: DateTime<Utc>, zone: &str) -> String {
        let (what, left, free) = (self.quota.name, self.left(now).unwrap_or(0), when(free, zone));
        let count = match self.most(now) {
            Some(most) => format!("{left} of {most} {what} left"),
            None if left == 0 => format!("no {what} left"),
            None => format!("{left} {what} left"),
        };
        match needed {
            _ if left >= needed => format!("{count}, kept for what is due before; free at {free}"),
            0 | 1 => format!("{count}; free at {free}"),
            _ => format!("{count}, and this needs {needed}; free at {free}"),
        }
    }

    /// What to tell of it, if not all is left, or something waits for it.
    fn told(&self, left: u32, now: DateTime<Utc>) -> Option<Budget> {
        let limit = self.most(now);
        let is_less = limit.map_or(self.fresh(now).is_some(), |most| left < most);
        let budget = Budget {
            account: self.account.map(str::to_owned),
            platform: self.platform,
            what: self.quota.name,
            limit,
            left,
            until: limit.is_none_or(|most| left < most).then(|| self.next_change(now)).flatten(),
            about: !self.binds(now),
            taken: self.taken,
            held: self.held,
        };
        (is_less || limit.is_some() && budget.is_short()).then_some(budget)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::limits::quota::{Counted, POSTS_DAY, Span};
    use crate::step::Allowance;

    fn minute(minutes: i64) -> DateTime<Utc> {
        "2026-12-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
    }

    /// Of the figure 3 in an hour, and with words of the platform that end on full minutes.
    fn meter<'a>(quota: &'static Quota, said: Option<&'a Said>, uses: &[i64]) -> Meter<'a> {
        let mut uses: Vec<_> = uses.iter().map(|minutes| minute(*minutes)).collect();
        uses.sort_unstable();
        Meter { platform: Platform::X, account: None, quota, said, uses, kept_until: None, taken: 0, held: 0 }
    }

    const HOUR: Quota = Quota {
        name: POSTS_DAY,
        most: Some(3),
        firm: true,
        span: Span::Rolling(3600),
        per: Per::Account,
        counts: Counted::Parts,
    };

    proptest! {
        /// Minute by minute: at the instant that is told enough is left, and at no earlier one.
        #[test]
        fn nothing_waits_longer_than_it_must(
            uses in proptest::collection::vec(0..180_i64, 0..8),
            said in proptest::option::of((0..120_i64, 0..4_u32, proptest::option::of(1..5_u32), 1..90_i64)),
            needed in 1..6_u32,
        ) {
            let said = said.map(|(at, left, most, lasts)| {
                let until = minute(at + lasts);
                Said { at: minute(at), allowance: Allowance { of: String::new(), most, left, until } }
            });
            let meter = meter(&HOUR, said.as_ref(), &uses);
            let enough = |at| meter.left(at).is_none_or(|left| left >= needed.min(meter.most(at).unwrap_or(needed)));
            let free = meter.free(needed, minute(120));
            prop_assert!(enough(free));
            let first = (120..600).map(minute).find(|at| enough(*at)).unwrap();
            prop_assert_eq!(free, first);
        }
    }

    #[test]
    fn a_figure_that_differs_from_app_to_app_holds_nothing() {
        static ABOUT: Quota = Quota { firm: false, ..HOUR };
        let meter = meter(&ABOUT, None, &[1, 2, 3, 4]);
        assert_eq!((meter.free(1, minute(5)), meter.left(minute(5))), (minute(5), Some(0)));
    }
}

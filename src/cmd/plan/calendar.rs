//! A plan as a calendar for people: the coming weeks, day by day, and the slots of accounts that nothing waits for yet. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::account::Accounts;
use crate::account::calendar::next_slot;
use crate::cmd::report::printable;
use crate::cmd::screen::{BOLD, DIM};
use crate::plan::Plan;
use crate::plan::action::Standing;
use crate::zone::Zone;

/// The weeks from the one of the plan's instant on, each from Monday.
pub(super) struct Calendar {
    zone: Zone,
    weeks: Vec<Week>,
}

struct Week {
    begins: NaiveDate,
    entries: Vec<Entry>,
}

/// One line: a post, or a free slot, at an instant, and the accounts it is for.
struct Entry {
    at: DateTime<Utc>,
    what: What,
    accounts: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// A post, by its id, and where it stands.
    Post(String, Standing),
    /// A slot that `schedule: next-slot` could get.
    Free,
}

/// Lays a plan out over so many weeks, the first of which has begun.
pub(super) fn calendar(plan: &Plan, accounts: &Accounts, weeks: u32) -> Calendar {
    let zone = accounts.zone();
    let today = plan.at.with_timezone(&zone).date_naive();
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let end = monday + Days::new(u64::from(weeks) * 7);
    let mut lines: BTreeMap<(DateTime<Utc>, What), BTreeSet<String>> = BTreeMap::new();
    for row in plan.rows.iter().filter(|row| is_shown(row.state)) {
        let at = row.receipt.as_ref().map(|receipt| receipt.at).or(row.due);
        let Some(at) = at.filter(|at| (today..end).contains(&day(*at))) else { continue };
        lines.entry((at, What::Post(row.post.as_str().to_owned(), row.state))).or_default().insert(row.account.clone());
    }
    for (at, account) in free(plan, accounts, |at| day(at) < end) {
        lines.entry((at, What::Free)).or_default().insert(account);
    }
    let mut lines = lines.into_iter().peekable();
    let weeks = (0..u64::from(weeks)).map(|week| {
        let begins = monday + Days::new(week * 7);
        let mut entries = Vec::new();
        while let Some(((at, what), accounts)) = lines.next_if(|((at, _), _)| day(*at) < begins + Days::new(7)) {
            entries.push(Entry { at, what, accounts: accounts.into_iter().collect() });
        }
        Week { begins, entries }
    });
    Calendar { zone, weeks: weeks.collect() }
}

/// What has or had a place in time, and may get it.
fn is_shown(standing: Standing) -> bool {
    !matches!(standing, Standing::Draft | Standing::Cancelled | Standing::Removed)
}

/// The slots that come and that no post has, by account.
fn free(plan: &Plan, accounts: &Accounts, is_soon: impl Fn(DateTime<Utc>) -> bool) -> Vec<(DateTime<Utc>, String)> {
    let mut free = Vec::new();
    for account in accounts.accounts.values().filter(|account| !account.paused) {
        let of_it = plan.rows.iter().filter(|row| row.account == account.name && is_shown(row.state));
        let taken: BTreeSet<DateTime<Utc>> = of_it.filter_map(|row| row.due).collect();
        let mut after = plan.at;
        while let Some(at) = next_slot(&account.slots, &account.hush, accounts.zone(), after, |at| !taken.contains(&at))
        {
            if !is_soon(at) {
                break;
            }
            free.push((at, account.name.clone()));
            after = at;
        }
    }
    free
}

impl Calendar {
    /// For people: a heading a week, a line a post.
    pub(super) fn text(&self) -> String {
        let name = |entry: &Entry| match &entry.what {
            What::Post(post, _) => post.chars().count(),
            What::Free => FREE.len(),
        };
        let width = self.weeks.iter().flat_map(|week| &week.entries).map(name).max().unwrap_or_default().min(WIDEST);
        let mut out = format!("Times of {}\n", self.zone.name());
        for week in &self.weeks {
            let _ = write!(out, "\n{BOLD}Week of {}{BOLD:#}\n", week.begins.format("%a %-d %b %Y"));
            if week.entries.is_empty() {
                let _ = writeln!(out, "  {DIM}nothing{DIM:#}");
            }
            let mut last = None;
            for entry in &week.entries {
                let local = entry.at.with_timezone(&self.zone);
                let day = if last == Some(local.date_naive()) {
                    String::new()
                } else {
                    local.format("%a %-d %b").to_string()
                };
                last = Some(local.date_naive());
                let _ = writeln!(out, "  {day:<10}  {}  {}", local.format("%H:%M"), entry.line(width));
            }
        }
        out
    }

    pub(super) fn document(&self) -> Value {
        let entry = |entry: &Entry| {
            let (post, state) = match &entry.what {
                What::Post(post, state) => (Some(post), Some(state)),
                What::Free => (None, None),
            };
            let day = entry.at.with_timezone(&self.zone).date_naive();
            json!({ "at": entry.at, "day": day, "post": post, "state": state, "accounts": entry.accounts })
        };
        let week = |week: &Week| json!({ "begins": week.begins, "entries": week.entries.iter().map(entry).collect::<Vec<_>>() });
        json!({ "zone": self.zone.name(), "weeks": self.weeks.iter().map(week).collect::<Vec<_>>() })
    }
}

/// What stands in the place of a post's id.
const FREE: &str = "free";
/// Longer ids push the accounts to the right.
const WIDEST: usize = 40;

impl Entry {
    fn line(&self, width: usize) -> String {
        let accounts = self.accounts.join(", ");
        match &self.what {
            What::Free => format!("{DIM}{FREE:<width$}  {accounts}{DIM:#}"),
            What::Post(post, Standing::Scheduled) => format!("{:<width$}  {accounts}", printable(post)),
            What::Post(post, standing) => format!("{:<width$}  {accounts} ({})", printable(post), standing.name()),
        }
    }
}

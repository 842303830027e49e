//! The mark that runs leave on the state branch, so that a monitor can tell whether any run still ends. Knows no clock.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::error::Failure;
use crate::ledger::State;
use crate::plan::action::Row;
use crate::plan::when::how_long;
use crate::repo::branch::Branch;

/// Where the mark lies on the state branch.
pub const PATH: &str = "last-run.json";
/// A run that had nothing to do leaves a mark only if the last one is older: a job that runs four times an hour would
/// otherwise make a hundred commits a day that say nothing.
const EVERY: TimeDelta = TimeDelta::hours(1);

/// How the last run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub schema: u32,
    /// When it ended.
    pub at: DateTime<Utc>,
    /// The content commit; `None` where it did not come so far.
    pub commit: Option<String>,
    /// Its exit code.
    pub exit: u8,
    /// How many targets it left in each state.
    pub counts: BTreeMap<String, usize>,
    /// When a run last ended with exit code 0.
    pub well: Option<DateTime<Utc>>,
}

impl Mark {
    /// The mark of a run that ended `at`.
    pub fn new(at: DateTime<Utc>, commit: Option<String>, exit: u8, rows: &[Row]) -> Self {
        let mut counts = BTreeMap::new();
        for row in rows {
            *counts.entry(row.state.name().to_owned()).or_default() += 1;
        }
        Self { schema: 1, at, commit, exit, counts, well: (exit == 0).then_some(at) }
    }

    /// The last mark. One that cannot be read counts as none: the next run writes another.
    ///
    /// # Errors
    /// When the branch cannot be read.
    pub fn read(branch: &Branch) -> Result<Option<Self>, Failure> {
        Ok(branch.read(PATH)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// The file's bytes, if this is worth a commit after `old`: something was done, it ended in another way, or an hour
    /// is over.
    pub fn after(&self, old: Option<&Self>, acted: bool) -> Option<Vec<u8>> {
        let is_news = |old: &Self| acted || old.exit != self.exit || self.at - old.at >= EVERY;
        if !old.is_none_or(is_news) {
            return None;
        }
        let well = self.well.or(old.and_then(|old| old.well));
        let mut text = serde_json::to_string_pretty(&Self { well, ..self.clone() }).ok()?;
        text.push('\n');
        Some(text.into_bytes())
    }
}

/// Why nobody can be sure that publishing still works: no run ended well, or nothing was published, for so long.
pub fn idle(mark: Option<&Mark>, state: &State, now: DateTime<Utc>, longest: TimeDelta) -> Option<String> {
    let ago = |at: DateTime<Utc>| format!("{} ago, on {}", how_long(now - at), at.format("%Y-%m-%d %H:%M UTC"));
    let too_old = |at: &DateTime<Utc>| now - *at > longest;
    let ended = match mark {
        None => Some("no run of `pressroom publish` has left a mark on the state branch yet".to_owned()),
        Some(Mark { well: None, exit, at, .. }) => {
            Some(format!("no run has ended well yet; the last one ended with exit code {exit}, {}", ago(*at)))
        }
        Some(Mark { well: Some(well), exit, at, .. }) if too_old(well) => Some(format!(
            "no run has ended well for {}: the last that did was {}; the last of all, with exit code {exit}, was {}",
            how_long(longest),
            ago(*well),
            ago(*at)
        )),
        Some(_) => None,
    };
    let newest = state.targets().flat_map(|(_, _, stand)| stand.shown_at()).max();
    // Who has just begun is not idle yet.
    let begun = state.baselines.values().min().copied();
    let published = match (newest, begun) {
        (Some(at), _) if too_old(&at) => {
            Some(format!("nothing was published for {}: the last post went out {}", how_long(longest), ago(at)))
        }
        (None, Some(begun)) if too_old(&begun) => {
            Some(format!("nothing was ever published, and the first account was connected {}", ago(begun)))
        }
        (None, None) => Some("nothing was ever published, and no account is connected".to_owned()),
        _ => None,
    };
    match (ended, published) {
        (Some(ended), Some(published)) => Some(format!("{ended}; {published}")),
        (ended, published) => ended.or(published),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::entry;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn mark(text: &str, exit: u8) -> Mark {
        Mark::new(at(text), Some("c0ffee".to_owned()), exit, &[])
    }

    #[test]
    fn a_run_with_nothing_to_do_leaves_a_mark_once_an_hour() {
        let old = mark("2026-12-01T09:00:00Z", 0);
        let quarter = mark("2026-12-01T09:15:00Z", 0);
        assert!(quarter.after(None, false).is_some());
        assert!(quarter.after(Some(&old), false).is_none());
        assert!(quarter.after(Some(&old), true).is_some(), "it did something");
        assert!(mark("2026-12-01T10:00:00Z", 0).after(Some(&old), false).is_some());
        let bytes = mark("2026-12-01T09:15:00Z", 3).after(Some(&old), false).unwrap();
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap(), @r#"
        {
          "schema": 1,
          "at": "2026-12-01T09:15:00Z",
          "commit": "c0ffee",
          "exit": 3,
          "counts": {},
          "well": "2026-12-01T09:00:00Z"
        }
        "#);
    }

    #[test]
    fn who_is_idle_is_told_why() {
        let line = |ev: &str| {
            format!(
                r#"{{"v":1,"id":"00000000-0000-0000-0000-00000000000{}","t":"2026-11-01T08:00:00Z",{ev},"target":"x:a","run":"r"}}"#,
                ev.len() % 10
            )
        };
        let met = line(r#""ev":"baseline","post":"""#);
        let out = line(
            r#""ev":"published","receipt":{"id":"7","url":"https://x.com/a/status/7","at":"2026-11-25T08:00:00Z","via":"response"},"post":"tea""#,
        );
        let path = entry::path(&crate::post::PostId::new("tea"));
        let state = |files: &[(&str, &str)]| State::fold(files.iter().copied());
        let busy = state(&[(entry::BASELINE_PATH, &met), (&path, &out)]);
        let new = state(&[(entry::BASELINE_PATH, &met)]);
        let none = state(&[]);
        let well = mark("2026-12-01T09:00:00Z", 0);
        let bad = Mark { well: Some(at("2026-11-20T09:00:00Z")), ..mark("2026-12-01T09:00:00Z", 3) };
        let idle = |mark: Option<&Mark>, state: &State, days: i64| {
            idle(mark, state, at("2026-12-01T12:00:00Z"), TimeDelta::days(days)).unwrap_or_else(|| "busy".to_owned())
        };
        let said = [
            idle(Some(&well), &busy, 10),
            idle(Some(&well), &busy, 5),
            idle(Some(&bad), &busy, 10),
            idle(Some(&mark("2026-12-01T09:00:00Z", 4)), &busy, 10),
            idle(None, &busy, 10),
            idle(Some(&well), &new, 10),
            idle(Some(&well), &new, 31),
            idle(Some(&well), &none, 10),
            idle(None, &none, 10),
        ];
        insta::assert_snapshot!(said.join("\n"), @"
        busy
        nothing was published for 5 d: the last post went out 6 d 4 h ago, on 2026-11-25 08:00 UTC
        no run has ended well for 10 d: the last that did was 11 d 3 h ago, on 2026-11-20 09:00 UTC; the last of all, with exit code 3, was 3 h ago, on 2026-12-01 09:00 UTC
        no run has ended well yet; the last one ended with exit code 4, 3 h ago, on 2026-12-01 09:00 UTC
        no run of `pressroom publish` has left a mark on the state branch yet
        nothing was ever published, and the first account was connected 30 d 4 h ago, on 2026-11-01 08:00 UTC
        busy
        nothing was ever published, and no account is connected
        no run of `pressroom publish` has left a mark on the state branch yet; nothing was ever published, and no account is connected
        ");
    }
}

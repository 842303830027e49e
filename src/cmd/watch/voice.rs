//! Tells what happens, once: to whoever reads stdout, and to monitors. Remembers what was told; does nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::check;
use super::event::{self, Event};
use super::health::Health;
use crate::cmd::Context;
use crate::cmd::publish::pass::Done;
use crate::error::{Failure, Kind, Problem};
use crate::plan::action::Row;
use crate::repo::Oid;
use crate::zone::Zone;

/// Who tells, and what was told.
pub(super) struct Voice<'a> {
    pub(super) context: &'a Context,
    pub(super) health: Arc<Mutex<Health>>,
    /// The repository's zone: times of day are told in it.
    pub(super) zone: Option<Zone>,
    /// What was found on disk.
    checked: check::Known,
    /// The branch that is checked out.
    branch: Option<String>,
    /// What was told last of targets that need somebody.
    targets: BTreeMap<(String, String), String>,
    /// The commit that was read last.
    commit: Option<Oid>,
    /// What is due next, and when.
    next: Option<(String, DateTime<Utc>)>,
    /// The failure that was told last, while it lasts.
    failing: Option<(Kind, String)>,
}

impl<'a> Voice<'a> {
    pub(super) fn new(context: &'a Context, health: Arc<Mutex<Health>>, branch: Option<String>) -> Self {
        let (checked, targets) = (check::Known::default(), BTreeMap::new());
        Self { context, health, zone: None, checked, branch, targets, commit: None, next: None, failing: None }
    }

    /// Prints an event, and lets monitors know. That nobody can read it is no reason to stop publishing.
    pub(super) fn tell(&self, event: &Event<'_>) {
        let now = self.context.clock.now();
        self.health.lock().unwrap_or_else(PoisonError::into_inner).hear(event, now);
        let line = if self.context.json() {
            let (name, fields) = event.json();
            let mut line = Map::from_iter([("schema".to_owned(), Value::from(1)), ("at".to_owned(), json!(now))]);
            line.insert("event".to_owned(), name.into());
            line.extend(fields.as_object().cloned().unwrap_or_default());
            Some(Value::Object(line).to_string())
        } else {
            let is_asked = !self.context.global.quiet || event.is_trouble();
            event.text(now).filter(|_| is_asked).map(|text| format!("{}  {text}", self.stamp(now)))
        };
        if let Some(line) = line
            && let Err(failure) = self.context.print(&format!("{line}\n"))
        {
            tracing::warn!(%failure, "an event is not told");
        }
    }

    fn stamp(&self, now: DateTime<Utc>) -> String {
        match self.zone {
            Some(zone) => now.with_timezone(&zone).format("%F %T").to_string(),
            None => now.format("%F %T").to_string(),
        }
    }

    /// That another branch is checked out.
    pub(super) fn branch(&mut self, branch: Option<String>, publishing: &str) {
        if branch != self.branch {
            self.branch = branch;
            self.tell(&Event::Branch { name: self.branch.as_deref(), publishing });
        }
    }

    /// What was found on disk, where these files were written.
    pub(super) fn checked(&mut self, written: &BTreeSet<String>, found: Result<(Vec<String>, Vec<Problem>), Failure>) {
        match found {
            Ok((posts, problems)) => {
                let checked = self.checked.compare(written, posts, problems);
                self.tell(&Event::Checked(&checked));
            }
            Err(failure) => self.tell(&Event::Unreadable(&failure)),
        }
    }

    /// How a round ended.
    pub(super) fn ran(&mut self, done: &Done) {
        self.zone = done.content.accounts.defaults.timezone;
        if self.failing.take().is_some() {
            self.tell(&Event::Back);
        }
        self.targets(&done.rows);
        let next = event::next(&done.rows).and_then(|row| Some((format!("{}:{}", row.post, row.account), row.due?)));
        let is_news = self.commit != Some(done.commit) || self.next != next;
        (self.commit, self.next) = (Some(done.commit), next);
        self.tell(&Event::Ran { commit: done.commit, exit: done.exit, rows: &done.rows, is_news });
    }

    /// What became of targets, and what needs somebody, as far as it is news.
    fn targets(&mut self, rows: &[Row]) {
        let mut told = BTreeMap::new();
        // What another run holds is that one's to tell: it may be one of ours.
        let needs = |row: &Row| row.attention.is_some_and(|kind| kind != Kind::Claimed);
        for row in rows.iter().filter(|row| row.done.is_some() || needs(row)) {
            let key = (row.post.to_string(), row.account.clone());
            let mark = mark(row);
            if row.done.is_some() || self.targets.get(&key) != Some(&mark) {
                self.tell(&Event::Target(row));
            }
            if needs(row) {
                told.insert(key, mark);
            }
        }
        self.targets = told;
    }

    /// That a round or a look broke off, and when it is tried again.
    pub(super) fn failed(&mut self, failure: &Failure, again: Option<DateTime<Utc>>) {
        let failing = Some((failure.kind, failure.message.clone()));
        let is_news = self.failing != failing;
        self.failing = failing;
        self.tell(&Event::Failed { failure, again, is_news });
    }

    /// The remote answers. That mends nothing but that it did not.
    pub(super) fn answered(&mut self) {
        if matches!(self.failing, Some((Kind::Later, _))) {
            self.failing = None;
            self.tell(&Event::Back);
        }
    }
}

/// What makes two sentences about a target the same news: how long it still takes does not.
fn mark(row: &Row) -> String {
    let reason = match row.attention {
        Some(Kind::Later | Kind::Claimed) => "",
        _ => row.reason.as_deref().unwrap_or_default(),
    };
    format!("{} {:?} {reason}", row.state.name(), row.attention)
}

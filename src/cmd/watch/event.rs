//! What `watch` tells: each event as a sentence, and as a line of JSON (docs/watch.md). Knows no terminal and no file.

use std::net::SocketAddr;

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::check::Checked;
use crate::cmd::check::count;
use crate::cmd::report::{printable, problem_json, problem_text};
use crate::cmd::screen;
use crate::error::{Failure, Kind};
use crate::ledger::entry::Aim;
use crate::plan::action::{Row, Standing};
use crate::plan::when::{how_long, when};
use crate::repo::Oid;

const GOOD: Style = AnsiColor::Green.on_default();
const WARN: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::BrightRed.on_default().bold();

/// Something that happened.
#[derive(Debug)]
pub(super) enum Event<'a> {
    Started {
        root: &'a str,
        branch: &'a str,
        /// Where the branch is read from; `None`: here.
        remote: Option<&'a str>,
        health: Option<SocketAddr>,
    },
    /// The files on disk were checked.
    Checked(&'a Checked),
    /// The files on disk cannot even be checked.
    Unreadable(&'a Failure),
    /// Another branch is checked out; `None`: a commit.
    Branch {
        name: Option<&'a str>,
        publishing: &'a str,
    },
    /// The clock went that far ahead, or back.
    Clock {
        by: TimeDelta,
    },
    /// A round is over: what it read, and what comes next.
    Ran {
        commit: Oid,
        exit: u8,
        rows: &'a [Row],
        is_news: bool,
    },
    /// What became of a target, or what it waits for.
    Target(&'a Row),
    /// A round or a look did not come to its end.
    Failed {
        failure: &'a Failure,
        again: Option<DateTime<Utc>>,
        is_news: bool,
    },
    /// After failures: it works again.
    Back,
    /// The files cannot be listened to.
    Deaf(&'a Failure),
    Stopping,
    Stopped,
}

impl Event<'_> {
    /// Whether `-q` shows it: what is wrong.
    pub(super) fn is_trouble(&self) -> bool {
        match self {
            Self::Checked(checked) => checked.news.iter().any(crate::error::Problem::is_error),
            Self::Target(row) => row.attention.is_some(),
            Self::Unreadable(_) | Self::Failed { .. } | Self::Deaf(_) => true,
            _ => false,
        }
    }

    /// The event in words; `None` where they would say nothing new.
    pub(super) fn text(&self, now: DateTime<Utc>) -> Option<String> {
        Some(match self {
            Self::Started { root, branch, remote, health } => {
                let place =
                    remote.map_or_else(|| "as committed here".to_owned(), |remote| format!("of remote `{remote}`"));
                let health = health.map_or_else(String::new, |address| format!("; health at http://{address}/healthz"));
                format!("watching {root}: publishes from branch `{branch}` {place}{health}")
            }
            Self::Checked(checked) => return checked.is_news.then(|| checked_text(checked)),
            Self::Unreadable(failure) => failure_text("", failure),
            Self::Branch { name, publishing } => match name {
                Some(name) if name == publishing => format!("`{name}` is checked out"),
                Some(name) => format!("`{name}` is checked out; published is what `{publishing}` has"),
                None => format!("a commit is checked out; published is what `{publishing}` has"),
            },
            Self::Clock { by } => {
                let long = how_long(by.abs());
                match *by > TimeDelta::zero() {
                    true => format!("the clock went {long} ahead: the machine slept, or somebody set it"),
                    false => format!("the clock was set back by {long}"),
                }
            }
            Self::Ran { is_news: false, .. } => return None,
            Self::Ran { commit, rows, .. } => ran_text(*commit, rows, now),
            Self::Target(row) => target_text(row, now),
            Self::Failed { is_news: false, .. } => return None,
            Self::Failed { failure, again, .. } => {
                let again = again.map_or_else(String::new, |at| {
                    format!("; tried again in {}", how_long((at - now) + TimeDelta::milliseconds(999)))
                });
                failure_text(&again, failure)
            }
            Self::Back => format!("{GOOD}it works again{GOOD:#}"),
            Self::Deaf(failure) => failure_text("", failure),
            Self::Stopping => "stopping: what is under way is finished and written down".to_owned(),
            Self::Stopped => "stopped".to_owned(),
        })
    }

    /// The event's name in JSON, and what belongs to it.
    pub(super) fn json(&self) -> (&'static str, Value) {
        match self {
            Self::Started { root, branch, remote, health } => (
                "started",
                json!({ "repository": root, "branch": branch, "remote": remote, "health": health.map(|at| at.to_string()) }),
            ),
            Self::Checked(checked) => (
                "checked",
                json!({
                    "files": checked.saved,
                    "problems": checked.news.iter().map(problem_json).collect::<Vec<_>>(),
                    "posts": checked.posts,
                    "errors": checked.errors,
                    "warnings": checked.warnings,
                }),
            ),
            Self::Unreadable(failure) => ("unreadable", failure_json(failure)),
            Self::Branch { name, publishing } => ("branch", json!({ "branch": name, "publishing": publishing })),
            Self::Clock { by } => ("clock", json!({ "seconds": by.num_seconds() })),
            Self::Ran { commit, exit, rows, .. } => {
                let next = next(rows).map(|row| json!({ "post": row.post, "account": row.account, "due": row.due }));
                ("ran", json!({ "commit": commit.to_string(), "exit": exit, "targets": counts(rows), "next": next }))
            }
            Self::Target(row) => (
                "target",
                json!({
                    "post": row.post,
                    "account": row.account,
                    "platform": row.platform,
                    "state": row.state,
                    "done": row.done.map(deed),
                    "reason": row.reason,
                    "receipt": row.receipt,
                }),
            ),
            Self::Failed { failure, again, .. } => {
                let mut value = failure_json(failure);
                value["again"] = json!(again);
                ("failed", value)
            }
            Self::Back => ("back", json!({})),
            Self::Deaf(failure) => ("deaf", failure_json(failure)),
            Self::Stopping => ("stopping", json!({})),
            Self::Stopped => ("stopped", json!({})),
        }
    }
}

/// The row that is due next.
pub(super) fn next(rows: &[Row]) -> Option<&Row> {
    rows.iter().filter(|row| row.state == Standing::Scheduled && row.due.is_some()).min_by_key(|row| row.due)
}

/// How many rows are in each state, in the order of the states.
pub(super) fn counts(rows: &[Row]) -> serde_json::Map<String, Value> {
    let mut states: Vec<Standing> = rows.iter().map(|row| row.state).collect();
    states.sort();
    let groups = states.chunk_by(|a, b| a == b);
    groups.map(|group| (group[0].name().to_owned(), group.len().into())).collect()
}

fn checked_text(checked: &Checked) -> String {
    let errors = checked.news.iter().filter(|problem| problem.is_error()).count();
    let warnings = checked.news.len() - errors;
    let head = match checked.saved.as_slice() {
        [] => count(checked.posts, "post"),
        [file] => printable(file),
        [file, rest @ ..] => format!("{} and {}", printable(file), count(rest.len(), "more file")),
    };
    let (bad, fair) = (count(errors, "error"), count(warnings, "warning"));
    let verdict = match (errors, warnings) {
        (0, 0) => format!("{GOOD}all is well{GOOD:#}"),
        (0, _) => format!("{WARN}{fair}{WARN:#}"),
        (_, 0) => format!("{BAD}{bad}{BAD:#}"),
        _ => format!("{BAD}{bad}{BAD:#}, {fair}"),
    };
    let elsewhere = match checked.errors - errors {
        0 => String::new(),
        older => format!(" (and {} as before)", count(older, "error")),
    };
    let mut text = format!("{head}: {verdict}{elsewhere}");
    for problem in &checked.news {
        text.push('\n');
        text.push_str(problem_text(problem).trim_end());
    }
    text
}

fn ran_text(commit: Oid, rows: &[Row], now: DateTime<Utc>) -> String {
    let commit = commit.to_string();
    match next(rows).and_then(|row| Some((row, row.due?))) {
        None => format!("commit {commit:.7}: nothing is scheduled"),
        Some((row, due)) => {
            let head = printable(&format!("{} → {}", row.post, row.account));
            format!("commit {commit:.7}: next is {head}, {}, in {}", when(due, &row.zone), how_long(due - now))
        }
    }
}

fn target_text(row: &Row, now: DateTime<Utc>) -> String {
    let Some(done) = row.done else {
        let style = if matches!(row.attention, Some(Kind::Later | Kind::Claimed)) { WARN } else { BAD };
        return format!("{style}{}{style:#}", screen::said(row, now));
    };
    let head = printable(&format!("{} → {}", row.post, row.account));
    let url = row
        .receipt
        .as_ref()
        .filter(|_| done != Aim::Remove)
        .map_or_else(String::new, |receipt| format!(": {}", printable(&receipt.url)));
    let reason = row.reason.as_ref().map_or_else(String::new, |reason| format!(" ({})", printable(reason)));
    format!("{head}, {GOOD}{}{GOOD:#}{url}{reason}", deed(done))
}

fn deed(aim: Aim) -> &'static str {
    match aim {
        Aim::Publish => "published",
        Aim::Edit => "edited",
        Aim::Remove => "removed",
    }
}

fn failure_text(again: &str, failure: &Failure) -> String {
    let mut text = format!("{BAD}error:{BAD:#} {}{again}", printable(&failure.message));
    for problem in &failure.problems {
        text.push('\n');
        text.push_str(problem_text(problem).trim_end());
    }
    for cause in &failure.causes {
        text.push_str(&format!("\n  because: {}", printable(cause).replace('\n', "\n           ")));
    }
    for hint in &failure.hints {
        text.push_str(&format!("\n  hint: {}", printable(hint)));
    }
    text
}

fn failure_json(failure: &Failure) -> Value {
    json!({
        "message": failure.message,
        "causes": failure.causes,
        "hints": failure.hints,
        "problems": failure.problems.iter().map(problem_json).collect::<Vec<_>>(),
        "exit": failure.kind.exit_code(),
    })
}

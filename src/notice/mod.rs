//! What a run left to people, and which of it they have not been told yet. Knows no receiver and no network: what was told
//! is remembered in a small file without secrets, each cause once for every way in which people are told.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Failure, Kind, Problem};
use crate::plan::Only;
use crate::plan::action::{Row, Standing};

mod words;

pub use words::{Notice, Shape};

/// Where it is remembered what was told, on the state branch.
pub const PATH: &str = "notices.json";
/// After so long a cause that is still there is told again.
const AGAIN: TimeDelta = TimeDelta::days(7);

/// Something that needs a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// What it is about, the same in every run.
    #[serde(skip)]
    key: String,
    /// What of it, if it changes, is worth being told again.
    #[serde(skip)]
    mark: String,
    /// `None`: all accounts.
    pub account: Option<String>,
    /// `None`: all that is due there.
    pub post: Option<String>,
    pub state: &'static str,
    /// As `publish` says it.
    pub text: String,
}

/// What the rows of a run leave to people, in their order. `say`: a row in a sentence.
///
/// What passes by itself is left out. Rows that are due and rest for the same reason have one cause, their account.
pub fn of_rows(rows: &[Row], say: impl Fn(&Row) -> String) -> Vec<Cause> {
    let mut causes: Vec<Cause> = Vec::new();
    let needs = |row: &&Row| matches!(row.attention, Some(Kind::Person | Kind::Content | Kind::Bug));
    for row in rows.iter().filter(needs) {
        let state = row.state.name();
        let mark = mark(&format!("{state} {}", row.reason.as_deref().unwrap_or_default()));
        let of_account = row.state == Standing::Due;
        let key = if of_account { format!("{}/{mark}", row.account) } else { format!("{}:{}", row.post, row.account) };
        if of_account && causes.iter().any(|cause| cause.key == key) {
            continue;
        }
        let post = (!of_account).then(|| row.post.to_string());
        causes.push(Cause { key, mark, account: Some(row.account.clone()), post, state, text: say(row) });
    }
    causes
}

/// Errors in files, which keep posts from being published: one cause a file.
pub fn of_problems<'a>(problems: impl Iterator<Item = &'a Problem>) -> Vec<Cause> {
    let mut causes: BTreeMap<&str, Cause> = BTreeMap::new();
    for problem in problems.filter(|problem| problem.is_error()) {
        let (path, (line, _)) = (&*problem.source.path, problem.start());
        let text = format!("{path}:{line}: {}", problem.message);
        let mark = mark(&text);
        causes.entry(path).or_insert_with(|| Cause {
            key: path.to_owned(),
            mark,
            account: None,
            post: None,
            state: "wrong",
            text,
        });
    }
    causes.into_values().collect()
}

/// What ended a run before its end, with the way out. `None` where it is the caller's own affair: a typing mistake, or
/// another run that is at it.
pub fn of_failure(failure: &Failure) -> Option<Cause> {
    if matches!(failure.kind, Kind::Usage | Kind::Claimed) {
        return None;
    }
    let lines = std::iter::once(failure.message.clone())
        .chain(failure.causes.iter().map(|cause| format!("because: {cause}")))
        .chain(
            failure
                .problems
                .iter()
                .map(|problem| format!("{}:{}: {}", problem.source.path, problem.start().0, problem.message)),
        )
        .chain(failure.hints.iter().map(|hint| format!("hint: {hint}")));
    let (key, mark) = ("run".to_owned(), mark(&failure.message));
    let text = lines.collect::<Vec<_>>().join("\n");
    Some(Cause { key, mark, account: None, post: None, state: "nothing published", text })
}

/// What stays the same of a sentence while its cause does: words with digits are instants, counts and a platform's ids.
fn mark(text: &str) -> String {
    let steady = text.split_whitespace().filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
    let digest = Sha256::digest(steady.collect::<Vec<_>>().join(" "));
    base16ct::lower::encode_string(&digest[..8])
}

/// What was told, by the way it was told in (`webhook`, `email`) and by cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    told: BTreeMap<String, BTreeMap<String, Word>>,
}

/// One cause that was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Word {
    mark: String,
    at: DateTime<Utc>,
}

impl Told {
    /// Reads the file; one that cannot be read makes everything be told once more, which loses nothing.
    pub fn read(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
    }

    /// The file.
    pub fn write(&self) -> Vec<u8> {
        format!("{:#}\n", serde_json::json!({ "schema": 1, "told": self.told })).into_bytes()
    }

    /// What was told elsewhere as well.
    pub fn add(&mut self, other: Self) {
        for (way, words) in other.told {
            let known = self.told.entry(way).or_default();
            for (key, word) in words {
                if known.get(&key).is_none_or(|old| old.at < word.at) {
                    known.insert(key, word);
                }
            }
        }
    }

    /// What is to be told in one way: what was not, or is another thing by now, or was told long ago.
    pub fn news<'c>(&self, way: &str, causes: &'c [Cause], now: DateTime<Utc>) -> Vec<&'c Cause> {
        let told = self.told.get(way);
        let is_news = |cause: &&Cause| {
            let word = told.and_then(|told| told.get(&cause.key));
            word.is_none_or(|word| word.mark != cause.mark || now - word.at >= AGAIN)
        };
        causes.iter().filter(is_news).collect()
    }

    /// These were told.
    pub fn note(&mut self, way: &str, causes: &[&Cause], at: DateTime<Utc>) {
        let told = self.told.entry(way.to_owned()).or_default();
        told.extend(causes.iter().map(|cause| (cause.key.clone(), Word { mark: cause.mark.clone(), at })));
    }

    /// Forgets what is no longer there, so that it is told when it comes back. A run for some targets knows of these alone;
    /// one that ended early (`is_whole` is false) knows nothing of the rest.
    pub fn forget(&mut self, causes: &[Cause], only: &[Only], is_whole: bool) {
        let there: BTreeSet<&str> = causes.iter().map(|cause| cause.key.as_str()).collect();
        let asked = |key: &str| match key.rsplit_once(':') {
            _ if key == "run" => true,
            _ if !is_whole => false,
            _ if only.is_empty() => true,
            Some((post, account)) => only.iter().any(|only| only.names(&crate::post::PostId::new(post), account)),
            None => false,
        };
        for told in self.told.values_mut() {
            told.retain(|key, _| there.contains(key.as_str()) || !asked(key));
        }
        self.told.retain(|_, told| !told.is_empty());
    }
}

#[cfg(test)]
mod tests;

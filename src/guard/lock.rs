//! `publish.require_plan`: `.pressroom/plan.lock` says what was reviewed, a line a target, and nothing else goes out. It is written by
//! `pressroom plan --write`, committed with the posts, and read in the pull request's diff.

use std::collections::{BTreeMap, BTreeSet};

use chrono::SecondsFormat;

use crate::error::{Problem, Source};
use crate::plan::Offer;
use crate::post::Post;
use crate::repo::snapshot::{Snapshot, Unread};

/// Where it lies.
pub const PATH: &str = ".pressroom/plan.lock";

const HEAD: &str = "\
# What was reviewed: what readers will see, by its fingerprint, when, and where. With `require_plan` in accounts.toml nothing else
# is published. `pressroom plan --write` writes it.
";

const WAY_OUT: &str = "`pressroom plan --write` writes it anew, for somebody to review";

/// What a line says of a target.
#[derive(Debug, PartialEq, Eq)]
struct Line<'a> {
    fingerprint: &'a str,
    due: &'a str,
    /// Bytes of the file.
    span: std::ops::Range<usize>,
}

/// The file for what is offered now: `FINGERPRINT DUE POST:ACCOUNT` for each target, sorted by the last. Drafts have no line, and
/// neither has what has an error.
pub fn text(offers: &[Offer]) -> String {
    let lines = offers.iter().filter(|offer| !is_draft(offer));
    let lines: BTreeMap<String, String> = lines.filter_map(|offer| Some((name(offer), line(offer)?))).collect();
    let lines = lines.into_iter().map(|(name, line)| format!("{line} {name}\n"));
    std::iter::once(HEAD.to_owned()).chain(lines).collect()
}

/// Gives the offers that were not reviewed as they are the reason; gives the same as problems, and what is in the file for nothing.
pub(super) fn hold(snapshot: &Snapshot, posts: &[Post], offers: &mut [Offer]) -> Vec<Problem> {
    let text = match snapshot.read(PATH) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(Unread::Missing) => String::new(),
        Err(unread) => {
            let why = format!("{PATH}: {unread}");
            for offer in offers.iter_mut().filter(|offer| offer.refused.is_none()) {
                offer.refused = Some(why.clone());
            }
            return vec![Problem::error("plan-lock", &Source::new(PATH, ""), unread.to_string())];
        }
    };
    let lines = lines(&text);
    let mut problems = Vec::new();
    for offer in offers.iter_mut().filter(|offer| !is_draft(offer)) {
        let Some(now) = line(offer) else { continue };
        let Some(why) = difference(&now, lines.get(name(offer).as_str())) else { continue };
        if let Some(post) = posts.iter().find(|post| *post.source.path == *offer.path) {
            let message = format!("{}: {why} ({PATH})", offer.target.account);
            problems.push(Problem::error("plan-lock", &post.source, message).hint(WAY_OUT));
        }
        if offer.refused.is_none() {
            offer.refused = Some(format!("{why} ({PATH}); {WAY_OUT}"));
        }
    }
    let names: BTreeSet<String> = offers.iter().map(name).collect();
    let source = Source::new(PATH, text.as_str());
    let stray = lines.iter().filter(|(target, _)| !names.contains(**target));
    problems.extend(stray.map(|(target, line)| {
        let message = format!("`{target}` is no target of a post any more");
        Problem::error("plan-lock", &source, message).at(line.span.clone()).hint(WAY_OUT)
    }));
    problems
}

/// How an offer differs from what was reviewed.
fn difference(now: &str, line: Option<&Line<'_>>) -> Option<&'static str> {
    let Some(line) = line else { return Some("is not in the reviewed plan") };
    let (fingerprint, due) = now.split_once(' ').unwrap_or((now, ""));
    match (line.fingerprint == fingerprint, line.due == due) {
        (true, true) => None,
        (false, true) => Some("differs from the reviewed plan in what readers will see"),
        (true, false) => Some("differs from the reviewed plan in its time"),
        (false, false) => Some("differs from the reviewed plan in its time and in what readers will see"),
    }
}

fn is_draft(offer: &Offer) -> bool {
    offer.target.wishes.draft.as_ref().is_some_and(|draft| draft.value)
}

fn name(offer: &Offer) -> String {
    format!("{}:{}", offer.post, offer.target.account)
}

/// `FINGERPRINT DUE`, where due is an instant, `on-merge`, or `held`.
fn line(offer: &Offer) -> Option<String> {
    let due = match offer.due {
        _ if offer.on_merge => "on-merge".to_owned(),
        Some(due) => due.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        None => "held".to_owned(),
    };
    Some(format!("{} {due}", offer.rendition.as_ref()?.fingerprint()))
}

/// The lines of a file, by target. What is no line counts as not there.
fn lines(text: &str) -> BTreeMap<&str, Line<'_>> {
    let mut start = 0;
    let mut lines = BTreeMap::new();
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end();
        let span = start..start + line.len();
        start += whole.len();
        let mut words = line.splitn(3, ' ');
        if line.starts_with('#') {
            continue;
        }
        if let (Some(fingerprint), Some(due), Some(target)) = (words.next(), words.next(), words.next()) {
            lines.insert(target, Line { fingerprint, due, span });
        }
    }
    lines
}

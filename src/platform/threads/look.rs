//! What may be out or is to go: a doubtful piece is looked for by its container and in the account's lists; what is out is
//! taken away. Makes nothing.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::refusals;
use super::steps::{AGAIN, AT, BELIEVED_SECS, ID, PUBLISHED, Piece, STATE, made_of, quota_read};
use super::wire::{self, Shape};
use crate::platform::done::{self, Doubt, SKEW, Way, made};
use crate::platform::meta;
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Class, Farewell, Job, Next, Receipt, Refusal, Reply, Step, Via};

/// How long something that is out may be missing in a list before a person is asked.
const LAG_MAX: TimeDelta = TimeDelta::minutes(5);

/// How long before a list, or a container at work, is read again.
const AGAIN_SECS: i64 = 10;

/// How long after a call the post it made may claim to be made, at most.
const WINDOW: TimeDelta = TimeDelta::hours(1);

/// What a container is when Threads no longer knows it, or it never ends: then only the list can tell.
const UNKNOWN: &str = "UNKNOWN";

/// What was found of a piece that a person must settle.
const SEVERAL: &str = "SEVERAL";
const FORBIDDEN: &str = "FORBIDDEN";

/// The way out of a doubt; `None`: it may be shown once more.
pub(super) fn settle(job: &Job<'_>, done: &[Step], piece: &Piece<'_>, doubt: &Doubt<'_>) -> Option<Next> {
    let seen = made(doubt.since, &piece.name("look"), job.now);
    match (seen, seen.map_or("", |seen| seen.data(STATE))) {
        (Some(seen), PUBLISHED) => return Some(find(job, doubt.since, piece, window(job, done, piece), seen.time(AT))),
        (Some(_), UNKNOWN) => return Some(find(job, doubt.since, piece, window(job, done, piece), None)),
        (Some(seen), _) if seen.time(AGAIN).is_some_and(|again| job.now < again) => {
            let until = seen.time(AGAIN)?;
            return Some(Next::Wait { until, why: format!("Threads is publishing {}", piece.told()) });
        }
        _ => {}
    }
    match doubt.way_by_list(job) {
        Way::Wait { until } => {
            let why = "Threads gave no clear answer; what came of it is read once it can be trusted".to_owned();
            Some(Next::Wait { until, why })
        }
        Way::Look => {
            let container = piece.container_ever(done);
            Some(match container.as_str() {
                "" => find(job, doubt.since, piece, window(job, done, piece), None),
                id => Next::Call(wire::state(&piece.name("look"), piece.index, id)),
            })
        }
        Way::Person => Some(Next::Person { why: why_twice(job, piece) }),
        Way::Resend => None,
    }
}

/// A container that says, before it was published by any call known here, that it is out: it is looked for, and never
/// published again.
pub(super) fn published_unseen(job: &Job<'_>, done: &[Step], fresh: &[Step], piece: &Piece<'_>) -> Option<Next> {
    let seen = piece.seen_published(fresh, job.now)?;
    Some(find(job, fresh, piece, window(job, done, piece), seen.time(AT)))
}

/// Between which instants a piece can have come out; `None`: until now.
fn window(job: &Job<'_>, done: &[Step], piece: &Piece<'_>) -> (DateTime<Utc>, Option<DateTime<Utc>>) {
    let doubt = done::doubt(done, piece.index);
    let made_at = piece.made_at(done).and_then(|at| at.checked_sub_signed(SKEW));
    let since = doubt.map(|doubt| doubt.since_when()).or(made_at).unwrap_or(job.now);
    let until = doubt.and_then(|doubt| doubt.last.checked_add_signed(WINDOW));
    (since, until.filter(|until| *until + SKEW < job.now))
}

/// The list is read until the piece is in it; `out_since` is when it was known to be out, if it is.
fn find(
    job: &Job<'_>,
    since: &[Step],
    piece: &Piece<'_>,
    (from, until): (DateTime<Utc>, Option<DateTime<Utc>>),
    out_since: Option<DateTime<Utc>>,
) -> Next {
    let found = made(since, &piece.name("find"), job.now);
    match found.map_or("", |found| found.data(STATE)) {
        SEVERAL => return Next::Person { why: why(job, piece, "several posts there may be it") },
        FORBIDDEN => {
            return Next::Person {
                why: why(job, piece, "it may be out, and this login may not list its replies (threads_read_replies)"),
            };
        }
        _ => {}
    }
    if out_since.is_some_and(|at| job.now.signed_duration_since(at) > LAG_MAX) {
        return Next::Person { why: why(job, piece, "Threads says it is out but does not list it") };
    }
    match found.and_then(|found| found.time(AGAIN)).filter(|again| job.now < *again) {
        Some(again) => Next::Wait { until: again, why: format!("Threads does not list {} yet", piece.told()) },
        None => Next::Call(wire::list(&piece.name("find"), piece.index, piece.is_reply, from, until)),
    }
}

fn why(job: &Job<'_>, piece: &Piece<'_>, what: &str) -> String {
    let (told, profile) = (piece.told(), wire::profile(job.identity));
    format!("{told}: {what}; look at {profile}, then tell with `pressroom resolve` whether it is there")
}

fn why_twice(job: &Job<'_>, piece: &Piece<'_>) -> String {
    let what =
        "Threads twice gave no clear answer and did not publish it; if it has a link, its page may be unreachable";
    why(job, piece, what)
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let Some(piece) = Piece::of(job.rendition, call.part) else {
        return Err(bug(format!("`{}` looks for no part", call.name)));
    };
    if call.name.starts_with("look") { looked(done, call, reply) } else { found(job, done, &piece, call, reply) }
}

/// What a doubtful piece's container says.
fn looked(done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let seen = |state: &str, again: DateTime<Utc>| {
        let data = [(STATE, state.to_owned()), (AT, reply.at.to_rfc3339()), (AGAIN, again.to_rfc3339())];
        made_of(&call.name, data, None)
    };
    if refusals::is_gone(reply) {
        return Ok(seen(UNKNOWN, reply.at));
    }
    if !reply.is_success() {
        return Err(refusals::refusal(reply, false));
    }
    let is_long = done::doubt(done, call.part).is_some_and(|doubt| reply.at - doubt.first > WINDOW);
    match reply.json()["status"].as_str() {
        Some(PUBLISHED) => Ok(seen(PUBLISHED, reply.at)),
        Some("IN_PROGRESS") if is_long => Ok(seen(UNKNOWN, reply.at)),
        Some("IN_PROGRESS") => Ok(seen("IN_PROGRESS", after(reply, AGAIN_SECS))),
        Some("FINISHED" | "ERROR" | "EXPIRED") => Ok(Step::Absent { part: call.part, at: reply.at }),
        _ => Err(refusals::unclear(reply, false)),
    }
}

/// What a list says of a piece: the one post there that fits.
fn found(job: &Job<'_>, done: &[Step], piece: &Piece<'_>, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let told = |state: &str, again: i64, expires| {
        made_of(&call.name, [(STATE, state.to_owned()), (AGAIN, after(reply, again).to_rfc3339())], expires)
    };
    let believed = Some(after(reply, BELIEVED_SECS));
    if !reply.is_success() {
        let refusal = refusals::refusal(reply, false);
        let is_forbidden = piece.is_reply && refusal.class == Class::Permission;
        return if is_forbidden { Ok(told(FORBIDDEN, 0, believed)) } else { Err(refusal) };
    }
    let answer = reply.json();
    let Some(listed) = answer["data"].as_array() else { return Err(refusals::unclear(reply, false)) };
    let (since, _) = window(job, done, piece);
    let fits = |post: &&Value| {
        let id = meta::id(&post["id"]);
        let at = meta::time(&post["timestamp"]);
        at.is_some_and(|at| at >= since && at <= reply.at + SKEW)
            && id.is_some_and(|id| !done::is_receipted(done, &id))
            && post["media_type"] == Shape::of(piece.media).listed()
            && tidy(post["text"].as_str().unwrap_or_default()) == tidy(piece.text)
    };
    let mut fitting = listed.iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (Some(post), None) => shown_step(job, call, post).ok_or_else(|| refusals::unclear(reply, false)),
        (Some(_), Some(_)) => Ok(told(SEVERAL, 0, believed)),
        (None, _) if is_out(done, piece, job.now) => Ok(told("", AGAIN_SECS, None)),
        (None, _) => Ok(Step::Absent { part: call.part, at: reply.at }),
    }
}

/// Whether the container of a piece said that it is out.
fn is_out(done: &[Step], piece: &Piece<'_>, now: DateTime<Utc>) -> bool {
    match done::doubt(done, piece.index) {
        Some(doubt) => {
            let says = |look: done::Made<'_>| look.data(STATE) == PUBLISHED;
            made(doubt.since, &piece.name("look"), now).is_some_and(says)
                || piece.seen_published(doubt.since, now).is_some()
        }
        None => true,
    }
}

fn shown_step(job: &Job<'_>, call: &Call, post: &Value) -> Option<Step> {
    let url = wire::permalink(post).map_or_else(|| wire::profile(job.identity), str::to_owned);
    let receipt = Receipt { id: meta::id(&post["id"])?, url, at: meta::time(&post["timestamp"])?, via: Via::Lookup };
    Some(Step::Shown { part: call.part, receipt })
}

/// Composed, on one line, single spaces.
fn tidy(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The last part goes first, so that no part is left that answers nothing.
pub(super) fn remove(farewell: &Farewell<'_>, done: &[Step]) -> Next {
    for (index, receipt) in farewell.out.iter().enumerate().rev() {
        let name = |what: &str| format!("{what} {}", index + 1);
        let deleted = made(done, &name("delete"), farewell.now);
        let state = deleted.map(|deleted| deleted.data(STATE));
        if state == Some(GONE) || made(done, &name("check"), farewell.now).is_some() {
            continue;
        }
        return Next::Call(match state {
            Some(_) => wire::exists(&name("check"), index, &receipt.id),
            None if made(done, "quota", farewell.now).is_none() => {
                wire::quota("quota", index, "delete_quota_usage,delete_config")
            }
            None => wire::delete(&name("delete"), index, &receipt.id),
        });
    }
    Next::Done
}

/// What became of a deletion: done, or said not to be there.
const GONE: &str = "GONE";

pub(super) fn read_remove(
    farewell: &Farewell<'_>,
    _done: &[Step],
    call: &Call,
    reply: &Reply,
) -> Result<Step, Refusal> {
    let is_gone = refusals::is_gone(reply);
    if !reply.is_success() && !is_gone {
        return Err(refusals::refusal(reply, false));
    }
    match call.name.split(' ').next() {
        Some("quota") if !is_gone => quota_read(call, reply, &[("delete_", "deletions", 1)]),
        // What is not there and what may not be seen sound alike: only then is it read, to be sure.
        Some("delete") if is_gone => Ok(made_of(&call.name, [(STATE, UNKNOWN.to_owned())], None)),
        Some("delete") if reply.json()["success"] == true => Ok(made_of(&call.name, [(STATE, GONE.to_owned())], None)),
        Some("check") if is_gone => Ok(made_of(&call.name, [(AT, farewell.now.to_rfc3339())], None)),
        Some("check") if meta::id(&reply.json()[ID]).is_some() => Err(refusals::still_there(reply)),
        Some("quota" | "delete" | "check") => Err(refusals::unclear(reply, false)),
        _ => Err(bug(format!("`{}` is no call to Threads", call.name))),
    }
}

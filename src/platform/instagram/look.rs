//! Finds out whether a doubtful post is out: its container says so, and the account's lists tell which post it is. Knows
//! no form of a container.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::refusals;
use super::steps::{self, RESTRICTED, account, commented, items, last, made_step, permalink, whole};
use super::wire::{self, State};
use crate::fit::Rendition;
use crate::platform::done::{self, Doubt, Way, made};
use crate::platform::refusal::{Said, after, bug};
use crate::platform::{Call, Class, Job, Next, Receipt, Refusal, Reply, Step, Via, meta};

/// How often the list of posts is read for one that is surely out: new posts may come late to it.
const FINDS: i32 = 3;

/// For how long an account that Instagram restricts is left alone.
const REST: TimeDelta = TimeDelta::days(1);

/// Why a post may be out that has no receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// The call that shows it got no clear answer.
    Unclear,
    /// It was refused in words that Instagram also has for posts that are out.
    Restricted,
    /// Its container was found published.
    Published,
}

/// A post that may be out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suspicion<'a> {
    why: Why,
    doubt: Doubt<'a>,
}

pub(super) fn suspicion<'a>(job: &Job<'_>, done: &'a [Step]) -> Option<Suspicion<'a>> {
    let once = |at: DateTime<Utc>, since: &'a [Step]| Doubt { first: at, last: at, sends: 1, absents: 0, since };
    if let Some(at) = made(done, RESTRICTED, job.now).and_then(|refused| refused.time("at")) {
        let index = done.iter().rposition(|step| matches!(step, Step::Made { name, .. } if name == RESTRICTED))?;
        return Some(Suspicion { why: Why::Restricted, doubt: once(at, &done[index + 1..]) });
    }
    if let Some(doubt) = done::doubt(done, 0) {
        return Some(Suspicion { why: Why::Unclear, doubt });
    }
    let name = whole(job.rendition);
    let step = if name == steps::CAROUSEL { "status carousel" } else { "status 1" };
    let told = made(done, step, job.now).filter(|told| told.data("state") == "published")?;
    let is_last = last(done, name).0 == Some(told.data("container"));
    let since = made(done, name, DateTime::<Utc>::MIN_UTC)?.time("made_at")?;
    is_last.then(|| Suspicion { why: Why::Published, doubt: once(since, done) })
}

/// What to do about it; `None`: the post is certainly not out and may be sent.
pub(super) fn next(job: &Job<'_>, done: &[Step], suspicion: &Suspicion<'_>) -> Option<Next> {
    let (why, doubt, name) = (suspicion.why, &suspicion.doubt, whole(job.rendition));
    let person = |what: &str| {
        let profile = account(job).url();
        let why = format!("{what}: look at {profile}, then tell with `pressroom resolve` whether it is there");
        Some(Next::Person { why })
    };
    let told = made(doubt.since, "look 1", job.now).map(|told| told.data("state"));
    match told.or((why == Why::Published).then_some("published")) {
        Some(told) => match find(job, doubt) {
            Some(next) => Some(next),
            None if told == "published" => {
                person("Instagram says that it is out, but lists no post that is surely this one")
            }
            None => person("Instagram does not say whether it is out, and lists no post that is surely this one"),
        },
        // What was made anew since then was found dead before: the post was not out.
        None if why == Why::Unclear && is_made(doubt.since, name) => match doubt.is_resent() {
            false => None,
            true => person("Instagram twice gave no clear answer"),
        },
        None => match doubt.way_by_list(job) {
            Way::Wait { until } => Some(Next::Wait { until, why: WHY_SETTLE.to_owned() }),
            Way::Look => Some(Next::Call(look(job, done, doubt))),
            Way::Person => person("Instagram twice gave no clear answer, and the post is not out as far as it tells"),
            Way::Resend => None,
        },
    }
}

const WHY_SETTLE: &str = "Instagram gave no clear answer; it is asked once its answer can be trusted";

fn is_made(done: &[Step], name: &str) -> bool {
    made(done, name, DateTime::<Utc>::MIN_UTC).is_some()
}

/// The container is asked; where none is known, as with a ledger that was lost, the list of posts.
fn look(job: &Job<'_>, done: &[Step], doubt: &Doubt<'_>) -> Call {
    match last(done, whole(job.rendition)).0 {
        Some(container) => account(job).status("look 1", container, false),
        None => account(job).list("look 1", job.rendition.kind, doubt.since_when(), None),
    }
}

/// The list of posts is read again and again, later each time; `None`: often enough.
fn find(job: &Job<'_>, doubt: &Doubt<'_>) -> Option<Next> {
    let found = made(doubt.since, "find 1", job.now);
    let tried: i32 = found.map_or(0, |found| found.data("tried").parse().unwrap_or(FINDS));
    if tried >= FINDS {
        return None;
    }
    match found.and_then(|found| found.time("again_at")).filter(|again| job.now < *again) {
        Some(until) => {
            Some(Next::Wait { until, why: "the list of posts is read again once the new one is in it".to_owned() })
        }
        None => Some(Next::Call(account(job).list("find 1", job.rendition.kind, doubt.since_when(), None))),
    }
}

/// What a look is known to have told.
pub(super) fn told(state: &str) -> Step {
    made_step("look 1", &[("state", state)], None)
}

pub(super) fn looked(job: &Job<'_>, done: &[Step], reply: &Reply, answer: &Value) -> Result<Step, Refusal> {
    let Some(Suspicion { why, doubt }) = suspicion(job, done) else {
        return Err(bug("`look 1` looks for what is in no doubt"));
    };
    let name = whole(job.rendition);
    if last(done, name).0.is_none() {
        let receipt = one_of(job.rendition, answer, &doubt, done).map_err(|()| refusals::unclear(reply, false))?;
        return Ok(match receipt {
            Some(receipt) => Step::Shown { part: 0, receipt },
            None => Step::Absent { part: 0, at: reply.at },
        });
    }
    match wire::state(answer).ok_or_else(|| refusals::unclear(reply, false))? {
        State::Published => Ok(told("published")),
        State::Waiting => {
            let said = Said { label: "Instagram", ..Said::default() };
            let words = "Instagram is still at work on the post";
            Err(said.refusal(Class::NotReady, reply.status, words, Some(after(reply, 15))))
        }
        // It is not out. Sent again it may be, but not soon, and not before a person has said so.
        _ if why == Why::Restricted && reply.at.signed_duration_since(doubt.first) < REST => {
            Err(refusals::restricted(reply))
        }
        _ if why == Why::Restricted => Ok(made_step(RESTRICTED, &[], None)),
        State::Ready => Ok(Step::Absent { part: 0, at: reply.at }),
        State::Failed | State::Expired => {
            let why = answer["status"].as_str().unwrap_or_default();
            steps::failed(done, name, reply, || refusals::failed(reply, "this", why))
        }
    }
}

pub(super) fn found(job: &Job<'_>, done: &[Step], reply: &Reply, answer: &Value) -> Result<Step, Refusal> {
    let Some(Suspicion { doubt, .. }) = suspicion(job, done) else {
        return Err(bug("`find 1` looks for what is in no doubt"));
    };
    if let Some(receipt) = one_of(job.rendition, answer, &doubt, done).map_err(|()| refusals::unclear(reply, false))? {
        return Ok(Step::Shown { part: 0, receipt });
    }
    let tried: i32 = made(doubt.since, "find 1", job.now).map_or(0, |found| found.data("tried").parse().unwrap_or(0));
    let wait = job.settle * 4_i32.pow(tried.clamp(0, FINDS).unsigned_abs());
    let again_at = reply.at.checked_add_signed(wait).unwrap_or(reply.at).to_rfc3339();
    Ok(made_step("find 1", &[("tried", &(tried + 1).to_string()), ("again_at", &again_at)], None))
}

/// The one listed post that is this one: same text, same kind, made since. Where several are, none is taken.
fn one_of(rendition: &Rendition, listed: &Value, doubt: &Doubt<'_>, done: &[Step]) -> Result<Option<Receipt>, ()> {
    let kind = match items(rendition) {
        [one] if one.is_video() => "VIDEO",
        [_] => "IMAGE",
        _ => "CAROUSEL_ALBUM",
    };
    let text = rendition.parts.first().map_or("", |part| part.text.trim());
    let candidates = listed["data"].as_array().ok_or(())?.iter().filter_map(|entry| {
        let (id, at) = (meta::id(&entry["id"])?, meta::time(&entry["timestamp"])?);
        let is_kind = entry["media_type"].as_str().is_none_or(|its| its == kind);
        let is_text = entry["caption"].as_str().unwrap_or_default().trim() == text;
        let fits = is_kind && is_text && doubt.may_have_made(at) && !done::is_receipted(done, &id);
        fits.then(|| Receipt { id, url: permalink(entry).unwrap_or_default(), at, via: Via::Lookup })
    });
    let mut candidates = candidates.collect::<Vec<_>>().into_iter();
    Ok(candidates.next().filter(|_| candidates.next().is_none()))
}

/// The first comment among those under the post: the same words, made since.
pub(super) fn comments(
    job: &Job<'_>,
    done: &[Step],
    call: &Call,
    reply: &Reply,
    answer: &Value,
) -> Result<Step, Refusal> {
    let (Some(text), Some(doubt)) = (&job.rendition.first_comment, done::doubt(done, call.part)) else {
        return Err(bug("`look 2` looks for a comment that is in no doubt"));
    };
    let listed = answer["data"].as_array().ok_or_else(|| refusals::unclear(reply, false))?;
    let found = listed.iter().find_map(|entry| {
        let (id, at) = (meta::id(&entry["id"])?, meta::time(&entry["timestamp"])?);
        let fits = entry["text"].as_str()?.trim() == text.trim() && doubt.may_have_made(at);
        fits.then_some((id, at))
    });
    Ok(match found {
        Some((id, at)) => commented(done, call.part, id, at, Via::Lookup),
        None => Step::Absent { part: call.part, at: reply.at },
    })
}

//! Which call is next for LinkedIn and what its answer means, told from what is done.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::wire::{self, Sort};
use super::{little, refusals, upload};
use crate::fit::Reference;
use crate::fit::peculiar::linkedin::post_urn;
use crate::platform::done::{self, Doubt, SKEW, Way, shown};
use crate::platform::refusal::bug;
use crate::platform::{Call, Class, Farewell, Job, Next, Receipt, Refusal, Reply, Step, Via};

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    match shown(done, 0) {
        _ if job.rendition.parts.is_empty() => Next::Done,
        None => post(job, done),
        Some(receipt) => comment(job, done, receipt),
    }
}

fn post(job: &Job<'_>, done: &[Step]) -> Next {
    if let Some(doubt) = done::doubt(done, 0) {
        match way(job, &doubt) {
            Way::Wait { until } => return Next::Wait { until, why: WHY_SETTLE.to_owned() },
            Way::Look => return Next::Call(wire::look(&wire::author(job.rendition, job.identity))),
            Way::Person => return Next::Person { why: why_person(job, &doubt) },
            Way::Resend => {}
        }
    }
    if let Some(why) = wire::rules(job.rendition).into_iter().next() {
        return Next::Person { why };
    }
    let parent = match parent(job) {
        Ok(parent) => parent,
        Err(why) => return Next::Person { why },
    };
    let mut urns = Vec::new();
    for file in wire::files(job.rendition) {
        match upload::next(job, done, &file) {
            Ok(urn) => urns.push(urn),
            Err(next) => return *next,
        }
    }
    Next::Call(wire::post(job, &urns, parent.as_deref()))
}

const WHY_SETTLE: &str = "LinkedIn gave no clear answer; whether the post is out is found out once that can be trusted";

fn why_person(job: &Job<'_>, doubt: &Doubt<'_>) -> String {
    let heard = if doubt.is_resent() { "twice gave" } else { "gave" };
    let at = wire::url(job.rendition, wire::UNKNOWN_ID);
    format!(
        "LinkedIn {heard} no clear answer: look at {at} for the post, then tell with `pressroom resolve` whether it is there"
    )
}

fn way(job: &Job<'_>, doubt: &Doubt<'_>) -> Way {
    if wire::is_organization(job.rendition) { doubt.way_by_list(job) } else { doubt.way_by_duplicate(job) }
}

/// The URN of the post that this one shares, with a text or without.
fn parent(job: &Job<'_>) -> Result<Option<String>, String> {
    let rendition = job.rendition;
    let shared = [(&rendition.repost_of, &job.refs.repost_of), (&rendition.quote_of, &job.refs.quote_of)];
    let Some((reference, receipt)) = shared.into_iter().find_map(|(its, receipt)| Some((its.as_ref()?, receipt)))
    else {
        return Ok(None);
    };
    match (reference, receipt) {
        (Reference::Url(url), _) => {
            post_urn(url).map(Some).map_err(|_| format!("`{url}` names no post on LinkedIn that can be shared"))
        }
        (Reference::Post(_), Some(receipt)) if receipt.id != wire::UNKNOWN_ID => Ok(Some(receipt.id.clone())),
        (Reference::Post(id), Some(_)) => {
            Err(format!("LinkedIn did not say which post `{id}` became: name it by its address to share it"))
        }
        (Reference::Post(id), None) => {
            Err(format!("the post `{id}`, which this one shares, is not out on this account"))
        }
    }
}

/// The first comment, once the post is out. A doubtful one is looked for where an organisation's token may; nothing refuses
/// the same comment twice, so a person's is never sent again.
fn comment(job: &Job<'_>, done: &[Step], out: &Receipt) -> Next {
    let part = job.rendition.parts.len();
    let Some(text) = job.rendition.first_comment.as_ref().filter(|_| shown(done, part).is_none()) else {
        return Next::Done;
    };
    if out.id == wire::UNKNOWN_ID {
        let why = "LinkedIn did not say which post it made, so the first comment has no place: write it by hand";
        return Next::Person { why: why.to_owned() };
    }
    if let Some(doubt) = done::doubt(done, part) {
        let is_listed = wire::is_organization(job.rendition);
        match if is_listed { doubt.way_by_list(job) } else { Way::Person } {
            Way::Wait { until } => return Next::Wait { until, why: WHY_COMMENT.to_owned() },
            Way::Look => return Next::Call(wire::comments(part, &out.id)),
            Way::Person => {
                let at = wire::url(job.rendition, &out.id);
                let why = format!(
                    "LinkedIn gave no clear answer to the first comment: look at {at}, and write it by hand if it is not there"
                );
                return Next::Person { why };
            }
            Way::Resend => {}
        }
    }
    Next::Call(wire::comment(part, &wire::author(job.rendition, job.identity), &out.id, text))
}

const WHY_COMMENT: &str = "LinkedIn gave no clear answer to the first comment; it is looked for";

/// Only the text can be changed; saying the same twice does no harm.
pub(super) fn edit(job: &Job<'_>, out: &[Receipt], done: &[Step]) -> Next {
    let (Some(receipt), Some(part)) = (out.first(), job.rendition.parts.first()) else { return Next::Done };
    if done::made(done, wire::EDIT, job.now).is_some() {
        return Next::Done;
    }
    if receipt.id == wire::UNKNOWN_ID {
        return Next::Person { why: unnamed("edit", job.rendition.acts_as.as_deref()) };
    }
    Next::Call(wire::edit(&receipt.id, &part.text))
}

/// The comment goes with its post.
pub(super) fn remove(farewell: &Farewell<'_>, done: &[Step]) -> Next {
    let Some(receipt) = farewell.out.first() else { return Next::Done };
    if done::made(done, wire::REMOVE, farewell.now).is_some() {
        return Next::Done;
    }
    if receipt.id == wire::UNKNOWN_ID {
        return Next::Person { why: unnamed("remove", farewell.acts_as) };
    }
    Next::Call(wire::remove(&receipt.id))
}

fn unnamed(what: &str, acts_as: Option<&str>) -> String {
    let at = wire::place(acts_as);
    format!("LinkedIn did not say which post it made: {what} it by hand, at {at}")
}

pub(super) fn read_remove(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    // Gone already is gone.
    if reply.is_success() || matches!(reply.status, 404 | 410) {
        return Ok(made_of(&call.name, [], None));
    }
    Err(refusals::refusal(reply, false))
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let words: Vec<&str> = call.name.split(' ').collect();
    if let [sort, number, what @ ..] = &words[..]
        && let Some(sort) = Sort::named(sort)
    {
        let files = wire::files(job.rendition);
        let file = number.parse().ok().and_then(|number: usize| files.iter().find(|file| file.number == number));
        let Some(file) = file.filter(|file| file.sort == sort) else {
            return Err(bug(format!("`{}` is about a file this post does not have", call.name)));
        };
        return upload::read(job, done, file, what, call, reply);
    }
    match (&words[..], reply.is_success()) {
        (["post", _], true) => posted(job, reply),
        (["post", _], false) => post_refused(job, done, reply),
        (["comment", _], true) => commented(job, done, call, reply),
        (["comment", _], false) => Err(refusals::refusal(reply, true)),
        (["look", "1"], true) => looked(job, done, reply),
        (["look", _], true) => looked_for_comment(job, done, call, reply),
        (["edit", _], true) => Ok(made_of(&call.name, [], None)),
        (["look" | "edit", _], false) => Err(refusals::refusal(reply, false)),
        _ => Err(bug(format!("`{}` is no call to LinkedIn", call.name))),
    }
}

/// Something made, under a name.
pub(super) fn made_of<const N: usize>(name: &str, data: [(&str, String); N], expires: Option<DateTime<Utc>>) -> Step {
    let data = data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires }
}

fn posted(job: &Job<'_>, reply: &Reply) -> Result<Step, Refusal> {
    match (wire::created(reply), reply.status) {
        (Some(urn), _) => Ok(shown_step(job, &urn, wire::made_about(&urn, reply), Via::Response)),
        // Created, and only its name is missing: it is out, and must not be sent again.
        (None, 201) => Ok(shown_step(job, wire::UNKNOWN_ID, reply.at, Via::Response)),
        (None, _) => Err(refusals::unclear(reply, true)),
    }
}

fn shown_step(job: &Job<'_>, urn: &str, at: DateTime<Utc>, via: Via) -> Step {
    let url = wire::url(job.rendition, urn);
    Step::Shown { part: 0, receipt: Receipt { id: urn.to_owned(), url, at, via } }
}

/// A refusal of the showing call. While a doubt is open, only a duplicate that the doubtful call can have made is proof that
/// it worked, and only one it cannot have made is proof that it did not; a refusal of another kind says nothing of it.
fn post_refused(job: &Job<'_>, done: &[Step], reply: &Reply) -> Result<Step, Refusal> {
    let doubt = done::doubt(done, 0);
    if !refusals::is_duplicate(reply) {
        let refusal = refusals::refusal(reply, true);
        let settles = !matches!(refusal.class, Class::Content | Class::Bug);
        return Err(if doubt.is_none() || settles { refusal } else { Refusal { class: Class::Doubtful, ..refusal } });
    }
    let original = wire::named_post(&reply.body);
    let (Some(doubt), original) = (doubt, original.as_deref()) else {
        return Err(refusals::duplicate(reply, original.as_deref()));
    };
    match original.and_then(|urn| Some((urn, wire::made_at(urn)?))) {
        Some((urn, at)) if doubt.may_have_made(at) && at <= reply.at + SKEW => {
            Ok(shown_step(job, urn, at, Via::DuplicateAnswer))
        }
        Some((urn, _)) => Err(refusals::duplicate(reply, Some(urn))),
        None => Err(Refusal { class: Class::Doubtful, ..refusals::duplicate(reply, None) }),
    }
}

fn looked(job: &Job<'_>, done: &[Step], reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let (Some(part), Some(doubt)) = (job.rendition.parts.first(), done::doubt(done, 0)) else {
        return Err(bug("a look at LinkedIn for what is in no doubt"));
    };
    let Some(listed) = answer["elements"].as_array() else { return Err(refusals::unclear(reply, false)) };
    let candidates = listed.iter().filter_map(|post| {
        let urn = post["id"].as_str()?;
        let at = created_at(post)?;
        let fits = doubt.may_have_made(at) && at <= reply.at + SKEW && !done::is_receipted(done, urn);
        let text = little::plain(post["commentary"].as_str()?);
        (fits && is_same(&part.text, &text)).then_some((urn, at))
    });
    Ok(match candidates.min_by_key(|(_, at)| (*at - doubt.first).abs()) {
        Some((urn, at)) => shown_step(job, urn, at, Via::Lookup),
        None => Step::Absent { part: 0, at: reply.at },
    })
}

fn created_at(post: &Value) -> Option<DateTime<Utc>> {
    post["createdAt"].as_i64().and_then(DateTime::from_timestamp_millis).or_else(|| wire::made_at(post["id"].as_str()?))
}

/// The comment is out; where people find it is with its post.
fn commented(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    if reply.status != 201 && wire::comment_id(reply).is_none() {
        return Err(refusals::unclear(reply, true));
    }
    let id = wire::comment_id(reply).unwrap_or_else(|| wire::UNKNOWN_ID.to_owned());
    Ok(comment_step(job, done, call, id, reply.at, Via::Response))
}

fn comment_step(job: &Job<'_>, done: &[Step], call: &Call, id: String, at: DateTime<Utc>, via: Via) -> Step {
    let post = shown(done, 0).map_or(wire::UNKNOWN_ID, |receipt| receipt.id.as_str());
    let url = wire::url(job.rendition, post);
    Step::Shown { part: call.part, receipt: Receipt { id, url, at, via } }
}

fn looked_for_comment(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let (Some(text), Some(doubt)) = (&job.rendition.first_comment, done::doubt(done, call.part)) else {
        return Err(bug("a look at LinkedIn for what is in no doubt"));
    };
    let Some(listed) = answer["elements"].as_array() else { return Err(refusals::unclear(reply, false)) };
    let author = wire::author(job.rendition, job.identity);
    let found = listed.iter().find_map(|comment| {
        let at = DateTime::from_timestamp_millis(comment["created"]["time"].as_i64()?)?;
        let fits = doubt.may_have_made(at) && at <= reply.at + SKEW && comment["actor"].as_str() == Some(&author);
        let is_it = fits && is_same(text, comment["message"]["text"].as_str()?);
        is_it.then(|| (wire::urn_of_comment(comment).unwrap_or_else(|| wire::UNKNOWN_ID.to_owned()), at))
    });
    Ok(match found {
        Some((id, at)) => comment_step(job, done, call, id, at, Via::Lookup),
        None => Step::Absent { part: call.part, at: reply.at },
    })
}

/// Whether LinkedIn may have made one text of the other: same words, whatever the spaces between them.
fn is_same(sent: &str, found: &str) -> bool {
    let tidy = |text: &str| text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    tidy(sent) == tidy(found)
}

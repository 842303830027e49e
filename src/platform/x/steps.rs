//! Which call is next for X and what its answer means, told from what is done.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::wire::{self, Whither};
use super::{look, refusals, upload};
use crate::fit::Reference;
use crate::fit::peculiar::x::post_id;
use crate::platform::done::{self, Doubt, Way, made, shown};
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Farewell, Job, Next, Receipt, Refusal, Reply, Step, Via};

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    let parts = job.rendition.parts.len();
    for (part, doubt) in (0..parts).filter_map(|part| Some((part, done::doubt(done, part)?))) {
        match way(job, &doubt) {
            Way::Wait { until } => return Next::Wait { until, why: WHY_SETTLE.to_owned() },
            Way::Look => return Next::Call(look_call(job, part, &doubt)),
            Way::Person => return Next::Person { why: why_person(job, part) },
            Way::Resend => {}
        }
    }
    let Some(part) = (0..parts).find(|part| shown(done, *part).is_none()) else { return Next::Done };
    if let Some(later) = (part + 1..parts).find(|later| shown(done, *later).is_some()) {
        return Next::Person { why: format!("part {} is out, but part {} before it is not", later + 1, part + 1) };
    }
    let mut waiting = upload::attached(job.rendition).filter(|attached| attached.part >= part);
    waiting.find_map(|attached| attached.next(job, done)).unwrap_or_else(|| show(job, done, part))
}

/// An account can repost a post only once: then the call itself is the look.
fn way(job: &Job<'_>, doubt: &Doubt<'_>) -> Way {
    if job.rendition.repost_of.is_some() { doubt.way_by_duplicate(job) } else { doubt.way_by_list(job) }
}

const WHY_SETTLE: &str = "X gave no clear answer; its list of posts is read once it can be trusted";

fn why_person(job: &Job<'_>, part: usize) -> String {
    let what = if job.rendition.repost_of.is_some() { "the repost".to_owned() } else { format!("part {}", part + 1) };
    format!(
        "X twice gave no clear answer to {what}, and it is not among the account's posts: look at https://x.com/{}, then \
         tell with `pressroom resolve` whether it is there",
        job.identity.name
    )
}

fn look_call(job: &Job<'_>, part: usize, doubt: &Doubt<'_>) -> Call {
    let page = made(doubt.since, &page_name(part), job.now).map(|page| page.data("next"));
    wire::look(part, &job.identity.id, doubt.since_when(), page)
}

/// The step that says a look's first page was full: the next page is to be read too.
fn page_name(part: usize) -> String {
    format!("look {} page", part + 1)
}

/// The call that shows a part.
fn show(job: &Job<'_>, done: &[Step], part: usize) -> Next {
    let (rendition, refs) = (job.rendition, job.refs);
    let find = |reference: &Option<Reference>, ours: &Option<Receipt>| match reference {
        Some(reference) if part == 0 => referred(reference, ours.as_ref()).map(Some),
        _ => Ok(None),
    };
    let found = find(&rendition.reply_to, &refs.reply_to).and_then(|reply_to| {
        let quotes = find(&rendition.quote_of, &refs.quote_of)?;
        Ok((reply_to, quotes, find(&rendition.repost_of, &refs.repost_of)?))
    });
    let (reply_to, quotes, reposts) = match found {
        Ok(found) => found,
        Err(why) => return Next::Person { why },
    };
    if let Some(id) = reposts {
        return Next::Call(wire::repost(&job.identity.id, &id));
    }
    let mine = upload::attached(rendition).filter(|attached| attached.part == part);
    let media: Vec<&str> = mine.filter_map(|attached| attached.id(done, job.now)).collect();
    let before = part.checked_sub(1).and_then(|before| shown(done, before)).map(|receipt| receipt.id.clone());
    let whither = Whither { answers: before.or(reply_to), quotes, edits: None };
    Next::Call(wire::post(rendition, part, &media, &whither))
}

/// The id of a post that is referred to, or why there is none.
fn referred(reference: &Reference, ours: Option<&Receipt>) -> Result<String, String> {
    let found = match reference {
        Reference::Url(address) => post_id(address).ok_or_else(|| format!("`{address}` is no address of a post on X")),
        Reference::Post(id) => {
            ours.map(|receipt| receipt.id.clone()).ok_or_else(|| format!("`{id}`, which it refers to, is not out on X"))
        }
    }?;
    Ok(wire::reposted(&found).unwrap_or(&found).to_owned())
}

/// A post gets another id by an edit. The whole post is sent anew, so only plain ones can be edited.
pub(super) fn edit(job: &Job<'_>, out: &[Receipt], done: &[Step]) -> Next {
    let Some(receipt) = out.first().filter(|_| out.len() == 1 && job.rendition.is_plain()) else {
        return Next::Person {
            why: "on X pressroom edits only single texts without media, poll and replies".to_owned(),
        };
    };
    if shown(done, 0).is_some() {
        return Next::Done;
    }
    let whither = Whither { edits: Some(receipt.id.clone()), ..Whither::default() };
    Next::Call(wire::post(job.rendition, 0, &[], &whither))
}

/// From the last part to the first, so that what is left of a thread still begins where it began.
pub(super) fn remove(farewell: &Farewell<'_>, done: &[Step]) -> Next {
    let is_left = |part: &usize| made(done, &wire::delete_name(*part), farewell.now).is_none();
    match (0..farewell.out.len()).rev().find(is_left) {
        Some(part) => Next::Call(wire::delete(part, &farewell.identity.id, &farewell.out[part].id)),
        None => Next::Done,
    }
}

pub(super) fn read_remove(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let is_away = answer["data"]["deleted"] == true || answer["data"]["retweeted"] == false;
    if is_away || refusals::is_gone(reply) {
        let (data, secret) = (BTreeMap::new(), BTreeMap::new());
        return Ok(Step::Made { name: call.name.clone(), data, secret, expires: None });
    }
    Err(if reply.is_success() { refusals::unclear(reply, false) } else { refusals::refusal(reply, false) })
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    if !reply.is_success() {
        if let Some(read) = upload::read_refused(job, done, call, reply) {
            return read;
        }
        return match refusals::refusal(reply, call.shows) {
            _ if call.name == wire::REPOST && refusals::is_reposted(reply) => {
                reposted(call, reply, Via::DuplicateAnswer)
            }
            // The first send may have worked after all: X does not name the original, so it is looked for again.
            _ if refusals::is_duplicate(reply) && done::doubt(done, call.part).is_some() => {
                Err(refusals::maybe_ours(reply))
            }
            refusal => Err(refusal),
        };
    }
    if let Some(read) = upload::read(job, done, call, reply) {
        return read;
    }
    match call.name.split(' ').next() {
        Some("post" | "edit") => posted(job, call, reply),
        Some(wire::REPOST) if reply.json()["data"]["retweeted"] == true => reposted(call, reply, Via::Response),
        Some(wire::REPOST) => Err(refusals::unclear(reply, true)),
        Some("look") => looked(job, done, call, reply),
        _ => Err(bug(format!("`{}` is no call to X", call.name))),
    }
}

/// X may put `errors` beside the `data` of a success; with an id in it the part is out all the same.
fn posted(job: &Job<'_>, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let id = wire::id(&answer["data"]["id"]).ok_or_else(|| refusals::unclear(reply, call.shows))?;
    let at = wire::made_at(id).unwrap_or(reply.at);
    Ok(shown_step(job, call.part, id, at, Via::Response))
}

/// A repost has no id that X tells: it is known by the id of what is shared.
fn reposted(call: &Call, reply: &Reply, via: Via) -> Result<Step, Refusal> {
    let Some(id) = wire::repost_id(call) else { return Err(bug("a repost names no post")) };
    let url = format!("https://x.com/i/web/status/{id}");
    Ok(Step::Shown { part: call.part, receipt: Receipt { id: wire::as_repost(id), url, at: reply.at, via } })
}

fn shown_step(job: &Job<'_>, part: usize, id: &str, at: DateTime<Utc>, via: Via) -> Step {
    Step::Shown { part, receipt: Receipt { id: id.to_owned(), url: wire::url(job.identity, id), at, via } }
}

fn looked(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let (Some(sought), Some(doubt)) = (look::Sought::of(job.rendition, call.part), done::doubt(done, call.part)) else {
        return Err(bug(format!("`{}` looks for what is in no doubt", call.name)));
    };
    // An empty list has no `data`, only `meta`; an answer with neither says nothing.
    if answer["meta"].is_null() && answer["data"].is_null() {
        return Err(refusals::unclear(reply, false));
    }
    if let Some((id, at)) = look::find(&answer, &sought, &doubt, done) {
        return Ok(shown_step(job, call.part, &id, at, Via::Lookup));
    }
    match answer["meta"]["next_token"].as_str() {
        None => Ok(Step::Absent { part: call.part, at: reply.at }),
        Some(token) => Ok(Step::Made {
            name: page_name(call.part),
            data: BTreeMap::from([("next".to_owned(), token.to_owned())]),
            secret: BTreeMap::new(),
            expires: Some(after(reply, 600)),
        }),
    }
}

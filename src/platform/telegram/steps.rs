//! Which call is next for Telegram and what its answer means, told from what is done.

use std::collections::BTreeMap;

use super::refusals;
use super::wire::{self, Place};
use crate::platform::done::{self, made, shown};
use crate::platform::refusal::bug;
use crate::platform::{Call, Farewell, Job, Next, Receipt, Refusal, Reply, Step, Via};

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    if shown(done, 0).is_some() {
        return Next::Done;
    }
    if done::doubt(done, 0).is_some() {
        let why = "Telegram gave no clear answer, and a bot cannot look for its messages; look at the channel, then tell with \
                   `pressroom resolve` whether it is there";
        return Next::Person { why: why.to_owned() };
    }
    match (job.rendition.acts_as.as_deref(), job.rendition.parts.first()) {
        (Some(chat), Some(part)) => Next::Call(wire::post(chat, job.rendition, part)),
        _ => Next::Person { why: "accounts.toml names no `chat` for this account".to_owned() },
    }
}

pub(super) fn read(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let is_done = reply.is_success() && answer["ok"] == true;
    match call.name.as_str() {
        "post 1" if is_done => {
            let shown = wire::shown(&answer["result"]);
            let (id, url, at) = shown.ok_or_else(|| refusals::unclear(reply, call.shows))?;
            Ok(Step::Shown { part: 0, receipt: Receipt { id, url, at: at.unwrap_or(reply.at), via: Via::Response } })
        }
        "edit 1" if is_done || refusals::is_the_same(reply) => Ok(made_of(&call.name)),
        "post 1" | "edit 1" => Err(refusals::refusal(reply, call.shows)),
        _ => Err(bug(format!("`{}` is no call to Telegram", call.name))),
    }
}

fn made_of(name: &str) -> Step {
    Step::Made { name: name.to_owned(), data: BTreeMap::new(), secret: BTreeMap::new(), expires: None }
}

/// Where a post is out, if its receipt says so: one that a person has recorded does not.
fn place(out: &[Receipt]) -> Option<Place> {
    let [Receipt { id, .. }] = out else { return None };
    Place::read(id)
}

fn unknown() -> Next {
    let why = "the ledger does not have the message's number: it was recorded by a person; change it by hand";
    Next::Person { why: why.to_owned() }
}

pub(super) fn edit(job: &Job<'_>, out: &[Receipt], done: &[Step]) -> Next {
    let (Some(place), Some(part)) = (place(out), job.rendition.parts.first()) else { return unknown() };
    match made(done, "edit 1", job.now) {
        Some(_) => Next::Done,
        None => Next::Call(wire::edit(&place, job.rendition, part)),
    }
}

/// Each message of an album, from its end.
pub(super) fn remove(farewell: &Farewell<'_>, done: &[Step]) -> Next {
    if farewell.out.is_empty() {
        return Next::Done;
    }
    let Some(place) = place(farewell.out) else { return unknown() };
    for (index, message) in place.messages.iter().enumerate().rev() {
        let name = format!("delete {}", index + 1);
        if made(done, &name, farewell.now).is_none() {
            return Next::Call(wire::delete(&name, 0, place.chat, *message));
        }
    }
    Next::Done
}

pub(super) fn read_remove(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let is_done = reply.is_success() && reply.json()["ok"] == true;
    match is_done || refusals::is_gone(reply) {
        true => Ok(made_of(&call.name)),
        false => Err(refusals::refusal(reply, false)),
    }
}

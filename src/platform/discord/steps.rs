//! Which call is next for Discord and what its answer means, told from what is done.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::Value;

use super::{refusals, wire};
use crate::platform::done::{self, made, shown};
use crate::platform::refusal::bug;
use crate::platform::{Call, Farewell, Job, Letters, Next, Receipt, Refusal, Reply, Step, Via};

/// Names of calls and keys of their data.
const WEBHOOK: &str = "webhook";
const GUILD: &str = "guild";
const KEPT: &str = "kept";

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    if shown(done, 0).is_some() {
        return Next::Done;
    }
    if done::doubt(done, 0).is_some() {
        let why = "Discord gave no clear answer, and a webhook cannot look for its messages; look at the channel, then tell \
                   with `pressroom resolve` whether it is there";
        return Next::Person { why: why.to_owned() };
    }
    Next::Call(match made(done, WEBHOOK, job.now) {
        None => wire::webhook(WEBHOOK),
        Some(_) => wire::post(job.rendition),
    })
}

pub(super) fn read(done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    if !reply.is_success() {
        return Err(refusals::refusal(reply, call.shows));
    }
    let answer = reply.json();
    match call.name.as_str() {
        WEBHOOK => {
            let guild = wire::id(&answer["guild_id"]).unwrap_or_default().to_owned();
            Ok(made_of(&call.name, [(GUILD, guild)]))
        }
        "post 1" => shown_step(done, &answer, reply).ok_or_else(|| refusals::unclear(reply, call.shows)),
        "now 1" => Ok(made_of(&call.name, [(KEPT, wire::kept(&answer).to_string())])),
        "edit 1" => Ok(made_of(&call.name, [])),
        _ => Err(bug(format!("`{}` is no call to Discord", call.name))),
    }
}

fn made_of<const N: usize>(name: &str, data: [(&str, String); N]) -> Step {
    let data = data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires: None }
}

/// The step that says the message is out, by the message that Discord answers with.
fn shown_step(done: &[Step], message: &Value, reply: &Reply) -> Option<Step> {
    let id = wire::id(&message["id"])?.to_owned();
    let guild = made(done, WEBHOOK, DateTime::<chrono::Utc>::MIN_UTC).map_or("", |webhook| webhook.data(GUILD));
    let channel = wire::id(&message["channel_id"]).filter(|_| !guild.is_empty());
    let url =
        channel.map_or_else(String::new, |channel| format!("https://discord.com/channels/{guild}/{channel}/{id}"));
    let at = wire::made_at(message).unwrap_or(reply.at);
    Some(Step::Shown { part: 0, receipt: Receipt { id, url, at, via: Via::Response } })
}

/// The message's id, if its receipt has one: one that a person has recorded has not.
fn message(out: &[Receipt]) -> Option<&str> {
    let [Receipt { id, .. }] = out else { return None };
    Some(id.as_str()).filter(|id| Letters::Digits.make(id))
}

fn unknown() -> Next {
    let why = "the ledger does not have the message's id: it was recorded by a person; change it by hand";
    Next::Person { why: why.to_owned() }
}

/// The message is read first: files that an edit does not name again are taken away.
pub(super) fn edit(job: &Job<'_>, out: &[Receipt], done: &[Step]) -> Next {
    let Some(id) = message(out) else { return unknown() };
    if made(done, "edit 1", job.now).is_some() {
        return Next::Done;
    }
    Next::Call(match made(done, "now 1", job.now) {
        None => wire::read("now 1", id),
        Some(now) => wire::edit(job.rendition, id, now.data(KEPT)),
    })
}

pub(super) fn remove(farewell: &Farewell<'_>, done: &[Step]) -> Next {
    match (message(farewell.out), made(done, "delete 1", farewell.now)) {
        (Some(id), None) => Next::Call(wire::delete(id)),
        (None, None) if !farewell.out.is_empty() => unknown(),
        _ => Next::Done,
    }
}

pub(super) fn read_remove(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    match reply.is_success() || refusals::is_gone(reply) {
        true => Ok(made_of(&call.name, [])),
        false => Err(refusals::refusal(reply, false)),
    }
}

//! Which call is next for Mastodon and what its answer means, told from what is done.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use url::Url;

use super::wire::{self, LIST_MAX, setting};
use super::{kept, look, refusals};
use crate::fit::{Media, Reference, Rendition};
use crate::limits::Visibility;
use crate::platform::done::{self, Doubt, Way, made, shown, times_ended};
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Farewell, Job, Next, Receipt, Refusal, Reply, Step, Via};

/// How long an upload is used that no post names yet: servers tidy up after a day.
const LIFE_SECS: i64 = 20 * 3600;

/// A file that takes longer will not end.
const PROCESSING_MAX: TimeDelta = TimeDelta::hours(1);

/// How often an upload may get lost before somebody should look.
const ENDED_MAX: usize = 2;

/// How long a page of a list, or what a post is like, is believed.
const BELIEVED_SECS: i64 = 600;

/// A poll cannot be told to end sooner than this.
const POLL_LEAST_SECS: i64 = 300;

/// Keys of a step's data.
const ID: &str = "id";
const AT: &str = "at";
const AGAIN: &str = "again";
const BEFORE: &str = "before";
const LACKS: &str = "lacks";
const MEDIA: &str = "media";
const POLL_ENDS: &str = "poll_ends";
const STATE: &str = "state";

/// Values of [`STATE`]: an upload is ready; a look found several posts, or may not look; a post is gone, or said not to be there;
/// a post is as it is to be, but for its text.
const READY: &str = "ready";
const SEVERAL: &str = "several";
const FORBIDDEN: &str = "forbidden";
const GONE: &str = "gone";
const UNKNOWN: &str = "unknown";
const ALIKE: &str = "alike";

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    let parts = job.rendition.parts.len();
    for (part, doubt) in (0..parts).filter_map(|part| Some((part, done::doubt(done, part)?))) {
        if let Some(next) = settle(job, part, &doubt) {
            return next;
        }
    }
    let Some(part) = (0..parts).find(|part| shown(done, *part).is_none()) else { return afterwards(job, done) };
    if let Some(later) = (part + 1..parts).find(|later| shown(done, *later).is_some()) {
        return Next::Person { why: format!("part {} is out, but part {} before it is not", later + 1, part + 1) };
    }
    upload_left(job, done, part)
        .or_else(|| if part == 0 { reference_left(job, done) } else { None })
        .unwrap_or_else(|| show(job, done, part))
}

/// What a doubt asks for; `None`: the part may be sent again.
fn settle(job: &Job<'_>, part: usize, doubt: &Doubt<'_>) -> Option<Next> {
    let (name, of, place) = (look_name(part), part + 1, profile(job));
    let person = |what: &str| {
        let why = format!("part {of}: {what}; look at {place}, then tell with `pressroom resolve` whether it is there");
        Some(Next::Person { why })
    };
    let server = &job.identity.server;
    match made(doubt.since, &name, job.now).map(|look| look.data(STATE)) {
        Some(SEVERAL) => return person("the account has several posts that may be it"),
        Some(FORBIDDEN) => return person("the token may not read the account's posts (read:statuses)"),
        _ => {}
    }
    match doubt.way_by_list(job) {
        Way::Wait { until } => {
            let why =
                "the server gave no clear answer; the account's posts are read once that can be trusted".to_owned();
            Some(Next::Wait { until, why })
        }
        Way::Look => {
            let page = made(doubt.since, &format!("{name} page"), job.now).map(|page| page.data(BEFORE));
            Some(Next::Call(wire::list(&name, part, server, &job.identity.id, page)))
        }
        Way::Resend if is_for_some(job.rendition.visibility) => person(
            "the server gave no clear answer, and it is not among the posts that it lists, which on some software are only the \
             public ones",
        ),
        Way::Resend => None,
        Way::Person => person("the server twice gave no clear answer, and it is not among the account's posts"),
    }
}

/// Whether not everybody may see it, so that some software (snac) lists it nowhere that the account's posts are listed.
fn is_for_some(visibility: Visibility) -> bool {
    !matches!(visibility, Visibility::Public | Visibility::Unlisted)
}

fn look_name(part: usize) -> String {
    format!("look {}", part + 1)
}

/// Where people find the account.
fn profile(job: &Job<'_>) -> String {
    format!("https://{}/@{}", job.identity.server, job.identity.name)
}

/// One file of the rendition: what it is sent as.
struct Upload<'a> {
    name: String,
    part: usize,
    media: &'a Media,
}

fn uploads(rendition: &Rendition) -> impl Iterator<Item = Upload<'_>> {
    let numbered = rendition.media().zip(1..);
    numbered.map(|((part, media), number)| Upload { name: format!("media {number}"), part, media })
}

impl Upload<'_> {
    fn id<'d>(&self, done: &'d [Step], now: DateTime<Utc>) -> Option<&'d str> {
        made(done, &self.name, now).map(|made| made.data(ID)).filter(|id| !id.is_empty())
    }

    /// What is left to do until a post can hold it.
    fn left(&self, job: &Job<'_>, done: &[Step]) -> Option<Next> {
        let server = &job.identity.server;
        let Some(id) = self.id(done, job.now) else {
            return Some(Next::Call(wire::upload(&self.name, self.part, server, self.media)));
        };
        let upload = made(done, &self.name, job.now)?;
        let name = format!("{} state", self.name);
        let state = made(done, &name, job.now).filter(|state| state.data(ID) == id);
        if [Some(upload), state].into_iter().flatten().any(|step| step.data(STATE) == READY) {
            return None;
        }
        let again = state.unwrap_or(upload).time(AGAIN).filter(|again| job.now < *again);
        Some(match again {
            Some(until) => Next::Wait { until, why: format!("the server is working on {}", self.name) },
            None => Next::Call(wire::state(&name, self.part, server, id)),
        })
    }
}

/// Files of this part and later ones: all are sent, then all are asked after; a bad file must not leave half a thread.
fn upload_left(job: &Job<'_>, done: &[Step], part: usize) -> Option<Next> {
    let all: Vec<Upload<'_>> = uploads(job.rendition).filter(|upload| upload.part >= part).collect();
    let unsent = all.iter().find(|upload| upload.id(done, job.now).is_none());
    unsent.and_then(|upload| upload.left(job, done)).or_else(|| all.iter().find_map(|upload| upload.left(job, done)))
}

/// The id of the post that is answered, once it is known.
fn reference(job: &Job<'_>, done: &[Step]) -> Option<String> {
    match job.rendition.reply_to.as_ref()? {
        Reference::Post(_) => job.refs.reply_to.as_ref().map(|receipt| receipt.id.clone()),
        Reference::Url(url) => {
            let found = made(done, ADDRESS, job.now).map(|found| found.data(ID).to_owned());
            found.or_else(|| local_id(url, &job.identity.server))
        }
    }
}

/// The call that finds the post of an address.
const ADDRESS: &str = "address reply_to";

/// The id in an address of the account's own server: `https://server/@ann/116201`.
fn local_id(address: &str, server: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| url.host_str() == Some(server))?;
    let path: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    let [user, id] = path[..] else { return None };
    let is_id = user.starts_with('@') && id.bytes().all(|c| c.is_ascii_alphanumeric());
    is_id.then(|| id.to_owned())
}

fn reference_left(job: &Job<'_>, done: &[Step]) -> Option<Next> {
    let wish = job.rendition.reply_to.as_ref()?;
    if reference(job, done).is_some() {
        return None;
    }
    Some(match wish {
        Reference::Post(post) => Next::Person { why: format!("`reply_to`: `{post}` is not out on this account") },
        Reference::Url(url) => Next::Call(wire::search(ADDRESS, &job.identity.server, url)),
    })
}

/// The call that shows a part.
fn show(job: &Job<'_>, done: &[Step], part: usize) -> Next {
    let mine: Vec<Upload<'_>> = uploads(job.rendition).filter(|upload| upload.part == part).collect();
    let media: Vec<&str> = mine.iter().filter_map(|upload| upload.id(done, job.now)).collect();
    let answers = match part.checked_sub(1) {
        Some(before) => shown(done, before).map(|receipt| receipt.id.clone()),
        None => reference(job, done),
    };
    Next::Call(wire::post(job, part, &media, answers.as_deref()))
}

fn kept_name(part: usize) -> String {
    format!("kept {}", part + 1)
}

/// Once all parts are out, each is read: what the server left out of it is told.
fn afterwards(job: &Job<'_>, done: &[Step]) -> Next {
    let parts = job.rendition.parts.len();
    let mut lacks = Vec::new();
    for part in 0..parts {
        let (name, Some(receipt)) = (kept_name(part), shown(done, part)) else { continue };
        let Some(kept) = made(done, &name, job.now) else {
            return Next::Call(wire::read(&name, part, &job.identity.server, &receipt.id));
        };
        let of = if parts > 1 { format!("part {}: ", part + 1) } else { String::new() };
        lacks.extend(Some(kept.data(LACKS)).filter(|lacks| !lacks.is_empty()).map(|lacks| format!("{of}{lacks}")));
    }
    match lacks.is_empty() {
        true => Next::Done,
        false => Next::Person { why: format!("the server did not keep all of it: {}", lacks.join("; ")) },
    }
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let words: Vec<&str> = call.name.split(' ').collect();
    match words[..] {
        ["media", _] if reply.is_success() => uploaded(call, reply),
        ["media", _, "state"] => waited(done, call, reply),
        ["post", _] if reply.is_success() => shown_step(job, call.part, &reply.json(), reply, Via::Response)
            .ok_or_else(|| refusals::unclear(reply, true)),
        ["look", _] => looked(job, done, call, reply),
        ["kept", _] => read_kept(job, call, reply),
        ["address", _] if reply.is_success() => {
            let answer = reply.json();
            let id = wire::id(&answer["statuses"][0][ID]).ok_or_else(|| refusals::not_found(reply))?;
            Ok(made_of(&call.name, [(ID, id.to_owned())], None))
        }
        ["now", _] if reply.is_success() => Ok(read_now(job, call, reply)),
        ["source", _] => Ok(read_source(job, call, reply)),
        ["edit", _] if reply.is_success() => Ok(made_of(&call.name, [(AT, reply.at.to_rfc3339())], None)),
        _ if !reply.is_success() => Err(refusals::refusal(reply, call.shows)),
        _ => Err(bug(format!("`{}` is no call to Mastodon", call.name))),
    }
}

fn made_of<const N: usize>(name: &str, data: [(&str, String); N], expires: Option<DateTime<Utc>>) -> Step {
    let data = data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires }
}

/// 200 means that the file is ready, 202 that the server works on it.
fn uploaded(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let id = wire::id(&answer[ID]).ok_or_else(|| refusals::unclear(reply, false))?;
    let state = if reply.status == 202 { "" } else { READY };
    let data = [
        (ID, id.to_owned()),
        (STATE, state.to_owned()),
        (AT, reply.at.to_rfc3339()),
        (AGAIN, after(reply, 1).to_rfc3339()),
    ];
    Ok(made_of(&call.name, data, Some(after(reply, LIFE_SECS))))
}

/// Asked after at ever longer intervals.
fn pause_secs(age: TimeDelta) -> i64 {
    if age > TimeDelta::minutes(5) { 60 } else { age.num_seconds().clamp(1, 10) }
}

fn waited(done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let name = call.name.trim_end_matches(" state");
    let Some(upload) = made(done, name, reply.at) else {
        return Err(bug(format!("`{}` asks after nothing that was sent", call.name)));
    };
    let age = upload.time(AT).map_or(TimeDelta::zero(), |at| reply.at - at);
    let id = upload.data(ID).to_owned();
    match reply.status {
        206 if age > PROCESSING_MAX => Err(refusals::processing_endless(reply)),
        206 => Ok(made_of(&call.name, [(ID, id), (AGAIN, after(reply, pause_secs(age)).to_rfc3339())], None)),
        200 => Ok(made_of(&call.name, [(ID, id), (STATE, READY.to_owned())], None)),
        422 => Err(refusals::processing_failed(reply)),
        404 if times_ended(done, name) + 1 < ENDED_MAX => Ok(made_of(name, [], Some(reply.at))),
        404 => Err(refusals::processing_failed(reply)),
        _ => Err(refusals::refusal(reply, false)),
    }
}

/// The step that says a part is out, by the post that a server shows.
fn shown_step(job: &Job<'_>, part: usize, post: &Value, reply: &Reply, via: Via) -> Option<Step> {
    let id = wire::id(&post[ID])?.to_owned();
    let page = [&post["url"], &post["uri"]].into_iter().filter_map(Value::as_str);
    let page = page.into_iter().find(|url| url.starts_with("https://")).map(str::to_owned);
    let url = page.unwrap_or_else(|| format!("{}/{id}", profile(job)));
    let at = wire::made_at(post).unwrap_or(reply.at);
    Some(Step::Shown { part, receipt: Receipt { id, url, at, via } })
}

/// What the account's list says of a doubtful part.
fn looked(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let (Some(part), Some(doubt)) = (job.rendition.parts.get(call.part), done::doubt(done, call.part)) else {
        return Err(bug(format!("`{}` looks for what is in no doubt", call.name)));
    };
    let told = |state: &str| made_of(&call.name, [(STATE, state.to_owned())], Some(after(reply, BELIEVED_SECS)));
    if reply.status == 403 {
        return Ok(told(FORBIDDEN));
    }
    if !reply.is_success() {
        return Err(refusals::refusal(reply, false));
    }
    let answer = reply.json();
    let listed = answer.as_array().ok_or_else(|| refusals::unclear(reply, false))?;
    match look::find(listed, part, &doubt, done)[..] {
        [(_, post)] => {
            shown_step(job, call.part, post, reply, Via::Lookup).ok_or_else(|| refusals::unclear(reply, false))
        }
        [] => Ok(older_page(call, reply, listed, &doubt)),
        _ => Ok(told(SEVERAL)),
    }
}

/// Whether the post may stand on a page that is yet to be read, or is nowhere.
fn older_page(call: &Call, reply: &Reply, listed: &[Value], doubt: &Doubt<'_>) -> Step {
    let last = listed.last().filter(|_| listed.len() >= LIST_MAX);
    let is_new = last.and_then(wire::made_at).is_some_and(|at| doubt.may_have_made(at));
    match last.and_then(|post| wire::id(&post[ID])).filter(|_| is_new) {
        Some(id) => {
            let expires = Some(after(reply, BELIEVED_SECS));
            made_of(&format!("{} page", call.name), [(BEFORE, id.to_owned())], expires)
        }
        None => Step::Absent { part: call.part, at: reply.at },
    }
}

/// What the server kept of a part. Where it may not be read, nothing can be told.
fn read_kept(job: &Job<'_>, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    if matches!(reply.status, 403 | 404 | 410) {
        return Ok(made_of(&call.name, [], None));
    }
    if !reply.is_success() {
        return Err(refusals::refusal(reply, false));
    }
    let lacks = kept::lacks(job.rendition, call.part, &reply.json());
    Ok(made_of(&call.name, [(LACKS, lacks.join(", "))], None))
}

/// Each part is read, and changed where it is not yet as it is to be: who shared it is told of every change.
pub(super) fn edit(job: &Job<'_>, out: &[Receipt], done: &[Step]) -> Next {
    if out.len() != job.rendition.parts.len() {
        let why = "the number of parts has changed, which no edit can do; remove it and publish anew, or leave it";
        return Next::Person { why: why.to_owned() };
    }
    for (part, receipt) in out.iter().enumerate() {
        let name = |what: &str| format!("{what} {}", part + 1);
        let server = &job.identity.server;
        if made(done, &name("edit"), job.now).is_some() {
            continue;
        }
        let Some(now) = made(done, &name("now"), job.now) else {
            return Next::Call(wire::read(&name("now"), part, server, &receipt.id));
        };
        if now.data(STATE) == ALIKE {
            match made(done, &name("source"), job.now).map(|source| source.data(STATE)) {
                None => return Next::Call(wire::source(&name("source"), part, server, &receipt.id)),
                Some(ALIKE) => continue,
                Some(_) => {}
            }
        }
        let media: Vec<&str> = now.data(MEDIA).split(',').filter(|id| !id.is_empty()).collect();
        let ends = now.time(POLL_ENDS).map(|ends| (ends - job.now).num_seconds());
        if ends.is_some_and(|seconds| seconds < POLL_LEAST_SECS) {
            let why = "a post whose poll is over, or nearly so, cannot be edited: the server would open the poll again";
            return Next::Person { why: why.to_owned() };
        }
        return Next::Call(wire::edit(job, part, &receipt.id, &media, ends));
    }
    Next::Done
}

/// What a post that is to be edited holds, and whether all of it but its text is as it is to be.
fn read_now(job: &Job<'_>, call: &Call, reply: &Reply) -> Step {
    let (post, rendition) = (reply.json(), job.rendition);
    let attached = post["media_attachments"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<&str> = attached.iter().filter_map(|media| wire::id(&media[ID])).collect();
    let hidden = setting(rendition, "sensitive") == "true" || !setting(rendition, "content_warning").is_empty();
    let media = rendition.parts.get(call.part).map(|part| part.media.as_slice()).unwrap_or_default();
    let words = |text: Option<&str>| text.unwrap_or_default().trim().to_owned();
    let is_described = media
        .iter()
        .zip(attached)
        .all(|(media, attached)| words(media.alt.as_deref()) == words(attached["description"].as_str()));
    let is_alike = post["sensitive"] == hidden && is_described && kept::lacks(rendition, call.part, &post).is_empty();
    let ends = post["poll"]["expires_at"].as_str().filter(|_| call.part == 0).unwrap_or_default();
    let state = if is_alike { ALIKE } else { "" };
    let data = [(MEDIA, ids.join(",")), (POLL_ENDS, ends.to_owned()), (STATE, state.to_owned())];
    made_of(&call.name, data, Some(after(reply, BELIEVED_SECS)))
}

/// Whether a post's text and warning are as they are to be; a server that does not tell them has them sent.
fn read_source(job: &Job<'_>, call: &Call, reply: &Reply) -> Step {
    let source = reply.json();
    let text = job.rendition.parts.get(call.part).map(|part| part.text.as_str());
    let warning = source["spoiler_text"].as_str() == Some(setting(job.rendition, "content_warning"));
    let is_alike = reply.is_success() && source["text"].as_str() == text && warning;
    let state = if is_alike { ALIKE } else { UNKNOWN };
    made_of(&call.name, [(STATE, state.to_owned())], Some(after(reply, BELIEVED_SECS)))
}

/// From the last part to the first. Some software says of a post that it does not remove that it is not there: so that is
/// looked at.
pub(super) fn remove(farewell: &Farewell<'_>, done: &[Step]) -> Next {
    for (part, receipt) in farewell.out.iter().enumerate().rev() {
        let name = |what: &str| format!("{what} {}", part + 1);
        let state = made(done, &name("delete"), farewell.now).map(|deleted| deleted.data(STATE));
        if state == Some(GONE) || made(done, &name("check"), farewell.now).is_some() {
            continue;
        }
        let server = &farewell.identity.server;
        return Next::Call(match state {
            Some(_) => wire::read(&name("check"), part, server, &receipt.id),
            None => wire::delete(&name("delete"), part, server, &receipt.id),
        });
    }
    Next::Done
}

pub(super) fn read_remove(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let is_gone = refusals::is_gone(reply);
    let state = |state: &str| made_of(&call.name, [(STATE, state.to_owned())], None);
    match call.name.split(' ').next() {
        Some("delete") if is_gone => Ok(state(UNKNOWN)),
        Some("delete") if reply.is_success() => Ok(state(GONE)),
        Some("check") if is_gone => Ok(state(GONE)),
        Some("check") if reply.is_success() => Err(refusals::still_there(reply)),
        _ => Err(refusals::refusal(reply, false)),
    }
}

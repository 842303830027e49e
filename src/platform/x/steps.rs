//! Which call is next for X and what its answer means, told from what is done.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::wire::{self, Processing};
use super::{look, refusals};
use crate::fit::{Media, Rendition};
use crate::platform::done::{self, Doubt, Made, Way, made, shown};
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Job, Next, Receipt, Refusal, Reply, Step, Via};

/// How long an image can be used after finalize, where X does not say (`expires_after_secs`).
const MEDIA_LIFE_SECS: i64 = 86_400;

/// X never needs that long for an image; one that takes longer will not end.
const PROCESSING_MAX: TimeDelta = TimeDelta::minutes(15);

/// Key of a media id in a step's data.
const MEDIA_ID: &str = "media_id";

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    let parts = job.rendition.parts.len();
    for (part, doubt) in (0..parts).filter_map(|part| Some((part, done::doubt(done, part)?))) {
        match doubt.way_by_list(job) {
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
    let mut waiting = pictures(job.rendition).filter(|picture| picture.part >= part);
    waiting.find_map(|picture| picture.next(job, done)).unwrap_or_else(|| Next::Call(post_call(job, done, part)))
}

const WHY_SETTLE: &str = "X gave no clear answer; its list of posts is read once it can be trusted";

fn why_person(job: &Job<'_>, part: usize) -> String {
    format!(
        "X twice gave no clear answer to part {}, and it is not among the account's posts: look at https://x.com/{}, then \
         tell with `pressroom resolve` whether it is there",
        part + 1,
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

fn post_call(job: &Job<'_>, done: &[Step], part: usize) -> Call {
    let mine = pictures(job.rendition).filter(|picture| picture.part == part);
    let ids: Vec<&str> = mine.filter_map(|picture| Some(picture.finalized(done, job.now)?.data(MEDIA_ID))).collect();
    let before = part.checked_sub(1).and_then(|before| shown(done, before));
    let before = before.map(|receipt| receipt.id.as_str());
    wire::post(job.rendition, part, &job.rendition.parts[part], &ids, before)
}

/// One image of a rendition, numbered from 1 through all parts.
struct Picture<'a> {
    number: usize,
    part: usize,
    media: &'a Media,
    alone: bool,
}

fn pictures(rendition: &Rendition) -> impl Iterator<Item = Picture<'_>> {
    let of_part = |(part, its): (usize, _)| {
        let its: &crate::fit::Part = its;
        its.media.iter().map(move |media| (part, media, its.media.len() == 1))
    };
    let all = rendition.parts.iter().enumerate().flat_map(of_part);
    all.enumerate().map(|(index, (part, media, alone))| Picture { number: index + 1, part, media, alone })
}

impl Picture<'_> {
    fn name(&self, what: &str) -> String {
        format!("image {} {what}", self.number)
    }

    fn finalized<'d>(&self, done: &'d [Step], now: DateTime<Utc>) -> Option<Made<'d>> {
        made(done, &self.name("finalize"), now)
    }

    /// Whether a step was done to this very upload: after one that expired, the same steps are done to another.
    fn has(&self, done: &[Step], what: &str, id: &str, now: DateTime<Utc>) -> bool {
        made(done, &self.name(what), now).is_some_and(|made| made.data(MEDIA_ID) == id)
    }

    /// What is left to do before it can be shown; `None`: nothing.
    fn next(&self, job: &Job<'_>, done: &[Step]) -> Option<Next> {
        match self.finalized(done, job.now) {
            None => Some(Next::Call(self.upload(job, done))),
            Some(upload) => self.ready(job, done, &upload),
        }
    }

    fn upload(&self, job: &Job<'_>, done: &[Step]) -> Call {
        let session = made(done, &self.name("initialize"), job.now);
        // One that was finalized, and has ended since, takes no more.
        let is_spent =
            |session: &Made<'_>| done::was_made(done, &self.name("finalize"), MEDIA_ID, session.data(MEDIA_ID));
        let Some(session) = session.filter(|session| !is_spent(session)) else {
            return wire::initialize(&self.name("initialize"), self.part, self.media, self.alone);
        };
        let id = session.data(MEDIA_ID);
        for index in 0..self.media.bytes.div_ceil(wire::SEGMENT) {
            let what = format!("append {index}");
            if !self.has(done, &what, id, job.now) {
                return wire::append(&self.name(&what), self.part, id, self.media, index);
            }
        }
        wire::finalize(&self.name("finalize"), self.part, id)
    }

    fn ready(&self, job: &Job<'_>, done: &[Step], upload: &Made<'_>) -> Option<Next> {
        let id = upload.data(MEDIA_ID);
        if let Some(check_at) = upload.time("check_at").filter(|_| !self.has(done, "status", id, job.now)) {
            if job.now < check_at {
                return Some(Next::Wait { until: check_at, why: format!("X is processing image {}", self.number) });
            }
            return Some(Next::Call(wire::status(&self.name("status"), self.part, id)));
        }
        let alt = self.media.alt.as_deref().filter(|alt| !alt.is_empty())?;
        let is_told = self.has(done, "alt", id, job.now);
        (!is_told).then(|| Next::Call(wire::alt(&self.name("alt"), self.part, id, alt)))
    }
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    if !reply.is_success() {
        return Err(match refusals::refusal(reply, call.shows) {
            // The first send may have worked after all: X does not name the original, so it is looked for again.
            _ if refusals::is_duplicate(reply) && done::doubt(done, call.part).is_some() => refusals::maybe_ours(reply),
            refusal => refusal,
        });
    }
    match call.name.split(' ').collect::<Vec<_>>()[..] {
        ["image", _, "initialize"] => initialized(call, reply),
        ["image", number, "append", _] => {
            let session = made(done, &format!("image {number} initialize"), job.now);
            Ok(made_of(call, session.map_or("", |session| session.data(MEDIA_ID)), None))
        }
        ["image", _, "finalize"] => finalized(call, reply),
        ["image", number, "status"] => processed(call, reply, made(done, &format!("image {number} finalize"), job.now)),
        ["image", number, "alt"] => {
            let upload = made(done, &format!("image {number} finalize"), job.now);
            Ok(made_of(call, upload.map_or("", |upload| upload.data(MEDIA_ID)), None))
        }
        ["post", _] => posted(job, call, reply),
        ["look", _] => looked(job, done, call, reply),
        _ => Err(bug(format!("`{}` is no call to X", call.name))),
    }
}

fn made_of(call: &Call, media_id: &str, expires: Option<DateTime<Utc>>) -> Step {
    let data = BTreeMap::from([(MEDIA_ID.to_owned(), media_id.to_owned())]);
    Step::Made { name: call.name.clone(), data, secret: BTreeMap::new(), expires }
}

/// From when on X no longer takes an upload.
fn expiry(reply: &Reply) -> DateTime<Utc> {
    let seconds = reply.json()["data"]["expires_after_secs"].as_i64().filter(|seconds| *seconds > 0);
    after(reply, seconds.unwrap_or(MEDIA_LIFE_SECS).min(MEDIA_LIFE_SECS))
}

fn initialized(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let id = wire::id(&answer["data"]["id"]).ok_or_else(|| refusals::unclear(reply, false))?;
    Ok(made_of(call, id, Some(expiry(reply))))
}

fn finalized(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let id = wire::id(&answer["data"]["id"]).ok_or_else(|| refusals::unclear(reply, false))?;
    let mut step = made_of(call, id, Some(expiry(reply)));
    match (wire::processing(&answer), &mut step) {
        (Processing::Failed { why }, _) => return Err(refusals::processing_failed(reply, why)),
        (Processing::Pending { seconds }, Step::Made { data, .. }) => {
            data.insert("finalized_at".to_owned(), reply.at.to_rfc3339());
            data.insert("check_at".to_owned(), after(reply, seconds).to_rfc3339());
        }
        _ => {}
    }
    Ok(step)
}

fn processed(call: &Call, reply: &Reply, upload: Option<Made<'_>>) -> Result<Step, Refusal> {
    let answer = reply.json();
    let (id, since) = upload.map_or(("", None), |upload| (upload.data(MEDIA_ID), upload.time("finalized_at")));
    if answer["data"].is_null() {
        return Err(refusals::unclear(reply, false));
    }
    match wire::processing(&answer) {
        Processing::Ready => Ok(made_of(call, id, None)),
        Processing::Failed { why } => Err(refusals::processing_failed(reply, why)),
        Processing::Pending { .. } if since.is_some_and(|since| reply.at - since > PROCESSING_MAX) => {
            Err(refusals::processing_failed(reply, "still in progress after 15 minutes".to_owned()))
        }
        Processing::Pending { seconds } => Err(refusals::still_processing(reply, after(reply, seconds))),
    }
}

/// X may put `errors` beside the `data` of a success; with an id in it the part is out all the same.
fn posted(job: &Job<'_>, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let id = wire::id(&answer["data"]["id"]).ok_or_else(|| refusals::unclear(reply, true))?;
    let at = wire::made_at(id).unwrap_or(reply.at);
    Ok(shown_step(job, call.part, id, at, Via::Response))
}

fn shown_step(job: &Job<'_>, part: usize, id: &str, at: DateTime<Utc>, via: Via) -> Step {
    Step::Shown { part, receipt: Receipt { id: id.to_owned(), url: wire::url(job.identity, id), at, via } }
}

fn looked(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let (Some(part), Some(doubt)) = (job.rendition.parts.get(call.part), done::doubt(done, call.part)) else {
        return Err(bug(format!("`{}` looks for what is in no doubt", call.name)));
    };
    // An empty list has no `data`, only `meta`; an answer with neither says nothing.
    if answer["meta"].is_null() && answer["data"].is_null() {
        return Err(refusals::unclear(reply, false));
    }
    if let Some((id, at)) = look::find(&answer, part, &doubt, done) {
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

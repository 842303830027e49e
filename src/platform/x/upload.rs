//! What must be with X before a part can be shown: each file is uploaded, processed, captioned and described. Knows no post.
//!
//! A video's progress is one step, `video 1 sent`, of which only the newest counts; the few segments of a picture are a step
//! each. A segment may be sent twice: where progress was lost, some are.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::{DateTime, TimeDelta, Utc};

use super::refusals;
use super::wire::{self, Processing};
use crate::fit::{Media, Rendition};
use crate::media::Kind;
use crate::platform::done::{self, Made, made};
use crate::platform::refusal::after;
use crate::platform::{Call, Job, Next, Refusal, Reply, Step};

/// How long an upload can be used after finalize, where X does not say (`expires_after_secs`).
const MEDIA_LIFE_SECS: i64 = 86_400;

/// X never needs that long for a picture; one that takes longer will not end.
const PROCESSING_MAX: TimeDelta = TimeDelta::minutes(15);

/// Long videos may take longer.
const FILM_PROCESSING_MAX: TimeDelta = TimeDelta::hours(1);

/// Key of a media id in a step's data.
const MEDIA_ID: &str = "media_id";

/// Key of what X said to a finalize that may have been the second.
const REFUSED: &str = "refused";

/// After a refused finalize the upload is asked for its status at once; later, another upload is begun.
const ASKED_WITHIN_SECS: i64 = 600;

/// A file that is uploaded.
struct Upload<'a> {
    /// `image 2`, `video 1`, `captions 1`: how its calls and steps begin.
    name: String,
    part: usize,
    file: &'a Media,
    category: &'static str,
}

/// An attachment of a part, numbered from 1 through all parts.
pub(super) struct Attached<'a> {
    pub(super) part: usize,
    number: usize,
    media: &'a Media,
    alone: bool,
}

/// All attachments of a rendition.
pub(super) fn attached(rendition: &Rendition) -> impl Iterator<Item = Attached<'_>> {
    rendition.media().enumerate().map(|(index, (part, media))| {
        let alone = rendition.parts[part].media.len() == 1;
        Attached { part, number: index + 1, media, alone }
    })
}

impl<'a> Attached<'a> {
    fn upload(&self) -> Upload<'a> {
        let kind = if self.media.is_video() { "video" } else { "image" };
        let category = match self.media.kind {
            Kind::Video => wire::video_category(self.media),
            // A lone GIF may move and has a category of its own, which forbids company.
            Kind::Gif if self.alone => "tweet_gif",
            _ => "tweet_image",
        };
        Upload { name: format!("{kind} {}", self.number), part: self.part, file: self.media, category }
    }

    /// The id a post names it by, once it is uploaded.
    pub(super) fn id<'d>(&self, done: &'d [Step], now: DateTime<Utc>) -> Option<&'d str> {
        Some(self.upload().finalized(done, now)?.data(MEDIA_ID))
    }

    /// What is left to do before it can be shown; `None`: nothing.
    pub(super) fn next(&self, job: &Job<'_>, done: &[Step]) -> Option<Next> {
        let upload = self.upload();
        let id = match upload.next(job, done) {
            ControlFlow::Continue(id) => id,
            ControlFlow::Break(next) => return Some(next),
        };
        if let Some(next) = self.captions(job, done, id) {
            return Some(next);
        }
        let alt = self.media.alt.as_deref().filter(|alt| !alt.is_empty())?;
        let is_told = upload.step(done, "alt", id, job.now).is_some();
        (!is_told).then(|| Next::Call(wire::alt(&upload.call("alt"), self.part, id, alt)))
    }

    /// Captions are uploaded once their video is ready, and then tied to it.
    fn captions(&self, job: &Job<'_>, done: &[Step], video: &str) -> Option<Next> {
        let captions = self.media.captions.as_deref()?;
        let name = format!("captions {}", self.number);
        let upload = Upload { name, part: self.part, file: &captions.file, category: "subtitles" };
        if upload.step(done, "tie", video, job.now).is_some() {
            return None;
        }
        Some(match upload.next(job, done) {
            ControlFlow::Continue(id) => {
                let lang = captions.lang.as_deref().unwrap_or_default();
                let category = wire::video_category(self.media);
                Next::Call(wire::tie(&upload.call("tie"), self.part, (video, category), id, lang))
            }
            ControlFlow::Break(next) => next,
        })
    }
}

impl Upload<'_> {
    fn call(&self, what: &str) -> String {
        format!("{} {what}", self.name)
    }

    fn finalized<'d>(&self, done: &'d [Step], now: DateTime<Utc>) -> Option<Made<'d>> {
        made(done, &self.call("finalize"), now)
    }

    /// A step, if it was done to this very upload: after one that expired, the same steps are done to another.
    fn step<'d>(&self, done: &'d [Step], what: &str, id: &str, now: DateTime<Utc>) -> Option<Made<'d>> {
        made(done, &self.call(what), now).filter(|made| made.data(MEDIA_ID) == id)
    }

    /// The id of what is ready, or what is left to do until it is.
    fn next<'d>(&self, job: &Job<'_>, done: &'d [Step]) -> ControlFlow<Next, &'d str> {
        let Some(upload) = self.finalized(done, job.now) else {
            return ControlFlow::Break(Next::Call(self.send(job, done)));
        };
        let id = upload.data(MEDIA_ID);
        let newest = self.step(done, "status", id, job.now).unwrap_or(upload);
        match newest.time("check_at") {
            None => ControlFlow::Continue(id),
            Some(until) if job.now < until => {
                ControlFlow::Break(Next::Wait { until, why: format!("X is processing {}", self.name) })
            }
            Some(_) => ControlFlow::Break(Next::Call(wire::status(&self.call("status"), self.part, id))),
        }
    }

    fn send(&self, job: &Job<'_>, done: &[Step]) -> Call {
        let session = made(done, &self.call("initialize"), job.now);
        // One that was finalized, and has ended since, takes no more.
        let is_spent =
            |session: &Made<'_>| done::was_made(done, &self.call("finalize"), MEDIA_ID, session.data(MEDIA_ID));
        let Some(session) = session.filter(|session| !is_spent(session)) else {
            return wire::initialize(&self.call("initialize"), self.part, self.file, self.category);
        };
        let id = session.data(MEDIA_ID);
        let index = self.sent(done, id, job.now);
        if wire::segment(self.file, index).is_empty() {
            return wire::finalize(&self.call("finalize"), self.part, id);
        }
        wire::append(&self.call(&format!("append {index}")), self.part, id, self.file, index)
    }

    /// How many segments X has.
    fn sent(&self, done: &[Step], id: &str, now: DateTime<Utc>) -> u64 {
        if self.file.is_video() {
            let sent = self.step(done, "sent", id, now);
            return sent.and_then(|sent| sent.data("next").parse().ok()).unwrap_or(0);
        }
        let has = |index: &u64| self.step(done, &format!("append {index}"), id, now).is_some();
        (0..).take_while(has).count() as u64
    }
}

/// What an answer to one of these calls means; `None`: it is none of them.
pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Option<Result<Step, Refusal>> {
    let (name, what) = match call.name.split(' ').collect::<Vec<_>>()[..] {
        [kind @ ("image" | "video" | "captions"), number, what] => (format!("{kind} {number}"), what),
        [kind @ ("image" | "video" | "captions"), number, "append", _] => (format!("{kind} {number}"), "append"),
        _ => return None,
    };
    let of = |what: &str| made(done, &format!("{name} {what}"), job.now);
    let id = |made: Option<Made<'_>>| made.map_or(String::new(), |made| made.data(MEDIA_ID).to_owned());
    Some(match what {
        "initialize" => new_id(reply).map(|id| step(&call.name, &id, Some(expiry(reply)))),
        "append" => Ok(appended(&name, call, &id(of("initialize")))),
        "finalize" => finalized(call, reply),
        "status" => processed(call, reply, of("finalize")),
        "alt" => Ok(step(&call.name, &id(of("finalize")), None)),
        "tie" => Ok(step(&call.name, &id(made(done, &name_of_video(&name), job.now)), None)),
        _ => return None,
    })
}

/// What a refusal of one of these calls means, beyond what it says. A segment or a finalize is refused where the upload was
/// finalized before and nobody heard of it, and for reasons of its own: the upload's status tells which it was. `None`: it
/// means what it says.
pub(super) fn read_refused(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Option<Result<Step, Refusal>> {
    let mut words = call.name.splitn(3, ' ').filter(|_| matches!(reply.status, 400 | 404));
    let (name, what) = (format!("{} {}", words.next()?, words.next()?), words.next()?);
    let of = |what: &str| made(done, &format!("{name} {what}"), job.now);
    match what.split(' ').next()? {
        "append" | "finalize" => {
            let step = step(
                &format!("{name} finalize"),
                of("initialize")?.data(MEDIA_ID),
                Some(after(reply, ASKED_WITHIN_SECS)),
            );
            let step = with(step, REFUSED, refusals::refusal(reply, false).words);
            Some(Ok(with(step, "check_at", reply.at.to_rfc3339())))
        }
        "status" => {
            let words = of("finalize").map(|made| made.data(REFUSED).to_owned()).filter(|words| !words.is_empty())?;
            Some(Err(Refusal { words, ..refusals::refusal(reply, false) }))
        }
        _ => None,
    }
}

/// `captions 1` -> the step that finished its video.
fn name_of_video(captions: &str) -> String {
    format!("{} finalize", captions.replace("captions", "video"))
}

fn step(name: &str, media_id: &str, expires: Option<DateTime<Utc>>) -> Step {
    let data = BTreeMap::from([(MEDIA_ID.to_owned(), media_id.to_owned())]);
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires }
}

fn with(mut step: Step, key: &str, value: String) -> Step {
    if let Step::Made { data, .. } = &mut step {
        data.insert(key.to_owned(), value);
    }
    step
}

/// From when on X no longer takes an upload.
fn expiry(reply: &Reply) -> DateTime<Utc> {
    let seconds = reply.json()["data"]["expires_after_secs"].as_i64().filter(|seconds| *seconds > 0);
    after(reply, seconds.unwrap_or(MEDIA_LIFE_SECS).min(MEDIA_LIFE_SECS))
}

fn new_id(reply: &Reply) -> Result<String, Refusal> {
    let answer = reply.json();
    wire::id(&answer["data"]["id"]).map(str::to_owned).ok_or_else(|| refusals::unclear(reply, false))
}

fn appended(name: &str, call: &Call, id: &str) -> Step {
    let index = call.name.rsplit(' ').next().and_then(|index| index.parse::<u64>().ok()).unwrap_or_default();
    if name.starts_with("video") {
        return with(step(&format!("{name} sent"), id, None), "next", (index + 1).to_string());
    }
    step(&call.name, id, None)
}

fn finalized(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let step = step(&call.name, &new_id(reply)?, Some(expiry(reply)));
    match wire::processing(&reply.json()) {
        Processing::Ready => Ok(step),
        Processing::Failed { why } => Err(refusals::processing_failed(reply, &call.name, why)),
        Processing::Pending { seconds } => {
            let step = with(step, "finalized_at", reply.at.to_rfc3339());
            Ok(with(step, "check_at", after(reply, seconds).to_rfc3339()))
        }
    }
}

/// What is still in progress is a step too, so that asking again is no failed try.
fn processed(call: &Call, reply: &Reply, upload: Option<Made<'_>>) -> Result<Step, Refusal> {
    let answer = reply.json();
    let (id, since) = upload.map_or(("", None), |upload| (upload.data(MEDIA_ID), upload.time("finalized_at")));
    if answer["data"].is_null() {
        return Err(refusals::unclear(reply, false));
    }
    let most = if call.name.starts_with("video") { FILM_PROCESSING_MAX } else { PROCESSING_MAX };
    match wire::processing(&answer) {
        Processing::Ready => Ok(step(&call.name, id, None)),
        Processing::Failed { why } => Err(refusals::processing_failed(reply, &call.name, why)),
        Processing::Pending { .. } if since.is_some_and(|since| reply.at - since > most) => {
            let why = format!("still in progress after {} minutes", most.num_minutes());
            Err(refusals::processing_failed(reply, &call.name, why))
        }
        Processing::Pending { seconds } => {
            Ok(with(step(&call.name, id, None), "check_at", after(reply, seconds).to_rfc3339()))
        }
    }
}

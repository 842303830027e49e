//! The two ways a video gets to Facebook, and how each goes on after a break: in chunks (feed), or all bytes at once to a host
//! of their own (reels, stories). Either way its id is known from the start, and nothing of it is to be seen. Knows nothing
//! of what comes after it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::refusals;
use super::wire::{self, Edge, Film};
use crate::fit::Media;
use crate::platform::done::{Made, made, times_ended, was_made};
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Job, Refusal, Reply, Step, meta};

/// The steps: a session (without data: it has ended), how far its chunks are, how far its bytes are (without data: that has
/// to be asked), that all bytes have arrived, that Facebook has them together.
const START: &str = "video 1 start";
const CHUNK: &str = "video 1 chunk";
const PROGRESS: &str = "video 1 progress";
const BYTES: &str = "video 1 bytes";
const STATUS: &str = "video 1 status";

/// Keys of their data.
const VIDEO: &str = "video";
const SESSION: &str = "session";
const FOR: &str = "for";
const FROM: &str = "start";
const TO: &str = "end";
const AT: &str = "at";
const CORRECTED: &str = "corrected";
/// And of what is secret.
const ADDRESS: &str = "address";

/// How long a session is trusted. Facebook tells no figure; photos that nobody used are deleted after 24 hours.
const LIFE_SECS: i64 = 82_800;

/// How long a word on how far the bytes are stays true: a broken call may have brought some more.
const PROGRESS_SECS: i64 = 10;

/// How often an upload is begun anew, corrected, or asked at the same byte.
const ANEW_MAX: usize = 2;
const STANDSTILLS_MAX: usize = 5;

/// Seconds between two questions for a video that is not together yet.
const POLL_SECS: i64 = 5;

/// A video that is there as a whole: what `finish` names it by.
pub(super) struct Whole<'d> {
    pub(super) name: &'d str,
}

fn purpose(edge: Edge, media: &Media) -> String {
    wire::digest(media, &format!("{edge:?}"))
}

/// An upload in progress: what its session is called, and what was done since it was begun.
#[derive(Clone, Copy)]
struct Upload<'d> {
    session: Made<'d>,
    since: &'d [Step],
}

impl<'d> Upload<'d> {
    /// The one begun last, if it was for this very file and purpose and can still be used.
    fn of(job: &Job<'_>, done: &'d [Step], edge: Edge, media: &Media) -> Option<Self> {
        let session = made(done, START, job.now).filter(|session| session.data(FOR) == purpose(edge, media))?;
        let begun = done.iter().rposition(|step| matches!(step, Step::Made { name, .. } if name == START))?;
        Some(Self { session, since: &done[begun..] })
    }

    /// The bytes Facebook wants next.
    fn range(&self, now: DateTime<Utc>) -> Option<(u64, u64)> {
        let wanted = made(self.since, CHUNK, now).unwrap_or(self.session);
        Some((wanted.data(FROM).parse().ok()?, wanted.data(TO).parse().ok()?))
    }

    /// The first byte that has not arrived; `None`: that has to be asked, for an earlier call may have brought some.
    fn offset(&self, now: DateTime<Utc>) -> Option<u64> {
        if self.since.iter().any(|step| matches!(step, Step::Made { name, .. } if name == PROGRESS)) {
            return made(self.since, PROGRESS, now)?.data(FROM).parse().ok();
        }
        let age = now.signed_duration_since(self.session.time(AT)?);
        (age < TimeDelta::seconds(PROGRESS_SECS)).then_some(0)
    }

    fn is_made(&self, name: &str, now: DateTime<Utc>) -> bool {
        made(self.since, name, now).is_some()
    }
}

/// The newest video that was announced, whether or not it can still be used.
pub(super) fn known_video(done: &[Step]) -> Option<&str> {
    done.iter().rev().find_map(|step| match step {
        Step::Made { name, data, .. } if name == START => data.get(VIDEO).map(String::as_str),
        _ => None,
    })
}

/// Whether the newest session has not been given up.
pub(super) fn is_going(job: &Job<'_>, done: &[Step]) -> bool {
    made(done, START, job.now).is_some_and(|session| !session.data(VIDEO).is_empty())
}

/// The whole video, or the call that leads there.
pub(super) fn next<'d>(job: &Job<'_>, done: &'d [Step], edge: Edge, media: &Media) -> Result<Whole<'d>, Box<Call>> {
    let page = wire::page(job.rendition);
    let start = || Box::new(wire::start(START, edge, page, media));
    let upload = Upload::of(job, done, edge, media).ok_or_else(start)?;
    if edge == Edge::Videos {
        let session = upload.session.data(SESSION);
        return match upload.range(job.now) {
            Some((from, to)) if from == to => Ok(Whole { name: session }),
            Some((from, to)) if from < to && to <= media.bytes => {
                Err(Box::new(wire::chunk(CHUNK, page, session, media, (from, to))))
            }
            // What no file of this length can give: another session may ask for what is there.
            _ => Err(start()),
        };
    }
    let video = upload.session.data(VIDEO);
    if upload.is_made(STATUS, job.now) {
        return Ok(Whole { name: video });
    }
    if upload.is_made(BYTES, job.now) {
        return Err(Box::new(wire::video(STATUS, video)));
    }
    let to = upload.session.secret(ADDRESS).and_then(wire::upload_address).ok_or_else(start)?;
    Err(Box::new(match upload.offset(job.now) {
        Some(offset) if offset < media.bytes => wire::bytes(BYTES, to, media, offset),
        Some(_) => wire::video(STATUS, video),
        None => wire::video(PROGRESS, video),
    }))
}

/// What an answer to a call of an upload means; `what` is the last word of the call's name.
pub(super) fn read(
    job: &Job<'_>,
    done: &[Step],
    edge: Edge,
    media: &Media,
    (call, what, reply): (&Call, &str, &Reply),
) -> Result<Step, Refusal> {
    if !reply.is_success() {
        return refused(job, done, (edge, media), what, reply);
    }
    if what == "start" {
        return started(edge, media, reply);
    }
    let Some(upload) = Upload::of(job, done, edge, media) else {
        return Err(bug(format!("`{}` has no upload to belong to", call.name)));
    };
    match what {
        "chunk" => chunk_sent(&upload, &reply.json(), false, reply),
        "bytes" if reply.json()["success"] == true => Ok(step(BYTES, [], None)),
        "progress" => progressed(done, &upload, media, reply),
        "status" => together(done, reply),
        "bytes" => Err(refusals::unclear(reply, false)),
        _ => Err(bug(format!("`{}` is no call to Facebook", call.name))),
    }
}

fn step<const N: usize>(name: &str, data: [(&str, String); N], expires: Option<DateTime<Utc>>) -> Step {
    let data = data.map(|(key, value)| (key.to_owned(), value)).into();
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires }
}

/// Says that something is no longer so; a step without data.
fn ended(name: &str, reply: &Reply) -> Step {
    step(name, [], Some(reply.at))
}

/// The session is given up, if that has not been done often.
pub(super) fn anew(done: &[Step], reply: &Reply) -> Option<Step> {
    (times_ended(done, START) < ANEW_MAX).then(|| ended(START, reply))
}

fn refused(
    job: &Job<'_>,
    done: &[Step],
    (edge, media): (Edge, &Media),
    what: &str,
    reply: &Reply,
) -> Result<Step, Refusal> {
    if let Some(expected) = refusals::expected_chunk(reply)
        && let Some(upload) = Upload::of(job, done, edge, media)
    {
        return chunk_sent(&upload, &expected, true, reply);
    }
    if refusals::is_wrong_offset(reply) && times_ended(done, PROGRESS) < STANDSTILLS_MAX {
        return Ok(ended(PROGRESS, reply));
    }
    let lost = (what != "start" && refusals::is_lost_upload(reply)).then(|| anew(done, reply)).flatten();
    lost.ok_or_else(|| refusals::refusal(reply, false))
}

fn started(edge: Edge, media: &Media, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let unclear = || refusals::unclear(reply, false);
    let video = meta::id(&answer["video_id"]).ok_or_else(unclear)?;
    let mut data = BTreeMap::from([
        (VIDEO.to_owned(), video),
        (FOR.to_owned(), purpose(edge, media)),
        (AT.to_owned(), reply.at.to_rfc3339()),
    ]);
    let mut secret = BTreeMap::new();
    if edge == Edge::Videos {
        let session = meta::id(&answer["upload_session_id"]).ok_or_else(unclear)?;
        let (start, end) = wire::offsets(&answer).ok_or_else(unclear)?;
        data.extend([(SESSION, session), (FROM, start.to_string()), (TO, end.to_string())].map(owned));
    } else {
        let address = answer["upload_url"].as_str().ok_or_else(unclear)?;
        if wire::upload_address(address).is_none() {
            let host = wire::UPLOAD_HOST;
            return Err(bug(format!("Facebook names an upload address outside https://{host}/; no token goes there")));
        }
        secret.insert(ADDRESS.to_owned(), address.to_owned());
    }
    Ok(Step::Made { name: START.to_owned(), data, secret, expires: Some(after(reply, LIFE_SECS)) })
}

fn owned((key, value): (&str, String)) -> (String, String) {
    (key.to_owned(), value)
}

/// What Facebook wants next, after a chunk or instead of one.
fn chunk_sent(upload: &Upload<'_>, wanted: &Value, corrected: bool, reply: &Reply) -> Result<Step, Refusal> {
    let (from, to) = wire::offsets(wanted).ok_or_else(|| refusals::unclear(reply, false))?;
    let (before, _) = upload.range(reply.at).unwrap_or_default();
    let is_correction =
        |step: &&Step| matches!(step, Step::Made { name, data, .. } if name == CHUNK && data.contains_key(CORRECTED));
    let corrections = upload.since.iter().filter(is_correction).count();
    if corrected && corrections >= STANDSTILLS_MAX || !corrected && from <= before {
        return Err(refusals::stuck(reply));
    }
    let mut data = BTreeMap::from([(FROM, from.to_string()), (TO, to.to_string())].map(owned));
    if corrected {
        data.insert(CORRECTED.to_owned(), "true".to_owned());
    }
    Ok(Step::Made { name: CHUNK.to_owned(), data, secret: BTreeMap::new(), expires: None })
}

/// What Facebook says of the video, unless nothing will come of it.
fn film(done: &[Step], reply: &Reply) -> Result<Result<Film, Step>, Refusal> {
    let answer = reply.json();
    if !answer["status"].is_object() {
        return Err(refusals::unclear(reply, false));
    }
    let film = wire::film(&answer);
    match &film.failed {
        None => Ok(Ok(film)),
        Some(why) => match anew(done, reply) {
            Some(step) => Ok(Err(step)),
            None => Err(refusals::failed(reply, why, "Facebook cannot use the video; convert it to MP4 (H.264, AAC)")),
        },
    }
}

fn progressed(done: &[Step], upload: &Upload<'_>, media: &Media, reply: &Reply) -> Result<Step, Refusal> {
    let film = match film(done, reply)? {
        Ok(film) => film,
        Err(step) => return Ok(step),
    };
    let offset = if film.is_uploaded { media.bytes } else { film.bytes.min(media.bytes) }.to_string();
    let at_the_same = |step: &&Step| was_made(std::slice::from_ref(*step), PROGRESS, FROM, &offset);
    if upload.since.iter().filter(at_the_same).count() >= STANDSTILLS_MAX {
        return Err(refusals::stuck(reply));
    }
    Ok(step(PROGRESS, [(FROM, offset)], Some(after(reply, PROGRESS_SECS))))
}

fn together(done: &[Step], reply: &Reply) -> Result<Step, Refusal> {
    match film(done, reply)? {
        Ok(film) if film.is_uploaded => Ok(step(STATUS, [], None)),
        Ok(_) => {
            let words = "Facebook is still putting the video together";
            Err(refusals::not_ready(reply, words, after(reply, POLL_SECS)))
        }
        Err(step) => Ok(step),
    }
}

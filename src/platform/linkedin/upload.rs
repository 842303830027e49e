//! How one file gets to LinkedIn: announced, put there, and, where that can be asked, waited for until it is processed.
//! Knows no post.
//!
//! An image or a document goes in one piece. A video goes in the parts LinkedIn asks for, each to an address of its own, and
//! each answers with an ETag; the list of these, in order, makes them one again. All ETags stand under one name, so that a
//! ledger grows by a line for a video and not for every part. Parts that are there already are not sent again, as long as
//! their addresses are known; where these are lost, or too old, the video is announced anew.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use url::Url;

use super::wire::{self, File, Sort};
use super::{refusals, steps};
use crate::platform::done::{Made, made, times_ended};
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Job, Next, Refusal, Reply, Step};

/// Keys of a step beside the URN, which stands under the sort's word: where each part of a video ends, when the bytes were
/// taken, when LinkedIn last said that it is not ready.
const ENDS: &str = "ends";
const UPLOADED_AT: &str = "uploaded_at";
const ASKED_AT: &str = "asked_at";

/// Secret keys: where the bytes go, and what the parts are told to belong together by. Those of parts are numbers.
const ADDRESS: &str = "address";
const COVER: &str = "cover";
const CAPTIONS: &str = "captions";
const TOKEN: &str = "token";

/// How often a file is announced anew because its address or its list of parts was refused, before that counts as a refusal.
const ANEW_MAX: usize = 2;

/// An announcement that names no end: recorded addresses open for 24 hours.
const OPEN_SECS: i64 = 86_400;

/// Least time between two looks at a file that is not ready. Each look counts against the member's 150 calls a day, so they
/// get rarer the longer it takes.
const POLL: TimeDelta = TimeDelta::seconds(5);

pub(super) const WHY_PROCESSING: &str = "LinkedIn is still processing what was uploaded";

impl Sort {
    fn poll_max(self) -> TimeDelta {
        if self == Self::Video { TimeDelta::minutes(2) } else { TimeDelta::seconds(30) }
    }

    /// LinkedIn never needs that long; what takes longer will not end.
    fn processing_max(self) -> TimeDelta {
        if self == Self::Video { TimeDelta::hours(1) } else { TimeDelta::minutes(15) }
    }
}

/// The URN of a file that can be shown, or what leads there.
pub(super) fn next<'d>(job: &Job<'_>, done: &'d [Step], file: &File<'_>) -> Result<&'d str, Box<Next>> {
    let taken = match file.sort {
        Sort::Video => video(job, done, file),
        Sort::Image | Sort::Document => whole(job, done, file),
    };
    let taken = taken.map_err(|call| Box::new(Next::Call(call)))?;
    // A person's token is not allowed to ask for images and documents; LinkedIn takes such images at once.
    if file.sort == Sort::Video || wire::is_organization(job.rendition) {
        ready(job, done, file, &taken)?;
    }
    Ok(taken.data(file.sort.word()))
}

fn announce(job: &Job<'_>, file: &File<'_>) -> Call {
    wire::initialize(&file.name("initialize"), file, &wire::author(job.rendition, job.identity))
}

#[expect(clippy::result_large_err, reason = "the call is what is asked for; a box would show in every line")]
fn whole<'d>(job: &Job<'_>, done: &'d [Step], file: &File<'_>) -> Result<Made<'d>, Call> {
    made(done, &file.name("upload"), job.now).ok_or_else(|| {
        // Without its address an announced file is lost; one without bytes costs nothing.
        let session = made(done, &file.name("initialize"), job.now);
        let to = session.and_then(|session| session.secret(ADDRESS)).and_then(wire::upload_address);
        to.map_or_else(|| announce(job, file), |to| wire::upload(&file.name("upload"), to, file.media))
    })
}

#[expect(clippy::result_large_err, reason = "the call is what is asked for; a box would show in every line")]
fn video<'d>(job: &Job<'_>, done: &'d [Step], file: &File<'_>) -> Result<Made<'d>, Call> {
    if let Some(finalized) = made(done, &file.name("finalize"), job.now) {
        return Ok(finalized);
    }
    let Some(session) = Session::of(job, done, file) else { return Err(announce(job, file)) };
    let mut etags = Vec::with_capacity(session.parts.len());
    for (index, (range, to)) in session.parts.iter().enumerate() {
        match session.etag(job, done, file, index + 1) {
            Some(etag) => etags.push(etag),
            None => return Err(wire::part(&file.part(index + 1), to.clone(), file.media, range.clone())),
        }
    }
    let has = |what: &str| made(done, &file.name(what), job.now).is_some_and(|made| made.data("video") == session.urn);
    if let (Some((cover, to)), false) = (&session.cover, has(COVER)) {
        return Err(wire::cover(&file.name(COVER), to.clone(), cover));
    }
    if let (Some((captions, to)), false) = (&session.captions, has(CAPTIONS)) {
        return Err(wire::captions(&file.name(CAPTIONS), to.clone(), captions));
    }
    Err(wire::finalize(&file.name("finalize"), session.urn, session.token, &etags))
}

/// An announced video whose parts can be sent.
struct Session<'d, 'm> {
    urn: &'d str,
    token: &'d str,
    parts: Vec<(Range<u64>, Url)>,
    cover: Option<(&'m crate::fit::Media, Url)>,
    captions: Option<(&'m crate::fit::Captions, Url)>,
}

impl<'d, 'm> Session<'d, 'm> {
    /// `None` unless every address is known.
    fn of(job: &Job<'_>, done: &'d [Step], file: &File<'m>) -> Option<Self> {
        let made = made(done, &file.name("initialize"), job.now)?;
        let address = |key: &str| made.secret(key).and_then(wire::upload_address);
        let mut parts = Vec::new();
        let mut start = 0;
        for (index, end) in made.data(ENDS).split(',').enumerate() {
            let end = end.parse().ok().filter(|end| *end > start)?;
            parts.push((start..end, address(&(index + 1).to_string())?));
            start = end;
        }
        let cover = match file.media.cover.as_deref() {
            Some(cover) => Some((cover, address(COVER)?)),
            None => None,
        };
        let captions = match file.media.captions.as_deref() {
            Some(captions) => Some((captions, address(CAPTIONS)?)),
            None => None,
        };
        let (urn, token) = (made.data("video"), made.secret(TOKEN).unwrap_or_default());
        (start == file.media.bytes).then_some(Self { urn, token, parts, cover, captions })
    }

    /// What LinkedIn answered to a part of this very announcement.
    fn etag(&self, job: &Job<'_>, done: &'d [Step], file: &File<'_>, part: usize) -> Option<&'d str> {
        let parts = made(done, &file.name("parts"), job.now).filter(|parts| parts.data("video") == self.urn)?;
        Some(parts.data(&part.to_string())).filter(|etag| !etag.is_empty())
    }
}

/// Whether LinkedIn has said that it is done with a file; else when to ask.
fn ready(job: &Job<'_>, done: &[Step], file: &File<'_>, taken: &Made<'_>) -> Result<(), Box<Next>> {
    let urn = taken.data(file.sort.word());
    let said = made(done, &file.name("status"), job.now).filter(|said| said.data(file.sort.word()) == urn);
    let asked = match said.map(|said| said.time(ASKED_AT)) {
        Some(None) => return Ok(()),
        Some(Some(asked)) => Some(asked),
        None => None,
    };
    let so_far = |asked: DateTime<Utc>| asked - taken.time(UPLOADED_AT).unwrap_or(asked);
    let pause = |asked| (so_far(asked) / 4).clamp(POLL, file.sort.poll_max());
    match asked.and_then(|asked| asked.checked_add_signed(pause(asked))) {
        Some(until) if job.now < until => Err(Box::new(Next::Wait { until, why: WHY_PROCESSING.to_owned() })),
        _ => Err(Box::new(Next::Call(wire::status(&file.name("status"), file.sort, urn)))),
    }
}

/// What an answer about a file means; `what` is the rest of the call's name.
pub(super) fn read(
    job: &Job<'_>,
    done: &[Step],
    file: &File<'_>,
    what: &[&str],
    call: &Call,
    reply: &Reply,
) -> Result<Step, Refusal> {
    match (what, reply.is_success()) {
        (["initialize"], true) => initialized(file, call, reply),
        (["upload" | COVER | CAPTIONS | "finalize"], true) => taken(job, done, file, call, reply),
        (["part", number], true) => part_taken(job, done, file, number, reply),
        (["upload" | COVER | CAPTIONS] | ["part", _], false) => upload_refused(done, reply, &file.name("initialize")),
        (["status"], true) => looked_at(job, done, file, call, reply),
        // Whether a person may ask for a video is not documented: then LinkedIn tells when the post comes too early.
        (["status"], false) if reply.status == 403 && !wire::is_organization(job.rendition) => {
            Ok(steps::made_of(&call.name, [(file.sort.word(), urn_of(job, done, file))], None))
        }
        (["finalize"], false) => finalize_refused(done, reply, &file.name("initialize")),
        (["initialize" | "status"], false) => Err(refusals::refusal(reply, false)),
        _ => Err(bug(format!("`{}` is no call to LinkedIn", call.name))),
    }
}

/// The URN of a file whose bytes were taken; empty where none were.
fn urn_of(job: &Job<'_>, done: &[Step], file: &File<'_>) -> String {
    let last = if file.sort == Sort::Video { "finalize" } else { "upload" };
    made(done, &file.name(last), job.now).map_or(String::new(), |made| made.data(file.sort.word()).to_owned())
}

fn initialized(file: &File<'_>, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let value = &answer["value"];
    let Some(urn) = value[file.sort.word()].as_str() else { return Err(refusals::unclear(reply, false)) };
    let mut data = BTreeMap::from([(file.sort.word().to_owned(), urn.to_owned())]);
    let mut secret = BTreeMap::new();
    if file.sort == Sort::Video {
        let ends = parts(file, value, &mut secret)
            .ok_or_else(|| bug("LinkedIn asks for parts that do not make up the video; please report this"))?;
        data.insert(ENDS.to_owned(), ends);
    } else {
        let Some(to) = value["uploadUrl"].as_str() else { return Err(refusals::unclear(reply, false)) };
        secret.insert(ADDRESS.to_owned(), to.to_owned());
    }
    if secret.iter().any(|(key, to)| key != TOKEN && wire::upload_address(to).is_none()) {
        return Err(bug(format!(
            "LinkedIn names an upload address outside https://{}/; no token goes there",
            wire::UPLOAD_HOST
        )));
    }
    let expires = value["uploadUrlExpiresAt"].as_i64().or(value["uploadUrlsExpireAt"].as_i64());
    let expires = expires.and_then(DateTime::from_timestamp_millis).unwrap_or_else(|| after(reply, OPEN_SECS));
    Ok(Step::Made { name: call.name.clone(), data, secret, expires: Some(expires) })
}

/// Where the parts end, and the addresses of all that belongs to a video; `None` where the parts do not make up the file or
/// something has no address.
fn parts(file: &File<'_>, value: &Value, secret: &mut BTreeMap<String, String>) -> Option<String> {
    let mut ends = Vec::new();
    let mut start = 0;
    for (index, part) in value["uploadInstructions"].as_array()?.iter().enumerate() {
        // The last part may be announced longer than the file is.
        let end = part["lastByte"].as_u64()?.checked_add(1)?.min(file.media.bytes);
        if part["firstByte"].as_u64()? != start || end <= start {
            return None;
        }
        secret.insert((index + 1).to_string(), part["uploadUrl"].as_str()?.to_owned());
        ends.push(end.to_string());
        start = end;
    }
    for (key, name, is_wanted) in [
        (COVER, "thumbnailUploadUrl", file.media.cover.is_some()),
        (CAPTIONS, "captionsUploadUrl", file.media.captions.is_some()),
    ] {
        if is_wanted {
            secret.insert(key.to_owned(), value[name].as_str()?.to_owned());
        }
    }
    if let Some(token) = value["uploadToken"].as_str().filter(|token| !token.is_empty()) {
        secret.insert(TOKEN.to_owned(), token.to_owned());
    }
    (start == file.media.bytes).then(|| ends.join(","))
}

fn taken(job: &Job<'_>, done: &[Step], file: &File<'_>, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let session = made(done, &file.name("initialize"), job.now);
    let Some(session) = session else { return Err(bug(format!("`{}` has no upload to belong to", call.name))) };
    let word = file.sort.word();
    let data = [(word, session.data(word).to_owned()), (UPLOADED_AT, reply.at.to_rfc3339())];
    Ok(steps::made_of(&call.name, data, None))
}

/// The ETags of all parts so far, this one's too. LinkedIn wants them without the quotes of the header.
fn part_taken(job: &Job<'_>, done: &[Step], file: &File<'_>, number: &str, reply: &Reply) -> Result<Step, Refusal> {
    let session = Session::of(job, done, file);
    let Some(session) = session else { return Err(bug(format!("part {number} has no upload to belong to"))) };
    let etag = reply.header("etag").map(|etag| etag.trim().trim_matches('"')).filter(|etag| !etag.is_empty());
    let Some(etag) = etag else { return Err(refusals::unclear(reply, false)) };
    let known = (1..=session.parts.len())
        .filter_map(|part| Some((part.to_string(), session.etag(job, done, file, part)?.to_owned())));
    let mut data: BTreeMap<String, String> = known.collect();
    data.insert(number.to_owned(), etag.to_owned());
    data.insert(file.sort.word().to_owned(), session.urn.to_owned());
    Ok(Step::Made { name: file.name("parts"), data, secret: BTreeMap::new(), expires: None })
}

/// An upload address that is too old answers 401 or `EXPIRED_UPLOAD_URL`: then the file is announced anew, by marking the
/// old announcement as ended. If it was the token after all, the announcement will say so.
fn upload_refused(done: &[Step], reply: &Reply, session: &str) -> Result<Step, Refusal> {
    let is_stale = matches!(reply.status, 401 | 403 | 404 | 410) || refusals::is_expired_upload(reply);
    if is_stale { anew(done, reply, session) } else { Err(refusals::refusal(reply, false)) }
}

/// A part that was given up and sent again may arrive twice, and the ETag that counts then is the one nobody heard. LinkedIn
/// refuses the list of ETags, and no call tells the right ones: the file is announced anew.
fn finalize_refused(done: &[Step], reply: &Reply, session: &str) -> Result<Step, Refusal> {
    if reply.status == 400 { anew(done, reply, session) } else { Err(refusals::refusal(reply, false)) }
}

/// The announcement marked as ended, unless that has happened too often to help.
fn anew(done: &[Step], reply: &Reply, session: &str) -> Result<Step, Refusal> {
    if times_ended(done, session) < ANEW_MAX {
        return Ok(steps::made_of(session, [], Some(reply.at)));
    }
    Err(refusals::refusal(reply, false))
}

fn looked_at(job: &Job<'_>, done: &[Step], file: &File<'_>, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let last = if file.sort == Sort::Video { "finalize" } else { "upload" };
    let since = made(done, &file.name(last), job.now).and_then(|taken| taken.time(UPLOADED_AT));
    let urn = (file.sort.word(), urn_of(job, done, file));
    match reply.json()["status"].as_str() {
        Some("AVAILABLE") => Ok(steps::made_of(&call.name, [urn], None)),
        Some("PROCESSING_FAILED") => Err(refusals::processing_failed(reply, file.sort.word())),
        Some(_) if since.is_some_and(|since| reply.at - since > file.sort.processing_max()) => {
            Err(refusals::processing_failed(reply, file.sort.word()))
        }
        Some(_) => Ok(steps::made_of(&call.name, [urn, (ASKED_AT, reply.at.to_rfc3339())], None)),
        None => Err(refusals::unclear(reply, false)),
    }
}

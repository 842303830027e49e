//! The resumable upload of the video: how far it is, told from what is done, which call is next, and what a session answers.
//! Knows nothing of what comes after it.
//!
//! A session can make one video at most, and makes it with the last byte. So it may be asked, and its bytes sent again, as
//! often as one likes; only a session that can be asked no more, and may have got its last byte, leaves a doubt.
//!
//! Source: <https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol>.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::{refusals, wire};
use crate::fit::{Media, Rendition};
use crate::platform::refusal::{self, after, retry_after};
use crate::platform::{Call, Class, Job, Next, Receipt, Refusal, Reply, Step, Via};

/// Bytes of one call, a multiple of 256 KiB as YouTube wants it. Only the last call of an upload may be shorter.
pub(super) const CHUNK: u64 = 8 * 1024 * 1024;

/// The steps: a session was opened (or, without data, has ended), and it has so many bytes.
pub(super) const START: &str = "video 1 start";
/// Name of a session's address among the secrets.
pub(super) const ADDRESS: &str = "address";

const BYTES: &str = "video 1 bytes";

/// Asks how far a session is.
const STATUS: &str = "video 1 status";

/// How long a session is trusted. YouTube tells no figure; one that ends earlier says so itself.
const LIFE_SECS: i64 = 86_400;

/// A session's word that is older is asked for anew: who began it may have died since and sent more.
const FRESH: TimeDelta = TimeDelta::seconds(60);

/// From that many breaks in a row on it is left alone for a while.
const BREAKS_MAX: u32 = 8;
const REST_SECS: i64 = 600;

/// How long after the last byte a session may need to know of its video.
const SETTLED_SECS: i64 = 5;

/// An upload, as the steps tell it.
#[derive(Debug)]
pub(super) struct Upload<'a> {
    /// Where its bytes go; `None` where that is lost or YouTube takes none any more.
    to: Option<Url>,
    /// Its name at YouTube, which tells the rendition it was begun for.
    pub(super) file: &'a str,
    /// The first byte that YouTube does not have, of so many.
    next: u64,
    of: u64,
    /// When YouTube said so.
    at: DateTime<Utc>,
    /// How often in a row it broke off since, and when to ask how far it is.
    breaks: u32,
    ask_at: Option<DateTime<Utc>>,
    /// Where in what is done it was begun, and where its last word stands.
    began: usize,
    word: usize,
}

/// The name a video is found again by: it says what is in it and is about it, and nothing else.
pub(super) fn file(rendition: &Rendition, media: &Media) -> String {
    let ending = match media.mime {
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        _ => "mp4",
    };
    format!("pressroom-{}.{ending}", rendition.fingerprint())
}

impl<'a> Upload<'a> {
    /// The newest upload; `None` where none was begun.
    pub(super) fn newest(done: &'a [Step], now: DateTime<Utc>) -> Option<Self> {
        let made = |step: &'a Step| match step {
            Step::Made { name, data, secret, expires } => Some((name.as_str(), data, secret, *expires)),
            _ => None,
        };
        let is_start =
            |step: &&Step| matches!(step, Step::Made { name, data, .. } if name == START && !data.is_empty());
        let began = done.iter().rposition(|step| is_start(&step))?;
        let (_, start, secret, expires) = made(&done[began])?;
        let since = || done.iter().enumerate().skip(began);
        let has_ended = since().any(|(_, step)| matches!(made(step), Some((START, data, ..)) if data.is_empty()));
        let mut words = since().filter_map(|(index, step)| Some((index, made(step)?)));
        let (word, (_, said, ..)) =
            words.rfind(|(_, (name, data, ..))| matches!(*name, START | BYTES) && !data.is_empty())?;
        let value = |data: &'a BTreeMap<String, String>, key: &str| data.get(key).map_or("", String::as_str);
        let is_over = has_ended || expires.is_some_and(|expires| expires <= now);
        Some(Self {
            to: secret.get(ADDRESS).filter(|_| !is_over).and_then(|address| wire::session(address)),
            file: value(start, "file"),
            next: value(said, "next").parse().unwrap_or(0),
            of: value(start, "of").parse().unwrap_or(0),
            at: value(said, "at").parse().unwrap_or(DateTime::UNIX_EPOCH),
            breaks: value(said, "breaks").parse().unwrap_or(0),
            ask_at: value(said, "ask_at").parse().ok(),
            began,
            word,
        })
    }

    /// Where its bytes go, if it can go on for this very rendition.
    pub(super) fn address(&self, job: &Job<'_>, media: &Media) -> Option<&Url> {
        self.to.as_ref().filter(|_| self.of == media.bytes && self.file == file(job.rendition, media))
    }

    /// Whether the next bytes are its last: whoever was about to send them may have made the video.
    fn is_at_its_end(&self) -> bool {
        self.next.saturating_add(CHUNK) >= self.of
    }

    /// Whether the newest doubt is about this upload and no older one.
    pub(super) fn is_in_doubt(&self, done: &[Step]) -> bool {
        done.iter().skip(self.began).any(|step| matches!(step, Step::Doubt { part: 0, .. }))
    }
}

/// What is done, with a doubt where the ledger has none: an upload that can be asked no more and was at its end may have
/// made its video.
pub(super) fn with_suspicion<'d>(job: &Job<'_>, media: &Media, done: &'d [Step]) -> Cow<'d, [Step]> {
    let Some(upload) = Upload::newest(done, job.now) else { return Cow::Borrowed(done) };
    let since = &done[upload.word..];
    let is_told = since.iter().any(|step| matches!(step, Step::Doubt { part: 0, .. }));
    if upload.address(job, media).is_some() || !upload.is_at_its_end() || is_told {
        return Cow::Borrowed(done);
    }
    let mut done = done.to_vec();
    done.insert(upload.word + 1, Step::Doubt { part: 0, sent_at: upload.at });
    Cow::Owned(done)
}

/// Asks the session of a doubtful upload whether it has made the video.
pub(super) fn look(name: &str, to: &Url, media: &Media) -> Call {
    wire::status(name, to.clone(), media)
}

/// The next call of an upload, begun or to be begun.
pub(super) fn next(job: &Job<'_>, done: &[Step], media: &Media) -> Next {
    let upload = Upload::newest(done, job.now);
    let Some((upload, to)) = upload.as_ref().and_then(|upload| Some((upload, upload.address(job, media)?))) else {
        return Next::Call(wire::start(START, job.rendition, media, &file(job.rendition, media)));
    };
    if let Some(until) = upload.ask_at.filter(|until| job.now < *until) {
        return Next::Wait { until, why: "YouTube broke the upload off; it goes on where it stopped".to_owned() };
    }
    let is_told = |step: &Step| matches!(step, Step::Doubt { part: 0, .. } | Step::Absent { part: 0, .. });
    let is_old = job.now.signed_duration_since(upload.at) > FRESH || done[upload.word..].iter().any(is_told);
    if is_old || upload.ask_at.is_some() || upload.next >= media.bytes {
        return Next::Call(wire::status(STATUS, to.clone(), media));
    }
    let end = upload.next.saturating_add(CHUNK).min(media.bytes);
    let name = format!("video 1 chunk {}", upload.next / CHUNK + 1);
    let call = wire::chunk(&name, to.clone(), media, upload.next..end);
    Next::Call(Call { shows: end == media.bytes, ..call })
}

/// How long after an upload was in doubt so many times it is tried again.
pub(super) fn rest(doubts: usize) -> TimeDelta {
    let doubts = u32::try_from(doubts).unwrap_or(u32::MAX);
    TimeDelta::seconds(if doubts >= BREAKS_MAX { REST_SECS } else { 1 << doubts })
}

/// What the answer to opening a session says.
pub(super) fn started(job: &Job<'_>, media: &Media, reply: &Reply) -> Result<Step, Refusal> {
    let to = reply.header("location").filter(|to| wire::session(to).is_some());
    let Some(to) = to else { return Err(refusals::unclear(reply, false)) };
    Ok(opened(job, media, reply, to, 0))
}

fn opened(job: &Job<'_>, media: &Media, reply: &Reply, to: &str, next: u64) -> Step {
    let data = [
        ("file", file(job.rendition, media)),
        ("of", media.bytes.to_string()),
        ("next", next.to_string()),
        ("at", reply.at.to_rfc3339()),
    ];
    Step::Made {
        name: START.to_owned(),
        data: data.map(|(key, value)| (key.to_owned(), value)).into(),
        secret: BTreeMap::from([(ADDRESS.to_owned(), to.to_owned())]),
        expires: Some(after(reply, LIFE_SECS)),
    }
}

/// The session's word: it has the bytes before `next`; after a break it is to be asked again.
fn word(reply: &Reply, next: u64, breaks: u32, ask_at: Option<DateTime<Utc>>) -> Step {
    let mut data: BTreeMap<String, String> =
        [("next", next.to_string()), ("at", reply.at.to_rfc3339())].map(|(key, value)| (key.to_owned(), value)).into();
    if breaks > 0 {
        data.insert("breaks".to_owned(), breaks.to_string());
    }
    if let Some(at) = ask_at {
        data.insert("ask_at".to_owned(), at.to_rfc3339());
    }
    Step::Made { name: BYTES.to_owned(), data, secret: BTreeMap::new(), expires: None }
}

fn broken(upload: &Upload<'_>, reply: &Reply) -> Step {
    let breaks = upload.breaks.saturating_add(1);
    let rest = rest(usize::try_from(breaks).unwrap_or(usize::MAX)).num_seconds();
    word(reply, upload.next, breaks, Some(retry_after(reply).unwrap_or_else(|| after(reply, rest))))
}

/// The session is gone: an upload without data is one that has ended.
fn ended() -> Step {
    Step::Made { name: START.to_owned(), data: BTreeMap::new(), secret: BTreeMap::new(), expires: None }
}

/// What the answer to bytes means.
pub(super) fn sent(job: &Job<'_>, done: &[Step], media: &Media, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let Some(upload) = Upload::newest(done, job.now) else {
        return Err(refusal::bug("bytes for an upload that was never begun"));
    };
    match reply.status {
        200 | 201 => out(reply, Via::Response).ok_or_else(|| refusals::unclear(reply, call.shows)),
        308 => match (wire::kept(reply), reply.header("location").filter(|to| wire::session(to).is_some())) {
            // It has all, and does not say which video that is: it is asked.
            (Some(next), _) if next >= media.bytes && call.shows => Err(refusals::unclear(reply, true)),
            (Some(next), Some(to)) => Ok(opened(job, media, reply, to, next)),
            (Some(next), None) if next > upload.next => Ok(word(reply, next, 0, None)),
            _ => Ok(broken(&upload, reply)),
        },
        404 | 410 => Ok(ended()),
        status if refusal::is_unclear(status) && !call.shows => Ok(broken(&upload, reply)),
        _ => Err(refusals::refusal(reply, call)),
    }
}

/// What a session says when it is asked how far it is; `in_doubt`: whether it has made the video was the question.
pub(super) fn asked(
    job: &Job<'_>,
    done: &[Step],
    media: &Media,
    call: &Call,
    reply: &Reply,
    in_doubt: bool,
) -> Result<Step, Refusal> {
    let kept = wire::kept(reply).unwrap_or(0);
    match reply.status {
        200 | 201 => out(reply, Via::Lookup).ok_or_else(|| refusals::unclear(reply, false)),
        308 if kept >= media.bytes => {
            let words = "YouTube has the whole video and is still making it";
            Err(refusals::of(Class::NotReady, reply, "", words, Some(after(reply, SETTLED_SECS))))
        }
        308 if in_doubt => Ok(Step::Absent { part: 0, at: reply.at }),
        308 => match reply.header("location").filter(|to| wire::session(to).is_some()) {
            Some(to) => Ok(opened(job, media, reply, to, kept)),
            None => {
                let upload = Upload::newest(done, job.now);
                let breaks = upload.filter(|upload| kept <= upload.next).map_or(0, |upload| upload.breaks);
                Ok(word(reply, kept, breaks, None))
            }
        },
        404 | 410 => Ok(ended()),
        _ => Err(refusals::refusal(reply, call)),
    }
}

/// The video that came of an upload.
fn out(reply: &Reply, via: Via) -> Option<Step> {
    let answer = reply.json();
    let id = wire::id(&answer["id"])?;
    let at = wire::made_at(&answer).unwrap_or(reply.at);
    Some(Step::Shown { part: 0, receipt: Receipt { id: id.to_owned(), url: wire::url(id), at, via } })
}

//! Which call is next for YouTube and what its answer means, told from what is done: before the upload, around it, after it;
//! edits and removals.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::upload::{self, Upload};
use super::{refusals, wire};
use crate::fit::{Media, Rendition};
use crate::platform::done::{self, Doubt, Way, made, shown};
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Class, Farewell, Job, Next, Receipt, Refusal, Reply, Step, Via};
use crate::post::Kind;

/// Longest video of a channel whose owner has not verified a phone number, and longest Short.
/// <https://support.google.com/youtube/answer/71673>
const UNVERIFIED_MAX_MS: u64 = 15 * 60 * 1000;
pub(super) const SHORT_MAX_MS: u64 = 180_000;

/// The look through the uploads, one call after the other; what they said is too old after some minutes.
const CHANNEL: &str = "look 1 channel";
const UPLOADS: &str = "look 1 uploads";
const FILES: &str = "look 1 files";
const LOOK_LIFE_SECS: i64 = 600;

/// Key of a step that says what YouTube did not take of a video that is out.
const REFUSED: &str = "refused";

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    let Some(media) = video(job.rendition) else {
        return Next::Person { why: "YouTube takes one video, and nothing else".to_owned() };
    };
    if let Some(receipt) = shown(done, 0) {
        return next_errand(job, done, media, &receipt.id, Some(receipt.at));
    }
    if wire::setting(job.rendition, "made_for_kids").is_none() {
        return Next::Person { why: "YouTube wants to be told whether the video is made for kids".to_owned() };
    }
    let done = upload::with_suspicion(job, media, done);
    if let Some(doubt) = done::doubt(&done, 0)
        && let Some(next) = next_in_doubt(job, &done, media, &doubt)
    {
        return next;
    }
    // YouTube would take all of a long video first, and then refuse it.
    let is_long = media.duration_ms().is_some_and(|ms| ms > UNVERIFIED_MAX_MS);
    if is_long && Upload::newest(&done, job.now).is_none() && made(&done, "channel 1", job.now).is_none() {
        return Next::Call(wire::channel("channel 1", "status"));
    }
    upload::next(job, &done, media)
}

/// What a doubt asks for; `None` where the upload may go on.
fn next_in_doubt(job: &Job<'_>, done: &[Step], media: &Media, doubt: &Doubt<'_>) -> Option<Next> {
    if let Some(upload) = Upload::newest(done, job.now)
        && let Some(to) = upload.address(job, media)
    {
        // One that was begun since the doubt was begun for good reason.
        if !upload.is_in_doubt(done) {
            return None;
        }
        if doubt.absents == 0 {
            return Some(Next::Call(upload::look("look 1", to, media)));
        }
        let until = doubt.last + upload::rest(doubt.sends);
        let why = "YouTube broke the upload off at its end; it goes on where it stopped".to_owned();
        return (job.now < until).then_some(Next::Wait { until, why });
    }
    match doubt.way_by_list(job) {
        Way::Wait { until } => Some(Next::Wait { until, why: WHY_SETTLE.to_owned() }),
        Way::Look => Some(Next::Call(look_call(job, doubt))),
        Way::Person => Some(Next::Person { why: why_person(job) }),
        Way::Resend => None,
    }
}

const WHY_SETTLE: &str = "the video may be on YouTube; the channel's uploads are read once they can be trusted";

fn why_person(job: &Job<'_>) -> String {
    format!(
        "YouTube twice gave no clear answer, and the video is not among the channel's uploads: look at \
         https://studio.youtube.com/channel/{}/videos, then tell with `pressroom resolve` whether it is there",
        job.identity.id
    )
}

/// The newest answer of a look through the uploads that still counts.
fn looked_last<'d>(doubt: &Doubt<'d>, now: DateTime<Utc>) -> Option<(&'d str, &'d BTreeMap<String, String>)> {
    doubt.since.iter().rev().find_map(|step| match step {
        Step::Made { name, data, expires, .. }
            if [CHANNEL, UPLOADS, FILES].contains(&name.as_str()) && expires.is_some_and(|expires| now < expires) =>
        {
            Some((name.as_str(), data))
        }
        _ => None,
    })
}

/// The playlist of the channel's uploads, then the newest videos in it, then their files; page by page.
fn look_call(job: &Job<'_>, doubt: &Doubt<'_>) -> Call {
    let Some((name, data)) = looked_last(doubt, job.now) else { return wire::channel(CHANNEL, "contentDetails") };
    let value = |key: &str| data.get(key).map(String::as_str);
    match name {
        UPLOADS => wire::videos(FILES, "snippet,fileDetails", value("ids").unwrap_or_default()),
        _ => wire::uploads(UPLOADS, value("uploads").unwrap_or_default(), value("page")),
    }
}

/// The one video of a rendition.
fn video(rendition: &Rendition) -> Option<&Media> {
    let [part] = &rendition.parts[..] else { return None };
    let [media] = &part.media[..] else { return None };
    media.is_video().then_some(media)
}

/// What belongs to a video and can only be told once it is there. None of it can take the video away again.
#[derive(Clone, Copy)]
enum Errand {
    Thumbnail,
    Captions,
    Playlist,
    Processing,
}

/// The next of what is left to do for a video that is out; `since`: from when on it is processed, where that is waited for.
fn next_errand(job: &Job<'_>, done: &[Step], media: &Media, id: &str, since: Option<DateTime<Utc>>) -> Next {
    use Errand::{Captions, Playlist, Processing, Thumbnail};
    // A Short takes its thumbnail only once it is processed, and before that says nothing.
    let errands = match (since, may_be_short(job.rendition, media)) {
        (None, _) => &[Thumbnail, Playlist][..],
        (Some(_), false) => &[Thumbnail, Captions, Playlist, Processing],
        (Some(_), true) => &[Captions, Playlist, Processing, Thumbnail],
    };
    let next = errands.iter().find_map(|errand| match errand {
        Thumbnail => thumbnail(job, done, media, id),
        Captions => captions(job, done, media, id),
        Playlist => playlist(job, done, id),
        Processing => processing(job, done, id, since?),
    });
    next.unwrap_or_else(|| match refused(done) {
        why if why.is_empty() => Next::Done,
        why => Next::Person { why },
    })
}

fn may_be_short(rendition: &Rendition, media: &Media) -> bool {
    let is_wide = media.width > media.height && media.height.is_some();
    let is_long = media.duration_ms().is_some_and(|ms| ms > SHORT_MAX_MS);
    rendition.kind == Kind::Short || !is_wide && !is_long
}

/// All that YouTube did not take, in its words and ours.
fn refused(done: &[Step]) -> String {
    let refused = done.iter().filter_map(|step| match step {
        Step::Made { name, data, .. } => Some(format!("{}: {}", name.split(' ').next()?, data.get(REFUSED)?)),
        _ => None,
    });
    refused.collect::<Vec<_>>().join("; ")
}

fn is_made(done: &[Step], name: &str, now: DateTime<Utc>) -> bool {
    made(done, name, now).is_some()
}

fn thumbnail(job: &Job<'_>, done: &[Step], media: &Media, id: &str) -> Option<Next> {
    let cover = media.cover.as_deref()?;
    let name = "thumbnail 1";
    (!is_made(done, name, job.now)).then(|| Next::Call(wire::thumbnail(name, id, cover)))
}

fn captions(job: &Job<'_>, done: &[Step], media: &Media, id: &str) -> Option<Next> {
    let captions = media.captions.as_deref()?;
    let name = "captions 1";
    (!is_made(done, name, job.now)).then(|| Next::Call(wire::captions(name, id, captions)))
}

fn playlist(job: &Job<'_>, done: &[Step], id: &str) -> Option<Next> {
    let playlist = wire::setting(job.rendition, "playlist")?;
    let (look, add) = ("playlist 1 look", "playlist 1");
    let Some(found) = made(done, look, job.now) else { return Some(Next::Call(wire::listed(look, playlist, id))) };
    let is_settled = found.data("found") == "true" || !found.data(REFUSED).is_empty();
    (!is_settled && !is_made(done, add, job.now)).then(|| Next::Call(wire::list(add, playlist, id)))
}

/// Looks at the video after a while, and less often the longer it takes; one that takes very long is left to YouTube.
fn processing(job: &Job<'_>, done: &[Step], id: &str, since: DateTime<Utc>) -> Option<Next> {
    let said = made(done, "process 1", job.now);
    let until = match said {
        None => since + job.settle / 12,
        Some(said) => said.time("again")?,
    };
    Some(if job.now < until {
        Next::Wait { until, why: "YouTube is processing the video".to_owned() }
    } else {
        Next::Call(wire::videos("process 1", "status,processingDetails", id))
    })
}

pub(super) fn edit(job: &Job<'_>, out: &[Receipt], done: &[Step]) -> Next {
    let (Some(receipt), Some(media)) = (out.first(), video(job.rendition)) else { return Next::Done };
    let Some(read) = made(done, "read 1", job.now) else {
        return Next::Call(wire::videos("read 1", "snippet,status", &receipt.id));
    };
    if !is_made(done, "update 1", job.now) {
        let before = serde_json::from_str(read.data("before")).unwrap_or_default();
        return Next::Call(wire::update("update 1", job.rendition, &receipt.id, &before));
    }
    next_errand(job, done, media, &receipt.id, None)
}

pub(super) fn remove(farewell: &Farewell<'_>, done: &[Step]) -> Next {
    match farewell.out.first() {
        Some(receipt) if !is_made(done, "remove 1", farewell.now) => Next::Call(wire::delete("remove 1", &receipt.id)),
        _ => Next::Done,
    }
}

pub(super) fn read_remove(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    if reply.is_success() || refusals::is_gone(reply) {
        return Ok(made_of(call, []));
    }
    Err(refusals::refusal(reply, call))
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let Some(media) = video(job.rendition) else { return Err(bug("a call to YouTube without a video")) };
    let name = call.name.split(' ').collect::<Vec<_>>();
    match (&name[..], reply.is_success()) {
        (["video", _, "start"], true) => upload::started(job, media, reply),
        (["video", _, "chunk", _], _) => upload::sent(job, done, media, call, reply),
        (["video", _, "status"], _) => upload::asked(job, done, media, call, reply, false),
        (["look", _], _) => upload::asked(job, done, media, call, reply, true),
        (["look", _, what], is_success) => {
            let done = upload::with_suspicion(job, media, done);
            let Some(doubt) = done::doubt(&done, 0) else {
                return Err(bug(format!("`{}` looks for what is in no doubt", call.name)));
            };
            match (*what, is_success) {
                ("uploads", false) if refusals::has_no_playlist(reply) => Ok(absent(reply)),
                (_, false) => Err(refusals::refusal(reply, call)),
                ("channel", true) => uploads_of(call, reply),
                ("uploads", true) => newest_uploads(job, &doubt, call, reply),
                (_, true) => found(job, &done, media, &doubt, reply),
            }
        }
        (["channel", _], true) => may_be_long(call, reply),
        (["process", _], true) => processed(job, done, call, reply),
        (["playlist", _, "look"], true) => {
            let found = reply.json()["items"].as_array().is_some_and(|items| !items.is_empty());
            Ok(made_of(call, [("found", found.to_string())]))
        }
        (["thumbnail" | "captions" | "playlist", ..] | ["update", _], true) => Ok(made_of(call, [])),
        (["captions" | "playlist", ..], false) if refusals::is_done_already(reply) => Ok(made_of(call, [])),
        (["thumbnail" | "captions" | "playlist" | "process", ..], false) => {
            lacking(call, refusals::refusal(reply, call))
        }
        (["read", _], true) => as_it_was(call, reply),
        (["video", _, "start"] | ["channel" | "read" | "update", _], false) => Err(refusals::refusal(reply, call)),
        _ => Err(bug(format!("`{}` is no call to YouTube", call.name))),
    }
}

fn made_of<const N: usize>(call: &Call, data: [(&str, String); N]) -> Step {
    let data = data.map(|(key, value)| (key.to_owned(), value)).into();
    Step::Made { name: call.name.clone(), data, secret: BTreeMap::new(), expires: None }
}

/// A step that counts for some time only.
fn made_for(name: &str, data: BTreeMap<String, String>, reply: &Reply, seconds: i64) -> Step {
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires: Some(after(reply, seconds)) }
}

fn absent(reply: &Reply) -> Step {
    Step::Absent { part: 0, at: reply.at }
}

/// What YouTube will never take of a video that is out is kept to be told in the end: the rest goes on.
fn lacking(call: &Call, refusal: Refusal) -> Result<Step, Refusal> {
    match refusal.class {
        Class::Content | Class::Permission | Class::Bug => Ok(made_of(call, [(REFUSED, refusal.words)])),
        _ => Err(refusal),
    }
}

/// `longUploadsStatus`: whether the channel may upload more than 15 minutes.
fn may_be_long(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    match answer["items"][0]["status"]["longUploadsStatus"].as_str() {
        Some("eligible" | "disallowed") => {
            let words = "the channel takes no video of more than 15 minutes; verify its phone at youtube.com/verify";
            Err(refusals::of(Class::Content, reply, "longUploadsStatus is not allowed", words, None))
        }
        // Told or not: what YouTube does not know of a channel it does not hold against it.
        _ => Ok(made_for(&call.name, BTreeMap::new(), reply, 3600)),
    }
}

fn uploads_of(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let playlist = wire::id(&answer["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]);
    let Some(playlist) = playlist else { return Err(refusals::unclear(reply, false)) };
    let data = BTreeMap::from([("uploads".to_owned(), playlist.to_owned())]);
    Ok(made_for(&call.name, data, reply, LOOK_LIFE_SECS))
}

/// A page of the channel's uploads, newest first: those that may be the one looked for.
fn newest_uploads(job: &Job<'_>, doubt: &Doubt<'_>, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let Some(items) = answer["items"].as_array() else { return Err(refusals::unclear(reply, false)) };
    let times: Vec<_> = items.iter().map(wire::made_at).collect();
    let may_be = |at: &Option<DateTime<Utc>>| at.is_some_and(|at| doubt.may_have_made(at));
    let ids = items.iter().zip(&times).filter(|(_, at)| may_be(at));
    let ids: Vec<&str> = ids.filter_map(|(item, _)| wire::id(&item["contentDetails"]["videoId"])).collect();
    let page = answer["nextPageToken"].as_str().filter(|_| times.iter().all(may_be));
    let playlist = looked_last(doubt, job.now).and_then(|(_, data)| data.get("uploads")).cloned().unwrap_or_default();
    let mut data = BTreeMap::from([("uploads".to_owned(), playlist)]);
    data.extend(page.map(|page| ("page".to_owned(), page.to_owned())));
    match (ids.is_empty(), page) {
        (true, None) => Ok(absent(reply)),
        (true, Some(_)) => Ok(made_for(FILES, data, reply, LOOK_LIFE_SECS)),
        (false, _) => {
            data.insert("ids".to_owned(), ids.join(","));
            Ok(made_for(&call.name, data, reply, LOOK_LIFE_SECS))
        }
    }
}

/// The video among those listed, the one made nearest to when its last bytes were sent.
fn found(job: &Job<'_>, done: &[Step], media: &Media, doubt: &Doubt<'_>, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let Some(items) = answer["items"].as_array() else { return Err(refusals::unclear(reply, false)) };
    let ours = upload::file(job.rendition, media);
    let file = Upload::newest(done, job.now).map_or(ours.as_str(), |upload| upload.file);
    let title = job.rendition.title.as_deref().unwrap_or_default();
    let candidates = items.iter().filter_map(|video| {
        let (id, at) = (wire::id(&video["id"])?, wire::made_at(video)?);
        (doubt.may_have_made(at) && wire::is_upload(video, file, title, media.bytes)).then_some((id, at))
    });
    match candidates.min_by_key(|(_, at)| (*at - doubt.first).abs()) {
        Some((id, _)) if file != ours => {
            let words = format!(
                "the post was changed while it was being uploaded, and its earlier words are out: delete {0}, or record it \
                 with `pressroom adopt`",
                wire::url(id)
            );
            Err(refusals::of(Class::Content, reply, "", &words, None))
        }
        Some((id, at)) => {
            let receipt = Receipt { id: id.to_owned(), url: wire::url(id), at, via: Via::Lookup };
            Ok(Step::Shown { part: 0, receipt })
        }
        None => match looked_last(doubt, job.now) {
            Some((UPLOADS, data)) if data.contains_key("page") => {
                Ok(made_for(FILES, data.clone(), reply, LOOK_LIFE_SECS))
            }
            _ => Ok(absent(reply)),
        },
    }
}

/// How far YouTube is with a video that is out, and whether those see it who should.
fn processed(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let Some(items) = answer["items"].as_array() else { return Err(refusals::unclear(reply, false)) };
    // One just made may be late in a list.
    let (status, details) = match items.first() {
        Some(video) => (&video["status"], &video["processingDetails"]),
        None => (&Value::Null, &Value::Null),
    };
    let state = status["uploadStatus"].as_str().unwrap_or("missing");
    if let Some(why) = failure(state, status, details) {
        let words = "YouTube could not make a video of the file; it stays on the channel until it is deleted there";
        return Err(refusals::of(Class::Content, reply, &why, words, None));
    }
    let said = made(done, &call.name, job.now);
    let looks = said.and_then(|said| said.data("looks").parse::<u32>().ok()).unwrap_or(0).saturating_add(1);
    let since = shown(done, 0).map_or(reply.at, |receipt| receipt.at);
    let is_late = reply.at.signed_duration_since(since) > job.settle * 5;
    let state_data = [("state", state.to_owned()), ("looks", looks.to_string())];
    if state == "processed" || is_late && state != "missing" {
        let wanted = job.rendition.visibility.name();
        let has = status["privacyStatus"].as_str().unwrap_or(wanted);
        if has != wanted {
            let words = format!("YouTube made the video {has}, not {wanted}; change that in YouTube Studio");
            return Ok(made_of(call, [("state", state.to_owned()), (REFUSED, words)]));
        }
        return Ok(made_of(call, state_data));
    }
    if is_late {
        let words = "YouTube says that there is no such video any more; look at the channel in YouTube Studio";
        return Err(refusals::of(Class::Content, reply, "", words, None));
    }
    let again: TimeDelta = if looks == 1 { job.settle / 4 } else { job.settle / 2 };
    let [state, looks] = state_data;
    Ok(made_of(call, [state, looks, ("again", (reply.at + again).to_rfc3339())]))
}

/// Why no video came of an upload, in YouTube's words.
fn failure(state: &str, status: &Value, details: &Value) -> Option<String> {
    let why = match state {
        "failed" => status["failureReason"].as_str().or(details["processingFailureReason"].as_str()),
        "rejected" => status["rejectionReason"].as_str(),
        "deleted" => None,
        _ if details["processingStatus"] == "failed" => {
            return Some(format!("failed: {}", details["processingFailureReason"].as_str().unwrap_or("no reason")));
        }
        _ => return None,
    };
    Some(format!("{state}: {}", why.unwrap_or("no reason")))
}

/// What a video was before an edit, as far as the post does not speak of it.
fn as_it_was(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    match answer["items"].as_array().map(|items| items.first()) {
        Some(Some(video)) => Ok(made_of(call, [("before", wire::before(video))])),
        Some(None) => {
            let words = "the video is not on YouTube any more, so it cannot be edited";
            Err(refusals::of(Class::Content, reply, "", words, None))
        }
        None => Err(refusals::unclear(reply, false)),
    }
}

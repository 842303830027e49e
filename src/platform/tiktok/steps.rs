//! Which call is next for TikTok and what its answer means, told from what is done.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use url::Url;

use super::refusals;
use super::upload::{self, Chunk, Given, PUBLISH, START, STATUS, Stage, UNSURE};
use super::wire::{self, Forbidden, Listed, Mode, Status};
use crate::fit::{Media, Rendition};
use crate::platform::done::{self, Doubt, SKEW, Way, made, shown};
use crate::platform::refusal::{after, bug};
use crate::platform::{Body, Call, Job, Next, Receipt, Refusal, Reply, Step, Via};

const CREATOR: &str = "creator 1";
const LOOK: &str = "look 1";
/// Asks for the status once more, to refuse with it.
const VERDICT: &str = "verdict 1";
/// The steps of a look: its first page was full; the list is closed to this login.
const PAGE: &str = "look 1 page";
const CLOSED: &str = "look 1 closed";

/// What a creator may choose can change at any time; it is to be asked for before every post.
const CREATOR_LIFE_SECS: i64 = 300;
/// TikTok takes the bytes of a video for an hour: <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>.
const UPLOAD_LIFE_SECS: i64 = 3600;
/// TikTok has been seen to work for hours; after a day it never ended.
const PROCESSING_MAX: TimeDelta = TimeDelta::hours(24);
/// Announcements of one video in an hour: TikTok takes six a minute, and each may leave something behind.
const STARTS_MAX: usize = 5;
/// How often the last chunk is sent without a clear answer. Each time TikTok has said that it lacks it.
const SENDS_MAX: usize = 5;
const LOOKS: usize = 2;
/// The list cuts texts at 150 characters, by whatever measure.
const CUT_FROM: usize = 140;

/// What a post is made of.
#[derive(Clone, Copy)]
enum Content<'a> {
    Video(&'a Media),
    Photos(&'a [Media]),
}

fn content(rendition: &Rendition) -> Option<Content<'_>> {
    let [part] = &rendition.parts[..] else { return None };
    match &part.media[..] {
        [media] if media.is_video() => Some(Content::Video(media)),
        photos if !photos.is_empty() && photos.iter().all(|media| media.kind.is_image()) => {
            Some(Content::Photos(photos))
        }
        _ => None,
    }
}

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    if shown(done, 0).is_some() {
        return Next::Done;
    }
    let Some(content) = content(job.rendition) else {
        return Next::Person { why: "TikTok takes one video, or photos, and nothing else".to_owned() };
    };
    if let Some(given) = Given::newest(done, job.now) {
        if let Some(next) = next_given(job, done, &given, content) {
            return next;
        }
    } else if let Some(doubt) = done::doubt(done, 0)
        && let Some(next) = next_by_list(job, done, &doubt, content)
    {
        return next;
    }
    begin(job, done, content)
}

/// What is left to do for what TikTok has; `None`: it came to nothing, begin anew.
fn next_given(job: &Job<'_>, done: &[Step], given: &Given<'_>, content: Content<'_>) -> Option<Next> {
    let is_ours = given.made_for == job.rendition.fingerprint();
    match &given.stage {
        Stage::Failed { at } if is_ours && job.now < *at + upload::FRESH => Some(ask(VERDICT, given)),
        Stage::Failed { .. } => None,
        Stage::Lost { told: false } => Some(ask(VERDICT, given)),
        Stage::Lost { told: true } => Some(Next::Person { why: why_lost(job, done) }),
        Stage::Complete { .. } if !is_ours => Some(Next::Person { why: why_changed(job, done) }),
        Stage::Complete { again, .. } if job.now < *again => {
            Some(wait(*again, "it is out at TikTok, which has yet to tell its address"))
        }
        Stage::Complete { since, .. } if job.now < *since + patience(job) => Some(ask(STATUS, given)),
        Stage::Complete { .. } => Some(Next::Call(wire::list(LOOK, None))),
        Stage::Processing { again, .. } if job.now < *again => {
            Some(wait(*again, "TikTok is processing it, which takes minutes"))
        }
        Stage::Processing { .. } | Stage::Unsure => Some(ask(STATUS, given)),
        Stage::Doubted { last, absents } if given.is_video => next_in_doubt(job, done, given, *last, *absents, content),
        Stage::Doubted { .. } => done::doubt(done, 0).and_then(|doubt| next_by_list(job, done, &doubt, content)),
        Stage::Sending { at, asked } => next_chunk(job, given, *at, *asked, content),
    }
}

/// The id of a public post comes late or never; so long it is asked for.
fn patience(job: &Job<'_>) -> TimeDelta {
    job.settle * 2
}

fn wait(until: DateTime<Utc>, why: &str) -> Next {
    Next::Wait { until, why: why.to_owned() }
}

fn ask(name: &str, given: &Given<'_>) -> Next {
    Next::Call(wire::status(name, given.id))
}

/// Where its bytes go, and the video, if it can go on for this very rendition.
fn open<'m>(job: &Job<'_>, given: &Given<'_>, content: Content<'m>) -> Option<(Url, &'m Media)> {
    let Content::Video(media) = content else { return None };
    let is_ours = given.made_for == job.rendition.fingerprint();
    Some((given.to.clone().filter(|_| is_ours)?, media))
}

/// The next chunk. What was known long ago, or is to be begun anew at its end, is asked about first.
fn next_chunk(job: &Job<'_>, given: &Given<'_>, at: DateTime<Utc>, asked: bool, content: Content<'_>) -> Option<Next> {
    let is_fresh = job.now <= at + upload::FRESH;
    match open(job, given, content) {
        Some((to, media)) if is_fresh => Some(Next::Call(chunk_call(to, media, &given.chunk()))),
        Some(_) => Some(ask(STATUS, given)),
        None if given.is_at_its_end() && !(asked && is_fresh) => Some(ask(STATUS, given)),
        None => None,
    }
}

fn chunk_call(to: Url, media: &Media, chunk: &Chunk) -> Call {
    wire::chunk(&format!("video 1 chunk {}", chunk.number), to, media, chunk)
}

/// The last chunk got no clear answer: TikTok is asked what it has. What it lacks twice is sent again.
fn next_in_doubt(
    job: &Job<'_>,
    done: &[Step],
    given: &Given<'_>,
    last: DateTime<Utc>,
    absents: usize,
    content: Content<'_>,
) -> Option<Next> {
    if absents < LOOKS {
        let until = last + job.settle;
        return Some(if job.now < until { wait(until, WHY_SETTLE) } else { ask(LOOK, given) });
    }
    if given.doubts >= SENDS_MAX {
        return Some(Next::Person { why: why_lost(job, done) });
    }
    let (to, media) = open(job, given, content)?;
    Some(Next::Call(chunk_call(to, media, &given.chunk())))
}

const WHY_SETTLE: &str = "TikTok gave no clear answer; it is asked once what it says can be trusted";

/// Looks for what has no `publish_id`; `None`: it may be begun. Photos never are: that TikTok does not list them proves little.
fn next_by_list(job: &Job<'_>, done: &[Step], doubt: &Doubt<'_>, content: Content<'_>) -> Option<Next> {
    let person = || Some(Next::Person { why: why_person(job, done) });
    if !wire::is_public(job.rendition) || made(doubt.since, CLOSED, job.now).is_some() {
        return person();
    }
    match doubt.way_by_list(job) {
        Way::Wait { until } => Some(wait(until, WHY_SETTLE)),
        Way::Look => {
            let page = made(doubt.since, PAGE, job.now).and_then(|page| page.data("cursor").parse().ok());
            Some(Next::Call(wire::list(LOOK, page)))
        }
        Way::Resend if matches!(content, Content::Video(_)) => None,
        Way::Resend | Way::Person => person(),
    }
}

fn begin(job: &Job<'_>, done: &[Step], content: Content<'_>) -> Next {
    let creator = made(done, CREATOR, job.now);
    if wire::mode(job.rendition) == Mode::Direct && creator.is_none() {
        return Next::Call(wire::creator(CREATOR));
    }
    let forbids = |key| creator.is_some_and(|creator| creator.data(key) == "true");
    let forbidden = Forbidden { comment: forbids("comment"), duet: forbids("duet"), stitch: forbids("stitch") };
    match content {
        Content::Video(media) => {
            let hour = TimeDelta::seconds(UPLOAD_LIFE_SECS);
            let mut recent = upload::starts(done).filter(|at| job.now < *at + hour);
            if let Some(at) = recent.nth(STARTS_MAX - 1) {
                return wait(at + hour, "TikTok broke the upload off again and again");
            }
            Next::Call(wire::start(START, job.rendition, media, upload::plan(media.bytes), forbidden))
        }
        Content::Photos(photos) => {
            let addresses = photos.iter().map(|photo| job.addresses.get(&photo.path).ok_or(&photo.path));
            match addresses.collect::<Result<Vec<_>, _>>() {
                Ok(addresses) => {
                    let addresses: Vec<&str> = addresses.into_iter().map(Url::as_str).collect();
                    Next::Call(wire::photos(PUBLISH, job.rendition, &addresses, forbidden))
                }
                Err(path) => Next::Person { why: format!("TikTok fetches photos by address, and `{path}` has none") },
            }
        }
    }
}

fn username(done: &[Step]) -> &str {
    made(done, CREATOR, DateTime::<Utc>::MIN_UTC).map_or("", |creator| creator.data("username"))
}

/// Where a person looks, and what for.
fn place(job: &Job<'_>, done: &[Step]) -> String {
    match (wire::mode(job.rendition), username(done)) {
        (Mode::Draft, _) => "the inbox of the TikTok app".to_owned(),
        (Mode::Direct, "") => format!("the profile of {} in the TikTok app", job.identity.name),
        (Mode::Direct, name) => wire::url(name, None, true),
    }
}

const THEN: &str = "then tell with `pressroom resolve` whether it is there";

fn why_person(job: &Job<'_>, done: &[Step]) -> String {
    let what = if wire::is_public(job.rendition) {
        "it is not among the public posts it lists"
    } else {
        "it lists no such posts"
    };
    format!("TikTok gave no clear answer, and {what}: look at {}, {THEN}", place(job, done))
}

fn why_lost(job: &Job<'_>, done: &[Step]) -> String {
    format!("TikTok cannot tell what became of it: look at {}, {THEN}", place(job, done))
}

fn why_changed(job: &Job<'_>, done: &[Step]) -> String {
    format!(
        "the post was changed after it was sent, and TikTok has published it as it was: look at {}, then record it with \
         `pressroom adopt`",
        place(job, done)
    )
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    match call.name.as_str() {
        CREATOR => asked_creator(job, reply),
        START => started(job, reply),
        PUBLISH => published(job, reply),
        LOOK if call.url.path() == "/v2/video/list/" => listed(job, done, reply),
        STATUS | LOOK | VERDICT => told(job, done, call, reply),
        name if name.starts_with("video 1 chunk ") => sent(done, call, reply),
        name => Err(bug(format!("`{name}` is no call to TikTok"))),
    }
}

type Data<'a> = [(&'a str, String)];

fn made_of(name: &str, data: &Data<'_>, expires: Option<DateTime<Utc>>) -> Step {
    let data = data.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires }
}

/// The step that says an upload came to nothing before all of it was there: without data.
fn ended() -> Step {
    made_of(START, &[], None)
}

fn later(reply: &Reply, by: TimeDelta) -> String {
    reply.at.checked_add_signed(by).unwrap_or(reply.at).to_rfc3339()
}

/// Holds the post against what the creator may choose now.
fn asked_creator(job: &Job<'_>, reply: &Reply) -> Result<Step, Refusal> {
    let answer = refusals::answer(reply, false)?;
    let data = &answer["data"];
    let options = data["privacy_level_options"].as_array().ok_or_else(|| refusals::unclear(reply, false))?;
    let options: Vec<&str> = options.iter().filter_map(Value::as_str).collect();
    let level = wire::level(job.rendition).unwrap_or("unlisted");
    if !options.contains(&level) {
        let words = format!(
            "TikTok offers this creator {}, and not {level}; choose another `privacy_level`",
            options.join(", ")
        );
        return Err(refusals::content(reply, String::new(), &words));
    }
    let most = data["max_video_post_duration_sec"].as_u64();
    let lasts = job.rendition.media().find_map(|(_, media)| media.duration_ms());
    if let (Some(most), Some(lasts)) = (most, lasts)
        && lasts > most.saturating_mul(1000)
    {
        let words =
            format!("the video lasts {} s, and TikTok takes {most} s from this creator; cut it", lasts.div_ceil(1000));
        return Err(refusals::content(reply, String::new(), &words));
    }
    let is = |key: &str| (data[key].as_bool() == Some(true)).to_string();
    let data = [
        ("username", data["creator_username"].as_str().unwrap_or_default().to_owned()),
        ("comment", is("comment_disabled")),
        ("duet", is("duet_disabled")),
        ("stitch", is("stitch_disabled")),
    ];
    Ok(made_of(CREATOR, &data, Some(after(reply, CREATOR_LIFE_SECS))))
}

fn publish_id(answer: &Value) -> Option<String> {
    answer["data"]["publish_id"].as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

fn started(job: &Job<'_>, reply: &Reply) -> Result<Step, Refusal> {
    let answer = refusals::answer(reply, false)?;
    let url = answer["data"]["upload_url"].as_str();
    let (Some(id), Some(text)) = (publish_id(&answer), url) else { return Err(refusals::unclear(reply, false)) };
    if wire::upload_url(text).is_none() {
        let host = Url::parse(text).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        return Err(bug(format!(
            "TikTok wants the video at `{host}`, which this version does not know; please report this"
        )));
    }
    let size = job.rendition.media().next().map_or(0, |(_, media)| media.bytes);
    let data = [
        (upload::ID, id),
        (upload::FOR, job.rendition.fingerprint()),
        (upload::OF, size.to_string()),
        (upload::AT, reply.at.to_rfc3339()),
    ];
    let mut step = made_of(START, &data, Some(after(reply, UPLOAD_LIFE_SECS)));
    if let Step::Made { secret, .. } = &mut step {
        secret.insert(upload::URL.to_owned(), text.to_owned());
    }
    Ok(step)
}

fn published(job: &Job<'_>, reply: &Reply) -> Result<Step, Refusal> {
    let answer = refusals::answer(reply, true)?;
    let id = publish_id(&answer).ok_or_else(|| refusals::unclear(reply, true))?;
    let data = [
        (upload::ID, id),
        (upload::FOR, job.rendition.fingerprint()),
        (upload::AT, reply.at.to_rfc3339()),
        (upload::AGAIN, later(reply, pause(TimeDelta::zero()))),
    ];
    Ok(made_of(PUBLISH, &data, None))
}

/// How long until the next question, after so much processing.
fn pause(so_far: TimeDelta) -> TimeDelta {
    TimeDelta::seconds(match so_far.num_seconds() {
        ..3 => 3,
        3..8 => 5,
        8..40 => 10,
        40..600 => 20,
        _ => 300,
    })
}

fn sent(done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let given = Given::newest(done, reply.at).ok_or_else(|| bug(format!("`{}` belongs to no upload", call.name)))?;
    let Body::File { file, .. } = &call.body else { return Err(bug(format!("`{}` sends no bytes", call.name))) };
    let its = [
        (upload::ID, given.id.to_owned()),
        (upload::FOR, given.made_for.to_owned()),
        (upload::AT, reply.at.to_rfc3339()),
    ];
    let with = |name: &str, more: &Data<'_>| Ok(made_of(name, &[&its[..], more].concat(), None));
    match reply.status {
        200 => {}
        201 if call.shows => {}
        206 if !call.shows => {}
        // All is there before its end, or something is missing after it, or another chunk is wanted: TikTok is asked.
        201 | 206 | 416 => return with(UNSURE, &[]),
        401 | 403 | 404 | 410 => {
            return with(UNSURE, &[(upload::ENDED, reply.status.to_string())]);
        }
        _ => return Err(refusals::of_chunk(reply, call.shows)),
    }
    let again = (upload::AGAIN, later(reply, pause(TimeDelta::zero())));
    with(&call.name, &[(upload::BYTES, file.range.end.to_string()), again])
}

/// What a status means for the post.
fn told(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let given = Given::newest(done, reply.at).ok_or_else(|| bug(format!("`{}` asks about nothing", call.name)))?;
    if refusals::has_code(reply, &["invalid_publish_id"]) {
        return Ok(forgotten(job, done, call, &given, reply));
    }
    let answer = refusals::answer(reply, false)?;
    let status = wire::read_status(&answer).ok_or_else(|| refusals::unclear(reply, false))?;
    let is_ours = given.made_for == job.rendition.fingerprint();
    let is_draft = wire::mode(job.rendition) == Mode::Draft;
    match status {
        Status::Failed { reason } if call.name == VERDICT && matches!(given.stage, Stage::Failed { .. }) => {
            Err(refusals::failed(reply, &reason, failures(done, given.made_for)))
        }
        Status::Failed { .. } if matches!(given.stage, Stage::Sending { .. }) => Ok(ended()),
        Status::Failed { reason } => Ok(news(&given, reply, "failed", &[(upload::REASON, reason)])),
        Status::Complete { id } if is_ours && (id.is_some() || !wire::is_public(job.rendition)) => {
            let via = if given.doubts > 0 { Via::Lookup } else { Via::Response };
            Ok(out(done, &given, id.as_deref(), reply.at, via))
        }
        Status::Delivered if is_ours && is_draft => Ok(out(done, &given, None, reply.at, Via::Response)),
        Status::Delivered if is_ours => Ok(processing(&given, reply)),
        Status::Complete { .. } | Status::Delivered => Ok(complete(job, &given, reply)),
        Status::Processing { .. } if is_lost(call, &given) => Ok(doubted(&given)),
        Status::Processing { bytes } => Ok(progress(&given, reply, bytes)),
    }
}

/// Whether nothing was left but to ask once more before a person is.
fn is_lost(call: &Call, given: &Given<'_>) -> bool {
    call.name == VERDICT && matches!(given.stage, Stage::Lost { .. })
}

fn doubted(given: &Given<'_>) -> Step {
    Step::Doubt { part: 0, sent_at: given.begun }
}

fn forgotten(job: &Job<'_>, done: &[Step], call: &Call, given: &Given<'_>, reply: &Reply) -> Step {
    let is_ours = given.made_for == job.rendition.fingerprint();
    match given.stage {
        _ if is_lost(call, given) => doubted(given),
        Stage::Complete { .. } if is_ours => out(done, given, None, reply.at, Via::Response),
        _ if !given.is_at_its_end() => ended(),
        _ => news(given, reply, "lost", &[]),
    }
}

fn progress(given: &Given<'_>, reply: &Reply, bytes: Option<u64>) -> Step {
    let is_lacking = bytes.is_some_and(|bytes| !given.is_all(bytes));
    match given.stage {
        // Bytes that TikTok took are there, whatever it counts meanwhile.
        Stage::Processing { .. } => processing(given, reply),
        _ if !given.is_video => processing(given, reply),
        Stage::Doubted { .. } if is_lacking => Step::Absent { part: 0, at: reply.at },
        _ if is_lacking => news(given, reply, "sending", &[(upload::BYTES, bytes.unwrap_or(0).to_string())]),
        _ if bytes.is_none() && !given.is_at_its_end() => ended(),
        _ => processing(given, reply),
    }
}

fn news(given: &Given<'_>, reply: &Reply, state: &str, more: &Data<'_>) -> Step {
    let its = [
        (upload::ID, given.id.to_owned()),
        (upload::FOR, given.made_for.to_owned()),
        (upload::AT, reply.at.to_rfc3339()),
        (upload::STATE, state.to_owned()),
    ];
    made_of(STATUS, &[&its[..], more].concat(), None)
}

fn processing(given: &Given<'_>, reply: &Reply) -> Step {
    let since = match given.stage {
        Stage::Processing { since, .. } => since,
        _ => reply.at,
    };
    if reply.at - since > PROCESSING_MAX {
        return news(given, reply, "lost", &[]);
    }
    let again = later(reply, pause(reply.at - since));
    news(given, reply, "processing", &[(upload::SINCE, since.to_rfc3339()), (upload::AGAIN, again)])
}

fn complete(job: &Job<'_>, given: &Given<'_>, reply: &Reply) -> Step {
    let since = match given.stage {
        Stage::Complete { since, .. } => since,
        _ => reply.at,
    };
    let again = later(reply, patience(job) / 6);
    news(given, reply, "complete", &[(upload::SINCE, since.to_rfc3339()), (upload::AGAIN, again)])
}

/// How often TikTok failed with this very rendition.
fn failures(done: &[Step], made_for: &str) -> usize {
    let is = |data: &BTreeMap<String, String>, key: &str, value: &str| data.get(key).is_some_and(|its| its == value);
    let failed = |step: &&Step| {
        matches!(step, Step::Made { name, data, .. }
            if name == STATUS && is(data, upload::STATE, "failed") && is(data, upload::FOR, made_for))
    };
    done.iter().filter(failed).count()
}

fn out(done: &[Step], given: &Given<'_>, id: Option<&str>, at: DateTime<Utc>, via: Via) -> Step {
    let url = wire::url(username(done), id, given.is_video);
    Step::Shown { part: 0, receipt: Receipt { id: id.unwrap_or(given.id).to_owned(), url, at, via } }
}

/// What the list says of a doubtful post, or of one that is out without an id.
fn listed(job: &Job<'_>, done: &[Step], reply: &Reply) -> Result<Step, Refusal> {
    let given = Given::newest(done, reply.at);
    let known = given.as_ref().and_then(|given| match given.stage {
        Stage::Complete { since, .. } => Some((given, since)),
        _ => None,
    });
    let doubt = done::doubt(done, 0);
    let since = match (known, &doubt) {
        (Some((given, _)), _) => given.begun.checked_sub_signed(SKEW).unwrap_or(given.begun),
        (None, Some(doubt)) => doubt.since_when(),
        (None, None) => return Err(bug(format!("`{LOOK}` looks for what is in no doubt"))),
    };
    if refusals::has_code(reply, &["scope_not_authorized", "scope_permission_missed"]) {
        return Ok(match known {
            Some((given, since)) => out(done, given, None, since, Via::Response),
            None => made_of(CLOSED, &[(upload::AT, reply.at.to_rfc3339())], None),
        });
    }
    let answer = refusals::answer(reply, false)?;
    let (posts, cursor) = wire::read_list(&answer).ok_or_else(|| refusals::unclear(reply, false))?;
    let is_video = matches!(content(job.rendition), Some(Content::Video(_)));
    if let Some(post) = find(job.rendition, done, &posts, since, known.is_some()) {
        let url = post.url.clone().unwrap_or_else(|| wire::url(username(done), Some(&post.id), is_video));
        let receipt = Receipt { id: post.id.clone(), url, at: post.at, via: Via::Lookup };
        return Ok(Step::Shown { part: 0, receipt });
    }
    match (known, cursor) {
        (Some((given, since)), _) => Ok(out(done, given, None, since, Via::Response)),
        (None, Some(cursor)) if posts.last().is_some_and(|post| post.at >= since) => {
            Ok(made_of(PAGE, &[("cursor", cursor.to_string())], Some(after(reply, 600))))
        }
        (None, _) => Ok(Step::Absent { part: 0, at: reply.at }),
    }
}

/// The listed post that is this one; of several, the oldest, which was made nearest to when it was sent. Without any text
/// only what is surely out can be told.
fn find<'p>(
    rendition: &Rendition,
    done: &[Step],
    posts: &'p [Listed],
    since: DateTime<Utc>,
    is_out: bool,
) -> Option<&'p Listed> {
    let wanted = [wire::text(rendition), wire::title(rendition)];
    let wanted = wanted.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default();
    let is_it = |post: &&Listed| {
        let fits = match wanted {
            "" => is_out && post.texts.iter().all(|text| text.trim().is_empty()),
            wanted => post.texts.iter().any(|text| is_same(wanted, text)),
        };
        fits && post.at >= since && !done::is_receipted(done, &post.id)
    };
    posts.iter().filter(is_it).min_by_key(|post| post.at)
}

/// Whether TikTok may list `sent` as `stored`, which it may have cut.
pub(super) fn is_same(sent: &str, stored: &str) -> bool {
    let kept = stored.trim_end_matches(['…', '.', char::REPLACEMENT_CHARACTER]);
    let is_cut = stored.chars().count() >= CUT_FROM;
    let sent = tidy(sent);
    !stored.trim().is_empty() && (sent == tidy(stored) || is_cut && sent.starts_with(&tidy(kept)))
}

/// Composed, on one line, single spaces.
fn tidy(text: &str) -> String {
    let composed: String = text.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

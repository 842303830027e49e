//! Which call is next for Bluesky and what its answer means, told from what is done.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::facets::{self, Facet, To};
use super::refusals;
use super::wire::{self, Beside, Blob, Strong};
use crate::fit::peculiar::bluesky::{POSTS, Post, post_of, syntax};
use crate::fit::{Media, Reference, Rendition};
use crate::platform::done::{self, Doubt, Way, made, shown};
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Farewell, Job, Next, Receipt, Refusal, Reply, Step, Via};

/// How long an upload is used that no post names yet: servers are asked to keep it for an hour.
const BLOB_SECS: i64 = 50 * 60;

/// How long the hash of another post is believed.
const BELIEVED_SECS: i64 = 600;

/// How often a part's uploads may be found gone before somebody should look.
const GONE_MAX: usize = 2;

/// Keys of a step's data.
const CID: &str = "cid";
const DID: &str = "did";
const MIME: &str = "mime";
const SIZE: &str = "size";
const URI: &str = "uri";
const ROOT_URI: &str = "root_uri";
const ROOT_CID: &str = "root_cid";
const STATE: &str = "state";

/// What a look says that found another post under the key.
const OTHER: &str = "other";

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
        .or_else(|| mention_left(job, done, part))
        .or_else(|| parent_left(job, done, part))
        .or_else(|| if part == 0 { reference_left(job, done, "quote_of") } else { None })
        .unwrap_or_else(|| show(job, done, part))
}

/// What a doubt asks for; `None`: the part may be sent again.
fn settle(job: &Job<'_>, part: usize, doubt: &Doubt<'_>) -> Option<Next> {
    let name = format!("look {}", part + 1);
    let key = key(job, part);
    let place = wire::url(&job.identity.id, &key);
    let of = part + 1;
    if made(doubt.since, &name, job.now).is_some_and(|look| look.data(STATE) == OTHER) {
        let why = format!(
            "part {of} is out already with another text or other media, see {place}: keep it so, or delete it there, then tell \
             with `pressroom resolve` which"
        );
        return Some(Next::Person { why });
    }
    Some(match doubt.way_by_list(job) {
        Way::Wait { until } => {
            Next::Wait { until, why: "Bluesky gave no clear answer; the post is looked for".to_owned() }
        }
        Way::Look => Next::Call(wire::read(&name, part, &job.identity.server, &job.identity.id, &key)),
        Way::Resend => return None,
        Way::Person => Next::Person {
            why: format!(
                "Bluesky twice gave no clear answer to part {of}, and it is not there: look at {place}, then tell with \
                 `pressroom resolve` whether it is"
            ),
        },
    })
}

fn key(job: &Job<'_>, part: usize) -> String {
    wire::key(&job.identity.id, job.mark, part)
}

/// One file of the rendition: what it is sent as.
struct Upload<'a> {
    name: String,
    part: usize,
    media: &'a Media,
    is: Is,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Is {
    Picture,
    Video,
    Captions,
    Thumbnail,
}

fn uploads(rendition: &Rendition) -> Vec<Upload<'_>> {
    let thumbnail = rendition.card.as_ref().and_then(|card| card.thumbnail.as_ref());
    let card = thumbnail.map(|media| Upload { name: "card".to_owned(), part: 0, media, is: Is::Thumbnail });
    let mut uploads: Vec<Upload<'_>> = card.into_iter().collect();
    let (mut pictures, mut videos) = (0, 0);
    for (part, media) in rendition.media() {
        if !media.is_video() {
            pictures += 1;
            uploads.push(Upload { name: format!("image {pictures}"), part, media, is: Is::Picture });
            continue;
        }
        videos += 1;
        uploads.push(Upload { name: format!("video {videos}"), part, media, is: Is::Video });
        if let Some(captions) = &media.captions {
            uploads.push(Upload { name: format!("captions {videos}"), part, media: &captions.file, is: Is::Captions });
        }
    }
    uploads
}

impl Upload<'_> {
    /// What it became, while the server surely has it.
    fn blob(&self, done: &[Step], now: DateTime<Utc>) -> Option<Blob> {
        let made = made(since_gone(done, self.part), &self.name, now)?;
        let (cid, mime) = (made.data(CID).to_owned(), made.data(MIME).to_owned());
        Some(Blob { cid, mime, size: made.data(SIZE).parse().ok()? })
    }
}

fn gone_name(part: usize) -> String {
    format!("gone {}", part + 1)
}

fn is_gone_step(step: &Step, part: usize) -> bool {
    matches!(step, Step::Made { name, .. } if *name == gone_name(part))
}

/// The steps since the server said last that it no longer has an upload of this part.
fn since_gone(done: &[Step], part: usize) -> &[Step] {
    let from = done.iter().rposition(|step| is_gone_step(step, part)).map_or(0, |gone| gone + 1);
    &done[from..]
}

/// The next upload of this part or a later one: a bad file must not leave half a thread.
fn upload_left(job: &Job<'_>, done: &[Step], part: usize) -> Option<Next> {
    let all = uploads(job.rendition);
    let left = all.iter().find(|upload| upload.part >= part && upload.blob(done, job.now).is_none())?;
    Some(Next::Call(wire::upload(&left.name, left.part, &job.identity.server, left.media)))
}

fn facets_of(rendition: &Rendition, part: usize) -> Vec<Facet> {
    let Some(part) = rendition.parts.get(part) else { return Vec::new() };
    facets::find(&part.text, part.links.iter().map(|link| (link.start..link.end, link.url.clone())))
}

/// Handles in the texts from this part on.
fn handles(rendition: &Rendition, from: usize) -> BTreeSet<String> {
    let facets = (from..rendition.parts.len()).flat_map(|part| facets_of(rendition, part));
    let handle = |facet: Facet| match facet.to {
        To::Mention(handle) => Some(handle),
        To::Link(_) | To::Tag(_) => None,
    };
    facets.filter_map(handle).collect()
}

fn mention_name(handle: &str) -> String {
    format!("mention {handle}")
}

fn mention_left(job: &Job<'_>, done: &[Step], part: usize) -> Option<Next> {
    let left = |handle: &String| made(done, &mention_name(handle), job.now).is_none();
    let handle = handles(job.rendition, part).into_iter().find(left)?;
    Some(Next::Call(wire::resolve(&mention_name(&handle), &job.identity.server, &handle)))
}

/// What is left to do until the post that a part answers is known: the part before it, or the one wished for.
fn parent_left(job: &Job<'_>, done: &[Step], part: usize) -> Option<Next> {
    let Some(before) = part.checked_sub(1) else { return reference_left(job, done, "reply_to") };
    let name = format!("record {part}");
    if made(done, &name, job.now).is_some() {
        return None;
    }
    let receipt = shown(done, before)?;
    Some(read_of(&format!("part {part}"), receipt, |post| {
        Next::Call(wire::read(&name, part, &job.identity.server, &post.account, &post.key))
    }))
}

/// What to do with the post of a receipt, or that it names none.
fn read_of(told: &str, receipt: &Receipt, call: impl FnOnce(Post) -> Next) -> Next {
    let why = || format!("{told}: its receipt `{}` is no address of a post on Bluesky", receipt.id);
    post_of(&receipt.id).or_else(|| post_of(&receipt.url)).map_or_else(|| Next::Person { why: why() }, call)
}

/// What is left to do until a post that is referred to is known by its hash.
fn reference_left(job: &Job<'_>, done: &[Step], key: &str) -> Option<Next> {
    let (wish, ours) = match key {
        "reply_to" => (job.rendition.reply_to.as_ref()?, &job.refs.reply_to),
        _ => (job.rendition.quote_of.as_ref()?, &job.refs.quote_of),
    };
    let name = format!("record {key}");
    if made(done, &name, job.now).is_some() {
        return None;
    }
    let read = |post: Post| {
        let by_name = format!("handle {key}");
        let known = made(done, &by_name, job.now).map(|found| found.data(DID).to_owned());
        match known.or_else(|| syntax::is_did(&post.account).then(|| post.account.clone())) {
            Some(did) => Next::Call(wire::read(&name, 0, &job.identity.server, &did, &post.key)),
            None => Next::Call(wire::resolve(&by_name, &job.identity.server, &post.account)),
        }
    };
    Some(match (wish, ours) {
        (Reference::Url(url), _) => {
            let none = || Next::Person { why: format!("`{key}` is no address of a post on Bluesky: {url}") };
            post_of(url).map_or_else(none, read)
        }
        (Reference::Post(_), Some(receipt)) => read_of(&format!("`{key}`"), receipt, read),
        (Reference::Post(post), None) => Next::Person { why: format!("`{key}`: `{post}` is not out on this account") },
    })
}

/// A post read before, and the one its conversation began with.
fn known(done: &[Step], name: &str, now: DateTime<Utc>) -> Option<(Strong, Strong)> {
    let made = made(done, name, now)?;
    let strong = |uri, cid| Strong { uri: made.data(uri).to_owned(), cid: made.data(cid).to_owned() };
    let (root, own) = (strong(ROOT_URI, ROOT_CID), strong(URI, CID));
    Some((if root.uri.is_empty() { own.clone() } else { root }, own))
}

/// The call that shows a part.
fn show(job: &Job<'_>, done: &[Step], part: usize) -> Next {
    let rendition = job.rendition;
    let mut beside = Beside::default();
    for upload in uploads(rendition).into_iter().filter(|upload| upload.part == part) {
        let Some(blob) = upload.blob(done, job.now) else { continue };
        match upload.is {
            Is::Picture => beside.pictures.push((upload.media, blob)),
            Is::Video => beside.video = Some((upload.media, blob)),
            Is::Thumbnail => beside.thumbnail = Some(blob),
            Is::Captions => beside.captions = captions_lang(rendition, part).map(|lang| (lang, blob)),
        }
    }
    let answered = if part == 0 { "record reply_to".to_owned() } else { format!("record {part}") };
    beside.answers = known(done, &answered, job.now);
    beside.quotes = known(done, "record quote_of", job.now).filter(|_| part == 0).map(|(_, own)| own);
    let who = |handle: &str| {
        let found = made(done, &mention_name(handle), job.now)?;
        Some(found.data(DID).to_owned()).filter(|did| !did.is_empty())
    };
    let record = wire::record(rendition, part, &facets_of(rendition, part), who, &beside, job.now);
    Next::Call(wire::post(&format!("post {}", part + 1), part, job.identity, &key(job, part), &record))
}

fn captions_lang(rendition: &Rendition, part: usize) -> Option<String> {
    let captions = rendition.parts.get(part)?.media.iter().find_map(|media| media.captions.as_deref())?;
    captions.lang.clone()
}

/// Once all parts are out: who may reply and who may quote, then what of it could not be as it was written.
fn afterwards(job: &Job<'_>, done: &[Step]) -> Next {
    gate_left(job, done).unwrap_or_else(|| {
        let nobody = |handle: &String| {
            made(done, &mention_name(handle), job.now).is_some_and(|found| found.data(DID).is_empty())
        };
        let unknown: Vec<String> =
            handles(job.rendition, 0).into_iter().filter(nobody).map(|handle| format!("@{handle}")).collect();
        if unknown.is_empty() {
            return Next::Done;
        }
        Next::Person {
            why: format!("Bluesky knows nobody called {}: plain text there, no mention", unknown.join(", ")),
        }
    })
}

fn gate_left(job: &Job<'_>, done: &[Step]) -> Option<Next> {
    let setting = |key: &str| job.rendition.settings.get(key).map_or("", String::as_str);
    let at = job.now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let gate = |part: usize, name: &str, collection: &str, rules: &dyn Fn(&str) -> Value| {
        if made(done, name, job.now).is_some() {
            return None;
        }
        let key = record_key(shown(done, part)?)?;
        let uri = wire::uri(&job.identity.id, &key);
        Some(Next::Call(wire::gate(name, part, job.identity, collection, &key, &rules(&uri))))
    };
    if let Some(allow) = wire::allowed(setting("threadgate")) {
        let rules = |uri: &str| json!({"post": uri, "allow": allow, "createdAt": at});
        if let Some(next) = gate(0, "threadgate", wire::THREADGATES, &rules) {
            return Some(next);
        }
    }
    if setting("disable_quotes") != "true" {
        return None;
    }
    let rule = json!([{"$type": "app.bsky.feed.postgate#disableRule"}]);
    let rules = |uri: &str| json!({"post": uri, "embeddingRules": rule, "createdAt": at});
    let mut parts = 0..job.rendition.parts.len();
    parts.find_map(|part| gate(part, &format!("postgate {}", part + 1), wire::POSTGATES, &rules))
}

/// The key of a post that is out.
fn record_key(receipt: &Receipt) -> Option<String> {
    post_of(&receipt.id).or_else(|| post_of(&receipt.url)).map(|post| post.key)
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    match call.name.split(' ').collect::<Vec<_>>()[..] {
        ["post", _] => posted(job, done, call, reply),
        ["look", _] => looked(job, done, call, reply),
        ["mention", _] => resolved(call, reply, true),
        ["handle", _] => resolved(call, reply, false),
        ["record", _] => recorded(call, reply),
        _ if !reply.is_success() => Err(refusals::refusal(reply, false)),
        ["image" | "video" | "captions", _] | ["card"] => uploaded(call, reply),
        ["threadgate"] | ["postgate", _] => Ok(made_of(&call.name, [], None)),
        _ => Err(bug(format!("`{}` is no call to Bluesky", call.name))),
    }
}

fn made_of<const N: usize>(name: &str, data: [(&str, String); N], expires: Option<DateTime<Utc>>) -> Step {
    let data = data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires }
}

fn posted(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    if reply.is_success() {
        let answer = reply.json();
        let uri = answer[URI].as_str().filter(|uri| post_of(uri).is_some());
        let uri = uri.ok_or_else(|| refusals::unclear(reply, true))?;
        return Ok(shown_step(job, call.part, uri, reply.at, Via::Response));
    }
    let gone = done.iter().filter(|step| is_gone_step(step, call.part)).count();
    match refusals::name(reply).as_deref() {
        Some("InvalidSwap") => Err(refusals::taken(reply)),
        Some("BlobNotFound") if gone + 1 < GONE_MAX => {
            Ok(made_of(&gone_name(call.part), [(STATE, "gone".to_owned())], None))
        }
        _ => Err(refusals::refusal(reply, true)),
    }
}

fn shown_step(job: &Job<'_>, part: usize, uri: &str, at: DateTime<Utc>, via: Via) -> Step {
    let key = post_of(uri).map(|post| post.key).unwrap_or_default();
    let url = wire::url(&job.identity.id, &key);
    Step::Shown { part, receipt: Receipt { id: uri.to_owned(), url, at, via } }
}

/// What lies under the key of a doubtful part.
fn looked(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    if refusals::is_absent(reply) {
        return Ok(Step::Absent { part: call.part, at: reply.at });
    }
    if !reply.is_success() {
        return Err(refusals::refusal(reply, false));
    }
    let answer = reply.json();
    let value = &answer["value"];
    if !value.is_object() {
        return Err(refusals::unclear(reply, false));
    }
    if !is_same(job, done, call.part, value) {
        return Ok(made_of(&call.name, [(STATE, OTHER.to_owned())], None));
    }
    let at = value["createdAt"].as_str().and_then(|at| at.parse().ok()).unwrap_or(reply.at);
    let uri = wire::uri(&job.identity.id, &key(job, call.part));
    Ok(shown_step(job, call.part, &uri, at, Via::Lookup))
}

/// Whether a record is the part that was sent: its text, and the files that are known by their hashes.
fn is_same(job: &Job<'_>, done: &[Step], part: usize, value: &Value) -> bool {
    let text = job.rendition.parts.get(part).map(|part| part.text.as_str());
    let stored = wire::blobs(&value["embed"]);
    let sent: Vec<Upload<'_>> = uploads(job.rendition).into_iter().filter(|upload| upload.part == part).collect();
    let is_there = |upload: &Upload<'_>| {
        let ever = made(done, &upload.name, DateTime::<Utc>::MIN_UTC);
        ever.is_none_or(|made| stored.contains(&made.data(CID)))
    };
    value["text"].as_str() == text && stored.len() == sent.len() && sent.iter().all(is_there)
}

fn uploaded(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let Some(Blob { cid, mime, size }) = Blob::of(&reply.json()) else { return Err(refusals::unclear(reply, false)) };
    let data = [(CID, cid), (MIME, mime), (SIZE, size.to_string())];
    Ok(made_of(&call.name, data, Some(after(reply, BLOB_SECS))))
}

/// Whose handle it is. A mention of nobody is no mistake that should hold a post back.
fn resolved(call: &Call, reply: &Reply, may_be_nobody: bool) -> Result<Step, Refusal> {
    if refusals::is_nobody(reply) {
        let nobody = || made_of(&call.name, [(DID, String::new())], None);
        return if may_be_nobody { Ok(nobody()) } else { Err(refusals::nobody(reply)) };
    }
    if !reply.is_success() {
        return Err(refusals::refusal(reply, false));
    }
    let answer = reply.json();
    let did = answer[DID].as_str().filter(|did| syntax::is_did(did));
    let did = did.ok_or_else(|| refusals::unclear(reply, false))?;
    Ok(made_of(&call.name, [(DID, did.to_owned())], None))
}

/// The hash of a post, and with what its conversation began.
fn recorded(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    if refusals::is_absent(reply) {
        return Err(refusals::gone(reply));
    }
    if !reply.is_success() {
        return Err(refusals::refusal(reply, false));
    }
    let answer = reply.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (uri, cid, root) = (text(&answer[URI]), text(&answer[CID]), &answer["value"]["reply"]["root"]);
    if post_of(&uri).is_none() || cid.is_empty() {
        return Err(refusals::unclear(reply, false));
    }
    let data = [(URI, uri), (CID, cid), (ROOT_URI, text(&root[URI])), (ROOT_CID, text(&root[CID]))];
    Ok(made_of(&call.name, data, Some(after(reply, BELIEVED_SECS))))
}

/// From the last part to the first, each before the records that go with it. Which of these there are is not known; taking away
/// what is not there is a success.
pub(super) fn remove(farewell: &Farewell<'_>, done: &[Step]) -> Next {
    for (part, receipt) in farewell.out.iter().enumerate().rev() {
        let Some(key) = record_key(receipt) else {
            let why = format!("`{}` is no address of a post on Bluesky; remove it by hand", receipt.url);
            return Next::Person { why };
        };
        let first = (part == 0).then_some(("threadgate", wire::THREADGATES));
        for (what, collection) in [("post", POSTS), ("postgate", wire::POSTGATES)].into_iter().chain(first) {
            let name = format!("delete {what} {}", part + 1);
            if made(done, &name, farewell.now).is_none() {
                return Next::Call(wire::delete(&name, part, farewell.identity, collection, &key));
            }
        }
    }
    Next::Done
}

pub(super) fn read_remove(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    if reply.is_success() || refusals::is_absent(reply) {
        return Ok(made_of(&call.name, [], None));
    }
    Err(refusals::refusal(reply, false))
}

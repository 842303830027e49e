//! Which call is next for Threads and what its answer means, told from what is done.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::wire::{self, Shape};
use super::{look, refusals};
use crate::fit::{Media, Reference, Rendition};
use crate::platform::done::{self, Made, made, shown};
use crate::platform::meta;
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Job, Next, Receipt, Refs, Refusal, Reply, Step, Via};

/// How long a container is used; Threads keeps it for 24 hours.
const LIFE_SECS: i64 = 23 * 3600;

/// How long a read quota, or a container's being finished, is believed.
pub(super) const BELIEVED_SECS: i64 = 600;

/// A container that came to nothing through no fault of its media is made again, unless one before it just did so too.
const ANEW_AFTER: TimeDelta = TimeDelta::minutes(15);

/// A container that takes longer will not end: Meta advises to ask for five minutes.
const PROCESSING_MAX: TimeDelta = TimeDelta::hours(3);

/// Keys of a step's data: an id; when it was made or seen; how far it is; when to ask again.
pub(super) const ID: &str = "id";
pub(super) const AT: &str = "at";
pub(super) const STATE: &str = "state";
pub(super) const AGAIN: &str = "again";

/// The states of a container that it can be published in, and that it was.
const FINISHED: &str = "FINISHED";
pub(super) const PUBLISHED: &str = "PUBLISHED";

/// One thing that is shown: a part, or the first comment after them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    pub(super) index: usize,
    pub(super) text: &'a str,
    pub(super) media: &'a [Media],
    is_comment: bool,
    /// Whether it answers something: then it stands in another list, and counts for another quota.
    pub(super) is_reply: bool,
}

impl<'a> Piece<'a> {
    pub(super) fn of(rendition: &'a Rendition, index: usize) -> Option<Self> {
        let is_reply = index > 0 || rendition.reply_to.is_some();
        match rendition.parts.get(index) {
            Some(part) => Some(Self { index, text: &part.text, media: &part.media, is_comment: false, is_reply }),
            None if index == rendition.parts.len() => {
                let text = rendition.first_comment.as_deref()?;
                Some(Self { index, text, media: &[], is_comment: true, is_reply: true })
            }
            None => None,
        }
    }

    /// `publish 2`, `publish comment`.
    pub(super) fn name(&self, what: &str) -> String {
        if self.is_comment { format!("{what} comment") } else { format!("{what} {}", self.index + 1) }
    }

    /// For people: `part 2`.
    pub(super) fn told(&self) -> String {
        if self.is_comment { "the first comment".to_owned() } else { format!("part {}", self.index + 1) }
    }

    fn container(&self) -> Container {
        Container { name: self.name("container"), part: self.index }
    }

    /// The id of its container, usable or not; empty where none was made.
    pub(super) fn container_ever(&self, done: &[Step]) -> String {
        let ever = made(done, &self.name("container"), DateTime::<Utc>::MIN_UTC);
        ever.map_or("", |made| made.data(ID)).to_owned()
    }

    /// What its container last said in these steps, if that was that it is out.
    pub(super) fn seen_published<'d>(&self, fresh: &'d [Step], now: DateTime<Utc>) -> Option<Made<'d>> {
        let state = made(fresh, &format!("{} state", self.name("container")), now)?;
        (state.data(STATE) == PUBLISHED).then_some(state)
    }

    /// When its container was made.
    pub(super) fn made_at(&self, done: &[Step]) -> Option<DateTime<Utc>> {
        made(done, &self.name("container"), DateTime::<Utc>::MIN_UTC)?.time(AT)
    }
}

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    let rendition = job.rendition;
    for (index, doubt) in (0..rendition.showings()).filter_map(|index| Some((index, done::doubt(done, index)?))) {
        let Some(piece) = Piece::of(rendition, index) else { continue };
        if let Some(next) = look::settle(job, done, &piece, &doubt) {
            return next;
        }
    }
    let parts = rendition.parts.len();
    let Some(part) = (0..parts).find(|part| shown(done, *part).is_none()) else { return afterwards(job, done) };
    if let Some(later) = (part + 1..parts).find(|later| shown(done, *later).is_some()) {
        return Next::Person { why: format!("part {} is out, but part {} before it is not", later + 1, part + 1) };
    }
    Piece::of(rendition, part).map_or(Next::Done, |piece| show(job, done, &piece))
}

/// Once all parts are out: their addresses, then the first comment and its address.
fn afterwards(job: &Job<'_>, done: &[Step]) -> Next {
    let parts = job.rendition.parts.len();
    if let Some(next) = (0..parts).find_map(|index| address_left(job, done, index)) {
        return next;
    }
    match Piece::of(job.rendition, parts) {
        Some(comment) if shown(done, parts).is_none() => show(job, done, &comment),
        _ => address_left(job, done, parts).unwrap_or(Next::Done),
    }
}

/// The call that reads where a piece is to be found, unless that is known or was asked in vain.
fn address_left(job: &Job<'_>, done: &[Step], index: usize) -> Option<Next> {
    let (piece, receipt) = (Piece::of(job.rendition, index)?, shown(done, index)?);
    let name = piece.name("link");
    let is_known = receipt.url != wire::profile(job.identity) || made(done, &name, job.now).is_some();
    (!is_known).then(|| Next::Call(wire::link(&name, index, &receipt.id)))
}

/// What is to be done until a piece is shown, its showing included.
fn show(job: &Job<'_>, done: &[Step], piece: &Piece<'_>) -> Next {
    let container = piece.container();
    // After a doubt, only what was seen since counts.
    let fresh = done::doubt(done, piece.index).map_or(done, |doubt| doubt.since);
    let left = items_left(job, done, piece)
        .or_else(|| reference_left(job, done, piece, "reply_to"))
        .or_else(|| reference_left(job, done, piece, "quote_of"))
        .or_else(|| container.id(done, job.now).is_none().then(|| create(job, done, piece)))
        .or_else(|| look::published_unseen(job, done, fresh, piece))
        .or_else(|| container.waiting(job, done, fresh))
        .or_else(|| quota_left(job, done, piece));
    left.unwrap_or_else(|| {
        let id = container.id(done, job.now).unwrap_or_default();
        Next::Call(wire::publish(&piece.name("publish"), piece.index, id))
    })
}

/// Something that is made before it is shown, and takes a while.
struct Container {
    name: String,
    part: usize,
}

impl Container {
    /// Its id, while it can be used.
    fn id<'d>(&self, done: &'d [Step], now: DateTime<Utc>) -> Option<&'d str> {
        made(done, &self.name, now).map(|made| made.data(ID)).filter(|id| !id.is_empty())
    }

    /// What is to be done until it is ready; `fresh` are the steps in which its state counts.
    fn waiting(&self, job: &Job<'_>, done: &[Step], fresh: &[Step]) -> Option<Next> {
        let id = self.id(done, job.now)?;
        let name = format!("{} state", self.name);
        let state = made(fresh, &name, job.now).filter(|state| state.data(ID) == id);
        let again = match state {
            Some(state) if matches!(state.data(STATE), FINISHED | PUBLISHED) => return None,
            Some(state) => state.time(AGAIN),
            None => made(done, &self.name, job.now)
                .and_then(|made| made.time(AT)?.checked_add_signed(TimeDelta::seconds(FIRST_PAUSE_SECS))),
        };
        Some(match again.filter(|again| job.now < *again) {
            Some(until) => Next::Wait { until, why: format!("Threads is preparing {}", self.name) },
            None => Next::Call(wire::state(&name, self.part, id)),
        })
    }
}

/// How long before a container is asked after for the first time.
const FIRST_PAUSE_SECS: i64 = 2;

/// Asked after at ever longer intervals; after ten minutes of it, a run has better to do than to wait.
fn pause_secs(age: TimeDelta) -> i64 {
    if age > TimeDelta::minutes(10) { 900 } else { (age.num_seconds() / 2).clamp(FIRST_PAUSE_SECS, 60) }
}

/// One picture or video in a container of its own: of a carousel, or tried out before its part can be made.
struct Item<'a> {
    container: Container,
    media: &'a Media,
}

fn items<'a>(piece: &Piece<'a>) -> Vec<Item<'a>> {
    let name = |number| format!("item {}.{number}", piece.index + 1);
    let items = piece.media.iter().zip(1..);
    items
        .map(|(media, number)| Item { container: Container { name: name(number), part: piece.index }, media })
        .collect()
}

/// What is left to do for the items of a piece and of all parts after it: all are made, then all are asked after.
fn items_left(job: &Job<'_>, done: &[Step], piece: &Piece<'_>) -> Option<Next> {
    let parts = job.rendition.parts.len();
    let later = (piece.index + 1..parts).filter_map(|index| Piece::of(job.rendition, index));
    let mine = (piece.media.len() > 1 && piece.container().id(done, job.now).is_none()).then_some(*piece);
    let items: Vec<Item<'_>> = mine.into_iter().chain(later).flat_map(|piece| items(&piece)).collect();
    let missing = items.iter().find(|item| item.container.id(done, job.now).is_none());
    missing
        .map(|item| item.create(job))
        .or_else(|| items.iter().find_map(|item| item.container.waiting(job, done, done)))
}

impl Item<'_> {
    fn create(&self, job: &Job<'_>) -> Next {
        let Some(address) = job.addresses.get(&self.media.path) else { return no_address(self.media) };
        let mut fields = wire::of_shape(Shape::of(std::slice::from_ref(self.media)));
        fields.push(wire::field("is_carousel_item", "true"));
        fields.extend(wire::of_media(self.media, address));
        Next::Call(wire::container(&self.container.name, self.container.part, fields))
    }
}

fn no_address(media: &Media) -> Next {
    let path = &media.path;
    Next::Person {
        why: format!("`{path}` has no address that Threads could fetch it from: see `[media]` in accounts.toml"),
    }
}

/// The call that makes the container of a piece.
fn create(job: &Job<'_>, done: &[Step], piece: &Piece<'_>) -> Next {
    let rendition = job.rendition;
    let mut fields = wire::of_shape(Shape::of(piece.media));
    if !piece.text.is_empty() {
        fields.push(wire::field("text", piece.text));
    }
    match piece.media {
        [] => {}
        [media] => match job.addresses.get(&media.path) {
            Some(address) => fields.extend(wire::of_media(media, address)),
            None => return no_address(media),
        },
        _ => {
            let items = items(piece);
            let ids: Vec<&str> = items.iter().filter_map(|item| item.container.id(done, job.now)).collect();
            fields.push(wire::field("children", &ids.join(",")));
        }
    }
    let spoiler = rendition.settings.get("is_spoiler_media").is_some_and(|value| value == "true");
    if spoiler && !piece.media.is_empty() {
        fields.push(wire::field("is_spoiler_media", "true"));
    }
    if piece.index == 0 {
        fields.extend(wire::of_post(rendition));
        fields.extend(reference(job, done, "quote_of").map(|id| wire::field("quote_post_id", &id)));
    }
    fields.extend(answered(job, done, piece).map(|id| wire::field("reply_to_id", &id)));
    Next::Call(wire::container(&piece.name("container"), piece.index, fields))
}

/// The post a piece answers: the part before it, the first part for a comment, the post wished for in the first part.
fn answered(job: &Job<'_>, done: &[Step], piece: &Piece<'_>) -> Option<String> {
    match piece.index {
        0 => reference(job, done, "reply_to"),
        _ if piece.is_comment => shown(done, 0).map(|receipt| receipt.id.clone()),
        index => shown(done, index - 1).map(|receipt| receipt.id.clone()),
    }
}

fn wished<'a>(rendition: &'a Rendition, refs: &'a Refs, key: &str) -> (Option<&'a Reference>, Option<&'a Receipt>) {
    match key {
        "reply_to" => (rendition.reply_to.as_ref(), refs.reply_to.as_ref()),
        _ => (rendition.quote_of.as_ref(), refs.quote_of.as_ref()),
    }
}

/// The id of a post that is referred to, once it is known.
fn reference(job: &Job<'_>, done: &[Step], key: &str) -> Option<String> {
    let (wish, out) = wished(job.rendition, job.refs, key);
    match wish? {
        Reference::Post(_) => out.map(|receipt| receipt.id.clone()),
        Reference::Url(_) => made(done, &format!("address {key}"), job.now).map(|found| found.data(ID).to_owned()),
    }
}

/// What is left to do until the id of a post that is referred to is known.
fn reference_left(job: &Job<'_>, done: &[Step], piece: &Piece<'_>, key: &str) -> Option<Next> {
    let (wish, _) = wished(job.rendition, job.refs, key);
    if piece.index > 0 || wish.is_none() || reference(job, done, key).is_some() {
        return None;
    }
    Some(match wish? {
        Reference::Post(post) => Next::Person { why: format!("`{key}`: `{post}` is not out on this account") },
        Reference::Url(_) => {
            let name = format!("address {key}");
            let page = made(done, &format!("{name} page"), job.now);
            Next::Call(wire::addresses(&name, page.map(|page| page.data("after"))))
        }
    })
}

/// Posts and replies that are still to be shown; the first comment counts once it is all that is left.
fn needed(job: &Job<'_>, done: &[Step]) -> (u64, u64) {
    let parts = job.rendition.parts.len();
    let left: Vec<usize> = (0..parts).filter(|index| shown(done, *index).is_none()).collect();
    if left.is_empty() {
        return (0, 1);
    }
    let pieces = left.into_iter().filter_map(|index| Piece::of(job.rendition, index));
    pieces.fold((0, 0), |(posts, replies), piece| match piece.is_reply {
        true => (posts, replies + 1),
        false => (posts + 1, replies),
    })
}

/// The quota is read before something is shown, so that a thread never stops half way for it.
fn quota_left(job: &Job<'_>, done: &[Step], piece: &Piece<'_>) -> Option<Next> {
    if made(done, "quota", job.now).is_some() {
        return None;
    }
    let (posts, replies) = needed(job, done);
    let fields = [(posts, "quota_usage,config"), (replies, "reply_quota_usage,reply_config")];
    let fields: Vec<&str> = fields.into_iter().filter(|(needed, _)| *needed > 0).map(|(_, fields)| fields).collect();
    Some(Next::Call(wire::quota("quota", piece.index, &fields.join(","))))
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let words: Vec<&str> = call.name.split(' ').collect();
    match words[..] {
        // The post is out: where it is to be found is worth one question, and no failure.
        ["link", _] => return Ok(linked(done, call, reply)),
        ["look" | "find", _] => return look::read(job, done, call, reply),
        ["publish", _] if !reply.is_success() => {
            return Err(refusals::of_publishing(reply, done::doubt(done, call.part).is_some()));
        }
        _ if !reply.is_success() => return Err(refusals::refusal(reply, false)),
        _ => {}
    }
    match words[..] {
        ["container" | "item", _] => created(call, reply),
        ["container" | "item", _, "state"] => waited(job, done, call, reply),
        ["publish", _] => published(job, call, reply),
        ["quota"] => {
            let (posts, replies) = needed(job, done);
            quota_read(call, reply, &[("", "posts", posts), ("reply_", "replies", replies)])
        }
        ["address", key] => addressed(job, call, reply, key),
        _ => Err(bug(format!("`{}` is no call to Threads", call.name))),
    }
}

pub(super) fn made_of<const N: usize>(name: &str, data: [(&str, String); N], expires: Option<DateTime<Utc>>) -> Step {
    let data = data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires }
}

fn created(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let id = meta::id(&reply.json()["id"]).ok_or_else(|| refusals::unclear(reply, false))?;
    let data = [(ID, id), (AT, reply.at.to_rfc3339())];
    Ok(made_of(&call.name, data, Some(after(reply, LIFE_SECS))))
}

/// How far a container is; one that came to nothing is marked as ended, so that it is made again, or refused.
fn waited(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let name = call.name.trim_end_matches(" state");
    let Some(container) = made(done, name, job.now) else {
        return Err(bug(format!("`{}` asks after nothing that was made", call.name)));
    };
    let answer = reply.json();
    let age = container.time(AT).map_or(TimeDelta::zero(), |at| reply.at - at);
    let state = answer["status"].as_str().ok_or_else(|| refusals::unclear(reply, false))?;
    let why = answer["error_message"].as_str().unwrap_or(state);
    let (expires, again) = match state {
        FINISHED | PUBLISHED if name.starts_with("item") => (None, reply.at),
        FINISHED | PUBLISHED => (Some(after(reply, BELIEVED_SECS)), reply.at),
        "IN_PROGRESS" if age <= PROCESSING_MAX => (None, after(reply, pause_secs(age))),
        _ if !why.starts_with("INVALID_") && !failed_lately(done, name, reply.at) => {
            return Ok(made_of(name, [], Some(reply.at)));
        }
        _ => return Err(refusals::container_failed(reply, why)),
    };
    let id = container.data(ID).to_owned();
    let data = [(ID, id), (STATE, state.to_owned()), (AGAIN, again.to_rfc3339()), (AT, reply.at.to_rfc3339())];
    Ok(made_of(&call.name, data, expires))
}

/// Whether a container of that name has come to nothing a short while ago.
fn failed_lately(done: &[Step], name: &str, at: DateTime<Utc>) -> bool {
    done.iter().any(|step| match step {
        Step::Made { name: its, data, expires: Some(ended), .. } if its == name && data.is_empty() => {
            at.signed_duration_since(*ended) < ANEW_AFTER
        }
        _ => false,
    })
}

fn published(job: &Job<'_>, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let id = meta::id(&reply.json()["id"]).ok_or_else(|| refusals::unclear(reply, true))?;
    let receipt = Receipt { id, url: wire::profile(job.identity), at: reply.at, via: Via::Response };
    Ok(Step::Shown { part: call.part, receipt })
}

fn linked(done: &[Step], call: &Call, reply: &Reply) -> Step {
    let answer = reply.json();
    match (shown(done, call.part), wire::permalink(&answer)) {
        (Some(receipt), Some(url)) if reply.is_success() => {
            let at = meta::time(&answer["timestamp"]).unwrap_or(receipt.at);
            Step::Shown { part: call.part, receipt: Receipt { url: url.to_owned(), at, ..receipt.clone() } }
        }
        _ => made_of(&call.name, [], None),
    }
}

/// What a quota leaves, by the prefix of its fields; refused where it would not last.
pub(super) fn quota_read(call: &Call, reply: &Reply, needs: &[(&str, &str, u64)]) -> Result<Step, Refusal> {
    let answer = reply.json();
    let day = &answer["data"][0];
    for (prefix, what, needed) in needs {
        let number = |value: &Value| value.as_u64();
        let (used, config) = (&day[format!("{prefix}quota_usage")], &day[format!("{prefix}config")]);
        // What is not told is not held against the post: publishing will tell.
        let (Some(used), Some(total)) = (number(used), number(&config["quota_total"])) else { continue };
        let left = total.saturating_sub(used);
        if left < *needed {
            return Err(refusals::quota_spent(reply, what, left, *needed));
        }
    }
    Ok(made_of(&call.name, [(AT, reply.at.to_rfc3339())], Some(after(reply, BELIEVED_SECS))))
}

/// Whether the post of an address is among a page of the account's own.
fn addressed(job: &Job<'_>, call: &Call, reply: &Reply, key: &str) -> Result<Step, Refusal> {
    let answer = reply.json();
    let (wish, _) = wished(job.rendition, job.refs, key);
    let (Some(Reference::Url(url)), Some(posts)) = (wish, answer["data"].as_array()) else {
        return Err(refusals::unclear(reply, false));
    };
    let code = crate::fit::peculiar::threads::shortcode(url);
    let is_it = |post: &&Value| {
        let own = post["permalink"].as_str().and_then(crate::fit::peculiar::threads::shortcode);
        code.is_some() && (post["shortcode"].as_str() == code.as_deref() || own == code)
    };
    if let Some(id) = posts.iter().find(is_it).and_then(|post| meta::id(&post["id"])) {
        return Ok(made_of(&call.name, [(ID, id)], None));
    }
    let after_it = answer["paging"]["cursors"]["after"].as_str().filter(|_| answer["paging"]["next"].is_string());
    match after_it {
        Some(cursor) => {
            let data = [("after", cursor.to_owned())];
            Ok(made_of(&format!("{} page", call.name), data, Some(after(reply, BELIEVED_SECS))))
        }
        None => Err(refusals::not_ours(reply)),
    }
}

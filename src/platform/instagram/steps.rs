//! Which call is next for Instagram and what its answer means, told from what is done.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::wire::{self, Account, Form, State};
use super::{look, refusals};
use crate::fit::{Media, Rendition};
use crate::platform::done::{self, Way, made};
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Farewell, Job, Next, Receipt, Refusal, Reply, Step, Via, meta};
use crate::post::Kind;

/// Containers live for a day; from then on this one is not trusted any more.
const LIFE: TimeDelta = TimeDelta::hours(23);

/// How long a reading of the day's quota counts.
const QUOTA_LIFE: TimeDelta = TimeDelta::minutes(10);

/// How long what the upload host told of its bytes is true for sure: until somebody sends some.
const OFFSET_LIFE: TimeDelta = TimeDelta::seconds(2);

/// Seconds before each question whether a container is ready; then once a minute, as Meta asks.
const POLLS: [i64; 4] = [3, 5, 10, 20];
const POLL_SECS: i64 = 60;

/// What takes longer is left to later runs.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);
const LATER_SECS: i64 = 300;

/// Seconds before a container that failed for reasons of its fetching is made again; then a person looks.
const REMAKES: [i64; 3] = [60, 300, 1800];

pub(super) const CAROUSEL: &str = "carousel";
pub(super) const RESTRICTED: &str = "refused 1";

pub(super) fn account<'a>(job: &Job<'a>) -> Account<'a> {
    Account::new(job.identity, job.rendition.acts_as.as_deref())
}

pub(super) fn items(rendition: &Rendition) -> &[Media] {
    rendition.parts.first().map_or(&[], |part| &part.media)
}

/// The name of the container that is published.
pub(super) fn whole(rendition: &Rendition) -> &'static str {
    if items(rendition).len() > 1 { CAROUSEL } else { "container 1" }
}

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    if let Some(receipt) = newest(done, 0) {
        return follow(job, done, receipt);
    }
    if items(job.rendition).is_empty() {
        return Next::Person { why: "Instagram has no posts without a picture or a video".to_owned() };
    }
    if let Some(next) = look::suspicion(job, done).and_then(|suspicion| look::next(job, done, &suspicion)) {
        return next;
    }
    if made(done, "quota", job.now).is_none() {
        return Next::Call(account(job).quota());
    }
    prepare(job, done).unwrap_or_else(|| publish(job, done))
}

/// What is out is known best by what was learned last: its link comes after its id.
fn newest(done: &[Step], part: usize) -> Option<&Receipt> {
    done.iter().rev().find_map(|step| match step {
        Step::Shown { part: its, receipt } if *its == part => Some(receipt),
        _ => None,
    })
}

/// Everything that must be made before the post can be shown; `None`: it is.
fn prepare(job: &Job<'_>, done: &[Step]) -> Option<Next> {
    let all = || containers(job.rendition);
    if items(job.rendition).len() == 1 {
        let make = |container: Container<'_>| container.make(job, done).or_else(|| container.ready(job, done));
        return all().find_map(make);
    }
    if held(done, CAROUSEL, job.now).is_none() {
        let items =
            all().find_map(|item| item.make(job, done)).or_else(|| all().find_map(|item| item.ready(job, done)));
        return items.or_else(|| rest(job, done, CAROUSEL)).or_else(|| Some(Next::Call(carousel(job, done))));
    }
    poll(job, done, CAROUSEL, "the carousel")
}

fn carousel(job: &Job<'_>, done: &[Step]) -> Call {
    let ids: Vec<&str> =
        containers(job.rendition).filter_map(|item| Some(held(done, &item.name(), job.now)?.id)).collect();
    account(job).container(CAROUSEL, Form::carousel(job.rendition, &ids).fields())
}

fn publish(job: &Job<'_>, done: &[Step]) -> Next {
    let container = held(done, whole(job.rendition), job.now).map_or("", |held| held.id);
    Next::Call(account(job).publish("publish 1", container))
}

/// A container that can still be used.
#[derive(Clone, Copy, Debug)]
struct Held<'a> {
    id: &'a str,
    made_at: DateTime<Utc>,
}

/// One that failed is in the steps as well, without an id.
fn held<'d>(done: &'d [Step], name: &str, now: DateTime<Utc>) -> Option<Held<'d>> {
    let made = made(done, name, now)?;
    let (id, made_at) = (made.data("id"), made.time("made_at")?);
    (!id.is_empty()).then_some(Held { id, made_at })
}

/// The newest container of that name, whatever has become of it: its number and how often one of the name failed.
pub(super) fn last<'d>(done: &'d [Step], name: &str) -> (Option<&'d str>, usize) {
    let Some(made) = made(done, name, DateTime::<Utc>::MIN_UTC) else { return (None, 0) };
    (Some(made.data("id")).filter(|id| !id.is_empty()), made.data("failed").parse().unwrap_or(0))
}

/// `status 2` belongs to `container 2`, `status carousel` to `carousel`.
fn about(what: &str, container: &str) -> String {
    format!("{what} {}", container.strip_prefix("container ").unwrap_or(container))
}

fn container_of(number: &str) -> String {
    if number == CAROUSEL { number.to_owned() } else { format!("container {number}") }
}

/// The rest a container needs before it is made once more.
fn rest(job: &Job<'_>, done: &[Step], name: &str) -> Option<Next> {
    let until = made(done, name, job.now)?.time("again_at").filter(|until| job.now < *until)?;
    let why = "Instagram could not make a post of the media; it is given them again".to_owned();
    Some(Next::Wait { until, why })
}

/// Whether a container is ready; asked at growing intervals.
fn poll(job: &Job<'_>, done: &[Step], name: &str, what: &str) -> Option<Next> {
    let held = held(done, name, job.now)?;
    let told = made(done, &about("status", name), job.now).filter(|told| told.data("container") == held.id);
    if told.is_some_and(|told| told.data("state") == "ready") {
        return None;
    }
    let bytes = made(done, &about("bytes", name), job.now).and_then(|bytes| bytes.time("at"));
    let first = bytes.unwrap_or(held.made_at).checked_add_signed(TimeDelta::seconds(POLLS[0]))?;
    let until = told.and_then(|told| told.time("check_at")).unwrap_or(first);
    if job.now < until {
        return Some(Next::Wait { until, why: format!("Instagram is processing {what}") });
    }
    Some(Next::Call(account(job).status(&about("status", name), held.id, false)))
}

/// A container that holds a file: an item of a carousel, or the whole post.
struct Container<'a> {
    /// From 1.
    number: usize,
    media: &'a Media,
    alone: bool,
}

fn containers(rendition: &Rendition) -> impl Iterator<Item = Container<'_>> {
    let items = items(rendition);
    let alone = items.len() == 1;
    items.iter().enumerate().map(move |(index, media)| Container { number: index + 1, media, alone })
}

impl Container<'_> {
    fn name(&self) -> String {
        format!("container {}", self.number)
    }

    /// Whether its bytes are sent; else Instagram fetches them.
    fn is_sent(&self, job: &Job<'_>) -> bool {
        self.media.is_video() && account(job).is_through_page()
    }

    /// The picture shown until it plays, where it has one: only a reel does.
    fn cover(&self, job: &Job<'_>) -> Option<&Media> {
        self.media.cover.as_deref().filter(|_| self.alone && job.rendition.kind != Kind::Story)
    }

    /// What is left to do before Instagram has all of it; `None`: nothing.
    fn make(&self, job: &Job<'_>, done: &[Step]) -> Option<Next> {
        match held(done, &self.name(), job.now) {
            Some(held) if self.is_sent(job) => self.send(job, done, held),
            Some(_) => None,
            None => rest(job, done, &self.name()).or_else(|| Some(self.begin(job))),
        }
    }

    fn begin(&self, job: &Job<'_>) -> Next {
        let fetched = (!self.is_sent(job)).then_some(self.media);
        let missing = fetched.into_iter().chain(self.cover(job)).find(|file| !job.addresses.contains_key(&file.path));
        if let Some(file) = missing {
            return Next::Person { why: why_no_address(file) };
        }
        let at = fetched.and_then(|file| job.addresses.get(&file.path));
        let form = if self.alone {
            let cover = self.cover(job).and_then(|cover| job.addresses.get(&cover.path));
            Form::single(job.rendition, self.media, at, cover)
        } else {
            Form::item(job.rendition, self.number, self.media, at)
        };
        Next::Call(account(job).container(&self.name(), form.fields()))
    }

    /// Bytes, from where Instagram says it has none. After an interruption it is asked: nothing is sent twice.
    fn send(&self, job: &Job<'_>, done: &[Step], held: Held<'_>) -> Option<Next> {
        let of_this = |what: &str| {
            made(done, &about(what, &self.name()), job.now).filter(|made| made.data("container") == held.id)
        };
        if of_this("bytes").is_some() {
            return None;
        }
        let told = of_this("offset").and_then(|told| told.data("bytes").parse::<u64>().ok());
        let is_new = held.made_at.checked_add_signed(OFFSET_LIFE).is_some_and(|end| job.now < end);
        let call = match told.or(is_new.then_some(0)) {
            Some(offset) => {
                wire::bytes(&about("bytes", &self.name()), held.id, self.media, offset.min(self.media.bytes))
            }
            None => account(job).status(&about("offset", &self.name()), held.id, true),
        };
        Some(Next::Call(call))
    }

    fn ready(&self, job: &Job<'_>, done: &[Step]) -> Option<Next> {
        poll(job, done, &self.name(), &self.media.path)
    }
}

fn why_no_address(file: &Media) -> String {
    let path = &file.path;
    if file.is_video() {
        format!(
            "with Instagram's own login `{path}` has to lie where Instagram can fetch it: set `public_url` or `bucket` under \
             `[media]` in accounts.toml, or connect the account through its Facebook Page"
        )
    } else {
        format!(
            "Instagram takes no pictures but from an address, and `{path}` has none: set `public_url` or `bucket` under \
             `[media]` in accounts.toml"
        )
    }
}

/// What comes after the post is out: its link, and the first comment.
fn follow(job: &Job<'_>, done: &[Step], receipt: &Receipt) -> Next {
    let account = account(job);
    if receipt.url == account.url() && made(done, "link 1", job.now).is_none() {
        return Next::Call(account.link("link 1", &receipt.id));
    }
    let part = job.rendition.parts.len();
    let Some(text) = job.rendition.first_comment.as_deref().filter(|_| newest(done, part).is_none()) else {
        return Next::Done;
    };
    let send = || Next::Call(account.comment("comment 1", part, &receipt.id, text));
    let Some(doubt) = done::doubt(done, part) else { return send() };
    match doubt.way_by_list(job) {
        Way::Wait { until } => {
            Next::Wait { until, why: "the comments are read once the new one is among them".to_owned() }
        }
        Way::Look => Next::Call(account.comments("look 2", part, &receipt.id)),
        Way::Resend => send(),
        Way::Person => Next::Person {
            why: format!(
                "Instagram twice gave no clear answer to the first comment, and does not list it: look at {}",
                receipt.url
            ),
        },
    }
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    if !reply.is_success() {
        return refused(job, done, call, reply);
    }
    let answer = reply.json();
    match call.name.split(' ').collect::<Vec<_>>()[..] {
        ["quota"] => quota(reply, &answer),
        ["container", _] | [CAROUSEL] => created(done, call, reply, &answer),
        ["offset", number] => offset(job, done, &container_of(number), reply, &answer),
        ["bytes", number] if answer["success"] != Value::Bool(false) => Ok(sent(done, &container_of(number), reply)),
        ["bytes", _] => Err(refusals::unclear(reply, false)),
        ["status", number] => status(job, done, &container_of(number), reply, &answer),
        ["publish", _] => published(job, reply, &answer),
        ["link", _] => Ok(link(done, &answer, reply)),
        ["look", "1"] => look::looked(job, done, reply, &answer),
        ["find", _] => look::found(job, done, reply, &answer),
        ["comment", _] => {
            let id = meta::id(&answer["id"]).ok_or_else(|| refusals::unclear(reply, true))?;
            Ok(commented(done, call.part, id, reply.at, Via::Response))
        }
        ["look", "2"] => look::comments(job, done, call, reply, &answer),
        _ => Err(bug(format!("`{}` is no call to Instagram", call.name))),
    }
}

/// An answer that is no success: what can be mended by another container or another question is a step, not a refusal.
fn refused(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    match call.name.split(' ').collect::<Vec<_>>()[..] {
        ["container", _] | [CAROUSEL] if refusals::may_try_again(reply) => {
            failed(done, &call.name, reply, || refusals::refusal(reply, false))
        }
        ["bytes", number] => match refusals::upload(reply) {
            refusals::Upload::GoOn => Err(refusals::interrupted(reply)),
            refusals::Upload::Again => {
                let name = container_of(number);
                failed(done, &name, reply, || refusals::failed(reply, &file_of(job, &name), &words(reply)))
            }
            refusals::Upload::Other => Err(refusals::refusal(reply, false)),
        },
        ["publish", _] if refusals::is_restricted(reply) => {
            Ok(made_step(RESTRICTED, &[("at", &reply.at.to_rfc3339())], None))
        }
        // A post without its link is out all the same.
        ["link", _] => Ok(made_step("link 1", &[], None)),
        ["look", "1"] if refusals::is_unseen(reply) => Ok(look::told("unseen")),
        _ => Err(refusals::refusal(reply, call.shows)),
    }
}

fn words(reply: &Reply) -> String {
    meta::Error::of(reply).map(|error| error.message).unwrap_or_default()
}

fn pairs(data: &[(&str, &str)]) -> BTreeMap<String, String> {
    data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

pub(super) fn made_step(name: &str, data: &[(&str, &str)], expires: Option<DateTime<Utc>>) -> Step {
    Step::Made { name: name.to_owned(), data: pairs(data), secret: BTreeMap::new(), expires }
}

/// A container that failed is made again some time later; after some times the refusal counts.
pub(super) fn failed(
    done: &[Step],
    name: &str,
    reply: &Reply,
    refusal: impl FnOnce() -> Refusal,
) -> Result<Step, Refusal> {
    let (_, failed) = last(done, name);
    let Some(wait) = REMAKES.get(failed) else { return Err(refusal()) };
    let again_at = after(reply, *wait).to_rfc3339();
    Ok(made_step(name, &[("failed", &(failed + 1).to_string()), ("again_at", &again_at)], None))
}

/// The file a container holds, for messages.
fn file_of(job: &Job<'_>, name: &str) -> String {
    let file = containers(job.rendition).find(|container| container.name() == name);
    file.map_or("the carousel".to_owned(), |container| format!("`{}`", container.media.path))
}

fn quota(reply: &Reply, answer: &Value) -> Result<Step, Refusal> {
    let entry = &answer["data"][0];
    let used = entry["quota_usage"].as_u64().ok_or_else(|| refusals::unclear(reply, false))?;
    match entry["config"]["quota_total"].as_u64() {
        Some(total) if used >= total => Err(refusals::quota_spent(reply, used, total)),
        _ => {
            let expires = reply.at.checked_add_signed(QUOTA_LIFE);
            Ok(made_step("quota", &[("used", &used.to_string())], expires))
        }
    }
}

fn created(done: &[Step], call: &Call, reply: &Reply, answer: &Value) -> Result<Step, Refusal> {
    let id = meta::id(&answer["id"]).ok_or_else(|| refusals::unclear(reply, false))?;
    let (_, failed) = last(done, &call.name);
    let (made_at, failed) = (reply.at.to_rfc3339(), failed.to_string());
    let data = [("id", id.as_str()), ("made_at", &made_at), ("failed", &failed)];
    Ok(made_step(&call.name, &data, reply.at.checked_add_signed(LIFE)))
}

/// How many bytes have come; all of them is as good as an answer to having sent them.
fn offset(job: &Job<'_>, done: &[Step], name: &str, reply: &Reply, answer: &Value) -> Result<Step, Refusal> {
    if matches!(wire::state(answer), Some(State::Failed | State::Expired)) {
        return status(job, done, name, reply, answer);
    }
    let (bytes, id) = (wire::bytes_there(answer), last(done, name).0.unwrap_or_default());
    let all = containers(job.rendition).find(|container| container.name() == name).map(|its| its.media.bytes);
    if all.is_some_and(|all| bytes >= all) {
        return Ok(sent(done, name, reply));
    }
    let data = [("container", id), ("bytes", &bytes.to_string())];
    Ok(made_step(&about("offset", name), &data, reply.at.checked_add_signed(OFFSET_LIFE)))
}

fn sent(done: &[Step], name: &str, reply: &Reply) -> Step {
    let id = last(done, name).0.unwrap_or_default();
    made_step(&about("bytes", name), &[("container", id), ("at", &reply.at.to_rfc3339())], None)
}

fn status(job: &Job<'_>, done: &[Step], name: &str, reply: &Reply, answer: &Value) -> Result<Step, Refusal> {
    let (id, step) = (last(done, name).0.unwrap_or_default(), about("status", name));
    let why = answer["status"].as_str().unwrap_or_default();
    match wire::state(answer).ok_or_else(|| refusals::unclear(reply, false))? {
        State::Ready => Ok(made_step(&step, &[("container", id), ("state", "ready")], None)),
        // Somebody has published it already, though the ledger does not know.
        State::Published if name == whole(job.rendition) => {
            Ok(made_step(&step, &[("container", id), ("state", "published")], None))
        }
        State::Published => Err(refusals::unclear(reply, false)),
        State::Failed if !refusals::words_allow_another(why) => Err(refusals::failed(reply, &file_of(job, name), why)),
        State::Failed | State::Expired => {
            failed(done, name, reply, || refusals::failed(reply, &file_of(job, name), why))
        }
        State::Waiting => {
            let told = made(done, &step, job.now).filter(|told| told.data("container") == id);
            let asked: usize = told.and_then(|told| told.data("asked").parse().ok()).unwrap_or(0) + 1;
            let since = held(done, name, job.now).map_or(reply.at, |held| held.made_at);
            let is_long = reply.at.signed_duration_since(since) > PATIENCE;
            let wait = if is_long { LATER_SECS } else { POLLS.get(asked).copied().unwrap_or(POLL_SECS) };
            let check_at = after(reply, wait).to_rfc3339();
            let data =
                [("container", id), ("state", "waiting"), ("asked", &asked.to_string()), ("check_at", &check_at)];
            Ok(made_step(&step, &data, None))
        }
    }
}

/// The answer names the post but not its address.
fn published(job: &Job<'_>, reply: &Reply, answer: &Value) -> Result<Step, Refusal> {
    let id = meta::id(&answer["id"]).ok_or_else(|| refusals::unclear(reply, true))?;
    let receipt = Receipt { id, url: account(job).url(), at: reply.at, via: Via::Response };
    Ok(Step::Shown { part: 0, receipt })
}

fn link(done: &[Step], answer: &Value, reply: &Reply) -> Step {
    let address = permalink(answer);
    match (newest(done, 0), address) {
        (Some(known), Some(url)) => {
            let at = meta::time(&answer["timestamp"]).unwrap_or(reply.at);
            Step::Shown { part: 0, receipt: Receipt { url, at, ..known.clone() } }
        }
        _ => made_step("link 1", &[], None),
    }
}

/// Where people find a post, if the answer tells.
pub(super) fn permalink(answer: &Value) -> Option<String> {
    let url = answer["permalink"].as_str()?;
    let is_theirs = url.starts_with("https://www.instagram.com/") && !url.contains(char::is_whitespace);
    is_theirs.then(|| url.to_owned())
}

pub(super) fn commented(done: &[Step], part: usize, id: String, at: DateTime<Utc>, via: Via) -> Step {
    let url = newest(done, 0).map_or(String::new(), |post| post.url.clone());
    Step::Shown { part, receipt: Receipt { id, url, at, via } }
}

/// The comment under a post goes with it.
pub(super) fn remove(farewell: &Farewell<'_>, done: &[Step]) -> Next {
    let account = Account::new(farewell.identity, farewell.acts_as);
    let Some(post) = farewell.out.first() else { return Next::Done };
    if !account.is_through_page() {
        let why = format!(
            "with Instagram's own login no post can be removed: remove {} with the app, or connect the account through its \
             Facebook Page",
            post.url
        );
        return Next::Person { why };
    }
    match made(done, "remove 1", farewell.now) {
        None => Next::Call(account.remove("remove 1", &post.id)),
        Some(removed) if removed.data("state") == "unseen" && made(done, "look 1", farewell.now).is_none() => {
            let day = TimeDelta::days(1);
            let since = post.at.checked_sub_signed(day).unwrap_or(post.at);
            Next::Call(account.list("look 1", Kind::Feed, since, post.at.checked_add_signed(day)))
        }
        Some(_) => Next::Done,
    }
}

/// "It does not exist, or you may not see it": only the account's list tells which.
pub(super) fn read_remove(farewell: &Farewell<'_>, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    match call.name.as_str() {
        "remove 1" if reply.is_success() => Ok(made_step("remove 1", &[("state", "gone")], None)),
        "remove 1" if refusals::is_unseen(reply) => Ok(made_step("remove 1", &[("state", "unseen")], None)),
        "look 1" if reply.is_success() => {
            let listed = reply.json();
            let entries = listed["data"].as_array().ok_or_else(|| refusals::unclear(reply, false))?;
            let is_there =
                |post: &Receipt| entries.iter().any(|entry| meta::id(&entry["id"]).as_ref() == Some(&post.id));
            match farewell.out.first().filter(|post| is_there(post)) {
                Some(post) => Err(refusals::no_account(format!(
                    "Instagram does not let this login remove {}: connect it with the scope instagram_manage_contents, or \
                     remove the post by hand",
                    post.url
                ))),
                None => Ok(made_step("look 1", &[], None)),
            }
        }
        _ => Err(refusals::refusal(reply, false)),
    }
}

//! What the adapters' tests share: renditions, replies, calls as compact text, and a driver that walks an adapter through
//! scripted answers. Knows no platform.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use url::Url;

use super::{
    Adapter, Auth, Body, Call, Class, Enclosed, Identity, Job, Method, Next, Receipt, Refs, Refusal, Reply, Step, Via,
};
use crate::fit::{Media, Part, Rendition};
use crate::limits::Platform;
use crate::media::Kind;
use crate::post::Visibility;

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// When every test begins.
pub(super) fn start() -> DateTime<Utc> {
    at("2026-11-20T09:00:00Z")
}

pub(super) fn rendition(platform: Platform, parts: Vec<Part>) -> Rendition {
    Rendition {
        platform,
        parts,
        visibility: Visibility::Public,
        title: None,
        lang: None,
        card: None,
        acts_as: None,
        settings: BTreeMap::new(),
        kind: crate::post::Kind::Feed,
        tags: Vec::new(),
        poll: None,
        reply_to: None,
        quote_of: None,
        repost_of: None,
        first_comment: None,
    }
}

pub(super) fn part(text: &str, media: Vec<Media>) -> Part {
    Part { text: text.to_owned(), count: text.len(), limit: 280, media, links: Vec::new() }
}

pub(super) fn image(path: &str, bytes: u64, alt: Option<&str>) -> Media {
    Media {
        path: path.to_owned(),
        kind: Kind::Png,
        mime: "image/png",
        bytes,
        width: None,
        height: None,
        sha256: String::new(),
        alt: alt.map(str::to_owned),
        title: None,
        cover: None,
        captions: None,
        smaller: None,
        animated: false,
        film: None,
        pages: None,
    }
}

pub(super) fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reply { status, headers, body: body.to_owned(), at: start() }
}

pub(super) fn receipt(id: &str) -> Receipt {
    Receipt { id: id.to_owned(), url: String::new(), at: start(), via: Via::Response }
}

pub(super) fn made(name: &str, data: &[(&str, &str)], secret: &[(&str, &str)], expires: Option<DateTime<Utc>>) -> Step {
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Step::Made { name: name.to_owned(), data: map(data), secret: map(secret), expires }
}

/// `image 1 append 0: POST /2/media/upload/7/append segment_index=0 media=a.png[0..9]`; `!` marks a call that shows.
pub(super) fn compact(call: &Call) -> String {
    let query = call.url.query().map_or(String::new(), |query| format!("?{query}"));
    let body = match &call.body {
        Body::Empty => String::new(),
        // The order of JSON's members means nothing: sorted, a test does not depend on it.
        Body::Json(value) => {
            let mut value = value.clone();
            value.sort_all_objects();
            format!(" {value}")
        }
        Body::Form(fields) => format!(" {fields:?}"),
        Body::File { file, mime } => format!(" {mime} {}[{}..{}]", file.path, file.range.start, file.range.end),
        Body::Related { json, file, mime } => {
            format!(" {json} {mime} {}[{}..{}]", file.path, file.range.start, file.range.end)
        }
        Body::Bundle { fields, files } => {
            let fields = fields.iter().map(|(key, value)| format!("{key}={value}"));
            let files = files.iter().map(|enclosed| {
                let Enclosed { name, called, file, mime } = enclosed;
                format!("{name}={called} {mime} {}[{}..{}]", file.path, file.range.start, file.range.end)
            });
            format!(" {}", fields.chain(files).collect::<Vec<_>>().join(" "))
        }
        Body::Multipart { fields, name, file, .. } => {
            let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!(" {} {name}={}[{}..{}]", fields.join(" "), file.path, file.range.start, file.range.end)
        }
    };
    let method = format!("{:?}", call.method).to_uppercase();
    let shows = if call.shows { "!" } else { "" };
    format!("{}: {method}{shows} {}{query}{body}", call.name, call.url.path())
}

pub(super) fn next_text(next: &Next) -> String {
    match next {
        Next::Call(call) => compact(call),
        Next::Wait { until, why } => format!("wait until {}: {why}", until.format("%H:%M:%S")),
        Next::Done => "done".to_owned(),
        Next::Person { why } => format!("person: {why}"),
    }
}

/// Answers as platforms have given them, each with what it means. A line of the table is `status | headers | meaning of an answer
/// to a showing call | of one to another call, or `=` for the same | body`; a meaning is a class, with the seconds to wait where
/// the answer, or the platform's documents, tell when to try again.
#[track_caller]
pub(super) fn recorded(table: &str, read: impl Fn(&Reply, bool) -> Refusal) {
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut wrong = Vec::new();
    for line in lines {
        let [status, headers, shows, other, body] = line.splitn(5, " | ").collect::<Vec<_>>()[..] else {
            panic!("not a line of answers: {line}")
        };
        let headers = headers.split("; ").filter_map(|header| header.split_once(": "));
        let reply = reply(status.parse().unwrap(), &headers.collect::<Vec<_>>(), body);
        let other = if other == "=" { shows } else { other };
        for (is_showing, meaning) in [(true, shows), (false, other)] {
            let told = meaning_of(&read(&reply, is_showing));
            if told != meaning {
                wrong.push(format!("{status} {body}\n  shows {is_showing}: {told}, not {meaning}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `quota +3600`, `content`.
fn meaning_of(refusal: &Refusal) -> String {
    let class = serde_json::to_value(refusal.class).unwrap();
    let class = class.as_str().unwrap();
    refusal.not_before.map_or(class.to_owned(), |at| format!("{class} +{}", (at - start()).num_seconds()))
}

/// A call of that name to an address, as far as it matters to its answer.
pub(super) fn call_to(name: &str, address: &str) -> Call {
    Call {
        name: name.to_owned(),
        part: 0,
        shows: false,
        method: Method::Post,
        url: address.parse().unwrap(),
        headers: Vec::new(),
        body: Body::Empty,
        auth: Auth::Bearer,
    }
}

/// What an answer tells of limits: `posts a day: 3 of 17 for 3600 s`.
#[track_caller]
pub(super) fn allowances(adapter: &dyn Adapter, call: &Call, reply: &Reply, platform: Platform) -> String {
    let told = adapter.allowances(call, reply).into_iter().map(|allowance| {
        assert!(platform.limits().quota(&allowance.of).is_some(), "no such limit: {}", allowance.of);
        let of = allowance.most.map_or(String::new(), |most| format!(" of {most}"));
        format!("{}: {}{of} for {} s", allowance.of, allowance.left, (allowance.until - reply.at).num_seconds())
    });
    told.collect::<Vec<_>>().join(", ")
}

/// An account's doings from `start` on, as a run would drive them.
pub(super) struct Walk<'a> {
    pub(super) adapter: &'a dyn Adapter,
    pub(super) rendition: &'a Rendition,
    pub(super) identity: &'a Identity,
    pub(super) now: DateTime<Utc>,
    pub(super) done: Vec<Step>,
    pub(super) refs: Refs,
    pub(super) addresses: BTreeMap<String, Url>,
    /// The calls made and waits waited, as text.
    pub(super) log: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(adapter: &'a dyn Adapter, rendition: &'a Rendition, identity: &'a Identity) -> Self {
        let (refs, addresses) = (Refs::default(), BTreeMap::new());
        Self { adapter, rendition, identity, now: start(), done: Vec::new(), refs, addresses, log: Vec::new() }
    }

    pub(super) fn job(&self) -> Job<'_> {
        let settle = self.adapter.settle();
        let (refs, addresses) = (&self.refs, &self.addresses);
        Job {
            rendition: self.rendition,
            mark: "tea:acme",
            identity: self.identity,
            now: self.now,
            settle,
            refs,
            addresses,
        }
    }

    /// Until done, a person is needed, or a refusal that no waiting mends; the answers get the time of their call.
    pub(super) fn run(&mut self, mut answer: impl FnMut(&Call, DateTime<Utc>) -> Reply) -> Result<(), Refusal> {
        for _ in 0..200 {
            let next = self.adapter.next(&self.job(), &self.done);
            let call = match next {
                Next::Call(call) => call,
                Next::Wait { until, .. } => {
                    assert!(until > self.now, "a wait for the past never ends");
                    self.log.push(next_text(&next));
                    self.now = until;
                    continue;
                }
                Next::Done | Next::Person { .. } => {
                    self.log.push(next_text(&next));
                    return Ok(());
                }
            };
            self.log.push(compact(&call));
            let host = call.url.host_str().unwrap();
            assert!(self.adapter.homes(&self.identity.server).contains(&host), "{host}");
            let reply = Reply { at: self.now, ..answer(&call, self.now) };
            let read = self.adapter.read(&self.job(), &self.done, &call, &reply);
            self.now += TimeDelta::seconds(1);
            match read {
                Ok(step) => self.done.push(step),
                Err(Refusal { class: Class::Doubtful, .. }) => {
                    assert!(call.shows, "only a showing call can be doubtful");
                    self.done.push(Step::Doubt { part: call.part, sent_at: reply.at });
                }
                Err(Refusal { class: Class::NotReady, not_before: Some(at), .. }) => self.now = self.now.max(at),
                Err(refusal) => return Err(refusal),
            }
        }
        panic!("no end: {:#?}", self.log);
    }

    pub(super) fn receipts(&self) -> Vec<String> {
        let receipt = |step: &Step| match step {
            Step::Shown { part, receipt: Receipt { url, at, via, .. } } => {
                Some(format!("{part} {url} {} {via:?}", at.format("%H:%M:%S")))
            }
            _ => None,
        };
        self.done.iter().filter_map(receipt).collect()
    }
}

/// Steps as a ledger may hold them, in any order: of these names, with these data and secret keys and values.
pub(super) fn any_steps(
    names: &'static [&'static str],
    pairs: &'static [(&'static str, &'static str)],
) -> BoxedStrategy<Vec<Step>> {
    let instant = (-200_i64..200).prop_map(|seconds| start() + TimeDelta::seconds(seconds));
    let map = proptest::collection::btree_map(proptest::sample::select(pairs), Just(()), 0..4);
    let map =
        map.prop_map(|map| map.into_keys().map(|(k, v)| (k.to_owned(), v.to_owned())).collect::<BTreeMap<_, _>>());
    let name = proptest::sample::select(names).prop_map(str::to_owned);
    let made = (name, map.clone(), map, proptest::option::of(instant.clone()))
        .prop_map(|(name, data, secret, expires)| Step::Made { name, data, secret, expires });
    let shown = (0..4_usize, "[0-9]{1,3}").prop_map(|(part, id)| Step::Shown { part, receipt: receipt(&id) });
    let doubt = (0..4_usize, instant.clone()).prop_map(|(part, sent_at)| Step::Doubt { part, sent_at });
    let absent = (0..4_usize, instant).prop_map(|(part, at)| Step::Absent { part, at });
    let step = prop_oneof![8 => made, 1 => shown, 1 => doubt, 2 => absent];
    proptest::collection::vec(step, 0..40).boxed()
}

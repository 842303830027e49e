//! Which call is next for Forem and what its answer means, told from what is done.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{refusals, wire};
use crate::platform::done::{self, Way, made, shown};
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Farewell, Job, Letters, Next, Receipt, Refusal, Reply, Step, Via};

/// Names of calls.
const CREATE: &str = "create";
const FIND: &str = "find";
const FIND_OUT: &str = "find out";
const PUBLISH: &str = "publish 1";

/// Keys of a step's data: an article; that Forem has another, which must be looked for, and its words; the page to be read, empty
/// after the last.
const ID: &str = "id";
const TAKEN: &str = "taken";
const WORDS: &str = "words";
const PAGE: &str = "page";

/// Values of [`TAKEN`]: any article of ours will do, or only one that is out.
const ANY: &str = "any";
const OUT: &str = "out";

/// Most pages that are looked through: what was just made is on the first.
const PAGES_MAX: usize = 10;

/// How long what a search found is believed.
const BELIEVED_SECS: i64 = 600;

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    if shown(done, 0).is_some() {
        return Next::Done;
    }
    let server = &job.identity.server;
    let created = made(done, CREATE, job.now);
    let search = created.map_or(FIND, |created| search(created.data(TAKEN)));
    let found = made(done, search, job.now);
    let draft = [found, created].into_iter().flatten().map(|made| made.data(ID)).find(|id| !id.is_empty());
    if let (Some(doubt), Some(id)) = (done::doubt(done, 0), draft) {
        match doubt.way_by_list(job) {
            Way::Wait { until } => {
                let why = "Forem gave no clear answer; the article is read once that can be trusted".to_owned();
                return Next::Wait { until, why };
            }
            Way::Look => return Next::Call(wire::read("look 1", server, id)),
            Way::Resend => {}
            Way::Person => return lost(server, id),
        }
    } else if done::doubt(done, 0).is_some() {
        return lost(server, "?");
    }
    if let Some(path) = wire::unplaced(job) {
        return Next::Person { why: format!("`{path}` has no address that readers could get it at") };
    }
    match (created, draft) {
        (_, Some(id)) => Next::Call(wire::publish(PUBLISH, job, id, true)),
        (None, None) => Next::Call(wire::create(job)),
        (Some(taken), None) => match found.map(|found| found.data(PAGE)) {
            Some("") => {
                let why = format!(
                    "Forem has another article like this ({}), and none of the account's own is the same; look at \
                     https://{server}/dashboard",
                    taken.data(WORDS)
                );
                Next::Person { why }
            }
            page => Next::Call(wire::list(search, server, page.and_then(|page| page.parse().ok()).unwrap_or(1))),
        },
    }
}

/// What the search for an article is called.
fn search(taken: &str) -> &'static str {
    if taken == OUT { FIND_OUT } else { FIND }
}

fn lost(server: &str, article: &str) -> Next {
    let why = format!(
        "Forem twice gave no clear answer for article {article}, which is not out as far as it says; look at \
         https://{server}/dashboard, then tell with `pressroom resolve` whether it is there"
    );
    Next::Person { why }
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    match call.name.as_str() {
        CREATE if reply.is_success() => {
            let id = wire::id(&answer[ID]).ok_or_else(|| refusals::unclear(reply, false))?;
            Ok(made_of(&call.name, [(ID, id)], None))
        }
        CREATE if refusals::is_taken(reply) => Ok(taken(reply, ANY)),
        PUBLISH if reply.is_success() => {
            shown_step(&answer, reply, Via::Response).ok_or_else(|| refusals::unclear(reply, call.shows))
        }
        PUBLISH if refusals::is_taken(reply) => Ok(taken(reply, OUT)),
        FIND | FIND_OUT if reply.is_success() => found(job, done, call, reply),
        "look 1" if reply.is_success() => {
            shown_step(&answer, reply, Via::Lookup).ok_or_else(|| refusals::unclear(reply, false))
        }
        "look 1" if reply.status == 404 => Ok(Step::Absent { part: 0, at: reply.at }),
        "edit 1" if reply.is_success() => Ok(made_of(&call.name, [], None)),
        CREATE | PUBLISH | FIND | FIND_OUT | "look 1" | "edit 1" => Err(refusals::refusal(reply, call.shows)),
        _ => Err(bug(format!("`{}` is no call to Forem", call.name))),
    }
}

fn made_of<const N: usize>(
    name: &str,
    data: [(&str, String); N],
    until: Option<chrono::DateTime<chrono::Utc>>,
) -> Step {
    let data = data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires: until }
}

/// Forem has an article like this, so none was made, or it cannot go out.
fn taken(reply: &Reply, which: &str) -> Step {
    let words = refusals::words(reply);
    made_of(CREATE, [(TAKEN, which.to_owned()), (WORDS, words)], Some(after(reply, BELIEVED_SECS)))
}

/// The step that says the article is out.
fn shown_step(article: &Value, reply: &Reply, via: Via) -> Option<Step> {
    let id = wire::id(&article[ID])?;
    let url = article["url"].as_str().filter(|url| url.starts_with("https://")).unwrap_or_default().to_owned();
    let at = wire::published_at(article).unwrap_or(reply.at);
    Some(Step::Shown { part: 0, receipt: Receipt { id, url, at, via } })
}

/// What a page of the author's articles says: the one that is ours, or where to look on.
fn found(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let articles = answer.as_array().ok_or_else(|| refusals::unclear(reply, false))?;
    let is_out = |article: &Value| article["published"] == true;
    let mut ours = articles.iter().filter(|article| (call.name == FIND || is_out(article)) && is_ours(job, article));
    let until = Some(after(reply, BELIEVED_SECS));
    if let Some(article) = ours.next() {
        if is_out(article) {
            return shown_step(article, reply, Via::DuplicateAnswer).ok_or_else(|| refusals::unclear(reply, false));
        }
        let id = wire::id(&article[ID]).ok_or_else(|| refusals::unclear(reply, false))?;
        return Ok(made_of(&call.name, [(ID, id)], until));
    }
    let before = made(done, &call.name, job.now).and_then(|found| found.data(PAGE).parse().ok()).unwrap_or(1);
    match wire::is_full(articles) && before < PAGES_MAX {
        true => Ok(made_of(&call.name, [(PAGE, (before + 1).to_string())], until)),
        false => Ok(made_of(&call.name, [(PAGE, String::new())], until)),
    }
}

/// Whether an article of the author's is the one that was to be made: the same title, and the same original, or where it has none
/// the same text.
fn is_ours(job: &Job<'_>, article: &Value) -> bool {
    let title = article["title"].as_str() == job.rendition.title.as_deref();
    title
        && match wire::setting(job.rendition, "canonical_url") {
            Some(original) => article["canonical_url"].as_str() == Some(original),
            None => article["body_markdown"].as_str().map(str::trim) == Some(wire::text(job).trim()),
        }
}

/// The article's number, if its receipt has one: one that a person has recorded has not.
fn article(out: &[Receipt]) -> Option<&str> {
    let [Receipt { id, .. }] = out else { return None };
    Some(id.as_str()).filter(|id| Letters::Digits.make(id))
}

fn unknown() -> Next {
    let why = "the ledger does not have the article's number: it was recorded by a person; change it by hand";
    Next::Person { why: why.to_owned() }
}

pub(super) fn edit(job: &Job<'_>, out: &[Receipt], done: &[Step]) -> Next {
    let Some(id) = article(out) else { return unknown() };
    if made(done, "edit 1", job.now).is_some() {
        return Next::Done;
    }
    match wire::unplaced(job) {
        Some(path) => Next::Person { why: format!("`{path}` has no address that readers could get it at") },
        None => Next::Call(wire::publish("edit 1", job, id, false)),
    }
}

pub(super) fn remove(farewell: &Farewell<'_>, done: &[Step]) -> Next {
    match (article(farewell.out), made(done, "unpublish 1", farewell.now)) {
        (Some(id), None) => Next::Call(wire::unpublish(&farewell.identity.server, id)),
        (None, None) if !farewell.out.is_empty() => unknown(),
        _ => Next::Done,
    }
}

pub(super) fn read_remove(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    match reply.is_success() || reply.status == 404 {
        true => Ok(made_of(&call.name, [], None)),
        false => Err(refusals::refusal(reply, false)),
    }
}

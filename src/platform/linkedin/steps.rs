//! Which call is next for LinkedIn and what its answer means, told from what is done.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::{little, refusals, wire};
use crate::fit::Media;
use crate::platform::done::{self, Doubt, SKEW, Way, made, shown, times_ended};
use crate::platform::refusal::{after, bug};
use crate::platform::{Call, Class, Job, Next, Receipt, Refusal, Reply, Step, Via};

/// Keys of a step: the image's URN, when its bytes were taken, and (secret) where they go.
const IMAGE: &str = "image";
const UPLOADED_AT: &str = "uploaded_at";
const ADDRESS: &str = "address";

/// How often an image is announced anew because its address was refused, before that counts as a refusal.
const ANEW_MAX: usize = 2;

/// Seconds between two looks at an image that is not available yet.
const POLL_SECS: i64 = 5;

/// LinkedIn never needs that long for an image; one that takes longer will not end.
const PROCESSING_MAX: TimeDelta = TimeDelta::minutes(15);

pub(super) fn next(job: &Job<'_>, done: &[Step]) -> Next {
    if shown(done, 0).is_some() || job.rendition.parts.is_empty() {
        return Next::Done;
    }
    if let Some(doubt) = done::doubt(done, 0) {
        match way(job, &doubt) {
            Way::Wait { until } => return Next::Wait { until, why: WHY_SETTLE.to_owned() },
            Way::Look => return Next::Call(wire::look(&wire::author(job.rendition, job.identity))),
            Way::Person => return Next::Person { why: why_person(job, &doubt) },
            Way::Resend => {}
        }
    }
    if let Some(why) = wire::rules(job.rendition).into_iter().next() {
        return Next::Person { why };
    }
    let pictures = wire::pictures(job.rendition);
    let mut images = Vec::with_capacity(pictures.len());
    for (index, media) in pictures.into_iter().enumerate() {
        match picture(job, done, index + 1, media) {
            Ok(urn) => images.push(urn),
            Err(call) => return Next::Call(*call),
        }
    }
    Next::Call(wire::post(job, &images))
}

const WHY_SETTLE: &str = "LinkedIn gave no clear answer; whether the post is out is found out once that can be trusted";

fn why_person(job: &Job<'_>, doubt: &Doubt<'_>) -> String {
    let heard = if doubt.is_resent() { "twice gave" } else { "gave" };
    let at = wire::url(job.rendition, wire::UNKNOWN_ID);
    format!(
        "LinkedIn {heard} no clear answer: look at {at} for the post, then tell with `pressroom resolve` whether it is there"
    )
}

fn way(job: &Job<'_>, doubt: &Doubt<'_>) -> Way {
    if wire::is_organization(job.rendition) { doubt.way_by_list(job) } else { doubt.way_by_duplicate(job) }
}

/// The URN of an image that can be shown, or the call that leads there.
fn picture<'d>(job: &Job<'_>, done: &'d [Step], number: usize, media: &Media) -> Result<&'d str, Box<Call>> {
    let name = |what: &str| format!("image {number} {what}");
    let Some(uploaded) = made(done, &name("upload"), job.now) else {
        // After a restart the address is lost: the ledger does not keep it. An announced image without bytes costs nothing.
        let session = made(done, &name("initialize"), job.now);
        let to = session.and_then(|session| session.secret(ADDRESS)).and_then(wire::upload_address);
        return Err(Box::new(match to {
            Some(to) => wire::upload(&name("upload"), to, media),
            None => wire::initialize(&name("initialize"), &wire::author(job.rendition, job.identity)),
        }));
    };
    let urn = uploaded.data(IMAGE);
    let is_known = made(done, &name("status"), job.now).is_some_and(|status| status.data(IMAGE) == urn);
    // A person's token is not allowed to ask; LinkedIn takes such images at once.
    if wire::is_organization(job.rendition) && !is_known {
        return Err(Box::new(wire::status(&name("status"), urn)));
    }
    Ok(urn)
}

pub(super) fn read(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    match (call.name.split(' ').collect::<Vec<_>>()[..].as_ref(), reply.is_success()) {
        (["image", _, "initialize"], true) => initialized(call, reply),
        (["image", number, "upload"], true) => uploaded(job, done, call, reply, number),
        (["image", number, "upload"], false) => upload_refused(done, reply, number),
        (["image", number, "status"], true) => available(job, done, call, reply, number),
        (["post", _], true) => posted(job, reply),
        (["post", _], false) => post_refused(job, done, reply),
        (["look", _], true) => looked(job, done, reply),
        (["image", _, "initialize" | "status"] | ["look", _], false) => Err(refusals::refusal(reply, false)),
        _ => Err(bug(format!("`{}` is no call to LinkedIn", call.name))),
    }
}

fn initialized(call: &Call, reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let value = &answer["value"];
    let (Some(urn), Some(to)) = (value["image"].as_str(), value["uploadUrl"].as_str()) else {
        return Err(refusals::unclear(reply, false));
    };
    if wire::upload_address(to).is_none() {
        return Err(bug(format!(
            "LinkedIn names an upload address outside https://{}/; no token goes there",
            wire::UPLOAD_HOST
        )));
    }
    let expires = value["uploadUrlExpiresAt"].as_i64().and_then(DateTime::from_timestamp_millis);
    Ok(Step::Made {
        name: call.name.clone(),
        data: BTreeMap::from([(IMAGE.to_owned(), urn.to_owned())]),
        secret: BTreeMap::from([(ADDRESS.to_owned(), to.to_owned())]),
        expires: Some(expires.unwrap_or_else(|| after(reply, 86_400))),
    })
}

fn uploaded(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply, number: &str) -> Result<Step, Refusal> {
    let session = made(done, &format!("image {number} initialize"), job.now);
    let Some(session) = session else { return Err(bug(format!("`{}` has no upload to belong to", call.name))) };
    let data = [(IMAGE, session.data(IMAGE).to_owned()), (UPLOADED_AT, reply.at.to_rfc3339())];
    Ok(made_of(&call.name, data, None))
}

fn made_of<const N: usize>(name: &str, data: [(&str, String); N], expires: Option<DateTime<Utc>>) -> Step {
    let data = data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Step::Made { name: name.to_owned(), data, secret: BTreeMap::new(), expires }
}

/// An upload address that is too old answers 401 or `EXPIRED_UPLOAD_URL`: then the image is announced anew, by marking the
/// old announcement as ended. If it was the token after all, the announcement will say so.
fn upload_refused(done: &[Step], reply: &Reply, number: &str) -> Result<Step, Refusal> {
    let session = format!("image {number} initialize");
    let is_stale = matches!(reply.status, 401 | 403 | 404 | 410) || refusals::is_expired_upload(reply);
    if is_stale && times_ended(done, &session) < ANEW_MAX {
        return Ok(made_of(&session, [], Some(reply.at)));
    }
    Err(refusals::refusal(reply, false))
}

fn available(job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply, number: &str) -> Result<Step, Refusal> {
    let upload = made(done, &format!("image {number} upload"), job.now);
    let (urn, since) = upload.map_or(("", None), |upload| (upload.data(IMAGE), upload.time(UPLOADED_AT)));
    match reply.json()["status"].as_str() {
        Some("AVAILABLE") => Ok(made_of(&call.name, [(IMAGE, urn.to_owned())], None)),
        Some("PROCESSING_FAILED") => Err(refusals::processing_failed(reply)),
        Some(_) if since.is_some_and(|since| reply.at - since > PROCESSING_MAX) => {
            Err(refusals::processing_failed(reply))
        }
        Some(_) => Err(refusals::still_processing(reply, after(reply, POLL_SECS))),
        None => Err(refusals::unclear(reply, false)),
    }
}

fn posted(job: &Job<'_>, reply: &Reply) -> Result<Step, Refusal> {
    match (wire::created(reply), reply.status) {
        (Some(urn), _) => Ok(shown_step(job, &urn, wire::made_about(&urn, reply), Via::Response)),
        // Created, and only its name is missing: it is out, and must not be sent again.
        (None, 201) => Ok(shown_step(job, wire::UNKNOWN_ID, reply.at, Via::Response)),
        (None, _) => Err(refusals::unclear(reply, true)),
    }
}

fn shown_step(job: &Job<'_>, urn: &str, at: DateTime<Utc>, via: Via) -> Step {
    let url = wire::url(job.rendition, urn);
    Step::Shown { part: 0, receipt: Receipt { id: urn.to_owned(), url, at, via } }
}

/// A refusal of the showing call. While a doubt is open, only a duplicate that the doubtful call can have made is proof that
/// it worked, and only one it cannot have made is proof that it did not; a refusal of another kind says nothing of it.
fn post_refused(job: &Job<'_>, done: &[Step], reply: &Reply) -> Result<Step, Refusal> {
    let doubt = done::doubt(done, 0);
    if !refusals::is_duplicate(reply) {
        let refusal = refusals::refusal(reply, true);
        let settles = !matches!(refusal.class, Class::Content | Class::Bug);
        return Err(if doubt.is_none() || settles { refusal } else { Refusal { class: Class::Doubtful, ..refusal } });
    }
    let original = wire::named_post(&reply.body);
    let (Some(doubt), original) = (doubt, original.as_deref()) else {
        return Err(refusals::duplicate(reply, original.as_deref()));
    };
    match original.and_then(|urn| Some((urn, wire::made_at(urn)?))) {
        Some((urn, at)) if doubt.may_have_made(at) && at <= reply.at + SKEW => {
            Ok(shown_step(job, urn, at, Via::DuplicateAnswer))
        }
        Some((urn, _)) => Err(refusals::duplicate(reply, Some(urn))),
        None => Err(Refusal { class: Class::Doubtful, ..refusals::duplicate(reply, None) }),
    }
}

fn looked(job: &Job<'_>, done: &[Step], reply: &Reply) -> Result<Step, Refusal> {
    let answer = reply.json();
    let (Some(part), Some(doubt)) = (job.rendition.parts.first(), done::doubt(done, 0)) else {
        return Err(bug("a look at LinkedIn for what is in no doubt"));
    };
    let Some(listed) = answer["elements"].as_array() else { return Err(refusals::unclear(reply, false)) };
    let candidates = listed.iter().filter_map(|post| {
        let urn = post["id"].as_str()?;
        let at = created_at(post)?;
        let fits = doubt.may_have_made(at) && at <= reply.at + SKEW && !done::is_receipted(done, urn);
        (fits && is_same(&part.text, post["commentary"].as_str()?)).then_some((urn, at))
    });
    Ok(match candidates.min_by_key(|(_, at)| (*at - doubt.first).abs()) {
        Some((urn, at)) => shown_step(job, urn, at, Via::Lookup),
        None => Step::Absent { part: 0, at: reply.at },
    })
}

fn created_at(post: &Value) -> Option<DateTime<Utc>> {
    post["createdAt"].as_i64().and_then(DateTime::from_timestamp_millis).or_else(|| wire::made_at(post["id"].as_str()?))
}

/// Whether LinkedIn may have made `commentary` of `sent`: same words, whatever the spaces between them.
fn is_same(sent: &str, commentary: &str) -> bool {
    let tidy = |text: &str| text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    tidy(sent) == tidy(&little::plain(commentary))
}

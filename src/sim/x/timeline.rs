//! The calls that read: who am I, one post, several, a user's own. Changes nothing but the bill.

use std::collections::BTreeSet;
use std::time::SystemTime;

use axum::http::StatusCode;
use chrono::DateTime;
use serde_json::{Value, json};

use super::auth::Caller;
use super::call::{self, Call};
use super::errors::{Outcome, Refusal, missing};
use super::meter::bill_reads;
use super::schema::id;
use super::state::{Post, State};
use super::view::{POST_FIELDS, USER_FIELDS, post, user};

/// `GET /2/users/me`
pub(super) fn me(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    known_query(call, &["expansions", "user.fields", "post.fields", "tweet.fields"])?;
    let wanted = fields(call, &["user.fields"], USER_FIELDS)?;
    let me = state.user(caller.user).ok_or_else(Refusal::unauthorized)?;
    Ok(call::json(StatusCode::OK, &json!({"data": user(me, &wanted)})))
}

/// `GET /2/tweets/{id}`
pub(super) fn one(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    known_query(call, SHAPE)?;
    let wanted = fields(call, &["post.fields", "tweet.fields"], POST_FIELDS)?;
    let sent = call.segment(2);
    let found = read_id("id", sent).map(|id| state.post(id).cloned())?;
    let Some(found) = found else {
        return Ok(call::json(StatusCode::OK, &json!({"errors": [missing("tweet", sent)]})));
    };
    bill_reads(state, caller, &[found.id]);
    Ok(call::json(StatusCode::OK, &json!({"data": post(state, &found, &wanted)})))
}

/// `GET /2/tweets?ids=`
pub(super) fn several(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    known_query(call, &[SHAPE, &["ids"]].concat())?;
    let wanted = fields(call, &["post.fields", "tweet.fields"], POST_FIELDS)?;
    let sent: Vec<_> = call.query("ids").unwrap_or_default().split(',').collect();
    if sent.len() > 100 {
        return Err(bad("ids", &sent.join(","), "size must be between 1 and 100"));
    }
    let (mut data, mut errors, mut read) = (Vec::new(), Vec::new(), Vec::new());
    for text in sent {
        match state.post(read_id("ids", text)?) {
            Some(it) => {
                data.push(post(state, it, &wanted));
                read.push(it.id);
            }
            None => errors.push(missing("tweet", text)),
        }
    }
    bill_reads(state, caller, &read);
    let mut answer = json!({});
    for (name, list) in [("data", data), ("errors", errors)] {
        if !list.is_empty() {
            answer[name] = Value::Array(list);
        }
    }
    Ok(call::json(StatusCode::OK, &answer))
}

/// Which part of a timeline is asked for.
struct Slice {
    max_results: usize,
    since: Option<SystemTime>,
    until: Option<SystemTime>,
    since_id: u64,
    /// Exclusive; from `until_id` or the page token, whichever is smaller.
    below_id: u64,
    replies: bool,
    reposts: bool,
}

/// `GET /2/users/{id}/tweets`: newest first, edits as one post, new ones only after a while.
pub(super) fn of_user(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    known_query(call, &[SHAPE, SLICE].concat())?;
    let wanted = fields(call, &["post.fields", "tweet.fields"], POST_FIELDS)?;
    let author = read_id("id", call.segment(2))?;
    let slice = slice(call)?;
    if state.user(author).is_none() {
        return Ok(call::json(StatusCode::OK, &json!({"errors": [missing("user", call.segment(2))]})));
    }
    let mut matching: Vec<_> =
        state.posts.iter().filter(|post| post.author == author && slice.takes(state, post)).collect();
    matching.reverse();
    let more = matching.len() > slice.max_results;
    matching.truncate(slice.max_results);
    let posts: Vec<u64> = matching.iter().map(|post| post.id).collect();
    let data: Vec<_> = matching.iter().map(|it| post(state, it, &wanted)).collect();
    bill_reads(state, caller, &posts);
    let mut answer = json!({"meta": {"result_count": posts.len()}});
    if let (Some(newest), Some(oldest)) = (posts.first(), posts.last()) {
        answer["data"] = Value::Array(data);
        answer["meta"]["newest_id"] = json!(newest.to_string());
        answer["meta"]["oldest_id"] = json!(oldest.to_string());
        if more {
            answer["meta"]["next_token"] = json!(format!("{PAGE}{oldest:x}"));
        }
    }
    Ok(call::json(StatusCode::OK, &answer))
}

/// What page tokens begin with.
const PAGE: &str = "7140dibdnow9c7btw";

impl Slice {
    fn takes(&self, state: &State, post: &Post) -> bool {
        post.at + state.options.timeline_delay <= state.now
            && !post.nullcast
            && state.is_newest(post)
            && post.id > self.since_id
            && post.id < self.below_id
            && self.since.is_none_or(|since| post.at >= since)
            && self.until.is_none_or(|until| post.at < until)
            && (self.replies || post.reply_to.is_none())
            && (self.reposts || post.reposts.is_none())
    }
}

fn slice(call: &Call) -> Result<Slice, Refusal> {
    let max_results = match call.query("max_results") {
        None => 10,
        Some(sent) => sent.parse().ok().filter(|number| (5..=100).contains(number)).ok_or_else(|| {
            let message = format!("The `max_results` query parameter value [{sent}] is not between 5 and 100");
            Refusal::invalid(Some(("max_results", &json!(sent))), &message)
        })?,
    };
    let instant = |name: &str| call.query(name).map(|sent| read_instant(name, sent)).transpose();
    let number = |name: &str| call.query(name).map(|sent| read_id(name, sent)).transpose();
    let page = call.query("pagination_token").map(read_page).transpose()?;
    let until_id = number("until_id")?;
    let excluded = read_words(call.query("exclude").unwrap_or_default(), "exclude", &["replies", "retweets"])?;
    let slice = Slice {
        max_results,
        since: instant("start_time")?,
        until: instant("end_time")?,
        since_id: number("since_id")?.unwrap_or(0),
        below_id: page.unwrap_or(u64::MAX).min(until_id.unwrap_or(u64::MAX)),
        replies: !excluded.contains("replies"),
        reposts: !excluded.contains("retweets"),
    };
    match (slice.since, slice.until) {
        (Some(since), Some(until)) if since >= until => Err(bad("start_time", "", "must be before 'end_time'")),
        _ => Ok(slice),
    }
}

fn read_page(token: &str) -> Result<u64, Refusal> {
    let id = token.strip_prefix(PAGE).and_then(|hex| u64::from_str_radix(hex, 16).ok());
    id.ok_or_else(|| bad("pagination_token", token, "is not a valid token"))
}

fn read_instant(name: &str, sent: &str) -> Result<SystemTime, Refusal> {
    let instant = DateTime::parse_from_rfc3339(sent).map(SystemTime::from);
    instant.map_err(|_| bad(name, sent, "is not a valid RFC3339 date-time"))
}

fn read_id(name: &str, sent: &str) -> Result<u64, Refusal> {
    id(sent).ok_or_else(|| bad(name, sent, "is not valid: it must match ^[0-9]{1,19}$"))
}

/// Query parameters that say how posts are shown.
const SHAPE: &[&str] =
    &["expansions", "media.fields", "place.fields", "poll.fields", "post.fields", "tweet.fields", "user.fields"];

/// Query parameters that say which posts of a timeline are shown.
const SLICE: &[&str] =
    &["end_time", "exclude", "max_results", "pagination_token", "since_id", "start_time", "until_id"];

fn known_query(call: &Call, known: &[&str]) -> Result<(), Refusal> {
    match call.query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some((name, value)) => {
            let message = format!("The query parameter [{name}] is not one of [{}]", known.join(","));
            Err(Refusal::invalid(Some((name, &json!(value))), &message))
        }
    }
}

/// The fields asked for under any of the names the parameter has had.
fn fields<'a>(call: &'a Call, names: &[&str], known: &[&str]) -> Result<BTreeSet<&'a str>, Refusal> {
    let mut wanted = BTreeSet::new();
    for name in names {
        wanted.extend(read_words(call.query(name).unwrap_or_default(), name, known)?);
    }
    Ok(wanted)
}

fn read_words<'a>(sent: &'a str, name: &str, known: &[&str]) -> Result<BTreeSet<&'a str>, Refusal> {
    let words: BTreeSet<_> = sent.split(',').filter(|word| !word.is_empty()).collect();
    match words.iter().find(|word| !known.contains(word)) {
        None => Ok(words),
        Some(word) => Err(bad(name, word, &format!("is not one of [{}]", known.join(",")))),
    }
}

fn bad(name: &str, sent: &str, why: &str) -> Refusal {
    Refusal::invalid(Some((name, &json!(sent))), &format!("The `{name}` query parameter value [{sent}] {why}"))
}

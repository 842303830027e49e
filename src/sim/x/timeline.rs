//! Reading: who am I, one post, several, a user's own; and what readers see. Changes nothing but the bill.

use std::collections::BTreeSet;
use std::time::SystemTime;

use axum::http::StatusCode;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::super::Seen;
use super::auth::Caller;
use super::call::{self, Call};
use super::errors::{Outcome, Refusal, post_not_found};
use super::meter::bill_reads;
use super::posts::ids;
use super::schema::id;
use super::state::{Post, State};
use super::text;

const USER_FIELDS: &[&str] = &[
    "created_at",
    "description",
    "id",
    "name",
    "profile_image_url",
    "protected",
    "public_metrics",
    "subscription_type",
    "url",
    "username",
    "verified",
    "verified_type",
];

/// Those of the documents that mean something here; the first name in a pair is the newer.
const POST_FIELDS: &[&str] = &[
    "attachments",
    "author_id",
    "conversation_id",
    "created_at",
    "edit_controls",
    "edit_history_post_ids",
    "edit_history_tweet_ids",
    "entities",
    "id",
    "in_reply_to_user_id",
    "lang",
    "note_post",
    "note_tweet",
    "public_metrics",
    "referenced_posts",
    "referenced_tweets",
    "reply_settings",
    "source",
    "text",
];

/// `GET /2/users/me`
pub(super) fn me(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let wanted = fields(call, &["user.fields"], USER_FIELDS)?;
    let user = state.user(caller.user).ok_or_else(Refusal::unauthorized)?;
    let mut data = json!({"id": user.id.to_string(), "name": user.username, "username": user.username});
    let premium = if user.premium { "Premium" } else { "None" };
    for (name, value) in [
        ("created_at", json!(rfc3339(user.at))),
        ("protected", json!(false)),
        ("subscription_type", json!(premium)),
        ("verified_type", json!(if user.premium { "blue" } else { "none" })),
    ] {
        if wanted.contains(name) {
            data[name] = value;
        }
    }
    Ok(call::json(StatusCode::OK, &json!({"data": data})))
}

/// `GET /2/tweets/{id}`
pub(super) fn one(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let wanted = fields(call, &["post.fields", "tweet.fields"], POST_FIELDS)?;
    let sent = call.segment(2);
    let found = read_id("id", sent).map(|id| state.post(id).cloned())?;
    let Some(post) = found else {
        return Ok(call::json(StatusCode::OK, &json!({"errors": [post_not_found(sent)]})));
    };
    bill_reads(state, caller, &[post.id]);
    Ok(call::json(StatusCode::OK, &json!({"data": shown(state, &post, &wanted)})))
}

/// `GET /2/tweets?ids=`
pub(super) fn several(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let wanted = fields(call, &["post.fields", "tweet.fields"], POST_FIELDS)?;
    let sent: Vec<_> = call.query("ids").unwrap_or_default().split(',').collect();
    if sent.len() > 100 {
        return Err(bad("ids", &sent.join(","), "size must be between 1 and 100"));
    }
    let (mut data, mut errors, mut read) = (Vec::new(), Vec::new(), Vec::new());
    for text in sent {
        match state.post(read_id("ids", text)?) {
            Some(post) => {
                data.push(shown(state, post, &wanted));
                read.push(post.id);
            }
            None => errors.push(post_not_found(text)),
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
}

/// `GET /2/users/{id}/tweets`: newest first, edits as one post, new ones only after a while.
pub(super) fn of_user(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let wanted = fields(call, &["post.fields", "tweet.fields"], POST_FIELDS)?;
    let author = read_id("id", call.segment(2))?;
    let slice = slice(call)?;
    if state.user(author).is_none() {
        return Err(bad("id", call.segment(2), "is not the id of a user"));
    }
    let mut matching: Vec<_> =
        state.posts.iter().filter(|post| post.author == author && slice.takes(state, post)).collect();
    matching.reverse();
    let more = matching.len() > slice.max_results;
    matching.truncate(slice.max_results);
    let posts: Vec<u64> = matching.iter().map(|post| post.id).collect();
    let data: Vec<_> = matching.iter().map(|post| shown(state, post, &wanted)).collect();
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
        let to_other = post.reply_to.is_some_and(|parent| state.post(parent).is_none_or(|it| it.author != post.author));
        post.at + state.options.timeline_delay <= state.now
            && !post.nullcast
            && state.is_newest(post)
            && post.id > self.since_id
            && post.id < self.below_id
            && self.since.is_none_or(|since| post.at >= since)
            && self.until.is_none_or(|until| post.at < until)
            && (self.replies || !to_other)
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

/// A post as reads return it: id, text and edit history, and what else was asked for.
fn shown(state: &State, post: &Post, wanted: &BTreeSet<&str>) -> Value {
    let versions = state.versions(post.first);
    let mut data = json!({"id": post.id.to_string(), "text": post.stored});
    data[&state.options.edit_history_field] = ids(&versions);
    let conversation = conversation(state, post).to_string();
    let referenced: Vec<_> = [("replied_to", post.reply_to), ("quoted", post.quoted)]
        .into_iter()
        .filter_map(|(kind, id)| id.map(|id| json!({"type": kind, "id": id.to_string()})))
        .collect();
    let first_at = state.post(post.first).map_or(post.at, |first| first.at);
    let until = first_at + state.options.edit_window;
    let edits_left = (state.options.max_edits + 1).saturating_sub(versions.len());
    let premium = state.user(post.author).is_some_and(|user| user.premium);
    let controls = json!({
        "edits_remaining": edits_left,
        "is_edit_eligible": premium && edits_left > 0 && until > state.now && !post.poll,
        "editable_until": rfc3339(until),
    });
    let replied_user = post.reply_to.and_then(|parent| state.post(parent)).map(|parent| parent.author.to_string());
    let note = (text::weigh(&post.text) > 280).then(|| json!({"text": post.stored}));
    for (name, value) in [
        ("author_id", json!(post.author.to_string())),
        ("conversation_id", json!(conversation)),
        ("created_at", json!(rfc3339(post.at))),
        ("edit_controls", controls),
        ("in_reply_to_user_id", json!(replied_user)),
        ("note_post", json!(note)),
        ("note_tweet", json!(note)),
        ("referenced_posts", json!(referenced)),
        ("referenced_tweets", json!(referenced)),
        ("reply_settings", json!(post.reply_settings.as_deref().unwrap_or("everyone"))),
    ] {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if wanted.contains(name) && !empty {
            data[name] = value;
        }
    }
    data
}

/// The id of the post with which a thread began.
fn conversation(state: &State, post: &Post) -> u64 {
    let mut at = post;
    while let Some(parent) = at.reply_to.and_then(|parent| state.post(parent)) {
        at = parent;
    }
    at.first
}

fn rfc3339(at: SystemTime) -> String {
    DateTime::<Utc>::from(at).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// What readers see now, oldest first: the newest version of each post, dated as the first.
pub(super) fn seen(state: &State) -> Vec<Seen> {
    let visible = state.posts.iter().filter(|post| !post.nullcast && state.is_newest(post));
    let mut seen: Vec<_> = visible.map(|post| seen_post(state, post)).collect();
    seen.sort_by_key(|post| post.at);
    seen
}

fn seen_post(state: &State, post: &Post) -> Seen {
    let username = state.user(post.author).map(|user| user.username.as_str()).unwrap_or("i");
    Seen {
        platform: "x",
        author: post.author.to_string(),
        id: post.id.to_string(),
        url: format!("https://x.com/{username}/status/{}", post.id),
        text: post.text.clone(),
        visibility: post.reply_settings.clone().unwrap_or_else(|| "everyone".to_owned()),
        media: post.media.clone(),
        card: None,
        reply_to: post.reply_to.map(|id| id.to_string()),
        at: state.post(post.first).map_or(post.at, |first| first.at),
    }
}

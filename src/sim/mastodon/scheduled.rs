//! Statuses for later (<https://docs.joinmastodon.org/methods/scheduled_statuses/>): kept, moved, taken back, and
//! published when their time comes.

use std::time::{Duration, SystemTime};

use axum::response::Response;
use serde_json::{Value, json};

use super::call::{self, Call, Outcome};
use super::draft::{self, Draft};
use super::errors::Refusal;
use super::media;
use super::oauth;
use super::state::{State, iso};
use super::statuses;

/// The least time ahead.
const AHEAD: Duration = Duration::from_secs(300);
/// Of one account, in all and for one day.
const MOST: usize = 300;
const MOST_A_DAY: usize = 25;

/// A status to come.
pub(super) struct Scheduled {
    id: String,
    account: usize,
    app: Option<usize>,
    at: SystemTime,
    draft: Draft,
}

/// The answer of `POST /api/v1/statuses` with a time ahead.
pub(super) fn create(state: &mut State, account: usize, app: Option<usize>, draft: Draft) -> Outcome {
    let at = draft.scheduled_at.unwrap_or(state.now);
    check(state, account, at)?;
    for media in &mut state.media {
        media.attached |= draft.media.contains(&media.id);
    }
    let scheduled = Scheduled { id: (state.scheduled.len() + 3_221).to_string(), account, app, at, draft };
    let answer = shown(state, &scheduled);
    state.scheduled.push(scheduled);
    Ok(call::json(200, &answer))
}

fn check(state: &State, account: usize, at: SystemTime) -> Result<(), Refusal> {
    if at < state.now + AHEAD {
        return Err(Refusal::invalid("Scheduled at must be at least 5 minutes in the future"));
    }
    let day = |at| super::state::seconds(at) / 86_400;
    let own = state.scheduled.iter().filter(|scheduled| scheduled.account == account);
    let (all, same_day) =
        own.fold((0, 0), |(all, same), other| (all + 1, same + usize::from(day(other.at) == day(at))));
    if all >= MOST {
        return Err(Refusal::invalid("You have exceeded the limit of 300 scheduled posts"));
    }
    if same_day >= MOST_A_DAY {
        return Err(Refusal::invalid("You have exceeded the limit of 25 scheduled posts for that day"));
    }
    Ok(())
}

/// What is due goes out.
pub(super) fn publish_due(state: &mut State) {
    let now = state.now;
    let (mut due, rest): (Vec<_>, Vec<_>) = state.scheduled.drain(..).partition(|scheduled| scheduled.at <= now);
    state.scheduled = rest;
    due.sort_by_key(|scheduled| scheduled.at);
    for Scheduled { account, app, at, draft, .. } in due {
        state.now = at;
        statuses::publish(state, account, app, draft);
    }
    state.now = now;
}

/// `/api/v1/scheduled_statuses`
pub(super) fn all(state: &State, call: &Call) -> Outcome {
    let account = oauth::caller(state, call)?.may(&["read:statuses"])?;
    let own = state.scheduled.iter().filter(|scheduled| scheduled.account == account);
    Ok(call::json(200, &Value::Array(own.map(|scheduled| shown(state, scheduled)).collect())))
}

/// `GET /api/v1/scheduled_statuses/{id}`
pub(super) fn get(state: &State, call: &Call, id: &str) -> Outcome {
    let account = oauth::caller(state, call)?.may(&["read:statuses"])?;
    Ok(told(state, own(state, account, id)?))
}

/// `PUT`: another time.
pub(super) fn update(state: &mut State, call: &Call, id: &str) -> Outcome {
    let account = oauth::caller(state, call)?.may(&["write:statuses"])?;
    let mut fields = call.fields()?;
    let at = draft::scheduled_at(&mut fields)?;
    fields.end()?;
    let own = own(state, account, id)?;
    if let Some(at) = at {
        check(state, account, at)?;
        state.scheduled[own].at = at;
    }
    Ok(told(state, own))
}

/// `DELETE`
pub(super) fn delete(state: &mut State, call: &Call, id: &str) -> Outcome {
    let account = oauth::caller(state, call)?.may(&["write:statuses"])?;
    let own = own(state, account, id)?;
    state.scheduled.remove(own);
    Ok(call::json(200, &json!({})))
}

fn own(state: &State, account: usize, id: &str) -> Result<usize, Refusal> {
    let own = state.scheduled.iter().position(|scheduled| scheduled.id == id && scheduled.account == account);
    own.ok_or_else(Refusal::missing)
}

fn told(state: &State, at: usize) -> Response {
    call::json(200, &shown(state, &state.scheduled[at]))
}

fn shown(state: &State, scheduled: &Scheduled) -> Value {
    let Draft { text, spoiler, sensitive, visibility, language, in_reply_to, media, .. } = &scheduled.draft;
    let files: Vec<Value> =
        media.iter().filter_map(|id| media::find(state, id)).map(|media| media::shown(state, media)).collect();
    json!({
        "id": scheduled.id,
        "scheduled_at": iso(scheduled.at),
        "params": {
            "text": text, "spoiler_text": spoiler, "sensitive": sensitive, "visibility": visibility, "language": language,
            "in_reply_to_id": in_reply_to, "media_ids": media, "idempotency": null, "scheduled_at": null,
        },
        "media_attachments": files,
    })
}

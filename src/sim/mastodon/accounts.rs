//! Accounts: who one is, who others are, and what an account posted
//! (<https://docs.joinmastodon.org/methods/accounts/>).

use serde_json::{Value, json};

use super::call::{self, Call, Outcome};
use super::draft;
use super::entity;
use super::errors::Refusal;
use super::oauth;
use super::state::{State, Status};

/// `GET /api/v1/accounts/verify_credentials`
pub(super) fn verify(state: &State, call: &Call) -> Outcome {
    let account = oauth::caller(state, call)?.may(&["profile", "read:accounts"])?;
    let own = &state.accounts[account];
    let mut body = entity::account(state, own);
    body["source"] = json!({
        "privacy": own.visibility, "sensitive": false, "language": own.language, "note": "", "fields": [],
        "follow_requests_count": 0,
    });
    Ok(call::json(200, &body))
}

/// `GET /api/v1/accounts/lookup?acct=`
pub(super) fn lookup(state: &State, call: &Call) -> Outcome {
    let mut parameters = call.parameters();
    let acct = parameters.text("acct")?.unwrap_or_default();
    parameters.end()?;
    let own = format!("@{}", state.host);
    let account = state.account_named(acct.strip_suffix(&own).unwrap_or(&acct)).ok_or_else(Refusal::missing)?;
    Ok(call::json(200, &entity::account(state, &state.accounts[account])))
}

/// `GET /api/v1/accounts/{id}`
pub(super) fn get(state: &State, id: &str) -> Outcome {
    let account = state.accounts.iter().find(|account| account.id == id).ok_or_else(Refusal::missing)?;
    Ok(call::json(200, &entity::account(state, account)))
}

/// `GET /api/v1/accounts/{id}/statuses`: newest first, as many as asked for, at most 40.
pub(super) fn statuses(state: &State, call: &Call, id: &str) -> Outcome {
    let reader = match oauth::maybe(state, call)? {
        Some(caller) => Some(caller.may(&["read:statuses"])?),
        None => None,
    };
    let account = state.accounts.iter().position(|account| account.id == id).ok_or_else(Refusal::missing)?;
    let mut parameters = call.parameters();
    let limit = parameters.number("limit")?.unwrap_or(20).clamp(1, 40);
    let (max, min, since) = (parameters.text("max_id")?, parameters.text("min_id")?, parameters.text("since_id")?);
    let (no_replies, only_media) = (parameters.flag("exclude_replies")?, parameters.flag("only_media")?);
    // There are no boosts here.
    let _ = parameters.flag("exclude_reblogs")?;
    if parameters.flag("pinned")? == Some(true) {
        return Ok(call::json(200, &json!([])));
    }
    parameters.end()?;
    let place =
        |id: &Option<String>| id.as_ref().and_then(|id| state.statuses.iter().position(|status| status.id == *id));
    let (before, after) = (place(&max), place(&min).max(place(&since)));
    let fits = |at: usize, status: &Status| {
        status.account == account
            && draft::may_see(status, reader)
            && before.is_none_or(|before| at < before)
            && after.is_none_or(|after| at > after)
            && !(no_replies == Some(true) && status.in_reply_to.is_some())
            && !(only_media == Some(true) && status.media.is_empty())
    };
    let mut found: Vec<&Status> =
        state.statuses.iter().enumerate().filter(|(at, status)| fits(*at, status)).map(|(_, status)| status).collect();
    let most = usize::try_from(limit).unwrap_or(40);
    // From `min_id` on upwards, else the newest.
    if min.is_some() {
        found.truncate(most);
    } else {
        drop(found.drain(..found.len().saturating_sub(most)));
    }
    found.reverse();
    let body: Vec<Value> = found.iter().map(|status| entity::status(state, status)).collect();
    let mut response = call::json(200, &Value::Array(body));
    if let (Some(first), Some(last)) = (found.first(), found.last()) {
        let at = format!("https://{}{}?limit={limit}", state.host, call.path);
        let link = format!("<{at}&max_id={}>; rel=\"next\", <{at}&min_id={}>; rel=\"prev\"", last.id, first.id);
        call::set_header(&mut response, "link", &link);
    }
    Ok(response)
}

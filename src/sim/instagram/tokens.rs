//! Instagram user tokens: short-lived ones become long-lived ones, which can be refreshed for ever. It knows nothing of
//! how the first one was come by.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/reference/refresh_access_token>

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::Ending;
use super::call::{Call, Reply};
use super::errors::{self, Outcome};
use super::state::{State, opaque};

/// The scope without which there is nothing.
const BASIC: &str = "instagram_business_basic";

/// An Instagram user token.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) account: usize,
    pub(super) client_id: String,
    pub(super) scopes: Vec<String>,
    pub(super) long: bool,
    pub(super) created: SystemTime,
    pub(super) expires: SystemTime,
    pub(super) ended: Option<Ending>,
}

/// `GET /access_token` of `graph.instagram.com`: a short-lived token becomes a long-lived one.
pub(super) fn lengthen(state: &mut State, call: &Call) -> Outcome {
    only(call, &["grant_type", "client_secret", "access_token"])?;
    if needed(call, "grant_type")? != "ig_exchange_token" {
        return Err(errors::invalid("Unsupported grant_type: it must be ig_exchange_token"));
    }
    let secret = needed(call, "client_secret")?;
    let token = live(state, needed(call, "access_token")?)?.clone();
    if state.apps.get(&token.client_id).is_none_or(|app| app.client_secret != secret) {
        return Err(errors::plain(1, "Error validating client secret."));
    }
    if token.long {
        let why = "Session key invalid. This could be because the session key has an incorrect format, or because the \
                   user has revoked this session";
        return Err(errors::plain(452, why));
    }
    let long = grant(state, token.account, &token.client_id, &token.scopes, true);
    let body = json!({
        "access_token": long,
        "token_type": "bearer",
        "expires_in": state.options.long_token_life.as_secs(),
    });
    Ok(Reply::json(200, &body))
}

/// `GET /refresh_access_token` of `graph.instagram.com`: sixty more days for a long-lived token.
pub(super) fn refresh(state: &mut State, call: &Call) -> Outcome {
    only(call, &["grant_type", "access_token"])?;
    if needed(call, "grant_type")? != "ig_refresh_token" {
        return Err(errors::invalid("Unsupported grant_type: it must be ig_refresh_token"));
    }
    let old = needed(call, "access_token")?.to_owned();
    let token = live(state, &old)?.clone();
    let age = state.now().duration_since(token.created).unwrap_or(Duration::ZERO);
    if !token.long {
        return Err(errors::invalid("Only long-lived access tokens can be refreshed"));
    }
    if age < state.options.refresh_age {
        return Err(errors::invalid("The access token must be at least 24 hours old to be refreshed"));
    }
    if !token.scopes.iter().any(|scope| scope == BASIC) {
        return Err(errors::denied(BASIC));
    }
    let long = grant(state, token.account, &token.client_id, &token.scopes, true);
    if state.options.refresh_ends_old_token {
        state.tokens.remove(&old);
    }
    let body = json!({
        "access_token": long,
        "token_type": "bearer",
        "expires_in": state.options.long_token_life.as_secs(),
        "permissions": token.scopes.join(","),
    });
    Ok(Reply::json(200, &body))
}

/// A new token.
pub(super) fn grant(state: &mut State, account: usize, client_id: &str, scopes: &[String], long: bool) -> String {
    let created = state.now();
    let life = if long { state.options.long_token_life } else { state.options.short_token_life };
    let token = Token {
        account,
        client_id: client_id.to_owned(),
        scopes: scopes.to_vec(),
        long,
        created,
        expires: created + life,
        ended: None,
    };
    let text = opaque("IGAA", 180);
    state.tokens.insert(text.clone(), token);
    text
}

/// The token, if it can still be used.
pub(super) fn live<'a>(state: &'a State, text: &str) -> Result<&'a Token, Reply> {
    let token = state.tokens.get(text);
    let token = token.ok_or_else(|| errors::token(None, "Invalid OAuth access token - Cannot parse access token"))?;
    if let Some(ending) = token.ended {
        let (subcode, why) = ending.told();
        return Err(errors::token(Some(subcode), &format!("Error validating access token: {why}")));
    }
    if token.expires <= state.now() {
        let why = "Error validating access token: Session has expired. The current time is later.";
        return Err(errors::token(Some(463), why));
    }
    Ok(token)
}

fn only(call: &Call, known: &[&str]) -> Result<(), Reply> {
    match call.parameters()?.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        Some((name, _)) => Err(errors::invalid(&format!("Unexpected parameter {name}"))),
        None => Ok(()),
    }
}

fn needed<'a>(call: &'a Call, name: &str) -> Result<&'a str, Reply> {
    let found = call
        .query
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty());
    found.ok_or_else(|| errors::invalid(&format!("The parameter {name} is required.")))
}

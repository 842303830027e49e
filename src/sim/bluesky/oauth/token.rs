//! Tokens: for a code, for the last refresh token, ended; and who calls with one. A refresh token is good once: used
//! again, it ends all that came of it.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::dpop::{self, At};
use super::{form, invalid_grant, needed};
use crate::sim::bluesky::call::{self, Call, Outcome};
use crate::sim::bluesky::errors::Refusal;
use crate::sim::bluesky::state::State;

const ACCESS_LIFE: Duration = Duration::from_secs(3_599);
/// Of public clients, whatever they refresh.
const SESSION_LIFE: Duration = Duration::from_secs(14 * 86_400);

/// What somebody allowed a client: the tokens that are good now, and all that were.
pub(in crate::sim::bluesky) struct Grant {
    pub(in crate::sim::bluesky) account: usize,
    pub(in crate::sim::bluesky) scopes: Vec<String>,
    client: String,
    key: String,
    code: String,
    access: String,
    access_until: SystemTime,
    refresh: String,
    spent: Vec<String>,
    until: SystemTime,
}

/// `POST /oauth/token`
pub(super) fn issue(state: &mut State, call: &Call) -> Outcome {
    let fields = form(call)?;
    let key = dpop::check(state, call, None)?;
    let at = match needed(&fields, "grant_type")? {
        "authorization_code" => by_code(state, call, &fields, key)?,
        "refresh_token" => by_refresh(state, &fields, &key)?,
        _ => {
            return Err(Refusal::oauth(
                400,
                "unsupported_grant_type",
                "Only authorization_code and refresh_token are supported",
            ));
        }
    };
    let grant = &state.oauth.grants[at];
    Ok(call::json(
        200,
        &json!({
            "access_token": grant.access,
            "token_type": "DPoP",
            "refresh_token": grant.refresh,
            "scope": grant.scopes.join(" "),
            "expires_in": ACCESS_LIFE.as_secs(),
            "sub": state.accounts[grant.account].did,
        }),
    ))
}

/// A code works once; used again, it ends what came of it.
fn by_code(state: &mut State, call: &Call, fields: &HashMap<String, String>, key: String) -> Result<usize, Refusal> {
    let name = needed(fields, "code")?.to_owned();
    let Some(code) = state.oauth.codes.remove(&name) else {
        state.oauth.grants.retain(|grant| grant.code != name);
        return Err(invalid_grant("Invalid code"));
    };
    let proof = URL_SAFE_NO_PAD.encode(Sha256::digest(needed(fields, "code_verifier")?));
    if code.until <= state.now || code.request.host != call.host {
        return Err(invalid_grant("Code expired"));
    }
    if needed(fields, "client_id")? != code.request.client || needed(fields, "redirect_uri")? != code.request.redirect {
        return Err(invalid_grant("The code is another client's, or for another redirect_uri"));
    }
    if proof != code.request.challenge {
        return Err(invalid_grant("Invalid code_verifier"));
    }
    if key != code.request.key {
        return Err(invalid_grant("DPoP key mismatch"));
    }
    let grant = Grant {
        account: code.account,
        scopes: code.request.scopes,
        client: code.request.client,
        key,
        code: name,
        access: secret("tok"),
        access_until: state.now + ACCESS_LIFE,
        refresh: secret("ref"),
        spent: Vec::new(),
        until: state.now + SESSION_LIFE,
    };
    state.oauth.grants.push(grant);
    Ok(state.oauth.grants.len() - 1)
}

fn by_refresh(state: &mut State, fields: &HashMap<String, String>, key: &str) -> Result<usize, Refusal> {
    let (sent, client) = (needed(fields, "refresh_token")?, needed(fields, "client_id")?);
    let now = state.now;
    if let Some(at) = state.oauth.grants.iter().position(|grant| grant.spent.iter().any(|old| old == sent)) {
        state.oauth.grants.remove(at);
        return Err(invalid_grant("Refresh token replayed"));
    }
    let found = state.oauth.grants.iter().position(|grant| grant.refresh == sent && grant.client == client);
    let at = found.ok_or_else(|| invalid_grant("Invalid refresh token"))?;
    let grant = &mut state.oauth.grants[at];
    if grant.until <= now {
        return Err(invalid_grant("Session expired"));
    }
    if grant.key != key {
        return Err(invalid_grant("DPoP key mismatch"));
    }
    grant.spent.push(std::mem::replace(&mut grant.refresh, secret("ref")));
    (grant.access, grant.access_until) = (secret("tok"), (now + ACCESS_LIFE).min(grant.until));
    Ok(at)
}

/// `POST /oauth/revoke`: 200, whatever it was.
pub(super) fn revoke(state: &mut State, call: &Call) -> Outcome {
    let fields = form(call)?;
    let token = needed(&fields, "token")?;
    state.oauth.grants.retain(|grant| grant.access != token && grant.refresh != token);
    Ok(StatusCode::OK.into_response())
}

/// Ends all that this account allowed.
pub(in crate::sim::bluesky) fn end(state: &mut State, account: usize) {
    state.oauth.grants.retain(|grant| grant.account != account);
}

/// The grant of an access token that came with its proof.
pub(in crate::sim::bluesky) fn bearer<'s>(
    state: &'s mut State,
    call: &Call,
    token: &str,
) -> Result<&'s Grant, Refusal> {
    let key = dpop::check(state, call, Some(token))?;
    let wrong = |why: &str| dpop::refuse(At::Resource, "invalid_token", why);
    let now = state.now;
    let grant =
        state.oauth.grants.iter().find(|grant| grant.access == token).ok_or_else(|| wrong("Invalid access token"))?;
    if grant.access_until <= now {
        return Err(wrong("Token expired"));
    }
    if grant.key != key {
        return Err(dpop::refuse(At::Resource, "invalid_dpop_proof", "DPoP key mismatch"));
    }
    Ok(grant)
}

fn secret(prefix: &str) -> String {
    format!("{prefix}-{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

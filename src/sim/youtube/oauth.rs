//! The token endpoint and revocation (<https://developers.google.com/identity/protocols/oauth2/native-app>). What a token
//! may be used for is decided elsewhere.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::call::{Call, Outcome, Pairs, Reply, value};
use super::errors::{Refusal, oauth};
use super::state::State;
use super::{Client, scopes};

/// `POST /token`
pub(super) fn token(state: &mut State, call: &Call) -> Outcome {
    let form = call.form();
    if !call.query.is_empty() || form.is_empty() {
        return Err(oauth(400, "invalid_request", "Parameters go into a form-encoded body."));
    }
    match needed(&form, "grant_type")? {
        "authorization_code" => {
            only(&form, &["grant_type", "code", "client_id", "client_secret", "redirect_uri", "code_verifier"])?;
            exchange(state, &form)
        }
        "refresh_token" => {
            only(&form, &["grant_type", "refresh_token", "client_id", "client_secret"])?;
            renew(state, &form)
        }
        other => Err(oauth(400, "unsupported_grant_type", &format!("Invalid grant_type: {other}"))),
    }
}

fn exchange(state: &mut State, form: &Pairs) -> Outcome {
    let client_id = client(state, form)?;
    let (code, redirect) = (needed(form, "code")?, needed(form, "redirect_uri")?);
    // Gone at the first attempt, whether that one succeeds or not.
    let code = state.codes.remove(code).ok_or_else(|| oauth(400, "invalid_grant", "Malformed auth code."))?;
    if code.expires <= state.now() || code.client_id != client_id {
        return Err(oauth(400, "invalid_grant", "Bad Request"));
    }
    if code.redirect != redirect {
        return Err(oauth(400, "redirect_uri_mismatch", "Bad Request"));
    }
    match (&code.challenge, value(form, "code_verifier")) {
        (None, None) => {}
        (Some(challenge), Some(verifier)) if verifies(verifier, challenge) => {}
        (Some(_), Some(_)) => return Err(oauth(400, "invalid_grant", "Invalid code verifier.")),
        (Some(_), None) => return Err(oauth(400, "invalid_grant", "Missing code verifier.")),
        (None, Some(_)) => return Err(oauth(400, "invalid_grant", "code_verifier or verifier is not needed.")),
    }
    let access = state.issue_access(&code.identity, &client_id, &code.scopes);
    let refresh = code.refreshable.then(|| state.issue_refresh(&code.identity, &client_id, &code.scopes));
    Ok(answer(state, &access, &code.scopes, refresh.as_deref(), refresh.as_deref()))
}

/// A verifier is 43 to 128 unreserved characters.
fn verifies(verifier: &str, challenge: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(unreserved)
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
}

fn renew(state: &mut State, form: &Pairs) -> Outcome {
    let client_id = client(state, form)?;
    let token = needed(form, "refresh_token")?;
    let refresh = state
        .use_refresh(token, &client_id)
        .ok_or_else(|| oauth(400, "invalid_grant", "Token has been expired or revoked."))?;
    let access = state.issue_access(&refresh.identity, &client_id, &refresh.scopes);
    let fresh =
        state.options.refresh_rotates.then(|| state.issue_refresh(&refresh.identity, &client_id, &refresh.scopes));
    Ok(answer(state, &access, &refresh.scopes, fresh.as_deref(), Some(fresh.as_deref().unwrap_or(token))))
}

/// `shown` is a new refresh token; `ends` is the one whose end is told, if it has one.
fn answer(state: &State, access: &str, scopes: &[String], shown: Option<&str>, ends: Option<&str>) -> Reply {
    let mut body = json!({"access_token": access, "expires_in": state.options.access_token_life.as_secs()});
    if let Some(refresh) = shown {
        body["refresh_token"] = json!(refresh);
    }
    let left = ends.and_then(|token| state.refresh.get(token)?.seconds_left(state.now()));
    if let Some(left) = left {
        body["refresh_token_expires_in"] = json!(left);
    }
    body["scope"] = json!(scopes::list(scopes));
    body["token_type"] = json!("Bearer");
    Reply::json(200, body)
}

/// `POST /revoke`: the token goes into the query or the form.
pub(super) fn revoke(state: &mut State, call: &Call) -> Outcome {
    if call.media_type() != "application/x-www-form-urlencoded" {
        return Err(oauth(400, "invalid_request", "Content-Type must be application/x-www-form-urlencoded"));
    }
    let given = [call.query.clone(), call.form()].concat();
    only(&given, &["token"])?;
    let token = needed(&given, "token")?;
    if state.revoke(token) {
        Ok(Reply::json(200, json!({})))
    } else {
        Err(oauth(400, "invalid_token", "Token expired or revoked"))
    }
}

/// The client, by id and secret in the form.
fn client(state: &State, form: &Pairs) -> Result<String, Refusal> {
    let id = needed(form, "client_id")?;
    let app = state.apps.get(id).ok_or_else(|| oauth(401, "invalid_client", "The OAuth client was not found."))?;
    match value(form, "client_secret") {
        Some(secret) if secret == app.client_secret => {}
        Some(_) => return Err(oauth(401, "invalid_client", "The provided client secret is invalid.")),
        None if app.client == Client::Desktop && !state.options.secret_required => {}
        None => return Err(oauth(400, "invalid_request", "client_secret is missing.")),
    }
    Ok(app.client_id.clone())
}

/// Refuses fields nobody asked for, and fields given twice.
fn only(form: &Pairs, known: &[&str]) -> Result<(), Refusal> {
    let mut names = BTreeSet::new();
    for (name, _) in form {
        if !known.contains(&name.as_str()) {
            return Err(oauth(400, "invalid_request", &format!("Parameter not allowed for this message type: {name}")));
        }
        if !names.insert(name) {
            return Err(oauth(400, "invalid_request", "OAuth 2 parameters can only have a single value"));
        }
    }
    Ok(())
}

fn needed<'a>(form: &'a Pairs, name: &str) -> Result<&'a str, Refusal> {
    value(form, name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| oauth(400, "invalid_request", &format!("Missing required parameter: {name}")))
}

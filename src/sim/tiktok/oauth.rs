//! Tokens: exchange, refresh, revocation. It knows nothing of what a token is used for.

use std::time::SystemTime;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::call::{Call, Reply, find};
use super::errors::{Outcome, Refusal};
use super::options::Rotation;
use super::state::{State, Token, opaque};

const EXCHANGE: &[&str] = &["client_key", "client_secret", "code", "grant_type", "redirect_uri", "code_verifier"];
const REFRESH: &[&str] = &["client_key", "client_secret", "grant_type", "refresh_token"];
const REVOKE: &[&str] = &["client_key", "client_secret", "token"];

/// The fields of a form.
type Form = [(String, String)];

/// `POST /v2/oauth/token/`
pub(super) fn token(state: &mut State, call: &Call) -> Outcome {
    let form = form(call)?;
    match find(&form, "grant_type") {
        Some("authorization_code") => exchange(state, &form),
        Some("refresh_token") => refresh(state, &form),
        Some(_) => Err(Refusal::oauth("unsupported_grant_type", "The grant type is not supported.")),
        None => Err(malformed()),
    }
}

fn exchange(state: &mut State, form: &Form) -> Outcome {
    only(form, EXCHANGE)?;
    let (sent, redirect) = (needed(form, "code")?, needed(form, "redirect_uri")?);
    let client_key = client(state, form)?;
    // Gone at the first attempt, whether that one succeeds or not.
    let code = state.codes.remove(sent).filter(|code| code.client_key == client_key);
    let code =
        code.ok_or_else(|| Refusal::oauth("invalid_grant", "Authorization code is invalid or has been used."))?;
    if code.expires <= state.now {
        return Err(Refusal::oauth("invalid_grant", "Authorization code is expired."));
    }
    if code.redirect != redirect {
        let why = "Redirect_uri is not matched with the uri when requesting code.";
        return Err(Refusal::oauth("invalid_request", why));
    }
    if code.challenge.as_deref() != find(form, "code_verifier").and_then(challenge).as_deref() {
        return Err(Refusal::oauth("invalid_request", "Code verifier or code challenge is invalid."));
    }
    let (access, refresh) = state.grant(code.account, &client_key, &code.scopes);
    Ok(answer(state, &access, &refresh))
}

/// What a verifier of lawful length and letters is asked for with; for any other something nobody asks for.
fn challenge(verifier: &str) -> Option<String> {
    let lawful = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let hex = || Sha256::digest(verifier).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Some(if lawful { hex() } else { String::new() })
}

/// A fresh access token and, as the rotation goes, a fresh refresh token in place of the old.
fn refresh(state: &mut State, form: &Form) -> Outcome {
    only(form, REFRESH)?;
    let old = needed(form, "refresh_token")?;
    let client_key = client(state, form)?;
    let usable = |token: &&Token| token.client_key == client_key && state.now < token.expires;
    let token = state.refresh_tokens.get(old).filter(usable).cloned();
    let token = token.ok_or_else(|| Refusal::oauth("invalid_grant", "Refresh token is invalid or expired."))?;
    let now = state.now;
    let ends = if state.options.refresh_extends { now + state.options.refresh_token_life } else { token.expires };
    let renewed = Token { expires: ends, refreshes: token.refreshes + 1, ..token.clone() };
    let rotates = match state.options.rotation {
        Rotation::Always => true,
        Rotation::Sometimes => renewed.refreshes.is_multiple_of(2),
        Rotation::Never => false,
    };
    let access = opaque("act.", 72);
    state.tokens.insert(access.clone(), Token { expires: now + state.options.access_token_life, ..token.clone() });
    let name = if rotates {
        let grace = token.expires.min(now + state.options.refresh_grace);
        state.refresh_tokens.insert(old.to_owned(), Token { expires: grace, ..token });
        opaque("rft.", 72)
    } else {
        old.to_owned()
    };
    state.refresh_tokens.insert(name.clone(), renewed);
    Ok(answer(state, &access, &name))
}

fn answer(state: &State, access: &str, refresh: &str) -> Reply {
    let left = |expires: Option<SystemTime>| {
        let left = expires.and_then(|expires| expires.duration_since(state.now).ok()).unwrap_or_default();
        left.as_millis().div_ceil(1_000)
    };
    let token = state.tokens.get(access);
    Reply::json(
        200,
        &json!({
            "access_token": access,
            "expires_in": left(token.map(|token| token.expires)),
            "open_id": token.map(|token| state.open_id(token.account, &token.client_key)),
            "refresh_expires_in": left(state.refresh_tokens.get(refresh).map(|token| token.expires)),
            "refresh_token": refresh,
            "scope": token.map(|token| token.scopes.join(",")),
            "token_type": "Bearer",
        }),
    )
    .with("cache-control", "no-store")
}

/// `POST /v2/oauth/revoke/`: ends everything the account allowed the app.
pub(super) fn revoke(state: &mut State, call: &Call) -> Outcome {
    let form = form(call)?;
    only(&form, REVOKE)?;
    let token = needed(&form, "token")?;
    let client_key = client(state, &form)?;
    let found = state.tokens.get(token).filter(|token| token.client_key == client_key && state.now < token.expires);
    let account = found.map(|token| token.account);
    let account =
        account.ok_or_else(|| Refusal::oauth("invalid_request", "The access token is invalid or expired."))?;
    state.remove_access(account, &client_key);
    Ok(Reply::empty(200))
}

fn form(call: &Call) -> Result<Vec<(String, String)>, Refusal> {
    let why = "Only `application/x-www-form-urlencoded` is accepted as Content-Type.";
    let form = call.form().ok_or_else(|| Refusal::oauth("invalid_request", why))?;
    if call.query.is_empty() { Ok(form) } else { Err(malformed()) }
}

/// The app, by key and secret in the body.
fn client(state: &State, form: &Form) -> Result<String, Refusal> {
    let (key, secret) = (needed(form, "client_key")?, needed(form, "client_secret")?);
    let app = state.apps.get(key).filter(|app| app.client_secret == secret);
    let app = app.ok_or_else(|| Refusal::oauth("invalid_client", "Client key or secret is incorrect."))?;
    Ok(app.client_key.clone())
}

/// No other field, and none twice.
fn only(form: &Form, names: &[&str]) -> Result<(), Refusal> {
    let strange = |(index, (name, _)): (usize, &(String, String))| {
        !names.contains(&name.as_str()) || form[..index].iter().any(|(other, _)| other == name)
    };
    if form.iter().enumerate().any(strange) { Err(malformed()) } else { Ok(()) }
}

fn needed<'a>(form: &'a Form, name: &str) -> Result<&'a str, Refusal> {
    find(form, name).filter(|value| !value.is_empty()).ok_or_else(malformed)
}

fn malformed() -> Refusal {
    Refusal::oauth("invalid_request", "The request parameters are malformed.")
}

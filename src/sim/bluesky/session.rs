//! Sessions: opened with a password, refreshed, closed. Sources: `com.atproto.server.*`; how the server was seen to
//! answer.

use std::time::SystemTime;

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::auth::{self, Kind};
use super::call::{self, Call, Outcome};
use super::errors::{self, Refusal};
use super::identity;
use super::jwt;
use super::rates::{self, Ration};
use super::state::{State, Status};
use super::{ENTRYWAY, syntax};

/// What is kept of a session, by the id of its refresh token.
pub(super) struct Session {
    pub(super) account: usize,
    pub(super) by_app_password: bool,
    expires: SystemTime,
    /// The id that follows: whoever refreshes again gets the same.
    next: Option<String>,
}

/// `com.atproto.server.createSession`
pub(super) fn create(state: &mut State, call: &Call) -> Outcome {
    let input = call.input(&["identifier", "password", "authFactorToken", "allowTakendown"])?;
    let (name, password) = (input.needed("identifier")?, input.needed("password")?);
    let found = state.accounts.iter().position(|account| {
        let named = account.did == name
            || account.handle.eq_ignore_ascii_case(name)
            || account.email.eq_ignore_ascii_case(name);
        named && if call.host == ENTRYWAY { account.entryway } else { account.pds == call.host }
    });
    let wrong = || Refusal::new(401, "AuthenticationRequired", "Invalid identifier or password");
    rates::spend(state, Ration::SignIns, found, 1)?;
    let account = found.ok_or_else(wrong)?;
    let own = &state.accounts[account];
    let by_app_password = own.app_password.as_deref() == Some(password);
    if !by_app_password && own.password != password {
        return Err(wrong());
    }
    if own.status == Status::Takendown {
        return Err(Refusal::new(401, "AccountTakedown", "Account has been taken down"));
    }
    // App passwords need no second factor.
    if own.email_factor && !by_app_password && input.text("authFactorToken")?.is_none() {
        let why = "A sign in code has been sent to your email address";
        return Err(Refusal::new(401, "AuthFactorTokenRequired", why));
    }
    let (access, refresh) = open(state, account, by_app_password);
    Ok(call::json(200, &told(state, account, Some((access, refresh)))))
}

/// `com.atproto.server.refreshSession`: with the refresh token as the bearer, and no body.
pub(super) fn refresh(state: &mut State, call: &Call) -> Outcome {
    let claims = auth::claims(state, call, Kind::Refresh)?;
    let id = claims["jti"].as_str().unwrap_or_default();
    let revoked = || errors::expired("Token has been revoked");
    let (now, grace) = (state.now, state.options.refresh_grace);
    let life = state.options.refresh_life;
    let session = state.sessions.get_mut(id).filter(|session| session.expires > now).ok_or_else(revoked)?;
    if !call.body.is_empty() {
        return Err(errors::invalid("A request body was provided when none was expected"));
    }
    session.expires = session.expires.min(now + grace);
    let next = session.next.get_or_insert_with(|| Uuid::new_v4().to_string()).clone();
    let (account, by_app_password) = (session.account, session.by_app_password);
    if state.accounts[account].status == Status::Takendown {
        return Err(Refusal::new(401, "AccountTakedown", "Account has been taken down"));
    }
    state.sessions.entry(next.clone()).or_insert(Session { account, by_app_password, expires: now + life, next: None });
    let tokens = tokens(state, account, by_app_password, &next);
    Ok(call::json(200, &told(state, account, Some(tokens))))
}

/// `com.atproto.server.deleteSession`: with the refresh token, which may have expired.
pub(super) fn delete(state: &mut State, call: &Call) -> Outcome {
    let claims = auth::claims(state, call, Kind::Ending)?;
    state.sessions.remove(claims["jti"].as_str().unwrap_or_default());
    Ok(StatusCode::OK.into_response())
}

/// `com.atproto.server.getSession`
pub(super) fn get(state: &mut State, call: &Call) -> Outcome {
    call.parameters(&[])?;
    let caller = auth::caller(state, call)?;
    Ok(call::json(200, &told(state, caller.account, None)))
}

/// A new session: access and refresh token.
pub(super) fn open(state: &mut State, account: usize, by_app_password: bool) -> (String, String) {
    let id = Uuid::new_v4().to_string();
    let expires = state.now + state.options.refresh_life;
    state.sessions.insert(id.clone(), Session { account, by_app_password, expires, next: None });
    tokens(state, account, by_app_password, &id)
}

fn tokens(state: &State, account: usize, by_app_password: bool, id: &str) -> (String, String) {
    let own = &state.accounts[account];
    let seconds = |at| syntax::micros(at) / 1_000_000;
    let now = state.now;
    let scope = if by_app_password { "com.atproto.appPass" } else { "com.atproto.access" };
    let audience = format!("did:web:{}", own.pds);
    let access = json!({
        "scope": scope, "sub": own.did, "iat": seconds(now), "exp": seconds(now + state.options.access_life), "aud": audience,
    });
    let refresh = json!({
        "scope": "com.atproto.refresh", "sub": own.did, "aud": audience, "jti": id, "iat": seconds(now),
        "exp": seconds(now + state.options.refresh_life),
    });
    (jwt::sign("at+jwt", &access), jwt::sign("refresh+jwt", &refresh))
}

fn told(state: &State, account: usize, tokens: Option<(String, String)>) -> Value {
    let own = &state.accounts[account];
    let mut body = json!({
        "did": own.did,
        "didDoc": identity::document(own),
        "handle": own.handle,
        "email": own.email,
        "emailConfirmed": true,
        "emailAuthFactor": own.email_factor,
        "active": own.status == Status::Active,
    });
    let status = match own.status {
        Status::Active => None,
        Status::Takendown => Some("takendown"),
        Status::Suspended => Some("suspended"),
        Status::Deactivated => Some("deactivated"),
    };
    if let Some(status) = status {
        body["status"] = json!(status);
    }
    if let Some((access, refresh)) = tokens {
        body["accessJwt"] = json!(access);
        body["refreshJwt"] = json!(refresh);
    }
    body
}

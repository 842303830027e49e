//! Tokens after the login: exchange, refresh, inspection, and who a token lets act. It does not know what is being done.
//!
//! <https://developers.facebook.com/docs/threads/get-started/long-lived-tokens>

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::call::{Call, Outcome, Reply};
use super::errors::{self, Refusal};
use super::state::{State, Token, passed, seconds};
use super::{oauth, route};

/// After this time the permissions for a private profile lapse, however often the token was refreshed.
const PRIVATE_AGREEMENT: Duration = Duration::from_secs(90 * 86_400);

/// What a valid access token stands for in one request.
pub(super) struct Session {
    /// Index of the person.
    pub(super) person: usize,
    pub(super) access_token: String,
    scopes: Vec<String>,
}

impl Session {
    /// Refuses unless the person granted this scope.
    pub(super) fn need(&self, scope: &str) -> Result<(), Refusal> {
        if self.scopes.iter().any(|have| have == scope) { Ok(()) } else { Err(errors::no_permission(scope)) }
    }
}

/// The session of the request's `access_token`; nothing works without `threads_basic`.
pub(super) fn authenticate(state: &State, call: &Call) -> Result<Session, Refusal> {
    let (access_token, token) = live(state, call.get("access_token"))?;
    let person = &state.people[token.person];
    let lapsed = person.private && passed(state.now(), token.agreed, PRIVATE_AGREEMENT);
    let scopes = if lapsed { Vec::new() } else { token.scopes.clone() };
    let session = Session { person: token.person, access_token: access_token.to_owned(), scopes };
    session.need("threads_basic")?;
    Ok(session)
}

fn live<'a>(state: &'a State, access: Option<&'a str>) -> Result<(&'a str, &'a Token), Refusal> {
    let access = access.ok_or_else(errors::no_token)?;
    let token = state.tokens.get(access).ok_or_else(errors::invalid_token)?;
    if token.revoked {
        Err(errors::revoked_token())
    } else if token.expires <= state.now() {
        Err(errors::expired_token())
    } else {
        Ok((access, token))
    }
}

/// `GET /access_token`: a short-lived token for a long-lived one.
pub(super) fn exchange(state: &mut State, call: &Call) -> Outcome {
    route::only(state, call, &["grant_type", "client_secret", "access_token"])?;
    grant_type(call, "th_exchange_token")?;
    let (_, token) = live(state, call.get("access_token"))?;
    let secret = call.need("client_secret")?;
    if state.apps.get(&token.client_id).is_none_or(|app| app.client_secret != secret) {
        return Err(errors::client("Error validating client secret."));
    }
    if token.long {
        return Err(errors::parameter("The access token is long-lived already"));
    }
    let token = token.clone();
    Ok(give(state, token))
}

/// `GET /refresh_access_token`: a long-lived token for another that lives on.
pub(super) fn refresh(state: &mut State, call: &Call) -> Outcome {
    route::only(state, call, &["grant_type", "access_token"])?;
    grant_type(call, "th_refresh_token")?;
    let (access, token) = live(state, call.get("access_token"))?;
    if !token.long {
        return Err(errors::parameter("Only long-lived access tokens can be refreshed"));
    }
    if !passed(state.now(), token.issued, state.options.refresh_age) {
        return Err(errors::parameter("The access token must be at least 24 hours old to be refreshed"));
    }
    if !token.scopes.iter().any(|scope| scope == "threads_basic") {
        return Err(errors::no_permission("threads_basic"));
    }
    let (access, token) = (access.to_owned(), token.clone());
    let reply = give(state, token);
    if !state.options.refreshed_tokens_live
        && let Some(old) = state.tokens.get_mut(&access)
    {
        old.revoked = true;
    }
    Ok(reply)
}

fn grant_type(call: &Call, wanted: &str) -> Result<(), Refusal> {
    if call.need("grant_type")? == wanted { Ok(()) } else { Err(errors::parameter("Invalid grant_type")) }
}

/// A long-lived token with all that this one has.
fn give(state: &mut State, token: Token) -> Reply {
    let (issued, life) = (state.now(), state.options.long_token_life);
    let access = state.issue(Token { issued, expires: issued + life, long: true, ..token });
    Reply::json(200, &json!({"access_token": access, "token_type": "bearer", "expires_in": life.as_secs()}))
}

/// `GET /oauth/access_token`: a token for the app itself, which serves only to inspect others.
pub(super) fn for_app(state: &State, call: &Call) -> Outcome {
    route::only(state, call, &["grant_type", "client_id", "client_secret"])?;
    grant_type(call, "client_credentials")?;
    let client_id = oauth::client(state, call)?;
    let token = app_token(&client_id, call.need("client_secret")?);
    Ok(Reply::json(200, &json!({"access_token": token, "token_type": "bearer"})))
}

fn app_token(client_id: &str, secret: &str) -> String {
    format!("TH|{client_id}|{secret}")
}

/// `GET /debug_token`
pub(super) fn inspect(state: &State, call: &Call) -> Outcome {
    route::only(state, call, &["input_token", "access_token"])?;
    let access = call.get("access_token");
    let is_app = |access: &str| state.apps.values().any(|app| app_token(&app.client_id, &app.client_secret) == access);
    if !access.is_some_and(is_app) {
        live(state, access)?;
    }
    let token = state.tokens.get(call.need("input_token")?);
    let Some(token) = token else {
        let error = json!({"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"});
        return Ok(Reply::json(200, &json!({"data": {"error": error, "is_valid": false, "scopes": []}})));
    };
    let unix = |at: SystemTime| seconds(at);
    let body = json!({"data": {
        "type": "USER",
        "application": state.apps.get(&token.client_id).map_or("", |app| app.name.as_str()),
        "issued_at": unix(token.issued),
        "expires_at": unix(token.expires),
        "data_access_expires_at": unix(token.agreed + PRIVATE_AGREEMENT),
        "is_valid": !token.revoked && state.now() < token.expires,
        "scopes": token.scopes,
        "user_id": state.people[token.person].id,
    }});
    Ok(Reply::json(200, &body))
}

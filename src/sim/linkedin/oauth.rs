//! Sign-in: a consent page for people (and tests), codes, tokens, revocation, introspection. It knows nothing of what a
//! token is used for.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use url::Url;

use super::call::{Call, Outcome, Reply};
use super::state::{State, Token, opaque, seconds};
use super::{App, errors};

/// A code must be exchanged within this time.
const CODE_LIFE: Duration = Duration::from_secs(30 * 60);

/// What a member allowed, until the app fetches its token.
pub(super) struct Code {
    client_id: String,
    redirect: String,
    member: usize,
    scopes: Vec<String>,
    expires: SystemTime,
}

/// A request for consent, found to be in order.
struct Ask {
    client_id: String,
    redirect: Url,
    /// The redirect address as the app wrote it: the exchange must repeat it exactly.
    written: String,
    scopes: Vec<String>,
    state: Option<String>,
}

impl Ask {
    /// Reads the parameters. What is wrong with the app is told here and now, the rest at the app's redirect address.
    fn read(state: &State, parameters: &[(String, String)]) -> Result<Self, Reply> {
        let value = |name| field(parameters, name).map(str::to_owned);
        let app = field(parameters, "client_id").and_then(|id| state.apps.get(id));
        let app = app.ok_or_else(|| broken("The passed in client_id is invalid"))?;
        let written = value("redirect_uri").unwrap_or_default();
        let redirect =
            registered(app, &written).ok_or_else(|| broken("The redirect_uri does not match the registered value"))?;
        let scopes = value("scope").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
        let ask = Self { client_id: app.client_id.clone(), redirect, written, scopes, state: value("state") };
        if field(parameters, "response_type") != Some("code") {
            return Err(ask.refuse("unsupported_response_type", "response_type must be code"));
        }
        if let Some(scope) = ask.scopes.iter().find(|scope| !app.scopes.contains(scope)) {
            let why = format!("Scope \"{scope}\" is not authorized for your application");
            return Err(ask.refuse("unauthorized_scope_error", &why));
        }
        if ask.scopes.is_empty() {
            return Err(ask.refuse("invalid_scope", "No scope was asked for"));
        }
        Ok(ask)
    }

    fn refuse(&self, error: &str, description: &str) -> Reply {
        self.send(&[("error", error), ("error_description", description)])
    }

    /// Back to the app, with its own state.
    fn send(&self, answer: &[(&str, &str)]) -> Reply {
        let mut to = self.redirect.clone();
        to.query_pairs_mut().extend_pairs(answer).extend_pairs(self.state.iter().map(|state| ("state", state)));
        Reply::redirect(to.into())
    }
}

/// The address, if it is registered: the same but for the query, and without a fragment.
fn registered(app: &App, written: &str) -> Option<Url> {
    let bare = written.split_once('?').map_or(written, |(bare, _)| bare);
    let known = !written.contains('#') && app.redirects.iter().any(|redirect| redirect == bare);
    Url::parse(written).ok().filter(|_| known)
}

/// `GET /oauth/v2/authorization`: a page on which a member allows or refuses.
pub(super) fn consent(state: &State, call: &Call) -> Outcome {
    let parameters: Vec<_> = url::form_urlencoded::parse(call.query().as_bytes()).into_owned().collect();
    let ask = Ask::read(state, &parameters)?;
    let hidden: String = parameters
        .iter()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value)))
        .collect();
    let people = state.people.iter().enumerate();
    let members: String = people
        .map(|(index, person)| format!("<option value=\"{index}\">{}</option>\n", escape(&person.name)))
        .collect();
    Ok(Reply::page(
        200,
        format!(
            "<!doctype html>\n<title>Make-believe LinkedIn</title>\n<h1>Make-believe LinkedIn</h1>\n\
             <p>The app {} would like to: {}</p>\n<form method=\"post\" action=\"/oauth/v2/authorization\">\n{hidden}\
             <select name=\"member\">\n{members}</select>\n\
             <button name=\"decision\" value=\"allow\">Allow</button>\n\
             <button name=\"decision\" value=\"cancel\">Cancel</button>\n</form>\n",
            escape(&ask.client_id),
            escape(&ask.scopes.join(", ")),
        ),
    ))
}

/// `POST /oauth/v2/authorization`: the form of the consent page.
pub(super) fn decide(state: &mut State, call: &Call) -> Outcome {
    let form = call.form();
    let ask = Ask::read(state, &form)?;
    match field(&form, "decision") {
        Some("allow") => {}
        Some("cancel_login") => return Err(ask.refuse("user_cancelled_login", "The user cancelled LinkedIn login")),
        _ => return Err(ask.refuse("user_cancelled_authorize", "The user cancelled the authorization")),
    }
    let member =
        field(&form, "member").and_then(|index| index.parse().ok()).filter(|index| *index < state.people.len());
    let member = member.ok_or_else(|| broken("No such member"))?;
    let code = opaque("AQT", 120);
    let answer = ask.send(&[("code", &code)]);
    let expires = state.now() + CODE_LIFE;
    state
        .codes
        .insert(code, Code { client_id: ask.client_id, redirect: ask.written, member, scopes: ask.scopes, expires });
    Ok(answer)
}

/// `POST /oauth/v2/accessToken`
pub(super) fn access_token(state: &mut State, call: &Call) -> Outcome {
    let form = call.form();
    let grant = needed(&form, "grant_type")?.to_owned();
    match grant.as_str() {
        "authorization_code" => {
            let (code, redirect) = (needed(&form, "code")?, needed(&form, "redirect_uri")?);
            let client_id = client(state, call, &form)?;
            exchange(state, &client_id, code, redirect)
        }
        "refresh_token" => {
            let refresh = needed(&form, "refresh_token")?;
            let client_id = client(state, call, &form)?;
            renew(state, &client_id, refresh)
        }
        _ => Err(errors::oauth(400, "unsupported_grant_type", "The grant_type is not supported")),
    }
}

fn exchange(state: &mut State, client_id: &str, code: &str, redirect: &str) -> Outcome {
    let not_found =
        || errors::oauth(400, "invalid_request", "Unable to retrieve access token: authorization code not found");
    // Gone at the first attempt, whether that one succeeds or not.
    let code = state.codes.remove(code).ok_or_else(not_found)?;
    if code.expires <= state.now() {
        return Err(not_found());
    }
    if code.client_id != client_id || code.redirect != redirect {
        let why = "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code";
        return Err(errors::oauth(400, "invalid_redirect_uri", why));
    }
    revoke_other_scopes(state, &code);
    let (access, refresh) = state.grant(code.member, client_id, &code.scopes);
    let refresh = refresh.and_then(|refresh| Some((refresh.clone(), state.refresh_tokens.get(&refresh)?.expires)));
    Ok(token_answer(state, &access, &code.scopes, refresh))
}

/// A login with another set of scopes ends the member's earlier tokens for the app.
fn revoke_other_scopes(state: &mut State, code: &Code) {
    let same =
        |scopes: &[String]| scopes.len() == code.scopes.len() && scopes.iter().all(|scope| code.scopes.contains(scope));
    for token in state.tokens.values_mut().chain(state.refresh_tokens.values_mut()) {
        if token.member == code.member && token.client_id == code.client_id && !same(&token.scopes) {
            token.revoked = true;
        }
    }
}

/// A fresh access token; the refresh token stays, with the end it had.
fn renew(state: &mut State, client_id: &str, refresh: &str) -> Outcome {
    let now = state.now();
    let found = state.refresh_tokens.get(refresh);
    let usable = found.filter(|token| token.client_id == client_id && !token.revoked && now < token.expires);
    let Some(token) = usable.cloned() else {
        let why = "The provided authorization grant or refresh token is invalid, expired or revoked";
        return Err(errors::oauth(400, "invalid_grant", why));
    };
    let access = opaque("AQX", 1_000);
    let fresh = Token { created: now, expires: now + state.options.token_life, ..token.clone() };
    state.tokens.insert(access.clone(), fresh);
    Ok(token_answer(state, &access, &token.scopes, Some((refresh.to_owned(), token.expires))))
}

fn token_answer(state: &State, access: &str, scopes: &[String], refresh: Option<(String, SystemTime)>) -> Reply {
    let mut body = json!({
        "access_token": access,
        "expires_in": state.options.token_life.as_secs(),
        "scope": scopes.join(","),
    });
    if let Some((refresh, expires)) = refresh {
        let left = expires.duration_since(state.now()).unwrap_or_default();
        body["refresh_token"] = json!(refresh);
        body["refresh_token_expires_in"] = json!(left.as_millis().div_ceil(1_000));
    }
    Reply::json(200, &body)
}

/// `POST /oauth/v2/revoke`
pub(super) fn revoke(state: &mut State, call: &Call) -> Outcome {
    let form = call.form();
    let token = needed(&form, "token")?;
    let client_id = client(state, call, &form)?;
    let found = match state.tokens.get_mut(token) {
        Some(found) => Some(found),
        None => state.refresh_tokens.get_mut(token),
    };
    if let Some(found) = found.filter(|found| found.client_id == client_id) {
        found.revoked = true;
    }
    Ok(Reply::empty(200))
}

/// `POST /oauth/v2/introspectToken`
pub(super) fn introspect(state: &State, call: &Call) -> Outcome {
    let form = call.form();
    let token = needed(&form, "token")?;
    let client_id = client(state, call, &form)?;
    let found = state.tokens.get(token).or_else(|| state.refresh_tokens.get(token));
    let body = match found.filter(|found| found.client_id == client_id) {
        Some(token) => describe(token, state.now()),
        None => json!({"active": false}),
    };
    Ok(Reply::json(200, &body))
}

fn describe(token: &Token, now: SystemTime) -> Value {
    let status = if token.revoked {
        "revoked"
    } else if token.expires <= now {
        "expired"
    } else {
        "active"
    };
    json!({
        "active": status == "active",
        "auth_type": "3L",
        "authorized_at": seconds(token.created),
        "client_id": token.client_id,
        "created_at": seconds(token.created),
        "expires_at": seconds(token.expires),
        "scope": token.scopes.join(","),
        "status": status,
    })
}

/// The client, by id and secret in the body; Basic authentication is refused.
fn client(state: &State, call: &Call, form: &[(String, String)]) -> Result<String, Reply> {
    let (id, secret) = (needed(form, "client_id")?, needed(form, "client_secret")?);
    let app = state.apps.get(id).filter(|app| app.client_secret == secret && call.header("authorization").is_none());
    let app = app.ok_or_else(|| errors::oauth(401, "invalid_client", "Client authentication failed"))?;
    Ok(app.client_id.clone())
}

fn needed<'a>(form: &'a [(String, String)], name: &str) -> Result<&'a str, Reply> {
    field(form, name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| errors::oauth(400, "invalid_request", &format!("A required parameter \"{name}\" is missing")))
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// LinkedIn's own error page: without a redirect address to trust there is nobody to send the error to.
fn broken(why: &str) -> Reply {
    Reply::page(400, format!("<!doctype html>\n<title>Make-believe LinkedIn</title>\n<h1>{}</h1>\n", escape(why)))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

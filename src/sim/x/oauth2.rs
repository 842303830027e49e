//! OAuth 2.0: the consent page, the code with PKCE, refresh with rotation, the exchange of 1.0a tokens, and revocation.

use std::time::SystemTime;

use axum::http::{Method, StatusCode, header};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use super::call::{self, Call, escape_html, find};
use super::errors::{Outcome, Refusal};
use super::state::State;

/// The scopes that can be asked for here.
pub(super) const SCOPES: &[&str] = &["tweet.read", "tweet.write", "users.read", "media.write", "offline.access"];

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const OAUTH1_TOKEN: &str = "urn:x:params:oauth:token-type:oauth1_token";
const CHALLENGE_METHODS: &[&str] = &["S256", "plain"];
const STATE_MAX_CHARS: usize = 500;

/// What a user allowed an app, and the tokens that prove it.
pub(super) struct Grant {
    pub(super) user: u64,
    pub(super) app: usize,
    pub(super) scopes: Vec<String>,
    pub(super) access: String,
    pub(super) access_until: SystemTime,
    pub(super) refresh: Option<String>,
    refresh_until: SystemTime,
    /// Made from an OAuth 1.0a token.
    exchanged: bool,
}

impl Grant {
    pub(super) fn issue(state: &mut State, user: u64, app: usize, scopes: Vec<String>) -> Self {
        let refreshable = scopes.iter().any(|scope| scope == "offline.access");
        Self {
            user,
            app,
            access: state.secret("at"),
            access_until: state.now + state.options.access_token_life,
            refresh: refreshable.then(|| state.secret("rt")),
            refresh_until: state.now + state.options.refresh_token_life,
            scopes,
            exchanged: false,
        }
    }
}

/// An authorization code that waits to be exchanged.
pub(super) struct Code {
    code: String,
    user: u64,
    asked: Asked,
    until: SystemTime,
}

/// What the authorize address asks for, checked.
struct Asked {
    app: usize,
    redirect_uri: String,
    scopes: Vec<String>,
    state: String,
    challenge: String,
    method: String,
}

/// `GET` of the authorize address: the page on which a user allows or refuses.
pub(super) fn consent(state: &mut State, call: &Call) -> Outcome {
    let asked = asked(state, &call.query)?;
    let client_id = &state.apps[asked.app].client_id;
    Ok(call::html(StatusCode::OK, consent_page(state, client_id, &asked.scopes, &call.query)))
}

/// The page: who asks for what, which account, and two buttons; `fields` are sent along.
pub(super) fn consent_page(state: &State, client_id: &str, scopes: &[String], fields: &[(String, String)]) -> String {
    let hidden: String = fields
        .iter()
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape_html(name), escape_html(value))
        })
        .collect();
    let users: String =
        state.users.iter().map(|user| format!("<option>{}</option>\n", escape_html(&user.username))).collect();
    let scopes: String = scopes.iter().map(|scope| format!("<li>{}</li>\n", escape_html(scope))).collect();
    format!(
        "<!doctype html>\n<title>Make-believe X: authorize an app</title>\n\
         <p>The app {} wants to access an account:</p>\n<ul>\n{scopes}</ul>\n\
         <form method=\"post\">\n{hidden}<select name=\"user\">\n{users}</select>\n\
         <button name=\"decision\" value=\"allow\">Allow</button>\n\
         <button name=\"decision\" value=\"deny\">Cancel</button>\n</form>\n",
        escape_html(client_id)
    )
}

/// `POST` from that page: back to the app, with a code or with a refusal.
pub(super) fn decide(state: &mut State, call: &Call) -> Outcome {
    let form = call.form();
    let asked = asked(state, &form)?;
    let mut back = Url::parse(&asked.redirect_uri).map_err(|_| Refusal::page("The callback is not an address."))?;
    back.query_pairs_mut().append_pair("state", &asked.state);
    if find(&form, "decision") != Some("allow") {
        back.query_pairs_mut().append_pair("error", "access_denied");
        return Ok(call::redirect(back.as_str()));
    }
    let user = find(&form, "user").and_then(|name| state.user_named(name)).map(|user| user.id);
    let user = user.ok_or_else(|| Refusal::page("No such account."))?;
    let code = state.secret("ac");
    back.query_pairs_mut().append_pair("code", &code);
    let until = state.now + state.options.code_life;
    state.codes.push(Code { code, user, asked, until });
    Ok(call::redirect(back.as_str()))
}

fn asked(state: &State, fields: &[(String, String)]) -> Result<Asked, Refusal> {
    let field = |name: &str| find(fields, name).filter(|value| !value.is_empty());
    let missing = |name: &str| Refusal::page(&format!("The parameter {name} is missing or wrong."));
    let required = |name: &str| field(name).ok_or_else(|| missing(name));
    let app = state.app(required("client_id")?).ok_or_else(|| missing("client_id"))?;
    let redirect_uri = required("redirect_uri")?.to_owned();
    if !state.apps[app].redirect_uris.contains(&redirect_uri) {
        return Err(missing("redirect_uri"));
    }
    if required("response_type")? != "code" {
        return Err(missing("response_type"));
    }
    let state_value = required("state")?;
    if state_value.chars().count() > STATE_MAX_CHARS {
        return Err(missing("state"));
    }
    let method = field("code_challenge_method").unwrap_or("plain");
    if !CHALLENGE_METHODS.contains(&method) {
        return Err(missing("code_challenge_method"));
    }
    Ok(Asked {
        app,
        redirect_uri,
        scopes: scope_list(required("scope")?).ok_or_else(|| missing("scope"))?,
        state: state_value.to_owned(),
        challenge: required("code_challenge")?.to_owned(),
        method: method.to_owned(),
    })
}

/// The scopes in a space-separated list, if X has them all.
fn scope_list(text: &str) -> Option<Vec<String>> {
    let scopes: Vec<_> = text.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    let known = scopes.iter().all(|scope| SCOPES.contains(&scope.as_str()));
    (known && !scopes.is_empty()).then_some(scopes)
}

/// `POST /2/oauth2/token`
pub(super) fn token(state: &mut State, call: &Call) -> Outcome {
    let form = posted_form(call)?;
    let app = client(state, call, &form)?;
    let grant = match find(&form, "grant_type") {
        Some("authorization_code") => by_code(state, app, &form)?,
        Some("refresh_token") => by_refresh(state, app, &form)?,
        Some(EXCHANGE) => by_oauth1_token(state, app, &form)?,
        _ => return Err(invalid_request("Missing required parameter [grant_type].")),
    };
    let mut body = json!({
        "token_type": "bearer",
        "expires_in": state.options.access_token_life.as_secs(),
        "access_token": grant.access,
        "scope": grant.scopes.join(" "),
    });
    if let Some(refresh) = &grant.refresh {
        body["refresh_token"] = json!(refresh);
    }
    state.grants.push(grant);
    Ok(call::json(StatusCode::OK, &body))
}

fn posted_form(call: &Call) -> Result<Vec<(String, String)>, Refusal> {
    let is_form = call.method == Method::POST && call.content_type() == "application/x-www-form-urlencoded";
    if is_form {
        Ok(call.form())
    } else {
        Err(invalid_request("Content-Type must be application/x-www-form-urlencoded."))
    }
}

/// Which app asks: a confidential one by its Basic header, a public one by `client_id` in the form.
fn client(state: &State, call: &Call, form: &[(String, String)]) -> Result<usize, Refusal> {
    let refused = |error: &str, why: &str| Refusal::oauth(StatusCode::UNAUTHORIZED, error, why);
    let header = call.header(header::AUTHORIZATION);
    if let Some(basic) = header.strip_prefix("Basic ") {
        let known = decode_basic(basic).and_then(|(id, secret)| {
            state.apps.iter().position(|app| app.client_id == id && app.client_secret.as_ref() == Some(&secret))
        });
        return known.ok_or_else(|| refused("unauthorized_client", "Missing valid authorization header"));
    }
    let id = find(form, "client_id").ok_or_else(|| invalid_request("Missing required parameter [client_id]."))?;
    let app = state.app(id).ok_or_else(|| invalid_request("Value passed for the client id was invalid."))?;
    if state.apps[app].client_secret.is_some() {
        return Err(refused("unauthorized_client", "Missing valid authorization header"));
    }
    Ok(app)
}

/// Id and secret, each percent-decoded as RFC 6749 has it.
fn decode_basic(basic: &str) -> Option<(String, String)> {
    let text = String::from_utf8(BASE64_STANDARD.decode(basic.trim()).ok()?).ok()?;
    let decode = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
    text.split_once(':').map(|(id, secret)| (decode(id), decode(secret)))
}

/// A code works once, for the app, callback and verifier it was made for. A failed try spends it too.
fn by_code(state: &mut State, app: usize, form: &[(String, String)]) -> Result<Grant, Refusal> {
    let wrong = || invalid_request("Value passed for the authorization code was invalid.");
    let sent = find(form, "code").unwrap_or_default();
    let at = state.codes.iter().position(|code| code.code == sent).ok_or_else(wrong)?;
    let Code { user, asked, until, .. } = state.codes.swap_remove(at);
    let verifier = find(form, "code_verifier").unwrap_or_default();
    let proof = match asked.method.as_str() {
        "S256" => challenge(verifier),
        _ => verifier.to_owned(),
    };
    let fits = asked.app == app
        && until > state.now
        && find(form, "redirect_uri") == Some(&asked.redirect_uri)
        && proof == asked.challenge;
    if fits { Ok(Grant::issue(state, user, app, asked.scopes)) } else { Err(wrong()) }
}

/// PKCE's `S256`.
pub(super) fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// The old token dies at once, whether or not the answer arrives.
fn by_refresh(state: &mut State, app: usize, form: &[(String, String)]) -> Result<Grant, Refusal> {
    let wrong = || invalid_request("Value passed for the token was invalid.");
    let sent = find(form, "refresh_token").filter(|token| !token.is_empty()).ok_or_else(wrong)?;
    let now = state.now;
    let old = state.grants.iter_mut().find(|grant| grant.refresh.as_deref() == Some(sent) && grant.app == app);
    let old = old.filter(|grant| grant.refresh_until > now).ok_or_else(wrong)?;
    old.refresh = None;
    let (user, scopes) = (old.user, old.scopes.clone());
    if state.options.drop_rotations > 0 {
        state.options.drop_rotations -= 1;
        state.hang_up = true;
    }
    Ok(Grant::issue(state, user, app, scopes))
}

/// An exchange ends the tokens of an earlier one; the 1.0a token lives on.
fn by_oauth1_token(state: &mut State, app: usize, form: &[(String, String)]) -> Result<Grant, Refusal> {
    let refused = |error: &str, why: &str| Refusal::oauth(StatusCode::BAD_REQUEST, error, why);
    if find(form, "subject_token_type") != Some(OAUTH1_TOKEN) {
        return Err(invalid_request("Value passed for the subject token type was invalid."));
    }
    let (token, secret) = (find(form, "subject_token"), find(form, "oauth_token_secret"));
    let known =
        state.oauth1.tokens.iter().find(|known| {
            Some(known.token.as_str()) == token && Some(known.secret.as_str()) == secret && known.app == app
        });
    let user = known.map(|known| known.user);
    let user = user.ok_or_else(|| refused("invalid_grant", "Value passed for the subject token was invalid."))?;
    let scopes = scope_list(find(form, "scope").unwrap_or(&SCOPES.join(" ")));
    let scopes = scopes.ok_or_else(|| refused("invalid_scope", "Value passed for the scope was invalid."))?;
    state.grants.retain(|grant| !(grant.exchanged && grant.user == user && grant.app == app));
    Ok(Grant { exchanged: true, ..Grant::issue(state, user, app, scopes) })
}

/// `POST /2/oauth2/revoke`: an access token or a refresh token, and with it the whole grant.
pub(super) fn revoke(state: &mut State, call: &Call) -> Outcome {
    let form = posted_form(call)?;
    let app = client(state, call, &form)?;
    let token = find(&form, "token").ok_or_else(|| invalid_request("Missing required parameter [token]."))?;
    state.grants.retain(|grant| grant.app != app || (grant.access != token && grant.refresh.as_deref() != Some(token)));
    Ok(call::json(StatusCode::OK, &json!({"revoked": true})))
}

fn invalid_request(why: &str) -> Refusal {
    Refusal::oauth(StatusCode::BAD_REQUEST, "invalid_request", why)
}

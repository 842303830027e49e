//! Sign-in: a consent page, codes with PKCE, tokens, revocation; and who a caller is. Sources:
//! <https://docs.joinmastodon.org/methods/oauth/>, <https://docs.joinmastodon.org/api/oauth-scopes/>.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::apps::{OUT_OF_BAND, SCOPES, scopes};
use super::call::{self, Call, Outcome};
use super::errors::Refusal;
use super::fields::Fields;
use super::html::escape;
use super::state::{State, Token, seconds, secret};

/// A code must be exchanged within this time.
const CODE_LIFE: Duration = Duration::from_secs(600);

/// What somebody allowed, until the app fetches its token.
pub(super) struct Code {
    app: usize,
    account: usize,
    redirect: String,
    scopes: Vec<String>,
    challenge: Option<String>,
    until: SystemTime,
}

/// Who calls, and what for.
pub(super) struct Caller {
    pub(super) account: Option<usize>,
    pub(super) app: Option<usize>,
    scopes: Vec<String>,
}

impl Caller {
    /// The account, if the token may do this: a scope by itself, or the whole it is a part of.
    pub(super) fn may(&self, wanted: &[&str]) -> Result<usize, Refusal> {
        let has = |wanted: &&str| {
            let whole = wanted.split(':').next().unwrap_or_default();
            self.scopes.iter().any(|scope| scope == wanted || scope == whole)
        };
        if !wanted.iter().any(has) {
            return Err(Refusal::new(403, "This action is outside the authorized scopes"));
        }
        self.account.ok_or_else(|| Refusal::new(422, "This method requires an authenticated user"))
    }
}

/// The owner of the bearer token.
pub(super) fn caller(state: &State, call: &Call) -> Result<Caller, Refusal> {
    let refused = |why: &str| Refusal::new(401, why);
    let name =
        call.header("authorization").strip_prefix("Bearer ").ok_or_else(|| refused("The access token is invalid"))?;
    let token = state.tokens.get(name).ok_or_else(|| refused("The access token is invalid"))?;
    if token.revoked {
        return Err(if state.options.is_snac() {
            Refusal::new(422, "Unprocessable Content")
        } else {
            refused("The access token was revoked")
        });
    }
    if token.expires.is_some_and(|expires| expires <= state.now) {
        return Err(refused("The access token expired"));
    }
    Ok(Caller { account: token.account, app: token.app, scopes: token.scopes.clone() })
}

/// As [`caller`], where a call may also come from nobody.
pub(super) fn maybe(state: &State, call: &Call) -> Result<Option<Caller>, Refusal> {
    if call.header("authorization").is_empty() { Ok(None) } else { caller(state, call).map(Some) }
}

/// A request for consent, found to be in order.
struct Ask {
    app: usize,
    redirect: String,
    scopes: Vec<String>,
    state: Option<String>,
    challenge: Option<String>,
}

impl Ask {
    /// What is wrong with the app is told here and now, the rest at its address.
    fn read(server: &State, fields: &mut Fields) -> Result<Self, Refusal> {
        let mut text = |name: &str| fields.text(name);
        let client = text("client_id")?;
        let app = server.apps.iter().position(|app| Some(&app.client_id) == client.as_ref());
        let app = app.ok_or_else(|| Refusal::page("Client authentication failed due to unknown client"))?;
        let redirect = text("redirect_uri")?.unwrap_or_default();
        if !server.apps[app].redirects.contains(&redirect) {
            return Err(Refusal::page("The redirect uri included is not valid."));
        }
        let (kind, scope, state) = (text("response_type")?, text("scope")?, text("state")?);
        let (challenge, method) = (text("code_challenge")?, text("code_challenge_method")?);
        // What only changes the page.
        let _ = (text("force_login")?, text("lang")?);
        let scopes = scopes(scope.as_deref().unwrap_or("read"));
        let ask = Self { app, redirect, scopes: scopes.clone().unwrap_or_default(), state, challenge };
        let back =
            |error: &str, why: &str| Refusal::redirect(ask.address(&[("error", error), ("error_description", why)]));
        if kind.as_deref() != Some("code") {
            return Err(back(
                "unsupported_response_type",
                "The authorization server does not support this response type.",
            ));
        }
        let registered = &server.apps[app].scopes;
        let covered = |scope: &String| {
            registered.contains(scope) || registered.iter().any(|own| scope.split(':').next() == Some(own))
        };
        if !scopes.is_some_and(|scopes| scopes.iter().all(covered)) {
            return Err(back("invalid_scope", "The requested scope is invalid, unknown, or malformed."));
        }
        if ask.challenge.is_some() && method.as_deref() != Some("S256") {
            return Err(back("invalid_code_challenge_method", "The code challenge method must be S256."));
        }
        Ok(ask)
    }

    /// Where the browser goes with this answer: back to the app, or to the page that shows a code.
    fn address(&self, answer: &[(&str, &str)]) -> String {
        let out_of_band = self.redirect == OUT_OF_BAND;
        let to = if out_of_band { "https://out-of-band.invalid/oauth/authorize/native" } else { &self.redirect };
        // A registered address can be read.
        let Ok(mut to) = Url::parse(to) else { return self.redirect.clone() };
        to.query_pairs_mut().extend_pairs(answer).extend_pairs(self.state.iter().map(|state| ("state", state)));
        if out_of_band { to[url::Position::BeforePath..].to_owned() } else { to.into() }
    }
}

/// `GET /oauth/authorize`: a page on which somebody allows or refuses.
pub(super) fn consent(state: &State, call: &Call) -> Outcome {
    let mut fields = call.parameters();
    let ask = Ask::read(state, &mut fields)?;
    fields.end()?;
    let hidden: String = call
        .pairs()
        .iter()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value)))
        .collect();
    let accounts: String =
        state.accounts.iter().map(|account| format!("<option>{}</option>\n", escape(&account.username))).collect();
    Ok(call::page(
        200,
        format!(
            "<!doctype html>\n<title>{}: authorization required</title>\n<h1>Make-believe server {}</h1>\n\
             <p>{} would like permission to: {}</p>\n<form method=\"post\" action=\"/oauth/authorize\">\n{hidden}\
             <label>Account <select name=\"account\">\n{accounts}</select></label>\n\
             <button name=\"decision\" value=\"allow\">Authorize</button>\n\
             <button name=\"decision\" value=\"deny\">Deny</button>\n</form>\n",
            escape(&state.host),
            escape(&state.host),
            escape(&state.apps[ask.app].name),
            escape(&ask.scopes.join(", ")),
        ),
    ))
}

/// `POST /oauth/authorize`: the form of that page.
pub(super) fn decide(state: &mut State, call: &Call) -> Outcome {
    let mut fields = call.fields()?;
    let ask = Ask::read(state, &mut fields)?;
    let account = fields.text("account")?.and_then(|name| state.account_named(&name));
    if fields.text("decision")?.as_deref() != Some("allow") {
        let why = "The resource owner or authorization server denied the request.";
        return Ok(call::redirect(&ask.address(&[("error", "access_denied"), ("error_description", why)])));
    }
    let account = account.ok_or_else(|| Refusal::page("There is no such account."))?;
    let name = secret();
    let answer = call::redirect(&ask.address(&[("code", &name)]));
    let Ask { app, redirect, scopes, challenge, .. } = ask;
    let code = Code { app, account, redirect, scopes, challenge, until: state.now + CODE_LIFE };
    state.codes.insert(name, code);
    Ok(answer)
}

/// `GET /oauth/authorize/native`: the page that shows a code.
pub(super) fn native(call: &Call) -> Outcome {
    let code = call.parameters().text("code")?;
    let code = code.ok_or_else(|| Refusal::page("Access was denied."))?;
    let html = format!(
        "<!doctype html>\n<title>Authorization code</title>\n<p>Copy this code: <code>{}</code></p>\n",
        escape(&code)
    );
    Ok(call::page(200, html))
}

/// `POST /oauth/token`
pub(super) fn token(state: &mut State, call: &Call) -> Outcome {
    let mut fields = call.fields()?;
    let app = client(state, &mut fields)?;
    let (name, token) = match fields.text("grant_type")?.as_deref() {
        Some("authorization_code") => by_code(state, app, &mut fields)?,
        Some("refresh_token") => by_refresh(state, app, &mut fields)?,
        Some("client_credentials") => {
            let asked = scopes(fields.text("scope")?.as_deref().unwrap_or("read"));
            let asked = asked.filter(|asked| asked.iter().all(|scope| state.apps[app].scopes.contains(scope)));
            state.issue(None, Some(app), asked.ok_or_else(invalid_scope)?)
        }
        _ => {
            let why = "The authorization grant type is not supported by the authorization server.";
            return Err(Refusal::oauth(400, "unsupported_grant_type", why));
        }
    };
    fields.end()?;
    let mut body = json!({
        "access_token": name,
        "token_type": "Bearer",
        "scope": token.scopes.join(" "),
        "created_at": seconds(token.created),
    });
    if let (Some(expires), Some(refresh)) = (token.expires, &token.refresh) {
        body["expires_in"] = json!(seconds(expires) - seconds(token.created));
        body["refresh_token"] = json!(refresh);
    }
    Ok(call::json(200, &body))
}

/// Only confidential apps exist: id and secret together.
fn client(state: &State, fields: &mut Fields) -> Result<usize, Refusal> {
    let (id, secret) = (fields.text("client_id")?, fields.text("client_secret")?);
    let known = state
        .apps
        .iter()
        .position(|app| Some(&app.client_id) == id.as_ref() && Some(&app.client_secret) == secret.as_ref());
    let why = "Client authentication failed due to unknown client, no client authentication included, or unsupported \
               authentication method.";
    known.ok_or_else(|| Refusal::oauth(401, "invalid_client", why))
}

/// A code works once, for its app, address and verifier. A failed try spends it too.
fn by_code(state: &mut State, app: usize, fields: &mut Fields) -> Result<(String, Token), Refusal> {
    let name = fields.text("code")?.unwrap_or_default();
    let (redirect, verifier) = (fields.text("redirect_uri")?, fields.text("code_verifier")?);
    let scope = fields.text("scope")?;
    let code = state.codes.remove(&name).ok_or_else(invalid_grant)?;
    let proof = verifier.map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    // snac takes any verifier.
    let proved = state.options.is_snac() || proof == code.challenge;
    if code.app != app || code.until <= state.now || redirect.as_ref() != Some(&code.redirect) || !proved {
        return Err(invalid_grant());
    }
    if scope.is_some_and(|scope| scopes(&scope).is_none_or(|asked| asked.iter().any(|one| !code.scopes.contains(one))))
    {
        return Err(invalid_scope());
    }
    Ok(state.issue(Some(code.account), Some(app), code.scopes))
}

/// Servers whose tokens end give a new pair for the old one.
fn by_refresh(state: &mut State, app: usize, fields: &mut Fields) -> Result<(String, Token), Refusal> {
    let sent = fields.text("refresh_token")?.ok_or_else(invalid_grant)?;
    let old = state.tokens.values_mut().find(|token| token.refresh.as_ref() == Some(&sent) && token.app == Some(app));
    let old = old.filter(|token| !token.revoked).ok_or_else(invalid_grant)?;
    old.revoked = true;
    let (account, scopes) = (old.account, old.scopes.clone());
    Ok(state.issue(account, Some(app), scopes))
}

/// `POST /oauth/revoke`: 200 also for a token that is gone, or never was.
pub(super) fn revoke(state: &mut State, call: &Call) -> Outcome {
    let mut fields = call.fields()?;
    let refused = || Refusal::oauth(403, "unauthorized_client", "You are not authorized to revoke this token");
    let app = client(state, &mut fields).map_err(|_| refused())?;
    let name = fields.text("token")?.unwrap_or_default();
    let _ = fields.text("token_type_hint")?;
    fields.end()?;
    let found = state.tokens.iter_mut().find(|(own, token)| **own == name || token.refresh.as_ref() == Some(&name));
    if let Some((_, token)) = found {
        if token.app != Some(app) {
            return Err(refused());
        }
        token.revoked = true;
    }
    Ok(call::json(200, &json!({})))
}

/// `GET /.well-known/oauth-authorization-server`, since 4.3.
pub(super) fn metadata(state: &State) -> Outcome {
    if state.options.is_snac() {
        return Err(Refusal::missing());
    }
    let at = |path: &str| format!("https://{}{path}", state.host);
    Ok(call::json(
        200,
        &json!({
            "issuer": at("/"),
            "service_documentation": "https://docs.joinmastodon.org/",
            "authorization_endpoint": at("/oauth/authorize"),
            "token_endpoint": at("/oauth/token"),
            "revocation_endpoint": at("/oauth/revoke"),
            "app_registration_endpoint": at("/api/v1/apps"),
            "scopes_supported": SCOPES,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }),
    ))
}

fn invalid_grant() -> Refusal {
    let why = "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the \
               authorization request, or was issued to another client.";
    Refusal::oauth(400, "invalid_grant", why)
}

fn invalid_scope() -> Refusal {
    Refusal::oauth(400, "invalid_scope", "The requested scope is invalid, unknown, or malformed.")
}

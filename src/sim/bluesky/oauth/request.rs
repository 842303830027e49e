//! A request for consent: pushed beforehand (RFC 9126), shown to a person, decided. It knows nothing of tokens.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use url::Url;
use uuid::Uuid;

use super::{client, dpop, form, invalid_request, issuer, needed};
use crate::sim::bluesky::call::{self, Call, Outcome};
use crate::sim::bluesky::errors::Refusal;
use crate::sim::bluesky::state::State;

const REQUEST_LIFE: Duration = Duration::from_secs(300);
const CODE_LIFE: Duration = Duration::from_secs(60);
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:req-";

/// What was pushed.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) host: &'static str,
    pub(super) client: String,
    pub(super) redirect: String,
    pub(super) scopes: Vec<String>,
    pub(super) challenge: String,
    /// Of the key that proved itself.
    pub(super) key: String,
    state: String,
    hint: Option<String>,
    until: SystemTime,
}

/// What somebody allowed, until the client fetches its token.
pub(super) struct Code {
    pub(super) request: Request,
    pub(super) account: usize,
    pub(super) until: SystemTime,
}

/// `POST /oauth/par`
pub(super) fn push(state: &mut State, call: &Call) -> Outcome {
    const KNOWN: &[&str] = &[
        "client_id",
        "response_type",
        "code_challenge",
        "code_challenge_method",
        "state",
        "redirect_uri",
        "scope",
        "login_hint",
        "response_mode",
        "prompt",
        "display",
        "dpop_jkt",
        "ui_locales",
    ];
    let fields = form(call)?;
    let key = dpop::check(state, call, None)?;
    if let Some(name) = fields.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(invalid_request(&format!("Unknown parameter \"{name}\"")));
    }
    let id = needed(&fields, "client_id")?;
    let client = client::read(id)?;
    let redirect = needed(&fields, "redirect_uri")?;
    client.check_redirect(redirect)?;
    if needed(&fields, "response_type")? != "code" {
        return Err(Refusal::oauth(400, "unsupported_response_type", "Only \"code\" is supported"));
    }
    let challenge = needed(&fields, "code_challenge")?;
    if needed(&fields, "code_challenge_method")? != "S256" || challenge.len() != 43 {
        return Err(invalid_request("code_challenge_method must be S256"));
    }
    let request = Request {
        host: call.host,
        client: id.to_owned(),
        redirect: redirect.to_owned(),
        scopes: client.scopes(needed(&fields, "scope")?)?,
        challenge: challenge.to_owned(),
        key,
        state: needed(&fields, "state")?.to_owned(),
        hint: fields.get("login_hint").cloned(),
        until: state.now + REQUEST_LIFE,
    };
    let uri = format!("{PREFIX}{}", Uuid::new_v4().simple());
    state.oauth.requests.insert(uri.clone(), request);
    Ok(call::json(201, &json!({"request_uri": uri, "expires_in": REQUEST_LIFE.as_secs()})))
}

/// `GET /oauth/authorize`: a page on which somebody allows or refuses.
pub(super) fn consent(state: &State, call: &Call) -> Outcome {
    let fields: HashMap<String, String> = call.query.iter().cloned().collect();
    let (uri, request) = match pushed(state, call, &fields) {
        Ok(found) => found,
        Err(why) => return Ok(page(400, &format!("<h1>{why}</h1>"))),
    };
    let here = state.accounts.iter().filter(|account| account.pds == call.host);
    let accounts: String = here
        .map(|account| {
            let chosen = [&account.handle, &account.did].into_iter().any(|name| Some(name) == request.hint.as_ref());
            format!("<option{}>{}</option>\n", if chosen { " selected" } else { "" }, escape(&account.handle))
        })
        .collect();
    let scopes: String = request.scopes.iter().map(|scope| format!("<li>{}</li>\n", escape(scope))).collect();
    Ok(page(
        200,
        &format!(
            "<h1>Make-believe {}</h1>\n<p>Development client ({}) asks for access:</p>\n<ul>\n{scopes}</ul>\n\
             <form method=\"post\" action=\"/oauth/authorize\">\n\
             <input type=\"hidden\" name=\"client_id\" value=\"{}\">\n\
             <input type=\"hidden\" name=\"request_uri\" value=\"{}\">\n\
             <label>Account <select name=\"account\">\n{accounts}</select></label>\n\
             <button name=\"decision\" value=\"allow\">Authorize</button>\n\
             <button name=\"decision\" value=\"deny\">Deny access</button>\n</form>\n",
            call.host,
            escape(&request.client),
            escape(&request.client),
            escape(&uri),
        ),
    ))
}

/// `POST /oauth/authorize`: the form of that page. What was pushed is used up.
pub(super) fn decide(state: &mut State, call: &Call) -> Outcome {
    let fields = form(call)?;
    let (uri, request) = match pushed(state, call, &fields) {
        Ok(found) => found,
        Err(why) => return Ok(page(400, &format!("<h1>{why}</h1>"))),
    };
    let handle = fields.get("account").map_or("", String::as_str);
    let account = state.accounts.iter().position(|account| account.handle == handle && account.pds == call.host);
    let issuer = issuer(call);
    let back = |answer: &[(&str, &str)]| redirect(&request, &issuer, answer);
    if fields.get("decision").is_none_or(|decision| decision != "allow") {
        state.oauth.requests.remove(&uri);
        return Ok(back(&[("error", "access_denied"), ("error_description", "Access denied")]));
    }
    let Some(account) = account else { return Ok(page(400, "<h1>There is no such account here</h1>")) };
    state.oauth.requests.remove(&uri);
    let name = format!("cod-{}", Uuid::new_v4().simple());
    let answer = back(&[("code", &name)]);
    let until = state.now + CODE_LIFE;
    state.oauth.codes.insert(name, Code { request, account, until });
    Ok(answer)
}

fn pushed(state: &State, call: &Call, fields: &HashMap<String, String>) -> Result<(String, Request), &'static str> {
    let uri = fields.get("request_uri").ok_or("Only pushed requests are taken: request_uri is missing")?;
    let request =
        state.oauth.requests.get(uri).filter(|request| request.until > state.now && request.host == call.host);
    let request = request.ok_or("This request is unknown or has expired")?;
    if fields.get("client_id") != Some(&request.client) {
        return Err("This request is another client's");
    }
    Ok((uri.clone(), request.clone()))
}

/// Back to the client, with its own state and who sends it.
fn redirect(request: &Request, issuer: &str, answer: &[(&str, &str)]) -> Response {
    let Ok(mut to) = Url::parse(&request.redirect) else { return page(400, "") };
    to.query_pairs_mut().append_pair("iss", issuer).append_pair("state", &request.state).extend_pairs(answer);
    (call::code(303), [(header::LOCATION, to.to_string())]).into_response()
}

fn page(status: u16, body: &str) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (call::code(status), kind, format!("<!doctype html>\n<title>Sign in</title>\n{body}")).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

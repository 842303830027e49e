//! The login: a page on which a person agrees, and the code an app gets for it. It knows nothing of what a token is used
//! for.
//!
//! <https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions>. There is no PKCE. As
//! OAuth demands (RFC 6749, 3.1 and 3.2), parameters nobody knows are ignored here, and only here.

use std::time::SystemTime;

use maud::{DOCTYPE, html};
use serde_json::json;
use url::{Host, Url};

use super::call::{Call, Outcome, Reply};
use super::state::{State, Token, opaque};
use super::{App, errors};

/// What a person allowed, until the app fetches its token.
pub(super) struct Code {
    client_id: String,
    redirect: String,
    person: usize,
    scopes: Vec<String>,
    expires: SystemTime,
    used: bool,
}

/// A request for consent, found to be in order.
struct Ask {
    client_id: String,
    name: String,
    redirect: Url,
    /// The redirect address as the app wrote it: the exchange must repeat it exactly.
    written: String,
    scopes: Vec<String>,
    state: Option<String>,
}

impl Ask {
    /// Reads the parameters. What is wrong is told on the page: Meta sends nobody back to an app that asks wrongly.
    fn read(state: &State, call: &Call) -> Result<Self, Reply> {
        let client_id =
            call.get("client_id").ok_or_else(|| broken(4_476_002, "No app ID was provided in the request."))?;
        // The Meta app's own id and secret are not the Threads app's.
        let app = state.apps.get(client_id).ok_or_else(|| broken(4_476_002, "Invalid app ID"))?;
        let written = call.get("redirect_uri").unwrap_or_default();
        let redirect = registered(app, written).map_err(|why| broken(1_349_168, why))?;
        if call.get("response_type") != Some("code") {
            return Err(broken(100, "Invalid response_type"));
        }
        let asked = call.get("scope").unwrap_or_default();
        let scopes: Vec<String> = asked.split(',').map(str::to_owned).collect();
        if let Some(scope) = scopes.iter().find(|scope| !app.scopes.contains(scope)) {
            return Err(broken(100, &format!("Invalid Scopes: {scope}")));
        }
        let state = call.get("state").map(str::to_owned);
        let (client_id, name) = (app.client_id.clone(), app.name.clone());
        Ok(Self { client_id, name, redirect, written: written.to_owned(), scopes, state })
    }

    /// The app's address with the answer and the app's own state.
    fn send(&self, answer: &[(&str, &str)]) -> Url {
        let mut to = self.redirect.clone();
        to.query_pairs_mut().extend_pairs(answer).extend_pairs(self.state.iter().map(|state| ("state", state)));
        to
    }
}

/// The address, if it is registered to the letter and of a kind that Threads lets apps register.
fn registered(app: &App, written: &str) -> Result<Url, &'static str> {
    let url = Url::parse(written).map_err(|_| "Invalid redirect_uri")?;
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    };
    if url.scheme() != "https" || local {
        return Err("Insecure Login Blocked: redirect_uri must be https and not localhost");
    }
    let known = app.redirects.iter().any(|redirect| redirect == written);
    if known { Ok(url) } else { Err("URL Blocked: redirect_uri is not in the app's Client OAuth Settings") }
}

/// `GET /oauth/authorize`: a page on which a person allows or refuses.
pub(super) fn consent(state: &State, call: &Call) -> Reply {
    let ask = match Ask::read(state, call) {
        Ok(ask) => ask,
        Err(page) => return page,
    };
    let page = html! {
        (DOCTYPE)
        title { "Make-believe Threads" }
        h1 { "Make-believe Threads" }
        p { "The app " (ask.name) " would like to: " (ask.scopes.join(", ")) }
        form method="post" action="/oauth/authorize" {
            @for (name, value) in call.parameters() {
                input type="hidden" name=(name) value=(value);
            }
            select name="account" {
                @for (index, person) in state.people.iter().enumerate() {
                    option value=(index) { (person.username) }
                }
            }
            button name="decision" value="allow" { "Continue as this account" }
            button name="decision" value="cancel" { "Cancel" }
        }
    };
    Reply::page(200, page.into_string())
}

/// `POST /oauth/authorize`: the form of the page.
pub(super) fn decide(state: &mut State, call: &Call) -> Reply {
    let ask = match Ask::read(state, call) {
        Ok(ask) => ask,
        Err(page) => return page,
    };
    if call.get("decision") != Some("allow") {
        let answer = [
            ("error", "access_denied"),
            ("error_reason", "user_denied"),
            ("error_description", "The user denied your request"),
        ];
        return Reply::redirect(ask.send(&answer).into());
    }
    let index = call.get("account").and_then(|index| index.parse().ok());
    let Some(person) = index.filter(|index| *index < state.people.len()) else {
        return broken(100, "No such account");
    };
    let code = opaque("AQB", 120);
    let to = format!("{}#_", ask.send(&[("code", &code)]));
    let withheld = &state.options.withheld_scopes;
    let scopes = ask.scopes.into_iter().filter(|scope| !withheld.contains(scope)).collect();
    let expires = state.now() + state.options.code_life;
    let kept = Code { client_id: ask.client_id, redirect: ask.written, person, scopes, expires, used: false };
    state.codes.insert(code, kept);
    Reply::redirect(to)
}

/// `POST /oauth/access_token`: a code for a short-lived token.
pub(super) fn exchange(state: &mut State, call: &Call) -> Outcome {
    let client_id = client(state, call)?;
    if call.need("grant_type")? != "authorization_code" {
        return Err(errors::parameter("Invalid grant_type"));
    }
    let redirect = call.need("redirect_uri")?;
    let (now, life) = (state.now(), state.options.short_token_life);
    let code = state.codes.get_mut(call.need("code")?);
    let code = code.filter(|code| code.client_id == client_id);
    let code = code.ok_or_else(|| errors::code(36_009, "Invalid verification code format."))?;
    if code.used {
        return Err(errors::code(36_009, "This authorization code has been used."));
    }
    if code.expires <= now {
        return Err(errors::code(36_007, "This authorization code has expired."));
    }
    if code.redirect != redirect {
        let why = "Error validating verification code. Please make sure your redirect_uri is identical to the one you \
                   used in the OAuth dialog request";
        return Err(errors::code(36_008, why));
    }
    code.used = true;
    let (person, scopes) = (code.person, code.scopes.clone());
    let (issued, expires) = (now, now + life);
    let token = Token { person, client_id, scopes, agreed: now, issued, expires, long: false, revoked: false };
    let access = state.issue(token);
    let id = &state.people[person].id;
    let number = id.parse::<u64>().ok().filter(|_| !state.options.user_id_is_text);
    let user_id = number.map_or_else(|| json!(id), |number| json!(number));
    Ok(Reply::json(200, &json!({"access_token": access, "user_id": user_id})))
}

/// The app that names itself by id and secret.
pub(super) fn client(state: &State, call: &Call) -> Result<String, errors::Refusal> {
    let app = state.apps.get(call.need("client_id")?);
    let app = app.ok_or_else(|| errors::client("Error validating application. Invalid application ID."))?;
    if call.need("client_secret")? != app.client_secret {
        return Err(errors::client("Error validating client secret."));
    }
    Ok(app.client_id.clone())
}

/// What the authorize page shows to whoever asks wrongly.
fn broken(code: u32, why: &str) -> Reply {
    Reply::json(400, &json!({"error_message": why, "error_code": code}))
}

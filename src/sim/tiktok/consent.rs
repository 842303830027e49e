//! The authorization page: what an app asks for, what an account grants, and the code it gets for it.

use std::time::SystemTime;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::apps::AppKind;
use super::call::{Call, Reply, find};
use super::errors::{Outcome, Refusal};
use super::state::{State, opaque};

/// Where the page is.
pub(super) const PATH: &str = "/v2/auth/authorize/";

/// What the page is asked with. `client_id`, which other platforms want, is not among them.
const PARAMETERS: &[&str] = &[
    "client_key",
    "response_type",
    "scope",
    "redirect_uri",
    "state",
    "code_challenge",
    "code_challenge_method",
    "disable_auto_auth",
];

/// What the page's form adds.
const ANSWERS: &[&str] = &["account", "decision", "choosing", "granted"];

/// The scope that goes with every login.
const BASIC: &str = "user.info.basic";

/// What an account granted, until the app fetches its token.
pub(super) struct Code {
    pub(super) client_key: String,
    pub(super) redirect: String,
    pub(super) challenge: Option<String>,
    pub(super) account: usize,
    pub(super) scopes: Vec<String>,
    pub(super) expires: SystemTime,
}

/// A request for consent, found to be in order.
struct Ask {
    client_key: String,
    redirect: String,
    scopes: Vec<String>,
    challenge: Option<String>,
    state: String,
}

impl Ask {
    /// Reads the parameters. What is wrong with the app or the address is told here, the rest at that address.
    fn read(state: &State, sent: &[(String, String)], extra: &[&str]) -> Result<Self, Refusal> {
        for (index, (name, _)) in sent.iter().enumerate() {
            if !PARAMETERS.contains(&name.as_str()) && !extra.contains(&name.as_str()) {
                return Err(broken(&format!("We couldn't log in with TikTok: unknown parameter {name}")));
            }
            if name != "granted" && sent[..index].iter().any(|(other, _)| other == name) {
                return Err(broken(&format!("We couldn't log in with TikTok: {name} comes twice")));
            }
        }
        let value = |name| find(sent, name).unwrap_or_default().to_owned();
        let app = state.apps.get(&value("client_key"));
        let app = app.ok_or_else(|| broken("We couldn't log in with TikTok: client_key"))?;
        let redirect = value("redirect_uri");
        if !app.knows_redirect(&redirect) {
            return Err(broken("We couldn't log in with TikTok: redirect_uri"));
        }
        let scopes = value("scope").split(',').map(str::to_owned).collect::<Vec<_>>();
        let challenge = find(sent, "code_challenge").map(str::to_owned);
        let ask = Self { client_key: app.client_key.clone(), redirect, scopes, challenge, state: value("state") };
        if find(sent, "response_type") != Some("code") {
            return Err(ask.refuse("unsupported_response_type", "response_type must be code."));
        }
        if ask.state.is_empty() {
            return Err(ask.refuse("invalid_request", "state is missing."));
        }
        if !matches!(find(sent, "disable_auto_auth"), None | Some("0" | "1")) {
            return Err(ask.refuse("invalid_request", "disable_auto_auth must be 0 or 1."));
        }
        if ask.scopes.iter().any(|scope| !app.scopes.contains(scope)) {
            return Err(ask.refuse("invalid_scope", "The requested scope is invalid, unknown, or malformed."));
        }
        ask.check_challenge(app.kind, find(sent, "code_challenge_method"))?;
        Ok(ask)
    }

    /// The challenge is the SHA-256 in lower-case hex, not in base64url as with everybody else.
    fn check_challenge(&self, kind: AppKind, method: Option<&str>) -> Result<(), Refusal> {
        let well_formed = match self.challenge.as_deref() {
            Some(hex) => {
                let digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f');
                hex.len() == 64 && hex.bytes().all(digit) && method == Some("S256")
            }
            None => kind == AppKind::Web && method.is_none(),
        };
        if well_formed {
            return Ok(());
        }
        Err(self.refuse("invalid_request", "Code verifier or code challenge is invalid."))
    }

    fn refuse(&self, error: &str, description: &str) -> Refusal {
        Refusal::Other(self.send(&[("error", error), ("error_description", description)]))
    }

    /// Back to the app, with its own state. Everything but letters and digits is encoded, as TikTok does.
    fn send(&self, answer: &[(&str, &str)]) -> Reply {
        let state = [("state", self.state.as_str())];
        let pairs = answer
            .iter()
            .chain(&state)
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        Reply::redirect(format!("{}?{}", self.redirect, pairs.collect::<Vec<_>>().join("&")))
    }
}

/// `GET`: a page on which an account grants all, some or nothing.
pub(super) fn show(state: &State, call: &Call) -> Outcome {
    let ask = Ask::read(state, &call.query, &[])?;
    let hidden = call.query.iter().map(|(name, value)| {
        format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value))
    });
    let accounts = state.accounts.iter().enumerate().map(|(index, account)| {
        format!(
            "<option value=\"{index}\">{} (@{})</option>\n",
            escape(&account.display_name),
            escape(&account.username)
        )
    });
    let scopes = ask.scopes.iter().filter(|scope| *scope != BASIC).map(|scope| {
        let scope = escape(scope);
        format!("<label><input type=\"checkbox\" name=\"granted\" value=\"{scope}\" checked>{scope}</label>\n")
    });
    Ok(Reply::page(
        200,
        format!(
            "<!doctype html>\n<title>Make-believe TikTok</title>\n<h1>Make-believe TikTok</h1>\n\
             <p>The app {} would like to:</p>\n<form method=\"post\" action=\"{PATH}\">\n{}\
             <input type=\"hidden\" name=\"choosing\" value=\"1\">\n{}\
             <select name=\"account\">\n{}</select>\n\
             <button name=\"decision\" value=\"allow\">Continue</button>\n\
             <button name=\"decision\" value=\"cancel\">Cancel</button>\n</form>\n",
            escape(&ask.client_key),
            hidden.collect::<String>(),
            scopes.collect::<String>(),
            accounts.collect::<String>(),
        ),
    ))
}

/// `POST`: the form of that page.
pub(super) fn decide(state: &mut State, call: &Call) -> Outcome {
    let form = call.form().ok_or_else(|| broken("This is not a form"))?;
    let mut ask = Ask::read(state, &form, ANSWERS)?;
    if find(&form, "decision") != Some("allow") {
        return Err(ask.refuse("access_denied", "User cancelled the authorization."));
    }
    let account = find(&form, "account").and_then(|index| index.parse().ok());
    let account = account.filter(|index| *index < state.accounts.len()).ok_or_else(|| broken("No such account"))?;
    if find(&form, "choosing").is_some() {
        let granted = |scope: &String| form.iter().any(|(name, value)| name == "granted" && value == scope);
        ask.scopes.retain(|scope| scope == BASIC || granted(scope));
    }
    // Like the real ones it is not fit for an address as it is.
    let code = format!("{}*1!{}.s1", opaque("", 48), state.fresh_id() % 10_000);
    let answer = ask.send(&[("code", &code), ("scopes", &ask.scopes.join(","))]);
    let expires = state.now + state.options.code_life;
    let Ask { client_key, redirect, scopes, challenge, .. } = ask;
    state.codes.insert(code, Code { client_key, redirect, challenge, account, scopes, expires });
    Ok(answer)
}

/// TikTok's own error page: without an address to trust there is nobody to send the error to.
fn broken(why: &str) -> Refusal {
    let html = format!("<!doctype html>\n<title>Make-believe TikTok</title>\n<h1>{}</h1>\n", escape(why));
    Refusal::Other(Reply::page(400, html))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

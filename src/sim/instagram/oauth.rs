//! Instagram Login: a consent page for people (and tests), and codes that become short-lived tokens. It knows nothing of
//! what a token is used for.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login>

use std::time::SystemTime;

use serde_json::{Value, json};
use url::Url;

use super::call::{Call, Reply};
use super::errors::{self, Outcome};
use super::state::{State, opaque};
use super::tokens::grant;

/// What an app with Instagram Login can ask for.
const SCOPES: &[&str] = &[
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
    "instagram_business_manage_messages",
    "instagram_business_manage_insights",
];
/// What the authorize page understands.
const ASKED: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "enable_fb_login",
    "force_authentication",
    "force_reauth",
];

/// What an account allowed, until the app fetches its token.
pub(super) struct Code {
    client_id: String,
    redirect: String,
    account: usize,
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
    /// Reads the parameters. Whatever is wrong is told on Instagram's own page, none of it at the app's address.
    fn read(state: &State, parameters: &[(String, String)]) -> Result<Self, Reply> {
        let value = |name| find(parameters, name).unwrap_or_default();
        let app = state.apps.get(value("client_id")).ok_or_else(|| broken("Invalid Request: Invalid platform app"))?;
        let written = value("redirect_uri").to_owned();
        let redirect =
            Url::parse(&written).ok().filter(|url| url.scheme() == "https" && app.redirects.contains(&written));
        let redirect = redirect.ok_or_else(|| broken("Invalid redirect_uri"))?;
        if value("response_type") != "code" {
            return Err(broken("Invalid response_type: it must be code"));
        }
        if let Some((name, _)) = parameters.iter().find(|(name, _)| !ASKED.contains(&name.as_str())) {
            return Err(broken(&format!("Unexpected parameter {name}")));
        }
        let scopes: Vec<String> = value("scope").split(',').map(str::to_owned).collect();
        match scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
            Some(scope) => return Err(broken(&format!("Invalid Scopes: {scope}"))),
            None if !scopes.iter().any(|scope| scope == SCOPES[0]) => {
                return Err(broken("Invalid Scopes: instagram_business_basic is required by all others"));
            }
            None => {}
        }
        let state = find(parameters, "state").map(str::to_owned);
        Ok(Self { client_id: app.client_id.clone(), redirect, written, scopes, state })
    }

    /// Back to the app, with its own state and the fragment Instagram adds.
    fn send(&self, answer: &[(&str, &str)]) -> Reply {
        let mut to = self.redirect.clone();
        to.query_pairs_mut().extend_pairs(answer).extend_pairs(self.state.iter().map(|state| ("state", state)));
        to.set_fragment(Some("_"));
        Reply::redirect(to.into())
    }
}

/// `GET /oauth/authorize`: a page on which an account allows or refuses.
pub(super) fn consent(state: &State, call: &Call) -> Outcome {
    let ask = Ask::read(state, &call.query)?;
    let input = |(name, value): &(String, String)| {
        format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value))
    };
    let hidden: String = call.query.iter().map(input).collect();
    let options: String = state
        .accounts
        .iter()
        .map(|account| format!("<option value=\"{}\">{}</option>\n", account.id, escape(&account.username)))
        .collect();
    let unticked: String = ask
        .scopes
        .iter()
        .skip(1)
        .map(|scope| {
            format!("<label><input type=\"checkbox\" name=\"deny\" value=\"{scope}\"> without {scope}</label>\n")
        })
        .collect();
    let form = format!(
        "<form method=\"post\" action=\"/oauth/authorize\">\n{hidden}<select name=\"account\">\n{options}</select>\n\
         {unticked}<button name=\"decision\" value=\"allow\">Allow</button>\n\
         <button name=\"decision\" value=\"cancel\">Cancel</button>\n</form>\n"
    );
    let asked = escape(&ask.scopes.join(", "));
    Ok(Reply::page(200, page(&format!("<p>The app {} would like to: {asked}</p>\n{form}", escape(&ask.client_id)))))
}

/// `POST /oauth/authorize`: the form of the consent page.
pub(super) fn decide(state: &mut State, call: &Call) -> Outcome {
    let (mut asked, mut decision, mut account, mut denied) = (Vec::new(), String::new(), None, Vec::new());
    for (name, value) in call.form()? {
        match name.as_str() {
            "decision" => decision = value,
            "account" => account = value.parse().ok(),
            "deny" => denied.push(value),
            _ => asked.push((name, value)),
        }
    }
    let ask = Ask::read(state, &asked)?;
    if decision != "allow" {
        let why = "The user denied your request.";
        return Err(ask.send(&[
            ("error", "access_denied"),
            ("error_reason", "user_denied"),
            ("error_description", why),
        ]));
    }
    let account = account.and_then(|id| state.account_of(id)).ok_or_else(|| broken("No such account"))?;
    let code = opaque("AQ", 180);
    let answer = ask.send(&[("code", &code)]);
    let scopes = ask.scopes.into_iter().filter(|scope| !denied.contains(scope)).collect();
    let expires = state.now() + state.options.code_life;
    state.codes.insert(code, Code { client_id: ask.client_id, redirect: ask.written, account, scopes, expires });
    Ok(answer)
}

/// `POST /oauth/access_token` of `api.instagram.com`: a code becomes a short-lived token.
pub(super) fn exchange(state: &mut State, call: &Call) -> Outcome {
    const FIELDS: &[&str] = &["client_id", "client_secret", "grant_type", "redirect_uri", "code"];
    if !call.query.is_empty() {
        return Err(errors::oauth("Parameters go into the form, the secret most of all"));
    }
    let form = call.form().map_err(|_| errors::oauth("The body is not a form"))?;
    if let Some((name, _)) = form.iter().find(|(name, _)| !FIELDS.contains(&name.as_str())) {
        return Err(errors::oauth(&format!("Unexpected parameter {name}")));
    }
    let needed = |name: &str| {
        let found = find(&form, name).filter(|value| !value.is_empty());
        found.ok_or_else(|| errors::oauth(&format!("You must provide a {name}")))
    };
    let app = state.apps.get(needed("client_id")?).ok_or_else(|| errors::oauth("Invalid platform app"))?;
    if app.client_secret != needed("client_secret")? {
        return Err(errors::oauth("Error validating client secret."));
    }
    let client_id = app.client_id.clone();
    if needed("grant_type")? != "authorization_code" {
        return Err(errors::oauth("Invalid grant_type"));
    }
    let redirect = needed("redirect_uri")?;
    let used = || errors::oauth("This authorization code has been used, is expired, or was never given");
    // Gone at the first attempt, whether that one succeeds or not.
    let code = state.codes.remove(needed("code")?).ok_or_else(used)?;
    if code.expires <= state.now() || code.client_id != client_id {
        return Err(used());
    }
    if code.redirect != redirect {
        let why = "Error validating verification code. Please make sure your redirect_uri is identical to the one you \
                   used in the OAuth dialog request";
        return Err(errors::oauth(why));
    }
    let token = grant(state, code.account, &client_id, &code.scopes, false);
    Ok(Reply::json(200, &exchanged(state, &token, &code)))
}

fn exchanged(state: &State, token: &str, code: &Code) -> Value {
    let shape = state.options.token_answer;
    // The id by which this app knows the account, not the one posts are made with.
    let id = state.accounts[code.account].app_scoped_id;
    let body = json!({
        "access_token": token,
        "user_id": if shape.user_id_as_text { json!(id.to_string()) } else { json!(id) },
        "permissions": if shape.permissions_as_list { json!(code.scopes) } else { json!(code.scopes.join(",")) },
    });
    if shape.wrapped { json!({ "data": [body] }) } else { body }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Instagram's own error page.
fn broken(why: &str) -> Reply {
    Reply::page(400, page(&format!("<p>{}</p>\n", escape(why))))
}

fn page(body: &str) -> String {
    format!("<!doctype html>\n<title>Make-believe Instagram</title>\n<h1>Make-believe Instagram</h1>\n{body}")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

//! The authorization page (<https://developers.google.com/identity/protocols/oauth2/native-app>): what an app may ask for,
//! and what a person answers. What becomes of the code is `oauth`'s.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use url::{Host, Url};

use super::call::{Call, Outcome, Pairs, Reply, value};
use super::errors::Refusal;
use super::scopes;
use super::state::{Identity, State, opaque};
use super::{App, Client};

/// A code must be exchanged within this time.
const CODE_LIFE: Duration = Duration::from_secs(10 * 60);

const PARAMETERS: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "code_challenge",
    "code_challenge_method",
    "state",
    "access_type",
    "prompt",
    "login_hint",
    "include_granted_scopes",
    "enable_granular_consent",
];

/// What a person allowed, until the app fetches its tokens.
pub(super) struct Code {
    pub(super) client_id: String,
    pub(super) redirect: String,
    pub(super) identity: Identity,
    pub(super) scopes: Vec<String>,
    pub(super) challenge: Option<String>,
    /// Whether the exchange brings a refresh token as well.
    pub(super) refreshable: bool,
    pub(super) expires: SystemTime,
}

/// A request for consent, found to be in order.
struct Ask {
    client_id: String,
    redirect: Url,
    /// The redirect address as the app wrote it: the exchange must repeat it byte for byte.
    written: String,
    scopes: Vec<String>,
    state: Option<String>,
    challenge: Option<String>,
    /// A refresh token, whatever was granted before.
    consent_prompted: bool,
    offline: bool,
    login_hint: Option<String>,
}

impl Ask {
    /// Google shows every mistake of the app on a page of its own; only the person's refusal goes back to the app.
    fn read(state: &State, fields: &Pairs) -> Result<Self, Refusal> {
        let field = |name| value(fields, name);
        let own =
            |name: &str| !PARAMETERS.contains(&name) && name != "channel" && name != "decision" && name != "without";
        if let Some((name, _)) = fields.iter().find(|(name, _)| own(name)) {
            return Err(wrong("invalid_request", &format!("Parameter not allowed for this message type: {name}")));
        }
        let names: BTreeSet<_> =
            fields.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "without").collect();
        if names.len() < fields.iter().filter(|(name, _)| name != "without").count() {
            return Err(wrong("invalid_request", "OAuth 2 parameters can only have a single value"));
        }
        let client_id =
            field("client_id").ok_or_else(|| wrong("invalid_request", "Missing required parameter: client_id"))?;
        let app =
            state.apps.get(client_id).ok_or_else(|| wrong("invalid_client", "The OAuth client was not found."))?;
        let written = field("redirect_uri")
            .ok_or_else(|| wrong("invalid_request", "Missing required parameter: redirect_uri"))?;
        let redirect = redirect(app, written).ok_or_else(|| {
            wrong("redirect_uri_mismatch", "The redirect URI does not comply with the app's registration")
        })?;
        match field("response_type") {
            Some("code") => {}
            Some(_) => return Err(wrong("unsupported_response_type", "response_type must be code")),
            None => return Err(wrong("invalid_request", "Missing required parameter: response_type")),
        }
        check_choice(field("access_type"), "access_type", &["online", "offline"])?;
        check_choice(field("include_granted_scopes"), "include_granted_scopes", &["true", "false"])?;
        for word in field("prompt").unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
            check_choice(Some(word), "prompt", &["consent", "select_account", "none"])?;
        }
        let desktop = app.client == Client::Desktop;
        Ok(Self {
            client_id: client_id.to_owned(),
            redirect,
            written: written.to_owned(),
            scopes: asked_scopes(field("scope").unwrap_or_default())?,
            state: field("state").map(str::to_owned),
            challenge: challenge(fields, desktop && state.options.pkce_required)?,
            consent_prompted: field("prompt").is_some_and(|prompt| prompt.split(' ').any(|word| word == "consent")),
            offline: field("access_type") == Some("offline"),
            login_hint: field("login_hint").map(str::to_owned),
        })
    }

    /// Back to the app, with its own state.
    fn send(&self, answer: &[(&str, &str)]) -> Reply {
        let mut to = self.redirect.clone();
        to.query_pairs_mut().extend_pairs(self.state.iter().map(|state| ("state", state))).extend_pairs(answer);
        Reply::redirect(to.into())
    }
}

fn asked_scopes(scope: &str) -> Result<Vec<String>, Refusal> {
    let mut scopes = Vec::new();
    for asked in scope.split(' ').filter(|asked| !asked.is_empty()) {
        let bare = scopes::written(asked).ok_or_else(|| {
            wrong("invalid_scope", &format!("Some requested scopes were invalid. {{invalid=[{asked}]}}"))
        })?;
        scopes.push(bare.to_owned());
    }
    if scopes.is_empty() {
        return Err(wrong("invalid_request", "Missing required parameter: scope"));
    }
    Ok(scopes)
}

/// PKCE's challenge: base64url without padding of a SHA-256, 43 letters.
fn challenge(fields: &Pairs, needed: bool) -> Result<Option<String>, Refusal> {
    let Some(challenge) = value(fields, "code_challenge") else {
        let stray = value(fields, "code_challenge_method").is_some();
        return if needed || stray {
            Err(wrong("invalid_request", "Missing required parameter: code_challenge"))
        } else {
            Ok(None)
        };
    };
    if value(fields, "code_challenge_method") != Some("S256") {
        return Err(wrong("invalid_request", "Invalid code_challenge_method: only S256 is taken here"));
    }
    let base64url = challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if challenge.len() != 43 || !base64url {
        return Err(wrong("invalid_request", "Invalid code_challenge: not base64url of a SHA-256 without padding"));
    }
    Ok(Some(challenge.to_owned()))
}

fn check_choice(given: Option<&str>, name: &str, known: &[&str]) -> Result<(), Refusal> {
    match given {
        Some(given) if !known.contains(&given) => Err(wrong(
            "invalid_request",
            &format!("Invalid parameter value for {name}: '{given}' is not a valid value."),
        )),
        _ => Ok(()),
    }
}

/// The redirect address, if this app may use it: of a desktop app any loopback port and path, of a web app what is
/// registered, byte for byte.
fn redirect(app: &App, written: &str) -> Option<Url> {
    let url = Url::parse(written).ok()?;
    let allowed = match &app.client {
        Client::Web { redirects } => redirects.iter().any(|redirect| redirect == written),
        Client::Desktop => {
            let loopback = match url.host()? {
                Host::Ipv4(address) => address.octets() == [127, 0, 0, 1],
                Host::Ipv6(address) => address.is_loopback(),
                Host::Domain(name) => name == "localhost",
            };
            loopback && url.scheme() == "http" && url.fragment().is_none() && url.username().is_empty()
        }
    };
    allowed.then_some(url)
}

/// `GET /o/oauth2/v2/auth`: a page on which a person chooses a channel, ticks off scopes, and allows or refuses.
pub(super) fn page(state: &State, call: &Call) -> Outcome {
    let ask = Ask::read(state, &call.query)?;
    let hidden: String = call
        .query
        .iter()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escape(name), escape(value)))
        .collect();
    let choices: String = identities(state, &ask)
        .map(|(value, title)| format!("<option value=\"{}\">{}</option>\n", escape(&value), escape(&title)))
        .collect();
    let boxes: String = ask
        .scopes
        .iter()
        .map(|scope| {
            format!("<label><input type=\"checkbox\" name=\"without\" value=\"{scope}\"> not {scope}</label>\n")
        })
        .collect();
    Ok(Reply::page(
        200,
        format!(
            "<!doctype html>\n<title>Make-believe Google</title>\n<h1>Make-believe Google</h1>\n\
             <p>{} wants to act for your channel</p>\n<form method=\"post\" action=\"/o/oauth2/v2/auth\">\n{hidden}\
             <select name=\"channel\">\n{choices}</select>\n{boxes}\
             <button name=\"decision\" value=\"allow\">Continue</button>\n\
             <button name=\"decision\" value=\"deny\">Cancel</button>\n</form>\n",
            escape(&ask.client_id),
        ),
    ))
}

/// Whom a token can be for: each channel by its id, then accounts without one by their e-mail address.
fn identities<'a>(state: &'a State, ask: &Ask) -> impl Iterator<Item = (String, String)> + use<'a> {
    let hint = ask.login_hint.clone();
    let accounts = state.accounts.iter().enumerate();
    let suits = move |email: &str| hint.as_ref().is_none_or(|hint| hint == email);
    let suits_too = suits.clone();
    let channels = state.channels.iter().filter(move |channel| suits(&state.accounts[channel.account]));
    let bare = accounts.filter(move |(index, email)| {
        suits_too(email) && state.channels.iter().all(|channel| channel.account != *index)
    });
    channels
        .map(|channel| (channel.id.clone(), channel.title.clone()))
        .chain(bare.map(|(_, email)| (email.clone(), email.clone())))
}

/// `POST /o/oauth2/v2/auth`: the form of the page. `channel` may be left out, then it is the first on the page.
pub(super) fn decide(state: &mut State, call: &Call) -> Outcome {
    let form = call.form();
    let ask = Ask::read(state, &form)?;
    if value(&form, "decision") != Some("allow") {
        return Ok(ask.send(&[("error", "access_denied")]));
    }
    let chosen = value(&form, "channel").map(str::to_owned).or_else(|| Some(identities(state, &ask).next()?.0));
    let identity = chosen.and_then(|chosen| identity(state, &chosen));
    let identity = identity.ok_or_else(|| wrong("invalid_request", "No such account or channel"))?;
    let without: Vec<_> = form.iter().filter(|(name, _)| name == "without").map(|(_, scope)| scope.clone()).collect();
    let mut scopes = ask.scopes.clone();
    scopes.retain(|scope| !without.contains(scope) && !state.options.unticked.contains(scope));
    if scopes.is_empty() {
        return Ok(ask.send(&[("error", "access_denied")]));
    }
    let code = opaque("4/0A", 73);
    let answer = ask.send(&[("code", &code), ("scope", &scopes::list(&scopes))]);
    let refreshable = refreshable(state, &ask, &identity);
    let expires = state.now() + CODE_LIFE;
    let (client_id, redirect, challenge) = (ask.client_id, ask.written, ask.challenge);
    state.codes.insert(code, Code { client_id, redirect, identity, scopes, challenge, refreshable, expires });
    Ok(answer)
}

/// A desktop client always gets a refresh token; a web client if it asked for offline access, and then only at the first
/// consent or when it insists on another.
fn refreshable(state: &State, ask: &Ask, identity: &Identity) -> bool {
    let desktop = state.apps.get(&ask.client_id).is_some_and(|app| app.client == Client::Desktop);
    let granted = |(of, client): (&Identity, &String)| of.account == identity.account && *client == ask.client_id;
    let known = state.refresh.values().any(|token| granted((&token.identity, &token.client_id)))
        || state.access.values().any(|token| granted((&token.identity, &token.client_id)));
    desktop || (ask.offline && (ask.consent_prompted || !known))
}

fn identity(state: &State, chosen: &str) -> Option<Identity> {
    if let Some(channel) = state.channel(chosen) {
        return Some(Identity { account: channel.account, channel: Some(channel.id.clone()) });
    }
    let account = state.accounts.iter().position(|email| email == chosen)?;
    Some(Identity { account, channel: None })
}

/// Google's own error page.
fn wrong(error: &str, description: &str) -> Refusal {
    let (error, description) = (escape(error), escape(description));
    Reply::page(
        400,
        format!("<!doctype html>\n<title>Error 400: {error}</title>\n<h1>Access blocked</h1>\n<p>{description}</p>\n"),
    )
    .into()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

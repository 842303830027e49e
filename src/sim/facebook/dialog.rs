//! The login dialog on `www.facebook.com`: a page on which a person chooses what an app may do, and with which Pages.
//! <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow>

use std::time::SystemTime;

use url::Url;

use super::App;
use super::call::{Call, Outcome, Reply, find};
use super::state::{State, opaque};

/// What a person allowed, until the app fetches its token.
pub(super) struct Code {
    pub(super) app: String,
    pub(super) redirect: String,
    pub(super) person: usize,
    pub(super) scopes: Vec<String>,
    pub(super) expires: SystemTime,
    pub(super) used: bool,
}

/// A request for consent, found to be in order.
struct Ask {
    app: String,
    redirect: Url,
    /// The redirect address as the app wrote it: the exchange must repeat it exactly.
    written: String,
    scopes: Vec<String>,
    state: String,
}

/// What the app sends; the form adds its own.
const KNOWN: &[&str] =
    &["client_id", "redirect_uri", "state", "response_type", "scope", "config_id", "auth_type", "display"];
const FORM: &[&str] = &["person", "allow", "page", "decision"];

impl Ask {
    /// Reads the parameters. What is wrong with the app is told here and now, the rest at the app's redirect address.
    fn read(state: &State, pairs: &[(String, String)]) -> Result<Self, Reply> {
        let value = |name| find(pairs, name).unwrap_or_default();
        let app = state.apps.get(value("client_id"));
        let app =
            app.ok_or_else(|| broken("Invalid App ID: The provided app ID does not look like a valid app ID."))?;
        let written = value("redirect_uri").to_owned();
        let redirect = registered(app, &written)?;
        if let Some((name, _)) = pairs.iter().find(|(name, _)| !KNOWN.iter().chain(FORM).any(|known| known == name)) {
            return Err(broken(&format!("Unexpected parameter {name}")));
        }
        if value("state").is_empty() {
            return Err(broken("The parameter state is required"));
        }
        let asked =
            |scopes: &str| scopes.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        let scopes: Vec<String> = match (find(pairs, "scope"), find(pairs, "config_id")) {
            (Some(scopes), None) => asked(scopes),
            (None, Some(id)) => {
                let known = app.configurations.iter().find(|(known, _)| known == id);
                known.ok_or_else(|| broken("It looks like this app isn't available: unknown config_id"))?.1.clone()
            }
            _ => return Err(broken("Either scope or config_id is required")),
        };
        if let Some(scope) = scopes.iter().find(|scope| !app.scopes.contains(scope)) {
            return Err(broken(&format!("Invalid Scopes: {scope}. This message is only shown to developers.")));
        }
        let state = value("state").to_owned();
        let ask = Self { app: app.id.clone(), redirect, written, scopes, state };
        if !["", "code"].contains(&value("response_type")) {
            let answer = [("error", "unsupported_response_type"), ("error_description", "response_type must be code")];
            return Err(ask.send(&answer));
        }
        Ok(ask)
    }

    /// Back to the app, with its own state and the fragment Facebook puts behind.
    fn send(&self, answer: &[(&str, &str)]) -> Reply {
        let mut to = self.redirect.clone();
        to.query_pairs_mut().extend_pairs(answer).append_pair("state", &self.state);
        to.set_fragment(Some("_=_"));
        Reply::redirect(to.into())
    }
}

/// The address, if it is registered letter by letter. An app in development may be sent to `http://localhost` as well.
fn registered(app: &App, written: &str) -> Result<Url, Reply> {
    let blocked = || {
        broken(
            "URL Blocked: This redirect failed because the redirect URI is not whitelisted in the app's Client OAuth \
             Settings. Make sure Client and Web OAuth Login are on and add all your app domains as Valid OAuth \
             Redirect URIs.",
        )
    };
    let url = Url::parse(written).map_err(|_| blocked())?;
    let at_home = !app.live && url.scheme() == "http" && url.host_str() == Some("localhost");
    if url.scheme() != "https" && !at_home {
        return Err(broken(
            "Insecure Login Blocked: You can't get an access token or log in to this app from an insecure page.",
        ));
    }
    let known = at_home || app.redirects.iter().any(|redirect| redirect == written);
    Some(url).filter(|_| known && !written.contains('#')).ok_or_else(blocked)
}

/// `GET /{version}/dialog/oauth`
pub(super) fn show(state: &State, call: &Call) -> Outcome {
    let ask = Ask::read(state, &call.query)?;
    let hidden: String = call.query.iter().map(|(name, value)| input("hidden", name, value, "")).collect();
    let people: String = state
        .people
        .iter()
        .map(|person| format!("<option value=\"{}\">{}</option>\n", person.id, escape(&person.name)))
        .collect();
    let scopes: String = ask.scopes.iter().map(|scope| input("checkbox", "allow", scope, scope)).collect();
    let pages: String =
        state.pages.values().map(|page| input("checkbox", "page", &page.id.to_string(), &page.name)).collect();
    Ok(Reply::page(
        200,
        format!(
            "<!doctype html>\n<title>Make-believe Facebook</title>\n<h1>Make-believe Facebook</h1>\n\
             <p>The app {} would like to have a login.</p>\n<form method=\"post\" action=\"{}\">\n{hidden}\
             <select name=\"person\">\n{people}</select>\n<p>It may:</p>\n{scopes}<p>With these Pages:</p>\n{pages}\
             <button name=\"decision\" value=\"allow\">Continue</button>\n\
             <button name=\"decision\" value=\"cancel\">Cancel</button>\n</form>\n",
            escape(&ask.app),
            escape(&call.path),
        ),
    ))
}

/// `POST` of the form of [`show`]: `person`, any number of `allow` and `page`, and `decision`.
pub(super) fn decide(state: &mut State, call: &Call) -> Outcome {
    let form = call.form();
    let ask = Ask::read(state, &form)?;
    if find(&form, "decision") != Some("allow") {
        let answer = [
            ("error", "access_denied"),
            ("error_code", "200"),
            ("error_description", "Permissions error"),
            ("error_reason", "user_denied"),
        ];
        return Err(ask.send(&answer));
    }
    let person = find(&form, "person").and_then(|id| state.person(id)).ok_or_else(|| broken("No such person"))?;
    let chosen = |name: &'static str| form.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str());
    let granted = |scope: &String| scope == "public_profile" || chosen("allow").any(|allowed| allowed == scope);
    let scopes: Vec<_> = ask.scopes.iter().map(|scope| (scope.clone(), granted(scope))).collect();
    let pages: Vec<u64> = chosen("page").filter_map(|id| id.parse().ok()).collect();
    if let Some(page) = pages.iter().find(|page| !state.people[person].tasks.contains_key(page)) {
        return Err(broken(&format!("{} has no role on the Page {page}", state.people[person].name)));
    }
    state.allow(person, &ask.app, &scopes, &pages);
    let code = opaque("AQ", 340);
    let answer = ask.send(&[("code", &code)]);
    let expires = state.now() + state.options.code_life;
    let scopes = scopes.into_iter().filter(|(_, granted)| *granted).map(|(scope, _)| scope).collect();
    state.codes.insert(code, Code { app: ask.app, redirect: ask.written, person, scopes, expires, used: false });
    Ok(answer)
}

fn input(kind: &str, name: &str, value: &str, label: &str) -> String {
    let (name, value, label) = (escape(name), escape(value), escape(label));
    let checked = if kind == "checkbox" { " checked" } else { "" };
    format!("<label><input type=\"{kind}\" name=\"{name}\" value=\"{value}\"{checked}>{label}</label>\n")
}

/// Facebook's own error page: without a redirect address to trust there is nobody to send the error to.
fn broken(why: &str) -> Reply {
    Reply::page(400, format!("<!doctype html>\n<title>Make-believe Facebook</title>\n<h1>{}</h1>\n", escape(why)))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

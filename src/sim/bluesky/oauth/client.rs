//! Loopback clients: all that there is to know of them stands in their id
//! (<https://atproto.com/specs/oauth#localhost-client-development>).

use url::Url;

use super::invalid_request;
use crate::sim::bluesky::errors::Refusal;

/// A client, read from its id.
pub(super) struct Client {
    redirects: Vec<String>,
    scopes: Vec<String>,
}

/// The client of this id.
pub(super) fn read(id: &str) -> Result<Client, Refusal> {
    let wrong = |why: &str| Refusal::oauth(400, "invalid_client_metadata", why);
    let rest = id.strip_prefix("http://localhost").ok_or_else(|| wrong("Only loopback clients are known here"))?;
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let query = rest.strip_prefix('?').or(rest.is_empty().then_some(""));
    let query = query.ok_or_else(|| wrong("A loopback client id has no port and no path"))?;
    let (mut redirects, mut scopes) = (Vec::new(), None);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()).into_owned() {
        match name.as_str() {
            "redirect_uri" if is_loopback(&value) => redirects.push(value),
            "redirect_uri" => {
                return Err(wrong(
                    "Redirect addresses of a loopback client begin with http://127.0.0.1 or http://[::1]",
                ));
            }
            "scope" if scopes.is_none() => scopes = Some(value.split(' ').map(str::to_owned).collect()),
            _ => return Err(wrong(&format!("A loopback client id has no parameter \"{name}\""))),
        }
    }
    if redirects.is_empty() {
        redirects = ["http://127.0.0.1/", "http://[::1]/"].map(str::to_owned).to_vec();
    }
    Ok(Client { redirects, scopes: scopes.unwrap_or_else(|| vec!["atproto".to_owned()]) })
}

impl Client {
    /// The port may be any.
    pub(super) fn check_redirect(&self, redirect: &str) -> Result<(), Refusal> {
        let plain = |text: &str| {
            let mut url = Url::parse(text).ok()?;
            url.set_port(None).ok()?;
            Some(url)
        };
        let known = is_loopback(redirect) && self.redirects.iter().any(|own| plain(own) == plain(redirect));
        if known { Ok(()) } else { Err(invalid_request(&format!("Invalid redirect_uri {redirect}"))) }
    }

    /// The scopes asked for: `atproto` among them, and all of them the client's.
    pub(super) fn scopes(&self, asked: &str) -> Result<Vec<String>, Refusal> {
        let asked: Vec<String> = asked.split(' ').map(str::to_owned).collect();
        if !asked.iter().any(|scope| scope == "atproto") {
            return Err(Refusal::oauth(400, "invalid_scope", "The \"atproto\" scope is required"));
        }
        match asked.iter().find(|scope| !self.scopes.contains(scope)) {
            Some(scope) => Err(Refusal::oauth(
                400,
                "invalid_scope",
                &format!("Scope \"{scope}\" is not declared in the client metadata"),
            )),
            None => Ok(asked),
        }
    }
}

fn is_loopback(redirect: &str) -> bool {
    let url = Url::parse(redirect).ok().filter(|url| url.scheme() == "http" && url.fragment().is_none());
    url.is_some_and(|url| matches!(url.host_str(), Some("127.0.0.1" | "[::1]")))
}

//! Where a server has its logins: what it says of itself, and where the account of an id lives (the AT Protocol's profile of
//! OAuth). Asks with nothing of ours; knows no login.
//!
//! Sources: <https://atproto.com/specs/oauth>, RFC 9728 (which server logs in for another), RFC 8414 (where),
//! <https://atproto.com/specs/did>.

use serde_json::Value;
use url::Url;

use super::session::lives_at;
use crate::error::{Failure, Kind};
use crate::http::{AGENT, Ask, Http, Outcome, Visit};

/// No such document is longer, in bytes.
const LONGEST: usize = 256 * 1024;
/// Where ids of the method `plc` are looked up.
const DIRECTORY: &str = "plc.directory";

/// A server that gives tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Authority {
    /// Its host.
    pub(super) issuer: String,
    /// The page a person sees.
    pub(super) authorize: Url,
    pub(super) token: Url,
    /// Where a login is begun (RFC 9126).
    pub(super) push: Url,
    pub(super) revoke: Option<Url>,
}

impl Authority {
    /// The one that logs in for a server; a server that names none is asked to be one itself, as Bluesky's entryway is.
    ///
    /// # Errors
    /// It cannot be asked, or is no server of this kind.
    pub(super) async fn of_server(http: &Http, server: &str) -> Result<Self, Failure> {
        let issuer = named_by(http, server).await?;
        Self::of_issuer(http, issuer.as_deref().unwrap_or(server)).await
    }

    /// What a server that gives tokens says of itself.
    ///
    /// # Errors
    /// As [`Authority::of_server`].
    pub(super) async fn of_issuer(http: &Http, issuer: &str) -> Result<Self, Failure> {
        let address = format!("https://{issuer}/.well-known/oauth-authorization-server");
        let json = document(http, &address).await?;
        json.and_then(|json| Self::read(issuer, &json)).ok_or_else(|| {
            Failure::new(Kind::Person, format!("{issuer} does not say how it logs in with OAuth"))
                .hint("is it a server of this kind? accounts.toml says it in `server`")
        })
    }

    fn read(issuer: &str, json: &Value) -> Option<Self> {
        let address = |name: &str| {
            let url = Url::parse(json[name].as_str()?).ok()?;
            (url.scheme() == "https" && url.fragment().is_none()).then_some(url)
        };
        // Whoever else could write here would have tokens sent to them (RFC 8414, section 3.3).
        (json["issuer"].as_str()? == format!("https://{issuer}")).then_some(())?;
        Some(Self {
            issuer: issuer.to_owned(),
            authorize: address("authorization_endpoint")?,
            token: address("token_endpoint")?,
            push: address("pushed_authorization_request_endpoint")?,
            revoke: address("revocation_endpoint"),
        })
    }
}

/// The host that a server says to log in for it; `None` where it says nothing.
///
/// # Errors
/// It cannot be asked, or says what it must not.
pub(super) async fn named_by(http: &Http, server: &str) -> Result<Option<String>, Failure> {
    let address = format!("https://{server}/.well-known/oauth-protected-resource");
    let Some(json) = document(http, &address).await? else { return Ok(None) };
    let named = match json["authorization_servers"].as_array().map(Vec::as_slice) {
        // RFC 9728, section 3.3: it speaks for no other.
        Some([issuer]) if json["resource"].as_str().is_none_or(|it| origin(it).as_deref() == Some(server)) => {
            issuer.as_str().and_then(origin)
        }
        _ => None,
    };
    named.map(Some).ok_or_else(|| {
        Failure::new(Kind::Person, format!("{server} does not say which one server logs in for it"))
            .hint("is it a server of this kind? accounts.toml says it in `server`")
    })
}

/// The host of the server that the account of an id lives on.
///
/// # Errors
/// It cannot be asked, or the id leads to none that is spoken to.
pub(super) async fn home_of(http: &Http, did: &str) -> Result<String, Failure> {
    let nowhere = |why: String| {
        Failure::new(Kind::Person, "the account's id does not lead to a server that can be published to").cause(why)
    };
    let address = directory(did).ok_or_else(|| nowhere("it is of no kind that is known".to_owned()))?;
    let json = document(http, &address).await?.filter(|json| json["id"] == did);
    let json = json.ok_or_else(|| nowhere("nothing is known of it where it is looked up".to_owned()))?;
    lives_at(&json).and_then(|home| home.ok_or_else(|| "it names no server".to_owned())).map_err(nowhere)
}

/// Where the document of an id lies.
fn directory(did: &str) -> Option<String> {
    if let Some(id) = did.strip_prefix("did:plc:") {
        let plain = |byte: u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte);
        return (id.len() == 24 && id.bytes().all(plain)).then(|| format!("https://{DIRECTORY}/{did}"));
    }
    let host = did.strip_prefix("did:web:").filter(|host| origin(&format!("https://{host}")).as_deref() == Some(host));
    host.map(|host| format!("https://{host}/.well-known/did.json"))
}

/// The host of an address that is https at the usual port of a named host, and nothing more.
fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.domain().filter(|host| host.contains('.'))?;
    let plain = format!("https://{host}");
    (address.trim_end_matches('/') == plain).then(|| host.to_owned())
}

/// JSON that lies somewhere for everybody; `None` where it does not.
async fn document(http: &Http, address: &str) -> Result<Option<Value>, Failure> {
    let url = Url::parse(address).map_err(|error| Failure::new(Kind::Bug, "a login's address is none").cause(error))?;
    let host = url.host_str().unwrap_or_default();
    let busy = |why: String| Failure::new(Kind::Later, format!("{host} could not be asked for a login")).cause(why);
    match http.visit(Visit { url: &url, agent: AGENT, ask: Ask::Get { first: LONGEST } }).await? {
        Outcome::Answered(reply) if reply.is_success() => Ok(Some(reply.json())),
        Outcome::Answered(reply) if reply.status == 429 || reply.status >= 500 => {
            Err(busy(format!("{host} answered {}", reply.status)))
        }
        Outcome::Answered(_) => Ok(None),
        Outcome::NotSent(why) | Outcome::Unclear(why) => Err(busy(why)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_origin_is_a_named_host_and_nothing_more() {
        for (address, host) in [
            ("https://bsky.social", Some("bsky.social")),
            ("https://bsky.social/", Some("bsky.social")),
            ("https://bsky.social/x", None),
            ("https://bsky.social?x", None),
            ("https://bsky.social:8443", None),
            ("https://ann@bsky.social", None),
            ("http://bsky.social", None),
            ("https://localhost", None),
            ("https://127.0.0.1", None),
            ("bsky.social", None),
            ("", None),
        ] {
            assert_eq!(origin(address).as_deref(), host, "{address}");
        }
    }

    #[test]
    fn ids_are_looked_up_where_their_kind_says() {
        for (did, address) in [
            ("did:plc:ewvi7nxzyoun6zhxrhs64oiz", Some("https://plc.directory/did:plc:ewvi7nxzyoun6zhxrhs64oiz")),
            ("did:web:ann.example", Some("https://ann.example/.well-known/did.json")),
            ("did:plc:../../x", None),
            ("did:web:ann.example/x", None),
            ("did:web:ann.example%3A8443", None),
            ("did:web:localhost", None),
            ("did:key:z6Mk", None),
            ("", None),
        ] {
            assert_eq!(directory(did).as_deref(), address, "{did}");
        }
    }

    #[test]
    fn an_authority_speaks_for_itself_alone() {
        let said = |issuer: &str, token: &str| {
            json!({
                "issuer": issuer, "authorization_endpoint": "https://bsky.social/oauth/authorize", "token_endpoint": token,
                "pushed_authorization_request_endpoint": "https://bsky.social/oauth/par",
            })
        };
        let read = |issuer: &str, token: &str| Authority::read("bsky.social", &said(issuer, token));
        let (own, token) = ("https://bsky.social", "https://bsky.social/oauth/token");
        let authority = read(own, token).unwrap();
        assert_eq!((authority.token.as_str(), authority.revoke), (token, None));
        for (issuer, token) in [
            ("https://evil.example", token),
            ("https://bsky.social/", token),
            ("", token),
            (own, "http://bsky.social/oauth/token"),
            (own, ""),
        ] {
            assert_eq!(read(issuer, token), None, "{issuer} {token}");
        }
    }
}

//! Apps as the developer portal knows them: keys, redirect addresses and the rules these follow, verified URL properties.

use url::{Host, Url};

/// Redirect addresses of one app, and characters of one.
const REDIRECTS_MAX: usize = 10;
const REDIRECT_CHARS: usize = 512;

/// An app.
#[derive(Clone, Debug)]
pub struct App {
    pub client_key: String,
    pub client_secret: String,
    pub kind: AppKind,
    /// Registered redirect addresses; the first ten count. A desktop app's may have `*` as port.
    pub redirects: Vec<String>,
    /// What the app is approved to ask for.
    pub scopes: Vec<String>,
    /// Verified domains (`example.org`, its subdomains included) and prefixes (`https://example.org/media/`).
    pub url_properties: Vec<String>,
}

/// Where an app runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppKind {
    /// Answers come to loopback; PKCE is required.
    Desktop,
    /// Answers come to an https address; no PKCE.
    Web,
}

impl Default for App {
    /// A desktop app with every scope, answering on any port at `/callback/`, and no URL property.
    fn default() -> Self {
        const SCOPES: &str = "user.info.basic user.info.profile user.info.stats video.list video.publish video.upload";
        Self {
            client_key: "awmakebelieve000".to_owned(),
            client_secret: "makebelieveSecret0123456789abcde".to_owned(),
            kind: AppKind::Desktop,
            redirects: ["http://127.0.0.1:*/callback/", "http://localhost:*/callback/"].map(str::to_owned).to_vec(),
            scopes: SCOPES.split(' ').map(str::to_owned).collect(),
            url_properties: Vec::new(),
        }
    }
}

impl App {
    /// Whether answers may go to this address.
    pub(super) fn knows_redirect(&self, sent: &str) -> bool {
        let lawful = sent.len() < REDIRECT_CHARS && !sent.contains(['?', '#', '*']) && {
            Url::parse(sent).is_ok_and(|url| match self.kind {
                AppKind::Desktop => matches!(url.scheme(), "http" | "https") && is_loopback(&url) && has_port(sent),
                AppKind::Web => url.scheme() == "https",
            })
        };
        lawful && self.redirects.iter().take(REDIRECTS_MAX).any(|registered| self.matches(registered, sent))
    }

    fn matches(&self, registered: &str, sent: &str) -> bool {
        let Some((before, after)) = registered.split_once(":*/").filter(|_| self.kind == AppKind::Desktop) else {
            return registered == sent;
        };
        let port =
            sent.strip_prefix(before).and_then(|rest| rest.strip_prefix(':')).and_then(|rest| rest.split_once('/'));
        port.is_some_and(|(port, path)| is_number(port) && path == after)
    }

    /// Whether media may be fetched from this address.
    pub(super) fn owns(&self, address: &str) -> bool {
        let Ok(url) = Url::parse(address) else { return false };
        let Some(Host::Domain(host)) = url.host() else { return false };
        self.url_properties.iter().any(|property| match Url::parse(property) {
            // A prefix is a folder on a named host, compared letter by letter.
            Ok(prefix) => {
                let lawful = prefix.scheme() == "https" && property.ends_with('/');
                lawful && matches!(prefix.host(), Some(Host::Domain(_))) && address.starts_with(property.as_str())
            }
            Err(_) => host == property || host.strip_suffix(property.as_str()).is_some_and(|sub| sub.ends_with('.')),
        })
    }
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("localhost" | "127.0.0.1"))
}

/// Whether the port is written out, even where it is the scheme's own.
fn has_port(address: &str) -> bool {
    let authority = address.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    authority.and_then(|authority| authority.rsplit_once(':')).is_some_and(|(_, port)| is_number(port))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

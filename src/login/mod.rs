//! Logging in with a platform's OAuth 2.0: the page a person is sent to, what comes back, and how tokens are got, made to
//! live longer, refreshed and revoked; with tokens bound to a key; and with OAuth 1.0a and a PIN. Knows no file, no ledger and no command.

use std::borrow::Cow;

use oauth2::basic::BasicErrorResponse;
use oauth2::{
    AuthType, AuthUrl, Client, ClientId, ClientSecret as Password, CsrfToken, EndpointNotSet, EndpointSet,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenUrl,
};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::error::{Failure, Kind};
use crate::http::Http;
use crate::platform::{By, ClientSecret, Grant, Pkce, Refresh};
use crate::vault::{self, Credential, Secret};

mod answer;
mod authority;
mod bound;
pub mod callback;
pub mod pin;
pub mod register;
mod revoke;
mod session;
mod token;

use answer::{Answer, NoIntrospection};
use bound::Knot;
pub use bound::loopback_app;
pub use token::Refreshed;

/// Our app with a platform.
#[derive(Clone, Debug)]
pub struct App {
    pub id: String,
    /// Public clients have none.
    pub secret: Option<Secret>,
}

/// One way to log in, for one app.
pub struct Login<'a> {
    pub http: &'a Http,
    /// As people know the platform.
    pub label: &'static str,
    pub way: &'static Grant,
    pub app: &'a App,
    /// The host of the account's server; empty where its platform has one home.
    pub server: &'a str,
}

/// A login that a person has yet to agree to.
pub struct Begun {
    /// The page to be opened in a browser.
    pub url: Url,
    redirect: RedirectUrl,
    state: CsrfToken,
    verifier: Option<PkceCodeVerifier>,
    /// Where tokens are bound to a key.
    knot: Option<Knot>,
}

/// What a login came to.
pub struct Granted {
    pub grant: vault::Grant,
    /// Whose it is, where the login itself tells.
    pub owner: Option<Owner>,
}

/// An account that a login has looked up.
pub struct Owner {
    /// Its id, which has to be the one that its server tells.
    pub id: String,
    /// The host of the server that it lives on.
    pub server: String,
}

type Oauth = Client<
    BasicErrorResponse,
    Answer,
    NoIntrospection,
    revoke::Ending,
    oauth2::basic::BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Login<'_> {
    /// Begins a login that ends at `redirect`; `for_other`: whether the account acts for a page or an organisation.
    ///
    /// # Errors
    /// When the app lacks a secret without which there is no token, or `redirect` is no address; where a login begins with a
    /// request, what came of that.
    pub async fn begin(&self, redirect: &str, for_other: bool) -> Result<Begun, Failure> {
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|error| {
            Failure::new(Kind::Usage, format!("`{redirect}` is no address a browser could be sent back to"))
                .cause(error)
        })?;
        if self.way.by == By::Loopback {
            return self.begin_bound(redirect).await;
        }
        let client = self.client()?;
        let mut request = client.authorize_url(CsrfToken::new_random).set_redirect_uri(Cow::Borrowed(&redirect));
        let asked = self.way.needed(for_other).iter().chain(self.way.scopes_besides);
        let scopes: Vec<&str> = asked.map(|(scope, _)| *scope).collect();
        if self.way.separator == ' ' {
            request = request.add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())));
        } else {
            request = request.add_extra_param("scope", scopes.join(&self.way.separator.to_string()));
        }
        for (name, value) in self.way.authorize_with {
            request = request.add_extra_param(*name, *value);
        }
        let mut verifier = None;
        if self.way.pkce != Pkce::None {
            let (challenge, secret) = PkceCodeChallenge::new_random_sha256();
            request = if self.way.pkce == Pkce::S256Hex {
                let hex = base16ct::lower::encode_string(&Sha256::digest(secret.secret()));
                request.add_extra_param("code_challenge", hex).add_extra_param("code_challenge_method", "S256")
            } else {
                request.set_pkce_challenge(challenge)
            };
            verifier = Some(secret);
        }
        let (mut url, state) = request.url();
        if self.way.client == ClientSecret::KeyForm {
            let renamed = token::with_client_key(url.query().unwrap_or_default());
            url.set_query(Some(&renamed));
        }
        Ok(Begun { url, redirect, state, verifier, knot: None })
    }

    /// Whether a program can refresh a credential, as far as the two tell: there is something to refresh it by, and the app
    /// can prove itself.
    pub fn refreshes(&self, credential: &Credential) -> bool {
        if let Credential::Session { .. } = credential {
            return matches!(self.way.by, By::Password(_));
        }
        if let Credential::Bound { .. } = credential {
            return self.way.by == By::Loopback;
        }
        match self.way.refresh {
            Refresh::Never => false,
            Refresh::Renewed { .. } => credential.expires_at().is_some(),
            Refresh::Rotating | Refresh::Limited(_) | Refresh::Kept | Refresh::Seldom => {
                credential.refresh().is_some() && self.client().is_ok()
            }
        }
    }

    /// Where a token is refreshed.
    pub fn refreshed_at(&self, credential: &Credential) -> String {
        if let Credential::Bound { to, .. } = credential {
            return format!("https://{}/", to.issuer);
        }
        match self.way.by {
            By::Password(session) => self.at(session.refresh),
            By::App | By::ServerApp { .. } | By::Loopback | By::Pasted(_) => self.at(self.way.token),
        }
    }

    /// An address of the way, at the account's server.
    pub fn at(&self, address: &str) -> String {
        in_place(address, self.server)
    }

    fn client(&self) -> Result<Oauth, Failure> {
        let address = |words: url::ParseError| Failure::new(Kind::Bug, "a login's address is none").cause(words);
        let authorize = AuthUrl::new(self.at(self.way.authorize)).map_err(address)?;
        let token = TokenUrl::new(self.at(self.way.token)).map_err(address)?;
        let auth = match self.way.client {
            ClientSecret::BasicOrNone => AuthType::BasicAuth,
            ClientSecret::Form | ClientSecret::KeyForm => AuthType::RequestBody,
        };
        let client = Client::new(ClientId::new(self.app.id.clone()))
            .set_auth_uri(authorize)
            .set_token_uri(token)
            .set_auth_type(auth);
        match &self.app.secret {
            Some(secret) => Ok(client.set_client_secret(Password::new(secret.expose().to_owned()))),
            None if self.way.client == ClientSecret::BasicOrNone => Ok(client),
            None => {
                Err(Failure::new(Kind::Person, format!("{} gives no token to an app without its secret", self.label))
                    .hint("`pressroom apps set` asks for it and keeps it, encrypted"))
            }
        }
    }
}

/// An address in which `{server}` stands for a host.
fn in_place(address: &str, server: &str) -> String {
    address.replace("{server}", server)
}

impl Begun {
    /// The code that a page showed to a person, as they typed it. No state comes with it: what ties it to this login is that
    /// nobody else has the verifier.
    ///
    /// # Errors
    /// It cannot be one.
    pub fn shown(&self, typed: &str) -> Result<Secret, Failure> {
        let code = typed.trim();
        if code.is_empty() || code.contains(|c: char| c.is_whitespace() || c.is_control()) || code.contains("://") {
            return Err(Failure::new(Kind::Usage, "this is not the code that the page shows: it is one word")
                .hint("nothing was stored; begin again with `pressroom connect`"));
        }
        Ok(Secret::new(code))
    }

    /// The code in the address that a browser was sent back to: what stands behind its `?`.
    ///
    /// # Errors
    /// [`Stray`] where it is not the end of this login; else what the platform said.
    pub fn code(&self, query: &str, label: &str) -> Result<Secret, Came> {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        let given = |name: &str| {
            let mut values = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
            values.next().filter(|value| !value.is_empty() && values.next().is_none())
        };
        // Compared as digests, so that how long it takes tells nothing.
        let digest = |text: &str| Sha256::digest(text.as_bytes());
        if given("state").is_none_or(|state| digest(state) != digest(self.state.secret())) {
            return Err(Came::Stray);
        }
        if let Some(error) = given("error") {
            let plain = |text: &str| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>();
            let more = given("error_description")
                .or(given("error_reason"))
                .map_or_else(String::new, |text| format!(": {}", plain(text)));
            let failure = Failure::new(Kind::Person, format!("{label} ended the login ({}{more})", plain(error)));
            return Err(Came::Refused(failure.hint("nothing was stored; begin again with `pressroom connect`")));
        }
        // A code of another server must not be shown to this one (RFC 9207).
        if let Some(Knot { authority, .. }) = &self.knot
            && given("iss").is_none_or(|issuer| issuer != format!("https://{}", authority.issuer))
        {
            let what = format!("this login was begun at {}, and came back from another server", authority.issuer);
            return Err(Came::Refused(Failure::new(Kind::Person, what).hint("nothing was stored; begin again")));
        }
        given("code").map(Secret::new).ok_or(Came::Stray)
    }
}

/// Why what came back is no code.
#[derive(Debug)]
pub enum Came {
    /// It is none of this login's: another state, or no code at all.
    Stray,
    /// The person or the platform said no.
    Refused(Failure),
}

//! What the sealed files hold: an account's token, an app's secret, the upload addresses of a claim. Knows their JSON and
//! which of two tokens may replace the other; knows neither keys nor files.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::password::AppPassword;
use super::secret::{Secret, plain};
use crate::limits::Platform;
use crate::platform::Identity;

/// The version written into every sealed file. It rises when a field is added that an older program must not drop.
pub(super) const VERSION: u32 = 1;

/// How we prove to a platform that we may act for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    OAuth2 {
        access: Secret,
        refresh: Option<Secret>,
        /// When the access token ends; `None`: it does not, or the platform does not say.
        expires_at: Option<DateTime<Utc>>,
        /// When the refresh token ends.
        refresh_expires_at: Option<DateTime<Utc>>,
    },
    /// A session of the AT Protocol, and what begins another where it has ended.
    Session {
        access: Secret,
        refresh: Secret,
        /// When the access token ends, and the other.
        expires_at: Option<DateTime<Utc>>,
        refresh_expires_at: Option<DateTime<Utc>>,
        login: AppPassword,
    },
    /// OAuth 2.0 with tokens that open nothing without the key they are bound to (DPoP, RFC 9449).
    Bound {
        access: Secret,
        refresh: Secret,
        expires_at: Option<DateTime<Utc>>,
        /// When the login ends, however often it is refreshed.
        refresh_expires_at: Option<DateTime<Utc>>,
        to: Binding,
    },
    /// OAuth 1.0a: does not end, and every request is signed with both secrets.
    OAuth1 { consumer_key: Secret, consumer_secret: Secret, token: Secret, token_secret: Secret },
    /// A secret that a person pasted: a webhook's address, a bot's token, an API key. Does not end.
    Key {
        /// What comes before the secret and may be told: a webhook's id, with what parts it from the secret.
        open: String,
        secret: Secret,
    },
}

/// What tokens are bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The key that every request with them is proved by, in the form that `http` has it.
    pub key: Secret,
    /// The host of the server that gave them, and that alone refreshes them.
    pub issuer: String,
    /// Whose they are, by that server's word: the id in [`Identity`].
    pub subject: String,
}

impl Credential {
    /// Each secret with the name of its field in the token file.
    fn named(&self) -> Vec<(&'static str, &Secret)> {
        match self {
            Self::OAuth2 { access, refresh, .. } => {
                let refresh = refresh.iter().map(|refresh| ("refresh", refresh));
                [("access", access)].into_iter().chain(refresh).collect()
            }
            Self::Session { access, refresh, login, .. } => {
                vec![("access", access), ("refresh", refresh), ("password", &login.password)]
            }
            Self::Bound { access, refresh, to, .. } => {
                vec![("access", access), ("refresh", refresh), ("key", &to.key)]
            }
            Self::OAuth1 { consumer_key, consumer_secret, token, token_secret } => vec![
                ("consumer_key", consumer_key),
                ("consumer_secret", consumer_secret),
                ("token", token),
                ("token_secret", token_secret),
            ],
            Self::Key { secret, .. } => vec![("access", secret)],
        }
    }
}

impl Credential {
    /// All secrets in it, for the [`Redactor`](super::Redactor).
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.named().into_iter().map(|(_, secret)| secret)
    }

    /// What a request carries as its token; an OAuth 1.0a credential signs instead, and a pasted secret has its own place.
    pub fn bearer(&self) -> Option<&Secret> {
        match self {
            Self::OAuth2 { access, .. } | Self::Session { access, .. } | Self::Bound { access, .. } => Some(access),
            Self::OAuth1 { .. } | Self::Key { .. } => None,
        }
    }

    /// What a new access token is got by, where there is something.
    pub fn refresh(&self) -> Option<&Secret> {
        match self {
            Self::OAuth2 { refresh, .. } => refresh.as_ref(),
            Self::Session { refresh, .. } | Self::Bound { refresh, .. } => Some(refresh),
            Self::OAuth1 { .. } | Self::Key { .. } => None,
        }
    }

    /// When the access token ends; `None`: it does not, or the platform does not say.
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::OAuth2 { expires_at, .. } | Self::Session { expires_at, .. } | Self::Bound { expires_at, .. } => {
                *expires_at
            }
            Self::OAuth1 { .. } | Self::Key { .. } => None,
        }
    }
}

impl Credential {
    /// When what refreshes it ends; `None`: it does not, the platform does not say, or there is nothing.
    pub fn refresh_expires_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::OAuth2 { refresh: Some(_), refresh_expires_at, .. }
            | Self::Session { refresh_expires_at, .. }
            | Self::Bound { refresh_expires_at, .. } => *refresh_expires_at,
            _ => None,
        }
    }
}

/// What a platform granted: a credential and what it is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub credential: Credential,
    /// Empty where the platform does not say.
    pub scopes: Vec<String>,
}

/// A token file: one account's credential and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The account's name in accounts.toml.
    pub account: String,
    pub platform: Platform,
    /// The platform's word for whose token this is; compared before a changed file is used.
    pub identity: Identity,
    /// Rises by one with every new token of the account, whoever obtained it.
    pub seq: u64,
    pub credential: Credential,
    pub scopes: Vec<String>,
    /// The id of the app that it was got with, where we have one a server; else empty.
    pub client: String,
    /// Which command and host brought it, for people.
    pub obtained_by: String,
}

impl Document {
    /// The token of an account that was just connected; `previous` is what the vault holds for it.
    pub fn connected(
        (account, platform): (&str, Platform),
        identity: Identity,
        grant: Grant,
        obtained_by: &str,
        previous: Option<&Self>,
    ) -> Self {
        let seq = previous.map_or(0, |previous| previous.seq).saturating_add(1);
        let Grant { credential, scopes } = grant;
        let (account, obtained_by) = (account.to_owned(), obtained_by.to_owned());
        Self { account, platform, identity, seq, credential, scopes, client: String::new(), obtained_by }
    }

    /// The token after a refresh. What the answer leaves out stays: Google sends no new refresh token, and RFC 6749
    /// section 5.1 leaves out a scope that did not change.
    #[must_use]
    pub fn refreshed(&self, grant: Grant, obtained_by: &str) -> Self {
        let mut credential = grant.credential;
        if let (
            Credential::OAuth2 { refresh, refresh_expires_at, .. },
            Credential::OAuth2 { refresh: old, refresh_expires_at: old_end, .. },
        ) = (&mut credential, &self.credential)
        {
            *refresh = refresh.take().filter(|new| !new.is_empty()).or_else(|| old.clone());
            *refresh_expires_at = refresh_expires_at.or(*old_end);
        }
        if let (
            Credential::Bound { refresh_expires_at, .. },
            Credential::Bound { refresh_expires_at: Some(old_end), .. },
        ) = (&mut credential, &self.credential)
        {
            // A refresh gives a login no longer life.
            *refresh_expires_at = Some(refresh_expires_at.map_or(*old_end, |end| end.min(*old_end)));
        }
        let scopes = if grant.scopes.is_empty() { self.scopes.clone() } else { grant.scopes };
        let (seq, obtained_by) = (self.seq.saturating_add(1), obtained_by.to_owned());
        Self { credential, scopes, seq, obtained_by, ..self.clone() }
    }

    /// Whether the access token is still good at `now` and for `margin` after it.
    pub fn is_fresh(&self, now: DateTime<Utc>, margin: TimeDelta) -> bool {
        self.credential.expires_at().is_none_or(|end| end.signed_duration_since(now) > margin)
    }

    /// All secrets in it, for the [`Redactor`](super::Redactor).
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.credential.secrets()
    }

    /// Whether this may be written over `old`. The same token again may: a spool is sometimes carried twice.
    ///
    /// # Errors
    /// Why not; [`Conflict::Older`] means that somebody refreshed in the meantime and `old` is to be used.
    pub fn may_replace(&self, old: &Self) -> Result<(), Conflict> {
        if self == old {
            return Ok(());
        }
        if (&self.account, self.platform) != (&old.account, old.platform) {
            return Err(Conflict::OtherAccount { stored: old.account.clone(), new: self.account.clone() });
        }
        // Ids of people differ from server to server, but for those that the platform gives out.
        let elsewhere = self.platform.limits().home.is_written() && self.identity.server != old.identity.server;
        if self.identity.id != old.identity.id || elsewhere {
            let (account, stored, new) = (self.account.clone(), old.identity.clone(), self.identity.clone());
            return Err(Conflict::OtherUser { account, stored: Box::new(stored), new: Box::new(new) });
        }
        if self.seq < old.seq {
            return Err(Conflict::Older { stored: old.seq, new: self.seq });
        }
        if self.seq == old.seq {
            return Err(Conflict::Same { seq: self.seq });
        }
        self.loses(old).map_or(Ok(()), |field| Err(Conflict::Empty { field }))
    }

    /// The first secret that `old` has and this one, of the same kind, would leave empty; any secret that is empty.
    fn loses(&self, old: &Self) -> Option<&'static str> {
        if let Some((field, _)) = self.credential.named().into_iter().find(|(_, secret)| secret.is_empty()) {
            return Some(field);
        }
        match (&self.credential, &old.credential) {
            (Credential::OAuth2 { refresh: None, .. }, Credential::OAuth2 { refresh: Some(_), .. }) => Some("refresh"),
            _ => None,
        }
    }
}

/// Why one token file may not be written over another.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Conflict {
    #[error("the vault holds a newer token (number {stored}; this one is number {new})")]
    Older { stored: u64, new: u64 },
    #[error("the vault holds another token with the same number ({seq})")]
    Same { seq: u64 },
    #[error("the token belongs to account `{new}`, not to `{stored}`")]
    OtherAccount { stored: String, new: String },
    #[error(
        "`{account}` is connected to {} (id {}), and this token belongs to {} (id {}); to change that, run `pressroom disconnect {account}` first",
        stored.name, stored.id, new.name, new.id
    )]
    OtherUser { account: String, stored: Box<Identity>, new: Box<Identity> },
    #[error("the new token has no `{field}`, and the stored one has; a secret is never replaced by an empty one")]
    Empty { field: &'static str },
}

/// Our OAuth client's secret with a platform; its id stands in accounts.toml.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSecret {
    pub platform: Platform,
    pub client_secret: Secret,
}

/// Our app's two words for OAuth 1.0a, which X calls API key and secret, or consumer key and secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerKeys {
    pub platform: Platform,
    pub key: Secret,
    pub secret: Secret,
}

/// The addresses that open a claim's uploads, by name: whoever has one can write to the upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inflight {
    pub addresses: BTreeMap<String, Secret>,
}

/// What can be sealed: it has a JSON form, and says what it is.
pub trait Content: Sized {
    /// What it is, for messages: `token file`.
    const WHAT: &'static str;

    /// The JSON that is encrypted.
    fn to_json(&self) -> Zeroizing<Vec<u8>>;

    /// Reads that JSON.
    ///
    /// # Errors
    /// What is wrong with it, without quoting it.
    fn from_json(json: &[u8]) -> Result<Self, String>;
}

impl Content for Document {
    const WHAT: &'static str = "token file";

    fn to_json(&self) -> Zeroizing<Vec<u8>> {
        write(&TokenFile::from(self))
    }

    fn from_json(json: &[u8]) -> Result<Self, String> {
        read::<TokenFile>(json)?.try_into()
    }
}

impl Content for AppSecret {
    const WHAT: &'static str = "app secret";

    fn to_json(&self) -> Zeroizing<Vec<u8>> {
        write(&AppFile { v: VERSION, platform: self.platform, client_secret: Some(self.client_secret.clone()) })
    }

    fn from_json(json: &[u8]) -> Result<Self, String> {
        let file: AppFile = read(json)?;
        Ok(Self { platform: file.platform, client_secret: required(file.client_secret, "client_secret")? })
    }
}

impl Content for ConsumerKeys {
    const WHAT: &'static str = "consumer key";

    fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let (consumer_key, consumer_secret) = (Some(self.key.clone()), Some(self.secret.clone()));
        write(&ConsumerFile { v: VERSION, platform: self.platform, consumer_key, consumer_secret })
    }

    fn from_json(json: &[u8]) -> Result<Self, String> {
        let file: ConsumerFile = read(json)?;
        Ok(Self {
            platform: file.platform,
            key: required(file.consumer_key, "consumer_key")?,
            secret: required(file.consumer_secret, "consumer_secret")?,
        })
    }
}

impl Content for Inflight {
    const WHAT: &'static str = "list of upload addresses";

    fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let addresses = self.addresses.iter().map(|(name, address)| (name.clone(), Plain(Some(address.clone()))));
        write(&InflightFile { v: VERSION, addresses: addresses.collect() })
    }

    fn from_json(json: &[u8]) -> Result<Self, String> {
        let file: InflightFile = read(json)?;
        let addresses = file.addresses.into_iter().map(|(name, address)| Ok((name, required(address.0, "address")?)));
        Ok(Self { addresses: addresses.collect::<Result<_, String>>()? })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    OAuth2,
    OAuth1,
    Session,
    Key,
    DPoP,
}

/// A token file as it is written: one flat object.
#[derive(Serialize, Deserialize)]
struct TokenFile {
    v: u32,
    account: String,
    platform: Platform,
    kind: Kind,
    platform_user_id: String,
    platform_user_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    grant: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    server: String,
    seq: u64,
    #[serde(default, with = "plain", skip_serializing_if = "Option::is_none")]
    access: Option<Secret>,
    #[serde(default, with = "plain", skip_serializing_if = "Option::is_none")]
    refresh: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_expires_at: Option<DateTime<Utc>>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    client: String,
    #[serde(default)]
    obtained_by: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    identifier: String,
    #[serde(default, with = "plain", skip_serializing_if = "Option::is_none")]
    password: Option<Secret>,
    #[serde(default, with = "plain", skip_serializing_if = "Option::is_none")]
    key: Option<Secret>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    issuer: String,
    #[serde(default, with = "plain", skip_serializing_if = "Option::is_none")]
    consumer_key: Option<Secret>,
    #[serde(default, with = "plain", skip_serializing_if = "Option::is_none")]
    consumer_secret: Option<Secret>,
    #[serde(default, with = "plain", skip_serializing_if = "Option::is_none")]
    token: Option<Secret>,
    #[serde(default, with = "plain", skip_serializing_if = "Option::is_none")]
    token_secret: Option<Secret>,
}

impl From<&Document> for TokenFile {
    fn from(document: &Document) -> Self {
        let mut file = Self {
            v: VERSION,
            account: document.account.clone(),
            platform: document.platform,
            kind: Kind::OAuth2,
            platform_user_id: document.identity.id.clone(),
            platform_user_name: document.identity.name.clone(),
            grant: document.identity.grant.clone(),
            server: document.identity.server.clone(),
            seq: document.seq,
            access: None,
            refresh: None,
            expires_at: None,
            refresh_expires_at: None,
            scopes: document.scopes.clone(),
            client: document.client.clone(),
            obtained_by: document.obtained_by.clone(),
            identifier: String::new(),
            password: None,
            key: None,
            issuer: String::new(),
            consumer_key: None,
            consumer_secret: None,
            token: None,
            token_secret: None,
        };
        match document.credential.clone() {
            Credential::OAuth2 { access, refresh, expires_at, refresh_expires_at } => {
                file.access = Some(access);
                file.refresh = refresh;
                (file.expires_at, file.refresh_expires_at) = (expires_at, refresh_expires_at);
            }
            Credential::Session { access, refresh, expires_at, refresh_expires_at, login } => {
                file.kind = Kind::Session;
                (file.access, file.refresh) = (Some(access), Some(refresh));
                (file.expires_at, file.refresh_expires_at) = (expires_at, refresh_expires_at);
                (file.identifier, file.password) = (login.identifier, Some(login.password));
            }
            Credential::Bound { access, refresh, expires_at, refresh_expires_at, to } => {
                file.kind = Kind::DPoP;
                (file.access, file.refresh) = (Some(access), Some(refresh));
                (file.expires_at, file.refresh_expires_at) = (expires_at, refresh_expires_at);
                (file.key, file.issuer) = (Some(to.key), to.issuer);
            }
            Credential::OAuth1 { consumer_key, consumer_secret, token, token_secret } => {
                file.kind = Kind::OAuth1;
                (file.consumer_key, file.consumer_secret) = (Some(consumer_key), Some(consumer_secret));
                (file.token, file.token_secret) = (Some(token), Some(token_secret));
            }
            Credential::Key { open, secret } => {
                file.kind = Kind::Key;
                (file.identifier, file.access) = (open, Some(secret));
            }
        }
        file
    }
}

impl TryFrom<TokenFile> for Document {
    type Error = String;

    fn try_from(file: TokenFile) -> Result<Self, String> {
        let credential = match file.kind {
            Kind::OAuth2 => Credential::OAuth2 {
                access: required(file.access, "access")?,
                refresh: file.refresh.filter(|refresh| !refresh.is_empty()),
                expires_at: file.expires_at,
                refresh_expires_at: file.refresh_expires_at,
            },
            Kind::Session => Credential::Session {
                access: required(file.access, "access")?,
                refresh: required(file.refresh, "refresh")?,
                expires_at: file.expires_at,
                refresh_expires_at: file.refresh_expires_at,
                login: AppPassword { identifier: file.identifier, password: required(file.password, "password")? },
            },
            Kind::DPoP => Credential::Bound {
                access: required(file.access, "access")?,
                refresh: required(file.refresh, "refresh")?,
                expires_at: file.expires_at,
                refresh_expires_at: file.refresh_expires_at,
                to: Binding {
                    key: required(file.key, "key")?,
                    issuer: file.issuer,
                    subject: file.platform_user_id.clone(),
                },
            },
            Kind::OAuth1 => Credential::OAuth1 {
                consumer_key: required(file.consumer_key, "consumer_key")?,
                consumer_secret: required(file.consumer_secret, "consumer_secret")?,
                token: required(file.token, "token")?,
                token_secret: required(file.token_secret, "token_secret")?,
            },
            Kind::Key => Credential::Key { open: file.identifier, secret: required(file.access, "access")? },
        };
        Ok(Self {
            account: file.account,
            platform: file.platform,
            identity: Identity {
                id: file.platform_user_id,
                name: file.platform_user_name,
                grant: file.grant,
                server: file.server,
            },
            seq: file.seq,
            credential,
            scopes: file.scopes,
            client: file.client,
            obtained_by: file.obtained_by,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct AppFile {
    v: u32,
    platform: Platform,
    #[serde(default, with = "plain")]
    client_secret: Option<Secret>,
}

#[derive(Serialize, Deserialize)]
struct ConsumerFile {
    v: u32,
    platform: Platform,
    #[serde(default, with = "plain")]
    consumer_key: Option<Secret>,
    #[serde(default, with = "plain")]
    consumer_secret: Option<Secret>,
}

#[derive(Serialize, Deserialize)]
struct InflightFile {
    v: u32,
    addresses: BTreeMap<String, Plain>,
}

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Plain(#[serde(with = "plain")] Option<Secret>);

pub(super) fn required(secret: Option<Secret>, field: &str) -> Result<Secret, String> {
    secret.filter(|secret| !secret.is_empty()).ok_or_else(|| format!("`{field}` is missing or empty"))
}

/// Large enough from the start, so that growing leaves no copies of secrets behind.
const ROOM: usize = 64 * 1024;

#[expect(clippy::expect_used, reason = "the files are structs with text keys, which always have a JSON form")]
pub(super) fn write(file: &impl Serialize) -> Zeroizing<Vec<u8>> {
    let mut json = Zeroizing::new(Vec::with_capacity(ROOM));
    serde_json::to_writer(&mut *json, file).expect("plain structs have a JSON form");
    json
}

/// serde's messages may quote a value; only the place of the mistake is passed on.
pub(super) fn read<T: for<'de> Deserialize<'de>>(json: &[u8]) -> Result<T, String> {
    #[derive(Deserialize)]
    struct Version {
        v: u32,
    }
    let place = |error: serde_json::Error| format!("it breaks off at line {}, column {}", error.line(), error.column());
    let Version { v } = serde_json::from_slice(json).map_err(place)?;
    if v != VERSION {
        return Err(format!(
            "it has format {v}, and this pressroom reads format {VERSION}; a newer pressroom wrote it"
        ));
    }
    serde_json::from_slice(json).map_err(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn oauth2(access: &str, refresh: Option<&str>) -> Grant {
        let credential = Credential::OAuth2 {
            access: Secret::new(access),
            refresh: refresh.map(Secret::new),
            expires_at: Some(at("2026-11-01T10:00:00Z")),
            refresh_expires_at: Some(at("2027-11-01T10:00:00Z")),
        };
        Grant { credential, scopes: vec!["tweet.write".to_owned()] }
    }

    fn oauth1() -> Grant {
        let [consumer_key, consumer_secret, token, token_secret] =
            ["key-canary", "consumer-canary", "token-canary", "secret-canary"].map(Secret::new);
        let credential = Credential::OAuth1 { consumer_key, consumer_secret, token, token_secret };
        Grant { credential, scopes: Vec::new() }
    }

    fn session() -> Grant {
        let credential = Credential::Session {
            access: Secret::new("access-canary"),
            refresh: Secret::new("refresh-canary"),
            expires_at: Some(at("2026-11-01T10:00:00Z")),
            refresh_expires_at: None,
            login: AppPassword::new("ann.example", "pass-canary").unwrap(),
        };
        Grant { credential, scopes: Vec::new() }
    }

    fn bound(access: &str, end: Option<&str>) -> Grant {
        let [access, refresh, key] = [access, "refresh-canary", "key-canary"].map(Secret::new);
        let to = Binding { key, issuer: "bsky.social".to_owned(), subject: "42".to_owned() };
        let (expires_at, refresh_expires_at) = (Some(at("2026-11-01T10:00:00Z")), end.map(at));
        let credential = Credential::Bound { access, refresh, expires_at, refresh_expires_at, to };
        Grant { credential, scopes: vec!["atproto".to_owned()] }
    }

    fn document(grant: Grant) -> Document {
        let ann = Identity { id: "42".to_owned(), name: "ann".to_owned(), ..Identity::default() };
        Document::connected(("acme-x", Platform::X), ann, grant, "connect on ann-laptop", None)
    }

    #[test]
    fn the_token_file_is_the_promised_json() {
        let json = document(oauth2("access-1", Some("refresh-1"))).to_json();
        assert_eq!(
            std::str::from_utf8(&json).unwrap(),
            r#"{"v":1,"account":"acme-x","platform":"x","kind":"oauth2","platform_user_id":"42","platform_user_name":"ann","seq":1,"access":"access-1","refresh":"refresh-1","expires_at":"2026-11-01T10:00:00Z","refresh_expires_at":"2027-11-01T10:00:00Z","scopes":["tweet.write"],"obtained_by":"connect on ann-laptop"}"#
        );
        let json = document(oauth1()).to_json();
        assert_eq!(
            std::str::from_utf8(&json).unwrap(),
            r#"{"v":1,"account":"acme-x","platform":"x","kind":"oauth1","platform_user_id":"42","platform_user_name":"ann","seq":1,"scopes":[],"obtained_by":"connect on ann-laptop","consumer_key":"key-canary","consumer_secret":"consumer-canary","token":"token-canary","token_secret":"secret-canary"}"#
        );
    }

    #[test]
    fn what_is_written_is_read() {
        for grant in [
            oauth2("access-1", Some("refresh-1")),
            oauth2("access-1", None),
            oauth1(),
            session(),
            bound("access-1", None),
        ] {
            let mut document = document(grant);
            document.identity.server = "mastodon.social".to_owned();
            document.client = "id-1".to_owned();
            assert_eq!(Document::from_json(&document.to_json()).unwrap(), document);
        }
        let app = AppSecret { platform: Platform::LinkedIn, client_secret: Secret::new("client-secret") };
        assert_eq!(AppSecret::from_json(&app.to_json()).unwrap(), app);
        let (key, secret) = (Secret::new("consumer-key"), Secret::new("consumer-secret"));
        let keys = ConsumerKeys { platform: Platform::X, key, secret };
        assert_eq!(ConsumerKeys::from_json(&keys.to_json()).unwrap(), keys);
        let addresses = BTreeMap::from([("video".to_owned(), Secret::new("https://up.example/?sig=1"))]);
        let inflight = Inflight { addresses };
        assert_eq!(Inflight::from_json(&inflight.to_json()).unwrap(), inflight);
    }

    #[test]
    fn a_broken_file_is_told_without_its_contents() {
        for (json, message) in [
            ("", "it breaks off at line 1, column 0"),
            (r#"{"v":"canary"}"#, "it breaks off at line 1, column 13"),
            (r#"{"v":2}"#, "it has format 2, and this pressroom reads format 1; a newer pressroom wrote it"),
            (r#"{"v":1,"account":"a","platform":"canary"}"#, "it breaks off at line 1, column 40"),
            (
                r#"{"v":1,"account":"a","platform":"x","kind":"oauth2","platform_user_id":"1","platform_user_name":"n","seq":1,"access":""}"#,
                "`access` is missing or empty",
            ),
            (
                r#"{"v":1,"account":"a","platform":"x","kind":"oauth1","platform_user_id":"1","platform_user_name":"n","seq":1,"consumer_key":"k"}"#,
                "`consumer_secret` is missing or empty",
            ),
        ] {
            assert_eq!(Document::from_json(json.as_bytes()).unwrap_err(), message, "{json}");
        }
    }

    #[test]
    fn a_refresh_keeps_what_the_answer_leaves_out() {
        let old = document(oauth2("access-1", Some("refresh-1")));
        let credential = Credential::OAuth2 {
            access: Secret::new("access-2"),
            refresh: None,
            expires_at: None,
            refresh_expires_at: None,
        };
        let new = old.refreshed(Grant { credential, scopes: Vec::new() }, "run on ci");
        let expected = Credential::OAuth2 {
            access: Secret::new("access-2"),
            refresh: Some(Secret::new("refresh-1")),
            expires_at: None,
            refresh_expires_at: Some(at("2027-11-01T10:00:00Z")),
        };
        assert_eq!((new.seq, &new.credential, &new.scopes), (2, &expected, &old.scopes));
        assert_eq!(new.may_replace(&old), Ok(()));
        let end = Some("2026-11-15T09:00:00Z");
        for later in [None, Some("2026-11-15T09:50:00Z")] {
            let refreshed = document(bound("access-1", end)).refreshed(bound("access-2", later), "run on ci");
            assert_eq!(refreshed.credential, bound("access-2", end).credential);
        }
        assert_eq!(
            old.refreshed(oauth2("access-2", Some("refresh-2")), "").credential,
            oauth2("access-2", Some("refresh-2")).credential
        );
    }

    #[test]
    fn says_why_a_token_may_not_replace_another() {
        let old = Document { seq: 7, ..document(oauth2("access-1", Some("refresh-1"))) };
        let new = Document { seq: 8, ..document(oauth2("access-2", Some("refresh-2"))) };
        assert_eq!(new.may_replace(&old), Ok(()));
        assert_eq!(old.may_replace(&old), Ok(()));
        assert_eq!(Document { seq: 8, ..document(oauth1()) }.may_replace(&old), Ok(()));
        let other = Identity { id: "43".to_owned(), name: "bob".to_owned(), ..Identity::default() };
        for (new, message) in [
            (Document { seq: 6, ..new.clone() }, "the vault holds a newer token (number 7; this one is number 6)"),
            (Document { seq: 7, ..new.clone() }, "the vault holds another token with the same number (7)"),
            (
                Document { account: "acme-y".to_owned(), ..new.clone() },
                "the token belongs to account `acme-y`, not to `acme-x`",
            ),
            (
                Document { identity: other, ..new },
                "`acme-x` is connected to ann (id 42), and this token belongs to bob (id 43); to change that, run `pressroom disconnect acme-x` first",
            ),
            (
                Document { seq: 8, ..document(oauth2("", Some("refresh-2"))) },
                "the new token has no `access`, and the stored one has; a secret is never replaced by an empty one",
            ),
            (
                Document { seq: 8, ..document(oauth2("access-2", None)) },
                "the new token has no `refresh`, and the stored one has; a secret is never replaced by an empty one",
            ),
        ] {
            assert_eq!(new.may_replace(&old).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn fresh_means_good_for_a_while() {
        let ending = document(oauth2("access-1", None));
        let margin = TimeDelta::minutes(5);
        for (now, fresh) in
            [("2026-11-01T09:54:59Z", true), ("2026-11-01T09:55:00Z", false), ("2026-11-01T10:00:01Z", false)]
        {
            assert_eq!(ending.is_fresh(at(now), margin), fresh, "{now}");
        }
        assert!(document(oauth1()).is_fresh(at("2099-01-01T00:00:00Z"), margin));
    }

    #[test]
    fn debug_shows_no_secret() {
        let app = AppSecret { platform: Platform::X, client_secret: Secret::new("app-canary") };
        let inflight = Inflight { addresses: BTreeMap::from([("video".to_owned(), Secret::new("address-canary"))]) };
        let two = document(oauth2("access-canary", Some("refresh-canary")));
        let (one, session) = (document(oauth1()), document(session()));
        let bound = document(bound("access-canary", None));
        let secrets: Vec<&Secret> =
            two.secrets().chain(one.secrets()).chain(session.secrets()).chain(bound.secrets()).collect();
        assert_eq!(secrets.len(), 12);
        let shown = format!(
            "{app:?} {inflight:?} {two:#?} {one:?} {session:?} {bound:?} {:?} {secrets:?}",
            oauth2("access-canary", None)
        );
        assert!(!shown.contains("canary") && shown.contains("Secret(***)"), "{shown}");
        let panic = std::panic::catch_unwind(|| panic!("{two:?}")).unwrap_err();
        assert!(!panic.downcast_ref::<String>().unwrap().contains("canary"));
    }
}

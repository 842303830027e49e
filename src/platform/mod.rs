//! How each service is spoken to, without speaking: adapters say which call is next and what an answer means. They never
//! see a socket, a clock or a token, and know nothing of plans.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use crate::fit::Rendition;
use crate::limits::{Platform, Server};

pub mod bluesky;
pub mod discord;
mod done;
pub mod facebook;
pub mod forem;
pub mod instagram;
pub mod linkedin;
pub mod mastodon;
mod meta;
mod refusal;
pub mod slack;
pub mod telegram;
#[cfg(test)]
mod testing;
pub mod threads;
pub mod tiktok;
pub mod x;
pub mod youtube;

// What adapters answer with is what the ledger remembers.
pub use crate::step::{Allowance, Class, Receipt, Refs, Step, Via};

/// What speaks one platform's language. Every method is a pure function of its arguments.
pub trait Adapter: Sync {
    /// The hosts that all of the platform's accounts are reached at; a call to any other host than these and the account's own
    /// server ([`Identity::server`]) is a bug and is refused. See `homes`.
    fn hosts(&self) -> &'static [&'static str];

    /// The ways to log in; the first is the usual one.
    fn grants(&self) -> &'static [Grant];

    /// The login with OAuth 1.0a, where the platform has one besides.
    fn pin(&self) -> Option<&'static PinGrant> {
        None
    }

    /// The call that tells whose token this is, for a token got by that grant; `server`: where the account lives, for platforms
    /// whose accounts live on servers of their own.
    fn who(&self, grant: &Grant, server: &str) -> Call;

    /// The same for an account that acts for another (`as`), where the platform can be asked about that one at once. Answers
    /// are read by [`Adapter::read_who`].
    fn who_as(&self, grant: &Grant, server: &str, _acts_as: &str) -> Call {
        self.who(grant, server)
    }

    /// What to ask besides or instead after an answer to [`Adapter::who`] or to another of these calls: the token is of another
    /// kind, or the answer tells a part of it alone. `acts_as` is what accounts.toml says.
    fn who_else(&self, _grant: &Grant, _acts_as: Option<&str>, _reply: &Reply) -> Option<Call> {
        None
    }

    /// Whose secret it is, where no call tells that without showing something: by what of it is open ([`By::Pasted`]). Then
    /// nothing else is asked.
    fn known(&self, _open: &str) -> Option<Identity> {
        None
    }

    /// What the last answer says. An [`Identity::server`] that it leaves empty is the one that was asked.
    ///
    /// # Errors
    /// The platform's refusal.
    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal>;

    /// Whether a token of that identity publishes as the one that accounts.toml names (`as`), as far as the identity tells.
    ///
    /// # Errors
    /// Who is meant, whose token it is, and what to do.
    fn may_act_as(&self, _identity: &Identity, _acts_as: &str) -> Result<(), String> {
        Ok(())
    }

    /// The call whose answer holds the token of whom an account acts for, where that one has a token of its own: Pages.
    fn own_token(&self, _acts_as: &str) -> Option<Call> {
        None
    }

    /// That token.
    ///
    /// # Errors
    /// The platform's refusal, or that it is not among those that the person may act for.
    fn read_own_token(&self, _acts_as: &str, _reply: &Reply) -> Result<String, Refusal> {
        let words = "nobody has a token of their own here".to_owned();
        Err(Refusal { class: Class::Permission, code: None, words, not_before: None })
    }

    /// The call that lists whom the owner of a token may act for (`as`): Pages, organisations, accounts. `None`: nobody else.
    fn reach(&self, _grant: &Grant) -> Option<Call> {
        None
    }

    /// That list.
    ///
    /// # Errors
    /// The platform's refusal.
    fn read_reach(&self, _reply: &Reply) -> Result<Vec<Reach>, Refusal> {
        Ok(Vec::new())
    }

    /// The call that tells what those in that list are called, where the list itself does not.
    fn reach_names(&self, _reached: &[Reach]) -> Option<Call> {
        None
    }

    /// Writes down their names, as far as an answer tells: a list without names is one, too.
    fn read_reach_names(&self, _reply: &Reply, _reached: &mut [Reach]) {}

    /// The version of its API that is spoken, where versions end.
    fn version(&self) -> Option<Version> {
        None
    }

    /// The call that asks an account's server what it allows, where each sets limits of its own; without a token.
    fn server(&self, _server: &str) -> Option<Call> {
        None
    }

    /// What to ask instead where an answer to [`Adapter::server`] says that it speaks an older version.
    fn server_else(&self, _server: &str, _reply: &Reply) -> Option<Call> {
        None
    }

    /// What the last answer says: figures that it lacks are those of the platform's row.
    ///
    /// # Errors
    /// The server's refusal, or that it is no server of this kind.
    fn read_server(&self, _reply: &Reply) -> Result<Server, Refusal> {
        let words = "servers set no limits of their own here".to_owned();
        Err(Refusal { class: Class::Bug, code: None, words, not_before: None })
    }

    /// Where the last bytes of an upload show the post: the name of its address among a step's secrets, and one of its form.
    fn upload_address(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// How long after a showing call without a clear answer a look can be trusted to find the post.
    fn settle(&self) -> TimeDelta;

    /// What to do next, told only from what is done. After a [`Step::Doubt`] that nothing has settled yet, this is the
    /// look-up; a look-up that found nothing is a [`Step::Absent`].
    fn next(&self, job: &Job<'_>, done: &[Step]) -> Next;

    /// What an answer to a call from [`Adapter::next`] means.
    ///
    /// # Errors
    /// The platform's refusal, by class.
    fn read(&self, job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal>;

    /// What an answer tells of what is left of the platform's limits, by the names they have in [`crate::limits::quota`].
    fn allowances(&self, _call: &Call, _reply: &Reply) -> Vec<Allowance> {
        Vec::new()
    }

    /// What to do next so that what is out says what the rendition says; `done` holds only this edit's steps. Its calls may
    /// be repeated. A part that gets another id by it is a [`Step::Shown`]. Called only where [`crate::limits::Edits`]
    /// offers it; answers are read by [`Adapter::read`].
    fn edit(&self, job: &Job<'_>, out: &[Receipt], done: &[Step]) -> Next;

    /// What to do next so that nothing of a post is out any more; `done` holds only this removal's steps. Its calls may be
    /// repeated: what is gone already is a success.
    fn remove(&self, farewell: &Farewell<'_>, done: &[Step]) -> Next;

    /// What an answer to a call from [`Adapter::remove`] means.
    ///
    /// # Errors
    /// The platform's refusal, by class.
    fn read_remove(&self, farewell: &Farewell<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal>;
}

impl dyn Adapter + '_ {
    /// Every host that a call for an account may go to which lives on `server`; empty: on none of its own.
    pub fn homes<'a>(&self, server: &'a str) -> Vec<&'a str> {
        self.hosts().iter().copied().chain(Some(server).filter(|server| !server.is_empty())).collect()
    }
}

/// The adapter of a platform; `None` where this version does not publish.
pub fn adapter(platform: Platform) -> Option<&'static dyn Adapter> {
    match platform {
        Platform::X => Some(&x::X),
        Platform::LinkedIn => Some(&linkedin::LinkedIn),
        Platform::YouTube => Some(&youtube::YouTube),
        Platform::Threads => Some(&threads::Threads),
        Platform::Instagram => Some(&instagram::Instagram),
        Platform::TikTok => Some(&tiktok::TikTok),
        Platform::Facebook => Some(&facebook::Facebook),
        Platform::Bluesky => Some(&bluesky::Bluesky),
        Platform::Mastodon => Some(&mastodon::Mastodon),
        Platform::Discord => Some(&discord::Discord),
        Platform::Telegram => Some(&telegram::Telegram),
        Platform::Forem => Some(&forem::Forem),
        Platform::Slack => Some(&slack::Slack),
    }
}

/// A way to log in with a platform's OAuth 2.0, with an app password ([`By::Password`]), or by a secret that a person pastes
/// ([`By::Pasted`]), both of which leave most of this empty, as data. In its addresses `{server}` stands for the host of the account's server.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Which way: `x`, `linkedin`, `instagram`, `facebook`, ...; tells two of one platform apart, and is kept with the token.
    pub name: &'static str,
    /// How tokens got this way begin, where that tells them apart.
    pub token_prefix: Option<&'static str>,
    /// What stands for us.
    pub by: By,
    /// The page a person sees.
    pub authorize: &'static str,
    /// What it is asked besides: `access_type=offline`.
    pub authorize_with: &'static [(&'static str, &'static str)],
    pub token: &'static str,
    /// Where a token can be revoked, and how.
    pub revoke: Option<Revoke>,
    /// Where a person takes the app's access back by hand.
    pub by_hand: &'static str,
    pub client: ClientSecret,
    pub pkce: Pkce,
    /// What stands between two scopes.
    pub separator: char,
    /// Scopes without which publishing under one's own name fails.
    pub scopes: &'static [Scope],
    /// The same when the account acts for somebody else (`as`: a page, an organisation).
    pub scopes_as: &'static [Scope],
    /// Asked for at a login besides, but publishing works without.
    pub scopes_besides: &'static [Scope],
    /// What the first token is exchanged for at once, for one that lives long.
    pub lengthen: Option<Lengthen>,
    pub refresh: Refresh,
    /// How long an access token lives; `None`: until it is revoked.
    pub life: Option<TimeDelta>,
    /// Where the browser may be sent back to.
    pub back_to: BackTo,
}

/// What stands for us at a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// An app of ours that a person has registered with the platform, once.
    App,
    /// An app that we register with each server ourselves (Mastodon): `POST register` with `client_name`, `redirect_uris`,
    /// `scopes` and `website` as a form gives its `client_id` and `client_secret`. Sent back to `shown`, the browser shows the
    /// code for a person to copy.
    ServerApp { register: &'static str, shown: &'static str },
    /// No app: a name, and a password made for programs (the AT Protocol).
    Password(Session),
    /// No app and no login: one secret that the platform shows to a person, and that does not end.
    Pasted(&'static Form),
    /// Nobody: a program on a person's machine, whose id is an address that says where its logins end and what it asks for (the
    /// AT Protocol's loopback client). Where logins begin is discovered from the account's server, so that the addresses of a
    /// [`Grant`] are empty; its tokens are bound to a key (DPoP).
    Loopback,
}

/// What a secret looks like that a person copies from a platform: a webhook's address, a bot's token, an API key.
#[derive(Debug, PartialEq, Eq)]
pub struct Form {
    /// What it is, for people: `webhook address`.
    pub what: &'static str,
    /// What it begins with, any of these, which is not kept: the address up to where it differs. Empty: nothing.
    pub begins: &'static [&'static str],
    /// The pieces of it that may be told, each with what ends it: a webhook's id and `/`.
    pub open: &'static [(Letters, char)],
    /// The last piece, which opens everything, and the fewest characters of it.
    pub secret: (Letters, usize),
    /// One with dots where it is secret, for people.
    pub example: &'static str,
}

/// What a piece of a [`Form`] is made of: nothing that means something in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Letters {
    Digits,
    /// Letters and digits of ASCII.
    Plain,
    /// The same with `-` and `_`.
    Token,
}

impl Letters {
    /// Whether a piece is made of these.
    pub fn make(self, piece: &str) -> bool {
        let is = |byte: u8| match self {
            Self::Digits => byte.is_ascii_digit(),
            Self::Plain => byte.is_ascii_alphanumeric(),
            Self::Token => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
        };
        !piece.is_empty() && piece.bytes().all(is)
    }
}

/// How an app password becomes tokens, by the calls of `com.atproto.server`: `POST create` with `identifier` and `password` as
/// JSON gives `accessJwt` and `refreshJwt`; `POST refresh` and `POST end` take the latter as their bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub create: &'static str,
    pub refresh: &'static str,
    pub end: &'static str,
}

/// A way to log in with OAuth 1.0a, in which a person copies a number (a PIN) out of the browser, as data. Its token is stored
/// under the platform's usual [`Grant`]: it has no scopes, and does not end.
#[derive(Clone, Debug)]
pub struct PinGrant {
    /// Which way, as [`Grant::name`].
    pub name: &'static str,
    /// Where a login begins.
    pub request: &'static str,
    /// The page a person sees; `oauth_token` in its query says for which login.
    pub authorize: &'static str,
    /// Where the PIN becomes a token.
    pub access: &'static str,
    /// Where a token can be revoked: a request that it signs itself.
    pub revoke: &'static str,
}

/// What a login asks for, and the feature that is lost without it: half a sentence for people, after "without it".
pub type Scope = (&'static str, &'static str);

/// How a client proves itself to the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientSecret {
    /// Basic authentication with the secret; without a secret, `client_id` in the form.
    BasicOrNone,
    /// `client_id` and `client_secret` in the form; there is no login without a secret.
    Form,
    /// The same, but the id is called `client_key` (TikTok), at the authorization page too.
    KeyForm,
}

/// Whether a login proves that who began it ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pkce {
    /// The platform has none.
    None,
    S256,
    /// S256 with the challenge in hex (TikTok's desktop logins).
    S256Hex,
}

/// Where a browser may be sent back to after a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackTo {
    /// `http://127.0.0.1:PORT/`, any port.
    AnyPort,
    /// A loopback address that has to be registered exactly.
    Registered,
    /// Only https: the person copies the address out of the browser.
    Https,
}

/// How a token is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoke {
    /// RFC 7009: `token` in the form, to this address, with the proof that the token endpoint wants.
    Form(&'static str),
    /// The same without a proof: whoever has the token may end it (Google).
    Token(&'static str),
    /// `DELETE permissions` takes back all that a person granted the app (Meta: `/me/permissions`); `debug` tells who that is
    /// where the token is a Page's. So every other token of that login ends too.
    Delete { permissions: &'static str, debug: &'static str },
}

/// How a short-lived token becomes one that lives long: `GET address?grant_type=...` with the token and the app's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lengthen {
    pub address: &'static str,
    /// `fb_exchange_token`, `ig_exchange_token`, `th_exchange_token`.
    pub grant_type: &'static str,
    /// The name the token goes by: `fb_exchange_token`, `access_token`.
    pub token_key: &'static str,
}

/// What becomes of a token that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    /// Each refresh spends the refresh token and gives a new one: store the new pair before using it.
    Rotating,
    /// The same, but the login ends so long after it began, however often it is refreshed.
    Limited(TimeDelta),
    /// The refresh token stays the same, however often it is used (Google).
    Kept,
    /// An ordinary app gets no refresh token: a person passes the browser again. Where one is given, it stays the same.
    Seldom,
    /// The access token itself is made to live longer, once it is a day old: `GET address?grant_type=...&access_token=...`.
    Renewed { address: &'static str, grant_type: &'static str },
    /// It does not end by itself.
    Never,
}

impl Grant {
    /// What a way to log in says that has no login: a secret that a person pastes, taken back at `by_hand`.
    const fn pasted(name: &'static str, form: &'static Form, by_hand: &'static str) -> Self {
        Self {
            name,
            token_prefix: None,
            by: By::Pasted(form),
            authorize: "",
            authorize_with: &[],
            token: "",
            revoke: None,
            by_hand,
            client: ClientSecret::BasicOrNone,
            pkce: Pkce::None,
            separator: ' ',
            scopes: &[],
            scopes_as: &[],
            scopes_besides: &[],
            lengthen: None,
            refresh: Refresh::Never,
            life: None,
            back_to: BackTo::Https,
        }
    }

    /// The scopes that publishing needs; `for_other`: where the account acts for somebody else.
    pub fn needed(&self, for_other: bool) -> &'static [Scope] {
        if for_other { self.scopes_as } else { self.scopes }
    }

    /// The scopes a token lacks for publishing, given those it was granted (separated by spaces or commas, as
    /// platforms differ) and whether the account acts for somebody else.
    pub fn missing(&self, granted: &str, for_other: bool) -> Vec<&'static str> {
        lacking(self.needed(for_other), granted).map(|(scope, _)| scope).collect()
    }

    /// The scopes it lacks without which publishing works, but not all of it.
    pub fn missing_besides(&self, granted: &str) -> Vec<Scope> {
        lacking(self.scopes_besides, granted).collect()
    }
}

fn lacking(scopes: &'static [Scope], granted: &str) -> impl Iterator<Item = Scope> {
    scopes.iter().copied().filter(move |(scope, _)| !granted.split([' ', ',']).any(|granted| granted == *scope))
}

/// Whose token it is, in the platform's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The platform's stable id (X user id; LinkedIn's `sub`).
    pub id: String,
    /// The name people know the account by (`@acme`, `Jane Doe`), without `@`.
    pub name: String,
    /// The [`Grant::name`] its token was got by; empty: the usual one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub grant: String,
    /// The host of the server that the account lives on (`mastodon.social`: no scheme, no port, lower case), where all its calls
    /// go; empty: at the platform's own hosts. Learned when it was connected, and kept with its token.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub server: String,
}

/// Somebody whom a token's owner may act for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// What accounts.toml says for it (`as`); `None`: the owner, who needs no word.
    pub acts_as: Option<String>,
    /// The name people know it by; empty where the platform does not say.
    pub name: String,
    /// What keeps the owner from publishing there.
    pub but: Option<String>,
}

/// A version of a platform's API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    pub name: &'static str,
    /// The first day (`YYYY-MM-DD`) from which it may be refused, as the platform has published it.
    pub ends: &'static str,
}

/// What an adapter may know when it decides.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    pub rendition: &'a Rendition,
    /// Which target of which post this is, `POST:ACCOUNT`: the same in every run, for keys that keep a call from acting twice.
    /// Nothing for readers.
    pub mark: &'a str,
    /// The token's owner, learned when the account was connected.
    pub identity: &'a Identity,
    pub now: DateTime<Utc>,
    /// See [`Adapter::settle`]; a rehearsal may shorten it.
    pub settle: TimeDelta,
    /// Where posts of ours that the rendition refers to are out.
    pub refs: &'a Refs,
    /// The addresses of media that the platform fetches, by path: all that [`crate::limits::Shape::fetched`] says.
    pub addresses: &'a BTreeMap<String, Url>,
}

/// What an adapter may know of a post that is to be taken away: what is out, part by part, and who put it there.
#[derive(Clone, Copy, Debug)]
pub struct Farewell<'a> {
    pub out: &'a [Receipt],
    pub identity: &'a Identity,
    /// On whose behalf, as accounts.toml says (`as`).
    pub acts_as: Option<&'a str>,
    pub now: DateTime<Utc>,
}

/// What [`Adapter::next`] asks for.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, next to a network call; a box would show in every match")]
pub enum Next {
    Call(Call),
    /// Nothing before this instant.
    Wait {
        until: DateTime<Utc>,
        why: String,
    },
    /// Every part is out.
    Done,
    /// Only a person can settle this; says why.
    Person {
        why: String,
    },
}

/// One request, without its token.
#[derive(Clone)]
pub struct Call {
    /// What it is for, stable within a target: `image 1 initialize`, `post 2`, `look 2`.
    pub name: String,
    /// The part it belongs to, from 0.
    pub part: usize,
    /// Whether it may make something visible to readers. Such a call is sent once.
    pub shows: bool,
    pub method: Method,
    /// The real address.
    pub url: Url,
    /// Beyond `Authorization`, `Content-Type` of the body and `User-Agent`.
    pub headers: Vec<(&'static str, String)>,
    pub body: Body,
    /// How the account's token goes with it.
    pub auth: Auth,
}

/// Neither address nor body: an upload's address opens it, and so does one that a bucket lends.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        f.debug_struct("Call").field("name", &self.name).field("host", &host).finish_non_exhaustive()
    }
}

/// How a call carries the account's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Not at all: the address itself is the key.
    None,
    /// `Authorization: Bearer <token>`, or signed with OAuth 1.0a where that is what the account has.
    Bearer,
    /// `Authorization: OAuth <token>`, as Meta's upload host wants it.
    OAuth,
    /// `access_token=<token>`: in the body where that is a form, else in the query (Threads).
    Field,
    /// In the address, where its path says [`KEY`]: webhooks and bots.
    Path,
    /// `api-key: <secret>` (Forem).
    ApiKey,
}

/// What stands in a path for an account's whole secret, as an address has it: only the door to the network puts that there.
pub const KEY: &str = "%7Bkey%7D";

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// Where the calls of an account go that lives on this server. A name that is no host's leads nowhere.
fn home(server: &str) -> Url {
    #[expect(clippy::expect_used, reason = "a constant address")]
    let nowhere = || Url::parse("https://server.invalid/").expect("a constant");
    Url::parse(&format!("https://{server}/")).unwrap_or_else(|_| nowhere())
}

/// A file of a rendition as one of several that go together; called by its number, for the name it has in the repository is none
/// of the readers'.
fn enclosed(media: &crate::fit::Media, name: String, number: usize) -> Enclosed {
    let ending = match media.mime {
        "image/jpeg" => "jpg",
        "video/quicktime" => "mov",
        mime => mime.rsplit('/').next().unwrap_or_default(),
    };
    let what = if media.is_video() { "video" } else { "picture" };
    let file = FileRange { path: media.path.clone(), range: 0..media.bytes };
    Enclosed { name, called: format!("{what}-{number}.{ending}"), file, mime: media.mime.to_owned() }
}

/// `base` with this path and query, every value percent-encoded completely: LinkedIn wants even the colons of a path so.
fn address(base: &Url, path: &[&str], query: &[(&str, &str)]) -> Url {
    const PLAIN: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let encode = |text: &str| percent_encoding::utf8_percent_encode(text, PLAIN).to_string();
    let mut url = base.clone();
    url.set_path(&path.iter().map(|segment| encode(segment)).collect::<Vec<_>>().join("/"));
    if !query.is_empty() {
        let pairs: Vec<String> = query.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect();
        url.set_query(Some(&pairs.join("&")));
    }
    url
}

/// What a call sends.
#[derive(Clone, Debug)]
pub enum Body {
    Empty,
    Json(Value),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// Bytes of a media file, streamed.
    File {
        file: FileRange,
        mime: String,
    },
    /// JSON, then bytes of a media file, as `multipart/related` (Google).
    Related {
        json: Value,
        file: FileRange,
        mime: String,
    },
    /// `multipart/form-data`: the fields first, then one file.
    Multipart {
        fields: Vec<(String, String)>,
        name: String,
        file: FileRange,
        mime: String,
    },
    /// The same with several files, each with a name of its own, by which platforms tell what it is.
    Bundle {
        fields: Vec<(String, String)>,
        files: Vec<Enclosed>,
    },
}

/// One file of a [`Body::Bundle`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosed {
    /// The part's name.
    pub name: String,
    /// The file's, with its ending.
    pub called: String,
    pub file: FileRange,
    pub mime: String,
}

impl Body {
    /// The file that goes with it; of several the first.
    pub fn file(&self) -> Option<&FileRange> {
        match self {
            Self::File { file, .. } | Self::Related { file, .. } | Self::Multipart { file, .. } => Some(file),
            Self::Bundle { files, .. } => files.first().map(|enclosed| &enclosed.file),
            Self::Empty | Self::Json(_) | Self::Form(_) => None,
        }
    }
}

/// Bytes of a media file of the rendition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRange {
    /// Path from the repository's root.
    pub path: String,
    pub range: Range<u64>,
}

/// An answer.
#[derive(Clone)]
pub struct Reply {
    pub status: u16,
    /// Lower-case names.
    pub headers: BTreeMap<String, String>,
    /// At most 1 MiB of it; not always JSON.
    pub body: String,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// Nothing of what was said: tokens and addresses of uploads come this way.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Reply {
    /// The body as JSON; `Null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A platform's no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub class: Class,
    /// The platform's own code, if it gave one.
    pub code: Option<String>,
    /// What happened and what to do, for people; quotes the platform's words.
    pub words: String,
    /// Not before this instant, for the classes that pass by themselves.
    pub not_before: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_that_opens_something() {
        let call = Call {
            name: "video part 1".to_owned(),
            part: 0,
            shows: false,
            method: Method::Put,
            url: "https://up.example/canary?key=canary".parse().unwrap(),
            headers: vec![("x-key", "canary".to_owned())],
            body: Body::Form(vec![("image_url".to_owned(), "https://bucket.example/?signature=canary".to_owned())]),
            auth: Auth::None,
        };
        assert_eq!(format!("{call:?}"), r#"Call { name: "video part 1", host: "up.example", .. }"#);
        let headers = BTreeMap::from([("location".to_owned(), "https://up.example/canary".to_owned())]);
        let body = r#"{"access_token": "canary"}"#.to_owned();
        let reply = Reply { status: 200, headers, body, at: DateTime::UNIX_EPOCH };
        assert_eq!(format!("{reply:?}"), "Reply { status: 200, .. }");
    }
}

//! Everything the platform remembers: apps, accounts, tokens, posts and media. Knows nothing of HTTP.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::super::{SeenMedia, World};
use super::media::Upload;
use super::meter::Meter;
use super::oauth1::Oauth1;
use super::oauth2::{Code, Grant, SCOPES};
use super::options::Options;

/// Milliseconds of the Unix clock at which X's ids begin.
const EPOCH_MS: u64 = 1_288_834_974_657;
/// Bits 12 to 21 of an id: which of X's machines made it.
const MACHINE: u64 = 0x155;

const DEFAULT_CALLBACK: &str = "http://127.0.0.1:8080/callback";

/// The app that is there from the beginning: a public client with the callback `http://127.0.0.1:8080/callback`.
pub const DEFAULT_CLIENT_ID: &str = "c2ltdWxhdG9yLW5hdGl2ZTox";

/// A developer's app with all its credentials.
#[derive(Clone, Debug)]
pub struct App {
    pub client_id: String,
    /// Present: a confidential client. Absent: a public one.
    pub client_secret: Option<String>,
    /// Compared byte by byte.
    pub redirect_uris: Vec<String>,
    /// OAuth 1.0a.
    pub consumer_key: String,
    pub consumer_secret: String,
    /// App permission "Read and write"; tokens keep what it was when they were made.
    pub write: bool,
    /// Calls without a user.
    pub bearer_token: String,
}

impl App {
    /// A public client with made-up other credentials.
    pub fn public(client_id: &str, redirect_uri: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            client_secret: None,
            redirect_uris: vec![redirect_uri.to_owned()],
            consumer_key: format!("ck-{client_id}"),
            consumer_secret: format!("cs-{client_id}"),
            write: true,
            bearer_token: format!("AAAA{client_id}"),
        }
    }

    /// A confidential client with made-up other credentials.
    pub fn confidential(client_id: &str, client_secret: &str, redirect_uri: &str) -> Self {
        Self { client_secret: Some(client_secret.to_owned()), ..Self::public(client_id, redirect_uri) }
    }
}

/// The account and token wanted from [`super::X::sign_up`].
#[derive(Clone, Copy, Debug)]
pub struct SignUp<'a> {
    pub username: &'a str,
    pub premium: bool,
    pub scopes: &'a [&'a str],
    /// The app the token is for.
    pub client_id: &'a str,
}

impl Default for SignUp<'_> {
    fn default() -> Self {
        Self { username: "press", premium: false, scopes: SCOPES, client_id: DEFAULT_CLIENT_ID }
    }
}

/// An account and a live OAuth 2.0 token for it.
#[derive(Clone, Debug)]
pub struct Member {
    pub id: String,
    pub username: String,
    pub access_token: String,
    /// Only with the scope `offline.access`.
    pub refresh_token: Option<String>,
}

/// The four parts of an OAuth 1.0a credential.
#[derive(Clone, Debug)]
pub struct Oauth1Token {
    pub consumer_key: String,
    pub consumer_secret: String,
    pub token: String,
    pub token_secret: String,
}

pub(super) struct User {
    pub(super) id: u64,
    pub(super) username: String,
    pub(super) premium: bool,
    pub(super) at: SystemTime,
}

/// A poll below a post.
#[derive(Clone)]
pub(super) struct Poll {
    pub(super) options: Vec<String>,
    pub(super) lasts: Duration,
}

/// One version of a post.
#[derive(Clone)]
pub(super) struct Post {
    pub(super) id: u64,
    /// The first version's id, the same in all versions.
    pub(super) first: u64,
    pub(super) author: u64,
    /// As the author wrote it.
    pub(super) text: String,
    /// As X returns it: short links, escapes.
    pub(super) stored: String,
    /// What reads return instead when the text is longer than an ordinary post.
    pub(super) short: Option<String>,
    pub(super) media: Vec<SeenMedia>,
    pub(super) reply_to: Option<u64>,
    pub(super) quoted: Option<u64>,
    /// The post that this one shares as it is.
    pub(super) reposts: Option<u64>,
    pub(super) reply_settings: Option<String>,
    pub(super) poll: Option<Poll>,
    /// Promoted only: in no timeline.
    pub(super) nullcast: bool,
    pub(super) at: SystemTime,
}

pub(super) struct State {
    /// The time of the call at hand.
    pub(super) now: SystemTime,
    pub(super) world: World,
    pub(super) options: Options,
    pub(super) apps: Vec<App>,
    pub(super) users: Vec<User>,
    pub(super) grants: Vec<Grant>,
    pub(super) codes: Vec<Code>,
    pub(super) oauth1: Oauth1,
    /// All versions of all posts that are not deleted, by id.
    pub(super) posts: Vec<Post>,
    pub(super) media: Vec<Upload>,
    pub(super) meter: Meter,
    /// Set to end the call at hand without an answer.
    pub(super) hang_up: bool,
    last_id: u64,
    made: u64,
}

impl State {
    pub(super) fn new(world: World) -> Self {
        Self {
            now: world.now(),
            world,
            options: Options::default(),
            apps: vec![App::public(DEFAULT_CLIENT_ID, DEFAULT_CALLBACK)],
            users: Vec::new(),
            grants: Vec::new(),
            codes: Vec::new(),
            oauth1: Oauth1::default(),
            posts: Vec::new(),
            media: Vec::new(),
            meter: Meter::default(),
            hang_up: false,
            last_id: 0,
            made: 0,
        }
    }

    /// A snowflake: milliseconds since X's epoch, the machine, a count; always larger than the last.
    pub(super) fn next_id(&mut self) -> u64 {
        let millis = unix_millis(self.now).saturating_sub(EPOCH_MS);
        self.last_id = (millis << 22 | MACHINE << 12).max(self.last_id + 1);
        self.last_id
    }

    /// A fresh opaque token.
    pub(super) fn secret(&mut self, kind: &str) -> String {
        let random = self.digest(kind);
        BASE64_STANDARD.encode(format!("{}:{}:1:0:{kind}:1", &random[..40], unix_millis(self.now)))
    }

    /// A fresh short link.
    pub(super) fn short_link(&mut self) -> String {
        let slug: String = self.digest("t.co").chars().filter(char::is_ascii_alphanumeric).take(10).collect();
        format!("https://t.co/{slug}")
    }

    pub(super) fn trace_id(&mut self) -> String {
        self.digest("trace").bytes().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    fn digest(&mut self, kind: &str) -> String {
        self.made += 1;
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{kind} {}", self.made)))
    }

    pub(super) fn register(&mut self, app: App) {
        match self.apps.iter_mut().find(|known| known.client_id == app.client_id) {
            Some(known) => *known = app,
            None => self.apps.push(app),
        }
    }

    pub(super) fn app(&self, client_id: &str) -> Option<usize> {
        self.apps.iter().position(|app| app.client_id == client_id)
    }

    pub(super) fn user(&self, id: u64) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(super) fn user_named(&self, username: &str) -> Option<&User> {
        self.users.iter().find(|user| user.username.eq_ignore_ascii_case(username))
    }

    pub(super) fn post(&self, id: u64) -> Option<&Post> {
        self.posts.iter().find(|post| post.id == id)
    }

    /// All versions of a post, oldest first.
    pub(super) fn versions(&self, first: u64) -> Vec<u64> {
        self.posts.iter().filter(|post| post.first == first).map(|post| post.id).collect()
    }

    pub(super) fn is_newest(&self, post: &Post) -> bool {
        self.versions(post.first).last() == Some(&post.id)
    }

    pub(super) fn sign_up(&mut self, wanted: &SignUp<'_>) -> Member {
        let app = self.app_or_new(wanted.client_id);
        let user = self.user_or_new(wanted.username);
        if let Some(user) = self.users.iter_mut().find(|known| known.id == user) {
            user.premium = wanted.premium;
        }
        let scopes = wanted.scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let grant = Grant::issue(self, user, app, scopes);
        let member = Member {
            id: user.to_string(),
            username: wanted.username.to_owned(),
            access_token: grant.access.clone(),
            refresh_token: grant.refresh.clone(),
        };
        self.grants.push(grant);
        member
    }

    fn app_or_new(&mut self, client_id: &str) -> usize {
        self.app(client_id).unwrap_or_else(|| {
            self.apps.push(App::public(client_id, DEFAULT_CALLBACK));
            self.apps.len() - 1
        })
    }

    fn user_or_new(&mut self, username: &str) -> u64 {
        if let Some(user) = self.user_named(username) {
            return user.id;
        }
        let id = self.next_id();
        self.users.push(User { id, username: username.to_owned(), premium: false, at: self.now });
        id
    }

    pub(super) fn oauth1_token(&mut self, client_id: &str, username: &str) -> Oauth1Token {
        let app = self.app_or_new(client_id);
        let user = self.user_or_new(username);
        let token = super::oauth1::Token::issue(self, app, user);
        let app = &self.apps[app];
        let whole = Oauth1Token {
            consumer_key: app.consumer_key.clone(),
            consumer_secret: app.consumer_secret.clone(),
            token: token.token.clone(),
            token_secret: token.secret.clone(),
        };
        self.oauth1.tokens.push(token);
        whole
    }
}

pub(super) fn unix_seconds(at: SystemTime) -> u64 {
    since_1970(at).as_secs()
}

pub(super) fn unix_millis(at: SystemTime) -> u64 {
    u64::try_from(since_1970(at).as_millis()).unwrap_or(u64::MAX)
}

fn since_1970(at: SystemTime) -> Duration {
    at.duration_since(UNIX_EPOCH).unwrap_or_default()
}

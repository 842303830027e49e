//! Everything a server remembers: apps, accounts, tokens, media, statuses. It keeps them and hands out fresh names;
//! what is allowed is decided elsewhere.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use super::apps::App;
use super::media::Media;
use super::oauth::Code;
use super::options::Options;
use super::polls::Poll;
use super::rates::Spent;
use super::scheduled::Scheduled;
use super::{Member, SignUp};
use crate::sim::World;

/// No two servers give the same id, so that tests cannot mistake one for the other.
static SEQUENCE: AtomicU64 = AtomicU64::new(0);

pub(super) struct State {
    pub(super) options: Options,
    pub(super) world: World,
    pub(super) host: String,
    /// When the request came that is answered now.
    pub(super) now: SystemTime,
    pub(super) apps: Vec<App>,
    pub(super) accounts: Vec<Account>,
    pub(super) tokens: HashMap<String, Token>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) media: Vec<Media>,
    pub(super) statuses: Vec<Status>,
    pub(super) scheduled: Vec<Scheduled>,
    /// By account and `Idempotency-Key`: the status, and since when.
    pub(super) keys: HashMap<(usize, String), (String, SystemTime)>,
    pub(super) spent: Spent,
}

/// An account; known elsewhere by the index in [`State::accounts`].
pub(super) struct Account {
    pub(super) id: String,
    pub(super) username: String,
    pub(super) display_name: String,
    pub(super) visibility: String,
    pub(super) language: String,
    pub(super) silenced: bool,
    pub(super) created: SystemTime,
}

/// An access token.
#[derive(Clone)]
pub(super) struct Token {
    /// `None`: of an app alone.
    pub(super) account: Option<usize>,
    /// Index in [`State::apps`]; `None`: made in the settings of the account.
    pub(super) app: Option<usize>,
    pub(super) scopes: Vec<String>,
    pub(super) created: SystemTime,
    pub(super) expires: Option<SystemTime>,
    pub(super) refresh: Option<String>,
    pub(super) revoked: bool,
}

/// A status.
#[derive(Clone)]
pub(super) struct Status {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) text: String,
    pub(super) spoiler: String,
    pub(super) sensitive: bool,
    pub(super) visibility: String,
    pub(super) language: String,
    pub(super) in_reply_to: Option<String>,
    pub(super) quote: Option<String>,
    pub(super) quote_policy: Option<String>,
    /// Ids, in order.
    pub(super) media: Vec<String>,
    pub(super) poll: Option<Poll>,
    pub(super) app: Option<usize>,
    pub(super) created: SystemTime,
    pub(super) edited: Option<SystemTime>,
}

impl State {
    pub(super) fn new(world: World, host: &str, options: Options) -> Self {
        Self {
            options,
            now: world.now(),
            world,
            host: host.to_owned(),
            apps: Vec::new(),
            accounts: Vec::new(),
            tokens: HashMap::new(),
            codes: HashMap::new(),
            media: Vec::new(),
            statuses: Vec::new(),
            scheduled: Vec::new(),
            keys: HashMap::new(),
            spent: Spent::default(),
        }
    }

    pub(super) fn sign_up(&mut self, sign_up: SignUp) -> Member {
        let id = self.fresh_id();
        let known = self.accounts.iter().position(|account| account.username.eq_ignore_ascii_case(&sign_up.username));
        let account = known.unwrap_or_else(|| {
            self.accounts.push(Account {
                id,
                username: sign_up.username.clone(),
                display_name: sign_up.display_name,
                visibility: sign_up.default_visibility,
                language: sign_up.default_language,
                silenced: false,
                created: self.now,
            });
            self.accounts.len() - 1
        });
        let access_token = self.issue(Some(account), None, sign_up.scopes).0;
        let Account { id, username, .. } = &self.accounts[account];
        Member { id: id.clone(), username: username.clone(), server: self.host.clone(), access_token }
    }

    /// A new token, and what is kept of it.
    pub(super) fn issue(&mut self, account: Option<usize>, app: Option<usize>, scopes: Vec<String>) -> (String, Token) {
        let life = self.options.token_life.filter(|_| app.is_some() && account.is_some());
        let token = Token {
            account,
            app,
            scopes,
            created: self.now,
            expires: life.map(|life| self.now + life),
            refresh: life.map(|_| secret()),
            revoked: false,
        };
        let name = secret();
        self.tokens.insert(name.clone(), token.clone());
        (name, token)
    }

    /// An id as the software makes them: opaque, and by no means always a number.
    pub(super) fn fresh_id(&self) -> String {
        let sequence = SEQUENCE.fetch_add(1, Ordering::Relaxed);
        let millis = self.now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        if self.options.is_snac() {
            format!("{:011x}{}", millis & 0xfff_ffff_ffff, Uuid::new_v4().simple())
        } else {
            ((millis << 16) | u128::from(sequence & 0xffff)).to_string()
        }
    }

    pub(super) fn status(&self, id: &str) -> Option<&Status> {
        self.statuses.iter().find(|status| status.id == id)
    }

    pub(super) fn account_named(&self, username: &str) -> Option<usize> {
        self.accounts.iter().position(|account| account.username.eq_ignore_ascii_case(username))
    }
}

/// A secret nobody can read anything from.
pub(super) fn secret() -> String {
    let bytes = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `2026-11-21T12:00:00.000Z`
pub(super) fn iso(at: SystemTime) -> String {
    DateTime::<Utc>::from(at).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Seconds since 1970.
pub(super) fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

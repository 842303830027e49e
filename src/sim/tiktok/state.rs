//! Everything the make-believe TikTok remembers: apps, accounts, tokens, calls and posts. It keeps them and hands out
//! fresh names; what is allowed is decided elsewhere.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::consent::Code;
use super::publish::Publish;
use super::{Account, App, Options};
use crate::sim::World;

pub(super) struct State {
    pub(super) options: Options,
    /// The time of the call that is being answered.
    pub(super) now: SystemTime,
    pub(super) world: World,
    pub(super) apps: BTreeMap<String, App>,
    pub(super) accounts: Vec<Account>,
    pub(super) tokens: HashMap<String, Token>,
    pub(super) refresh_tokens: HashMap<String, Token>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) publishes: Vec<Publish>,
    /// When each account called which path through which app in the last minute.
    pub(super) calls: HashMap<(usize, String, &'static str), VecDeque<SystemTime>>,
    /// When each account was last asked about by `creator_info/query`.
    pub(super) asked: HashMap<usize, SystemTime>,
    pub(super) warnings: Vec<String>,
    sequence: u64,
}

/// An access token or a refresh token.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) account: usize,
    pub(super) client_key: String,
    pub(super) scopes: Vec<String>,
    pub(super) expires: SystemTime,
    /// Of a refresh token: how often this grant was refreshed.
    pub(super) refreshes: u32,
}

impl State {
    pub(super) fn new(world: World) -> Self {
        let app = App::default();
        Self {
            options: Options::default(),
            now: world.now(),
            world,
            apps: BTreeMap::from([(app.client_key.clone(), app)]),
            accounts: Vec::new(),
            tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            codes: HashMap::new(),
            publishes: Vec::new(),
            calls: HashMap::new(),
            asked: HashMap::new(),
            warnings: Vec::new(),
            sequence: 0,
        }
    }

    /// A number as TikTok makes them: seconds since 1970 shifted left by 32, far above what a double holds exactly.
    pub(super) fn fresh_id(&mut self) -> u64 {
        self.sequence += 1;
        (millis(self.now) / 1_000) << 32 | (self.sequence.wrapping_mul(2_654_435_761) & 0xffff_ffff)
    }

    /// The account's name for one app.
    pub(super) fn open_id(&self, account: usize, client_key: &str) -> String {
        let username = &self.accounts[account].username;
        format!("-000{}", URL_SAFE_NO_PAD.encode(&Sha256::digest(format!("{client_key}/{username}"))[..24]))
    }

    /// The account's name for all apps of one developer.
    pub(super) fn union_id(&self, account: usize) -> String {
        let digest = Sha256::digest(format!("union/{}", self.accounts[account].username));
        Uuid::from_slice(&digest[..16]).unwrap_or_default().to_string()
    }

    /// Which account an app knows by this name, and which app.
    pub(super) fn account_of(&self, open_id: &str) -> Option<(usize, String)> {
        let known = |account: &usize, key: &String| self.open_id(*account, key) == open_id;
        let pairs = (0..self.accounts.len()).flat_map(|account| self.apps.keys().map(move |key| (account, key)));
        pairs.into_iter().find(|(account, key)| known(account, key)).map(|(account, key)| (account, key.clone()))
    }

    /// Makes an access token and a refresh token.
    pub(super) fn grant(&mut self, account: usize, client_key: &str, scopes: &[String]) -> (String, String) {
        let token = |expires| Token {
            account,
            client_key: client_key.to_owned(),
            scopes: scopes.to_vec(),
            expires,
            refreshes: 0,
        };
        let (access, refresh) = (opaque("act.", 72), opaque("rft.", 72));
        self.tokens.insert(access.clone(), token(self.now + self.options.access_token_life));
        self.refresh_tokens.insert(refresh.clone(), token(self.now + self.options.refresh_token_life));
        (access, refresh)
    }

    /// The account takes back what it allowed an app: its tokens are dead and posts under way fail.
    pub(super) fn remove_access(&mut self, account: usize, client_key: &str) {
        let theirs = |token: &Token| token.account == account && token.client_key == client_key;
        self.tokens.retain(|_, token| !theirs(token));
        self.refresh_tokens.retain(|_, token| !theirs(token));
        let now = self.now;
        for publish in &mut self.publishes {
            if publish.account == account && publish.client_key == client_key {
                publish.end(now, "auth_removed");
            }
        }
    }

    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }
}

/// Milliseconds since 1970.
pub(super) fn millis(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// A secret nobody can read anything from, `length` characters long.
pub(super) fn opaque(prefix: &str, length: usize) -> String {
    let mut text = prefix.to_owned();
    while text.len() < length {
        text.push_str(&Uuid::new_v4().simple().to_string());
    }
    text.truncate(length);
    text
}

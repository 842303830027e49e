//! Everything the make-believe Instagram remembers: apps, accounts, tokens, containers, media and comments. It keeps them
//! and hands out fresh names; what is allowed is decided elsewhere.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::accounts::Account;
use super::comments::Comment;
use super::containers::Container;
use super::media::Media;
use super::oauth::Code;
use super::tokens::Token;
use super::{App, Options};
use crate::sim::{World, facebook};

/// Tells what a Facebook token is good for.
pub(super) type FacebookTokens = Arc<dyn Fn(&str) -> Option<facebook::Token> + Send + Sync>;

pub(super) struct State {
    pub(super) options: Options,
    pub(super) world: World,
    pub(super) facebook_tokens: FacebookTokens,
    pub(super) apps: BTreeMap<String, App>,
    pub(super) accounts: Vec<Account>,
    pub(super) tokens: HashMap<String, Token>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) containers: BTreeMap<u64, Container>,
    pub(super) media: BTreeMap<u64, Media>,
    pub(super) comments: BTreeMap<u64, Comment>,
    /// Location ids that can be posted, and their names.
    pub(super) places: BTreeMap<String, String>,
    /// When each account was called about in the last day.
    pub(super) calls: HashMap<usize, VecDeque<SystemTime>>,
    sequence: u64,
}

impl State {
    pub(super) fn new(world: World, facebook_tokens: FacebookTokens) -> Self {
        let app = App::default();
        Self {
            options: Options::default(),
            world,
            facebook_tokens,
            apps: BTreeMap::from([(app.client_id.clone(), app)]),
            accounts: Vec::new(),
            tokens: HashMap::new(),
            codes: HashMap::new(),
            containers: BTreeMap::new(),
            media: BTreeMap::new(),
            comments: BTreeMap::new(),
            places: BTreeMap::new(),
            calls: HashMap::new(),
            sequence: 0,
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        self.world.now()
    }

    /// A number nothing else has; all are larger than a double can hold exactly.
    pub(super) fn fresh(&mut self, base: u64) -> u64 {
        self.sequence += 1;
        base + self.sequence * 7_919
    }

    /// The account with this professional id.
    pub(super) fn account_of(&self, id: u64) -> Option<usize> {
        self.accounts.iter().position(|account| account.id == id)
    }
}

/// A secret nobody can read anything from, `length` characters long.
pub(super) fn opaque(prefix: &str, length: usize) -> String {
    let mut text = prefix.to_owned();
    while text.len() < length {
        text.push_str(&URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes()));
    }
    text.truncate(length);
    text
}

/// Seconds since 1970.
pub(super) fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// As the Graph API writes times: the offset has no colon.
pub(super) fn stamp(at: SystemTime) -> String {
    DateTime::<Utc>::from(at).format("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

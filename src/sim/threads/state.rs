//! Everything the make-believe Threads remembers: apps, people, tokens, containers, posts and what was spent. It keeps
//! them and hands out fresh names; what is allowed is decided elsewhere.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::containers::Container;
use super::oauth::Code;
use super::posts::Post;
use super::quotas::Spent;
use super::{App, Options};
use crate::sim::World;

pub(super) struct State {
    pub(super) options: Options,
    pub(super) world: World,
    pub(super) apps: BTreeMap<String, App>,
    pub(super) people: Vec<Person>,
    pub(super) tokens: HashMap<String, Token>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) containers: BTreeMap<String, Container>,
    pub(super) posts: Vec<Post>,
    /// Places that can be tagged: id and name.
    pub(super) locations: BTreeMap<String, String>,
    pub(super) spent: Vec<Spent>,
    /// When each person's calls of the last day were.
    pub(super) calls: HashMap<usize, VecDeque<SystemTime>>,
    sequence: u64,
}

/// An account; known elsewhere by the index in [`State::people`].
pub(super) struct Person {
    pub(super) id: String,
    pub(super) username: String,
    pub(super) name: String,
    pub(super) private: bool,
    pub(super) geo_gating: bool,
}

/// A user's access token.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) person: usize,
    pub(super) client_id: String,
    pub(super) scopes: Vec<String>,
    /// When the person last agreed; refreshing does not change it.
    pub(super) agreed: SystemTime,
    pub(super) issued: SystemTime,
    pub(super) expires: SystemTime,
    /// Exchanged, or given out by the dashboard.
    pub(super) long: bool,
    pub(super) revoked: bool,
}

impl State {
    pub(super) fn new(world: World) -> Self {
        let app = App::default();
        Self {
            options: Options::default(),
            world,
            apps: BTreeMap::from([(app.client_id.clone(), app)]),
            people: Vec::new(),
            tokens: HashMap::new(),
            codes: HashMap::new(),
            containers: BTreeMap::new(),
            posts: Vec::new(),
            locations: BTreeMap::new(),
            spent: Vec::new(),
            calls: HashMap::new(),
            sequence: 0,
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        self.world.now()
    }

    /// An id above 2^53, where a number read as a float loses its last digits. `first` tells the kinds apart.
    pub(super) fn fresh_id(&mut self, first: u64) -> String {
        self.sequence += 1;
        (first * 1_000_000_000_000_000 + self.sequence * 7_919 + 1).to_string()
    }

    /// Keeps a token and gives it a name.
    pub(super) fn issue(&mut self, token: Token) -> String {
        let name = opaque("THQVJ", 180);
        self.tokens.insert(name.clone(), token);
        name
    }

    /// A post that is there, wherever it is shown.
    pub(super) fn post(&self, id: &str) -> Option<&Post> {
        self.posts.iter().find(|post| post.id == id && !post.deleted)
    }
}

/// Seconds since 1970.
pub(super) fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// As the Graph API writes times: the offset has no colon.
pub(super) fn written(at: SystemTime) -> String {
    DateTime::<Utc>::from(at).format("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

/// Whether `wait` has passed since.
pub(super) fn passed(now: SystemTime, since: SystemTime, wait: Duration) -> bool {
    now.duration_since(since).is_ok_and(|passed| passed >= wait)
}

/// A name nobody can read anything from, `length` characters long.
pub(super) fn opaque(prefix: &str, length: usize) -> String {
    let mut text = prefix.to_owned();
    while text.len() < length {
        text.push_str(&URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes()));
    }
    text.truncate(length);
    text
}

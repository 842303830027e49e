//! Everything the make-believe LinkedIn remembers: apps, members, pages, tokens, quotas, uploads and posts. It keeps
//! them and hands out fresh names; what is allowed is decided elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::comments::Comment;
use super::media::{Asset, Slot};
use super::oauth::Code;
use super::posts::Post;
use super::{App, Options, PageRole};
use crate::sim::World;

/// A refresh token ends this long after the first grant, however often it is used.
const REFRESH_LIFE: Duration = Duration::from_secs(365 * 86_400);

pub(super) struct State {
    pub(super) options: Options,
    pub(super) world: World,
    pub(super) apps: BTreeMap<String, App>,
    pub(super) people: Vec<Person>,
    pub(super) organizations: BTreeMap<u64, String>,
    pub(super) tokens: HashMap<String, Token>,
    pub(super) refresh_tokens: HashMap<String, Token>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) assets: BTreeMap<String, Asset>,
    /// Upload addresses (path and query) and what they are for.
    pub(super) slots: HashMap<String, Slot>,
    pub(super) posts: Vec<Post>,
    pub(super) comments: Vec<Comment>,
    spent: HashMap<(u64, String), u32>,
    sequence: u64,
}

/// A member; known elsewhere by the index in [`State::people`].
pub(super) struct Person {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) roles: Vec<PageRole>,
}

/// An access token or a refresh token.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) member: usize,
    pub(super) client_id: String,
    pub(super) scopes: Vec<String>,
    pub(super) created: SystemTime,
    pub(super) expires: SystemTime,
    pub(super) revoked: bool,
}

/// Access token, and refresh token if the app may have one.
pub(super) type Granted = (String, Option<String>);

impl State {
    pub(super) fn new(world: World) -> Self {
        let app = App::default();
        Self {
            options: Options::default(),
            world,
            apps: BTreeMap::from([(app.client_id.clone(), app)]),
            people: Vec::new(),
            organizations: BTreeMap::new(),
            tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            codes: HashMap::new(),
            assets: BTreeMap::new(),
            slots: HashMap::new(),
            posts: Vec::new(),
            comments: Vec::new(),
            spent: HashMap::new(),
            sequence: 0,
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        self.world.now()
    }

    /// A number as LinkedIn makes them: milliseconds since 1970 shifted left by 22, the rest unlike any other's.
    pub(super) fn snowflake(&mut self) -> u64 {
        self.sequence += 1;
        // An odd factor permutes the 22 low bits: they look random and repeat only after four million numbers.
        (millis(self.now()) << 22) | (self.sequence.wrapping_mul(2_654_435_761) & 0x003f_ffff)
    }

    /// The member's id as this app knows it: no other app knows it by the same.
    pub(super) fn sub(&self, member: usize, client_id: &str) -> String {
        let digest = Sha256::digest(format!("{client_id}/{member}"));
        URL_SAFE_NO_PAD.encode(&digest[..6]) + "aQ"
    }

    /// Makes tokens for a member and an app.
    pub(super) fn grant(&mut self, member: usize, client_id: &str, scopes: &[String]) -> Granted {
        let created = self.now();
        let token = Token {
            member,
            client_id: client_id.to_owned(),
            scopes: scopes.to_vec(),
            created,
            expires: created + self.options.token_life,
            revoked: false,
        };
        let refresh = self.options.partner.then(|| opaque("AQW", 300));
        if let Some(refresh) = &refresh {
            let token = Token { expires: created + REFRESH_LIFE, ..token.clone() };
            self.refresh_tokens.insert(refresh.clone(), token);
        }
        // As long as LinkedIn says tokens may become.
        let access = opaque("AQX", 1_000);
        self.tokens.insert(access.clone(), token);
        (access, refresh)
    }

    /// Counts one call of today against `who`; false when the quota was used up already.
    pub(super) fn spend(&mut self, who: String, quota: u32) -> bool {
        let day = millis(self.now()) / 86_400_000;
        let spent = self.spent.entry((day, who)).or_default();
        let granted = *spent < quota;
        *spent += u32::from(granted);
        granted
    }

    /// The role names a member holds now on a page.
    pub(super) fn roles(&self, member: usize, organization: u64) -> impl Iterator<Item = &str> {
        let roles = self.people[member].roles.iter();
        roles
            .filter(move |role| role.organization == organization && role.state == "APPROVED")
            .map(|role| role.name.as_str())
    }
}

/// Milliseconds since 1970.
pub(super) fn millis(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Seconds since 1970.
pub(super) fn seconds(at: SystemTime) -> u64 {
    millis(at) / 1_000
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

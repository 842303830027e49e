//! Everything a server remembers: users, keys, articles. It keeps them and hands out fresh names; what is allowed is
//! decided elsewhere.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use super::options::Options;
use super::{Member, SignUp};
use crate::sim::World;
use crate::sim::meter::Window;

/// No two servers give the same id, so that tests cannot mistake one for the other.
static SEQUENCE: AtomicU64 = AtomicU64::new(2_000_000);

pub(super) struct State {
    pub(super) options: Options,
    pub(super) world: World,
    pub(super) host: String,
    /// When the request came that is answered now.
    pub(super) now: SystemTime,
    pub(super) users: Vec<User>,
    /// From keys to indices in [`State::users`].
    pub(super) keys: HashMap<String, usize>,
    pub(super) articles: Vec<Article>,
    /// Changes by user.
    pub(super) updates: HashMap<usize, Window>,
}

/// A user; known elsewhere by the index in [`State::users`].
pub(super) struct User {
    pub(super) id: u64,
    pub(super) username: String,
    pub(super) name: String,
    pub(super) organizations: Vec<u64>,
    pub(super) is_new: bool,
    pub(super) suspended: bool,
    pub(super) joined: SystemTime,
}

/// What an article says.
#[derive(Clone, Default)]
pub(super) struct Words {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) published: bool,
    pub(super) tags: Vec<String>,
    pub(super) series: Option<String>,
    pub(super) main_image: Option<MainImage>,
    pub(super) canonical_url: Option<String>,
    pub(super) description: Option<String>,
    pub(super) organization: Option<u64>,
}

/// The picture above an article.
#[derive(Clone)]
pub(super) struct MainImage {
    pub(super) url: String,
    pub(super) mime: &'static str,
    pub(super) bytes: Arc<[u8]>,
}

/// An article.
pub(super) struct Article {
    pub(super) id: u64,
    pub(super) user: usize,
    pub(super) words: Words,
    pub(super) slug: String,
    pub(super) created: SystemTime,
    /// When it was published first.
    pub(super) published: Option<SystemTime>,
    pub(super) edited: Option<SystemTime>,
}

impl State {
    pub(super) fn new(world: World, host: &str) -> Self {
        Self {
            options: Options::default(),
            now: world.now(),
            world,
            host: host.to_owned(),
            users: Vec::new(),
            keys: HashMap::new(),
            articles: Vec::new(),
            updates: HashMap::new(),
        }
    }

    pub(super) fn sign_up(&mut self, sign_up: SignUp) -> Member {
        let known = self.users.iter().position(|user| user.username == sign_up.username);
        let user = known.unwrap_or_else(|| {
            self.users.push(User {
                id: fresh_id(),
                username: sign_up.username.clone(),
                name: sign_up.name,
                organizations: sign_up.organizations,
                is_new: sign_up.is_new,
                suspended: false,
                joined: self.now,
            });
            self.users.len() - 1
        });
        // 24 characters, as real ones.
        let api_key = Uuid::new_v4().simple().to_string()[..24].to_owned();
        self.keys.insert(api_key.clone(), user);
        let User { id, username, .. } = &self.users[user];
        Member { id: *id, username: username.clone(), server: self.host.clone(), api_key }
    }
}

pub(super) fn fresh_id() -> u64 {
    SEQUENCE.fetch_add(1, Ordering::Relaxed)
}

/// `2026-11-20T12:00:00Z`
pub(super) fn iso(at: SystemTime) -> String {
    DateTime::<Utc>::from(at).to_rfc3339_opts(SecondsFormat::Secs, true)
}

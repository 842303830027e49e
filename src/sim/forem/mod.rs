//! Make-believe servers of Forem, dev.to first: articles made, changed, published and listed with a key, as
//! <https://developers.forem.com/api/v1> describes them.
//!
//! Strict beats lenient: a field that no article has is refused, where the real one ignores it, and so is a main picture
//! that is not to be found. Of Liquid the tags `embed` and `raw` are here. There is no call that deletes, and none for
//! moderators that works.

mod articles;
mod check;
mod errors;
mod liquid;
mod matter;
mod options;
mod rates;
mod reading;
mod route;
mod seen;
mod state;
mod tags;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::response::{IntoResponse as _, Response};

use self::errors::Refusal;
pub use self::options::Options;
use self::state::State;
use super::call::Call;
use super::{Seen, World};

/// The servers that are up from the beginning.
pub const HOSTS: &[&str] = &["dev.to"];

/// No lawful article is larger: 800 KiB as JSON.
const BODY_MAX: usize = 8 << 20;

/// All servers. Clones are the same servers.
#[derive(Clone)]
pub struct Forem {
    world: World,
    servers: Arc<Mutex<Vec<Server>>>,
}

impl Forem {
    /// The servers of [`HOSTS`], without users.
    pub fn new(world: World) -> Self {
        let forem = Self { world, servers: Arc::default() };
        for host in HOSTS {
            forem.open(host);
        }
        forem
    }

    /// The server at a host, or a new one. [`Sim::open_forem`](super::Sim::open_forem) opens one that is served on
    /// loopback as well.
    pub fn open(&self, host: &str) -> Server {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = servers.iter().find(|server| server.host == host) {
            return server.clone();
        }
        let state = Arc::new(Mutex::new(State::new(self.world.clone(), host)));
        let server = Server { host: host.to_owned(), state };
        servers.push(server.clone());
        server
    }

    /// The servers, as they were opened.
    pub fn servers(&self) -> Vec<Server> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes how the first server of [`HOSTS`] behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        self.open(HOSTS[0]).configure(change);
    }

    /// Makes a user with a key, at the server it names.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        self.open(&sign_up.server.clone()).sign_up(sign_up)
    }

    /// What readers see on all servers, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        let mut seen: Vec<Seen> = self.servers().iter().flat_map(Server::seen).collect();
        seen.sort_by_key(|post| post.at);
        seen
    }
}

/// One server. Clones share one state.
#[derive(Clone)]
pub struct Server {
    host: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    /// The name of the server.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The HTTP service.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Changes how the server behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.lock().options);
    }

    /// Makes a user with a key, as the page of extensions in the settings gives it.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        self.lock().sign_up(sign_up)
    }

    /// The user takes the key back.
    pub fn revoke(&self, api_key: &str) {
        self.lock().keys.remove(api_key);
    }

    /// The moderators suspend a user, by id.
    pub fn suspend(&self, user: u64) {
        self.lock().users.iter_mut().filter(|own| own.id == user).for_each(|own| own.suspended = true);
    }

    /// The user deletes an article on the server's pages, which no call can.
    pub fn delete(&self, article: u64) {
        self.lock().articles.retain(|own| own.id != article);
    }

    /// What readers see, oldest first: published articles, by `author` the user's id, by `text` the Markdown as it was
    /// written once Liquid was read, by `media` the main picture and those of the text that are to be found. `details`
    /// has, where there is one, `tags`, `canonical_url`, `series`, `description` and `edited`.
    pub fn seen(&self) -> Vec<Seen> {
        seen::all(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked left the state between two steps at worst; a rehearsal can go on.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = state.world.now();
        state
    }
}

/// A user to be.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// Where: a host that is up.
    pub server: String,
    /// Lower-case letters, digits and `_`.
    pub username: String,
    pub name: String,
    /// Ids of the organisations that the user may write for.
    pub organizations: Vec<u64>,
    /// Whoever is new waits longer between articles.
    pub is_new: bool,
}

impl Default for SignUp {
    /// Ann at the first server, who is not new.
    fn default() -> Self {
        Self {
            server: HOSTS[0].to_owned(),
            username: "ann".to_owned(),
            name: "Ann Example".to_owned(),
            organizations: Vec::new(),
            is_new: false,
        }
    }
}

/// A user as the settings show them.
#[derive(Clone, Debug)]
pub struct Member {
    pub id: u64,
    pub username: String,
    /// The host of the user's server.
    pub server: String,
    pub api_key: String,
}

async fn answer(Shared(server): Shared<Server>, request: Request) -> Response {
    match Call::receive(request, BODY_MAX).await {
        Some(call) => route::answer(&mut server.lock(), &call),
        None => Refusal::new(413, "Payload Too Large").into_response(),
    }
}

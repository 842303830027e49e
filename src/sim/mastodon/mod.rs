//! Make-believe servers of Mastodon's client API: apps, sign-in, statuses, media, polls, edits, schedules, as
//! <https://docs.joinmastodon.org> describes them; and one that differs as snac 2.75 was seen to differ when it ran.
//!
//! Strict beats lenient: a field that no server of this API has is refused, where the real one ignores it. Only what
//! snac drops without a word is dropped without a word. Favourites, boosts, timelines and federation are not here.

mod accounts;
mod apps;
mod call;
mod draft;
mod entities;
mod entity;
mod errors;
mod fields;
mod html;
mod instance;
mod media;
mod multipart;
mod oauth;
mod options;
mod polls;
mod rates;
mod route;
mod scheduled;
mod seen;
mod state;
mod statuses;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::response::{IntoResponse as _, Response};

use self::call::Call;
use self::errors::Refusal;
pub use self::options::{Flavour, Options};
use self::state::State;
use super::{Seen, World};

/// The servers that are up from the beginning: one of Mastodon, one of snac.
pub const HOSTS: &[&str] = &["mastodon.example", "snac.example"];

/// All servers of the API. Clones are the same servers.
#[derive(Clone)]
pub struct Mastodon {
    world: World,
    servers: Arc<Mutex<Vec<Server>>>,
}

impl Mastodon {
    /// The servers of [`HOSTS`], without accounts and apps.
    pub fn new(world: World) -> Self {
        let mastodon = Self { world, servers: Arc::default() };
        mastodon.open(HOSTS[0], Flavour::Mastodon);
        mastodon.open(HOSTS[1], Flavour::Snac);
        mastodon
    }

    /// The server at a host, as it is; or a new one of this flavour. [`Sim::open_mastodon`](super::Sim::open_mastodon)
    /// opens one that is served on loopback as well.
    pub fn open(&self, host: &str, flavour: Flavour) -> Server {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = servers.iter().find(|server| server.host == host) {
            return server.clone();
        }
        let state = State::new(self.world.clone(), host, Options::of(flavour));
        let server = Server { host: host.to_owned(), state: Arc::new(Mutex::new(state)) };
        servers.push(server.clone());
        server
    }

    /// The server at a host; a new one of Mastodon if there is none.
    pub fn server(&self, host: &str) -> Server {
        self.open(host, Flavour::Mastodon)
    }

    /// The servers, as they were opened.
    pub fn servers(&self) -> Vec<Server> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes how the first server of [`HOSTS`] behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        self.server(HOSTS[0]).configure(change);
    }

    /// Makes an account with a token, at the server it names.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        self.server(&sign_up.server.clone()).sign_up(sign_up)
    }

    /// What readers see on all servers, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        let mut seen: Vec<Seen> = self.servers().iter().flat_map(Server::seen).collect();
        seen.sort_by_key(|post| post.at);
        seen
    }
}

/// One server. Clones share one state.
///
/// Signing in needs no browser: `GET /oauth/authorize` shows a page whose form goes by `POST` to the same path with the
/// fields of the query and two more: `account` (a user name) and `decision` (`allow` or `deny`). The answer is the
/// redirect back to the app, or to a page that shows the code.
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

    /// Makes an account with a token, as the page of applications in its settings gives it.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        self.lock().sign_up(sign_up)
    }

    /// The moderators silence an account: what it posts as `public` becomes `unlisted`, without a word.
    pub fn silence(&self, id: &str) {
        if let Some(account) = self.lock().accounts.iter_mut().find(|account| account.id == id) {
            account.silenced = true;
        }
    }

    /// The person takes back what they allowed: this token is dead from now on.
    pub fn revoke(&self, access_token: &str) {
        if let Some(token) = self.lock().tokens.get_mut(access_token) {
            token.revoked = true;
        }
    }

    /// What readers see, oldest first: by `id` and `reply_to` the ids of statuses, by `text` what was written, by
    /// `visibility` the server's word. `details` has, where there is one, `spoiler_text`, `sensitive`, `language`,
    /// `quote_approval_policy`, `edited` and `poll_multiple`.
    pub fn seen(&self) -> Vec<Seen> {
        let mut state = self.lock();
        scheduled::publish_due(&mut state);
        seen::all(&state)
    }

    /// The server's own HTML of a status.
    pub fn content(&self, id: &str) -> Option<String> {
        let state = self.lock();
        state.status(id).map(|status| html::content(&state, &status.text))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked left the state between two steps at worst; a rehearsal can go on.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = state.world.now();
        state
    }
}

/// An account to be, and what its token may do.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// Where: a host that is up.
    pub server: String,
    /// Letters, digits and `_`, at most 30.
    pub username: String,
    pub display_name: String,
    pub scopes: Vec<String>,
    /// What the account posts as where the post does not say: `public`, `unlisted`, `private`, `direct`.
    pub default_visibility: String,
    /// ISO 639-1.
    pub default_language: String,
}

impl Default for SignUp {
    /// Ann at the first server, with a token that may post, upload and read its own statuses.
    fn default() -> Self {
        let scopes = ["profile", "read:statuses", "write:statuses", "write:media"];
        Self {
            server: HOSTS[0].to_owned(),
            username: "ann".to_owned(),
            display_name: "Ann Example".to_owned(),
            scopes: scopes.map(str::to_owned).to_vec(),
            default_visibility: "public".to_owned(),
            default_language: "en".to_owned(),
        }
    }
}

/// An account as an app knows it.
#[derive(Clone, Debug)]
pub struct Member {
    pub id: String,
    pub username: String,
    /// The host of the account's server.
    pub server: String,
    pub access_token: String,
}

async fn answer(Shared(server): Shared<Server>, request: Request) -> Response {
    match Call::receive(request).await {
        Some(call) => route::answer(&mut server.lock(), &call),
        None => Refusal::new(413, "The body broke off or is too large").into_response(),
    }
}

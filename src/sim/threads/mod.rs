//! A make-believe Threads: login, containers, posts, replies, quotas and look-ups, as strict as its public documents
//! allow. It is written from those documents alone and keeps its own figures for every limit.
//!
//! One request is one function call on [`State`](state::State) under a lock; nothing here waits or speaks to anybody. Media
//! and link cards are fetched from the hosts that [`Sim::put_up`](super::Sim::put_up) put up.

mod attachments;
mod call;
mod cards;
mod containers;
mod draft;
mod emoji;
mod errors;
mod fetch;
mod film;
mod lists;
mod media;
mod oauth;
mod options;
mod posts;
mod quotas;
mod reading;
mod route;
mod rules;
mod seen;
mod select;
mod state;
#[cfg(test)]
mod tests;
mod text;
mod tokens;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::response::Response;

use self::call::Call;
pub use self::options::{Act, Failure, Options, Planned, Republish};
use self::state::{Person, State, Token};
use super::{Seen, World};

/// The hosts this simulator answers for. The API's two are the same, and so are the login's.
pub const HOSTS: &[&str] =
    &["graph.threads.net", "graph.threads.com", "threads.net", "www.threads.net", "threads.com", "www.threads.com"];

/// A make-believe Threads. Clones are the same platform.
///
/// Logging in needs no browser: `GET /oauth/authorize` shows a page whose form goes by `POST` to the same path with the
/// fields of the query and two more: `account` (the index of an account in order of sign-up) and `decision` (`allow` or
/// `cancel`). The answer is the redirect back to the app, with `#_` at its end.
#[derive(Clone)]
pub struct Threads(Arc<Mutex<State>>);

impl Threads {
    /// A platform without accounts and with one app, [`App::default`].
    pub fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(State::new(world))))
    }

    /// What readers see, oldest first: posts, replies, reposts. Containers, deleted posts, hidden replies and ghost posts
    /// older than a day are not seen. `details` has the settings under the names of their parameters.
    pub fn seen(&self) -> Vec<Seen> {
        seen::all(&self.lock())
    }

    /// The HTTP service, all hosts in one: paths tell them apart.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Changes how the platform behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.lock().options);
    }

    /// Adds an app, or replaces the one with the same client id.
    pub fn add_app(&self, app: App) {
        self.lock().apps.insert(app.client_id.clone(), app);
    }

    /// Adds a place that posts can be tagged with.
    pub fn add_location(&self, id: &str, name: &str) {
        self.lock().locations.insert(id.to_owned(), name.to_owned());
    }

    /// Makes an account with a fresh token, as the user token generator of the app's dashboard gives it.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        let mut state = self.lock();
        let (person, agreed) = (state.people.len(), state.now());
        let id = state.fresh_id(25);
        let SignUp { username, name, private, geo_gating, scopes, client_id, short_lived } = sign_up;
        let life = if short_lived { state.options.short_token_life } else { state.options.long_token_life };
        let (long, revoked, expires) = (!short_lived, false, agreed + life);
        state.people.push(Person { id: id.clone(), username: username.clone(), name, private, geo_gating });
        let token = Token { person, client_id, scopes, agreed, issued: agreed, expires, long, revoked };
        Member { id, username, access_token: state.issue(token), expires }
    }

    /// The person removes the app that has this token, in their settings: it and its siblings are dead from now on.
    pub fn revoke(&self, access_token: &str) {
        let mut state = self.lock();
        let Some(Token { person, client_id, .. }) = state.tokens.get(access_token).cloned() else { return };
        let siblings = state.tokens.values_mut().filter(|token| token.person == person && token.client_id == client_id);
        siblings.for_each(|token| token.revoked = true);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A handler that panicked left the state between two steps at worst; a rehearsal can go on.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A Threads app: the id and the secret that a Meta app has for the Threads use case, which are not its own.
#[derive(Clone, Debug)]
pub struct App {
    pub client_id: String,
    pub client_secret: String,
    pub name: String,
    /// Registered redirect addresses; compared to the letter. Threads takes none that is not https, and no loopback.
    pub redirects: Vec<String>,
    /// What people can be asked for.
    pub scopes: Vec<String>,
}

impl Default for App {
    /// An app that may ask for everything a publisher can use.
    fn default() -> Self {
        let more = ["threads_location_tagging", "threads_share_to_instagram", "threads_manage_insights"];
        Self {
            client_id: "2400000000000001".to_owned(),
            client_secret: "make-believe-threads-secret".to_owned(),
            name: "Make-believe publisher".to_owned(),
            redirects: vec!["https://publisher.example/callback".to_owned()],
            scopes: SignUp::default().scopes.into_iter().chain(more.map(str::to_owned)).collect(),
        }
    }
}

/// An account to be, and what its token may do.
#[derive(Clone, Debug)]
pub struct SignUp {
    pub username: String,
    pub name: String,
    /// A private profile: an app's permissions lapse 90 days after the person agreed.
    pub private: bool,
    /// Whether the account may limit posts to countries.
    pub geo_gating: bool,
    pub scopes: Vec<String>,
    /// The app the token is for.
    pub client_id: String,
    /// A token of an hour that can be exchanged, instead of one of 60 days.
    pub short_lived: bool,
}

impl Default for SignUp {
    /// A public account whose token may publish, reply, read replies and delete.
    fn default() -> Self {
        const SCOPES: [&str; 5] = [
            "threads_basic",
            "threads_content_publish",
            "threads_manage_replies",
            "threads_read_replies",
            "threads_delete",
        ];
        Self {
            username: "ann".to_owned(),
            name: "Ann Example".to_owned(),
            private: false,
            geo_gating: false,
            scopes: SCOPES.map(str::to_owned).to_vec(),
            client_id: "2400000000000001".to_owned(),
            short_lived: false,
        }
    }
}

/// An account as an app knows it.
#[derive(Clone, Debug)]
pub struct Member {
    pub id: String,
    pub username: String,
    pub access_token: String,
    pub expires: SystemTime,
}

async fn answer(Shared(threads): Shared<Threads>, request: Request) -> Response {
    let reply = match Call::receive(request).await {
        Ok(call) => {
            let mut state = threads.lock();
            let outcome = route::route(&mut state, &call);
            let localized = state.options.localized;
            outcome.unwrap_or_else(|refusal| refusal.into_reply(localized))
        }
        // The client broke off.
        Err(_) => errors::parameter("The request ended before its body did").into_reply(false),
    };
    reply.into_response()
}

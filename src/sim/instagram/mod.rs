//! A make-believe Instagram: professional accounts, containers and what they publish, reached through either login. It is
//! written from Meta's documentation alone and keeps its own figures for every limit.
//!
//! One request is one function call on [`State`](state::State) under a lock; only uploads take the lock once for each
//! piece. What the documents leave open, [`Options`] has.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/content-publishing>

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;

use self::accounts::Account;
use self::call::{Call, Door};
use self::state::{FacebookTokens, State};
use super::facebook::Facebook;
use super::{Seen, World};

mod access;
mod accounts;
mod call;
mod comments;
mod containers;
mod create;
mod errors;
mod fetch;
mod film;
mod kinds;
mod listing;
mod media;
mod members;
mod meter;
mod oauth;
mod options;
mod picture;
mod publish;
mod routes;
mod select;
mod state;
#[cfg(test)]
mod tests;
mod tokens;
mod upload;
mod view;
mod wishes;

pub use self::members::{AccountKind, App, Ending, Member, SignUp};
pub use self::options::{Fate, Fetching, Options, Publishing, TokenAnswer};

/// The hosts this simulator answers for by itself; with a Facebook login, the same nodes are on Facebook's hosts.
pub const HOSTS: &[&str] = &["graph.instagram.com", "api.instagram.com", "www.instagram.com"];

/// A make-believe Instagram. Clones are the same platform.
///
/// Signing in needs no browser: `GET /oauth/authorize` shows a consent page, whose form goes by `POST` to the same path
/// with the fields of the query and three more: `account` (the professional id), `decision` (`allow` or `cancel`) and,
/// as often as wanted, `deny` (a scope not to be given). The answer is the redirect back to the app.
///
/// Files are fetched from hosts that were [put up](super::Sim::put_up): pictures when their container is made, films
/// when the first call after [`Options::video_delay`] comes.
#[derive(Clone)]
pub struct Instagram {
    facebook: Facebook,
    state: Arc<Mutex<State>>,
}

impl Instagram {
    /// An empty platform with no accounts and one app, [`App::default`].
    pub fn new(world: World, facebook: Facebook) -> Self {
        let known = facebook.clone();
        Self::with_tokens(world, facebook, Arc::new(move |token| known.token(token)))
    }

    /// The same, but somebody else tells what Facebook tokens are good for.
    fn with_tokens(world: World, facebook: Facebook, tokens: FacebookTokens) -> Self {
        Self { facebook, state: Arc::new(Mutex::new(State::new(world, tokens))) }
    }

    /// Makes a professional account with a long-lived token for it, as the app dashboard's generator would give.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        self.with(|state| {
            let number = u64::try_from(state.accounts.len()).unwrap_or_default() + 1;
            // The app knows the account by another number than the one posts are made with.
            let id = sign_up.id.unwrap_or(17_841_400_000_000_000 + number);
            let app_scoped_id = 10_203_040_506_070_000 + number * 11;
            let index = state.accounts.len();
            state.accounts.push(Account {
                id,
                app_scoped_id,
                username: sign_up.username.clone(),
                name: sign_up.name,
                kind: sign_up.kind,
                restricted: false,
                trial_reels: sign_up.trial_reels,
                pages: Vec::new(),
                containers_made: Vec::new(),
                published: Vec::new(),
            });
            let access_token = tokens::grant(state, index, &sign_up.client_id, &sign_up.scopes, true);
            Member {
                id: id.to_string(),
                app_scoped_id: app_scoped_id.to_string(),
                username: sign_up.username,
                access_token,
            }
        })
    }

    /// Links an account (its professional id) with a Facebook Page: a Facebook login reaches it from now on, and the
    /// Page's `instagram_business_account` is the account.
    pub fn link(&self, account: &str, page: &str) {
        let mut username = String::new();
        self.change(account, |account| {
            account.pages.push(page.to_owned());
            username.clone_from(&account.username);
        });
        self.facebook.link_instagram(page, account);
        self.facebook.name_instagram(account, &username);
    }

    /// Registers an app, or replaces the one with the same client id.
    pub fn register(&self, app: App) {
        self.with(|state| state.apps.insert(app.client_id.clone(), app));
    }

    /// Makes a place that posts can name as `location_id`.
    pub fn add_place(&self, id: &str, name: &str) {
        self.with(|state| state.places.insert(id.to_owned(), name.to_owned()));
    }

    /// Turns an account into one of another kind: a personal one can no longer be published to.
    pub fn turn_into(&self, account: &str, kind: AccountKind) {
        self.change(account, |account| account.kind = kind);
    }

    /// Restricts an account, or ends that: 25/2207050 to all that publishes.
    pub fn restrict(&self, account: &str, restricted: bool) {
        self.change(account, |account| account.restricted = restricted);
    }

    /// Every Instagram token of an account is dead from now on.
    pub fn end_tokens(&self, account: &str, ending: Ending) {
        self.with(|state| {
            let index = account.parse().ok().and_then(|id| state.account_of(id));
            for token in state.tokens.values_mut().filter(|token| Some(token.account) == index) {
                token.ended = Some(ending);
            }
        });
    }

    /// Changes how the platform behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        self.with(|state| change(&mut state.options));
    }

    /// What readers see, oldest first. Items of a carousel are its media; comments name their post in `reply_to`.
    pub fn seen(&self) -> Vec<Seen> {
        self.with(|state| view::seen(state))
    }

    /// The HTTP service for its own hosts.
    pub fn router(&self) -> Router {
        self.served_at(Door::Instagram)
    }

    /// The HTTP service for Facebook's hosts, for the paths that [`Instagram::owns`].
    pub(super) fn router_of_facebook(&self) -> Router {
        self.served_at(Door::Facebook)
    }

    /// Whether a request to one of Facebook's hosts is for one of our nodes: the path names an account, a container, a
    /// published media or a comment of ours, or begins with `/ig-api-upload/`.
    pub(super) fn owns(&self, path: &str) -> bool {
        let mut segments = path.trim_start_matches('/').split('/');
        let first = segments.next().unwrap_or_default();
        let id = if first.starts_with('v') { segments.next().unwrap_or_default() } else { first };
        first == "ig-api-upload" || self.with(|state| routes::node(state, id).is_some())
    }

    fn served_at(&self, door: Door) -> Router {
        let instagram = self.clone();
        Router::new().fallback(move |request: Request| async move { instagram.answer(door, request).await })
    }

    async fn answer(&self, door: Door, request: Request) -> Response {
        if door == Door::Facebook && request.uri().path().starts_with("/ig-api-upload/") {
            return upload::receive(self, request).await.into_response();
        }
        let reply = match Call::read(door, request).await {
            Ok(call) => self.with(|state| routes::route(state, &call)).unwrap_or_else(|refusal| refusal),
            Err(refusal) => refusal,
        };
        reply.with("x-fb-trace-id", state::opaque("", 11)).into_response()
    }

    fn change(&self, account: &str, change: impl FnOnce(&mut Account)) {
        self.with(|state| {
            let index = account.parse().ok().and_then(|id| state.account_of(id));
            if let Some(account) = index.and_then(|index| state.accounts.get_mut(index)) {
                change(account);
            }
        });
    }

    /// Brings everything up to now, then acts.
    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        // A handler that panicked left the state between two steps at worst; a rehearsal can go on.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        containers::settle(&mut state);
        act(&mut state)
    }
}

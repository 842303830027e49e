//! A make-believe X: OAuth 2.0 and 1.0a, posts, threads, edits, reposts, media, the timeline, credits and rate limits, as the
//! public documents of X describe them.
//!
//! Where the documents leave a choice, [`Options`] has it. What no simulator can promise: that X itself still behaves
//! so. Link cards, polls' results, articles and communities are not shown to readers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};

use super::{Seen, World};
use auth::Caller;
use call::Call;
use errors::{Outcome, Refusal};
use state::State;

mod auth;
mod body;
mod call;
mod draft;
mod emoji;
mod errors;
mod links;
mod media;
mod meter;
mod multipart;
mod oauth1;
mod oauth2;
mod options;
mod posts;
mod reposts;
mod schema;
mod state;
#[cfg(test)]
mod tests;
mod text;
mod timeline;
mod view;

pub use meter::{Endpoint, Per, Rate};
pub use options::{Options, Prices, Throttle};
pub use state::{App, DEFAULT_CLIENT_ID, Member, Oauth1Token, SignUp};

/// The hosts this simulator answers for.
pub const HOSTS: &[&str] = &["api.x.com", "x.com"];

/// A make-believe X. Clones are the same platform.
#[derive(Clone)]
pub struct X {
    world: World,
    state: Arc<Mutex<State>>,
}

impl X {
    /// An empty platform: no accounts, and one app, [`DEFAULT_CLIENT_ID`].
    pub fn new(world: World) -> Self {
        let state = State::new(world.clone());
        Self { world, state: Arc::new(Mutex::new(state)) }
    }

    /// Changes how the platform behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        self.with(|state| change(&mut state.options));
    }

    /// What is left of the prepaid credits, in thousandths of a dollar.
    pub fn balance(&self) -> i64 {
        self.with(|state| state.options.credits)
    }

    /// Registers an app, or replaces the one with the same client id.
    pub fn register(&self, app: App) {
        self.with(|state| state.register(app));
    }

    /// Makes a live OAuth 2.0 user token, and the account and the (public) app if they are not there yet.
    pub fn sign_up(&self, wanted: SignUp<'_>) -> Member {
        self.with(|state| state.sign_up(&wanted))
    }

    /// Makes an OAuth 1.0a user token as the developer console does, and the account and the app if they are not there yet.
    pub fn oauth1_token(&self, client_id: &str, username: &str) -> Oauth1Token {
        self.with(|state| state.oauth1_token(client_id, username))
    }

    /// What readers see, oldest first.
    pub fn seen(&self) -> Vec<Seen> {
        self.with(|state| view::seen(state))
    }

    /// The HTTP service.
    pub fn router(&self) -> Router {
        use Endpoint as E;
        let open = |act: fn(&mut State, &Call) -> Outcome| {
            let x = self.clone();
            move |request: Request| async move { x.answer(request, act).await }
        };
        let guarded = |endpoint: Endpoint, act: fn(&mut State, &Caller, &Call) -> Outcome| {
            let x = self.clone();
            move |request: Request| async move { x.answer(request, |state, call| guard(state, call, endpoint, act)).await }
        };
        let authorize = get(open(oauth2::consent)).post(open(oauth2::decide));
        Router::new()
            .route("/i/oauth2/authorize", authorize.clone())
            .route("/2/oauth2/authorize", authorize)
            .route("/2/oauth2/token", post(open(oauth2::token)))
            .route("/2/oauth2/revoke", post(open(oauth2::revoke)))
            .route("/oauth/request_token", post(open(oauth1::request_token)))
            .route("/oauth/authorize", get(open(oauth1::consent)).post(open(oauth1::decide)))
            .route("/oauth/access_token", post(open(oauth1::access_token)))
            .route("/1.1/oauth/invalidate_token", post(open(oauth1::invalidate)))
            .route("/1.1/oauth/invalidate_token.json", post(open(oauth1::invalidate)))
            .route("/2/users/me", get(guarded(E::Me, timeline::me)))
            .route("/2/users/{id}/tweets", get(guarded(E::Timeline, timeline::of_user)))
            .route("/2/users/{id}/retweets", post(guarded(E::Repost, reposts::create)))
            .route("/2/users/{id}/retweets/{source}", delete(guarded(E::Unrepost, reposts::delete)))
            .route(
                "/2/tweets",
                post(guarded(E::CreatePost, posts::create)).get(guarded(E::ReadPost, timeline::several)),
            )
            .route(
                "/2/tweets/{id}",
                get(guarded(E::ReadPost, timeline::one)).delete(guarded(E::DeletePost, posts::delete)),
            )
            .route("/2/media/upload", post(guarded(E::Upload, media::upload)).get(guarded(E::Status, media::status)))
            .route("/2/media/upload/initialize", post(guarded(E::Initialize, media::initialize)))
            .route("/2/media/upload/{id}/append", post(guarded(E::Append, media::append)))
            .route("/2/media/upload/{id}/finalize", post(guarded(E::Finalize, media::finalize)))
            .route("/2/media/metadata", post(guarded(E::Metadata, media::metadata)))
            .route("/2/media/subtitles", post(guarded(E::Subtitles, media::subtitles)))
            .fallback(open(|_, _| Err(Refusal::not_found())))
            .method_not_allowed_fallback(open(|_, _| Err(Refusal::not_found())))
    }

    async fn answer(&self, request: Request, act: impl FnOnce(&mut State, &Call) -> Outcome) -> Response {
        let call = Call::read(request).await;
        let (outcome, silent, trace) = self.with(|state| {
            let outcome = call.and_then(|call| act(state, &call));
            (outcome, std::mem::take(&mut state.hang_up), state.trace_id())
        });
        if silent {
            super::hang_up();
        }
        let mut response = outcome.unwrap_or_else(IntoResponse::into_response);
        call::set_header(&mut response, "x-transaction-id", &trace);
        response
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let now = self.world.now();
        let mut state: MutexGuard<'_, State> = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = now;
        act(&mut state)
    }
}

/// Who calls, how often, with what rights and on what credit; only then the act itself.
fn guard(
    state: &mut State,
    call: &Call,
    endpoint: Endpoint,
    act: fn(&mut State, &Caller, &Call) -> Outcome,
) -> Outcome {
    let caller = auth::caller(state, call)?;
    let gauge = meter::count(state, endpoint, &caller);
    let outcome = if gauge.over {
        Err(Refusal::throttled(state.options.throttle))
    } else {
        auth::permit(&caller, endpoint)
            .and_then(|()| meter::solvent(state, endpoint, &caller))
            .and_then(|()| act(state, &caller, call))
    };
    let mut response = outcome.unwrap_or_else(IntoResponse::into_response);
    for (name, value) in gauge.headers {
        call::set_header(&mut response, name, &value);
    }
    if let Some(level) = caller.access_level() {
        call::set_header(&mut response, "x-access-level", level);
    }
    Ok(response)
}

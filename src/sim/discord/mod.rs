//! Make-believe Discord, as far as a webhook reaches: messages with text, files, embeds and polls, shown, edited and
//! deleted, as <https://discord.com/developers/docs/resources/webhook> describes them.
//!
//! Strict beats lenient: a field that no call has is refused, where the real one ignores it; so are components, voice
//! messages and the fields of files that only these have, which are not here. Characters are counted as code points.

mod attachments;
mod embeds;
mod errors;
mod markdown;
mod message;
mod options;
mod polls;
mod rates;
mod reading;
mod route;
mod seen;
mod state;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::response::{IntoResponse as _, Response};

use self::errors::Refusal;
pub use self::options::{Limited, Options};
use self::state::State;
use super::call::Call;
use super::{Seen, World};

/// What answers here.
pub const HOSTS: &[&str] = &["discord.com"];

/// No request with ten files is larger.
const BODY_MAX: usize = 128 << 20;

/// The service. Clones share one state.
#[derive(Clone)]
pub struct Discord {
    state: Arc<Mutex<State>>,
}

impl Discord {
    pub fn new(world: World) -> Self {
        Self { state: Arc::new(Mutex::new(State::new(world))) }
    }

    /// The HTTP service.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    /// Changes how the service behaves from now on.
    pub fn configure(&self, change: impl FnOnce(&mut Options)) {
        change(&mut self.lock().options);
    }

    /// Makes a channel and a webhook for it, as its settings do.
    pub fn sign_up(&self, sign_up: SignUp) -> Webhook {
        self.lock().sign_up(sign_up)
    }

    /// Somebody deletes the webhook (by its id) in the channel's settings: what it said stays.
    pub fn delete(&self, webhook: &str) {
        self.lock().hooks.iter_mut().filter(|hook| hook.id == webhook).for_each(|hook| hook.deleted = true);
    }

    /// What readers see, oldest first: by `author` the webhook's id, by `text` what the app makes of the Markdown, by
    /// `card` the first embed with an address. `details` has, where there is one, `username`, `thread_name`, `pings`
    /// (whom the message rings for), `links` (words that lead elsewhere), `flags`, `tts` and `edited`.
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

/// A webhook to be.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// What its messages are called by, 1 to 80 characters.
    pub name: String,
    /// A channel of threads: each message needs one, or begins one.
    pub forum: bool,
}

impl Default for SignUp {
    /// A webhook in a channel of text.
    fn default() -> Self {
        Self { name: "Ann's news".to_owned(), forum: false }
    }
}

/// What the channel's settings show of a webhook.
#[derive(Clone, Debug)]
pub struct Webhook {
    pub id: String,
    pub token: String,
    /// The whole address, which a person would copy.
    pub address: String,
    pub channel: String,
    pub guild: String,
}

async fn answer(Shared(discord): Shared<Discord>, request: Request) -> Response {
    match Call::receive(request, BODY_MAX).await {
        Some(call) => route::answer(&mut discord.lock(), &call),
        None => Refusal::too_large().into_response(),
    }
}

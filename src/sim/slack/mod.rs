//! Make-believe Slack, as far as an incoming webhook reaches: one message a call, and the word `ok`
//! (<https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>). No message has an id that the caller
//! learns, so nothing can be read, edited or deleted.
//!
//! Strict beats lenient: a field that no message has is refused, where the real one ignores it. Of the blocks those are
//! here that show text and pictures: section, header, image, context, divider. Old attachments and forms are not.

mod blocks;
mod errors;
mod message;
mod mrkdwn;
mod options;
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
pub use self::options::{Options, Trouble};
use self::state::State;
use super::call::Call;
use super::{Seen, World};

/// What answers here.
pub const HOSTS: &[&str] = &["hooks.slack.com"];

/// No lawful message is larger.
const BODY_MAX: usize = 1 << 20;

/// The service. Clones share one state.
#[derive(Clone)]
pub struct Slack {
    state: Arc<Mutex<State>>,
}

impl Slack {
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

    /// Makes a channel and a webhook for it, as an app's settings do.
    pub fn sign_up(&self, sign_up: SignUp) -> Webhook {
        self.lock().sign_up(sign_up)
    }

    /// What befalls a webhook, by its id, from now on; `None`: it works again.
    pub fn trouble(&self, webhook: &str, trouble: Option<Trouble>) {
        self.lock().hooks.iter_mut().filter(|hook| hook.id == webhook).for_each(|hook| hook.trouble = trouble);
    }

    /// What readers see, oldest first: by `author` the webhook's id, by `id` the time stamp that readers' apps know, by
    /// `title` the header, by `text` what the app makes of the blocks with an empty line between them, or of the text
    /// where there are none. `details` has, where there is one, `pings` (whom the message rings for), `links` (words
    /// that lead elsewhere) and `notification` (the text that blocks took the place of, where it is another).
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
    /// The channel's name, without `#`.
    pub channel: String,
}

impl Default for SignUp {
    fn default() -> Self {
        Self { channel: "news".to_owned() }
    }
}

/// What an app's settings show of a webhook.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// `B…`, the second part of the path.
    pub id: String,
    /// `T…`, the first.
    pub team: String,
    /// The whole address, which a person would copy.
    pub address: String,
}

async fn answer(Shared(slack): Shared<Slack>, request: Request) -> Response {
    match Call::receive(request, BODY_MAX).await {
        Some(call) => route::answer(&mut slack.lock(), &call),
        None => Refusal::INVALID_PAYLOAD.into_response(),
    }
}

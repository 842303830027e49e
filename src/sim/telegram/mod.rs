//! Make-believe Bot API of Telegram, as far as a bot needs it that posts to channels and groups: texts with entities,
//! photos, videos, albums, edits and deletes (<https://core.telegram.org/bots/api>, version 10.1).
//!
//! Strict beats lenient: a parameter that no method has is refused, where the real one ignores it. `parse_mode`, keyboards,
//! paid and secret things are not here: texts come with entities. Of the kinds of media those are here that show pictures:
//! photo, video, animation. Characters are counted in UTF-16 code units, as entities are.

mod albums;
mod chats;
mod editing;
mod entities;
mod errors;
mod files;
mod options;
mod params;
mod rates;
mod reading;
mod route;
mod seen;
mod sending;
mod state;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::response::{IntoResponse as _, Response};

use self::errors::Refusal;
pub use self::options::{ChatKind, Options, Standing};
use self::state::State;
use super::call::Call;
use super::{Seen, World};

/// What answers here.
pub const HOSTS: &[&str] = &["api.telegram.org"];

/// What the API takes at most: 50 MB of file, and what surrounds it.
const BODY_MAX: usize = 52 << 20;

/// The service. Clones share one state.
#[derive(Clone)]
pub struct Telegram {
    state: Arc<Mutex<State>>,
}

impl Telegram {
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

    /// Makes a bot, and a chat in which it may post.
    pub fn sign_up(&self, sign_up: SignUp) -> Member {
        self.lock().sign_up(sign_up)
    }

    /// How a bot stands in a chat from now on.
    pub fn stand(&self, member: &Member, standing: Standing) {
        let mut state = self.lock();
        let (Some(bot), Some(chat)) = (state.bot(&member.token), state.chat(member.chat)) else { return };
        state.standings.insert((bot, chat), standing);
    }

    /// A group becomes a supergroup: the new id. The old one refuses everything and tells the new one.
    pub fn migrate(&self, chat: i64) -> Option<i64> {
        self.lock().migrate(chat)
    }

    /// A chat is called otherwise from now on, without `@`; `None`: it is private.
    pub fn rename(&self, chat: i64, username: Option<&str>) {
        let mut state = self.lock();
        if let Some(chat) = state.chat(chat) {
            state.chats[chat].username = username.map(str::to_owned);
        }
    }

    /// The bot's owner takes the token back.
    pub fn revoke(&self, token: &str) {
        self.lock().bots.iter_mut().filter(|bot| bot.token == token).for_each(|bot| bot.revoked = true);
    }

    /// What readers see, oldest first: by `author` the chat's id, by `id` that of the message, of an album the first; by
    /// `text` the text or the caption, by `card` the preview of a link. `details` has, where there is one, `links`
    /// (words that lead elsewhere), `silent`, `protected`, `spoiler`, `above` (caption or preview) and `edited`.
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

/// A bot and a chat to be.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// What people call the bot; ends with `bot`.
    pub bot: String,
    /// A chat that is there keeps its kind and title.
    pub chat: ChatName,
    pub kind: ChatKind,
    pub title: String,
}

/// What a chat is known by.
#[derive(Clone, Debug)]
pub enum ChatName {
    /// A public one, without `@`.
    Public(String),
    /// A private one, by this id.
    Private(i64),
}

impl Default for SignUp {
    /// A bot that may post in a public channel.
    fn default() -> Self {
        Self {
            bot: "ann_press_bot".to_owned(),
            chat: ChatName::Public("annexample".to_owned()),
            kind: ChatKind::Channel,
            title: "Ann's news".to_owned(),
        }
    }
}

/// What BotFather and the channel's settings show.
#[derive(Clone, Debug)]
pub struct Member {
    /// The bot's token, which a person would copy.
    pub token: String,
    /// The bot's id.
    pub id: i64,
    pub bot: String,
    /// The chat's id.
    pub chat: i64,
    /// The chat's name, without `@`.
    pub username: Option<String>,
}

async fn answer(Shared(telegram): Shared<Telegram>, request: Request) -> Response {
    match Call::receive(request, BODY_MAX).await {
        Some(call) => route::answer(&mut telegram.lock(), &call),
        None => Refusal::TOO_LARGE.into_response(),
    }
}

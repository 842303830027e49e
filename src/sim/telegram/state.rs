//! Everything the service remembers: bots, chats, messages, files. It keeps them and hands out fresh ids; what is
//! allowed is decided elsewhere.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::SystemTime;

use uuid::Uuid;

use super::entities::Entity;
use super::options::{ChatKind, Options, Standing};
use super::rates::Spent;
use super::{ChatName, Member, SignUp};
use crate::sim::World;

/// Ids of channels and supergroups are below this.
const SUPER: i64 = -1_000_000_000_000;

pub(super) struct State {
    pub(super) options: Options,
    pub(super) world: World,
    /// When the request came that is answered now.
    pub(super) now: SystemTime,
    pub(super) bots: Vec<Bot>,
    pub(super) chats: Vec<Chat>,
    /// By bot and chat.
    pub(super) standings: HashMap<(usize, usize), Standing>,
    /// Ids that groups had, and have now.
    pub(super) migrated: HashMap<i64, i64>,
    pub(super) messages: Vec<Message>,
    pub(super) files: Vec<File>,
    pub(super) spent: Spent,
    /// Albums so far.
    pub(super) groups: u64,
}

/// A bot; known elsewhere by the index in [`State::bots`].
pub(super) struct Bot {
    pub(super) id: i64,
    pub(super) token: String,
    pub(super) username: String,
    pub(super) revoked: bool,
}

/// A chat; known elsewhere by the index in [`State::chats`].
pub(super) struct Chat {
    pub(super) id: i64,
    pub(super) kind: ChatKind,
    pub(super) title: String,
    pub(super) username: Option<String>,
    /// The last message's id.
    pub(super) last: i64,
}

/// A message; an album is several.
#[derive(Clone)]
pub(super) struct Message {
    pub(super) id: i64,
    pub(super) chat: usize,
    pub(super) bot: usize,
    /// Or the caption.
    pub(super) text: String,
    pub(super) entities: Vec<Entity>,
    /// Index in [`State::files`].
    pub(super) file: Option<usize>,
    pub(super) cover: Option<Arc<[u8]>>,
    /// The album it belongs to.
    pub(super) group: Option<String>,
    pub(super) preview: Preview,
    pub(super) reply_to: Option<i64>,
    pub(super) silent: bool,
    pub(super) protected: bool,
    pub(super) spoiler: bool,
    /// The caption stands above.
    pub(super) above: bool,
    pub(super) created: SystemTime,
    pub(super) edited: Option<SystemTime>,
}

/// `link_preview_options`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Preview {
    pub(super) disabled: bool,
    pub(super) url: Option<String>,
    pub(super) small: bool,
    pub(super) large: bool,
    pub(super) above: bool,
}

/// A file.
pub(super) struct File {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) mime: &'static str,
    pub(super) size: usize,
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) seconds: u64,
    pub(super) bytes: Arc<[u8]>,
}

impl State {
    pub(super) fn new(world: World) -> Self {
        Self {
            options: Options::default(),
            now: world.now(),
            world,
            bots: Vec::new(),
            chats: Vec::new(),
            standings: HashMap::new(),
            migrated: HashMap::new(),
            messages: Vec::new(),
            files: Vec::new(),
            spent: Spent::default(),
            groups: 0,
        }
    }

    pub(super) fn sign_up(&mut self, sign_up: SignUp) -> Member {
        let chat = self.found(&sign_up);
        let chat = chat.unwrap_or_else(|| {
            let number = 1_500_000_000 + i64::try_from(self.chats.len()).unwrap_or_default() * 7;
            let (id, username) = match sign_up.chat {
                ChatName::Private(id) => (id, None),
                ChatName::Public(name) => (SUPER - number, Some(name)),
            };
            self.chats.push(Chat { id, kind: sign_up.kind, title: sign_up.title, username, last: 1 });
            self.chats.len() - 1
        });
        let id = 7_000_000_000 + i64::try_from(self.bots.len()).unwrap_or_default() * 13;
        // 35 characters behind the bot's id, as real ones.
        let token = format!("{id}:AA{}_", Uuid::new_v4().simple());
        self.bots.push(Bot { id, token: token.clone(), username: sign_up.bot.clone(), revoked: false });
        let standing = match self.chats[chat].kind {
            ChatKind::Channel => Standing::Administrator { posts: true },
            ChatKind::Supergroup | ChatKind::Group => Standing::Member,
        };
        self.standings.insert((self.bots.len() - 1, chat), standing);
        let Chat { id: chat, username, .. } = &self.chats[chat];
        Member { token, id, bot: sign_up.bot, chat: *chat, username: username.clone() }
    }

    fn found(&self, sign_up: &SignUp) -> Option<usize> {
        match &sign_up.chat {
            ChatName::Private(id) => self.chat(*id),
            ChatName::Public(name) => self.chat_named(name),
        }
    }

    pub(super) fn bot(&self, token: &str) -> Option<usize> {
        self.bots.iter().position(|bot| bot.token == token && !bot.revoked)
    }

    pub(super) fn chat(&self, id: i64) -> Option<usize> {
        self.chats.iter().position(|chat| chat.id == id)
    }

    pub(super) fn chat_named(&self, username: &str) -> Option<usize> {
        let is = |name: &String| name.eq_ignore_ascii_case(username);
        self.chats.iter().position(|chat| chat.username.as_ref().is_some_and(is))
    }

    pub(super) fn migrate(&mut self, id: i64) -> Option<i64> {
        let chat = self.chat(id)?;
        let new = SUPER + id;
        (self.chats[chat].id, self.chats[chat].kind) = (new, ChatKind::Supergroup);
        self.migrated.insert(id, new);
        Some(new)
    }

    /// Where a message of a chat lies.
    pub(super) fn message(&self, chat: usize, id: i64) -> Option<usize> {
        self.messages.iter().position(|message| message.chat == chat && message.id == id)
    }
}

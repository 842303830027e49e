//! Everything the service remembers: webhooks, messages, threads. It keeps them and hands out fresh ids; what is
//! allowed is decided elsewhere.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::options::Options;
use super::polls::Poll;
use super::rates::Spent;
use super::{SignUp, Webhook};
use crate::sim::World;

pub(super) struct State {
    pub(super) options: Options,
    pub(super) world: World,
    /// When the request came that is answered now.
    pub(super) now: SystemTime,
    pub(super) hooks: Vec<Hook>,
    pub(super) threads: Vec<Thread>,
    pub(super) messages: Vec<Message>,
    pub(super) spent: Spent,
    sequence: u64,
}

/// A webhook; known elsewhere by the index in [`State::hooks`].
pub(super) struct Hook {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) name: String,
    pub(super) channel: String,
    pub(super) guild: String,
    pub(super) forum: bool,
    pub(super) deleted: bool,
}

/// A thread, below a channel.
pub(super) struct Thread {
    pub(super) id: String,
    pub(super) channel: String,
    pub(super) name: String,
}

/// A message.
pub(super) struct Message {
    pub(super) id: String,
    pub(super) hook: usize,
    /// Or the thread.
    pub(super) channel: String,
    pub(super) content: String,
    pub(super) username: Option<String>,
    pub(super) avatar: Option<String>,
    /// As they were sent.
    pub(super) embeds: Vec<Value>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) poll: Option<Poll>,
    pub(super) flags: i64,
    pub(super) tts: bool,
    /// Whom it rang for: `everyone`, `user 1`, `role 1`.
    pub(super) pings: Vec<String>,
    pub(super) created: SystemTime,
    pub(super) edited: Option<SystemTime>,
}

/// A file of a message.
#[derive(Clone)]
pub(super) struct Attachment {
    pub(super) id: String,
    pub(super) file_name: String,
    pub(super) description: Option<String>,
    pub(super) mime: String,
    pub(super) size: usize,
    pub(super) bytes: Arc<[u8]>,
}

impl State {
    pub(super) fn new(world: World) -> Self {
        Self {
            options: Options::default(),
            now: world.now(),
            world,
            hooks: Vec::new(),
            threads: Vec::new(),
            messages: Vec::new(),
            spent: Spent::default(),
            sequence: 0,
        }
    }

    pub(super) fn sign_up(&mut self, sign_up: SignUp) -> Webhook {
        let hook = Hook {
            id: self.fresh_id(),
            // As long as real ones: 68 characters.
            token: format!("{}{}abcd", Uuid::new_v4().simple(), Uuid::new_v4().simple()),
            name: sign_up.name,
            channel: self.fresh_id(),
            guild: self.fresh_id(),
            forum: sign_up.forum,
            deleted: false,
        };
        let shown = Webhook {
            id: hook.id.clone(),
            token: hook.token.clone(),
            address: address(&hook),
            channel: hook.channel.clone(),
            guild: hook.guild.clone(),
        };
        self.hooks.push(hook);
        shown
    }

    /// A snowflake: milliseconds since 2015 above 22 bits.
    pub(super) fn fresh_id(&mut self) -> String {
        self.sequence += 1;
        let millis = self.now.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        ((millis.saturating_sub(1_420_070_400_000) << 22) | u128::from(self.sequence & 0x3f_ffff)).to_string()
    }
}

/// The address that a person copies.
pub(super) fn address(hook: &Hook) -> String {
    format!("https://discord.com/api/webhooks/{}/{}", hook.id, hook.token)
}

/// Whether this could be an id.
pub(super) fn is_id(text: &str) -> bool {
    text.len() <= 20
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'))
        && !text.is_empty()
}

/// `2026-11-21T12:00:00.000000+00:00`
pub(super) fn iso(at: SystemTime) -> String {
    DateTime::<Utc>::from(at).to_rfc3339_opts(SecondsFormat::Micros, false)
}

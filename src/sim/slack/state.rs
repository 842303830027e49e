//! Everything the service remembers: webhooks and what they said. What is allowed is decided elsewhere.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use super::blocks::Block;
use super::options::{Options, Trouble};
use super::{SignUp, Webhook};
use crate::sim::World;
use crate::sim::meter::Bucket;

pub(super) struct State {
    pub(super) options: Options,
    pub(super) world: World,
    /// When the request came that is answered now.
    pub(super) now: SystemTime,
    pub(super) hooks: Vec<Hook>,
    pub(super) messages: Vec<Message>,
}

/// A webhook; known elsewhere by the index in [`State::hooks`].
pub(super) struct Hook {
    pub(super) id: String,
    pub(super) team: String,
    pub(super) secret: String,
    pub(super) channel: String,
    pub(super) trouble: Option<Trouble>,
    pub(super) bucket: Bucket,
}

/// A message.
pub(super) struct Message {
    pub(super) ts: String,
    pub(super) hook: usize,
    pub(super) text: String,
    /// Whether marks in the text are marks.
    pub(super) marked: bool,
    pub(super) blocks: Vec<Block>,
    pub(super) thread: Option<String>,
    pub(super) created: SystemTime,
}

impl State {
    pub(super) fn new(world: World) -> Self {
        Self { options: Options::default(), now: world.now(), world, hooks: Vec::new(), messages: Vec::new() }
    }

    pub(super) fn sign_up(&mut self, sign_up: SignUp) -> Webhook {
        let name = |first: char| {
            let id = Uuid::new_v4().simple().to_string().to_uppercase();
            format!("{first}0{}", &id[..9])
        };
        let hook = Hook {
            id: name('B'),
            team: name('T'),
            secret: Uuid::new_v4().simple().to_string()[..24].to_owned(),
            channel: sign_up.channel,
            trouble: None,
            bucket: Bucket::default(),
        };
        let address = format!("https://hooks.slack.com/services/{}/{}/{}", hook.team, hook.id, hook.secret);
        let shown = Webhook { id: hook.id.clone(), team: hook.team.clone(), address };
        self.hooks.push(hook);
        shown
    }

    /// The name of a message in its channel: when it came, and which of that second it is.
    pub(super) fn fresh_ts(&self) -> String {
        let seconds = self.now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        format!("{seconds}.{:06}", 100 + self.messages.len())
    }
}

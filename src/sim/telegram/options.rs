//! How the service behaves, as far as tests may choose: its limits, and what it refuses next.

use std::time::Duration;

/// How the service behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Calls a bot may make in a second.
    pub calls_a_second: u32,
    /// A chat takes one message a second; so many may come at once.
    pub burst: u32,
    /// Messages that a channel or group takes in a minute.
    pub messages_a_minute: u32,
    /// So many of the next calls are refused with 429.
    pub limited: u32,
    /// For how many seconds, as these answers say.
    pub retry_after: u64,
    /// Age at which a message cannot be deleted any more.
    pub deletable: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            calls_a_second: 30,
            burst: 5,
            messages_a_minute: 20,
            limited: 0,
            retry_after: 5,
            deletable: Duration::from_secs(48 * 3_600),
        }
    }
}

/// What a chat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatKind {
    Channel,
    Supergroup,
    Group,
}

impl ChatKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Supergroup => "supergroup",
            Self::Group => "group",
        }
    }
}

/// How a bot stands in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// `posts`: it has the right to.
    Administrator {
        posts: bool,
    },
    /// In groups it may post; in channels only administrators do.
    Member,
    Left,
    Kicked,
}

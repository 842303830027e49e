//! How the service behaves, as far as tests may choose: its limits, and what it refuses.

use std::time::Duration;

/// How the service behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// A webhook may send one message a second; so many may come at once.
    pub burst: u32,
    /// So many of the next messages are refused with 429.
    pub limited: u32,
    /// For how long, as these answers say.
    pub retry_after: Duration,
    /// So many of the next messages meet an error that nobody can explain.
    pub rollup_errors: u32,
    /// Whether pictures must be found at their addresses.
    pub pictures_must_answer: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            burst: 5,
            limited: 0,
            retry_after: Duration::from_secs(30),
            rollup_errors: 0,
            pictures_must_answer: true,
        }
    }
}

/// What can befall a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Somebody removed the webhook, or its app.
    Removed,
    ChannelDeleted,
    ChannelArchived,
    /// The workspace allows such posts no longer.
    Prohibited,
    /// The workspace is gone.
    TeamGone,
}

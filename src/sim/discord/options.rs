//! How the service behaves, as far as tests may choose: its limits, and what it refuses next.

use std::time::Duration;

/// How the service behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of a file; more in servers that people pay for.
    pub file_max: usize,
    /// Calls of one kind that a webhook may make in [`Options::burst_period`], as was seen in practice.
    pub burst: u32,
    pub burst_period: Duration,
    /// Messages that a channel takes in a minute, as was seen in practice.
    pub messages_a_minute: u32,
    /// Answers of 401, 403 and 429 that an address gets in ten minutes before it gets nothing else.
    pub invalid_max: u32,
    /// So many of the next calls are refused with 429.
    pub limited: u32,
    /// By whom.
    pub limited_by: Limited,
    /// For how long, as these answers say.
    pub retry_after: Duration,
    /// So many of the next messages are accepted and lost; without `wait=true` nobody is told.
    pub unsaved: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            file_max: 10 << 20,
            burst: 5,
            burst_period: Duration::from_secs(2),
            messages_a_minute: 30,
            invalid_max: 10_000,
            limited: 0,
            limited_by: Limited::User,
            retry_after: Duration::from_millis(620),
            unsaved: 0,
        }
    }
}

/// Who refuses with 429.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// The limit of this webhook.
    User,
    /// A limit that it shares with others.
    Shared,
    /// The limit of all its calls together.
    Global,
    /// The network in front, with a page instead of JSON.
    Cloudflare,
}

//! How a server behaves, as far as tests may choose: its limits, and what it refuses next.

use std::time::Duration;

/// How a server behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Articles that a user may publish in [`Options::window`], and changes that they may make.
    pub creations: u32,
    pub updates: u32,
    pub window: Duration,
    /// In this time a new user may publish one article.
    pub new_window: Duration,
    /// In this time no user may give two articles one title.
    pub same_title: Duration,
    /// So many of the next calls are refused with 429.
    pub limited: u32,
    /// For how long, as these answers say.
    pub retry_after: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            creations: 10,
            updates: 30,
            window: Duration::from_secs(30),
            new_window: Duration::from_secs(300),
            same_title: Duration::from_secs(300),
            limited: 0,
            retry_after: Duration::from_secs(30),
        }
    }
}

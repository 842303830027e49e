//! The refusals: a status, and one word as plain text
//! (<https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks>). Knows nothing of when they
//! are due.

use axum::response::{IntoResponse, Response};

use super::options::Trouble;
use crate::sim::call;
use crate::sim::record::Wrong;

/// An answer that says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    word: &'static str,
}

impl Refusal {
    pub(super) const INVALID_PAYLOAD: Self = Self::new(400, "invalid_payload");
    pub(super) const INVALID_BLOCKS: Self = Self::new(400, "invalid_blocks");
    pub(super) const INVALID_THREAD: Self = Self::new(400, "invalid_thread_ts");
    pub(super) const NO_TEXT: Self = Self::new(400, "no_text");
    pub(super) const TOO_MANY_ATTACHMENTS: Self = Self::new(400, "too_many_attachments");
    pub(super) const INVALID_TOKEN: Self = Self::new(403, "invalid_token");
    pub(super) const NO_SERVICE: Self = Self::new(404, "no_service");
    pub(super) const NO_TEAM: Self = Self::new(404, "no_team");
    pub(super) const NOT_ALLOWED: Self = Self::new(405, "method_not_allowed");
    pub(super) const ROLLUP_ERROR: Self = Self::new(500, "rollup_error");

    const fn new(status: u16, word: &'static str) -> Self {
        Self { status, word }
    }
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Removed => Self::NO_SERVICE,
            Trouble::ChannelDeleted => Self::new(404, "channel_not_found"),
            Trouble::ChannelArchived => Self::new(410, "channel_is_archived"),
            Trouble::Prohibited => Self::new(403, "action_prohibited"),
            Trouble::TeamGone => Self::NO_TEAM,
        }
    }
}

/// A field that is wrong: in a block it is the blocks, anywhere else the whole.
impl From<Wrong> for Refusal {
    fn from(wrong: Wrong) -> Self {
        if wrong.at.starts_with("blocks") { Self::INVALID_BLOCKS } else { Self::INVALID_PAYLOAD }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        call::text(self.status, self.word)
    }
}

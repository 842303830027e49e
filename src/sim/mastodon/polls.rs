//! Polls of statuses (<https://docs.joinmastodon.org/entities/Poll/>). Nobody votes here.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation as _;

use super::call::{self, Outcome};
use super::errors::Refusal;
use super::fields::Fields;
use super::state::{State, iso};

/// A poll that was asked for.
#[derive(Clone)]
pub(super) struct Ask {
    pub(super) options: Vec<String>,
    pub(super) expires_in: u64,
    pub(super) multiple: bool,
    pub(super) hide_totals: bool,
}

/// A poll of a status.
#[derive(Clone)]
pub(super) struct Poll {
    pub(super) id: String,
    pub(super) options: Vec<String>,
    pub(super) multiple: bool,
    pub(super) ends: SystemTime,
    ask: Ask,
}

/// The field `poll`.
pub(super) fn read(fields: &mut Fields) -> Result<Option<Ask>, Refusal> {
    let Some(mut fields) = fields.group("poll")? else { return Ok(None) };
    let ask = Ask {
        options: fields.texts("options")?.unwrap_or_default(),
        expires_in: fields.number("expires_in")?.ok_or_else(|| Refusal::invalid("Expires at can't be blank"))?,
        multiple: fields.flag("multiple")?.unwrap_or(false),
        hide_totals: fields.flag("hide_totals")?.unwrap_or(false),
    };
    fields.end()?;
    Ok(Some(ask))
}

impl Ask {
    pub(super) fn check(&self, state: &State) -> Result<(), Refusal> {
        let limits = &state.options;
        let options = &self.options;
        let too = |what: &str| Err(Refusal::invalid(what));
        if options.len() < 2 {
            return too("Options must have more than one item");
        }
        if options.len() > limits.poll_options {
            return too(&format!("Options can't contain more than {} items", limits.poll_options));
        }
        if options.iter().any(|option| option.trim().is_empty()) {
            return too("Options can't be blank");
        }
        if options.iter().any(|option| option.graphemes(true).count() > limits.poll_option_characters) {
            return too(&format!("Options can't be longer than {} characters each", limits.poll_option_characters));
        }
        if options.iter().enumerate().any(|(at, option)| options[..at].contains(option)) {
            return too("Options contain duplicate items");
        }
        if self.expires_in > *limits.poll_expiration.end() {
            return too("Expires at is too far into the future");
        }
        if self.expires_in < *limits.poll_expiration.start() {
            return too("Expires at is too soon");
        }
        Ok(())
    }

    pub(super) fn open(self, state: &State) -> Poll {
        Poll {
            id: state.fresh_id(),
            options: self.options.clone(),
            multiple: self.multiple,
            ends: state.now + Duration::from_secs(self.expires_in),
            ask: self,
        }
    }

    /// Whether a poll is already as asked, so that an edit leaves its votes.
    pub(super) fn is_of(&self, poll: &Poll) -> bool {
        self.options == poll.options && self.multiple == poll.multiple
    }
}

/// `GET /api/v1/polls/{id}`
pub(super) fn get(state: &State, id: &str) -> Outcome {
    let poll = state.statuses.iter().filter_map(|status| status.poll.as_ref()).find(|poll| poll.id == id);
    Ok(call::json(200, &shown(state, poll.ok_or_else(Refusal::missing)?)))
}

pub(super) fn shown(state: &State, poll: &Poll) -> Value {
    let options: Vec<Value> = poll.options.iter().map(|title| json!({"title": title, "votes_count": 0})).collect();
    json!({
        "id": poll.id,
        "expires_at": iso(poll.ends),
        "expired": poll.ends <= state.now,
        "multiple": poll.multiple,
        "votes_count": 0,
        "voters_count": if poll.ask.hide_totals { Value::Null } else { json!(0) },
        "options": options,
        "emojis": [],
        "voted": true,
        "own_votes": [],
    })
}

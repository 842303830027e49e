//! What a request wants a status to be, checked as the server checks it. It makes nothing. Sources:
//! <https://docs.joinmastodon.org/methods/statuses/>, app/services/post_status_service.rb of mastodon/mastodon.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use unicode_segmentation::UnicodeSegmentation as _;

use super::entities;
use super::errors::Refusal;
use super::fields::Fields;
use super::media;
use super::polls::{self, Ask};
use super::state::{State, Status};

/// The API version that has quotes: 4.5.
const QUOTES_SINCE: u32 = 7;

/// A status to be.
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) spoiler: String,
    pub(super) sensitive: bool,
    pub(super) visibility: String,
    pub(super) language: String,
    pub(super) in_reply_to: Option<String>,
    pub(super) quote: Option<String>,
    pub(super) quote_policy: Option<String>,
    pub(super) media: Vec<String>,
    pub(super) poll: Option<Ask>,
    pub(super) scheduled_at: Option<SystemTime>,
}

impl Draft {
    /// Of `POST /api/v1/statuses`.
    pub(super) fn read(state: &State, account: usize, fields: &mut Fields) -> Result<Self, Refusal> {
        let spoiler = fields.text("spoiler_text")?.unwrap_or_default();
        let mut draft = Self {
            text: fields.text("status")?.unwrap_or_default(),
            sensitive: fields.flag("sensitive")?.unwrap_or(false) || !spoiler.is_empty(),
            spoiler,
            visibility: visibility(state, account, fields.text("visibility")?)?,
            language: language(state, account, fields.text("language")?)?,
            in_reply_to: fields.text("in_reply_to_id")?.filter(|id| !id.is_empty()),
            quote: fields.text("quoted_status_id")?.filter(|id| !id.is_empty()),
            quote_policy: fields.text("quote_approval_policy")?,
            media: fields.texts("media_ids")?.unwrap_or_default(),
            poll: polls::read(fields)?,
            scheduled_at: scheduled_at(fields)?,
        };
        if state.options.is_snac() {
            (draft.poll, draft.scheduled_at, draft.quote, draft.quote_policy) = (None, None, None, None);
        }
        draft.check(state, account)?;
        if draft.text.trim().is_empty() && !draft.spoiler.is_empty() {
            draft.text = ".".to_owned();
        }
        Ok(draft)
    }

    fn check(&self, state: &State, account: usize) -> Result<(), Refusal> {
        // snac publishes an empty status.
        let is_empty = self.text.trim().is_empty() && self.spoiler.is_empty() && self.media.is_empty();
        if is_empty && !state.options.is_snac() {
            return Err(Refusal::invalid("Text can't be blank"));
        }
        check_length(state, &self.text, &self.spoiler)?;
        if self.poll.is_some() && !self.media.is_empty() {
            return Err(Refusal::invalid("A poll cannot have media attachments"));
        }
        if let Some(poll) = &self.poll {
            poll.check(state)?;
        }
        media::check_attachable(state, account, &self.media)?;
        let known = |id: &Option<String>| {
            id.as_ref().is_none_or(|id| state.status(id).is_some_and(|status| may_see(status, Some(account))))
        };
        if !known(&self.in_reply_to) {
            return Err(Refusal::new(404, "The post you are trying to reply to does not appear to exist."));
        }
        if (self.quote.is_some() || self.quote_policy.is_some())
            && state.options.api_version.is_none_or(|own| own < QUOTES_SINCE)
        {
            return Err(Refusal::invalid("quoted_status_id is not a parameter of this version"));
        }
        if !known(&self.quote) {
            return Err(Refusal::new(404, "The post you are trying to quote does not appear to exist."));
        }
        check_policy(self.quote_policy.as_deref())
    }
}

/// Text and content warning together; links in a warning count as written.
pub(super) fn check_length(state: &State, text: &str, spoiler: &str) -> Result<(), Refusal> {
    let (limit, link) = (state.options.max_characters, state.options.url_characters);
    let length = entities::count(text, link) + spoiler.graphemes(true).count();
    if length > limit {
        return Err(Refusal::invalid(&format!("Text character limit of {limit} exceeded")));
    }
    Ok(())
}

pub(super) fn check_policy(policy: Option<&str>) -> Result<(), Refusal> {
    if policy.is_some_and(|policy| !["public", "followers", "nobody"].contains(&policy)) {
        return Err(Refusal::invalid("Quote approval policy is not included in the list"));
    }
    Ok(())
}

/// Whether somebody sees a status: nobody here follows anybody, or is spoken to.
pub(super) fn may_see(status: &Status, account: Option<usize>) -> bool {
    account == Some(status.account) || ["public", "unlisted"].contains(&status.visibility.as_str())
}

fn visibility(state: &State, account: usize, asked: Option<String>) -> Result<String, Refusal> {
    let account = &state.accounts[account];
    let asked = asked.filter(|asked| !asked.is_empty()).unwrap_or_else(|| account.visibility.clone());
    if state.options.is_snac() {
        let public = ["public", "unlisted"].contains(&asked.as_str());
        return Ok(if public { "public" } else { "private" }.to_owned());
    }
    if !["public", "unlisted", "private", "direct"].contains(&asked.as_str()) {
        return Err(Refusal::invalid("Visibility is not included in the list"));
    }
    Ok(if account.silenced && asked == "public" { "unlisted".to_owned() } else { asked })
}

pub(super) fn language(state: &State, account: usize, asked: Option<String>) -> Result<String, Refusal> {
    if state.options.is_snac() {
        return Ok("en".to_owned());
    }
    let asked = asked.filter(|asked| !asked.is_empty()).unwrap_or_else(|| state.accounts[account].language.clone());
    // A real server drops a language that it does not know.
    if !(2..=3).contains(&asked.len()) || !asked.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Err(Refusal::invalid("Language is not of ISO 639"));
    }
    Ok(asked)
}

pub(super) fn scheduled_at(fields: &mut Fields) -> Result<Option<SystemTime>, Refusal> {
    let Some(text) = fields.text("scheduled_at")?.filter(|text| !text.is_empty()) else { return Ok(None) };
    let at: DateTime<Utc> = text.parse().map_err(|_| Refusal::invalid("Scheduled at is not a time"))?;
    Ok(Some(at.into()))
}

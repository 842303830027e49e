//! A message as it comes: its fields, and what each may be. Knows nothing of how it is shown.

use super::blocks;
use super::errors::Refusal;
use super::state::{Message, State};
use crate::sim::call::Call;
use crate::sim::record::Record;

/// Characters; what is longer is cut off.
const TEXT_MAX: usize = 40_000;

/// Takes a message in, or nothing of it.
pub(super) fn post(state: &mut State, call: &Call, hook: usize) -> Result<(), Refusal> {
    if call.media_type() != "application/json" {
        return Err(Refusal::INVALID_PAYLOAD);
    }
    let mut record = Record::new(call.object().ok_or(Refusal::INVALID_PAYLOAD)?);
    let text = record.text("text")?;
    let marked = record.flag("mrkdwn")?.unwrap_or(true);
    let blocks = blocks::take(state, &mut record)?;
    if record.list("attachments", usize::MAX)?.is_some_and(|attachments| !attachments.is_empty()) {
        return Err(Refusal::TOO_MANY_ATTACHMENTS);
    }
    let thread = record.text("thread_ts")?;
    record.flag("unfurl_links")?;
    record.flag("unfurl_media")?;
    record.end()?;
    let text = text.unwrap_or_default();
    if text.trim().is_empty() && blocks.is_empty() {
        return Err(Refusal::NO_TEXT);
    }
    let channel = |message: &Message| &state.hooks[message.hook].channel;
    let begins = |message: &Message, ts: &str| message.ts == ts && *channel(message) == state.hooks[hook].channel;
    if thread.as_ref().is_some_and(|ts| !state.messages.iter().any(|message| begins(message, ts))) {
        return Err(Refusal::INVALID_THREAD);
    }
    if state.options.rollup_errors > 0 {
        state.options.rollup_errors -= 1;
        return Err(Refusal::ROLLUP_ERROR);
    }
    let message = Message {
        ts: state.fresh_ts(),
        hook,
        text: text.chars().take(TEXT_MAX).collect(),
        marked,
        blocks,
        thread,
        created: state.now,
    };
    state.messages.push(message);
    Ok(())
}

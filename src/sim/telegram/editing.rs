//! Messages that are out: edited and deleted. Knows nothing of what readers see.

use serde_json::json;

use super::errors::Refusal;
use super::params::Params;
use super::route::Outcome;
use super::state::{Message, State};
use super::{chats, reading, sending};

/// Messages that one call deletes.
const DELETED_MAX: usize = 100;

/// `editMessageText`
pub(super) fn text(state: &mut State, bot: usize, mut params: Params) -> Outcome {
    let at = find(state, bot, &mut params)?;
    let (text, entities) = sending::text(&mut params)?;
    let preview = sending::preview(&mut params)?;
    params.end()?;
    if state.messages[at].file.is_some() {
        return Err(Refusal::bad("there is no text in the message to edit"));
    }
    let old = &state.messages[at];
    let is_same = old.text == text && old.entities == entities && old.preview == preview;
    put(state, at, is_same, |message| (message.text, message.entities, message.preview) = (text, entities, preview))
}

/// `editMessageCaption`
pub(super) fn caption(state: &mut State, bot: usize, mut params: Params) -> Outcome {
    let at = find(state, bot, &mut params)?;
    let caption = params.text("caption")?;
    let entities = params.list("caption_entities")?;
    let (text, entities) = sending::caption_of(caption, entities)?;
    let above = params.flag("show_caption_above_media")?;
    params.end()?;
    if state.messages[at].file.is_none() {
        return Err(Refusal::bad("there is no caption in the message to edit"));
    }
    let old = &state.messages[at];
    let is_same = old.text == text && old.entities == entities && old.above == above;
    put(state, at, is_same, |message| (message.text, message.entities, message.above) = (text, entities, above))
}

/// `deleteMessage`
pub(super) fn delete(state: &mut State, bot: usize, mut params: Params) -> Outcome {
    let chat = chats::find(state, bot, &mut params)?;
    let id = params.whole("message_id")?.ok_or_else(|| Refusal::bad("message identifier is not specified"))?;
    params.end()?;
    let at = state.message(chat, id).ok_or_else(|| Refusal::bad("message to delete not found"))?;
    if !may_delete(state, bot, &state.messages[at]) {
        return Err(Refusal::bad("message can't be deleted for everyone"));
    }
    state.messages.remove(at);
    Ok(json!(true))
}

/// `deleteMessages`: those that cannot be found are passed over.
pub(super) fn delete_all(state: &mut State, bot: usize, mut params: Params) -> Outcome {
    let chat = chats::find(state, bot, &mut params)?;
    let ids = params.list("message_ids")?.unwrap_or_default();
    params.end()?;
    let ids: Option<Vec<i64>> = ids.iter().map(serde_json::Value::as_i64).collect();
    let ids = ids.filter(|ids| (1..=DELETED_MAX).contains(&ids.len()));
    let ids = ids.ok_or_else(|| Refusal::bad("message identifiers are not specified"))?;
    let found: Vec<usize> = ids.iter().filter_map(|id| state.message(chat, *id)).collect();
    if found.iter().any(|at| !may_delete(state, bot, &state.messages[*at])) {
        return Err(Refusal::bad("message can't be deleted for everyone"));
    }
    state.messages.retain(|message| message.chat != chat || !ids.contains(&message.id));
    Ok(json!(true))
}

fn may_delete(state: &State, bot: usize, message: &Message) -> bool {
    message.bot == bot && state.now < message.created + state.options.deletable
}

/// The message of this bot that is to be edited.
fn find(state: &State, bot: usize, params: &mut Params) -> Result<usize, Refusal> {
    let chat = chats::to_post(state, bot, params)?;
    let id = params.whole("message_id")?.ok_or_else(|| Refusal::bad("message identifier is not specified"))?;
    let at = state.message(chat, id).ok_or_else(|| Refusal::bad("message to edit not found"))?;
    if state.messages[at].bot != bot {
        return Err(Refusal::bad("message can't be edited"));
    }
    Ok(at)
}

fn put(state: &mut State, at: usize, is_same: bool, change: impl FnOnce(&mut Message)) -> Outcome {
    if is_same {
        return Err(Refusal::bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a \
             current content and reply markup of the message",
        ));
    }
    let now = state.now;
    change(&mut state.messages[at]);
    state.messages[at].edited = Some(now);
    Ok(reading::message(state, &state.messages[at]))
}

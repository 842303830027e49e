//! New messages: a text, or a file with a caption. Knows nothing of albums and of what readers see.

use std::sync::Arc;
use std::time::SystemTime;

use super::entities::{self, Entity};
use super::errors::Refusal;
use super::params::Params;
use super::route::Outcome;
use super::state::{Message, Preview, State};
use super::{chats, files, rates, reading};

/// UTF-16 code units.
const TEXT_MAX: usize = 4_096;
const CAPTION_MAX: usize = 1_024;

/// `sendMessage`
pub(super) fn message(state: &mut State, bot: usize, mut params: Params) -> Outcome {
    let chat = chats::to_post(state, bot, &mut params)?;
    let (text, entities) = text(&mut params)?;
    let preview = preview(&mut params)?;
    let how = How::take(state, chat, &mut params)?;
    params.end()?;
    rates::messages(state, chat, 1)?;
    let message = Message { text, entities, preview, ..blank(state, bot, chat, &how) };
    Ok(put(state, message))
}

/// `sendPhoto` and its like.
pub(super) fn file(state: &mut State, bot: usize, mut params: Params, kind: &'static str) -> Outcome {
    let chat = chats::to_post(state, bot, &mut params)?;
    let value = params.text(kind)?;
    let file = files::take(state, &mut params, kind, value.as_deref())?;
    let caption = params.text("caption")?;
    let entities = params.list("caption_entities")?;
    let (text, entities) = caption_of(caption, entities)?;
    let (spoiler, above) = (params.flag("has_spoiler")?, params.flag("show_caption_above_media")?);
    let cover = if kind == "photo" { None } else { film(&mut params, kind)? };
    let how = How::take(state, chat, &mut params)?;
    params.end()?;
    rates::messages(state, chat, 1)?;
    let message = Message { text, entities, file: Some(file), cover, spoiler, above, ..blank(state, bot, chat, &how) };
    Ok(put(state, message))
}

/// What only moving pictures have.
fn film(params: &mut Params, kind: &str) -> Result<Option<Arc<[u8]>>, Refusal> {
    for name in ["duration", "width", "height"] {
        if params.whole(name)?.is_some_and(|number| number < 0) {
            return Err(Refusal::bad(&format!("{name} must not be negative")));
        }
    }
    let thumbnail = params.text("thumbnail")?;
    let thumbnail = files::cover(params, thumbnail.as_deref(), "thumbnail")?;
    if kind == "animation" {
        return Ok(thumbnail);
    }
    params.flag("supports_streaming")?;
    let cover = params.text("cover")?;
    Ok(files::cover(params, cover.as_deref(), "cover")?.or(thumbnail))
}

/// `text` and what goes with it.
pub(super) fn text(params: &mut Params) -> Result<(String, Vec<Entity>), Refusal> {
    let text = params.text("text")?.filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| Refusal::bad("message text is empty"))?;
    if entities::length(&text) > TEXT_MAX {
        return Err(Refusal::bad("message is too long"));
    }
    let entities = entities::read(&text, params.list("entities")?.unwrap_or_default())?;
    Ok((text, entities))
}

/// A caption, which may be missing.
pub(super) fn caption_of(
    caption: Option<String>,
    list: Option<Vec<serde_json::Value>>,
) -> Result<(String, Vec<Entity>), Refusal> {
    let caption = caption.unwrap_or_default();
    if entities::length(&caption) > CAPTION_MAX {
        return Err(Refusal::bad("message caption is too long"));
    }
    let entities = entities::read(&caption, list.unwrap_or_default())?;
    Ok((caption, entities))
}

pub(super) fn preview(params: &mut Params) -> Result<Preview, Refusal> {
    let Some(mut options) = params.record("link_preview_options")? else { return Ok(Preview::default()) };
    let mut flag = |name: &str| options.flag(name).map(Option::unwrap_or_default);
    let (disabled, above) = (flag("is_disabled")?, flag("show_above_text")?);
    let (small, large) = (flag("prefer_small_media")?, flag("prefer_large_media")?);
    let url = options.text("url")?;
    if url.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        return Err(options.odd("url", "this is no address").into());
    }
    options.end()?;
    Ok(Preview { disabled, url, small, large, above })
}

/// What every new message may say of itself.
pub(super) struct How {
    silent: bool,
    protected: bool,
    reply_to: Option<i64>,
}

impl How {
    pub(super) fn take(state: &State, chat: usize, params: &mut Params) -> Result<Self, Refusal> {
        let (silent, protected) = (params.flag("disable_notification")?, params.flag("protect_content")?);
        if params.whole("message_thread_id")?.is_some() {
            return Err(Refusal::bad("message thread not found"));
        }
        let mut reply_to = None;
        if let Some(mut reply) = params.record("reply_parameters")? {
            let id = reply.whole("message_id")?;
            let lenient = reply.flag("allow_sending_without_reply")?.unwrap_or_default();
            reply.end()?;
            reply_to = id.filter(|id| state.message(chat, *id).is_some());
            if reply_to.is_none() && !lenient {
                return Err(Refusal::bad("message to be replied not found"));
            }
        }
        Ok(Self { silent, protected, reply_to })
    }
}

/// A message that says nothing yet.
pub(super) fn blank(state: &State, bot: usize, chat: usize, how: &How) -> Message {
    Message {
        id: 0,
        chat,
        bot,
        text: String::new(),
        entities: Vec::new(),
        file: None,
        cover: None,
        group: None,
        preview: Preview::default(),
        reply_to: how.reply_to,
        silent: how.silent,
        protected: how.protected,
        spoiler: false,
        above: false,
        created: whole(state.now),
        edited: None,
    }
}

/// Times are told in seconds.
fn whole(at: SystemTime) -> SystemTime {
    SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(reading::seconds(at))
}

/// Gives the message its id in the chat, and shows it.
pub(super) fn put(state: &mut State, mut message: Message) -> serde_json::Value {
    let chat = &mut state.chats[message.chat];
    chat.last += 1;
    message.id = chat.last;
    let shown = reading::message(state, &message);
    state.messages.push(message);
    shown
}

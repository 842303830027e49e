//! Albums: two to ten photos and videos that readers see as one
//! (<https://core.telegram.org/bots/api#sendmediagroup>). Each is a message of its own.

use std::sync::Arc;

use serde_json::{Value, json};

use super::entities::Entity;
use super::errors::Refusal;
use super::params::Params;
use super::route::Outcome;
use super::sending::{self, How};
use super::state::{Message, State};
use super::{chats, files, rates};
use crate::sim::record::{Needed as _, Record};

const ITEMS: std::ops::RangeInclusive<usize> = 2..=10;

/// One of an album.
struct Item {
    file: usize,
    cover: Option<Arc<[u8]>>,
    text: String,
    entities: Vec<Entity>,
    spoiler: bool,
    above: bool,
}

/// `sendMediaGroup`
pub(super) fn send(state: &mut State, bot: usize, mut params: Params) -> Outcome {
    let chat = chats::to_post(state, bot, &mut params)?;
    let list = params.list("media")?.ok_or_else(|| Refusal::bad("parameter \"media\" is required"))?;
    if !ITEMS.contains(&list.len()) {
        return Err(Refusal::bad("media must include 2-10 items"));
    }
    let how = How::take(state, chat, &mut params)?;
    let mut items = Vec::new();
    for value in list {
        let Value::Object(values) = value else {
            return Err(Refusal::bad("can't parse InputMedia: expected an Object"));
        };
        items.push(item(state, &mut params, Record::new(values))?);
    }
    params.end()?;
    rates::messages(state, chat, u32::try_from(items.len()).unwrap_or(u32::MAX))?;
    state.groups += 1;
    let group = (13_000_000_000_000_000 + state.groups * 8).to_string();
    let mut shown = Vec::new();
    for Item { file, cover, text, entities, spoiler, above } in items {
        let blank = sending::blank(state, bot, chat, &how);
        let group = Some(group.clone());
        let message = Message { file: Some(file), cover, text, entities, spoiler, above, group, ..blank };
        shown.push(sending::put(state, message));
    }
    Ok(json!(shown))
}

fn item(state: &mut State, params: &mut Params, mut item: Record) -> Result<Item, Refusal> {
    let kind = item.word("type", &["photo", "video"])?.needed(&item, "type")?;
    let media = item.text("media")?.needed(&item, "media")?;
    let file = files::take(state, params, kind, Some(&media))?;
    let caption = item.text("caption")?;
    let entities = item.list("caption_entities", usize::MAX)?;
    let (text, entities) = sending::caption_of(caption, entities)?;
    let spoiler = item.flag("has_spoiler")?.unwrap_or_default();
    let above = item.flag("show_caption_above_media")?.unwrap_or_default();
    let mut cover = None;
    if kind == "video" {
        for name in ["duration", "width", "height"] {
            if item.whole(name)?.is_some_and(|number| number < 0) {
                return Err(item.odd(name, "this is negative").into());
            }
        }
        item.flag("supports_streaming")?;
        for name in ["thumbnail", "cover"] {
            if let Some(value) = item.text(name)? {
                cover = files::cover(params, Some(&value), name)?;
            }
        }
    }
    item.end()?;
    Ok(Item { file, cover, text, entities, spoiler, above })
}

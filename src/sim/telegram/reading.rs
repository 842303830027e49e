//! What the methods answer: a message as JSON. It changes nothing.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::chats;
use super::entities::Entity;
use super::options::ChatKind;
use super::state::{File, Message, Preview, State};

pub(super) fn message(state: &State, message: &Message) -> Value {
    let chat = chats::json(state, message.chat);
    let mut shown = json!({"message_id": message.id});
    match state.chats[message.chat].kind {
        ChatKind::Channel => shown["sender_chat"] = chat.clone(),
        ChatKind::Supergroup | ChatKind::Group => shown["from"] = chats::user(state, message.bot),
    }
    (shown["chat"], shown["date"]) = (chat, json!(seconds(message.created)));
    if let Some(edited) = message.edited {
        shown["edit_date"] = json!(seconds(edited));
    }
    if let Some(group) = &message.group {
        shown["media_group_id"] = json!(group);
    }
    if let Some(id) = message.reply_to {
        shown["reply_to_message"] = json!({"message_id": id, "chat": shown["chat"]});
    }
    if message.protected {
        shown["has_protected_content"] = json!(true);
    }
    let (text, entities) = match message.file {
        Some(at) => {
            let file = &state.files[at];
            shown[file.kind] = if file.kind == "photo" { json!([of(file)]) } else { of(file) };
            ("caption", "caption_entities")
        }
        None => ("text", "entities"),
    };
    if !message.text.is_empty() {
        shown[text] = json!(message.text);
    }
    if !message.entities.is_empty() {
        shown[entities] = message.entities.iter().map(Entity::json).collect();
    }
    if message.preview != Preview::default() {
        shown["link_preview_options"] = preview(&message.preview);
    }
    shown
}

fn of(file: &File) -> Value {
    let mut shown = json!({
        "file_id": file.id,
        "file_unique_id": file.id[10..25],
        "file_size": file.size,
        "width": file.width,
        "height": file.height,
    });
    if file.kind != "photo" {
        (shown["duration"], shown["mime_type"]) = (json!(file.seconds), json!(file.mime));
    }
    shown
}

fn preview(preview: &Preview) -> Value {
    let mut shown = json!({});
    let flags = [
        ("is_disabled", preview.disabled),
        ("prefer_small_media", preview.small),
        ("prefer_large_media", preview.large),
        ("show_above_text", preview.above),
    ];
    for (name, _) in flags.into_iter().filter(|(_, set)| *set) {
        shown[name] = json!(true);
    }
    if let Some(url) = &preview.url {
        shown["url"] = json!(url);
    }
    shown
}

/// Seconds since 1970.
pub(super) fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

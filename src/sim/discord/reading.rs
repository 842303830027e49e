//! What the calls answer: a webhook and a message as JSON. It changes nothing.

use serde_json::{Value, json};

use super::errors::Refusal;
use super::polls::Poll;
use super::state::{Attachment, Hook, Message, State, address, iso};

/// A message of this webhook, in its channel or in this thread.
pub(super) fn find(state: &State, hook: usize, id: &str, thread: Option<&str>) -> Result<usize, Refusal> {
    let place = thread.unwrap_or(&state.hooks[hook].channel);
    let fits = |message: &Message| message.id == id && message.hook == hook && message.channel == place;
    state.messages.iter().position(fits).ok_or_else(Refusal::unknown_message)
}

pub(super) fn webhook(hook: &Hook) -> Value {
    json!({
        "application_id": null,
        "avatar": null,
        "channel_id": hook.channel,
        "guild_id": hook.guild,
        "id": hook.id,
        "name": hook.name,
        "type": 1,
        "token": hook.token,
        "url": address(hook),
    })
}

pub(super) fn message(state: &State, message: &Message) -> Value {
    let hook = &state.hooks[message.hook];
    let ids = |kind: &str| -> Vec<&str> {
        message.pings.iter().filter_map(|ping| ping.strip_prefix(kind)?.strip_prefix(' ')).collect()
    };
    let users: Vec<Value> = ids("user").into_iter().map(|id| json!({"id": id})).collect();
    let mut shown = json!({
        "type": 0,
        "content": message.content,
        "mentions": users,
        "mention_roles": ids("role"),
        "attachments": message.attachments.iter().map(|file| attachment(message, file)).collect::<Vec<_>>(),
        "embeds": message.embeds.iter().map(embed).collect::<Vec<_>>(),
        "timestamp": iso(message.created),
        "edited_timestamp": message.edited.map(iso),
        "flags": message.flags,
        "components": [],
        "id": message.id,
        "channel_id": message.channel,
        "author": {
            "id": hook.id,
            "username": message.username.as_ref().unwrap_or(&hook.name),
            "avatar": null,
            "discriminator": "0000",
            "public_flags": 0,
            "flags": 0,
            "bot": true,
            "global_name": null,
            "clan": null,
            "primary_guild": null,
        },
        "pinned": false,
        "mention_everyone": message.pings.iter().any(|ping| ping == "everyone"),
        "tts": message.tts,
        "webhook_id": hook.id,
    });
    if let Some(its) = &message.poll {
        shown["poll"] = poll(its);
    }
    shown
}

fn attachment(message: &Message, file: &Attachment) -> Value {
    let place = format!("{}/{}/{}", message.channel, file.id, file.file_name);
    let mut shown = json!({
        "id": file.id,
        "filename": file.file_name,
        "size": file.size,
        "url": format!("https://cdn.discordapp.com/attachments/{place}"),
        "proxy_url": format!("https://media.discordapp.net/attachments/{place}"),
        "content_type": file.mime,
    });
    if let Some(description) = &file.description {
        shown["description"] = json!(description);
    }
    if let Ok(size) = imagesize::blob_size(&file.bytes) {
        (shown["width"], shown["height"]) = (json!(size.width), json!(size.height));
    }
    shown
}

fn embed(sent: &Value) -> Value {
    let mut shown = sent.clone();
    shown["type"] = json!("rich");
    shown
}

fn poll(poll: &Poll) -> Value {
    let answers: Vec<Value> = poll
        .answers
        .iter()
        .zip(1..)
        .map(|(text, id): (_, u32)| json!({"answer_id": id, "poll_media": {"text": text}}))
        .collect();
    json!({
        "question": {"text": poll.question},
        "answers": answers,
        "expiry": iso(poll.ends),
        "allow_multiselect": poll.multiple,
        "layout_type": 1,
        "results": {"answer_counts": [], "is_finalized": false},
    })
}

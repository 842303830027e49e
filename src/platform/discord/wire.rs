//! The calls a webhook of Discord takes and the fields of its answers that are used. Knows no order of steps.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::fit::peculiar::discord::escaped;
use crate::fit::{Media, Rendition};
use crate::platform::{Auth, Body, Call, Enclosed, Identity, Method, address, enclosed, home};

pub(super) const HOST: &str = "discord.com";

/// Flags of a message: no preview of links, nobody is notified.
const SUPPRESS_EMBEDS: u64 = 4;
const SUPPRESS_NOTIFICATIONS: u64 = 4096;

fn call(name: &str, method: Method, path: &[&str], query: &[(&str, &str)]) -> Call {
    let url = address(&home(HOST), &[&["api", "v10", "webhooks", "{key}"], path].concat(), query);
    let (name, headers, body) = (name.to_owned(), Vec::new(), Body::Empty);
    Call { name, part: 0, shows: false, method, url, headers, body, auth: Auth::Path }
}

/// The webhook itself; its answer has the secret in it, which the door leaves out.
pub(super) fn webhook(name: &str) -> Call {
    call(name, Method::Get, &[], &[])
}

pub(super) fn identity(answer: &Value) -> Option<Identity> {
    let id = id(&answer["id"])?.to_owned();
    let name = answer["name"].as_str().filter(|name| !name.is_empty()).map_or_else(|| id.clone(), str::to_owned);
    Some(Identity { id, name, ..Identity::default() })
}

/// An id: a number that stands in quotes.
pub(super) fn id(value: &Value) -> Option<&str> {
    value.as_str().filter(|id| !id.is_empty() && id.len() <= 20 && id.bytes().all(|byte| byte.is_ascii_digit()))
}

/// When a message was made, as it says.
pub(super) fn made_at(message: &Value) -> Option<DateTime<Utc>> {
    message["timestamp"].as_str()?.parse().ok()
}

fn is_set(rendition: &Rendition, key: &str) -> bool {
    rendition.settings.get(key).is_some_and(|value| value == "true")
}

fn media(rendition: &Rendition) -> &[Media] {
    rendition.parts.first().map_or(&[], |part| part.media.as_slice())
}

fn content(rendition: &Rendition) -> Value {
    let text = rendition.parts.first().map_or("", |part| part.text.as_str());
    json!({"content": escaped(text), "allowed_mentions": {"parse": []}})
}

/// The call that shows the message.
pub(super) fn post(rendition: &Rendition) -> Call {
    let mut body = content(rendition);
    let flags = [("no_preview", SUPPRESS_EMBEDS), ("silent", SUPPRESS_NOTIFICATIONS)];
    let flags: u64 = flags.into_iter().filter(|(key, _)| is_set(rendition, key)).map(|(_, flag)| flag).sum();
    if flags > 0 {
        body["flags"] = json!(flags);
    }
    let media = media(rendition);
    let files: Vec<Enclosed> =
        media.iter().zip(0..).map(|(media, index)| enclosed(media, format!("files[{index}]"), index + 1)).collect();
    let described = files.iter().zip(media).zip(0..).map(|((file, media), index)| {
        let mut one = json!({"id": index, "filename": file.called});
        if let Some(alt) = &media.alt {
            one["description"] = json!(alt);
        }
        one
    });
    let described: Vec<Value> = described.collect();
    let body = match files.is_empty() {
        true => Body::Json(body),
        false => {
            body["attachments"] = json!(described);
            Body::Bundle { fields: vec![("payload_json".to_owned(), body.to_string())], files }
        }
    };
    Call { shows: true, body, ..call("post 1", Method::Post, &[], &[("wait", "true")]) }
}

/// A message as it is out.
pub(super) fn read(name: &str, message: &str) -> Call {
    call(name, Method::Get, &["messages", message], &[])
}

/// What of a message's files has to be named again, so that an edit leaves them where they are.
pub(super) fn kept(message: &Value) -> Value {
    let attached = message["attachments"].as_array().map(Vec::as_slice).unwrap_or_default();
    let kept = attached.iter().filter_map(|file| {
        let mut one = json!({"id": id(&file["id"])?});
        if let Some(description) = file["description"].as_str() {
            one["description"] = json!(description);
        }
        Some(one)
    });
    kept.collect()
}

/// Changes a message's text; `kept` is what [`kept`] told.
pub(super) fn edit(rendition: &Rendition, message: &str, kept: &str) -> Call {
    let mut body = content(rendition);
    if let Ok(Value::Array(kept)) = serde_json::from_str(kept)
        && !kept.is_empty()
    {
        body["attachments"] = json!(kept);
    }
    Call { body: Body::Json(body), ..call("edit 1", Method::Patch, &["messages", message], &[]) }
}

pub(super) fn delete(message: &str) -> Call {
    call("delete 1", Method::Delete, &["messages", message], &[])
}

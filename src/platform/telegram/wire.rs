//! The methods of Telegram's Bot API that are called, and the fields of their answers that are used. Knows no order of steps.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::fit::{Link, Media, Part, Rendition};
use crate::platform::{Auth, Body, Call, Enclosed, Identity, Method, address, enclosed, home};

pub(super) const HOST: &str = "api.telegram.org";

fn call(name: &str, method: &str, body: Body) -> Call {
    let url = address(&home(HOST), &["bot{key}", method], &[]);
    let (name, headers) = (name.to_owned(), Vec::new());
    Call { name, part: 0, shows: false, method: Method::Post, url, headers, body, auth: Auth::Path }
}

pub(super) fn me() -> Call {
    call("who", "getMe", Body::Json(json!({})))
}

pub(super) fn chat(chat: &str) -> Call {
    call("chat", "getChat", Body::Json(json!({"chat_id": chat_id(chat)})))
}

pub(super) fn member(chat: &str, bot: &str) -> Call {
    let body = json!({"chat_id": chat_id(chat), "user_id": bot.parse::<i64>().unwrap_or_default()});
    call("member", "getChatMember", Body::Json(body))
}

/// The bot that an answer tells of.
pub(super) fn bot(user: &Value) -> Option<Identity> {
    let id = user["id"].as_i64().filter(|_| user["is_bot"] == true)?.to_string();
    let name = [&user["username"], &user["first_name"]].into_iter().find_map(Value::as_str)?.to_owned();
    Some(Identity { id, name, ..Identity::default() })
}

/// Whether a member of a chat certainly cannot post there: one of a channel needs a right for it.
pub(super) fn may_not_post(member: &Value) -> bool {
    match member["status"].as_str() {
        Some("left" | "kicked") => true,
        Some("administrator") => member["can_post_messages"] == false,
        Some("restricted") => member["can_send_messages"] == false,
        _ => false,
    }
}

/// A channel's name, or a number.
fn chat_id(chat: &str) -> Value {
    chat.parse::<i64>().map_or_else(|_| json!(chat), |number| json!(number))
}

fn is_set(rendition: &Rendition, key: &str) -> bool {
    rendition.settings.get(key).is_some_and(|value| value == "true")
}

/// Words that lead elsewhere than they say, as Telegram wants them told: offsets in UTF-16 units.
fn entities(text: &str, links: &[Link]) -> Value {
    let units = |text: &str| text.encode_utf16().count();
    let entity = |link: &Link| {
        let (before, words) = (text.get(..link.start)?, text.get(link.start..link.end)?);
        let says_it = words == link.url;
        (!says_it)
            .then(|| json!({"type": "text_link", "offset": units(before), "length": units(words), "url": link.url}))
    };
    links.iter().filter_map(entity).collect()
}

/// The fields of a text, which stands below media (`caption`) or alone (`text`).
fn text_fields(part: &Part, key: &str) -> Map<String, Value> {
    let entities = entities(&part.text, &part.links);
    let mut fields = Map::from_iter([(key.to_owned(), json!(part.text))]);
    if entities.as_array().is_some_and(|entities| !entities.is_empty()) {
        let name = if key == "text" { "entities" } else { "caption_entities" };
        fields.insert(name.to_owned(), entities);
    }
    fields
}

/// What a post wishes for besides.
fn wishes(rendition: &Rendition) -> Map<String, Value> {
    let known = [("silent", "disable_notification"), ("protect", "protect_content")];
    let set = known.into_iter().filter(|(key, _)| is_set(rendition, key));
    set.map(|(_, field)| (field.to_owned(), json!(true))).collect()
}

/// Whether addresses in a text are shown in little: only of a text alone.
fn preview(rendition: &Rendition) -> Map<String, Value> {
    let hidden = is_set(rendition, "no_preview");
    Map::from_iter(hidden.then(|| ("link_preview_options".to_owned(), json!({"is_disabled": true}))))
}

fn kind(media: &Media) -> &'static str {
    if media.is_video() { "video" } else { "photo" }
}

/// The call that shows a post.
pub(super) fn post(chat: &str, rendition: &Rendition, part: &Part) -> Call {
    let mut fields = Map::from_iter([("chat_id".to_owned(), chat_id(chat))]);
    fields.extend(wishes(rendition));
    let (method, body) = match part.media.as_slice() {
        [] => {
            fields.extend(text_fields(part, "text"));
            fields.extend(preview(rendition));
            ("sendMessage", Body::Json(Value::Object(fields)))
        }
        [media] => {
            if !part.text.is_empty() {
                fields.extend(text_fields(part, "caption"));
            }
            let method = if media.is_video() { "sendVideo" } else { "sendPhoto" };
            (method, bundle(fields, vec![enclosed(media, kind(media).to_owned(), 1)]))
        }
        several => {
            let (album, files) = album(part, several);
            fields.insert("media".to_owned(), album);
            ("sendMediaGroup", bundle(fields, files))
        }
    };
    Call { shows: true, ..call("post 1", method, body) }
}

/// What an album is made of, with the text below its first file.
fn album(part: &Part, several: &[Media]) -> (Value, Vec<Enclosed>) {
    let mut album = Vec::new();
    let mut files = Vec::new();
    for (media, number) in several.iter().zip(1..) {
        let name = format!("file{number}");
        let mut one = Map::from_iter([
            ("type".to_owned(), json!(kind(media))),
            ("media".to_owned(), json!(format!("attach://{name}"))),
        ]);
        if number == 1 && !part.text.is_empty() {
            one.extend(text_fields(part, "caption"));
        }
        album.push(Value::Object(one));
        files.push(enclosed(media, name, number));
    }
    (json!(album), files)
}

/// Fields beside files are text: what is no text is written as JSON.
fn bundle(fields: Map<String, Value>, files: Vec<Enclosed>) -> Body {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    Body::Bundle { fields: fields.into_iter().map(|(key, value)| (key, text(value))).collect(), files }
}

/// Where a post is out: the chat's number, and each of its messages.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) chat: i64,
    pub(super) messages: Vec<i64>,
}

impl Place {
    /// `-1001234567890:42,43`
    pub(super) fn read(id: &str) -> Option<Self> {
        let (chat, messages) = id.split_once(':')?;
        let messages = messages.split(',').map(|message| message.parse().ok()).collect::<Option<Vec<i64>>>()?;
        Some(Self { chat: chat.parse().ok()?, messages })
    }

    fn written(&self) -> String {
        let messages: Vec<String> = self.messages.iter().map(i64::to_string).collect();
        format!("{}:{}", self.chat, messages.join(","))
    }
}

/// What an answer to a showing call says: the receipt's id, an address for people, and when it was made.
pub(super) fn shown(result: &Value) -> Option<(String, String, Option<DateTime<Utc>>)> {
    let messages = result.as_array().map_or(std::slice::from_ref(result), Vec::as_slice);
    let first = messages.first()?;
    let ids = messages.iter().map(|message| message["message_id"].as_i64()).collect::<Option<Vec<i64>>>()?;
    let place = Place { chat: first["chat"]["id"].as_i64()?, messages: ids };
    let at = first["date"].as_i64().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let message = place.messages.first()?;
    // A channel without a public name has addresses that its members can open: https://core.telegram.org/api/links#message-links.
    let name = first["chat"]["username"].as_str().filter(|name| !name.is_empty());
    let private = place.chat.to_string().strip_prefix("-100").map(|channel| format!("c/{channel}"));
    let url = name.map(str::to_owned).or(private).map(|name| format!("https://t.me/{name}/{message}"));
    Some((place.written(), url.unwrap_or_default(), at))
}

/// Changes the text of a message, or the one below its media.
pub(super) fn edit(place: &Place, rendition: &Rendition, part: &Part) -> Call {
    let message = place.messages.first().copied().unwrap_or_default();
    let mut fields =
        Map::from_iter([("chat_id".to_owned(), json!(place.chat)), ("message_id".to_owned(), json!(message))]);
    let method = if part.media.is_empty() {
        fields.extend(text_fields(part, "text"));
        fields.extend(preview(rendition));
        "editMessageText"
    } else {
        fields.extend(text_fields(part, "caption"));
        "editMessageCaption"
    };
    call("edit 1", method, Body::Json(Value::Object(fields)))
}

pub(super) fn delete(name: &str, part: usize, chat: i64, message: i64) -> Call {
    let body = json!({"chat_id": chat, "message_id": message});
    Call { part, ..call(name, "deleteMessage", Body::Json(body)) }
}

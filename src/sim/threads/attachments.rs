//! The parameters that are JSON: polls, long texts, GIFs, spoilers. Each is checked field by field.
//!
//! <https://developers.facebook.com/docs/threads/create-posts/polls>,
//! <https://developers.facebook.com/docs/threads/create-posts/text-attachments>,
//! <https://developers.facebook.com/docs/threads/create-posts/spoilers>

use serde_json::{Map, Value};

use super::draft::web_address;
use super::errors::Refusal;
use super::rules::wrong;

const OPTION_MAX: usize = 25;
const LONG_TEXT_MAX: usize = 10_000;
const STYLES: &[&str] = &["bold", "italic", "highlight", "underline", "strikethrough"];

/// A text attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LongText {
    pub(super) plain: String,
    pub(super) link: Option<String>,
    /// As sent.
    pub(super) styling: Option<Value>,
}

/// A JSON object of no other fields than these.
fn object(name: &str, written: &str, fields: &[&str]) -> Result<Map<String, Value>, Refusal> {
    let object: Map<String, Value> = serde_json::from_str(written).map_err(|_| wrong(name, "must be a JSON object"))?;
    match object.keys().find(|key| !fields.contains(&key.as_str())) {
        Some(key) => Err(wrong(name, &format!("has the unknown field {key}"))),
        None => Ok(object),
    }
}

fn needed(name: &str, object: &Map<String, Value>, field: &str) -> Result<String, Refusal> {
    let found = object.get(field).and_then(Value::as_str).filter(|text| !text.is_empty());
    found.map(str::to_owned).ok_or_else(|| wrong(name, &format!("needs the field {field}")))
}

/// The options of a poll, two to four. A poll of another shape is dropped without a word by the platform, and refused
/// where it is `strict`.
pub(super) fn poll(written: &str, strict: bool) -> Result<Option<Vec<String>>, Refusal> {
    const NAMES: [&str; 4] = ["option_a", "option_b", "option_c", "option_d"];
    let read = || {
        let poll = object("poll_attachment", written, &NAMES)?;
        let given = NAMES.iter().take_while(|name| poll.contains_key(**name)).count();
        if given < 2 || poll.len() != given {
            return Err(wrong("poll_attachment", "needs option_a and option_b, then option_c, then option_d"));
        }
        NAMES[..given].iter().map(|name| needed("poll_attachment", &poll, name)).collect::<Result<Vec<_>, _>>()
    };
    let options = match read() {
        Ok(options) => options,
        Err(refusal) if strict => return Err(refusal),
        Err(_) => return Ok(None),
    };
    match options.iter().find(|option| option.chars().count() > OPTION_MAX) {
        Some(_) => Err(wrong("poll_attachment", "has an option of more than 25 characters")),
        None => Ok(Some(options)),
    }
}

/// The id of a GIF. Tenor's ended on 2026-03-31.
pub(super) fn gif(written: &str) -> Result<String, Refusal> {
    let gif = object("gif_attachment", written, &["gif_id", "provider"])?;
    match needed("gif_attachment", &gif, "provider")?.as_str() {
        "GIPHY" => needed("gif_attachment", &gif, "gif_id"),
        _ => Err(wrong("gif_attachment", "must have GIPHY as its provider")),
    }
}

pub(super) fn long_text(written: &str) -> Result<LongText, Refusal> {
    const NAME: &str = "text_attachment";
    let long = object(NAME, written, &["plaintext", "link_attachment_url", "text_with_styling_info"])?;
    let plain = needed(NAME, &long, "plaintext")?;
    if plain.chars().count() > LONG_TEXT_MAX {
        return Err(wrong(NAME, "has a plaintext of more than 10000 characters"));
    }
    let link = match long.get("link_attachment_url") {
        None => None,
        Some(Value::String(link)) => Some(web_address(link, "link_attachment_url")?),
        Some(_) => return Err(wrong(NAME, "has a link_attachment_url that is no text")),
    };
    let styling = long.get("text_with_styling_info").cloned();
    if let Some(styling) = &styling {
        // Whether offsets are bytes or characters is not documented: ranges must fit the more generous one.
        ranges(NAME, styling, plain.len(), |range| {
            let styles = range.get("styling_info").and_then(Value::as_array);
            let known = |style: &Value| style.as_str().is_some_and(|style| STYLES.contains(&style));
            range.len() == 3 && styles.is_some_and(|styles| !styles.is_empty() && styles.iter().all(known))
        })?;
    }
    Ok(LongText { plain, link, styling })
}

/// Spoilers, as sent.
pub(super) fn entities(written: &str) -> Result<Value, Refusal> {
    serde_json::from_str(written).map_err(|_| wrong("text_entities", "must be JSON"))
}

/// Refuses spoilers that are not within the text. The unit is not documented; Meta's sample counts UTF-16 units.
pub(super) fn entities_within(entities: &Value, text: &str) -> Result<(), Refusal> {
    let is_spoiler = |range: &Map<String, Value>| {
        range.len() == 3 && range.get("entity_type").and_then(Value::as_str) == Some("SPOILER")
    };
    ranges("text_entities", entities, text.encode_utf16().count(), is_spoiler)
}

/// A list of ranges that are within `end`, do not overlap, and are each as `fits` says.
fn ranges(name: &str, list: &Value, end: usize, fits: impl Fn(&Map<String, Value>) -> bool) -> Result<(), Refusal> {
    let list = list.as_array().ok_or_else(|| wrong(name, "must be a list"))?;
    let mut taken: Vec<(u64, u64)> = Vec::new();
    for range in list {
        let range = range.as_object().filter(|range| fits(range));
        let number = |field| range.and_then(|range| range.get(field)).and_then(Value::as_u64);
        let (Some(from), Some(length)) = (number("offset"), number("length")) else {
            return Err(wrong(name, "has an entry of another shape"));
        };
        taken.push((from, from.saturating_add(length)));
    }
    taken.sort_unstable();
    let overlap = taken.windows(2).any(|pair| pair[1].0 < pair[0].1);
    let outside = taken.iter().any(|(from, to)| from == to || *to > end as u64);
    if overlap || outside { Err(wrong(name, "has ranges that overlap or are not within the text")) } else { Ok(()) }
}

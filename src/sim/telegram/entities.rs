//! Entities: what parts of a text are besides text, by offset and length in UTF-16 code units
//! (<https://core.telegram.org/bots/api#messageentity>). Knows nothing of messages.

use serde_json::{Value, json};

use super::errors::Refusal;
use crate::sim::record::{Needed as _, Record};

/// Of a message.
const ENTITIES_MAX: usize = 100;

/// The kinds that a bot can set here. What is found by itself (mentions, hashtags, addresses) is not set, and those that
/// need a person or an emoji of one's own are not here.
const KINDS: [&str; 10] = [
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "blockquote",
    "expandable_blockquote",
    "text_link",
];

/// One of them; offset and length in UTF-16 code units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entity {
    kind: &'static str,
    pub(super) offset: usize,
    length: usize,
    pub(super) url: Option<String>,
    language: Option<String>,
}

impl Entity {
    pub(super) fn json(&self) -> Value {
        let mut shown = json!({"type": self.kind, "offset": self.offset, "length": self.length});
        if let Some(url) = &self.url {
            shown["url"] = json!(url);
        }
        if let Some(language) = &self.language {
            shown["language"] = json!(language);
        }
        shown
    }

    /// The part of the text it is about.
    pub(super) fn words(&self, text: &str) -> String {
        let units: Vec<u16> = text.encode_utf16().skip(self.offset).take(self.length).collect();
        String::from_utf16_lossy(&units)
    }
}

/// UTF-16 code units.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The entities of a text, none of them outside it, across another, or through half a character.
pub(super) fn read(text: &str, list: Vec<Value>) -> Result<Vec<Entity>, Refusal> {
    let cant = |why: &str| Refusal::bad(&format!("can't parse entities: {why}"));
    if list.len() > ENTITIES_MAX {
        return Err(cant("there are more than 100"));
    }
    let mut found: Vec<Entity> = Vec::new();
    for value in list {
        let Value::Object(values) = value else { return Err(cant("expected an Object")) };
        let entity = entity(Record::new(values))?;
        let (begin, end) = (entity.offset, entity.offset.saturating_add(entity.length));
        if end > length(text) {
            let whole = length(text);
            return Err(cant(&format!("the entity at {begin} ends at {end}, after the end of the text at {whole}")));
        }
        if !is_boundary(text, begin) || !is_boundary(text, end) {
            return Err(cant(&format!("the entity at {begin} begins or ends in a middle of a UTF-16 symbol")));
        }
        let crosses = |other: &Entity| {
            let (first, last) = (other.offset, other.offset + other.length);
            (begin < first && first < end && end < last) || (first < begin && begin < last && last < end)
        };
        if found.iter().any(crosses) {
            return Err(cant(&format!("the entity at {begin} crosses another")));
        }
        found.push(entity);
    }
    found.sort_by_key(|entity| (entity.offset, usize::MAX - entity.length));
    Ok(found)
}

fn entity(mut record: Record) -> Result<Entity, Refusal> {
    let kind = record.word("type", &KINDS)?.needed(&record, "type")?;
    let mut number = |name: &str, least: i64| -> Result<usize, Refusal> {
        let number = record.whole(name)?.needed(&record, name)?;
        let number = usize::try_from(number).ok().filter(|_| number >= least);
        number.ok_or_else(|| record.odd(name, "this is too small").into())
    };
    let (offset, length) = (number("offset", 0)?, number("length", 1)?);
    let url = if kind == "text_link" { Some(record.text("url")?.needed(&record, "url")?) } else { None };
    let leads =
        |url: &String| url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "tg" | "mailto"));
    if url.as_ref().is_some_and(|url| !leads(url)) {
        return Err(record.odd("url", "this is no address").into());
    }
    let language = if kind == "pre" { record.text("language")? } else { None };
    record.end()?;
    Ok(Entity { kind, offset, length, url, language })
}

/// Whether a character begins at this code unit, or the text ends.
fn is_boundary(text: &str, unit: usize) -> bool {
    let mut at = 0;
    for c in text.chars() {
        if at >= unit {
            break;
        }
        at += c.len_utf16();
    }
    at == unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_lie_in_the_text() {
        let text = "a👍b";
        for (offset, length, expected) in [
            (0, 4, true),
            (1, 2, true),
            (3, 1, true),
            (1, 1, false),
            (2, 1, false),
            (2, 2, false),
            (3, 2, false),
            (4, 1, false),
            (0, 0, false),
            (-1, 2, false),
            (0, i64::MAX, false),
        ] {
            let list = vec![json!({"type": "bold", "offset": offset, "length": length})];
            assert_eq!(read(text, list).is_ok(), expected, "{offset} {length}");
        }
    }

    #[test]
    fn entities_are_of_a_kind_and_do_not_cross() {
        let at = |kind: &str, offset: u32, length: u32| json!({"type": kind, "offset": offset, "length": length});
        let link = |url: &str| json!({"type": "text_link", "offset": 0, "length": 1, "url": url});
        for (list, expected) in [
            (vec![at("bold", 0, 2), at("italic", 1, 1), at("code", 2, 2)], true),
            (vec![at("bold", 0, 2), at("italic", 1, 2)], false),
            (vec![at("mention", 0, 2)], false),
            (vec![at("text_link", 0, 2)], false),
            (vec![link("https://example.org"), at("underline", 0, 1)], true),
            (vec![link("example")], false),
            (vec![json!({"type": "pre", "offset": 0, "length": 1, "language": "rust"})], true),
            (vec![json!({"type": "bold", "offset": 0, "length": 1, "url": "https://example.org"})], false),
            (vec![json!({"type": "bold", "offset": "0", "length": 1})], false),
            (vec![json!("bold")], false),
            (vec![at("bold", 0, 1); 101], false),
        ] {
            assert_eq!(read("teas", list.clone()).is_ok(), expected, "{list:?}");
        }
    }
}

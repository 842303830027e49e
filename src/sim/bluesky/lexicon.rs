//! Checks a record against a table of its fields, as strictly as its lexicon can be read: no field too many, none
//! missing, every length and type right. It knows no rule that involves two fields.

use serde_json::{Map, Value};
use unicode_segmentation::UnicodeSegmentation as _;

use super::{cid, syntax};

/// What a value may be.
pub(super) enum Kind {
    /// At most so many bytes and clusters.
    Text {
        bytes: usize,
        graphemes: usize,
    },
    Datetime,
    Language,
    Uri,
    /// `at://` of a record.
    Address,
    Did,
    Cid,
    /// A whole number, at least this.
    Number(u64),
    Choice(&'static [&'static str]),
    Blob(Use),
    Record(&'static [Field]),
    List {
        of: &'static Kind,
        least: usize,
        most: usize,
    },
    /// One of several records, told apart by `$type`.
    Union(&'static [(&'static str, &'static [Field])]),
}

/// What a blob is for: each has its own limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Image,
    Thumb,
    Video,
    Captions,
}

/// One field of a record.
pub(super) struct Field {
    name: &'static str,
    required: bool,
    kind: Kind,
}

pub(super) const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, required: true, kind }
}

pub(super) const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, required: false, kind }
}

/// A reference by address and content.
pub(super) const STRONG: &[Field] = &[required("uri", Kind::Address), required("cid", Kind::Cid)];

/// A blob that a record names.
#[derive(Debug)]
pub(super) struct Named<'a> {
    pub(super) cid: &'a str,
    pub(super) mime: &'a str,
    pub(super) size: u64,
    pub(super) used: Use,
}

/// The blobs that the record names, in order; or what is wrong with it, and where.
pub(super) fn check<'a>(record: &'a Value, nsid: &str, fields: &[Field]) -> Result<Vec<Named<'a>>, String> {
    let mut named = Vec::new();
    let object = record.as_object().ok_or_else(|| expected("an object", "$"))?;
    if object.get("$type").and_then(Value::as_str) != Some(nsid) {
        return Err(expected(&format!("\"{nsid}\""), "$.$type"));
    }
    fields_of(object, fields, "$", &mut named)?;
    Ok(named)
}

fn fields_of<'a>(
    object: &'a Map<String, Value>,
    fields: &[Field],
    path: &str,
    named: &mut Vec<Named<'a>>,
) -> Result<(), String> {
    for field in fields {
        match object.get(field.name) {
            Some(found) => value(found, &field.kind, &format!("{path}.{}", field.name), named)?,
            None if field.required => return Err(format!("Missing required key \"{}\" at {path}", field.name)),
            None => {}
        }
    }
    let is_known = |name: &str| name == "$type" || fields.iter().any(|field| field.name == name);
    match object.keys().find(|name| !is_known(name)) {
        Some(name) => Err(format!("The lexicon has no key \"{name}\" at {path}")),
        None => Ok(()),
    }
}

fn value<'a>(found: &'a Value, kind: &Kind, path: &str, named: &mut Vec<Named<'a>>) -> Result<(), String> {
    match kind {
        Kind::Text { bytes, graphemes } => length(text(found, path)?, *bytes, *graphemes, path),
        Kind::Datetime => format(found, syntax::is_datetime, "datetime", path),
        Kind::Language => format(found, syntax::is_language, "language", path),
        Kind::Uri => format(found, syntax::is_uri, "uri", path),
        Kind::Address => format(found, |text| syntax::record_address(text).is_some(), "at-uri", path),
        Kind::Did => format(found, syntax::is_did, "did", path),
        Kind::Cid => format(found, cid::is, "cid", path),
        Kind::Number(least) => match found.as_u64() {
            Some(number) if number >= *least => Ok(()),
            Some(number) => Err(format!("integer too small (minimum {least}, got {number}) at {path}")),
            None => Err(expected("an integer", path)),
        },
        Kind::Choice(words) => {
            let word = text(found, path)?;
            if words.contains(&word) { Ok(()) } else { Err(format!("\"{word}\" is none of {words:?} at {path}")) }
        }
        Kind::Blob(used) => {
            named.push(blob(found, *used).ok_or_else(|| expected("a blob", path))?);
            Ok(())
        }
        Kind::Record(fields) => {
            fields_of(found.as_object().ok_or_else(|| expected("an object", path))?, fields, path, named)
        }
        Kind::List { of, least, most } => {
            let list = found.as_array().ok_or_else(|| expected("an array", path))?;
            if list.len() > *most {
                return Err(format!("array too big (maximum {most}, got {}) at {path}", list.len()));
            }
            if list.len() < *least {
                return Err(format!("array too small (minimum {least}, got {}) at {path}", list.len()));
            }
            list.iter().enumerate().try_for_each(|(at, found)| value(found, of, &format!("{path}[{at}]"), named))
        }
        Kind::Union(kinds) => {
            let object = found.as_object().ok_or_else(|| expected("an object", path))?;
            let name = object
                .get("$type")
                .and_then(Value::as_str)
                .ok_or_else(|| format!("Missing required key \"$type\" at {path}"))?;
            let (_, fields) = kinds
                .iter()
                .find(|(own, _)| *own == name)
                .ok_or_else(|| format!("No client would show \"{name}\" at {path}"))?;
            fields_of(object, fields, path, named)
        }
    }
}

/// Bytes first: they are quicker to count.
fn length(text: &str, bytes: usize, graphemes: usize, path: &str) -> Result<(), String> {
    if text.len() > bytes {
        return Err(format!("string too big (maximum {bytes}, got {}) at {path}", text.len()));
    }
    let count = text.graphemes(true).count();
    if count > graphemes {
        return Err(format!("grapheme too big (maximum {graphemes}, got {count}) at {path}"));
    }
    Ok(())
}

fn text<'a>(found: &'a Value, path: &str) -> Result<&'a str, String> {
    found.as_str().ok_or_else(|| expected("a string", path))
}

fn format(found: &Value, is: impl Fn(&str) -> bool, what: &str, path: &str) -> Result<(), String> {
    let text = text(found, path)?;
    if is(text) { Ok(()) } else { Err(format!("Invalid {what} \"{text}\" at {path}")) }
}

/// `{"$type": "blob", "ref": {"$link"}, "mimeType", "size"}`, as the upload gave it.
fn blob(found: &Value, used: Use) -> Option<Named<'_>> {
    let object = found.as_object().filter(|object| object.len() == 4)?;
    let link = object.get("ref")?.as_object().filter(|link| link.len() == 1)?;
    let cid = link.get("$link")?.as_str().filter(|cid| cid::is(cid))?;
    let mime = object.get("mimeType")?.as_str()?;
    let size = object.get("size")?.as_u64()?;
    (object.get("$type")?.as_str() == Some("blob")).then_some(Named { cid, mime, size, used })
}

fn expected(what: &str, path: &str) -> String {
    format!("Expected {what} at {path}")
}

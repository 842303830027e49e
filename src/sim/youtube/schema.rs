//! Checks a JSON body against a table of fields as the layer in front of YouTube does: no unknown name, every type right
//! (<https://youtube.googleapis.com/$discovery/rest?version=v3>). It knows no rule that involves two fields.

use serde_json::{Map, Value};

use super::errors::{self, Fault};

/// What a value may be.
pub(super) enum Kind {
    Text,
    Flag,
    Number,
    /// An integer from 0 to 2³²−1.
    Count,
    Choice(&'static [&'static str]),
    Texts,
    Record(&'static [Field]),
    /// Records by names of the caller's choice.
    Map(&'static [Field]),
    /// A structure this simulator knows the name of, not the inside.
    Opaque,
}

/// One field of a record.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Whether callers may set it; the platform ignores what they send otherwise.
    pub(super) writable: bool,
}

pub(super) const fn set(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, writable: true }
}

pub(super) const fn told(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, writable: false }
}

/// Fields that are read only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ReadOnly {
    /// A new thing has none: sending them is a mistake.
    Refused,
    /// What was read, changed and is written back has them: they are dropped.
    Dropped,
}

/// The record, without what is read only.
pub(super) fn check(body: &Value, fields: &[Field], read_only: ReadOnly) -> Result<Map<String, Value>, Fault> {
    record(body, fields, "resource", read_only)
}

fn record(body: &Value, fields: &[Field], path: &str, read_only: ReadOnly) -> Result<Map<String, Value>, Fault> {
    let object = body.as_object().ok_or_else(|| invalid(path, "TYPE_MESSAGE", body))?;
    let mut kept = Map::new();
    for (name, content) in object {
        let Some(field) = fields.iter().find(|field| field.name == name) else {
            let message =
                format!("Invalid JSON payload received. Unknown name \"{name}\" at '{path}': Cannot find field.");
            return Err(errors::schema(path, &message));
        };
        let path = format!("{path}.{}", snake(name));
        let content = value(content, &field.kind, &path, read_only)?;
        if field.writable {
            kept.insert(name.clone(), content);
        } else if read_only == ReadOnly::Refused {
            let message = format!("Invalid value at '{path}': the field is read only.");
            return Err(errors::schema(&path, &message));
        }
    }
    Ok(kept)
}

fn value(content: &Value, kind: &Kind, path: &str, read_only: ReadOnly) -> Result<Value, Fault> {
    let fits = |fits: bool, kind: &str| if fits { Ok(content.clone()) } else { Err(invalid(path, kind, content)) };
    match kind {
        Kind::Text => fits(content.is_string(), "TYPE_STRING"),
        Kind::Flag => fits(content.is_boolean(), "TYPE_BOOL"),
        Kind::Number => fits(content.is_number(), "TYPE_DOUBLE"),
        Kind::Count => fits(content.as_u64().is_some_and(|number| u32::try_from(number).is_ok()), "TYPE_UINT32"),
        Kind::Choice(words) => fits(content.as_str().is_some_and(|word| words.contains(&word)), "TYPE_ENUM"),
        Kind::Texts => fits(content.as_array().is_some_and(|list| list.iter().all(Value::is_string)), "TYPE_STRING"),
        Kind::Opaque => Ok(content.clone()),
        Kind::Record(fields) => Ok(Value::Object(record(content, fields, path, read_only)?)),
        Kind::Map(fields) => {
            let object = content.as_object().ok_or_else(|| invalid(path, "TYPE_MESSAGE", content))?;
            let entries = object.iter().map(|(name, content)| {
                let entry = record(content, fields, &format!("{path}[{name}]"), read_only)?;
                Ok((name.clone(), Value::Object(entry)))
            });
            Ok(Value::Object(entries.collect::<Result<_, Fault>>()?))
        }
    }
}

fn invalid(path: &str, kind: &str, content: &Value) -> Fault {
    errors::schema(path, &format!("Invalid value at '{path}' ({kind}), {content}"))
}

/// The schema layer names fields in `snake_case`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

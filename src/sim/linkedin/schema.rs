//! Checks a JSON body against a table of fields, as strictly as Rest.li checks its schemas: no field too many, none
//! missing, every type right. It knows no rule that involves two fields.

use serde_json::{Map, Value};

use super::call::Reply;
use super::errors;

/// What a value may be.
pub(super) enum Kind {
    Text,
    Flag,
    Number,
    Choice(&'static [&'static str]),
    Record(&'static [Field]),
    /// A record of which exactly one field is present.
    Union(&'static [Field]),
    List(&'static Kind),
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

/// Refuses with 422 unless `body` is a record of exactly these fields; every slip is named in one answer.
pub(super) fn check(body: &Value, fields: &[Field]) -> Result<(), Reply> {
    let mut slips = String::new();
    record(body, fields, "", &mut slips);
    if slips.is_empty() { Ok(()) } else { Err(errors::schema(&slips)) }
}

fn value(value: &Value, kind: &Kind, path: &str, slips: &mut String) {
    match kind {
        Kind::Text if value.is_string() => {}
        Kind::Flag if value.is_boolean() => {}
        Kind::Number if value.is_u64() => {}
        Kind::Text => slip(slips, path, &format!("{value} cannot be coerced to String")),
        Kind::Flag => slip(slips, path, &format!("{value} cannot be coerced to Boolean")),
        Kind::Number => slip(slips, path, &format!("{value} cannot be coerced to Long")),
        Kind::Choice(words) if value.as_str().is_some_and(|word| words.contains(&word)) => {}
        Kind::Choice(_) => slip(slips, path, &format!("{value} is not an enum symbol")),
        Kind::Record(fields) => record(value, fields, path, slips),
        Kind::Union(fields) => {
            record(value, fields, path, slips);
            if value.as_object().is_some_and(|object| object.len() != 1) {
                slip(slips, path, "DataMap should have exactly one entry for a union type");
            }
        }
        Kind::List(kind) => match value.as_array() {
            Some(items) => list(items, kind, path, slips),
            None => slip(slips, path, &format!("{value} is not backed by a DataList")),
        },
    }
}

fn list(items: &[Value], kind: &Kind, path: &str, slips: &mut String) {
    for (index, item) in items.iter().enumerate() {
        value(item, kind, &format!("{path}/{index}"), slips);
    }
}

fn record(body: &Value, fields: &[Field], path: &str, slips: &mut String) {
    let Some(object) = body.as_object() else {
        return slip(slips, path, &format!("{body} is not backed by a DataMap"));
    };
    for field in fields {
        let path = format!("{path}/{}", field.name);
        match object.get(field.name) {
            Some(found) => value(found, &field.kind, &path, slips),
            None if field.required => slip(slips, &path, "field is required but not found and has no default value"),
            None => {}
        }
    }
    unknown(object, fields, path, slips);
}

fn unknown(object: &Map<String, Value>, fields: &[Field], path: &str, slips: &mut String) {
    for name in object.keys().filter(|name| fields.iter().all(|field| field.name != name.as_str())) {
        slip(slips, &format!("{path}/{name}"), "unrecognized field found but not allowed");
    }
}

fn slip(slips: &mut String, path: &str, what: &str) {
    slips.push_str(&format!("ERROR :: {path} :: {what}\n"));
}

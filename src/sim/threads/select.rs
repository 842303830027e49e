//! The `fields` parameter: what a caller wants of an object, and the object cut down to it. It knows no object.

use serde_json::{Map, Value};

use super::errors::{self, Refusal};

/// One name of `fields`, with the names in braces behind it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) name: String,
    inner: Vec<Wanted>,
}

/// Reads `a,b{c,d}`.
pub(super) fn parse(fields: &str) -> Result<Vec<Wanted>, Refusal> {
    let mut rest = fields;
    let wanted = list(&mut rest, 0)?;
    if rest.is_empty() { Ok(wanted) } else { Err(syntax(fields)) }
}

fn list(rest: &mut &str, depth: usize) -> Result<Vec<Wanted>, Refusal> {
    let mut wanted = Vec::new();
    loop {
        let end = rest.find([',', '{', '}']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let name = name.trim().to_owned();
        *rest = after;
        if name.is_empty() || depth > 3 {
            return Err(syntax(rest));
        }
        let mut inner = Vec::new();
        if let Some(after) = rest.strip_prefix('{') {
            *rest = after;
            inner = list(rest, depth + 1)?;
            *rest = rest.strip_prefix('}').ok_or_else(|| syntax(after))?;
        }
        wanted.push(Wanted { name, inner });
        match rest.strip_prefix(',') {
            Some(after) => *rest = after,
            None => return Ok(wanted),
        }
    }
}

fn syntax(at: &str) -> Refusal {
    errors::parameter(&format!("Syntax error in the parameter fields at: {at}"))
}

/// An object with all its fields, also those that have no value now.
pub(super) struct Node {
    kind: &'static str,
    fields: Map<String, Value>,
}

impl Node {
    pub(super) fn new(kind: &'static str) -> Self {
        Self { kind, fields: Map::new() }
    }

    /// A field; null: the kind has it, this object does not.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_owned(), value);
    }

    /// The fields wanted; those without a value are left out, `id` never is.
    pub(super) fn select(&self, wanted: &[Wanted]) -> Result<Value, Refusal> {
        let mut found = Map::new();
        for field in wanted {
            let value = self.fields.get(&field.name).ok_or_else(|| errors::no_such_field(&field.name, self.kind))?;
            if !value.is_null() {
                found.insert(field.name.clone(), cut(value, field)?);
            }
        }
        if let Some(id) = self.fields.get("id") {
            found.insert("id".to_owned(), id.clone());
        }
        Ok(Value::Object(found))
    }
}

/// A value with only the inner fields wanted; lists of objects are under `data`. Of an object with an id, the id alone is
/// given unless more is wanted.
fn cut(value: &Value, field: &Wanted) -> Result<Value, Refusal> {
    match value {
        Value::Array(items) => items.iter().map(|item| cut(item, field)).collect(),
        Value::Object(object) if object.contains_key("data") => {
            let data = cut(&object["data"], field)?;
            Ok(Value::Object(Map::from_iter([("data".to_owned(), data)])))
        }
        Value::Object(object) if field.inner.is_empty() => {
            let only_id = object.contains_key("id");
            let shown = object.iter().filter(|(name, value)| !value.is_null() && (!only_id || *name == "id"));
            Ok(Value::Object(shown.map(|(name, value)| (name.clone(), value.clone())).collect()))
        }
        Value::Object(object) => {
            let mut found = Map::new();
            for inner in &field.inner {
                let value = object.get(&inner.name).ok_or_else(|| errors::no_such_field(&inner.name, &field.name))?;
                if !value.is_null() {
                    found.insert(inner.name.clone(), cut(value, inner)?);
                }
            }
            Ok(Value::Object(found))
        }
        _ if field.inner.is_empty() => Ok(value.clone()),
        _ => Err(errors::parameter(&format!("Subfields are not supported by {}", field.name))),
    }
}

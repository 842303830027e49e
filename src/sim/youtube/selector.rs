//! The `fields` parameter: which fields of an answer are wanted (`id,snippet(title,tags)`, `items/id`, `items(*)`).

use std::iter::Peekable;
use std::str::Chars;

use serde_json::{Map, Value};

use super::errors::{Fault, known};

/// A field that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// `*` is every field.
    name: String,
    /// What is wanted of it; nothing means all.
    inner: Vec<Self>,
}

/// Reads a selection.
pub(super) fn parse(text: &str) -> Result<Vec<Wanted>, Fault> {
    let mut letters = text.chars().peekable();
    match list(&mut letters) {
        Some(selection) if letters.peek().is_none() => Ok(selection),
        _ => Err(invalid(text)),
    }
}

fn invalid(text: &str) -> Fault {
    known("invalidParameter").says(format!("Invalid field selection {text}")).at("fields")
}

fn list(letters: &mut Peekable<Chars<'_>>) -> Option<Vec<Wanted>> {
    let mut selection = vec![one(letters)?];
    while letters.next_if_eq(&',').is_some() {
        selection.push(one(letters)?);
    }
    Some(selection)
}

fn one(letters: &mut Peekable<Chars<'_>>) -> Option<Wanted> {
    let mut name = String::new();
    while let Some(letter) = letters.next_if(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '*')) {
        name.push(letter);
    }
    if name.is_empty() {
        return None;
    }
    let inner = if letters.next_if_eq(&'/').is_some() {
        vec![one(letters)?]
    } else if letters.next_if_eq(&'(').is_some() {
        let inner = list(letters)?;
        letters.next_if_eq(&')')?;
        inner
    } else {
        Vec::new()
    };
    Some(Wanted { name, inner })
}

/// The wanted part of an answer. Which fields could be there is only known of those that are, so asking for others is
/// no mistake.
pub(super) fn select(body: &Value, selection: &[Wanted]) -> Result<Value, Fault> {
    match body {
        Value::Array(items) => items.iter().map(|item| select(item, selection)).collect(),
        Value::Object(object) => {
            let mut kept = Map::new();
            for (name, value) in object {
                let wanted = selection.iter().find(|wanted| wanted.name == *name || wanted.name == "*");
                if let Some(wanted) = wanted {
                    let whole = wanted.inner.is_empty();
                    kept.insert(name.clone(), if whole { value.clone() } else { select(value, &wanted.inner)? });
                }
            }
            Ok(Value::Object(kept))
        }
        // Something was wanted inside of what has no inside.
        plain => Err(invalid(&plain.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_wanted_is_kept() {
        let body = json!({"kind": "k", "items": [{"id": "a", "snippet": {"title": "t", "tags": ["x"]}}, {"id": "b"}]});
        for (fields, expected) in [
            ("kind", Some(json!({"kind": "k"}))),
            ("items/id", Some(json!({"items": [{"id": "a"}, {"id": "b"}]}))),
            ("items(id,snippet/title)", Some(json!({"items": [{"id": "a", "snippet": {"title": "t"}}, {"id": "b"}]}))),
            ("*", Some(body.clone())),
            ("nextPageToken", Some(json!({}))),
            ("kind/x", None),
            ("items(id", None),
            ("items,", None),
            ("", None),
        ] {
            let selected = parse(fields).and_then(|selection| select(&body, &selection));
            assert_eq!(selected.ok(), expected, "{fields}");
        }
    }
}

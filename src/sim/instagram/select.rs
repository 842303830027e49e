//! The parameter `fields`: which fields of a node are told, and which of the nodes within it. It knows no node.

use serde_json::{Map, Value, json};

use super::call::Reply;
use super::errors;

/// A kind of node: its name, and every field that may be asked for, whether it has a value or not.
pub(super) struct Node {
    pub(super) name: &'static str,
    pub(super) fields: &'static [&'static str],
}

pub(super) fn map(fields: &[(&str, Value)]) -> Map<String, Value> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// A field asked for, and what of it, as in `children{id,media_type}`.
struct Wanted<'a> {
    name: &'a str,
    within: Option<&'a str>,
}

/// The fields asked for, of all there are; without a wish, the id. The id is always told.
pub(super) fn pick(mut full: Map<String, Value>, node: &Node, wish: Option<&str>) -> Result<Value, Reply> {
    let mut picked = Map::new();
    for wanted in split(wish.unwrap_or("id"))? {
        if !node.fields.contains(&wanted.name) {
            return Err(errors::field(wanted.name, node.name));
        }
        if let Some(value) = full.get(wanted.name).cloned() {
            picked.insert(wanted.name.to_owned(), within(value, wanted.within)?);
        }
    }
    if let Some(id) = full.remove("id") {
        picked.entry("id").or_insert(id);
    }
    Ok(Value::Object(picked))
}

/// Keeps what is asked for of a node within a node, or of each in a list of them; unasked, only their ids.
fn within(value: Value, wish: Option<&str>) -> Result<Value, Reply> {
    if let Some(items) = value.get("data").and_then(Value::as_array) {
        let kept: Result<Vec<_>, _> = items.iter().map(|item| within(item.clone(), wish)).collect();
        return Ok(json!({ "data": kept? }));
    }
    let Value::Object(full) = &value else {
        return if wish.is_none() { Ok(value) } else { Err(errors::invalid("Subfields of a plain field")) };
    };
    let (Some(id), None) = (full.get("id"), wish) else {
        let Some(wish) = wish else { return Ok(value) };
        let mut kept = Map::new();
        for wanted in split(wish)? {
            let found = full.get(wanted.name).ok_or_else(|| errors::field(wanted.name, "Node"))?;
            kept.insert(wanted.name.to_owned(), found.clone());
        }
        return Ok(Value::Object(kept));
    };
    Ok(json!({ "id": id }))
}

/// `a,b{c,d}` at its outer commas.
fn split(wish: &str) -> Result<Vec<Wanted<'_>>, Reply> {
    let syntax = || errors::plain(2_500, "Syntax error in the parameter fields");
    let (mut all, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, letter) in wish.char_indices().chain([(wish.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                all.push(&wish[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    if depth != 0 {
        return Err(syntax());
    }
    let read = |field: &'_ str| -> bool { field.is_empty() || field.contains(char::is_whitespace) };
    if all.iter().any(|field| read(field)) {
        return Err(syntax());
    }
    all.into_iter()
        .map(|field| match field.split_once('{') {
            Some((name, rest)) => Ok(Wanted { name, within: Some(rest.strip_suffix('}').ok_or_else(syntax)?) }),
            None => Ok(Wanted { name: field, within: None }),
        })
        .collect()
}

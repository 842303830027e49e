//! Reads a JSON body as strictly as the OpenAPI document of X describes it. Knows nothing of what fields mean.

use std::ops::RangeInclusive;

use serde_json::{Map, Value, json};

use super::errors::Refusal;

/// An object and where it stands in the body (`$`, `$.media`).
pub(super) struct Object<'a> {
    path: String,
    fields: &'a Map<String, Value>,
}

type Found<T> = Result<Option<T>, Refusal>;

impl<'a> Object<'a> {
    pub(super) fn root(body: &'a Value) -> Result<Self, Refusal> {
        let fields = body.as_object().ok_or_else(|| wrong("$", body, "is not an object"))?;
        Ok(Self { path: "$".to_owned(), fields })
    }

    /// Refuses every field that is not `known`.
    pub(super) fn only(self, known: &[&str]) -> Result<Self, Refusal> {
        match self.fields.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(self),
            Some((name, value)) => {
                let why = "is not defined in the schema and the schema does not allow additional properties";
                Err(wrong(&self.at(name), value, why))
            }
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    pub(super) fn object(&self, name: &str) -> Found<Object<'a>> {
        let object = self.read(name, "is not an object", Value::as_object)?;
        Ok(object.map(|fields| Object { path: self.at(name), fields }))
    }

    pub(super) fn text(&self, name: &str) -> Found<&'a str> {
        self.read(name, "is not a string", Value::as_str)
    }

    pub(super) fn flag(&self, name: &str) -> Found<bool> {
        self.read(name, "is not a boolean", Value::as_bool)
    }

    pub(super) fn integer(&self, name: &str, bounds: RangeInclusive<u64>) -> Found<u64> {
        let why = format!("is not an integer from {} to {}", bounds.start(), bounds.end());
        self.read(name, &why, |value| value.as_u64().filter(|number| bounds.contains(number)))
    }

    /// One of a closed list of words.
    pub(super) fn choice(&self, name: &str, words: &[&str]) -> Found<&'a str> {
        let why = format!("does not have a value in the enumeration [{}]", words.join(", "));
        self.read(name, &why, |value| value.as_str().filter(|word| words.contains(word)))
    }

    /// A string of 1 to 19 digits.
    pub(super) fn id(&self, name: &str) -> Found<u64> {
        self.read(name, NO_ID, |value| value.as_str().and_then(id))
    }

    pub(super) fn list(&self, name: &str, lengths: RangeInclusive<usize>) -> Found<&'a Vec<Value>> {
        let why = format!("is not an array of {} to {} items", lengths.start(), lengths.end());
        self.read(name, &why, |value| value.as_array().filter(|list| lengths.contains(&list.len())))
    }

    pub(super) fn ids(&self, name: &str, lengths: RangeInclusive<usize>) -> Found<Vec<u64>> {
        let Some(list) = self.list(name, lengths)? else { return Ok(None) };
        let read = |(index, value): (usize, &Value)| {
            value.as_str().and_then(id).ok_or_else(|| wrong(&format!("{}[{index}]", self.at(name)), value, NO_ID))
        };
        list.iter().enumerate().map(read).collect::<Result<_, _>>().map(Some)
    }

    /// Makes an absent field a refusal.
    pub(super) fn required<T>(&self, name: &str, found: Option<T>) -> Result<T, Refusal> {
        found.ok_or_else(|| wrong(&self.at(name), &json!(null), "is missing but it is required"))
    }

    fn read<T>(&self, name: &str, why: &str, read: impl FnOnce(&'a Value) -> Option<T>) -> Found<T> {
        let Some(value) = self.fields.get(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| wrong(&self.at(name), value, why))
    }

    fn at(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }
}

const NO_ID: &str = "does not match the regex pattern ^[0-9]{1,19}$";

/// The number of an id, if it is one.
pub(super) fn id(text: &str) -> Option<u64> {
    let digits = (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn wrong(path: &str, value: &Value, why: &str) -> Refusal {
    let name = path.strip_prefix("$.").unwrap_or(path);
    Refusal::invalid(Some((name, value)), &format!("{path}: {why}"))
}

//! A JSON object whose fields are taken out one by one by who knows them; what is left over is refused. It knows types,
//! not meanings, and leaves the words of a refusal to each platform.

use serde_json::{Map, Value};

/// Something is wrong with a field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The way to it: `embeds.0.title`.
    pub(super) at: String,
    pub(super) what: What,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    Unknown,
    Missing,
    /// It has not this type.
    Not(Type),
    /// It is longer than so many characters, or has more than so many entries.
    Long(usize),
    /// Anything else, in words.
    Odd(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Flag,
    Whole,
    List,
    Object,
}

/// An object, and the way to it.
#[derive(Debug)]
pub(super) struct Record {
    at: String,
    values: Map<String, Value>,
}

impl Record {
    /// The object that a request is.
    pub(super) fn new(values: Map<String, Value>) -> Self {
        Self { at: String::new(), values }
    }

    /// Whether the field was sent, be it null.
    pub(super) fn names(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// What is wrong with a field of this object.
    pub(super) fn wrong(&self, name: &str, what: What) -> Wrong {
        let dot = if self.at.is_empty() { "" } else { "." };
        Wrong { at: format!("{}{dot}{name}", self.at), what }
    }

    pub(super) fn odd(&self, name: &str, why: &str) -> Wrong {
        self.wrong(name, What::Odd(why.to_owned()))
    }

    /// The field, if it is there and not null.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.values.shift_remove(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Wrong> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, What::Not(Type::Text))),
        }
    }

    /// A text of at most so many characters.
    pub(super) fn short(&mut self, name: &str, most: usize) -> Result<Option<String>, Wrong> {
        let text = self.text(name)?;
        match text.as_ref().is_some_and(|text| text.chars().count() > most) {
            true => Err(self.wrong(name, What::Long(most))),
            false => Ok(text),
        }
    }

    /// One of these words.
    pub(super) fn word(&mut self, name: &str, words: &[&'static str]) -> Result<Option<&'static str>, Wrong> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let known = words.iter().find(|word| **word == text);
        known.map(|word| Some(*word)).ok_or_else(|| self.odd(name, &format!("Value must be one of {words:?}.")))
    }

    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>, Wrong> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(self.wrong(name, What::Not(Type::Flag))),
        }
    }

    pub(super) fn whole(&mut self, name: &str) -> Result<Option<i64>, Wrong> {
        let Some(value) = self.take(name) else { return Ok(None) };
        value.as_i64().map(Some).ok_or_else(|| self.wrong(name, What::Not(Type::Whole)))
    }

    pub(super) fn list(&mut self, name: &str, most: usize) -> Result<Option<Vec<Value>>, Wrong> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Array(list)) if list.len() > most => Err(self.wrong(name, What::Long(most))),
            Some(Value::Array(list)) => Ok(Some(list)),
            Some(_) => Err(self.wrong(name, What::Not(Type::List))),
        }
    }

    pub(super) fn texts(&mut self, name: &str, most: usize) -> Result<Option<Vec<String>>, Wrong> {
        let Some(list) = self.list(name, most)? else { return Ok(None) };
        let texts = list.into_iter().enumerate().map(|(index, value)| match value {
            Value::String(text) => Ok(text),
            _ => Err(self.wrong(&format!("{name}.{index}"), What::Not(Type::Text))),
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    pub(super) fn record(&mut self, name: &str) -> Result<Option<Self>, Wrong> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(values)) => Ok(Some(Self { at: self.wrong(name, What::Missing).at, values })),
            Some(_) => Err(self.wrong(name, What::Not(Type::Object))),
        }
    }

    pub(super) fn records(&mut self, name: &str, most: usize) -> Result<Option<Vec<Self>>, Wrong> {
        let Some(list) = self.list(name, most)? else { return Ok(None) };
        let records = list.into_iter().enumerate().map(|(index, value)| {
            let name = format!("{name}.{index}");
            match value {
                Value::Object(values) => Ok(Self { at: self.wrong(&name, What::Missing).at, values }),
                _ => Err(self.wrong(&name, What::Not(Type::Object))),
            }
        });
        records.collect::<Result<_, _>>().map(Some)
    }

    /// Nothing may be left over.
    pub(super) fn end(self) -> Result<(), Wrong> {
        let left = self.values.keys().next();
        left.map_or(Ok(()), |name| Err(self.wrong(name, What::Unknown)))
    }
}

/// What must be there.
pub(super) trait Needed<T> {
    /// The value, or the refusal of its absence.
    fn needed(self, record: &Record, name: &str) -> Result<T, Wrong>;
}

impl<T> Needed<T> for Option<T> {
    fn needed(self, record: &Record, name: &str) -> Result<T, Wrong> {
        self.ok_or_else(|| record.wrong(name, What::Missing))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(value: Value) -> Record {
        let Value::Object(values) = value else { panic!("no object") };
        Record::new(values)
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let mut outer = record(json!({"list": [{"a": "tea", "n": 1}], "b": null, "c": "x"}));
        let [mut inner] = outer.records("list", 1).unwrap().unwrap().try_into().unwrap();
        let wrong = |at: &str, what| Wrong { at: at.to_owned(), what };
        assert_eq!(inner.short("a", 2), Err(wrong("list.0.a", What::Long(2))));
        assert_eq!(inner.text("n"), Err(wrong("list.0.n", What::Not(Type::Text))));
        assert_eq!(inner.text("z").unwrap().needed(&inner, "z"), Err(wrong("list.0.z", What::Missing)));
        assert!(outer.names("b"));
        assert_eq!(outer.flag("b"), Ok(None));
        assert_eq!(outer.end(), Err(wrong("c", What::Unknown)));
    }
}

//! The fields of a request, whether they came as JSON, as a form or as parts. Each is taken out by who knows it; what
//! is left over is refused. It knows types, not meanings.

use axum::body::Bytes;
use serde_json::{Map, Value};

use super::errors::Refusal;
use super::multipart;

#[derive(Debug, Default)]
pub(super) struct Fields {
    values: Map<String, Value>,
    files: Vec<(String, Bytes)>,
}

impl Fields {
    pub(super) fn of_object(values: Map<String, Value>) -> Self {
        Self { values, files: Vec::new() }
    }

    /// Names of forms nest as in Rails: `poll[options][]`, `media_attributes[][id]`.
    pub(super) fn of_pairs(pairs: &[(String, String)]) -> Self {
        let mut values = Map::new();
        for (name, value) in pairs {
            let path: Vec<&str> = name.split('[').map(|part| part.trim_end_matches(']')).collect();
            insert(&mut values, &path, value);
        }
        Self { values, files: Vec::new() }
    }

    pub(super) fn of_parts(content_type: &str, body: &Bytes) -> Option<Self> {
        let (mut pairs, mut files) = (Vec::new(), Vec::new());
        for part in multipart::parts(content_type, body)? {
            if part.is_file {
                files.push((part.name, body.slice(part.content)));
            } else {
                pairs.push((part.name, std::str::from_utf8(&body[part.content]).ok()?.to_owned()));
            }
        }
        Some(Self { files, ..Self::of_pairs(&pairs) })
    }

    /// The field, if it is there and not null.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.values.shift_remove(name).filter(|value| !value.is_null())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(mistyped(name, "a string")),
        }
    }

    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(Value::String(text)) if matches!(text.as_str(), "true" | "1" | "on") => Ok(Some(true)),
            Some(Value::String(text)) if matches!(text.as_str(), "false" | "0" | "off" | "") => Ok(Some(false)),
            Some(_) => Err(mistyped(name, "a boolean")),
        }
    }

    pub(super) fn number(&mut self, name: &str) -> Result<Option<u64>, Refusal> {
        let number = match self.take(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        number.map(Some).ok_or_else(|| mistyped(name, "a whole number"))
    }

    pub(super) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let Some(list) = self.take(name) else { return Ok(None) };
        let texts = list
            .as_array()
            .and_then(|list| list.iter().map(|text| text.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>());
        texts.map(Some).ok_or_else(|| mistyped(name, "a list of strings"))
    }

    /// A list, or one text with a line for each.
    pub(super) fn lines(&mut self, name: &str) -> Result<Vec<String>, Refusal> {
        match self.values.get(name) {
            Some(Value::String(_)) => {
                Ok(self.text(name)?.unwrap_or_default().split_whitespace().map(str::to_owned).collect())
            }
            _ => Ok(self.texts(name)?.unwrap_or_default()),
        }
    }

    pub(super) fn group(&mut self, name: &str) -> Result<Option<Self>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(values)) => Ok(Some(Self::of_object(values))),
            Some(_) => Err(mistyped(name, "a hash")),
        }
    }

    pub(super) fn groups(&mut self, name: &str) -> Result<Vec<Self>, Refusal> {
        match self.take(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) if list.iter().all(Value::is_object) => {
                let groups = list.into_iter().filter_map(|group| match group {
                    Value::Object(values) => Some(Self::of_object(values)),
                    _ => None,
                });
                Ok(groups.collect())
            }
            Some(_) => Err(mistyped(name, "a list of hashes")),
        }
    }

    pub(super) fn file(&mut self, name: &str) -> Option<Bytes> {
        let at = self.files.iter().position(|(own, _)| own == name)?;
        Some(self.files.remove(at).1)
    }

    /// Nothing may be left over.
    pub(super) fn end(self) -> Result<(), Refusal> {
        let left = self.values.keys().chain(self.files.iter().map(|(name, _)| name)).next();
        left.map_or(Ok(()), |name| Err(Refusal::invalid(&format!("{name} is not a parameter of this call"))))
    }
}

fn mistyped(name: &str, what: &str) -> Refusal {
    Refusal::new(400, &format!("Invalid parameter {name}: {what} is expected"))
}

fn insert(values: &mut Map<String, Value>, path: &[&str], value: &str) {
    match path {
        [] => {}
        [name] => drop(values.insert((*name).to_owned(), Value::from(value))),
        [name, "", rest @ ..] => {
            let list = values.entry(*name).or_insert_with(|| Value::Array(Vec::new()));
            let Value::Array(list) = list else { return };
            match rest {
                [] => list.push(Value::from(value)),
                // A name that comes again begins the next hash.
                [first, ..] => {
                    let next = list.last().and_then(Value::as_object).is_none_or(|last| last.contains_key(*first));
                    if next {
                        list.push(Value::Object(Map::new()));
                    }
                    if let Some(Value::Object(last)) = list.last_mut() {
                        insert(last, rest, value);
                    }
                }
            }
        }
        [name, rest @ ..] => {
            let group = values.entry(*name).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(group) = group {
                insert(group, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_forms_nest() {
        for (form, expected) in [
            ("status=Hi", json!({"status": "Hi"})),
            ("media_ids[]=1&media_ids[]=2", json!({"media_ids": ["1", "2"]})),
            (
                "poll[options][]=a&poll[options][]=b&poll[expires_in]=300",
                json!({"poll": {"options": ["a", "b"], "expires_in": "300"}}),
            ),
            (
                "media_attributes[][id]=1&media_attributes[][description]=a&media_attributes[][id]=2",
                json!({"media_attributes": [{"id": "1", "description": "a"}, {"id": "2"}]}),
            ),
        ] {
            let pairs: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
            assert_eq!(Value::Object(Fields::of_pairs(&pairs).values), expected, "{form}");
        }
    }

    #[test]
    fn what_nobody_took_is_refused() {
        let mut fields = Fields::of_pairs(&[("a".to_owned(), "1".to_owned()), ("b".to_owned(), "x".to_owned())]);
        assert_eq!(fields.number("a").unwrap(), Some(1));
        assert!(fields.end().is_err());
    }
}

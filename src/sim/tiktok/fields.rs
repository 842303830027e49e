//! Takes a JSON body apart as strictly as can be: no unknown field, every type right. It knows no field by name.

use serde_json::{Map, Value};

use super::call::Call;
use super::errors::Refusal;

/// An object of a body.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    /// Where it stands: empty or `post_info.`.
    place: &'static str,
    object: &'a Map<String, Value>,
}

/// The JSON object a call carries.
pub(super) fn body(call: &Call) -> Result<Value, Refusal> {
    if let Some((name, _)) = call.query.iter().find(|(name, _)| name != "fields") {
        return Err(Refusal::params(format!("The parameter {name} is unknown")));
    }
    let body = call.json().filter(Value::is_object);
    body.ok_or_else(|| Refusal::params("The request body is not a JSON object, or its Content-Type is not JSON"))
}

impl<'a> Fields<'a> {
    /// The whole body; only these fields may be in it.
    pub(super) fn root(body: &'a Value, names: &[&str]) -> Result<Self, Refusal> {
        Self::of(body, "", names)
    }

    /// An object in it; only these fields may be in that.
    pub(super) fn object(self, name: &str, place: &'static str, names: &[&str]) -> Result<Fields<'a>, Refusal> {
        Self::of(self.needed(name)?, place, names)
    }

    fn of(value: &'a Value, place: &'static str, names: &[&str]) -> Result<Self, Refusal> {
        let wrong = || Refusal::params(format!("{} is not an object", place.trim_end_matches('.')));
        let object = value.as_object().ok_or_else(wrong)?;
        match object.keys().find(|key| !names.contains(&key.as_str())) {
            Some(key) => Err(Refusal::params(format!("The field {place}{key} is unknown"))),
            None => Ok(Self { place, object }),
        }
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    pub(super) fn needed(self, name: &str) -> Result<&'a Value, Refusal> {
        self.object.get(name).ok_or_else(|| Refusal::params(format!("{}{name} is missing", self.place)))
    }

    pub(super) fn text(self, name: &str) -> Result<Option<&'a str>, Refusal> {
        self.typed(name, "a string", Value::as_str)
    }

    pub(super) fn flag(self, name: &str) -> Result<Option<bool>, Refusal> {
        self.typed(name, "a boolean", Value::as_bool)
    }

    pub(super) fn integer(self, name: &str) -> Result<Option<i64>, Refusal> {
        self.typed(name, "an integer", Value::as_i64)
    }

    pub(super) fn texts(self, name: &str) -> Result<Vec<String>, Refusal> {
        let list = self.needed(name)?.as_array();
        let texts = list.and_then(|list| list.iter().map(|value| value.as_str().map(str::to_owned)).collect());
        texts.ok_or_else(|| Refusal::params(format!("{}{name} is not a list of strings", self.place)))
    }

    pub(super) fn needed_text(self, name: &str) -> Result<&'a str, Refusal> {
        self.needed(name)?;
        Ok(self.text(name)?.unwrap_or_default())
    }

    pub(super) fn needed_integer(self, name: &str) -> Result<i64, Refusal> {
        self.needed(name)?;
        Ok(self.integer(name)?.unwrap_or_default())
    }

    fn typed<T>(self, name: &str, what: &str, read: impl Fn(&'a Value) -> Option<T>) -> Result<Option<T>, Refusal> {
        let Some(value) = self.object.get(name) else { return Ok(None) };
        let wrong = || Refusal::params(format!("{}{name} is not {what}", self.place));
        read(value).map(Some).ok_or_else(wrong)
    }
}

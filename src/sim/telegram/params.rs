//! The parameters of a method, whether they came in the query, as a form, as JSON or as parts. Each is taken out by who
//! knows it; what is left over is refused, files as well. It knows types, not meanings.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::Method;
use serde_json::{Map, Value};

use super::errors::Refusal;
use crate::sim::call::Call;
use crate::sim::record::Record;

#[derive(Debug, Default)]
pub(super) struct Params {
    values: Map<String, Value>,
    files: BTreeMap<String, Bytes>,
}

impl Params {
    pub(super) fn read(call: &Call) -> Result<Self, Refusal> {
        let mut params = Self::default();
        let texts = |pairs: Vec<(String, String)>| pairs.into_iter().map(|(name, value)| (name, Value::from(value)));
        params.values.extend(texts(call.query()));
        match call.media_type().as_str() {
            _ if call.method == Method::GET => {}
            "application/json" => {
                let body = call.object().ok_or_else(|| Refusal::bad("can't parse JSON object"))?;
                params.values.extend(body);
            }
            "application/x-www-form-urlencoded" => params.values.extend(texts(call.form())),
            "multipart/form-data" => {
                for part in call.parts().ok_or_else(|| Refusal::bad("can't parse the parts of the body"))? {
                    match part.text() {
                        Some(text) => drop(params.values.insert(part.name.clone(), Value::from(text))),
                        None => drop(params.files.insert(part.name, part.bytes)),
                    }
                }
            }
            _ if call.body.is_empty() => {}
            _ => return Err(Refusal::bad("unsupported content type")),
        }
        Ok(params)
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.values.shift_remove(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(mistyped(name, "a String")),
        }
    }

    pub(super) fn whole(&mut self, name: &str) -> Result<Option<i64>, Refusal> {
        let number = match self.take(name) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        number.map(Some).ok_or_else(|| mistyped(name, "an Integer"))
    }

    pub(super) fn flag(&mut self, name: &str) -> Result<bool, Refusal> {
        match self.take(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(Value::String(text)) if text == "true" => Ok(true),
            Some(Value::String(text)) if text == "false" => Ok(false),
            Some(_) => Err(mistyped(name, "a Boolean")),
        }
    }

    /// A chat: its id, or `@` and its name.
    pub(super) fn chat(&mut self) -> Result<Value, Refusal> {
        let value = self.take("chat_id").filter(|value| value != "");
        let value = value.ok_or_else(|| Refusal::bad("chat_id is empty"))?;
        let number = value.as_str().and_then(|text| text.parse::<i64>().ok()).map(Value::from);
        Ok(number.unwrap_or(value))
    }

    /// An object, or a text that is one in JSON.
    pub(super) fn record(&mut self, name: &str) -> Result<Option<Record>, Refusal> {
        match self.parsed(name)? {
            None => Ok(None),
            Some(Value::Object(values)) => Ok(Some(Record::new(values))),
            Some(_) => Err(mistyped(name, "an Object")),
        }
    }

    /// A list, or a text that is one in JSON.
    pub(super) fn list(&mut self, name: &str) -> Result<Option<Vec<Value>>, Refusal> {
        match self.parsed(name)? {
            None => Ok(None),
            Some(Value::Array(list)) => Ok(Some(list)),
            Some(_) => Err(mistyped(name, "an Array")),
        }
    }

    fn parsed(&mut self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.take(name) {
            Some(Value::String(text)) => {
                let why = format!("can't parse {name} JSON object");
                serde_json::from_str(&text).map(Some).map_err(|_| Refusal::bad(&why))
            }
            value => Ok(value),
        }
    }

    /// The file in the part of this name.
    pub(super) fn file(&mut self, name: &str) -> Option<Bytes> {
        self.files.remove(name)
    }

    /// Nothing may be left over.
    pub(super) fn end(self) -> Result<(), Refusal> {
        let left = self.values.keys().chain(self.files.keys()).next();
        left.map_or(Ok(()), |name| Err(Refusal::bad(&format!("there is no parameter \"{name}\""))))
    }
}

fn mistyped(name: &str, what: &str) -> Refusal {
    Refusal::bad(&format!("parameter \"{name}\" must be {what}"))
}

//! The parameters of a Graph call: gathered from query, form and multipart, then held against an edge's table. It knows
//! types, not what the parameters mean.

use serde_json::{Map, Value, json};

use super::call::{Call, Reply};
use super::state::State;
use super::{errors, multipart};

/// What a parameter may be.
#[derive(Clone, Copy)]
pub(super) enum Type {
    Text,
    Bool,
    Number,
    Object,
    List,
    /// Seconds since 1970.
    Time,
    /// One of these words, in any case.
    Word(&'static [&'static str]),
    /// A part of a multipart body that has a file name.
    File,
}

/// The parameters of an edge.
pub(super) type Known = &'static [(&'static str, Type)];

/// Every call may carry these.
const COMMON: &[&str] = &["access_token", "appsecret_proof", "fields", "locale", "format", "pretty"];
/// Every list may be asked for in parts.
pub(super) const PAGED: Known = &[
    ("limit", Type::Number),
    ("after", Type::Text),
    ("before", Type::Text),
    ("since", Type::Time),
    ("until", Type::Time),
];

pub(super) struct Params<'a> {
    pairs: Vec<(String, String)>,
    files: Vec<File<'a>>,
    /// The body was JSON.
    json: bool,
    /// The body was neither form nor JSON.
    raw: bool,
}

struct File<'a> {
    name: String,
    filename: String,
    content: &'a [u8],
}

impl<'a> Params<'a> {
    pub(super) fn gather(call: &'a Call) -> Result<Self, Reply> {
        let mut params = Self { pairs: call.query.clone(), files: Vec::new(), json: false, raw: false };
        match call.media_type().as_str() {
            "application/x-www-form-urlencoded" => params.pairs.extend(call.form()),
            "multipart/form-data" => params.split(call)?,
            "application/json" => params.json = true,
            _ => params.raw = !call.body.bytes.is_empty(),
        }
        Ok(params)
    }

    fn split(&mut self, call: &'a Call) -> Result<(), Reply> {
        let content_type = call.header("content-type").unwrap_or_default();
        let parts = multipart::parts(content_type, &call.body.bytes);
        for part in parts.ok_or_else(|| errors::invalid("The body is not well-formed multipart"))? {
            match part.filename {
                Some(filename) => self.files.push(File { name: part.name, filename, content: part.content }),
                None => {
                    let value = std::str::from_utf8(part.content);
                    let value = value.map_err(|_| errors::parameter(&part.name, "is not UTF-8"))?;
                    self.pairs.push((part.name, value.to_owned()));
                }
            }
        }
        Ok(())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every parameter is one of these and what it has to be.
    pub(super) fn check(&self, state: &mut State, known: &[Known]) -> Result<Fields<'a>, Reply> {
        if self.raw {
            return Err(errors::invalid("The body is neither a form nor multipart"));
        }
        if self.json {
            state.pass_over("a JSON body")?;
        }
        let mut fields = Fields::default();
        for (name, text) in &self.pairs {
            let bare = name.split('[').next().unwrap_or_default();
            if COMMON.contains(&name.as_str()) {
                continue;
            }
            match look_up(known, bare) {
                Some((known, Type::List)) if bare != name => fields.add_element(known, name, text)?,
                Some((known, wanted)) if bare == name => fields.add(known, value(known, wanted, text)?)?,
                _ => state.pass_over(&format!("parameter {name}"))?,
            }
        }
        for file in &self.files {
            match look_up(known, &file.name) {
                Some((name, Type::File)) if fields.file(name).is_none() => {
                    fields.files.push((name, file.filename.clone(), file.content));
                }
                _ => state.pass_over(&format!("file {}", file.name))?,
            }
        }
        Ok(fields)
    }
}

fn look_up(known: &[Known], name: &str) -> Option<(&'static str, Type)> {
    known.iter().flat_map(|table| table.iter()).find(|(known, _)| *known == name).copied()
}

fn value(name: &str, wanted: Type, text: &str) -> Result<Value, Reply> {
    let wrong = |what: &str| errors::parameter(name, &format!("must be {what}"));
    let parsed = || serde_json::from_str::<Value>(text).ok();
    match wanted {
        Type::Text => Ok(json!(text)),
        Type::Bool => match text {
            "true" | "1" => Ok(json!(true)),
            "false" | "0" => Ok(json!(false)),
            _ => Err(wrong("a boolean")),
        },
        Type::Number | Type::Time => {
            text.parse::<u64>().map(|number| json!(number)).map_err(|_| wrong("a non-negative integer"))
        }
        Type::Object => parsed().filter(Value::is_object).ok_or_else(|| wrong("a JSON object")),
        Type::List => parsed().filter(Value::is_array).ok_or_else(|| wrong("an array")),
        Type::Word(words) => {
            let word = words.iter().find(|word| word.eq_ignore_ascii_case(text));
            word.map(|word| json!(word)).ok_or_else(|| wrong(&format!("one of {{{}}}", words.join(", "))))
        }
        Type::File => Err(wrong("a file of a multipart body")),
    }
}

/// Parameters found to be of their types.
#[derive(Default)]
pub(super) struct Fields<'a> {
    values: Map<String, Value>,
    files: Vec<(&'static str, String, &'a [u8])>,
}

impl<'a> Fields<'a> {
    fn add(&mut self, name: &str, value: Value) -> Result<(), Reply> {
        match self.values.insert(name.to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(errors::parameter(name, "was given more than once")),
        }
    }

    /// `list[0]={...}`: elements come in order and without a gap.
    fn add_element(&mut self, list: &str, name: &str, text: &str) -> Result<(), Reply> {
        let elements = self.values.entry(list).or_insert_with(|| json!([]));
        let next = elements.as_array().map_or(0, Vec::len);
        if name != format!("{list}[{next}]") && name != format!("{list}[]") {
            return Err(errors::parameter(name, &format!("is out of order: {list}[{next}] is next")));
        }
        let element = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
        if let Some(elements) = elements.as_array_mut() {
            elements.push(element);
        }
        Ok(())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// A text that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    pub(super) fn bool(&self, name: &str) -> Option<bool> {
        self.values.get(name)?.as_bool()
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.values.get(name)?.as_u64()
    }

    pub(super) fn list(&self, name: &str) -> Option<&[Value]> {
        self.values.get(name)?.as_array().map(Vec::as_slice)
    }

    pub(super) fn file(&self, name: &str) -> Option<&'a [u8]> {
        self.files.iter().find(|(key, ..)| *key == name).map(|(.., content)| *content)
    }

    pub(super) fn filename(&self, name: &str) -> Option<&str> {
        self.files.iter().find(|(key, ..)| *key == name).map(|(_, filename, _)| filename.as_str())
    }

    pub(super) fn needed(&self, name: &str) -> Result<&str, Reply> {
        self.text(name).ok_or_else(|| errors::invalid(&format!("The parameter {name} is required")))
    }

    pub(super) fn needed_number(&self, name: &str) -> Result<u64, Reply> {
        self.number(name).ok_or_else(|| errors::invalid(&format!("The parameter {name} is required")))
    }

    /// Those of these settings that were given, as they were sent.
    pub(super) fn settings(&self, names: &[&'static str]) -> Vec<(&'static str, String)> {
        let given = names.iter().filter_map(|name| Some((*name, self.values.get(*name)?)));
        given.map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))).collect()
    }

    /// Refuses parameters that do not go with `with`.
    pub(super) fn exclude(&self, with: &str, names: &[&str]) -> Result<(), Reply> {
        let both = names.iter().find(|name| self.has(name) || self.file(name).is_some());
        both.map_or(Ok(()), |name| Err(errors::parameter(name, &format!("cannot be used with {with}"))))
    }
}

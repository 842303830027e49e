//! The operations a platform describes, and what in a request is none of them. Knows no platform.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::schema::{Reading, check, is_file, typed};
use super::sent::{Content, Sent};

/// What a platform says of its API, as far as we hold it to that.
#[derive(Debug, Default)]
pub(super) struct Description {
    pub(super) operations: Vec<Operation>,
    /// What a `$ref` leads to, by name.
    pub(super) schemas: Value,
}

/// One operation.
#[derive(Debug, Default)]
pub(super) struct Operation {
    /// The platform's own name of it.
    pub(super) name: String,
    pub(super) method: String,
    /// With `{name}` for what varies.
    pub(super) path: String,
    /// Schemas of what varies in the path.
    pub(super) in_path: BTreeMap<String, Value>,
    /// Schemas of the query's parameters; `required: true` with those that must be there.
    pub(super) query: BTreeMap<String, Value>,
    /// Schemas of bodies, by media type.
    pub(super) bodies: BTreeMap<String, Value>,
    /// Media types of files it takes.
    pub(super) files: Vec<String>,
    /// Kinds of tokens that may call it.
    pub(super) tokens: BTreeSet<String>,
    pub(super) scopes: BTreeSet<String>,
}

impl Description {
    /// The operation a request is meant for: of several, the one with the fewest names in its path.
    pub(super) fn operation(&self, sent: &Sent) -> Option<&Operation> {
        let fits = self.operations.iter().filter(|it| it.method == sent.method && it.varied(&sent.path).is_some());
        fits.min_by_key(|operation| operation.path.matches('{').count())
    }

    /// Everything in a request that is not described.
    pub(super) fn problems(&self, sent: &Sent) -> Vec<String> {
        let Some(operation) = self.operation(sent) else {
            return vec![format!("{} {}: there is no such operation", sent.method, sent.path)];
        };
        let reading = Reading { schemas: &self.schemas, method: &operation.name };
        let mut problems = operation.wrong_parameters(reading, sent);
        problems.extend(operation.wrong_body(reading, &sent.content));
        problems.iter().map(|problem| format!("{}: {problem}", operation.name)).collect()
    }

    /// The operations that none of these was meant for.
    pub(super) fn unsent(&self, log: &[Sent]) -> Vec<&str> {
        let sent: BTreeSet<&str> = log.iter().filter_map(|sent| Some(self.operation(sent)?.name.as_str())).collect();
        let all = self.operations.iter().map(|operation| operation.name.as_str());
        all.filter(|name| !sent.contains(name)).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

impl Operation {
    /// What varies in a path that is one of this operation's, by name.
    fn varied<'a>(&'a self, path: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        let (ours, theirs) = (self.path.split('/'), path.split('/'));
        if ours.clone().count() != theirs.clone().count() {
            return None;
        }
        let mut varied = Vec::new();
        for (our, their) in ours.zip(theirs) {
            match our.strip_prefix('{').and_then(|our| our.strip_suffix('}')) {
                Some(name) => varied.push((name, their)),
                None if our == their => {}
                None => return None,
            }
        }
        Some(varied)
    }

    fn wrong_parameters(&self, reading: Reading<'_>, sent: &Sent) -> Vec<String> {
        let missing = self.query.iter().filter(|(name, it)| it["required"] == true && sent.parameter(name).is_none());
        let mut problems: Vec<String> = missing.map(|(name, _)| format!("?{name}: is missing")).collect();
        let in_path = self.varied(&sent.path).unwrap_or_default();
        let in_path = in_path.iter().map(|(name, text)| (format!("{{{name}}}"), self.in_path.get(*name), *text));
        let query = sent.query.iter().map(|(name, text)| (format!("?{name}"), self.query.get(name), text.as_str()));
        for (name, schema, text) in in_path.chain(query) {
            match schema {
                Some(schema) => problems.extend(check(reading, schema, &typed(schema, text), &name)),
                None => problems.push(format!("{name}: there is no such parameter")),
            }
        }
        problems
    }

    fn wrong_body(&self, reading: Reading<'_>, content: &Content) -> Vec<String> {
        let of = |kind: &str, value: &Value| match self.bodies.get(kind) {
            Some(schema) => check(reading, schema, value, ""),
            None => vec![format!("it takes no body of {kind}")],
        };
        match content {
            Content::Nothing if self.bodies.is_empty() && self.files.is_empty() => Vec::new(),
            Content::Nothing => vec!["its body is missing".to_owned()],
            Content::Json(value) => of("application/json", value),
            Content::Form(fields) => self.wrong_form(reading, fields),
            Content::Related(value, mime) => [of("application/json", value), self.wrong_file(mime)].concat(),
            Content::File(mime) => self.wrong_file(mime),
            Content::Unread(kind, why) => vec![format!("its body of {kind} {why}")],
        }
    }

    /// A form's texts stand for what their schemas say, and a file for a text of any bytes.
    fn wrong_form(&self, reading: Reading<'_>, fields: &[(String, Option<String>)]) -> Vec<String> {
        let Some(schema) = self.bodies.get("multipart/form-data") else {
            return vec!["it takes no form".to_owned()];
        };
        let (mut form, mut problems) = (json!({}), Vec::new());
        for (name, text) in fields {
            let field = &schema["properties"][name];
            if field.is_object() && text.is_none() != is_file(field) {
                problems.push(format!("{name}: is a text where a file belongs, or the other way round"));
            }
            form[name] = typed(field, text.as_deref().unwrap_or_default());
        }
        problems.extend(check(reading, schema, &form, ""));
        problems
    }

    /// `video/*` takes every film.
    pub(super) fn wrong_file(&self, mime: &str) -> Vec<String> {
        let takes = |known: &String| {
            known == mime || known.strip_suffix('*').is_some_and(|kind| kind == "*/" || mime.starts_with(kind))
        };
        if self.files.iter().any(takes) { Vec::new() } else { vec![format!("it takes no file of `{mime}`")] }
    }
}

//! Query parameters: which there may be, and what values are read from them. What they mean is their method's.

use super::call::{self, Call};
use super::errors::{self, Fault, known};

/// One parameter of the query.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    kind: Kind,
    required: bool,
}

pub(super) enum Kind {
    Text,
    Flag,
    /// Comma-separated, and may be repeated.
    List,
    Number(u64, u64),
    Choice(&'static [&'static str]),
    /// For YouTube's content partners: nobody here is one.
    Partner,
    /// A filter this simulator does not have.
    Elsewhere,
}

pub(super) const fn any(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, required: false }
}

pub(super) const fn must(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, required: true }
}

/// Refuses a query that has what the method does not take, or lacks what it needs.
pub(super) fn check(call: &Call, parameters: &[Parameter]) -> Result<(), Fault> {
    for (name, given) in &call.query {
        match parameters.iter().find(|parameter| parameter.name == name) {
            Some(parameter) => check_parameter(call, parameter, given)?,
            None => check_global(name, given)?,
        }
    }
    for parameter in parameters.iter().filter(|parameter| parameter.required) {
        if call.parameter(parameter.name).is_none_or(str::is_empty) {
            return Err(errors::missing(parameter.name));
        }
    }
    Ok(())
}

fn check_parameter(call: &Call, parameter: &Parameter, given: &str) -> Result<(), Fault> {
    let name = parameter.name;
    let invalid = || {
        let message = format!("Invalid value at '{name}', \"{given}\"");
        Err(errors::schema(name, &message))
    };
    let repeated = call.query.iter().filter(|(other, _)| other == name).count() > 1;
    match parameter.kind {
        Kind::List => return Ok(()),
        _ if repeated => return invalid(),
        Kind::Text => {}
        Kind::Flag if matches!(given, "true" | "false") => {}
        Kind::Number(least, most) if given.parse().is_ok_and(|number| (least..=most).contains(&number)) => {}
        Kind::Choice(words) if words.contains(&given) => {}
        Kind::Partner => return Err(known("forbidden").says("You are not authorized as a content owner.").at(name)),
        Kind::Elsewhere => return Err(known("notImplemented").at(name)),
        Kind::Flag | Kind::Number(..) | Kind::Choice(_) => return invalid(),
    }
    Ok(())
}

/// What every method takes.
fn check_global(name: &str, given: &str) -> Result<(), Fault> {
    let good = match name {
        "fields" | "access_token" => true,
        "prettyPrint" => matches!(given, "true" | "false"),
        "quotaUser" => given.chars().count() <= 40,
        "alt" => given == "json",
        "$.xgafv" => matches!(given, "1" | "2"),
        "key" => return Err(known("keyInvalid")),
        _ => {
            let message = format!(
                "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could \
                 not be found in request message."
            );
            return Err(errors::schema(name, &message));
        }
    };
    if good { Ok(()) } else { Err(errors::schema(name, &format!("Invalid value at '{name}', \"{given}\""))) }
}

/// The values of a parameter that is a list.
pub(super) fn list<'a>(call: &'a Call, name: &str) -> Vec<&'a str> {
    let given = call.query.iter().filter(|(other, _)| other == name);
    given.flat_map(|(_, values)| values.split(',')).map(str::trim).filter(|value| !value.is_empty()).collect()
}

/// A flag of the query.
pub(super) fn flag(call: &Call, name: &str) -> Option<bool> {
    call.parameter(name).map(|value| value == "true")
}

/// The parts listed, if each is one of `allowed`.
pub(super) fn parts(call: &Call, allowed: &[&'static str]) -> Result<Vec<&'static str>, Fault> {
    let mut parts = Vec::new();
    for asked in list(call, "part") {
        let part = allowed.iter().find(|part| **part == asked);
        parts.push(*part.ok_or_else(|| known("unknownPart").says(asked))?);
    }
    if parts.is_empty() { Err(errors::missing("part")) } else { Ok(parts) }
}

/// The JSON of a body that says it is JSON.
pub(super) fn json(content_type: &str, body: &[u8]) -> Result<serde_json::Value, Fault> {
    if call::bare(content_type) != "application/json" {
        let message = format!("Invalid JSON payload received. Unsupported Content-Type: '{content_type}'");
        return Err(errors::schema("", &message));
    }
    serde_json::from_slice(body).map_err(|error| known("parseError").says(format!("Parse Error: {error}")))
}

/// A page of a list, and the tokens to get on with. A token names where a page begins.
pub(super) fn page<T>(call: &Call, all: Vec<T>) -> Result<Page<T>, Fault> {
    let size = call.parameter("maxResults").and_then(|size| size.parse().ok()).unwrap_or(5);
    let total = all.len();
    let first = match call.parameter("pageToken") {
        None => 0,
        Some(token) => {
            read_token(token).filter(|first| *first < total.max(1)).ok_or_else(|| known("invalidPageToken"))?
        }
    };
    let next = (size > 0 && first + size < total).then(|| write_token(first + size));
    let previous = (first > 0).then(|| write_token(first.saturating_sub(size)));
    Ok(Page { found: all.into_iter().skip(first).take(size).collect(), size, total, next, previous })
}

pub(super) struct Page<T> {
    pub(super) found: Vec<T>,
    pub(super) size: usize,
    pub(super) total: usize,
    pub(super) next: Option<String>,
    pub(super) previous: Option<String>,
}

/// Made to look as little like a number as Google's.
fn write_token(first: usize) -> String {
    format!("CA{first:04X}QAA")
}

fn read_token(token: &str) -> Option<usize> {
    usize::from_str_radix(token.strip_prefix("CA")?.strip_suffix("QAA")?, 16).ok()
}

//! What is known of X's operations (tests/data/x-operations), and whether X's own OpenAPI document says so too. That document
//! may not be passed on, so it is not here: `PRESSROOM_X_OPENAPI` names a copy.

use std::collections::BTreeMap;

use pressroom::limits::Platform;
use serde_json::Value;

use super::description::{Description, Operation};
use super::schema::resolved;
use super::sent::Sent;

/// Our list.
pub(super) fn description() -> Description {
    let list: Value = serde_json::from_str(include_str!("../../data/x-operations/operations.json")).unwrap();
    let read = |(call, entry): (&String, &Value)| {
        let (method, path) = call.split_once(' ').unwrap();
        let map = |key: &str| entry[key].as_object().cloned().unwrap_or_default().into_iter().collect();
        let words = |key: &str| entry[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        Operation {
            name: entry["id"].as_str().unwrap().to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            in_path: map("path"),
            query: map("query"),
            bodies: map("body"),
            tokens: words("tokens").map(str::to_owned).collect(),
            scopes: words("scopes").map(str::to_owned).collect(),
            ..Operation::default()
        }
    };
    Description { operations: list.as_object().unwrap().iter().map(read).collect(), schemas: Value::Null }
}

/// X's OpenAPI document.
pub(super) fn openapi(document: &Value) -> Description {
    let mut description = Description { operations: Vec::new(), schemas: document["components"]["schemas"].clone() };
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, entry) in methods.as_object().into_iter().flatten() {
            description.operations.push(described(document, method, path, entry));
        }
    }
    description
}

fn described(document: &Value, method: &str, path: &str, entry: &Value) -> Operation {
    let mut operation = Operation {
        name: entry["operationId"].as_str().unwrap_or_default().to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        ..Operation::default()
    };
    let schemas = &document["components"]["schemas"];
    for parameter in entry["parameters"].as_array().into_iter().flatten() {
        let parameter = resolved(parameter, &document["components"]["parameters"]).unwrap();
        let mut schema = resolved(&parameter["schema"], schemas).unwrap().clone();
        let is_in_path = parameter["in"] == "path";
        if parameter["required"] == true && !is_in_path {
            schema["required"] = Value::Bool(true);
        }
        let them = if is_in_path { &mut operation.in_path } else { &mut operation.query };
        them.insert(parameter["name"].as_str().unwrap().to_owned(), schema);
    }
    for (kind, body) in entry["requestBody"]["content"].as_object().into_iter().flatten() {
        operation.bodies.insert(kind.clone(), resolved(&body["schema"], schemas).unwrap().clone());
    }
    let ways = entry["security"].as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
    for (token, scopes) in ways {
        operation.tokens.insert(token.clone());
        operation.scopes.extend(scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    }
    operation
}

/// Everything in a request that is not listed, or that our login has no right to.
pub(super) fn problems(description: &Description, sent: &Sent) -> Vec<String> {
    let mut problems = description.problems(sent);
    let grant = &pressroom::platform::adapter(Platform::X).unwrap().grants()[0];
    if let Some(operation) = description.operation(sent) {
        let lacks = operation.scopes.iter().filter(|scope| grant.scopes.iter().all(|(ours, _)| ours != scope));
        problems
            .extend(lacks.map(|scope| format!("{}: needs the scope {scope}, which we do not ask for", operation.name)));
    }
    problems
}

/// What our list says and X's document does not.
pub(super) fn disagreements(ours: &Description, theirs: &Description) -> Vec<String> {
    let mut problems = Vec::new();
    for our in &ours.operations {
        let call = format!("{} {}", our.method, our.path);
        let Some(their) = theirs.operations.iter().find(|it| it.method == our.method && it.path == our.path) else {
            problems.push(format!("{call}: X has no such operation"));
            continue;
        };
        if our.name != their.name {
            problems.push(format!("{call}: X calls it {}", their.name));
        }
        if !our.tokens.is_subset(&their.tokens) || our.scopes != their.scopes {
            problems.push(format!("{call}: X wants {:?} with {:?}", their.tokens, their.scopes));
        }
        for (what, our, their) in [
            ("path", &our.in_path, &their.in_path),
            ("query", &our.query, &their.query),
            ("body", &our.bodies, &their.bodies),
        ] {
            problems.extend(unlike(our, their, &theirs.schemas, &format!("{call}: {what}")));
        }
        let needed = their.query.iter().filter(|(_, parameter)| parameter["required"] == true);
        let missing = needed.filter(|(name, _)| !our.query.contains_key(*name));
        problems.extend(missing.map(|(name, _)| format!("{call}: X needs the parameter {name}")));
    }
    problems
}

fn unlike(ours: &BTreeMap<String, Value>, theirs: &BTreeMap<String, Value>, schemas: &Value, at: &str) -> Vec<String> {
    let compare = |(name, our): (&String, &Value)| match theirs.get(name) {
        Some(their) => differs(our, their, schemas, &format!("{at} {name}")),
        None => vec![format!("{at} {name}: X has no such thing")],
    };
    ours.iter().flat_map(compare).collect()
}

/// Words of a schema that must be the same on both sides. Of `format` only those that say more than the type does are.
const SAME: [&str; 10] =
    ["type", "required", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "format"];

/// Where a schema of ours says something else than X's.
fn differs(our: &Value, their: &Value, schemas: &Value, at: &str) -> Vec<String> {
    let Some(their) = resolved(their, schemas) else { return vec![format!("{at}: X does not say what it is")] };
    if let Some(ways) = their["anyOf"].as_array() {
        let ways: Vec<_> = ways.iter().map(|way| differs(our, way, schemas, at)).collect();
        return ways.into_iter().min_by_key(Vec::len).unwrap_or_default();
    }
    let mut problems = Vec::new();
    for word in SAME.into_iter().filter(|word| tidy(&our[*word]) != tidy(&their[*word])) {
        problems.push(format!("{at}: {word} is {} with X", their[word]));
    }
    let strange = our["enum"].as_array().into_iter().flatten();
    let strange = strange.filter(|word| !their["enum"].as_array().is_some_and(|words| words.contains(*word)));
    problems.extend(strange.map(|word| format!("{at}: X has no {word}")));
    if our["enum"].is_null() && !their["enum"].is_null() {
        problems.push(format!("{at}: with X it is one of {}", their["enum"]));
    }
    if our["items"].is_object() {
        problems.extend(differs(&our["items"], &their["items"], schemas, &format!("{at}[]")));
    }
    for (name, our) in our["properties"].as_object().into_iter().flatten() {
        match their["properties"].get(name) {
            Some(their) => problems.extend(differs(our, their, schemas, &format!("{at}.{name}"))),
            None => problems.push(format!("{at}.{name}: X has no such field")),
        }
    }
    problems
}

/// A word of a schema as it counts: lists in no order, and no format that only says how large a number is.
fn tidy(word: &Value) -> Value {
    match word {
        Value::Array(list) => {
            let mut list: Vec<String> = list.iter().map(ToString::to_string).collect();
            list.sort();
            Value::from(list)
        }
        Value::String(format) if format == "int32" || format == "int64" => Value::Null,
        word => word.clone(),
    }
}

//! Google's description of YouTube's API, read from a cut of its discovery document (tests/data/youtube-discovery).
//!
//! Not in it: the session an upload is sent to. Its address is made up by Google for each upload; the simulator's is the one
//! it was opened at, with `upload_id`.

use std::collections::BTreeMap;

use pressroom::limits::Platform;
use serde_json::{Map, Value, json};

use super::description::{Description, Operation};
use super::sent::{Content, Sent};

pub(super) fn description() -> Description {
    let document: Value = serde_json::from_str(include_str!("../../data/youtube-discovery/youtube.v3.json")).unwrap();
    let all = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let mut description = Description { operations: Vec::new(), schemas: document["schemas"].clone() };
    for resource in all(&document["resources"]).values() {
        for method in all(&resource["methods"]).values() {
            let operation = operation(&document, method);
            // Google's own client library sends all uploads, resumable ones too, to the path of the simple ones.
            let upload = &method["mediaUpload"];
            match upload["protocols"]["simple"]["path"].as_str() {
                Some(path) => description.operations.push(Operation {
                    path: path.to_owned(),
                    files: words(&upload["accept"]),
                    ..operation
                }),
                None => description.operations.push(operation),
            }
        }
    }
    description
}

fn operation(document: &Value, method: &Value) -> Operation {
    let mut query = BTreeMap::new();
    let parameters = [&document["parameters"], &method["parameters"]].into_iter().filter_map(Value::as_object);
    for (name, parameter) in parameters.flatten() {
        let parameter = if name == "part" { parts(document, method, parameter) } else { parameter.clone() };
        query.insert(name.clone(), listed(parameter));
    }
    let request = &method["request"];
    let body = (!request.is_null()).then(|| ("application/json".to_owned(), request.clone()));
    Operation {
        name: method["id"].as_str().unwrap().to_owned(),
        method: method["httpMethod"].as_str().unwrap().to_owned(),
        path: format!("/{}", method["path"].as_str().unwrap()),
        query,
        bodies: body.into_iter().collect(),
        scopes: words(&method["scopes"]).into_iter().collect(),
        ..Operation::default()
    }
}

/// What may be repeated is written as a list with commas.
fn listed(mut parameter: Value) -> Value {
    if parameter["repeated"] != true {
        return parameter;
    }
    let mut list = json!({"type": "array", "items": {}});
    list["required"] = parameter["required"].take();
    list["items"] = parameter;
    list
}

/// A part is a field of the resource, of a list's items or of the body.
fn parts(document: &Value, method: &Value, parameter: &Value) -> Value {
    let schema = |value: &Value| document["schemas"][value["$ref"].as_str().unwrap_or_default()].clone();
    let answer = schema(&method["response"]);
    let items = &answer["properties"]["items"]["items"];
    let resource = if items.is_object() { schema(items) } else { answer };
    let fields: Vec<&String> = resource["properties"].as_object().into_iter().flat_map(Map::keys).collect();
    let mut parameter = parameter.clone();
    parameter["enum"] = json!(fields);
    parameter
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Everything in a request that Google does not describe, or that our login has no right to.
pub(super) fn problems(description: &Description, sent: &Sent) -> Vec<String> {
    if let Some(upload) = session(description, sent) {
        return match &sent.content {
            Content::Nothing => Vec::new(),
            Content::File(mime) => upload.wrong_file(mime),
            other => vec![format!("{}: {other:?} is sent to its session", upload.name)],
        };
    }
    let mut problems = description.problems(sent);
    let grant = &pressroom::platform::adapter(Platform::YouTube).unwrap().grants()[0];
    let may = |operation: &Operation| {
        grant.scopes.iter().chain(grant.scopes_besides).any(|(scope, _)| operation.scopes.contains(*scope))
    };
    if let Some(operation) = description.operation(sent).filter(|operation| !may(operation)) {
        problems.push(format!("{}: no scope of ours allows it", operation.name));
    }
    problems
}

/// The upload whose session a request is sent to.
fn session<'a>(description: &'a Description, sent: &Sent) -> Option<&'a Operation> {
    sent.parameter("upload_id").filter(|_| sent.method == "PUT")?;
    description.operations.iter().find(|operation| operation.path == sent.path && !operation.files.is_empty())
}

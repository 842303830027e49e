//! Values held against schemas, in the words that OpenAPI and Google's discovery documents share. Knows no requests. A field
//! that a schema does not name does not exist.

use chrono::DateTime;
use serde_json::Value;

/// What schemas are read with: others by name, and the method they are read for.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) schemas: &'a Value,
    /// Google names the methods that need a field.
    pub(super) method: &'a str,
}

/// What a `$ref` leads to, else the schema itself; `None` where that is not there.
pub(super) fn resolved<'a>(schema: &'a Value, schemas: &'a Value) -> Option<&'a Value> {
    match schema["$ref"].as_str() {
        Some(name) => schemas.get(name.rsplit('/').next()?),
        None => Some(schema),
    }
}

/// The JSON value that a text of a path, a query or a form stands for.
pub(super) fn typed(schema: &Value, text: &str) -> Value {
    let read = match schema["type"].as_str() {
        Some("integer" | "number" | "boolean") => serde_json::from_str(text).ok(),
        Some("array") => Some(text.split(',').map(|item| typed(&schema["items"], item)).collect()),
        _ => None,
    };
    read.unwrap_or_else(|| Value::from(text))
}

/// Whether a form's field is a file.
pub(super) fn is_file(schema: &Value) -> bool {
    let ways = schema["anyOf"].as_array();
    schema["format"] == "binary" || ways.is_some_and(|ways| ways.iter().any(is_file))
}

/// Everything in a value that its schema does not allow; `at` is where it stands.
pub(super) fn check(reading: Reading<'_>, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let Some(schema) = resolved(schema, reading.schemas) else {
        return vec![format!("{at}: its schema {} is not there", schema["$ref"])];
    };
    if let Some(ways) = schema["anyOf"].as_array() {
        let ways = ways.iter().map(|way| check(reading, way, value, at));
        return ways.min_by_key(Vec::len).unwrap_or_default();
    }
    let wrong = |why: String| vec![format!("{at}: {value} {why}")];
    match (schema["type"].as_str().unwrap_or_default(), value) {
        ("object", Value::Object(_)) => check_fields(reading, schema, value, at),
        ("array", Value::Array(items)) => {
            let each = items.iter().enumerate();
            let each = each.flat_map(|(i, item)| check(reading, &schema["items"], item, &format!("{at}[{i}]")));
            let length = outside(schema, ["minItems", "maxItems"], items.len() as f64);
            length.map(|bounds| format!("{at}: {} items, not {bounds}", items.len())).into_iter().chain(each).collect()
        }
        ("string", Value::String(text)) => check_text(schema, text).map_or(Vec::new(), wrong),
        ("integer", Value::Number(number)) if !number.is_i64() && !number.is_u64() => wrong("is no integer".to_owned()),
        ("integer" | "number", Value::Number(number)) => {
            let least = if schema["format"].as_str().is_some_and(|it| it.starts_with('u')) { 0.0 } else { f64::MIN };
            let number = number.as_f64().unwrap_or(f64::NAN);
            let bounds = outside(schema, ["minimum", "maximum"], number);
            let bounds = bounds.or_else(|| (number < least).then(|| "at least 0".to_owned()));
            bounds.map_or(Vec::new(), |bounds| wrong(format!("is not {bounds}")))
        }
        ("boolean", Value::Bool(_)) => Vec::new(),
        (kind, _) => wrong(format!("is no {kind}")),
    }
}

fn check_fields(reading: Reading<'_>, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let known = schema["properties"].as_object();
    let below = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let is_needed = |name: &str, field: &Value| {
        let holds = |list: &Value, word: &str| list.as_array().is_some_and(|list| list.iter().any(|it| it == word));
        holds(&schema["required"], name) || holds(&field["annotations"]["required"], reading.method)
    };
    let missing = known.into_iter().flatten().filter(|(name, field)| is_needed(name, field) && value[*name].is_null());
    let mut problems: Vec<String> = missing.map(|(name, _)| format!("{}: is missing", below(name))).collect();
    for (name, value) in value.as_object().into_iter().flatten() {
        match known.and_then(|known| known.get(name)).or(schema.get("additionalProperties")) {
            Some(field) if field.is_object() => problems.extend(check(reading, field, value, &below(name))),
            _ => problems.push(format!("{}: there is no such field", below(name))),
        }
    }
    problems
}

/// Why a text is not what it should be.
fn check_text(schema: &Value, text: &str) -> Option<String> {
    if let Some(words) = schema["enum"].as_array().filter(|words| words.iter().all(|word| word != text)) {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return Some(format!("is none of {}", words.join(", ")));
    }
    let length = text.chars().count();
    if let Some(bounds) = outside(schema, ["minLength", "maxLength"], length as f64) {
        return Some(format!("has {length} characters, not {bounds}"));
    }
    if let Some(pattern) = schema["pattern"].as_str().filter(|pattern| matches(pattern, text) != Some(true)) {
        return Some(format!("does not match {pattern}"));
    }
    let is_time = schema["format"] == "date-time";
    (is_time && DateTime::parse_from_rfc3339(text).is_err()).then(|| "is no time of RFC 3339".to_owned())
}

/// The bounds by these names that a number is outside of. Google writes them as texts.
fn outside(schema: &Value, names: [&str; 2], number: f64) -> Option<String> {
    let bound = |name: &str| schema[name].as_f64().or_else(|| schema[name].as_str()?.parse().ok());
    let [least, most] = names.map(bound);
    let is_outside = least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most);
    is_outside.then(|| match (least, most) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, most) => format!("at most {}", most.unwrap_or_default()),
    })
}

/// Whether a text matches `^[A-Z]{2}$`: so many characters of one range. `None`: the pattern is none like that.
fn matches(pattern: &str, text: &str) -> Option<bool> {
    let (range, count) = pattern.strip_prefix("^[")?.strip_suffix("}$")?.split_once("]{")?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (char, char) = (first.parse().ok()?, last.parse().ok()?);
    let (least, most) = count.split_once(',').unwrap_or((count, count));
    let lengths = least.parse().ok()?..=most.parse::<usize>().ok()?;
    Some(lengths.contains(&text.chars().count()) && text.chars().all(|letter| (first..=last).contains(&letter)))
}

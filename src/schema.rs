//! JSON Schemas (2020-12) of front matter and of accounts.toml, for editors. Made from the same tables of keys that the readers
//! use; knows no file.

use serde_json::{Map, Value, json};

use crate::account::keys::{self as account, Holds, SCHEMA, SECTIONS};
use crate::account::time::DURATION_PATTERN;
use crate::limits::{Platform, SettingRule, Takes as Setting};
use crate::post::front::keys::{KEYS, Key, MEDIA_KEYS, POLL_KEYS, Takes};
use crate::post::front::read::{ID_MAX, ID_PATTERN};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
const NOT_YET: &str = "not supported by this version of pressroom yet";

/// The schema of a post's front matter.
pub fn front_matter() -> Value {
    let properties = KEYS.iter().filter(|key| key.in_post()).map(|key| (key.name, front_key(key)));
    json!({
        "$schema": DIALECT,
        "title": "pressroom: front matter of a post",
        "type": "object",
        "properties": object(properties),
        "additionalProperties": false,
        "minProperties": 1,
    })
}

/// The schema of accounts.toml.
pub fn accounts() -> Value {
    let schema = json!({ "const": SCHEMA, "description": "which form of this file it is" });
    let sections = SECTIONS.iter().map(|section| (section.name, described(holds(&section.holds), section.doc)));
    json!({
        "$schema": DIALECT,
        "title": "pressroom: accounts.toml",
        "type": "object",
        "properties": object([("schema", schema)].into_iter().chain(sections)),
        "required": ["schema"],
        "additionalProperties": false,
    })
}

fn object<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    Value::Object(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

/// An object of these properties and no others.
fn closed<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>, required: &[&str]) -> Value {
    let mut schema = json!({ "type": "object", "properties": object(entries), "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn described(mut schema: Value, doc: &str) -> Value {
    schema["description"] = json!(doc);
    schema
}

fn front_key(key: &Key) -> Value {
    described(front_value(key.takes), key.doc)
}

fn front_value(takes: Takes) -> Value {
    // YAML reads `title: 2026` as a number; where text is wanted, the reader takes it as written.
    let text = || json!({ "type": ["string", "number"] });
    let date_time = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[ Tt] *[0-9]{1,2}:[0-9]{2}.*";
    match takes {
        Takes::Id => json!({ "type": ["string", "integer"], "pattern": ID_PATTERN, "maxLength": ID_MAX }),
        Takes::Text => json!({ "type": ["string", "number"], "minLength": 1 }),
        Takes::Bool => json!({ "type": "boolean" }),
        Takes::DateTime => json!({ "type": "string", "pattern": format!("^{date_time}$") }),
        Takes::Schedule => json!({ "type": "string", "pattern": format!("^({date_time}|on-merge|next-slot)$") }),
        Takes::Duration => json!({ "type": "string", "pattern": DURATION_PATTERN }),
        Takes::Lang => json!({ "type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$" }),
        Takes::Url => json!({ "type": "string", "format": "uri", "pattern": "^https?://" }),
        Takes::Reference => json!({ "type": ["string", "number"] }),
        Takes::Texts => json!({ "type": "array", "items": text() }),
        Takes::OneOf(words) => json!({ "enum": words }),
        Takes::Media => json!({ "type": "array", "items": { "anyOf": [{ "type": "string" }, medium()] } }),
        Takes::Poll => poll(),
        Takes::Overrides => overrides(),
        Takes::Anything => json!({}),
    }
}

fn medium() -> Value {
    let value = |name: &str| match name {
        "part" => json!({ "type": "integer", "minimum": 1 }),
        "alt" | "title" => json!({ "type": ["string", "number"] }),
        _ => json!({ "type": "string" }),
    };
    closed(MEDIA_KEYS.iter().map(|(name, doc)| (*name, described(value(name), doc))), &["src"])
}

fn poll() -> Value {
    let value = |name: &str| match name {
        "options" => json!({ "type": "array", "items": { "type": ["string", "number"] }, "minItems": 2 }),
        _ => front_value(Takes::Duration),
    };
    closed(POLL_KEYS.iter().map(|(name, doc)| (*name, described(value(name), doc))), &["options", "duration"])
}

/// By platform with that platform's settings; by account with the settings of all, for an account's name says no platform.
fn overrides() -> Value {
    let settings = |platform: Platform| platform.limits().settings.iter();
    let platforms = Platform::ALL.map(|platform| (platform.name(), changes(settings(platform))));
    json!({
        "type": "object",
        "properties": object(platforms),
        "additionalProperties": changes(Platform::ALL.into_iter().flat_map(settings)),
    })
}

fn changes<'a>(rules: impl Iterator<Item = &'a SettingRule>) -> Value {
    let wishes = KEYS.iter().filter(|key| key.in_override()).map(|key| (key.name, front_key(key)));
    closed(rules.map(|rule| (rule.key, setting(rule))).chain(wishes), &[])
}

fn setting(rule: &SettingRule) -> Value {
    let schema = match rule.takes {
        Setting::Text => json!({ "type": ["string", "number"] }),
        Setting::Bool => json!({ "type": "boolean" }),
        Setting::Number => json!({ "type": "number" }),
        Setting::List => json!({ "type": "array", "items": { "type": ["string", "number"] } }),
        Setting::OneOf(words) => json!({ "enum": words }),
    };
    if rule.works { described(schema, rule.doc) } else { described(schema, &format!("{} ({NOT_YET})", rule.doc)) }
}

fn holds(holds: &Holds) -> Value {
    match holds {
        Holds::Keys(keys) => table(keys),
        Holds::Platforms(keys) => closed(Platform::ALL.map(|platform| (platform.name(), table(keys))), &[]),
        Holds::Named(keys) => json!({ "type": "object", "additionalProperties": table(keys) }),
        Holds::Lists => {
            let names = json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 });
            json!({ "type": "object", "additionalProperties": names })
        }
    }
}

fn table(keys: &[account::Key]) -> Value {
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    closed(keys.iter().map(|key| (key.name, account_key(key))), &required)
}

fn account_key(key: &account::Key) -> Value {
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let schema = match key.takes {
        account::Takes::Text | account::Takes::Zone | account::Takes::Branch | account::Takes::Glob => {
            json!({ "type": "string", "minLength": 1 })
        }
        account::Takes::Bool => json!({ "type": "boolean" }),
        account::Takes::Duration => json!({ "type": "string", "pattern": DURATION_PATTERN }),
        account::Takes::Names
        | account::Takes::Recipients
        | account::Takes::Signers
        | account::Takes::Slots
        | account::Takes::Quiet
        | account::Takes::Blackout => texts,
        account::Takes::Platform => json!({ "enum": Platform::ALL.map(Platform::name) }),
        account::Takes::Word(word) => json!({ "const": word }),
        account::Takes::Chat => {
            json!({ "anyOf": [{ "type": "string", "pattern": r"^(@[A-Za-z][A-Za-z0-9_]{3,31}|-?[1-9][0-9]*)$" }, { "type": "integer" }] })
        }
        account::Takes::Host => json!({ "type": "string", "pattern": r"^[a-z0-9-]+(\.[a-z0-9-]+)+$" }),
        account::Takes::PublicUrl | account::Takes::Endpoint => json!({ "type": "string", "pattern": "^https://" }),
        account::Takes::Bucket => table(account::BUCKET),
        account::Takes::Environment => json!({ "type": "string", "pattern": "^env:[A-Z_][A-Z0-9_]*$" }),
        account::Takes::Email => table(account::EMAIL),
    };
    described(schema, key.doc)
}

#[cfg(test)]
mod tests;

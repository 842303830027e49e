//! The schemas take what the readers take, and know every key.

use std::collections::BTreeSet;

use super::*;
use crate::error::{Problem, Source};
use crate::post::front::keys::Field;

fn names(properties: &Value) -> BTreeSet<&str> {
    properties.as_object().unwrap().keys().map(String::as_str).collect()
}

/// A value the key takes, and one of the wrong shape.
fn front_samples(key: &Key) -> (&'static str, Option<&'static str>) {
    match key.takes {
        Takes::Id => ("tea-time", Some("[a]")),
        Takes::Text => ("Tea", Some("{a: b}")),
        Takes::Bool => ("true", Some("maybe")),
        Takes::DateTime => ("2026-12-01 09:00 UTC", Some("on-merge")),
        Takes::Schedule => ("on-merge", Some("soon")),
        Takes::Duration => ("6h", Some("6")),
        Takes::Lang => ("en", Some("english")),
        Takes::Url => ("https://example.com", Some("example")),
        Takes::Reference => ("other-post", Some("a b")),
        Takes::Texts => ("[one, two]", Some("one")),
        Takes::OneOf(words) => (words[0], Some("nonsense")),
        Takes::Media => ("[{src: a.jpg, part: 1}]", Some("a.jpg")),
        Takes::Poll => ("{options: [a, b], duration: 1d}", Some("[a, b]")),
        Takes::Overrides => ("{x: {text: Tea}}", Some("x")),
        Takes::Anything => ("{a: [b]}", None),
    }
}

fn front_problems(key: &str, value: &str) -> Vec<Problem> {
    let text = format!("---\n{key}: {value}\n---\nTea\n");
    let mut problems = crate::post::parse(&Source::new("posts/tea.md", text), None).1;
    // What another key must say, no schema of one key tells.
    problems.retain(|problem| problem.code != "no-zone");
    problems
}

#[test]
fn front_matter_is_what_the_reader_reads() {
    let schema = front_matter();
    let known = KEYS.iter().filter(|key| key.in_post()).map(|key| key.name).collect();
    assert_eq!(names(&schema["properties"]), known);
    assert_eq!(KEYS.iter().map(|key| key.name).collect::<BTreeSet<_>>().len(), KEYS.len(), "no key stands twice");
    for key in KEYS.iter().filter(|key| key.in_post()) {
        assert_eq!(schema["properties"][key.name]["description"], key.doc, "{}", key.name);
        let (good, bad) = front_samples(key);
        assert_eq!(front_problems(key.name, good), [], "{}: {good}", key.name);
        if let Some(bad) = bad {
            assert_ne!(front_problems(key.name, bad), [], "{}: {bad}", key.name);
        }
    }
}

#[test]
fn overrides_are_what_the_reader_reads() {
    let schema = front_matter();
    let overrides = &schema["properties"]["overrides"];
    for key in KEYS {
        let (good, bad) = front_samples(key);
        let inside = |value: &str| front_problems("overrides", &format!("{{x: {{{}: {value}}}}}", key.name));
        let offered = overrides["additionalProperties"]["properties"].get(key.name).is_some();
        assert_eq!(offered, key.in_override(), "{}", key.name);
        if key.in_override() {
            assert_eq!(inside(good), [], "{}: {good}", key.name);
            assert_ne!(inside(bad.unwrap()), [], "{}", key.name);
        } else if key.field != Field::Ignored {
            assert_eq!(inside(good)[0].code, "not-in-override", "{}", key.name);
        }
    }
    for platform in Platform::ALL {
        let offered = names(&overrides["properties"][platform.name()]["properties"]);
        for rule in platform.limits().settings {
            assert!(offered.contains(rule.key), "{platform}: {}", rule.key);
            assert!(!KEYS.iter().any(|key| key.in_override() && key.name == rule.key), "{} means two things", rule.key);
        }
    }
}

/// A value the key takes (on the platform its account has here), and one it does not.
fn account_samples(key: &account::Key) -> (&'static str, &'static str) {
    match key.takes {
        account::Takes::Text if key.name == "as" => ("'urn:li:organization:1'", "'acme'"),
        account::Takes::Text if key.name == "to" => ("'ops@example.com'", "'ops'"),
        account::Takes::Text => ("'abc'", "3"),
        account::Takes::Zone => ("'Europe/Amsterdam'", "'Europe'"),
        account::Takes::Branch => ("'news'", "'a b'"),
        account::Takes::Glob => ("'posts/a/**'", "'a/**'"),
        // Alone it would lack somebody to sign.
        account::Takes::Bool if key.name == "require_signed" => ("false", "'yes'"),
        account::Takes::Bool => ("true", "'yes'"),
        account::Takes::Duration => ("'15m'", "15"),
        account::Takes::Names => ("['me']", "['you']"),
        account::Takes::Recipients => {
            ("['age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p']", "['age1']")
        }
        account::Takes::Signers => (
            "['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti ann']",
            "['ssh-ed25519 AAAA']",
        ),
        account::Takes::Slots => ("['Mon 09:00']", "['Mon']"),
        account::Takes::Quiet => ("['22:00-07:00']", "['22:00']"),
        account::Takes::Blackout => ("['2026-12-24']", "['24 Dec']"),
        account::Takes::Platform => ("'linkedin'", "'telegraph'"),
        account::Takes::Word(_) => ("'append'", "'prepend'"),
        account::Takes::PublicUrl => ("'https://example.com/{path}'", "'https://example.com'"),
        account::Takes::Bucket => {
            ("{endpoint = 'https://s3.example.com', region = 'auto', bucket = 'acme'}", "{bucket = 'acme'}")
        }
        account::Takes::Chat => ("'@acme_news'", "'acme news'"),
        account::Takes::Host => ("'mastodon.social'", "'https://mastodon.social'"),
        account::Takes::Endpoint => ("'https://s3.example.com'", "'http://s3.example.com'"),
        account::Takes::Environment => ("'env:NAME'", "'name'"),
        account::Takes::Email => ("{to = 'a@b.example', smtp = 'env:SMTP'}", "'a@b.example'"),
    }
}

fn account_problems(text: &str) -> Vec<Problem> {
    let mut problems = crate::account::parse(&Source::new("accounts.toml", text)).1;
    // What another key must say, no schema of one key tells.
    problems.retain(|problem| problem.code != "no-zone");
    problems
}

#[test]
fn accounts_are_what_the_reader_reads() {
    let schema = accounts();
    let known = SECTIONS.iter().map(|section| section.name).chain(["schema"]).collect();
    assert_eq!(names(&schema["properties"]), known);
    for section in SECTIONS {
        let name = section.name;
        let (keys, table) = match section.holds {
            Holds::Keys(keys) => (keys, format!("[accounts.me]\nplatform = 'linkedin'\n[{name}]\n")),
            Holds::Platforms(keys) => (keys, format!("[{name}.linkedin]\n")),
            Holds::Named(keys) => (keys, format!("[{name}.me]\n")),
            Holds::Lists => continue,
        };
        for key in keys {
            let read = |value: &str| {
                let others = keys.iter().filter(|other| other.required && other.name != key.name);
                let others: String = others.map(|key| format!("{} = {}\n", key.name, account_samples(key).0)).collect();
                // Some are for one platform alone.
                let others = match key.name {
                    "premium" => "platform = 'x'\n".to_owned(),
                    "server" => "platform = 'mastodon'\n".to_owned(),
                    "chat" => "platform = 'telegram'\n".to_owned(),
                    _ => others,
                };
                account_problems(&format!("schema = 1\n{table}{others}{} = {value}\n", key.name))
            };
            let (good, bad) = account_samples(key);
            assert_eq!(read(good), [], "{name}.{}: {good}", key.name);
            assert_ne!(read(bad), [], "{name}.{}: {bad}", key.name);
        }
    }
}

#[test]
fn a_key_is_told_with_its_choices() {
    assert_eq!(
        front_matter()["properties"]["visibility"],
        json!({
            "description": "who may see it",
            "enum": ["public", "unlisted", "followers", "connections", "private"],
        })
    );
    let account = &accounts()["properties"]["accounts"]["additionalProperties"];
    assert_eq!(account["required"], json!(["platform"]));
    assert_eq!(
        account["properties"]["slots"]["description"],
        "weekly slots for `schedule: next-slot`, such as `Mon-Fri 09:05`"
    );
}

//! A post's file: its id, its front matter, its text. Knows when an imported post must not go out.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::markdown::markdown;
use super::{Around, FOLDER, File, Found, Standing, When};
use crate::zone::Zone;

/// Longest beginning of an id that comes from the name; 9 more are the hash.
const NAME_MAX: usize = 48;

pub(super) fn file(found: &Found, around: &Around<'_>) -> File {
    let id = id(found, around.kind);
    let targets = if around.targets.is_empty() { found.targets.clone() } else { around.targets.to_vec() };
    let standing = standing(found, around.now);
    let text = format!("{}\n{}", front(found, &id, &targets, standing, around), body(found));
    File {
        path: format!("{FOLDER}{id}.md"),
        id,
        text,
        at: found.at.clone(),
        standing,
        targets,
        media: found.media.clone(),
        notes: notes(found, around.now),
    }
}

/// `tea-time-1a2b3c4d`: words for people, and a hash of what makes the post itself.
fn id(found: &Found, kind: &str) -> String {
    let hash = Sha256::digest(format!("{kind}\0{}", found.key));
    let hash = base16ct::lower::encode_string(&hash[..4]);
    let mut words = String::new();
    for character in found.name.chars().flat_map(char::to_lowercase) {
        match character {
            'a'..='z' | '0'..='9' => words.push(character),
            _ if !words.is_empty() && !words.ends_with('-') => words.push('-'),
            _ => {}
        }
    }
    if words.len() > NAME_MAX {
        // Whole words, where there is more than one.
        let cut = words[..=NAME_MAX].rfind('-').unwrap_or(NAME_MAX);
        words.truncate(cut);
    }
    match words.trim_end_matches('-') {
        "" => format!("{kind}-{hash}"),
        words => format!("{words}-{hash}"),
    }
}

/// What was out elsewhere, or due, must never go out again because it was imported; nor may a text go out without its pictures.
fn standing(found: &Found, now: DateTime<Utc>) -> Standing {
    match &found.when {
        _ if is_past(found, now) || !found.elsewhere.is_empty() => Standing::Draft,
        Some(_) => Standing::Scheduled,
        None => Standing::Held,
    }
}

/// Whether its time is over, or its source has published it.
fn is_past(found: &Found, now: DateTime<Utc>) -> bool {
    found.is_out || found.when.as_ref().is_some_and(|when| when.instant <= now)
}

fn front(found: &Found, id: &str, targets: &[String], standing: Standing, around: &Around<'_>) -> String {
    let mut front = format!("---\n# Imported: {}\nid: {id}\n", one_line(&found.at));
    let mut line = |key: &str, value: &str| front.push_str(&format!("{key}: {value}\n"));
    if let Some(title) = &found.title {
        line("title", &quoted(title));
    }
    if !targets.is_empty() {
        line("targets", &format!("[{}]", targets.join(", ")));
    }
    match &found.when {
        Some(when) if when.instant > around.now => line("schedule", &written(when)),
        // A key of site generators: it is kept, and nothing follows from it.
        Some(when) => line("date", &written(when)),
        None => {}
    }
    let is_past = is_past(found, around.now);
    if standing == Standing::Draft {
        line("draft", if is_past { "true   # it was published elsewhere" } else { "true" });
    }
    let one = [
        ("link", &found.link),
        ("reply_to", &found.reply_to),
        ("quote_of", &found.quote_of),
        ("repost_of", &found.repost_of),
        ("first_comment", &found.first_comment),
    ];
    for (key, value) in one {
        if let Some(value) = value {
            line(key, &quoted(value));
        }
    }
    if found.parts.len() > 1 {
        line("thread", "true");
    }
    if !found.poll.is_empty() {
        let options: Vec<String> = found.poll.iter().map(|option| quoted(option)).collect();
        line("poll", &format!("{{options: [{}], duration: 1d}}", options.join(", ")));
    }
    front.push_str(&media(found, is_past));
    front.push_str("---\n");
    front
}

fn media(found: &Found, is_past: bool) -> String {
    let mut lines = String::new();
    if !found.media.is_empty() {
        lines.push_str("media:\n");
    }
    for medium in &found.media {
        lines.push_str(&format!("  - src: {}\n", quoted(&medium.path)));
        if let Some(alt) = &medium.alt {
            lines.push_str(&format!("    alt: {}\n", quoted(alt)));
        }
        if found.parts.len() > 1 {
            lines.push_str(&format!("    part: {}\n", medium.part));
        }
    }
    if !found.elsewhere.is_empty() {
        let then =
            if is_past { "" } else { " Save them in the repository, name them under `media`, and take `draft` away:" };
        lines.push_str(&format!("# It had these files.{then}\n"));
    }
    for file in &found.elsewhere {
        let alt = file.alt.as_ref().map_or(String::new(), |alt| format!(" (alt: {})", one_line(alt)));
        lines.push_str(&format!("# - {}{alt}\n", one_line(&file.address)));
    }
    lines
}

fn body(found: &Found) -> String {
    let parts: Vec<String> = found.parts.iter().map(|part| markdown(part)).collect();
    let text = parts.join("\n\n---\n\n");
    if text.is_empty() { text } else { format!("{text}\n") }
}

fn notes(found: &Found, now: DateTime<Utc>) -> Vec<String> {
    let mut notes = found.notes.clone();
    if !found.elsewhere.is_empty() {
        let files = if found.elsewhere.len() == 1 { "a file" } else { "files" };
        notes.push(match is_past(found, now) {
            true => format!("it had {files} on the web, which its front matter names"),
            false => {
                format!("{files} to be fetched by you: its front matter says which, and it stays a draft until then")
            }
        });
    }
    notes
}

/// A JSON string is a string of YAML as well.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// For a comment: what ends a line would begin a key.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// As the source had it: wall time and zone, or with its offset.
fn written(when: &When) -> String {
    if let Ok(zone) = when.zone.parse::<Zone>()
        && zone != Zone::UTC
    {
        let form = if when.instant.timestamp() % 60 == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
        return format!("{} {zone}", when.instant.with_timezone(&zone).format(form));
    }
    let offset = DateTime::parse_from_rfc3339(&format!("2000-01-01T00:00:00{}", when.zone));
    match offset {
        Ok(at) => when.instant.with_timezone(at.offset()).to_rfc3339_opts(SecondsFormat::Secs, true),
        Err(_) => when.instant.to_rfc3339_opts(SecondsFormat::Secs, true),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Elsewhere, Medium, accounts};
    use super::*;

    fn made(found: &Found) -> File {
        let accounts = accounts("[defaults]\ntimezone = \"Europe/Amsterdam\"\n");
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        file(found, &Around { now, accounts: &accounts, targets: &[], kind: "csv" })
    }

    fn tea() -> Found {
        Found {
            at: "row 2".to_owned(),
            name: "Tea: is it ready?".to_owned(),
            key: "tea".to_owned(),
            parts: vec!["Tea *is* ready.".to_owned()],
            ..Found::default()
        }
    }

    fn when(instant: &str, zone: &str) -> Option<When> {
        Some(When { instant: instant.parse().unwrap(), zone: zone.to_owned() })
    }

    #[test]
    fn everything_a_source_may_have() {
        let found = Found {
            title: Some("Tea: \"ready\"".to_owned()),
            parts: vec!["One".to_owned(), "Two\n---\n- three".to_owned()],
            when: when("2026-12-01T08:00:00Z", "Europe/Amsterdam"),
            targets: vec!["acme".to_owned(), "ann".to_owned()],
            link: Some("https://a.example/".to_owned()),
            reply_to: Some("https://x.com/a/status/1".to_owned()),
            poll: vec!["yes".to_owned(), "no".to_owned()],
            media: vec![Medium { path: "media/a.png".to_owned(), alt: Some("A\nB".to_owned()), part: 2 }],
            elsewhere: vec![Elsewhere {
                address: "https://a.example/b.png".to_owned(),
                alt: Some("Milk\nid: x".to_owned()),
            }],
            ..tea()
        };
        let file = made(&found);
        assert_eq!(file.path, format!("posts/imported/{}.md", file.id));
        insta::assert_snapshot!(file.text, @r#"
        ---
        # Imported: row 2
        id: tea-is-it-ready-a1a566e1
        title: "Tea: \"ready\""
        targets: [acme, ann]
        schedule: 2026-12-01 09:00 Europe/Amsterdam
        draft: true
        link: "https://a.example/"
        reply_to: "https://x.com/a/status/1"
        thread: true
        poll: {options: ["yes", "no"], duration: 1d}
        media:
          - src: "media/a.png"
            alt: "A\nB"
            part: 2
        # It had these files. Save them in the repository, name them under `media`, and take `draft` away:
        # - https://a.example/b.png (alt: Milk id: x)
        ---

        One

        ---

        Two
        \---
        \- three
        "#);
    }

    #[test]
    fn what_is_over_stays_a_draft() {
        for (found, standing, line) in [
            (tea(), Standing::Held, "id: "),
            (
                Found { when: when("2026-12-01T08:00:00Z", "+02:00"), ..tea() },
                Standing::Scheduled,
                "schedule: 2026-12-01T10:00:00+02:00",
            ),
            (
                Found { when: when("2026-12-01T08:00:00Z", "UTC"), ..tea() },
                Standing::Scheduled,
                "schedule: 2026-12-01T08:00:00Z",
            ),
            (
                Found { when: when("2026-11-21T12:00:00Z", "UTC"), ..tea() },
                Standing::Draft,
                "date: 2026-11-21T12:00:00Z",
            ),
            (Found { is_out: true, ..tea() }, Standing::Draft, "draft: true   # it was published elsewhere"),
            (
                Found { is_out: true, when: when("2026-12-01T08:00:00Z", "UTC"), ..tea() },
                Standing::Draft,
                "schedule: 2026-12-01T08:00:00Z",
            ),
        ] {
            let file = made(&found);
            assert_eq!(file.standing, standing);
            assert!(file.text.lines().any(|its| its.starts_with(line)), "{line}\n{}", file.text);
            assert_eq!(file.text.contains("draft: true"), standing == Standing::Draft);
        }
    }

    #[test]
    fn ids_come_from_the_key_and_are_ids() {
        let id = |name: &str, key: &str| {
            let found = Found { name: name.to_owned(), key: key.to_owned(), ..tea() };
            made(&found).id
        };
        assert_eq!(id("Tea: is it ready?", "a"), id("tea IS it ready", "a"));
        assert_ne!(id("Tea", "a"), id("Tea", "b"));
        for name in ["", "お茶", "-a-", "Tea", &"very ".repeat(40), &"x".repeat(90)] {
            let id = id(name, "a");
            assert!(crate::post::front::read::is_id(&id), "{id}");
        }
    }
}

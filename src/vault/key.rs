//! A secret that a person pasted: a webhook's address, a bot's token, an API key. Knows its form as data; no message quotes it.

use super::Secret;
use super::token::{Credential, Grant};
use crate::error::{Failure, Kind};
use crate::platform::Form;

/// None is longer, in bytes.
const LONGEST: usize = 4096;

/// Reads what a person pasted or piped in: one word of that form.
///
/// # Errors
/// It is none of that form: what it lacks.
pub fn parse_key(form: &Form, text: &str) -> Result<Grant, Failure> {
    let wrong = |why: String| {
        Failure::new(Kind::Usage, format!("this is no {}: {why}", form.what))
            .hint(format!("it looks like {}", form.example))
    };
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(wrong("there is nothing".to_owned()));
    }
    if text.len() > LONGEST || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(wrong("it is too long, or more than one word".to_owned()));
    }
    let begins = form.begins.iter().find_map(|begins| text.strip_prefix(begins));
    let Some(rest) = begins.or(form.begins.is_empty().then_some(text)) else {
        return Err(wrong(format!("it does not begin with {}", form.begins.first().copied().unwrap_or_default())));
    };
    let (mut secret, mut open) = (rest, 0);
    for (letters, end) in form.open {
        let Some((piece, after)) = secret.split_once(*end).filter(|(piece, _)| letters.make(piece)) else {
            return Err(wrong(format!("there is not what stands before `{end}`")));
        };
        open += piece.len() + end.len_utf8();
        secret = after;
    }
    let (letters, least) = form.secret;
    if secret.len() < least {
        return Err(wrong("its end is missing".to_owned()));
    }
    if !letters.make(secret) {
        return Err(wrong("there is something in it that none has: copy it whole, and nothing besides".to_owned()));
    }
    let credential = Credential::Key { open: rest[..open].to_owned(), secret: Secret::new(secret) };
    Ok(Grant { credential, scopes: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::Letters;

    static HOOK: Form = Form {
        what: "webhook address",
        begins: &["https://hook.example/v2/", "https://hook.example/"],
        open: &[(Letters::Digits, '/')],
        secret: (Letters::Token, 8),
        example: "https://hook.example/123/...",
    };
    static KEY: Form = Form {
        what: "API key",
        begins: &[],
        open: &[],
        secret: (Letters::Plain, 8),
        example: "Ab3..., of 24 characters",
    };

    #[test]
    fn what_is_open_is_told_from_what_is_secret() {
        for (form, text, open, secret) in [
            (&HOOK, "https://hook.example/123/canary-canary", "123/", "canary-canary"),
            (&HOOK, "\u{feff} https://hook.example/v2/123/canary_canary\r\n", "123/", "canary_canary"),
            (&KEY, "canarycanary\n", "", "canarycanary"),
        ] {
            let grant = parse_key(form, text).unwrap();
            let Credential::Key { open: told, secret: kept } = grant.credential else { panic!("{text}") };
            assert_eq!((&*told, kept.expose()), (open, secret), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_told_without_it() {
        let mut told = String::new();
        for (form, text) in [
            (&HOOK, " "),
            (&HOOK, "https://hook.example/123/canary canary"),
            (&HOOK, "https://other.example/123/canary-canary"),
            (&HOOK, "https://hook.example/canary-canary"),
            (&HOOK, "https://hook.example/canary/canary-canary"),
            (&HOOK, "https://hook.example/123/canary"),
            (&HOOK, "https://hook.example/123/canary-canary/slack"),
            (&HOOK, "https://hook.example/123/canary-canary?thread_id=1"),
            (&KEY, "canary-canary"),
        ] {
            let failure = parse_key(form, text).unwrap_err();
            assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
            told.push_str(&format!("{}\n", failure.message));
        }
        insta::assert_snapshot!(told, @"
        this is no webhook address: there is nothing
        this is no webhook address: it is too long, or more than one word
        this is no webhook address: it does not begin with https://hook.example/v2/
        this is no webhook address: there is not what stands before `/`
        this is no webhook address: there is not what stands before `/`
        this is no webhook address: its end is missing
        this is no webhook address: there is something in it that none has: copy it whole, and nothing besides
        this is no webhook address: there is something in it that none has: copy it whole, and nothing besides
        this is no API key: there is something in it that none has: copy it whole, and nothing besides
        ");
    }
}

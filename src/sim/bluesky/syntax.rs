//! Names and times as the AT Protocol writes them (<https://atproto.com/specs>): whether a text is one.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::DateTime;

const DIGITS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";

/// `did:plc:…`, `did:web:…`
pub(super) fn is_did(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let (scheme, method, id) = (parts.next(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._:%-".contains(&byte);
    scheme == Some("did")
        && !method.is_empty()
        && method.bytes().all(|byte| byte.is_ascii_lowercase())
        && !id.is_empty()
        && id.bytes().all(is_part)
        && !id.ends_with([':', '%'])
        && text.len() <= 2_048
}

/// A domain name of at least two labels, the last of which begins with a letter.
pub(super) fn is_handle(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(is_label)
        && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// `app.bsky.feed.post`
pub(super) fn is_nsid(text: &str) -> bool {
    let segments: Vec<&str> = text.split('.').collect();
    let Some((name, domain)) = segments.split_last() else { return false };
    let is_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 317
        && domain.len() >= 2
        && domain.iter().all(is_label)
        && domain[0].starts_with(|c: char| c.is_ascii_alphabetic())
        && (1..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Any record's key.
pub(super) fn is_key(text: &str) -> bool {
    (1..=512).contains(&text.len())
        && text != "."
        && text != ".."
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_~.:-".contains(&byte))
}

/// A key made of a time.
pub(super) fn is_tid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 13 && DIGITS[..16].contains(&bytes[0]) && bytes.iter().all(|byte| DIGITS.contains(byte))
}

/// The key of a microsecond since 1970 and a clock.
pub(super) fn tid(micros: u64, clock: u64) -> String {
    let number = (micros & ((1 << 53) - 1)) << 10 | (clock & 0x3ff);
    (0..13).rev().map(|place| char::from(DIGITS[(number >> (place * 5)) as usize & 31])).collect()
}

/// An address of a record: `at://authority/collection/key`.
pub(super) fn record_address(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.strip_prefix("at://")?.splitn(3, '/');
    let (authority, collection, key) = (parts.next()?, parts.next()?, parts.next()?);
    ((is_did(authority) || is_handle(authority)) && is_nsid(collection) && is_key(key))
        .then_some((authority, collection, key))
}

/// RFC 3339 with date, time and zone, as the protocol narrows it.
pub(super) fn is_datetime(text: &str) -> bool {
    let shape = text.len() <= 64
        && text.as_bytes().get(10) == Some(&b'T')
        && !text.contains(['z', 't'])
        && !text.ends_with("-00:00");
    shape && DateTime::parse_from_rfc3339(text).is_ok() && !text.starts_with("000")
}

/// BCP 47: `en`, `pt-BR`.
pub(super) fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let is_first =
        (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_lowercase()) || first == "i";
    is_first && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// A scheme and something after it.
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    text.len() <= 8_192
        && scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !rest.is_empty()
        && !rest.contains(char::is_whitespace)
}

/// Microseconds since 1970.
pub(super) fn micros(at: SystemTime) -> u64 {
    u64::try_from(at.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(is: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(is(text), "{text:?}");
        }
        for text in bad {
            assert!(!is(text), "{text:?}");
        }
    }

    #[test]
    fn names_are_told_from_what_only_looks_like_them() {
        check(
            is_did,
            &["did:plc:asdf123", "did:web:example.com%3A8080"],
            &["did:plc:", "did:PLC:a", "did::a", "plc:a", "did:plc:a b", "did:plc:a:"],
        );
        check(
            is_handle,
            &["ann.example", "a-b.co.uk", "XX.LCS.MIT.EDU"],
            &["ann", "ann.example.", "-a.example", "a..b", "ann.1", "ann_b.example"],
        );
        check(
            is_nsid,
            &["app.bsky.feed.post", "a-0.b.c"],
            &["app.bsky", "app.bsky.feed.po-st", "app..post", "1.b.post", "app.bsky.feed.3"],
        );
        check(is_key, &["3jui7kd54zh2y", "self", "a.b_c~d:e-f"], &["", ".", "..", "a/b", "ä", "a b"]);
        check(
            is_tid,
            &["3jzfcijpj2z2a", "7777777777777", "2222222222222"],
            &["3jzfcijpj2z21", "kjzfcijpj2z2a", "3jzfcijpj2z2", "3JZFCIJPJ2Z2A", "3jzf-cij-pj2z-2a"],
        );
        check(
            is_datetime,
            &["1985-04-12T23:20:50.123Z", "1985-04-12T23:20:50+01:00"],
            &[
                "1985-04-12",
                "1985-04-12 23:20:50Z",
                "1985-04-12T23:20:50",
                "1985-04-12T23:20Z",
                "1985-13-12T23:20:50Z",
                "1985-04-12T23:20:50-00:00",
                "1985-04-12T23:20:50z",
            ],
        );
        check(
            is_language,
            &["en", "en-US", "th", "pt-BR", "sgn-BE-FR", "i-navajo"],
            &["", "english", "EN", "e", "en_US", "en-", "en-verylongsubtag"],
        );
        check(
            is_uri,
            &["https://example.org/", "at://did:plc:a/b.c.d/e", "mailto:a@b"],
            &["", "example.org", "https:", "https://a b", "1:a"],
        );
    }

    #[test]
    fn a_key_is_made_of_a_time() {
        assert_eq!(tid(0, 0), "2222222222222");
        let [a, b] = [tid(1_700_000_000_000_000, 7), tid(1_700_000_000_000_001, 3)];
        assert!(is_tid(&a) && a < b, "{a} {b}");
    }
}

//! The words of the AT Protocol: handles, DIDs, record keys, TIDs and at-uris. Says what is one and what is none; knows no
//! post and asks nobody.
//!
//! Sources: <https://atproto.com/specs/handle>, <https://atproto.com/specs/did>, <https://atproto.com/specs/record-key>,
//! <https://atproto.com/specs/tid>, <https://atproto.com/specs/nsid>, <https://atproto.com/specs/at-uri-scheme>.

/// Digits of a TID, in the order of their values, which is that of ASCII.
const TID_DIGITS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";

/// Longest in bytes.
const HANDLE_MAX: usize = 253;
const LABEL_MAX: usize = 63;
const DID_MAX: usize = 2048;
const KEY_MAX: usize = 512;
const NSID_MAX: usize = 317;
const URI_MAX: usize = 8192;

/// A name of an account: `alice.example`.
pub fn is_handle(text: &str) -> bool {
    let mut labels = text.rsplit('.');
    let top = labels.next().unwrap_or_default();
    let begins = top.starts_with(|c: char| c.is_ascii_alphabetic());
    text.len() <= HANDLE_MAX && text.contains('.') && begins && is_label(top) && labels.all(is_label)
}

/// One word between the dots of a name.
fn is_label(label: &str) -> bool {
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || c == b'-';
    (1..=LABEL_MAX).contains(&label.len())
        && label.bytes().all(is_plain)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// An account for ever: `did:plc:...`, `did:web:...`.
pub fn is_did(text: &str) -> bool {
    let Some((method, name)) = text.strip_prefix("did:").and_then(|rest| rest.split_once(':')) else { return false };
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b':' | b'%' | b'-');
    text.len() <= DID_MAX
        && !method.is_empty()
        && method.bytes().all(|c| c.is_ascii_lowercase())
        && !name.is_empty()
        && name.bytes().all(is_plain)
        && !name.ends_with([':', '%'])
}

/// The key of a record in its collection.
pub fn is_record_key(text: &str) -> bool {
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'~' | b'.' | b':' | b'-');
    (1..=KEY_MAX).contains(&text.len()) && text.bytes().all(is_plain) && !matches!(text, "." | "..")
}

/// A key that holds a time, as posts have it.
pub fn is_tid(text: &str) -> bool {
    let value = |c: u8| TID_DIGITS.iter().position(|digit| *digit == c);
    text.len() == 13 && text.bytes().all(|c| value(c).is_some()) && text.bytes().next().and_then(value) < Some(16)
}

/// The TID of an instant, in microseconds since 1970, and a number below 1024 that tells writers apart.
pub fn tid(micros: u64, clock: u16) -> String {
    let value = (micros & ((1 << 53) - 1)) << 10 | u64::from(clock & 1023);
    let digit = |place: u32| char::from(TID_DIGITS[(value >> (5 * place)) as usize & 31]);
    (0..13).rev().map(digit).collect()
}

/// The name of a kind of records: `app.bsky.feed.post`.
fn is_nsid(text: &str) -> bool {
    let mut labels: Vec<&str> = text.split('.').collect();
    let name = labels.pop().unwrap_or_default();
    let is_name = name.len() <= LABEL_MAX
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|c| c.is_ascii_alphanumeric());
    let begins = labels.first().is_some_and(|first| first.starts_with(|c: char| c.is_ascii_alphabetic()));
    text.len() <= NSID_MAX && labels.len() >= 2 && is_name && begins && labels.into_iter().all(is_label)
}

/// Where something lies: an account, a collection of it, a record in that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtUri<'a> {
    /// A handle or a DID.
    pub account: &'a str,
    pub collection: Option<&'a str>,
    pub key: Option<&'a str>,
}

/// What an at-uri says; `None` where it is none.
pub fn at_uri(text: &str) -> Option<AtUri<'_>> {
    if text.len() > URI_MAX {
        return None;
    }
    let mut pieces = text.strip_prefix("at://")?.split('/');
    let account = pieces.next().filter(|account| is_handle(account) || is_did(account))?;
    let (collection, key) = (pieces.next(), pieces.next());
    let is_whole = collection.is_none_or(is_nsid) && key.is_none_or(is_record_key) && pieces.next().is_none();
    is_whole.then_some(AtUri { account, collection, key })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cases(text: &str) -> impl Iterator<Item = &str> {
        text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
    }

    /// The protocol's own files: a case a line.
    #[track_caller]
    fn official(is: impl Fn(&str) -> bool, valid: &str, invalid: &str) {
        let wrong: Vec<&str> =
            cases(valid).filter(|case| !is(case)).chain(cases(invalid).filter(|case| is(case))).collect();
        assert!(cases(valid).count() > 4 && cases(invalid).count() > 4);
        assert_eq!(wrong, [""; 0]);
    }

    macro_rules! data {
        ($name:literal) => {
            include_str!(concat!("../../../../tests/data/atproto/", $name, ".txt"))
        };
    }

    #[test]
    fn the_protocols_own_cases_hold() {
        official(is_handle, data!("handle_syntax_valid"), data!("handle_syntax_invalid"));
        official(is_did, data!("did_syntax_valid"), data!("did_syntax_invalid"));
        official(is_tid, data!("tid_syntax_valid"), data!("tid_syntax_invalid"));
        official(is_record_key, data!("recordkey_syntax_valid"), data!("recordkey_syntax_invalid"));
        official(|uri| at_uri(uri).is_some(), data!("aturi_syntax_valid"), data!("aturi_syntax_invalid"));
    }

    #[test]
    fn tids_hold_a_time() {
        assert_eq!(tid(0, 0), "2222222222222");
        assert_eq!(tid(0, 1), "2222222222223");
        assert_eq!(tid(1, 0), "2222222222322");
        assert_eq!(tid((1 << 53) - 1, 1023), "bzzzzzzzzzzzz");
        assert!(tid(1_700_000_000_000_000, 7) < tid(1_700_000_000_000_001, 0));
    }

    #[test]
    fn an_at_uri_has_three_parts() {
        let uri = at_uri("at://did:plc:abc/app.bsky.feed.post/3k2a").unwrap();
        assert_eq!((uri.account, uri.collection, uri.key), ("did:plc:abc", Some("app.bsky.feed.post"), Some("3k2a")));
    }
}

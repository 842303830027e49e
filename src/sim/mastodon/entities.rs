//! What a server finds in a plain text: links, mentions, hashtags; and how long it takes the text to be. It knows
//! nothing of accounts.
//!
//! Source: app/validators/status_length_validator.rb of mastodon/mastodon.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

/// Something in a text that is more than text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entity {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// With a scheme.
    Link,
    /// Bytes that the name takes with its `@`: what follows is the domain.
    Mention {
        name: usize,
    },
    Hashtag,
}

/// All of them, in order, none overlapping.
pub(super) fn find(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let entity = match c {
            'h' => link(text, at),
            '@' => mention(text, at),
            '#' => hashtag(text, at),
            _ => None,
        };
        at = entity.as_ref().map_or(at + c.len_utf8(), |entity| entity.range.end);
        found.extend(entity);
    }
    found
}

/// Characters as the server counts them: clusters, each link as many as it is told, a mention without its domain.
pub(super) fn count(text: &str, link_characters: usize) -> usize {
    let (mut plain, mut links, mut at) = (String::new(), 0, 0);
    for Entity { range, kind } in find(text) {
        plain.push_str(&text[at..range.start]);
        match kind {
            Kind::Link => links += 1,
            Kind::Mention { name } => plain.push_str(&text[range.start..range.start + name]),
            Kind::Hashtag => plain.push_str(&text[range.clone()]),
        }
        at = range.end;
    }
    plain.push_str(&text[at..]);
    plain.graphemes(true).count() + links * link_characters
}

fn before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn link(text: &str, at: usize) -> Option<Entity> {
    let rest = &text[at..];
    let scheme = ["https://", "http://"].into_iter().find(|scheme| rest.starts_with(scheme))?;
    if before(text, at).is_some_and(|c| is_word(c) || c == '@' || c == '#') {
        return None;
    }
    let host_end = scheme.len()
        + rest[scheme.len()..]
            .find(|c: char| !(c.is_alphanumeric() || "-.".contains(c)))
            .unwrap_or(rest.len() - scheme.len());
    let host = rest[scheme.len()..host_end].trim_end_matches('.');
    let (name, top) = host.rsplit_once('.')?;
    if name.is_empty() || top.chars().count() < 2 || top.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let end = if host.len() < host_end - scheme.len() {
        scheme.len() + host.len()
    } else {
        host_end + tail(&rest[host_end..])
    };
    Some(Entity { range: at..at + end, kind: Kind::Link })
}

/// Port, path, query and fragment, without what ends a sentence. A bracket belongs to it only with its partner.
fn tail(rest: &str) -> usize {
    if !rest.starts_with([':', '/', '?', '#']) {
        return 0;
    }
    let end = rest.find(|c: char| c.is_whitespace() || "<>\"{}|\\^`".contains(c)).unwrap_or(rest.len());
    let mut tail = &rest[..end];
    loop {
        let cut = tail.trim_end_matches(['.', ',', '!', '?', ';', ':', '\'', '…']);
        let unbalanced = cut.ends_with(')') && cut.matches(')').count() > cut.matches('(').count();
        let cut = if unbalanced { &cut[..cut.len() - 1] } else { cut };
        if cut.len() == tail.len() {
            return tail.len();
        }
        tail = cut;
    }
}

fn mention(text: &str, at: usize) -> Option<Entity> {
    if before(text, at).is_some_and(|c| is_word(c) || c == '/') {
        return None;
    }
    let name = name_length(&text[at + 1..], |c| c.is_ascii_alphanumeric() || c == '_');
    if name == 0 {
        return None;
    }
    let after = &text[at + 1 + name..];
    let domain = after.strip_prefix('@').map_or(0, |domain| name_length(domain, is_word));
    let end = at + 1 + name + if domain == 0 { 0 } else { 1 + domain };
    Some(Entity { range: at..end, kind: Kind::Mention { name: 1 + name } })
}

/// Dots and hyphens are part of a name only inside it.
fn name_length(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    let end = text.find(|c: char| !(is_part(c) || c == '.' || c == '-')).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', '-']).len()
}

fn hashtag(text: &str, at: usize) -> Option<Entity> {
    if before(text, at).is_some_and(|c| is_word(c) || c == '/' || c == ')' || c == '&') {
        return None;
    }
    let rest = &text[at + 1..];
    let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
    rest[..end].chars().any(char::is_alphabetic).then(|| Entity { range: at..at + 1 + end, kind: Kind::Hashtag })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_mentions_and_hashtags_are_found() {
        for (text, expected) in [
            ("see https://example.org/a?b=1#c.", vec!["https://example.org/a?b=1#c"]),
            ("(https://example.org/a_(b)) and", vec!["https://example.org/a_(b)"]),
            ("http://localhost/ xhttps://a.org example.org", vec![]),
            ("https://example.org. Next", vec!["https://example.org"]),
            ("hi @ann, @bob@far.example: me@mail.org", vec!["@ann", "@bob@far.example"]),
            ("#rust #2026 #café_1 a#b &#39;", vec!["#rust", "#café_1"]),
            ("https://example.org/@ann/#top", vec!["https://example.org/@ann/#top"]),
        ] {
            let found: Vec<&str> = find(text).into_iter().map(|entity| &text[entity.range]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn texts_are_as_long_as_the_server_says() {
        for (text, expected) in [
            ("", 0),
            ("tea 👨‍👩‍👧‍👦", 5),
            ("cafe\u{301}", 4),
            ("https://example.org/a-rather-long-path-that-goes-on", 23),
            ("@bob@far.example hi", 7),
            ("#rust :blob:", 12),
            ("a\r\nb", 3),
        ] {
            assert_eq!(count(text, 23), expected, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_read(text in "[a-z@#./:()é本👍 ]{0,60}(https?://[a-z.@#]{0,9}co/?)?") {
            let found = find(&text);
            proptest::prop_assert!(found.is_sorted_by(|a, b| a.range.end <= b.range.start));
            proptest::prop_assert!(found.iter().all(|entity| text.get(entity.range.clone()).is_some_and(|part| !part.is_empty())));
            count(&text, 23);
        }
    }
}

//! Text as Threads counts and reads it: length, links, the topic in the text. It knows no limit.

use unicode_segmentation::UnicodeSegmentation as _;

use super::emoji;

/// Length as Threads counts: emoji by their UTF-8 bytes, all else by characters.
///
/// The documents do not say what a character is. This counts UTF-16 units, and a whole grapheme cluster as emoji if any
/// part of it is one: the cautious reading.
pub(super) fn length(text: &str) -> usize {
    let weigh = |cluster: &str| {
        if emoji::within(cluster) { cluster.len() } else { cluster.encode_utf16().count() }
    };
    text.graphemes(true).map(weigh).sum()
}

/// The different links of a text, in order: what begins with `http://`, `https://` or `www.`, without the punctuation
/// behind it.
pub(super) fn links(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || "<>\"`|".contains(c)) {
        let lower = word.to_ascii_lowercase();
        let Some(start) = ["https://", "http://", "www."].iter().filter_map(|begin| lower.find(begin)).min() else {
            continue;
        };
        let link = trimmed(&word[start..]);
        let has_host = link.split_once("//").map_or(link.len() > "www.".len(), |(_, rest)| !rest.is_empty());
        if has_host && !found.contains(&link) {
            found.push(link);
        }
    }
    found
}

fn trimmed(mut link: &str) -> &str {
    loop {
        let shorter = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '…', ']']);
        // A bracket belongs to the link if it was opened in it.
        let shorter = match shorter.strip_suffix(')') {
            Some(without) if without.matches('(').count() <= without.matches(')').count() => without,
            _ => shorter,
        };
        if shorter.len() == link.len() {
            return link;
        }
        link = shorter;
    }
}

/// The topic a text names: its first tag that is not a plain number.
pub(super) fn topic(text: &str) -> Option<&str> {
    let mut before = None;
    for (at, sign) in text.char_indices() {
        let opens = sign == '#' && before.is_none_or(char::is_whitespace);
        before = Some(sign);
        if opens {
            let rest = &text[at + 1..];
            let end = rest.find([' ', '\t', '\n', '.', '&', '@', '!', '?', ',', ';', ':', '#']);
            let tag = &rest[..end.unwrap_or(rest.len())];
            if !tag.is_empty() && !tag.chars().all(|c| c.is_ascii_digit()) {
                return Some(tag);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        for (text, expected) in [
            ("", 0),
            ("Hello", 5),
            ("é", 1),
            ("e\u{301}", 2),
            ("日本語", 3),
            ("𝔸", 2),
            ("👋", 4),
            ("Hi 👋🏽", 11),
            ("👨‍👩‍👧‍👦", 25),
            ("🇫🇷", 8),
            ("1️⃣", 7),
            ("1", 1),
            ("©", 2),
            ("☀️", 6),
        ] {
            assert_eq!(length(text), expected, "{text}");
        }
    }

    #[test]
    fn links_once_each() {
        let text = "See https://a.example/x, (http://b.example/y_(z)) https://a.example/x. www.c.example! HTTPS://D.example \
                    http:// www. (https://e.example)";
        let expected = [
            "https://a.example/x",
            "http://b.example/y_(z)",
            "www.c.example",
            "HTTPS://D.example",
            "https://e.example",
        ];
        assert_eq!(links(text), expected);
    }

    #[test]
    fn topics() {
        for (text, expected) in [
            ("no tag", None),
            ("#Tea time", Some("Tea")),
            ("in the #garden. #two", Some("garden")),
            ("#1 #2026x", Some("2026x")),
            ("a#b", None),
            ("# x", None),
            ("https://x.example/#frag", None),
            ("#a&b", Some("a")),
        ] {
            assert_eq!(topic(text), expected, "{text}");
        }
    }
}

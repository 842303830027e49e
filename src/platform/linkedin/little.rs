//! "Little text", the format of LinkedIn's `commentary`: escaping on the way out, plain text on the way back. An unescaped
//! reserved character does not fail: LinkedIn answers 201 and shows the text before it. Knows no call.
//!
//! Source: <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format>.

/// The characters that need a backslash wherever they stand for themselves.
const RESERVED: &str = "\\|{}@[]()<>#*_~";

/// A plain text as little text. Real hashtags stay hashtags; everything else is literal, mentions too.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 16);
    let mut before = None;
    for (at, c) in text.char_indices() {
        let is_hashtag = c == '#' && begins_word(before) && is_tag(&text[at + 1..]);
        if RESERVED.contains(c) && !is_hashtag {
            escaped.push('\\');
        }
        escaped.push(c);
        before = Some(c);
    }
    escaped
}

/// A hashtag stands alone: not in `C#`, not behind the `/` of an address.
fn begins_word(before: Option<char>) -> bool {
    before.is_none_or(|before| before.is_whitespace() || "([{\"'“‘«„".contains(before))
}

/// Whether what follows a `#` is a tag's word: letters and digits, at least one letter (`#1` is a number).
fn is_tag(after: &str) -> bool {
    let word = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_');
    word.into_iter().any(char::is_alphabetic)
}

/// The plain text of little text as LinkedIn gives it back: hashtags come as `{hashtag|\#|word}`, mentions as
/// `@[Name](urn)`, of which the name remains.
pub(super) fn plain(little: &str) -> String {
    let mut text = String::with_capacity(little.len());
    let mut rest = little;
    while let Some(c) = rest.chars().next() {
        if let Some((word, after)) = hashtag(rest) {
            text.push('#');
            text.push_str(&unescape(word));
            rest = after;
        } else if let Some((name, after)) = mention(rest) {
            text.push_str(&unescape(name));
            rest = after;
        } else {
            let literal =
                rest.strip_prefix('\\').and_then(|after| after.chars().next()).filter(|c| RESERVED.contains(*c));
            text.push(literal.unwrap_or(c));
            rest = &rest[c.len_utf8() + literal.map_or(0, char::len_utf8)..];
        }
    }
    text
}

fn hashtag(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.strip_prefix("{hashtag|")?;
    let rest = rest.strip_prefix("\\#|").or_else(|| rest.strip_prefix("#|"))?;
    rest.split_once('}')
}

fn mention(rest: &str) -> Option<(&str, &str)> {
    let (name, rest) = rest.strip_prefix("@[")?.split_once("](urn:li:")?;
    Some((name, rest.split_once(')')?.1))
}

fn unescape(text: &str) -> String {
    let mut escaped = false;
    let keep = |c: &char| {
        escaped = *c == '\\' && !escaped;
        !escaped
    };
    text.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reserved_characters_are_escaped_and_hashtags_stay() {
        for (text, little) in [
            ("", ""),
            ("a (b) c", "a \\(b\\) c"),
            ("snake_case & 50% <x>", "snake\\_case & 50% \\<x\\>"),
            ("C:\\dir", "C:\\\\dir"),
            ("mail a@b.com", "mail a\\@b.com"),
            ("~~x~~", "\\~\\~x\\~\\~"),
            ("| { } @ [ ] ( ) < > # * _ ~ \\", "\\| \\{ \\} \\@ \\[ \\] \\( \\) \\< \\> \\# \\* \\_ \\~ \\\\"),
            ("#rust, (#Öl) and #日本語", "#rust, \\(#Öl\\) and #日本語"),
            ("#snake_case", "#snake\\_case"),
            ("#2026goals", "#2026goals"),
            ("#1 C# ##x # #_ a#b", "\\#1 C\\# \\#\\#x \\# \\#\\_ a\\#b"),
            ("https://ex.org/a_b#frag", "https://ex.org/a\\_b\\#frag"),
            ("@Acme 👋\n\"quoted\"", "\\@Acme 👋\n\"quoted\""),
            ("already \\(escaped\\)", "already \\\\\\(escaped\\\\\\)"),
        ] {
            assert_eq!(escape(text), little, "{text}");
        }
    }

    #[test]
    fn what_comes_back_is_read_as_plain_text() {
        for (little, text) in [
            ("a \\(b\\) {hashtag|\\#|rust} c", "a (b) #rust c"),
            ("{hashtag|#|snake\\_case}", "#snake_case"),
            ("thanks @[Acme \\(NL\\)](urn:li:organization:1)!", "thanks Acme (NL)!"),
            ("half {hashtag|\\#|open", "half {hashtag|#|open"),
            ("a\\", "a\\"),
            ("a \\n b", "a \\n b"),
        ] {
            assert_eq!(plain(little), text, "{little}");
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back_as_it_was(text in "[a#_\\\\(){}@|\\[\\]<>*~ \\n]{0,40}|\\PC{0,40}") {
            prop_assert_eq!(plain(&escape(&text)), text);
        }
    }
}

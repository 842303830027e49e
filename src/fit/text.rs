//! A document's blocks, tags and link -> the text of a part, as a reader will see it. Knows no limits.

use crate::post::body::{Block, BlockKind, Inline, Item};

/// The blocks as plain text: list items get their marker, what is nested is indented, quotes keep `>`, a link is its text
/// followed by its address.
pub fn plain(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        separate(&mut text, block.apart);
        match &block.kind {
            BlockKind::Text(inline) => push_inline(&mut text, inline),
            BlockKind::Code(code) => text.push_str(code),
            BlockKind::Quote(blocks) => push_prefixed(&mut text, &plain(blocks), "> ", "> "),
            BlockKind::List(items) => text.push_str(&list(items)),
        }
    }
    text
}

fn list(items: &[Item]) -> String {
    let mut text = String::new();
    for item in items {
        separate(&mut text, item.apart);
        let first = format!("{} ", item.marker);
        let rest = " ".repeat(first.chars().count());
        push_prefixed(&mut text, &plain(&item.blocks), &first, &rest);
    }
    text
}

fn separate(text: &mut String, apart: bool) {
    if !text.is_empty() {
        text.push_str(if apart { "\n\n" } else { "\n" });
    }
}

/// Appends the lines of `lines`, the first after `first`, the others after `rest`; no line ends in spaces.
fn push_prefixed(text: &mut String, lines: &str, first: &str, rest: &str) {
    for (index, line) in lines.split('\n').enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let prefix = if index == 0 { first } else { rest };
        text.push_str(if line.is_empty() { prefix.trim_end() } else { prefix });
        text.push_str(line);
    }
}

fn push_inline(text: &mut String, inline: &[Inline]) {
    for inline in inline {
        match inline {
            Inline::Text(words) => text.push_str(words),
            Inline::Break => text.push('\n'),
            Inline::Link { text: words, url } if words.is_empty() => text.push_str(url),
            Inline::Link { text: words, url } => {
                text.push_str(words);
                text.push_str(" (");
                text.push_str(url);
                text.push(')');
            }
        }
    }
}

/// Appends the link in a paragraph of its own, unless the text holds it already.
pub fn append_link(text: &mut String, link: &str) {
    let held = text.match_indices(link).any(|(at, _)| !text[at + link.len()..].starts_with(is_address_char));
    if !held {
        append_paragraph(text, link);
    }
}

/// Appends the tags as hashtags in a paragraph of their own, in order, without those the text holds already. Gives back
/// the tags of which nothing is left that could be a hashtag.
pub fn append_hashtags<'a>(text: &mut String, tags: &'a [String]) -> Vec<&'a str> {
    let mut seen: Vec<String> = hashtags(text).map(str::to_lowercase).collect();
    let (mut line, mut left_out) = (String::new(), Vec::new());
    for tag in tags {
        let Some(hashtag) = hashtag(tag) else {
            left_out.push(tag.as_str());
            continue;
        };
        if seen.contains(&hashtag.to_lowercase()) {
            continue;
        }
        seen.push(hashtag.to_lowercase());
        if !line.is_empty() {
            line.push(' ');
        }
        line.push('#');
        line.push_str(&hashtag);
    }
    if !line.is_empty() {
        append_paragraph(text, &line);
    }
    left_out
}

/// The word a tag becomes, without `#`: what platforms do not take in a hashtag falls out, and the word after it gets a
/// capital (`open source` -> `openSource`, `rust` -> `rust`). `None` where no letter is left: a number is no hashtag.
fn hashtag(tag: &str) -> Option<String> {
    let mut word = String::new();
    for piece in tag.split(|c| !is_hashtag_char(c)).filter(|piece| !piece.is_empty()) {
        let mut chars = piece.chars();
        match chars.next() {
            Some(first) if !word.is_empty() => word.extend(first.to_uppercase().chain(chars)),
            _ => word.push_str(piece),
        }
    }
    word.chars().any(char::is_alphabetic).then_some(word)
}

fn hashtags(text: &str) -> impl Iterator<Item = &str> {
    text.split('#').skip(1).map(|rest| rest.split(|c| !is_hashtag_char(c)).next().unwrap_or_default())
}

/// Letters and digits of any script with their marks, and `_`.
fn is_hashtag_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || unicode_normalization::char::is_combining_mark(c)
}

fn is_address_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '%' | '=' | '&' | '?' | '#' | '~' | '+')
}

fn append_paragraph(text: &mut String, paragraph: &str) {
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(paragraph);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_goes_below_the_text() {
        for (text, expected) in [
            ("", "https://a.example/x"),
            ("Hi", "Hi\n\nhttps://a.example/x"),
            ("Hi https://a.example/x.", "Hi https://a.example/x."),
            ("Hi https://a.example/xyz", "Hi https://a.example/xyz\n\nhttps://a.example/x"),
        ] {
            let mut shown = text.to_owned();
            append_link(&mut shown, "https://a.example/x");
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn tags_become_hashtags() {
        for (tag, expected) in [
            ("rust", Some("rust")),
            ("#rust", Some("rust")),
            ("open source", Some("openSource")),
            ("C++", Some("C")),
            ("ci/cd pipeline", Some("ciCdPipeline")),
            ("snake_case", Some("snake_case")),
            ("日本", Some("日本")),
            ("हिन्दी", Some("हिन्दी")),
            ("2026", None),
            ("!?", None),
        ] {
            assert_eq!(hashtag(tag).as_deref(), expected, "{tag}");
        }
    }

    #[test]
    fn hashtags_are_appended_once() {
        let mut text = "About #Rust.".to_owned();
        let tags = ["rust", "git", "Git", "99"].map(str::to_owned);
        assert_eq!(append_hashtags(&mut text, &tags), ["99"]);
        assert_eq!(text, "About #Rust.\n\n#git");
    }
}

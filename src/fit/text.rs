//! A document's blocks, tags and link -> the text of a part, as a reader will see it. Knows no limits.

use super::Link;
use crate::post::body::{Block, BlockKind, Inline, Item};

/// A text as a reader sees it, and which of its words lead where.
#[derive(Debug, Default)]
pub struct Shown {
    pub text: String,
    pub links: Vec<Link>,
}

/// The blocks as plain text: list items get their marker, what is nested is indented, quotes keep `>`, a link is its text
/// followed by its address.
pub fn plain(blocks: &[Block]) -> String {
    shown(blocks, false).text
}

/// The same; with `spans`, a link to the web is its words alone, and it is told where they lead.
pub fn shown(blocks: &[Block], spans: bool) -> Shown {
    let mut shown = Shown::default();
    for block in blocks {
        separate(&mut shown.text, block.apart);
        match &block.kind {
            BlockKind::Text(inline) => shown.push_inline(inline, spans),
            BlockKind::Code(code) => shown.text.push_str(code),
            BlockKind::Quote(blocks) => shown.push_prefixed(&self::shown(blocks, spans), "> ", "> "),
            BlockKind::List(items) => shown.push_list(items, spans),
        }
    }
    shown
}

fn separate(text: &mut String, apart: bool) {
    if !text.is_empty() {
        text.push_str(if apart { "\n\n" } else { "\n" });
    }
}

impl Shown {
    fn push_list(&mut self, items: &[Item], spans: bool) {
        let mut list = Self::default();
        for item in items {
            separate(&mut list.text, item.apart);
            let first = format!("{} ", item.marker);
            let rest = " ".repeat(first.chars().count());
            list.push_prefixed(&shown(&item.blocks, spans), &first, &rest);
        }
        self.push_prefixed(&list, "", "");
    }

    /// Appends the lines of another, the first after `first`, the others after `rest`; no line ends in spaces.
    fn push_prefixed(&mut self, inner: &Self, first: &str, rest: &str) {
        // Where each line begins, there and here.
        let mut lines: Vec<(usize, usize)> = Vec::new();
        let mut from = 0;
        for (index, line) in inner.text.split('\n').enumerate() {
            if index > 0 {
                self.text.push('\n');
            }
            let prefix = if index == 0 { first } else { rest };
            self.text.push_str(if line.is_empty() { prefix.trim_end() } else { prefix });
            lines.push((from, self.text.len()));
            self.text.push_str(line);
            from += line.len() + 1;
        }
        let here = |at: usize| {
            let line = lines.iter().rev().find(|(there, _)| *there <= at);
            line.map_or(at, |(there, here)| here + (at - there))
        };
        let moved = |link: &Link| Link { start: here(link.start), end: here(link.end), url: link.url.clone() };
        self.links.extend(inner.links.iter().map(moved));
    }

    fn push_inline(&mut self, inline: &[Inline], spans: bool) {
        for inline in inline {
            match inline {
                Inline::Text(words) => self.text.push_str(words),
                Inline::Break => self.text.push('\n'),
                Inline::Link { text: words, url } => self.push_link(words, url, spans),
            }
        }
    }

    fn push_link(&mut self, words: &str, url: &str, spans: bool) {
        let shown = if words.is_empty() { url } else { words };
        let leads = spans && ["http://", "https://"].iter().any(|scheme| url.starts_with(scheme));
        let start = self.text.len();
        self.text.push_str(shown);
        if leads {
            self.links.push(Link { start, end: self.text.len(), url: url.to_owned() });
        } else if !words.is_empty() {
            self.text.push_str(&format!(" ({url})"));
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
    fn words_lead_where_their_link_does() {
        let markdown = "Über [den Tee](https://a.example/ü) und <https://b.example>.\n\n> zitiert:\n> [eins](http://c.example)\n\n\
                        - [Ann](mailto:ann@a.example)\n- zwei\n  - tief [drei 🍵](https://d.example) da\n\n1. [vier](https://e.example)";
        let source = crate::error::Source::new("posts/tea.md", markdown);
        let body =
            crate::post::Body { source, offset: Some(0), span: 0..markdown.len(), markdown: markdown.to_owned() };
        let (document, problems) = crate::post::body::parse(&body, false);
        assert_eq!(problems, []);
        let blocks = &document.parts[0].blocks;
        let with = shown(blocks, true);
        let leads: Vec<_> =
            with.links.iter().map(|link| format!("{} -> {}", &with.text[link.start..link.end], link.url)).collect();
        assert_eq!(
            leads,
            [
                "den Tee -> https://a.example/ü",
                "https://b.example -> https://b.example",
                "eins -> http://c.example",
                "drei 🍵 -> https://d.example",
                "vier -> https://e.example",
            ]
        );
        assert!(with.text.contains("Ann (ann@a.example)") && !with.text.contains("(http"), "{}", with.text);
        // Without, it is what it always was.
        let without = shown(blocks, false);
        assert!(
            without.links.is_empty() && without.text.contains("den Tee (https://a.example/ü) und"),
            "{}",
            without.text
        );
    }

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

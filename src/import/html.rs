//! HTML of a feed -> plain text: paragraphs, breaks, lists. Knows which elements are blocks, and nothing of how a page looks.

use pulldown_cmark::{Event, Parser};

/// Elements after which a line is left blank.
const BLOCKS: [&str; 13] =
    ["p", "div", "ul", "ol", "blockquote", "pre", "section", "article", "figure", "h1", "h2", "h3", "h4"];
/// Elements whose text nobody reads.
const UNREAD: [&str; 2] = ["script", "style"];
/// A reference is no longer than this, with `&` and `;`.
const REFERENCE_MAX: usize = 34;

pub(super) fn text(html: &str) -> String {
    let mut out = Out::default();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        out.words(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('&') { reference(rest, &mut out) } else { tag(rest, &mut out) };
    }
    out.words(rest);
    out.text.trim().to_owned()
}

#[derive(Default)]
struct Out {
    text: String,
}

impl Out {
    /// Text in which any blanks are one.
    fn words(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                ' ' | '\t' | '\n' | '\r' | '\u{c}' => {
                    if !self.text.ends_with([' ', '\n']) && !self.text.is_empty() {
                        self.text.push(' ');
                    }
                }
                character => self.text.push(character),
            }
        }
    }

    /// Ends the line, and leaves so many blank ones.
    fn end(&mut self, lines: usize) {
        let kept = self.text.trim_end_matches(' ').len();
        self.text.truncate(kept);
        let there = self.text.bytes().rev().take_while(|byte| *byte == b'\n').count();
        if !self.text.is_empty() {
            self.text.push_str(&"\n".repeat(lines.saturating_sub(there)));
        }
    }
}

/// Past a tag or comment, or past a `<` that begins none.
fn tag<'a>(html: &'a str, out: &mut Out) -> &'a str {
    if let Some(comment) = html.strip_prefix("<!--") {
        return comment.find("-->").map_or("", |end| &comment[end + 3..]);
    }
    let inside = &html[1..];
    let (is_end, name) = inside.strip_prefix('/').map_or((false, inside), |name| (true, name));
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '?') {
        out.text.push('<');
        return inside;
    }
    let name: String = name.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let after = end_of_tag(html);
    match name.as_str() {
        "br" => out.text.push('\n'),
        "li" if !is_end => {
            out.end(1);
            out.text.push_str("- ");
        }
        "li" | "tr" => out.end(1),
        name if BLOCKS.contains(&name) => out.end(2),
        name if UNREAD.contains(&name) && !is_end => {
            // Names of elements are ASCII: offsets stay as they are.
            let end = format!("</{name}");
            return after.to_ascii_lowercase().find(&end).map_or("", |at| end_of_tag(&after[at..]));
        }
        _ => {}
    }
    after
}

/// What follows a tag; `>` within quotes does not end it.
fn end_of_tag(html: &str) -> &str {
    let mut quote = None;
    for (at, character) in html.char_indices() {
        match (quote, character) {
            (None, '>') => return &html[at + 1..],
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), character) if open == character => quote = None,
            _ => {}
        }
    }
    ""
}

/// Past a character reference such as `&amp;`: Markdown has the same ones.
fn reference<'a>(html: &'a str, out: &mut Out) -> &'a str {
    let end = html.char_indices().take(REFERENCE_MAX).find(|(_, character)| *character == ';').map(|(at, _)| at + 1);
    let Some(end) = end else {
        out.text.push('&');
        return &html[1..];
    };
    let mut decoded = String::new();
    for event in Parser::new(&html[..end]) {
        if let Event::Text(text) = event {
            decoded.push_str(&text);
        }
    }
    // A space that may not break is one all the same.
    let decoded = decoded.replace('\u{a0}', " ");
    if decoded.is_empty() {
        out.text.push_str(&html[..end]);
    } else {
        out.text.push_str(&decoded);
    }
    &html[end..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_plain_text() {
        for (html, expected) in [
            ("plain", "plain"),
            ("<p>Tea<br>is   <b>ready</b>.</p>\n<p>So is the cake.</p>", "Tea\nis ready.\n\nSo is the cake."),
            ("<p>Tea<br />\n is</p>", "Tea\nis"),
            ("a &amp; b &lt;c&gt; &#39;d&#x27; &eacute;&nbsp;&unknown; &", "a & b <c> 'd' é &unknown; &"),
            ("<ul><li>a</li><li>b</li></ul>after", "- a\n- b\n\nafter"),
            ("<a href=\"https://a.example/?a>b\" title='>'>https://a.example</a>", "https://a.example"),
            ("<span class=\"invisible\">https://</span>a.example", "https://a.example"),
            ("<script>if (a < b) {}</script>x<style>p > a {}</STYLE>y<!-- <p>no</p> -->z", "xyz"),
            ("1 < 2 and 2 <3", "1 < 2 and 2 <3"),
            ("<p>cut <a href=\"x", "cut"),
            ("", ""),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(html in "([a-zé<>&;/!\"' #-]{0,6}(<br>|</p>|<script>|&amp;|<!--)?){0,8}") {
            let _ = text(&html);
        }
    }
}

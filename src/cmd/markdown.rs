//! Texts of others in Markdown of ours: shown as they are, whatever they look like, and calling nobody.

use super::report::printable;

/// Text in a line or a cell. Escapes stop Markdown and HTML; a space without width stops mentions, for which GitHub looks once
/// escapes are gone.
pub(super) fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let shown = printable(text);
    let mut characters = shown.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' | '\t' => safe.push(' '),
            character if character.is_ascii_punctuation() => safe.extend(['\\', character]),
            character => safe.push(character),
        }
        let calls = |next: &char| match character {
            '@' => next.is_alphanumeric(),
            '#' => next.is_ascii_digit(),
            _ => false,
        };
        if characters.peek().is_some_and(calls) {
            safe.push('\u{200b}');
        }
    }
    safe
}

/// Text to the character, lines and all, in a fence that it cannot end: one longer than any row of backticks in it.
pub(super) fn fenced(text: &str) -> String {
    let text = printable(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}text\n{text}{end}{fence}\n")
}

/// A link to a file below `base`; without a base the path alone.
pub(super) fn file(path: &str, base: Option<&str>) -> String {
    let Some(base) = base else { return text(path) };
    format!("[{}]({base}/{})", text(path), address(path))
}

/// A path as an address has it.
pub(super) fn address(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    let each = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.bytes().map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_text() {
        for (given, safe) in [
            ("a|b <img> `c`\n[d](e) \u{1b}", "a\\|b \\<img\\> \\`c\\` \\[d\\]\\(e\\) \\\\u\\{1b\\}"),
            ("@ann and ann@example.org", "\\@\u{200b}ann and ann\\@\u{200b}example\\.org"),
            ("#12, #tea, @ 5", "\\#\u{200b}12\\, \\#tea\\, \\@ 5"),
        ] {
            assert_eq!(text(given), safe);
        }
    }

    #[test]
    fn no_text_ends_its_fence() {
        for (given, fenced_in) in [
            ("Tea", "```text\nTea\n```\n"),
            ("", "```text\n```\n"),
            ("```\nx\n````\n@ann", "`````text\n```\nx\n````\n@ann\n`````\n"),
            ("~~~\n<!-- -->\n", "```text\n~~~\n<!-- -->\n```\n"),
        ] {
            assert_eq!(fenced(given), fenced_in);
        }
    }

    #[test]
    fn paths_become_addresses() {
        let base = Some("https://github.com/acme/social/blob/abc");
        assert_eq!(file("media/a b(é).png", None), "media\\/a b\\(é\\)\\.png");
        assert_eq!(
            file("media/a b(é).png", base),
            "[media\\/a b\\(é\\)\\.png](https://github.com/acme/social/blob/abc/media/a%20b%28%C3%A9%29.png)"
        );
    }
}

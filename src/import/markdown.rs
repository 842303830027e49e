//! Plain text -> Markdown that is read as exactly that text. Asks our own reader, and escapes only what it would take for mark-up.

use crate::error::Source;
use crate::fit::text::plain;
use crate::post::{Body, body};

/// Line ends are `\n`; blanks at the ends of lines, and blank lines around the text, are not kept.
pub(super) fn markdown(text: &str) -> String {
    let text = tidy(text);
    if reads_as(&text, &text) {
        return text;
    }
    let line = |line: &str| if reads_as(line, line) { line.to_owned() } else { escaped(line) };
    let some = text.split('\n').map(line).collect::<Vec<_>>().join("\n");
    // Lines that are harmless each may make a heading or a link together.
    if reads_as(&some, &text) { some } else { text.split('\n').map(all_escaped).collect::<Vec<_>>().join("\n") }
}

fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.split('\n').map(|line| line.replace('\t', "    ").replace(char::is_control, ""));
    let lines: Vec<String> = lines.map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn reads_as(markdown: &str, text: &str) -> bool {
    let source = Source::new("", markdown);
    let body = Body { source, offset: Some(0), span: 0..markdown.len(), markdown: markdown.to_owned() };
    // As a thread, so that a line that would part it counts as mark-up.
    let (document, problems) = body::parse(&body, true);
    match document.parts.as_slice() {
        [part] => problems.is_empty() && part.images.is_empty() && plain(&part.blocks) == text,
        _ => false,
    }
}

/// With what may be mark-up escaped.
fn escaped(line: &str) -> String {
    let (blanks, rest) = indented(line);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let mut escaped = blanks;
    for (at, character) in rest.char_indices() {
        let is_mark = match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '!' | '|' => true,
            '#' | '+' | '-' | '=' | '~' => at == 0,
            '.' | ')' => at > 0 && at == digits,
            _ => false,
        };
        if is_mark {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

fn all_escaped(line: &str) -> String {
    let (mut escaped, rest) = indented(line);
    for character in rest.chars() {
        if character.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Blanks at the beginning of a line as Markdown keeps them, and the rest.
fn indented(line: &str) -> (String, &str) {
    let rest = line.trim_start_matches(' ');
    ("&#32;".repeat(line.len() - rest.len()), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mark_up_is_escaped() {
        for (text, expected) in [
            ("Tea is ready: https://a.example/x_y?a=1&b=2 #tea @ann", "Tea is ready: https://a.example/x_y?a=1&b=2 #tea @ann"),
            ("one\r\ntwo\n\n\nthree  \n", "one\ntwo\n\n\nthree"),
            ("2 * 3 * 4 and snake_case", "2 * 3 * 4 and snake_case"),
            ("*Tea* is _ready_", "\\*Tea\\* is \\_ready\\_"),
            ("# Tea", "\\# Tea"),
            ("- a\n- b", "\\- a\n\\- b"),
            ("• a\n• b", "• a\n• b"),
            ("1. a\n1) b", "1\\. a\n1\\) b"),
            ("Tea\n---\nready", "Tea\n\\---\nready"),
            ("Tea\n===", "Tea\n\\==="),
            ("> so", "\\> so"),
            ("<b> &amp; ![x](y)", "\\<b\\> \\&amp; \\!\\[x\\](y)"),
            ("", ""),
        ] {
            assert_eq!(markdown(text), expected, "{text}");
        }
    }

    proptest::proptest! {
        /// The words are never changed: what is read is what was written.
        #[test]
        fn it_is_read_as_the_text(text in "([-a1 .)*_#>~=`\\[\\]()!<&;|+é:/\\\\]{0,8}\n?){0,6}") {
            let tidy = tidy(&text);
            proptest::prop_assert!(tidy.is_empty() || reads_as(&markdown(&text), &tidy), "{text:?} -> {:?}", markdown(&text));
        }

        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = markdown(&text);
        }
    }
}

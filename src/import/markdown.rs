//! Plain text -> Markdown that is read as exactly that text. Asks our own reader, and escapes only what it would take for mark-up.

use crate::error::Source;
use crate::fit::text::plain;
use crate::post::{Body, body};

/// Line ends are `\n`; blanks at both ends of lines and around the text, and blank lines beyond one, are not kept, since our
/// reader drops them.
pub(super) fn markdown(text: &str) -> String {
    let text = tidy(text);
    let alone = |line: &str| if reads_as(line, line) { line.to_owned() } else { escaped(line) };
    // Lines that are harmless each may make a heading or a list together.
    let ways: [&dyn Fn(&str) -> String; 3] = [&str::to_owned, &alone, &escaped];
    let written = |way: &dyn Fn(&str) -> String| text.split('\n').map(way).collect::<Vec<_>>().join("\n");
    let fitting = ways.into_iter().map(written).find(|markdown| reads_as(markdown, &text));
    fitting.unwrap_or_else(|| written(&all_escaped))
}

fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines = text.split('\n').map(|line| line.replace('\t', " ").replace(char::is_control, ""));
    let mut lines: Vec<String> = lines.map(|line| line.trim().to_owned()).collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.join("\n").trim().to_owned()
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
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let mut escaped = String::with_capacity(line.len() + 8);
    for (at, character) in line.char_indices() {
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
    let mut escaped = String::with_capacity(line.len() * 2);
    for character in line.chars() {
        if character.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mark_up_is_escaped() {
        for (text, expected) in [
            (
                "Tea is ready: https://a.example/x_y?a=1&b=2 #tea @ann",
                "Tea is ready: https://a.example/x_y?a=1&b=2 #tea @ann",
            ),
            ("one\r\ntwo\n\n\nthree  \n", "one\ntwo\n\nthree"),
            ("2 * 3 * 4 and snake_case", "2 * 3 * 4 and snake_case"),
            ("*Tea* is _ready_", "\\*Tea\\* is \\_ready\\_"),
            ("# Tea", "\\# Tea"),
            ("- a\n- b", "\\- a\n\\- b"),
            ("• a\n• b", "• a\n• b"),
            ("1. a\n2. b", "1. a\n2. b"),
            ("1. a\n1. b", "1\\. a\n1\\. b"),
            ("a\n  b\t", "a\nb"),
            ("Tea\n---\nready", "Tea\n\\---\nready"),
            ("Tea\n===", "Tea\n\\==="),
            ("> so", "> so"),
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

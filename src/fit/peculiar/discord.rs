//! What only Discord asks for: a text that means what it says there has backslashes before what would be mark-up, and they count
//! with it.
//!
//! Source: <https://support.discord.com/hc/en-us/articles/210298617-Markdown-Text-101-Chat-Formatting-Bold-Italic-Underline>.

use crate::error::Problem;
use crate::fit::{Fitting, Rendition};

/// Marks that Discord would make something else of, wherever they stand; quotes (`> `) and lists are left to it.
const MARKS: &[char] = &['\\', '*', '_', '~', '`', '|', '<'];

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    for part in &rendition.parts {
        let length = escaped(&part.text).chars().count();
        // A text that is too long by itself has been told.
        if part.count <= part.limit && length > part.limit {
            let over = length - part.limit;
            let message = format!(
                "the text has {length} characters with the backslashes that Discord needs before marks; Discord takes {}: \
                 {over} too many",
                part.limit
            );
            let problem = Problem::error("text-too-long", &fitting.target.source, message);
            fitting.problems.push(problem.hint("shorten it, or use fewer of these: \\ * _ ~ ` | <"));
        }
    }
}

/// A text as `content` has it, so that readers see it as it is; addresses stay as they are.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        escape_line(line, &mut out);
    }
    out
}

fn escape_line(line: &str, out: &mut String) {
    let mut rest = line;
    // A heading, or words in small print.
    let marks = line.trim_start().trim_start_matches("-");
    if marks.starts_with('#') && marks.trim_start_matches('#').starts_with(' ') {
        let at = line.len() - marks.len();
        out.push_str(&line[..at]);
        out.push('\\');
        rest = &line[at..];
    }
    while let Some(c) = rest.chars().next() {
        let length = address(rest).unwrap_or(0);
        if length > 0 {
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        if MARKS.contains(&c) || rest.starts_with("](") {
            out.push('\\');
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
}

/// The bytes of the address that a text begins with.
fn address(text: &str) -> Option<usize> {
    ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme)).then(|| {
        text.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '|' | '*' | '`')).unwrap_or(text.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_shown_as_they_are() {
        for (text, content) in [
            ("Tea.", "Tea."),
            ("2 * 3 * 4, snake_case", r"2 \* 3 \* 4, snake\_case"),
            (r"a\b ~~no~~ `x` ||y||", r"a\\b \~\~no\~\~ \`x\` \|\|y\|\|"),
            ("<@123> <#4> <t:1>", r"\<@123> \<#4> \<t:1>"),
            (
                "See https://a.example/x_y*z and (https://b.example/c_d)",
                r"See https://a.example/x_y\*z and (https://b.example/c_d)",
            ),
            ("[t](https://a.example/a_b)", r"[t\](https://a.example/a_b)"),
            ("# no heading\n #tea\n## no\n-# small", "\\# no heading\n #tea\n\\## no\n-\\# small"),
            ("> quoted\n• item\n1. one", "> quoted\n• item\n1. one"),
        ] {
            assert_eq!(escaped(text), content, "{text}");
        }
    }
}

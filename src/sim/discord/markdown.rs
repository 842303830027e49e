//! What Discord's apps make of a text: bold and the like lose their marks, a link with words is its words, a mention a
//! name (<https://support.discord.com/hc/en-us/articles/210298617>). Bullets stay as they are.

/// A text as its readers see it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) text: String,
    /// Words, and where they lead.
    pub(super) links: Vec<(String, String)>,
    /// `everyone`, `here`, `user 1`, `role 1`.
    pub(super) mentions: Vec<String>,
}

pub(super) fn read(content: &str) -> Read {
    let mut read = Read::default();
    inline(content, None, &mut read);
    read
}

/// What wraps words to change their looks, the longest first.
const MARKS: [&str; 6] = ["**", "__", "~~", "||", "*", "_"];

fn inline(text: &str, outside: Option<char>, read: &mut Read) {
    let mut at = 0;
    loop {
        let before = text[..at].chars().next_back().or(outside);
        if before.is_none_or(|c| c == '\n') {
            at += block(&text[at..]);
        }
        let rest = &text[at..];
        let Some(c) = rest.chars().next() else { return };
        let taken = match c {
            '\\' => escaped(rest, read),
            '`' => code(rest, read),
            '<' => angled(rest, read),
            '[' => masked(rest, read),
            'h' => address(rest, read),
            '@' => everyone(rest, read),
            _ => MARKS.iter().find_map(|mark| wrapped(rest, mark, before, read)),
        };
        at += taken.unwrap_or_else(|| {
            read.text.push(c);
            c.len_utf8()
        });
    }
}

/// The bytes at the start of a line that only say what the line is: a heading, small print, a quote.
fn block(line: &str) -> usize {
    ["# ", "## ", "### ", "-# ", ">>> ", "> "].iter().find(|mark| line.starts_with(*mark)).map_or(0, |mark| mark.len())
}

/// A backslash before anything but a letter, a digit or a space is not shown.
fn escaped(rest: &str, read: &mut Read) -> Option<usize> {
    let next = rest[1..].chars().next().filter(|next| !next.is_alphanumeric() && !next.is_whitespace())?;
    read.text.push(next);
    Some(1 + next.len_utf8())
}

/// Between marks of one length everything is as it is; a block may say its language first.
fn code(rest: &str, read: &mut Read) -> Option<usize> {
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    let mark = &rest[..ticks];
    let end = rest[ticks..].find(mark).filter(|end| *end > 0)?;
    let inner = &rest[ticks..ticks + end];
    let inner = match inner.split_once('\n') {
        Some((language, code)) if ticks >= 3 && !language.contains(' ') => code.trim_end_matches('\n'),
        _ => inner,
    };
    read.text.push_str(inner);
    Some(2 * ticks + end)
}

/// A mention, an emoji, a time, or an address that gets no preview.
fn angled(rest: &str, read: &mut Read) -> Option<usize> {
    let inner = rest[1..].split_once('>')?.0;
    let digits = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    let taken = Some(inner.len() + 2);
    if inner.starts_with("https://") || inner.starts_with("http://") {
        if inner.contains(char::is_whitespace) {
            return None;
        }
        read.text.push_str(inner);
        return taken;
    }
    if let Some(role) = inner.strip_prefix("@&").filter(|id| digits(id)) {
        read.mentions.push(format!("role {role}"));
        read.text.push_str("@unknown-role");
        return taken;
    }
    if let Some(user) = inner.strip_prefix("@!").or(inner.strip_prefix('@')).filter(|id| digits(id)) {
        read.mentions.push(format!("user {user}"));
        read.text.push_str("@unknown-user");
        return taken;
    }
    if inner.strip_prefix('#').is_some_and(digits) {
        read.text.push_str("#unknown");
        return taken;
    }
    let emoji = inner.strip_prefix("a:").or(inner.strip_prefix(':'))?.split_once(':');
    let (name, _) = emoji.filter(|(name, id)| !name.is_empty() && digits(id))?;
    read.text.push_str(&format!(":{name}:"));
    taken
}

/// `[words](address)`
fn masked(rest: &str, read: &mut Read) -> Option<usize> {
    let (words, tail) = rest[1..].split_once("](")?;
    let inner = tail.split_once(')')?.0;
    let address = inner.trim_start_matches('<').split(['>', ' ']).next().unwrap_or_default();
    let is_address = address.starts_with("https://") || address.starts_with("http://");
    if words.trim().is_empty() || words.contains(['\n', '[']) || !is_address {
        return None;
    }
    let from = read.text.len();
    inline(words, Some('['), read);
    let words = read.text[from..].to_owned();
    read.links.push((words, address.to_owned()));
    Some(1 + rest[1..].len() - tail.len() + inner.len() + 1)
}

/// Nothing inside an address is a mark.
fn address(rest: &str, read: &mut Read) -> Option<usize> {
    if !rest.starts_with("https://") && !rest.starts_with("http://") {
        return None;
    }
    let end = rest.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(rest.len());
    let address = rest[..end].trim_end_matches(['.', ',', ':', ';', '"', '\'', ']', ')', '*', '_', '~', '|']);
    read.text.push_str(address);
    Some(address.len())
}

fn everyone(rest: &str, read: &mut Read) -> Option<usize> {
    let name = ["everyone", "here"].into_iter().find(|name| rest[1..].starts_with(name))?;
    read.mentions.push(name.to_owned());
    read.text.push_str(&rest[..=name.len()]);
    Some(1 + name.len())
}

/// Words between two marks.
fn wrapped(rest: &str, mark: &str, before: Option<char>, read: &mut Read) -> Option<usize> {
    let inner = rest.strip_prefix(mark)?;
    if mark == "_" && before.is_some_and(char::is_alphanumeric) {
        return None;
    }
    let end = closing(inner, mark)?;
    inline(&inner[..end], mark.chars().next(), read);
    Some(2 * mark.len() + end)
}

/// Where the words end that a mark opened.
fn closing(inner: &str, mark: &str) -> Option<usize> {
    if mark.len() == 1 && inner.starts_with(char::is_whitespace) {
        return None;
    }
    let mut at = 0;
    loop {
        at += inner[at..].find(mark)?;
        let (before, after) = (&inner[..at], inner[at + mark.len()..].chars().next());
        let masked = before.ends_with('\\') && !before.ends_with("\\\\");
        let doubled = mark.len() == 1 && (before.ends_with(mark) || inner[at + 1..].starts_with(mark));
        let fits = match mark {
            "*" => !before.ends_with(char::is_whitespace),
            "_" => !after.is_some_and(char::is_alphanumeric),
            _ => true,
        };
        if at > 0 && !masked && !doubled && fits {
            return Some(at);
        }
        at += if doubled && inner[at + 1..].starts_with(mark) { 2 } else { mark.len() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_not_shown() {
        for (content, expected) in [
            ("plain text, a - b", "plain text, a - b"),
            ("**bold** *soft* _soft_ __under__ ~~gone~~ ||hush||", "bold soft soft under gone hush"),
            ("**bold and *soft* too**", "bold and soft too"),
            ("2 * 3 * 4, snake_case_name, 5*6", "2 * 3 * 4, snake_case_name, 5*6"),
            (r"\*not soft\* \_x\_ \# a \\ b", r"*not soft* _x_ # a \ b"),
            (r"C:\new", r"C:\new"),
            ("# Tea\n> at noon\n- one\n#tag", "Tea\nat noon\n- one\n#tag"),
            (r"\# Tea", "# Tea"),
            ("`a*b*c` ```rust\nlet a_b_c = 1;\n```", "a*b*c let a_b_c = 1;"),
            ("see https://example.org/a_b_c*d*.", "see https://example.org/a_b_c*d*."),
            ("[**new**](https://example.org/2.0) <https://example.org>", "new https://example.org"),
            ("[no link](nowhere) [x]", "[no link](nowhere) [x]"),
            ("<@1> <@&2> <#3> <:tea:4> @everyone a < b", "@unknown-user @unknown-role #unknown :tea: @everyone a < b"),
            ("", ""),
        ] {
            assert_eq!(read(content).text, expected, "{content}");
        }
        let read = read("[new](https://example.org) <@!1> <@&2> @here");
        assert_eq!(read.links, [("new".to_owned(), "https://example.org".to_owned())]);
        assert_eq!(read.mentions, ["user 1", "role 2", "here"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_read(text in r"([*_~|`\\<>@#\[\]() é本\n]|https://|[a-z]){0,40}") {
            read(&text);
        }
    }
}

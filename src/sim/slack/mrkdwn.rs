//! What Slack's apps make of a text: bold and the like lose their marks, a link is its words, a mention a name
//! (<https://docs.slack.dev/messaging/formatting-message-text>). Only `&`, `<` and `>` can be escaped.

/// A text as its readers see it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) text: String,
    /// Words, and where they lead.
    pub(super) links: Vec<(String, String)>,
    /// `channel`, `here`, `everyone`, `user U…`, `group S…`.
    pub(super) pings: Vec<String>,
}

/// A text with marks.
pub(super) fn read(text: &str) -> Read {
    let mut read = Read::default();
    inline(text, None, &mut read);
    read
}

/// A text without marks: only escapes are read.
pub(super) fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn inline(text: &str, outside: Option<char>, read: &mut Read) {
    let mut at = 0;
    loop {
        let before = text[..at].chars().next_back().or(outside);
        if before.is_none_or(|c| c == '\n') {
            at += ["> ", ">"].iter().find(|mark| text[at..].starts_with(*mark)).map_or(0, |mark| mark.len());
        }
        let rest = &text[at..];
        let Some(c) = rest.chars().next() else { return };
        let taken = match c {
            '&' => escaped(rest, read),
            '<' => angled(rest, read),
            '`' => code(rest, read),
            'h' => address(rest, read),
            '*' | '_' | '~' => wrapped(rest, c, before, read),
            _ => None,
        };
        at += taken.unwrap_or_else(|| {
            read.text.push(c);
            c.len_utf8()
        });
    }
}

fn escaped(rest: &str, read: &mut Read) -> Option<usize> {
    let (escape, shown) =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>')].into_iter().find(|(escape, _)| rest.starts_with(escape))?;
    read.text.push(shown);
    Some(escape.len())
}

/// `<address|words>`, `<@U1>`, `<#C1|name>`, `<!channel>`
fn angled(rest: &str, read: &mut Read) -> Option<usize> {
    let inner = rest[1..].split_once('>')?.0;
    let (target, words) = inner.split_once('|').map_or((inner, None), |(target, words)| (target, Some(words)));
    if target.is_empty() || inner.contains(['<', '\n']) {
        return None;
    }
    let named = |sign: char| format!("{sign}{}", words.unwrap_or(&target[1..]));
    match target.chars().next() {
        Some('@') => {
            read.pings.push(format!("user {}", &target[1..]));
            read.text.push_str(&named('@'));
        }
        Some('#') => read.text.push_str(&named('#')),
        Some('!') => {
            let what = target[1..].split('^').collect::<Vec<_>>();
            match what.as_slice() {
                ["subteam", group, ..] => read.pings.push(format!("group {group}")),
                ["date", ..] => {}
                all => read.pings.push(all.join("^")),
            }
            let shown = words.map_or_else(|| format!("@{}", &target[1..]), str::to_owned);
            read.text.push_str(&shown);
        }
        // Whatever else stands between them is taken for an address.
        _ => {
            let shown = plain(words.unwrap_or(target));
            if words.is_some() {
                read.links.push((shown.clone(), plain(target)));
            }
            read.text.push_str(&shown);
        }
    }
    Some(inner.len() + 2)
}

/// Nothing inside an address is a mark.
fn address(rest: &str, read: &mut Read) -> Option<usize> {
    if !rest.starts_with("https://") && !rest.starts_with("http://") {
        return None;
    }
    let end = rest.find(|c: char| c.is_whitespace() || c == '<' || c == '>').unwrap_or(rest.len());
    read.text.push_str(&plain(&rest[..end]));
    Some(end)
}

fn code(rest: &str, read: &mut Read) -> Option<usize> {
    let mark = if rest.starts_with("```") { "```" } else { "`" };
    let inner = &rest[mark.len()..];
    let end = inner.find(mark).filter(|end| *end > 0 && (mark.len() == 3 || !inner[..*end].contains('\n')))?;
    read.text.push_str(&plain(&inner[..end]));
    Some(end + 2 * mark.len())
}

/// Words between two marks, which stand at the edge of words.
fn wrapped(rest: &str, mark: char, before: Option<char>, read: &mut Read) -> Option<usize> {
    let inner = &rest[1..];
    if before.is_some_and(char::is_alphanumeric) || inner.starts_with(|c: char| c.is_whitespace() || c == mark) {
        return None;
    }
    let line = inner.split('\n').next().unwrap_or_default();
    let end = line.match_indices(mark).map(|(end, _)| end).find(|end| {
        let inside = line[..*end].chars().next_back();
        let after = line[end + 1..].chars().next();
        inside.is_some_and(|c| !c.is_whitespace() && c != mark)
            && !after.is_some_and(|c| c.is_alphanumeric() || c == mark)
    })?;
    inline(&inner[..end], Some(mark), read);
    Some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_not_shown() {
        for (text, expected) in [
            ("*bold* _soft_ ~gone~ `co*d*e`", "bold soft gone co*d*e"),
            ("*bold and _soft_ too*", "bold and soft too"),
            ("2 * 3 * 4, snake_case_name, 5*6*7 **x**", "2 * 3 * 4, snake_case_name, 5*6*7 **x**"),
            ("*no\nbold*", "*no\nbold*"),
            ("a &lt; b &amp;&amp; c &gt; d &amp;lt;", "a < b && c > d &lt;"),
            ("a < b and c", "a < b and c"),
            ("a < b and c > d", "a  b and c  d"),
            ("> quoted\n&gt; not", "quoted\n> not"),
            ("<https://example.org/a_b_c|what *is* new> <https://example.org>", "what *is* new https://example.org"),
            ("see https://example.org/a_b_c?x=1&amp;y=2", "see https://example.org/a_b_c?x=1&y=2"),
            (
                "<@U1> <@U1|ann> <#C1|news> <!here> <!subteam^S1|@us> <!date^1^{date}|today>",
                "@U1 @ann #news @here @us today",
            ),
            ("a<b>c", "abc"),
            ("", ""),
        ] {
            assert_eq!(read(text).text, expected, "{text}");
        }
        let read = read("<https://e.org|new> <!channel> <@U1> <!subteam^S1>");
        assert_eq!(read.links, [("new".to_owned(), "https://e.org".to_owned())]);
        assert_eq!(read.pings, ["channel", "user U1", "group S1"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_read(text in r"([*_~`<>&|@!#^ é本\n]|https://|&amp;|[a-z]){0,40}") {
            read(&text);
        }
    }
}

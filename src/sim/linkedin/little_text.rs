//! "Little text", the notation of a post's commentary: what readers see of it, and how it reads back through the API.
//! It knows nothing of posts, limits or pages.
//!
//! Fifteen characters are reserved and stand for themselves only after a backslash. The first reserved character that
//! is neither escaped nor the beginning of a mention, a hashtag or a template ends the text silently: LinkedIn answers
//! 201 and shows only what came before it.

const RESERVED: &[char] = &['\\', '|', '{', '}', '@', '[', ']', '(', ')', '<', '>', '#', '*', '_', '~'];
const TEMPLATE: &str = r"{hashtag|\#|";

/// A commentary as LinkedIn takes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LittleText {
    /// What readers see: cut where LinkedIn cuts, escapes removed.
    pub(super) shown: String,
    /// The notation the API gives back: cut likewise, hashtags in template form.
    pub(super) stored: String,
}

/// Reads a commentary. Never fails: what cannot be read ends the text.
pub(super) fn read(text: &str) -> LittleText {
    let mut little = LittleText { shown: String::new(), stored: String::new() };
    let mut rest = text;
    while let Some(element) = element(rest) {
        little.shown.push_str(&element.shown);
        match element.hashtag {
            Some(word) => little.stored.push_str(&format!("{TEMPLATE}{word}}}")),
            None => little.stored.push_str(&rest[..element.length]),
        }
        rest = &rest[element.length..];
    }
    little
}

/// The characters (code points) of a commentary, counted against the limit; escaping backslashes are not counted.
pub(super) fn count(text: &str) -> usize {
    let mut characters = text.chars().peekable();
    let mut count = 0;
    while let Some(character) = characters.next() {
        if character == '\\' {
            characters.next_if(|next| RESERVED.contains(next));
        }
        count += 1;
    }
    count
}

struct Element {
    shown: String,
    /// The bare hashtag's word.
    hashtag: Option<String>,
    /// Bytes of the notation.
    length: usize,
}

impl Element {
    fn new(shown: impl Into<String>, length: usize) -> Option<Self> {
        Some(Self { shown: shown.into(), hashtag: None, length })
    }
}

/// The first element of `rest`; `None` at the end, and where LinkedIn would cut.
fn element(rest: &str) -> Option<Element> {
    let first = rest.chars().next()?;
    match first {
        '\\' => {
            let escaped = rest[1..].chars().next().filter(|next| RESERVED.contains(next))?;
            Element::new(escaped, 2)
        }
        '#' => hashtag(rest),
        '{' => template(rest),
        '@' => mention(rest),
        _ if RESERVED.contains(&first) => None,
        _ => Element::new(first, first.len_utf8()),
    }
}

/// `#word`
fn hashtag(rest: &str) -> Option<Element> {
    let word: String = rest[1..].chars().take_while(|character| character.is_alphanumeric()).collect();
    let length = 1 + word.len();
    (!word.is_empty()).then(|| Element { shown: format!("#{word}"), hashtag: Some(word), length })
}

/// `{hashtag|\#|word}`
fn template(rest: &str) -> Option<Element> {
    let (word, length) = escaped_until(rest.strip_prefix(TEMPLATE)?, '}')?;
    Element::new(format!("#{word}"), TEMPLATE.len() + length + 1)
}

/// `@[Name](urn:li:organization:123)`. A name that is not the right one falls back to plain text, so a reader of the
/// text sees the name in any case.
fn mention(rest: &str) -> Option<Element> {
    let (name, name_length) = escaped_until(rest.strip_prefix("@[")?, ']')?;
    let head = "@[".len() + name_length + "](".len();
    let (urn, _) = rest.get(head - 1..)?.strip_prefix('(')?.split_once(')')?;
    is_mentionable(urn).then_some(())?;
    Element::new(name, head + urn.len() + 1)
}

fn is_mentionable(urn: &str) -> bool {
    let id = |prefix| urn.strip_prefix(prefix).filter(|id: &&str| !id.is_empty());
    id("urn:li:organization:").is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_digit()))
        || id("urn:li:person:")
            .is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'))
}

/// The text up to the unescaped `end`, unescaped, and its length in the notation; `None` if it is empty or holds
/// another unescaped reserved character.
fn escaped_until(rest: &str, end: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut characters = rest.char_indices();
    loop {
        match characters.next()? {
            (at, character) if character == end => return (!text.is_empty()).then_some((text, at)),
            (_, '\\') => text.push(characters.next().map(|(_, next)| next).filter(|next| RESERVED.contains(next))?),
            (_, character) if RESERVED.contains(&character) => return None,
            (_, character) => text.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_see() {
        let rows = [
            // The documented vectors.
            (r"a \(b\) c", "a (b) c"),
            (r"snake\_case & 50% \<x\>", "snake_case & 50% <x>"),
            (r"C:\\dir", r"C:\dir"),
            (r"mail a\@b.com", "mail a@b.com"),
            (r"\~\~x\~\~", "~~x~~"),
            (r"MacBook Pro \(M4 Pro in my case\) for which", "MacBook Pro (M4 Pro in my case) for which"),
            // The same, not escaped: cut.
            ("a (b) c", "a "),
            ("snake_case & 50% <x>", "snake"),
            (r"C:\dir", "C:"),
            ("mail a@b.com", "mail a"),
            ("~~x~~", ""),
            // Every reserved character, escaped and not.
            (r"\\\|\{\}\@\[\]\(\)\<\>\#\*\_\~", r"\|{}@[]()<>#*_~"),
            ("x\\", "x"),
            ("x|y", "x"),
            ("x{y", "x"),
            ("x}y", "x"),
            ("x@y", "x"),
            ("x[y", "x"),
            ("x]y", "x"),
            ("x(y", "x"),
            ("x)y", "x"),
            ("x<y", "x"),
            ("x>y", "x"),
            ("x# y", "x"),
            ("x*y", "x"),
            ("x_y", "x"),
            ("x~y", "x"),
            // Escaped twice: backslashes show; the bracket is bare.
            (r"a \\(b\\)", r"a \"),
            (r"a \\\(b\\\)", r"a \(b\)"),
            // Not reserved.
            ("% & - . / : ' \" \n 🙂 é", "% & - . / : ' \" \n 🙂 é"),
            ("https://ex.org/a_b", "https://ex.org/a"),
            (r"https://ex.org/a\_b?c=d#", "https://ex.org/a_b?c=d"),
            // Hashtags.
            ("#rust rocks", "#rust rocks"),
            ("#日本 #größe!", "#日本 #größe!"),
            (r"\(#rust\)", "(#rust)"),
            (r"\#rust", "#rust"),
            (r"#snake\_case", "#snake_case"),
            ("#snake_case", "#snake"),
            (r"say {hashtag|\#|rust}!", "say #rust!"),
            (r"{hashtag|\#|a\_b}", "#a_b"),
            ("say {hashtag|#|rust}!", "say "),
            (r"say {hashtag|\#|}", "say "),
            (r"say {hashtag|\#|a", "say "),
            // Mentions.
            ("thanks @[Devtestco](urn:li:organization:2414183)!", "thanks Devtestco!"),
            ("thanks @[Ann Bo](urn:li:person:782bbt-_aQ)", "thanks Ann Bo"),
            (r"@[Bo \(Ltd\)](urn:li:organization:1)", "Bo (Ltd)"),
            ("by @[Bo (Ltd)](urn:li:organization:1)", "by "),
            ("by @[Bo](urn:li:share:1)", "by "),
            ("by @[Bo](urn:li:organization:x)", "by "),
            ("by @[](urn:li:organization:1)", "by "),
            ("by @[Bo]", "by "),
            ("by @[Bo] (urn:li:organization:1)", "by "),
            ("by @[Bö](", "by "),
            ("", ""),
        ];
        for (written, shown) in rows {
            assert_eq!(read(written).shown, shown, "{written}");
        }
    }

    #[test]
    fn reads_back_in_template_form() {
        assert_eq!(read(r"a \(b\) #rust! (c").stored, r"a \(b\) {hashtag|\#|rust}! ");
        let mention = "@[Devtestco](urn:li:organization:2414183)";
        assert_eq!(read(mention).stored, mention);
    }

    #[test]
    fn counts_code_points_without_escapes() {
        for (written, expected) in [("", 0), (r"\(é\)", 3), (r"a\b", 3), (r"\\", 1), ("🙂", 1), ("\\", 1)] {
            assert_eq!(count(written), expected, "{written}");
        }
    }
}

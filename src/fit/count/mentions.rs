//! Mentions as Mastodon writes them, `@user@server`: they count as `@user`. Knows nothing else of a text.

/// Appends `text` to `counted`, each mention without its server.
pub(super) fn shorten(text: &str, counted: &mut String) {
    let (mut from, mut at) = (0, 0);
    while let Some(found) = text[at..].find('@').map(|i| at + i) {
        match mention(text, found) {
            Some((user_end, end)) => {
                counted.push_str(&text[from..user_end]);
                (from, at) = (end, end);
            }
            None => at = found + 1,
        }
    }
    counted.push_str(&text[from..]);
}

/// Ends of the user's name and of the whole mention whose `@` is at `at`; `None` where there is no server.
fn mention(text: &str, at: usize) -> Option<(usize, usize)> {
    if text[..at].chars().next_back().is_some_and(|c| is_word(c) || matches!(c, '=' | '/')) {
        return None;
    }
    let user = name_length(&text[at + 1..], |c| c.is_ascii_alphanumeric() || c == '_')?;
    let user_end = at + 1 + user;
    let server = text[user_end..].strip_prefix('@')?;
    let length = name_length(server, is_word)?;
    Some((user_end, user_end + 1 + length))
}

/// Bytes of the name at the start of `text`: inside it also `.` and `-`, at its ends only `word` characters.
fn name_length(text: &str, word: impl Fn(char) -> bool) -> Option<usize> {
    let run = text.find(|c| !(word(c) || matches!(c, '.' | '-'))).unwrap_or(text.len());
    let name = text[..run].trim_end_matches(['.', '-']);
    name.chars().next().filter(|c| word(*c)).map(|_| name.len())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

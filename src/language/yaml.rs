//! The cursor in front matter. Reads lines and their indentation as far as the cursor, and forgives what a parser would not.

use std::ops::Range;

use super::spot::{Role, Spot, Values, unquoted};

/// The bytes between the `---` lines; up to the end where the second is still missing.
pub(super) fn front(text: &str) -> Option<Range<usize>> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next()?;
    if first.trim_start_matches('\u{feff}').trim_end() != "---" {
        return None;
    }
    let (start, mut end) = (first.len(), first.len());
    for line in lines {
        if line.trim_end() == "---" {
            break;
        }
        end += line.len();
    }
    Some(start..end)
}

/// The keys that stand at the margin of the front matter.
pub(super) fn written(text: &str) -> Vec<&str> {
    let lines = front(text).map(|front| text[front].lines()).into_iter().flatten();
    lines.filter(|line| !line.starts_with([' ', '\t', '#', '-'])).filter_map(|line| line.split(':').next()).collect()
}

/// What the cursor at a byte of the front matter is in; `None` elsewhere, and in comments and texts of several lines.
pub(super) fn spot(text: &str, offset: usize) -> Option<Spot> {
    let front = front(text)?;
    if offset < front.start || offset > front.end || !text.is_char_boundary(offset) {
        return None;
    }
    // At the end of the front matter begins the line that closes it.
    if offset == front.end && offset < text.len() {
        return None;
    }
    let mut reader = Reader { keys: Vec::new(), values: Values::new(':'), text_below: None };
    let before = &text[front.start..offset];
    let last = before.rfind('\n').map_or(0, |newline| newline + 1);
    for line in before[..last].lines() {
        reader.line(0, line, false);
    }
    reader.line(front.start + last, &before[last..], true)
}

struct Reader {
    /// The keys above with their columns.
    keys: Vec<(usize, String)>,
    values: Values,
    /// A text of several lines goes on while lines are further in than this.
    text_below: Option<usize>,
}

impl Reader {
    /// `start`: the byte the line begins at. Only the last line, which ends at the cursor, has a spot.
    fn line(&mut self, start: usize, line: &str, last: bool) -> Option<Spot> {
        let mut indent = line.len() - line.trim_start_matches(' ').len();
        let blank = line.trim().is_empty();
        if let Some(least) = self.text_below {
            if indent > least || (blank && !last) {
                return None;
            }
            self.text_below = None;
        }
        if !self.values.flow.is_empty() {
            return self.value(start, line, Role::Value);
        }
        if (blank && !last) || line[indent..].starts_with('#') {
            return None;
        }
        let mut role = Role::Key;
        while let Some(rest) = line[indent..].strip_prefix('-').filter(|rest| rest.is_empty() || rest.starts_with(' '))
        {
            let column = indent;
            self.keys.retain(|(its, _)| *its <= column);
            indent += 1 + rest.len() - rest.trim_start_matches(' ').len();
            role = Role::Item;
        }
        self.keys.retain(|(its, _)| *its < indent);
        let content = &line[indent..];
        let Some(colon) = colon(content) else { return self.value(start + indent, content, role) };
        self.keys.push((indent, unquoted(&content[..colon]).to_owned()));
        let value = &content[colon + 1..];
        if value.trim_start().starts_with(['|', '>']) {
            self.text_below = Some(indent);
            return None;
        }
        self.value(start + indent + colon + 1, value, Role::Value)
    }

    fn value(&mut self, start: usize, piece: &str, outside: Role) -> Option<Spot> {
        let above: Vec<String> = self.keys.iter().map(|(_, key)| key.clone()).collect();
        self.values.spot(&above, start, piece, outside)
    }
}

/// Where the colon after a key is.
fn colon(content: &str) -> Option<usize> {
    if content.starts_with(['[', '{']) {
        return None;
    }
    let quote = content.chars().next().filter(|first| matches!(first, '"' | '\''));
    let from = match quote {
        Some(quote) => content[1..].find(quote)? + 2,
        None => 0,
    };
    let is_end = |at: &usize| content[at + 1..].chars().next().is_none_or(char::is_whitespace);
    content[from..].match_indices(':').map(|(at, _)| from + at).find(is_end)
}

//! Where in a file of keys and values a cursor is, told from the text before it, which need not be whole: somebody is writing.

use std::ops::Range;

/// What the cursor is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The keys above, outermost first; of a value the last is its own: `["overrides", "x", "reply_settings"]`.
    pub(super) above: Vec<String>,
    pub(super) role: Role,
    /// The word so far, up to the cursor and without the quote it begins with.
    pub(super) span: Range<usize>,
    /// Whether the word begins with a quote.
    pub(super) quoted: bool,
    /// Whether a bracket around it is open.
    pub(super) flow: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Key,
    Value,
    /// An entry of a list.
    Item,
    /// The name of a table, between brackets.
    Header,
}

impl Spot {
    /// The keys above, to be matched.
    pub(super) fn keys(&self) -> Vec<&str> {
        self.above.iter().map(String::as_str).collect()
    }

    /// The whole word, also what comes after the cursor.
    pub(super) fn whole(&self, text: &str) -> Range<usize> {
        let rest = &text[self.span.end..];
        let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
        let ends = |(at, character): (usize, char)| {
            let after = || line[at + character.len_utf8()..].chars().next();
            match character {
                '"' | '\'' => self.quoted || at > 0,
                _ if self.quoted => false,
                ',' | ']' | '}' => self.flow || self.role == Role::Header,
                ':' => after().is_none_or(char::is_whitespace),
                '=' => self.role == Role::Key,
                '#' => line[..at].ends_with([' ', '\t']),
                _ => false,
            }
        };
        let end = line.char_indices().find(|its| ends(*its)).map_or(line.len(), |(at, _)| at);
        let end = self.span.end + end;
        let start = self.span.start;
        start..start + text[start..end].trim_end().len()
    }
}

/// An open bracket.
#[derive(Clone, Debug)]
pub(super) enum Flow {
    List,
    /// With the key whose value comes.
    Map(Option<String>),
}

/// Reads values along a piece of a line; brackets may stay open for the lines that follow.
pub(super) struct Values {
    pub(super) flow: Vec<Flow>,
    /// What stands between key and value inside of brackets: `:` in YAML, `=` in TOML.
    pub(super) separator: char,
}

/// How a piece of a line ended.
pub(super) enum End {
    /// In a word, which begins at this byte of the piece; with its quote.
    Word(usize),
    Comment,
}

impl Values {
    pub(super) fn new(separator: char) -> Self {
        Self { flow: Vec::new(), separator }
    }

    pub(super) fn scan(&mut self, piece: &str) -> End {
        let (mut word, mut quote, mut escaped) = (0, None, false);
        for (at, character) in piece.char_indices() {
            if let Some(open) = quote {
                let closes = character == open && !escaped;
                escaped = open == '"' && character == '\\' && !escaped;
                if closes {
                    quote = None;
                }
                continue;
            }
            let written = piece[word..at].trim();
            let inside = !self.flow.is_empty();
            match character {
                '"' | '\'' if written.is_empty() => quote = Some(character),
                '[' | '{' if written.is_empty() => {
                    self.flow.push(if character == '[' { Flow::List } else { Flow::Map(None) });
                    word = at + 1;
                }
                ',' if inside => {
                    if let Some(Flow::Map(key)) = self.flow.last_mut() {
                        *key = None;
                    }
                    word = at + 1;
                }
                ']' | '}' if inside => {
                    self.flow.pop();
                    word = at + 1;
                }
                '#' if at == 0 || piece[..at].ends_with([' ', '\t']) => return End::Comment,
                character if character == self.separator => {
                    let after = piece[at + character.len_utf8()..].chars().next();
                    let ends = character != ':' || after.is_none_or(char::is_whitespace);
                    if let Some(Flow::Map(key @ None)) = self.flow.last_mut()
                        && ends
                    {
                        *key = Some(unquoted(written).to_owned());
                        word = at + character.len_utf8();
                    }
                }
                _ => {}
            }
        }
        let blanks = piece[word..].len() - piece[word..].trim_start().len();
        End::Word(word + blanks)
    }

    /// The spot at the end of a piece, which begins at a byte of the text; `outside` is what a word is out of all brackets.
    pub(super) fn spot(&mut self, above: &[String], start: usize, piece: &str, outside: Role) -> Option<Spot> {
        let End::Word(word) = self.scan(piece) else { return None };
        let quoted = piece[word..].starts_with(['"', '\'']);
        let keys = self.flow.iter().filter_map(|flow| match flow {
            Flow::Map(key) => key.clone(),
            Flow::List => None,
        });
        let role = match self.flow.last() {
            None => outside,
            Some(Flow::List) => Role::Item,
            Some(Flow::Map(None)) => Role::Key,
            Some(Flow::Map(Some(_))) => Role::Value,
        };
        Some(Spot {
            above: above.iter().cloned().chain(keys).collect(),
            role,
            span: start + word + usize::from(quoted)..start + piece.len(),
            quoted,
            flow: !self.flow.is_empty(),
        })
    }
}

/// A key without the quotes around it.
pub(super) fn unquoted(word: &str) -> &str {
    word.trim().trim_matches(['"', '\''])
}

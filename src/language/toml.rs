//! The cursor in accounts.toml. Reads lines as far as the cursor, and forgives what a parser would not.

use super::spot::{Role, Spot, Values, unquoted};

/// What the cursor at a byte is in; `None` in comments.
pub(super) fn spot(text: &str, offset: usize) -> Option<Spot> {
    let before = text.get(..offset)?;
    let last = before.rfind('\n').map_or(0, |newline| newline + 1);
    let mut reader = Reader { table: Vec::new(), key: None, values: Values::new('=') };
    for line in before[..last].lines() {
        reader.line(0, line);
    }
    reader.line(last, &before[last..])
}

struct Reader {
    table: Vec<String>,
    /// Whose brackets are open.
    key: Option<String>,
    values: Values,
}

impl Reader {
    fn line(&mut self, start: usize, line: &str) -> Option<Spot> {
        let indent = line.len() - line.trim_start().len();
        let content = &line[indent..];
        if !self.values.flow.is_empty() {
            return self.value(start, line);
        }
        if content.starts_with('#') {
            return None;
        }
        if let Some(name) = content.strip_prefix('[') {
            let (name, closed) = name.split_once(']').map_or((name, false), |(name, _)| (name, true));
            self.table = name.split('.').map(|part| unquoted(part).to_owned()).collect();
            let begin = start + indent + 1;
            let spot = Spot {
                above: Vec::new(),
                role: Role::Header,
                span: begin..begin + name.len(),
                quoted: false,
                flow: true,
            };
            return (!closed).then_some(spot);
        }
        let Some(equals) = content.find('=') else {
            return Some(Spot {
                above: self.table.clone(),
                role: Role::Key,
                span: start + indent..start + line.len(),
                quoted: false,
                flow: false,
            });
        };
        self.key = Some(unquoted(&content[..equals]).to_owned());
        self.value(start + indent + equals + 1, &content[equals + 1..])
    }

    fn value(&mut self, start: usize, piece: &str) -> Option<Spot> {
        let above: Vec<String> = self.table.iter().chain(&self.key).cloned().collect();
        self.values.spot(&above, start, piece, Role::Value)
    }
}

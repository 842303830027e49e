//! Markdown -> [`Document`]: blocks and inline text, free of mark-up. Knows no platform.
//!
//! What a person writing a post expects: lines stay as typed (a line break is a line break, blank lines part blocks where
//! they were written), emphasis falls away, headings are lines, code stays as text, quotes keep their `>`. What cannot be
//! shown as text (tables, footnotes, HTML) is a problem. `![alt](path)` attaches the picture and leaves the text.

use std::ops::Range;

use pulldown_cmark::{Options, Parser};

use super::{Body, MediaWish};
use crate::error::Problem;

mod reader;
#[cfg(test)]
mod tests;

use reader::Reader;

/// A body, free of mark-up.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// At least one; more only in a thread.
    pub parts: Vec<Part>,
}

/// What stands between two thematic breaks of a thread.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    pub blocks: Vec<Block>,
    /// The pictures that stood in it, in order.
    pub images: Vec<MediaWish>,
    /// Bytes of the file it was read from.
    pub span: Range<usize>,
}

/// A block and how it follows the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Whether a blank line parts it from the block before.
    pub apart: bool,
    pub kind: BlockKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum BlockKind {
    /// A paragraph or heading.
    Text(Vec<Inline>),
    /// A code block's lines.
    Code(String),
    Quote(Vec<Block>),
    List(Vec<Item>),
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub apart: bool,
    /// `•`, or the number as people read it: `1.`, `2)`.
    pub marker: String,
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    Text(String),
    /// A link; its text is empty where it would only repeat the address.
    Link {
        text: String,
        url: String,
    },
    Break,
}

/// Reads a body. In a `thread`, each thematic break starts a new part, also where Markdown would take `---` under a line
/// of text for a heading's underline; elsewhere it is a blank line, with a warning.
pub fn parse(body: &Body, thread: bool) -> (Document, Vec<Problem>) {
    let events = Parser::new_ext(&body.markdown, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES).into_offset_iter();
    let definitions =
        events.reference_definitions().iter().map(|(label, link)| (label.to_lowercase(), link.span.clone()));
    let mut reader = Reader::new(body, thread, definitions.collect());
    for (event, range) in events {
        reader.event(event, range);
    }
    reader.finish()
}

/// Whether a media path is an address on the web.
pub(crate) fn is_address(src: &str) -> bool {
    ["http:", "https:", "data:", "//"]
        .iter()
        .any(|start| src.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start)))
}

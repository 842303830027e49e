//! What an editor is told while somebody writes: what may stand at the cursor, what a word means and leads to, and what each target
//! of a post will show. Knows no editor's protocol, and opens no file.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::account::Accounts;
use crate::plan::Offer;
use crate::post::{Post, PostId};

mod complete;
mod definition;
mod hover;
mod keys;
mod lens;
pub mod place;
mod spot;
#[cfg(test)]
mod tests;
mod toml;
mod yaml;

pub use complete::{Proposal, Sort, complete};
pub use definition::{Leads, definition};
pub use hover::{Told, hover};
pub use lens::lens;

/// Where the accounts are written.
pub const ACCOUNTS: &str = "accounts.toml";

/// All that is known beside the text of one file.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The file: `accounts.toml`, a post's, or that of a text of its own for some account.
    pub path: &'a str,
    /// As last read; `None` while nobody could read them.
    pub accounts: Option<&'a Accounts>,
    /// The post the file belongs to, with its targets. Empty where it cannot be read, and for accounts.toml.
    pub post: Option<&'a Post>,
    pub offers: &'a [Offer],
    /// The ids of all posts, by their files.
    pub ids: &'a BTreeMap<String, PostId>,
    /// Media files, from the repository's root. Only [`complete`] and [`definition`] look at them.
    pub media: &'a [String],
}

impl<'a> Desk<'a> {
    /// The targets whose text stands in this file; of a post's own file, all.
    fn shown_here(&self) -> impl Iterator<Item = &'a Offer> {
        let (offers, path) = (self.offers, self.path);
        offers.iter().filter(move |offer| offer.path == path || &*offer.target.body.source.path == path)
    }
}

/// The picture's path that is written around a byte of Markdown, `![...](here)`, and whether its bracket is closed.
fn drawn(text: &str, offset: usize) -> Option<Range<usize>> {
    let before = text.get(..offset)?;
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let start = line + before[line..].rfind("](")? + 2;
    let alone = |piece: &str| !piece.contains([')', ' ', '\t']);
    if !before[line..start].contains("![") || !alone(&before[start..]) {
        return None;
    }
    let rest = &text[offset..];
    Some(start..offset + rest.find([')', ' ', '\t', '\n', '\r']).unwrap_or(rest.len()))
}

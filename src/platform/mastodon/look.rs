//! Finds a doubtful part among the posts a server lists of an account. Knows no call.
//!
//! A server makes HTML of what it was sent: addresses become links with pieces hidden, `@user@server` becomes `@user`, and
//! some software reads marks such as `*` as markup. So letters and figures are compared, and nothing else where there are any.
//! snac keeps `<` and `&` as they were sent, so that a text may hold what looks like HTML and is none.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::wire;
use crate::fit::Part;
use crate::platform::Step;
use crate::platform::done::{self, Doubt};

/// The posts of a list that may be what was sent, each with its id.
pub(super) fn find<'a>(
    listed: &'a [Value],
    part: &Part,
    doubt: &Doubt<'_>,
    done: &[Step],
) -> Vec<(&'a str, &'a Value)> {
    let fits = |post: &'a Value| {
        let id = wire::id(&post["id"])?;
        let at = wire::made_at(post)?;
        let fits = doubt.may_have_made(at) && !done::is_receipted(done, id) && post["reblog"].is_null();
        (fits && is_same(part, post)).then_some((id, post))
    };
    listed.iter().filter_map(fits).collect()
}

fn is_same(part: &Part, post: &Value) -> bool {
    let is_text = same_text(&part.text, post["content"].as_str().unwrap_or_default());
    // Without a text, only the number of files tells one post from another.
    let files = post["media_attachments"].as_array().map_or(0, Vec::len);
    is_text && (!part.text.trim().is_empty() || files == part.media.len())
}

/// Whether a server may have made `html` of `sent`.
pub(super) fn same_text(sent: &str, html: &str) -> bool {
    let stored = plain(html);
    // A text with `<b>` or `&amp;` in it, kept as it is, has lost what these mean in HTML by now: so it is compared without.
    let read = plain(sent);
    same_words(sent, &stored) || (!letters(&read).is_empty() && same_words(&read, &stored))
}

fn same_words(sent: &str, stored: &str) -> bool {
    let (sent, stored) = (without_servers(sent), without_servers(stored));
    let (ours, theirs) = (letters(&sent), letters(&stored));
    match ours.is_empty() && theirs.is_empty() {
        true => blankless(&sent) == blankless(&stored),
        false => ours == theirs,
    }
}

fn letters(text: &str) -> String {
    text.nfc().filter(|c| c.is_alphanumeric()).collect()
}

fn blankless(text: &str) -> String {
    text.nfc().filter(|c| !c.is_whitespace()).collect()
}

/// `@ann@a.example` -> `@ann`.
fn without_servers(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
    while let Some(at) = rest.find('@') {
        let name = rest[at + 1..].find(|c| !is_name(c)).map_or(rest.len(), |end| at + 1 + end);
        kept.push_str(&rest[..name]);
        rest = &rest[name..];
        if name > at + 1
            && let Some(server) = rest.strip_prefix('@')
        {
            rest = &server[server.find(|c| !is_name(c)).unwrap_or(server.len())..];
        }
    }
    kept + rest
}

/// The text of HTML: tags fall out, paragraphs and breaks part words. What is no tag that servers write is text.
pub(super) fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        let inside = &rest[open + 1..];
        match tag(inside) {
            Some((name, end)) => {
                if PARTING.contains(&name.as_str()) {
                    text.push('\n');
                }
                rest = &inside[end + 1..];
            }
            None => {
                text.push('<');
                rest = inside;
            }
        }
    }
    text.push_str(rest);
    unescape(&text)
}

/// Tags that part words, and the others that servers write.
const PARTING: &[&str] = &["br", "p", "div", "li", "blockquote", "pre", "hr", "h1", "h2", "h3", "h4", "h5", "h6"];
const OTHERS: &[&str] = &[
    "a", "abbr", "b", "code", "del", "em", "i", "img", "ins", "ol", "s", "small", "span", "strike", "strong", "sub",
    "sup", "u", "ul",
];

/// The name of the tag that a text begins with, after its `<`, and where it ends.
fn tag(inside: &str) -> Option<(String, usize)> {
    let end = inside.find(['<', '>']).filter(|end| inside[*end..].starts_with('>'))?;
    let name = inside[..end].trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next()?;
    let name = name.to_ascii_lowercase();
    (PARTING.contains(&name.as_str()) || OTHERS.contains(&name.as_str())).then_some((name, end))
}

/// Entities as servers write them.
fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        let entity = &rest[at + 1..];
        let found = entity.find(';').filter(|end| *end <= 8).and_then(|end| Some((character(&entity[..end])?, end)));
        match found {
            Some((c, end)) => {
                plain.push(c);
                rest = &entity[end + 1..];
            }
            None => {
                plain.push('&');
                rest = entity;
            }
        }
    }
    plain + rest
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = entity.strip_prefix('#')?;
            let value = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(value)
        }
    }
}

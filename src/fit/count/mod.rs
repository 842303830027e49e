//! The ways platforms count the length of a text. Knows texts only, no posts.

use unicode_segmentation::UnicodeSegmentation;

use crate::limits::{Limits, Platform, Unit};

mod emoji;
mod mentions;
#[cfg(test)]
mod tests;
pub mod urls;
mod weighted;

/// What an address counts where a server says nothing else.
const USUAL_URL: usize = 23;

/// A text measured by a platform's rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub count: usize,
    pub limit: usize,
    /// The unit in words, plural: `weighted characters`, `bytes`.
    pub unit: &'static str,
    /// Whether the platform takes a text of that length with these characters.
    pub fits: bool,
}

impl Count {
    /// The same measure against another limit.
    pub(super) fn hold_against(&mut self, limit: usize) {
        let had_room = self.count <= self.limit;
        self.limit = limit;
        // What does not fit for another reason than its length does not fit here either.
        self.fits = self.count <= limit && (self.fits || !had_room);
    }
}

/// Measures a text the way the platform does. Where a platform has two limits (Bluesky: graphemes and bytes), the one
/// that is broken is told, else the first. `premium`: the account has X Premium; means nothing elsewhere.
pub fn count(text: &str, platform: Platform, premium: bool) -> Count {
    count_by(text, platform.limits(), premium)
}

/// The same by a row that may hold the figures of one server.
pub fn count_by(text: &str, limits: &Limits, premium: bool) -> Count {
    let limit = limits.longest(premium);
    let length = match limits.unit {
        Unit::GraphemesShortLinks => short_links(text, limits.url_length),
        unit => length(text, unit),
    };
    if length <= limit
        && let Some(bytes_max) = limits.bytes_max
        && text.len() > bytes_max
    {
        return Count { count: text.len(), limit: bytes_max, unit: words(Unit::Utf8), fits: false };
    }
    let fits = length <= limit && refused(text, limits).is_none();
    Count { count: length, limit, unit: words(limits.unit), fits }
}

/// The length of a text in a unit.
pub fn length(text: &str, unit: Unit) -> usize {
    match unit {
        Unit::Weighted => weighted::length(text),
        Unit::CodePoints => text.chars().count(),
        Unit::Utf16 => text.encode_utf16().count(),
        Unit::Utf8 => text.len(),
        Unit::EmojiBytes => emoji_bytes(text),
        Unit::Graphemes => graphemes(text),
        Unit::GraphemesShortLinks => short_links(text, USUAL_URL),
    }
}

/// The first character the platform refuses anywhere in a text. Only X is known to refuse some: the byte order mark and
/// two that are no characters.
pub fn refused(text: &str, limits: &Limits) -> Option<char> {
    match limits.unit {
        Unit::Weighted => text.chars().find(|c| urls::is_invalid(*c)),
        _ => None,
    }
}

/// A unit in words, plural.
pub fn words(unit: Unit) -> &'static str {
    match unit {
        Unit::Weighted => "weighted characters",
        Unit::CodePoints | Unit::EmojiBytes => "characters",
        Unit::Utf16 => "UTF-16 units",
        Unit::Utf8 => "bytes",
        Unit::Graphemes | Unit::GraphemesShortLinks => "graphemes",
    }
}

fn graphemes(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\r') { text.len() } else { text.graphemes(true).count() }
}

/// Threads counts emoji by their bytes; what the rest is counted in is not documented, and UTF-16 units are never fewer
/// than characters. <https://developers.facebook.com/docs/threads/posts>
fn emoji_bytes(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    let one = |grapheme: &str| if emoji::is_in(grapheme) { grapheme.len() } else { grapheme.encode_utf16().count() };
    text.graphemes(true).map(one).sum()
}

/// Mastodon's validator: a URL with a scheme counts the same as any other (23), the server's name in a mention nothing.
/// <https://github.com/mastodon/mastodon/blob/main/app/validators/status_length_validator.rb>
fn short_links(text: &str, url_length: usize) -> usize {
    let mut counted = String::with_capacity(text.len());
    let mut addresses = 0;
    let mut from = 0;
    for url in urls::find(text).into_iter().filter(|url| url.scheme) {
        mentions::shorten(&text[from..url.span.start], &mut counted);
        // A mark stands for it, so that what follows does not join it.
        counted.push('x');
        addresses += 1;
        from = url.span.end;
    }
    mentions::shorten(&text[from..], &mut counted);
    graphemes(&counted) + addresses * url_length.saturating_sub(1)
}

//! The length X gives a text: twitter-text with its configuration version 3. Knows no limits.
//! Source: <https://github.com/twitter/twitter-text/blob/master/config/v3.json>

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::{emoji, urls};

/// Weights are hundredths of a character.
const SCALE: usize = 100;
const WIDE: usize = 200;
const NARROW: usize = 100;
/// What any URL counts, whatever its length.
const URL: usize = 23;

/// Weighted length in whole characters; every weight is a multiple of one.
pub(super) fn length(text: &str) -> usize {
    if text.is_ascii() && !text.contains('.') {
        return text.len();
    }
    weigh(text, Emoji::AsOne)
}

/// How emoji are weighed: version 3 of the configuration gives any of them 2, version 2 weighs their code points.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Emoji {
    AsOne,
    #[cfg(test)]
    ByCodePoint,
}

pub(super) fn weigh(text: &str, emoji: Emoji) -> usize {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => weigh_normalized(text, emoji),
        _ => weigh_normalized(&text.nfc().collect::<String>(), emoji),
    }
}

fn weigh_normalized(text: &str, emoji: Emoji) -> usize {
    let urls = urls::find(text);
    let mut sum = urls.len() * URL * SCALE;
    let mut from = 0;
    for url in urls {
        sum += weigh_plain(&text[from..url.span.start], emoji);
        from = url.span.end;
    }
    (sum + weigh_plain(&text[from..], emoji)) / SCALE
}

/// Weight of a stretch without URLs.
fn weigh_plain(text: &str, emoji: Emoji) -> usize {
    if text.is_ascii() {
        return text.len() * NARROW;
    }
    let chars: Vec<char> = text.chars().collect();
    let (mut sum, mut at) = (0, 0);
    while at < chars.len() {
        let sequence = if emoji == Emoji::AsOne { emoji_at(&chars[at..]) } else { None };
        sum += if sequence.is_some() { WIDE } else { weight(chars[at]) };
        at += sequence.unwrap_or(1);
    }
    sum
}

/// `©` and `®` are emoji only when they ask for it (U+FE0F).
fn emoji_at(chars: &[char]) -> Option<usize> {
    emoji::leading(chars).filter(|length| *length > 1 || chars[0] > '\u{FF}')
}

fn weight(c: char) -> usize {
    match c {
        '\0'..='\u{10FF}' | '\u{2000}'..='\u{200D}' | '\u{2010}'..='\u{201F}' | '\u{2032}'..='\u{2037}' => NARROW,
        _ => WIDE,
    }
}

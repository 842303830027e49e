//! Emoji as sequences of code points (UTS #51): where one starts and how long it is. Knows no platform.
//!
//! Sequences are told by their shape, not by the list of those a font draws: emoji added after this was written count
//! like the older ones.

const ZERO_WIDTH_JOINER: char = '\u{200D}';
const TEXT_STYLE: char = '\u{FE0E}';
const EMOJI_STYLE: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';
const END_OF_TAGS: char = '\u{E007F}';

/// How many characters the emoji at the start of `chars` has; `None` where there is none. A pictograph in text style
/// (followed by U+FE0E) is none.
pub(super) fn leading(chars: &[char]) -> Option<usize> {
    if let [first, second, ..] = chars
        && is_regional(*first)
        && is_regional(*second)
    {
        return Some(2);
    }
    if let Some(length) = keycap(chars) {
        return Some(length);
    }
    let mut length = element(chars)?;
    while chars.get(length) == Some(&ZERO_WIDTH_JOINER) {
        match element(&chars[length + 1..]) {
            Some(next) => length += 1 + next,
            None => break,
        }
    }
    Some(length)
}

/// Whether a grapheme cluster holds an emoji: a pictograph, a regional indicator or a keycap.
pub(super) fn is_in(grapheme: &str) -> bool {
    grapheme.chars().any(|c| is_pictographic(c) || is_regional(c) || c == KEYCAP)
}

fn keycap(chars: &[char]) -> Option<usize> {
    match chars {
        ['0'..='9' | '#' | '*', KEYCAP, ..] => Some(2),
        ['0'..='9' | '#' | '*', EMOJI_STYLE, KEYCAP, ..] => Some(3),
        _ => None,
    }
}

/// One pictograph with its style, skin tone or tags.
fn element(chars: &[char]) -> Option<usize> {
    let first = *chars.first()?;
    if !is_pictographic(first) {
        return None;
    }
    match chars.get(1) {
        Some(&TEXT_STYLE) => None,
        Some(&EMOJI_STYLE) => Some(2),
        Some('\u{1F3FB}'..='\u{1F3FF}') => Some(2),
        Some('\u{E0020}'..='\u{E007E}') => Some(tagged(chars).unwrap_or(1)),
        _ => Some(1),
    }
}

/// A flag of a region: a pictograph, tags, and the end of tags.
fn tagged(chars: &[char]) -> Option<usize> {
    let tags = chars[1..].iter().take_while(|c| matches!(c, '\u{E0020}'..='\u{E007E}')).count();
    (chars.get(1 + tags) == Some(&END_OF_TAGS)).then_some(tags + 2)
}

fn is_regional(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

/// The Unicode property Extended_Pictographic.
pub(super) fn is_pictographic(c: char) -> bool {
    let code = c as u32;
    if code < 0xA9 {
        return false;
    }
    let after = PICTOGRAPHIC.partition_point(|&(start, _)| start <= code);
    after > 0 && code <= PICTOGRAPHIC[after - 1].1
}

/// Extended_Pictographic=Yes of <https://www.unicode.org/Public/UCD/latest/ucd/emoji/emoji-data.txt>: first and last
/// code point of each range. It holds the code points set aside for emoji to come, so it has been stable since 2020.
#[rustfmt::skip]
const PICTOGRAPHIC: [(u32, u32); 78] = [
    (0x00A9, 0x00A9), (0x00AE, 0x00AE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122), (0x2139, 0x2139),
    (0x2194, 0x2199), (0x21A9, 0x21AA), (0x231A, 0x231B), (0x2328, 0x2328), (0x2388, 0x2388), (0x23CF, 0x23CF),
    (0x23E9, 0x23F3), (0x23F8, 0x23FA), (0x24C2, 0x24C2), (0x25AA, 0x25AB), (0x25B6, 0x25B6), (0x25C0, 0x25C0),
    (0x25FB, 0x25FE), (0x2600, 0x2605), (0x2607, 0x2612), (0x2614, 0x2685), (0x2690, 0x2705), (0x2708, 0x2712),
    (0x2714, 0x2714), (0x2716, 0x2716), (0x271D, 0x271D), (0x2721, 0x2721), (0x2728, 0x2728), (0x2733, 0x2734),
    (0x2744, 0x2744), (0x2747, 0x2747), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757),
    (0x2763, 0x2767), (0x2795, 0x2797), (0x27A1, 0x27A1), (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2934, 0x2935),
    (0x2B05, 0x2B07), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x3030, 0x3030), (0x303D, 0x303D),
    (0x3297, 0x3297), (0x3299, 0x3299), (0x1F000, 0x1F0FF), (0x1F10D, 0x1F10F), (0x1F12F, 0x1F12F),
    (0x1F16C, 0x1F171), (0x1F17E, 0x1F17F), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F1AD, 0x1F1E5),
    (0x1F201, 0x1F20F), (0x1F21A, 0x1F21A), (0x1F22F, 0x1F22F), (0x1F232, 0x1F23A), (0x1F23C, 0x1F23F),
    (0x1F249, 0x1F3FA), (0x1F400, 0x1F53D), (0x1F546, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F774, 0x1F77F),
    (0x1F7D5, 0x1F7FF), (0x1F80C, 0x1F80F), (0x1F848, 0x1F84F), (0x1F85A, 0x1F85F), (0x1F888, 0x1F88F),
    (0x1F8AE, 0x1F8FF), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945), (0x1F947, 0x1FAFF), (0x1FC00, 0x1FFFD),
];

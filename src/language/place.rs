//! Positions as editors count them, lines and UTF-16 units, and bytes of a text. Any number is somewhere: past the end of a line
//! is its end, within a character its beginning.

use std::ops::Range;

/// A position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 0. Lines end with LF, CR LF or CR.
    pub line: u32,
    /// UTF-16 units of the line before it.
    pub character: u32,
}

/// Where a byte is.
pub fn place(text: &str, offset: usize) -> Place {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let (mut line, mut start) = (0u32, 0);
    while let Some(next) = next_line(text, start).filter(|next| *next <= offset) {
        (line, start) = (line.saturating_add(1), next);
    }
    let units = text[start..offset].encode_utf16().count();
    Place { line, character: u32::try_from(units).unwrap_or(u32::MAX) }
}

/// The byte at a position.
pub fn offset(text: &str, place: Place) -> usize {
    let mut start = 0;
    for _ in 0..place.line {
        match next_line(text, start) {
            Some(next) => start = next,
            None => return text.len(),
        }
    }
    let line = &text[start..line_end(text, start)];
    let (mut units, wanted) = (0usize, usize::try_from(place.character).unwrap_or(usize::MAX));
    for (at, character) in line.char_indices() {
        units += character.len_utf16();
        if units > wanted {
            return start + at;
        }
    }
    start + line.len()
}

/// The first line without what ends it.
pub fn first_line(text: &str) -> Range<usize> {
    0..line_end(text, 0)
}

fn line_end(text: &str, start: usize) -> usize {
    text[start..].find(['\n', '\r']).map_or(text.len(), |at| start + at)
}

fn next_line(text: &str, start: usize) -> Option<usize> {
    let end = line_end(text, start);
    match &text[end..] {
        "" => None,
        rest if rest.starts_with("\r\n") => Some(end + 2),
        _ => Some(end + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_counted_in_utf_16() {
        let text = "né 🫖x\r\nsecond\rthird\n";
        for (at, line, character) in [
            ("n", 0, 0),
            ("é", 0, 1),
            (" ", 0, 2),
            ("🫖", 0, 3),
            ("x", 0, 5),
            ("\r\n", 0, 6),
            ("second", 1, 0),
            ("cond", 1, 2),
            ("\rthird", 1, 6),
            ("third", 2, 0),
            ("\n", 0, 7),
        ] {
            let byte = text.find(at).unwrap();
            if at == "\n" {
                // Between CR and LF there is nothing an editor could point at.
                assert_eq!(place(text, byte), Place { line, character });
                continue;
            }
            assert_eq!(place(text, byte), Place { line, character }, "{at}");
            assert_eq!(offset(text, Place { line, character }), byte, "{at}");
        }
        assert_eq!(place(text, text.len()), Place { line: 3, character: 0 });
    }

    #[test]
    fn any_number_is_somewhere() {
        let text = "a🫖\nb";
        for (line, character, byte) in
            [(0, 2, 1), (0, 3, 5), (0, 99, 5), (1, 99, 7), (2, 0, 7), (u32::MAX, u32::MAX, 7)]
        {
            assert_eq!(offset(text, Place { line, character }), byte, "{line}:{character}");
        }
        assert_eq!(place(text, 3), Place { line: 0, character: 1 });
        assert_eq!(place("", 9), Place { line: 0, character: 0 });
    }
}

//! What a file is, told from its bytes: pictures and films by their signatures, a GIF's frames, a film's length.

use std::time::Duration;

/// What the bytes showed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) mime: &'static str,
    /// Of a GIF.
    pub(super) animation: Option<Animation>,
    /// Of a film whose header says so.
    pub(super) duration: Option<Duration>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Animation {
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) frames: u64,
}

pub(super) fn probe(bytes: &[u8]) -> Option<File> {
    let plain = |mime| Some(File { mime, animation: None, duration: None });
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        plain("image/png")
    } else if bytes.starts_with(b"\xFF\xD8\xFF") {
        plain("image/jpeg")
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        plain("image/webp")
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some(File { mime: "image/gif", animation: Some(animation(bytes)?), duration: None })
    } else if bytes.get(4..8) == Some(b"ftyp") {
        let mime = if bytes.get(8..12) == Some(b"qt  ") { "video/quicktime" } else { "video/mp4" };
        Some(File { mime, animation: None, duration: duration(bytes) })
    } else if bytes.starts_with(b"WEBVTT") {
        plain("text/vtt")
    } else if std::str::from_utf8(bytes).is_ok_and(|text| text.contains(" --> ")) {
        plain("text/srt")
    } else {
        None
    }
}

/// Walks the blocks of a GIF; nothing if they break off.
fn animation(bytes: &[u8]) -> Option<Animation> {
    let word = |at: usize| Some(u64::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let (width, height) = (word(6)?, word(8)?);
    let mut at = 13 + table(*bytes.get(10)?);
    let mut frames = 0;
    loop {
        match *bytes.get(at)? {
            0x3B => return Some(Animation { width, height, frames }),
            0x21 => at = skip_blocks(bytes, at + 2)?,
            0x2C => {
                frames += 1;
                at = skip_blocks(bytes, at + 11 + table(*bytes.get(at + 9)?))?;
            }
            _ => return None,
        }
    }
}

fn skip_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let len = usize::from(*bytes.get(at)?);
        at += 1 + len;
        if len == 0 {
            return Some(at);
        }
    }
}

/// The length a film's `moov/mvhd` box states.
fn duration(bytes: &[u8]) -> Option<Duration> {
    let header = find_box(find_box(bytes, b"moov")?, b"mvhd")?;
    let number = |at: usize, len: usize| {
        Some(header.get(at..at + len)?.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)))
    };
    let (scale, units) = match header.first()? {
        1 => (number(20, 4)?, number(24, 8)?),
        _ => (number(12, 4)?, number(16, 4)?),
    };
    let millis = u128::from(units) * 1000 / u128::from(scale.max(1));
    Some(Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)))
}

/// The content of the first box of a kind.
fn find_box<'a>(mut bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    loop {
        let size = usize::try_from(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?)).ok()?;
        let (head, size) = match size {
            0 => (8, bytes.len()),
            1 => (16, usize::try_from(u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?)).ok()?),
            size => (8, size),
        };
        if bytes.get(4..8)? == kind {
            return bytes.get(head..size.min(bytes.len()));
        }
        bytes = bytes.get(size.max(8)..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_bytes() {
        for (bytes, mime) in [
            (b"\x89PNG\r\n\x1a\n".as_slice(), Some("image/png")),
            (b"\xFF\xD8\xFF\xE0", Some("image/jpeg")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"\0\0\0\x08ftypisom", Some("video/mp4")),
            (b"\0\0\0\x08ftypqt  ", Some("video/quicktime")),
            (b"GIF89a\x01\0\x01\0\0\0\0;", Some("image/gif")),
            (b"GIF89a\x01\0", None),
            (b"WEBVTT\n", Some("text/vtt")),
            (b"1\n00:00:00,000 --> 00:00:01,000\n", Some("text/srt")),
            (b"<svg/>", None),
            (b"", None),
        ] {
            assert_eq!(probe(bytes).map(|file| file.mime), mime, "{bytes:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn broken_files_are_no_trouble(head in 0..3_usize, tail in proptest::collection::vec(0..=255_u8, 0..200)) {
            let head = [b"GIF89a".as_slice(), b"\0\0\0\x08ftyp", b"\0\0\0\x08ftyp\0\0\0\x40moov"][head];
            probe(&[head, &tail].concat());
        }
    }
}

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

/// What the header of an MP4 or QuickTime film says of its tracks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Film {
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) duration: Option<Duration>,
    /// Frames in a thousand seconds.
    pub(super) frame_rate: Option<u64>,
    /// `avc1`, `hvc1`, ...
    pub(super) video_codec: [u8; 4],
    /// `mp4a`, ...; `None` without sound.
    pub(super) audio_codec: Option<[u8; 4]>,
}

/// Reads the tracks of a film; nothing where no picture track is told of.
pub(super) fn film(bytes: &[u8]) -> Option<Film> {
    let tracks = || boxes(find_box(bytes, b"moov").unwrap_or_default()).filter(|(kind, _)| kind == b"trak");
    let media = |handler: &[u8; 4]| {
        tracks()
            .filter_map(|(_, track)| find_box(track, b"mdia"))
            .find(|media| find_box(media, b"hdlr").is_some_and(|header| header.get(8..12) == Some(handler.as_slice())))
    };
    let samples = |media| find_box(find_box(find_box(media, b"minf")?, b"stbl")?, b"stsd");
    let codec = |media| samples(media)?.get(12..16)?.try_into().ok();
    let picture = media(b"vide")?;
    let entry = samples(picture)?;
    Some(Film {
        width: big(entry, 40, 2)?,
        height: big(entry, 42, 2)?,
        duration: duration(bytes),
        frame_rate: frame_rate(picture),
        video_codec: codec(picture)?,
        audio_codec: media(b"soun").and_then(codec),
    })
}

/// Frames by the table of times, over the length of the track.
fn frame_rate(media: &[u8]) -> Option<u64> {
    let header = find_box(media, b"mdhd")?;
    let (scale, units) = match header.first()? {
        1 => (big(header, 20, 4)?, big(header, 24, 8)?),
        _ => (big(header, 12, 4)?, big(header, 16, 4)?),
    };
    let times = find_box(find_box(find_box(media, b"minf")?, b"stbl")?, b"stts")?;
    let frames: u64 = times.get(8..)?.chunks_exact(8).filter_map(|entry| big(entry, 0, 4)).sum();
    let rate = u128::from(frames) * 1000 * u128::from(scale);
    u64::try_from(rate.checked_div(u128::from(units))?).ok()
}

fn big(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(len)?)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The boxes that follow one another, as far as they are whole.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let size = usize::try_from(big(bytes, 0, 4)?).ok().filter(|size| *size >= 8)?;
        let found = (bytes.get(4..8)?, bytes.get(8..size)?);
        bytes = &bytes[size..];
        Some(found)
    })
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
            let bytes = [head, &tail].concat();
            probe(&bytes);
            film(&bytes);
        }
    }
}

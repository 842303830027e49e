//! What uploaded bytes are, told from the bytes alone: kind, pixels, frames, seconds. It knows no limits.

/// An image LinkedIn takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Picture {
    pub(super) mime: &'static str,
    /// Width times height; `None` when the header is too damaged to tell.
    pub(super) pixels: Option<u64>,
    /// Frames of a GIF, 1 otherwise.
    pub(super) frames: usize,
}

/// JPG, PNG or GIF; `None` for anything else.
pub(super) fn picture(bytes: &[u8]) -> Option<Picture> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(Picture { mime: "image/png", pixels: area(big(bytes, 16, 4), big(bytes, 20, 4)), frames: 1 });
    }
    if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        let frames = gif_frames(bytes).unwrap_or(1);
        return Some(Picture { mime: "image/gif", pixels: area(little(bytes, 6), little(bytes, 8)), frames });
    }
    bytes.starts_with(b"\xff\xd8\xff").then(|| Picture { mime: "image/jpeg", pixels: jpeg_pixels(bytes), frames: 1 })
}

/// PDF, the older and the newer office files.
pub(super) fn document(bytes: &[u8]) -> Option<&'static str> {
    let holds = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
    if bytes.starts_with(b"%PDF-") {
        Some("application/pdf")
    } else if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        Some("application/vnd.ms-office")
    } else if !bytes.starts_with(b"PK\x03\x04") {
        None
    } else if holds(b"ppt/") {
        Some("application/vnd.openxmlformats-officedocument.presentationml.presentation")
    } else if holds(b"word/") {
        Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    } else {
        None
    }
}

/// Whether these are the first bytes of an MP4 file.
pub(super) fn is_mp4(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
}

/// How long an MP4 file plays, in whole seconds; `None` when its movie header is not found.
pub(super) fn mp4_seconds(bytes: &[u8]) -> Option<u64> {
    let header = mp4_box(mp4_box(bytes, b"moov")?, b"mvhd")?;
    let long = header.first()? == &1;
    let (scale, duration) =
        if long { (big(header, 20, 4)?, big(header, 24, 8)?) } else { (big(header, 12, 4)?, big(header, 16, 4)?) };
    duration.checked_div(scale)
}

/// The payload of the first box of this kind.
fn mp4_box<'a>(mut bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    loop {
        let (size, head) = match big(bytes, 0, 4)? {
            0 => (bytes.len(), 8),
            1 => (usize::try_from(big(bytes, 8, 8)?).ok()?, 16),
            size => (usize::try_from(size).ok()?, 8),
        };
        let whole = bytes.get(..size)?;
        if whole.get(4..8)? == kind {
            return whole.get(head..);
        }
        // A box smaller than its own head would hold us here for ever.
        bytes = bytes.get(size.max(8)..)?;
    }
}

/// Width times height from the first frame header.
fn jpeg_pixels(bytes: &[u8]) -> Option<u64> {
    let mut at = 2;
    while bytes.get(at)? == &0xff {
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0xc4 | 0xc8 | 0xcc => at += 2 + usize::try_from(big(bytes, at + 2, 2)?).ok()?,
            0xc0..=0xcf => return area(big(bytes, at + 7, 2), big(bytes, at + 5, 2)),
            _ => at += 2 + usize::try_from(big(bytes, at + 2, 2)?).ok()?,
        }
    }
    None
}

fn gif_frames(bytes: &[u8]) -> Option<usize> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + table(*bytes.get(10)?);
    let mut frames = 0;
    loop {
        match bytes.get(at)? {
            0x21 => at = gif_blocks(bytes, at + 2)?,
            0x2c => {
                frames += 1;
                at = gif_blocks(bytes, at + 11 + table(*bytes.get(at + 9)?))?;
            }
            _ => return Some(frames),
        }
    }
}

/// Where a chain of data blocks that begins here ends.
fn gif_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *bytes.get(at)? {
            0 => return Some(at + 1),
            length => at += 1 + usize::from(length),
        }
    }
}

fn area(width: Option<u64>, height: Option<u64>) -> Option<u64> {
    width?.checked_mul(height?)
}

fn big(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(length)?)?.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

fn little(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(*bytes.get(at)?) | (u64::from(*bytes.get(at + 1)?) << 8))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A GIF of one pixel and so many frames.
    fn gif(frames: usize) -> Vec<u8> {
        let mut bytes = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff".to_vec();
        for _ in 0..frames {
            bytes.extend(b"\x21\xf9\x04\x00\x01\x00\x00\x00");
            bytes.extend(b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00");
        }
        bytes.push(0x3b);
        bytes
    }

    #[test]
    fn tells_pictures() {
        let png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x02\x00\x00\x00\x01\x00\x08\x02".as_slice();
        let jpeg = b"\xff\xd8\xff\xe0\x00\x04JF\xff\xc4\x00\x03x\xff\xc0\x00\x11\x08\x00\x10\x00\x20\x03".as_slice();
        let rows = [
            (png, Some(("image/png", Some(512 * 256), 1))),
            (jpeg, Some(("image/jpeg", Some(16 * 32), 1))),
            (b"\xff\xd8\xff\xe0", Some(("image/jpeg", None, 1))),
            (&gif(1), Some(("image/gif", Some(1), 1))),
            (&gif(251), Some(("image/gif", Some(1), 251))),
            (b"GIF89a", Some(("image/gif", None, 1))),
            (b"RIFF\x00\x00\x00\x00WEBPVP8 ", None),
            (b"", None),
        ];
        for (bytes, expected) in rows {
            let picture = picture(bytes).map(|picture| (picture.mime, picture.pixels, picture.frames));
            assert_eq!(picture, expected, "{bytes:?}");
        }
    }

    #[test]
    fn tells_how_long_a_video_plays() {
        let mut header = vec![0; 12];
        header.extend(1_000_u32.to_be_bytes());
        header.extend(4_500_u32.to_be_bytes());
        let mvhd = [&28_u32.to_be_bytes()[..], b"mvhd", &header].concat();
        let moov = [&36_u32.to_be_bytes()[..], b"moov", &mvhd].concat();
        let file = [b"\x00\x00\x00\x0cftypisom".as_slice(), &moov].concat();
        assert!(is_mp4(&file));
        assert_eq!(mp4_seconds(&file), Some(4));
        for end in 0..file.len() {
            assert_eq!(mp4_seconds(&file[..end]), None, "cut at {end}");
        }
        assert_eq!(mp4_seconds(&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None);
    }
}

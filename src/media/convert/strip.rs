//! Takes out of a picture's file whatever is no picture: EXIF with its place, XMP, comments, what hangs behind the end.
//! Touches no pixel; colours keep their profile. Decodes nothing.

use crate::media::Kind;
use crate::media::peek::little;
use crate::media::picture::palette;

/// The file without its metadata; `None` where it is too strange to be taken apart.
pub(super) fn clean(bytes: &[u8], kind: Kind) -> Option<Vec<u8>> {
    match kind {
        Kind::Jpeg => jpeg(bytes),
        Kind::Png => png(bytes),
        Kind::Gif => gif(bytes),
        Kind::Webp => webp(bytes),
        _ => None,
    }
}

/// Segments (ITU-T T.81, annex B). Of the application's, JFIF, the colour profile and Adobe's note on colours stay.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut clean = bytes.get(..2)?.to_vec();
    let mut at = 2;
    loop {
        let [0xFF, marker] = *bytes.get(at..at + 2)? else { return None };
        if marker == 0xFF {
            at += 1;
            continue;
        }
        if marker == 0xD9 {
            clean.extend([0xFF, 0xD9]);
            return Some(clean);
        }
        let length = usize::from(u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]));
        let segment = bytes.get(at..at + 2 + length).filter(|_| length >= 2)?;
        let stays = match marker {
            0xE0 => segment[4..].starts_with(b"JFIF\0"),
            0xE2 => segment[4..].starts_with(b"ICC_PROFILE\0"),
            0xEE => segment[4..].starts_with(b"Adobe"),
            0xE1..=0xEF | 0xFE => false,
            _ => true,
        };
        if stays {
            clean.extend_from_slice(segment);
        }
        at += segment.len();
        if marker == 0xDA {
            let scan = scan(&bytes[at..])?;
            clean.extend_from_slice(&bytes[at..at + scan]);
            at += scan;
        }
    }
}

/// Bytes of a scan: up to the next marker that does not belong to it.
fn scan(bytes: &[u8]) -> Option<usize> {
    let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF);
    bytes.windows(2).position(ends)
}

/// Chunks: the critical ones, which begin with a capital, colours, transparency and animation stay.
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    const STAY: [&[u8]; 12] =
        [b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"sBIT", b"acTL", b"fcTL", b"fdAT"];
    let mut clean = bytes.get(..8)?.to_vec();
    let mut at = 8;
    loop {
        let head = bytes.get(at..at + 8)?;
        let length = usize::try_from(u32::from_be_bytes([head[0], head[1], head[2], head[3]])).ok()?;
        let (name, chunk) = (&head[4..], bytes.get(at..at.checked_add(length)?.checked_add(12)?)?);
        if name[0].is_ascii_uppercase() || STAY.contains(&name) {
            clean.extend_from_slice(chunk);
        }
        if name == b"IEND" {
            return Some(clean);
        }
        at += chunk.len();
    }
}

/// Blocks: of the extensions those stay that say how frames are shown and how often.
fn gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut at = 13 + usize::try_from(palette(*bytes.get(10)?)).ok()?;
    let mut clean = bytes.get(..at)?.to_vec();
    loop {
        let start = at;
        let stays = match *bytes.get(at)? {
            0x3B => {
                clean.push(0x3B);
                return Some(clean);
            }
            0x2C => {
                at += 10 + usize::try_from(palette(*bytes.get(at + 9)?)).ok()? + 1;
                true
            }
            0x21 => {
                let label = *bytes.get(at + 1)?;
                at += 2;
                let repeats = |name: &[u8]| [&b"\x0BNETSCAPE2.0"[..], b"\x0BANIMEXTS1.0"].contains(&name);
                matches!(label, 0xF9 | 0x01) || label == 0xFF && bytes.get(at..at + 12).is_some_and(repeats)
            }
            _ => return None,
        };
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += 1 + length;
            if length == 0 {
                break;
            }
        }
        if stays {
            clean.extend_from_slice(bytes.get(start..at)?);
        }
    }
}

/// Chunks; the head says which there are, so its flags go with them.
fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    const STAY: [&[u8]; 7] = [b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
    const EXIF_AND_XMP: u8 = 0x0C;
    let whole = usize::try_from(little(bytes.get(4..8)?)).ok()?;
    let bytes = bytes.get(..whole.checked_add(8)?)?;
    let mut clean = bytes.get(..12)?.to_vec();
    let mut at = 12;
    while let Some(head) = bytes.get(at..at + 8) {
        let length = usize::try_from(little(&head[4..8])).ok()?;
        let chunk = bytes.get(at..at.checked_add(8)?.checked_add(length)?)?;
        if STAY.contains(&&head[..4]) {
            let start = clean.len();
            clean.extend_from_slice(chunk);
            clean.resize(clean.len() + length % 2, 0);
            if head.starts_with(b"VP8X") {
                *clean.get_mut(start + 8)? &= !EXIF_AND_XMP;
            }
        }
        at += chunk.len() + length % 2;
    }
    let length = u32::try_from(clean.len() - 8).ok()?;
    clean[4..8].copy_from_slice(&length.to_le_bytes());
    Some(clean)
}

//! What Instagram takes as a picture, told from the bytes alone: JPEG, not too large, not too narrow or wide.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-user/media>

use super::call::Reply;
use super::errors;

const BYTES_MAX: usize = 8 << 20;
/// From 4:5 to 1.91:1, in thousandths.
const FEED_RATIOS: std::ops::RangeInclusive<u64> = 800..=1_910;

/// Refuses what cannot be shown; `in_feed` pictures must have a feed's shape.
pub(super) fn judge(bytes: &[u8], address: &str, in_feed: bool) -> Result<(), Reply> {
    if bytes.len() > BYTES_MAX {
        return Err(errors::IMAGE_SIZE.refuse());
    }
    if !bytes.starts_with(b"\xFF\xD8\xFF") {
        return Err(match is_other_picture(bytes) {
            true => errors::IMAGE_FORMAT.refuse(),
            false => errors::not_fetched(address, "The file is no picture"),
        });
    }
    let (width, height) =
        size(bytes).filter(|_| !is_multi_picture(bytes)).ok_or_else(|| errors::IMAGE_FORMAT.refuse())?;
    // 1.91:1 is what 1080 x 566 pixels are called, so the last thousandth is cut off.
    let ratio = width * 1_000 / height.max(1);
    if in_feed && !FEED_RATIOS.contains(&ratio) {
        return Err(errors::ASPECT_RATIO.refuse());
    }
    Ok(())
}

fn is_other_picture(bytes: &[u8]) -> bool {
    let heads: [&[u8]; 5] = [b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*"];
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let heif = bytes.get(4..8) == Some(b"ftyp")
        && bytes
            .get(8..12)
            .is_some_and(|brand| [b"heic", b"heix", b"mif1", b"avif"].contains(&brand.try_into().unwrap_or(b"    ")));
    webp || heif || heads.iter().any(|head| bytes.starts_with(head))
}

/// Width and height from the first frame header of a JPEG.
fn size(bytes: &[u8]) -> Option<(u64, u64)> {
    segments(bytes).find_map(|(marker, content)| {
        let frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        let word = |at: usize| Some(u64::from(u16::from_be_bytes(content.get(at..at + 2)?.try_into().ok()?)));
        let (height, width) = frame.then(|| Some((word(1)?, word(3)?))).flatten()?;
        (width > 0 && height > 0).then_some((width, height))
    })
}

/// MPO: several JPEGs in one file, told by an index in the second application segment.
fn is_multi_picture(bytes: &[u8]) -> bool {
    segments(bytes).any(|(marker, content)| marker == 0xE2 && content.starts_with(b"MPF\0"))
}

/// The segments before the picture's data: marker and content.
fn segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut at = 2;
    std::iter::from_fn(move || {
        while bytes.get(at..at + 2)? == b"\xFF\xFF" {
            at += 1;
        }
        let head = bytes.get(at..at + 4)?;
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if head[0] != 0xFF || head[1] == 0xDA || length < 2 {
            return None;
        }
        let content = bytes.get(at + 4..at + 2 + length)?;
        at += 2 + length;
        Some((head[1], content))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_past_other_segments() {
        let frame = b"\xFF\xC2\x00\x0B\x08\x00\x02\x00\x03\x01\x11\x00\x00";
        let app = b"\xFF\xE1\x00\x04ab";
        assert_eq!(size(&[b"\xFF\xD8".as_slice(), app, b"\xFF", frame].concat()), Some((3, 2)));
        assert_eq!(size(&[b"\xFF\xD8".as_slice(), app, &frame[..6]].concat()), None);
        assert_eq!(size(b"\xFF\xD8\xFF\xE0\x00\x00"), None);
    }

    proptest::proptest! {
        #[test]
        fn broken_files_are_no_trouble(tail in proptest::collection::vec(0..=255_u8, 0..200)) {
            let _ = judge(&[b"\xFF\xD8\xFF".as_slice(), &tail].concat(), "", true);
        }
    }
}

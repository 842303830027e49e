//! Whether a file can be posted. What cannot be read from a file of the right kind is given the benefit of the doubt.
//! See <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::film::{Container, Film};

/// Pixels of each side of a video.
const SIDES: RangeInclusive<u64> = 360..=4_096;
/// Frames in a thousand seconds: 23 a second means 23.976 with the tolerance that rounding needs, and 60 means 60.
const MILLI_FPS: RangeInclusive<u64> = 22_950..=60_050;
/// Seconds that no creator may exceed.
const LONGEST: u64 = 600;

const VIDEO_CODECS: &[(Container, &[&str])] = &[
    (Container::Mp4, &["avc1", "avc3", "hvc1", "hev1", "vp08", "vp09"]),
    (Container::Mov, &["avc1", "avc3", "hvc1", "hev1", "vp08", "vp09"]),
    (Container::WebM, &["V_VP8", "V_VP9"]),
];

/// Why a video cannot be posted by a creator whose videos may play so many seconds.
pub(super) fn film(film: Option<&Film>, longest: u64) -> Option<&'static str> {
    let Some(film) = film else { return Some("file_format_check_failed") };
    let codecs = VIDEO_CODECS.iter().find(|(container, _)| *container == film.container).map(|(_, codecs)| *codecs);
    let lawful = |codec: &str| codecs.is_some_and(|codecs| codecs.contains(&codec));
    if film.codec.as_deref().is_some_and(|codec| !lawful(codec)) {
        return Some("file_format_check_failed");
    }
    if film.duration.is_some_and(|duration| duration > Duration::from_secs(longest.min(LONGEST))) {
        return Some("duration_check_failed");
    }
    if film.milli_fps.is_some_and(|rate| !MILLI_FPS.contains(&rate)) {
        return Some("frame_rate_check_failed");
    }
    let sides = film.sides.is_some_and(|(width, height)| !SIDES.contains(&width) || !SIDES.contains(&height));
    sides.then_some("picture_size_check_failed")
}

/// Why a photo cannot be posted whose longer and shorter side may be so long.
pub(super) fn photo(bytes: &[u8], (longer, shorter): (usize, usize)) -> Option<&'static str> {
    let jpeg = bytes.starts_with(b"\xff\xd8\xff");
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    if !jpeg && !webp {
        return Some("file_format_check_failed");
    }
    let size = imagesize::blob_size(bytes).ok()?;
    let fits = size.width.max(size.height) <= longer && size.width.min(size.height) <= shorter;
    (!fits).then_some("picture_size_check_failed")
}

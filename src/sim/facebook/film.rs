//! What a film must be for each use, as Facebook finds out by looking at it.
//! <https://developers.facebook.com/documentation/video-api/guides/reels-publishing>

use std::ops::RangeInclusive;
use std::time::Duration;

use super::Options;
use crate::sim::probe;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Feed,
    Reel,
    Story,
}

const CODECS: [&[u8; 4]; 6] = [b"avc1", b"avc3", b"hvc1", b"hev1", b"vp09", b"av01"];
/// Frames in a second, rounded: film's 23.976 count as 24.
const RATES: RangeInclusive<u64> = 24..=60;
const LEAST: (u64, u64) = (540, 960);

/// Code and message of what is wrong.
pub(super) fn check(options: &Options, bytes: &[u8], purpose: Use) -> Result<(), (u32, String)> {
    let wrong = |code, message: &str| Err((code, message.to_owned()));
    if !probe::probe(bytes).is_some_and(|file| file.mime.starts_with("video/")) {
        return wrong(352, "Sorry, the video file you selected is in a format that we don't support.");
    }
    let Some(film) = probe::film(bytes) else {
        return wrong(6_000, "There was a problem uploading your video file. Please try again with another file.");
    };
    if !CODECS.contains(&&film.video_codec) || film.audio_codec.is_some_and(|codec| &codec != b"mp4a") {
        return wrong(352, "Sorry, the video file you selected is in a format that we don't support.");
    }
    let length = film.duration.unwrap_or_default();
    let fits = |lengths: &RangeInclusive<Duration>| lengths.contains(&length);
    let (width, height) = (film.width.max(1), film.height.max(1));
    if purpose == Use::Feed {
        let ratio = (width * 9 <= height * 16, height * 9 <= width * 16);
        return match (ratio, fits(&options.video_length)) {
            ((false, _) | (_, false), _) => wrong(352, "The video's aspect ratio is not between 16:9 and 9:16."),
            (_, true) => Ok(()),
            (_, false) if length < *options.video_length.start() => {
                wrong(382, "The video file you tried to upload is too small. Please try again with a larger file.")
            }
            (_, false) => wrong(352, "The video file you tried to upload is too long."),
        };
    }
    // A hundredth of tolerance: sides are whole and often even.
    if (width * 16).abs_diff(height * 9) * 100 > height * 9 {
        return wrong(1_363_040, "Invalid aspect ratio: the video must be 9:16.");
    }
    if width < LEAST.0 || height < LEAST.1 {
        return wrong(1_363_127, "Resolution too low. The video must be at least 540 by 960 pixels.");
    }
    if !fits(if purpose == Use::Reel { &options.reel_length } else { &options.story_length }) {
        return wrong(1_363_128, "Invalid duration: the video is too short or too long.");
    }
    if !film.frame_rate.is_some_and(|rate| RATES.contains(&rate.saturating_add(500).wrapping_div(1_000))) {
        return wrong(1_363_129, "Invalid frame rate: the video must have 24 to 60 frames in a second.");
    }
    Ok(())
}

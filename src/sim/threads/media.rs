//! The limits of images and films, and what is said of a file that breaks them. An image is looked at when its container
//! is made, a film when it has been processed.
//!
//! <https://developers.facebook.com/docs/threads/overview#media-specifications>

use axum::body::Bytes;

use super::errors::{self, Refusal};
use super::film::{self, Film};
use super::state::State;
use super::{Options, fetch};
use crate::sim::probe;

/// A file as it was fetched.
#[derive(Clone)]
pub(super) struct File {
    pub(super) mime: &'static str,
    pub(super) bytes: Bytes,
}

/// Wider than so many times the height, or the reverse.
const IMAGE_RATIO: f64 = 10.0;
const VIDEO_RATIO: std::ops::RangeInclusive<f64> = 0.01..=10.0;
const COLUMNS: u16 = 1_920;
/// With a little room for what division loses.
const RATE: std::ops::RangeInclusive<f64> = 22.99..=60.01;
const SECONDS: f64 = 300.0;
const BITS_PER_SECOND: f64 = 100_000_000.0;
const HERTZ: u32 = 48_000;
const PICTURE_CODECS: &[&[u8; 4]] = &[b"avc1", b"avc3", b"hvc1", b"hev1"];

/// Fetches an image, or says why it cannot be used.
pub(super) fn image(state: &State, address: &str) -> Result<File, Refusal> {
    let page = fetch::get(state, address).ok_or_else(|| errors::unfetchable(address))?;
    let typed = page.content_type.starts_with("image/") || !state.options.content_type_checked;
    let found = probe::probe(&page.bytes).filter(|_| typed);
    let found = found.ok_or_else(|| errors::unfetchable(address))?;
    if !matches!(found.mime, "image/jpeg" | "image/png") {
        return Err(errors::image_format());
    }
    if page.bytes.len() > state.options.image_bytes {
        return Err(errors::image_too_large());
    }
    let size = imagesize::blob_size(&page.bytes).map_err(|_| errors::image_format())?;
    let (width, height) = (size.width as f64, size.height as f64);
    if width > height * IMAGE_RATIO || height > width * IMAGE_RATIO {
        return Err(errors::image_ratio());
    }
    Ok(File { mime: found.mime, bytes: page.bytes })
}

/// Fetches a film, or says which `error_message` its container ends with.
pub(super) fn video(state: &State, address: &str) -> Result<File, &'static str> {
    let page = fetch::get(state, address).ok_or("FAILED_DOWNLOADING_VIDEO")?;
    if state.options.content_type_checked && !page.content_type.starts_with("video/") {
        return Err("FAILED_DOWNLOADING_VIDEO");
    }
    let mime = probe::probe(&page.bytes).map(|found| found.mime);
    let mime = mime.filter(|mime| mime.starts_with("video/")).ok_or("FAILED_PROCESSING_VIDEO")?;
    let film = film::read(&page.bytes).ok_or("FAILED_PROCESSING_VIDEO")?;
    judge(&film, page.bytes.len(), &state.options)?;
    Ok(File { mime, bytes: page.bytes })
}

fn judge(film: &Film, size: usize, options: &Options) -> Result<(), &'static str> {
    let picture = film.picture.as_ref().ok_or("FAILED_PROCESSING_VIDEO")?;
    let ratio = f64::from(picture.width) / f64::from(picture.height.max(1));
    let broken = size > options.video_bytes
        || !film.index_first
        || (film.has_edit_list && options.edit_lists_fail)
        || !PICTURE_CODECS.contains(&&picture.codec)
        || picture.width > COLUMNS;
    let slips = [
        (broken, "FAILED_PROCESSING_VIDEO"),
        (!VIDEO_RATIO.contains(&ratio), "INVALID_ASPEC_RATIO"),
        (film.seconds <= 0.0 || film.seconds > SECONDS, "INVALID_DURATION"),
        (!RATE.contains(&picture.rate), "INVALID_FRAME_RATE"),
        (size as f64 * 8.0 / film.seconds > BITS_PER_SECOND, "INVALID_BIT_RATE"),
    ];
    let sound = film.sound.as_ref().map_or([(false, ""); 2], |sound| {
        [
            (&sound.codec != b"mp4a" || sound.hertz > HERTZ, "FAILED_PROCESSING_AUDIO"),
            (!(1..=2).contains(&sound.channels), "INVALID_AUDIO_CHANNELS"),
        ]
    });
    slips.into_iter().chain(sound).find(|(slip, _)| *slip).map_or(Ok(()), |(_, word)| Err(word))
}

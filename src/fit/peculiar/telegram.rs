//! What only Telegram asks for: a short text beside media, pictures that are neither huge nor narrow strips.
//!
//! Source: <https://core.telegram.org/bots/api#sendphoto>.

use crate::error::Problem;
use crate::fit::{Fitting, Rendition};

/// Longest text beside a picture or a video, in UTF-16 units.
const CAPTION_MAX: usize = 1024;

/// Most width and height of a picture together, in pixels.
const SIDES_MAX: u32 = 10_000;

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    for part in rendition.parts.iter().filter(|part| !part.media.is_empty()) {
        if part.count <= part.limit && part.count > CAPTION_MAX {
            let over = part.count - CAPTION_MAX;
            let message = format!(
                "the text has {} UTF-16 units; Telegram takes {CAPTION_MAX} beside a picture or a video: {over} too many",
                part.count
            );
            let hint = "shorten it, or leave the media out there: `overrides: {telegram: {media: []}}`";
            error(fitting, "text-too-long", message, hint);
        }
    }
    for (_, media) in rendition.media() {
        let path = &media.path;
        if let (false, Some(width), Some(height)) = (media.is_video(), media.width, media.height)
            && width.saturating_add(height) > SIDES_MAX
        {
            let message = format!(
                "`{path}` is {width} x {height} pixels; of pictures whose sides are more than {SIDES_MAX} together Telegram takes none"
            );
            error(fitting, "image-sides", message, "save it smaller");
        }
        if media.cover.is_some() {
            let message = format!("pressroom sends Telegram no cover for `{path}`: it shows the video's beginning");
            error(fitting, "cover-not-offered", message, "leave `cover` out");
        }
        if media.captions.is_some() {
            error(
                fitting,
                "captions-not-offered",
                format!("Telegram takes no captions for `{path}`"),
                "leave `captions` out",
            );
        }
    }
}

fn error(fitting: &mut Fitting<'_>, code: &'static str, message: String, hint: &str) {
    fitting.problems.push(Problem::error(code, &fitting.target.source, message).hint(hint));
}

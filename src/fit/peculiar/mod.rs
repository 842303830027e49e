//! Rules of single platforms that no column of the table can say, a file for each platform that has some. Makes no text.

pub mod linkedin;

use super::{Fitting, Rendition};
use crate::limits::Platform;

/// Holds a rendition against the rules of its platform that are nobody else's.
pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    match rendition.platform {
        Platform::X => {}
        Platform::LinkedIn => linkedin::check(fitting, rendition),
        Platform::Facebook => {}
        Platform::Instagram => {}
        Platform::Threads => {}
        Platform::YouTube => {}
        Platform::TikTok => {}
        Platform::Bluesky | Platform::Mastodon => {}
    }
}

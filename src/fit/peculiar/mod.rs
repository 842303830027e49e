//! Rules of single platforms that no column of the table can say, a file for each. Makes no text.

use super::{Fitting, Rendition};
use crate::limits::Platform;

pub mod bluesky;
pub mod discord;
mod facebook;
pub mod forem;
pub mod instagram;
pub mod linkedin;
mod mastodon;
pub mod slack;
mod telegram;
pub mod threads;
mod tiktok;
pub mod x;
mod youtube;

/// Holds a rendition against the rules of its platform that are nobody else's.
pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    match rendition.platform {
        Platform::X => x::check(fitting, rendition),
        Platform::LinkedIn => linkedin::check(fitting, rendition),
        Platform::Facebook => facebook::check(fitting, rendition),
        Platform::Instagram => instagram::check(fitting, rendition),
        Platform::Threads => threads::check(fitting, rendition),
        Platform::YouTube => youtube::check(fitting, rendition),
        Platform::TikTok => tiktok::check(fitting, rendition),
        Platform::Bluesky => bluesky::check(fitting, rendition),
        Platform::Mastodon => mastodon::check(fitting, rendition),
        Platform::Discord => discord::check(fitting, rendition),
        Platform::Telegram => telegram::check(fitting, rendition),
        Platform::Forem => forem::check(fitting, rendition),
        Platform::Slack => slack::check(fitting, rendition),
    }
}

/// The tags of a post as its platform knows them.
pub(super) fn tags(platform: Platform, tags: &[String]) -> Vec<String> {
    match platform {
        Platform::Forem => tags.iter().map(|tag| forem::tag(tag)).collect(),
        _ => tags.to_vec(),
    }
}

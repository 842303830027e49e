//! Discord: what a channel's webhook takes, and where that is written.

use super::{BASE, FEED, IMAGE};
use crate::limits::{ImageRule, Limits, Platform, Shape};
use crate::media::Kind::{Gif, Jpeg, Png, Webp};

/// <https://docs.discord.com/developers/resources/webhook#execute-webhook>,
/// <https://docs.discord.com/developers/reference#uploading-files>.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Discord,
    name: "discord",
    label: "Discord",
    text_max: 2000,
    shapes: &[Shape {
        images: 10,
        image: ImageRule { kinds: &[Jpeg, Png, Gif, Webp], bytes_max: Some(10_485_760), ..IMAGE },
        ..FEED
    }],
    alt_max: 1024,
    ..BASE
};

//! Telegram: what a bot may publish in a channel, and where that is written.

use super::{BASE, FEED, IMAGE, MB};
use crate::limits::{ImageRule, Limits, Platform, Shape, Unit};
use crate::media::Kind::{Jpeg, Png, Webp};

/// <https://core.telegram.org/bots/api#sendmessage>, <https://core.telegram.org/bots/api#sendphoto>.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Telegram,
    name: "telegram",
    label: "Telegram",
    text_max: 4096,
    unit: Unit::Utf16,
    shapes: &[Shape {
        images: 10,
        image: ImageRule { kinds: &[Jpeg, Png, Webp], bytes_max: Some(10 * MB), ..IMAGE },
        ..FEED
    }],
    link_spans: true,
    ..BASE
};

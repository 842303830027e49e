//! Mastodon: what it takes, and where that is written.

use super::{BASE, FEED, IMAGE, setting};
use crate::limits::{Home, ImageRule, Limits, Platform, Shape, Takes, Unit, Visibility};
use crate::media::Kind::{Gif, Jpeg, Png, Webp};

/// <https://docs.joinmastodon.org/entities/Instance/>: the defaults of the software; a server may have its own.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Mastodon,
    name: "mastodon",
    label: "Mastodon",
    home: Home::Server,
    text_max: 500,
    unit: Unit::GraphemesShortLinks,
    shapes: &[Shape {
        images: 4,
        image: ImageRule {
            kinds: &[Jpeg, Png, Gif, Webp],
            bytes_max: Some(16_777_216),
            pixels_max: Some(33_177_600),
            ..IMAGE
        },
        ..FEED
    }],
    alt_max: 1500,
    threads: true,
    visibilities: &[Visibility::Public, Visibility::Unlisted, Visibility::Followers],
    settings: &[
        setting("content_warning", Takes::Text, "shown instead of the text until opened"),
        setting("sensitive", Takes::Bool, "hides the media until opened"),
        setting("quote_policy", Takes::OneOf(&["public", "followers", "nobody"]), "who may quote it"),
    ],
    ..BASE
};

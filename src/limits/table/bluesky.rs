//! Bluesky: what it takes, and where that is written.

use super::{BASE, FEED, IMAGE, MB, setting};
use crate::limits::{Home, ImageRule, Limits, Platform, Shape, Takes, Unit};
use crate::media::Kind::{Gif, Jpeg, Png, Webp};

/// <https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json> and `embed/images.json`: 2,000,000
/// bytes an image since 2026, but servers with the older lexicon still refuse more than half of that. The lexicon has no
/// limit of alternative text; 2,000 is the app's.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Bluesky,
    name: "bluesky",
    label: "Bluesky",
    home: Home::Told { at: "bsky.social" },
    text_max: 300,
    unit: Unit::Graphemes,
    bytes_max: Some(3000),
    shapes: &[Shape {
        images: 4,
        image: ImageRule { kinds: &[Jpeg, Png, Gif, Webp], bytes_max: Some(MB), ..IMAGE },
        ..FEED
    }],
    alt_max: 2000,
    link_spans: true,
    threads: true,
    link_card: true,
    card_title: true,
    settings: &[
        setting(
            "threadgate",
            Takes::OneOf(&["everybody", "nobody", "mentioned", "followers", "following"]),
            "who may reply",
        ),
        setting("disable_quotes", Takes::Bool, "nobody may quote it"),
        setting("labels", Takes::List, "content warnings: porn, sexual, nudity, graphic-media"),
    ],
    ..BASE
};

//! Bluesky: what it takes, and where that is written.

use super::{BASE, FEED, IMAGE, MB, VIDEO, setting};
use crate::limits::{Edits, Home, ImageRule, Limits, Platform, Quota, Shape, Takes, Unit, VideoRule, quota};
use crate::media::Kind::{Gif, Jpeg, Png, Webp};

/// <https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json> and `embed/images.json`: 2,000,000
/// bytes an image since 2026, but servers with the older lexicon still refuse more than half of that. The lexicon has no
/// limit of alternative text; 2,000 is the app's. A video is uploaded as any file is, of which Bluesky's servers take 50 MiB
/// (<https://docs.bsky.app/docs/advanced-guides/rate-limits>); `embed/video.json` alone would allow more.
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
        videos: 1,
        image: ImageRule { kinds: &[Jpeg, Png, Gif, Webp], bytes_max: Some(MB), ..IMAGE },
        video: VideoRule { mimes: &["video/mp4"], bytes_max: Some(52_428_800), ..VIDEO },
        ..FEED
    }],
    alt_max: 2000,
    link_spans: true,
    threads: true,
    tags: true,
    link_card: true,
    card_title: true,
    replies: true,
    quotes: true,
    edits: Edits {
        fields: &[],
        why_not: "Bluesky's app goes on showing the first version of a post; remove it and publish anew, or leave it",
    },
    removes: true,
    quotas: QUOTAS,
    settings: &[
        setting(
            "threadgate",
            Takes::OneOf(&["everybody", "nobody", "mentioned", "followers", "following"]),
            "who may reply",
        )
        .works(),
        setting("disable_quotes", Takes::Bool, "nobody may quote it").works(),
        setting("labels", Takes::List, "content warnings: porn, sexual, nudity, graphic-media").works(),
    ],
    published: true,
    ..BASE
};

/// <https://docs.bsky.app/docs/advanced-guides/rate-limits>: points, of which a record that is created costs three; servers of
/// others may have their own.
const QUOTAS: &[Quota] = &[
    Quota::daily(quota::POSTS_HOUR, 1666, quota::Counted::Parts).over(quota::Span::Rolling(3600)).about(),
    Quota::daily(quota::POSTS_DAY, 11_666, quota::Counted::Parts).about(),
    Quota::daily(quota::CALLS, 0, quota::Counted::Calls).told().over(quota::Span::Rolling(300)),
];

//! Mastodon: what it takes, and where that is written.

use super::{BASE, FEED, IMAGE, VIDEO, setting};
use crate::limits::{
    Edits, Field, Home, ImageRule, Limits, Minutes, Platform, PollRule, Quota, Shape, Takes, Unit, VideoRule,
    Visibility, quota,
};
use crate::media::Kind::{Gif, Jpeg, Png, Webp};

/// <https://docs.joinmastodon.org/entities/Instance/>: the defaults of the software; a server may have its own.
/// <https://docs.joinmastodon.org/methods/statuses/#edit>: an edit changes no audience and nothing that is answered.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Mastodon,
    name: "mastodon",
    label: "Mastodon",
    home: Home::Server,
    text_max: 500,
    unit: Unit::GraphemesShortLinks,
    shapes: &[Shape {
        images: 4,
        videos: 1,
        image: ImageRule {
            kinds: &[Jpeg, Png, Gif, Webp],
            bytes_max: Some(16_777_216),
            pixels_max: Some(33_177_600),
            ..IMAGE
        },
        video: VideoRule {
            mimes: &["video/mp4", "video/quicktime", "video/webm"],
            bytes_max: Some(103_809_024),
            pixels_max: Some(8_294_400),
            fps_milli: Some((0, 120_000)),
            ..VIDEO
        },
        ..FEED
    }],
    alt_max: 1500,
    threads: true,
    // 2629746 seconds at most.
    poll: Some(PollRule { options: (2, 4), option_max: 50, minutes: Minutes::Between(5, 43_829), question_max: None }),
    replies: true,
    edits: Edits {
        fields: &[Field::Text, Field::Settings],
        why_not: "Mastodon changes text, content warning and settings of a post that is out, and pressroom nothing else of it",
    },
    removes: true,
    quotas: QUOTAS,
    visibilities: &[Visibility::Public, Visibility::Unlisted, Visibility::Followers],
    settings: &[
        setting("content_warning", Takes::Text, "shown instead of the text until opened").works(),
        setting("sensitive", Takes::Bool, "hides the media until opened").works(),
        setting("quote_policy", Takes::OneOf(&["public", "followers", "nobody"]), "who may quote it").works(),
    ],
    published: true,
    ..BASE
};

/// <https://docs.joinmastodon.org/api/rate-limits/>, and of posts
/// <https://github.com/mastodon/mastodon/blob/main/app/lib/rate_limiter.rb>; who runs a server may change them.
const QUOTAS: &[Quota] = &[
    Quota::daily(quota::POSTS_THREE_HOURS, 300, quota::Counted::Parts).over(quota::Span::Rolling(3 * 3600)).about(),
    Quota::daily(quota::CALLS, 0, quota::Counted::Calls).told().over(quota::Span::Rolling(300)),
];

//! X: what it takes, and where that is written.

use super::{BASE, FEED, IMAGE, MB, setting};
use crate::limits::{
    Editable, Edits, Field, GifRule, ImageRule, Limits, Minutes, Platform, PollRule, Prices, Quota, Ratio, Shape,
    Takes, Unit, VideoRule, quota,
};
use crate::media::Kind::{Gif, Jpeg, Png, Webp};

/// <https://docs.x.com/fundamentals/counting-characters>, <https://docs.x.com/x-api/media/quickstart/best-practices>,
/// <https://docs.x.com/x-api/posts/create-post>, <https://docs.x.com/x-api/getting-started/pricing>,
/// <https://docs.x.com/x-api/fundamentals/edit-posts> (30 minutes; the changelog of 2025-10-03 says one hour, so the hour is
/// tried). That an uploaded file is billed like a post is told in the developers' forum, not in the price list.
pub(super) const ROW: Limits = Limits {
    platform: Platform::X,
    name: "x",
    label: "X",
    text_max: 280,
    premium_text_max: Some(25_000),
    unit: Unit::Weighted,
    shapes: &[Shape {
        images: 4,
        videos: 1,
        image: ImageRule {
            kinds: &[Jpeg, Png, Webp, Gif],
            bytes_max: Some(5 * MB),
            gif: Some(GifRule { bytes_max: 15 * MB, pixels_max: 1280 * 1080 }),
            ..IMAGE
        },
        video: FILM,
        premium_video: Some(PREMIUM_FILM),
        ..FEED
    }],
    alt_max: 1000,
    threads: true,
    poll: Some(PollRule { options: (2, 4), option_max: 25, minutes: Minutes::Between(5, 10_080), question_max: None }),
    replies: true,
    quotes: true,
    reposts: true,
    edits: Edits { fields: &[Field::Text], why_not: "" },
    editable: Some(Editable { premium: true, plain: true, minutes: 60 }),
    prices: Some(Prices { post: 15, link_post: 200, repost: 15, upload: 15, alt: 5 }),
    removes: true,
    quotas: QUOTAS,
    settings: &[
        setting(
            "reply_settings",
            Takes::OneOf(&["following", "mentionedUsers", "subscribers", "verified"]),
            "who may reply; everyone unless said",
        )
        .works(),
        setting("made_with_ai", Takes::Bool, "discloses media made with AI").works(),
        setting("paid_partnership", Takes::Bool, "labels the post as paid promotion").works(),
    ],
    published: true,
    ..BASE
};

/// <https://docs.x.com/x-api/fundamentals/rate-limits>. What an account may post a day depends on its plan (17 and 100 were
/// such figures), and stands in the `x-user-limit-24hour-*` headers where there is such a limit. Of the quarter of an hour
/// one page says 100 and another 200.
const QUOTAS: &[Quota] = &[
    Quota::daily(quota::POSTS_DAY, 0, quota::Counted::Parts).told(),
    Quota::daily(quota::POSTS_QUARTER, 100, quota::Counted::Parts).over(quota::Span::Rolling(900)).about(),
    Quota::daily(quota::APP_POSTS_DAY, 10_000, quota::Counted::Parts).of_app(),
];

/// X writes "32x32 to 1280x1024" and recommends 720x1280 on the same page: so the longer side may stand either way.
const FILM: VideoRule = VideoRule {
    pixels_max: None,
    mimes: &["video/mp4", "video/quicktime"],
    bytes_max: Some(512 * MB),
    duration_ms: Some((500, 140_000)),
    width: Some((32, 1280)),
    height: Some((32, 1280)),
    ratio: Some(Ratio { least: (1, 3), most: (3, 1) }),
    fps_milli: Some((0, 60_000)),
    video: &["h264"],
    audio: &["aac"],
};

/// Longer ones for accounts with X Premium: how long is not published; `total_bytes` of an upload ends at 16 GiB.
const PREMIUM_FILM: VideoRule = VideoRule {
    bytes_max: Some(17_179_869_184),
    duration_ms: Some((500, u64::MAX)),
    width: Some((32, u32::MAX)),
    height: Some((32, u32::MAX)),
    ..FILM
};

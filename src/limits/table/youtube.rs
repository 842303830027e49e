//! YouTube: what it takes, and where that is written.

use super::{BASE, FEED, VIDEO, setting};
use crate::limits::{Edits, Field, Kind, Limits, Platform, Quota, Shape, Takes, Unit, VideoRule, Visibility, quota};
use crate::zone::Zone;

/// <https://developers.google.com/youtube/v3/docs/videos> (the text is the description: 5000 bytes, a title 100
/// characters), <https://developers.google.com/youtube/v3/docs/videos/insert> (a file of 256 GiB at most),
/// <https://support.google.com/youtube/answer/71673> (12 hours; 15 minutes until the channel's phone is verified, which only
/// the platform can tell), <https://support.google.com/youtube/answer/15424877> (Shorts of up to three minutes). Formats and
/// codecs: whatever YouTube can convert, no list is binding.
pub(super) const ROW: Limits = Limits {
    platform: Platform::YouTube,
    name: "youtube",
    label: "YouTube",
    text_max: 5000,
    unit: Unit::Utf8,
    shapes: &[
        Shape { least: 1, videos: 1, video: FILM, ..FEED },
        Shape {
            kind: Kind::Short,
            least: 1,
            videos: 1,
            video: VideoRule { duration_ms: Some((0, 180_000)), ..FILM },
            ..FEED
        },
    ],
    title_max: Some(100),
    title_needed: true,
    tags: true,
    edits: Edits {
        fields: &[Field::Text, Field::Title, Field::Tags, Field::Visibility, Field::Settings, Field::Cover],
        why_not: "YouTube keeps a video's file: another one is another video; captions and the language are changed in \
                  YouTube Studio",
    },
    removes: true,
    quotas: QUOTAS,
    visibilities: &[Visibility::Public, Visibility::Unlisted, Visibility::Private],
    settings: &[
        setting("category", Takes::Text, "id of the category (videoCategories.list); 22 is People & Blogs").works(),
        setting(
            "made_for_kids",
            Takes::Bool,
            "the legal declaration whether the video is made for children; must be said",
        )
        .works(),
        setting("synthetic_media", Takes::Bool, "discloses realistic altered or AI-made content").works(),
        setting("playlist", Takes::Text, "id of the playlist the video is added to").works(),
        setting("license", Takes::OneOf(&["youtube", "creativeCommon"]), "the video's licence").works(),
        setting("embeddable", Takes::Bool, "others may embed the video").works(),
        setting("notify_subscribers", Takes::Bool, "subscribers are told; they are unless said").works(),
        setting("paid_promotion", Takes::Bool, "discloses paid product placement").works(),
        setting("audio_language", Takes::Text, "language spoken, BCP 47").works(),
        setting("recording_date", Takes::Text, "when it was recorded, RFC 3339").works(),
    ],
    published: true,
    ..BASE
};

const FILM: VideoRule = VideoRule { bytes_max: Some(274_877_906_944), duration_ms: Some((0, 43_200_000)), ..VIDEO };

/// <https://developers.google.com/youtube/v3/determine_quota_cost>: uploads are counted apart from all else, for the
/// Google project, until midnight in California; a project may be granted more. What a channel may upload a day is not published.
const QUOTAS: &[Quota] = &[
    Quota::daily(quota::APP_UPLOADS_DAY, 100, quota::Counted::Posts).over(PACIFIC_DAY).about().of_app(),
    Quota::daily(quota::UPLOADS_DAY, 0, quota::Counted::Posts).told(),
];

const PACIFIC_DAY: quota::Span = quota::Span::Day(Zone::LOS_ANGELES);

//! Instagram: what it takes, and where that is written.

use super::{BASE, FEED, IMAGE, MB, META_CALLS, META_FETCHER, VIDEO, setting};
use crate::limits::{
    Edits, Fetched, ImageRule, Kind, Limits, Platform, Quota, Ratio, Shape, Takes, Unit, VideoRule, quota,
};
use crate::media::Kind::Jpeg;

/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media> (as of 2026-09-11),
/// <https://developers.facebook.com/docs/instagram-platform/content-publishing>,
/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/instagram-media> (updating).
/// The unit of the text is not documented; that of a comment's length is the app's, like its figure. Pictures are scaled to
/// 320 to 1440 pixels of width by Instagram. What videos of a carousel must be is documented only with reels.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Instagram,
    name: "instagram",
    label: "Instagram",
    text_max: 2200,
    unit: Unit::Utf16,
    shapes: &[
        Shape {
            least: 1,
            images: 10,
            videos: 10,
            mixed: true,
            // Alone it is a reel.
            lone_video: false,
            image: ImageRule { ratio: Some(Ratio { least: (4, 5), most: (191, 100) }), ..PICTURE },
            video: REEL,
            fetched: Fetched::Everything,
            ..FEED
        },
        Shape { kind: Kind::Reel, least: 1, videos: 1, video: REEL, fetched: Fetched::Everything, ..FEED },
        Shape {
            kind: Kind::Story,
            least: 1,
            images: 1,
            videos: 1,
            image: PICTURE,
            video: VideoRule {
                bytes_max: Some(100 * MB),
                duration_ms: Some((3_000, 60_000)),
                ratio: Some(Ratio { least: (1, 10), most: (10, 1) }),
                ..REEL
            },
            text: false,
            fetched: Fetched::Everything,
            ..FEED
        },
    ],
    alt_max: 1000,
    comment_max: Some(2200),
    quotas: QUOTAS,
    edits: Edits {
        fields: &[],
        why_not: "Instagram lets no program change a post; change it in the app, or delete it and publish it anew",
    },
    removes: true,
    fetcher: Some(META_FETCHER),
    settings: &[
        setting("collaborators", Takes::List, "up to 3 user names invited as co-authors").works(),
        setting(
            "user_tags",
            Takes::List,
            "people tagged: `name X Y` (0 to 1 from the left and the top), `2: name X Y` in a carousel, `name` in a video",
        )
        .works(),
        setting("location_id", Takes::Text, "id of the Page of the place").works(),
        setting("share_to_feed", Takes::Bool, "shows a reel in the feed as well").works(),
        setting("thumb_offset", Takes::Number, "frame of a video used as cover, in milliseconds").works(),
        setting("audio_name", Takes::Text, "name of a reel's own sound").works(),
        setting(
            "trial",
            Takes::OneOf(&["MANUAL", "SS_PERFORMANCE"]),
            "shows a reel to strangers first; followers see it when you say so, or when it does well",
        )
        .works(),
        setting("is_ai_generated", Takes::Bool, "labels the media as made with AI").works(),
    ],
    published: true,
    ..BASE
};

const PICTURE: ImageRule = ImageRule { kinds: &[Jpeg], bytes_max: Some(8 * MB), ..IMAGE };

/// At most 1920 columns of pixels, 0.01:1 to 10:1, 23 to 60 frames a second, three seconds to fifteen minutes.
const REEL: VideoRule = VideoRule {
    mimes: &["video/mp4", "video/quicktime"],
    bytes_max: Some(300 * MB),
    duration_ms: Some((3_000, 900_000)),
    width: Some((1, 1920)),
    ratio: Some(Ratio { least: (1, 100), most: (10, 1) }),
    fps_milli: Some((23_000, 60_000)),
    video: &["h264", "hevc"],
    audio: &["aac"],
    ..VIDEO
};

/// <https://developers.facebook.com/docs/instagram-platform/content-publishing> says 100; other pages say 50, and the account is
/// told its own figure: <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/content_publishing_limit>.
/// Whether stories count is not documented.
const QUOTAS: &[Quota] = &[Quota::daily(quota::POSTS_DAY, 100, quota::Counted::Posts), META_CALLS];

//! TikTok: what it takes, and where that is written.

use super::{BASE, FEED, IMAGE, MB, VIDEO, setting};
use crate::limits::{
    Edits, Fetched, Fetcher, ImageRule, Kind, Limits, Platform, Quota, Shape, Takes, Unit, VideoRule, Visibility, quota,
};
use crate::media::Kind::{Jpeg, Webp};

/// <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post> (a video's caption: 2,200 UTF-16 units),
/// <https://developers.tiktok.com/doc/content-posting-api-reference-photo-post> (a title of 90 units, a description of 4,000,
/// 35 photos of 20 MB), <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide> (videos; how long one may
/// be is told for each creator, and is 10 minutes at most). The audience must be said: there is no default, so `visibilities`
/// only lists what can be. Who fetches photos, and whether it reads robots.txt, is not documented.
pub(super) const ROW: Limits = Limits {
    platform: Platform::TikTok,
    name: "tiktok",
    label: "TikTok",
    text_max: 2200,
    unit: Unit::Utf16,
    shapes: &[
        Shape {
            least: 1,
            images: 35,
            image: ImageRule { kinds: &[Jpeg, Webp], bytes_max: Some(20 * MB), ..IMAGE },
            text_max: Some(4000),
            fetched: Fetched::Images,
            ..FEED
        },
        Shape { kind: Kind::Reel, least: 1, videos: 1, video: FILM, title: false, ..FEED },
    ],
    title_max: Some(90),
    quotas: QUOTAS,
    edits: Edits { fields: &[], why_not: "TikTok lets nobody but the app change what is posted" },
    fetcher: Some(Fetcher { agent: "TikTok", robots: false, keeps: true }),
    visibility_needed: true,
    visibilities: &[Visibility::Public, Visibility::Connections, Visibility::Followers, Visibility::Private],
    settings: &[
        setting(
            "mode",
            Takes::OneOf(&["direct", "draft"]),
            "`draft` leaves it in the creator's inbox at TikTok, to be finished and posted in the app",
        )
        .works(),
        setting(
            "privacy_level",
            Takes::OneOf(&["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]),
            "who may see it, in TikTok's words; this or `visibility` must be written",
        )
        .works(),
        setting("disable_comment", Takes::Bool, "`false` lets people comment; they cannot unless that is said").works(),
        setting("disable_duet", Takes::Bool, "`false` lets people make duets; they cannot unless that is said").works(),
        setting("disable_stitch", Takes::Bool, "`false` lets people stitch; they cannot unless that is said").works(),
        setting("brand_content", Takes::Bool, "discloses a paid partnership with a third party").works(),
        setting("brand_organic", Takes::Bool, "discloses that it promotes the creator's own business").works(),
        setting("is_aigc", Takes::Bool, "labels the content as made with AI").works(),
        setting("auto_add_music", Takes::Bool, "TikTok adds music to photos").works(),
        setting("photo_cover_index", Takes::Number, "which photo is the cover, from 0; the first unless said").works(),
        setting("cover_timestamp_ms", Takes::Number, "frame of the video used as cover, in milliseconds").works(),
    ],
    published: true,
    ..BASE
};

const FILM: VideoRule = VideoRule {
    mimes: &["video/mp4", "video/quicktime", "video/webm"],
    bytes_max: Some(4000 * MB),
    duration_ms: Some((0, 600_000)),
    width: Some((360, 4096)),
    height: Some((360, 4096)),
    fps_milli: Some((23_000, 60_000)),
    video: &["h264", "hevc", "vp8", "vp9"],
    ..VIDEO
};

/// <https://developers.tiktok.com/doc/content-sharing-guidelines>: about 15 posts of a creator a day, from whatever app; it
/// varies. Limits of calls a minute pass while a run waits.
const QUOTAS: &[Quota] = &[Quota::daily(quota::POSTS_DAY, 15, quota::Counted::Posts).about()];

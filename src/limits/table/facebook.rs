//! a Facebook Page: what it takes, and where that is written.

use super::{BASE, FEED, IMAGE, MB, META_CALLS, VIDEO, setting};
use crate::limits::{
    Edits, Field, ImageRule, Kind, Limits, Platform, Quota, Ratio, Shape, Takes, Unit, VideoRule, quota,
};
use crate::media::Kind::{Gif, Jpeg, Png};

/// <https://developers.facebook.com/docs/graph-api/reference/page/photos/>, `feed/` and `videos/` beside it;
/// <https://developers.facebook.com/documentation/video-api/guides/reels-publishing> (reels, and the videos of stories),
/// <https://developers.facebook.com/documentation/video-api/page-stories-api>;
/// <https://developers.facebook.com/docs/marketing-api/reference/ad-account/advideos> (a video's title: less than 255
/// characters); <https://developers.facebook.com/documentation/pages-api/posts> (edits). Not documented: the length and unit
/// of the text, the length of a comment and of `alt_text_custom`, the number of photos; nor the size of a video, which each
/// account is told (`video_upload_limits`).
pub(super) const ROW: Limits = Limits {
    platform: Platform::Facebook,
    name: "facebook",
    label: "Facebook",
    text_max: 63_206,
    unit: Unit::Utf16,
    shapes: &[
        Shape { images: 10, image: PICTURE, videos: 1, ..FEED },
        Shape { kind: Kind::Reel, least: 1, videos: 1, video: REEL, ..FEED },
        Shape {
            kind: Kind::Story,
            least: 1,
            images: 1,
            image: PICTURE,
            videos: 1,
            // The table of reels says 90 seconds, the text below it that a story cannot exceed 60.
            video: VideoRule { duration_ms: Some((3_000, 60_000)), ..REEL },
            text: false,
            ..FEED
        },
    ],
    alt_max: 1000,
    title_max: Some(254),
    title_of_videos: true,
    link_card: true,
    comment_max: Some(8000),
    edits: Edits {
        fields: &[Field::Text, Field::Title],
        why_not: "Facebook lets nothing but the words of a post be changed",
    },
    removes: true,
    quotas: QUOTAS,
    settings: &[
        setting("place", Takes::Text, "id of the Page of the place it was posted from").works(),
        setting("targeting", Takes::List, "countries the post is shown in, as two letters each: DE, NL").works(),
        setting("call_to_action", Takes::Text, "the button of a link post: LEARN_MORE, SHOP_NOW, ...").works(),
        setting("is_ai_generated", Takes::Bool, "labels a video as made with AI").works(),
    ],
    published: true,
    ..BASE
};

const PICTURE: ImageRule = ImageRule { kinds: &[Jpeg, Png, Gif], bytes_max: Some(10 * MB), ..IMAGE };

const REEL: VideoRule = VideoRule {
    duration_ms: Some((3_000, 90_000)),
    width: Some((540, u32::MAX)),
    height: Some((960, u32::MAX)),
    ratio: Some(Ratio { least: (9, 16), most: (9, 16) }),
    fps_milli: Some((24_000, 60_000)),
    video: &["h264", "hevc", "vp9", "av1"],
    audio: &["aac"],
    ..VIDEO
};

/// <https://developers.facebook.com/documentation/video-api/guides/reels-publishing>: 30 reels a day. No number of other posts is
/// documented.
const QUOTAS: &[Quota] = &[Quota::daily(quota::REELS_DAY, 30, quota::Counted::Reels), META_CALLS];

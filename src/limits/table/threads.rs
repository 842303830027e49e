//! Threads: what it takes, and where that is written.

use super::{BASE, FEED, IMAGE, MB, META_CALLS, META_FETCHER, VIDEO, setting};
use crate::limits::{
    Edits, Fetched, ImageRule, Limits, Minutes, Platform, PollRule, Quota, Ratio, Shape, Takes, Unit, VideoRule, quota,
};
use crate::media::Kind::{Jpeg, Png};

/// <https://developers.facebook.com/docs/threads/posts>, <https://developers.facebook.com/docs/threads/create-posts/polls>
/// (the API takes no duration: a poll is open for a day). Wider and narrower images are scaled. Images are taken "up to
/// 10:1", which is read either way: no narrower than 1:10.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Threads,
    name: "threads",
    label: "Threads",
    text_max: 500,
    unit: Unit::EmojiBytes,
    shapes: &[Shape {
        images: 20,
        videos: 20,
        mixed: true,
        image: ImageRule {
            kinds: &[Jpeg, Png],
            bytes_max: Some(8 * MB),
            ratio: Some(Ratio { least: (1, 10), most: (10, 1) }),
            ..IMAGE
        },
        video: VideoRule {
            mimes: &["video/mp4", "video/quicktime"],
            bytes_max: Some(1000 * MB),
            duration_ms: Some((1, 300_000)),
            width: Some((1, 1920)),
            ratio: Some(Ratio { least: (1, 100), most: (10, 1) }),
            fps_milli: Some((23_000, 60_000)),
            video: &["h264", "hevc"],
            audio: &["aac"],
            ..VIDEO
        },
        fetched: Fetched::Everything,
        ..FEED
    }],
    alt_max: 1000,
    threads: true,
    link_card: true,
    poll: Some(PollRule { options: (2, 4), option_max: 25, minutes: Minutes::OneOf(&[1440]), question_max: None }),
    comment_max: Some(500),
    quotas: QUOTAS,
    replies: true,
    quotes: true,
    edits: Edits {
        fields: &[],
        why_not: "Threads offers no way to change a post that is out; remove it and publish anew, or leave it",
    },
    removes: true,
    fetcher: Some(META_FETCHER),
    settings: &[
        setting(
            "reply_control",
            Takes::OneOf(&[
                "everyone",
                "accounts_you_follow",
                "mentioned_only",
                "parent_post_author_only",
                "followers_only",
            ]),
            "who may reply; everyone unless said",
        )
        .works(),
        setting("topic_tag", Takes::Text, "the post's topic, 1 to 50 characters without `.` and `&`").works(),
        setting("enable_reply_approvals", Takes::Bool, "replies wait for approval").works(),
        setting("is_spoiler_media", Takes::Bool, "hides pictures and videos until opened").works(),
    ],
    published: true,
    ..BASE
};

/// <https://developers.facebook.com/docs/threads/overview#rate-limiting>
const QUOTAS: &[Quota] = &[
    Quota::daily(quota::POSTS_DAY, 250, quota::Counted::Posts),
    Quota::daily(quota::REPLIES_DAY, 1000, quota::Counted::Answers),
    META_CALLS,
];

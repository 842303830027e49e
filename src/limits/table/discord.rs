//! Discord: what a channel's webhook takes, and where that is written.

use super::{BASE, FEED, IMAGE, VIDEO, setting};
use crate::limits::{Edits, Field, ImageRule, Limits, Platform, Quota, Shape, Takes, VideoRule, quota};
use crate::media::Kind::{Gif, Jpeg, Png, Webp};

/// <https://docs.discord.com/developers/resources/webhook#execute-webhook> and
/// <https://docs.discord.com/developers/reference#uploading-files>: 10 MiB a file, more on servers that were boosted. Ten files a
/// message and 1,024 characters of a description are what <https://docs.discord.com/developers/resources/message> has.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Discord,
    name: "discord",
    label: "Discord",
    text_max: 2000,
    shapes: &[Shape {
        images: 10,
        videos: 10,
        mixed: true,
        image: ImageRule { kinds: &[Jpeg, Png, Gif, Webp], bytes_max: Some(FILE), ..IMAGE },
        video: VideoRule { mimes: &["video/mp4", "video/webm", "video/quicktime"], bytes_max: Some(FILE), ..VIDEO },
        ..FEED
    }],
    alt_max: 1024,
    edits: Edits {
        fields: &[Field::Text],
        why_not: "pressroom changes the text of a message on Discord, and nothing else of it",
    },
    removes: true,
    quotas: QUOTAS,
    settings: &[
        setting("silent", Takes::Bool, "nobody is notified").works(),
        setting("no_preview", Takes::Bool, "shows no previews of links").works(),
    ],
    published: true,
    ..BASE
};

const FILE: u64 = 10_485_760;

/// <https://docs.discord.com/developers/topics/rate-limits>: figures are told in answers alone, and are not to be relied upon.
const QUOTAS: &[Quota] = &[Quota::daily(quota::CALLS, 0, quota::Counted::Calls).told().over(quota::Span::Rolling(60))];

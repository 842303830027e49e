//! Telegram: what a bot may publish in a channel, and where that is written.

use super::{BASE, FEED, IMAGE, MB, VIDEO, setting};
use crate::limits::{Edits, Field, ImageRule, Limits, Platform, Quota, Ratio, Shape, Takes, Unit, VideoRule, quota};
use crate::media::Kind::{Jpeg, Png, Webp};

/// <https://core.telegram.org/bots/api#sendmessage> (4,096 characters; lengths are counted in UTF-16 units:
/// <https://core.telegram.org/bots/api#messageentity>), <https://core.telegram.org/bots/api#sendphoto> (10 MB, sides of no more than
/// 20:1), `sendMediaGroup` (2 to 10) and `sendVideo` (50 MB) beside it. A short text beside media, and the sum of a picture's sides:
/// see `fit/peculiar/telegram`.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Telegram,
    name: "telegram",
    label: "Telegram",
    text_max: 4096,
    unit: Unit::Utf16,
    shapes: &[Shape {
        images: 10,
        videos: 10,
        mixed: true,
        image: ImageRule {
            kinds: &[Jpeg, Png, Webp],
            bytes_max: Some(10 * MB),
            ratio: Some(Ratio { least: (1, 20), most: (20, 1) }),
            ..IMAGE
        },
        video: VideoRule { mimes: &["video/mp4"], bytes_max: Some(50 * MB), ..VIDEO },
        ..FEED
    }],
    link_spans: true,
    edits: Edits {
        fields: &[Field::Text],
        why_not: "pressroom changes the text of a message on Telegram, and nothing else of it",
    },
    removes: true,
    quotas: QUOTAS,
    settings: &[
        setting("silent", Takes::Bool, "readers are notified without a sound").works(),
        setting("no_preview", Takes::Bool, "shows no preview of a link in a text alone").works(),
        setting("protect", Takes::Bool, "the post cannot be forwarded or saved").works(),
    ],
    published: true,
    ..BASE
};

/// <https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this> has figures that it calls no promise; an answer
/// tells when a limit ends.
const QUOTAS: &[Quota] = &[Quota::daily(quota::CALLS, 0, quota::Counted::Calls).told().over(quota::Span::Rolling(60))];

//! Slack: what an incoming webhook takes, and where that is written.

use super::{BASE, FEED, IMAGE, setting};
use crate::limits::{Edits, Fetched, Fetcher, ImageRule, Limits, Platform, Quota, Shape, Takes, quota};
use crate::media::Kind::{Gif, Jpeg, Png};

/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>,
/// <https://docs.slack.dev/reference/methods/chat.postMessage> (no more than 4,000 characters of text are advised; above pictures a
/// section holds 3,000: see `fit/peculiar/slack`), <https://docs.slack.dev/reference/block-kit/blocks/image-block>, and
/// <https://docs.slack.dev/reference/block-kit/blocks> (50 blocks, one of which is the text).
pub(super) const ROW: Limits = Limits {
    platform: Platform::Slack,
    name: "slack",
    label: "Slack",
    text_max: 4000,
    shapes: &[Shape {
        images: 49,
        image: ImageRule { kinds: &[Jpeg, Png, Gif], ..IMAGE },
        fetched: Fetched::Images,
        ..FEED
    }],
    alt_max: 2000,
    link_spans: true,
    edits: Edits {
        fields: &[],
        why_not: "Slack tells a webhook no name of what it has sent: change or delete the message by hand",
    },
    quotas: QUOTAS,
    // <https://api.slack.com/robots>
    fetcher: Some(Fetcher { agent: "Slack-ImgProxy (+https://api.slack.com/robots)", robots: false, keeps: false }),
    settings: &[setting("no_preview", Takes::Bool, "shows no previews of links").works()],
    published: true,
    ..BASE
};

/// <https://docs.slack.dev/apis/web-api/rate-limits>: a message a second, and short bursts; an answer tells when a limit ends.
const QUOTAS: &[Quota] = &[Quota::daily(quota::CALLS, 0, quota::Counted::Calls).told().over(quota::Span::Rolling(60))];

//! Slack: what an incoming webhook takes, and where that is written.

use super::{BASE, FEED, IMAGE};
use crate::limits::{Fetched, ImageRule, Limits, Platform, Shape};
use crate::media::Kind::{Gif, Jpeg, Png};

/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>,
/// <https://docs.slack.dev/reference/block-kit/blocks/section-block>.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Slack,
    name: "slack",
    label: "Slack",
    text_max: 3000,
    shapes: &[Shape {
        images: 10,
        image: ImageRule { kinds: &[Jpeg, Png, Gif], ..IMAGE },
        fetched: Fetched::Images,
        ..FEED
    }],
    alt_max: 2000,
    ..BASE
};

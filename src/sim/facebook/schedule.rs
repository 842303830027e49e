//! When a post goes out: now, not yet, or at a time of its own.

use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::call::Reply;
use super::errors::{self, Fault};
use super::params::{Fields, Known, Type};

/// The parameters [`read`] reads. Of the kinds of unpublished content only these two are documented.
pub(super) const FIELDS: Known = &[
    ("published", Type::Bool),
    ("scheduled_publish_time", Type::Time),
    ("unpublished_content_type", Type::Word(&["SCHEDULED", "DRAFT"])),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timing {
    Now,
    Unpublished,
    At(SystemTime),
}

pub(super) fn read(fields: &Fields, now: SystemTime, window: &RangeInclusive<Duration>) -> Result<Timing, Reply> {
    let published = fields.bool("published").unwrap_or(true);
    let kind = fields.text("unpublished_content_type");
    let Some(at) = fields.number("scheduled_publish_time") else {
        return match (published, kind) {
            (_, Some("SCHEDULED")) => Err(errors::invalid("The parameter scheduled_publish_time is required")),
            (true, Some(_)) => Err(errors::parameter("unpublished_content_type", "needs published to be false")),
            (true, None) => Ok(Timing::Now),
            (false, _) => Ok(Timing::Unpublished),
        };
    };
    if published {
        return Err(errors::parameter("scheduled_publish_time", "needs published to be false"));
    }
    if kind == Some("DRAFT") {
        return Err(errors::parameter("unpublished_content_type", "must be SCHEDULED with scheduled_publish_time"));
    }
    moment(at, now, window).map(Timing::At)
}

/// A time within the window.
pub(super) fn moment(at: u64, now: SystemTime, window: &RangeInclusive<Duration>) -> Result<SystemTime, Reply> {
    let at = UNIX_EPOCH + Duration::from_secs(at);
    if at.duration_since(now).is_ok_and(|ahead| window.contains(&ahead)) {
        return Ok(at);
    }
    let message = "The specified scheduled publish time is invalid.";
    Err(Fault::new(100, message).user("Invalid Scheduled Time", "You must choose a later or an earlier time.").reply())
}

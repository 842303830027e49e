//! Forem, the software of dev.to: what an article takes, and where that is written.

use super::{BASE, FEED};
use crate::limits::{Home, Limits, Platform, Shape};

/// <https://developers.forem.com/api/v1>, <https://github.com/forem/forem/blob/main/app/models/article.rb>.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Forem,
    name: "forem",
    label: "Forem",
    home: Home::Usual { at: "dev.to" },
    text_max: 819_200,
    bytes_max: Some(819_200),
    shapes: &[Shape { ..FEED }],
    title_max: Some(128),
    title_needed: true,
    tags: true,
    ..BASE
};

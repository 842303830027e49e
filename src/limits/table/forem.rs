//! Forem, the software of dev.to: what an article takes, and where that is written.

use super::{BASE, FEED, IMAGE, setting};
use crate::limits::{Edits, Fetched, Fetcher, Field, Home, ImageRule, Limits, Platform, Quota, Shape, Takes, quota};
use crate::media::Kind::{Gif, Jpeg, Png, Webp};

/// <https://developers.forem.com/api/v1>, <https://github.com/forem/forem/blob/main/app/models/article.rb>: 800 KiB of text, in
/// which each picture has its own, 128 characters of title. How many pictures is not limited. Tags: see `fit/peculiar/forem`.
pub(super) const ROW: Limits = Limits {
    platform: Platform::Forem,
    name: "forem",
    label: "Forem",
    home: Home::Usual { at: "dev.to" },
    text_max: TEXT,
    bytes_max: Some(TEXT),
    shapes: &[Shape {
        images: 100,
        image: ImageRule { kinds: &[Jpeg, Png, Gif, Webp], ..IMAGE },
        fetched: Fetched::Images,
        ..FEED
    }],
    alt_max: TEXT,
    markdown: true,
    title_max: Some(128),
    title_needed: true,
    tags: true,
    edits: Edits {
        fields: &[Field::Text, Field::Title, Field::Tags, Field::Settings],
        why_not: "pressroom changes title, text, tags and settings of an article on Forem; pictures stay as they are",
    },
    removes: true,
    quotas: QUOTAS,
    // Readers fetch pictures, and so does what makes small ones of them.
    fetcher: Some(Fetcher { agent: "Forem", robots: false, keeps: false }),
    settings: &[
        setting("canonical_url", Takes::Text, "address of the original, of which Forem publishes one article alone")
            .works(),
        setting("teaser", Takes::Text, "shown in lists and previews").works(),
        setting("part_of", Takes::Text, "name of the series that it belongs to").works(),
    ],
    published: true,
    ..BASE
};

const TEXT: usize = 819_200;

/// <https://github.com/forem/forem/blob/main/app/services/rate_limit_checker.rb>: who runs a Forem sets the figures; an answer tells
/// when a limit ends.
const QUOTAS: &[Quota] = &[Quota::daily(quota::CALLS, 0, quota::Counted::Calls).told().over(quota::Span::Rolling(300))];

//! What each platform allows, as one table: a row a platform. Knows no post and no request.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::media;
use crate::post::Visibility;

/// A service with an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    X,
    LinkedIn,
    Facebook,
    Instagram,
    Threads,
    YouTube,
    TikTok,
    Bluesky,
    Mastodon,
}

impl Platform {
    pub const ALL: [Self; 9] = [
        Self::X,
        Self::LinkedIn,
        Self::Facebook,
        Self::Instagram,
        Self::Threads,
        Self::YouTube,
        Self::TikTok,
        Self::Bluesky,
        Self::Mastodon,
    ];

    /// The word used in files and on the command line: `x`, `linkedin`, ...
    pub fn name(self) -> &'static str {
        self.limits().name
    }

    /// The name as the platform writes it: `X`, `LinkedIn`, ...
    pub fn label(self) -> &'static str {
        self.limits().label
    }

    /// The platform of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.name() == name)
    }

    /// This platform's row.
    pub fn limits(self) -> &'static Limits {
        &TABLE[self as usize]
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a platform counts the length of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// twitter-text v3: most of Latin 1, other scripts 2, an emoji 2, any URL 23.
    Weighted,
    /// Unicode code points.
    CodePoints,
    /// UTF-16 code units.
    Utf16,
    /// Bytes of UTF-8.
    Utf8,
    /// Characters, but an emoji counts as its bytes of UTF-8 (Threads).
    EmojiBytes,
    /// Grapheme clusters.
    Graphemes,
    /// Grapheme clusters; any http(s) URL counts 23, and `@user@host` as `@user` (Mastodon).
    GraphemesShortLinks,
}

/// One row: what a platform allows.
#[derive(Clone, Debug)]
pub struct Limits {
    pub platform: Platform,
    pub name: &'static str,
    pub label: &'static str,
    /// Longest text of one part, in `unit`.
    pub text_max: usize,
    pub unit: Unit,
    /// Longest text in bytes of UTF-8, where the platform has that limit besides.
    pub bytes_max: Option<usize>,
    /// Most images in one part.
    pub images_max: usize,
    /// Kinds of images taken.
    pub image_kinds: &'static [media::Kind],
    /// Bytes of one image; `None`: not published.
    pub image_bytes_max: Option<u64>,
    /// Pixels (width x height) of one image.
    pub image_pixels_max: Option<u64>,
    /// Longest alternative text, in code points; 0: the platform has none.
    pub alt_max: usize,
    /// Whether a post may be a thread of parts.
    pub threads: bool,
    /// Whether a post may be text alone.
    pub text_alone: bool,
    /// Whether a title is part of what is published.
    pub title: bool,
    /// Whether a link card can be made from `link`.
    pub link_card: bool,
    /// Audiences that can be asked for; the first is the default.
    pub visibilities: &'static [Visibility],
    /// The platform's own settings that `overrides` may hold.
    pub settings: &'static [SettingRule],
    /// Whether this version publishes there.
    pub published: bool,
}

/// One of a platform's own settings.
#[derive(Clone, Copy, Debug)]
pub struct SettingRule {
    pub key: &'static str,
    pub takes: Takes,
    /// One line for people and for the JSON Schema.
    pub doc: &'static str,
    /// Whether this version acts on it.
    pub works: bool,
}

/// What a setting's value may be.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    Text,
    Bool,
    Number,
    List,
    OneOf(&'static [&'static str]),
}

static TABLE: [Limits; 9] = [
    row(Platform::X, "x", "X", 280, Unit::Weighted),
    row(Platform::LinkedIn, "linkedin", "LinkedIn", 3000, Unit::CodePoints),
    row(Platform::Facebook, "facebook", "Facebook", 63_206, Unit::Utf16),
    row(Platform::Instagram, "instagram", "Instagram", 2200, Unit::Utf16),
    row(Platform::Threads, "threads", "Threads", 500, Unit::EmojiBytes),
    row(Platform::YouTube, "youtube", "YouTube", 5000, Unit::Utf8),
    row(Platform::TikTok, "tiktok", "TikTok", 2200, Unit::Utf16),
    row(Platform::Bluesky, "bluesky", "Bluesky", 300, Unit::Graphemes),
    row(Platform::Mastodon, "mastodon", "Mastodon", 500, Unit::GraphemesShortLinks),
];

const fn row(platform: Platform, name: &'static str, label: &'static str, text_max: usize, unit: Unit) -> Limits {
    Limits {
        platform,
        name,
        label,
        text_max,
        unit,
        bytes_max: None,
        images_max: 0,
        image_kinds: &[],
        image_bytes_max: None,
        image_pixels_max: None,
        alt_max: 0,
        threads: false,
        text_alone: true,
        title: false,
        link_card: false,
        visibilities: &[Visibility::Public],
        settings: &[],
        published: false,
    }
}

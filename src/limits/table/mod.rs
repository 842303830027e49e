//! The rows, a file each, and what they have in common.

use super::{
    DocumentRule, Edits, Fetched, Fetcher, Home, ImageRule, Kind, Limits, Platform, Quota, SettingRule, Shape, Takes,
    Unit, VideoRule, Visibility, quota,
};

mod bluesky;
mod discord;
mod facebook;
mod forem;
mod instagram;
mod linkedin;
mod mastodon;
mod slack;
mod telegram;
mod threads;
mod tiktok;
mod x;
mod youtube;

/// In the order of [`Platform::ALL`].
pub(super) static TABLE: [Limits; 13] = [
    x::ROW,
    linkedin::ROW,
    facebook::ROW,
    instagram::ROW,
    threads::ROW,
    youtube::ROW,
    tiktok::ROW,
    bluesky::ROW,
    mastodon::ROW,
    discord::ROW,
    telegram::ROW,
    forem::ROW,
    slack::ROW,
];

/// Vendors write "MB"; read as this it is the cautious reading.
const MB: u64 = 1_000_000;

/// What a row says unless it says otherwise.
const BASE: Limits = Limits {
    platform: Platform::X,
    name: "",
    label: "",
    home: Home::One,
    text_max: 0,
    premium_text_max: None,
    unit: Unit::CodePoints,
    url_length: 23,
    bytes_max: None,
    shapes: &[],
    alt_max: 0,
    markdown: false,
    link_spans: false,
    threads: false,
    title_max: None,
    title_of_videos: false,
    title_needed: false,
    tags: false,
    link_card: false,
    card_title: false,
    poll: None,
    comment_max: None,
    replies: false,
    quotes: false,
    reposts: false,
    edits: Edits { fields: &[], why_not: "this version of pressroom cannot edit there" },
    editable: None,
    prices: None,
    removes: false,
    quotas: &[],
    fetcher: None,
    visibilities: &[Visibility::Public],
    visibility_needed: false,
    settings: &[],
    published: false,
};

/// A post of text, perhaps with media, as most platforms have it.
const FEED: Shape = Shape {
    kind: Kind::Feed,
    least: 0,
    images: 0,
    videos: 0,
    documents: 0,
    mixed: false,
    lone_video: true,
    image: IMAGE,
    video: VIDEO,
    premium_video: None,
    document: DOCUMENT,
    text: true,
    text_max: None,
    title: true,
    fetched: Fetched::Nothing,
};

const IMAGE: ImageRule =
    ImageRule { kinds: &[], bytes_max: None, pixels_max: None, width: None, height: None, ratio: None, gif: None };

const VIDEO: VideoRule = VideoRule {
    pixels_max: None,
    mimes: &[],
    bytes_max: None,
    duration_ms: None,
    width: None,
    height: None,
    ratio: None,
    fps_milli: None,
    video: &[],
    audio: &[],
};

const DOCUMENT: DocumentRule = DocumentRule { kinds: &[], bytes_max: None, pages_max: None };

/// Calls of all kinds, which Meta counts and tells in percent, near the end of which it is better to rest than to be refused:
/// <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>.
const META_CALLS: Quota = Quota::daily(quota::CALLS, 0, quota::Counted::Calls).told().over(quota::Span::Rolling(3600));

/// Who fetches for Meta: <https://developers.facebook.com/docs/sharing/webmasters/web-crawlers>.
const META_FETCHER: Fetcher = Fetcher {
    agent: "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    robots: true,
    keeps: true,
};

const fn setting(key: &'static str, takes: Takes, doc: &'static str) -> SettingRule {
    SettingRule { key, takes, doc, works: false }
}

impl SettingRule {
    const fn works(mut self) -> Self {
        self.works = true;
        self
    }
}

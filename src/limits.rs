//! What each platform allows, as one table: a row a platform. Knows no post and no request.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::media::{self, Kind::*};

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

/// Who may see a post; each platform has some of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    Public,
    Unlisted,
    Followers,
    Connections,
    Private,
}

impl Visibility {
    pub const ALL: [Self; 5] = [Self::Public, Self::Unlisted, Self::Followers, Self::Connections, Self::Private];
    /// Their words, in the same order.
    pub const NAMES: [&'static str; 5] = {
        let mut names = [""; 5];
        let mut at = 0;
        while at < names.len() {
            names[at] = Self::ALL[at].name();
            at += 1;
        }
        names
    };

    /// The word as written in front matter.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Followers => "followers",
            Self::Connections => "connections",
            Self::Private => "private",
        }
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

/// What shape a post takes; by default its media suggest it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Feed,
    Reel,
    Story,
    Short,
    Document,
    Article,
}

impl Kind {
    pub const ALL: [Self; 6] = [Self::Feed, Self::Reel, Self::Story, Self::Short, Self::Document, Self::Article];
    /// Their words, in the same order.
    pub const NAMES: [&'static str; 6] = {
        let mut names = [""; 6];
        let mut at = 0;
        while at < names.len() {
            names[at] = Self::ALL[at].name();
            at += 1;
        }
        names
    };

    /// The word as written in front matter.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Reel => "reel",
            Self::Story => "story",
            Self::Short => "short",
            Self::Document => "document",
            Self::Article => "article",
        }
    }
}

/// One row: what a platform allows.
#[derive(Clone, Debug)]
pub struct Limits {
    pub platform: Platform,
    pub name: &'static str,
    pub label: &'static str,
    /// Longest text of one part, in `unit`.
    pub text_max: usize,
    /// The same for an account with X Premium.
    pub premium_text_max: Option<usize>,
    pub unit: Unit,
    /// Longest text in bytes of UTF-8, where the platform has that limit besides.
    pub bytes_max: Option<usize>,
    /// The shapes a post may take; where none is wished for, it gets the first that can hold its media.
    pub shapes: &'static [Shape],
    /// Longest alternative text, in code points; 0: the platform has none.
    pub alt_max: usize,
    /// Whether a post may be a thread of parts.
    pub threads: bool,
    /// Longest title, in code points, where one is part of what is published, beside the one of a link card.
    pub title_max: Option<usize>,
    /// Whether there must be one.
    pub title_needed: bool,
    /// Whether `tags` are passed on as such; elsewhere they may be appended as hashtags.
    pub tags: bool,
    /// Whether a link card can be made from `link`.
    pub link_card: bool,
    /// Whether that card needs a title of ours.
    pub card_title: bool,
    pub poll: Option<PollRule>,
    /// Longest first comment, in code points.
    pub comment_max: Option<usize>,
    /// Whether `reply_to`, `quote_of` and `repost_of` are offered.
    pub replies: bool,
    pub quotes: bool,
    pub reposts: bool,
    /// What of a post that is out can still be changed.
    pub edits: Edits,
    /// Whether what is out can be removed.
    pub removes: bool,
    /// How the platform fetches media that it takes by address.
    pub fetcher: Option<Fetcher>,
    /// Audiences that can be asked for; the first is the default.
    pub visibilities: &'static [Visibility],
    /// Whether the audience must be written: then there is no default.
    pub visibility_needed: bool,
    /// The platform's own settings that `overrides` may hold.
    pub settings: &'static [SettingRule],
    /// Whether this version publishes there.
    pub published: bool,
}

/// One shape a post may take on a platform, and the media it holds.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub kind: Kind,
    /// Fewest attachments of a part; 0: text alone will do.
    pub least: usize,
    /// Most images, videos and documents of a part.
    pub images: usize,
    pub videos: usize,
    pub documents: usize,
    /// Whether images and videos may stand side by side; then `images` is the most of both together.
    pub mixed: bool,
    /// Whether a video may stand alone.
    pub lone_video: bool,
    pub image: ImageRule,
    pub video: VideoRule,
    /// The rule for an account with X Premium.
    pub premium_video: Option<VideoRule>,
    pub document: DocumentRule,
    /// Whether a text is shown at all.
    pub text: bool,
    /// Which of its media the platform fetches by an address instead of taking bytes.
    pub fetched: Fetched,
}

/// What an image must be.
#[derive(Clone, Copy, Debug)]
pub struct ImageRule {
    pub kinds: &'static [media::Kind],
    /// Bytes; `None`: not published.
    pub bytes_max: Option<u64>,
    /// Width x height.
    pub pixels_max: Option<u64>,
    /// Least and most pixels.
    pub width: Option<(u32, u32)>,
    pub height: Option<(u32, u32)>,
    pub ratio: Option<Ratio>,
    /// GIFs, where they have a rule of their own.
    pub gif: Option<GifRule>,
}

/// What a video must be. What a file does not tell is not held against it.
#[derive(Clone, Copy, Debug)]
pub struct VideoRule {
    /// MIME types taken; empty: all.
    pub mimes: &'static [&'static str],
    pub bytes_max: Option<u64>,
    /// Least and most milliseconds.
    pub duration_ms: Option<(u64, u64)>,
    pub width: Option<(u32, u32)>,
    pub height: Option<(u32, u32)>,
    pub ratio: Option<Ratio>,
    /// Least and most frames in a thousand seconds.
    pub fps_milli: Option<(u32, u32)>,
    /// Codecs taken, as [`media::Film`] names them; empty: all.
    pub video: &'static [&'static str],
    pub audio: &'static [&'static str],
}

/// What a document must be.
#[derive(Clone, Copy, Debug)]
pub struct DocumentRule {
    pub kinds: &'static [media::Kind],
    pub bytes_max: Option<u64>,
    pub pages_max: Option<u32>,
}

/// Least and most width to height, each as a fraction: `4:5` to `191:100`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    pub least: (u32, u32),
    pub most: (u32, u32),
}

/// Which media a platform fetches by an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetched {
    Nothing,
    Images,
    Everything,
}

/// Who fetches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetcher {
    /// Its user agent.
    pub agent: &'static str,
    /// Whether it obeys robots.txt.
    pub robots: bool,
}

/// What a poll may be.
#[derive(Clone, Copy, Debug)]
pub struct PollRule {
    /// Fewest and most options.
    pub options: (usize, usize),
    /// Longest option, in code points.
    pub option_max: usize,
    pub minutes: Minutes,
    /// Longest question, where the poll has one of its own: the post's title.
    pub question_max: Option<usize>,
}

/// How long a poll may last, in minutes.
#[derive(Clone, Copy, Debug)]
pub enum Minutes {
    Between(u32, u32),
    OneOf(&'static [u32]),
}

/// What of a post that is out can still be changed.
#[derive(Clone, Copy, Debug)]
pub struct Edits {
    /// Empty: nothing.
    pub fields: &'static [Field],
    /// What the platform does not let us change, and why: for the plan.
    pub why_not: &'static str,
}

/// A part of a rendition that some platforms can change later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Text,
    Title,
    Tags,
    Visibility,
    Settings,
    Cover,
}

impl Limits {
    /// Longest text of one part, in `unit`; `premium`: for an account with X Premium.
    pub fn longest(&self, premium: bool) -> usize {
        self.premium_text_max.filter(|_| premium).unwrap_or(self.text_max)
    }

    /// The shape of that kind, if the platform has it.
    pub fn shape(&self, kind: Kind) -> Option<&'static Shape> {
        self.shapes.iter().find(|shape| shape.kind == kind)
    }

    /// The rule for images in the first shape that holds any.
    pub fn images(&self) -> Option<&'static ImageRule> {
        self.shapes.iter().find(|shape| shape.images > 0).map(|shape| &shape.image)
    }

    /// The rule of that setting.
    pub fn setting(&self, key: &str) -> Option<&'static SettingRule> {
        self.settings.iter().find(|rule| rule.key == key)
    }
}

/// The rule for a GIF that must stand alone in its part.
#[derive(Clone, Copy, Debug)]
pub struct GifRule {
    pub bytes_max: u64,
    /// Pixels (width x height).
    pub pixels_max: u64,
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

static TABLE: [Limits; 9] = [X, LINKEDIN, FACEBOOK, INSTAGRAM, THREADS, YOUTUBE, TIKTOK, BLUESKY, MASTODON];

/// Vendors write "MB"; read as this it is the cautious reading.
const MB: u64 = 1_000_000;

/// What a row says unless it says otherwise.
const BASE: Limits = Limits {
    platform: Platform::X,
    name: "",
    label: "",
    text_max: 0,
    premium_text_max: None,
    unit: Unit::CodePoints,
    bytes_max: None,
    shapes: &[],
    alt_max: 0,
    threads: false,
    title_max: None,
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
    removes: false,
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
    fetched: Fetched::Nothing,
};

const IMAGE: ImageRule =
    ImageRule { kinds: &[], bytes_max: None, pixels_max: None, width: None, height: None, ratio: None, gif: None };

const VIDEO: VideoRule = VideoRule {
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

/// <https://docs.x.com/fundamentals/counting-characters>, <https://docs.x.com/x-api/media/quickstart/best-practices>,
/// <https://docs.x.com/x-api/posts/create-post>
const X: Limits = Limits {
    platform: Platform::X,
    name: "x",
    label: "X",
    text_max: 280,
    premium_text_max: Some(25_000),
    unit: Unit::Weighted,
    shapes: &[Shape {
        images: 4,
        image: ImageRule {
            kinds: &[Jpeg, Png, Webp, Gif],
            bytes_max: Some(5 * MB),
            gif: Some(GifRule { bytes_max: 15 * MB, pixels_max: 1280 * 1080 }),
            ..IMAGE
        },
        ..FEED
    }],
    alt_max: 1000,
    threads: true,
    settings: &[
        setting(
            "reply_settings",
            Takes::OneOf(&["following", "mentionedUsers", "subscribers", "verified"]),
            "who may reply; everyone unless said",
        )
        .works(),
        setting("made_with_ai", Takes::Bool, "discloses media made with AI").works(),
        setting("paid_partnership", Takes::Bool, "labels the post as paid promotion").works(),
    ],
    published: true,
    ..BASE
};

/// <https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api>,
/// <https://learn.microsoft.com/linkedin/marketing/community-management/shares/multiimage-post-api>,
/// <https://learn.microsoft.com/linkedin/marketing/community-management/shares/images-api> (under 36,152,320 pixels; the
/// limit of bytes is not published), `videos-api` (3 seconds to 30 minutes, 75 KB to 500 MB, MP4), `documents-api` (100 MB,
/// 300 pages), `poll-post-api` and `comments-api` beside it. The last names no longest comment; 1,250 characters is what
/// LinkedIn's own page takes.
const LINKEDIN: Limits = Limits {
    platform: Platform::LinkedIn,
    name: "linkedin",
    label: "LinkedIn",
    text_max: 3000,
    unit: Unit::CodePoints,
    shapes: &[
        Shape { images: 20, videos: 1, image: LINKEDIN_IMAGE, video: LINKEDIN_VIDEO, ..FEED },
        Shape { kind: Kind::Article, images: 20, image: LINKEDIN_IMAGE, ..FEED },
        Shape { kind: Kind::Document, least: 1, documents: 1, document: LINKEDIN_DOCUMENT, ..FEED },
    ],
    alt_max: 4086,
    link_card: true,
    card_title: true,
    poll: Some(PollRule {
        options: (2, 4),
        option_max: 30,
        minutes: Minutes::OneOf(&[1440, 4320, 10_080, 20_160]),
        question_max: Some(140),
    }),
    comment_max: Some(1250),
    quotes: true,
    reposts: true,
    edits: Edits {
        fields: &[Field::Text],
        why_not: "LinkedIn lets only the text be changed: media, card, poll and audience stay as they are",
    },
    removes: true,
    visibilities: &[Visibility::Public, Visibility::Connections],
    settings: &[setting("disable_reshare", Takes::Bool, "readers cannot repost it").works()],
    published: true,
    ..BASE
};

const LINKEDIN_IMAGE: ImageRule = ImageRule { kinds: &[Jpeg, Png, Gif], pixels_max: Some(36_152_319), ..IMAGE };

const LINKEDIN_VIDEO: VideoRule =
    VideoRule { mimes: &["video/mp4"], bytes_max: Some(500 * MB), duration_ms: Some((3000, 1_800_000)), ..VIDEO };

const LINKEDIN_DOCUMENT: DocumentRule =
    DocumentRule { kinds: &[Pdf, Word, Slides], bytes_max: Some(100 * MB), pages_max: Some(300) };

/// <https://developers.facebook.com/docs/pages-api/posts>, <https://developers.facebook.com/docs/graph-api/reference/page/photos>.
/// Not documented: the unit of the text, the number of photos and the length of `alt_text_custom`.
const FACEBOOK: Limits = Limits {
    platform: Platform::Facebook,
    name: "facebook",
    label: "Facebook",
    text_max: 63_206,
    unit: Unit::Utf16,
    shapes: &[Shape {
        images: 10,
        image: ImageRule { kinds: &[Jpeg, Png, Gif], bytes_max: Some(10 * MB), ..IMAGE },
        ..FEED
    }],
    alt_max: 1000,
    link_card: true,
    settings: &[
        setting("place", Takes::Text, "id of the Page of the place it was posted from"),
        setting("targeting", Takes::List, "countries the post is shown in"),
        setting("call_to_action", Takes::Text, "the button of a link post"),
    ],
    ..BASE
};

/// <https://developers.facebook.com/docs/instagram-platform/reference/instagram-media>
const INSTAGRAM: Limits = Limits {
    platform: Platform::Instagram,
    name: "instagram",
    label: "Instagram",
    text_max: 2200,
    unit: Unit::Utf16,
    shapes: &[Shape {
        least: 1,
        images: 10,
        image: ImageRule { kinds: &[Jpeg], bytes_max: Some(8 * MB), ..IMAGE },
        fetched: Fetched::Images,
        ..FEED
    }],
    alt_max: 1000,
    settings: &[
        setting("collaborators", Takes::List, "up to 3 user names invited as co-authors"),
        setting("user_tags", Takes::List, "user names tagged in the media"),
        setting("location_id", Takes::Text, "id of the Page of the place"),
        setting("share_to_feed", Takes::Bool, "shows a reel in the feed as well"),
        setting("is_ai_generated", Takes::Bool, "labels the media as made with AI"),
    ],
    ..BASE
};

/// <https://developers.facebook.com/docs/threads/posts>
const THREADS: Limits = Limits {
    platform: Platform::Threads,
    name: "threads",
    label: "Threads",
    text_max: 500,
    unit: Unit::EmojiBytes,
    shapes: &[Shape {
        images: 20,
        image: ImageRule { kinds: &[Jpeg, Png], bytes_max: Some(8 * MB), ..IMAGE },
        fetched: Fetched::Everything,
        ..FEED
    }],
    alt_max: 1000,
    threads: true,
    link_card: true,
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
            "who may reply",
        ),
        setting("topic_tag", Takes::Text, "the post's topic, 1 to 50 characters"),
        setting("enable_reply_approvals", Takes::Bool, "replies wait for approval"),
    ],
    ..BASE
};

/// <https://developers.google.com/youtube/v3/docs/videos>: the text is the description; a post needs a video.
const YOUTUBE: Limits = Limits {
    platform: Platform::YouTube,
    name: "youtube",
    label: "YouTube",
    text_max: 5000,
    unit: Unit::Utf8,
    shapes: &[Shape { least: 1, videos: 1, ..FEED }],
    title_max: Some(100),
    title_needed: true,
    tags: true,
    visibilities: &[Visibility::Public, Visibility::Unlisted, Visibility::Private],
    settings: &[
        setting("category", Takes::Text, "id of the category (videoCategories.list); 22 is People & Blogs"),
        setting("made_for_kids", Takes::Bool, "the legal declaration that the video is made for children"),
        setting("synthetic_media", Takes::Bool, "discloses realistic altered or AI-made content"),
        setting("playlist", Takes::Text, "id of the playlist the video is added to"),
        setting("license", Takes::OneOf(&["youtube", "creativeCommon"]), "the video's licence"),
        setting("embeddable", Takes::Bool, "others may embed the video"),
        setting("notify_subscribers", Takes::Bool, "subscribers are told"),
        setting("paid_promotion", Takes::Bool, "discloses paid product placement"),
        setting("audio_language", Takes::Text, "language spoken, BCP 47"),
        setting("recording_date", Takes::Text, "when it was recorded, RFC 3339"),
    ],
    ..BASE
};

/// <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>,
/// <https://developers.tiktok.com/doc/content-posting-api-reference-photo-post>. The figure for text is that of a video's
/// caption. The audience must be said: there is no default, so `visibilities` only lists what can be.
const TIKTOK: Limits = Limits {
    platform: Platform::TikTok,
    name: "tiktok",
    label: "TikTok",
    text_max: 2200,
    unit: Unit::Utf16,
    shapes: &[Shape {
        least: 1,
        images: 35,
        image: ImageRule { kinds: &[Jpeg, Webp], bytes_max: Some(20 * MB), ..IMAGE },
        fetched: Fetched::Images,
        ..FEED
    }],
    title_max: Some(90),
    visibility_needed: true,
    visibilities: &[Visibility::Public, Visibility::Connections, Visibility::Followers, Visibility::Private],
    settings: &[
        setting(
            "privacy_level",
            Takes::OneOf(&["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]),
            "who may see it; must be chosen",
        ),
        setting("disable_comment", Takes::Bool, "nobody may comment"),
        setting("disable_duet", Takes::Bool, "nobody may make a duet"),
        setting("disable_stitch", Takes::Bool, "nobody may stitch"),
        setting("brand_content", Takes::Bool, "paid partnership for a third party"),
        setting("brand_organic", Takes::Bool, "promotes the creator's own business"),
        setting("is_aigc", Takes::Bool, "labels the content as made with AI"),
        setting("auto_add_music", Takes::Bool, "TikTok adds music to photos"),
        setting("cover_timestamp_ms", Takes::Number, "frame of the video used as cover, in milliseconds"),
    ],
    ..BASE
};

/// <https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json> and `embed/images.json`: 2,000,000
/// bytes an image since 2026, but servers with the older lexicon still refuse more than half of that. The lexicon has no
/// limit of alternative text; 2,000 is the app's.
const BLUESKY: Limits = Limits {
    platform: Platform::Bluesky,
    name: "bluesky",
    label: "Bluesky",
    text_max: 300,
    unit: Unit::Graphemes,
    bytes_max: Some(3000),
    shapes: &[Shape {
        images: 4,
        image: ImageRule { kinds: &[Jpeg, Png, Gif, Webp], bytes_max: Some(MB), ..IMAGE },
        ..FEED
    }],
    alt_max: 2000,
    threads: true,
    link_card: true,
    card_title: true,
    settings: &[
        setting(
            "threadgate",
            Takes::OneOf(&["everybody", "nobody", "mentioned", "followers", "following"]),
            "who may reply",
        ),
        setting("disable_quotes", Takes::Bool, "nobody may quote it"),
        setting("labels", Takes::List, "content warnings: porn, sexual, nudity, graphic-media"),
    ],
    ..BASE
};

/// <https://docs.joinmastodon.org/entities/Instance/>: the defaults of the software; a server may have its own.
const MASTODON: Limits = Limits {
    platform: Platform::Mastodon,
    name: "mastodon",
    label: "Mastodon",
    text_max: 500,
    unit: Unit::GraphemesShortLinks,
    shapes: &[Shape {
        images: 4,
        image: ImageRule {
            kinds: &[Jpeg, Png, Gif, Webp],
            bytes_max: Some(16_777_216),
            pixels_max: Some(33_177_600),
            ..IMAGE
        },
        ..FEED
    }],
    alt_max: 1500,
    threads: true,
    visibilities: &[Visibility::Public, Visibility::Unlisted, Visibility::Followers],
    settings: &[
        setting("content_warning", Takes::Text, "shown instead of the text until opened"),
        setting("sensitive", Takes::Bool, "hides the media until opened"),
        setting("quote_policy", Takes::OneOf(&["public", "followers", "nobody"]), "who may quote it"),
    ],
    ..BASE
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

#[cfg(test)]
mod tests {
    use super::*;

    /// `Platform::limits` and `Platform::named` lean on the order of the rows.
    #[test]
    fn every_platform_has_its_row() {
        for platform in Platform::ALL {
            let limits = platform.limits();
            assert_eq!(limits.platform, platform);
            assert_eq!(Platform::named(limits.name), Some(platform));
            assert!(limits.text_max > 0 && !limits.label.is_empty() && !limits.visibilities.is_empty());
            for shape in limits.shapes {
                assert_eq!(shape.image.kinds.is_empty(), shape.images == 0, "{platform} {}", shape.kind.name());
                assert_eq!(shape.document.kinds.is_empty(), shape.documents == 0, "{platform} {}", shape.kind.name());
                assert!(
                    shape.fetched == Fetched::Nothing || limits.fetcher.is_some() || !limits.published,
                    "{platform}"
                );
            }
            assert_eq!(limits.shapes[0].kind, Kind::Feed, "{platform}");
            let works = limits.settings.iter().any(|setting| setting.works);
            assert!(!works || limits.published, "{platform} acts on a setting but publishes nothing");
        }
        assert_eq!(Platform::named("myspace"), None);
    }

    #[test]
    fn only_x_premium_is_longer() {
        assert_eq!((Platform::X.limits().longest(false), Platform::X.limits().longest(true)), (280, 25_000));
        assert_eq!(Platform::LinkedIn.limits().longest(true), 3000);
    }

    #[test]
    fn this_version_publishes_to_two() {
        let published: Vec<_> = Platform::ALL.into_iter().filter(|p| p.limits().published).collect();
        assert_eq!(published, [Platform::X, Platform::LinkedIn]);
    }
}

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
    /// Which posts that are out can be changed at all, where not every one can.
    pub editable: Option<Editable>,
    /// What publishing costs, where the platform bills it.
    pub prices: Option<Prices>,
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
    /// Longest text of it, where it has another limit than the rest of the platform.
    pub text_max: Option<usize>,
    /// Whether a title is part of it, where the platform has titles.
    pub title: bool,
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

/// Which posts that are out can be changed.
#[derive(Clone, Copy, Debug)]
pub struct Editable {
    /// Only those of accounts with X Premium.
    pub premium: bool,
    /// Only those of one part, without media, poll, and reference to another post.
    pub plain: bool,
    /// Only for so many minutes after they went out.
    pub minutes: u32,
}

/// What a platform bills, each in thousandths of a US dollar.
#[derive(Clone, Copy, Debug)]
pub struct Prices {
    /// A part whose text holds no link.
    pub post: u32,
    /// A part whose text holds one.
    pub link_post: u32,
    pub repost: u32,
    /// A file that is uploaded.
    pub upload: u32,
    /// An alternative text.
    pub alt: u32,
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
    editable: None,
    prices: None,
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
    text_max: None,
    title: true,
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
/// <https://docs.x.com/x-api/posts/create-post>, <https://docs.x.com/x-api/getting-started/pricing>,
/// <https://docs.x.com/x-api/fundamentals/edit-posts> (30 minutes; the changelog of 2025-10-03 says one hour, so the hour is
/// tried). That an uploaded file is billed like a post is told in the developers' forum, not in the price list.
const X: Limits = Limits {
    platform: Platform::X,
    name: "x",
    label: "X",
    text_max: 280,
    premium_text_max: Some(25_000),
    unit: Unit::Weighted,
    shapes: &[Shape {
        images: 4,
        videos: 1,
        image: ImageRule {
            kinds: &[Jpeg, Png, Webp, Gif],
            bytes_max: Some(5 * MB),
            gif: Some(GifRule { bytes_max: 15 * MB, pixels_max: 1280 * 1080 }),
            ..IMAGE
        },
        video: X_VIDEO,
        premium_video: Some(X_PREMIUM_VIDEO),
        ..FEED
    }],
    alt_max: 1000,
    threads: true,
    poll: Some(PollRule { options: (2, 4), option_max: 25, minutes: Minutes::Between(5, 10_080), question_max: None }),
    replies: true,
    quotes: true,
    reposts: true,
    edits: Edits { fields: &[Field::Text], why_not: "" },
    editable: Some(Editable { premium: true, plain: true, minutes: 60 }),
    prices: Some(Prices { post: 15, link_post: 200, repost: 15, upload: 15, alt: 5 }),
    removes: true,
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

/// X writes "32x32 to 1280x1024" and recommends 720x1280 on the same page: so the longer side may stand either way.
const X_VIDEO: VideoRule = VideoRule {
    mimes: &["video/mp4", "video/quicktime"],
    bytes_max: Some(512 * MB),
    duration_ms: Some((500, 140_000)),
    width: Some((32, 1280)),
    height: Some((32, 1280)),
    ratio: Some(Ratio { least: (1, 3), most: (3, 1) }),
    fps_milli: Some((0, 60_000)),
    video: &["h264"],
    audio: &["aac"],
};

/// Longer ones for accounts with X Premium: how long is not published; `total_bytes` of an upload ends at 16 GiB.
const X_PREMIUM_VIDEO: VideoRule = VideoRule {
    bytes_max: Some(17_179_869_184),
    duration_ms: Some((500, u64::MAX)),
    width: Some((32, u32::MAX)),
    height: Some((32, u32::MAX)),
    ..X_VIDEO
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

/// <https://developers.facebook.com/docs/graph-api/reference/page/photos/>, `feed/` and `videos/` beside it;
/// <https://developers.facebook.com/documentation/video-api/guides/reels-publishing> (reels, and the videos of stories),
/// <https://developers.facebook.com/documentation/video-api/page-stories-api>;
/// <https://developers.facebook.com/docs/marketing-api/reference/ad-account/advideos> (a video's title: less than 255
/// characters); <https://developers.facebook.com/documentation/pages-api/posts> (edits). Not documented: the length and unit
/// of the text, the length of a comment and of `alt_text_custom`, the number of photos; nor the size of a video, which each
/// account is told (`video_upload_limits`).
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
    shapes: &[
        Shape { images: 10, image: FACEBOOK_IMAGE, videos: 1, ..FEED },
        Shape { kind: Kind::Reel, least: 1, videos: 1, video: FACEBOOK_REEL, ..FEED },
        Shape {
            kind: Kind::Story,
            least: 1,
            images: 1,
            image: FACEBOOK_IMAGE,
            videos: 1,
            // The table of reels says 90 seconds, the text below it that a story cannot exceed 60.
            video: VideoRule { duration_ms: Some((3_000, 60_000)), ..FACEBOOK_REEL },
            text: false,
            ..FEED
        },
    ],
    alt_max: 1000,
    title_max: Some(254),
    link_card: true,
    comment_max: Some(8000),
    edits: Edits {
        fields: &[Field::Text, Field::Title],
        why_not: "Facebook lets nothing but the words of a post be changed",
    },
    removes: true,
    settings: &[
        setting("place", Takes::Text, "id of the Page of the place it was posted from").works(),
        setting("targeting", Takes::List, "countries the post is shown in, as two letters each: DE, NL").works(),
        setting("call_to_action", Takes::Text, "the button of a link post: LEARN_MORE, SHOP_NOW, ...").works(),
        setting("is_ai_generated", Takes::Bool, "labels a video as made with AI").works(),
    ],
    published: true,
    ..BASE
};

/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media> (as of 2026-09-11),
/// <https://developers.facebook.com/docs/instagram-platform/content-publishing>,
/// <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/instagram-media> (updating).
/// The unit of the text is not documented; that of a comment's length is the app's, like its figure. Pictures are scaled to
/// 320 to 1440 pixels of width by Instagram. What videos of a carousel must be is documented only with reels.
const FACEBOOK_IMAGE: ImageRule = ImageRule { kinds: &[Jpeg, Png, Gif], bytes_max: Some(10 * MB), ..IMAGE };

const FACEBOOK_REEL: VideoRule = VideoRule {
    duration_ms: Some((3_000, 90_000)),
    width: Some((540, u32::MAX)),
    height: Some((960, u32::MAX)),
    ratio: Some(Ratio { least: (9, 16), most: (9, 16) }),
    fps_milli: Some((24_000, 60_000)),
    video: &["h264", "hevc", "vp9", "av1"],
    audio: &["aac"],
    ..VIDEO
};
/// <https://developers.facebook.com/docs/instagram-platform/reference/instagram-media>
const INSTAGRAM: Limits = Limits {
    platform: Platform::Instagram,
    name: "instagram",
    label: "Instagram",
    text_max: 2200,
    unit: Unit::Utf16,
    shapes: &[
        Shape {
            least: 1,
            images: 10,
            videos: 10,
            mixed: true,
            // Alone it is a reel.
            lone_video: false,
            image: ImageRule { ratio: Some(Ratio { least: (4, 5), most: (191, 100) }), ..INSTAGRAM_IMAGE },
            video: INSTAGRAM_REEL,
            fetched: Fetched::Everything,
            ..FEED
        },
        Shape { kind: Kind::Reel, least: 1, videos: 1, video: INSTAGRAM_REEL, fetched: Fetched::Everything, ..FEED },
        Shape {
            kind: Kind::Story,
            least: 1,
            images: 1,
            videos: 1,
            image: INSTAGRAM_IMAGE,
            video: VideoRule {
                bytes_max: Some(100 * MB),
                duration_ms: Some((3_000, 60_000)),
                ratio: Some(Ratio { least: (1, 10), most: (10, 1) }),
                ..INSTAGRAM_REEL
            },
            text: false,
            fetched: Fetched::Everything,
            ..FEED
        },
    ],
    alt_max: 1000,
    comment_max: Some(2200),
    edits: Edits {
        fields: &[],
        why_not: "Instagram lets no program change a post; change it in the app, or delete it and publish it anew",
    },
    removes: true,
    fetcher: Some(META_FETCHER),
    settings: &[
        setting("collaborators", Takes::List, "up to 3 user names invited as co-authors").works(),
        setting(
            "user_tags",
            Takes::List,
            "people tagged: `name X Y` (0 to 1 from the left and the top), `2: name X Y` in a carousel, `name` in a video",
        )
        .works(),
        setting("location_id", Takes::Text, "id of the Page of the place").works(),
        setting("share_to_feed", Takes::Bool, "shows a reel in the feed as well").works(),
        setting("thumb_offset", Takes::Number, "frame of a video used as cover, in milliseconds").works(),
        setting("audio_name", Takes::Text, "name of a reel's own sound").works(),
        setting(
            "trial",
            Takes::OneOf(&["MANUAL", "SS_PERFORMANCE"]),
            "shows a reel to strangers first; followers see it when you say so, or when it does well",
        )
        .works(),
        setting("is_ai_generated", Takes::Bool, "labels the media as made with AI").works(),
    ],
    published: true,
    ..BASE
};

/// <https://developers.facebook.com/docs/threads/posts>, <https://developers.facebook.com/docs/threads/create-posts/polls>
/// (the API takes no duration: a poll is open for a day). Wider and narrower images are scaled. For images only the widest
/// shape is told; the narrowest is that of videos.
const INSTAGRAM_IMAGE: ImageRule = ImageRule { kinds: &[Jpeg], bytes_max: Some(8 * MB), ..IMAGE };
/// At most 1920 columns of pixels, 0.01:1 to 10:1, 23 to 60 frames a second, three seconds to fifteen minutes.
const INSTAGRAM_REEL: VideoRule = VideoRule {
    mimes: &["video/mp4", "video/quicktime"],
    bytes_max: Some(300 * MB),
    duration_ms: Some((3_000, 900_000)),
    width: Some((1, 1920)),
    ratio: Some(Ratio { least: (1, 100), most: (10, 1) }),
    fps_milli: Some((23_000, 60_000)),
    video: &["h264", "hevc"],
    audio: &["aac"],
    ..VIDEO
};
/// Who fetches for Meta: <https://developers.facebook.com/docs/sharing/webmasters/web-crawlers>.
const META_FETCHER: Fetcher =
    Fetcher { agent: "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", robots: true };
/// <https://developers.facebook.com/docs/threads/posts>
const THREADS: Limits = Limits {
    platform: Platform::Threads,
    name: "threads",
    label: "Threads",
    text_max: 500,
    unit: Unit::EmojiBytes,
    shapes: &[Shape {
        images: 20,
        videos: 20,
        mixed: true,
        image: ImageRule {
            kinds: &[Jpeg, Png],
            bytes_max: Some(8 * MB),
            ratio: Some(Ratio { least: (1, 100), most: (10, 1) }),
            ..IMAGE
        },
        video: VideoRule {
            mimes: &["video/mp4", "video/quicktime"],
            bytes_max: Some(1000 * MB),
            duration_ms: Some((1, 300_000)),
            width: Some((1, 1920)),
            ratio: Some(Ratio { least: (1, 100), most: (10, 1) }),
            fps_milli: Some((23_000, 60_000)),
            video: &["h264", "hevc"],
            audio: &["aac"],
            ..VIDEO
        },
        fetched: Fetched::Everything,
        ..FEED
    }],
    alt_max: 1000,
    threads: true,
    link_card: true,
    poll: Some(PollRule { options: (2, 4), option_max: 25, minutes: Minutes::OneOf(&[1440]), question_max: None }),
    comment_max: Some(500),
    replies: true,
    quotes: true,
    edits: Edits {
        fields: &[],
        why_not: "Threads offers no way to change a post that is out; remove it and publish anew, or leave it",
    },
    removes: true,
    fetcher: Some(META_FETCHER),
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
            "who may reply; everyone unless said",
        )
        .works(),
        setting("topic_tag", Takes::Text, "the post's topic, 1 to 50 characters without `.` and `&`").works(),
        setting("enable_reply_approvals", Takes::Bool, "replies wait for approval").works(),
        setting("is_spoiler_media", Takes::Bool, "hides pictures and videos until opened").works(),
    ],
    published: true,
    ..BASE
};

/// <https://developers.google.com/youtube/v3/docs/videos> (the text is the description: 5000 bytes, a title 100
/// characters), <https://developers.google.com/youtube/v3/docs/videos/insert> (a file of 256 GiB at most),
/// <https://support.google.com/youtube/answer/71673> (12 hours; 15 minutes until the channel's phone is verified, which only
/// the platform can tell), <https://support.google.com/youtube/answer/15424877> (Shorts of up to three minutes). Formats and
/// codecs: whatever YouTube can convert, no list is binding.
const YOUTUBE: Limits = Limits {
    platform: Platform::YouTube,
    name: "youtube",
    label: "YouTube",
    text_max: 5000,
    unit: Unit::Utf8,
    shapes: &[
        Shape { least: 1, videos: 1, video: YOUTUBE_VIDEO, ..FEED },
        Shape {
            kind: Kind::Short,
            least: 1,
            videos: 1,
            video: VideoRule { duration_ms: Some((0, 180_000)), ..YOUTUBE_VIDEO },
            ..FEED
        },
    ],
    title_max: Some(100),
    title_needed: true,
    tags: true,
    edits: Edits {
        fields: &[Field::Text, Field::Title, Field::Tags, Field::Visibility, Field::Settings, Field::Cover],
        why_not: "YouTube keeps a video's file: another one is another video; captions and the language are changed in \
                  YouTube Studio",
    },
    removes: true,
    visibilities: &[Visibility::Public, Visibility::Unlisted, Visibility::Private],
    settings: &[
        setting("category", Takes::Text, "id of the category (videoCategories.list); 22 is People & Blogs").works(),
        setting(
            "made_for_kids",
            Takes::Bool,
            "the legal declaration whether the video is made for children; must be said",
        )
        .works(),
        setting("synthetic_media", Takes::Bool, "discloses realistic altered or AI-made content").works(),
        setting("playlist", Takes::Text, "id of the playlist the video is added to").works(),
        setting("license", Takes::OneOf(&["youtube", "creativeCommon"]), "the video's licence").works(),
        setting("embeddable", Takes::Bool, "others may embed the video").works(),
        setting("notify_subscribers", Takes::Bool, "subscribers are told; they are unless said").works(),
        setting("paid_promotion", Takes::Bool, "discloses paid product placement").works(),
        setting("audio_language", Takes::Text, "language spoken, BCP 47").works(),
        setting("recording_date", Takes::Text, "when it was recorded, RFC 3339").works(),
    ],
    published: true,
    ..BASE
};

const YOUTUBE_VIDEO: VideoRule =
    VideoRule { bytes_max: Some(274_877_906_944), duration_ms: Some((0, 43_200_000)), ..VIDEO };

/// <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>,
/// <https://developers.tiktok.com/doc/content-posting-api-reference-photo-post>. The figure for text is that of a video's
/// caption. The audience must be said: there is no default, so `visibilities` only lists what can be.
/// <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post> (a video's caption: 2,200 UTF-16 units),
/// <https://developers.tiktok.com/doc/content-posting-api-reference-photo-post> (a title of 90 units, a description of 4,000,
/// 35 photos of 20 MB), <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide> (videos; how long one may
/// be is told for each creator, and is 10 minutes at most). The audience must be said: there is no default, so `visibilities`
/// only lists what can be. Who fetches photos, and whether it reads robots.txt, is not documented.
const TIKTOK: Limits = Limits {
    platform: Platform::TikTok,
    name: "tiktok",
    label: "TikTok",
    text_max: 2200,
    unit: Unit::Utf16,
    shapes: &[
        Shape {
            least: 1,
            images: 35,
            image: ImageRule { kinds: &[Jpeg, Webp], bytes_max: Some(20 * MB), ..IMAGE },
            text_max: Some(4000),
            fetched: Fetched::Images,
            ..FEED
        },
        Shape { kind: Kind::Reel, least: 1, videos: 1, video: TIKTOK_VIDEO, title: false, ..FEED },
    ],
    title_max: Some(90),
    edits: Edits { fields: &[], why_not: "TikTok lets nobody but the app change what is posted" },
    fetcher: Some(Fetcher { agent: "TikTok", robots: false }),
    visibility_needed: true,
    visibilities: &[Visibility::Public, Visibility::Connections, Visibility::Followers, Visibility::Private],
    settings: &[
        setting(
            "mode",
            Takes::OneOf(&["direct", "draft"]),
            "`draft` leaves it in the creator's inbox at TikTok, to be finished and posted in the app",
        )
        .works(),
        setting(
            "privacy_level",
            Takes::OneOf(&["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"]),
            "who may see it, in TikTok's words; this or `visibility` must be written",
        )
        .works(),
        setting("disable_comment", Takes::Bool, "`false` lets people comment; they cannot unless that is said").works(),
        setting("disable_duet", Takes::Bool, "`false` lets people make duets; they cannot unless that is said").works(),
        setting("disable_stitch", Takes::Bool, "`false` lets people stitch; they cannot unless that is said").works(),
        setting("brand_content", Takes::Bool, "discloses a paid partnership with a third party").works(),
        setting("brand_organic", Takes::Bool, "discloses that it promotes the creator's own business").works(),
        setting("is_aigc", Takes::Bool, "labels the content as made with AI").works(),
        setting("auto_add_music", Takes::Bool, "TikTok adds music to photos").works(),
        setting("photo_cover_index", Takes::Number, "which photo is the cover, from 0; the first unless said").works(),
        setting("cover_timestamp_ms", Takes::Number, "frame of the video used as cover, in milliseconds").works(),
    ],
    published: true,
    ..BASE
};

const TIKTOK_VIDEO: VideoRule = VideoRule {
    mimes: &["video/mp4", "video/quicktime", "video/webm"],
    bytes_max: Some(4000 * MB),
    duration_ms: Some((0, 600_000)),
    width: Some((360, 4096)),
    height: Some((360, 4096)),
    fps_milli: Some((23_000, 60_000)),
    video: &["h264", "hevc", "vp8", "vp9"],
    ..VIDEO
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
    fn this_version_publishes_to_seven() {
        let published: Vec<_> = Platform::ALL.into_iter().filter(|p| p.limits().published).collect();
        assert_eq!(
            published,
            [
                Platform::X,
                Platform::LinkedIn,
                Platform::Facebook,
                Platform::Instagram,
                Platform::Threads,
                Platform::YouTube,
                Platform::TikTok
            ]
        );
    }
}

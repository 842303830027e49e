//! What each platform allows, as one table: a row a platform. Knows no post and no request.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::media;
use crate::media::convert::Wanted;

pub mod quota;
mod server;
mod table;

pub use quota::Quota;
pub use server::Server;

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
    Discord,
    Telegram,
    Forem,
    Slack,
}

impl Platform {
    pub const ALL: [Self; 13] = [
        Self::X,
        Self::LinkedIn,
        Self::Facebook,
        Self::Instagram,
        Self::Threads,
        Self::YouTube,
        Self::TikTok,
        Self::Bluesky,
        Self::Mastodon,
        Self::Discord,
        Self::Telegram,
        Self::Forem,
        Self::Slack,
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
        &table::TABLE[self as usize]
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
    /// Grapheme clusters; any http(s) URL counts [`Limits::url_length`], and `@user@host` as `@user` (Mastodon).
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
    /// Where its accounts live.
    pub home: Home,
    /// Longest text of one part, in `unit`.
    pub text_max: usize,
    /// The same for an account with X Premium.
    pub premium_text_max: Option<usize>,
    pub unit: Unit,
    /// What an address counts in [`Unit::GraphemesShortLinks`], however long it is.
    pub url_length: usize,
    /// Longest text in bytes of UTF-8, where the platform has that limit besides.
    pub bytes_max: Option<usize>,
    /// The shapes a post may take; where none is wished for, it gets the first that can hold its media.
    pub shapes: &'static [Shape],
    /// Longest alternative text, in code points; 0: the platform has none.
    pub alt_max: usize,
    /// Whether the text is sent as the Markdown it was written in, which the platform itself makes a page of.
    pub markdown: bool,
    /// Whether a link is its words, which lead to its address, and not the address itself: then parts say which words lead where.
    pub link_spans: bool,
    /// Whether a post may be a thread of parts.
    pub threads: bool,
    /// Longest title, in code points, where one is part of what is published, beside the one of a link card.
    pub title_max: Option<usize>,
    /// Whether only a video has one.
    pub title_of_videos: bool,
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
    /// How much may be published in a span of time.
    pub quotas: &'static [Quota],
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

/// Where a platform's accounts live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// All at the same hosts.
    One,
    /// Each on a server of somebody's, which accounts.toml names (`server`).
    Server,
    /// The same, but on this one unless accounts.toml names another; none sets limits of its own.
    Usual { at: &'static str },
    /// The same, but the login tells which; accounts.toml may say where to log in instead of here.
    Told { at: &'static str },
}

impl Home {
    /// Whether the file says which server an account is on, and no login does.
    pub fn is_written(self) -> bool {
        matches!(self, Self::Server | Self::Usual { .. })
    }
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
    /// Width x height.
    pub pixels_max: Option<u64>,
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

impl Ratio {
    /// Both as width / height.
    pub fn fractions(self) -> (f64, f64) {
        let fraction = |(width, height): (u32, u32)| f64::from(width) / f64::from(height);
        (fraction(self.least), fraction(self.most))
    }
}

impl ImageRule {
    /// What a picture of that kind is to be like.
    pub fn wanted(&self, kind: media::Kind) -> Wanted<'static> {
        let gif = self.gif.filter(|_| kind == media::Kind::Gif);
        Wanted {
            kinds: self.kinds,
            bytes_max: gif.map(|gif| gif.bytes_max).or(self.bytes_max),
            pixels_max: gif.map(|gif| gif.pixels_max).or(self.pixels_max),
            width: self.width,
            height: self.height,
            ratio: self.ratio.map(Ratio::fractions),
        }
    }
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
    /// Whether what it fetched is kept, so that an address may end. Elsewhere readers fetch it, too.
    pub keeps: bool,
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

    /// The limit of that name.
    pub fn quota(&self, name: &str) -> Option<&'static Quota> {
        self.quotas.iter().find(|quota| quota.name == name)
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
    fn this_version_publishes_everywhere() {
        assert!(Platform::ALL.into_iter().all(|platform| platform.limits().published));
    }
}

//! What an author wrote: one Markdown file with front matter. Knows nothing of what has been published.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Located, Source};

pub mod body;
pub mod due;
pub mod front;
pub mod target;

/// Who a post is, for ever: its `id` key, or its path under `posts/` without ending.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PostId(String);

impl PostId {
    /// Takes any text: ids read from a ledger are kept as they are.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One post as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    pub id: PostId,
    /// Whether the id was written in the front matter (`true`) or is the path (`false`).
    pub id_written: bool,
    /// The file, path and text.
    pub source: Source,
    /// Account names, platform names or groups, as written; empty when the key is missing.
    pub targets: Vec<Located<String>>,
    pub schedule: Option<Located<Schedule>>,
    pub expires: Option<Located<DateTime<Utc>>>,
    pub on_edit: OnEdit,
    pub on_remove: OnRemove,
    /// The post's own wishes, which overrides may change for a target.
    pub wishes: Wishes,
    /// What `overrides` says for an account or a platform, by that name.
    pub overrides: BTreeMap<String, Override>,
    pub body: Body,
    /// Bodies from files beside the post (`<stem>.<account or platform>.md`), by that name.
    pub variants: BTreeMap<String, Body>,
}

/// A Markdown text and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// The file the text stands in.
    pub source: Source,
    /// Byte offset of `markdown` in that file's text; `None` for a text written in the front matter (`text:`), whose
    /// problems point at that key instead.
    pub offset: Option<usize>,
    /// The bytes of the file that hold the body, or the `text:` key's value.
    pub span: std::ops::Range<usize>,
    pub markdown: String,
}

/// When a post is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    At {
        instant: DateTime<Utc>,
        /// The zone it was written in, for showing it again: an IANA name or an offset such as `+02:00`.
        zone: String,
    },
    /// As soon as it is on the publishing branch.
    OnMerge,
    /// The account's next free slot.
    NextSlot,
}

/// Everything `overrides` may change for one account or platform, and the post itself may say. `None` is "not said".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wishes {
    pub title: Option<Located<String>>,
    pub max_late: Option<Located<TimeDelta>>,
    pub visibility: Option<Located<Visibility>>,
    pub draft: Option<Located<bool>>,
    pub tags: Option<Located<Vec<String>>>,
    pub lang: Option<Located<String>>,
    pub link: Option<Located<String>>,
    pub media: Option<Located<Vec<MediaWish>>>,
    pub thread: Option<Located<bool>>,
    pub poll: Option<Located<Poll>>,
    pub reply_to: Option<Located<String>>,
    pub quote_of: Option<Located<String>>,
    pub repost_of: Option<Located<String>>,
    pub first_comment: Option<Located<String>>,
    pub kind: Option<Located<Kind>>,
    /// The platform's own settings (`reply_settings`, `privacy_level`, ...), already checked against that platform's
    /// list of settings; text, bool and number scalars are kept in their written form, lists joined are kept as lists.
    pub settings: BTreeMap<String, Located<Setting>>,
}

/// The value of a platform's own setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    Text(String),
    Bool(bool),
    Number(f64),
    List(Vec<String>),
}

/// What `overrides.<name>` says.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// Where the name stands.
    pub span: std::ops::Range<usize>,
    pub wishes: Wishes,
    /// The `text` key.
    pub text: Option<Body>,
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

    /// The word as written in front matter.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Followers => "followers",
            Self::Connections => "connections",
            Self::Private => "private",
        }
    }
}

/// What shape a post takes; by default its media suggest it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// The word as written in front matter.
    pub fn name(self) -> &'static str {
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

/// What to do when the file changes after publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnEdit {
    #[default]
    Keep,
    Update,
}

/// What to do when the file goes away or `expires` passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnRemove {
    #[default]
    Keep,
    Delete,
}

/// A media file as a post names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaWish {
    /// The path as written.
    pub src: Located<String>,
    pub alt: Option<String>,
    /// Which part of a thread it belongs to, from 1.
    pub part: Option<usize>,
    pub title: Option<String>,
    pub cover: Option<String>,
    pub captions: Option<String>,
}

/// A poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    pub options: Vec<String>,
    pub duration: TimeDelta,
}

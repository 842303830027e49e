//! What an author wrote: one Markdown file with front matter. Knows nothing of what has been published.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Located, Problem, Source};

pub mod body;
pub mod due;
pub mod front;
pub mod target;
pub mod variant;

pub use crate::limits::{Kind, Visibility};
use crate::zone::Zone;

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

/// Reads a post; never stops at the first mistake. Wall times without a zone of their own are in `zone`.
///
/// `None` where the front matter cannot be read at all. Beside problems that are errors the post holds what could be read and
/// leaves out the rest: enough to name it, never to be published.
pub fn parse(source: &Source, zone: Option<Zone>) -> (Option<Post>, Vec<Problem>) {
    front::parse(source, zone)
}

/// Posts that share an id; each is told where another one is.
pub fn duplicates(posts: &[Post]) -> Vec<Problem> {
    let mut by_id: BTreeMap<&PostId, Vec<&Post>> = BTreeMap::new();
    for post in posts {
        by_id.entry(&post.id).or_default().push(post);
    }
    let mut problems = Vec::new();
    for (id, same) in by_id {
        for (at, post) in same.iter().enumerate() {
            // The first of them is told of the second, all others of the first.
            let Some(other) = same.get(usize::from(at == 0)).filter(|_| same.len() > 1) else { break };
            let message = format!("the id `{id}` is also that of {}", other.source.path);
            let place = post.id_span.clone().unwrap_or(0..front::first_line_end(&post.source.text));
            let problem = Problem::error("duplicate-id", &post.source, message).at(place);
            problems.push(problem.hint("give one of them another `id`"));
        }
    }
    problems
}

/// Where a path written in a post leads, relative to the post's folder; `None` if it leaves the repository.
pub fn path_from(post: &str, written: &str) -> Option<String> {
    let folder = post.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut path: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in written.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                path.pop()?;
            }
            part => path.push(part),
        }
    }
    Some(path.join("/"))
}

/// One post as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    pub id: PostId,
    /// Where the id is written in the front matter; `None` where it is the path.
    pub id_span: Option<std::ops::Range<usize>>,
    /// The file, path and text.
    pub source: Source,
    /// Account names, platform names or groups, as written; empty when the key is missing.
    pub targets: Vec<Located<String>>,
    /// Where they are written, rightly or wrongly.
    pub targets_span: Option<std::ops::Range<usize>>,
    pub schedule: Option<Located<Schedule>>,
    pub expires: Option<Located<DateTime<Utc>>>,
    pub on_edit: OnEdit,
    pub on_remove: OnRemove,
    /// The post's own wishes, which overrides may change for a target.
    pub wishes: Wishes,
    /// What `overrides` says for an account or a platform, by that name. Boxed, as a map makes room for eleven at once.
    pub overrides: BTreeMap<String, Box<Override>>,
    pub body: Arc<Body>,
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
    /// Whether pictures that are only too large are made smaller on their way.
    pub fit: Option<Located<bool>>,
    /// The platform's own settings (`reply_settings`, `privacy_level`, ...), already checked against that platform's
    /// list of settings. Empty in a [`Post`] and its overrides: only [`target::resolve`] knows whose settings they are.
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
    /// Keys that are no wishes, so perhaps settings of the platform: which, [`target::resolve`] finds out.
    pub settings: Vec<(Located<String>, front::yaml::Node)>,
}

/// What to do when the file changes after publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnEdit {
    #[default]
    Keep,
    Update,
}

impl OnEdit {
    pub const ALL: [Self; 2] = [Self::Keep, Self::Update];
    /// Their words, in the same order.
    pub const NAMES: [&'static str; 2] = ["keep", "update"];
}

/// What to do when the file goes away or `expires` passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnRemove {
    #[default]
    Keep,
    Delete,
}

impl OnRemove {
    pub const ALL: [Self; 2] = [Self::Keep, Self::Delete];
    /// Their words, in the same order.
    pub const NAMES: [&'static str; 2] = ["keep", "delete"];
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

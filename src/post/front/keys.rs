//! Every key front matter may hold, as one table: the reader, the suggestions and the JSON Schema all come from it.

use super::super::{Kind, OnEdit, OnRemove, Visibility};

/// One key of front matter.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    pub field: Field,
    pub takes: Takes,
    /// One line for people and for the JSON Schema.
    pub doc: &'static str,
}

impl Key {
    /// Whether the post itself may say it.
    pub fn in_post(&self) -> bool {
        self.field != Field::Text
    }

    /// Whether an override may say it.
    pub fn in_override(&self) -> bool {
        matches!(self.field, Field::Wish(_) | Field::Text)
    }

    /// The key of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }
}

/// What a key fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Id,
    Targets,
    Schedule,
    Expires,
    OnEdit,
    OnRemove,
    Overrides,
    Wish(Wish),
    /// An override's own text.
    Text,
    /// A site generator's key: accepted, and nothing follows from it.
    Ignored,
}

/// Which of the wishes a key fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Title,
    MaxLate,
    Visibility,
    Draft,
    Published,
    Tags,
    Lang,
    Link,
    Media,
    Thread,
    Poll,
    ReplyTo,
    QuoteOf,
    RepostOf,
    FirstComment,
    Kind,
    Fit,
}

/// What a key's value may be.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    Id,
    Text,
    Bool,
    DateTime,
    /// A date-time, `on-merge` or `next-slot`.
    Schedule,
    Duration,
    Lang,
    Url,
    /// A URL, or the id of another post.
    Reference,
    /// A list of texts.
    Texts,
    /// A list of paths, or of maps with the keys of [`MEDIA_KEYS`].
    Media,
    /// A map with the keys of [`POLL_KEYS`].
    Poll,
    OneOf(&'static [&'static str]),
    /// A map from account or platform to a map of keys.
    Overrides,
    Anything,
}

/// The keys of one entry of `media`.
pub const MEDIA_KEYS: &[(&str, &str)] = &[
    ("src", "path of the file, relative to the post, else to the repository's root"),
    ("alt", "what the picture shows, for people who do not see it"),
    ("part", "which part of a thread it belongs to, from 1"),
    ("title", "title of the file, where the platform shows one"),
    ("cover", "path of the picture shown before a video plays"),
    ("captions", "path of the subtitles"),
];

/// The keys of `poll`.
pub const POLL_KEYS: &[(&str, &str)] =
    &[("options", "the answers to choose from"), ("duration", "how long it is open, such as `2d`")];

/// All keys, in the order the manual tells them.
pub const KEYS: &[Key] = &[
    key("id", Field::Id, Takes::Id, "who the post is, for ever; without it, its path under posts/ without ending"),
    wish("title", Wish::Title, Takes::Text, "used where the platform has a title; else for people only"),
    key(
        "targets",
        Field::Targets,
        Takes::Texts,
        "accounts, platforms that have just one account, or groups of accounts.toml",
    ),
    key(
        "schedule",
        Field::Schedule,
        Takes::Schedule,
        "when it is due: `2026-12-01 09:00`, RFC 3339, `on-merge` or `next-slot`",
    ),
    key("publishDate", Field::Schedule, Takes::Schedule, "the same as `schedule`"),
    wish("max_late", Wish::MaxLate, Takes::Duration, "later than that it is missed and not published"),
    wish("visibility", Wish::Visibility, Takes::OneOf(&Visibility::NAMES), "who may see it"),
    wish("draft", Wish::Draft, Takes::Bool, "a draft is never published"),
    wish("published", Wish::Published, Takes::Bool, "the opposite of `draft`"),
    wish("tags", Wish::Tags, Takes::Texts, "tags, without `#`"),
    wish("lang", Wish::Lang, Takes::Lang, "language of the text, as BCP 47 writes it: `en`, `pt-BR`"),
    wish("link", Wish::Link, Takes::Url, "link card or article, where the platform has one"),
    wish("media", Wish::Media, Takes::Media, "pictures, videos and documents"),
    wish("thread", Wish::Thread, Takes::Bool, "whether the text is split into parts at `---` lines"),
    wish("poll", Wish::Poll, Takes::Poll, "a poll, where the platform has polls"),
    wish("reply_to", Wish::ReplyTo, Takes::Reference, "the post this one answers: a URL or the id of a post"),
    wish("quote_of", Wish::QuoteOf, Takes::Reference, "the post this one quotes: a URL or the id of a post"),
    wish("repost_of", Wish::RepostOf, Takes::Reference, "the post this one repeats: a URL or the id of a post"),
    wish("first_comment", Wish::FirstComment, Takes::Text, "a comment put below the post, where the platform allows"),
    wish("kind", Wish::Kind, Takes::OneOf(&Kind::NAMES), "what shape it takes; by default its media suggest it"),
    wish("fit", Wish::Fit, Takes::Bool, "whether pictures that are only too large are made smaller on their way"),
    key("text", Field::Text, Takes::Text, "the text for this account or platform, instead of the post's"),
    key("overrides", Field::Overrides, Takes::Overrides, "what differs for an account or a platform"),
    key("on_edit", Field::OnEdit, Takes::OneOf(&OnEdit::NAMES), "what to do when the file changes after publication"),
    key(
        "on_remove",
        Field::OnRemove,
        Takes::OneOf(&OnRemove::NAMES),
        "what to do when the file goes away, or `expires` passes",
    ),
    key("expires", Field::Expires, Takes::DateTime, "from then on `on_remove` applies"),
    ignored("params", "data of your own"),
    ignored("date", "Hugo, Zola, Jekyll; never a schedule"),
    ignored("lastmod", "Hugo"),
    ignored("updated", "Zola"),
    ignored("description", "Hugo, Zola, Jekyll"),
    ignored("summary", "Hugo"),
    ignored("excerpt", "Jekyll"),
    ignored("slug", "Hugo, Zola"),
    ignored("permalink", "Jekyll"),
    ignored("aliases", "Hugo, Zola"),
    ignored("layout", "Hugo, Jekyll"),
    ignored("template", "Zola"),
    ignored("weight", "Hugo, Zola"),
    ignored("author", "Hugo, Jekyll"),
    ignored("authors", "Hugo, Zola"),
    ignored("categories", "Hugo, Jekyll"),
    ignored("taxonomies", "Zola"),
    ignored("series", "Hugo"),
    ignored("keywords", "Hugo"),
    ignored("cascade", "Hugo"),
    ignored("extra", "Zola"),
    ignored("toc", "Hugo, Jekyll"),
    ignored("comments", "Jekyll"),
];

const fn key(name: &'static str, field: Field, takes: Takes, doc: &'static str) -> Key {
    Key { name, field, takes, doc }
}

const fn wish(name: &'static str, wish: Wish, takes: Takes, doc: &'static str) -> Key {
    key(name, Field::Wish(wish), takes, doc)
}

const fn ignored(name: &'static str, doc: &'static str) -> Key {
    key(name, Field::Ignored, Takes::Anything, doc)
}

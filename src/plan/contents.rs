//! What a row sends, as the JSON documents tell it: copied from its rendition, without what only adapters need.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::fit::{Card, Link, Media, Original, Part, Poll, Reference, Rendition, Smaller};
use crate::limits::Visibility;
use crate::media;
use crate::post::Kind;

/// The text of one part, as it is sent.
#[derive(Clone, Debug, Serialize)]
pub struct PartRow {
    pub text: String,
    pub count: usize,
    pub limit: usize,
    /// Which words lead where, where a link is its words: bytes of the text as UTF-8.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// One attachment.
#[derive(Clone, Debug, Serialize)]
pub struct MediaRow {
    pub path: String,
    pub kind: media::Kind,
    pub bytes: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// `None` for pictures.
    pub duration_ms: Option<u64>,
    pub alt: Option<String>,
    /// The part it belongs to, from 1; `None` for the picture of a link card.
    pub part: Option<usize>,
    /// Of PDFs.
    pub pages: Option<u32>,
    pub title: Option<String>,
    /// Path of the picture shown until a video plays.
    pub cover: Option<String>,
    pub captions: Option<CaptionsRow>,
    /// Of a picture that is made smaller on its way: then the figures above are those of what is sent.
    pub made_smaller: Option<SmallerRow>,
}

/// How a picture is made smaller.
#[derive(Clone, Debug, Serialize)]
pub struct SmallerRow {
    /// As it is committed.
    pub bytes: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// What is done, for people; empty until it is.
    pub changes: Vec<String>,
}

impl From<&Smaller> for SmallerRow {
    fn from(smaller: &Smaller) -> Self {
        let Original { bytes, width, height, .. } = smaller.original;
        let changes = smaller.changes.iter().flatten().map(ToString::to_string).collect();
        Self { bytes, width, height, changes }
    }
}

/// The captions of a video.
#[derive(Clone, Debug, Serialize)]
pub struct CaptionsRow {
    pub path: String,
    /// BCP 47.
    pub lang: Option<String>,
}

/// What goes out beside texts and media; nothing of it where there is no rendition.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Beside {
    pub kind: Option<Kind>,
    pub visibility: Option<Visibility>,
    pub title: Option<String>,
    pub lang: Option<String>,
    pub tags: Vec<String>,
    pub card: Option<CardRow>,
    /// `{"options": [...], "minutes": ...}`
    pub poll: Option<Poll>,
    /// `{"url": ...}`, or `{"post": ...}` with the id of a post of ours; so are the next two.
    pub reply_to: Option<Reference>,
    pub quote_of: Option<Reference>,
    pub repost_of: Option<Reference>,
    pub first_comment: Option<String>,
    /// The platform's own, as text.
    pub settings: BTreeMap<String, String>,
}

/// A link card.
#[derive(Clone, Debug, Serialize)]
pub struct CardRow {
    pub url: String,
    /// `None` where the platform takes it from the page.
    pub title: Option<String>,
    pub description: Option<String>,
    pub picture: Option<MediaRow>,
}

impl From<&Part> for PartRow {
    fn from(part: &Part) -> Self {
        Self { text: part.text.clone(), count: part.count, limit: part.limit, links: part.links.clone() }
    }
}

impl MediaRow {
    /// `part`: from 0.
    pub fn new(media: &Media, part: Option<usize>) -> Self {
        let captions = media.captions.as_ref();
        Self {
            path: media.committed_path().to_owned(),
            kind: media.kind,
            bytes: media.bytes,
            width: media.width,
            height: media.height,
            duration_ms: media.duration_ms(),
            alt: media.alt.clone(),
            part: part.map(|part| part + 1),
            pages: media.pages,
            title: media.title.clone(),
            cover: media.cover.as_ref().map(|cover| cover.path.clone()),
            captions: captions.map(|its| CaptionsRow { path: its.file.path.clone(), lang: its.lang.clone() }),
            made_smaller: media.smaller.as_deref().map(SmallerRow::from),
        }
    }
}

impl From<&Card> for CardRow {
    fn from(card: &Card) -> Self {
        Self {
            url: card.url.clone(),
            title: Some(card.title.clone()).filter(|title| !title.is_empty()),
            description: card.description.clone(),
            picture: card.thumbnail.as_ref().map(|media| MediaRow::new(media, None)),
        }
    }
}

impl From<&Rendition> for Beside {
    fn from(rendition: &Rendition) -> Self {
        Self {
            kind: Some(rendition.kind),
            visibility: Some(rendition.visibility),
            title: rendition.title.clone(),
            lang: rendition.lang.clone(),
            tags: rendition.tags.clone(),
            card: rendition.card.as_ref().map(CardRow::from),
            poll: rendition.poll.clone(),
            reply_to: rendition.reply_to.clone(),
            quote_of: rendition.quote_of.clone(),
            repost_of: rendition.repost_of.clone(),
            first_comment: rendition.first_comment.clone(),
            settings: rendition.settings.clone(),
        }
    }
}

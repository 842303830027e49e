//! Pictures that are made smaller on their way, where the post says `fit: true`. Knows what a picture must be, and not its
//! bytes: whoever has them converts them.

use std::ops::Range;

use serde::Serialize;

use super::Media;
use crate::error::{Problem, Source};
use crate::media::Kind;
use crate::media::convert::{self, Change, Converted, Unfit, Wanted};

/// A picture that is too large as it is committed, and is made smaller for its platform.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Smaller {
    /// The file as it is committed.
    #[serde(skip)]
    pub original: Original,
    #[serde(skip)]
    pub wanted: Wanted<'static>,
    /// What was done; `None` until it is done.
    #[serde(skip)]
    pub changes: Option<Vec<Change>>,
    /// Where the file is named.
    #[serde(skip)]
    place: (Source, Range<usize>),
}

/// What is known of a file before it is made smaller.
#[derive(Clone, Debug, PartialEq)]
pub struct Original {
    pub path: String,
    pub kind: Kind,
    pub mime: &'static str,
    pub bytes: u64,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub sha256: String,
}

impl Smaller {
    /// For a picture that is of a kind and shape that are taken, stands still, and is only too large.
    pub(super) fn of(media: &Media, wanted: Wanted<'static>, source: &Source, span: Range<usize>) -> Option<Self> {
        let size = media.width.zip(media.height)?;
        let is_taken = wanted.kinds.contains(&media.kind) && !media.animated;
        (is_taken && convert::is_only_too_large(size, media.bytes, &wanted)).then(|| Self {
            original: Original {
                path: media.path.clone(),
                kind: media.kind,
                mime: media.mime,
                bytes: media.bytes,
                width: media.width,
                height: media.height,
                sha256: media.sha256.clone(),
            },
            wanted,
            changes: None,
            place: (source.clone(), span),
        })
    }

    /// That it cannot be done after all, at the place where the file is named.
    pub fn problem(&self, label: &str, unfit: &Unfit) -> Problem {
        let (source, span) = &self.place;
        let message = format!("`{}` cannot be made fit for {label}: it {unfit}", self.original.path);
        Problem::error("cannot-be-fitted", source, message).at(span.clone()).hint(unfit.hint())
    }
}

impl Media {
    /// Whether it must be made smaller before it can be sent.
    pub fn is_too_large_yet(&self) -> bool {
        self.smaller.as_ref().is_some_and(|smaller| smaller.changes.is_none())
    }

    /// Puts the smaller picture in place of the one that is committed, under a name that says what is in it.
    pub fn replace(&mut self, made: &Converted, sha256: String) {
        let Some(smaller) = &mut self.smaller else { return };
        smaller.changes = Some(made.changes.clone());
        self.path = format!("{} (made smaller: {:.16})", smaller.original.path, sha256);
        (self.kind, self.mime, self.bytes) = (made.kind, made.mime, made.bytes.len() as u64);
        (self.width, self.height) = (Some(made.size.0), Some(made.size.1));
        self.sha256 = sha256;
    }

    /// As it was committed: the same whether it was made smaller yet or not.
    pub(super) fn put_back(&mut self) {
        let Some(smaller) = &self.smaller else { return };
        let Original { path, kind, mime, bytes, width, height, sha256 } = smaller.original.clone();
        (self.path, self.kind, self.mime, self.bytes) = (path, kind, mime, bytes);
        (self.width, self.height, self.sha256) = (width, height, sha256);
    }

    /// The path of the file as it is committed.
    pub fn committed_path(&self) -> &str {
        self.smaller.as_ref().map_or(&self.path, |smaller| &smaller.original.path)
    }
}

impl super::Rendition {
    /// Every picture that must be made smaller before it can be sent.
    pub fn too_large_yet(&mut self) -> impl Iterator<Item = &mut Media> {
        let attached = self.parts.iter_mut().flat_map(|part| &mut part.media);
        let thumbnail = self.card.iter_mut().filter_map(|card| card.thumbnail.as_mut());
        attached.chain(thumbnail).filter(|media| media.is_too_large_yet())
    }

    /// Whether there is such a picture.
    pub fn is_too_large_yet(&self) -> bool {
        let thumbnail = self.card.as_ref().and_then(|card| card.thumbnail.as_ref());
        self.media().map(|(_, media)| media).chain(thumbnail).any(Media::is_too_large_yet)
    }
}

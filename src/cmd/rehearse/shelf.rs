//! The repository's files, found again by what is in them: readers are shown bytes, and people think of files.

use std::collections::BTreeMap;

use crate::cmd::screen::contents::{measures, noun};
use crate::media::{Facts, Library, sha256};

/// The media of the library by their content.
pub(super) struct Shelf<'a>(BTreeMap<&'a str, &'a Facts>);

impl<'a> Shelf<'a> {
    pub(super) fn new(library: &'a Library) -> Self {
        let files = library.values().filter_map(|facts| facts.as_ref().ok());
        Self(files.map(|facts| (facts.sha256.as_str(), facts)).collect())
    }

    pub(super) fn find(&self, bytes: &[u8]) -> Option<&'a Facts> {
        self.0.get(sha256(bytes).as_str()).copied()
    }

    /// `video`, and `720×1280, 0:04, 34 KiB`.
    pub(super) fn words(&self, mime: &str, bytes: &[u8]) -> (&'static str, String) {
        let length = bytes.len() as u64;
        match self.find(bytes) {
            Some(facts) => {
                let lasts = facts.film.as_ref().and_then(|film| film.duration_ms);
                (noun(facts.kind), measures(facts.size, lasts, facts.pages, length))
            }
            // A platform made another file of it.
            None if mime.starts_with("image/") => ("picture", measures(None, None, None, length)),
            None if mime.starts_with("video/") => ("video", measures(None, None, None, length)),
            None => ("document", measures(None, None, None, length)),
        }
    }
}

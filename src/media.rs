//! What a media file is, told from its bytes; never from its name. Knows no platform and opens no file.

use std::collections::BTreeMap;

use serde::Serialize;

/// What kind of thing a media file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Jpeg,
    Png,
    Gif,
    Webp,
    /// MP4, MOV or WebM.
    Video,
    Pdf,
}

impl Kind {
    pub fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Gif | Self::Webp)
    }
}

/// What is known of one media file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Path from the repository's root, with `/`.
    pub path: String,
    pub kind: Kind,
    /// MIME type told from the bytes.
    pub mime: &'static str,
    pub bytes: u64,
    /// Pixels; `None` where they cannot be told.
    pub size: Option<(u32, u32)>,
    /// Lower-case hex SHA-256 of the content.
    pub sha256: String,
}

/// Why a media file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// Neither beside the post nor at the root.
    Missing,
    /// The path, or a link on it, leaves the repository.
    Outside,
    Directory,
    Empty,
    /// A Git LFS pointer whose file is not here.
    LfsPointer,
    /// The bytes are none of the kinds known; says what the name promised, if anything.
    Unknown {
        extension: Option<String>,
    },
    /// The bytes are of one kind, the name says another.
    Misnamed {
        extension: String,
        kind: Kind,
    },
    /// Reading failed; the system's words.
    Unreadable(String),
}

/// The media files that posts name, by their path from the repository's root.
pub type Library = BTreeMap<String, Result<Facts, Lack>>;

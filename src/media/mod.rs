//! Media files: what one is, told from its bytes and never from its name, and how a picture is made to fit. Knows no
//! platform and opens no file.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read, Seek};

use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub mod convert;
mod document;
pub mod film;
mod movie;
mod peek;
mod picture;
mod probe;
#[cfg(test)]
pub(crate) mod testing;
mod webm;

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
    /// DOC or DOCX.
    Word,
    /// PPT or PPTX.
    Slides,
    /// SRT or WebVTT.
    Captions,
}

impl Kind {
    pub fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Gif | Self::Webp)
    }

    pub fn is_document(self) -> bool {
        matches!(self, Self::Pdf | Self::Word | Self::Slides)
    }

    /// The MIME type of a picture; of others it takes more than the kind to tell.
    pub fn mime(self) -> Option<&'static str> {
        match self {
            Self::Jpeg => Some("image/jpeg"),
            Self::Png => Some("image/png"),
            Self::Gif => Some("image/gif"),
            Self::Webp => Some("image/webp"),
            _ => None,
        }
    }

    /// As people call it: `JPEG`, `video`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Gif => "GIF",
            Self::Webp => "WebP",
            Self::Video => "video",
            Self::Pdf => "PDF",
            Self::Word => "Word document",
            Self::Slides => "slides",
            Self::Captions => "captions",
        }
    }

    /// The ending usual for files of an image's kind, without a dot; that of MP4 for videos.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Video => "mp4",
            Self::Pdf => "pdf",
            Self::Word => "docx",
            Self::Slides => "pptx",
            Self::Captions => "srt",
        }
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
    /// Pixels as shown, with orientation and rotation applied; `None` where they cannot be told.
    pub size: Option<(u32, u32)>,
    /// Lower-case hex SHA-256 of the content.
    pub sha256: String,
    /// Stored otherwise than shown: an EXIF orientation, or a rotation in a video's track.
    pub turned: bool,
    /// A picture of more than one frame.
    pub animated: bool,
    /// What moves: of videos and of animated pictures.
    pub film: Option<Film>,
    /// Pages of a PDF.
    pub pages: Option<u32>,
}

/// Lower-case hex SHA-256, as [`Facts`] have it.
pub fn sha256(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(&Sha256::digest(bytes))
}

/// What is known of a video or an animation. What the file does not say is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Film {
    pub duration_ms: Option<u64>,
    /// Frames in a thousand seconds, on average: 29,970 is 29.97 frames a second.
    pub fps_milli: Option<u32>,
    /// `h264`, `hevc`, `vp8`, `vp9`, `av1`; else the code the file has for it. `None` without pictures, and of animations.
    pub video: Option<String>,
    /// `aac`, `opus`, `mp3`, `vorbis`, ...; else the code the file has for it. `None` without sound.
    pub audio: Option<String>,
    /// Samples a second.
    pub audio_rate: Option<u32>,
    pub audio_channels: Option<u16>,
    /// Whether playing can begin before the file is whole: the index comes before the data.
    pub fast_start: bool,
    /// Whether an edit list says what of a track is played, and when: MP4 and MOV.
    pub edit_list: bool,
}

impl Film {
    /// Bits a second on average, sound and wrapping included, of a file of so many bytes.
    pub fn bit_rate(&self, bytes: u64) -> Option<u64> {
        let duration = self.duration_ms.filter(|duration| *duration > 0)?;
        u64::try_from(u128::from(bytes) * 8000 / u128::from(duration)).ok()
    }
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

impl fmt::Display for Lack {
    /// What is wrong with the file, without its name: `is a directory`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is not there"),
            Self::Outside => f.write_str("leads out of the repository"),
            Self::Directory => f.write_str("is a directory"),
            Self::Empty => f.write_str("has no content: 0 bytes"),
            Self::LfsPointer => f.write_str("is a Git LFS pointer whose content is not here"),
            Self::Unknown { extension: None } => f.write_str("holds nothing that can be published"),
            Self::Unknown { extension: Some(extension) } => {
                write!(f, "is called `.{extension}` and holds nothing that can be published")
            }
            Self::Misnamed { extension, kind } => write!(f, "is called `.{extension}` and holds {}", kind.name()),
            Self::Unreadable(words) => write!(f, "cannot be read: {words}"),
        }
    }
}

/// The media files that posts name, by their path from the repository's root.
pub type Library = BTreeMap<String, Result<Facts, Lack>>;

/// What a file's bytes tell, whatever it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    pub kind: Kind,
    pub mime: &'static str,
    /// As in [`Facts`], and so are the others.
    pub size: Option<(u32, u32)>,
    pub turned: bool,
    pub animated: bool,
    pub film: Option<Film>,
    pub pages: Option<u32>,
}

impl Inside {
    /// Reads what is needed of a file, here and there, and never more than a bounded part: but for PDFs of up to 128 MiB,
    /// whose pages are counted in memory.
    ///
    /// # Errors
    /// [`Lack::Empty`], [`Lack::LfsPointer`], [`Lack::Unknown`], [`Lack::Unreadable`].
    pub fn read(source: &mut (impl Read + Seek)) -> Result<Self, Lack> {
        probe::inside(source)
    }

    /// These facts of a file with a name.
    ///
    /// # Errors
    /// [`Lack::Misnamed`] where its ending promises another kind.
    pub fn named(self, path: &str, bytes: u64, sha256: String) -> Result<Facts, Lack> {
        let Self { kind, mime, size, turned, animated, film, pages } = self;
        match extension(path) {
            Some(extension) if promised(&extension).is_some_and(|promised| promised != kind) => {
                Err(Lack::Misnamed { extension, kind })
            }
            _ => Ok(Facts { path: path.to_owned(), kind, mime, bytes, size, sha256, turned, animated, film, pages }),
        }
    }
}

/// The ending of a path's last name, in lower case.
pub fn extension(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then(|| extension.to_lowercase())
}

/// What kind of file an ending promises; `None` for endings that promise none of ours.
pub fn promised(extension: &str) -> Option<Kind> {
    match extension {
        "jpg" | "jpeg" | "jpe" | "jfif" => Some(Kind::Jpeg),
        "png" | "apng" => Some(Kind::Png),
        "gif" => Some(Kind::Gif),
        "webp" => Some(Kind::Webp),
        "mp4" | "m4v" | "mov" | "webm" => Some(Kind::Video),
        "pdf" => Some(Kind::Pdf),
        "doc" | "docx" => Some(Kind::Word),
        "ppt" | "pptx" => Some(Kind::Slides),
        "srt" | "vtt" => Some(Kind::Captions),
        _ => None,
    }
}

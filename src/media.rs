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
    /// DOC or DOCX.
    Word,
    /// PPT or PPTX.
    Slides,
    /// SubRip or WebVTT.
    Captions,
}

impl Kind {
    pub fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Gif | Self::Webp)
    }

    pub fn is_document(self) -> bool {
        matches!(self, Self::Pdf | Self::Word | Self::Slides)
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
    /// Pixels as shown, turned upright; `None` where they cannot be told.
    pub size: Option<(u32, u32)>,
    /// Lower-case hex SHA-256 of the content.
    pub sha256: String,
    /// Whether it is stored otherwise than it is shown: a note in the file says to turn it.
    pub turned: bool,
    /// Whether it is a picture that moves.
    pub animated: bool,
    /// What plays, if anything does.
    pub film: Option<Film>,
    /// Pages of a PDF.
    pub pages: Option<u32>,
}

/// What is known of something that plays; `None` is "the file does not tell".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Film {
    pub duration_ms: Option<u64>,
    /// Frames in a thousand seconds.
    pub fps_milli: Option<u32>,
    /// `h264`, `hevc`, `vp8`, `vp9`, `av1`, else the four letters in the file.
    pub video: Option<String>,
    /// `aac`, `opus`, `mp3`, `vorbis`, ...
    pub audio: Option<String>,
    /// Samples a second.
    pub audio_rate: Option<u32>,
    pub audio_channels: Option<u16>,
    /// Whether an MP4 says what it holds before it holds it.
    pub fast_start: bool,
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

/// What the first bytes of a file tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sniffed {
    pub kind: Kind,
    /// MIME type.
    pub mime: &'static str,
    /// Pixels of an image; `None` where `head` ends before they are told.
    pub size: Option<(u32, u32)>,
}

/// Tells what a file is from its content. `head` is all of it or its beginning: 64 KiB tell the kind of everything; an
/// image's size may stand later, behind embedded metadata. `path` matters only for what its ending promises.
///
/// # Errors
/// [`Lack::Empty`], [`Lack::LfsPointer`], [`Lack::Unknown`], [`Lack::Misnamed`].
pub fn sniff(path: &str, head: &[u8]) -> Result<Sniffed, Lack> {
    if head.is_empty() {
        return Err(Lack::Empty);
    }
    if LFS_POINTERS.iter().any(|pointer| head.starts_with(pointer)) {
        return Err(Lack::LfsPointer);
    }
    let extension = extension(path);
    let Some((kind, mime)) = kind(head) else { return Err(Lack::Unknown { extension }) };
    match extension {
        Some(extension) if promised(&extension).is_some_and(|promised| promised != kind) => {
            Err(Lack::Misnamed { extension, kind })
        }
        _ => Ok(Sniffed { kind, mime, size: if kind.is_image() { pixels(head) } else { None } }),
    }
}

/// How a Git LFS pointer begins; the second is what its first versions wrote.
const LFS_POINTERS: [&[u8]; 2] =
    [b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/"];

fn kind(head: &[u8]) -> Option<(Kind, &'static str)> {
    let at = |offset: usize, wanted: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(wanted));
    if at(0, b"\xFF\xD8\xFF") {
        Some((Kind::Jpeg, "image/jpeg"))
    } else if at(0, b"\x89PNG\r\n\x1A\n") {
        Some((Kind::Png, "image/png"))
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        Some((Kind::Gif, "image/gif"))
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        Some((Kind::Webp, "image/webp"))
    } else if at(0, b"%PDF-") {
        Some((Kind::Pdf, "application/pdf"))
    } else if at(4, b"ftyp") {
        movie(head.get(8..12)?)
    } else if at(4, b"moov") || at(4, b"mdat") || at(4, b"wide") {
        Some((Kind::Video, "video/quicktime"))
    } else if at(0, b"\x1A\x45\xDF\xA3") {
        let header = &head[..head.len().min(64)];
        header.windows(4).any(|word| word == b"webm").then_some((Kind::Video, "video/webm"))
    } else {
        None
    }
}

/// A file of the MP4 family, told by its major brand: pictures (HEIC, AVIF) and sound are in that family too.
fn movie(brand: &[u8]) -> Option<(Kind, &'static str)> {
    const NO_MOVIES: [&[u8]; 12] =
        [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis", b"M4A ", b"M4B "];
    match brand {
        b"qt  " => Some((Kind::Video, "video/quicktime")),
        brand if NO_MOVIES.contains(&brand) => None,
        _ => Some((Kind::Video, "video/mp4")),
    }
}

fn pixels(head: &[u8]) -> Option<(u32, u32)> {
    let size = imagesize::blob_size(head).ok()?;
    Some((size.width.try_into().ok()?, size.height.try_into().ok()?))
}

/// The ending of a path's last name, in lower case.
fn extension(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then(|| extension.to_lowercase())
}

/// What kind of file an ending promises; `None` for endings that promise none of ours.
fn promised(extension: &str) -> Option<Kind> {
    match extension {
        "jpg" | "jpeg" | "jpe" | "jfif" => Some(Kind::Jpeg),
        "png" => Some(Kind::Png),
        "gif" => Some(Kind::Gif),
        "webp" => Some(Kind::Webp),
        "mp4" | "m4v" | "mov" | "webm" => Some(Kind::Video),
        "pdf" => Some(Kind::Pdf),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";
    const GIF: &[u8] = b"GIF89a\x05\0\x04\0\0\0\0";
    const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x04JF\xFF\xC0\0\x0B\x08\0\x07\0\x09\x03\x01\x11\0";
    const WEBP: &[u8] = b"RIFF\x1A\0\0\0WEBPVP8L\x0D\0\0\0\x2F\x05\x80\x01\0\0\0\0\0\0";

    #[test]
    fn bytes_tell_the_kind() {
        for (path, head, kind, mime, size) in [
            ("a.png", PNG, Kind::Png, "image/png", Some((3, 2))),
            ("A.PNG", PNG, Kind::Png, "image/png", Some((3, 2))),
            ("no ending", PNG, Kind::Png, "image/png", Some((3, 2))),
            ("a.tmp", GIF, Kind::Gif, "image/gif", Some((5, 4))),
            ("x/a.jpeg", JPEG, Kind::Jpeg, "image/jpeg", Some((9, 7))),
            ("cut.jpg", &JPEG[..8], Kind::Jpeg, "image/jpeg", None),
            ("a.webp", WEBP, Kind::Webp, "image/webp", Some((6, 7))),
            ("a.pdf", b"%PDF-1.7\n", Kind::Pdf, "application/pdf", None),
            ("a.mp4", b"\0\0\0\x18ftypisom\0\0\0\0", Kind::Video, "video/mp4", None),
            ("a.mov", b"\0\0\0\x14ftypqt  \0\0\0\0", Kind::Video, "video/quicktime", None),
            ("a.webm", b"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm", Kind::Video, "video/webm", None),
        ] {
            assert_eq!(sniff(path, head), Ok(Sniffed { kind, mime, size }), "{path}");
        }
    }

    #[test]
    fn bytes_tell_what_is_lacking() {
        let unknown = |extension: Option<&str>| Lack::Unknown { extension: extension.map(str::to_owned) };
        for (path, head, lack) in [
            ("a.png", &b""[..], Lack::Empty),
            ("a.png", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", Lack::LfsPointer),
            ("a.png", b"<svg/>", unknown(Some("png"))),
            ("notes", b"text", unknown(None)),
            (".png", b"text", unknown(None)),
            ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0", unknown(Some("heic"))),
            ("a.mkv", b"\x1A\x45\xDF\xA3\x9F\x42\x82\x88matroska", unknown(Some("mkv"))),
            ("a.jpg", PNG, Lack::Misnamed { extension: "jpg".into(), kind: Kind::Png }),
            ("a.mp4", GIF, Lack::Misnamed { extension: "mp4".into(), kind: Kind::Gif }),
        ] {
            assert_eq!(sniff(path, head), Err(lack), "{path}");
        }
    }

    proptest! {
        #[test]
        fn sniffing_never_panics(magic in 0..6_usize, rest in proptest::collection::vec(any::<u8>(), 0..200)) {
            let magic = [PNG, GIF, JPEG, WEBP, b"", b"\0\0\0\x18ftyp"][magic];
            for cut in 0..=magic.len() {
                let _ = sniff("a", &[&magic[..cut], &rest[..]].concat());
            }
        }
    }
}

//! From first bytes to a kind, and from a kind to whoever can read more. Knows the formats' marks and nothing beyond.

use std::io::{Read, Seek};

use super::peek::Peek;
use super::{Film, Inside, Kind, Lack, document, movie, picture, webm};

/// The marks of all formats lie in so many first bytes.
const HEAD: usize = 1024;

pub(super) fn inside(source: &mut (impl Read + Seek)) -> Result<Inside, Lack> {
    let unreadable = |error: std::io::Error| Lack::Unreadable(error.to_string());
    let mut peek = Peek::new(source).map_err(unreadable)?;
    let told = tell(&mut peek);
    match peek.failure() {
        Some(error) => Err(unreadable(error)),
        None => told,
    }
}

fn tell<R: Read + Seek>(peek: &mut Peek<'_, R>) -> Result<Inside, Lack> {
    let head = peek.upto(0, HEAD).unwrap_or_default().to_vec();
    if head.is_empty() {
        return Err(Lack::Empty);
    }
    if LFS_POINTERS.iter().any(|pointer| head.starts_with(pointer)) {
        return Err(Lack::LfsPointer);
    }
    let (kind, mime) = kind(peek, &head).ok_or(Lack::Unknown { extension: None })?;
    let mut inside = Inside { kind, mime, size: None, turned: false, animated: false, film: None, pages: None };
    match kind {
        Kind::Jpeg | Kind::Png | Kind::Gif | Kind::Webp => {
            if let Some(picture) = picture::read(peek, kind) {
                inside.size = Some(picture.upright());
                inside.turned = picture.is_turned();
                inside.animated = picture.animated();
                inside.film = picture.film();
            }
        }
        Kind::Video => {
            let reel = if mime == "video/webm" { webm::read(peek) } else { movie::read(peek) };
            inside.size = reel.size;
            inside.turned = reel.turned;
            inside.film = Some(reel.film);
        }
        Kind::Pdf => inside.pages = document::pages(peek),
        Kind::Word | Kind::Slides | Kind::Captions => {}
    }
    Ok(inside)
}

/// What a video's container tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reel {
    /// Pixels as shown.
    pub(super) size: Option<(u32, u32)>,
    pub(super) turned: bool,
    pub(super) film: Film,
}

/// Frames in a thousand seconds; `None` without a duration.
pub(super) fn fps_milli(frames: u64, duration: u64, ticks_a_second: u64) -> Option<u32> {
    let milli = u128::from(frames) * 1000 * u128::from(ticks_a_second);
    let milli = (milli + u128::from(duration) / 2).checked_div(u128::from(duration))?;
    u32::try_from(milli).ok().filter(|milli| *milli > 0)
}

/// Milliseconds; `None` for nothing, which containers say when they do not know.
pub(super) fn milliseconds(duration: u64, ticks_a_second: u64) -> Option<u64> {
    let milliseconds = (u128::from(duration) * 1000).checked_div(u128::from(ticks_a_second))?;
    u64::try_from(milliseconds).ok().filter(|milliseconds| *milliseconds > 0)
}

/// How a Git LFS pointer begins; the second is what its first versions wrote.
const LFS_POINTERS: [&[u8]; 2] =
    [b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/"];

fn kind<R: Read + Seek>(peek: &mut Peek<'_, R>, head: &[u8]) -> Option<(Kind, &'static str)> {
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
        movie_brand(head.get(8..12)?)
    } else if [b"moov", b"mdat", b"wide", b"free", b"skip"].iter().any(|name| at(4, *name)) {
        // QuickTime files older than `ftyp`.
        Some((Kind::Video, "video/quicktime"))
    } else if at(0, b"\x1A\x45\xDF\xA3") {
        let header = &head[..head.len().min(64)];
        header.windows(4).any(|word| word == b"webm").then_some((Kind::Video, "video/webm"))
    } else if at(0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        document::compound(peek)
    } else if at(0, b"PK\x03\x04") {
        document::zipped(peek)
    } else {
        captions(head)
    }
}

/// A file of the MP4 family, told by its major brand: pictures (HEIC, AVIF) and sound are in that family too.
fn movie_brand(brand: &[u8]) -> Option<(Kind, &'static str)> {
    const NO_MOVIES: [&[u8]; 12] =
        [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis", b"M4A ", b"M4B "];
    match brand {
        b"qt  " => Some((Kind::Video, "video/quicktime")),
        brand if NO_MOVIES.contains(&brand) => None,
        _ => Some((Kind::Video, "video/mp4")),
    }
}

/// WebVTT says its name (<https://www.w3.org/TR/webvtt1/#file-structure>); SubRip begins with a number and a time.
fn captions(head: &[u8]) -> Option<(Kind, &'static str)> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    if let Some(rest) = head.strip_prefix(b"WEBVTT") {
        return matches!(rest.first(), None | Some(b' ' | b'\t' | b'\n' | b'\r'))
            .then_some((Kind::Captions, "text/vtt"));
    }
    let lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.skip_while(|line| line.is_empty());
    let (number, times) = (lines.next()?, lines.next()?);
    let counts = !number.is_empty() && number.iter().all(u8::is_ascii_digit);
    (counts && is_srt_times(times)).then_some((Kind::Captions, "application/x-subrip"))
}

/// `00:00:01,000 --> 00:00:04,000`, with whatever place comes behind it.
fn is_srt_times(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else { return false };
    let Some((from, to)) = line.split_once(" --> ") else { return false };
    let is_time = |time: &str| {
        let shape = |c: char| if c.is_ascii_digit() { '0' } else { c };
        let shape: String = time.chars().take(12).map(shape).collect();
        shape == "00:00:00,000" || shape == "00:00:00.000"
    };
    is_time(from.trim()) && is_time(to.trim())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";
    const GIF: &[u8] = b"GIF89a\x05\0\x04\0\0\0\0";
    const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x04JF\xFF\xC0\0\x0B\x08\0\x07\0\x09\x01\x01\x11\0";
    const WEBP: &[u8] = b"RIFF\x1A\0\0\0WEBPVP8L\x0D\0\0\0\x2F\x05\x80\x01\0\0\0\0\0\0";

    fn inside(bytes: &[u8]) -> Result<Inside, Lack> {
        Inside::read(&mut Cursor::new(bytes))
    }

    #[test]
    fn bytes_tell_the_kind() {
        for (what, head, kind, mime, size) in [
            ("png", PNG, Kind::Png, "image/png", Some((3, 2))),
            ("gif", GIF, Kind::Gif, "image/gif", Some((5, 4))),
            ("jpeg", JPEG, Kind::Jpeg, "image/jpeg", Some((9, 7))),
            ("cut jpeg", &JPEG[..8], Kind::Jpeg, "image/jpeg", None),
            ("webp", WEBP, Kind::Webp, "image/webp", Some((6, 7))),
            ("pdf", b"%PDF-1.7\n", Kind::Pdf, "application/pdf", None),
            ("mp4", b"\0\0\0\x18ftypisom\0\0\0\0", Kind::Video, "video/mp4", None),
            ("mov", b"\0\0\0\x14ftypqt  \0\0\0\0", Kind::Video, "video/quicktime", None),
            ("webm", b"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm", Kind::Video, "video/webm", None),
            ("vtt", b"\xEF\xBB\xBFWEBVTT - tea\r\n\r\n", Kind::Captions, "text/vtt", None),
            ("srt", b"1\r\n00:00:01,000 --> 00:00:04,074\r\nTea.\r\n", Kind::Captions, "application/x-subrip", None),
        ] {
            let told = inside(head).map(|inside| (inside.kind, inside.mime, inside.size));
            assert_eq!(told, Ok((kind, mime, size)), "{what}");
        }
    }

    #[test]
    fn bytes_tell_what_is_lacking() {
        for (what, head, lack) in [
            ("nothing", &b""[..], Lack::Empty),
            ("pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", Lack::LfsPointer),
            ("svg", b"<svg/>", Lack::Unknown { extension: None }),
            ("heic", b"\0\0\0\x18ftypheic\0\0\0\0", Lack::Unknown { extension: None }),
            ("mkv", b"\x1A\x45\xDF\xA3\x9F\x42\x82\x88matroska", Lack::Unknown { extension: None }),
            ("a list", b"1\nbread\n", Lack::Unknown { extension: None }),
            ("a word", b"WEBVTTX", Lack::Unknown { extension: None }),
            ("another zip", b"PK\x03\x04", Lack::Unknown { extension: None }),
            ("another old document", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Lack::Unknown { extension: None }),
        ] {
            assert_eq!(inside(head), Err(lack), "{what}");
        }
    }

    #[test]
    fn names_promise_kinds() {
        let png = || inside(PNG).unwrap();
        for path in ["a.png", "A.PNG", "no ending", "a.tmp", "x.jpg/a.png", ".jpg"] {
            assert!(png().named(path, 1, String::new()).is_ok(), "{path}");
        }
        let misnamed = png().named("media/a.JPG", 1, String::new()).unwrap_err();
        assert_eq!(misnamed, Lack::Misnamed { extension: "jpg".into(), kind: Kind::Png });
        assert_eq!(misnamed.to_string(), "is called `.jpg` and holds PNG");
    }

    proptest! {
        #[test]
        fn looking_never_panics(magic in 0..11_usize, rest in proptest::collection::vec(any::<u8>(), 0..400)) {
            let magic: &[u8] = [
                PNG, GIF, JPEG, WEBP, b"", b"\0\0\0\x18ftypisom\0\0\0\0", b"%PDF-1.7\n", b"PK\x03\x04",
                b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm", b"1\n00:00:0",
            ][magic];
            for cut in 0..=magic.len() {
                let _ = inside(&[&magic[..cut], &rest[..]].concat());
            }
        }
    }
}

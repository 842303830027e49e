//! What YouTube makes of an uploaded file: whether it is a film at all, and its shape and length.

use std::time::Duration;

use crate::sim::probe;

/// What the bytes showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Film {
    /// Width and height, where the file tells.
    pub(super) size: Option<(u64, u64)>,
    pub(super) duration: Option<Duration>,
    /// Frames in a thousand seconds.
    pub(super) frame_rate: Option<u64>,
    pub(super) container: &'static str,
    pub(super) video_codec: Option<String>,
    pub(super) audio_codec: Option<String>,
}

impl Film {
    /// Square or taller, and three minutes at most: nothing else makes a Short.
    pub(super) fn is_short(&self) -> bool {
        self.size.is_some_and(|(width, height)| width <= height)
            && self.duration.is_some_and(|duration| duration <= Duration::from_secs(180))
    }

    /// A film of which nothing is known.
    pub(super) fn unknown() -> Self {
        let container = "unknown";
        Self { size: None, duration: None, frame_rate: None, container, video_codec: None, audio_codec: None }
    }
}

type Signature = (usize, &'static [u8], &'static str);

/// Where which bytes stand in the containers YouTube takes.
static FILMS: &[Signature] = &[
    (4, b"ftypqt  ", "mov"),
    (4, b"ftyp3g", "3gpp"),
    (4, b"ftyp", "mov,mp4"),
    (4, b"moov", "mov"),
    (4, b"wide", "mov"),
    (4, b"mdat", "mov"),
    (0, b"\x1A\x45\xDF\xA3", "matroska,webm"),
    (8, b"AVI ", "avi"),
    (0, b"FLV\x01", "flv"),
    (0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "asf"),
    (0, b"\0\0\x01\xBA", "mpegps"),
    (0, b"\0\0\x01\xB3", "mpegvideo"),
    (0, b"\x47\x40", "mpegts"),
    (0, b"\x06\x0E\x2B\x34", "mxf"),
];

/// What files that are no films are called in `suggestions.processingErrors`.
static OTHERS: &[Signature] = &[
    (0, b"\x89PNG\r\n\x1a\n", "imageFile"),
    (0, b"\xFF\xD8\xFF", "imageFile"),
    (0, b"GIF8", "imageFile"),
    (8, b"WEBP", "imageFile"),
    (8, b"WAVE", "audioFile"),
    (0, b"ID3", "audioFile"),
    (0, b"OggS", "audioFile"),
    (0, b"fLaC", "audioFile"),
    (0, b"PK\x03\x04", "archiveFile"),
    (0, b"\x1F\x8B", "archiveFile"),
    (0, b"Rar!", "archiveFile"),
    (0, b"%PDF", "docFile"),
    (0, b"\xD0\xCF\x11\xE0", "docFile"),
];

/// The film these bytes are, or what YouTube calls them instead.
pub(super) fn look(bytes: &[u8]) -> Result<Film, &'static str> {
    let told = |signatures: &[Signature]| {
        let found = signatures.iter().find(|(at, sign, _)| bytes.get(*at..at + sign.len()) == Some(*sign));
        found.map(|(_, _, name)| *name)
    };
    let Some(container) = told(FILMS) else {
        return Err(told(OTHERS).unwrap_or("notAVideoFile"));
    };
    let length = probe::probe(bytes).and_then(|file| file.duration);
    let codec = |codec: [u8; 4]| String::from_utf8_lossy(&codec).into_owned();
    Ok(match probe::film(bytes) {
        Some(film) => Film {
            size: Some((film.width, film.height)),
            duration: film.duration.or(length),
            frame_rate: film.frame_rate,
            container,
            video_codec: Some(codec(film.video_codec)),
            audio_codec: film.audio_codec.map(codec),
        },
        None => Film { container, duration: length, ..Film::unknown() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_films_or_something_else() {
        for (bytes, expected) in [
            (b"\0\0\0\x08ftypisom".as_slice(), Ok("mov,mp4")),
            (b"\0\0\0\x08ftypqt  ", Ok("mov")),
            (b"\x1A\x45\xDF\xA3", Ok("matroska,webm")),
            (b"RIFF\0\0\0\0AVI LIST", Ok("avi")),
            (b"RIFF\0\0\0\0WAVEfmt ", Err("audioFile")),
            (b"\xFF\xD8\xFF\xE0", Err("imageFile")),
            (b"PK\x03\x04", Err("archiveFile")),
            (b"%PDF-1.7", Err("docFile")),
            (b"a text", Err("notAVideoFile")),
            (b"", Err("notAVideoFile")),
        ] {
            assert_eq!(look(bytes).map(|film| film.container), expected, "{bytes:?}");
        }
    }

    #[test]
    fn shorts_are_told_by_shape_and_length() {
        for (size, seconds, short) in [
            (Some((1080, 1920)), 180, true),
            (Some((1000, 1000)), 1, true),
            (Some((1080, 1920)), 181, false),
            (Some((1920, 1080)), 10, false),
            (None, 10, false),
        ] {
            let film = Film { size, duration: Some(Duration::from_secs(seconds)), ..Film::unknown() };
            assert_eq!(film.is_short(), short, "{size:?} {seconds}");
        }
    }
}

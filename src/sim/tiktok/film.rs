//! What a video file is, told from its bytes: container, codec, picture, frame rate, duration. It knows no limits.

use std::time::Duration;

use super::webm;

/// A video file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Film {
    pub(super) container: Container,
    pub(super) codec: Option<String>,
    /// Width and height in pixels.
    pub(super) sides: Option<(u64, u64)>,
    /// Frames in a thousand seconds.
    pub(super) milli_fps: Option<u64>,
    pub(super) duration: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Mp4,
    Mov,
    WebM,
}

impl Container {
    pub(super) fn mime(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::WebM => "video/webm",
        }
    }
}

impl Film {
    /// Nothing for any other kind of file; a file that breaks off tells as much as is there.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.get(4..8) != Some(b"ftyp") {
            return webm::read(bytes);
        }
        let container = if bytes.get(8..12) == Some(b"qt  ") { Container::Mov } else { Container::Mp4 };
        let mut film = Self { container, codec: None, sides: None, milli_fps: None, duration: None };
        let Some(movie) = first(bytes, b"moov") else { return Some(film) };
        // A film in fragments states no duration here.
        let clock = first(movie, b"mvhd").and_then(clock).filter(|(_, units)| *units > 0);
        film.duration = clock.map(|(scale, units)| seconds(units, scale));
        let picture = boxes(movie).filter(|(kind, _)| kind == b"trak").find_map(|(_, track)| {
            let media = first(track, b"mdia")?;
            (first(media, b"hdlr")?.get(8..12)? == b"vide").then_some(media)
        });
        if let Some(media) = picture {
            film.read_picture(media);
        }
        Some(film)
    }

    /// Codec, sides and frame rate of the track that has the pictures.
    fn read_picture(&mut self, media: &[u8]) {
        let Some(table) = first(media, b"minf").and_then(|info| first(info, b"stbl")) else { return };
        if let Some((kind, entry)) = first(table, b"stsd").and_then(|list| boxes(list.get(8..)?).next()) {
            self.codec = Some(String::from_utf8_lossy(&kind).into_owned());
            self.sides = number(entry, 24, 2).zip(number(entry, 26, 2));
        }
        let scale = first(media, b"mdhd").and_then(clock).map(|(scale, _)| scale);
        let frames = first(table, b"stts").and_then(frames);
        if let (Some(scale), Some((count, units))) = (scale, frames) {
            let rate = u128::from(count) * 1_000 * u128::from(scale) / u128::from(units.max(1));
            self.milli_fps = u64::try_from(rate).ok().filter(|_| count > 0 && units > 0);
        }
    }
}

/// How many frames there are, and for how many units of time they are shown.
fn frames(table: &[u8]) -> Option<(u64, u64)> {
    let rows = table.get(8..)?.chunks_exact(8);
    let (mut count, mut units) = (0_u64, 0_u64);
    for row in rows.take(usize::try_from(number(table, 4, 4)?).ok()?) {
        let (frames, each) = (number(row, 0, 4)?, number(row, 4, 4)?);
        (count, units) = (count.checked_add(frames)?, units.checked_add(frames.checked_mul(each)?)?);
    }
    Some((count, units))
}

/// Units in a second, and how many there are, from a header of the movie or of a track.
fn clock(header: &[u8]) -> Option<(u64, u64)> {
    let clock = match header.first()? {
        1 => (number(header, 20, 4)?, number(header, 24, 8)?),
        _ => (number(header, 12, 4)?, number(header, 16, 4)?),
    };
    (clock.0 > 0).then_some(clock)
}

fn seconds(units: u64, scale: u64) -> Duration {
    let millis = u128::from(units) * 1_000 / u128::from(scale.max(1));
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

/// The content of the first box of a kind.
fn first<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|(found, _)| found == kind).map(|(_, content)| content)
}

/// The boxes that stand one after the other here, by kind; the last may break off.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (head, size) = match number(bytes, 0, 4)? {
            0 => (8, bytes.len()),
            1 => (16, usize::try_from(number(bytes, 8, 8)?).ok()?),
            size => (8, usize::try_from(size).ok()?),
        };
        let kind = bytes.get(4..8)?.try_into().ok()?;
        let content = bytes.get(head..size.min(bytes.len()))?;
        bytes = bytes.get(size..).unwrap_or_default();
        Some((kind, content))
    })
}

/// A number of so many bytes, the highest first.
pub(super) fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(length)?)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

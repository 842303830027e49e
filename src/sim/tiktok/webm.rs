//! What a WebM file is, told from its elements. Elements it has no use for are stepped over.

use std::time::Duration;

use super::film::{Container, Film, number};

const EBML: u64 = 0x1A45_DFA3;
const DOC_TYPE: u64 = 0x4282;
const SEGMENT: u64 = 0x1853_8067;
const INFO: u64 = 0x1549_A966;
const TIMESTAMP_SCALE: u64 = 0x2A_D7B1;
const DURATION: u64 = 0x4489;
const TRACKS: u64 = 0x1654_AE6B;
const TRACK: u64 = 0xAE;
const TRACK_TYPE: u64 = 0x83;
const CODEC: u64 = 0x86;
const DEFAULT_DURATION: u64 = 0x23_E383;
const VIDEO: u64 = 0xE0;
const WIDTH: u64 = 0xB0;
const HEIGHT: u64 = 0xBA;

/// Nothing for any other kind of file, Matroska included.
pub(super) fn read(bytes: &[u8]) -> Option<Film> {
    if first(first(bytes, EBML)?, DOC_TYPE)? != b"webm" {
        return None;
    }
    let segment = first(bytes, SEGMENT).unwrap_or_default();
    let mut film = Film { container: Container::WebM, codec: None, sides: None, milli_fps: None, duration: None };
    if let Some(info) = first(segment, INFO) {
        let scale = first(info, TIMESTAMP_SCALE).and_then(whole).unwrap_or(1_000_000);
        film.duration = first(info, DURATION).and_then(float).and_then(|units| {
            let seconds = units * scale as f64 / 1e9;
            Duration::try_from_secs_f64(seconds).ok()
        });
    }
    let tracks = first(segment, TRACKS).unwrap_or_default();
    let is_picture = |track: &&[u8]| first(track, TRACK_TYPE).and_then(whole) == Some(1);
    if let Some(track) = elements(tracks).filter(|(id, _)| *id == TRACK).map(|(_, track)| track).find(is_picture) {
        film.codec = first(track, CODEC).map(|codec| String::from_utf8_lossy(codec).into_owned());
        let nanos = first(track, DEFAULT_DURATION).and_then(whole);
        film.milli_fps = nanos.and_then(|nanos| 1_000_000_000_000_u64.checked_div(nanos));
        let side = |id| first(first(track, VIDEO)?, id).and_then(whole);
        film.sides = side(WIDTH).zip(side(HEIGHT));
    }
    Some(film)
}

/// The content of the first element with an id.
fn first(bytes: &[u8], id: u64) -> Option<&[u8]> {
    elements(bytes).find(|(found, _)| *found == id).map(|(_, content)| content)
}

/// The elements that stand one after the other here; the last may break off.
fn elements(mut bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    std::iter::from_fn(move || {
        let (id, id_length) = variable(bytes)?;
        let (marked, size_length) = variable(bytes.get(id_length..)?)?;
        let mask = (1_u64 << (7 * size_length)) - 1;
        let head = id_length + size_length;
        // All ones: as long as there is anything.
        let size = if marked & mask == mask { bytes.len() } else { usize::try_from(marked & mask).ok()? };
        let end = head.saturating_add(size).min(bytes.len());
        let content = bytes.get(head..end)?;
        bytes = &bytes[end..];
        Some((id, content))
    })
}

/// A number with its length marker still in it, and that length in bytes.
fn variable(bytes: &[u8]) -> Option<(u64, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    (length <= 8).then(|| number(bytes, 0, length).map(|value| (value, length))).flatten()
}

fn whole(content: &[u8]) -> Option<u64> {
    (content.len() <= 8).then(|| number(content, 0, content.len())).flatten()
}

fn float(content: &[u8]) -> Option<f64> {
    match content.len() {
        4 => Some(f64::from(f32::from_be_bytes(content.try_into().ok()?))),
        8 => Some(f64::from_be_bytes(content.try_into().ok()?)),
        _ => None,
    }
}

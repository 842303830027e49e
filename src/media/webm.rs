//! WebM: elements in elements (RFC 8794), of which those before the first cluster are read (RFC 9559). Reads no frame.

use std::io::{Read, Seek};
use std::ops::Range;

use super::peek::{Peek, big};
use super::probe::Reel;

/// Elements by their ids, as RFC 9559 lists them.
const SEGMENT: u64 = 0x1853_8067;
const CLUSTER: u64 = 0x1F43_B675;
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
const DISPLAY_WIDTH: u64 = 0x54B0;
const DISPLAY_HEIGHT: u64 = 0x54BA;
const DISPLAY_UNIT: u64 = 0x54B2;
const PROJECTION: u64 = 0x7670;
const ROLL: u64 = 0x7675;
const AUDIO: u64 = 0xE1;
const RATE: u64 = 0xB5;
const OUTPUT_RATE: u64 = 0x78B5;
const CHANNELS: u64 = 0x9F;

/// What a WebM file's head tells.
pub(super) fn read<R: Read + Seek>(peek: &mut Peek<'_, R>) -> Reel {
    let mut reel = Reel::default();
    let (mut scale, mut duration) = (1_000_000, None);
    let mut tracks = Vec::new();
    let whole = 0..peek.len();
    let Some(segment) = elements(peek, whole, |_, id, body| (id == SEGMENT).then_some(body)) else { return reel };
    reel.film.fast_start = elements(peek, segment, |peek, id, body| {
        match id {
            INFO => each(peek, body, |peek, id, body| match id {
                TIMESTAMP_SCALE => scale = unsigned(peek, &body).unwrap_or(scale),
                DURATION => duration = float(peek, &body),
                _ => {}
            }),
            TRACKS => each(peek, body, |_, id, body| {
                if id == TRACK {
                    tracks.push(body);
                }
            }),
            _ => {}
        }
        (id == CLUSTER).then_some(!tracks.is_empty())
    })
    .unwrap_or(false);
    // In nanoseconds times the scale.
    reel.film.duration_ms = duration.and_then(|ticks| whole_number(ticks * scale as f64 / 1e6));
    for place in tracks {
        let track = Track::read(peek, place);
        match track.kind {
            Some(1) if reel.film.video.is_none() => track.show(&mut reel),
            Some(2) if reel.film.audio.is_none() => track.sound(&mut reel),
            _ => {}
        }
    }
    reel
}

/// A track as written; what is not written has the defaults of RFC 9559 only where that is a fact of the file.
#[derive(Default)]
struct Track {
    kind: Option<u64>,
    codec: Option<String>,
    frame_nanos: Option<u64>,
    pixels: (u64, u64),
    display: (u64, u64),
    display_unit: u64,
    roll: f64,
    rate: Option<f64>,
    output_rate: Option<f64>,
    channels: Option<u64>,
}

impl Track {
    fn read<R: Read + Seek>(peek: &mut Peek<'_, R>, place: Range<u64>) -> Self {
        let mut track = Self::default();
        each(peek, place, |peek, id, body| match id {
            TRACK_TYPE => track.kind = unsigned(peek, &body),
            CODEC => track.codec = text(peek, &body),
            DEFAULT_DURATION => track.frame_nanos = unsigned(peek, &body),
            VIDEO => each(peek, body, |peek, id, body| match id {
                WIDTH => track.pixels.0 = unsigned(peek, &body).unwrap_or(0),
                HEIGHT => track.pixels.1 = unsigned(peek, &body).unwrap_or(0),
                DISPLAY_WIDTH => track.display.0 = unsigned(peek, &body).unwrap_or(0),
                DISPLAY_HEIGHT => track.display.1 = unsigned(peek, &body).unwrap_or(0),
                DISPLAY_UNIT => track.display_unit = unsigned(peek, &body).unwrap_or(0),
                PROJECTION => each(peek, body, |peek, id, body| {
                    if id == ROLL {
                        track.roll = float(peek, &body).unwrap_or(0.0);
                    }
                }),
                _ => {}
            }),
            AUDIO => each(peek, body, |peek, id, body| match id {
                RATE => track.rate = float(peek, &body),
                OUTPUT_RATE => track.output_rate = float(peek, &body),
                CHANNELS => track.channels = unsigned(peek, &body),
                _ => {}
            }),
            _ => {}
        });
        track
    }

    fn show(self, reel: &mut Reel) {
        // Only unit 0 is pixels.
        let display = Some(self.display).filter(|(w, h)| self.display_unit == 0 && *w > 0 && *h > 0);
        let (width, height) = display.unwrap_or(self.pixels);
        let aside = (self.roll.abs() - 90.0).abs() < 1.0;
        let (width, height) = if aside { (height, width) } else { (width, height) };
        reel.size = u32::try_from(width).ok().zip(u32::try_from(height).ok()).filter(|(w, h)| *w > 0 && *h > 0);
        reel.turned = self.roll.abs() >= 1.0;
        let nanos = self.frame_nanos.filter(|nanos| *nanos > 0);
        reel.film.fps_milli = nanos.and_then(|nanos| u32::try_from((1_000_000_000_000 + nanos / 2) / nanos).ok());
        reel.film.video = self.codec.map(codec);
    }

    fn sound(self, reel: &mut Reel) {
        let rate = self.output_rate.or(self.rate).and_then(whole_number);
        reel.film.audio_rate = rate.and_then(|rate| u32::try_from(rate).ok());
        reel.film.audio_channels = self.channels.and_then(|channels| u16::try_from(channels).ok());
        reel.film.audio = self.codec.map(codec);
    }
}

/// Codec ids (<https://www.matroska.org/technical/codec_specs.html>) by their usual words.
fn codec(id: String) -> String {
    let word = match id.as_str() {
        "V_VP8" => "vp8",
        "V_VP9" => "vp9",
        "V_AV1" => "av1",
        "V_MPEG4/ISO/AVC" => "h264",
        "V_MPEGH/ISO/HEVC" => "hevc",
        "A_OPUS" => "opus",
        "A_VORBIS" => "vorbis",
        "A_AAC" => "aac",
        "A_MPEG/L3" => "mp3",
        _ => return id,
    };
    word.to_owned()
}

/// Calls for each element in a place, with its id and content, until one gives an answer.
fn elements<R: Read + Seek, T>(
    peek: &mut Peek<'_, R>,
    place: Range<u64>,
    mut found: impl FnMut(&mut Peek<'_, R>, u64, Range<u64>) -> Option<T>,
) -> Option<T> {
    let mut at = place.start;
    while at < place.end {
        let (id, after) = vint(peek, at, true)?;
        let (size, body) = vint(peek, after, false)?;
        let width = body - after;
        if body > place.end {
            return None;
        }
        // All ones: as long as what it lies in.
        let unknown = size == (1 << (7 * width)) - 1;
        let end = if unknown { place.end } else { body.saturating_add(size).min(place.end) };
        if let Some(answer) = found(peek, id, body..end) {
            return Some(answer);
        }
        at = end;
    }
    None
}

fn each<R: Read + Seek>(
    peek: &mut Peek<'_, R>,
    place: Range<u64>,
    mut found: impl FnMut(&mut Peek<'_, R>, u64, Range<u64>),
) {
    elements::<R, ()>(peek, place, |peek, id, body| {
        found(peek, id, body);
        None
    });
}

/// A number whose first byte tells its length, with that mark or without, and where it ends.
fn vint<R: Read + Seek>(peek: &mut Peek<'_, R>, at: u64, marked: bool) -> Option<(u64, u64)> {
    let [first] = peek.array::<1>(at)?;
    let length = u64::from(first.leading_zeros()) + 1;
    if length > 8 {
        return None;
    }
    let bytes = peek.upto(at, usize::try_from(length).ok()?).filter(|bytes| bytes.len() as u64 == length)?;
    let number = big(bytes);
    let mark = 1 << (7 * length);
    Some((if marked { number } else { number & (mark - 1) }, at + length))
}

fn bytes<'p, R: Read + Seek>(peek: &'p mut Peek<'_, R>, place: &Range<u64>, most: u64) -> Option<&'p [u8]> {
    let length = place.end - place.start;
    let length = usize::try_from(length).ok().filter(|_| length > 0 && length <= most)?;
    peek.upto(place.start, length).filter(|bytes| bytes.len() == length)
}

fn unsigned<R: Read + Seek>(peek: &mut Peek<'_, R>, place: &Range<u64>) -> Option<u64> {
    bytes(peek, place, 8).map(big)
}

fn float<R: Read + Seek>(peek: &mut Peek<'_, R>, place: &Range<u64>) -> Option<f64> {
    let bytes = bytes(peek, place, 8)?;
    let number = match bytes.len() {
        4 => f64::from(f32::from_be_bytes(bytes.try_into().ok()?)),
        8 => f64::from_be_bytes(bytes.try_into().ok()?),
        _ => return None,
    };
    number.is_finite().then_some(number)
}

fn text<R: Read + Seek>(peek: &mut Peek<'_, R>, place: &Range<u64>) -> Option<String> {
    let bytes = bytes(peek, place, 64)?;
    let text = std::str::from_utf8(bytes).ok()?.trim_end_matches('\0');
    text.chars().all(|c| c.is_ascii_graphic()).then(|| text.to_owned())
}

/// A positive number, rounded.
fn whole_number(number: f64) -> Option<u64> {
    (1.0..1e15).contains(&number).then_some(number.round() as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::media::testing::{element, inside};
    use crate::media::{Film, Kind};

    /// 2 s of VP9 and Opus; `roll` is how far it is turned, and the segment's length is unknown, as recorders write it.
    fn webm(roll: f32) -> Vec<u8> {
        let info = element(
            &[0x15, 0x49, 0xA9, 0x66],
            &[
                &element(&[0x2A, 0xD7, 0xB1], &[&1_000_000_u32.to_be_bytes()]),
                &element(&[0x44, 0x89], &[&2000_f64.to_be_bytes()]),
            ],
        );
        let projection = element(&[0x76, 0x70], &[&element(&[0x76, 0x75], &[&roll.to_be_bytes()])]);
        let size = [element(&[0xB0], &[&[5, 0]]), element(&[0xBA], &[&[2, 208]])].concat();
        let pictures = element(
            &[0xAE],
            &[
                &element(&[0x83], &[&[1]]),
                &element(&[0x86], &[b"V_VP9"]),
                &element(&[0x23, 0xE3, 0x83], &[&40_000_000_u32.to_be_bytes()]),
                &element(&[0xE0], &[&size, &projection]),
            ],
        );
        let sound = element(
            &[0xAE],
            &[
                &element(&[0x83], &[&[2]]),
                &element(&[0x86], &[b"A_OPUS"]),
                &element(&[0xE1], &[&element(&[0xB5], &[&48_000_f32.to_be_bytes()]), &element(&[0x9F], &[&[1]])]),
            ],
        );
        let tracks = element(&[0x16, 0x54, 0xAE, 0x6B], &[&pictures, &sound]);
        let mut whole = element(&[0x1A, 0x45, 0xDF, 0xA3], &[&element(&[0x42, 0x82], &[b"webm"])]);
        whole.extend([0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        whole.extend([info, tracks, element(&[0x1F, 0x43, 0xB6, 0x75], &[&[0; 9]])].concat());
        whole
    }

    #[test]
    fn a_film_tells_what_is_in_it() {
        let told = inside(&webm(0.0)).unwrap();
        assert_eq!(
            (told.kind, told.mime, told.size, told.turned),
            (Kind::Video, "video/webm", Some((1280, 720)), false)
        );
        let wanted = Film {
            duration_ms: Some(2000),
            fps_milli: Some(25_000),
            video: Some("vp9".into()),
            audio: Some("opus".into()),
            audio_rate: Some(48_000),
            audio_channels: Some(1),
            fast_start: true,
            edit_list: false,
        };
        assert_eq!(told.film, Some(wanted));
        let turned = inside(&webm(-90.0)).unwrap();
        assert_eq!((turned.size, turned.turned), (Some((720, 1280)), true));
    }

    proptest! {
        #[test]
        fn broken_films_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let mut webm = webm(90.0);
            let (at, cut) = (at.index(webm.len()), cut.index(webm.len()));
            webm[at] = byte;
            let _ = inside(&webm);
            let _ = inside(&webm[..cut]);
        }
    }
}

//! MP4 and QuickTime: boxes in boxes (ISO/IEC 14496-12), of which a few are read. Reads no sample and keeps no table.
//!
//! Libraries for this format decode the whole index, with a place for each sample, and give nothing where one box of it
//! is strange. Here ten boxes are enough, and what one of them cannot say is left open.

use std::io::{Read, Seek};
use std::ops::Range;

use super::peek::{Peek, big};
use super::probe::{Reel, fps_milli, milliseconds};

/// Tracks looked at; more are not honest.
const TRACKS_MAX: usize = 64;
/// Bytes of a sound's description that are looked at.
const DESCRIPTION_MAX: usize = 4096;

/// What a movie's index tells.
pub(super) fn read<R: Read + Seek>(peek: &mut Peek<'_, R>) -> Reel {
    let mut reel = Reel::default();
    let Some((index, fast_start)) = index(peek) else { return reel };
    reel.film.fast_start = fast_start;
    reel.film.duration_ms = duration(peek, &index);
    for track in all(peek, index, b"trak").into_iter().take(TRACKS_MAX) {
        reel.film.edit_list |= first(peek, &track, &[b"edts", b"elst"]).is_some();
        // Of several, the first is the one that is played.
        match handler(peek, &track) {
            Some(name) if &name == b"vide" && reel.film.video.is_none() => picture_track(peek, &track, &mut reel),
            Some(name) if &name == b"soun" && reel.film.audio.is_none() => sound_track(peek, &track, &mut reel),
            _ => {}
        }
    }
    reel
}

/// One box: its name and where its content lies.
struct Boxed {
    name: [u8; 4],
    body: Range<u64>,
}

/// The box at a place.
fn boxed<R: Read + Seek>(peek: &mut Peek<'_, R>, at: u64, end: u64) -> Option<Boxed> {
    let [s0, s1, s2, s3, n0, n1, n2, n3] = peek.array::<8>(at)?;
    let (head, size) = match big(&[s0, s1, s2, s3]) {
        // To the end of the file.
        0 => (8, end - at),
        1 => (16, big(&peek.array::<8>(at + 8)?)),
        size => (8, size),
    };
    let stop = at.checked_add(size)?.min(end);
    let body = at + head..stop;
    (body.start <= body.end).then_some(Boxed { name: [n0, n1, n2, n3], body })
}

/// The boxes of that name directly in a place.
fn all<R: Read + Seek>(peek: &mut Peek<'_, R>, place: Range<u64>, name: &[u8; 4]) -> Vec<Range<u64>> {
    let (mut found, mut at) = (Vec::new(), place.start);
    while at < place.end && found.len() <= TRACKS_MAX {
        let Some(next) = boxed(peek, at, place.end) else { break };
        at = next.body.end;
        if &next.name == name {
            found.push(next.body);
        }
    }
    found
}

/// The first box on a path of names.
fn first<R: Read + Seek>(peek: &mut Peek<'_, R>, place: &Range<u64>, path: &[&[u8; 4]]) -> Option<Range<u64>> {
    let mut place = place.clone();
    for name in path {
        let (mut at, mut found) = (place.start, None);
        while at < place.end && found.is_none() {
            let next = boxed(peek, at, place.end)?;
            at = next.body.end;
            found = (&next.name == *name).then_some(next.body);
        }
        place = found?;
    }
    Some(place)
}

/// Where the index lies, and whether it comes before the data.
fn index<R: Read + Seek>(peek: &mut Peek<'_, R>) -> Option<(Range<u64>, bool)> {
    let (mut at, end) = (0, peek.len());
    let mut data_was_seen = false;
    while at < end {
        let next = boxed(peek, at, end)?;
        match &next.name {
            b"moov" => return Some((next.body, !data_was_seen)),
            b"mdat" => data_was_seen = true,
            _ => {}
        }
        at = next.body.end;
    }
    None
}

/// Milliseconds, as the movie's header says; where it leaves that to its fragments, as their header says.
fn duration<R: Read + Seek>(peek: &mut Peek<'_, R>, index: &Range<u64>) -> Option<u64> {
    let header = first(peek, index, &[b"mvhd"])?;
    let (ticks_a_second, duration) = times(peek, &header)?;
    milliseconds(duration, ticks_a_second).or_else(|| {
        let fragments = first(peek, index, &[b"mvex", b"mehd"])?;
        let [version, ..] = peek.array::<4>(fragments.start)?;
        let duration = number(peek, fragments.start + 4, version)?;
        milliseconds(duration, ticks_a_second)
    })
}

/// Ticks a second and duration in ticks, as `mvhd` and `mdhd` have them; no duration is 0.
fn times<R: Read + Seek>(peek: &mut Peek<'_, R>, header: &Range<u64>) -> Option<(u64, u64)> {
    let [version, ..] = peek.array::<4>(header.start)?;
    // Two instants come before.
    let at = header.start + if version == 1 { 20 } else { 12 };
    let ticks_a_second = big(&peek.array::<4>(at)?);
    Some((ticks_a_second, number(peek, at + 4, version)?))
}

/// A number of 8 bytes in version 1, of 4 elsewhere; all ones are the word for "unknown", read as 0.
fn number<R: Read + Seek>(peek: &mut Peek<'_, R>, at: u64, version: u8) -> Option<u64> {
    let (number, unknown) = if version == 1 {
        (big(&peek.array::<8>(at)?), u64::MAX)
    } else {
        (big(&peek.array::<4>(at)?), u64::from(u32::MAX))
    };
    Some(if number == unknown { 0 } else { number })
}

fn handler<R: Read + Seek>(peek: &mut Peek<'_, R>, track: &Range<u64>) -> Option<[u8; 4]> {
    let handler = first(peek, track, &[b"mdia", b"hdlr"])?;
    peek.array::<4>(handler.start + 8)
}

fn picture_track<R: Read + Seek>(peek: &mut Peek<'_, R>, track: &Range<u64>, reel: &mut Reel) {
    let Some((code, entry)) = description(peek, track) else { return };
    reel.film.video = Some(match &code {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" => "h264".to_owned(),
        b"hvc1" | b"hev1" => "hevc".to_owned(),
        b"vp08" => "vp8".to_owned(),
        b"vp09" => "vp9".to_owned(),
        b"av01" => "av1".to_owned(),
        _ => four(code),
    });
    reel.film.fps_milli = frame_rate(peek, track);
    let coded = peek.array::<28>(entry.start).map(|entry| (big(&entry[24..26]), big(&entry[26..28])));
    let (shown, turn) = first(peek, track, &[b"tkhd"]).and_then(|header| shown(peek, &header)).unwrap_or_default();
    let (width, height) = shown.or(coded).unwrap_or_default();
    let (width, height) = if turn == Turn::Aside { (height, width) } else { (width, height) };
    reel.size = u32::try_from(width).ok().zip(u32::try_from(height).ok()).filter(|(w, h)| *w > 0 && *h > 0);
    reel.turned = turn != Turn::Upright;
}

/// How a track's matrix turns its pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Turn {
    #[default]
    Upright,
    /// Upside down or mirrored.
    Over,
    /// By a quarter: width and height change places.
    Aside,
}

/// The size a track header asks for, where it does, and how it turns the picture.
fn shown<R: Read + Seek>(peek: &mut Peek<'_, R>, header: &Range<u64>) -> Option<(Option<(u64, u64)>, Turn)> {
    let [version, ..] = peek.array::<4>(header.start)?;
    let at = header.start + if version == 1 { 52 } else { 40 };
    let matrix = peek.array::<36>(at)?;
    let cell = |index: usize| matrix[index * 4..].first_chunk::<4>().map_or(0, |bytes| i32::from_be_bytes(*bytes));
    let turn = match (cell(0), cell(1), cell(3), cell(4)) {
        (0, b, c, 0) if b != 0 && c != 0 => Turn::Aside,
        (a, 0, 0, d) if a >= 0 && d >= 0 => Turn::Upright,
        _ => Turn::Over,
    };
    // 16.16 each.
    let size = peek.array::<8>(at + 36)?;
    let side = |bytes: &[u8]| (big(bytes) + 0x8000) >> 16;
    let size = (side(&size[..4]), side(&size[4..]));
    Some((Some(size).filter(|(width, height)| *width > 0 && *height > 0), turn))
}

/// Frames by duration of the track; unknown in a movie of fragments, whose frames are counted nowhere.
fn frame_rate<R: Read + Seek>(peek: &mut Peek<'_, R>, track: &Range<u64>) -> Option<u32> {
    let header = first(peek, track, &[b"mdia", b"mdhd"])?;
    let (ticks_a_second, duration) = times(peek, &header)?;
    let table = first(peek, track, &[b"mdia", b"minf", b"stbl"])?;
    let sizes = first(peek, &table, &[b"stsz"]).or_else(|| first(peek, &table, &[b"stz2"]))?;
    let frames = big(&peek.array::<4>(sizes.start + 8)?);
    fps_milli(frames, duration, ticks_a_second)
}

/// The first description of a track's samples: the code of how they are made, and where it lies.
fn description<R: Read + Seek>(peek: &mut Peek<'_, R>, track: &Range<u64>) -> Option<([u8; 4], Range<u64>)> {
    let table = first(peek, track, &[b"mdia", b"minf", b"stbl", b"stsd"])?;
    let entry = boxed(peek, table.start + 8, table.end)?;
    Some((entry.name, entry.body))
}

fn sound_track<R: Read + Seek>(peek: &mut Peek<'_, R>, track: &Range<u64>, reel: &mut Reel) {
    let Some((code, entry)) = description(peek, track) else { return };
    let film = &mut reel.film;
    let length = usize::try_from(entry.end - entry.start).unwrap_or(usize::MAX).min(DESCRIPTION_MAX);
    let entry = peek.upto(entry.start, length).unwrap_or_default();
    // Of QuickTime's second version the old fields say nothing.
    if let (Some(fields), Some([0, 0 | 1])) = (entry.get(16..28), entry.get(8..10)) {
        film.audio_channels = u16::try_from(big(&fields[..2])).ok().filter(|channels| *channels > 0);
        film.audio_rate = u32::try_from(big(&fields[8..10])).ok().filter(|rate| *rate > 0);
    }
    film.audio = Some(match &code {
        b"Opus" => "opus".to_owned(),
        b".mp3" => "mp3".to_owned(),
        b"fLaC" => "flac".to_owned(),
        b"ac-3" => "ac3".to_owned(),
        b"ec-3" => "eac3".to_owned(),
        b"mp4a" => match elementary(entry) {
            Some(sound) => {
                // The fields before are a form that encoders fill in as they like.
                film.audio_rate = sound.rate.or(film.audio_rate);
                film.audio_channels = sound.channels.or(film.audio_channels);
                sound.codec.unwrap_or_else(|| four(code))
            }
            None => four(code),
        },
        _ => four(code),
    });
}

/// What an `esds` box tells (ISO/IEC 14496-1, 7.2.6).
#[derive(Default)]
struct Elementary {
    codec: Option<String>,
    rate: Option<u32>,
    channels: Option<u16>,
}

/// Finds the box by its name: QuickTime wraps it in another.
fn elementary(entry: &[u8]) -> Option<Elementary> {
    let at = entry.windows(4).position(|name| name == b"esds")?;
    let stream = descriptor(entry.get(at + 8..)?, 0x03)?;
    let flags = *stream.get(2)?;
    let url = if flags & 0x40 == 0 { 0 } else { 1 + usize::from(*stream.get(3)?) };
    let skip = 3 + if flags & 0x80 == 0 { 0 } else { 2 } + url + if flags & 0x20 == 0 { 0 } else { 2 };
    let config = descriptor(stream.get(skip..)?, 0x04)?;
    let codec = match config.first()? {
        0x40 | 0x66..=0x68 => "aac",
        0x69 | 0x6B => "mp3",
        0xDD => "vorbis",
        _ => return Some(Elementary::default()),
    };
    let specific = config.get(13..).and_then(|rest| descriptor(rest, 0x05)).filter(|_| codec == "aac");
    let (rate, channels) = specific.and_then(aac).unwrap_or_default();
    Some(Elementary { codec: Some(codec.to_owned()), rate, channels })
}

/// The content of a descriptor with that tag; its length is written in groups of seven bits.
fn descriptor(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(&[tag])?;
    let mut length = 0_usize;
    for _ in 0..4 {
        let (group, after) = rest.split_first()?;
        rest = after;
        length = length << 7 | usize::from(group & 0x7F);
        if group & 0x80 == 0 {
            break;
        }
    }
    Some(&rest[..length.min(rest.len())])
}

/// Rate and channels of an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).
fn aac(config: &[u8]) -> Option<(Option<u32>, Option<u16>)> {
    const RATES: [u32; 13] =
        [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
    let mut bits = Bits { bytes: config, at: 0 };
    let rate = |bits: &mut Bits<'_>| match bits.take(4)? {
        15 => bits.take(24),
        index => RATES.get(index as usize).copied(),
    };
    let object = match bits.take(5)? {
        31 => 32 + bits.take(6)?,
        object => object,
    };
    let mut samples = rate(&mut bits);
    let channels = bits.take(4)?;
    // What is written is what comes before spectral bands and stereo are made up again.
    if matches!(object, 5 | 29) {
        samples = rate(&mut bits);
    }
    let channels = match channels {
        1 if object == 29 => Some(2),
        1..=6 => u16::try_from(channels).ok(),
        7 => Some(8),
        _ => None,
    };
    Some((samples, channels))
}

struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<u32> {
        let mut number = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            number = number << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(number)
    }
}

/// A code of four characters as text.
fn four(code: [u8; 4]) -> String {
    let printable = |byte: u8| if byte.is_ascii_graphic() { char::from(byte) } else { '.' };
    String::from_utf8_lossy(&code).trim_end().bytes().map(printable).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::media::testing::{boxed, inside, movie};
    use crate::media::{Film, Kind};

    #[test]
    fn an_edit_list_is_told() {
        let list = boxed(b"elst", &[&[0; 8]]);
        for (edits, has) in [(boxed(b"edts", &[&list]), true), (boxed(b"edts", &[]), false), (Vec::new(), false)] {
            let track = boxed(b"trak", &[&edits, &boxed(b"mdia", &[])]);
            let told = inside(&[boxed(b"ftyp", &[b"isom\0\0\0\0"]), boxed(b"moov", &[&track])].concat()).unwrap();
            assert_eq!(told.film.unwrap().edit_list, has);
        }
    }

    #[test]
    fn a_movie_tells_what_is_in_it() {
        let told = inside(&movie([1, 0, 0, 1], true)).unwrap();
        assert_eq!(
            (told.kind, told.mime, told.size, told.turned),
            (Kind::Video, "video/mp4", Some((1920, 1080)), false)
        );
        let film = told.film.unwrap();
        // 44,100 and two channels are what the sound's own head says, not the form before it.
        let wanted = Film {
            duration_ms: Some(2500),
            fps_milli: Some(30_000),
            video: Some("h264".into()),
            audio: Some("aac".into()),
            audio_rate: Some(44_100),
            audio_channels: Some(2),
            fast_start: true,
            edit_list: false,
        };
        assert_eq!(film, wanted);
        assert_eq!(film.bit_rate(1_000_000), Some(3_200_000));
    }

    #[test]
    fn rotation_is_applied() {
        for (matrix, size, turned) in [
            ([1, 0, 0, 1], (1920, 1080), false),
            ([0, 1, -1, 0], (1080, 1920), true),
            ([0, -1, 1, 0], (1080, 1920), true),
            ([-1, 0, 0, -1], (1920, 1080), true),
            ([-1, 0, 0, 1], (1920, 1080), true),
        ] {
            let told = inside(&movie(matrix, false)).unwrap();
            assert_eq!((told.size, told.turned), (Some(size), turned), "{matrix:?}");
            assert!(!told.film.unwrap().fast_start);
        }
    }

    #[test]
    fn what_is_not_said_is_not_told() {
        let mark = boxed(b"ftyp", &[b"isom\0\0\0\0"]);
        let empty = Some(Film::default());
        assert_eq!(inside(&mark).unwrap().film, empty);
        // Durations of nothing and of all ones are words for "unknown".
        for duration in [[0; 4], [0xFF; 4]] {
            let header = boxed(b"mvhd", &[&[0; 12], &1000_u32.to_be_bytes(), &duration]);
            let whole = [mark.clone(), boxed(b"moov", &[&header])].concat();
            assert_eq!(inside(&whole).unwrap().film.unwrap().duration_ms, None);
        }
    }

    #[test]
    fn fragments_tell_their_duration_elsewhere() {
        let header = boxed(b"mvhd", &[&[0; 12], &1000_u32.to_be_bytes(), &[0; 4]]);
        let fragments = boxed(b"mvex", &[&boxed(b"mehd", &[&[0; 4], &7000_u32.to_be_bytes()])]);
        let whole = [boxed(b"ftyp", &[b"isom\0\0\0\0"]), boxed(b"moov", &[&header, &fragments])].concat();
        assert_eq!(inside(&whole).unwrap().film.unwrap().duration_ms, Some(7000));
    }

    /// The data of a large movie is stepped over, whatever its length; only the head of the file is there.
    #[test]
    fn large_boxes_are_stepped_over() {
        let mut whole = boxed(b"ftyp", &[b"isom\0\0\0\0"]);
        whole.extend(1_u32.to_be_bytes());
        whole.extend(b"mdat");
        whole.extend((1_u64 << 63).to_be_bytes());
        assert_eq!(inside(&whole).unwrap().film, Some(Film::default()));
        // A box of no length would be read for ever.
        whole.truncate(16);
        whole.extend([0, 0, 0, 1, b'm', b'd', b'a', b't', 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(inside(&whole).unwrap().film, Some(Film::default()));
    }

    proptest! {
        #[test]
        fn broken_movies_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let mut movie = movie([0, 1, -1, 0], true);
            let (at, cut) = (at.index(movie.len()), cut.index(movie.len()));
            movie[at] = byte;
            let _ = inside(&movie);
            let _ = inside(&movie[..cut]);
        }
    }
}

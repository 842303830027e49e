//! What an MP4 or QuickTime file is, told from its boxes, and whether Instagram takes it. It knows no containers.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-user/media>

/// What Instagram looks at.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Film {
    /// The index comes before the data.
    index_first: bool,
    edit_list: bool,
    /// Milliseconds.
    pub(super) length: u64,
    width: u64,
    height: u64,
    codec: [u8; 4],
    /// Frames in a thousand seconds.
    rate: u64,
    sound: Option<Sound>,
}

#[derive(Debug, PartialEq, Eq)]
struct Sound {
    codec: [u8; 4],
    channels: u64,
    hertz: u64,
}

/// What a kind of post takes.
pub(super) struct Bounds {
    pub(super) bytes: u64,
    /// Milliseconds.
    lengths: std::ops::RangeInclusive<u64>,
    /// Width to height, in thousandths.
    ratios: std::ops::RangeInclusive<u64>,
}

pub(super) const REEL: Bounds = Bounds { bytes: 300_000_000, lengths: 3_000..=900_000, ratios: 10..=10_000 };
pub(super) const STORY: Bounds = Bounds { bytes: 100_000_000, lengths: 3_000..=60_000, ratios: 100..=10_000 };

const WIDTH_MAX: u64 = 1_920;
/// Frames in a thousand seconds.
const RATES: std::ops::RangeInclusive<u64> = 23_000..=60_000;
/// Of the whole file: 25 Mb/s of pictures, 128 kb/s of sound, and a little for the container.
const BITS_PER_SECOND_MAX: u64 = 25_500_000;
const HERTZ_MAX: u64 = 48_000;

/// What is wrong with a film, for whoever debugs a test; nothing if it is fine.
pub(super) fn judge(bytes: &[u8], bounds: &Bounds, refuse_edit_lists: bool) -> Result<Film, &'static str> {
    let film = read(bytes).ok_or("not an MP4 or MOV with a picture track")?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    // A rate of 23.976 is called 24, and 59.94 is called 60: both lie within.
    let rules = [
        (size <= bounds.bytes, "too many bytes"),
        (film.index_first, "moov comes after mdat"),
        (!(film.edit_list && refuse_edit_lists), "it has an edit list"),
        (bounds.lengths.contains(&film.length), "too short or too long"),
        (film.width <= WIDTH_MAX, "too many columns"),
        (bounds.ratios.contains(&(film.width * 1_000 / film.height.max(1))), "too narrow or too wide"),
        ([b"avc1", b"avc3", b"hvc1", b"hev1"].contains(&&film.codec), "neither H.264 nor HEVC"),
        (RATES.contains(&film.rate), "too few or too many frames in a second"),
        (size.saturating_mul(8_000) / film.length.max(1) <= BITS_PER_SECOND_MAX, "too many bits in a second"),
    ];
    if let Some((_, why)) = rules.iter().find(|(fine, _)| !fine) {
        return Err(why);
    }
    match &film.sound {
        Some(sound) if &sound.codec != b"mp4a" => Err("the sound is not AAC"),
        Some(sound) if sound.hertz > HERTZ_MAX => Err("the sound has more than 48 kHz"),
        Some(sound) if !(1..=2).contains(&sound.channels) => Err("the sound has more than two channels"),
        _ => Ok(film),
    }
}

/// The MIME type of a film.
pub(super) fn mime(bytes: &[u8]) -> &'static str {
    if bytes.get(8..12) == Some(b"qt  ") { "video/quicktime" } else { "video/mp4" }
}

fn read(bytes: &[u8]) -> Option<Film> {
    if bytes.get(4..8) != Some(b"ftyp") {
        return None;
    }
    let at = |name| boxes(bytes).position(|(kind, _)| kind == name);
    let index = at(b"moov")?;
    let moov = find(bytes, b"moov")?;
    let mut film = Film {
        index_first: at(b"mdat").is_none_or(|data| index < data),
        length: milliseconds(find(moov, b"mvhd")?)?,
        ..Film::default()
    };
    for (_, track) in boxes(moov).filter(|(kind, _)| *kind == b"trak") {
        let media = find(track, b"mdia")?;
        let samples = find(find(media, b"minf")?, b"stbl")?;
        // One sample entry: its size, its codec, 6 reserved bytes and an index, then what the kind of track needs.
        let entry = find(samples, b"stsd")?.get(8..)?;
        let codec = entry.get(4..8)?.try_into().ok()?;
        match find(media, b"hdlr")?.get(8..12)? {
            b"vide" => {
                (film.codec, film.width, film.height) = (codec, number(entry, 32, 2)?, number(entry, 34, 2)?);
                film.rate = rate(find(samples, b"stts")?, milliseconds(find(media, b"mdhd")?)?)?;
            }
            // The sampling rate is a number with sixteen bits after the point.
            b"soun" => {
                film.sound = Some(Sound { codec, channels: number(entry, 24, 2)?, hertz: number(entry, 32, 2)? });
            }
            _ => {}
        }
        film.edit_list |= find(track, b"edts").is_some_and(|edits| find(edits, b"elst").is_some());
    }
    (film.width > 0 && film.height > 0).then_some(film)
}

/// Frames in a thousand seconds: the counts of the table of times, over the length in milliseconds.
fn rate(times: &[u8], length: u64) -> Option<u64> {
    let frames: u64 = times.get(8..)?.chunks_exact(8).filter_map(|entry| number(entry, 0, 4)).sum();
    frames.checked_mul(1_000_000)?.checked_div(length)
}

/// What a movie header or a media header says of the length.
fn milliseconds(header: &[u8]) -> Option<u64> {
    let (scale, units) = match header.first()? {
        1 => (number(header, 20, 4)?, number(header, 24, 8)?),
        _ => (number(header, 12, 4)?, number(header, 16, 4)?),
    };
    units.checked_mul(1_000)?.checked_div(scale)
}

fn find<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|(kind, _)| kind == name).map(|(_, content)| content)
}

/// The boxes that follow one another, as far as they are whole.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let (head, size) = match usize::try_from(number(bytes, 0, 4)?).ok()? {
            0 => (8, bytes.len()),
            1 => (16, usize::try_from(number(bytes, 8, 8)?).ok()?),
            size => (8, size),
        };
        let found = (bytes.get(4..8)?, bytes.get(head..size)?);
        bytes = &bytes[size..];
        Some(found)
    })
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(length)?)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn broken_files_are_no_trouble(inner in 0..4_usize, tail in proptest::collection::vec(0..=255_u8, 0..200)) {
            let inner = [b"".as_slice(), b"\0\0\0\x60moov", b"\0\0\0\0moov", b"\0\0\0\x01moov\0\0\0\0\0\0\0\x20"][inner];
            let _ = judge(&[b"\0\0\0\x08ftyp".as_slice(), inner, &tail].concat(), &REEL, true);
        }
    }
}

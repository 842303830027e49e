//! What an MP4 or MOV file says of itself: where its index is, how long it runs, and its first picture and sound tracks.
//! It knows no limits.
//!
//! Boxes as in ISO/IEC 14496-12.

/// What the boxes showed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Film {
    /// `moov` stands before `mdat`.
    pub(super) index_first: bool,
    pub(super) has_edit_list: bool,
    pub(super) seconds: f64,
    pub(super) picture: Option<Picture>,
    pub(super) sound: Option<Sound>,
}

#[derive(Debug, PartialEq)]
pub(super) struct Picture {
    pub(super) codec: [u8; 4],
    pub(super) width: u16,
    pub(super) height: u16,
    /// Pictures in a second, over the whole track.
    pub(super) rate: f64,
}

#[derive(Debug, PartialEq)]
pub(super) struct Sound {
    pub(super) codec: [u8; 4],
    pub(super) channels: u16,
    pub(super) hertz: u32,
}

/// Reads a file; nothing if it has no index.
pub(super) fn read(bytes: &[u8]) -> Option<Film> {
    let kinds: Vec<&[u8]> = Boxes(bytes).map(|(kind, _)| kind).collect();
    let place = |wanted: &[u8]| kinds.iter().position(|kind| *kind == wanted);
    let moov = inner(bytes, b"moov")?;
    let mut film = Film {
        index_first: place(b"mdat").is_none_or(|data| place(b"moov").is_some_and(|index| index < data)),
        seconds: inner(moov, b"mvhd").and_then(|header| duration(header, 12)).unwrap_or_default(),
        ..Film::default()
    };
    for (_, track) in Boxes(moov).filter(|(kind, _)| *kind == b"trak") {
        film.has_edit_list |= inner(track, b"edts").is_some_and(|edits| inner(edits, b"elst").is_some());
        read_track(track, &mut film);
    }
    Some(film)
}

fn read_track(track: &[u8], film: &mut Film) -> Option<()> {
    let media = inner(track, b"mdia")?;
    let kind = inner(media, b"hdlr")?.get(8..12)?;
    let table = inner(inner(media, b"minf")?, b"stbl")?;
    // Version, flags and count come before the first entry.
    let (codec, entry) = Boxes(inner(table, b"stsd")?.get(8..)?).next()?;
    let codec = codec.try_into().ok()?;
    if kind == b"vide" && film.picture.is_none() {
        let seconds = duration(inner(media, b"mdhd")?, 12)?;
        let pictures = samples(inner(table, b"stts")?)?;
        let rate = if seconds > 0.0 { pictures / seconds } else { 0.0 };
        film.picture = Some(Picture { codec, width: word(entry, 24)?, height: word(entry, 26)?, rate });
    } else if kind == b"soun" && film.sound.is_none() {
        film.sound = Some(Sound { codec, channels: word(entry, 16)?, hertz: u32::from(word(entry, 24)?) });
    }
    Some(())
}

/// Units by scale of a movie or media header: two times of day come before them, of the size the version says.
fn duration(header: &[u8], at: usize) -> Option<f64> {
    let (scale, units) = match header.first()? {
        1 => (number(header, at + 8, 4)?, number(header, at + 12, 8)?),
        _ => (number(header, at, 4)?, number(header, at + 4, 4)?),
    };
    Some(units as f64 / scale.max(1) as f64)
}

/// How many samples a time table counts.
fn samples(table: &[u8]) -> Option<f64> {
    let count = usize::try_from(number(table, 4, 4)?).ok()?;
    let entries = table.get(8..)?.chunks_exact(8).take(count);
    Some(entries.filter_map(|entry| number(entry, 0, 4)).sum::<u64>() as f64)
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(length)?)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// The content of the first box of a kind.
fn inner<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    Boxes(bytes).find(|(found, _)| found == kind).map(|(_, content)| content)
}

/// Kind and content of each box in a row of them; one that is cut off is the last.
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.0;
        let kind = bytes.get(4..8)?;
        let (head, size) = match number(bytes, 0, 4)? {
            0 => (8, bytes.len()),
            1 => (16, usize::try_from(number(bytes, 8, 8)?).ok()?),
            size => (8, usize::try_from(size).ok()?),
        };
        let end = size.max(head).min(bytes.len());
        self.0 = &bytes[end..];
        Some((kind, bytes.get(head..end)?))
    }
}

#[cfg(test)]
mod tests {
    proptest::proptest! {
        #[test]
        fn broken_films_are_no_trouble(tail in proptest::collection::vec(0..=255_u8, 0..200), cut in 0..800_usize) {
            super::read(&[b"\0\0\0\x40moov\0\0\0\x38trak\0\0\0\x30mdia".as_slice(), &tail].concat());
            let film = crate::sim::threads::tests::film(&Default::default());
            super::read(&film[..cut.min(film.len())]);
        }
    }
}

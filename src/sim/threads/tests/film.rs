//! Films made to measure: only the boxes that tell what a film is.

/// What a film is like; by default as Threads wants it.
#[derive(Clone, Debug)]
pub(in crate::sim::threads) struct Shape {
    pub(super) brand: &'static [u8; 4],
    pub(super) index_last: bool,
    pub(super) edit_list: bool,
    pub(super) seconds: u32,
    pub(super) rate: u32,
    pub(super) codec: &'static [u8; 4],
    pub(super) size: (u16, u16),
    /// Codec, channels, hertz.
    pub(super) sound: Option<(&'static [u8; 4], u16, u16)>,
    /// Bytes after the index.
    pub(super) data: usize,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            brand: b"isom",
            index_last: false,
            edit_list: false,
            seconds: 10,
            rate: 30,
            codec: b"avc1",
            size: (720, 1280),
            sound: Some((b"mp4a", 2, 48_000)),
            data: 1_000,
        }
    }
}

pub(in crate::sim::threads) fn film(shape: &Shape) -> Vec<u8> {
    let start = boxed(b"ftyp", &[shape.brand.as_slice(), &[0; 4]]);
    let data = boxed(b"mdat", &[&vec![0; shape.data]]);
    let mut tracks = track(shape, b"vide", &picture(shape), shape.rate * shape.seconds);
    if let Some((codec, channels, hertz)) = shape.sound {
        let entry = boxed(codec, &[&[0; 16], &channels.to_be_bytes(), &[0; 6], &hertz.to_be_bytes(), &[0; 2]]);
        tracks.extend(track(shape, b"soun", &entry, 1_000));
    }
    let index = boxed(b"moov", &[&boxed(b"mvhd", &[&times(shape.seconds)]), &tracks]);
    if shape.index_last { [start, data, index].concat() } else { [start, index, data].concat() }
}

fn track(shape: &Shape, kind: &[u8; 4], entry: &[u8], samples: u32) -> Vec<u8> {
    let edits = if shape.edit_list { boxed(b"edts", &[&boxed(b"elst", &[&[0; 8]])]) } else { Vec::new() };
    let one = 1_u32.to_be_bytes();
    let table = boxed(
        b"stbl",
        &[&boxed(b"stsd", &[&[0; 4], &one, entry]), &boxed(b"stts", &[&[0; 4], &one, &samples.to_be_bytes(), &one])],
    );
    let media = [
        boxed(b"mdhd", &[&times(shape.seconds)]),
        boxed(b"hdlr", &[&[0; 8], kind, &[0; 12]]),
        boxed(b"minf", &[&table]),
    ];
    boxed(b"trak", &[&edits, &boxed(b"mdia", &[&media.concat()])])
}

fn picture(shape: &Shape) -> Vec<u8> {
    boxed(shape.codec, &[&[0; 24], &shape.size.0.to_be_bytes(), &shape.size.1.to_be_bytes(), &[0; 50]])
}

/// Version, two times of day, a scale of 1000, and the length.
fn times(seconds: u32) -> Vec<u8> {
    [[0; 12].as_slice(), &1_000_u32.to_be_bytes(), &(seconds * 1_000).to_be_bytes(), &[0; 80]].concat()
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes(), kind.as_slice(), &content].concat()
}

//! Files small enough to write down: only what the rules look at.

/// A JPEG's head: as much as tells its size.
pub(super) fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = b"\xFF\xD8\xFF\xE0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xFF\xC0\x00\x11\x08".to_vec();
    bytes.extend(height.to_be_bytes());
    bytes.extend(width.to_be_bytes());
    bytes.extend(b"\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01");
    bytes
}

/// A film to be.
pub(super) struct Film {
    pub(super) brand: [u8; 4],
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) millis: u32,
    pub(super) frames: u32,
    pub(super) codec: [u8; 4],
    pub(super) sound: Option<([u8; 4], u16, u16)>,
    pub(super) index_last: bool,
    pub(super) edit_list: bool,
    pub(super) data: usize,
}

impl Default for Film {
    fn default() -> Self {
        Self {
            brand: *b"isom",
            width: 1080,
            height: 1920,
            millis: 5_000,
            frames: 150,
            codec: *b"avc1",
            sound: Some((*b"mp4a", 2, 48_000)),
            index_last: false,
            edit_list: false,
            data: 1_000,
        }
    }
}

impl Film {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let head = boxed(b"ftyp", &[&self.brand[..], &[0; 4]]);
        let mut parts = vec![boxed(b"mvhd", &[&[0; 12], &1_000_u32.to_be_bytes(), &self.millis.to_be_bytes()])];
        let mut picture = vec![0; 40];
        picture[4..8].copy_from_slice(&self.codec);
        picture[32..34].copy_from_slice(&self.width.to_be_bytes());
        picture[34..36].copy_from_slice(&self.height.to_be_bytes());
        parts.push(self.track(b"vide", &picture, self.frames));
        if let Some((codec, channels, hertz)) = &self.sound {
            let mut sound = vec![0; 36];
            sound[4..8].copy_from_slice(codec);
            sound[24..26].copy_from_slice(&channels.to_be_bytes());
            sound[32..34].copy_from_slice(&hertz.to_be_bytes());
            parts.push(self.track(b"soun", &sound, 1));
        }
        let index = boxed(b"moov", &parts.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let data = boxed(b"mdat", &[&vec![7; self.data]]);
        if self.index_last { [head, data, index].concat() } else { [head, index, data].concat() }
    }

    fn track(&self, handler: &[u8; 4], entry: &[u8], frames: u32) -> Vec<u8> {
        let length = [&[0; 12], &1_000_u32.to_be_bytes()[..], &self.millis.to_be_bytes()].concat();
        let samples = boxed(
            b"stbl",
            &[&boxed(b"stsd", &[&[0; 8], entry]), &boxed(b"stts", &[&[0; 8], &frames.to_be_bytes(), &[0; 4]])],
        );
        let media = boxed(
            b"mdia",
            &[
                &boxed(b"mdhd", &[&length]),
                &boxed(b"hdlr", &[&[0; 8], handler, &[0; 12]]),
                &boxed(b"minf", &[&samples]),
            ],
        );
        let edits = if self.edit_list { boxed(b"edts", &[&boxed(b"elst", &[&[0; 8]])]) } else { Vec::new() };
        boxed(b"trak", &[&edits, &media])
    }
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
    [&size, &kind[..], &content].concat()
}

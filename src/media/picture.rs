//! JPEG, PNG, GIF and WebP: size, orientation, frames, read from their headers. Decodes no pixel.

use std::io::{Read, Seek};

use image::metadata::Orientation;

use super::peek::{Peek, big, little};
use super::probe::fps_milli;
use super::{Film, Kind};

/// What a picture's headers tell.
#[derive(Debug)]
pub(super) struct Picture {
    /// Pixels as stored: width and height.
    pub(super) stored: (u32, u32),
    /// How it is to be turned for showing.
    pub(super) orientation: Orientation,
    /// Channels of a JPEG: 4 are those of print.
    pub(super) channels: u8,
    frames: u32,
    /// Of all frames; `None` where the file is cut short.
    duration_ms: Option<u64>,
}

impl Picture {
    fn still(stored: (u32, u32)) -> Self {
        Self { stored, orientation: Orientation::NoTransforms, channels: 0, frames: 1, duration_ms: None }
    }

    /// Pixels as shown.
    pub(super) fn upright(&self) -> (u32, u32) {
        use Orientation::*;
        let (width, height) = self.stored;
        match self.orientation {
            Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH => (height, width),
            _ => (width, height),
        }
    }

    pub(super) fn is_turned(&self) -> bool {
        self.orientation != Orientation::NoTransforms
    }

    pub(super) fn animated(&self) -> bool {
        self.frames > 1
    }

    pub(super) fn film(&self) -> Option<Film> {
        // Delays of nothing are left to the viewer's taste.
        let duration_ms = self.duration_ms.filter(|duration| *duration > 0);
        let fps_milli = duration_ms.and_then(|duration| fps_milli(self.frames.into(), duration, 1000));
        self.animated().then(|| Film { duration_ms, fps_milli, ..Film::default() })
    }

    fn turn(&mut self, tiff: &[u8]) {
        self.orientation = Orientation::from_exif_chunk(tiff).unwrap_or(Orientation::NoTransforms);
    }
}

/// Reads a picture of that kind; `None` where not even its size can be told.
pub(super) fn read<R: Read + Seek>(peek: &mut Peek<'_, R>, kind: Kind) -> Option<Picture> {
    match kind {
        Kind::Jpeg => jpeg(peek),
        Kind::Png => png(peek),
        Kind::Gif => gif(peek),
        Kind::Webp => webp(peek),
        _ => None,
    }
}

/// Segments up to the first scan (ITU-T T.81, annex B); EXIF lies in APP1.
fn jpeg<R: Read + Seek>(peek: &mut Peek<'_, R>) -> Option<Picture> {
    let (mut picture, mut exif) = (None, None);
    let mut at = 2;
    while let Some([0xFF, marker]) = peek.array::<2>(at) {
        if marker == 0xFF {
            at += 1;
            continue;
        }
        if matches!(marker, 0x01 | 0xD0..=0xD7) {
            at += 2;
            continue;
        }
        // The scan, or the end.
        if matches!(marker, 0xDA | 0xD9) {
            break;
        }
        let Some(length) = peek.array::<2>(at + 2).map(|length| big(&length)).filter(|length| *length >= 2) else {
            break;
        };
        let body = at + 4;
        match marker {
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                let [_, h1, h2, w1, w2, channels] = peek.array::<6>(body)?;
                let size = (u32::from(w1) << 8 | u32::from(w2), u32::from(h1) << 8 | u32::from(h2));
                picture = Some(Picture { channels, ..Picture::still(size) });
            }
            0xE1 if exif.is_none() => {
                let bytes = peek.upto(body, usize::try_from(length - 2).ok()?).unwrap_or_default();
                exif = bytes.strip_prefix(b"Exif\0\0").map(<[u8]>::to_vec);
            }
            _ => {}
        }
        at += 2 + length;
    }
    let mut picture = picture.filter(|picture| picture.stored.0 > 0 && picture.stored.1 > 0)?;
    if let Some(exif) = exif {
        picture.turn(&exif);
    }
    Some(picture)
}

/// Metadata larger than this is not looked at for an orientation.
const EXIF_BYTES_MAX: u64 = 1024 * 1024;

/// Chunks (<https://www.w3.org/TR/png-3/>): IHDR, then in any order the animation's and EXIF.
fn png<R: Read + Seek>(peek: &mut Peek<'_, R>) -> Option<Picture> {
    let head = peek.array::<24>(0)?;
    if &head[12..16] != b"IHDR" {
        return None;
    }
    let mut picture = Picture::still((side(big(&head[16..20]))?, side(big(&head[20..24]))?));
    let (mut at, mut animated, mut ended) = (8, false, false);
    let (mut frames, mut micros) = (0, 0);
    while let Some(head) = peek.array::<8>(at) {
        let (length, body) = (big(&head[..4]), at + 8);
        match &head[4..] {
            b"acTL" => animated = true,
            b"fcTL" => {
                let Some(control) = peek.array::<26>(body) else { break };
                let (num, den) = (big(&control[20..22]), big(&control[22..24]));
                micros += num * 1_000_000 / if den == 0 { 100 } else { den };
                frames += 1;
            }
            b"eXIf" if length <= EXIF_BYTES_MAX => {
                if let Some(exif) = peek.upto(body, usize::try_from(length).ok()?) {
                    picture.turn(exif);
                }
            }
            b"IEND" => {
                ended = true;
                break;
            }
            _ => {}
        }
        // Length and checksum.
        at = body + length + 4;
    }
    if animated && frames > 1 {
        picture.frames = frames;
        picture.duration_ms = ended.then_some(micros / 1000);
    }
    Some(picture)
}

/// Blocks (<https://www.w3.org/Graphics/GIF/spec-gif89a.txt>): an image descriptor a frame, its delay before it.
fn gif<R: Read + Seek>(peek: &mut Peek<'_, R>) -> Option<Picture> {
    let head = peek.array::<13>(0)?;
    let mut picture = Picture::still((side(little(&head[6..8]))?, side(little(&head[8..10]))?));
    let mut at = 13 + palette(head[10]);
    let (mut frames, mut hundredths, mut ended) = (0, 0, false);
    while let Some([block]) = peek.array::<1>(at) {
        let step = match block {
            0x2C => gif_frame(peek, at).inspect(|_| frames += 1),
            0x21 => {
                if let Some([_, 0xF9, _, _, low, high]) = peek.array::<6>(at) {
                    hundredths += little(&[low, high]);
                }
                sub_blocks(peek, at + 2)
            }
            _ => {
                ended = block == 0x3B;
                break;
            }
        };
        let Some(next) = step else { break };
        at = next;
    }
    picture.frames = frames.max(1);
    picture.duration_ms = ended.then_some(hundredths * 10);
    Some(picture)
}

/// Where the frame ends whose descriptor begins here.
fn gif_frame<R: Read + Seek>(peek: &mut Peek<'_, R>, at: u64) -> Option<u64> {
    let [flags] = peek.array::<1>(at + 9)?;
    // The descriptor, its colours, the code size.
    sub_blocks(peek, at + 10 + palette(flags) + 1)
}

/// Bytes of a GIF's table of colours, by the flags that announce it.
pub(super) fn palette(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn sub_blocks<R: Read + Seek>(peek: &mut Peek<'_, R>, mut at: u64) -> Option<u64> {
    loop {
        let [length] = peek.array::<1>(at)?;
        at += 1 + u64::from(length);
        if length == 0 {
            return Some(at);
        }
    }
}

/// RIFF chunks (<https://developers.google.com/speed/webp/docs/riff_container>).
fn webp<R: Read + Seek>(peek: &mut Peek<'_, R>) -> Option<Picture> {
    let mut picture: Option<Picture> = None;
    let (mut frames, mut duration) = (0, 0);
    let mut exif = None;
    let ended = riff(peek, |peek, name, body, length| {
        match name {
            b"VP8X" => {
                let canvas = peek.array::<10>(body)?;
                picture = Some(Picture::still((side(little(&canvas[4..7]) + 1)?, side(little(&canvas[7..10]) + 1)?)));
            }
            b"VP8 " if picture.is_none() => {
                let frame = peek.array::<10>(body)?;
                let side_of = |bytes: &[u8]| side(little(bytes) & 0x3FFF);
                picture = Some(Picture::still((side_of(&frame[6..8])?, side_of(&frame[8..10])?)));
            }
            b"VP8L" if picture.is_none() => {
                let bits = little(&peek.array::<5>(body)?[1..5]);
                picture = Some(Picture::still((side((bits & 0x3FFF) + 1)?, side((bits >> 14 & 0x3FFF) + 1)?)));
            }
            b"ANMF" => {
                frames += 1;
                duration += little(&peek.array::<16>(body)?[12..15]);
            }
            b"EXIF" if length <= EXIF_BYTES_MAX => {
                exif = peek.upto(body, usize::try_from(length).ok()?).map(<[u8]>::to_vec);
            }
            _ => {}
        }
        Some(())
    });
    let mut picture = picture?;
    if let Some(exif) = exif {
        picture.turn(exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif));
    }
    if frames > 1 {
        picture.frames = frames;
        picture.duration_ms = ended.then_some(duration);
    }
    Some(picture)
}

/// Calls for each chunk, with its name, place and length; whether the file is whole.
fn riff<R: Read + Seek>(
    peek: &mut Peek<'_, R>,
    mut chunk: impl FnMut(&mut Peek<'_, R>, &[u8; 4], u64, u64) -> Option<()>,
) -> bool {
    let mut at = 12;
    while let Some([a, b, c, d, length @ ..]) = peek.array::<8>(at) {
        let length = little(&length);
        if chunk(peek, &[a, b, c, d], at + 8, length).is_none() {
            return false;
        }
        // Chunks begin at even places.
        at += 8 + length + length % 2;
    }
    at >= peek.len() && at <= peek.len() + 1
}

/// A side of a picture; nothing is no side.
fn side(pixels: u64) -> Option<u32> {
    u32::try_from(pixels).ok().filter(|pixels| *pixels > 0)
}

#[cfg(test)]
mod tests {
    use image::codecs::gif::GifEncoder;
    use image::{Delay, Frame, ImageFormat};
    use proptest::prelude::*;

    use crate::media::testing::{gravel, inside, photograph, saved};

    fn gif(frames: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        for _ in 0..frames {
            let delay = Delay::from_numer_denom_ms(80, 1);
            encoder.encode_frame(Frame::from_parts(gravel(40, 30).into_rgba8(), 0, 0, delay)).unwrap();
        }
        drop(encoder);
        bytes
    }

    #[test]
    fn orientation_is_applied() {
        for (orientation, size) in
            [(1, (40, 30)), (2, (40, 30)), (3, (40, 30)), (5, (30, 40)), (6, (30, 40)), (8, (30, 40))]
        {
            let told = inside(&photograph(&gravel(40, 30), orientation, None)).unwrap();
            assert_eq!((told.size, told.turned), (Some(size), orientation != 1), "{orientation}");
        }
    }

    #[test]
    fn stills_do_not_move() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
            let told = inside(&saved(&gravel(40, 30), format)).unwrap();
            assert_eq!((told.size, told.turned, told.animated, told.film), (Some((40, 30)), false, false, None));
        }
    }

    #[test]
    fn frames_and_their_time_are_counted() {
        let told = inside(&gif(5)).unwrap();
        let film = told.film.unwrap();
        assert!(told.animated);
        assert_eq!((film.duration_ms, film.fps_milli), (Some(400), Some(12_500)));
        // Cut short, how long it lasts cannot be told; that it moves can.
        let whole = gif(5);
        let told = inside(&whole[..whole.len() - 1]).unwrap();
        assert!(told.animated);
        assert_eq!(told.film.unwrap().duration_ms, None);
    }

    #[test]
    fn frames_of_png_and_webp_are_counted() {
        let chunk =
            |name: &[u8; 4], body: &[u8]| [&(body.len() as u32).to_be_bytes(), &name[..], body, &[0; 4]].concat();
        let control = |num: u16, den: u16| [&[0; 20][..], &num.to_be_bytes(), &den.to_be_bytes(), &[0; 2]].concat();
        let head = [[0, 0, 0, 9, 0, 0, 0, 7].as_slice(), &[8, 2, 0, 0, 0]].concat();
        let png = [
            b"\x89PNG\r\n\x1A\n".to_vec(),
            chunk(b"IHDR", &head),
            chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]),
            chunk(b"fcTL", &control(1, 4)),
            chunk(b"IDAT", &[0; 5]),
            // No denominator means hundredths.
            chunk(b"fcTL", &control(25, 0)),
            chunk(b"fdAT", &[0; 5]),
            chunk(b"IEND", &[]),
        ];
        let told = inside(&png.concat()).unwrap();
        assert_eq!((told.size, told.animated, told.film.unwrap().duration_ms), (Some((9, 7)), true, Some(500)));

        let chunk = |name: &[u8; 4], body: &[u8]| [&name[..], &(body.len() as u32).to_le_bytes(), body].concat();
        let frame = [&[0; 12][..], &[200, 0, 0], &[0]].concat();
        let chunks = [
            chunk(b"VP8X", &[2, 0, 0, 0, 8, 0, 0, 6, 0, 0]),
            chunk(b"ANMF", &frame),
            chunk(b"ANMF", &frame),
            chunk(b"ANMF", &frame),
        ]
        .concat();
        let webp = [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunks].concat();
        let told = inside(&webp).unwrap();
        let film = told.film.unwrap();
        assert_eq!((told.size, film.duration_ms, film.fps_milli), (Some((9, 7)), Some(600), Some(5000)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn broken_pictures_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), format in 0..4_usize) {
            let format = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP][format];
            let mut bytes = saved(&gravel(20, 20), format);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = inside(&bytes);
            let _ = inside(&bytes[..at]);
        }
    }
}

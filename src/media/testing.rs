//! Media files made for tests: pictures by the library that decodes them, containers byte by byte.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageEncoder as _, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::{Inside, Lack};

/// What a file's bytes tell.
pub(crate) fn inside(bytes: &[u8]) -> Result<Inside, Lack> {
    Inside::read(&mut Cursor::new(bytes))
}

/// A picture as hard to compress as a photograph of gravel; its upper left corner is red.
pub(crate) fn gravel(width: u32, height: u32) -> DynamicImage {
    let mut seed = 1_u32;
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 24) as u8
    };
    let pixel = |x, y| if x < 16 && y < 16 { Rgb([250, 10, 10]) } else { Rgb([next(), next(), next()]) };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, pixel))
}

/// Blue, and clear but for its left half.
pub(crate) fn half_clear(width: u32, height: u32) -> DynamicImage {
    let pixel = |x, _| if x < width / 2 { Rgba([0, 0, 200, 255]) } else { Rgba([0, 255, 0, 0]) };
    DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, pixel))
}

pub(crate) fn saved(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A JPEG with an orientation, a place and a profile, if one is given.
pub(crate) fn photograph(image: &DynamicImage, orientation: u8, profile: Option<&[u8]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    encoder.set_exif_metadata(exif(orientation)).unwrap();
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile.to_vec()).unwrap();
    }
    image.write_with_encoder(encoder).unwrap();
    bytes
}

/// TIFF with an orientation and a GPS directory that says `GPSHERE`.
fn exif(orientation: u8) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut entry = tag.to_le_bytes().to_vec();
        entry.extend(kind.to_le_bytes());
        entry.extend(count.to_le_bytes());
        entry.extend(value.to_le_bytes());
        entry
    };
    let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
    tiff.extend(entry(0x0112, 3, 1, orientation.into()));
    tiff.extend(entry(0x8825, 4, 1, 38));
    tiff.extend([0; 4]);
    // At 38: one entry, the area's name, which lies behind it at 56.
    tiff.extend(1_u16.to_le_bytes());
    tiff.extend(entry(0x001C, 7, 7, 56));
    tiff.extend([0; 4]);
    tiff.extend(b"GPSHERE");
    tiff
}

/// A box of MP4.
pub(crate) fn boxed(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let mut whole = u32::try_from(body.len() + 8).unwrap().to_be_bytes().to_vec();
    whole.extend(name);
    whole.extend(body);
    whole
}

/// A movie of 2.5 s: 75 frames of H.264, stored lying, and AAC; with the index in front or behind.
pub(crate) fn movie(matrix: [i32; 4], index_first: bool) -> Vec<u8> {
    let [a, b, c, d] = matrix.map(|cell| cell << 16);
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let handler = |name: &[u8; 4]| boxed(b"hdlr", &[&[0; 8], name, &[0; 13]]);
    let track = |header: &[u8], name: &[u8; 4], ticks: u32, duration: u32, entry: &[u8], samples: u32| {
        let described = boxed(b"stsd", &[&words(&[0, 1]), entry]);
        let sizes = boxed(b"stsz", &[&words(&[0, 0, samples])]);
        let table = boxed(b"minf", &[&boxed(b"stbl", &[&described, &sizes])]);
        let times = boxed(b"mdhd", &[&words(&[0, 0, 0, ticks, duration, 0])]);
        boxed(b"trak", &[header, &boxed(b"mdia", &[&times, &handler(name), &table])])
    };
    let cells = [a, b, 0, c, d, 0, 0, 0, 1 << 30].map(i32::cast_unsigned);
    let header = boxed(b"tkhd", &[&[0; 40], &words(&cells), &words(&[1920 << 16, 1080 << 16])]);
    let visual = boxed(b"avc1", &[&[0; 24], &[7, 128, 4, 56], &[0; 50]]);
    let stream = [&[0x03, 25, 0, 0, 0, 0x04, 17, 0x40, 0x15][..], &[0; 11], &[0x05, 2, 0x12, 0x10]].concat();
    let esds = boxed(b"esds", &[&[0; 4], &stream]);
    let sound = boxed(b"mp4a", &[&[0; 16], &[0, 1, 0, 16], &[0; 4], &[0x1F, 0x40, 0, 0], &esds]);
    let index = boxed(
        b"moov",
        &[
            &boxed(b"mvhd", &[&words(&[0, 0, 0, 1000, 2500]), &[0; 80]]),
            &track(&header, b"vide", 30_000, 75_000, &visual, 75),
            &track(&boxed(b"tkhd", &[&[0; 84]]), b"soun", 44_100, 110_250, &sound, 108),
        ],
    );
    let (data, mark) = (boxed(b"mdat", &[&[0; 1000]]), boxed(b"ftyp", &[b"isom\0\0\0\0isom"]));
    if index_first { [mark, index, data].concat() } else { [mark, data, index].concat() }
}

/// An element of WebM, its id as written.
pub(crate) fn element(id: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let length = u32::try_from(body.len()).unwrap() | 1 << 28;
    [id, &length.to_be_bytes(), &body].concat()
}

//! Pictures made to fit: what comes out is decoded again and looked at.

use image::{DynamicImage, GenericImageView as _, ImageFormat, Rgba, load_from_memory};
use insta::assert_snapshot;
use proptest::prelude::*;

use super::{Change, Converted, Unfit, Wanted, fitted};
use crate::media::Kind::{self, *};
use crate::media::testing::{gravel, half_clear, inside, photograph, saved};

const ALL: &[Kind] = &[Jpeg, Png, Gif, Webp];

fn wanted(kinds: &[Kind]) -> Wanted<'_> {
    Wanted { kinds, ..Wanted::default() }
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// What was done, in words.
fn done(converted: &Converted) -> String {
    converted.changes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn seen(converted: &Converted) -> DynamicImage {
    let told = inside(&converted.bytes).unwrap();
    assert_eq!((told.kind, told.mime, told.size), (converted.kind, converted.mime, Some(converted.size)));
    assert!(!told.turned);
    load_from_memory(&converted.bytes).unwrap()
}

/// Whether a pixel has nearly this colour.
fn is_near(image: &DynamicImage, (x, y): (u32, u32), colour: [u8; 3]) -> bool {
    let Rgba([red, green, blue, _]) = image.get_pixel(x, y);
    [red, green, blue].iter().zip(colour).all(|(is, wanted)| is.abs_diff(wanted) < 60)
}

#[test]
fn a_photograph_is_turned_and_forgets_its_place() {
    // Turned by a quarter to the right, the red corner is at the upper right.
    let photograph = photograph(&gravel(400, 300), 6, None);
    assert!(holds(&photograph, b"GPSHERE"));
    let converted = fitted(&photograph, &wanted(&[Jpeg])).unwrap();
    assert!(!holds(&converted.bytes, b"GPSHERE") && !holds(&converted.bytes, b"Exif"));
    assert_eq!(converted.size, (300, 400));
    assert!(is_near(&seen(&converted), (295, 4), [250, 10, 10]));
    assert_snapshot!(done(&converted), @"turned upright, saved as JPEG of quality 92, metadata removed");
}

#[test]
fn what_fits_loses_its_metadata_and_not_a_pixel() {
    let image = gravel(60, 40);
    let photograph = photograph(&image, 1, Some(&profile(b"RGB ")));
    let converted = fitted(&photograph, &wanted(ALL)).unwrap();
    assert!(!holds(&converted.bytes, b"GPSHERE"));
    assert_eq!(converted.changes, [Change::Cleaned]);
    assert_eq!(load_from_memory(&photograph).unwrap(), seen(&converted));
    assert!(holds(&converted.bytes, &profile(b"RGB ")));
    for format in [ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP] {
        let bytes = saved(&image, format);
        let converted = fitted(&bytes, &wanted(ALL)).unwrap();
        assert_eq!((converted.changes, &converted.bytes), (vec![], &bytes));
    }
}

#[test]
fn metadata_of_all_kinds_goes() {
    let mut png = saved(&gravel(4, 4), ImageFormat::Png);
    let plain = png.clone();
    png.splice(33..33, [&[0, 0, 0, 7][..], b"tEXt", b"GPSHERE", &[0; 4]].concat());
    png.extend(b"GPSHERE");
    assert_eq!(fitted(&png, &wanted(ALL)).unwrap().bytes, plain);

    let mut gif = saved(&gravel(4, 4), ImageFormat::Gif);
    let plain = gif.clone();
    let end = gif.len() - 1;
    gif.splice(end..end, [&[0x21, 0xFE, 7][..], b"GPSHERE", &[0]].concat());
    assert_eq!(fitted(&gif, &wanted(ALL)).unwrap().bytes, plain);

    let lossless = saved(&gravel(4, 4), ImageFormat::WebP);
    let chunks = [b"VP8X\x0A\0\0\0\x08\0\0\0\x03\0\0\x03\0\0", &lossless[12..], b"EXIF\x07\0\0\0GPSHERE\0"].concat();
    let webp = [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunks].concat();
    let converted = fitted(&webp, &wanted(ALL)).unwrap();
    assert!(!holds(&converted.bytes, b"GPSHERE") && converted.bytes[20] == 0);
    assert_eq!(seen(&converted).dimensions(), (4, 4));
}

#[test]
fn pixels_are_given_up_only_as_far_as_asked() {
    let png = saved(&gravel(400, 300), ImageFormat::Png);
    for (wanted, size) in [
        (Wanted { width: Some((1, 200)), ..wanted(&[Png]) }, (200, 150)),
        (Wanted { height: Some((1, 30)), ..wanted(&[Jpeg]) }, (40, 30)),
        (Wanted { pixels_max: Some(30_000), ..wanted(&[Webp]) }, (200, 150)),
    ] {
        let converted = fitted(&png, &wanted).unwrap();
        assert_eq!(converted.size, size);
        assert!(converted.changes.contains(&Change::Resized { from: (400, 300), to: size }));
        seen(&converted);
    }
}

#[test]
fn bytes_are_saved_by_quality_first() {
    let photograph = photograph(&gravel(400, 300), 1, None);
    let some = Wanted { bytes_max: Some(90_000), ..wanted(&[Jpeg]) };
    let converted = fitted(&photograph, &some).unwrap();
    assert_snapshot!(done(&converted), @"400×300 made 305×228, saved as JPEG of quality 78, metadata removed");
    assert!(converted.bytes.len() <= 90_000);
    let few = Wanted { bytes_max: Some(10_000), ..wanted(&[Jpeg]) };
    let converted = fitted(&photograph, &few).unwrap();
    assert_snapshot!(done(&converted), @"400×300 made 133×99, saved as JPEG of quality 78, metadata removed");
    assert!(converted.bytes.len() <= 10_000 && converted.bytes.len() > 7000);
    seen(&converted);
}

/// What was drawn stays sharp where it can; what is too heavy that way becomes a photograph rather than small.
#[test]
fn drawings_stay_without_loss() {
    let flat = DynamicImage::ImageRgb8(image::RgbImage::from_pixel(900, 600, image::Rgb([1, 2, 3])));
    let small = Wanted { width: Some((1, 300)), ..wanted(&[Jpeg, Png]) };
    assert_eq!(fitted(&saved(&flat, ImageFormat::Png), &small).unwrap().kind, Png);
    let heavy = saved(&gravel(400, 300), ImageFormat::Png);
    let light = Wanted { bytes_max: Some(200_000), ..wanted(&[Jpeg, Png]) };
    let converted = fitted(&heavy, &light).unwrap();
    assert_eq!((converted.kind, converted.size), (Jpeg, (400, 300)));
}

#[test]
fn what_is_clear_becomes_white_only_in_jpeg() {
    let clear = saved(&half_clear(40, 20), ImageFormat::Png);
    let converted = fitted(&clear, &wanted(&[Jpeg])).unwrap();
    assert_snapshot!(done(&converted), @"put on white, saved as JPEG of quality 92, metadata removed");
    let image = seen(&converted);
    assert!(is_near(&image, (2, 10), [0, 0, 200]) && is_near(&image, (37, 10), [255, 255, 255]));
    let small = Wanted { width: Some((1, 10)), ..wanted(&[Jpeg, Png]) };
    let converted = fitted(&clear, &small).unwrap();
    let image = seen(&converted);
    assert_eq!((converted.kind, image.get_pixel(9, 2).0[3]), (Png, 0));
    // The green that nobody saw does not show at the edge.
    assert!((0..10).all(|x| image.get_pixel(x, 2).0[1] < 20));
}

#[test]
fn colours_keep_their_profile() {
    for (image, space) in [(gravel(40, 30), b"RGB "), (gravel(40, 30).grayscale(), b"GRAY")] {
        let photograph = photograph(&image, 3, Some(&profile(space)));
        for kind in [Jpeg, Webp] {
            let converted = fitted(&photograph, &wanted(&[kind])).unwrap();
            // WebP has no grey of its own.
            assert!(holds(&converted.bytes, &profile(space)), "{kind:?}");
        }
        let other = if space == b"RGB " { profile(b"CMYK") } else { profile(b"RGB ") };
        let photograph = self::photograph(&image, 3, Some(&other));
        assert!(!holds(&fitted(&photograph, &wanted(&[Jpeg])).unwrap().bytes, &other));
    }
}

fn photograph_of(kind: Kind) -> Vec<u8> {
    match kind {
        Png => saved(&gravel(400, 300), ImageFormat::Png),
        _ => photograph(&gravel(400, 300), 1, None),
    }
}

fn profile(space: &[u8; 4]) -> Vec<u8> {
    let mut profile = vec![7; 128];
    profile[16..20].copy_from_slice(space);
    profile
}

#[test]
fn the_same_comes_out_twice() {
    for kind in [Png, Jpeg] {
        let some = Wanted { bytes_max: Some(20_000), ..wanted(&[Jpeg]) };
        assert_eq!(fitted(&photograph_of(kind), &some), fitted(&photograph_of(kind), &some));
    }
}

#[test]
fn a_shape_at_the_edge_stays_within() {
    // 4:5 exactly, which no size below 1080 wide has when both sides are rounded down.
    let tall = saved(&gravel(404, 505), ImageFormat::Png);
    for most in 100..110 {
        let some = Wanted { width: Some((1, most)), ratio: Some((0.8, 1.91)), ..wanted(&[Jpeg]) };
        let (width, height) = fitted(&tall, &some).unwrap().size;
        assert!(width <= most && f64::from(width) / f64::from(height) >= 0.8, "{width} x {height}");
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let told = |bytes: &[u8], wanted: &Wanted<'_>| {
        let unfit = fitted(bytes, wanted).unwrap_err();
        format!("it {unfit}\n{}", unfit.hint())
    };
    let photograph = photograph(&gravel(400, 300), 1, None);
    assert_snapshot!(told(&photograph, &Wanted { ratio: Some((1.5, 2.0)), ..wanted(ALL) }), @"
    it is 400×300, 1.33 to 1; taken is 1.50 to 1 up to 2.00 to 1
    crop it yourself, or add a border: what may be cut off is for a person to say
    ");
    assert_snapshot!(told(&photograph, &Wanted { width: Some((600, 900)), ..wanted(ALL) }), @"
    it is 400×300; the least is 600×1
    use a larger original: enlarging adds nothing to see
    ");
    assert_snapshot!(told(&photograph, &Wanted { width: Some((1, 100)), height: Some((200, 300)), ..wanted(ALL) }), @"
    it is 400×300, which would have to become 100×75; the least is 1×200
    use a larger original: enlarging adds nothing to see
    ");
    assert_snapshot!(told(&photograph, &Wanted { bytes_max: Some(100), ..wanted(&[Jpeg]) }), @"
    it still has 628 bytes at 1×1; taken are 100
    save it smaller with another program
    ");
    assert_snapshot!(told(&photograph, &wanted(&[Gif])), @"
    it cannot be saved as what is taken: GIF
    save it as one of them with another program
    ");
    assert_snapshot!(told(&photograph[..photograph.len() / 9], &wanted(&[Png])), @"
    it cannot be decoded: it is damaged or cut short
    save it as JPEG or PNG with another program
    ");
    assert_snapshot!(told(b"%PDF-1.7\n", &wanted(ALL)), @"
    it is no picture but PDF
    save it as JPEG or PNG with another program
    ");
    assert_snapshot!(told(b"tea", &wanted(ALL)), @"
    it cannot be decoded: holds nothing that can be published
    save it as JPEG or PNG with another program
    ");
    let mut moving = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut moving);
    encoder.encode_frames((0..2).map(|_| image::Frame::new(gravel(9, 9).into_rgba8()))).unwrap();
    drop(encoder);
    assert_snapshot!(told(&moving, &wanted(&[Jpeg])), @"
    it moves, and is not taken as it is
    make it a video, or save the one frame to be shown
    ");
    assert_eq!(fitted(&moving, &wanted(ALL)).map(|converted| converted.bytes), Ok(moving));
    // A frame header of four channels.
    let print = b"\xFF\xD8\xFF\xC0\0\x14\x08\0\x07\0\x09\x04\x01\x11\0\x02\x11\0\x03\x11\0\x04\x11\0";
    assert_snapshot!(told(print, &wanted(&[Jpeg])), @"
    it has the colours of print (CMYK)
    save it in sRGB with a program that manages colours
    ");
    // 65,535 pixels a side.
    let huge = b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\xFF\xFF\0\0\xFF\xFF\x08\x02\0\0\0\xF9\xEF\x0B\x3B\0\0\0\0IDAT\x35\xAF\x06\x1E";
    assert!(matches!(fitted(huge, &wanted(&[Jpeg])), Err(Unfit::TooLarge { .. } | Unfit::Unreadable(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn broken_pictures_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), format in 0..4_usize, all in any::<bool>()) {
        let format = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Gif, ImageFormat::WebP][format];
        let mut bytes = saved(&half_clear(20, 20).to_rgb8().into(), format);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let wanted = if all { wanted(ALL) } else { Wanted { pixels_max: Some(50), ..wanted(&[Jpeg]) } };
        let _ = fitted(&bytes, &wanted);
        let _ = fitted(&bytes[..at], &wanted);
    }
}

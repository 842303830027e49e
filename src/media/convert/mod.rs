//! Makes a picture fit: smaller, of another kind, upright, without metadata; never cropped and never enlarged. Knows no
//! platform: what is wanted is told.
//!
//! The same input gives the same output, byte for byte, on every machine: what was planned on one is what another sends.
//! So colours keep their values and their profile instead of being recalculated, and pixels are resampled by polynomials.

use std::fmt;
use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::imageops::FilterType as Sampling;
use image::metadata::Orientation;
use image::{
    DynamicImage, GenericImageView as _, ImageBuffer, ImageDecoder as _, ImageEncoder, ImageError, ImageFormat,
    ImageReader, ImageResult, Rgb, RgbImage, Rgba, RgbaImage,
};

use super::peek::Peek;
use super::picture::{self, Picture};
use super::{Inside, Kind};

mod strip;
#[cfg(test)]
mod tests;
mod unfit;

pub use unfit::Unfit;

/// What a picture is to be like. Nothing said is nothing asked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wanted<'a> {
    /// Kinds that are taken.
    pub kinds: &'a [Kind],
    pub bytes_max: Option<u64>,
    /// Width x height.
    pub pixels_max: Option<u64>,
    /// Least and most pixels, as shown.
    pub width: Option<(u32, u32)>,
    pub height: Option<(u32, u32)>,
    /// Least and most of width / height.
    pub ratio: Option<(f64, f64)>,
}

/// A picture that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    pub bytes: Vec<u8>,
    pub kind: Kind,
    pub mime: &'static str,
    /// Pixels, as stored and as shown.
    pub size: (u32, u32),
    /// What was done, in the order in which it is told.
    pub changes: Vec<Change>,
}

/// One thing done to a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Turned as its EXIF orientation says, which is gone then.
    Turned,
    /// Made smaller.
    Resized { from: (u32, u32), to: (u32, u32) },
    /// Saved as another kind, or as the same again.
    Saved { kind: Kind, quality: Option<u8> },
    /// What was transparent is white now.
    Flattened,
    /// EXIF with its place and camera, XMP, comments: whatever is no picture.
    Cleaned,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Turned => f.write_str("turned upright"),
            Self::Resized { from, to } => write!(f, "{}×{} made {}×{}", from.0, from.1, to.0, to.1),
            Self::Saved { kind, quality: Some(quality) } => {
                write!(f, "saved as {} of quality {quality}", kind.name())
            }
            Self::Saved { kind, quality: None } => write!(f, "saved as {}", kind.name()),
            Self::Flattened => f.write_str("put on white"),
            Self::Cleaned => f.write_str("metadata removed"),
        }
    }
}

/// Pictures that would take more memory than this are left alone.
const DECODED_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// Qualities of JPEG tried one after another, before pixels are given up.
const QUALITIES: [u8; 4] = [92, 85, 78, 70];
/// Rounds of giving up pixels; each takes away a twentieth of a side or more.
const ROUNDS: usize = 24;

/// Makes a picture fit. One that fits already loses its metadata and not a pixel.
///
/// # Errors
/// [`Unfit`] where it cannot be done without cropping, enlarging or stopping what moves.
pub fn fitted(bytes: &[u8], wanted: &Wanted<'_>) -> Result<Converted, Unfit> {
    let inside = Inside::read(&mut Cursor::new(bytes)).map_err(|lack| Unfit::Unreadable(lack.to_string()))?;
    if !inside.kind.is_image() {
        return Err(Unfit::NoPicture(inside.kind));
    }
    let picture = headers(bytes, inside.kind).ok_or_else(|| Unfit::Unreadable("its headers are damaged".into()))?;
    if picture.channels == 4 {
        return Err(Unfit::Print);
    }
    let size = picture.upright();
    ratio_fits(size, wanted)?;
    let smaller = within(size, wanted)?;
    // Decoders fill what is missing with grey.
    let clean =
        strip::clean(bytes, inside.kind).ok_or_else(|| Unfit::Unreadable("it is damaged or cut short".into()))?;
    let stays = !picture.is_turned() && smaller == size && wanted.kinds.contains(&inside.kind);
    if stays && light(&clean, wanted) {
        let changes = if clean == bytes { Vec::new() } else { vec![Change::Cleaned] };
        return Ok(Converted { bytes: clean, kind: inside.kind, mime: inside.mime, size, changes });
    }
    if picture.animated() {
        return Err(Unfit::Animated);
    }
    let canvas = Canvas::read(bytes, inside.kind, picture.orientation)?;
    canvas.fit(size, smaller, inside.kind, wanted)
}

/// Whether a picture has a shape that is taken, and too many bytes or pixels: what [`fitted`] can mend.
pub fn is_only_too_large(size: (u32, u32), bytes: u64, wanted: &Wanted<'_>) -> bool {
    let heavy = wanted.bytes_max.is_some_and(|most| bytes > most);
    ratio_fits(size, wanted).is_ok() && within(size, wanted).is_ok_and(|fitted| heavy || fitted != size)
}

fn headers(bytes: &[u8], kind: Kind) -> Option<Picture> {
    let mut source = Cursor::new(bytes);
    let mut peek = Peek::new(&mut source).ok()?;
    picture::read(&mut peek, kind)
}

fn light(bytes: &[u8], wanted: &Wanted<'_>) -> bool {
    wanted.bytes_max.is_none_or(|most| bytes.len() as u64 <= most)
}

pub(super) fn ratio_fits((width, height): (u32, u32), wanted: &Wanted<'_>) -> Result<(), Unfit> {
    match wanted.ratio {
        Some((least, most)) if !(least..=most).contains(&ratio((width, height))) => {
            Err(Unfit::Ratio { size: (width, height), least, most })
        }
        _ => Ok(()),
    }
}

fn ratio((width, height): (u32, u32)) -> f64 {
    f64::from(width) / f64::from(height)
}

/// The largest size of the same shape that keeps within what is wanted.
pub(super) fn within(size: (u32, u32), wanted: &Wanted<'_>) -> Result<(u32, u32), Unfit> {
    let (width, height) = (f64::from(size.0), f64::from(size.1));
    let mut scale = 1.0_f64;
    if let Some((_, most)) = wanted.width {
        scale = scale.min(f64::from(most) / width);
    }
    if let Some((_, most)) = wanted.height {
        scale = scale.min(f64::from(most) / height);
    }
    if let Some(most) = wanted.pixels_max {
        scale = scale.min((most as f64 / (width * height)).sqrt());
    }
    scaled(size, scale, wanted)
}

/// A size made smaller, still not under what is wanted at least.
fn scaled(size: (u32, u32), scale: f64, wanted: &Wanted<'_>) -> Result<(u32, u32), Unfit> {
    let side = |side: u32| ((f64::from(side) * scale) as u32).max(1);
    let smaller = if scale < 1.0 { keep_shape((side(size.0), side(size.1)), size, wanted) } else { size };
    let least = (wanted.width.map_or(1, |(least, _)| least), wanted.height.map_or(1, |(least, _)| least));
    if smaller.0 < least.0 || smaller.1 < least.1 {
        return Err(Unfit::TooSmall { size, fitted: smaller, least });
    }
    Ok(smaller)
}

/// Rounding down may push a shape at the edge of what is wanted over it: then the longer side gives way, pixel by pixel.
fn keep_shape(mut smaller: (u32, u32), size: (u32, u32), wanted: &Wanted<'_>) -> (u32, u32) {
    let Some((least, most)) = wanted.ratio.filter(|_| ratio_fits(size, wanted).is_ok()) else { return smaller };
    while ratio(smaller) > most && smaller.0 > 1 {
        smaller.0 -= 1;
    }
    while ratio(smaller) < least && smaller.1 > 1 {
        smaller.1 -= 1;
    }
    smaller
}

/// A decoded picture, upright, eight bits a channel.
struct Canvas {
    image: DynamicImage,
    turned: bool,
    transparent: bool,
    /// Its colours' profile, of the same channels as `image`.
    profile: Option<Vec<u8>>,
}

impl Canvas {
    fn read(bytes: &[u8], kind: Kind, orientation: Orientation) -> Result<Self, Unfit> {
        let unreadable = |error: ImageError| Unfit::Unreadable(error.to_string());
        let format = match kind {
            Kind::Jpeg => ImageFormat::Jpeg,
            Kind::Png => ImageFormat::Png,
            Kind::Gif => ImageFormat::Gif,
            _ => ImageFormat::WebP,
        };
        let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().map_err(unreadable)?;
        if decoder.total_bytes() > DECODED_BYTES_MAX {
            return Err(Unfit::TooLarge { bytes: decoder.total_bytes(), most: DECODED_BYTES_MAX });
        }
        // A profile that cannot be read is as good as none.
        let profile = decoder.icc_profile().ok().flatten();
        let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
        image.apply_orientation(orientation);
        let transparent = image.color().has_alpha() && image.pixels().any(|(_, _, Rgba([.., alpha]))| alpha < 255);
        let grey = !image.color().has_color();
        let image = match (transparent, grey) {
            (false, true) => DynamicImage::ImageLuma8(image.into_luma8()),
            (false, false) => DynamicImage::ImageRgb8(image.into_rgb8()),
            (true, _) => DynamicImage::ImageRgba8(image.into_rgba8()),
        };
        let channels: &[u8] = if image.color().has_color() { b"RGB " } else { b"GRAY" };
        // ICC.1:2022, 7.2: the data colour space stands at byte 16.
        let profile = profile.filter(|profile| profile.get(16..20) == Some(channels));
        Ok(Self { image, turned: orientation != Orientation::NoTransforms, transparent, profile })
    }

    /// Tries kinds, qualities and sizes, dearest first, until the bytes are few enough.
    fn fit(self, from: (u32, u32), first: (u32, u32), kind: Kind, wanted: &Wanted<'_>) -> Result<Converted, Unfit> {
        let target = self.target(wanted)?;
        let most = wanted.bytes_max.unwrap_or(u64::MAX);
        let (mut size, mut scale) = (first, 1.0);
        let (mut lightest, mut expected) = (u64::MAX, u64::MAX);
        for round in 0..ROUNDS {
            let image = self.sized(size, target == Kind::Jpeg);
            for (kind, quality) in Self::attempts(kind, target, round == 0, wanted) {
                let bytes = self.encoded(&image, kind, quality)?;
                if light(&bytes, wanted) {
                    let changes = self.changes(from, size, kind, quality);
                    return Ok(Converted { bytes, kind, mime: mime(kind), size, changes });
                }
                lightest = bytes.len() as u64;
                // The worst quality has a third of the bytes of the best: no quality will do, and trying takes its time.
                expected = lightest;
                if quality.is_some() && lightest / 4 > most {
                    expected = lightest / 3;
                    break;
                }
            }
            // Bytes go with pixels, so a side goes with the root; a little less than that, to arrive.
            scale *= (most as f64 / expected as f64).sqrt().clamp(0.3, 0.95) * 0.95;
            let too_heavy = |_| Unfit::TooHeavy { bytes: lightest, most, size };
            size = scaled(first, scale, wanted).map_err(too_heavy)?;
        }
        Err(Unfit::TooHeavy { bytes: lightest, most, size })
    }

    /// The kind it becomes. What is transparent stays so where it can; photographs are many times heavier as PNG, or as
    /// the WebP without loss that can be written here.
    fn target(&self, wanted: &Wanted<'_>) -> Result<Kind, Unfit> {
        let order =
            if self.transparent { [Kind::Png, Kind::Webp, Kind::Jpeg] } else { [Kind::Jpeg, Kind::Png, Kind::Webp] };
        let target = order.into_iter().find(|kind| wanted.kinds.contains(kind));
        target.ok_or_else(|| Unfit::Kinds { kinds: wanted.kinds.to_vec() })
    }

    /// Kinds and qualities to be tried in one size. What was drawn stays without loss if that is not too heavy at once.
    fn attempts(kind: Kind, target: Kind, first: bool, wanted: &Wanted<'_>) -> Vec<(Kind, Option<u8>)> {
        if target != Kind::Jpeg {
            return vec![(target, None)];
        }
        let drawn = first && matches!(kind, Kind::Png | Kind::Gif) && wanted.kinds.contains(&Kind::Png);
        let lossless = drawn.then_some((Kind::Png, None));
        lossless.into_iter().chain(QUALITIES.map(|quality| (target, Some(quality)))).collect()
    }

    fn changes(&self, from: (u32, u32), to: (u32, u32), kind: Kind, quality: Option<u8>) -> Vec<Change> {
        let changes = [
            self.turned.then_some(Change::Turned),
            (to != from).then_some(Change::Resized { from, to }),
            (self.transparent && kind == Kind::Jpeg).then_some(Change::Flattened),
            Some(Change::Saved { kind, quality }),
            Some(Change::Cleaned),
        ];
        changes.into_iter().flatten().collect()
    }

    /// The picture in that size, on white if it is to be `opaque`.
    fn sized(&self, (width, height): (u32, u32), opaque: bool) -> DynamicImage {
        let flat;
        let image = if self.transparent && opaque {
            flat = on_white(&self.image);
            &flat
        } else {
            &self.image
        };
        match image {
            image if image.dimensions() == (width, height) => image.clone(),
            // What is transparent has a colour as well, which must not bleed into what is seen.
            DynamicImage::ImageRgba8(pixels) => {
                let weighed = DynamicImage::ImageRgba16(weighed(pixels));
                let small = weighed.resize_exact(width, height, Sampling::CatmullRom).into_rgba16();
                DynamicImage::ImageRgba8(unweighed(&small))
            }
            image => image.resize_exact(width, height, Sampling::CatmullRom),
        }
    }

    fn encoded(&self, image: &DynamicImage, kind: Kind, quality: Option<u8>) -> Result<Vec<u8>, Unfit> {
        let mut bytes = Vec::new();
        let profile = self.profile.clone();
        let saved = match kind {
            Kind::Jpeg => {
                let quality = quality.unwrap_or(QUALITIES[0]);
                save(image, JpegEncoder::new_with_quality(&mut bytes, quality), profile)
            }
            Kind::Png => save(image, PngEncoder::new(&mut bytes), profile),
            _ => save(image, WebPEncoder::new_lossless(&mut bytes), profile),
        };
        saved.map_err(|error| Unfit::Unreadable(error.to_string()))?;
        Ok(bytes)
    }
}

fn save(image: &DynamicImage, mut encoder: impl ImageEncoder, profile: Option<Vec<u8>>) -> ImageResult<()> {
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).map_err(ImageError::Unsupported)?;
    }
    image.write_with_encoder(encoder)
}

fn mime(kind: Kind) -> &'static str {
    match kind {
        Kind::Jpeg => "image/jpeg",
        Kind::Png => "image/png",
        _ => "image/webp",
    }
}

fn on_white(image: &DynamicImage) -> DynamicImage {
    let over = |channel: u8, alpha: u8| {
        let (channel, alpha) = (u32::from(channel), u32::from(alpha));
        ((channel * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let (width, height) = image.dimensions();
    let pixel = |x, y| {
        let Rgba([red, green, blue, alpha]) = image.get_pixel(x, y);
        Rgb([red, green, blue].map(|channel| over(channel, alpha)))
    };
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, pixel))
}

/// Colours times their opacity.
fn weighed(image: &RgbaImage) -> ImageBuffer<Rgba<u16>, Vec<u16>> {
    ImageBuffer::from_fn(image.width(), image.height(), |x, y| {
        let Rgba([red, green, blue, alpha]) = *image.get_pixel(x, y);
        let [red, green, blue] = [red, green, blue].map(|channel| u16::from(channel) * u16::from(alpha));
        Rgba([red, green, blue, u16::from(alpha) * 255])
    })
}

/// Back from [`weighed`].
fn unweighed(image: &ImageBuffer<Rgba<u16>, Vec<u16>>) -> RgbaImage {
    ImageBuffer::from_fn(image.width(), image.height(), |x, y| {
        let Rgba([red, green, blue, alpha]) = image.get_pixel(x, y).0.map(u32::from).into();
        let colour = |channel: u32| (channel * 255 + alpha / 2).checked_div(alpha).unwrap_or(0).min(255) as u8;
        Rgba([colour(red), colour(green), colour(blue), ((alpha + 127) / 255).min(255) as u8])
    })
}

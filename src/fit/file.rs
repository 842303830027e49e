//! One media file held against the rules of its shape. Finds no file and knows no text.

use std::fmt::Display;

use super::attach::{Wish, name};
use super::{Fitting, Media, Smaller};
use crate::error::Problem;
use crate::limits::{DocumentRule, Fetched, ImageRule, Ratio, VideoRule};
use crate::media::{Film, Kind};

impl Fitting<'_> {
    /// Everything that is wrong with a file for this target; `beside`: the attachments of its part, itself included.
    pub(super) fn check_file(&mut self, media: &mut Media, beside: usize, wish: &Wish<'_>) {
        let shape = self.shape;
        match media.kind {
            Kind::Video if shape.videos > 0 => {
                let rule = shape.premium_video.filter(|_| self.account.premium).unwrap_or(shape.video);
                self.check_video(media, &rule, wish);
                self.check_alt(media, wish);
            }
            kind if kind.is_document() && shape.documents > 0 => self.check_document(media, &shape.document, wish),
            kind if kind.is_image() && shape.images > 0 => {
                self.check_image(media, &shape.image, beside, wish);
                self.check_alt(media, wish);
            }
            // That there is no room for it has been said.
            _ => {}
        }
    }

    fn check_image(&mut self, media: &mut Media, rule: &ImageRule, beside: usize, wish: &Wish<'_>) {
        let (label, path) = (self.limits.label, &media.path);
        if !rule.kinds.contains(&media.kind) {
            let taken: Vec<_> = rule.kinds.iter().map(|kind| name(*kind)).collect();
            let message = format!("`{path}` is a {} picture, which {label} does not take", name(media.kind));
            let hint = format!("save it as one of these: {}", taken.join(", "));
            self.media_error("image-kind", wish, message, &hint);
        }
        let gif = rule.gif.filter(|_| media.kind == Kind::Gif);
        if gif.is_some() && beside > 1 {
            let message = format!("on {label} a GIF stands alone, and `{path}` stands beside {} more", beside - 1);
            self.media_error("gif-not-alone", wish, message, "leave the others out, or put it into a part of its own");
        }
        let hint = self.have_made_smaller(media, rule, wish);
        if media.smaller.is_some() {
            return;
        }
        let (bytes_max, pixels_max) = (gif.map(|gif| gif.bytes_max), gif.map(|gif| gif.pixels_max));
        self.check_bytes("image-too-large", media, bytes_max.or(rule.bytes_max), &hint, wish);
        self.check_pixels(media, pixels_max.or(rule.pixels_max), &hint, wish);
        self.check_sides(media, rule.width, rule.height, rule.ratio, wish);
    }

    /// Has a picture made smaller on its way that is only too large, if the post asks for it; what to do else.
    fn have_made_smaller(&self, media: &mut Media, rule: &ImageRule, wish: &Wish<'_>) -> String {
        let smaller = Smaller::of(media, rule.wanted(media.kind), wish.source, wish.span());
        let hint = match (&smaller, self.shape.fetched) {
            (None, _) => "save it smaller".to_owned(),
            (_, Fetched::Nothing) => {
                "save it smaller, or write `fit: true`: then it is made smaller on its way".to_owned()
            }
            _ => format!("`pressroom media fit {} --for {}` writes a smaller copy", media.path, self.target.platform),
        };
        if self.target.wishes.fit.as_ref().is_some_and(|fit| fit.value) {
            media.smaller = smaller.map(Box::new);
        }
        hint
    }

    fn check_video(&mut self, media: &Media, rule: &VideoRule, wish: &Wish<'_>) {
        let (label, path) = (self.limits.label, &media.path);
        if !rule.mimes.is_empty() && !rule.mimes.contains(&media.mime) {
            let message = format!("`{path}` is {}, which {label} does not take", media.mime);
            let hint = format!("convert it to one of these: {}", rule.mimes.join(", "));
            self.media_error("video-kind", wish, message, &hint);
        }
        self.check_bytes("video-too-large", media, rule.bytes_max, "save it smaller", wish);
        self.check_pixels(media, rule.pixels_max, "save it smaller", wish);
        self.check_sides(media, rule.width, rule.height, rule.ratio, wish);
        if let Some(film) = &media.film {
            self.check_film(path, film, rule, wish);
        }
    }

    fn check_film(&mut self, path: &str, film: &Film, rule: &VideoRule, wish: &Wish<'_>) {
        let label = self.limits.label;
        if let (Some(duration), Some((least, most))) = (film.duration_ms, rule.duration_ms) {
            if duration > most {
                let (has, over) = (seconds(duration), seconds(duration - most));
                let message = format!("`{path}` lasts {has}; {label} takes {}: {over} too long", seconds(most));
                self.media_error("video-too-long", wish, message, "cut it");
            } else if duration < least {
                let message =
                    format!("`{path}` lasts {}; {label} takes no less than {}", seconds(duration), seconds(least));
                self.media_error("video-too-short", wish, message, "take a longer one");
            }
        }
        if let (Some(rate), Some((least, most))) = (film.fps_milli, rule.fps_milli)
            && !(least..=most).contains(&rate)
        {
            let message = format!(
                "`{path}` has {} frames a second; {label} takes {} to {}",
                thousandths(rate),
                thousandths(least),
                thousandths(most)
            );
            self.media_error("video-frame-rate", wish, message, "convert it to 30 frames a second");
        }
        for (what, has, taken) in [("video", &film.video, rule.video), ("audio", &film.audio, rule.audio)] {
            if let Some(codec) = has.as_deref().filter(|codec| !taken.is_empty() && !taken.contains(codec)) {
                let message = format!("the {what} of `{path}` is {codec}, which {label} does not take");
                let hint = format!("convert it to {}", taken.join(" or "));
                self.media_error("video-codec", wish, message, &hint);
            }
        }
    }

    fn check_document(&mut self, media: &Media, rule: &DocumentRule, wish: &Wish<'_>) {
        let (label, path) = (self.limits.label, &media.path);
        if !rule.kinds.contains(&media.kind) {
            let taken: Vec<_> = rule.kinds.iter().map(|kind| name(*kind)).collect();
            let message = format!("`{path}` is {}, which {label} does not take as a document", name(media.kind));
            let hint = format!("save it as one of these: {}", taken.join(", "));
            self.media_error("document-kind", wish, message, &hint);
        }
        self.check_bytes("document-too-large", media, rule.bytes_max, "save it smaller", wish);
        if let (Some(has), Some(most)) = (media.pages, rule.pages_max)
            && has > most
        {
            let message = format!("`{path}` has {has} pages; {label} takes {most}: {} too many", has - most);
            self.media_error("document-too-many-pages", wish, message, "leave some out");
        }
    }

    fn check_bytes(&mut self, code: &'static str, media: &Media, most: Option<u64>, hint: &str, wish: &Wish<'_>) {
        if let Some(most) = most.filter(|most| media.bytes > *most) {
            let (path, label) = (&media.path, self.limits.label);
            let message = format!("`{path}` has {}; {label} takes {}", megabytes(media.bytes), megabytes(most));
            self.media_error(code, wish, message, hint);
        }
    }

    fn check_pixels(&mut self, media: &Media, most: Option<u64>, hint: &str, wish: &Wish<'_>) {
        let (Some(width), Some(height)) = (media.width, media.height) else { return };
        let pixels = u64::from(width) * u64::from(height);
        if let Some(most) = most.filter(|most| pixels > *most) {
            let (path, label) = (&media.path, self.limits.label);
            let message = format!("`{path}` is {width} x {height}, {pixels} pixels; {label} takes {most}");
            self.media_error("image-too-many-pixels", wish, message, hint);
        }
    }

    fn check_sides(
        &mut self,
        media: &Media,
        widths: Option<(u32, u32)>,
        heights: Option<(u32, u32)>,
        ratio: Option<Ratio>,
        wish: &Wish<'_>,
    ) {
        let (Some(width), Some(height)) = (media.width, media.height) else { return };
        let (path, label) = (&media.path, self.limits.label);
        for (what, has, range) in [("wide", width, widths), ("high", height, heights)] {
            if let Some((least, most)) = range.filter(|(least, most)| !(least..=most).contains(&&has)) {
                let message = format!("`{path}` is {has} pixels {what}; {label} takes {}", span(least, most));
                self.media_error("media-size", wish, message, "save it in another size");
            }
        }
        if let Some(Ratio { least, most }) = ratio
            && !(at_least((width, height), least) && at_least(most, (width, height)))
        {
            let message = format!(
                "`{path}` is {width} x {height}; {label} takes shapes from {} to {}",
                fraction(least),
                fraction(most)
            );
            self.media_error("media-ratio", wish, message, "cut it to another shape");
        }
    }

    fn check_alt(&mut self, media: &Media, wish: &Wish<'_>) {
        let (path, label, most) = (&media.path, self.limits.label, self.limits.alt_max);
        match &media.alt {
            Some(_) if most == 0 => {
                let message =
                    format!("{label} has no place for the alternative text of `{path}`: it is left out there");
                let problem = Problem::warning("alt-left-out", wish.source, message).at(wish.span());
                self.problems.push(problem.hint("say in the text what matters of it"));
            }
            None if most == 0 => {}
            // A video speaks for itself, or has captions.
            None if media.is_video() => {}
            None => {
                let message = format!("`{path}` has no alternative text");
                let hint = "say what it shows, for those who cannot see it: `![what it shows](path)` or `alt:`";
                self.problems.push(Problem::warning("alt-missing", wish.source, message).at(wish.span()).hint(hint));
            }
            Some(alt) => {
                let length = alt.chars().count();
                if length > most {
                    let over = length - most;
                    let message = format!(
                        "the alternative text of `{path}` has {length} characters; {label} takes {most}: {over} too many"
                    );
                    self.media_error("alt-too-long", wish, message, "shorten it");
                }
            }
        }
    }
}

/// Whether one fraction is no smaller than another.
fn at_least(has: (u32, u32), least: (u32, u32)) -> bool {
    u64::from(has.0) * u64::from(least.1) >= u64::from(least.0) * u64::from(has.1)
}

/// `4:5`, `1.91:1`.
fn fraction((width, height): (u32, u32)) -> String {
    if height == 100 { format!("{}:1", f64::from(width) / 100.0) } else { format!("{width}:{height}") }
}

fn span(least: u32, most: u32) -> impl Display {
    match (least, most) {
        (least, u32::MAX) => format!("{least} and more"),
        (0 | 1, most) => format!("{most} and less"),
        (least, most) => format!("{least} to {most}"),
    }
}

/// `75 s`, `2.500 s`, `12 min`.
fn seconds(ms: u64) -> String {
    match ms {
        ms if ms >= 600_000 && ms.is_multiple_of(60_000) => format!("{} min", ms / 60_000),
        ms if ms.is_multiple_of(1000) => format!("{} s", ms / 1000),
        ms => format!("{}.{:03} s", ms / 1000, ms % 1000),
    }
}

fn thousandths(value: u32) -> f64 {
    f64::from(value) / 1000.0
}

/// Rounded up, so that what is over a limit never looks equal to it.
pub(super) fn megabytes(bytes: u64) -> String {
    let hundredths = bytes.div_ceil(10_000);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    if rest == 0 { format!("{whole} MB") } else { format!("{whole}.{rest:02} MB") }
}

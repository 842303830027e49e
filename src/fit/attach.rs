//! Media a post names -> files of the library, held against what the platform takes. Knows no text and opens no file.

use std::ops::Range;

use super::{Fitting, Media};
use crate::error::{Problem, Source};
use crate::media::{Facts, Kind, Lack, Library};
use crate::post::MediaWish;
use crate::post::body::{Document, is_address};
use crate::post::path_from;

/// Where a media file may lie, in the order they are looked at: relative to the post's folder, then to the repository's
/// root. Paths come from the root, with `/`, without `.` and `..`.
///
/// # Errors
/// [`Lack::Outside`] where every reading leaves the repository, for absolute paths, backslashes and drive letters, and for
/// a path of nothing, which would name the post's folder.
pub fn candidates(post_path: &str, src: &str) -> Result<Vec<String>, Lack> {
    let drive = src.as_bytes().get(1) == Some(&b':') && src.starts_with(|c: char| c.is_ascii_alphabetic());
    if src.is_empty() || src.starts_with('/') || src.contains(['\\', '\0']) || drive {
        return Err(Lack::Outside);
    }
    let readings = [path_from(post_path, src), path_from("", src)];
    let mut paths: Vec<String> = readings.into_iter().flatten().filter(|path| !path.is_empty()).collect();
    paths.dedup();
    if paths.is_empty() { Err(Lack::Outside) } else { Ok(paths) }
}

/// A wish and the file it stands in.
struct Wish<'a> {
    wish: &'a MediaWish,
    source: &'a Source,
    /// The part it belongs to, from 0.
    part: usize,
}

impl<'a> Fitting<'a> {
    /// The media of each part: those of the front matter first, then those of the body; a file once a part.
    pub(super) fn attach(&mut self, document: &Document, library: &Library) -> Vec<Vec<Media>> {
        let mut parts: Vec<Vec<(Media, Wish<'_>)>> = document.parts.iter().map(|_| Vec::new()).collect();
        for wish in self.media_wishes(document) {
            let Some(media) = self.resolve(&wish, library) else { continue };
            let part = &mut parts[wish.part];
            match part.iter_mut().find(|(other, _)| other.path == media.path) {
                Some((twin, _)) => twin.alt = twin.alt.take().or(media.alt),
                None => part.push((media, wish)),
            }
        }
        for (index, part) in parts.iter().enumerate() {
            let place = if parts.len() == 1 { "the post".to_owned() } else { format!("part {}", index + 1) };
            self.check_number(&place, part);
            for (media, wish) in part {
                self.check_image(media, part.len(), wish);
            }
        }
        parts.into_iter().map(|part| part.into_iter().map(|(media, _)| media).collect()).collect()
    }

    /// Whether the front matter names media for a part.
    pub(super) fn wishes_media(&self, part: usize) -> bool {
        let media = self.target.wishes.media.as_ref();
        media.is_some_and(|media| media.value.iter().any(|wish| wish.part.unwrap_or(1) == part + 1))
    }

    fn media_wishes<'w>(&mut self, document: &'w Document) -> Vec<Wish<'w>>
    where
        'a: 'w,
    {
        let target = self.target;
        let parts = document.parts.len();
        let mut wishes = Vec::new();
        for wish in target.wishes.media.iter().flat_map(|media| &media.value) {
            let number = wish.part.unwrap_or(1);
            if (1..=parts).contains(&number) {
                wishes.push(Wish { wish, source: &target.source, part: number - 1 });
            } else {
                let message = format!("`{}` is for part {number}, and the post has {parts}", wish.src.value);
                let hint =
                    if parts == 1 { "`thread: true` splits a post at lines of `---`" } else { "parts count from 1" };
                self.error("no-such-part", wish.src.span.clone(), message, hint);
            }
        }
        for (part, images) in document.parts.iter().map(|part| &part.images).enumerate() {
            wishes.extend(images.iter().map(|wish| Wish { wish, source: &target.body.source, part }));
        }
        wishes
    }

    /// The file a wish means; what hinders it is a problem.
    fn resolve(&mut self, wish: &Wish<'_>, library: &Library) -> Option<Media> {
        for (key, wished) in
            [("cover", &wish.wish.cover), ("captions", &wish.wish.captions), ("title", &wish.wish.title)]
        {
            if wished.is_some() {
                self.not_yet(&format!("media: {key}"), wish.wish.src.span.clone());
            }
        }
        let src = &wish.wish.src.value;
        if is_address(src) {
            let hint = "download it into the repository and name the file: only what is committed is published";
            self.media_error("remote-image", wish, format!("the picture `{src}` is not in this repository"), hint);
            return None;
        }
        match look_up(&wish.source.path, src, library) {
            Ok(facts) if facts.kind.is_image() => Some(media(facts, wish.wish.alt.clone())),
            Ok(facts) => {
                let what = if facts.kind == Kind::Pdf { "documents" } else { "videos" };
                let message = format!("`{src}`: {what} are not supported by this version of pressroom yet");
                self.media_error("not-yet", wish, message, "leave it out, or post this by hand");
                None
            }
            Err(lack) => {
                let (code, message, hint) = told(src, &lack);
                self.media_error(code, wish, message, &hint);
                None
            }
        }
    }

    fn check_number(&mut self, place: &str, part: &[(Media, Wish<'_>)]) {
        let (label, most) = (self.limits.label, self.limits.images_max);
        if let Some((_, first_too_many)) = part.get(most) {
            let message = format!("{place} has {} pictures; {label} takes {most}", part.len());
            let hint = format!("leave {} out", part.len() - most);
            self.media_error("too-many-images", first_too_many, message, &hint);
        }
    }

    fn check_image(&mut self, media: &Media, beside: usize, wish: &Wish<'_>) {
        let (limits, label, path) = (self.limits, self.limits.label, &media.path);
        if !limits.image_kinds.contains(&media.kind) {
            let taken: Vec<_> = limits.image_kinds.iter().map(|kind| name(*kind)).collect();
            let message = format!("`{path}` is a {} picture, which {label} does not take", name(media.kind));
            let hint = format!("save it as one of these: {}", taken.join(", "));
            self.media_error("image-kind", wish, message, &hint);
        }
        let gif = limits.gif.filter(|_| media.kind == Kind::Gif);
        if gif.is_some() && beside > 1 {
            let message = format!("on {label} a GIF stands alone, and `{path}` stands beside {} more", beside - 1);
            self.media_error("gif-not-alone", wish, message, "leave the others out, or put it into a part of its own");
        }
        let bytes_max = gif.map(|gif| gif.bytes_max).or(limits.image_bytes_max);
        if let Some(most) = bytes_max.filter(|most| media.bytes > *most) {
            let message = format!("`{path}` has {}; {label} takes {}", megabytes(media.bytes), megabytes(most));
            self.media_error("image-too-large", wish, message, "save it smaller");
        }
        self.check_pixels(media, gif.map(|gif| gif.pixels_max).or(limits.image_pixels_max), wish);
        self.check_alt(media, wish);
    }

    fn check_pixels(&mut self, media: &Media, most: Option<u64>, wish: &Wish<'_>) {
        let (Some(width), Some(height)) = (media.width, media.height) else { return };
        let pixels = u64::from(width) * u64::from(height);
        if let Some(most) = most.filter(|most| pixels > *most) {
            let (path, label) = (&media.path, self.limits.label);
            let message = format!("`{path}` is {width} x {height}, {pixels} pixels; {label} takes {most}");
            self.media_error("image-too-many-pixels", wish, message, "save it with fewer pixels");
        }
    }

    fn check_alt(&mut self, media: &Media, wish: &Wish<'_>) {
        let (path, label, most) = (&media.path, self.limits.label, self.limits.alt_max);
        match &media.alt {
            _ if most == 0 => {}
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

    fn media_error(&mut self, code: &'static str, wish: &Wish<'_>, message: String, hint: &str) {
        self.problems.push(Problem::error(code, wish.source, message).at(wish.span()).hint(hint));
    }
}

impl Wish<'_> {
    fn span(&self) -> Range<usize> {
        self.wish.src.span.clone()
    }
}

/// The first candidate that is there; one that is there and unusable is not passed over.
fn look_up<'l>(post_path: &str, src: &str, library: &'l Library) -> Result<&'l Facts, Lack> {
    for path in candidates(post_path, src)? {
        match library.get(&path) {
            Some(Ok(facts)) => return Ok(facts),
            Some(Err(Lack::Missing)) | None => {}
            Some(Err(lack)) => return Err(lack.clone()),
        }
    }
    Err(Lack::Missing)
}

fn media(facts: &Facts, alt: Option<String>) -> Media {
    Media {
        path: facts.path.clone(),
        kind: facts.kind,
        mime: facts.mime,
        bytes: facts.bytes,
        width: facts.size.map(|(width, _)| width),
        height: facts.size.map(|(_, height)| height),
        sha256: facts.sha256.clone(),
        alt: alt.filter(|alt| !alt.trim().is_empty()),
    }
}

/// Code, message and hint for a file that cannot be used.
fn told(src: &str, lack: &Lack) -> (&'static str, String, String) {
    let (code, what, hint) = match lack {
        Lack::Missing => (
            "media-missing",
            "is neither beside the post nor at the repository's root".to_owned(),
            "paths are relative to the post's folder, else to the repository's root; is the file committed?".to_owned(),
        ),
        Lack::Outside => (
            "media-outside",
            "leads out of the repository".to_owned(),
            "copy the file into the repository and name it by a relative path with `/`".to_owned(),
        ),
        Lack::Directory => ("media-directory", "is a directory".to_owned(), "name the file in it".to_owned()),
        Lack::Empty => ("media-empty", "has no content: 0 bytes".to_owned(), "was it saved?".to_owned()),
        Lack::LfsPointer => (
            "media-lfs-pointer",
            "is a Git LFS pointer whose content is not here".to_owned(),
            "run `git lfs pull`; in CI check out with LFS (`lfs: true`)".to_owned(),
        ),
        Lack::Unknown { extension } => (
            "media-unknown",
            match extension {
                Some(extension) => format!("is called `.{extension}` and holds nothing that can be published"),
                None => "holds nothing that can be published".to_owned(),
            },
            "save it as JPEG, PNG, GIF or WebP".to_owned(),
        ),
        Lack::Misnamed { extension, kind } => (
            "media-misnamed",
            format!("is called `.{extension}` and holds {}", name(*kind)),
            "rename it to what it is, or save it again as what it is called".to_owned(),
        ),
        Lack::Unreadable(words) => {
            ("media-unreadable", format!("cannot be read: {words}"), "mend the file or its permissions".to_owned())
        }
    };
    (code, format!("`{src}` {what}"), hint)
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Jpeg => "JPEG",
        Kind::Png => "PNG",
        Kind::Gif => "GIF",
        Kind::Webp => "WebP",
        Kind::Video => "video",
        Kind::Pdf => "PDF",
        Kind::Word | Kind::Slides | Kind::Captions => kind.name(),
    }
}

/// Rounded up, so that what is over a limit never looks equal to it.
fn megabytes(bytes: u64) -> String {
    let hundredths = bytes.div_ceil(10_000);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    if rest == 0 { format!("{whole} MB") } else { format!("{whole}.{rest:02} MB") }
}

//! Media a post names -> files of the library, held against what the platform takes. Knows no text and opens no file.

use std::ops::Range;

use super::{Captions, Fitting, Media};
use crate::error::{Problem, Source};
use crate::limits::Shape;
use crate::media::{Facts, Kind, Lack, Library};
use crate::post::MediaWish;
use crate::post::body::{Document, is_address};
use crate::post::path_from;
use crate::post::target::Target;

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
pub(super) struct Wish<'a> {
    wish: &'a MediaWish,
    pub(super) source: &'a Source,
    /// The part it belongs to, from 0.
    part: usize,
}

impl<'a> Fitting<'a> {
    /// The media of each part, and the shape that holds them: those of the front matter first, then those of the body; a
    /// file once a part.
    pub(super) fn attach(&mut self, document: &Document, library: &Library) -> (&'static Shape, Vec<Vec<Media>>) {
        let mut parts: Vec<Vec<(Media, Wish<'_>)>> = document.parts.iter().map(|_| Vec::new()).collect();
        for wish in self.media_wishes(document) {
            let Some(media) = self.resolve(&wish, library) else { continue };
            let part = &mut parts[wish.part];
            match part.iter_mut().find(|(other, _)| other.path == media.path) {
                Some((twin, _)) => twin.alt = twin.alt.take().or(media.alt),
                None => part.push((media, wish)),
            }
        }
        self.shape = self.shape_for(&parts);
        let count = parts.len();
        for (index, part) in parts.iter_mut().enumerate() {
            let place = if count == 1 { "the post".to_owned() } else { format!("part {}", index + 1) };
            self.check_number(&place, part);
            let beside = part.len();
            for (media, wish) in part {
                self.check_file(media, beside, wish);
            }
        }
        (self.shape, parts.into_iter().map(|part| part.into_iter().map(|(media, _)| media).collect()).collect())
    }

    /// The shape wished for, else the first that holds what is attached, else the platform's first.
    fn shape_for(&self, parts: &[Vec<(Media, Wish<'_>)>]) -> &'static Shape {
        let shapes = self.limits.shapes;
        let wished = self.target.wishes.kind.as_ref().and_then(|kind| self.limits.shape(kind.value));
        let holds = |shape: &&Shape| parts.iter().all(|part| Number::of(part).fits(shape));
        wished.or_else(|| shapes.iter().find(holds)).unwrap_or(&shapes[0])
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

    /// The file a wish means, with its cover and captions; what hinders it is a problem.
    fn resolve(&mut self, wish: &Wish<'_>, library: &Library) -> Option<Media> {
        let src = &wish.wish.src.value;
        if is_address(src) {
            if self.limits.markdown && wish.is_drawn(self.target) {
                return None;
            }
            let hint = "download it into the repository and name the file: only what is committed is published";
            self.media_error("remote-image", wish, format!("the picture `{src}` is not in this repository"), hint);
            return None;
        }
        let facts = self.file(wish, src, library)?;
        if facts.kind == Kind::Captions {
            let message = format!("`{src}` holds captions, which belong to a video");
            self.media_error("captions-alone", wish, message, "write it as `captions:` of the video");
            return None;
        }
        let mut media = media(facts, wish.wish.alt.clone());
        media.title = wish.wish.title.clone();
        if media.kind.is_document() {
            // The post's title is that of its document: readers see it above the pages.
            let title = self.target.wishes.title.as_ref().map(|title| title.value.trim().to_owned());
            media.title = media.title.or(title).filter(|title| !title.is_empty());
        }
        media.cover = self.cover(wish, facts, library);
        media.captions = self.captions(wish, facts, library);
        Some(media)
    }

    fn file<'l>(&mut self, wish: &Wish<'_>, src: &str, library: &'l Library) -> Option<&'l Facts> {
        match look_up(&wish.source.path, src, library) {
            Ok(facts) => Some(facts),
            Err(lack) => {
                let (code, message, hint) = told(src, &lack);
                self.media_error(code, wish, message, &hint);
                None
            }
        }
    }

    fn cover(&mut self, wish: &Wish<'_>, of: &Facts, library: &Library) -> Option<Box<Media>> {
        let src = wish.wish.cover.as_ref()?;
        let cover = self.file(wish, src, library)?;
        if of.kind != Kind::Video || !cover.kind.is_image() {
            let message = format!("`{src}` cannot be the cover of `{}`: a cover is a picture for a video", of.path);
            self.media_error("bad-cover", wish, message, "take `cover` away, or name a picture");
            return None;
        }
        Some(Box::new(media(cover, None)))
    }

    fn captions(&mut self, wish: &Wish<'_>, of: &Facts, library: &Library) -> Option<Box<Captions>> {
        let src = wish.wish.captions.as_ref()?;
        let file = self.file(wish, src, library)?;
        if of.kind != Kind::Video || file.kind != Kind::Captions {
            let message = format!("`{src}` cannot be the captions of `{}`", of.path);
            self.media_error(
                "bad-captions",
                wish,
                message,
                "captions are a SubRip (.srt) or WebVTT (.vtt) file for a video",
            );
            return None;
        }
        let lang = self.target.wishes.lang.as_ref().map(|lang| lang.value.clone());
        Some(Box::new(Captions { lang: language(src).or(lang), file: media(file, None) }))
    }

    fn check_number(&mut self, place: &str, part: &[(Media, Wish<'_>)]) {
        let (label, shape) = (self.limits.label, self.shape);
        let of_kind = |is: fn(&Media) -> bool| part.iter().filter(move |(media, _)| is(media));
        type Row = (&'static str, &'static str, fn(&Shape) -> usize, fn(&Media) -> bool);
        let kinds: [Row; 3] = [
            ("too-many-images", "pictures", |shape| shape.images, |media| media.kind.is_image()),
            ("too-many-videos", "videos", |shape| shape.videos, Media::is_video),
            ("too-many-documents", "documents", |shape| shape.documents, |media| media.kind.is_document()),
        ];
        for (code, what, room, is) in kinds {
            let most = room(shape);
            let has = of_kind(is).count();
            if let Some((_, first_too_many)) = of_kind(is).nth(most) {
                let elsewhere = self.limits.shapes.iter().any(|shape| room(shape) > 0);
                let message = match most {
                    0 if elsewhere => format!("{label} takes no {what} with `kind: {}`", shape.kind.name()),
                    0 => format!("{label} takes no {what}"),
                    _ => format!("{place} has {has} {what}; {label} takes {most}"),
                };
                let hint = format!("leave {} out", has - most);
                self.media_error(code, first_too_many, message, &hint);
            }
        }
        let number = Number::of(part);
        if number.images > 0 && number.videos > 0 && !shape.mixed && shape.videos > 0 {
            let (_, video) = &part[part.iter().position(|(media, _)| media.is_video()).unwrap_or_default()];
            let message = format!("{label} takes pictures or a video, not both");
            self.media_error("mixed-media", video, message, "leave one kind out");
        } else if shape.mixed && number.images + number.videos > shape.images {
            let message = format!("{place} has {} attachments; {label} takes {}", part.len(), shape.images);
            let hint = format!("leave {} out", number.images + number.videos - shape.images);
            self.media_error("too-many-attachments", &part[shape.images].1, message, &hint);
        }
    }

    pub(super) fn media_error(&mut self, code: &'static str, wish: &Wish<'_>, message: String, hint: &str) {
        self.problems.push(Problem::error(code, wish.source, message).at(wish.span()).hint(hint));
    }
}

/// How many attachments of each kind a part has.
#[derive(Clone, Copy, Debug, Default)]
struct Number {
    images: usize,
    videos: usize,
    documents: usize,
}

impl Number {
    fn of(part: &[(Media, Wish<'_>)]) -> Self {
        let count = |is: fn(&Media) -> bool| part.iter().filter(|(media, _)| is(media)).count();
        Self {
            images: count(|media| media.kind.is_image()),
            videos: count(Media::is_video),
            documents: count(|media| media.kind.is_document()),
        }
    }

    fn fits(self, shape: &Shape) -> bool {
        let each = self.images <= shape.images && self.videos <= shape.videos && self.documents <= shape.documents;
        let together = self.images == 0 || self.videos == 0 || shape.mixed && self.images + self.videos <= shape.images;
        let alone = self.videos != 1 || self.images > 0 || shape.lone_video;
        each && together && alone
    }
}

/// The language a captions file's name tells: `film.en.srt`, `film.pt-BR.vtt`.
fn language(path: &str) -> Option<String> {
    let mut pieces = path.rsplit('/').next()?.rsplit('.').skip(1);
    let word = pieces.next()?;
    pieces.next()?;
    let is_tag =
        (2..=3).contains(&word.split('-').next()?.len()) && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    is_tag.then(|| word.to_owned())
}

impl Wish<'_> {
    /// Whether it stands in the text.
    fn is_drawn(&self, target: &Target) -> bool {
        !target.wishes.media.iter().flat_map(|media| &media.value).any(|wish| std::ptr::eq(wish, self.wish))
    }

    pub(super) fn span(&self) -> Range<usize> {
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

/// The path of the picture that Markdown names; `None`: it is none of this repository.
pub(super) fn path_of(post_path: &str, src: &str, library: Option<&Library>) -> Option<String> {
    if is_address(src) {
        return None;
    }
    match library {
        Some(library) => look_up(post_path, src, library).ok().map(|facts| facts.path.clone()),
        None => Some(src.to_owned()),
    }
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
        title: None,
        cover: None,
        captions: None,
        smaller: None,
        animated: facts.animated,
        film: facts.film.clone(),
        pages: facts.pages,
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

pub(super) fn name(kind: Kind) -> &'static str {
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

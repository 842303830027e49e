//! Where posts name media files: each place with the files it may mean, and the file it does mean. Holds nothing against
//! any limit.

use std::ops::Range;

use crate::error::{Problem, Source};
use crate::fit::candidates;
use crate::media::{Lack, Library};
use crate::post::{Body, MediaWish, Post, body};

/// One place in a post, or in a text of its own for some account, that names files.
pub(super) struct Named<'a> {
    pub(super) post: &'a str,
    source: &'a Source,
    span: Range<usize>,
    /// The paths each file may lie at, in the order they are looked at: the file, its cover, its captions.
    files: Vec<Vec<String>>,
}

impl Named<'_> {
    /// Every path that may be meant.
    pub(super) fn paths(&self) -> impl Iterator<Item = &String> {
        self.files.iter().flatten()
    }

    /// The files that are meant; of one that is nowhere, where it is looked for first.
    pub(super) fn meant<'s>(&'s self, library: &Library) -> Vec<&'s str> {
        let is_there = |path: &&String| !matches!(library.get(*path), None | Some(Err(Lack::Missing)));
        let meant = |paths: &'s Vec<String>| paths.iter().find(is_there).or(paths.first());
        self.files.iter().filter_map(meant).map(String::as_str).collect()
    }

    /// Whether a problem points here.
    pub(super) fn is_place_of(&self, problem: &Problem) -> bool {
        problem.source.path == self.source.path && problem.span.as_ref() == Some(&self.span)
    }
}

/// Every place of a post that names media, for whatever target.
pub(super) fn in_post(post: &Post) -> Vec<Named<'_>> {
    let overrides = || post.overrides.values();
    let wishes = std::iter::once(&post.wishes).chain(overrides().map(|own| &own.wishes));
    let written = wishes.flat_map(|wishes| wishes.media.iter().flat_map(|media| media.value.clone()));
    let written = written.map(|wish| (&post.source, wish));
    let texts = overrides().filter_map(|own| own.text.as_ref()).chain(post.variants.values());
    let drawn = std::iter::once(&*post.body).chain(texts).flat_map(pictures);
    written.chain(drawn).map(|(source, wish)| named(post, source, wish)).collect()
}

fn named<'a>(post: &'a Post, source: &'a Source, wish: MediaWish) -> Named<'a> {
    let srcs = [Some(wish.src.value), wish.cover, wish.captions];
    let files = srcs.into_iter().flatten().filter(|src| !body::is_address(src));
    let files = files.filter_map(|src| candidates(&source.path, &src).ok()).collect();
    Named { post: post.id.as_str(), source, span: wish.src.span, files }
}

/// The pictures of a text. In which part of a thread they stand makes no difference here.
fn pictures(text: &Body) -> Vec<(&Source, MediaWish)> {
    // Most texts hold none.
    if !text.markdown.contains("![") {
        return Vec::new();
    }
    let parts = body::parse(text, false).0.parts;
    parts.into_iter().flat_map(|part| part.images).map(|wish| (&text.source, wish)).collect()
}

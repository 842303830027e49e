//! YouTube's own rules: what must be declared, how tags count, what a Short is, what goes with a video. Knows no call.
//!
//! Sources: <https://developers.google.com/youtube/v3/docs/videos> (title, description, tags),
//! <https://developers.google.com/youtube/v3/docs/thumbnails/set> (JPEG or PNG, 50 MB since 2026-09-14),
//! <https://developers.google.com/youtube/v3/docs/captions/insert> (100 MB, a language),
//! <https://support.google.com/youtube/answer/15424877> (Shorts).

use std::ops::Range;

use chrono::DateTime;

use super::super::{Fitting, Media, Rendition};
use crate::error::Problem;
use crate::media::Kind as File;
use crate::post::Kind;

/// Most characters of all tags together, counted as [`tags_length`] does.
const TAGS_MAX: usize = 500;
/// Most UTF-16 units of a title that are surely taken: YouTube does not say what its 100 characters are.
const TITLE_UNITS: usize = 100;
const THUMBNAIL_BYTES: u64 = 52_428_800;
const CAPTIONS_BYTES: u64 = 104_857_600;
const SHORT_MS: u64 = 180_000;

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    declared(fitting);
    brackets(fitting, rendition);
    title(fitting, rendition);
    tags(fitting, rendition);
    settings(fitting, rendition);
    channel(fitting, rendition);
    for (_, media) in rendition.media().filter(|(_, media)| media.is_video()) {
        shape(fitting, rendition, media);
        thumbnail(fitting, media);
        captions(fitting, media);
    }
}

/// A problem of the post as a whole, or where something of it is written.
fn tell(fitting: &mut Fitting<'_>, problem: Problem, span: Option<Range<usize>>) {
    fitting.problems.push(match span {
        Some(span) => problem.at(span),
        None => problem,
    });
}

fn error(fitting: &mut Fitting<'_>, code: &'static str, span: Option<Range<usize>>, message: String, hint: &str) {
    let problem = Problem::error(code, &fitting.target.source, message).hint(hint);
    tell(fitting, problem, span);
}

fn warning(fitting: &mut Fitting<'_>, code: &'static str, span: Option<Range<usize>>, message: String, hint: &str) {
    let problem = Problem::warning(code, &fitting.target.source, message).hint(hint);
    tell(fitting, problem, span);
}

fn setting_span(fitting: &Fitting<'_>, key: &str) -> Option<Range<usize>> {
    fitting.target.wishes.settings.get(key).map(|setting| setting.span.clone())
}

fn media_span(fitting: &Fitting<'_>) -> Option<Range<usize>> {
    fitting.target.wishes.media.as_ref().map(|media| media.span.clone())
}

/// The law (COPPA) asks the author, so no default of ours can answer.
fn declared(fitting: &mut Fitting<'_>) {
    if !fitting.target.wishes.settings.contains_key("made_for_kids") {
        let message = "YouTube asks whether the video is made for children, and the post does not say".to_owned();
        let hint = "add `overrides: {youtube: {made_for_kids: false}}`, or `true`: it is a legal declaration";
        error(fitting, "made-for-kids-missing", None, message, hint);
    }
}

fn brackets(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let is_bracket = |c: &char| matches!(c, '<' | '>');
    if let Some(bracket) = rendition.title.iter().flat_map(|title| title.chars()).find(is_bracket) {
        let span = fitting.target.wishes.title.as_ref().map(|title| title.span.clone());
        let message = format!("the title holds `{bracket}`, which YouTube refuses");
        error(fitting, "invalid-character", span, message, "write it in another way");
    }
    let body = &fitting.target.body;
    if let Some(bracket) = rendition.parts.iter().flat_map(|part| part.text.chars()).find(is_bracket) {
        let message = format!("the text holds `{bracket}`, which YouTube refuses");
        let problem = Problem::error("invalid-character", &body.source, message)
            .hint("write it in another way; a quotation keeps its `>` here");
        tell(fitting, problem, Some(body.span.clone()));
    }
}

fn title(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let Some(title) = &rendition.title else { return };
    let units = title.encode_utf16().count();
    if units > TITLE_UNITS && title.chars().count() <= TITLE_UNITS {
        let span = fitting.target.wishes.title.as_ref().map(|title| title.span.clone());
        let message =
            format!("the title has {units} UTF-16 units; YouTube takes 100 characters and does not say how it counts");
        warning(fitting, "title-may-be-too-long", span, message, "use fewer emoji");
    }
}

/// A tag with a space counts as if it stood in quotes, and commas between tags count:
/// <https://developers.google.com/youtube/v3/docs/videos#snippet.tags[]>.
fn tags_length(tags: &[String]) -> usize {
    let one = |tag: &String| tag.chars().count() + if tag.contains(' ') { 2 } else { 0 };
    tags.iter().map(one).sum::<usize>() + tags.len().saturating_sub(1)
}

fn tags(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let length = tags_length(&rendition.tags);
    if length > TAGS_MAX {
        let span = fitting.target.wishes.tags.as_ref().map(|tags| tags.span.clone());
        let over = length - TAGS_MAX;
        let message =
            format!("the tags have {length} characters with their commas; YouTube takes {TAGS_MAX}: {over} too many");
        error(fitting, "tags-too-long", span, message, "leave some out");
    }
}

fn settings(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    type Rule = (&'static str, fn(&str) -> bool, &'static str);
    let rules: [Rule; 4] = [
        ("category", is_number, "write the category's number: 22 is People & Blogs, 28 Science & Technology"),
        ("playlist", is_id, "write the playlist's id: what stands after `list=` in its address"),
        ("audio_language", is_language, "write a language tag: `en`, `pt-BR`"),
        ("recording_date", |date| DateTime::parse_from_rfc3339(date).is_ok(), "write it like 2026-12-01T09:00:00Z"),
    ];
    for (key, is_right, hint) in rules {
        if let Some(value) = rendition.settings.get(key).filter(|value| !is_right(value)) {
            let message = format!("`{key}` is `{value}`, which YouTube does not take");
            error(fitting, "bad-setting", setting_span(fitting, key), message, hint);
        }
    }
}

fn is_number(text: &str) -> bool {
    (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn is_language(text: &str) -> bool {
    let mut tags = text.split('-');
    let is_first =
        tags.next().is_some_and(|tag| (2..=3).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphabetic()));
    is_first && tags.all(|tag| (1..=8).contains(&tag.len()) && tag.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// The channel is chosen on Google's page at the login; a call cannot name another.
fn channel(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    if let Some(acts_as) = &rendition.acts_as {
        let message = format!("YouTube cannot act as `{acts_as}`: a login belongs to one channel");
        let hint = "take `as` out of accounts.toml, and choose the channel when you connect the account";
        error(fitting, "as-not-offered", None, message, hint);
    }
}

/// YouTube tells Shorts by their shape and length alone.
fn shape(fitting: &mut Fitting<'_>, rendition: &Rendition, media: &Media) {
    let (Some(width), Some(height)) = (media.width, media.height) else { return };
    let path = &media.path;
    if rendition.kind == Kind::Short {
        if width > height {
            let message = format!("`{path}` is {width} x {height}: wider than high, and so no Short");
            error(fitting, "not-a-short", media_span(fitting), message, "turn it upright, or leave `kind` out");
        }
    } else if width <= height && media.duration_ms().is_some_and(|ms| ms <= SHORT_MS) {
        let message =
            format!("YouTube will make a Short of `{path}`: it is no wider than high and lasts 3 minutes at most");
        warning(fitting, "becomes-a-short", media_span(fitting), message, "write `kind: short` if that is meant");
    }
}

fn thumbnail(fitting: &mut Fitting<'_>, media: &Media) {
    let Some(cover) = &media.cover else { return };
    let path = &cover.path;
    if !matches!(cover.kind, File::Jpeg | File::Png) {
        let message = format!("the cover `{path}` is neither JPEG nor PNG");
        error(fitting, "bad-cover", media_span(fitting), message, "save it as one of these");
    }
    if cover.bytes > THUMBNAIL_BYTES {
        let message = format!("the cover `{path}` has {} bytes; YouTube takes {THUMBNAIL_BYTES}", cover.bytes);
        error(fitting, "bad-cover", media_span(fitting), message, "save it smaller");
    }
}

fn captions(fitting: &mut Fitting<'_>, media: &Media) {
    let Some(captions) = &media.captions else { return };
    let path = &captions.file.path;
    match captions.lang.as_deref() {
        Some(lang) if is_language(lang) => {}
        _ => {
            let message = format!("YouTube asks in which language the captions `{path}` are");
            let hint = "call the file like `film.en.srt`, or add `lang`";
            error(fitting, "captions-language", media_span(fitting), message, hint);
        }
    }
    if captions.file.bytes > CAPTIONS_BYTES {
        let has = captions.file.bytes;
        let message = format!("the captions `{path}` have {has} bytes; YouTube takes {CAPTIONS_BYTES}");
        error(fitting, "bad-captions", media_span(fitting), message, "take a text file");
    }
}

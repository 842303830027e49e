//! X: what may stand in one post together, which addresses are posts, and how many frames a GIF may have.
//!
//! Sources: <https://docs.x.com/x-api/posts/create-post>, <https://docs.x.com/x-api/media/quickstart/best-practices>, and
//! the schemas of <https://api.x.com/2/openapi.json>.

use std::ops::Range;

use url::Url;

use super::super::{Fitting, Media, Part, Reference, Rendition};
use crate::error::Problem;
use crate::media::Kind;
use crate::suggest;

/// Most frames of a GIF.
const GIF_FRAMES: u64 = 350;
/// Most pixels of all frames of a GIF together.
const GIF_PIXELS: u64 = 300_000_000;
const GIF_SIDES: (u32, u32) = (1280, 1080);

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    references(fitting, rendition);
    match rendition.repost_of {
        Some(_) => lone_repost(fitting, rendition),
        None => one_of(fitting, rendition),
    }
    for part in &rendition.parts {
        cashtags(fitting, part);
        for media in &part.media {
            gif(fitting, media);
            beside_video(fitting, media);
        }
    }
}

/// The id of the post an address leads to.
pub(crate) fn post_id(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    let host = url.host_str()?;
    let host = ["www.", "mobile.", "m."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(host);
    let mut words = url.path_segments()?.skip_while(|word| !matches!(*word, "status" | "statuses"));
    let id = words.nth(1).filter(|_| matches!(host, "x.com" | "twitter.com"))?;
    let is_id = (1..=19).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    is_id.then(|| id.to_owned())
}

/// The code X has for a language given as BCP 47: two capital letters.
pub(crate) fn language_code(lang: &str) -> Option<String> {
    let word = lang.split(['-', '_']).next()?;
    (word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic())).then(|| word.to_ascii_uppercase())
}

fn references(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let wishes = &fitting.target.wishes;
    let all = [
        ("reply_to", &rendition.reply_to, &wishes.reply_to),
        ("quote_of", &rendition.quote_of, &wishes.quote_of),
        ("repost_of", &rendition.repost_of, &wishes.repost_of),
    ];
    for (key, reference, wish) in all {
        let (Some(Reference::Url(address)), Some(wish)) = (reference, wish) else { continue };
        if post_id(address).is_none() {
            let message = format!("`{address}` is no address of a post on X");
            let hint = "copy the post's link: `https://x.com/NAME/status/NUMBER`, or write the id of a post of yours";
            fitting.error("bad-reference", wish.span.clone(), message, hint);
        } else if key != "repost_of" {
            let message = format!("X lets most apps reply to and quote only what is their account's own (`{key}`)");
            let problem = Problem::warning("reference-restricted", &fitting.target.source, message);
            let hint = "a reply also works where that post mentions the account; a refused try may cost";
            fitting.problems.push(problem.at(wish.span.clone()).hint(hint));
        }
    }
}

/// A repost has nothing of its own.
fn lone_repost(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let has_words = rendition.parts.iter().any(|part| !part.text.trim().is_empty() || !part.media.is_empty());
    let has_more = rendition.poll.is_some() || rendition.reply_to.is_some() || rendition.quote_of.is_some();
    if has_words || has_more || rendition.parts.len() > 1 {
        let message = "a repost on X has no text, media or poll of its own".to_owned();
        let span = span(fitting, "repost_of");
        fitting.error("repost-not-alone", span, message, "leave these out, or write `quote_of` instead");
    }
}

/// Of media, poll and quoted post a post has one at most.
fn one_of(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let has_media = rendition.parts.first().is_some_and(|part| !part.media.is_empty());
    let has = [("media", has_media), ("poll", rendition.poll.is_some()), ("quote_of", rendition.quote_of.is_some())];
    let has: Vec<&str> = has.into_iter().filter_map(|(what, has)| has.then_some(what)).collect();
    if has.len() > 1 {
        let message = format!("X takes only one of {} in one post", suggest::and(has.iter().copied()));
        let span = span(fitting, has[1]);
        fitting.error("not-together", span, message, "leave one out, or put media into another part of a thread");
    }
}

/// Where a wish stands.
fn span(fitting: &Fitting<'_>, key: &str) -> Range<usize> {
    let wishes = &fitting.target.wishes;
    let span = match key {
        "poll" => wishes.poll.as_ref().map(|wish| wish.span.clone()),
        "repost_of" => wishes.repost_of.as_ref().map(|wish| wish.span.clone()),
        _ => wishes.quote_of.as_ref().map(|wish| wish.span.clone()),
    };
    span.unwrap_or_default()
}

/// More than one cashtag (`$ABC`) is refused to apps without a contract of their own.
fn cashtags(fitting: &mut Fitting<'_>, part: &Part) {
    let is_cashtag = |word: &&str| {
        let name = word.trim_end_matches(|c: char| c.is_ascii_punctuation()).strip_prefix('$');
        name.is_some_and(|name| (1..=6).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphabetic()))
    };
    let found: Vec<&str> = part.text.split_whitespace().filter(is_cashtag).collect();
    if found.len() > 1 {
        let message = format!("X lets most apps write one cashtag a post, and here are {}", found.len());
        let body = &fitting.target.body;
        let problem = Problem::warning("many-cashtags", &body.source, message).at(body.span.clone());
        fitting.problems.push(problem.hint("write the others without `$`"));
    }
}

fn gif(fitting: &mut Fitting<'_>, media: &Media) {
    if media.kind != Kind::Gif {
        return;
    }
    let path = &media.path;
    if let (Some(width), Some(height)) = (media.width, media.height) {
        let (most_wide, most_high) = GIF_SIDES;
        if media.animated && (width > most_wide || height > most_high) {
            let message = format!("`{path}` is {width} x {height}; X takes GIFs up to {most_wide} x {most_high}");
            of_media(fitting, "gif-size", message, "save it smaller");
        }
        let frames = frames(media).unwrap_or(1);
        let pixels = frames.saturating_mul(u64::from(width) * u64::from(height));
        if frames > GIF_FRAMES {
            let message =
                format!("`{path}` has {frames} frames; X takes {GIF_FRAMES}: {} too many", frames - GIF_FRAMES);
            of_media(fitting, "gif-too-many-frames", message, "leave some out, or make a video of it");
        } else if pixels > GIF_PIXELS && frames > 1 {
            let message =
                format!("the {frames} frames of `{path}` have {pixels} pixels together; X takes {GIF_PIXELS}");
            of_media(fitting, "gif-too-many-pixels", message, "save it smaller, or make a video of it");
        }
    }
}

/// How many frames an animation has, from how long and how fast it plays.
fn frames(media: &Media) -> Option<u64> {
    let film = media.film.as_ref()?;
    let product = film.duration_ms?.checked_mul(film.fps_milli?.into())?;
    Some((product + 500_000) / 1_000_000)
}

/// Captions need a language X has a code for; a cover is not taken.
fn beside_video(fitting: &mut Fitting<'_>, media: &Media) {
    let path = &media.path;
    if let Some(captions) = &media.captions
        && captions.lang.as_deref().and_then(language_code).is_none()
    {
        let message = match &captions.lang {
            Some(lang) => format!("X has no code for the language `{lang}` of the captions of `{path}`"),
            None => format!("X asks for the language of the captions of `{path}`"),
        };
        let hint = "say it in the file's name (`film.en.srt`) or with `lang`; X takes languages of two letters";
        of_media(fitting, "captions-language", message, hint);
    }
    if media.cover.is_some() {
        let message = format!("X shows `{path}` without the cover");
        let problem = Problem::warning("cover-left-out", &fitting.target.source, message);
        fitting.problems.push(problem.hint("X shows a frame of the video; begin it with the picture"));
    }
}

fn of_media(fitting: &mut Fitting<'_>, code: &'static str, message: String, hint: &str) {
    let problem = Problem::error(code, &fitting.target.source, message);
    fitting.problems.push(problem.hint(hint));
}

#[cfg(test)]
mod tests;

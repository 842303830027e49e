//! Facebook's own rules: it publishes as a Page only, shows a link or media, and takes little beside a story. Makes no text.
//!
//! Sources: <https://developers.facebook.com/ads/blog/post/2018/04/24/platform-product-changes/> (profiles),
//! <https://developers.facebook.com/docs/graph-api/changelog/version19.0/> (groups), the references of the Page's edges.

use std::ops::Range;

use crate::error::Problem;
use crate::fit::{Fitting, Rendition};
use crate::post::Kind;

/// Photos above this are known to be refused by some of Facebook's servers, though its reference says 10 MB.
const PHOTO_SAFE: u64 = 4_000_000;

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    check_page(fitting, rendition);
    match rendition.kind {
        Kind::Story => check_story(fitting, rendition),
        _ => check_link(fitting, rendition),
    }
    check_videos(fitting, rendition);
    check_settings(fitting, rendition);
    check_photos(fitting, rendition);
}

/// What `as` must look like accounts.toml is held to; that there must be one is said where it matters.
fn check_page(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    if rendition.acts_as.is_none() {
        let message =
            "Facebook publishes as a Page only: it closed personal profiles to programs in 2018 and groups in 2024";
        let hint = format!(
            "write the Page's id under `[accounts.{}]` in accounts.toml: `as = \"1234567890\"`",
            fitting.account.name
        );
        let problem = Problem::error("page-missing", &fitting.target.source, message);
        fitting.problems.push(problem.hint(hint));
    }
}

fn check_story(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let wishes = &fitting.target.wishes;
    if rendition.parts.iter().any(|part| !part.text.is_empty()) {
        let message = "a story on Facebook shows no text, and the post has some";
        let hint = "leave the text out for it with a file beside the post, or take `kind: story` away";
        let problem = Problem::error("story-text", &fitting.target.body.source, message);
        fitting.problems.push(problem.at(fitting.target.body.span.clone()).hint(hint));
    }
    let keys = [
        ("link", wishes.link.as_ref().map(|link| link.span.clone())),
        ("first_comment", wishes.first_comment.as_ref().map(|comment| comment.span.clone())),
    ];
    for (key, span) in keys {
        if let Some(span) = span {
            let message = format!("a story on Facebook takes no `{key}`");
            fitting.error("story-takes-no", span, message, "leave it out, or take `kind: story` away");
        }
    }
    let media = rendition.media().map(|(_, media)| media);
    if media.into_iter().any(|media| media.cover.is_some()) {
        let message = "a story on Facebook takes no cover".to_owned();
        fitting.error("story-takes-no", media_span(fitting), message, "leave `cover` out for it");
    }
}

/// A link is shown as a card, which has no room for media of ours; beside media it would be left out in silence.
fn check_link(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let (Some(link), Some(card)) = (&fitting.target.wishes.link, &rendition.card) else { return };
    let has_media = card.thumbnail.is_some() || rendition.media().next().is_some();
    if has_media || rendition.kind == Kind::Reel {
        let message = "Facebook shows a link card, or photos or a video, not both".to_owned();
        let hint = "write the link in the text instead of `link`, or leave the media out";
        fitting.error("link-beside-media", link.span.clone(), message, hint);
    }
}

/// Captions need a file name with Facebook's word for their language, and no call of ours names files.
fn check_videos(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    if rendition.media().any(|(_, media)| media.captions.is_some()) {
        let message = "this version of pressroom cannot pass captions on to Facebook".to_owned();
        let hint = "leave `captions` out for it, and add them on Facebook";
        fitting.error("captions-not-offered", media_span(fitting), message, hint);
    }
}

fn check_settings(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let is_story = rendition.kind == Kind::Story;
    let has_video = rendition.media().any(|(_, media)| media.is_video());
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_country = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    for (key, value) in &rendition.settings {
        let (is_taken, message, hint) = match key.as_str() {
            "place" | "targeting" | "call_to_action" if is_story => {
                (false, "a story on Facebook takes no `{key}`", "leave it out, or take `kind: story` away")
            }
            "place" if has_video && rendition.kind != Kind::Reel => {
                (false, "Facebook takes no `{key}` with a video", "leave it out, or make the video a reel")
            }
            "place" => {
                (is_digits(value), "`{key}` is no id of a Page", "write the id of the place's Page: digits only")
            }
            "targeting" => (
                value.split(',').all(|country| is_country(country.trim())),
                "`{key}` holds something that is no country",
                "write countries as two capital letters each: `[DE, NL]`",
            ),
            "call_to_action" => (
                rendition.card.is_some(),
                "`{key}` is the button of a link post, and there is no link",
                "add `link`, or leave it out",
            ),
            "is_ai_generated" => {
                (has_video || value == "false", "Facebook takes `{key}` with a video only", "leave it out")
            }
            _ => (true, "", ""),
        };
        if !is_taken {
            let span = fitting.target.wishes.settings.get(key).map_or(0..0, |setting| setting.span.clone());
            fitting.error("setting-not-taken", span, message.replace("{key}", key), hint);
        }
    }
}

fn check_photos(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    for (_, media) in rendition.media().filter(|(_, media)| media.kind.is_image() && media.bytes > PHOTO_SAFE) {
        let message = format!("`{}` has more than 4 MB, which Facebook has been seen to refuse", media.path);
        let problem = Problem::warning("photo-large", &fitting.target.source, message).at(media_span(fitting));
        fitting.problems.push(problem.hint("save it smaller, to be sure"));
    }
}

/// Where the front matter names media; its beginning, where the body does.
fn media_span(fitting: &Fitting<'_>) -> Range<usize> {
    let media = fitting.target.wishes.media.as_ref().and_then(|media| media.value.first());
    media.map_or(0..0, |wish| wish.src.span.clone())
}

//! TikTok's own rules: an audience chosen by the author, disclosures that exclude each other, and settings that mean nothing
//! for photos, for videos or for drafts. Knows no call.
//!
//! Sources: <https://developers.tiktok.com/doc/content-sharing-guidelines> (the audience without a default, no comments unless
//! turned on, branded content never private), <https://developers.tiktok.com/doc/content-posting-api-reference-photo-post> (the
//! title in UTF-16 units, 1080p), <https://developers.tiktok.com/doc/content-posting-api-reference-upload-video> (a draft
//! carries the video alone).

use std::ops::Range;

use super::super::{Fitting, Rendition};
use crate::error::Problem;
use crate::post::Visibility;

/// UTF-16 units of the title of photos.
const TITLE_UNITS: usize = 90;
/// Shorter side of a photo: "maximum 1080p".
const PHOTO_SIDE: u32 = 1080;
/// TikTok documents no least length here; its app and its other interfaces take none shorter.
const SHORTEST_MS: u64 = 3000;

/// Which settings mean something, beside `mode`.
const OF_DIRECT_VIDEO: &[&str] = &[
    "privacy_level",
    "disable_comment",
    "disable_duet",
    "disable_stitch",
    "brand_content",
    "brand_organic",
    "is_aigc",
    "cover_timestamp_ms",
];
const OF_DIRECT_PHOTOS: &[&str] = &[
    "privacy_level",
    "disable_comment",
    "brand_content",
    "brand_organic",
    "is_aigc",
    "auto_add_music",
    "photo_cover_index",
];
const OF_DRAFT_VIDEO: &[&str] = &[];
const OF_DRAFT_PHOTOS: &[&str] = &["photo_cover_index"];

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let is_draft = rendition.settings.get("mode").is_some_and(|mode| mode == "draft");
    let is_video = rendition.media().any(|(_, media)| media.is_video());
    idle_settings(fitting, is_draft, is_video);
    acts_as(fitting, rendition);
    if is_draft {
        draft(fitting, rendition, is_video);
    } else {
        audience(fitting, rendition);
        interactions(fitting, is_video);
    }
    if is_video {
        film(fitting, rendition);
    } else {
        photos(fitting, rendition);
    }
}

fn error(fitting: &mut Fitting<'_>, code: &'static str, span: Option<Range<usize>>, message: String, hint: &str) {
    let problem = Problem::error(code, &fitting.target.source, message).hint(hint);
    tell(fitting, problem, span);
}

fn warning(fitting: &mut Fitting<'_>, code: &'static str, span: Option<Range<usize>>, message: String, hint: &str) {
    let problem = Problem::warning(code, &fitting.target.source, message).hint(hint);
    tell(fitting, problem, span);
}

/// A problem of the post as a whole, or where something of it is written.
fn tell(fitting: &mut Fitting<'_>, problem: Problem, span: Option<Range<usize>>) {
    fitting.problems.push(match span {
        Some(span) => problem.at(span),
        None => problem,
    });
}

fn setting_span(fitting: &Fitting<'_>, key: &str) -> Option<Range<usize>> {
    fitting.target.wishes.settings.get(key).map(|setting| setting.span.clone())
}

fn media_span(fitting: &Fitting<'_>) -> Option<Range<usize>> {
    fitting.target.wishes.media.as_ref().map(|media| media.span.clone())
}

/// What is written and would be dropped in silence.
fn idle_settings(fitting: &mut Fitting<'_>, is_draft: bool, is_video: bool) {
    let (works, what) = match (is_draft, is_video) {
        (false, true) => (OF_DIRECT_VIDEO, "a video"),
        (false, false) => (OF_DIRECT_PHOTOS, "photos"),
        (true, true) => (OF_DRAFT_VIDEO, "the draft of a video"),
        (true, false) => (OF_DRAFT_PHOTOS, "a draft of photos"),
    };
    let known =
        fitting.limits.settings.iter().map(|rule| rule.key).filter(|key| *key != "mode" && !works.contains(key));
    for key in known.collect::<Vec<_>>() {
        if let Some(span) = setting_span(fitting, key) {
            let message = format!("`{key}` means nothing for {what} on TikTok");
            let hint = if is_draft { "choose it in the app, when you post the draft" } else { "leave it out" };
            warning(fitting, "setting-without-effect", Some(span), message, hint);
        }
    }
}

fn acts_as(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    if let Some(acts_as) = &rendition.acts_as {
        let message = format!("TikTok cannot act as `{acts_as}`: a login belongs to one creator");
        let hint = "take `as` out of accounts.toml, and log in as the creator when you connect the account";
        error(fitting, "as-not-offered", None, message, hint);
    }
}

/// What a person has to do in the app.
fn draft(fitting: &mut Fitting<'_>, rendition: &Rendition, is_video: bool) {
    if is_video && rendition.parts.iter().any(|part| !part.text.is_empty()) {
        let message = "TikTok takes no text with the draft of a video".to_owned();
        warning(fitting, "text-not-taken", None, message, "paste it in the app, when you post the draft");
    }
    if let Some(visibility) = &fitting.target.wishes.visibility {
        let (span, message) = (visibility.span.clone(), "TikTok takes no audience with a draft".to_owned());
        warning(fitting, "visibility-not-taken", Some(span), message, "choose it in the app, when you post the draft");
    }
}

/// The author's own choice, written once, and not private where somebody pays for it.
fn audience(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let wishes = &fitting.target.wishes;
    let level = rendition.settings.get("privacy_level").map(String::as_str);
    let written =
        wishes.visibility.as_ref().and_then(|visibility| Some((level_of(visibility.value)?, visibility.span.clone())));
    let span = setting_span(fitting, "privacy_level");
    match (level, &written) {
        (None, None) if span.is_none() && wishes.visibility.is_none() => {
            let message = "TikTok has no default audience, and the post names none".to_owned();
            let hint = "add `visibility: public`, `connections` (friends), `followers` or `private`";
            error(fitting, "privacy-missing", None, message, hint);
        }
        (Some(level), Some((other, _))) if level != *other => {
            let message = format!("`privacy_level` says {level}, and `visibility` {other}");
            error(fitting, "privacy-twice", span.clone(), message, "leave one of them out");
        }
        _ => {}
    }
    let level = level.or(written.as_ref().map(|(level, _)| *level));
    if level == Some("SELF_ONLY") && rendition.settings.get("brand_content").is_some_and(|is| is == "true") {
        let message = "TikTok takes no paid partnership that only its creator can see".to_owned();
        error(fitting, "branded-private", setting_span(fitting, "brand_content"), message, "choose another audience");
    }
}

fn level_of(visibility: Visibility) -> Option<&'static str> {
    Some(match visibility {
        Visibility::Public => "PUBLIC_TO_EVERYONE",
        Visibility::Connections => "MUTUAL_FOLLOW_FRIENDS",
        Visibility::Followers => "FOLLOWER_OF_CREATOR",
        Visibility::Private => "SELF_ONLY",
        Visibility::Unlisted => return None,
    })
}

/// That nobody may comment surprises who has not read TikTok's guidelines.
fn interactions(fitting: &mut Fitting<'_>, is_video: bool) {
    let keys = ["disable_comment", "disable_duet", "disable_stitch"];
    if keys.iter().all(|key| setting_span(fitting, key).is_none()) {
        let (what, more) = if is_video {
            ("comment, make duets or stitch", ", `disable_duet`, `disable_stitch`")
        } else {
            ("comment", "")
        };
        let message = format!("nobody may {what}: TikTok wants the author to turn that on");
        let hint = format!("write `disable_comment: false`{more} to turn it on, or `true` if this is meant");
        warning(fitting, "interactions-off", None, message, &hint);
    }
}

/// A setting that must be a whole number from 0 to below a figure; `None` where that is not known.
fn whole(fitting: &mut Fitting<'_>, rendition: &Rendition, key: &str, below: Option<u64>, what: &str) {
    let Some(value) = rendition.settings.get(key) else { return };
    let below = below.unwrap_or(1 << 31);
    if !value.parse::<u64>().is_ok_and(|value| value < below) {
        let message = format!("`{key}` is {value}; {what}");
        let hint = format!("write a whole number from 0 to {}", below.saturating_sub(1));
        error(fitting, "bad-setting", setting_span(fitting, key), message, &hint);
    }
}

fn film(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let Some((_, media)) = rendition.media().find(|(_, media)| media.is_video()) else { return };
    let (path, lasts) = (&media.path, media.duration_ms());
    whole(fitting, rendition, "cover_timestamp_ms", lasts, "it must lie within the video");
    if lasts.is_some_and(|ms| ms < SHORTEST_MS) {
        let message = format!("`{path}` lasts less than 3 s, which TikTok may refuse");
        warning(fitting, "video-may-be-too-short", media_span(fitting), message, "take a longer one");
    }
    if let Some(cover) = &media.cover {
        let message = format!("TikTok takes no picture as a cover, so `{}` is left out", cover.path);
        let hint = "name a frame of the video: `cover_timestamp_ms: 1500`";
        warning(fitting, "cover-left-out", media_span(fitting), message, hint);
    }
    if media.captions.is_some() {
        let message = format!("TikTok takes no captions with `{path}`, so they are left out");
        warning(fitting, "captions-left-out", media_span(fitting), message, "turn on captions in the app");
    }
}

fn photos(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let photos = rendition.media().count() as u64;
    whole(fitting, rendition, "photo_cover_index", Some(photos), "it counts the post's photos from 0");
    let units = rendition.title.as_ref().map_or(0, |title| title.encode_utf16().count());
    if units > TITLE_UNITS && rendition.title.as_ref().is_some_and(|title| title.chars().count() <= TITLE_UNITS) {
        let span = fitting.target.wishes.title.as_ref().map(|title| title.span.clone());
        let over = units - TITLE_UNITS;
        let message = format!("the title has {units} UTF-16 units; TikTok takes {TITLE_UNITS}: {over} too many");
        error(fitting, "title-too-long", span, message, "shorten it");
    }
    for (_, media) in rendition.media() {
        if let (Some(width), Some(height)) = (media.width, media.height)
            && width.min(height) > PHOTO_SIDE
        {
            let message = format!("`{}` is {width} x {height}; TikTok speaks of 1080p at most", media.path);
            warning(
                fitting,
                "photo-may-be-too-large",
                media_span(fitting),
                message,
                "save it with 1080 pixels on its shorter side",
            );
        }
    }
}

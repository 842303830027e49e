//! Instagram's own rules: what goes with which kind of post, who may be tagged and how, covers. Knows no call.
//!
//! Sources: <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media> (fields by
//! kind, 30 hashtags, 20 mentions, 3 collaborators, covers, sound), `content-publishing` beside it (tags of people).

use std::ops::Range;

#[cfg(test)]
mod tests;

use super::super::file::megabytes;
use super::super::{Fitting, Media, Rendition};
use crate::error::Problem;
use crate::media::Kind as File;
use crate::post::Kind;

const HASHTAGS_MAX: usize = 30;
const MENTIONS_MAX: usize = 20;
const COLLABORATORS_MAX: usize = 3;
const USER_TAGS_MAX: usize = 20;
const COVER_BYTES: u64 = 8_000_000;
const SAMPLES_MAX: u32 = 48_000;
const CHANNELS_MAX: u16 = 2;

/// Somebody tagged in an item of a post.
#[derive(Clone, Debug, PartialEq)]
pub struct UserTag {
    /// The item of a carousel, from 1.
    pub item: usize,
    pub name: String,
    /// From the left and the top, each from 0 to 1.
    pub place: Option<(f64, f64)>,
}

/// Reads the setting `user_tags`, separated by commas: `ann`, `ann 0.5 0.8`, in the second item of a carousel `2: ann 0.5
/// 0.8`. The errors are what cannot be read.
pub fn user_tags(written: &str) -> Vec<Result<UserTag, String>> {
    let tags = written.split(',').map(str::trim).filter(|tag| !tag.is_empty());
    tags.map(|tag| user_tag(tag).ok_or_else(|| tag.to_owned())).collect()
}

fn user_tag(tag: &str) -> Option<UserTag> {
    let (item, rest) = match tag.split_once(':') {
        Some((item, rest)) => (item.trim().parse().ok().filter(|item| *item > 0)?, rest),
        None => (1, tag),
    };
    let words: Vec<&str> = rest.split_whitespace().collect();
    let share = |word: &str| word.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    let (name, place) = match words[..] {
        [name] => (name, None),
        [name, x, y] => (name, Some((share(x)?, share(y)?))),
        _ => return None,
    };
    let name = user_name(name)?.to_owned();
    Some(UserTag { item, name, place })
}

/// A user name, with or without `@`.
fn user_name(written: &str) -> Option<&str> {
    let name = written.strip_prefix('@').unwrap_or(written);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
    ((1..=30).contains(&name.len()) && name.bytes().all(is_plain)).then_some(name)
}

/// What a post is to Instagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Picture,
    Carousel,
    Reel,
    Story,
}

impl Form {
    fn of(rendition: &Rendition) -> Option<Self> {
        let media = &rendition.parts.first()?.media;
        Some(match (rendition.kind, &media[..]) {
            (_, []) => return None,
            (Kind::Story, _) => Self::Story,
            (_, [one]) if one.is_video() => Self::Reel,
            (_, [_]) => Self::Picture,
            _ => Self::Carousel,
        })
    }

    fn words(self) -> &'static str {
        match self {
            Self::Picture => "a picture",
            Self::Carousel => "a carousel",
            Self::Reel => "a reel",
            Self::Story => "a story",
        }
    }

    /// Whether Instagram takes a setting with it.
    fn takes(self, key: &str) -> bool {
        match key {
            "share_to_feed" | "audio_name" | "trial" => self == Self::Reel,
            "thumb_offset" => matches!(self, Self::Reel | Self::Carousel),
            "collaborators" | "location_id" => self != Self::Story,
            _ => true,
        }
    }
}

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let Some(form) = Form::of(rendition) else { return };
    text(fitting, rendition, form);
    settings(fitting, rendition, form);
    collaborators(fitting, rendition);
    tags(fitting, rendition, form);
    for (_, media) in rendition.media() {
        beside(fitting, media, form);
        sound(fitting, media);
    }
    offset(fitting, rendition);
}

fn error(fitting: &mut Fitting<'_>, code: &'static str, span: Option<Range<usize>>, message: String, hint: &str) {
    let problem = Problem::error(code, &fitting.target.source, message).hint(hint);
    fitting.problems.push(match span {
        Some(span) => problem.at(span),
        None => problem,
    });
}

fn warning(fitting: &mut Fitting<'_>, code: &'static str, message: String, hint: &str) {
    let problem = Problem::warning(code, &fitting.target.source, message).hint(hint);
    fitting.problems.push(match media_span(fitting) {
        Some(span) => problem.at(span),
        None => problem,
    });
}

fn media_span(fitting: &Fitting<'_>) -> Option<Range<usize>> {
    fitting.target.wishes.media.as_ref().map(|media| media.span.clone())
}

fn setting_span(fitting: &Fitting<'_>, key: &str) -> Option<Range<usize>> {
    fitting.target.wishes.settings.get(key).map(|setting| setting.span.clone())
}

fn text(fitting: &mut Fitting<'_>, rendition: &Rendition, form: Form) {
    let text = rendition.parts.first().map_or("", |part| part.text.as_str());
    if form == Form::Story && !text.trim().is_empty() {
        let message = "Instagram shows no text with a story".to_owned();
        let hint = "take it away for Instagram, `overrides: {instagram: {text: \"\"}}`, or draw it into the picture";
        error(fitting, "story-text", None, message, hint);
    }
    for (code, sign, what, most) in
        [("too-many-hashtags", '#', "hashtags", HASHTAGS_MAX), ("too-many-mentions", '@', "mentions", MENTIONS_MAX)]
    {
        let has = signs(text, sign);
        if has > most {
            let message = format!("the text has {has} {what}; Instagram takes {most}: {} too many", has - most);
            error(fitting, code, None, message, "leave some out");
        }
    }
}

/// How many words begin with a sign: `#tea`, `@ann`, but not `a@b` or `##`.
fn signs(text: &str, sign: char) -> usize {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let places = text.match_indices(sign).filter(|(at, _)| {
        let before = text[..*at].chars().next_back();
        let after = text[at + sign.len_utf8()..].chars().next();
        !before.is_some_and(is_word) && after.is_some_and(is_word)
    });
    places.count()
}

fn settings(fitting: &mut Fitting<'_>, rendition: &Rendition, form: Form) {
    for key in rendition.settings.keys().filter(|key| !form.takes(key)) {
        let message = format!("Instagram takes no `{key}` with {}", form.words());
        error(fitting, "setting-not-here", setting_span(fitting, key), message, "leave it out");
    }
    if let Some(id) = rendition.settings.get("location_id")
        && (id.is_empty() || id.bytes().any(|byte| !byte.is_ascii_digit()))
    {
        let message = format!("`location_id` is `{id}`, which is no id of a Page");
        let hint = "write the digits that name the place's Page at Facebook";
        error(fitting, "bad-setting", setting_span(fitting, "location_id"), message, hint);
    }
}

fn collaborators(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let Some(written) = rendition.settings.get("collaborators") else { return };
    let span = setting_span(fitting, "collaborators");
    let names: Vec<&str> = written.split(',').map(str::trim).collect();
    if names.len() > COLLABORATORS_MAX {
        let over = names.len() - COLLABORATORS_MAX;
        let message =
            format!("there are {} collaborators; Instagram takes {COLLABORATORS_MAX}: {over} too many", names.len());
        error(fitting, "too-many-collaborators", span.clone(), message, "leave some out");
    }
    for name in names.into_iter().filter(|name| user_name(name).is_none()) {
        let message = format!("`{name}` is no user name of Instagram");
        error(fitting, "bad-user-name", span.clone(), message, "write letters, digits, `.` and `_`: `acme.tea`");
    }
}

fn tags(fitting: &mut Fitting<'_>, rendition: &Rendition, form: Form) {
    let Some(written) = rendition.settings.get("user_tags") else { return };
    let span = setting_span(fitting, "user_tags");
    let media = rendition.parts.first().map_or(&[][..], |part| &part.media[..]);
    let tags = user_tags(written);
    for item in 1..=media.len() {
        let has = tags.iter().flatten().filter(|tag| tag.item == item).count();
        if has > USER_TAGS_MAX {
            let message =
                format!("{has} people are tagged; Instagram takes {USER_TAGS_MAX}: {} too many", has - USER_TAGS_MAX);
            error(fitting, "too-many-user-tags", span.clone(), message, "leave some out");
        }
    }
    for tag in tags {
        let (message, hint) = match tag {
            Err(tag) => (
                format!("the tag `{tag}` cannot be read"),
                "write `name`, `name X Y` with X and Y from 0 to 1, or `2: name X Y` for the second item of a carousel",
            ),
            Ok(UserTag { item, name, .. }) if item > media.len() => {
                (format!("`{name}` is tagged in item {item}, and the post has {}", media.len()), "items count from 1")
            }
            Ok(UserTag { name, place: None, item }) if form != Form::Story && !media[item - 1].is_video() => (
                format!("the tag of `{name}` says no place, and in a picture it needs one"),
                "write how far from the left and the top, from 0 to 1: `name 0.5 0.8`",
            ),
            Ok(UserTag { name, place: Some(_), item }) if form != Form::Story && media[item - 1].is_video() => {
                (format!("the tag of `{name}` says a place, and a video has none for it"), "write the name alone")
            }
            Ok(_) => continue,
        };
        error(fitting, "bad-user-tag", span.clone(), message, hint);
    }
}

/// What is named beside a file and has no place on Instagram, or must be otherwise.
fn beside(fitting: &mut Fitting<'_>, media: &Media, form: Form) {
    let path = &media.path;
    if let Some(cover) = &media.cover {
        if form != Form::Reel {
            let message = format!("`{path}` has a cover, and Instagram takes none with {}", form.words());
            warning(fitting, "cover-left-out", message, "it is left out there");
        } else if cover.kind != File::Jpeg {
            let message = format!("the cover `{}` is no JPEG, and Instagram takes nothing else", cover.path);
            error(fitting, "cover-kind", media_span(fitting), message, "save it as JPEG");
        } else if cover.bytes > COVER_BYTES {
            let (has, most) = (megabytes(cover.bytes), megabytes(COVER_BYTES));
            let message = format!("the cover `{}` has {has}; Instagram takes {most}", cover.path);
            error(fitting, "cover-too-large", media_span(fitting), message, "save it smaller");
        }
    }
    if media.captions.is_some() {
        let message = format!("`{path}` has captions, and Instagram takes none from programs");
        warning(
            fitting,
            "captions-left-out",
            message,
            "they are left out there; burn them into the video, or add them in the app",
        );
    }
    if media.alt.is_some() && media.is_video() {
        let message = format!("`{path}` has an alternative text, and Instagram takes one only with pictures");
        warning(fitting, "alt-left-out", message, "it is left out there");
    }
}

/// Sound, and how an MP4 is laid out.
fn sound(fitting: &mut Fitting<'_>, media: &Media) {
    let Some(film) = &media.film else { return };
    let path = &media.path;
    if let Some(rate) = film.audio_rate.filter(|rate| *rate > SAMPLES_MAX) {
        let message = format!("the sound of `{path}` has {rate} samples a second; Instagram takes {SAMPLES_MAX}");
        error(
            fitting,
            "audio-rate",
            media_span(fitting),
            message,
            "convert it: `ffmpeg -i in.mp4 -c:v copy -ar 48000 out.mp4`",
        );
    }
    if let Some(channels) = film.audio_channels.filter(|channels| *channels > CHANNELS_MAX) {
        let message = format!("the sound of `{path}` has {channels} channels; Instagram takes {CHANNELS_MAX}");
        error(
            fitting,
            "audio-channels",
            media_span(fitting),
            message,
            "convert it: `ffmpeg -i in.mp4 -c:v copy -ac 2 out.mp4`",
        );
    }
    if !film.fast_start && media.is_video() {
        let message = format!("`{path}` tells what it holds only at its end; Instagram wants that first");
        let hint = "`ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4` puts it there";
        warning(fitting, "video-not-fast-start", message, hint);
    }
    if film.edit_list {
        let message = format!("`{path}` has an edit list, which Instagram does not take");
        let hint = format!("`pressroom media fit {path} --for instagram` writes a copy without");
        warning(fitting, "video-edit-list", message, &hint);
    }
}

/// The frame shown until a video plays, in milliseconds.
fn offset(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let Some(written) = rendition.settings.get("thumb_offset") else { return };
    let span = setting_span(fitting, "thumb_offset");
    let Ok(offset) = written.parse::<u64>() else {
        let message = format!("`thumb_offset` is `{written}`, which is no number of milliseconds");
        error(fitting, "bad-setting", span, message, "write a whole number: 1500 is a second and a half");
        return;
    };
    let videos: Vec<&Media> = rendition.media().map(|(_, media)| media).filter(|media| media.is_video()).collect();
    if videos.is_empty() {
        error(fitting, "setting-not-here", span, "there is no video for `thumb_offset`".to_owned(), "leave it out");
        return;
    }
    for (media, duration) in videos.iter().filter_map(|media| Some((media, media.duration_ms()?))) {
        if offset >= duration {
            let message = format!("`thumb_offset` is {offset} ms, and `{}` lasts {duration} ms", media.path);
            error(fitting, "bad-setting", span.clone(), message, "name a frame within the video");
        }
    }
    if let [video] = videos[..]
        && video.cover.is_some()
    {
        let message = "there are both a `cover` and a `thumb_offset`".to_owned();
        error(fitting, "bad-setting", span, message, "leave one out: Instagram would take the cover");
    }
}

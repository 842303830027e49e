//! What only Threads asks for: one attachment a part, five links, a topic without dots, addresses of its own posts.
//!
//! Sources: <https://developers.facebook.com/docs/threads/posts>,
//! <https://developers.facebook.com/docs/threads/reference/publishing>,
//! <https://developers.facebook.com/docs/threads/create-posts/polls>.

use std::collections::BTreeSet;
use std::ops::Range;

use url::Url;

use crate::error::Problem;
use crate::fit::count::{length, urls};
use crate::fit::{Fitting, Media, Reference, Rendition};

/// Most different links of a part, that of its card among them.
const LINKS_MAX: usize = 5;
/// Longest topic, in characters.
const TOPIC_MAX: usize = 50;
/// Most samples of sound a second, and most channels.
const AUDIO_RATE_MAX: u32 = 48_000;
const AUDIO_CHANNELS_MAX: u16 = 2;

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let wishes = &fitting.target.wishes;
    let key = |name: &str| wishes.settings.get(name).map(|setting| setting.span.clone());
    let (topic, spoiler) = (key("topic_tag"), key("is_spoiler_media"));
    let link = wishes.link.as_ref().map(|link| link.span.clone());
    let poll = wishes.poll.as_ref().map(|poll| poll.span.clone());
    let first_media = rendition.parts.first().is_some_and(|part| !part.media.is_empty());
    let thumbnail = rendition.card.as_ref().is_some_and(|card| card.thumbnail.is_some());
    if thumbnail || rendition.card.is_some() && first_media {
        let message = "Threads makes a link card only in a post without pictures and videos";
        error(fitting, "link-with-media", link, message, "write the link in the text, or leave the media out");
    }
    if rendition.poll.is_some() && (first_media || thumbnail) {
        let message = "a poll on Threads stands in a post without pictures and videos";
        error(fitting, "poll-with-media", poll.clone(), message, "leave the media out, or put them into a later part");
    }
    if rendition.poll.is_some() && rendition.card.is_some() {
        let message = "Threads takes a poll or a link card, not both";
        error(fitting, "poll-with-link", poll, message, "write the link in the text");
    }
    let topic_tag = rendition.settings.get("topic_tag");
    if let Some(why) = topic_tag.and_then(|topic| bad_topic(topic)) {
        error(fitting, "bad-topic", topic, &why, "a topic has 1 to 50 characters, and no `.` or `&` among them");
    }
    let hides = rendition.settings.get("is_spoiler_media").is_some_and(|value| value == "true");
    if hides && rendition.media().next().is_none() {
        let message = "`is_spoiler_media` hides pictures and videos, and the post has none";
        error(fitting, "nothing-to-hide", spoiler, message, "leave it out");
    }
    check_links(fitting, rendition);
    check_references(fitting, rendition);
    check_comment(fitting, rendition);
    for (_, media) in rendition.media() {
        check_media(fitting, media);
    }
}

fn error(fitting: &mut Fitting<'_>, code: &'static str, span: Option<Range<usize>>, message: &str, hint: &str) {
    let problem = Problem::error(code, &fitting.target.source, message).hint(hint);
    fitting.problems.push(match span {
        Some(span) => problem.at(span),
        None => problem,
    });
}

fn bad_topic(topic: &str) -> Option<String> {
    let length = topic.trim().chars().count();
    let bad = topic.chars().find(|c| matches!(c, '.' | '&' | '\n'));
    match bad {
        _ if length == 0 => Some("the topic is empty".to_owned()),
        _ if length > TOPIC_MAX => {
            let over = length - TOPIC_MAX;
            Some(format!("the topic has {length} characters; Threads takes {TOPIC_MAX}: {over} too many"))
        }
        Some(c) => Some(format!("the topic holds {c:?}, with which Threads drops it")),
        None => None,
    }
}

/// Only whole addresses are counted: what Threads makes of a bare name is not documented.
fn check_links(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let texts = rendition.parts.iter().map(|part| part.text.as_str()).chain(rendition.first_comment.as_deref());
    for (index, text) in texts.enumerate() {
        let found = urls::find(text).into_iter().filter(|url| url.scheme);
        let mut links: BTreeSet<&str> = found.map(|url| &text[url.span]).collect();
        links.extend(rendition.card.iter().filter(|_| index == 0).map(|card| card.url.as_str()));
        if links.len() > LINKS_MAX {
            let place = match index {
                index if index == rendition.parts.len() => "the first comment".to_owned(),
                _ if rendition.parts.len() == 1 => "the post".to_owned(),
                index => format!("part {}", index + 1),
            };
            let over = links.len() - LINKS_MAX;
            let message = format!("{place} has {} links; Threads takes {LINKS_MAX}: {over} too many", links.len());
            error(fitting, "too-many-links", None, &message, "take some out, or move them to another part");
        }
    }
}

fn check_references(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let wishes = &fitting.target.wishes;
    let spans = [&wishes.reply_to, &wishes.quote_of].map(|wish| wish.as_ref().map(|wish| wish.span.clone()));
    let keys = ["reply_to", "quote_of"].into_iter().zip([&rendition.reply_to, &rendition.quote_of]);
    for ((key, reference), span) in keys.zip(spans) {
        let Some(Reference::Url(url)) = reference else { continue };
        if shortcode(url).is_none() {
            let message = format!("`{key}` is no address of a post on Threads: {url}");
            error(fitting, "bad-reference", span, &message, "it looks like https://www.threads.com/@name/post/DAbCdEf");
        }
    }
}

/// The word that names a post in its address (`DAbCdEf` in `https://www.threads.com/@user/post/DAbCdEf`); `None` where the
/// address is none of a post on Threads.
pub fn shortcode(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    if !matches!(host.strip_prefix("www.").unwrap_or(host), "threads.com" | "threads.net") {
        return None;
    }
    let path: Vec<&str> = url.path_segments()?.filter(|segment| !segment.is_empty()).collect();
    let code = match path[..] {
        [user, "post", code, ..] if user.starts_with('@') => code,
        ["t", code] => code,
        _ => return None,
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    code.chars().all(is_plain).then(|| code.to_owned())
}

/// A first comment is a post like the others, with their way to count emoji.
fn check_comment(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let Some(comment) = &rendition.first_comment else { return };
    let (length, most) = (length(comment, fitting.limits.unit), fitting.limits.text_max);
    // More characters than that have been told.
    if length > most && comment.chars().count() <= most {
        let over = length - most;
        let message = format!(
            "the first comment has {length} characters, for Threads counts emoji by their bytes; it takes {most}: {over} too many"
        );
        let span = fitting.target.wishes.first_comment.as_ref().map(|wish| wish.span.clone());
        error(fitting, "comment-too-long", span, &message, "shorten it, or use fewer emoji");
    }
}

fn check_media(fitting: &mut Fitting<'_>, media: &Media) {
    let path = &media.path;
    if media.cover.is_some() {
        let message = format!("Threads takes no cover for `{path}`: it shows the video's beginning");
        error(fitting, "cover-not-offered", None, &message, "leave `cover` out");
    }
    if media.captions.is_some() {
        let message = format!("Threads takes no captions for `{path}`");
        error(fitting, "captions-not-offered", None, &message, "leave `captions` out");
    }
    let Some(film) = media.film.as_ref().filter(|_| media.is_video()) else { return };
    if let Some(rate) = film.audio_rate.filter(|rate| *rate > AUDIO_RATE_MAX) {
        let message = format!("the sound of `{path}` has {rate} samples a second; Threads takes {AUDIO_RATE_MAX}");
        error(fitting, "audio-rate", None, &message, "convert it");
    }
    if let Some(channels) = film.audio_channels.filter(|channels| *channels > AUDIO_CHANNELS_MAX) {
        let message = format!("the sound of `{path}` has {channels} channels; Threads takes {AUDIO_CHANNELS_MAX}");
        error(fitting, "audio-channels", None, &message, "convert it to stereo");
    }
    if !film.fast_start {
        let message = format!("`{path}` says what it holds only at its end, where Threads wants it at the beginning");
        let hint = "save it with \"fast start\": `ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4`";
        fitting.problems.push(Problem::warning("video-slow-start", &fitting.target.source, message).hint(hint));
    }
    if film.edit_list {
        let message = format!("`{path}` has an edit list, which Threads does not take");
        let hint = format!("`pressroom media fit {path} --for threads` writes a copy without");
        fitting.problems.push(Problem::warning("video-edit-list", &fitting.target.source, message).hint(hint));
    }
}

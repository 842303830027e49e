//! LinkedIn's own rules: what cannot stand together in one post, what goes with a video, and which addresses name a post.
//! Knows no call.
//!
//! Sources: <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api> (one kind of content a
//! post; none beside `reshareContext`), `videos-api` (75 KB at least; captions are SRT with a locale), `documents-api` and
//! `poll-post-api` beside it.

use std::ops::Range;

use url::Url;

use super::super::file::megabytes;
use super::super::{Fitting, Media, Reference, Rendition};
use crate::error::{Located, Problem};
use crate::media::Kind;

/// "75KB", read as the larger of its two meanings: what is over that is surely taken.
const VIDEO_BYTES_MIN: u64 = 75 * 1024;

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    stands_alone(fitting, rendition);
    card(fitting, rendition);
    shares(fitting, rendition);
    for (_, media) in rendition.media() {
        match media.kind {
            Kind::Video => video(fitting, media),
            kind if kind.is_document() => document(fitting, media),
            _ => {}
        }
    }
}

/// A poll and a shared post are content of their own.
fn stands_alone(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let target = fitting.target;
    let reference = target.wishes.repost_of.as_ref().or(target.wishes.quote_of.as_ref());
    let has_media = rendition.media().next().is_some();
    if let Some(poll) = &target.wishes.poll
        && (has_media || rendition.card.is_some())
    {
        let message = "a poll on LinkedIn has no media and no link card beside it".to_owned();
        fitting.error("poll-not-alone", poll.span.clone(), message, "leave one out, or write the link in the text");
    }
    if let Some(reference) = reference
        && (has_media || rendition.card.is_some() || rendition.poll.is_some())
    {
        let message = "a post on LinkedIn that shares another has no media, link card or poll of its own".to_owned();
        let hint = "leave them out, or write the address of the other post in the text";
        fitting.error("share-not-alone", reference.span.clone(), message, hint);
    }
}

fn card(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let thumbnail = rendition.card.as_ref().and_then(|card| card.thumbnail.as_ref());
    if let (Some(media), Some(link)) = (thumbnail.filter(|media| !media.kind.is_image()), &fitting.target.wishes.link) {
        let message = format!("`{}` cannot be the picture of a link card on LinkedIn", media.path);
        fitting.error("card-media", link.span.clone(), message, "write the link in the text, or attach a picture");
    }
}

fn shares(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let wishes = &fitting.target.wishes;
    if let (Some(repost), Some(_)) = (&wishes.repost_of, &wishes.quote_of) {
        let message = "a post on LinkedIn shares one other post, not two".to_owned();
        fitting.error("share-twice", repost.span.clone(), message, "keep `repost_of` or `quote_of`");
    }
    if let Some(repost) = &wishes.repost_of
        && rendition.parts.iter().any(|part| !part.text.trim().is_empty())
    {
        let message = "a post with `repost_of` has no text of its own".to_owned();
        fitting.error("repost-text", repost.span.clone(), message, "write `quote_of` to share it with a text");
    }
    let named = [(&wishes.repost_of, &rendition.repost_of), (&wishes.quote_of, &rendition.quote_of)];
    for (wish, reference) in named {
        if let (Some(wish), Some(Reference::Url(url))) = (wish, reference) {
            address(fitting, wish, url);
        }
    }
}

fn address(fitting: &mut Fitting<'_>, wish: &Located<String>, url: &str) {
    if let Err(why) = post_urn(url) {
        let (message, hint) = match why {
            NoPost::Elsewhere => (
                format!("`{url}` is not the address of a post on LinkedIn"),
                "copy the link of the post: https://www.linkedin.com/feed/update/urn:li:share:...",
            ),
            NoPost::Activity => (
                format!("`{url}` names an activity, and LinkedIn takes only the number of the share or ugcPost in it"),
                "take the address that \"Embed this post\" shows: it names urn:li:share: or urn:li:ugcPost:",
            ),
        };
        fitting.error("share-address", wish.span.clone(), message, hint);
    }
}

/// Why an address names no post that can be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPost {
    /// It is none of LinkedIn's, or leads to something else there.
    Elsewhere,
    /// It names what wraps the post in a feed, which has another number.
    Activity,
}

/// The URN in the address of a post: `https://www.linkedin.com/feed/update/urn:li:share:1/`, or
/// `https://www.linkedin.com/posts/jane-doe_tea-ugcPost-1-a1b2`.
///
/// # Errors
/// Why it names none that can be shared.
pub fn post_urn(address: &str) -> Result<String, NoPost> {
    let url = Url::parse(address).map_err(|_| NoPost::Elsewhere)?;
    let host = url.host_str().unwrap_or_default();
    if host != "linkedin.com" && !host.ends_with(".linkedin.com") {
        return Err(NoPost::Elsewhere);
    }
    let path = percent_encoding::percent_decode_str(url.path()).decode_utf8_lossy().into_owned();
    for (kind, in_slug) in [("share", "-share-"), ("ugcPost", "-ugcPost-"), ("activity", "-activity-")] {
        let urn = format!("urn:li:{kind}:");
        let in_path = if path.starts_with("/posts/") { in_slug } else { urn.as_str() };
        let Some((_, after)) = path.rsplit_once(in_path) else { continue };
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        match kind {
            _ if digits.is_empty() => {}
            "activity" => return Err(NoPost::Activity),
            _ => return Ok(format!("{urn}{digits}")),
        }
    }
    Err(NoPost::Elsewhere)
}

fn video(fitting: &mut Fitting<'_>, media: &Media) {
    let path = &media.path;
    if media.bytes < VIDEO_BYTES_MIN {
        let (has, least) = (megabytes(media.bytes), megabytes(VIDEO_BYTES_MIN));
        let message = format!("`{path}` has {has}; a video on LinkedIn has {least} or more");
        error(fitting, "video-too-small", message, "save it in a better quality");
    }
    if let Some(cover) = media.cover.as_deref().filter(|cover| !matches!(cover.kind, Kind::Jpeg | Kind::Png)) {
        let message = format!("`{}` cannot be the cover of a video on LinkedIn", cover.path);
        error(fitting, "cover-kind", message, "save it as JPEG or PNG");
    }
    let Some(captions) = media.captions.as_deref() else { return };
    let path = &captions.file.path;
    if captions.file.mime == "text/vtt" {
        let message = format!("`{path}` is WebVTT; LinkedIn takes captions as SubRip");
        error(fitting, "captions-kind", message, "save them as .srt");
    }
    if captions.lang.is_none() {
        let message = format!("`{path}` does not tell its language, which LinkedIn wants to know");
        error(fitting, "captions-language", message, "name it like `film.en.srt`, or write `lang: en` in the post");
    }
}

fn document(fitting: &mut Fitting<'_>, media: &Media) {
    if media.title.is_none() {
        let message = format!("`{}` has no title, and LinkedIn shows one above a document", media.path);
        error(fitting, "document-title-missing", message, "add `title` to the post, or to the document under `media`");
    }
}

/// An error about what is attached, at the place where the front matter attaches something.
fn error(fitting: &mut Fitting<'_>, code: &'static str, message: String, hint: &str) {
    let problem = Problem::error(code, &fitting.target.source, message).hint(hint);
    let span: Option<Range<usize>> = fitting.target.wishes.media.as_ref().map(|media| media.span.clone());
    fitting.problems.push(match span {
        Some(span) => problem.at(span),
        None => problem,
    });
}

//! What only Mastodon asks for: a warning that counts with the text, a poll without files, addresses of posts anywhere.
//!
//! Sources: <https://docs.joinmastodon.org/methods/statuses/#create>,
//! <https://github.com/mastodon/mastodon/blob/main/app/validators/status_length_validator.rb>.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use url::Url;

use crate::error::Problem;
use crate::fit::{Fitting, Reference, Rendition};

pub(super) fn check(fitting: &mut Fitting<'_>, rendition: &Rendition) {
    let wishes = &fitting.target.wishes;
    let key = |name: &str| wishes.settings.get(name).map(|setting| setting.span.clone());
    let (warning, sensitive) = (key("content_warning"), key("sensitive"));
    let poll = wishes.poll.as_ref().map(|poll| poll.span.clone());
    let reply_to = wishes.reply_to.as_ref().map(|wish| wish.span.clone());
    check_warning(fitting, rendition, warning);
    let hides = rendition.settings.get("sensitive").is_some_and(|value| value == "true");
    if hides && rendition.media().next().is_none() {
        let message = "`sensitive` hides pictures and videos, and the post has none";
        error(fitting, "nothing-to-hide", sensitive, message, "leave it out, or write `content_warning`");
    }
    if rendition.poll.is_some() && rendition.parts.first().is_some_and(|part| !part.media.is_empty()) {
        let message = "a poll on Mastodon stands in a post without pictures and videos";
        error(fitting, "poll-with-media", poll, message, "leave the media out, or put them into a later part");
    }
    if let Some(Reference::Url(url)) = &rendition.reply_to
        && !is_page(url)
    {
        let message = format!("`reply_to` is no address of a post: {url}");
        error(
            fitting,
            "bad-reference",
            reply_to,
            &message,
            "it looks like https://mastodon.social/@ann/116201337000000001",
        );
    }
    for (_, media) in rendition.media() {
        let path = &media.path;
        if media.cover.is_some() {
            let message = format!("pressroom sends Mastodon no cover for `{path}`: it shows the video's beginning");
            error(fitting, "cover-not-offered", None, &message, "leave `cover` out");
        }
        if media.captions.is_some() {
            let message = format!("Mastodon takes no captions for `{path}`");
            error(fitting, "captions-not-offered", None, &message, "leave `captions` out");
        }
    }
}

fn error(fitting: &mut Fitting<'_>, code: &'static str, span: Option<Range<usize>>, message: &str, hint: &str) {
    let problem = Problem::error(code, &fitting.target.source, message).hint(hint);
    fitting.problems.push(match span {
        Some(span) => problem.at(span),
        None => problem,
    });
}

/// Text and warning share one limit.
fn check_warning(fitting: &mut Fitting<'_>, rendition: &Rendition, span: Option<Range<usize>>) {
    let Some(warning) = rendition.settings.get("content_warning") else { return };
    if warning.trim().is_empty() {
        error(fitting, "empty-warning", span, "the content warning is empty", "write one, or leave it out");
        return;
    }
    let extra = warning.graphemes(true).count();
    for (index, part) in rendition.parts.iter().enumerate() {
        let (both, most) = (part.count + extra, part.limit);
        // A text that is too long by itself has been told.
        if part.count <= most && both > most {
            let place = if rendition.parts.len() == 1 { "the text".to_owned() } else { format!("part {}", index + 1) };
            let message = format!(
                "{place} and the content warning have {both} graphemes together; Mastodon takes {most}: {} too many",
                both - most
            );
            error(fitting, "text-too-long", span.clone(), &message, "shorten one of them");
        }
    }
}

/// Whether an address may be a post's: servers have their own forms.
fn is_page(address: &str) -> bool {
    let url = Url::parse(address).ok().filter(|url| url.scheme() == "https" && url.host_str().is_some());
    url.is_some_and(|url| url.path().len() > 1)
}

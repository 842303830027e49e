//! LinkedIn's own rules: what cannot stand together in one post, what goes with a video, and which addresses name a post.
//! Knows no call.
//!
//! Sources: <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api> (one kind of content a
//! post; none beside `reshareContext`), `videos-api` (75 KB at least; captions are SRT with a locale), `documents-api` and
//! `poll-post-api` beside it.

use std::ops::Range;

use url::Url;

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
    let found = [("share", "-share-"), ("ugcPost", "-ugcPost-"), ("activity", "-activity-")].map(|(kind, in_slug)| {
        let urn = format!("urn:li:{kind}:");
        let mark = if path.starts_with("/posts/") { in_slug } else { &urn };
        let start = path.rfind(mark)? + mark.len();
        let digits: String = path[start..].chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then(|| (start, kind, format!("{urn}{digits}")))
    });
    // In a slug the words of the text come first.
    match found.into_iter().flatten().max() {
        None => Err(NoPost::Elsewhere),
        Some((_, "activity", _)) => Err(NoPost::Activity),
        Some((_, _, urn)) => Ok(urn),
    }
}

fn video(fitting: &mut Fitting<'_>, media: &Media) {
    let path = &media.path;
    if media.bytes < VIDEO_BYTES_MIN {
        let message = format!("`{path}` has {} bytes; LinkedIn takes no less than {VIDEO_BYTES_MIN}", media.bytes);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Hosted;
    use crate::fit::fit;
    use crate::fit::tests::{account, target};
    use crate::limits::Platform;
    use crate::media::{Facts, Film, Lack, Library};
    use crate::post::{self, MediaWish, Wishes};
    use chrono::TimeDelta;

    fn wish<T>(value: T) -> Option<Located<T>> {
        Some(Located::new(value, 0..3))
    }

    fn attached(src: &str) -> MediaWish {
        let alt = Some("A".to_owned());
        MediaWish { src: Located::new(src.to_owned(), 0..3), alt, part: None, title: None, cover: None, captions: None }
    }

    fn media(wishes: Vec<MediaWish>) -> Wishes {
        Wishes { media: wish(wishes), ..Wishes::default() }
    }

    fn poll(question: &str, options: &[&str], days: i64) -> Wishes {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let poll = post::Poll { options, duration: TimeDelta::days(days) };
        let title = Some(question).filter(|question| !question.is_empty()).map(str::to_owned);
        Wishes { poll: wish(poll), title: title.and_then(wish), ..Wishes::default() }
    }

    fn library() -> Library {
        let film = |seconds: u64| Some(Film { duration_ms: Some(seconds * 1000), ..Film::default() });
        let file = |path: &str, kind, mime, bytes, film, pages| {
            let path = path.to_owned();
            let (sha256, size) = (path.clone(), Some((40, 30)));
            let facts = Facts {
                path: path.clone(),
                kind,
                mime,
                bytes,
                size,
                sha256,
                turned: false,
                animated: false,
                film,
                pages,
            };
            (path, Ok::<_, Lack>(facts))
        };
        [
            file("a.png", Kind::Png, "image/png", 9, None, None),
            file("b.png", Kind::Png, "image/png", 9, None, None),
            file("c.webp", Kind::Webp, "image/webp", 9, None, None),
            file("ok.mp4", Kind::Video, "video/mp4", 76_800, film(3), None),
            file("small.mp4", Kind::Video, "video/mp4", 76_799, film(3), None),
            file("short.mp4", Kind::Video, "video/mp4", 80_000, film(2), None),
            file("long.mp4", Kind::Video, "video/mp4", 80_000, film(1801), None),
            file("large.mp4", Kind::Video, "video/mp4", 500_000_001, film(60), None),
            file("film.webm", Kind::Video, "video/webm", 80_000, film(3), None),
            file("film.en.srt", Kind::Captions, "application/x-subrip", 9, None, None),
            file("film.srt", Kind::Captions, "application/x-subrip", 9, None, None),
            file("film.en.vtt", Kind::Captions, "text/vtt", 9, None, None),
            file("deck.pdf", Kind::Pdf, "application/pdf", 100_000_000, None, Some(300)),
            file("large.pdf", Kind::Pdf, "application/pdf", 100_000_001, None, Some(301)),
            file("deck.pptx", Kind::Slides, "application/x", 9, None, None),
            file("deck.docx", Kind::Word, "application/x", 9, None, None),
        ]
        .into()
    }

    fn fitted(text: &str, wishes: Wishes) -> (Option<Rendition>, Vec<String>) {
        let (target, account) = (target(Platform::LinkedIn, text, wishes), account(Platform::LinkedIn));
        let (rendition, problems) = fit(&target, &account, Hosted::Nowhere, &library());
        let say =
            |problem: Problem| format!("{}: {}; {}", problem.code, problem.message, problem.hint.unwrap_or_default());
        (rendition, problems.into_iter().map(say).collect())
    }

    #[test]
    fn what_linkedin_takes_is_fitted() {
        let share = || wish("https://www.linkedin.com/feed/update/urn:li:share:1/".to_owned());
        let film = |cover: &str, captions: &str| MediaWish {
            cover: Some(cover.to_owned()),
            captions: Some(captions.to_owned()),
            ..attached("ok.mp4")
        };
        let titled = |src| MediaWish { title: Some("Deck".to_owned()), ..attached(src) };
        for (text, wishes) in [
            ("Tea", media(vec![attached("ok.mp4")])),
            ("Tea", media(vec![film("a.png", "film.en.srt")])),
            ("Tea", Wishes { lang: wish("de".to_owned()), ..media(vec![film("a.png", "film.srt")]) }),
            ("", media(vec![titled("deck.pdf")])),
            ("Tea", media(vec![titled("deck.pptx")])),
            ("Tea", Wishes { title: wish("Deck".to_owned()), ..media(vec![attached("deck.docx")]) }),
            ("Tea", poll(&"ä".repeat(140), &["a", &"b".repeat(30)], 14)),
            ("Tea", poll("Tea?", &["a", "b", "c", "d"], 1)),
            ("", Wishes { repost_of: share(), ..Wishes::default() }),
            ("Tea", Wishes { quote_of: share(), ..Wishes::default() }),
            ("Tea", Wishes { quote_of: wish("an-earlier-post".to_owned()), ..Wishes::default() }),
            ("Tea", Wishes { first_comment: wish("ä".repeat(1250)), ..Wishes::default() }),
        ] {
            let said = format!("{wishes:?}");
            let (rendition, problems) = fitted(text, wishes);
            assert_eq!((rendition.is_some(), problems), (true, vec![]), "{said}");
        }
    }

    #[test]
    fn a_title_is_that_of_a_poll_or_a_document_and_of_nothing_else() {
        let title = || wish("Which tea?".to_owned());
        let of = |wishes| fitted("Tea", wishes).0.unwrap();
        assert_eq!(of(Wishes { title: title(), ..Wishes::default() }).title, None);
        assert_eq!(of(poll(" Which tea? ", &["a", "b"], 1)).title.as_deref(), Some("Which tea?"));
        let deck = of(Wishes { title: title(), ..media(vec![attached("deck.pdf")]) });
        assert_eq!((deck.title, deck.parts[0].media[0].title.as_deref()), (None, Some("Which tea?")));
        assert_eq!(deck.kind, post::Kind::Document);
        assert_eq!(of(media(vec![attached("ok.mp4")])).kind, post::Kind::Feed);
    }

    #[test]
    fn what_linkedin_does_not_take_is_said() {
        let share = || wish("https://www.linkedin.com/feed/update/urn:li:share:1/".to_owned());
        let at = |url: &str| Wishes { quote_of: wish(url.to_owned()), ..Wishes::default() };
        let titled = |src| MediaWish { title: Some("Deck".to_owned()), ..attached(src) };
        let link = |wishes| Wishes { link: wish("https://ex.org/".to_owned()), title: wish("T".to_owned()), ..wishes };
        let film = |cover: Option<&str>, captions: Option<&str>| {
            let (cover, captions) = (cover.map(str::to_owned), captions.map(str::to_owned));
            media(vec![MediaWish { cover, captions, ..attached("ok.mp4") }])
        };
        for (text, wishes, said) in [
            (
                "Tea",
                media(vec![attached("small.mp4")]),
                "video-too-small: `small.mp4` has 76799 bytes; LinkedIn takes no less than 76800; save it in a better quality",
            ),
            (
                "Tea",
                media(vec![attached("short.mp4")]),
                "video-too-short: `short.mp4` lasts 2 s; LinkedIn takes no less than 3 s; take a longer one",
            ),
            (
                "Tea",
                media(vec![attached("long.mp4")]),
                "video-too-long: `long.mp4` lasts 1801 s; LinkedIn takes 30 min: 1 s too long; cut it",
            ),
            (
                "Tea",
                media(vec![attached("large.mp4")]),
                "video-too-large: `large.mp4` has 500.01 MB; LinkedIn takes 500 MB; save it smaller",
            ),
            (
                "Tea",
                media(vec![attached("film.webm")]),
                "video-kind: `film.webm` is video/webm, which LinkedIn does not take; convert it to one of these: video/mp4",
            ),
            (
                "Tea",
                media(vec![attached("ok.mp4"), attached("a.png")]),
                "mixed-media: LinkedIn takes pictures or a video, not both; leave one kind out",
            ),
            (
                "Tea",
                media(vec![titled("deck.pdf"), attached("a.png")]),
                "too-many-documents: LinkedIn takes no documents with `kind: feed`; leave 1 out",
            ),
            (
                "Tea",
                media(vec![attached("deck.pdf")]),
                "document-title-missing: `deck.pdf` has no title, and LinkedIn shows one above a document; add `title` to the post, or to the document under `media`",
            ),
            (
                "Tea",
                film(Some("c.webp"), None),
                "cover-kind: `c.webp` cannot be the cover of a video on LinkedIn; save it as JPEG or PNG",
            ),
            (
                "Tea",
                film(None, Some("film.en.vtt")),
                "captions-kind: `film.en.vtt` is WebVTT; LinkedIn takes captions as SubRip; save them as .srt",
            ),
            (
                "Tea",
                film(None, Some("film.srt")),
                "captions-language: `film.srt` does not tell its language, which LinkedIn wants to know; name it like `film.en.srt`, or write `lang: en` in the post",
            ),
            (
                "Tea",
                link(media(vec![attached("ok.mp4")])),
                "card-media: `ok.mp4` cannot be the picture of a link card on LinkedIn; write the link in the text, or attach a picture",
            ),
            (
                "Tea",
                poll("", &["a", "b"], 1),
                "poll-question-missing: a poll on LinkedIn asks a question, and there is none; add `title`: it is the question",
            ),
            (
                "Tea",
                poll(&"ä".repeat(141), &["a", "b"], 1),
                "poll-question-too-long: the poll's question (`title`) has 141 characters; LinkedIn takes 140: 1 too many; shorten it",
            ),
            (
                "Tea",
                poll("Tea?", &["a"], 1),
                "poll-options: the poll has 1 options; LinkedIn takes 2 to 4; add some, or leave some out",
            ),
            (
                "Tea",
                poll("Tea?", &["a", "b"], 2),
                "poll-duration: the poll lasts 2 days; LinkedIn takes `24 h`, `3 days`, `7 days` or `14 days`; change `duration`",
            ),
            (
                "Tea",
                Wishes { media: wish(vec![attached("a.png")]), ..poll("Tea?", &["a", "b"], 1) },
                "poll-not-alone: a poll on LinkedIn has no media and no link card beside it; leave one out, or write the link in the text",
            ),
            (
                "Tea",
                Wishes { link: wish("https://ex.org/".to_owned()), ..poll("Tea?", &["a", "b"], 1) },
                "poll-not-alone: a poll on LinkedIn has no media and no link card beside it; leave one out, or write the link in the text",
            ),
            (
                "Tea",
                Wishes { quote_of: share(), ..media(vec![attached("a.png")]) },
                "share-not-alone: a post on LinkedIn that shares another has no media, link card or poll of its own; leave them out, or write the address of the other post in the text",
            ),
            (
                "Tea",
                Wishes { repost_of: share(), ..Wishes::default() },
                "repost-text: a post with `repost_of` has no text of its own; write `quote_of` to share it with a text",
            ),
            (
                "",
                Wishes { repost_of: share(), quote_of: share(), ..Wishes::default() },
                "share-twice: a post on LinkedIn shares one other post, not two; keep `repost_of` or `quote_of`",
            ),
            (
                "",
                Wishes { quote_of: share(), ..Wishes::default() },
                "empty-text: the text is empty; write some text or attach a picture",
            ),
            (
                "Tea",
                at("https://x.com/a/status/1"),
                "share-address: `https://x.com/a/status/1` is not the address of a post on LinkedIn; copy the link of the post: https://www.linkedin.com/feed/update/urn:li:share:...",
            ),
            (
                "Tea",
                at("https://www.linkedin.com/posts/jane_tea-activity-7-ab"),
                "share-address: `https://www.linkedin.com/posts/jane_tea-activity-7-ab` names an activity, and LinkedIn takes only the number of the share or ugcPost in it; take the address that \"Embed this post\" shows: it names urn:li:share: or urn:li:ugcPost:",
            ),
            (
                "Tea",
                Wishes { first_comment: wish("ä".repeat(1251)), ..Wishes::default() },
                "comment-too-long: the first comment has 1251 characters; LinkedIn takes 1250: 1 too many; shorten it",
            ),
        ] {
            assert_eq!(fitted(text, wishes).1, [said]);
        }
        let large = fitted("Tea", media(vec![titled("large.pdf")])).1;
        assert_eq!(large.len(), 2, "{large:?}");
    }

    #[test]
    fn addresses_of_posts_are_read() {
        for (address, urn) in [
            ("https://www.linkedin.com/feed/update/urn:li:share:71/", Ok("urn:li:share:71")),
            ("https://www.linkedin.com/feed/update/urn%3Ali%3AugcPost%3A72?x=1", Ok("urn:li:ugcPost:72")),
            ("https://www.linkedin.com/embed/feed/update/urn:li:share:73", Ok("urn:li:share:73")),
            ("https://de.linkedin.com/posts/jane-doe_tea-share-74-a1b2", Ok("urn:li:share:74")),
            ("https://www.linkedin.com/posts/jane_how-to-share-2-ugcPost-75-a1", Ok("urn:li:ugcPost:75")),
            ("https://www.linkedin.com/posts/jane_tea-activity-76-a1", Err(NoPost::Activity)),
            ("https://www.linkedin.com/feed/update/urn:li:activity:77", Err(NoPost::Activity)),
            ("https://www.linkedin.com/in/jane", Err(NoPost::Elsewhere)),
            ("https://www.linkedin.com/feed/update/urn:li:share:", Err(NoPost::Elsewhere)),
            ("https://linkedin.com.evil.example/feed/update/urn:li:share:78", Err(NoPost::Elsewhere)),
            ("https://notlinkedin.com/feed/update/urn:li:share:79", Err(NoPost::Elsewhere)),
            ("no address", Err(NoPost::Elsewhere)),
        ] {
            assert_eq!(post_urn(address).as_deref(), urn.as_ref().copied(), "{address}");
        }
    }
}

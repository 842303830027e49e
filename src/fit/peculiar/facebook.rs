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

#[cfg(test)]
mod tests {
    use crate::account::{Account, Hosted};
    use crate::error::{Located, Problem};
    use crate::fit::tests::{account, target};
    use crate::fit::{Rendition, fit};
    use crate::limits::Platform;
    use crate::media::{Facts, Film, Kind as Media, Lack, Library};
    use crate::post::{Kind, MediaWish, Setting, Wishes};

    fn wish<T>(value: T) -> Option<Located<T>> {
        Some(Located::new(value, 4..7))
    }

    fn media(src: &str) -> MediaWish {
        let (src, alt) = (Located::new(src.to_owned(), 4..7), Some("alt".to_owned()));
        MediaWish { src, alt, part: None, title: None, cover: None, captions: None }
    }

    fn with(kind: Option<Kind>, all: &[&str]) -> Wishes {
        let media = (!all.is_empty()).then(|| all.iter().map(|src| media(src)).collect());
        Wishes { kind: kind.and_then(wish), media: media.and_then(wish), ..Wishes::default() }
    }

    fn setting(wishes: Wishes, key: &str, value: Setting) -> Wishes {
        Wishes { settings: [(key.to_owned(), Located::new(value, 4..7))].into(), ..wishes }
    }

    fn file(
        path: &str,
        kind: Media,
        bytes: u64,
        size: (u32, u32),
        film: Option<Film>,
    ) -> (String, Result<Facts, Lack>) {
        let mime = if kind == Media::Video { "video/mp4" } else { "image/test" };
        let (path, size, sha256) = (path.to_owned(), Some(size), String::new());
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
            pages: None,
        };
        (path, Ok(facts))
    }

    fn film(ms: u64, fps: u32, video: &str) -> Option<Film> {
        let audio = Some("aac".to_owned());
        Some(Film {
            duration_ms: Some(ms),
            fps_milli: Some(fps),
            video: Some(video.to_owned()),
            audio,
            ..Film::default()
        })
    }

    fn library() -> Library {
        let tall = (1080, 1920);
        let mut library: Library = [
            file("good.mp4", Media::Video, 9, tall, film(3_000, 24_000, "h264")),
            file("long.mp4", Media::Video, 9, tall, film(90_000, 60_000, "av1")),
            file("longer.mp4", Media::Video, 9, tall, film(90_001, 60_000, "h264")),
            file("short.mp4", Media::Video, 9, tall, film(2_999, 30_000, "h264")),
            file("slow.mp4", Media::Video, 9, tall, film(9_000, 23_976, "h264")),
            file("odd.mp4", Media::Video, 9, tall, film(9_000, 30_000, "mpeg4")),
            file("wide.mp4", Media::Video, 9_000_000_000, (1920, 1080), film(9_000_000, 15_000, "mpeg4")),
            file("small.mp4", Media::Video, 9, (360, 640), film(9_000, 30_000, "h264")),
            file("a.jpg", Media::Jpeg, 4_000_000, (40, 30), None),
            file("large.jpg", Media::Jpeg, 10_000_000, (40, 30), None),
            file("larger.jpg", Media::Jpeg, 10_000_001, (40, 30), None),
            file("a.webp", Media::Webp, 9, (40, 30), None),
            file("film.en.srt", Media::Captions, 9, (0, 0), None),
        ]
        .into();
        library.extend((0..11).map(|number| file(&format!("{number}.png"), Media::Png, 9, (4, 3), None)));
        library
    }

    fn fitted(acts_as: Option<&str>, text: &str, wishes: Wishes) -> (Option<Rendition>, Vec<String>) {
        let account = Account { acts_as: acts_as.map(str::to_owned), ..account(Platform::Facebook) };
        let target = target(Platform::Facebook, text, wishes);
        let (rendition, problems) = fit(&target, &account, Hosted::Nowhere, &library());
        let say = |problem: Problem| format!("{}: {}", problem.code, problem.message);
        (rendition, problems.into_iter().map(say).collect())
    }

    fn told(text: &str, wishes: Wishes) -> Vec<String> {
        fitted(Some("1121"), text, wishes).1
    }

    #[test]
    fn profiles_and_groups_are_refused_with_the_reason() {
        let (rendition, problems) = fitted(None, "Tea", Wishes::default());
        assert_eq!(rendition, None);
        assert_eq!(
            problems,
            [
                "page-missing: Facebook publishes as a Page only: it closed personal profiles to programs in 2018 and groups in 2024"
            ]
        );
        assert_eq!(fitted(Some("1121"), "Tea", Wishes::default()).1, [""; 0]);
    }

    #[test]
    fn shapes_hold_what_facebook_takes() {
        let (feed, reel, story) = (None, Some(Kind::Reel), Some(Kind::Story));
        let numbers: Vec<String> = (0..11).map(|number| format!("{number}.png")).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        for (text, wishes, problems) in [
            ("a", with(feed, &["a.jpg"]), &[][..]),
            ("", with(feed, &["a.jpg"]), &[]),
            ("a", with(feed, &numbers[..10]), &[]),
            ("a", with(feed, &numbers), &["too-many-images: the post has 11 pictures; Facebook takes 10"]),
            ("a", with(feed, &["wide.mp4"]), &[]),
            ("a", with(feed, &["a.jpg", "wide.mp4"]), &["mixed-media: Facebook takes pictures or a video, not both"]),
            ("a", with(feed, &["good.mp4", "wide.mp4"]), &["too-many-videos: the post has 2 videos; Facebook takes 1"]),
            ("a", with(feed, &["a.webp"]), &["image-kind: `a.webp` is a WebP picture, which Facebook does not take"]),
            (
                "a",
                with(feed, &["large.jpg"]),
                &["photo-large: `large.jpg` has more than 4 MB, which Facebook has been seen to refuse"],
            ),
            (
                "a",
                with(feed, &["larger.jpg"]),
                &[
                    "image-too-large: `larger.jpg` has 10.01 MB; Facebook takes 10 MB",
                    "photo-large: `larger.jpg` has more than 4 MB, which Facebook has been seen to refuse",
                ],
            ),
            ("a", with(reel, &["good.mp4"]), &[]),
            ("a", with(reel, &["long.mp4"]), &[]),
            (
                "a",
                with(reel, &["longer.mp4"]),
                &["video-too-long: `longer.mp4` lasts 90.001 s; Facebook takes 90 s: 0.001 s too long"],
            ),
            (
                "a",
                with(reel, &["short.mp4"]),
                &["video-too-short: `short.mp4` lasts 2.999 s; Facebook takes no less than 3 s"],
            ),
            (
                "a",
                with(reel, &["slow.mp4"]),
                &["video-frame-rate: `slow.mp4` has 23.976 frames a second; Facebook takes 24 to 60"],
            ),
            (
                "a",
                with(reel, &["odd.mp4"]),
                &["video-codec: the video of `odd.mp4` is mpeg4, which Facebook does not take"],
            ),
            (
                "a",
                with(reel, &["small.mp4"]),
                &[
                    "media-size: `small.mp4` is 360 pixels wide; Facebook takes 540 and more",
                    "media-size: `small.mp4` is 640 pixels high; Facebook takes 960 and more",
                ],
            ),
            ("a", with(reel, &["a.jpg"]), &["too-many-images: Facebook takes no pictures with `kind: reel`"]),
            ("a", with(reel, &[]), &["media-needed: Facebook takes no text alone"]),
            ("", with(story, &["a.jpg"]), &[]),
            ("", with(story, &["good.mp4"]), &[]),
            (
                "",
                with(story, &["long.mp4"]),
                &["video-too-long: `long.mp4` lasts 90 s; Facebook takes 60 s: 30 s too long"],
            ),
            ("a", with(story, &["a.jpg"]), &["story-text: a story on Facebook shows no text, and the post has some"]),
        ] {
            let words = format!("{text} {wishes:?}");
            assert_eq!(told(text, wishes), problems, "{words}");
        }
    }

    #[test]
    fn what_does_not_go_together_is_said() {
        let link = |wishes| Wishes { link: wish("https://tea.example/".to_owned()), ..wishes };
        let comment = |wishes| Wishes { first_comment: wish("First".to_owned()), ..wishes };
        let captions = MediaWish { captions: Some("film.en.srt".to_owned()), ..media("good.mp4") };
        let cover = MediaWish { cover: Some("a.jpg".to_owned()), ..media("good.mp4") };
        let only = |media: &MediaWish| Wishes { media: wish(vec![media.clone()]), ..Wishes::default() };
        let (feed, reel, story) = (None, Some(Kind::Reel), Some(Kind::Story));
        let text = |text: &str| Setting::Text(text.to_owned());
        let list = |all: &[&str]| Setting::List(all.iter().map(|one| (*one).to_owned()).collect());
        let not_both = "link-beside-media: Facebook shows a link card, or photos or a video, not both";
        for (wishes, problems) in [
            (link(with(feed, &[])), &[][..]),
            (link(with(feed, &["a.jpg"])), &[not_both]),
            (link(with(feed, &["good.mp4"])), &[not_both]),
            (comment(with(feed, &[])), &[]),
            (comment(with(reel, &["good.mp4"])), &[]),
            (only(&cover), &[]),
            (only(&captions), &["captions-not-offered: this version of pressroom cannot pass captions on to Facebook"]),
            (setting(with(feed, &[]), "place", text("77")), &[]),
            (setting(with(reel, &["good.mp4"]), "place", text("77")), &[]),
            (setting(with(feed, &[]), "place", text("Tea House")), &["setting-not-taken: `place` is no id of a Page"]),
            (
                setting(with(feed, &["good.mp4"]), "place", text("77")),
                &["setting-not-taken: Facebook takes no `place` with a video"],
            ),
            (setting(with(feed, &[]), "targeting", list(&["DE", "NL"])), &[]),
            (
                setting(with(feed, &[]), "targeting", list(&["DE", "Holland"])),
                &["setting-not-taken: `targeting` holds something that is no country"],
            ),
            (setting(link(with(feed, &[])), "call_to_action", text("LEARN_MORE")), &[]),
            (
                setting(with(feed, &[]), "call_to_action", text("LEARN_MORE")),
                &["setting-not-taken: `call_to_action` is the button of a link post, and there is no link"],
            ),
            (setting(with(feed, &["good.mp4"]), "is_ai_generated", Setting::Bool(true)), &[]),
            (
                setting(with(feed, &["a.jpg"]), "is_ai_generated", Setting::Bool(true)),
                &["setting-not-taken: Facebook takes `is_ai_generated` with a video only"],
            ),
        ] {
            let words = format!("{wishes:?}");
            assert_eq!(told("a", wishes), problems, "{words}");
        }
        for (wishes, problems) in [
            (comment(with(story, &["a.jpg"])), "story-takes-no: a story on Facebook takes no `first_comment`"),
            (Wishes { kind: wish(Kind::Story), ..only(&cover) }, "story-takes-no: a story on Facebook takes no cover"),
            (
                setting(with(story, &["a.jpg"]), "targeting", list(&["DE"])),
                "setting-not-taken: a story on Facebook takes no `targeting`",
            ),
        ] {
            assert_eq!(told("", wishes), [problems]);
        }
    }
}

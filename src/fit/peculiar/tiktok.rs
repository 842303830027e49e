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
            error(fitting, "privacy-twice", span, message, "leave one of them out");
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

#[cfg(test)]
mod tests {
    use super::super::super::{fit, tests};
    use crate::account::{Account, Hosted};
    use crate::error::{Located, Problem};
    use crate::limits::Platform;
    use crate::media::{Facts, Film, Kind, Library};
    use crate::post::{self, MediaWish, Setting, Visibility, Wishes};

    fn account() -> Account {
        tests::account(Platform::TikTok)
    }

    fn file(path: &str, kind: Kind, mime: &'static str, size: (u32, u32), film: Option<Film>) -> Facts {
        Facts {
            path: path.into(),
            kind,
            mime,
            bytes: 1000,
            size: Some(size),
            sha256: path.into(),
            turned: false,
            animated: false,
            film,
            pages: None,
        }
    }

    fn film(duration_ms: u64, fps_milli: u32, codec: &str) -> Option<Film> {
        let (duration_ms, fps_milli, video) = (Some(duration_ms), Some(fps_milli), Some(codec.to_owned()));
        Some(Film { duration_ms, fps_milli, video, ..Film::default() })
    }

    fn library() -> Library {
        let h264 = |ms| film(ms, 30_000, "h264");
        let big = Facts { bytes: 4_000_000_001, ..file("big.mp4", Kind::Video, "video/mp4", (720, 1280), h264(9000)) };
        let heavy = Facts { bytes: 20_000_001, ..file("heavy.jpg", Kind::Jpeg, "image/jpeg", (720, 1280), None) };
        [
            file("film.mp4", Kind::Video, "video/mp4", (720, 1280), h264(9000)),
            file("short.mp4", Kind::Video, "video/mp4", (720, 1280), h264(2999)),
            file("long.mov", Kind::Video, "video/quicktime", (720, 1280), h264(600_001)),
            file("small.mp4", Kind::Video, "video/mp4", (359, 4097), h264(9000)),
            file("slow.webm", Kind::Video, "video/webm", (720, 1280), film(9000, 15_000, "av1")),
            file("film.avi", Kind::Video, "video/x-msvideo", (720, 1280), h264(9000)),
            file("a.jpg", Kind::Jpeg, "image/jpeg", (1080, 1920), None),
            file("b.webp", Kind::Webp, "image/webp", (1081, 1920), None),
            file("c.png", Kind::Png, "image/png", (9, 9), None),
            file("film.srt", Kind::Captions, "application/x-subrip", (0, 0), None),
            big,
            heavy,
        ]
        .into_iter()
        .map(|facts| (facts.path.clone(), Ok(facts)))
        .collect()
    }

    fn here<T>(value: T) -> Option<Located<T>> {
        Some(Located::new(value, 0..3))
    }

    fn media(paths: &[&str]) -> Option<Located<Vec<MediaWish>>> {
        let wish = |path: &&str| MediaWish {
            src: Located::new((*path).to_owned(), 0..3),
            alt: None,
            part: None,
            title: None,
            cover: None,
            captions: None,
        };
        here(paths.iter().map(wish).collect())
    }

    fn wishes(paths: &[&str], settings: &[(&str, Setting)]) -> Wishes {
        let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), Located::new(value.clone(), 0..3)));
        Wishes { media: media(paths), settings: settings.collect(), ..Wishes::default() }
    }

    fn text(text: &str) -> Setting {
        Setting::Text(text.into())
    }

    /// What goes without saying in most rows: who may see it, and that nobody may comment.
    fn plain(paths: &[&str], more: &[(&str, Setting)]) -> Wishes {
        let its = [("privacy_level", text("PUBLIC_TO_EVERYONE")), ("disable_comment", Setting::Bool(true))];
        wishes(paths, &[&its[..], more].concat())
    }

    fn told(markdown: &str, wishes: Wishes, account: &Account) -> Vec<String> {
        let target = tests::target(Platform::TikTok, markdown, wishes);
        let (rendition, problems) = fit(&target, account, Hosted::Site, &library());
        assert_eq!(rendition.is_none(), problems.iter().any(Problem::is_error));
        let say =
            |problem: Problem| format!("{}: {}; {}", problem.code, problem.message, problem.hint.unwrap_or_default());
        problems.into_iter().map(say).collect()
    }

    #[test]
    fn what_only_tiktok_asks_for() {
        let tea = "Tea";
        let draft = || ("mode", text("draft"));
        let with = |key: &'static str, value: Setting| plain(&["film.mp4"], &[(key, value)]);
        let titled = |title: String| Wishes { title: here(title), ..plain(&["a.jpg"], &[]) };
        let seen_by = |visibility| Wishes { visibility: here(visibility), ..plain(&["film.mp4"], &[]) };
        let beside = |cover: Option<&str>, captions: Option<&str>| {
            let mut wishes = plain(&["film.mp4"], &[]);
            let wish = &mut wishes.media.as_mut().unwrap().value[0];
            (wish.cover, wish.captions) = (cover.map(str::to_owned), captions.map(str::to_owned));
            wishes
        };
        let long = "x".repeat(2201);
        let table: Vec<(&str, Wishes, &[&str])> = vec![
            (tea, plain(&["film.mp4"], &[]), &[]),
            (tea, plain(&["a.jpg"], &[]), &[]),
            ("", plain(&["film.mp4"], &[]), &[]),
            (
                tea,
                wishes(&["film.mp4"], &[("disable_comment", Setting::Bool(false))]),
                &[
                    "privacy-missing: TikTok has no default audience, and the post names none; add `visibility: public`, \
                   `connections` (friends), `followers` or `private`",
                ],
            ),
            (
                tea,
                Wishes { visibility: here(Visibility::Private), ..wishes(&["film.mp4"], &[]) },
                &[
                    "interactions-off: nobody may comment, make duets or stitch: TikTok wants the author to turn that on; write \
                   `disable_comment: false`, `disable_duet`, `disable_stitch` to turn it on, or `true` if this is meant",
                ],
            ),
            (
                tea,
                Wishes { visibility: here(Visibility::Private), ..wishes(&["a.jpg"], &[]) },
                &[
                    "interactions-off: nobody may comment: TikTok wants the author to turn that on; write `disable_comment: \
                   false` to turn it on, or `true` if this is meant",
                ],
            ),
            (tea, seen_by(Visibility::Public), &[]),
            (
                tea,
                seen_by(Visibility::Private),
                &[
                    "privacy-twice: `privacy_level` says PUBLIC_TO_EVERYONE, and `visibility` SELF_ONLY; leave one of them out",
                ],
            ),
            (
                tea,
                Wishes {
                    visibility: here(Visibility::Private),
                    ..wishes(
                        &["film.mp4"],
                        &[("brand_content", Setting::Bool(true)), ("disable_duet", Setting::Bool(true))],
                    )
                },
                &[
                    "branded-private: TikTok takes no paid partnership that only its creator can see; choose another audience",
                ],
            ),
            (tea, with("brand_organic", Setting::Bool(true)), &[]),
            (tea, with("cover_timestamp_ms", Setting::Number(8999.0)), &[]),
            (
                tea,
                with("cover_timestamp_ms", Setting::Number(9000.0)),
                &[
                    "bad-setting: `cover_timestamp_ms` is 9000; it must lie within the video; write a whole number from 0 to 8999",
                ],
            ),
            (
                tea,
                with("cover_timestamp_ms", Setting::Number(1.5)),
                &[
                    "bad-setting: `cover_timestamp_ms` is 1.5; it must lie within the video; write a whole number from 0 to 8999",
                ],
            ),
            (
                tea,
                with("auto_add_music", Setting::Bool(true)),
                &["setting-without-effect: `auto_add_music` means nothing for a video on TikTok; leave it out"],
            ),
            (
                tea,
                plain(&["a.jpg"], &[("disable_duet", Setting::Bool(true))]),
                &["setting-without-effect: `disable_duet` means nothing for photos on TikTok; leave it out"],
            ),
            (
                tea,
                plain(&["a.jpg", "c.png"], &[]),
                &[
                    "image-kind: `c.png` is a PNG picture, which TikTok does not take; save it as one of these: JPEG, WebP",
                ],
            ),
            (
                tea,
                plain(&["a.jpg"], &[("photo_cover_index", Setting::Number(1.0))]),
                &[
                    "bad-setting: `photo_cover_index` is 1; it counts the post's photos from 0; write a whole number from 0 to 0",
                ],
            ),
            (
                tea,
                plain(&["b.webp"], &[]),
                &[
                    "photo-may-be-too-large: `b.webp` is 1081 x 1920; TikTok speaks of 1080p at most; save it with 1080 pixels \
                   on its shorter side",
                ],
            ),
            (
                tea,
                wishes(&["film.mp4"], &[draft()]),
                &[
                    "text-not-taken: TikTok takes no text with the draft of a video; paste it in the app, when you post the draft",
                ],
            ),
            ("", wishes(&["film.mp4"], &[draft()]), &[]),
            (tea, wishes(&["a.jpg"], &[draft(), ("photo_cover_index", Setting::Number(0.0))]), &[]),
            (
                "",
                Wishes {
                    visibility: here(Visibility::Public),
                    ..wishes(&["film.mp4"], &[draft(), ("is_aigc", Setting::Bool(true))])
                },
                &[
                    "setting-without-effect: `is_aigc` means nothing for the draft of a video on TikTok; choose it in the app, \
                     when you post the draft",
                    "visibility-not-taken: TikTok takes no audience with a draft; choose it in the app, when you post the draft",
                ],
            ),
            (
                tea,
                plain(&["short.mp4"], &[]),
                &[
                    "video-may-be-too-short: `short.mp4` lasts less than 3 s, which TikTok may refuse; take a longer one",
                ],
            ),
            (
                tea,
                beside(Some("a.jpg"), Some("film.srt")),
                &[
                    "cover-left-out: TikTok takes no picture as a cover, so `a.jpg` is left out; name a frame of the video: \
                     `cover_timestamp_ms: 1500`",
                    "captions-left-out: TikTok takes no captions with `film.mp4`, so they are left out; turn on captions in the app",
                ],
            ),
            // What the table of limits says.
            (tea, titled("🍵".repeat(45)), &[]),
            (
                tea,
                titled("🍵".repeat(46)),
                &["title-too-long: the title has 92 UTF-16 units; TikTok takes 90: 2 too many; shorten it"],
            ),
            (
                tea,
                titled("x".repeat(91)),
                &["title-too-long: the title has 91 characters; TikTok takes 90: 1 too many; shorten it"],
            ),
            // The title of a video is nobody's.
            (tea, Wishes { title: here("x".repeat(91)), ..plain(&["film.mp4"], &[]) }, &[]),
            (&long, plain(&["a.jpg"], &[]), &[]),
            (
                &long,
                plain(&["film.mp4"], &[]),
                &[
                    "text-too-long: the text has 2201 UTF-16 units; TikTok takes 2200: 1 too many; shorten it, or write another \
                   text for this platform under `overrides`",
                ],
            ),
            (
                tea,
                plain(&["long.mov"], &[]),
                &["video-too-long: `long.mov` lasts 600.001 s; TikTok takes 10 min: 0.001 s too long; cut it"],
            ),
            (
                tea,
                plain(&["small.mp4"], &[]),
                &[
                    "media-size: `small.mp4` is 359 pixels wide; TikTok takes 360 to 4096; save it in another size",
                    "media-size: `small.mp4` is 4097 pixels high; TikTok takes 360 to 4096; save it in another size",
                ],
            ),
            (
                tea,
                plain(&["slow.webm"], &[]),
                &[
                    "video-frame-rate: `slow.webm` has 15 frames a second; TikTok takes 23 to 60; convert it to 30 frames a second",
                    "video-codec: the video of `slow.webm` is av1, which TikTok does not take; convert it to h264 or hevc or vp8 \
                     or vp9",
                ],
            ),
            (
                tea,
                plain(&["film.avi"], &[]),
                &[
                    "video-kind: `film.avi` is video/x-msvideo, which TikTok does not take; convert it to one of these: \
                   video/mp4, video/quicktime, video/webm",
                ],
            ),
            (
                tea,
                plain(&["big.mp4"], &[]),
                &["video-too-large: `big.mp4` has 4000.01 MB; TikTok takes 4000 MB; save it smaller"],
            ),
            (
                tea,
                plain(&["heavy.jpg"], &[]),
                &[
                    "image-too-large: `heavy.jpg` has 20.01 MB; TikTok takes 20 MB; `pressroom media fit heavy.jpg --for tiktok` writes a smaller copy",
                ],
            ),
            (
                tea,
                plain(&["film.mp4", "a.jpg"], &[]),
                &["too-many-videos: TikTok takes no videos with `kind: feed`; leave 1 out"],
            ),
            (tea, plain(&[], &[]), &["media-needed: TikTok takes no text alone; attach a picture or a video"]),
            (tea, Wishes { kind: here(post::Kind::Reel), ..plain(&["film.mp4"], &[]) }, &[]),
            (
                tea,
                Wishes { kind: here(post::Kind::Reel), ..plain(&["a.jpg"], &[]) },
                &["too-many-images: TikTok takes no pictures with `kind: reel`; leave 1 out"],
            ),
        ];
        for (markdown, wishes, problems) in table {
            assert_eq!(told(markdown, wishes.clone(), &account()), problems, "{wishes:?}");
        }
        let page = Account { acts_as: Some("7".into()), ..account() };
        assert_eq!(
            told(tea, plain(&["a.jpg"], &[]), &page),
            [
                "as-not-offered: TikTok cannot act as `7`: a login belongs to one creator; take `as` out of accounts.toml, and log \
              in as the creator when you connect the account"
            ]
        );
    }

    #[test]
    fn thirty_five_photos_are_a_post() {
        let names: Vec<String> = (0..36).map(|number| format!("{number}.jpg")).collect();
        let library: Library =
            names.iter().map(|name| (name.clone(), Ok(file(name, Kind::Jpeg, "image/jpeg", (9, 9), None)))).collect();
        let paths: Vec<&str> = names.iter().map(String::as_str).collect();
        for (count, problems) in [(35, 0), (36, 1)] {
            let target = tests::target(Platform::TikTok, "Tea", plain(&paths[..count], &[]));
            assert_eq!(fit(&target, &account(), Hosted::Site, &library).1.len(), problems, "{count}");
        }
    }
}

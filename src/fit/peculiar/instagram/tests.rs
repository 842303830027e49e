//! What Instagram takes and does not take of a post, as tables: its row of limits and its own rules, through `fit`.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{UserTag, user_tags};
use crate::account::{Account, Hosted};
use crate::error::Located;
use crate::fit::{Rendition, fit, tests};
use crate::limits::Platform;
use crate::media::{Facts, Film, Kind as File, Library};
use crate::post::target::Target;
use crate::post::{Kind, MediaWish, Setting, Wishes};

fn account() -> Account {
    tests::account(Platform::Instagram)
}

/// A post of some files, of a kind, with settings.
fn target(text: &str, media: Vec<MediaWish>, kind: Option<Kind>, settings: &[(&str, Setting)]) -> Target {
    let settings: BTreeMap<String, Located<Setting>> =
        settings.iter().map(|(key, value)| ((*key).to_owned(), Located::new(value.clone(), 4..7))).collect();
    let wishes = Wishes {
        media: Some(Located::new(media, 4..7)),
        kind: kind.map(|kind| Located::new(kind, 4..7)),
        settings,
        ..Wishes::default()
    };
    tests::target(Platform::Instagram, text, wishes)
}

fn wish(src: &str) -> MediaWish {
    let src = Located::new(src.to_owned(), 4..7);
    MediaWish { src, alt: Some("Tea".to_owned()), part: None, title: None, cover: None, captions: None }
}

/// As people write a video: its words are its own.
fn film_wish(src: &str) -> MediaWish {
    MediaWish { alt: None, ..wish(src) }
}

fn file(path: &str, kind: File, bytes: u64, size: (u32, u32), film: Option<Film>) -> Facts {
    let mime = if kind == File::Video { "video/mp4" } else { "image/jpeg" };
    let (path, sha256) = (path.to_owned(), path.to_owned());
    Facts { path, kind, mime, bytes, size: Some(size), sha256, turned: false, animated: false, film, pages: None }
}

fn good_film() -> Film {
    Film {
        duration_ms: Some(30_000),
        fps_milli: Some(29_970),
        video: Some("h264".to_owned()),
        audio: Some("aac".to_owned()),
        audio_rate: Some(48_000),
        audio_channels: Some(2),
        fast_start: true,
        edit_list: false,
    }
}

fn library() -> Library {
    let film = |path: &str, bytes, size, film| file(path, File::Video, bytes, size, Some(film));
    let image = |path: &str, kind, bytes, size| file(path, kind, bytes, size, None);
    let reel = (1080, 1920);
    let all = [
        image("tea.jpg", File::Jpeg, 8_000_000, (1080, 1350)),
        image("wide.jpg", File::Jpeg, 9, (1910, 1000)),
        image("wider.jpg", File::Jpeg, 9, (1911, 1000)),
        image("tall.jpg", File::Jpeg, 9, (1080, 1351)),
        image("heavy.jpg", File::Jpeg, 8_000_001, (1080, 1080)),
        image("tea.png", File::Png, 9, (1080, 1080)),
        file("words.srt", File::Captions, 9, (0, 0), None),
        film("good.mp4", 300_000_000, reel, good_film()),
        film("small.mp4", 9, reel, good_film()),
        film("heavy.mp4", 300_000_001, reel, good_film()),
        film("broad.mp4", 9, (1921, 1080), good_film()),
        film("thin.mp4", 9, (10, 1001), good_film()),
        film("short.mp4", 9, reel, Film { duration_ms: Some(2_999), ..good_film() }),
        film("minute.mp4", 9, reel, Film { duration_ms: Some(60_001), ..good_film() }),
        film("long.mp4", 9, reel, Film { duration_ms: Some(900_001), ..good_film() }),
        film("slow.mp4", 9, reel, Film { fps_milli: Some(22_999), ..good_film() }),
        film("av1.mp4", 9, reel, Film { video: Some("av1".to_owned()), ..good_film() }),
        film("opus.mp4", 9, reel, Film { audio: Some("opus".to_owned()), ..good_film() }),
        film("hifi.mp4", 9, reel, Film { audio_rate: Some(96_000), ..good_film() }),
        film("surround.mp4", 9, reel, Film { audio_channels: Some(6), ..good_film() }),
        film("end.mp4", 9, reel, Film { fast_start: false, ..good_film() }),
        film("cut.mp4", 9, reel, Film { edit_list: true, ..good_film() }),
    ];
    all.into_iter().map(|facts| (facts.path.clone(), Ok(facts))).collect()
}

fn fitted(target: &Target) -> (Option<Rendition>, Vec<String>) {
    let (rendition, problems) = fit(target, &account(), Hosted::Site, &library());
    let say = |problem: crate::error::Problem| {
        let severity = if problem.is_error() { "error" } else { "warning" };
        format!("{severity} {}: {}; {}", problem.code, problem.message, problem.hint.unwrap_or_default())
    };
    (rendition, problems.into_iter().map(say).collect())
}

#[test]
fn media_make_the_kind() {
    let ten = || (0..5).flat_map(|_| [wish("tea.jpg"), film_wish("small.mp4")]);
    // The same file counts once a part, so these are of two.
    for (media, kind, made) in [
        (vec![wish("tea.jpg")], None, Kind::Feed),
        (vec![wish("wide.jpg")], None, Kind::Feed),
        (ten().collect(), None, Kind::Feed),
        (vec![film_wish("small.mp4"), film_wish("good.mp4")], None, Kind::Feed),
        (vec![film_wish("good.mp4")], None, Kind::Reel),
        (vec![film_wish("small.mp4")], Some(Kind::Feed), Kind::Feed),
    ] {
        let (rendition, problems) = fitted(&target("Tea", media, kind, &[]));
        assert_eq!(problems, [] as [&str; 0]);
        assert_eq!(rendition.unwrap().kind, made);
    }
    let (rendition, problems) = fitted(&target("", vec![film_wish("small.mp4")], Some(Kind::Story), &[]));
    assert_eq!((rendition.unwrap().kind, problems), (Kind::Story, vec![]));
}

#[test]
fn what_instagram_does_not_take() {
    let picture = || vec![wish("tea.jpg")];
    let one = |src: &str| vec![film_wish(src)];
    let eleven = || {
        let mut media = picture();
        media.extend((0..10).map(|_| wish("tea.jpg")));
        media
    };
    let text = |word: &str, times: usize| word.repeat(times);
    assert_eq!(eleven().len(), 11);
    for (text, media, kind, problem) in [
        (
            "Tea".to_owned(),
            vec![],
            None,
            "error media-needed: Instagram takes no text alone; attach a picture or a video",
        ),
        (
            text("t", 2201),
            picture(),
            None,
            "error text-too-long: the text has 2201 UTF-16 units; Instagram takes 2200: 1 too many; shorten it, or write another text for this platform under `overrides`",
        ),
        (
            text("#t ", 31),
            picture(),
            None,
            "error too-many-hashtags: the text has 31 hashtags; Instagram takes 30: 1 too many; leave some out",
        ),
        (
            text("@ann ", 22),
            picture(),
            None,
            "error too-many-mentions: the text has 22 mentions; Instagram takes 20: 2 too many; leave some out",
        ),
        (
            "Tea".to_owned(),
            picture(),
            Some(Kind::Story),
            "error story-text: Instagram shows no text with a story; take it away for Instagram, `overrides: {instagram: {text: \"\"}}`, or draw it into the picture",
        ),
        (
            "Tea".to_owned(),
            picture(),
            Some(Kind::Reel),
            "error too-many-images: Instagram takes no pictures with `kind: reel`; leave 1 out",
        ),
        (
            "Tea".to_owned(),
            vec![wish("tea.png")],
            None,
            "error image-kind: `tea.png` is a PNG picture, which Instagram does not take; save it as one of these: JPEG",
        ),
        (
            "Tea".to_owned(),
            vec![wish("heavy.jpg")],
            None,
            "error image-too-large: `heavy.jpg` has 8.01 MB; Instagram takes 8 MB; `pressroom media fit heavy.jpg --for instagram` writes a smaller copy",
        ),
        (
            "Tea".to_owned(),
            vec![wish("wider.jpg")],
            None,
            "error media-ratio: `wider.jpg` is 1911 x 1000; Instagram takes shapes from 4:5 to 1.91:1; cut it to another shape",
        ),
        (
            "Tea".to_owned(),
            vec![wish("tall.jpg")],
            None,
            "error media-ratio: `tall.jpg` is 1080 x 1351; Instagram takes shapes from 4:5 to 1.91:1; cut it to another shape",
        ),
        (
            "Tea".to_owned(),
            one("heavy.mp4"),
            None,
            "error video-too-large: `heavy.mp4` has 300.01 MB; Instagram takes 300 MB; save it smaller",
        ),
        (
            "Tea".to_owned(),
            one("short.mp4"),
            None,
            "error video-too-short: `short.mp4` lasts 2.999 s; Instagram takes no less than 3 s; take a longer one",
        ),
        (
            "Tea".to_owned(),
            one("long.mp4"),
            None,
            "error video-too-long: `long.mp4` lasts 900.001 s; Instagram takes 15 min: 0.001 s too long; cut it",
        ),
        (
            "Tea".to_owned(),
            one("slow.mp4"),
            None,
            "error video-frame-rate: `slow.mp4` has 22.999 frames a second; Instagram takes 23 to 60; convert it to 30 frames a second",
        ),
        (
            "Tea".to_owned(),
            one("av1.mp4"),
            None,
            "error video-codec: the video of `av1.mp4` is av1, which Instagram does not take; convert it to h264 or hevc",
        ),
        (
            "Tea".to_owned(),
            one("opus.mp4"),
            None,
            "error video-codec: the audio of `opus.mp4` is opus, which Instagram does not take; convert it to aac",
        ),
        (
            "Tea".to_owned(),
            one("hifi.mp4"),
            None,
            "error audio-rate: the sound of `hifi.mp4` has 96000 samples a second; Instagram takes 48000; convert it: `ffmpeg -i in.mp4 -c:v copy -ar 48000 out.mp4`",
        ),
        (
            "Tea".to_owned(),
            one("surround.mp4"),
            None,
            "error audio-channels: the sound of `surround.mp4` has 6 channels; Instagram takes 2; convert it: `ffmpeg -i in.mp4 -c:v copy -ac 2 out.mp4`",
        ),
        (
            "Tea".to_owned(),
            one("end.mp4"),
            None,
            "warning video-not-fast-start: `end.mp4` tells what it holds only at its end; Instagram wants that first; `ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4` puts it there",
        ),
        (
            "Tea".to_owned(),
            one("cut.mp4"),
            None,
            "warning video-edit-list: `cut.mp4` has an edit list, which Instagram does not take; `pressroom media fit cut.mp4 --for instagram` writes a copy without",
        ),
        (
            String::new(),
            one("minute.mp4"),
            Some(Kind::Story),
            "error video-too-long: `minute.mp4` lasts 60.001 s; Instagram takes 60 s: 0.001 s too long; cut it",
        ),
        (
            String::new(),
            one("good.mp4"),
            Some(Kind::Story),
            "error video-too-large: `good.mp4` has 300 MB; Instagram takes 100 MB; save it smaller",
        ),
        (
            String::new(),
            one("thin.mp4"),
            Some(Kind::Story),
            "error media-ratio: `thin.mp4` is 10 x 1001; Instagram takes shapes from 1:10 to 10:1; cut it to another shape",
        ),
    ] {
        let (rendition, problems) = fitted(&target(&text, media, kind, &[]));
        assert_eq!(problems, [problem]);
        assert_eq!(rendition.is_some(), problem.starts_with("warning"));
    }
    // Which of the two sides is named first is file.rs's affair.
    let (_, problems) = fitted(&target("Tea", one("broad.mp4"), None, &[]));
    assert!(problems[0].contains("1920"), "{problems:?}");
}

#[test]
fn settings_go_with_some_kinds() {
    let list = |names: &[&str]| Setting::List(names.iter().map(|name| (*name).to_owned()).collect());
    let (picture, reel) = (|| vec![wish("tea.jpg")], || vec![film_wish("small.mp4")]);
    let pair = || vec![wish("tea.jpg"), film_wish("small.mp4")];
    let place = "write how far from the left and the top, from 0 to 1: `name 0.5 0.8`";
    let unread =
        "write `name`, `name X Y` with X and Y from 0 to 1, or `2: name X Y` for the second item of a carousel";
    for (media, key, value, problem) in [
        (picture(), "collaborators", list(&["ann", "@bob", "c.d_e"]), String::new()),
        (picture(), "collaborators", list(&["a", "b", "c", "d"]), "error too-many-collaborators: there are 4 collaborators; Instagram takes 3: 1 too many; leave some out".to_owned()),
        (picture(), "collaborators", list(&["ann lee"]), "error bad-user-name: `ann lee` is no user name of Instagram; write letters, digits, `.` and `_`: `acme.tea`".to_owned()),
        (picture(), "user_tags", list(&["@ann 0.5 1"]), String::new()),
        (picture(), "user_tags", list(&["ann"]), format!("error bad-user-tag: the tag of `ann` says no place, and in a picture it needs one; {place}")),
        (picture(), "user_tags", list(&["ann 0.5 1.1"]), format!("error bad-user-tag: the tag `ann 0.5 1.1` cannot be read; {unread}")),
        (picture(), "user_tags", list(&["2: ann 0 0"]), "error bad-user-tag: `ann` is tagged in item 2, and the post has 1; items count from 1".to_owned()),
        (picture(), "user_tags", list(&["ann 0 0"; 21]), "error too-many-user-tags: 21 people are tagged; Instagram takes 20: 1 too many; leave some out".to_owned()),
        (reel(), "user_tags", list(&["ann"]), String::new()),
        (reel(), "user_tags", list(&["ann 0 0"]), "error bad-user-tag: the tag of `ann` says a place, and a video has none for it; write the name alone".to_owned()),
        (pair(), "user_tags", list(&["ann 0 0", "2: bob"]), String::new()),
        (reel(), "share_to_feed", Setting::Bool(false), String::new()),
        (picture(), "share_to_feed", Setting::Bool(true), "error setting-not-here: Instagram takes no `share_to_feed` with a picture; leave it out".to_owned()),
        (pair(), "audio_name", Setting::Text("Kettle".to_owned()), "error setting-not-here: Instagram takes no `audio_name` with a carousel; leave it out".to_owned()),
        (reel(), "trial", Setting::Text("MANUAL".to_owned()), String::new()),
        (reel(), "trial", Setting::Text("EVER".to_owned()), "error bad-setting: `trial` has a value Instagram does not take; write one of `MANUAL`, `SS_PERFORMANCE`".to_owned()),
        (picture(), "trial", Setting::Text("MANUAL".to_owned()), "error setting-not-here: Instagram takes no `trial` with a picture; leave it out".to_owned()),
        (picture(), "location_id", Setting::Number(7_640_348_500.0), String::new()),
        (picture(), "location_id", Setting::Text("Amsterdam".to_owned()), "error bad-setting: `location_id` is `Amsterdam`, which is no id of a Page; write the digits that name the place's Page at Facebook".to_owned()),
        (reel(), "thumb_offset", Setting::Number(0.0), String::new()),
        (pair(), "thumb_offset", Setting::Number(29_999.0), String::new()),
        (reel(), "thumb_offset", Setting::Number(30_000.0), "error bad-setting: `thumb_offset` is 30000 ms, and `small.mp4` lasts 30000 ms; name a frame within the video".to_owned()),
        (reel(), "thumb_offset", Setting::Number(-1.5), "error bad-setting: `thumb_offset` is `-1.5`, which is no number of milliseconds; write a whole number: 1500 is a second and a half".to_owned()),
        (picture(), "is_ai_generated", Setting::Bool(true), String::new()),
    ] {
        let (rendition, problems) = fitted(&target("Tea", media, None, &[(key, value)]));
        let expected: Vec<String> = Some(problem).filter(|problem| !problem.is_empty()).into_iter().collect();
        assert_eq!(problems, expected);
        assert_eq!(rendition.is_some(), expected.is_empty());
    }
    for key in ["collaborators", "location_id"] {
        let value = if key == "collaborators" { list(&["ann"]) } else { Setting::Text("7".to_owned()) };
        let (_, problems) = fitted(&target("", reel(), Some(Kind::Story), &[(key, value)]));
        assert_eq!(
            problems,
            [format!("error setting-not-here: Instagram takes no `{key}` with a story; leave it out")]
        );
    }
}

#[test]
fn what_stands_beside_a_file() {
    let with = |cover: Option<&str>, captions: Option<&str>, src: &str| MediaWish {
        cover: cover.map(str::to_owned),
        captions: captions.map(str::to_owned),
        ..film_wish(src)
    };
    let reel = |cover| vec![with(Some(cover), None, "small.mp4")];
    let offset = [("thumb_offset", Setting::Number(5.0))];
    for (text, media, kind, settings, problem) in [
        ("", reel("tea.jpg"), None, &[][..], ""),
        (
            "",
            reel("tea.png"),
            None,
            &[][..],
            "error cover-kind: the cover `tea.png` is no JPEG, and Instagram takes nothing else; save it as JPEG",
        ),
        (
            "",
            reel("heavy.jpg"),
            None,
            &[][..],
            "error cover-too-large: the cover `heavy.jpg` has 8.01 MB; Instagram takes 8 MB; save it smaller",
        ),
        (
            "",
            reel("tea.jpg"),
            None,
            &offset[..],
            "error bad-setting: there are both a `cover` and a `thumb_offset`; leave one out: Instagram would take the cover",
        ),
        (
            "",
            reel("tea.jpg"),
            Some(Kind::Story),
            &[][..],
            "warning cover-left-out: `small.mp4` has a cover, and Instagram takes none with a story; it is left out there",
        ),
        (
            "Tea",
            vec![wish("tea.jpg"), with(Some("tea.png"), None, "small.mp4")],
            None,
            &[][..],
            "warning cover-left-out: `small.mp4` has a cover, and Instagram takes none with a carousel; it is left out there",
        ),
        (
            "",
            vec![with(None, Some("words.srt"), "small.mp4")],
            None,
            &[][..],
            "warning captions-left-out: `small.mp4` has captions, and Instagram takes none from programs; they are left out there; burn them into the video, or add them in the app",
        ),
        (
            "",
            vec![wish("small.mp4")],
            None,
            &[][..],
            "warning alt-left-out: `small.mp4` has an alternative text, and Instagram takes one only with pictures; it is left out there",
        ),
        ("", vec![wish("tea.jpg")], Some(Kind::Story), &[][..], ""),
    ] {
        let (rendition, problems) = fitted(&target(text, media, kind, settings));
        let expected: Vec<&str> = Some(problem).filter(|problem| !problem.is_empty()).into_iter().collect();
        assert_eq!(problems, expected);
        assert_eq!(rendition.is_some(), !problem.starts_with("error"));
    }
}

#[test]
fn tags_of_people_are_read() {
    let tag = |item, name: &str, place| Ok(UserTag { item, name: name.to_owned(), place });
    for (written, read) in [
        ("", vec![]),
        ("ann", vec![tag(1, "ann", None)]),
        ("@ann 0 1, 10: b.o_b 0.25 0.5", vec![tag(1, "ann", Some((0.0, 1.0))), tag(10, "b.o_b", Some((0.25, 0.5)))]),
        ("ann 0.5", vec![Err("ann 0.5".to_owned())]),
        ("0: ann", vec![Err("0: ann".to_owned())]),
        ("x: ann", vec![Err("x: ann".to_owned())]),
        ("ann NaN 0", vec![Err("ann NaN 0".to_owned())]),
        ("ann 2 0", vec![Err("ann 2 0".to_owned())]),
        ("änn", vec![Err("änn".to_owned())]),
    ] {
        assert_eq!(user_tags(written), read, "{written}");
    }
}

proptest! {
    #[test]
    fn reading_tags_never_panics(written in "\\PC{0,60}") {
        for tag in user_tags(&written).into_iter().flatten() {
            prop_assert!(tag.item > 0 && !tag.name.is_empty());
            prop_assert!(tag.place.is_none_or(|(x, y)| (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y)));
        }
    }
}

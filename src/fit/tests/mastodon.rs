//! What Mastodon takes and what it does not: its row of limits and the rules that are nobody else's, as tables.

use chrono::TimeDelta;

use super::*;
use crate::post::Poll as PollWish;

const MASTODON: Platform = Platform::Mastodon;

fn setting(key: &str, value: Setting) -> Wishes {
    let mut wishes = Wishes::default();
    wishes.settings.insert(key.into(), Located::new(value, KEY));
    wishes
}

#[test]
fn what_mastodon_does_not_take_is_told() {
    let plain = Wishes::default;
    let text = |value: &str| Setting::Text(value.into());
    let poll = |minutes: i64| {
        wish(PollWish { options: vec!["yes".into(), "no".into()], duration: TimeDelta::minutes(minutes) })
    };
    let media = || wish(vec![picture("cat.png", Some("A cat"))]);
    let (long, warning) = ("x".repeat(490), "tea and cake");
    for (markdown, wishes, problem) in [
        ("a", Wishes { visibility: wish(Visibility::Followers), ..plain() }, ""),
        ("a", Wishes { poll: poll(60), ..plain() }, ""),
        ("a", setting("quote_policy", text("nobody")), ""),
        ("a", Wishes { reply_to: wish("https://other.example/notice/1".into()), ..plain() }, ""),
        (
            "a",
            Wishes { poll: poll(60), media: media(), ..plain() },
            "error 2:1 poll-with-media: a poll on Mastodon stands in a post without pictures and videos; leave the media out, or \
             put them into a later part",
        ),
        (
            "a",
            Wishes { poll: poll(4), ..plain() },
            "error 2:1 poll-duration: the poll lasts 4 min; Mastodon takes 5 min to 43829 min; change `duration`",
        ),
        (
            "a",
            setting("sensitive", Setting::Bool(true)),
            "error 2:1 nothing-to-hide: `sensitive` hides pictures and videos, and the post has none; leave it out, or write \
             `content_warning`",
        ),
        (
            "a",
            setting("content_warning", text(" ")),
            "error 2:1 empty-warning: the content warning is empty; write one, or leave it out",
        ),
        (
            long.as_str(),
            setting("content_warning", text(warning)),
            "error 2:1 text-too-long: the text and the content warning have 502 graphemes together; Mastodon takes 500: 2 too \
             many; shorten one of them",
        ),
        (
            "a",
            Wishes { reply_to: wish("http://other.example/notice/1".into()), ..plain() },
            "error 2:1 bad-reference: `reply_to` is no address of a post: http://other.example/notice/1; it looks like \
             https://mastodon.social/@ann/116201337000000001",
        ),
        (
            "a",
            Wishes { quote_of: wish("tea-2025".into()), ..plain() },
            "error 2:1 reference-not-offered: Mastodon takes no `quote_of` from here; leave it out, or post this by hand",
        ),
        (
            "a",
            Wishes { visibility: wish(Visibility::Private), ..plain() },
            "error 2:1 visibility-not-offered: Mastodon has no visibility `private`; it offers `public`, `unlisted`, `followers`",
        ),
    ] {
        let expected: Vec<&str> = [problem].into_iter().filter(|problem| !problem.is_empty()).collect();
        assert_eq!(told(&target(MASTODON, markdown, wishes)), expected, "{markdown}");
    }
}

#[test]
fn covers_and_captions_have_no_place() {
    let (path, facts) = file("film.mp4", Kind::Video, 1000, (40, 32));
    let film = (path, facts.map(|facts| Facts { mime: "video/mp4", ..facts }));
    let library: Library =
        [film, file("cover.png", Kind::Png, 9, (4, 3)), file("film.srt", Kind::Captions, 9, (0, 0))].into();
    let media = MediaWish {
        cover: Some("cover.png".into()),
        captions: Some("film.srt".into()),
        ..picture("film.mp4", Some("A film"))
    };
    let wishes = Wishes { media: wish(vec![media]), ..Wishes::default() };
    let (_, problems) = fit(&target(MASTODON, "a", wishes), &account(MASTODON), Hosted::Nowhere, &library);
    assert_eq!(
        problems.into_iter().map(say).collect::<Vec<_>>(),
        [
            "error 1:1 cover-not-offered: pressroom sends Mastodon no cover for `film.mp4`: it shows the video's beginning; leave \
             `cover` out",
            "error 1:1 captions-not-offered: Mastodon takes no captions for `film.mp4`; leave `captions` out",
        ]
    );
}

#[test]
fn a_change_of_text_or_warning_is_an_edit() {
    let rendition = |markdown: &str, warning: &str| {
        fitted(&target(MASTODON, markdown, setting("content_warning", Setting::Text(warning.into()))))
    };
    let first = rendition("a", "tea");
    assert_eq!(first.fixed(), rendition("b", "cake").fixed());
    assert_ne!(first.fingerprint(), rendition("b", "tea").fingerprint());
    let unlisted = Wishes { visibility: wish(Visibility::Unlisted), ..Wishes::default() };
    assert_ne!(first.fixed(), fitted(&target(MASTODON, "a", unlisted)).fixed());
}

//! What X alone refuses or warns of, as a table; addresses and languages.

use std::collections::BTreeMap;

use super::super::super::fit;
use super::*;
use crate::account::{Account, Hosted};
use crate::error::Located;
use crate::fit::tests;
use crate::limits::Platform;
use crate::media::{Facts, Film, Library};
use crate::post::{MediaWish, Poll, Wishes};

const KEY: Range<usize> = 4..7;

fn wish<T>(value: T) -> Option<Located<T>> {
    Some(Located::new(value, KEY))
}

fn media(src: &str) -> Option<Located<Vec<MediaWish>>> {
    let src = Located::new(src.to_owned(), KEY);
    let alt = Some("alt".to_owned());
    wish(vec![MediaWish { src, alt, part: None, title: None, cover: None, captions: None }])
}

fn film(captions: &str) -> Option<Located<Vec<MediaWish>>> {
    let mut wishes = media("tea.mp4")?;
    wishes.value[0].captions = Some(captions.to_owned());
    Some(wishes)
}

fn poll() -> Option<Located<Poll>> {
    let options = vec!["Yes".to_owned(), "No".to_owned()];
    wish(Poll { options, duration: chrono::TimeDelta::days(1) })
}

fn library() -> Library {
    let film = |ms, fps, video: Option<&str>| {
        Some(Film { duration_ms: Some(ms), fps_milli: Some(fps), video: video.map(str::to_owned), ..Film::default() })
    };
    type Row = (&'static str, Kind, &'static str, (u32, u32), Option<Film>);
    let rows: [Row; 9] = [
        ("tea.png", Kind::Png, "image/png", (40, 30), None),
        ("tea.gif", Kind::Gif, "image/gif", (400, 300), film(2_000, 10_000, None)),
        ("long.gif", Kind::Gif, "image/gif", (400, 300), film(35_100, 10_000, None)),
        ("huge.gif", Kind::Gif, "image/gif", (1280, 1000), film(30_000, 10_000, None)),
        ("high.gif", Kind::Gif, "image/gif", (40, 1081), film(2_000, 10_000, None)),
        ("tea.mp4", Kind::Video, "video/mp4", (720, 1280), film(140_000, 60_000, Some("h264"))),
        ("slow.mp4", Kind::Video, "video/mp4", (1920, 1080), film(140_001, 60_001, Some("hevc"))),
        ("tea.en-GB.srt", Kind::Captions, "application/x-subrip", (0, 0), None),
        ("tea.gsw.srt", Kind::Captions, "application/x-subrip", (0, 0), None),
    ];
    let facts = |(path, kind, mime, size, film): Row| {
        let (path, sha256, animated) = (path.to_owned(), path.to_owned(), film.is_some());
        let (size, turned, pages) = (Some(size), false, None);
        (path.clone(), Ok(Facts { path, kind, mime, bytes: 1000, size, sha256, turned, animated, film, pages }))
    };
    rows.into_iter().map(facts).collect()
}

fn account(premium: bool) -> Account {
    Account { premium, ..tests::account(Platform::X) }
}

fn fitted(markdown: &str, wishes: Wishes, premium: bool) -> (Option<Rendition>, Vec<String>) {
    let (target, account) = (tests::target(Platform::X, markdown, wishes), account(premium));
    let (rendition, problems) = fit(&target, &account, Hosted::Site, &library());
    (rendition, problems.into_iter().map(|problem| format!("{}: {}", problem.code, problem.message)).collect())
}

#[test]
fn what_x_alone_refuses_or_warns_of() {
    let status = || wish("https://x.com/ann/status/12".to_owned());
    let ours = || wish("other-post".to_owned());
    let none = Wishes::default;
    let table: Vec<(&str, Wishes, &[&str])> = vec![
        ("Tea", Wishes { poll: poll(), ..none() }, &[]),
        ("Tea", Wishes { reply_to: ours(), poll: poll(), ..none() }, &[]),
        ("Tea", Wishes { quote_of: ours(), ..none() }, &[]),
        ("", Wishes { repost_of: ours(), ..none() }, &[]),
        ("", Wishes { repost_of: status(), ..none() }, &[]),
        ("", Wishes { media: media("tea.gif"), ..none() }, &[]),
        ("", Wishes { media: film("tea.en-GB.srt"), ..none() }, &[]),
        (
            "Tea",
            Wishes { reply_to: wish("https://example.org/status/12".to_owned()), ..none() },
            &["bad-reference: `https://example.org/status/12` is no address of a post on X"],
        ),
        (
            "Tea",
            Wishes { reply_to: status(), ..none() },
            &[
                "reference-restricted: X lets most apps reply to and quote only what is their account's own (`reply_to`)",
            ],
        ),
        (
            "Tea",
            Wishes { repost_of: ours(), ..none() },
            &["repost-not-alone: a repost on X has no text, media or poll of its own"],
        ),
        (
            "Tea",
            Wishes { poll: poll(), quote_of: ours(), media: media("tea.png"), ..none() },
            &["not-together: X takes only one of `media`, `poll` and `quote_of` in one post"],
        ),
        (
            "Buy $TEA, $MILK and $5",
            none(),
            &["many-cashtags: X lets most apps write one cashtag a post, and here are 2"],
        ),
        (
            "",
            Wishes { media: media("long.gif"), ..none() },
            &["gif-too-many-frames: `long.gif` has 351 frames; X takes 350: 1 too many"],
        ),
        (
            "",
            Wishes { media: media("huge.gif"), ..none() },
            &["gif-too-many-pixels: the 300 frames of `huge.gif` have 384000000 pixels together; X takes 300000000"],
        ),
        (
            "",
            Wishes { media: media("high.gif"), ..none() },
            &["gif-size: `high.gif` is 40 x 1081; X takes GIFs up to 1280 x 1080"],
        ),
        (
            "",
            Wishes { media: film("tea.gsw.srt"), ..none() },
            &["captions-language: X has no code for the language `gsw` of the captions of `tea.mp4`"],
        ),
        (
            "",
            Wishes { media: media("slow.mp4"), ..none() },
            &[
                "media-size: `slow.mp4` is 1920 pixels wide; X takes 32 to 1280",
                "video-too-long: `slow.mp4` lasts 140.001 s; X takes 140 s: 0.001 s too long",
                "video-frame-rate: `slow.mp4` has 60.001 frames a second; X takes 0 to 60",
                "video-codec: the video of `slow.mp4` is hevc, which X does not take",
            ],
        ),
    ];
    for (markdown, wishes, words) in table {
        assert_eq!(fitted(markdown, wishes, false).1, words);
    }
    assert_eq!(
        fitted("", Wishes { media: media("slow.mp4"), ..Wishes::default() }, true).1,
        [
            "video-frame-rate: `slow.mp4` has 60.001 frames a second; X takes 0 to 60",
            "video-codec: the video of `slow.mp4` is hevc, which X does not take",
        ]
    );
}

#[test]
fn a_post_has_its_price() {
    let thread = || wish(true);
    let none = Wishes::default;
    for (markdown, wishes, price) in [
        ("Tea", none(), "$0.015"),
        ("Tea at example.org", none(), "$0.20"),
        ("Tea, readme.md", none(), "$0.20"),
        ("Tea", Wishes { poll: poll(), ..none() }, "$0.015"),
        ("Tea", Wishes { media: media("tea.png"), ..none() }, "$0.035"),
        ("Tea", Wishes { media: film("tea.en-GB.srt"), ..none() }, "$0.05"),
        ("One\n\n---\n\nTwo https://a.example", Wishes { thread: thread(), ..none() }, "$0.215"),
        ("", Wishes { repost_of: wish("other".to_owned()), ..none() }, "$0.015"),
    ] {
        let (rendition, problems) = fitted(markdown, wishes, false);
        let rendition = rendition.unwrap_or_else(|| panic!("{markdown}: {problems:?}"));
        assert_eq!(rendition.cost(|_| true).unwrap().to_string(), price, "{markdown}");
        assert_eq!(rendition.cost(|_| false).unwrap().to_string(), "$0.00");
    }
}

#[test]
fn addresses_and_languages() {
    let ids: BTreeMap<&str, Option<&str>> = [
        ("https://x.com/ann/status/1445880548472328192", Some("1445880548472328192")),
        ("https://twitter.com/ann/status/12?s=20", Some("12")),
        ("https://mobile.twitter.com/ann/statuses/12/photo/1", Some("12")),
        ("https://x.com/i/web/status/12#m", Some("12")),
        ("https://x.com/ann", None),
        ("https://x.com/ann/status/12a", None),
        ("https://x.com/ann/status/", None),
        ("https://x.com/ann/status/12345678901234567890", None),
        ("https://x.com.example.org/ann/status/12", None),
        ("ftp://x.com/ann/status/12", None),
        ("no address", None),
    ]
    .into();
    for (address, id) in ids {
        assert_eq!(post_id(address).as_deref(), id, "{address}");
    }
    for (lang, code) in [("en", Some("EN")), ("pt-BR", Some("PT")), ("gsw", None), ("", None), ("日本", None)] {
        assert_eq!(language_code(lang).as_deref(), code, "{lang}");
    }
}

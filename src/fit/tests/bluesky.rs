//! What Bluesky takes and what it does not: its row of limits and the rules that are nobody else's, as tables.

use super::*;

const BLUESKY: Platform = Platform::Bluesky;

fn setting(key: &str, value: Setting) -> Wishes {
    let mut wishes = Wishes::default();
    wishes.settings.insert(key.into(), Located::new(value, KEY));
    wishes
}

#[test]
fn what_bluesky_does_not_take_is_told() {
    let plain = Wishes::default;
    let list = |items: &[&str]| Setting::List(items.iter().map(|item| (*item).to_owned()).collect());
    let link = || wish("https://a.example/".to_owned());
    let families = "👨‍👩‍👧‍👦".repeat(121);
    for (markdown, wishes, problem) in [
        ("a", setting("labels", list(&["nudity", "graphic-media"])), ""),
        ("a", setting("threadgate", Setting::Text("nobody".into())), ""),
        ("a", setting("disable_quotes", Setting::Bool(true)), ""),
        ("a", Wishes { reply_to: wish("https://bsky.app/profile/alice.example/post/3kaa".into()), ..plain() }, ""),
        ("a", Wishes { quote_of: wish("tea-2025".into()), ..plain() }, ""),
        (
            "a",
            setting("labels", list(&["tea"])),
            "error 2:1 bad-label: Bluesky has no label `tea`; it has `porn`, `sexual`, `nudity`, `graphic-media`, \
             `!no-unauthenticated` or `bot`",
        ),
        (
            "a",
            Wishes { tags: wish(vec!["t".to_owned(); 9]), ..plain() },
            "error 2:1 too-many-tags: the post has 9 tags; Bluesky takes 8: 1 too many; leave some out",
        ),
        (
            "a",
            Wishes { tags: wish(vec!["é".repeat(65)]), ..plain() },
            "error 2:1 tag-too-long: the tag `ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé` has 65 graphemes and \
             130 bytes; Bluesky takes 64 and 640; shorten it",
        ),
        (
            "a",
            Wishes { reply_to: wish("https://x.com/acme/status/7".into()), ..plain() },
            "error 2:1 bad-reference: `reply_to` is no address of a post on Bluesky: https://x.com/acme/status/7; it looks like \
             https://bsky.app/profile/alice.example/post/3kabcdefghi2x",
        ),
        (
            "a",
            Wishes { reply_to: wish("tea-2025".into()), ..setting("threadgate", Setting::Text("nobody".into())) },
            "error 2:1 gate-of-an-answer: who may reply is decided where a conversation begins, and this post answers another; \
             leave `threadgate` out",
        ),
        (
            "a",
            Wishes { link: link(), ..plain() },
            "error 2:1 card-title-missing: Bluesky makes no link card without a title; add `title`, or write the link in the text",
        ),
        (
            families.as_str(),
            plain(),
            "error 4:1 text-too-long: the text has 3025 bytes; Bluesky takes 3000: 25 too many; shorten it, or split it with \
             `thread: true` and lines of `---`",
        ),
    ] {
        let expected: Vec<&str> = [problem].into_iter().filter(|problem| !problem.is_empty()).collect();
        let told = told_for(&target(BLUESKY, markdown, wishes), &account(BLUESKY));
        assert_eq!(told, expected, "{markdown}");
    }
}

#[test]
fn a_card_has_room_for_a_picture() {
    let (path, facts) = file("film.mp4", Kind::Video, 1000, (40, 32));
    let library: Library = [(path, facts.map(|facts| Facts { mime: "video/mp4", ..facts }))].into();
    let wishes = Wishes {
        link: wish("https://a.example/".into()),
        title: wish("Tea".into()),
        media: wish(vec![picture("film.mp4", Some("A film"))]),
        ..Wishes::default()
    };
    let (_, problems) = fit(&target(BLUESKY, "a", wishes), &account(BLUESKY), Hosted::Nowhere, &library);
    assert_eq!(
        problems.into_iter().map(say).collect::<Vec<_>>(),
        [
            "error 2:1 card-pictures: a link card on Bluesky has room for a picture, and `film.mp4` is none; leave it out, or write \
             the link in the text"
        ]
    );
}

#[test]
fn captions_are_webvtt_and_small() {
    let film = |captions: &str| {
        let media = MediaWish {
            cover: Some("cover.png".into()),
            captions: Some(captions.into()),
            ..picture("film.mp4", Some("A film"))
        };
        let mime = |mut entry: (String, Result<Facts, Lack>), mime: &'static str| {
            if let Ok(facts) = &mut entry.1 {
                facts.mime = mime;
            }
            entry
        };
        let library: Library = [
            mime(file("film.mp4", Kind::Video, 1000, (40, 32)), "video/mp4"),
            file("cover.png", Kind::Png, 9, (4, 3)),
            mime(file("film.en.vtt", Kind::Captions, 20_000, (0, 0)), "text/vtt"),
            mime(file("film.srt", Kind::Captions, 20_001, (0, 0)), "application/x-subrip"),
        ]
        .into();
        let wishes = Wishes { media: wish(vec![media]), ..Wishes::default() };
        let (_, problems) = fit(&target(BLUESKY, "a", wishes), &account(BLUESKY), Hosted::Nowhere, &library);
        problems.into_iter().map(say).collect::<Vec<_>>()
    };
    let cover = "error 1:1 cover-not-offered: Bluesky takes no cover for `film.mp4`: it shows the video's beginning; leave `cover` out";
    assert_eq!(film("film.en.vtt"), [cover]);
    assert_eq!(
        film("film.srt"),
        [
            cover,
            "error 1:1 captions-kind: `film.srt` is not WebVTT, and Bluesky takes no other captions; save it as WebVTT (`.vtt`)",
            "error 1:1 captions-too-large: `film.srt` has 20001 bytes; Bluesky takes 20000 of captions; shorten them",
            "error 1:1 captions-language: of which language `film.srt` is has to be told; call it `film.en.vtt`, or write `lang`",
        ]
    );
}

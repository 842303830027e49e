//! What Threads takes and what it does not: its row of limits and the rules that are nobody else's, as tables.

use chrono::TimeDelta;

use super::*;
use crate::media::Film;
use crate::post::Poll as PollWish;

const THREADS: Platform = Platform::Threads;

/// A film that Threads takes, but for what `change` does to it.
fn film(change: impl FnOnce(&mut Facts)) -> Library {
    let (path, facts) = file("media/film.mp4", Kind::Video, 1000, (1080, 1920));
    let mut facts = Facts { mime: "video/mp4", ..facts.unwrap() };
    facts.film = Some(Film {
        duration_ms: Some(30_000),
        fps_milli: Some(30_000),
        video: Some("h264".into()),
        audio: Some("aac".into()),
        audio_rate: Some(48_000),
        audio_channels: Some(2),
        fast_start: true,
        edit_list: false,
    });
    change(&mut facts);
    [(path, Ok(facts))].into()
}

fn of_film(library: &Library) -> Vec<String> {
    let wishes = Wishes { media: wish(vec![picture("media/film.mp4", Some("A film"))]), ..Wishes::default() };
    let (_, problems) = fit(&target(THREADS, "a", wishes), &account(THREADS), Hosted::Site, library);
    problems.into_iter().map(say).collect()
}

#[test]
fn films_are_held_against_threads() {
    assert_eq!(of_film(&film(|_| {})), [""; 0]);
    let playing = |change: fn(&mut Film)| film(|facts| change(facts.film.as_mut().unwrap()));
    for (library, problem) in [
        (
            film(|facts| facts.bytes = 1_000_000_001),
            "error 2:1 video-too-large: `media/film.mp4` has 1000.01 MB; Threads takes 1000 MB; save it smaller",
        ),
        (
            film(|facts| facts.mime = "video/webm"),
            "error 2:1 video-kind: `media/film.mp4` is video/webm, which Threads does not take; convert it to one of these: \
             video/mp4, video/quicktime",
        ),
        (
            film(|facts| facts.size = Some((1921, 1080))),
            "error 2:1 media-size: `media/film.mp4` is 1921 pixels wide; Threads takes 1920 and less; save it in another size",
        ),
        (
            playing(|film| film.duration_ms = Some(300_001)),
            "error 2:1 video-too-long: `media/film.mp4` lasts 300.001 s; Threads takes 300 s: 0.001 s too long; cut it",
        ),
        (
            playing(|film| film.fps_milli = Some(60_001)),
            "error 2:1 video-frame-rate: `media/film.mp4` has 60.001 frames a second; Threads takes 23 to 60; convert it to 30 \
             frames a second",
        ),
        (
            playing(|film| film.video = Some("vp9".into())),
            "error 2:1 video-codec: the video of `media/film.mp4` is vp9, which Threads does not take; convert it to h264 or \
             hevc",
        ),
        (
            playing(|film| film.audio_rate = Some(96_000)),
            "error 1:1 audio-rate: the sound of `media/film.mp4` has 96000 samples a second; Threads takes 48000; convert it",
        ),
        (
            playing(|film| film.audio_channels = Some(6)),
            "error 1:1 audio-channels: the sound of `media/film.mp4` has 6 channels; Threads takes 2; convert it to stereo",
        ),
        (
            playing(|film| film.edit_list = true),
            "warning 1:1 video-edit-list: `media/film.mp4` has an edit list, which Threads does not take; `pressroom media fit \
             media/film.mp4 --for threads` writes a copy without",
        ),
        (
            playing(|film| film.fast_start = false),
            "warning 1:1 video-slow-start: `media/film.mp4` says what it holds only at its end, where Threads wants it at the \
             beginning; save it with \"fast start\": `ffmpeg -i in.mp4 -c copy -movflags +faststart out.mp4`",
        ),
    ] {
        assert_eq!(of_film(&library), [problem]);
    }
}

#[test]
fn pictures_are_held_against_threads() {
    let library: Library = [
        file("big.png", Kind::Png, 8_000_001, (40, 30)),
        file("wide.png", Kind::Png, 1000, (1001, 100)),
        file("move.gif", Kind::Gif, 1000, (40, 30)),
    ]
    .into();
    for (src, problem) in [
        (
            "big.png",
            "error 2:1 image-too-large: `big.png` has 8.01 MB; Threads takes 8 MB; `pressroom media fit big.png --for threads` writes a smaller copy",
        ),
        (
            "wide.png",
            "error 2:1 media-ratio: `wide.png` is 1001 x 100; Threads takes shapes from 1:10 to 10:1; cut it to another shape",
        ),
        (
            "move.gif",
            "error 2:1 image-kind: `move.gif` is a GIF picture, which Threads does not take; save it as one of these: JPEG, PNG",
        ),
    ] {
        let wishes = Wishes { media: wish(vec![picture(src, Some("alt"))]), ..Wishes::default() };
        let (_, problems) = fit(&target(THREADS, "a", wishes), &account(THREADS), Hosted::Site, &library);
        assert_eq!(problems.into_iter().map(say).collect::<Vec<_>>(), [problem]);
    }
}

#[test]
fn a_carousel_holds_twenty_of_both_kinds() {
    let library: Library = (0..21)
        .map(|number| match number % 2 {
            0 => file(&format!("{number}.png"), Kind::Png, 1000, (40, 30)),
            _ => {
                let (_, facts) = film(|_| {}).into_iter().next().unwrap();
                let path = format!("{number}.mp4");
                (path.clone(), facts.map(|facts| Facts { path, ..facts }))
            }
        })
        .collect();
    let told = |number: usize| {
        let name = |at: usize| if at.is_multiple_of(2) { format!("{at}.png") } else { format!("{at}.mp4") };
        let media = (0..number).map(|at| picture(&name(at), Some("alt"))).collect();
        let wishes = Wishes { media: wish(media), ..Wishes::default() };
        let (_, problems) = fit(&target(THREADS, "a", wishes), &account(THREADS), Hosted::Site, &library);
        problems.into_iter().map(say).collect::<Vec<_>>()
    };
    assert_eq!(told(20), [""; 0]);
    assert_eq!(
        told(21),
        ["error 2:1 too-many-attachments: the post has 21 attachments; Threads takes 20; leave 1 out"]
    );
}

fn setting(key: &str, value: Setting) -> Wishes {
    let mut wishes = Wishes::default();
    wishes.settings.insert(key.into(), Located::new(value, KEY));
    wishes
}

#[test]
fn what_threads_does_not_take_together_is_told() {
    let link = || wish("https://a.example/".to_owned());
    let poll = |minutes: i64| {
        wish(PollWish { options: vec!["yes".into(), "no".into()], duration: TimeDelta::minutes(minutes) })
    };
    let media = || wish(vec![picture("cat.png", Some("A cat"))]);
    let plain = Wishes::default;
    for (markdown, wishes, problem) in [
        ("a", Wishes { link: link(), ..plain() }, ""),
        ("a", Wishes { poll: poll(1440), ..plain() }, ""),
        (
            "a",
            Wishes { link: link(), media: media(), ..plain() },
            "error 2:1 link-with-media: Threads makes a link card only in a post without pictures and videos; write the link in \
             the text, or leave the media out",
        ),
        (
            "a",
            Wishes { poll: poll(1440), media: media(), ..plain() },
            "error 2:1 poll-with-media: a poll on Threads stands in a post without pictures and videos; leave the media out, or \
             put them into a later part",
        ),
        (
            "a",
            Wishes { poll: poll(1440), link: link(), ..plain() },
            "error 2:1 poll-with-link: Threads takes a poll or a link card, not both; write the link in the text",
        ),
        (
            "a",
            Wishes { poll: poll(60), ..plain() },
            "error 2:1 poll-duration: the poll lasts 60 min; Threads takes `24 h`; change `duration`",
        ),
        ("a", setting("topic_tag", Setting::Text("Green tea".into())), ""),
        (
            "a",
            setting("topic_tag", Setting::Text("v1.0".into())),
            "error 2:1 bad-topic: the topic holds '.', with which Threads drops it; a topic has 1 to 50 characters, and no `.` \
             or `&` among them",
        ),
        (
            "a",
            setting("topic_tag", Setting::Text("x".repeat(51))),
            "error 2:1 bad-topic: the topic has 51 characters; Threads takes 50: 1 too many; a topic has 1 to 50 characters, \
             and no `.` or `&` among them",
        ),
        (
            "a",
            setting("topic_tag", Setting::Text(" ".into())),
            "error 2:1 bad-topic: the topic is empty; a topic has 1 to 50 characters, and no `.` or `&` among them",
        ),
        (
            "a",
            setting("is_spoiler_media", Setting::Bool(true)),
            "error 2:1 nothing-to-hide: `is_spoiler_media` hides pictures and videos, and the post has none; leave it out",
        ),
        ("a", Wishes { reply_to: wish("https://www.threads.com/@acme/post/DAbCdEf?x=1".into()), ..plain() }, ""),
        ("a", Wishes { quote_of: wish("tea-2025".into()), ..plain() }, ""),
        (
            "a",
            Wishes { quote_of: wish("https://x.com/acme/status/7".into()), ..plain() },
            "error 2:1 bad-reference: `quote_of` is no address of a post on Threads: https://x.com/acme/status/7; it looks like \
             https://www.threads.com/@name/post/DAbCdEf",
        ),
        (
            "https://a.example.com/1 https://a.example.com/2 https://a.example.com/3 https://a.example.com/4 https://a.example.com/5 https://a.example.com/5",
            plain(),
            "",
        ),
        (
            "https://a.example.com/1 https://a.example.com/2 https://a.example.com/3 https://a.example.com/4 https://a.example.com/5",
            Wishes { link: link(), ..plain() },
            "error 1:1 too-many-links: the post has 6 links; Threads takes 5: 1 too many; take some out, or move them to \
             another part",
        ),
        ("a", Wishes { first_comment: wish("More".into()), ..plain() }, ""),
        (
            "a",
            Wishes { first_comment: wish("😀".repeat(126)), ..plain() },
            "error 2:1 comment-too-long: the first comment has 504 characters, for Threads counts emoji by their bytes; it takes \
             500: 4 too many; shorten it, or use fewer emoji",
        ),
    ] {
        let expected: Vec<&str> = [problem].into_iter().filter(|problem| !problem.is_empty()).collect();
        assert_eq!(told(&target(THREADS, markdown, wishes)), expected);
    }
}

#[test]
fn covers_and_captions_have_no_place() {
    let mut library = film(|_| {});
    library.extend([file("cover.png", Kind::Png, 9, (4, 3)), file("film.srt", Kind::Captions, 9, (0, 0))]);
    let media = MediaWish {
        cover: Some("cover.png".into()),
        captions: Some("film.srt".into()),
        ..picture("media/film.mp4", Some("A film"))
    };
    let wishes = Wishes { media: wish(vec![media]), ..Wishes::default() };
    let (_, problems) = fit(&target(THREADS, "a", wishes), &account(THREADS), Hosted::Site, &library);
    assert_eq!(
        problems.into_iter().map(say).collect::<Vec<_>>(),
        [
            "error 1:1 cover-not-offered: Threads takes no cover for `media/film.mp4`: it shows the video's beginning; leave \
             `cover` out",
            "error 1:1 captions-not-offered: Threads takes no captions for `media/film.mp4`; leave `captions` out",
        ]
    );
}

#[test]
fn media_need_an_address_for_threads() {
    let wishes = Wishes { media: wish(vec![picture("cat.png", Some("A cat"))]), ..Wishes::default() };
    let (_, problems) = fit(&target(THREADS, "a", wishes), &account(THREADS), Hosted::Nowhere, &library());
    assert_eq!(
        problems.into_iter().map(say).collect::<Vec<_>>(),
        [
            "error 1:1 media-host-missing: Threads fetches media by address, and accounts.toml gives them none; set `public_url` \
             or `bucket` under `[media]` in accounts.toml"
        ]
    );
}

#[test]
fn addresses_of_posts_are_told_from_others() {
    for (address, code) in [
        ("https://www.threads.com/@acme/post/DAbCdEf", Some("DAbCdEf")),
        ("https://threads.net/@acme.tea/post/D-b_dEf/", Some("D-b_dEf")),
        ("https://www.threads.net/t/CuXFPIeLLod/?igshid=1", Some("CuXFPIeLLod")),
        ("https://www.threads.com/@acme", None),
        ("https://www.threads.com/acme/post/DAbCdEf", None),
        ("https://threads.com.evil.example/@acme/post/DAbCdEf", None),
        ("https://www.instagram.com/p/DAbCdEf", None),
        ("DAbCdEf", None),
    ] {
        assert_eq!(peculiar::threads::shortcode(address).as_deref(), code, "{address}");
    }
}

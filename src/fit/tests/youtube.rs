//! What fits YouTube and what does not: its row of the table, and the rules no column can say.

use super::*;
use crate::media::Film;

fn film(path: &str, size: (u32, u32), bytes: u64, seconds: u64) -> (String, Result<Facts, Lack>) {
    let (path, facts) = file(path, Kind::Video, bytes, size);
    let film = Film { duration_ms: Some(seconds * 1000), ..Film::default() };
    (path, facts.map(|facts| Facts { mime: "video/mp4", film: Some(film), ..facts }))
}

fn videos() -> Library {
    let mut all = library();
    all.extend([
        film("media/wide.mp4", (1920, 1080), 1000, 240),
        film("media/upright.mp4", (1080, 1920), 1000, 180),
        film("media/square.mp4", (1080, 1080), 1000, 181),
        film("media/brief.mp4", (1920, 1080), 1000, 30),
        film("media/endless.mp4", (1920, 1080), 1000, 43_201),
        film("media/huge.mp4", (1920, 1080), 274_877_906_945, 240),
        file("media/cover.jpg", Kind::Jpeg, 52_428_800, (1280, 720)),
        file("media/heavy.jpg", Kind::Jpeg, 52_428_801, (1280, 720)),
        file("media/wide.en.srt", Kind::Captions, 100, (0, 0)),
        file("media/words.srt", Kind::Captions, 104_857_601, (0, 0)),
    ]);
    all
}

fn plain(video: &str) -> Wishes {
    Wishes {
        title: wish("Tea at five".into()),
        media: wish(vec![picture(video, None)]),
        settings: [("made_for_kids".to_owned(), Located::new(Setting::Bool(false), KEY))].into(),
        ..Wishes::default()
    }
}

fn set(mut wishes: Wishes, key: &str, value: Setting) -> Wishes {
    wishes.settings.insert(key.to_owned(), Located::new(value, KEY));
    wishes
}

fn with(markdown: &str, wishes: Wishes) -> (Option<Rendition>, Vec<String>) {
    let target = target(Platform::YouTube, markdown, wishes);
    let (rendition, problems) = fit(&target, &account(Platform::YouTube), Hosted::Nowhere, &videos());
    (rendition, problems.into_iter().map(say).collect())
}

#[test]
fn a_video_with_all_that_goes_with_it_fits() {
    let text = |text: &str| Setting::Text(text.into());
    let media = MediaWish {
        cover: Some("media/cover.jpg".into()),
        captions: Some("media/wide.en.srt".into()),
        ..picture("media/wide.mp4", None)
    };
    let mut wishes = Wishes {
        media: wish(vec![media]),
        tags: wish(vec!["tea".into(), "five o'clock".into()]),
        visibility: wish(Visibility::Unlisted),
        lang: wish("en".into()),
        link: wish("https://a.example/".into()),
        ..plain("media/wide.mp4")
    };
    for (key, value) in [
        ("category", Setting::Number(22.0)),
        ("synthetic_media", Setting::Bool(true)),
        ("playlist", text("PLx_-9")),
        ("license", text("creativeCommon")),
        ("embeddable", Setting::Bool(false)),
        ("notify_subscribers", Setting::Bool(false)),
        ("paid_promotion", Setting::Bool(true)),
        ("audio_language", text("pt-BR")),
        ("recording_date", text("2026-11-01T12:00:00+01:00")),
    ] {
        wishes = set(wishes, key, value);
    }
    let (rendition, problems) = with("How to make tea.", wishes);
    assert_eq!(problems, [""; 0]);
    let rendition = rendition.unwrap();
    assert_eq!(
        (rendition.kind, rendition.parts[0].text.as_str()),
        (post::Kind::Feed, "How to make tea.\n\nhttps://a.example/")
    );
    assert_eq!((rendition.tags.len(), rendition.settings["category"].as_str()), (2, "22"));
    let media = &rendition.parts[0].media[0];
    assert_eq!(media.captions.as_ref().unwrap().lang.as_deref(), Some("en"));
    assert_eq!(media.cover.as_ref().unwrap().bytes, 52_428_800);
    // A text may be missing, and the brief may be a Short.
    assert_eq!(with("", plain("media/wide.mp4")).1, [""; 0]);
    let short = Wishes { kind: wish(post::Kind::Short), ..plain("media/upright.mp4") };
    assert_eq!(with("x", short).0.unwrap().kind, post::Kind::Short);
}

#[test]
fn what_youtube_would_refuse_is_told() {
    let video = "media/wide.mp4";
    let short = |video| Wishes { kind: wish(post::Kind::Short), ..plain(video) };
    let titled = |title: String| Wishes { title: wish(title), ..plain(video) };
    let tagged =
        |tags: &[&str]| Wishes { tags: wish(tags.iter().map(|tag| (*tag).to_owned()).collect()), ..plain(video) };
    let beside = |cover: Option<&str>, captions: Option<&str>| {
        let src = |src: &str| src.to_owned();
        let media = MediaWish { cover: cover.map(src), captions: captions.map(src), ..picture(video, None) };
        Wishes { media: wish(vec![media]), ..plain(video) }
    };
    let text = |key: &str, value: &str| set(plain(video), key, Setting::Text(value.into()));
    let (x250, x249) = ("x".repeat(250), "x".repeat(249));
    for (wishes, words) in [
        (
            Wishes { settings: BTreeMap::new(), ..plain(video) },
            "error 1:1 made-for-kids-missing: YouTube asks whether the video is made for children, and the post does not say; \
             add `overrides: {youtube: {made_for_kids: false}}`, or `true`: it is a legal declaration",
        ),
        (Wishes { title: None, ..plain(video) }, "error 1:1 title-missing: YouTube needs a title; add `title`"),
        (
            titled("x".repeat(101)),
            "error 2:1 title-too-long: the title has 101 characters; YouTube takes 100: 1 too many; shorten it",
        ),
        (
            titled("👋".repeat(51)),
            "warning 2:1 title-may-be-too-long: the title has 102 UTF-16 units; YouTube takes 100 characters and does not say \
             how it counts; use fewer emoji",
        ),
        (
            titled("a < b".to_owned()),
            "error 2:1 invalid-character: the title holds `<`, which YouTube refuses; write it in another way",
        ),
        (
            tagged(&[&x250, &x250]),
            "error 2:1 tags-too-long: the tags have 501 characters with their commas; YouTube takes 500: 1 too many; leave \
             some out",
        ),
        (tagged(&[&x250, &x249]), ""),
        // A space costs two: it needs quotes.
        (
            tagged(&[&x250, &format!("{} x", &x249[..246])]),
            "error 2:1 tags-too-long: the tags have 501 characters with their commas; YouTube takes 500: 1 too many; leave \
             some out",
        ),
        (
            text("category", "Education"),
            "error 2:1 bad-setting: `category` is `Education`, which YouTube does not take; write the category's number: 22 is \
             People & Blogs, 28 Science & Technology",
        ),
        (
            text("playlist", "https://www.youtube.com/playlist?list=PLx"),
            "error 2:1 bad-setting: `playlist` is `https://www.youtube.com/playlist?list=PLx`, which YouTube does not take; \
             write the playlist's id: what stands after `list=` in its address",
        ),
        (
            text("audio_language", "English"),
            "error 2:1 bad-setting: `audio_language` is `English`, which YouTube does not take; write a language tag: `en`, \
             `pt-BR`",
        ),
        (
            text("recording_date", "2026-11-01"),
            "error 2:1 bad-setting: `recording_date` is `2026-11-01`, which YouTube does not take; write it like \
             2026-12-01T09:00:00Z",
        ),
        (
            text("license", "MIT"),
            "error 2:1 bad-setting: `license` has a value YouTube does not take; write one of `youtube`, `creativeCommon`",
        ),
        (
            plain("media/upright.mp4"),
            "warning 2:1 becomes-a-short: YouTube will make a Short of `media/upright.mp4`: it is no wider than high and lasts \
             3 minutes at most; write `kind: short` if that is meant",
        ),
        (plain("media/square.mp4"), ""),
        (plain("media/brief.mp4"), ""),
        (
            short("media/brief.mp4"),
            "error 2:1 not-a-short: `media/brief.mp4` is 1920 x 1080: wider than high, and so no Short; turn it upright, or \
             leave `kind` out",
        ),
        (
            short("media/square.mp4"),
            "error 2:1 video-too-long: `media/square.mp4` lasts 181 s; YouTube takes 180 s: 1 s too long; cut it",
        ),
        (
            plain("media/endless.mp4"),
            "error 2:1 video-too-long: `media/endless.mp4` lasts 43201 s; YouTube takes 720 min: 1 s too long; cut it",
        ),
        (
            plain("media/huge.mp4"),
            "error 2:1 video-too-large: `media/huge.mp4` has 274877.91 MB; YouTube takes 274877.91 MB; save it smaller",
        ),
        (beside(Some("media/cover.jpg"), Some("media/wide.en.srt")), ""),
        (
            beside(Some("media/move.gif"), None),
            "error 2:1 bad-cover: the cover `media/move.gif` is neither JPEG nor PNG; save it as one of these",
        ),
        (
            beside(Some("media/heavy.jpg"), None),
            "error 2:1 bad-cover: the cover `media/heavy.jpg` has 52428801 bytes; YouTube takes 52428800; save it smaller",
        ),
        (
            Wishes { lang: wish("en".into()), ..beside(None, Some("media/words.srt")) },
            "error 2:1 bad-captions: the captions `media/words.srt` have 104857601 bytes; YouTube takes 104857600; take a text file",
        ),
        (
            Wishes { visibility: wish(Visibility::Followers), ..plain(video) },
            "error 2:1 visibility-not-offered: YouTube has no visibility `followers`; it offers `public`, `unlisted`, `private`",
        ),
        (plain("media/dog.jpg"), "error 2:1 too-many-images: YouTube takes no pictures; leave 1 out"),
        (
            Wishes { reply_to: wish("https://youtu.be/x".into()), ..plain(video) },
            "error 2:1 reference-not-offered: YouTube takes no `reply_to` from here; leave it out, or post this by hand",
        ),
        (
            Wishes { first_comment: wish("First".into()), ..plain(video) },
            "error 2:1 comment-not-offered: YouTube takes no comments from here; leave `first_comment` out for it",
        ),
    ] {
        let (rendition, problems) = with("x", wishes);
        let words = if words.is_empty() { vec![] } else { vec![words.to_owned()] };
        assert_eq!(problems, words);
        assert_eq!(rendition.is_none(), words.iter().any(|words| words.starts_with("error")));
    }
    assert_eq!(
        with("a > b", plain(video)).1,
        [
            "error 4:1 invalid-character: the text holds `>`, which YouTube refuses; write it in another way; a quotation keeps its `>` here"
        ]
    );
    assert_eq!(
        with(&"é".repeat(2501), plain(video)).1,
        [
            "error 4:1 text-too-long: the text has 5002 bytes; YouTube takes 5000: 2 too many; shorten it, or write another text for this platform under `overrides`"
        ]
    );
    assert_eq!(
        with("x", Wishes { media: None, ..plain(video) }).1,
        ["error 4:1 media-needed: YouTube takes no text alone; attach a picture or a video"]
    );
    let captions = Wishes { lang: None, ..beside(None, Some("media/words.srt")) };
    assert!(
        with("x", captions).1[0]
            .starts_with("error 2:1 captions-language: YouTube asks in which language the captions")
    );
}

#[test]
fn a_login_is_one_channel() {
    let target = target(Platform::YouTube, "x", plain("media/wide.mp4"));
    let account = Account { acts_as: Some("UCother".into()), ..account(Platform::YouTube) };
    let (_, problems) = fit(&target, &account, Hosted::Nowhere, &videos());
    assert_eq!(
        problems.into_iter().map(say).collect::<Vec<_>>(),
        [
            "error 1:1 as-not-offered: YouTube cannot act as `UCother`: a login belongs to one channel; take `as` out of \
             accounts.toml, and choose the channel when you connect the account"
        ]
    );
}

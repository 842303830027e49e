//! Posts, libraries and accounts as values; what is sent, what is said, and what is never sent.

use proptest::prelude::*;

use super::*;
use crate::error::{Located, Severity, Source};
use crate::media::{Facts, Kind, Lack};
use crate::post::Body;
use crate::post::{self, MediaWish, PostId, Setting, Wishes};

mod bluesky;
mod channels;
mod mastodon;
mod threads;
mod youtube;

const FRONT: &str = "---\nkey: value\n---\n";
/// Where every wish of these tests stands: `key`.
const KEY: Range<usize> = 4..7;

/// One of a platform, with nothing peculiar.
pub(super) fn account(platform: Platform) -> Account {
    Account {
        name: format!("acme-{platform}"),
        platform,
        span: 0..0,
        acts_as: None,
        server: String::new(),
        row: None,
        slots: Vec::new(),
        hush: crate::account::calendar::Hush::default(),
        spacing: None,
        posts: None,
        paused: false,
        append_hashtags: false,
        premium: false,
    }
}

/// A text for that account.
pub(super) fn target(platform: Platform, markdown: &str, wishes: Wishes) -> Target {
    let text = format!("{FRONT}{markdown}");
    let source = Source::new("posts/2026/tea.md", text.as_str());
    let body = Body {
        source: source.clone(),
        offset: Some(FRONT.len()),
        span: FRONT.len()..text.len(),
        markdown: markdown.into(),
    };
    Target {
        post: PostId::new("tea"),
        account: format!("acme-{platform}"),
        platform,
        source,
        wishes: wishes.into(),
        body: body.into(),
    }
}

fn wish<T>(value: T) -> Option<Located<T>> {
    Some(Located::new(value, KEY))
}

fn picture(src: &str, alt: Option<&str>) -> MediaWish {
    let src = Located::new(src.to_owned(), KEY);
    MediaWish { src, alt: alt.map(str::to_owned), part: None, title: None, cover: None, captions: None }
}

fn file(path: &str, kind: Kind, bytes: u64, size: (u32, u32)) -> (String, Result<Facts, Lack>) {
    let facts = Facts {
        path: path.into(),
        kind,
        mime: "image/test",
        bytes,
        size: Some(size),
        sha256: path.into(),
        turned: false,
        animated: false,
        film: None,
        pages: None,
    };
    (path.to_owned(), Ok(facts))
}

fn library() -> Library {
    let mut library: Library = [
        file("posts/2026/cat.png", Kind::Png, 1000, (40, 30)),
        file("media/dog.jpg", Kind::Jpeg, 1000, (40, 30)),
        file("media/move.gif", Kind::Gif, 1000, (40, 30)),
        file("media/pic.webp", Kind::Webp, 1000, (40, 30)),
        file("media/heavy.png", Kind::Png, 5_000_001, (40, 30)),
        file("media/wide.png", Kind::Png, 1000, (60_000, 1000)),
        file("media/film.mp4", Kind::Video, 1000, (40, 32)),
        file("media/deck.pdf", Kind::Pdf, 1000, (40, 30)),
    ]
    .into();
    for (path, lack) in [
        ("media/empty.png", Lack::Empty),
        ("media/pointer.png", Lack::LfsPointer),
        ("media/odd.png", Lack::Unknown { extension: Some("png".into()) }),
        ("media/odd", Lack::Unknown { extension: None }),
        ("media/wrong.png", Lack::Misnamed { extension: "png".into(), kind: Kind::Jpeg }),
        ("media", Lack::Directory),
        ("media/link.png", Lack::Outside),
        ("media/locked.png", Lack::Unreadable("permission denied".into())),
        ("posts/2026/media/dog.jpg", Lack::Missing),
    ] {
        library.insert(path.into(), Err(lack));
    }
    library
}

fn fitted(target: &Target) -> Rendition {
    let (rendition, problems) = fit(target, &account(target.platform), Hosted::Site, &library());
    assert_eq!(problems, []);
    rendition.unwrap()
}

/// Each problem on a line: severity, place, code, words, hint.
fn told(target: &Target) -> Vec<String> {
    told_for(target, &account(target.platform))
}

fn told_for(target: &Target, account: &Account) -> Vec<String> {
    let (rendition, problems) = fit(target, account, Hosted::Site, &library());
    assert_eq!(rendition.is_none(), problems.iter().any(Problem::is_error));
    problems.into_iter().map(say).collect()
}

fn say(problem: Problem) -> String {
    let (line, column) = problem.start();
    let severity = if problem.severity == Severity::Error { "error" } else { "warning" };
    format!("{severity} {line}:{column} {}: {}; {}", problem.code, problem.message, problem.hint.unwrap_or_default())
}

#[test]
fn a_text_becomes_one_part() {
    let rendition =
        fitted(&target(Platform::X, "Hello *there*\n\n- [a](https://example.com/long/way/to/go)", Wishes::default()));
    let text = "Hello there\n\n• a (https://example.com/long/way/to/go)";
    let part = Part { text: text.into(), count: 13 + 6 + 23 + 1, limit: 280, media: Vec::new(), links: Vec::new() };
    assert_eq!(rendition.parts, [part]);
    assert_eq!((rendition.visibility, rendition.card, rendition.title), (Visibility::Public, None, None));
}

#[test]
fn a_thread_becomes_parts_with_their_pictures() {
    let wishes = Wishes {
        thread: wish(true),
        media: wish(vec![MediaWish { part: Some(2), ..picture("cat.png", Some("A cat")) }]),
        ..Wishes::default()
    };
    let rendition = fitted(&target(Platform::X, "one\n\n![Dog](media/dog.jpg)\n\n---\n\ntwo ![](cat.png)", wishes));
    let parts: Vec<_> = rendition
        .parts
        .iter()
        .map(|part| (part.text.as_str(), part.media.len(), part.media[0].path.as_str(), part.media[0].alt.as_deref()))
        .collect();
    assert_eq!(parts, [("one", 1, "media/dog.jpg", Some("Dog")), ("two", 1, "posts/2026/cat.png", Some("A cat"))]);
}

#[test]
fn links_and_tags_go_below_the_first_part() {
    let wishes = Wishes {
        thread: wish(true),
        link: wish("https://a.example/".into()),
        tags: wish(vec!["open source".into()]),
        ..Wishes::default()
    };
    let target = target(Platform::X, "one\n\n---\n\ntwo", wishes);
    let account = Account { append_hashtags: true, ..account(Platform::X) };
    let (rendition, _) = fit(&target, &account, Hosted::Site, &library());
    let texts: Vec<_> = rendition.unwrap().parts.into_iter().map(|part| part.text).collect();
    assert_eq!(texts, ["one\n\nhttps://a.example/\n\n#openSource", "two"]);
    assert_eq!(fitted(&target).parts[0].text, "one\n\nhttps://a.example/");
}

#[test]
fn linkedin_makes_a_card_of_a_link() {
    let wishes = Wishes {
        link: wish("https://a.example/".into()),
        title: wish("Tea".into()),
        kind: wish(post::Kind::Article),
        ..Wishes::default()
    };
    let rendition = fitted(&target(Platform::LinkedIn, "Look\n\n![Cat](cat.png)", wishes.clone()));
    assert_eq!(rendition.parts[0].text, "Look");
    assert_eq!(rendition.parts[0].media, []);
    let card = rendition.card.unwrap();
    assert_eq!((card.url.as_str(), card.title.as_str()), ("https://a.example/", "Tea"));
    assert_eq!(card.thumbnail.unwrap().path, "posts/2026/cat.png");
    // A card alone is a post.
    assert!(fitted(&target(Platform::LinkedIn, "", wishes.clone())).card.is_some());
    assert_eq!(
        told(&target(Platform::LinkedIn, "Look", Wishes { title: None, ..wishes.clone() })),
        [
            "error 2:1 card-title-missing: LinkedIn makes no link card without a title; add `title`, or write the link in the text"
        ]
    );
    assert_eq!(
        told(&target(Platform::LinkedIn, "![a](cat.png)![b](media/dog.jpg)", wishes.clone())),
        [
            "error 2:1 card-pictures: a link card on LinkedIn has room for one picture, not 2; leave one picture, or write the \
         link in the text"
        ]
    );
    assert_eq!(
        told(&target(Platform::LinkedIn, "Look", Wishes { link: None, ..wishes })),
        [
            "error 2:1 card-link-missing: an article on LinkedIn is a link card, and there is no link; add `link`, or leave \
         `kind` out"
        ]
    );
}

#[test]
fn texts_that_do_not_fit_are_told_with_their_measure() {
    let long = "x".repeat(301);
    let x = |markdown: &str, wishes| told(&target(Platform::X, markdown, wishes));
    assert_eq!(
        x(&long, Wishes::default()),
        [
            "error 4:1 text-too-long: the text has 301 weighted characters; X takes 280: 21 too many; shorten it, or split it \
         with `thread: true` and lines of `---`"
        ]
    );
    assert_eq!(
        x(&format!("one\n\n---\n\n{long}"), Wishes { thread: wish(true), ..Wishes::default() }),
        [
            "error 8:1 text-too-long: part 2 of 2 has 301 weighted characters; X takes 280: 21 too many; shorten it, or write \
         another text for this platform under `overrides`"
        ]
    );
    assert_eq!(
        x("one\n\n---\n", Wishes { thread: wish(true), ..Wishes::default() }),
        ["error 4:1 empty-text: part 2 of 2 is empty; write some text or attach a picture"]
    );
    assert_eq!(
        x("", Wishes::default()),
        ["error 4:1 empty-text: the text is empty; write some text or attach a picture"]
    );
    assert_eq!(
        x("a\u{FEFF}b", Wishes::default()),
        ["error 4:1 invalid-character: the text holds U+FEFF, which X refuses; delete the invisible character"]
    );
    let premium = Account { premium: true, ..account(Platform::X) };
    assert_eq!(told_for(&target(Platform::X, &long, Wishes::default()), &premium), [""; 0]);
}

#[test]
fn surprises_are_warned_of() {
    assert_eq!(
        told(&target(Platform::X, "see readme.md and https://a.example/b.md and example.com", Wishes::default())),
        [
            "warning 4:1 bare-link: X will make a link of `readme.md`: it counts 23, and a post with a link costs more; if no \
         link is meant, write the name without its ending or with a space before the dot"
        ]
    );
    assert_eq!(
        told(&target(Platform::LinkedIn, &"(".repeat(1501), Wishes::default())),
        [
            "warning 4:1 escaped-text-too-long: the text has 3002 characters with LinkedIn's escapes, over its limit of 3000; \
         LinkedIn may refuse it: shorten it, or use fewer of these: ( ) [ ] { } < > @ | ~ _ * # \\"
        ]
    );
    assert_eq!(
        told(&target(Platform::X, "![](cat.png)", Wishes::default())),
        [
            "warning 4:1 alt-missing: `posts/2026/cat.png` has no alternative text; say what it shows, for those who cannot see \
         it: `![what it shows](path)` or `alt:`"
        ]
    );
    let account = Account { append_hashtags: true, ..account(Platform::X) };
    assert_eq!(
        told_for(&target(Platform::X, "a", Wishes { tags: wish(vec!["2026".into()]), ..Wishes::default() }), &account),
        ["warning 2:1 tag-left-out: the tag `2026` cannot be a hashtag, so it is left out; a hashtag needs a letter"]
    );
}

#[test]
fn media_that_cannot_be_used_is_told() {
    for (src, words) in [
        (
            "none.png",
            "media-missing: `none.png` is neither beside the post nor at the repository's root; paths are relative \
                      to the post's folder, else to the repository's root; is the file committed?",
        ),
        (
            "../../../x.png",
            "media-outside: `../../../x.png` leads out of the repository; copy the file into the repository \
                            and name it by a relative path with `/`",
        ),
        (
            "media/link.png",
            "media-outside: `media/link.png` leads out of the repository; copy the file into the repository \
                            and name it by a relative path with `/`",
        ),
        ("media", "media-directory: `media` is a directory; name the file in it"),
        ("media/empty.png", "media-empty: `media/empty.png` has no content: 0 bytes; was it saved?"),
        (
            "media/pointer.png",
            "media-lfs-pointer: `media/pointer.png` is a Git LFS pointer whose content is not here; run \
                               `git lfs pull`; in CI check out with LFS (`lfs: true`)",
        ),
        (
            "media/odd.png",
            "media-unknown: `media/odd.png` is called `.png` and holds nothing that can be published; save it \
                           as JPEG, PNG, GIF or WebP",
        ),
        (
            "media/odd",
            "media-unknown: `media/odd` holds nothing that can be published; save it as JPEG, PNG, GIF or WebP",
        ),
        (
            "media/wrong.png",
            "media-misnamed: `media/wrong.png` is called `.png` and holds JPEG; rename it to what it is, or \
                             save it again as what it is called",
        ),
        (
            "media/locked.png",
            "media-unreadable: `media/locked.png` cannot be read: permission denied; mend the file or its \
                              permissions",
        ),
        (
            "media/film.mp4",
            "video-kind: `media/film.mp4` is image/test, which X does not take; convert it to one of these: video/mp4, video/quicktime",
        ),
        ("media/deck.pdf", "too-many-documents: X takes no documents; leave 1 out"),
        (
            "https://a.example/x.png",
            "remote-image: the picture `https://a.example/x.png` is not in this repository; download \
                                     it into the repository and name the file: only what is committed is published",
        ),
        (
            "media/heavy.png",
            "image-too-large: `media/heavy.png` has 5.01 MB; X takes 5 MB; save it smaller, or write `fit: true`: then it is made smaller on its way",
        ),
    ] {
        let wishes = Wishes { media: wish(vec![picture(src, Some("alt"))]), ..Wishes::default() };
        assert_eq!(told(&target(Platform::X, "", wishes)), [format!("error 2:1 {words}")]);
        if !src.contains("://") {
            let in_body = format!("text\n\n![alt](<{src}>)");
            assert_eq!(told(&target(Platform::X, &in_body, Wishes::default())), [format!("error 6:1 {words}")]);
        }
    }
}

#[test]
fn media_is_held_against_the_platform() {
    let with = |platform, media: Vec<MediaWish>| {
        told(&target(platform, "a", Wishes { media: wish(media), ..Wishes::default() }))
    };
    let alt = Some("alt");
    assert_eq!(
        with(Platform::LinkedIn, vec![picture("media/pic.webp", alt)]),
        [
            "error 2:1 image-kind: `media/pic.webp` is a WebP picture, which LinkedIn does not take; save it as one of these: \
         JPEG, PNG, GIF"
        ]
    );
    assert_eq!(
        with(Platform::LinkedIn, vec![picture("media/wide.png", alt)]),
        [
            "error 2:1 image-too-many-pixels: `media/wide.png` is 60000 x 1000, 60000000 pixels; LinkedIn takes 36152319; save it \
             smaller, or write `fit: true`: then it is made smaller on its way"
        ]
    );
    assert_eq!(
        with(Platform::X, vec![picture("cat.png", alt), picture("media/move.gif", alt)]),
        [
            "error 2:1 gif-not-alone: on X a GIF stands alone, and `media/move.gif` stands beside 1 more; leave the others out, \
         or put it into a part of its own"
        ]
    );
    assert_eq!(with(Platform::X, vec![picture("media/move.gif", alt)]), [""; 0]);
    let five = [
        "cat.png",
        "media/dog.jpg",
        "media/pic.webp",
        "media/wide.png",
        "posts/2026/../2026/cat.png",
        "../../media/small.png",
    ];
    let mut library = library();
    library.extend([file("media/small.png", Kind::Png, 1, (1, 1))]);
    let wishes = Wishes { media: wish(five.map(|src| picture(src, alt)).to_vec()), ..Wishes::default() };
    let (_, problems) = fit(&target(Platform::X, "a", wishes), &account(Platform::X), Hosted::Site, &library);
    assert_eq!(
        problems.into_iter().map(say).collect::<Vec<_>>(),
        ["error 2:1 too-many-images: the post has 5 pictures; X takes 4; leave 1 out"]
    );
    assert_eq!(
        with(Platform::X, vec![picture("cat.png", Some(&"x".repeat(1001)))]),
        [
            "error 2:1 alt-too-long: the alternative text of `posts/2026/cat.png` has 1001 characters; X takes 1000: 1 too many; \
         shorten it"
        ]
    );
    assert_eq!(
        with(Platform::X, vec![MediaWish { part: Some(2), ..picture("cat.png", alt) }]),
        [
            "error 2:1 no-such-part: `cat.png` is for part 2, and the post has 1; `thread: true` splits a post at lines of `---`"
        ]
    );
    assert_eq!(
        with(Platform::X, vec![MediaWish { cover: Some("media/dog.jpg".into()), ..picture("cat.png", alt) }]),
        [
            "error 2:1 bad-cover: `media/dog.jpg` cannot be the cover of `posts/2026/cat.png`: a cover is a picture for a \
          video; take `cover` away, or name a picture"
        ]
    );
}

#[test]
fn wishes_a_platform_cannot_fulfil_are_errors() {
    let x = |wishes| told(&target(Platform::X, "a", wishes));
    assert_eq!(
        x(Wishes { visibility: wish(Visibility::Connections), ..Wishes::default() }),
        ["error 2:1 visibility-not-offered: X has no visibility `connections`; it offers `public`"]
    );
    let connections = Wishes { visibility: wish(Visibility::Connections), ..Wishes::default() };
    assert_eq!(fitted(&target(Platform::LinkedIn, "a", connections.clone())).visibility, Visibility::Connections);
    let page = Account { acts_as: Some("urn:li:organization:1".into()), ..account(Platform::LinkedIn) };
    assert_eq!(
        told_for(&target(Platform::LinkedIn, "a", connections), &page),
        ["error 2:1 visibility-not-offered: LinkedIn has no visibility `connections` for a page; it offers `public`"]
    );
    assert_eq!(
        told(&target(Platform::LinkedIn, "a", Wishes { thread: wish(true), ..Wishes::default() })),
        [
            "error 2:1 thread-not-offered: LinkedIn has no threads; for one post there: `overrides: {linkedin: {thread: false}}`"
        ]
    );
    assert_eq!(
        x(Wishes { link: wish("a.example".into()), ..Wishes::default() }),
        ["error 2:1 bad-link: `a.example` is no address on the web; write the whole address: `https://...`"]
    );
}

#[test]
fn what_a_platform_does_not_offer_is_said() {
    let url = || wish("https://x.com/a/status/1".to_owned());
    for (platform, wishes, words) in [
        (
            Platform::LinkedIn,
            Wishes { reply_to: url(), ..Wishes::default() },
            "reference-not-offered: LinkedIn takes no `reply_to` from here; leave it out, or post this by hand",
        ),
        (
            Platform::X,
            Wishes { first_comment: wish("hi".into()), ..Wishes::default() },
            "comment-not-offered: X takes no comments from here; leave `first_comment` out for it",
        ),
        (
            Platform::X,
            Wishes { kind: wish(post::Kind::Reel), ..Wishes::default() },
            "kind-not-offered: X has no `kind: reel`; it has `feed`",
        ),
        (
            Platform::LinkedIn,
            Wishes { kind: wish(post::Kind::Article), ..Wishes::default() },
            "card-link-missing: an article on LinkedIn is a link card, and there is no link; add `link`, or leave `kind` out",
        ),
    ] {
        assert_eq!(told(&target(platform, "a", wishes)), [format!("error 2:1 {words}")]);
    }
    assert_eq!(told(&target(Platform::X, "a", Wishes { kind: wish(post::Kind::Feed), ..Wishes::default() })), [""; 0]);
}

#[test]
fn settings_are_checked_and_written_as_text() {
    let with = |key: &str, value| {
        let settings = [(key.to_owned(), Located::new(value, KEY))].into();
        target(Platform::X, "a", Wishes { settings, ..Wishes::default() })
    };
    let text = |text: &str| Setting::Text(text.into());
    assert_eq!(fitted(&with("reply_settings", text("following"))).settings["reply_settings"], "following");
    assert_eq!(fitted(&with("made_with_ai", Setting::Bool(true))).settings["made_with_ai"], "true");
    assert_eq!(
        told(&with("reply_settings", text("everyone"))),
        [
            "error 2:1 bad-setting: `reply_settings` has a value X does not take; write one of `following`, `mentionedUsers`, \
         `subscribers`, `verified`"
        ]
    );
    assert_eq!(
        told(&with("made_with_ai", text("yes"))),
        ["error 2:1 bad-setting: `made_with_ai` has a value X does not take; write `true` or `false`"]
    );
    assert_eq!(
        told(&with("colour", text("red"))),
        [
            "error 2:1 unknown-setting: X has no setting `colour`; it has `reply_settings`, `made_with_ai`, `paid_partnership`"
        ]
    );
}

#[test]
fn a_platform_to_come_is_one_error_and_can_be_previewed() {
    let (target, account) =
        (target(Platform::Mastodon, "Hi @ann@a.example", Wishes::default()), account(Platform::Mastodon));
    let rendition = fitted(&target);
    assert_eq!(rendition.parts[0].count, 7);
    let mut fitting = Fitting::new(&target, &account);
    fitting.limits = Box::leak(Box::new(Limits { published: false, ..fitting.limits.clone() }));
    fitting.error("other", KEY, "another problem".to_owned(), "it is kept back");
    let (none, problems) = fitting.finish(rendition);
    assert!(none.is_none());
    assert_eq!(
        problems.into_iter().map(say).collect::<Vec<_>>(),
        [
            "error 1:1 not-published-yet: this version of pressroom does not publish to Mastodon yet; take `acme-mastodon` out \
         of `targets`"
        ]
    );
}

#[test]
fn a_text_too_long_is_measured_all_the_same() {
    let measured = measure(&target(Platform::X, &"x".repeat(300), Wishes::default()), &account(Platform::X));
    assert_eq!((measured.len(), measured[0].1.count, measured[0].1.fits), (1, 300, false));
}

#[test]
fn media_paths_stay_inside() {
    let inside = |post: &str, src: &str| candidates(post, src).unwrap();
    assert_eq!(inside("posts/a.md", "x.png"), ["posts/x.png", "x.png"]);
    assert_eq!(inside("posts/2026/a.md", "../img/./x.png"), ["posts/img/x.png"]);
    assert_eq!(inside("a.md", "x.png"), ["x.png"]);
    assert_eq!(inside("posts/a.md", "m//x.png"), ["posts/m/x.png", "m/x.png"]);
    for src in ["../../x.png", "/etc/passwd", "a\\b.png", "C:/x.png", "c:x.png", "..", "a\0b", "../posts/../../x"] {
        assert_eq!(candidates("posts/a.md", src), Err(Lack::Outside), "{src:?}");
    }
}

proptest! {
    #[test]
    fn no_part_is_ever_over_its_limit(
        markdown in r"(\PC{0,5}|[a-z .]{0,200}|[日👋]{0,60}|\n\n---\n\n|https://a\.example/|!\[\]\(cat\.png\)){0,8}",
        thread: bool,
        hashtags: bool,
    ) {
        for platform in Platform::ALL {
            let wishes = Wishes { thread: wish(thread), tags: wish(vec!["tag".into()]), link: wish("https://a.example/".into()), title: wish("t".into()), ..Wishes::default() };
            let account = Account { append_hashtags: hashtags, ..account(platform) };
            let (rendition, problems) = fit(&target(platform, &markdown, wishes), &account, Hosted::Site, &library());
            prop_assert!(rendition.is_some() || problems.iter().any(Problem::is_error));
            for part in rendition.iter().flat_map(|rendition| &rendition.parts) {
                prop_assert!(part.count <= part.limit);
                prop_assert!(count::count(&part.text, platform, false).fits);
                prop_assert!(!part.text.is_empty() || !part.media.is_empty() || rendition.iter().any(|r| r.card.is_some()));
            }
        }
    }
}

/// The targets of one post: some alike but for the account's name, some with another account, another text or another wish.
fn together() -> impl Strategy<Value = Vec<(Target, Account)>> {
    let texts = prop_oneof![Just("Tea."), Just("*Tea*, [here](https://a.example/)."), Just("<b>Tea</b>"), Just("")];
    let one = (0..Platform::ALL.len(), texts, any::<[bool; 5]>());
    proptest::collection::vec(one, 1..8).prop_map(|rows| {
        let rows = rows.into_iter().enumerate().map(
            |(number, (platform, markdown, [tags, title, premium, page, hashtags]))| {
                let platform = Platform::ALL[platform];
                let wishes = Wishes {
                    tags: wish(vec!["tea".into()]).filter(|_| tags),
                    title: wish("Tea".into()).filter(|_| title),
                    ..Wishes::default()
                };
                let name = format!("account{number}");
                let acts_as = page.then(|| "urn:li:organization:1".to_owned());
                let account =
                    Account { name: name.clone(), append_hashtags: hashtags, premium, acts_as, ..account(platform) };
                (Target { account: name, ..target(platform, markdown, wishes) }, account)
            },
        );
        rows.collect()
    })
}

proptest! {
    #[test]
    fn targets_fitted_together_are_fitted_as_each_alone(targets in together()) {
        // The same again under other names: these share what the first get.
        let again = targets.iter().map(|(target, account)| {
            let name = format!("{}-too", account.name);
            (Target { account: name.clone(), ..target.clone() }, Account { name, ..account.clone() })
        });
        let targets: Vec<(Target, Account)> = targets.iter().cloned().chain(again).collect();
        let borrowed: Vec<(&Target, &Account)> = targets.iter().map(|(target, account)| (target, account)).collect();
        let library = library();
        let all = fit_all(&borrowed, Hosted::Site, &library);
        prop_assert_eq!(all.len(), targets.len());
        for ((fitted, problems), (target, account)) in all.iter().zip(&targets) {
            let (alone, problems_alone) = fit(target, account, Hosted::Site, &library);
            prop_assert_eq!(fitted.as_deref(), alone.as_ref());
            prop_assert_eq!(problems, &problems_alone);
            let told = fitted.as_ref().map(|its| its.fingerprint().to_owned());
            prop_assert_eq!(told, alone.map(|its| its.fingerprint()));
        }
    }
}

/// What a platform has no place for is told, or is no part of what is sent: else it would seem to be.
#[test]
fn what_there_is_no_place_for() {
    let library: Library = [file("cup.jpg", Kind::Jpeg, 1000, (640, 640))].into();
    let rendered = |platform: Platform, alt: Option<&str>| {
        let title = wish("Tea".to_owned());
        let visibility = wish(Visibility::Public);
        let wishes = Wishes { media: wish(vec![picture("cup.jpg", alt)]), title, visibility, ..Wishes::default() };
        let account = Account { acts_as: Some("1234567890".into()), ..account(platform) };
        fit(&target(platform, "Tea.", wishes), &account, Hosted::Site, &library)
    };
    let (_, problems) = rendered(Platform::TikTok, Some("a cup"));
    let told: Vec<String> = problems.into_iter().filter(|problem| problem.code.starts_with("alt")).map(say).collect();
    assert_eq!(
        told,
        [
            "warning 2:1 alt-left-out: TikTok has no place for the alternative text of `cup.jpg`: it is left out there; say in \
          the text what matters of it"
        ]
    );
    // On Facebook only videos have a title.
    let (rendition, _) = rendered(Platform::Facebook, Some("a cup"));
    assert_eq!(rendition.unwrap().title, None);
}

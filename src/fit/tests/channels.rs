//! What Discord, Telegram, Forem and Slack take and what they do not: their rules that are nobody else's, as tables.

use super::*;
use crate::limits::Platform::{Discord, Forem, Slack, Telegram};

fn plain() -> Wishes {
    Wishes::default()
}

fn titled() -> Wishes {
    Wishes { title: wish("Tea".to_owned()), ..plain() }
}

fn pictures(sources: &[&str]) -> Option<Located<Vec<MediaWish>>> {
    wish(sources.iter().map(|src| picture(src, Some("It"))).collect())
}

#[test]
fn what_they_do_not_take_is_told() {
    let (stars, long, signs) = ("\\*".repeat(1001), "x".repeat(1025), "&".repeat(801));
    let tags = |tags: &[&str]| Wishes { tags: wish(tags.iter().map(|&tag| tag.to_owned()).collect()), ..titled() };
    let mut original = titled();
    original.settings.insert("canonical_url".into(), Located::new(Setting::Text("http://localhost/".into()), KEY));
    for (platform, markdown, wishes, problem) in [
        (Discord, "a * b", plain(), ""),
        (
            Discord,
            &*stars,
            plain(),
            "error 1:1 text-too-long: the text has 2002 characters with the backslashes that Discord needs before marks; Discord \
             takes 2000: 2 too many; shorten it, or use fewer of these: \\ * _ ~ ` | <",
        ),
        (Telegram, &*long, plain(), ""),
        (
            Telegram,
            &*long,
            Wishes { media: wish(vec![picture("cat.png", None)]), ..plain() },
            "error 1:1 text-too-long: the text has 1025 UTF-16 units; Telegram takes 1024 beside a picture or a video: 1 too many; \
             shorten it, or leave the media out there: `overrides: {telegram: {media: []}}`",
        ),
        (
            Telegram,
            "a",
            Wishes { media: pictures(&["cat.png"]), ..plain() },
            "warning 2:1 alt-left-out: Telegram has no place for the alternative text of `posts/2026/cat.png`: it is left out \
             there; say in the text what matters of it",
        ),
        (
            Telegram,
            "a",
            Wishes { thread: wish(true), ..plain() },
            "error 2:1 thread-not-offered: Telegram has no threads; for one post there: `overrides: {telegram: {thread: false}}`",
        ),
        (Forem, "| a |\n| - |\n| <b>1</b> ![x](https://a.example/x.png) |", tags(&["C++", "Open Source"]), ""),
        (Forem, "a", plain(), "error 1:1 title-missing: Forem needs a title; add `title`"),
        (
            Forem,
            "a",
            tags(&["a", "b", "c", "d", "e"]),
            "error 2:1 too-many-tags: the post has 5 tags; Forem takes 4; leave 1 out, or name others there: `overrides: {forem: \
             {tags: [...]}}`",
        ),
        (
            Forem,
            "a",
            tags(&["!?"]),
            "error 2:1 bad-tag: nothing of the tag `!?` can be a tag of Forem, which has letters and digits alone; write another",
        ),
        (
            Forem,
            "a",
            original,
            "error 2:1 bad-setting: `canonical_url` is no address that Forem takes: http://localhost/; write the whole address of \
             the original: `https://example.com/tea`",
        ),
        (Forem, "a ![x](cat.png) b", Wishes { media: pictures(&["media/dog.jpg"]), ..titled() }, ""),
        (
            Forem,
            "a",
            Wishes { media: pictures(&["media/dog.jpg", "cat.png"]), ..titled() },
            "error 1:1 too-many-images: Forem shows one picture above an article, and 2 are not in its text; write it into the \
             text: `![what it shows](posts/2026/cat.png)`",
        ),
        (
            Slack,
            &*signs,
            plain(),
            "error 1:1 text-too-long: the text has 4005 characters as Slack writes it, with its links; Slack takes 4000: 5 too \
             many; shorten it, or use fewer links and fewer of these: & < >",
        ),
        (
            Slack,
            &"x".repeat(3001),
            Wishes { media: pictures(&["cat.png"]), ..plain() },
            "error 1:1 text-too-long: the text has 3001 characters as Slack writes it, with its links; Slack takes 3000 above \
             pictures: 1 too many; shorten it, or use fewer links and fewer of these: & < >",
        ),
    ] {
        assert_eq!(told(&target(platform, markdown, wishes)).join("\n"), problem, "{platform}");
    }
}

#[test]
fn an_article_is_the_markdown_that_was_written() {
    let wishes = Wishes {
        tags: wish(vec!["C++".to_owned(), "Open Source".to_owned()]),
        link: wish("https://a.example/".to_owned()),
        ..titled()
    };
    let markdown = "## Tea\n\n**Green**, ![A cat](cat.png)\n\n---\n\n![dog][d]\n\n[d]: ../../media/dog.jpg\n";
    let rendition = fitted(&target(Forem, markdown, wishes));
    let part = &rendition.parts[0];
    assert_eq!(
        part.text,
        "## Tea\n\n**Green**, ![A cat](pressroom:posts/2026/cat.png)\n\n---\n\n![dog](pressroom:media/dog.jpg)\n\n[d]: \
         ../../media/dog.jpg\n\nhttps://a.example/"
    );
    assert_eq!(
        part.media.iter().map(|media| &*media.path).collect::<Vec<_>>(),
        ["posts/2026/cat.png", "media/dog.jpg"]
    );
    assert_eq!(rendition.tags, ["cpp", "opensource"]);
}

#[test]
fn words_lead_where_their_link_does() {
    for platform in [Telegram, Slack] {
        let rendition = fitted(&target(platform, "[Tea](https://a.example/)", plain()));
        let part = &rendition.parts[0];
        assert_eq!((&*part.text, part.links.len()), ("Tea", 1), "{platform}");
    }
    let rendition = fitted(&target(Discord, "[Tea](https://a.example/)", plain()));
    assert_eq!(rendition.parts[0].text, "Tea (https://a.example/)");
    // An edit can move a link.
    let linked = |url: &str| fitted(&target(Telegram, &format!("[Tea]({url})"), plain())).fixed();
    assert_eq!(linked("https://a.example/"), linked("https://b.example/"));
}

/// What readers fetch must stay where it is.
#[test]
fn a_bucket_is_no_place_for_what_readers_fetch() {
    for (platform, is_told) in [(Slack, true), (Forem, true), (Platform::Threads, false)] {
        let wishes = Wishes { media: pictures(&["cat.png"]), ..titled() };
        let (_, problems) = fit(&target(platform, "a", wishes), &account(platform), Hosted::Bucket, &library());
        assert_eq!(
            problems.iter().any(|problem| problem.code == "media-host-ends"),
            is_told,
            "{platform} {problems:?}"
        );
    }
}

//! What each piece of Markdown becomes, and what cannot be shown.

use proptest::prelude::*;

use super::*;
use crate::error::Source;
use crate::fit::text::plain;

/// A body that stands behind some front matter.
fn body(markdown: &str) -> Body {
    let front = "---\nid: a\n---\n";
    let text = format!("{front}{markdown}");
    let span = front.len()..text.len();
    let source = Source::new("posts/a.md", text);
    Body { source, offset: Some(front.len()), span, markdown: markdown.to_owned() }
}

fn read(markdown: &str, thread: bool) -> (Vec<String>, Vec<String>) {
    let (document, problems) = parse(&body(markdown), thread);
    let codes = problems.iter().map(|problem| {
        let (line, column) = problem.start();
        format!("{line}:{column} {}", problem.code)
    });
    (document.parts.iter().map(|part| plain(&part.blocks)).collect(), codes.collect())
}

#[test]
fn markdown_becomes_plain_text() {
    for (markdown, text) in [
        ("Hello *there*, **you** and __all__.", "Hello there, you and all."),
        ("one\ntwo\n\nthree\n\n\n\nfour", "one\ntwo\n\nthree\n\nfour"),
        ("hard  \nbreak\\\nhere", "hard\nbreak\nhere"),
        ("snake_case_word 2*3*4", "snake_case_word 234"),
        (r"\*not emphasis\* \# \[x\]", "*not emphasis* # [x]"),
        ("AT&amp;T &copy; &#x1F44B;", "AT&T © 👋"),
        ("`code` and ``a`b``", "code and a`b"),
        ("# Heading\nText\n\n## Other ##\n\nMore", "Heading\nText\n\nOther\n\nMore"),
        ("Heading\n=======\nText", "Heading\nText"),
        ("#hashtag stays", "#hashtag stays"),
        ("[text](https://a.example/x) end", "text (https://a.example/x) end"),
        ("[https://a.example](https://a.example)", "https://a.example"),
        ("[a.example](https://a.example/)", "https://a.example/"),
        ("<https://a.example/x?a=1&b=2>", "https://a.example/x?a=1&b=2"),
        ("<ann@a.example> [mail](mailto:ann@a.example)", "ann@a.example mail (ann@a.example)"),
        ("[ref][1]\n\n[1]: https://a.example", "ref (https://a.example)"),
        ("[no reference] [^ x]", "[no reference] [^ x]"),
        ("- a\n- b\n  - c\n    more\n- d", "• a\n• b\n  • c\n    more\n• d"),
        ("Text\n- a\n- b\nlazy", "Text\n• a\n• b\n  lazy"),
        ("* a\n\n* b\n\n  second", "• a\n\n• b\n\n  second"),
        ("1. a\n2. b", "1. a\n2. b"),
        ("1. a\n1. b\n1. c", "1. a\n2. b\n3. c"),
        ("3) a\n5) b", "3) a\n5) b"),
        ("2026. A year", "2026. A year"),
        ("- [ ] todo", "• [ ] todo"),
        ("> said\n> so\n>\n> - a\n\nText", "> said\n> so\n>\n> • a\n\nText"),
        ("```rust\nlet a = \"*b*\";\n\n  x\n```\nText", "let a = \"*b*\";\n\n  x\nText"),
        ("    indented\n    code", "indented\ncode"),
        ("~~kept~~ ~", "~~kept~~ ~"),
        ("<3 and 5 < 6 > 4", "<3 and 5 < 6 > 4"),
        ("a\r\nb\r\n\r\nc", "a\nb\n\nc"),
        ("", ""),
    ] {
        assert_eq!(read(markdown, false), (vec![text.to_owned()], Vec::new()), "{markdown}");
    }
}

#[test]
fn pictures_leave_the_text() {
    for (markdown, text, images) in [
        ("![A cat](cat.png)", "", vec![("cat.png", Some("A cat"))]),
        ("Text\n\n![](cat.png)\n\nMore", "Text\n\nMore", vec![("cat.png", None)]),
        ("Text\n![](a.png)\n![](b.png)\nMore", "Text\nMore", vec![("a.png", None), ("b.png", None)]),
        ("See ![*A* `cat`](my%20cat.png) here", "See here", vec![("my cat.png", Some("A cat"))]),
        ("![a](<b c.png> \"title\").", ".", vec![("b c.png", Some("a"))]),
        ("[![a](b.png)](https://a.example)", "https://a.example", vec![("b.png", Some("a"))]),
        ("- ![a](b.png)\n- x", "•\n• x", vec![("b.png", Some("a"))]),
        ("![a ![b](b.png) c](c.png)", "", vec![("c.png", Some("a b c"))]),
    ] {
        let (document, problems) = parse(&body(markdown), false);
        let part = &document.parts[0];
        let found: Vec<_> = part.images.iter().map(|image| (image.src.value.as_str(), image.alt.as_deref())).collect();
        assert_eq!((plain(&part.blocks).as_str(), found), (text, images), "{markdown}");
        assert_eq!(problems, [], "{markdown}");
    }
}

#[test]
fn what_cannot_be_shown_is_told_with_its_place() {
    for (markdown, problems) in [
        ("a\n\n| x | y |\n|---|---|\n| 1 | 2 |\n", vec!["6:1 table"]),
        ("a[^1]\n\n[^1]: note", vec!["4:2 footnote", "6:1 footnote"]),
        ("a <b>bold</b>", vec!["4:3 html"]),
        ("a\n\n<div>\nx\n</div>", vec!["6:1 html"]),
        ("<!-- note -->", vec!["4:1 html"]),
        ("a ![x](https://a.example/x.png)", vec!["4:3 remote-image"]),
        ("![x](HTTP://a.example/x.png)", vec!["4:1 remote-image"]),
        (
            "see [this](other.md) and [that](#top) and [none]()",
            vec!["4:5 relative-link", "4:26 relative-link", "4:43 relative-link"],
        ),
        ("a\n\n---\n\nb", vec!["6:1 break-ignored"]),
        ("Hello\n\n[Update]: https://a.example\n[ok]: https://b.example\n\n[OK]", vec!["6:1 unused-link"]),
    ] {
        assert_eq!(read(markdown, false).1, problems, "{markdown}");
    }
    assert_eq!(read(&">".repeat(10_000), false).1, ["4:17 nested-too-deep"]);
}

#[test]
fn problems_say_what_to_do() {
    let told = |markdown: &str| {
        let problem = parse(&body(markdown), false).1.remove(0);
        format!("{}; {}", problem.message, problem.hint.unwrap_or_default())
    };
    for (markdown, words) in [
        ("|a|\n|-|\n|b|", "a table cannot be shown as text; write it as a list, or attach a picture of it"),
        ("<br>", "HTML cannot be shown as text: `<br>`; leave the tag out; for the character itself write `\\<`"),
        (
            "a[^1]\n\n[^1]: n",
            "a footnote cannot be shown as text; say it in the text; for the characters themselves write `\\[^`",
        ),
        ("[a](b)", "the link `b` leads nowhere outside this repository; write the whole address: `https://...`"),
        (
            "![a](http://b)",
            "the picture `http://b` is not in this repository; download it into the repository and name the file: only what \
             is committed is published",
        ),
        (
            "[Update]: https://a.example",
            "`[Update]: https://a.example` defines a link that nothing refers to, so no reader would see it; to show it as \
             it is, write `\\[` for `[`",
        ),
        (
            "a\n\n***",
            "this line does not split the post: it is shown as a blank line; add `thread: true` to the front matter to \
             split the post here, or leave the line out",
        ),
    ] {
        assert_eq!(told(markdown), words);
    }
    let deep = told(&"> ".repeat(40));
    assert_eq!(deep, "lists and quotes are nested more than 16 deep; write it with fewer levels of lists and quotes");
}

#[test]
fn a_thread_splits_at_breaks() {
    let parts = |markdown| read(markdown, true).0;
    assert_eq!(parts("one\n\n---\n\ntwo"), ["one", "two"]);
    assert_eq!(parts("one\nmore\n---\ntwo\n* * *\nthree"), ["one\nmore", "two", "three"]);
    assert_eq!(parts("- a\n---\nb"), ["• a", "b"]);
    assert_eq!(parts("```\n---\n```"), ["---"]);
    assert_eq!(parts("> a\n> ***\n> b"), ["> a\n> b"]);
    assert_eq!(parts("a\n\n---\n"), ["a", ""]);
    assert_eq!(parts("Heading\n===\na"), ["Heading\na"]);
}

#[test]
fn without_a_thread_a_break_is_a_blank_line() {
    assert_eq!(read("one\n---\ntwo", false), (vec!["one\n\ntwo".to_owned()], vec!["5:1 break-ignored".to_owned()]));
    assert_eq!(read("one\n***\ntwo", false).0, ["one\n\ntwo"]);
}

#[test]
fn parts_and_pictures_know_their_place() {
    let body = body("one\n\n![a](a.png)\n\n---\n\ntwo\n![b](b.png)\n");
    let (document, _) = parse(&body, true);
    let at = |span: &Range<usize>| body.source.text[span.clone()].to_owned();
    assert_eq!(
        document.parts.iter().map(|part| at(&part.span)).collect::<Vec<_>>(),
        ["one\n\n![a](a.png)", "two\n![b](b.png)"]
    );
    let images: Vec<_> = document.parts.iter().flat_map(|part| &part.images).collect();
    assert_eq!(
        images.iter().map(|image| (at(&image.src.span), image.part)).collect::<Vec<_>>(),
        [("![a](a.png)".to_owned(), Some(1)), ("![b](b.png)".to_owned(), Some(2)),]
    );
}

/// A text in the front matter has no offset: its problems point at the key.
#[test]
fn a_text_in_the_front_matter_points_at_its_key() {
    let body = Body { offset: None, span: 4..9, ..body("![a](http://b)") };
    assert_eq!(parse(&body, false).1[0].span, Some(4..9));
}

proptest! {
    #[test]
    fn parsing_never_panics(
        markdown in r"(\PC|[ \n\t\\*_`#>!\[\]()<|:.-]|\r\n|---\n|- |1\. |!\[a\]\(b\)|\[\^1\]|```\n|&amp;|https://){0,80}",
        thread: bool,
    ) {
        let body = body(&markdown);
        let (document, problems) = parse(&body, thread);
        prop_assert!(!document.parts.is_empty());
        prop_assert!(thread || document.parts.len() == 1);
        for span in problems.iter().filter_map(|problem| problem.span.clone()).chain(document.parts.iter().map(|part| part.span.clone())) {
            prop_assert!(body.source.text.get(span).is_some());
        }
    }
}

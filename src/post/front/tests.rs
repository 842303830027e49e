//! What authors get wrong, and the exact words they read about it.

use crate::error::Source;
use crate::post::parse;
use crate::zone::Zone;

/// The problems of a text, one a line: `line:column code message / hint`.
fn problems(text: &str) -> Vec<String> {
    let (_, problems) = parse(&Source::new("posts/tea.md", text), Some(Zone::named("Europe/Amsterdam")));
    let line = |problem: crate::error::Problem| {
        assert!(problem.span.clone().is_none_or(|span| problem.source.text.get(span).is_some()), "{problem:?}");
        let (line, column) = problem.start();
        format!("{line}:{column} {} {} / {}", problem.code, problem.message, problem.hint.unwrap_or_default())
    };
    problems.into_iter().map(line).collect()
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(problems(text), expected, "{text}");
}

#[test]
fn a_whole_post_is_fine() {
    check(
        r#"---
id: tea
title: 2026
targets: [acme-x, acme-company]
schedule: 2026-12-01 09:00
max_late: 6h
visibility: unlisted
draft: false
tags: [tea, 2026, "green tea"]
lang: pt-BR
link: https://example.com/a
media:
  - tea.jpg
  - {src: ../media/b.png, alt: "", part: 2, title: B, cover: c.png, captions: d.vtt}
thread: true
poll: {options: [yes, no], duration: 1d}
reply_to: other-post
quote_of: https://x.com/a/status/1
first_comment: Hello
kind: feed
overrides:
  x: {text: "Short", reply_settings: following, draft: true}
  acme-company:
    title: Other
    nonsense: 1
on_edit: keep
on_remove: keep
date: 2020-01-01
params: {a: [1, {b: c}]}
---
Body
"#,
        &[],
    );
    check("\u{feff}---\r\ntargets: [x]\r\ntitle: \"Tea\"   # for people\r\n---   \r\nTea\r\n", &[]);
    check(
        r#"---
date: 2020-01-01
description: x
slug: y
params: {a: [1, {b: c}]}
categories: [a]
layout: post
weight: 3
author: Ann
aliases: [/a]
---
Tea
"#,
        &[],
    );
    check(
        r#"---
targets: []
draft: true
---
Tea
"#,
        &[],
    );
    check(
        r#"---
published: false
---
Tea
"#,
        &[],
    );
}

#[test]
fn no_front_matter() {
    check(
        "",
        &[
            "1:1 front-matter-missing the file is empty / begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text",
        ],
    );
    check(
        r#"Tea
"#,
        &[
            "1:1 front-matter-missing there is no front matter / begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text",
        ],
    );
    check(
        r#"
---
title: x
---
"#,
        &[
            "1:1 front-matter-missing something stands before the `---` of the front matter / the very first line must be `---`",
        ],
    );
    check(
        r#"+++
title = "x"
+++
"#,
        &[
            "1:1 front-matter-missing front matter between `+++` is TOML; pressroom reads YAML / write it as YAML between `---` lines",
        ],
    );
    check(
        r#"----
title: x
---
"#,
        &[
            "1:1 front-matter-missing there is no front matter / begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text",
        ],
    );
}

#[test]
fn unclosed_or_empty_front_matter() {
    check(
        r#"---
title: x
"#,
        &[
            "1:1 front-matter-unclosed the front matter is never closed / put a line `---` between the keys and the text",
        ],
    );
    check(
        "---",
        &[
            "1:1 front-matter-unclosed the front matter is never closed / put a line `---` between the keys and the text",
        ],
    );
    check(
        r#"---
---
Tea
"#,
        &[
            "2:1 front-matter-empty the front matter is empty / begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text",
        ],
    );
    check(
        r#"---
# nothing
---
"#,
        &[
            "2:1 front-matter-empty the front matter is empty / begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text",
        ],
    );
    check(
        r#"---
{}
---
"#,
        &[
            "2:1 front-matter-empty the front matter is empty / begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text",
        ],
    );
    check(
        r#"---
- a
---
"#,
        &[
            "2:1 front-matter-no-keys front matter is `key: value` lines, not a list / begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text",
        ],
    );
    check(
        r#"---
Tea
---
"#,
        &[
            "2:1 front-matter-no-keys front matter is `key: value` lines, not text / begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text",
        ],
    );
}

#[test]
fn broken_yaml() {
    check(
        r#"---
title: Tea: the story
---
Tea
"#,
        &[
            "2:11 yaml a `: ` where none can be / put text that holds `: `, ` #`, quotes or brackets between double quotes",
        ],
    );
    check(
        r#"---
title: 'it's'
---
Tea
"#,
        &[
            "2:12 yaml a quote that is never closed, or text after one / put text that holds `: `, ` #`, quotes or brackets between double quotes",
        ],
    );
    check(
        r#"---
title: @tea
---
Tea
"#,
        &[
            "2:8 yaml a value cannot begin with this character / put text that holds `: `, ` #`, quotes or brackets between double quotes",
        ],
    );
    check(
        r#"---
title: "tea
---
Tea
"#,
        &[
            "2:8 yaml a quote that is never closed, or text after one / put text that holds `: `, ` #`, quotes or brackets between double quotes",
        ],
    );
    check(
        r#"---
tags: [a, b
lang: en
---
Tea
"#,
        &[
            "3:5 yaml a `:` where none can be; perhaps a bracket above is never closed / put text that holds `: `, ` #`, quotes or brackets between double quotes",
        ],
    );
    check(
        r#"---
title: {{ page }}
---
Tea
"#,
        &["2:9 wrong-type a key must be text / a value that begins with `{` or `[` goes between double quotes"],
    );
    check(
        r#"---
title: tea
 lang: en
---
Tea
"#,
        &[
            "3:6 yaml a `: ` where none can be / put text that holds `: `, ` #`, quotes or brackets between double quotes",
        ],
    );
    check(
        "---\noverrides:\n\tx: {text: a}\n---\nTea\n",
        &["3:1 yaml-tab a tab in the indentation; YAML takes spaces only / use two spaces for each level"],
    );
    check(
        "---\noverrides:\n  x:\n  \ttext: a\n---\nTea\n",
        &["4:3 yaml-tab a tab in the indentation; YAML takes spaces only / use two spaces for each level"],
    );
    check(
        "---\r\ntitle: é: b\r\n---\r\n",
        &[
            "2:9 yaml a `: ` where none can be / put text that holds `: `, ` #`, quotes or brackets between double quotes",
        ],
    );
}

#[test]
fn dangerous_yaml() {
    check(
        r#"---
params: &a [x, x]
extra: [*a, *a]
---
Tea
"#,
        &[
            "2:9 yaml-anchor front matter takes no anchors (`&name`) and no aliases (`*name`) / write the value out where it is meant; text that begins with `&` or `*` goes between double quotes",
        ],
    );
    check(
        r#"---
title: *tea
---
Tea
"#,
        &[
            "2:8 yaml a value cannot begin with `*` / put text that holds `: `, ` #`, quotes or brackets between double quotes",
        ],
    );
    check(
        r#"---
title: !important tea
---
Tea
"#,
        &["2:8 yaml-tag front matter takes no tags (`!name`) / text that begins with `!` goes between double quotes"],
    );
    check(
        r#"---
title: a
...
title: b
---
Tea
"#,
        &["4:1 yaml-documents front matter is one document; this begins another / remove the line `...` above"],
    );
    check(
        r#"---
params: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
---
Tea
"#,
        &["2:40 yaml-depth more than 32 levels of lists and maps / write it with fewer levels"],
    );
    check(
        r#"---
? [a]
: b
---
Tea
"#,
        &["2:3 wrong-type a key must be text / a value that begins with `{` or `[` goes between double quotes"],
    );
}

#[test]
fn duplicate_and_unknown_keys() {
    check(
        r#"---
targets: [x]
lang: en
targets: [y]
params: {a: 1, a: 2}
---
Tea
"#,
        &[
            "4:1 duplicate-key `targets` is given twice; the first is in line 2 / keep one of them",
            "5:16 duplicate-key `a` is given twice; the first is in line 5 / keep one of them",
        ],
    );
    check(
        r#"---
shedule: on-merge
Title: a
colour: red
text: a
---
Tea
"#,
        &[
            "2:1 unknown-key there is no key `shedule` / did you mean `schedule`?",
            "3:1 unknown-key there is no key `Title` / did you mean `title`?",
            "4:1 unknown-key there is no key `colour` / data of your own goes under `params`",
            "5:1 unknown-key there is no key `text` / the text of a post goes below the front matter",
        ],
    );
}

#[test]
fn wrong_values() {
    check(
        r##"---
id: Tea Time!
title: true
targets: acme-x, acme-y
max_late: 6 hours
visibility: publik
draft: yes
tags: ["#tea", "", [a], true, green]
lang: en_GB
link: example.com/a
media: tea.jpg
thread: on
poll: {options: [a], duraton: 1d}
reply_to: posts/tea.md
quote_of: a b
repost_of: ftp://x.y
first_comment:
kind: feeed
overrides: x
---
Tea
"##,
        &[
            "2:5 bad-id `Tea Time!` is no id: small letters, digits, `.`, `_` and `-`, at most 64, a letter or digit first / write `id: tea-time`",
            r#"3:8 wrong-type `title` must be text, not true or false / write `title: "true"`"#,
            "4:10 wrong-type `targets` must be a list, not text / write `targets: [acme-x, acme-y]`",
            "5:11 bad-duration `max_late: 6 hours` is no duration / write a number followed by `m`, `h` or `d`, such as `90m`, `6h` or `2d`",
            "6:13 unknown-value `visibility` cannot be `publik` / did you mean `public`? choose `public`, `unlisted`, `followers`, `connections` or `private`",
            "7:8 wrong-type `draft` must be `true` or `false`, not text / write `draft: true`",
            "8:8 bad-tag the tag `#tea` begins with `#` / write `tea`; the `#` is added where a platform wants it",
            "8:16 wrong-type an entry of `tags` is empty / write `tags: [one, two]`",
            "8:20 wrong-type an entry of `tags` must be text, not a list / write `tags: [one, two]`",
            "8:25 wrong-type an entry of `tags` must be text; this `true` is no text without quotes / write `tags: [one, two]`",
            "9:7 bad-lang `en_GB` is no language tag / write `lang: en-GB`",
            "10:7 bad-url `example.com/a` is no web address / write `link: https://example.com/a`",
            "11:8 wrong-type `media` must be a list, not text / write `media: [tea.jpg]`",
            "12:9 wrong-type `thread` must be `true` or `false`, not text / write `thread: true`",
            "13:7 missing-key `poll` has no `duration` / write `poll: {options: [yes, no], duration: 1d}`",
            "13:17 too-few a poll needs at least 2 `options`; this one has 1 / write `options: [yes, no]`",
            "13:22 unknown-key there is no key `duraton` here / did you mean `duration`?",
            "14:11 bad-reference `posts/tea.md` is neither a web address nor the id of a post / write `reply_to: tea`",
            "15:11 bad-reference `a b` is neither a web address nor the id of a post / write `quote_of: https://...` or the id of a post",
            "16:12 bad-reference `ftp://x.y` is neither a web address nor the id of a post / write `repost_of: https://...` or the id of a post",
            "17:14 empty-value `first_comment` has no value / write one, or remove the line",
            "18:7 unknown-value `kind` cannot be `feeed` / did you mean `feed`? choose `feed`, `reel`, `story`, `short`, `document` or `article`",
            "19:12 wrong-type `overrides` must be a map, not text / write `overrides: {x: {text: Another text}}`",
        ],
    );
    check(
        r#"---
lang: english
title: ""
targets: {a: b}
id: "???"
draft: 1
published: no
visibility: all
---
Tea
"#,
        &[
            "2:7 bad-lang `english` is no language tag / write `lang: en` or `lang: pt-BR`",
            "3:8 empty-value `title` is empty / write something, or remove it",
            "4:10 wrong-type `targets` must be a list, not a map / write `targets: [one, two]`",
            "5:5 bad-id `???` is no id: small letters, digits, `.`, `_` and `-`, at most 64, a letter or digit first / write small letters and digits, such as `tea-time`",
            "6:8 wrong-type `draft` must be `true` or `false`, not a number / write `draft: true` or `draft: false`",
            "7:1 synonyms `draft` and `published` say the same thing / keep `draft`",
            "7:12 wrong-type `published` must be `true` or `false`, not text / write `published: false`",
            "8:13 unknown-value `visibility` cannot be `all` / choose `public`, `unlisted`, `followers`, `connections` or `private`",
        ],
    );
    check(
        r#"---
targets: []
---
Tea
"#,
        &["2:10 empty-value `targets` is empty / name accounts, or remove the line to mean `defaults.targets`"],
    );
}

#[test]
fn media_and_polls() {
    check(
        r#"---
media:
  - ../../etc/passwd
  - /etc/passwd
  - https://example.com/a.jpg
  - a\b.jpg
  - {alt: x, srcc: y}
  - {src: a.jpg, part: 0}
  - {src: a.jpg, part: one}
  - [a]
  -
poll: {options: [a, a, b], duration: 0h}
---
Tea
"#,
        &[
            "3:5 bad-path `../../etc/passwd` leaves the repository / paths are relative to the post or to the repository's root, and stay inside the repository",
            "4:5 bad-path `/etc/passwd` leaves the repository / paths are relative to the post or to the repository's root, and stay inside the repository",
            "5:5 bad-path `https://example.com/a.jpg` is no file of the repository / put the file into the repository and write its path",
            r#"6:5 bad-path `a\b.jpg` is no path / write `/` between folders"#,
            "7:5 missing-key an entry of `media` has no `src` / write `src: picture.jpg`",
            "7:14 unknown-key there is no key `srcc` here / did you mean `src`?",
            "8:24 unknown-value there is no part 0 / parts of a thread are counted from 1",
            "9:24 wrong-type `part` must be a number, not text / write `part: 1` for the first part of the thread",
            "10:5 wrong-type an entry of `media` must be text, not a list / write `media: [one, two]`",
            "11:4 wrong-type an entry of `media` is empty / write `media: [one, two]`",
            "12:21 duplicate-option the option `a` is given twice / keep one of them",
            "12:38 bad-duration `duration: 0h` is no duration / write at least `1m`",
        ],
    );
}

#[test]
fn overrides_hold_wishes() {
    check(
        r#"---
overrides:
  x: {id: a, targets: [b], schedule: on-merge, expires: on-merge, on_edit: keep, overrides: {}, draft: true, published: true, text: [3], visibility: all}
  y: text
  z: {}
---
Tea
"#,
        &[
            "3:7 not-in-override `id` cannot differ for `x` / write it for the whole post, or make two posts",
            "3:14 not-in-override `targets` cannot differ for `x` / write it for the whole post, or make two posts",
            "3:28 not-in-override `schedule` cannot differ for `x` / write it for the whole post, or make two posts",
            "3:48 not-in-override `expires` cannot differ for `x` / write it for the whole post, or make two posts",
            "3:67 not-in-override `on_edit` cannot differ for `x` / write it for the whole post, or make two posts",
            "3:82 not-in-override `overrides` cannot differ for `x` / write it for the whole post, or make two posts",
            "3:110 synonyms `draft` and `published` say the same thing / keep `draft`",
            "3:133 wrong-type `text` must be text, not a list / write `text: some text`",
            "3:150 unknown-value `visibility` cannot be `all` / choose `public`, `unlisted`, `followers`, `connections` or `private`",
            "4:6 wrong-type `y` must be a map, not text / write `y: {text: Another text}`",
        ],
    );
}

#[test]
fn schedules() {
    check(
        r#"---
schedule: 2026-12-01
---
Tea
"#,
        &["2:11 bare-date `schedule: 2026-12-01` has no time of day / write `schedule: 2026-12-01 09:00`"],
    );
    check(
        r#"---
publishDate: 2026-12-01
---
Tea
"#,
        &["2:14 bare-date `publishDate: 2026-12-01` has no time of day / write `publishDate: 2026-12-01 09:00`"],
    );
    check(
        r#"---
schedule: 2026-12-01 09:00
publishDate: 2026-12-01 09:00
---
Tea
"#,
        &["3:1 synonyms `schedule` and `publishDate` say the same thing / keep `schedule`"],
    );
    check(
        r#"---
schedule: 2026-03-29 02:30
---
Tea
"#,
        &[
            "2:11 dst-gap `2026-03-29 02:30` does not exist in Europe/Amsterdam: the clock goes from 02:00 to 03:00 / the nearest times are `schedule: 2026-03-29 01:59` and `schedule: 2026-03-29 03:00`",
        ],
    );
    check(
        r#"---
schedule: 2026-10-25 02:30
---
Tea
"#,
        &[
            "2:11 dst-fold `2026-10-25 02:30` exists twice in Europe/Amsterdam: the clock is set back that day / write `schedule: 2026-10-25T02:30:00+02:00` for the first or `schedule: 2026-10-25T02:30:00+01:00` for the second",
        ],
    );
    check(
        r#"---
schedule: 2026-12-01 09:00 Europe/Amsterdm
---
Tea
"#,
        &["2:11 unknown-zone there is no zone `Europe/Amsterdm` / did you mean `Europe/Amsterdam`?"],
    );
    check(
        r#"---
schedule: 2026
---
Tea
"#,
        &[
            "2:11 bad-date `schedule: 2026` is no date and time / write `schedule: 2026-12-01 09:00`, or RFC 3339 such as `schedule: 2026-12-01T09:00:00+01:00`",
        ],
    );
}

#[test]
fn when_it_goes_out_and_what_becomes_of_it() {
    check(
        r#"---
schedule: next-slot
on_edit: update
on_remove: delete
expires: 2026-12-01 09:00
---
Tea
"#,
        &[],
    );
    check(
        r#"---
expires: 2026-12-01
on_remove: burn
---
Tea
"#,
        &[
            "2:10 bare-date `expires: 2026-12-01` has no time of day / write `expires: 2026-12-01 09:00`",
            "3:12 unknown-value `on_remove` cannot be `burn` / choose `keep` or `delete`",
        ],
    );
}

#[test]
fn a_post_says_what_its_author_wrote() {
    let text = "\u{feff}---\r\nid: tea.2026\r\ntitle: 2026 \r\ntargets: [acme-x]\r\nschedule: 2026-12-01 09:00\r\npublished: false\r\n\
                overrides:\r\n  x:\r\n    text: |\r\n      Short\r\n      tea\r\n    reply_settings: following\r\n---\r\nTea é\r\n";
    let (post, problems) = parse(&Source::new("posts/a/tea.md", text), Some(Zone::named("Europe/Amsterdam")));
    let post = post.unwrap();
    assert_eq!(problems, []);
    assert_eq!((post.id.as_str(), post.id_span.is_some()), ("tea.2026", true));
    let title = post.wishes.title.unwrap();
    assert_eq!((&*title.value, &text[title.span]), ("2026", "2026"));
    assert_eq!(post.targets[0].value, "acme-x");
    assert_eq!(&text[post.schedule.unwrap().span], "2026-12-01 09:00");
    assert!(post.wishes.draft.unwrap().value);
    assert_eq!(post.body.markdown, "Tea é\r\n");
    assert_eq!(&text[post.body.offset.unwrap()..], "Tea é\r\n");
    let changed = &post.overrides["x"];
    assert_eq!(&text[changed.span.clone()], "x");
    let body = changed.text.as_ref().unwrap();
    assert_eq!((body.markdown.as_str(), body.offset), ("Short\ntea\n", None));
    assert_eq!(changed.settings[0].0.value, "reply_settings");
}

#[test]
fn a_post_without_an_id_is_its_path() {
    for (path, id) in [("posts/tea.md", "tea"), ("posts/2026/tea time.md", "2026/tea time"), ("tea.md", "tea")] {
        let (post, problems) = parse(&Source::new(path, "---\ntargets: [x]\n---\n"), None);
        let post = post.unwrap();
        assert_eq!((post.id.as_str(), post.id_span.is_some(), problems), (id, false, vec![]), "{path}");
    }
}

#[test]
fn two_posts_of_one_id() {
    let post = |path: &str, id: &str| parse(&Source::new(path, format!("---\nid: {id}\n---\n")), None).0.unwrap();
    let posts =
        [post("posts/a.md", "tea"), post("posts/b.md", "b"), post("posts/c.md", "tea"), post("posts/d.md", "tea")];
    let problems = crate::post::duplicates(&posts);
    let told: Vec<_> = problems.iter().map(|problem| (&*problem.source.path, problem.message.as_str())).collect();
    assert_eq!(
        told,
        [
            ("posts/a.md", "the id `tea` is also that of posts/c.md"),
            ("posts/c.md", "the id `tea` is also that of posts/a.md"),
            ("posts/d.md", "the id `tea` is also that of posts/a.md"),
        ]
    );
}

#[test]
fn a_megabyte_of_front_matter_is_refused_at_once() {
    let text = format!("---\n{}---\n", "params: [a, b]\n".repeat(70_000));
    let start = std::time::Instant::now();
    check(
        &text,
        &[
            "1:1 front-matter-too-long the front matter is 1026 KiB long; at most 64 KiB are read / the text of a post goes below \
           the second `---`",
        ],
    );
    assert!(start.elapsed().as_millis() < 500, "{:?}", start.elapsed());
}

#[test]
fn no_shape_of_front_matter_takes_long() {
    let units = [
        "[", "{", "- ", "? ", "a: ", "{a: ", "? - ", "\"", "|\n ", "#", ":", "a:\n ", "é", "\r", "[]", "- a\n",
        "a\n\n", "[?",
    ];
    for unit in units {
        for start in ["", "params: ", "params: ["] {
            let text = format!("---\n{start}{}\n---\n", unit.repeat(60_000 / unit.len()));
            let begun = std::time::Instant::now();
            let _ = parse(&Source::new("posts/tea.md", text), None);
            assert!(begun.elapsed().as_secs() < 2, "{start:?} {unit:?}: {:?}", begun.elapsed());
        }
    }
}

#[test]
fn bytes_that_are_no_text() {
    let told = |bytes: &[u8]| {
        let problem = Source::from_bytes("posts/tea.md", bytes).unwrap_err();
        (problem.start(), problem.message)
    };
    assert_eq!(told(b"---\ntitle: caf\xe9\n---\n"), ((2, 11), "byte 14 of the file (0xe9) is not UTF-8".to_owned()));
    assert_eq!(told(b"\xff\xfe-\0-\0"), ((1, 1), "the file is UTF-16, not UTF-8".to_owned()));
    assert_eq!(&*Source::from_bytes("posts/tea.md", "é".as_bytes()).unwrap().text, "é");
}

proptest::proptest! {
    #[test]
    fn never_panics(text in ".{0,200}") {
        problems(&text);
    }

    #[test]
    fn never_panics_on_what_looks_like_yaml(
        text in "(?s)\u{feff}?---\r?\n((id|title|tags|media|poll|overrides|schedule|draft|x|-|\\?| |\t|é|\n  |\n|\r\n|: |, |\\[|\\]|\\{|\\}|\"|'|&a|\\*a|!t|#| #|\\||>|%|@|---|\\.\\.\\.|1|\u{2028}|\\\\){0,40})\n---\nTea",
    ) {
        problems(&text);
    }
}

//! Front matter that is none, or not what was meant.

use insta::assert_snapshot;

use crate::desk::{Desk, post};

#[test]
fn front_matter_must_be_there_and_whole() {
    let desk = Desk::new();
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "Tea is ready.\n")]), @"
    error[front-matter-missing]: there is no front matter
     --> posts/tea.md:1:1
      |
    1 | Tea is ready.
      | ^^^^^^^^^^^^^
      |
      = hint: begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\nid: tea\ntargets: [all]\n\nTea is ready.\n")]), @"
    error[front-matter-unclosed]: the front matter is never closed
     --> posts/tea.md:1:1
      |
    1 | ---
      | ^^^
      |
      = hint: put a line `---` between the keys and the text

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\n---\nTea is ready.\n")]), @"
    error[front-matter-empty]: the front matter is empty
     --> posts/tea.md:2:1
      |
    2 | ---
      | ^
      |
      = hint: begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "")]), @"
    error[front-matter-missing]: the file is empty
     --> posts/tea.md:1:1
      |
    1 |
      | ^
      |
      = hint: begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\nid: tea\ntargets:\n\t- all\n---\nTea is ready.\n")]), @"
    error[yaml-tab]: a tab in the indentation; YAML takes spaces only
     --> posts/tea.md:4:1
      |
    4 |     - all
      | ^^^^
      |
      = hint: use two spaces for each level

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\n\tid: tea\n---\nTea is ready.\n")]), @"
    error[yaml-tab]: a tab in the indentation; YAML takes spaces only
     --> posts/tea.md:2:1
      |
    2 |     id: tea
      | ^^^^
      |
      = hint: use two spaces for each level

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\nid: tea\ntitle: \"tea\n---\nTea is ready.\n")]), @r#"
    error[yaml]: a quote that is never closed, or text after one
     --> posts/tea.md:3:8
      |
    3 | title: "tea
      |        ^
      |
      = hint: put text that holds `: `, ` #`, quotes or brackets between double quotes

    1 post: 1 error.
    "#);
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\n- tea\n---\nTea is ready.\n")]), @"
    error[front-matter-no-keys]: front matter is `key: value` lines, not a list
     --> posts/tea.md:2:1
      |
    2 | - tea
      | ^^^^^
      |
      = hint: begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "+++\ntitle = \"tea\"\n+++\nTea is ready.\n")]), @"
    error[front-matter-missing]: front matter between `+++` is TOML; pressroom reads YAML
     --> posts/tea.md:1:1
      |
    1 | +++
      | ^^^
      |
      = hint: write it as YAML between `---` lines

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", b"---\nid: tea\ntitle: Th\xe9\n---\n".as_slice())]), @"
    error[not-utf8]: byte 21 of the file (0xe9) is not UTF-8
     --> posts/tea.md:3:10
      |
    3 | title: Th�
      |          ^
      |
      = hint: save the file as UTF-8

    1 post: 1 error.
    ");
}

#[test]
fn keys_must_be_known_and_said_once() {
    let desk = Desk::new();
    assert_snapshot!(desk.refuses_post("id: coffee\n", "Tea is ready."), @"
    error[duplicate-key]: `id` is given twice; the first is in line 2
     --> posts/tea.md:5:1
      |
    5 | id: coffee
      | ^^
      |
      = hint: keep one of them

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses_post("shedule: 2026-12-01 09:00\n", "Tea is ready."), @"
    error[unknown-key]: there is no key `shedule`
     --> posts/tea.md:5:1
      |
    5 | shedule: 2026-12-01 09:00
      | ^^^^^^^
      |
      = hint: did you mean `schedule`?

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses_post("colour: green\n", "Tea is ready."), @"
    error[unknown-key]: there is no key `colour`
     --> posts/tea.md:5:1
      |
    5 | colour: green
      | ^^^^^^
      |
      = hint: data of your own goes under `params`

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses_post("overrides:\n  x:\n    txt: Tea!\n", "Tea is ready."), @"
    error[unknown-key]: `txt` is neither a key nor a setting of x
     --> posts/tea.md:7:5
      |
    7 |     txt: Tea!
      |     ^^^
      |
      = hint: did you mean `text`?

    1 post: 1 error.
    ");
    assert_snapshot!(desk.refuses_post("max_late: soon\n", "Tea is ready."), @"
    error[bad-duration]: `max_late: soon` is no duration
     --> posts/tea.md:5:11
      |
    5 | max_late: soon
      |           ^^^^
      |
      = hint: write a number followed by `m`, `h` or `d`, such as `90m`, `6h` or `2d`

    1 post: 1 error.
    ");
}

#[test]
fn front_matter_is_bounded() {
    let desk = Desk::new();
    let mut bomb = String::from("params:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..=9 {
        let uses = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("  a{level}: &a{level} [{uses}]\n"));
    }
    assert_snapshot!(desk.refuses_post(&bomb, "Tea is ready."), @"
    error[yaml-anchor]: front matter takes no anchors (`&name`) and no aliases (`*name`)
     --> posts/tea.md:6:7
      |
    6 |   a0: &a0 [x, x, x, x, x, x, x, x, x, x]
      |       ^^^^^
      |
      = hint: write the value out where it is meant; text that begins with `&` or `*` goes between double quotes

    1 post: 1 error.
    ");
    let mebibyte = format!("title: {}\n", "tea ".repeat(1 << 18));
    assert_snapshot!(desk.refuses_post(&mebibyte, "Tea is ready."), @"
    error[unreadable]: the file is 1025 KiB long; at most 1024 KiB are read
    --> posts/tea.md
     = hint: a post is a text; pictures go into files of their own

    1 post: 1 error.
    ");
    let mut lines = String::from("params:\n");
    (0..60_000).for_each(|line| lines.push_str(&format!("  k{line}: tea\n")));
    assert_snapshot!(desk.refuses_post(&lines, "Tea is ready."), @"
    error[front-matter-too-long]: the front matter is 810 KiB long; at most 64 KiB are read
     --> posts/tea.md:1:1
      |
    1 | ---
      | ^^^
      |
      = hint: the text of a post goes below the second `---`

    1 post: 1 error.
    ");
    let deep = format!("params: {}x{}\n", "[".repeat(200), "]".repeat(200));
    assert_snapshot!(desk.refuses_post(&deep, "Tea is ready."), @"
    error[yaml-depth]: more than 32 levels of lists and maps
     --> posts/tea.md:5:40
      |
    5 | params: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[...
      |                                        ^
      |
      = hint: write it with fewer levels

    1 post: 1 error.
    ");
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_are_no_fault() {
    let desk = Desk::new();
    for text in [post("", "Tea is ready.").replace('\n', "\r\n"), format!("\u{feff}{}", post("", "Tea is ready."))] {
        desk.put(&[("posts/tea.md", text)]);
        assert_eq!(desk.press.run(&["check"]).exits(0).stdout, "1 post: all is well.\n");
        let plan = desk.press.run(&["--format", "json", "plan"]).exits(0).json();
        assert_eq!(plan["targets"][0]["parts"][0]["text"], "Tea is ready.");
    }
}

#[test]
fn targets_must_be_accounts() {
    let desk = Desk::new();
    let targets = |list: &str| {
        desk.refuses(&[("posts/tea.md", format!("---\ntargets: {list}\nschedule: on-merge\n---\nTea.\n"))])
    };
    assert_snapshot!(targets("[acme-z]"), @"
    error[unknown-target]: there is no account, platform or group `acme-z`
     --> posts/tea.md:2:11
      |
    2 | targets: [acme-z]
      |           ^^^^^^
      |
      = hint: did you mean `acme-x`?

    1 post: 1 error.
    ");
    assert_snapshot!(targets("[facebook]"), @r#"
    error[unknown-target]: no account is on facebook
     --> posts/tea.md:2:11
      |
    2 | targets: [facebook]
      |           ^^^^^^^^
      |
      = hint: add one to accounts.toml: `[accounts.my-facebook]` with `platform = "facebook"`

    1 post: 1 error.
    "#);
    assert_snapshot!(targets("[linkedin]"), @"
    error[unknown-target]: 2 accounts are on linkedin
     --> posts/tea.md:2:11
      |
    2 | targets: [linkedin]
      |           ^^^^^^^^
      |
      = hint: name the one you mean: `acme-page` or `ann`

    1 post: 1 error.
    ");
    assert_snapshot!(targets("[]"), @"
    error[empty-value]: `targets` is empty
     --> posts/tea.md:2:10
      |
    2 | targets: []
      |          ^^
      |
      = hint: name accounts, or remove the line to mean `defaults.targets`

    1 post: 1 error.
    ");
    assert_snapshot!(targets("all"), @"
    error[wrong-type]: `targets` must be a list, not text
     --> posts/tea.md:2:10
      |
    2 | targets: all
      |          ^^^
      |
      = hint: write `targets: [all]`

    1 post: 1 error.
    ");
}

#[test]
fn every_problem_of_every_file_is_told_at_once() {
    let desk = Desk::new();
    let files = [
        ("posts/a.md", "No front matter.\n"),
        ("posts/b.md", "---\nid: b\ntargets: [nobody]\nschedule: 2026-12-01\ncolour: green\n---\nB\n"),
        ("posts/c.md", "---\nid: b\ntargets: [acme-x]\nschedule: on-merge\n---\nC\n"),
        ("posts/good.md", "---\nid: good\ntargets: [acme-x]\n---\nHeld, and well.\n"),
    ];
    assert_snapshot!(desk.refuses(&files), @"
    error[front-matter-missing]: there is no front matter
     --> posts/a.md:1:1
      |
    1 | No front matter.
      | ^^^^^^^^^^^^^^^^
      |
      = hint: begin the file with `---`, then keys such as `targets: [x]`, then another `---`, then the text

    error[duplicate-id]: the id `b` is also that of posts/c.md
     --> posts/b.md:2:5
      |
    2 | id: b
      |     ^
      |
      = hint: give one of them another `id`

    error[unknown-target]: there is no account, platform or group `nobody`
     --> posts/b.md:3:11
      |
    3 | targets: [nobody]
      |           ^^^^^^
      |
      = hint: choose `acme-page`, `acme-x`, `ann`, `all` or `x`

    error[bare-date]: `schedule: 2026-12-01` has no time of day
     --> posts/b.md:4:11
      |
    4 | schedule: 2026-12-01
      |           ^^^^^^^^^^
      |
      = hint: write `schedule: 2026-12-01 09:00`

    error[unknown-key]: there is no key `colour`
     --> posts/b.md:5:1
      |
    5 | colour: green
      | ^^^^^^
      |
      = hint: data of your own goes under `params`

    error[duplicate-id]: the id `b` is also that of posts/b.md
     --> posts/c.md:2:5
      |
    2 | id: b
      |     ^
      |
      = hint: give one of them another `id`

    4 posts: 6 errors.
    ");
}

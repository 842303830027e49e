//! Front matter that is none, or not what was meant.

use insta::assert_snapshot;

use super::{Desk, post};

#[test]
fn front_matter_must_be_there_and_whole() {
    let desk = Desk::new();
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "Tea is ready.\n")]), @"");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\nid: tea\ntargets: [all]\n\nTea is ready.\n")]), @"");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\n---\nTea is ready.\n")]), @"");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "")]), @"");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\nid: tea\ntargets:\n\t- all\n---\nTea is ready.\n")]), @"");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\n\tid: tea\n---\nTea is ready.\n")]), @"");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\nid: tea\ntitle: \"tea\n---\nTea is ready.\n")]), @"");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "---\n- tea\n---\nTea is ready.\n")]), @"");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", "+++\ntitle = \"tea\"\n+++\nTea is ready.\n")]), @"");
    assert_snapshot!(desk.refuses(&[("posts/tea.md", b"---\nid: tea\ntitle: Th\xe9\n---\n".as_slice())]), @"");
}

#[test]
fn keys_must_be_known_and_said_once() {
    let desk = Desk::new();
    assert_snapshot!(desk.refuses_post("id: coffee\n", "Tea is ready."), @"");
    assert_snapshot!(desk.refuses_post("shedule: 2026-12-01 09:00\n", "Tea is ready."), @"");
    assert_snapshot!(desk.refuses_post("colour: green\n", "Tea is ready."), @"");
    assert_snapshot!(desk.refuses_post("overrides:\n  x:\n    txt: Tea!\n", "Tea is ready."), @"");
    assert_snapshot!(desk.refuses_post("max_late: soon\n", "Tea is ready."), @"");
}

#[test]
fn front_matter_is_bounded() {
    let desk = Desk::new();
    let mut bomb = String::from("params:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..=9 {
        let uses = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("  a{level}: &a{level} [{uses}]\n"));
    }
    assert_snapshot!(desk.refuses_post(&bomb, "Tea is ready."), @"");
    let mebibyte = format!("title: {}\n", "tea ".repeat(1 << 18));
    assert_snapshot!(desk.refuses_post(&mebibyte, "Tea is ready."), @"");
    let mut lines = String::from("params:\n");
    (0..60_000).for_each(|line| lines.push_str(&format!("  k{line}: tea\n")));
    assert_snapshot!(desk.refuses_post(&lines, "Tea is ready."), @"");
    let deep = format!("params: {}x{}\n", "[".repeat(200), "]".repeat(200));
    assert_snapshot!(desk.refuses_post(&deep, "Tea is ready."), @"");
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_are_no_fault() {
    let desk = Desk::new();
    for text in [post("", "Tea is ready.").replace('\n', "\r\n"), format!("\u{feff}{}", post("", "Tea is ready."))] {
        desk.put(&[("posts/tea.md", text)]);
        assert_snapshot!(desk.press.run(&["check"]).exits(0).stdout, @"");
        let plan = desk.press.run(&["--format", "json", "plan"]).exits(0).json();
        assert_eq!(plan["targets"][0]["parts"][0]["text"], "Tea is ready.");
    }
}

#[test]
fn targets_must_be_accounts() {
    let desk = Desk::new();
    let targets = |list: &str| desk.refuses(&[("posts/tea.md", format!("---\ntargets: {list}\nschedule: on-merge\n---\nTea.\n"))]);
    assert_snapshot!(targets("[acme-z]"), @"");
    assert_snapshot!(targets("[facebook]"), @"");
    assert_snapshot!(targets("[linkedin]"), @"");
    assert_snapshot!(targets("[]"), @"");
    assert_snapshot!(targets("all"), @"");
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
    assert_snapshot!(desk.refuses(&files), @"");
}

//! State branches this version cannot trust.

use insta::assert_snapshot;

use crate::desk::{Desk, ledger, post};
use crate::shown::shown;

/// Says what `plan` and `publish` say, which must end so and do nothing.
#[track_caller]
fn said(desk: &mut Desk, code: i32) -> String {
    // What `plan` fetches is the new word of the remote; from then on nothing may change.
    let plan = desk.press.run(&["plan"]).exits(code);
    desk.begin();
    let publish = desk.press.run(&["publish"]).exits(code);
    desk.press.run(&["status"]).exits(code);
    desk.nothing_happened();
    let plan = shown(&desk.press, &plan);
    let plan =
        plan.split_once("\n\n").filter(|(head, _)| head.starts_with("Plan for")).map_or(&*plan, |(_, rest)| rest);
    format!("{plan}\n--- publish\n{}", shown(&desk.press, &publish))
}

fn tea() -> Desk {
    let desk = Desk::new();
    desk.put(&[("posts/tea.md", post("", "Tea is ready."))]);
    desk
}

#[test]
fn a_branch_of_a_newer_version() {
    let mut desk = tea();
    desk.tamper("format.json", |_| Some("{\"schema\": 9, \"min_reader\": 9, \"min_writer\": 9}\n".to_owned()));
    assert_snapshot!(said(&mut desk, 1), @"
    error: the state branch is of a newer pressroom: to read it takes a version that knows format 9; this one knows 1
    hint: update pressroom

    --- publish
    error: the state branch is of a newer pressroom: to read it takes a version that knows format 9; this one knows 1
    hint: update pressroom
    ");
}

#[test]
fn a_branch_only_a_newer_version_may_write() {
    let mut desk = tea();
    desk.tamper("format.json", |_| Some("{\"schema\": 2, \"min_reader\": 1, \"min_writer\": 2}\n".to_owned()));
    desk.press.run(&["plan"]).exits(0);
    desk.begin();
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["publish"]).exits(1)), @"
    error: the state branch is of a newer pressroom: to write to it takes a version that knows format 2; this one knows 1
    hint: update pressroom
    ");
    desk.nothing_happened();
}

#[test]
fn a_branch_without_its_format() {
    let mut desk = tea();
    desk.tamper("format.json", |_| None);
    assert_snapshot!(said(&mut desk, 1), @r#"
    error: format.json of the state branch is missing or damaged
    hint: is `state_branch` in accounts.toml the right branch? Only pressroom writes to it
    hint: look at its history and put the file back: {"schema":1,"min_reader":1,"min_writer":1}

    --- publish
    error: format.json of the state branch is missing or damaged
    hint: is `state_branch` in accounts.toml the right branch? Only pressroom writes to it
    hint: look at its history and put the file back: {"schema":1,"min_reader":1,"min_writer":1}
    "#);
}

#[test]
fn a_broken_line() {
    let mut desk = tea();
    desk.tamper(&ledger("tea"), |_| Some("{\"v\":1,\"ev\":\"publ\n".to_owned()));
    assert_snapshot!(said(&mut desk, 1), @"
    Held
      tea → acme-x     its ledger cannot be trusted: ledger/a9/tea.jsonl:1: this is no ledger entry (EOF
                       while parsing a string, column 17); put the line right on the state branch
      tea → acme-page  its ledger cannot be trusted: ledger/a9/tea.jsonl:1: this is no ledger entry (EOF
                       while parsing a string, column 17); put the line right on the state branch
      tea → ann        its ledger cannot be trusted: ledger/a9/tea.jsonl:1: this is no ledger entry (EOF
                       while parsing a string, column 17); put the line right on the state branch

    Nothing to publish, 3 held.
    plan [id]

    --- publish
    Held
      tea → acme-x     its ledger cannot be trusted: ledger/a9/tea.jsonl:1: this is no ledger entry (EOF
                       while parsing a string, column 17); put the line right on the state branch
      tea → acme-page  its ledger cannot be trusted: ledger/a9/tea.jsonl:1: this is no ledger entry (EOF
                       while parsing a string, column 17); put the line right on the state branch
      tea → ann        its ledger cannot be trusted: ledger/a9/tea.jsonl:1: this is no ledger entry (EOF
                       while parsing a string, column 17); put the line right on the state branch

    Nothing published, 3 held.
    ");
}

#[test]
fn an_unknown_kind_of_entry() {
    let mut desk = tea();
    let line = r#"{"v":1,"id":"0199aaaa-0000-7000-8000-000000000000","t":"2026-11-01T09:00:00Z","ev":"sung","post":"tea","target":"x:acme-x","run":"r"}"#;
    desk.tamper(&ledger("tea"), |_| Some(format!("{line}\n")));
    assert_snapshot!(said(&mut desk, 1), @"
    Held
      tea → acme-x     its ledger cannot be trusted: ledger/a9/tea.jsonl:1: entry kind `sung` is of a
                       newer pressroom; update pressroom
      tea → acme-page  its ledger cannot be trusted: ledger/a9/tea.jsonl:1: entry kind `sung` is of a
                       newer pressroom; update pressroom
      tea → ann        its ledger cannot be trusted: ledger/a9/tea.jsonl:1: entry kind `sung` is of a
                       newer pressroom; update pressroom

    Nothing to publish, 3 held.
    plan [id]

    --- publish
    Held
      tea → acme-x     its ledger cannot be trusted: ledger/a9/tea.jsonl:1: entry kind `sung` is of a
                       newer pressroom; update pressroom
      tea → acme-page  its ledger cannot be trusted: ledger/a9/tea.jsonl:1: entry kind `sung` is of a
                       newer pressroom; update pressroom
      tea → ann        its ledger cannot be trusted: ledger/a9/tea.jsonl:1: entry kind `sung` is of a
                       newer pressroom; update pressroom

    Nothing published, 3 held.
    ");
}

#[test]
fn two_files_of_one_post() {
    let mut desk = tea();
    let line = r#"{"v":1,"id":"0199aaaa-0000-7000-8000-000000000000","t":"2026-11-01T09:00:00Z","ev":"cancelled","by":"ann","post":"tea","target":"x:acme-x","run":"r"}"#;
    desk.tamper(&ledger("tea"), |_| Some(format!("{line}\n")));
    desk.tamper("ledger/00/tea.jsonl", |_| Some(format!("{line}\n")));
    assert_snapshot!(said(&mut desk, 1), @"
    Held
      tea → acme-x     its ledger cannot be trusted: ledger/00/tea.jsonl:1: the ledger of `tea` is
                       ledger/a9/tea.jsonl; take this file away on the state branch
      tea → acme-page  its ledger cannot be trusted: ledger/00/tea.jsonl:1: the ledger of `tea` is
                       ledger/a9/tea.jsonl; take this file away on the state branch
      tea → ann        its ledger cannot be trusted: ledger/00/tea.jsonl:1: the ledger of `tea` is
                       ledger/a9/tea.jsonl; take this file away on the state branch

    Nothing to publish, 3 held.
    plan [id]

    --- publish
    Held
      tea → acme-x     its ledger cannot be trusted: ledger/00/tea.jsonl:1: the ledger of `tea` is
                       ledger/a9/tea.jsonl; take this file away on the state branch
      tea → acme-page  its ledger cannot be trusted: ledger/00/tea.jsonl:1: the ledger of `tea` is
                       ledger/a9/tea.jsonl; take this file away on the state branch
      tea → ann        its ledger cannot be trusted: ledger/00/tea.jsonl:1: the ledger of `tea` is
                       ledger/a9/tea.jsonl; take this file away on the state branch

    Nothing published, 3 held.
    ");
}

#[test]
fn a_broken_baseline() {
    let mut desk = tea();
    desk.tamper("ledger/baseline.jsonl", |text| text.map(|text| text.replace("baseline", "baselin")));
    desk.forget();
    assert_snapshot!(said(&mut desk, 1), @"
    error: ledger/baseline.jsonl:1: entry kind `baselin` is of a newer pressroom; update pressroom
    hint: nothing is published while it cannot be told which posts are old; put the file right on the state branch

    --- publish
    error: ledger/baseline.jsonl:1: entry kind `baselin` is of a newer pressroom; update pressroom
    hint: nothing is published while it cannot be told which posts are old; put the file right on the state branch
    ");
}

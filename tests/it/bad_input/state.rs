//! State branches this version cannot trust.

use insta::assert_snapshot;

use super::{Desk, post, shown};

/// Replaces or removes a file of the state branch on the remote, as somebody with a text editor would.
fn tamper(desk: &Desk, path: &str, edit: impl Fn(Option<String>) -> Option<String>) {
    let git = |args: &[&str]| desk.press.git(args);
    let worktree = desk.press.folder().join("state");
    let worktree = worktree.to_str().unwrap();
    git(&["fetch", "-q", "origin", "pressroom-state"]);
    git(&["worktree", "add", "-q", "--detach", worktree, "FETCH_HEAD"]);
    let file = format!("{worktree}/{path}");
    std::fs::create_dir_all(std::path::Path::new(&file).parent().unwrap()).unwrap();
    match edit(std::fs::read_to_string(&file).ok()) {
        Some(text) => std::fs::write(&file, text).unwrap(),
        None => std::fs::remove_file(&file).unwrap(),
    }
    git(&["-C", worktree, "add", "-A"]);
    git(&["-C", worktree, "commit", "-q", "-m", "by hand"]);
    git(&["-C", worktree, "push", "-q", "origin", "HEAD:pressroom-state"]);
    git(&["worktree", "remove", "--force", worktree]);
}

/// Says what `plan` and `publish` say, which must end so and do nothing.
#[track_caller]
fn said(desk: &mut Desk, code: i32) -> String {
    // What `plan` fetches is the new word of the remote; from then on nothing may change.
    let plan = desk.press.run(&["plan"]).exits(code);
    desk.before = desk.refs();
    let publish = desk.press.run(&["publish"]).exits(code);
    desk.press.run(&["status"]).exits(code);
    desk.nothing_happened();
    let plan = shown(&desk.press, &plan);
    let plan = plan.split_once("\n\n").filter(|(head, _)| head.starts_with("Plan for")).map_or(&*plan, |(_, rest)| rest);
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
    tamper(&desk, "format.json", |_| Some("{\"schema\": 9, \"min_reader\": 9, \"min_writer\": 9}\n".to_owned()));
    assert_snapshot!(said(&mut desk, 1), @"");
}

#[test]
fn a_branch_only_a_newer_version_may_write() {
    let mut desk = tea();
    tamper(&desk, "format.json", |_| Some("{\"schema\": 2, \"min_reader\": 1, \"min_writer\": 2}\n".to_owned()));
    desk.press.run(&["plan"]).exits(0);
    desk.before = desk.refs();
    assert_snapshot!(shown(&desk.press, &desk.press.run(&["publish"]).exits(1)), @"");
    desk.nothing_happened();
}

#[test]
fn a_branch_without_its_format() {
    let mut desk = tea();
    tamper(&desk, "format.json", |_| None);
    assert_snapshot!(said(&mut desk, 1), @"");
}

#[test]
fn a_broken_line() {
    let mut desk = tea();
    tamper(&desk, &tea_ledger(), |_| Some("{\"v\":1,\"ev\":\"publ\n".to_owned()));
    assert_snapshot!(said(&mut desk, 3), @"");
}

#[test]
fn an_unknown_kind_of_entry() {
    let mut desk = tea();
    let line = r#"{"v":1,"id":"0199aaaa-0000-7000-8000-000000000000","t":"2026-11-01T09:00:00Z","ev":"sung","post":"tea","target":"x:acme-x","run":"r"}"#;
    tamper(&desk, &tea_ledger(), |_| Some(format!("{line}\n")));
    assert_snapshot!(said(&mut desk, 3), @"");
}

#[test]
fn two_files_of_one_post() {
    let mut desk = tea();
    let line = r#"{"v":1,"id":"0199aaaa-0000-7000-8000-000000000000","t":"2026-11-01T09:00:00Z","ev":"cancelled","by":"ann","post":"tea","target":"x:acme-x","run":"r"}"#;
    tamper(&desk, &tea_ledger(), |_| Some(format!("{line}\n")));
    tamper(&desk, "ledger/00/tea.jsonl", |_| Some(format!("{line}\n")));
    assert_snapshot!(said(&mut desk, 3), @"");
}

#[test]
fn a_broken_baseline() {
    let mut desk = tea();
    tamper(&desk, "ledger/accounts.jsonl", |text| text.map(|text| text.replace("baseline", "baselin")));
    assert_snapshot!(said(&mut desk, 1), @"");
}

/// Where the ledger keeps the post called tea.
fn tea_ledger() -> String {
    pressroom::ledger::entry::path(&pressroom::post::PostId::new("tea"))
}

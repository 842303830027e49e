//! Places where nothing can be published from.

use std::fs;

use insta::assert_snapshot;

use super::{runs_left, shown};
use crate::press::{ACCOUNTS, Press};

#[test]
fn outside_a_repository_every_command_says_so() {
    let press = Press::new();
    fs::remove_dir_all(press.repo.join(".git")).unwrap();
    press.file("accounts.toml", ACCOUNTS);
    let check = press.run(&["check"]).exits(1);
    assert_snapshot!(shown(&press, &check), @"");
    for command in ["plan", "publish", "status", "log", "accounts", "rehearse"] {
        assert_eq!(shown(&press, &press.run(&[command]).exits(1)), shown(&press, &check), "{command}");
    }
    let nowhere = press.run(&["--repo", "nowhere", "check"]).exits(1);
    assert_snapshot!(shown(&press, &nowhere), @"");
    assert!(!press.repo.join(".git").exists());
}

#[test]
fn before_the_first_commit_nothing_can_be_planned() {
    let press = Press::new();
    press.file("accounts.toml", ACCOUNTS);
    press.file("posts/tea.md", "---\nid: tea\ntargets: [all]\nschedule: on-merge\n---\nTea is ready.\n");
    // What is on disk can be checked all the same.
    assert_snapshot!(shown(&press, &press.run(&["check"]).exits(0)), @"");
    let plan = press.run(&["plan"]).exits(1);
    assert_snapshot!(shown(&press, &plan), @"");
    for command in ["publish", "status", "log", "rehearse"] {
        assert_eq!(shown(&press, &press.run(&[command]).exits(1)), shown(&press, &plan), "{command}");
    }
    assert_eq!(press.git(&["for-each-ref"]), "");
    assert_eq!(runs_left(&press).len(), 0);
}

#[test]
fn a_remote_that_cannot_be_reached_publishes_nothing() {
    let press = Press::with(&[("posts/tea.md", "---\nid: tea\ntargets: [all]\nschedule: on-merge\n---\nTea is ready.\n")]);
    press.git(&["remote", "add", "origin", "../gone.git"]);
    press.git(&["config", "branch.main.remote", "origin"]);
    let publish = press.run(&["publish"]).exits(4);
    assert_snapshot!(shown(&press, &publish), @"");
    assert_eq!(press.git(&["for-each-ref", "--format=%(refname)"]), "refs/heads/main\n");
    assert_eq!(runs_left(&press).len(), 0);
}

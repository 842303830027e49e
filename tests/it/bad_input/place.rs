//! Places where nothing can be published from.

use std::fs;

use insta::assert_snapshot;

use crate::desk::runs_left;
use crate::press::{ACCOUNTS, Press};
use crate::shown::shown;

#[test]
fn outside_a_repository_every_command_says_so() {
    let press = Press::new();
    fs::remove_dir_all(press.repo.join(".git")).unwrap();
    press.file("accounts.toml", ACCOUNTS);
    let check = press.run(&["check"]).exits(1);
    assert_snapshot!(shown(&press, &check), @"
    error: [folder]/repo is not in a git repository
    hint: `pressroom init` makes a content repository here; `git init` an empty one
    ");
    for command in ["plan", "publish", "status", "log", "accounts", "rehearse"] {
        assert_eq!(shown(&press, &press.run(&[command]).exits(1)), shown(&press, &check), "{command}");
    }
    let nowhere = press.run(&["--repo", "nowhere", "check"]).exits(1);
    assert_snapshot!(shown(&press, &nowhere), @"
    error: there is no folder [folder]/repo/nowhere
    hint: check `--repo`
    ");
    assert!(!press.repo.join(".git").exists());
}

#[test]
fn before_the_first_commit_nothing_can_be_planned() {
    let press = Press::new();
    press.file("accounts.toml", ACCOUNTS);
    press.file("posts/tea.md", "---\nid: tea\ntargets: [all]\nschedule: on-merge\n---\nTea is ready.\n");
    // What is on disk can be checked all the same.
    assert_snapshot!(shown(&press, &press.run(&["check"]).exits(0)), @"1 post: all is well.");
    let plan = press.run(&["plan"]).exits(1);
    assert_snapshot!(shown(&press, &plan), @r#"
    error: [folder]/repo has no commit yet
    hint: only what is committed is published: `git add . && git commit -m "First posts"`
    "#);
    for command in ["publish", "status", "log", "rehearse"] {
        assert_eq!(shown(&press, &press.run(&[command]).exits(1)), shown(&press, &plan), "{command}");
    }
    assert_eq!(press.git(&["for-each-ref"]), "");
    assert_eq!(runs_left(&press).len(), 0);
}

#[test]
fn a_remote_that_cannot_be_reached_publishes_nothing() {
    let press =
        Press::with(&[("posts/tea.md", "---\nid: tea\ntargets: [all]\nschedule: on-merge\n---\nTea is ready.\n")]);
    press.git(&["remote", "add", "origin", "../gone.git"]);
    press.git(&["config", "branch.main.remote", "origin"]);
    let publish = press.run(&["publish"]).exits(4);
    assert_snapshot!(shown(&press, &publish), @"
    error: cannot read from remote `origin` (../gone.git)
      because: fatal: '../gone.git' does not appear to be a git repository
               fatal: Could not read from remote repository.
               Please make sure you have the correct access rights
               and the repository exists.
    hint: check the address: `git remote -v`
    ");
    assert_eq!(press.git(&["for-each-ref", "--format=%(refname)"]), "refs/heads/main\n");
    assert_eq!(runs_left(&press).len(), 0);
}

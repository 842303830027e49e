//! One suite over all platforms: every kind of post they take is published as planned, is out once wherever the run is cut
//! off, and is edited and removed where the platform can. What readers see decides, not our ledger.

use std::process::Stdio;

use pressroom::limits::Platform;
use pressroom::sim::{FaultKind, Seen};
use rustix::process::{Pid, Signal, kill_process};

use crate::cast::{Cast, account};
use crate::scene::{picture, until};

/// One kind of post of a platform.
struct Case {
    name: &'static str,
    platform: Platform,
    /// Front matter besides `id`, `targets` and `schedule`.
    front: &'static str,
    body: &'static str,
    /// How many posts and comments readers see of it.
    shown: usize,
    /// A sign of what must be seen: a text, an alternative text, a setting; anywhere in it.
    signs: &'static [&'static str],
}

const fn case(name: &'static str, platform: Platform, front: &'static str, body: &'static str) -> Case {
    Case { name, platform, front, body, shown: 1, signs: &[] }
}

impl Case {
    const fn shows(mut self, shown: usize) -> Self {
        self.shown = shown;
        self
    }

    const fn signs(mut self, signs: &'static [&'static str]) -> Self {
        self.signs = signs;
        self
    }

    /// The post's file, with a text that tells one run of the case from another.
    fn file(&self, cast: &Cast, id: &str, more: &str) -> String {
        let account = account(self.platform);
        let front = self.front.replace("{playlist}", &cast.playlist);
        let body = self.body.replace("{id}", id);
        format!("---\nid: {id}\ntargets: [{account}]\nschedule: on-merge\n{more}{front}---\n{body}\n")
    }

    fn commit(&self, cast: &Cast, id: &str, more: &str) {
        cast.press.file(&format!("posts/{id}.md"), &self.file(cast, id, more)).commit(id);
    }

    /// What readers see of one run of the case, and all signs of it.
    fn check(&self, cast: &Cast, before: &[Seen], told: &str) {
        let seen: Vec<Seen> =
            cast.seen(self.platform).into_iter().filter(|seen| before.iter().all(|old| old.id != seen.id)).collect();
        let platform = self.platform;
        assert_eq!(seen.len(), self.shown, "{platform} {}: {seen:#?}\n{told}", self.name);
        let all = format!("{seen:?}");
        for sign in self.signs {
            assert!(all.contains(sign), "{platform} {}: no {sign} in {seen:#?}\n{told}", self.name);
        }
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend([
        case("text", Platform::X, "", "Tea {id}.").signs(&["Tea "]),
        case("text", Platform::LinkedIn, "", "Tea {id}.").signs(&["Tea "]),
    ]);
    cases
}

fn cast() -> Cast {
    let cast = Cast::new();
    for (name, grey) in [("one", 40), ("two", 120), ("three", 200)] {
        cast.press.bytes(&format!("media/{name}.png"), &picture(640, 640, grey));
    }
    cast.press.commit("media");
    cast
}

#[test]
fn every_kind_is_published_edited_and_removed() {
    let cast = cast();
    for (number, case) in cases().iter().enumerate() {
        let (id, before) = (format!("whole-{number}"), cast.seen(case.platform));
        case.commit(&cast, &id, "");
        let ran = cast.press.run(&["publish"]);
        let told = format!("{}\n{}{}", case.file(&cast, &id, ""), ran.stdout, ran.stderr);
        assert_eq!(ran.code, 0, "{} {}\n{told}", case.platform, case.name);
        case.check(&cast, &before, &told);
        let again = cast.press.run(&["publish"]).exits(0);
        case.check(&cast, &before, &again.stderr);
        edited(&cast, case, &id, &before);
        removed(&cast, case, &id, &before);
    }
}

/// Where the platform can change a text, it does; elsewhere the plan says that it stays as it is.
fn edited(cast: &Cast, case: &Case, id: &str, before: &[Seen]) {
    if case.body.is_empty() {
        return;
    }
    let file = case.file(cast, id, "on_edit: update\n").replace("Tea", "Green tea");
    cast.press.file(&format!("posts/{id}.md"), &file).commit("edit");
    let plan = cast.press.run(&["plan", "--format", "json"]).exits(0).json();
    let row = plan["targets"].as_array().unwrap().iter().find(|row| row["post"] == id).unwrap().clone();
    let ran = cast.press.run(&["publish"]).exits(0);
    let texts: String = cast
        .seen(case.platform)
        .iter()
        .filter(|seen| before.iter().all(|old| old.id != seen.id))
        .map(|seen| format!("{}{:?}", seen.text, seen.title))
        .collect();
    if row["action"] == "edit" {
        assert!(texts.contains("Green tea"), "{} {}: {texts}\n{}", case.platform, case.name, ran.stderr);
    } else {
        let reason = row["reason"].as_str().unwrap_or_default();
        assert!(reason.starts_with("changed, stays as published: "), "{} {}: {row:#}", case.platform, case.name);
        assert!(!texts.contains("Green tea"), "{} {}: {texts}", case.platform, case.name);
    }
}

/// Nothing is removed unless so many removals are allowed; then it is gone.
fn removed(cast: &Cast, case: &Case, id: &str, before: &[Seen]) {
    let file = case.file(cast, id, "on_remove: delete\n");
    cast.press.file(&format!("posts/{id}.md"), &file).commit("may go");
    cast.press.run(&["publish"]).exits(0);
    std::fs::remove_file(cast.press.repo.join(format!("posts/{id}.md"))).unwrap();
    cast.press.commit("gone");
    let left =
        || cast.seen(case.platform).into_iter().filter(|seen| before.iter().all(|old| old.id != seen.id)).count();
    cast.press.run(&["publish"]).exits(3);
    assert_eq!(left(), case.shown, "{} {}", case.platform, case.name);
    if case.platform.limits().removes {
        let ran = cast.press.run(&["publish", "--allow-removals", "1"]).exits(0);
        assert_eq!(left(), 0, "{} {}: {}", case.platform, case.name, ran.stderr);
    }
}

/// The process is killed while it waits for each of its answers in turn, the request having had its effect; runs after
/// that bring it to its end.
#[test]
fn every_kind_is_out_once_wherever_the_run_is_cut_off() {
    let cast = cast();
    for (number, case) in cases().iter().enumerate() {
        for cut in 0.. {
            let (id, before) = (format!("cut-{number}-{cut}"), cast.seen(case.platform));
            case.commit(&cast, &id, "");
            let place = cast.stage.sim.world().fault_after(cut, FaultKind::Never { acts: true });
            let mut command = cast.press.command(&["publish"]);
            let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let withheld = || cast.stage.sim.world().log().get(place).is_some_and(|logged| logged.status.is_some());
            let mut ended = None;
            until("the request is withheld, or the run ends", || {
                withheld() || {
                    ended = child.try_wait().unwrap();
                    ended.is_some()
                }
            });
            cast.stage.sim.world().calm();
            if !withheld() {
                // There were no more requests: every cut has been made.
                assert!(ended.is_some_and(|status| status.success()), "{} {}", case.platform, case.name);
                case.check(&cast, &before, "uncut");
                break;
            }
            kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
            child.wait().unwrap();
            let told = settle(&cast);
            case.check(&cast, &before, &format!("cut {cut}\n{told}"));
        }
    }
}

/// Runs until nothing is left to do.
fn settle(cast: &Cast) -> String {
    let mut told = String::new();
    for _ in 0..10 {
        let ran = cast.press.run(&["publish"]);
        told += &format!("--- {}\n{}{}", ran.code, ran.stdout, ran.stderr);
        if ran.code == 0 {
            return told;
        }
    }
    panic!("ten runs, and still not done:\n{told}");
}

//! Remotes and disks that say no: nothing is published without the remote's word, and what is published is not lost.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use pressroom::sim::FaultKind;
use rustix::process::{Pid, Signal, kill_process};

use crate::press::{Press, Ran};
use crate::scene::{Scene, until};

/// A hook of the remote, run at every push.
fn hook(scene: &Scene, name: &str, script: &str) {
    let path = scene.remote.join("hooks").join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_remote_that_cannot_be_reached_publishes_nothing() {
    let scene = Scene::new();
    scene.post("tea", "all", "Tea.");
    for (address, words) in [
        ("/nowhere/at/all.git", "cannot read from remote `origin` (/nowhere/at/all.git)"),
        ("http://127.0.0.1:9/r.git", "cannot read from remote `origin` (http://127.0.0.1:9/r.git)"),
        ("git://127.0.0.1:9/r.git", "cannot read from remote `origin` (git://127.0.0.1:9/r.git)"),
        ("ssh://git@127.0.0.1:9/r.git", "cannot read from remote `origin` (ssh://git@127.0.0.1:9/r.git)"),
    ] {
        scene.press.git(&["remote", "set-url", "origin", address]);
        let ran = scene.press.run(&["publish"]).exits(4);
        assert!(ran.stderr.contains(words), "{}", ran.stderr);
        // To look is possible all the same, with what was seen last.
        let ran = scene.press.run(&["plan"]).exits(0);
        assert!(ran.stderr.contains("this is the ledger as last seen here"), "{}", ran.stderr);
    }
    assert_eq!(scene.stage.sim.seen(), []);
    scene.press.git(&["remote", "set-url", "origin", scene.remote.to_str().unwrap()]);
    scene.press.run(&["publish"]).exits(0);
    assert_eq!(scene.stage.sim.seen().len(), 3);
}

#[test]
fn a_hook_that_refuses_is_for_a_person() {
    let scene = Scene::new();
    scene.post("tea", "all", "Tea.");
    hook(&scene, "pre-receive", "echo 'not on Fridays' >&2; exit 1");
    let ran = scene.press.run(&["publish"]).exits(3);
    assert!(ran.stderr.contains("refuses the push to `pressroom-state`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("not on Fridays"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: a hook on the server refuses the state branch"), "{}", ran.stderr);
    assert_eq!(scene.stage.sim.seen(), []);
    std::fs::remove_file(scene.remote.join("hooks/pre-receive")).unwrap();
    scene.press.run(&["publish"]).exits(0);
    assert_eq!(scene.stage.sim.seen().len(), 3);
}

/// The post is out when the remote stops taking pushes: the receipt lies on this disk, and the next run brings it in.
#[test]
fn a_receipt_the_remote_does_not_take_is_kept() {
    for (script, code) in [("exit 1", 3), ("kill -9 $PPID", 4)] {
        let scene = Scene::new();
        scene.post("tea", "acme-x", "Tea.");
        // As soon as the call is under way the claim is in, and the next push is the receipt's.
        scene.fault("POST", "/2/tweets", 1, FaultKind::Slow(Duration::from_millis(500)));
        let mut command = scene.press.command(&["publish"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        until("the call is under way", || scene.requests("POST", "/2/tweets") == 1);
        hook(&scene, "pre-receive", script);
        let ran = Ran::of(&child.wait_with_output().unwrap()).exits(code);
        assert!(ran.stderr.contains("tea → acme-x: published https://x.com/acme/status/"), "{}", ran.stderr);
        assert_eq!(scene.ledger("tea").last().unwrap()["ev"], "claimed");
        // Another clone keeps its hands off meanwhile.
        let other = scene.press.clone_of(scene.remote.to_str().unwrap(), "other");
        let ran = other.run(&["publish"]).exits(5);
        let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(" holds the claim since "), "{said}");
        std::fs::remove_file(scene.remote.join("hooks/pre-receive")).unwrap();
        scene.press.run(&["publish"]).exits(0);
        assert_eq!(scene.ledger("tea").last().unwrap()["ev"], "published");
        assert_eq!(scene.requests("POST", "/2/tweets"), 1);
        assert_eq!(scene.looks(), 0, "a receipt needs no look-up");
        other.run(&["publish"]).exits(0);
        assert_eq!(scene.stage.texts("x"), ["Tea."]);
    }
}

/// A user who may read the repository, but not write into its git directory. Root may write anywhere, so a test that runs
/// as root becomes somebody else.
fn as_reader(press: &Press, command: &mut Command) {
    const NOBODY: u32 = 65_534;
    let chown = |path: &Path| std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if rustix::process::getuid().is_root() {
        each(press.folder(), &chown);
        command.uid(NOBODY).gid(NOBODY);
    }
    let git = press.repo.join(".git");
    each(&git, &|path| {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & !0o222)).unwrap();
    });
}

/// A folder and all in it, the inner first.
fn each(path: &Path, act: &dyn Fn(&Path)) {
    if path.is_dir() {
        path.read_dir().unwrap().for_each(|entry| each(&entry.unwrap().path(), act));
    }
    act(path);
}

#[test]
fn a_git_directory_that_cannot_be_written_publishes_nothing() {
    let scene = Scene::new();
    scene.post("tea", "acme-x", "Tea.");
    let mut command = scene.press.command(&["publish"]);
    as_reader(&scene.press, &mut command);
    let ran = Ran::of(&command.output().unwrap());
    each(&scene.press.repo.join(".git"), &|path| {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode | 0o700)).unwrap();
    });
    let ran = ran.exits(1);
    assert!(ran.stderr.contains("this user must be able to write the repository's git directory"), "{}", ran.stderr);
    assert_eq!(scene.stage.sim.seen(), []);
}

/// A run of another machine: its clone, gone with all it had written down there.
fn dies_elsewhere(scene: &Scene, fault: FaultKind) {
    let elsewhere = scene.press.clone_of(scene.remote.to_str().unwrap(), "elsewhere");
    scene.fault("POST", "/2/tweets", 1, fault);
    let before = scene.requests("POST", "/2/tweets");
    let mut command = elsewhere.command(&["publish"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the call is under way", || scene.requests("POST", "/2/tweets") > before);
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    child.wait().unwrap();
    std::fs::remove_dir_all(&elsewhere.repo).unwrap();
}

/// Left alone until lease and grace are over; then taken over, and looked for before anything is sent.
#[test]
fn a_claim_of_another_machine_is_left_alone_and_then_looked_for() {
    for (fault, sent) in [(FaultKind::Slow(Duration::from_secs(2)), 1), (FaultKind::DropBefore, 2)] {
        let mut scene = Scene::new();
        scene.timings("lease=4,grace=2,request=2,settle=0.1,patience=3");
        scene.post("tea", "acme-x", "Tea.");
        let began = Instant::now();
        match fault {
            FaultKind::Slow(_) => dies_elsewhere(&scene, fault),
            // Killed before it can hear that nothing came of the call.
            _ => {
                scene.fault("POST", "/2/tweets", 1, FaultKind::DropBefore);
                scene.fault("GET", "/2/users/", 99, FaultKind::DropBefore);
                dies_elsewhere(&scene, FaultKind::DropBefore);
                scene.stage.sim.world().calm();
            }
        }
        let ran = scene.press.run(&["publish"]).exits(5);
        let said = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(" holds the claim since ") && said.contains(" and may act for "), "{said}");
        assert_eq!(scene.requests("POST", "/2/tweets"), 1);
        until("the claim is free", || scene.press.run(&["publish"]).code == 0);
        assert!(began.elapsed() > Duration::from_secs(5), "taken over after {:?}", began.elapsed());
        assert!(scene.looks() > 0, "nobody looked");
        assert_eq!((scene.stage.texts("x"), scene.requests("POST", "/2/tweets")), (vec!["Tea.".to_owned()], sent));
        let kinds: Vec<_> = scene.ledger("tea").iter().map(|entry| entry["ev"].as_str().unwrap().to_owned()).collect();
        assert!(kinds.contains(&"in_doubt".to_owned()), "{kinds:?}");
    }
}

/// A folder that was copied with a run's notes in it: the notes of another machine do not make its claim free.
#[test]
fn notes_of_another_host_free_no_claim() {
    let scene = Scene::new();
    scene.post("tea", "acme-x", "Tea.");
    scene.fault("POST", "/2/tweets", 1, FaultKind::Slow(Duration::from_secs(2)));
    let mut command = scene.press.command(&["publish"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the call is under way", || scene.requests("POST", "/2/tweets") == 1);
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    child.wait().unwrap();
    let runs = scene.press.repo.join(".git/pressroom/runs");
    for entry in runs.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let (head, rest) = text.split_once('\n').unwrap();
        let mut head: serde_json::Value = serde_json::from_str(head).unwrap();
        head["host"] = "another-machine".into();
        std::fs::write(&path, format!("{head}\n{rest}")).unwrap();
    }
    scene.press.run(&["publish"]).exits(5);
    assert_eq!((scene.requests("POST", "/2/tweets"), scene.looks()), (1, 0));
    until("the claim is free", || scene.press.run(&["publish"]).code == 0);
    assert_eq!(scene.stage.texts("x"), ["Tea."]);
}

//! Disks that take no more, and disks after a power failure: nothing is published that could not be written down, and what
//! was published is not lost.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use pressroom::sim::FaultKind;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::press::{Press, Ran};
use crate::scene::{Scene, until};

/// A run, and all the programs it starts, for whom no file may get longer than so many blocks of 512 bytes. Whoever tries is
/// told that the file is too large, as on a full disk he is told that there is no space.
fn cramped(press: &Press, blocks: u32) -> Ran {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" publish");
    let mut shell = press.command_of("dash", &["-c", &script, env!("CARGO_BIN_EXE_pressroom")]);
    Ran::of(&shell.stdin(Stdio::null()).output().unwrap())
}

#[test]
fn a_disk_that_takes_no_more() {
    let scene = Scene::new();
    let (mut published, mut wrong) = (0, Vec::new());
    for blocks in 0..8 {
        let (id, text) = (format!("full-{blocks}"), format!("Full {blocks}."));
        scene.post(&id, "acme-x", &text);
        let ran = cramped(&scene.press, blocks);
        let shown = scene.shown("x", &text).len();
        let told = format!("{blocks} blocks, {shown} shown, {}\n{}{}", ran.code, ran.stdout, ran.stderr);
        published += u32::from(ran.code == 0);
        let says_so = ["File too large", "the disk is full"].iter().any(|words| ran.stderr.contains(words));
        // There is room again.
        let next = scene.press.run(&["publish"]);
        let is_so = shown <= 1
            && (ran.code == 0 || matches!(ran.code, 1 | 3 | 4) && says_so)
            && next.code == 0
            && scene.shown("x", &text).len() == 1
            && scene.ledger(&id).last().unwrap()["ev"] == "published";
        if !is_so {
            wrong.push(format!("{told}--- {}\n{}{}", next.code, next.stdout, next.stderr));
        }
    }
    assert!(wrong.is_empty(), "{} went another way:\n\n{}", wrong.len(), wrong.join("\n\n"));
    // Else no limit was ever wide enough to get anywhere, or none too narrow.
    assert!((1..8).contains(&published), "{published} of 8");
}

/// A spool as a power failure may leave it.
type Damage = fn(&str) -> Option<Vec<u8>>;

const DAMAGES: [(&str, Damage); 6] = [
    ("as it was", |spool| Some(spool.into())),
    ("cut off in its last line", |spool| Some(spool[..spool.len() - 9].into())),
    ("with zeros at its end", |spool| Some([&spool.as_bytes()[..spool.len() - 40], &[0; 40]].concat())),
    ("all zeros", |spool| Some(vec![0; spool.len()])),
    ("empty", |_| Some(Vec::new())),
    ("gone", |_| None),
];

/// Power fails while the showing call is under way. The machine knows afterwards that it was started anew, so that its notes
/// prove nothing: the claim is left alone until it has run out, and then the post is looked for.
#[test]
fn power_fails_while_a_call_is_under_way() {
    std::thread::scope(|scope| {
        for (name, damage) in DAMAGES {
            scope.spawn(move || power_fails(name, damage));
        }
    });
}

fn power_fails(name: &str, damage: Damage) {
    let mut scene = Scene::new();
    scene.timings("lease=5,grace=1,request=2,settle=0.1,patience=3");
    scene.post("tea", "acme-x", "Tea.");
    scene.fault("POST", "/2/tweets", 1, FaultKind::Slow(Duration::from_secs(2)));
    let mut command = scene.press.command(&["publish"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until("the call is under way", || scene.requests("POST", "/2/tweets") == 1);
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    child.wait().unwrap();
    for path in spools(&scene.press) {
        let text = std::fs::read_to_string(&path).unwrap();
        let (head, rest) = text.split_once('\n').unwrap();
        let mut head: Value = serde_json::from_str(head).unwrap();
        head["boot"] = "before".into();
        match damage(&format!("{head}\n{rest}")) {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
    }
    let ran = scene.press.run(&["publish"]);
    let told = format!("{name}: {}\n{}{}", ran.code, ran.stdout, ran.stderr);
    assert_eq!((ran.code, scene.looks()), (5, 0), "{told}");
    until("the claim is free", || scene.press.run(&["publish"]).code == 0);
    assert!(scene.looks() > 0, "nobody looked: {told}");
    assert_eq!((scene.stage.texts("x"), scene.requests("POST", "/2/tweets")), (vec!["Tea.".to_owned()], 1), "{told}");
}

fn spools(press: &Press) -> Vec<PathBuf> {
    let all: Vec<PathBuf> =
        press.repo.join(".git/pressroom/runs").read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!all.is_empty());
    all
}

/// What git leaves of objects that were written just before the power failed: they are there and empty, and git says so. (git
/// syncs what a branch points to before it moves the branch, unless it is told otherwise.) The remote has them whole.
#[test]
fn objects_that_power_has_emptied() {
    let scene = Scene::new();
    scene.post("tea", "acme-x", "Tea.");
    scene.press.run(&["publish"]).exits(0);
    scene.post("cup", "acme-x", "Cup.");
    let tip = scene.press.git(&["-C", scene.remote.to_str().unwrap(), "rev-parse", "pressroom-state"]);
    let object = scene.press.repo.join(".git/objects").join(&tip[..2]).join(tip[2..].trim());
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, "").unwrap();
    let ran = scene.press.run(&["publish"]);
    let told = format!("{}\n{}{}", ran.code, ran.stdout, ran.stderr);
    assert!(matches!(ran.code, 1 | 4), "{told}");
    assert_eq!(scene.stage.texts("x"), ["Tea."], "{told}");
    assert!(ran.stderr.contains("hint: "), "{told}");
    // What a person would do: a new clone.
    let again = scene.press.clone_of(scene.remote.to_str().unwrap(), "again");
    again.run(&["publish"]).exits(0);
    assert_eq!(scene.stage.texts("x"), ["Tea.", "Cup."], "{told}");
}

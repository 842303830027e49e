//! Runs that are ended at any moment, and run again: whatever was cut off, a target is shown once, or it is doubtful and
//! says so.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::cut::{kill, scatter, unlock};
use crate::press::Ran;
use crate::scene::{Scene, picture, until};

/// How many runs are killed.
const ROUNDS: u64 = 50;

/// A picture and a thread of two on X, a text on both accounts of LinkedIn.
fn post(scene: &Scene, id: &str, text: &str) {
    scene.press.bytes("media/tea.png", &picture(8, 8, 90));
    let front = "targets: [all]\nschedule: on-merge\nthread: true\noverrides:\n  linkedin:\n    thread: false";
    scene.press.file(&format!("posts/{id}.linkedin.md"), &format!("{text}\n"));
    let body = format!("{text}\n\n![Tea](media/tea.png)\n\n---\n\n{text} Second part.");
    scene.press.file(&format!("posts/{id}.md"), &format!("---\nid: {id}\n{front}\n---\n{body}\n")).commit(id);
    scene.press.git(&["push", "-q", "origin", "HEAD:main"]);
}

fn start(scene: &Scene) -> Child {
    let mut command = scene.press.command(&["publish"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Runs until nothing is left to do; the last run and all they said.
fn settle(scene: &Scene) -> (Ran, String) {
    let mut told = String::new();
    for _ in 0..20 {
        let ran = scene.press.run(&["publish"]);
        told += &format!("--- {}\n{}{}", ran.code, ran.stdout, ran.stderr);
        unlock(&scene.press, &ran.stderr);
        let quiet = !ran.stderr.contains(" → ");
        if quiet && matches!(ran.code, 0 | 3) {
            return (ran, told);
        }
    }
    panic!("twenty runs, and still not quiet:\n{told}");
}

/// What readers see of a text: on X its first and its second part, on LinkedIn.
fn shown(scene: &Scene, text: &str) -> [usize; 3] {
    let second = format!("{text} Second part.");
    let seen = scene.stage.sim.seen();
    let count = |platform: &str, text: &str| seen.iter().filter(|s| s.platform == platform && s.text == text).count();
    let first = |s: &&pressroom::sim::Seen| s.platform == "x" && s.text.starts_with(text) && s.reply_to.is_none();
    [seen.iter().filter(first).count(), count("x", &second), count("linkedin", text)]
}

#[test]
fn killed_at_any_moment() {
    let scene = Scene::new();
    // How long a run takes here: the kills are spread over it.
    post(&scene, "whole", "Whole.");
    let began = Instant::now();
    scene.press.run(&["publish"]).exits(0);
    let mut length = began.elapsed();
    assert_eq!(shown(&scene, "Whole."), [1, 1, 2]);
    let (mut cut, mut doubtful) = (0, 0);
    for round in 0..ROUNDS {
        let (id, text) = (format!("kill-{round}"), format!("Kill {round}."));
        post(&scene, &id, &text);
        let mut told = String::new();
        // The run that takes over is killed as well, every other time.
        for again in 0..=round % 2 {
            let chance = scatter(round * 2 + again);
            let after = length.mul_f64((chance % 1000) as f64 / 900.0);
            let ran = kill(start(&scene), after, chance.is_multiple_of(3));
            // The machine may be busier at one time than at another: the spread follows how long runs take now.
            length = length.mul_f64(if ran.code == -1 { 1.02 } else { 0.9 });
            cut += u32::from(ran.code == -1);
            told += &format!("killed after {after:?}: {}\n{}{}", ran.code, ran.stdout, ran.stderr);
        }
        let (last, said) = settle(&scene);
        told += &said;
        let [first, second, linkedin] = shown(&scene, &text);
        assert!(first <= 1 && second <= 1 && linkedin <= 2, "{first} {second} {linkedin} shown\n{told}");
        let status = scene.press.run(&["status", &id, "--format", "json"]).json();
        let states: Vec<&str> =
            status["targets"].as_array().unwrap().iter().map(|row| row["state"].as_str().unwrap()).collect();
        assert_eq!(states.len(), 3, "{states:?}\n{told}");
        if last.code == 0 {
            assert_eq!(([first, second, linkedin], states), ([1, 1, 2], vec!["published"; 3]), "{told}");
        } else {
            assert!(states.iter().all(|state| matches!(*state, "published" | "doubtful")), "{states:?}\n{told}");
            doubtful += states.iter().filter(|state| **state == "doubtful").count();
        }
    }
    // Else nothing was tried: most runs must have been cut off, and next to none may need a person.
    assert!(cut > ROUNDS as u32 / 2, "only {cut} runs were cut off");
    assert!(doubtful <= 2, "{doubtful} targets are doubtful");
}

/// The run that takes over from a dead one is killed as soon as it has the claim: what the first may have sent is not
/// forgotten.
#[test]
fn killed_while_taking_over() {
    let scene = Scene::new();
    for round in 0..5 {
        let (id, text) = (format!("over-{round}"), format!("Over {round}."));
        scene.post(&id, "acme-x", &text);
        scene.fault("POST", "/2/tweets", 1, pressroom::sim::FaultKind::Slow(Duration::from_secs(1)));
        let first = start(&scene);
        until("the post is out", || scene.shown("x", &text).len() == 1);
        kill(first, Duration::ZERO, false);
        let second = start(&scene);
        until("the claim is taken over", || scene.ledger(&id).iter().any(|entry| !entry["takes_over"].is_null()));
        kill(second, Duration::ZERO, false);
        let (last, told) = settle(&scene);
        assert_eq!((last.code, scene.shown("x", &text).len()), (0, 1), "{told}");
    }
}

/// Asked to end while the showing call is under way: it is finished and recorded, and nothing new is begun.
#[test]
fn asked_to_end_while_a_call_is_under_way() {
    let scene = Scene::new();
    scene.press.file("posts/a.md", &crate::scene::post("a", "acme-x", "First of all."));
    scene.post("b", "acme-x", "Second of all.");
    scene.fault("POST", "/2/tweets", 1, pressroom::sim::FaultKind::Slow(Duration::from_millis(700)));
    let child = start(&scene);
    until("the call is under way", || scene.requests("POST", "/2/tweets") == 1);
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let ran = Ran::of(&child.wait_with_output().unwrap()).exits(4);
    assert_eq!(scene.stage.texts("x"), ["First of all."], "{}", ran.stderr);
    assert!(ran.stderr.contains("a → acme-x: published https://x.com/acme/status/"), "{}", ran.stderr);
    assert!(ran.stdout.contains("the run was asked to stop"), "{}", ran.stdout);
    assert_eq!(scene.ledger("a").last().unwrap()["ev"], "published");
    assert_eq!(scene.ledger("b").last().unwrap()["ev"], "released");
    scene.press.run(&["publish"]).exits(0);
    assert_eq!(scene.stage.texts("x"), ["First of all.", "Second of all."]);
}

/// The same signal at any moment: the run ends soon, by itself, and the next one finishes the work.
#[test]
fn asked_to_end_at_any_moment() {
    let scene = Scene::new();
    post(&scene, "whole", "Whole.");
    let began = Instant::now();
    scene.press.run(&["publish"]).exits(0);
    let length = began.elapsed();
    for round in 0..12 {
        let (id, text) = (format!("end-{round}"), format!("End {round}."));
        post(&scene, &id, &text);
        let child = start(&scene);
        std::thread::sleep(length.mul_f64((scatter(round) % 1000) as f64 / 900.0));
        let _ = kill_process(Pid::from_child(&child), Signal::TERM);
        let ran = Ran::of(&child.wait_with_output().unwrap());
        // Before the first claim nothing needs to be finished, and the signal just ends the process.
        assert!(matches!(ran.code, -1 | 0 | 4), "{}: {}{}", ran.code, ran.stdout, ran.stderr);
        let (last, told) = settle(&scene);
        assert_eq!((last.code, shown(&scene, &text)), (0, [1, 1, 2]), "{}{told}", ran.stderr);
    }
}

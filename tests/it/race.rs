//! Several runs at the same moment: whatever they meet at, one of them publishes, and the others say so.

use std::process::{Child, Stdio};
use std::time::Duration;

use pressroom::sim::FaultKind;

use crate::host::Host;
use crate::press::{Press, Ran};
use crate::scene::Scene;

/// How often each race is run.
const ROUNDS: usize = 20;

/// How long the run that comes first waits for its answer.
const HELD_UP: Duration = Duration::from_millis(200);

fn start(press: &Press) -> Child {
    let mut command = press.command(&["publish"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Starts all, waits for all.
fn at_once(presses: &[&Press]) -> Vec<Ran> {
    let children: Vec<Child> = presses.iter().map(|press| start(press)).collect();
    children.into_iter().map(|child| Ran::of(&child.wait_with_output().unwrap())).collect()
}

/// Races runs for one due post after another: each time one post is out, and who did not publish it says why.
fn race(scene: &Scene, presses: &[&Press]) {
    let mut met = 0;
    for round in 0..ROUNDS {
        let (id, text) = (format!("race-{round}"), format!("Race {round}."));
        scene.post(&id, "acme-x, ann", &text);
        // Who comes first is held up, so that the others meet it however fast the machine is.
        scene.fault("POST", "/2/tweets", 1, FaultKind::Slow(HELD_UP));
        let ran = at_once(presses);
        let told = || {
            let each: Vec<String> =
                ran.iter().map(|ran| format!("{}: {}{}", ran.code, ran.stdout, ran.stderr)).collect();
            format!("round {round}:\n{}", each.join("---\n"))
        };
        assert_eq!(scene.shown("x", &text).len(), 1, "{}", told());
        assert_eq!(scene.shown("linkedin", &text).len(), 1, "{}", told());
        let mut published = 0;
        for run in &ran {
            met += u32::from(run.code == 5);
            published += run.stderr.matches(": published https://").count();
            let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
            let gave_way = said.contains(" holds the claim since ");
            let is_so = match run.code {
                // Published it, or came when all was over.
                0 => !gave_way,
                5 => gave_way,
                _ => false,
            };
            assert!(is_so, "{}", told());
        }
        assert_eq!(published, 2, "{}", told());
    }
    // Else there was no race: the runs came one after the other every time.
    assert!(met > 0, "no run ever met another");
    let counts: Vec<usize> = ["x", "linkedin"].map(|platform| scene.stage.texts(platform).len()).into();
    assert_eq!(counts, [ROUNDS, ROUNDS]);
    scene.press.run(&["publish"]).exits(0);
    // Whatever was raced for, the ledger reads in one piece.
    let status = scene.press.run(&["status", "--format", "json"]).exits(0).json();
    let states: Vec<_> = status["targets"].as_array().unwrap().iter().map(|row| row["state"].clone()).collect();
    assert_eq!(states, vec!["published"; 2 * ROUNDS]);
}

fn race_of_clones(host: impl FnOnce(&Scene) -> Host) {
    let scene = Scene::new();
    let host = host(&scene);
    let clones: Vec<Press> = ["left", "right"].map(|name| scene.press.clone_of(&host.address, name)).into();
    race(&scene, &clones.iter().collect::<Vec<_>>());
}

#[test]
fn two_clones_by_path() {
    race_of_clones(|scene| Host::path(&scene.remote));
}

#[test]
fn two_clones_by_git_daemon() {
    race_of_clones(|scene| Host::daemon(&scene.remote));
}

#[test]
fn two_clones_by_http() {
    race_of_clones(|scene| Host::http(&scene.press, &scene.remote));
}

#[test]
fn four_runs_in_one_clone() {
    let scene = Scene::new();
    race(&scene, &[&scene.press; 4]);
}

#[test]
fn four_runs_without_a_remote() {
    let scene = Scene::new();
    scene.press.git(&["fetch", "-q", "origin", "pressroom-state:pressroom-state"]);
    scene.press.git(&["remote", "remove", "origin"]);
    for round in 0..ROUNDS {
        let (id, text) = (format!("race-{round}"), format!("Race {round}."));
        scene.press.file(&format!("posts/{id}.md"), &crate::scene::post(&id, "acme-x, ann", &text)).commit(&id);
        let ran = at_once(&[&scene.press; 4]);
        let told = ran.iter().map(|ran| format!("{}: {}{}", ran.code, ran.stdout, ran.stderr)).collect::<Vec<_>>();
        assert!(ran.iter().all(|ran| matches!(ran.code, 0 | 5)), "{}", told.join("---\n"));
        assert_eq!(
            (scene.shown("x", &text).len(), scene.shown("linkedin", &text).len()),
            (1, 1),
            "{}",
            told.join("---\n")
        );
    }
}

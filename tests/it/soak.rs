//! Two machines' worth of work on one: two clones of a remote behind a web server, in which run after run is started and most
//! are killed, while posts go on coming. An ordinary run of the tests takes a few seconds of it. This takes ten minutes, and
//! tells what came of it: `PRESSROOM_SOAK=600 cargo test --test it soak:: -- --nocapture`.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::cut::{kill, scatter, unlock};
use crate::host::Host;
use crate::press::{Press, Ran};
use crate::scene::Scene;

/// Seconds of an ordinary run of the tests.
const USUAL: u64 = 8;
/// How often a new post comes.
const EVERY: Duration = Duration::from_millis(700);
/// How long a run takes, until one of this machine has told.
const RUN: Duration = Duration::from_millis(300);
/// Where each post goes: two accounts on LinkedIn and one on X.
const TARGETS: usize = 3;

#[derive(Default)]
struct Counts {
    runs: AtomicU64,
    kills: AtomicU64,
}

#[test]
fn two_machines_that_are_killed_again_and_again() {
    let seconds = std::env::var("PRESSROOM_SOAK").map_or(USUAL, |text| text.parse().expect("a number of seconds"));
    let seed = std::env::var("PRESSROOM_SEED").map_or(1, |text| text.parse().expect("a number"));
    let scene = Scene::new();
    let host = Host::http(&scene.press, &scene.remote);
    let clones: Vec<Press> = ["left", "right"].map(|name| scene.press.clone_of(&host.address, name)).into();
    let (counts, end) = (Counts::default(), Instant::now() + Duration::from_secs(seconds));
    let mut texts = Vec::new();
    std::thread::scope(|scope| {
        for (which, clone) in clones.iter().enumerate() {
            let counts = &counts;
            scope.spawn(move || storm(clone, seed * 2 + which as u64, end, counts));
        }
        while Instant::now() < end {
            let number = texts.len();
            texts.push(format!("Soak {number} of {seed}."));
            scene.post(&format!("soak-{number}"), "all", &texts[number]);
            std::thread::sleep(EVERY);
        }
    });
    let told = calm(&clones, &counts);
    judge(&scene, &clones[0], &texts, &counts, &told);
}

/// One machine: starts runs, and kills most of them, alone or with all that they have started.
fn storm(clone: &Press, seed: u64, end: Instant, counts: &Counts) {
    // A kill that comes after the run has ended is none: one comes within as long as runs last here.
    let mut usual = RUN;
    for round in 0.. {
        if Instant::now() >= end {
            return;
        }
        let chance = scatter(seed << 32 | round);
        let mut command = clone.command(&["publish"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let (child, began) = (command.spawn().unwrap(), Instant::now());
        counts.runs.fetch_add(1, Relaxed);
        let ran = if chance.is_multiple_of(5) {
            Ran::of(&child.wait_with_output().unwrap())
        } else {
            kill(child, usual.mul_f64((chance >> 8 & 1023) as f64 / 1024.0), chance.is_multiple_of(3))
        };
        if ran.code != -1 {
            usual = began.elapsed();
        }
        counts.kills.fetch_add(u64::from(ran.code == -1), Relaxed);
        assert!(ran.code != 70, "{}{}", ran.stdout, ran.stderr);
        unlock(clone, &ran.stderr);
    }
}

/// Runs one clone after the other until both have nothing left to do; what the last ones said.
fn calm(clones: &[Press], counts: &Counts) -> String {
    let mut told = String::new();
    for _ in 0..60 {
        told.clear();
        let mut quiet = true;
        for clone in clones {
            let ran = clone.run(&["publish"]);
            counts.runs.fetch_add(1, Relaxed);
            unlock(clone, &ran.stderr);
            quiet &= matches!(ran.code, 0 | 3) && !ran.stderr.contains(" → ");
            told += &format!("--- {}\n{}{}", ran.code, ran.stdout, ran.stderr);
        }
        if quiet {
            return told;
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    panic!("sixty runs in each clone, and still not quiet:\n{told}");
}

/// What readers see decides: nothing twice, and nothing missing but what waits for a person.
#[expect(clippy::print_stdout, reason = "the counts are for people")]
fn judge(scene: &Scene, clone: &Press, texts: &[String], counts: &Counts, told: &str) {
    let mut shown: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for seen in scene.stage.sim.seen() {
        *shown.entry((seen.platform.to_owned(), seen.author, seen.text)).or_default() += 1;
    }
    let status = clone.run(&["status", "--format", "json"]).json();
    let states =
        |wanted: &str| status["targets"].as_array().unwrap().iter().filter(|row| row["state"] == wanted).count();
    let (planned, published, doubtful) = (texts.len() * TARGETS, states("published"), states("doubtful"));
    let doubles = shown.values().filter(|count| **count > 1).count();
    // One whose answer nobody heard may be out and wait for a person all the same.
    let lost = planned - published - doubtful;
    let (runs, kills) = (counts.runs.load(Relaxed), counts.kills.load(Relaxed));
    let line = format!(
        "{runs} runs, {kills} of them killed; {planned} targets: {published} published, {doubtful} wait for a person, \
         {doubles} twice, {lost} lost; {} posts seen",
        shown.len()
    );
    println!("{line}");
    assert!(doubles == 0 && lost == 0, "{line}\n{shown:#?}\n{told}");
    assert!((published..=published + doubtful).contains(&shown.len()), "{line}\n{told}");
    // Otherwise nothing was tried.
    assert!(kills > 0, "{line}");
}

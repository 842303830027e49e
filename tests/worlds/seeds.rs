//! How many worlds are played through, and the bugs that must not survive it.

use std::ops::Range;
use std::time::Instant;

use crate::judge::Verdict;
use crate::world::{Bug, Seed, play};

/// Worlds of an ordinary run of the tests.
const USUAL: u64 = 2_000;

/// Worlds that showed something wrong once, with the number of platforms that there were.
const PAST: &[(usize, &[u64])] = &[(
    7,
    &[
        45, 81, 338, 372, 402, 472, 497, 2_275, 4_732, 5_299, 5_929, 10_570, 15_306, 17_185, 21_075, 26_143, 36_559,
        57_470,
    ],
)];

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a number, not `{text}`")))
}

/// The worlds to be played: `PRESSROOM_WORLDS=5000` or `PRESSROOM_WORLDS=5000..10000`.
fn range() -> Range<u64> {
    let Ok(text) = std::env::var("PRESSROOM_WORLDS") else { return 0..USUAL };
    let (from, to) = text.split_once("..").unwrap_or(("0", &text));
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) => from..to,
        _ => panic!("PRESSROOM_WORLDS must be a number, or two with `..` between them, not `{text}`"),
    }
}

/// Plays these worlds on all cores; the first that is not in order, by its seed.
fn all_in_order(seeds: Vec<Seed>, bug: Option<Bug>) -> Option<(Seed, Verdict)> {
    let next = std::sync::Mutex::new(seeds.into_iter());
    let found = std::sync::Mutex::new(None::<(Seed, Verdict)>);
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while found.lock().unwrap().is_none() {
                    let Some(seed) = next.lock().unwrap().next() else { break };
                    let verdict = play(seed, bug, false);
                    if !verdict.wrong.is_empty() {
                        let mut found = found.lock().unwrap();
                        if found.as_ref().is_none_or(|(least, _)| seed.number < least.number) {
                            *found = Some((seed, verdict));
                        }
                    }
                }
            });
        }
    });
    found.into_inner().unwrap()
}

#[test]
fn nothing_is_published_twice_or_lost_in_any_world() {
    if let Some(which) = number("PRESSROOM_WORLD") {
        let mut seed = Seed::new(which);
        if let Some(platforms) = number("PRESSROOM_PLATFORMS") {
            seed.platforms = usize::try_from(platforms).unwrap();
        }
        let planted = std::env::var("PRESSROOM_BUG").ok();
        let bug =
            planted.map(|name| Bug::ALL.into_iter().find(|bug| format!("{bug:?}") == name).expect("a bug's name"));
        let verdict = play(seed, bug, true);
        assert!(verdict.wrong.is_empty(), "{verdict}");
        return;
    }
    let (range, began) = (range(), Instant::now());
    let count = range.end - range.start;
    let past =
        PAST.iter().flat_map(|&(platforms, numbers)| numbers.iter().map(move |&number| Seed { number, platforms }));
    let seeds = past.chain(range.map(Seed::new)).collect();
    if let Some((Seed { number, platforms }, verdict)) = all_in_order(seeds, None) {
        panic!(
            "world {number} is not in order:\n{verdict}\nto see it again:\n  PRESSROOM_WORLD={number} PRESSROOM_PLATFORMS={platforms} cargo test --test worlds -- --nocapture nothing_is"
        );
    }
    println!("{count} worlds in {:?}", began.elapsed());
}

#[test]
fn a_world_is_the_same_each_time() {
    for number in 0..20 {
        let seed = Seed::new(number);
        let (first, second) = (play(seed, None, false), play(seed, None, false));
        assert_eq!(first.trace, second.trace, "world {number}");
    }
}

/// The test of the test: what would be wrong without each of our precautions is found.
#[test]
fn planted_bugs_are_found() {
    for bug in Bug::ALL {
        let found = all_in_order((0..1_000).map(Seed::new).collect(), Some(bug));
        let (seed, verdict) = found.unwrap_or_else(|| panic!("{bug:?} was not found in a thousand worlds"));
        println!("{bug:?}: world {}: {}", seed.number, verdict.wrong[0]);
    }
}

//! How near to its platforms' own pace a run publishes that has much to do: targets of eight accounts, all due at once, over
//! simulators that take 50 ms for an answer, with a ledger on a git remote behind a web server.
//!
//! The accounts of a run work side by side, and the posts of one account one after another. So no run can be quicker than the
//! calls of its slowest account take, as the simulators count them: that is held against the time from the start of
//! `pressroom publish` to its end, with git, the plan, the claims, receipts and the mark for monitors. And pushes are counted,
//! which must not be more for more targets.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "to print is all a bench is for")]

use std::process::ExitCode;

mod desk;
mod once;
mod remote;
#[path = "../room/mod.rs"]
mod room;
mod stage;

use desk::Desk;
use room::{Result, end, median, verdict};
use stage::{Stage, Told};

/// What each call takes at the simulators, in milliseconds.
const LATENCY: u64 = 50;
/// Targets, unless an argument says otherwise.
const TARGETS: usize = 1_000;
/// Most time of the whole run, in parts of what its slowest lane's calls take.
const RATIO_MAX: f64 = 1.15;
const PUSHES_MAX: usize = 12;
/// Runs, each in a repository of its own.
const RUNS: usize = 3;

/// What is published, and where.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Those of the accounts, as accounts.toml names them, or a further server of one; each has hosts of its own.
    pub(crate) platforms: &'static [&'static str],
    /// Front matter besides the targets.
    pub(crate) wishes: &'static str,
    /// Whether a broken bound fails the bench.
    pub(crate) is_bound: bool,
}

const CASES: [Case; 2] = [
    // One call shows each; Mastodon's is read once more after it.
    Case {
        name: "texts",
        platforms: &["x", "linkedin", "facebook", "bluesky", "bluesky-2", "mastodon", "telegram", "slack"],
        wishes: "",
        is_bound: true,
    },
    // Uploaded or fetched first; where that leaves something behind, the ledger has it before the call that shows the post.
    Case {
        name: "pictures",
        platforms: &["x", "linkedin", "facebook", "instagram", "threads", "bluesky", "mastodon", "discord"],
        wishes: "media: [{src: media/write.jpg, alt: A hand that writes}]\n",
        is_bound: false,
    },
];

fn main() -> ExitCode {
    let arguments = room::arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    end(match arguments.as_slice() {
        ["stage", case, folder] => case_of(case).and_then(|case| stage::serve(case, folder.as_ref())).map(|()| true),
        ["run", command @ ..] => room::measured(command),
        ["once"] => once::bench(),
        [] => bench(TARGETS, &CASES[0]),
        [targets] => targets.parse().map_err(Into::into).and_then(|targets| bench(targets, &CASES[0])),
        [targets, name] => targets.parse().map_err(Into::into).and_then(|targets| bench(targets, case_of(name)?)),
        _ => Err("cargo bench --bench publish -- [TARGETS [texts|pictures] | once]".into()),
    })
}

fn case_of(name: &str) -> Result<&'static Case> {
    CASES
        .iter()
        .chain([&once::CASE])
        .find(|case| case.name == name)
        .ok_or_else(|| format!("{name} is neither texts nor pictures").into())
}

/// Measures a case; `false` where a bound is broken.
fn bench(targets: usize, case: &Case) -> Result<bool> {
    let lanes = case.platforms.len();
    let posts = targets.div_ceil(lanes);
    println!("{} of {posts} posts to {}\n", case.name, case.platforms.join(", "));
    println!(
        "{:>7} {:>7} {:>7} {:>7} {:>6}   seconds at which pushes came",
        "wall/s", "ideal/s", "ratio", "CPU/s", "pushes"
    );
    let mut ratios = Vec::new();
    let mut most = 0;
    for _ in 0..RUNS {
        let (ratio, pushes) = one(posts, case)?;
        ratios.push(ratio);
        most = most.max(pushes);
    }
    let ratio = median(ratios);
    println!("\nmedian ratio {ratio:.2}, most pushes {most}");
    if !case.is_bound {
        return Ok(true);
    }
    let kept = ratio <= RATIO_MAX && most <= PUSHES_MAX;
    println!("bound: ratio at most {RATIO_MAX}, pushes at most {PUSHES_MAX}: {}", verdict(kept));
    Ok(kept)
}

/// One run: its ratio and its pushes.
fn one(posts: usize, case: &Case) -> Result<(f64, usize)> {
    let desk = Desk::new(case)?;
    let stage = Stage::start(case, desk.folder())?;
    desk.settle(&stage, &stage.remote)?;
    desk.post(0..posts)?;
    stage.told()?;
    let began = stage::now();
    let room::Run { wall, cpu, .. } = desk.publish(&stage, posts * case.platforms.len())?;
    let Told { calls, seen, pushes } = stage.told()?;
    if seen != posts * case.platforms.len() {
        return Err(format!("{seen} posts are out of {}", posts * case.platforms.len()).into());
    }
    let (slowest, calls) = calls.iter().max_by_key(|(_, calls)| **calls).ok_or("nobody was called")?;
    #[expect(clippy::cast_precision_loss, reason = "some thousand calls")]
    let ideal = (*calls as u64 * LATENCY) as f64 / 1000.0;
    let mut at: Vec<_> = pushes.iter().take(PUSHES_MAX).map(|push| format!("{:.1}", push - began)).collect();
    if pushes.len() > PUSHES_MAX {
        at.push("...".to_owned());
    }
    println!(
        "{wall:>7.2} {ideal:>7.2} {:>7.3} {cpu:>7.2} {:>6}   {}   ({slowest}: {calls} calls)",
        wall / ideal,
        pushes.len(),
        at.join(" ")
    );
    Ok((wall / ideal, pushes.len()))
}

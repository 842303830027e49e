//! What a plan costs in a repository with years of posts behind it, side by side with git in the same repository and with a plain
//! reader of the same files. Checks no behaviour beyond what makes the comparison fair.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "to print is all a bench is for")]

use std::env;
use std::process::{Command, ExitCode, Stdio};

mod desk;
mod reader;
#[path = "../room/mod.rs"]
mod room;

use desk::Desk;
use room::{Result, end, in_turns, verdict};

/// Posts, unless an argument says otherwise.
const POSTS: usize = 1_000;
const POSTS_MAX: usize = 100_000;
/// Runs of each command that is over in an instant, and of each that is not.
const QUICK: usize = 21;
const SLOW: usize = 3;

/// In KiB.
const MIB: u64 = 1024;

fn main() -> ExitCode {
    let arguments = room::arguments();
    end(match arguments.first().map(String::as_str) {
        Some("read") => reader::read(&arguments[1..]),
        Some("run") => room::measured(&arguments[1..]),
        posts => bench(posts),
    })
}

/// Measures everything; `false` where a bound is broken.
fn bench(posts: Option<&str>) -> Result<bool> {
    let posts = posts.map_or(Ok(POSTS), str::parse)?.clamp(100, POSTS_MAX);
    let desk = Desk::new(posts)?;
    println!("{posts} posts, {} targets; CPU time, user and system, of a command and its children\n", desk.targets);
    println!("{:<44} {:>10} {:>10} {:>8} {:>8}", "", "ms", "against", "ratio", "at most");

    let one = desk.a_post();
    let mut kept =
        against("pressroom --help", [desk.room.pressroom(&["--help"]), desk.git(&["--version"])], 3.0, QUICK)?;
    kept &=
        against("pressroom --version", [desk.room.pressroom(&["--version"]), desk.git(&["--version"])], 3.0, QUICK)?;
    kept &= against("check POST", [desk.room.pressroom(&["check", &one]), desk.git(&["--version"])], 5.0, QUICK)?;

    desk.check_out("main~1")?;
    desk.plan().stdout(Stdio::null()).status()?;
    desk.check_out("main")?;
    let since = [desk.plan(), desk.git(&["diff-tree", "-r", "main~1", "main"])];
    // Each as the first after the commit.
    let first = || desk.forget_since();
    kept &= against_after(first, "plan, 100 changed; git diff-tree -r", since, 1.5, QUICK)?;

    desk.room.forget()?;
    desk.plan().stdout(Stdio::null()).status()?;
    desk.git(&["status"]).stdout(Stdio::null()).status()?;
    kept &= against("plan, nothing changed; git status", [desk.plan(), desk.git(&["status"])], 0.05, QUICK)?;
    kept &= memory("plan, nothing changed", &desk.plan(), 30 * MIB)?;

    let anew = || desk.room.forget();
    let read = Command::new(env::current_exe()?);
    kept &= against_after(anew, "plan, no archive; reading the files", [desk.plan(), reading(read, &desk)], 6.0, SLOW)?;
    desk.room.forget()?;
    kept &= memory("plan, no archive", &desk.plan(), 200 * MIB)?;
    Ok(kept)
}

fn reading(mut reader: Command, desk: &Desk) -> Command {
    reader.arg("read").arg(desk.room.repo.join("posts")).arg(desk.ledger());
    reader
}

fn against(what: &str, commands: [Command; 2], most: f64, runs: usize) -> Result<bool> {
    against_after(|| Ok(()), what, commands, most, runs)
}

/// Tells the medians of two commands and their ratio.
fn against_after(
    before: impl Fn() -> Result<()>,
    what: &str,
    commands: [Command; 2],
    most: f64,
    runs: usize,
) -> Result<bool> {
    let costs = in_turns(commands, runs, before)?;
    let [ours, theirs] = costs.map(|costs| costs[costs.len() / 2].as_secs_f64() * 1_000.0);
    let ratio = ours / theirs;
    let kept = ratio <= most;
    println!("{what:<44} {ours:>10.1} {theirs:>10.1} {ratio:>8.3} {most:>8} {}", verdict(kept));
    Ok(kept)
}

/// The most memory that a command has at once.
fn memory(what: &str, command: &Command, most: u64) -> Result<bool> {
    let peak = room::run(command)?.peak;
    let kept = peak <= most;
    let (mib, most) = (peak / MIB, most / MIB);
    println!("{:<44} {mib:>7} MiB {:>19} {most:>5} MiB {}", format!("{what}: peak memory"), "", verdict(kept));
    Ok(kept)
}

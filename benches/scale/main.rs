//! What a plan costs in a repository with years of posts behind it, side by side with git in the same repository and with a plain
//! reader of the same files. Checks no behaviour beyond what makes the comparison fair.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "to print is all a bench is for")]

use std::env;
use std::error::Error;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike};

mod desk;
mod reader;

use desk::Desk;

/// Posts, unless an argument says otherwise.
const POSTS: usize = 1_000;
const POSTS_MAX: usize = 100_000;
/// Runs of each command that is over in an instant, and of each that is not.
const QUICK: usize = 21;
const SLOW: usize = 3;

const MIB: i64 = 1024;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    // cargo adds `--bench` of its own.
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let done = match arguments.first().map(String::as_str) {
        Some("read") => reader::read(&arguments[1..]),
        Some("peak") => peak(&arguments[1..]),
        posts => bench(posts),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures everything; `false` where a bound is broken.
fn bench(posts: Option<&str>) -> Result<bool> {
    let posts = posts.map_or(Ok(POSTS), str::parse)?.clamp(100, POSTS_MAX);
    let desk = Desk::new(posts)?;
    println!("{posts} posts, {} targets; CPU time, user and system, of a command and its children\n", desk.targets);
    println!("{:<44} {:>10} {:>10} {:>8} {:>8}", "", "ms", "against", "ratio", "at most");

    let one = desk.a_post();
    let mut kept = against("pressroom --help", [desk.pressroom(&["--help"]), desk.git(&["--version"])], 3.0, QUICK)?;
    kept &= against("pressroom --version", [desk.pressroom(&["--version"]), desk.git(&["--version"])], 3.0, QUICK)?;
    kept &= against("check POST", [desk.pressroom(&["check", &one]), desk.git(&["--version"])], 5.0, QUICK)?;

    desk.check_out("main~1")?;
    desk.plan().stdout(Stdio::null()).status()?;
    desk.check_out("main")?;
    let since = [desk.plan(), desk.git(&["diff-tree", "-r", "main~1", "main"])];
    // Each as the first after the commit.
    let first = || desk.forget_since();
    kept &= against_after(first, "plan, 100 changed; git diff-tree -r", since, 1.5, QUICK)?;

    desk.forget()?;
    desk.plan().stdout(Stdio::null()).status()?;
    desk.git(&["status"]).stdout(Stdio::null()).status()?;
    kept &= against("plan, nothing changed; git status", [desk.plan(), desk.git(&["status"])], 0.05, QUICK)?;
    kept &= memory("plan, nothing changed", &desk.plan(), 30 * MIB)?;

    let anew = || desk.forget();
    let read = Command::new(env::current_exe()?);
    kept &= against_after(anew, "plan, no archive; reading the files", [desk.plan(), reading(read, &desk)], 6.0, SLOW)?;
    desk.forget()?;
    kept &= memory("plan, no archive", &desk.plan(), 200 * MIB)?;
    Ok(kept)
}

fn reading(mut reader: Command, desk: &Desk) -> Command {
    reader.arg("read").arg(desk.repo.join("posts")).arg(desk.ledger());
    reader
}

fn against(what: &str, commands: [Command; 2], most: f64, runs: usize) -> Result<bool> {
    against_after(|| Ok(()), what, commands, most, runs)
}

/// Runs two commands in turns, so that whatever else the machine does troubles both alike; the first turn, which fills the disk
/// cache, is not counted. Tells the medians and their ratio.
fn against_after(
    before: impl Fn() -> Result<()>,
    what: &str,
    mut commands: [Command; 2],
    most: f64,
    runs: usize,
) -> Result<bool> {
    let mut costs = [Vec::new(), Vec::new()];
    for turn in 0..=runs {
        for (command, costs) in commands.iter_mut().zip(&mut costs) {
            before()?;
            let cost = cpu_time(command)?;
            if turn > 0 {
                costs.push(cost);
            }
        }
    }
    let [ours, theirs] = costs.map(|mut costs| {
        costs.sort();
        costs[costs.len() / 2].as_secs_f64() * 1_000.0
    });
    let ratio = ours / theirs;
    let kept = ratio <= most;
    println!("{what:<44} {ours:>10.1} {theirs:>10.1} {ratio:>8.3} {most:>8} {}", verdict(kept));
    Ok(kept)
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "BROKEN" }
}

/// Runs a command that must succeed; its user and system time, and that of the children it has waited for.
fn cpu_time(command: &mut Command) -> Result<Duration> {
    let before = children()?;
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.map_err(|error| format!("{command:?}: {error}"))?;
    if !status.success() {
        return Err(format!("{command:?} ended with {status}").into());
    }
    Ok(children()?.saturating_sub(before))
}

fn children() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let duration = |time: TimeVal| Duration::from_micros(u64::try_from(time.num_microseconds()).unwrap_or_default());
    Ok(duration(usage.user_time()) + duration(usage.system_time()))
}

/// The most memory that a command has at once, measured by a process that has no other children.
fn memory(what: &str, command: &Command, most: i64) -> Result<bool> {
    let mut measured = Command::new(env::current_exe()?);
    measured.arg("peak").arg(command.get_program()).args(command.get_args());
    measured.env_clear();
    for (name, value) in command.get_envs() {
        measured.env(name, value.unwrap_or_default());
    }
    if let Some(folder) = command.get_current_dir() {
        measured.current_dir(folder);
    }
    let output = measured.output()?;
    let peak: i64 = String::from_utf8(output.stdout)?.trim().parse()?;
    let kept = peak <= most;
    let (mib, most) = (peak / MIB, most / MIB);
    println!("{:<44} {mib:>7} MiB {:>19} {most:>5} MiB {}", format!("{what}: peak memory"), "", verdict(kept));
    Ok(kept)
}

/// Runs a command and prints the most memory it had, in KiB.
fn peak(command: &[String]) -> Result<bool> {
    let (program, arguments) = command.split_first().ok_or("whose peak?")?;
    let status = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    println!("{}", getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss());
    Ok(status.success())
}

//! How fast and in how little memory large files leave: through each adapter that sends the bytes of a film, by
//! `pressroom publish` to the platform's simulator, and through the door to the network alone; each side by side with
//! `curl -T` of the same file to a plain sink on this machine.
//!
//! Two throughputs are printed. Of the upload: from the first byte of its first request to the last byte of its last, with
//! whatever lies between, be it other calls. Of the whole run: from the start of the program to its end, with git, the ledger,
//! the hash of the file and waits for the platform's processing. The first is held against `curl -T`, between the same two bytes.
//! What a simulator does with a request once it has it is in neither: see `front`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "to print is all a bench is for")]

use std::path::Path;
use std::process::ExitCode;

mod desk;
mod door;
mod film;
mod front;
mod plain;
#[path = "../room/mod.rs"]
mod room;
mod stage;

use desk::Desk;
use film::Film;
use room::{Result, Run, end, verdict};
use stage::{CASES, Case};

/// Most time, in parts of what `curl -T` takes.
const RATIO_MAX: f64 = 1.15;
/// Most memory, in KiB.
const PEAK_MAX: u64 = 48 * 1024;
/// MiB sent, unless an argument says otherwise or a platform takes less.
const MIB: u64 = 1024;
/// Runs of each, in turns.
const RUNS: usize = 3;

fn main() -> ExitCode {
    let arguments = room::arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    end(match arguments.as_slice() {
        ["sink"] => plain::sink().map(|()| true),
        ["send", address, path] => door::send(address, Path::new(path)).map(|()| true),
        ["stage", platform, film] => stage::serve(platform, Path::new(film)).map(|()| true),
        ["run", command @ ..] => room::measured(command),
        [] => bench(MIB, &[]),
        [mib, names @ ..] => mib.parse().map_err(Into::into).and_then(|mib| bench(mib, names)),
    })
}

/// Measures what is named, or all; `false` where a bound is broken.
fn bench(mib: u64, names: &[&str]) -> Result<bool> {
    let known = |name: &&&str| **name == door::NAME || CASES.iter().any(|case| case.name == **name);
    if let Some(name) = names.iter().find(|name| !known(name)) {
        let cases: Vec<_> = CASES.iter().map(|case| case.name).collect();
        return Err(format!("{name} is none of {}, {}", cases.join(", "), door::NAME).into());
    }
    let wanted = |name: &str| names.is_empty() || names.contains(&name);
    let (_sink, address) = plain::start_sink()?;
    println!("Median of {RUNS} runs each, in turns with `curl -T` of the same file to a sink on this machine\n");
    println!(
        "{:<10} {:>6} {:>8} {:>8} {:>8} {:>6} {:>9}",
        "", "MiB", "whole/s", "upload/s", "curl/s", "ratio", "peak MiB"
    );
    let mut kept = true;
    for case in CASES.iter().filter(|case| wanted(case.name)) {
        let film = Film::new(mib << 20, case.bytes_max, case.millis)?;
        kept &= publish(case, &film, &address)?;
    }
    if wanted(door::NAME) {
        let film = Film::new(mib << 20, None, film::MILLIS)?;
        kept &= send(&film, &address)?;
    }
    println!("\nratio: time of the upload to that of curl, at most {RATIO_MAX}; peak: at most {} MiB", PEAK_MAX / 1024);
    for case in CASES.iter().filter(|case| wanted(case.name) && case.bytes_max.is_some_and(|most| most < mib << 20)) {
        println!("{}: takes no more than {} bytes", case.name, case.bytes_max.unwrap_or_default());
    }
    println!("threads: fetches media by their address; no bytes are sent, so nothing is measured");
    Ok(kept)
}

/// One run.
struct Turn {
    /// Seconds from the start of the program to its end, without those in which a simulator thought.
    whole: f64,
    upload: f64,
    curl: f64,
    /// KiB.
    peak: u64,
}

/// Films published through an adapter.
fn publish(case: &Case, film: &Film, sink: &str) -> Result<bool> {
    let stage = stage::Stage::start(case, film)?;
    let desk = Desk::new(case, film, &stage)?;
    let turns = turns(|turn| {
        let curl = plain::curl(sink, film)?;
        let Run { wall, peak, .. } = desk.publish(turn)?;
        let (upload, thought) = stage.upload(film)?;
        Ok(Turn { whole: wall - thought, upload, curl, peak })
    })?;
    Ok(row(case.name, film, &turns))
}

/// A file sent through the door.
fn send(film: &Film, sink: &str) -> Result<bool> {
    let turns = turns(|_| {
        let curl = plain::curl(sink, film)?;
        let door::Sent { whole, upload, peak } = door::run(sink, film)?;
        Ok(Turn { whole, upload, curl, peak })
    })?;
    Ok(row(door::NAME, film, &turns))
}

/// The first turn fills the disk cache and is not counted.
fn turns(mut one: impl FnMut(usize) -> Result<Turn>) -> Result<Vec<Turn>> {
    one(0)?;
    (1..=RUNS).map(one).collect()
}

/// Prints what came of it; `false` where a bound is broken.
fn row(name: &str, film: &Film, turns: &[Turn]) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "far fewer bytes than a float holds exactly")]
    let mib = film.bytes as f64 / f64::from(1 << 20);
    let median = |of: fn(&Turn) -> f64| room::median(turns.iter().map(of).collect());
    let (whole, upload, curl) = (median(|turn| turn.whole), median(|turn| turn.upload), median(|turn| turn.curl));
    let peak = turns.iter().map(|turn| turn.peak).max().unwrap_or_default();
    let ratio = upload / curl;
    let kept = ratio <= RATIO_MAX && peak <= PEAK_MAX;
    println!(
        "{name:<10} {mib:>6.0} {:>8.0} {:>8.0} {:>8.0} {ratio:>6.2} {:>9}   {}",
        mib / whole,
        mib / upload,
        mib / curl,
        peak.div_ceil(1024),
        verdict(kept)
    );
    kept
}

//! How large the program is, stripped of the symbols that make a backtrace readable. Runs nothing of it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "to print is all a bench is for")]

use std::fs;
use std::process::{Command, ExitCode};

use tempfile::TempDir;

#[path = "room/mod.rs"]
mod room;

use room::{PROGRAM, Result, end, verdict};

/// Most bytes.
const MOST: u64 = 20 << 20;

fn main() -> ExitCode {
    end(bench())
}

/// Tells it; `false` where the bound is broken.
fn bench() -> Result<bool> {
    let [whole, stripped] = measure()?;
    let mib = |bytes: u64| format!("{}.{}", bytes >> 20, ((bytes & 0xF_FFFF) * 10) >> 20);
    let (kept, most) = (stripped <= MOST, MOST >> 20);
    println!("with symbols {} MiB; stripped {} MiB, at most {most} MiB   {}", mib(whole), mib(stripped), verdict(kept));
    Ok(kept)
}

/// Bytes of the program as it is, and stripped.
fn measure() -> Result<[u64; 2]> {
    let folder = TempDir::new()?;
    let bare = folder.path().join("pressroom");
    let status = Command::new("strip").arg("-o").arg(&bare).arg(PROGRAM).status()?;
    if !status.success() {
        return Err(format!("strip ended with {status}").into());
    }
    Ok([fs::metadata(PROGRAM)?.len(), fs::metadata(bare)?.len()])
}

//! How large the program is, stripped of the symbols that make a backtrace readable. Runs nothing of it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "to print is all a bench is for")]

use std::error::Error;
use std::fs;
use std::process::{Command, ExitCode};

use tempfile::TempDir;

/// Most bytes.
const MOST: u64 = 20 << 20;

fn main() -> ExitCode {
    match measure() {
        Ok([whole, stripped]) => {
            let mib = |bytes: u64| format!("{}.{}", bytes >> 20, ((bytes & 0xF_FFFF) * 10) >> 20);
            let verdict = if stripped <= MOST { "kept" } else { "BROKEN" };
            println!(
                "with symbols {} MiB; stripped {} MiB, at most {} MiB   {verdict}",
                mib(whole),
                mib(stripped),
                MOST >> 20
            );
            if stripped <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Bytes of the program as it is, and stripped.
fn measure() -> Result<[u64; 2], Box<dyn Error>> {
    let (program, folder) = (env!("CARGO_BIN_EXE_pressroom"), TempDir::new()?);
    let bare = folder.path().join("pressroom");
    let status = Command::new("strip").arg("-o").arg(&bare).arg(program).status()?;
    if !status.success() {
        return Err(format!("strip ended with {status}").into());
    }
    Ok([fs::metadata(program)?.len(), fs::metadata(bare)?.len()])
}

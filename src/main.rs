//! Starts, says the error, sets the exit code.

use std::process::ExitCode;

use clap::Parser;
use pressroom::cmd::{self, Cli, Color, report};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match cli.global.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    report::listen(cli.global.verbose);
    let json = cli.global.format == cmd::Format::Json;
    match cmd::run(cli) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            report::failure(&failure, json);
            ExitCode::from(failure.kind.exit_code())
        }
    }
}

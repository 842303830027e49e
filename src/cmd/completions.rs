//! `pressroom completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Context};
use crate::error::Failure;

/// Prints a completion script for a shell.
#[derive(Debug, Args)]
pub struct Completions {
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "pressroom", &mut script);
        context.print(&String::from_utf8_lossy(&script))?;
        Ok(0)
    }
}

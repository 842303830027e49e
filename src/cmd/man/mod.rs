//! `pressroom man`: what the program says of itself, as manual pages and as the reference of the handbook.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};

use super::{Cli, Context};
use crate::error::{Failure, Kind};

mod reference;

/// Writes the manual pages, one for each command, into a folder; without one, prints the page of pressroom itself.
#[derive(Debug, Args)]
pub struct Man {
    /// Where to; it is made if it is not there.
    folder: Option<PathBuf>,
    /// The handbook's reference instead, in Markdown: commands, accounts.toml, front matter, variables, exit codes.
    #[arg(long, requires = "folder")]
    reference: bool,
}

impl Man {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let Some(folder) = &self.folder else {
            let mut page = Vec::new();
            let written = clap_mangen::Man::new(Cli::command().disable_help_subcommand(true)).render(&mut page);
            written.map_err(|error| not_written(Path::new("the page"), &error))?;
            context.print(&String::from_utf8_lossy(&page))?;
            return Ok(0);
        };
        let write = || -> std::io::Result<()> {
            fs::create_dir_all(folder)?;
            if !self.reference {
                return clap_mangen::generate_to(Cli::command(), folder);
            }
            reference::pages().into_iter().try_for_each(|(name, text)| fs::write(folder.join(name), text))
        };
        write().map(|()| 0).map_err(|error| not_written(folder, &error))
    }
}

fn not_written(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Kind::Content, format!("{} could not be written", path.display())).cause(error)
}

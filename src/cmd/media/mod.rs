//! `pressroom media`: the library as a list, and files made to fit.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Context, count};
use crate::error::Failure;
use crate::limits::Platform;

mod fit;
mod list;
mod named;

/// Lists the media: what each file is, which posts use it, which limits it breaks.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Media {
    /// Only files that no post uses.
    #[arg(long)]
    unused: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes a copy of a picture or a video that a platform takes.
    ///
    /// Pictures are turned upright, made smaller and saved again as far as needed, and lose their metadata, such as the
    /// place they were taken at; they are never cropped or enlarged. Videos are converted by `ffmpeg`, if there is one;
    /// else the command to run is told.
    Fit {
        /// The file; it stays as it is.
        file: PathBuf,
        /// The platform whose limits count.
        #[arg(long = "for", value_name = "PLATFORM", value_parser = count::platform)]
        platform: Platform,
        /// Where the copy goes; else beside the file, with the platform in its name.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Writes over a file that is there.
        #[arg(long)]
        force: bool,
    },
}

impl Media {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            None => list::run(context, self.unused),
            Some(Command::Fit { file, platform, output, force }) => {
                fit::Fit { file, platform, output, force }.run(context)
            }
        }
    }
}

//! `pressroom schema`.

use clap::{Args, ValueEnum};

use super::Context;
use crate::error::Failure;
use crate::schema;

/// Prints a JSON Schema, for editors that complete and check YAML and TOML.
#[derive(Debug, Args)]
pub struct Schema {
    #[arg(value_enum)]
    of: Of,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Of {
    /// The front matter of a post.
    FrontMatter,
    /// accounts.toml.
    Accounts,
}

impl Schema {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let schema = match self.of {
            Of::FrontMatter => schema::front_matter(),
            Of::Accounts => schema::accounts(),
        };
        context.print(&format!("{schema:#}\n"))?;
        Ok(0)
    }
}

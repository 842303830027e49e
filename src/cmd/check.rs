//! `pressroom check`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Context, Format, formats, github, open, report};
use crate::error::{Failure, Kind, Problem};

mod sarif;

/// Lists every problem of posts and accounts as they are on disk, offline.
#[derive(Debug, Args)]
pub struct Check {
    /// Only problems of these files or folders.
    paths: Vec<PathBuf>,
    /// Warnings are errors.
    #[arg(long)]
    strict: bool,
    /// How problems are printed: `github` as annotations in the changes of a pull request, `sarif` for code scanning.
    #[arg(
        long,
        default_value = "text",
        value_parser = formats(&[Format::Text, Format::Json, Format::Github, Format::Sarif])
    )]
    format: Format,
}

impl Check {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let disk = open::disk(context)?;
        let paths = self.paths.iter().map(|path| open::existing(&disk.repo, path)).collect::<Result<Vec<_>, _>>()?;
        let asked = |path: &str| {
            paths.is_empty()
                || paths.iter().any(|asked| asked.is_empty() || path == asked || path.starts_with(&format!("{asked}/")))
        };
        let problems: Vec<&Problem> =
            disk.content.problems.iter().filter(|problem| asked(&problem.source.path)).collect();
        let posts = disk.content.paths.iter().filter(|path| asked(path)).count();
        let errors = problems.iter().filter(|problem| problem.is_error() || self.strict).count();
        let warnings = problems.len() - errors;
        let sum = format!("{}: {}.\n", count(posts, "post"), verdict(errors, warnings));
        match self.format {
            Format::Json => context.print_json(json!({
                "problems": problems.iter().map(|problem| report::problem_json(problem)).collect::<Vec<_>>(),
                "posts": posts,
                "errors": errors,
                "warnings": warnings,
            }))?,
            Format::Sarif => context.print(&format!("{:#}\n", sarif::log(&problems, self.strict)))?,
            Format::Github => {
                let line = |problem: &&Problem| github::annotated(problem, self.strict) + "\n";
                let lines: String = problems.iter().map(line).chain([sum]).collect();
                context.print_commands(&lines)?;
            }
            _ => {
                let text = |problem: &&Problem| report::problem_text(problem) + "\n";
                let lines: String = problems.iter().map(text).chain([sum]).collect();
                context.print(&lines)?;
            }
        }
        Ok(if errors > 0 { Kind::Content.exit_code() } else { 0 })
    }
}

fn verdict(errors: usize, warnings: usize) -> String {
    match (errors, warnings) {
        (0, 0) => "all is well".to_owned(),
        (0, warnings) => count(warnings, "warning"),
        (errors, 0) => count(errors, "error"),
        (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    }
}

/// `1 post`, `2 posts`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

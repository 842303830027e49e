//! `pressroom check`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Context, open, report};
use crate::error::{Failure, Kind, Problem};

/// Lists every problem of posts and accounts as they are on disk, offline.
#[derive(Debug, Args)]
pub struct Check {
    /// Only problems of these files or folders.
    paths: Vec<PathBuf>,
    /// Warnings are errors.
    #[arg(long)]
    strict: bool,
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
        if context.json() {
            context.print_json(json!({
                "problems": problems.iter().map(|problem| report::problem_json(problem)).collect::<Vec<_>>(),
                "posts": posts,
                "errors": errors,
                "warnings": warnings,
            }))?;
        } else {
            let mut out = String::new();
            for problem in &problems {
                out.push_str(&report::problem_text(problem));
                out.push('\n');
            }
            out.push_str(&format!("{}: {}.\n", count(posts, "post"), verdict(errors, warnings)));
            context.print(&out)?;
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

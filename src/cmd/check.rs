//! `pressroom check`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{Context, Format, formats, github, open, report};
use crate::content::{self, Content, Merged, POSTS};
use crate::error::{Failure, Kind, Problem};
use crate::post::variant::family_of;
use crate::repo::Repo;
use crate::repo::snapshot::Snapshot;

mod sarif;

/// Lists every problem of posts and accounts as they are on disk, offline.
///
/// Where only posts are asked for, only their files are read: that another post has the same id, a check of everything tells.
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
        let repo = Repo::open(&context.global.repo)?;
        let paths = self.paths.iter().map(|path| open::existing(&repo, path)).collect::<Result<Vec<_>, _>>();
        // What is wrong with accounts.toml is told before a path that is wrong.
        let content = read(&repo, paths.as_deref().unwrap_or_default())?;
        let paths = paths?;
        let asked = |path: &str| {
            paths.is_empty()
                || paths.iter().any(|asked| asked.is_empty() || path == asked || path.starts_with(&format!("{asked}/")))
        };
        let problems: Vec<&Problem> = content.problems.iter().filter(|problem| asked(&problem.source.path)).collect();
        let posts = content.paths.iter().filter(|path| asked(path)).count();
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

/// Reads what is asked for: posts alone, if all paths are such.
fn read(repo: &Repo, paths: &[String]) -> Result<Content, Failure> {
    let snapshot = Snapshot::on_disk(repo);
    match posts_alone(repo, &snapshot, paths)? {
        Some(content) => Ok(content),
        None => Content::read(&snapshot),
    }
}

fn posts_alone(repo: &Repo, snapshot: &Snapshot, paths: &[String]) -> Result<Option<Content>, Failure> {
    let is_post = |path: &String| path.starts_with(POSTS) && path.ends_with(".md") && repo.root().join(path).is_file();
    if paths.is_empty() || !paths.iter().all(is_post) {
        return Ok(None);
    }
    let (accounts, problems) = content::read_accounts(snapshot)?;
    // What was reviewed concerns all of them.
    if accounts.publish.require_plan {
        return Ok(None);
    }
    let mut files = BTreeSet::new();
    for path in paths {
        let found = snapshot.beginning(&format!("{}.", family_of(path)))?;
        files.extend(found.into_iter().filter(|path| path.ends_with(".md")));
    }
    if !paths.iter().all(|path| files.contains(path)) {
        return Ok(None);
    }
    Content::read_some(snapshot, &accounts, problems, &files, Merged::LookedUp).map(Some)
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

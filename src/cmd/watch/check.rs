//! What is wrong on disk, and what of it is news since the last look. Knows no clock and no git.

use std::collections::BTreeSet;

use crate::content::{self, Content};
use crate::error::{Failure, Problem};
use crate::repo::Repo;
use crate::repo::snapshot::Snapshot;

/// What a check found.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// Posts and accounts.toml that were saved, or are gone; empty at the first check.
    pub(super) saved: Vec<String>,
    /// The files of all posts.
    pub(super) posts: usize,
    /// In the files that were saved, and new ones elsewhere.
    pub(super) news: Vec<Problem>,
    /// Errors and warnings in all files.
    pub(super) errors: usize,
    pub(super) warnings: usize,
    /// Whether there is anything to tell.
    pub(super) is_news: bool,
}

/// What was found last.
#[derive(Debug, Default)]
pub(super) struct Known {
    posts: BTreeSet<String>,
    /// `None` until something was checked.
    problems: Option<Vec<Problem>>,
}

/// Reads all files as they lie on disk.
///
/// # Errors
/// When there is no accounts.toml, or it is no TOML at all.
pub(super) fn read(repo: &Repo) -> Result<(Vec<String>, Vec<Problem>), Failure> {
    let content = Content::read(&Snapshot::on_disk(repo))?;
    Ok((content.paths, content.problems))
}

impl Known {
    /// Compares what is found now with what was found last.
    pub(super) fn compare(
        &mut self,
        written: &BTreeSet<String>,
        posts: Vec<String>,
        problems: Vec<Problem>,
    ) -> Checked {
        let posts: BTreeSet<String> = posts.into_iter().collect();
        let is_told =
            |path: &&String| posts.contains(*path) || self.posts.contains(*path) || *path == content::ACCOUNTS;
        let saved: Vec<String> = written.iter().filter(is_told).cloned().collect();
        let was = |problem: &Problem| self.problems.iter().flatten().any(|known| same(known, problem));
        let is_new = |problem: &&Problem| written.contains(&*problem.source.path) || !was(problem);
        let news: Vec<Problem> = problems.iter().filter(is_new).cloned().collect();
        let errors = problems.iter().filter(|problem| problem.is_error()).count();
        // That the last of them is gone is good news.
        let are_gone = self
            .problems
            .as_ref()
            .is_some_and(|known| known.iter().any(|known| !problems.iter().any(|now| same(known, now))));
        let checked = Checked {
            is_news: self.problems.is_none() || !saved.is_empty() || !news.is_empty() || are_gone,
            saved,
            posts: posts.len(),
            news,
            errors,
            warnings: problems.len() - errors,
        };
        (self.posts, self.problems) = (posts, Some(problems));
        checked
    }
}

/// Whether it is the same thing, at the same place, whatever else stands in the file by now.
fn same(one: &Problem, other: &Problem) -> bool {
    (one.code, &one.source.path, &one.message, one.start())
        == (other.code, &other.source.path, &other.message, other.start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Source;

    #[test]
    fn what_was_saved_is_told_and_what_is_new_elsewhere() {
        let problem = |path: &str, words: &str| Problem::error("wrong", &Source::new(path, "text"), words);
        let (tea, jam) = (|| problem("posts/tea.md", "no tea"), || problem("posts/jam.md", "no jam"));
        let posts = || vec!["posts/jam.md".to_owned(), "posts/tea.md".to_owned()];
        let mut known = Known::default();
        let mut check = |written: &[&str], problems: Vec<Problem>| {
            let written = written.iter().map(|path| (*path).to_owned()).collect();
            let Checked { saved, news, errors, is_news, .. } = known.compare(&written, posts(), problems);
            let news: Vec<_> = news.iter().map(|problem| problem.message.as_str()).collect();
            format!("{} | {} | {errors} {is_news}", saved.join(" "), news.join(", "))
        };
        // The first time, everything is news.
        assert_eq!(check(&[], vec![tea()]), " | no tea | 1 true");
        assert_eq!(check(&["posts/jam.md"], vec![tea()]), "posts/jam.md |  | 1 true");
        assert_eq!(check(&["posts/jam.md"], vec![jam(), tea()]), "posts/jam.md | no jam | 2 true");
        // Saved again as wrong as before, it is told again.
        assert_eq!(check(&["posts/jam.md"], vec![jam(), tea()]), "posts/jam.md | no jam | 2 true");
        // accounts.toml may make other files wrong; a medium makes them right.
        assert_eq!(
            check(&["accounts.toml"], vec![jam(), problem("posts/tea.md", "no account")]),
            "accounts.toml | no account | 2 true"
        );
        assert_eq!(check(&["media/a.png"], vec![jam()]), " |  | 1 true");
        assert_eq!(check(&["media/b.png", "posts/.tea.md.swp"], vec![jam()]), " |  | 1 false");
    }
}

//! Which paths differ between two trees, and whether the files of one are all plain. Folders that are the same on both sides are not
//! gone into. Knows names and kinds, not contents.

use std::cmp::Ordering;

use git2::Repository;

use super::tree::{self, Entry, Kind};
use super::{Oid, Repo, words};
use crate::error::Failure;

/// A path at which two trees hold something else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    pub path: String,
    /// Whether it is a plain file, or nothing, in both.
    pub plain: bool,
}

impl Repo {
    /// The tree of a commit.
    pub fn tree_of(&self, commit: Oid) -> Result<Oid, Failure> {
        let tree = self.git()?.find_commit(commit).map(|commit| commit.tree_id());
        tree.map_err(|error| words::git(&format!("cannot read commit {commit}"), &error))
    }

    /// What differs between two trees (`None`: an empty one), in no order.
    pub fn differences(&self, old: Option<Oid>, new: Option<Oid>) -> Result<Vec<Difference>, Failure> {
        let mut found = Vec::new();
        if old != new {
            let compared = compare(&*self.git()?, old, new, "", &mut found);
            compared.map_err(|error| words::git("cannot compare two trees", &error))?;
        }
        Ok(found)
    }

    /// Whether a file of the top folder had the same content in all commits from `tip` back to `since`, along first parents; `false` where `since`
    /// is not met.
    pub fn is_same_since(&self, path: &str, tip: Oid, since: Oid) -> Result<bool, Failure> {
        let git = self.git()?;
        let walk = || -> Result<bool, git2::Error> {
            let mut commit = git.find_commit(tip)?;
            let content = |commit: &git2::Commit<'_>| Ok(commit.tree()?.get_name(path).map(|entry| entry.id()));
            let now: Option<Oid> = content(&commit)?;
            loop {
                if commit.id() == since {
                    return Ok(true);
                }
                let Ok(parent) = commit.parent(0) else { return Ok(false) };
                let before: Result<Option<Oid>, git2::Error> = content(&parent);
                if parent.tree_id() != commit.tree_id() && before? != now {
                    return Ok(false);
                }
                commit = parent;
            }
        };
        walk().map_err(|error| words::git("cannot walk the history", &error))
    }

    /// Whether history is cut off: then it may come to be longer.
    pub fn is_shallow(&self) -> Result<bool, Failure> {
        Ok(self.git()?.is_shallow())
    }
}

fn compare(
    git: &Repository,
    old: Option<Oid>,
    new: Option<Oid>,
    prefix: &str,
    found: &mut Vec<Difference>,
) -> Result<(), git2::Error> {
    let bytes = |oid: Option<Oid>| oid.map_or_else(|| Ok(Vec::new()), |oid| tree::read(git, oid));
    let (old, new) = (bytes(old)?, bytes(new)?);
    let (mut old, mut new) = (&old[..], &new[..]);
    loop {
        // Nearly all are the same.
        (old, new) = tree::without_same(old, new);
        let (a, b) = (tree::entry(old)?, tree::entry(new)?);
        let order = match (&a, &b) {
            (None, None) => return Ok(()),
            (Some((a, _)), Some((b, _))) => a.key().cmp(b.key()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
        };
        let (a, b) = (a.filter(|_| order.is_le()), b.filter(|_| order.is_ge()));
        (old, new) = (a.map_or(old, |(_, behind)| behind), b.map_or(new, |(_, behind)| behind));
        let (a, b) = (a.map(|(entry, _)| entry), b.map(|(entry, _)| entry));
        let Some(any) = a.or(b).filter(|_| a != b) else { continue };
        let path = format!("{prefix}{}", String::from_utf8_lossy(any.name));
        let folder = |entry: Option<Entry<'_>>| entry.filter(|entry| entry.kind == Kind::Folder).map(|entry| entry.oid);
        if any.kind == Kind::Folder {
            compare(git, folder(a), folder(b), &format!("{path}/"), found)?;
        } else {
            let plain = |entry: Option<Entry<'_>>| entry.is_none_or(|entry| entry.kind == Kind::File);
            found.push(Difference { plain: plain(a) && plain(b), path });
        }
    }
}

//! Which commit gave a file its content, along what is merged, and what that commit is signed with. Knows no post, and trusts no
//! key: it tells what is written in the commits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git2::{Commit, ErrorCode, Repository};

use super::snapshot::Snapshot;
use super::{Oid, parents, words};
use crate::error::Failure;

/// A change of a file on the branch, told along first parents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file as it was after it; `None` where it was removed.
    pub content: Option<Vec<u8>>,
    /// Who made that content; `None` where a shallow clone is cut off before it can be told.
    pub made: Option<Made>,
}

/// A commit, as a reason to trust what it brought or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub commit: Oid,
    /// `Ann Example <ann@example.org>`, as written there: anybody can write any name.
    pub author: String,
    /// The signature, and the bytes that it signs.
    pub signature: Option<(String, Vec<u8>)>,
}

impl Snapshot {
    /// For each path the commit that made its content: the last one that changed it. Where a merge took the content over as
    /// it was on the other side, that is the commit there, unless this side had it already and left it: then the merge brought
    /// old words back, and is named itself. `None` where a shallow clone is cut off before; on disk there is nothing to tell.
    pub fn makers(&self, paths: &BTreeSet<String>) -> Result<BTreeMap<String, Option<Made>>, Failure> {
        let Some(tip) = self.commit() else { return Ok(BTreeMap::new()) };
        let git = self.repo().git()?;
        let walk = || -> Result<BTreeMap<String, Option<Made>>, git2::Error> {
            let mut known = BTreeMap::new();
            let mut open: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
            let mut commit = git.find_commit(tip)?;
            while !open.is_empty() {
                let Ok(parent) = commit.parent(0) else {
                    for path in std::mem::take(&mut open) {
                        known.insert(path.to_owned(), made(&git, maker(&git, commit.id(), path)?)?);
                    }
                    break;
                };
                if parent.tree_id() != commit.tree_id() {
                    let diff = git.diff_tree_to_tree(Some(&parent.tree()?), Some(&commit.tree()?), None)?;
                    for delta in diff.deltas() {
                        let path = delta.new_file().path_bytes().map(String::from_utf8_lossy).unwrap_or_default();
                        if open.remove(path.as_ref()) {
                            known.insert(path.to_string(), made(&git, maker(&git, commit.id(), &path)?)?);
                        }
                    }
                }
                commit = parent;
            }
            Ok(known)
        };
        walk().map_err(|error| words::git("cannot walk the history", &error))
    }

    /// Every change of one file on the branch, the oldest first.
    pub fn changes(&self, path: &str) -> Result<Vec<Change>, Failure> {
        let Some(tip) = self.commit() else { return Ok(Vec::new()) };
        let git = self.repo().git()?;
        let walk = || -> Result<Vec<Change>, git2::Error> {
            let mut changes = Vec::new();
            let mut commit = git.find_commit(tip)?;
            let mut blob = blob(&commit, path)?;
            loop {
                let parent = commit.parent(0).ok();
                let before = match &parent {
                    Some(parent) if parent.tree_id() == commit.tree_id() => blob,
                    Some(parent) => self::blob(parent, path)?,
                    None => None,
                };
                if before != blob {
                    let content = match blob {
                        Some(blob) => Some(git.find_blob(blob)?.content().to_vec()),
                        None => None,
                    };
                    changes.push(Change { content, made: made(&git, maker(&git, commit.id(), path)?)? });
                }
                let Some(parent) = parent else { break };
                (commit, blob) = (parent, before);
            }
            changes.reverse();
            Ok(changes)
        };
        walk().map_err(|error| words::git("cannot walk the history", &error))
    }
}

/// What lies at a path in a commit.
fn blob(commit: &Commit<'_>, path: &str) -> Result<Option<Oid>, git2::Error> {
    match commit.tree()?.get_path(Path::new(path)) {
        Ok(entry) => Ok(Some(entry.id())),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The commit that made what a path has at `tip`; `None` where the history is cut off first.
fn maker(git: &Repository, tip: Oid, path: &str) -> Result<Option<Oid>, git2::Error> {
    let mut commit = git.find_commit(tip)?;
    let content = blob(&commit, path)?;
    // Merges whose other side was gone into, and what this side was before.
    let mut merges: Vec<(Oid, Oid)> = Vec::new();
    loop {
        if is_cut_off(git, &commit)? {
            return Ok(None);
        }
        let mut same = None;
        for parent in commit.parents() {
            if blob(&parent, path)? == content {
                same = Some(parent);
                break;
            }
        }
        let Some(parent) = same else { break };
        if commit.parent_id(0)? != parent.id() {
            merges.push((commit.id(), commit.parent_id(0)?));
        }
        commit = parent;
    }
    let maker = commit.id();
    for (merge, before) in merges {
        if maker == before || git.graph_descendant_of(before, maker)? {
            return Ok(Some(merge));
        }
    }
    Ok(Some(maker))
}

/// Whether a commit has parents that a shallow clone lacks.
fn is_cut_off(git: &Repository, commit: &Commit<'_>) -> Result<bool, git2::Error> {
    if !git.is_shallow() {
        return Ok(false);
    }
    let written = parents(git.odb()?.read(commit.id())?.data()).count();
    Ok(commit.parents().count() < written)
}

fn made(git: &Repository, commit: Option<Oid>) -> Result<Option<Made>, git2::Error> {
    let Some(commit) = commit else { return Ok(None) };
    let signature = match git.extract_signature(&commit, None) {
        Ok((signature, signed)) => Some((String::from_utf8_lossy(&signature).into_owned(), signed.to_vec())),
        Err(error) if error.code() == ErrorCode::NotFound => None,
        Err(error) => return Err(error),
    };
    let author = git.find_commit(commit)?.author().to_string();
    Ok(Some(Made { commit, author, signature }))
}

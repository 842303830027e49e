//! Which paths differ between two trees, and whether the files of one are all plain. Folders that are the same on both sides are not
//! gone into. Knows names and kinds, not contents.

use git2::{ObjectType, Repository, Tree, TreeEntry};

use super::{Oid, Repo, words};
use crate::error::Failure;

/// A mode with which files are committed that can be executed or not; anything else is a link, a submodule or a folder.
const PLAIN: [i32; 3] = [0o100_644, 0o100_755, 0o100_664];

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
    let tree = |oid: Option<Oid>| oid.map(|oid| git.find_tree(oid)).transpose();
    let (old, new) = (tree(old)?, tree(new)?);
    let count = |tree: &Option<Tree<'_>>| tree.as_ref().map_or(0, Tree::len);
    let (mut left, mut right) = (0, 0);
    while left < count(&old) || right < count(&new) {
        let a = old.as_ref().and_then(|tree| tree.get(left));
        let b = new.as_ref().and_then(|tree| tree.get(right));
        // git sorts a folder as if its name ended in a slash.
        let order = match (&a, &b) {
            (Some(a), Some(b)) => key(a).cmp(key(b)),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        let (a, b) = (a.filter(|_| order.is_le()), b.filter(|_| order.is_ge()));
        left += usize::from(a.is_some());
        right += usize::from(b.is_some());
        let same = a.as_ref().map(|a| (a.id(), a.filemode())) == b.as_ref().map(|b| (b.id(), b.filemode()));
        let Some(any) = a.as_ref().or(b.as_ref()).filter(|_| !same) else { continue };
        let path = format!("{prefix}{}", String::from_utf8_lossy(any.name_bytes()));
        let folder = |entry: &Option<TreeEntry<'_>>| {
            entry.as_ref().filter(|entry| entry.kind() == Some(ObjectType::Tree)).map(TreeEntry::id)
        };
        if any.kind() == Some(ObjectType::Tree) {
            compare(git, folder(&a), folder(&b), &format!("{path}/"), found)?;
        } else {
            let plain = |entry: &Option<TreeEntry<'_>>| {
                entry.as_ref().is_none_or(|entry| PLAIN.contains(&entry.filemode_raw()))
            };
            found.push(Difference { plain: plain(&a) && plain(&b), path });
        }
    }
    Ok(())
}

fn key<'a>(entry: &'a TreeEntry<'_>) -> impl Iterator<Item = u8> + 'a {
    let slash = (entry.kind() == Some(ObjectType::Tree)).then_some(b'/');
    entry.name_bytes().iter().copied().chain(slash)
}

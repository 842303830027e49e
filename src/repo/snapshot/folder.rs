//! The files of one tree by their paths in it, read from git's objects alone. Knows no commit, and follows no links.

use super::NodeKind;
use super::list::List;
use super::nodes::Nodes;
use crate::error::Failure;
use crate::repo::{Oid, Repo, words};

/// A folder as git keeps it. May be shared between threads.
#[derive(Debug)]
pub struct Folder {
    repo: Repo,
    nodes: Nodes,
}

impl Folder {
    /// With all its files listed, for whoever reads most of them; `None`: an empty one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn listed(repo: &Repo, tree: Option<Oid>) -> Result<Self, Failure> {
        let nodes = match tree {
            Some(tree) => Nodes::listed(&*repo.git()?, tree).map_err(|error| failed(&error))?,
            None => Nodes::Listed(List::default()),
        };
        Ok(Self { repo: repo.clone(), nodes })
    }

    /// For whoever reads few.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn looked_for(repo: &Repo, tree: Option<Oid>) -> Result<Self, Failure> {
        tree.map_or_else(
            || Self::listed(repo, None),
            |tree| Ok(Self { repo: repo.clone(), nodes: Nodes::looked_for(tree) }),
        )
    }

    /// Tells the paths of all files, in order.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn each_path(&self, mut tell: impl FnMut(&str)) -> Result<(), Failure> {
        let told = self.nodes.below(&*self.repo.git()?, "", |path, node| {
            if node.kind != NodeKind::Submodule {
                tell(path);
            }
        });
        told.map_err(|error| failed(&error))
    }

    /// A file's bytes; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let git = self.repo.git()?;
        let read = || match self.nodes.get(&git, path)? {
            Some(node) if node.kind != NodeKind::Submodule => Ok(Some(git.find_blob(node.oid)?.content().to_vec())),
            _ => Ok(None),
        };
        read().map_err(|error: git2::Error| failed(&error))
    }
}

fn failed(error: &git2::Error) -> Failure {
    words::git("cannot read a folder of the repository", error)
}

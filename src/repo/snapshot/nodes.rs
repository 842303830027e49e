//! What lies where in a tree of git's: listed once for whoever looks at all of it, or looked for path by path.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use git2::Repository;

use super::list::List;
use super::{Node, NodeKind, walk};
use crate::repo::Oid;
use crate::repo::tree::{self, Entry, Indexed, Kind};

/// The files of a tree, and its links and submodules.
#[derive(Debug)]
pub(super) enum Nodes {
    Listed(List),
    /// With the folders that were looked into.
    LookedFor {
        root: Oid,
        folders: Mutex<HashMap<Oid, Arc<Indexed>>>,
    },
}

/// What lies at a path.
#[derive(Clone, Copy)]
pub(super) enum Found {
    Node(Node),
    Folder(Oid),
}

impl Nodes {
    pub(super) fn listed(git: &Repository, root: Oid) -> Result<Self, git2::Error> {
        let mut nodes = List::default();
        walk::tree(git, root, "", &mut nodes)?;
        Ok(Self::Listed(nodes.in_order()))
    }

    pub(super) fn looked_for(root: Oid) -> Self {
        Self::LookedFor { root, folders: Mutex::default() }
    }

    /// Whether all are so, as far as that was listed.
    pub(super) fn are_all(&self, is: impl Fn(&str, &Node) -> bool) -> bool {
        matches!(self, Self::Listed(nodes) if nodes.iter().all(|(path, node)| is(path, node)))
    }

    /// What lies at a path, unless it is a folder.
    pub(super) fn get(&self, git: &Repository, path: &str) -> Result<Option<Node>, git2::Error> {
        match self {
            Self::Listed(nodes) => Ok(nodes.get(path)),
            Self::LookedFor { .. } => Ok(self.look(git, path)?.and_then(|found| match found {
                Found::Node(node) => Some(node),
                Found::Folder(_) => None,
            })),
        }
    }

    /// What lies at a path, a folder told as well.
    pub(super) fn look(&self, git: &Repository, path: &str) -> Result<Option<Found>, git2::Error> {
        match self {
            Self::Listed(nodes) => {
                let is_folder = || nodes.beginning(&format!("{path}/")).next().is_some();
                let node = nodes.get(path).map(Found::Node);
                Ok(node.or_else(|| is_folder().then_some(Found::Folder(Oid::ZERO_SHA1))))
            }
            Self::LookedFor { root, folders } => {
                let mut found = Found::Folder(*root);
                for name in path.split('/') {
                    let Found::Folder(folder) = found else { return Ok(None) };
                    match self::folder(git, folders, folder)?.get(name.as_bytes()) {
                        Some(entry) => found = self::found(&entry),
                        None => return Ok(None),
                    }
                }
                Ok(Some(found))
            }
        }
    }

    /// Tells all below a folder (empty, or with a slash at its end), in order.
    pub(super) fn below(
        &self,
        git: &Repository,
        prefix: &str,
        mut tell: impl FnMut(&str, &Node),
    ) -> Result<(), git2::Error> {
        match self {
            Self::Listed(nodes) => nodes.beginning(prefix).for_each(|(path, node)| tell(path, node)),
            Self::LookedFor { root, .. } => {
                let folder = if prefix.is_empty() {
                    Some(Found::Folder(*root))
                } else {
                    self.look(git, prefix.trim_end_matches('/'))?
                };
                let mut below = List::default();
                if let Some(Found::Folder(folder)) = folder {
                    walk::tree(git, folder, prefix, &mut below)?;
                }
                below.in_order().iter().for_each(|(path, node)| tell(path, node));
            }
        }
        Ok(())
    }

    /// The files and links whose paths begin so, of one folder; sorted.
    pub(super) fn beginning(&self, git: &Repository, start: &str) -> Result<Vec<String>, git2::Error> {
        let prefix = &start[..start.rfind('/').map_or(0, |slash| slash + 1)];
        match self {
            Self::Listed(nodes) => Ok(nodes
                .beginning(start)
                .filter(|(path, node)| node.kind != NodeKind::Submodule && !path[prefix.len()..].contains('/'))
                .map(|(path, _)| path.to_owned())
                .collect()),
            Self::LookedFor { root, folders } => {
                let folder = match prefix.strip_suffix('/') {
                    Some(folder) => self.look(git, folder)?,
                    None => Some(Found::Folder(*root)),
                };
                let Some(Found::Folder(folder)) = folder else { return Ok(Vec::new()) };
                let folder = self::folder(git, folders, folder)?;
                let found = folder.beginning(&start.as_bytes()[prefix.len()..]);
                let files = found.filter(|entry| !matches!(entry.kind, Kind::Folder | Kind::Submodule));
                let mut paths: Vec<String> =
                    files.map(|entry| format!("{prefix}{}", String::from_utf8_lossy(entry.name))).collect();
                paths.sort();
                Ok(paths)
            }
        }
    }
}

/// A folder, read once.
fn folder(git: &Repository, known: &Mutex<HashMap<Oid, Arc<Indexed>>>, oid: Oid) -> Result<Arc<Indexed>, git2::Error> {
    if let Some(known) = known.lock().unwrap_or_else(PoisonError::into_inner).get(&oid) {
        return Ok(known.clone());
    }
    let read = Arc::new(Indexed::new(tree::read(git, oid)?)?);
    known.lock().unwrap_or_else(PoisonError::into_inner).insert(oid, read.clone());
    Ok(read)
}

fn found(entry: &Entry<'_>) -> Found {
    NodeKind::of(entry.kind).map_or(Found::Folder(entry.oid), |kind| Found::Node(Node { oid: entry.oid, kind }))
}

//! What lies where in a tree of git's: listed once for whoever looks at all of it, or looked for path by path.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use git2::{ErrorCode, ObjectType, Repository};

use super::list::List;
use super::{Node, NodeKind, walk};
use crate::repo::Oid;

/// The files of a tree, and its links and submodules.
#[derive(Debug)]
pub(super) enum Nodes {
    Listed(List),
    /// With the folders that were looked into, as git writes them: git2 keeps none of that size, and parses each anew.
    LookedFor {
        root: Oid,
        folders: Mutex<HashMap<Oid, Arc<[u8]>>>,
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
        Ok(Self::Listed(nodes))
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
                    let folder = raw(git, folders, folder)?;
                    match entries(&folder).find(|(its, _)| *its == name.as_bytes()) {
                        Some((_, entry)) => found = entry,
                        None => return Ok(None),
                    }
                }
                Ok(Some(found))
            }
        }
    }

    /// Tells all there are, in order.
    pub(super) fn each(&self, git: &Repository, mut tell: impl FnMut(&str, &Node)) -> Result<(), git2::Error> {
        match self {
            Self::Listed(nodes) => nodes.iter().for_each(|(path, node)| tell(path, node)),
            Self::LookedFor { .. } => self.below(git, "")?.iter().for_each(|(path, node)| tell(path, node)),
        }
        Ok(())
    }

    /// All below a folder (empty, or with a slash at its end), sorted.
    pub(super) fn below(&self, git: &Repository, prefix: &str) -> Result<Vec<(String, Node)>, git2::Error> {
        let owned = |(path, node): (&str, &Node)| (path.to_owned(), *node);
        match self {
            Self::Listed(nodes) => Ok(nodes.beginning(prefix).map(owned).collect()),
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
                Ok(below.iter().map(owned).collect())
            }
        }
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
                let folder = raw(git, folders, folder)?;
                let name = &start.as_bytes()[prefix.len()..];
                let is_file = |found: Found| matches!(found, Found::Node(node) if node.kind != NodeKind::Submodule);
                let found = entries(&folder).filter(|(its, found)| its.starts_with(name) && is_file(*found));
                let mut paths: Vec<String> =
                    found.map(|(its, _)| format!("{prefix}{}", String::from_utf8_lossy(its))).collect();
                paths.sort();
                Ok(paths)
            }
        }
    }
}

/// A folder as git writes it.
fn raw(git: &Repository, known: &Mutex<HashMap<Oid, Arc<[u8]>>>, folder: Oid) -> Result<Arc<[u8]>, git2::Error> {
    if let Some(known) = known.lock().unwrap_or_else(PoisonError::into_inner).get(&folder) {
        return Ok(known.clone());
    }
    let objects = git.odb()?;
    let object = objects.read(folder)?;
    if object.kind() != ObjectType::Tree {
        return Err(git2::Error::new(ErrorCode::Invalid, git2::ErrorClass::Tree, "this is no tree"));
    }
    let bytes: Arc<[u8]> = object.data().into();
    known.lock().unwrap_or_else(PoisonError::into_inner).insert(folder, bytes.clone());
    Ok(bytes)
}

/// The names in a folder and what they are of: `mode name\0` and twenty bytes each. It ends where that is not so.
fn entries(folder: &[u8]) -> impl Iterator<Item = (&[u8], Found)> {
    let mut rest = folder;
    std::iter::from_fn(move || {
        let space = memchr::memchr(b' ', rest)?;
        let end = space + memchr::memchr(0, &rest[space..])?;
        let oid = Oid::from_bytes(rest.get(end + 1..end + 21)?).ok()?;
        let name = &rest[space + 1..end];
        let found = match &rest[..space] {
            b"40000" | b"040000" => Found::Folder(oid),
            b"120000" => Found::Node(Node { oid, kind: NodeKind::Link }),
            b"160000" => Found::Node(Node { oid, kind: NodeKind::Submodule }),
            _ => Found::Node(Node { oid, kind: NodeKind::File }),
        };
        rest = &rest[end + 21..];
        Some((name, found))
    })
}

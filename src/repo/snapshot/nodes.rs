//! What lies where in a commit's tree: listed once for whoever looks at all of it, or looked for path by path.

use std::collections::BTreeMap;
use std::path::Path;

use git2::{ErrorCode, ObjectType, Repository, TreeEntry};

use super::{Node, NodeKind, walk};
use crate::repo::Oid;

/// The files of a tree, and its links and submodules.
#[derive(Debug)]
pub(super) enum Nodes {
    Listed(BTreeMap<String, Node>),
    LookedFor { root: Oid },
}

impl Nodes {
    pub(super) fn listed(git: &Repository, root: Oid) -> Result<Self, git2::Error> {
        let mut nodes = BTreeMap::new();
        walk::tree(git, root, "", &mut nodes)?;
        Ok(Self::Listed(nodes))
    }

    pub(super) fn looked_for(root: Oid) -> Self {
        Self::LookedFor { root }
    }

    /// Whether all are so, as far as that was listed.
    pub(super) fn are_all(&self, is: impl Fn(&str, &Node) -> bool) -> bool {
        matches!(self, Self::Listed(nodes) if nodes.iter().all(|(path, node)| is(path, node)))
    }

    /// What lies at a path, unless it is a folder.
    pub(super) fn get(&self, git: &Repository, path: &str) -> Result<Option<Node>, git2::Error> {
        match self {
            Self::Listed(nodes) => Ok(nodes.get(path).copied()),
            Self::LookedFor { root } => Ok(find(git, *root, path)?.and_then(|entry| node(&entry))),
        }
    }

    pub(super) fn has_folder(&self, git: &Repository, path: &str) -> Result<bool, git2::Error> {
        match self {
            Self::Listed(nodes) => {
                let folder = format!("{path}/");
                Ok(nodes.range(folder.clone()..).next().is_some_and(|(path, _)| path.starts_with(&folder)))
            }
            Self::LookedFor { root } => {
                Ok(find(git, *root, path)?.is_some_and(|entry| entry.kind() == Some(ObjectType::Tree)))
            }
        }
    }

    /// All below a folder (empty, or with a slash at its end), sorted.
    pub(super) fn below(&self, git: &Repository, prefix: &str) -> Result<Vec<(String, Node)>, git2::Error> {
        match self {
            Self::Listed(nodes) => Ok(nodes
                .range(prefix.to_owned()..)
                .take_while(|(path, _)| path.starts_with(prefix))
                .map(|(path, node)| (path.clone(), *node))
                .collect()),
            Self::LookedFor { root } => {
                let mut nodes = BTreeMap::new();
                match folder(git, *root, prefix)? {
                    Some(tree) => walk::tree(git, tree, prefix, &mut nodes)?,
                    None => return Ok(Vec::new()),
                }
                Ok(nodes.into_iter().collect())
            }
        }
    }

    /// The files and links whose paths begin so, of one folder; sorted.
    pub(super) fn beginning(&self, git: &Repository, start: &str) -> Result<Vec<String>, git2::Error> {
        let prefix = &start[..start.rfind('/').map_or(0, |slash| slash + 1)];
        match self {
            Self::Listed(nodes) => Ok(nodes
                .range(start.to_owned()..)
                .take_while(|(path, _)| path.starts_with(start))
                .filter(|(path, node)| node.kind != NodeKind::Submodule && !path[prefix.len()..].contains('/'))
                .map(|(path, _)| path.clone())
                .collect()),
            Self::LookedFor { root } => {
                let Some(tree) = folder(git, *root, prefix)? else { return Ok(Vec::new()) };
                let tree = git.find_tree(tree)?;
                let name = start[prefix.len()..].as_bytes();
                let is_file = |entry: &TreeEntry<'_>| node(entry).is_some_and(|node| node.kind != NodeKind::Submodule);
                let found = tree.iter().filter(|entry| entry.name_bytes().starts_with(name) && is_file(entry));
                let path = |entry: TreeEntry<'_>| format!("{prefix}{}", String::from_utf8_lossy(entry.name_bytes()));
                let mut paths: Vec<String> = found.map(path).collect();
                paths.sort();
                Ok(paths)
            }
        }
    }
}

/// A path as a person may have written it need not be one that a tree can hold.
fn find<'git>(git: &'git Repository, root: Oid, path: &str) -> Result<Option<TreeEntry<'git>>, git2::Error> {
    if path.split('/').any(str::is_empty) || path.contains('\0') {
        return Ok(None);
    }
    match git.find_tree(root)?.get_path(Path::new(path)) {
        Ok(entry) => Ok(Some(entry.to_owned())),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn folder(git: &Repository, root: Oid, prefix: &str) -> Result<Option<Oid>, git2::Error> {
    if prefix.is_empty() {
        return Ok(Some(root));
    }
    let found = find(git, root, prefix.trim_end_matches('/'))?;
    Ok(found.filter(|entry| entry.kind() == Some(ObjectType::Tree)).map(|entry| entry.id()))
}

fn node(entry: &TreeEntry<'_>) -> Option<Node> {
    let kind = match (entry.kind(), entry.filemode()) {
        (Some(ObjectType::Tree), _) => return None,
        (Some(ObjectType::Blob), 0o120_000) => NodeKind::Link,
        (Some(ObjectType::Blob), _) => NodeKind::File,
        _ => NodeKind::Submodule,
    };
    Some(Node { oid: entry.id(), kind })
}

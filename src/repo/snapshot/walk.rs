//! What files there are, in a tree of git's and on disk.

use std::path::Path;
use std::{fs, io};

use super::list::List;
use super::{Node, NodeKind, unreadable};
use crate::error::Failure;
use crate::media::Lack;
use crate::repo::path::Entry;
use crate::repo::tree::{entries, read};
use crate::repo::{Oid, words};

/// Every file of a tree, by its path.
pub(super) fn tree(git: &git2::Repository, root: Oid, prefix: &str, nodes: &mut List) -> Result<(), git2::Error> {
    for entry in entries(&read(git, root)?) {
        let entry = entry?;
        let name = String::from_utf8_lossy(entry.name);
        match NodeKind::of(entry.kind) {
            Some(kind) => nodes.push(prefix, &name, Node { oid: entry.oid, kind }),
            None => tree(git, entry.oid, &format!("{prefix}{name}/"), nodes)?,
        }
    }
    Ok(())
}

/// The files on disk below `prefix` (empty, or with a slash at its end), but what git ignores; in no order.
pub(super) fn disk(
    git: &git2::Repository,
    root: &Path,
    prefix: &str,
    suffix: &str,
    files: &mut Vec<String>,
) -> Result<(), Failure> {
    let folder = root.join(prefix);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(words::io("cannot list the folder", &folder, &error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| words::io("cannot list the folder", &folder, &error))?;
        let kind = entry.file_type().map_err(|error| words::io("cannot read", &entry.path(), &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let ignored = |path: &str| git.is_path_ignored(path).unwrap_or(false);
        if kind.is_dir() {
            let below = format!("{path}/");
            if name != ".git" && !ignored(&below) {
                disk(git, root, &below, suffix, files)?;
            }
        // Emacs marks a file being edited by a link `.#name` that leads nowhere.
        } else if name.ends_with(suffix) && !(kind.is_symlink() && name.starts_with(".#")) && !ignored(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// The files of one folder on disk whose paths begin so, but for those that git ignores; sorted. None where a link leads there.
pub(super) fn beginning(git: &git2::Repository, root: &Path, start: &str) -> Result<Vec<String>, Failure> {
    let prefix = &start[..start.rfind('/').map_or(0, |slash| slash + 1)];
    let folders = prefix.match_indices('/').map(|(slash, _)| root.join(&prefix[..slash]));
    if folders.into_iter().any(|folder| folder.is_symlink()) {
        return Ok(Vec::new());
    }
    let folder = root.join(prefix);
    let entries = fs::read_dir(&folder).map_err(|error| words::io("cannot list the folder", &folder, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| words::io("cannot list the folder", &folder, &error))?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let is_file = entry.file_type().is_ok_and(|kind| !kind.is_dir());
        if path.starts_with(start) && is_file && !git.is_path_ignored(&path).unwrap_or(false) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What lies at a path on disk.
pub(super) fn look(path: &Path) -> Result<Option<Entry>, Lack> {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(unreadable(error)),
    };
    let kind = meta.file_type();
    if kind.is_symlink() {
        let target = fs::read_link(path).map_err(unreadable)?;
        return Ok(Some(Entry::Link(target.to_string_lossy().into_owned())));
    }
    match (kind.is_dir(), kind.is_file()) {
        (true, _) => Ok(Some(Entry::Folder)),
        (_, true) => Ok(Some(Entry::File)),
        // Reading a pipe would wait for ever.
        _ => Err(Lack::Unreadable("it is no regular file".to_owned())),
    }
}

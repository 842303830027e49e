//! The state branch at one tip: its files read from git's objects, edits laid over them, and the commit made of both.
//! Knows paths and bytes; no entry kinds and no remote.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use git2::{ErrorCode, FileMode, ObjectType};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Oid, Repo, words};
use crate::error::{Failure, Kind};

/// The form of the branch that this version reads and writes.
const SCHEMA: u32 = 1;
const FORMAT: &str = "format.json";
const README: &str = include_str!("state-readme.md");
const ATTRIBUTES: &str = "*.jsonl merge=union\n*.age binary\n";

/// One change to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Adds one line at the end; the line has no line break, it is added.
    Append { path: String, line: String },
    /// The whole file.
    Write { path: String, bytes: Vec<u8> },
    /// Takes the file away, if it is there.
    Remove { path: String },
}

impl Edit {
    pub fn path(&self) -> &str {
        match self {
            Self::Append { path, .. } | Self::Write { path, .. } | Self::Remove { path } => path,
        }
    }
}

/// The state branch at one tip. Cheap to clone; may be read from many threads.
#[derive(Clone, Debug)]
pub struct Branch {
    repo: Repo,
    tip: Option<Oid>,
    /// Edits not committed yet: whole files, or `None` for one that is gone.
    laid: BTreeMap<String, Option<Vec<u8>>>,
}

#[derive(Serialize, Deserialize)]
struct Format {
    schema: u32,
    min_reader: u32,
    min_writer: u32,
}

impl Branch {
    /// The branch at `tip` (`None`: not begun yet), if this version can read it.
    pub(super) fn at(repo: &Repo, tip: Option<Oid>) -> Result<Self, Failure> {
        let branch = Self { repo: repo.clone(), tip, laid: BTreeMap::new() };
        if tip.is_some() {
            branch.check("read", |format| format.min_reader)?;
        }
        Ok(branch)
    }

    /// The commit; `None` where the branch has not begun yet.
    pub fn tip(&self) -> Option<Oid> {
        self.tip
    }

    /// A file's bytes. An error is never `None`: a ledger that cannot be read is not an empty one.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        if let Some(laid) = self.laid.get(path) {
            return Ok(laid.clone());
        }
        let git = self.repo.git()?;
        let Some((oid, ObjectType::Blob)) = self.find(&git, path)? else { return Ok(None) };
        let blob = git
            .find_blob(oid)
            .map_err(|error| words::git(&format!("cannot read {path} of the state branch"), &error))?;
        Ok(Some(blob.content().to_vec()))
    }

    /// The paths of all files below a folder (`""`: everywhere), sorted.
    pub fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        Ok(self.entries(folder)?.into_keys().collect())
    }

    /// All files below a folder, sorted by path.
    pub fn files(&self, folder: &str) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        let git = self.repo.git()?;
        let mut files = Vec::new();
        for (path, oid) in self.entries(folder)? {
            let bytes = match (oid, self.laid.get(&path)) {
                (_, Some(Some(bytes))) => bytes.clone(),
                (Some(oid), _) => {
                    let blob = git.find_blob(oid);
                    blob.map_err(|error| words::git(&format!("cannot read {path} of the state branch"), &error))?
                        .content()
                        .to_vec()
                }
                (None, _) => continue,
            };
            files.push((path, bytes));
        }
        Ok(files)
    }

    /// The name git gives to a folder's (or file's) content: what was computed from it stays true while this is the
    /// same. `None` where there is nothing, or edits are laid over it.
    pub fn tree_id(&self, path: &str) -> Result<Option<Oid>, Failure> {
        if self.laid.keys().any(|laid| below(laid, path)) {
            return Ok(None);
        }
        let git = self.repo.git()?;
        Ok(self.find(&git, path)?.map(|(oid, _)| oid))
    }

    /// Lays edits over the branch; all of them or, on an error, none.
    pub(super) fn lay(&mut self, edits: Vec<Edit>) -> Result<(), Failure> {
        for edit in &edits {
            check_edit(edit)?;
        }
        let mut next = self.clone();
        for edit in edits {
            let (path, bytes) = match edit {
                Edit::Append { path, line } => {
                    let mut bytes = next.read(&path)?.unwrap_or_default();
                    if bytes.last().is_some_and(|last| *last != b'\n') {
                        bytes.push(b'\n');
                    }
                    bytes.extend_from_slice(line.as_bytes());
                    bytes.push(b'\n');
                    (path, Some(bytes))
                }
                Edit::Write { path, bytes } => (path, Some(bytes)),
                Edit::Remove { path } => (path, None),
            };
            next.laid.insert(path, bytes);
        }
        *self = next;
        Ok(())
    }

    /// Whether nothing is laid over the tip.
    pub(super) fn is_unchanged(&self) -> bool {
        self.laid.is_empty()
    }

    /// Makes a commit of tip and edits. Its random nonce makes it unlike any other run's, so that finding it on the remote
    /// proves that the push was ours. No ref moves.
    pub(super) fn commit(&self) -> Result<Oid, Failure> {
        let failed = |error: git2::Error| words::git("cannot write to the repository", &error);
        self.check_writable()?;
        let mut laid = self.laid.clone();
        if self.tip.is_none() {
            for (path, text) in
                [("README.md", README.to_owned()), (FORMAT, own_format()), (".gitattributes", ATTRIBUTES.to_owned())]
            {
                laid.entry(path.to_owned()).or_insert_with(|| Some(text.into_bytes()));
            }
        }
        let git = self.repo.git()?;
        let parent = self.tip.map(|tip| git.find_commit(tip)).transpose().map_err(failed)?;
        let base = match &parent {
            Some(parent) => parent.tree().map_err(failed)?,
            None => {
                let empty = git.treebuilder(None).and_then(|builder| builder.write()).map_err(failed)?;
                git.find_tree(empty).map_err(failed)?
            }
        };
        let odb = git.odb().map_err(failed)?;
        let mut tree = git2::build::TreeUpdateBuilder::new();
        for (path, bytes) in &laid {
            match bytes {
                Some(bytes) => {
                    let blob = odb.write(ObjectType::Blob, bytes).map_err(failed)?;
                    tree.upsert(path.as_str(), blob, FileMode::Blob);
                }
                None if self.find(&git, path)?.is_some() => {
                    tree.remove(path.as_str());
                }
                None => {}
            }
        }
        let tree = tree.create_updated(&git, &base).and_then(|oid| git.find_tree(oid)).map_err(failed)?;
        let who = git
            .committer_from_env()
            .or_else(|_| git2::Signature::now("pressroom", "pressroom@localhost"))
            .map_err(failed)?;
        let message = format!("{}\n\nNonce: {}\n", subject(&self.laid), Uuid::new_v4());
        let parents: Vec<_> = parent.iter().collect();
        let buffer = git.commit_create_buffer(&who, &who, &message, &tree, &parents).map_err(failed)?;
        // Never `Repository::commit`: on a full disk it answers Ok without having written the commit.
        odb.write(ObjectType::Commit, &buffer).map_err(failed)
    }

    /// Sees to it that a commit of ours survives a power cut: its new objects are flushed to the disk.
    pub(super) fn settle(&self, commit: Oid) -> Result<(), Failure> {
        let git = self.repo.git()?;
        let failed = |error: git2::Error| words::git("cannot read back what was written", &error);
        let tree = git.find_commit(commit).and_then(|commit| commit.tree()).map_err(failed)?;
        let mut fresh = vec![commit, tree.id()];
        for path in self.laid.keys().map(String::as_str).chain(["README.md", FORMAT, ".gitattributes"]) {
            let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
            fresh.extend(ends.filter_map(|end| tree.get_path(Path::new(&path[..end])).ok()).map(|entry| entry.id()));
        }
        fresh.sort();
        fresh.dedup();
        for oid in fresh {
            let name = oid.to_string();
            let folder = self.repo.common_dir().join("objects").join(&name[..2]);
            sync(&folder.join(&name[2..]))
                .and_then(|()| sync(&folder))
                .map_err(|error| words::io("cannot flush", &folder, &error))?;
        }
        Ok(())
    }

    /// Whether this version may write to the branch as it stands.
    ///
    /// # Errors
    /// When a newer version has forbidden it, or it cannot be told.
    pub fn check_writable(&self) -> Result<(), Failure> {
        if self.tip.is_some() { self.check("write to", |format| format.min_writer) } else { Ok(()) }
    }

    fn check(&self, verb: &str, least: impl Fn(&Format) -> u32) -> Result<(), Failure> {
        let format = self.read(FORMAT)?.and_then(|bytes| serde_json::from_slice::<Format>(&bytes).ok());
        let Some(format) = format else {
            return Err(Failure::new(Kind::Content, format!("{FORMAT} of the state branch is missing or damaged"))
                .hint("is `state_branch` in accounts.toml the right branch? Only pressroom writes to it")
                .hint(format!("look at its history and put the file back: {}", own_format().trim())));
        };
        if least(&format) > SCHEMA {
            return Err(Failure::new(
                Kind::Content,
                format!(
                    "the state branch is of a newer pressroom: to {verb} it takes a version that knows format {}; this one \
                     knows {SCHEMA}",
                    least(&format)
                ),
            )
            .hint("update pressroom"));
        }
        Ok(())
    }

    fn find(&self, git: &git2::Repository, path: &str) -> Result<Option<(Oid, ObjectType)>, Failure> {
        let failed = |error: git2::Error| words::git("cannot read the state branch", &error);
        let Some(tip) = self.tip else { return Ok(None) };
        let tree = git.find_commit(tip).and_then(|commit| commit.tree()).map_err(failed)?;
        let path = path.trim_end_matches('/');
        if path.is_empty() {
            return Ok(Some((tree.id(), ObjectType::Tree)));
        }
        match tree.get_path(Path::new(path)) {
            Ok(entry) => Ok(entry.kind().map(|kind| (entry.id(), kind))),
            Err(error) if error.code() == ErrorCode::NotFound && error.class() == git2::ErrorClass::Tree => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Files below a folder by path, laid ones included (without a name of git's).
    fn entries(&self, folder: &str) -> Result<BTreeMap<String, Option<Oid>>, Failure> {
        let folder = folder.trim_end_matches('/');
        let git = self.repo.git()?;
        let mut entries = BTreeMap::new();
        if let Some((oid, ObjectType::Tree)) = self.find(&git, folder)? {
            let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
            walk(&git, oid, &prefix, &mut entries)
                .map_err(|error| words::git("cannot read the state branch", &error))?;
        }
        for (path, bytes) in self.laid.iter().filter(|(path, _)| below(path, folder)) {
            match bytes {
                Some(_) => drop(entries.insert(path.clone(), None)),
                None => drop(entries.remove(path)),
            }
        }
        Ok(entries)
    }
}

fn walk(
    git: &git2::Repository,
    tree: Oid,
    prefix: &str,
    entries: &mut BTreeMap<String, Option<Oid>>,
) -> Result<(), git2::Error> {
    for entry in &git.find_tree(tree)? {
        let path = format!("{prefix}{}", String::from_utf8_lossy(entry.name_bytes()));
        match entry.kind() {
            Some(ObjectType::Tree) => walk(git, entry.id(), &format!("{path}/"), entries)?,
            Some(ObjectType::Blob) => drop(entries.insert(path, Some(entry.id()))),
            _ => {}
        }
    }
    Ok(())
}

/// Whether `path` is `folder` or lies below it.
fn below(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Edits come from our own code; one that could not be read back is a bug of ours, told before anything is written.
fn check_edit(edit: &Edit) -> Result<(), Failure> {
    let path = edit.path();
    let bad_part = |part: &str| part.is_empty() || part == "." || part == ".." || part.eq_ignore_ascii_case(".git");
    if path.split('/').any(bad_part) || path.contains(['\0', '\\', '\n']) {
        return Err(Failure::new(Kind::Bug, format!("`{path}` is no path for the state branch")));
    }
    match edit {
        Edit::Append { line, .. } if line.contains(['\n', '\r']) || line.is_empty() => {
            Err(Failure::new(Kind::Bug, format!("what is appended to `{path}` is not one line")))
        }
        _ => Ok(()),
    }
}

fn subject(laid: &BTreeMap<String, Option<Vec<u8>>>) -> String {
    match laid.keys().next() {
        Some(first) if laid.len() == 1 => format!("Update {first}"),
        Some(_) => format!("Update {} files", laid.len()),
        None => "Begin the state of pressroom".to_owned(),
    }
}

fn own_format() -> String {
    format!("{{\"schema\":{SCHEMA},\"min_reader\":{SCHEMA},\"min_writer\":{SCHEMA}}}\n")
}

/// Flushes a file or folder; one that is not there (packed meanwhile) needs no flush.
pub(super) fn sync(path: &Path) -> std::io::Result<()> {
    match File::open(path) {
        Ok(file) => file.sync_all(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

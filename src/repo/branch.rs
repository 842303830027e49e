//! The state branch at one tip: its files read from git's objects, edits laid over them, and the commit made of both.
//! Knows paths and bytes; no entry kinds and no remote.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Oid;
use super::store::{Files, Store};
use crate::chance;
use crate::error::{Failure, Kind};

/// The form of the branch that this version reads and writes.
const SCHEMA: u32 = 1;
const FORMAT: &str = "format.json";
const README: &str = include_str!("state-readme.md");
const ATTRIBUTES: &str = "*.jsonl merge=union\n*.age binary\n";

/// Files every state branch has.
const OWN_FILES: [&str; 3] = ["README.md", FORMAT, ".gitattributes"];

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
    store: Arc<dyn Store>,
    tip: Option<Oid>,
    /// Edits not committed yet.
    laid: Files,
}

#[derive(Serialize, Deserialize)]
struct Format {
    schema: u32,
    min_reader: u32,
    min_writer: u32,
}

impl Branch {
    /// The branch at `tip` (`None`: not begun yet), if this version can read it.
    pub(super) fn at(store: &Arc<dyn Store>, tip: Option<Oid>) -> Result<Self, Failure> {
        let branch = Self { store: store.clone(), tip, laid: Files::new() };
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
        self.tip.map_or(Ok(None), |tip| self.store.file(tip, path))
    }

    /// The paths of all files below a folder (`""`: everywhere), sorted.
    pub fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        let committed = self.tip.map_or(Ok(Vec::new()), |tip| self.store.paths(tip, folder))?;
        let mut paths: BTreeSet<String> = committed.into_iter().collect();
        for (path, bytes) in self.laid.iter().filter(|(path, _)| below(path, folder)) {
            let _ = if bytes.is_some() { paths.insert(path.clone()) } else { paths.remove(path) };
        }
        Ok(paths.into_iter().collect())
    }

    /// All files below a folder, sorted by path.
    pub fn files(&self, folder: &str) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        let committed = self.tip.map_or(Ok(Vec::new()), |tip| self.store.files(tip, folder))?;
        if self.laid.is_empty() {
            return Ok(committed);
        }
        let mut files: BTreeMap<String, Vec<u8>> = committed.into_iter().collect();
        for (path, bytes) in self.laid.iter().filter(|(path, _)| below(path, folder)) {
            let _ = match bytes {
                Some(bytes) => files.insert(path.clone(), bytes.clone()),
                None => files.remove(path),
            };
        }
        Ok(files.into_iter().collect())
    }

    /// The name git gives to a folder's (or file's) content: what was computed from it stays true while this is the
    /// same. `None` where there is nothing, or edits are laid over it.
    pub fn tree_id(&self, path: &str) -> Result<Option<Oid>, Failure> {
        if self.laid.keys().any(|laid| below(laid, path)) {
            return Ok(None);
        }
        self.tip.map_or(Ok(None), |tip| self.store.id(tip, path))
    }

    /// Lays edits over the branch; all of them or, on an error, none.
    pub(super) fn lay(&mut self, edits: Vec<Edit>) -> Result<(), Failure> {
        for edit in &edits {
            check_edit(edit)?;
        }
        // Only what these edits touch: many changes are laid over one tip, one after another.
        let mut fresh = Files::new();
        for edit in edits {
            let (path, bytes) = match edit {
                Edit::Append { path, line } => {
                    let before = fresh.remove(&path).map_or_else(|| self.read(&path), Ok)?;
                    let mut bytes = before.unwrap_or_default();
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
            fresh.insert(path, bytes);
        }
        self.laid.extend(fresh);
        Ok(())
    }

    /// Whether nothing is laid over the tip.
    pub(super) fn is_unchanged(&self) -> bool {
        self.laid.is_empty()
    }

    /// Makes a commit of tip and edits. Its random nonce makes it unlike any other run's, so that finding it on the remote
    /// proves that the push was ours. No ref moves.
    pub(super) fn commit(&self) -> Result<Oid, Failure> {
        self.check_writable()?;
        let mut files = self.laid.clone();
        if self.tip.is_none() {
            let texts = [README.to_owned(), own_format(), ATTRIBUTES.to_owned()];
            for (path, text) in OWN_FILES.into_iter().zip(texts) {
                files.entry(path.to_owned()).or_insert_with(|| Some(text.into_bytes()));
            }
        }
        let message = format!("{}\n\nNonce: {}\n", subject(&self.laid), chance::name());
        self.store.commit(self.tip, &files, &message)
    }

    /// The paths of the files that a commit of this makes anew.
    pub(super) fn fresh(&self) -> impl Iterator<Item = &str> {
        self.laid.keys().map(String::as_str).chain(OWN_FILES)
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

fn subject(laid: &Files) -> String {
    match laid.keys().next() {
        Some(first) if laid.len() == 1 => format!("Update {first}"),
        Some(_) => format!("Update {} files", laid.len()),
        None => "Begin the state of pressroom".to_owned(),
    }
}

fn own_format() -> String {
    format!("{{\"schema\":{SCHEMA},\"min_reader\":{SCHEMA},\"min_writer\":{SCHEMA}}}\n")
}

//! What the journal stands on, as two traits: what this clone holds of the state branch, and the place that all share. Both
//! are git, or, where a thousand worlds are to be played through, something that behaves like it.

use std::collections::BTreeMap;
use std::fmt::Debug;

use futures_util::future::BoxFuture;
use git2::{ErrorCode, FileMode, ObjectType};

use super::remote::{PushOutcome, Remote};
use super::{Oid, Repo, words};
use crate::error::Failure;

/// What a commit changes: whole files by path, or `None` for one that goes.
pub type Files = BTreeMap<String, Option<Vec<u8>>>;

/// This clone's side of the state branch: its commits, and which of them it remembers.
pub trait Store: Debug + Send + Sync {
    /// A file's bytes at a commit. An error is never `None`: a ledger that cannot be read is not an empty one.
    ///
    /// # Errors
    /// When it cannot be read.
    fn file(&self, commit: Oid, path: &str) -> Result<Option<Vec<u8>>, Failure>;

    /// The paths of all files below a folder (`""`: everywhere), sorted.
    ///
    /// # Errors
    /// When they cannot be read.
    fn paths(&self, commit: Oid, folder: &str) -> Result<Vec<String>, Failure>;

    /// All files below a folder, sorted by path.
    ///
    /// # Errors
    /// When they cannot be read.
    fn files(&self, commit: Oid, folder: &str) -> Result<Vec<(String, Vec<u8>)>, Failure>;

    /// The name of a folder's or file's content: the same content has the same name.
    ///
    /// # Errors
    /// When it cannot be read.
    fn id(&self, commit: Oid, path: &str) -> Result<Option<Oid>, Failure>;

    /// The paths of files below a folder that stood in one commit and are gone or different in another, sorted.
    ///
    /// # Errors
    /// When they cannot be read.
    fn changed(&self, from: Oid, to: Oid, folder: &str) -> Result<Vec<String>, Failure>;

    /// Makes a commit; no ref moves.
    ///
    /// # Errors
    /// When it cannot be written: then nothing counts of what was.
    fn commit(&self, parent: Option<Oid>, files: &Files, message: &str) -> Result<Oid, Failure>;

    /// Whether `tip` is `commit` or has it in its history; `None` where that cannot be told.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn contains(&self, tip: Oid, commit: Oid) -> Result<Option<bool>, Failure>;

    /// The newest tip this clone remembers having seen.
    ///
    /// # Errors
    /// When it cannot be read.
    fn seen(&self) -> Result<Option<Oid>, Failure>;

    /// The tip of the local branch: of a ledger that has no remote, or had none until now.
    ///
    /// # Errors
    /// When it cannot be read.
    fn local(&self) -> Result<Option<Oid>, Failure>;

    /// Remembers the newest tip seen.
    ///
    /// # Errors
    /// When it cannot be written.
    fn remember(&self, tip: Oid) -> Result<(), Failure>;

    /// Whether it may keep a thread waiting.
    fn is_slow(&self) -> bool;
}

/// The place where all clones find the state branch.
pub trait Upstream: Debug + Send + Sync {
    /// What it is called.
    fn name(&self) -> &str;

    /// Where it is, fit to be shown.
    fn address(&self) -> String;

    /// Whether it lies on this machine, where pushes need no thrift.
    fn is_local(&self) -> bool;

    /// Brings the tip and all it needs here; `None` where there is no such branch. `known`: this clone knows some of it.
    fn fetch(&self, known: bool) -> BoxFuture<'_, Result<Option<Oid>, Failure>>;

    /// Moves the branch to `new`, if it still is at `lease` (`None`: not there). Besides the outcome, its own words.
    fn push(&self, lease: Option<Oid>, new: Oid) -> BoxFuture<'_, Result<(PushOutcome, String), Failure>>;
}

/// Where the newest tip seen is remembered, for reading offline, and as a guard against a branch that loses history.
pub(super) fn seen_ref(branch: &str) -> String {
    format!("refs/pressroom/state/{branch}")
}

/// The state branch in a git repository.
#[derive(Debug)]
pub(super) struct InGit {
    pub(super) repo: Repo,
    pub(super) branch: String,
}

impl InGit {
    pub(super) fn local_ref(&self) -> String {
        format!("refs/heads/{}", self.branch)
    }

    fn find(&self, git: &git2::Repository, commit: Oid, path: &str) -> Result<Option<(Oid, ObjectType)>, Failure> {
        let failed = |error: git2::Error| words::git("cannot read the state branch", &error);
        let tree = git.find_commit(commit).and_then(|commit| commit.tree()).map_err(failed)?;
        let path = path.trim_end_matches('/');
        if path.is_empty() {
            return Ok(Some((tree.id(), ObjectType::Tree)));
        }
        match tree.get_path(std::path::Path::new(path)) {
            Ok(entry) => Ok(entry.kind().map(|kind| (entry.id(), kind))),
            Err(error) if error.code() == ErrorCode::NotFound && error.class() == git2::ErrorClass::Tree => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Files below a folder by path, with their blobs.
    fn blobs(&self, git: &git2::Repository, commit: Oid, folder: &str) -> Result<BTreeMap<String, Oid>, Failure> {
        let folder = folder.trim_end_matches('/');
        let mut blobs = BTreeMap::new();
        if let Some((oid, ObjectType::Tree)) = self.find(git, commit, folder)? {
            let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
            walk(git, oid, &prefix, &mut blobs).map_err(|error| words::git("cannot read the state branch", &error))?;
        }
        Ok(blobs)
    }
}

impl Store for InGit {
    fn file(&self, commit: Oid, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let git = self.repo.git()?;
        match self.find(&git, commit, path)? {
            Some((oid, ObjectType::Blob)) => content(&git, oid, path).map(Some),
            _ => Ok(None),
        }
    }

    fn paths(&self, commit: Oid, folder: &str) -> Result<Vec<String>, Failure> {
        Ok(self.blobs(&*self.repo.git()?, commit, folder)?.into_keys().collect())
    }

    fn files(&self, commit: Oid, folder: &str) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        let git = self.repo.git()?;
        let blobs = self.blobs(&git, commit, folder)?.into_iter();
        blobs.map(|(path, oid)| content(&git, oid, &path).map(|bytes| (path, bytes))).collect()
    }

    fn id(&self, commit: Oid, path: &str) -> Result<Option<Oid>, Failure> {
        Ok(self.find(&*self.repo.git()?, commit, path)?.map(|(oid, _)| oid))
    }

    fn changed(&self, from: Oid, to: Oid, folder: &str) -> Result<Vec<String>, Failure> {
        let failed = |error: git2::Error| words::git("cannot compare two states of the state branch", &error);
        let git = self.repo.git()?;
        let tree = |commit| git.find_commit(commit).and_then(|commit| commit.tree()).map_err(failed);
        // git steps over folders that are the same on both sides.
        let mut options = git2::DiffOptions::new();
        options.pathspec(folder.trim_end_matches('/')).disable_pathspec_match(true);
        let diff = git.diff_tree_to_tree(Some(&tree(from)?), Some(&tree(to)?), Some(&mut options)).map_err(failed)?;
        let was_there = diff.deltas().filter(|delta| !delta.old_file().id().is_zero());
        let paths = was_there.filter_map(|delta| delta.old_file().path_bytes());
        let mut paths: Vec<_> = paths.map(|path| String::from_utf8_lossy(path).into_owned()).collect();
        paths.sort();
        Ok(paths)
    }

    fn commit(&self, parent: Option<Oid>, files: &Files, message: &str) -> Result<Oid, Failure> {
        let failed = |error: git2::Error| words::git("cannot write to the repository", &error);
        let git = self.repo.git()?;
        let before = parent;
        let parent = parent.map(|tip| git.find_commit(tip)).transpose().map_err(failed)?;
        let base = match &parent {
            Some(parent) => parent.tree().map_err(failed)?,
            None => {
                let empty = git.treebuilder(None).and_then(|builder| builder.write()).map_err(failed)?;
                git.find_tree(empty).map_err(failed)?
            }
        };
        let odb = git.odb().map_err(failed)?;
        let mut tree = git2::build::TreeUpdateBuilder::new();
        for (path, bytes) in files {
            let was_there = || before.map_or(Ok(None), |before| self.find(&git, before, path));
            match bytes {
                Some(bytes) => {
                    let blob = odb.write(ObjectType::Blob, bytes).map_err(failed)?;
                    tree.upsert(path.as_str(), blob, FileMode::Blob);
                }
                None if was_there()?.is_some() => {
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
        let parents: Vec<_> = parent.iter().collect();
        let buffer = git.commit_create_buffer(&who, &who, message, &tree, &parents).map_err(failed)?;
        // Never `Repository::commit`: on a full disk it answers Ok without having written the commit.
        odb.write(ObjectType::Commit, &buffer).map_err(failed)
    }

    fn contains(&self, tip: Oid, commit: Oid) -> Result<Option<bool>, Failure> {
        self.repo.contains(tip, commit)
    }

    fn seen(&self) -> Result<Option<Oid>, Failure> {
        self.repo.read_ref(&seen_ref(&self.branch))
    }

    fn local(&self) -> Result<Option<Oid>, Failure> {
        self.repo.read_ref(&self.local_ref())
    }

    fn remember(&self, tip: Oid) -> Result<(), Failure> {
        self.repo.set_ref(&seen_ref(&self.branch), tip)
    }

    fn is_slow(&self) -> bool {
        true
    }
}

fn content(git: &git2::Repository, oid: Oid, path: &str) -> Result<Vec<u8>, Failure> {
    let blob =
        git.find_blob(oid).map_err(|error| words::git(&format!("cannot read {path} of the state branch"), &error))?;
    Ok(blob.content().to_vec())
}

fn walk(git: &git2::Repository, tree: Oid, prefix: &str, blobs: &mut BTreeMap<String, Oid>) -> Result<(), git2::Error> {
    for entry in &git.find_tree(tree)? {
        let path = format!("{prefix}{}", String::from_utf8_lossy(entry.name_bytes()));
        match entry.kind() {
            Some(ObjectType::Tree) => walk(git, entry.id(), &format!("{path}/"), blobs)?,
            Some(ObjectType::Blob) => drop(blobs.insert(path, entry.id())),
            _ => {}
        }
    }
    Ok(())
}

/// The state branch on a git remote.
#[derive(Debug)]
pub(super) struct OnRemote {
    pub(super) remote: Remote,
    pub(super) branch: String,
}

impl Upstream for OnRemote {
    fn name(&self) -> &str {
        self.remote.name()
    }

    fn address(&self) -> String {
        self.remote.address()
    }

    fn is_local(&self) -> bool {
        self.remote.is_local()
    }

    fn fetch(&self, known: bool) -> BoxFuture<'_, Result<Option<Oid>, Failure>> {
        // The pin goes with the fetch: commits this new are collected by nobody before they are remembered.
        Box::pin(async move { self.remote.fetch(&self.branch, &self.remote.pins().name("base"), known).await })
    }

    fn push(&self, lease: Option<Oid>, new: Oid) -> BoxFuture<'_, Result<(PushOutcome, String), Failure>> {
        Box::pin(self.remote.push(&self.branch, lease, new))
    }
}

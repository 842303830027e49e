//! The repository on disk and its remote: the only module that touches git. Objects are read and written with git2,
//! the network is left to the `git` program. Knows files and commits; not what a post or a ledger entry says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::env;
use crate::error::{Failure, Kind};

pub mod branch;
pub mod difference;
mod git;
pub mod history;
pub mod journal;
mod path;
mod pins;
pub mod remote;
pub mod shelf;
pub mod snapshot;
pub mod spool;
pub mod store;
#[cfg(test)]
mod tests;
mod tree;
mod words;

use pins::Pins;
use remote::Remote;

/// The name of a git object.
pub type Oid = git2::Oid;

/// A git repository. Cheap to clone, and may be used from many threads.
#[derive(Clone, Debug)]
pub struct Repo(Arc<Inner>);

struct Inner {
    root: PathBuf,
    common: PathBuf,
    bare: bool,
    /// Open handles nobody uses just now: git2's may move between threads, but not be shared.
    idle: Mutex<Vec<git2::Repository>>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repo").field("root", &self.root).finish_non_exhaustive()
    }
}

/// Where the history of a shallow clone ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutOff {
    /// The oldest commit that is there.
    pub commit: Oid,
    /// Its committer's time.
    pub at: DateTime<Utc>,
}

/// The git program's words on itself: `git version 2.39.5`.
///
/// # Errors
/// When there is none, or one that is too old: pushes with a lease, fetches without `FETCH_HEAD`.
pub async fn git_version() -> Result<String, Failure> {
    let mut command = Command::new("git");
    command.arg("--version").stdin(std::process::Stdio::null());
    env::withhold_from(&mut command);
    let answer = git::run(command, std::time::Duration::from_secs(10)).await?;
    let words = answer.stdout.trim().to_owned();
    let numbers = words.rsplit(' ').find_map(|word| {
        let mut numbers = word.split('.').map(str::parse::<u32>);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    });
    match numbers {
        Some(version) if version < (2, 30) => {
            Err(Failure::new(Kind::Content, format!("{words} is too old")).hint("install git 2.30 or newer"))
        }
        _ => Ok(words),
    }
}

impl Repo {
    /// Finds the repository `dir` is in: its top, a folder below, another work tree, or a bare repository.
    pub fn open(dir: &Path) -> Result<Self, Failure> {
        // What git itself does not do on each read either: a plan would spend a tenth of its time on it. Damage on the disk is
        // noticed by the checksum of what is compressed; `git fsck` and a fetch compare hashes.
        git2::opts::strict_hash_verification(false);
        let git = git2::Repository::discover(dir).map_err(|error| words::not_opened(dir, &error))?;
        let bare = git.workdir().is_none();
        let root = tidy(git.workdir().unwrap_or_else(|| git.path()));
        let common = tidy(git.commondir());
        Ok(Self(Arc::new(Inner { root, common, bare, idle: Mutex::new(vec![git]) })))
    }

    /// Finds the repository `dir` is in, as [`Repo::open`] does; where there is none, makes one at `dir`, with the folders
    /// on the way and `main` for its first branch. Tells whether it made one.
    pub fn open_or_init(dir: &Path) -> Result<(Self, bool), Failure> {
        let absolute = std::path::absolute(dir).map_err(|error| words::io("cannot find the folder", dir, &error))?;
        let there = absolute.ancestors().find(|folder| folder.exists()).unwrap_or(&absolute);
        match git2::Repository::discover(there) {
            Err(error) if error.code() == git2::ErrorCode::NotFound => {
                let mut options = git2::RepositoryInitOptions::new();
                git2::Repository::init_opts(&absolute, options.initial_head("main").mkpath(true).no_reinit(true))
                    .map_err(|error| words::git(&format!("cannot make a repository in {}", dir.display()), &error))?;
                Ok((Self::open(&absolute)?, true))
            }
            Err(error) => Err(words::not_opened(dir, &error)),
            Ok(_) => Ok((Self::open(there)?, false)),
        }
    }

    /// Opens the bare repository in `dir`, making it where there is none: the ledger of a rehearsal.
    pub fn bare(dir: &Path) -> Result<Self, Failure> {
        if git2::Repository::open_bare(dir).is_err() {
            git2::Repository::init_bare(dir)
                .map_err(|error| words::git(&format!("cannot make a repository in {}", dir.display()), &error))?;
        }
        Self::open(dir)
    }

    /// The top of the work tree; of a bare repository, the repository itself.
    pub fn root(&self) -> &Path {
        &self.0.root
    }

    /// The git directory that all work trees share.
    pub fn common_dir(&self) -> &Path {
        &self.0.common
    }

    /// Whether there is no work tree.
    pub fn is_bare(&self) -> bool {
        self.0.bare
    }

    /// The folder that git runs hooks from: `core.hooksPath`, else the one in the git directory.
    pub fn hooks(&self) -> Result<PathBuf, Failure> {
        let config = self.git()?.config().map_err(|error| words::git("cannot read git's configuration", &error))?;
        // A relative one is from where hooks run: the top of the work tree.
        Ok(config
            .get_path("core.hooksPath")
            .map_or_else(|_| self.0.common.join("hooks"), |path| self.0.root.join(path)))
    }

    /// A folder of ours inside the git directory (`runs`, `cache`), made on demand for this user alone; never committed.
    pub fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.0.common.join("pressroom").join(name);
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(|error| words::io("cannot create the folder", &folder, &error))?;
        Ok(folder)
    }

    /// Finds out, before anything else is begun, whether this user can write into the git directory.
    pub fn must_be_writable(&self) -> Result<(), Failure> {
        let folder = self.folder("runs")?;
        tempfile::tempfile_in(&folder).map(drop).map_err(|error| words::io("cannot write in", &folder, &error))
    }

    /// The commit checked out; a detached HEAD will do.
    pub fn head(&self) -> Result<Oid, Failure> {
        let git = self.git()?;
        match git.head().and_then(|head| head.peel_to_commit()) {
            Ok(commit) => Ok(commit.id()),
            Err(error) if matches!(error.code(), git2::ErrorCode::UnbornBranch | git2::ErrorCode::NotFound) => {
                Err(Failure::new(Kind::Content, format!("{} has no commit yet", self.0.root.display()))
                    .hint("only what is committed is published: `git add . && git commit -m \"First posts\"`"))
            }
            Err(error) => Err(words::git("cannot read HEAD", &error)),
        }
    }

    /// The branch checked out, also before its first commit; `None` for a detached HEAD.
    pub fn branch(&self) -> Result<Option<String>, Failure> {
        let git = self.git()?;
        let head = git.find_reference("HEAD").map_err(|error| words::git("cannot read HEAD", &error))?;
        let target = head.symbolic_target_bytes().map(String::from_utf8_lossy);
        Ok(target.and_then(|target| target.strip_prefix("refs/heads/").map(str::to_owned)))
    }

    /// The commit to publish from: the tip of `branch` on the remote, fetched now; without a remote, the local branch
    /// (else what was last fetched of it, for CI clones that have no local branches).
    pub async fn publishing(&self, branch: &str, remote: Option<&Remote>) -> Result<Oid, Failure> {
        check_branch_name(branch)?;
        let Some(remote) = remote else { return self.local_tip(branch)?.ok_or_else(|| self.no_branch(branch)) };
        let pins = Pins::new(self);
        let known = self.local_tip(branch)?.is_some();
        match remote.fetch(branch, &pins.name("content"), known).await? {
            Some(tip) => {
                // The pin goes with this call; the ref below keeps the commit from being collected while it is read.
                self.set_ref("refs/pressroom/content", tip)?;
                Ok(tip)
            }
            None => {
                let there = remote.branches().await?;
                Err(words::branch_missing(branch, &format!("remote `{}`", remote.name()), &there))
            }
        }
    }

    /// Where some branches are now, `None` for one that is not there: on the remote, which is asked and not fetched from, or
    /// without one here.
    ///
    /// # Errors
    /// When the remote gives no answer, or a ref cannot be read.
    pub async fn tips<const N: usize>(
        &self,
        branches: [&str; N],
        remote: Option<&Remote>,
    ) -> Result<[Option<Oid>; N], Failure> {
        for branch in branches {
            check_branch_name(branch)?;
        }
        if let Some(remote) = remote {
            return remote.tips(branches).await;
        }
        let mut tips = [None; N];
        for (tip, branch) in tips.iter_mut().zip(branches) {
            *tip = self.local_tip(branch)?;
        }
        Ok(tips)
    }

    /// When a commit was made: the committer's time.
    pub fn committed_at(&self, commit: Oid) -> Result<DateTime<Utc>, Failure> {
        let git = self.git()?;
        let commit = git.find_commit(commit).map_err(|error| words::git("cannot read the commit", &error))?;
        Ok(DateTime::from_timestamp(commit.time().seconds(), 0).unwrap_or_default())
    }

    /// Where a shallow clone cuts the history of a commit off, along first parents. `None` where all of it is there.
    pub fn cut_off(&self, commit: Oid) -> Result<Option<CutOff>, Failure> {
        let git = self.git()?;
        if !git.is_shallow() {
            return Ok(None);
        }
        let failed = |error: git2::Error| words::git("cannot walk the history", &error);
        let mut oldest = git.find_commit(commit).map_err(failed)?;
        while let Ok(parent) = oldest.parent(0) {
            oldest = parent;
        }
        let odb = git.odb().map_err(failed)?;
        let object = odb.read(oldest.id()).map_err(failed)?;
        let at = DateTime::from_timestamp(oldest.time().seconds(), 0).unwrap_or_default();
        Ok(parents(object.data()).next().map(|_| CutOff { commit: oldest.id(), at }))
    }

    /// Fetches so many commits more of the history of `branch` that a shallow clone lacks.
    pub async fn deepen(&self, branch: &str, remote: &Remote, by: u32) -> Result<(), Failure> {
        let pins = Pins::new(self);
        remote.deepen(branch, &pins.name("content"), by).await?;
        // git2 learns where a clone ends when a handle is opened.
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }

    /// The remote to work with: git config `pressroom.remote`, else `origin`, else the only one, else the one the current
    /// branch follows. `None` where there is no remote at all.
    pub fn remote(&self) -> Result<Option<Remote>, Failure> {
        let git = self.git()?;
        let failed = |error: git2::Error| words::git("cannot read the remotes", &error);
        let config = git.config().and_then(|mut config| config.snapshot()).map_err(failed)?;
        let names: Vec<String> = git
            .remotes()
            .map_err(failed)?
            .iter()
            .filter_map(|name| name.ok().flatten().map(str::to_owned))
            .filter(|name| git.find_remote(name).is_ok_and(|remote| !remote.url_bytes().is_empty()))
            .collect();
        let chosen = match config.get_str("pressroom.remote") {
            Ok(name) if names.iter().any(|there| there == name) => name.to_owned(),
            Ok(name) => {
                return Err(Failure::new(
                    Kind::Content,
                    format!("git config `pressroom.remote` names `{name}`, and there is no such remote"),
                )
                .hint(format!("there is {}: `git config pressroom.remote NAME`", words::list(&names))));
            }
            Err(_) => match names.as_slice() {
                [] => return Ok(None),
                [only] => only.clone(),
                _ if names.iter().any(|name| name == "origin") => "origin".to_owned(),
                _ => followed(&git, &config, &names).ok_or_else(|| {
                    Failure::new(Kind::Content, format!("it is not clear which remote to use: {}", words::list(&names)))
                        .hint("say it once: `git config pressroom.remote NAME`")
                })?,
            },
        };
        let remote = git.find_remote(&chosen).map_err(failed)?;
        let url = remote.pushurl_bytes().unwrap_or_else(|| remote.url_bytes());
        Ok(Some(Remote::new(self.clone(), chosen, String::from_utf8_lossy(url).into_owned())))
    }

    /// Tip of a local branch, else of what some remote had at the last fetch.
    fn local_tip(&self, branch: &str) -> Result<Option<Oid>, Failure> {
        if let Some(tip) = self.read_ref(&format!("refs/heads/{branch}"))? {
            return Ok(Some(tip));
        }
        let git = self.git()?;
        let remotes = git.remotes().map_err(|error| words::git("cannot read the remotes", &error))?;
        for remote in remotes.iter().filter_map(|name| name.ok().flatten()) {
            if let Some(tip) = self.read_ref(&format!("refs/remotes/{remote}/{branch}"))? {
                return Ok(Some(tip));
            }
        }
        Ok(None)
    }

    /// Who the person is, as git knows them: `Ann Example <ann@example.org>`.
    pub fn person(&self) -> Result<String, Failure> {
        let git = self.git()?;
        let signature = git.author_from_env().map_err(|_| {
            Failure::new(Kind::Usage, "git does not know who you are, and the ledger keeps who said what")
                .hint("`git config user.name \"Your Name\"` and `git config user.email you@example.org`")
        })?;
        Ok(signature.to_string())
    }

    fn no_branch(&self, branch: &str) -> Failure {
        if let Err(no_commit) = self.head() {
            return no_commit;
        }
        let there = self.git().ok().and_then(|git| {
            let branches = git.branches(Some(git2::BranchType::Local)).ok()?;
            Some(branches.flatten().map(|(branch, _)| lossy(branch.name_bytes())).collect::<Vec<_>>())
        });
        words::branch_missing(branch, "this repository", &there.unwrap_or_default())
    }

    /// A handle of git2's for this thread; given back when dropped.
    fn git(&self) -> Result<Handle<'_>, Failure> {
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let git = match idle {
            Some(git) => git,
            None => git2::Repository::open(&self.0.root).map_err(|error| words::not_opened(&self.0.root, &error))?,
        };
        Ok(Handle { git: Some(git), pool: &self.0.idle })
    }

    /// Closes the handles that no thread holds. A pack is mapped into memory until the last of them is closed: whoever reads
    /// hundreds of megabytes does this now and then.
    pub fn close_idle(&self) {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The `git` program, to be run in this repository.
    fn program(&self) -> Result<Command, Failure> {
        let config = self.git()?.config();
        let own_ssh = config.is_ok_and(|config| config.get_string("core.sshcommand").is_ok());
        Ok(git::command(&self.0.root, own_ssh))
    }

    fn read_ref(&self, name: &str) -> Result<Option<Oid>, Failure> {
        match self.git()?.refname_to_id(name) {
            Ok(oid) => Ok(Some(oid)),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(words::git(&format!("cannot read {name}"), &error)),
        }
    }

    /// Sets a private ref, whatever it was.
    fn set_ref(&self, name: &str, oid: Oid) -> Result<(), Failure> {
        let git = self.git()?;
        let mut result = git.reference(name, oid, true, "pressroom");
        for _ in 0..20 {
            // Another run may hold the ref's lock for a moment.
            if !matches!(&result, Err(error) if error.code() == git2::ErrorCode::Locked) {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
            result = git.reference(name, oid, true, "pressroom");
        }
        result
            .map(drop)
            .map_err(|error| words::with_lock(words::git(&format!("cannot set {name}"), &error), &self.lock_of(name)))
    }

    /// The file git holds while it changes a ref.
    fn lock_of(&self, name: &str) -> PathBuf {
        self.0.common.join(format!("{name}.lock"))
    }

    /// Whether `tip` is `oid` or has it in its history; `None` where a shallow clone ends too early to tell.
    fn contains(&self, tip: Oid, oid: Oid) -> Result<Option<bool>, Failure> {
        if tip == oid {
            return Ok(Some(true));
        }
        let failed = |error: git2::Error| words::git("cannot walk the history", &error);
        let git = self.git()?;
        if !git.is_shallow() {
            return git.graph_descendant_of(tip, oid).map(Some).map_err(failed);
        }
        // Where a shallow clone ends may move at any moment, as another run fetches: the commits themselves say more
        // than git's graph does.
        let odb = git.odb().map_err(failed)?;
        let (mut open, mut seen, mut whole) = (vec![tip], BTreeSet::new(), true);
        while let Some(commit) = open.pop() {
            if commit == oid {
                return Ok(Some(true));
            }
            if !seen.insert(commit) {
                continue;
            }
            match odb.read(commit) {
                Ok(object) => open.extend(parents(object.data())),
                Err(error) if error.code() == git2::ErrorCode::NotFound => whole = false,
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(whole.then_some(false))
    }
}

/// The parents a commit object names.
fn parents(commit: &[u8]) -> impl Iterator<Item = Oid> {
    let header = commit.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty());
    header.filter_map(|line| Oid::from_str(std::str::from_utf8(line.strip_prefix(b"parent ")?).ok()?).ok())
}

/// A git2 handle on loan.
struct Handle<'repo> {
    /// Always there until dropped.
    git: Option<git2::Repository>,
    pool: &'repo Mutex<Vec<git2::Repository>>,
}

impl std::ops::Deref for Handle<'_> {
    type Target = git2::Repository;

    #[expect(clippy::expect_used, reason = "taken in drop only")]
    fn deref(&self) -> &git2::Repository {
        self.git.as_ref().expect("the handle is held until dropped")
    }
}

impl Drop for Handle<'_> {
    fn drop(&mut self) {
        if let Some(git) = self.git.take() {
            self.pool.lock().unwrap_or_else(PoisonError::into_inner).push(git);
        }
    }
}

/// The remote that the branch checked out follows.
fn followed(git: &git2::Repository, config: &git2::Config, names: &[String]) -> Option<String> {
    let head = git.head().ok()?;
    let remote = config.get_str(&format!("branch.{}.remote", head.shorthand().ok()?)).ok()?.to_owned();
    names.contains(&remote).then_some(remote)
}

/// Flushes a file or folder; one that is not there (packed meanwhile) needs no flush. Windows flushes only what was opened to be
/// written, which git's objects and folders cannot be: there the file system's journal has to do.
fn sync(path: &Path) -> std::io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    match fs::File::open(path) {
        Ok(file) => file.sync_all(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Branch names come from accounts.toml, which is content: what git would not take as a branch never reaches it.
fn check_branch_name(branch: &str) -> Result<(), Failure> {
    if git2::Reference::is_valid_name(&format!("refs/heads/{branch}")) && !branch.starts_with('-') {
        return Ok(());
    }
    Err(Failure::new(Kind::Content, format!("`{branch}` is not a name git takes for a branch"))
        .hint("see [publish] in accounts.toml"))
}

/// git2 ends folders with a slash.
fn tidy(path: &Path) -> PathBuf {
    path.components().collect()
}

fn lossy(name: Result<&[u8], git2::Error>) -> String {
    name.map(|name| String::from_utf8_lossy(name).into_owned()).unwrap_or_default()
}

//! The content at one commit, or as it lies on disk: which files there are, their bytes, what the media are, and when a path
//! came to the branch. Knows no post; paths are from the repository's root, with `/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek as _, Write};
use std::ops::Range;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use git2::ObjectType;

use super::path::{Entry, resolve};
use super::{Oid, Repo, git, tree, words};
use crate::error::Failure;
use crate::media::{self, Facts, Inside, Lack, Library};

mod bytes;
pub mod folder;
mod list;
mod nodes;
mod walk;

use nodes::{Found, Nodes};

use bytes::{FileRange, LFS_POINTER_MAX, lfs_pointer, sha256};

/// The largest post or accounts.toml that is read, in bytes.
pub const TEXT_BYTES_MAX: u64 = 1024 * 1024;
/// Blobs up to here are read into memory; larger ones go through a file.
const MEMORY_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Files that are kept open for their next part.
const OPEN_MAX: usize = 16;

/// The content of the repository, at a commit or on disk. May be shared between threads.
#[derive(Debug)]
pub struct Snapshot {
    repo: Repo,
    content: Content,
    /// Large blobs taken out of the object database, in files without a name: gone with this value.
    taken_out: Mutex<BTreeMap<Oid, Arc<File>>>,
    /// Files that were opened last, by path: what goes out in many parts is not looked for in the repository for each.
    opened: Mutex<BTreeMap<String, Arc<File>>>,
    /// Texts that stand in the place of files on disk, or beside them: what an editor has open and did not save.
    laid_over: BTreeMap<String, String>,
    /// What was seen of files on disk, for whoever looks again and again; with their lengths and times then.
    seen: Option<Mutex<Looks>>,
}

/// By the file, and the ending of the name it was called by.
type Looks = BTreeMap<(PathBuf, Option<String>), Look>;

/// What was seen of a file: while length and time are the same, it is taken for the same.
#[derive(Debug)]
struct Look {
    bytes: u64,
    modified: Option<SystemTime>,
    facts: Result<Facts, Lack>,
}

#[derive(Debug)]
enum Content {
    Commit { commit: Oid, nodes: Nodes },
    Disk,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    oid: Oid,
    kind: NodeKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NodeKind {
    File,
    Link,
    Submodule,
}

impl NodeKind {
    /// `None`: it is a folder.
    fn of(kind: tree::Kind) -> Option<Self> {
        match kind {
            tree::Kind::File | tree::Kind::Odd => Some(Self::File),
            tree::Kind::Link => Some(Self::Link),
            tree::Kind::Submodule => Some(Self::Submodule),
            tree::Kind::Folder => None,
        }
    }
}

/// Why a text file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    Missing,
    /// The path, or a link on it, leaves the repository.
    Outside,
    Directory,
    /// More than [`TEXT_BYTES_MAX`].
    TooLarge {
        bytes: u64,
    },
    /// The system's words.
    Failed(String),
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("the file is not there"),
            Self::Outside => f.write_str("the path leads out of the repository"),
            Self::Directory => f.write_str("this is a folder, not a file"),
            Self::TooLarge { bytes } => {
                let (kib, most) = (bytes.div_ceil(1024), TEXT_BYTES_MAX / 1024);
                write!(f, "the file is {kib} KiB long; at most {most} KiB are read")
            }
            Self::Failed(words) => write!(f, "the file cannot be read: {words}"),
        }
    }
}

impl From<Lack> for Unread {
    fn from(lack: Lack) -> Self {
        match lack {
            Lack::Missing => Self::Missing,
            Lack::Outside => Self::Outside,
            Lack::Directory => Self::Directory,
            Lack::Unreadable(words) => Self::Failed(words),
            other => Self::Failed(format!("it {other}")),
        }
    }
}

/// Where a file's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Blob(Oid),
    Disk(PathBuf),
}

impl Snapshot {
    /// The content as committed.
    pub fn at_commit(repo: &Repo, commit: Oid) -> Result<Self, Failure> {
        let failed = |error: git2::Error| words::git(&format!("cannot read commit {commit}"), &error);
        let git = repo.git()?;
        let tree = git.find_commit(commit).map_err(failed)?.tree_id();
        let nodes = Nodes::listed(&git, tree).map_err(failed)?;
        Ok(Self::of(repo, Content::Commit { commit, nodes }))
    }

    /// As [`Self::at_commit`], for whoever looks at few of many files: the tree is not listed, and each path looked for in it. Every
    /// path in it must be UTF-8.
    pub fn glance(repo: &Repo, commit: Oid) -> Result<Self, Failure> {
        let tree = repo.tree_of(commit)?;
        Ok(Self::of(repo, Content::Commit { commit, nodes: Nodes::looked_for(tree) }))
    }

    /// The content as it lies on disk, saved or half saved.
    pub fn on_disk(repo: &Repo) -> Self {
        Self::of(repo, Content::Disk)
    }

    /// As [`Self::on_disk`], for whoever keeps it while files change: a media file is read again only once its length or its
    /// time is another.
    pub fn at_hand(repo: &Repo) -> Self {
        Self { seen: Some(Mutex::default()), ..Self::on_disk(repo) }
    }

    fn of(repo: &Repo, content: Content) -> Self {
        let (taken_out, opened, laid_over) = (Mutex::default(), Mutex::default(), BTreeMap::new());
        Self { repo: repo.clone(), content, taken_out, opened, laid_over, seen: None }
    }

    /// Has a text stand in the place of a file on disk, or lie there where there is none.
    pub fn lay_over(&mut self, path: &str, text: String) {
        self.laid_over.insert(path.to_owned(), text);
    }

    /// Takes such a text away.
    pub fn lift(&mut self, path: &str) {
        self.laid_over.remove(path);
    }

    pub(super) fn repo(&self) -> &Repo {
        &self.repo
    }

    /// The commit; `None` on disk.
    pub fn commit(&self) -> Option<Oid> {
        match &self.content {
            Content::Commit { commit, .. } => Some(*commit),
            Content::Disk => None,
        }
    }

    /// The files below `folder` whose names end in `suffix`, sorted. On disk, files that git ignores are left out: they
    /// cannot be published.
    pub fn files(&self, folder: &str, suffix: &str) -> Result<Vec<String>, Failure> {
        let folder = folder.trim_end_matches('/');
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        match &self.content {
            Content::Commit { nodes, .. } => {
                let failed = |error: git2::Error| words::git("cannot list the files of the commit", &error);
                let mut files = Vec::new();
                let listed = nodes.below(&*self.repo.git()?, &prefix, |path, node| {
                    if node.kind != NodeKind::Submodule && path.ends_with(suffix) {
                        files.push(path.to_owned());
                    }
                });
                listed.map_err(failed).map(|()| files)
            }
            Content::Disk => {
                let git = self.repo.git()?;
                let mut files = Vec::new();
                walk::disk(&git, self.repo.root(), &prefix, suffix, &mut files)?;
                let over = self.laid_over.keys().filter(|path| path.starts_with(&prefix) && path.ends_with(suffix));
                files.extend(over.cloned());
                files.sort();
                files.dedup();
                Ok(files)
            }
        }
    }

    /// The files of one folder whose paths begin so, sorted; links among them. On disk, nothing that git ignores.
    pub fn beginning(&self, start: &str) -> Result<Vec<String>, Failure> {
        let Content::Commit { nodes, .. } = &self.content else {
            return walk::beginning(&*self.repo.git()?, self.repo.root(), start);
        };
        let found = nodes.beginning(&*self.repo.git()?, start);
        found.map_err(|error| words::git("cannot list the files of the commit", &error))
    }

    /// Whether some path leads elsewhere: through a link, or into a submodule. Only a commit whose tree was listed can tell.
    pub fn has_links(&self) -> bool {
        !matches!(&self.content, Content::Commit { nodes, .. } if nodes.are_all(|_, node| node.kind == NodeKind::File))
    }

    /// Whether every path is UTF-8; likewise.
    pub fn has_plain_names(&self) -> bool {
        matches!(&self.content, Content::Commit { nodes, .. } if nodes.are_all(|path, _| !is_lossy(path)))
    }

    /// Whether the bytes of a media file are those that are committed, and not kept by Git LFS.
    pub fn is_committed(&self, path: &str) -> bool {
        matches!(self.media(path), Ok(Place::Blob(_)))
    }

    /// The name git gives to a file's content, followed through links; `None` on disk and for what is no file.
    pub fn blob(&self, path: &str) -> Option<Oid> {
        match self.place(path) {
            Ok(Place::Blob(oid)) => Some(oid),
            _ => None,
        }
    }

    /// Whether a path leads to its file by itself, not through a link: then whoever changes the one changes the other.
    pub fn is_plain(&self, path: &str) -> bool {
        match &self.content {
            Content::Commit { nodes, .. } => {
                self.node(nodes, path).is_ok_and(|node| node.is_some_and(|node| node.kind == NodeKind::File))
            }
            Content::Disk => !self.repo.root().join(path).is_symlink(),
        }
    }

    /// A text file's bytes, at most [`TEXT_BYTES_MAX`].
    pub fn read(&self, path: &str) -> Result<Vec<u8>, Unread> {
        if let Some(text) = self.laid_over.get(path) {
            let bytes = text.len() as u64;
            return if bytes > TEXT_BYTES_MAX { Err(Unread::TooLarge { bytes }) } else { Ok(text.clone().into()) };
        }
        let place = self.place(path)?;
        if let Place::Blob(oid) = &place
            && let Some(content) = self.as_in_work_tree(path, *oid)
        {
            return Ok(content);
        }
        let bytes = self.len(&place)?;
        if bytes > TEXT_BYTES_MAX {
            return Err(Unread::TooLarge { bytes });
        }
        match place {
            Place::Blob(oid) => Ok(self.blob_bytes(oid)?),
            Place::Disk(path) => {
                let mut content = Vec::new();
                let file = File::open(path).map_err(|error| Unread::Failed(error.to_string()))?;
                // A file may grow while it is read.
                let read = file.take(TEXT_BYTES_MAX + 1).read_to_end(&mut content);
                read.map_err(|error| Unread::Failed(error.to_string()))?;
                let bytes = content.len() as u64;
                if bytes > TEXT_BYTES_MAX { Err(Unread::TooLarge { bytes }) } else { Ok(content) }
            }
        }
    }

    /// What the named media files are, or why they cannot be used. Uses all cores; content that several paths name is
    /// read once.
    pub fn probe(&self, paths: &[String]) -> Library {
        let mut library = Library::new();
        // Where bytes lie, what their name promises, and who is called so.
        let mut found: BTreeMap<(Place, Option<String>), Vec<&str>> = BTreeMap::new();
        for path in paths {
            match self.media(path) {
                Ok(place) => found.entry((place, media::extension(path))).or_default().push(path),
                Err(lack) => drop(library.insert(path.clone(), Err(lack))),
            }
        }
        // To ask for their number reads several files.
        let alone = found.len() < 2;
        let cores =
            if alone { 1 } else { std::thread::available_parallelism().map_or(1, usize::from).min(found.len()) };
        let open = Mutex::new(found.into_iter());
        let next = || open.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || {
            let mut seen = Vec::new();
            while let Some(((place, _), paths)) = next() {
                let facts = panic::catch_unwind(AssertUnwindSafe(|| self.look(&place, paths[0])));
                let broken = |_| Err(Lack::Unreadable("looking at it broke off: a bug of pressroom".to_owned()));
                seen.push((paths, facts.unwrap_or_else(broken)));
            }
            seen
        };
        let seen = match cores {
            1 => work(),
            _ => std::thread::scope(|scope| {
                let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
                workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect::<Vec<_>>()
            }),
        };
        for (paths, facts) in seen {
            for path in paths {
                let facts = facts.clone().map(|facts| Facts { path: path.to_owned(), ..facts });
                library.insert(path.to_owned(), facts);
            }
        }
        library
    }

    /// The bytes of a media file, or a range of them, read as they are asked for. What Git LFS keeps comes from its store.
    pub fn open(&self, path: &str, range: Range<u64>) -> Result<Box<dyn Read + Send>, Lack> {
        let place = self.media(path)?;
        let length = range.end.saturating_sub(range.start);
        match place {
            Place::Disk(place) => {
                let file = Arc::new(File::open(place).map_err(unreadable)?);
                self.keep_open(path, &file);
                Ok(Box::new(FileRange::new(file, range)))
            }
            Place::Blob(oid) if self.len(&Place::Blob(oid))? <= MEMORY_BYTES_MAX => {
                let mut bytes = Cursor::new(self.blob_bytes(oid)?);
                bytes.set_position(range.start);
                Ok(Box::new(bytes.take(length)))
            }
            Place::Blob(oid) => {
                let file = self.take_out(oid)?;
                self.keep_open(path, &file);
                Ok(Box::new(FileRange::new(file, range)))
            }
        }
    }

    /// [`Snapshot::open`], of a file that it opened not long ago; `None` of others. Reads nothing.
    pub fn open_again(&self, path: &str, range: Range<u64>) -> Option<Box<dyn Read + Send>> {
        let file = self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(path)?.clone();
        Some(Box::new(FileRange::new(file, range)))
    }

    /// Files on disk may be others next time; what is committed stays what it is.
    fn keep_open(&self, path: &str, file: &Arc<File>) {
        if let Content::Disk = self.content {
            return;
        }
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.len() >= OPEN_MAX {
            opened.clear();
        }
        opened.insert(path.to_owned(), file.clone());
    }

    /// When each path came to the branch: the committer's time of the commit, along first parents, that brought it (for
    /// the last time). In a shallow clone the oldest commit that is there counts. Paths not in the commit are left out,
    /// and on disk there are none.
    pub fn introduced(&self, paths: &[String]) -> Result<BTreeMap<String, DateTime<Utc>>, Failure> {
        let Content::Commit { commit, nodes } = &self.content else { return Ok(BTreeMap::new()) };
        let failed = |error: git2::Error| words::git("cannot walk the history", &error);
        let git = self.repo.git()?;
        let mut open = BTreeSet::new();
        for path in paths {
            if nodes.get(&git, path).map_err(failed)?.is_some() {
                open.insert(path.as_str());
            }
        }
        let mut known = BTreeMap::new();
        let mut commit = git.find_commit(*commit).map_err(failed)?;
        while !open.is_empty() {
            let at = DateTime::from_timestamp(commit.time().seconds(), 0).unwrap_or_default();
            // Where a clone was cut off, the parent has a name but is not there.
            let Ok(parent) = commit.parent(0) else {
                known.extend(open.iter().map(|path| ((*path).to_owned(), at)));
                break;
            };
            if parent.tree_id() != commit.tree_id() {
                let (new, old) = (commit.tree().map_err(failed)?, parent.tree().map_err(failed)?);
                let diff = git.diff_tree_to_tree(Some(&old), Some(&new), None).map_err(failed)?;
                for delta in diff.deltas().filter(|delta| delta.status() == git2::Delta::Added) {
                    let path = delta.new_file().path_bytes().map(String::from_utf8_lossy).unwrap_or_default();
                    if open.remove(path.as_ref()) {
                        known.insert(path.into_owned(), at);
                    }
                }
            }
            commit = parent;
        }
        Ok(known)
    }

    /// Reads a file once for its hash, and here and there for what it is.
    fn look(&self, place: &Place, path: &str) -> Result<Facts, Lack> {
        let bytes = self.len(place)?;
        let (Some(seen), Place::Disk(file)) = (&self.seen, place) else { return self.look_inside(place, path, bytes) };
        let modified = fs::metadata(file).and_then(|meta| meta.modified()).ok();
        let key = (file.clone(), media::extension(path));
        let is_same = |look: &&Look| look.bytes == bytes && look.modified == modified;
        let known =
            seen.lock().unwrap_or_else(PoisonError::into_inner).get(&key).filter(is_same).map(|it| it.facts.clone());
        if let Some(facts) = known {
            return facts;
        }
        let facts = self.look_inside(place, path, bytes);
        let look = Look { bytes, modified, facts: facts.clone() };
        seen.lock().unwrap_or_else(PoisonError::into_inner).insert(key, look);
        facts
    }

    fn look_inside(&self, place: &Place, path: &str, bytes: u64) -> Result<Facts, Lack> {
        let (inside, sha256) = match place {
            Place::Blob(oid) if bytes <= MEMORY_BYTES_MAX => {
                let content = self.blob_bytes(*oid)?;
                (Inside::read(&mut Cursor::new(&content)), sha256(&content[..])?)
            }
            Place::Blob(oid) => {
                let whole = || Ok(FileRange::new(self.take_out(*oid)?, 0..bytes));
                (Inside::read(&mut whole()?), sha256(whole()?)?)
            }
            Place::Disk(path) => {
                let mut file = File::open(path).map_err(unreadable)?;
                let inside = Inside::read(&mut file);
                file.rewind().map_err(unreadable)?;
                (inside, sha256(file)?)
            }
        };
        match inside {
            Ok(inside) => inside.named(path, bytes, sha256),
            Err(Lack::Unknown { .. }) => Err(Lack::Unknown { extension: media::extension(path) }),
            Err(lack) => Err(lack),
        }
    }

    /// Where a media file's bytes are, a Git LFS pointer followed.
    fn media(&self, path: &str) -> Result<Place, Lack> {
        let place = self.place(path)?;
        let len = self.len(&place)?;
        if len >= LFS_POINTER_MAX {
            return Ok(place);
        }
        let bytes = match &place {
            Place::Blob(oid) => self.blob_bytes(*oid)?,
            Place::Disk(path) => fs::read(path).map_err(unreadable)?,
        };
        match lfs_pointer(&bytes) {
            None => Ok(place),
            Some((sha256, size)) => {
                let (a, b) = (&sha256[..2], &sha256[2..4]);
                let object = self.repo.common_dir().join("lfs/objects").join(a).join(b).join(&sha256);
                let here = fs::metadata(&object).is_ok_and(|meta| meta.is_file() && meta.len() == size);
                if here { Ok(Place::Disk(object)) } else { Err(Lack::LfsPointer) }
            }
        }
    }

    /// A text, where the file on disk is still what was committed: to read that, and to make sure by its hash, is much quicker
    /// than to take it out of a pack.
    fn as_in_work_tree(&self, path: &str, oid: Oid) -> Option<Vec<u8>> {
        if self.repo.is_bare() {
            return None;
        }
        let file = self.repo.root().join(path);
        // A pipe would keep us waiting, and a link may lead anywhere.
        let meta = fs::symlink_metadata(&file).ok().filter(|meta| meta.is_file() && meta.len() <= TEXT_BYTES_MAX)?;
        let mut content = Vec::with_capacity(usize::try_from(meta.len()).ok()? + 1);
        File::open(file).ok()?.take(TEXT_BYTES_MAX + 1).read_to_end(&mut content).ok()?;
        let is_same = Oid::hash_object(ObjectType::Blob, &content).is_ok_and(|hash| hash == oid);
        (is_same && content.len() as u64 <= TEXT_BYTES_MAX).then_some(content)
    }

    fn place(&self, path: &str) -> Result<Place, Lack> {
        match &self.content {
            Content::Commit { nodes, .. } => {
                let real = resolve(path, |path| self.look_in_tree(nodes, path))?;
                self.node(nodes, &real)?.map(|node| Place::Blob(node.oid)).ok_or(Lack::Missing)
            }
            Content::Disk => {
                let root = self.repo.root();
                resolve(path, |path| walk::look(&root.join(path))).map(|real| Place::Disk(root.join(real)))
            }
        }
    }

    fn node(&self, nodes: &Nodes, path: &str) -> Result<Option<Node>, Lack> {
        let git = self.repo.git().map_err(|failure| Lack::Unreadable(failure.message))?;
        nodes.get(&git, path).map_err(|error| Lack::Unreadable(error.to_string()))
    }

    fn look_in_tree(&self, nodes: &Nodes, path: &str) -> Result<Option<Entry>, Lack> {
        let git = self.repo.git().map_err(|failure| Lack::Unreadable(failure.message))?;
        let found = nodes.look(&git, path).map_err(|error| Lack::Unreadable(error.to_string()))?;
        match found {
            Some(Found::Folder(_)) => Ok(Some(Entry::Folder)),
            Some(Found::Node(Node { kind: NodeKind::File, .. })) => Ok(Some(Entry::File)),
            Some(Found::Node(Node { kind: NodeKind::Submodule, .. })) => Ok(Some(Entry::Folder)),
            Some(Found::Node(Node { kind: NodeKind::Link, oid })) => {
                let target = self.blob_bytes(oid)?;
                Ok(Some(Entry::Link(String::from_utf8_lossy(&target).into_owned())))
            }
            None => Ok(None),
        }
    }

    fn len(&self, place: &Place) -> Result<u64, Lack> {
        match place {
            Place::Disk(path) => fs::metadata(path).map(|meta| meta.len()).map_err(unreadable),
            Place::Blob(oid) => {
                let git = self.repo.git().map_err(|failure| Lack::Unreadable(failure.message))?;
                match git.odb().and_then(|odb| odb.read_header(*oid)) {
                    Ok((len, ObjectType::Blob)) => Ok(len as u64),
                    Ok(_) => Err(Lack::Directory),
                    Err(_) => {
                        let mut size = Vec::new();
                        self.cat_file("-s", *oid, &mut size)?;
                        let size = String::from_utf8_lossy(&size).trim().parse();
                        size.map_err(|_| Lack::Unreadable("git does not tell its size".to_owned()))
                    }
                }
            }
        }
    }

    fn blob_bytes(&self, oid: Oid) -> Result<Vec<u8>, Lack> {
        let git = self.repo.git().map_err(|failure| Lack::Unreadable(failure.message))?;
        if let Ok(blob) = git.find_blob(oid) {
            return Ok(blob.content().to_vec());
        }
        let mut bytes = Vec::new();
        self.cat_file("blob", oid, &mut bytes)?;
        Ok(bytes)
    }

    /// The `git` program hands out large blobs piece by piece, which git2 cannot, and gets what a partial clone lacks.
    fn cat_file(&self, what: &str, oid: Oid, into: &mut impl Write) -> Result<(), Lack> {
        let mut command = self.repo.program().map_err(|failure| Lack::Unreadable(failure.message))?;
        command.args(["cat-file", what, &oid.to_string()]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| Lack::Unreadable(git::not_started(&error).message))?;
        let copied = match child.stdout.take() {
            Some(mut out) => io::copy(&mut out, into).map(drop),
            None => Ok(()),
        };
        let ended = child.wait_with_output().map_err(unreadable)?;
        copied.map_err(unreadable)?;
        if ended.status.success() {
            return Ok(());
        }
        let said = git::masked(String::from_utf8_lossy(&ended.stderr).trim());
        Err(Lack::Unreadable(format!("git cannot read object {oid}: {said}")))
    }

    fn take_out(&self, oid: Oid) -> Result<Arc<File>, Lack> {
        let mut taken_out = self.taken_out.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = taken_out.get(&oid) {
            return Ok(file.clone());
        }
        let folder = self.repo.folder("cache").map_err(|failure| Lack::Unreadable(failure.message))?;
        let mut file = tempfile::tempfile_in(folder).map_err(unreadable)?;
        self.cat_file("blob", oid, &mut file)?;
        let file = Arc::new(file);
        taken_out.insert(oid, file.clone());
        Ok(file)
    }
}

/// Whether a path is not what git has, since that is no UTF-8.
pub fn is_lossy(path: &str) -> bool {
    path.contains(char::REPLACEMENT_CHARACTER)
}

#[expect(clippy::needless_pass_by_value, reason = "shaped for map_err")]
fn unreadable(error: io::Error) -> Lack {
    Lack::Unreadable(error.to_string())
}

//! What a run must not forget, on this disk before it is in the ledger: one file a run, locked while the run lives.
//! Knows lines; not what they say.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::Utc;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::{Repo, sync, words};
use crate::clock::Clock;
use crate::error::{Failure, Kind};

const FOLDER: &str = "runs";

/// Where the spools of this clone's runs lie.
pub trait Spools: Send + Sync {
    /// Begins a run's spool.
    ///
    /// # Errors
    /// When it cannot be written, or a run of that name has one.
    fn begin_spool(&self, run: &str) -> Result<Box<dyn Spool>, Failure>;

    /// The spools of all runs but the one named, dead or alive, oldest name first.
    ///
    /// # Errors
    /// When they cannot be read.
    fn other_runs(&self, own: Option<&str>) -> Result<Vec<OtherRun>, Failure>;

    /// Removes the spool of a dead run, whose lines have been brought in.
    ///
    /// # Errors
    /// When the run is still at work, or it cannot be removed.
    fn remove_spool(&self, run: &str) -> Result<(), Failure>;
}

/// A run's own spool.
pub trait Spool: std::fmt::Debug + Send + Sync {
    /// Adds a line; it outlives this process when this returns. On an error nothing of it stays.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&self, line: &str) -> Result<(), Failure>;

    /// Ends when all that was written before outlives the machine as well. It is on its way to the disk from now on, even while
    /// nobody waits; several that ask at once share one flush.
    ///
    /// # Errors
    /// When it cannot be flushed.
    fn sync(&self) -> BoxFuture<'static, Result<(), Failure>>;

    /// All of it is in the ledger: it goes.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn finish(&self) -> Result<(), Failure>;
}

/// A spool in a file. The lock on it goes with the process, however that ends.
#[derive(Debug)]
struct InFile {
    path: PathBuf,
    file: Arc<Mutex<File>>,
    /// Lines written.
    written: Arc<AtomicU64>,
    /// Of them, those that are certainly on the disk; held by whoever flushes it. Why none are any more, once a flush has failed: the
    /// system tells that once, and perhaps to a flush that nobody waits for.
    on_disk: Arc<tokio::sync::Mutex<Result<u64, String>>>,
}

/// Another run's spool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherRun {
    pub run: String,
    /// Whether its process still runs.
    pub alive: bool,
    /// Whether it ran on this machine since its last start. If not, the folder may be a copy: its lines are true, and may be
    /// brought in; but that nobody holds the lock does not tell that the run is over.
    pub same_host: bool,
    /// How long ago it last wrote, by the system's clock.
    pub idle: Duration,
    /// What it wrote, oldest first, without line breaks.
    pub lines: Vec<String>,
}

/// The first line of the file.
#[derive(Serialize, Deserialize)]
struct Header {
    run: String,
    pid: u32,
    host: String,
    boot: Option<String>,
    started: chrono::DateTime<Utc>,
}

impl Spools for Repo {
    fn begin_spool(&self, run: &str) -> Result<Box<dyn Spool>, Failure> {
        check_run(run)?;
        let folder = self.folder(FOLDER)?;
        let path = folder.join(format!("{run}.jsonl"));
        let failed = |error: io::Error| words::io("cannot begin the spool", &path, &error);
        let header = Header {
            run: run.to_owned(),
            pid: std::process::id(),
            host: host(),
            boot: boot(),
            started: Clock::system().now(),
        };
        let header = serde_json::to_string(&header).map_err(|error| failed(error.into()))?;
        // Locked before it has its name: nobody ever sees it unlocked while we live. (The temporary file is 0600.)
        let mut new = tempfile::Builder::new().prefix(".new-").tempfile_in(&folder).map_err(failed)?;
        new.as_file().try_lock().map_err(|error| failed(error.into()))?;
        new.write_all(format!("{header}\n").as_bytes()).and_then(|()| new.as_file().sync_all()).map_err(failed)?;
        let file = new.persist_noclobber(&path).map_err(|error| failed(error.error))?;
        sync(&folder).map_err(failed)?;
        let file = Arc::new(Mutex::new(file));
        let on_disk = Arc::new(tokio::sync::Mutex::new(Ok(0)));
        Ok(Box::new(InFile { path, file, written: Arc::default(), on_disk }))
    }

    fn other_runs(&self, own: Option<&str>) -> Result<Vec<OtherRun>, Failure> {
        let folder = self.folder(FOLDER)?;
        let failed = |error: io::Error| words::io("cannot read the spools in", &folder, &error);
        let mut others = Vec::new();
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(run) = name.strip_suffix(".jsonl").filter(|run| check_run(run).is_ok()) else { continue };
            if own != Some(run) {
                others.extend(read(run, &path)?);
            }
        }
        others.sort_by(|a, b| a.run.cmp(&b.run));
        Ok(others)
    }

    fn remove_spool(&self, run: &str) -> Result<(), Failure> {
        check_run(run)?;
        let path = self.folder(FOLDER)?.join(format!("{run}.jsonl"));
        match File::open(&path).map(|file| file.try_lock_shared()) {
            Ok(Err(TryLockError::WouldBlock)) => {
                Err(Failure::new(Kind::Claimed, format!("run {run} is still at work; its spool stays")))
            }
            Ok(Err(TryLockError::Error(error))) => Err(words::io("cannot lock", &path, &error)),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(words::io("cannot open", &path, &error)),
            _ => delete(&path),
        }
    }
}

impl Spool for InFile {
    fn write(&self, line: &str) -> Result<(), Failure> {
        if line.is_empty() || line.contains('\n') {
            return Err(Failure::new(Kind::Bug, "what is to be spooled is not one line"));
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = |error: io::Error| words::io("cannot write to the spool", &self.path, &error);
        let before = file.metadata().map_err(failed)?.len();
        file.write_all(format!("{line}\n").as_bytes()).map_err(|error| {
            let _ = file.set_len(before).and_then(|()| io::Seek::seek(&mut *file, io::SeekFrom::End(0)).map(drop));
            failed(error)
        })?;
        self.written.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn sync(&self) -> BoxFuture<'static, Result<(), Failure>> {
        let failed = {
            let path = self.path.clone();
            move |error: io::Error| words::io("cannot write to the spool", &path, &error)
        };
        let (file, written, on_disk) = (self.file.clone(), self.written.clone(), self.on_disk.clone());
        let wanted = written.load(Ordering::Relaxed);
        let flushing = tokio::spawn(async move {
            let mut on_disk = on_disk.lock().await;
            if on_disk.clone().map_err(io::Error::other)? >= wanted {
                return Ok(());
            }
            let now = written.load(Ordering::Relaxed);
            let file = file.lock().unwrap_or_else(PoisonError::into_inner).try_clone()?;
            let flushed = tokio::task::spawn_blocking(move || file.sync_data()).await.map_err(io::Error::other)?;
            *on_disk = flushed.as_ref().map(|()| now).map_err(ToString::to_string);
            flushed
        });
        Box::pin(async move { flushing.await.unwrap_or_else(|error| Err(io::Error::other(error))).map_err(failed) })
    }

    fn finish(&self) -> Result<(), Failure> {
        delete(&self.path)
    }
}

/// One spool; `None` if its run has finished meanwhile.
fn read(run: &str, path: &Path) -> Result<Option<OtherRun>, Failure> {
    let failed = |error: io::Error| words::io("cannot read the spool", path, &error);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    // Shared: two runs that look at the same moment do not take each other for the writer.
    let alive = match file.try_lock_shared() {
        Ok(()) => false,
        Err(TryLockError::WouldBlock) => true,
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    };
    let written = file.metadata().and_then(|metadata| metadata.modified()).map_err(failed)?;
    let idle = written.elapsed().unwrap_or_default();
    // Through this handle: the lock stays ours until all is read.
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut &file, &mut bytes).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    // What follows the last line break was cut off by a power failure, and nobody was told that it is safe.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let mut lines = whole.split('\n').map(str::to_owned);
    let header = lines.next().and_then(|first| serde_json::from_str::<Header>(&first).ok());
    let same_host = header.is_some_and(|header| header.host == host() && header.boot == boot());
    let lines = lines.filter(|line| !line.is_empty() && !line.contains('\0')).collect();
    Ok(Some(OtherRun { run: run.to_owned(), alive, same_host, idle, lines }))
}

fn delete(path: &Path) -> Result<(), Failure> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(words::io("cannot remove", path, &error)),
        _ => Ok(()),
    }
}

/// A run's name becomes a file's name.
fn check_run(run: &str) -> Result<(), Failure> {
    let fits = !run.is_empty() && run.len() <= 64 && run.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { Ok(()) } else { Err(Failure::new(Kind::Bug, format!("`{run}` is no name for a run"))) }
}

fn host() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// Changes with every start of the machine; Linux only.
fn boot() -> Option<String> {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().map(|id| id.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The system tells once that a disk did not take something, here to nobody.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_flush_that_failed_unheard_fails_whoever_asks_next() {
        let open = |path: &str| File::options().read(true).write(true).open(path).unwrap();
        // A device that cannot be flushed, and then a file that can.
        let spool = InFile {
            path: PathBuf::from("spool"),
            file: Arc::new(Mutex::new(open("/dev/null"))),
            written: Arc::default(),
            on_disk: Arc::new(tokio::sync::Mutex::new(Ok(0))),
        };
        spool.write("first").unwrap();
        drop(spool.sync());
        while spool.on_disk.lock().await.is_ok() {
            tokio::task::yield_now().await;
        }
        *spool.file.lock().unwrap() = tempfile::tempfile().unwrap();
        spool.write("second").unwrap();
        assert!(spool.sync().await.unwrap_err().message.contains("cannot write to the spool"));
    }
}

//! Hears when files of the repository are written and when its refs move, and gathers it until somebody asks. Knows nothing of
//! what is done about it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use file_events::event::{AccessKind, AccessMode, Event, EventKind, ModifyKind};
use file_events::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

use crate::content;
use crate::error::{Failure, Kind};
use crate::repo::Repo;

/// Where media lie that posts share.
const MEDIA: &str = "media";

/// What has happened since somebody last asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// Files that were written or are gone, from the repository's root, with `/`.
    pub(super) files: BTreeSet<String>,
    /// Whether branches moved.
    pub(super) refs: bool,
    /// Whether folders came or went that are listened at, or the system has lost count.
    pub(super) ground: bool,
}

/// Listens as long as it lives.
pub(super) struct Ears {
    watcher: RecommendedWatcher,
    places: Places,
    shared: Arc<Shared>,
}

/// What the system's thread hands over. However much is written, it is held once.
#[derive(Debug, Default)]
struct Shared {
    heard: Mutex<Heard>,
    bell: Notify,
}

/// Which paths mean what.
#[derive(Clone, Debug)]
struct Places {
    root: PathBuf,
    common: PathBuf,
    /// No files lie beside a bare repository.
    bare: bool,
}

impl Ears {
    /// Begins to listen.
    ///
    /// # Errors
    /// When the system lets nobody listen.
    pub(super) fn open(repo: &Repo) -> Result<Self, Failure> {
        let places =
            Places { root: repo.root().to_path_buf(), common: repo.common_dir().to_path_buf(), bare: repo.is_bare() };
        let shared = Arc::new(Shared::default());
        let (hears, known) = (shared.clone(), places.clone());
        let watcher = file_events::recommended_watcher(move |event: file_events::Result<Event>| {
            let mut news = Heard::default();
            match event {
                Ok(event) => known.hear(&event, &mut news),
                // What was lost may have been anything.
                Err(_) => news.all(),
            }
            hears.add(news);
        })
        .map_err(|error| deaf(&error))?;
        let mut ears = Self { watcher, places, shared };
        ears.listen()?;
        Ok(ears)
    }

    /// Listens wherever there is something to hear now: folders that came back are new ones to the system.
    ///
    /// # Errors
    /// When the system does not listen at so many places.
    pub(super) fn listen(&mut self) -> Result<(), Failure> {
        for (path, mode) in self.places.list() {
            match self.watcher.watch(&path, mode) {
                Ok(()) => {}
                // Gone again meanwhile.
                Err(_) if !path.exists() => {}
                Err(error) => return Err(deaf(&error)),
            }
        }
        Ok(())
    }

    /// What has happened, once something has.
    pub(super) async fn heard(&self) -> Heard {
        loop {
            let heard = std::mem::take(&mut *self.shared.heard.lock().unwrap_or_else(PoisonError::into_inner));
            if heard != Heard::default() {
                return heard;
            }
            self.shared.bell.notified().await;
        }
    }
}

impl Shared {
    fn add(&self, news: Heard) {
        if news == Heard::default() {
            return;
        }
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.files.extend(news.files);
        heard.refs |= news.refs;
        heard.ground |= news.ground;
        drop(heard);
        self.bell.notify_one();
    }
}

impl Heard {
    fn all(&mut self) {
        (self.refs, self.ground) = (true, true);
    }
}

impl Places {
    /// Where to listen. The folders of refs alone, and not of objects: a fetch writes thousands.
    fn list(&self) -> Vec<(PathBuf, RecursiveMode)> {
        use RecursiveMode::{NonRecursive, Recursive};
        let refs = self.common.join("refs");
        let mut places = vec![
            (self.common.clone(), NonRecursive),
            (refs.join("heads"), Recursive),
            (refs.join("remotes"), Recursive),
            (refs, NonRecursive),
        ];
        if !self.bare {
            places.push((self.root.clone(), NonRecursive));
            places.extend([content::POSTS, MEDIA].map(|folder| (self.root.join(folder), Recursive)));
        }
        places.retain(|(path, _)| path.exists());
        places
    }

    fn hear(&self, event: &Event, heard: &mut Heard) {
        if event.need_rescan() {
            heard.all();
        }
        let is_change = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
            // That somebody reads, or a date, says nothing: we read ourselves.
            EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => false,
            _ => true,
        };
        for path in event.paths.iter().filter(|_| is_change) {
            self.place(path, heard);
        }
    }

    fn place(&self, path: &Path, heard: &mut Heard) {
        let words =
            |path: &Path| path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        if let Ok(inside) = path.strip_prefix(&self.common) {
            let words: Vec<String> = words(inside);
            match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                [] | ["refs"] => heard.ground = true,
                ["refs", "heads" | "remotes"] => heard.all(),
                // git writes a lock first, and moves it.
                [.., name] if name.ends_with(".lock") => {}
                ["HEAD" | "packed-refs"] | ["refs", "heads" | "remotes", ..] => heard.refs = true,
                _ => {}
            }
        } else if let Ok(inside) = path.strip_prefix(&self.root) {
            let words: Vec<String> = words(inside);
            match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                [] | [".git"] => heard.ground = true,
                ["posts" | "media"] => {
                    heard.ground = true;
                    heard.files.insert(words.join("/"));
                }
                [content::ACCOUNTS] | ["posts" | "media", ..] => drop(heard.files.insert(words.join("/"))),
                _ => {}
            }
        }
    }
}

fn deaf(error: &file_events::Error) -> Failure {
    let failure = Failure::new(Kind::Later, "the system does not tell when files change here").cause(error);
    let hint = match error.kind {
        file_events::ErrorKind::MaxFilesWatch => {
            "it listens at no more folders for this user: raise the sysctl `fs.inotify.max_user_watches`"
        }
        _ => "saved files are not checked; what is committed is published all the same, after the next look",
    };
    failure.hint(hint)
}

#[cfg(test)]
mod tests {
    use file_events::event::{CreateKind, DataChange, MetadataKind, RemoveKind};

    use super::*;

    #[test]
    fn what_a_path_means() {
        let places = Places { root: "/r".into(), common: "/r/.git".into(), bare: false };
        let (made, written) =
            (EventKind::Create(CreateKind::File), EventKind::Modify(ModifyKind::Data(DataChange::Any)));
        let read = EventKind::Access(AccessKind::Open(AccessMode::Any));
        for (kind, path, told) in [
            (written, "/r/posts/tea.md", "posts/tea.md"),
            (made, "/r/posts/deep/tea.md", "posts/deep/tea.md"),
            (EventKind::Remove(RemoveKind::File), "/r/media/tea.png", "media/tea.png"),
            (written, "/r/accounts.toml", "accounts.toml"),
            (EventKind::Access(AccessKind::Close(AccessMode::Write)), "/r/posts/tea.md", "posts/tea.md"),
            (read, "/r/posts/tea.md", ""),
            (EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)), "/r/posts/tea.md", ""),
            (written, "/r/README.md", ""),
            (made, "/r/posts", "posts ground"),
            (EventKind::Remove(RemoveKind::Folder), "/r", "ground"),
            (EventKind::Remove(RemoveKind::Folder), "/r/.git", "ground"),
            (made, "/r/.git/refs/heads/main.lock", ""),
            (made, "/r/.git/refs/heads/main", "refs"),
            (made, "/r/.git/refs/remotes/origin/main", "refs"),
            (made, "/r/.git/refs/remotes", "refs ground"),
            (made, "/r/.git/HEAD", "refs"),
            (made, "/r/.git/index", ""),
            (made, "/r/.git/refs/pressroom/run/1/content", ""),
            (made, "/elsewhere", ""),
        ] {
            let mut heard = Heard::default();
            places.hear(&Event::new(kind).add_path(path.into()), &mut heard);
            let mut words: Vec<String> = heard.files.into_iter().collect();
            words.extend(heard.refs.then(|| "refs".to_owned()));
            words.extend(heard.ground.then(|| "ground".to_owned()));
            assert_eq!(words.join(" "), told, "{kind:?} {path}");
        }
    }
}

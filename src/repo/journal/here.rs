//! The state branch without a remote: a group of changes is committed on this disk, by a compare-and-swap of the local ref.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{At, Shared, Waiting, assemble, blocking, fail, pause, tell};
use crate::error::{Failure, Kind};
use crate::repo::branch::Branch;
use crate::repo::store::{InGit, Store};
use crate::repo::{Oid, sync, words};

/// Commits a group on this disk: a compare-and-swap of the local branch.
pub(super) async fn carry(shared: &Arc<Shared>, place: &Arc<InGit>, mut group: Vec<Waiting>) {
    let patience = Instant::now() + shared.patience;
    let mut tries = 0;
    loop {
        let (all, here) = (shared.clone(), place.clone());
        let answer = blocking(move || Ok(commit_here(&all, &here, group))).await;
        let (rest, swapped) = match answer {
            Ok(answer) => answer,
            Err(failure) => return tracing::error!(%failure, "a group of changes was lost"),
        };
        group = rest;
        match swapped {
            Ok(Some(commit)) => return tell(group, Some(commit)),
            Ok(None) => return,
            Err(failure) if failure.kind != Kind::Claimed || Instant::now() > patience => {
                let lock = place.repo.lock_of(&place.local_ref());
                return fail(group, &words::with_lock(Failure { kind: Kind::Later, ..failure }, &lock));
            }
            Err(_) => sleep(pause(tries)).await,
        }
        tries += 1;
    }
}

/// One try; `Kind::Claimed` says that another process was faster.
fn commit_here(
    shared: &Arc<Shared>,
    here: &InGit,
    group: Vec<Waiting>,
) -> (Vec<Waiting>, Result<Option<Oid>, Failure>) {
    let prepared = own_lock(here).and_then(|lock| {
        let tip = here.local()?;
        if let Some(seen) = here.seen()? {
            shared.keeps(tip, seen)?;
        }
        Ok((lock, tip))
    });
    let (_lock, tip) = match prepared {
        Ok(prepared) => prepared,
        Err(failure) => return (group, Err(failure)),
    };
    let (group, branch) = assemble(shared, group, At { tip, lease: tip });
    let Some(branch) = branch else { return (group, Ok(None)) };
    let swapped = branch.commit().and_then(|commit| {
        settle(here, &branch, commit)?;
        swap(here, tip, commit)?;
        shared.remember(commit);
        Ok(Some(commit))
    });
    (group, swapped)
}

/// Sees to it that a commit of ours survives a power cut: its new objects are flushed to the disk.
fn settle(here: &InGit, branch: &Branch, commit: Oid) -> Result<(), Failure> {
    let git = here.repo.git()?;
    let failed = |error: git2::Error| words::git("cannot read back what was written", &error);
    let tree = git.find_commit(commit).and_then(|commit| commit.tree()).map_err(failed)?;
    let mut fresh = vec![commit, tree.id()];
    for path in branch.fresh() {
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
        fresh.extend(ends.filter_map(|end| tree.get_path(Path::new(&path[..end])).ok()).map(|entry| entry.id()));
    }
    fresh.sort();
    fresh.dedup();
    for oid in fresh {
        let name = oid.to_string();
        let folder = here.repo.common_dir().join("objects").join(&name[..2]);
        sync(&folder.join(&name[2..]))
            .and_then(|()| sync(&folder))
            .map_err(|error| words::io("cannot flush", &folder, &error))?;
    }
    Ok(())
}

/// Keeps processes of ours from trampling on each other; the swap of the ref decides.
fn own_lock(here: &InGit) -> Result<File, Failure> {
    let path = here.repo.folder("")?.join("state.lock");
    let failed = |error: std::io::Error| words::io("cannot lock", &path, &error);
    let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
    for _ in 0..200 {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
            Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    Err(Failure::new(Kind::Claimed, format!("another pressroom holds {} for too long", path.display())))
}

fn swap(here: &InGit, old: Option<Oid>, new: Oid) -> Result<(), Failure> {
    let (git, name) = (here.repo.git()?, here.local_ref());
    let result = match old {
        Some(old) => git.reference_matching(&name, new, true, old, "pressroom"),
        None => git.reference(&name, new, false, "pressroom"),
    };
    match result {
        Ok(_) => {
            let file = here.repo.common_dir().join(&name);
            let folder = file.parent().unwrap_or(&file);
            sync(&file).and_then(|()| sync(folder)).map_err(|error| words::io("cannot flush", &file, &error))
        }
        Err(error) => {
            let failure = words::git(&format!("cannot move {name}"), &error);
            let lasting = ["no space", "read-only", "permission denied"];
            let said = error.message().to_ascii_lowercase();
            // Anything else is a lock somebody holds for a moment, or a tip that moved.
            let kind = if lasting.iter().any(|sign| said.contains(sign)) { failure.kind } else { Kind::Claimed };
            Err(Failure { kind, ..failure })
        }
    }
}

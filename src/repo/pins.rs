//! Refs of one run, `refs/pressroom/run/<run>/...`: where fetches land, and what keeps fetched commits from being collected.
//! Deleted at the end; what a killed run left is pruned after a day.

use chrono::{DateTime, TimeDelta};
use uuid::Uuid;

use super::Repo;
use crate::clock::Clock;

const FOLDER: &str = "refs/pressroom/run/";
const AGE_MAX: TimeDelta = TimeDelta::days(1);

/// The refs of one run. A run's name is a UUIDv7, so it tells its own age.
#[derive(Debug)]
pub(super) struct Pins {
    repo: Repo,
    folder: String,
}

impl Pins {
    pub(super) fn new(repo: &Repo) -> Self {
        Self { repo: repo.clone(), folder: format!("{FOLDER}{}/", Uuid::now_v7()) }
    }

    /// The full name of one of them.
    pub(super) fn name(&self, what: &str) -> String {
        format!("{}{what}", self.folder)
    }
}

impl Drop for Pins {
    fn drop(&mut self) {
        delete(&self.repo, |name| name.starts_with(&self.folder));
    }
}

/// Deletes what runs that died more than a day ago have left.
pub(super) fn prune(repo: &Repo) {
    let now = Clock::system().now();
    delete(repo, |name| {
        let run = name.strip_prefix(FOLDER).and_then(|rest| rest.split('/').next());
        let born = run.and_then(|run| Uuid::try_parse(run).ok()).and_then(|run| run.get_timestamp());
        born.is_some_and(|born| {
            let born = i64::try_from(born.to_unix().0).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
            born.is_some_and(|born| now - born > AGE_MAX)
        })
    });
}

/// A ref that cannot be deleted now is harmless, and pruned by a later run.
fn delete(repo: &Repo, which: impl Fn(&str) -> bool) {
    let Ok(git) = repo.git() else { return };
    let Ok(references) = git.references_glob(&format!("{FOLDER}*")) else { return };
    for mut reference in references.flatten() {
        if reference.name().is_ok_and(&which)
            && let Err(error) = reference.delete()
        {
            tracing::debug!(%error, "a ref of a run stays for now");
        }
    }
}

//! What a watch does, each from the beginning: a check of the files on disk, a look at where branches are, a round of
//! publishing. Remembers nothing.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{mpsc, watch};

use super::agenda::{Ended, Rest};
use super::check;
use crate::account::Accounts;
use crate::cmd::progress::Uploads;
use crate::cmd::publish::pass::{Asked, Done, Pass, Talk};
use crate::cmd::{Context, report};
use crate::error::{Failure, Kind, Problem};
use crate::plan::Plan;
use crate::plan::action::{Action, Row, Standing};
use crate::repo::{Oid, Repo};

/// What ended.
pub(super) enum Over {
    Check(Result<(Vec<String>, Vec<Problem>), Failure>),
    Look(Result<[Option<Oid>; 2], Failure>),
    Round(Result<Box<Finished>, Failure>),
}

/// A round that came to its end, and what follows from it.
pub(super) struct Finished {
    pub(super) done: Done,
    /// The state branch as it left it.
    pub(super) state: Option<Oid>,
    pub(super) ended: Ended,
}

/// Reads the files on a thread of its own: many posts take their time, and events go on.
pub(super) async fn check(root: PathBuf) -> Over {
    let read = move || {
        let repo = Repo::open(&root)?;
        // No files lie beside a bare repository.
        if repo.is_bare() { Ok((Vec::new(), Vec::new())) } else { check::read(&repo) }
    };
    let ended = tokio::task::spawn_blocking(read).await;
    Over::Check(ended.unwrap_or_else(|_| Err(Failure::new(Kind::Bug, "the check broke off"))))
}

/// Asks where the branches of content and state are now.
pub(super) async fn look(root: PathBuf, accounts: Accounts) -> Over {
    let look = async {
        let (repo, publish) = (Repo::open(&root)?, &accounts.publish);
        repo.tips([&publish.branch, &publish.state_branch], repo.remote()?.as_ref()).await
    };
    Over::Look(look.await)
}

/// What all rounds share.
#[derive(Clone)]
pub(super) struct Rounds<'a> {
    pub(super) context: &'a Context,
    pub(super) uploads: &'a Uploads<'a>,
    pub(super) late_max: usize,
    pub(super) stop: watch::Receiver<bool>,
    /// Told before anything is done: when the plan may be another next.
    pub(super) plans: mpsc::UnboundedSender<Option<DateTime<Utc>>>,
}

impl Rounds<'_> {
    /// One round, with all that comes after it; `at`: for an instant that is near.
    pub(super) async fn go(self, accounts: Accounts, at: Option<DateTime<Utc>>) -> Over {
        Over::Round(self.round(accounts, at).await.map(Box::new))
    }

    async fn round(&self, accounts: Accounts, at: Option<DateTime<Utc>>) -> Result<Finished, Failure> {
        let Self { context, uploads, late_max, ref stop, ref plans } = *self;
        let (accounts, stop) = (Some(accounts), Some(stop.clone()));
        let mut pass = Pass::begin(Asked { context, only: &[], late_max, removals_max: 0, accounts, at, stop })?;
        // How targets end is told as events; on the way, only who asks for more is told.
        let tell = |words: &str| {
            if context.global.verbose > 0 {
                uploads.say(&report::printable(words));
            }
        };
        let next = |change| {
            // Nobody listens any more where the watch is ending.
            let _ = plans.send(change);
        };
        let outcome = pass.publish(Talk { tell: &tell, sent: &|sent| uploads.sent(sent), next: Some(&next) }).await;
        // That it was asked to stop is no news for people who are not there.
        if outcome.is_ok() || !*self.stop.borrow() {
            pass.tell(&outcome).await;
        }
        let done = outcome?;
        let (left, change) = pass.outlook(&done)?;
        let opening = TimeDelta::from_std(done.opening).unwrap_or_default();
        let ended = Ended::Well { change, rest: rest(&left, &done.rows), opening };
        Ok(Finished { state: pass.state(), done, ended })
    }
}

/// What a round left of what is due, by the plan that was made after it.
fn rest(left: &Plan, rows: &[Row]) -> Rest {
    // A person alone may allow removals.
    let actions = left.actions().filter(|row| row.action != Some(Action::Remove));
    let rest = |row: &Row| {
        let before = rows.iter().find(|before| before.post == row.post && before.account == row.account);
        match before {
            Some(before) if before.acted => Rest::Later,
            Some(before) => match before.attention {
                Some(Kind::Later | Kind::Claimed) => Rest::Later,
                None if before.state == Standing::Scheduled => Rest::Now,
                _ => Rest::Nothing,
            },
            None => Rest::Later,
        }
    };
    actions.map(rest).max().unwrap_or(Rest::Nothing)
}

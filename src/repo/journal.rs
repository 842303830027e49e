//! The state branch as a store: changes of many tasks go into one commit and one push, and each is told when the remote has
//! it. Knows files, lines and bytes; what the lines say is not its business.
//!
//! A change that somebody waits for goes out as soon as the push before it is over. Changes that nobody waits for gather: a
//! run's last words on what it has published, which its spool has by then. The pause before their push begins with a
//! quarter of a second and doubles with each to ten seconds ([`gather`]), so that pushes grow with the logarithm of the time,
//! and never with the number of changes; it is cut short as soon as somebody waits for any change, as all do at the end of a
//! run, and nothing gathers any more once somebody has asked to stop ([`Journal::hurry`]).
//!
//! A run that is killed in the pause leaves its words in the spool, and the next run of that clone brings them. Where the
//! clone is gone as well, as when a job of a CI service is killed, whoever comes next finds claims without a word, waits for
//! their leases and looks: nothing is lost, but where a platform cannot be asked a person must look. So the pause stays as
//! short as the time that hosting services make pushes wait for anyway ([`budget`]).

use std::collections::HashSet;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, sleep};

use super::branch::{Branch, Edit};
use super::remote::{self, PushOutcome, Remote};
use super::store::{InGit, OnRemote, Store, Upstream, seen_ref};
use super::{Oid, Repo, check_branch_name, pins, words};
use crate::chance;
use crate::error::{Failure, Kind};

mod budget;
mod gather;
mod here;

use budget::Budget;
use gather::Pause;

/// How long a change is tried again after others were faster.
const PATIENCE: Duration = Duration::from_secs(60);
/// The folder whose files only ever get more lines.
const GROWS: &str = "ledger/";
/// Unclear answers in a row before giving up.
const UNKNOWN_MAX: u32 = 3;

/// A change: told the branch as it will stand, it says what to edit. Asked again whenever somebody else was first, as what
/// is true on the new tip may be something else.
pub type Change = Box<dyn FnMut(&Branch) -> Result<Vec<Edit>, Setback> + Send>;

/// Why a change did not happen.
#[derive(Debug)]
pub enum Setback {
    /// The change itself says that it no longer holds on the branch as it stands now; its words.
    Conflict(String),
    /// Something failed. After [`Kind::Later`] it is not always known whether the change arrived: read before acting.
    Failed(Failure),
}

impl From<Failure> for Setback {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// A change that is durable: the remote has it (without a remote: this disk).
#[derive(Clone, Debug)]
pub struct Committed {
    /// The commit that has it; where nothing was to be changed, one that has had it before (`None`: nothing in nothing).
    pub commit: Option<Oid>,
}

/// The state branch, open for reading and writing. Cheap to clone; all clones share one committer.
#[derive(Clone, Debug)]
pub struct Journal {
    shared: Arc<Shared>,
    queue: mpsc::UnboundedSender<Waiting>,
}

#[derive(Debug)]
struct Shared {
    store: Arc<dyn Store>,
    place: Place,
    branch: String,
    at: Mutex<At>,
    patience: Duration,
    /// Somebody began to wait for a change, or for all of them.
    wanted: Notify,
    /// Nothing gathers any more.
    hurried: AtomicBool,
}

/// Where the branch is that counts.
#[derive(Debug)]
enum Place {
    /// In this clone alone.
    Here(Arc<InGit>),
    /// Where others find it too.
    There(Arc<dyn Upstream>),
}

/// Where we believe the branch to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    /// What to build on.
    tip: Option<Oid>,
    /// What the remote has. Differs from `tip` only before the first push of a ledger that was local until now.
    lease: Option<Oid>,
}

struct Waiting {
    change: Change,
    done: oneshot::Sender<Result<Committed, Setback>>,
}

impl Journal {
    /// Opens the state branch as it is on the remote now; without a remote, the local branch. Nothing is written there
    /// until the first commit. Call it inside a tokio runtime, which also carries the committer.
    pub async fn open(repo: &Repo, remote: Option<Remote>, branch: &str) -> Result<Self, Failure> {
        Self::open_patient(repo, remote, branch, PATIENCE).await
    }

    pub(super) async fn open_patient(
        repo: &Repo,
        remote: Option<Remote>,
        branch: &str,
        patience: Duration,
    ) -> Result<Self, Failure> {
        check_branch_name(branch)?;
        let pruned = repo.clone();
        blocking(move || {
            pins::prune(&pruned);
            Ok(())
        })
        .await?;
        let in_git = || InGit { repo: repo.clone(), branch: branch.to_owned() };
        let place = match remote {
            Some(remote) => Place::There(Arc::new(OnRemote { remote, branch: branch.to_owned() })),
            None => Place::Here(Arc::new(in_git())),
        };
        Self::begin(Arc::new(in_git()), place, branch, patience).await
    }

    /// The state branch in a store and a place that need not be git.
    ///
    /// # Errors
    /// When it cannot be fetched or read.
    pub async fn over(store: Arc<dyn Store>, upstream: Arc<dyn Upstream>, branch: &str) -> Result<Self, Failure> {
        Self::begin(store, Place::There(upstream), branch, PATIENCE).await
    }

    async fn begin(store: Arc<dyn Store>, place: Place, branch: &str, patience: Duration) -> Result<Self, Failure> {
        let (branch, at) = (branch.to_owned(), Mutex::new(At { tip: None, lease: None }));
        let (wanted, hurried) = (Notify::new(), AtomicBool::new(false));
        let shared = Arc::new(Shared { store, place, branch, at, patience, wanted, hurried });
        shared.refresh().await?;
        let (queue, waiting) = mpsc::unbounded_channel();
        tokio::spawn(serve(shared.clone(), waiting));
        Ok(Self { shared, queue })
    }

    /// The branch as last seen, without the network: for reading only. Without a trace of it, an empty one.
    pub fn offline(repo: &Repo, branch: &str) -> Result<Branch, Failure> {
        check_branch_name(branch)?;
        let store = InGit { repo: repo.clone(), branch: branch.to_owned() };
        let tip = match (store.seen()?, repo.local_tip(branch)?) {
            (Some(seen), Some(fetched)) if repo.contains(fetched, seen)? == Some(false) => Some(seen),
            (seen, fetched) => fetched.or(seen),
        };
        let store: Arc<dyn Store> = Arc::new(store);
        Branch::at(&store, tip)
    }

    /// The newest tip we know of; `None` where the branch has not begun yet.
    pub fn tip(&self) -> Option<Oid> {
        self.shared.at().tip
    }

    /// The branch at that tip.
    pub fn branch(&self) -> Result<Branch, Failure> {
        Branch::at(&self.shared.store, self.tip())
    }

    /// Asks the remote again.
    pub async fn refresh(&self) -> Result<Branch, Failure> {
        self.shared.refresh().await?;
        self.branch()
    }

    /// Hands in a change; resolves when it is durable. Changes handed in meanwhile share its commit and its push, in the
    /// order they came, each seeing the edits of those before it. Dropping the future before the change is built
    /// withdraws it; later it may still arrive.
    ///
    /// It is on its way from now on; until the future is polled, nobody counts as waiting for it.
    pub fn commit(&self, change: Change) -> impl Future<Output = Result<Committed, Setback>> + Send + use<> {
        let (done, mut answer) = oneshot::channel();
        let handed = self.queue.send(Waiting { change, done });
        let shared = self.shared.clone();
        async move {
            let lost = || Setback::Failed(Failure::new(Kind::Bug, "the committer of the state branch has ended"));
            handed.map_err(|_| lost())?;
            if let Ok(answer) = answer.try_recv() {
                return answer;
            }
            shared.wanted.notify_one();
            answer.await.unwrap_or_else(|_| Err(lost()))
        }
    }

    /// From now on every change goes out as soon as it can, whether anybody waits for it or not: little time may be left.
    pub fn hurry(&self) {
        self.shared.hurried.store(true, Ordering::Relaxed);
        self.shared.wanted.notify_one();
    }
}

impl Shared {
    fn at(&self) -> At {
        *self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks where the branch is now, and moves there.
    async fn refresh(self: &Arc<Self>) -> Result<At, Failure> {
        let (seen, local) = (self.store.seen()?, self.store.local()?);
        let lease = match &self.place {
            Place::There(upstream) => upstream.fetch(seen.or(local).or(self.at().tip).is_some()).await?,
            Place::Here(_) => local,
        };
        // A ledger that was local until a remote was added goes along with the first push.
        let at = At { tip: lease.or(local), lease };
        let shared = self.clone();
        self.at_work(move || {
            for known in [seen, local].into_iter().flatten() {
                shared.keeps(at.tip, known)?;
            }
            Branch::at(&shared.store, at.tip)?;
            // A push of ours may have been quicker than the answer just read: never go back.
            let now = shared.at();
            match (now.tip, at.tip) {
                (Some(newer), Some(older)) if newer != older && shared.store.contains(newer, older)? == Some(true) => {
                    Ok(now)
                }
                _ => shared.moved(at).map(|()| at),
            }
        })
        .await
    }

    /// A state branch only grows. One that lost commits would let posts go out twice: a person must look.
    fn keeps(&self, tip: Option<Oid>, known: Oid) -> Result<(), Failure> {
        // That a shallow clone ends too early to tell is no proof that something was lost.
        if let Some(tip) = tip
            && self.store.contains(tip, known)? != Some(false)
        {
            return if tip == known { Ok(()) } else { self.keeps_lines(tip, known) };
        }
        let branch = &self.branch;
        let (place, put_back) = match &self.place {
            Place::There(upstream) => {
                let name = upstream.name();
                (format!("on remote `{name}`"), format!("git push {name} {known}:refs/heads/{branch}"))
            }
            Place::Here(_) => ("here".to_owned(), format!("git update-ref refs/heads/{branch} {known}")),
        };
        Err(Failure::new(
            Kind::Person,
            format!("branch `{branch}` {place} no longer has commit {known}, which it had before: some of the ledger is lost"),
        )
        .hint(format!("put it back, by hand if both sides have news: `{put_back}`"))
        .hint(self.on_purpose()))
    }

    /// A ledger file only grows, too: a commit that takes lines away or changes them is nothing a run has made.
    fn keeps_lines(&self, tip: Oid, known: Oid) -> Result<(), Failure> {
        let mut lost = Vec::new();
        for path in self.store.changed(known, tip, GROWS)? {
            let read = |commit| self.store.file(commit, &path).map(Option::unwrap_or_default);
            let (before, now) = (read(known)?, read(tip)?);
            let now: HashSet<&[u8]> = now.split(|byte| *byte == b'\n').collect();
            // A merge by hand may have put others between them.
            if let Some(line) = before.split(|byte| *byte == b'\n').position(|line| !now.contains(line)) {
                lost.push(format!("{path}, line {}", line + 1));
            }
        }
        let Some(first) = lost.first() else { return Ok(()) };
        let place = match &self.place {
            Place::There(upstream) => format!("on remote `{}`", upstream.name()),
            Place::Here(_) => "here".to_owned(),
        };
        let more = if lost.len() > 1 { format!(" (and {} more files)", lost.len() - 1) } else { String::new() };
        let branch = &self.branch;
        Err(Failure::new(
            Kind::Person,
            format!(
                "the ledger on branch `{branch}` {place} was changed by hand: {first}{more} is no longer what it was"
            ),
        )
        .hint(format!("see what was changed: `git diff {known} {tip} -- {GROWS}`; put it back on the branch"))
        .hint(self.on_purpose()))
    }

    /// How a person says that this clone shall forget what it remembers.
    fn on_purpose(&self) -> String {
        let (branch, seen) = (&self.branch, seen_ref(&self.branch));
        format!(
            "if it was rewritten on purpose: `git update-ref -d {seen}`, and delete the local branch `{branch}` if there is one"
        )
    }

    /// A commit of ours is durable, which is what was asked for: that our note of it cannot be written is no failure.
    fn remember(&self, commit: Oid) {
        let at = At { tip: Some(commit), lease: Some(commit) };
        if let Err(failure) = self.moved(at) {
            tracing::warn!(%failure, "the newest state is not remembered here");
            *self.at.lock().unwrap_or_else(PoisonError::into_inner) = at;
        }
    }

    fn moved(&self, at: At) -> Result<(), Failure> {
        if let Some(tip) = at.tip {
            self.store.remember(tip)?;
        }
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = at;
        Ok(())
    }

    /// Waits until the changes that were handed in are to go out: at once where somebody waits for one of them.
    async fn gather(&self, pause: &mut Pause) {
        if self.hurried.load(Ordering::Relaxed) {
            return;
        }
        tokio::select! {
            biased;
            () = self.wanted.notified() => {}
            () = sleep(pause.length()) => pause.lengthen(),
        }
    }

    /// Does work that may keep a thread waiting: not on the one that serves tasks.
    async fn at_work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        if self.store.is_slow() { blocking(work).await } else { work() }
    }
}

/// The committer: one group of changes after another, until nobody can hand in any more.
async fn serve(shared: Arc<Shared>, mut queue: mpsc::UnboundedReceiver<Waiting>) {
    let (mut budget, mut pause) = (Budget::new(Instant::now()), Pause::default());
    while let Some(first) = queue.recv().await {
        let mut group = vec![first];
        // Tasks that are ready to hand in get the chance to share this commit.
        tokio::task::yield_now().await;
        shared.gather(&mut pause).await;
        if matches!(&shared.place, Place::There(upstream) if !upstream.is_local()) {
            sleep(budget.wait(Instant::now())).await;
        }
        while let Ok(more) = queue.try_recv() {
            group.push(more);
        }
        match &shared.place {
            Place::There(upstream) => carry(&shared, &**upstream, group, &mut budget).await,
            Place::Here(here) => here::carry(&shared, here, group).await,
        }
    }
}

/// Brings a group to the remote.
async fn carry(shared: &Arc<Shared>, remote: &dyn Upstream, mut group: Vec<Waiting>, budget: &mut Budget) {
    let patience = Instant::now() + shared.patience;
    let (mut tries, mut unknown) = (0, 0);
    loop {
        let at = shared.at();
        let (rest, commit) = build(shared.clone(), group, at).await;
        group = rest;
        let Some(commit) = commit else { return };
        // The same commit is pushed until the remote has it or has something else.
        loop {
            let (outcome, said) = match remote.push(at.lease, commit).await {
                Ok(told) => told,
                Err(failure) => return fail(group, &failure),
            };
            budget.spend(Instant::now());
            match &outcome {
                PushOutcome::Won => return won(shared, group, commit).await,
                PushOutcome::Refused(words) => return fail(group, &refused(remote, &shared.branch, words)),
                PushOutcome::Lost => {}
                PushOutcome::Unknown(_) => unknown += 1,
            }
            let over = Instant::now() > patience;
            let thrift = if remote.is_local() { Duration::ZERO } else { budget.wait(Instant::now()) };
            sleep(pause(tries).max(thrift)).await;
            tries += 1;
            let now = match shared.refresh().await {
                Ok(now) => now,
                Err(failure) if failure.kind == Kind::Later && !over && unknown < UNKNOWN_MAX => continue,
                Err(failure) => return fail(group, &unsure(failure, unknown, &said)),
            };
            match now.lease.map(|tip| shared.store.contains(tip, commit)) {
                Some(Ok(Some(true))) => return tell(group, Some(commit)),
                Some(Err(failure)) => return fail(group, &failure),
                _ => {}
            }
            if let PushOutcome::Unknown(words) = &outcome
                && (unknown >= UNKNOWN_MAX || remote::no_permission(words))
            {
                return fail(group, &unclear(remote, words));
            }
            if over {
                return fail(group, &busy(shared, &said));
            }
            if now != at {
                break;
            }
        }
    }
}

/// Asks every change of the group and makes the commit. Who has a conflict or nothing to change is told and leaves.
async fn build(shared: Arc<Shared>, group: Vec<Waiting>, at: At) -> (Vec<Waiting>, Option<Oid>) {
    let here = shared.clone();
    let built = here.at_work(move || {
        let (group, branch) = assemble(&shared, group, at);
        let commit = branch.map(|branch| branch.commit());
        Ok((group, commit))
    });
    match built.await {
        Ok((group, Some(Ok(commit)))) => (group, Some(commit)),
        Ok((group, Some(Err(failure)))) => {
            fail(group, &failure);
            (Vec::new(), None)
        }
        Ok((_, None)) => (Vec::new(), None),
        Err(failure) => {
            tracing::error!(%failure, "a group of changes was lost");
            (Vec::new(), None)
        }
    }
}

/// The branch with the edits of all who still want them; `None` if that is nobody.
fn assemble(shared: &Arc<Shared>, group: Vec<Waiting>, at: At) -> (Vec<Waiting>, Option<Branch>) {
    let mut branch = match Branch::at(&shared.store, at.tip) {
        Ok(branch) => branch,
        Err(failure) => {
            fail(group, &failure);
            return (Vec::new(), None);
        }
    };
    let (mut staying, mut idle) = (Vec::new(), Vec::new());
    for mut waiting in group {
        if waiting.done.is_closed() {
            continue;
        }
        match (waiting.change)(&branch) {
            Ok(edits) if edits.is_empty() => idle.push(waiting),
            Ok(edits) => match branch.lay(edits) {
                Ok(()) => staying.push(waiting),
                Err(failure) => fail(vec![waiting], &failure),
            },
            Err(setback) => drop(waiting.done.send(Err(setback))),
        }
    }
    if branch.is_unchanged() {
        tell(idle, at.lease);
        return (Vec::new(), None);
    }
    // Nothing to change, because of what others in this group change: true once theirs is durable.
    staying.extend(idle);
    (staying, Some(branch))
}

async fn won(shared: &Arc<Shared>, group: Vec<Waiting>, commit: Oid) {
    let here = shared.clone();
    let remember = move || {
        here.remember(commit);
        Ok(())
    };
    if let Err(failure) = shared.at_work(remember).await {
        return fail(group, &failure);
    }
    tell(group, Some(commit));
}

fn tell(group: Vec<Waiting>, commit: Option<Oid>) {
    for waiting in group {
        let _ = waiting.done.send(Ok(Committed { commit }));
    }
}

fn fail(group: Vec<Waiting>, failure: &Failure) {
    for waiting in group {
        let _ = waiting.done.send(Err(Setback::Failed(failure.clone())));
    }
}

fn refused(remote: &dyn Upstream, branch: &str, words: &str) -> Failure {
    let message = format!("remote `{}` ({}) refuses the push to `{branch}`", remote.name(), remote.address());
    Failure::new(Kind::Person, message).cause(words).hint(remote::advice(words))
}

fn unclear(remote: &dyn Upstream, words: &str) -> Failure {
    let kind = if remote::no_permission(words) { Kind::Person } else { Kind::Later };
    let message = format!("remote `{}` ({}) does not take the push", remote.name(), remote.address());
    Failure::new(kind, message).cause(words).hint(remote::advice(words))
}

/// The push got no clear answer, and neither did the look-up.
fn unsure(failure: Failure, unknown: u32, said: &str) -> Failure {
    if unknown == 0 {
        return failure;
    }
    let failure = if said.is_empty() { failure } else { failure.cause(said) };
    failure
        .hint("it is not known whether the last change arrived; the next run reads the branch before it does anything")
}

fn busy(shared: &Shared, said: &str) -> Failure {
    let seconds = shared.patience.as_secs();
    let message = format!("branch `{}` kept being changed or locked by others for {seconds} s", shared.branch);
    let failure = Failure::new(Kind::Later, message).hint("run it again; nothing is lost");
    let failure = match words::lock_named(said) {
        Some(lock) => words::with_lock(failure, &lock),
        None => failure,
    };
    if said.is_empty() { failure } else { failure.cause(said) }
}

/// From 0.1 s doubling to 3 s, and of that half to all, so that two that collided do not collide again.
fn pause(tries: u32) -> Duration {
    let longest = Duration::from_millis(100 << tries.min(5)).min(Duration::from_secs(3));
    longest.mul_f64(0.5 + chance::share() / 2.0)
}

/// git2 and the disk block: not on the threads that serve tasks.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Failure::new(Kind::Bug, "work on the repository broke off").cause(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_within_bounds() {
        for tries in 0..40 {
            let pause = pause(tries);
            assert!(pause >= Duration::from_millis(50) && pause <= Duration::from_secs(3), "{tries}: {pause:?}");
        }
        assert!(pause(10) >= Duration::from_millis(1500));
    }
}

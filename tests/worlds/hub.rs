//! The remote that all machines share, and each machine's clone, as far as the state branch goes: commits with files, one
//! branch that moves by compare-and-swap, and pushes whose answer may be lost, or that arrive late.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use pressroom::error::{Failure, Kind};
use pressroom::repo::Oid;
use pressroom::repo::remote::PushOutcome;
use pressroom::repo::store::{Files, Store, Upstream};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, sleep};

use crate::dice::Dice;
use crate::machine::Process;
use crate::world::{Bug, Chaos};

/// The remote. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hub(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    tip: Option<Oid>,
    /// Of all clones: nobody looks at what he does not know the name of.
    commits: HashMap<Oid, Arc<Commit>>,
    down_until: Option<Instant>,
}

#[derive(Debug, Default)]
struct Commit {
    parent: Option<Oid>,
    files: BTreeMap<String, Arc<[u8]>>,
}

impl Hub {
    /// Nobody reaches it for so long.
    pub(crate) fn go_down(&self, long: Duration) {
        self.0.lock().unwrap().down_until = Some(Instant::now() + long);
    }

    /// The lines of all files below a folder, at the tip.
    pub(crate) fn lines(&self, folder: &str) -> Vec<String> {
        let tip = self.0.lock().unwrap().tip;
        let tip = tip.map(|tip| self.commit(tip).unwrap());
        let files = tip.iter().flat_map(|commit| &commit.files).filter(|(path, _)| path.starts_with(folder));
        files
            .flat_map(|(_, bytes)| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    fn is_down(&self) -> bool {
        self.0.lock().unwrap().down_until.is_some_and(|until| Instant::now() < until)
    }

    fn swap(&self, lease: Option<Oid>, new: Oid) -> bool {
        let mut state = self.0.lock().unwrap();
        let is_won = state.tip == lease;
        if is_won {
            state.tip = Some(new);
        }
        is_won
    }

    fn commit(&self, oid: Oid) -> Result<Arc<Commit>, Failure> {
        let known = self.0.lock().unwrap().commits.get(&oid).cloned();
        known.ok_or_else(|| Failure::new(Kind::Bug, format!("there is no commit {oid}")))
    }
}

/// A process's view of its clone.
#[derive(Debug)]
pub(crate) struct Clone {
    pub(crate) hub: Hub,
    pub(crate) process: Arc<Process>,
}

impl Store for Clone {
    fn file(&self, commit: Oid, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.process.shake();
        Ok(self.hub.commit(commit)?.files.get(path).map(|bytes| bytes.to_vec()))
    }

    fn paths(&self, commit: Oid, folder: &str) -> Result<Vec<String>, Failure> {
        Ok(self.files(commit, folder)?.into_iter().map(|(path, _)| path).collect())
    }

    fn files(&self, commit: Oid, folder: &str) -> Result<Vec<(String, Vec<u8>)>, Failure> {
        let commit = self.hub.commit(commit)?;
        let folder = folder.trim_end_matches('/');
        let below = commit.files.iter().filter(|(path, _)| {
            folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        });
        Ok(below.map(|(path, bytes)| (path.clone(), bytes.to_vec())).collect())
    }

    fn id(&self, _: Oid, _: &str) -> Result<Option<Oid>, Failure> {
        Ok(None)
    }

    fn changed(&self, from: Oid, to: Oid, folder: &str) -> Result<Vec<String>, Failure> {
        let now = self.hub.commit(to)?;
        let before = self.files(from, folder)?.into_iter();
        let changed = before.filter(|(path, bytes)| now.files.get(path).is_none_or(|new| **new != **bytes));
        Ok(changed.map(|(path, _)| path).collect())
    }

    fn commit(&self, parent: Option<Oid>, files: &Files, message: &str) -> Result<Oid, Failure> {
        let mut whole = parent.map_or(Ok(BTreeMap::new()), |parent| Ok(self.hub.commit(parent)?.files.clone()))?;
        let mut digest = Sha256::new();
        digest.update(format!("{parent:?} {message}"));
        for (path, bytes) in files {
            digest.update(path);
            digest.update(bytes.as_deref().unwrap_or(b"it is gone"));
            match bytes {
                Some(bytes) => drop(whole.insert(path.clone(), bytes.clone().into())),
                None => drop(whole.remove(path)),
            }
        }
        let oid = Oid::from_bytes(&digest.finalize()[..20]).unwrap();
        self.process.write(|_| ())?;
        self.hub.0.lock().unwrap().commits.insert(oid, Arc::new(Commit { parent, files: whole }));
        Ok(oid)
    }

    fn contains(&self, tip: Oid, commit: Oid) -> Result<Option<bool>, Failure> {
        let mut at = Some(tip);
        while let Some(oid) = at {
            if oid == commit {
                return Ok(Some(true));
            }
            at = self.hub.commit(oid)?.parent;
        }
        Ok(Some(false))
    }

    fn seen(&self) -> Result<Option<Oid>, Failure> {
        Ok(self.process.machine.disk.lock().unwrap().seen)
    }

    fn local(&self) -> Result<Option<Oid>, Failure> {
        Ok(None)
    }

    fn remember(&self, tip: Oid) -> Result<(), Failure> {
        self.process.write(|disk| disk.seen = Some(tip))
    }

    fn is_slow(&self) -> bool {
        false
    }
}

/// The way from a process to the remote.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) hub: Hub,
    pub(crate) process: Arc<Process>,
    pub(crate) chaos: Chaos,
}

impl Line {
    async fn fetch_now(&self) -> Result<Option<Oid>, Failure> {
        self.process.pass().await;
        sleep(self.chaos.latency(&self.process.dice)).await;
        if self.hub.is_down() || self.process.dice.one_in(self.chaos.remote) {
            return Err(Failure::new(Kind::Later, "cannot read from remote `origin` (the hub)"));
        }
        let tip = self.hub.0.lock().unwrap().tip;
        self.process.outlive().await;
        Ok(tip)
    }

    async fn push_now(&self, lease: Option<Oid>, new: Oid) -> Result<(PushOutcome, String), Failure> {
        self.process.pass().await;
        // What was sent goes its way, whatever becomes of the sender.
        let (hub, dice, chaos) = (self.hub.clone(), self.process.dice.split(), self.chaos);
        let answer = tokio::spawn(async move { hub.receive(lease, new, &dice, chaos).await }).await;
        self.process.outlive().await;
        Ok((answer.unwrap(), String::new()))
    }
}

impl Hub {
    async fn receive(&self, lease: Option<Oid>, new: Oid, dice: &Dice, chaos: Chaos) -> PushOutcome {
        sleep(chaos.latency(dice)).await;
        let unknown = || PushOutcome::Unknown("it hung up".into());
        if self.is_down() {
            return unknown();
        }
        if dice.one_in(chaos.remote) {
            let until_it_hangs_up = dice.duration(Duration::ZERO..=Duration::from_secs(60));
            match dice.number(0..=2) {
                // It never arrives.
                0 => {}
                // It arrives, and the answer is lost.
                1 => drop(self.swap(lease, new)),
                // It arrives when nobody waits for it any more.
                _ => {
                    let (hub, late) = (self.clone(), dice.duration(Duration::ZERO..=Duration::from_secs(40)));
                    tokio::spawn(async move {
                        sleep(until_it_hangs_up + late).await;
                        hub.swap(lease, new);
                    });
                }
            }
            sleep(until_it_hangs_up).await;
            return unknown();
        }
        if chaos.bug == Some(Bug::ClaimAfterTheCall) {
            let hub = self.clone();
            tokio::spawn(async move {
                sleep(Duration::from_secs(30)).await;
                hub.swap(lease, new);
            });
            return PushOutcome::Won;
        }
        let is_won = self.swap(lease, new) || chaos.bug == Some(Bug::LostPushesCount);
        sleep(chaos.latency(dice)).await;
        if is_won { PushOutcome::Won } else { PushOutcome::Lost }
    }
}

impl Upstream for Line {
    fn name(&self) -> &str {
        "origin"
    }

    fn address(&self) -> String {
        "the hub".to_owned()
    }

    fn is_local(&self) -> bool {
        !self.chaos.thrift
    }

    fn fetch(&self, _: bool) -> BoxFuture<'_, Result<Option<Oid>, Failure>> {
        Box::pin(self.fetch_now())
    }

    fn push(&self, lease: Option<Oid>, new: Oid) -> BoxFuture<'_, Result<(PushOutcome, String), Failure>> {
        Box::pin(self.push_now(lease, new))
    }
}

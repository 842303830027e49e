//! Machines and the processes on them. A process may be killed at each of its effects and at each of its awaits; what it
//! had written to the disk by then stays, and nothing that it still does has an effect.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::BoxFuture;
use pressroom::chance;
use pressroom::clock::{Clock, Time as _};
use pressroom::error::{Failure, Kind};
use pressroom::repo::Oid;
use pressroom::repo::shelf::{Draft, Form, Shelf};
use pressroom::repo::spool::{OtherRun, Spool, Spools};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::clock::Watch;
use crate::dice::Dice;

/// A computer with a clone of the repository. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) name: &'static str,
    pub(crate) watch: &'static Watch,
    pub(crate) disk: Arc<Mutex<Disk>>,
}

/// What survives a process.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    /// The newest tip of the state branch that was seen.
    pub(crate) seen: Option<Oid>,
    spools: BTreeMap<String, File>,
    /// New tokens that the state branch may not have, and their drafts.
    drafts: BTreeMap<String, Vec<u8>>,
    tokens: BTreeMap<String, Vec<u8>>,
    /// No more can be written.
    pub(crate) full: bool,
}

#[derive(Debug)]
struct File {
    lines: Vec<String>,
    holder: Arc<Process>,
    written: Instant,
}

impl Machine {
    pub(crate) fn new(name: &'static str, watch: Watch) -> Self {
        Self { name, watch: Box::leak(Box::new(watch)), disk: Arc::default() }
    }

    pub(crate) fn clock(&self) -> Clock {
        Clock::of(self.watch)
    }
}

/// How a process may end before its time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fate {
    /// Killed at this effect, counted from one.
    pub(crate) effects: Option<u64>,
    /// Killed when it is woken so often.
    pub(crate) wakes: Option<u64>,
    /// The machine sleeps before this effect, so long.
    pub(crate) nap: Option<(u64, Duration)>,
    /// Its dice show nothing but the time: whoever throws at the same moment gets the same.
    pub(crate) stuck: bool,
}

/// One process on a machine.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) machine: Machine,
    pub(crate) dice: Dice,
    fate: Fate,
    effects: AtomicU64,
    /// It has asked for a new token, which is not on the state branch yet.
    refreshing: AtomicBool,
    /// It slept meanwhile.
    dozed: AtomicBool,
    dead: AtomicBool,
    death: Notify,
}

/// What an effect finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    Open,
    /// It is the last one: it has its effect, and nobody hears of it.
    Last,
    /// The process is dead.
    Shut,
}

impl Process {
    pub(crate) fn start(machine: &Machine, dice: Dice, fate: Fate) -> Arc<Self> {
        let (effects, refreshing, dozed, dead) = (0.into(), false.into(), false.into(), false.into());
        let (machine, death) = (machine.clone(), Notify::new());
        Arc::new(Self { machine, dice, fate, effects, refreshing, dozed, dead, death })
    }

    /// Asks for one effect.
    pub(crate) fn gate(&self) -> Gate {
        if self.dead.load(SeqCst) {
            return Gate::Shut;
        }
        self.shake();
        let count = self.effects.fetch_add(1, SeqCst) + 1;
        if self.fate.effects != Some(count) {
            return Gate::Open;
        }
        self.die();
        if self.dice.one_in(2) { Gate::Last } else { Gate::Shut }
    }

    /// The same where one may wait: a dead process waits for ever.
    pub(crate) async fn pass(&self) {
        if let Some((at, long)) = self.fate.nap
            && self.effects.load(SeqCst) + 1 == at
        {
            tokio::time::sleep(long).await;
            self.machine.watch.slept(long);
            self.dozed.fetch_or(self.refreshing.load(SeqCst), SeqCst);
        }
        if self.gate() == Gate::Shut {
            std::future::pending::<()>().await;
        }
    }

    /// After an effect: whoever died of it does not hear what came of it.
    pub(crate) async fn outlive(&self) {
        if self.dead.load(SeqCst) {
            std::future::pending::<()>().await;
        }
        self.shake();
    }

    /// It asks for a new token: the old one may be spent from now on.
    pub(crate) fn refreshes(&self) {
        self.refreshing.store(true, SeqCst);
    }

    /// Whether a new token may have been lost with it, or lies on its disk alone, or came too late.
    pub(crate) fn may_have_lost_a_token(&self) -> bool {
        let is_kept_here = !self.machine.disk.lock().unwrap().tokens.is_empty();
        self.refreshing.load(SeqCst) || self.dozed.load(SeqCst) || is_kept_here
    }

    /// Throws the dice anew, where they are stuck.
    pub(crate) fn shake(&self) {
        if self.fate.stuck {
            chance::load(self.machine.watch.now().timestamp_millis() as u64);
        }
    }

    fn die(&self) {
        self.dead.store(true, SeqCst);
        self.death.notify_one();
    }

    /// Runs it to its end, or its death (`None`).
    pub(crate) async fn live<T>(&self, life: impl Future<Output = T>) -> Option<T> {
        let mut wakes = 0;
        let mut life: Option<Pin<Box<dyn Future<Output = T>>>> = Some(Box::pin(life));
        let counted = std::future::poll_fn(|context| {
            wakes += 1;
            if self.fate.wakes == Some(wakes) {
                self.die();
                life = None;
            }
            match &mut life {
                Some(life) => life.as_mut().poll(context),
                None => Poll::Pending,
            }
        });
        let ended = tokio::select! {
            biased;
            () = self.death.notified() => None,
            ended = counted => Some(ended),
        };
        // A process that has ended holds nothing any more, either.
        self.dead.store(true, SeqCst);
        ended
    }
}

fn dead() -> Failure {
    Failure::new(Kind::Later, "the process is dead")
}

fn full() -> Failure {
    Failure::new(Kind::Later, "no space left on device")
}

/// The spools, as a process finds them.
#[derive(Debug)]
pub(crate) struct Folder(pub(crate) Arc<Process>);

impl Spools for Folder {
    fn begin_spool(&self, run: &str) -> Result<Box<dyn Spool>, Failure> {
        self.0.write(|disk| {
            let file = File { lines: Vec::new(), holder: self.0.clone(), written: Instant::now() };
            disk.spools.insert(run.to_owned(), file);
        })?;
        Ok(Box::new(Open { process: self.0.clone(), run: run.to_owned() }))
    }

    fn other_runs(&self, own: Option<&str>) -> Result<Vec<OtherRun>, Failure> {
        let disk = self.0.machine.disk.lock().unwrap();
        let others = disk.spools.iter().filter(|(run, _)| own != Some(run.as_str()));
        let others = others.map(|(run, file)| OtherRun {
            run: run.clone(),
            alive: !file.holder.dead.load(SeqCst),
            same_host: true,
            idle: file.written.elapsed(),
            lines: file.lines.clone(),
        });
        Ok(others.collect())
    }

    fn remove_spool(&self, run: &str) -> Result<(), Failure> {
        self.0.erase(|disk| drop(disk.spools.remove(run)))
    }
}

#[derive(Debug)]
struct Open {
    process: Arc<Process>,
    run: String,
}

impl Spool for Open {
    fn write(&self, line: &str) -> Result<(), Failure> {
        self.process.write(|disk| {
            if let Some(file) = disk.spools.get_mut(&self.run) {
                file.lines.push(line.to_owned());
                file.written = Instant::now();
            }
        })
    }

    /// Nobody cuts the power of a machine here.
    fn sync(&self) -> BoxFuture<'static, Result<(), Failure>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn finish(&self) -> Result<(), Failure> {
        self.process.erase(|disk| drop(disk.spools.remove(&self.run)))
    }
}

impl Process {
    /// Writes to the disk.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut Disk) -> T) -> Result<T, Failure> {
        let gate = self.gate();
        let mut disk = self.machine.disk.lock().unwrap();
        match gate {
            Gate::Shut => Err(dead()),
            _ if disk.full => Err(full()),
            Gate::Open | Gate::Last => Ok(change(&mut disk)),
        }
    }

    /// Takes something off the disk, which a full one allows too.
    fn erase(&self, change: impl FnOnce(&mut Disk)) -> Result<(), Failure> {
        match self.gate() {
            Gate::Shut => Err(dead()),
            Gate::Open | Gate::Last => {
                change(&mut self.machine.disk.lock().unwrap());
                Ok(())
            }
        }
    }
}

/// New tokens, as a process finds them.
#[derive(Debug)]
pub(crate) struct Shelves(pub(crate) Arc<Process>);

impl Disk {
    fn shelf(&mut self, form: Form) -> &mut BTreeMap<String, Vec<u8>> {
        match form {
            Form::Whole => &mut self.tokens,
            Form::Draft => &mut self.drafts,
        }
    }
}

impl Shelf for Shelves {
    fn begin(&self, name: &str) -> Result<Box<dyn Draft>, Failure> {
        self.0.write(|disk| drop(disk.drafts.insert(name.to_owned(), Vec::new())))?;
        Ok(Box::new(Begun { process: self.0.clone(), name: name.to_owned() }))
    }

    fn read(&self, name: &str, form: Form) -> Option<Vec<u8>> {
        self.0.machine.disk.lock().unwrap().shelf(form).get(name).cloned()
    }

    fn remove(&self, name: &str, form: Form) -> Result<(), Failure> {
        self.0.erase(|disk| drop(disk.shelf(form).remove(name)))?;
        self.0.refreshing.store(false, SeqCst);
        Ok(())
    }
}

struct Begun {
    process: Arc<Process>,
    name: String,
}

impl Draft for Begun {
    fn keep(self: Box<Self>, bytes: &[u8]) -> Result<(), Failure> {
        // A file that is full, or cut off, before it has its name.
        self.process.write(|disk| drop(disk.drafts.insert(self.name.clone(), bytes.to_vec())))?;
        self.process.write(|disk| {
            if let Some(bytes) = disk.drafts.remove(&self.name) {
                disk.tokens.insert(self.name.clone(), bytes);
            }
        })
    }
}

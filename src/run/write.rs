//! How a run writes to the ledger: claims that hold only on the tip they land on, and lines that are written once however
//! often they are carried there.

use std::collections::{BTreeMap, btree_map};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::chance;
use crate::clock::Clock;
use crate::error::{Failure, Kind};
use crate::ledger::entry::{self, Aim, Entry, Event, Retry, TargetKey};
use crate::ledger::{self, Stand, Word};
use crate::plan::action::Row;
use crate::post::{OnRemove, PostId};
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::{Committed, Journal, Setback};
use crate::step::{Allowance, Step};

/// Writes entries on behalf of one run, or of a person's command.
#[derive(Clone, Debug)]
pub struct Writer {
    pub journal: Journal,
    pub clock: Clock,
    /// The run's name.
    pub run: String,
    /// The content commit.
    pub src: Option<String>,
}

/// An entry and the file it belongs to.
#[derive(Clone, Debug)]
pub struct Line {
    pub path: String,
    pub entry: Entry,
}

/// A claim that was won.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub id: Uuid,
    pub epoch: u32,
    /// Where the target stood just before, with the doubt that came with the claim.
    pub before: Stand,
    pub aim: Aim,
    /// The hash of the rendition that is to be out.
    fp: Option<String>,
    /// What the platform has said meanwhile is left of its limits: for the claim's last word.
    pub allowances: Vec<Allowance>,
    /// The edit that is no longer needed once the target has its last word.
    pub cleanup: Option<Edit>,
    /// End of the lease by the wall clock.
    exp: DateTime<Utc>,
    /// End of the lease by the monotonic clock, which a sleeping machine and a moved clock do not touch.
    end: Duration,
}

impl Claimed {
    /// What is left of the lease, by whichever clock says less.
    pub fn lease_left(&self, clock: &Clock) -> TimeDelta {
        let wall = self.exp - clock.now();
        let monotonic = TimeDelta::from_std(self.end).unwrap_or(TimeDelta::MAX)
            - TimeDelta::from_std(clock.elapsed()).unwrap_or(TimeDelta::MAX);
        wall.min(monotonic)
    }

    /// What an earlier run has done for the same rendition, edit or removal.
    pub fn goes_on_with(&self) -> Vec<Step> {
        if self.aim == Aim::Publish {
            return self.before.steps_for(self.fp.as_deref());
        }
        let same = self.before.change.as_ref().filter(|change| change.aim == self.aim && change.fp == self.fp);
        same.map(|change| change.steps.clone()).unwrap_or_default()
    }

    /// The lease lasts until `exp`; `since` is when that was decided, by the monotonic clock.
    pub fn renew(&mut self, exp: DateTime<Utc>, since: Duration, lease: TimeDelta) {
        self.exp = exp;
        self.end = since + lease.to_std().unwrap_or_default();
    }
}

/// What a claim is asked for.
pub struct Ask {
    pub post: PostId,
    pub target: TargetKey,
    pub aim: Aim,
    /// The hashes of what is to be out: see [`crate::fit::Rendition`]; `None` where nothing is.
    pub fp: Option<String>,
    pub fixed: Option<String>,
    /// What is to become of it once its post is gone, where the ledger does not know that.
    pub on_remove: Option<OnRemove>,
    pub lease: TimeDelta,
    /// The claim that planning saw and judged dead; it and no other may be taken over.
    pub takes_over: Option<Uuid>,
    /// Told where the target stands, says what of it may have been shown already.
    pub suspicion: Suspicion,
}

/// The doubt that goes with a claim, if there is reason for one. It is written in one commit with the claim: a run that
/// dies between the two would leave a claim under which certainly nothing was sent, and the older one forgotten.
pub type Suspicion = Box<dyn Fn(&Stand) -> Option<Event> + Send>;

impl Writer {
    /// A line about a target.
    pub fn entry(&self, post: &PostId, target: &TargetKey, event: Event) -> Entry {
        Entry {
            v: entry::VERSION,
            id: chance::name_at(self.clock.now()),
            t: self.clock.now(),
            event,
            post: post.clone(),
            target: target.clone(),
            run: self.run.clone(),
            claim: None,
            epoch: None,
            fp: None,
            fixed: None,
            src: self.src.clone(),
            allowances: Vec::new(),
            tool: TOOL.to_owned(),
            prev: None,
        }
    }

    /// A line about a plan's row, under a claim.
    pub fn line(&self, row: &Row, claim: Option<&Claimed>, event: Event) -> Line {
        let mut entry = self.entry(&row.post, &row.key, event);
        entry.claim = claim.map(|claim| claim.id);
        entry.epoch = claim.map(|claim| claim.epoch);
        Line { path: entry::path(&row.post), entry }
    }

    /// Appends lines, in order; one that is there already is left alone. They are handed in at once and are on their
    /// way even while nobody waits; awaiting tells when they have arrived.
    ///
    /// # Errors
    /// When the state branch cannot be written.
    pub fn append(&self, lines: Vec<Line>) -> impl Future<Output = Result<(), Failure>> + Send + use<> {
        self.append_and(lines, Vec::new())
    }

    /// The same, with other edits in the same commit.
    ///
    /// # Errors
    /// When the state branch cannot be written.
    pub fn append_and(
        &self,
        lines: Vec<Line>,
        besides: Vec<Edit>,
    ) -> impl Future<Output = Result<(), Failure>> + Send + use<> {
        let change = move |branch: &Branch| {
            let mut edits = edits(branch, &lines)?;
            edits.extend(besides.iter().cloned());
            Ok(edits)
        };
        let handed = self.journal.commit(Box::new(change));
        async move { settled(handed.await).map(|_| ()) }
    }

    /// Appends lines, and makes an edit besides, if the claim is still ours on the newest tip; `false` where it is not.
    ///
    /// # Errors
    /// When the state branch cannot be written.
    pub async fn append_while_ours(
        &self,
        lines: Vec<Line>,
        besides: Option<Edit>,
        claim: &Claimed,
    ) -> Result<bool, Failure> {
        let id = claim.id;
        let change = move |branch: &Branch| {
            for line in &lines {
                let stand = stand(branch, &line.entry.post, &line.entry.target)?;
                if stand.claim.is_none_or(|held| held.id != id) {
                    return Err(Setback::Conflict("the claim is no longer ours".to_owned()));
                }
            }
            let mut edits = edits(branch, &lines)?;
            edits.extend(besides.clone());
            Ok(edits)
        };
        match self.journal.commit(Box::new(change)).await {
            Ok(_) => Ok(true),
            Err(Setback::Conflict(_)) => Ok(false),
            Err(Setback::Failed(failure)) => Err(failure),
        }
    }

    /// Appends a line if its target stands on the newest tip as `seen`: what was decided looking at that.
    ///
    /// # Errors
    /// [`Setback::Conflict`] when something happened to the target meanwhile.
    pub fn append_if(&self, line: Line, seen: Stand) -> impl Future<Output = Result<(), Setback>> + Send + use<> {
        let change = move |branch: &Branch| {
            // Nothing is said twice when a push without an answer is tried again.
            let edits = edits(branch, std::slice::from_ref(&line))?;
            let now = stand(branch, &line.entry.post, &line.entry.target)?;
            // A slot is no word on it.
            if edits.is_empty() || (Stand { slot: seen.slot, ..now } == seen) {
                return Ok(edits);
            }
            Err(Setback::Conflict("something happened to it meanwhile".to_owned()))
        };
        let handed = self.journal.commit(Box::new(change));
        async move { handed.await.map(drop) }
    }

    /// Writes down that a person has looked at a post's ledger, and that what was changed in it by hand is right.
    ///
    /// # Errors
    /// [`Setback::Conflict`] when there is nothing to accept, or it could not be trusted all the same.
    pub async fn accept(&self, post: &PostId, by: &str) -> Result<(), Setback> {
        let path = entry::path(post);
        let accepted = self.entry(post, &TargetKey::none(), Event::Accepted { by: by.to_owned(), sum: String::new() });
        let by = by.to_owned();
        // What is accepted is what stands here now: if it changes before this arrives, the person has not seen it.
        let mut seen = None;
        let change = move |branch: &Branch| {
            let mut entry = accepted.clone();
            let bytes = branch.read(&path)?.unwrap_or_default();
            let content = String::from_utf8_lossy(&bytes);
            if content.contains(&entry.id.to_string()) {
                return Ok(Vec::new());
            }
            if *seen.get_or_insert_with(|| bytes.clone()) != bytes {
                return Err(Setback::Conflict("something was written to its ledger meanwhile".to_owned()));
            }
            if ledger::fold_file(&path, &content).is_ok() {
                return Err(Setback::Conflict(
                    "its ledger is as it was written: there is nothing to accept".to_owned(),
                ));
            }
            let sum = entry::above(&content, content.lines().count() + 1);
            entry.event = Event::Accepted { by: by.clone(), sum };
            let line = Line { path: path.clone(), entry };
            let edits = edits(branch, std::slice::from_ref(&line))?;
            let after = edits.iter().fold(content.trim_end_matches('\n').to_owned(), |content, edit| match edit {
                Edit::Append { line, .. } => format!("{content}\n{line}"),
                _ => content,
            });
            ledger::fold_file(&path, &after).map_err(Setback::Conflict)?;
            Ok(edits)
        };
        self.journal.commit(Box::new(change)).await.map(drop)
    }

    /// Sets the baseline of accounts met for the first time.
    ///
    /// # Errors
    /// When the state branch cannot be written.
    pub async fn meet(&self, accounts: &[TargetKey]) -> Result<(), Failure> {
        let nobody = PostId::new("");
        let lines = accounts.iter().map(|key| Line {
            path: entry::BASELINE_PATH.to_owned(),
            entry: self.entry(&nobody, key, Event::Baseline),
        });
        self.append(lines.collect()).await
    }

    /// The last word on a target, as the newest tip we know of has it.
    ///
    /// # Errors
    /// When the state branch cannot be read.
    pub fn word(&self, post: &PostId, target: &TargetKey) -> Result<Word, Setback> {
        Ok(stand(&self.journal.branch()?, post, target)?.word)
    }

    /// Claims a target, and writes down what is doubtful about it. The claim is ours only once the remote has it.
    ///
    /// # Errors
    /// [`Setback::Conflict`] when somebody else has it, or the target is settled by now.
    pub async fn claim(&self, ask: Ask) -> Result<Claimed, Setback> {
        let id = chance::name();
        let since = self.clock.elapsed();
        let exp = self.clock.now() + ask.lease;
        let won: Arc<Mutex<Option<(Stand, u32)>>> = Arc::default();
        let told = won.clone();
        let (lease, aim, wanted) = (ask.lease, ask.aim, ask.fp.clone());
        let writer = self.clone();
        let change = move |branch: &Branch| {
            let mut before = stand(branch, &ask.post, &ask.target)?;
            may_claim(&before, ask.takes_over, ask.aim, ask.fp.as_ref(), writer.clock.now())?;
            let epoch = before.epoch + 1;
            let doubt = (ask.suspicion)(&before);
            // While something may be out, what the ledger knows of its content is what was sent.
            let keeps_fp = doubt.is_some() || before.doubt().is_some();
            let (fp, fixed) = match before.fp.clone().filter(|_| keeps_fp) {
                Some(fp) => (Some(fp), before.fixed.clone()),
                None => (ask.fp.clone(), ask.fixed.clone()),
            };
            let claimed = Event::Claimed { exp, takes_over: ask.takes_over, aim: ask.aim, on_remove: ask.on_remove };
            let events = std::iter::once(claimed).chain(doubt.clone());
            let lines: Vec<Line> = events
                .map(|event| {
                    let (claim, epoch, fp, fixed) = (Some(id), Some(epoch), fp.clone(), fixed.clone());
                    let entry = Entry { claim, epoch, fp, fixed, ..writer.entry(&ask.post, &ask.target, event) };
                    Line { path: entry::path(&ask.post), entry }
                })
                .collect();
            if let Some(Event::InDoubt { index, sent_at, .. }) = doubt {
                before.steps.push(Step::Doubt { part: index, sent_at });
            }
            *told.lock().unwrap_or_else(PoisonError::into_inner) = Some((before, epoch));
            edits(branch, &lines)
        };
        self.journal.commit(Box::new(change)).await?;
        let (before, epoch) = won
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .ok_or_else(|| Failure::new(Kind::Bug, "a claim was committed that was never built"))?;
        let end = since + lease.to_std().unwrap_or_default();
        Ok(Claimed { id, epoch, before, aim, fp: wanted, allowances: Vec::new(), cleanup: None, exp, end })
    }
}

/// Who wrote an entry.
pub const TOOL: &str = concat!("pressroom ", env!("CARGO_PKG_VERSION"));

/// Where a target stands on a tip.
fn stand(branch: &Branch, post: &PostId, target: &TargetKey) -> Result<Stand, Setback> {
    let path = entry::path(post);
    let bytes = branch.read(&path)?.unwrap_or_default();
    ledger::fold_target(&path, &String::from_utf8_lossy(&bytes), post, target).map_err(Setback::Conflict)
}

fn may_claim(
    stand: &Stand,
    takes_over: Option<Uuid>,
    aim: Aim,
    fp: Option<&String>,
    now: DateTime<Utc>,
) -> Result<(), Setback> {
    let held = stand.claim.as_ref();
    if held.map(|claim| claim.id) != takes_over {
        let why = held.map_or_else(
            || "the claim to take over is gone: another run was here".to_owned(),
            |claim| format!("run {} holds the claim since {}", claim.run, claim.at.format("%H:%M:%S UTC")),
        );
        return Err(Setback::Conflict(why));
    }
    match (&stand.word, aim) {
        (Word::Published { .. }, Aim::Edit) if stand.fp.as_ref() != fp => Ok(()),
        (Word::Published { .. }, Aim::Remove) => Ok(()),
        (Word::Open, Aim::Publish) => Ok(()),
        (Word::Waiting { until }, Aim::Publish) if *until <= now => Ok(()),
        (Word::Failed { retry: Retry::After(after), .. }, Aim::Publish) if *after <= now => Ok(()),
        (word, _) => Err(Setback::Conflict(format!("it is {} by now", word.name()))),
    }
}

/// The edits that append lines, each chained to the one before; a line whose id the file already holds is left alone.
pub fn edits(branch: &Branch, lines: &[Line]) -> Result<Vec<Edit>, Setback> {
    let mut edits = Vec::new();
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for line in lines {
        let content = match files.entry(&line.path) {
            btree_map::Entry::Occupied(entry) => entry.into_mut(),
            btree_map::Entry::Vacant(entry) => {
                let bytes = branch.read(&line.path)?.unwrap_or_default();
                entry.insert(String::from_utf8_lossy(&bytes).into_owned())
            }
        };
        if content.contains(&line.entry.id.to_string()) {
            continue;
        }
        let mut entry = line.entry.clone();
        entry.prev = content.lines().next_back().map(entry::chain);
        let written = entry::write(&entry);
        if !content.is_empty() && !content.ends_with('\n') {
            content.push('\n');
        }
        content.push_str(&written);
        edits.push(Edit::Append { path: line.path.clone(), line: written });
    }
    Ok(edits)
}

/// A setback of a change that has no condition of its own is a failure.
pub fn settled(result: Result<Committed, Setback>) -> Result<Committed, Failure> {
    result.map_err(|setback| match setback {
        Setback::Failed(failure) => failure,
        Setback::Conflict(why) => Failure::new(Kind::Person, why),
    })
}

#[cfg(test)]
mod tests;

//! What dead runs of this same clone left behind: results to bring to the ledger, and how far each had come.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::write::{Line, Writer};
use crate::error::Failure;
use crate::ledger::entry::{self, Entry};
use crate::ledger::{Claim, State};
use crate::repo::spool::Spools;

/// A push may go on after its run was killed, and its claim arrive later: until then the spool must tell whose it is.
/// Longer than any push lasts.
const PUSH_OUTLIVES_RUN: Duration = Duration::from_secs(120);

/// One line of a run's spool.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// The next call for this claim may show the post.
    Armed { claim: Uuid },
    /// That call certainly was not sent.
    Disarmed { claim: Uuid },
    /// What came of it: an entry for the ledger.
    Result { entry: Box<Entry> },
}

impl Note {
    /// The note of an entry.
    pub fn result(entry: &Entry) -> Self {
        Self::Result { entry: Box::new(entry.clone()) }
    }

    /// The line of the spool.
    pub fn line(&self) -> String {
        #[expect(clippy::expect_used, reason = "every field serialises: strings and numbers")]
        serde_json::to_string(self).expect("a note is plain data")
    }
}

/// Runs of this clone that are dead, and what they may have sent.
#[derive(Clone, Debug, Default)]
pub struct Recovered {
    /// Their names: their claims are taken over at once.
    pub dead: BTreeSet<String>,
    /// Those of them that nothing of can arrive any more.
    cold: BTreeSet<String>,
    /// Claims whose showing call may have been sent.
    armed: BTreeSet<Uuid>,
    /// Results not known to be in the ledger.
    results: Vec<Entry>,
}

impl Recovered {
    /// Reads the spools of dead runs. Changes nothing.
    ///
    /// # Errors
    /// When the folder of spools cannot be read.
    pub fn read(spools: &dyn Spools, own: Option<&str>) -> Result<Self, Failure> {
        let mut recovered = Self::default();
        for other in spools.other_runs(own)? {
            // A run of another machine or of another boot is judged by its lease alone.
            if other.alive || !other.same_host {
                continue;
            }
            recovered.dead.insert(other.run.clone());
            if other.idle > PUSH_OUTLIVES_RUN {
                recovered.cold.insert(other.run.clone());
            }
            for note in other.lines.iter().filter_map(|line| serde_json::from_str(line).ok()) {
                match note {
                    Note::Armed { claim } => drop(recovered.armed.insert(claim)),
                    Note::Disarmed { claim } => drop(recovered.armed.remove(&claim)),
                    Note::Result { entry } => {
                        // What came of the call is known: from here on nothing was sent.
                        entry.claim.map(|claim| recovered.armed.remove(&claim));
                        recovered.results.push(*entry);
                    }
                }
            }
        }
        Ok(recovered)
    }

    /// Brings the dead runs' results to the ledger.
    ///
    /// # Errors
    /// When the state branch cannot be written: the spools stay where they are.
    pub async fn bring_in(&self, writer: &Writer) -> Result<(), Failure> {
        let lines = self.results.iter().map(|entry| Line { path: entry::path(&entry.post), entry: entry.clone() });
        let lines: Vec<Line> = lines.collect();
        if lines.is_empty() { Ok(()) } else { writer.append(lines).await }
    }

    /// Removes the spools of dead runs that hold no claim any more, nor can: their last push is over.
    ///
    /// # Errors
    /// When a spool cannot be removed.
    pub fn clear(&self, spools: &dyn Spools, state: &State) -> Result<(), Failure> {
        let holding: BTreeSet<&str> =
            state.targets().filter_map(|(_, _, stand)| Some(stand.claim.as_ref()?.run.as_str())).collect();
        for run in self.cold.iter().filter(|run| !holding.contains(run.as_str())) {
            spools.remove_spool(run)?;
        }
        Ok(())
    }

    /// Whether a claim's showing call was certainly never sent: its run is one of ours, dead, and had not come so far.
    pub fn certainly_unsent(&self, claim: &Claim) -> bool {
        self.dead.contains(&claim.run) && !self.armed.contains(&claim.id)
    }
}

//! Judges a world by what its readers see, which nobody can argue with, against what was planned.

use std::collections::hash_map::DefaultHasher;
use std::fmt::{Display, Formatter};
use std::hash::{Hash, Hasher};

use pressroom::plan::action::{Row, Standing};
use pressroom::sim::Seen;

use crate::world::World;

/// What came of a world.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// What is not as promised.
    pub(crate) wrong: Vec<String>,
    /// Tells two courses of events apart.
    pub(crate) trace: u64,
    pub(crate) targets: usize,
    /// Those that wait for a person.
    pub(crate) doubtful: usize,
}

impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{} targets, {} of them doubtful", self.targets, self.doubtful)?;
        self.wrong.iter().try_for_each(|wrong| writeln!(f, "  {wrong}"))
    }
}

pub(crate) async fn judge(world: &World) -> Verdict {
    let plan = world.plan().await;
    world.read_out();
    let seen = world.sim.seen();
    let mut wrong = std::mem::take(&mut *world.wrong.lock().unwrap());
    for row in &plan.rows {
        let head = format!("{} → {}", row.post, row.account);
        wrong.extend(of_target(row, &seen).into_iter().map(|what| format!("{head}: {what}")));
    }
    let planned = |seen: &&Seen| !plan.rows.iter().any(|row| row.parts.iter().any(|part| part.text == seen.text));
    wrong
        .extend(seen.iter().filter(planned).map(|seen| format!("nobody planned {:?} on {}", seen.text, seen.platform)));
    let doubtful = plan.rows.iter().filter(|row| row.state == Standing::Doubtful).count();
    Verdict { wrong, trace: trace(world, &seen), targets: plan.rows.len(), doubtful }
}

/// What is wrong with a target.
fn of_target(row: &Row, seen: &[Seen]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut before: Option<&Seen> = None;
    for (index, part) in row.parts.iter().enumerate() {
        let shown: Vec<&Seen> =
            seen.iter().filter(|seen| seen.platform == row.platform.name() && seen.text == part.text).collect();
        if shown.len() > 1 {
            wrong.push(format!("part {index} is out {} times", shown.len()));
        }
        if row.state == Standing::Published && shown.is_empty() {
            wrong.push(format!("part {index} is said to be out, and is not"));
        }
        if row.state == Standing::Missed && !shown.is_empty() {
            wrong.push(format!("part {index} is said to be missed, and is out"));
        }
        if let (Some(before), Some(shown)) = (before, shown.first())
            && shown.reply_to.as_deref() != Some(before.id.as_str())
        {
            wrong.push(format!("part {index} does not answer the one before it"));
        }
        before = shown.first().copied();
    }
    match row.state {
        Standing::Published => {}
        Standing::Doubtful | Standing::Missed if row.reason.is_some() => {}
        state => wrong.push(format!("is left {state:?}: {:?}", row.reason)),
    }
    wrong
}

/// A number that is another wherever platforms were asked something else, or at another time.
fn trace(world: &World, seen: &[Seen]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for logged in world.sim.world().log() {
        // Queries hold tokens, which are others each time.
        let path = logged.target.split('?').next();
        (logged.method.as_str(), &logged.host, path, logged.status).hash(&mut hasher);
    }
    for seen in seen {
        (&seen.id, &seen.text, seen.at).hash(&mut hasher);
    }
    hasher.finish()
}

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
    wrong.extend(world.lost_for_no_reason());
    for row in &plan.rows {
        let head = format!("{} → {}", row.post, row.account);
        wrong.extend(of_target(world, row, &seen).into_iter().map(|what| format!("{head}: {what}")));
    }
    for (post, words) in &world.library.gone {
        let rows = plan.rows.iter().filter(|row| row.post.as_str() == post);
        let asks = |seen: &Seen| rows.clone().any(|row| row.platform.name() == seen.platform && is_told(row));
        let left = seen.iter().filter(|seen| words.contains(&seen.text) && !asks(seen));
        wrong.extend(left.map(|seen| format!("{post} is gone, and still out on {}: {:?}", seen.platform, seen.text)));
        for word in words {
            let twice = seen.iter().filter(|other| other.text == *word).map(|seen| seen.platform).collect::<Vec<_>>();
            if (1..twice.len()).any(|at| twice[..at].contains(&twice[at])) {
                wrong.push(format!("{post} is gone, and out twice: {word:?} {twice:?}"));
            }
        }
    }
    let unplanned = seen.iter().filter(|seen| !world.library.knows(&seen.text));
    wrong.extend(unplanned.map(|seen| format!("nobody planned {:?} on {}", seen.text, seen.platform)));
    let doubtful = plan.rows.iter().filter(|row| row.state == Standing::Doubtful).count();
    Verdict { wrong, trace: trace(world, &seen), targets: plan.rows.len(), doubtful }
}

/// Whether it waits for a person, who is told why.
fn is_told(row: &Row) -> bool {
    matches!(row.state, Standing::Doubtful | Standing::Failed) && row.reason.is_some()
}

/// What is wrong with a target.
fn of_target(world: &World, row: &Row, seen: &[Seen]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut before: Option<&Seen> = None;
    for (index, part) in row.parts.iter().enumerate() {
        let earlier = world.library.earlier.get(&part.text);
        let says = |seen: &&Seen| seen.text == part.text || earlier == Some(&seen.text);
        let shown: Vec<&Seen> = seen.iter().filter(|seen| seen.platform == row.platform.name()).filter(says).collect();
        if shown.len() > 1 {
            wrong.push(format!("part {index} is out {} times", shown.len()));
        }
        let is_told = row.reason.is_some() || !row.warnings.is_empty();
        let is_spoiled = is_told && world.spoiled.contains(&row.platform);
        if row.state == Standing::Published && shown.is_empty() && !is_spoiled {
            wrong.push(format!("part {index} is said to be out, and is not"));
        }
        if row.state == Standing::Published && row.reason.is_none() && shown.iter().any(|seen| seen.text != part.text) {
            wrong.push(format!("part {index} still says what it said before it was changed"));
        }
        if matches!(row.state, Standing::Missed | Standing::Removed) && !shown.is_empty() {
            wrong.push(format!("part {index} is said to be {}, and is out", row.state.name()));
        }
        if let (Some(before), Some(shown)) = (before, shown.first())
            && shown.reply_to.as_deref() != Some(before.id.as_str())
        {
            wrong.push(format!("part {index} does not answer the one before it"));
        }
        before = shown.first().copied();
    }
    match row.state {
        Standing::Published | Standing::Removed if row.action.is_none() => {}
        Standing::Doubtful | Standing::Missed if row.reason.is_some() => {}
        // Of a thread that was begun and is gone, a person is told; and of what a platform did not want.
        Standing::Failed if row.reason.is_some() && world.library.gone.contains_key(row.post.as_str()) => {}
        Standing::Failed if row.reason.is_some() && world.spoiled.contains(&row.platform) => {}
        state => wrong.push(format!("is left {state:?}, {:?}: {:?}", row.action, row.reason)),
    }
    wrong
}

/// A number that is another wherever platforms were asked something else, or at another time.
fn trace(world: &World, seen: &[Seen]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for logged in world.sim.world().log() {
        // Some platforms make up ids and addresses, which are others each time: nearly all of them have a digit, and those
        // that might do without are longer than any word of an API.
        let path = logged.target.split('?').next().unwrap_or_default();
        let is_made_up = |word: &str| word.len() > 36 || word.contains(|c: char| c.is_ascii_digit());
        let words: Vec<&str> = path.split('/').filter(|word| !is_made_up(word)).collect();
        (logged.method.as_str(), &logged.host, words, logged.status).hash(&mut hasher);
    }
    for seen in seen {
        (seen.platform, &seen.text, seen.at).hash(&mut hasher);
    }
    hasher.finish()
}

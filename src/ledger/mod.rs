//! What has happened: entries fold to where every target stands. Knows no git, no clock and no plan.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use crate::post::{OnRemove, PostId};
use crate::step::{Allowance, Class, Receipt, Step};

pub mod entry;
#[cfg(test)]
mod tests;

use entry::{Aim, Chain, Entry, Event, Found, Retry, TargetKey, Unreadable};

/// Where everything stands.
#[derive(Clone, Debug, Default)]
pub struct State {
    targets: HashMap<PostId, BTreeMap<TargetKey, Stand>>,
    /// Posts whose file cannot be trusted, and why.
    pub frozen: BTreeMap<PostId, String>,
    /// What platforms have said is left of their limits, by account and the limit's name: the newest word.
    said: BTreeMap<TargetKey, BTreeMap<String, Said>>,
    /// When each account was first met, by name.
    pub baselines: BTreeMap<String, DateTime<Utc>>,
    /// A baseline file that cannot be read, and why: then no account's first contact is known.
    pub baseline_broken: Option<String>,
}

/// What a platform said is left of a limit.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// When that was written down.
    pub at: DateTime<Utc>,
    pub allowance: Allowance,
}

/// Where one target stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stand {
    pub word: Word,
    /// What is done for it, over all its claims.
    pub steps: Vec<Step>,
    pub claim: Option<Claim>,
    /// How often it has been claimed.
    pub epoch: u32,
    /// How many entries there are about it.
    pub entries: u32,
    /// The rendition's hash and the content commit when it was last claimed or adopted; of what is out, once it is.
    pub fp: Option<String>,
    pub src: Option<String>,
    /// Hash of what of that no edit can change.
    pub fixed: Option<String>,
    /// The same of what its first part said when it came out (`fp`, `fixed`, `src`), until all of it is out: the post may be
    /// changed meanwhile.
    pub begun: Option<[Option<String>; 3]>,
    /// What is to become of what is out once the post is gone.
    pub on_remove: OnRemove,
    /// The slot it got, where it waits for one. That is no word on it.
    pub slot: Option<DateTime<Utc>>,
    /// What is being done to what is out, or was refused.
    pub change: Option<Change>,
    /// The id of the first part as it was published, where edits gave it others.
    pub first_seen: Option<String>,
}

/// An edit or a removal of what is out.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub aim: Aim,
    /// The hash of the rendition it is to become.
    pub fp: Option<String>,
    pub fixed: Option<String>,
    pub src: Option<String>,
    /// What is done for it.
    pub steps: Vec<Step>,
    /// The platform's words, and when it may be tried again.
    pub refused: Option<(String, Retry)>,
}

/// The last word on a target.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Word {
    /// Nothing final.
    #[default]
    Open,
    /// Nothing final; a run gave it back until this instant.
    Waiting {
        until: DateTime<Utc>,
    },
    Published {
        receipt: Receipt,
    },
    Failed {
        class: Class,
        msg: String,
        at: DateTime<Utc>,
        retry: Retry,
    },
    Missed {
        due: DateTime<Utc>,
    },
    Cancelled {
        by: String,
    },
    Removed,
}

/// Who is acting on a target now.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    pub id: Uuid,
    pub run: String,
    pub at: DateTime<Utc>,
    /// End of the lease.
    pub exp: DateTime<Utc>,
    pub aim: Aim,
}

impl State {
    /// Whether what came due at `due` is older than an account's baseline. An account without one has nothing older. Git
    /// tells whole seconds: what was merged in the second of the baseline is not older than it.
    pub fn is_before_baseline(&self, account: &str, due: DateTime<Utc>) -> bool {
        self.baselines.get(account).is_some_and(|baseline| due < baseline.trunc_subsecs(0))
    }

    /// Folds files of the state branch: `(path, content)`, in any order.
    pub fn fold<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut state = Self::default();
        for (path, content) in files {
            state.fold_file(path, content);
        }
        state
    }

    /// Where a target stands; a target without entries is open.
    pub fn stand(&self, post: &PostId, target: &TargetKey) -> &Stand {
        static OPEN: LazyLock<Stand> = LazyLock::new(Stand::default);
        self.targets.get(post).and_then(|targets| targets.get(target)).unwrap_or_else(|| &OPEN)
    }

    /// Every target the ledger knows, posts in no order.
    pub fn targets(&self) -> impl Iterator<Item = (&PostId, &TargetKey, &Stand)> {
        self.targets.iter().flat_map(|(post, targets)| targets.iter().map(move |(key, stand)| (post, key, stand)))
    }

    /// The newest word of its platform on what is left to an account of a limit.
    pub fn said(&self, target: &TargetKey, of: &str) -> Option<&Said> {
        self.said.get(target)?.get(of)
    }

    /// The newest words of platforms, by account and limit.
    pub fn all_said(&self) -> impl Iterator<Item = (&TargetKey, &str, &Said)> {
        self.said.iter().flat_map(|(key, said)| said.iter().map(move |(of, said)| (key, of.as_str(), said)))
    }

    fn fold_file(&mut self, path: &str, content: &str) {
        if path == entry::BASELINE_PATH {
            if let Err(why) = self.fold_baseline(content) {
                self.baseline_broken = Some(why);
            }
            return;
        }
        // Where the file lies says whose it is, whatever is written in it: nothing in a damaged file can make its post look
        // untouched.
        let post = entry::post_of(path);
        let folded = if entry::path(&post) == path {
            self.fold_lines(content, &post)
        } else {
            Err(format!("1: the ledger of `{post}` is {}; take this file away on the state branch", entry::path(&post)))
        };
        if let Err(why) = folded {
            self.frozen.insert(post, format!("{path}:{why}"));
        }
    }

    fn fold_lines(&mut self, content: &str, post: &PostId) -> Result<(), String> {
        let mut chain = Chain::default();
        let folded = self.fold_chained(content, post, &mut chain);
        // Whatever else is wrong with it, this is why.
        match chain.broken() {
            Some(line) => Err(format!(
                "{line}: the ledger of {post} was changed by hand before line {line}; put it back as the branch's history has \
                 it, or say that it is right as it stands: `pressroom resolve {post} --ledger`"
            )),
            None => folded,
        }
    }

    fn fold_chained(&mut self, content: &str, post: &PostId, chain: &mut Chain) -> Result<(), String> {
        let mut seen = HashSet::new();
        let targets = self.targets.entry(post.clone()).or_default();
        for (number, line) in content.lines().enumerate() {
            let entry = read_numbered(number, line)?;
            chain.add(number + 1, line, entry.as_ref());
            let Some(entry) = entry else { continue };
            if entry.post != *post {
                return Err(format!("{}: the entry is about another post, `{}`", number + 1, entry.post));
            }
            // A line that was carried here twice, or that a merge doubled, happened once.
            if !seen.insert(entry.id) {
                continue;
            }
            if let Event::Accepted { sum, .. } = &entry.event {
                chain.accept(content, number + 1, sum);
                continue;
            }
            for allowance in &entry.allowances {
                let said = self.said.entry(entry.target.clone()).or_default();
                let newest = said.get(&allowance.of).is_none_or(|known| known.at <= entry.t);
                if newest {
                    said.insert(allowance.of.clone(), Said { at: entry.t, allowance: allowance.clone() });
                }
            }
            let stand = targets.entry(entry.target.clone()).or_default();
            apply(stand, entry).map_err(|why| format!("{}: {why}", number + 1))?;
        }
        Ok(())
    }

    fn fold_baseline(&mut self, content: &str) -> Result<(), String> {
        let mut chain = Chain::default();
        for (number, line) in content.lines().enumerate() {
            let entry = read_numbered(number, line)?;
            chain.add(number + 1, line, entry.as_ref());
            if let Some(line) = chain.broken() {
                return Err(format!("{line}: this file was changed by hand before line {line}"));
            }
            let Some(entry) = entry else { continue };
            if entry.event == Event::Baseline {
                self.baselines.entry(entry.target.account().to_owned()).or_insert(entry.t);
            }
        }
        Ok(())
    }
}

fn read_numbered(number: usize, line: &str) -> Result<Option<Entry>, String> {
    entry::read(line).map_err(|error| match error {
        Unreadable::Newer(what) => format!("{}: {what} is of a newer pressroom; update pressroom", number + 1),
        Unreadable::Broken(why) => {
            let why = why.replace(" at line 1 column ", ", column ");
            format!("{}: this is no ledger entry ({why}); put the line right on the state branch", number + 1)
        }
    })
}

/// Whether the file of one post can be trusted.
///
/// # Errors
/// Why it cannot.
pub fn fold_file(path: &str, content: &str) -> Result<(), String> {
    State::fold([(path, content)]).frozen.into_values().next().map_or(Ok(()), Err)
}

/// Where one target of one post stands, folded from that post's file alone: what a claim checks on the tip it is
/// written to.
///
/// # Errors
/// Why the file cannot be trusted.
pub fn fold_target(path: &str, content: &str, post: &PostId, target: &TargetKey) -> Result<Stand, String> {
    let state = State::fold([(path, content)]);
    match state.frozen.into_values().next() {
        Some(why) => Err(why),
        None => Ok(state.targets.get(post).and_then(|targets| targets.get(target)).cloned().unwrap_or_default()),
    }
}

/// The table of lawful steps: what an entry does to where a target stands.
///
/// What a run *learned* (a receipt, a part, a doubt) is true whoever holds the claim by now, so it is lawful from an
/// older claim too; what a run *decided* (failed, released) counts only while its claim is the one held.
///
/// # Errors
/// Why the entry is unlawful where the target stands.
pub fn apply(stand: &mut Stand, entry: Entry) -> Result<(), String> {
    if let Event::Slotted { at } = entry.event {
        // The first holds: two runs may have thought of it at once.
        stand.slot.get_or_insert(at);
        return Ok(());
    }
    stand.entries += 1;
    let ours = stand.claim.as_ref().map(|claim| claim.id) == entry.claim;
    let settled =
        matches!(stand.word, Word::Published { .. } | Word::Removed | Word::Cancelled { .. } | Word::Missed { .. });
    match entry.event {
        Event::Claimed { exp, takes_over, aim, on_remove } => {
            let held = stand.claim.as_ref().map(|claim| claim.id);
            let is_out = matches!(stand.word, Word::Published { .. });
            if if aim == Aim::Publish { settled } else { !is_out } {
                return Err(format!("claimed while it was {}", stand.word.name()));
            }
            if held != takes_over {
                return Err("claimed while another run held the claim".to_owned());
            }
            let id = entry.claim.ok_or("a claim without an id")?;
            stand.claim = Some(Claim { id, run: entry.run, at: entry.t, exp, aim });
            stand.epoch = entry.epoch.unwrap_or(stand.epoch + 1);
            stand.on_remove = on_remove.unwrap_or(stand.on_remove);
            if aim == Aim::Publish {
                stand.word = Word::Open;
                stand.steps = stand.steps_for(entry.fp.as_deref());
                (stand.fp, stand.fixed, stand.src) = (entry.fp, entry.fixed, entry.src);
            } else {
                stand.begin_change(aim, entry.fp, entry.fixed, entry.src);
            }
        }
        Event::Renewed { exp } => {
            if let Some(claim) = stand.claim.as_mut().filter(|_| ours) {
                claim.exp = exp;
            }
        }
        Event::Prepared { step, data, expires } => {
            let made = Step::Made { name: step, data, secret: BTreeMap::new(), expires };
            match stand.change_of(ours) {
                Some(change) => change.steps.push(made),
                None => stand.steps.push(made),
            }
        }
        Event::Part { index, receipt, .. } => match stand.change_of(ours) {
            Some(change) => change.steps.push(Step::Shown { part: index, receipt }),
            None => stand.show(index, receipt)?,
        },
        // That it was out before it was taken away may be told late.
        Event::Published { receipt, .. } if stand.word != Word::Removed => stand.publish(receipt)?,
        Event::Published { .. } => {}
        Event::InDoubt { index, sent_at, .. } => {
            if !settled {
                stand.steps.push(Step::Doubt { part: index, sent_at });
            }
        }
        Event::Failed { msg, retry, .. } if ours && stand.change_of(true).is_some() => {
            stand.claim = None;
            if let Some(change) = &mut stand.change {
                change.refused = Some((msg, retry));
            }
        }
        Event::Failed { class, msg, retry, .. } => {
            if ours && !settled {
                stand.claim = None;
                stand.word = Word::Failed { class, msg, at: entry.t, retry };
            }
        }
        Event::Released { by, .. } if stand.change.is_some() => {
            if ours || by.is_some() {
                stand.claim = None;
            }
            if by.is_some() {
                stand.change = None;
            }
        }
        Event::Released { retry_at, by } => {
            let person = by.is_some();
            if settled && !person {
                return Ok(());
            }
            if matches!(stand.word, Word::Published { .. } | Word::Removed | Word::Cancelled { .. }) {
                return Err(format!("released after it was {}", stand.word.name()));
            }
            if ours || person {
                stand.claim = None;
                stand.word = retry_at.map_or(Word::Open, |until| Word::Waiting { until });
            }
        }
        Event::Resolved { found: Found::Published, index, of, receipt, .. } => {
            let receipt = receipt.ok_or("resolved as published without a receipt")?;
            stand.show(index, receipt.clone())?;
            if stand.word == Word::Removed {
                return Ok(());
            }
            if index.checked_add(1) == Some(of) {
                let first = stand.receipt_of(0).cloned().unwrap_or(receipt);
                stand.publish(first)?;
            } else {
                stand.reopen();
            }
        }
        Event::Resolved { found: Found::Absent, index, by, .. } => {
            if by == LOOK_UP {
                stand.steps.push(Step::Absent { part: index, at: entry.t });
            } else {
                // A person's word settles the doubt for good; a look-up's only counts as one look. What was made for the part
                // came to nothing then: who would go on with it would find the platform as unable to tell as before.
                stand.steps.retain(|step| match step {
                    Step::Doubt { part, .. } | Step::Absent { part, .. } => *part != index,
                    Step::Made { .. } => false,
                    Step::Shown { .. } => true,
                });
                stand.claim = None;
                stand.reopen();
            }
        }
        Event::Adopted { receipt, .. } => {
            (stand.fp, stand.fixed, stand.src) = (entry.fp, entry.fixed, entry.src);
            stand.publish(receipt)?;
        }
        Event::Missed { .. } if matches!(stand.word, Word::Missed { .. }) => {}
        Event::Missed { due } => {
            if settled || stand.claim.is_some() {
                return Err(format!("missed after it was {}", stand.word.name()));
            }
            stand.word = Word::Missed { due };
        }
        Event::Cancelled { by } => {
            if matches!(stand.word, Word::Published { .. } | Word::Removed) {
                return Err(format!("cancelled after it was {}", stand.word.name()));
            }
            stand.claim = None;
            stand.word = Word::Cancelled { by };
        }
        Event::Updated { receipt, parts } => match &mut stand.word {
            Word::Published { receipt: first } => {
                if first.id != receipt.id {
                    stand.first_seen.get_or_insert(first.id.clone());
                }
                *first = receipt;
                stand.renew_receipts(&parts);
                if let Some(change) = stand.change.take() {
                    (stand.fp, stand.fixed, stand.src) = (change.fp, change.fixed, change.src);
                }
                stand.claim = None;
            }
            // That it was changed, or taken away, before another run took it away may be told late, too.
            Word::Removed => {}
            word => return Err(format!("updated while it was {}", word.name())),
        },
        Event::Deleted => match stand.word {
            Word::Published { .. } => {
                (stand.word, stand.claim, stand.change) = (Word::Removed, None, None);
            }
            Word::Removed => {}
            ref word => return Err(format!("deleted while it was {}", word.name())),
        },
        Event::Noted { on_remove } => stand.on_remove = on_remove,
        Event::Slotted { .. } => {}
        Event::Accepted { .. } => {}
        Event::Baseline => return Err("a baseline among a post's entries".to_owned()),
    }
    Ok(())
}

/// Who settled a doubt when it was the platform's own answer.
pub const LOOK_UP: &str = "look-up";

impl Stand {
    /// The receipt of a part that is out.
    pub fn receipt_of(&self, index: usize) -> Option<&Receipt> {
        let shown = self.steps.iter().find_map(|step| match step {
            Step::Shown { part, receipt } if *part == index => Some(receipt),
            _ => None,
        });
        shown.or(match &self.word {
            Word::Published { receipt } if index == 0 => Some(receipt),
            _ => None,
        })
    }

    /// The receipts of all that is out, in order: the parts, and the first comment.
    pub fn receipts(&self) -> Vec<Receipt> {
        (0..).map_while(|part| self.receipt_of(part).cloned()).collect()
    }

    /// What is done that counts for a rendition with that hash: of what was made for another text or other media, nothing
    /// may be shown.
    pub fn steps_for(&self, fp: Option<&str>) -> Vec<Step> {
        let is_changed = matches!((self.fp.as_deref(), fp), (Some(old), Some(new)) if old != new);
        let steps = self.steps.iter().filter(|step| !is_changed || !matches!(step, Step::Made { .. }));
        steps.cloned().collect()
    }

    fn begin_change(&mut self, aim: Aim, fp: Option<String>, fixed: Option<String>, src: Option<String>) {
        let goes_on = self.change.as_ref().is_some_and(|change| change.aim == aim && change.fp == fp);
        let steps = self.change.take().filter(|_| goes_on).map(|change| change.steps).unwrap_or_default();
        self.change = Some(Change { aim, fp, fixed, src, steps, refused: None });
    }

    /// The change that the claim held is for, where the entry at hand belongs to that claim.
    fn change_of(&mut self, ours: bool) -> Option<&mut Change> {
        let is_held = self.claim.as_ref().is_some_and(|claim| claim.aim != Aim::Publish);
        self.change.as_mut().filter(|_| ours && is_held)
    }

    /// Parts that an edit gave another receipt, or whose address is known better by now.
    fn renew_receipts(&mut self, parts: &BTreeMap<usize, Receipt>) {
        for step in &mut self.steps {
            if let Step::Shown { part, receipt } = step
                && let Some(renewed) = parts.get(part)
            {
                *receipt = renewed.clone();
            }
        }
    }

    /// When its parts came out.
    pub fn shown_at(&self) -> impl Iterator<Item = DateTime<Utc>> + '_ {
        let published = match &self.word {
            Word::Published { receipt } => Some(receipt.at),
            _ => None,
        };
        let parts = self.steps.iter().filter_map(|step| match step {
            Step::Shown { receipt, .. } => Some(receipt.at),
            _ => None,
        });
        published.into_iter().chain(parts)
    }

    /// The part whose showing call got no clear answer, if that is still open.
    pub fn doubt(&self) -> Option<usize> {
        if matches!(self.word, Word::Published { .. } | Word::Removed) {
            return None;
        }
        self.steps
            .iter()
            .rev()
            .find_map(|step| match step {
                Step::Doubt { part, .. } => Some(*part),
                _ => None,
            })
            .filter(|part| self.receipt_of(*part).is_none())
    }

    /// The part that may be out without a receipt: the one in doubt, or the next one of a claim whose run may have died.
    pub fn may_be_out(&self) -> Option<usize> {
        if matches!(self.word, Word::Published { .. } | Word::Removed) {
            return None;
        }
        let next = || (0..).find(|part| self.receipt_of(*part).is_none());
        self.doubt().or_else(|| self.claim.as_ref().and_then(|_| next()))
    }

    /// Whether anything of it is out.
    pub fn is_out(&self) -> bool {
        self.shown_at().next().is_some()
    }

    /// Whether the ledger has no word on this target at all.
    pub fn is_untouched(&self) -> bool {
        self.entries == 0
    }

    fn show(&mut self, index: usize, receipt: Receipt) -> Result<(), String> {
        match self.receipt_of(index) {
            None => {
                self.begun.get_or_insert_with(|| [self.fp.clone(), self.fixed.clone(), self.src.clone()]);
                self.steps.push(Step::Shown { part: index, receipt });
            }
            // A platform may tell its address only later.
            Some(known) if known.id == receipt.id => self.renew_receipts(&[(index, receipt)].into()),
            Some(known) => {
                let part = index.saturating_add(1);
                return Err(format!("part {part} is out twice: {} and {}", known.url, receipt.url));
            }
        }
        Ok(())
    }

    fn publish(&mut self, receipt: Receipt) -> Result<(), String> {
        match self.receipt_of(0) {
            // A word that comes late, of before an edit gave it another receipt, is no second post.
            Some(known) if known.id != receipt.id && self.first_seen.as_ref() != Some(&receipt.id) => {
                return Err(format!("published twice: {} and {}", known.url, receipt.url));
            }
            _ if matches!(self.word, Word::Published { .. }) => {}
            _ => {
                self.claim = None;
                self.renew_receipts(&[(0, receipt.clone())].into());
                self.word = Word::Published { receipt };
                if let Some(begun) = self.begun.take() {
                    [self.fp, self.fixed, self.src] = begun;
                }
            }
        }
        Ok(())
    }

    fn reopen(&mut self) {
        if self.claim.is_none() && matches!(self.word, Word::Failed { .. } | Word::Waiting { .. }) {
            self.word = Word::Open;
        }
    }
}

impl Word {
    /// For messages: `published`, `cancelled`, ...
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open | Self::Waiting { .. } => "open",
            Self::Published { .. } => "published",
            Self::Failed { .. } => "failed",
            Self::Missed { .. } => "missed",
            Self::Cancelled { .. } => "cancelled",
            Self::Removed => "removed",
        }
    }
}

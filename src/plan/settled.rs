//! Targets that are over: out as their post says it, taken away, or a draft. No instant, no token and no other post changes what a plan
//! says of them, so it need not look at them again while post, accounts and ledger stay as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{AddAssign, SubAssign};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::action::Standing;
use super::waiting::Waiting;
use super::{Offer, has_changed};
use crate::error::Problem;
use crate::ledger::entry::TargetKey;
use crate::ledger::{Stand, State, Word};
use crate::post::OnRemove;

/// What a plan has to know of targets that it does not look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Over {
    pub count: Count,
    /// Slots they have, by account.
    pub slots: BTreeMap<String, BTreeSet<DateTime<Utc>>>,
    /// Those that are not over, but whose time is yet to come.
    pub waiting: Vec<Waiting>,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub published: usize,
    pub removed: usize,
    pub drafts: usize,
}

impl Count {
    /// Those that stand so.
    pub fn of(&self, standing: Standing) -> usize {
        match standing {
            Standing::Published => self.published,
            Standing::Removed => self.removed,
            Standing::Draft => self.drafts,
            _ => 0,
        }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.published += other.published;
        self.removed += other.removed;
        self.drafts += other.drafts;
    }
}

impl SubAssign for Count {
    fn sub_assign(&mut self, other: Self) {
        self.published = self.published.saturating_sub(other.published);
        self.removed = self.removed.saturating_sub(other.removed);
        self.drafts = self.drafts.saturating_sub(other.drafts);
    }
}

/// Counts a target, if it is over. `queued`: its post waits, or waited, for a slot. In doubt it is not: then each plan looks at it.
pub fn settled(state: &State, offer: &Offer, queued: bool) -> Option<Count> {
    let key = TargetKey::new(offer.target.platform, &offer.target.account);
    let stand = state.stand(&offer.post, &key);
    let is_wrong = offer.post_is_wrong || offer.problems.iter().any(Problem::is_error) || offer.refused.is_some();
    let is_busy = stand.claim.is_some() || stand.change.is_some() || stand.doubt().is_some();
    // A run has to write the wish down first.
    let is_noted = offer.on_remove == stand.on_remove;
    // Who has none takes one that others then do not get.
    let is_in_queue = queued && stand.slot.is_none();
    if state.frozen.contains_key(&offer.post) || is_wrong || is_busy || !is_noted || is_in_queue {
        return None;
    }
    match &stand.word {
        Word::Published { .. } => {
            let may_expire = offer.expires.is_some() && offer.on_remove == OnRemove::Delete;
            let is_as_it_went_out = offer.rendition.is_some() && stand.fp.is_some() && !has_changed(offer, stand);
            (is_as_it_went_out && !may_expire).then_some(Count { published: 1, ..Count::default() })
        }
        Word::Removed => Some(Count { removed: 1, ..Count::default() }),
        Word::Open => is_untouched_draft(offer, stand).then_some(Count { drafts: 1, ..Count::default() }),
        Word::Waiting { .. } | Word::Failed { .. } | Word::Missed { .. } | Word::Cancelled { .. } => None,
    }
}

fn is_untouched_draft(offer: &Offer, stand: &Stand) -> bool {
    offer.target.wishes.draft.as_ref().is_some_and(|draft| draft.value) && stand.is_untouched()
}

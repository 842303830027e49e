//! What publishing a rendition takes of a platform's limits. Knows no ledger.

use super::Rendition;
use crate::limits::Quota;
use crate::limits::quota::{Counted, Sort};

impl Rendition {
    /// What of it decides which limits it counts against.
    pub fn sort(&self) -> Sort {
        Sort { kind: self.kind, answers: self.reply_to.is_some(), shares: self.repost_of.is_some() }
    }

    /// How much of a limit the parts take that are `left`. Where a limit is of more than posts, that there must be some.
    pub fn spends(&self, quota: &Quota, left: impl Fn(usize) -> bool) -> u32 {
        if quota.counts == Counted::Calls {
            return 1;
        }
        let parts = (0..self.showings()).filter(|part| left(*part) && quota.counts.has(self.sort(), *part));
        u32::try_from(parts.count()).unwrap_or(u32::MAX)
    }
}

//! What accounts.toml demands before anything goes out: that its commits are signed, that its plan was reviewed. Holds offers back
//! with a reason; knows no ledger and no time.

use crate::account::Accounts;
use crate::error::{Failure, Problem};
use crate::plan::Offer;
use crate::post::Post;
use crate::repo::snapshot::Snapshot;

pub mod lock;
mod signed;
#[cfg(test)]
mod tests;

/// Gives every offer that a guard refuses the reason; gives what a person should mend in files.
///
/// # Errors
/// When the history cannot be read.
pub fn hold(
    snapshot: &Snapshot,
    accounts: &Accounts,
    posts: &[Post],
    offers: &mut [Offer],
) -> Result<Vec<Problem>, Failure> {
    signed::hold(snapshot, accounts, posts, offers)?;
    if accounts.publish.require_plan { Ok(lock::hold(snapshot, posts, offers)) } else { Ok(Vec::new()) }
}

/// Whether the history demands no signatures. That the newest accounts.toml demands none says nothing: turning the demand off takes a
/// signature, too.
///
/// # Errors
/// When the history cannot be read.
pub fn is_off(snapshot: &Snapshot) -> Result<bool, Failure> {
    signed::is_off(snapshot)
}

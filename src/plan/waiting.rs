//! Targets that wait for nothing but their time, and what a plan says of them until it comes: kept from an earlier plan, so that their
//! posts need not be read.

use chrono::serde::ts_microseconds;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::action::{Row, Standing};
use super::gone::{Said, Suspect, moved};
use super::{Desk, Offer, Verdict, ends_before, is_named};
use crate::account::Accounts;
use crate::error::Problem;
use crate::fit::Reference;
use crate::ledger::State;
use crate::ledger::entry::TargetKey;
use crate::limits::Platform;
use crate::post::PostId;

/// A target that goes out at its time, unless somebody touches post, accounts, media or ledger before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub post: PostId,
    /// The post's file.
    pub path: String,
    pub account: String,
    pub platform: Platform,
    #[serde(with = "ts_microseconds")]
    pub due: DateTime<Utc>,
    /// The zone the schedule was written in.
    pub zone: String,
    pub warnings: Vec<String>,
    /// [`crate::fit::Rendition::fingerprint`] of what goes out.
    pub fp: String,
}

/// What is to be kept of a target, if it waits for nothing but its time. In doubt it does not: then each plan looks at it.
/// Whether its time has come, and whether it is older than its account's baseline, no one knows here.
pub fn waiting(state: &State, accounts: &Accounts, offer: &Offer) -> Option<Waiting> {
    let key = TargetKey::new(offer.target.platform, &offer.target.account);
    let stand = state.stand(&offer.post, &key);
    let is_wrong = offer.post_is_wrong || offer.refused.is_some() || !offer.wrong_targets.is_empty();
    let is_draft = offer.target.wishes.draft.as_ref().is_some_and(|draft| draft.value);
    let has_only_its_time = !offer.on_merge && offer.waits_since.is_none() && offer.expires.is_none();
    let is_paused = accounts.accounts.get(&offer.target.account).is_none_or(|account| account.paused);
    if !stand.is_untouched() || stand.slot.is_some() || is_wrong || is_draft || !has_only_its_time || is_paused {
        return None;
    }
    let rendition = offer.rendition.as_ref().filter(|rendition| !rendition.is_too_large_yet())?;
    let references = [&rendition.reply_to, &rendition.quote_of, &rendition.repost_of];
    let refers_to_ours = references.into_iter().flatten().any(|its| matches!(its, Reference::Post(_)));
    if refers_to_ours || offer.problems.iter().any(Problem::is_error) {
        return None;
    }
    Some(Waiting {
        post: offer.post.clone(),
        path: offer.path.clone(),
        account: offer.target.account.clone(),
        platform: offer.target.platform,
        due: offer.due?,
        zone: offer.zone.clone(),
        warnings: offer.problems.iter().map(|problem| problem.message.clone()).collect(),
        fp: rendition.fingerprint().to_owned(),
    })
}

/// The row of a target whose time is yet to come: what a plan says of it without its post.
pub(super) fn row(desk: &Desk<'_>, said: &Said<'_>, waiting: &Waiting) -> Row {
    let Waiting { post, path, account, platform, due, zone, warnings, fp } = waiting;
    let suspect = Suspect { post, account, platform: *platform, is_due: *due <= desk.now };
    let verdict = moved(said, &suspect, fp).unwrap_or_else(|| Verdict::rest(Standing::Scheduled));
    let ends = ends_before(desk, account, Some(*due), zone, &verdict);
    Row {
        path: path.clone(),
        due: Some(*due),
        reason: verdict.reason,
        warnings: warnings.iter().cloned().chain(ends).collect(),
        zone: zone.clone(),
        kept: Some(fp.clone()),
        attention: verdict.attention.filter(|_| is_named(desk, post, account)),
        untouched: true,
        ..Row::bare(post.clone(), TargetKey::new(*platform, account), *platform, verdict.state)
    }
}

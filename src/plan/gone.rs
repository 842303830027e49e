//! Targets that the ledger knows but no post offers any more: they are told, and posts that say the same are taken for them
//! until a person says otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::action::{Row, Standing};
use super::change::{NOT_NAMED, removal};
use super::{Desk, Offer, Verdict, claimed, is_named, receipt};
use crate::error::Kind;
use crate::fit::Fitted;
use crate::ledger::entry::TargetKey;
use crate::ledger::{Stand, Word};
use crate::limits::Platform;
use crate::post::{OnRemove, PostId};

/// Targets that the ledger knows but no post offers any more.
fn gone<'a>(desk: &Desk<'a>) -> impl Iterator<Item = (&'a PostId, &'a TargetKey, &'a Stand)> {
    let offered: BTreeSet<(&PostId, &str)> =
        desk.offers.iter().map(|offer| (&offer.post, offer.target.account.as_str())).collect();
    desk.state.targets().filter(move |(post, key, _)| !offered.contains(&(*post, key.account())))
}

/// What is out, or may be, of posts that are gone: by account and fingerprint, the post and where it is out.
pub(super) type Said<'a> = BTreeMap<(&'a str, &'a str), (&'a PostId, Option<&'a str>)>;

pub(super) fn said<'a>(desk: &Desk<'a>) -> Said<'a> {
    let mut said = Said::new();
    for (post, key, stand) in gone(desk) {
        let is_or_may_be_out = stand.word != Word::Removed && (stand.is_out() || stand.may_be_out().is_some());
        if let Some(fp) = stand.fp.as_deref().filter(|_| is_or_may_be_out) {
            let new = (post, stand.receipt_of(0).map(|receipt| receipt.url.as_str()));
            let old = said.entry((key.account(), fp)).or_insert(new);
            *old = new.min(*old);
        }
    }
    said
}

/// A target the ledger has no word on.
pub(super) struct Suspect<'a> {
    pub(super) post: &'a PostId,
    pub(super) account: &'a str,
    pub(super) platform: Platform,
    pub(super) is_due: bool,
}

/// Whether such a target equals one of a post that is gone: the file was moved or renamed, and with it went its id. `fp`: the
/// fingerprint of what it sends.
pub(super) fn moved(said: &Said<'_>, new: &Suspect<'_>, fp: &str) -> Option<Verdict> {
    let Suspect { post: new, account, platform, is_due } = *new;
    let (old, url) = said.get(&(account, fp))?;
    let reason = match url {
        Some(url) => format!(
            "moved? `{old}` said the same here, is out at {url}, and is gone: `pressroom adopt {new}:{account} {url}` if it \
             is the same post, `pressroom retry {new}:{account}` to publish it once more"
        ),
        None => format!(
            "moved? `{old}` said the same here, may be out, and is gone: look on {}, then `pressroom resolve {old}:{account}`",
            platform.label()
        ),
    };
    let verdict = Verdict::hold(Standing::Held, reason);
    Some(if is_due { verdict.needs(Kind::Person) } else { verdict })
}

/// What is out, and is to go with its post. Not while another post says the same there: then the file was moved, perhaps.
fn of_removed(desk: &Desk<'_>, post: &PostId, account: &str, platform: Platform, stand: &Stand) -> Verdict {
    let says_the_same = |offer: &&Offer| {
        let fp = offer.rendition.as_ref().filter(|_| offer.target.account == account).map(Fitted::fingerprint);
        fp.is_some() && fp == stand.fp.as_deref()
    };
    if let Some(offer) = desk.offers.iter().find(says_the_same) {
        let reason = format!("not removed, as `{}` says the same there: was the file moved?", offer.post);
        return Verdict::hold(Standing::Published, reason).needs(Kind::Person);
    }
    match removal(desk, platform, account, stand) {
        verdict if verdict.action.is_some() && !is_named(desk, post, account) => {
            Verdict::hold(Standing::Published, NOT_NAMED)
        }
        verdict => verdict,
    }
}

/// A thread that was begun, whose end nobody has any more.
fn half_out(post: &PostId, account: &str, gone: &str) -> Verdict {
    let reason = format!(
        "{gone}, and only a part of it is out: bring it back and the rest is published, or delete by hand what is out, then \
         `pressroom cancel {post}:{account}`"
    );
    Verdict::hold(Standing::Failed, reason).needs(Kind::Person)
}

/// Targets that need somebody but whose post is no longer there.
pub(super) fn orphans(desk: &Desk<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (post, key, stand) in gone(desk) {
        let Some(platform) = key.platform() else { continue };
        let gone = "the post or its target is gone from the repository";
        let verdict = match (&stand.word, stand.may_be_out()) {
            (Word::Published { .. }, _) if stand.on_remove == OnRemove::Delete => {
                of_removed(desk, post, key.account(), platform, stand).because_too(gone)
            }
            (Word::Published { .. }, _) => Verdict::hold(Standing::Published, gone),
            (Word::Failed { .. } | Word::Open | Word::Waiting { .. }, Some(_)) => {
                claimed(desk, stand).unwrap_or_else(|| {
                    Verdict::hold(Standing::Doubtful, format!("{gone}, but a call may have shown it"))
                        .needs(Kind::Person)
                })
            }
            (Word::Failed { .. } | Word::Open | Word::Waiting { .. }, None) if stand.receipt_of(0).is_some() => {
                claimed(desk, stand).unwrap_or_else(|| half_out(post, key.account(), gone))
            }
            _ => continue,
        };
        rows.push(Row {
            action: verdict.action,
            reason: verdict.reason,
            receipt: receipt(stand),
            acts_as: desk.accounts.accounts.get(key.account()).and_then(|account| account.acts_as.clone()),
            attention: verdict.attention,
            takes_over: stand.claim.as_ref().map(|claim| claim.id),
            ..Row::bare(post.clone(), key.clone(), platform, verdict.state)
        });
    }
    rows
}

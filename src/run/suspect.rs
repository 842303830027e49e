//! What may have been shown before a run's own first call: by a run that died, or by one whose words the ledger has lost.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::Run;
use super::walk::open_doubt;
use super::write::Suspicion;
use crate::fit::Fitted;
use crate::ledger::entry::Event;
use crate::plan::action::{Action, Row};
use crate::platform::{self, Adapter, Call, Identity, Job, Next, Refs, Step};

/// The suspicion about a row's target; `None` where this version has no adapter, no rendition or no token for it.
pub(super) fn suspicion(run: &Run<'_>, row: &Row) -> Option<Suspicion> {
    let adapter = platform::adapter(row.platform)?;
    let judge = Judge {
        adapter,
        mark: row.mark(),
        rendition: row.rendition.clone()?,
        identity: run.tokens.get(&row.account)?.identity.clone(),
        settle: run.timings.settle.unwrap_or_else(|| adapter.settle()),
        now: run.clock.now(),
        refs: row.refs.clone(),
    };
    let recovered = run.recovered.clone();
    let late_since = row.due.filter(|_| row.action == Some(Action::Look) && row.untouched);
    Some(Box::new(move |stand| {
        match &stand.claim {
            Some(old) if recovered.certainly_unsent(old) => None,
            // That a doubt is open already does not tell of what was sent after it was looked into.
            Some(old) => judge.after_death(&stand.steps, old.at, stand.fp.as_deref()),
            None if stand.doubt().is_some() => None,
            None => judge.after_silence(late_since?),
        }
    }))
}

/// What it takes to judge, owned: claims are tried again whenever another run was faster.
struct Judge {
    adapter: &'static dyn Adapter,
    mark: String,
    rendition: Fitted,
    identity: Identity,
    settle: TimeDelta,
    now: DateTime<Utc>,
    refs: Refs,
}

impl Judge {
    /// A run died that may have sent a showing call. What is made outside is written down before such a call: if the
    /// next call, as that run saw it, would show nothing, nothing can have been shown. (As that run saw it: an upload
    /// that is too old by now was not then.) Of a post that was changed since, no such thing can be told.
    fn after_death(&self, steps: &[Step], at: DateTime<Utc>, fp: Option<&str>) -> Option<Event> {
        let unchanged = fp.is_none_or(|fp| fp == self.rendition.fingerprint());
        let is_doubtful = open_doubt(steps);
        let looked = steps.iter().filter_map(|step| match step {
            Step::Absent { at, .. } => Some(*at),
            _ => None,
        });
        let part = match self.next(&self.with_addresses(steps), looked.fold(at, DateTime::max)) {
            Next::Call(Call { shows: true, part, .. }) => part,
            Next::Call(_) if !unchanged && !is_doubtful => {
                steps.iter().filter(|step| matches!(step, Step::Shown { .. })).count()
            }
            _ => return None,
        };
        Some(self.doubt(part, at, "a run died here"))
    }

    /// The steps as the run that died had them: the ledger has no addresses of uploads, and without one nothing could be sent.
    fn with_addresses(&self, steps: &[Step]) -> Vec<Step> {
        let mut steps = steps.to_vec();
        if let Some((name, address)) = self.adapter.upload_address() {
            for step in &mut steps {
                if let Step::Made { secret, .. } = step {
                    secret.entry(name.to_owned()).or_insert_with(|| address.to_owned());
                }
            }
        }
        steps
    }

    /// Late without a word in the ledger, which may have been lost. Where a platform cannot be asked, there is nothing to
    /// wait for: then it is published, and a platform that has the same text refuses it.
    fn after_silence(&self, due: DateTime<Utc>) -> Option<Event> {
        let can_look = match self.next(&[Step::Doubt { part: 0, sent_at: due }], self.now) {
            Next::Call(call) => !call.shows,
            Next::Wait { .. } => true,
            Next::Done | Next::Person { .. } => false,
        };
        can_look.then(|| self.doubt(0, due, "late without a word in the ledger"))
    }

    fn next(&self, done: &[Step], now: DateTime<Utc>) -> Next {
        // No address of media is known before the claim. Nothing is sent from here, so any will do: TikTok takes them with
        // the very call that shows the post.
        let nowhere = Url::parse("https://media.invalid/").ok();
        let addresses = self.rendition.media().filter_map(|(_, media)| Some((media.path.clone(), nowhere.clone()?)));
        let (refs, addresses) = (&self.refs, &addresses.collect::<BTreeMap<_, _>>());
        let (rendition, identity, settle) = (&self.rendition, &self.identity, self.settle);
        let job = Job { rendition, mark: &self.mark, identity, now, settle, refs, addresses };
        self.adapter.next(&job, done)
    }

    fn doubt(&self, index: usize, sent_at: DateTime<Utc>, why: &str) -> Event {
        Event::InDoubt { index, why: why.to_owned(), sent_at, not_before: sent_at + self.settle }
    }
}

//! Slack, by an incoming webhook: a text whose words may be links, with pictures below it.
//!
//! One call shows a message. Slack fetches the pictures at their addresses.
//!
//! Peculiar: Slack answers `ok` and nothing else. The message has no name that we know, so it cannot be looked for, changed, or
//! removed, and its receipt has neither id nor address: it holds a digest of what was sent, and when. A message whose answer was
//! lost is not sent again, and a person tells whether it is there. Whether a webhook works can be asked by no call that shows
//! nothing, so `connect` believes its address, and tells from it whose it is. Nobody is notified by what a text says. The
//! webhook's address is its secret, so the address here has a place for it and never the secret itself.
//!
//! Not here: bots (`chat.postMessage`), threads, other channels than the webhook's.
//!
//! Sources: <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>,
//! <https://docs.slack.dev/messaging/formatting-message-text>, <https://docs.slack.dev/apis/web-api/rate-limits>.

mod grant;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

use chrono::TimeDelta;

use super::{Adapter, Allowance, Call, Farewell, Grant, Identity, Job, Next, Receipt, Refusal, Reply, Step};
use crate::limits::Platform;

/// Slack's adapter.
#[derive(Debug)]
pub struct Slack;

impl Adapter for Slack {
    fn hosts(&self) -> &'static [&'static str] {
        &[wire::HOST]
    }

    fn grants(&self) -> &'static [Grant] {
        &grant::GRANTS
    }

    /// Never asked: see [`Adapter::known`].
    fn who(&self, _grant: &Grant, _server: &str) -> Call {
        wire::nothing()
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        Err(refusals::refusal(reply, false))
    }

    fn known(&self, open: &str) -> Option<Identity> {
        let id = open.trim_end_matches('/').to_owned();
        let name = id.split_once('/').map(|(workspace, webhook)| format!("webhook {webhook} of {workspace}"))?;
        Some(Identity { id, name, ..Identity::default() })
    }

    /// Nothing can be looked for, so nothing is waited for.
    fn settle(&self) -> TimeDelta {
        TimeDelta::zero()
    }

    fn next(&self, job: &Job<'_>, done: &[Step]) -> Next {
        steps::next(job, done)
    }

    fn read(&self, _job: &Job<'_>, _done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
        steps::read(call, reply)
    }

    fn allowances(&self, _call: &Call, reply: &Reply) -> Vec<Allowance> {
        refusals::allowances(reply)
    }

    fn edit(&self, job: &Job<'_>, _out: &[Receipt], _done: &[Step]) -> Next {
        Next::Person { why: job.rendition.platform.limits().edits.why_not.to_owned() }
    }

    fn remove(&self, _farewell: &Farewell<'_>, _done: &[Step]) -> Next {
        Next::Person { why: Platform::Slack.limits().edits.why_not.to_owned() }
    }

    fn read_remove(
        &self,
        _farewell: &Farewell<'_>,
        _done: &[Step],
        _call: &Call,
        reply: &Reply,
    ) -> Result<Step, Refusal> {
        Err(refusals::refusal(reply, false))
    }
}

//! Discord, by a channel's webhook: a text with up to ten pictures or videos as one message, its text changed later, and
//! removed.
//!
//! The webhook is read first, which shows nothing: it tells on which server (guild) the channel is, for the message's address,
//! and that the webhook lives. Then one call shows the message, with its files; `wait=true` has Discord answer once it is
//! stored, with its id.
//!
//! Peculiar: a webhook reads its messages by their ids alone, and lists none. So a message whose answer was lost cannot be
//! looked for: it is sent once, and a person tells whether it is there. There is no key by which Discord would know a repeated
//! call. Nobody is notified by what a text says: mentions are never resolved (`allowed_mentions`). The webhook's address is its
//! secret, so addresses here have a place for it and never the secret itself.
//!
//! Not here: threads and forum channels (`thread_id`), embeds, other names and pictures of the author.
//!
//! Sources: <https://docs.discord.com/developers/resources/webhook>, <https://docs.discord.com/developers/resources/message>,
//! <https://docs.discord.com/developers/topics/rate-limits>.

mod grant;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

use chrono::TimeDelta;

use super::{Adapter, Allowance, Call, Farewell, Grant, Identity, Job, Next, Receipt, Refusal, Reply, Step};

/// Discord's adapter.
#[derive(Debug)]
pub struct Discord;

impl Adapter for Discord {
    fn hosts(&self) -> &'static [&'static str] {
        &[wire::HOST]
    }

    fn grants(&self) -> &'static [Grant] {
        &grant::GRANTS
    }

    fn who(&self, _grant: &Grant, _server: &str) -> Call {
        wire::webhook("who")
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        if !reply.is_success() {
            return Err(refusals::refusal(reply, false));
        }
        wire::identity(&reply.json()).ok_or_else(|| refusals::unclear(reply, false))
    }

    /// Nothing can be looked for, so nothing is waited for.
    fn settle(&self) -> TimeDelta {
        TimeDelta::zero()
    }

    fn next(&self, job: &Job<'_>, done: &[Step]) -> Next {
        steps::next(job, done)
    }

    fn read(&self, _job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
        steps::read(done, call, reply)
    }

    fn allowances(&self, _call: &Call, reply: &Reply) -> Vec<Allowance> {
        refusals::allowances(reply)
    }

    fn edit(&self, job: &Job<'_>, out: &[Receipt], done: &[Step]) -> Next {
        steps::edit(job, out, done)
    }

    fn remove(&self, farewell: &Farewell<'_>, done: &[Step]) -> Next {
        steps::remove(farewell, done)
    }

    fn read_remove(
        &self,
        _farewell: &Farewell<'_>,
        _done: &[Step],
        call: &Call,
        reply: &Reply,
    ) -> Result<Step, Refusal> {
        steps::read_remove(call, reply)
    }
}

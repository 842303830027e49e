//! Mastodon, and servers of its API: text, up to four pictures or a video, polls, threads, answers, audiences, content
//! warnings.
//!
//! Each account lives on a server of somebody's, and all calls go there. Files are uploaded first, with their descriptions;
//! those a server takes its time with are asked after until they are ready. Then one call shows a part; each next part of a
//! thread answers the one before.
//!
//! Peculiar: each showing call has an `Idempotency-Key`, by which Mastodon itself answers a repeated call with the first post
//! for an hour; other software ignores it, so it is a help and no more. A doubtful part is looked for among the account's own
//! posts by text and time, where exactly one must fit: what a server lists is HTML, so letters and figures are compared and no
//! marks. After two looks in vain it is sent once more, and then never again; what not everybody may see is not, for some
//! software lists none of that.
//!
//! Servers leave out what they do not know, and tell nobody: an audience, a poll, a file. So each part is read once it is out,
//! and what is not as it was asked for is told with the post (`steps::afterwards`).
//!
//! Not here: quotes, which a server has to know (4.5, API version 7), and no file of this repository says whether it does;
//! `scheduled_at`, which some software ignores, so that the post would be out at once.
//!
//! Sources: <https://docs.joinmastodon.org/methods/statuses/>, <https://docs.joinmastodon.org/methods/media/>,
//! <https://docs.joinmastodon.org/methods/accounts/#statuses>, <https://docs.joinmastodon.org/entities/Status/>.

mod grant;
mod kept;
mod look;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

use chrono::TimeDelta;

use crate::limits::Server;

use super::{Adapter, Allowance, Call, Farewell, Grant, Identity, Job, Next, Receipt, Refusal, Reply, Step};

/// Mastodon's adapter.
#[derive(Debug)]
pub struct Mastodon;

impl Adapter for Mastodon {
    fn hosts(&self) -> &'static [&'static str] {
        &[]
    }

    fn grants(&self) -> &'static [Grant] {
        &grant::GRANTS
    }

    fn who(&self, _grant: &Grant, server: &str) -> Call {
        wire::who(server)
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        if !reply.is_success() {
            return Err(refusals::refusal(reply, false));
        }
        wire::identity(&reply.json()).ok_or_else(|| refusals::unclear(reply, false))
    }

    fn server(&self, server: &str) -> Option<Call> {
        Some(wire::server(server, "v2"))
    }

    /// Servers that are older than 4.0, and much software of others, know the first version alone.
    fn server_else(&self, server: &str, reply: &Reply) -> Option<Call> {
        refusals::is_gone(reply).then(|| wire::server(server, "v1"))
    }

    fn read_server(&self, reply: &Reply) -> Result<Server, Refusal> {
        if !reply.is_success() {
            return Err(refusals::refusal(reply, false));
        }
        wire::figures(&reply.json()).ok_or_else(|| refusals::unclear(reply, false))
    }

    /// A call that was cut may still be at work, and its post not yet in the list.
    fn settle(&self) -> TimeDelta {
        TimeDelta::seconds(10)
    }

    fn next(&self, job: &Job<'_>, done: &[Step]) -> Next {
        steps::next(job, done)
    }

    fn read(&self, job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
        steps::read(job, done, call, reply)
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

//! X (Twitter), API v2: text, threads, up to four images or a video a part, polls, replies, quotes, reposts.
//!
//! A part with media is published in two stages: each file is uploaded (initialize, append in segments, finalize, then
//! status until it is processed), a video gets its captions, each its alternative text, and all that is usable for 24
//! hours; then one `POST /2/tweets` shows the part. Each next part of a thread replies to the one before. All media of all
//! parts are uploaded before the first part is shown, so that a bad file cannot leave half a thread.
//!
//! Peculiar: there is no idempotency key, a duplicate is refused without naming the original, and refused attempts may be
//! billed. A doubtful part is therefore looked for in the account's own posts by text and time; after two looks in vain the
//! call is sent once more, and then never again. An id carries the time it was made. An account can repost a post only
//! once, so a doubtful repost is simply sent again. An edit is the same call as a post and gives another id.
//!
//! Sources: <https://docs.x.com/x-api/posts/create-post>, <https://docs.x.com/x-api/media/introduction>,
//! <https://docs.x.com/x-api/fundamentals/edit-posts>, <https://docs.x.com/x-api/users/repost-post>,
//! <https://docs.x.com/x-api/fundamentals/response-codes-and-errors>, <https://api.x.com/2/openapi.json> (2.167).

mod grant;
mod look;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod upload;
mod wire;

use chrono::TimeDelta;

use super::{Adapter, Allowance, Call, Farewell, Grant, Identity, Job, Next, PinGrant, Receipt, Refusal, Reply, Step};

/// X's adapter.
#[derive(Debug)]
pub struct X;

impl Adapter for X {
    fn hosts(&self) -> &'static [&'static str] {
        &["api.x.com"]
    }

    fn grants(&self) -> &'static [Grant] {
        &grant::GRANTS
    }

    fn pin(&self) -> Option<&'static PinGrant> {
        Some(&grant::PIN)
    }

    fn who(&self, _grant: &Grant, _server: &str) -> Call {
        wire::who()
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        if !reply.is_success() {
            return Err(refusals::refusal(reply, false));
        }
        // Told of OAuth 1.0a alone, which has no scopes.
        if reply.header("x-access-level") == Some("read") {
            return Err(refusals::reads_only());
        }
        wire::identity(&reply.json()).ok_or_else(|| refusals::unclear(reply, false))
    }

    /// The list of an account's posts is known to lag some seconds behind.
    fn settle(&self) -> TimeDelta {
        TimeDelta::seconds(15)
    }

    fn next(&self, job: &Job<'_>, done: &[Step]) -> Next {
        steps::next(job, done)
    }

    fn read(&self, job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
        steps::read(job, done, call, reply)
    }

    fn allowances(&self, call: &Call, reply: &Reply) -> Vec<Allowance> {
        refusals::allowances(call, reply)
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

//! X (Twitter), API v2: text, threads, up to four images a part.
//!
//! A part with images is published in two stages: each image is uploaded (initialize, append in 1 MiB segments, finalize,
//! perhaps status), gets its alternative text, and is usable for 24 hours; then one `POST /2/tweets` shows the part. Each next
//! part of a thread replies to the one before. All images of all parts are uploaded before the first part is shown, so that
//! a bad image cannot leave half a thread.
//!
//! Peculiar: there is no idempotency key, a duplicate is refused without naming the original, and refused attempts may be
//! billed. A doubtful part is therefore looked for in the account's own posts by text and time; after two looks in vain the
//! call is sent once more, and then never again. An id carries the time it was made.
//!
//! Sources: <https://docs.x.com/x-api/posts/create-post>, <https://docs.x.com/x-api/media/introduction>,
//! <https://docs.x.com/x-api/fundamentals/response-codes-and-errors>, <https://api.x.com/2/openapi.json> (2.167).

mod grant;
mod look;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

use chrono::TimeDelta;

use super::{Adapter, Call, Farewell, Grant, Identity, Job, Next, Receipt, Refusal, Reply, Step};

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

    fn who(&self, _grant: &Grant) -> Call {
        wire::who()
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        if !reply.is_success() {
            return Err(refusals::refusal(reply, false));
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

    fn edit(&self, _job: &Job<'_>, _out: &[Receipt], _done: &[Step]) -> Next {
        Next::Person { why: "this version of pressroom cannot edit there".to_owned() }
    }

    fn remove(&self, _farewell: &Farewell<'_>, _done: &[Step]) -> Next {
        Next::Person { why: "this version of pressroom cannot remove there".to_owned() }
    }

    fn read_remove(
        &self,
        _farewell: &Farewell<'_>,
        _done: &[Step],
        _call: &Call,
        reply: &Reply,
    ) -> Result<Step, Refusal> {
        Err(refusals::unclear(reply, false))
    }
}

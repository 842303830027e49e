//! Bluesky, the AT Protocol: text with links, mentions and hashtags, up to four pictures or a video, link cards, threads,
//! answers, quotes, content labels, and who may reply or quote.
//!
//! A post is a record in the account's own repository, which lies on the account's own server; all calls go there. Pictures,
//! videos and captions are uploaded first (blobs, kept for about an hour while nothing names them); handles that are mentioned
//! become DIDs; then one `putRecord` shows a part. A part of a thread, and whatever answers or quotes, names the other post by
//! its address and the hash of its content (cid), which is read a moment before: so no receipt has to hold one. Who may reply
//! (threadgate) and quote (postgate) are records of their own with the post's key, and come once all parts are out.
//!
//! Peculiar: we choose the record's key, and derive it from the target and the part: the same in every run, so the post has
//! one address for ever. `swapRecord: null` makes the call create and never replace, so a second one cannot make a second
//! post. It is sent once all the same; a doubtful part is read by its key, which tells at once whether it is out. Where
//! something else lies there (the post was changed after a first run had published it), a person decides.
//!
//! Not here: the video service <https://docs.bsky.app/docs/tutorials/video>, whose token is not the account's. A
//! video is uploaded to the account's server instead, and prepared for viewers once it is posted.
//!
//! Sources: <https://github.com/bluesky-social/atproto/tree/main/lexicons>, <https://atproto.com/specs/xrpc>,
//! <https://atproto.com/specs/tid>, <https://docs.bsky.app/docs/advanced-guides/posts>,
//! <https://docs.bsky.app/docs/advanced-guides/rate-limits>.

mod facets;
mod grant;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

use chrono::TimeDelta;

use super::{Adapter, Allowance, Call, Farewell, Grant, Identity, Job, Next, Receipt, Refusal, Reply, Step};

/// Bluesky's adapter.
#[derive(Debug)]
pub struct Bluesky;

impl Adapter for Bluesky {
    fn hosts(&self) -> &'static [&'static str] {
        &[]
    }

    fn grants(&self) -> &'static [Grant] {
        grant::GRANTS
    }

    fn who(&self, _grant: &Grant, server: &str) -> Call {
        wire::who(server)
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        if !reply.is_success() {
            return Err(refusals::refusal(reply, false));
        }
        let identity = wire::identity(&reply.json()).ok_or_else(|| refusals::unclear(reply, false))?;
        refusals::inactive(&reply.json()).map_or(Ok(identity), Err)
    }

    /// A record is there, or it is not.
    fn settle(&self) -> TimeDelta {
        TimeDelta::zero()
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

    fn edit(&self, job: &Job<'_>, _out: &[Receipt], _done: &[Step]) -> Next {
        Next::Person { why: job.rendition.platform.limits().edits.why_not.to_owned() }
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

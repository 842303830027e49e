//! YouTube, Data API v3: one video a post, with title, description, tags, thumbnail, captions, and a place in a playlist.
//!
//! A video is uploaded through a session: one call opens it and says everything about the video, then the bytes follow in
//! order, 8 MiB a call. The session answers each with the bytes it has; that word, and not what was sent, says where to go
//! on, also after a restart, for the session's address is kept. The video comes into being with the last byte, so the call
//! that brings it is the one that shows. A Short is a video that is square or taller and lasts three minutes at most: there
//! is nothing to tell. Thumbnail, captions and playlist come after the video is out, and the look whether YouTube could
//! process it; none of them can take it away again, and what of them is refused is told in the end.
//!
//! Peculiar: there is no idempotency key, but a session makes one video at most and can be asked whether it has. Only where
//! its address is lost, or it has ended, is the video looked for among the channel's uploads: by the name of its file, which
//! the session was opened with, or by title and length; after two looks in vain it is uploaded once more. Left out, the
//! audience is public, so it is always said. An edit erases what it leaves out of a part, so what the post does not speak of
//! is read first. Quota belongs to the Google project and has buckets of a day: 100 uploads, and 10,000 units for the rest.
//!
//! Sources: <https://developers.google.com/youtube/v3/docs/videos/insert>, <https://developers.google.com/youtube/v3/docs/videos>,
//! <https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol>,
//! <https://developers.google.com/youtube/v3/revision_history> (to 2026-11-03), the discovery document (revision 20261104).

mod grant;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod upload;
mod wire;

use chrono::TimeDelta;

use super::{Adapter, Allowance, Call, Class, Farewell, Grant, Identity, Job, Next, Receipt, Refusal, Reply, Step};

/// YouTube's adapter.
#[derive(Debug)]
pub struct YouTube;

impl Adapter for YouTube {
    fn hosts(&self) -> &'static [&'static str] {
        wire::HOSTS
    }

    fn grants(&self) -> &'static [Grant] {
        &grant::GRANTS
    }

    fn who(&self, _grant: &Grant, _server: &str) -> Call {
        wire::who()
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        if !reply.is_success() {
            return Err(refusals::refusal(reply, &wire::who()));
        }
        let answer = reply.json();
        if !answer.is_object() {
            return Err(refusals::unclear(reply, false));
        }
        wire::identity(&answer).ok_or_else(|| {
            let words = "this Google account has no channel; make one at youtube.com, or choose another at the login";
            refusals::of(Class::Permission, reply, "", words, None)
        })
    }

    fn upload_address(&self) -> Option<(&'static str, &'static str)> {
        Some((upload::ADDRESS, "https://www.googleapis.com/upload/youtube/v3/videos"))
    }

    /// A channel's list of uploads is known to lag a minute or so behind.
    fn settle(&self) -> TimeDelta {
        TimeDelta::seconds(120)
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

//! Threads, API v1.0: text, pictures, videos, carousels of up to 20 of them, polls, link cards, threads, answers and quotes.
//!
//! A part is published in two stages: a container is made (nobody sees it; Threads fetches the media by their addresses),
//! asked after until it is `FINISHED`, and then `threads_publish` shows it. A carousel's pictures and videos are containers
//! of their own before. A part of a thread names the part it answers when its container is made, so that container can only
//! come after the part before it is out; its media are tried in containers of their own before anything is shown, so that a
//! bad video cannot leave half a thread. Containers live 24 hours. What is left of the day's quota is read before a post is
//! shown: no code is documented for the day on which it is used up.
//!
//! Peculiar: the answer to `threads_publish` holds no address, which is read afterwards and gives the receipt its last
//! touch; should that fail, the receipt leads to the profile. No duplicate is refused and there is no idempotency key, but
//! the container tells: a doubtful part's container is read, `PUBLISHED` means that it is out and then it is looked for by
//! text, kind and time in the account's list of posts (or of replies, which takes the scope `threads_read_replies`), where
//! exactly one must fit; `FINISHED` means that it is not, and the same container is published once more. Only a person can
//! tell where it is out and not to be found, or where two sends in a row came to nothing.
//!
//! Sources: <https://developers.facebook.com/docs/threads/posts>,
//! <https://developers.facebook.com/docs/threads/reference/publishing>,
//! <https://developers.facebook.com/docs/threads/troubleshooting>,
//! <https://developers.facebook.com/docs/threads/retrieve-and-manage-replies>, and Meta's collection of sample calls in
//! <https://github.com/fbsamples/threads_api>.

mod grant;
mod look;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

use chrono::TimeDelta;

use super::{Adapter, Allowance, Call, Farewell, Grant, Identity, Job, Next, Receipt, Refusal, Reply, Step};

/// Threads' adapter.
#[derive(Debug)]
pub struct Threads;

impl Adapter for Threads {
    fn hosts(&self) -> &'static [&'static str] {
        &["graph.threads.net"]
    }

    fn grants(&self) -> &'static [Grant] {
        &grant::GRANTS
    }

    fn who(&self, _grant: &Grant, _server: &str) -> Call {
        wire::who()
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        if !reply.is_success() {
            return Err(refusals::refusal(reply, false));
        }
        wire::identity(&reply.json()).ok_or_else(|| refusals::unclear(reply, false))
    }

    /// A container may still say that it is being published.
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

    fn edit(&self, job: &Job<'_>, _out: &[Receipt], _done: &[Step]) -> Next {
        Next::Person { why: job.rendition.platform.limits().edits.why_not.to_owned() }
    }

    fn remove(&self, farewell: &Farewell<'_>, done: &[Step]) -> Next {
        look::remove(farewell, done)
    }

    fn read_remove(&self, farewell: &Farewell<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
        look::read_remove(farewell, done, call, reply)
    }
}

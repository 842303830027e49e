//! Forem, the software of dev.to and its sisters: an article with a title, as the Markdown it was written in, with tags, a
//! picture above it and pictures in its text; changed later, and taken back.
//!
//! An article is made first as a draft, which nobody but its author sees; then one call publishes it. That call may be
//! repeated without harm: it names the article. So after an answer that was lost, the article is read, and published again only
//! where it is not out.
//!
//! Peculiar: should the answer to the first call be lost, Forem refuses a second article of the same title within five minutes,
//! and for ever one whose original (`canonical_url`) it has published. Then the author's own articles are looked through, and
//! the one that is ours is gone on with. What is looked for is the original's address, or where there is none, title and text.
//! Forem carries out commands in a text (Liquid): what looks like one is sent so that readers see it.
//!
//! There is no call that deletes an article: it is taken back, and stays with its author as a draft. Pictures are taken by address
//! alone, and readers get them there.
//!
//! Sources: <https://developers.forem.com/api/v1>, <https://github.com/forem/forem/blob/main/app/models/article.rb>.

mod grant;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

use chrono::TimeDelta;

use super::{Adapter, Allowance, Call, Farewell, Grant, Identity, Job, Next, Receipt, Refusal, Reply, Step};

/// Forem's adapter.
#[derive(Debug)]
pub struct Forem;

impl Adapter for Forem {
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

    /// A call that was cut may still be at work.
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

//! LinkedIn, Posts API: text, images, article cards; as a person or as an organisation.
//!
//! Each image is announced (initializeUpload gives its URN and an address that opens for 24 hours) and put there in one
//! piece; then one `POST /rest/posts` shows the post, and its id comes in a header.
//!
//! Peculiar: a text is "little text", whose reserved characters must be escaped or the post is cut off silently. A person's
//! token cannot read posts, but LinkedIn refuses a duplicate and names the post it repeats, whose id tells when it was made:
//! so a doubtful post of a person is sent once more, and the refusal is the proof. An organisation's posts can be listed.
//!
//! Sources: <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api>, `images-api`,
//! `multiimage-post-api`, `article-posts` and `little-text-format` beside it; <https://learn.microsoft.com/en-us/linkedin/marketing/versioning>.

mod grant;
mod little;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

use chrono::TimeDelta;

pub use wire::{VERSION, VERSION_ENDS};

use super::{Adapter, Call, Class, Farewell, Grant, Identity, Job, Next, Receipt, Refusal, Reply, Step};

/// LinkedIn's adapter.
#[derive(Debug)]
pub struct LinkedIn;

impl Adapter for LinkedIn {
    fn hosts(&self) -> &'static [&'static str] {
        &["api.linkedin.com", wire::UPLOAD_HOST]
    }

    fn grants(&self) -> &'static [Grant] {
        &grant::GRANTS
    }

    fn who(&self, _grant: &Grant) -> Call {
        wire::who()
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        if reply.is_success() {
            return wire::identity(&reply.json()).ok_or_else(|| refusals::unclear(reply, false));
        }
        let refusal = refusals::refusal(reply, false);
        Err(if refusal.class == Class::Permission { refusals::needs_openid(reply) } else { refusal })
    }

    /// How long LinkedIn needs to know its own new post as a duplicate is not published; others wait 15 to 60 seconds.
    fn settle(&self) -> TimeDelta {
        TimeDelta::seconds(20)
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

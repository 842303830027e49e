//! LinkedIn, Posts API: text, images, a video, a document, article cards, polls, shared posts, a first comment; as a person or
//! as an organisation.
//!
//! Each file is announced (initializeUpload gives its URN and addresses that open for 24 hours) and put there: an image or a
//! document in one piece, a video in parts of 4 MiB, whose ETags then make it one again. Then one `POST /rest/posts` shows the
//! post, and its id comes in a header; a first comment is a second call.
//!
//! Peculiar: a text is "little text", whose reserved characters must be escaped or the post is cut off silently; the text of a
//! comment is plain, with mentions beside it as attributes, and would show each backslash. A person's token cannot read posts,
//! but LinkedIn refuses a duplicate and names the post it repeats, whose id tells when it was made: so a doubtful post of a
//! person is sent once more, and the refusal is the proof. An organisation's posts and comments can be listed. A doubtful
//! comment of a person is for the person to look for: no refusal of a second one is documented.
//!
//! Sources: <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api>, `images-api`,
//! `videos-api`, `documents-api`, `multiimage-post-api`, `article-posts`, `poll-post-api`, `comments-api` and
//! `little-text-format` beside it; <https://learn.microsoft.com/en-us/linkedin/marketing/versioning>. On the text of comments
//! also <https://github.com/gitroomhq/postiz-app/issues/1847>, which shows one that was escaped.

mod grant;
mod little;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod upload;
mod wire;

use chrono::TimeDelta;

pub use wire::{VERSION, VERSION_ENDS};

use super::{
    Adapter, Allowance, Call, Class, Farewell, Grant, Identity, Job, Next, Reach, Receipt, Refusal, Reply, Step,
    Version,
};

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

    fn who(&self, _grant: &Grant, _server: &str) -> Call {
        wire::who()
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        if reply.is_success() {
            return wire::identity(&reply.json()).ok_or_else(|| refusals::unclear(reply, false));
        }
        let refusal = refusals::refusal(reply, false);
        Err(if refusal.class == Class::Permission { refusals::needs_openid(reply) } else { refusal })
    }

    fn reach(&self, _grant: &Grant) -> Option<Call> {
        Some(wire::roles())
    }

    fn read_reach(&self, reply: &Reply) -> Result<Vec<Reach>, Refusal> {
        if reply.is_success() {
            return wire::organizations(&reply.json()).ok_or_else(|| refusals::unclear(reply, false));
        }
        let refusal = refusals::refusal(reply, false);
        Err(if refusal.class == Class::Permission { refusals::needs_admin(reply) } else { refusal })
    }

    fn reach_names(&self, reached: &[Reach]) -> Option<Call> {
        wire::names(reached)
    }

    fn read_reach_names(&self, reply: &Reply, reached: &mut [Reach]) {
        wire::read_names(&reply.json(), reached);
    }

    fn version(&self) -> Option<Version> {
        Some(Version { name: VERSION, ends: VERSION_ENDS })
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

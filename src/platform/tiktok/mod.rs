//! TikTok, Login Kit v2, Content Posting API and Display API: one video, or up to 35 photos, a post; posted directly, or left
//! as a draft in the creator's inbox.
//!
//! A direct post begins with `creator_info`, which says what this creator may choose just now: audiences, comments, duets and
//! stitches, length. A video is announced (`init` gives a `publish_id` and an address that opens for an hour), its bytes follow
//! in order, and the last of them posts it: so the call that brings it is the one that shows. Photos are fetched by TikTok, and
//! their `init` itself posts them. Either way TikTok then works on it, and only its status says that it is out, or why not.
//!
//! Peculiar: there is no idempotency key, but one `publish_id` makes one post at most, and its status tells how many bytes are
//! there: a doubtful video is settled by it, however long ago it was sent. Photos whose `init` got no answer have no id to ask
//! for: public ones are looked for in the creator's list by text and time, which shows no private ones and cuts texts at 150
//! characters; what is not found there only a person can settle, and such a call is never sent again. The id of a post is told
//! late, or never, and only of public posts; without it the receipt carries the `publish_id` and the creator's page. Nothing can
//! be edited or removed. The audience has no default. Until TikTok has audited the app, it posts only to accounts that are
//! private themselves. Drafts of videos carry no text.
//!
//! Sources: <https://developers.tiktok.com/doc/content-posting-api-reference-direct-post>, `content-posting-api-reference-photo-post`,
//! `content-posting-api-reference-upload-video`, `content-posting-api-reference-get-video-status`,
//! `content-posting-api-media-transfer-guide`, `content-sharing-guidelines`, `tiktok-api-v2-video-list` beside it.

mod grant;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod upload;
mod wire;

use chrono::TimeDelta;

use super::{Adapter, Allowance, Call, Farewell, Grant, Identity, Job, Next, Receipt, Refusal, Reply, Step};
use crate::limits::Platform;

/// TikTok's adapter.
#[derive(Debug)]
pub struct TikTok;

impl Adapter for TikTok {
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
        let answer = refusals::answer(reply, false)?;
        wire::identity(&answer).ok_or_else(|| refusals::unclear(reply, false))
    }

    fn upload_address(&self) -> Option<(&'static str, &'static str)> {
        Some((upload::URL, "https://open-upload.tiktokapis.com/video/"))
    }

    /// What TikTok is known to need before a status, or its list, tells of a post; not documented.
    fn settle(&self) -> TimeDelta {
        TimeDelta::seconds(30)
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

    fn edit(&self, _job: &Job<'_>, _out: &[Receipt], _done: &[Step]) -> Next {
        Next::Person { why: Platform::TikTok.limits().edits.why_not.to_owned() }
    }

    fn remove(&self, farewell: &Farewell<'_>, _done: &[Step]) -> Next {
        let place = farewell.out.first().map_or("", |receipt| receipt.url.as_str());
        Next::Person {
            why: format!("TikTok lets nobody but the app delete a post: {place}")
                .trim_end_matches([' ', ':'])
                .to_owned(),
        }
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

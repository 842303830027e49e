//! Facebook Pages, Graph API v26.0: text, link, photos, video, reels, stories, as a Page.
//!
//! Photos are uploaded unpublished (nobody sees them; unused ones vanish after a day) and attached to one `POST /{page}/feed`.
//! A video is uploaded in chunks to a session that has the video's id from the start; a reel's or a story's bytes go to a host
//! of their own. Each time one last call (`finish`, `photo_stories`) shows it. Facebook acknowledges a video before it has
//! made one of the file: what became of that is asked afterwards, and told.
//!
//! Peculiar: there is no idempotency key. A doubtful post is looked for in the Page's posts, by its photos' ids or by text and
//! time; a doubtful video by its id; a doubtful story by the id of its photo or video; a doubtful comment by its text. After
//! two looks in vain the call is sent once more, and then never again. The refusal of a repeated text (506) names no
//! original: while a doubt is open it asks for another look, else it is for the author. Only Pages can be posted to: profiles
//! are closed to programs since 2018, groups since 2024.
//!
//! Sources: <https://developers.facebook.com/docs/graph-api/reference/page/feed/>, `photos/` and `videos/` beside it,
//! <https://developers.facebook.com/documentation/video-api/guides/reels-publishing>,
//! <https://developers.facebook.com/documentation/video-api/page-stories-api>,
//! <https://developers.facebook.com/documentation/pages-api/posts>.

mod grant;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod upload;
mod wire;

use chrono::TimeDelta;
use serde_json::Value;

use super::{
    Adapter, Allowance, Call, Farewell, Grant, Identity, Job, Next, Reach, Receipt, Refusal, Reply, Step, Version, meta,
};
use crate::limits::quota;

/// Facebook's adapter.
#[derive(Debug)]
pub struct Facebook;

impl Adapter for Facebook {
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
            return Err(if wire::is_of_person(reply) {
                refusals::of_person()
            } else {
                refusals::refusal(reply, false)
            });
        }
        wire::identity(&reply.json()).ok_or_else(|| refusals::unclear(reply, false))
    }

    fn may_act_as(&self, identity: &Identity, acts_as: &str) -> Result<(), String> {
        if identity.id == acts_as {
            return Ok(());
        }
        let Identity { id, name, .. } = identity;
        Err(format!(
            "this is the token of the Page {id} ({name}), and accounts.toml says `as = \"{acts_as}\"`: paste the token of that \
             Page, which `/me/accounts` lists beside it, or correct `as`"
        ))
    }

    fn own_token(&self, _acts_as: &str) -> Option<Call> {
        Some(wire::pages())
    }

    fn read_own_token(&self, acts_as: &str, reply: &Reply) -> Result<String, Refusal> {
        if !reply.is_success() {
            return Err(refusals::refusal(reply, false));
        }
        let answer = reply.json();
        let pages = answer["data"].as_array().ok_or_else(|| refusals::unclear(reply, false))?;
        let page = pages.iter().find(|page| meta::id(&page["id"]).as_deref() == Some(acts_as));
        let token = page.and_then(|page| page["access_token"].as_str());
        token.map(str::to_owned).ok_or_else(|| {
            let name = |page: &Value| Some(format!("{} ({})", meta::id(&page["id"])?, page["name"].as_str()?));
            let names: Vec<String> = pages.iter().filter_map(name).collect();
            refusals::no_page(acts_as, &names)
        })
    }

    fn reach(&self, _grant: &Grant) -> Option<Call> {
        Some(wire::pages())
    }

    fn read_reach(&self, reply: &Reply) -> Result<Vec<Reach>, Refusal> {
        if !reply.is_success() {
            return Err(if meta::is_of_page(reply) { refusals::of_page() } else { refusals::refusal(reply, false) });
        }
        wire::reached(&reply.json()).ok_or_else(|| refusals::unclear(reply, false))
    }

    fn version(&self) -> Option<Version> {
        Some(meta::GRAPH)
    }

    /// Lists of posts are not documented to lag; others look after 15 seconds and once more later.
    fn settle(&self) -> TimeDelta {
        TimeDelta::seconds(15)
    }

    fn next(&self, job: &Job<'_>, done: &[Step]) -> Next {
        steps::next(job, done)
    }

    fn read(&self, job: &Job<'_>, done: &[Step], call: &Call, reply: &Reply) -> Result<Step, Refusal> {
        steps::read(job, done, call, reply)
    }

    fn allowances(&self, _call: &Call, reply: &Reply) -> Vec<Allowance> {
        meta::allowances(quota::CALLS, reply, || refusals::refusal(reply, false))
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

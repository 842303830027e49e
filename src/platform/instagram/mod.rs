//! Instagram, for professional accounts: pictures, carousels, reels, stories; through the Facebook Page an account belongs
//! to (graph.facebook.com), or by Instagram's own login (graph.instagram.com).
//!
//! A post is published in two stages: a *container* is made, which no reader sees and which lives for a day; once Instagram
//! has got and processed its media, one `media_publish` shows it. A carousel is a container of containers. Instagram fetches
//! pictures, covers and, with its own login, videos from an address; through a Page, videos are sent as bytes, and an upload
//! that was cut off goes on where it stopped. Containers are resumed by later runs as long as they live.
//!
//! Peculiar: the container is the key to what is in doubt. Its status says whether it was published; the account's list of
//! posts says which post came of it, by text, kind and time, and only where exactly one fits. Where none does, a person has
//! to say. An answer that the account is restricted has been seen for posts that were out: it is looked for as well, and
//! then never sent again by itself. The link of a post is asked for after it is out, and may be missing.
//!
//! Sources: <https://developers.facebook.com/docs/instagram-platform/content-publishing>, `resumable-uploads` beside it,
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media>,
//! <https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/content_publishing_limit>.

mod grant;
mod look;
mod refusals;
mod steps;
#[cfg(test)]
mod tests;
mod wire;

use chrono::TimeDelta;
use serde_json::Value;

use super::{
    Adapter, Allowance, Call, Farewell, Grant, Identity, Job, Next, Reach, Receipt, Refusal, Reply, Step, Version, meta,
};
use crate::limits::Platform;

/// Instagram's adapter.
#[derive(Debug)]
pub struct Instagram;

impl Adapter for Instagram {
    fn hosts(&self) -> &'static [&'static str] {
        &["graph.facebook.com", "rupload.facebook.com", "graph.instagram.com", "api.instagram.com"]
    }

    fn grants(&self) -> &'static [Grant] {
        &grant::GRANTS
    }

    fn who(&self, grant: &Grant, _server: &str) -> Call {
        wire::who(grant)
    }

    fn who_as(&self, grant: &Grant, _server: &str, acts_as: &str) -> Call {
        if grant.name == grant::INSTAGRAM { wire::who(grant) } else { wire::who_as(acts_as) }
    }

    /// A Page has no edge `accounts`: Meta's 100 says that this is a Page's token.
    fn who_else(&self, grant: &Grant, _acts_as: Option<&str>, reply: &Reply) -> Option<Call> {
        (grant.name != grant::INSTAGRAM && meta::is_of_page(reply)).then(wire::who_of_page)
    }

    fn read_who(&self, reply: &Reply) -> Result<Identity, Refusal> {
        if !reply.is_success() {
            return Err(refusals::refusal(reply, false));
        }
        let answer = reply.json();
        match (answer["data"].as_array(), answer["account_type"].as_str()) {
            (Some(pages), _) => of_pages(pages),
            (None, Some(kind)) if !is_professional(kind) => Err(refusals::no_account(
                "this is a personal account, and Instagram lets programs publish to professional ones only: switch it to \
                 Business or Creator in the app's settings"
                    .to_owned(),
            )),
            (None, None) if answer["username"].is_null() && answer["name"].is_string() => of_page(&answer),
            _ => wire::identity(&answer).ok_or_else(|| refusals::unclear(reply, false)),
        }
    }

    fn may_act_as(&self, identity: &Identity, acts_as: &str) -> Result<(), String> {
        if identity.id == acts_as {
            return Ok(());
        }
        let Identity { id, name, .. } = identity;
        Err(format!(
            "this token publishes as {id} ({name}), and accounts.toml says `as = \"{acts_as}\"`: paste a token of that account, \
             or correct `as`"
        ))
    }

    fn reach(&self, grant: &Grant) -> Option<Call> {
        (grant.name != grant::INSTAGRAM).then(|| wire::who(grant))
    }

    fn read_reach(&self, reply: &Reply) -> Result<Vec<Reach>, Refusal> {
        if !reply.is_success() {
            return Err(if meta::is_of_page(reply) { refusals::of_page() } else { refusals::refusal(reply, false) });
        }
        let answer = reply.json();
        let pages = answer["data"].as_array().ok_or_else(|| refusals::unclear(reply, false))?;
        let reach = |(id, name)| Reach { acts_as: Some(id), name, but: None };
        Ok(pages.iter().filter_map(account_of).map(reach).collect())
    }

    fn version(&self) -> Option<Version> {
        Some(meta::GRAPH)
    }

    /// How soon a container knows that it was published, and a list its newest post, is not published; seconds, as others saw.
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

    fn edit(&self, _job: &Job<'_>, _out: &[Receipt], _done: &[Step]) -> Next {
        Next::Person { why: Platform::Instagram.limits().edits.why_not.to_owned() }
    }

    fn remove(&self, farewell: &Farewell<'_>, done: &[Step]) -> Next {
        steps::remove(farewell, done)
    }

    fn read_remove(
        &self,
        farewell: &Farewell<'_>,
        _done: &[Step],
        call: &Call,
        reply: &Reply,
    ) -> Result<Step, Refusal> {
        steps::read_remove(farewell, call, reply)
    }
}

fn is_professional(kind: &str) -> bool {
    ["business", "media_creator", "creator"].contains(&kind.to_ascii_lowercase().as_str())
}

/// The account and its name that a Page leads to.
fn account_of(page: &Value) -> Option<(String, String)> {
    let account = &page["instagram_business_account"];
    Some((meta::id(&account["id"])?, account["username"].as_str().or(page["name"].as_str())?.to_owned()))
}

/// The account of the Page whose own token this is.
fn of_page(page: &Value) -> Result<Identity, Refusal> {
    let Some((id, name)) = account_of(page) else {
        let name = page["name"].as_str().unwrap_or_default();
        return Err(refusals::no_account(format!(
            "this is the token of the Page {name}, which has no professional Instagram account, or may not tell: paste the \
             token of the Page that the account is linked to, with instagram_basic, or a person's who manages that Page"
        )));
    };
    Ok(Identity { id, name, ..Identity::default() })
}

/// The one account that the Pages of a login lead to; where there are several, accounts.toml has to say which.
fn of_pages(pages: &[Value]) -> Result<Identity, Refusal> {
    let mut found: Vec<(String, String)> = pages.iter().filter_map(account_of).collect();
    match found.len() {
        0 => Err(refusals::no_account(
            "no Page of this login has a professional Instagram account: link the account to its Page, and choose both when \
             you log in"
                .to_owned(),
        )),
        1 => {
            let (id, name) = found.remove(0);
            Ok(Identity { id, name, ..Identity::default() })
        }
        several => {
            let each: Vec<String> = found.iter().take(5).map(|(id, name)| format!("{id} ({name})")).collect();
            Err(refusals::no_account(format!(
                "this login leads to {several} accounts: write which one in accounts.toml, `as = \"ID\"`, of {}",
                each.join(", ")
            )))
        }
    }
}

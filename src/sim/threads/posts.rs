//! Posts: published from containers, reposted, hidden, deleted. There is no editing.
//!
//! <https://developers.facebook.com/docs/threads/posts/>, <https://developers.facebook.com/docs/threads/posts/delete-posts>

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::call::{Call, Outcome, Reply};
use super::containers::{self, Stage};
use super::draft::Draft;
use super::errors::{self, Refusal};
use super::options::Republish;
use super::quotas::{self, Quota};
use super::rules::Kind;
use super::state::{State, passed};
use super::tokens::Session;
use super::{cards, route, text};
use crate::sim::{SeenCard, SeenMedia};

/// A ghost post is archived after this time.
const GHOST_LIFE: Duration = Duration::from_secs(86_400);

pub(super) struct Post {
    pub(super) id: String,
    pub(super) shortcode: String,
    pub(super) owner: usize,
    pub(super) at: SystemTime,
    pub(super) draft: Draft,
    /// Of a carousel: its items' drafts.
    pub(super) media: Vec<SeenMedia>,
    pub(super) card: Option<SeenCard>,
    pub(super) topic: Option<String>,
    /// The first post of the thread this one answers in.
    pub(super) root: Option<String>,
    /// What was reposted, if this is a repost.
    pub(super) reposts: Option<String>,
    pub(super) hidden: bool,
    pub(super) deleted: bool,
}

impl Post {
    /// As `media_type` says it of a post.
    pub(super) fn kind(&self) -> &'static str {
        match self.draft.kind {
            _ if self.reposts.is_some() => "REPOST_FACADE",
            Kind::Text => "TEXT_POST",
            Kind::Image => "IMAGE",
            Kind::Video => "VIDEO",
            Kind::Carousel => "CAROUSEL_ALBUM",
        }
    }

    /// Whether a ghost post's time is over.
    pub(super) fn is_archived(&self, now: SystemTime) -> bool {
        self.draft.ghost && passed(now, self.at, GHOST_LIFE)
    }
}

/// `POST /{user}/threads_publish`
pub(super) fn publish(state: &mut State, session: &Session, call: &Call) -> Outcome {
    session.need("threads_content_publish")?;
    route::only(state, call, &["creation_id"])?;
    let id = call.need("creation_id")?;
    let stage = containers::stage(state, id);
    let container = state.containers.get(id).filter(|container| container.owner == session.person);
    let container = container.ok_or_else(|| errors::media_not_found(id))?;
    if let (Stage::Published(media), Republish::SameId) = (&container.stage, state.options.republish) {
        return Ok(Reply::json(200, &json!({ "id": media })));
    }
    if stage != Some("FINISHED") {
        return Err(errors::media_not_found(id));
    }
    if container.draft.item {
        return Err(errors::parameter("Param creation_id is an item of a carousel and cannot be published alone"));
    }
    let media = release(state, session, id)?;
    Ok(Reply::json(200, &json!({ "id": media })))
}

/// Turns a finished container into a post that readers see; its id.
pub(super) fn release(state: &mut State, session: &Session, id: &str) -> Result<String, Refusal> {
    let Some(container) = state.containers.get(id) else { return Err(errors::media_not_found(id)) };
    let draft = container.draft.clone();
    let quota = if draft.reply_to.is_some() { Quota::Replies } else { Quota::Posts };
    if quota == Quota::Replies {
        session.need("threads_manage_replies")?;
    }
    quotas::check(state, session.person, quota)?;
    let root = draft.reply_to.as_deref().map(|parent| answerable(state, session.person, parent)).transpose()?;
    if let Some(quoted) = &draft.quotes {
        reachable(state, quoted)?;
    }
    let card = match cards::card(state, &draft) {
        Ok(card) => card,
        Err(refusal) => {
            if state.options.failed_links_spoil
                && let Some(container) = state.containers.get_mut(id)
            {
                container.stage = Stage::Failed("UNKNOWN".to_owned());
            }
            return Err(refusal);
        }
    };
    let media = files(state, id, &draft);
    quotas::spend(state, session.person, quota);
    let topic = draft.topic.clone().or_else(|| text::topic(&draft.text).map(str::to_owned));
    let children = draft.children.clone();
    let post = add(state, session.person, draft);
    (post.media, post.card, post.topic, post.root) = (media, card, topic, root);
    let media = post.id.clone();
    // The items of a carousel go with it: their files are given up, and another carousel cannot have them.
    for id in children.iter().map(String::as_str).chain([id]) {
        if let Some(container) = state.containers.get_mut(id) {
            container.stage = Stage::Published(media.clone());
            container.file = None;
        }
    }
    Ok(media)
}

/// The files of a container or of its items, each copied once, for good.
fn files(state: &State, id: &str, draft: &Draft) -> Vec<SeenMedia> {
    let own = [id.to_owned()];
    let ids = if draft.kind == Kind::Carousel { draft.children.as_slice() } else { &own };
    let containers = ids.iter().filter_map(|id| state.containers.get(id));
    let seen = containers.filter_map(|container| {
        let file = container.file.as_ref()?;
        let bytes = Arc::from(&file.bytes[..]);
        Some(SeenMedia { mime: file.mime.to_owned(), alt: container.draft.alt.clone(), bytes, ..SeenMedia::default() })
    });
    seen.collect()
}

fn add(state: &mut State, owner: usize, draft: Draft) -> &mut Post {
    let (at, id) = (state.now(), state.fresh_id(17));
    let digest = Sha256::digest(&id);
    let shortcode = format!("D{}", URL_SAFE_NO_PAD.encode(&digest[..7]));
    let (media, card, topic, root, reposts) = (Vec::new(), None, None, None, None);
    let post =
        Post { id, shortcode, owner, at, draft, media, card, topic, root, reposts, hidden: false, deleted: false };
    state.posts.push(post);
    let last = state.posts.len() - 1;
    &mut state.posts[last]
}

/// A post that others may refer to: it is there, and has spread.
pub(super) fn reachable<'a>(state: &'a State, id: &str) -> Result<&'a Post, Refusal> {
    let (now, delay) = (state.now(), state.options.parent_delay);
    let post = state.post(id).filter(|post| passed(now, post.at, delay) && !post.is_archived(now));
    post.ok_or_else(|| errors::media_not_found(id))
}

/// The root of the thread that an answer to this post belongs to, if this person may answer. Who follows or mentions whom
/// is not known here: where not everyone may answer, only the author may.
pub(super) fn answerable(state: &State, person: usize, id: &str) -> Result<String, Refusal> {
    let post = reachable(state, id)?;
    let open = post.draft.reply_control.as_deref().is_none_or(|control| control == "everyone");
    if !open && post.owner != person {
        return Err(errors::no_permission("the author of the post limits who can reply"));
    }
    Ok(post.root.clone().unwrap_or_else(|| post.id.clone()))
}

/// `DELETE /{media}`
pub(super) fn delete(state: &mut State, session: &Session, call: &Call, id: &str) -> Outcome {
    session.need("threads_delete")?;
    route::only(state, call, &[])?;
    own(state, session, "DELETE", id)?;
    quotas::check(state, session.person, Quota::Deletions)?;
    quotas::spend(state, session.person, Quota::Deletions);
    if let Some(post) = state.posts.iter_mut().find(|post| post.id == id) {
        post.deleted = true;
        // Nobody can look at them any more.
        post.media.clear();
    }
    Ok(Reply::json(200, &json!({"success": true, "deleted_id": id})))
}

fn own<'a>(state: &'a State, session: &Session, method: &str, id: &str) -> Result<&'a Post, Refusal> {
    state.post(id).filter(|post| post.owner == session.person).ok_or_else(|| errors::unsupported(method, id))
}

/// `POST /{media}/repost`
pub(super) fn repost(state: &mut State, session: &Session, call: &Call, id: &str) -> Outcome {
    session.need("threads_content_publish")?;
    route::only(state, call, &[])?;
    reachable(state, id)?;
    quotas::check(state, session.person, Quota::Posts)?;
    quotas::spend(state, session.person, Quota::Posts);
    let post = add(state, session.person, Draft::default());
    post.reposts = Some(id.to_owned());
    Ok(Reply::json(200, &json!({"id": post.id})))
}

/// `POST /{reply}/manage_reply`: the author of a thread hides an answer, or shows it again.
pub(super) fn manage_reply(state: &mut State, session: &Session, call: &Call, id: &str) -> Outcome {
    session.need("threads_manage_replies")?;
    route::only(state, call, &["hide"])?;
    call.need("hide")?;
    let hide = call.flag("hide")?;
    let root = state.post(id).and_then(|post| post.root.clone());
    let mine = root.and_then(|root| state.post(&root)).is_some_and(|root| root.owner == session.person);
    match state.posts.iter_mut().find(|post| post.id == id && mine) {
        Some(post) => post.hidden = hide,
        None => return Err(errors::unsupported("POST", id)),
    }
    Ok(Reply::json(200, &json!({"success": true})))
}

//! `media_publish`: the call that makes a container visible, and all the ways in which it does not.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::access::{Caller, Right};
use super::accounts::recent;
use super::call::{Call, Fields, Reply};
use super::containers::{Source, Status};
use super::errors::{self, Outcome};
use super::film;
use super::media::{self, Media, Part};
use super::options::Publishing;
use super::state::State;

const DAY: Duration = Duration::from_secs(86_400);

/// `POST /{account}/media_publish`
pub(super) fn publish(state: &mut State, caller: &Caller, call: &Call, account: usize) -> Outcome {
    caller.need(Right::Publish)?;
    state.accounts[account].may_publish()?;
    let fields = Fields::of(call)?;
    fields.only(&["creation_id", "fields"])?;
    let creation = fields.needed("creation_id")?;
    let id = creation.parse().map_err(|_| errors::invalid("Param creation_id must be an id"))?;
    let container = state.containers.get(&id).ok_or_else(|| errors::CONTAINER_NOT_FOUND.refuse())?;
    if container.account != account {
        return Err(errors::MEDIA_NOT_FOUND.refuse());
    }
    if container.wishes.kind.is_child() {
        return Err(errors::invalid("An item of a carousel cannot be published by itself"));
    }
    match container.status(state) {
        Status::Finished => {}
        Status::InProgress => return Err(errors::NOT_READY.refuse()),
        // What the real service says to a second publishing is not documented.
        Status::Published => return Err(errors::MEDIA_NOT_FOUND.refuse()),
        Status::Expired => return Err(errors::CONTAINER_NOT_FOUND.refuse()),
        Status::Error => return Err(errors::CREATE_FAILED.refuse()),
    }
    let counts = !container.wishes.kind.is_story() || state.options.stories_count;
    let used = recent(&state.accounts[account].published, state.now(), DAY);
    if counts && used >= state.options.quota_total {
        return Err(errors::QUOTA.refuse());
    }
    let script = state.options.next_publishings.pop_front();
    let live = match script {
        None => true,
        Some(Publishing::NotFound) => false,
        Some(Publishing::Spam { live } | Publishing::ServerError { live } | Publishing::Unavailable { live }) => live,
    };
    let media = live.then(|| commit(state, id, counts)).flatten();
    match (script, media) {
        (None, Some(media)) => {
            let body = match fields.text("fields") {
                Some(wish) => media::describe(state, caller, media, Some(wish))?,
                None => json!({ "id": media.to_string() }),
            };
            Ok(Reply::json(200, &body))
        }
        (Some(Publishing::Spam { .. }), _) => Err(errors::SPAM.refuse()),
        (Some(Publishing::ServerError { .. }), _) => Err(errors::SERVER_ERROR.refuse()),
        (Some(Publishing::Unavailable { .. }), _) => Err(errors::unavailable()),
        (Some(Publishing::NotFound) | None, _) => Err(errors::CONTAINER_NOT_FOUND.refuse()),
    }
}

/// Makes it visible; the id of the media.
fn commit(state: &mut State, id: u64, counts: bool) -> Option<u64> {
    let now = state.now();
    let ids = match &state.containers.get(&id)?.source {
        Source::Children(children) => children.clone(),
        _ => vec![id],
    };
    let media = state.fresh(17_920_000_000_000_000);
    let mut parts = Vec::new();
    for container in ids {
        // A single medium is its own only part.
        let part = if container == id { media } else { state.fresh(17_920_000_000_000_000) };
        let container = state.containers.get_mut(&container)?;
        container.published = Some(media);
        let (content, wishes) = (container.content.clone()?, &container.wishes);
        parts.push(Part {
            id: part,
            mime: if wishes.kind.is_film() { film::mime(&content) } else { "image/jpeg" },
            content,
            alt: wishes.alt.clone(),
            tags: wishes.tags.clone(),
            cover: container.cover.as_ref().map(Arc::clone),
            thumb_offset: wishes.thumb_offset,
        });
    }
    let container = state.containers.get_mut(&id)?;
    container.published = Some(media);
    let account = container.account;
    let published = Media::new(container, parts, now);
    state.media.insert(media, published);
    if counts {
        state.accounts[account].published.push(now);
    }
    Some(media)
}

//! New containers: fields are read, pictures fetched and judged, a carousel's items looked up.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-user/media>

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::access::{Caller, Right};
use super::accounts::recent;
use super::call::{Call, Fields, Reply};
use super::containers::{self, Container, Source, Status};
use super::errors::{self, Outcome};
use super::kinds::Kind;
use super::state::State;
use super::upload::Upload;
use super::wishes::{self, CHILDREN};
use super::{AccountKind, fetch, picture};

const DAY: Duration = Duration::from_secs(86_400);

/// `POST /{account}/media`
pub(super) fn create(state: &mut State, caller: &Caller, call: &Call, account: usize) -> Outcome {
    caller.need(Right::Publish)?;
    state.accounts[account].may_publish()?;
    let fields = Fields::of(call)?;
    let wishes = wishes::read(state, caller, &state.accounts[account], &fields)?;
    let now = state.now();
    if wishes.kind.is_story()
        && state.options.stories_for_business_only
        && state.accounts[account].kind != AccountKind::Business
    {
        return Err(errors::denied("a business account, which stories need,"));
    }
    if recent(&state.accounts[account].containers_made, now, DAY) >= state.options.containers_per_day {
        return Err(errors::QUOTA.refuse_telling("You reached the maximum number of containers for 24 hours."));
    }
    let (source, content) = source(state, account, wishes.kind, &fields)?;
    let cover = match fields.text("cover_url") {
        Some(address) => Some(image(state, address, false)?),
        None => None,
    };
    let usual = match (&source, wishes.kind) {
        (Source::Upload(_), _) => None,
        (_, Kind::Carousel) => Some(state.options.carousel_delay),
        (_, kind) => Some(if kind.is_film() { state.options.video_delay } else { state.options.image_delay }),
    };
    let fate = state.options.next_containers.pop_front();
    let mut container = Container { content, cover, fate, ..Container::new(account, now, wishes, source) };
    if let Some(usual) = usual {
        container.begin(now, usual);
    }
    let resumable = usual.is_none();
    let id = state.fresh(17_889_000_000_000_000);
    state.accounts[account].containers_made.push(now);
    state.containers.insert(id, container);
    let mut body = match fields.text("fields") {
        Some(wish) => containers::describe(state, caller, id, Some(wish))?,
        None => json!({ "id": id.to_string() }),
    };
    if resumable {
        body["uri"] = json!(format!("https://rupload.facebook.com/ig-api-upload/{}/{id}", caller.version));
    }
    Ok(Reply::json(200, &body))
}

/// Where the media come from, and the picture, which is fetched here and now.
type Found = (Source, Option<Arc<[u8]>>);

fn source(state: &mut State, account: usize, kind: Kind, fields: &Fields) -> Result<Found, Reply> {
    if kind == Kind::Carousel {
        let ids = fields.list("children")?.unwrap_or_default();
        return Ok((Source::Children(children(state, account, &ids)?), None));
    }
    if !kind.is_film() {
        let content = image(state, fields.needed("image_url")?, kind != Kind::ImageStory)?;
        return Ok((Source::Picture, Some(content)));
    }
    match (fields.text("upload_type"), fields.text("video_url")) {
        (Some("resumable"), None) => Ok((Source::Upload(Upload::default()), None)),
        (Some("resumable"), Some(_)) => Err(errors::invalid("video_url and upload_type cannot go together")),
        (Some(_), _) => Err(errors::invalid("Param upload_type must be resumable")),
        (None, _) => Ok((Source::Film(fields.needed("video_url")?.to_owned()), None)),
    }
}

fn image(state: &mut State, address: &str, in_feed: bool) -> Result<Arc<[u8]>, Reply> {
    let bytes = fetch::fetch(state, address, "image/").map_err(|why| why.refuse(address))?;
    picture::judge(&bytes, address, in_feed)?;
    Ok(Arc::from(&bytes[..]))
}

/// The items of a carousel: this account's, made to be items, and ready.
fn children(state: &State, account: usize, ids: &[String]) -> Result<Vec<u64>, Reply> {
    if !CHILDREN.contains(&ids.len()) {
        return Err(errors::CAROUSEL_SIZE.refuse());
    }
    let mut children = Vec::new();
    for id in ids {
        let id: u64 = id.parse().map_err(|_| errors::invalid("Param children must be ids of containers"))?;
        let child = state.containers.get(&id).filter(|child| child.account == account);
        let child = child.ok_or_else(|| errors::MEDIA_NOT_FOUND.refuse())?;
        if !child.wishes.kind.is_child() || children.contains(&id) {
            return Err(errors::invalid(&format!("{id} is not an item for a carousel, or stands there twice")));
        }
        match child.status(state) {
            Status::Finished => children.push(id),
            Status::InProgress => return Err(errors::NOT_READY.refuse()),
            Status::Expired => return Err(errors::CONTAINER_NOT_FOUND.refuse()),
            Status::Error => return Err(errors::CREATE_FAILED.refuse()),
            Status::Published => return Err(errors::MEDIA_NOT_FOUND.refuse()),
        }
    }
    Ok(children)
}

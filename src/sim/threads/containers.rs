//! Containers: made from a draft, processed for a while, then ready, failed, published or expired. They are seen by nobody
//! but their owner.
//!
//! <https://developers.facebook.com/docs/threads/troubleshooting#publishing-does-not-return-a-media-id>

use std::time::SystemTime;

use serde_json::json;

use super::call::{Call, Outcome, Reply};
use super::draft::Draft;
use super::errors::{self, Refusal};
use super::media::{self, File};
use super::rules::Kind;
use super::select::Node;
use super::state::{State, passed};
use super::tokens::Session;
use super::{posts, route, select};

pub(super) struct Container {
    pub(super) owner: usize,
    pub(super) draft: Draft,
    /// The file; a film's is there when it has been processed.
    pub(super) file: Option<File>,
    created: SystemTime,
    ready: SystemTime,
    /// What processing is bound to end with.
    doom: Option<String>,
    pub(super) stage: Stage,
}

/// How far a container is; whether it has expired follows from the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Working,
    Ready,
    Failed(String),
    /// With the id of the post.
    Published(String),
}

/// `POST /{user}/threads`
pub(super) fn create(state: &mut State, session: &Session, call: &Call) -> Outcome {
    session.need("threads_content_publish")?;
    let draft = Draft::read(state, call)?;
    check_objects(state, session, &draft)?;
    let file = match (draft.kind, &draft.source) {
        (Kind::Image, Some(address)) => Some(media::image(state, address)?),
        _ => None,
    };
    let at_once = draft.at_once;
    let id = keep(state, session.person, draft, file);
    if at_once {
        if let Some(container) = state.containers.get_mut(&id) {
            container.stage = Stage::Ready;
        }
        let media = posts::release(state, session, &id)?;
        return Ok(Reply::json(200, &json!({ "id": media })));
    }
    Ok(Reply::json(200, &json!({ "id": id })))
}

/// Whether the objects a draft names are there, and its owner may name them.
fn check_objects(state: &mut State, session: &Session, draft: &Draft) -> Result<(), Refusal> {
    if let Some(parent) = &draft.reply_to {
        session.need("threads_manage_replies")?;
        posts::answerable(state, session.person, parent)?;
    }
    if let Some(quoted) = &draft.quotes {
        posts::reachable(state, quoted)?;
    }
    if draft.crosspost {
        session.need("threads_share_to_instagram")?;
    }
    if let Some(location) = &draft.location {
        session.need("threads_location_tagging")?;
        if !state.locations.contains_key(location) {
            return Err(errors::parameter("Param location_id must be a location's id"));
        }
    }
    if !draft.countries.is_empty() && !state.people[session.person].geo_gating {
        return Err(errors::parameter("Param allowlisted_country_codes is not allowed for this account"));
    }
    for child in &draft.children {
        let stage = stage(state, child);
        let container = state.containers.get(child).filter(|container| container.owner == session.person);
        let container = container.ok_or_else(|| errors::media_not_found(child))?;
        if !container.draft.item {
            return Err(errors::parameter("Param children must be containers made with is_carousel_item"));
        }
        if stage != Some("FINISHED") {
            return Err(errors::media_not_found(child));
        }
    }
    Ok(())
}

fn keep(state: &mut State, owner: usize, draft: Draft, file: Option<File>) -> String {
    let created = state.now();
    let delay = match draft.kind {
        Kind::Text => state.options.text_delay,
        Kind::Image => state.options.image_delay,
        Kind::Video => state.options.video_delay,
        // Its items have been processed already.
        Kind::Carousel => state.options.text_delay,
    };
    let doomed = !state.options.processing_failures.is_empty() && !draft.at_once;
    let doom = doomed.then(|| state.options.processing_failures.remove(0));
    let id = state.fresh_id(18);
    let ready = created + delay;
    let container = Container { owner, draft, file, created, ready, doom, stage: Stage::Working };
    state.containers.insert(id.clone(), container);
    id
}

/// The word of a container's status, after whatever should have happened to it by now.
pub(super) fn stage(state: &mut State, id: &str) -> Option<&'static str> {
    let now = state.now();
    let container = state.containers.get(id)?;
    let expired = passed(now, container.created, state.options.container_life);
    if container.stage == Stage::Working && container.ready <= now && !expired {
        let (stage, file) = process(state, container);
        let container = state.containers.get_mut(id)?;
        container.stage = stage;
        container.file = file;
    }
    Some(match &state.containers.get(id)?.stage {
        Stage::Published(_) => "PUBLISHED",
        _ if expired => "EXPIRED",
        Stage::Failed(_) => "ERROR",
        Stage::Ready => "FINISHED",
        Stage::Working => "IN_PROGRESS",
    })
}

/// How processing ends.
fn process(state: &State, container: &Container) -> (Stage, Option<File>) {
    if let Some(doom) = &container.doom {
        return (Stage::Failed(doom.clone()), None);
    }
    match (container.draft.kind, &container.draft.source) {
        (Kind::Video, Some(address)) => match media::video(state, address) {
            Ok(file) => (Stage::Ready, Some(file)),
            Err(word) => (Stage::Failed(word.to_owned()), None),
        },
        _ => (Stage::Ready, container.file.clone()),
    }
}

/// `GET /{container}`
pub(super) fn read(state: &mut State, session: &Session, call: &Call, id: &str) -> Outcome {
    route::only(state, call, &["fields"])?;
    let wanted = select::parse(call.get("fields").unwrap_or("id"))?;
    let status = stage(state, id);
    let container = state.containers.get(id).filter(|container| container.owner == session.person);
    let container = container.ok_or_else(|| errors::unsupported("GET", id))?;
    let mut node = Node::new("ThreadsMediaContainer");
    node.set("id", json!(id));
    node.set("status", json!(status));
    let why = match &container.stage {
        Stage::Failed(why) if status == Some("ERROR") => Some(why),
        _ => None,
    };
    node.set("error_message", json!(why));
    Ok(Reply::json(200, &node.select(&wanted)?))
}

//! Containers: how they are processed, and what is told of them while one waits.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/content-publishing>

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::access::{Caller, Login, Right, word};
use super::call::{Call, Door, Fields, Reply};
use super::errors::{self, Outcome};
use super::kinds::Kind;
use super::options::Fate;
use super::select::{self, Node};
use super::state::State;
use super::upload::Upload;
use super::wishes::Wishes;
use super::{fetch, film};

/// A post in the making.
pub(super) struct Container {
    pub(super) account: usize,
    pub(super) created: SystemTime,
    pub(super) wishes: Wishes,
    pub(super) source: Source,
    /// The picture or the film, once it is here and was found good.
    pub(super) content: Option<Arc<[u8]>>,
    pub(super) cover: Option<Arc<[u8]>>,
    pub(super) fate: Option<Fate>,
    /// When it is processed; unknown while an upload is not complete.
    pub(super) due: Option<SystemTime>,
    /// How processing ended, once it has.
    pub(super) outcome: Option<Result<(), String>>,
    /// Whether it was published: the id of the media.
    pub(super) published: Option<u64>,
}

/// Where a container's media come from.
pub(super) enum Source {
    Picture,
    /// A film at this address.
    Film(String),
    Upload(Upload),
    Children(Vec<u64>),
}

/// What `status_code` says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Status {
    InProgress,
    Finished,
    Published,
    Error,
    Expired,
}

impl Container {
    pub(super) fn new(account: usize, created: SystemTime, wishes: Wishes, source: Source) -> Self {
        Self {
            account,
            created,
            wishes,
            source,
            content: None,
            cover: None,
            fate: None,
            due: None,
            outcome: None,
            published: None,
        }
    }

    pub(super) fn status(&self, state: &State) -> Status {
        match &self.outcome {
            _ if self.published.is_some() => Status::Published,
            _ if self.created + state.options.container_life <= state.now() => Status::Expired,
            None => Status::InProgress,
            Some(Ok(())) => Status::Finished,
            Some(Err(_)) => Status::Error,
        }
    }

    /// From now on it is processed.
    pub(super) fn begin(&mut self, now: SystemTime, usual: Duration) {
        self.due = Some(now + if let Some(Fate::Takes(delay)) = self.fate { delay } else { usual });
    }
}

/// Processes what is due: fetches films and judges them. Runs before every call, so that a film must still be where its
/// address says when Instagram comes for it, which is some time after the container was made.
pub(super) fn settle(state: &mut State) {
    let now = state.now();
    let due = |container: &Container| container.outcome.is_none() && container.due.is_some_and(|due| due <= now);
    let ids: Vec<u64> = state.containers.iter().filter(|(_, container)| due(container)).map(|(id, _)| *id).collect();
    for id in ids {
        let outcome = process(state, id);
        if let Some(container) = state.containers.get_mut(&id) {
            container.outcome = Some(outcome);
        }
    }
}

fn process(state: &mut State, id: u64) -> Result<(), String> {
    let lost = || fetch::failed_with(errors::UPLOAD_FAILED.subcode);
    let container = state.containers.get(&id).ok_or_else(lost)?;
    if let Some(Fate::Fails(status) | Fate::FailsWithoutCode(status)) = &container.fate {
        return Err(status.clone());
    }
    let content = match &container.source {
        Source::Picture | Source::Children(_) => return Ok(()),
        Source::Upload(Upload { address: None, .. }) => container.content.clone(),
        Source::Upload(Upload { address: Some(address), .. }) | Source::Film(address) => {
            let address = address.clone();
            let bytes = fetch::fetch(state, &address, "video/").map_err(|why| why.status(&address))?;
            Some(Arc::from(&bytes[..]))
        }
    };
    let (content, container) = (content.ok_or_else(lost)?, state.containers.get_mut(&id).ok_or_else(lost)?);
    let bounds = if container.wishes.kind == Kind::VideoStory { film::STORY } else { film::REEL };
    let film = film::judge(&content, &bounds, state.options.refuse_edit_lists)
        .map_err(|why| format!("{}: {why}", fetch::failed_with(errors::VIDEO_FORMAT.subcode)))?;
    if container.cover.is_none() && container.wishes.thumb_offset.is_some_and(|offset| offset >= film.length) {
        return Err(fetch::failed_with(errors::THUMB_OFFSET.subcode));
    }
    container.content = Some(content);
    Ok(())
}

const NODE: Node = Node {
    name: "ShadowIGMediaBuilder",
    fields: &["id", "status", "status_code", "video_status", "copyright_check_status"],
};

/// `GET /{container}`
pub(super) fn read(state: &State, caller: &Caller, call: &Call, id: u64) -> Outcome {
    caller.need(Right::Read)?;
    if matches!(caller.login, Login::Page(_)) && !state.options.page_tokens_read_containers {
        return Err(errors::missing(&word(&call.method), &id.to_string()));
    }
    let fields = Fields::of(call)?;
    fields.only(&["fields"])?;
    Ok(Reply::json(200, &describe(state, caller, id, fields.text("fields"))?))
}

pub(super) fn describe(state: &State, caller: &Caller, id: u64, wish: Option<&str>) -> Result<Value, Reply> {
    let container = state.containers.get(&id).ok_or_else(|| errors::missing("get", &id.to_string()))?;
    let status = container.status(state);
    let failure = container.outcome.as_ref().and_then(|outcome| outcome.as_ref().err()).map_or("", String::as_str);
    let (code, text) = match status {
        Status::InProgress => ("IN_PROGRESS", "In progress: Media is still being processed."),
        Status::Finished => ("FINISHED", "Finished: Media has been uploaded and it is ready to be published."),
        Status::Published => ("PUBLISHED", "Published: Media has been successfully published."),
        Status::Error => ("ERROR", failure),
        Status::Expired => ("EXPIRED", "Expired: Media has not been published within 24 hours and has expired."),
    };
    let mut full = select::map(&[("id", json!(id.to_string())), ("status_code", json!(code)), ("status", json!(text))]);
    if status == Status::Error && matches!(container.fate, Some(Fate::FailsWithoutCode(_))) {
        full.remove("status_code");
    }
    if let (Source::Upload(upload), Door::Facebook) = (&container.source, caller.door) {
        full.insert("video_status".to_owned(), upload.status(status));
    }
    select::pick(full, &NODE, wish)
}

//! Posts once made: shown, listed, edited, deleted.
//! <https://developers.facebook.com/docs/graph-api/reference/pagepost>

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::auth::{self, PUBLISH};
use super::call::{Outcome, Reply};
use super::fields::Wish;
use super::graph::Request;
use super::params::{Fields, Known, PAGED, Type};
use super::state::{State, seconds, time};
use super::{audience, comments, errors, feed, fields, paging, photos, schedule, tokens};
use crate::sim::SeenCard;

/// Something a Page shows, or will.
pub(super) struct Post {
    pub(super) page: u64,
    pub(super) number: u64,
    pub(super) kind: Kind,
    /// The app that made it; no other may edit it.
    pub(super) app: String,
    pub(super) message: String,
    pub(super) card: Option<SeenCard>,
    pub(super) photos: Vec<u64>,
    pub(super) video: Option<u64>,
    pub(super) created: SystemTime,
    pub(super) updated: SystemTime,
    pub(super) out: Out,
    /// What readers are shown or held to besides text and media.
    pub(super) settings: Vec<(&'static str, String)>,
    pub(super) hidden: bool,
    pub(super) deleted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Feed,
    Video,
    Reel,
    Story,
}

/// When readers see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Out {
    /// From its making on.
    Now,
    /// Processing takes until then.
    Ready(SystemTime),
    /// From a chosen time on.
    At(SystemTime),
    /// Only people with a role on the Page see it.
    Draft,
    /// Processing failed.
    Never,
}

impl Post {
    pub(super) fn new(page: u64, number: u64, kind: Kind, app: &str, created: SystemTime, out: Out) -> Self {
        Self {
            page,
            number,
            kind,
            app: app.to_owned(),
            message: String::new(),
            card: None,
            photos: Vec::new(),
            video: None,
            created,
            updated: created,
            out,
            settings: Vec::new(),
            hidden: false,
            deleted: false,
        }
    }

    pub(super) fn id(&self) -> String {
        format!("{}_{}", self.page, self.number)
    }

    /// Since when readers see it, if they do.
    pub(super) fn out_since(&self, now: SystemTime) -> Option<SystemTime> {
        let since = match self.out {
            Out::Now => self.created,
            Out::Ready(at) | Out::At(at) => at,
            Out::Draft | Out::Never => return None,
        };
        (since <= now && !self.deleted).then_some(since)
    }

    /// The time it is scheduled for, if that is ahead.
    pub(super) fn scheduled(&self, now: SystemTime) -> Option<SystemTime> {
        match self.out {
            Out::At(at) if at > now => Some(at),
            _ => None,
        }
    }

    pub(super) fn url(&self) -> String {
        match (self.kind, self.video) {
            (Kind::Reel, Some(video)) => format!("https://www.facebook.com/reel/{video}/"),
            (Kind::Video, Some(video)) => format!("https://www.facebook.com/{}/videos/{video}/", self.page),
            (Kind::Story, _) => format!("https://www.facebook.com/stories/{}/{}/", self.page, self.number),
            _ => format!("https://www.facebook.com/{}/posts/{}", self.page, self.number),
        }
    }

    pub(super) fn set(&mut self, settings: Vec<(&'static str, String)>) {
        for (name, value) in settings {
            self.settings.retain(|(known, _)| *known != name);
            self.settings.push((name, value));
        }
    }
}

const DEFAULT: &str = "created_time,message,id";

/// What the answer to the making of a post is to hold.
pub(super) fn wishes(request: &Request) -> Result<Vec<Wish>, Reply> {
    fields::wishes("Post", request.params.get("fields"), "id")
}

/// The answer to the making of a post.
pub(super) fn created(state: &State, wishes: &[Wish], index: usize) -> Outcome {
    Ok(Reply::json(200, &fields::select("Post", &view(state, &state.posts[index]), wishes)))
}

/// `GET /{post}`
pub(super) fn show(state: &mut State, request: &Request, index: usize) -> Outcome {
    request.params.check(state, &[])?;
    auth::reader(state, &request.caller, state.posts[index].page)?;
    let wishes = fields::wishes("Post", request.params.get("fields"), DEFAULT)?;
    created(state, &wishes, index)
}

/// `GET /{post}/attachments`
pub(super) fn attachments(state: &mut State, request: &Request, index: usize) -> Outcome {
    let fields = request.params.check(state, &[PAGED])?;
    auth::reader(state, &request.caller, state.posts[index].page)?;
    let views = attachment_views(state, &state.posts[index]);
    paging::page(request, &fields, "Attachment", "description,media,media_type,target,title,type,url", &views)
}

const LISTS: Known = &[("include_hidden", Type::Bool), ("show_expired", Type::Bool)];

/// `GET /{page}/feed`, `/posts`, `/published_posts` and `/scheduled_posts`: newest first, without reels and stories.
pub(super) fn list(state: &mut State, request: &Request, page: u64, edge: &str) -> Outcome {
    let fields = request.params.check(state, &[PAGED, LISTS])?;
    auth::reader(state, &request.caller, page)?;
    let now = state.now();
    let settled = now - state.options.list_lag;
    let hidden = fields.bool("include_hidden").unwrap_or_default();
    let of_page = |post: &&Post| {
        post.page == page && [Kind::Feed, Kind::Video].contains(&post.kind) && post.created <= settled && !post.deleted
    };
    let moment = |post: &Post| {
        let scheduled = edge == "scheduled_posts";
        if scheduled { post.scheduled(now) } else { post.out_since(now).filter(|_| hidden || !post.hidden) }
    };
    let mut found: Vec<_> = state.posts.iter().filter(of_page).filter_map(|post| Some((moment(post)?, post))).collect();
    found.retain(|(at, _)| within(&fields, *at));
    // Of two at the same instant the later made is the newer.
    found.reverse();
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let views: Vec<_> = found.into_iter().map(|(_, post)| view(state, post)).collect();
    paging::page(request, &fields, "Post", DEFAULT, &views)
}

/// Whether a time lies between `since` and `until`.
pub(super) fn within(fields: &Fields, at: SystemTime) -> bool {
    let limit = |name| fields.number(name).map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds));
    limit("since").is_none_or(|since| since <= at) && limit("until").is_none_or(|until| at <= until)
}

const EDIT: Known = &[
    ("message", Type::Text),
    ("is_hidden", Type::Bool),
    ("is_pinned", Type::Bool),
    ("is_published", Type::Bool),
    ("scheduled_publish_time", Type::Time),
    ("backdated_time", Type::Time),
    ("place", Type::Text),
    ("tags", Type::Text),
];

/// `POST /{post}`
pub(super) fn edit(state: &mut State, request: &Request, index: usize) -> Outcome {
    let (page, app, kind) = (state.posts[index].page, state.posts[index].app.clone(), state.posts[index].kind);
    auth::page(state, &request.caller, page, &PUBLISH)?;
    let fields = request.params.check(state, &[EDIT])?;
    if app != request.caller.app {
        return Err(errors::Fault::new(10, "Application does not have permission for this action").reply());
    }
    if kind == Kind::Story {
        return Err(errors::missing("post", request.path[0]));
    }
    audience::check(&fields)?;
    let out = moved(state, &fields, index)?;
    if let Some(message) = fields.value("message").and_then(Value::as_str) {
        feed::length(state, message)?;
        let post = &state.posts[index];
        if message.is_empty() && post.card.is_none() && post.photos.is_empty() && post.video.is_none() {
            return Err(errors::invalid("The post would be empty"));
        }
    }
    let now = state.now();
    let post = &mut state.posts[index];
    if let Some(message) = fields.value("message").and_then(Value::as_str) {
        message.clone_into(&mut post.message);
    }
    post.out = out;
    post.hidden = fields.bool("is_hidden").unwrap_or(post.hidden);
    post.set(fields.settings(&["is_pinned", "backdated_time", "place", "tags"]));
    post.updated = now;
    Ok(tokens::success())
}

/// When an edited post is out: published early, or scheduled anew.
fn moved(state: &State, fields: &Fields, index: usize) -> Result<Out, Reply> {
    let (now, post) = (state.now(), &state.posts[index]);
    let unpublished = post.scheduled(now).is_some() || post.out == Out::Draft;
    match (fields.bool("is_published"), fields.number("scheduled_publish_time")) {
        (None, None) => Ok(post.out),
        (Some(true), None) if unpublished => Ok(Out::At(now)),
        (Some(true), None) => Ok(post.out),
        (None | Some(false), Some(at)) if unpublished => {
            schedule::moment(at, now, &state.options.schedule_feed).map(Out::At)
        }
        (Some(false), None) if unpublished => Ok(post.out),
        (_, Some(_)) => Err(errors::parameter("scheduled_publish_time", "is only for posts that are not published")),
        (Some(false), None) => Err(errors::parameter("is_published", "cannot take a published post back")),
    }
}

/// `DELETE /{post}`
pub(super) fn delete(state: &mut State, request: &Request, index: usize) -> Outcome {
    auth::page(state, &request.caller, state.posts[index].page, &PUBLISH)?;
    request.params.check(state, &[])?;
    remove(state, index);
    Ok(tokens::success())
}

/// A post goes, and its media with it.
pub(super) fn remove(state: &mut State, index: usize) {
    let post = &mut state.posts[index];
    post.deleted = true;
    for photo in &post.photos {
        if let Some(photo) = state.photos.get_mut(photo) {
            photo.deleted = true;
        }
    }
    if let Some(video) = post.video.and_then(|video| state.videos.get_mut(&video)) {
        video.deleted = true;
    }
}

/// Everything about a post.
pub(super) fn view(state: &State, post: &Post) -> Value {
    let now = state.now();
    let out = post.out_since(now);
    let url = post.url();
    let mut view = json!({
        "id": post.id(),
        "created_time": time(out.unwrap_or(post.created)),
        "updated_time": time(post.updated),
        "permalink_url": url,
        "promotable_id": post.id(),
        "status_type": status_type(post),
        "is_published": out.is_some(),
        "is_hidden": post.hidden,
        "is_expired": false,
        "timeline_visibility": if post.hidden { "hidden" } else { "normal" },
        "from": from(state, post.page),
        "privacy": {"value": "EVERYONE", "description": "Public", "allow": "", "deny": "", "friends": ""},
        "comments": {"data": comments::views(state, &post.id())},
    });
    if !post.message.is_empty() {
        view["message"] = json!(post.message);
    }
    let attachments = attachment_views(state, post);
    if !attachments.is_empty() {
        view["attachments"] = json!({"data": attachments});
    }
    if let Some(at) = post.scheduled(now) {
        view["scheduled_publish_time"] = json!(seconds(at));
    }
    for (name, value) in &post.settings {
        view[*name] = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
    }
    view
}

pub(super) fn from(state: &State, page: u64) -> Value {
    json!({"id": page.to_string(), "name": state.pages.get(&page).map_or("", |page| page.name.as_str())})
}

fn status_type(post: &Post) -> &'static str {
    match (post.video, post.photos.is_empty(), &post.card) {
        (Some(_), ..) => "added_video",
        (None, false, _) => "added_photos",
        (None, true, Some(_)) => "shared_story",
        (None, true, None) => "mobile_status_update",
    }
}

/// One attachment; several photos are an album whose photos are its `subattachments`.
fn attachment_views(state: &State, post: &Post) -> Vec<Value> {
    let photos: Vec<_> = post.photos.iter().filter_map(|id| state.photos.get(id)).map(photos::attachment).collect();
    if photos.len() > 1 && !state.options.flat_albums {
        let url = post.url();
        return vec![json!({
            "media_type": "album", "type": "album", "title": "Photos", "url": url,
            "target": {"id": post.number.to_string(), "url": url},
            "subattachments": {"data": photos},
        })];
    }
    let video = post.video.map(|video| {
        let url = post.url();
        json!({
            "media_type": "video", "type": "video_inline", "url": url,
            "target": {"id": video.to_string(), "url": url},
        })
    });
    let card = post.card.as_ref().map(|card| {
        let mut view = json!({
            "media_type": "link", "type": "share", "title": card.title, "url": card.url, "unshimmed_url": card.url,
            "target": {"url": card.url},
        });
        if let Some(description) = &card.description {
            view["description"] = json!(description);
        }
        view
    });
    photos.into_iter().chain(video).chain(card).collect()
}

//! Photos: uploaded as bytes or fetched by address, staged unpublished, then attached to a post or a story.
//! <https://developers.facebook.com/docs/graph-api/reference/page/photos/>

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::auth::{self, PUBLISH};
use super::call::{Outcome, Reply};
use super::errors::{self, Fault};
use super::graph::Request;
use super::params::{Fields, Known, Type};
use super::posts::{self, Kind, Post};
use super::schedule::{self, Timing};
use super::state::{State, time};
use super::{audience, feed, fields, tokens};
use crate::sim::probe;

pub(super) struct Photo {
    pub(super) id: u64,
    pub(super) page: u64,
    pub(super) bytes: Arc<[u8]>,
    pub(super) mime: &'static str,
    pub(super) caption: String,
    pub(super) alt: Option<String>,
    created: SystemTime,
    /// Made for a post that is scheduled.
    temporary: bool,
    /// The post or story that shows it.
    post: Option<String>,
    pub(super) deleted: bool,
}

impl Photo {
    /// A staged photo that nothing uses is gone after a day.
    pub(super) fn lives(&self, state: &State) -> bool {
        !self.deleted && (self.post.is_some() || state.now() < self.created + state.options.staged_life)
    }

    fn url(&self) -> String {
        format!("https://www.facebook.com/photo.php?fbid={}", self.id)
    }
}

const FIELDS: Known = &[
    ("source", Type::File),
    ("url", Type::Text),
    ("caption", Type::Text),
    ("alt_text_custom", Type::Text),
    ("temporary", Type::Bool),
    ("targeting", Type::Object),
    ("feed_targeting", Type::Object),
    ("place", Type::Text),
];
const SETTINGS: &[&str] = &["targeting", "feed_targeting", "place"];

/// `POST /{page}/photos`
pub(super) fn upload(state: &mut State, request: &Request, page: u64) -> Outcome {
    auth::page(state, &request.caller, page, &PUBLISH)?;
    let fields = request.params.check(state, &[FIELDS, schedule::FIELDS])?;
    audience::check(&fields)?;
    let timing = schedule::read(&fields, state.now(), &state.options.schedule_feed)?;
    let temporary = fields.bool("temporary").unwrap_or_default();
    if temporary && timing == Timing::Now {
        return Err(errors::parameter("temporary", "needs published to be false"));
    }
    let caption = fields.text("caption").unwrap_or_default().to_owned();
    feed::length(state, &caption)?;
    let bytes = content(state, &fields)?;
    let mime = accept(state, &bytes)?;
    let wishes = fields::wishes("Photo", request.params.get("fields"), "id")?;
    let alt = fields.text("alt_text_custom").map(str::to_owned);
    let (id, created) = (state.number(), state.now());
    let shown = timing != Timing::Unpublished;
    if shown {
        feed::not_said_before(state, page, &caption)?;
        feed::pace(state, page)?;
    }
    let message = caption.clone();
    let photo = Photo { id, page, bytes, mime, caption, alt, created, temporary, post: None, deleted: false };
    let mut answer = fields::select("Photo", &view(state, &photo), &wishes);
    state.photos.insert(id, photo);
    if shown {
        let number = state.number();
        let settings = fields.settings(SETTINGS);
        let empty = Post::new(page, number, Kind::Feed, &request.caller.app, created, timing.into());
        let post = Post { message, photos: vec![id], settings, ..empty };
        attach(state, &[id], &post.id());
        answer["post_id"] = json!(post.id());
        state.posts.push(post);
    }
    Ok(Reply::json(200, &answer))
}

/// The bytes: of a part named `source`, or of what is at `url`.
fn content(state: &State, fields: &Fields) -> Result<Arc<[u8]>, Reply> {
    match (fields.file("source"), fields.text("url")) {
        (Some(_), Some(_)) => Err(errors::parameter("url", "cannot be used with source")),
        (Some(bytes), None) => Ok(bytes.into()),
        (None, Some(url)) => {
            let page = state.world.fetch(url).filter(|page| page.status == 200).ok_or_else(no_image)?;
            Ok(page.bytes.as_ref().into())
        }
        (None, None) => Err(Fault::new(324, "Requires upload file").reply()),
    }
}

fn no_image() -> Reply {
    Fault::new(324, "Missing or invalid image file").subcode(2_069_019).reply()
}

/// The kind of picture, if it is one that is taken.
pub(super) fn accept(state: &State, bytes: &[u8]) -> Result<&'static str, Reply> {
    let refuse = || {
        let message = "Photos should be smaller than 4 MB and saved as JPG, PNG.";
        Fault::new(324, "Your photos couldn't be uploaded")
            .subcode(1_366_046)
            .user("Can't Read Files", &format!("Your photos couldn't be uploaded. {message}"))
            .reply()
    };
    if bytes.len() > state.options.photo_bytes {
        return Err(refuse());
    }
    if bytes.starts_with(b"BM") {
        return Ok("image/bmp");
    }
    if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") {
        return Ok("image/tiff");
    }
    match probe::probe(bytes).map(|file| file.mime) {
        Some(mime @ ("image/png" | "image/jpeg" | "image/gif")) => Ok(mime),
        Some(_) => Err(refuse()),
        None => Err(no_image()),
    }
}

/// Whether these photos can go into a new post of this Page.
pub(super) fn may_attach(state: &State, page: u64, ids: &[u64], scheduled: bool) -> Result<(), Reply> {
    for (index, id) in ids.iter().enumerate() {
        if state.videos.contains_key(id) {
            return Err(errors::parameter("attached_media", "cannot mix photos and videos"));
        }
        let photo = state.photos.get(id).filter(|photo| photo.page == page && photo.lives(state));
        let photo = photo.ok_or_else(|| errors::parameter("attached_media", &format!("has the unknown media {id}")))?;
        if photo.post.is_some() || ids[..index].contains(id) {
            let message = "Photos were already posted. Please select different photos.";
            let fault = Fault::new(100, "Already posted").subcode(1_366_051);
            return Err(fault.user("Already Posted", message).reply());
        }
        if photo.temporary != scheduled {
            let wanted = if scheduled { "temporary" } else { "no longer temporary" };
            return Err(errors::parameter("attached_media", &format!("has media {id} that must be {wanted}")));
        }
    }
    Ok(())
}

/// These photos are shown by this post from now on.
pub(super) fn attach(state: &mut State, ids: &[u64], post: &str) {
    for id in ids {
        if let Some(photo) = state.photos.get_mut(id) {
            photo.post = Some(post.to_owned());
        }
    }
}

/// `GET /{photo}`
pub(super) fn show(state: &mut State, request: &Request, id: u64) -> Outcome {
    request.params.check(state, &[])?;
    let photo = state.photos.get(&id).ok_or_else(|| errors::missing("get", request.path[0]))?;
    auth::reader(state, &request.caller, photo.page)?;
    let wishes = fields::wishes("Photo", request.params.get("fields"), "created_time,name,id")?;
    Ok(Reply::json(200, &fields::select("Photo", &view(state, photo), &wishes)))
}

/// `DELETE /{photo}`: a post of nothing else goes with it.
pub(super) fn delete(state: &mut State, request: &Request, id: u64) -> Outcome {
    let photo = state.photos.get(&id).ok_or_else(|| errors::missing("delete", request.path[0]))?;
    auth::page(state, &request.caller, photo.page, &PUBLISH)?;
    request.params.check(state, &[])?;
    if let Some(photo) = state.photos.get_mut(&id) {
        photo.deleted = true;
    }
    let holder = state.posts.iter().position(|post| !post.deleted && post.photos.contains(&id));
    if let Some(index) = holder {
        state.posts[index].photos.retain(|photo| *photo != id);
        let empty = state.posts[index].photos.is_empty() && state.posts[index].message.is_empty();
        if empty || state.posts[index].kind == Kind::Story {
            posts::remove(state, index);
        }
    }
    Ok(tokens::success())
}

fn view(state: &State, photo: &Photo) -> Value {
    let mut view = json!({
        "id": photo.id.to_string(),
        "created_time": time(photo.created),
        "updated_time": time(photo.created),
        "link": photo.url(),
        "from": posts::from(state, photo.page),
        "can_delete": true,
    });
    if !photo.caption.is_empty() {
        view["name"] = json!(photo.caption);
    }
    if let Some(alt) = &photo.alt {
        view["alt_text_custom"] = json!(alt);
        view["alt_text"] = json!(alt);
    }
    if let Some(post) = &photo.post {
        view["page_story_id"] = json!(post);
    }
    view
}

/// A photo as an attachment of a post.
pub(super) fn attachment(photo: &Photo) -> Value {
    let mut view = json!({
        "media_type": "photo", "type": "photo", "url": photo.url(),
        "target": {"id": photo.id.to_string(), "url": photo.url()},
    });
    if let Some(alt) = &photo.alt {
        view["description"] = json!(alt);
    }
    view
}

//! Feed videos: in chunks, by handle, by address or in one piece; then their text, captions and cover.
//! <https://developers.facebook.com/docs/graph-api/reference/page/videos/>

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::auth::{self, PUBLISH};
use super::call::{Outcome, Reply};
use super::errors::{self, Fault};
use super::film::{self, Use};
use super::graph::Request;
use super::params::{Fields, Known, PAGED, Type};
use super::posts::{Kind, Out, Post};
use super::state::State;
use super::{audience, call, chunks, feed, fields, paging, photos, posts, schedule, status, tokens, uploads};
use crate::sim::World;

pub(super) struct Video {
    pub(super) id: u64,
    pub(super) page: u64,
    pub(super) kind: Kind,
    /// As long as the file is to be, or as much of it as is kept; written from the front.
    pub(super) bytes: Arc<[u8]>,
    pub(super) filled: u64,
    pub(super) size: Option<u64>,
    /// Of an upload in chunks.
    pub(super) session: Option<u64>,
    pub(super) started: SystemTime,
    pub(super) finish: Option<Finish>,
    pub(super) title: Option<String>,
    pub(super) cover: Option<Arc<[u8]>>,
    pub(super) captions: Vec<(String, Arc<[u8]>)>,
    /// The post that shows it.
    pub(super) post: Option<String>,
    pub(super) deleted: bool,
}

/// What the last phase of an upload settled.
#[derive(Clone)]
pub(super) struct Finish {
    /// When processing ends.
    pub(super) ready: SystemTime,
    /// What processing will find wrong.
    pub(super) failure: Option<(u32, String)>,
}

impl Video {
    pub(super) fn new(id: u64, page: u64, kind: Kind, started: SystemTime) -> Self {
        Self {
            id,
            page,
            kind,
            bytes: Arc::from([]),
            filled: 0,
            size: None,
            session: None,
            started,
            finish: None,
            title: None,
            cover: None,
            captions: Vec::new(),
            post: None,
            deleted: false,
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.size == Some(self.filled)
    }

    /// An upload that nobody finished.
    pub(super) fn is_expired(&self, state: &State) -> bool {
        self.finish.is_none() && self.started + state.options.upload_life <= state.now()
    }

    /// Room for what is kept of a file of this size, if there is none yet.
    pub(super) fn make_room(&mut self, world: &World, size: u64) {
        if self.size.is_none() {
            self.size = Some(size);
            self.bytes = call::room(world.kept(0, usize::try_from(size).unwrap_or_default()));
        }
    }

    /// Writes the next bytes; more than there is room for are left out.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        let end = self.filled.saturating_add(bytes.len() as u64);
        let Some(all) = Arc::get_mut(&mut self.bytes).filter(|_| self.size.is_some_and(|size| end <= size)) else {
            return;
        };
        let at = usize::try_from(self.filled).unwrap_or(usize::MAX).min(all.len());
        let place = &mut all[at..];
        let kept = place.len().min(bytes.len());
        place[..kept].copy_from_slice(&bytes[..kept]);
        self.filled = end;
    }
}

const CATEGORIES: &[&str] = &[
    "BEAUTY_FASHION",
    "BUSINESS",
    "CARS_TRUCKS",
    "COMEDY",
    "CUTE_ANIMALS",
    "ENTERTAINMENT",
    "FAMILY",
    "FOOD_HEALTH",
    "HOME",
    "LIFESTYLE",
    "MUSIC",
    "NEWS",
    "OTHER",
    "POLITICS",
    "SCIENCE",
    "SPORTS",
    "TECHNOLOGY",
    "VIDEO_GAMING",
];

/// What may be said of a video when it is published, by whichever way it came.
pub(super) const ABOUT: Known = &[
    ("title", Type::Text),
    ("description", Type::Text),
    ("thumb", Type::File),
    ("targeting", Type::Object),
    ("feed_targeting", Type::Object),
    ("content_category", Type::Word(CATEGORIES)),
    ("custom_labels", Type::List),
    ("embeddable", Type::Bool),
    ("secret", Type::Bool),
    ("is_ai_generated", Type::Bool),
];
const SETTINGS: &[&str] = &[
    "targeting",
    "feed_targeting",
    "content_category",
    "custom_labels",
    "embeddable",
    "secret",
    "is_ai_generated",
    "place",
];
const WAYS: Known = &[
    ("upload_phase", Type::Word(&["start", "transfer", "finish", "cancel"])),
    ("file_url", Type::Text),
    ("fbuploader_video_file_chunk", Type::Text),
    ("source", Type::File),
];

/// `POST /{page}/videos`
pub(super) fn handle(state: &mut State, request: &Request, page: u64) -> Outcome {
    auth::page(state, &request.caller, page, &PUBLISH)?;
    if request.params.get("upload_phase").is_some() {
        return chunks::handle(state, request, page);
    }
    let fields = request.params.check(state, &[WAYS, ABOUT, schedule::FIELDS])?;
    let ways = [fields.file("source").is_some(), fields.has("file_url"), fields.has("fbuploader_video_file_chunk")];
    if ways.iter().filter(|used| **used).count() != 1 {
        return Err(errors::invalid("There must be one of source, file_url and fbuploader_video_file_chunk"));
    }
    check(state, &fields)?;
    let bytes: Arc<[u8]> = match (fields.file("source"), fields.text("file_url")) {
        (Some(bytes), _) => bytes.into(),
        (None, Some(url)) => fetch(state, url)?,
        (None, None) => uploads::redeem(state, request, fields.needed("fbuploader_video_file_chunk")?)?,
    };
    let id = state.number();
    let size = bytes.len() as u64;
    let video = Video { bytes, filled: size, size: Some(size), ..Video::new(id, page, Kind::Video, state.now()) };
    state.videos.insert(id, video);
    if let Err(refusal) = publish(state, request, id, &fields) {
        state.videos.remove(&id);
        return Err(refusal);
    }
    Ok(Reply::json(200, &json!({"id": id.to_string()})))
}

/// A video by its address; 389 where it is not.
pub(super) fn fetch(state: &State, url: &str) -> Result<Arc<[u8]>, Reply> {
    let page = state.world.fetch(url).filter(|page| page.status == 200);
    let page = page.ok_or_else(|| Fault::new(389, "Unable to fetch video file from URL.").reply())?;
    Ok(page.bytes.as_ref().into())
}

/// Whether what is said of the video is in order.
pub(super) fn check(state: &State, fields: &Fields) -> Result<(), Reply> {
    audience::check(fields)?;
    feed::length(state, fields.text("description").unwrap_or_default())?;
    if let Some(cover) = fields.file("thumb") {
        photos::accept(state, cover)?;
    }
    schedule::read(fields, state.now(), &state.options.schedule_video)?;
    Ok(())
}

/// The last phase of a feed video: it is looked at, then processed, then out.
pub(super) fn publish(state: &mut State, request: &Request, id: u64, fields: &Fields) -> Result<(), Reply> {
    let timing = schedule::read(fields, state.now(), &state.options.schedule_video)?;
    let Some(video) = state.videos.get(&id) else { return Err(errors::missing("post", &id.to_string())) };
    if let Err((code, message)) = film::check(&state.options, &video.bytes, Use::Feed) {
        return Err(Fault::new(code, &message).reply());
    }
    feed::pace(state, video.page)?;
    let cover = fields.file("thumb").map(Arc::from);
    release(state, request, id, timing.into(), fields, None);
    if let Some(video) = state.videos.get_mut(&id) {
        video.cover = cover.or(video.cover.take());
    }
    Ok(())
}

/// Sets a video on its way: processing, and the post that will show it. `failure` is what processing will find.
pub(super) fn release(
    state: &mut State,
    request: &Request,
    id: u64,
    out: Out,
    fields: &Fields,
    failure: Option<(u32, String)>,
) -> Option<String> {
    let at = state.now();
    let ready = at + state.options.processing_delay;
    let failure = state.options.fail_next_processing.take().or(failure);
    let number = state.number();
    let out = match out {
        _ if failure.is_some() => Out::Never,
        Out::Now => Out::Ready(ready),
        Out::At(time) => Out::At(time.max(ready)),
        other => other,
    };
    let video = state.videos.get_mut(&id)?;
    let mut post = Post::new(video.page, number, video.kind, &request.caller.app, at, out);
    fields.text("description").unwrap_or_default().clone_into(&mut post.message);
    post.settings = fields.settings(SETTINGS);
    post.video = Some(id);
    video.title = fields.text("title").map(str::to_owned);
    video.finish = Some(Finish { ready, failure });
    video.post = Some(post.id());
    let post_id = post.id();
    state.posts.push(post);
    Some(post_id)
}

/// `GET /{video}`
pub(super) fn show(state: &mut State, request: &Request, id: u64) -> Outcome {
    request.params.check(state, &[])?;
    let video = state.videos.get(&id).ok_or_else(|| errors::missing("get", request.path[0]))?;
    auth::reader(state, &request.caller, video.page)?;
    let wishes = fields::wishes("Video", request.params.get("fields"), "description,updated_time,id")?;
    Ok(Reply::json(200, &fields::select("Video", &status::video(state, video), &wishes)))
}

/// The post that shows a video.
pub(super) fn post_of(state: &State, video: &Video) -> Option<usize> {
    state.posts.iter().position(|post| post.video == Some(video.id))
}

const EDIT: Known = &[
    ("name", Type::Text),
    ("description", Type::Text),
    ("content_category", Type::Word(CATEGORIES)),
    ("custom_labels", Type::List),
    ("embeddable", Type::Bool),
];

/// `POST /{video}`
pub(super) fn edit(state: &mut State, request: &Request, id: u64) -> Outcome {
    let fields = own(state, request, id, EDIT)?;
    let video = state.videos.get(&id).filter(|video| video.kind != Kind::Story && video.finish.is_some());
    let video = video.ok_or_else(|| errors::missing("post", request.path[0]))?;
    let post = post_of(state, video);
    let description = fields.value("description").and_then(Value::as_str);
    feed::length(state, description.unwrap_or_default())?;
    if post.is_some_and(|index| state.posts[index].app != request.caller.app) {
        return Err(Fault::new(10, "Application does not have permission for this action").reply());
    }
    let now = state.now();
    if let Some(post) = post.map(|index| &mut state.posts[index]) {
        description.unwrap_or(&post.message.clone()).clone_into(&mut post.message);
        post.set(fields.settings(&["content_category", "custom_labels", "embeddable"]));
        post.updated = now;
    }
    if let (Some(video), Some(name)) = (state.videos.get_mut(&id), fields.text("name")) {
        video.title = Some(name.to_owned());
    }
    Ok(tokens::success())
}

/// `DELETE /{video}`
pub(super) fn delete(state: &mut State, request: &Request, id: u64) -> Outcome {
    own(state, request, id, &[])?;
    let post = state.videos.get(&id).and_then(|video| post_of(state, video));
    if let Some(index) = post {
        posts::remove(state, index);
    }
    if let Some(video) = state.videos.get_mut(&id) {
        video.deleted = true;
    }
    Ok(tokens::success())
}

/// `POST /{video}/captions`: an SRT file named `name.en_US.srt`.
pub(super) fn add_captions(state: &mut State, request: &Request, id: u64) -> Outcome {
    let fields = own(state, request, id, &[("captions_file", Type::File), ("default_locale", Type::Text)])?;
    let file =
        fields.file("captions_file").ok_or_else(|| errors::invalid("The parameter captions_file is required"))?;
    let name = fields.filename("captions_file").unwrap_or_default();
    let locale = name.strip_suffix(".srt").and_then(|name| name.rsplit_once('.')).map(|(_, locale)| locale);
    let is_locale = |locale: &&str| {
        locale.len() == 5
            && locale.split_once('_').is_some_and(|(language, country)| {
                language.bytes().all(|byte| byte.is_ascii_lowercase())
                    && country.bytes().all(|byte| byte.is_ascii_uppercase())
            })
    };
    let locale = locale.filter(is_locale).ok_or_else(|| {
        Fault::new(386, "Invalid locale in the captions file's name; it must be like filename.en_US.srt").reply()
    })?;
    if !std::str::from_utf8(file).is_ok_and(|text| text.contains(" --> ")) {
        return Err(Fault::new(385, "The captions file is not valid SRT").reply());
    }
    if let Some(video) = state.videos.get_mut(&id) {
        video.captions.retain(|(known, _)| known != locale);
        video.captions.push((locale.to_owned(), file.into()));
    }
    Ok(tokens::success())
}

/// `POST /{video}/thumbnails`
pub(super) fn add_thumbnail(state: &mut State, request: &Request, id: u64) -> Outcome {
    let fields = own(state, request, id, &[("source", Type::File), ("is_preferred", Type::Bool)])?;
    let file = fields.file("source").ok_or_else(|| errors::invalid("The parameter source is required"))?;
    photos::accept(state, file)?;
    if let Some(video) = state.videos.get_mut(&id).filter(|_| fields.bool("is_preferred") == Some(true)) {
        video.cover = Some(file.into());
    }
    Ok(tokens::success())
}

/// The caller may change this video, with these parameters.
fn own<'a>(state: &mut State, request: &Request<'a>, id: u64, known: Known) -> Result<Fields<'a>, Reply> {
    let page = state.videos.get(&id).map(|video| video.page).ok_or_else(|| errors::missing("post", request.path[0]))?;
    auth::page(state, &request.caller, page, &PUBLISH)?;
    request.params.check(state, &[known])
}

/// `GET /{page}/videos`: feed videos, newest first. Whether reels are among them is not documented.
/// <https://developers.facebook.com/docs/video-api/guides/get-videos>
pub(super) fn list(state: &mut State, request: &Request, page: u64) -> Outcome {
    let fields = request.params.check(state, &[PAGED, &[("type", Type::Word(&["tagged", "uploaded"]))]])?;
    auth::reader(state, &request.caller, page)?;
    let is_tagged = fields.text("type") == Some("tagged");
    let now = state.now();
    let settled = now - state.options.list_lag;
    let posts = state.posts.iter().rev().filter(|post| post.page == page && post.kind == Kind::Video && !is_tagged);
    let shown = posts
        .filter(|post| post.created <= settled && post.out_since(now).is_some_and(|at| posts::within(&fields, at)));
    let videos = shown.filter_map(|post| state.videos.get(&post.video?));
    let views: Vec<_> = videos.map(|video| status::video(state, video)).collect();
    paging::page(request, &fields, "Video", "description,updated_time,id", &views)
}

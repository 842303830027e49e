//! Stories: a photo or a video for a day.
//! <https://developers.facebook.com/documentation/video-api/page-stories-api>

use std::time::Duration;

use serde_json::json;

use super::auth::{self, PUBLISH};
use super::call::{Outcome, Reply};
use super::film::{self, Use};
use super::graph::Request;
use super::params::{Known, PAGED, Type};
use super::posts::{self, Kind, Out, Post};
use super::state::{State, seconds};
use super::{errors, feed, paging, photos, reels, videos};

/// Readers see a story for so long.
pub(super) const LIFE: Duration = Duration::from_secs(86_400);

const PHOTO: Known = &[("photo_id", Type::Text)];
const FINISH: Known = &[("upload_phase", Type::Word(&["start", "finish"])), ("video_id", Type::Text)];

/// `POST /{page}/photo_stories`
pub(super) fn photo(state: &mut State, request: &Request, page: u64) -> Outcome {
    auth::page(state, &request.caller, page, &PUBLISH)?;
    let fields = request.params.check(state, &[PHOTO])?;
    let id = fields.needed("photo_id")?;
    let id = id.parse().map_err(|_| errors::parameter("photo_id", "must be the id of a photo"))?;
    photos::may_attach(state, page, &[id], false)?;
    feed::pace(state, page)?;
    let number = state.number();
    let empty = Post::new(page, number, Kind::Story, &request.caller.app, state.now(), Out::Now);
    let post = Post { photos: vec![id], ..empty };
    let post_id = post.id();
    photos::attach(state, &[id], &post_id);
    state.posts.push(post);
    Ok(Reply::json(200, &json!({"success": true, "post_id": post_id})))
}

/// `POST /{page}/video_stories`
pub(super) fn video(state: &mut State, request: &Request, page: u64) -> Outcome {
    auth::page(state, &request.caller, page, &PUBLISH)?;
    match reels::phase(request).as_deref() {
        Some("start") => reels::start(state, request, page, Kind::Story),
        Some("finish") => finish(state, request, page),
        _ => Err(errors::parameter("upload_phase", "must be one of {start, finish}")),
    }
}

fn finish(state: &mut State, request: &Request, page: u64) -> Outcome {
    let fields = request.params.check(state, &[FINISH])?;
    let id = reels::uploaded(state, page, Kind::Story, &fields)?;
    feed::pace(state, page)?;
    let failure = film::check(&state.options, &state.videos[&id].bytes, Use::Story).err();
    let post_id = videos::release(state, request, id, Out::Now, &fields, failure);
    Ok(Reply::json(200, &json!({"success": true, "post_id": post_id})))
}

const LIST: Known = &[("status", Type::List)];

/// `GET /{page}/stories`
pub(super) fn list(state: &mut State, request: &Request, page: u64) -> Outcome {
    let fields = request.params.check(state, &[PAGED, LIST])?;
    auth::reader(state, &request.caller, page)?;
    let wanted = fields.list("status");
    if wanted.is_some_and(|words| words.iter().any(|word| word != "PUBLISHED" && word != "ARCHIVED")) {
        return Err(errors::parameter("status", "must be of {ARCHIVED, PUBLISHED}"));
    }
    let now = state.now();
    let settled = now - state.options.list_lag;
    let stories = state.posts.iter().rev().filter(|post| post.page == page && post.kind == Kind::Story);
    let views = stories.filter(|post| post.created <= settled).filter_map(|post| {
        let since = post.out_since(now).filter(|since| posts::within(&fields, *since))?;
        let status = if now < since + LIFE { "PUBLISHED" } else { "ARCHIVED" };
        if wanted.is_some_and(|words| !words.iter().any(|word| word == status)) {
            return None;
        }
        let (kind, media) = match (post.video, post.photos.first()) {
            (Some(video), _) => ("video", video),
            (None, photo) => ("photo", *photo?),
        };
        Some(json!({
            "post_id": post.id(), "status": status, "creation_time": seconds(since).to_string(), "media_type": kind,
            "media_id": media.to_string(), "url": post.url(),
        }))
    });
    let views: Vec<_> = views.collect();
    paging::page(request, &fields, "Story", "post_id,status,creation_time,media_type,media_id,url", &views)
}

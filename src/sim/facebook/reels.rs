//! Reels: start, bytes to the upload host, finish; then they are processed and checked.
//! <https://developers.facebook.com/documentation/video-api/guides/reels-publishing>

use std::time::Duration;

use serde_json::json;

use super::auth::{self, PUBLISH};
use super::call::{Outcome, Reply};
use super::errors::{self, Fault};
use super::film::{self, Use};
use super::graph::Request;
use super::params::{Fields, Known, PAGED, Type};
use super::posts::{self, Kind, Out};
use super::state::State;
use super::videos::{self, Video};
use super::{audience, feed, paging, schedule, status, tokens};

const PHASES: &[&str] = &["start", "finish"];
const START: Known = &[("upload_phase", Type::Word(PHASES))];
const FINISH: Known = &[
    ("upload_phase", Type::Word(PHASES)),
    ("video_id", Type::Text),
    ("video_state", Type::Word(&["PUBLISHED", "DRAFT", "SCHEDULED"])),
    ("description", Type::Text),
    ("title", Type::Text),
    ("place", Type::Text),
    ("is_ai_generated", Type::Bool),
    ("targeting", Type::Object),
    ("feed_targeting", Type::Object),
    ("scheduled_publish_time", Type::Time),
];

/// `POST /{page}/video_reels`
pub(super) fn handle(state: &mut State, request: &Request, page: u64) -> Outcome {
    auth::page(state, &request.caller, page, &PUBLISH)?;
    match phase(request).as_deref() {
        Some("start") => start(state, request, page, Kind::Reel),
        Some("finish") => finish(state, request, page),
        _ => Err(errors::parameter("upload_phase", "must be one of {start, finish}")),
    }
}

pub(super) fn phase(request: &Request) -> Option<String> {
    request.params.get("upload_phase").map(str::to_ascii_lowercase)
}

/// The first phase, of reels and video stories alike.
pub(super) fn start(state: &mut State, request: &Request, page: u64, kind: Kind) -> Outcome {
    request.params.check(state, &[START])?;
    let (id, now) = (state.number(), state.now());
    state.videos.insert(id, Video::new(id, page, kind, now));
    let address = format!("https://rupload.facebook.com/video-upload/{}/{id}", request.version);
    Ok(Reply::json(200, &json!({"video_id": id.to_string(), "upload_url": address})))
}

fn finish(state: &mut State, request: &Request, page: u64) -> Outcome {
    let fields = request.params.check(state, &[FINISH])?;
    let id = uploaded(state, page, Kind::Reel, &fields)?;
    audience::check(&fields)?;
    feed::length(state, fields.text("description").unwrap_or_default())?;
    let out = out(state, &fields)?;
    if out == Out::Now {
        quota(state, page)?;
    }
    feed::pace(state, page)?;
    let failure = film::check(&state.options, &state.videos[&id].bytes, Use::Reel).err();
    videos::release(state, request, id, out, &fields, failure);
    Ok(tokens::success())
}

/// The video of a last phase: wholly uploaded, not finished before.
pub(super) fn uploaded(state: &State, page: u64, kind: Kind, fields: &Fields) -> Result<u64, Reply> {
    let id = fields.needed("video_id")?.parse().ok();
    let video = id.and_then(|id| state.videos.get(&id));
    let video = video.filter(|video| video.page == page && video.kind == kind && !video.deleted);
    let video = video.ok_or_else(|| errors::parameter("video_id", "is not the id of a video that was started here"))?;
    if video.finish.is_some() {
        return Err(errors::parameter("video_id", "is of a video that is finished already"));
    }
    if video.is_expired(state) {
        return Err(Fault::new(6_001, "There was a problem with the upload: the session has expired.").reply());
    }
    if !video.is_complete() {
        return Err(errors::invalid(&format!("The video {} is not uploaded yet", video.id)));
    }
    Ok(video.id)
}

fn out(state: &State, fields: &Fields) -> Result<Out, Reply> {
    let at = fields.number("scheduled_publish_time");
    match (fields.needed("video_state")?, at) {
        ("SCHEDULED", Some(at)) => schedule::moment(at, state.now(), &state.options.schedule_reel).map(Out::At),
        ("SCHEDULED", None) => Err(errors::invalid("The parameter scheduled_publish_time is required")),
        (_, Some(_)) => Err(errors::parameter("scheduled_publish_time", "needs video_state to be SCHEDULED")),
        ("DRAFT", None) => Ok(Out::Draft),
        (_, None) => Ok(Out::Now),
    }
}

/// 613 for the thirty-first reel of 24 hours.
fn quota(state: &State, page: u64) -> Result<(), Reply> {
    let since = state.now() - Duration::from_secs(86_400);
    let counted = |post: &&posts::Post| {
        post.page == page
            && post.kind == Kind::Reel
            && post.created > since
            && !matches!(post.out, Out::Draft | Out::Never)
    };
    if state.posts.iter().filter(counted).count() < state.options.reels_per_day {
        return Ok(());
    }
    let message = format!("A Page can publish {} reels within 24 hours.", state.options.reels_per_day);
    let fault = Fault::new(613, "Calls to this api have exceeded the rate limit.");
    Err(fault.user("Too Many Reels", &message).reply())
}

/// `GET /{page}/video_reels`
pub(super) fn list(state: &mut State, request: &Request, page: u64) -> Outcome {
    let fields = request.params.check(state, &[PAGED])?;
    auth::reader(state, &request.caller, page)?;
    let now = state.now();
    let settled = now - state.options.list_lag;
    let reels = state.posts.iter().rev().filter(|post| post.page == page && post.kind == Kind::Reel);
    let shown = reels
        .filter(|post| post.created <= settled && post.out_since(now).is_some_and(|at| posts::within(&fields, at)));
    let videos = shown.filter_map(|post| state.videos.get(&post.video?));
    let views: Vec<_> = videos.map(|video| status::video(state, video)).collect();
    paging::page(request, &fields, "Video", "description,updated_time,id", &views)
}

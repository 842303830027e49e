//! A feed video in chunks: start, transfer, transfer ..., finish. The server says which bytes it wants next.
//! <https://developers.facebook.com/docs/video-api/guides/publishing>

use serde_json::{Value, json};

use super::call::{Outcome, Reply};
use super::errors::{self, Fault};
use super::graph::Request;
use super::params::{Known, Type};
use super::posts::Kind;
use super::state::State;
use super::videos::{self, ABOUT, Video};
use super::{schedule, tokens};

const PHASES: &[&str] = &["start", "transfer", "finish", "cancel"];
const START: Known = &[("upload_phase", Type::Word(PHASES)), ("file_size", Type::Number)];
const TRANSFER: Known = &[
    ("upload_phase", Type::Word(PHASES)),
    ("upload_session_id", Type::Text),
    ("start_offset", Type::Number),
    ("video_file_chunk", Type::File),
];
const END: Known = &[("upload_phase", Type::Word(PHASES)), ("upload_session_id", Type::Text)];

pub(super) fn handle(state: &mut State, request: &Request, page: u64) -> Outcome {
    match request.params.get("upload_phase").map(str::to_ascii_lowercase).as_deref() {
        Some("start") => start(state, request, page),
        Some("transfer") => transfer(state, request, page),
        Some("finish") => finish(state, request, page),
        Some("cancel") => cancel(state, request, page),
        _ => Err(errors::parameter("upload_phase", "must be one of {start, transfer, finish, cancel}")),
    }
}

fn start(state: &mut State, request: &Request, page: u64) -> Outcome {
    let fields = request.params.check(state, &[START])?;
    let size = fields.needed_number("file_size")?;
    if size == 0 {
        return Err(Fault::new(382, "The video file you tried to upload is too small. Minimum size is 1 byte.").reply());
    }
    if size > state.options.video_bytes {
        return Err(Fault::new(352, "The video file is too large").reply());
    }
    let (id, session, now) = (state.number(), state.number(), state.now());
    let mut video = Video { session: Some(session), ..Video::new(id, page, Kind::Video, now) };
    video.make_room(&state.world, size);
    let mut body = wanted(state, &video);
    body["upload_session_id"] = json!(session.to_string());
    body["video_id"] = json!(id.to_string());
    state.videos.insert(id, video);
    Ok(Reply::json(200, &body))
}

/// The bytes that are to come next. Offsets are written as strings.
fn wanted(state: &State, video: &Video) -> Value {
    let end = video.filled.saturating_add(state.options.chunk_bytes).min(video.size.unwrap_or_default());
    json!({"start_offset": video.filled.to_string(), "end_offset": end.to_string()})
}

fn transfer(state: &mut State, request: &Request, page: u64) -> Outcome {
    let fields = request.params.check(state, &[TRANSFER])?;
    let id = session(state, page, fields.needed("upload_session_id")?)?;
    let at = fields.needed_number("start_offset")?;
    let chunk = fields.file("video_file_chunk");
    let chunk = chunk.ok_or_else(|| errors::invalid("The parameter video_file_chunk is required"))?;
    if std::mem::take(&mut state.options.trip_next_chunk) {
        let message = "There was a problem uploading your video file. Please try again.";
        return Err(Fault::new(6_000, message).subcode(1_363_030).transient().reply());
    }
    let video = &state.videos[&id];
    let next = wanted(state, video);
    let size = video.size.unwrap_or_default();
    let end = video.filled.saturating_add(state.options.chunk_bytes).min(size);
    if at != video.filled || chunk.len() as u64 != end - at {
        let message = "There was a problem uploading your video file: the chunk is not the one that was asked for.";
        return Err(Fault::new(6_001, message).subcode(1_363_037).data(next).reply());
    }
    if let Some(video) = state.videos.get_mut(&id) {
        video.write(chunk);
    }
    Ok(Reply::json(200, &wanted(state, &state.videos[&id])))
}

fn finish(state: &mut State, request: &Request, page: u64) -> Outcome {
    let fields = request.params.check(state, &[END, ABOUT, schedule::FIELDS])?;
    let id = session(state, page, fields.needed("upload_session_id")?)?;
    videos::check(state, &fields)?;
    if !state.videos[&id].is_complete() {
        let (filled, size) = (state.videos[&id].filled, state.videos[&id].size.unwrap_or_default());
        return Err(errors::invalid(&format!("The video is not uploaded yet: {filled} of {size} bytes are here")));
    }
    videos::publish(state, request, id, &fields)?;
    Ok(tokens::success())
}

fn cancel(state: &mut State, request: &Request, page: u64) -> Outcome {
    let fields = request.params.check(state, &[END])?;
    let id = session(state, page, fields.needed("upload_session_id")?)?;
    state.videos.remove(&id);
    Ok(tokens::success())
}

/// The video of a session that is still open.
fn session(state: &State, page: u64, session: &str) -> Result<u64, Reply> {
    let number = session.parse().ok();
    let video = state.videos.values().find(|video| video.session == number && number.is_some() && video.page == page);
    let video = video.ok_or_else(|| errors::parameter("upload_session_id", "is not a valid session"))?;
    if video.finish.is_some() || video.deleted {
        return Err(errors::parameter("upload_session_id", "is of a session that is finished"));
    }
    if video.is_expired(state) {
        return Err(Fault::new(6_001, "There was a problem with the upload: the session has expired.").reply());
    }
    Ok(video.id)
}

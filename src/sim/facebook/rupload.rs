//! `rupload.facebook.com`: the bytes of reels and video stories, raw, from where the last attempt stopped.

use serde_json::json;

use super::auth::{self, Who};
use super::call::{Call, Outcome, Reply};
use super::errors;
use super::state::State;
use super::version::{self, Version};
use super::videos;

/// `POST /video-upload/{version}/{video}` with the headers `Authorization: OAuth ...`, `offset` and `file_size`, or
/// `file_url` and no body.
pub(super) fn receive(state: &mut State, call: &Call, path: &[&str]) -> Outcome {
    let refuse = |kind, message: &str| Err(errors::upload(kind, message));
    let [version, id] = path else { return refuse("NotFoundError", "There is nothing at this address") };
    if !matches!(version::read(version, state.now()), Version::Served { .. }) {
        return refuse("NotFoundError", "There is no such version");
    }
    let id: u64 = id.parse().map_err(|_| errors::upload("NotFoundError", "There is no such video"))?;
    let token = call.header("authorization").and_then(|value| value.strip_prefix("OAuth "));
    let Some(token) = token else {
        return refuse("NotAuthorizedError", "Authorization: OAuth and a token are needed");
    };
    let caller = auth::bearer(state, token.trim());
    let caller = caller.map_err(|_| errors::upload("NotAuthorizedError", "The access token is not valid"))?;
    let video = state.videos.get(&id).filter(|video| video.session.is_none() && !video.deleted);
    let Some(video) = video else { return refuse("NotFoundError", "There is no such video") };
    if !matches!(caller.who, Who::Page(page, _) if page == video.page) || !caller.has("pages_manage_posts") {
        return refuse("NotAuthorizedError", "The access token is not for the Page of this video");
    }
    if video.finish.is_some() || video.is_expired(state) {
        return refuse("ProcessingFailedError", "The upload is finished or has expired");
    }
    if let Some(url) = call.header("file_url").map(str::to_owned) {
        return fetch(state, call, id, &url);
    }
    let number = |name| call.header(name).and_then(|value| value.parse::<u64>().ok());
    let (Some(offset), Some(size)) = (number("offset"), number("file_size")) else {
        return refuse("HeaderInvalidError", "The headers offset and file_size are needed, as numbers");
    };
    let form = ["multipart/form-data", "application/x-www-form-urlencoded"].contains(&call.media_type().as_str());
    if form || size == 0 || size > state.options.video_bytes || video.size.is_some_and(|known| known != size) {
        return refuse("HeaderInvalidError", "The body is not raw, or file_size is not the size of a video");
    }
    if offset != video.filled {
        return refuse("OffsetInvalidError", "Request starting offset is invalid");
    }
    take(state, call, id, size)
}

/// Keeps what came, as far as it came.
fn take(state: &mut State, call: &Call, id: u64, size: u64) -> Outcome {
    let cut = state.options.cut_next_upload.take().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    let Some(video) = state.videos.get_mut(&id) else { return Err(Reply::silence()) };
    let came = call.body.length.min(cut.unwrap_or(usize::MAX));
    let left = size - video.filled;
    if call.body.bytes.len() as u64 > left {
        return Err(errors::upload("PartialRequestError", "The request is longer than the rest of the file"));
    }
    if video.filled == 0 && came as u64 == size {
        // The usual case: the whole file at once, kept where it was received.
        video.bytes = call.body.bytes.clone();
        (video.size, video.filled) = (Some(size), size);
    } else {
        video.make_room(&state.world, size);
        video.write(&call.body.bytes[..came]);
    }
    if cut.is_some() || !call.body.is_whole() {
        return Err(Reply::silence());
    }
    if came as u64 != left {
        return Err(errors::upload("PartialRequestError", "Partial request (did not match length of file)"));
    }
    Ok(Reply::json(200, &json!({"success": true, "message": "Upload successful."})))
}

/// The file is at an address of the client's.
fn fetch(state: &mut State, call: &Call, id: u64, url: &str) -> Outcome {
    if !call.body.bytes.is_empty() || call.header("offset").is_some() {
        return Err(errors::upload("HeaderInvalidError", "file_url goes without a body and without offset"));
    }
    let failed = |_| errors::upload("ProcessingFailedError", "The file could not be fetched");
    let bytes = videos::fetch(state, url).map_err(failed)?;
    if let Some(video) = state.videos.get_mut(&id) {
        let size = bytes.len() as u64;
        (video.bytes, video.size, video.filled) = (bytes, Some(size), size);
    }
    Ok(Reply::json(200, &json!({"success": true, "message": "Upload successful."})))
}

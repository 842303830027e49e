//! `thumbnails.set` (<https://developers.google.com/youtube/data/reference/rest/v3/thumbnails/set>).

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::api::Caller;
use super::call::{Call, Outcome, Reply};
use super::errors::{Fault, known};
use super::render;
use super::state::State;
use super::video::Stage;
use super::videos::owned;
use crate::sim::probe::probe;

const BYTES_MAX: usize = 52_428_800;
const DAY: Duration = Duration::from_secs(86_400);

pub(super) struct Thumbnail {
    pub(super) bytes: Arc<[u8]>,
}

/// `POST /upload/youtube/v3/thumbnails/set?videoId=..&uploadType=media`: the bare picture.
pub(super) fn set(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    if call.parameter("uploadType") != Some("media") {
        return Err(known("badRequest")
            .says("Thumbnails are uploaded by uploadType=media here")
            .at("uploadType")
            .into());
    }
    let channel = caller.channel()?.to_owned();
    let id = call.parameter("videoId").unwrap_or_default().to_owned();
    let found = owned(state, &channel, &id);
    found.map_err(|_| if state.video(&id).is_some_and(|video| video.is_open()) { denied() } else { missing() })?;
    if !state.channel(&channel).is_some_and(|channel| channel.phone_verified) {
        return Err(denied().into());
    }
    check_picture(call)?;
    let now = state.now();
    let recent = state.thumbnails_set.iter().filter(|(of, at)| *of == channel && now < *at + DAY).count();
    if state.options.thumbnail_cap.is_some_and(|cap| recent >= cap) {
        return Err(known("uploadRateLimitExceeded").into());
    }
    state.thumbnails_set.push((channel, now));
    let Some(video) = state.video_mut(&id) else {
        return Err(missing().into());
    };
    // A Short that is not processed yet keeps its picture, and nobody is told.
    if !video.is_short() || video.stage(now) == Stage::Processed {
        video.thumbnail = Some(Thumbnail { bytes: Arc::clone(&call.body) });
    }
    let items = json!([render::thumbnails(video)]);
    let etag = render::etag(&items.to_string());
    Ok(Reply::json(200, json!({"kind": "youtube#thumbnailSetResponse", "etag": etag, "items": items})))
}

fn denied() -> Fault {
    let message = "The authenticated user doesn't have permissions to upload and set custom video thumbnails.";
    known("forbidden").of("youtube.thumbnail").says(message)
}

fn missing() -> Fault {
    known("videoNotFound").of("youtube.thumbnail").at("videoId")
}

fn check_picture(call: &Call) -> Result<(), Fault> {
    let told = call.media_type();
    if !matches!(told.as_str(), "image/jpeg" | "image/png" | "application/octet-stream") {
        let message = format!(
            "Media type '{told}' is not supported. Valid media types: [image/jpeg, image/png, application/octet-stream]"
        );
        return Err(known("badContent").says(message));
    }
    if call.body.is_empty() {
        return Err(known("mediaBodyRequired").of("youtube.thumbnail"));
    }
    if call.body.len() > BYTES_MAX {
        return Err(known("uploadTooLarge"));
    }
    let is = probe(&call.body).map(|file| file.mime).filter(|mime| matches!(*mime, "image/jpeg" | "image/png"));
    match is {
        Some(mime) if told == mime || told == "application/octet-stream" => Ok(()),
        _ => Err(known("invalidImage")),
    }
}

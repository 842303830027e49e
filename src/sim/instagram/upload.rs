//! Uploads of films to `rupload.facebook.com`: one request with all bytes, or after a break another with the rest. What
//! came before a break is kept. Each piece is put where it belongs as it comes; the file is never copied.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/content-publishing/resumable-uploads>

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::access::{Caller, Right, served};
use super::call::{Door, Reply};
use super::containers::{Source, Status};
use super::errors;
use super::kinds::Kind;
use super::state::State;
use super::{Instagram, film};

/// A file on its way.
#[derive(Default)]
pub(super) struct Upload {
    /// Once it is known.
    size: Option<usize>,
    /// As large as the file will be once its size is known, or as what is kept of it.
    file: Option<Arc<[u8]>>,
    received: usize,
    /// Where the file is fetched from, if the upload says so instead of sending bytes.
    pub(super) address: Option<String>,
}

impl Upload {
    /// `video_status`, by what the container's status is.
    pub(super) fn status(&self, status: Status) -> Value {
        let size = self.size;
        let complete = self.address.is_some() || size == Some(self.received);
        let uploading = match complete {
            true => "complete",
            false if size.is_none() => "not_started",
            false => "in_progress",
        };
        let processing = match status {
            Status::InProgress if complete => "in_progress",
            Status::InProgress | Status::Expired => "not_started",
            Status::Error => "error",
            Status::Finished | Status::Published => "complete",
        };
        let mut phase = json!({"status": uploading, "bytes_transferred": self.received});
        if let Some(size) = size {
            phase["source_file_size"] = json!(size);
        }
        json!({"uploading_phase": phase, "processing_phase": {"status": processing}})
    }
}

/// What the headers of a request ask for.
enum Ask {
    Address(String),
    Bytes { offset: usize, size: usize },
}

/// An upload that may go on: the container and where the next piece belongs.
struct Seat {
    id: u64,
    at: usize,
    size: usize,
    /// The connection ends here, by script.
    end: Option<u64>,
}

/// `POST /ig-api-upload/{version}/{container}`
pub(super) async fn receive(instagram: &Instagram, request: Request) -> Reply {
    let (head, body) = request.into_parts();
    let seat = match instagram.with(|state| begin(state, &head.method, head.uri.path(), &head.headers)) {
        Ok(Some(seat)) => seat,
        Ok(None) => return done(),
        Err(refusal) => return refusal,
    };
    let Seat { id, mut at, size, end } = seat;
    let mut stream = body.into_data_stream();
    while let Some(piece) = stream.next().await {
        // The client broke off; what came is kept.
        let Ok(piece) = piece else { break };
        let room = end.map_or(size, |end| usize::try_from(end).unwrap_or(size).min(size));
        let fits = &piece[..piece.len().min(room.saturating_sub(at))];
        if !instagram.with(|state| put(state, id, at, fits)) {
            return errors::upload(true, "OffsetInvalidError", "Another request wrote to this upload");
        }
        at += fits.len();
        if fits.len() < piece.len() && end.is_some() {
            crate::sim::hang_up();
        }
        if fits.len() < piece.len() {
            return errors::upload(false, "PartialRequestError", "The body is longer than file_size says");
        }
    }
    if at < size {
        let message = format!("Partial request: {at} of {size} bytes are here");
        return errors::upload(true, "PartialRequestError", &message);
    }
    instagram.with(|state| finish(state, id))
}

/// Checks everything there is before the first byte; nothing if there are no bytes to come.
fn begin(state: &mut State, method: &Method, path: &str, headers: &HeaderMap) -> Result<Option<Seat>, Reply> {
    let refused = errors::upload_failed;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let mut segments = path.split('/').skip(2);
    let (version, id) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    served(state, version)?;
    if method != Method::POST {
        return Err(refused("only POST uploads"));
    }
    let token = header("authorization").and_then(|value| value.strip_prefix("OAuth "));
    let token = token.ok_or_else(|| refused("unauthorized user request"))?;
    let caller = Caller::with_token(state, Door::Facebook, token, version)?;
    caller.need(Right::Publish)?;
    let id: u64 = id.parse().map_err(|_| refused("no such upload"))?;
    let container = state.containers.get(&id).filter(|container| caller.reaches(state, container.account));
    let container = container.ok_or_else(|| refused("unauthorized user request"))?;
    if container.status(state) != Status::InProgress || container.due.is_some() {
        return Err(refused("the upload session is over"));
    }
    let bounds = if container.wishes.kind == Kind::VideoStory { film::STORY } else { film::REEL };
    let Source::Upload(upload) = &container.source else { return Err(refused("this container takes no upload")) };
    match ask(&header)? {
        Ask::Address(address) if upload.file.is_none() && upload.address.is_none() => {
            let (now, delay) = (state.now(), state.options.video_delay);
            if let Some(container) = state.containers.get_mut(&id) {
                container.source = Source::Upload(Upload { address: Some(address), ..Upload::default() });
                container.begin(now, delay);
            }
            Ok(None)
        }
        Ask::Address(_) => Err(refused("the upload has begun already")),
        Ask::Bytes { .. } if upload.address.is_some() => Err(refused("the file is fetched from its address")),
        Ask::Bytes { size, .. } if u64::try_from(size).unwrap_or(u64::MAX) > bounds.bytes => {
            Err(refused("the file is too large"))
        }
        Ask::Bytes { size, .. } if upload.size.is_some_and(|known| known != size) => {
            Err(refused("file_size differs from what was said before"))
        }
        Ask::Bytes { offset, .. } if offset != upload.received => {
            let message = format!("Offset {offset} is invalid: {} bytes are here", upload.received);
            Err(errors::upload(true, "OffsetInvalidError", &message))
        }
        Ask::Bytes { offset, size } => {
            let length = header("content-length").and_then(|value| value.parse::<usize>().ok());
            if length.is_some_and(|length| offset + length > size) {
                return Err(errors::upload(false, "PartialRequestError", "The body is longer than file_size says"));
            }
            let (end, kept) = (state.options.break_upload_at.take(), state.world.kept(0, size));
            if let Some(Source::Upload(upload)) = state.containers.get_mut(&id).map(|container| &mut container.source) {
                upload.size = Some(size);
                upload.file.get_or_insert_with(|| std::iter::repeat_n(0, kept).collect());
            }
            Ok(Some(Seat { id, at: offset, size, end }))
        }
    }
}

fn ask<'a>(header: &impl Fn(&str) -> Option<&'a str>) -> Result<Ask, Reply> {
    let number = |name: &str| {
        let found = header(name).and_then(|value| value.parse::<usize>().ok());
        found.ok_or_else(|| errors::upload_failed(&format!("the header {name} is missing or no number")))
    };
    match header("file_url") {
        Some(_) if header("offset").is_some() || header("file_size").is_some() => {
            Err(errors::upload_failed("file_url stands alone"))
        }
        Some(address) => Ok(Ask::Address(address.to_owned())),
        None => {
            let kind = header("content-type").unwrap_or("application/octet-stream");
            if !(kind == "application/octet-stream" || kind.starts_with("video/")) {
                return Err(errors::upload_failed("the body is the bare file"));
            }
            match (number("offset")?, number("file_size")?) {
                (_, 0) => Err(errors::upload_failed("file_size is 0")),
                (offset, size) => Ok(Ask::Bytes { offset, size }),
            }
        }
    }
}

/// Puts a piece where it belongs; false if somebody else wrote there meanwhile.
fn put(state: &mut State, id: u64, at: usize, piece: &[u8]) -> bool {
    let Some(container) = state.containers.get_mut(&id) else { return false };
    let Source::Upload(upload) = &mut container.source else { return false };
    let Some(file) = upload.file.as_mut().and_then(Arc::get_mut) else { return false };
    if upload.received != at {
        return false;
    }
    let from = at.min(file.len());
    let place = &mut file[from..];
    let kept = place.len().min(piece.len());
    place[..kept].copy_from_slice(&piece[..kept]);
    upload.received += piece.len();
    true
}

/// All bytes are here: what is no film at all is told at once, the rest is found out later.
fn finish(state: &mut State, id: u64) -> Reply {
    let (now, delay) = (state.now(), state.options.video_delay);
    let Some(container) = state.containers.get_mut(&id) else { return errors::upload_failed("no such upload") };
    let Source::Upload(upload) = &mut container.source else { return errors::upload_failed("no such upload") };
    if upload.file.as_ref().is_none_or(|file| file.get(4..8) != Some(b"ftyp")) {
        // The session is back at its beginning.
        *upload = Upload::default();
        return errors::upload_failed("Request processing failed");
    }
    container.content = upload.file.clone();
    container.begin(now, delay);
    done()
}

fn done() -> Reply {
    Reply::json(200, &json!({"success": true, "message": "Upload successful. The media is being processed."}))
}

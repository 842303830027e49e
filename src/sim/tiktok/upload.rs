//! Videos sent as bytes: one `PUT` after the other to an address that is its own key. No token is asked for.
//! See <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>.

use std::ops::Range;
use std::sync::Arc;
use std::time::SystemTime;

use super::call::{Call, Reply};
use super::chunks::Plan;
use super::errors::{Outcome, Refusal};
use super::film::Film;
use super::judge;
use super::options::{Progress, Repeated};
use super::publish::{Medium, Publish, Source};
use super::state::{State, opaque};
use crate::sim::World;

/// Where chunks go.
pub(super) const PATH: &str = "/video/";

const TYPES: &[&str] = &["video/mp4", "video/quicktime", "video/webm"];

/// A video that comes in chunk by chunk.
pub(super) struct Upload {
    id: u64,
    token: String,
    plan: Plan,
    pub(super) expires: SystemTime,
    pub(super) stored: u64,
    /// Of the declared size from the first chunk on, or of what is kept of it, so that no byte is ever moved again.
    buffer: Option<Arc<[u8]>>,
}

impl Upload {
    pub(super) fn new(state: &mut State, plan: Plan) -> Self {
        let expires = state.now + state.options.upload_life;
        Self { id: state.fresh_id(), token: opaque("", 64), plan, expires, stored: 0, buffer: None }
    }

    pub(super) fn url(&self) -> String {
        let Self { id, token, .. } = self;
        format!("https://open-upload.tiktokapis.com{PATH}?upload_id={id}&upload_token={token}")
    }

    /// Whether these bytes are the next chunk, or one that is stored already.
    fn judge(&self, range: &Range<u64>) -> Place {
        if self.plan.chunk_at(range.start).as_ref() != Some(range) {
            Place::Elsewhere
        } else if range.start == self.stored {
            Place::Next
        } else if range.end <= self.stored {
            Place::Stored
        } else {
            Place::Elsewhere
        }
    }

    fn store(&mut self, world: &World, first: u64, bytes: &[u8]) {
        let size = usize::try_from(self.plan.size).unwrap_or(usize::MAX);
        let buffer = self.buffer.get_or_insert_with(|| Arc::from(vec![0; world.kept(0, size)]));
        let kept = &bytes[..world.kept(first, bytes.len())];
        let first = usize::try_from(first).unwrap_or(usize::MAX).min(buffer.len());
        // Nobody else has the buffer before the last chunk is in.
        if let Some(place) = Arc::get_mut(buffer).and_then(|buffer| buffer.get_mut(first..first + kept.len())) {
            place.copy_from_slice(kept);
            self.stored += bytes.len() as u64;
        }
    }

    /// The answer that says how far the upload is.
    fn progress(&self, status: u16, count: Progress) -> Reply {
        let uploaded = match count {
            Progress::Count => self.stored,
            Progress::Last => self.stored.saturating_sub(1),
        };
        Reply::empty(status).with("content-range", format!("bytes 0-{uploaded}/{}", self.plan.size))
    }
}

/// Where a chunk belongs.
#[derive(PartialEq, Eq)]
enum Place {
    Next,
    Stored,
    Elsewhere,
}

/// `PUT` of one chunk.
pub(super) fn put(state: &mut State, call: &Call) -> Outcome {
    let (at, expires) = find(state, call).ok_or_else(|| Refusal::bare(404))?;
    if expires <= state.now {
        return Err(Refusal::bare(403));
    }
    if call.header("authorization").is_some() {
        state.warn("an Authorization header was sent to an upload address, which needs none");
    }
    let (repeated, count, last_status) =
        (state.options.repeated_chunk, state.options.progress, state.options.last_chunk_status);
    let Some(Publish { source: Source::Upload(upload), .. }) = state.publishes.get_mut(at) else {
        return Err(Refusal::bare(404));
    };
    let (range, total) = declared(call).ok_or_else(|| Refusal::bare(400))?;
    if total != upload.plan.size {
        return Err(Refusal::bare(400));
    }
    match upload.judge(&range) {
        Place::Next => {
            upload.store(&state.world, range.start, &call.body);
            if upload.stored == total {
                finish(state, at);
            }
        }
        Place::Stored if repeated == Repeated::Accepted => {}
        _ => return Err(Refusal::Other(upload.progress(416, count))),
    }
    let Some(Publish { source: Source::Upload(upload), .. }) = state.publishes.get(at) else {
        return Err(Refusal::bare(404));
    };
    Ok(upload.progress(if range.end == total { last_status } else { 206 }, count))
}

/// The upload an address is the key to, and when it ends.
fn find(state: &State, call: &Call) -> Option<(usize, SystemTime)> {
    let (id, token) = (call.parameter("upload_id")?.parse::<u64>().ok()?, call.parameter("upload_token")?);
    let mut uploads = state.publishes.iter().enumerate().filter_map(|(at, publish)| match &publish.source {
        Source::Upload(upload) => Some((at, upload)),
        Source::Pull(_) => None,
    });
    let (at, upload) = uploads.find(|(_, upload)| upload.id == id && upload.token == token)?;
    (call.query.len() == 2).then_some((at, upload.expires))
}

/// What the headers say the body is; nothing if one is missing or they contradict each other or the body.
fn declared(call: &Call) -> Option<(Range<u64>, u64)> {
    let length = call.header("content-length")?.parse::<usize>().ok()?;
    let (range, total) = call.header("content-range")?.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, total) = (number(first)?, number(last)?, number(total)?);
    let range = first..last.checked_add(1)?;
    let lawful = first <= last
        && last < total
        && range.end - first == call.body.len() as u64
        && length == call.body.len()
        && TYPES.contains(&call.media_type().as_str());
    lawful.then_some((range, total))
}

fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// The last chunk is in: what the file is decides how processing will end.
fn finish(state: &mut State, at: usize) {
    let Some(Publish { source: Source::Upload(upload), account, .. }) = state.publishes.get_mut(at) else { return };
    let Some(bytes) = upload.buffer.take() else { return };
    let longest = state.accounts[*account].max_video_post_duration_sec;
    let film = Film::read(&bytes);
    let verdict = judge::film(film.as_ref(), longest).filter(|_| state.options.check_files);
    let mime = film.as_ref().map_or("application/octet-stream", |film| film.container.mime());
    let publish = &mut state.publishes[at];
    publish.film = film;
    publish.complete(state.now, vec![Medium { mime: mime.to_owned(), bytes }], verdict);
}

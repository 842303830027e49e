//! The bytes of a resumable upload, one request at a time
//! (<https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol>). It knows ranges, not videos.

use std::sync::Arc;
use std::time::SystemTime;

use axum::http::Method;

use super::api::authenticate;
use super::call::{Call, Outcome, Reply};
use super::endpoints::UPLOADERS;
use super::errors::{Refusal, html, known};
use super::metadata::Draft;
use super::options::Hiccup;
use super::ranges::{self, BLOCK, Range};
use super::state::{State, opaque};
use super::video::{self, Upload};
use super::{render, selector, upload};
use crate::sim::World;

pub(super) struct Session {
    /// Path and query.
    pub(super) target: String,
    pub(super) channel: String,
    /// What the final answer shows.
    pub(super) parts: Vec<&'static str>,
    pub(super) fields: Option<String>,
    pub(super) draft: Draft,
    pub(super) mime: String,
    pub(super) name: Option<String>,
    pub(super) notify: bool,
    pub(super) total: u64,
    /// As long as the file, or as what is kept of it, as soon as there is anything in it.
    pub(super) buffer: Arc<[u8]>,
    pub(super) stored: u64,
    /// The length chunks have, once the first has come.
    pub(super) chunk: Option<u64>,
    pub(super) expires: SystemTime,
    /// The video that came of it.
    pub(super) video: Option<String>,
    /// The status that is all it answers any more.
    pub(super) dead: Option<u16>,
}

impl Session {
    pub(super) fn id(&self) -> &str {
        id_of(&self.target)
    }

    /// Keeps the first `length` bytes of a body, which begin where the stored ones end.
    fn keep(&mut self, world: &World, body: &Arc<[u8]>, length: u64) {
        let (from, length) = (index(self.stored), index(length));
        let total = index(self.total);
        let room = world.kept(0, total);
        if from == 0 && length == total && body.len() == room {
            // All at once: the very bytes that came.
            self.buffer = Arc::clone(body);
        } else {
            if self.buffer.len() < room {
                self.buffer = Arc::from(vec![0; room]);
            }
            let kept = world.kept(self.stored, length);
            if let Some(buffer) = Arc::get_mut(&mut self.buffer).filter(|_| kept > 0) {
                buffer[from..from + kept].copy_from_slice(&body[..kept]);
            }
        }
        self.stored += length as u64;
    }

    /// How far it has come. Nothing stored, no `Range`.
    fn incomplete(&self, call: &Call) -> Reply {
        let reply = if call.header("x-guploader-no-308") == Some("yes") {
            Reply::empty(200).with("x-http-status-code-override", "308")
        } else {
            Reply::empty(308)
        };
        match self.stored {
            0 => reply,
            stored => reply.with("range", format!("bytes=0-{}", stored - 1)),
        }
    }
}

/// Memory holds what is told in 64 bits: `upload` sees to it.
fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The name of a session, from its address.
fn id_of(target: &str) -> &str {
    let (_, rest) = target.split_once("upload_id=").unwrap_or(("", ""));
    rest.split('&').next().unwrap_or_default()
}

/// Whether a request is for the address of a session.
pub(super) fn is_for(call: &Call) -> bool {
    call.parameter("upload_id").is_some()
}

/// Any request to the address of a session.
pub(super) fn put(state: &mut State, call: &Call) -> Outcome {
    let id = id_of(&call.target).to_owned();
    let session = state.sessions.get(&id).filter(|session| session.target == call.target);
    let session =
        session.filter(|session| state.now() < session.expires).ok_or_else(|| Reply::text(404, "Not Found"))?;
    if let Some(status) = session.dead {
        return Err(Reply::text(status, if status == 410 { "Gone" } else { "Not Found" }).into());
    }
    if call.method != Method::PUT {
        return Err(html(405).into());
    }
    let caller = authenticate(state, call)?;
    if caller.identity.channel.as_ref() != Some(&session.channel) {
        return Err(known("forbidden").into());
    }
    caller.check_scopes(UPLOADERS, "videos.insert")?;
    let range = ranges::read(session.total, &session.mime, call)?;
    if let Some(video) = session.video.clone() {
        return finished(state, &id, &video);
    }
    match range {
        Range::Ask => {
            let session = state.sessions.get_mut(&id).ok_or_else(|| html(500))?;
            // Whoever asks has lost count, and may go on with chunks of another length.
            session.chunk = None;
            Ok(session.incomplete(call))
        }
        Range::Bytes { first, length, last } => store(state, call, &id, first, length, last),
    }
}

/// A request that brings bytes.
fn store(state: &mut State, call: &Call, id: &str, first: u64, length: u64, last: bool) -> Outcome {
    let hiccup = if call.broken { Hiccup::Fine } else { state.options.hiccups.pop_front().unwrap_or(Hiccup::Fine) };
    let session = state.sessions.get_mut(id).ok_or_else(|| html(500))?;
    match &hiccup {
        Hiccup::DropsBefore => return Ok(Reply::lost()),
        Hiccup::Answers { status, retry_after } => return Ok(front_end(*status, *retry_after)),
        Hiccup::Expires => session.dead = Some(404),
        Hiccup::Dies => session.dead = Some(410),
        Hiccup::TokenExpires => {
            let token = call.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
            state.access.remove(token.unwrap_or_default());
            return Err(known("authError").into());
        }
        _ => {}
    }
    if let Some(status) = session.dead {
        return Err(Reply::text(status, if status == 410 { "Gone" } else { "Not Found" }).into());
    }
    if first != session.stored {
        // Not what comes next: nothing of it is kept, and the answer says what would come next.
        return Ok(session.incomplete(call));
    }
    if !last && session.chunk.is_some_and(|chunk| chunk != length) {
        return Err(Reply::text(400, "Invalid request.  All chunks but the last have the same size.").into());
    }
    let kept = kept(&hiccup, call, length);
    session.chunk = if last || kept < length { None } else { Some(length) };
    session.keep(&state.world, &call.body, kept);
    if call.broken || hiccup == Hiccup::DropsInside {
        return Ok(Reply::lost());
    }
    let whole = session.stored == session.total;
    let moving = hiccup == Hiccup::Moves && !whole;
    let so_far = session.incomplete(call);
    let reply = if whole {
        let video = finish(state, id)?;
        finished(state, id, &video)?
    } else if moving {
        so_far.with("location", relocate(state, call, id)?)
    } else {
        so_far
    };
    Ok(match hiccup {
        Hiccup::DropsAfter => Reply::lost(),
        Hiccup::KeepsButAnswers { status, retry_after } => front_end(status, retry_after),
        Hiccup::StillSays308 if whole => {
            let session = state.sessions.get(id).ok_or_else(|| html(500))?;
            session.incomplete(call)
        }
        _ => reply,
    })
}

/// How much of a request's bytes are kept: whole blocks, where not all.
fn kept(hiccup: &Hiccup, call: &Call, length: u64) -> u64 {
    let arrived = call.body.len() as u64;
    let blocks = |bytes: u64| bytes.min(arrived) / BLOCK * BLOCK;
    match hiccup {
        Hiccup::Keeps(most) if *most < length => blocks(*most),
        Hiccup::DropsInside => blocks(length / 2),
        _ if arrived < length => blocks(arrived),
        _ => length,
    }
}

fn front_end(status: u16, retry_after: Option<u64>) -> Reply {
    let reply = html(status);
    match retry_after {
        Some(seconds) => reply.with("retry-after", seconds.to_string()),
        None => reply,
    }
}

/// The last byte is here: now, and not before, there is a video.
fn finish(state: &mut State, id: &str) -> Result<String, Refusal> {
    let session = state.sessions.get_mut(id).ok_or_else(|| html(500))?;
    let upload = Upload {
        channel: session.channel.clone(),
        draft: session.draft.clone(),
        bytes: std::mem::replace(&mut session.buffer, Arc::from([])),
        size: session.total,
        mime: session.mime.clone(),
        name: session.name.clone(),
        notify: session.notify,
    };
    let video = video::make(state, upload);
    if let Some(session) = state.sessions.get_mut(id) {
        session.video = Some(video.clone());
    }
    Ok(video)
}

/// The answer to the last byte, and to whatever comes after it.
fn finished(state: &State, id: &str, video: &str) -> Outcome {
    let (Some(session), Some(video)) = (state.sessions.get(id), state.video(video)) else {
        // The video was deleted meanwhile.
        return Err(Reply::text(404, "Not Found").into());
    };
    let body = render::video(state, video, &session.parts, true);
    let body = match &session.fields {
        Some(fields) => selector::select(&body, &selector::parse(fields)?)?,
        None => body,
    };
    Ok(Reply::json(state.options.done_status, body))
}

/// Gives the session a new address; the old one is dead.
fn relocate(state: &mut State, call: &Call, id: &str) -> Result<String, Refusal> {
    let mut session = state.sessions.remove(id).ok_or_else(|| html(500))?;
    let fresh = opaque("ADPycdu", 120);
    session.target = session.target.replace(id, &fresh);
    let address = format!("https://{}{}", upload::host(call), session.target);
    state.sessions.insert(fresh, session);
    Ok(address)
}

//! The Resumable Upload API: a file is uploaded with a user token, and a handle to it is what comes out.
//! <https://developers.facebook.com/docs/graph-api/guides/upload>

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::json;

use super::auth::Who;
use super::call::{self, Outcome, Reply};
use super::errors;
use super::graph::Request;
use super::params::{Known, Type};
use super::state::{State, opaque};

/// One file on its way.
pub(super) struct Session {
    app: String,
    person: usize,
    bytes: Arc<[u8]>,
    filled: usize,
    started: SystemTime,
    handle: Option<String>,
}

const START: Known = &[
    ("file_name", Type::Text),
    ("file_length", Type::Number),
    ("file_type", Type::Word(&["application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"])),
];

/// `POST /{app}/uploads`
pub(super) fn start(state: &mut State, request: &Request, app: &str) -> Outcome {
    let person = user(request, app)?;
    let fields = request.params.check(state, &[START])?;
    fields.needed("file_name")?;
    fields.needed("file_type")?;
    let length = fields.needed_number("file_length")?;
    if length == 0 || length > state.options.video_bytes {
        return Err(errors::parameter("file_length", "is not a length that can be uploaded"));
    }
    let bytes = call::room(usize::try_from(length).unwrap_or_default());
    let id = opaque("upload:MTphdHRhY2htZW50", 60);
    let session = Session { app: app.to_owned(), person, bytes, filled: 0, started: state.now(), handle: None };
    state.sessions.insert(id.clone(), session);
    Ok(Reply::json(200, &json!({"id": id})))
}

fn user(request: &Request, app: &str) -> Result<usize, Reply> {
    match request.caller.who {
        Who::User(person) if request.caller.app == app => Ok(person),
        _ => Err(errors::forbidden("A user access token of the app is required")),
    }
}

/// `POST /{upload}` with the header `file_offset` and raw bytes.
pub(super) fn receive(state: &mut State, request: &Request, id: &str) -> Outcome {
    let session = own(state, request, id)?;
    let (filled, length) = (session.filled, session.bytes.len());
    if !request.call.header("authorization").is_some_and(|value| value.starts_with("OAuth ")) {
        return Err(errors::token(None));
    }
    let offset = request.call.header("file_offset").and_then(|value| value.parse::<usize>().ok());
    if offset != Some(filled) || session.handle.is_some() {
        return Err(errors::invalid(&format!("The header file_offset must be {filled}")));
    }
    let body = &request.call.body;
    if body.bytes.len() > length - filled {
        return Err(errors::invalid("The body is longer than the rest of the file"));
    }
    let came = &body.bytes[..body.length];
    let handle = opaque("4:", 120);
    let Some(session) = state.sessions.get_mut(id) else { return Err(Reply::silence()) };
    if came.len() == length {
        session.bytes = body.bytes.clone();
    } else if let Some(bytes) = Arc::get_mut(&mut session.bytes) {
        bytes[filled..filled + came.len()].copy_from_slice(came);
    }
    session.filled += came.len();
    if !body.is_whole() {
        return Err(Reply::silence());
    }
    if session.filled < length {
        return Err(errors::invalid("The body is shorter than the rest of the file"));
    }
    session.handle = Some(handle.clone());
    Ok(Reply::json(200, &json!({"h": handle})))
}

/// `GET /{upload}`: how much is there.
pub(super) fn progress(state: &mut State, request: &Request, id: &str) -> Outcome {
    let session = own(state, request, id)?;
    Ok(Reply::json(200, &json!({"id": id, "file_offset": session.filled})))
}

fn own<'a>(state: &'a State, request: &Request, id: &str) -> Result<&'a Session, Reply> {
    let session = state.sessions.get(id).ok_or_else(|| errors::missing("get", id))?;
    let person = user(request, &session.app)?;
    let over = session.started + state.options.upload_life <= state.now();
    if person != session.person || over {
        return Err(errors::missing("get", id));
    }
    Ok(session)
}

/// The file behind a handle, for a Page of the person who uploaded it.
pub(super) fn redeem(state: &State, request: &Request, handle: &str) -> Result<Arc<[u8]>, Reply> {
    let mine = |session: &&Session| {
        session.handle.as_deref() == Some(handle)
            && Some(session.person) == request.caller.person()
            && session.app == request.caller.app
    };
    let session = state.sessions.values().find(mine);
    let session =
        session.ok_or_else(|| errors::parameter("fbuploader_video_file_chunk", "is not a handle of an upload"))?;
    Ok(session.bytes.clone())
}

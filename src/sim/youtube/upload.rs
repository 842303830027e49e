//! `videos.insert`: opening an upload session. Everything about the video is said and judged here; the channel shows
//! nothing of it (<https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol>).

use std::time::Duration;

use percent_encoding::percent_decode_str;

use super::api::Caller;
use super::call::{Call, Outcome, Reply, bare};
use super::errors::{Fault, Refusal, html, known};
use super::metadata::Draft;
use super::parameters::{flag, json, parts};
use super::render::PARTS;
use super::schema::ReadOnly;
use super::sessions::Session;
use super::state::{State, opaque};

/// Bytes of a video: 256 GiB.
const BYTES_MAX: u64 = 274_877_906_944;
/// A make-believe keeps everything in memory: larger files it cannot take, though YouTube can.
const MEMORY_MAX: u64 = 8 << 30;
const DAY: Duration = Duration::from_secs(86_400);

/// `POST /upload/youtube/v3/videos?uploadType=resumable`
pub(super) fn open(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    match call.parameter("uploadType") {
        Some("resumable") => {}
        Some(_) => return Err(known("badRequest").says("Videos are uploaded by uploadType=resumable here").into()),
        None => return Err(known("badRequest").says("Missing parameter: uploadType").at("uploadType").into()),
    }
    let channel = caller.channel()?.to_owned();
    let parts = parts(call, PARTS)?;
    let mut draft = read_draft(call, &parts)?;
    let (mime, total) = announced(call)?;
    let name = call.header("slug").map(file_name).transpose()?;
    draft.judge(state, state.options.category_required)?;
    check_languages(&draft)?;
    if draft.snippet.is_none() {
        return Err(known("invalidTitle").into());
    }
    let now = state.now();
    let recent = state.uploads.iter().filter(|(of, at)| *of == channel && now < *at + DAY).count();
    if state.options.upload_cap.is_some_and(|cap| recent >= cap) {
        return Err(known("uploadLimitExceeded").into());
    }
    let target = address(call, &opaque("ADPycdu", 120));
    let session = Session {
        target: target.clone(),
        channel,
        parts,
        fields: call.parameter("fields").map(str::to_owned),
        draft,
        mime,
        name,
        notify: flag(call, "notifySubscribers").unwrap_or(true),
        total,
        buffer: std::sync::Arc::from([]),
        stored: 0,
        chunk: None,
        expires: now + state.options.session_life,
        video: None,
        dead: None,
    };
    state.sessions.insert(session.id().to_owned(), session);
    Ok(Reply::empty(200).with("location", format!("https://{}{target}", host(call))))
}

/// The host asked, if it is one of YouTube's.
pub(super) fn host(call: &Call) -> &str {
    let host = call.header("host").unwrap_or_default();
    if super::HOSTS.contains(&host) { host } else { super::HOSTS[0] }
}

/// Path and query of a session: those of the request that opened it, and its name.
fn address(call: &Call, id: &str) -> String {
    let (path, query) = call.target.split_once('?').unwrap_or((&call.target, ""));
    let rest: Vec<_> = query.split('&').filter(|pair| !pair.starts_with("access_token=")).collect();
    format!("{path}?{}&upload_id={id}", rest.join("&"))
}

fn read_draft(call: &Call, parts: &[&str]) -> Result<Draft, Fault> {
    let body = json(call.header("content-type").unwrap_or_default(), &call.body)?;
    let draft = Draft::read(&body, parts, ReadOnly::Refused)?;
    if draft.id.is_some() { Err(known("invalidVideoMetadata")) } else { Ok(draft) }
}

/// Translations need to say what they translate from.
fn check_languages(draft: &Draft) -> Result<(), Fault> {
    let default = draft.snippet.as_ref().is_some_and(|snippet| snippet.contains_key("defaultLanguage"));
    let translated = draft.localizations.as_ref().is_some_and(|localizations| !localizations.is_empty());
    if translated && !default { Err(known("defaultLanguageNotSet")) } else { Ok(()) }
}

/// What the headers say will come: media type and length.
fn announced(call: &Call) -> Result<(String, u64), Refusal> {
    let mime = bare(call.header("x-upload-content-type").unwrap_or("None"));
    if !mime.starts_with("video/") && mime != "application/octet-stream" {
        let message =
            format!("Media type '{mime}' is not supported. Valid media types: [video/*, application/octet-stream]");
        return Err(known("badContent").says(message).into());
    }
    match call.number("x-upload-content-length") {
        None => Err(known("badRequest").says("X-Upload-Content-Length is missing or not a number").into()),
        Some(0) => Err(known("mediaBodyRequired").of("youtube.video").into()),
        Some(total) if total > BYTES_MAX => Err(known("uploadTooLarge").into()),
        Some(total) if total > MEMORY_MAX => Err(html(500).into()),
        Some(total) => Ok((mime, total)),
    }
}

/// A `Slug` is percent-encoded UTF-8 and names a file, not a path.
fn file_name(slug: &str) -> Result<String, Fault> {
    let name = percent_decode_str(slug).decode_utf8().map_err(|_| known("invalidFilename"))?;
    let bad = name.trim().is_empty() || name.contains(['/', '\\', '<', '>']) || name.contains(char::is_control);
    if bad { Err(known("invalidFilename")) } else { Ok(name.into_owned()) }
}

//! Caption tracks (<https://developers.google.com/youtube/data/reference/rest/v3/captions>).

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::api::{Caller, done};
use super::call::{Call, Outcome, Reply};
use super::errors::{Fault, Refusal, known};
use super::metadata::text;
use super::parameters::{json as read, list as values, parts};
use super::schema::Kind::{Flag, Record, Text};
use super::schema::{Field, ReadOnly, check, set, told};
use super::state::{State, opaque, rfc3339};
use super::videos::owned;
use super::{languages, multipart, render};

const BYTES_MAX: usize = 104_857_600;
/// Characters of a track's name.
const NAME_MAX: usize = 150;

pub(super) struct Caption {
    pub(super) id: String,
    pub(super) language: String,
    name: String,
    pub(super) draft: bool,
    pub(super) bytes: Arc<[u8]>,
    /// Whether the file is in a format with times.
    pub(super) good: bool,
    updated: SystemTime,
}

static CAPTION: &[Field] = &[
    set("id", Text),
    set(
        "snippet",
        Record(&[
            set("videoId", Text),
            set("language", Text),
            set("name", Text),
            set("isDraft", Flag),
            told("audioTrackType", Text),
            told("failureReason", Text),
            told("isAutoSynced", Flag),
            told("isCC", Flag),
            told("isEasyReader", Flag),
            told("isLarge", Flag),
            told("lastUpdated", Text),
            told("status", Text),
            told("trackKind", Text),
        ]),
    ),
    told("kind", Text),
    told("etag", Text),
];

/// `POST /upload/youtube/v3/captions?uploadType=multipart`
pub(super) fn insert(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let parts = parts(call, &["id", "snippet"])?;
    let (fields, content) = take_apart(call, ReadOnly::Refused)?;
    let snippet = snippet(&fields, &parts)?;
    let field = |name| text(snippet, name);
    let (Some(video), Some(language), Some(name)) = (field("videoId"), field("language"), field("name")) else {
        return Err(known("invalidMetadata").into());
    };
    if !languages::is_tag(language) || fields.contains_key("id") {
        return Err(known("invalidMetadata").into());
    }
    if name.chars().count() > NAME_MAX {
        return Err(known("nameTooLong").into());
    }
    let content = content.filter(|content| !content.is_empty()).ok_or_else(|| known("contentRequired"))?;
    check_length(content)?;
    let found =
        owned(state, caller.channel()?, video).map_err(|refusal| of_caption(refusal, "body.snippet.videoId"))?;
    if found.captions.iter().any(|track| track.language == language && track.name == name) {
        return Err(known("captionExists").into());
    }
    let caption = Caption {
        id: opaque("AUieDa", 43),
        language: language.to_owned(),
        name: name.to_owned(),
        draft: snippet.get("isDraft") == Some(&json!(true)),
        bytes: Arc::from(content),
        good: has_times(content),
        updated: state.now(),
    };
    let body = resource(&caption, video, &parts);
    if let Some(video) = state.video_mut(video) {
        video.captions.push(caption);
    }
    Ok(Reply::json(200, body))
}

/// `PUT /upload/youtube/v3/captions?uploadType=multipart`: another file, or another word on whether it is a draft.
pub(super) fn update(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let parts = parts(call, &["id", "snippet"])?;
    let (fields, content) = take_apart(call, ReadOnly::Dropped)?;
    let id = text(&fields, "id").ok_or_else(|| known("captionNotFound"))?;
    let video = video_of(state, caller.channel()?, id)?;
    let draft = fields.get("snippet").and_then(|snippet| snippet.get("isDraft")).and_then(Value::as_bool);
    if let Some(content) = content {
        check_length(content)?;
    }
    let now = state.now();
    let tracks = state.video_mut(&video).map(|video| &mut video.captions);
    let track = tracks.and_then(|tracks| tracks.iter_mut().find(|track| track.id == id));
    let track = track.ok_or_else(|| known("captionNotFound"))?;
    if let Some(content) = content.filter(|content| !content.is_empty()) {
        track.bytes = Arc::from(content);
        track.good = has_times(content);
    }
    track.draft = draft.unwrap_or(track.draft);
    track.updated = now;
    Ok(Reply::json(200, resource(track, &video, &parts)))
}

/// `GET /youtube/v3/captions?videoId=..`
pub(super) fn list(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let parts = parts(call, &["id", "snippet"])?;
    let ids = values(call, "id");
    let video = owned(state, caller.channel()?, call.parameter("videoId").unwrap_or_default())
        .map_err(|refusal| of_caption(refusal, "videoId"))?;
    let wanted = video.captions.iter().filter(|track| ids.is_empty() || ids.contains(&track.id.as_str()));
    let found: Vec<_> = wanted.map(|track| resource(track, &video.id, &parts)).collect();
    let etag = render::etag(&format!("{found:?}"));
    Ok(Reply::json(200, json!({"kind": "youtube#captionListResponse", "etag": etag, "items": found})))
}

/// `DELETE /youtube/v3/captions?id=..`
pub(super) fn delete(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let id = call.parameter("id").unwrap_or_default();
    let video = video_of(state, caller.channel()?, id)?;
    if let Some(video) = state.video_mut(&video) {
        video.captions.retain(|track| track.id != id);
    }
    Ok(done())
}

fn video_of(state: &State, channel: &str, id: &str) -> Result<String, Fault> {
    let video = state.videos.iter().find(|video| video.captions.iter().any(|track| track.id == id));
    match video {
        Some(video) if video.channel == channel => Ok(video.id.clone()),
        Some(_) => Err(known("forbidden").of("youtube.caption")),
        None => Err(known("captionNotFound")),
    }
}

/// The same refusal, told by the captions.
fn of_caption(refusal: Refusal, location: &str) -> Refusal {
    match refusal {
        Refusal::Fault(fault) => fault.of("youtube.caption").at(location).into(),
        reply @ Refusal::Reply(_) => reply,
    }
}

/// What is said about the track, and the track.
type Taken<'a> = (Map<String, Value>, Option<&'a [u8]>);

/// Takes a multipart body apart.
fn take_apart(call: &Call, read_only: ReadOnly) -> Result<Taken<'_>, Refusal> {
    if call.parameter("uploadType") != Some("multipart") {
        return Err(known("badRequest")
            .says("Captions are uploaded by uploadType=multipart here")
            .at("uploadType")
            .into());
    }
    let content_type = call.header("content-type").unwrap_or_default();
    let taken = multipart::parts(content_type, &call.body);
    let taken = taken.ok_or_else(|| known("badRequest").says("Malformed multipart body."))?;
    let (metadata, content) = match taken.as_slice() {
        [metadata] => (metadata, None),
        [metadata, content] => (metadata, Some(content.content)),
        _ => return Err(known("badRequest").says("Malformed multipart body.").into()),
    };
    let fields = check(&read(&metadata.content_type, metadata.content)?, CAPTION, read_only)?;
    Ok((fields, content))
}

fn snippet<'a>(fields: &'a Map<String, Value>, parts: &[&str]) -> Result<&'a Map<String, Value>, Fault> {
    let snippet = fields.get("snippet").and_then(Value::as_object);
    snippet.filter(|_| parts.contains(&"snippet")).ok_or_else(|| known("unexpectedPart"))
}

fn check_length(content: &[u8]) -> Result<(), Fault> {
    if content.len() > BYTES_MAX { Err(known("uploadTooLarge")) } else { Ok(()) }
}

/// Whether this is SubRip, WebVTT, SubViewer or TTML: formats that carry times, without which nothing can be served.
fn has_times(content: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(content) else {
        return false;
    };
    let subviewer = |line: &str| {
        line.split_once(',').is_some_and(|(from, to)| [from, to].iter().all(|time| time.matches(':').count() == 2))
    };
    text.contains(" --> ") || text.contains("<tt") || text.lines().any(subviewer)
}

fn resource(caption: &Caption, video: &str, parts: &[&str]) -> Value {
    let mut body = json!({
        "kind": "youtube#caption",
        "etag": render::etag(&format!("{}{:?}", caption.id, caption.updated)),
        "id": caption.id,
    });
    if parts.contains(&"snippet") {
        body["snippet"] = json!({
            "videoId": video,
            "lastUpdated": rfc3339(caption.updated),
            "trackKind": "standard",
            "language": caption.language,
            "name": caption.name,
            "audioTrackType": "unknown",
            "isCC": false,
            "isLarge": false,
            "isEasyReader": false,
            "isDraft": caption.draft,
            "isAutoSynced": false,
            "status": if caption.good { "serving" } else { "failed" },
        });
        if !caption.good {
            body["snippet"]["failureReason"] = json!("unknownFormat");
        }
    }
    body
}

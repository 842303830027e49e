//! Videos: an upload in parts, each part an address of its own, joined in whatever order the client names them.

use axum::body::Bytes;
use serde_json::{Value, json};

use super::authors::{Session, may_write};
use super::call::{Call, Outcome, Reply};
use super::media::{self, Kind, Purpose};
use super::posts::text;
use super::schema::Kind::{Flag, List, Number, Record, Text};
use super::schema::{Field, check, optional, required};
use super::state::{State, opaque};
use super::{errors, sniff};

const SECONDS: std::ops::RangeInclusive<u64> = 3..=1_800;

/// One part of a video.
pub(super) struct Part {
    length: u64,
    /// The tag the bytes were given, and as many of them as are kept; the last upload counts.
    uploaded: Option<(String, Bytes)>,
}

static INITIALIZE: &[Field] = &[required("initializeUploadRequest", Record(INITIALIZE_REQUEST))];
static INITIALIZE_REQUEST: &[Field] = &[
    required("owner", Text),
    required("fileSizeBytes", Number),
    optional("uploadCaptions", Flag),
    optional("uploadThumbnail", Flag),
    optional("templateName", Text),
    optional("linkbackContext", Text),
];

static FINALIZE: &[Field] = &[required("finalizeUploadRequest", Record(FINALIZE_REQUEST))];
static FINALIZE_REQUEST: &[Field] =
    &[required("video", Text), required("uploadToken", Text), required("uploadedPartIds", List(&Text))];

/// `POST /rest/videos?action=initializeUpload`
pub(super) fn initialize(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let body = call.json()?;
    check(&body, INITIALIZE)?;
    let request = &body["initializeUploadRequest"];
    let size = request["fileSizeBytes"].as_u64().unwrap_or_default();
    if !state.options.video_bytes.contains(&size) {
        let why = format!("A video of {size} bytes is too small or too large");
        return Err(errors::input("INVALID_VALUE_FOR_FIELD", "initializeUploadRequest/fileSizeBytes", &why));
    }
    let urn = media::add(state, session, Kind::Video, text(request, "owner"))?;
    let (instructions, expires) = instruct(state, &urn, size);
    let upload_token = state.options.upload_token.clone();
    let mut value = json!({
        "uploadUrlsExpireAt": expires,
        "video": urn,
        "uploadInstructions": instructions,
        "uploadToken": upload_token,
    });
    if let Some(asset) = state.assets.get_mut(&urn) {
        asset.upload_token = upload_token;
    }
    for (wish, name, purpose) in [
        ("uploadCaptions", "captionsUploadUrl", Purpose::Captions),
        ("uploadThumbnail", "thumbnailUploadUrl", Purpose::Thumbnail),
    ] {
        if request[wish] == true {
            value[name] = json!(media::slot(state, &urn, purpose).0);
        }
    }
    Ok(Reply::json(200, &json!({"value": value})))
}

/// One instruction for each part, and when their addresses end.
fn instruct(state: &mut State, urn: &str, size: u64) -> (Vec<Value>, u64) {
    let part_bytes = state.options.part_bytes.max(1);
    let mut instructions = Vec::new();
    let mut parts = Vec::new();
    let mut expires = 0;
    let mut first = 0;
    while first < size {
        let end = size.min(first.saturating_add(part_bytes));
        let (url, ends) = media::slot(state, urn, Purpose::Part(parts.len()));
        instructions.push(json!({"uploadUrl": url, "firstByte": first, "lastByte": end - 1}));
        parts.push(Part { length: end - first, uploaded: None });
        (first, expires) = (end, ends);
    }
    if let Some(asset) = state.assets.get_mut(urn) {
        asset.parts = parts;
    }
    (instructions, expires)
}

/// `PUT` of one part; needs no token, and may be repeated.
pub(super) fn put_part(state: &mut State, call: &Call, urn: &str, index: usize) -> Outcome {
    let parts = state.assets.get_mut(urn).map_or(&mut [][..], |asset| &mut asset.parts[..]);
    let before = parts.iter().take(index).map(|part| part.length).sum();
    let part = parts.get_mut(index).ok_or_else(|| errors::not_found("No such part"))?;
    let length = call.body.len() as u64;
    if length != part.length {
        return Err(errors::syntax(&format!("The part has {length} bytes instead of {}", part.length)));
    }
    let tag = format!("/ambry-videoei/signedId/{}.bin", opaque("", 24));
    let reply = Reply::empty(200).with("etag", format!("\"{tag}\""));
    let kept = state.world.kept(before, call.body.len());
    // A slice would hold on to the whole body.
    let whole = kept == call.body.len();
    let kept = if whole { call.body.clone() } else { Bytes::copy_from_slice(&call.body[..kept]) };
    part.uploaded = Some((tag, kept));
    Ok(reply)
}

/// `POST /rest/videos?action=finalizeUpload`. Parts in a wrong order make a scrambled video and no error.
pub(super) fn finalize(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let body = call.json()?;
    check(&body, FINALIZE)?;
    let request = &body["finalizeUploadRequest"];
    let urn = text(request, "video");
    let found = state.assets.get(urn).filter(|asset| !asset.parts.is_empty());
    let asset = found.ok_or_else(|| refuse("INVALID_VIDEO_ID", "video", &format!("{urn} is not a video")))?;
    if !may_write(state, session, asset.owner) {
        return Err(errors::forbidden_resource("video"));
    }
    if text(request, "uploadToken") != asset.upload_token {
        return Err(refuse("INVALID_VALUE_FOR_FIELD", "uploadToken", "This is not the token of the upload"));
    }
    let tags = request["uploadedPartIds"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let joined = join(&asset.parts, tags)?;
    let failure = judge(&asset.parts, &joined);
    let ready = state.now() + state.options.processing_delay;
    if let Some(asset) = state.assets.get_mut(urn) {
        asset.mime = "video/mp4";
        // Finalizing again is no error; it does not begin the processing anew.
        if asset.bytes().is_none() {
            asset.complete(joined.into(), ready, failure);
        }
    }
    Ok(Reply::empty(200))
}

/// The parts in the order of these tags; each part must be named exactly once.
fn join(parts: &[Part], tags: Vec<&str>) -> Result<Vec<u8>, Reply> {
    if tags.len() != parts.len() {
        let why = format!("{} part ids for {} parts", tags.len(), parts.len());
        return Err(refuse("INVALID_VALUE_FOR_FIELD", "uploadedPartIds", &why));
    }
    let mut left: Vec<_> = parts.iter().filter_map(|part| part.uploaded.as_ref()).collect();
    let mut joined = Vec::new();
    for tag in tags {
        let index = left.iter().position(|(uploaded, _)| uploaded == tag);
        let index = index.ok_or_else(|| {
            refuse("INVALID_VALUE_FOR_FIELD", "uploadedPartIds", &format!("{tag} is not an uploaded part"))
        })?;
        joined.extend_from_slice(&left.swap_remove(index).1);
    }
    Ok(joined)
}

/// Why processing will fail, if it will. A file without a movie header is given the benefit of the doubt.
fn judge(parts: &[Part], joined: &[u8]) -> Option<&'static str> {
    let head = parts.first().and_then(|part| part.uploaded.as_ref()).map(|(_, bytes)| &bytes[..]);
    if !head.is_some_and(sniff::is_mp4) {
        return Some("UNSUPPORTED_FORMAT");
    }
    match sniff::mp4_seconds(joined) {
        Some(seconds) if !SECONDS.contains(&seconds) => Some("DURATION_OUT_OF_RANGE"),
        _ => None,
    }
}

fn refuse(code: &str, field: &str, why: &str) -> Reply {
    errors::input(code, &format!("finalizeUploadRequest/{field}"), why)
}

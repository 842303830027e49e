//! Files: uploaded, processed, described, attached once (<https://docs.joinmastodon.org/methods/media/>). It knows
//! nothing of texts.

use std::sync::Arc;
use std::time::SystemTime;

use axum::body::Bytes;
use axum::response::Response;
use serde_json::{Value, json};

use super::call::{self, Call, Outcome};
use super::errors::Refusal;
use super::fields::Fields;
use super::oauth;
use super::rates::{self, Kind};
use super::state::State;
use crate::sim::probe;

const SCOPES: &[&str] = &["write:media"];

/// An uploaded file.
pub(super) struct Media {
    pub(super) id: String,
    account: usize,
    pub(super) mime: &'static str,
    /// `image`, `gifv`, `video`, `audio`.
    kind: &'static str,
    pub(super) bytes: Arc<[u8]>,
    pub(super) description: Option<String>,
    focus: Option<(f64, f64)>,
    pub(super) cover: Option<Arc<[u8]>>,
    size: Option<(u64, u64)>,
    uploaded: SystemTime,
    ready: SystemTime,
    failed: bool,
    pub(super) attached: bool,
}

/// `POST /api/v2/media`
pub(super) fn create(state: &mut State, call: &Call) -> Outcome {
    let account = oauth::caller(state, call)?.may(SCOPES)?;
    rates::count(state, account, Kind::Uploads)?;
    if !call.header("content-type").starts_with("multipart/form-data") {
        return Err(Refusal::invalid("File can't be blank"));
    }
    let mut fields = call.fields()?;
    let file = fields.file("file").filter(|file| !file.is_empty());
    let file = file.ok_or_else(|| Refusal::invalid("File can't be blank"))?;
    let (description, focus, cover) = described(state, &mut fields)?;
    fields.end()?;
    let (mime, kind) = sort(&file)?;
    let size = size(state, &file, kind)?;
    let still = kind == "image" || state.options.is_snac();
    let failed = !still && state.options.failing_files > 0;
    state.options.failing_files -= usize::from(failed);
    let kept = if kind == "image" { file.len() } else { state.world.kept(0, file.len()) };
    let media = Media {
        id: state.fresh_id(),
        account,
        mime,
        kind,
        bytes: file[..kept].into(),
        description,
        focus,
        cover,
        size,
        uploaded: state.now,
        ready: if still { state.now } else { state.now + state.options.processing_delay },
        failed,
        attached: false,
    };
    let body = shown(state, &media);
    state.media.push(media);
    Ok(call::json(if still { 200 } else { 202 }, &body))
}

/// `GET /api/v1/media/{id}`: 206 until it is ready.
pub(super) fn get(state: &State, call: &Call, id: &str) -> Outcome {
    let account = oauth::caller(state, call)?.may(SCOPES)?;
    let media = own(state, account, id)?;
    if state.options.is_snac() {
        return Err(Refusal::missing());
    }
    Ok(told(state, &state.media[media]))
}

/// `PUT /api/v1/media/{id}`
pub(super) fn update(state: &mut State, call: &Call, id: &str) -> Outcome {
    let account = oauth::caller(state, call)?.may(SCOPES)?;
    let mut fields = call.fields()?;
    let at = own(state, account, id)?;
    let (description, focus, cover) = described(state, &mut fields)?;
    fields.end()?;
    let media = &mut state.media[at];
    media.description = description.or(media.description.take());
    media.focus = focus.or(media.focus);
    media.cover = cover.or(media.cover.take());
    Ok(told(state, &state.media[at]))
}

/// `DELETE /api/v1/media/{id}`, since 4.4.
pub(super) fn delete(state: &mut State, call: &Call, id: &str) -> Outcome {
    let account = oauth::caller(state, call)?.may(SCOPES)?;
    if state.options.api_version.is_none_or(|version| version < 4) {
        return Err(Refusal::missing());
    }
    if state.media.iter().any(|media| media.id == id && media.account == account && media.attached) {
        return Err(Refusal::new(422, "Media attachment is currently used by a status"));
    }
    let at = own(state, account, id)?;
    state.media.remove(at);
    Ok(call::json(200, &json!({})))
}

/// Whether these files can be put into a new status, together.
pub(super) fn check_attachable(state: &State, account: usize, ids: &[String]) -> Result<(), Refusal> {
    let refused = |why: &str| Err(Refusal::new(422, why));
    if ids.len() > state.options.max_media {
        return refused(&format!("Cannot attach more than {} files", state.options.max_media));
    }
    let mut found = Vec::new();
    for (at, id) in ids.iter().enumerate() {
        match own(state, account, id) {
            Ok(media) if !ids[..at].contains(id) => found.push(&state.media[media]),
            _ => return refused(&format!("Media with ids {id} not found or already attached to another post")),
        }
    }
    check_together(state, &found)
}

/// Several pictures, or one of anything else; all of them processed.
pub(super) fn check_together(state: &State, media: &[&Media]) -> Result<(), Refusal> {
    let refused = |why: &str| Err(Refusal::new(422, why));
    if media.len() > 1 && media.iter().any(|media| media.kind != "image") {
        return refused("Cannot attach a video to a post that already contains images");
    }
    if media.iter().any(|media| media.failed || media.ready > state.now) {
        return refused("Cannot attach files that have not finished processing. Try again in a moment!");
    }
    Ok(())
}

/// New words for a file of a status, by an edit.
pub(super) fn describe(state: &mut State, id: &str, fields: &mut Fields) -> Result<bool, Refusal> {
    let (description, focus, cover) = described(state, fields)?;
    let media = state.media.iter_mut().find(|media| media.id == id).ok_or_else(Refusal::missing)?;
    let before = (media.description.clone(), media.focus, media.cover.clone());
    media.description = description.or(media.description.take());
    media.focus = focus.or(media.focus);
    media.cover = cover.or(media.cover.take());
    Ok(before != (media.description.clone(), media.focus, media.cover.clone()))
}

pub(super) fn find<'s>(state: &'s State, id: &str) -> Option<&'s Media> {
    state.media.iter().find(|media| media.id == id)
}

/// The JSON of an attachment.
pub(super) fn shown(state: &State, media: &Media) -> Value {
    let ready = media.ready <= state.now && !media.failed;
    let at = |name: &str| format!("https://files.{}/media_attachments/{}/{name}", state.host, media.id);
    let mut meta = json!({});
    if let Some((width, height)) = media.size {
        meta["original"] = json!({"width": width, "height": height, "size": format!("{width}x{height}")});
    }
    if let Some((x, y)) = media.focus {
        meta["focus"] = json!({"x": x, "y": y});
    }
    json!({
        "id": media.id,
        "type": media.kind,
        "url": if ready { json!(at("original")) } else { Value::Null },
        "preview_url": at("small"),
        "remote_url": null,
        "text_url": null,
        "meta": meta,
        "description": media.description,
        "blurhash": null,
    })
}

fn told(state: &State, media: &Media) -> Response {
    if media.failed && media.ready <= state.now {
        return call::json(422, &json!({"error": "Error processing thumbnail for uploaded media"}));
    }
    call::json(if media.ready > state.now { 206 } else { 200 }, &shown(state, media))
}

/// An upload of this account that no status has and that is not cleaned up yet.
fn own(state: &State, account: usize, id: &str) -> Result<usize, Refusal> {
    let fits = |media: &Media| {
        media.id == id
            && media.account == account
            && !media.attached
            && state.now < media.uploaded + state.options.unattached_life
    };
    state.media.iter().position(fits).ok_or_else(Refusal::missing)
}

type Words = (Option<String>, Option<(f64, f64)>, Option<Arc<[u8]>>);

/// Description, focus and cover.
fn described(state: &State, fields: &mut Fields) -> Result<Words, Refusal> {
    let description = fields.text("description")?;
    let limit = state.options.description_limit;
    if description.as_ref().is_some_and(|text| text.chars().count() > limit) {
        return Err(Refusal::invalid(&format!("Description is too long (maximum is {limit} characters)")));
    }
    let focus = fields.text("focus")?.map(|text| focus(&text)).transpose()?;
    let cover = fields.file("thumbnail").map(|file: Bytes| sort(&file).map(|_| Arc::from(&file[..]))).transpose()?;
    Ok((description, focus, cover))
}

/// `x,y`, each from -1 to 1.
fn focus(text: &str) -> Result<(f64, f64), Refusal> {
    let point = text.split_once(',').and_then(|(x, y)| Some((x.trim().parse().ok()?, y.trim().parse().ok()?)));
    let point = point.filter(|(x, y): &(f64, f64)| x.abs() <= 1.0 && y.abs() <= 1.0);
    point.ok_or_else(|| Refusal::invalid("Focus is not a point"))
}

fn sort(file: &[u8]) -> Result<(&'static str, &'static str), Refusal> {
    let wrong = || Refusal::invalid("File content type is invalid, File is invalid");
    if file.starts_with(b"ID3") || file.starts_with(b"\xFF\xFB") {
        return Ok(("audio/mpeg", "audio"));
    }
    let mime = probe::probe(file).ok_or_else(wrong)?.mime;
    match mime {
        "image/gif" => Ok((mime, "gifv")),
        "image/png" | "image/jpeg" | "image/webp" => Ok((mime, "image")),
        "video/mp4" | "video/quicktime" => Ok((mime, "video")),
        _ => Err(wrong()),
    }
}

/// Pixels, where they can be told; refuses what is too large.
fn size(state: &State, file: &[u8], kind: &str) -> Result<Option<(u64, u64)>, Refusal> {
    let options = &state.options;
    let (bytes, pixels) = match kind {
        "image" | "gifv" => (options.image_size_limit, options.image_matrix_limit),
        _ => (options.video_size_limit, options.video_matrix_limit),
    };
    if file.len() > bytes {
        return Err(Refusal::invalid(&format!("File file size must be less than {} MB", bytes >> 20)));
    }
    let size = match kind {
        "audio" => None,
        "video" => probe::film(file).map(|film| (film.width, film.height)),
        _ => imagesize::blob_size(file).ok().map(|size| (size.width as u64, size.height as u64)),
    };
    if size.is_some_and(|(width, height)| width * height > pixels) {
        let (width, height) = size.unwrap_or_default();
        let what = if kind == "video" { "videos" } else { "images" };
        return Err(Refusal::invalid(&format!("File {width}x{height} {what} are not supported")));
    }
    Ok(size)
}

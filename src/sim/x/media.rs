//! Media, version 2: one shot or in segments, processing, alt text, subtitles; and what of it a post may use.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::super::SeenMedia;
use super::auth::Caller;
use super::body::{bad, fields};
use super::call::{self, Call};
use super::errors::{Outcome, Refusal};
use super::posts::ids;
use super::schema::{Object, id};
use super::state::{State, unix_seconds};
use crate::sim::probe::{Animation, File, probe};

const IMAGE_MAX: usize = 5 << 20;
const GIF_MAX: usize = 15 << 20;
const VIDEO_MAX: usize = 512 << 20;
const GIF_MAX_SIDES: (u64, u64) = (1280, 1080);
const GIF_MAX_FRAMES: u64 = 350;
const GIF_MAX_PIXELS: u64 = 300_000_000;
const VIDEO_MIN: Duration = Duration::from_millis(500);
/// Longer films are for Premium accounts.
const VIDEO_LONG: Duration = Duration::from_secs(140);
const ALT_MAX_CHARS: usize = 1000;
const TOTAL_MAX: u64 = 17_179_869_184;

const TYPES: &[&str] = &[
    "video/mp4",
    "video/webm",
    "video/mp2t",
    "video/quicktime",
    "text/srt",
    "text/vtt",
    "image/jpeg",
    "image/gif",
    "image/bmp",
    "image/png",
    "image/webp",
    "image/pjpeg",
    "image/tiff",
    "model/gltf-binary",
    "model/vnd.usdz+zip",
];

const CATEGORIES: &[&str] =
    &["amplify_video", "tweet_gif", "tweet_image", "tweet_video", "dm_gif", "dm_image", "dm_video", "subtitles"];

/// Categories of the one-shot upload.
const SMALL_CATEGORIES: &[&str] =
    &["tweet_image", "tweet_video", "tweet_gif", "dm_image", "dm_video", "dm_gif", "subtitles"];

/// One media object, from its first call on.
pub(super) struct Upload {
    id: u64,
    owners: Vec<u64>,
    category: String,
    declared_type: String,
    total: u64,
    segments: BTreeMap<u64, Segment>,
    began: SystemTime,
    done: Option<Done>,
    alt: Option<String>,
}

/// A piece of a file.
struct Segment {
    length: usize,
    /// All of it, or as much as is kept of a film.
    kept: Bytes,
}

/// A finalized upload.
struct Done {
    at: SystemTime,
    bytes: Arc<[u8]>,
    file: File,
    /// Processing ends then, in success or not; absent if there is none.
    processed: Option<(SystemTime, bool)>,
}

impl Upload {
    fn is_succeeded(&self, now: SystemTime) -> bool {
        self.done.as_ref().is_some_and(|done| done.processed.is_none_or(|(at, succeeds)| at <= now && succeeds))
    }
}

/// `POST /2/media/upload`: small media in one shot.
pub(super) fn upload(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let fields = fields(call, &["media", "media_category", "additional_owners"])?;
    let bytes = fields.media.clone().ok_or_else(|| bad("media", "is missing but it is required"))?;
    let category =
        fields.get("media_category").ok_or_else(|| bad("media_category", "is missing but it is required"))?;
    if !SMALL_CATEGORIES.contains(&category) {
        return Err(bad("media_category", "is not one of the known categories"));
    }
    let others = fields.get("additional_owners").unwrap_or_default().split(',').filter_map(id).collect();
    let mut upload = begin(state, caller, category, others);
    upload.total = bytes.len() as u64;
    upload.segments.insert(0, Segment { length: bytes.len(), kept: bytes });
    complete(state, &mut upload)?;
    let answer = described(state, &upload);
    state.options.credits -= state.options.prices.upload;
    state.media.push(upload);
    Ok(call::json(StatusCode::OK, &answer))
}

/// `POST /2/media/upload/initialize`
pub(super) fn initialize(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let body = call.json()?;
    let known = ["additional_owners", "media_category", "media_type", "shared", "total_bytes"];
    let root = Object::root(&body)?.only(&known)?;
    root.flag("shared")?;
    let others = root.ids("additional_owners", 0..=100)?.unwrap_or_default();
    let category = root.choice("media_category", CATEGORIES)?.unwrap_or("tweet_image");
    let declared = root.required("media_type", root.choice("media_type", TYPES)?)?;
    let total = root.required("total_bytes", root.integer("total_bytes", 0..=TOTAL_MAX)?)?;
    let limit = max_bytes(category);
    if total > limit as u64 {
        return Err(bad("total_bytes", &format!("is more than the {limit} bytes allowed for {category}")));
    }
    let mut upload = begin(state, caller, category, others);
    upload.total = total;
    upload.declared_type = declared.to_owned();
    let data = json!({
        "id": upload.id.to_string(),
        "media_key": media_key(&upload),
        "expires_after_secs": state.options.upload_life.as_secs(),
    });
    state.options.credits -= state.options.prices.upload;
    state.media.push(upload);
    Ok(call::json(StatusCode::OK, &json!({"data": data})))
}

fn begin(state: &mut State, caller: &Caller, category: &str, others: Vec<u64>) -> Upload {
    Upload {
        id: state.next_id(),
        owners: [vec![caller.user], others].concat(),
        category: category.to_owned(),
        declared_type: String::new(),
        total: 0,
        segments: BTreeMap::new(),
        began: state.now,
        done: None,
        alt: None,
    }
}

/// `POST /2/media/upload/{id}/append`: a segment; the same index again replaces it.
pub(super) fn append(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let at = open(state, caller, call)?;
    let fields = fields(call, &["media", "segment_index"])?;
    let bytes = fields.media.clone().ok_or_else(|| bad("media", "is missing but it is required"))?;
    let index = fields.get("segment_index").and_then(|index| index.parse().ok()).filter(|index| *index <= 999_u64);
    let index = index.ok_or_else(|| bad("segment_index", "is not an integer from 0 to 999"))?;
    let upload = &mut state.media[at];
    let before: usize = upload.segments.range(..index).map(|(_, segment)| segment.length).sum();
    let (length, kept) = (bytes.len(), state.world.kept(before as u64, bytes.len()));
    // A slice would hold on to the whole body.
    let kept = if kept == length { bytes } else { Bytes::copy_from_slice(&bytes[..kept]) };
    upload.segments.insert(index, Segment { length, kept });
    let expires = unix_seconds(upload.began + state.options.upload_life);
    Ok(match StatusCode::from_u16(state.options.append_status) {
        Ok(StatusCode::NO_CONTENT) => StatusCode::NO_CONTENT.into_response(),
        status => call::json(status.unwrap_or(StatusCode::OK), &json!({"data": {"expires_at": expires}})),
    })
}

/// `POST /2/media/upload/{id}/finalize`
pub(super) fn finalize(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let at = open(state, caller, call)?;
    let mut upload = state.media.swap_remove(at);
    let outcome = complete(state, &mut upload).map(|()| described(state, &upload));
    state.media.push(upload);
    Ok(call::json(StatusCode::OK, &outcome?))
}

/// `GET /2/media/upload?command=STATUS&media_id=`
pub(super) fn status(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    if let Some((name, _)) = call.query.iter().find(|(name, _)| name != "command" && name != "media_id") {
        return Err(bad(name, "is not one of [command,media_id]"));
    }
    if call.query("command").is_some_and(|command| command != "STATUS") {
        return Err(bad("command", "is not STATUS"));
    }
    let sent = call.query("media_id").and_then(id).ok_or_else(|| bad("media_id", "is not the id of a media object"))?;
    let upload = &state.media[owned(state, caller, sent).ok_or_else(Refusal::not_found)?];
    if upload.done.is_none() {
        return Err(bad("media_id", "is not finalized"));
    }
    Ok(call::json(StatusCode::OK, &described(state, upload)))
}

/// `POST /2/media/metadata`: the alt text.
pub(super) fn metadata(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let body = call.json()?;
    let root = Object::root(&body)?;
    let wanted = root.required("id", root.id("id")?)?;
    let alt = match root.object("metadata")?.map(|metadata| metadata.object("alt_text")).transpose()?.flatten() {
        Some(alt) => Some(alt.required("text", alt.text("text")?)?),
        None => None,
    };
    if alt.is_some_and(|text| text.chars().count() > ALT_MAX_CHARS) {
        return Err(bad("metadata.alt_text.text", "may only be 1000 characters long"));
    }
    let at = owned(state, caller, wanted).ok_or_else(|| bad("id", "is not the id of a media object of yours"))?;
    state.options.credits -= state.options.prices.metadata;
    let mut associated = json!({});
    if let Some(text) = alt {
        associated["alt_text"] = json!({"text": text});
        state.media[at].alt = Some(text.to_owned());
    }
    let data = json!({"id": wanted.to_string(), "associated_metadata": associated});
    Ok(call::json(StatusCode::OK, &json!({"data": data})))
}

/// `POST /2/media/subtitles`: an upload of the category `subtitles` for a film. Checked; readers are not shown it.
pub(super) fn subtitles(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let body = call.json()?;
    let root = Object::root(&body)?;
    let film = root.required("id", root.id("id")?)?;
    let category = root.required("media_category", root.choice("media_category", &["AmplifyVideo", "TweetVideo"])?)?;
    let part = root.required("subtitles", root.object("subtitles")?)?;
    let track = part.required("id", part.id("id")?)?;
    let language = part.required("language_code", part.text("language_code")?)?;
    if language.len() != 2 || !language.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(bad("subtitles.language_code", "does not match the regex pattern ^[A-Z]{2}$"));
    }
    let name = part.text("display_name")?.unwrap_or(language);
    let of = |wanted: u64, categories: &[&str]| {
        let at = owned(state, caller, wanted)?;
        let upload = &state.media[at];
        (categories.contains(&upload.category.as_str()) && upload.done.is_some()).then_some(at)
    };
    of(track, &["subtitles"]).ok_or_else(|| bad("subtitles.id", "is not the id of finished subtitles of yours"))?;
    of(film, &["tweet_video", "amplify_video"])
        .ok_or_else(|| bad("id", "is not the id of a finished film of yours"))?;
    let associated = json!({"id": track.to_string(), "language_code": language, "display_name": name});
    let data = json!({"id": film.to_string(), "media_category": category, "associated_subtitles": [associated]});
    Ok(call::json(StatusCode::OK, &json!({"data": data})))
}

/// Whether a post may use these: owned, finished, fresh, and a lawful mix.
pub(super) fn check(state: &State, user: u64, wanted: &[u64]) -> Result<(), Refusal> {
    let invalid = || Refusal::media_ids(&ids(wanted));
    let mut films = 0;
    for wanted in wanted {
        let upload = state.media.iter().find(|upload| upload.id == *wanted && upload.owners.contains(&user));
        let upload = upload.filter(|upload| upload.is_succeeded(state.now)).ok_or_else(invalid)?;
        let done = upload.done.as_ref().ok_or_else(invalid)?;
        if done.at + state.options.media_life <= state.now {
            return Err(invalid());
        }
        match upload.category.as_str() {
            "tweet_image" => {}
            "tweet_gif" | "tweet_video" | "amplify_video" => films += 1,
            _ => return Err(invalid()),
        }
        let premium = state.user(user).is_some_and(|user| user.premium);
        if !premium && done.file.duration.is_some_and(|duration| duration > VIDEO_LONG) {
            return Err(Refusal::forbidden("This user is not allowed to post a video longer than 2 minutes"));
        }
    }
    if films > 1 || (films == 1 && wanted.len() > 1) { Err(invalid()) } else { Ok(()) }
}

/// The media of a post as readers see them.
pub(super) fn attach(state: &State, wanted: &[u64]) -> Vec<SeenMedia> {
    let find = |wanted: &u64| state.media.iter().find(|upload| upload.id == *wanted);
    let show = |upload: &Upload| {
        let done = upload.done.as_ref()?;
        Some(SeenMedia {
            mime: done.file.mime.to_owned(),
            alt: upload.alt.clone(),
            bytes: done.bytes.clone(),
            ..SeenMedia::default()
        })
    };
    wanted.iter().filter_map(|id| find(id).and_then(show)).collect()
}

/// The caller's media object of that id.
fn owned(state: &State, caller: &Caller, wanted: u64) -> Option<usize> {
    state.media.iter().position(|upload| upload.id == wanted && upload.owners.contains(&caller.user))
}

/// The upload a path names, if it still takes segments.
fn open(state: &State, caller: &Caller, call: &Call) -> Result<usize, Refusal> {
    let at = id(call.segment(3)).and_then(|wanted| owned(state, caller, wanted)).ok_or_else(Refusal::not_found)?;
    let upload = &state.media[at];
    if upload.began + state.options.upload_life <= state.now {
        return Err(Refusal::not_found());
    }
    if upload.done.is_some() {
        return Err(bad("id", "is finalized already"));
    }
    Ok(at)
}

/// Puts the segments together and checks what they are.
fn complete(state: &State, upload: &mut Upload) -> Result<(), Refusal> {
    let gapless = upload.segments.keys().copied().eq(0..upload.segments.len() as u64);
    let bytes = upload.segments.values().map(|segment| segment.kept.as_ref()).collect::<Vec<&[u8]>>().concat();
    let length: usize = upload.segments.values().map(|segment| segment.length).sum();
    if !gapless || length == 0 {
        return Err(bad("id", "is incomplete: segments are missing"));
    }
    if length as u64 != upload.total {
        let why = format!("has {length} bytes, but total_bytes was {}", upload.total);
        return Err(bad("id", &why));
    }
    let file = probe(&bytes).ok_or_else(|| bad("media", "type unrecognized."))?;
    suits(&upload.category, &file, length)?;
    if !(upload.declared_type.is_empty() || upload.declared_type == file.mime) {
        return Err(bad("media", &format!("is {}, but media_type was {}", file.mime, upload.declared_type)));
    }
    let film = file.mime.starts_with("video/");
    let playable = !film || file.duration.is_some_and(|duration| duration >= VIDEO_MIN);
    let processed = (film || upload.category.ends_with("_gif"))
        .then(|| (state.now + state.options.processing_delay, playable && !state.options.processing_fails));
    upload.segments.clear();
    upload.done = Some(Done { at: state.now, bytes: bytes.into(), file, processed });
    Ok(())
}

fn max_bytes(category: &str) -> usize {
    match category {
        "tweet_image" | "dm_image" | "subtitles" => IMAGE_MAX,
        "tweet_gif" | "dm_gif" => GIF_MAX,
        "amplify_video" => usize::try_from(TOTAL_MAX).unwrap_or(usize::MAX),
        _ => VIDEO_MAX,
    }
}

fn suits(category: &str, file: &File, len: usize) -> Result<(), Refusal> {
    if len > max_bytes(category) {
        return Err(bad("media", &format!("has {len} bytes; {category} allows {}", max_bytes(category))));
    }
    let still = file.animation.as_ref().is_none_or(|animation| animation.frames <= 1);
    let right = match category {
        "tweet_image" | "dm_image" => file.mime.starts_with("image/") && still,
        "tweet_gif" | "dm_gif" => file.mime == "image/gif",
        "subtitles" => file.mime.starts_with("text/"),
        _ => file.mime.starts_with("video/"),
    };
    if !right {
        return Err(bad("media", &format!("is {}, which {category} does not allow", file.mime)));
    }
    match &file.animation {
        Some(Animation { width, height, frames })
            if *width > GIF_MAX_SIDES.0
                || *height > GIF_MAX_SIDES.1
                || *frames > GIF_MAX_FRAMES
                || width * height * frames > GIF_MAX_PIXELS =>
        {
            Err(bad("media", &format!("is a GIF of {width}x{height} and {frames} frames, which is too much")))
        }
        _ => Ok(()),
    }
}

/// A finalized upload as X describes it.
fn described(state: &State, upload: &Upload) -> Value {
    let mut data = json!({"id": upload.id.to_string(), "media_key": media_key(upload)});
    let Some(done) = &upload.done else { return json!({"data": data}) };
    let left = (done.at + state.options.media_life).duration_since(state.now).unwrap_or_default();
    data["size"] = json!(upload.total);
    data["expires_after_secs"] = json!(left.as_secs());
    if let Some((until, succeeds)) = done.processed {
        data["processing_info"] = processing(state, done.at, until, succeeds);
    }
    json!({"data": data})
}

fn processing(state: &State, since: SystemTime, until: SystemTime, succeeds: bool) -> Value {
    let check_after = state.options.check_after_secs;
    let elapsed = state.now.duration_since(since).unwrap_or_default();
    let whole = until.duration_since(since).unwrap_or_default();
    if state.now >= until {
        return if succeeds {
            json!({"state": "succeeded", "progress_percent": 100})
        } else {
            let error = json!({"code": 1, "name": "InvalidMedia", "message": "Invalid or unsupported media"});
            json!({"state": "failed", "progress_percent": 0, "error": error})
        };
    }
    if elapsed.is_zero() {
        return json!({"state": "pending", "check_after_secs": check_after});
    }
    let percent = elapsed.as_millis() * 100 / whole.as_millis().max(1);
    json!({"state": "in_progress", "check_after_secs": check_after, "progress_percent": percent})
}

/// Not what a post is given: that is the bare id.
fn media_key(upload: &Upload) -> String {
    let kind = match upload.category.as_str() {
        "tweet_image" | "dm_image" => 3,
        "tweet_gif" | "dm_gif" => 16,
        "amplify_video" => 13,
        _ => 7,
    };
    format!("{kind}_{}", upload.id)
}

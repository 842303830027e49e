//! Uploads: images and documents from start to status, and the upload addresses of all kinds. A video's own protocol is
//! `video`'s.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::http::Method;
use serde_json::json;

use super::authors::{Author, Session, authenticate, may_read, may_write, writer};
use super::call::{Call, Outcome, Reply};
use super::posts::text;
use super::schema::Kind::{Record, Text};
use super::schema::{Field, check, required};
use super::state::{State, millis, opaque, seconds};
use super::{errors, sniff, video};

/// An upload address lives this long.
const SLOT_LIFE: Duration = Duration::from_secs(24 * 3_600);
/// An image of this many pixels or more fails, after it was accepted.
const PIXELS_END: u64 = 36_152_320;
const FRAMES_MAX: usize = 250;
const DOCUMENT_BYTES_MAX: usize = 100_000_000;

/// The three kinds of uploads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Image,
    Document,
    Video,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Image, Self::Document, Self::Video];

    /// As in `/rest/images`.
    pub(super) fn of_resource(resource: &str) -> Self {
        match resource {
            "images" => Self::Image,
            "documents" => Self::Document,
            _ => Self::Video,
        }
    }

    /// As in `urn:li:image:...`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Document => "document",
            Self::Video => "video",
        }
    }

    /// The error code for a post that names an upload that is not there.
    pub(super) fn invalid_id(self) -> &'static str {
        match self {
            Self::Image => "INVALID_IMAGE_ID",
            Self::Document => "INVALID_URN_ID",
            Self::Video => "INVALID_VIDEO_ID",
        }
    }
}

/// One upload.
pub(super) struct Asset {
    pub(super) owner: Author,
    pub(super) owner_urn: String,
    pub(super) mime: &'static str,
    /// What was uploaded, once it is complete.
    content: Option<Complete>,
    /// The parts of a video; empty for the rest.
    pub(super) parts: Vec<video::Part>,
    pub(super) upload_token: String,
}

struct Complete {
    bytes: Arc<[u8]>,
    ready: SystemTime,
    failure: Option<&'static str>,
}

/// Where an upload stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Status {
    WaitingUpload,
    Processing,
    Available,
    ProcessingFailed,
}

impl Asset {
    fn new(owner: Author, owner_urn: &str) -> Self {
        Self {
            owner,
            owner_urn: owner_urn.to_owned(),
            mime: "application/octet-stream",
            content: None,
            parts: Vec::new(),
            upload_token: String::new(),
        }
    }

    pub(super) fn complete(&mut self, bytes: Arc<[u8]>, ready: SystemTime, failure: Option<&'static str>) {
        self.content = Some(Complete { bytes, ready, failure });
    }

    pub(super) fn bytes(&self) -> Option<Arc<[u8]>> {
        self.content.as_ref().map(|content| Arc::clone(&content.bytes))
    }

    pub(super) fn status(&self, now: SystemTime) -> Status {
        match &self.content {
            None => Status::WaitingUpload,
            Some(content) if now < content.ready => Status::Processing,
            Some(Complete { failure: Some(_), .. }) => Status::ProcessingFailed,
            Some(_) => Status::Available,
        }
    }

    fn failure(&self) -> Option<&'static str> {
        self.content.as_ref()?.failure
    }
}

/// What an upload address is for.
#[derive(Clone)]
pub(super) struct Slot {
    urn: String,
    purpose: Purpose,
    expires: SystemTime,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Image,
    Document,
    Part(usize),
    Thumbnail,
    Captions,
}

static INITIALIZE: &[Field] = &[required("initializeUploadRequest", Record(&[required("owner", Text)]))];

/// `POST /rest/{images|documents}?action=initializeUpload`
pub(super) fn initialize(state: &mut State, session: &Session, call: &Call, kind: Kind) -> Outcome {
    let body = call.json()?;
    check(&body, INITIALIZE)?;
    let urn = add(state, session, kind, text(&body["initializeUploadRequest"], "owner"))?;
    let purpose = if kind == Kind::Image { Purpose::Image } else { Purpose::Document };
    let (url, expires) = slot(state, &urn, purpose);
    Ok(Reply::json(200, &json!({"value": {"uploadUrlExpiresAt": expires, "uploadUrl": url, kind.word(): urn}})))
}

/// A new upload of this owner; answers its URN.
pub(super) fn add(state: &mut State, session: &Session, kind: Kind, owner_urn: &str) -> Result<String, Reply> {
    let action = format!("partnerApi{}s.ACTION-initializeUpload", kind.word());
    let owner = writer(state, session, owner_urn, "owner", &action)?;
    let urn = format!("urn:li:{}:{}", kind.word(), opaque("D5610AQ", 22));
    state.assets.insert(urn.clone(), Asset::new(owner, owner_urn));
    Ok(urn)
}

/// A new upload address, and when it ends (milliseconds since 1970).
pub(super) fn slot(state: &mut State, urn: &str, purpose: Purpose) -> (String, u64) {
    let expires = state.now() + SLOT_LIFE;
    let id = urn.rsplit(':').next().unwrap_or_default();
    let secret = opaque("", 40);
    let target = format!(
        "/dms-uploads/sp/v2/{id}/uploaded/{secret}/0?ca=vector_ads&cn=uploads&sync=0&v=beta&ut={}",
        &secret[..8]
    );
    state.slots.insert(target.clone(), Slot { urn: urn.to_owned(), purpose, expires });
    (format!("https://www.linkedin.com{target}"), millis(expires))
}

/// Any call to an upload address.
pub(super) fn upload(state: &mut State, call: &Call) -> Outcome {
    let Some(slot) = state.slots.get(&call.target).cloned() else {
        return Err(errors::not_found("No such upload address"));
    };
    let method = if slot.purpose == Purpose::Captions { Method::POST } else { Method::PUT };
    if call.method != method {
        return Err(errors::method_not_allowed(&format!("This upload address takes {method} only")));
    }
    if slot.expires <= state.now() {
        return Err(match slot.purpose {
            Purpose::Image | Purpose::Document => {
                errors::input("EXPIRED_UPLOAD_URL", "uploadUrl", "The upload URL has expired")
            }
            Purpose::Part(_) | Purpose::Thumbnail | Purpose::Captions => Reply::empty(401),
        });
    }
    match slot.purpose {
        Purpose::Image | Purpose::Document => put_whole(state, call, &slot),
        Purpose::Part(index) => video::put_part(state, call, &slot.urn, index),
        Purpose::Thumbnail if call.header("media-type-family") == Some("STILLIMAGE") => Ok(Reply::empty(201)),
        Purpose::Thumbnail => Err(errors::syntax("A thumbnail needs the header media-type-family: STILLIMAGE")),
        Purpose::Captions if call.media_type() == "multipart/form-data" => Ok(Reply::empty(201)),
        Purpose::Captions => Err(unsupported("Captions are uploaded as multipart/form-data")),
    }
}

/// An image or a document: one request with everything; another one replaces it.
fn put_whole(state: &mut State, call: &Call, slot: &Slot) -> Outcome {
    let session = authenticate(state, call)?;
    let now = state.now();
    let ready = now + state.options.processing_delay;
    let owner = state.assets.get(&slot.urn).map(|asset| asset.owner);
    if !owner.is_some_and(|owner| may_write(state, &session, owner)) {
        return Err(errors::forbidden_resource("upload"));
    }
    if matches!(
        call.media_type().as_str(),
        "multipart/form-data" | "application/x-www-form-urlencoded" | "application/json"
    ) {
        return Err(unsupported("The body is the bare file, not a form"));
    }
    let (mime, failure) = if slot.purpose == Purpose::Image { judge_image(call)? } else { judge_document(call)? };
    if let Some(asset) = state.assets.get_mut(&slot.urn) {
        asset.mime = mime;
        asset.complete(Arc::from(&call.body[..]), ready, failure);
    }
    Ok(Reply::empty(201).with("x-ambry-creation-time", seconds(now).to_string()))
}

type Judgement = Result<(&'static str, Option<&'static str>), Reply>;

fn judge_image(call: &Call) -> Judgement {
    let declared = call.media_type();
    if !matches!(
        declared.as_str(),
        "" | "application/octet-stream" | "image/jpeg" | "image/jpg" | "image/png" | "image/gif"
    ) {
        return Err(unsupported(&format!("{declared} is not supported")));
    }
    let picture = sniff::picture(&call.body).ok_or_else(|| unsupported("The image is not JPG, PNG or GIF"))?;
    let failure = if picture.pixels.is_some_and(|pixels| pixels >= PIXELS_END) {
        Some("TOO_MANY_PIXELS")
    } else {
        (picture.frames > FRAMES_MAX).then_some("TOO_MANY_FRAMES")
    };
    Ok((picture.mime, failure))
}

fn judge_document(call: &Call) -> Judgement {
    if call.body.len() > DOCUMENT_BYTES_MAX {
        return Err(errors::plain(413, "REQUEST_ENTITY_TOO_LARGE", "A document has at most 100 MB"));
    }
    let mime =
        sniff::document(&call.body).ok_or_else(|| unsupported("The document is not PDF, PPT, PPTX, DOC or DOCX"))?;
    Ok((mime, None))
}

fn unsupported(message: &str) -> Reply {
    errors::plain(415, "UNSUPPORTED_MEDIA_TYPE", message)
}

/// `GET /rest/{images|documents|videos}/{urn}`: for pages; of persons, videos only.
pub(super) fn status(state: &State, session: &Session, kind: Kind, urn: &str) -> Outcome {
    let asset = state.assets.get(urn).filter(|_| urn.starts_with(&format!("urn:li:{}:", kind.word())));
    let owner = asset.map(|asset| asset.owner);
    let allowed = match owner {
        Some(owner @ Author::Organization(_)) => may_read(state, session, owner) || may_write(state, session, owner),
        Some(Author::Member(member)) => {
            kind == Kind::Video && member == session.member && state.options.members_read_video_status
        }
        None => session.has_any(&["r_organization_social", "w_organization_social"]),
    };
    if !allowed {
        return Err(errors::forbidden_resource(kind.word()));
    }
    let asset = asset.ok_or_else(|| errors::not_found(&format!("Could not find {urn}")))?;
    let status = asset.status(state.now());
    let mut body = json!({"id": urn, "owner": asset.owner_urn, "status": status.word()});
    match status {
        Status::Available => body["downloadUrl"] = json!(format!("https://media.licdn.com/dms/{urn}")),
        Status::ProcessingFailed => body["processingFailureReason"] = json!(asset.failure()),
        Status::WaitingUpload | Status::Processing => {}
    }
    Ok(Reply::json(200, &body))
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::WaitingUpload => "WAITING_UPLOAD",
            Self::Processing => "PROCESSING",
            Self::Available => "AVAILABLE",
            Self::ProcessingFailed => "PROCESSING_FAILED",
        }
    }
}

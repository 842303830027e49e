//! Files: uploaded as they are, named by their content, and held against what a record says of them
//! (<https://atproto.com/specs/blob>).

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::auth;
use super::call::{self, Call, Outcome};
use super::cid;
use super::errors::{self, Refusal};
use super::lexicon::{Named, Use};
use super::rates::{self, Ration};
use super::state::{Blob, State};
use crate::sim::probe;

/// Bytes of captions.
const CAPTIONS_BYTES: u64 = 20_000;

/// `com.atproto.repo.uploadBlob`
pub(super) fn upload(state: &mut State, call: &Call) -> Outcome {
    let caller = auth::writer(state, call)?;
    let account = caller.account;
    rates::spend(state, Ration::Blobs, Some(account), 1)?;
    let told = call.content_type();
    if told.is_empty() {
        return Err(errors::invalid("Request encoding (Content-Type) required but not provided"));
    }
    if call.body.is_empty() {
        return Err(errors::invalid("A request body is expected but none was provided"));
    }
    if call.body.len() > state.options.blob_bytes {
        return Err(errors::too_large());
    }
    caller.may_upload(&told)?;
    Ok(call::json(200, &json!({"blob": keep(state, account, &call.body, &told)})))
}

/// Keeps a file, by the type it is seen to have; tells what a record is to hold.
pub(super) fn keep(state: &mut State, account: usize, bytes: &[u8], told: &str) -> serde_json::Value {
    let seen = probe::probe(bytes).map(|file| file.mime).filter(|mime| !mime.starts_with("text/"));
    let mime = seen.unwrap_or(told).to_owned();
    let (cid, size) = (cid::of_bytes(bytes), bytes.len() as u64);
    let kept = if mime.starts_with("video/") { state.world.kept(0, bytes.len()) } else { bytes.len() };
    let body = json!({"$type": "blob", "ref": {"$link": cid}, "mimeType": mime, "size": size});
    let blob = Blob { mime, size, bytes: bytes[..kept].into(), uploaded: state.now };
    state.blobs.insert((account, cid), blob);
    body
}

/// Whether what a record names is there, and is what it may be.
pub(super) fn check(state: &State, account: usize, named: &Named<'_>) -> Result<(), Refusal> {
    let gone = || Refusal::new(400, "BlobNotFound", &format!("Could not find blob: {}", named.cid));
    let blob = state.blob(account, named.cid).ok_or_else(gone)?;
    let (accepted, most) = match named.used {
        Use::Image => ("image/", state.options.image_bytes),
        Use::Thumb => ("image/", state.options.thumb_bytes),
        Use::Video => ("video/mp4", state.options.video_bytes),
        Use::Captions => ("text/vtt", CAPTIONS_BYTES),
    };
    if blob.mime != named.mime {
        let why =
            format!("Referenced Mimetype does not match stored blob. Expected: {}, Got: {}", blob.mime, named.mime);
        return Err(Refusal::new(400, "InvalidMimeType", &why));
    }
    if blob.size != named.size {
        return Err(errors::invalid(&format!(
            "Referenced size does not match stored blob. Expected: {}, Got: {}",
            blob.size, named.size
        )));
    }
    if !blob.mime.starts_with(accepted) {
        let why = format!("Wrong type of file. It is {} but it must match {accepted}.", blob.mime);
        return Err(Refusal::new(400, "InvalidMimeType", &why));
    }
    if blob.size > most {
        let why = format!("This file is too large. It is {} bytes but the maximum size is {most} bytes.", blob.size);
        return Err(Refusal::new(400, "BlobTooLarge", &why));
    }
    Ok(())
}

/// `com.atproto.sync.getBlob`: anybody may.
pub(super) fn get(state: &State, call: &Call) -> Outcome {
    call.parameters(&["did", "cid"])?;
    let (did, cid) = (call.needed("did")?, call.needed("cid")?);
    let account = state.account(did).ok_or_else(|| Refusal::new(400, "RepoNotFound", "Could not find repo"))?;
    let blob = state.blob(account, cid).ok_or_else(|| Refusal::new(400, "BlobNotFound", "Blob not found"))?;
    let response: Response = ([(header::CONTENT_TYPE, blob.mime.clone())], blob.bytes.to_vec()).into_response();
    Ok(response)
}

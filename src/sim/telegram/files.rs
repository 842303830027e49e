//! Files: uploaded in a part, attached by its name, fetched by address, or known already; and what each kind may be
//! (<https://core.telegram.org/bots/api#sending-files>). Knows nothing of messages.

use std::sync::Arc;

use axum::body::Bytes;
use uuid::Uuid;

use super::errors::Refusal;
use super::params::Params;
use super::state::{File, State};
use crate::sim::{picture, probe};

/// Bytes of a photo, and of one that is fetched.
const PHOTO_MAX: usize = 10 << 20;
const FETCHED_PHOTO_MAX: usize = 5 << 20;
/// Bytes of anything else.
const FILE_MAX: usize = 50 << 20;
/// Pixels: width and height together, and one as a multiple of the other.
const SIDES_MAX: usize = 10_000;
const RATIO_MAX: usize = 20;
const THUMBNAIL_MAX: usize = 200 << 10;
const THUMBNAIL_SIDE_MAX: usize = 320;

/// The file of a kind that a value names: `attach://part`, an address, or the id of a file; without a value, the one in
/// the part that is called like the kind. Its index in [`State::files`].
pub(super) fn take(
    state: &mut State,
    params: &mut Params,
    kind: &'static str,
    value: Option<&str>,
) -> Result<usize, Refusal> {
    let missing = || Refusal::bad(&format!("there is no {kind} in the request"));
    let bytes = match value {
        None => params.file(kind).ok_or_else(missing)?,
        Some(value) => match value.strip_prefix("attach://") {
            Some(part) => params.file(part).ok_or_else(missing)?,
            None if value.starts_with("http://") || value.starts_with("https://") => fetched(state, kind, value)?,
            None => {
                let known = state.files.iter().position(|file| file.id == value && file.kind == kind);
                return known
                    .ok_or_else(|| Refusal::bad("wrong remote file identifier specified: wrong string length"));
            }
        },
    };
    let file = judged(state, kind, &bytes)?;
    state.files.push(file);
    Ok(state.files.len() - 1)
}

/// Only pictures are fetched here.
fn fetched(state: &State, kind: &str, address: &str) -> Result<Bytes, Refusal> {
    if kind != "photo" {
        return Err(Refusal::bad("wrong type of the web page content"));
    }
    let found = picture::fetch(&state.world, address).map_err(|_| Refusal::bad("failed to get HTTP URL content"))?;
    match found.bytes.len() > FETCHED_PHOTO_MAX {
        true => Err(Refusal::bad("wrong file identifier/HTTP URL specified: the file is too big")),
        false => Ok(found.bytes),
    }
}

fn judged(state: &State, kind: &'static str, bytes: &Bytes) -> Result<File, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::bad("file must be non-empty"));
    }
    if bytes.len() > FILE_MAX {
        return Err(Refusal::TOO_LARGE.into());
    }
    let mime = probe::probe(bytes).map_or("", |file| file.mime);
    let (width, height, seconds) = match (kind, mime) {
        ("photo", "image/png" | "image/jpeg" | "image/webp") => photo(bytes)?,
        ("video" | "animation", "video/mp4") => film(bytes),
        ("animation", "image/gif") => gif(bytes),
        ("photo", _) => return Err(Refusal::bad("IMAGE_PROCESS_FAILED")),
        _ => return Err(Refusal::bad("wrong file type")),
    };
    let kept = if mime == "video/mp4" { state.world.kept(0, bytes.len()) } else { bytes.len() };
    Ok(File {
        id: format!("AgACAgQAAx{}", Uuid::new_v4().simple()),
        kind,
        mime,
        size: bytes.len(),
        width,
        height,
        seconds,
        bytes: bytes[..kept].into(),
    })
}

fn photo(bytes: &[u8]) -> Result<(u64, u64, u64), Refusal> {
    if bytes.len() > PHOTO_MAX {
        let size = bytes.len();
        let why = format!("file of size {size} bytes is too big for a photo; the maximum size is {PHOTO_MAX} bytes");
        return Err(Refusal::bad(&why));
    }
    let size = imagesize::blob_size(bytes).map_err(|_| Refusal::bad("IMAGE_PROCESS_FAILED"))?;
    let (long, short) = (size.width.max(size.height), size.width.min(size.height));
    if long + short > SIDES_MAX || long > short * RATIO_MAX {
        return Err(Refusal::bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok((size.width as u64, size.height as u64, 0))
}

fn film(bytes: &[u8]) -> (u64, u64, u64) {
    let film = probe::film(bytes);
    film.map_or((0, 0, 0), |film| (film.width, film.height, film.duration.unwrap_or_default().as_secs()))
}

fn gif(bytes: &[u8]) -> (u64, u64, u64) {
    imagesize::blob_size(bytes).map_or((0, 0, 0), |size| (size.width as u64, size.height as u64, 0))
}

/// A small JPEG that stands for a film, or a photo that is its cover: `attach://part`.
pub(super) fn cover(
    params: &mut Params,
    value: Option<&str>,
    name: &'static str,
) -> Result<Option<Arc<[u8]>>, Refusal> {
    let bytes = match value.map(|value| value.strip_prefix("attach://")) {
        None => params.file(name),
        Some(part) => {
            let bytes = part.and_then(|part| params.file(part));
            Some(bytes.ok_or_else(|| Refusal::bad(&format!("there is no {name} in the request")))?)
        }
    };
    let Some(bytes) = bytes else { return Ok(None) };
    if name == "cover" {
        photo(&bytes)?;
        return Ok(Some(bytes[..].into()));
    }
    let small = |size: imagesize::ImageSize| size.width.max(size.height) <= THUMBNAIL_SIDE_MAX;
    let fits = bytes.starts_with(b"\xFF\xD8\xFF")
        && bytes.len() <= THUMBNAIL_MAX
        && imagesize::blob_size(&bytes).is_ok_and(small);
    match fits {
        true => Ok(Some(bytes[..].into())),
        false => Err(Refusal::bad("a thumbnail is a JPEG of at most 200 kB and 320 pixels a side")),
    }
}

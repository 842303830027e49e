//! The shape that a post says its pictures and videos have, held against the files: an app keeps that room for them.

use serde_json::Value;

use super::post;
use super::state::State;
use crate::sim::probe;

/// Refuses a picture that is not as wide for its height as the record says; upright or turned, since a file may say to
/// turn it.
pub(super) fn check(state: &State, account: usize, record: &Value) -> Result<(), String> {
    let Some(media) = post::media(record) else { return Ok(()) };
    let several = ["images", "items"].iter().filter_map(|name| media.get(name)?.as_array()).flatten();
    for (at, item) in several.chain(media.get("video").map(|_| media)).enumerate() {
        let Some(ratio) = item.get("aspectRatio") else { continue };
        let (Some(width), Some(height)) = (ratio["width"].as_u64(), ratio["height"].as_u64()) else { continue };
        let file = item.get("image").or(item.get("video"));
        let cid = file.and_then(|file| file["ref"]["$link"].as_str()).unwrap_or_default();
        let Some((real_width, real_height)) = size(state, account, cid) else { continue };
        let upright = alike((width, height), (real_width, real_height));
        if !upright && !alike((height, width), (real_width, real_height)) {
            return Err(format!("File {at} is {real_width} by {real_height} and not {width} to {height}, at $.embed"));
        }
    }
    Ok(())
}

/// The same shape, to a hundredth.
fn alike((width, height): (u64, u64), (real_width, real_height): (u64, u64)) -> bool {
    let (said, real) = (u128::from(width) * u128::from(real_height), u128::from(height) * u128::from(real_width));
    said.abs_diff(real) * 100 <= said.max(real)
}

fn size(state: &State, account: usize, cid: &str) -> Option<(u64, u64)> {
    let blob = state.blob(account, cid)?;
    if blob.mime.starts_with("video/") {
        return probe::film(&blob.bytes).map(|film| (film.width, film.height));
    }
    imagesize::blob_size(&blob.bytes).ok().map(|size| (size.width as u64, size.height as u64))
}

//! `search.list`, as far as an uploader looks for what is its own
//! (<https://developers.google.com/youtube/data/reference/rest/v3/search/list>).

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::api::Caller;
use super::call::{Call, Outcome, Reply};
use super::errors::known;
use super::parameters::{flag, list as values, page, parts};
use super::render;
use super::state::{State, rfc3339};
use super::video::Video;

/// `GET /youtube/v3/search?forMine=true&type=video`: what the index has, which is not the newest.
pub(super) fn list(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let parts = parts(call, &["id", "snippet"])?;
    if flag(call, "forMine") != Some(true) {
        return Err(known("notImplemented").says("Only forMine=true can be searched here").at("forMine").into());
    }
    if values(call, "type") != ["video"] {
        return Err(known("incompatibleParameters").says("forMine needs type=video").at("type").into());
    }
    let channel = caller.channel()?;
    let now = state.now();
    let words = call.parameter("q").unwrap_or_default().to_lowercase();
    let indexed = |video: &&Video| {
        let text = format!("{} {}", video.title(), video.description()).to_lowercase();
        video.channel == channel
            && video.created + state.options.search_lag <= now
            && words.split_whitespace().all(|word| text.contains(word))
    };
    let mut found: Vec<_> = state.videos.iter().filter(indexed).collect();
    match call.parameter("order") {
        Some("title") => found.sort_by(|one, other| one.title().cmp(other.title())),
        _ => found.sort_by_key(|video| Reverse(video.number)),
    }
    let with_snippet = parts.contains(&"snippet");
    let page = page(call, found.into_iter().map(|video| resource(state, video, with_snippet)).collect())?;
    Ok(Reply::json(200, render::paged("youtube#searchListResponse", page)))
}

fn resource(state: &State, video: &Video, with_snippet: bool) -> Value {
    let mut body = json!({
        "kind": "youtube#searchResult",
        "etag": render::etag(&video.id),
        "id": {"kind": "youtube#video", "videoId": video.id},
    });
    if with_snippet {
        body["snippet"] = json!({
            "publishedAt": rfc3339(video.published.unwrap_or(video.created)),
            "channelId": video.channel,
            "title": video.title(),
            "description": video.description(),
            "thumbnails": render::thumbnails(video),
            "channelTitle": state.channel(&video.channel).map(|channel| channel.title.clone()),
            "liveBroadcastContent": "none",
        });
    }
    body
}

//! What readers of the make-believe YouTube see now.

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::Value;

use super::metadata::text;
use super::state::{State, rfc3339};
use super::video::{Stage, Video};
use crate::sim::{Seen, SeenMedia};

/// All videos that can be watched, oldest first. What only its owner can watch is a draft.
pub(super) fn all(state: &State) -> Vec<Seen> {
    let now = state.now();
    let mut seen: Vec<_> = state.videos.iter().filter(|video| video.stage(now) == Stage::Processed).collect();
    seen.sort_by_key(|video| (at(video), video.number));
    seen.into_iter().map(|video| one(state, video)).collect()
}

fn at(video: &Video) -> SystemTime {
    video.published.unwrap_or(video.created)
}

fn one(state: &State, video: &Video) -> Seen {
    let kind = match (video.is_open(), video.is_short()) {
        (false, _) => "draft",
        (true, true) => "short",
        (true, false) => "video",
    };
    Seen {
        author: video.channel.clone(),
        id: video.id.clone(),
        kind,
        url: format!("https://www.youtube.com/watch?v={}", video.id),
        title: Some(video.title().to_owned()),
        text: video.description().to_owned(),
        visibility: video.privacy.clone(),
        media: vec![media(video)],
        details: details(state, video),
        ..Seen::new("youtube", at(video))
    }
}

fn media(video: &Video) -> SeenMedia {
    let served = video.captions.iter().filter(|track| !track.draft && track.good);
    SeenMedia {
        mime: video.file.mime.clone(),
        alt: None,
        bytes: Arc::clone(&video.file.bytes),
        cover: video.thumbnail.as_ref().map(|thumbnail| Arc::clone(&thumbnail.bytes)),
        captions: served.map(|track| (track.language.clone(), Arc::clone(&track.bytes))).collect(),
    }
}

/// Settings in the words and the order of the API's parts; what was not said is not there.
fn details(state: &State, video: &Video) -> Vec<(&'static str, String)> {
    let mut details = Vec::new();
    for name in ["categoryId", "defaultLanguage", "defaultAudioLanguage"] {
        details.extend(text(&video.snippet, name).map(|value| (name, value.to_owned())));
    }
    let tags = video.snippet.get("tags").and_then(Value::as_array).into_iter().flatten();
    let tags: Vec<_> = tags.filter_map(Value::as_str).collect();
    if !tags.is_empty() {
        details.push(("tags", tags.join(",")));
    }
    for name in ["license", "embeddable", "publicStatsViewable", "selfDeclaredMadeForKids", "containsSyntheticMedia"] {
        details.extend(video.status.get(name).map(|value| (name, plain(value))));
    }
    details.extend(video.publish_at.map(|at| ("publishAt", rfc3339(at))));
    details.extend(video.paid.get("hasPaidProductPlacement").map(|paid| ("hasPaidProductPlacement", plain(paid))));
    details.extend(video.recording.get("recordingDate").map(|date| ("recordingDate", plain(date))));
    if !video.localizations.is_empty() {
        let languages: Vec<_> = video.localizations.keys().map(String::as_str).collect();
        details.push(("localizations", languages.join(",")));
    }
    details.push(("notifySubscribers", video.notify.to_string()));
    let holding =
        state.playlists.iter().filter(|playlist| playlist.entries.iter().any(|entry| entry.video == video.id));
    details.extend(holding.map(|playlist| ("playlistId", playlist.id.clone())));
    details
}

/// Texts without their quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

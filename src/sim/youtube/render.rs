//! How a video is told in JSON: part by part, with the names and types of the discovery document.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::film::Film;
use super::state::{State, rfc3339};
use super::video::{Stage, Video};

/// The parts a video has.
pub(super) const PARTS: &[&str] = &[
    "contentDetails",
    "fileDetails",
    "id",
    "liveStreamingDetails",
    "localizations",
    "paidProductPlacementDetails",
    "player",
    "processingDetails",
    "recordingDetails",
    "snippet",
    "statistics",
    "status",
    "suggestions",
    "topicDetails",
];

/// Parts only the owner may ask for.
pub(super) const OWNERS: &[&str] = &["fileDetails", "processingDetails", "suggestions"];

/// A name for a state of something: it differs when that does.
pub(super) fn etag(content: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&Sha256::digest(content)[..20])
}

/// A list without pages.
pub(super) fn listing(kind: &str, found: &[Value]) -> Value {
    let count = found.len();
    let mut body = json!({"kind": kind, "etag": etag(&format!("{found:?}")), "items": found});
    if kind != "youtube#videoCategoryListResponse" {
        body["pageInfo"] = json!({"totalResults": count, "resultsPerPage": count});
    }
    body
}

/// A page of a list.
pub(super) fn paged(kind: &str, page: super::parameters::Page<Value>) -> Value {
    let mut body = json!({"kind": kind, "etag": etag(&format!("{:?}", page.found))});
    if let Some(next) = page.next {
        body["nextPageToken"] = json!(next);
    }
    if let Some(previous) = page.previous {
        body["prevPageToken"] = json!(previous);
    }
    body["items"] = json!(page.found);
    body["pageInfo"] = json!({"totalResults": page.total, "resultsPerPage": page.size});
    body
}

/// A video as its owner or somebody else may know it.
pub(super) fn video(state: &State, video: &Video, parts: &[&str], owner: bool) -> Value {
    let now = state.now();
    let mut body = Map::new();
    for part in PARTS.iter().filter(|part| parts.contains(part)) {
        let content = match *part {
            "snippet" => snippet(state, video),
            "status" => status(video, now, owner),
            "contentDetails" => content_details(video, now, owner),
            "fileDetails" => file_details(video),
            "processingDetails" => processing_details(video, now),
            "suggestions" if video.stage(now) == Stage::Uploaded => json!({}),
            "suggestions" => json!({"processingErrors": video.processing_errors}),
            "localizations" if video.localizations.is_empty() => continue,
            "localizations" => json!(video.localizations),
            "recordingDetails" => json!(video.recording),
            "paidProductPlacementDetails" => json!({"hasPaidProductPlacement": paid(video)}),
            "statistics" => json!({"viewCount": "0", "likeCount": "0", "favoriteCount": "0", "commentCount": "0"}),
            "player" => json!({"embedHtml": format!("<iframe src=\"//www.youtube.com/embed/{}\"></iframe>", video.id)}),
            "topicDetails" => json!({}),
            _ => continue,
        };
        body.insert((*part).to_owned(), content);
    }
    let tag = etag(&format!("{body:?}"));
    let mut whole = Map::new();
    whole.insert("kind".to_owned(), json!("youtube#video"));
    whole.insert("etag".to_owned(), json!(tag));
    whole.insert("id".to_owned(), json!(video.id));
    whole.extend(body);
    Value::Object(whole)
}

fn paid(video: &Video) -> bool {
    video.paid.get("hasPaidProductPlacement") == Some(&json!(true))
}

fn snippet(state: &State, video: &Video) -> Value {
    let title = state.channel(&video.channel).map(|channel| channel.title.clone());
    let mut snippet = video.snippet.clone();
    snippet.insert("publishedAt".to_owned(), json!(rfc3339(video.published.unwrap_or(video.created))));
    snippet.insert("channelId".to_owned(), json!(video.channel));
    snippet.insert("channelTitle".to_owned(), json!(title));
    snippet.insert("description".to_owned(), json!(video.description()));
    snippet.insert("thumbnails".to_owned(), thumbnails(video));
    snippet.entry("categoryId").or_insert(json!("22"));
    snippet.insert("liveBroadcastContent".to_owned(), json!("none"));
    snippet.insert("localized".to_owned(), json!({"title": video.title(), "description": video.description()}));
    Value::Object(snippet)
}

/// The sizes a thumbnail comes in; the larger ones only of a picture somebody set, the upright one only of Shorts.
pub(super) fn thumbnails(video: &Video) -> Value {
    let custom = video.thumbnail.is_some();
    let address = |name: &str| format!("https://i.ytimg.com/vi/{}/{name}.jpg", video.id);
    let sizes = [
        ("default", "default", 120, 90, true),
        ("medium", "mqdefault", 320, 180, true),
        ("high", "hqdefault", 480, 360, true),
        ("standard", "sddefault", 640, 480, custom),
        ("maxres", "maxresdefault", 1280, 720, custom),
        ("shortsAspectRatio", "oardefault", 1080, 1920, video.is_short()),
    ];
    let shown = sizes.iter().filter(|(.., shown)| *shown);
    let entry = |(key, name, width, height, _): &(&str, &str, u32, u32, bool)| {
        ((*key).to_owned(), json!({"url": address(name), "width": width, "height": height}))
    };
    Value::Object(shown.map(entry).collect())
}

fn status(video: &Video, now: SystemTime, owner: bool) -> Value {
    let mut status = Map::new();
    let stage = video.stage(now);
    let word = match stage {
        Stage::Uploaded => "uploaded",
        Stage::Processed => "processed",
        Stage::Failed(_) => "failed",
        Stage::Rejected(_) => "rejected",
    };
    status.insert("uploadStatus".to_owned(), json!(word));
    match stage {
        Stage::Failed(reason) => drop(status.insert("failureReason".to_owned(), json!(reason))),
        Stage::Rejected(reason) => drop(status.insert("rejectionReason".to_owned(), json!(reason))),
        Stage::Uploaded | Stage::Processed => {}
    }
    status.insert("privacyStatus".to_owned(), json!(video.privacy));
    if let Some(at) = video.publish_at {
        status.insert("publishAt".to_owned(), json!(rfc3339(at)));
    }
    let said = |name: &str, default: Value| video.status.get(name).cloned().unwrap_or(default);
    status.insert("license".to_owned(), said("license", json!("youtube")));
    status.insert("embeddable".to_owned(), said("embeddable", json!(true)));
    status.insert("publicStatsViewable".to_owned(), said("publicStatsViewable", json!(true)));
    status.insert("madeForKids".to_owned(), said("selfDeclaredMadeForKids", json!(false)));
    for name in ["selfDeclaredMadeForKids", "containsSyntheticMedia"] {
        // What was declared is the owner's to know.
        if let Some(value) = video.status.get(name).filter(|_| owner) {
            status.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(status)
}

fn content_details(video: &Video, now: SystemTime, owner: bool) -> Value {
    let film = &video.file.film;
    let done = video.stage(now) == Stage::Processed;
    let sharp = done && film.size.is_some_and(|(width, height)| width.min(height) >= 720);
    let mut details = json!({
        // Unknown until the file was looked at.
        "duration": film.duration.filter(|_| done).map_or_else(|| "P0D".to_owned(), iso8601),
        "dimension": "2d",
        "definition": if sharp { "hd" } else { "sd" },
        "caption": if video.captions.is_empty() { "false" } else { "true" },
        "licensedContent": false,
        "contentRating": {},
        "projection": "rectangular",
    });
    if owner {
        details["hasCustomThumbnail"] = json!(video.thumbnail.is_some());
    }
    details
}

/// A length as ISO 8601 has it.
fn iso8601(length: Duration) -> String {
    let seconds = length.as_secs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let part = |number: u64, unit: &str| if number == 0 { String::new() } else { format!("{number}{unit}") };
    match format!("PT{}{}{}", part(hours, "H"), part(minutes, "M"), part(seconds, "S")) {
        nothing if nothing == "PT" => "PT0S".to_owned(),
        length => length,
    }
}

fn file_details(video: &Video) -> Value {
    let (file, film) = (&video.file, &video.file.film);
    let mut details = json!({
        "fileSize": file.size.to_string(),
        "fileType": if video.processing_errors.is_empty() { "video" } else { file_type(video) },
        "container": film.container,
    });
    if let Some(name) = &file.name {
        details["fileName"] = json!(name);
    }
    if let Some(duration) = film.duration {
        details["durationMs"] = json!(duration.as_millis().to_string());
    }
    if film.size.is_some() {
        details["videoStreams"] = json!([stream(film)]);
    }
    if let Some(codec) = &film.audio_codec {
        details["audioStreams"] = json!([{"codec": codec}]);
    }
    details
}

fn stream(film: &Film) -> Value {
    let (width, height) = film.size.unwrap_or_default();
    let mut stream = json!({"widthPixels": width, "heightPixels": height, "codec": film.video_codec});
    if height > 0 {
        stream["aspectRatio"] = json!(width as f64 / height as f64);
    }
    if let Some(rate) = film.frame_rate {
        stream["frameRateFps"] = json!(rate as f64 / 1_000.0);
    }
    stream
}

fn file_type(video: &Video) -> &'static str {
    match video.processing_errors.first() {
        Some(&"imageFile") => "image",
        Some(&"audioFile") => "audio",
        Some(&"archiveFile") => "archive",
        Some(&"docFile") => "document",
        _ => "other",
    }
}

fn processing_details(video: &Video, now: SystemTime) -> Value {
    let stage = video.stage(now);
    let (status, available) = match stage {
        Stage::Uploaded => ("processing", "inProgress"),
        Stage::Processed => ("succeeded", "available"),
        Stage::Failed(_) => ("failed", "available"),
        Stage::Rejected(_) => ("terminated", "available"),
    };
    let mut details = json!({
        "processingStatus": status,
        "fileDetailsAvailability": available,
        "processingIssuesAvailability": available,
        "tagSuggestionsAvailability": available,
        "editorSuggestionsAvailability": available,
        "thumbnailsAvailability": available,
    });
    if matches!(stage, Stage::Failed(_)) {
        details["processingFailureReason"] = json!("transcodeFailed");
    }
    details
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_as_iso_8601() {
        for (seconds, text) in [(0, "PT0S"), (59, "PT59S"), (60, "PT1M"), (3_661, "PT1H1M1S"), (7_200, "PT2H")] {
            assert_eq!(iso8601(Duration::from_secs(seconds)), text);
        }
    }
}

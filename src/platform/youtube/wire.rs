//! The calls YouTube takes and the fields of its answers that are used. Knows no order of steps.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use unicode_normalization::UnicodeNormalization;
use url::Url;

use crate::fit::{Captions, Media, Rendition};
use crate::platform::{Auth, Body, Call, FileRange, Identity, Method, Reply, address};

/// Upload sessions lie at these hosts and nowhere else: the token goes to no other, whatever an answer says.
pub(super) const HOSTS: &[&str] = &["www.googleapis.com", "youtube.googleapis.com"];

/// People & Blogs, what YouTube itself offers first.
const CATEGORY: &str = "22";

/// Most entries of a page, and most videos asked for at once.
const PAGE: &str = "50";

#[expect(clippy::expect_used, reason = "a constant address that every test of this folder parses")]
static API: LazyLock<Url> = LazyLock::new(|| Url::parse("https://www.googleapis.com/").expect("a constant"));

fn call(name: &str, method: Method, url: Url, body: Body) -> Call {
    let name = name.to_owned();
    Call { name, part: 0, shows: false, method, url, headers: Vec::new(), body, auth: Auth::Bearer }
}

fn get(name: &str, resource: &str, query: &[(&str, &str)]) -> Call {
    call(name, Method::Get, address(&API, &["youtube", "v3", resource], query), Body::Empty)
}

pub(super) fn who() -> Call {
    get("who", "channels", &[("part", "snippet,contentDetails,status"), ("mine", "true")])
}

/// The same for one part: whether long videos are taken, or where the uploads are listed.
pub(super) fn channel(name: &str, part: &str) -> Call {
    get(name, "channels", &[("part", part), ("mine", "true")])
}

/// Opens an upload session. It carries all that is said of the video, and makes nothing yet. `file` is the name by which
/// the video is found again.
pub(super) fn start(name: &str, rendition: &Rendition, media: &Media, file: &str) -> Call {
    let (parts, body) = resource(rendition);
    let notify = setting(rendition, "notify_subscribers").unwrap_or("true");
    let query = [("uploadType", "resumable"), ("part", parts.as_str()), ("notifySubscribers", notify)];
    let url = address(&API, &["upload", "youtube", "v3", "videos"], &query);
    let headers = vec![
        ("X-Upload-Content-Length", media.bytes.to_string()),
        ("X-Upload-Content-Type", media.mime.to_owned()),
        ("Slug", file.to_owned()),
    ];
    Call { headers, ..call(name, Method::Post, url, Body::Json(body)) }
}

/// Bytes of the video, to a session.
pub(super) fn chunk(name: &str, to: Url, media: &Media, range: Range<u64>) -> Call {
    // An inclusive range; it is never empty.
    let content = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), media.bytes);
    let body = Body::File { file: FileRange { path: media.path.clone(), range }, mime: media.mime.to_owned() };
    Call { headers: vec![("Content-Range", content)], ..call(name, Method::Put, to, body) }
}

/// Asks a session how far it is.
pub(super) fn status(name: &str, to: Url, media: &Media) -> Call {
    let headers = vec![("Content-Range", format!("bytes */{}", media.bytes)), ("Content-Length", "0".to_owned())];
    Call { headers, ..call(name, Method::Put, to, Body::Empty) }
}

/// What the answer of a session says of the bytes it has: the first that is missing; `None` where it does not tell.
pub(super) fn kept(reply: &Reply) -> Option<u64> {
    let (first, last) = reply.header("range")?.trim().strip_prefix("bytes=")?.split_once('-')?;
    last.parse::<u64>().ok()?.checked_add(1).filter(|_| first == "0")
}

/// The address of a session, if it may be given the token.
pub(super) fn session(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_theirs = url.scheme() == "https" && HOSTS.contains(&url.host_str()?) && url.port().is_none();
    (is_theirs && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// The account's newest uploads.
pub(super) fn uploads(name: &str, playlist: &str, page: Option<&str>) -> Call {
    let mut query = vec![("part", "snippet,contentDetails"), ("playlistId", playlist), ("maxResults", PAGE)];
    query.extend(page.map(|token| ("pageToken", token)));
    get(name, "playlistItems", &query)
}

pub(super) fn videos(name: &str, parts: &str, ids: &str) -> Call {
    get(name, "videos", &[("part", parts), ("id", ids)])
}

/// The thumbnail's bytes, as they are.
pub(super) fn thumbnail(name: &str, video: &str, cover: &Media) -> Call {
    let url = address(
        &API,
        &["upload", "youtube", "v3", "thumbnails", "set"],
        &[("videoId", video), ("uploadType", "media")],
    );
    let file = FileRange { path: cover.path.clone(), range: 0..cover.bytes };
    call(name, Method::Post, url, Body::File { file, mime: cover.mime.to_owned() })
}

pub(super) fn captions(name: &str, video: &str, captions: &Captions) -> Call {
    let url =
        address(&API, &["upload", "youtube", "v3", "captions"], &[("part", "snippet"), ("uploadType", "multipart")]);
    let language = captions.lang.as_deref().unwrap_or_default();
    let json = json!({"snippet": {"videoId": video, "language": language, "name": "", "isDraft": false}});
    let file = FileRange { path: captions.file.path.clone(), range: 0..captions.file.bytes };
    call(name, Method::Post, url, Body::Related { json, file, mime: "application/octet-stream".to_owned() })
}

/// Whether a video is in a playlist already.
pub(super) fn listed(name: &str, playlist: &str, video: &str) -> Call {
    get(name, "playlistItems", &[("part", "id"), ("playlistId", playlist), ("videoId", video)])
}

pub(super) fn list(name: &str, playlist: &str, video: &str) -> Call {
    let resource = json!({"kind": "youtube#video", "videoId": video});
    let body = json!({"snippet": {"playlistId": playlist, "resourceId": resource}});
    call(
        name,
        Method::Post,
        address(&API, &["youtube", "v3", "playlistItems"], &[("part", "snippet")]),
        Body::Json(body),
    )
}

/// Says of a video that is out what the rendition says. Whatever a listed part leaves out is erased: what the post does not
/// speak of stands in `before`, as it was read.
pub(super) fn update(name: &str, rendition: &Rendition, video: &str, before: &Value) -> Call {
    let (parts, mut body) = resource(rendition);
    body["id"] = json!(video);
    for (part, keys) in KEPT {
        for key in *keys {
            // Where the post names no category, the one in `body` is only what YouTube offers first.
            let is_open = body[*part][*key].is_null() || *key == "categoryId" && category(rendition).is_none();
            if is_open && !before[*part][*key].is_null() {
                body[*part][*key] = before[*part][*key].clone();
            }
        }
    }
    // Only a private video can be about to come out by itself.
    if body["status"]["privacyStatus"] == "private" && !before["status"]["publishAt"].is_null() {
        body["status"]["publishAt"] = before["status"]["publishAt"].clone();
    }
    let url = address(&API, &["youtube", "v3", "videos"], &[("part", &parts)]);
    call(name, Method::Put, url, Body::Json(body))
}

/// What can be set of a video and a post need not speak of.
const KEPT: &[(&str, &[&str])] = &[
    ("snippet", &["categoryId", "defaultLanguage", "defaultAudioLanguage"]),
    ("status", &["license", "embeddable", "publicStatsViewable", "containsSyntheticMedia"]),
];

/// Of an answer about a video, what [`update`] may need, as a short text.
pub(super) fn before(video: &Value) -> String {
    let mut kept = Map::new();
    for (part, keys) in KEPT {
        let publish_at = (*part == "status").then_some("publishAt");
        let values = keys.iter().copied().chain(publish_at).filter(|key| !video[*part][*key].is_null());
        let values: Map<String, Value> = values.map(|key| (key.to_owned(), video[*part][key].clone())).collect();
        kept.insert((*part).to_owned(), Value::Object(values));
    }
    Value::Object(kept).to_string()
}

pub(super) fn delete(name: &str, video: &str) -> Call {
    call(name, Method::Delete, address(&API, &["youtube", "v3", "videos"], &[("id", video)]), Body::Empty)
}

/// What is said of a video, and the parts of the resource that hold it: a part that is named and empty would be a mistake.
fn resource(rendition: &Rendition) -> (String, Value) {
    let text = rendition.parts.first().map_or("", |part| part.text.as_str());
    let mut snippet = json!({
        "title": rendition.title.as_deref().unwrap_or_default(),
        "description": text,
        "categoryId": category(rendition).unwrap_or(CATEGORY),
    });
    for (key, value) in
        [("defaultLanguage", rendition.lang.as_deref()), ("defaultAudioLanguage", setting(rendition, "audio_language"))]
    {
        if let Some(value) = value {
            snippet[key] = json!(value);
        }
    }
    if !rendition.tags.is_empty() {
        snippet["tags"] = json!(rendition.tags);
    }
    // Left out, it would be public.
    let mut status = json!({"privacyStatus": rendition.visibility.name()});
    for (key, name) in [
        ("selfDeclaredMadeForKids", "made_for_kids"),
        ("containsSyntheticMedia", "synthetic_media"),
        ("embeddable", "embeddable"),
    ] {
        if let Some(value) = setting(rendition, name) {
            status[key] = json!(value == "true");
        }
    }
    if let Some(license) = setting(rendition, "license") {
        status["license"] = json!(license);
    }
    let mut parts = "snippet,status".to_owned();
    let mut body = json!({"snippet": snippet, "status": status});
    if let Some(date) = setting(rendition, "recording_date") {
        parts.push_str(",recordingDetails");
        body["recordingDetails"] = json!({"recordingDate": date});
    }
    if let Some(paid) = setting(rendition, "paid_promotion") {
        parts.push_str(",paidProductPlacementDetails");
        body["paidProductPlacementDetails"] = json!({"hasPaidProductPlacement": paid == "true"});
    }
    (parts, body)
}

fn category(rendition: &Rendition) -> Option<&str> {
    setting(rendition, "category")
}

pub(super) fn setting<'a>(rendition: &'a Rendition, key: &str) -> Option<&'a str> {
    rendition.settings.get(key).map(String::as_str)
}

/// The channel a token belongs to; `None` where there is none.
pub(super) fn identity(answer: &Value) -> Option<Identity> {
    let channel = &answer["items"][0];
    let id = channel["id"].as_str().filter(|id| !id.is_empty())?;
    let handle = channel["snippet"]["customUrl"].as_str().map(|handle| handle.trim_start_matches('@'));
    let name = handle.filter(|handle| !handle.is_empty()).or(channel["snippet"]["title"].as_str());
    Some(Identity { id: id.to_owned(), name: name.unwrap_or_default().to_owned(), ..Identity::default() })
}

/// A video's id: today 11 characters, but that is not promised.
pub(super) fn id(value: &Value) -> Option<&str> {
    let is_one = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    value.as_str().filter(|id| (1..=64).contains(&id.len()) && id.chars().all(is_one))
}

/// When something was made.
pub(super) fn made_at(resource: &Value) -> Option<DateTime<Utc>> {
    resource["snippet"]["publishedAt"].as_str()?.parse().ok()
}

/// Where people find a video, a Short as well.
pub(super) fn url(id: &str) -> String {
    format!("https://www.youtube.com/watch?v={id}")
}

/// Whether a listed video is the upload called `file`. That its name is the `Slug` it was begun with is not documented, so
/// the same title and length will do as well.
pub(super) fn is_upload(video: &Value, file: &str, title: &str, bytes: u64) -> bool {
    let details = &video["fileDetails"];
    if details["fileName"].as_str() == Some(file) {
        return true;
    }
    let tidy = |text: &str| text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let has_title = video["snippet"]["title"].as_str().is_some_and(|theirs| tidy(theirs) == tidy(title));
    let size = details["fileSize"].as_str().and_then(|size| size.parse::<u64>().ok());
    has_title && size.is_none_or(|size| size == bytes)
}

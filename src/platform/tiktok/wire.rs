//! The calls TikTok takes and the fields of its answers that are used. Knows no order of steps.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::upload::Chunk;
use crate::fit::{Media, Rendition};
use crate::platform::{Auth, Body, Call, FileRange, Identity, Method, address};
use crate::post::Visibility;

/// The API, and where its documentation puts the bytes of videos: <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>.
pub(super) const HOSTS: &[&str] = &["open.tiktokapis.com", "open-upload.tiktokapis.com", "upload.us.tiktokapis.com"];

/// Most videos of a page of the list.
const PAGE: u64 = 20;

#[expect(clippy::expect_used, reason = "a constant address that every test of this folder parses")]
static API: LazyLock<Url> = LazyLock::new(|| Url::parse("https://open.tiktokapis.com/").expect("a constant"));

/// Whether a post is published, or left in the creator's inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Direct,
    Draft,
}

pub(super) fn setting<'r>(rendition: &'r Rendition, key: &str) -> Option<&'r str> {
    rendition.settings.get(key).map(String::as_str)
}

fn is_on(rendition: &Rendition, key: &str) -> bool {
    setting(rendition, key) == Some("true")
}

pub(super) fn mode(rendition: &Rendition) -> Mode {
    if setting(rendition, "mode") == Some("draft") { Mode::Draft } else { Mode::Direct }
}

/// The audience in TikTok's words; `None` where TikTok has none of that kind.
pub(super) fn level(rendition: &Rendition) -> Option<&str> {
    setting(rendition, "privacy_level").or(match rendition.visibility {
        Visibility::Public => Some(PUBLIC),
        Visibility::Connections => Some("MUTUAL_FOLLOW_FRIENDS"),
        Visibility::Followers => Some("FOLLOWER_OF_CREATOR"),
        Visibility::Private => Some("SELF_ONLY"),
        Visibility::Unlisted => None,
    })
}

const PUBLIC: &str = "PUBLIC_TO_EVERYONE";

/// Whether readers can find it, and so TikTok's list.
pub(super) fn is_public(rendition: &Rendition) -> bool {
    mode(rendition) == Mode::Direct && level(rendition) == Some(PUBLIC)
}

fn call(name: &str, method: Method, url: Url, body: Body) -> Call {
    let name = name.to_owned();
    Call { name, part: 0, shows: false, method, url, headers: Vec::new(), body, auth: Auth::Bearer }
}

/// Every path ends with a slash: without it TikTok answers 404.
fn post(name: &str, path: &[&str], query: &[(&str, &str)], body: Value) -> Call {
    let path = [&["v2"], path, &[""]].concat();
    call(name, Method::Post, address(&API, &path, query), Body::Json(body))
}

/// More fields would need more scopes: asking for one of a scope that was not granted is refused.
pub(super) fn who() -> Call {
    let url = address(&API, &["v2", "user", "info", ""], &[("fields", "open_id,display_name")]);
    call("who", Method::Get, url, Body::Empty)
}

pub(super) fn identity(answer: &Value) -> Option<Identity> {
    let user = &answer["data"]["user"];
    let (id, name) = (user["open_id"].as_str()?, user["display_name"].as_str().unwrap_or_default());
    Some(Identity { id: id.to_owned(), name: name.to_owned(), ..Identity::default() })
}

pub(super) fn creator(name: &str) -> Call {
    post(name, &["post", "publish", "creator_info", "query"], &[], json!({}))
}

/// What the creator forbids for every post.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Forbidden {
    pub(super) comment: bool,
    pub(super) duet: bool,
    pub(super) stitch: bool,
}

/// What a direct post says of itself. Nobody may comment, make duets or stitch unless the author has turned that on:
/// <https://developers.tiktok.com/doc/content-sharing-guidelines>.
fn about(rendition: &Rendition, forbidden: Forbidden) -> Value {
    let disabled = |key, forbidden| json!(forbidden || setting(rendition, key) != Some("false"));
    json!({
        "privacy_level": level(rendition),
        "disable_comment": disabled("disable_comment", forbidden.comment),
        "brand_content_toggle": is_on(rendition, "brand_content"),
        "brand_organic_toggle": is_on(rendition, "brand_organic"),
        "disable_duet": disabled("disable_duet", forbidden.duet),
        "disable_stitch": disabled("disable_stitch", forbidden.stitch),
    })
}

/// Announces a video. A draft carries the video and nothing else.
pub(super) fn start(
    name: &str,
    rendition: &Rendition,
    media: &Media,
    chunks: (u64, u64),
    forbidden: Forbidden,
) -> Call {
    let (chunk_size, count) = chunks;
    let source = json!({
        "source": "FILE_UPLOAD", "video_size": media.bytes, "chunk_size": chunk_size, "total_chunk_count": count,
    });
    if mode(rendition) == Mode::Draft {
        return post(name, &["post", "publish", "inbox", "video", "init"], &[], json!({"source_info": source}));
    }
    let mut info = about(rendition, forbidden);
    info["is_aigc"] = json!(is_on(rendition, "is_aigc"));
    let text = text(rendition);
    if !text.is_empty() {
        info["title"] = json!(text);
    }
    if let Some(at) = number(rendition, "cover_timestamp_ms") {
        info["video_cover_timestamp_ms"] = json!(at);
    }
    post(name, &["post", "publish", "video", "init"], &[], json!({"post_info": info, "source_info": source}))
}

pub(super) fn text(rendition: &Rendition) -> &str {
    rendition.parts.first().map_or("", |part| part.text.as_str())
}

pub(super) fn title(rendition: &Rendition) -> &str {
    rendition.title.as_deref().unwrap_or_default()
}

fn number(rendition: &Rendition, key: &str) -> Option<u64> {
    setting(rendition, key)?.parse().ok()
}

/// Bytes of a video: the address is the key, so no token goes along.
pub(super) fn chunk(name: &str, to: Url, media: &Media, chunk: &Chunk) -> Call {
    let range = chunk.range.clone();
    let headers =
        vec![("content-range", format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), media.bytes))];
    let file = FileRange { path: media.path.clone(), range };
    let body = Body::File { file, mime: media.mime.to_owned() };
    Call { shows: chunk.is_last, headers, auth: Auth::None, ..call(name, Method::Put, to, body) }
}

/// Posts photos, or leaves them in the inbox, where only their texts are kept.
pub(super) fn photos(name: &str, rendition: &Rendition, photos: &[&str], forbidden: Forbidden) -> Call {
    let mut info = json!({});
    let direct = mode(rendition) == Mode::Direct;
    if direct {
        info = about(rendition, forbidden);
        info["auto_add_music"] = json!(is_on(rendition, "auto_add_music"));
        for of_videos in ["disable_duet", "disable_stitch"] {
            info.as_object_mut().map(|info| info.remove(of_videos));
        }
    }
    for (key, text) in [("title", title(rendition)), ("description", text(rendition))] {
        if !text.is_empty() {
            info[key] = json!(text);
        }
    }
    let mut body = json!({
        "media_type": "PHOTO",
        "post_mode": if direct { "DIRECT_POST" } else { "MEDIA_UPLOAD" },
        "post_info": info,
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_cover_index": number(rendition, "photo_cover_index").unwrap_or(0),
            "photo_images": photos,
        },
    });
    if direct && is_on(rendition, "is_aigc") {
        body["is_aigc"] = json!(true);
    }
    Call { shows: true, ..post(name, &["post", "publish", "content", "init"], &[], body) }
}

pub(super) fn status(name: &str, publish_id: &str) -> Call {
    post(name, &["post", "publish", "status", "fetch"], &[], json!({"publish_id": publish_id}))
}

/// The creator's public posts, newest first.
pub(super) fn list(name: &str, cursor: Option<i64>) -> Call {
    let mut body = json!({"max_count": PAGE});
    if let Some(cursor) = cursor {
        body["cursor"] = json!(cursor);
    }
    let fields = "id,create_time,title,video_description,duration,share_url";
    post(name, &["video", "list"], &[("fields", fields)], body)
}

/// What a status says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// So many bytes of a video are there, where TikTok tells.
    Processing {
        bytes: Option<u64>,
    },
    Delivered,
    Complete {
        id: Option<String>,
    },
    Failed {
        reason: String,
    },
}

/// `None`: an answer without a status that is known.
pub(super) fn read_status(answer: &Value) -> Option<Status> {
    let data = &answer["data"];
    Some(match data["status"].as_str()? {
        "PROCESSING_UPLOAD" => Status::Processing { bytes: data["uploaded_bytes"].as_u64() },
        "PROCESSING_DOWNLOAD" => Status::Processing { bytes: None },
        "SEND_TO_USER_INBOX" => Status::Delivered,
        "PUBLISH_COMPLETE" => Status::Complete { id: post_id(data) },
        "FAILED" => Status::Failed { reason: data["fail_reason"].as_str().unwrap_or("no reason").to_owned() },
        _ => return None,
    })
}

/// The id of a public post: TikTok has been seen to give none, one, or a list, as numbers or as texts, under a name with a
/// spelling mistake.
fn post_id(data: &Value) -> Option<String> {
    let told = ["publicaly_available_post_id", "publicly_available_post_id"].map(|key| &data[key]);
    let first = told.into_iter().find(|told| !told.is_null())?;
    id(first.as_array().map_or(Some(first), |list| list.first())?)
}

/// An id: up to 20 digits.
pub(super) fn id(value: &Value) -> Option<String> {
    let id = value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|id| id.to_string()))?;
    ((1..=20).contains(&id.len()) && id != "0" && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}

/// One post of the list.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) at: DateTime<Utc>,
    /// What its title and its description are, either perhaps cut.
    pub(super) texts: [String; 2],
    pub(super) url: Option<String>,
}

/// A page of the list, and from where the next one goes on, if there is one; `None`: no list at all.
pub(super) fn read_list(answer: &Value) -> Option<(Vec<Listed>, Option<i64>)> {
    let data = answer.get("data")?.as_object()?;
    let videos = data.get("videos").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let listed = videos.iter().filter_map(|video| {
        let text = |key: &str| video[key].as_str().unwrap_or_default().to_owned();
        let url = Url::parse(&text("share_url")).ok().filter(|url| url.scheme() == "https" && is_tiktok(url));
        Some(Listed {
            id: id(&video["id"])?,
            at: DateTime::from_timestamp(video["create_time"].as_i64()?, 0)?,
            texts: [text("title"), text("video_description")],
            url: url.map(String::from),
        })
    });
    let more = data.get("has_more").and_then(Value::as_bool) == Some(true);
    Some((listed.collect(), data.get("cursor").and_then(Value::as_i64).filter(|_| more)))
}

fn is_tiktok(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host == "tiktok.com" || host.ends_with(".tiktok.com"))
}

/// The address to put bytes to; `None` where it is not one of TikTok's that are known.
pub(super) fn upload_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let known = url.host_str().is_some_and(|host| HOSTS.contains(&host));
    (url.scheme() == "https" && known && url.port().is_none()).then_some(url)
}

/// Where people find a post; without its id, the creator's page.
pub(super) fn url(username: &str, id: Option<&str>, is_video: bool) -> String {
    let kind = if is_video { "video" } else { "photo" };
    match (username, id) {
        ("", _) => "https://www.tiktok.com/".to_owned(),
        (name, Some(id)) => format!("https://www.tiktok.com/@{name}/{kind}/{id}"),
        (name, None) => format!("https://www.tiktok.com/@{name}"),
    }
}

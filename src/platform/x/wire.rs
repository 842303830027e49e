//! The calls X takes and the fields of its answers that are used. Knows no order of steps.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use url::Url;

use crate::fit::{Media, Part, Rendition};
use crate::media::Kind;
use crate::platform::{Auth, Body, Call, FileRange, Identity, Method, address};

/// Bytes of one appended segment. 4 MiB works too, but larger ones have drawn 431; images have 5 MB at most anyway.
pub(super) const SEGMENT: u64 = 1024 * 1024;

/// Most posts a page of a look can hold (`max_results`).
const LOOK_MAX: &str = "100";

#[expect(clippy::expect_used, reason = "a constant address that every test of this folder parses")]
static API: LazyLock<Url> = LazyLock::new(|| Url::parse("https://api.x.com/").expect("a constant"));

fn call(name: &str, part: usize, method: Method, url: Url, body: Body) -> Call {
    let name = name.to_owned();
    Call { name, part, shows: false, method, url, headers: Vec::new(), body, auth: Auth::Bearer }
}

pub(super) fn who() -> Call {
    call("who", 0, Method::Get, address(&API, &["2", "users", "me"], &[]), Body::Empty)
}

/// Announces an image: a lone GIF may move and has a category of its own, which forbids company.
pub(super) fn initialize(name: &str, part: usize, media: &Media, alone: bool) -> Call {
    let category = if media.kind == Kind::Gif && alone { "tweet_gif" } else { "tweet_image" };
    let body = json!({"media_type": media.mime, "media_category": category, "total_bytes": media.bytes});
    let url = address(&API, &["2", "media", "upload", "initialize"], &[]);
    call(name, part, Method::Post, url, Body::Json(body))
}

/// Where a segment's bytes lie in the file.
pub(super) fn segment(media: &Media, index: u64) -> Range<u64> {
    index * SEGMENT..((index + 1) * SEGMENT).min(media.bytes)
}

pub(super) fn append(name: &str, part: usize, id: &str, media: &Media, index: u64) -> Call {
    let body = Body::Multipart {
        fields: vec![("segment_index".to_owned(), index.to_string())],
        name: "media".to_owned(),
        file: FileRange { path: media.path.clone(), range: segment(media, index) },
        mime: "application/octet-stream".to_owned(),
    };
    call(name, part, Method::Post, address(&API, &["2", "media", "upload", id, "append"], &[]), body)
}

pub(super) fn finalize(name: &str, part: usize, id: &str) -> Call {
    call(name, part, Method::Post, address(&API, &["2", "media", "upload", id, "finalize"], &[]), Body::Empty)
}

pub(super) fn status(name: &str, part: usize, id: &str) -> Call {
    let url = address(&API, &["2", "media", "upload"], &[("command", "STATUS"), ("media_id", id)]);
    call(name, part, Method::Get, url, Body::Empty)
}

pub(super) fn alt(name: &str, part: usize, id: &str, text: &str) -> Call {
    let body = json!({"id": id, "metadata": {"alt_text": {"text": text}}});
    call(name, part, Method::Post, address(&API, &["2", "media", "metadata"], &[]), Body::Json(body))
}

/// The call that shows a part. `POST /2/tweets` refuses unknown fields, so only what is asked for is sent.
pub(super) fn post(rendition: &Rendition, index: usize, part: &Part, media: &[&str], after: Option<&str>) -> Call {
    let mut body = json!({});
    if !part.text.is_empty() {
        body["text"] = json!(part.text);
    }
    if !media.is_empty() {
        body["media"] = json!({"media_ids": media});
    }
    if let Some(id) = after {
        body["reply"] = json!({"in_reply_to_tweet_id": id});
    }
    let setting = |key| rendition.settings.get(key).map(String::as_str);
    // Who may answer is decided where a conversation begins; `everyone` has no value of its own.
    if let Some(who) = setting("reply_settings").filter(|who| index == 0 && *who != "everyone") {
        body["reply_settings"] = json!(who);
    }
    for label in ["made_with_ai", "paid_partnership"] {
        if setting(label) == Some("true") {
            body[label] = json!(true);
        }
    }
    let url = address(&API, &["2", "tweets"], &[]);
    Call { shows: true, ..call(&format!("post {}", index + 1), index, Method::Post, url, Body::Json(body)) }
}

/// The account's own posts since an instant, newest first.
pub(super) fn look(index: usize, user: &str, since: DateTime<Utc>, page: Option<&str>) -> Call {
    let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut query = vec![("max_results", LOOK_MAX), ("exclude", "retweets"), ("start_time", since.as_str())];
    query.extend(page.map(|token| ("pagination_token", token)));
    let url = address(&API, &["2", "users", user, "tweets"], &query);
    call(&format!("look {}", index + 1), index, Method::Get, url, Body::Empty)
}

/// An id: 1 to 19 digits.
pub(super) fn id(value: &Value) -> Option<&str> {
    value.as_str().filter(|id| (1..=19).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit()))
}

pub(super) fn identity(answer: &Value) -> Option<Identity> {
    let (user, name) = (id(&answer["data"]["id"])?, answer["data"]["username"].as_str()?);
    Some(Identity { id: user.to_owned(), name: name.to_owned(), grant: String::new() })
}

/// When X made a post: its ids are snowflakes, milliseconds since 2010-11-04T01:42:54.657Z over 22 lower bits.
pub(super) fn made_at(id: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis((id.parse::<i64>().ok()? >> 22) + 1_288_834_974_657)
}

/// Where people find a post.
pub(super) fn url(identity: &Identity, id: &str) -> String {
    if identity.name.is_empty() {
        format!("https://x.com/i/web/status/{id}")
    } else {
        format!("https://x.com/{}/status/{id}", identity.name)
    }
}

/// How far the processing of an upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Processing {
    Ready,
    /// Ask again after so many seconds.
    Pending {
        seconds: i64,
    },
    Failed {
        why: String,
    },
}

/// What `processing_info` says; where it is missing, nothing is left to do.
pub(super) fn processing(answer: &Value) -> Processing {
    let info = &answer["data"]["processing_info"];
    match info["state"].as_str() {
        None | Some("succeeded") => Processing::Ready,
        Some("failed") => {
            let error = &info["error"];
            let why = error["message"].as_str().or(error["name"].as_str()).unwrap_or_default().to_owned();
            Processing::Failed { why }
        }
        Some(_) => Processing::Pending { seconds: info["check_after_secs"].as_i64().unwrap_or(1).clamp(1, 60) },
    }
}

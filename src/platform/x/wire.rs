//! The calls X takes and the fields of its answers that are used. Knows no order of steps.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use url::Url;

use crate::fit::peculiar::x::language_code;
use crate::fit::{Media, Rendition};
use crate::platform::{Auth, Body, Call, FileRange, Identity, Method, address};

/// Bytes of one appended segment of an ordinary file, and what those of a large one are a multiple of.
const SEGMENT: u64 = 1024 * 1024;

/// Most segments of a file: `segment_index` ends at 999.
const SEGMENTS_MAX: u64 = 1000;

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

/// X takes videos beyond these only of accounts with X Premium, as `amplify_video`.
const VIDEO_BYTES: u64 = 512_000_000;
const VIDEO_MS: u64 = 140_000;

pub(super) fn video_category(media: &Media) -> &'static str {
    let is_long = media.bytes > VIDEO_BYTES || media.duration_ms().is_some_and(|ms| ms > VIDEO_MS);
    if is_long { "amplify_video" } else { "tweet_video" }
}

/// Announces a file.
pub(super) fn initialize(name: &str, part: usize, media: &Media, category: &str) -> Call {
    // X has its own name for the type of SubRip.
    let mime = if media.mime == "application/x-subrip" { "text/srt" } else { media.mime };
    let body = json!({"media_type": mime, "media_category": category, "total_bytes": media.bytes});
    let url = address(&API, &["2", "media", "upload", "initialize"], &[]);
    call(name, part, Method::Post, url, Body::Json(body))
}

/// Bytes of one appended segment: small ones while a thousand of them are enough, for larger ones have drawn 431.
fn segment_size(media: &Media) -> u64 {
    let whole = media.bytes.div_ceil(SEGMENTS_MAX).next_multiple_of(SEGMENT);
    match media.bytes {
        ..=VIDEO_BYTES => SEGMENT,
        _ => whole.max(4 * SEGMENT),
    }
}

/// Where a segment's bytes lie in the file; empty past its end.
pub(super) fn segment(media: &Media, index: u64) -> Range<u64> {
    let size = segment_size(media);
    let start = index.saturating_mul(size).min(media.bytes);
    start..start.saturating_add(size).min(media.bytes)
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

/// Ties captions to a video, given with its category.
pub(super) fn tie(name: &str, part: usize, video: (&str, &str), captions: &str, lang: &str) -> Call {
    let (id, category) = video;
    let category = if category == "amplify_video" { "AmplifyVideo" } else { "TweetVideo" };
    let code = language_code(lang).unwrap_or_default();
    let subtitles = json!({"id": captions, "language_code": code, "display_name": language_name(&code, lang)});
    let body = json!({"id": id, "media_category": category, "subtitles": subtitles});
    call(name, part, Method::Post, address(&API, &["2", "media", "subtitles"], &[]), Body::Json(body))
}

/// What a viewer reads in the list of captions: the language's own name, where it is one of these.
fn language_name<'a>(code: &str, lang: &'a str) -> &'a str {
    const NAMES: [(&str, &str); 16] = [
        ("AR", "العربية"),
        ("DA", "Dansk"),
        ("DE", "Deutsch"),
        ("EN", "English"),
        ("ES", "Español"),
        ("FR", "Français"),
        ("HI", "हिन्दी"),
        ("IT", "Italiano"),
        ("JA", "日本語"),
        ("KO", "한국어"),
        ("NL", "Nederlands"),
        ("PL", "Polski"),
        ("PT", "Português"),
        ("SV", "Svenska"),
        ("TR", "Türkçe"),
        ("ZH", "中文"),
    ];
    NAMES.iter().find(|(known, _)| *known == code).map_or(lang, |(_, name)| name)
}

/// What a post has to do with other posts, by their ids.
#[derive(Debug, Default)]
pub(super) struct Whither {
    pub(super) answers: Option<String>,
    pub(super) quotes: Option<String>,
    /// It takes the place of this one.
    pub(super) edits: Option<String>,
}

/// The call that shows a part, or changes what is shown. `POST /2/tweets` refuses unknown fields, so only what is asked
/// for is sent.
pub(super) fn post(rendition: &Rendition, index: usize, media: &[&str], whither: &Whither) -> Call {
    let mut body = json!({});
    if let Some(part) = rendition.parts.get(index).filter(|part| !part.text.is_empty()) {
        body["text"] = json!(part.text);
    }
    if !media.is_empty() {
        body["media"] = json!({"media_ids": media});
    }
    if let Some(id) = &whither.answers {
        body["reply"] = json!({"in_reply_to_tweet_id": id});
    }
    if let Some(id) = &whither.quotes {
        body["quote_tweet_id"] = json!(id);
    }
    if let Some(id) = &whither.edits {
        body["edit_options"] = json!({"previous_post_id": id});
    }
    if let Some(poll) = rendition.poll.as_ref().filter(|_| index == 0) {
        body["poll"] = json!({"options": poll.options, "duration_minutes": poll.minutes});
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
    let (url, edits) = (address(&API, &["2", "tweets"], &[]), whither.edits.is_some());
    let name = format!("{} {}", if edits { "edit" } else { "post" }, index + 1);
    Call { shows: !edits, ..call(&name, index, Method::Post, url, Body::Json(body)) }
}

/// The name of the call that shares a post of another.
pub(super) const REPOST: &str = "repost";

pub(super) fn repost(user: &str, id: &str) -> Call {
    let url = address(&API, &["2", "users", user, "retweets"], &[]);
    Call { shows: true, ..call(REPOST, 0, Method::Post, url, Body::Json(json!({"tweet_id": id}))) }
}

/// The post that a call shares.
pub(super) fn repost_id(call: &Call) -> Option<&str> {
    match &call.body {
        Body::Json(body) => id(&body["tweet_id"]),
        _ => None,
    }
}

/// How a receipt tells a repost from a post.
pub(super) fn as_repost(id: &str) -> String {
    format!("{REPOST}:{id}")
}

/// The post shared by a repost, given a receipt's id.
pub(super) fn reposted(id: &str) -> Option<&str> {
    id.strip_prefix(REPOST)?.strip_prefix(':')
}

pub(super) fn delete_name(part: usize) -> String {
    format!("delete {}", part + 1)
}

pub(super) fn delete(part: usize, user: &str, id: &str) -> Call {
    let url = match reposted(id) {
        Some(id) => address(&API, &["2", "users", user, "retweets", id], &[]),
        None => address(&API, &["2", "tweets", id], &[]),
    };
    call(&delete_name(part), part, Method::Delete, url, Body::Empty)
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
    Some(Identity { id: user.to_owned(), name: name.to_owned(), ..Identity::default() })
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

//! The calls a server of Mastodon's API takes and the fields of its answers that are used. Knows no order of steps.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::fit::{Media, Rendition};
use crate::limits::{Server, Visibility};
use crate::platform::{Auth, Body, Call, FileRange, Identity, Job, Method, address, home};

/// Most posts of a list.
pub(super) const LIST_MAX: usize = 40;

fn call(name: &str, part: usize, server: &str, method: Method, path: &[&str], query: &[(&str, &str)]) -> Call {
    let url = address(&home(server), &[&["api"], path].concat(), query);
    let (name, headers, body) = (name.to_owned(), Vec::new(), Body::Empty);
    Call { name, part, shows: false, method, url, headers, body, auth: Auth::Bearer }
}

fn get(name: &str, part: usize, server: &str, path: &[&str], query: &[(&str, &str)]) -> Call {
    call(name, part, server, Method::Get, path, query)
}

pub(super) fn who(server: &str) -> Call {
    get("who", 0, server, &["v1", "accounts", "verify_credentials"], &[])
}

pub(super) fn identity(answer: &Value) -> Option<Identity> {
    let name = answer["acct"].as_str().or(answer["username"].as_str())?.to_owned();
    Some(Identity { id: id(&answer["id"])?.to_owned(), name, ..Identity::default() })
}

/// An id: opaque, and never a number.
pub(super) fn id(value: &Value) -> Option<&str> {
    value.as_str().filter(|id| !id.is_empty() && id.len() <= 200)
}

/// When a post was made, as it says.
pub(super) fn made_at(post: &Value) -> Option<DateTime<Utc>> {
    post["created_at"].as_str()?.parse().ok()
}

pub(super) fn upload(name: &str, part: usize, server: &str, media: &Media) -> Call {
    let alt = media.alt.as_ref().filter(|alt| !alt.is_empty());
    let fields = alt.map(|alt| ("description".to_owned(), alt.clone())).into_iter().collect();
    let file = FileRange { path: media.path.clone(), range: 0..media.bytes };
    let body = Body::Multipart { fields, name: "file".to_owned(), file, mime: media.mime.to_owned() };
    Call { body, ..call(name, part, server, Method::Post, &["v2", "media"], &[]) }
}

/// How far an upload is.
pub(super) fn state(name: &str, part: usize, server: &str, media: &str) -> Call {
    get(name, part, server, &["v1", "media", media], &[])
}

/// What a server is told of an audience.
pub(super) fn audience(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Unlisted => "unlisted",
        Visibility::Followers | Visibility::Connections => "private",
        Visibility::Private => "direct",
        Visibility::Public => "public",
    }
}

/// A setting of the rendition; empty where it has none.
pub(super) fn setting<'a>(rendition: &'a Rendition, key: &str) -> &'a str {
    rendition.settings.get(key).map_or("", String::as_str)
}

/// The fields that an edit has, too. Empty ones are sent by edits: they take away what was there.
fn content(rendition: &Rendition, index: usize, media: &[&str], edits: bool) -> Value {
    let text = rendition.parts.get(index).map_or("", |part| part.text.as_str());
    let mut body = json!({"status": text});
    if !media.is_empty() {
        body["media_ids"] = json!(media);
    }
    let warning = setting(rendition, "content_warning");
    if edits || !warning.is_empty() {
        body["spoiler_text"] = json!(warning);
    }
    if edits || setting(rendition, "sensitive") == "true" {
        body["sensitive"] = json!(setting(rendition, "sensitive") == "true" || !warning.is_empty());
    }
    if let Some(lang) = &rendition.lang {
        body["language"] = json!(lang);
    }
    let policy = setting(rendition, "quote_policy");
    if !policy.is_empty() {
        body["quote_approval_policy"] = json!(policy);
    }
    body
}

/// The call that shows a part. The audience is always told: else it is what the account prefers.
pub(super) fn post(job: &Job<'_>, index: usize, media: &[&str], answers: Option<&str>) -> Call {
    let rendition = job.rendition;
    let mut body = content(rendition, index, media, false);
    body["visibility"] = json!(audience(rendition.visibility));
    if let Some(id) = answers {
        body["in_reply_to_id"] = json!(id);
    }
    if let Some(poll) = rendition.poll.as_ref().filter(|_| index == 0) {
        body["poll"] = poll_json(&poll.options, i64::from(poll.minutes) * 60);
    }
    let (name, server) = (format!("post {}", index + 1), &job.identity.server);
    let headers = vec![("Idempotency-Key", idempotency_key(job, index))];
    let call = call(&name, index, server, Method::Post, &["v1", "statuses"], &[]);
    Call { shows: true, headers, body: Body::Json(body), ..call }
}

fn poll_json(options: &[String], seconds: i64) -> Value {
    json!({"options": options, "expires_in": seconds, "multiple": false})
}

/// The same for the same content of the same part, whoever sends it again; another for another content, for a server answers a
/// key that it knows with what it made the first time, whatever is asked now.
fn idempotency_key(job: &Job<'_>, index: usize) -> String {
    let known = format!("pressroom\n{}\n{}\n{index}\n{}", job.identity.id, job.mark, job.rendition.fingerprint());
    base16ct::lower::encode_string(&Sha256::digest(known.as_bytes())[..16])
}

/// A post as it is out.
pub(super) fn read(name: &str, part: usize, server: &str, post: &str) -> Call {
    get(name, part, server, &["v1", "statuses", post], &[])
}

/// Changes a post. Files that are not named again would be taken away; so would a poll, whose end is told anew.
pub(super) fn edit(job: &Job<'_>, index: usize, post: &str, media: &[&str], poll_secs: Option<i64>) -> Call {
    let rendition = job.rendition;
    let mut body = content(rendition, index, media, true);
    let attached = rendition.parts.get(index).map(|part| part.media.as_slice()).unwrap_or_default();
    let described = media.iter().zip(attached);
    let described: Vec<Value> = described
        .map(|(id, media)| json!({"id": id, "description": media.alt.as_deref().unwrap_or_default()}))
        .collect();
    if !described.is_empty() {
        body["media_attributes"] = json!(described);
    }
    if let (Some(poll), Some(seconds)) = (&rendition.poll, poll_secs) {
        body["poll"] = poll_json(&poll.options, seconds);
    }
    let name = format!("edit {}", index + 1);
    let call = call(&name, index, &job.identity.server, Method::Put, &["v1", "statuses", post], &[]);
    Call { body: Body::Json(body), ..call }
}

pub(super) fn delete(name: &str, part: usize, server: &str, post: &str) -> Call {
    call(name, part, server, Method::Delete, &["v1", "statuses", post], &[])
}

/// The account's own posts, newest first; `before`: only those older than this one.
pub(super) fn list(name: &str, part: usize, server: &str, account: &str, before: Option<&str>) -> Call {
    let most = LIST_MAX.to_string();
    let mut query = vec![("exclude_reblogs", "true"), ("limit", most.as_str())];
    query.extend(before.map(|id| ("max_id", id)));
    get(name, part, server, &["v1", "accounts", account, "statuses"], &query)
}

/// The post of an address, wherever it lives: the server fetches it if it does not know it.
pub(super) fn search(name: &str, server: &str, url: &str) -> Call {
    let query = [("q", url), ("type", "statuses"), ("resolve", "true"), ("limit", "1")];
    get(name, 0, server, &["v2", "search"], &query)
}

/// The text of a post as it was written.
pub(super) fn source(name: &str, part: usize, server: &str, post: &str) -> Call {
    get(name, part, server, &["v1", "statuses", post, "source"], &[])
}

/// What a server allows; any caller may ask.
pub(super) fn server(server: &str, version: &str) -> Call {
    Call { auth: Auth::None, ..get("server", 0, server, &[version, "instance"], &[]) }
}

/// The figures in an instance's answer, which differ little between its versions: <https://docs.joinmastodon.org/entities/Instance/>.
/// `None`: it is no answer of such a server.
pub(super) fn figures(answer: &Value) -> Option<Server> {
    let version = answer["version"].as_str()?;
    let config = &answer["configuration"];
    let (statuses, media, polls) = (&config["statuses"], &config["media_attachments"], &config["polls"]);
    let small =
        |value: &Value| value.as_u64().filter(|n| (1..=1 << 24).contains(n)).and_then(|n| usize::try_from(n).ok());
    let large = |value: &Value| value.as_u64().filter(|n| (1..=1 << 40).contains(n));
    let mimes = |values: &Vec<Value>| values.iter().filter_map(|mime| Some(mime.as_str()?.to_owned())).collect();
    let seconds = large(&polls["min_expiration"]).zip(large(&polls["max_expiration"]));
    Some(Server {
        software: Some(version.chars().filter(|c| !c.is_control()).take(100).collect()),
        text_max: small(&statuses["max_characters"]).or(small(&answer["max_toot_chars"])),
        url_length: small(&statuses["characters_reserved_per_url"]),
        media_max: small(&statuses["max_media_attachments"]).filter(|most| *most <= 1000),
        alt_max: small(&media["description_limit"]),
        mimes: media["supported_mime_types"].as_array().map(mimes).filter(|mimes: &Vec<String>| !mimes.is_empty()),
        image_bytes: large(&media["image_size_limit"]),
        image_pixels: large(&media["image_matrix_limit"]),
        video_bytes: large(&media["video_size_limit"]),
        video_pixels: large(&media["video_matrix_limit"]),
        video_fps: small(&media["video_frame_rate_limit"])
            .and_then(|fps| u32::try_from(fps).ok())
            .filter(|fps| *fps <= 100_000),
        poll_options: small(&polls["max_options"]).filter(|most| (2..=1000).contains(most)),
        poll_option_max: small(&polls["max_characters_per_option"]),
        poll_seconds: seconds.filter(|(least, most)| least <= most),
    })
}

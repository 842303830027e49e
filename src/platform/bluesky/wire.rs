//! The calls a server of Bluesky takes, the records it keeps, and the fields of its answers that are used. Knows no order of
//! steps.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::facets::{Facet, To};
use crate::fit::peculiar::bluesky::{POSTS, labels, syntax};
use crate::fit::{Media, Rendition};
use crate::platform::{Auth, Body, Call, FileRange, Identity, Method, address, home};

pub(super) const THREADGATES: &str = "app.bsky.feed.threadgate";
pub(super) const POSTGATES: &str = "app.bsky.feed.postgate";

fn call(name: &str, part: usize, server: &str, method: &str, query: &[(&str, &str)], body: Body) -> Call {
    let url = address(&home(server), &["xrpc", method], query);
    let method = if matches!(body, Body::Empty) { Method::Get } else { Method::Post };
    let (name, headers) = (name.to_owned(), Vec::new());
    Call { name, part, shows: false, method, url, headers, body, auth: Auth::Bearer }
}

pub(super) fn who(server: &str) -> Call {
    call("who", 0, server, "com.atproto.server.getSession", &[], Body::Empty)
}

/// Whose token it is, and where that account lives.
pub(super) fn identity(answer: &Value) -> Option<Identity> {
    let id = answer["did"].as_str().filter(|did| syntax::is_did(did))?.to_owned();
    let name = answer["handle"].as_str().unwrap_or_default().to_owned();
    let server = own_server(&answer["didDoc"]).unwrap_or_default();
    Some(Identity { id, name, server, ..Identity::default() })
}

/// The host of the server that a DID's document names: <https://atproto.com/specs/did>.
pub(super) fn own_server(document: &Value) -> Option<String> {
    let services = document["service"].as_array()?;
    let is_it = |service: &&Value| service["id"].as_str().is_some_and(|id| id.ends_with("#atproto_pds"));
    let url = Url::parse(services.iter().find(is_it)?["serviceEndpoint"].as_str()?).ok()?;
    url.host_str().map(str::to_owned)
}

/// Sends the bytes of a file.
pub(super) fn upload(name: &str, part: usize, server: &str, media: &Media) -> Call {
    let file = FileRange { path: media.path.clone(), range: 0..media.bytes };
    let body = Body::File { file, mime: media.mime.to_owned() };
    call(name, part, server, "com.atproto.repo.uploadBlob", &[], body)
}

/// What the server calls what it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Blob {
    pub(super) cid: String,
    pub(super) mime: String,
    pub(super) size: u64,
}

impl Blob {
    pub(super) fn of(answer: &Value) -> Option<Self> {
        let blob = &answer["blob"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Some(Self { cid: text(&blob["ref"]["$link"])?, mime: text(&blob["mimeType"])?, size: blob["size"].as_u64()? })
    }

    fn json(&self) -> Value {
        json!({"$type": "blob", "ref": {"$link": self.cid}, "mimeType": self.mime, "size": self.size})
    }
}

/// A post, named by where it is and the hash of what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Strong {
    pub(super) uri: String,
    pub(super) cid: String,
}

impl Strong {
    fn json(&self) -> Value {
        json!({"uri": self.uri, "cid": self.cid})
    }
}

/// The account of a handle.
pub(super) fn resolve(name: &str, server: &str, handle: &str) -> Call {
    call(name, 0, server, "com.atproto.identity.resolveHandle", &[("handle", handle)], Body::Empty)
}

/// A post by its key.
pub(super) fn read(name: &str, part: usize, server: &str, did: &str, key: &str) -> Call {
    let query = [("repo", did), ("collection", POSTS), ("rkey", key)];
    call(name, part, server, "com.atproto.repo.getRecord", &query, Body::Empty)
}

/// Creates a post, and never replaces one: `null` says that nothing may be there.
pub(super) fn post(name: &str, part: usize, identity: &Identity, key: &str, record: &Value) -> Call {
    let body = json!({
        "repo": identity.id, "collection": POSTS, "rkey": key, "swapRecord": null, "record": record,
    });
    Call { shows: true, ..call(name, part, &identity.server, "com.atproto.repo.putRecord", &[], Body::Json(body)) }
}

/// Says who may reply to a post, or quote it; what was said before is replaced.
pub(super) fn gate(name: &str, part: usize, identity: &Identity, collection: &str, key: &str, rules: &Value) -> Call {
    let mut body = json!({"repo": identity.id, "collection": collection, "rkey": key, "record": rules});
    body["record"]["$type"] = json!(collection);
    call(name, part, &identity.server, "com.atproto.repo.putRecord", &[], Body::Json(body))
}

pub(super) fn delete(name: &str, part: usize, identity: &Identity, collection: &str, key: &str) -> Call {
    let body = json!({"repo": identity.id, "collection": collection, "rkey": key});
    call(name, part, &identity.server, "com.atproto.repo.deleteRecord", &[], Body::Json(body))
}

/// What the time in a key may be: any microsecond of 2023 and 2024. Nobody reads it, but a TID of a year to come would look
/// like a mistake to people.
const WINDOW_START: u64 = 1_672_531_200_000_000;
const WINDOW: u64 = 2 * 365 * 24 * 3600 * 1_000_000;

/// The key of a part: the same whenever this part of this post is sent to this account, and no other's.
pub(super) fn key(did: &str, mark: &str, part: usize) -> String {
    let digest = Sha256::digest(format!("pressroom\n{did}\n{mark}\n{part}").as_bytes());
    let bytes = |from: usize| digest[from..from + 8].iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let clock = u16::try_from(bytes(8) & 1023).unwrap_or_default();
    syntax::tid(WINDOW_START + bytes(0) % WINDOW, clock)
}

/// Where a post is.
pub(super) fn uri(did: &str, key: &str) -> String {
    format!("at://{did}/{POSTS}/{key}")
}

/// Where people find it; by the DID, for handles change.
pub(super) fn url(did: &str, key: &str) -> String {
    format!("https://bsky.app/profile/{did}/post/{key}")
}

/// What a part holds besides its text.
#[derive(Debug, Default)]
pub(super) struct Beside<'a> {
    pub(super) pictures: Vec<(&'a Media, Blob)>,
    pub(super) video: Option<(&'a Media, Blob)>,
    /// The captions of the video.
    pub(super) captions: Option<(String, Blob)>,
    /// The picture of the link card.
    pub(super) thumbnail: Option<Blob>,
    pub(super) quotes: Option<Strong>,
    /// Root and parent of what it answers.
    pub(super) answers: Option<(Strong, Strong)>,
}

/// The record of a part. `who` tells the account of a handle.
pub(super) fn record(
    rendition: &Rendition,
    index: usize,
    facets: &[Facet],
    who: impl Fn(&str) -> Option<String>,
    beside: &Beside<'_>,
    at: DateTime<Utc>,
) -> Value {
    let text = rendition.parts.get(index).map_or("", |part| part.text.as_str());
    let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let mut record = json!({"$type": POSTS, "text": text, "createdAt": at});
    if let Some(lang) = &rendition.lang {
        record["langs"] = json!([lang]);
    }
    let facets: Vec<Value> = facets.iter().filter_map(|facet| facet_json(facet, &who)).collect();
    if !facets.is_empty() {
        record["facets"] = json!(facets);
    }
    if let Some(embed) = embed(rendition, index, beside) {
        record["embed"] = embed;
    }
    if let Some((root, parent)) = &beside.answers {
        record["reply"] = json!({"root": root.json(), "parent": parent.json()});
    }
    let labels: Vec<Value> = labels(rendition).map(|label| json!({"val": label})).collect();
    if !labels.is_empty() {
        record["labels"] = json!({"$type": "com.atproto.label.defs#selfLabels", "values": labels});
    }
    if index == 0 && !rendition.tags.is_empty() {
        record["tags"] = json!(rendition.tags);
    }
    record
}

/// A handle that is nobody's stays text.
fn facet_json(facet: &Facet, who: impl Fn(&str) -> Option<String>) -> Option<Value> {
    const TYPE: &str = "app.bsky.richtext.facet";
    let feature = match &facet.to {
        To::Link(uri) => json!({"$type": format!("{TYPE}#link"), "uri": uri}),
        To::Mention(handle) => json!({"$type": format!("{TYPE}#mention"), "did": who(handle)?}),
        To::Tag(tag) => json!({"$type": format!("{TYPE}#tag"), "tag": tag}),
    };
    let index = json!({"byteStart": facet.span.start, "byteEnd": facet.span.end});
    Some(json!({"$type": TYPE, "index": index, "features": [feature]}))
}

fn embed(rendition: &Rendition, index: usize, beside: &Beside<'_>) -> Option<Value> {
    let media = pictures(beside).or_else(|| video(beside)).or_else(|| card(rendition, index, beside));
    let Some(quotes) = &beside.quotes else { return media };
    let record = json!({"$type": "app.bsky.embed.record", "record": quotes.json()});
    Some(match media {
        None => record,
        Some(media) => json!({"$type": "app.bsky.embed.recordWithMedia", "record": record, "media": media}),
    })
}

fn pictures(beside: &Beside<'_>) -> Option<Value> {
    let one = |(media, blob): &(&Media, Blob)| {
        let mut image = json!({"alt": media.alt.as_deref().unwrap_or_default(), "image": blob.json()});
        if let Some(ratio) = ratio(media) {
            image["aspectRatio"] = ratio;
        }
        image
    };
    let images: Vec<Value> = beside.pictures.iter().map(one).collect();
    (!images.is_empty()).then(|| json!({"$type": "app.bsky.embed.images", "images": images}))
}

fn video(beside: &Beside<'_>) -> Option<Value> {
    let (media, blob) = beside.video.as_ref()?;
    let mut video = json!({"$type": "app.bsky.embed.video", "video": blob.json()});
    if let Some(alt) = &media.alt {
        video["alt"] = json!(alt);
    }
    if let Some(ratio) = ratio(media) {
        video["aspectRatio"] = ratio;
    }
    if let Some((lang, captions)) = &beside.captions {
        video["captions"] = json!([{"lang": lang, "file": captions.json()}]);
    }
    Some(video)
}

fn card(rendition: &Rendition, index: usize, beside: &Beside<'_>) -> Option<Value> {
    let card = rendition.card.as_ref().filter(|_| index == 0)?;
    let description = card.description.as_deref().unwrap_or_default();
    let mut external = json!({"uri": card.url, "title": card.title, "description": description});
    if let Some(thumbnail) = &beside.thumbnail {
        external["thumb"] = thumbnail.json();
    }
    Some(json!({"$type": "app.bsky.embed.external", "external": external}))
}

fn ratio(media: &Media) -> Option<Value> {
    let (width, height) = (media.width.filter(|side| *side > 0)?, media.height.filter(|side| *side > 0)?);
    Some(json!({"width": width, "height": height}))
}

/// Who may reply, as the record of a threadgate says it; `None`: everybody.
pub(super) fn allowed(setting: &str) -> Option<Value> {
    let rule = |name: &str| json!([{"$type": format!("{THREADGATES}#{name}")}]);
    match setting {
        "nobody" => Some(json!([])),
        "mentioned" => Some(rule("mentionRule")),
        "followers" => Some(rule("followerRule")),
        "following" => Some(rule("followingRule")),
        _ => None,
    }
}

/// The hashes of all blobs in a record.
pub(super) fn blobs(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(fields) if fields.get("$type").is_some_and(|kind| kind == "blob") => {
            fields.get("ref").and_then(|link| link["$link"].as_str()).into_iter().collect()
        }
        Value::Object(fields) => fields.values().flat_map(blobs).collect(),
        Value::Array(values) => values.iter().flat_map(blobs).collect(),
        _ => Vec::new(),
    }
}

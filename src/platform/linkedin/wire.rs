//! The calls LinkedIn takes and the fields of its answers that are used. Knows no order of steps.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::Url;

use super::little;
use crate::fit::{Media, Rendition};
use crate::platform::{Auth, Body, Call, FileRange, Identity, Job, Method, Reply, address};
use crate::post::Visibility;

/// The version of the API that is spoken. Chosen as the newest that was in use by several publishers when this was written:
/// the running month's is often not served yet (426), so it is never told from the clock. To change it, read
/// <https://learn.microsoft.com/en-us/linkedin/marketing/integrations/recent-changes> up to the new one.
pub const VERSION: &str = "202609";

/// LinkedIn serves a version for twelve months, to the 15th; from then on every call is refused (426).
pub const VERSION_ENDS: &str = "2027-09-15";

/// Upload addresses lie here and nowhere else: the token goes to no other host, whatever an answer says.
pub(super) const UPLOAD_HOST: &str = "www.linkedin.com";

/// The id of a post that LinkedIn accepted (201) without saying which.
pub(super) const UNKNOWN_ID: &str = "unknown";

/// Most posts a page of a look can hold.
const LOOK_MAX: &str = "100";

#[expect(clippy::expect_used, reason = "a constant address that every test of this folder parses")]
static API: LazyLock<Url> = LazyLock::new(|| Url::parse("https://api.linkedin.com/").expect("a constant"));

fn call(name: &str, method: Method, url: Url, body: Body) -> Call {
    let headers = vec![("LinkedIn-Version", VERSION.to_owned()), ("X-Restli-Protocol-Version", "2.0.0".to_owned())];
    Call { name: name.to_owned(), part: 0, shows: false, method, url, headers, body, auth: Auth::Bearer }
}

/// `/v2/userinfo` has no versions.
pub(super) fn who() -> Call {
    let url = address(&API, &["v2", "userinfo"], &[]);
    Call { headers: Vec::new(), ..call("who", Method::Get, url, Body::Empty) }
}

/// On whose behalf: an organisation's URN, or the member's. `sub` belongs to the app, so a member's URN is made here.
pub(super) fn author(rendition: &Rendition, identity: &Identity) -> String {
    rendition.acts_as.clone().unwrap_or_else(|| format!("urn:li:person:{}", identity.id))
}

pub(super) fn is_organization(rendition: &Rendition) -> bool {
    rendition.acts_as.as_deref().is_some_and(|urn| urn.starts_with("urn:li:organization:"))
}

fn is_author(urn: &str) -> bool {
    ["urn:li:organization:", "urn:li:person:"]
        .iter()
        .any(|kind| urn.strip_prefix(kind).is_some_and(|id| !id.is_empty()))
}

/// What LinkedIn would refuse or, worse, leave out in silence. Fitting has told the author all of it; this is the last
/// look before a call.
pub(super) fn rules(rendition: &Rendition) -> Vec<String> {
    let mut broken = Vec::new();
    if rendition.parts.len() > 1 {
        broken.push("LinkedIn has no threads: publish one part, or make several posts".to_owned());
    }
    if let Some(urn) = rendition.acts_as.as_deref().filter(|urn| !is_author(urn)) {
        broken.push(format!("LinkedIn cannot act as `{urn}`: write urn:li:organization: and the page's number"));
    }
    match rendition.visibility {
        Visibility::Public => {}
        Visibility::Connections if !is_organization(rendition) => {}
        Visibility::Connections => {
            broken.push("an organisation's posts on LinkedIn are public: it has no connections".to_owned());
        }
        other => broken.push(format!("LinkedIn has no visibility `{}`: use public or connections", other.name())),
    }
    let thumbnail = rendition.card.as_ref().map(|card| card.thumbnail.as_ref().map(|media| &media.path));
    let is_extra = |media: &Media| thumbnail.is_some_and(|thumbnail| thumbnail != Some(&media.path));
    if rendition.parts.iter().flat_map(|part| &part.media).any(is_extra) {
        broken.push("LinkedIn shows a link card or images, not both: take `link` or the images out".to_owned());
    }
    broken
}

/// The images to upload: the card's picture, or those of the post.
pub(super) fn pictures(rendition: &Rendition) -> Vec<&Media> {
    match &rendition.card {
        Some(card) => card.thumbnail.iter().collect(),
        None => rendition.parts.first().map_or(Vec::new(), |part| part.media.iter().collect()),
    }
}

pub(super) fn initialize(name: &str, author: &str) -> Call {
    let url = address(&API, &["rest", "images"], &[("action", "initializeUpload")]);
    call(name, Method::Post, url, Body::Json(json!({"initializeUploadRequest": {"owner": author}})))
}

/// The bytes of an image, in one piece: pieces of an image corrupt it. Needs the token, takes no versions.
pub(super) fn upload(name: &str, to: Url, media: &Media) -> Call {
    let file = FileRange { path: media.path.clone(), range: 0..media.bytes };
    let body = Body::File { file, mime: media.mime.to_owned() };
    Call { headers: Vec::new(), ..call(name, Method::Put, to, body) }
}

/// An upload address that may be given the token.
pub(super) fn upload_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_theirs = url.scheme() == "https" && url.host_str() == Some(UPLOAD_HOST) && url.port().is_none();
    (is_theirs && url.username().is_empty() && url.password().is_none()).then_some(url)
}

pub(super) fn status(name: &str, urn: &str) -> Call {
    call(name, Method::Get, address(&API, &["rest", "images", urn], &[]), Body::Empty)
}

/// The call that shows the post. `images` are the URNs of [`pictures`], in order.
pub(super) fn post(job: &Job<'_>, images: &[&str]) -> Call {
    let rendition = job.rendition;
    let text = rendition.parts.first().map_or("", |part| part.text.as_str());
    let visibility = if rendition.visibility == Visibility::Connections { "CONNECTIONS" } else { "PUBLIC" };
    let mut body = json!({
        "author": author(rendition, job.identity),
        "commentary": little::escape(text),
        "visibility": visibility,
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": rendition.settings.get("disable_reshare").is_some_and(|value| value == "true"),
    });
    if let Some(content) = content(rendition, images) {
        body["content"] = content;
    }
    let call = call("post 1", Method::Post, address(&API, &["rest", "posts"], &[]), Body::Json(body));
    Call { shows: true, ..call }
}

fn content(rendition: &Rendition, images: &[&str]) -> Option<Value> {
    if let Some(card) = &rendition.card {
        let mut article = json!({"source": card.url, "title": card.title});
        for (key, value) in [("description", card.description.as_deref()), ("thumbnail", images.first().copied())] {
            if let Some(value) = value {
                article[key] = json!(value);
            }
        }
        return Some(json!({"article": article}));
    }
    let one = |(urn, media): (&&str, &Media)| match media.alt.as_deref().filter(|alt| !alt.is_empty()) {
        Some(alt) => json!({"id": urn, "altText": alt}),
        None => json!({"id": urn}),
    };
    let mut all: Vec<Value> = images.iter().zip(pictures(rendition)).map(one).collect();
    match all.len() {
        0 => None,
        1 => all.pop().map(|media| json!({"media": media})),
        _ => Some(json!({"multiImage": {"images": all}})),
    }
}

/// An organisation's own posts, last changed first.
pub(super) fn look(author: &str) -> Call {
    let query = [("author", author), ("q", "author"), ("count", LOOK_MAX), ("sortBy", "LAST_MODIFIED")];
    let mut call = call("look 1", Method::Get, address(&API, &["rest", "posts"], &query), Body::Empty);
    call.headers.push(("X-RestLi-Method", "FINDER".to_owned()));
    call
}

pub(super) fn identity(answer: &Value) -> Option<Identity> {
    let id = answer["sub"].as_str().filter(|id| !id.is_empty())?;
    Some(Identity {
        id: id.to_owned(),
        name: answer["name"].as_str().unwrap_or_default().to_owned(),
        grant: String::new(),
    })
}

/// The new post's URN, which only headers tell: `x-restli-id`, else `x-linkedin-id`, else the end of `Location`.
pub(super) fn created(reply: &Reply) -> Option<String> {
    ["x-restli-id", "x-linkedin-id", "location"].iter().find_map(|name| {
        let value = reply.header(name)?.rsplit('/').next()?;
        let urn = percent_decode_str(value.trim()).decode_utf8().ok()?.into_owned();
        urn.starts_with("urn:li:").then_some(urn)
    })
}

/// Where people find a post; for one whose id is unknown, where it must be seen.
pub(super) fn url(rendition: &Rendition, urn: &str) -> String {
    let organization = rendition.acts_as.as_deref().and_then(|urn| urn.strip_prefix("urn:li:organization:"));
    match (urn, organization) {
        (UNKNOWN_ID, Some(id)) => format!("https://www.linkedin.com/company/{id}/"),
        (UNKNOWN_ID, None) => "https://www.linkedin.com/feed/".to_owned(),
        (urn, _) => format!("https://www.linkedin.com/feed/update/{urn}/"),
    }
}

/// When LinkedIn made a post: the milliseconds since 1970 stand above the 22 lower bits of its number. Not documented, but
/// it holds for every recorded answer.
pub(super) fn made_at(urn: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(urn.rsplit(':').next()?.parse::<i64>().ok()? >> 22)
}

/// The time in a URN where it can be believed for something just made, else that of the answer.
pub(super) fn made_about(urn: &str, reply: &Reply) -> DateTime<Utc> {
    made_at(urn).filter(|at| (*at - reply.at).abs() < TimeDelta::minutes(10)).unwrap_or(reply.at)
}

/// The first URN of a post in a text.
pub(super) fn named_post(text: &str) -> Option<String> {
    let found = ["urn:li:share:", "urn:li:ugcPost:"].iter().filter_map(|kind| Some((text.find(kind)?, *kind))).min()?;
    let (start, kind) = found;
    let digits = text[start + kind.len()..].chars().take_while(char::is_ascii_digit).collect::<String>();
    (!digits.is_empty()).then(|| format!("{kind}{digits}"))
}

//! The calls LinkedIn takes and the fields of its answers that are used. Knows no order of steps.

use std::ops::Range;
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::Url;

use super::little;
use crate::fit::{Captions, Media, Rendition};
use crate::platform::{Auth, Body, Call, FileRange, Identity, Job, Method, Reach, Reply, address};
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

/// The organisations in which the member has a role:
/// <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-access-control-by-role>.
pub(super) fn roles() -> Call {
    let query = [("q", "roleAssignee"), ("state", "APPROVED"), ("count", LOOK_MAX)];
    call("reach", Method::Get, address(&API, &["rest", "organizationAcls"], &query), Body::Empty)
}

/// What that says, an organisation once. What they are called is asked by [`names`].
pub(super) fn organizations(answer: &Value) -> Option<Vec<Reach>> {
    let mut reached: Vec<Reach> = Vec::new();
    for element in answer["elements"].as_array()? {
        let (Some(urn), Some(role)) = (element["organization"].as_str(), element["role"].as_str()) else { continue };
        let may = matches!(role, "ADMINISTRATOR" | "CONTENT_ADMIN" | "CONTENT_ADMINISTRATOR");
        let but = (!may).then(|| format!("the role {role} may not publish there"));
        match reached.iter_mut().find(|reach| reach.acts_as.as_deref() == Some(urn)) {
            // Of several roles, one that publishes is enough.
            Some(reach) => reach.but = reach.but.take().and(but),
            None => reached.push(Reach { acts_as: Some(urn.to_owned()), name: String::new(), but }),
        }
    }
    Some(reached)
}

/// What several organisations are called; asked of a member who need not administer them:
/// <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/organization-lookup-api>. Rest.li
/// wants the brackets and commas of a list as they are.
pub(super) fn names(reached: &[Reach]) -> Option<Call> {
    let ids: Vec<&str> = reached.iter().filter_map(number).collect();
    let mut url = address(&API, &["rest", "organizationsLookup"], &[]);
    url.set_query(Some(&format!("ids=List({})", ids.join(","))));
    (!ids.is_empty()).then(|| call("names", Method::Get, url, Body::Empty))
}

pub(super) fn read_names(answer: &Value, reached: &mut [Reach]) {
    for reach in reached {
        let name = number(reach).and_then(|id| answer["results"][id]["localizedName"].as_str());
        reach.name = name.unwrap_or_default().to_owned();
    }
}

/// An organisation's number, of its URN.
fn number(reach: &Reach) -> Option<&str> {
    let id = reach.acts_as.as_deref()?.strip_prefix("urn:li:organization:")?;
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
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

/// What LinkedIn tells apart among files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Image,
    Video,
    Document,
}

impl Sort {
    /// As calls and answers name one: `image`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Document => "document",
        }
    }

    pub(super) fn named(word: &str) -> Option<Self> {
        [Self::Image, Self::Video, Self::Document].into_iter().find(|sort| sort.word() == word)
    }

    fn resource(self) -> &'static str {
        match self {
            Self::Image => "images",
            Self::Video => "videos",
            Self::Document => "documents",
        }
    }
}

/// A file to upload.
#[derive(Clone, Copy, Debug)]
pub(super) struct File<'a> {
    pub(super) sort: Sort,
    /// From 1.
    pub(super) number: usize,
    pub(super) media: &'a Media,
}

impl File<'_> {
    /// The name of a call, or of what it made: `image 1 upload`.
    pub(super) fn name(&self, what: &str) -> String {
        format!("{} {} {what}", self.sort.word(), self.number)
    }

    pub(super) fn part(&self, number: usize) -> String {
        self.name(&format!("part {number}"))
    }
}

/// The files to upload: the card's picture, or what is attached.
pub(super) fn files(rendition: &Rendition) -> Vec<File<'_>> {
    let media: Vec<&Media> = match &rendition.card {
        Some(card) => card.thumbnail.iter().collect(),
        None => rendition.parts.first().map_or(Vec::new(), |part| part.media.iter().collect()),
    };
    let file = |(index, media): (usize, _)| {
        let media: &Media = media;
        let sort = match media.kind {
            _ if media.is_video() => Sort::Video,
            kind if kind.is_document() => Sort::Document,
            _ => Sort::Image,
        };
        File { sort, number: index + 1, media }
    };
    media.into_iter().enumerate().map(file).collect()
}

pub(super) fn initialize(name: &str, file: &File<'_>, author: &str) -> Call {
    let url = address(&API, &["rest", file.sort.resource()], &[("action", "initializeUpload")]);
    let mut request = json!({"owner": author});
    if file.sort == Sort::Video {
        request["fileSizeBytes"] = json!(file.media.bytes);
        request["uploadCaptions"] = json!(file.media.captions.is_some());
        request["uploadThumbnail"] = json!(file.media.cover.is_some());
    }
    call(name, Method::Post, url, Body::Json(json!({"initializeUploadRequest": request})))
}

/// The bytes of an image or a document, in one piece: pieces corrupt them. Needs the token, takes no versions.
pub(super) fn upload(name: &str, to: Url, media: &Media) -> Call {
    let file = FileRange { path: media.path.clone(), range: 0..media.bytes };
    let body = Body::File { file, mime: media.mime.to_owned() };
    Call { headers: Vec::new(), ..call(name, Method::Put, to, body) }
}

/// Some bytes of a video: the address alone opens.
pub(super) fn part(name: &str, to: Url, media: &Media, range: Range<u64>) -> Call {
    let file = FileRange { path: media.path.clone(), range };
    let body = Body::File { file, mime: "application/octet-stream".to_owned() };
    Call { headers: Vec::new(), auth: Auth::None, ..call(name, Method::Put, to, body) }
}

/// The picture shown until a video plays.
pub(super) fn cover(name: &str, to: Url, cover: &Media) -> Call {
    Call { headers: vec![("media-type-family", "STILLIMAGE".to_owned())], ..upload(name, to, cover) }
}

/// The captions of a video, with what LinkedIn wants to know of them.
pub(super) fn captions(name: &str, to: Url, captions: &Captions) -> Call {
    let mut tag = captions.lang.as_deref().unwrap_or_default().split('-');
    let mut locale = json!({"language": tag.next().unwrap_or_default().to_ascii_uppercase()});
    // A region has two letters; scripts and variants are LinkedIn's own words.
    if let Some(country) = tag.find(|subtag| subtag.len() == 2) {
        locale["country"] = json!(country.to_ascii_uppercase());
    }
    let metadata = json!({
        "format": "SRT",
        "formattedForEasyReader": false,
        "largeText": false,
        "source": "USER_PROVIDED",
        "locale": locale,
        "transcriptType": "CLOSED_CAPTION",
    });
    let file = FileRange { path: captions.file.path.clone(), range: 0..captions.file.bytes };
    let body = Body::Multipart {
        fields: vec![("metadata".to_owned(), metadata.to_string())],
        name: "file".to_owned(),
        file,
        mime: captions.file.mime.to_owned(),
    };
    Call { headers: Vec::new(), ..call(name, Method::Post, to, body) }
}

/// Makes one video of its parts: a wrong order of ETags is not refused, it scrambles the video.
pub(super) fn finalize(name: &str, urn: &str, token: &str, etags: &[&str]) -> Call {
    let url = address(&API, &["rest", "videos"], &[("action", "finalizeUpload")]);
    let request = json!({"video": urn, "uploadToken": token, "uploadedPartIds": etags});
    call(name, Method::Post, url, Body::Json(json!({"finalizeUploadRequest": request})))
}

/// An upload address that may be given the token.
pub(super) fn upload_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_theirs = url.scheme() == "https" && url.host_str() == Some(UPLOAD_HOST) && url.port().is_none();
    (is_theirs && url.username().is_empty() && url.password().is_none()).then_some(url)
}

pub(super) fn status(name: &str, sort: Sort, urn: &str) -> Call {
    call(name, Method::Get, address(&API, &["rest", sort.resource(), urn], &[]), Body::Empty)
}

/// The call that shows the post. `urns` are those of [`files`], in order; `parent` is the post it shares.
pub(super) fn post(job: &Job<'_>, urns: &[&str], parent: Option<&str>) -> Call {
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
    if let Some(parent) = parent {
        body["reshareContext"] = json!({"parent": parent});
    } else if let Some(content) = content(rendition, urns) {
        body["content"] = content;
    }
    let call = call("post 1", Method::Post, address(&API, &["rest", "posts"], &[]), Body::Json(body));
    Call { shows: true, ..call }
}

fn content(rendition: &Rendition, urns: &[&str]) -> Option<Value> {
    if let Some(poll) = &rendition.poll {
        let options: Vec<Value> = poll.options.iter().map(|option| json!({"text": option})).collect();
        let settings = json!({"duration": duration(poll.minutes)});
        let question = rendition.title.as_deref().unwrap_or_default();
        return Some(json!({"poll": {"question": question, "options": options, "settings": settings}}));
    }
    if let Some(card) = &rendition.card {
        let mut article = json!({"source": card.url, "title": card.title});
        for (key, value) in [("description", card.description.as_deref()), ("thumbnail", urns.first().copied())] {
            if let Some(value) = value {
                article[key] = json!(value);
            }
        }
        return Some(json!({"article": article}));
    }
    let mut all: Vec<Value> = urns.iter().zip(files(rendition)).map(|(urn, file)| medium(urn, &file)).collect();
    match all.len() {
        0 => None,
        1 => all.pop().map(|media| json!({"media": media})),
        _ => Some(json!({"multiImage": {"images": all}})),
    }
}

/// One attached file. A document must have a title; where fitting has found none, its name is one.
fn medium(urn: &str, file: &File<'_>) -> Value {
    let mut medium = json!({"id": urn});
    let name = || file.media.path.rsplit('/').next().unwrap_or_default();
    let (key, value) = match file.sort {
        Sort::Image => ("altText", file.media.alt.as_deref()),
        Sort::Video => ("title", file.media.title.as_deref()),
        Sort::Document => ("title", Some(file.media.title.as_deref().unwrap_or_else(name))),
    };
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        medium[key] = json!(value);
    }
    medium
}

/// <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/poll-post-api>
fn duration(minutes: u32) -> &'static str {
    match minutes {
        ..=1440 => "ONE_DAY",
        1441..=4320 => "THREE_DAYS",
        4321..=10_080 => "SEVEN_DAYS",
        _ => "FOURTEEN_DAYS",
    }
}

/// The first comment. Its text is plain, not little text: the Comments API has `text` beside a list of `attributes` for
/// mentions, and shows backslashes as they are.
pub(super) fn comment(part: usize, author: &str, post: &str, text: &str) -> Call {
    let body = json!({"actor": author, "object": post, "message": {"text": text}});
    let url = address(&API, &["rest", "socialActions", post, "comments"], &[]);
    Call { part, shows: true, ..call("comment 1", Method::Post, url, Body::Json(body)) }
}

/// The comments of a post.
pub(super) fn comments(part: usize, post: &str) -> Call {
    let url = address(&API, &["rest", "socialActions", post, "comments"], &[("count", LOOK_MAX)]);
    Call { part, ..call(&format!("look {}", part + 1), Method::Get, url, Body::Empty) }
}

/// The name of the call that changes the text.
pub(super) const EDIT: &str = "edit 1";

pub(super) fn edit(post: &str, text: &str) -> Call {
    let body = json!({"patch": {"$set": {"commentary": little::escape(text)}}});
    let mut call = call(EDIT, Method::Post, address(&API, &["rest", "posts", post], &[]), Body::Json(body));
    call.headers.push(("X-RestLi-Method", "PARTIAL_UPDATE".to_owned()));
    call
}

/// The name of the call that takes the post away.
pub(super) const REMOVE: &str = "remove 1";

pub(super) fn remove(post: &str) -> Call {
    let mut call = call(REMOVE, Method::Delete, address(&API, &["rest", "posts", post], &[]), Body::Empty);
    call.headers.push(("X-RestLi-Method", "DELETE".to_owned()));
    call
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
        ..Identity::default()
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

/// The URN of a comment that was just made, or its number, which only the header tells.
pub(super) fn comment_id(reply: &Reply) -> Option<String> {
    urn_of_comment(&reply.json()).or_else(|| {
        let value = reply.header("x-restli-id")?.trim();
        let id = percent_decode_str(value).decode_utf8().ok()?.into_owned();
        (!id.is_empty()).then_some(id)
    })
}

pub(super) fn urn_of_comment(comment: &Value) -> Option<String> {
    let urn = comment["commentUrn"].as_str().or(comment["$URN"].as_str())?;
    urn.starts_with("urn:li:comment:").then(|| urn.to_owned())
}

/// Where people find a post; for one whose id is unknown, where it must be seen.
pub(super) fn url(rendition: &Rendition, urn: &str) -> String {
    match urn {
        UNKNOWN_ID => place(rendition.acts_as.as_deref()),
        urn => format!("https://www.linkedin.com/feed/update/{urn}/"),
    }
}

/// Where people find what an author posts.
pub(super) fn place(acts_as: Option<&str>) -> String {
    match acts_as.and_then(|urn| urn.strip_prefix("urn:li:organization:")) {
        Some(id) => format!("https://www.linkedin.com/company/{id}/"),
        None => "https://www.linkedin.com/feed/".to_owned(),
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

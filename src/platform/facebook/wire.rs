//! The calls Facebook takes and the fields of its answers that are used. Knows no order of steps.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::fit::{Media, Rendition};
use crate::platform::{Auth, Body, Call, FileRange, Identity, Method, Reach, Reply, address, meta};
use crate::post::Kind;

const VERSION: &str = meta::GRAPH.name;

/// Where the bytes of reels and stories go, and the token with them: to no other host, whatever an answer says.
pub(super) const UPLOAD_HOST: &str = "rupload.facebook.com";

pub(super) const HOSTS: &[&str] = &["graph.facebook.com", "graph-video.facebook.com", UPLOAD_HOST];

/// Posts or comments a page of a look holds.
const LOOK_PAGE: &str = "25";

#[expect(clippy::expect_used, reason = "a constant address that every test of this folder parses")]
static GRAPH: LazyLock<Url> = LazyLock::new(|| Url::parse("https://graph.facebook.com/").expect("a constant"));

/// The host the guides name for videos in chunks.
#[expect(clippy::expect_used, reason = "a constant address that every test of this folder parses")]
static GRAPH_VIDEO: LazyLock<Url> =
    LazyLock::new(|| Url::parse("https://graph-video.facebook.com/").expect("a constant"));

/// What a rendition becomes on Facebook.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form<'a> {
    /// Text, perhaps with a link or photos.
    Post,
    Video(&'a Media),
    Reel(&'a Media),
    PhotoStory(&'a Media),
    VideoStory(&'a Media),
}

impl<'a> Form<'a> {
    /// The form of a rendition.
    ///
    /// # Errors
    /// What Facebook would not take at all. Fitting has told the author; this is the last look before a call.
    pub(super) fn of(rendition: &'a Rendition) -> Result<Self, String> {
        let [part] = &rendition.parts[..] else {
            return Err("Facebook has no threads: publish one part, or make several posts".to_owned());
        };
        if page(rendition).is_empty() {
            return Err(
                "Facebook publishes as a Page only: write its id in accounts.toml as `as = \"1234567890\"`".to_owned()
            );
        }
        match (rendition.kind, &part.media[..]) {
            (Kind::Reel, [video]) if video.is_video() => Ok(Self::Reel(video)),
            (Kind::Story, [video]) if video.is_video() => Ok(Self::VideoStory(video)),
            (Kind::Story, [photo]) => Ok(Self::PhotoStory(photo)),
            (Kind::Reel, _) => Err("a reel on Facebook is one video".to_owned()),
            (Kind::Story, _) => Err("a story on Facebook is one photo or one video".to_owned()),
            (_, [video]) if video.is_video() => Ok(Self::Video(video)),
            (_, media) if media.iter().any(Media::is_video) => {
                Err("Facebook shows photos or one video, not both".to_owned())
            }
            _ => Ok(Self::Post),
        }
    }
}

/// Where a video is announced and finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    Videos,
    Reels,
    Stories,
}

impl Edge {
    fn path(self) -> &'static str {
        match self {
            Self::Videos => "videos",
            Self::Reels => "video_reels",
            Self::Stories => "video_stories",
        }
    }
}

/// The Page's id; empty where there is none.
pub(super) fn page(rendition: &Rendition) -> &str {
    let is_id = |id: &&str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    rendition.acts_as.as_deref().filter(is_id).unwrap_or_default()
}

pub(super) fn text(rendition: &Rendition) -> &str {
    rendition.parts.first().map_or("", |part| part.text.as_str())
}

fn setting<'r>(rendition: &'r Rendition, key: &str) -> Option<&'r str> {
    rendition.settings.get(key).map(String::as_str).filter(|value| !value.is_empty())
}

/// What tells whether something uploaded is still what the post wants: its bytes, its alternative text, what it is for.
pub(super) fn digest(media: &Media, purpose: &str) -> String {
    let whole = format!("{}\0{}\0{purpose}", media.sha256, media.alt.as_deref().unwrap_or_default());
    base16ct::lower::encode_string(&Sha256::digest(whole.as_bytes())[..8])
}

fn at(base: &Url, path: &[&str], query: &[(&str, &str)]) -> Url {
    address(base, &[&[VERSION], path].concat(), query)
}

fn call(name: &str, method: Method, url: Url, body: Body) -> Call {
    let name = name.to_owned();
    Call { name, part: 0, shows: false, method, url, headers: Vec::new(), body, auth: Auth::Bearer }
}

fn get(name: &str, path: &[&str], query: &[(&str, &str)]) -> Call {
    call(name, Method::Get, at(&GRAPH, path, query), Body::Empty)
}

/// Forms, not JSON: of a JSON body some edges ignore fields in silence.
fn post(name: &str, url: Url, fields: Vec<(&str, String)>) -> Call {
    let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    call(name, Method::Post, url, Body::Form(fields))
}

fn showing(call: Call) -> Call {
    Call { shows: true, ..call }
}

/// With a Page's token, the Page itself. Pages have a category and people have none, so that of a person's token it is an
/// error to ask for it: <https://developers.facebook.com/docs/graph-api/reference/page/>.
pub(super) fn who() -> Call {
    get("who", &["me"], &[("fields", "id,name,category")])
}

/// The Pages that a person acts for, each with its own token.
pub(super) fn pages() -> Call {
    get("pages", &["me", "accounts"], &[("fields", "id,name,access_token,tasks"), ("limit", "100")])
}

/// The Pages of that list, without their tokens.
pub(super) fn reached(answer: &Value) -> Option<Vec<Reach>> {
    let reach = |page: &Value| {
        let tasks = page["tasks"].as_array();
        let may = tasks.is_none_or(|tasks| tasks.iter().any(|task| task == "CREATE_CONTENT"));
        Some(Reach {
            acts_as: Some(meta::id(&page["id"])?),
            name: page["name"].as_str().unwrap_or_default().to_owned(),
            but: (!may).then(|| "this login lacks the task CREATE_CONTENT there".to_owned()),
        })
    };
    Some(answer["data"].as_array()?.iter().filter_map(reach).collect())
}

/// Whether the answer to [`who`] is the error for who is no Page. The name of a field is not translated.
pub(super) fn is_of_person(reply: &Reply) -> bool {
    meta::Error::of(reply).is_some_and(|error| error.code == Some(100) && error.message.contains("(category)"))
}

pub(super) fn identity(answer: &Value) -> Option<Identity> {
    let name = answer["name"].as_str().unwrap_or_default().to_owned();
    Some(Identity { id: meta::id(&answer["id"])?, name, ..Identity::default() })
}

/// A photo that nobody sees until a post or a story holds it.
pub(super) fn photo(name: &str, page: &str, media: &Media) -> Call {
    let mut fields = vec![("published".to_owned(), "false".to_owned())];
    if let Some(alt) = media.alt.as_deref().filter(|alt| !alt.is_empty()) {
        fields.push(("alt_text_custom".to_owned(), alt.to_owned()));
    }
    let file = FileRange { path: media.path.clone(), range: 0..media.bytes };
    let body = Body::Multipart { fields, name: "source".to_owned(), file, mime: media.mime.to_owned() };
    call(name, Method::Post, at(&GRAPH, &[page, "photos"], &[]), body)
}

/// The call that shows a post of text, link or photos.
pub(super) fn feed(rendition: &Rendition, photos: &[&str]) -> Call {
    let mut fields = Vec::new();
    let text = text(rendition);
    if !text.is_empty() {
        fields.push(("message".to_owned(), text.to_owned()));
    }
    if let Some(card) = &rendition.card {
        fields.push(("link".to_owned(), card.url.clone()));
        if let Some(button) = setting(rendition, "call_to_action") {
            let button = json!({"type": button, "value": {"link": card.url}});
            fields.push(("call_to_action".to_owned(), button.to_string()));
        }
    }
    for (index, photo) in photos.iter().enumerate() {
        fields.push((format!("attached_media[{index}]"), json!({"media_fbid": photo}).to_string()));
    }
    if let Some(place) = setting(rendition, "place") {
        fields.push(("place".to_owned(), place.to_owned()));
    }
    if let Some(targeting) = targeting(rendition) {
        fields.push(("targeting".to_owned(), targeting));
    }
    let url = at(&GRAPH, &[page(rendition), "feed"], &[("fields", "id,permalink_url")]);
    showing(call("publish 1", Method::Post, url, Body::Form(fields)))
}

/// Hides a post from everybody outside some countries.
fn targeting(rendition: &Rendition) -> Option<String> {
    let countries: Vec<&str> = setting(rendition, "targeting")?.split(',').map(str::trim).collect();
    Some(json!({"geo_locations": {"countries": countries}}).to_string())
}

fn host(edge: Edge) -> &'static Url {
    if edge == Edge::Videos { &GRAPH_VIDEO } else { &GRAPH }
}

pub(super) fn start(name: &str, edge: Edge, page: &str, media: &Media) -> Call {
    let mut fields = vec![("upload_phase", "start".to_owned())];
    if edge == Edge::Videos {
        fields.push(("file_size", media.bytes.to_string()));
    }
    post(name, at(host(edge), &[page, edge.path()], &[]), fields)
}

/// The bytes that Facebook has asked for.
pub(super) fn chunk(name: &str, page: &str, session: &str, media: &Media, (start, end): (u64, u64)) -> Call {
    let fields = [("upload_phase", "transfer"), ("upload_session_id", session), ("start_offset", &start.to_string())]
        .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let body = Body::Multipart {
        fields: fields.to_vec(),
        name: "video_file_chunk".to_owned(),
        file: FileRange { path: media.path.clone(), range: start..end },
        mime: "application/octet-stream".to_owned(),
    };
    call(name, Method::Post, at(&GRAPH_VIDEO, &[page, Edge::Videos.path()], &[]), body)
}

/// All bytes of a reel or a story from an offset on.
pub(super) fn bytes(name: &str, to: Url, media: &Media, offset: u64) -> Call {
    let file = FileRange { path: media.path.clone(), range: offset..media.bytes };
    let body = Body::File { file, mime: "application/octet-stream".to_owned() };
    let headers = vec![("offset", offset.to_string()), ("file_size", media.bytes.to_string())];
    Call { headers, auth: Auth::OAuth, ..call(name, Method::Post, to, body) }
}

/// An upload address that may be given the token.
pub(super) fn upload_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_theirs = url.scheme() == "https" && url.host_str() == Some(UPLOAD_HOST) && url.port().is_none();
    (is_theirs && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// The call that shows a video, a reel or a video story; `upload` is the session of a video, else the video's id.
pub(super) fn finish(edge: Edge, rendition: &Rendition, upload: &str) -> Call {
    let key = if edge == Edge::Videos { "upload_session_id" } else { "video_id" };
    let mut fields = vec![("upload_phase", "finish".to_owned()), (key, upload.to_owned())];
    if edge == Edge::Reels {
        fields.push(("video_state", "PUBLISHED".to_owned()));
    }
    if edge != Edge::Stories {
        let title = rendition.title.as_deref().filter(|title| !title.is_empty());
        fields.extend(title.map(|title| ("title", title.to_owned())));
        fields
            .extend(Some(text(rendition)).filter(|text| !text.is_empty()).map(|text| ("description", text.to_owned())));
        fields.extend(targeting(rendition).map(|targeting| ("targeting", targeting)));
        let place = setting(rendition, "place").filter(|_| edge == Edge::Reels);
        fields.extend(place.map(|place| ("place", place.to_owned())));
    }
    if setting(rendition, "is_ai_generated") == Some("true") {
        fields.push(("is_ai_generated", "true".to_owned()));
    }
    showing(post("publish 1", at(host(edge), &[page(rendition), edge.path()], &[]), fields))
}

pub(super) fn photo_story(page: &str, photo: &str) -> Call {
    let url = at(&GRAPH, &[page, "photo_stories"], &[]);
    showing(post("publish 1", url, vec![("photo_id", photo.to_owned())]))
}

/// How far Facebook is with a video.
pub(super) fn video(name: &str, id: &str) -> Call {
    get(name, &[id], &[("fields", "status,published,permalink_url,post_id,created_time")])
}

/// The picture that stands for a video until it plays.
pub(super) fn thumbnail(name: &str, video: &str, cover: &Media) -> Call {
    let body = Body::Multipart {
        fields: vec![("is_preferred".to_owned(), "true".to_owned())],
        name: "source".to_owned(),
        file: FileRange { path: cover.path.clone(), range: 0..cover.bytes },
        mime: cover.mime.to_owned(),
    };
    call(name, Method::Post, at(&GRAPH, &[video, "thumbnails"], &[]), body)
}

/// The Page's posts, newest first; reels are not among them.
pub(super) fn posts(page: &str, after: Option<&str>) -> Call {
    const FIELDS: &str = "id,message,created_time,permalink_url,\
                          attachments{media_type,target{id},url,subattachments{target{id}}}";
    let mut query = vec![("fields", FIELDS), ("limit", LOOK_PAGE)];
    query.extend(after.map(|after| ("after", after)));
    get("look 1", &[page, "published_posts"], &query)
}

/// The Page's videos or reels, newest first.
pub(super) fn videos(page: &str, edge: Edge, since: DateTime<Utc>) -> Call {
    let since = since.timestamp().to_string();
    let mut query = vec![("fields", "id,title,description,created_time,permalink_url"), ("limit", LOOK_PAGE)];
    query.push(if edge == Edge::Reels { ("since", &since) } else { ("type", "uploaded") });
    get("look 1", &[page, edge.path()], &query)
}

pub(super) fn stories(page: &str, since: DateTime<Utc>) -> Call {
    let since = since.timestamp().to_string();
    get("look 1", &[page, "stories"], &[("status", r#"["PUBLISHED"]"#), ("since", &since)])
}

/// The comment `number` of all that is shown.
pub(super) fn comment(number: usize, post_id: &str, text: &str) -> Call {
    let url = at(&GRAPH, &[post_id, "comments"], &[("fields", "id,permalink_url")]);
    let call = post(&format!("comment {number}"), url, vec![("message", text.to_owned())]);
    showing(Call { part: number, ..call })
}

/// The comments of a post, newest first.
pub(super) fn comments(number: usize, post_id: &str) -> Call {
    let query =
        [("fields", "id,message,created_time,permalink_url"), ("order", "reverse_chronological"), ("limit", LOOK_PAGE)];
    Call { part: number, ..get(&format!("look {}", number + 1), &[post_id, "comments"], &query) }
}

/// The words of what is out.
pub(super) fn edit(id: &str, rendition: &Rendition, form: Form<'_>) -> Call {
    let text = text(rendition).to_owned();
    let fields = match form {
        Form::Post => vec![("message", text)],
        // What a title taken away becomes is not documented: then it stays.
        _ => rendition.title.clone().map(|title| ("name", title)).into_iter().chain([("description", text)]).collect(),
    };
    post("edit 1", at(&GRAPH, &[id], &[]), fields)
}

pub(super) fn delete(name: &str, id: &str) -> Call {
    call(name, Method::Delete, at(&GRAPH, &[id], &[]), Body::Empty)
}

pub(super) fn exists(name: &str, id: &str) -> Call {
    get(name, &[id], &[("fields", "id")])
}

/// Where people find something: what Facebook says, else an address it resolves.
pub(super) fn url(answer: &Value, path: &str) -> String {
    match answer["permalink_url"].as_str().filter(|link| !link.is_empty()) {
        Some(link) if link.starts_with('/') => format!("https://www.facebook.com{link}"),
        Some(link) if link.starts_with("https://") => link.to_owned(),
        _ => format!("https://www.facebook.com/{path}"),
    }
}

/// A number that may be written as a text.
pub(super) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// The first byte Facebook wants next, and the first it does not.
pub(super) fn offsets(value: &Value) -> Option<(u64, u64)> {
    Some((number(&value["start_offset"])?, number(&value["end_offset"])?))
}

/// The ids of what is attached to a listed post, and the address it links to.
pub(super) fn attached(post: &Value) -> (Vec<String>, Option<String>) {
    let list = |value: &Value| value["data"].as_array().cloned().unwrap_or_default();
    let attachments = list(&post["attachments"]);
    let inner: Vec<Value> = attachments.iter().flat_map(|attachment| list(&attachment["subattachments"])).collect();
    let ids = attachments.iter().chain(&inner).filter_map(|attachment| meta::id(&attachment["target"]["id"]));
    let link = attachments.iter().find_map(|attachment| attachment["url"].as_str()).map(direct);
    (ids.collect(), link)
}

/// The address behind Facebook's `l.php?u=...`.
fn direct(link: &str) -> String {
    let behind = Url::parse(link).ok().filter(|url| url.path() == "/l.php");
    let behind = behind.and_then(|url| Some(url.query_pairs().find(|(key, _)| key == "u")?.1.into_owned()));
    behind.unwrap_or_else(|| link.to_owned())
}

/// What Facebook says of a video. Guide and specification spell some of it differently: both are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Film {
    /// Bytes that have arrived.
    pub(super) bytes: u64,
    /// Whether all have.
    pub(super) is_uploaded: bool,
    /// Why nothing will come of it.
    pub(super) failed: Option<String>,
    /// Whether it was told to be shown.
    pub(super) is_published: bool,
    /// Whether something is still being done to it.
    pub(super) is_busy: bool,
}

pub(super) fn film(answer: &Value) -> Film {
    let status = &answer["status"];
    let phase = |name: &str| status[name]["status"].as_str().unwrap_or_default();
    let is_complete = |name: &str| matches!(phase(name), "complete" | "completed");
    let whole = status["video_status"].as_str().unwrap_or_default();
    let uploading = &status["uploading_phase"];
    let bytes = number(&uploading["bytes_transfered"]).or_else(|| number(&uploading["bytes_transferred"]));
    let publishing = &status["publishing_phase"];
    let is_told = |word: &str| word.eq_ignore_ascii_case("published");
    Film {
        bytes: bytes.unwrap_or(0),
        is_uploaded: matches!(whole, "upload_complete" | "processing" | "ready") || is_complete("uploading_phase"),
        failed: failure(status, whole),
        is_published: answer["published"] == true
            || is_complete("publishing_phase")
            || phase("publishing_phase") == "in_progress"
            || publishing["publish_status"].as_str().is_some_and(is_told),
        is_busy: whole == "processing" || phase("processing_phase") == "in_progress",
    }
}

fn failure(status: &Value, whole: &str) -> Option<String> {
    let phases = ["uploading_phase", "processing_phase", "publishing_phase"].map(|phase| &status[phase]);
    let failed = phases.iter().find(|phase| phase["status"] == "error");
    let is_over = matches!(whole, "error" | "expired" | "upload_failed");
    let message = phases.iter().find_map(|phase| {
        let errors = phase["errors"].as_array().into_iter().flatten();
        errors.chain([&phase["error"]]).find_map(|error| error["message"].as_str())
    });
    (is_over || failed.is_some()).then(|| message.unwrap_or(whole).to_owned())
}

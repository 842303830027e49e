//! The methods of the API and what each asks for before it begins: a token, a scope, quota, parameters
//! (<https://youtube.googleapis.com/$discovery/rest?version=v3>). What a method then does is its own file's.

use axum::http::Method;

use super::call::{Call, Content, Outcome, Reply, value};
use super::errors::{self, Fault, Refusal, known};
use super::quota::Bucket;
use super::scopes::{MANAGE, READ, SSL, UPLOAD};
use super::state::{Identity, State};
use super::{captions, categories, channels, options, playlist_items, playlists, search, selector};
use super::{thumbnails, upload, videos};

/// One method of the API.
pub(super) struct Endpoint {
    /// As documented: `videos.insert`.
    pub(super) name: &'static str,
    method: Method,
    path: &'static str,
    /// Any of these will do.
    scopes: &'static [&'static str],
    bucket: Bucket,
    cost: u64,
    parameters: &'static [Parameter],
    run: fn(&mut State, &Caller, &Call) -> Outcome,
}

/// One parameter of the query.
struct Parameter {
    name: &'static str,
    kind: Kind,
    required: bool,
}

enum Kind {
    Text,
    Flag,
    /// Comma-separated, and may be repeated.
    List,
    Number(u64, u64),
    Choice(&'static [&'static str]),
    /// For YouTube's content partners: nobody here is one.
    Partner,
    /// A filter this simulator does not have.
    Elsewhere,
}

/// Who calls, found to be allowed to.
pub(super) struct Caller {
    pub(super) identity: Identity,
    pub(super) project: String,
    scopes: Vec<String>,
}

impl Caller {
    /// The channel acted for.
    pub(super) fn channel(&self) -> Result<&str, Fault> {
        self.identity.channel.as_deref().ok_or_else(|| known("youtubeSignupRequired"))
    }
}

const fn any(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, required: false }
}

const fn must(name: &'static str, kind: Kind) -> Parameter {
    Parameter { name, kind, required: true }
}

const PART: Parameter = must("part", Kind::List);
const PARTNER: Parameter = any("onBehalfOfContentOwner", Kind::Partner);
const PARTNER_CHANNEL: Parameter = any("onBehalfOfContentOwnerChannel", Kind::Partner);
const PAGE: Parameter = any("pageToken", Kind::Text);
const MAX: Parameter = any("maxResults", Kind::Number(0, 50));
const HL: Parameter = any("hl", Kind::Text);
const IDS: Parameter = any("id", Kind::List);
const ID: Parameter = must("id", Kind::Text);
const UPLOAD_TYPE: Parameter = any("uploadType", Kind::Choice(&["media", "multipart", "resumable"]));

const READERS: &[&str] = &[READ, MANAGE, SSL];
const UPLOADERS: &[&str] = &[UPLOAD, MANAGE, SSL];
const EDITORS: &[&str] = &[MANAGE, SSL];

#[rustfmt::skip]
static ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        name: "videos.insert", method: Method::POST, path: "/upload/youtube/v3/videos", scopes: UPLOADERS,
        bucket: Bucket::Inserts, cost: 1, run: upload::open,
        parameters: &[PART, UPLOAD_TYPE, any("notifySubscribers", Kind::Flag), any("autoLevels", Kind::Flag),
            any("stabilize", Kind::Flag), PARTNER, PARTNER_CHANNEL],
    },
    Endpoint {
        name: "videos.list", method: Method::GET, path: "/youtube/v3/videos", scopes: READERS,
        bucket: Bucket::Units, cost: 1, run: videos::list,
        parameters: &[PART, IDS, any("chart", Kind::Elsewhere), any("myRating", Kind::Elsewhere), HL,
            any("locale", Kind::Text), any("maxHeight", Kind::Number(72, 8_192)), any("maxWidth", Kind::Number(72, 8_192)),
            any("maxResults", Kind::Elsewhere), any("pageToken", Kind::Elsewhere), any("regionCode", Kind::Elsewhere),
            any("videoCategoryId", Kind::Elsewhere), PARTNER],
    },
    Endpoint {
        name: "videos.update", method: Method::PUT, path: "/youtube/v3/videos", scopes: EDITORS,
        bucket: Bucket::Units, cost: 50, parameters: &[PART, PARTNER], run: videos::update,
    },
    Endpoint {
        name: "videos.delete", method: Method::DELETE, path: "/youtube/v3/videos", scopes: EDITORS,
        bucket: Bucket::Units, cost: 50, parameters: &[ID, PARTNER], run: videos::delete,
    },
    Endpoint {
        name: "thumbnails.set", method: Method::POST, path: "/upload/youtube/v3/thumbnails/set", scopes: UPLOADERS,
        bucket: Bucket::Units, cost: 50, run: thumbnails::set,
        parameters: &[must("videoId", Kind::Text), UPLOAD_TYPE, PARTNER],
    },
    Endpoint {
        name: "captions.insert", method: Method::POST, path: "/upload/youtube/v3/captions", scopes: &[SSL],
        bucket: Bucket::Units, cost: 400, run: captions::insert,
        parameters: &[PART, UPLOAD_TYPE, any("sync", Kind::Elsewhere), any("onBehalfOf", Kind::Partner), PARTNER],
    },
    Endpoint {
        name: "captions.update", method: Method::PUT, path: "/upload/youtube/v3/captions", scopes: &[SSL],
        bucket: Bucket::Units, cost: 450, run: captions::update,
        parameters: &[PART, UPLOAD_TYPE, any("sync", Kind::Elsewhere), any("onBehalfOf", Kind::Partner), PARTNER],
    },
    Endpoint {
        name: "captions.list", method: Method::GET, path: "/youtube/v3/captions", scopes: &[SSL],
        bucket: Bucket::Units, cost: 50, run: captions::list,
        parameters: &[PART, must("videoId", Kind::Text), IDS, any("onBehalfOf", Kind::Partner), PARTNER],
    },
    Endpoint {
        name: "captions.delete", method: Method::DELETE, path: "/youtube/v3/captions", scopes: &[SSL],
        bucket: Bucket::Units, cost: 50, run: captions::delete,
        parameters: &[ID, any("onBehalfOf", Kind::Partner), PARTNER],
    },
    Endpoint {
        name: "channels.list", method: Method::GET, path: "/youtube/v3/channels", scopes: READERS,
        bucket: Bucket::Units, cost: 1, run: channels::list,
        parameters: &[PART, any("mine", Kind::Flag), IDS, any("forHandle", Kind::Text), any("forUsername", Kind::Text),
            any("categoryId", Kind::Text), any("managedByMe", Kind::Flag), any("mySubscribers", Kind::Flag), HL, MAX, PAGE, PARTNER],
    },
    Endpoint {
        name: "playlists.list", method: Method::GET, path: "/youtube/v3/playlists", scopes: READERS,
        bucket: Bucket::Units, cost: 1, run: playlists::list,
        parameters: &[PART, any("mine", Kind::Flag), IDS, any("channelId", Kind::Text), HL, MAX, PAGE, PARTNER, PARTNER_CHANNEL],
    },
    Endpoint {
        name: "playlists.insert", method: Method::POST, path: "/youtube/v3/playlists", scopes: EDITORS,
        bucket: Bucket::Units, cost: 50, parameters: &[PART, PARTNER, PARTNER_CHANNEL], run: playlists::insert,
    },
    Endpoint {
        name: "playlistItems.list", method: Method::GET, path: "/youtube/v3/playlistItems", scopes: READERS,
        bucket: Bucket::Units, cost: 1, run: playlist_items::list,
        parameters: &[PART, IDS, any("playlistId", Kind::Text), any("videoId", Kind::Text), MAX, PAGE, PARTNER],
    },
    Endpoint {
        name: "playlistItems.insert", method: Method::POST, path: "/youtube/v3/playlistItems", scopes: EDITORS,
        bucket: Bucket::Units, cost: 50, parameters: &[PART, PARTNER], run: playlist_items::insert,
    },
    Endpoint {
        name: "playlistItems.delete", method: Method::DELETE, path: "/youtube/v3/playlistItems", scopes: EDITORS,
        bucket: Bucket::Units, cost: 50, parameters: &[ID, PARTNER], run: playlist_items::delete,
    },
    Endpoint {
        name: "videoCategories.list", method: Method::GET, path: "/youtube/v3/videoCategories", scopes: READERS,
        bucket: Bucket::Units, cost: 1, parameters: &[PART, IDS, any("regionCode", Kind::Text), HL], run: categories::answer,
    },
    Endpoint {
        name: "search.list", method: Method::GET, path: "/youtube/v3/search", scopes: READERS,
        bucket: Bucket::Searches, cost: 1, run: search::list,
        parameters: &[PART, any("forMine", Kind::Flag), any("q", Kind::Text), any("type", Kind::List), MAX, PAGE,
            any("order", Kind::Choice(&["date", "relevance", "title"])), any("channelId", Kind::Elsewhere), PARTNER],
    },
];

/// The method a request is for.
pub(super) fn find(call: &Call) -> Result<&'static Endpoint, Refusal> {
    let path = call.path.strip_prefix("/resumable").unwrap_or(&call.path);
    if let Some(endpoint) = ENDPOINTS.iter().find(|known| known.path == path && known.method == call.method) {
        return Ok(endpoint);
    }
    let is = |path: &str| ENDPOINTS.iter().any(|known| known.path == path && known.method == call.method);
    if is(&format!("/upload{path}")) {
        return Err(known("wrongUrlForUpload").into());
    }
    if path.strip_prefix("/upload").is_some_and(is) {
        return Err(known("notUpload").into());
    }
    Err(errors::html(404).into())
}

/// One call of the API from beginning to end.
pub(super) fn handle(state: &mut State, call: &Call, endpoint: &Endpoint) -> Outcome {
    let caller = authenticate(state, call)?;
    if let Some(refusal) = scripted(state, endpoint.name) {
        return Err(refusal);
    }
    if !endpoint.scopes.iter().any(|scope| caller.scopes.iter().any(|held| held == scope)) {
        return Err(errors::scopes(endpoint.name).into());
    }
    let now = state.now();
    let spent = state.meter.spent(&caller.project, endpoint.bucket, now);
    if spent + endpoint.cost > endpoint.bucket.limit(&state.options) {
        return Err(known("quotaExceeded").into());
    }
    let outcome = answer(state, call, endpoint, &caller);
    // A call that is refused costs one all the same.
    let cost = if outcome.is_ok() { endpoint.cost } else { 1 };
    state.meter.spend(&caller.project, endpoint.bucket, now, cost);
    outcome
}

fn answer(state: &mut State, call: &Call, endpoint: &Endpoint, caller: &Caller) -> Outcome {
    check_parameters(call, endpoint)?;
    let selection = call.parameter("fields").map(selector::parse).transpose()?;
    let mut reply = (endpoint.run)(state, caller, call)?;
    if let (Some(selection), Content::Json(body)) = (selection, &mut reply.content) {
        *body = selector::select(body, &selection)?;
    }
    Ok(reply)
}

/// The token, in the header or, as still allowed, in the query.
pub(super) fn authenticate(state: &State, call: &Call) -> Result<Caller, Fault> {
    let header = call.header("authorization");
    let token = match header {
        Some(header) => Some(header.strip_prefix("Bearer ").ok_or_else(|| known("authError"))?),
        None => call.parameter("access_token"),
    };
    let token = token.ok_or_else(|| known("required"))?;
    let access = state.access.get(token).filter(|access| state.now() < access.expires);
    let access = access.ok_or_else(|| {
        known("authError").says(
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid \
             authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        )
    })?;
    Ok(Caller {
        identity: access.identity.clone(),
        project: state.project(&access.client_id),
        scopes: access.scopes.clone(),
    })
}

/// The next refusal a test has written down for this method.
fn scripted(state: &mut State, method: &str) -> Option<Refusal> {
    let index = state.options.refusals.iter().position(|scripted| scripted.method == method)?;
    let options::Scripted { reason, code, retry_after, .. } = state.options.refusals.remove(index)?;
    let mut fault = known(&reason);
    if let Some(code) = code {
        fault = fault.coded(code);
    }
    fault.retry_after = retry_after;
    Some(fault.into())
}

fn check_parameters(call: &Call, endpoint: &Endpoint) -> Result<(), Fault> {
    for (name, given) in &call.query {
        match endpoint.parameters.iter().find(|parameter| parameter.name == name) {
            Some(parameter) => check_parameter(call, parameter, given)?,
            None => check_global(name, given)?,
        }
    }
    for parameter in endpoint.parameters.iter().filter(|parameter| parameter.required) {
        if call.parameter(parameter.name).is_none_or(str::is_empty) {
            return Err(errors::missing(parameter.name));
        }
    }
    Ok(())
}

fn check_parameter(call: &Call, parameter: &Parameter, given: &str) -> Result<(), Fault> {
    let name = parameter.name;
    let invalid = || {
        let message = format!("Invalid value at '{}', \"{given}\"", name);
        Err(errors::schema(name, &message))
    };
    let repeated = call.query.iter().filter(|(other, _)| other == name).count() > 1;
    match parameter.kind {
        Kind::List => return Ok(()),
        _ if repeated => return invalid(),
        Kind::Text => {}
        Kind::Flag if matches!(given, "true" | "false") => {}
        Kind::Number(least, most) if given.parse().is_ok_and(|number| (least..=most).contains(&number)) => {}
        Kind::Choice(words) if words.contains(&given) => {}
        Kind::Partner => return Err(known("forbidden").says("You are not authorized as a content owner.").at(name)),
        Kind::Elsewhere => return Err(known("notImplemented").at(name)),
        Kind::Flag | Kind::Number(..) | Kind::Choice(_) => return invalid(),
    }
    Ok(())
}

/// What every method takes.
fn check_global(name: &str, given: &str) -> Result<(), Fault> {
    let good = match name {
        "fields" | "access_token" => true,
        "prettyPrint" => matches!(given, "true" | "false"),
        "quotaUser" => given.chars().count() <= 40,
        "alt" => given == "json",
        "$.xgafv" => matches!(given, "1" | "2"),
        "key" => return Err(known("keyInvalid")),
        _ => {
            let message = format!(
                "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could \
                 not be found in request message."
            );
            return Err(errors::schema(name, &message));
        }
    };
    if good { Ok(()) } else { Err(errors::schema(name, &format!("Invalid value at '{name}', \"{given}\""))) }
}

/// The values of a parameter that is a list.
pub(super) fn list<'a>(call: &'a Call, name: &str) -> Vec<&'a str> {
    let given = call.query.iter().filter(|(other, _)| other == name);
    given.flat_map(|(_, values)| values.split(',')).map(str::trim).filter(|value| !value.is_empty()).collect()
}

/// A flag of the query.
pub(super) fn flag(call: &Call, name: &str) -> Option<bool> {
    value(&call.query, name).map(|value| value == "true")
}

/// The parts listed, if each is one of `allowed`.
pub(super) fn parts(call: &Call, allowed: &[&'static str]) -> Result<Vec<&'static str>, Fault> {
    let mut parts = Vec::new();
    for asked in list(call, "part") {
        let part = allowed.iter().find(|part| **part == asked);
        parts.push(*part.ok_or_else(|| known("unknownPart").says(asked))?);
    }
    if parts.is_empty() { Err(errors::missing("part")) } else { Ok(parts) }
}

/// The JSON of a body that says it is JSON.
pub(super) fn json(content_type: &str, body: &[u8]) -> Result<serde_json::Value, Fault> {
    if super::call::bare(content_type) != "application/json" {
        let message = format!("Invalid JSON payload received. Unsupported Content-Type: '{content_type}'");
        return Err(errors::schema("", &message));
    }
    serde_json::from_slice(body).map_err(|error| known("parseError").says(format!("Parse Error: {error}")))
}

/// A page of a list, and the tokens to get on with. A token names where a page begins.
pub(super) fn page<T>(call: &Call, all: Vec<T>) -> Result<Page<T>, Fault> {
    let size = call.parameter("maxResults").and_then(|size| size.parse().ok()).unwrap_or(5);
    let total = all.len();
    let first = match call.parameter("pageToken") {
        None => 0,
        Some(token) => {
            read_token(token).filter(|first| *first < total.max(1)).ok_or_else(|| known("invalidPageToken"))?
        }
    };
    let next = (size > 0 && first + size < total).then(|| write_token(first + size));
    let previous = (first > 0).then(|| write_token(first.saturating_sub(size)));
    Ok(Page { found: all.into_iter().skip(first).take(size).collect(), size, total, next, previous })
}

pub(super) struct Page<T> {
    pub(super) found: Vec<T>,
    pub(super) size: usize,
    pub(super) total: usize,
    pub(super) next: Option<String>,
    pub(super) previous: Option<String>,
}

/// Made to look as little like a number as Google's.
fn write_token(first: usize) -> String {
    format!("CA{first:04X}QAA")
}

fn read_token(token: &str) -> Option<usize> {
    usize::from_str_radix(token.strip_prefix("CA")?.strip_suffix("QAA")?, 16).ok()
}

/// Ends a call that made nothing to show.
pub(super) fn done() -> Reply {
    Reply::empty(204)
}

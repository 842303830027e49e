//! What is in playlists, the one of all uploads included
//! (<https://developers.google.com/youtube/data/reference/rest/v3/playlistItems>).

use serde_json::{Map, Value, json};

use super::api::{Caller, done};
use super::call::{Call, Outcome, Reply};
use super::errors::{Fault, Refusal, known};
use super::metadata::text;
use super::parameters::{json as read, list as values, page, parts};
use super::playlists::Entry;
use super::render;
use super::schema::Kind::{Count, Opaque, Record, Text};
use super::schema::{Field, ReadOnly, check, set, told};
use super::state::{State, opaque, rfc3339, uploads_of};
use super::video::Video;

const PARTS: &[&str] = &["contentDetails", "id", "snippet", "status"];

static ENTRY: &[Field] = &[
    set(
        "snippet",
        Record(&[
            set("playlistId", Text),
            set("resourceId", Record(&[set("kind", Text), set("videoId", Text)])),
            set("position", Count),
            told("title", Text),
            told("description", Text),
            told("publishedAt", Text),
            told("channelId", Text),
            told("channelTitle", Text),
            told("videoOwnerChannelId", Text),
            told("videoOwnerChannelTitle", Text),
            told("thumbnails", Opaque),
        ]),
    ),
    set("contentDetails", Record(&[set("note", Text), set("startAt", Text), set("endAt", Text)])),
    told("status", Opaque),
    told("kind", Text),
    told("etag", Text),
    told("id", Text),
];

/// One entry as found, with where it stands.
struct Found<'a> {
    id: String,
    playlist: &'a str,
    position: usize,
    added: std::time::SystemTime,
    video: &'a Video,
}

/// `GET /youtube/v3/playlistItems`: by `playlistId`, and there perhaps by `videoId`, or by `id`.
pub(super) fn list(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let parts = parts(call, PARTS)?;
    let (playlist, ids) = (call.parameter("playlistId"), values(call, "id"));
    if playlist.is_some() != ids.is_empty() {
        let reason = if ids.is_empty() { "missingRequiredParameter" } else { "incompatibleParameters" };
        let message = "Exactly one filter is needed. Expected one of: id, playlistId";
        return Err(known(reason).says(message).into());
    }
    let own = caller.identity.channel.as_deref();
    let mut found = match playlist {
        Some(playlist) => entries(state, own, playlist)?,
        None => by_ids(state, own, &ids),
    };
    if let Some(wanted) = call.parameter("videoId") {
        found.retain(|entry| entry.video.id == wanted);
    }
    let page = page(call, found.iter().map(|entry| resource(state, entry, &parts)).collect())?;
    Ok(Reply::json(200, render::paged("youtube#playlistItemListResponse", page)))
}

/// Everything in a playlist that this channel may know of.
fn entries<'a>(state: &'a State, own: Option<&str>, id: &'a str) -> Result<Vec<Found<'a>>, Fault> {
    if let Some(channel) = state.channels.iter().find(|channel| channel.uploads() == id) {
        return Ok(uploads(state, own, &channel.id, id));
    }
    let playlist = state.playlists.iter().find(|playlist| playlist.id == id);
    let playlist = playlist.ok_or_else(|| known("playlistNotFound"))?;
    if !playlist.is_open() && own != Some(playlist.channel.as_str()) {
        return Err(known("playlistItemsNotAccessible"));
    }
    let known_video =
        |entry: &Entry| state.video(&entry.video).filter(|video| video.is_open() || own == Some(&video.channel));
    let entries = playlist.entries.iter().enumerate();
    Ok(entries
        .filter_map(|(position, entry)| {
            let video = known_video(entry)?;
            Some(Found { id: entry.id.clone(), playlist: &playlist.id, position, added: entry.added, video })
        })
        .collect())
}

/// The newest come first, and the very newest not at once. Others see what is public.
fn uploads<'a>(state: &'a State, own: Option<&str>, channel: &str, playlist: &'a str) -> Vec<Found<'a>> {
    let now = state.now();
    let shown = |video: &&Video| {
        video.channel == channel
            && video.created + state.options.uploads_lag <= now
            && (own == Some(channel) || video.privacy == "public")
    };
    let mut videos: Vec<_> = state.videos.iter().filter(shown).collect();
    videos.sort_by_key(|video| std::cmp::Reverse(video.number));
    let entry = |(position, video): (usize, &'a Video)| Found {
        id: upload_entry(&video.id),
        playlist,
        position,
        added: video.published.unwrap_or(video.created),
        video,
    };
    videos.into_iter().enumerate().map(entry).collect()
}

/// Entries of the uploads have ids too.
fn upload_entry(video: &str) -> String {
    format!("VVV{}", render::etag(video))
}

fn by_ids<'a>(state: &'a State, own: Option<&str>, ids: &[&str]) -> Vec<Found<'a>> {
    let open = |video: &Video| video.is_open() || own == Some(&video.channel);
    let lists = state.playlists.iter();
    let all = lists.flat_map(|list| list.entries.iter().enumerate().map(move |(at, entry)| (list, at, entry)));
    all.filter(|(_, _, entry)| ids.contains(&entry.id.as_str()))
        .filter_map(|(list, position, entry)| {
            let video = state.video(&entry.video).filter(|video| open(video))?;
            Some(Found { id: entry.id.clone(), playlist: &list.id, position, added: entry.added, video })
        })
        .collect()
}

/// `POST /youtube/v3/playlistItems`
pub(super) fn insert(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let channel = caller.channel()?;
    let parts = parts(call, PARTS)?;
    let body = read(call.header("content-type").unwrap_or_default(), &call.body)?;
    let fields = check(&body, ENTRY, ReadOnly::Refused)?;
    if !parts.contains(&"snippet") || fields.contains_key("contentDetails") {
        return Err(known("unexpectedPart").into());
    }
    let snippet = fields.get("snippet").and_then(Value::as_object).ok_or_else(|| known("unexpectedPart"))?;
    let wanted = Wanted::read(snippet)?;
    let index = target(state, channel, wanted.playlist)?;
    let video = state.video(wanted.video).filter(|video| video.is_open() || video.channel == channel);
    let video =
        video.ok_or_else(|| known("videoNotFound").of("youtube.playlistItem").at("body.snippet.resourceId.videoId"))?;
    let entries = &state.playlists[index].entries;
    if entries.iter().any(|entry| entry.video == video.id) {
        return Err(known("videoAlreadyInPlaylist").into());
    }
    if entries.len() >= state.options.playlist_max {
        return Err(known("playlistContainsMaximumNumberOfVideos").into());
    }
    let position = wanted.position.unwrap_or(entries.len());
    if position > entries.len() {
        return Err(known("invalidPlaylistItemPosition").into());
    }
    let entry = Entry { id: opaque("UEx", 68), video: video.id.clone(), added: state.now() };
    state.playlists[index].entries.insert(position, entry.clone());
    let playlist = &state.playlists[index];
    let Some(video) = state.video(&entry.video) else {
        return Err(known("internalError").into());
    };
    let found = Found { id: entry.id, playlist: &playlist.id, position, added: entry.added, video };
    Ok(Reply::json(200, resource(state, &found, &parts)))
}

/// What goes where.
struct Wanted<'a> {
    playlist: &'a str,
    video: &'a str,
    position: Option<usize>,
}

impl<'a> Wanted<'a> {
    fn read(snippet: &'a Map<String, Value>) -> Result<Self, Fault> {
        let playlist = text(snippet, "playlistId").filter(|id| !id.is_empty());
        let playlist = playlist.ok_or_else(|| known("playlistIdRequired"))?;
        let resource = snippet.get("resourceId").and_then(Value::as_object);
        let resource = resource.ok_or_else(|| known("resourceIdRequired"))?;
        if text(resource, "kind") != Some("youtube#video") {
            return Err(known("invalidResourceType"));
        }
        let video = text(resource, "videoId").ok_or_else(|| known("resourceIdRequired"))?;
        let position = snippet.get("position").and_then(Value::as_u64);
        Ok(Self { playlist, video, position: position.and_then(|position| usize::try_from(position).ok()) })
    }
}

/// The playlist, if this channel may put something in.
fn target(state: &State, channel: &str, id: &str) -> Result<usize, Refusal> {
    if uploads_of(channel) == id {
        return Err(known("playlistOperationUnsupported").into());
    }
    let index = state.playlists.iter().position(|playlist| playlist.id == id);
    let index = index.ok_or_else(|| known("playlistNotFound").at("body.snippet.playlistId"))?;
    if state.playlists[index].channel == channel { Ok(index) } else { Err(known("playlistItemsNotAccessible").into()) }
}

/// `DELETE /youtube/v3/playlistItems?id=..`
pub(super) fn delete(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let channel = caller.channel()?;
    let id = call.parameter("id").unwrap_or_default();
    if state.videos.iter().any(|video| upload_entry(&video.id) == id) {
        return Err(known("playlistOperationUnsupported").into());
    }
    let holds = |entries: &[Entry]| entries.iter().any(|entry| entry.id == id);
    let playlist = state.playlists.iter_mut().find(|playlist| holds(&playlist.entries));
    let playlist = playlist.ok_or_else(|| known("playlistItemNotFound"))?;
    if playlist.channel != channel {
        return Err(known("playlistItemsNotAccessible").into());
    }
    playlist.entries.retain(|entry| entry.id != id);
    Ok(done())
}

fn resource(state: &State, found: &Found<'_>, parts: &[&str]) -> Value {
    let title = |channel: &str| state.channel(channel).map(|channel| channel.title.clone());
    let owner = state.playlists.iter().find(|playlist| playlist.id == found.playlist);
    let owner = owner.map_or(&found.video.channel, |playlist| &playlist.channel);
    let mut body = json!({
        "kind": "youtube#playlistItem",
        "etag": render::etag(&format!("{}{}", found.id, found.position)),
        "id": found.id,
    });
    if parts.contains(&"snippet") {
        body["snippet"] = json!({
            "publishedAt": rfc3339(found.added),
            "channelId": owner,
            "title": found.video.title(),
            "description": found.video.description(),
            "thumbnails": render::thumbnails(found.video),
            "channelTitle": title(owner),
            "playlistId": found.playlist,
            "position": found.position,
            "resourceId": {"kind": "youtube#video", "videoId": found.video.id},
            "videoOwnerChannelTitle": title(&found.video.channel),
            "videoOwnerChannelId": found.video.channel,
        });
    }
    if parts.contains(&"contentDetails") {
        body["contentDetails"] = json!({"videoId": found.video.id});
        if let Some(at) = found.video.published {
            body["contentDetails"]["videoPublishedAt"] = json!(rfc3339(at));
        }
    }
    if parts.contains(&"status") {
        body["status"] = json!({"privacyStatus": found.video.privacy});
    }
    body
}

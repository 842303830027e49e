//! Playlists (<https://developers.google.com/youtube/data/reference/rest/v3/playlists>). What is in them is
//! `playlist_items`'.

use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::api::Caller;
use super::call::{Call, Outcome, Reply};
use super::errors::known;
use super::metadata::text;
use super::parameters::{flag, json as read, list as values, page, parts};
use super::schema::Kind::{Choice, Map as Named, Opaque, Record, Text, Texts};
use super::schema::{Field, ReadOnly, check, set, told};
use super::state::{State, opaque, rfc3339};
use super::{languages, render};

const PARTS: &[&str] = &["contentDetails", "id", "localizations", "player", "snippet", "status"];
const TITLE_MAX: usize = 150;
const DESCRIPTION_MAX: usize = 5_000;

pub(super) struct Playlist {
    pub(super) id: String,
    pub(super) channel: String,
    title: String,
    description: String,
    privacy: String,
    created: SystemTime,
    /// In order.
    pub(super) entries: Vec<Entry>,
}

/// One video in a playlist.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) video: String,
    pub(super) added: SystemTime,
}

impl Playlist {
    pub(super) fn new(state: &State, channel: &str, title: &str) -> Self {
        Self {
            id: opaque("PL", 34),
            channel: channel.to_owned(),
            title: title.to_owned(),
            description: String::new(),
            privacy: "public".to_owned(),
            created: state.now(),
            entries: Vec::new(),
        }
    }

    /// A video is no more.
    pub(super) fn forget(&mut self, video: &str) {
        self.entries.retain(|entry| entry.video != video);
    }

    pub(super) fn is_open(&self) -> bool {
        self.privacy != "private"
    }
}

static TEXTS: &[Field] = &[set("title", Text), set("description", Text)];

static PLAYLIST: &[Field] = &[
    set(
        "snippet",
        Record(&[
            set("title", Text),
            set("description", Text),
            set("defaultLanguage", Text),
            set("tags", Texts),
            told("publishedAt", Text),
            told("channelId", Text),
            told("channelTitle", Text),
            told("thumbnails", Opaque),
            told("localized", Record(TEXTS)),
        ]),
    ),
    set("status", Record(&[set("privacyStatus", Choice(&["public", "unlisted", "private"]))])),
    set("localizations", Named(TEXTS)),
    told("kind", Text),
    told("etag", Text),
    told("id", Text),
];

/// `GET /youtube/v3/playlists`: by `mine`, `id` or `channelId`.
pub(super) fn list(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let parts = parts(call, PARTS)?;
    let ids = values(call, "id");
    let mine = flag(call, "mine") == Some(true);
    let channel = call.parameter("channelId");
    match [!ids.is_empty(), mine, channel.is_some()].iter().filter(|given| **given).count() {
        0 => {
            let message = "No filter selected. Expected one of: channelId, id, mine";
            return Err(known("missingRequiredParameter").says(message).into());
        }
        1 => {}
        _ => return Err(known("incompatibleParameters").into()),
    }
    let own = caller.identity.channel.as_deref();
    if mine {
        caller.channel()?;
    }
    let wanted = |playlist: &&Playlist| {
        let named = if mine {
            own == Some(playlist.channel.as_str())
        } else {
            ids.contains(&playlist.id.as_str()) || channel == Some(playlist.channel.as_str())
        };
        named && (playlist.is_open() || own == Some(playlist.channel.as_str()))
    };
    // The newest come first.
    let found = state.playlists.iter().rev().filter(wanted).map(|playlist| resource(state, playlist, &parts));
    let page = page(call, found.collect())?;
    Ok(Reply::json(200, render::paged("youtube#playlistListResponse", page)))
}

/// `POST /youtube/v3/playlists`
pub(super) fn insert(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let channel = caller.channel()?;
    let parts = parts(call, PARTS)?;
    let body = read(call.header("content-type").unwrap_or_default(), &call.body)?;
    let fields = check(&body, PLAYLIST, ReadOnly::Refused)?;
    for part in ["snippet", "status", "localizations"] {
        if fields.contains_key(part) != parts.contains(&part) {
            return Err(known("unexpectedPart").into());
        }
    }
    let record = |part: &str| fields.get(part).and_then(Value::as_object).cloned().unwrap_or_default();
    let (snippet, status) = (record("snippet"), record("status"));
    let title = text(&snippet, "title").unwrap_or_default();
    if title.trim().is_empty() {
        return Err(known("playlistTitleRequired").into());
    }
    let description = text(&snippet, "description").unwrap_or_default();
    let tagged = text(&snippet, "defaultLanguage").is_none_or(languages::is_tag);
    let angled = [title, description].iter().any(|text| text.contains(['<', '>']));
    if title.chars().count() > TITLE_MAX || description.chars().count() > DESCRIPTION_MAX || angled || !tagged {
        return Err(known("invalidPlaylistSnippet").into());
    }
    let mut playlist = Playlist::new(state, channel, title);
    description.clone_into(&mut playlist.description);
    text(&status, "privacyStatus").unwrap_or("public").clone_into(&mut playlist.privacy);
    let body = resource(state, &playlist, &parts);
    state.playlists.push(playlist);
    Ok(Reply::json(200, body))
}

fn resource(state: &State, playlist: &Playlist, parts: &[&str]) -> Value {
    let mut body = Map::new();
    let owner = state.channel(&playlist.channel).map(|channel| channel.title.clone());
    body.insert("kind".to_owned(), json!("youtube#playlist"));
    body.insert("etag".to_owned(), json!(render::etag(&format!("{}{}", playlist.id, playlist.entries.len()))));
    body.insert("id".to_owned(), json!(playlist.id));
    for part in PARTS.iter().filter(|part| parts.contains(part)) {
        let content = match *part {
            "snippet" => json!({
                "publishedAt": rfc3339(playlist.created),
                "channelId": playlist.channel,
                "title": playlist.title,
                "description": playlist.description,
                "thumbnails": {},
                "channelTitle": owner,
                "localized": {"title": playlist.title, "description": playlist.description},
            }),
            "status" => json!({"privacyStatus": playlist.privacy}),
            "contentDetails" => json!({"itemCount": playlist.entries.len()}),
            "player" => {
                json!({"embedHtml": format!("<iframe src=\"//www.youtube.com/embed/videoseries?list={}\"></iframe>", playlist.id)})
            }
            _ => continue,
        };
        body.insert((*part).to_owned(), content);
    }
    Value::Object(body)
}

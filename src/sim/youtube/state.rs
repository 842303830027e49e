//! Everything the make-believe YouTube remembers. It keeps it and hands out fresh names; what is allowed is decided
//! elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

use super::consent::Code;
use super::grants::{Access, Refresh};
use super::playlists::Playlist;
use super::quota::Meter;
use super::sessions::Session;
use super::video::Video;
use super::{App, Options};
use crate::sim::World;

pub(super) struct State {
    pub(super) options: Options,
    pub(super) world: World,
    pub(super) apps: BTreeMap<String, App>,
    /// Google accounts, by their e-mail address; known elsewhere by the index.
    pub(super) accounts: Vec<String>,
    /// In order of sign-up.
    pub(super) channels: Vec<Channel>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) access: HashMap<String, Access>,
    pub(super) refresh: HashMap<String, Refresh>,
    pub(super) meter: Meter,
    /// By `upload_id`.
    pub(super) sessions: HashMap<String, Session>,
    /// In order of their making.
    pub(super) videos: Vec<Video>,
    pub(super) playlists: Vec<Playlist>,
    /// When which channel set a thumbnail.
    pub(super) thumbnails_set: Vec<(String, SystemTime)>,
    /// When which channel finished an upload; deleting a video does not take this back.
    pub(super) uploads: Vec<(String, SystemTime)>,
    sequence: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) id: String,
    pub(super) account: usize,
    pub(super) title: String,
    /// With its `@`.
    pub(super) handle: String,
    pub(super) phone_verified: bool,
    pub(super) made_for_kids: Option<bool>,
    pub(super) created: SystemTime,
}

impl Channel {
    /// The playlist of everything the channel uploaded.
    pub(super) fn uploads(&self) -> String {
        uploads_of(&self.id)
    }
}

/// The playlist of everything a channel uploaded.
pub(super) fn uploads_of(channel: &str) -> String {
    format!("UU{}", channel.strip_prefix("UC").unwrap_or(channel))
}

/// Whose token it is: a Google account, acting as one of its channels if it has any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) account: usize,
    pub(super) channel: Option<String>,
}

impl State {
    pub(super) fn new(world: World) -> Self {
        let app = App::default();
        Self {
            options: Options::default(),
            world,
            apps: BTreeMap::from([(app.client_id.clone(), app)]),
            accounts: Vec::new(),
            channels: Vec::new(),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            meter: Meter::default(),
            sessions: HashMap::new(),
            videos: Vec::new(),
            playlists: Vec::new(),
            thumbnails_set: Vec::new(),
            uploads: Vec::new(),
            sequence: 0,
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        self.world.now()
    }

    /// A number larger than any before: tells apart what happened within one tick of the clock.
    pub(super) fn next(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// A handle like the one wanted, that nobody has.
    pub(super) fn free_handle(&self, wanted: &str) -> String {
        let bare = wanted.trim_start_matches('@').to_lowercase();
        let numbers = std::iter::once(String::new()).chain((2_u64..).map(|number| number.to_string()));
        let mut handles = numbers.map(|number| format!("@{bare}{number}"));
        let free = |handle: &String| self.channels.iter().all(|channel| channel.handle != *handle);
        handles.find(free).unwrap_or_default()
    }

    pub(super) fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    pub(super) fn video(&self, id: &str) -> Option<&Video> {
        self.videos.iter().find(|video| video.id == id)
    }

    pub(super) fn video_mut(&mut self, id: &str) -> Option<&mut Video> {
        self.videos.iter_mut().find(|video| video.id == id)
    }

    /// Lets everything happen that was due: scheduled videos go public.
    pub(super) fn tick(&mut self) {
        let now = self.now();
        self.videos.iter_mut().for_each(|video| video.tick(now));
    }
}

/// As the API writes instants.
pub(super) fn rfc3339(at: SystemTime) -> String {
    DateTime::<Utc>::from(at).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// As the API reads instants.
pub(super) fn instant(text: &str) -> Option<SystemTime> {
    DateTime::parse_from_rfc3339(text).ok().map(SystemTime::from)
}

/// Letters nobody can read anything from, `length` characters with the prefix.
pub(super) fn opaque(prefix: &str, length: usize) -> String {
    let mut text = prefix.to_owned();
    while text.len() < length {
        text.push_str(&URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes()));
    }
    text.truncate(length);
    text
}

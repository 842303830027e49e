//! The methods of the API as a table: what each is called, takes and costs
//! (<https://youtube.googleapis.com/$discovery/rest?version=v3>).

use axum::http::Method;

use super::api::Caller;
use super::call::{Call, Outcome};
use super::parameters::{Kind, Parameter, any, must};
use super::quota::Bucket;
use super::scopes::{MANAGE, READ, SSL, UPLOAD};
use super::state::State;
use super::{captions, categories, channels, playlist_items, playlists, search, thumbnails, upload, videos};

/// One method of the API.
pub(super) struct Endpoint {
    /// As documented: `videos.insert`.
    pub(super) name: &'static str,
    pub(super) method: Method,
    pub(super) path: &'static str,
    /// Any of these will do.
    pub(super) scopes: &'static [&'static str],
    pub(super) bucket: Bucket,
    pub(super) cost: u64,
    pub(super) parameters: &'static [Parameter],
    pub(super) run: fn(&mut State, &Caller, &Call) -> Outcome,
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
/// Who may upload.
pub(super) const UPLOADERS: &[&str] = &[UPLOAD, MANAGE, SSL];
const EDITORS: &[&str] = &[MANAGE, SSL];

#[rustfmt::skip]
pub(super) static ENDPOINTS: &[Endpoint] = &[
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
            MAX, PAGE, any("regionCode", Kind::Elsewhere),
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

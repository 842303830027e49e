//! The categories a video can be in, and those only YouTube itself fills.

use serde_json::{Value, json};

use super::call::{Call, Outcome, Reply};
use super::errors::known;
use super::parameters::list;
use super::state::State;
use super::{api::Caller, render};

/// Number, name, and whether uploaders may choose it.
#[rustfmt::skip]
static CATEGORIES: &[(&str, &str, bool)] = &[
    ("1", "Film & Animation", true), ("2", "Autos & Vehicles", true), ("10", "Music", true),
    ("15", "Pets & Animals", true), ("17", "Sports", true), ("18", "Short Movies", false),
    ("19", "Travel & Events", true), ("20", "Gaming", true), ("21", "Videoblogging", false),
    ("22", "People & Blogs", true), ("23", "Comedy", true), ("24", "Entertainment", true),
    ("25", "News & Politics", true), ("26", "Howto & Style", true), ("27", "Education", true),
    ("28", "Science & Technology", true), ("29", "Nonprofits & Activism", true), ("30", "Movies", false),
    ("31", "Anime/Animation", false), ("32", "Action/Adventure", false), ("33", "Classics", false),
    ("34", "Comedy", false), ("35", "Documentary", false), ("36", "Drama", false), ("37", "Family", false),
    ("38", "Foreign", false), ("39", "Horror", false), ("40", "Sci-Fi/Fantasy", false), ("41", "Thriller", false),
    ("42", "Shorts", false), ("43", "Shows", false), ("44", "Trailers", false),
];

/// Whether an uploader may put a video there.
pub(super) fn assignable(id: &str) -> bool {
    CATEGORIES.iter().any(|(known, _, assignable)| *known == id && *assignable)
}

/// `GET /youtube/v3/videoCategories`: by region or by id. Regions do not differ here.
pub(super) fn answer(_: &mut State, _: &Caller, call: &Call) -> Outcome {
    let ids = list(call, "id");
    let region = call.parameter("regionCode");
    if ids.is_empty() == region.is_none() {
        let reason = if ids.is_empty() { "missingRequiredParameter" } else { "incompatibleParameters" };
        return Err(known(reason).says("Exactly one filter is needed. Expected one of: id, regionCode").into());
    }
    if region.is_some_and(|region| region.len() != 2 || !region.bytes().all(|byte| byte.is_ascii_uppercase())) {
        return Err(known("invalidRegionCode").of("youtube.parameter").at("regionCode").into());
    }
    let found = CATEGORIES.iter().filter(|(id, _, _)| ids.is_empty() || ids.iter().any(|wanted| wanted == id));
    let found: Vec<Value> = found.map(resource).collect();
    if found.len() < ids.len() {
        return Err(known("videoCategoryNotFound").of("youtube.videoCategory").coded(404).at("id").into());
    }
    Ok(Reply::json(200, render::listing("youtube#videoCategoryListResponse", &found)))
}

fn resource((id, title, assignable): &(&str, &str, bool)) -> Value {
    json!({
        "kind": "youtube#videoCategory",
        "etag": render::etag(id),
        "id": id,
        "snippet": {"title": title, "assignable": assignable, "channelId": "UCBR8-60-B28hp2BmDPdntcQ"},
    })
}

//! `channels.list` (<https://developers.google.com/youtube/data/reference/rest/v3/channels/list>).

use serde_json::{Map, Value, json};

use super::api::Caller;
use super::call::{Call, Outcome, Reply};
use super::errors::known;
use super::parameters::{flag, list as values, parts};
use super::render;
use super::state::{Channel, State, rfc3339};
use super::video::Video;

const PARTS: &[&str] = &[
    "auditDetails",
    "brandingSettings",
    "contentDetails",
    "contentOwnerDetails",
    "id",
    "localizations",
    "snippet",
    "statistics",
    "status",
    "topicDetails",
];

const FILTERS: &[&str] = &["categoryId", "forHandle", "forUsername", "id", "managedByMe", "mine", "mySubscribers"];

/// `GET /youtube/v3/channels`: by exactly one filter. Where there is none to be found there are no `items`.
pub(super) fn list(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let parts = parts(call, PARTS)?;
    let filters: Vec<_> = FILTERS.iter().filter(|filter| call.parameter(filter).is_some()).collect();
    let [filter] = filters.as_slice() else {
        let fault = known("invalidCriteria");
        let none = "No filter selected. Expected one of: categoryId, forHandle, forUsername, id, managedByMe, mine, \
                    mySubscribers";
        return Err(if filters.is_empty() { fault.says(none) } else { fault }.into());
    };
    let ids = values(call, "id");
    let handle = call.parameter("forHandle").map(|handle| handle.trim_start_matches('@').to_lowercase());
    let wanted: Box<dyn Fn(&Channel) -> bool> = match **filter {
        "mine" if flag(call, "mine") == Some(true) => {
            Box::new(|channel| caller.identity.channel.as_ref() == Some(&channel.id))
        }
        "id" => Box::new(|channel| ids.contains(&channel.id.as_str())),
        "forHandle" => Box::new(|channel| handle.as_deref() == channel.handle.strip_prefix('@')),
        "mine" => return Err(known("invalidCriteria").into()),
        other => return Err(known("notImplemented").at(other).into()),
    };
    if parts.contains(&"auditDetails") || parts.contains(&"contentOwnerDetails") {
        return Err(known("forbidden").of("youtube.channel").into());
    }
    let own = |channel: &Channel| caller.identity.channel.as_ref() == Some(&channel.id);
    let found: Vec<_> = state.channels.iter().filter(|channel| wanted(channel)).collect();
    let found: Vec<_> = found.into_iter().map(|channel| resource(state, channel, &parts, own(channel))).collect();
    let mut body = render::listing("youtube#channelListResponse", &found);
    if body["items"].as_array().is_some_and(Vec::is_empty) {
        body.as_object_mut().and_then(|body| body.remove("items"));
    }
    // However many there are, a page of them would be this large.
    body["pageInfo"]["resultsPerPage"] = json!(5);
    Ok(Reply::json(200, body))
}

fn resource(state: &State, channel: &Channel, parts: &[&str], own: bool) -> Value {
    let mut body = Map::new();
    body.insert("kind".to_owned(), json!("youtube#channel"));
    body.insert("etag".to_owned(), json!(render::etag(&format!("{channel:?}"))));
    body.insert("id".to_owned(), json!(channel.id));
    for part in PARTS.iter().filter(|part| parts.contains(part)) {
        let content = match *part {
            "snippet" => snippet(channel),
            "contentDetails" => json!({"relatedPlaylists": {"likes": "", "uploads": channel.uploads()}}),
            "status" => status(channel, own),
            "statistics" => statistics(state, channel),
            "brandingSettings" => json!({"channel": {"title": channel.title}}),
            _ => continue,
        };
        body.insert((*part).to_owned(), content);
    }
    Value::Object(body)
}

fn snippet(channel: &Channel) -> Value {
    let picture = |size: u32| json!({"url": format!("https://yt3.ggpht.com/{}=s{size}", channel.id), "width": size, "height": size});
    json!({
        "title": channel.title,
        "description": "",
        "customUrl": channel.handle,
        "publishedAt": rfc3339(channel.created),
        "thumbnails": {"default": picture(88), "medium": picture(240), "high": picture(800)},
        "localized": {"title": channel.title, "description": ""},
    })
}

fn status(channel: &Channel, own: bool) -> Value {
    let long = if channel.phone_verified { "allowed" } else { "eligible" };
    let mut status =
        json!({"privacyStatus": "public", "isLinked": true, "longUploadsStatus": "longUploadsUnspecified"});
    if own {
        status["longUploadsStatus"] = json!(long);
    }
    if let Some(kids) = channel.made_for_kids {
        status["madeForKids"] = json!(kids);
        if own {
            status["selfDeclaredMadeForKids"] = json!(kids);
        }
    }
    status
}

fn statistics(state: &State, channel: &Channel) -> Value {
    let public = |video: &&Video| video.channel == channel.id && video.privacy == "public";
    let videos = state.videos.iter().filter(public).count();
    json!({
        "viewCount": "0",
        "subscriberCount": "0",
        "hiddenSubscriberCount": false,
        "videoCount": videos.to_string(),
    })
}

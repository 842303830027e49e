//! `videos.list`, `videos.update`, `videos.delete`
//! (<https://developers.google.com/youtube/data/reference/rest/v3/videos>).

use super::api::{Caller, done};
use super::call::{Call, Outcome, Reply};
use super::errors::{Fault, Refusal, known};
use super::metadata::{Draft, text};
use super::parameters::{json, list as values, parts};
use super::render::{self, OWNERS, PARTS};
use super::schema::ReadOnly;
use super::state::State;
use super::video::Video;

/// Ids one call may ask for.
const IDS_MAX: usize = 50;

/// `GET /youtube/v3/videos?id=..`: what is unknown, deleted or somebody else's private video is left out.
pub(super) fn list(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let parts = parts(call, PARTS)?;
    let ids = values(call, "id");
    if ids.is_empty() {
        let message = "No filter selected. Expected one of: chart, id, myRating";
        return Err(known("missingRequiredParameter").says(message).into());
    }
    if ids.len() > IDS_MAX {
        return Err(known("invalidFilters").says("The request specifies an invalid filter parameter.").at("id").into());
    }
    if call.parameter("maxResults").or(call.parameter("pageToken")).is_some() {
        return Err(known("incompatibleParameters").says("A list of ids has no pages").at("id").into());
    }
    let own = |video: &Video| caller.identity.channel.as_ref() == Some(&video.channel);
    let mut found = Vec::new();
    for video in ids.iter().filter_map(|id| state.video(id)).filter(|video| video.is_open() || own(video)) {
        if !own(video) && parts.iter().any(|part| OWNERS.contains(part)) {
            let message = "The request cannot access the video's file, processing details or suggestions.";
            return Err(known("forbidden").of("youtube.video").says(message).into());
        }
        found.push(render::video(state, video, &parts, own(video)));
    }
    Ok(Reply::json(200, render::listing("youtube#videoListResponse", &found)))
}

/// `PUT /youtube/v3/videos`: the parts listed are replaced; what they lack is erased.
pub(super) fn update(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let channel = caller.channel()?;
    let parts = parts(call, PARTS)?;
    let body = json(call.header("content-type").unwrap_or_default(), &call.body)?;
    let mut draft = Draft::read(&body, &parts, ReadOnly::Dropped)?;
    let id = draft.id.clone().unwrap_or_default();
    if id.is_empty() {
        return Err(known("missingRequiredParameter").says("Required field: id").at("body.id").into());
    }
    let video = owned(state, channel, &id)?;
    if draft.snippet.as_ref().is_some_and(|snippet| text(snippet, "categoryId").is_none()) {
        return Err(known("invalidCategoryId").into());
    }
    draft.judge(state, true)?;
    check_against(video, &draft)?;
    let now = state.now();
    if let Some(video) = state.video_mut(&id) {
        video.apply(draft, now);
    }
    let video = owned(state, channel, &id)?;
    Ok(Reply::json(200, render::video(state, video, &parts, true)))
}

/// The rules that look at the video as it is.
fn check_against(video: &Video, draft: &Draft) -> Result<(), Fault> {
    if draft.publish_at.is_some() && !video.may_be_scheduled() {
        return Err(known("invalidPublishAt"));
    }
    let open = |status| text(status, "privacyStatus").unwrap_or("public") != "private";
    if video.locked && draft.status.as_ref().is_some_and(open) {
        return Err(known("forbiddenPrivacySetting"));
    }
    let default = draft.snippet.as_ref().unwrap_or(&video.snippet).contains_key("defaultLanguage");
    let translated = draft.localizations.as_ref().is_some_and(|localizations| !localizations.is_empty());
    if translated && !default { Err(known("defaultLanguageNotSet")) } else { Ok(()) }
}

/// `DELETE /youtube/v3/videos?id=..`
pub(super) fn delete(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let id = call.parameter("id").unwrap_or_default().to_owned();
    owned(state, caller.channel()?, &id)?;
    state.videos.retain(|video| video.id != id);
    state.playlists.iter_mut().for_each(|playlist| playlist.forget(&id));
    Ok(done())
}

/// A video of this channel. Somebody else's private one is not known to exist.
pub(super) fn owned<'a>(state: &'a State, channel: &str, id: &str) -> Result<&'a Video, Refusal> {
    match state.video(id) {
        Some(video) if video.channel == channel => Ok(video),
        Some(video) if video.is_open() => Err(known("forbidden").of("youtube.video").into()),
        _ => Err(known("videoNotFound").into()),
    }
}

//! A video as a node: its texts, and the phases of uploading, processing and publishing.

use serde_json::{Map, Value, json};

use super::posts::{self, Kind, Out};
use super::state::{State, seconds, time};
use super::videos::{self, Video};

/// Everything about a video.
pub(super) fn video(state: &State, video: &Video) -> Value {
    let now = state.now();
    let post = videos::post_of(state, video).map(|index| &state.posts[index]);
    let out = post.and_then(|post| post.out_since(now));
    let mut view = json!({
        "id": video.id.to_string(),
        "created_time": time(video.started),
        "updated_time": time(post.map_or(video.started, |post| post.updated)),
        "published": out.is_some(),
        "status": status(state, video),
        "from": posts::from(state, video.page),
        "captions": {"data": video.captions.iter().map(|(locale, _)| json!({"locale": locale})).collect::<Vec<_>>()},
    });
    if let Some(title) = &video.title {
        view["title"] = json!(title);
    }
    if let Some(post) = post {
        let url = post.url();
        let relative = url.trim_start_matches("https://www.facebook.com");
        view["permalink_url"] = json!(if state.options.relative_permalinks { relative } else { &url });
        view["description"] = json!(post.message);
        if out.is_some() {
            view["post_id"] = json!(post.id());
        }
        if let Some(at) = post.scheduled(now) {
            view["scheduled_publish_time"] = json!(time(at));
        }
        for (name, value) in &post.settings {
            view[*name] = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
        }
    }
    view
}

fn status(state: &State, video: &Video) -> Value {
    let (now, spec) = (state.now(), state.options.spec_spelling);
    let done = if spec { "completed" } else { "complete" };
    let finish = video.finish.as_ref();
    let ready = finish.is_some_and(|finish| finish.ready <= now);
    let failure = finish.and_then(|finish| finish.failure.as_ref()).filter(|_| ready);
    let status = match (finish, failure) {
        _ if video.is_expired(state) => "expired",
        (_, Some(_)) => "error",
        (Some(_), None) if ready => "ready",
        (Some(_), None) => "processing",
        (None, None) if video.is_complete() => "upload_complete",
        (None, None) => "uploading",
    };
    let uploading = match (video.is_complete(), video.filled) {
        (true, _) => done,
        (false, 0) => "not_started",
        (false, _) => "in_progress",
    };
    let processing = match (finish, failure, ready) {
        (None, ..) => "not_started",
        (_, Some(_), _) => "error",
        (_, None, true) => done,
        (_, None, false) => "in_progress",
    };
    let mut processing = json!({"status": processing});
    if let Some((code, message)) = failure {
        let error = json!({"code": code, "message": message});
        match spec {
            true => processing["error"] = error,
            false => processing["errors"] = json!([error]),
        }
    }
    let transferred = if spec { "bytes_transferred" } else { "bytes_transfered" };
    let mut uploading = json!({"status": uploading, transferred: video.filled});
    if let Some(size) = video.size {
        uploading["source_file_size"] = json!(size);
    }
    json!({
        "video_status": status,
        "processing_progress": if ready { 100 } else { 0 },
        "uploading_phase": uploading,
        "processing_phase": processing,
        "publishing_phase": publishing(state, video, done),
    })
}

fn publishing(state: &State, video: &Video, done: &str) -> Value {
    let now = state.now();
    let mut phase = Map::new();
    let Some(post) = videos::post_of(state, video).map(|index| &state.posts[index]) else {
        phase.insert("status".to_owned(), json!("not_started"));
        return phase.into();
    };
    let status = match post.out_since(now) {
        Some(_) => done,
        None => "not_started",
    };
    phase.insert("status".to_owned(), json!(status));
    let word = match post.out {
        Out::Draft => "draft",
        _ if post.scheduled(now).is_some() => "scheduled",
        _ => "published",
    };
    if post.out != Out::Never && (status == done || word != "published") {
        phase.insert("publish_status".to_owned(), json!(word));
    }
    let at = post.out_since(now).or(post.scheduled(now));
    if let Some(at) = at.filter(|_| video.kind != Kind::Story) {
        phase.insert("publish_time".to_owned(), json!(seconds(at)));
    }
    phase.into()
}

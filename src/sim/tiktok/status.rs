//! How far a post is, and calling it off.
//! See <https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status>.

use serde_json::{Value, json};

use super::call::Call;
use super::errors::{self, Outcome, Refusal};
use super::fields::{self, Fields};
use super::options::PostIds;
use super::publish::{Phase, Publish, Source};
use super::session::Session;
use super::state::State;

/// `POST /v2/post/publish/status/fetch/`
pub(super) fn fetch(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let publish = &state.publishes[find(state, session, call)?];
    let phase = publish.phase(state.now);
    let uploaded = matches!(publish.source, Source::Upload(_));
    let word = match phase {
        Phase::Working if uploaded => "PROCESSING_UPLOAD",
        Phase::Working => "PROCESSING_DOWNLOAD",
        Phase::Inbox => "SEND_TO_USER_INBOX",
        Phase::Published(_) => "PUBLISH_COMPLETE",
        Phase::Failed(_) => "FAILED",
    };
    let mut data = json!({"status": word});
    if let Phase::Failed(why) = phase {
        data["fail_reason"] = json!(why);
    }
    if state.options.post_ids != PostIds::Missing {
        data["publicaly_available_post_id"] = ids(publish, state);
    }
    let bytes = match &publish.source {
        Source::Upload(upload) => upload.stored,
        Source::Pull(_) => publish.media.iter().map(|medium| medium.bytes.len() as u64).sum(),
    };
    data[if uploaded { "uploaded_bytes" } else { "downloaded_bytes" }] = json!(bytes);
    Ok(errors::ok(state, data))
}

/// Only of posts everybody may see, and only after moderation.
fn ids(publish: &Publish, state: &State) -> Value {
    let id = publish.post_id;
    match state.options.post_ids {
        _ if !publish.is_public(state.now) => json!([]),
        PostIds::List => json!([id]),
        PostIds::TextList => json!([id.to_string()]),
        PostIds::Scalar => json!(id),
        PostIds::Never | PostIds::Missing => json!([]),
    }
}

/// `POST /v2/post/publish/cancel/`: of media that are still being fetched.
pub(super) fn cancel(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let at = find(state, session, call)?;
    let now = state.now;
    let publish = &mut state.publishes[at];
    if publish.phase(now) != Phase::Working || matches!(publish.source, Source::Upload(_)) {
        return Err(Refusal::code("publish_not_cancellable"));
    }
    publish.end(now, "publish_cancelled");
    Ok(errors::ok(state, json!({})))
}

/// The post a call names; it must be the caller's, through the same app.
fn find(state: &State, session: &Session, call: &Call) -> Result<usize, Refusal> {
    let body = fields::body(call)?;
    let id = Fields::root(&body, &["publish_id"])?.needed_text("publish_id")?;
    let alive = |publish: &Publish| publish.id == id && state.now < publish.made + state.options.publish_id_life;
    let at = state.publishes.iter().position(alive).ok_or_else(|| Refusal::code("invalid_publish_id"))?;
    let publish = &state.publishes[at];
    if publish.account != session.account || publish.client_key != session.client_key {
        return Err(Refusal::code("token_not_authorized_for_specified_publish_id"));
    }
    Ok(at)
}

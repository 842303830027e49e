//! What a creator may do now: asked before every direct post.
//! See <https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info>.

use serde_json::json;

use super::call::Call;
use super::caps;
use super::errors::{self, Outcome, Refusal};
use super::session::Session;
use super::state::State;

/// `POST /v2/post/publish/creator_info/query/`. Caps are told with status 200.
pub(super) fn info(state: &mut State, session: &Session, call: &Call) -> Outcome {
    let empty = call.body.is_empty() || call.json().is_some_and(|body| body == json!({}));
    if !empty || !call.query.is_empty() {
        return Err(Refusal::params("This call takes no parameters"));
    }
    state.asked.insert(session.account, state.now);
    if let Some(code) = caps::against_post(state, session) {
        return Ok(errors::refused_with_200(state, code));
    }
    let account = &state.accounts[session.account];
    let data = json!({
        "creator_avatar_url": avatar(state, session.account),
        "creator_username": account.username,
        "creator_nickname": account.display_name,
        "privacy_level_options": account.privacy_levels(),
        "comment_disabled": account.comment_disabled,
        "duet_disabled": account.duet_disabled,
        "stitch_disabled": account.stitch_disabled,
        "max_video_post_duration_sec": account.max_video_post_duration_sec,
    });
    Ok(errors::ok(state, data))
}

/// The guidelines want the question before every direct post; the API does not refuse one without it.
pub(super) fn expect_asked(state: &mut State, session: &Session) {
    let fresh = state.options.creator_info_fresh;
    // One question is good for one post.
    let asked = state.asked.remove(&session.account);
    if asked.is_none_or(|asked| asked + fresh <= state.now) {
        let username = &state.accounts[session.account].username;
        let warning = format!("a direct post by {username} was begun without creator_info/query shortly before");
        state.warn(warning);
    }
}

/// An address that shows the account's picture for a while.
pub(super) fn avatar(state: &State, account: usize) -> String {
    let name = state.union_id(account);
    format!("https://p16-sign.tiktokcdn-us.com/avatar/{name}.webp")
}

//! Comments below media: the account's own first one, mostly.
//!
//! <https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-media/comments>

use std::time::SystemTime;

use serde_json::{Value, json};

use super::access::{Caller, Right};
use super::call::{Call, Fields, Reply};
use super::errors::{self, Outcome};
use super::select::{self, Node};
use super::state::{State, stamp};

/// A comment by the account whose token was used.
pub(super) struct Comment {
    pub(super) media: u64,
    pub(super) account: usize,
    pub(super) text: String,
    pub(super) at: SystemTime,
}

const NODE: Node = Node {
    name: "IGComment",
    fields: &["id", "text", "timestamp", "username", "from", "like_count", "hidden", "media"],
};

/// `POST /{media}/comments`
pub(super) fn create(state: &mut State, caller: &Caller, call: &Call, media: u64) -> Outcome {
    caller.need(Right::Comment)?;
    let fields = Fields::of(call)?;
    fields.only(&["message", "fields"])?;
    let text = fields.needed("message")?.to_owned();
    let found = state.media.get(&media).ok_or_else(|| errors::missing("post", &media.to_string()))?;
    if !found.comments_open || found.kind.is_story() {
        return Err(errors::invalid("Comments on this media are turned off"));
    }
    let (account, at) = (found.account, state.now());
    let id = state.fresh(17_858_000_000_000_000);
    state.comments.insert(id, Comment { media, account, text, at });
    let body = describe(state, id, fields.text("fields"))?;
    Ok(Reply::json(200, &body))
}

/// `GET /{media}/comments`
pub(super) fn list(state: &State, caller: &Caller, call: &Call, media: u64) -> Outcome {
    caller.need(Right::Comment)?;
    let found = state.comments.iter().rev().filter(|(_, comment)| comment.media == media);
    let found = found.map(|(id, comment)| (*id, comment.at)).collect();
    let wished = |id, wish: Option<&str>| describe(state, id, wish.or(Some("timestamp,text,id")));
    super::listing::page(caller, call, found, wished)
}

/// `GET /{comment}`
pub(super) fn read(state: &State, caller: &Caller, call: &Call, id: u64) -> Outcome {
    caller.need(Right::Comment)?;
    let fields = Fields::of(call)?;
    fields.only(&["fields"])?;
    Ok(Reply::json(200, &describe(state, id, fields.text("fields"))?))
}

/// `DELETE /{comment}`
pub(super) fn delete(state: &mut State, caller: &Caller, call: &Call, id: u64) -> Outcome {
    caller.need(Right::Comment)?;
    Fields::of(call)?.only(&[])?;
    state.comments.remove(&id);
    Ok(Reply::json(200, &json!({ "success": true })))
}

/// All below one medium, newest first, as nodes within it.
pub(super) fn of(state: &State, media: u64) -> Vec<Value> {
    let ids = state.comments.iter().rev().filter(|(_, comment)| comment.media == media).map(|(id, _)| *id);
    ids.filter_map(|id| describe(state, id, Some("id,text,timestamp,username")).ok()).collect()
}

fn describe(state: &State, id: u64, wish: Option<&str>) -> Result<Value, Reply> {
    let comment = state.comments.get(&id).ok_or_else(|| errors::missing("get", &id.to_string()))?;
    let account = &state.accounts[comment.account];
    let full = select::map(&[
        ("id", json!(id.to_string())),
        ("text", json!(comment.text)),
        ("timestamp", json!(stamp(comment.at))),
        ("username", json!(account.username)),
        ("from", json!({"id": account.id.to_string(), "username": account.username})),
        ("like_count", json!(0)),
        ("hidden", json!(false)),
        ("media", json!({"id": comment.media.to_string()})),
    ]);
    select::pick(full, &NODE, wish)
}

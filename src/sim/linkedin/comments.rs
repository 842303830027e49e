//! Comments on posts, and what readers see of them.

use std::time::SystemTime;

use serde_json::json;

use super::authors::{Session, writer};
use super::call::{Call, Outcome, Reply};
use super::posts::{check_length, text};
use super::reading::{address, live};
use super::schema::Kind::{Record, Text};
use super::schema::{Field, check, required};
use super::state::{State, millis};
use super::{errors, little_text};
use crate::sim::Seen;

/// A comment.
pub(super) struct Comment {
    urn: String,
    post: String,
    actor: String,
    shown: String,
    created: SystemTime,
}

static COMMENT: &[Field] =
    &[required("actor", Text), required("object", Text), required("message", Record(&[required("text", Text)]))];

/// `POST /rest/socialActions/{post urn}/comments`
pub(super) fn create(state: &mut State, session: &Session, call: &Call, post: &str) -> Outcome {
    let body = call.json()?;
    check(&body, COMMENT)?;
    let actor = text(&body, "actor");
    writer(state, session, actor, "actor", "partnerApiSocialActions.CREATE")?;
    if live(state, post).is_none() {
        return Err(errors::not_found(&format!("Could not find post {post}")));
    }
    if text(&body, "object") != post {
        let why = format!("object is not {post}, the post of the path");
        return Err(errors::input("INVALID_VALUE_FOR_FIELD", "object", &why));
    }
    let message = text(&body["message"], "text");
    if message.is_empty() {
        return Err(errors::input("MISSING_FIELD", "message/text", "A comment needs a text"));
    }
    check_length(state, message, "message/text")?;
    let shown = if state.options.little_text_comments { little_text::read(message).shown } else { message.to_owned() };

    let id = state.snowflake().to_string();
    let urn = format!("urn:li:comment:({post},{id})");
    let created = state.now();
    let answer = json!({
        "id": id,
        "actor": actor,
        "object": post,
        "message": {"text": shown},
        "created": {"time": millis(created)},
        "$URN": urn,
    });
    state.comments.push(Comment { urn, post: post.to_owned(), actor: actor.to_owned(), shown, created });
    Ok(Reply::json(201, &answer).with("x-restli-id", id))
}

/// The comments on posts that are still there.
pub(super) fn seen(state: &State) -> Vec<Seen> {
    let visible = state.comments.iter().filter(|comment| live(state, &comment.post).is_some());
    visible
        .map(|comment| Seen {
            author: comment.actor.clone(),
            id: comment.urn.clone(),
            url: address(&comment.post),
            text: comment.shown.clone(),
            visibility: "PUBLIC".to_owned(),
            kind: "comment",
            reply_to: Some(comment.post.clone()),
            ..Seen::new("linkedin", comment.created)
        })
        .collect()
}

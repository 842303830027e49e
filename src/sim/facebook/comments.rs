//! Comments a Page makes on what it has posted.
//! <https://developers.facebook.com/docs/graph-api/reference/object/comments/>

use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::auth::{self, COMMENT};
use super::call::{Outcome, Reply};
use super::graph::{Node, Request};
use super::params::{Known, PAGED, Type};
use super::posts;
use super::state::{State, time};
use super::{errors, fields, paging, photos, tokens, videos};

pub(super) struct Comment {
    pub(super) id: String,
    pub(super) page: u64,
    /// The post it stands under.
    pub(super) post: String,
    pub(super) message: String,
    pub(super) picture: Option<(&'static str, Arc<[u8]>)>,
    pub(super) created: SystemTime,
    app: String,
    pub(super) deleted: bool,
}

const FIELDS: Known = &[("message", Type::Text), ("attachment_url", Type::Text)];
const DEFAULT: &str = "created_time,from,message,id";
/// Longer comments are refused. The documents name no figure; this is the usual one.
const MESSAGE_MAX: usize = 8_000;

/// `POST /{post}/comments`
pub(super) fn add(state: &mut State, request: &Request, node: &Node) -> Outcome {
    let index = post(state, request, node)?;
    let page = state.posts[index].page;
    auth::page(state, &request.caller, page, &COMMENT)?;
    let fields = request.params.check(state, &[FIELDS])?;
    let wishes = fields::wishes("Comment", request.params.get("fields"), "id")?;
    let message = fields.text("message").unwrap_or_default().to_owned();
    let picture = fields.text("attachment_url").map(|url| picture(state, url)).transpose()?;
    if message.is_empty() && picture.is_none() {
        return Err(errors::invalid("The parameter message is required"));
    }
    length(&message)?;
    let post = state.posts[index].id();
    let (_, number) = post.split_once('_').unwrap_or_default();
    let id = format!("{number}_{}", state.number());
    let (created, app) = (state.now(), request.caller.app.clone());
    let comment = Comment { id, page, post, message, picture, created, app, deleted: false };
    let answer = fields::select("Comment", &view(state, &comment), &wishes);
    state.comments.push(comment);
    Ok(Reply::json(200, &answer))
}

fn length(message: &str) -> Result<(), Reply> {
    let short = message.encode_utf16().count() <= MESSAGE_MAX;
    if short { Ok(()) } else { Err(errors::parameter("message", "is too long")) }
}

fn picture(state: &State, url: &str) -> Result<(&'static str, Arc<[u8]>), Reply> {
    let found = state.world.fetch(url).filter(|page| page.status == 200);
    let found = found.ok_or_else(|| errors::parameter("attachment_url", "could not be fetched"))?;
    Ok((photos::accept(state, &found.bytes)?, found.bytes.as_ref().into()))
}

/// The post behind an id, which may be that of its photo or video.
fn post(state: &State, request: &Request, node: &Node) -> Result<usize, Reply> {
    let found = match node {
        Node::Post(index) => Some(*index),
        Node::Video(id) => state.videos.get(id).and_then(|video| videos::post_of(state, video)),
        Node::Photo(id) => state.posts.iter().position(|post| !post.deleted && post.photos.contains(id)),
        _ => None,
    };
    let found = found.filter(|index| state.posts[*index].kind != posts::Kind::Story);
    found.ok_or_else(|| errors::missing("post", request.path[0]))
}

/// `GET /{post}/comments`
pub(super) fn list(state: &mut State, request: &Request, node: &Node) -> Outcome {
    let fields = request.params.check(state, &[PAGED])?;
    let index = post(state, request, node)?;
    auth::reader(state, &request.caller, state.posts[index].page)?;
    let views = views(state, &state.posts[index].id());
    paging::page(request, &fields, "Comment", DEFAULT, &views)
}

pub(super) fn views(state: &State, post: &str) -> Vec<Value> {
    let here = state.comments.iter().filter(|comment| comment.post == post && !comment.deleted);
    here.map(|comment| view(state, comment)).collect()
}

/// `GET /{comment}`
pub(super) fn show(state: &mut State, request: &Request, index: usize) -> Outcome {
    request.params.check(state, &[])?;
    let comment = &state.comments[index];
    auth::reader(state, &request.caller, comment.page)?;
    let wishes = fields::wishes("Comment", request.params.get("fields"), DEFAULT)?;
    Ok(Reply::json(200, &fields::select("Comment", &view(state, comment), &wishes)))
}

/// `POST /{comment}`
pub(super) fn edit(state: &mut State, request: &Request, index: usize) -> Outcome {
    auth::page(state, &request.caller, state.comments[index].page, &COMMENT)?;
    let fields = request.params.check(state, &[&[("message", Type::Text)]])?;
    let message = fields.needed("message")?;
    length(message)?;
    if state.comments[index].app != request.caller.app {
        return Err(errors::Fault::new(10, "Application does not have permission for this action").reply());
    }
    message.clone_into(&mut state.comments[index].message);
    Ok(tokens::success())
}

/// `DELETE /{comment}`
pub(super) fn delete(state: &mut State, request: &Request, index: usize) -> Outcome {
    auth::page(state, &request.caller, state.comments[index].page, &COMMENT)?;
    request.params.check(state, &[])?;
    state.comments[index].deleted = true;
    Ok(tokens::success())
}

fn view(state: &State, comment: &Comment) -> Value {
    json!({
        "id": comment.id,
        "message": comment.message,
        "created_time": time(comment.created),
        "from": posts::from(state, comment.page),
        "permalink_url": format!("https://www.facebook.com/{}?comment_id={}", comment.post, comment.id),
        "can_remove": true,
    })
}

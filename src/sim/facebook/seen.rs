//! What readers see: posts that are out, stories of the last day, comments, and drafts for those who may see them.

use std::sync::Arc;

use super::audience;
use super::comments::Comment;
use super::posts::{Kind, Out, Post};
use super::state::State;
use super::stories;
use crate::sim::{Seen, SeenMedia};

/// Oldest first.
pub(super) fn all(state: &State) -> Vec<Seen> {
    let posts = state.posts.iter().filter_map(|post| self::post(state, post));
    let mut seen: Vec<_> =
        posts.chain(state.comments.iter().filter_map(|comment| self::comment(state, comment))).collect();
    seen.sort_by_key(|post| post.at);
    seen
}

fn post(state: &State, post: &Post) -> Option<Seen> {
    let now = state.now();
    let draft = post.out == Out::Draft && !post.deleted;
    let at = post.out_since(now).or(draft.then_some(post.created))?;
    if post.hidden || (post.kind == Kind::Story && now >= at + stories::LIFE) {
        return None;
    }
    let video = post.video.and_then(|id| state.videos.get(&id));
    let photos = post.photos.iter().filter_map(|id| state.photos.get(id)).map(|photo| SeenMedia {
        mime: photo.mime.to_owned(),
        alt: photo.alt.clone(),
        bytes: Arc::clone(&photo.bytes),
        ..SeenMedia::default()
    });
    let film = video.map(|video| SeenMedia {
        mime: crate::sim::probe::probe(&video.bytes).map_or("video/mp4", |file| file.mime).to_owned(),
        bytes: Arc::clone(&video.bytes),
        cover: video.cover.clone(),
        captions: video.captions.clone(),
        ..SeenMedia::default()
    });
    let kind = match post.kind {
        _ if draft => "draft",
        Kind::Feed => "post",
        Kind::Video => "video",
        Kind::Reel => "reel",
        Kind::Story => "story",
    };
    Some(Seen {
        author: post.page.to_string(),
        id: post.id(),
        kind,
        url: post.url(),
        title: video.and_then(|video| video.title.clone()),
        text: mentions(state, &post.message),
        visibility: visibility(state, &post.app, draft),
        media: photos.chain(film).collect(),
        card: post.card.clone(),
        details: post.settings.clone(),
        ..Seen::new("facebook", at)
    })
}

fn visibility(state: &State, app: &str, draft: bool) -> String {
    let live = state.apps.get(app).is_none_or(|app| app.live);
    if draft { "PAGE_ADMINS".to_owned() } else { audience::visibility(live).to_owned() }
}

/// `@[page-id]` is shown as the Page's name.
fn mentions(state: &State, message: &str) -> String {
    let mut shown = message.to_owned();
    for page in state.pages.values() {
        shown = shown.replace(&format!("@[{}]", page.id), &page.name);
    }
    shown
}

/// A comment under a post that readers see.
fn comment(state: &State, comment: &Comment) -> Option<Seen> {
    let post = state.posts.iter().find(|post| post.id() == comment.post)?;
    post.out_since(state.now()).filter(|_| !comment.deleted && !post.hidden)?;
    let media = comment.picture.iter().map(|(mime, bytes)| SeenMedia {
        mime: (*mime).to_owned(),
        bytes: Arc::clone(bytes),
        ..SeenMedia::default()
    });
    Some(Seen {
        author: comment.page.to_string(),
        id: comment.id.clone(),
        kind: "comment",
        url: format!("https://www.facebook.com/{}?comment_id={}", comment.post, comment.id),
        text: mentions(state, &comment.message),
        visibility: visibility(state, &post.app, false),
        media: media.collect(),
        reply_to: Some(comment.post.clone()),
        ..Seen::new("facebook", comment.created)
    })
}

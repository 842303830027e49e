//! What readers see now: posts, reels, stories that are still up, and comments.

use std::sync::Arc;

use super::kinds::Kind;
use super::media::{Media, Part, permalink};
use super::state::State;
use crate::sim::{Seen, SeenMedia};

pub(super) fn seen(state: &State) -> Vec<Seen> {
    let media = state.media.iter().filter(|(_, media)| media.is_up(state));
    let mut seen: Vec<Seen> = media.map(|(id, media)| post(state, *id, media)).collect();
    for (id, comment) in &state.comments {
        let Some(media) = state.media.get(&comment.media).filter(|media| media.is_up(state)) else { continue };
        seen.push(Seen {
            author: state.accounts[comment.account].id.to_string(),
            id: id.to_string(),
            kind: "comment",
            url: format!("{}c/{id}/", permalink(state, comment.media, media)),
            text: comment.text.clone(),
            visibility: "public".to_owned(),
            reply_to: Some(comment.media.to_string()),
            ..Seen::new("instagram", comment.at)
        });
    }
    seen.sort_by_key(|post| post.at);
    seen
}

fn post(state: &State, id: u64, media: &Media) -> Seen {
    let mut details = media.details.clone();
    if !media.comments_open {
        details.push(("comment_enabled", "false".to_owned()));
    }
    for (index, part) in media.parts.iter().enumerate() {
        details.extend(part.tags.iter().map(|tag| {
            let at = tag.at.map_or_else(String::new, |(x, y)| format!(" {x},{y}"));
            let place = if media.parts.len() > 1 { format!(" in {}", index + 1) } else { String::new() };
            ("user_tag", format!("{}{at}{place}", tag.username))
        }));
        details.extend(part.thumb_offset.map(|offset| ("thumb_offset", offset.to_string())));
    }
    Seen {
        author: state.accounts[media.account].id.to_string(),
        id: id.to_string(),
        kind: match media.kind {
            Kind::Reel => "reel",
            kind if kind.is_story() => "story",
            _ => "post",
        },
        url: permalink(state, id, media),
        text: media.caption.clone(),
        // Posts are as public as their account is; trial reels are kept from its followers.
        visibility: if details.iter().any(|(name, _)| *name == "trial_params") { "trial" } else { "public" }.to_owned(),
        media: media.parts.iter().map(shown).collect(),
        details,
        ..Seen::new("instagram", media.at)
    }
}

fn shown(part: &Part) -> SeenMedia {
    SeenMedia {
        mime: part.mime.to_owned(),
        alt: part.alt.clone(),
        bytes: Arc::clone(&part.content),
        cover: part.cover.clone(),
        captions: Vec::new(),
    }
}

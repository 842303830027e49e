//! What readers see: published posts, and drafts in their owner's inbox.

use super::display::share_url;
use super::publish::{Medium, Phase, Publish};
use super::state::State;
use crate::sim::{Seen, SeenMedia};

/// Oldest first.
pub(super) fn seen(state: &State) -> Vec<Seen> {
    let mut seen: Vec<Seen> = state.publishes.iter().filter_map(|publish| show(state, publish)).collect();
    seen.sort_by_key(|post| post.at);
    seen
}

fn show(state: &State, publish: &Publish) -> Option<Seen> {
    let (draft, at) = match publish.phase(state.now) {
        Phase::Published(at) => (false, at),
        Phase::Inbox => (true, publish.complete?),
        Phase::Working | Phase::Failed(_) => return None,
    };
    let expired = draft && state.options.draft_life.is_some_and(|life| at + life <= state.now);
    if publish.gone || expired {
        return None;
    }
    let wishes = &publish.wishes;
    let mut seen = Seen::new("tiktok", at);
    seen.author = state.open_id(publish.account, &publish.client_key);
    seen.id = if draft { publish.id.clone() } else { publish.post_id.to_string() };
    seen.kind = match (draft, publish.photos) {
        (true, _) => "draft",
        (false, true) => "post",
        (false, false) => "video",
    };
    seen.url = if draft { String::new() } else { share_url(state, publish) };
    if publish.photos {
        seen.title = Some(wishes.title.clone()).filter(|title| !title.is_empty());
        seen.text.clone_from(&wishes.description);
    } else {
        seen.text.clone_from(&wishes.title);
    }
    seen.visibility.clone_from(&wishes.privacy);
    seen.media = publish.media.iter().map(medium).collect();
    seen.details.clone_from(&wishes.details);
    Some(seen)
}

fn medium(medium: &Medium) -> SeenMedia {
    SeenMedia { mime: medium.mime.clone(), bytes: medium.bytes.clone(), ..SeenMedia::default() }
}

//! What readers of a server see now.

use super::entity;
use super::html;
use super::media::{self, Media};
use super::state::{State, Status};
use crate::sim::{Seen, SeenMedia, SeenPoll};

pub(super) fn all(state: &State) -> Vec<Seen> {
    state.statuses.iter().map(|status| seen(state, status)).collect()
}

fn seen(state: &State, status: &Status) -> Seen {
    let set = |name: &'static str, value: &str| (!value.is_empty()).then(|| (name, value.to_owned()));
    let details = [
        set("spoiler_text", &status.spoiler),
        set("sensitive", if status.sensitive { "true" } else { "" }),
        set("language", &status.language),
        set("quote_approval_policy", status.quote_policy.as_deref().unwrap_or_default()),
        set("edited", if status.edited.is_some() { "true" } else { "" }),
        set("poll_multiple", if status.poll.as_ref().is_some_and(|poll| poll.multiple) { "true" } else { "" }),
    ];
    let poll = status.poll.as_ref();
    Seen {
        author: state.accounts[status.account].id.clone(),
        id: status.id.clone(),
        url: entity::url(state, status),
        text: html::shown(state, &status.text),
        visibility: status.visibility.clone(),
        media: status.media.iter().filter_map(|id| media::find(state, id)).map(attachment).collect(),
        poll: poll.map(|poll| SeenPoll { question: None, options: poll.options.clone(), ends: poll.ends }),
        reply_to: status.in_reply_to.clone(),
        quotes: status.quote.clone(),
        details: details.into_iter().flatten().collect(),
        ..Seen::new("mastodon", status.created)
    }
}

fn attachment(media: &Media) -> SeenMedia {
    SeenMedia {
        mime: media.mime.to_owned(),
        alt: media.description.clone(),
        bytes: media.bytes.clone(),
        cover: media.cover.clone(),
        captions: Vec::new(),
    }
}

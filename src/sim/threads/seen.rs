//! What readers see: posts that are neither deleted, nor hidden, nor archived. It changes nothing.

use super::draft::Draft;
use super::posts::Post;
use super::reading::POLL_LIFE;
use super::state::State;
use crate::sim::{Seen, SeenPoll};

/// Every post readers see, oldest first.
pub(super) fn all(state: &State) -> Vec<Seen> {
    let now = state.now();
    let visible = |post: &&Post| {
        let original = post.reposts.as_ref().is_none_or(|id| state.post(id).is_some());
        !post.deleted && !post.hidden && !post.is_archived(now) && original
    };
    state.posts.iter().filter(visible).map(|post| see(state, post)).collect()
}

/// The address at which readers find a post.
pub(super) fn permalink(state: &State, post: &Post) -> String {
    let person = &state.people[post.owner];
    format!("https://{}/@{}/post/{}", state.options.permalink_host, person.username, post.shortcode)
}

fn see(state: &State, post: &Post) -> Seen {
    let person = &state.people[post.owner];
    let draft = &post.draft;
    let poll = draft.poll.clone();
    Seen {
        author: person.id.clone(),
        id: post.id.clone(),
        url: permalink(state, post),
        text: draft.text.clone(),
        visibility: if person.private { "private" } else { "public" }.to_owned(),
        media: post.media.clone(),
        card: post.card.clone(),
        poll: poll.map(|options| SeenPoll { question: None, options, ends: post.at + POLL_LIFE }),
        reply_to: draft.reply_to.clone(),
        quotes: draft.quotes.clone(),
        details: details(post, draft),
        ..Seen::new("threads", post.at)
    }
}

/// What else the platform was told, under the names of the parameters; `topic_tag` also where the text names the topic.
fn details(post: &Post, draft: &Draft) -> Vec<(&'static str, String)> {
    let flag = |on: bool| on.then(|| "true".to_owned());
    let long = draft.long_text.as_ref();
    let countries = (!draft.countries.is_empty()).then(|| draft.countries.join(","));
    let all = [
        ("reply_control", draft.reply_control.clone()),
        ("enable_reply_approvals", flag(draft.approvals)),
        ("topic_tag", post.topic.clone()),
        ("text_attachment", long.map(|long| long.plain.clone())),
        ("text_attachment_link", long.and_then(|long| long.link.clone())),
        ("text_with_styling_info", long.and_then(|long| long.styling.as_ref()).map(ToString::to_string)),
        ("gif_id", draft.gif.clone()),
        ("text_entities", draft.entities.as_ref().map(ToString::to_string)),
        ("is_spoiler_media", flag(draft.spoiler)),
        ("is_ghost_post", flag(draft.ghost)),
        ("allowlisted_country_codes", countries),
        ("location_id", draft.location.clone()),
        ("crossreshare_to_ig", flag(draft.crosspost)),
        ("crossreshare_to_ig_dark_mode", flag(draft.crosspost_dark)),
        ("repost", post.reposts.clone()),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

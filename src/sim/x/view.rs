//! How accounts and posts look: to a program that reads the API, and to people. Knows nothing of calls.

use std::collections::BTreeSet;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::super::{Seen, SeenPoll};
use super::posts::ids;
use super::state::{Post, State, User};

/// What `user.fields` may ask for. Not all of it is known here.
pub(super) const USER_FIELDS: &[&str] = &[
    "confirmed_email",
    "connection_status",
    "created_at",
    "description",
    "entities",
    "id",
    "is_identity_verified",
    "location",
    "most_recent_tweet_id",
    "name",
    "parody",
    "pinned_tweet_id",
    "profile_banner_url",
    "profile_image_url",
    "protected",
    "public_metrics",
    "receives_your_dm",
    "subscribes_to_you",
    "subscription",
    "subscription_type",
    "url",
    "username",
    "verified",
    "verified_followers_count",
    "verified_type",
    "withheld",
];

/// What `post.fields` or `tweet.fields` may ask for, under newer and older names. Not all of it is known here.
pub(super) const POST_FIELDS: &[&str] = &[
    "article",
    "article_title",
    "attachments",
    "author_id",
    "card_uri",
    "community_id",
    "context_annotations",
    "conversation_id",
    "created_at",
    "display_text_range",
    "edit_controls",
    "edit_history_post_ids",
    "edit_history_tweet_ids",
    "entities",
    "geo",
    "id",
    "in_reply_to_user_id",
    "lang",
    "matched_media_notes",
    "media_metadata",
    "non_public_metrics",
    "note_post",
    "note_request_suggestions",
    "note_tweet",
    "organic_metrics",
    "paid_partnership",
    "possibly_sensitive",
    "promoted_metrics",
    "public_metrics",
    "referenced_posts",
    "referenced_tweets",
    "reply_settings",
    "scopes",
    "source",
    "suggested_source_links",
    "suggested_source_links_with_counts",
    "text",
    "withheld",
];

/// An account: id, names, and what else was asked for.
pub(super) fn user(user: &User, wanted: &BTreeSet<&str>) -> Value {
    let mut data = json!({"id": user.id.to_string(), "name": user.username, "username": user.username});
    for (name, value) in [
        ("created_at", json!(rfc3339(user.at))),
        ("protected", json!(false)),
        ("subscription_type", json!(if user.premium { "Premium" } else { "None" })),
        ("verified_type", json!(if user.premium { "blue" } else { "none" })),
    ] {
        if wanted.contains(name) {
            data[name] = value;
        }
    }
    data
}

/// A post: id, text and edit history, and what else was asked for. A long text is cut; `note_post` has the whole.
pub(super) fn post(state: &State, post: &Post, wanted: &BTreeSet<&str>) -> Value {
    let versions = state.versions(post.first);
    let mut data = json!({"id": post.id.to_string(), "text": post.short.as_ref().unwrap_or(&post.stored)});
    data[&state.options.edit_history_field] = ids(&versions);
    let conversation = conversation(state, post).to_string();
    let referenced: Vec<_> = [("replied_to", post.reply_to), ("quoted", post.quoted), ("retweeted", post.reposts)]
        .into_iter()
        .filter_map(|(kind, id)| id.map(|id| json!({"type": kind, "id": id.to_string()})))
        .collect();
    let first_at = state.post(post.first).map_or(post.at, |first| first.at);
    let until = first_at + state.options.edit_window;
    let edits_left = (state.options.max_edits + 1).saturating_sub(versions.len());
    let premium = state.user(post.author).is_some_and(|user| user.premium);
    let controls = json!({
        "edits_remaining": edits_left,
        "is_edit_eligible": premium && edits_left > 0 && until > state.now && post.poll.is_none(),
        "editable_until": rfc3339(until),
    });
    let replied_user = post.reply_to.and_then(|parent| state.post(parent)).map(|parent| parent.author.to_string());
    let note = post.short.as_ref().map(|_| json!({"text": post.stored}));
    for (name, value) in [
        ("author_id", json!(post.author.to_string())),
        ("conversation_id", json!(conversation)),
        ("created_at", json!(rfc3339(post.at))),
        ("edit_controls", controls),
        ("in_reply_to_user_id", json!(replied_user)),
        ("note_post", json!(note)),
        ("note_tweet", json!(note)),
        ("referenced_posts", json!(referenced)),
        ("referenced_tweets", json!(referenced)),
        ("reply_settings", json!(post.reply_settings.as_deref().unwrap_or("everyone"))),
    ] {
        let empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if wanted.contains(name) && !empty {
            data[name] = value;
        }
    }
    data
}

/// The id of the post with which a thread began.
fn conversation(state: &State, post: &Post) -> u64 {
    let mut at = post;
    while let Some(parent) = at.reply_to.and_then(|parent| state.post(parent)) {
        at = parent;
    }
    at.first
}

fn rfc3339(at: SystemTime) -> String {
    DateTime::<Utc>::from(at).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// What readers see now, oldest first: the newest version of each post, dated as the first.
pub(super) fn seen(state: &State) -> Vec<Seen> {
    let visible = state.posts.iter().filter(|post| !post.nullcast && state.is_newest(post));
    let mut seen: Vec<_> = visible.map(|post| seen_post(state, post)).collect();
    seen.sort_by_key(|post| post.at);
    seen
}

fn seen_post(state: &State, post: &Post) -> Seen {
    let username = state.user(post.author).map(|user| user.username.as_str()).unwrap_or("i");
    Seen {
        author: post.author.to_string(),
        id: post.id.to_string(),
        url: format!("https://x.com/{username}/status/{}", post.id),
        text: post.text.clone(),
        visibility: post.reply_settings.clone().unwrap_or_else(|| "everyone".to_owned()),
        media: post.media.clone(),
        reply_to: post.reply_to.map(|id| id.to_string()),
        kind: if post.reposts.is_some() { "repost" } else { "post" },
        quotes: post.quoted.or(post.reposts).map(|id| id.to_string()),
        poll: post.poll.as_ref().map(|poll| SeenPoll {
            question: None,
            options: poll.options.clone(),
            ends: post.at + poll.lasts,
        }),
        details: if post.id == post.first { Vec::new() } else { vec![("edited", "true".to_owned())] },
        ..Seen::new("x", state.post(post.first).map_or(post.at, |first| first.at))
    }
}

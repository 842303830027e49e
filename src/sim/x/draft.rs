//! The body of `POST /2/tweets`, held to the schema. Knows nothing of accounts, nor of what was posted before.

use std::time::Duration;

use serde_json::{Value, json};

use super::errors::Refusal;
use super::schema::Object;
use super::state::Poll;

const AUDIENCES: &[&str] = &["following", "mentionedUsers", "subscribers", "verified"];

/// Every field of the request.
const FIELDS: &[&str] = &[
    "card_uri",
    "community_id",
    "direct_message_deep_link",
    "edit_options",
    "for_super_followers_only",
    "geo",
    "made_with_ai",
    "media",
    "nullcast",
    "paid_partnership",
    "poll",
    "quote_tweet_id",
    "reply",
    "reply_settings",
    "share_with_followers",
    "text",
];

/// Fields of which a post has at most one.
const EXCLUSIVE: &[&str] = &["poll", "quote_tweet_id", "direct_message_deep_link", "media", "card_uri"];

const MEDIA_FIELDS: &[&str] =
    &["call_to_actions", "description", "embeddable", "media_ids", "preview_media_id", "tagged_user_ids", "title"];

/// A request that has the right shape.
pub(super) struct Draft<'a> {
    pub(super) text: &'a str,
    pub(super) media: Option<Vec<u64>>,
    pub(super) poll: Option<Poll>,
    pub(super) reply_to: Option<u64>,
    pub(super) quoted: Option<u64>,
    pub(super) reply_settings: Option<&'a str>,
    pub(super) edits: Option<u64>,
    pub(super) nullcast: bool,
}

/// Refuses what the schema does not have.
pub(super) fn read(body: &Value) -> Result<Draft<'_>, Refusal> {
    let root = Object::root(body)?.only(FIELDS)?;
    for flag in ["for_super_followers_only", "made_with_ai", "paid_partnership", "share_with_followers"] {
        root.flag(flag)?;
    }
    root.text("card_uri")?;
    root.text("direct_message_deep_link")?;
    root.id("community_id")?;
    if let Some(geo) = root.object("geo")? {
        let geo = geo.only(&["place_id"])?;
        geo.required("place_id", geo.text("place_id")?)?;
    }
    let draft = Draft {
        text: root.text("text")?.unwrap_or_default(),
        media: read_media(&root)?,
        poll: read_poll(&root)?,
        reply_to: read_reply(&root)?,
        quoted: root.id("quote_tweet_id")?,
        reply_settings: root.choice("reply_settings", AUDIENCES)?,
        edits: read_edit(&root)?,
        nullcast: root.flag("nullcast")?.unwrap_or_default(),
    };
    let chosen = EXCLUSIVE.iter().filter(|field| root.has(field)).count();
    if chosen > 1 {
        let message = format!("You can only provide one of [{}].", EXCLUSIVE.join(", "));
        return Err(Refusal::invalid(None, &message));
    }
    if draft.text.trim().is_empty() && draft.media.is_none() {
        return Err(Refusal::invalid(Some(("text", &json!(draft.text))), "The Tweet must have text or media."));
    }
    Ok(draft)
}

fn read_media(root: &Object<'_>) -> Result<Option<Vec<u64>>, Refusal> {
    let Some(media) = root.object("media")? else { return Ok(None) };
    let media = media.only(MEDIA_FIELDS)?;
    media.ids("tagged_user_ids", 0..=10)?;
    media.text("title")?;
    media.text("description")?;
    media.flag("embeddable")?;
    media.id("preview_media_id")?;
    if let Some(calls) = media.object("call_to_actions")? {
        calls.only(&["app_install", "visit_site", "watch_now"])?;
    }
    media.required("media_ids", media.ids("media_ids", 1..=4)?).map(Some)
}

fn read_poll(root: &Object<'_>) -> Result<Option<Poll>, Refusal> {
    let Some(poll) = root.object("poll")? else { return Ok(None) };
    let poll = poll.only(&["duration_minutes", "options", "reply_settings"])?;
    poll.choice("reply_settings", AUDIENCES)?;
    let minutes = poll.required("duration_minutes", poll.integer("duration_minutes", 5..=10_080)?)?;
    let options = poll.required("options", poll.list("options", 2..=4)?)?;
    for option in options {
        if !option.as_str().is_some_and(|text| (1..=25).contains(&text.chars().count())) {
            return Err(Refusal::invalid(
                Some(("poll.options", option)),
                "$.poll.options: must be 1 to 25 characters long",
            ));
        }
    }
    let options = options.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    Ok(Some(Poll { options, lasts: Duration::from_secs(minutes * 60) }))
}

fn read_reply(root: &Object<'_>) -> Result<Option<u64>, Refusal> {
    let Some(reply) = root.object("reply")? else { return Ok(None) };
    let reply = reply.only(&["auto_populate_reply_metadata", "exclude_reply_user_ids", "in_reply_to_tweet_id"])?;
    reply.flag("auto_populate_reply_metadata")?;
    reply.ids("exclude_reply_user_ids", 0..=usize::MAX)?;
    reply.required("in_reply_to_tweet_id", reply.id("in_reply_to_tweet_id")?).map(Some)
}

fn read_edit(root: &Object<'_>) -> Result<Option<u64>, Refusal> {
    let Some(edit) = root.object("edit_options")? else { return Ok(None) };
    let edit = edit.only(&["previous_post_id"])?;
    edit.required("previous_post_id", edit.id("previous_post_id")?).map(Some)
}

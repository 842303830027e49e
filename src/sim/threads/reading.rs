//! What callers can read: profiles, posts one by one, lists of own posts and replies, places. It changes nothing but the
//! count of searches.
//!
//! <https://developers.facebook.com/docs/threads/threads-media>, <https://developers.facebook.com/docs/threads/reference/user>

use std::cmp::Reverse;
use std::time::Duration;

use serde_json::{Value, json};

use super::attachments::LongText;
use super::call::{Call, Outcome, Reply};
use super::errors;
use super::posts::Post;
use super::quotas::{self, Quota};
use super::rules::Kind;
use super::select::{self, Node};
use super::state::{State, passed, written};
use super::tokens::Session;
use super::{lists, route, seen};
use crate::sim::SeenMedia;

/// A poll is open for a day.
pub(super) const POLL_LIFE: Duration = Duration::from_secs(86_400);

/// `GET /{user}`
pub(super) fn profile(state: &State, session: &Session, call: &Call) -> Outcome {
    route::only(state, call, &["fields"])?;
    let person = &state.people[session.person];
    let mut node = Node::new("ThreadsUser");
    node.set("id", json!(person.id));
    node.set("username", json!(person.username));
    node.set("name", json!(person.name));
    let picture = format!("https://scontent.cdninstagram.com/v/t51.2885-19/{}.jpg", person.id);
    node.set("threads_profile_picture_url", json!(picture));
    node.set("threads_biography", json!(""));
    node.set("is_verified", json!(false));
    node.set("is_eligible_for_geo_gating", json!(person.geo_gating));
    let wanted = select::parse(call.get("fields").unwrap_or("id"))?;
    Ok(Reply::json(200, &node.select(&wanted)?))
}

/// `GET /{media}`: one's own, since others' need a permission of their own.
pub(super) fn post(state: &State, session: &Session, call: &Call, id: &str) -> Outcome {
    route::only(state, call, &["fields"])?;
    let wanted = select::parse(call.get("fields").unwrap_or("id"))?;
    let post = state.post(id).filter(|post| post.owner == session.person);
    let post = post.ok_or_else(|| errors::unsupported("GET", id))?;
    Ok(Reply::json(200, &describe(state, session, post).select(&wanted)?))
}

/// `GET /{user}/threads`, or `/replies`: newest first.
pub(super) fn list(state: &State, session: &Session, call: &Call, replies: bool) -> Outcome {
    if replies && state.options.replies_need_scope {
        session.need("threads_read_replies")?;
    }
    route::only(state, call, lists::PARAMETERS)?;
    let wanted = select::parse(call.get("fields").unwrap_or("id"))?;
    let (now, delay) = (state.now(), state.options.list_delay);
    let mut posts: Vec<&Post> = state
        .posts
        .iter()
        .rev()
        .filter(|post| post.owner == session.person && !post.deleted && post.root.is_some() == replies)
        .filter(|post| passed(now, post.at, delay) && !post.is_archived(now))
        .collect();
    posts.sort_by_key(|post| Reverse(post.at));
    let edge = if replies { "replies" } else { "threads" };
    let page = lists::page(state, session, call, edge, &posts)?;
    let data: Result<Vec<Value>, _> =
        page.posts.iter().map(|post| describe(state, session, post).select(&wanted)).collect();
    Ok(Reply::json(200, &page.answer(&data?)))
}

/// All that can be read of a post.
fn describe(state: &State, session: &Session, post: &Post) -> Node {
    let person = &state.people[post.owner];
    let draft = &post.draft;
    let of = |id: &Option<String>| id.as_ref().map(|id| json!({ "id": id }));
    let some = |text: &str| (!text.is_empty()).then(|| json!(text));
    let file = |at: usize| format!("https://scontent.cdninstagram.com/o1/v/t16/{}_{at}", post.shortcode);
    let one = matches!(draft.kind, Kind::Image | Kind::Video);
    let items: Vec<Value> = post.media.iter().enumerate().map(|(at, media)| item(post, at, media, &file(at))).collect();
    let answered =
        state.posts.iter().any(|reply| !reply.deleted && reply.draft.reply_to.as_deref() == Some(post.id.as_str()));
    let mut node = Node::new("ThreadsMedia");
    for (name, value) in [
        ("id", Some(json!(post.id))),
        ("media_product_type", Some(json!("THREADS"))),
        ("media_type", Some(json!(post.kind()))),
        ("media_url", one.then(|| json!(file(0)))),
        ("gif_url", draft.gif.as_ref().map(|gif| json!(format!("https://media.giphy.com/media/{gif}/giphy.gif")))),
        ("permalink", Some(json!(seen::permalink(state, post)))),
        ("owner", Some(json!({"id": person.id}))),
        ("username", Some(json!(person.username))),
        ("text", some(&draft.text)),
        ("timestamp", Some(json!(written(post.at)))),
        ("shortcode", Some(json!(post.shortcode))),
        ("thumbnail_url", (draft.kind == Kind::Video).then(|| json!(file(0) + ".jpg"))),
        ("children", (draft.kind == Kind::Carousel).then(|| json!({ "data": items }))),
        ("is_quote_post", Some(json!(draft.quotes.is_some()))),
        ("quoted_post", of(&draft.quotes)),
        ("reposted_post", of(&post.reposts)),
        ("has_replies", Some(json!(answered))),
        ("alt_text", draft.alt.as_ref().map(|alt| json!(alt))),
        ("link_attachment_url", post.card.as_ref().map(|card| json!(card.url))),
        ("poll_attachment", draft.poll.as_ref().map(|options| poll(post, options))),
        ("text_attachment", draft.long_text.as_ref().map(long_text)),
        ("text_entities", draft.entities.clone()),
        ("is_spoiler_media", Some(json!(draft.spoiler))),
        ("allowlisted_country_codes", (!draft.countries.is_empty()).then(|| json!(draft.countries))),
        ("location_id", draft.location.as_ref().map(|id| json!(id))),
        ("topic_tag", post.topic.as_ref().map(|topic| json!(topic))),
        (
            "ghost_post_status",
            draft.ghost.then(|| json!(if post.is_archived(state.now()) { "archived" } else { "active" })),
        ),
        ("crossreshare_to_ig_status", draft.crosspost.then(|| json!("SUCCESS"))),
        ("is_verified", Some(json!(false))),
        ("profile_picture_url", Some(json!(""))),
        ("is_reply", Some(json!(post.root.is_some()))),
        ("is_reply_owned_by_me", post.root.is_some().then(|| json!(post.owner == session.person))),
        ("root_post", of(&post.root)),
        ("replied_to", of(&draft.reply_to)),
        ("hide_status", post.root.is_some().then(|| json!(if post.hidden { "HIDDEN" } else { "NOT_HUSHED" }))),
        ("reply_audience", Some(json!(audience(draft.reply_control.as_deref())))),
    ] {
        node.set(name, value.unwrap_or_default());
    }
    node
}

fn audience(control: Option<&str>) -> String {
    control.unwrap_or("everyone").to_ascii_uppercase()
}

fn item(post: &Post, at: usize, media: &SeenMedia, url: &str) -> Value {
    let is_image = media.mime.starts_with("image/");
    json!({
        "id": format!("{}{at:02}", post.id),
        "media_type": if is_image { "IMAGE" } else { "VIDEO" },
        "media_url": url,
        "alt_text": media.alt,
    })
}

fn poll(post: &Post, options: &[String]) -> Value {
    let option = |at: usize| options.get(at).map(|option| json!(option));
    let votes = |at: usize| options.get(at).map(|_| json!(0.0));
    json!({
        "option_a": option(0), "option_b": option(1), "option_c": option(2), "option_d": option(3),
        "option_a_votes_percentage": votes(0), "option_b_votes_percentage": votes(1),
        "option_c_votes_percentage": votes(2), "option_d_votes_percentage": votes(3),
        "total_votes": 0,
        "expiration_timestamp": written(post.at + POLL_LIFE),
    })
}

fn long_text(long: &LongText) -> Value {
    json!({
        "plaintext": long.plain,
        "link_attachment_url": long.link,
        "text_with_styling_info": long.styling,
    })
}

/// `GET /location_search`
pub(super) fn search(state: &mut State, session: &Session, call: &Call) -> Outcome {
    session.need("threads_location_tagging")?;
    route::only(state, call, &["q", "latitude", "longitude", "fields"])?;
    let name = call.need("q")?.to_lowercase();
    let wanted = select::parse(call.get("fields").unwrap_or("id,name"))?;
    quotas::check(state, session.person, Quota::Locations)?;
    quotas::spend(state, session.person, Quota::Locations);
    let found = state.locations.iter().filter(|(_, known)| known.to_lowercase().contains(&name));
    let data: Result<Vec<Value>, _> = found.map(|(id, name)| place(id, name).select(&wanted)).collect();
    Ok(Reply::json(200, &json!({ "data": data? })))
}

/// `GET /{location}`
pub(super) fn location(state: &State, session: &Session, call: &Call, id: &str) -> Outcome {
    session.need("threads_location_tagging")?;
    route::only(state, call, &["fields"])?;
    let wanted = select::parse(call.get("fields").unwrap_or("id,name"))?;
    let name = state.locations.get(id).ok_or_else(|| errors::unsupported("GET", id))?;
    Ok(Reply::json(200, &place(id, name).select(&wanted)?))
}

fn place(id: &str, name: &str) -> Node {
    let mut node = Node::new("ThreadsLocation");
    node.set("id", json!(id));
    node.set("name", json!(name));
    for unknown in ["address", "city", "country", "latitude", "longitude", "postal_code"] {
        node.set(unknown, Value::Null);
    }
    node
}

//! Sharing a post as it is, and taking that back. What X answers where a post is shared already its documents leave open.

use axum::http::StatusCode;
use serde_json::json;

use super::auth::Caller;
use super::call::{self, Call};
use super::errors::{Outcome, Refusal};
use super::schema::{Object, id};
use super::state::{Post, State};

/// `POST /2/users/{id}/retweets`: <https://docs.x.com/x-api/users/repost-post>. An account shares a post once.
pub(super) fn create(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    own(caller, call)?;
    let body = call.json()?;
    let fields = Object::root(&body)?.only(&["tweet_id"])?;
    let wanted = fields.required("tweet_id", fields.id("tweet_id")?)?;
    let source = state.post(wanted).filter(|post| !post.nullcast).ok_or_else(Refusal::not_found)?;
    // Whoever shares a repost shares the post behind it.
    let source = source.reposts.and_then(|behind| state.post(behind)).unwrap_or(source).clone();
    if of(state, caller, source.first).is_none() {
        state.options.credits -= state.options.prices.repost;
        publish(state, caller, &source);
    } else if state.options.second_repost_refused {
        return Err(Refusal::forbidden("You have already retweeted this Tweet."));
    }
    Ok(call::json(StatusCode::OK, &json!({"data": {"retweeted": true, "rest_id": source.id.to_string()}})))
}

/// `DELETE /2/users/{id}/retweets/{source_tweet_id}`: <https://docs.x.com/x-api/users/unrepost-post>
pub(super) fn delete(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    own(caller, call)?;
    let sent = call.segment(4);
    let name = "source_tweet_id";
    let message = format!("The `{name}` is not a valid id.");
    let source = id(sent).ok_or_else(|| Refusal::invalid(Some((name, &json!(sent))), &message))?;
    let first = state.post(source).map_or(source, |post| post.first);
    let repost = of(state, caller, first);
    state.posts.retain(|post| Some(post.id) != repost);
    state.options.credits -= state.options.prices.delete;
    Ok(call::json(StatusCode::OK, &json!({"data": {"retweeted": false}})))
}

/// The path names the caller.
fn own(caller: &Caller, call: &Call) -> Result<(), Refusal> {
    let (sent, own) = (call.segment(2), caller.user.to_string());
    if sent == own {
        return Ok(());
    }
    let message =
        format!("The `id` query parameter value [{sent}] must be the same as the authenticating user [{own}]");
    Err(Refusal::invalid(Some(("id", &json!(sent))), &message))
}

/// The caller's repost of a post, whichever version of it was shared.
fn of(state: &State, caller: &Caller, first: u64) -> Option<u64> {
    let mine = state.posts.iter().filter(|post| post.author == caller.user);
    let shared = |post: &&Post| post.reposts.and_then(|source| state.post(source)).is_some_and(|it| it.first == first);
    mine.into_iter().find(shared).map(|post| post.id)
}

/// A repost is a post with an id of its own, which the answer does not tell.
fn publish(state: &mut State, caller: &Caller, source: &Post) {
    let id = state.next_id();
    let name = state.user(source.author).map_or("i", |user| user.username.as_str());
    state.posts.push(Post {
        id,
        first: id,
        author: caller.user,
        text: String::new(),
        stored: format!("RT @{name}: {}", source.stored),
        short: None,
        media: Vec::new(),
        reply_to: None,
        quoted: None,
        reposts: Some(source.id),
        reply_settings: None,
        poll: None,
        nullcast: false,
        at: state.now,
    });
}

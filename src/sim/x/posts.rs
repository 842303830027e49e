//! Making, editing and deleting posts: X's rules one after another, then the bill.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::auth::Caller;
use super::call::{self, Call};
use super::draft::{Draft, read};
use super::errors::{Outcome, Refusal};
use super::links::links;
use super::media;
use super::schema::id;
use super::state::{Post, State};
use super::text;

const MAX_WEIGHT: usize = 280;
const MAX_WEIGHT_PREMIUM: usize = 25_000;
const MAX_CASHTAGS: usize = 1;

/// `POST /2/tweets`
pub(super) fn create(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let body = call.json()?;
    let draft = read(&body)?;
    let price = price(state, caller, &draft);
    if let Err(refusal) = check(state, caller, &draft) {
        if state.options.refusals_billed {
            state.options.credits -= price;
        }
        return Err(refusal);
    }
    state.options.credits -= price;
    let post = publish(state, caller, &draft);
    let mut answer = json!({"data": {"id": post.id.to_string(), "text": post.stored}});
    answer["data"][&state.options.edit_history_field] = ids(&state.versions(post.first));
    if state.options.errors_beside_data {
        answer["errors"] = json!([{
            "title": "Partial error",
            "detail": "Something beside the post could not be read.",
            "type": "https://api.twitter.com/2/problems/field-hydration-failure",
        }]);
    }
    Ok(call::json(StatusCode::CREATED, &answer))
}

/// `DELETE /2/tweets/{id}`: any version takes the whole chain of edits with it, and what shares it.
pub(super) fn delete(state: &mut State, caller: &Caller, call: &Call) -> Outcome {
    let sent = call.segment(2);
    let wanted = id(sent).ok_or_else(|| Refusal::invalid(Some(("id", &json!(sent))), "The `id` is not a valid id."))?;
    let post = state.post(wanted).ok_or_else(Refusal::not_found)?;
    if post.author != caller.user {
        return Err(Refusal::forbidden("You are not authorized to delete this Tweet."));
    }
    let first = post.first;
    let away = state.versions(first);
    state.posts.retain(|post| post.first != first && post.reposts.is_none_or(|source| !away.contains(&source)));
    state.options.credits -= state.options.prices.delete;
    Ok(call::json(StatusCode::OK, &json!({"data": {"deleted": true}})))
}

fn check(state: &State, caller: &Caller, draft: &Draft<'_>) -> Result<(), Refusal> {
    check_length(state, caller, draft)?;
    media::check(state, caller.user, draft.media.as_deref().unwrap_or_default())?;
    check_edit(state, caller, draft)?;
    check_reply(state, caller, draft)?;
    check_quote(state, caller, draft)?;
    check_tags(state, caller, draft)?;
    check_duplicate(state, caller, draft)
}

fn check_length(state: &State, caller: &Caller, draft: &Draft<'_>) -> Result<(), Refusal> {
    if text::forbidden_char(draft.text).is_some() {
        return Err(Refusal::invalid(Some(("text", &json!(draft.text))), "The Tweet contains an invalid character."));
    }
    let premium = state.user(caller.user).is_some_and(|user| user.premium);
    if text::weigh(draft.text) <= if premium { MAX_WEIGHT_PREMIUM } else { MAX_WEIGHT } {
        return Ok(());
    }
    let detail = "Your Tweet text is too long. For more information on how Twitter determines text length see \
                  https://github.com/twitter/twitter-text.";
    let status = StatusCode::from_u16(state.options.too_long_status).unwrap_or(StatusCode::FORBIDDEN);
    Err(Refusal::forbidden(detail).with_status(status))
}

/// An edit: of one's own newest version, by a Premium account, soon and not too often; neither of a poll nor of a reply
/// to somebody else.
fn check_edit(state: &State, caller: &Caller, draft: &Draft<'_>) -> Result<(), Refusal> {
    let Some(previous) = draft.edits else { return Ok(()) };
    let refused = Refusal::not_permitted;
    let post = state.post(previous).ok_or_else(refused)?;
    let first = state.post(post.first).ok_or_else(refused)?;
    let premium = state.user(caller.user).is_some_and(|user| user.premium);
    let answers_other =
        post.reply_to.and_then(|parent| state.post(parent)).is_some_and(|parent| parent.author != caller.user);
    let allowed = premium
        && post.author == caller.user
        && state.is_newest(post)
        && state.versions(post.first).len() <= state.options.max_edits
        && first.at + state.options.edit_window > state.now
        && post.poll.is_none()
        && draft.poll.is_none()
        && !answers_other;
    if allowed { Ok(()) } else { Err(refused()) }
}

fn check_reply(state: &State, caller: &Caller, draft: &Draft<'_>) -> Result<(), Refusal> {
    let Some(parent) = draft.reply_to else { return Ok(()) };
    let parent = state.post(parent).ok_or_else(|| {
        Refusal::forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
    })?;
    if parent.author == caller.user {
        return Ok(());
    }
    let engaged = is_engaged(state, caller.user, parent);
    if state.options.self_serve && !engaged {
        let detail = "You can only reply to or quote posts where you are mentioned or are the author.";
        return Err(Refusal::forbidden(detail));
    }
    let premium = state.user(caller.user).is_some_and(|user| user.premium);
    let welcome = match parent.reply_settings.as_deref() {
        None => true,
        Some("verified") => premium || engaged,
        Some(_) => engaged,
    };
    let detail = "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by \
                  the author of the post you are replying to.";
    if welcome { Ok(()) } else { Err(Refusal::forbidden(detail)) }
}

/// Whether the post's author mentioned or quoted the user in it.
fn is_engaged(state: &State, user: u64, post: &Post) -> bool {
    let name = state.user(user).map(|user| user.username.as_str()).unwrap_or_default();
    let mentioned = text::mentions(&post.text).iter().any(|mention| mention.eq_ignore_ascii_case(name));
    let quoted = post.quoted.and_then(|quoted| state.post(quoted)).is_some_and(|quoted| quoted.author == user);
    mentioned || quoted
}

fn check_quote(state: &State, caller: &Caller, draft: &Draft<'_>) -> Result<(), Refusal> {
    let Some(quoted) = draft.quoted else { return Ok(()) };
    let own = state.post(quoted).is_some_and(|post| post.author == caller.user);
    if state.options.self_serve && !(own && state.options.own_quotes_allowed) {
        let detail = "Quoting this post is not allowed because you have not been mentioned or otherwise engaged by the \
                      author of the post you are quoting.";
        return Err(Refusal::forbidden(detail));
    }
    if state.post(quoted).is_some() {
        return Ok(());
    }
    let message = "You attempted to quote a Tweet that is deleted or not visible to you.";
    Err(Refusal::invalid(Some(("quote_tweet_id", &json!(quoted.to_string()))), message))
}

fn check_tags(state: &State, caller: &Caller, draft: &Draft<'_>) -> Result<(), Refusal> {
    if !state.options.self_serve {
        return Ok(());
    }
    if text::cashtags(draft.text).len() > MAX_CASHTAGS {
        return Err(Refusal::forbidden("Posts are limited to a maximum of one cashtag."));
    }
    let own = state.user(caller.user).map(|user| user.username.as_str()).unwrap_or_default();
    let mentions_other = text::mentions(draft.text).iter().any(|name| !name.eq_ignore_ascii_case(own));
    if mentions_other && !state.options.mentions_allowed {
        let detail = "Creating posts with @mentions is not allowed for your access package.";
        return Err(Refusal::forbidden(detail));
    }
    Ok(())
}

/// The same text by the same author, not long ago and not deleted since. Versions of the post being edited do not count.
fn check_duplicate(state: &State, caller: &Caller, draft: &Draft<'_>) -> Result<(), Refusal> {
    let edited = draft.edits.and_then(|previous| state.post(previous)).map(|post| post.first);
    let text = draft.text.trim();
    let duplicate = state.posts.iter().any(|post| {
        post.author == caller.user
            && post.text.trim() == text
            && Some(post.first) != edited
            && post.at + state.options.duplicate_window > state.now
    });
    if duplicate && !text.is_empty() {
        return Err(Refusal::forbidden("You are not allowed to create a Tweet with duplicate content."));
    }
    Ok(())
}

fn price(state: &State, caller: &Caller, draft: &Draft<'_>) -> i64 {
    let prices = &state.options.prices;
    let parent = draft.reply_to.and_then(|parent| state.post(parent));
    if !links(draft.text).is_empty() {
        prices.post_with_link
    } else if parent.is_some_and(|parent| parent.author != caller.user && is_engaged(state, caller.user, parent)) {
        prices.summoned_reply
    } else {
        prices.post
    }
}

fn publish(state: &mut State, caller: &Caller, draft: &Draft<'_>) -> Post {
    let id = state.next_id();
    let media = media::attach(state, draft.media.as_deref().unwrap_or_default());
    let mut stored = text::stored(draft.text, |_| state.short_link());
    if !media.is_empty() {
        let link = state.short_link();
        stored = format!("{stored} {link}").trim_start().to_owned();
    }
    let short = (text::weigh(draft.text) > MAX_WEIGHT).then(|| shortened(state, draft.text));
    let previous = draft.edits.and_then(|previous| state.post(previous));
    let post = Post {
        id,
        first: previous.map_or(id, |previous| previous.first),
        author: caller.user,
        text: draft.text.to_owned(),
        stored,
        short,
        media,
        reply_to: draft.reply_to.or(previous.and_then(|previous| previous.reply_to)),
        quoted: draft.quoted,
        reposts: None,
        reply_settings: draft.reply_settings.map(str::to_owned),
        poll: draft.poll.clone(),
        nullcast: draft.nullcast,
        at: state.now,
    };
    state.posts.push(post.clone());
    post
}

/// The beginning of a long text and a link to the rest.
fn shortened(state: &mut State, whole: &str) -> String {
    let mut head = whole;
    while text::weigh(head) > MAX_WEIGHT - 25 {
        head = match head.char_indices().nth(250) {
            Some((at, _)) => &head[..at],
            None => &head[..head.char_indices().next_back().map_or(0, |(at, _)| at)],
        };
    }
    let head = text::stored(head, |_| state.short_link());
    format!("{head}… {}", state.short_link())
}

/// Ids as JSON strings.
pub(super) fn ids(ids: &[u64]) -> Value {
    ids.iter().map(u64::to_string).collect()
}

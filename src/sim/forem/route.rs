//! Which call is meant, what every request must have, and whose it is. It knows no article from the inside.

use axum::http::Method;
use axum::response::{IntoResponse as _, Response};

use super::errors::Refusal;
use super::state::State;
use super::{articles, rates, reading};
use crate::sim::call::{self, Call};

/// What a handler answers.
pub(super) type Outcome = Result<Response, Refusal>;

const ACCEPT: &str = "application/vnd.forem.api-v1+json";

/// One request, one answer.
pub(super) fn answer(state: &mut State, call: &Call) -> Response {
    if call.header("user-agent").is_empty() {
        return call::text(403, "Forbidden Bots");
    }
    route(state, call).unwrap_or_else(|refusal| refusal.into_response())
}

fn route(state: &mut State, call: &Call) -> Outcome {
    let segments = call.segments();
    let ["api", path @ ..] = segments.as_slice() else { return Err(Refusal::missing()) };
    if call.header("accept") != ACCEPT {
        return Err(Refusal::new(406, "accept must be application/vnd.forem.api-v1+json"));
    }
    rates::call(state)?;
    match (&call.method, path) {
        (&Method::GET, ["users", "me"]) => reading::me(state, user(state, call)?),
        (&Method::GET, ["articles", "me"]) => reading::own(state, user(state, call)?, "published", call),
        (&Method::GET, ["articles", "me", list @ ("all" | "published" | "unpublished")]) => {
            reading::own(state, user(state, call)?, list, call)
        }
        (&Method::GET, ["articles", id]) => reading::one(state, id),
        (&Method::GET, ["articles", username, slug]) => reading::by_path(state, username, slug),
        (&Method::POST, ["articles"]) => {
            let user = writer(state, call)?;
            articles::create(state, call, user)
        }
        (&Method::PUT, ["articles", id]) => {
            let user = writer(state, call)?;
            articles::update(state, call, user, id)
        }
        // Moderators may, and nobody here is one.
        (&Method::PUT, ["articles", _, "unpublish"]) => {
            user(state, call)?;
            Err(Refusal::unauthorized())
        }
        _ => Err(Refusal::missing()),
    }
}

/// Whose key it is.
fn user(state: &State, call: &Call) -> Result<usize, Refusal> {
    state.keys.get(call.header("api-key")).copied().ok_or_else(Refusal::unauthorized)
}

/// The same, of somebody who may write.
fn writer(state: &State, call: &Call) -> Result<usize, Refusal> {
    let user = user(state, call)?;
    if state.users[user].suspended {
        return Err(Refusal::new(403, "Your account is suspended"));
    }
    if call.media_type() != "application/json" {
        return Err(Refusal::new(415, "content-type must be application/json"));
    }
    Ok(user)
}

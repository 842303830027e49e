//! Which call is meant, and what every answer has. It knows no call from the inside.

use axum::http::Method;
use axum::response::{IntoResponse as _, Response};

use super::call::{Call, Outcome};
use super::errors::Refusal;
use super::rates::{self, Kind};
use super::state::State;
use super::{accounts, apps, instance, media, oauth, polls, scheduled, statuses};

/// One request, one answer.
pub(super) fn answer(state: &mut State, call: &Call) -> Response {
    scheduled::publish_due(state);
    let outcome = admitted(state, call).and_then(|()| route(state, call));
    let mut response = outcome.unwrap_or_else(|refusal| refusal.into_response());
    rates::tell(state, &mut response);
    response
}

/// Calls to the API are counted by account; without a token that is good, by where they come from.
fn admitted(state: &mut State, call: &Call) -> Result<(), Refusal> {
    if !call.path.starts_with("/api/") {
        return Ok(());
    }
    let account = oauth::caller(state, call).ok().and_then(|caller| caller.account);
    rates::count_of(state, account, Kind::Calls)
}

fn route(state: &mut State, call: &Call) -> Outcome {
    let segments = call.segments();
    let (method, path) = (&call.method, segments.as_slice());
    match path {
        ["oauth", path @ ..] => sign_in(state, call, path),
        ["api", "v1", "accounts", path @ ..] if method == Method::GET => of_accounts(state, call, path),
        ["api", "v1", "scheduled_statuses", path @ ..] => later(state, call, path),
        _ => match (method, path) {
            (&Method::GET, ["api", "v2", "instance"]) => instance::v2(state),
            (&Method::GET, ["api", "v1", "instance"]) => instance::v1(state),
            (&Method::GET, [".well-known", "nodeinfo"]) => instance::node_links(state),
            (&Method::GET, ["nodeinfo", "2.0"]) => instance::node(state),
            (&Method::GET, [".well-known", "oauth-authorization-server"]) => oauth::metadata(state),
            (&Method::POST, ["api", "v1", "apps"]) => apps::create(state, call),
            (&Method::GET, ["api", "v1", "apps", "verify_credentials"]) => apps::verify(state, call),
            (&Method::POST, ["api", "v2", "media"]) => media::create(state, call),
            (&Method::GET, ["api", "v1", "media", id]) => media::get(state, call, id),
            (&Method::PUT, ["api", "v1", "media", id]) => media::update(state, call, id),
            (&Method::DELETE, ["api", "v1", "media", id]) => media::delete(state, call, id),
            (&Method::POST, ["api", "v1", "statuses"]) => statuses::create(state, call),
            (&Method::GET, ["api", "v1", "statuses", id]) => statuses::get(state, call, id),
            (&Method::PUT, ["api", "v1", "statuses", id]) => statuses::edit(state, call, id),
            (&Method::DELETE, ["api", "v1", "statuses", id]) => statuses::delete(state, call, id),
            (&Method::GET, ["api", "v1", "statuses", id, "source"]) => statuses::source(state, call, id),
            (&Method::GET, ["api", "v1", "polls", id]) => polls::get(state, id),
            _ => Err(Refusal::new(404, "The page you are looking for doesn't exist.")),
        },
    }
}

fn sign_in(state: &mut State, call: &Call, path: &[&str]) -> Outcome {
    match (&call.method, path) {
        (&Method::GET, ["authorize"]) => oauth::consent(state, call),
        (&Method::POST, ["authorize"]) => oauth::decide(state, call),
        (&Method::GET, ["authorize", "native"]) => oauth::native(call),
        (&Method::POST, ["token"]) => oauth::token(state, call),
        (&Method::POST, ["revoke"]) => oauth::revoke(state, call),
        _ => Err(Refusal::missing()),
    }
}

fn of_accounts(state: &State, call: &Call, path: &[&str]) -> Outcome {
    match path {
        ["verify_credentials"] => accounts::verify(state, call),
        ["lookup"] => accounts::lookup(state, call),
        [id] => accounts::get(state, id),
        [id, "statuses"] => accounts::statuses(state, call, id),
        _ => Err(Refusal::missing()),
    }
}

fn later(state: &mut State, call: &Call, path: &[&str]) -> Outcome {
    match (&call.method, path) {
        (&Method::GET, []) => scheduled::all(state, call),
        (&Method::GET, [id]) => scheduled::get(state, call, id),
        (&Method::PUT, [id]) => scheduled::update(state, call, id),
        (&Method::DELETE, [id]) => scheduled::delete(state, call, id),
        _ => Err(Refusal::missing()),
    }
}

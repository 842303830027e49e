//! Which function answers which call. It knows every path and nothing of what is done there.

use axum::http::Method;

use super::access::{self, Caller, Login, word};
use super::call::{Call, Door, Reply};
use super::errors::{self, Outcome};
use super::state::State;
use super::{accounts, comments, containers, create, media, meter, oauth, publish, tokens};

/// What a path names.
#[derive(Clone, Copy)]
pub(super) enum Named {
    Account(usize),
    Container(u64),
    Media(u64),
    Comment(u64),
}

pub(super) fn node(state: &State, id: &str) -> Option<Named> {
    let id: u64 = id.parse().ok()?;
    let part = || state.media.values().any(|media| media.parts.iter().any(|part| part.id == id));
    match state.account_of(id) {
        Some(account) => Some(Named::Account(account)),
        None if state.containers.contains_key(&id) => Some(Named::Container(id)),
        None if state.comments.contains_key(&id) => Some(Named::Comment(id)),
        None => (state.media.contains_key(&id) || part()).then_some(Named::Media(id)),
    }
}

/// Whose it is, if it is still there.
fn owner(state: &State, named: Named) -> Option<usize> {
    match named {
        Named::Account(account) => Some(account),
        Named::Container(id) => state.containers.get(&id).map(|container| container.account),
        Named::Comment(id) => state.comments.get(&id).map(|comment| comment.account),
        Named::Media(id) => {
            let holds = |media: &&media::Media| media.parts.iter().any(|part| part.id == id);
            let media = state.media.get(&id).or_else(|| state.media.values().find(holds));
            media.filter(|media| media.is_up(state)).map(|media| media.account)
        }
    }
}

pub(super) fn route(state: &mut State, call: &Call) -> Outcome {
    match (call.door, &call.method, call.path.as_str()) {
        (Door::Instagram, &Method::GET, "/oauth/authorize") => oauth::consent(state, call),
        (Door::Instagram, &Method::POST, "/oauth/authorize") => oauth::decide(state, call),
        (Door::Instagram, &Method::POST, "/oauth/access_token") => oauth::exchange(state, call),
        (Door::Instagram, &Method::GET, "/access_token") => tokens::lengthen(state, call),
        (Door::Instagram, &Method::GET, "/refresh_access_token") => tokens::refresh(state, call),
        _ => graph(state, call),
    }
}

/// A call to a node: who calls, what is named, how often that was called, and only then the act.
fn graph(state: &mut State, call: &Call) -> Outcome {
    let (version, path) = access::version(state, call)?;
    let caller = Caller::of(state, call, version)?;
    let id = path.first().copied().unwrap_or_default();
    let named = match &caller.login {
        Login::Instagram(own) if id == "me" => Some(Named::Account(*own)),
        _ => node(state, id),
    };
    let missing = || errors::missing(&word(&call.method), id);
    let named = named.ok_or_else(missing)?;
    let account = owner(state, named).filter(|account| caller.reaches(state, *account)).ok_or_else(missing)?;
    let gauge = meter::count(state, account);
    let outcome = if gauge.over { Err(errors::throttled()) } else { act(state, &caller, call, named, &path[1..]) };
    let dressed = |reply: Reply| {
        let reply = reply.with("facebook-api-version", version);
        match &gauge.header {
            Some(usage) => reply.with("x-business-use-case-usage", usage),
            None => reply,
        }
    };
    outcome.map(dressed).map_err(dressed)
}

fn act(state: &mut State, caller: &Caller, call: &Call, named: Named, edge: &[&str]) -> Outcome {
    match (&call.method, named, edge) {
        (&Method::GET, Named::Account(account), []) => accounts::read(state, caller, call, account),
        (&Method::GET, Named::Account(account), ["media"]) => media::list(state, caller, call, account, false),
        (&Method::GET, Named::Account(account), ["stories"]) => media::list(state, caller, call, account, true),
        (&Method::GET, Named::Account(account), ["content_publishing_limit"]) => {
            accounts::publishing_limit(state, caller, call, account)
        }
        (&Method::POST, Named::Account(account), ["media"]) => create::create(state, caller, call, account),
        (&Method::POST, Named::Account(account), ["media_publish"]) => publish::publish(state, caller, call, account),
        (&Method::GET, Named::Container(id), []) => containers::read(state, caller, call, id),
        (&Method::GET, Named::Media(id), []) => media::read(state, caller, call, id),
        (&Method::POST, Named::Media(id), []) => media::update(state, caller, call, id),
        (&Method::DELETE, Named::Media(id), []) => media::delete(state, caller, call, id),
        (&Method::GET, Named::Media(id), ["children"]) => media::children(state, caller, call, id),
        (&Method::GET, Named::Media(id), ["comments"]) => comments::list(state, caller, call, id),
        (&Method::POST, Named::Media(id), ["comments"]) => comments::create(state, caller, call, id),
        (&Method::GET, Named::Comment(id), []) => comments::read(state, caller, call, id),
        (&Method::DELETE, Named::Comment(id), []) => comments::delete(state, caller, call, id),
        _ => Err(errors::missing(&word(&call.method), &call.path)),
    }
}

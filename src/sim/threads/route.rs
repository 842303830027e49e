//! Which request is which call, and what every call goes through first: token, count of calls, planned failures, and the
//! check that no parameter is unknown.

use axum::http::Method;

use super::call::{Call, Encoding, Outcome};
use super::errors::{self, Refusal};
use super::options::{Act, Failure};
use super::state::State;
use super::tokens::{self, Session};
use super::{containers, oauth, posts, quotas, reading};

/// The login's hosts and the calls about tokens, which have no version; then the API, which has only one.
pub(super) fn route(state: &mut State, call: &Call) -> Outcome {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let get = call.method == Method::GET;
    match path.as_slice() {
        ["oauth", "authorize"] if get => Ok(oauth::consent(state, call)),
        ["oauth", "authorize"] if call.method == Method::POST => Ok(oauth::decide(state, call)),
        ["oauth", "access_token"] if get => tokens::for_app(state, call),
        ["oauth", "access_token"] if call.method == Method::POST => oauth::exchange(state, call),
        ["access_token"] if get => tokens::exchange(state, call),
        ["refresh_access_token"] if get => tokens::refresh(state, call),
        ["debug_token"] | ["v1.0", "debug_token"] if get => tokens::inspect(state, call),
        ["v1.0", path @ ..] => graph(state, call, path),
        path if state.options.unversioned => graph(state, call, path),
        _ => Err(errors::unknown_path(&call.path)),
    }
}

/// One call of the API: who calls and how often, what is bound to go wrong, and the act itself.
fn graph(state: &mut State, call: &Call, path: &[&str]) -> Outcome {
    let session = tokens::authenticate(state, call)?;
    let percent = quotas::count(state, session.person);
    let outcome = if percent > 100 { Err(errors::throttled(4)) } else { fated(state, &session, call, path) };
    if percent == 0 || !state.options.usage_headers {
        return outcome;
    }
    let localized = state.options.localized;
    let reply = outcome.unwrap_or_else(|refusal| refusal.into_reply(localized));
    Ok(quotas::headers(state, session.person, percent)
        .into_iter()
        .fold(reply, |reply, (name, value)| reply.with(name, value)))
}

/// The act, unless a failure is planned for it.
fn fated(state: &mut State, session: &Session, call: &Call, path: &[&str]) -> Outcome {
    let kind = kind_of(call, path);
    let planned = state.options.failures.iter().position(|planned| Some(planned.on) == kind);
    let planned = planned.map(|at| state.options.failures.remove(at));
    match planned {
        None => act(state, session, call, path),
        Some(planned) => {
            if planned.has_effect {
                act(state, session, call, path)?;
            }
            let named = call.get("creation_id").or(path.first().copied()).unwrap_or_default();
            Err(refusal_of(planned.with, named))
        }
    }
}

fn kind_of(call: &Call, path: &[&str]) -> Option<Act> {
    Some(match (call.method.as_str(), path) {
        ("POST", [_, "threads"]) => Act::Create,
        ("POST", [_, "threads_publish"]) => Act::Publish,
        ("DELETE", [_]) => Act::Delete,
        ("GET", [_]) => Act::Read,
        ("GET", [_, "threads" | "replies"]) => Act::List,
        _ => return None,
    })
}

fn refusal_of(failure: Failure, named: &str) -> Refusal {
    match failure {
        Failure::MediaNotFound => errors::media_not_found(named),
        Failure::LinkPreview => errors::link_preview(),
        Failure::Unfetchable => errors::unfetchable(named),
        Failure::Restricted => errors::restricted(),
        Failure::ActionBlocked => errors::action_blocked(),
        Failure::TokenExpired => errors::expired_token(),
        Failure::AppLimit => errors::throttled(4),
        Failure::UserLimit => errors::throttled(17),
        Failure::CustomLimit => errors::throttled(613),
        Failure::Unknown => errors::unknown(),
        Failure::Service => errors::service(),
    }
}

fn act(state: &mut State, session: &Session, call: &Call, path: &[&str]) -> Outcome {
    let mine = |id: &str| id == "me" || id == state.people[session.person].id;
    match (call.method.as_str(), path) {
        ("GET", ["location_search"]) => reading::search(state, session, call),
        ("GET", [id]) if mine(id) => reading::profile(state, session, call),
        ("GET", [id]) if state.containers.contains_key(*id) => containers::read(state, session, call, id),
        ("GET", [id]) if state.locations.contains_key(*id) => reading::location(state, session, call, id),
        ("GET", [id]) => reading::post(state, session, call, id),
        ("GET", [id, "threads"]) if mine(id) => reading::list(state, session, call, false),
        ("GET", [id, "replies"]) if mine(id) => reading::list(state, session, call, true),
        ("GET", [id, "threads_publishing_limit"]) if mine(id) => quotas::read(state, session, call),
        ("POST", [id, "threads"]) if mine(id) => containers::create(state, session, call),
        ("POST", [id, "threads_publish"]) if mine(id) => posts::publish(state, session, call),
        ("POST", [id, "repost"]) => posts::repost(state, session, call, id),
        ("POST", [id, "manage_reply"]) => posts::manage_reply(state, session, call, id),
        ("DELETE", [id]) => posts::delete(state, session, call, id),
        // Editing is among what there is not.
        (method, [id] | [id, _]) => Err(errors::unsupported(method, id)),
        _ => Err(errors::unknown_path(&call.path)),
    }
}

/// Where the platform is strict: refuses parameters other than these and the token, and bodies that are no forms.
pub(super) fn only(state: &State, call: &Call, names: &[&str]) -> Result<(), Refusal> {
    if let Some(name) = call.repeated() {
        return Err(errors::parameter(&format!("Param {name} was sent twice")));
    }
    if !state.options.strict {
        return Ok(());
    }
    if matches!(call.encoding, Encoding::Json | Encoding::Unread) {
        return Err(errors::parameter("The body must be a form: fields of other bodies are ignored"));
    }
    let known = |name: &str| name == "access_token" || names.contains(&name);
    match call.parameters().iter().find(|(name, _)| !known(name)) {
        Some((name, _)) => Err(errors::parameter(&format!("Param {name} is unknown"))),
        None => Ok(()),
    }
}

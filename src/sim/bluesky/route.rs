//! Which method is meant, at which host, and what every answer has. It knows no method from the inside.

use axum::http::Method;
use axum::response::{IntoResponse as _, Response};

use super::call::{self, Call, Outcome};
use super::errors::{self, Refusal};
use super::oauth::{self, dpop};
use super::rates::{self, Ration};
use super::state::State;
use super::{DIRECTORY, ENTRYWAY, VIDEO, blobs, identity, reading, repo, session, video};

/// One request, one answer.
pub(super) fn answer(state: &mut State, call: &Call) -> Response {
    let outcome = rates::spend(state, Ration::Calls, None, 1).and_then(|()| route(state, call));
    let mut response = outcome.unwrap_or_else(|refusal| refusal.into_response());
    rates::tell(state, &mut response);
    if !call.header("dpop").is_empty() {
        call::set_header(&mut response, "dpop-nonce", &dpop::nonce(state.now));
    }
    response
}

fn route(state: &mut State, call: &Call) -> Outcome {
    let path = call.path.trim_start_matches('/');
    if call.host == DIRECTORY {
        return identity::looked_up(state, path);
    }
    if path == ".well-known/atproto-did" {
        return Ok(identity::well_known(state, call.host));
    }
    if ![ENTRYWAY, VIDEO].contains(&call.host)
        && let Some(outcome) = oauth::answer(state, call)
    {
        return outcome;
    }
    match path.strip_prefix("xrpc/") {
        Some(name) if call.host != VIDEO => method(state, call, name),
        Some(name) => video::answer(state, call, name).unwrap_or_else(|| Err(unknown(name))),
        None => Err(Refusal::new(404, "NotFound", "Not Found")),
    }
}

type Act = fn(&mut State, &Call) -> Outcome;

/// A method by its name: whether it is a query, whether the entryway has it, and what it does.
const METHODS: &[(&str, Method, bool, Act)] = &[
    ("com.atproto.server.createSession", Method::POST, true, session::create),
    ("com.atproto.server.refreshSession", Method::POST, true, session::refresh),
    ("com.atproto.server.deleteSession", Method::POST, true, session::delete),
    ("com.atproto.server.getSession", Method::GET, true, session::get),
    ("com.atproto.server.getServiceAuth", Method::GET, false, video::service_auth),
    ("com.atproto.identity.resolveHandle", Method::GET, true, |state, call| identity::resolve(state, call)),
    ("com.atproto.repo.uploadBlob", Method::POST, false, blobs::upload),
    ("com.atproto.repo.putRecord", Method::POST, false, repo::put),
    ("com.atproto.repo.createRecord", Method::POST, false, repo::create),
    ("com.atproto.repo.deleteRecord", Method::POST, false, repo::delete),
    ("com.atproto.repo.applyWrites", Method::POST, false, repo::apply),
    ("com.atproto.repo.getRecord", Method::GET, false, |state, call| reading::record(state, call)),
    ("com.atproto.repo.listRecords", Method::GET, false, |state, call| reading::records(state, call)),
    ("com.atproto.repo.describeRepo", Method::GET, false, |state, call| reading::repo(state, call)),
    ("com.atproto.sync.getBlob", Method::GET, false, |state, call| blobs::get(state, call)),
];

fn method(state: &mut State, call: &Call, name: &str) -> Outcome {
    let found = METHODS.iter().find(|(own, _, entryway, _)| *own == name && (call.host != ENTRYWAY || *entryway));
    let (_, method, _, act) = found.ok_or_else(|| unknown(name))?;
    if call.method != *method {
        let (sent, right) = (&call.method, method);
        return Err(errors::invalid(&format!("Incorrect HTTP method ({sent}) expected {right}")));
    }
    act(state, call)
}

fn unknown(name: &str) -> Refusal {
    Refusal::new(501, "MethodNotImplemented", &format!("Method Not Implemented: {name}"))
}

//! What every method of the API asks for before it begins: a token, a scope, quota, parameters. What a method then does
//! is its own file's.

use super::call::{Call, Content, Outcome, Reply};
use super::endpoints::{ENDPOINTS, Endpoint};
use super::errors::{self, Fault, Refusal, known};
use super::options::Scripted;
use super::state::{Identity, State};
use super::{parameters, selector};

/// Who calls, found to be allowed to.
pub(super) struct Caller {
    pub(super) identity: Identity,
    pub(super) project: String,
    scopes: Vec<String>,
}

impl Caller {
    /// The channel acted for.
    pub(super) fn channel(&self) -> Result<&str, Fault> {
        self.identity.channel.as_deref().ok_or_else(|| known("youtubeSignupRequired"))
    }

    /// Refuses unless the token has one of these scopes.
    pub(super) fn check_scopes(&self, scopes: &[&str], method: &str) -> Result<(), Fault> {
        let allowed = scopes.iter().any(|scope| self.scopes.iter().any(|held| held == scope));
        if allowed { Ok(()) } else { Err(errors::scopes(method)) }
    }
}

/// The method a request is for.
pub(super) fn find(call: &Call) -> Result<&'static Endpoint, Refusal> {
    let path = call.path.strip_prefix("/resumable").unwrap_or(&call.path);
    if let Some(endpoint) = ENDPOINTS.iter().find(|known| known.path == path && known.method == call.method) {
        return Ok(endpoint);
    }
    let is = |path: &str| ENDPOINTS.iter().any(|known| known.path == path && known.method == call.method);
    if is(&format!("/upload{path}")) {
        return Err(known("wrongUrlForUpload").into());
    }
    if path.strip_prefix("/upload").is_some_and(is) {
        return Err(known("notUpload").into());
    }
    Err(errors::html(404).into())
}

/// One call of the API from beginning to end.
pub(super) fn handle(state: &mut State, call: &Call, endpoint: &Endpoint) -> Outcome {
    let caller = authenticate(state, call)?;
    if let Some(refusal) = scripted(state, endpoint.name) {
        return Err(refusal);
    }
    caller.check_scopes(endpoint.scopes, endpoint.name)?;
    let now = state.now();
    let spent = state.meter.spent(&caller.project, endpoint.bucket, now);
    if spent + endpoint.cost > endpoint.bucket.limit(&state.options) {
        return Err(known("quotaExceeded").into());
    }
    let outcome = answer(state, call, endpoint, &caller);
    // A call that is refused costs one all the same.
    let cost = if outcome.is_ok() { endpoint.cost } else { 1 };
    state.meter.spend(&caller.project, endpoint.bucket, now, cost);
    outcome
}

fn answer(state: &mut State, call: &Call, endpoint: &Endpoint, caller: &Caller) -> Outcome {
    parameters::check(call, endpoint.parameters)?;
    let selection = call.parameter("fields").map(selector::parse).transpose()?;
    let mut reply = (endpoint.run)(state, caller, call)?;
    if let (Some(selection), Content::Json(body)) = (selection, &mut reply.content) {
        *body = selector::select(body, &selection)?;
    }
    Ok(reply)
}

/// The token, in the header or, as still allowed, in the query.
pub(super) fn authenticate(state: &State, call: &Call) -> Result<Caller, Fault> {
    let header = call.header("authorization");
    let token = match header {
        Some(header) => Some(header.strip_prefix("Bearer ").ok_or_else(|| known("authError"))?),
        None => call.parameter("access_token"),
    };
    let token = token.ok_or_else(|| known("required"))?;
    let access = state.access.get(token).filter(|access| state.now() < access.expires);
    let access = access.ok_or_else(|| {
        known("authError").titled(
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid \
             authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        )
    })?;
    Ok(Caller {
        identity: access.identity.clone(),
        project: state.project(&access.client_id),
        scopes: access.scopes.clone(),
    })
}

/// The next refusal a test has written down for this method.
fn scripted(state: &mut State, method: &str) -> Option<Refusal> {
    let index = state.options.refusals.iter().position(|scripted| scripted.method == method)?;
    let Scripted { reason, code, retry_after, .. } = state.options.refusals.remove(index)?;
    let mut fault = known(&reason);
    if let Some(code) = code {
        fault = fault.coded(code);
    }
    Some(fault.after(retry_after).into())
}

/// Ends a call that made nothing to show.
pub(super) fn done() -> Reply {
    Reply::empty(204)
}

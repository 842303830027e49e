//! Who calls, whether they may, and whether not too often: what comes before every call of the API.

use std::time::Duration;

use super::call::Call;
use super::errors::Refusal;
use super::options::Rates;
use super::state::State;

/// The window in which calls are counted.
const MINUTE: Duration = Duration::from_secs(60);

/// An account that calls through an app.
pub(super) struct Session {
    pub(super) account: usize,
    pub(super) client_key: String,
    scopes: Vec<String>,
}

impl Session {
    pub(super) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }

    pub(super) fn needs(&self, scope: &str) -> Result<(), Refusal> {
        if self.has(scope) { Ok(()) } else { Err(Refusal::code("scope_not_authorized")) }
    }
}

/// Lets a caller in who has a live token, one of these scopes, and calls left in this minute.
pub(super) fn enter(
    state: &mut State,
    call: &Call,
    path: &'static str,
    scopes: &[&str],
    rate: fn(&Rates) -> usize,
) -> Result<Session, Refusal> {
    let bearer = call.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let token = bearer.and_then(|bearer| state.tokens.get(bearer)).filter(|token| state.now < token.expires);
    let token = token.ok_or_else(|| Refusal::code("access_token_invalid"))?;
    let session =
        Session { account: token.account, client_key: token.client_key.clone(), scopes: token.scopes.clone() };
    let (now, limit) = (state.now, rate(&state.options.rates));
    let calls = state.calls.entry((session.account, session.client_key.clone(), path)).or_default();
    while calls.front().is_some_and(|at| *at + MINUTE <= now) {
        calls.pop_front();
    }
    if calls.len() >= limit {
        return Err(Refusal::code("rate_limit_exceeded"));
    }
    calls.push_back(now);
    if scopes.iter().any(|scope| session.has(scope)) { Ok(session) } else { Err(Refusal::code("scope_not_authorized")) }
}

//! Which webhook is meant, and whether it takes a message now. It knows no message from the inside.

use std::time::Duration;

use axum::http::Method;
use axum::response::{IntoResponse as _, Response};

use super::errors::Refusal;
use super::message;
use super::state::State;
use crate::sim::call::{self, Call};

/// A webhook sends one message in this time.
const EACH: Duration = Duration::from_secs(1);

/// One request, one answer.
pub(super) fn answer(state: &mut State, call: &Call) -> Response {
    match admitted(state, call) {
        Ok(Admitted::Wait(time)) => wait(time),
        Ok(Admitted::Hook(hook)) => match message::post(state, call, hook) {
            Ok(()) => call::text(200, "ok"),
            Err(refusal) => refusal.into_response(),
        },
        Err(refusal) => refusal.into_response(),
    }
}

enum Admitted {
    Hook(usize),
    Wait(Duration),
}

fn admitted(state: &mut State, call: &Call) -> Result<Admitted, Refusal> {
    let segments = call.segments();
    let ["services", team, id, secret] = segments.as_slice() else { return Err(Refusal::NO_SERVICE) };
    if call.method != Method::POST {
        return Err(Refusal::NOT_ALLOWED);
    }
    if !state.hooks.iter().any(|hook| hook.team == *team) {
        return Err(Refusal::NO_TEAM);
    }
    let hook = state.hooks.iter().position(|hook| hook.team == *team && hook.id == *id).ok_or(Refusal::NO_SERVICE)?;
    if state.hooks[hook].secret != *secret {
        return Err(Refusal::INVALID_TOKEN);
    }
    if let Some(trouble) = state.hooks[hook].trouble {
        return Err(trouble.into());
    }
    if state.options.limited > 0 {
        state.options.limited -= 1;
        return Ok(Admitted::Wait(state.options.retry_after));
    }
    Ok(match state.hooks[hook].bucket.take(state.now, 1, EACH, state.options.burst) {
        Ok(()) => Admitted::Hook(hook),
        Err(wait) => Admitted::Wait(wait),
    })
}

fn wait(time: Duration) -> Response {
    let mut response = call::text(429, "rate_limited");
    call::set_header(&mut response, "retry-after", &time.as_millis().div_ceil(1_000).to_string());
    response
}

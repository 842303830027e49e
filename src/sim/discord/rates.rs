//! How often a webhook may do what, and the headers that tell
//! (<https://discord.com/developers/docs/topics/rate-limits>). How many calls that are is not documented: the figures
//! are those seen in practice.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::response::Response;
use serde_json::json;

use super::options::Limited;
use super::state::State;
use crate::sim::call;
use crate::sim::meter::{Gauge, Window};

const MINUTE: Duration = Duration::from_secs(60);
/// Within so long wrong answers are counted.
const PATIENCE: Duration = Duration::from_secs(600);

/// What was done, by what it is counted for.
#[derive(Default)]
pub(super) struct Spent {
    /// By webhook and kind of call.
    bursts: HashMap<(usize, &'static str), Window>,
    /// By channel.
    minutes: HashMap<String, Window>,
    invalid: Window,
    banned_until: Option<SystemTime>,
    told: Option<(Gauge, &'static str)>,
}

/// Counts a call of this kind; the refusal, if it is one too many.
pub(super) fn count(state: &mut State, hook: usize, kind: &'static str) -> Option<Response> {
    let (now, options) = (state.now, &mut state.options);
    if options.limited > 0 {
        options.limited -= 1;
        return Some(refusal(options.retry_after, options.limited_by));
    }
    let burst = state.spent.bursts.entry((hook, kind)).or_default();
    let gauge = burst.count(now, 1, options.burst, options.burst_period);
    state.spent.told = Some((gauge, kind));
    if gauge.over {
        return Some(refusal(left(gauge, now), Limited::User));
    }
    if kind == "execute" {
        let minute = state.spent.minutes.entry(state.hooks[hook].channel.clone()).or_default();
        let gauge = minute.count(now, 1, options.messages_a_minute, MINUTE);
        if gauge.over {
            return Some(refusal(left(gauge, now), Limited::Shared));
        }
    }
    None
}

fn left(gauge: Gauge, now: SystemTime) -> Duration {
    gauge.reset.duration_since(now).unwrap_or_default()
}

fn refusal(wait: Duration, by: Limited) -> Response {
    let seconds = f64::from(u32::try_from(wait.as_micros().div_ceil(1_000)).unwrap_or(u32::MAX)) / 1_000.0;
    let whole = wait.as_millis().div_ceil(1_000).to_string();
    if by == Limited::Cloudflare {
        let mut response = call::page(429, "<!doctype html>\n<title>You are being rate limited</title>\n");
        call::set_header(&mut response, "retry-after", &whole);
        return response;
    }
    let global = by == Limited::Global;
    let body = json!({"message": "You are being rate limited.", "retry_after": seconds, "global": global});
    let mut response = call::json(429, &body);
    call::set_header(&mut response, "retry-after", &whole);
    if global {
        call::set_header(&mut response, "x-ratelimit-global", "true");
    }
    let scope = match by {
        Limited::Global => "global",
        Limited::Shared => "shared",
        Limited::User | Limited::Cloudflare => "user",
    };
    call::set_header(&mut response, "x-ratelimit-scope", scope);
    response
}

/// Whether this address was refused too often, and hears nothing else now.
pub(super) fn banned(state: &State) -> Option<Response> {
    let wait = state.spent.banned_until?.duration_since(state.now).ok()?;
    (wait > Duration::ZERO).then(|| refusal(wait, Limited::Cloudflare))
}

/// Puts the gauge on the answer, and counts the answer if it is one of those that one should not get.
pub(super) fn tell(state: &mut State, response: &mut Response) {
    if let Some((gauge, bucket)) = state.spent.told.take() {
        let epoch = gauge.reset.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        call::set_header(response, "x-ratelimit-limit", &gauge.limit.to_string());
        call::set_header(response, "x-ratelimit-remaining", &gauge.remaining.to_string());
        call::set_header(response, "x-ratelimit-reset", &format!("{epoch:.3}"));
        call::set_header(response, "x-ratelimit-reset-after", &format!("{:.3}", left(gauge, state.now).as_secs_f64()));
        call::set_header(response, "x-ratelimit-bucket", bucket);
    }
    let shared = response.headers().get("x-ratelimit-scope").is_some_and(|scope| scope == "shared");
    if matches!(response.status().as_u16(), 401 | 403 | 429) && !shared {
        let gauge = state.spent.invalid.count(state.now, 1, state.options.invalid_max, PATIENCE);
        if gauge.remaining == 0 {
            state.spent.banned_until = Some(gauge.reset);
        }
    }
}

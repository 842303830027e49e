//! How often who may do what, and the headers that tell (<https://docs.bsky.app/docs/advanced-guides/rate-limits>).

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use axum::response::Response;

use super::call;
use super::errors::Refusal;
use super::state::State;
use super::syntax;

/// What is counted apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Ration {
    Calls,
    SignIns,
    /// Points of writes.
    Writes,
    Blobs,
}

/// What was spent, by ration, whose, and length of the window: since when, and how much.
#[derive(Default)]
pub(super) struct Spent {
    windows: HashMap<(Ration, Option<usize>, u64), (SystemTime, u32)>,
    told: Option<Gauge>,
}

/// What the answer tells: of the limit that is nearest.
struct Gauge {
    limit: u32,
    remaining: u32,
    reset: SystemTime,
    period: u64,
}

/// Takes so many points, of an account or of the address that calls; nothing is taken where it is too much.
pub(super) fn spend(state: &mut State, ration: Ration, whose: Option<usize>, points: u32) -> Result<(), Refusal> {
    let options = &state.options;
    let windows: &[(u32, u64)] = match ration {
        Ration::Calls => &[(options.calls, 300)],
        Ration::SignIns => &[(options.sign_ins, 300), (options.sign_ins_a_day, 86_400)],
        Ration::Writes => &[(options.points, 3_600), (options.points_a_day, 86_400)],
        Ration::Blobs => &[(options.blobs_a_day, 86_400)],
    };
    let now = state.now;
    for (limit, period) in windows.iter().copied() {
        let window = state.spent.windows.entry((ration, whose, period)).or_insert((now, 0));
        // A window begins with the first call in it.
        if now >= window.0 + Duration::from_secs(period) {
            *window = (now, 0);
        }
        window.1 = window.1.saturating_add(points);
        let over = window.1 > limit;
        let reset = window.0 + Duration::from_secs(period);
        let gauge = Gauge { limit, remaining: limit.saturating_sub(window.1), reset, period };
        if over || state.spent.told.as_ref().is_none_or(|told| gauge.remaining < told.remaining) {
            state.spent.told = Some(gauge);
        }
        if over {
            return Err(Refusal::new(429, "RateLimitExceeded", "Rate Limit Exceeded"));
        }
    }
    Ok(())
}

/// Puts the gauge on the answer.
pub(super) fn tell(state: &mut State, response: &mut Response) {
    let Some(gauge) = state.spent.told.take() else { return };
    let reset = syntax::micros(gauge.reset) / 1_000_000;
    call::set_header(response, "ratelimit-limit", &gauge.limit.to_string());
    call::set_header(response, "ratelimit-remaining", &gauge.remaining.to_string());
    call::set_header(response, "ratelimit-reset", &reset.to_string());
    call::set_header(response, "ratelimit-policy", &format!("{};w={}", gauge.limit, gauge.period));
}

//! How often an account may do what, and the headers that tell (<https://docs.joinmastodon.org/api/rate-limits/>).

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::response::Response;
use chrono::{DateTime, SecondsFormat, Utc};

use super::call;
use super::errors::Refusal;
use super::state::{State, seconds};

/// What is counted apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Calls,
    Uploads,
    Deletes,
    Statuses,
}

/// Calls by kind, whom, and window; and what the answer to this call tells.
#[derive(Default)]
pub(super) struct Spent {
    counted: HashMap<(Kind, Option<usize>, u64), u32>,
    told: Option<Gauge>,
}

struct Gauge {
    limit: u32,
    remaining: u32,
    reset: SystemTime,
}

/// Counts one more of an account.
pub(super) fn count(state: &mut State, account: usize, kind: Kind) -> Result<(), Refusal> {
    count_of(state, Some(account), kind)
}

/// The same; without an account it is the address that calls.
pub(super) fn count_of(state: &mut State, whose: Option<usize>, kind: Kind) -> Result<(), Refusal> {
    if state.options.is_snac() {
        return Ok(());
    }
    let (limit, period) = match kind {
        Kind::Calls => (state.options.calls, 300),
        Kind::Uploads => (state.options.uploads, 1_800),
        Kind::Deletes => (state.options.deletes, 1_800),
        Kind::Statuses => (state.options.statuses, 10_800),
    };
    let window = seconds(state.now) / period;
    let counted = state.spent.counted.entry((kind, whose, window)).or_default();
    *counted += 1;
    let over = *counted > limit;
    let gauge = Gauge {
        limit,
        remaining: limit.saturating_sub(*counted),
        reset: UNIX_EPOCH + Duration::from_secs((window + 1) * period),
    };
    // The headers tell of the limit that is nearest.
    if state.spent.told.as_ref().is_none_or(|told| gauge.remaining < told.remaining) || over {
        state.spent.told = Some(gauge);
    }
    if over { Err(Refusal::new(429, "Too many requests")) } else { Ok(()) }
}

/// Puts the gauge on the answer.
pub(super) fn tell(state: &mut State, response: &mut Response) {
    let Some(gauge) = state.spent.told.take() else { return };
    let reset = DateTime::<Utc>::from(gauge.reset).to_rfc3339_opts(SecondsFormat::Micros, true);
    call::set_header(response, "x-ratelimit-limit", &gauge.limit.to_string());
    call::set_header(response, "x-ratelimit-remaining", &gauge.remaining.to_string());
    call::set_header(response, "x-ratelimit-reset", &reset);
}

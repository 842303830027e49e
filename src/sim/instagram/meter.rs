//! Counts the calls about each account and tells how much of the allowance is used: 4800 calls for each impression in a
//! rolling day, at both hosts alike.
//!
//! <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>

use std::time::Duration;

use serde_json::json;

use super::state::State;

const DAY: Duration = Duration::from_secs(86_400);
const MINUTE: u64 = 60;

/// How an account stands after this call.
pub(super) struct Gauge {
    pub(super) over: bool,
    /// `X-Business-Use-Case-Usage`, once there is something to tell.
    pub(super) header: Option<String>,
}

/// Counts one call.
pub(super) fn count(state: &mut State, account: usize) -> Gauge {
    let (now, allowed) = (state.now(), state.options.calls_per_day);
    let calls = state.calls.entry(account).or_default();
    while calls.front().is_some_and(|call| *call + DAY <= now) {
        calls.pop_front();
    }
    let over = calls.len() >= allowed;
    // Until the oldest call is forgotten.
    let wait = calls.front().filter(|_| over).map_or(0, |oldest| {
        let until = (*oldest + DAY).duration_since(now).unwrap_or_default();
        until.as_secs().div_ceil(MINUTE)
    });
    if !over {
        calls.push_back(now);
    }
    let percent = (calls.len() * 100).checked_div(allowed).unwrap_or(100);
    let usage = json!({
        "type": "instagram",
        "call_count": percent,
        "total_cputime": percent,
        "total_time": percent,
        "estimated_time_to_regain_access": wait,
    });
    let id = state.accounts[account].id.to_string();
    let header = (over || percent >= state.options.usage_header_from).then(|| json!({ id: [usage] }).to_string());
    Gauge { over, header }
}

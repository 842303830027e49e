//! Counts calls against the allowances and tells of them in headers. It knows nothing of what a call does.
//! <https://developers.facebook.com/docs/graph-api/overview/rate-limiting>

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime};

use serde_json::json;

use super::auth::{Caller, Who};
use super::call::Reply;
use super::errors::Fault;
use super::state::State;

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// The calls of the last hour or day, by whom they are counted for.
#[derive(Default)]
pub(super) struct Meter {
    calls: HashMap<Account, VecDeque<SystemTime>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Account {
    App(String),
    User(usize),
    Page(u64),
}

/// What counting a call showed: headers to send, and the refusal if it was one too many.
pub(super) struct Gauge {
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) over: Option<Reply>,
}

/// Counts one call. A refused call is not counted. `about_page`: the path names a Page or something of one.
pub(super) fn count(state: &mut State, caller: &Caller, about_page: bool) -> Gauge {
    let users = u32::try_from(state.people.len()).unwrap_or(u32::MAX).max(1);
    let app_calls = state.options.app_calls.saturating_mul(users);
    let app = (Account::App(caller.app.clone()), app_calls, HOUR, 4, "Application request limit reached");
    let accounts = match caller.who {
        Who::Page(page, _) => {
            let message = "There have been too many calls to this Page account. Wait a bit and try again. For more info, \
                           please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.";
            vec![(Account::Page(page), state.options.page_calls, DAY, 80_001, message)]
        }
        Who::User(person) => {
            let (code, message) =
                if about_page { (32, "Page request limit reached") } else { (17, "User request limit reached") };
            vec![app, (Account::User(person), state.options.user_calls, HOUR, code, message)]
        }
        Who::App => vec![app],
    };
    let now = state.now();
    let mut gauge = Gauge { headers: Vec::new(), over: None };
    for (account, most, window, code, message) in &accounts {
        let calls = calls(state, account, now, *window);
        if calls.len() >= usize::try_from(*most).unwrap_or(usize::MAX) {
            gauge.over.get_or_insert_with(|| Fault::new(*code, message).reply());
        }
    }
    for (account, most, window, ..) in accounts {
        let full = gauge.over.is_some();
        let after = state.options.usage_headers_after;
        let calls = calls(state, &account, now, window);
        if !full {
            calls.push_back(now);
        }
        let used = u32::try_from(calls.len()).unwrap_or(u32::MAX);
        if used > after || full {
            let regain = calls.front().filter(|_| full).map_or(0, |first| minutes_until(*first + window, now));
            gauge.headers.push(header(&account, u64::from(used) * 100 / u64::from(most.max(1)), regain));
        }
    }
    gauge.headers.dedup_by_key(|(name, _)| *name);
    gauge
}

fn calls<'a>(
    state: &'a mut State,
    account: &Account,
    now: SystemTime,
    window: Duration,
) -> &'a mut VecDeque<SystemTime> {
    let calls = state.meter.calls.entry(account.clone()).or_default();
    while calls.front().is_some_and(|first| *first + window <= now) {
        calls.pop_front();
    }
    calls
}

fn minutes_until(end: SystemTime, now: SystemTime) -> u64 {
    end.duration_since(now).unwrap_or_default().as_secs().div_ceil(60)
}

/// Percentages of the allowance; `regain` in minutes.
fn header(account: &Account, percent: u64, regain: u64) -> (&'static str, String) {
    match account {
        Account::App(_) | Account::User(_) => {
            let usage = json!({"call_count": percent, "total_time": percent, "total_cputime": percent});
            ("x-app-usage", usage.to_string())
        }
        Account::Page(page) => {
            let usage = json!({page.to_string(): [{
                "type": "pages", "call_count": percent, "total_cputime": percent, "total_time": percent,
                "estimated_time_to_regain_access": regain,
            }]});
            ("x-business-use-case-usage", usage.to_string())
        }
    }
}

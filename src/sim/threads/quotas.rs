//! What a person may do in 24 hours, counted over a rolling window: posts, replies, deletions, searches, and calls.
//!
//! <https://developers.facebook.com/docs/threads/overview#rate-limiting>

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::call::{Call, Outcome, Reply};
use super::errors::{self, Refusal};
use super::select::{self, Node};
use super::state::{State, passed};
use super::tokens::Session;
use super::{Options, route};

const WINDOW: Duration = Duration::from_secs(86_400);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quota {
    Posts,
    Replies,
    Deletions,
    Locations,
}

/// One use of a quota.
pub(super) struct Spent {
    person: usize,
    quota: Quota,
    at: SystemTime,
}

/// The quota, its field of usage, its field of configuration, and the scope it takes to read them.
const FIELDS: &[(Quota, &str, &str, &str)] = &[
    (Quota::Posts, "quota_usage", "config", "threads_content_publish"),
    (Quota::Replies, "reply_quota_usage", "reply_config", "threads_manage_replies"),
    (Quota::Deletions, "delete_quota_usage", "delete_config", "threads_delete"),
    (Quota::Locations, "location_search_quota_usage", "location_search_config", "threads_location_tagging"),
];

fn total(options: &Options, quota: Quota) -> usize {
    match quota {
        Quota::Posts => options.post_quota,
        Quota::Replies => options.reply_quota,
        Quota::Deletions => options.delete_quota,
        Quota::Locations => options.location_quota,
    }
}

fn used(state: &State, person: usize, quota: Quota) -> usize {
    let now = state.now();
    let mine = state.spent.iter().filter(|spent| spent.person == person && spent.quota == quota);
    mine.filter(|spent| !passed(now, spent.at, WINDOW)).count()
}

/// Refuses when nothing is left.
pub(super) fn check(state: &State, person: usize, quota: Quota) -> Result<(), Refusal> {
    let left = used(state, person, quota) < total(&state.options, quota);
    if left { Ok(()) } else { Err(errors::quota(state.options.quota_error)) }
}

pub(super) fn spend(state: &mut State, person: usize, quota: Quota) {
    let at = state.now();
    state.spent.retain(|spent| !passed(at, spent.at, WINDOW));
    state.spent.push(Spent { person, quota, at });
}

/// `GET /{user}/threads_publishing_limit`
pub(super) fn read(state: &State, session: &Session, call: &Call) -> Outcome {
    route::only(state, call, &["fields"])?;
    let wanted = select::parse(call.get("fields").unwrap_or("quota_usage"))?;
    for (_, usage, config, scope) in FIELDS {
        if wanted.iter().any(|field| field.name == *usage || field.name == *config) {
            session.need("threads_content_publish")?;
            session.need(scope)?;
        }
    }
    let mut node = Node::new("ThreadsPublishingLimit");
    for (quota, usage, config, _) in FIELDS {
        node.set(usage, json!(used(state, session.person, *quota)));
        let total = total(&state.options, *quota);
        node.set(config, json!({"quota_total": total, "quota_duration": WINDOW.as_secs()}));
    }
    Ok(Reply::json(200, &json!({"data": [node.select(&wanted)?]})))
}

/// Counts a call; the share used up in percent.
pub(super) fn count(state: &mut State, person: usize) -> usize {
    let (now, allowed) = (state.now(), state.options.calls_per_day);
    let calls = state.calls.entry(person).or_default();
    while calls.front().is_some_and(|first| passed(now, *first, WINDOW)) {
        calls.pop_front();
    }
    calls.push_back(now);
    calls.len() * 100 / allowed.max(1)
}

/// The two usage headers: percent of the calls, minutes until the first of them is forgotten.
pub(super) fn headers(state: &State, person: usize, percent: usize) -> [(&'static str, String); 2] {
    let oldest = state.calls.get(&person).and_then(|calls| calls.front());
    let left = oldest.and_then(|first| (*first + WINDOW).duration_since(state.now()).ok()).unwrap_or_default();
    let regain = if percent >= 100 { left.as_secs().div_ceil(60) } else { 0 };
    let app = json!({"call_count": percent, "total_time": percent / 4, "total_cputime": percent / 4});
    let mut case = app.clone();
    case["type"] = json!("threads");
    case["estimated_time_to_regain_access"] = json!(regain);
    let cases: Value = [(state.people[person].id.clone(), json!([case]))].into_iter().collect();
    [("x-app-usage", app.to_string()), ("x-business-use-case-usage", cases.to_string())]
}

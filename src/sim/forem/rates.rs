//! How often a user may publish and change articles (app/services/rate_limit_checker.rb of forem/forem).

use std::time::{Duration, SystemTime};

use super::errors::Refusal;
use super::state::{Article, State};

/// Refuses every call for a while, where a test wants that.
pub(super) fn call(state: &mut State) -> Result<(), Refusal> {
    let options = &mut state.options;
    if options.limited == 0 {
        return Ok(());
    }
    options.limited -= 1;
    Err(Refusal::wait(options.retry_after))
}

/// Whether a user may make one more article: those of lately count that are published.
pub(super) fn creation(state: &State, user: usize) -> Result<(), Refusal> {
    let options = &state.options;
    let (limit, window) = match state.users[user].is_new {
        true => (1, options.new_window),
        false => (options.creations, options.window),
    };
    let lately = |article: &&Article| {
        article.user == user && article.words.published && age(state.now, article.created) < window
    };
    let count = state.articles.iter().filter(lately).count();
    if u32::try_from(count).unwrap_or(u32::MAX) < limit { Ok(()) } else { Err(Refusal::wait(window)) }
}

/// Counts a change.
pub(super) fn update(state: &mut State, user: usize) -> Result<(), Refusal> {
    let (now, options) = (state.now, &state.options);
    let gauge = state.updates.entry(user).or_default().count(now, 1, options.updates, options.window);
    if gauge.over { Err(Refusal::wait(age(gauge.reset, now))) } else { Ok(()) }
}

pub(super) fn age(now: SystemTime, since: SystemTime) -> Duration {
    now.duration_since(since).unwrap_or_default()
}

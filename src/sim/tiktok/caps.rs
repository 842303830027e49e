//! How much is too much: the caps that hold for any 24 hours.

use std::collections::BTreeSet;
use std::time::Duration;

use super::publish::{Phase, Publish};
use super::session::Session;
use super::state::State;

const DAY: Duration = Duration::from_secs(86_400);

/// Why an account cannot post directly now, if it cannot.
pub(super) fn against_post(state: &State, session: &Session) -> Option<&'static str> {
    let options = &state.options;
    if state.accounts[session.account].banned {
        return Some("spam_risk_user_banned_from_posting");
    }
    let recent = || recent(state).filter(|publish| !publish.inbox);
    if recent().filter(|publish| publish.account == session.account).count() >= options.posts_per_day {
        return Some("spam_risk_too_many_posts");
    }
    let creators = recent().filter(|publish| publish.client_key == session.client_key);
    let creators: BTreeSet<usize> = creators.map(|publish| publish.account).collect();
    let cap = if options.audited { options.audited_active_creators } else { Some(options.active_creators) };
    let full = cap.is_some_and(|cap| creators.len() >= cap) && !creators.contains(&session.account);
    full.then_some("reached_active_user_cap")
}

/// Why an account cannot get one more draft now, if it cannot.
pub(super) fn against_draft(state: &State, session: &Session) -> Option<&'static str> {
    if state.accounts[session.account].banned {
        return Some("spam_risk_user_banned_from_posting");
    }
    let pending = recent(state).filter(|publish| publish.inbox && publish.account == session.account);
    let pending = pending.filter(|publish| !matches!(publish.phase(state.now), Phase::Published(_)));
    (pending.count() >= state.options.pending_shares).then_some("spam_risk_too_many_pending_share")
}

/// What was begun in the last 24 hours and neither failed nor was abandoned.
fn recent(state: &State) -> impl Iterator<Item = &Publish> {
    let alive = |publish: &&Publish| {
        state.now < publish.made + DAY
            && !matches!(publish.phase(state.now), Phase::Failed(_))
            && !publish.is_abandoned(state.now)
    };
    state.publishes.iter().filter(alive)
}

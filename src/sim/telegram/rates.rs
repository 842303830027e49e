//! How much a bot may say (<https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>): some
//! thirty calls a second in all, one message a second to a chat, twenty a minute to a channel or group.

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use super::errors::Refusal;
use super::state::State;
use crate::sim::meter::{Bucket, Window};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// What was done.
#[derive(Default)]
pub(super) struct Spent {
    /// By bot.
    calls: HashMap<usize, Window>,
    /// By chat.
    seconds: HashMap<usize, Bucket>,
    minutes: HashMap<usize, Window>,
}

/// Counts a call of a bot.
pub(super) fn call(state: &mut State, bot: usize) -> Result<(), Refusal> {
    let options = &mut state.options;
    if options.limited > 0 {
        options.limited -= 1;
        return Err(Refusal::wait(options.retry_after));
    }
    let gauge = state.spent.calls.entry(bot).or_default().count(state.now, 1, options.calls_a_second, SECOND);
    if gauge.over { Err(until(gauge.reset, state.now)) } else { Ok(()) }
}

/// Counts messages to a chat: an album is as many as it has files.
pub(super) fn messages(state: &mut State, chat: usize, many: u32) -> Result<(), Refusal> {
    let (now, options) = (state.now, &state.options);
    let seconds = state.spent.seconds.entry(chat).or_default();
    seconds.take(now, many, SECOND, options.burst).map_err(|wait| until(now + wait, now))?;
    let minute = state.spent.minutes.entry(chat).or_default();
    let gauge = minute.count(now, many, options.messages_a_minute, MINUTE);
    if gauge.over { Err(until(gauge.reset, now)) } else { Ok(()) }
}

fn until(reset: SystemTime, now: SystemTime) -> Refusal {
    let wait = reset.duration_since(now).unwrap_or_default();
    Refusal::wait(u64::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX).max(1))
}

//! The only place that asks what time it is.

use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// The time of day, and the time that has passed, which sleep and wrong clocks do not touch.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    offset: TimeDelta,
    started: Instant,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self { offset: TimeDelta::zero(), started: Instant::now() }
    }

    /// A clock that shows `at` now and goes on from there.
    pub fn set_to(at: DateTime<Utc>) -> Self {
        Self { offset: at - Self::system().now(), started: Instant::now() }
    }

    /// The time of day, in whole milliseconds.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    pub fn now(&self) -> DateTime<Utc> {
        (Utc::now() + self.offset).trunc_subsecs(3)
    }

    /// Time since this clock was made, by the monotonic clock.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// How far this clock is ahead of the system's.
    pub fn offset(&self) -> TimeDelta {
        self.offset
    }

    /// Waits until the time of day is `until`.
    pub async fn sleep_until(&self, until: DateTime<Utc>) {
        if let Ok(wait) = (until - self.now()).to_std() {
            tokio::time::sleep(wait).await;
        }
    }
}

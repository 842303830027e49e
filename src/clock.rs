//! The only place that asks what time it is.

use std::fmt::Debug;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// What a clock reads: this machine's time, or one that is made up.
pub trait Time: Debug + Send + Sync {
    /// The time of day.
    fn now(&self) -> DateTime<Utc>;

    /// What has passed since some instant, untouched by sleep and by whoever sets the clock.
    fn elapsed(&self) -> Duration;
}

/// The time of day, and the time that has passed, which sleep and wrong clocks do not touch.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    time: &'static dyn Time,
    offset: TimeDelta,
}

#[derive(Debug)]
struct Machine {
    started: Instant,
}

impl Time for Machine {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

static MACHINE: LazyLock<Machine> = LazyLock::new(|| Machine { started: Instant::now() });

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::of(&*MACHINE)
    }

    /// A clock that reads another time than the system's.
    pub fn of(time: &'static dyn Time) -> Self {
        Self { time, offset: TimeDelta::zero() }
    }

    /// A clock that shows `at` now and goes on from there.
    pub fn set_to(at: DateTime<Utc>) -> Self {
        let system = Self::system();
        Self { offset: at - system.now(), ..system }
    }

    /// The time of day, in whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        (self.time.now() + self.offset).trunc_subsecs(3)
    }

    /// Time that has passed since some instant, the same for all clocks of a machine, by the monotonic clock.
    pub fn elapsed(&self) -> Duration {
        self.time.elapsed()
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

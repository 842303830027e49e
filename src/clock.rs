//! The only place that asks what time it is.

use std::fmt::Debug;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use futures_util::future::BoxFuture;

mod alarm;

/// What a clock reads: this machine's time, or one that is made up.
pub trait Time: Debug + Send + Sync {
    /// The time of day.
    fn now(&self) -> DateTime<Utc>;

    /// What has passed since some instant, untouched by sleep and by whoever sets the clock.
    fn elapsed(&self) -> Duration;

    /// Wakes at a time of day, or earlier, as where somebody may have set the clock: whoever waits looks at it again.
    fn alarm(&self, at: DateTime<Utc>) -> BoxFuture<'static, ()> {
        let wait = (at - self.now()).to_std().unwrap_or_default();
        Box::pin(tokio::time::sleep(wait))
    }
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

    fn alarm(&self, at: DateTime<Utc>) -> BoxFuture<'static, ()> {
        Box::pin(alarm::ring(at, (at - self.now()).to_std().unwrap_or_default()))
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

    /// Wakes when the time of day is `at`, however long the machine slept meanwhile, or earlier, as where somebody may have
    /// set its clock: whoever waits looks again.
    pub async fn alarm(&self, at: DateTime<Utc>) {
        self.time.alarm(at.checked_sub_signed(self.offset).unwrap_or(at)).await;
    }

    /// Waits as long as it is until `until` now, by the time that passes while the machine is awake.
    pub async fn sleep_until(&self, until: DateTime<Utc>) {
        if let Ok(wait) = (until - self.now()).to_std() {
            tokio::time::sleep(wait).await;
        }
    }
}

//! Time in a world: it passes when everybody waits. Each machine has a clock of its own, which may be wrong, be set, or
//! stand still while the machine sleeps.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use pressroom::clock::Time;
use tokio::time::Instant;

/// The true time of day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sun {
    began: Instant,
}

/// When every world begins.
pub(crate) const BEGINNING: &str = "2026-12-01T06:00:00Z";

impl Sun {
    pub(crate) fn rise() -> Self {
        Self { began: Instant::now() }
    }

    pub(crate) fn passed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        let beginning: DateTime<Utc> = BEGINNING.parse().unwrap();
        beginning + TimeDelta::from_std(self.passed()).unwrap()
    }

    /// The same, as simulators know it.
    pub(crate) fn system(&self) -> SystemTime {
        self.now().into()
    }
}

/// A machine's clock.
#[derive(Debug)]
pub(crate) struct Watch {
    sun: Sun,
    skew_ms: AtomicI64,
    slept_ms: AtomicU64,
    /// Shows nothing of the time the machine slept: what no clock does, and what our leases must not rest on.
    sleeps_too: bool,
}

impl Watch {
    pub(crate) fn new(sun: Sun, skew_ms: i64, sleeps_too: bool) -> Self {
        Self { sun, skew_ms: skew_ms.into(), slept_ms: 0.into(), sleeps_too }
    }

    /// Somebody sets the clock.
    pub(crate) fn set(&self, skew_ms: i64) {
        self.skew_ms.store(skew_ms, SeqCst);
    }

    pub(crate) fn skew_ms(&self) -> i64 {
        self.skew_ms.load(SeqCst)
    }

    /// What a platform's `Date` says to a machine that is not to notice that it slept.
    pub(crate) fn blind_to_sleep(&self) -> Option<DateTime<Utc>> {
        let slept = TimeDelta::milliseconds(self.slept_ms.load(SeqCst) as i64);
        self.sleeps_too.then(|| self.sun.now() - slept)
    }

    /// The machine has slept so long.
    pub(crate) fn slept(&self, long: Duration) {
        self.slept_ms.fetch_add(long.as_millis() as u64, SeqCst);
    }
}

impl Time for Watch {
    fn now(&self) -> DateTime<Utc> {
        let slept = if self.sleeps_too { self.slept_ms.load(SeqCst) as i64 } else { 0 };
        self.sun.now() + TimeDelta::milliseconds(self.skew_ms() - slept)
    }

    fn elapsed(&self) -> Duration {
        self.sun.passed().saturating_sub(Duration::from_millis(self.slept_ms.load(SeqCst)))
    }
}

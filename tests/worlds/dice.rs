//! The dice of a world: everything that is left to chance comes from its seed.

use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Dice that all of a world's things share, or have of their own. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    seed: u64,
    rng: Arc<Mutex<fastrand::Rng>>,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, rng: Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))) }
    }

    /// Others for one thing, with which it changes nothing how these fall: what comes to the worlds later takes its own, so that
    /// a world of the past stays what it was.
    pub(crate) fn of(&self, what: &str) -> Self {
        // FNV-1a
        Self::new(what.bytes().fold(self.seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)))
    }

    /// Others, whose falls do not depend on how often these are thrown from now on.
    pub(crate) fn split(&self) -> Self {
        Self::new(self.number(0..=u64::MAX))
    }

    pub(crate) fn number(&self, range: RangeInclusive<u64>) -> u64 {
        self.rng.lock().unwrap().u64(range)
    }

    /// True once in so many throws; never for 0.
    pub(crate) fn one_in(&self, throws: u64) -> bool {
        throws > 0 && self.number(1..=throws) == 1
    }

    pub(crate) fn duration(&self, range: RangeInclusive<Duration>) -> Duration {
        let (least, most) = (range.start().as_millis() as u64, range.end().as_millis() as u64);
        Duration::from_millis(self.number(least..=most))
    }

    pub(crate) fn pick<'a, T>(&self, from: &'a [T]) -> &'a T {
        &from[self.number(0..=from.len() as u64 - 1) as usize]
    }
}

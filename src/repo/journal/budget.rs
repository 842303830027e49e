//! How many pushes a hosting service is asked for: a token bucket. Pure; is told the time.

use std::time::Duration;

use tokio::time::Instant;

/// Pushes a minute, and at once after a pause.
const PUSHES_A_MINUTE: f64 = 6.0;

/// Pushes that may still be made: refilled evenly, with room for a burst.
pub(super) struct Budget {
    left: f64,
    told: Instant,
}

impl Budget {
    pub(super) fn new(now: Instant) -> Self {
        Self { left: PUSHES_A_MINUTE, told: now }
    }

    fn refill(&mut self, now: Instant) {
        let minutes = now.saturating_duration_since(self.told).as_secs_f64() / 60.0;
        self.left = (self.left + minutes * PUSHES_A_MINUTE).min(PUSHES_A_MINUTE);
        self.told = now;
    }

    /// How long to wait before the next push.
    pub(super) fn wait(&mut self, now: Instant) -> Duration {
        self.refill(now);
        Duration::from_secs_f64(((1.0 - self.left) * 60.0 / PUSHES_A_MINUTE).max(0.0))
    }

    /// A push was made.
    pub(super) fn spend(&mut self, now: Instant) {
        self.refill(now);
        self.left -= 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_pushes_at_once_then_one_every_ten_seconds() {
        let start = Instant::now();
        let after = |seconds: u64| start + Duration::from_secs(seconds);
        let mut budget = Budget::new(start);
        for _ in 0..6 {
            assert_eq!(budget.wait(start), Duration::ZERO);
            budget.spend(start);
        }
        assert_eq!(budget.wait(start).as_secs_f64().round(), 10.0);
        assert_eq!(budget.wait(after(4)).as_secs_f64().round(), 6.0);
        assert_eq!(budget.wait(after(11)), Duration::ZERO);
        budget.spend(after(11));
        assert!(budget.wait(after(11)) > Duration::from_secs(8));
        assert_eq!(budget.wait(after(600)), Duration::ZERO);
        assert_eq!(budget.left, 6.0, "a long pause saves up no more than one burst");
    }
}

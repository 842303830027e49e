//! How much somebody did lately: windows and buckets for the limits of the simulators. It knows neither calls nor answers.

use std::time::{Duration, SystemTime};

/// A span of time that begins with the first thing done in it.
#[derive(Default)]
pub(super) struct Window {
    since: Option<SystemTime>,
    done: u32,
}

/// How a window stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gauge {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    pub(super) reset: SystemTime,
    /// It was too much: nothing was counted.
    pub(super) over: bool,
}

impl Window {
    /// Counts so many, if they are within the limit.
    pub(super) fn count(&mut self, now: SystemTime, many: u32, limit: u32, period: Duration) -> Gauge {
        let since = *self.since.get_or_insert(now);
        if now >= since + period {
            (self.since, self.done) = (Some(now), 0);
        }
        let over = self.done.saturating_add(many) > limit;
        self.done += if over { 0 } else { many };
        let reset = self.since.unwrap_or(now) + period;
        Gauge { limit, remaining: limit.saturating_sub(self.done), reset, over }
    }
}

/// So many at once, and one more after each span of time.
#[derive(Default)]
pub(super) struct Bucket {
    /// When all that was taken is made up for.
    level: Option<SystemTime>,
}

impl Bucket {
    /// Takes so many; more than the bucket ever holds are given when it is full.
    ///
    /// # Errors
    /// With how long to wait, when there are too few.
    pub(super) fn take(&mut self, now: SystemTime, many: u32, each: Duration, burst: u32) -> Result<(), Duration> {
        let level = self.level.unwrap_or(now).max(now);
        let next = level + each * many;
        let most = now + each * burst.max(many);
        match next.duration_since(most) {
            Ok(wait) if wait > Duration::ZERO => Err(wait),
            _ => {
                self.level = Some(next);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn a_window_begins_with_the_first() {
        let mut window = Window::default();
        let at = |millis| UNIX_EPOCH + Duration::from_millis(millis);
        let mut count = |millis| {
            let gauge = window.count(at(millis), 1, 2, Duration::from_secs(2));
            (gauge.remaining, gauge.reset, gauge.over)
        };
        assert_eq!(count(500), (1, at(2_500), false));
        assert_eq!(count(2_400), (0, at(2_500), false));
        assert_eq!(count(2_499), (0, at(2_500), true));
        assert_eq!(count(2_500), (1, at(4_500), false));
    }

    #[test]
    fn a_bucket_fills_again_one_by_one() {
        let (mut bucket, second) = (Bucket::default(), Duration::from_secs(1));
        let mut take = |seconds, many| bucket.take(UNIX_EPOCH + second * seconds, many, second, 2);
        for (seconds, many, expected) in [
            (0, 1, Ok(())),
            (0, 1, Ok(())),
            (0, 1, Err(second)),
            (1, 1, Ok(())),
            (1, 2, Err(second * 2)),
            (3, 2, Ok(())),
            (4, 10, Err(second)),
            (5, 10, Ok(())),
        ] {
            assert_eq!(take(seconds, many), expected, "{seconds} {many}");
        }
    }
}

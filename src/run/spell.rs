//! How long things last in a run.

use std::time::Duration;

use chrono::TimeDelta;

use crate::error::{Failure, Kind};

/// The times of a run. Real platforms get the defaults; a rehearsal may shorten them, as nothing real can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timings {
    /// How long a claim lasts before it must be renewed.
    pub lease: TimeDelta,
    /// How long after the end of its lease another machine's claim is left alone: the longest request, its latest
    /// arrival, the platform's delay until a post can be found, and twice the clocks' difference.
    pub grace: TimeDelta,
    /// Longest request.
    pub request: Duration,
    /// Replaces every platform's own settle time.
    pub settle: Option<TimeDelta>,
    /// Longest wait inside a run for one target; a longer one ends the target's turn.
    pub patience: TimeDelta,
}

/// Time that must be left of a lease besides the longest request.
const LEASE_MARGIN: TimeDelta = TimeDelta::seconds(10);

impl Default for Timings {
    fn default() -> Self {
        Self {
            lease: TimeDelta::minutes(10),
            grace: TimeDelta::minutes(5),
            request: Duration::from_secs(60),
            settle: None,
            patience: TimeDelta::minutes(2),
        }
    }
}

impl Timings {
    /// Reads `lease=20,grace=1,request=5,settle=0.2,patience=10`, in seconds; what is not named keeps its default.
    ///
    /// # Errors
    /// When the text is not of that form, or the lease ends before a request may.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let mut timings = Self::default();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let wrong = || {
                Failure::new(Kind::Usage, format!("PRESSROOM_TIMINGS: `{pair}` is not a timing"))
                    .hint("write `lease=600,grace=300,request=60,settle=15,patience=120`, in seconds")
            };
            let (name, seconds) = pair.split_once('=').ok_or_else(wrong)?;
            let seconds: f64 = seconds.parse().map_err(|_| wrong())?;
            if !(0.0..=86_400.0).contains(&seconds) {
                return Err(wrong());
            }
            #[expect(clippy::cast_possible_truncation, reason = "at most a day, in milliseconds")]
            let delta = TimeDelta::milliseconds((seconds * 1000.0) as i64);
            match name {
                "lease" => timings.lease = delta,
                "grace" => timings.grace = delta,
                "request" => timings.request = Duration::from_secs_f64(seconds),
                "settle" => timings.settle = Some(delta),
                "patience" => timings.patience = delta,
                _ => return Err(wrong()),
            }
        }
        if timings.lease <= timings.lease_needed() {
            return Err(Failure::new(
                Kind::Usage,
                "PRESSROOM_TIMINGS: the lease is over before the longest request is",
            )
            .hint("a lease must last longer than a request and a tenth of itself"));
        }
        Ok(timings)
    }

    /// What must be left of a lease when a call is sent: the longest request, and some time besides.
    pub fn lease_needed(&self) -> TimeDelta {
        let request = TimeDelta::from_std(self.request).unwrap_or(TimeDelta::MAX);
        request.checked_add(&LEASE_MARGIN.min(self.lease / 10)).unwrap_or(TimeDelta::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timings_are_seconds_by_name() {
        let timings = Timings::parse("lease=80, settle=0.25").unwrap();
        assert_eq!(
            timings,
            Timings { lease: TimeDelta::seconds(80), settle: Some(TimeDelta::milliseconds(250)), ..Timings::default() }
        );
    }

    #[test]
    fn a_lease_outlasts_a_request() {
        assert!(Timings::default().lease_needed() < Timings::default().lease);
        assert_eq!(Timings::parse("lease=6,request=5").unwrap().lease_needed(), TimeDelta::milliseconds(5600));
        for text in ["lease=5.5,request=5", "lease=2", "request=590"] {
            assert_eq!(
                Timings::parse(text).unwrap_err().message,
                "PRESSROOM_TIMINGS: the lease is over before the longest request is"
            );
        }
    }

    #[test]
    fn what_is_no_timing_is_refused() {
        for text in ["lease", "lease=long", "lease=-1", "nap=3", "lease=NaN"] {
            assert_eq!(
                Timings::parse(text).unwrap_err().message,
                format!("PRESSROOM_TIMINGS: `{text}` is not a timing")
            );
        }
    }
}

//! What a project may ask in a day: three buckets, filled anew at midnight in Los Angeles
//! (<https://developers.google.com/youtube/data/determine_quota_cost>).

use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::Options;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Bucket {
    /// Calls of `videos.insert`.
    Inserts,
    /// Calls of `search.list`.
    Searches,
    /// Units of everything else.
    Units,
}

/// What was spent, by project.
#[derive(Default)]
pub(super) struct Meter {
    spent: HashMap<(String, Bucket, Date), u64>,
}

impl Meter {
    /// What the project spent of this bucket since midnight.
    pub(super) fn spent(&self, project: &str, bucket: Bucket, now: SystemTime) -> u64 {
        self.spent.get(&(project.to_owned(), bucket, day(now))).copied().unwrap_or(0)
    }

    pub(super) fn spend(&mut self, project: &str, bucket: Bucket, now: SystemTime, units: u64) {
        *self.spent.entry((project.to_owned(), bucket, day(now))).or_default() += units;
    }
}

impl Bucket {
    pub(super) fn limit(self, options: &Options) -> u64 {
        match self {
            Self::Inserts => options.insert_quota,
            Self::Searches => options.search_quota,
            Self::Units => options.unit_quota,
        }
    }
}

fn day(now: SystemTime) -> Date {
    #[expect(clippy::expect_used, reason = "a constant name that the test below looks up")]
    static LOS_ANGELES: LazyLock<TimeZone> =
        LazyLock::new(|| TimeZoneDatabase::bundled().get("America/Los_Angeles").expect("the zone is built in"));
    LOS_ANGELES.to_datetime(Timestamp::try_from(now).unwrap_or(Timestamp::MAX)).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::youtube::state::instant;

    #[test]
    fn the_day_ends_at_midnight_in_los_angeles() {
        for (before, after) in [
            // Summer time, winter time.
            ("2026-07-01T06:59:59Z", "2026-07-01T07:00:00Z"),
            ("2026-12-01T07:59:59Z", "2026-12-01T08:00:00Z"),
        ] {
            let (before, after) = (instant(before).unwrap(), instant(after).unwrap());
            let mut meter = Meter::default();
            meter.spend("p", Bucket::Units, before, 3);
            assert_eq!(meter.spent("p", Bucket::Units, before), 3);
            assert_eq!(meter.spent("p", Bucket::Searches, before), 0);
            assert_eq!(meter.spent("q", Bucket::Units, before), 0);
            assert_eq!(meter.spent("p", Bucket::Units, after), 0);
        }
    }
}

//! Time zones by their IANA names. Their rules are built in: what a wall time means follows from what is written, and neither
//! from the files nor from the `TZ` of the machine that reads it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::{LazyLock, OnceLock, PoisonError, RwLock};

use chrono::{FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use jiff::Timestamp;
use jiff::tz::{self, AmbiguousOffset, TimeZoneDatabase};

/// A zone of the IANA's database, such as `Europe/Amsterdam`.
#[derive(Clone, Copy)]
pub struct Zone(&'static Known);

/// A zone that somebody has named.
struct Known {
    name: &'static str,
    /// Read when they are first asked for.
    rules: OnceLock<tz::TimeZone>,
}

/// What a zone's clocks differ from UTC at some instant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// chrono wants it back: who adds a day to an instant may get another offset.
    zone: Zone,
    from_utc: FixedOffset,
}

/// No zone has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no zone has this name")]
pub struct Unknown;

static UTC: Known = Known::new("UTC");
static LOS_ANGELES: Known = Known::new("America/Los_Angeles");

/// Stands in the database for a machine that nobody has told its zone, with the clock of UTC: who writes it means another.
const NOWHERE: &str = "Factory";

impl Known {
    const fn new(name: &'static str) -> Self {
        Self { name, rules: OnceLock::new() }
    }

    fn rules(&self) -> &tz::TimeZone {
        #[expect(clippy::expect_used, reason = "names come from the database, and a test reads the rules of all")]
        self.rules.get_or_init(|| TimeZoneDatabase::bundled().get(self.name).expect("rules of a known zone"))
    }
}

impl Zone {
    pub const UTC: Self = Self(&UTC);
    pub const LOS_ANGELES: Self = Self(&LOS_ANGELES);

    /// As the IANA names it.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The names of all zones in order, also those of old that now mean another.
    pub fn names() -> impl Iterator<Item = &'static str> {
        static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
            let database = TimeZoneDatabase::bundled();
            let names = database.available().map(|name| name.as_str().to_owned());
            let mut names: Vec<String> = names.filter(|name| name != NOWHERE).collect();
            names.sort_unstable();
            names
        });
        NAMES.iter().map(String::as_str)
    }

    /// A zone that is there.
    #[cfg(test)]
    pub(crate) fn named(name: &str) -> Self {
        name.parse().unwrap()
    }

    fn offset(self, offset: tz::Offset) -> Offset {
        #[expect(clippy::expect_used, reason = "no zone is a day away from UTC, as a test sees of all")]
        let from_utc = FixedOffset::east_opt(offset.seconds()).expect("less than a day");
        Offset { zone: self, from_utc }
    }
}

impl FromStr for Zone {
    type Err = Unknown;

    /// By its exact name: `europe/amsterdam` is none.
    ///
    /// Zones live for ever, as those do that are named above: one for each name that this process has met.
    fn from_str(name: &str) -> Result<Self, Unknown> {
        static MET: RwLock<BTreeMap<&'static str, &'static Known>> = RwLock::new(BTreeMap::new());
        if let Some(known) = [&UTC, &LOS_ANGELES].into_iter().find(|known| known.name == name) {
            return Ok(Self(known));
        }
        if let Some(known) = MET.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return Ok(Self(known));
        }
        // The database takes names in any case, and one besides that is no name: `Etc/Unknown`.
        let rules = TimeZoneDatabase::bundled().get(name).map_err(|_| Unknown)?;
        if rules.iana_name() != Some(name) || name == NOWHERE {
            return Err(Unknown);
        }
        let mut met = MET.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = met.get(name) {
            return Ok(Self(known));
        }
        let known: &'static Known = Box::leak(Box::new(Known { name: name.to_owned().leak(), rules: rules.into() }));
        met.insert(known.name, known);
        Ok(Self(known))
    }
}

/// The nearest second that jiff knows: its years have four digits, those of chrono may have six.
fn nearest(time: &NaiveDateTime) -> Timestamp {
    let second = time.and_utc().timestamp();
    let end = if second < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(second).unwrap_or(end)
}

impl TimeZone for Zone {
    type Offset = Offset;

    fn from_offset(offset: &Offset) -> Self {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> LocalResult<Offset> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> LocalResult<Offset> {
        let wall = tz::Offset::UTC.to_datetime(nearest(local));
        let rules = self.0.rules();
        let (before, after) = match rules.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } => return LocalResult::Single(self.offset(offset)),
            AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => (before, after),
        };
        // Both are looked at: where the rules that go on for ever begin, jiff tells a fold that never was (Nuuk, 2023). That the
        // clock still shows what it showed before is the earlier instant.
        let is_shown = |offset: tz::Offset| offset.to_timestamp(wall).is_ok_and(|at| rules.to_offset(at) == offset);
        match (is_shown(before), is_shown(after)) {
            (true, true) => LocalResult::Ambiguous(self.offset(before), self.offset(after)),
            (true, false) => LocalResult::Single(self.offset(before)),
            (false, true) => LocalResult::Single(self.offset(after)),
            (false, false) => LocalResult::None,
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> Offset {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> Offset {
        self.offset(self.0.rules().to_offset(nearest(utc)))
    }
}

impl chrono::Offset for Offset {
    fn fix(&self) -> FixedOffset {
        self.from_utc
    }
}

impl fmt::Debug for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.from_utc, f)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.from_utc, f)
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl Ord for Zone {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl PartialOrd for Zone {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Zone {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::{DateTime, Datelike as _, Days, Offset as _, TimeDelta, Utc};

    use super::*;

    fn wall(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
    }

    #[test]
    fn instants_have_a_wall_time() {
        for (zone, instant, local) in [
            ("UTC", "2026-12-01T08:00:00Z", "2026-12-01T08:00:00+00:00"),
            ("Europe/Amsterdam", "2026-12-01T08:00:00Z", "2026-12-01T09:00:00+01:00"),
            ("Europe/Amsterdam", "2026-07-01T08:00:00Z", "2026-07-01T10:00:00+02:00"),
            // The last second of winter time, the first of summer time, and both again in autumn.
            ("Europe/Amsterdam", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"),
            ("Europe/Amsterdam", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"),
            ("Europe/Amsterdam", "2026-10-25T00:59:59.9Z", "2026-10-25T02:59:59.900+02:00"),
            ("Europe/Amsterdam", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00+01:00"),
            ("America/Los_Angeles", "2026-12-01T07:59:59Z", "2026-11-30T23:59:59-08:00"),
            ("America/Los_Angeles", "1969-12-31T23:59:59.5Z", "1969-12-31T15:59:59.500-08:00"),
            ("Australia/Lord_Howe", "2026-01-01T00:00:00Z", "2026-01-01T11:00:00+11:00"),
            ("Australia/Lord_Howe", "2026-07-01T00:00:00Z", "2026-07-01T10:30:00+10:30"),
            ("Asia/Kathmandu", "2026-07-01T00:00:00Z", "2026-07-01T05:45:00+05:45"),
            ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29T23:59:59-10:00"),
            ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T00:00:00+14:00"),
            // The rules of today go on.
            ("Europe/Amsterdam", "2150-07-01T08:00:00Z", "2150-07-01T10:00:00+02:00"),
            ("Europe/Amsterdam", "9999-07-01T08:00:00Z", "9999-07-01T10:00:00+02:00"),
            ("Asia/Tokyo", "9999-07-01T08:00:00Z", "9999-07-01T17:00:00+09:00"),
            // Names of old.
            ("US/Pacific", "2026-12-01T08:00:00Z", "2026-12-01T00:00:00-08:00"),
            ("Europe/Kiev", "2026-12-01T08:00:00Z", "2026-12-01T10:00:00+02:00"),
            ("UCT", "2026-12-01T08:00:00Z", "2026-12-01T08:00:00+00:00"),
            ("EST5EDT", "2026-07-01T08:00:00Z", "2026-07-01T04:00:00-04:00"),
            ("Etc/GMT+8", "2026-07-01T08:00:00Z", "2026-07-01T00:00:00-08:00"),
        ] {
            let instant: DateTime<Utc> = instant.parse().unwrap();
            let there = instant.with_timezone(&Zone::named(zone));
            assert_eq!(there.to_rfc3339(), local, "{zone} {instant}");
            assert_eq!(there.to_utc(), instant);
        }
    }

    #[test]
    fn wall_times_are_shown_once_or_twice_or_never() {
        for (zone, local, instants) in [
            ("UTC", "2026-03-29 02:30:00", &["2026-03-29T02:30:00Z"][..]),
            ("Asia/Tokyo", "2026-03-29 02:30:00", &["2026-03-28T17:30:00Z"]),
            ("Europe/Amsterdam", "2026-03-29 01:59:59", &["2026-03-29T00:59:59Z"]),
            ("Europe/Amsterdam", "2026-03-29 02:00:00", &[]),
            ("Europe/Amsterdam", "2026-03-29 02:59:59", &[]),
            ("Europe/Amsterdam", "2026-03-29 03:00:00", &["2026-03-29T01:00:00Z"]),
            ("Europe/Amsterdam", "2026-10-25 01:59:59", &["2026-10-24T23:59:59Z"]),
            ("Europe/Amsterdam", "2026-10-25 02:00:00", &["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"]),
            ("Europe/Amsterdam", "2026-10-25 02:59:59", &["2026-10-25T00:59:59Z", "2026-10-25T01:59:59Z"]),
            ("Europe/Amsterdam", "2026-10-25 03:00:00", &["2026-10-25T02:00:00Z"]),
            ("America/Los_Angeles", "2026-11-01 01:30:00", &["2026-11-01T08:30:00Z", "2026-11-01T09:30:00Z"]),
            // Half an hour.
            ("Australia/Lord_Howe", "2026-04-05 01:45:00", &["2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"]),
            ("Australia/Lord_Howe", "2026-10-04 02:15:00", &[]),
            // No fold: what was summer time stays.
            ("America/Nuuk", "2023-10-28 23:30:00", &["2023-10-29T01:30:00Z"]),
            ("America/Nuuk", "2024-10-26 23:30:00", &["2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z"]),
            // A whole day.
            ("Pacific/Apia", "2011-12-29 23:59:59", &["2011-12-30T09:59:59Z"]),
            ("Pacific/Apia", "2011-12-30 00:00:00", &[]),
            ("Pacific/Apia", "2011-12-30 23:59:59", &[]),
            ("Pacific/Apia", "2011-12-31 00:00:00", &["2011-12-30T10:00:00Z"]),
            // Far ahead.
            ("Europe/Amsterdam", "2150-03-29 02:30:00", &[]),
            ("Europe/Amsterdam", "2150-10-25 02:30:00", &["2150-10-25T00:30:00Z", "2150-10-25T01:30:00Z"]),
        ] {
            let found = match Zone::named(zone).from_local_datetime(&wall(local)) {
                LocalResult::None => vec![],
                LocalResult::Single(only) => vec![only.to_utc()],
                LocalResult::Ambiguous(first, second) => vec![first.to_utc(), second.to_utc()],
            };
            let instants: Vec<DateTime<Utc>> = instants.iter().map(|instant| instant.parse().unwrap()).collect();
            assert_eq!(found, instants, "{zone} {local}");
        }
    }

    #[test]
    fn a_day_added_may_change_the_offset() {
        let zone = Zone::named("Europe/Amsterdam");
        let before = zone.from_local_datetime(&wall("2026-03-28 12:00:00")).unwrap();
        assert_eq!((before + TimeDelta::days(1)).to_rfc3339(), "2026-03-29T13:00:00+02:00");
        assert_eq!(before.checked_add_days(Days::new(1)).unwrap().to_rfc3339(), "2026-03-29T12:00:00+02:00");
        assert_eq!(before.timezone(), zone);
        assert_eq!(format!("{before} {:?}", before.offset()), "2026-03-28 12:00:00 +01:00 +01:00");
    }

    #[test]
    fn ends_of_time_do_no_harm() {
        for zone in ["UTC", "America/Los_Angeles", "Europe/Amsterdam", "Pacific/Kiritimati", "Etc/GMT+12"] {
            let zone = Zone::named(zone);
            for end in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
                let offset = zone.offset_from_utc_datetime(&end);
                // The last rules there are; in the beginning, the sun's time of the place.
                let near = end.with_year(if end.year() < 0 { -9000 } else { 9000 }).unwrap();
                assert_eq!(offset, zone.offset_from_utc_datetime(&near), "{zone} {end}");
                assert_eq!(zone.offset_from_local_datetime(&end).single(), Some(offset), "{zone} {end}");
                // An instant past the end is none.
                let _ = zone.from_local_datetime(&end);
                assert_eq!(zone.from_utc_datetime(&end).to_utc().naive_utc(), end);
            }
        }
    }

    #[test]
    fn every_zone_has_a_name_and_rules() {
        let names: Vec<&str> = Zone::names().collect();
        assert!(names.len() > 590 && names.is_sorted(), "{names:?}");
        let zones: HashSet<Zone> = names.iter().map(|name| name.parse().unwrap()).collect();
        assert_eq!(zones.len(), names.len());
        for zone in zones {
            assert!(names.contains(&zone.name()));
            assert_eq!((zone.to_string(), format!("{zone:?}")), (zone.name().to_owned(), zone.name().to_owned()));
            for year in [1800, 1900, 1950, 2000, 2026, 2100] {
                let noon = NaiveDate::from_ymd_opt(year, 7, 1).unwrap().and_hms_opt(12, 0, 0).unwrap();
                let offset = zone.offset_from_utc_datetime(&noon).fix().local_minus_utc();
                assert!(offset.abs() < 16 * 3600, "{zone} {year} {offset}");
            }
        }
    }

    /// Around each change of each zone: what a clock shows at an instant is shown at it, and at others only if they are told.
    #[test]
    fn instants_and_wall_times_agree() {
        for zone in Zone::names().map(Zone::named) {
            let from: Timestamp = "1990-01-01T00:00:00Z".parse().unwrap();
            let changes = zone.0.rules().following(from).map(|change| change.timestamp().as_second());
            for change in changes.take_while(|second| *second < 2_300_000_000) {
                for seconds in [-86_400, -7_200, -3_600, -1_800, -1, 0, 1, 1_800, 3_600, 7_200, 86_400] {
                    let there = zone.timestamp_opt(change + seconds, 0).unwrap();
                    let local = there.naive_local();
                    let (first, last) = match zone.from_local_datetime(&local) {
                        LocalResult::None => panic!("{zone} {there}"),
                        LocalResult::Single(only) => (only, only),
                        LocalResult::Ambiguous(first, second) => (first, second),
                    };
                    assert!(there == first || there == last, "{zone} {there}");
                    assert!(
                        first <= last && [first, last].iter().all(|at| at.naive_local() == local),
                        "{zone} {there}"
                    );
                    // What a fold hides is found an hour further, or half of one.
                    let others =
                        [-7_200, -3_600, -1_800, 1_800, 3_600, 7_200].map(|off| there + TimeDelta::seconds(off));
                    for other in others.into_iter().filter(|other| other.naive_local() == local) {
                        assert!(other == first || other == last, "{zone} {there} {other}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_zone_is_its_name() {
        for zone in [Zone::UTC, Zone::LOS_ANGELES] {
            assert_eq!(Zone::named(zone.name()), zone);
        }
        let (kiev, kyiv) = (Zone::named("Europe/Kiev"), Zone::named("Europe/Kyiv"));
        assert!(kiev < kyiv && kiev == Zone::named("Europe/Kiev"));
        assert_eq!(format!("{kiev:>12}"), " Europe/Kiev");
        for name in [
            "",
            "Amsterdam",
            "europe/amsterdam",
            "Europe/Amsterdam ",
            "utc",
            "Utc",
            "america/Los_Angeles",
            "Etc/Unknown",
            "Factory",
            "+01:00",
            "CET-1CEST,M3.5.0,M10.5.0/3",
            "../Europe/Amsterdam",
            "Europe",
        ] {
            assert_eq!(name.parse::<Zone>(), Err(Unknown), "{name}");
        }
    }

    #[test]
    fn threads_meet_the_same_zone() {
        let threads = [(); 4].map(|()| {
            std::thread::spawn(|| Zone::names().map(|name| std::ptr::from_ref(Zone::named(name).0).addr()).collect())
        });
        let [first, others @ ..]: [Vec<usize>; 4] = threads.map(|thread| thread.join().unwrap());
        assert!(others.iter().all(|other| *other == first));
    }
}

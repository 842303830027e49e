//! An account's week: when its slots are, and when nothing goes out there. Asks no clock.

use chrono::{DateTime, Datelike as _, Days, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};

use super::time::{Blackout, Quiet, Slot};
use crate::zone::Zone;

/// How far ahead a slot, or the end of quiet hours, is looked for.
const DAYS_MAX: u64 = 800;

/// When nothing is to go out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hush {
    pub quiet: Vec<Quiet>,
    pub blackout: Vec<Blackout>,
}

impl Hush {
    /// When the quiet around an instant ends; `None`: it is not quiet then, or never ends.
    pub fn end(&self, at: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
        let (mut free, last) = (at, at.checked_add_days(Days::new(DAYS_MAX))?);
        while let Some(end) = self.ends_here(free, zone) {
            if end > last {
                return None;
            }
            free = end;
        }
        (free > at).then_some(free)
    }

    /// Whether nothing could ever go out.
    pub fn never_ends(&self) -> bool {
        // Apart from dates, a week is like another.
        let hush = Self { quiet: self.quiet.clone(), blackout: Vec::new() };
        hush.covers(DateTime::UNIX_EPOCH, Zone::UTC) && hush.end(DateTime::UNIX_EPOCH, Zone::UTC).is_none()
    }

    /// Whether it is quiet at an instant.
    pub fn covers(&self, at: DateTime<Utc>, zone: Zone) -> bool {
        self.ends_here(at, zone).is_some()
    }

    /// The latest end of what covers an instant.
    fn ends_here(&self, at: DateTime<Utc>, zone: Zone) -> Option<DateTime<Utc>> {
        let today = at.with_timezone(&zone).date_naive();
        let midnight = |day: chrono::NaiveDate| first_instant(day.and_time(NaiveTime::MIN), zone);
        let days_off = self.blackout.iter().filter_map(|(first, last)| {
            (*first..=*last).contains(&today).then(|| last.succ_opt().and_then(midnight))?
        });
        let hours = self.quiet.iter().flat_map(|quiet| {
            let begins = [today.pred_opt(), Some(today)].into_iter().flatten();
            begins.filter_map(|day| {
                let is_one = quiet.days[day.weekday().num_days_from_monday() as usize];
                let until = if quiet.until > quiet.from { day } else { day.succ_opt()? };
                let from = first_instant(day.and_time(quiet.from), zone)?;
                let until = first_instant(until.and_time(quiet.until), zone)?;
                (is_one && (from..until).contains(&at)).then_some(until)
            })
        });
        days_off.chain(hours).filter(|end| *end > at).max()
    }
}

/// The first slot after an instant that nothing speaks against.
pub fn next_slot(
    slots: &[Slot],
    hush: &Hush,
    zone: Zone,
    after: DateTime<Utc>,
    is_free: impl Fn(DateTime<Utc>) -> bool,
) -> Option<DateTime<Utc>> {
    let mut day = after.with_timezone(&zone).date_naive();
    for _ in 0..DAYS_MAX {
        let weekday = day.weekday().num_days_from_monday() as usize;
        let today = slots.iter().filter(|slot| slot.days[weekday]);
        let instants = today.filter_map(|slot| first_instant(day.and_time(slot.at), zone));
        let open = instants.filter(|at| *at > after && !hush.covers(*at, zone) && is_free(*at));
        if let Some(first) = open.min() {
            return Some(first);
        }
        day = day.succ_opt()?;
    }
    None
}

/// The first instant a wall shows a time, or the first after it where the clock is set over it.
fn first_instant(local: NaiveDateTime, zone: Zone) -> Option<DateTime<Utc>> {
    // The longest gap there was took a whole day (Samoa, 2011).
    let mut minutes = (0..=2 * 24 * 60).filter_map(|minutes| local.checked_add_signed(TimeDelta::minutes(minutes)));
    minutes.find_map(|local| zone.from_local_datetime(&local).earliest()).map(|instant| instant.to_utc())
}

#[cfg(test)]
mod tests {
    use super::super::time;
    use super::*;

    fn zone() -> Zone {
        Zone::named("Europe/Amsterdam")
    }

    fn at(text: &str) -> DateTime<Utc> {
        let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        zone().from_local_datetime(&local).earliest().unwrap().to_utc()
    }

    fn told(instant: Option<DateTime<Utc>>) -> String {
        instant.map_or("-".to_owned(), |instant| instant.with_timezone(&zone()).format("%a %F %H:%M").to_string())
    }

    fn hush(quiet: &[&str], blackout: &[&str]) -> Hush {
        Hush {
            quiet: quiet.iter().map(|text| time::quiet(text).unwrap()).collect(),
            blackout: blackout.iter().map(|text| time::blackout(text).unwrap()).collect(),
        }
    }

    #[test]
    fn quiet_ends_when_nothing_covers_it_any_more() {
        for (quiet, blackout, instant, end) in [
            (&["22:00-07:00"][..], &[][..], "2026-12-01 12:00", "-"),
            (&["22:00-07:00"], &[], "2026-12-01 22:00", "Wed 2026-12-02 07:00"),
            (&["22:00-07:00"], &[], "2026-12-01 06:59", "Tue 2026-12-01 07:00"),
            (&["22:00-07:00"], &[], "2026-12-01 07:00", "-"),
            (&["Sat,Sun"], &[], "2026-12-05 13:00", "Mon 2026-12-07 00:00"),
            (&["Sat-Sun", "22:00-07:00"], &[], "2026-12-04 23:00", "Mon 2026-12-07 07:00"),
            (&["Mon-Fri 12:00-13:00"], &[], "2026-12-06 12:30", "-"),
            (&["22:00-07:00"], &["2026-12-24..2026-12-26"], "2026-12-24 10:00", "Sun 2026-12-27 07:00"),
            (&[], &["2026-12-24"], "2026-12-24 00:00", "Fri 2026-12-25 00:00"),
            // The clock goes from 2:00 to 3:00.
            (&["02:15-02:45"], &[], "2027-03-28 03:00", "-"),
            (&["Mon-Sun"], &[], "2026-12-24 00:00", "-"),
        ] {
            assert_eq!(told(hush(quiet, blackout).end(at(instant), zone())), end, "{quiet:?} {blackout:?} {instant}");
        }
        assert!(hush(&["Mon-Sun"], &[]).covers(at("2026-12-24 00:00"), zone()), "that never ends");
    }

    #[test]
    fn the_next_slot_is_the_first_that_is_free_and_not_quiet() {
        let slots: Vec<Slot> = ["Mon-Fri 09:05", "Tue,Thu 16:35"].map(|text| time::slot(text).unwrap()).into();
        let next = |after: &str, quiet: &[&str], blackout: &[&str], taken: &[&str]| {
            let taken: Vec<_> = taken.iter().map(|text| at(text)).collect();
            told(next_slot(&slots, &hush(quiet, blackout), zone(), at(after), |at| !taken.contains(&at)))
        };
        assert_eq!(next("2026-12-01 08:00", &[], &[], &[]), "Tue 2026-12-01 09:05");
        assert_eq!(next("2026-12-01 09:05", &[], &[], &[]), "Tue 2026-12-01 16:35");
        assert_eq!(next("2026-12-04 09:05", &[], &[], &[]), "Mon 2026-12-07 09:05");
        assert_eq!(next("2026-12-01 08:00", &[], &[], &["2026-12-01 09:05"]), "Tue 2026-12-01 16:35");
        assert_eq!(next("2026-12-01 08:00", &["08:00-10:00"], &[], &[]), "Tue 2026-12-01 16:35");
        assert_eq!(next("2026-12-01 08:00", &[], &["2026-12-01..2026-12-03"], &[]), "Fri 2026-12-04 09:05");
        assert_eq!(next("2026-12-01 08:00", &["Mon-Sun"], &[], &[]), "-");
    }
}

//! Durations, zones and weekly slots as people write them, in accounts.toml and in posts alike. Asks no clock.

use std::str::FromStr as _;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use crate::suggest;
use crate::zone::Zone;

/// Longest duration that can be written.
const DAYS_MAX: i64 = 366;

/// Pattern of a duration, for JSON Schemas.
pub const DURATION_PATTERN: &str = "^[0-9]{1,6}[mhd]$";

/// Reads `90m`, `6h` or `2d`; the error is the way out.
pub fn duration(text: &str) -> Result<TimeDelta, String> {
    let minutes = |unit: &str| match unit {
        "m" => Some(1),
        "h" => Some(60),
        "d" => Some(24 * 60),
        _ => None,
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let total = match (number.parse::<i64>(), minutes(unit)) {
        (Ok(0), Some(_)) => return Err("write at least `1m`".to_owned()),
        (Ok(number), Some(unit)) => number.saturating_mul(unit),
        (Err(_), Some(_)) if digits > 0 => i64::MAX,
        _ => return Err("write a number followed by `m`, `h` or `d`, such as `90m`, `6h` or `2d`".to_owned()),
    };
    if total > DAYS_MAX * 24 * 60 {
        return Err(format!("write at most `{DAYS_MAX}d`"));
    }
    Ok(TimeDelta::minutes(total))
}

/// Reads an IANA zone name; the error is the way out.
pub fn zone(name: &str) -> Result<Zone, String> {
    Zone::from_str(name).map_err(|_| {
        let city = |zone: &str| zone.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(name));
        // `Amsterdam` is far from `Europe/Amsterdam` by letters, but plainly means it.
        match Zone::names().find(|zone| city(zone)).or_else(|| suggest::nearest(name, Zone::names())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                "zones are written as the IANA names them: `Europe/Amsterdam`, `America/New_York`, `UTC`".to_owned()
            }
        }
    })
}

/// Days of the week, Monday first.
pub type Days = [bool; 7];

/// A time of day on some days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub days: Days,
    pub at: NaiveTime,
}

/// Hours in which nothing is to go out, on some days of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// The days on which they begin.
    pub days: Days,
    pub from: NaiveTime,
    /// Of the next day, unless it is later than `from`.
    pub until: NaiveTime,
}

/// Days on which nothing is to go out: the first and the last.
pub type Blackout = (NaiveDate, NaiveDate);

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Reads a weekly slot: days and a wall time, `Mon-Fri 09:05` or `Tue,Thu 16:35`; the error is the way out.
pub fn slot(text: &str) -> Result<Slot, String> {
    let usage = || "write days and a time, such as `Mon-Fri 09:05` or `Tue,Thu 16:35`".to_owned();
    let (written, time) = text.split_once(' ').ok_or_else(usage)?;
    Ok(Slot { days: days(written, usage)?, at: clock(time).ok_or_else(usage)? })
}

/// Reads quiet hours: `22:00-07:00`, `Mon-Fri 12:00-13:00`, `Sat,Sun`; the error is the way out.
pub fn quiet(text: &str) -> Result<Quiet, String> {
    let usage = || "write hours, days or both: `22:00-07:00`, `Sat,Sun`, `Mon-Fri 12:00-13:00`".to_owned();
    let hours = |text: &str| {
        let (from, until) = text.split_once('-')?;
        Some((clock(from)?, clock(until)?))
    };
    let midnight = NaiveTime::MIN;
    let (days, (from, until)) = match text.split_once(' ') {
        Some((written, time)) => (days(written, usage)?, hours(time).ok_or_else(usage)?),
        None if text.starts_with(|c: char| c.is_ascii_digit()) => ([true; 7], hours(text).ok_or_else(usage)?),
        None => (days(text, usage)?, (midnight, midnight)),
    };
    Ok(Quiet { days, from, until })
}

/// Reads a day or several, `2026-12-24` or `2026-12-24..2026-12-27`; the error is the way out.
pub fn blackout(text: &str) -> Result<Blackout, String> {
    let usage = || "write a day, or the first and the last: `2026-12-24`, `2026-12-24..2026-12-27`".to_owned();
    let day = |text: &str| {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        date.filter(|_| text.len() == 10).ok_or_else(usage)
    };
    let (first, last) = match text.split_once("..") {
        Some((first, last)) => (day(first)?, day(last)?),
        None => (day(text)?, day(text)?),
    };
    if last < first { Err(format!("the last day comes first: write `{last}..{first}`")) } else { Ok((first, last)) }
}

/// `Mon-Fri`, `Tue,Thu`, `Fri-Mon`.
fn days(text: &str, usage: impl Fn() -> String) -> Result<Days, String> {
    let number = |day: &str| DAYS.iter().position(|known| *known == day).ok_or_else(|| suggest::hint(day, DAYS));
    let mut days = [false; 7];
    for range in text.split(',') {
        let mut ends = range.split('-');
        let first = number(ends.next().unwrap_or_default())?;
        let last = ends.next().map_or(Ok(first), number)?;
        if ends.next().is_some() {
            return Err(usage());
        }
        let length = (last + 7 - first) % 7;
        (0..=length).for_each(|after| days[(first + after) % 7] = true);
    }
    Ok(days)
}

fn clock(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| text.len() == 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, minutes) in [("90m", 90), ("6h", 360), ("2d", 2880), ("366d", 366 * 1440), ("007m", 7)] {
            assert_eq!(duration(text), Ok(TimeDelta::minutes(minutes)), "{text}");
        }
        let usage = "write a number followed by `m`, `h` or `d`, such as `90m`, `6h` or `2d`";
        for (text, hint) in [
            ("", usage),
            ("h", usage),
            ("6", usage),
            ("6 hours", usage),
            ("-6h", usage),
            ("6H", usage),
            ("1.5h", usage),
            ("٣h", usage),
            ("0h", "write at least `1m`"),
            ("367d", "write at most `366d`"),
            ("99999999999999999999d", "write at most `366d`"),
            ("9223372036854775807d", "write at most `366d`"),
        ] {
            assert_eq!(duration(text), Err(hint.to_owned()), "{text}");
        }
    }

    #[test]
    fn zones() {
        assert_eq!(zone("Europe/Amsterdam"), Ok(Zone::named("Europe/Amsterdam")));
        for (name, hint) in [
            ("Europe/Amsterdm", "did you mean `Europe/Amsterdam`?"),
            ("europe/amsterdam", "did you mean `Europe/Amsterdam`?"),
            ("amsterdam", "did you mean `Europe/Amsterdam`?"),
            ("New_York", "did you mean `America/New_York`?"),
            ("q", "zones are written as the IANA names them: `Europe/Amsterdam`, `America/New_York`, `UTC`"),
        ] {
            assert_eq!(zone(name), Err(hint.to_owned()), "{name}");
        }
    }

    #[test]
    fn slots() {
        for (text, days) in [
            ("Mon-Fri 09:05", "1111100"),
            ("Tue,Thu 09:05", "0101000"),
            ("Sun 09:05", "0000001"),
            ("Fri-Mon,Wed 09:05", "1010111"),
        ] {
            let read = slot(text).unwrap();
            assert_eq!(read.days.map(|day| if day { '1' } else { '0' }).iter().collect::<String>(), days, "{text}");
            assert_eq!(read.at, NaiveTime::from_hms_opt(9, 5, 0).unwrap());
        }
        let usage = "write days and a time, such as `Mon-Fri 09:05` or `Tue,Thu 16:35`";
        for (text, hint) in [
            ("09:05", usage),
            ("Mon 9:05", usage),
            ("Mon 24:00", usage),
            ("Mon-Tue-Wed 09:00", usage),
            ("mon 09:00", "did you mean `Mon`?"),
            ("Tues 09:00", "did you mean `Tue`?"),
        ] {
            assert_eq!(slot(text), Err(hint.to_owned()), "{text}");
        }
    }

    #[test]
    fn quiet_times() {
        let told = |text: &str| {
            let Quiet { days, from, until } = quiet(text)?;
            let days: String = days.map(|day| if day { '1' } else { '0' }).iter().collect();
            Ok(format!("{days} {}-{}", from.format("%H:%M"), until.format("%H:%M")))
        };
        let usage = "write hours, days or both: `22:00-07:00`, `Sat,Sun`, `Mon-Fri 12:00-13:00`";
        for (text, read) in [
            ("22:00-07:00", Ok("1111111 22:00-07:00")),
            ("Sat,Sun", Ok("0000011 00:00-00:00")),
            ("Mon-Fri 12:00-13:00", Ok("1111100 12:00-13:00")),
            ("22:00", Err(usage)),
            ("22-7", Err(usage)),
            ("Mon 22:00", Err(usage)),
            ("weekends", Err("choose `Mon`, `Tue`, `Wed`, `Thu`, `Fri`, `Sat` or `Sun`")),
        ] {
            assert_eq!(told(text), read.map(str::to_owned).map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn blackouts() {
        let date = |day| NaiveDate::from_ymd_opt(2026, 12, day).unwrap();
        assert_eq!(blackout("2026-12-24"), Ok((date(24), date(24))));
        assert_eq!(blackout("2026-12-24..2026-12-27"), Ok((date(24), date(27))));
        let usage = "write a day, or the first and the last: `2026-12-24`, `2026-12-24..2026-12-27`";
        for (text, hint) in [
            ("24 Dec", usage),
            ("2026-12-1", usage),
            ("2026-12-24..", usage),
            ("2026-12-32", usage),
            ("2026-12-27..2026-12-24", "the last day comes first: write `2026-12-24..2026-12-27`"),
        ] {
            assert_eq!(blackout(text), Err(hint.to_owned()), "{text}");
        }
    }
}

//! Durations, zones and weekly slots as people write them, in accounts.toml and in posts alike. Asks no clock.

use std::str::FromStr as _;

use chrono::{NaiveTime, TimeDelta};
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::suggest;

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
pub fn zone(name: &str) -> Result<Tz, String> {
    Tz::from_str(name).map_err(|_| {
        let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
        let city = |zone: &str| zone.rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(name));
        // `Amsterdam` is far from `Europe/Amsterdam` by letters, but plainly means it.
        match names().find(|zone| city(zone)).or_else(|| suggest::nearest(name, names())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                "zones are written as the IANA names them: `Europe/Amsterdam`, `America/New_York`, `UTC`".to_owned()
            }
        }
    })
}

/// Checks a weekly slot: days and a wall time, `Mon-Fri 09:05` or `Tue,Thu 16:35`; the error is the way out.
pub fn slot(text: &str) -> Result<(), String> {
    let usage = || "write days and a time, such as `Mon-Fri 09:05` or `Tue,Thu 16:35`".to_owned();
    let (days, time) = text.split_once(' ').ok_or_else(usage)?;
    for day in days.split(',').flat_map(|days| days.split('-')) {
        if !DAYS.contains(&day) {
            return Err(suggest::hint(day, DAYS));
        }
    }
    if days.split(',').any(|range| range.split('-').count() > 2) {
        return Err(usage());
    }
    let clock = time.len() == 5 && NaiveTime::parse_from_str(time, "%H:%M").is_ok();
    clock.then_some(()).ok_or_else(usage)
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

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
        assert_eq!(zone("Europe/Amsterdam"), Ok(Tz::Europe__Amsterdam));
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
        for text in ["Mon-Fri 09:05", "Tue,Thu 16:35", "Sun 00:00", "Mon-Wed,Sat 23:59"] {
            assert_eq!(slot(text), Ok(()), "{text}");
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
}

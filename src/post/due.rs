//! Date, hour and zone -> the instant a post is due. Asks no clock.

use chrono::{DateTime, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};

use super::Schedule;
use crate::account::time;
use crate::zone::Zone;

/// Why a date-time cannot be taken, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub code: &'static str,
    pub message: String,
    pub hint: String,
}

fn trouble<T>(code: &'static str, message: String, hint: String) -> Result<T, Trouble> {
    Err(Trouble { code, message, hint })
}

/// Reads the value of `schedule`; `key` is the word it is written after (for the hint), `zone` the repository's own.
pub fn schedule(key: &str, text: &str, zone: Option<Zone>) -> Result<Schedule, Trouble> {
    match text {
        "on-merge" => Ok(Schedule::OnMerge),
        "next-slot" => Ok(Schedule::NextSlot),
        _ => instant(key, text, zone).map(|(instant, zone)| Schedule::At { instant, zone }),
    }
}

/// Reads a date-time: the instant, and the zone it was written in (an IANA name or an offset).
pub fn instant(key: &str, text: &str, zone: Option<Zone>) -> Result<(DateTime<Utc>, String), Trouble> {
    let Some(written) = Written::read(text) else {
        return trouble(
            "bad-date",
            format!("`{key}: {text}` is no date and time"),
            format!("write `{key}: 2026-12-01 09:00`, or RFC 3339 such as `{key}: 2026-12-01T09:00:00+01:00`"),
        );
    };
    let date = written.date(key)?;
    let Some(clock) = &written.clock else {
        let zone = if written.zone.is_empty() { String::new() } else { format!(" {}", written.zone) };
        return trouble(
            "bare-date",
            format!("`{key}: {text}` has no time of day"),
            format!("write `{key}: {date} 09:00{zone}`"),
        );
    };
    let local = date.and_time(clock.time(key, date)?);
    if let Some((minutes, offset)) = offset(written.zone) {
        let instant = local - TimeDelta::minutes(i64::from(minutes));
        return Ok((instant.and_utc(), offset));
    }
    let zone = match (written.zone, zone) {
        ("", Some(zone)) => zone,
        ("", None) => {
            return trouble(
                "no-zone",
                format!("`{key}: {text}` has no zone, and accounts.toml names none"),
                format!(
                    "add `timezone = \"Europe/Amsterdam\"` under `[defaults]` in accounts.toml, or write \
                     `{key}: {text} Europe/Amsterdam`"
                ),
            );
        }
        (name, _) => match time::zone(name) {
            Ok(zone) => zone,
            Err(hint) => return trouble("unknown-zone", format!("there is no zone `{name}`"), hint),
        },
    };
    on_the_wall(key, local, zone).map(|instant| (instant, zone.name().to_owned()))
}

/// A wall time of a zone. Where daylight saving begins some do not exist, where it ends some exist twice: both are told, for
/// a post an hour early or late is not what anybody wrote.
fn on_the_wall(key: &str, local: NaiveDateTime, zone: Zone) -> Result<DateTime<Utc>, Trouble> {
    let shown = local.format("%Y-%m-%d %H:%M");
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) => Ok(instant.to_utc()),
        LocalResult::Ambiguous(one, other) => {
            let (first, second) = if one < other { (one, other) } else { (other, one) };
            trouble(
                "dst-fold",
                format!("`{shown}` exists twice in {zone}: the clock is set back that day"),
                format!(
                    "write `{key}: {}` for the first or `{key}: {}` for the second",
                    first.to_rfc3339(),
                    second.to_rfc3339()
                ),
            )
        }
        LocalResult::None => {
            let (before, after) = around_gap(local, zone);
            let (message, hint) = (
                format!(
                    "`{shown}` does not exist in {zone}: the clock goes from {} to {}",
                    (before + TimeDelta::minutes(1)).format("%H:%M"),
                    after.format(if before.date() == after.date() { "%H:%M" } else { "%H:%M of %Y-%m-%d" }),
                ),
                format!(
                    "the nearest times are `{key}: {}` and `{key}: {}`",
                    before.format("%Y-%m-%d %H:%M"),
                    after.format("%Y-%m-%d %H:%M")
                ),
            );
            trouble("dst-gap", message, hint)
        }
    }
}

/// The last minute before a gap and the first after it.
fn around_gap(local: NaiveDateTime, zone: Zone) -> (NaiveDateTime, NaiveDateTime) {
    // The longest gap there was took a whole day (Samoa, 2011); two days of minutes bound the search.
    let minute = local.date().and_time(NaiveTime::MIN)
        + TimeDelta::minutes((local - local.date().and_time(NaiveTime::MIN)).num_minutes());
    let valid = |step: i64| {
        (1..=2 * 24 * 60)
            .map(|minutes| minute + TimeDelta::minutes(step * minutes))
            .find(|time| !matches!(zone.from_local_datetime(time), LocalResult::None))
            .unwrap_or(minute)
    };
    (valid(-1), valid(1))
}

/// A date-time taken apart, nothing of it believed yet.
struct Written<'a> {
    /// Year, month, day as digits.
    date: [&'a str; 3],
    clock: Option<Clock<'a>>,
    /// What follows: an offset, a zone's name, or nothing.
    zone: &'a str,
}

struct Clock<'a> {
    hour: &'a str,
    minute: &'a str,
    second: Option<&'a str>,
}

impl<'a> Written<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (year, rest) = digits(text, 4..=4)?;
        let (month, rest) = digits(rest.strip_prefix('-')?, 1..=2)?;
        let (day, rest) = digits(rest.strip_prefix('-')?, 1..=2)?;
        let date = [year, month, day];
        // A letter after the date is the T of RFC 3339 only where a digit follows it.
        let joined = rest.strip_prefix(['T', 't']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let rest = match joined {
            Some(rest) => rest,
            None if rest.is_empty() || rest.starts_with(' ') => rest.trim_start_matches(' '),
            None => return None,
        };
        let Some((hour, rest)) = digits(rest, 1..=2) else {
            return Some(Self { date, clock: None, zone: zone_like(rest)? });
        };
        let (minute, mut rest) = digits(rest.strip_prefix(':')?, 2..=2)?;
        let mut second = None;
        if let Some(after) = rest.strip_prefix(':') {
            let (digits_of_second, after) = digits(after, 2..=2)?;
            second = Some(digits_of_second);
            // Fractions of a second are read and dropped: nothing here is that exact.
            rest = match after.strip_prefix('.') {
                Some(fraction) => digits(fraction, 1..=9)?.1,
                None => after,
            };
        }
        let zone = rest.trim_start_matches(' ');
        // A zone's name stands apart; an offset and Z may follow directly.
        if !zone.is_empty() && zone.len() == rest.len() && offset(zone).is_none() {
            return None;
        }
        Some(Self { date, clock: Some(Clock { hour, minute, second }), zone: zone_like(zone)? })
    }

    fn date(&self, key: &str) -> Result<NaiveDate, Trouble> {
        let [year, month, day] = self.date.map(|digits| digits.parse().unwrap_or(0));
        if let Some(date) = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day)) {
            return Ok(date);
        }
        let message = format!("there is no {}-{}-{}", self.date[0], self.date[1], self.date[2]);
        let hint = match (month, days_of(year, month)) {
            (1..=12, Some(days)) => format!("that month has {days} days"),
            _ => format!("dates are year, month, day: `{key}: 2026-12-01 09:00`"),
        };
        trouble("bad-date", message, hint)
    }
}

impl Clock<'_> {
    fn time(&self, key: &str, date: NaiveDate) -> Result<NaiveTime, Trouble> {
        let number = |digits: &str| digits.parse::<u32>().unwrap_or(u32::MAX);
        let second = self.second.unwrap_or("00");
        let time = NaiveTime::from_hms_opt(number(self.hour), number(self.minute), number(second));
        time.map_or_else(
            || {
                let shown = self.second.map_or(String::new(), |second| format!(":{second}"));
                trouble(
                    "bad-date",
                    format!("there is no {}:{}{shown} on a clock", self.hour, self.minute),
                    match (self.hour, date.succ_opt()) {
                        ("24", Some(next)) => format!("the next day begins at `{key}: {next} 00:00`"),
                        _ => "hours are 00 to 23, minutes and seconds 00 to 59".to_owned(),
                    },
                )
            },
            Ok,
        )
    }
}

fn days_of(year: u32, month: u32) -> Option<u32> {
    let year = i32::try_from(year).ok()?;
    (28..=31).rev().find(|&day| NaiveDate::from_ymd_opt(year, month, day).is_some())
}

/// As many ASCII digits as `count` allows, and the rest; `None` if there are fewer or more.
fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> Option<(&str, &str)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    count.contains(&length).then(|| text.split_at(length))
}

/// What can be meant as a zone: one word.
fn zone_like(text: &str) -> Option<&str> {
    (!text.contains(char::is_whitespace)).then_some(text)
}

/// Minutes east of UTC of `Z`, `+02:00` or `-05:30`, and its usual spelling.
fn offset(text: &str) -> Option<(i32, String)> {
    if matches!(text, "Z" | "z") {
        return Some((0, "UTC".to_owned()));
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = digits(&text[1..], 2..=2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':')?, 2..=2)?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let valid = rest.is_empty() && minutes < 60 && FixedOffset::east_opt(hours * 3600 + minutes * 60).is_some();
    valid.then(|| (sign * (hours * 60 + minutes), text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, zone: Option<Zone>) -> String {
        match schedule("schedule", text, zone) {
            Ok(Schedule::At { instant, zone }) => format!("{} {zone}", instant.format("%Y-%m-%dT%H:%M:%SZ")),
            Ok(other) => format!("{other:?}"),
            Err(Trouble { code, message, hint }) => format!("{code} {message} / {hint}"),
        }
    }

    #[test]
    fn every_spelling_of_an_instant() {
        for (text, expected) in [
            ("2026-12-01 09:00", "2026-12-01T08:00:00Z Europe/Amsterdam"),
            ("2026-07-01 09:00", "2026-07-01T07:00:00Z Europe/Amsterdam"),
            ("2026-12-01T09:00", "2026-12-01T08:00:00Z Europe/Amsterdam"),
            ("2026-12-01 09:00:30", "2026-12-01T08:00:30Z Europe/Amsterdam"),
            ("2026-12-1 9:00", "2026-12-01T08:00:00Z Europe/Amsterdam"),
            ("2026-12-01 09:00 America/New_York", "2026-12-01T14:00:00Z America/New_York"),
            ("2026-12-01T09:00:00 UTC", "2026-12-01T09:00:00Z UTC"),
            ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00Z UTC"),
            ("2026-12-01T09:00:00.123z", "2026-12-01T09:00:00Z UTC"),
            ("2026-12-01T09:00:00+02:00", "2026-12-01T07:00:00Z +02:00"),
            ("2026-12-01 09:00 -05:30", "2026-12-01T14:30:00Z -05:30"),
            ("2026-10-25T02:30:00+02:00", "2026-10-25T00:30:00Z +02:00"),
            ("2026-10-25T02:30:00+01:00", "2026-10-25T01:30:00Z +01:00"),
            ("2028-02-29 12:00", "2028-02-29T11:00:00Z Europe/Amsterdam"),
            ("on-merge", "OnMerge"),
            ("next-slot", "NextSlot"),
        ] {
            assert_eq!(check(text, Some(Zone::named("Europe/Amsterdam"))), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_comes_with_its_fix() {
        for (text, expected) in [
            ("2026-12-01", "bare-date `schedule: 2026-12-01` has no time of day / write `schedule: 2026-12-01 09:00`"),
            (
                "2026-12-01 Europe/Paris",
                "bare-date `schedule: 2026-12-01 Europe/Paris` has no time of day / write `schedule: 2026-12-01 09:00 Europe/Paris`",
            ),
            (
                "tomorrow",
                "bad-date `schedule: tomorrow` is no date and time / write `schedule: 2026-12-01 09:00`, or RFC 3339 such as \
                 `schedule: 2026-12-01T09:00:00+01:00`",
            ),
            ("2026-02-30 09:00", "bad-date there is no 2026-02-30 / that month has 28 days"),
            ("2026-02-29", "bad-date there is no 2026-02-29 / that month has 28 days"),
            (
                "2026-13-01 09:00",
                "bad-date there is no 2026-13-01 / dates are year, month, day: `schedule: 2026-12-01 09:00`",
            ),
            (
                "2026-12-01 24:00",
                "bad-date there is no 24:00 on a clock / the next day begins at `schedule: 2026-12-02 00:00`",
            ),
            (
                "2026-12-01 09:60",
                "bad-date there is no 09:60 on a clock / hours are 00 to 23, minutes and seconds 00 to 59",
            ),
            (
                "2026-12-01 09:00 Europe/Amsterdm",
                "unknown-zone there is no zone `Europe/Amsterdm` / did you mean `Europe/Amsterdam`?",
            ),
            (
                "2026-03-29 02:30",
                "dst-gap `2026-03-29 02:30` does not exist in Europe/Amsterdam: the clock goes from 02:00 to 03:00 / the nearest \
                 times are `schedule: 2026-03-29 01:59` and `schedule: 2026-03-29 03:00`",
            ),
            (
                "2011-12-30 12:00 Pacific/Apia",
                "dst-gap `2011-12-30 12:00` does not exist in Pacific/Apia: the clock goes from 00:00 to 00:00 of 2011-12-31 / the \
                 nearest times are `schedule: 2011-12-29 23:59` and `schedule: 2011-12-31 00:00`",
            ),
            (
                "2026-10-25 02:30",
                "dst-fold `2026-10-25 02:30` exists twice in Europe/Amsterdam: the clock is set back that day / write `schedule: \
                 2026-10-25T02:30:00+02:00` for the first or `schedule: 2026-10-25T02:30:00+01:00` for the second",
            ),
        ] {
            assert_eq!(check(text, Some(Zone::named("Europe/Amsterdam"))), expected, "{text}");
        }
        assert_eq!(
            check("2026-12-01 09:00", None),
            "no-zone `schedule: 2026-12-01 09:00` has no zone, and accounts.toml names none / add `timezone = \
             \"Europe/Amsterdam\"` under `[defaults]` in accounts.toml, or write `schedule: 2026-12-01 09:00 Europe/Amsterdam`"
        );
    }

    #[test]
    fn nonsense_is_no_date() {
        for text in [
            "",
            "now",
            "2026",
            "2026-12",
            "01-12-2026 09:00",
            "2026/12/01 09:00",
            "2026-12-01T",
            "2026-12-01 09",
            "2026-12-01 9",
            "2026-12-01 09:00Europe/Paris",
            "2026-12-01 09:00+0200x",
            "2026-12-01 09:00 a b",
            "20266-12-01 09:00",
            "２０２６-12-01 09:00",
            "2026-12-01 09:00:00.",
            "2026-12-01x",
        ] {
            assert!(check(text, Some(Zone::UTC)).starts_with("bad-date"), "{text}: {}", check(text, Some(Zone::UTC)));
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[ T]?[0-9:]{0,8}[ +-]{0,2}[0-9:A-Za-zé/]{0,9}") {
            let _ = check(&text, Some(Zone::named("Pacific/Apia")));
        }
    }
}

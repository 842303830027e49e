//! Instants and durations in words for people.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::zone::Zone;

/// `Tue 1 Dec 2026 09:00 Europe/Amsterdam`: an instant in a zone, which is an IANA name or an offset such as `+02:00`.
pub fn when(instant: DateTime<Utc>, zone: &str) -> String {
    let (wall, zone) = wall(instant, zone).map_or((instant.fixed_offset(), "UTC"), |wall| (wall, zone));
    format!("{} {zone}", wall.format("%a %-d %b %Y %H:%M"))
}

/// Two instants side by side in a zone: `12 Dec` and `9 Dec`, with the time where the day is the same and the year where it
/// is not.
pub fn days(one: DateTime<Utc>, other: DateTime<Utc>, zone: &str) -> (String, String) {
    let wall = |instant: DateTime<Utc>| wall(instant, zone).unwrap_or_else(|| instant.fixed_offset());
    let told = |instant, form: &str| wall(instant).format(form).to_string();
    let same = |form: &str| told(one, form) == told(other, form);
    let form = if same("%F") {
        "%-d %b %H:%M"
    } else if same("%Y") {
        "%-d %b"
    } else {
        "%-d %b %Y"
    };
    (told(one, form), told(other, form))
}

/// What a clock shows there; `None`: there is no such zone.
fn wall(instant: DateTime<Utc>, zone: &str) -> Option<DateTime<FixedOffset>> {
    if zone.starts_with(['+', '-']) {
        return Some(instant.with_timezone(&zone.parse::<FixedOffset>().ok()?));
    }
    Some(instant.with_timezone(&zone.parse::<Zone>().ok()?).fixed_offset())
}

/// The largest two units of a duration: `3 d 4 h`, `12 min`, `5 s`.
pub fn how_long(duration: TimeDelta) -> String {
    let seconds = duration.num_seconds().max(0);
    let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let Some(largest) = units.iter().position(|(_, length)| seconds >= *length) else { return "0 s".to_owned() };
    let (unit, length) = units[largest];
    let (count, rest) = (seconds / length, seconds % length);
    match units.get(largest + 1).map(|(unit, length)| (unit, rest / length)).filter(|(_, count)| *count > 0) {
        Some((next, rest)) => format!("{count} {unit} {rest} {next}"),
        None => format!("{count} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_told_in_its_own_zone() {
        let instant = "2026-12-01T08:00:00Z".parse().unwrap();
        for (zone, words) in [
            ("Europe/Amsterdam", "Tue 1 Dec 2026 09:00 Europe/Amsterdam"),
            ("Asia/Tokyo", "Tue 1 Dec 2026 17:00 Asia/Tokyo"),
            ("-05:00", "Tue 1 Dec 2026 03:00 -05:00"),
            ("nowhere", "Tue 1 Dec 2026 08:00 UTC"),
        ] {
            assert_eq!(when(instant, zone), words);
        }
    }

    #[test]
    fn two_days_are_told_as_far_as_they_differ() {
        for (one, other, zone, words) in [
            ("2026-12-12T09:00:00Z", "2026-12-09T09:00:00Z", "UTC", ("12 Dec", "9 Dec")),
            ("2026-12-12T09:00:00Z", "2026-12-12T08:30:00Z", "+02:00", ("12 Dec 11:00", "12 Dec 10:30")),
            ("2027-01-02T09:00:00Z", "2026-12-12T08:30:00Z", "nowhere", ("2 Jan 2027", "12 Dec 2026")),
            ("2026-12-11T23:30:00Z", "2026-12-12T08:30:00Z", "Europe/Amsterdam", ("12 Dec 00:30", "12 Dec 09:30")),
        ] {
            let (first, second) = days(one.parse().unwrap(), other.parse().unwrap(), zone);
            assert_eq!((first.as_str(), second.as_str()), words);
        }
    }

    #[test]
    fn a_duration_is_told_in_its_two_largest_units() {
        for (seconds, words) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3_661, "1 h 1 min"),
            (90_000, "1 d 1 h"),
            (86_401, "1 d"),
            (-5, "0 s"),
        ] {
            assert_eq!(how_long(TimeDelta::seconds(seconds)), words);
        }
    }
}

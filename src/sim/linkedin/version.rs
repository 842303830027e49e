//! The life of an API version, by the calendar.

use std::time::SystemTime;

use chrono::{DateTime, Datelike as _, Utc};

/// Whether `version` (`YYYYMM`) is active: from the month after its own, until the 15th twelve months after it.
pub(super) fn is_active(version: &str, now: SystemTime) -> bool {
    let today = DateTime::<Utc>::from(now);
    let this_month = today.year() * 12 + today.month0().cast_signed();
    let Some(month) = month_number(version) else { return false };
    let age = this_month - month;
    (1..12).contains(&age) || (age == 12 && today.day() < 15)
}

fn month_number(version: &str) -> Option<i32> {
    let (year, month) = version.split_at_checked(4).filter(|_| version.len() == 6)?;
    let (year, month) = (year.parse::<u16>().ok()?, month.parse::<u8>().ok()?);
    (1..=12).contains(&month).then(|| i32::from(year) * 12 + i32::from(month) - 1)
}

#[cfg(test)]
mod tests {
    use super::is_active;

    #[test]
    fn versions_live_about_a_year() {
        let rows = [
            ("202609", "2026-09-30T23:59:59Z", false),
            ("202609", "2026-10-01T00:00:00Z", true),
            ("202609", "2027-09-14T23:59:59Z", true),
            ("202609", "2027-09-15T00:00:00Z", false),
            ("202612", "2027-01-01T00:00:00Z", true),
            ("202600", "2026-06-01T00:00:00Z", false),
            ("202613", "2027-06-01T00:00:00Z", false),
            ("2026-9", "2026-11-01T00:00:00Z", false),
            ("20260901", "2026-11-01T00:00:00Z", false),
            ("é2609", "2026-11-01T00:00:00Z", false),
        ];
        for (version, now, expected) in rows {
            let at: chrono::DateTime<chrono::Utc> = now.parse().unwrap();
            assert_eq!(is_active(version, at.into()), expected, "{version} at {now}");
        }
    }
}

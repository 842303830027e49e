//! Which version of the Graph answers: <https://developers.facebook.com/docs/graph-api/changelog/versions/>.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Major versions that the documents still list, and the midnight their life ends (seconds since 1970).
const LIVES: [(u32, Option<u64>); 7] = [
    (20, Some(1_790_208_000)), // 2026-09-24
    (21, Some(1_800_489_600)), // 2027-01-21
    (22, Some(1_810_771_200)), // 2027-05-20
    (23, Some(1_822_953_600)), // 2027-10-08
    (24, Some(1_834_444_800)), // 2028-02-18
    (25, Some(1_848_441_600)), // 2028-07-29
    (26, None),
];

/// What a path's first part says about the version.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// This one answers; whether it was asked for or stands in for one that has ended.
    Served { version: String, ended: bool },
    /// The part looks like a version that never was.
    Unknown,
    /// The part is something else.
    Absent,
}

pub(super) fn read(part: &str, now: SystemTime) -> Version {
    let number = part.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    let Some((Ok(major), Ok(minor))) = number.map(|(major, minor)| (major.parse::<u32>(), minor.parse::<u32>())) else {
        return Version::Absent;
    };
    let newest = LIVES[LIVES.len() - 1].0;
    // Until 3.3, years ago, minor versions were in use.
    if major == 0 || major > newest || (major > 3 && minor != 0) {
        return Version::Unknown;
    }
    let oldest = LIVES.iter().find(|(_, end)| is_before(now, *end)).map_or(newest, |(version, _)| *version);
    Version::Served { version: format!("v{}.0", major.max(oldest)), ended: major < oldest }
}

fn is_before(now: SystemTime, end: Option<u64>) -> bool {
    end.is_none_or(|end| now < UNIX_EPOCH + Duration::from_secs(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_live_and_end() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let served = |version: &str, ended| Version::Served { version: version.to_owned(), ended };
        for (part, now, expected) in [
            ("v26.0", 1_795_000_000, served("v26.0", false)),
            ("v21.0", 1_795_000_000, served("v21.0", false)),
            ("v20.0", 1_795_000_000, served("v21.0", true)),
            ("v20.0", 1_790_000_000, served("v20.0", false)),
            ("v21.0", 1_800_489_600, served("v22.0", true)),
            ("v2.12", 1_795_000_000, served("v21.0", true)),
            ("v27.0", 1_795_000_000, Version::Unknown),
            ("v26.1", 1_795_000_000, Version::Unknown),
            ("v0.0", 1_795_000_000, Version::Unknown),
            ("me", 1_795_000_000, Version::Absent),
            ("video-upload", 1_795_000_000, Version::Absent),
        ] {
            assert_eq!(read(part, at(now)), expected, "{part} at {now}");
        }
    }
}

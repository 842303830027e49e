//! How much a platform takes in a span of time: a limit's name, its figure, and what counts against it. Knows no ledger and
//! no clock.

use chrono::{DateTime, Days, NaiveTime, Offset, TimeDelta, TimeZone, Utc};

use super::Kind;
use crate::zone::Zone;

/// One limit of how much may be published in a span of time.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// What is counted and over which span, as people read it and as the ledger keeps it: `posts a day`.
    pub name: &'static str,
    /// `None`: only the platform can tell, in its answers.
    pub most: Option<u32>,
    /// Whether the figure is the same for everybody. One that is not is told, and holds nothing until the platform says that
    /// nothing is left.
    pub firm: bool,
    pub span: Span,
    pub per: Per,
    pub counts: Counted,
}

/// The span a limit is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The last so many seconds, whenever it is.
    Rolling(i64),
    /// From midnight to midnight there.
    Day(Zone),
}

/// Whose posts a limit adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    Account,
    /// All accounts of the platform, as they share an app.
    App,
}

/// What of a post counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Every part of a thread, and a first comment.
    Parts,
    /// A post, however many parts it has; not one that answers another, and no story.
    Posts,
    /// What answers something: all parts of a thread but the first.
    Answers,
    Reels,
    /// More than posts, so that only the platform knows how much; each post needs some.
    Calls,
}

/// What of a post decides what it counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub kind: Kind,
    /// Whether it answers another post.
    pub answers: bool,
    /// Whether it only shares another post.
    pub shares: bool,
}

/// A post of which nothing is known but that it is out.
pub const PLAIN: Sort = Sort { kind: Kind::Feed, answers: false, shares: false };

pub const POSTS_DAY: &str = "posts a day";
pub const POSTS_HOUR: &str = "posts an hour";
pub const POSTS_THREE_HOURS: &str = "posts in 3 hours";
pub const POSTS_QUARTER: &str = "posts in 15 minutes";
pub const APP_POSTS_DAY: &str = "posts of the app a day";
pub const REPLIES_DAY: &str = "replies a day";
pub const REELS_DAY: &str = "reels a day";
pub const REQUESTS_DAY: &str = "requests a day";
pub const APP_REQUESTS_DAY: &str = "requests of the app a day";
pub const UPLOADS_DAY: &str = "uploads of the channel a day";
pub const APP_UPLOADS_DAY: &str = "uploads of the app a day";
pub const CALLS: &str = "calls";

/// A day that is no calendar's.
pub const DAY: Span = Span::Rolling(86_400);

impl Quota {
    /// So many posts of an account in a rolling day.
    pub(super) const fn daily(name: &'static str, most: u32, counts: Counted) -> Self {
        Self { name, most: Some(most), firm: true, span: DAY, per: Per::Account, counts }
    }

    /// Of all accounts together.
    pub(super) const fn of_app(mut self) -> Self {
        self.per = Per::App;
        self
    }

    /// Counted over another span.
    pub(super) const fn over(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// A figure that differs from app to app, or that the platform itself calls approximate.
    pub(super) const fn about(mut self) -> Self {
        self.firm = false;
        self
    }

    /// Without a figure: the platform tells.
    pub(super) const fn told(mut self) -> Self {
        self.most = None;
        self
    }
}

impl Span {
    /// The first instant whose posts still count at `at`.
    pub fn start(self, at: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Rolling(seconds) => {
                let start = at.checked_sub_signed(TimeDelta::seconds(seconds));
                start.map_or(DateTime::<Utc>::MIN_UTC, |start| start + TimeDelta::nanoseconds(1))
            }
            Self::Day(zone) => midnight(zone, at, 0),
        }
    }

    /// When something that was counted at `at` no longer is.
    pub fn end(self, at: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Rolling(seconds) => {
                at.checked_add_signed(TimeDelta::seconds(seconds)).unwrap_or(DateTime::<Utc>::MAX_UTC)
            }
            Self::Day(zone) => midnight(zone, at, 1),
        }
    }
}

/// The midnight with which the day of an instant begins there, or one so many days later.
fn midnight(zone: Zone, at: DateTime<Utc>, days: u64) -> DateTime<Utc> {
    let offset = zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    // At the ends of time, local time has no name.
    let local = at.naive_utc().checked_add_offset(offset);
    let day = local.and_then(|local| local.date().checked_add_days(Days::new(days)));
    let midnight = day.and_then(|day| zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest());
    midnight.map_or(at, |midnight| midnight.to_utc())
}

impl Counted {
    /// Whether that part of such a post counts; parts from 0, a first comment is the last.
    pub fn has(self, sort: Sort, part: usize) -> bool {
        match self {
            Self::Parts => !sort.shares,
            Self::Posts => part == 0 && !sort.answers && sort.kind != Kind::Story,
            Self::Answers => part > 0 || sort.answers,
            Self::Reels => part == 0 && sort.kind == Kind::Reel,
            Self::Calls => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Platform;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn names_tell_limits_of_a_platform_apart() {
        for platform in Platform::ALL {
            let mut names: Vec<&str> = platform.limits().quotas.iter().map(|quota| quota.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), platform.limits().quotas.len(), "{platform}");
            assert_eq!(names.is_empty(), !platform.limits().published, "{platform}");
        }
    }

    #[test]
    fn spans_begin_and_end() {
        let pacific = Span::Day(Zone::LOS_ANGELES);
        for (span, instant, start, end) in [
            (DAY, "2026-12-01T12:00:00Z", "2026-11-30T12:00:00.000000001Z", "2026-12-02T12:00:00Z"),
            (Span::Rolling(900), "2026-12-01T12:00:00Z", "2026-12-01T11:45:00.000000001Z", "2026-12-01T12:15:00Z"),
            (Span::Day(Zone::UTC), "2026-12-01T12:00:00Z", "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"),
            (Span::Day(Zone::UTC), "2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"),
            (pacific, "2026-12-01T07:59:59Z", "2026-11-30T08:00:00Z", "2026-12-01T08:00:00Z"),
            (pacific, "2026-07-01T12:00:00Z", "2026-07-01T07:00:00Z", "2026-07-02T07:00:00Z"),
        ] {
            assert_eq!((span.start(at(instant)), span.end(at(instant))), (at(start), at(end)), "{span:?} {instant}");
        }
    }

    #[test]
    fn ends_of_time_do_no_harm() {
        for span in [DAY, Span::Day(Zone::LOS_ANGELES), Span::Day(Zone::named("Pacific/Kiritimati"))] {
            for instant in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
                assert!(span.start(instant) <= instant && span.end(instant) >= instant, "{span:?} {instant}");
            }
        }
    }

    #[test]
    fn parts_count_where_they_do() {
        let reel = Sort { kind: Kind::Reel, ..PLAIN };
        let story = Sort { kind: Kind::Story, ..PLAIN };
        let answer = Sort { answers: true, ..PLAIN };
        let shared = Sort { shares: true, ..PLAIN };
        // Of three showings.
        for (counts, sort, parts) in [
            (Counted::Parts, PLAIN, vec![0, 1, 2]),
            (Counted::Parts, shared, vec![]),
            (Counted::Posts, PLAIN, vec![0]),
            (Counted::Posts, reel, vec![0]),
            (Counted::Posts, story, vec![]),
            (Counted::Posts, answer, vec![]),
            (Counted::Answers, PLAIN, vec![1, 2]),
            (Counted::Answers, answer, vec![0, 1, 2]),
            (Counted::Reels, reel, vec![0]),
            (Counted::Reels, PLAIN, vec![]),
            (Counted::Calls, PLAIN, vec![]),
        ] {
            assert_eq!((0..3).filter(|part| counts.has(sort, *part)).collect::<Vec<_>>(), parts, "{counts:?} {sort:?}");
        }
    }
}

//! What a run does after a no: again at once, again later, or leave it to a person. Knows no platform: an adapter has told the
//! class, and perhaps an instant.

use chrono::{DateTime, TimeDelta, Utc};

use crate::platform::Class;

/// Tries of one call that certainly showed nothing, before the target's turn ends.
pub(super) const TRIES_MAX: u32 = 5;
/// Wait after the first failed try, in milliseconds; it doubles with each.
const BACK_OFF_MS: i64 = 500;
/// How long a target rests after a quota refusal that names no end.
const QUOTA_REST: TimeDelta = TimeDelta::minutes(15);
/// How long a target rests after a platform was busy or broken.
pub(super) const BUSY_REST: TimeDelta = TimeDelta::minutes(5);

/// A no, and how it came about.
#[derive(Clone, Copy, Debug)]
pub(super) struct No {
    pub(super) class: Class,
    /// Not before this instant, as the platform said.
    pub(super) not_before: Option<DateTime<Utc>>,
    /// How often the call was tried by now.
    pub(super) tries: u32,
    pub(super) now: DateTime<Utc>,
    /// The longest wait inside a run.
    pub(super) patience: TimeDelta,
    /// Any number, another one for each target and try: machines that failed together shall not come back together.
    pub(super) dice: u8,
}

/// What is done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// The same step again, in this run, at this instant.
    Again(DateTime<Utc>),
    /// The target rests until this instant; a later run goes on.
    Later(DateTime<Utc>),
    /// The account cannot be used: its other posts are spared, and the claim is given back.
    Account,
    /// The platform will not have this post: a person decides.
    Refused,
    /// It may be out: a person decides.
    Doubtful,
}

/// What a no leads to. Before a call is given up it is tried [`TRIES_MAX`] times, each wait no longer than the run's patience.
pub(super) fn course(no: &No) -> Course {
    let not_before = match no.class {
        Class::Login | Class::Permission | Class::Payment => return Course::Account,
        Class::Content | Class::Bug => return Course::Refused,
        Class::Doubtful => return Course::Doubtful,
        Class::Quota => Some(no.not_before.unwrap_or(later(no.now, QUOTA_REST))),
        Class::Transient | Class::NotReady => no.not_before,
    };
    let is_long = not_before.is_some_and(|until| until - no.now > no.patience);
    if no.tries >= TRIES_MAX || is_long {
        return Course::Later(not_before.unwrap_or(later(no.now, BUSY_REST)));
    }
    Course::Again(not_before.unwrap_or(later(no.now, back_off(no.tries, no.dice))))
}

/// Longer with each try, and up to half as long again.
fn back_off(tries: u32, dice: u8) -> TimeDelta {
    let wait = BACK_OFF_MS << tries.saturating_sub(1).min(TRIES_MAX);
    TimeDelta::milliseconds(wait + i64::from(dice) * wait / 512)
}

fn later(now: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(by).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSES: [Class; 9] = [
        Class::Login,
        Class::Permission,
        Class::Content,
        Class::Quota,
        Class::Payment,
        Class::Transient,
        Class::NotReady,
        Class::Doubtful,
        Class::Bug,
    ];

    fn no(class: Class, not_before: Option<i64>, tries: u32, dice: u8) -> No {
        let now: DateTime<Utc> = "2026-12-01T12:00:00Z".parse().unwrap();
        let not_before = not_before.map(|seconds| now + TimeDelta::seconds(seconds));
        No { class, not_before, tries, now, patience: TimeDelta::minutes(2), dice }
    }

    /// `again +5 s`, `later +900 s`, `person`.
    fn told(no: &No) -> String {
        let after = |at: DateTime<Utc>| (at - no.now).num_milliseconds() as f64 / 1000.0;
        match course(no) {
            Course::Again(at) => format!("again +{} s", after(at)),
            Course::Later(at) => format!("later +{} s", after(at)),
            other => format!("{other:?}").to_lowercase(),
        }
    }

    #[test]
    fn what_a_no_leads_to() {
        // At the first try without an instant; with one within the run's patience; with one beyond; at the last try with and
        // without one.
        for (class, courses) in [
            (Class::Login, ["account"; 5]),
            (Class::Permission, ["account"; 5]),
            (Class::Payment, ["account"; 5]),
            (Class::Content, ["refused"; 5]),
            (Class::Bug, ["refused"; 5]),
            (Class::Doubtful, ["doubtful"; 5]),
            (Class::Quota, ["later +900 s", "again +60 s", "later +3600 s", "later +60 s", "later +900 s"]),
            (Class::Transient, ["again +0.5 s", "again +60 s", "later +3600 s", "later +60 s", "later +300 s"]),
            (Class::NotReady, ["again +0.5 s", "again +60 s", "later +3600 s", "later +60 s", "later +300 s"]),
        ] {
            let cases = [(None, 1), (Some(60), 1), (Some(3600), 1), (Some(60), TRIES_MAX), (None, TRIES_MAX)];
            let is = cases.map(|(not_before, tries)| told(&no(class, not_before, tries, 0)));
            assert_eq!(is, courses, "{class:?}");
        }
        assert_eq!(CLASSES.len(), 9);
    }

    #[test]
    fn waits_grow_and_are_scattered_by_half() {
        for (tries, least, most) in [(1, 500, 750), (2, 1000, 1500), (3, 2000, 3000), (4, 4000, 6000)] {
            let waits: Vec<i64> = (0..=u8::MAX).map(|dice| back_off(tries, dice).num_milliseconds()).collect();
            assert!(waits.iter().all(|wait| (least..most).contains(wait)), "{tries}: {waits:?}");
            assert_eq!((waits[0], waits.is_sorted()), (least, true));
            assert!(*waits.last().unwrap() > most - least / 100, "{tries}");
        }
    }

    /// Whatever a platform answers, and however often, the tries and the time a call takes have an end.
    #[test]
    fn every_call_has_an_end() {
        for class in CLASSES {
            for not_before in [None, Some(-5), Some(0), Some(1), Some(119), Some(120), Some(121), Some(86_400)] {
                let mut waited = TimeDelta::zero();
                let mut tries = 1;
                while let Course::Again(at) = course(&no(class, not_before, tries, u8::MAX)) {
                    waited += at - no(class, None, tries, 0).now;
                    tries += 1;
                }
                assert!(
                    tries <= TRIES_MAX && waited <= TimeDelta::minutes(2) * 4,
                    "{class:?} {not_before:?}: {waited}"
                );
                let rests = matches!(class, Class::Quota | Class::Transient | Class::NotReady);
                assert!(rests || tries == 1, "{class:?} is tried again");
            }
        }
        let without: TimeDelta = (1..TRIES_MAX).map(|tries| back_off(tries, u8::MAX)).sum();
        assert!(without < TimeDelta::seconds(12), "{without}");
    }

    #[test]
    fn ends_of_time_do_no_harm() {
        let last = No { now: DateTime::<Utc>::MAX_UTC, ..no(Class::Quota, None, 1, 0) };
        assert!(matches!(course(&last), Course::Again(_) | Course::Later(_)));
    }
}

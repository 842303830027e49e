//! What is to be done when: events and readings of the clock come in, acts come out. Pure: time is what it is told.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::Kind;

/// Files are looked at when nothing was written for so long: editors and git write in bursts.
const QUIET: TimeDelta = TimeDelta::milliseconds(200);
/// And at the latest so long after the first of a burst.
const PATIENCE: TimeDelta = TimeDelta::seconds(2);
/// The two clocks differ by more than this only where the machine slept or its clock was set.
const JUMP: TimeDelta = TimeDelta::seconds(5);
/// A round is due at the latest so long after the last: it refreshes what ends, and leaves a mark for monitors.
const ROUND_EVERY: TimeDelta = TimeDelta::hours(1);
/// After a failure that passes by itself: the first wait; each further one is twice as long.
const RETRY_FIRST: TimeDelta = TimeDelta::seconds(1);
/// And the longest.
const RETRY_MOST: TimeDelta = TimeDelta::minutes(5);

/// As many rounds may be under way at once: one has a long upload, and others are due meanwhile.
const ROUNDS_MOST: usize = 8;

/// A reading of both clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) wall: DateTime<Utc>,
    /// What passed while the machine was awake.
    pub(super) elapsed: Duration,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Say that the clock went that far ahead, or back.
    TellJump(TimeDelta),
    /// Check the files on disk.
    Check,
    /// Ask whether the branches are where they were.
    Look,
    /// Publish what is due: now, or at an instant that is near enough to open everything for.
    Round { at: Option<DateTime<Utc>> },
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Do(Act),
    /// Nothing before that, unless something happens. `None`: what is under way must end first.
    WaitUntil(Option<DateTime<Utc>>),
}

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Well {
        /// The next instant at which there may be something to do.
        change: Option<DateTime<Utc>>,
        rest: Rest,
        /// How long it took to open everything.
        opening: TimeDelta,
    },
    Failed(Kind),
}

/// What a round left of what is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rest {
    Nothing,
    /// What passes by itself.
    Later,
    /// What became due meanwhile.
    Now,
}

/// Something that goes on in bursts.
#[derive(Clone, Copy, Debug)]
struct Burst {
    first: DateTime<Utc>,
    last: DateTime<Utc>,
}

impl Burst {
    fn over(self) -> DateTime<Utc> {
        (self.last + QUIET).min(self.first + PATIENCE)
    }

    fn add(burst: &mut Option<Self>, now: DateTime<Utc>) {
        burst.get_or_insert(Self { first: now, last: now }).last = now;
    }
}

/// What is known of the future.
#[derive(Debug)]
pub(super) struct Agenda {
    /// Time between two looks at the remote.
    every: TimeDelta,
    last: Moment,
    files: Option<Burst>,
    refs: Option<Burst>,
    is_checking: bool,
    is_looking: bool,
    /// How many rounds are under way.
    rounds: usize,
    /// Whatever else is known, a round is due.
    round_now: bool,
    round_at_latest: DateTime<Utc>,
    /// The plan may be another then.
    change: Option<DateTime<Utc>>,
    /// What failed is tried again then.
    retry: Option<DateTime<Utc>>,
    /// Failures in a row.
    failures: u32,
    look: DateTime<Utc>,
    /// How long before an instant everything is opened for it.
    lead: TimeDelta,
}

impl Agenda {
    /// Everything is to be looked at first; then the remote `every` so often.
    pub(super) fn new(now: Moment, every: TimeDelta) -> Self {
        let wall = now.wall;
        Self {
            every,
            last: now,
            files: Some(Burst { first: wall - PATIENCE, last: wall }),
            refs: None,
            is_checking: false,
            is_looking: false,
            rounds: 0,
            round_now: true,
            round_at_latest: wall,
            change: None,
            retry: None,
            failures: 0,
            look: wall,
            lead: TimeDelta::zero(),
        }
    }

    /// Files were written.
    pub(super) fn heard_files(&mut self, now: Moment) {
        Burst::add(&mut self.files, now.wall);
    }

    /// Refs moved.
    pub(super) fn heard_refs(&mut self, now: Moment) {
        Burst::add(&mut self.refs, now.wall);
    }

    /// What is to be done now. What it gives out is under way until it is said to have ended.
    pub(super) fn next(&mut self, now: Moment) -> Next {
        if let Some(by) = self.jump(now) {
            return Next::Do(Act::TellJump(by));
        }
        let (wall, mut soonest) = (now.wall, None);
        let mut is_due = |at: DateTime<Utc>| {
            soonest = Some(soonest.map_or(at, |soonest: DateTime<Utc>| soonest.min(at)));
            at <= wall
        };
        if !self.is_checking && self.files.is_some_and(|burst| is_due(burst.over())) {
            (self.files, self.is_checking) = (None, true);
            return Next::Do(Act::Check);
        }
        // Who just failed does not come early.
        let lead = if self.retry.is_none() { self.lead } else { TimeDelta::zero() };
        let change = self.change.and_then(|at| at.checked_sub_signed(lead)).filter(|_| self.rounds < ROUNDS_MOST);
        // A long upload does not keep what becomes due meanwhile; everything else can wait for the round under way.
        let others = [self.round_now.then_some(wall), self.retry, Some(self.round_at_latest)];
        let others = others.into_iter().flatten().filter(|_| self.rounds == 0);
        if others.chain(change).min().is_some_and(&mut is_due) {
            let served = self.change.filter(|_| change.is_some_and(|change| change <= wall));
            if served.is_some() {
                self.change = None;
            }
            (self.rounds, self.round_now) = (self.rounds + 1, false);
            return Next::Do(Act::Round { at: served.filter(|at| *at > wall) });
        }
        // A round that is to be tried again looks as well.
        let look = [self.refs.map(Burst::over), Some(self.look).filter(|_| self.retry.is_none())];
        let look = look.into_iter().flatten().filter(|_| self.rounds == 0 && !self.is_looking);
        if look.min().is_some_and(is_due) {
            (self.is_looking, self.refs) = (true, None);
            return Next::Do(Act::Look);
        }
        Next::WaitUntil(soonest)
    }

    /// The check has ended.
    pub(super) fn checked(&mut self) {
        self.is_checking = false;
    }

    /// A look has ended: whether the branches are elsewhere now; `None`: nobody answered.
    pub(super) fn looked(&mut self, now: Moment, moved: Option<bool>) {
        self.is_looking = false;
        self.failures = if moved.is_some() { 0 } else { self.failures + 1 };
        self.look = now.wall + if moved.is_some() { self.every } else { self.pause() };
        self.round_now |= moved == Some(true);
    }

    /// A round under way has made its plan: then it may be another next.
    pub(super) fn planned(&mut self, change: Option<DateTime<Utc>>) {
        self.change = self.change.into_iter().chain(change).min();
    }

    /// A round has ended.
    pub(super) fn ended(&mut self, now: Moment, ended: Ended) {
        let wall = now.wall;
        self.rounds = self.rounds.saturating_sub(1);
        self.round_at_latest = wall + ROUND_EVERY;
        self.look = wall + self.every;
        let is_to_be_tried = match ended {
            Ended::Well { change, rest, opening } => {
                // Others may know of more.
                self.change = self.change.filter(|_| self.rounds > 0);
                self.planned(change);
                // Half as long again, as no two are alike; a remote that is very slow is not waited for all day.
                self.lead = (opening + opening / 2).min(TimeDelta::seconds(15));
                self.round_now |= rest == Rest::Now;
                rest == Rest::Later
            }
            Ended::Failed(kind) => matches!(kind, Kind::Later | Kind::Claimed),
        };
        self.failures = if is_to_be_tried { self.failures + 1 } else { 0 };
        self.retry = is_to_be_tried.then(|| wall + self.pause());
    }

    /// When what failed is tried again, if it is before long.
    pub(super) fn again(&self) -> Option<DateTime<Utc>> {
        self.retry.or(Some(self.look).filter(|_| self.failures > 0))
    }

    /// How long to wait after so many failures in a row; not longer than between two looks.
    fn pause(&self) -> TimeDelta {
        let doubled = 1 << self.failures.saturating_sub(1).min(16);
        (RETRY_FIRST * doubled).min(RETRY_MOST).min(self.every.max(RETRY_FIRST))
    }

    /// How far the clock jumped since it was last looked at, if it did. Then nothing that was reckoned by it holds: everything
    /// is looked at anew.
    fn jump(&mut self, now: Moment) -> Option<TimeDelta> {
        let awake = TimeDelta::from_std(now.elapsed.saturating_sub(self.last.elapsed)).unwrap_or(TimeDelta::MAX);
        let by = (now.wall - self.last.wall).checked_sub(&awake).unwrap_or_default();
        self.last = now;
        if by.abs() <= JUMP {
            return None;
        }
        let over = Burst { first: now.wall - PATIENCE, last: now.wall };
        self.files = self.files.map(|_| over);
        (self.refs, self.retry, self.failures, self.round_now) = (None, None, 0, true);
        Some(by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &str = "2026-12-01T09:00:00Z";

    /// Plays a day: lines are `SECONDS EVENT`, seconds of the day by the wall clock. Each act that comes out is a line; a round
    /// and a look take `takes` seconds and end as the events before said they would.
    fn play(every: i64, script: &str) -> String {
        let start: DateTime<Utc> = START.parse().unwrap();
        let (mut wall, mut elapsed) = (start, 0_i64);
        let moment = |wall: DateTime<Utc>, elapsed: i64| Moment {
            wall,
            elapsed: Duration::from_millis(elapsed.try_into().unwrap()),
        };
        let mut agenda = Agenda::new(moment(wall, 0), TimeDelta::seconds(every));
        let mut events: Vec<(i64, &str)> = script
            .lines()
            .map(|line| line.trim().split_once(' ').unwrap())
            .map(|(at, event)| ((at.parse::<f64>().unwrap() * 1000.0) as i64, event))
            .collect();
        events.reverse();
        let (mut change, mut rest, mut failure, mut moved) = (None, Rest::Nothing, None, Some(false));
        let (mut told, mut busy): (Vec<String>, Vec<(i64, Act)>) = (Vec::new(), Vec::new());
        let mut length = 500;
        loop {
            let second = |wall: DateTime<Utc>| (wall - start).num_milliseconds() as f64 / 1000.0;
            match agenda.next(moment(wall, elapsed)) {
                Next::Do(act) => {
                    told.push(match act {
                        Act::TellJump(by) => format!("{} jumped {}", second(wall), by.num_seconds()),
                        Act::Check => format!("{} check", second(wall)),
                        Act::Look => format!("{} look", second(wall)),
                        Act::Round { at: None } => format!("{} round", second(wall)),
                        Act::Round { at: Some(at) } => format!("{} round for {}", second(wall), second(at)),
                    });
                    match act {
                        Act::TellJump(_) => {}
                        Act::Check => agenda.checked(),
                        Act::Look => busy.push((elapsed + 100, act)),
                        Act::Round { at } => {
                            let wait = at.map_or(0, |at| (at - wall).num_milliseconds());
                            busy.push((elapsed + wait + std::mem::replace(&mut length, 500), act));
                            agenda.planned(change.filter(|change| *change > at.unwrap_or(wall)));
                        }
                    }
                }
                Next::WaitUntil(until) => {
                    let event = events.last().map(|(at, _)| *at);
                    busy.sort_by_key(|(at, _)| -at);
                    let done = busy.last().map(|(at, _)| *at);
                    let until = until.map(|until| elapsed + (until - wall).num_milliseconds().max(0));
                    let Some(next) = [event, done, until].into_iter().flatten().min() else { break };
                    if events.is_empty() && busy.is_empty() {
                        break;
                    }
                    wall += TimeDelta::milliseconds(next - elapsed);
                    elapsed = next;
                    let now = moment(wall, elapsed);
                    if done == Some(next) {
                        match busy.pop().unwrap().1 {
                            Act::Look => agenda.looked(now, moved.replace(false)),
                            _ => {
                                let ended = match failure {
                                    Some(kind) => Ended::Failed(kind),
                                    None => Ended::Well {
                                        change: change.filter(|at| *at > wall),
                                        rest: std::mem::replace(&mut rest, Rest::Nothing),
                                        opening: TimeDelta::milliseconds(200),
                                    },
                                };
                                agenda.ended(now, ended);
                            }
                        }
                    } else if event == Some(next) {
                        let (_, event) = events.pop().unwrap();
                        match event.split_once(' ').unwrap_or((event, "")) {
                            ("files", _) => agenda.heard_files(now),
                            ("refs", _) => agenda.heard_refs(now),
                            ("plan", at) => change = Some(start + TimeDelta::seconds(at.parse().unwrap())),
                            ("long", by) => length = by.parse::<i64>().unwrap() * 1000,
                            ("later", _) => rest = Rest::Later,
                            ("more", _) => rest = Rest::Now,
                            ("down", _) => (failure, moved) = (Some(Kind::Later), None),
                            ("wrong", _) => failure = Some(Kind::Content),
                            ("up", _) => (failure, moved) = (None, Some(false)),
                            ("moves", _) => moved = Some(true),
                            ("clock", by) => wall += TimeDelta::seconds(by.parse().unwrap()),
                            ("end", _) => {}
                            (other, _) => panic!("{other}"),
                        }
                    }
                }
            }
        }
        told.join(", ")
    }

    #[test]
    fn a_burst_of_saves_is_one_check() {
        let saves: String = (0..100).map(|save| format!("{} files\n", 3.0 + f64::from(save) * 0.005)).collect();
        assert_eq!(play(300, &format!("{saves}9 end")), "0 check, 0 round, 3.695 check");
        // Who never stops writing is told every two seconds.
        let saves: String = (0..50).map(|save| format!("{} files\n", 3.0 + f64::from(save) * 0.1)).collect();
        assert_eq!(play(300, &format!("{saves}20 end")), "0 check, 0 round, 5 check, 7.1 check, 8.1 check");
    }

    #[test]
    fn what_is_due_is_opened_for_beforehand() {
        for (script, acts) in [
            // The first round learns of it; it opens 300 ms before.
            ("0.1 plan 60\n100 end", "0 check, 0 round, 59.7 round for 60"),
            // One that is due before the round is over comes right after.
            ("0.1 more\n5 end", "0 check, 0 round, 0.5 round"),
            // What has failed is tried again, at longer and longer intervals.
            ("0.1 down\n9 end", "0 check, 0 round, 1.5 round, 4 round, 8.5 round"),
            ("0.1 down\n3 up\n200 end", "0 check, 0 round, 1.5 round, 4 round"),
            ("0.1 later\n200 end", "0 check, 0 round, 1.5 round"),
            // Nobody comes early after a failure; a due instant in between is tried all the same.
            ("0.1 plan 60\n1 down\n0.9 end\n62 end", "0 check, 0 round, 59.7 round for 60, 61.5 round"),
            // A round that takes long keeps nobody: what it learned of when it began is done meanwhile.
            (
                "1 plan 80\n1 long 100\n2 moves\n2 refs\n79 plan 90\n200 end",
                "0 check, 0 round, 2.2 look, 2.3 round, 79.7 round for 80, 89.7 round for 90",
            ),
            // What a person must mend is not tried again until something happens.
            ("0.1 wrong\n200 end", "0 check, 0 round"),
        ] {
            assert_eq!(play(300, script), acts, "{script}");
        }
    }

    #[test]
    fn branches_are_looked_at_now_and_then() {
        for (script, acts) in [
            ("700 end", "0 check, 0 round, 300.5 look, 600.6 look"),
            ("100 moves\n400 end", "0 check, 0 round, 300.5 look, 300.6 round"),
            // A commit, or a push.
            ("100 moves\n100 refs\n100.1 refs\n105 end", "0 check, 0 round, 100.3 look, 100.4 round"),
            // A remote that is down for looks alone.
            ("100 down\n303 end", "0 check, 0 round, 300.5 look, 301.6 look"),
            ("3700 end", &["0 check, 0 round", &looks(300.5, 11), "3600.5 round"].join(", ")),
        ] {
            assert_eq!(play(300, script), acts, "{script}");
        }
    }

    fn looks(first: f64, count: u32) -> String {
        let at = |look: u32| ((first + f64::from(look) * 300.1) * 10.0).round() / 10.0;
        (0..count).map(|look| format!("{} look", at(look))).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn a_clock_that_jumps_makes_everything_due() {
        for (script, acts) in [
            // A night's sleep: what was due meanwhile goes out on waking.
            ("0.1 plan 60\n10 clock 36000\n20 end", "0 check, 0 round, 36010 jumped 36000, 36010 round"),
            // Set back by an hour: the plan is made anew, and nothing waits an hour too long.
            ("0.1 plan 60\n10 clock -3600\n20 end", "0 check, 0 round, -3590 jumped -3600, -3590 round"),
            // A save that was to be checked is.
            ("9.9 files\n10 clock -3600\n20 end", "0 check, 0 round, -3590 jumped -3600, -3590 check, -3590 round"),
            // What a time server corrects is no jump.
            ("10 clock 2\n20 end", "0 check, 0 round"),
        ] {
            assert_eq!(play(300, script), acts, "{script}");
        }
    }
}

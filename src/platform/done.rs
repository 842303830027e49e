//! Reads a list of steps: what is made, what is out, what is doubtful. Knows no platform.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Job, Receipt, Step};

/// Clocks differ: a post may seem this much older than the call that made it.
pub(super) const SKEW: TimeDelta = TimeDelta::seconds(60);

/// How many looks must find nothing before a call may be sent again: what was just posted may be late in a list.
const LOOKS: usize = 2;

/// For how long a platform surely knows a post again. LinkedIn documents no window; it advises to wait ten minutes
/// before the same text is posted once more.
const DUPLICATE_MEMORY: TimeDelta = TimeDelta::minutes(9);

/// How often a showing call is sent at most, the first time included.
const SENDS: usize = 2;

/// Something made outside that can still be used.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made<'a> {
    data: &'a BTreeMap<String, String>,
    secret: &'a BTreeMap<String, String>,
}

impl<'a> Made<'a> {
    /// A value by name; empty where there is none.
    pub(super) fn data(&self, key: &str) -> &'a str {
        self.data.get(key).map_or("", String::as_str)
    }

    /// An address by name; `None` after a restart, for the ledger keeps none.
    pub(super) fn secret(&self, key: &str) -> Option<&'a str> {
        self.secret.get(key).map(String::as_str)
    }

    /// A time kept under a name.
    pub(super) fn time(&self, key: &str) -> Option<DateTime<Utc>> {
        self.data(key).parse().ok()
    }
}

/// The newest thing made under a name, unless the platform no longer takes it.
pub(super) fn made<'a>(done: &'a [Step], name: &str, now: DateTime<Utc>) -> Option<Made<'a>> {
    let newest = done.iter().rev().find_map(|step| match step {
        Step::Made { name: its, data, secret, expires } if its == name => Some((Made { data, secret }, *expires)),
        _ => None,
    });
    newest.filter(|(_, expires)| expires.is_none_or(|expires| now < expires)).map(|(made, _)| made)
}

/// How many times what was made under a name was found to have ended: such a step has no data.
pub(super) fn times_ended(done: &[Step], name: &str) -> usize {
    done.iter()
        .filter(|step| matches!(step, Step::Made { name: its, data, .. } if its == name && data.is_empty()))
        .count()
}

/// Whether something was ever made under a name with this value in its data, usable or not.
pub(super) fn was_made(done: &[Step], name: &str, key: &str, value: &str) -> bool {
    done.iter().any(|step| {
        matches!(step, Step::Made { name: its, data, .. } if its == name && data.get(key).is_some_and(|its| its == value))
    })
}

/// The receipt of a part that is out; of several, the newest, which may know its address better.
pub(super) fn shown(done: &[Step], part: usize) -> Option<&Receipt> {
    done.iter().rev().find_map(|step| match step {
        Step::Shown { part: its, receipt } if *its == part => Some(receipt),
        _ => None,
    })
}

/// Whether some part has this id already: one found in a list cannot be another part too.
pub(super) fn is_receipted(done: &[Step], id: &str) -> bool {
    done.iter().any(|step| matches!(step, Step::Shown { receipt, .. } if receipt.id == id))
}

/// A part whose showing call got no clear answer, and what the looks since then found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt<'a> {
    /// When the call was first sent.
    pub(super) first: DateTime<Utc>,
    /// When the call was last sent, or last looked for in vain.
    pub(super) last: DateTime<Utc>,
    /// How often the call was sent without a clear answer.
    pub(super) sends: usize,
    /// How many looks since the last of them found nothing.
    pub(super) absents: usize,
    /// What was done after all that.
    pub(super) since: &'a [Step],
}

/// The doubt about a part; `None` where there was none, or the part is out.
pub(super) fn doubt(done: &[Step], part: usize) -> Option<Doubt<'_>> {
    if shown(done, part).is_some() {
        return None;
    }
    let mut found: Option<Doubt<'_>> = None;
    for (index, step) in done.iter().enumerate() {
        let since = &done[index + 1..];
        match (step, &mut found) {
            (Step::Doubt { part: its, sent_at }, None) if *its == part => {
                found = Some(Doubt { first: *sent_at, last: *sent_at, sends: 1, absents: 0, since });
            }
            (Step::Doubt { part: its, sent_at }, Some(doubt)) if *its == part => {
                let (first, sends) = (doubt.first.min(*sent_at), doubt.sends + 1);
                *doubt = Doubt { first, last: *sent_at, sends, absents: 0, since };
            }
            (Step::Absent { part: its, at }, Some(doubt)) if *its == part => {
                *doubt = Doubt { last: *at, absents: doubt.absents + 1, since, ..*doubt };
            }
            _ => {}
        }
    }
    found
}

/// What a doubt asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Too early to look or to send.
    Wait {
        until: DateTime<Utc>,
    },
    Look,
    /// The call may be sent once more.
    Resend,
    /// It was sent again and is doubtful again.
    Person,
}

impl Doubt<'_> {
    /// The way out where posts can be listed: looks, then one more send, then looks, then a person.
    pub(super) fn way_by_list(&self, job: &Job<'_>) -> Way {
        match (self.absents < LOOKS, self.sends < SENDS) {
            (true, _) => self.not_before(job).unwrap_or(Way::Look),
            (false, true) => Way::Resend,
            (false, false) => Way::Person,
        }
    }

    /// The way out where the platform answers a second send with the name of the first: one more send while that can be
    /// trusted, then a person.
    pub(super) fn way_by_duplicate(&self, job: &Job<'_>) -> Way {
        let is_remembered = job.now.signed_duration_since(self.first) < DUPLICATE_MEMORY;
        match self.sends < SENDS && is_remembered {
            true => self.not_before(job).unwrap_or(Way::Resend),
            false => Way::Person,
        }
    }

    fn not_before(&self, job: &Job<'_>) -> Option<Way> {
        let until = self.last.checked_add_signed(job.settle).unwrap_or(self.last);
        (job.now < until).then_some(Way::Wait { until })
    }

    /// Whether it has been sent again.
    pub(super) fn is_resent(&self) -> bool {
        self.sends >= SENDS
    }

    /// From when on something may be what the doubtful call made.
    pub(super) fn since_when(&self) -> DateTime<Utc> {
        self.first.checked_sub_signed(SKEW).unwrap_or(self.first)
    }

    /// Whether something of that time may be what the doubtful call made.
    pub(super) fn may_have_made(&self, at: DateTime<Utc>) -> bool {
        at >= self.since_when()
    }
}

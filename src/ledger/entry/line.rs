//! A line as it is read: the keys of all kinds of entries beside each other. A tagged enum would have each line kept whole until its
//! kind is known, which is half of what reading a large ledger costs.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde::de::value::{self, StrDeserializer};
use serde::de::{Deserializer, Error, IntoDeserializer as _, Visitor};
use uuid::Uuid;

use super::{Aim, Entry, Event, Found, Retry, TargetKey};
use crate::post::{OnRemove, PostId};
use crate::step::{Allowance, Class, Receipt, Via};

/// What `ev` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Baseline,
    Claimed,
    Renewed,
    Prepared,
    Part,
    Published,
    Failed,
    InDoubt,
    Resolved,
    Released,
    Updated,
    Noted,
    Slotted,
    Deleted,
    Missed,
    Cancelled,
    Adopted,
    Accepted,
}

impl Kind {
    pub(super) fn named(name: &str) -> Option<Self> {
        let name: StrDeserializer<'_, value::Error> = name.into_deserializer();
        Self::deserialize(name).ok()
    }
}

/// See [`Entry`] and [`Event`].
#[derive(Deserialize)]
pub(super) struct Line {
    v: u32,
    id: Uuid,
    t: Instant,
    ev: Kind,
    post: PostId,
    target: TargetKey,
    run: String,
    claim: Option<Uuid>,
    epoch: Option<u32>,
    fp: Option<String>,
    fixed: Option<String>,
    src: Option<String>,
    #[serde(default)]
    allowances: Vec<Allowance>,
    #[serde(default)]
    tool: String,
    prev: Option<String>,
    exp: Option<Instant>,
    takes_over: Option<Uuid>,
    aim: Option<Aim>,
    on_remove: Option<OnRemove>,
    step: Option<String>,
    data: Option<BTreeMap<String, String>>,
    expires: Option<Instant>,
    index: Option<usize>,
    of: Option<usize>,
    receipt: Option<Proof>,
    lacks: Option<String>,
    class: Option<Class>,
    code: Option<String>,
    msg: Option<String>,
    retry: Option<Retry>,
    why: Option<String>,
    sent_at: Option<Instant>,
    not_before: Option<Instant>,
    r#as: Option<Found>,
    by: Option<String>,
    evidence: Option<String>,
    retry_at: Option<Instant>,
    parts: Option<BTreeMap<usize, Receipt>>,
    at: Option<Instant>,
    due: Option<Instant>,
    sum: Option<String>,
}

/// As [`crate::step::Receipt`].
#[derive(Deserialize)]
struct Proof {
    id: String,
    url: String,
    at: Instant,
    via: Via,
}

impl From<Proof> for Receipt {
    fn from(Proof { id, url, at, via }: Proof) -> Self {
        Self { id, url, at: at.0, via }
    }
}

/// An instant, read in one step where it is written as this program writes it; else as chrono does, who takes more.
struct Instant(DateTime<Utc>);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(InstantVisitor)
    }
}

struct InstantVisitor;

impl Visitor<'_> for InstantVisitor {
    type Value = Instant;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an instant as in RFC 3339")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Instant, E> {
        in_whole_seconds(text).map_or_else(|| text.parse(), Ok).map(Instant).map_err(E::custom)
    }
}

/// `2026-12-01T09:00:00Z`, and nothing else.
fn in_whole_seconds(text: &str) -> Option<DateTime<Utc>> {
    let bytes: &[u8; 20] = text.as_bytes().try_into().ok()?;
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'Z')];
    if marks.into_iter().any(|(at, mark)| bytes[at] != mark) {
        return None;
    }
    let number = |digits: Range<usize>| {
        let add = |number, digit: &u8| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0'));
        bytes[digits].iter().try_fold(0, add)
    };
    let date = NaiveDate::from_ymd_opt(number(0..4)?.try_into().ok()?, number(5..7)?, number(8..10)?)?;
    Some(date.and_hms_opt(number(11..13)?, number(14..16)?, number(17..19)?)?.and_utc())
}

/// What an entry of its kind has to say.
fn need<T>(value: Option<T>, key: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("missing field `{key}`"))
}

impl TryFrom<Line> for Entry {
    type Error = String;

    fn try_from(line: Line) -> Result<Self, String> {
        let instant = |value: Option<Instant>, key: &str| need(value, key).map(|instant| instant.0);
        let some = |value: Option<Instant>| value.map(|instant| instant.0);
        let receipt = line.receipt.map(Receipt::from);
        let event = match line.ev {
            Kind::Baseline => Event::Baseline,
            Kind::Claimed => Event::Claimed {
                exp: instant(line.exp, "exp")?,
                takes_over: line.takes_over,
                aim: line.aim.unwrap_or_default(),
                on_remove: line.on_remove,
            },
            Kind::Renewed => Event::Renewed { exp: instant(line.exp, "exp")? },
            Kind::Prepared => Event::Prepared {
                step: need(line.step, "step")?,
                data: need(line.data, "data")?,
                expires: some(line.expires),
            },
            Kind::Part => Event::Part {
                index: need(line.index, "index")?,
                of: need(line.of, "of")?,
                receipt: need(receipt, "receipt")?,
            },
            Kind::Published => Event::Published { receipt: need(receipt, "receipt")?, lacks: line.lacks },
            Kind::Failed => Event::Failed {
                class: need(line.class, "class")?,
                code: line.code,
                msg: need(line.msg, "msg")?,
                retry: need(line.retry, "retry")?,
            },
            Kind::InDoubt => Event::InDoubt {
                index: need(line.index, "index")?,
                why: need(line.why, "why")?,
                sent_at: instant(line.sent_at, "sent_at")?,
                not_before: instant(line.not_before, "not_before")?,
            },
            Kind::Resolved => Event::Resolved {
                found: need(line.r#as, "as")?,
                index: need(line.index, "index")?,
                of: need(line.of, "of")?,
                by: need(line.by, "by")?,
                evidence: need(line.evidence, "evidence")?,
                receipt,
            },
            Kind::Released => Event::Released { retry_at: some(line.retry_at), by: line.by },
            Kind::Updated => {
                Event::Updated { receipt: need(receipt, "receipt")?, parts: line.parts.unwrap_or_default() }
            }
            Kind::Noted => Event::Noted { on_remove: need(line.on_remove, "on_remove")? },
            Kind::Slotted => Event::Slotted { at: instant(line.at, "at")? },
            Kind::Deleted => Event::Deleted,
            Kind::Missed => Event::Missed { due: instant(line.due, "due")? },
            Kind::Cancelled => Event::Cancelled { by: need(line.by, "by")? },
            Kind::Adopted => Event::Adopted { receipt: need(receipt, "receipt")?, by: need(line.by, "by")? },
            Kind::Accepted => Event::Accepted { by: need(line.by, "by")?, sum: need(line.sum, "sum")? },
        };
        Ok(Self {
            v: line.v,
            id: line.id,
            t: line.t.0,
            event,
            post: line.post,
            target: line.target,
            run: line.run,
            claim: line.claim,
            epoch: line.epoch,
            fp: line.fp,
            fixed: line.fixed,
            src: line.src,
            allowances: line.allowances,
            tool: line.tool,
            prev: line.prev,
        })
    }
}

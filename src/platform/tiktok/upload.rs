//! What TikTok was given and gave a `publish_id` for: how far it is, told from what is done, and how a video is cut into
//! chunks. Knows no call.
//!
//! One `publish_id` makes one post at most, and a video is posted with its last byte. So what is there may be asked for, and
//! a chunk sent again, as often as one likes; only another `init` could make a second post.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::wire;
use crate::platform::Step;

/// The steps: a video was announced, or photos were taken; TikTok told their status; it refused a chunk.
pub(super) const START: &str = "video 1 start";
pub(super) const PUBLISH: &str = "publish 1";
pub(super) const STATUS: &str = "status 1";
pub(super) const UNSURE: &str = "video 1 refused";

/// Keys of their data.
pub(super) const ID: &str = "publish_id";
/// The rendition's fingerprint: what is in it, and about it.
pub(super) const FOR: &str = "for";
pub(super) const OF: &str = "of";
pub(super) const AT: &str = "at";
pub(super) const BYTES: &str = "bytes";
pub(super) const STATE: &str = "state";
pub(super) const SINCE: &str = "since";
pub(super) const AGAIN: &str = "again";
pub(super) const REASON: &str = "reason";
pub(super) const ENDED: &str = "ended";
pub(super) const URL: &str = "upload_url";

/// A word that is older is asked for anew: who had it may have died since, and sent more.
pub(super) const FRESH: TimeDelta = TimeDelta::seconds(60);

/// An address that was refused so often is given up.
const REFUSALS_MAX: usize = 4;

/// Bytes of a chunk, and the size from which on a video is cut into such: the last chunk, which posts the video, is then
/// never longer than twice that. A chunk has 5 to 64 MB, the last one up to 128; `floor(size / chunk)` are announced, so the
/// last holds the rest as well. <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>
const CHUNK: u64 = 10_000_000;

/// The size of a chunk and their number, as announced.
pub(super) fn plan(size: u64) -> (u64, u64) {
    if size < 2 * CHUNK { (size, 1) } else { (CHUNK, size / CHUNK) }
}

/// One chunk of a video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// From 1.
    pub(super) number: u64,
    pub(super) range: Range<u64>,
    pub(super) is_last: bool,
}

/// The chunk that follows so many bytes. TikTok counts them from 0 or from 1, and keeps whole chunks only.
pub(super) fn chunk_after(size: u64, bytes: u64) -> Chunk {
    let (chunk, count) = plan(size);
    let index = (bytes.saturating_add(1) / chunk.max(1)).min(count - 1);
    let is_last = index == count - 1;
    let end = if is_last { size } else { (index + 1) * chunk };
    Chunk { number: index + 1, range: index * chunk..end, is_last }
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Bytes of the video are missing, as was known then; whether TikTok itself said so when asked.
    Sending {
        at: DateTime<Utc>,
        asked: bool,
    },
    /// It must be asked how many it has.
    Unsure,
    /// The call that posts it got no clear answer, and so many looks since have not found it.
    Doubted {
        last: DateTime<Utc>,
        absents: usize,
    },
    /// All is there since then, and not to be asked about before that.
    Processing {
        since: DateTime<Utc>,
        again: DateTime<Utc>,
    },
    /// It is out since then; its id is not known.
    Complete {
        since: DateTime<Utc>,
        again: DateTime<Utc>,
    },
    Failed {
        at: DateTime<Utc>,
    },
    /// TikTok no longer knows it, or comes to no end with it; whether the ledger has that doubt.
    Lost {
        told: bool,
    },
}

/// Something TikTok gave a `publish_id` for.
#[derive(Clone, Debug)]
pub(super) struct Given<'a> {
    pub(super) id: &'a str,
    /// The fingerprint of the rendition it was begun for.
    pub(super) made_for: &'a str,
    pub(super) is_video: bool,
    /// When it was begun.
    pub(super) begun: DateTime<Utc>,
    /// The size of the video.
    size: u64,
    pub(super) stage: Stage,
    /// Where its bytes go; `None` where that is lost, or TikTok takes none any more.
    pub(super) to: Option<Url>,
    /// How often the call that posts it got no clear answer.
    pub(super) doubts: usize,
    /// How many of its bytes TikTok has, as far as is known.
    bytes: u64,
    refusals: usize,
}

type Data = BTreeMap<String, String>;

fn value<'a>(data: &'a Data, key: &str) -> &'a str {
    data.get(key).map_or("", String::as_str)
}

fn time(data: &Data, key: &str) -> DateTime<Utc> {
    value(data, key).parse().unwrap_or(DateTime::UNIX_EPOCH)
}

impl<'a> Given<'a> {
    /// The newest; `None` where there is none, or where it came to nothing and that was known at once.
    pub(super) fn newest(done: &'a [Step], now: DateTime<Utc>) -> Option<Self> {
        let begun = done.iter().enumerate().rev().find_map(|(index, step)| match step {
            Step::Made { name, data, secret, expires } if name == START || name == PUBLISH => {
                Some((index, name == START, data, secret, *expires))
            }
            _ => None,
        });
        let (index, is_video, data, secret, expires) = begun?;
        let id = Some(value(data, ID)).filter(|id| !id.is_empty())?;
        let is_open = expires.is_none_or(|expires| now < expires);
        let at = time(data, AT);
        let mut given = Self {
            id,
            made_for: value(data, FOR),
            is_video,
            begun: at,
            size: value(data, OF).parse().unwrap_or(0),
            stage: if is_video {
                Stage::Sending { at, asked: false }
            } else {
                Stage::Processing { since: at, again: time(data, AGAIN) }
            },
            to: secret.get(URL).filter(|_| is_open).and_then(|text| wire::upload_url(text)),
            doubts: 0,
            bytes: 0,
            refusals: 0,
        };
        done[index + 1..].iter().for_each(|step| given.take(step));
        Some(given)
    }

    /// What one more step says of it.
    fn take(&mut self, step: &'a Step) {
        match step {
            Step::Made { name, data, .. } if value(data, ID) == self.id => self.take_made(name, data),
            Step::Doubt { part: 0, sent_at } => {
                self.doubts += 1;
                self.stage = match self.stage {
                    Stage::Lost { .. } => Stage::Lost { told: true },
                    _ => Stage::Doubted { last: *sent_at, absents: 0 },
                };
            }
            Step::Absent { part: 0, at } => {
                if let Stage::Doubted { absents, .. } = self.stage {
                    self.stage = Stage::Doubted { last: *at, absents: absents + 1 };
                }
            }
            _ => {}
        }
    }

    fn take_made(&mut self, name: &str, data: &'a Data) {
        let at = time(data, AT);
        if name == UNSURE {
            self.refusals += 1;
            if data.contains_key(ENDED) || self.refusals > REFUSALS_MAX {
                self.to = None;
            }
            self.stage = Stage::Unsure;
            return;
        }
        let (since, again) = (time(data, SINCE), time(data, AGAIN));
        self.stage = match (name, value(data, STATE)) {
            (STATUS, "complete") => Stage::Complete { since, again },
            (STATUS, "failed") => Stage::Failed { at },
            (STATUS, "lost") => Stage::Lost { told: false },
            (STATUS, "processing") => Stage::Processing { since, again },
            _ => {
                self.bytes = value(data, BYTES).parse().unwrap_or(0);
                match self.bytes >= self.size {
                    true => Stage::Processing { since: at, again },
                    false => Stage::Sending { at, asked: name == STATUS },
                }
            }
        };
    }

    /// The chunk that is next.
    pub(super) fn chunk(&self) -> Chunk {
        chunk_after(self.size, self.bytes)
    }

    /// Whether so many bytes, perhaps counted from 0, are all.
    pub(super) fn is_all(&self, bytes: u64) -> bool {
        bytes.saturating_add(1) >= self.size
    }

    /// Whether nothing but the last chunk is missing: whoever was about to send that may have posted the video.
    pub(super) fn is_at_its_end(&self) -> bool {
        !self.is_video || self.chunk().is_last
    }
}

/// When the newest announcements of videos were made, newest first.
pub(super) fn starts(done: &[Step]) -> impl Iterator<Item = DateTime<Utc>> + '_ {
    done.iter().rev().filter_map(|step| match step {
        Step::Made { name, data, .. } if name == START => Some(time(data, AT)),
        _ => None,
    })
}

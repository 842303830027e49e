//! The arithmetic of chunks: what sizes a plan may have, and which bytes each chunk holds.
//! See <https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide>.

use std::ops::Range;

use super::errors::Refusal;
use super::options::Megabyte;

/// Megabytes of a video, of a chunk at least and at most; how many chunks at most.
const VIDEO_MAX: u64 = 4_000;
const CHUNK_MIN: u64 = 5;
const CHUNK_MAX: u64 = 64;
const COUNT_MAX: u64 = 1_000;

/// How a video is cut: all chunks are of one size but the last, which has the remainder as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) size: u64,
    pub(super) chunk: u64,
    pub(super) count: u64,
}

impl Megabyte {
    /// Bytes of so many MB as a lower and as an upper bound.
    fn bounds(self, least: u64, most: u64) -> (u64, u64) {
        const DECIMAL: u64 = 1_000_000;
        const BINARY: u64 = 1 << 20;
        match self {
            Self::Strict => (least * BINARY, most * DECIMAL),
            Self::Decimal => (least * DECIMAL, most * DECIMAL),
            Self::Binary => (least * BINARY, most * BINARY),
        }
    }
}

impl Plan {
    /// The plan an init declares, if it keeps the rules.
    pub(super) fn new(size: i64, chunk: i64, count: i64, megabyte: Megabyte) -> Result<Self, Refusal> {
        let (chunk_min, chunk_max) = megabyte.bounds(CHUNK_MIN, CHUNK_MAX);
        let (_, video_max) = megabyte.bounds(0, VIDEO_MAX);
        let positive = |number: i64| u64::try_from(number).ok().filter(|number| *number > 0);
        let size = positive(size).filter(|size| *size <= video_max);
        let size = size.ok_or_else(|| Refusal::params("The video size is invalid"))?;
        let wrong_chunk = || Refusal::params("The chunk size is invalid");
        let chunk = positive(chunk).ok_or_else(wrong_chunk)?;
        // A video that fits into one chunk is as long as that chunk; a longer one has more than one.
        let lawful = if chunk == size {
            chunk <= chunk_max
        } else {
            (chunk_min..=chunk_max).contains(&chunk) && size / chunk > 1
        };
        if !lawful {
            return Err(wrong_chunk());
        }
        let wrong_count = || Refusal::params("The total chunk count is invalid");
        let count = positive(count).filter(|count| *count == size / chunk && *count <= COUNT_MAX);
        Ok(Self { size, chunk, count: count.ok_or_else(wrong_count)? })
    }

    /// The bytes of the chunk that begins here; nothing if none does.
    pub(super) fn chunk_at(&self, first: u64) -> Option<Range<u64>> {
        let index = first / self.chunk;
        let end = if index + 1 == self.count { self.size } else { first + self.chunk };
        (first.is_multiple_of(self.chunk) && index < self.count).then_some(first..end)
    }
}

//! Looks into a file here and there, within bounds that no file can move. Knows no format.

use std::io::{self, Read, Seek, SeekFrom};

/// So much is read at once: formats are walked in small steps that lie close together.
const WINDOW: u64 = 16 * 1024;
/// So many looks into one file; the longest honest walk, over the blocks of a large GIF, needs fewer.
const LOOKS: u32 = 1 << 20;

/// A file that is looked into. Reading past its end, or too often, gives `None`; so does a failure, which is kept.
pub(super) struct Peek<'r, R> {
    source: &'r mut R,
    len: u64,
    looks: u32,
    /// Where `window` lies in the file.
    at: u64,
    window: Vec<u8>,
    failed: Option<io::Error>,
}

impl<'r, R: Read + Seek> Peek<'r, R> {
    pub(super) fn new(source: &'r mut R) -> io::Result<Self> {
        let len = source.seek(SeekFrom::End(0))?;
        Ok(Self { source, len, looks: LOOKS, at: 0, window: Vec::new(), failed: None })
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// What reading failed with, if it did.
    pub(super) fn failure(self) -> Option<io::Error> {
        self.failed
    }

    /// Exactly so many bytes.
    pub(super) fn array<const N: usize>(&mut self, at: u64) -> Option<[u8; N]> {
        self.upto(at, N)?.try_into().ok()
    }

    /// At most so many bytes; fewer at the file's end.
    pub(super) fn upto(&mut self, at: u64, most: usize) -> Option<&[u8]> {
        self.looks = self.looks.checked_sub(1)?;
        let end = at.checked_add(most as u64)?.min(self.len);
        if at >= end {
            return None;
        }
        let held = self.at..self.at + self.window.len() as u64;
        if at < held.start || end > held.end {
            self.fill(at, (end - at).max(WINDOW));
        }
        let start = usize::try_from(at.checked_sub(self.at)?).ok()?;
        let length = usize::try_from(end - at).ok()?;
        self.window.get(start..start + length)
    }

    /// The whole file, in memory.
    pub(super) fn whole(&mut self) -> Vec<u8> {
        self.fill(0, self.len);
        std::mem::take(&mut self.window)
    }

    fn fill(&mut self, at: u64, most: u64) {
        self.window.clear();
        self.at = at;
        let sought = self.source.seek(SeekFrom::Start(at));
        let read = sought.and_then(|_| self.source.take(most).read_to_end(&mut self.window));
        if let Err(error) = read {
            self.window.clear();
            self.failed = Some(error);
        }
    }
}

/// Big-endian number of at most 8 bytes.
pub(super) fn big(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Little-endian number of at most 8 bytes.
pub(super) fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

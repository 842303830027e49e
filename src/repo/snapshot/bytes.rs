//! Bytes on their way: ranges of files, hashes, Git LFS pointers.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::unreadable;
use crate::media::Lack;

/// SHA-256 in lower-case hex of all that can be read.
pub(super) fn sha256(mut from: impl Read) -> Result<String, Lack> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => hash.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
    Ok(base16ct::lower::encode_string(&hash.finalize()))
}

/// A part of a file, read without moving anybody else's place in it.
pub(super) struct FileRange {
    file: Arc<File>,
    range: Range<u64>,
    at: u64,
}

impl FileRange {
    pub(super) fn new(file: Arc<File>, range: Range<u64>) -> Self {
        Self { file, at: range.start, range }
    }
}

impl Read for FileRange {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.range.end.saturating_sub(self.at);
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = read_at(&self.file, &mut buffer[..most], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for FileRange {
    /// Within the range: its beginning is 0.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (from, by) = match to {
            SeekFrom::Start(at) => (self.range.start.checked_add(at), 0),
            SeekFrom::Current(by) => (Some(self.at), by),
            SeekFrom::End(by) => (Some(self.range.end), by),
        };
        let at = from.and_then(|from| from.checked_add_signed(by)).filter(|at| *at >= self.range.start);
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at - self.range.start)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

/// Moves the file's own place, by which nobody reads.
#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

/// Pointers are shorter than this, by Git LFS's specification.
pub(super) const LFS_POINTER_MAX: u64 = 1024;

/// SHA-256 and size that a Git LFS pointer names (git-lfs/docs/spec.md).
pub(super) fn lfs_pointer(bytes: &[u8]) -> Option<(String, u64)> {
    let text = std::str::from_utf8(bytes).ok()?;
    if !text.starts_with("version https://git-lfs.github.com/spec/v1\n") {
        return None;
    }
    let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    let sha256 = value("oid sha256:")?;
    let hex = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
    hex.then(|| value("size ")?.parse().ok().map(|size| (sha256.to_owned(), size)))?
}

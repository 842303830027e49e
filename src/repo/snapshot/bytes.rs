//! Bytes on their way: ranges of files, first bytes and hash in one pass, Git LFS pointers.

use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

/// Of a media file, so many first bytes are looked at to tell what it is.
const HEAD_BYTES: usize = 256 * 1024;

/// Takes a file's first bytes and its hash in one pass.
#[derive(Default)]
pub(super) struct Look {
    head: Vec<u8>,
    hash: Sha256,
}

impl Look {
    /// The first bytes, and the hash of all in hex.
    pub(super) fn seen(self) -> (Vec<u8>, String) {
        let hash = self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        (self.head, hash)
    }
}

impl Write for Look {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        self.hash.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A part of a file, read without moving anybody else's place in it.
pub(super) struct FileRange {
    file: Arc<File>,
    at: u64,
    left: u64,
}

impl FileRange {
    pub(super) fn new(file: Arc<File>, range: Range<u64>) -> Self {
        Self { file, at: range.start, left: range.end.saturating_sub(range.start) }
    }
}

impl Read for FileRange {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.file.read_at(&mut buffer[..most], self.at)?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
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

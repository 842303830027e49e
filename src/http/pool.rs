//! Buffers that files are read into on their way, and that come back once what is in them has been sent. A new one for each
//! piece would be made of new pages of the system's each time, and those cost more than what is read into them. Knows no file.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Bytes of a buffer. Small enough for a processor's own cache, where what has just been read is sent from.
pub(super) const PIECE: usize = 256 * 1024;

/// Buffers that are kept while nobody needs them: as many as one file has under way.
const KEPT_MAX: usize = 8;

type Buffer = Box<[u8]>;

/// Where buffers wait.
#[derive(Clone, Default)]
pub(super) struct Pool(Arc<Mutex<Vec<Buffer>>>);

/// A buffer on its way, and how much of it is filled.
struct Lent {
    buffer: Buffer,
    filled: usize,
    home: Pool,
}

impl Pool {
    /// The next piece of a reader, as much as fits; empty, once that has ended.
    pub(super) fn read(&self, mut reader: impl Read) -> io::Result<Bytes> {
        let kept = self.kept().pop();
        let mut lent = Lent { buffer: kept.unwrap_or_else(|| vec![0; PIECE].into()), filled: 0, home: self.clone() };
        while lent.filled < lent.buffer.len() {
            match reader.read(&mut lent.buffer[lent.filled..]) {
                Ok(0) => break,
                Ok(read) => lent.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Bytes::from_owner(lent))
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Buffer>> {
        // Whoever panicked has a buffer less or more, which is no harm.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut kept = self.home.kept();
        if kept.len() < KEPT_MAX {
            kept.push(std::mem::take(&mut self.buffer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_and_never_with_the_bytes_of_another() {
        let pool = Pool::default();
        let long = pool.read([7; PIECE + 1].as_slice()).unwrap();
        assert_eq!((long.len(), pool.kept().len()), (PIECE, 0));
        let first = long.as_ptr();
        drop(long);
        assert_eq!(pool.kept().len(), 1);
        let short = pool.read([8; 3].as_slice()).unwrap();
        assert_eq!((&short[..], short.as_ptr()), ([8; 3].as_slice(), first));
        // As long as somebody holds a part of it, it is nobody else's.
        let part = short.slice(1..2);
        drop(short);
        assert_eq!(pool.kept().len(), 0);
        drop(part);
        let many: Vec<Bytes> = (0..2 * KEPT_MAX).map(|_| pool.read(io::empty()).unwrap()).collect();
        assert!(many.iter().all(Bytes::is_empty));
        drop(many);
        assert_eq!(pool.kept().len(), KEPT_MAX);
    }
}

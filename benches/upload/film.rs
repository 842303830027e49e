//! A valid film of any size: a short one that says it is longer, and after it bytes that players pass over. Knows no
//! platform.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::room::Result;

/// Long enough for the bit rates that platforms allow, short enough for those who want no long films.
pub(super) const MILLIS: u64 = 120_000;

/// H.264 and AAC, 720 by 1280, index first.
const SMALL: &[u8] = include_bytes!("../../media/film.mp4");

/// One file in a folder that goes away.
pub(super) struct Film {
    _folder: TempDir,
    pub(super) path: PathBuf,
    pub(super) bytes: u64,
    /// Lower-case hex.
    pub(super) sha256: String,
}

impl Film {
    /// So many bytes, or as many as are allowed.
    pub(super) fn new(bytes: u64, most: Option<u64>, millis: u64) -> Result<Self> {
        let bytes = most.map_or(bytes, |most| most.min(bytes));
        let padding = bytes.checked_sub(SMALL.len() as u64 + 16).ok_or("a film needs a MiB at least")?;
        let folder = TempDir::new()?;
        let path = folder.path().join("film.mp4");
        let mut head = SMALL.to_vec();
        lengthen(&mut head, millis).ok_or("media/film.mp4 is not the film it was")?;
        // A `free` box with its length in 64 bits (ISO/IEC 14496-12, 4.2 and 8.1.2).
        head.extend([0, 0, 0, 1]);
        head.extend(b"free");
        head.extend((padding + 16).to_be_bytes());
        let (mut file, mut hash) = (File::create(&path)?, Sha256::new());
        let mut put = |bytes: &[u8]| {
            hash.update(bytes);
            file.write_all(bytes)
        };
        put(&head)?;
        // Bytes that are not all alike, so that nothing on the way is spared.
        let piece: Vec<u8> = (0..1_u32 << 18).flat_map(|word| word.wrapping_mul(0x9E37_79B9).to_le_bytes()).collect();
        let mut left = padding;
        while left > 0 {
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
            put(&piece[..length])?;
            left -= length as u64;
        }
        file.sync_all()?;
        let sha256 = hash.finalize().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        if fs::metadata(&path)?.len() != bytes {
            return Err("the film has another length".into());
        }
        Ok(Self { _folder: folder, path, bytes, sha256 })
    }
}

/// Says another duration in the movie header (ISO/IEC 14496-12, 8.2.2), of version 0.
fn lengthen(film: &mut [u8], millis: u64) -> Option<()> {
    let at = film.windows(4).position(|kind| kind == b"mvhd")? + 4;
    let scale = u32::from_be_bytes(film.get(at + 12..at + 16)?.try_into().ok()?);
    let units = u32::try_from(u64::from(scale) * millis / 1000).ok()?;
    film.get_mut(at + 16..at + 20)?.copy_from_slice(&units.to_be_bytes());
    Some(())
}

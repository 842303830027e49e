//! The file an archive is kept in: a head, and buckets of which a reader takes out those it needs. Each part has a hash, so that
//! one that is damaged is noticed before anything of it is believed. Knows names and blocks, not what makes a target be over.
//!
//! ```text
//! magic, 8 bytes | length of the head, u32 | number of buckets, u32 | hash of head and numbers, 32 bytes
//! head, JSON
//! a row a bucket: where it begins, u64 | its length, u32 | hash of the head's hash, its number and its bytes, 16 bytes
//! buckets, JSON
//! ```
//! Numbers are little-endian. What is looked for lies in the bucket of its name's hash.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Cursor, Read as _, Seek, SeekFrom, Write};
use std::path::Path;

use chrono::serde::ts_microseconds;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Stop;
use crate::ledger::entry::TargetKey;
use crate::plan::settled::Count;
use crate::plan::waiting::Waiting;

/// Another form gets another number.
const MAGIC: &[u8; 8] = b"prarch\0\x05";
const START: usize = 48;
const ROW: usize = 28;
/// A head that says it is longer is damaged.
const HEAD_BYTES_MAX: usize = 256 * 1024 * 1024;
/// A bucket has about so many families.
const FAMILIES_A_BUCKET: usize = 2;

/// What every reader needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The file that this one lies over.
    pub(super) base: Option<Base>,
    /// Which program wrote it.
    pub(super) program: String,
    /// The commit that was read, and its tree.
    pub(super) commit: String,
    pub(super) tree: String,
    /// The tree of the ledger.
    pub(super) ledger: Option<String>,
    /// Whether some path led elsewhere.
    pub(super) links: bool,
    /// Of all units.
    pub(super) count: Count,
    /// Families that are in no unit.
    pub(super) live: Vec<Live>,
    /// Files of the ledger whose post is not there, or cannot be read.
    pub(super) strangers: Vec<String>,
    /// The newest words of platforms on limits; the posts they were said about are live.
    pub(super) said: Vec<(TargetKey, String, DateTime<Utc>)>,
    /// Units with anything newer than this are told below.
    pub(super) cut: DateTime<Utc>,
    pub(super) recent: Vec<(String, DateTime<Utc>)>,
    /// Units with targets that wait for their time, by the earliest.
    pub(super) waiting: Vec<Due>,
    /// Slots after `cut`: account, instant, family.
    pub(super) slots: Vec<(String, DateTime<Utc>, String)>,
}

/// The file below another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Base {
    /// The hash of its head, in hex.
    pub(super) seal: String,
    /// Families of which it says nothing any more.
    pub(super) replaced: Vec<String>,
}

/// A family that plans have to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Live {
    pub(super) family: String,
    pub(super) ids: Vec<String>,
}

/// What is kept of a unit's targets that wait for their time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Due {
    /// The first of their times.
    #[serde(with = "ts_microseconds")]
    pub(super) at: DateTime<Utc>,
    pub(super) family: String,
    pub(super) targets: Vec<Waiting>,
}

/// A family of posts that are over with all their targets, or wait for their time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Unit {
    pub(super) family: String,
    pub(super) ids: Vec<String>,
    pub(super) count: Count,
    /// The newest instant of any of it: shown, or due.
    pub(super) newest: Option<DateTime<Utc>>,
    /// Account and instant.
    pub(super) slots: Vec<(String, DateTime<Utc>)>,
    /// Where its media are, or might be.
    pub(super) media: Vec<String>,
    /// The hash of all that it was judged by, but for its ledger.
    #[serde(with = "hex")]
    pub(super) seal: [u8; 16],
}

/// Bytes in JSON.
mod hex {
    use serde::de::{Deserialize as _, Deserializer, Error as _};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 16], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&base16ct::lower::encode_string(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 16], D::Error> {
        let text = String::deserialize(from)?;
        let mut bytes = [0; 16];
        let read = base16ct::lower::decode(text, &mut bytes).map(<[u8]>::len);
        if read == Ok(bytes.len()) { Ok(bytes) } else { Err(D::Error::custom("no seal")) }
    }
}

#[derive(Deserialize)]
struct Bucket {
    units: Vec<Unit>,
    /// Name and family.
    ids: Vec<(String, String)>,
    media: Vec<(String, String)>,
}

/// A bucket that is yet to be written.
#[derive(Default, Serialize)]
struct Filled<'a> {
    units: Vec<&'a Unit>,
    ids: Vec<(&'a str, &'a str)>,
    media: Vec<(&'a str, &'a str)>,
}

/// An archive, opened: a head that is whole, and buckets to come.
#[derive(Debug)]
pub(super) struct Archive {
    pub(super) head: Head,
    blocks: Blocks,
}

/// What follows the head.
#[derive(Debug)]
pub(super) struct Blocks {
    layout: Layout,
    source: Source,
}

/// Where what lies.
#[derive(Debug)]
struct Layout {
    /// The hash of the head.
    seal: [u8; 32],
    buckets: u32,
    rows_at: u64,
}

#[derive(Debug)]
enum Source {
    File(File),
    Memory(Vec<u8>),
}

impl Source {
    fn read(&self, at: u64, length: usize) -> Result<Vec<u8>, Stop> {
        match self {
            Self::File(file) => {
                let mut bytes = vec![0; length];
                let mut file = file;
                let read = file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(&mut bytes));
                read.map_err(|_| Stop::Damaged)?;
                Ok(bytes)
            }
            Self::Memory(all) => {
                let at = usize::try_from(at).map_err(|_| Stop::Damaged)?;
                let end = at.checked_add(length).ok_or(Stop::Damaged)?;
                all.get(at..end).map(<[u8]>::to_vec).ok_or(Stop::Damaged)
            }
        }
    }

    fn len(&self) -> u64 {
        match self {
            Self::File(file) => file.metadata().map_or(0, |meta| meta.len()),
            Self::Memory(all) => all.len() as u64,
        }
    }
}

impl Archive {
    pub(super) fn open(path: &Path) -> Result<Self, Stop> {
        Self::read(Source::File(File::open(path).map_err(|_| Stop::Missing)?))
    }

    /// One that has just been written.
    pub(super) fn of(head: Head, blocks: Blocks) -> Self {
        Self { head, blocks }
    }

    #[cfg(test)]
    pub(super) fn of_bytes(bytes: Vec<u8>) -> Result<Self, Stop> {
        Self::read(Source::Memory(bytes))
    }

    /// The whole file.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> Result<Vec<u8>, Stop> {
        self.blocks.source.read(0, usize::try_from(self.blocks.source.len()).map_err(|_| Stop::Damaged)?)
    }

    fn read(source: Source) -> Result<Self, Stop> {
        let start = source.read(0, START)?;
        let (magic, rest) = start.split_at(MAGIC.len());
        let (numbers, seal) = rest.split_at(8);
        if magic != MAGIC {
            return Err(Stop::Damaged);
        }
        let (length, buckets) = (number_at(numbers, 0) as usize, number_at(numbers, 4));
        if length > HEAD_BYTES_MAX || length as u64 > source.len() {
            return Err(Stop::Damaged);
        }
        let bytes = source.read(START as u64, length)?;
        let expected = hash(&[numbers, &bytes]);
        if seal != expected || buckets == 0 {
            return Err(Stop::Damaged);
        }
        let head = serde_json::from_slice(&bytes).map_err(|_| Stop::Damaged)?;
        let layout = Layout { seal: expected, buckets, rows_at: (START + length) as u64 };
        Ok(Self { head, blocks: Blocks { layout, source } })
    }

    /// The hash of its head, in hex.
    pub(super) fn seal(&self) -> String {
        base16ct::lower::encode_string(&self.blocks.layout.seal)
    }

    /// Every unit.
    pub(super) fn units(&self) -> Result<Vec<Unit>, Stop> {
        let mut units = Vec::new();
        for number in 0..self.blocks.layout.buckets {
            units.extend(self.bucket(number)?.units);
        }
        Ok(units)
    }

    /// The unit of a family.
    pub(super) fn unit(&self, family: &str) -> Result<Option<Unit>, Stop> {
        Ok(self.bucket(place(family, self.blocks.layout.buckets))?.units.into_iter().find(|unit| unit.family == family))
    }

    /// The families of units in which a post has that id.
    pub(super) fn of_id(&self, id: &str) -> Result<BTreeSet<String>, Stop> {
        Ok(named(self.bucket(place(id, self.blocks.layout.buckets))?.ids, id))
    }

    /// The families of units that look for media at that path.
    pub(super) fn of_media(&self, path: &str) -> Result<BTreeSet<String>, Stop> {
        Ok(named(self.bucket(place(path, self.blocks.layout.buckets))?.media, path))
    }

    fn bucket(&self, number: u32) -> Result<Bucket, Stop> {
        let row = self.blocks.source.read(self.blocks.layout.rows_at + u64::from(number) * ROW as u64, ROW)?;
        let at = u64::from(number_at(&row, 0)) | u64::from(number_at(&row, 4)) << 32;
        let length = number_at(&row, 8);
        if at.saturating_add(length.into()) > self.blocks.source.len() {
            return Err(Stop::Damaged);
        }
        let block = self.blocks.source.read(at, length as usize)?;
        if row[12..] != hash(&[&self.blocks.layout.seal, &number.to_le_bytes(), &block])[..16] {
            return Err(Stop::Damaged);
        }
        serde_json::from_slice(&block).map_err(|_| Stop::Damaged)
    }
}

impl Blocks {
    /// Writes a whole file, into one that is empty.
    pub(super) fn in_file(head: &Head, units: &[&Unit], file: File) -> io::Result<Self> {
        let mut to = BufWriter::new(&file);
        let layout = write(head, units, &mut to)?;
        to.flush()?;
        drop(to);
        Ok(Self { layout, source: Source::File(file) })
    }

    /// The same, kept nowhere.
    pub(super) fn in_memory(head: &Head, units: &[&Unit]) -> io::Result<Self> {
        let mut to = Cursor::new(Vec::new());
        let layout = write(head, units, &mut to)?;
        Ok(Self { layout, source: Source::Memory(to.into_inner()) })
    }
}

/// Writes a whole file. No more of it than a bucket is in memory at once.
fn write(head: &Head, units: &[&Unit], to: &mut (impl Write + Seek)) -> io::Result<Layout> {
    let buckets = (units.len() / FAMILIES_A_BUCKET).next_power_of_two().clamp(1, 1 << 20);
    let count = u32::try_from(buckets).unwrap_or(1);
    let json_head = json(head);
    let numbers = [u32::try_from(json_head.len()).unwrap_or(u32::MAX).to_le_bytes(), count.to_le_bytes()].concat();
    let seal = hash(&[&numbers, &json_head]);
    for part in [&MAGIC[..], &numbers, &seal, &json_head] {
        to.write_all(part)?;
    }
    let rows_at = (START + json_head.len()) as u64;
    drop(json_head);
    let mut rows = Vec::with_capacity(buckets * ROW);
    to.write_all(&vec![0; buckets * ROW])?;
    let mut at = rows_at + (buckets * ROW) as u64;
    let mut places = places(units, count).into_iter().peekable();
    for number in 0..count {
        let mut bucket = Filled::default();
        while let Some(place) = places.next_if(|place| place.bucket == number) {
            let unit = units[place.unit as usize];
            match place.what {
                What::Unit => bucket.units.push(unit),
                What::Id(index) => bucket.ids.push((&unit.ids[index as usize], &unit.family)),
                What::Media(index) => bucket.media.push((&unit.media[index as usize], &unit.family)),
            }
        }
        let block = json(&bucket);
        rows.extend(at.to_le_bytes());
        rows.extend(u32::try_from(block.len()).unwrap_or(u32::MAX).to_le_bytes());
        rows.extend(&hash(&[&seal, &number.to_le_bytes(), &block])[..16]);
        to.write_all(&block)?;
        at += block.len() as u64;
    }
    to.seek(SeekFrom::Start(rows_at))?;
    to.write_all(&rows)?;
    Ok(Layout { seal, buckets: count, rows_at })
}

/// Something that is to be found in a bucket; the unit by its place in the list.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    bucket: u32,
    unit: u32,
    what: What,
}

/// Ids and media by their places in the unit.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Unit,
    Id(u32),
    Media(u32),
}

/// Where all of it lies, bucket by bucket.
fn places(units: &[&Unit], buckets: u32) -> Vec<Place> {
    let mut places = Vec::with_capacity(units.iter().map(|unit| 1 + unit.ids.len() + unit.media.len()).sum());
    for (unit, its) in (0..).zip(units) {
        let mut add = |name: &str, what| places.push(Place { bucket: place(name, buckets), unit, what });
        add(&its.family, What::Unit);
        (0..).zip(&its.ids).for_each(|(index, id)| add(id, What::Id(index)));
        (0..).zip(&its.media).for_each(|(index, path)| add(path, What::Media(index)));
    }
    places.sort_unstable();
    places
}

fn named(rows: Vec<(String, String)>, name: &str) -> BTreeSet<String> {
    rows.into_iter().filter(|(its, _)| its == name).map(|(_, family)| family).collect()
}

fn place(name: &str, buckets: u32) -> u32 {
    number_at(&Sha256::digest(name.as_bytes()), 0) % buckets
}

fn number_at(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(number)
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

fn json(value: &impl Serialize) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "every field serialises: strings, numbers and instants")]
    serde_json::to_vec(value).expect("plain data")
}

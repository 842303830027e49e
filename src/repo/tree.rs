//! A folder as git writes it: `mode name\0` and twenty bytes for each thing in it. Read here and not by git2, which makes a copy of each
//! name before anyone asks for one, and keeps no folder of more than a few hundred names. Knows names and kinds, no paths.

use git2::{ErrorClass, ErrorCode, ObjectType, Repository};

use super::Oid;

/// What lies in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a [u8],
    pub(super) kind: Kind,
    pub(super) oid: Oid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file, executable or not.
    File,
    /// A file with a mode that git does not write any more.
    Odd,
    Folder,
    Link,
    Submodule,
}

impl Entry<'_> {
    /// By which git sorts: a folder stands as if its name ended in a slash.
    pub(super) fn key(&self) -> impl Iterator<Item = u8> {
        let slash = (self.kind == Kind::Folder).then_some(b'/');
        self.name.iter().copied().chain(slash)
    }
}

/// The bytes of a folder.
pub(super) fn read(git: &Repository, oid: Oid) -> Result<Vec<u8>, git2::Error> {
    let objects = git.odb()?;
    let object = objects.read(oid)?;
    if object.kind() != ObjectType::Tree {
        return Err(invalid("this is no tree"));
    }
    Ok(object.data().to_vec())
}

fn invalid(why: &str) -> git2::Error {
    git2::Error::new(ErrorCode::Invalid, ErrorClass::Tree, why)
}

/// Nothing of such a folder is believed: who passed over the rest of it would leave posts out and tell nobody.
fn damaged() -> git2::Error {
    invalid("this tree is damaged")
}

/// What lies in a folder, in git's order. Bytes that are no folder's end it with an error.
pub(super) fn entries(folder: &[u8]) -> impl Iterator<Item = Result<Entry<'_>, git2::Error>> {
    let mut rest = folder;
    std::iter::from_fn(move || match entry(rest) {
        Ok(next) => next.map(|(entry, behind)| {
            rest = behind;
            Ok(entry)
        }),
        Err(error) => {
            rest = &[];
            Some(Err(error))
        }
    })
}

/// What is left of two folders without the entries that both begin with.
pub(super) fn without_same<'a>(mut one: &'a [u8], mut other: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    while let Some(end) = memchr::memchr(0, one).map(|zero| zero + 21)
        && let Some(same) = one.get(..end)
        && other.starts_with(same)
    {
        (one, other) = (&one[end..], &other[end..]);
    }
    (one, other)
}

/// The first entry, and what is behind it; `None` at the end.
pub(super) fn entry(folder: &[u8]) -> Result<Option<(Entry<'_>, &[u8])>, git2::Error> {
    if folder.is_empty() { Ok(None) } else { first(folder).map(Some).ok_or_else(damaged) }
}

fn first(folder: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let (space, zero, end) = ends(folder)?;
    let oid = Oid::from_bytes(&folder[zero + 1..end]).ok()?;
    let kind = match &folder[..space] {
        b"100644" | b"100755" | b"100664" => Kind::File,
        b"40000" | b"040000" => Kind::Folder,
        b"120000" => Kind::Link,
        b"160000" => Kind::Submodule,
        _ => Kind::Odd,
    };
    Some((Entry { name: &folder[space + 1..zero], kind, oid }, &folder[end..]))
}

/// Where of the first entry the mode ends, the name, and the whole.
fn ends(folder: &[u8]) -> Option<(usize, usize, usize)> {
    // The longest mode has seven digits with its zero.
    let space = folder.iter().take(8).position(|byte| *byte == b' ')?;
    let zero = space + memchr::memchr(0, &folder[space..])?;
    let end = zero + 21;
    (end <= folder.len()).then_some((space, zero, end))
}

/// A folder in which things are looked for by their names.
#[derive(Debug)]
pub(super) struct Indexed {
    bytes: Vec<u8>,
    /// Where each entry begins.
    starts: Vec<usize>,
}

impl Indexed {
    pub(super) fn new(bytes: Vec<u8>) -> Result<Self, git2::Error> {
        let (mut starts, mut start) = (Vec::new(), 0);
        while start < bytes.len() {
            let (_, _, length) = ends(&bytes[start..]).ok_or_else(damaged)?;
            starts.push(start);
            start += length;
        }
        Ok(Self { bytes, starts })
    }

    fn at(&self, index: usize) -> Option<Entry<'_>> {
        Some(first(&self.bytes[*self.starts.get(index)?..])?.0)
    }

    /// All entries from the first that does not stand before such a name, as a folder's or another's.
    fn from(&self, name: &[u8], is_folder: bool) -> impl Iterator<Item = Entry<'_>> {
        let key = || name.iter().copied().chain(is_folder.then_some(b'/'));
        let is_before = |start: &usize| first(&self.bytes[*start..]).is_some_and(|(it, _)| it.key().lt(key()));
        (self.starts.partition_point(is_before)..self.starts.len()).map_while(|index| self.at(index))
    }

    /// What has that name: git lets no folder have a name that a file has.
    pub(super) fn get(&self, name: &[u8]) -> Option<Entry<'_>> {
        let is_it = |entry: &Entry<'_>| entry.name == name;
        let file = self.from(name, false).next().filter(is_it);
        file.or_else(|| self.from(name, true).next().filter(is_it))
    }

    /// All whose names begin so.
    pub(super) fn beginning<'a>(&'a self, start: &'a [u8]) -> impl Iterator<Item = Entry<'a>> {
        self.from(start, false).take_while(move |entry| entry.name.starts_with(start))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// The bytes of a folder with these names; those in capital letters are folders.
    fn folder(names: &[String]) -> Vec<u8> {
        let is_folder = |name: &str| name.starts_with(|letter: char| letter.is_ascii_uppercase());
        let key = |name: &String| if is_folder(name) { format!("{name}/") } else { name.clone() };
        let sorted: BTreeMap<String, &String> = names.iter().map(|name| (key(name), name)).collect();
        let mut bytes = Vec::new();
        for name in sorted.values() {
            let mode = if is_folder(name) { "40000" } else { "100644" };
            bytes.extend(format!("{mode} {name}\0").bytes());
            bytes.extend([7; 20]);
        }
        bytes
    }

    fn all(bytes: &[u8]) -> Vec<Entry<'_>> {
        entries(bytes).collect::<Result<_, _>>().unwrap()
    }

    proptest! {
        #[test]
        fn what_is_in_it_is_found(names in proptest::collection::vec("[a-bA-B][-.0a]{0,3}", 0..12), asked in "[a-bA-B][-.0a]{0,2}") {
            let bytes = folder(&names);
            let all = all(&bytes);
            let index = Indexed::new(bytes.clone()).unwrap();
            for entry in &all {
                prop_assert_eq!(index.get(entry.name), Some(*entry));
            }
            prop_assert_eq!(index.get(asked.as_bytes()).is_some(), names.contains(&asked));
            let begin = all.iter().filter(|entry| entry.name.starts_with(asked.as_bytes()));
            prop_assert!(index.beginning(asked.as_bytes()).eq(begin.copied()));
        }

        #[test]
        fn what_two_begin_with_is_left_out(names in proptest::collection::vec("[a-bA-B][-.0a]{0,3}", 0..12), cut in 0..12_usize) {
            let some = &names[..cut.min(names.len())];
            let (one, other) = (folder(&names), folder(some));
            let same = all(&one).into_iter().zip(all(&other)).take_while(|(a, b)| a == b).count();
            let (one_left, other_left) = without_same(&one, &other);
            prop_assert_eq!(all(one_left), &all(&one)[same..]);
            prop_assert_eq!(all(other_left), &all(&other)[same..]);
        }

        /// Not even a folder that was cut off is taken for one that ends there.
        #[test]
        fn what_is_no_folder_is_told(bytes in proptest::collection::vec(any::<u8>(), 0..60), cut in 1..28_usize) {
            let whole = folder(&["a".to_owned(), "b".to_owned()]);
            let cut = &whole[..whole.len() - cut];
            prop_assert!(entries(cut).any(|entry| entry.is_err()));
            prop_assert!(Indexed::new(cut.to_vec()).is_err());
            let any = [whole, bytes].concat();
            prop_assert!(entries(&any).take(2).all(|entry| entry.is_ok()));
            let is_damaged = entries(&any).any(|entry| entry.is_err());
            prop_assert_eq!(Indexed::new(any).is_err(), is_damaged);
        }
    }

    #[test]
    fn modes_tell_what_it_is() {
        for (mode, kind) in [
            ("100644", Kind::File),
            ("100755", Kind::File),
            ("100664", Kind::File),
            ("100600", Kind::Odd),
            ("40000", Kind::Folder),
            ("120000", Kind::Link),
            ("160000", Kind::Submodule),
        ] {
            let bytes = [format!("{mode} a\0").as_bytes(), &[1; 20]].concat();
            assert_eq!(all(&bytes).iter().map(|entry| entry.kind).collect::<Vec<_>>(), [kind], "{mode}");
        }
    }
}

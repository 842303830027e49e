//! An archive and what changed since it was made: a second file of the same form lies over the first, so that who changed a hundred
//! posts has those read and written, and no others. Knows files and families, not what makes a target be over.

use std::collections::BTreeSet;
use std::path::Path;

use super::file::{Archive, Base, Head, Unit};
use super::{Stop, Told};

/// The file that is made anew only when much has changed, and the one over it.
#[derive(Debug)]
pub(super) struct Layers {
    base: Archive,
    top: Option<Top>,
}

#[derive(Debug)]
struct Top {
    archive: Archive,
    /// Families of which the base says nothing any more.
    replaced: BTreeSet<String>,
}

impl Layers {
    /// Opens both files; one over another base, or damaged, is as good as none.
    pub(super) fn open(base: &Path, top: &Path) -> Result<Self, Stop> {
        let base = Archive::open(base)?;
        let top = Archive::open(top).ok().and_then(|archive| {
            let Base { seal, replaced } = archive.head.base.clone()?;
            (seal == base.seal()).then(|| Top { archive, replaced: replaced.into_iter().collect() })
        });
        Ok(Self { base, top })
    }

    pub(super) fn of(base: Archive) -> Self {
        Self { base, top: None }
    }

    /// What holds for both together.
    pub(super) fn head(&self) -> &Head {
        self.top.as_ref().map_or(&self.base.head, |top| &top.archive.head)
    }

    /// How many families have changed since the base was made.
    pub(super) fn depth(&self) -> usize {
        self.top.as_ref().map_or(0, |top| top.replaced.len())
    }

    /// The unit of a family.
    pub(super) fn unit(&self, family: &str) -> Result<Option<Unit>, Stop> {
        match &self.top {
            Some(top) if top.replaced.contains(family) => top.archive.unit(family),
            _ => self.base.unit(family),
        }
    }

    /// The families of units in which a post has that id.
    pub(super) fn of_id(&self, id: &str) -> Result<BTreeSet<String>, Stop> {
        self.both(|archive| archive.of_id(id))
    }

    /// The families of units that look for media at that path.
    pub(super) fn of_media(&self, path: &str) -> Result<BTreeSet<String>, Stop> {
        self.both(|archive| archive.of_media(path))
    }

    fn both(&self, named: impl Fn(&Archive) -> Result<BTreeSet<String>, Stop>) -> Result<BTreeSet<String>, Stop> {
        let mut families = named(&self.base)?;
        if let Some(top) = &self.top {
            families.retain(|family| !top.replaced.contains(family));
            families.extend(named(&top.archive)?);
        }
        Ok(families)
    }

    /// What the file has to tell that lies over the base once these families are others: what units they are, if they are any.
    pub(super) fn over(&self, head: Head, changed: &BTreeSet<String>, units: Vec<Unit>) -> Result<Told, Stop> {
        let mut all = units;
        let mut replaced = changed.clone();
        if let Some(top) = &self.top {
            all.extend(top.archive.units()?.into_iter().filter(|unit| !changed.contains(&unit.family)));
            replaced.extend(top.replaced.iter().cloned());
        }
        let base = Base { seal: self.base.seal(), replaced: replaced.into_iter().collect() };
        Ok((Head { base: Some(base), ..head }, all))
    }
}

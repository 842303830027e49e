//! Makes an archive: all posts are judged, some at a time, and what they came to is written down. What is in memory meanwhile is
//! some hundred bytes a post.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::iter::Peekable;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::file::{Archive, Blocks, Head, Live, Unit};
use super::judge::{Families, Ground, Judged, Judgement, Words, judge};
use super::{Asked, BASE, MARGIN, horizon, path, program};
use crate::content::POSTS;
use crate::error::Failure;
use crate::guard;
use crate::ledger::entry;
use crate::post::variant::family_of;
use crate::repo::Repo;
use crate::repo::snapshot::Snapshot;
use crate::repo::snapshot::folder::Folder;

/// So many families are judged at once: their texts and renditions are in memory together.
const FAMILIES_AT_ONCE: usize = 64;
/// So many in a row are judged by one core: git keeps an object as what differs from one before, which has just been read then.
const FAMILIES_A_SHARE_MAX: usize = 8 * FAMILIES_AT_ONCE;

/// Judges all posts and makes the file; `None` where none may be made.
pub(super) fn make(asked: &Asked<'_>) -> Result<Option<Archive>, Failure> {
    let snapshot = Snapshot::at_commit(asked.repo, asked.commit)?;
    if !snapshot.has_plain_names() || !guard::is_off(&snapshot)? {
        return Ok(None);
    }
    let paths = snapshot.files(POSTS, ".md")?;
    let tree = asked.branch.tree_id(entry::FOLDER)?;
    let ledger = Folder::listed(asked.repo, tree)?;
    let ground = Ground { snapshot: &snapshot, accounts: asked.accounts };
    let judged = judge_all(asked.repo, &ground, &ledger, paths)?;
    let mut head = Head {
        base: None,
        program: program(),
        commit: asked.commit.to_string(),
        tree: asked.repo.tree_of(asked.commit)?.to_string(),
        ledger: tree.map(|tree| tree.to_string()),
        links: snapshot.has_links(),
        count: Default::default(),
        live: Vec::new(),
        strangers: Vec::new(),
        said: Vec::new(),
        cut: horizon(asked.accounts, asked.now).checked_sub_signed(MARGIN).unwrap_or(DateTime::<Utc>::MIN_UTC),
        recent: Vec::new(),
        waiting: Vec::new(),
        slots: Vec::new(),
    };
    drop(snapshot);
    let (strangers, mut lively) = strangers_and_twins(&judged, &ledger)?;
    drop(ledger);
    lively.extend(self::lively(&judged.said, &strangers));
    head.said = judged.said.iter().map(|((key, of), (at, _))| (key.clone(), of.clone(), *at)).collect();
    let (head, units) = gathered(head, judged, strangers, &lively);
    let units: Vec<&Unit> = units.iter().map(|(unit, _)| unit).collect();
    Ok(kept(asked.repo, BASE, head, &units))
}

/// Judges families on all cores.
fn judge_all(repo: &Repo, ground: &Ground<'_>, ledger: &Folder, mut paths: Vec<String>) -> Result<Judged, Failure> {
    // Not every family's files are next to each other by their own names: `a.-.md`, `a./b.md`, `a.md`.
    paths.sort_by(|a, b| (family_of(a), a).cmp(&(family_of(b), b)));
    let (count, cores) = (paths.len(), std::thread::available_parallelism().map_or(1, usize::from));
    let cores = cores.min(count.div_ceil(FAMILIES_AT_ONCE)).max(1);
    let most = (count / cores / 4).clamp(FAMILIES_AT_ONCE, FAMILIES_A_SHARE_MAX);
    let waiting = Mutex::new(paths.into_iter().peekable());
    let share = || some(most, &mut waiting.lock().unwrap_or_else(PoisonError::into_inner));
    // Room for all of them: only what is used of it takes memory, and none is copied to where there is more.
    let all = Mutex::new(Judged { units: Vec::with_capacity(count), ..Judged::default() });
    let work = || -> Result<(), Failure> {
        loop {
            let mut share = share().into_iter().peekable();
            if share.peek().is_none() {
                return Ok(());
            }
            while share.peek().is_some() {
                let judged = judge(ground, ledger, &share.by_ref().take(FAMILIES_AT_ONCE).collect())?;
                all.lock().unwrap_or_else(PoisonError::into_inner).add(judged);
            }
            if most == FAMILIES_A_SHARE_MAX {
                repo.close_idle();
            }
        }
    };
    if cores == 1 {
        work()?;
    } else {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            // What went wrong in a thread goes wrong here.
            let mut ended = workers.into_iter().map(|worker| worker.join());
            ended.try_for_each(|ended| ended.unwrap_or_else(|why| std::panic::resume_unwind(why)))
        })?;
    }
    Ok(all.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// The next few families of files that are sorted by families.
fn some(most: usize, paths: &mut Peekable<impl Iterator<Item = String>>) -> Families {
    let mut families = Families::new();
    while let Some(path) = paths.next_if(|path| families.len() < most || families.contains_key(family_of(path))) {
        families.entry(family_of(&path).to_owned()).or_default().insert(path);
    }
    families
}

impl Judged {
    fn add(&mut self, other: Self) {
        self.units.extend(other.units);
        self.live.extend(other.live);
        for (key, word) in other.said {
            self.heard(key, word);
        }
    }
}

/// The files of the ledger that belong to no post, and the ids that several posts have.
fn strangers_and_twins(judged: &Judged, ledger: &Folder) -> Result<(BTreeSet<String>, HashSet<String>), Failure> {
    let mut ids: HashSet<&str> = HashSet::with_capacity(judged.units.len() + judged.live.len());
    let twins = judged.ids().filter(|id| !ids.insert(id.as_str())).cloned().collect();
    let mut strangers = BTreeSet::new();
    ledger.each_path(|path| {
        let path = format!("{}{path}", entry::FOLDER);
        let post = entry::post_of(&path);
        let is_of_a_post = ids.contains(post.as_str()) && entry::path(&post) == path;
        if !is_of_a_post && path != entry::BASELINE_PATH {
            strangers.insert(path);
        }
    })?;
    Ok((strangers, twins))
}

/// The posts about which the newest word on a limit was said, and those with a file of the ledger in the wrong place, which makes
/// theirs one that cannot be trusted: plans have to look at them, however far over they are.
pub(super) fn lively(said: &Words, strangers: &BTreeSet<String>) -> HashSet<String> {
    let said = said.values().flat_map(|(_, posts)| posts.iter().cloned());
    said.chain(strangers.iter().map(|path| entry::post_of(path).as_str().to_owned())).collect()
}

/// Puts what was judged family by family into the head, and gives the units back. Families with a post that is `lively` are none.
pub(super) fn gathered(
    mut head: Head,
    judged: Judged,
    strangers: BTreeSet<String>,
    lively: &HashSet<String>,
) -> (Head, Vec<Judgement>) {
    head.strangers = strangers.into_iter().collect();
    head.live = judged.live;
    let mut units = judged.units;
    units.retain_mut(|(unit, due)| {
        if unit.ids.iter().any(|id| lively.contains(id)) {
            head.live.push(Live { family: unit.family.clone(), ids: unit.ids.clone() });
            return false;
        }
        head.count += unit.count;
        head.waiting.extend(due.take().map(|due| *due));
        head.recent.extend(unit.newest.filter(|newest| *newest > head.cut).map(|newest| (unit.family.clone(), newest)));
        let slots = unit.slots.iter().filter(|(_, at)| *at > head.cut);
        head.slots.extend(slots.map(|(account, at)| (account.clone(), *at, unit.family.clone())));
        true
    });
    head.live.sort();
    head.waiting.sort_by(|a, b| (a.at, &a.family).cmp(&(b.at, &b.family)));
    (head, units)
}

/// Writes it beside, and puts it in place. One that cannot be written is made again the next time; this time it is read from
/// memory.
pub(super) fn kept(repo: &Repo, name: &str, head: Head, units: &[&Unit]) -> Option<Archive> {
    let write = || -> io::Result<Blocks> {
        let folder = repo.folder("cache").map_err(|failure| io::Error::other(failure.message))?;
        let (file, beside) = tempfile::NamedTempFile::new_in(folder)?.into_parts();
        let blocks = Blocks::in_file(&head, units, file)?;
        beside.persist(path(repo, name))?;
        Ok(blocks)
    };
    let written = write().or_else(|error| {
        tracing::debug!(%error, "the archive cannot be kept");
        Blocks::in_memory(&head, units)
    });
    Some(Archive::of(head, written.ok()?))
}

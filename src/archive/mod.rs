//! What a plan need not read again: the archive, a file in the git directory that says which posts are over or wait for nothing but
//! their time, and where to look for all others. It is made of what a commit and a ledger say, holds nothing else, and may be
//! deleted at any time.
//!
//! Nearly all posts of an old repository are out as they stand there, and no plan says more of them than how many they are. So
//! what is kept is not what posts say, which would have to be read back, but that they are over ([`crate::plan::settled`]); of those
//! that wait, the line that a plan has for each target ([`crate::plan::waiting`]), by their times. A plan over an unchanged repository
//! reads the head of this file, what is due or in doubt, and its part of the ledger. These are read and judged as ever; there is
//! no second way to read a post, and no second form of one.
//!
//! **What it hangs on.** The trees of the commit and of the ledger are in the head. What differs in either since is looked for in git's
//! trees, which costs as much as the difference is large: a family whose files, media or ledger changed is read again, once: what it
//! is now stands in a second file from then on, over the first ([`layers`]), until a thousand have changed. Whatever
//! might decide about all posts makes the whole archive void: another program, accounts.toml, what servers allow, links,
//! names that are no UTF-8, signatures or a reviewed plan that are demanded. What can change without a commit (Git LFS's
//! store) is never over. What other posts can change is looked up: ids that are given twice, posts that answer another. What the
//! clock decides is bounded by `cut`: what came out after it is in the head, and read while limits of platforms still count it.
//!
//! **Trust.** Each part of the file has a hash and is checked when it is read. A file that is damaged, or of another version, or
//! not there is made anew; where none can be made, everything is read. It is replaced by a rename, so that readers, who lock
//! nothing, see one file or the other.
//!
//! The file is read in parts, not mapped into memory: a map of a file that others may cut short is unsafe in Rust, whoever
//! wraps it, and a plan reads a hundredth of the file.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};

use crate::account::{Accounts, server};
use crate::content::{ACCOUNTS, Content, Merged, POSTS};
use crate::error::{Failure, Problem};
use crate::fit::Reference;
use crate::guard;
use crate::ledger::entry::{self, TargetKey};
use crate::ledger::{State, Word};
use crate::plan::settled::Over;
use crate::plan::{Offer, budget};
use crate::post::variant::family_of;
use crate::post::{OnRemove, PostId};
use crate::repo::branch::Branch;
use crate::repo::snapshot::folder::Folder;
use crate::repo::snapshot::{Snapshot, is_lossy};
use crate::repo::{Oid, Repo};

mod file;
mod judge;
mod layers;
mod make;
#[cfg(test)]
mod tests;

use file::{Due, Head, Unit};
use judge::{Families, Ground, Judged, Judgement, judge_read, text, unchanged};
use layers::Layers;

/// When so many files have changed since it was made, it is made anew.
const CHANGES_MAX: usize = 1000;
/// How far the clock may go back, or a plan be for an earlier instant.
const MARGIN: TimeDelta = TimeDelta::days(3);

/// Why an archive is of no use.
#[derive(Debug)]
enum Stop {
    Missing,
    Damaged,
    /// Of another program.
    Foreign,
    /// What it hangs on is another.
    Changed,
    /// Not for a plan of this instant, however new it is.
    NotThen,
    Failed(Box<Failure>),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(Box::new(failure))
    }
}

/// What a plan is asked of.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub repo: &'a Repo,
    pub commit: Oid,
    /// The state branch, nothing laid over it.
    pub branch: &'a Branch,
    pub accounts: &'a Accounts,
    /// Those of accounts.toml.
    pub problems: &'a [Problem],
    /// The instant it is for, and what time it is.
    pub at: DateTime<Utc>,
    pub now: DateTime<Utc>,
}

/// What a plan needs of content and ledger: the same as of all of it.
#[derive(Debug)]
pub struct Rest {
    pub content: Content,
    pub state: State,
    pub over: Over,
}

/// All that is not over, by the archive, which is made where there is none to go by. `None`: everything has to be read.
///
/// # Errors
/// When repository or state branch cannot be read.
pub fn rest(asked: &Asked<'_>) -> Result<Option<Rest>, Failure> {
    let snapshot = Snapshot::glance(asked.repo, asked.commit)?;
    if !snapshot.is_plain(ACCOUNTS) || asked.accounts.publish.require_plan || asked.accounts.publish.require_signed {
        return Ok(None);
    }
    // Edits that nobody committed have no tree.
    if asked.branch.tree_id(entry::FOLDER)?.is_none() && !asked.branch.list(entry::FOLDER)?.is_empty() {
        return Ok(None);
    }
    let found = Layers::open(&path(asked.repo, BASE), &path(asked.repo, TOP));
    match found.and_then(|layers| go_by(&layers, asked, &snapshot)) {
        Ok((rest, top)) => {
            if let Some((head, units)) = top {
                make::kept(asked.repo, TOP, head, &units.iter().collect::<Vec<_>>());
            }
            return Ok(Some(rest));
        }
        Err(Stop::Failed(failure)) => return Err(*failure),
        Err(Stop::NotThen) => {
            tracing::debug!("the archive does not tell enough for this plan");
            return Ok(None);
        }
        Err(why) => tracing::debug!(?why, "the archive is made anew"),
    }
    let Some(archive) = make::make(asked)? else { return Ok(None) };
    match go_by(&Layers::of(archive), asked, &snapshot) {
        Ok((rest, _)) => Ok(Some(rest)),
        Err(Stop::Failed(failure)) => Err(*failure),
        Err(why) => {
            tracing::debug!(?why, "no archive to go by");
            Ok(None)
        }
    }
}

/// What a file is to tell.
type Told = (Head, Vec<Unit>);

/// The file that tells of all posts, and the one that tells what changed since.
const BASE: &str = "archive";
const TOP: &str = "archive.since";

fn path(repo: &Repo, name: &str) -> PathBuf {
    repo.common_dir().join("pressroom/cache").join(name)
}

/// Which program this is: one that was built anew may judge differently, and few of those have another version.
fn program() -> String {
    let meta = std::env::current_exe().and_then(std::fs::metadata).ok();
    let built = meta.as_ref().and_then(|meta| meta.modified().ok());
    let built = built.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let bytes = meta.map_or(0, |meta| meta.len());
    format!("{} {bytes} {}", env!("CARGO_PKG_VERSION"), built.map_or(0, |since| since.as_nanos()))
}

/// Before this, nothing that came out counts for any limit or pause.
fn horizon(accounts: &Accounts, instant: DateTime<Utc>) -> DateTime<Utc> {
    let pauses = accounts.accounts.values().filter_map(|account| account.spacing);
    let longest = pauses.chain([budget::LONGEST]).max().unwrap_or(budget::LONGEST);
    instant.checked_sub_signed(longest).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// Reads what an archive leaves open. Where something has changed since, also the file that is to lie over it from now on.
fn go_by(layers: &Layers, asked: &Asked<'_>, snapshot: &Snapshot) -> Result<(Rest, Option<Told>), Stop> {
    let head = layers.head();
    if head.program != program() {
        return Err(Stop::Foreign);
    }
    let since = horizon(asked.accounts, asked.at.min(asked.now));
    if since <= head.cut {
        return Err(Stop::NotThen);
    }
    if !is_free_of_guards(asked, snapshot, oid(&head.commit)?)? {
        return Err(Stop::NotThen);
    }
    let mut open = Open { layers, families: BTreeSet::new(), touched: BTreeSet::new(), units: HashMap::new() };
    for live in &head.live {
        open.families.insert(live.family.clone());
    }
    for (family, _) in head.recent.iter().filter(|(_, newest)| *newest >= since) {
        open.take(family)?;
    }
    for due in head.waiting.iter().take_while(|due| due.at <= asked.at) {
        open.take(&due.family)?;
    }
    open_changed(&mut open, asked)?;
    let entries = changed_entries(&mut open, asked)?;
    let (mut content, mut files) = read(&mut open, asked, snapshot)?;
    let ground = Ground { snapshot, accounts: asked.accounts };
    open.close_unchanged(&ground, &mut content, &mut files);
    let texts = ledger(&open, asked, &content, entries)?;
    let state = State::fold(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let is_newer =
        |(key, of, at): &(TargetKey, String, DateTime<Utc>)| state.said(key, of).is_some_and(|said| said.at >= *at);
    if !head.said.iter().all(is_newer) {
        return Err(Stop::Changed);
    }
    if is_removal_at_hand(&content, &state) {
        return Err(Stop::NotThen);
    }
    let over = over(&open, &content, &state)?;
    // It may have been set since.
    if over.waiting.iter().any(|waiting| state.is_before_baseline(&waiting.account, waiting.due)) {
        return Err(Stop::NotThen);
    }
    tracing::debug!(read = content.posts.len(), over = ?over.count, "by the archive");
    let top = if is_as_known(head, asked)? {
        None
    } else {
        let judged = judge_read(&ground, &content, &files, |path| Ok(texts.get(path).cloned()))?;
        Some(overlay(&open, asked, &content, &state, &texts, judged)?)
    };
    Ok((Rest { content, state, over }, top))
}

/// Whether nothing at all has changed.
fn is_as_known(head: &Head, asked: &Asked<'_>) -> Result<bool, Stop> {
    let (tree, ledger) = (asked.repo.tree_of(asked.commit)?, asked.branch.tree_id(entry::FOLDER)?);
    Ok(head.tree == tree.to_string() && head.ledger == ledger.map(|tree| tree.to_string()))
}

/// The file that tells what the open families are now. All of them have been judged: those that are the units they were stay
/// where they are.
fn overlay(
    open: &Open<'_>,
    asked: &Asked<'_>,
    content: &Content,
    state: &State,
    texts: &BTreeMap<String, String>,
    judged: Judged,
) -> Result<Told, Stop> {
    let old = open.layers.head();
    let mut strangers: BTreeSet<String> = texts.keys().filter(|path| *path != entry::BASELINE_PATH).cloned().collect();
    for post in &content.posts {
        strangers.remove(&entry::path(&post.id));
    }
    let mut head = Head {
        base: None,
        commit: asked.commit.to_string(),
        tree: asked.repo.tree_of(asked.commit)?.to_string(),
        ledger: asked.branch.tree_id(entry::FOLDER)?.map(|tree| tree.to_string()),
        live: Vec::new(),
        strangers: Vec::new(),
        said: Vec::new(),
        ..old.clone()
    };
    let waited: HashMap<&str, &Due> = old.waiting.iter().map(|due| (due.family.as_str(), due)).collect();
    let lively = make::lively(&judged.said, &strangers);
    let is_same = |(unit, due): &Judgement| {
        let family = unit.family.as_str();
        let is_as_it_was = open.units.get(family) == Some(unit) && waited.get(family).copied() == due.as_deref();
        is_as_it_was && !unit.ids.iter().any(|id| lively.contains(id))
    };
    let (same, units): (Vec<_>, Vec<_>) = judged.units.into_iter().partition(is_same);
    let judged = Judged { units, ..judged };
    let mut changed = open.families.clone();
    for (unit, _) in &same {
        changed.remove(&unit.family);
    }
    head.recent.retain(|(family, _)| !changed.contains(family));
    head.waiting.retain(|due| !changed.contains(&due.family));
    head.slots.retain(|(.., family)| !changed.contains(family));
    for (_, unit) in open.units.iter().filter(|(family, _)| changed.contains(*family)) {
        head.count -= unit.count;
    }
    head.said = state.all_said().map(|(key, of, said)| (key.clone(), of.to_owned(), said.at)).collect();
    let (head, units) = make::gathered(head, judged, strangers, &lively);
    open.layers.over(head, &changed, units.into_iter().map(|(unit, _)| unit).collect())
}

fn oid(text: &str) -> Result<Oid, Stop> {
    Oid::from_str(text).map_err(|_| Stop::Damaged)
}

/// Whether nothing demands signatures: no version of accounts.toml does. One commit with another version has to be looked
/// into, as have all where the history may come to be longer.
fn is_free_of_guards(asked: &Asked<'_>, snapshot: &Snapshot, known: Oid) -> Result<bool, Failure> {
    if !asked.repo.is_shallow()? && asked.repo.is_same_since(ACCOUNTS, asked.commit, known)? {
        return Ok(true);
    }
    guard::is_off(snapshot)
}

/// The families that are read, and the units that they were in.
struct Open<'a> {
    layers: &'a Layers,
    families: BTreeSet<String>,
    /// Of them, those that are read only since a text of theirs is another.
    touched: BTreeSet<String>,
    units: HashMap<String, Unit>,
}

impl Open<'_> {
    fn take(&mut self, family: &str) -> Result<(), Stop> {
        self.touched.remove(family);
        self.open(family).map(drop)
    }

    fn take_all(&mut self, families: &BTreeSet<String>) -> Result<(), Stop> {
        families.iter().try_for_each(|family| self.take(family))
    }

    /// A text of this family is another.
    fn touch(&mut self, family: &str) -> Result<(), Stop> {
        if self.open(family)? {
            self.touched.insert(family.to_owned());
        }
        Ok(())
    }

    /// Whether it was not open yet.
    fn open(&mut self, family: &str) -> Result<bool, Stop> {
        let is_new = self.families.insert(family.to_owned());
        if is_new && let Some(unit) = self.layers.unit(family)? {
            self.units.insert(family.to_owned(), unit);
        }
        Ok(is_new)
    }

    /// Closes the units whose texts are others, but say the same: their ledger need not be read.
    fn close_unchanged(&mut self, ground: &Ground<'_>, content: &mut Content, files: &mut Families) {
        let touched = self.touched.iter().filter_map(|family| Some((self.units.get(family)?, files.get(family)?)));
        for family in unchanged(ground, content, touched) {
            self.families.remove(&family);
            self.units.remove(&family);
            files.remove(&family);
        }
        content.posts.retain(|post| self.families.contains(family_of(&post.source.path)));
        content.offers.retain(|offer| self.families.contains(family_of(&offer.path)));
    }
}

/// Opens the families whose files or media are others than they were.
fn open_changed(open: &mut Open<'_>, asked: &Asked<'_>) -> Result<(), Stop> {
    let head = open.layers.head();
    let tree = asked.repo.tree_of(asked.commit)?;
    // A tree that nothing holds any more may have been collected.
    let changes = asked.repo.differences(Some(oid(&head.tree)?), Some(tree)).map_err(|_| Stop::Changed)?;
    let is_of_all = |path: &str| path == ACCOUNTS || path.starts_with(server::FOLDER);
    if changes.len() + open.layers.depth() > CHANGES_MAX
        || (head.links && !changes.is_empty())
        || changes.iter().any(|change| !change.plain || is_lossy(&change.path) || is_of_all(&change.path))
    {
        return Err(Stop::Changed);
    }
    // A file may be media, and a folder may come to be where one is looked for. Many files are in few folders.
    let mut perhaps_media: BTreeSet<&str> = BTreeSet::new();
    for change in &changes {
        if change.path.starts_with(POSTS) && change.path.ends_with(".md") {
            open.touch(family_of(&change.path))?;
        }
        perhaps_media.extend(change.path.match_indices('/').map(|(slash, _)| &change.path[..slash]));
        perhaps_media.insert(&change.path);
    }
    perhaps_media.into_iter().try_for_each(|path| open.take_all(&open.layers.of_media(path)?))
}

/// Opens the families whose part of the ledger is another than it was; these files.
fn changed_entries(open: &mut Open<'_>, asked: &Asked<'_>) -> Result<BTreeSet<String>, Stop> {
    let old = open.layers.head().ledger.as_deref().map(oid).transpose()?;
    let new = asked.branch.tree_id(entry::FOLDER)?;
    let changes = asked.repo.differences(old, new).map_err(|_| Stop::Changed)?;
    if changes.len() + open.layers.depth() > CHANGES_MAX {
        return Err(Stop::Changed);
    }
    let paths: BTreeSet<String> = changes.iter().map(|change| format!("{}{}", entry::FOLDER, change.path)).collect();
    for path in &paths {
        open.take_all(&open.layers.of_id(entry::post_of(path).as_str())?)?;
    }
    Ok(paths)
}

/// Reads the posts of the open families, and of those that they cannot be understood without: which answer to the same id, or
/// to which they refer.
fn read(open: &mut Open<'_>, asked: &Asked<'_>, snapshot: &Snapshot) -> Result<(Content, Families), Stop> {
    let mut is_first = true;
    loop {
        let mut families = Families::new();
        for family in &open.families {
            let found = snapshot.beginning(&format!("{family}."))?;
            let found: BTreeSet<String> = found.into_iter().filter(|path| path.ends_with(".md")).collect();
            if !found.is_empty() {
                families.insert(family.clone(), found);
            }
        }
        let files = families.values().flatten().cloned().collect();
        let problems = asked.problems.to_vec();
        let content = Content::read_some(snapshot, asked.accounts, problems, &files, Merged::LookedUp)?;
        let before = open.families.len();
        for post in &content.posts {
            let families = open.layers.of_id(post.id.as_str())?;
            if families.iter().any(|family| family != family_of(&post.source.path)) {
                open.take_all(&families)?;
            }
        }
        if is_first {
            let renditions = content.offers.iter().filter_map(|offer| offer.rendition.as_ref());
            for reference in renditions.flat_map(|it| [&it.reply_to, &it.quote_of, &it.repost_of]).flatten() {
                if let Reference::Post(id) = reference {
                    open.take_all(&open.layers.of_id(id)?)?;
                }
            }
        }
        if open.families.len() == before {
            return Ok((content, families));
        }
        is_first = false;
    }
}

/// The ledger of all posts that are read, of those that are not there any more, and what belongs to none: files and their texts.
fn ledger(
    open: &Open<'_>,
    asked: &Asked<'_>,
    content: &Content,
    changed: BTreeSet<String>,
) -> Result<BTreeMap<String, String>, Stop> {
    let head = open.layers.head();
    let known = head.live.iter().flat_map(|live| &live.ids).chain(open.units.values().flat_map(|unit| &unit.ids));
    let ids = known.map(String::as_str).chain(content.posts.iter().map(|post| post.id.as_str()));
    let mut paths: BTreeSet<String> = ids.map(|id| entry::path(&PostId::new(id))).collect();
    paths.extend(changed);
    paths.extend(head.strangers.iter().cloned());
    paths.insert(entry::BASELINE_PATH.to_owned());
    let ledger = Folder::looked_for(asked.repo, asked.branch.tree_id(entry::FOLDER)?)?;
    let mut texts = BTreeMap::new();
    for path in paths {
        texts.extend(text(&ledger, &path)?.map(|text| (path, text)));
    }
    Ok(texts)
}

/// Whether something is to be taken away because its post is gone: not while any other post says the same.
fn is_removal_at_hand(content: &Content, state: &State) -> bool {
    let offered: HashSet<(&PostId, &str)> =
        content.offers.iter().map(|offer| (&offer.post, offer.target.account.as_str())).collect();
    let mut gone = state.targets().filter(|(post, key, _)| !offered.contains(&(*post, key.account())));
    gone.any(|(_, _, stand)| stand.on_remove == OnRemove::Delete && matches!(stand.word, Word::Published { .. }))
}

/// What is left in the archive.
fn over(open: &Open<'_>, content: &Content, state: &State) -> Result<Over, Stop> {
    let head = open.layers.head();
    let waiting = head.waiting.iter().filter(|due| !open.families.contains(&due.family));
    let waiting = waiting.flat_map(|due| &due.targets).cloned().collect();
    let mut over = Over { count: head.count, slots: BTreeMap::new(), waiting };
    open.units.values().for_each(|unit| over.count -= unit.count);
    for (account, at, _) in head.slots.iter().filter(|(_, _, family)| !open.families.contains(family)) {
        over.slots.entry(account.clone()).or_default().insert(*at);
    }
    let has_slot = |offer: &&Offer| {
        state.stand(&offer.post, &TargetKey::new(offer.target.platform, &offer.target.account)).slot.is_some()
    };
    let waiting = content.offers.iter().filter(|offer| !has_slot(offer)).filter_map(|offer| offer.waits_since);
    // Older slots, which might be taken, are not told.
    if waiting.min().is_some_and(|since| since <= head.cut) { Err(Stop::NotThen) } else { Ok(over) }
}

//! Which families of posts are over, and with them their part of the ledger. A family is all files of one folder whose names are the
//! same up to the first dot: a post and the texts it has for some accounts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::file::{Due, Live, Unit};
use crate::account::Accounts;
use crate::content::{Content, Merged};
use crate::error::{Failure, Problem};
use crate::fit;
use crate::ledger::State;
use crate::ledger::entry::{self, TargetKey};
use crate::media::Lack;
use crate::plan::Offer;
use crate::plan::settled::{Count, settled};
use crate::plan::waiting::{Waiting, waiting};
use crate::post::target::Target;
use crate::post::variant::family_of;
use crate::post::{Post, Schedule};
use crate::repo::snapshot::Snapshot;
use crate::repo::snapshot::folder::Folder;

/// What is judged: files at one commit.
pub(super) struct Ground<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) accounts: &'a Accounts,
}

/// Families and their files.
pub(super) type Families = BTreeMap<String, BTreeSet<String>>;

/// A unit, with what of it waits for its time.
pub(super) type Judgement = (Unit, Option<Box<Due>>);

#[derive(Default)]
pub(super) struct Judged {
    pub(super) units: Vec<Judgement>,
    pub(super) live: Vec<Live>,
    /// What platforms said last on limits, by account and limit: when, and about which posts.
    pub(super) said: Words,
}

/// By account and limit.
pub(super) type Words = HashMap<(TargetKey, String), Word>;

/// An instant, and the posts about which something was said then.
type Word = (DateTime<Utc>, Vec<String>);

impl Judged {
    /// The ids of all posts.
    pub(super) fn ids(&self) -> impl Iterator<Item = &String> {
        self.units.iter().flat_map(|(unit, _)| &unit.ids).chain(self.live.iter().flat_map(|live| &live.ids))
    }

    /// Keeps the newest word on a limit; of two that are as new, both.
    pub(super) fn heard(&mut self, key: (TargetKey, String), (at, posts): Word) {
        let known = self.said.entry(key).or_insert_with(|| (at, Vec::new()));
        if at > known.0 {
            *known = (at, posts);
        } else if at == known.0 {
            known.1.extend(posts);
        }
    }
}

/// A file of the ledger, as it is read everywhere.
pub(super) fn text(ledger: &Folder, path: &str) -> Result<Option<String>, Failure> {
    let bytes = ledger.read(path.strip_prefix(entry::FOLDER).unwrap_or(path))?;
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(bytes.map(|bytes| String::from_utf8(bytes).unwrap_or_else(|error| lossy(error.as_bytes()))))
}

/// Judges some families. What is judged alone is over only as far as that can be told of it alone: not whether another post
/// has its id, or a file of the ledger lies where it should not.
pub(super) fn judge(ground: &Ground<'_>, ledger: &Folder, families: &Families) -> Result<Judged, Failure> {
    let files = families.values().flatten().cloned().collect();
    let content = Content::read_some(ground.snapshot, ground.accounts, Vec::new(), &files, Merged::LeftOut)?;
    judge_read(ground, &content, families, |path| text(ledger, path))
}

/// As [`judge`], where posts have been read; `text` reads their part of the ledger.
pub(super) fn judge_read(
    ground: &Ground<'_>,
    content: &Content,
    families: &Families,
    text: impl Fn(&str) -> Result<Option<String>, Failure>,
) -> Result<Judged, Failure> {
    let wrong = with_errors(content);
    let mut posts: HashMap<&str, Vec<&Post>> = HashMap::new();
    for post in &content.posts {
        posts.entry(family_of(&post.source.path)).or_default().push(post);
    }
    let mut offers = offers_by_path(content);
    let mut judged = Judged::default();
    for (family, files) in families {
        let posts = posts.remove(family.as_str()).unwrap_or_default();
        let ids = posts.iter().map(|post| post.id.as_str().to_owned()).collect();
        let mut unit = Unit {
            family: family.clone(),
            ids,
            count: Count::default(),
            newest: None,
            slots: Vec::new(),
            media: Vec::new(),
            seal: [0; 16],
        };
        let mut seal = Seal::default();
        let mut targets = Vec::new();
        let mut is_over = !wrong.contains(family.as_str()) && files.iter().all(|path| ground.snapshot.is_plain(path));
        for post in posts {
            let path = entry::path(&post.id);
            let text = text(&path)?;
            let state = State::fold(text.iter().map(|text| (path.as_str(), text.as_str())));
            for (key, of, said) in state.all_said() {
                judged.heard((key.clone(), of.to_owned()), (said.at, vec![post.id.as_str().to_owned()]));
            }
            let offers = offers.remove(&*post.source.path).unwrap_or_default();
            let media = fit::media_paths(offers.iter().map(|offer| &offer.target));
            seal.add(post, &offers, &media);
            is_over = is_over
                && adds(&mut unit, &mut targets, ground.accounts, post, &offers, &state)
                && is_plain_media(ground, content, &media)
                && !offers.iter().any(|offer| offer.problems.iter().any(Problem::is_error));
            unit.media.extend(media);
        }
        if is_over {
            let first = targets.iter().map(|target: &Waiting| target.due).min();
            let due = first.map(|at| Box::new(Due { at, family: family.clone(), targets }));
            judged.units.push((Unit { seal: seal.told(), ..unit }, due));
        } else {
            judged.live.push(Live { family: unit.family, ids: unit.ids });
        }
    }
    Ok(judged)
}

/// Adds a post to its family, if each of its targets is over or waits for its time.
fn adds(
    unit: &mut Unit,
    targets: &mut Vec<Waiting>,
    accounts: &Accounts,
    post: &Post,
    offers: &[&Offer],
    state: &State,
) -> bool {
    let schedule = post.schedule.as_ref().map(|schedule| &schedule.value);
    let is_queued = schedule == Some(&Schedule::NextSlot);
    let is_offered = |key: &TargetKey| offers.iter().any(|offer| offer.target.account == key.account());
    if state.frozen.contains_key(&post.id) || !state.targets().all(|(_, key, _)| is_offered(key)) {
        return false;
    }
    let before = targets.len();
    for offer in offers {
        match settled(state, offer, is_queued) {
            Some(count) => unit.count += count,
            None => match waiting(state, accounts, offer) {
                Some(target) => targets.push(target),
                None => return false,
            },
        }
    }
    let due = match schedule {
        Some(Schedule::At { instant, .. }) if targets.len() == before => Some(*instant),
        _ => None,
    };
    let shown = state.targets().flat_map(|(_, _, stand)| stand.shown_at());
    unit.newest = unit.newest.into_iter().chain(due).chain(shown).max();
    if is_queued {
        unit.slots.extend(state.targets().filter_map(|(_, key, stand)| Some((key.account().to_owned(), stand.slot?))));
    }
    true
}

/// Whether all of it is committed, or nowhere. What Git LFS keeps may come and go while nothing is committed.
fn is_plain_media(ground: &Ground<'_>, content: &Content, paths: &BTreeSet<String>) -> bool {
    let is_plain = |path: &String| match content.library.get(path) {
        Some(Ok(_)) => ground.snapshot.is_committed(path),
        Some(Err(Lack::Missing)) => true,
        Some(Err(_)) | None => false,
    };
    paths.iter().all(is_plain)
}

/// The hash of what families are judged by, but for their ledger: where it is the same, so is what came of it. When a post came to the
/// branch is no part of it: nothing that hangs on that is over or waits for its time.
#[derive(Default)]
struct Seal(Sha256);

impl Seal {
    fn add(&mut self, post: &Post, offers: &[&Offer], media: &BTreeSet<String>) {
        self.text(post.id.as_str());
        self.text(&post.source.path);
        self.text(&format!("{:?}", post.schedule.as_ref().map(|schedule| &schedule.value)));
        self.text(&format!("{:?}", (post.on_edit, post.on_remove, post.expires.as_ref().map(|expires| expires.value))));
        for offer in offers {
            let Target { post: _, account, platform, source: _, wishes, body: _ } = &offer.target;
            let rendition = offer.rendition.as_ref().map(|rendition| rendition.fingerprint());
            let is_draft = wishes.draft.as_ref().is_some_and(|draft| draft.value);
            [account, platform.name(), rendition.unwrap_or_default()].into_iter().for_each(|text| self.text(text));
            self.text(if is_draft { "draft" } else { "" });
            for problem in &offer.problems {
                self.text(&problem.message);
            }
        }
        media.iter().for_each(|path| self.text(path));
    }

    /// Adds a text, and where it ends.
    fn text(&mut self, text: &str) {
        self.0.update(text.len().to_le_bytes());
        self.0.update(text.as_bytes());
    }

    fn told(self) -> [u8; 16] {
        let mut seal = [0; 16];
        seal.copy_from_slice(&self.0.finalize()[..16]);
        seal
    }
}

/// Those families of some that are judged by the same as before: they are the units they were, as long as nothing was written
/// to their ledger.
pub(super) fn unchanged<'a>(
    ground: &Ground<'_>,
    content: &Content,
    units: impl Iterator<Item = (&'a Unit, &'a BTreeSet<String>)>,
) -> BTreeSet<String> {
    let wrong: HashSet<&str> = with_errors(content);
    let mut seals: HashMap<&str, Seal> = HashMap::new();
    let mut offers = offers_by_path(content);
    for post in &content.posts {
        let offers = offers.remove(&*post.source.path).unwrap_or_default();
        let media = fit::media_paths(offers.iter().map(|offer| &offer.target));
        seals.entry(family_of(&post.source.path)).or_default().add(post, &offers, &media);
    }
    let mut is_same = |unit: &Unit, files: &BTreeSet<String>| {
        let seal = seals.remove(unit.family.as_str()).unwrap_or_default().told();
        seal == unit.seal
            && !wrong.contains(unit.family.as_str())
            && files.iter().all(|it| ground.snapshot.is_plain(it))
    };
    units.filter(|(unit, files)| is_same(unit, files)).map(|(unit, _)| unit.family.clone()).collect()
}

/// The families with something wrong.
fn with_errors(content: &Content) -> HashSet<&str> {
    content.problems.iter().filter(|problem| problem.is_error()).map(|it| family_of(&it.source.path)).collect()
}

fn offers_by_path(content: &Content) -> HashMap<&str, Vec<&Offer>> {
    let mut offers: HashMap<&str, Vec<&Offer>> = HashMap::new();
    for offer in &content.offers {
        offers.entry(&offer.path).or_default().push(offer);
    }
    offers
}

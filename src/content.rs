//! What the repository says at one commit, or on disk: accounts, posts, and what each target would be sent. Reads
//! through a snapshot; knows no ledger and no time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Read};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use crate::account::{self, Account, Accounts, server};
use crate::error::{Failure, Kind, Located, Problem, Source};
use crate::fit::{self, Media, Rendition};
use crate::guard;
use crate::http::Files;
use crate::limits::Platform;
use crate::media::convert::{self, Unfit};
use crate::media::{Facts, Library, sha256};
use crate::plan::Offer;
use crate::platform::FileRange;
use crate::post::target::{self, Target};
use crate::post::{self, Post, Schedule, variant};
use crate::repo::snapshot::{Snapshot, Unread};

/// Where the accounts are written.
pub const ACCOUNTS: &str = "accounts.toml";
/// Where the posts lie.
pub const POSTS: &str = "posts/";

/// The files of a snapshot, and the pictures that were made smaller of them.
#[derive(Debug)]
pub struct Stock {
    snapshot: Snapshot,
    /// By the names that [`fit::Media::replace`] gives.
    smaller: Mutex<BTreeMap<String, Arc<[u8]>>>,
}

impl From<Snapshot> for Stock {
    fn from(snapshot: Snapshot) -> Self {
        Self { snapshot, smaller: Mutex::default() }
    }
}

impl Files for Stock {
    fn open(&self, file: &FileRange) -> io::Result<Box<dyn Read + Send>> {
        let smaller = self.smaller.lock().unwrap_or_else(PoisonError::into_inner).get(&file.path).cloned();
        let Some(bytes) = smaller else {
            let opened = self.snapshot.open(&file.path, file.range.clone());
            return opened.map_err(|lack| io::Error::other(lack.to_string()));
        };
        let mut rest = Cursor::new(bytes);
        rest.set_position(file.range.start);
        Ok(Box::new(rest.take(file.range.end.saturating_sub(file.range.start))))
    }

    fn open_again(&self, file: &FileRange) -> Option<Box<dyn Read + Send>> {
        self.snapshot.open_again(&file.path, file.range.clone())
    }
}

impl Stock {
    /// Makes a picture smaller, as its rendition asks for.
    fn shrink(&self, media: &mut Media) -> Result<(), Unfit> {
        let Some(wanted) = media.smaller.as_ref().map(|smaller| smaller.wanted) else { return Ok(()) };
        let mut bytes = Vec::new();
        let file = FileRange { path: media.path.clone(), range: 0..media.bytes };
        let read = self.open(&file).and_then(|mut file| file.read_to_end(&mut bytes));
        read.map_err(|error| Unfit::Unreadable(error.to_string()))?;
        let made = convert::fitted(&bytes, &wanted)?;
        media.replace(&made, sha256(&made.bytes));
        let mut smaller = self.smaller.lock().unwrap_or_else(PoisonError::into_inner);
        smaller.insert(media.path.clone(), made.bytes.into());
        Ok(())
    }
}

/// Whether it is asked when posts came to the branch that are due by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merged {
    LookedUp,
    /// They have no due time then.
    LeftOut,
}

/// Everything the repository says.
#[derive(Clone, Debug)]
pub struct Content {
    pub accounts: Accounts,
    /// The files of all posts, also of those that cannot be read.
    pub paths: Vec<String>,
    pub posts: Vec<Post>,
    /// Every post with every one of its targets.
    pub offers: Vec<Offer>,
    /// What lies wherever a target's media may lie, and what was made smaller of it.
    pub library: Library,
    /// All that is wrong, in all files, by path and place.
    pub problems: Vec<Problem>,
}

impl Content {
    /// Reads accounts.toml and all posts, and fits every post to its targets.
    ///
    /// # Errors
    /// When there is no accounts.toml, or it is no TOML at all: then nothing else can be said.
    pub fn read(snapshot: &Snapshot) -> Result<Self, Failure> {
        let (accounts, problems) = read_accounts(snapshot)?;
        let paths = snapshot.files(POSTS, ".md")?.into_iter().collect();
        let mut content = Self::fitted(snapshot, accounts, problems, &paths, Merged::LookedUp)?;
        let held = guard::hold(snapshot, &content.accounts, &content.posts, &mut content.offers)?;
        content.problems.extend(held);
        content.put_in_order();
        Ok(content)
    }

    /// Reads one post of all that there are, with the texts of its own for some accounts: for whoever looks at one, again and
    /// again. Knows neither what other posts say nor what guards hold back.
    ///
    /// # Errors
    /// When media cannot be looked for.
    pub fn read_one(
        snapshot: &Snapshot,
        accounts: &Accounts,
        all: &BTreeSet<String>,
        post: &str,
    ) -> Result<Self, Failure> {
        let is_known = |name: &str| accounts.accounts.contains_key(name) || Platform::named(name).is_some();
        let belongs = |path: &&String| {
            *path == post
                || variant::variant_of(path, |path| path == post, is_known).is_some_and(|(its, _)| its == post)
        };
        let paths = all.iter().filter(belongs).cloned().collect();
        let mut content = Self::fitted(snapshot, accounts.clone(), Vec::new(), &paths, Merged::LookedUp)?;
        content.put_in_order();
        Ok(content)
    }

    /// Reads the posts in some files: each with all files that may be a text of its own for some account, so that it is read as it
    /// is among all. `problems` are those of accounts.toml. Knows neither what other posts say nor what guards hold back.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn read_some(
        snapshot: &Snapshot,
        accounts: &Accounts,
        problems: Vec<Problem>,
        paths: &BTreeSet<String>,
        merged: Merged,
    ) -> Result<Self, Failure> {
        let mut content = Self::fitted(snapshot, accounts.clone(), problems, paths, merged)?;
        content.put_in_order();
        Ok(content)
    }

    /// The posts in these files, fitted; their problems in no order.
    fn fitted(
        snapshot: &Snapshot,
        accounts: Accounts,
        mut problems: Vec<Problem>,
        paths: &BTreeSet<String>,
        merged: Merged,
    ) -> Result<Self, Failure> {
        let (paths, posts) = read_posts(snapshot, &accounts, paths, &mut problems);
        let targets = resolve(&posts, &accounts, &mut problems);
        let media: Vec<String> = fit::media_paths(targets.iter().flatten()).into_iter().collect();
        let library = snapshot.probe(&media);
        let merged = match merged {
            Merged::LookedUp => introduced(snapshot, &posts)?,
            Merged::LeftOut => BTreeMap::new(),
        };
        let offers = offers(&posts, targets, &accounts, &library, &merged, &problems);
        problems.extend(offers.iter().flat_map(|offer: &Offer| offer.problems.iter().cloned()));
        Ok(Self { accounts, paths, posts, offers, library, problems })
    }

    fn put_in_order(&mut self) {
        self.problems.sort_by(|a, b| (&a.source.path, a.start(), a.code).cmp(&(&b.source.path, b.start(), b.code)));
        self.problems.dedup();
    }

    /// Makes the pictures smaller that posts with `fit: true` would send, of the offers asked for. One that turns out not
    /// to be possible is a problem of its offer, which then has nothing to send.
    pub fn make_smaller(&mut self, stock: &Stock, asked: impl Fn(&Offer) -> bool) {
        for offer in self.offers.iter_mut().filter(|offer| asked(offer)) {
            let Some(fitted) = offer.rendition.as_ref().filter(|its| its.is_too_large_yet()) else { continue };
            let mut rendition = Rendition::clone(fitted);
            let label = rendition.platform.label();
            let mut problems = Vec::new();
            for media in rendition.too_large_yet() {
                match stock.shrink(media) {
                    Ok(()) => drop(self.library.insert(media.path.clone(), Ok(facts(media)))),
                    Err(unfit) => {
                        problems.extend(media.smaller.as_ref().map(|smaller| smaller.problem(label, &unfit)));
                    }
                }
            }
            offer.rendition = problems.is_empty().then(|| rendition.into());
            offer.problems.extend(problems.iter().cloned());
            self.problems.extend(problems);
        }
    }

    /// What is wrong with accounts.toml itself, or with what servers are said to allow: then nothing may be published.
    pub fn wrong_accounts(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| is_of_accounts(problem))
    }
}

/// What is known of a picture that was made smaller.
fn facts(media: &Media) -> Facts {
    Facts {
        path: media.path.clone(),
        kind: media.kind,
        mime: media.mime,
        bytes: media.bytes,
        size: media.width.zip(media.height),
        sha256: media.sha256.clone(),
        turned: false,
        animated: false,
        film: None,
        pages: None,
    }
}

/// Reads accounts.toml alone.
///
/// # Errors
/// When there is none, or it is no TOML at all.
pub fn read_accounts(snapshot: &Snapshot) -> Result<(Accounts, Vec<Problem>), Failure> {
    let bytes = snapshot.read(ACCOUNTS).map_err(|unread| {
        let failure = Failure::new(Kind::Content, format!("{ACCOUNTS}: {unread}"));
        match unread {
            Unread::Missing => failure.hint("`pressroom init` makes one; then commit it"),
            _ => failure,
        }
    })?;
    let unusable = |problems| Failure::new(Kind::Content, "accounts.toml cannot be read").problems(problems);
    let source = Source::from_bytes(ACCOUNTS, &bytes).map_err(|problem| unusable(vec![*problem]))?;
    match account::parse(&source) {
        (Some(mut accounts), mut problems) => {
            problems.extend(read_servers(snapshot, &mut accounts));
            Ok((accounts, problems))
        }
        (None, problems) => Err(unusable(problems)),
    }
}

/// What the servers of accounts allow, where the files are that tell it.
fn read_servers(snapshot: &Snapshot, accounts: &mut Accounts) -> Vec<Problem> {
    let mut problems = Vec::new();
    for server in accounts.servers() {
        let path = server::path(&server);
        let wrong = |why: String| Problem::error("server-file", &Source::new(path.as_str(), ""), why);
        match snapshot.read(&path) {
            Err(Unread::Missing) => {}
            Err(unread) => problems.push(wrong(unread.to_string())),
            Ok(bytes) if bytes.len() > server::LONGEST => {
                problems.push(wrong(format!("it has {} bytes; no such file is so long", bytes.len())));
            }
            Ok(bytes) => match Source::from_bytes(path.as_str(), &bytes) {
                Ok(source) => problems.extend(accounts.go_by(&server, &source)),
                Err(problem) => problems.push(*problem),
            },
        }
    }
    problems
}

/// Whether what is wrong there concerns all posts: accounts.toml, and what servers allow.
fn is_of_accounts(problem: &Problem) -> bool {
    let path = &*problem.source.path;
    problem.is_error() && (path == ACCOUNTS || path.starts_with(server::FOLDER))
}

/// The files of all posts, and the posts that could be read from them.
fn read_posts(
    snapshot: &Snapshot,
    accounts: &Accounts,
    paths: &BTreeSet<String>,
    problems: &mut Vec<Problem>,
) -> (Vec<String>, Vec<Post>) {
    let is_known = |name: &str| accounts.accounts.contains_key(name) || Platform::named(name).is_some();
    // In the order of their paths.
    let mut posts: Vec<Post> = Vec::with_capacity(paths.len());
    let mut variants: Vec<(String, String, Source)> = Vec::new();
    let mut of_posts: Vec<String> = Vec::new();
    let read = |path: &String| {
        let variant = variant::variant_of(path, |path| paths.contains(path), is_known);
        match (read_text(snapshot, path), variant) {
            (Err(problem), variant) => Text::Unread(problem, variant.is_none()),
            (Ok(source), Some((post, name))) => Text::Variant(post, name, source),
            (Ok(source), None) => {
                let (post, found) = post::parse(&source, accounts.defaults.timezone);
                Text::Post(post.map(Box::new), found)
            }
        }
    };
    let texts = side_by_side(paths.iter().collect(), read);
    for (path, text) in paths.iter().zip(texts) {
        if matches!(text, Text::Post(..) | Text::Unread(_, true)) {
            of_posts.push(path.clone());
        }
        match text {
            Text::Unread(problem, _) => problems.push(*problem),
            Text::Variant(post, name, source) => variants.push((post, name, source)),
            Text::Post(post, found) => {
                problems.extend(found);
                posts.extend(post.map(|post| *post));
            }
        }
    }
    for (path, name, source) in variants {
        if let Ok(at) = posts.binary_search_by(|post| (*post.source.path).cmp(&*path)) {
            problems.extend(variant::attach_variant(&mut posts[at], &name, &source));
        }
    }
    problems.extend(post::duplicates(&posts));
    (of_posts, posts)
}

/// What a file of `posts/` turned out to be.
enum Text {
    /// Whether it would have been a post.
    Unread(Box<Problem>, bool),
    /// Of which post, and for whom.
    Variant(String, String, Source),
    Post(Option<Box<Post>>, Vec<Problem>),
}

/// From so many on it pays to use all cores.
const MANY: usize = 1024;

/// Does the same with each, on all cores if there are many; what comes of it, in the same order.
fn side_by_side<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    // To ask for their number reads several files.
    let cores = if items.len() < MANY { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    if cores == 1 {
        return items.into_iter().map(work).collect();
    }
    let share = items.len().div_ceil(cores);
    let mut items = items.into_iter();
    std::thread::scope(|scope| {
        let mut workers = Vec::new();
        loop {
            let part: Vec<T> = items.by_ref().take(share).collect();
            if part.is_empty() {
                break;
            }
            let work = &work;
            workers.push(scope.spawn(move || part.into_iter().map(work).collect::<Vec<R>>()));
        }
        // What went wrong in a thread goes wrong here.
        let ended =
            workers.into_iter().map(|worker| worker.join().unwrap_or_else(|why| std::panic::resume_unwind(why)));
        ended.flatten().collect()
    })
}

fn read_text(snapshot: &Snapshot, path: &str) -> Result<Source, Box<Problem>> {
    match snapshot.read(path) {
        Ok(bytes) => Source::from_bytes(path, &bytes),
        Err(unread) => {
            let problem = Problem::error("unreadable", &Source::new(path, ""), unread.to_string());
            Err(Box::new(match unread {
                Unread::TooLarge { .. } => problem.hint("a post is a text; pictures go into files of their own"),
                Unread::Outside => problem.hint("copy the file into the repository"),
                _ => problem,
            }))
        }
    }
}

fn paths_with_errors(problems: &[Problem]) -> BTreeSet<String> {
    problems.iter().filter(|problem| problem.is_error()).map(|problem| problem.source.path.to_string()).collect()
}

pub(crate) fn resolve(posts: &[Post], accounts: &Accounts, problems: &mut Vec<Problem>) -> Vec<Vec<Target>> {
    let mut all = Vec::with_capacity(posts.len());
    for post in posts {
        let (targets, found) = target::resolve(post, accounts);
        problems.extend(found);
        all.push(targets);
    }
    all
}

/// When posts that are due on merge, or wait for a slot since then, came to the branch, by path.
fn introduced(snapshot: &Snapshot, posts: &[Post]) -> Result<BTreeMap<String, DateTime<Utc>>, Failure> {
    let by_merge = |post: &&Post| {
        let schedule = post.schedule.as_ref().map(|schedule| &schedule.value);
        matches!(schedule, Some(Schedule::OnMerge | Schedule::NextSlot))
    };
    let paths: Vec<String> = posts.iter().filter(by_merge).map(|post| post.source.path.to_string()).collect();
    if paths.is_empty() { Ok(BTreeMap::new()) } else { snapshot.introduced(&paths) }
}

/// Every post with its targets, fitted. `problems` are those found so far, about accounts and posts as a whole.
pub(crate) fn offers(
    posts: &[Post],
    targets: Vec<Vec<Target>>,
    accounts: &Accounts,
    library: &Library,
    merged: &BTreeMap<String, DateTime<Utc>>,
    problems: &[Problem],
) -> Vec<Offer> {
    let wrong = paths_with_errors(problems);
    let offer = |(post, targets): (&Post, Vec<Target>)| {
        offer(post, targets, wrong.contains(&*post.source.path), accounts, library, merged)
    };
    side_by_side(posts.iter().zip(targets).collect(), offer).into_iter().flatten().collect()
}

fn offer(
    post: &Post,
    mut targets: Vec<Target>,
    post_is_wrong: bool,
    accounts: &Accounts,
    library: &Library,
    merged: &BTreeMap<String, DateTime<Utc>>,
) -> Vec<Offer> {
    let (due, on_merge, zone) = due(post, accounts, merged);
    let queued = post.schedule.as_ref().filter(|schedule| schedule.value == Schedule::NextSlot);
    targets.retain(|target| accounts.accounts.contains_key(&target.account));
    let known: Vec<(&Target, &Account)> =
        targets.iter().filter_map(|target| Some((target, accounts.accounts.get(&target.account)?))).collect();
    let of_targets: Vec<&Account> = known.iter().map(|(_, account)| *account).collect();
    let fitted = fit::fit_all(&known, accounts.hosted(), library).into_iter().zip(of_targets);
    let offer = |(target, ((rendition, mut problems), account)): (Target, ((_, Vec<Problem>), &Account))| {
        problems.extend(queued.filter(|_| account.slots.is_empty()).map(|at| no_slots(post, account, at)));
        Offer {
            post: post.id.clone(),
            path: post.source.path.to_string(),
            target,
            rendition,
            due,
            on_merge,
            waits_since: queued.and(merged.get(&*post.source.path).copied()),
            zone: zone.clone(),
            expires: post.expires.as_ref().map(|expires| expires.value),
            on_edit: post.on_edit,
            on_remove: post.on_remove,
            problems,
            post_is_wrong,
            refused: None,
            wrong_targets: Vec::new(),
        }
    };
    let mut offers: Vec<Offer> = targets.into_iter().zip(fitted).map(offer).collect();
    let wrong: Vec<String> = offers
        .iter()
        .filter(|offer| offer.problems.iter().any(Problem::is_error))
        .map(|offer| offer.target.account.clone())
        .collect();
    for offer in &mut offers {
        offer.wrong_targets = wrong.iter().filter(|name| **name != offer.target.account).cloned().collect();
    }
    offers
}

fn no_slots(post: &Post, account: &Account, schedule: &Located<Schedule>) -> Problem {
    let name = &account.name;
    Problem::error("no-slots", &post.source, format!("{name} has no slots to wait for"))
        .at(schedule.span.clone())
        .hint("add `slots = [\"Mon-Fri 09:05\"]` to it in accounts.toml, or write a date and time here")
}

/// When a post is due, whether by being merged, and the zone to tell it in.
fn due(
    post: &Post,
    accounts: &Accounts,
    merged: &BTreeMap<String, DateTime<Utc>>,
) -> (Option<DateTime<Utc>>, bool, String) {
    let home = accounts.defaults.timezone.map_or_else(|| "UTC".to_owned(), |zone| zone.name().to_owned());
    match post.schedule.as_ref().map(|schedule| &schedule.value) {
        Some(Schedule::At { instant, zone }) => (Some(*instant), false, zone.clone()),
        Some(Schedule::OnMerge) => (merged.get(&*post.source.path).copied(), true, home),
        Some(Schedule::NextSlot) | None => (None, false, home),
    }
}

//! What a world has to publish: accounts, and posts of every kind that its platforms take. At one moment, the turn, some are
//! changed and some are taken away.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use git2::{Oid as GitOid, Signature, Time as GitTime};
use pressroom::content::{Content, Stock};
use pressroom::limits::Platform;
use pressroom::repo::snapshot::Snapshot;
use pressroom::repo::{Oid, Repo};
use pressroom::sim::mastodon;

use crate::dice::Dice;

/// Where media are fetched from, by platforms that do so.
pub(crate) const HOST: &str = "media.example";

/// Facebook's Page.
pub(crate) const PAGE: u64 = 1_234_567_890;

const FILES: [(&str, &[u8]); 3] = [
    ("media/card.jpg", include_bytes!("../../media/write.jpg")),
    ("media/other.jpg", include_bytes!("../../media/review.jpg")),
    ("media/film.mp4", include_bytes!("../../media/film.mp4")),
];

/// A file of the public address.
pub(crate) fn file(path: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(name, _)| path.trim_start_matches('/') == *name).map(|(_, bytes)| *bytes)
}

/// All that is committed, before the turn and after it.
pub(crate) struct Library {
    before: Edition,
    after: Edition,
    turn: Duration,
    /// The words of a changed post, as they were before the turn.
    pub(crate) earlier: BTreeMap<String, String>,
    /// Posts that are gone after the turn, with the words of all their parts.
    pub(crate) gone: BTreeMap<String, Vec<String>>,
}

/// The content of one commit.
pub(crate) struct Edition {
    pub(crate) content: Content,
    pub(crate) stock: Arc<Stock>,
    pub(crate) commit: Oid,
}

impl Library {
    /// Fills one; `minutes`: how late a post may be due.
    pub(crate) fn fill(seed: u64, dice: &Dice, platforms: &[Platform], minutes: u64, turn: Option<Duration>) -> Self {
        let drafts: Vec<Draft> =
            (0..dice.number(1..=6)).map(|number| Draft::write(seed, number, dice, platforms, minutes)).collect();
        let files = |turned: bool| {
            let kept = drafts.iter().filter(|draft| !(turned && draft.later == Later::Goes));
            kept.map(|draft| (format!("posts/post-{}.md", draft.number), draft.file(turned))).collect::<Vec<_>>()
        };
        let before = Edition::commit(platforms, &files(false));
        let after = Edition::commit(platforms, &files(turn.is_some()));
        let changes = turn.is_some();
        let changed = drafts.iter().filter(|draft| changes && draft.later == Later::Changes);
        let gone = drafts.iter().filter(|draft| changes && draft.later == Later::Goes);
        Self {
            earlier: changed.map(|draft| (draft.words(true)[0].clone(), draft.words(false)[0].clone())).collect(),
            gone: gone.map(|draft| (format!("post-{}", draft.number), draft.words(false))).collect(),
            turn: turn.unwrap_or(Duration::MAX),
            before,
            after,
        }
    }

    /// What is committed when so much time has passed.
    pub(crate) fn at(&self, passed: Duration) -> &Edition {
        if passed < self.turn { &self.before } else { &self.after }
    }

    /// All words that anybody wrote.
    pub(crate) fn knows(&self, text: &str) -> bool {
        let said = |edition: &Edition| {
            let mut renditions = edition.content.offers.iter().filter_map(|offer| offer.rendition.as_ref());
            renditions.any(|rendition| rendition.parts.iter().any(|part| part.text == text))
        };
        said(&self.before) || said(&self.after)
    }
}

/// What a post is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Words,
    Thread(u64),
    Picture,
    Pictures,
    Film,
}

/// What becomes of a post at the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Later {
    Stays,
    Changes,
    Goes,
}

impl Kind {
    /// Where it can go.
    fn fits(self, platform: Platform) -> bool {
        use Platform::{Bluesky, Instagram, Mastodon, Threads, TikTok, X, YouTube};
        match self {
            Self::Words => !matches!(platform, Instagram | YouTube | TikTok),
            Self::Thread(_) => matches!(platform, X | Threads | Bluesky | Mastodon),
            Self::Picture | Self::Pictures => platform != YouTube,
            Self::Film => true,
        }
    }

    fn media(self) -> &'static str {
        match self {
            Self::Words | Self::Thread(_) => "",
            Self::Picture => "media: [{src: media/card.jpg, alt: A card}]\n",
            Self::Pictures => "media: [{src: media/card.jpg, alt: A card}, {src: media/other.jpg, alt: Another}]\n",
            Self::Film => "media: [{src: media/film.mp4}]\n",
        }
    }
}

impl Later {
    /// Where it can be done.
    fn fits(self, platform: Platform) -> bool {
        use Platform::{Facebook, Instagram, LinkedIn, Mastodon, TikTok, YouTube};
        match self {
            Self::Stays => true,
            Self::Changes => matches!(platform, LinkedIn | Facebook | YouTube | Mastodon),
            Self::Goes => !matches!(platform, Instagram | TikTok),
        }
    }
}

/// A post as it is written.
struct Draft {
    seed: u64,
    number: u64,
    targets: Vec<Platform>,
    kind: Kind,
    later: Later,
    /// When it is due, in minutes of the day.
    due: u64,
}

impl Draft {
    fn write(seed: u64, number: u64, dice: &Dice, platforms: &[Platform], minutes: u64) -> Self {
        let due = 7 * 60 + dice.number(5..=minutes);
        loop {
            let parts = dice.number(2..=4);
            let kind =
                *dice.pick(&[Kind::Words, Kind::Words, Kind::Thread(parts), Kind::Picture, Kind::Pictures, Kind::Film]);
            let later = *dice.pick(&[Later::Stays, Later::Stays, Later::Changes, Later::Goes]);
            let fits = |platform: &&Platform| kind.fits(**platform) && later.fits(**platform);
            let possible: Vec<Platform> = platforms.iter().filter(fits).copied().collect();
            if possible.is_empty() {
                continue;
            }
            let chosen: Vec<Platform> = possible.iter().filter(|_| dice.one_in(2)).copied().collect();
            let targets = if chosen.is_empty() { vec![*dice.pick(&possible)] } else { chosen };
            return Self { seed, number, targets, kind, later, due };
        }
    }

    /// The words of its parts.
    fn words(&self, turned: bool) -> Vec<String> {
        let parts = if let Kind::Thread(parts) = self.kind { parts } else { 1 };
        let new = if turned && self.later == Later::Changes { " Changed." } else { "" };
        (0..parts).map(|part| format!("World {}, post {}, part {part}.{new}", self.seed, self.number)).collect()
    }

    fn file(&self, turned: bool) -> String {
        let targets: Vec<String> = self.targets.iter().map(|platform| account(*platform)).collect();
        let mut front = format!("id: post-{}\ntargets: [{}]\n", self.number, targets.join(", "));
        writeln!(front, "schedule: 2026-12-01 {:02}:{:02}", self.due / 60, self.due % 60).unwrap();
        match self.later {
            Later::Stays => {}
            Later::Changes => front.push_str("on_edit: update\n"),
            Later::Goes => front.push_str("on_remove: delete\n"),
        }
        if matches!(self.kind, Kind::Thread(_)) {
            front.push_str("thread: true\n");
        }
        front.push_str(self.kind.media());
        if self.targets.contains(&Platform::YouTube) {
            writeln!(front, "title: World {} post {}", self.seed, self.number).unwrap();
        }
        if self.targets.iter().any(|target| matches!(target, Platform::YouTube | Platform::TikTok)) {
            front.push_str("overrides:\n");
        }
        if self.targets.contains(&Platform::YouTube) {
            front.push_str("  youtube: {category: \"22\", made_for_kids: false}\n");
        }
        if self.targets.contains(&Platform::TikTok) {
            front.push_str("  tiktok: {privacy_level: PUBLIC_TO_EVERYONE, disable_comment: false");
            let is_film = self.kind == Kind::Film;
            front.push_str(if is_film { ", disable_duet: false, disable_stitch: false}\n" } else { "}\n" });
        }
        format!("---\n{front}---\n{}\n", self.words(turned).join("\n\n---\n\n"))
    }
}

/// The account of a platform: each world has one.
pub(crate) fn account(platform: Platform) -> String {
    format!("{platform}-acme")
}

fn accounts(platforms: &[Platform]) -> String {
    let mut text = String::from("schema = 1\n\n[defaults]\ntimezone = \"Europe/Amsterdam\"\n");
    for platform in platforms {
        let acts_as = match platform {
            Platform::Facebook => format!("as = \"{PAGE}\"\n"),
            Platform::Mastodon => format!("server = \"{}\"\n", mastodon::HOSTS[0]),
            _ => String::new(),
        };
        write!(text, "\n[accounts.{}]\nplatform = \"{platform}\"\n{acts_as}", account(*platform)).unwrap();
    }
    write!(text, "\n[media]\npublic_url = \"https://{HOST}/{{path}}\"\n").unwrap();
    text
}

thread_local! {
    /// Content of all worlds of a thread, in one repository: their commits know nothing of each other.
    static PRESS: RefCell<Option<(tempfile::TempDir, Repo)>> = const { RefCell::new(None) };
}

impl Edition {
    fn commit(platforms: &[Platform], posts: &[(String, String)]) -> Self {
        let (path, repo) = PRESS.with_borrow_mut(|press| {
            let (folder, repo) = press.get_or_insert_with(|| {
                let folder = tempfile::tempdir().unwrap();
                git2::Repository::init_bare(folder.path()).unwrap();
                let repo = Repo::open(folder.path()).unwrap();
                (folder, repo)
            });
            (folder.path().to_owned(), repo.clone())
        });
        let git = git2::Repository::open_bare(path).unwrap();
        let mut tree = git2::build::TreeUpdateBuilder::new();
        let mut put = |path: &str, bytes: &[u8]| {
            tree.upsert(path, git.blob(bytes).unwrap(), git2::FileMode::Blob);
        };
        put("accounts.toml", accounts(platforms).as_bytes());
        posts.iter().for_each(|(path, text)| put(path, text.as_bytes()));
        let used: BTreeSet<&str> = posts.iter().flat_map(|(_, text)| named(text)).collect();
        FILES.iter().filter(|(path, _)| used.contains(path)).for_each(|(path, bytes)| put(path, bytes));
        let empty = git.treebuilder(None).unwrap().write().unwrap();
        let tree: GitOid = tree.create_updated(&git, &git.find_tree(empty).unwrap()).unwrap();
        let seconds = crate::clock::BEGINNING.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp() - 86_400;
        let who = Signature::new("Ann", "ann@acme.example", &GitTime::new(seconds, 0)).unwrap();
        let commit = git.commit(None, &who, &who, "posts", &git.find_tree(tree).unwrap(), &[]).unwrap();
        let snapshot = Snapshot::at_commit(&repo, commit).unwrap();
        let content = Content::read(&snapshot).unwrap();
        let errors: Vec<_> = content.problems.iter().filter(|problem| problem.is_error()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        Self { content, stock: Arc::new(Stock::from(snapshot)), commit }
    }
}

/// The files a post names.
fn named(text: &str) -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(path, _)| *path).filter(move |path| text.contains(path))
}

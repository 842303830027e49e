//! A content repository with years of posts behind it, and a ledger that says that all of them are out, but for the last hundred. The
//! same each time. Written with `git fast-import`: a pack holds it, as in a fresh clone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use pressroom::content::{self, Content, Merged};
use pressroom::ledger::entry;
use pressroom::plan::Offer;
use pressroom::repo::Repo;
use pressroom::repo::snapshot::Snapshot;
use serde_json::json;

use super::room::{self, DOT, Result, Room};

/// Posts that are yet to go out.
const TO_COME: usize = 100;
/// So many files has the last commit changed.
const CHANGED: usize = 100;
/// So many posts are fitted at once to write their ledger.
const AT_ONCE: usize = 500;

const ACCOUNTS: &str = r#"schema = 1

[defaults]
timezone = "Europe/Amsterdam"
targets = ["all"]

[accounts.acme-x]
platform = "x"

[accounts.ann-x]
platform = "x"

[accounts.bob-x]
platform = "x"

[accounts.acme-page]
platform = "linkedin"
as = "urn:li:organization:123456"

[accounts.ann]
platform = "linkedin"

[accounts.bob]
platform = "linkedin"

[accounts.toots]
platform = "mastodon"
server = "mastodon.social"

[groups]
all = ["acme-x", "ann-x", "bob-x", "acme-page", "ann", "bob", "toots"]
"#;

pub(super) struct Desk {
    pub(super) room: Room,
    pub(super) targets: usize,
}

impl Desk {
    pub(super) fn new(posts: usize) -> Result<Self> {
        let mut desk = Self { room: Room::new()?, targets: 0 };
        desk.write_content(posts)?;
        desk.check_out("main")?;
        desk.targets = desk.write_ledger()?;
        desk.lay_out_ledger()?;
        Ok(desk)
    }

    pub(super) fn plan(&self) -> Command {
        self.room.pressroom(&["plan", "--offline"])
    }

    pub(super) fn git(&self, arguments: &[&str]) -> Command {
        let mut command = self.room.command("git");
        command.args(arguments);
        command
    }

    pub(super) fn check_out(&self, commit: &str) -> Result<()> {
        self.room.git(&["checkout", "-q", "-f", commit])
    }

    /// Removes what plans have kept of what changed since the archive was made.
    pub(super) fn forget_since(&self) -> Result<()> {
        match fs::remove_file(self.room.repo.join(".git/pressroom/cache/archive.since")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// One of the posts.
    pub(super) fn a_post(&self) -> String {
        path(7)
    }

    fn import(&self) -> Result<Child> {
        let mut command = self.git(&["fast-import", "--quiet"]);
        Ok(command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?)
    }

    fn write_content(&self, posts: usize) -> Result<()> {
        let mut git = self.import()?;
        let mut out = BufWriter::new(git.stdin.take().ok_or("git takes nothing")?);
        begin(&mut out, "main", "Posts")?;
        file(&mut out, "accounts.toml", ACCOUNTS.as_bytes())?;
        file(&mut out, "media/dot.png", DOT)?;
        for number in 0..posts {
            file(&mut out, &path(number), post(number, posts, "").as_bytes())?;
        }
        begin(&mut out, "main", "Change some")?;
        for number in (0..posts - TO_COME).step_by(((posts - TO_COME) / CHANGED).max(1)).take(CHANGED) {
            file(&mut out, &path(number), post(number, posts, "slug: notes\n").as_bytes())?;
        }
        finish(out, git)
    }

    /// Writes the ledger's files beside the repository, for who reads them as files.
    fn lay_out_ledger(&self) -> Result<()> {
        let prefix = format!("--prefix={}/", self.ledger().display());
        for arguments in [&["read-tree", "pressroom-state"][..], &["checkout-index", "-a", &prefix]] {
            let index = self.room.folder().join("ledger.index");
            if !self.git(arguments).env("GIT_INDEX_FILE", index).status()?.success() {
                return Err(format!("git {arguments:?} failed").into());
            }
        }
        Ok(())
    }

    /// Where that is.
    pub(super) fn ledger(&self) -> PathBuf {
        self.room.folder().join("ledger")
    }

    /// Writes that all posts are out that were due before this decade ends; how many targets there are.
    fn write_ledger(&self) -> Result<usize> {
        let repo = Repo::open(&self.room.repo).map_err(|failure| failure.message)?;
        let read = || {
            let snapshot = Snapshot::at_commit(&repo, repo.head()?)?;
            let (accounts, _) = content::read_accounts(&snapshot)?;
            let paths = snapshot.files(content::POSTS, ".md")?;
            Ok((snapshot, accounts, paths))
        };
        let (snapshot, accounts, paths) = read().map_err(|failure: pressroom::error::Failure| failure.message)?;
        let mut git = self.import()?;
        let mut out = BufWriter::new(git.stdin.take().ok_or("git takes nothing")?);
        begin(&mut out, "pressroom-state", "State")?;
        file(&mut out, "format.json", b"{\"schema\":1,\"min_reader\":1,\"min_writer\":1}\n")?;
        let mut targets = 0;
        for paths in paths.chunks(AT_ONCE) {
            let paths: BTreeSet<String> = paths.iter().cloned().collect();
            let content = Content::read_some(&snapshot, &accounts, Vec::new(), &paths, Merged::LeftOut);
            let content = content.map_err(|failure| failure.message)?;
            if let Some(problem) = content.problems.first() {
                return Err(format!("{}: {}", problem.source.path, problem.message).into());
            }
            targets += content.offers.len();
            for offers in content.offers.chunk_by(|a, b| a.post == b.post) {
                let mut before = None;
                let lines: String = offers.iter().filter_map(|offer| lines(offer, &mut before)).collect();
                if !lines.is_empty() {
                    file(&mut out, &entry::path(&offers[0].post), lines.as_bytes())?;
                }
            }
        }
        finish(out, git)?;
        Ok(targets)
    }
}

/// What a run wrote about a target that it published; `before`: the chain value of the line above.
fn lines(offer: &Offer, before: &mut Option<String>) -> Option<String> {
    let due = offer.due.filter(|due| due.timestamp() < 4_000_000_000)?;
    let fp = offer.rendition.as_ref()?.fingerprint();
    let name = format!("{}-{}", offer.post, offer.target.account);
    let id = |what: &str| uuid::Builder::from_random_bytes(half(&format!("{what}-{name}"))).into_uuid();
    let common = json!({
        "v": 1, "post": offer.post, "target": format!("{}:{}", offer.target.platform, offer.target.account),
        "run": "0198c0de-0000-7000-8000-000000000000", "claim": id("claim"), "epoch": 1, "fp": fp, "fixed": fp,
        "src": "0123456789abcdef0123456789abcdef01234567", "tool": "pressroom 0.1.0", "t": due,
    });
    let url = format!("https://example.org/{name}");
    let claimed = json!({"id": id("claimed"), "ev": "claimed", "exp": due + chrono::TimeDelta::minutes(10)});
    let receipt = json!({"id": name, "url": url, "at": due, "via": "response"});
    let published = json!({"id": id("published"), "ev": "published", "receipt": receipt});
    let mut lines = String::new();
    for mut line in [claimed, published] {
        let line_of = line.as_object_mut()?;
        line_of.extend(common.as_object()?.clone());
        line_of.extend(before.take().map(|before| ("prev".to_owned(), before.into())));
        let line = line.to_string();
        *before = Some(entry::chain(&line));
        let _ = writeln!(lines, "{line}");
    }
    Some(lines)
}

/// Sixteen bytes that stay the same for the same words.
fn half(words: &str) -> [u8; 16] {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut bytes = [0; 16];
    for (part, bytes) in bytes.chunks_mut(8).enumerate() {
        let mut hash = DefaultHasher::new();
        (part, words).hash(&mut hash);
        bytes.copy_from_slice(&hash.finish().to_le_bytes());
    }
    bytes
}

/// Begins a commit on top of what the branch has so far.
fn begin(out: &mut impl Write, branch: &str, subject: &str) -> Result<()> {
    let who = "committer Ann Example <ann@example.org> 1577836800 +0000";
    writeln!(out, "commit refs/heads/{branch}\n{who}\ndata {}\n{subject}", subject.len())?;
    Ok(())
}

fn file(out: &mut impl Write, path: &str, bytes: &[u8]) -> Result<()> {
    writeln!(out, "M 100644 inline {path}\ndata {}", bytes.len())?;
    out.write_all(bytes)?;
    writeln!(out)?;
    Ok(())
}

fn finish(mut out: impl Write, mut git: Child) -> Result<()> {
    writeln!(out, "done")?;
    out.flush()?;
    drop(out);
    if git.wait()?.success() { Ok(()) } else { Err("git fast-import failed".into()) }
}

fn path(number: usize) -> String {
    format!("posts/{}/{:02}/post-{number:05}.md", 2010 + number % 16, 1 + number / 16 % 12)
}

/// The last ones are yet to go out. `more` is added to the front matter.
fn post(number: usize, posts: usize, more: &str) -> String {
    let (month, day, minute) = (1 + number / 16 % 12, 1 + number % 28, number % 60);
    let year = if number + TO_COME < posts { 2010 + number % 16 } else { 2099 };
    let front = format!("publishDate: {year}-{month:02}-{day:02}T09:{minute:02}:00+01:00\nlang: en\n{more}");
    room::post(number, &front, "")
}

//! `pressroom import`: reads what another tool keeps, and writes posts for review: all of them, or none. What a source means,
//! `import` knows.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use url::Url;

use super::report::printable;
use super::{Context, open};
use crate::account::Accounts;
use crate::error::{Failure, Kind, Problem, Source};
use crate::http::{Ask, Outcome, Visit};
use crate::import::{self, Around, File, Found, Standing, feed, sheet, tweets};
use crate::ledger::entry;
use crate::post::PostId;
use crate::repo::journal::Journal;
use crate::round::Known;

/// Makes posts of what another tool keeps, for review: files in `posts/imported/`.
///
/// Nothing is published by it, and nothing that is there is changed; importing again adds what is new. What was published
/// elsewhere, or was due before now, becomes a draft.
#[derive(Debug, Args)]
pub struct Import {
    #[command(subcommand)]
    from: From,
    /// The accounts, platforms or groups all of it is for.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', global = true)]
    targets: Vec<String>,
    /// Write nothing; say what would be written.
    #[arg(long, global = true)]
    dry_run: bool,
}

#[derive(Debug, Subcommand)]
enum From {
    /// From a CSV file, a row a post: Buffer's and Publer's columns are known, and their likes.
    Csv {
        /// The file, in UTF-8; its first row names the columns.
        file: PathBuf,
    },
    /// From a repository that twitter-together published from: its `tweets/**/*.tweet`.
    TwitterTogether {
        /// The top of that repository; it may be this one.
        dir: PathBuf,
    },
    /// From an RSS, Atom or JSON feed: a file, or an https address.
    Feed {
        /// The file, or the address.
        feed: String,
    },
}

/// What a source holds, whichever it is.
#[derive(Default)]
struct Read {
    kind: &'static str,
    found: Vec<Found>,
    /// What is not taken over of the source as a whole.
    notes: Vec<String>,
    /// The folder that media files are copied from.
    root: Option<PathBuf>,
}

impl Import {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let disk = open::disk(context)?;
        let accounts = &disk.content.accounts;
        let targets = named(accounts, &self.targets)?;
        let read = match &self.from {
            From::Csv { file } => from_csv(file, accounts, !targets.is_empty())?,
            From::TwitterTogether { dir } => from_tweets(dir, accounts)?,
            From::Feed { feed } => from_feed(context, feed)?,
        };
        let now = context.clock.now();
        let around = Around { now, accounts, targets: &targets, kind: read.kind };
        let files = import::files(&read.found, &around).map_err(wrong)?;
        let known = Known::read(Journal::offline(&disk.repo, &accounts.publish.state_branch)?)?;
        let mut ids: BTreeSet<String> = disk.content.posts.iter().map(|post| post.id.as_str().to_owned()).collect();
        let in_ledger: BTreeSet<String> = known.branch.list(entry::FOLDER)?.into_iter().collect();
        // A post that is gone keeps its id for ever.
        ids.extend(
            files
                .iter()
                .filter(|file| in_ledger.contains(&entry::path(&PostId::new(file.id.as_str()))))
                .map(|file| file.id.clone()),
        );
        let (there, new): (Vec<File>, Vec<File>) = files.into_iter().partition(|file| ids.contains(&file.id));
        must_have_targets(&new, accounts)?;
        let copies = copies(read.root.as_deref(), disk.repo.root(), &new)?;
        if !self.dry_run {
            write(disk.repo.root(), &new, &copies)?;
        }
        let done = Done {
            strangers: strangers(&new, accounts, &known),
            media: copies.into_iter().map(|copy| copy.path).collect(),
            new,
            there,
            notes: read.notes,
            dry_run: self.dry_run,
        };
        if context.json() {
            context.print_json(done.document())?;
        } else {
            done.tell(context)?;
        }
        Ok(0)
    }
}

/// The accounts that names stand for.
fn named(accounts: &Accounts, names: &[String]) -> Result<Vec<String>, Failure> {
    let mut targets: Vec<String> = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        let known = accounts.named(name);
        let known = known.map_err(|unknown| Failure::new(Kind::Usage, unknown.message).hint(unknown.hint))?;
        for account in known {
            if !targets.contains(&account.name) {
                targets.push(account.name.clone());
            }
        }
    }
    Ok(targets)
}

fn wrong(problems: Vec<Problem>) -> Failure {
    Failure::new(Kind::Content, "nothing is imported: the source must be put right first").problems(problems)
}

/// Largest file or feed that is read, in bytes.
const BYTES_MAX: usize = 16 * 1024 * 1024;

fn text_of(path: &Path, name: &str) -> Result<Source, Failure> {
    let unreadable = |why: String| Failure::new(Kind::Usage, format!("{} cannot be read", path.display())).cause(why);
    let length = fs::metadata(path).map_err(|error| unreadable(error.to_string()))?.len();
    if length > BYTES_MAX as u64 {
        return Err(unreadable(format!("it has {length} bytes, and at most {BYTES_MAX} are read")));
    }
    let bytes = fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    Source::from_bytes(name, &bytes).map_err(|problem| wrong(vec![*problem]))
}

fn from_csv(file: &Path, accounts: &Accounts, is_targeted: bool) -> Result<Read, Failure> {
    let source = text_of(file, &file.display().to_string())?;
    let sheet = sheet::read(&source, accounts, is_targeted).map_err(wrong)?;
    let left = |heading: &String| format!("the column `{heading}` is not taken over");
    Ok(Read { kind: "csv", found: sheet.found, notes: sheet.left.iter().map(left).collect(), root: None })
}

fn from_tweets(dir: &Path, accounts: &Accounts) -> Result<Read, Failure> {
    let names = tweet_files(dir)?;
    if names.is_empty() {
        return Err(Failure::new(
            Kind::Usage,
            format!("there is no {}*{} in {}", tweets::TWEETS, tweets::ENDING, dir.display()),
        )
        .hint("name the top of the repository, in which `tweets/` lies"));
    }
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for name in names {
        match tweets::read(&text_of(&dir.join(&name), &name)?, accounts.defaults.timezone) {
            Ok(tweet) => found.push(tweet),
            Err(wrong) => problems.extend(wrong),
        }
    }
    // Tweets are for X, where there is one account that can be meant.
    if let Ok([account]) = accounts.named("x").as_deref() {
        found.iter_mut().for_each(|tweet| tweet.targets = vec![account.name.clone()]);
    }
    if !problems.is_empty() {
        return Err(wrong(problems));
    }
    Ok(Read { kind: "twitter-together", found, notes: Vec::new(), root: Some(dir.to_owned()) })
}

/// The paths of all tweets, from the top and with `/`, in order. Links are not followed.
fn tweet_files(dir: &Path) -> Result<BTreeSet<String>, Failure> {
    let mut names = BTreeSet::new();
    let mut open = vec![tweets::TWEETS.trim_end_matches('/').to_owned()];
    while let Some(folder) = open.pop() {
        let entries = match fs::read_dir(dir.join(&folder)) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries.map_err(|error| unlisted(dir, &folder, &error))?,
        };
        for entry in entries {
            let entry = entry.map_err(|error| unlisted(dir, &folder, &error))?;
            let kind = entry.file_type().map_err(|error| unlisted(dir, &folder, &error))?;
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if kind.is_dir() {
                open.push(name);
            } else if kind.is_file() && name.ends_with(tweets::ENDING) {
                names.insert(name);
            }
        }
    }
    Ok(names)
}

fn unlisted(dir: &Path, folder: &str, error: &std::io::Error) -> Failure {
    Failure::new(Kind::Usage, format!("{} cannot be listed", dir.join(folder).display())).cause(error)
}

fn from_feed(context: &Context, feed: &str) -> Result<Read, Failure> {
    let (source, address) = match Url::parse(feed) {
        Ok(url) if url.scheme() == "https" => {
            let (url, text) = open::runtime()?.block_on(fetch(context, url))?;
            (Source::new(feed, text), Some(url))
        }
        Ok(url) if url.scheme() == "http" => {
            return Err(Failure::new(Kind::Usage, "a feed is fetched by https only").hint("save it, and name the file"));
        }
        _ => (text_of(Path::new(feed), feed)?, None),
    };
    let read = feed::read(&source, address.as_ref().map(Url::as_str)).map_err(|problem| wrong(vec![*problem]))?;
    Ok(Read { kind: "feed", found: read.found, notes: read.notes, root: None })
}

/// Redirects that are followed, as browsers do, but by https only.
const REDIRECTS_MAX: usize = 5;
const AGENT: &str = concat!("pressroom/", env!("CARGO_PKG_VERSION"));

/// Fetches a feed: where it was in the end, and what it says.
async fn fetch(context: &Context, mut at: Url) -> Result<(Url, String), Failure> {
    let http = open::http(context)?;
    for _ in 0..=REDIRECTS_MAX {
        let shown = at[..url::Position::AfterPath].to_owned();
        let visit = Visit { url: &at, agent: AGENT, ask: Ask::Get { first: BYTES_MAX + 1 } };
        let reply = match http.visit(visit).await? {
            Outcome::Answered(reply) => reply,
            Outcome::NotSent(why) | Outcome::Unclear(why) => {
                return Err(Failure::new(Kind::Later, format!("{shown} cannot be reached")).cause(why));
            }
        };
        match reply.status {
            200..300 if reply.body.len() > BYTES_MAX => {
                return Err(Failure::new(Kind::Content, format!("{shown} is longer than {BYTES_MAX} bytes")));
            }
            200..300 => return Ok((at, reply.body)),
            300..400 => match reply.header("location").and_then(|location| at.join(location).ok()) {
                Some(next) if next.scheme() == "https" => at = next,
                _ => {
                    return Err(Failure::new(Kind::Content, format!("{shown} redirects to nowhere that can be asked")));
                }
            },
            status => {
                let kind = if status >= 500 || status == 429 { Kind::Later } else { Kind::Content };
                return Err(Failure::new(kind, format!("{shown} answers with {status}")));
            }
        }
    }
    Err(Failure::new(Kind::Content, format!("the feed redirects more than {REDIRECTS_MAX} times")))
}

/// What is to go out must say where.
fn must_have_targets(files: &[File], accounts: &Accounts) -> Result<(), Failure> {
    let lacks = |file: &&File| file.standing != Standing::Draft && file.targets.is_empty();
    match files.iter().find(lacks).filter(|_| accounts.defaults.targets.is_empty()) {
        Some(file) => {
            let names: Vec<&str> = accounts.accounts.keys().map(String::as_str).collect();
            let hint = format!("add `--targets`; accounts.toml has {}", names.join(", "));
            let hint = if names.is_empty() { "accounts.toml has no accounts yet".to_owned() } else { hint };
            Err(Failure::new(Kind::Usage, format!("nothing says to which accounts {} goes", file.at)).hint(hint))
        }
        None => Ok(()),
    }
}

/// Accounts the ledger has not met: nothing keeps what is older from being published there.
fn strangers(files: &[File], accounts: &Accounts, known: &Known) -> Vec<String> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for file in files {
        names.extend(file.targets.iter().map(String::as_str));
        if file.targets.is_empty() {
            let defaults = accounts.defaults.targets.iter().filter_map(|name| accounts.named(&name.value).ok());
            names.extend(defaults.flatten().map(|account| account.name.as_str()));
        }
    }
    names.into_iter().filter(|name| !known.state.baselines.contains_key(*name)).map(str::to_owned).collect()
}

/// A media file that has yet to be copied.
struct Copy {
    /// From the repository's root.
    path: String,
    bytes: Vec<u8>,
}

/// The media files that are not here yet.
fn copies(from: Option<&Path>, to: &Path, files: &[File]) -> Result<Vec<Copy>, Failure> {
    let Some(from) = from else { return Ok(Vec::new()) };
    let paths: BTreeSet<&str> = files.iter().flat_map(|file| &file.media).map(|medium| medium.path.as_str()).collect();
    let mut copies = Vec::new();
    for path in paths {
        let failed = |why: &dyn std::fmt::Display| {
            Failure::new(Kind::Content, format!("the media file {path} cannot be taken over")).cause(why)
        };
        // What a link leads to may be none of their business.
        let real = from.join(path).canonicalize().map_err(|error| failed(&error))?;
        let media = from.join(tweets::MEDIA).canonicalize().map_err(|error| failed(&error))?;
        if !real.starts_with(&media) {
            return Err(failed(&"it is a link that leaves the folder"));
        }
        let bytes = fs::read(&real).map_err(|error| failed(&error))?;
        match fs::read(to.join(path)) {
            Ok(there) if there == bytes => {}
            Ok(_) => {
                return Err(failed(&"another file of that name is here")
                    .hint("rename one of them, where it is and where it is named"));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => copies.push(Copy { path: path.to_owned(), bytes }),
            Err(error) => return Err(failed(&error)),
        }
    }
    Ok(copies)
}

/// Writes all files, or takes back what it wrote. None is there already.
fn write(root: &Path, files: &[File], copies: &[Copy]) -> Result<(), Failure> {
    let media = copies.iter().map(|copy| (copy.path.as_str(), copy.bytes.as_slice()));
    let posts = files.iter().map(|file| (file.path.as_str(), file.text.as_bytes()));
    let mut written: Vec<PathBuf> = Vec::new();
    for (path, bytes) in media.chain(posts) {
        let file = root.join(path);
        if let Err(error) = place(&file, bytes, &mut written) {
            for path in &written {
                // What cannot be taken back is an imported file, which the next import finds.
                let _ = fs::remove_file(path);
            }
            let failure =
                Failure::new(Kind::Content, format!("{path} could not be written; nothing is imported")).cause(&error);
            return Err(if error.kind() == ErrorKind::AlreadyExists {
                failure.hint("move that file, or give it the id of its name")
            } else {
                failure
            });
        }
    }
    Ok(())
}

fn place(file: &Path, bytes: &[u8], written: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut new = fs::File::create_new(file)?;
    written.push(file.to_owned());
    new.write_all(bytes)
}

/// What was done, or would be.
struct Done {
    new: Vec<File>,
    there: Vec<File>,
    media: Vec<String>,
    notes: Vec<String>,
    strangers: Vec<String>,
    dry_run: bool,
}

impl Done {
    fn document(&self) -> Value {
        let post = |file: &File| {
            json!({
                "path": file.path, "id": file.id, "from": file.at, "state": file.standing.name(), "targets": file.targets,
                "notes": file.notes,
            })
        };
        json!({
            "dry_run": self.dry_run,
            "posts": self.new.iter().map(post).collect::<Vec<_>>(),
            "there": self.there.iter().map(|file| json!({ "id": file.id, "from": file.at })).collect::<Vec<_>>(),
            "media": self.media,
            "notes": self.notes,
            "not_met": self.strangers,
        })
    }

    fn tell(&self, context: &Context) -> Result<(), Failure> {
        let mut out = String::new();
        for file in &self.new {
            out.push_str(&format!("{}  {}, from {}\n", file.path, file.standing.name(), printable(&file.at)));
            file.notes.iter().for_each(|note| out.push_str(&format!("  note: {}\n", printable(note))));
        }
        self.media.iter().for_each(|path| out.push_str(&format!("{}\n", printable(path))));
        context.print(&out)?;
        self.notes.iter().for_each(|note| context.say(&format!("note: {}", printable(note))));
        let are = if self.dry_run { "would be written" } else { "written" };
        context.say(&format!("{} {are}; {} there already", count(self.new.len()), self.there.len()));
        if !self.new.is_empty() && !self.strangers.is_empty() {
            context.say(&format!(
                "note: {} not met yet: run `pressroom init` before you commit, so that what is older than today stays unpublished",
                are_named(&self.strangers)
            ));
        }
        Ok(())
    }
}

fn count(posts: usize) -> String {
    if posts == 1 { "1 post".to_owned() } else { format!("{posts} posts") }
}

fn are_named(names: &[String]) -> String {
    format!("{} {}", names.join(", "), if names.len() == 1 { "was" } else { "were" })
}

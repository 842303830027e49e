//! `pressroom init`: a content repository that works at once. Knows which files belong in one; never changes what is there.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::open;
use super::{Context, report};
use crate::account::Accounts;
use crate::content::{self, ACCOUNTS, POSTS};
use crate::error::{Failure, Kind, Problem};
use crate::ledger::entry::TargetKey;
use crate::repo::Repo;
use crate::repo::journal::Journal;
use crate::repo::snapshot::Snapshot;
use crate::round::Known;
use crate::run::write::Writer;
use crate::schema;
use crate::vault::identity;
use crate::vault::{Identities, Recipients, Sources};
use crate::zone::Zone;

mod hook;

/// Makes a content repository that works: accounts.toml, a first post, GitHub workflows, schemas for editors, and an age key.
///
/// What is there already is left as it is, so it may be run again. In a repository that has accounts and posts it
/// writes down when each account was first met: what was due before that is never published.
#[derive(Debug, Args)]
pub struct Init {
    /// Where; the current folder unless given.
    dir: Option<PathBuf>,
    /// Also have git check posts before they are committed: installs a pre-commit hook in this clone.
    #[arg(long)]
    hook: bool,
}

impl Init {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let dir = self.dir.as_ref().unwrap_or(&context.global.repo);
        let (repo, made) = Repo::open_or_init(dir)?;
        at_the_top(&repo, dir)?;
        let had_posts = has_posts(&repo)?;
        let mut report = Report { root: repo.root().to_owned(), ..Report::default() };
        report.note(".git", made);
        let key = Key::find_or_make(&open::sources(), repo.root().join(ACCOUNTS).exists())?;
        if let Some(path) = &key.path {
            report.note(path.to_string_lossy(), key.made);
        }
        for file in files(&key, &branch(&repo)?, zone()) {
            match file.begins {
                Some(folder) if !is_empty(&repo.root().join(folder)) => report.note(folder, false),
                _ => {
                    let made = place(repo.root(), file.path, &file.text)?;
                    report.note(file.path, made);
                }
            }
        }
        if self.hook {
            let hook = hook::install(&repo.hooks()?)?;
            report.note(hook.path.to_string_lossy(), hook.made);
            report.notes.extend(hook.note);
        }
        report.key = key;
        let outcome = match report.accounts(&repo) {
            Some(accounts) if had_posts => report.meet(context, &repo, &accounts),
            _ => Ok(()),
        };
        if context.json() {
            context.print_json(report.document())?;
        } else {
            context.print(&report.text())?;
        }
        outcome.map(|()| 0)
    }
}

/// What is above a folder of another repository would be published from, not the folder.
fn at_the_top(repo: &Repo, dir: &Path) -> Result<(), Failure> {
    let root = repo.root();
    if repo.is_bare() {
        let message = format!("{} has no work tree to put files into", root.display());
        return Err(Failure::new(Kind::Usage, message).hint("clone it, and run `pressroom init` in the clone"));
    }
    let same = |a: &Path, b: &Path| a.canonicalize().ok() == b.canonicalize().ok();
    if same(root, dir) {
        return Ok(());
    }
    let (dir, root) = (dir.display(), root.display());
    Err(Failure::new(
        Kind::Usage,
        format!("{dir} lies in the repository {root}; posts are read from a repository's top"),
    )
    .hint(format!("`pressroom init {root}` makes that one a content repository; else choose a folder outside it")))
}

fn has_posts(repo: &Repo) -> Result<bool, Failure> {
    Ok(!Snapshot::on_disk(repo).files(POSTS, ".md")?.is_empty())
}

/// Whether a folder is not there, or holds nothing.
fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

/// The branch checked out, which is the one to publish from.
fn branch(repo: &Repo) -> Result<String, Failure> {
    Ok(repo.branch()?.unwrap_or_else(|| "main".to_owned()))
}

/// The system's zone, where it says one that everybody knows; else UTC.
fn zone() -> Zone {
    let link = || fs::read_link("/etc/localtime").ok().map(|path| path.to_string_lossy().into_owned());
    std::env::var("TZ").ok().and_then(|name| zone_of(&name)).or_else(|| zone_of(&link()?)).unwrap_or(Zone::UTC)
}

/// The zone that `TZ` or the target of `/etc/localtime` names: `Europe/Amsterdam`, `:Europe/Amsterdam`,
/// `/usr/share/zoneinfo/Europe/Amsterdam`.
fn zone_of(text: &str) -> Option<Zone> {
    let name = text.trim().trim_start_matches(':');
    let name = name.rsplit_once("zoneinfo/").map_or(name, |(_, name)| name);
    match name {
        "Etc/UTC" | "Etc/UCT" | "Etc/Universal" | "Etc/Zulu" | "UCT" | "Universal" | "Zulu" => Some(Zone::UTC),
        name => name.parse().ok(),
    }
}

/// The key that opens the tokens: where it lies, and its public halves.
#[derive(Debug, Default)]
struct Key {
    /// `None` where it was given as text.
    path: Option<PathBuf>,
    made: bool,
    /// Empty only where accounts.toml is there already and the key could not be read.
    recipients: Vec<String>,
    /// Why it could not be read.
    unread: Option<String>,
}

impl Key {
    /// Takes the key that is there, or makes one at the default place. Without need of it, one that cannot be read is
    /// no reason to stop.
    fn find_or_make(sources: &Sources<'_>, accounts_are_there: bool) -> Result<Self, Failure> {
        let given = sources.text.is_some() || sources.file.is_some();
        let path = if sources.text.is_some() { None } else { sources.file.clone().or_else(|| sources.default_file()) };
        match &path {
            Some(file) if !given && !file.exists() => {
                let generated = identity::generate();
                identity::write(file, &generated.text)?;
                return Ok(Self {
                    path,
                    made: true,
                    recipients: vec![generated.recipient.key().to_owned()],
                    unread: None,
                });
            }
            None if !given => {
                return Err(Failure::new(Kind::Usage, "there is no place to keep a key: HOME is not set")
                    .hint("set HOME, or give a key as PRESSROOM_IDENTITY_FILE"));
            }
            _ => {}
        }
        // Which keys of `~/.ssh` may open tokens is for accounts.toml to say; here only a key given to us counts.
        let stranger = identity::generate().recipient;
        match Identities::load(sources, &Recipients::parse([stranger.key()])?) {
            Ok(identities) => {
                let recipients = identities.public().map(|public| public.key().to_owned()).collect();
                Ok(Self { path, made: false, recipients, unread: None })
            }
            Err(failure) if accounts_are_there => {
                Ok(Self { path, made: false, recipients: Vec::new(), unread: Some(failure.message) })
            }
            Err(failure) => Err(failure),
        }
    }
}

/// A file that belongs in a content repository.
struct File {
    path: &'static str,
    text: String,
    /// The folder it would be the first file of; one that holds something does not need it.
    begins: Option<&'static str>,
}

fn files(key: &Key, branch: &str, zone: Zone) -> Vec<File> {
    let file = |path, text: &str| File { path, text: text.to_owned(), begins: None };
    let first = |folder, path, text: &str| File { path, text: text.to_owned(), begins: Some(folder) };
    // A JSON string is a string of TOML and of YAML as well.
    let quoted = |text: &str| Value::from(text).to_string();
    let branch = quoted(branch);
    let recipients: Vec<String> = key.recipients.iter().map(|recipient| quoted(recipient)).collect();
    let fill = |template: &str| {
        template
            .replace("@timezone@", zone.name())
            .replace("@branch@", &branch)
            .replace("@recipients@", &format!("[{}]", recipients.join(", ")))
            .replace("@version@", env!("CARGO_PKG_VERSION"))
    };
    vec![
        file(ACCOUNTS, &fill(include_str!("init/accounts.toml"))),
        first("posts", "posts/hello.md", include_str!("init/hello.md")),
        first("media", "media/.gitkeep", ""),
        file(".gitignore", include_str!("init/gitignore")),
        file(".github/workflows/pressroom-check.yml", &fill(include_str!("init/check.yml"))),
        file(".github/workflows/pressroom-comment.yml", include_str!("init/comment.yml")),
        file(".github/workflows/pressroom-publish.yml", &fill(include_str!("init/publish.yml"))),
        file(".pressroom/schemas/accounts.json", &format!("{:#}\n", schema::accounts())),
        file(".pressroom/schemas/front-matter.json", &format!("{:#}\n", schema::front_matter())),
        file(".vscode/settings.json", include_str!("init/vscode.json")),
    ]
}

/// Writes a file unless something is there; tells whether it did. It is there whole or not at all.
fn place(root: &Path, path: &str, text: &str) -> Result<bool, Failure> {
    let target = root.join(path);
    let folder = target.parent().unwrap_or(root);
    let write = || -> std::io::Result<bool> {
        // A symbolic link that leads nowhere is something, too.
        if target.symlink_metadata().is_ok() {
            return Ok(false);
        }
        fs::create_dir_all(folder)?;
        let mut file = like_any_other().tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        match file.persist_noclobber(&target) {
            Ok(_) => Ok(true),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error.error),
        }
    };
    write().map_err(|error| {
        Failure::new(Kind::Content, format!("{} could not be written", target.display()))
            .cause(error)
            .hint("what was made before it stays; `pressroom init` goes on from there")
    })
}

/// What was done, as it is told.
#[derive(Debug, Default)]
struct Report {
    root: PathBuf,
    created: Vec<String>,
    kept: Vec<String>,
    key: Key,
    /// Accounts met for the first time.
    met: Vec<String>,
    /// What a person should know besides.
    notes: Vec<String>,
}

impl Report {
    fn note(&mut self, what: impl Into<String>, made: bool) {
        if made { &mut self.created } else { &mut self.kept }.push(what.into());
    }

    /// What accounts.toml says, if it can be relied on; notes what a person should look at.
    fn accounts(&mut self, repo: &Repo) -> Option<Accounts> {
        let (accounts, problems) = match content::read_accounts(&Snapshot::on_disk(repo)) {
            Ok(read) => read,
            Err(failure) => {
                self.notes.push(format!("{}: `pressroom check` says why", failure.message));
                return None;
            }
        };
        if problems.iter().any(Problem::is_error) {
            self.notes.push("accounts.toml is wrong: `pressroom check` says where".to_owned());
            return None;
        }
        self.notes.extend(locked_out(&self.key.recipients, &accounts));
        Some(accounts)
    }

    /// Sets the baseline of every account the ledger has not met: the archive must not flood it.
    fn meet(&mut self, context: &Context, repo: &Repo, accounts: &Accounts) -> Result<(), Failure> {
        self.met = open::runtime()?.block_on(meet(context, repo, accounts)).map_err(|failure| {
            failure.hint("the files are made; `pressroom init` again sets the baseline that is missing")
        })?;
        Ok(())
    }

    fn document(&self) -> Value {
        json!({
            "created": self.created,
            "kept": self.kept,
            "identity": self.key.path,
            "recipient": self.key.recipients.first(),
            "baseline": self.met,
        })
    }

    fn text(&self) -> String {
        let mut out = format!("Content repository in {}\n\n", report::printable(&self.root.to_string_lossy()));
        for (word, paths) in [("made", &self.created), ("kept", &self.kept)] {
            for path in paths {
                out.push_str(&format!("  {word}  {}\n", report::printable(path)));
            }
        }
        out.push('\n');
        out.push_str(&self.about_key());
        for name in &self.met {
            out.push_str(&format!("{name} is met: what was due before now is not published there.\n"));
        }
        for note in &self.notes {
            out.push_str(&format!("{note}.\n"));
        }
        if !self.created.is_empty() {
            out.push_str(if self.met.is_empty() && self.notes.is_empty() { "" } else { "\n" });
            out.push_str(NEXT);
        }
        out
    }

    fn about_key(&self) -> String {
        let place = match &self.key.path {
            Some(path) => report::printable(&path.to_string_lossy()),
            None => "in PRESSROOM_IDENTITY".to_owned(),
        };
        if let Some(why) = &self.key.unread {
            return format!("Your key: {place}, which cannot be read now: {why}\n\n");
        }
        let public = self.key.recipients.join(", ");
        let mut out = format!("Your key: {place}\n  public half, for accounts.toml: {public}\n");
        if let (true, Some(path)) = (self.key.made, &self.key.path) {
            let path = shell_word(&path.to_string_lossy());
            out.push_str("  It opens the tokens. Keep a copy where you keep passwords; without one they cannot be opened again.\n");
            out.push_str(&format!("  CI gets it as a secret: gh secret set PRESSROOM_IDENTITY < {path}\n"));
        }
        out.push('\n');
        out
    }
}

const NEXT: &str = "\
Next:
  1. Name an account and your app in accounts.toml, and log in: pressroom connect NAME
  2. Write a post: pressroom new \"Our first post\", then pressroom check and pressroom plan
  3. Commit, push to GitHub, and give CI the key; from then on what is merged and due is published
";

/// A word as a shell takes it.
fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@:,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// What to do where none of our keys may open the tokens.
fn locked_out(ours: &[String], accounts: &Accounts) -> Option<String> {
    let key = ours.first()?;
    // A recipient may have a comment behind it.
    let listed = |key: &String| accounts.recipients.iter().any(|recipient| recipient.value.starts_with(key.as_str()));
    (!ours.iter().any(listed)).then(|| {
        format!(
            "accounts.toml does not list this key: somebody who can open the tokens runs `pressroom keys add {key}`"
        )
    })
}

/// Writes down the first contact with every account the ledger has not met; gives their names.
async fn meet(context: &Context, repo: &Repo, accounts: &Accounts) -> Result<Vec<String>, Failure> {
    if accounts.accounts.is_empty() {
        return Ok(Vec::new());
    }
    let journal = Journal::open(repo, repo.remote()?, &accounts.publish.state_branch).await?;
    let known = Known::read(journal.branch()?)?;
    let strangers: Vec<_> =
        accounts.accounts.values().filter(|account| !known.state.baselines.contains_key(&account.name)).collect();
    if strangers.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<TargetKey> =
        strangers.iter().map(|account| TargetKey::new(account.platform, &account.name)).collect();
    let writer = Writer { journal, clock: context.clock, run: "init".to_owned(), src: None };
    writer.meet(&keys).await?;
    Ok(strangers.iter().map(|account| account.name.clone()).collect())
}

/// What others may do with a new file is the umask's business.
fn like_any_other<'a>() -> tempfile::Builder<'a, 'a> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only there a file has a mode"))]
    let mut file = tempfile::Builder::new();
    #[cfg(unix)]
    file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    file
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::account;
    use crate::env;
    use crate::error::Source;
    use crate::limits::Platform;
    use crate::post;

    const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    fn made(branch: &str) -> Vec<File> {
        let key = Key { recipients: vec![RECIPIENT.to_owned()], ..Key::default() };
        files(&key, branch, Zone::named("Europe/Amsterdam"))
    }

    fn text(files: &[File], path: &str) -> String {
        files.iter().find(|file| file.path == path).unwrap().text.clone()
    }

    #[test]
    fn accounts_are_valid_at_once() {
        let source = Source::new(ACCOUNTS, text(&made("release/2"), ACCOUNTS));
        let (accounts, problems) = account::parse(&source);
        assert_eq!(problems, []);
        let accounts = accounts.unwrap();
        assert_eq!(accounts.defaults.timezone, Some(Zone::named("Europe/Amsterdam")));
        assert_eq!(accounts.publish.branch, "release/2");
        assert_eq!(accounts.recipients.iter().map(|key| key.value.as_str()).collect::<Vec<_>>(), [RECIPIENT]);
    }

    #[test]
    fn sample_accounts_are_valid_too() {
        let whole = text(&made("main"), ACCOUNTS);
        let (head, samples) = whole.split_once("# [accounts.my-x]").unwrap();
        let samples = format!("# [accounts.my-x]{samples}");
        let uncommented: Vec<&str> = samples.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
        let (accounts, problems) =
            account::parse(&Source::new(ACCOUNTS, format!("{head}{}\n", uncommented.join("\n"))));
        assert_eq!(problems, []);
        let sampled: BTreeSet<Platform> = accounts.unwrap().accounts.values().map(|account| account.platform).collect();
        let published = Platform::ALL.into_iter().filter(|platform| platform.limits().published);
        assert_eq!(sampled, published.collect());
    }

    #[test]
    fn the_first_post_never_goes_out_by_accident() {
        let source = Source::new("posts/hello.md", text(&made("main"), "posts/hello.md"));
        let (post, problems) = post::parse(&source, None);
        assert_eq!(problems, []);
        let post = post.unwrap();
        assert!(post.wishes.draft.unwrap().value);
        assert!(post.schedule.is_none());
    }

    #[test]
    fn templates_are_filled() {
        for file in made("main") {
            for gap in ["@timezone@", "@branch@", "@recipients@", "@version@"] {
                assert!(!file.text.contains(gap), "{}: {gap}", file.path);
            }
        }
        let publish = text(&made("main"), ".github/workflows/pressroom-publish.yml");
        assert!(publish.contains("branches: [\"main\"]\n"));
        assert!(publish.contains(concat!(
            "uses: pressroom-cli/pressroom/.github/actions/setup@v",
            env!("CARGO_PKG_VERSION"),
            "\n"
        )));
    }

    #[test]
    fn workflows_get_no_more_than_they_need() {
        let files = made("main");
        let workflow = |name| text(&files, &format!(".github/workflows/pressroom-{name}.yml"));
        let (check, comment, publish) = (workflow("check"), workflow("comment"), workflow("publish"));
        assert!(!check.contains("secrets.") && check.contains("permissions:\n  contents: read\n"));
        // What may write comments runs nothing that a pull request brings.
        assert!(!comment.contains("secrets.") && !comment.contains("run: ") && !comment.contains("checkout"));
        assert!(comment.contains("permissions:\n  actions: read\n  pull-requests: write\n"));
        let passed = publish.lines().filter_map(|line| line.trim().split_once(": ${{ secrets."));
        for (variable, secret) in passed.clone() {
            assert_eq!(secret, format!("{variable} }}}}"));
        }
        let passed: Vec<&str> = passed.map(|(variable, _)| variable).collect();
        let needed = [env::IDENTITY, env::S3_ACCESS_KEY_ID, env::S3_SECRET_ACCESS_KEY, env::WEBHOOK, env::SMTP_URL];
        assert_eq!(passed, needed);
        assert_eq!(publish.matches("secrets.").count(), needed.len());
        assert!(publish.contains("permissions:\n  contents: write\n"));
        for uses in
            [&check, &comment, &publish].into_iter().flat_map(|text| text.lines()).filter(|line| line.contains("uses:"))
        {
            assert!(["uses: actions/", "uses: pressroom-cli/"].iter().any(|owner| uses.contains(owner)), "{uses}");
        }
    }

    #[test]
    fn schemas_for_editors_lie_where_the_files_say() {
        let files = made("main");
        for path in [".pressroom/schemas/accounts.json", ".pressroom/schemas/front-matter.json"] {
            serde_json::from_str::<Value>(&text(&files, path)).unwrap();
            assert!(text(&files, ".vscode/settings.json").contains(&format!("\"./{path}\"")));
        }
        assert!(text(&files, ACCOUNTS).starts_with("#:schema ./.pressroom/schemas/accounts.json\n"));
    }

    #[test]
    fn nothing_is_overwritten() {
        let root = tempfile::tempdir().unwrap();
        assert!(place(root.path(), "a/b.txt", "first").unwrap());
        assert!(!place(root.path(), "a/b.txt", "second").unwrap());
        assert_eq!(fs::read_to_string(root.path().join("a/b.txt")).unwrap(), "first");
        assert_eq!(fs::read_dir(root.path().join("a")).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_is_kept() {
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("nowhere", root.path().join("link")).unwrap();
        assert!(!place(root.path(), "link", "text").unwrap());
        assert!(!root.path().join("nowhere").exists());
    }

    #[test]
    fn a_key_is_made_once() {
        let config = tempfile::tempdir().unwrap();
        let sources = Sources { config_dir: Some(config.path().to_owned()), ..Sources::default() };
        let first = Key::find_or_make(&sources, false).unwrap();
        assert!(first.made && first.path == sources.default_file());
        let second = Key::find_or_make(&sources, true).unwrap();
        assert!(!second.made);
        assert_eq!((second.path, second.recipients), (first.path, first.recipients));
    }

    #[test]
    fn a_key_that_cannot_be_read_matters_only_where_it_is_needed() {
        let config = tempfile::tempdir().unwrap();
        let sources = Sources { config_dir: Some(config.path().to_owned()), ..Sources::default() };
        identity::write(&sources.default_file().unwrap(), &crate::vault::Secret::new("no key at all")).unwrap();
        assert!(Key::find_or_make(&sources, false).is_err());
        let key = Key::find_or_make(&sources, true).unwrap();
        assert!(key.unread.is_some() && key.recipients.is_empty());
    }

    #[test]
    fn a_key_that_is_not_listed_is_told() {
        let (accounts, _) = account::parse(&Source::new(ACCOUNTS, text(&made("main"), ACCOUNTS)));
        let accounts = accounts.unwrap();
        assert_eq!(locked_out(&[RECIPIENT.to_owned()], &accounts), None);
        assert_eq!(locked_out(&[], &accounts), None);
        assert_eq!(
            locked_out(&["age1other".to_owned()], &accounts).unwrap(),
            "accounts.toml does not list this key: somebody who can open the tokens runs `pressroom keys add age1other`"
        );
    }

    #[test]
    fn zones_as_systems_write_them() {
        for (text, zone) in [
            ("Europe/Amsterdam", Some(Zone::named("Europe/Amsterdam"))),
            (":Europe/Amsterdam", Some(Zone::named("Europe/Amsterdam"))),
            ("/usr/share/zoneinfo/Asia/Tokyo", Some(Zone::named("Asia/Tokyo"))),
            ("../usr/share/zoneinfo/America/Argentina/Ushuaia", Some(Zone::named("America/Argentina/Ushuaia"))),
            ("/var/db/timezone/zoneinfo/Europe/Berlin", Some(Zone::named("Europe/Berlin"))),
            ("/usr/share/zoneinfo/Etc/UTC", Some(Zone::UTC)),
            ("CET-1CEST,M3.5.0,M10.5.0/3", None),
            ("", None),
        ] {
            assert_eq!(zone_of(text), zone, "{text}");
        }
    }

    #[test]
    fn paths_as_a_shell_takes_them() {
        for (path, word) in [
            ("/home/ann/.config/pressroom/identity", "/home/ann/.config/pressroom/identity"),
            ("/Users/ann/Application Support/identity", "'/Users/ann/Application Support/identity'"),
            ("/it's", r"'/it'\''s'"),
        ] {
            assert_eq!(shell_word(path), word);
        }
    }

    #[test]
    fn what_was_done_is_told_calmly() {
        let mut report = Report { root: PathBuf::from("/home/ann/social"), ..Report::default() };
        report.note(".git", true);
        report.note("/home/ann/.config/pressroom/identity", true);
        report.note(ACCOUNTS, false);
        report.key = Key {
            path: Some(PathBuf::from("/home/ann/.config/pressroom/identity")),
            made: true,
            recipients: vec![RECIPIENT.to_owned()],
            unread: None,
        };
        let expected = format!(
            "\
Content repository in /home/ann/social

  made  .git
  made  /home/ann/.config/pressroom/identity
  kept  accounts.toml

Your key: /home/ann/.config/pressroom/identity
  public half, for accounts.toml: {RECIPIENT}
  It opens the tokens. Keep a copy where you keep passwords; without one they cannot be opened again.
  CI gets it as a secret: gh secret set PRESSROOM_IDENTITY < /home/ann/.config/pressroom/identity

Next:
  1. Name an account and your app in accounts.toml, and log in: pressroom connect NAME
  2. Write a post: pressroom new \"Our first post\", then pressroom check and pressroom plan
  3. Commit, push to GitHub, and give CI the key; from then on what is merged and due is published
"
        );
        assert_eq!(report.text(), expected);
        assert_eq!(
            report.document(),
            json!({
                "created": [".git", "/home/ann/.config/pressroom/identity"],
                "kept": ["accounts.toml"],
                "identity": "/home/ann/.config/pressroom/identity",
                "recipient": RECIPIENT,
                "baseline": [],
            })
        );
    }
}

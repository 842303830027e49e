//! What commands open before they can do anything: the repository, its content, the state branch, the vault.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::Context;
use crate::account::Accounts;
use crate::content::Content;
use crate::env;
use crate::error::{Failure, Kind, Problem};
use crate::http::Http;
use crate::plan::Only;
use crate::plan::action::Row;
use crate::post::PostId;
use crate::repo::branch::Branch;
use crate::repo::journal::Journal;
use crate::repo::snapshot::Snapshot;
use crate::repo::{Oid, Repo};
use crate::round::Known;
use crate::run::spell::Timings;
use crate::vault::{Identities, Recipients, Secret, Sources, Vault, identity};

/// The repository as it is on disk.
pub(super) struct Disk {
    pub(super) repo: Repo,
    pub(super) content: Content,
}

/// Opens the repository and reads what is on disk.
pub(super) fn disk(context: &Context) -> Result<Disk, Failure> {
    let repo = Repo::open(&context.global.repo)?;
    let content = Content::read(&Snapshot::on_disk(&repo))?;
    Ok(Disk { repo, content })
}

/// A path given on the command line, from the repository's root and with `/`; empty for the root itself.
pub(super) fn relative(repo: &Repo, path: &Path) -> Result<String, Failure> {
    let absolute = std::path::absolute(path)
        .map_err(|error| Failure::new(Kind::Usage, format!("{} is no path", path.display())).cause(error))?;
    let absolute = tidy(&absolute);
    let root = repo.root();
    let inside = absolute.strip_prefix(root).map(Path::to_path_buf).or_else(|_| {
        let real = absolute.canonicalize().unwrap_or(absolute.clone());
        let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
        real.strip_prefix(root).map(Path::to_path_buf)
    });
    let inside = inside.map_err(|_| {
        Failure::new(Kind::Usage, format!("{} is not in the repository {}", path.display(), root.display()))
    })?;
    Ok(inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}

/// [`relative`], of something that is there.
pub(super) fn existing(repo: &Repo, path: &Path) -> Result<String, Failure> {
    let relative = relative(repo, path)?;
    if repo.root().join(&relative).exists() {
        return Ok(relative);
    }
    Err(Failure::new(Kind::Usage, format!("there is no {}", path.display())))
}

/// Without `.` and `..`, which need not exist.
fn tidy(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut tidy, part| {
        match part {
            std::path::Component::ParentDir => drop(tidy.pop()),
            std::path::Component::CurDir => {}
            part => tidy.push(part),
        }
        tidy
    })
}

/// The runtime of commands that reach the network, made only for them.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Kind::Later, "the system gives no runtime").cause(error))
}

/// The content at one commit, refused as a whole while accounts.toml is wrong.
pub(super) fn content_at(repo: &Repo, commit: Oid) -> Result<(Snapshot, Content), Failure> {
    let snapshot = Snapshot::at_commit(repo, commit)?;
    let content = Content::read(&snapshot)?;
    let wrong: Vec<Problem> = content.wrong_accounts().cloned().collect();
    if let Some(first) = wrong.first() {
        let what = format!("{} is wrong; nothing is planned and nothing is published", first.source.path);
        return Err(Failure::new(Kind::Content, what).problems(wrong));
    }
    Ok((snapshot, content))
}

/// Opens the state branch for reading: as the remote has it now, or, when it cannot be asked, as last seen.
pub(super) async fn known(
    context: &Context,
    repo: &Repo,
    accounts: &Accounts,
    offline: bool,
) -> Result<Known, Failure> {
    Known::read(branch(context, repo, accounts, offline).await?)
}

/// The same, nothing of it read.
pub(super) async fn branch(
    context: &Context,
    repo: &Repo,
    accounts: &Accounts,
    offline: bool,
) -> Result<Branch, Failure> {
    let name = &accounts.publish.state_branch;
    let remote = if offline { None } else { repo.remote()? };
    match remote {
        Some(remote) => match Journal::open(repo, Some(remote), name).await {
            Ok(journal) => journal.branch(),
            Err(failure) if failure.kind == Kind::Later => {
                context.say(&format!("note: {}; this is the ledger as last seen here", failure.message));
                Journal::offline(repo, name)
            }
            Err(failure) => Err(failure),
        },
        None => Journal::offline(repo, name),
    }
}

/// The timings of runs: shorter ones are taken from the environment only while no real platform can be reached.
pub(super) fn timings(http: &Http) -> Result<Timings, Failure> {
    match env::read(env::TIMINGS) {
        Some(text) if http.is_rerouted() => Timings::parse(&text),
        Some(_) => Err(Failure::new(Kind::Usage, "PRESSROOM_TIMINGS is for rehearsals: it needs PRESSROOM_HOSTS")
            .hint("unset it; real platforms get the timings that keep the promise of publishing once")),
        None => Ok(Timings::default()),
    }
}

/// The door to the network, with its hosts sent elsewhere if the environment says so.
pub(super) fn http(context: &Context) -> Result<Http, Failure> {
    let http = Http::new(context.clock, Timings::default().request);
    let http = match env::read(env::HOSTS) {
        Some(hosts) => http.with_hosts(&hosts)?,
        None => http,
    };
    let longest = timings(&http)?.request;
    Ok(http.with_timeout(longest))
}

/// A post nobody wrote, with the nearest that somebody did.
pub(super) fn no_such_post(id: &str, content: &Content) -> Failure {
    let ids = content.posts.iter().map(|post| post.id.as_str());
    let failure = Failure::new(Kind::Usage, format!("there is no post `{id}`"));
    match crate::suggest::nearest(id, ids) {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`pressroom status` lists the posts by their ids"),
    }
}

/// `--at`: an instant in RFC 3339, or a wall time in the repository's zone.
pub(super) fn instant(text: &str, accounts: &Accounts) -> Result<DateTime<Utc>, Failure> {
    let instant = crate::post::due::instant("--at", text, accounts.defaults.timezone);
    instant
        .map(|(instant, _)| instant)
        .map_err(|trouble| Failure::new(Kind::Usage, as_option(&trouble.message)).hint(as_option(&trouble.hint)))
}

/// `--at: 2026-12-01 09:00`, as a key would be written, becomes `--at "2026-12-01 09:00"`, as it is typed.
fn as_option(words: &str) -> String {
    let mut pieces = words.split("`--at: ");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |words, piece| match piece.split_once('`') {
        Some((value, rest)) => format!("{words}`--at \"{value}\"`{rest}"),
        None => format!("{words}`--at {piece}"),
    })
}

/// Exit code of a plan or a run: what needs a person comes first, then what is wrong, then what passes by itself. Where
/// targets were asked for by name, it tells of these alone.
pub(super) fn exit(rows: &[Row], content: &Content, only: &[Only]) -> u8 {
    let asked = |post: &PostId, account: &str| only.is_empty() || only.iter().any(|only| only.names(post, account));
    let needs = |kind| rows.iter().any(|row| row.attention == Some(kind) && asked(&row.post, &row.account));
    let wrong = if only.is_empty() {
        content.problems.iter().any(Problem::is_error)
    } else {
        let mut named = content.offers.iter().filter(|offer| asked(&offer.post, &offer.target.account));
        named.any(|offer| offer.post_is_wrong || offer.problems.iter().any(Problem::is_error))
    };
    let kind = if needs(Kind::Bug) {
        Kind::Bug
    } else if needs(Kind::Person) {
        Kind::Person
    } else if wrong || needs(Kind::Content) {
        Kind::Content
    } else if needs(Kind::Later) {
        Kind::Later
    } else if needs(Kind::Claimed) {
        Kind::Claimed
    } else {
        return 0;
    };
    kind.exit_code()
}

/// The vault, with the keys this person or machine has.
pub(super) fn vault(context: &Context, accounts: &Accounts) -> Result<Vault, Failure> {
    let recipients = recipients(accounts)?;
    Ok(Vault { identities: identities(context, &recipients)?, recipients })
}

/// Everybody who shall open the tokens.
pub(super) fn recipients(accounts: &Accounts) -> Result<Recipients, Failure> {
    Recipients::parse(accounts.recipients.iter().map(|recipient| recipient.value.as_str()))
}

/// The secret keys of this person or machine.
pub(super) fn identities(context: &Context, recipients: &Recipients) -> Result<Identities, Failure> {
    let identities = Identities::load(&sources(), recipients)?;
    identities.warnings.iter().for_each(|warning| context.say(&format!("warning: {warning}")));
    Ok(identities)
}

/// Where secret keys may be.
pub(super) fn sources() -> Sources<'static> {
    let path = |name: &str| env::read(name).map(PathBuf::from);
    let home = std::env::home_dir();
    Sources {
        text: env::read(env::IDENTITY).map(Secret::new),
        file: path(env::IDENTITY_FILE),
        config_dir: identity::config_dir(path("XDG_CONFIG_HOME"), home.clone(), path("APPDATA")),
        home,
        ask: None,
    }
}

//! `pressroom apps`: our OAuth clients with the platforms. Ids stand in accounts.toml, secrets lie encrypted beside the
//! tokens.

use std::io::Read as _;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Context;
use super::open;
use crate::account::Accounts;
use crate::env;
use crate::error::{Failure, Kind};
use crate::limits::Platform;
use crate::login::App;
use crate::platform;
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::Journal;
use crate::round::Known;
use crate::run::write;
use crate::vault::{self, AppSecret, Secret, Vault};

/// Shows our OAuth clients with the platforms, and keeps their secrets.
#[derive(Debug, Args)]
pub struct Apps {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Reads the app's client secret from stdin and stores it, encrypted, on the state branch.
    Set {
        /// `x`, `linkedin`, ...
        #[arg(value_parser = super::count::platform)]
        platform: Platform,
    },
    /// Removes a stored secret.
    Remove {
        #[arg(value_parser = super::count::platform)]
        platform: Platform,
    },
}

impl Apps {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let disk = open::disk(context)?;
        let accounts = &disk.content.accounts;
        open::runtime()?.block_on(async {
            let journal = Journal::open(&disk.repo, disk.repo.remote()?, &accounts.publish.state_branch).await?;
            match self.command {
                None => list(context, accounts, &Known::read(journal.branch()?)?),
                Some(Command::Set { platform }) => set(context, accounts, platform, &journal).await,
                Some(Command::Remove { platform }) => remove(context, platform, &journal).await,
            }
        })
    }
}

/// The platforms that are logged in to by an app of ours.
fn with_logins() -> impl Iterator<Item = Platform> {
    Platform::ALL.into_iter().filter(|platform| platform::adapter(*platform).is_some())
}

fn list(context: &Context, accounts: &Accounts, known: &Known) -> Result<u8, Failure> {
    let mut rows = Vec::new();
    for platform in with_logins() {
        let stored = known.branch.read(&vault::app_path(platform))?.is_some();
        let secret = match env::read(&env::client_secret(platform.name())) {
            Some(_) => "environment",
            None if stored => "vault",
            None => "none",
        };
        rows.push((platform, id(accounts, platform), secret));
    }
    if context.json() {
        let apps: Vec<_> = rows
            .iter()
            .map(|(platform, id, secret)| json!({ "platform": platform, "client_id": id, "secret": secret }))
            .collect();
        context.print_json(json!({ "apps": apps }))?;
        return Ok(0);
    }
    let mut out = String::new();
    for (platform, id, secret) in rows {
        let id = id.unwrap_or_else(|| "no client id".to_owned());
        let secret = match secret {
            "environment" => "its secret is in the environment",
            "vault" => "its secret is stored",
            _ => "no secret",
        };
        out.push_str(&format!("{:10} {id}, {secret}\n", platform.name()));
    }
    context.print(&out)?;
    Ok(0)
}

fn id(accounts: &Accounts, platform: Platform) -> Option<String> {
    env::read(&env::client_id(platform.name())).or_else(|| Some(accounts.apps.get(&platform)?.client_id.clone()))
}

/// Our app with a platform, of the environment, accounts.toml and the vault.
///
/// # Errors
/// When there is none, or its secret cannot be opened.
pub(super) fn app(context: &Context, accounts: &Accounts, known: &Known, platform: Platform) -> Result<App, Failure> {
    app_with(accounts, known, platform, |path, sealed| open::vault(context, accounts)?.open(path, sealed))
}

/// The same, with a vault that is open already.
pub(super) fn app_in(vault: &Vault, accounts: &Accounts, known: &Known, platform: Platform) -> Result<App, Failure> {
    app_with(accounts, known, platform, |path, sealed| vault.open(path, sealed))
}

fn app_with(
    accounts: &Accounts,
    known: &Known,
    platform: Platform,
    open: impl Fn(&str, &[u8]) -> Result<AppSecret, Failure>,
) -> Result<App, Failure> {
    let id = id(accounts, platform).ok_or_else(|| {
        let (name, label) = (platform.name(), platform.label());
        Failure::new(Kind::Person, format!("there is no app of yours with {label}"))
            .hint(format!("register one at {label}, write `[apps.{name}]` with its `client_id` into accounts.toml, and run `pressroom apps set {name}`"))
            .hint(format!("or get a token elsewhere: `pressroom connect ACCOUNT --token-stdin`; docs/platforms/{name}.md says how"))
    })?;
    if let Some(secret) = env::read(&env::client_secret(platform.name())) {
        return Ok(App { id, secret: Some(Secret::new(secret.trim())) });
    }
    let path = vault::app_path(platform);
    let secret = match known.branch.read(&path)? {
        Some(sealed) => Some(open(&path, &sealed)?.client_secret),
        None => None,
    };
    Ok(App { id, secret })
}

async fn set(context: &Context, accounts: &Accounts, platform: Platform, journal: &Journal) -> Result<u8, Failure> {
    if platform::adapter(platform).is_none() {
        let message = format!("{} is not published to by this version of pressroom", platform.label());
        return Err(Failure::new(Kind::Usage, message));
    }
    let recipients = open::recipients(accounts)?;
    context.say(&format!("The client secret of your app with {}, then Enter and Ctrl-D:", platform.label()));
    let mut text = String::new();
    let read = std::io::stdin().take(SECRET_MAX).read_to_string(&mut text);
    read.map_err(|error| Failure::new(Kind::Usage, "the secret could not be read from stdin").cause(error))?;
    let text = text.trim();
    if text.len() < vault::SHORTEST || text.contains(char::is_whitespace) {
        return Err(Failure::new(Kind::Usage, "this is no client secret: it is too short, or has spaces in it")
            .hint("nothing was stored"));
    }
    let sealed = recipients.seal(&AppSecret { platform, client_secret: Secret::new(text) })?;
    let marker = recipients.marker().into_bytes();
    let change = move |_: &Branch| {
        Ok(vec![
            Edit::Write { path: vault::app_path(platform), bytes: sealed.clone() },
            Edit::Write { path: vault::MARKER_PATH.to_owned(), bytes: marker.clone() },
        ])
    };
    write::settled(journal.commit(Box::new(change)).await)?;
    context.say(&format!("the secret of the app with {} is stored", platform.label()));
    if id(accounts, platform).is_none() {
        let name = platform.name();
        context.say(&format!("its id is still missing: write `[apps.{name}]` with `client_id` into accounts.toml"));
    }
    Ok(0)
}

/// No app's secret is longer.
const SECRET_MAX: u64 = 4096;

async fn remove(context: &Context, platform: Platform, journal: &Journal) -> Result<u8, Failure> {
    let path = vault::app_path(platform);
    if journal.branch()?.read(&path)?.is_none() {
        return Err(Failure::new(Kind::Usage, format!("no secret of an app with {} is stored", platform.label())));
    }
    let change = move |_: &Branch| Ok(vec![Edit::Remove { path: path.clone() }]);
    write::settled(journal.commit(Box::new(change)).await)?;
    context.say(&format!("the secret of the app with {} is removed", platform.label()));
    context
        .say("older commits of the state branch still hold it, encrypted: reset it at the platform if it may be known");
    Ok(0)
}

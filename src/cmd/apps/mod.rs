//! `pressroom apps`: our OAuth clients with the platforms. Ids stand in accounts.toml, secrets lie encrypted beside the
//! tokens.

use clap::{Args, Subcommand};
use serde_json::json;

use super::Context;
use super::open;
use crate::account::Accounts;
use crate::env;
use crate::error::{Failure, Kind};
use crate::limits::Platform;
use crate::login::App;
use crate::platform::{self, By};
use crate::repo::journal::Journal;
use crate::round::Known;
use crate::vault::{self, AppSecret, ConsumerKeys, Secret, Vault};

pub(super) mod server;
mod set;

/// Shows our OAuth clients with the platforms, and keeps their secrets.
#[derive(Debug, Args)]
pub struct Apps {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Stores the app's client secret, encrypted, on the state branch.
    ///
    /// At a terminal it asks for the secret, and for the app's id where accounts.toml has none yet. Else it reads the secret from
    /// stdin; with --consumer the key on the first line, its secret on the second.
    Set {
        #[command(flatten)]
        which: Which,
    },
    /// Removes a stored secret.
    Remove {
        #[command(flatten)]
        which: Which,
        /// The app that `connect` registered with this server, instead.
        #[arg(long, value_name = "HOST", conflicts_with = "consumer")]
        server: Option<String>,
    },
}

/// Which of an app's secrets.
#[derive(Clone, Copy, Debug, Args)]
struct Which {
    /// `x`, `linkedin`, ...
    #[arg(value_parser = super::count::platform)]
    platform: Platform,
    /// The consumer key and its secret (X calls them API key and secret too) instead of the client secret: for
    /// `connect --way x-pin`.
    #[arg(long)]
    consumer: bool,
}

impl Which {
    fn path(self) -> String {
        if self.consumer { vault::consumer_path(self.platform) } else { vault::app_path(self.platform) }
    }

    fn words(self) -> &'static str {
        if self.consumer { "consumer key" } else { "secret" }
    }
}

impl Apps {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let disk = open::disk(context)?;
        let accounts = &disk.content.accounts;
        open::runtime()?.block_on(async {
            let journal = Journal::open(&disk.repo, disk.repo.remote()?, &accounts.publish.state_branch).await?;
            match self.command {
                None => list(context, accounts, &Known::read(journal.branch()?)?),
                Some(Command::Set { which }) => set::set(context, &disk, which, &journal).await,
                Some(Command::Remove { which, server }) => {
                    let path = match &server {
                        Some(server) => vault::server_apps_path(which.platform, server),
                        None => which.path(),
                    };
                    set::remove(context, which, (path, server), &journal).await
                }
            }
        })
    }
}

/// The platforms that are logged in to by an app of ours that a person registers.
fn with_logins() -> impl Iterator<Item = Platform> {
    Platform::ALL.into_iter().filter(|platform| stands_for(*platform) == Some(By::App))
}

/// What stands for us at the usual login of a platform; `None` where this version does not publish.
fn stands_for(platform: Platform) -> Option<By> {
    platform::adapter(platform)?.grants().first().map(|way| way.by)
}

/// An app as it is listed.
struct Line {
    platform: Platform,
    id: Option<String>,
    secret: &'static str,
    /// `None` for platforms without OAuth 1.0a.
    consumer: Option<&'static str>,
}

fn list(context: &Context, accounts: &Accounts, known: &Known) -> Result<u8, Failure> {
    let place = |variable: &str, path: &str| -> Result<&'static str, Failure> {
        Ok(match env::read(variable) {
            Some(_) => "environment",
            None if known.branch.read(path)?.is_some() => "vault",
            None => "none",
        })
    };
    let mut lines = Vec::new();
    for platform in with_logins() {
        let secret = place(&env::client_secret(platform.name()), &vault::app_path(platform))?;
        let consumer = match has_consumer(platform) {
            true => Some(place(env::X_CONSUMER_KEY, &vault::consumer_path(platform))?),
            false => None,
        };
        lines.push(Line { platform, id: id(accounts, platform), secret, consumer });
    }
    let paths = known.branch.list(vault::FOLDER)?;
    let servers: Vec<_> = paths.iter().filter_map(|path| vault::server_of(path)).collect();
    if context.json() {
        let of = |line: &Line| {
            let Line { platform, id, secret, consumer } = line;
            json!({ "platform": platform, "client_id": id, "secret": secret, "consumer": consumer })
        };
        let at = |(platform, server): &(Platform, &str)| json!({ "platform": platform, "server": server });
        let servers: Vec<_> = servers.iter().map(at).collect();
        context.print_json(json!({ "apps": lines.iter().map(of).collect::<Vec<_>>(), "servers": servers }))?;
        return Ok(0);
    }
    let mut out = String::new();
    for Line { platform, id, secret, consumer } in lines {
        let id = id.unwrap_or_else(|| "no client id".to_owned());
        let secret = match secret {
            "environment" => "its secret is in the environment",
            "vault" => "its secret is stored",
            _ => "no secret",
        };
        let consumer = match consumer {
            Some("environment") => "; its consumer key is in the environment",
            Some("vault") => "; its consumer key is stored",
            _ => "",
        };
        out.push_str(&format!("{:10} {id}, {secret}{consumer}\n", platform.name()));
    }
    for (platform, server) in servers {
        out.push_str(&format!("{:10} {server}, registered there by `pressroom connect`\n", platform.name()));
    }
    context.print(&out)?;
    Ok(0)
}

fn id(accounts: &Accounts, platform: Platform) -> Option<String> {
    env::read(&env::client_id(platform.name())).or_else(|| Some(accounts.apps.get(&platform)?.client_id.clone()))
}

/// Whether apps with that platform have a consumer key.
fn has_consumer(platform: Platform) -> bool {
    platform::adapter(platform).is_some_and(|adapter| adapter.pin().is_some())
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

/// Our app's consumer key for OAuth 1.0a and its secret, of the environment or the vault.
///
/// # Errors
/// When there is none, or it cannot be opened.
pub(super) fn consumer(
    context: &Context,
    accounts: &Accounts,
    known: &Known,
    platform: Platform,
) -> Result<ConsumerKeys, Failure> {
    let [key, secret] = [env::X_CONSUMER_KEY, env::X_CONSUMER_SECRET].map(env::read);
    match (key, secret) {
        (Some(key), Some(secret)) => {
            return Ok(ConsumerKeys { platform, key: Secret::new(key.trim()), secret: Secret::new(secret.trim()) });
        }
        (None, None) => {}
        (key, _) => {
            let (set, other) = (env::X_CONSUMER_KEY, env::X_CONSUMER_SECRET);
            let (set, other) = if key.is_some() { (set, other) } else { (other, set) };
            return Err(Failure::new(Kind::Usage, format!("{set} is set, and {other} is not"))
                .hint("set both; or neither, and `pressroom apps set x --consumer`"));
        }
    }
    let path = vault::consumer_path(platform);
    match known.branch.read(&path)? {
        Some(sealed) => open::vault(context, accounts)?.open(&path, &sealed),
        None => {
            let (name, label) = (platform.name(), platform.label());
            Err(Failure::new(Kind::Person, format!("there is no consumer key of an app of yours with {label}"))
                .hint(format!("`pressroom apps set {name} --consumer` asks for it and its secret (API key and secret), and keeps them, encrypted"))
                .hint(format!("or set {} and {}", env::X_CONSUMER_KEY, env::X_CONSUMER_SECRET)))
        }
    }
}

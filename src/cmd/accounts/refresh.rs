//! `pressroom accounts refresh`.

use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use crate::chance;
use crate::cmd::Context;
use crate::cmd::connect::named;
use crate::cmd::open;
use crate::cmd::report::printable;
use crate::cmd::servers;
use crate::cmd::tokens::{self, Lasts, Tokens};
use crate::error::{Failure, Kind};
use crate::http::Http;
use crate::plan::when::how_long;
use crate::platform;
use crate::repo::journal::Journal;
use crate::round::Known;
use crate::vault::{self, Document, Vault};

/// Refreshes tokens now, also those that do not end soon, and asks servers anew what they allow.
///
/// A run does so by itself where a token ends soon. Without names: all accounts whose token can be refreshed. What a server
/// allows (Mastodon) is written to `.pressroom/servers/`, for you to commit.
#[derive(Debug, Args)]
pub(super) struct Refresh {
    /// Names of accounts.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

/// What became of one account.
struct Done {
    name: String,
    who: String,
    refreshed: bool,
    expires: Option<DateTime<Utc>>,
    failure: Option<Failure>,
}

impl Refresh {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        open::runtime()?.block_on(self.refresh(context))
    }

    async fn refresh(self, context: &Context) -> Result<u8, Failure> {
        let disk = open::disk(context)?;
        let accounts = &disk.content.accounts;
        for name in &self.names {
            named(name, accounts)?;
        }
        disk.repo.must_be_writable()?;
        let journal = Journal::open(&disk.repo, disk.repo.remote()?, &accounts.publish.state_branch).await?;
        let known = Known::read(journal.branch()?)?;
        known.branch.check_writable()?;
        let vault = open::vault(context, accounts)?;
        let http = open::http(context)?;
        let run = chance::name_at(context.clock.now()).to_string();
        let tokens =
            Tokens { context, repo: &disk.repo, journal: &journal, known: &known, accounts, run: &run, http: &http };
        let all = self.names.is_empty();
        let names = if all { accounts.accounts.keys().cloned().collect() } else { self.names };
        let mut done = Vec::new();
        let mut hosts: Vec<String> = Vec::new();
        for name in names {
            learn(context, &disk, &http, &name, &mut hosts).await?;
            if all && !known.connected.contains(&name) {
                continue;
            }
            match one(&vault, &tokens, &name, all).await {
                Ok(Some(what)) => done.push(what),
                Ok(None) => {}
                Err(failure) => {
                    let who = String::new();
                    done.push(Done { name, who, refreshed: false, expires: None, failure: Some(failure) });
                }
            }
        }
        show(context, &done)
    }
}

/// Asks the account's server what it allows, once a server.
async fn learn(
    context: &Context,
    disk: &open::Disk,
    http: &Http,
    name: &str,
    hosts: &mut Vec<String>,
) -> Result<(), Failure> {
    let Some(account) = disk.content.accounts.accounts.get(name) else { return Ok(()) };
    let (Some(adapter), Some(host)) = (platform::adapter(account.platform), account.own_server()) else {
        return Ok(());
    };
    if !hosts.iter().any(|known| known == host) {
        hosts.push(host.to_owned());
        servers::learn(context, &disk.repo, http, adapter, account).await?;
    }
    Ok(())
}

/// Refreshes one; `None` for one of all that does not need it or cannot have it.
async fn one(vault: &Vault, tokens: &Tokens<'_>, name: &str, all: bool) -> Result<Option<Done>, Failure> {
    let Tokens { context, known, accounts, http, .. } = *tokens;
    if !known.connected.contains(name) {
        return Err(Failure::new(Kind::Person, format!("{name} is not connected: `pressroom connect {name}`")));
    }
    let path = vault::account_path(name);
    let before = vault.open::<Document>(&path, &known.branch.read(&path)?.unwrap_or_default())?;
    let now = context.clock.now();
    match tokens::outlook(vault, http, accounts, known, &before, now) {
        Lasts::Refreshed { .. } => {}
        _ if all => return Ok(None),
        Lasts::On => return Ok(Some(untouched(&before))),
        Lasts::Until(end) => return Err(cannot(name, end, now)),
    }
    let after = tokens.token(vault, name, true).await?;
    Ok(Some(Done { refreshed: after.seq > before.seq, ..untouched(&after) }))
}

fn untouched(document: &Document) -> Done {
    Done {
        name: document.account.clone(),
        who: document.identity.name.clone(),
        refreshed: false,
        expires: document.credential.expires_at(),
        failure: None,
    }
}

fn cannot(name: &str, end: DateTime<Utc>, now: DateTime<Utc>) -> Failure {
    let when = if end > now { format!("ends in {}", how_long(end - now)) } else { "has ended".to_owned() };
    Failure::new(
        Kind::Person,
        format!("the token of {name} {when}, and cannot be refreshed: `pressroom connect {name}`"),
    )
    .hint("a refresh needs a refresh token, and the id and secret of the app that asked for it: `pressroom apps`")
}

fn show(context: &Context, done: &[Done]) -> Result<u8, Failure> {
    if context.json() {
        context.print_json(json!({ "accounts": done.iter().map(document).collect::<Vec<_>>() }))?;
    }
    let now = context.clock.now();
    let mut out = String::new();
    for done in done {
        let Done { name, who, refreshed, expires, failure } = done;
        if let Some(failure) = failure {
            context.complain(&format!("error: {}", printable(&failure.message)));
            failure.causes.iter().for_each(|cause| context.complain(&format!("  because: {}", printable(cause))));
            failure.hints.iter().for_each(|hint| context.complain(&format!("hint: {}", printable(hint))));
            continue;
        }
        let left = expires.map(|end| how_long(end - now));
        out.push_str(&match (refreshed, left) {
            (true, Some(left)) => format!("{name}  {}  refreshed; ends in {left}\n", printable(who)),
            (true, None) => format!("{name}  {}  refreshed\n", printable(who)),
            (false, Some(left)) => {
                format!("{name}  {}  is too young to be refreshed; ends in {left}\n", printable(who))
            }
            (false, None) => format!("{name}  {}  does not end\n", printable(who)),
        });
    }
    if done.is_empty() {
        out.push_str("No account has a token that can be refreshed.\n");
    }
    if !context.json() {
        context.print(&out)?;
    }
    // What needs a person comes first.
    Ok(done.iter().filter_map(|done| Some(done.failure.as_ref()?.kind)).min().map_or(0, Kind::exit_code))
}

fn document(done: &Done) -> Value {
    json!({
        "name": done.name,
        "refreshed": done.refreshed,
        "expires": done.expires,
        "error": done.failure.as_ref().map(|failure| &failure.message),
    })
}

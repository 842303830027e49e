//! `pressroom accounts`: the list, and what can be done to all of them.

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use textwrap::core::display_width;

use super::report::printable;
use super::tokens::{self, Lasts};
use super::{Context, open};
use crate::account::Account;
use crate::account::Accounts as Written;
use crate::error::Failure;
use crate::http::Http;
use crate::ledger::{Stand, State, Word};
use crate::plan::when::how_long;
use crate::round::Known;
use crate::step::Via;
use crate::vault::{self, Document, Vault};

mod discover;
mod refresh;

/// Lists the accounts: who they are, what their tokens may do, and when those end.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Accounts {
    #[command(subcommand)]
    command: Option<Command>,
    /// Do not ask the remote; use the state branch as last seen here.
    #[arg(long)]
    offline: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Refresh(refresh::Refresh),
    Discover(discover::Discover),
}

/// One account as listed.
struct Line {
    name: String,
    platform: &'static str,
    document: Option<Document>,
    state: &'static str,
    note: Option<String>,
    lasts: Option<Lasts>,
    /// When a run last did something with it, as the ledger knows.
    last_used: Option<DateTime<Utc>>,
}

/// What the list is made of.
struct Opened<'a> {
    context: &'a Context,
    accounts: &'a Written,
    known: &'a Known,
    vault: Result<&'a Vault, &'a Failure>,
    http: &'a Http,
}

impl Accounts {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        match self.command {
            Some(Command::Refresh(refresh)) => refresh.run(context),
            Some(Command::Discover(discover)) => discover.run(context),
            None => list(context, self.offline),
        }
    }
}

fn list(context: &Context, offline: bool) -> Result<u8, Failure> {
    let disk = open::disk(context)?;
    let accounts = &disk.content.accounts;
    let known = open::runtime()?.block_on(open::known(context, &disk.repo, accounts, offline))?;
    let vault = open::vault(context, accounts);
    let http = open::http(context)?;
    let opened = Opened { context, accounts, known: &known, vault: vault.as_ref(), http: &http };
    let lines: Vec<Line> = accounts.accounts.values().map(|account| line(&opened, account)).collect();
    if context.json() {
        context.print_json(json!({ "accounts": lines.iter().map(document).collect::<Vec<_>>() }))?;
    } else {
        context.print(&table(&lines, context.global.verbose > 0))?;
        if let (Err(failure), false) = (&vault, known.connected.is_empty()) {
            context.say(&format!("note: {}", failure.message));
            failure.hints.iter().for_each(|hint| context.say(&format!("hint: {hint}")));
        }
    }
    Ok(0)
}

fn line(opened: &Opened<'_>, account: &Account) -> Line {
    let Opened { context, known, vault, .. } = *opened;
    let mut line = Line {
        name: account.name.clone(),
        platform: account.platform.name(),
        document: None,
        state: "not connected",
        note: None,
        lasts: None,
        last_used: last_used(&known.state, &account.name),
    };
    if !known.connected.contains(&account.name) {
        line.note = Some(format!("`pressroom connect {}`", account.name));
        return line;
    }
    let path = vault::account_path(&account.name);
    let Ok(vault) = vault else {
        // Why is told once, below the list.
        line.state = "locked";
        return line;
    };
    let found = known.branch.read(&path).map_err(|failure| failure.message).and_then(|sealed| {
        let sealed = sealed.unwrap_or_default();
        vault.open::<Document>(&path, &sealed).map_err(|failure| failure.message)
    });
    match found {
        Ok(document) => {
            let now = context.clock.now();
            let lasts = tokens::outlook(vault, opened.http, opened.accounts, known, &document, now);
            let elsewhere = tokens::belongs(&document, account).err();
            line.state = match lasts.end() {
                _ if elsewhere.is_some() => "elsewhere",
                Some(end) if end <= now => "ended",
                _ if account.paused => "paused",
                _ => "connected",
            };
            line.note = match lasts {
                Lasts::On => None,
                Lasts::Refreshed { until: None } => Some("refreshed by itself".to_owned()),
                Lasts::Refreshed { until: Some(end) } => {
                    Some(format!("refreshed by itself; the login ends in {}", how_long(end - now)))
                }
                Lasts::Until(end) if end <= now => {
                    Some(format!("the token has ended: `pressroom connect {}`", account.name))
                }
                Lasts::Until(end) => Some(format!("ends in {}", how_long(end - now))),
            };
            let used = line.last_used.map(|at| format!("last used {} ago", how_long(now - at)));
            let elsewhere = elsewhere.map(|failure| failure.message);
            let note: Vec<String> = elsewhere.or(line.note.take()).into_iter().chain(used).collect();
            line.note = (!note.is_empty()).then(|| note.join("; "));
            line.lasts = Some(lasts);
            line.document = Some(document);
        }
        Err(why) => {
            line.state = "locked";
            line.note = Some(why);
        }
    }
    line
}

/// The newest of what was shown by us, refused, and is being worked on.
fn last_used(state: &State, account: &str) -> Option<DateTime<Utc>> {
    let stands = state.targets().filter(|(_, target, _)| target.account() == account).map(|(_, _, stand)| stand);
    let of = |stand: &Stand| {
        // What a person has recorded was published elsewhere.
        let shown = stand.receipts().into_iter().filter(|receipt| receipt.via != Via::Human).map(|receipt| receipt.at);
        let refused = if let Word::Failed { at, .. } = &stand.word { Some(*at) } else { None };
        shown.chain(refused).chain(stand.claim.as_ref().map(|claim| claim.at)).max()
    };
    stands.filter_map(of).max()
}

fn document(line: &Line) -> Value {
    let document = line.document.as_ref();
    json!({
        "name": line.name,
        "platform": line.platform,
        "identity": document.map(|document| &document.identity),
        "scopes": document.map(|document| &document.scopes),
        "expires": document.and_then(|document| document.credential.expires_at()),
        "refresh_expires": document.and_then(|document| document.credential.refresh_expires_at()),
        "refreshed": line.lasts.map(|lasts| matches!(lasts, Lasts::Refreshed { .. })),
        "last_used": line.last_used,
        "state": line.state,
    })
}

/// A line an account; with `scopes`, one more that tells what its token may do.
fn table(lines: &[Line], scopes: bool) -> String {
    let name = lines.iter().map(|line| line.name.len()).max().unwrap_or(0);
    let identity = |line: &Line| line.document.as_ref().map_or(String::new(), |known| printable(&known.identity.name));
    let who = lines.iter().map(|line| display_width(&identity(line))).max().unwrap_or(0);
    let gap = if who == 0 { "" } else { "  " };
    let mut out = String::new();
    for line in lines {
        let identity = identity(line);
        let blank = " ".repeat(who - display_width(&identity));
        let note = line.note.as_deref().unwrap_or("");
        let row =
            format!("{:<name$}  {:<9}  {:<13}{gap}{identity}{blank}  {note}", line.name, line.platform, line.state);
        out.push_str(row.trim_end());
        out.push('\n');
        if let Some(document) = line.document.as_ref().filter(|_| scopes) {
            let may =
                if document.scopes.is_empty() { "not told".to_owned() } else { printable(&document.scopes.join(" ")) };
            out.push_str(&format!("{:<name$}  scopes: {may}\n", ""));
        }
    }
    if lines.is_empty() {
        out.push_str("accounts.toml has no accounts.\n");
    }
    out
}

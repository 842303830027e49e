//! `pressroom accounts`.

use clap::Args;
use serde_json::{Value, json};
use textwrap::core::display_width;

use super::open::Known;
use super::report::printable;
use super::{Context, open};
use crate::account::Account;
use crate::error::Failure;
use crate::plan::when::how_long;
use crate::vault::{self, Document, Vault};

/// Lists the accounts: who they are, what their tokens may do, and when those end.
#[derive(Debug, Args)]
pub struct Accounts {
    /// Do not ask the remote; use the state branch as last seen here.
    #[arg(long)]
    offline: bool,
}

/// One account as listed.
struct Line {
    name: String,
    platform: &'static str,
    document: Option<Document>,
    state: &'static str,
    note: Option<String>,
}

impl Accounts {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let disk = open::disk(context)?;
        let accounts = &disk.content.accounts;
        let known = open::runtime()?.block_on(open::known(context, &disk.repo, accounts, self.offline))?;
        let vault = open::vault(context, accounts);
        let lines: Vec<Line> =
            accounts.accounts.values().map(|account| line(context, account, &known, vault.as_ref())).collect();
        if context.json() {
            context.print_json(json!({ "accounts": lines.iter().map(document).collect::<Vec<_>>() }))?;
        } else {
            context.print(&table(&lines))?;
            if let (Err(failure), false) = (&vault, known.connected.is_empty()) {
                context.say(&format!("note: {}", failure.message));
                failure.hints.iter().for_each(|hint| context.say(&format!("hint: {hint}")));
            }
        }
        Ok(0)
    }
}

fn line(context: &Context, account: &Account, known: &Known, vault: Result<&Vault, &Failure>) -> Line {
    let mut line = Line {
        name: account.name.clone(),
        platform: account.platform.name(),
        document: None,
        state: "not connected",
        note: None,
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
    let opened = known.branch.read(&path).map_err(|failure| failure.message).and_then(|sealed| {
        let sealed = sealed.unwrap_or_default();
        vault.open::<Document>(&path, &sealed).map_err(|failure| failure.message)
    });
    match opened {
        Ok(document) => {
            let left = document.credential.expires_at().map(|end| end - context.clock.now());
            line.state = match left {
                Some(left) if left <= chrono::TimeDelta::zero() => "ended",
                _ if account.paused => "paused",
                _ => "connected",
            };
            line.note = left.map(|left| match line.state {
                "ended" => format!("the token has ended: `pressroom connect {}`", account.name),
                _ => format!("ends in {}", how_long(left)),
            });
            line.document = Some(document);
        }
        Err(why) => {
            line.state = "locked";
            line.note = Some(why);
        }
    }
    line
}

fn document(line: &Line) -> Value {
    let document = line.document.as_ref();
    json!({
        "name": line.name,
        "platform": line.platform,
        "identity": document.map(|document| &document.identity),
        "scopes": document.map(|document| &document.scopes),
        "expires": document.and_then(|document| document.credential.expires_at()),
        "state": line.state,
    })
}

fn table(lines: &[Line]) -> String {
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
    }
    if lines.is_empty() {
        out.push_str("accounts.toml has no accounts.\n");
    }
    out
}

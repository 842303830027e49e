//! `pressroom accounts discover`.

use std::collections::BTreeSet;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use crate::account::{Account, Accounts};
use crate::chance;
use crate::cmd::connect::{TOKEN_MAX, named, refused, way, who};
use crate::cmd::open;
use crate::cmd::report::printable;
use crate::cmd::tokens::{self, Tokens};
use crate::cmd::{Context, ask};
use crate::error::{Failure, Kind};
use crate::http::{Files, Http, NoFiles, Outcome};
use crate::platform::{self, Adapter, Reach};
use crate::repo::journal::Journal;
use crate::round::Known;
use crate::vault::{self, Grant};

/// Lists the Pages, organisations or accounts that an account's login reaches, as lines for accounts.toml.
#[derive(Debug, Args)]
pub(super) struct Discover {
    /// The account's name in accounts.toml.
    #[arg(value_name = "NAME")]
    account: String,
    /// Read another token of that platform from stdin, and store nothing: a person's, where the account has its Page's own.
    #[arg(long)]
    token_stdin: bool,
}

/// One line of the list.
struct Found {
    reach: Reach,
    /// The account of accounts.toml that it is already.
    known: Option<String>,
    /// What it could be called.
    name: String,
}

impl Discover {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        open::runtime()?.block_on(self.discover(context))
    }

    async fn discover(self, context: &Context) -> Result<u8, Failure> {
        let disk = open::disk(context)?;
        let accounts = &disk.content.accounts;
        let account = named(&self.account, accounts)?;
        let label = account.platform.label();
        let adapter = platform::adapter(account.platform).ok_or_else(|| {
            Failure::new(Kind::Usage, format!("{label} is not published to by this version of pressroom"))
        })?;
        let http = open::http(context)?;
        let (server, way, grant) = if self.token_stdin {
            let text = ask::secret(context, &format!("A token of {label}, then Enter"), TOKEN_MAX)?;
            let grant = vault::parse_token(account.platform, &text, context.clock.now())?;
            (account.server.clone(), way(adapter, account, &grant), grant)
        } else {
            let journal = Journal::open(&disk.repo, disk.repo.remote()?, &accounts.publish.state_branch).await?;
            let known = Known::read(journal.branch()?)?;
            if !known.connected.contains(&account.name) {
                let name = &account.name;
                return Err(Failure::new(Kind::Person, format!("{name} is not connected: `pressroom connect {name}`"))
                    .hint(format!(
                        "or give a token that is not stored: `pressroom accounts discover {name} --token-stdin`"
                    )));
            }
            let vault = open::vault(context, accounts)?;
            let (repo, run) = (&disk.repo, chance::name_at(context.clock.now()).to_string());
            let tokens = Tokens { context, repo, journal: &journal, known: &known, accounts, run: &run, http: &http };
            let document = tokens.token(&vault, &account.name, false).await?;
            let way = tokens::way(&document).unwrap_or(&adapter.grants()[0]);
            (document.identity.server, way, Grant { credential: document.credential, scopes: document.scopes })
        };
        let reached = reached(&http, adapter, account, &server, way, &grant).await?;
        show(context, account, &named_all(accounts, account, reached))
    }
}

/// Whom the login reaches; where the platform knows nobody else, its owner alone.
async fn reached(
    http: &Http,
    adapter: &dyn Adapter,
    account: &Account,
    server: &str,
    way: &'static platform::Grant,
    grant: &Grant,
) -> Result<Vec<Reach>, Failure> {
    let label = account.platform.label();
    let Some(call) = adapter.reach(way) else {
        let owner = Account { acts_as: None, ..account.clone() };
        let identity = who(http, adapter, &owner, server, way, grant).await?;
        return Ok(vec![Reach { acts_as: None, name: identity.name, but: None }]);
    };
    let none: Arc<dyn Files> = Arc::new(NoFiles);
    match http.send(&call, &adapter.homes(server), Some(&grant.credential), &none, &|_| ()).await? {
        Outcome::Answered(reply) => {
            let mut reached = adapter.read_reach(&reply).map_err(|refusal| {
                let failure = refused(account, refusal);
                Failure { message: format!("{label} does not list whom this login reaches"), ..failure }
            })?;
            if let Some(call) = adapter.reach_names(&reached)
                && let Outcome::Answered(reply) =
                    http.send(&call, &adapter.homes(server), Some(&grant.credential), &none, &|_| ()).await?
            {
                adapter.read_reach_names(&reply, &mut reached);
            }
            Ok(reached)
        }
        Outcome::NotSent(why) | Outcome::Unclear(why) => {
            Err(Failure::new(Kind::Later, format!("{label} could not be asked whom this login reaches")).cause(why))
        }
    }
}

/// Gives each a name that nobody has yet.
fn named_all(accounts: &Accounts, account: &Account, reached: Vec<Reach>) -> Vec<Found> {
    let mut taken: BTreeSet<String> = accounts.accounts.keys().chain(accounts.groups.keys()).cloned().collect();
    let platform = account.platform;
    let is = |reach: &Reach| {
        let same = |other: &&Account| other.platform == platform && other.acts_as == reach.acts_as;
        // A login without `as` is its owner's: the account asked for, and no other of that platform.
        if reach.acts_as.is_none() {
            Some(account.name.clone())
        } else {
            accounts.accounts.values().find(same).map(|other| other.name.clone())
        }
    };
    let mut found = Vec::new();
    for reach in reached {
        let known = is(&reach);
        let stem = slug(&reach.name).unwrap_or_else(|| {
            let id = reach.acts_as.as_deref().unwrap_or_default();
            format!("{platform}-{}", id.rsplit(':').next().unwrap_or(id))
        });
        let mut name = stem.clone();
        let mut number = 2;
        while known.is_none() && !taken.insert(name.clone()) {
            name = format!("{stem}-{number}");
            number += 1;
        }
        found.push(Found { reach, known, name });
    }
    found
}

/// A name as accounts.toml takes it, out of one that people use; `None` where nothing is left.
fn slug(name: &str) -> Option<String> {
    let plain =
        name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' });
    let plain: String = plain.collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let words = words.join("-");
    (!words.is_empty()).then(|| words.chars().take(40).collect())
}

fn show(context: &Context, account: &Account, found: &[Found]) -> Result<u8, Failure> {
    if context.json() {
        let of = |found: &Found| -> Value {
            json!({
                "platform": account.platform,
                "as": found.reach.acts_as,
                "name": found.reach.name,
                "account": found.known,
                "problem": found.reach.but,
            })
        };
        context.print_json(json!({ "reached": found.iter().map(of).collect::<Vec<_>>() }))?;
        return Ok(0);
    }
    let mut out = String::new();
    for Found { reach, known, name } in found {
        // A name comes from outside, and goes into a file: a comment is one line.
        let who = printable(&reach.name).replace(['\n', '\t'], " ");
        let id = reach.acts_as.as_deref().unwrap_or_default();
        let who = [who.as_str(), id].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
        if let Some(known) = known {
            out.push_str(&format!("# {who}: is `{known}` already\n"));
            continue;
        }
        let but = reach.but.as_ref().map_or_else(String::new, |but| format!("; but {}", printable(but)));
        out.push_str(&format!("# {who}{but}\n[accounts.{name}]\nplatform = \"{}\"\n", account.platform));
        if let Some(id) = &reach.acts_as {
            out.push_str(&format!("as = {}\n", Value::from(id.as_str())));
        }
    }
    if found.is_empty() {
        context.say(&format!("the login of {} reaches nobody that it could publish as", account.name));
    }
    context.print(&out)?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn names_become_names_of_accounts() {
        for (name, expected) in [
            ("Acme Tea & Cups", Some("acme-tea-cups")),
            ("acme.tea", Some("acme-tea")),
            ("Café", Some("caf")),
            ("茶", None),
            ("", None),
            ("]\n[x", Some("x")),
        ] {
            assert_eq!(slug(name).as_deref(), expected, "{name}");
        }
    }
}

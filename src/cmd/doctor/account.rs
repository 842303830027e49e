//! What `doctor` says of one account: whether its token opens, lasts, and is still taken by the platform.

use chrono::TimeDelta;

use super::{Check, State, with_causes};
use crate::account::{Account, Accounts, server};
use crate::cmd::Context;
use crate::cmd::connect::who;
use crate::cmd::servers;
use crate::cmd::tokens::{self, Lasts, Tokens};
use crate::error::{Failure, Kind};
use crate::http::Http;
use crate::plan::when::how_long;
use crate::platform::{self, Adapter};
use crate::round::Known;
use crate::vault::{self, Document, Grant, Vault};

/// How long before its end a token is told of.
const NOTICE: TimeDelta = TimeDelta::days(10);

/// What accounts are looked at with.
pub(super) struct Desk<'a> {
    pub(super) context: &'a Context,
    pub(super) known: &'a Known,
    pub(super) accounts: &'a Accounts,
    /// `None`: no token can be opened, and the line on the key says why.
    pub(super) vault: Option<&'a Vault>,
    /// `None` where the remote is out of reach: then nothing may be refreshed.
    pub(super) tokens: Option<&'a Tokens<'a>>,
    pub(super) http: &'a Http,
}

impl Desk<'_> {
    pub(super) async fn examine(&self, account: &Account) -> Check {
        let name = &account.name;
        let Some(adapter) = platform::adapter(account.platform) else {
            return Check::warning(name, format!("{} is not published to by this version", account.platform.label()));
        };
        if !self.known.connected.contains(name) {
            let check = if account.paused { Check::ok } else { Check::wrong };
            let check = check(name, if account.paused { "is paused, and not connected" } else { "is not connected" });
            return if account.paused { check } else { check.hint(format!("`pressroom connect {name}`")) };
        }
        let Some(vault) = self.vault else { return Check::warning(name, "its token cannot be opened here") };
        let document = match self.token(vault, name).await {
            Ok(document) => document,
            Err(failure) => return Check::failed(name, failure),
        };
        let Some(way) = tokens::way(&document) else { return Check::ok(name, "is connected") };
        let grant = Grant { credential: document.credential.clone(), scopes: document.scopes.clone() };
        let label = account.platform.label();
        let missing = way.missing(&document.scopes.join(" "), account.acts_as.is_some());
        if !document.scopes.is_empty() && !missing.is_empty() {
            let says = format!("its token lacks {}", missing.join(", "));
            return Check::wrong(name, says).hint(format!("`pressroom connect {name}`, and allow it"));
        }
        match who(self.http, adapter, account, &document.identity.server, way, &grant).await {
            Ok(identity) if identity.id == document.identity.id => {
                self.allowing(account, adapter, self.lasting(vault, &document)).await
            }
            Ok(identity) => {
                let (stored, answered) = (&document.identity.name, identity.name);
                Check::wrong(name, format!("was connected as {stored}, and its token answers as {answered}"))
                    .hint(format!("`pressroom disconnect {name}`, then connect it again"))
            }
            Err(failure) if failure.kind == Kind::Later => {
                Check::warning(name, with_causes(format!("{label} could not be asked"), failure.causes))
                    .hint("look again later")
            }
            Err(failure) => Check::wrong(name, with_causes(format!("{label} does not take its token"), failure.causes))
                .hint(format!("`pressroom connect {name}`")),
        }
    }

    /// The same, unless the account's server allows something else by now than the file says that checks go by.
    async fn allowing(&self, account: &Account, adapter: &dyn Adapter, well: Check) -> Check {
        if well.state != State::Ok {
            return well;
        }
        let (name, host) = (&account.name, &account.server);
        match servers::ask(self.http, adapter, account).await {
            Ok(None) => well,
            Ok(Some(said)) if std::ptr::eq(said.row(account.platform.limits()), account.limits()) => well,
            Ok(Some(_)) if account.row.is_none() => {
                let says =
                    format!("{}; what {host} allows is not written down, and checks go by what is usual", well.says);
                Check::warning(name, says)
                    .hint(format!("`pressroom accounts refresh {name}`, and commit what it writes"))
            }
            Ok(Some(_)) => {
                let says = format!("{}; {host} allows something else by now than {}", well.says, server::path(host));
                Check::warning(name, says)
                    .hint(format!("`pressroom accounts refresh {name}`, and commit what it writes"))
            }
            Err(failure) => Check::warning(name, with_causes(failure.message, failure.causes)).hint("look again later"),
        }
    }

    /// The token, refreshed where a run would refresh it.
    async fn token(&self, vault: &Vault, name: &str) -> Result<Document, Failure> {
        if let Some(tokens) = self.tokens {
            return tokens.token(vault, name, false).await;
        }
        let path = vault::account_path(name);
        vault.open::<Document>(&path, &self.known.branch.read(&path)?.unwrap_or_default())
    }

    /// A token that works: who it is, and how long it will.
    fn lasting(&self, vault: &Vault, document: &Document) -> Check {
        let now = self.context.clock.now();
        let lasts = tokens::outlook(vault, self.http, self.accounts, self.known, document, now);
        let name = &document.account;
        let who = format!("{} ({})", document.identity.name, document.identity.id);
        let left = lasts.end().map(|end| end - now);
        let says = match (lasts, left) {
            (Lasts::Refreshed { .. }, None) => format!("{who}; refreshed by itself"),
            (_, Some(left)) => format!("{who}; its login ends in {}", how_long(left)),
            (_, None) => who,
        };
        if left.is_none_or(|left| left > NOTICE) {
            return Check::ok(name, says);
        }
        Check::warning(name, says).hint(format!("`pressroom connect {name}` before"))
    }
}

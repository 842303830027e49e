//! The tokens a run needs: opened, refreshed where they end soon, and told where they cannot be used.

use std::collections::{BTreeMap, BTreeSet};

use super::open::{self, Known};
use super::{Context, apps, report};
use crate::account::Accounts;
use crate::error::{Failure, Kind};
use crate::http::Http;
use crate::login::Login;
use crate::plan::Plan;
use crate::plan::action::Row;
use crate::platform;
use crate::repo::Repo;
use crate::repo::journal::Journal;
use crate::run::renew::Renewal;
use crate::run::spell::Timings;
use crate::vault::{self, Document, Redactor, Vault};

/// What a run needs of the vault: itself, where anything is opened, the tokens by account, and what never to print.
pub(super) type Opened = (Option<Vault>, BTreeMap<String, Document>, Redactor);

/// Where tokens come from.
pub(super) struct Tokens<'a> {
    pub(super) context: &'a Context,
    pub(super) repo: &'a Repo,
    pub(super) journal: &'a Journal,
    pub(super) known: &'a Known,
    pub(super) accounts: &'a Accounts,
    pub(super) run: &'a str,
    pub(super) http: &'a Http,
    pub(super) timings: &'a Timings,
}

impl Tokens<'_> {
    /// Opens the tokens of the accounts a plan acts on; rows of an account whose token cannot be used say so and rest.
    pub(super) async fn open(&self, plan: &mut Plan) -> Result<Opened, Failure> {
        let names: BTreeSet<String> = plan.actions().map(|row| row.account.clone()).collect();
        let (mut tokens, mut redactor) = (BTreeMap::new(), Redactor::default());
        if names.is_empty() {
            return Ok((None, tokens, redactor));
        }
        let vault = open::vault(self.context, self.accounts)?;
        // Many files that cannot be opened mostly have one reason: each is told, the way out once.
        let mut hints: Vec<String> = Vec::new();
        for name in names {
            match self.token(&vault, &name, false).await {
                Ok(document) => {
                    document.secrets().for_each(|secret| redactor.add(secret));
                    tokens.insert(name, document);
                }
                Err(failure) => {
                    self.context.complain(&format!("error: {}", report::printable(&failure.message)));
                    let new = failure.hints.iter().filter(|hint| !hints.contains(hint)).cloned().collect::<Vec<_>>();
                    hints.extend(new);
                    rest(plan.rows.iter_mut().filter(|row| row.account == name), &failure);
                }
            }
        }
        hints.iter().for_each(|hint| self.context.complain(&format!("hint: {}", report::printable(hint))));
        Ok((Some(vault), tokens, redactor))
    }

    /// An account's token, refreshed if it ends soon; `forced`: in any case.
    pub(super) async fn token(&self, vault: &Vault, name: &str, forced: bool) -> Result<Document, Failure> {
        let path = vault::account_path(name);
        let bytes = self.known.branch.read(&path)?.unwrap_or_default();
        let document = vault.open::<Document>(&path, &bytes)?;
        let (platform, label) = (document.platform, document.platform.label());
        if self.accounts.accounts.get(name).is_none_or(|account| account.platform != platform) {
            return Err(Failure::new(Kind::Person, format!("the token of {name} is for {label}"))
                .hint(format!("`pressroom connect {name}`")));
        }
        let ways = platform::adapter(platform).map_or(&[][..], |adapter| adapter.grants());
        let Some(way) = ways.iter().find(|way| way.name == document.identity.grant).or(ways.first()) else {
            return Ok(document);
        };
        // Without an app of ours nothing can be refreshed: a token that was brought lasts as long as it lasts.
        let app = apps::app(self.context, self.accounts, self.known, platform).ok();
        let login = app.as_ref().map(|app| Login { http: self.http, label, way, app });
        let renewal = Renewal {
            repo: self.repo,
            journal: self.journal,
            vault,
            clock: self.context.clock,
            run: self.run,
            lease: self.timings.lease,
            by: "refresh",
            tell: &|words| self.context.complain(&format!("warning: {}", report::printable(words))),
        };
        renewal.fresh(document, login.as_ref(), forced).await
    }
}

fn rest<'a>(rows: impl Iterator<Item = &'a mut Row>, failure: &Failure) {
    for row in rows.filter(|row| row.action.is_some()) {
        row.action = None;
        row.reason = Some(failure.message.clone());
        row.attention = Some(failure.kind);
    }
}

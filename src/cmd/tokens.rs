//! The tokens a run needs: opened, refreshed where they end soon, and told where they cannot be used.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Context, apps, open, report};
use crate::account::{Account, Accounts};
use crate::content::Content;
use crate::error::{Failure, Kind};
use crate::http::Http;
use crate::login::{App, Login};
use crate::plan::{Plan, words_on_elsewhere};
use crate::platform::{self, By, Grant, Refresh};
use crate::repo::Repo;
use crate::repo::journal::Journal;
use crate::round::{Known, Opened, tokens};
use crate::run::renew::Renewal;
use crate::vault::{self, Credential, Document, Identities, Redactor, Vault};

/// Where tokens come from.
pub(super) struct Tokens<'a> {
    pub(super) context: &'a Context,
    pub(super) repo: &'a Repo,
    pub(super) journal: &'a Journal,
    pub(super) known: &'a Known,
    pub(super) accounts: &'a Accounts,
    pub(super) run: &'a str,
    pub(super) http: &'a Http,
}

impl Tokens<'_> {
    /// Opens the tokens of the accounts a plan acts on; rows of an account whose token cannot be used say so and rest.
    pub(super) async fn open(&self, plan: &mut Plan) -> Result<Opened, Failure> {
        if plan.actions().next().is_none() {
            return Ok((None, BTreeMap::new(), Redactor::default()));
        }
        let vault = Arc::new(open::vault(self.context, self.accounts)?);
        let (opened, failures) =
            tokens::opened(plan, vault.clone(), async |name| self.token(&vault, name, false).await).await;
        // Many files that cannot be opened mostly have one reason: each is told, the way out once.
        let mut hints: Vec<&String> = Vec::new();
        for failure in &failures {
            self.context.complain(&format!("error: {}", report::printable(&failure.message)));
            let new: Vec<&String> = failure.hints.iter().filter(|hint| !hints.contains(hint)).collect();
            hints.extend(new);
        }
        hints.iter().for_each(|hint| self.context.complain(&format!("hint: {}", report::printable(hint))));
        Ok(opened)
    }

    /// An account's token, refreshed if it ends soon; `forced`: in any case.
    pub(super) async fn token(&self, vault: &Vault, name: &str, forced: bool) -> Result<Document, Failure> {
        let path = vault::account_path(name);
        let bytes = self.known.branch.read(&path)?.unwrap_or_default();
        let document = vault.open::<Document>(&path, &bytes)?;
        let (platform, label) = (document.platform, document.platform.label());
        let Some(account) = self.accounts.accounts.get(name).filter(|account| account.platform == platform) else {
            return Err(Failure::new(Kind::Person, format!("the token of {name} is for {label}"))
                .hint(format!("`pressroom connect {name}`")));
        };
        belongs(&document, account)?;
        let Some(way) = way(&document) else { return Ok(document) };
        let app = app(vault, self.accounts, self.known, &document, way);
        let server = document.identity.server.clone();
        let login = app.as_ref().map(|app| Login { http: self.http, label, way, app, server: &server });
        let timings = open::timings(self.http)?;
        let renewal = Renewal {
            shelf: self.repo,
            journal: self.journal,
            vault,
            clock: self.context.clock,
            run: self.run,
            lease: timings.lease,
            grace: timings.grace,
            by: "refresh",
            tell: &|words| self.context.complain(&format!("warning: {}", report::printable(words))),
        };
        renewal.fresh(document, login.as_ref(), forced).await
    }
}

/// A token of another server than the one that accounts.toml names now is none of that account's: it would publish elsewhere
/// than the file says.
pub(super) fn belongs(document: &Document, account: &Account) -> Result<(), Failure> {
    let (name, stored, server) = (&account.name, &document.identity.server, &account.server);
    if !account.platform.limits().home.is_written() || stored == server {
        return Ok(());
    }
    Err(Failure::new(Kind::Person, words_on_elsewhere(name, stored, server)))
}

/// The way an account's token was got.
pub(super) fn way(document: &Document) -> Option<&'static Grant> {
    let ways = platform::adapter(document.platform)?.grants();
    ways.iter().find(|way| way.name == document.identity.grant).or(ways.first())
}

/// Our app, where it helps to refresh a token: without one a token that was brought lasts as long as it lasts. Where a token is
/// renewed by itself, as with Threads and Instagram's own login, no app is asked for.
fn app(vault: &Vault, accounts: &Accounts, known: &Known, document: &Document, way: &Grant) -> Option<App> {
    let nobody = || App { id: String::new(), secret: None };
    let by_itself = matches!(way.refresh, Refresh::Renewed { .. }) || matches!(way.by, By::Password(_));
    app_of(vault, accounts, known, document, way).ok().or_else(|| by_itself.then(nobody))
}

/// The app that a token was got with.
pub(super) fn app_of(
    vault: &Vault,
    accounts: &Accounts,
    known: &Known,
    document: &Document,
    way: &Grant,
) -> Result<App, Failure> {
    let Document { platform, identity, client, .. } = document;
    match way.by {
        By::ServerApp { .. } => apps::server::known(vault, known, *platform, &identity.server, client),
        By::App | By::Password(_) | By::Pasted(_) => apps::app_in(vault, accounts, known, *platform),
        By::Loopback => Ok(App { id: client.clone(), secret: None }),
    }
}

/// How long an account's token lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lasts {
    /// It does not end, as far as anybody says.
    On,
    /// Runs refresh it; `until`: no longer than that.
    Refreshed { until: Option<DateTime<Utc>> },
    /// It ends, and only a person can bring another.
    Until(DateTime<Utc>),
}

impl Lasts {
    /// When a person has to have connected the account again.
    pub(super) fn end(self) -> Option<DateTime<Utc>> {
        match self {
            Self::On => None,
            Self::Refreshed { until } => until,
            Self::Until(end) => Some(end),
        }
    }
}

/// What is to be expected of a token at `now`; `login`: the way it was got, with our app, where there is one.
fn lasts(credential: &Credential, login: Option<&Login<'_>>, now: DateTime<Utc>) -> Lasts {
    let Some(end) = credential.expires_at() else { return Lasts::On };
    // Its password begins another, however old it is.
    if let Credential::Session { .. } = credential {
        return Lasts::Refreshed { until: None };
    }
    let Some(login) = login.filter(|login| login.refreshes(credential)) else { return Lasts::Until(end) };
    match (login.way.refresh, credential.refresh_expires_at()) {
        // One that has ended is made to live no longer.
        (Refresh::Renewed { .. }, _) if end <= now => Lasts::Until(end),
        (_, Some(last)) if last <= now => Lasts::Until(end),
        // Each refresh gives a new refresh token, too.
        (Refresh::Rotating | Refresh::Renewed { .. }, _) => Lasts::Refreshed { until: None },
        (_, last) => Lasts::Refreshed { until: last.map(|last| last.max(end)) },
    }
}

/// What is to be expected of an account's token, with our app as it is known now.
pub(super) fn outlook(
    vault: &Vault,
    http: &Http,
    accounts: &Accounts,
    known: &Known,
    document: &Document,
    now: DateTime<Utc>,
) -> Lasts {
    let (label, way) = (document.platform.label(), way(document));
    let app = way.and_then(|way| app(vault, accounts, known, document, way));
    let server = &document.identity.server;
    let login = app.as_ref().zip(way).map(|(app, way)| Login { http, label, way, app, server });
    lasts(&document.credential, login.as_ref(), now)
}

/// Finds out when tokens end that no run refreshes, of the accounts that something is scheduled for: as far as a key is here
/// that opens them. Without one nothing is known, and nothing is said.
pub(super) fn foresee(context: &Context, http: &Http, content: &Content, known: &mut Known) {
    let (accounts, now) = (&content.accounts, context.clock.now());
    let scheduled = content.offers.iter().filter(|offer| offer.due.is_some_and(|due| due > now));
    let waiting = known.over.waiting.iter().filter(|waiting| waiting.due > now);
    let scheduled = scheduled.map(|offer| &offer.target.account).chain(waiting.map(|waiting| &waiting.account));
    let scheduled: BTreeSet<String> = scheduled.cloned().collect();
    let asked = |account: &&Account| scheduled.contains(&account.name) || account.own_server().is_some();
    let asked = accounts.accounts.values().filter(|account| known.connected.contains(&account.name)).filter(asked);
    let asked: Vec<&Account> = asked.collect();
    if asked.is_empty() {
        return;
    }
    let Ok(recipients) = open::recipients(accounts) else { return };
    let Ok(identities) = Identities::load(&open::sources(), &recipients) else { return };
    let vault = Vault { identities, recipients };
    let (mut ends, mut elsewhere) = (BTreeMap::new(), BTreeMap::new());
    for account in asked {
        let path = vault::account_path(&account.name);
        let sealed = known.branch.read(&path).ok().flatten();
        let Some(document) = sealed.and_then(|sealed| vault.open::<Document>(&path, &sealed).ok()) else { continue };
        if scheduled.contains(&account.name)
            && let Some(end) = outlook(&vault, http, accounts, known, &document, now).end()
        {
            ends.insert(account.name.clone(), end);
        }
        if belongs(&document, account).is_err() {
            elsewhere.insert(account.name.clone(), document.identity.server);
        }
    }
    (known.ends, known.elsewhere) = (ends, elsewhere);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::limits::Platform;
    use crate::vault::Secret;

    const NOW: &str = "2026-12-01T12:00:00Z";

    #[test]
    fn how_long_a_token_lasts() {
        let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
        let (soon, later, past) = ("2026-12-01T13:00:00Z", "2027-06-01T00:00:00Z", "2026-11-01T00:00:00Z");
        let on = || Lasts::On;
        let until = |text: &str| Lasts::Until(at(text));
        let refreshed = |text: Option<&str>| Lasts::Refreshed { until: text.map(at) };
        // Platform, whether the app has a secret, whether there is a refresh token, its end, the token's end.
        for (platform, secret, refresh, last, end, expected) in [
            (Platform::X, true, true, None, None, on()),
            (Platform::X, false, true, None, Some(soon), refreshed(None)),
            (Platform::X, true, false, None, Some(soon), until(soon)),
            (Platform::TikTok, true, true, Some(later), Some(soon), refreshed(None)),
            (Platform::TikTok, true, true, Some(past), Some(soon), until(soon)),
            (Platform::TikTok, false, true, Some(later), Some(soon), until(soon)),
            (Platform::LinkedIn, true, true, Some(later), Some(soon), refreshed(Some(later))),
            (Platform::LinkedIn, true, true, Some(soon), Some(later), refreshed(Some(later))),
            (Platform::LinkedIn, true, false, None, Some(later), until(later)),
            (Platform::YouTube, true, true, None, Some(past), refreshed(None)),
            (Platform::Threads, false, false, None, Some(later), refreshed(None)),
            (Platform::Threads, false, false, None, Some(past), until(past)),
            (Platform::Facebook, true, false, None, Some(later), until(later)),
        ] {
            let credential = Credential::OAuth2 {
                access: Secret::new("access"),
                refresh: refresh.then(|| Secret::new("refresh")),
                expires_at: end.map(at),
                refresh_expires_at: last.map(at),
            };
            let http = Http::new(Clock::system(), std::time::Duration::from_secs(1));
            let app = App { id: "id".to_owned(), secret: secret.then(|| Secret::new("secret")) };
            let way = &platform::adapter(platform).unwrap().grants()[0];
            let login = Login { http: &http, label: platform.label(), way, app: &app, server: "" };
            let found = lasts(&credential, Some(&login), at(NOW));
            assert_eq!(found, expected, "{platform} {secret} {refresh} {last:?} {end:?}");
            let alone = if end.is_some() { Lasts::Until(end.map(at).unwrap()) } else { Lasts::On };
            assert_eq!(lasts(&credential, None, at(NOW)), alone, "{platform} without an app");
        }
    }
}

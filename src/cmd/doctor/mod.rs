//! `pressroom doctor`: whether everything that publishing needs is well, and what to do where it is not.

use anstyle::{AnsiColor, Style};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::Args;
use serde_json::json;

use super::Context;
use super::open;
use super::report::printable;
use super::tokens::Tokens;
use crate::account::Accounts;
use crate::chance;
use crate::error::{Failure, Kind};
use crate::http::Http;
use crate::plan::when::how_long;
use crate::platform;
use crate::repo::journal::Journal;
use crate::round::Known;

mod account;
mod place;

/// Looks at everything publishing needs, and says what to do where it is not well.
///
/// Each account's platform is asked who it is; a token that ends soon is refreshed, as a run would. Exits with 3 if somebody must
/// act.
#[derive(Debug, Args)]
pub struct Doctor {}

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ok,
    /// Nothing is lost yet, or it passes by itself.
    Warning,
    /// Somebody must act.
    Wrong,
}

/// One line of the screen.
struct Check {
    what: String,
    state: State,
    says: String,
    /// What to do.
    hints: Vec<String>,
}

impl Check {
    fn new(state: State, what: &str, says: impl Into<String>) -> Self {
        Self { what: what.to_owned(), state, says: says.into(), hints: Vec::new() }
    }

    fn ok(what: &str, says: impl Into<String>) -> Self {
        Self::new(State::Ok, what, says)
    }

    fn wrong(what: &str, says: impl Into<String>) -> Self {
        Self::new(State::Wrong, what, says)
    }

    fn warning(what: &str, says: impl Into<String>) -> Self {
        Self::new(State::Warning, what, says)
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// What a command would have ended with: somebody must act, unless it passes by itself.
    fn failed(what: &str, failure: Failure) -> Self {
        let state = if matches!(failure.kind, Kind::Later | Kind::Claimed) { State::Warning } else { State::Wrong };
        Self { hints: failure.hints, ..Self::new(state, what, with_causes(failure.message, failure.causes)) }
    }
}

fn with_causes(message: String, causes: Vec<String>) -> String {
    std::iter::once(message).chain(causes).collect::<Vec<_>>().join(": ")
}

impl Doctor {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let checks = open::runtime()?.block_on(examine(context))?;
        if context.json() {
            let of = |check: &Check| json!({ "what": check.what, "state": check.state.name(), "says": check.says, "hints": check.hints });
            context.print_json(json!({ "checks": checks.iter().map(of).collect::<Vec<_>>() }))?;
        } else {
            context.print(&screen(&checks))?;
        }
        let wrong = checks.iter().any(|check| check.state == State::Wrong);
        Ok(if wrong { Kind::Person.exit_code() } else { 0 })
    }
}

/// Everything, in the order it is shown. What cannot be looked at because of something before it is left out.
async fn examine(context: &Context) -> Result<Vec<Check>, Failure> {
    let mut checks = vec![place::git().await];
    let disk = match open::disk(context) {
        Ok(disk) => disk,
        Err(failure) => {
            checks.push(Check::failed("repository", failure));
            return Ok(checks);
        }
    };
    let (repo, accounts) = (&disk.repo, &disk.content.accounts);
    checks.push(place::repository(repo, &disk.content));
    let (remote, journal) = place::remote(repo, accounts).await;
    checks.push(remote);
    let branch = match &journal {
        Some(journal) => journal.branch()?,
        None => Journal::offline(repo, &accounts.publish.state_branch)?,
    };
    let known = match Known::read(branch) {
        Ok(known) => known,
        Err(failure) => {
            checks.push(Check::failed("ledger", failure));
            return Ok(checks);
        }
    };
    let now = context.clock.now();
    checks.push(place::ledger(&known, now)?);
    checks.push(place::runs(&known, now)?);
    let (keys, vault) = place::keys(context, accounts, &known);
    checks.push(keys);
    let http = open::http(context)?;
    let run = chance::name_at(context.clock.now()).to_string();
    let tokens = journal.as_ref().map(|journal| Tokens {
        context,
        repo,
        journal,
        known: &known,
        accounts,
        run: &run,
        http: &http,
    });
    let desk =
        account::Desk { context, known: &known, accounts, vault: vault.as_ref(), tokens: tokens.as_ref(), http: &http };
    let mut each = Vec::new();
    for account in accounts.accounts.values() {
        each.push(desk.examine(account).await);
    }
    checks.extend(clock(&http));
    checks.extend(each);
    checks.extend(place::media(&disk.content));
    checks.extend(versions(accounts, now));
    Ok(checks)
}

/// The platforms do not take what is signed, or dated, by a clock that goes wrong; a lease does not hold by it either.
const SKEW_MAX: TimeDelta = TimeDelta::seconds(60);

/// As far as a platform has told its time.
fn clock(http: &Http) -> Option<Check> {
    let skew = http.skew()?;
    if skew.abs() <= SKEW_MAX {
        return Some(Check::ok("clock", "agrees with the platforms'"));
    }
    let ahead = if skew > TimeDelta::zero() { "ahead of" } else { "behind" };
    let says = format!("this machine's clock is {} {ahead} the platforms'", how_long(skew.abs()));
    Some(Check::wrong("clock", says).hint("set it, best by NTP: `timedatectl set-ntp true`"))
}

/// How long before its end a version is told of: time enough for a release of pressroom.
const VERSION_NOTICE: TimeDelta = TimeDelta::days(60);

/// A line for each API version that is spoken and ends.
fn versions(accounts: &Accounts, now: DateTime<Utc>) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    for platform in crate::limits::Platform::ALL {
        let used = accounts.accounts.values().any(|account| account.platform == platform);
        let version = platform::adapter(platform).filter(|_| used).and_then(|adapter| adapter.version());
        let Some(version) = version else { continue };
        let ends = version.ends.parse::<NaiveDate>().unwrap_or_default();
        let (label, left) = (platform.label(), ends - now.date_naive());
        let what = format!("{} API", platform.name());
        checks.push(if left > VERSION_NOTICE {
            Check::ok(&what, format!("{} is served until {} at least", version.name, version.ends))
        } else if left > TimeDelta::zero() {
            Check::warning(&what, format!("{label} serves {} only until {}", version.name, version.ends))
                .hint("update pressroom before")
        } else {
            Check::wrong(&what, format!("{label} may refuse {} since {}", version.name, version.ends))
                .hint("update pressroom")
        });
    }
    checks
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Ok => AnsiColor::Green.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Wrong => AnsiColor::Red.on_default(),
        }
    }
}

fn screen(checks: &[Check]) -> String {
    let width = checks.iter().map(|check| check.what.len()).max().unwrap_or(0);
    let mut out = String::new();
    for check in checks {
        let style = check.state.style();
        let says = printable(&check.says).replace('\n', " ");
        out.push_str(&format!("{style}{:<7}{style:#}  {:<width$}  {says}\n", check.state.name(), check.what));
        for hint in &check.hints {
            out.push_str(&format!("{:9}{:width$}  -> {}\n", "", "", printable(hint)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account;
    use crate::error::Source;

    #[test]
    fn versions_are_told_of_before_they_end() {
        let text = "schema = 1\n[accounts.a]\nplatform = \"linkedin\"\n[accounts.b]\nplatform = \"x\"\n[accounts.c]\nplatform = \"facebook\"\nas = \"1\"\n";
        let accounts = account::parse(&Source::new("accounts.toml", text)).0.unwrap();
        for (now, told) in [
            (
                "2026-12-01T00:00:00Z",
                ["ok 202609 is served until 2027-09-15 at least", "ok v26.0 is served until 2028-07-29 at least"],
            ),
            (
                "2027-08-01T00:00:00Z",
                [
                    "warning LinkedIn serves 202609 only until 2027-09-15",
                    "ok v26.0 is served until 2028-07-29 at least",
                ],
            ),
            (
                "2028-08-01T00:00:00Z",
                [
                    "wrong LinkedIn may refuse 202609 since 2027-09-15",
                    "wrong Facebook may refuse v26.0 since 2028-07-29",
                ],
            ),
        ] {
            let checks = versions(&accounts, now.parse().unwrap());
            let lines: Vec<_> = checks.iter().map(|check| format!("{} {}", check.state.name(), check.says)).collect();
            assert_eq!(lines, told, "{now}");
        }
    }
}

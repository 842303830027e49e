//! `pressroom plan`.

use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use super::screen::budgets::budgets;
use super::screen::{self, DIM, List, View};
use super::{Context, Format, formats, github, lock, open, report, tokens};
use crate::account::Accounts;
use crate::archive::{self, Asked};
use crate::content::{self, Content, Stock};
use crate::error::{Failure, Kind, Problem};
use crate::plan::Plan as Planned;
use crate::plan::action::Row;
use crate::plan::settled::Count;
use crate::plan::when::when;
use crate::repo::snapshot::Snapshot;
use crate::repo::{Oid, Repo};
use crate::round::{Known, Planning, Silence};
use crate::run::recover::Recovered;

mod calendar;
mod markdown;

/// Shows what `publish` would do: the exact texts that would go out, and what waits, until when and why.
///
/// Reads the commit that is checked out, as if it were on the publishing branch.
#[derive(Debug, Args)]
pub struct Plan {
    /// Plan for this instant instead of now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Do not ask the remote; use the ledger as last seen here.
    #[arg(long)]
    offline: bool,
    /// Read everything anew, whatever an earlier plan found to be over.
    #[arg(long)]
    no_cache: bool,
    /// Write down what there is to be published, as it is on disk, for `publish.require_plan` in accounts.toml.
    #[arg(long, conflicts_with_all = ["at", "offline", "no_cache", "detailed_exitcode"])]
    write: bool,
    /// Exit with 10 when something is due, 0 when nothing is.
    #[arg(long)]
    detailed_exitcode: bool,
    /// Show the coming weeks as a calendar: what goes out when, and which slots are free.
    #[arg(long, conflicts_with_all = ["write", "detailed_exitcode"])]
    calendar: bool,
    /// How many weeks it shows, with this one.
    #[arg(long, value_name = "N", requires = "calendar", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=104))]
    weeks: u32,
    /// How the plan is printed; `markdown` is for a comment on a pull request.
    #[arg(long, default_value = "text", value_parser = formats(&[Format::Text, Format::Json, Format::Markdown]))]
    format: Format,
}

/// Exit code of `--detailed-exitcode` when something is due.
const SOMETHING_DUE: u8 = 10;

impl Plan {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        if self.write {
            return lock::write(context);
        }
        let repo = Repo::open(&context.global.repo)?;
        let commit = repo.head()?;
        let (snapshot, mut content, mut known) = self.read(context, &repo, commit)?;
        let now = self.instant(context, &content.accounts)?;
        let recovered = Recovered::read(&repo, None)?;
        let http = open::http(context)?;
        tokens::foresee(context, &http, &content, &mut known);
        let planning = Planning {
            known: &known,
            recovered: &recovered,
            timings: &open::timings(&http)?,
            now,
            only: &[],
            silence: Silence::IsSuspect,
        };
        let plan =
            planning.exactly(&mut content, &Stock::from(snapshot), |row| row.state.is_open() || row.action.is_some());
        if self.calendar {
            self.show_calendar(context, &plan, &content)?;
            return Ok(open::exit(&plan.rows, &content, &[]));
        }
        match self.format {
            Format::Json => {
                let mut document = document(&plan, &content, Some(commit));
                document["hash"] = plan.hash().into();
                context.print_json(document)?;
            }
            Format::Markdown => context.print(&comment(&plan, &content, commit))?,
            _ => context.print(&text(context, &plan, &content, commit))?,
        }
        let exit = open::exit(&plan.rows, &content, &[]);
        let due = plan.actions().next().is_some();
        Ok(if exit == 0 && due && self.detailed_exitcode { SOMETHING_DUE } else { exit })
    }

    /// What there is to be planned: all of it, or, where only that is shown, what is not over.
    fn read(&self, context: &Context, repo: &Repo, commit: Oid) -> Result<(Snapshot, Content, Known), Failure> {
        if self.format == Format::Text && !self.calendar && !self.no_cache {
            let snapshot = Snapshot::glance(repo, commit)?;
            let (accounts, problems) = content::read_accounts(&snapshot)?;
            if !problems.iter().any(Problem::is_error) {
                let (at, now) = (self.instant(context, &accounts)?, context.clock.now());
                let branch = open::runtime()?.block_on(open::branch(context, repo, &accounts, self.offline))?;
                let asked = Asked { repo, commit, branch: &branch, accounts: &accounts, problems: &problems, at, now };
                if let Some(rest) = archive::rest(&asked)? {
                    return Ok((snapshot, rest.content, Known::folded(branch, rest.state, rest.over)?));
                }
                let (snapshot, content) = open::content_at(repo, commit)?;
                return Ok((snapshot, content, Known::read(branch)?));
            }
        }
        let (snapshot, content) = open::content_at(repo, commit)?;
        self.instant(context, &content.accounts)?;
        let known = open::runtime()?.block_on(open::known(context, repo, &content.accounts, self.offline))?;
        Ok((snapshot, content, known))
    }

    fn instant(&self, context: &Context, accounts: &Accounts) -> Result<DateTime<Utc>, Failure> {
        match &self.at {
            Some(text) => open::instant(text, accounts),
            None => Ok(context.clock.now()),
        }
    }

    fn show_calendar(&self, context: &Context, plan: &Planned, content: &Content) -> Result<(), Failure> {
        let calendar = calendar::calendar(plan, &content.accounts, self.weeks);
        match self.format {
            Format::Json => context.print_json(calendar.document()),
            Format::Markdown => Err(Failure::new(Kind::Usage, "a calendar is printed as text or JSON")
                .hint("leave `--format markdown` out; `pressroom status --ics` is for calendar programs")),
            _ => context.print(&calendar.text()),
        }
    }
}

/// The JSON shape of `plan` and `status`.
pub(super) fn document(plan: &Planned, content: &Content, commit: Option<Oid>) -> Value {
    json!({
        "at": plan.at,
        "commit": commit.map(|commit| commit.to_string()),
        "cost_usd": plan.cost(),
        "targets": plan.rows,
        "budgets": plan.budgets,
        "problems": content.problems.iter().map(report::problem_json).collect::<Vec<_>>(),
    })
}

fn text(context: &Context, plan: &Planned, content: &Content, commit: Oid) -> String {
    let mut out = String::new();
    for problem in content.problems.iter().filter(|problem| problem.is_error()) {
        out.push_str(&report::problem_text(problem));
        out.push('\n');
    }
    let zone = content.accounts.defaults.timezone.map_or("UTC", |zone| zone.name());
    out.push_str(&format!("Plan for {}, commit {:.7}\n\n", when(plan.at, zone), commit.to_string()));
    let view = View { width: context.width(), now: plan.at, list: List::Open };
    out.push_str(&screen::rows(&plan.rows, plan.over, view));
    out.push_str(&budgets(&plan.budgets, zone));
    if plan.ahead().next().is_some() {
        out.push_str(&format!("{DIM}plan {}{DIM:#}\n", plan.hash()));
    }
    out
}

fn comment(plan: &Planned, content: &Content, commit: Oid) -> String {
    let commit = commit.to_string();
    let files = github::files(&commit);
    let zone = content.accounts.defaults.timezone.map_or("UTC", |zone| zone.name());
    let around = markdown::Around { problems: &content.problems, commit: &commit, zone, files: files.as_deref() };
    markdown::comment(plan, &around)
}

/// Rows for people.
pub(super) fn listing(context: &Context, rows: &[Row], now: DateTime<Utc>, list: List) -> String {
    screen::rows(rows, Count::default(), View { width: context.width(), now, list })
}

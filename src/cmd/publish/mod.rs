//! `pressroom publish`.

use std::sync::Arc;

use clap::Args;
use futures_util::future::LocalBoxFuture;
use serde_json::json;
use tokio::sync::watch;

use super::progress::Uploads;
use super::screen::{self, List};
use super::tokens::Tokens;
use super::{Context, github, open, plan, report};
use crate::account::Accounts;
use crate::content::{self, Content, Stock};
use crate::error::{Failure, Kind};
use crate::hosting::{Commit, Keys};
use crate::http::Http;
use crate::ledger::State;
use crate::ledger::entry::TargetKey;
use crate::notice;
use crate::plan::action::Row;
use crate::plan::{Only, Plan};
use crate::repo::journal::Journal;
use crate::repo::remote::Remote;
use crate::repo::snapshot::Snapshot;
use crate::repo::{Oid, Repo};
use crate::round::mark::Mark;
use crate::round::{Ended, Keyring, Known, Opened, Orders, Round, Silence};

mod after;

use after::After;

/// Publishes what is due: one run of the plan.
///
/// Posts are read from the publishing branch as committed: from the remote's, where there is a remote.
#[derive(Debug, Args)]
pub struct Publish {
    /// Show what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
    /// Only this target, or this post; may be repeated. A named target is published even if a sister target is wrong.
    #[arg(long, value_name = "POST[:ACCOUNT]", value_parser = only)]
    only: Vec<Only>,
    /// Stop if more targets than this are over an hour late without a word in the ledger: it may have been lost.
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_late: usize,
    /// Take away at most so many posts that are out; if more are to be removed, none is.
    #[arg(long, value_name = "N", default_value_t = 0)]
    allow_removals: usize,
}

pub(super) fn only(text: &str) -> Result<Only, String> {
    let (post, account) = match text.rsplit_once(':') {
        Some((post, account)) => (post, Some(account.to_owned())),
        None => (text, None),
    };
    if post.is_empty() || account.as_deref() == Some("") {
        return Err("write POST or POST:ACCOUNT".to_owned());
    }
    Ok(Only { post: post.to_owned(), account })
}

impl Publish {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        open::runtime()?.block_on(self.publish(context))
    }

    async fn publish(self, context: &Context) -> Result<u8, Failure> {
        let silence = github::Silence::begin();
        let told = self.told(context).await;
        drop(silence);
        match told {
            Ok((Some(Done { rows, content, .. }), exit)) => {
                let say = |row: &Row| screen::sentence(row, context.clock.now());
                github::tell(&rows, &content.problems, &say);
                Ok(exit)
            }
            Ok((None, exit)) => Ok(exit),
            Err(failure) => {
                github::tell_failure(&failure);
                Err(failure)
            }
        }
    }

    /// One round, and what is told of it: `None` if nothing was to be done but to show the plan.
    async fn told(&self, context: &Context) -> Result<(Option<Done>, u8), Failure> {
        let repo = Repo::open(&context.global.repo)?;
        repo.must_be_writable()?;
        let (accounts, _) = content::read_accounts(&Snapshot::at_commit(&repo, repo.head()?)?)?;
        let http = open::http(context)?;
        let mut journal = None;
        let outcome = self.round(context, &repo, &accounts, &http, &mut journal).await;
        let after =
            After { context, repo: &repo, journal: journal.as_ref(), notify: &accounts.notify, only: &self.only };
        let now = context.clock.now();
        match outcome {
            Ok(Ok(done)) => {
                let exit = open::exit(&done.rows, &done.content, &self.only);
                self.show_end(context, &done, exit)?;
                let mut causes = notice::of_rows(&done.rows, |row| screen::said(row, now));
                if self.only.is_empty() {
                    causes.extend(notice::of_problems(done.content.problems.iter()));
                }
                let mark = Mark::new(now, Some(done.commit.to_string()), exit, &done.rows);
                let after = After { notify: &done.content.accounts.notify, ..after };
                let acted = done.rows.iter().any(|row| row.acted);
                after.tell(&http, &causes, mark, acted, true).await;
                Ok((Some(done), exit))
            }
            Ok(Err(exit)) => Ok((None, exit)),
            Err(failure) => {
                let causes: Vec<_> = notice::of_failure(&failure).into_iter().collect();
                if !causes.is_empty() && !self.dry_run {
                    // A branch that just could not be reached is not asked to wait for once more.
                    let journal = after.journal.filter(|_| failure.kind != Kind::Later);
                    let after = After { journal, ..after };
                    let mark = Mark::new(now, None, failure.kind.exit_code(), &[]);
                    after.tell(&http, &causes, mark, false, false).await;
                }
                Err(failure)
            }
        }
    }

    /// Opens everything and publishes. A dry run shows its plan, and has but an exit code.
    async fn round(
        &self,
        context: &Context,
        repo: &Repo,
        accounts: &Accounts,
        http: &Http,
        opened: &mut Option<Journal>,
    ) -> Result<Result<Done, u8>, Failure> {
        let remote = repo.remote()?;
        let journal = &*opened.insert(Journal::open(repo, remote.clone(), &accounts.publish.state_branch).await?);
        let commit = repo.publishing(&accounts.publish.branch, remote.as_ref()).await?;
        let branch = &accounts.publish.branch;
        // Only what is named, or may have been cut off, is held against the ledger before the round reads it.
        let state = match self.only.is_empty() && repo.cut_off(commit)?.is_none() {
            true => State::default(),
            false => Known::read(journal.branch()?)?.state,
        };
        let (snapshot, mut content) = content_with_history(repo, branch, remote.as_ref(), commit, &state).await?;
        name_something(&self.only, &content, &state)?;
        let uploads = Uploads::new(context);
        let round = Round {
            clock: context.clock,
            journal,
            spools: repo,
            http,
            keyring: &Locked { context, repo, journal, http },
            timings: open::timings(http)?,
            bucket_keys: Keys::from_env(),
            stop: listen_for_stop(),
            tell: &|words| uploads.say(&report::printable(words)),
            sent: &|sent| uploads.sent(sent),
        };
        let stock = Arc::new(Stock::from(snapshot));
        let orders = Orders {
            only: &self.only,
            silence: Silence::IsSuspect,
            late_max: self.max_late,
            removals_max: self.allow_removals,
        };
        if self.dry_run {
            let plan = round.foresee(&mut content, &stock, &orders)?;
            let exit = show(context, &plan, &content, commit, &self.only)?;
            return Ok(Err(exit));
        }
        let media = content.accounts.media.clone();
        let content_commit = Commit { id: commit.to_string(), at: repo.committed_at(commit)? };
        let Ended { run, rows } = round.publish(&mut content, stock, &media, content_commit, &orders).await?;
        Ok(Ok(Done { run, commit, rows, content }))
    }

    fn show_end(&self, context: &Context, done: &Done, exit: u8) -> Result<(), Failure> {
        let Done { run, rows, content, .. } = done;
        if context.json() {
            return context.print_json(json!({
                "run": run,
                "targets": rows,
                "problems": content.problems.iter().map(report::problem_json).collect::<Vec<_>>(),
                "exit": exit,
            }));
        }
        for problem in content.problems.iter().filter(|problem| problem.is_error()) {
            context.complain(&report::problem_text(problem));
        }
        context.print(&plan::listing(context, rows, context.clock.now(), List::Acted))
    }
}

/// A round that came to its end.
struct Done {
    run: String,
    commit: Oid,
    rows: Vec<Row>,
    content: Content,
}

/// The tokens of the state branch, refreshed where they end soon.
struct Locked<'a> {
    context: &'a Context,
    repo: &'a Repo,
    journal: &'a Journal,
    http: &'a Http,
}

impl Keyring for Locked<'_> {
    fn open<'a>(
        &'a self,
        accounts: &'a Accounts,
        known: &'a Known,
        run: &'a str,
        plan: &'a mut Plan,
    ) -> LocalBoxFuture<'a, Result<Opened, Failure>> {
        let Self { context, repo, journal, http } = *self;
        Box::pin(async move { Tokens { context, repo, journal, known, accounts, run, http }.open(plan).await })
    }
}

/// Commits a shallow clone is deepened by at first.
const DEEPEN_FIRST: u32 = 50;

/// The content at a commit. In a shallow clone, what is older than its oldest commit seems to have come with it: where
/// that makes an old post due, the clone is deepened until it can be told.
async fn content_with_history(
    repo: &Repo,
    branch: &str,
    remote: Option<&Remote>,
    commit: Oid,
    state: &State,
) -> Result<(Snapshot, Content), Failure> {
    let mut read = open::content_at(repo, commit)?;
    let mut more = DEEPEN_FIRST;
    while let Some(end) = repo.cut_off(commit)? {
        let may_be_older = read.1.offers.iter().any(|offer| {
            let account = &offer.target.account;
            let is_new = state.baselines.contains_key(account) && !state.is_before_baseline(account, end.at);
            let key = TargetKey::new(offer.target.platform, account);
            let is_untouched = || state.stand(&offer.post, &key).is_untouched();
            offer.on_merge && offer.due == Some(end.at) && is_new && is_untouched()
        });
        if !may_be_older {
            break;
        }
        let too_shallow = || {
            let message = "this clone is cut off too early to tell which posts are new; nothing is published";
            Failure::new(Kind::Content, message).hint("`git fetch --unshallow` brings the whole history")
        };
        repo.deepen(branch, remote.ok_or_else(too_shallow)?, more).await?;
        if repo.cut_off(commit)? == Some(end) {
            return Err(too_shallow());
        }
        more = more.saturating_mul(4);
        read = open::content_at(repo, commit)?;
    }
    Ok(read)
}

/// `--only` must name something that is there, or was: what is gone may be up for removal.
fn name_something(only: &[Only], content: &Content, state: &State) -> Result<(), Failure> {
    for named in only {
        let post = content.offers.iter().filter(|offer| offer.post.as_str() == named.post);
        let found = match &named.account {
            None => content.posts.iter().any(|post| post.id.as_str() == named.post),
            Some(account) => post.clone().any(|offer| offer.target.account == *account),
        };
        let was = || state.targets().any(|(post, key, _)| named.names(post, key.account()));
        if !found && !was() {
            return Err(match &named.account {
                Some(account) if post.clone().next().is_some() => {
                    let accounts: Vec<_> = post.map(|offer| offer.target.account.as_str()).collect();
                    Failure::new(Kind::Usage, format!("{} does not target {account}", named.post))
                        .hint(format!("it targets {}", accounts.join(", ")))
                }
                _ => open::no_such_post(&named.post, content),
            });
        }
    }
    Ok(())
}

fn show(context: &Context, plan: &Plan, content: &Content, commit: Oid, only: &[Only]) -> Result<u8, Failure> {
    if context.json() {
        context.print_json(plan::document(plan, content, Some(commit)))?;
    } else {
        context.print(&plan::listing(context, &plan.rows, plan.at, List::Open))?;
    }
    Ok(open::exit(&plan.rows, content, only))
}

/// Becomes true at the first Ctrl-C or SIGTERM.
fn listen_for_stop() -> watch::Receiver<bool> {
    let (ask, asked) = watch::channel(false);
    tokio::spawn(async move {
        asked_to_stop().await;
        // The run may have ended meanwhile: then nobody listens, and nothing is to be stopped.
        let _ = ask.send(true);
    });
    asked
}

#[cfg(unix)]
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() {
    drop(tokio::signal::ctrl_c().await);
}

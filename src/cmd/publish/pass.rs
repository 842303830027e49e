//! One round as commands do it: everything is opened anew, what is due is published, people and monitors are told. `publish`
//! is one; `watch` goes on doing it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::LocalBoxFuture;
use tokio::sync::watch;

use super::after::{self, After};
use super::stop;
use crate::account::Accounts;
use crate::clock::Clock;
use crate::cmd::tokens::Tokens;
use crate::cmd::{Context, open, screen};
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
use crate::run::Sent;

/// What a pass is asked for.
pub(in crate::cmd) struct Asked<'a> {
    pub(in crate::cmd) context: &'a Context,
    /// Only these, if there are any.
    pub(in crate::cmd) only: &'a [Only],
    pub(in crate::cmd) late_max: usize,
    pub(in crate::cmd) removals_max: usize,
    /// Where to publish from and to; `None`: what the commit checked out says.
    pub(in crate::cmd) accounts: Option<Accounts>,
    /// Nothing is planned before this instant; whatever is needed then is opened meanwhile.
    pub(in crate::cmd) at: Option<DateTime<Utc>>,
    /// Becomes true when somebody asks to stop; `None`: the pass listens itself once it may have something to finish.
    pub(in crate::cmd) stop: Option<watch::Receiver<bool>>,
}

/// Where it is told how a pass gets on.
#[derive(Clone, Copy)]
pub(in crate::cmd) struct Talk<'a> {
    pub(in crate::cmd) tell: &'a (dyn Fn(&str) + Sync),
    pub(in crate::cmd) sent: &'a (dyn Fn(&Sent<'_>) + Sync),
    /// Before anything is done: when the plan may be another next, for whoever asks.
    pub(in crate::cmd) next: Option<&'a (dyn Fn(Option<DateTime<Utc>>) + Sync)>,
}

/// What only looks has nothing to tell.
const SILENT: Talk<'static> = Talk { tell: &|_| {}, sent: &|_| {}, next: None };

/// A pass that has begun.
pub(in crate::cmd) struct Pass<'a> {
    asked: Asked<'a>,
    repo: Repo,
    accounts: Accounts,
    http: Http,
    /// `None` until it could be opened.
    journal: Option<Journal>,
    /// By the monotonic clock.
    began: Duration,
}

/// A pass that came to its end.
pub(in crate::cmd) struct Done {
    /// The run's name.
    pub(in crate::cmd) run: String,
    pub(in crate::cmd) commit: Oid,
    pub(in crate::cmd) rows: Vec<Row>,
    pub(in crate::cmd) content: Content,
    pub(in crate::cmd) exit: u8,
    /// How long it took to open everything.
    pub(in crate::cmd) opening: Duration,
    /// Whether its mark went along with its last words.
    marked: bool,
}

/// What a round reads and writes, opened.
struct Desk {
    journal: Journal,
    commit: Oid,
    stock: Arc<Stock>,
    content: Content,
}

impl<'a> Pass<'a> {
    /// # Errors
    /// When the repository or its accounts.toml cannot be read, or nothing can be written there.
    pub(in crate::cmd) fn begin(mut asked: Asked<'a>) -> Result<Self, Failure> {
        let began = asked.context.clock.elapsed();
        let repo = Repo::open(&asked.context.global.repo)?;
        repo.must_be_writable()?;
        let accounts = match asked.accounts.take() {
            Some(accounts) => accounts,
            None => content::read_accounts(&Snapshot::at_commit(&repo, repo.head()?)?)?.0,
        };
        let http = open::http(asked.context)?;
        Ok(Self { asked, repo, accounts, http, journal: None, began })
    }

    /// What would be done now.
    ///
    /// # Errors
    /// When something cannot be opened, or `--only` names nothing.
    pub(in crate::cmd) async fn foresee(&mut self) -> Result<(Plan, Content, Oid), Failure> {
        let Desk { journal, commit, stock, mut content } = self.open().await?;
        let keyring = self.keyring(&journal);
        let round = self.round(&journal, &keyring, SILENT)?;
        let plan = round.foresee(&mut content, &stock, &self.orders())?;
        Ok((plan, content, commit))
    }

    /// Publishes what is due.
    ///
    /// # Errors
    /// When something cannot be opened or written, or somebody must look first.
    pub(in crate::cmd) async fn publish(&mut self, talk: Talk<'_>) -> Result<Done, Failure> {
        let stopped = self.stopped();
        let Desk { journal, commit, stock, mut content } = tokio::select! {
            desk = self.open() => desk?,
            () = stopped => return Err(Failure::new(Kind::Later, "stopped before anything was begun")),
        };
        let clock = self.asked.context.clock;
        let opening = clock.elapsed().saturating_sub(self.began);
        if let Some(at) = self.asked.at {
            // Who asks to stop is not kept waiting: the round begins nothing then.
            tokio::select! {
                () = wait(clock, at) => {}
                () = self.stopped() => {}
            }
        }
        let keyring = self.keyring(&journal);
        let only = self.asked.only;
        // One push less than if it were left once the words have arrived.
        let marked = AtomicBool::new(false);
        let along = |rows: &[Row], content: &Content| {
            marked.store(true, Ordering::Relaxed);
            let exit = open::exit(rows, content, only);
            Some(after::marking(Mark::new(clock.now(), Some(commit.to_string()), exit, rows)))
        };
        let round = Round { along: &along, ..self.round(&journal, &keyring, talk)? };
        if let Some(tell) = talk.next {
            tell(round.outlook(&content, &self.orders())?.1);
        }
        let media = content.accounts.media.clone();
        let content_commit = Commit { id: commit.to_string(), at: self.repo.committed_at(commit)? };
        let Ended { run, rows } = round.publish(&mut content, stock, &media, content_commit, &self.orders()).await?;
        let exit = open::exit(&rows, &content, only);
        Ok(Done { run, commit, rows, content, exit, opening, marked: marked.into_inner() })
    }

    /// Tells people what they do not know yet, and leaves the mark for monitors.
    pub(in crate::cmd) async fn tell(&self, outcome: &Result<Done, Failure>) {
        let Asked { context, only, .. } = self.asked;
        let now = context.clock.now();
        let after =
            After { context, repo: &self.repo, journal: self.journal.as_ref(), notify: &self.accounts.notify, only };
        match outcome {
            Ok(done) => {
                let mut causes = notice::of_rows(&done.rows, |row| screen::said(row, now));
                if only.is_empty() {
                    causes.extend(notice::of_problems(done.content.problems.iter()));
                }
                let mark = Mark::new(now, Some(done.commit.to_string()), done.exit, &done.rows);
                let after = After { notify: &done.content.accounts.notify, ..after };
                let acted = !done.marked && done.rows.iter().any(|row| row.acted);
                after.tell(&self.http, &causes, mark, acted, true).await;
            }
            Err(failure) => {
                let causes: Vec<_> = notice::of_failure(failure).into_iter().collect();
                if !causes.is_empty() {
                    // A branch that just could not be reached is not asked to wait for once more.
                    let journal = after.journal.filter(|_| failure.kind != Kind::Later);
                    let after = After { journal, ..after };
                    let mark = Mark::new(now, None, failure.kind.exit_code(), &[]);
                    after.tell(&self.http, &causes, mark, false, false).await;
                }
            }
        }
    }

    /// What is left to do after a pass, and when that may change.
    ///
    /// # Errors
    /// When the state branch cannot be read.
    pub(in crate::cmd) fn outlook(&self, done: &Done) -> Result<(Plan, Option<DateTime<Utc>>), Failure> {
        let journal = self.journal.as_ref().ok_or_else(|| Failure::new(Kind::Bug, "a pass has published unopened"))?;
        let keyring = self.keyring(journal);
        self.round(journal, &keyring, SILENT)?.outlook(&done.content, &self.orders())
    }

    /// The newest state that this pass knows of.
    pub(in crate::cmd) fn state(&self) -> Option<Oid> {
        self.journal.as_ref().and_then(Journal::tip)
    }

    fn orders(&self) -> Orders<'a> {
        let Asked { only, late_max, removals_max, .. } = self.asked;
        Orders { only, silence: Silence::IsSuspect, late_max, removals_max }
    }

    fn keyring<'b>(&'b self, journal: &'b Journal) -> Locked<'b> {
        Locked { context: self.asked.context, repo: &self.repo, journal, http: &self.http }
    }

    /// Ends when somebody asks to stop; never, where the pass listens only later.
    fn stopped(&self) -> impl Future<Output = ()> + use<> {
        let stop = self.asked.stop.clone();
        async move {
            match stop {
                Some(mut stop) => drop(stop.wait_for(|stop| *stop).await),
                None => std::future::pending().await,
            }
        }
    }

    fn round<'b>(
        &'b self,
        journal: &'b Journal,
        keyring: &'b Locked<'b>,
        talk: Talk<'b>,
    ) -> Result<Round<'b>, Failure> {
        Ok(Round {
            clock: self.asked.context.clock,
            journal,
            spools: &self.repo,
            http: &self.http,
            keyring,
            timings: open::timings(&self.http)?,
            bucket_keys: Keys::from_env(),
            stop: self.asked.stop.clone().unwrap_or_else(stop::listen),
            tell: talk.tell,
            sent: talk.sent,
            along: &|_, _| None,
        })
    }

    /// Opens everything: the state branch first, then the content, so that no claim is older than what it was made for.
    async fn open(&mut self) -> Result<Desk, Failure> {
        let (repo, publish) = (&self.repo, &self.accounts.publish);
        let remote = repo.remote()?;
        let journal = self.journal.insert(Journal::open(repo, remote.clone(), &publish.state_branch).await?).clone();
        let commit = repo.publishing(&publish.branch, remote.as_ref()).await?;
        // Only what is named, or may have been cut off, is held against the ledger before the round reads it.
        let state = match self.asked.only.is_empty() && repo.cut_off(commit)?.is_none() {
            true => State::default(),
            false => Known::read(journal.branch()?)?.state,
        };
        let (snapshot, content) = content_with_history(repo, &publish.branch, remote.as_ref(), commit, &state).await?;
        name_something(self.asked.only, &content, &state)?;
        Ok(Desk { journal, commit, stock: Arc::new(Stock::from(snapshot)), content })
    }
}

/// Waits for an instant that is near. Where somebody sets the clock back meanwhile, it is near no more, and not waited for.
async fn wait(clock: Clock, at: DateTime<Utc>) {
    let near = (at - clock.now()) + TimeDelta::seconds(5);
    while clock.now() < at && at - clock.now() <= near {
        clock.alarm(at).await;
    }
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

//! `pressroom watch`: goes on publishing, and checks files as they are saved. What is done when stands in `agenda`; here it is
//! done, and told.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use futures_util::future::LocalBoxFuture;
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::progress::Uploads;
use super::publish::pass::{Asked, Done, Pass, Talk};
use super::publish::stop;
use super::{Context, open, report};
use crate::account::{Accounts, time};
use crate::content;
use crate::error::{Failure, Kind, Problem};
use crate::plan::Plan;
use crate::plan::action::{Action, Row, Standing};
use crate::repo::snapshot::Snapshot;
use crate::repo::{Oid, Repo};

mod agenda;
mod check;
mod ears;
mod event;
mod health;

use agenda::{Act, Agenda, Ended, Moment, Next, Rest};
use ears::{Ears, Heard};
use event::Event;
use health::Health;

/// Keeps publishing what becomes due, and checks files as they are saved, until Ctrl-C or SIGTERM.
///
/// What is published is what `publish` would publish. The call in flight is finished and written down before it ends.
#[derive(Debug, Args)]
pub struct Watch {
    /// How often the remote is asked whether its branches moved: `5m`, `1h`.
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = time::duration)]
    fetch: TimeDelta,
    /// Serve /livez, /healthz and /metrics at this address of this machine: `127.0.0.1:9465`.
    #[arg(long, value_name = "ADDRESS", value_parser = on_loopback)]
    health: Option<SocketAddr>,
    /// Stop publishing while more targets than this are over an hour late without a word in the ledger.
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_late: usize,
}

fn on_loopback(text: &str) -> Result<SocketAddr, String> {
    match text.replace("localhost:", "127.0.0.1:").parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        Ok(_) => Err("it is not for other machines to read: write `127.0.0.1:9465`".to_owned()),
        Err(_) => Err("write an address and a port: `127.0.0.1:9465`".to_owned()),
    }
}

/// A folder that is gone may come back at once, as where a clone takes its place.
const MAY_COME_BACK: Duration = Duration::from_secs(2);

impl Watch {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        open::runtime()?.block_on(self.watch(context))
    }

    async fn watch(self, context: &Context) -> Result<u8, Failure> {
        let repo = Repo::open(&context.global.repo)?;
        let (accounts, _) = content::read_accounts(&Snapshot::at_commit(&repo, repo.head()?)?)?;
        let health = Arc::new(Mutex::new(Health::new(context.clock.now())));
        let address = match self.health {
            Some(address) => Some(health::serve(address, health.clone(), context.clock).await?),
            None => None,
        };
        // From here on the folder is where it is, whatever becomes of the one we were started in.
        let mut global = context.global.clone();
        global.repo = repo.root().to_path_buf();
        let here = Context { global, clock: context.clock };
        let desk = Desk {
            context: &here,
            root: repo.root().to_path_buf(),
            accounts,
            max_late: self.max_late,
            stop: stop::listen(),
            health,
            checked: check::Known::default(),
            branch: repo.branch()?,
            seen: None,
            looked: None,
            told: BTreeMap::new(),
            planned: None,
            failing: None,
        };
        desk.told_start(&repo, address)?;
        desk.keep_on(&repo, self.fetch).await
    }
}

/// What ended.
enum Over {
    Check(Result<(Vec<String>, Vec<Problem>), Failure>),
    Look(Result<[Option<Oid>; 2], Failure>),
    Round(Result<Box<Finished>, Failure>),
}

/// A round that came to its end, and what follows from it.
struct Finished {
    done: Done,
    state: Option<Oid>,
    left: Plan,
    change: Option<DateTime<Utc>>,
}

/// Something under way.
type Work<'a> = LocalBoxFuture<'a, Over>;

/// All that is remembered from one event to the next.
struct Desk<'a> {
    context: &'a Context,
    root: PathBuf,
    /// As the publishing branch has them; before the first round, as the commit checked out has.
    accounts: Accounts,
    max_late: usize,
    stop: watch::Receiver<bool>,
    health: Arc<Mutex<Health>>,
    checked: check::Known,
    branch: Option<String>,
    /// Where the branches of content and state were after the last round.
    seen: Option<[Option<Oid>; 2]>,
    /// Where the last look found them.
    looked: Option<[Option<Oid>; 2]>,
    /// What was told last of targets that need somebody.
    told: BTreeMap<(String, String), String>,
    /// The commit, and what is due next, as told last.
    planned: Option<(Oid, Option<(String, DateTime<Utc>)>)>,
    /// The failure that was told last, while it lasts.
    failing: Option<(Kind, String)>,
}

impl<'a> Desk<'a> {
    fn told_start(&self, repo: &Repo, health: Option<SocketAddr>) -> Result<(), Failure> {
        let remote = repo.remote()?;
        let event = Event::Started {
            root: &self.root.display().to_string(),
            branch: &self.accounts.publish.branch,
            remote: remote.as_ref().map(crate::repo::remote::Remote::name),
            health,
        };
        self.tell(&event)
    }

    /// The loop: whatever happens is told to the agenda, and what it says is done.
    async fn keep_on(mut self, repo: &Repo, every: TimeDelta) -> Result<u8, Failure> {
        let (mut ears, mut stop) = (Ears::open(repo), self.stop.clone());
        if let Err(failure) = &ears {
            self.tell(&Event::Deaf(failure))?;
        }
        let mut agenda = Agenda::new(self.moment(), every);
        let mut written = BTreeSet::new();
        let (mut check, mut work): (Option<Work<'a>>, Option<Work<'a>>) = (None, None);
        let gone = loop {
            let until = match agenda.next(self.moment()) {
                Next::Do(act) => {
                    match act {
                        Act::TellJump(by) => self.tell(&Event::Clock { by })?,
                        Act::Check => check = Some(self.check()),
                        Act::Look => work = Some(self.look()),
                        Act::Round { at } => work = Some(self.round(at)),
                    }
                    continue;
                }
                Next::WaitUntil(until) => until,
            };
            let over = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break None,
                over = ready(&mut work) => over,
                over = ready(&mut check) => over,
                heard = hear(&ears) => {
                    if heard.ground {
                        if let Err(gone) = self.is_there().await {
                            break Some(gone);
                        }
                        if let Ok(Err(failure)) = ears.as_mut().map(Ears::listen) {
                            self.tell(&Event::Deaf(&failure))?;
                        }
                    }
                    if heard.ground || !heard.files.is_empty() {
                        agenda.heard_files(self.moment());
                    }
                    if heard.refs {
                        agenda.heard_refs(self.moment());
                    }
                    written.extend(heard.files);
                    continue;
                }
                () = alarm(self.context, until) => continue,
            };
            match over {
                Over::Check(found) => {
                    agenda.checked();
                    self.told_check(&std::mem::take(&mut written), found)?;
                }
                Over::Look(found) => {
                    let moved = self.told_look(found, &mut agenda)?;
                    if moved.is_none()
                        && let Err(gone) = self.is_there().await
                    {
                        break Some(gone);
                    }
                }
                Over::Round(ended) => {
                    let has_failed = ended.is_err();
                    self.told_round(ended, &mut agenda)?;
                    if has_failed && let Err(gone) = self.is_there().await {
                        break Some(gone);
                    }
                }
            }
        };
        // Nothing new is begun, and whatever may have shown something is finished.
        if let Some(work) = work {
            self.tell(&Event::Stopping)?;
            if let Over::Round(Ok(finished)) = work.await {
                self.told_rows(&finished.done.rows)?;
            }
        }
        drop(ears);
        match gone {
            Some(gone) => Err(gone),
            None => self.tell(&Event::Stopped).map(|()| 0),
        }
    }

    fn moment(&self) -> Moment {
        Moment { wall: self.context.clock.now(), elapsed: self.context.clock.elapsed() }
    }

    /// Prints an event, and lets monitors know.
    fn tell(&self, event: &Event<'_>) -> Result<(), Failure> {
        let now = self.context.clock.now();
        self.health.lock().unwrap_or_else(PoisonError::into_inner).hear(event, now);
        if self.context.json() {
            let (name, fields) = event.json();
            let mut line = Map::from_iter([("schema".to_owned(), Value::from(1)), ("at".to_owned(), json!(now))]);
            line.insert("event".to_owned(), name.into());
            line.extend(fields.as_object().cloned().unwrap_or_default());
            return self.context.print(&format!("{}\n", Value::Object(line)));
        }
        if self.context.global.quiet && !event.is_trouble() {
            return Ok(());
        }
        match event.text(now) {
            Some(text) => self.context.print(&format!("{}  {text}\n", self.stamp(now))),
            None => Ok(()),
        }
    }

    /// The time of day in the repository's zone.
    fn stamp(&self, now: DateTime<Utc>) -> String {
        let form = "%F %T";
        self.accounts
            .defaults
            .timezone
            .map_or_else(|| now.format(form).to_string(), |zone| now.with_timezone(&zone).format(form).to_string())
    }

    /// # Errors
    /// When the folder, or the repository in it, is gone and does not come back.
    async fn is_there(&self) -> Result<(), Failure> {
        let is_there = || Repo::open(&self.root).is_ok_and(|repo| repo.root() == self.root);
        if is_there() {
            return Ok(());
        }
        tokio::time::sleep(MAY_COME_BACK).await;
        if is_there() {
            return Ok(());
        }
        let root = self.root.display();
        Err(Failure::new(
            Kind::Content,
            format!("{root} is gone, or is no git repository any more; nothing is published"),
        )
        .hint("start it again once it is back; a service manager does so, as docs/watch.md has it"))
    }

    /// Reads the files on a thread of its own: many posts take their time, and events go on.
    fn check(&self) -> Work<'a> {
        let root = self.root.clone();
        Box::pin(async move {
            let read = tokio::task::spawn_blocking(move || check::read(&Repo::open(&root)?)).await;
            let ended = || Failure::new(Kind::Bug, "the check broke off");
            Over::Check(read.unwrap_or_else(|_| Err(ended())))
        })
    }

    fn told_check(
        &mut self,
        written: &BTreeSet<String>,
        found: Result<(Vec<String>, Vec<Problem>), Failure>,
    ) -> Result<(), Failure> {
        if let Ok(repo) = Repo::open(&self.root)
            && let Ok(branch) = repo.branch()
            && branch != self.branch
        {
            self.branch = branch;
            let publishing = &self.accounts.publish.branch;
            self.tell(&Event::Branch { name: self.branch.as_deref(), publishing })?;
        }
        match found {
            Ok((posts, problems)) => {
                let checked = self.checked.compare(written, posts, problems);
                self.tell(&Event::Checked(&checked))
            }
            Err(failure) => self.tell(&Event::Unreadable(&failure)),
        }
    }

    fn look(&self) -> Work<'a> {
        let (root, publish) = (self.root.clone(), self.accounts.publish.clone());
        Box::pin(async move {
            let look = async {
                let repo = Repo::open(&root)?;
                repo.tips([&publish.branch, &publish.state_branch], repo.remote()?.as_ref()).await
            };
            Over::Look(look.await)
        })
    }

    /// Whether the branches moved; `None`: nobody answered.
    fn told_look(
        &mut self,
        found: Result<[Option<Oid>; 2], Failure>,
        agenda: &mut Agenda,
    ) -> Result<Option<bool>, Failure> {
        let moved = match found {
            Ok(tips) => {
                let is_known = self.seen == Some(tips) || self.looked == Some(tips);
                self.looked = Some(tips);
                agenda.looked(self.moment(), Some(!is_known));
                // That the remote answers mends nothing but that it did not.
                if matches!(self.failing, Some((Kind::Later, _))) {
                    self.told_back()?;
                }
                Some(!is_known)
            }
            Err(failure) => {
                agenda.looked(self.moment(), None);
                self.told_failure(&failure, agenda.again())?;
                None
            }
        };
        Ok(moved)
    }

    fn round(&self, at: Option<DateTime<Utc>>) -> Work<'a> {
        let (context, stop) = (self.context, self.stop.clone());
        let (accounts, late_max) = (self.accounts.clone(), self.max_late);
        Box::pin(async move { Over::Round(round(context, accounts, late_max, stop, at).await.map(Box::new)) })
    }

    fn told_round(&mut self, ended: Result<Box<Finished>, Failure>, agenda: &mut Agenda) -> Result<(), Failure> {
        let finished = match ended {
            Ok(finished) => finished,
            Err(failure) => {
                agenda.ended(self.moment(), Ended::Failed(failure.kind));
                return self.told_failure(&failure, agenda.again());
            }
        };
        let Finished { done, state, left, change } = *finished;
        let opening = TimeDelta::from_std(done.opening).unwrap_or_default();
        agenda.ended(self.moment(), Ended::Well { change, rest: rest(&left, &done.rows), opening });
        self.seen = Some([Some(done.commit), state]);
        self.accounts = done.content.accounts;
        self.told_back()?;
        self.told_rows(&done.rows)?;
        let next = event::next(&done.rows).and_then(|row| Some((format!("{}:{}", row.post, row.account), row.due?)));
        let planned = Some((done.commit, next));
        let is_news = self.planned != planned;
        self.planned = planned;
        self.tell(&Event::Ran { commit: done.commit, exit: done.exit, rows: &done.rows, is_news })
    }

    /// What became of targets, and what needs somebody, as far as it is news.
    fn told_rows(&mut self, rows: &[Row]) -> Result<(), Failure> {
        let mut told = BTreeMap::new();
        for row in rows.iter().filter(|row| row.done.is_some() || row.attention.is_some()) {
            let key = (row.post.to_string(), row.account.clone());
            let mark = mark(row);
            if row.done.is_some() || self.told.get(&key) != Some(&mark) {
                self.tell(&Event::Target(row))?;
            }
            if row.attention.is_some() {
                told.insert(key, mark);
            }
        }
        self.told = told;
        Ok(())
    }

    fn told_failure(&mut self, failure: &Failure, again: Option<DateTime<Utc>>) -> Result<(), Failure> {
        let failing = Some((failure.kind, failure.message.clone()));
        let is_news = self.failing != failing;
        self.failing = failing;
        self.tell(&Event::Failed { failure, again, is_news })
    }

    fn told_back(&mut self) -> Result<(), Failure> {
        match self.failing.take() {
            Some(_) => self.tell(&Event::Back),
            None => Ok(()),
        }
    }
}

/// One round, with all that comes after it.
async fn round(
    context: &Context,
    accounts: Accounts,
    late_max: usize,
    stop: watch::Receiver<bool>,
    at: Option<DateTime<Utc>>,
) -> Result<Finished, Failure> {
    let asked =
        Asked { context, only: &[], late_max, removals_max: 0, accounts: Some(accounts), at, stop: Some(stop.clone()) };
    let mut pass = Pass::begin(asked)?;
    let outcome = {
        let uploads = Uploads::new(context);
        // How targets end is told as events; on the way, only who asks for more is told.
        let tell = |words: &str| {
            if context.global.verbose > 0 {
                uploads.say(&report::printable(words));
            }
        };
        pass.publish(Talk { tell: &tell, sent: &|sent| uploads.sent(sent) }).await
    };
    // That it was asked to stop is no news for people who are not there.
    if outcome.is_ok() || !*stop.borrow() {
        pass.tell(&outcome).await;
    }
    let done = outcome?;
    let (left, change) = pass.outlook(&done)?;
    Ok(Finished { state: pass.state(), done, left, change })
}

/// What a round left of what is due, by the plan that was made after it.
fn rest(left: &Plan, rows: &[Row]) -> Rest {
    // A person alone may allow removals.
    let actions = left.actions().filter(|row| row.action != Some(Action::Remove));
    let rest = |row: &Row| {
        let before = rows.iter().find(|before| before.post == row.post && before.account == row.account);
        match before {
            Some(before) if before.acted => Rest::Later,
            Some(before) => match before.attention {
                Some(Kind::Later | Kind::Claimed) => Rest::Later,
                None if before.state == Standing::Scheduled => Rest::Now,
                _ => Rest::Nothing,
            },
            None => Rest::Later,
        }
    };
    actions.map(rest).max().unwrap_or(Rest::Nothing)
}

/// What makes two sentences about a target the same news: how long it still takes does not.
fn mark(row: &Row) -> String {
    let reason = match row.attention {
        Some(Kind::Later | Kind::Claimed) => "",
        _ => row.reason.as_deref().unwrap_or_default(),
    };
    format!("{} {:?} {reason}", row.state.name(), row.attention)
}

/// Ends when some work does; never, while there is none.
async fn ready(work: &mut Option<Work<'_>>) -> Over {
    match work {
        Some(at_work) => {
            let over = at_work.await;
            *work = None;
            over
        }
        None => std::future::pending().await,
    }
}

async fn hear(ears: &Result<Ears, Failure>) -> Heard {
    match ears {
        Ok(ears) => ears.heard().await,
        Err(_) => std::future::pending().await,
    }
}

async fn alarm(context: &Context, at: Option<DateTime<Utc>>) {
    match at {
        Some(at) => context.clock.alarm(at).await,
        None => std::future::pending().await,
    }
}

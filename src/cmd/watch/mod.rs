//! `pressroom watch`: goes on publishing, and checks files as they are saved. What is done when stands in `agenda`; here it is
//! begun, and what came of it handed on.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};

use super::progress::Uploads;
use super::publish::stop;
use super::{Context, open};
use crate::account::{Accounts, time};
use crate::content;
use crate::error::{Failure, Kind};
use crate::repo::remote::Remote;
use crate::repo::snapshot::Snapshot;
use crate::repo::{Oid, Repo};

mod agenda;
mod check;
mod ears;
mod event;
mod health;
mod voice;
mod work;

use agenda::{Act, Agenda, Ended, Moment, Next};
use ears::{Ears, Heard};
use event::Event;
use health::Health;
use voice::Voice;
use work::{Finished, Over, Rounds};

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
        let context = Context { global, clock: context.clock };
        let uploads = Uploads::new(&context);
        let mut voice = Voice::new(&context, health, repo.branch()?);
        voice.zone = accounts.defaults.timezone;
        voice.tell(&Event::Started {
            root: &repo.root().display().to_string(),
            branch: &accounts.publish.branch,
            remote: repo.remote()?.as_ref().map(Remote::name),
            health: address,
        });
        let (sender, plans) = mpsc::unbounded_channel();
        let stop = stop::listen();
        let (late_max, root) = (self.max_late, repo.root().to_path_buf());
        let rounds = Rounds { context: &context, uploads: &uploads, late_max, stop: stop.clone(), plans: sender };
        let agenda = Agenda::new(moment(&context), self.fetch);
        let desk = Desk { context: &context, root, accounts, rounds, voice, agenda, seen: None, looked: None };
        desk.keep_on(Ears::open(&repo), stop, plans).await
    }
}

/// Something under way.
type Work<'a> = LocalBoxFuture<'a, Over>;

/// All that is remembered from one event to the next.
struct Desk<'a> {
    context: &'a Context,
    root: PathBuf,
    /// As the publishing branch has them; before the first round, as the commit checked out has.
    accounts: Accounts,
    rounds: Rounds<'a>,
    voice: Voice<'a>,
    agenda: Agenda,
    /// Where the branches of content and state were after the last round.
    seen: Option<[Option<Oid>; 2]>,
    /// Where the last look found them.
    looked: Option<[Option<Oid>; 2]>,
}

impl<'a> Desk<'a> {
    /// The loop: whatever happens is told to the agenda, and what it says is begun.
    async fn keep_on(
        mut self,
        mut ears: Result<Ears, Failure>,
        mut stop: watch::Receiver<bool>,
        mut plans: mpsc::UnboundedReceiver<Option<DateTime<Utc>>>,
    ) -> Result<u8, Failure> {
        if let Err(failure) = &ears {
            self.voice.tell(&Event::Deaf(failure));
        }
        let mut written = BTreeSet::new();
        let (mut rounds, mut asides) = (FuturesUnordered::<Work<'a>>::new(), FuturesUnordered::<Work<'a>>::new());
        let gone = loop {
            let until = match self.agenda.next(moment(self.context)) {
                Next::Do(act) => {
                    match act {
                        Act::TellJump(by) => self.voice.tell(&Event::Clock { by }),
                        Act::Check => asides.push(Box::pin(work::check(self.root.clone()))),
                        Act::Look => asides.push(Box::pin(work::look(self.root.clone(), self.accounts.clone()))),
                        Act::Round { at } => rounds.push(Box::pin(self.rounds.clone().go(self.accounts.clone(), at))),
                    }
                    continue;
                }
                Next::WaitUntil(until) => until,
            };
            let over = tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => break None,
                Some(over) = rounds.next() => over,
                Some(over) = asides.next() => over,
                Some(change) = plans.recv() => {
                    self.agenda.planned(change);
                    continue;
                }
                heard = hear(&ears) => {
                    if heard.ground && let Err(gone) = self.is_there().await {
                        break Some(gone);
                    }
                    self.heard(heard, &mut ears, &mut written);
                    continue;
                }
                () = alarm(self.context, until) => continue,
            };
            if !self.is_well(over, &mut written)
                && let Err(gone) = self.is_there().await
            {
                break Some(gone);
            }
        };
        // Nothing new is begun, and whatever may have shown something is finished.
        if !rounds.is_empty() {
            self.voice.tell(&Event::Stopping);
        }
        while let Some(over) = rounds.next().await {
            if let Over::Round(Ok(finished)) = over {
                self.voice.ran(&finished.done);
            }
        }
        match gone {
            Some(gone) => Err(gone),
            None => {
                self.voice.tell(&Event::Stopped);
                Ok(0)
            }
        }
    }

    /// Takes in what was heard.
    fn heard(&mut self, heard: Heard, ears: &mut Result<Ears, Failure>, written: &mut BTreeSet<String>) {
        let now = moment(self.context);
        if heard.ground
            && let Ok(Err(failure)) = ears.as_mut().map(Ears::listen)
        {
            self.voice.tell(&Event::Deaf(&failure));
        }
        if heard.ground || !heard.files.is_empty() {
            self.agenda.heard_files(now);
        }
        if heard.refs {
            self.agenda.heard_refs(now);
        }
        written.extend(heard.files);
    }

    /// Takes in what ended; whether it came to its end.
    fn is_well(&mut self, over: Over, written: &mut BTreeSet<String>) -> bool {
        let now = moment(self.context);
        match over {
            Over::Check(found) => {
                self.agenda.checked();
                if let Ok(branch) = Repo::open(&self.root).and_then(|repo| repo.branch()) {
                    self.voice.branch(branch, &self.accounts.publish.branch);
                }
                self.voice.checked(&std::mem::take(written), found);
                true
            }
            Over::Look(Ok(tips)) => {
                let is_known = self.seen == Some(tips) || self.looked == Some(tips);
                self.looked = Some(tips);
                self.agenda.looked(now, Some(!is_known));
                self.voice.answered();
                true
            }
            Over::Look(Err(failure)) => {
                self.agenda.looked(now, None);
                self.voice.failed(&failure, self.agenda.again());
                false
            }
            Over::Round(Ok(finished)) => {
                let Finished { done, state, ended } = *finished;
                self.agenda.ended(now, ended);
                self.seen = Some([Some(done.commit), state]);
                self.voice.ran(&done);
                self.accounts = done.content.accounts;
                true
            }
            Over::Round(Err(failure)) => {
                self.agenda.ended(now, Ended::Failed(failure.kind));
                self.voice.failed(&failure, self.agenda.again());
                false
            }
        }
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
        let message = format!("{root} is gone, or is no git repository any more; nothing is published");
        Err(Failure::new(Kind::Content, message)
            .hint("start it again once it is back; a service manager does so, as docs/watch.md has it"))
    }
}

fn moment(context: &Context) -> Moment {
    Moment { wall: context.clock.now(), elapsed: context.clock.elapsed() }
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

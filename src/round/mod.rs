//! One round: what is due at a commit is planned, claimed, published and written down. `publish` is one round, and so is
//! each act of a rehearsal; they differ in what they are given.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::LocalBoxFuture;
use tokio::sync::watch;

use crate::account::{Accounts, MediaHost};
use crate::chance;
use crate::clock::Clock;
use crate::content::{Content, Stock};
use crate::error::{Failure, Kind};
use crate::hosting::{Commit, Hosting, Keys};
use crate::http::{Files, Http};
use crate::ledger::entry::TargetKey;
use crate::plan::action::{Action, Row};
use crate::plan::{Only, Plan};
use crate::repo::journal::{Change, Journal};
use crate::repo::spool::Spools;
use crate::run::recover::Recovered;
use crate::run::spell::Timings;
use crate::run::write::Writer;
use crate::run::{Run, Sent};
use crate::vault::{Document, Redactor, Vault};

mod known;
pub mod mark;
pub mod tokens;

pub use known::{Known, Planning, Silence};

/// What a round works with.
pub struct Round<'a> {
    pub clock: Clock,
    pub journal: &'a Journal,
    pub spools: &'a dyn Spools,
    pub http: &'a Http,
    pub keyring: &'a dyn Keyring,
    pub timings: Timings,
    /// The keys of the bucket that lends media, if there is one.
    pub bucket_keys: Option<Keys>,
    /// Becomes true when the person or the system asks to stop.
    pub stop: watch::Receiver<bool>,
    /// Where progress is told.
    pub tell: &'a (dyn Fn(&str) + Sync),
    /// Where it is told how far a file is on its way.
    pub sent: &'a (dyn Fn(&Sent<'_>) + Sync),
    /// What goes to the state branch along with the run's last words, told how its targets are left.
    pub along: &'a (dyn Fn(&[Row], &Content) -> Option<Change> + Sync),
}

/// What a round is asked for.
#[derive(Clone, Debug)]
pub struct Orders<'a> {
    /// Only these, if there are any.
    pub only: &'a [Only],
    pub silence: Silence,
    /// More targets than this that are late without a word in the ledger end the round: it may have been lost.
    pub late_max: usize,
    /// At most so many posts are taken away; if more are to be, none is.
    pub removals_max: usize,
}

/// Opens the tokens of the accounts that a plan acts on.
pub trait Keyring: Sync {
    /// Rows of an account whose token cannot be used say so and rest.
    fn open<'a>(
        &'a self,
        accounts: &'a Accounts,
        known: &'a Known,
        run: &'a str,
        plan: &'a mut Plan,
    ) -> LocalBoxFuture<'a, Result<Opened, Failure>>;
}

/// What a run needs of the vault: itself, where anything is opened, the tokens by account, and what never to print.
pub type Opened = (Option<Arc<Vault>>, BTreeMap<String, Document>, Redactor);

/// How a round ended.
#[derive(Debug)]
pub struct Ended {
    /// The run's name.
    pub run: String,
    pub rows: Vec<Row>,
}

impl Round<'_> {
    /// Publishes what is due.
    ///
    /// # Errors
    /// When the state branch cannot be read or written, or somebody must look before anything goes out. What was published by
    /// then lies in the spool, and the next round of this clone brings it to the ledger.
    pub async fn publish(
        &self,
        content: &mut Content,
        stock: Arc<Stock>,
        media: &MediaHost,
        commit: Commit,
        orders: &Orders<'_>,
    ) -> Result<Ended, Failure> {
        let run = chance::name_at(self.clock.now()).to_string();
        let writer =
            Writer { journal: self.journal.clone(), clock: self.clock, run: run.clone(), src: Some(commit.id.clone()) };
        let recovered = Recovered::read(self.spools, None)?;
        recovered.bring_in(&writer).await?;
        // Where the ledger is known to be new, nothing of the archive can have been out before.
        let mut known = Known::read(self.journal.branch()?)?;
        if orders.silence == Silence::IsSuspect && self.meet_accounts(&writer, &known, &content.accounts).await? {
            known = Known::read(self.journal.branch()?)?;
        }
        recovered.clear(self.spools, &known.state)?;
        let mut plan = self.plan(content, &stock, &known, &recovered, orders);
        orders.stop_if_too_late(&plan)?;
        orders.hold_removals(&mut plan);
        let (vault, tokens, redactor) = self.keyring.open(&content.accounts, &known, &run, &mut plan).await?;
        known.branch.check_writable()?;
        // From here on the run may claim something: whoever finds its spool knows that it lives, or how far it came.
        let spool = self.spools.begin_spool(&run)?;
        let files: Arc<dyn Files> = stock;
        let hosting = Hosting::new(self.http, self.clock, files.clone(), media, self.bucket_keys.clone(), commit);
        let rows = Run {
            clock: self.clock,
            writer,
            spool: &*spool,
            http: self.http,
            files,
            hosting: &hosting,
            vault: vault.as_deref(),
            tokens: &tokens,
            recovered: &recovered,
            redactor: &redactor,
            timings: self.timings,
            stop: self.stop.clone(),
            tell: self.tell,
            sent: self.sent,
            along: &|rows| (self.along)(rows, content),
        }
        .carry_out(plan)
        .await?;
        spool.finish()?;
        Ok(Ended { run, rows })
    }

    /// What a round would do, to the last byte.
    ///
    /// # Errors
    /// When the state branch or the spools cannot be read.
    pub fn foresee(&self, content: &mut Content, stock: &Stock, orders: &Orders<'_>) -> Result<Plan, Failure> {
        let (known, recovered) = (Known::read(self.journal.branch()?)?, Recovered::read(self.spools, None)?);
        Ok(self.plan(content, stock, &known, &recovered, orders))
    }

    /// What is left to do at this instant as the ledger stands now, and the next instant at which that may change: for whoever
    /// waits for it.
    ///
    /// # Errors
    /// When the state branch or the spools cannot be read.
    pub fn outlook(&self, content: &Content, orders: &Orders<'_>) -> Result<(Plan, Option<DateTime<Utc>>), Failure> {
        let (known, recovered) = (Known::read(self.journal.branch()?)?, Recovered::read(self.spools, None)?);
        let (timings, now) = (&self.timings, self.clock.now());
        let planning =
            Planning { known: &known, recovered: &recovered, timings, now, only: orders.only, silence: orders.silence };
        Ok((planning.plan(content), planning.next_change(content)))
    }

    fn plan(
        &self,
        content: &mut Content,
        stock: &Stock,
        known: &Known,
        recovered: &Recovered,
        orders: &Orders<'_>,
    ) -> Plan {
        let (timings, now) = (&self.timings, self.clock.now());
        let planning = Planning { known, recovered, timings, now, only: orders.only, silence: orders.silence };
        planning.exactly(content, stock, |row| row.action.is_some())
    }

    /// Sets the baseline of every connected account the ledger has not met: the archive must not flood it. Tells whether there
    /// was any.
    async fn meet_accounts(&self, writer: &Writer, known: &Known, accounts: &Accounts) -> Result<bool, Failure> {
        let strangers = known.connected.iter().filter(|name| !known.state.baselines.contains_key(*name));
        let keys: Vec<TargetKey> = strangers
            .filter_map(|name| accounts.accounts.get(name))
            .map(|account| TargetKey::new(account.platform, &account.name))
            .collect();
        if !keys.is_empty() {
            writer.meet(&keys).await?;
        }
        Ok(!keys.is_empty())
    }
}

impl Orders<'_> {
    /// What is taken away cannot be put back: more removals than a person has allowed are held, all of them.
    fn hold_removals(&self, plan: &mut Plan) {
        let removals = plan.rows.iter().filter(|row| row.action == Some(Action::Remove)).count();
        if removals <= self.removals_max {
            return;
        }
        for row in plan.rows.iter_mut().filter(|row| row.action == Some(Action::Remove)) {
            row.action = None;
            row.reason = Some(format!("to be removed; `pressroom publish --allow-removals {removals}` removes it"));
            row.attention = Some(Kind::Person);
        }
    }

    /// A ledger that was lost or rolled back makes old posts look unpublished: many at once is a reason to stop.
    fn stop_if_too_late(&self, plan: &Plan) -> Result<(), Failure> {
        let late = plan.rows.iter().filter(|row| row.action == Some(Action::Look) && row.untouched).count();
        if late <= self.late_max {
            return Ok(());
        }
        Err(Failure::new(
            Kind::Person,
            format!(
                "{late} targets are more than an hour late and the ledger has no word on them; nothing is published"
            ),
        )
        .hint("if the ledger was lost or rolled back, restore it first; `pressroom log` shows what it holds")
        .hint(format!(
            "if they are really due, `pressroom publish --max-late {late}` goes on: each is looked for first"
        )))
    }
}

//! What the state branch says at one tip, and the plan that follows from it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::content::{Content, Stock};
use crate::error::{Failure, Kind};
use crate::fit::Rendition;
use crate::ledger::{State, entry};
use crate::plan::action::Row;
use crate::plan::next::next_change;
use crate::plan::settled::Over;
use crate::plan::{self, Desk, Only, Plan};
use crate::repo::branch::Branch;
use crate::run::recover::Recovered;
use crate::run::spell::Timings;
use crate::vault;

/// What the state branch says.
pub struct Known {
    pub branch: Branch,
    pub state: State,
    /// Accounts with a token file.
    pub connected: BTreeSet<String>,
    /// When tokens end that no run refreshes: empty until somebody with a key has looked.
    pub ends: BTreeMap<String, DateTime<Utc>>,
    /// The servers that tokens are for, where accounts.toml says another: as `ends`.
    pub elsewhere: BTreeMap<String, String>,
    /// Of targets that are over and not in `state`.
    pub over: Over,
}

impl Known {
    /// Folds the ledger of a state branch.
    pub fn read(branch: Branch) -> Result<Self, Failure> {
        let files = branch.files(entry::FOLDER)?;
        let texts: Vec<(String, String)> =
            files.into_iter().map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned())).collect();
        let state = State::fold(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        Self::folded(branch, state, Over::default())
    }

    /// What it says where the ledger is folded already, but for what is over.
    pub fn folded(branch: Branch, state: State, over: Over) -> Result<Self, Failure> {
        if let Some(why) = &state.baseline_broken {
            return Err(Failure::new(Kind::Content, format!("{}:{why}", entry::BASELINE_PATH))
                .hint("nothing is published while it cannot be told which posts are old; put the file right on the state branch"));
        }
        let connected = branch.list(vault::FOLDER)?.iter().filter_map(|path| vault::account_of(path)).collect();
        Ok(Self { branch, state, connected, ends: BTreeMap::new(), elsewhere: BTreeMap::new(), over })
    }
}

/// What it means that the ledger has no word on a target that is long due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The ledger may have been lost: look first.
    IsSuspect,
    /// The ledger is known to be new.
    IsNormal,
}

/// What a plan is made of beside the content.
pub struct Planning<'a> {
    pub known: &'a Known,
    pub recovered: &'a Recovered,
    pub timings: &'a Timings,
    pub now: DateTime<Utc>,
    pub only: &'a [Only],
    pub silence: Silence,
}

impl Planning<'_> {
    /// What a run would do.
    pub fn plan(&self, content: &Content) -> Plan {
        plan::plan(&self.desk(content))
    }

    /// The next instant at which it may be something else, if nobody touches anything.
    pub fn next_change(&self, content: &Content) -> Option<DateTime<Utc>> {
        next_change(&self.desk(content))
    }

    fn desk<'a>(&'a self, content: &'a Content) -> Desk<'a> {
        Desk {
            now: self.now,
            accounts: &content.accounts,
            offers: content.offers.as_slice().into(),
            state: &self.known.state,
            connected: &self.known.connected,
            ends: &self.known.ends,
            elsewhere: &self.known.elsewhere,
            dead_runs: &self.recovered.dead,
            grace: self.timings.grace,
            only: self.only,
            silence_is_suspect: self.silence == Silence::IsSuspect,
            over: &self.known.over,
        }
    }

    /// The same to the last byte: the pictures of the rows asked for that are too large are made smaller.
    pub fn exactly(&self, content: &mut Content, stock: &Stock, asked: impl Fn(&Row) -> bool) -> Plan {
        let plan = self.plan(content);
        let too_large = |row: &&Row| row.rendition.as_deref().is_some_and(Rendition::is_too_large_yet);
        let rows = plan.rows.iter().filter(|row| asked(row)).filter(too_large);
        let rows: BTreeSet<_> = rows.map(|row| (row.post.clone(), row.account.clone())).collect();
        if rows.is_empty() {
            return plan;
        }
        content.make_smaller(stock, |offer| rows.contains(&(offer.post.clone(), offer.target.account.clone())));
        self.plan(content)
    }
}

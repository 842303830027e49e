//! Carries out a plan. The ledger is read first and written last:
//!
//! 1. All targets the plan acts on are *claimed*, in one push. Who loses the push, loses the target.
//! 2. Accounts work side by side, the targets of one account one after another.
//! 3. What is made outside (uploads) is *prepared*: written to the ledger before the call that shows the post.
//! 4. The showing call is sent **once**. Before it the lease is checked by both clocks, and a note goes to the spool, synced to
//!    disk: from here on a dead run may have published.
//! 5. A clear answer becomes the receipt: first in the spool, from where it is on its way to the disk, then in the ledger, where it
//!    may come some seconds later, with those of other targets. Nobody waits for the disk here: if a power cut in that
//!    millisecond takes the receipt, the note before it stands, and the post is looked for.
//! 6. An unclear answer becomes a doubt, and the adapter's look-up decides; nothing is ever sent again blindly.
//!
//! A run that dies leaves its claim and its spool. The next run of the same clone reads the spool and takes over at
//! once; another machine waits for the lease and a grace, and looks before it sends.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::{Pin, pin};
use std::sync::Arc;

use chrono::TimeDelta;
use futures_util::future::join_all;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::error::{Failure, Kind};
use crate::fit::Rendition;
use crate::hosting::Hosting;
use crate::http::{Files, Http};
use crate::ledger::entry::{Aim, Event};
use crate::ledger::{Stand, Word};
use crate::limits::Platform;
use crate::plan::Plan;
use crate::plan::action::{Action, ReceiptRow, Row, Standing};
use crate::plan::when::how_long;
use crate::platform::{self, Allowance, Refusal};
use crate::repo::journal::{Change, Setback};
use crate::repo::spool::Spool;
use crate::vault::{Document, Redactor, Vault};

mod policy;
pub mod recover;
pub mod renew;
mod secrets;
pub mod spell;
mod suspect;
mod walk;
pub mod write;

use recover::{Note, Recovered};
use spell::Timings;
use walk::{End, Walk};
use write::{Ask, Claimed, Suspicion, Writer};

/// All a run needs besides its plan.
pub struct Run<'a> {
    pub clock: Clock,
    pub writer: Writer,
    pub spool: &'a dyn Spool,
    pub http: &'a Http,
    pub files: Arc<dyn Files>,
    /// Where platforms find the media that they fetch.
    pub hosting: &'a Hosting<'a>,
    /// Opens and seals what is kept of uploads in flight; `None` where there is nothing to do.
    pub vault: Option<&'a Vault>,
    /// Tokens by account name.
    pub tokens: &'a BTreeMap<String, Document>,
    pub recovered: &'a Recovered,
    /// Masks every secret the run knows.
    pub redactor: &'a Redactor,
    pub timings: Timings,
    /// Becomes true when the person or the system asks to stop: no new claims, the call in flight is finished.
    pub stop: watch::Receiver<bool>,
    /// Where progress is told.
    pub tell: &'a (dyn Fn(&str) + Sync),
    /// Where it is told how far a file is on its way.
    pub sent: &'a (dyn Fn(&Sent<'_>) + Sync),
    /// What goes to the state branch along with the last words, told how the targets are left.
    pub along: &'a (dyn Fn(&[Row]) -> Option<Change> + Sync),
}

/// How far a media file is on its way to a target's platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent<'a> {
    pub post: &'a str,
    pub account: &'a str,
    /// Path from the repository's root.
    pub path: &'a str,
    /// Handed to the network so far, of the whole file. Less than before where a part is sent again.
    pub bytes: u64,
    pub of: u64,
}

/// A line handed in to the state branch; awaiting tells whether it has arrived.
type OnItsWay = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;

/// How the run left one target.
#[derive(Clone, Debug)]
struct Ended {
    row: usize,
    end: End,
}

/// How far a lane came.
struct Lane {
    ended: Vec<Ended>,
    /// What it has to say to the ledger; where it does not arrive, it lies in the spool.
    words: Vec<OnItsWay>,
    /// Why it came no further.
    outcome: Result<(), Failure>,
}

impl Run<'_> {
    /// Carries out a plan, and gives its rows back as the run left them.
    ///
    /// # Errors
    /// When the state branch cannot be written. What was published by then lies in the spool, and the next run of this
    /// clone brings it to the ledger.
    pub async fn carry_out(&self, plan: Plan) -> Result<Vec<Row>, Failure> {
        let mut rows = plan.rows;
        if let Some(why) = self.wrong_time(&rows).await? {
            rows.iter_mut().filter(|row| row.action.is_some()).for_each(|row| rest(row, &why));
            return Ok(rows);
        }
        self.record_missed(&rows).await?;
        self.record_notes(&rows).await?;
        self.record_slots(&rows).await?;
        if *self.stop.borrow() {
            rows.iter_mut().filter(|row| row.action.is_some()).for_each(|row| self.conclude(row, End::Stopped));
            return Ok(rows);
        }
        let claims = self.claim_all(&mut rows).await?;
        let Lane { ended, mut words, outcome } = self.walk_lanes(&rows, claims).await;
        for Ended { row, end } in ended {
            self.conclude(&mut rows[row], end);
        }
        // Whatever was to be done and has no end must not look as if all were well.
        for row in rows.iter_mut().filter(|row| row.action.is_some() && row.attention.is_none()) {
            row.reason = Some("the run did not come to it; the next one does".to_owned());
            row.attention = Some(Kind::Later);
        }
        if outcome.is_ok()
            && !words.is_empty()
            && let Some(along) = (self.along)(&rows)
        {
            let along = self.writer.journal.commit(along);
            words.push(Box::pin(async move { write::settled(along.await).map(drop) }));
        }
        join_all(words).await.into_iter().collect::<Result<(), Failure>>()?;
        outcome.map(|()| rows)
    }

    /// Why nothing may be touched by this machine's clock, which tells what is due, late and missed.
    async fn wrong_time(&self, rows: &[Row]) -> Result<Option<String>, Failure> {
        let touched = rows.iter().filter(|row| row.action.is_some() || row.newly_missed);
        let hosts: BTreeSet<(Platform, &str)> =
            touched.filter_map(|row| Some((row.platform, self.home_of(row)?))).collect();
        wrong_time(self.http, &hosts.into_iter().map(|(_, host)| host).collect::<Vec<_>>()).await
    }

    /// A host that can be asked for a row's sake: its account's server, else the platform's first.
    fn home_of(&self, row: &Row) -> Option<&str> {
        let server = self.tokens.get(&row.account).map(|document| document.identity.server.as_str());
        let first = platform::adapter(row.platform)?.hosts().first().copied();
        server.filter(|server| !server.is_empty()).or(first)
    }

    async fn record_missed(&self, rows: &[Row]) -> Result<(), Failure> {
        let missed = rows.iter().filter(|row| row.newly_missed);
        let lines = missed.filter_map(|row| Some(self.writer.line(row, None, Event::Missed { due: row.due? })));
        let words = lines.map(|line| self.writer.append_if(line, Stand::default()));
        for word in join_all(words.collect::<Vec<_>>()).await {
            // Whatever another run wrote meanwhile, it is no longer without a word.
            if let Err(Setback::Failed(failure)) = word {
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Tells the ledger what the posts of what is out say is to become of it once they are gone.
    async fn record_notes(&self, rows: &[Row]) -> Result<(), Failure> {
        let out = rows.iter().filter(|row| row.state == Standing::Published);
        let noted = out.filter_map(|row| Some((row, Event::Noted { on_remove: row.to_note? })));
        let lines: Vec<_> = noted.map(|(row, event)| self.writer.line(row, None, event)).collect();
        if lines.is_empty() { Ok(()) } else { self.writer.append(lines).await }
    }

    /// Tells the ledger which slots posts got, so that they stay theirs.
    async fn record_slots(&self, rows: &[Row]) -> Result<(), Failure> {
        let open = rows.iter().filter(|row| matches!(row.state, Standing::Scheduled | Standing::Due));
        let lines: Vec<_> =
            open.filter_map(|row| Some(self.writer.line(row, None, Event::Slotted { at: row.to_slot? }))).collect();
        if lines.is_empty() { Ok(()) } else { self.writer.append(lines).await }
    }

    /// Claims every target the plan acts on, in one push; rows that somebody else was faster for say so.
    async fn claim_all(&self, rows: &mut [Row]) -> Result<Vec<(usize, Claimed)>, Failure> {
        let asks: Vec<(usize, Ask)> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.action.is_some())
            .filter_map(|(index, row)| {
                let aim = aim(row);
                let suspicion: Suspicion = match aim {
                    Aim::Publish => suspect::suspicion(self, row)?,
                    // Their calls may be repeated: nothing is lost by doing so.
                    Aim::Edit | Aim::Remove => Box::new(|_| None),
                };
                let rendition = row.rendition.as_deref().filter(|_| aim != Aim::Remove);
                let ask = Ask {
                    post: row.post.clone(),
                    target: row.key.clone(),
                    aim,
                    fp: rendition.map(Rendition::fingerprint),
                    fixed: rendition.map(Rendition::fixed),
                    on_remove: row.to_note,
                    lease: self.timings.lease,
                    takes_over: row.takes_over,
                    suspicion,
                };
                Some((index, ask))
            })
            .collect();
        let claims =
            join_all(asks.into_iter().map(|(index, ask)| async move { (index, self.writer.claim(ask).await) }));
        let mut won = Vec::new();
        for (index, result) in claims.await {
            match result {
                Ok(claimed) => won.push((index, claimed)),
                Err(Setback::Conflict(why)) => self.give_way(&mut rows[index], why),
                Err(Setback::Failed(failure)) => return Err(failure),
            }
        }
        Ok(won)
    }

    /// Another run was faster: the row says how far that one has come.
    fn give_way(&self, row: &mut Row, why: String) {
        row.action = None;
        if let Ok(Word::Published { receipt }) = self.writer.word(&row.post, &row.key) {
            row.receipt = Some(ReceiptRow { id: receipt.id, url: receipt.url, at: receipt.at });
            row.state = Standing::Published;
            return;
        }
        row.state = Standing::Publishing;
        row.reason = Some(why);
        row.attention = Some(Kind::Claimed);
    }

    /// Accounts side by side, the targets of one account one after another. Last words go to the ledger while the lanes
    /// go on, many at a time.
    async fn walk_lanes(&self, rows: &[Row], claims: Vec<(usize, Claimed)>) -> Lane {
        let mut lanes: BTreeMap<&str, Vec<(usize, Claimed)>> = BTreeMap::new();
        for (index, claimed) in claims {
            lanes.entry(&rows[index].account).or_default().push((index, claimed));
        }
        let lanes = join_all(lanes.into_values().map(|lane| self.walk_lane(rows, lane)));
        let mut all = Lane { ended: Vec::new(), words: Vec::new(), outcome: Ok(()) };
        for lane in self.hurried_by_stop(lanes).await {
            all.ended.extend(lane.ended);
            all.words.extend(lane.words);
            all.outcome = all.outcome.and(lane.outcome);
        }
        all
    }

    /// Whoever asks to stop may end the process soon, whatever a lane is still waiting for: what is known is written down.
    async fn hurried_by_stop<T>(&self, lanes: impl Future<Output = T>) -> T {
        let (mut lanes, mut stop) = (pin!(lanes), self.stop.clone());
        tokio::select! {
            ended = &mut lanes => return ended,
            Ok(_) = stop.wait_for(|stop| *stop) => self.writer.journal.hurry(),
        }
        lanes.await
    }

    async fn walk_lane(&self, rows: &[Row], lane: Vec<(usize, Claimed)>) -> Lane {
        let mut ended = Vec::new();
        let mut words = Vec::new();
        let mut barred: Option<Refusal> = None;
        let mut heard: Vec<Allowance> = Vec::new();
        for (index, claimed) in lane {
            let row = &rows[index];
            let walk = match &barred {
                Some(refusal) => {
                    let doubtful = claimed.before.doubt().is_some();
                    Ok((End::Account { refusal: refusal.clone(), doubtful }, claimed))
                }
                None => match self.spent(row, &claimed, &heard) {
                    Some(end) => Ok((end, claimed)),
                    None => match Walk::new(self, row, claimed) {
                        Some(walk) => walk.walk(&mut words).await,
                        None => continue,
                    },
                },
            };
            let (end, claimed) = match walk {
                Ok(end) => end,
                Err(failure) => return Lane { ended, words, outcome: Err(failure) },
            };
            heard.retain(|old| claimed.allowances.iter().all(|new| new.of != old.of));
            heard.extend(claimed.allowances.iter().cloned());
            if let End::Account { refusal, .. } = &end {
                barred = Some(refusal.clone());
            }
            if let Err(failure) = self.last_word(row, &claimed, &end, &mut words) {
                return Lane { ended, words, outcome: Err(failure) };
            }
            (self.tell)(&told(row, &end));
            ended.push(Ended { row: index, end });
        }
        Lane { ended, words, outcome: Ok(()) }
    }

    /// What an earlier post of the account has met need not be met again: a limit of which too little is left for a post of
    /// which nothing is out. Where it may be out, it is looked for all the same.
    fn spent(&self, row: &Row, claimed: &Claimed, heard: &[Allowance]) -> Option<End> {
        let is_new = claimed.aim == Aim::Publish && claimed.before.may_be_out().is_none() && !claimed.before.is_out();
        let rendition = row.rendition.as_ref().filter(|_| is_new)?;
        let now = self.clock.now();
        let spent = heard.iter().filter(|allowance| allowance.until > now).find(|allowance| {
            let quota = row.platform.limits().quota(&allowance.of);
            quota.is_some_and(|quota| rendition.spends(quota, |_| true) > allowance.left)
        })?;
        let why = format!("{} has {} {} left", row.account, spent.left, spent.of);
        Some(End::Later { until: spent.until, why, class: None, doubtful: false })
    }

    /// Writes a walk's last word: to the spool now, to the ledger while the lane goes on.
    fn last_word(&self, row: &Row, claimed: &Claimed, end: &End, words: &mut Vec<OnItsWay>) -> Result<(), Failure> {
        let Some(event) = end.last_word() else { return Ok(()) };
        let mut line = self.writer.line(row, Some(claimed), event);
        line.entry.allowances.clone_from(&claimed.allowances);
        self.note(&Note::result(&line.entry))?;
        let cleanup = claimed.cleanup.clone().into_iter().collect();
        words.push(Box::pin(self.writer.append_and(vec![line], cleanup)));
        Ok(())
    }

    /// What the run's end of a target means for its row.
    fn conclude(&self, row: &mut Row, end: End) {
        let aim = aim(row);
        row.action = None;
        row.acted = true;
        row.done = match end {
            End::Published { .. } => Some(Aim::Publish),
            End::Edited { .. } => Some(Aim::Edit),
            End::Removed => Some(Aim::Remove),
            _ => None,
        };
        let (state, reason, attention) = match end {
            End::Published { receipt, lacks } => {
                row.receipt = Some(ReceiptRow { id: receipt.id, url: receipt.url, at: receipt.at });
                let attention = lacks.as_ref().map(|_| Kind::Person);
                (Standing::Published, lacks.map(|why| format!("it is out, but not all of it: {why}")), attention)
            }
            End::Edited { receipt, .. } => {
                row.receipt = Some(ReceiptRow { id: receipt.id, url: receipt.url, at: receipt.at });
                (Standing::Published, Some("edited".to_owned()), None)
            }
            End::Removed => (Standing::Removed, None, None),
            // What an edit or a removal leaves undone is still out.
            End::Refused(refusal) | End::Account { refusal, .. } if aim != Aim::Publish => {
                let what = if aim == Aim::Edit { "the edit" } else { "the removal" };
                (Standing::Published, Some(format!("{what} was refused: {}", refusal.words)), Some(Kind::Person))
            }
            End::Later { until, why, .. } if aim != Aim::Publish => {
                let again = format!("{why}; again in {}", how_long(until - self.clock.now()));
                (Standing::Published, Some(again), Some(Kind::Later))
            }
            End::Stopped if aim != Aim::Publish => {
                (Standing::Published, Some("the run was asked to stop".to_owned()), Some(Kind::Later))
            }
            End::Refused(refusal) => (Standing::Failed, Some(refusal.words), Some(Kind::Person)),
            End::Doubtful { why } => (Standing::Doubtful, Some(why), Some(Kind::Person)),
            End::Later { until, why, doubtful, .. } => {
                let again = format!("{why}; again in {}", how_long(until - self.clock.now()));
                (due(doubtful), Some(again), Some(Kind::Later))
            }
            End::Account { refusal, doubtful } => (due(doubtful), Some(refusal.words), Some(Kind::Person)),
            End::Stopped => (Standing::Due, Some("the run was asked to stop".to_owned()), Some(Kind::Later)),
            End::Lost { why } => (Standing::Publishing, Some(why), Some(Kind::Claimed)),
        };
        row.state = state;
        row.reason = reason;
        row.attention = attention;
    }

    /// Writes a note to the spool, from where it is on its way to the disk.
    fn note(&self, note: &Note) -> Result<(), Failure> {
        self.spool.write(&note.line())?;
        drop(self.spool.sync());
        Ok(())
    }

    /// The same; it is on the disk when this ends.
    async fn note_for_sure(&self, note: &Note) -> Result<(), Failure> {
        self.spool.write(&note.line())?;
        self.spool.sync().await
    }

    /// Text that may go to a terminal, a log or the ledger: no secret in it, and not too long.
    fn clean(&self, text: &str) -> String {
        let clean = self.redactor.clean(text);
        match clean.char_indices().nth(WORDS_MAX) {
            Some((cut, _)) => format!("{}…", &clean[..cut]),
            None => clean.into_owned(),
        }
    }
}

/// A row that nothing is done about now, for a reason that passes by itself.
fn rest(row: &mut Row, why: &str) {
    row.action = None;
    row.reason = Some(why.to_owned());
    row.attention = Some(Kind::Later);
}

/// Why nothing may be done that hangs on this machine's clock: it is wrong, or none of these hosts tells the time.
///
/// # Errors
/// When a host cannot be asked at all.
async fn wrong_time(http: &Http, hosts: &[&str]) -> Result<Option<String>, Failure> {
    for host in std::iter::repeat_n(hosts, TIMES_ASKED).flatten() {
        if http.skew().is_some() {
            return Ok(skewed(http));
        }
        http.ask_the_time(host).await?;
    }
    let untold =
        || "no platform told the time, and this machine's clock may be wrong; the next run asks again".to_owned();
    Ok(skewed(http).or_else(|| (!hosts.is_empty() && http.skew().is_none()).then(untold)))
}

/// How wrong this machine's clock is, if that is too much for leases, look-ups and schedules to hold.
fn skewed(http: &Http) -> Option<String> {
    let skew = http.skew().filter(|skew| skew.abs() > SKEW_MAX)?;
    let ahead = if skew > TimeDelta::zero() { "ahead of" } else { "behind" };
    Some(format!("this machine's clock is {} {ahead} the platforms': set it", how_long(skew.abs())))
}

/// What a row's claim is for.
fn aim(row: &Row) -> Aim {
    row.action.map_or(Aim::Publish, Action::aim)
}

/// Where a target stands that is not out, or may be.
fn due(doubtful: bool) -> Standing {
    if doubtful { Standing::Doubtful } else { Standing::Due }
}

/// A clock further off than this makes leases worthless: nothing is shown.
const SKEW_MAX: TimeDelta = TimeDelta::seconds(60);
/// How often each host is asked the time before that is given up.
const TIMES_ASKED: usize = 3;
/// Most characters of a platform's words that are kept.
const WORDS_MAX: usize = 300;

/// One line of progress.
fn told(row: &Row, end: &End) -> String {
    let head = format!("{} → {}", row.post, row.account);
    match end {
        End::Published { receipt, lacks: None } => format!("{head}: published {}", receipt.url),
        End::Published { receipt, lacks: Some(why) } => {
            format!("{head}: published {}, but not all of it: {why}", receipt.url)
        }
        End::Edited { receipt, .. } => format!("{head}: edited {}", receipt.url),
        End::Removed => format!("{head}: removed"),
        End::Refused(refusal) | End::Account { refusal, .. } => format!("{head}: {}", refusal.words),
        End::Doubtful { why } => format!("{head}: doubtful: {why}"),
        End::Later { why, .. } | End::Lost { why } => format!("{head}: later: {why}"),
        End::Stopped => format!("{head}: stopped before anything was sent"),
    }
}

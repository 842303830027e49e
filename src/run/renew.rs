//! Keeps tokens alive: whichever run needs one that ends soon refreshes it, once, however many others want to at the same
//! time. Knows no command and no post.
//!
//! A refresh may spend the old token, so the order is: claim it on the state branch, read again, see that what comes can be
//! encrypted and kept, ask once, keep the new one on this disk, then on the branch, and only then use it. One window stays
//! open: a machine that dies after the platform has acted, and before the answer is written to the disk, had the only copy of
//! the new token.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::clock::Clock;
use crate::error::{Failure, Kind};
use crate::login::{Login, Refreshed};
use crate::platform::Refresh;
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::{Journal, Setback};
use crate::repo::shelf::{Draft, Form, Shelf};
use crate::run::write;
use crate::vault::{self, Credential, Document, Vault};

/// How long a claim on a refresh holds, at most.
const CLAIM_MAX: TimeDelta = TimeDelta::minutes(2);
/// A token is refreshed once so little of its life is left: a part of it, but never less than ten minutes.
const LAST_PART: i32 = 6;
const LEAST: TimeDelta = TimeDelta::minutes(10);
/// How often it is looked whether another has refreshed.
const LOOK: Duration = Duration::from_millis(500);
/// When a new token is pushed again that the remote did not take.
const STORED_AGAIN: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(10)];
/// Meta's platforms renew no token that is younger.
const YOUNGEST: TimeDelta = TimeDelta::days(1);
const KEPT_HERE: &str = "the new token is kept on this disk; the next run here brings it in";

/// What renewing needs.
pub struct Renewal<'a> {
    pub shelf: &'a dyn Shelf,
    pub journal: &'a Journal,
    pub vault: &'a Vault,
    pub clock: Clock,
    pub run: &'a str,
    /// How long a claim of the run's holds; two minutes at most.
    pub lease: TimeDelta,
    /// How long after its end another's claim is left alone: clocks differ, and a request may be on its way.
    pub grace: TimeDelta,
    /// Which command and host, for people.
    pub by: &'a str,
    /// Told of a login that has ended while its last token is still good.
    pub tell: &'a (dyn Fn(&str) + Sync),
}

/// A line of `vault/accounts/<account>.jsonl`.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    ev: Event,
    /// The number of the token that is to be refreshed.
    seq: u64,
    run: String,
    #[serde(rename = "t")]
    at: DateTime<Utc>,
    /// Until when nobody else asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    RefreshClaimed,
    /// The token of the next number is there.
    Refreshed,
    /// Nothing was changed: the old token is as good as before.
    Released,
    /// The platform does not take it any more.
    Ended,
}

/// How much of its life a token must have left, by the way it was got.
pub fn margin(login: &Login<'_>) -> TimeDelta {
    login.way.life.map_or(LEAST, |life| (life / LAST_PART).max(LEAST))
}

/// What an account's token is called on this disk.
fn shelf_name(account: &str) -> String {
    let path = vault::account_path(account);
    let name = path.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".age").unwrap_or(name).to_owned()
}

/// The line file beside an account's token.
fn lines_path(account: &str) -> String {
    vault::account_path(account).replace(".age", ".jsonl")
}

impl Renewal<'_> {
    /// The document, or a newer one where it would end soon. `forced`: also where it would not. Without a way to log in, as it
    /// is.
    ///
    /// # Errors
    /// When the token has ended, or ends before it could be refreshed: what a person is to do.
    pub async fn fresh(
        &self,
        document: Document,
        login: Option<&Login<'_>>,
        forced: bool,
    ) -> Result<Document, Failure> {
        let document = self.bring_in(document).await?;
        let Some(login) = login.filter(|login| self.can_be_refreshed(&document, login)) else {
            return self.usable(document, None, false);
        };
        if !forced && document.is_fresh(self.clock.now(), margin(login)) {
            return Ok(document);
        }
        // Who else is at it is told by clocks: by a wrong one two would spend the same token.
        let token = Url::parse(&login.refreshed_at(&document.credential)).ok();
        let hosts: Vec<&str> = token.iter().filter_map(Url::host_str).collect();
        if let Some(why) = super::wrong_time(login.http, &hosts).await? {
            return self.usable(document, Some(why), forced);
        }
        self.vault.rehearse()?;
        let mut document = document;
        loop {
            match self.claim(&document).await {
                Ok(()) => return self.refresh(document, login, forced).await,
                Err(Setback::Failed(failure)) => return self.usable(document, Some(failure.message), forced),
                // One that died over it spent this token, perhaps, or did not get to it: until that can be tried it is good.
                Err(Setback::Conflict(_)) if !forced && self.is_left(&document)? => return Ok(document),
                // Another has it: theirs is used as soon as it is there.
                Err(Setback::Conflict(why)) => {
                    tokio::time::sleep(LOOK).await;
                    self.journal.refresh().await?;
                    let newer = self.read(&document.account)?;
                    if newer.seq > document.seq {
                        return Ok(newer);
                    }
                    tracing::debug!(account = document.account, why, "another run refreshes");
                    document = newer;
                }
            }
        }
    }

    /// Whether asking makes sense at all.
    fn can_be_refreshed(&self, document: &Document, login: &Login<'_>) -> bool {
        let now = self.clock.now();
        let of_age = || {
            let (end, life) = (document.credential.expires_at(), login.way.life.unwrap_or_default());
            end.is_some_and(|end| end > now && now - (end - life) > YOUNGEST)
        };
        login.refreshes(&document.credential) && (!matches!(login.way.refresh, Refresh::Renewed { .. }) || of_age())
    }

    /// A document as it is, as long as it opens anything; where a person asked for a refresh, only if none was tried.
    fn usable(&self, document: Document, why: Option<String>, forced: bool) -> Result<Document, Failure> {
        let fresh = document.is_fresh(self.clock.now(), TimeDelta::minutes(1));
        if fresh && !(forced && why.is_some()) {
            return Ok(document);
        }
        let name = &document.account;
        Err(match why {
            Some(why) if fresh => Failure::new(
                Kind::Later,
                format!("the token of {name} could not be refreshed; it is as good as before"),
            )
            .cause(why),
            Some(why) => {
                Failure::new(Kind::Later, format!("the token of {name} has ended, and could not be refreshed"))
                    .cause(why)
            }
            None => Failure::new(Kind::Person, format!("the token of {name} has ended: `pressroom connect {name}`")),
        })
    }

    fn read(&self, account: &str) -> Result<Document, Failure> {
        let path = vault::account_path(account);
        let bytes = self.journal.branch()?.read(&path)?.unwrap_or_default();
        self.vault.open(&path, &bytes)
    }

    /// Says on the state branch that this run refreshes the token.
    ///
    /// # Errors
    /// [`Setback::Conflict`] while another does, or when the stored token is another by now.
    async fn claim(&self, document: &Document) -> Result<(), Setback> {
        let (account, seq, run, clock) = (document.account.clone(), document.seq, self.run.to_owned(), self.clock);
        let (lease, grace) = (self.lease.min(CLAIM_MAX), self.grace);
        let path = vault::account_path(&account);
        let sealed = self.journal.branch()?.read(&path)?;
        // The branch may have been fetched since the document was read: a token that was refreshed then is spent.
        let stored: Document = self.vault.open(&path, sealed.as_deref().unwrap_or_default())?;
        if stored.seq != seq {
            return Err(Setback::Conflict("the stored token is another by now".to_owned()));
        }
        let change = move |branch: &Branch| {
            if branch.read(&path)? != sealed {
                return Err(Setback::Conflict("the stored token is another by now".to_owned()));
            }
            let now = clock.now();
            if let Some((by, exp)) = claimed(branch, &account, seq)?
                && exp.checked_add_signed(grace).is_none_or(|free| free > now)
                && by != run
            {
                return Err(Setback::Conflict(format!("run {by} refreshes it")));
            }
            let exp = Some(now + lease);
            let line = Line { ev: Event::RefreshClaimed, seq, run: run.clone(), at: now, exp };
            Ok(vec![appended(branch, &account, &line)?])
        };
        self.journal.commit(Box::new(change)).await.map(drop)
    }

    /// Whether nobody is at work on a claimed token any more, as far as our clock tells, and it will do for a while.
    fn is_left(&self, document: &Document) -> Result<bool, Failure> {
        let now = self.clock.now();
        let claim = claimed(&self.journal.branch()?, &document.account, document.seq)?;
        Ok(claim.is_some_and(|(_, exp)| exp <= now) && document.is_fresh(now, self.grace))
    }

    /// Asks once; once more where the answer was lost, as nothing can be lost by it that is not lost already.
    async fn refresh(&self, document: Document, login: &Login<'_>, forced: bool) -> Result<Document, Failure> {
        let label = login.label;
        let draft = match self.shelf.begin(&shelf_name(&document.account)) {
            Ok(draft) => draft,
            Err(failure) => {
                self.note(&document, Event::Released).await?;
                return self.usable(document, Some(failure.message), forced);
            }
        };
        let mut refreshed = login.refresh(&document.credential).await;
        if matches!(refreshed, Refreshed::Lost(_)) {
            refreshed = login.refresh(&document.credential).await;
        }
        if !matches!(refreshed, Refreshed::New(_)) {
            self.shelf.remove(&shelf_name(&document.account), Form::Draft)?;
        }
        match refreshed {
            Refreshed::New(grant) => self.keep(draft, document.refreshed(grant, self.by), &document).await,
            Refreshed::Later(why) => {
                self.note(&document, Event::Released).await?;
                self.usable(document, Some(why), forced)
            }
            Refreshed::Lost(why) => {
                // The claim stays until it ends: whoever comes then tries again.
                let lost = format!("{label} gave no answer to a refresh: {why}");
                self.usable(document, Some(lost), forced)
            }
            Refreshed::Dead(why) => {
                // Somebody may have connected it anew at this moment.
                self.journal.refresh().await?;
                let stored = self.read(&document.account)?;
                if stored.seq > document.seq {
                    return Ok(stored);
                }
                self.note(&document, Event::Ended).await?;
                let name = &document.account;
                let ended = format!(
                    "{label} does not refresh the login of {name} any more ({why}): `pressroom connect {name}`"
                );
                if !forced && document.is_fresh(self.clock.now(), TimeDelta::minutes(1)) {
                    (self.tell)(&ended);
                    return Ok(document);
                }
                Err(Failure::new(Kind::Person, ended).hint(match &document.credential {
                    Credential::Session { .. } => "the app password was taken back, or the account is no longer there",
                    Credential::Bound { .. } => {
                        "such a login ends after two weeks, when it is taken back, and when a refresh token is used twice"
                    }
                    _ => {
                        "a refresh whose answer was lost, an app whose access was taken back, or half a year without use end a login"
                    }
                }))
            }
        }
    }

    /// The new token on this disk, then on the state branch. A disk that fails does not keep it from the branch.
    async fn keep(&self, draft: Box<dyn Draft>, new: Document, old: &Document) -> Result<Document, Failure> {
        let sealed = self.vault.seal(&new)?;
        let kept = draft.keep(&sealed);
        let mut stored = self.store(&new, sealed.clone(), Some(old.seq)).await;
        // Until the branch has it, every other machine would spend the old one once more.
        for pause in STORED_AGAIN {
            if stored.is_ok() {
                break;
            }
            tokio::time::sleep(pause).await;
            stored = self.store(&new, sealed.clone(), Some(old.seq)).await;
        }
        match (stored, kept) {
            (Ok(()), Ok(())) => self.shelf.remove(&shelf_name(&new.account), Form::Whole)?,
            (Ok(()), Err(failure)) => tracing::warn!(%failure, "the new token is on the state branch alone"),
            (Err(failure), Ok(())) => return Err(failure.hint(KEPT_HERE)),
            (Err(failure), Err(unkept)) => {
                let lost = format!("if the next run says so: `pressroom connect {}`", new.account);
                return Err(failure.cause(unkept.message).hint(lost));
            }
        }
        Ok(new)
    }

    /// Writes a token file unless there is a newer one.
    async fn store(&self, new: &Document, sealed: Vec<u8>, refreshed: Option<u64>) -> Result<(), Failure> {
        let path = vault::account_path(&new.account);
        let of = refreshed.unwrap_or(new.seq);
        let line = || Line { ev: Event::Refreshed, seq: of, run: self.run.to_owned(), at: self.clock.now(), exp: None };
        loop {
            let before = self.journal.branch()?.read(&path)?;
            let stored = before.as_deref().map(|stored| self.vault.open::<Document>(&path, stored)).transpose()?;
            if stored.is_none_or(|stored| new.may_replace(&stored).is_err()) {
                // Disconnected, or connected anew, in the meantime: a person's word goes before ours.
                return Ok(());
            }
            let (account, path, sealed, line) = (new.account.clone(), path.clone(), sealed.clone(), line());
            let change = move |branch: &Branch| {
                if branch.read(&path)? != before {
                    return Err(Setback::Conflict("the stored token is another by now".to_owned()));
                }
                let write = Edit::Write { path: path.clone(), bytes: sealed.clone() };
                Ok(vec![write, appended(branch, &account, &line)?])
            };
            match self.journal.commit(Box::new(change)).await {
                Ok(_) => return Ok(()),
                // Perhaps only sealed for others: it is looked at again.
                Err(Setback::Conflict(_)) => drop(self.journal.refresh().await?),
                Err(Setback::Failed(failure)) => return Err(failure),
            }
        }
    }

    /// Brings in a token that an earlier run kept on this disk and did not get to store. Its draft will do as well: one that
    /// was not written to its end does not open.
    async fn bring_in(&self, document: Document) -> Result<Document, Failure> {
        let document = self.bring_in_file(Form::Whole, document).await?;
        self.bring_in_file(Form::Draft, document).await
    }

    async fn bring_in_file(&self, form: Form, document: Document) -> Result<Document, Failure> {
        let name = shelf_name(&document.account);
        let Some(sealed) = self.shelf.read(&name, form) else { return Ok(document) };
        let newest = match self.vault.open::<Document>(&vault::account_path(&document.account), &sealed) {
            // Only what came of the very token that is stored: after a login anew the numbers begin again.
            Ok(new) if new.may_replace(&document).is_ok() && new.seq == document.seq.saturating_add(1) => {
                self.store(&new, sealed, None).await.map_err(|failure| failure.hint(KEPT_HERE))?;
                new
            }
            // The state branch has the better one.
            Ok(_) => document,
            // Sealed for another key: it is left for whoever has that.
            Err(_) => return Ok(document),
        };
        self.shelf.remove(&name, form)?;
        Ok(newest)
    }

    async fn note(&self, document: &Document, ev: Event) -> Result<(), Failure> {
        let line = Line { ev, seq: document.seq, run: self.run.to_owned(), at: self.clock.now(), exp: None };
        let account = document.account.clone();
        let change = move |branch: &Branch| Ok(vec![appended(branch, &account, &line)?]);
        write::settled(self.journal.commit(Box::new(change)).await).map(drop)
    }
}

/// Who has claimed to refresh the token of this number last, and until when.
fn claimed(branch: &Branch, account: &str, seq: u64) -> Result<Option<(String, DateTime<Utc>)>, Failure> {
    Ok(match last_line(branch, account)? {
        Some(Line { ev: Event::RefreshClaimed, seq: of, run, exp: Some(exp), .. }) if of == seq => Some((run, exp)),
        _ => None,
    })
}

fn last_line(branch: &Branch, account: &str) -> Result<Option<Line>, Failure> {
    let bytes = branch.read(&lines_path(account))?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    // A line that cannot be read claims nothing.
    Ok(text.lines().next_back().and_then(|line| serde_json::from_str(line).ok()))
}

fn appended(branch: &Branch, account: &str, line: &Line) -> Result<Edit, Failure> {
    let path = lines_path(account);
    let mut bytes = branch.read(&path)?.unwrap_or_default();
    let text =
        serde_json::to_string(line).map_err(|error| Failure::new(Kind::Bug, "a line is no JSON").cause(error))?;
    bytes.extend_from_slice(text.as_bytes());
    bytes.push(b'\n');
    Ok(Edit::Write { path, bytes })
}

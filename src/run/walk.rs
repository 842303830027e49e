//! One target's way from its claim to its end: asks the adapter what is next, sends it, writes down what came of it.

use std::collections::BTreeMap;
use std::pin::pin;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::policy::{BUSY_REST, Course, No, course};
use super::secrets::Secrets;
use super::write::{Claimed, Line};
use super::{OnItsWay, Run, Sent};
use crate::error::{Failure, Kind};
use crate::fit::{Media, Rendition};
use crate::hosting::Wanted;
use crate::http::Outcome;
use crate::ledger::LOOK_UP;
use crate::ledger::entry::{Aim, Event, Found, Retry};
use crate::plan::action::Row;
use crate::plan::when::how_long;
use crate::plan::words_on_changed;
use crate::platform::{
    self, Adapter, Allowance, Call, Class, Farewell, FileRange, Job, Next, Receipt, Refusal, Reply, Step,
};
use crate::run::recover::Note;
use crate::vault::Document;

/// How a target's turn ended.
#[derive(Clone, Debug)]
pub(super) enum End {
    Published {
        receipt: Receipt,
        /// What of it the platform did not take, though it is out.
        lacks: Option<String>,
    },
    /// What was out says something else now; the parts that got other receipts by it.
    Edited { receipt: Receipt, parts: BTreeMap<usize, Receipt> },
    /// Nothing of it is out any more.
    Removed,
    /// The platform refused this post; a person decides.
    Refused(Refusal),
    /// It may be out, and only a person can tell.
    Doubtful { why: String },
    /// Given back until an instant, for a reason that passes by itself; the class of the platform's no, if it said one.
    Later { until: DateTime<Utc>, why: String, class: Option<Class>, doubtful: bool },
    /// The account cannot be used at all: its other posts are spared.
    Account { refusal: Refusal, doubtful: bool },
    /// Asked to stop before anything was shown.
    Stopped,
    /// Another run took the claim over.
    Lost { why: String },
}

impl End {
    /// The line that ends a walk in the ledger; none where the claim is another run's by now.
    pub(super) fn last_word(&self) -> Option<Event> {
        Some(match self {
            Self::Published { receipt, lacks } => Event::Published { receipt: receipt.clone(), lacks: lacks.clone() },
            Self::Edited { receipt, parts } => Event::Updated { receipt: receipt.clone(), parts: parts.clone() },
            Self::Removed => Event::Deleted,
            Self::Refused(refusal) => Event::Failed {
                class: refusal.class,
                code: refusal.code.clone(),
                msg: refusal.words.clone(),
                retry: Retry::Human,
            },
            Self::Doubtful { why } => {
                Event::Failed { class: Class::Doubtful, code: None, msg: why.clone(), retry: Retry::Human }
            }
            Self::Later { until, why, class: Some(class), .. } => {
                Event::Failed { class: *class, code: None, msg: why.clone(), retry: Retry::After(*until) }
            }
            Self::Later { until, .. } => Event::Released { retry_at: Some(*until), by: None },
            Self::Account { .. } | Self::Stopped => Event::Released { retry_at: None, by: None },
            Self::Lost { .. } => return None,
        })
    }
}

/// What a walk is for.
#[derive(Clone, Copy)]
enum Work<'a> {
    Publish(&'a Rendition),
    Edit(&'a Rendition),
    Remove,
}

/// The walk of one target.
pub(super) struct Walk<'a> {
    run: &'a Run<'a>,
    row: &'a Row,
    mark: String,
    work: Work<'a>,
    /// What was out before, part by part: for edits and removals.
    out: Vec<Receipt>,
    document: &'a Document,
    adapter: &'static dyn Adapter,
    claim: Claimed,
    done: Vec<Step>,
    /// Lines about what was made outside, to be written before the next showing call.
    unwritten: Vec<Event>,
    /// Receipts of parts: in the spool, and to have arrived before the next showing call. Else whoever finds this one's by
    /// looking, once the spool is lost, would send the next part again.
    words: Vec<OnItsWay>,
    tries: u32,
    /// What the platform has said is left of its limits, by their names: the newest word.
    heard: BTreeMap<String, Allowance>,
    /// Where the platform may fetch the media that it does not take as bytes, by path.
    addresses: BTreeMap<String, Url>,
    /// Whether those have been looked for.
    has_addresses: bool,
    /// Addresses that open what was begun.
    secrets: Secrets,
}

impl<'a> Walk<'a> {
    /// A walk for a claimed target; `None` where this version has no adapter, no rendition or no token for it, which
    /// planning has ruled out.
    pub(super) fn new(run: &'a Run<'a>, row: &'a Row, claim: Claimed) -> Option<Self> {
        let adapter = platform::adapter(row.platform)?;
        let document = run.tokens.get(&row.account)?;
        let work = match claim.aim {
            Aim::Publish => Work::Publish(row.rendition.as_deref()?),
            Aim::Edit => Work::Edit(row.rendition.as_deref()?),
            Aim::Remove => Work::Remove,
        };
        let mut done = claim.goes_on_with();
        let out = claim.before.receipts();
        let secrets = Secrets::of(run, row, !done.is_empty());
        secrets.fill(&mut done);
        let (unwritten, words) = (Vec::new(), Vec::new());
        let (heard, addresses) = (BTreeMap::new(), BTreeMap::new());
        Some(Self {
            run,
            row,
            mark: row.mark(),
            work,
            out,
            document,
            adapter,
            claim,
            done,
            unwritten,
            words,
            tries: 0,
            heard,
            addresses,
            has_addresses: false,
            secrets,
        })
    }

    /// Walks to the end. What is still on its way to the ledger then is added to `words`.
    ///
    /// # Errors
    /// When the state branch cannot be written or a media file cannot be read: the claim stays as it is, and the next
    /// run goes on.
    pub(super) async fn walk(mut self, words: &mut Vec<OnItsWay>) -> Result<(End, Claimed), Failure> {
        let end = self.go_to_its_end().await;
        words.append(&mut self.words);
        Ok((end?, self.claim))
    }

    async fn go_to_its_end(&mut self) -> Result<End, Failure> {
        if let Some(why) = self.changed_since() {
            return Ok(End::Doubtful { why });
        }
        if self.in_doubt() {
            (self.run.tell)(&format!(
                "{} → {}: it may be out already; looking for it",
                self.row.post, self.row.account
            ));
        }
        let end = loop {
            if let Some(end) = self.find_addresses().await? {
                break end;
            }
            if let Some(end) = self.step().await? {
                break end;
            }
        };
        // A turn that comes later goes on with what was made: else what takes a platform long would begin anew each time.
        let is_over = matches!(end, End::Published { .. } | End::Edited { .. } | End::Removed | End::Lost { .. });
        if !is_over && !self.write_made().await? {
            return Ok(self.lost());
        }
        self.claim.allowances = std::mem::take(&mut self.heard).into_values().collect();
        if is_over {
            self.claim.cleanup = self.secrets.removal();
        }
        Ok(end)
    }

    /// Makes sure, once, that the platform will find the media that it fetches by address.
    async fn find_addresses(&mut self) -> Result<Option<End>, Failure> {
        let (Work::Publish(rendition) | Work::Edit(rendition)) = self.work else { return Ok(None) };
        if std::mem::replace(&mut self.has_addresses, true) || self.out_already().is_some() {
            return Ok(None);
        }
        let Some(fetcher) = self.row.platform.limits().fetcher else { return Ok(None) };
        for media in rendition.fetched() {
            let Media { path, sha256, bytes, mime, .. } = media;
            let wanted = Wanted { path, sha256, bytes: *bytes, mime };
            match self.run.hosting.address(&wanted, fetcher, &|_| ()).await {
                Ok(url) => drop(self.addresses.insert(path.clone(), url)),
                // A look needs no address; what may be sent after it does, and then says that it lacks one.
                Err(_) if self.in_doubt() => return Ok(None),
                Err(failure) => return self.unhosted(failure).map(Some),
            }
        }
        Ok(None)
    }

    /// Media that the platform would not find keep the post back; what a person must mend there is mended for all posts.
    fn unhosted(&self, failure: Failure) -> Result<End, Failure> {
        let words = failure.hints.iter().fold(failure.message.clone(), |words, hint| format!("{words}; {hint}"));
        let refusal = |class| Refusal { class, code: None, words: self.clean(&words), not_before: None };
        match failure.kind {
            Kind::Later => Ok(self.later(self.run.clock.now() + BUSY_REST, self.clean(&words), None)),
            Kind::Person => Ok(End::Account { refusal: refusal(Class::Permission), doubtful: false }),
            Kind::Content => Ok(End::Refused(refusal(Class::Content))),
            _ => Err(failure),
        }
    }

    /// Text that may be told: besides the secrets of the run, the addresses that a bucket lends are none's to know.
    fn clean(&self, text: &str) -> String {
        let lent = self.addresses.values().filter(|address| address.query().is_some());
        let text = lent.fold(text.to_owned(), |text, address| text.replace(address.as_str(), "(a lent address)"));
        self.run.clean(&text)
    }

    /// A post that was changed after a call that may have shown it cannot be looked for: the text out there is another.
    fn changed_since(&self) -> Option<String> {
        let Work::Publish(rendition) = self.work else { return None };
        let sent = self.claim.before.fp.as_ref()?;
        let changed = self.in_doubt() && *sent != rendition.fingerprint();
        changed.then(|| words_on_changed(&self.row.post, &self.row.account))
    }

    fn job<'j>(&'j self, rendition: &'j Rendition) -> Job<'j> {
        Job {
            rendition,
            mark: &self.mark,
            identity: &self.document.identity,
            now: self.run.clock.now(),
            settle: self.settle(),
            refs: &self.row.refs,
            addresses: &self.addresses,
        }
    }

    fn farewell(&self) -> Farewell<'_> {
        Farewell {
            out: &self.out,
            identity: &self.document.identity,
            acts_as: self.row.acts_as.as_deref(),
            now: self.run.clock.now(),
        }
    }

    fn settle(&self) -> TimeDelta {
        self.run.timings.settle.unwrap_or_else(|| self.adapter.settle())
    }

    fn next(&self) -> Next {
        match self.work {
            Work::Publish(rendition) => self.adapter.next(&self.job(rendition), &self.done),
            Work::Edit(rendition) => self.adapter.edit(&self.job(rendition), &self.out, &self.done),
            Work::Remove => self.adapter.remove(&self.farewell(), &self.done),
        }
    }

    fn read(&self, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
        match self.work {
            Work::Publish(rendition) | Work::Edit(rendition) => {
                self.adapter.read(&self.job(rendition), &self.done, call, reply)
            }
            Work::Remove => self.adapter.read_remove(&self.farewell(), &self.done, call, reply),
        }
    }

    /// What an answer means; what it says of limits is kept, where nobody would know it from our own posts.
    fn hear(&mut self, call: &Call, reply: &Reply) -> Result<Step, Refusal> {
        let limits = self.row.platform.limits();
        for allowance in self.adapter.allowances(call, reply) {
            let figure = limits.quota(&allowance.of).and_then(|quota| quota.most);
            let is_new = allowance.most.is_some() && allowance.most != figure;
            let is_short = allowance.most.or(figure).is_none_or(|most| allowance.left <= most / 2);
            if is_new || is_short {
                self.heard.insert(allowance.of.clone(), allowance);
            } else {
                self.heard.remove(&allowance.of);
            }
        }
        self.read(call, reply)
    }

    /// How many calls show something of it.
    fn showings(&self) -> usize {
        match self.work {
            Work::Publish(rendition) | Work::Edit(rendition) => rendition.showings(),
            Work::Remove => 0,
        }
    }

    /// The receipt of the whole, once every part is out: what may still come, such as a first comment, cannot fail it.
    fn out_already(&self) -> Option<&Receipt> {
        let Work::Publish(rendition) = self.work else { return None };
        // A platform may tell the link after the id: what was learned last counts.
        let receipt = |index: usize| {
            self.done.iter().rev().find_map(|step| match step {
                Step::Shown { part, receipt } if *part == index => Some(receipt),
                _ => None,
            })
        };
        (1..rendition.parts.len()).all(|part| receipt(part).is_some()).then(|| receipt(0))?
    }

    /// What the platform does not take of a post that is out is told; the post stays published.
    fn or_lacking(&self, why: String, end: impl FnOnce(String) -> End) -> End {
        match self.out_already() {
            Some(receipt) => End::Published { receipt: receipt.clone(), lacks: Some(why) },
            None => end(why),
        }
    }

    fn in_doubt(&self) -> bool {
        open_doubt(&self.done)
    }

    /// One step; the end, once it is reached.
    async fn step(&mut self) -> Result<Option<End>, Failure> {
        match self.next() {
            Next::Done => Ok(Some(self.finished())),
            Next::Person { why } => Ok(Some(self.or_lacking(why, |why| self.needs_person(why)))),
            Next::Wait { until, why } => self.wait(until, &why).await,
            Next::Call(call) => {
                if *self.run.stop.borrow() && !self.in_doubt() {
                    return Ok(Some(End::Stopped));
                }
                if call.shows { self.show(call).await } else { self.send(call).await }
            }
        }
    }

    fn finished(&self) -> End {
        let nowhere = || End::Doubtful { why: "the adapter says that all is out, but there is no receipt".to_owned() };
        match self.work {
            Work::Remove => End::Removed,
            Work::Publish(_) => match self.out_already() {
                Some(receipt) => End::Published { receipt: receipt.clone(), lacks: None },
                None => nowhere(),
            },
            Work::Edit(_) => {
                let parts: BTreeMap<usize, Receipt> = self.done.iter().filter_map(shown).collect();
                let first = parts.get(&0).or(self.out.first()).cloned();
                first.map_or_else(nowhere, |receipt| End::Edited { receipt, parts })
            }
        }
    }

    /// An adapter that cannot go on with an edit or a removal is no doubt: what is out stays as it is.
    fn needs_person(&self, why: String) -> End {
        match self.work {
            Work::Publish(_) => End::Doubtful { why },
            _ => End::Refused(Refusal { class: Class::Content, code: None, words: why, not_before: None }),
        }
    }

    async fn wait(&mut self, until: DateTime<Utc>, why: &str) -> Result<Option<End>, Failure> {
        let wait = until - self.run.clock.now();
        if wait > self.run.timings.patience || *self.run.stop.borrow() {
            return Ok(Some(self.later(until, why.to_owned(), None)));
        }
        (self.run.tell)(&format!("{} → {}: {why}, {}", self.row.post, self.row.account, how_long(wait)));
        let mut stop = self.run.stop.clone();
        tokio::select! {
            () = self.run.clock.sleep_until(until) => {}
            // Whether somebody asked to stop, or nobody can any more: the next step looks.
            _ = stop.wait_for(|stop| *stop) => {}
        }
        Ok(None)
    }

    /// Sends a call; the future does not borrow the walk, which may renew its lease meanwhile.
    fn exchange<'c>(&self, call: &'c Call) -> impl Future<Output = Result<Outcome, Failure>> + use<'a, 'c> {
        let (run, row, document, adapter) = (self.run, self.row, self.document, self.adapter);
        async move {
            let progress = |bytes| {
                let Some(FileRange { path, range }) = call.body.file() else { return };
                let of = row.media.iter().find(|media| media.path == *path).map_or(range.end, |media| media.bytes);
                let (post, account) = (row.post.as_str(), row.account.as_str());
                (run.sent)(&Sent { post, account, path, bytes: range.start + bytes, of });
            };
            let homes = adapter.homes(&document.identity.server);
            if run.http.lacks_nonce(call, &document.credential)
                && let Some(way) = adapter.grants().first()
            {
                // A small question first, whose answer brings one: whatever else it says, the file's own answer tells.
                let ask = adapter.who(way, &document.identity.server);
                run.http.send(&ask, &homes, Some(&document.credential), &run.files, &|_| ()).await?;
            }
            run.http.send(call, &homes, Some(&document.credential), &run.files, &progress).await
        }
    }

    /// Sends a call that shows nothing, and keeps the lease for as long as an upload takes.
    async fn exchange_at_length(&mut self, call: &Call) -> Result<Result<Outcome, End>, Failure> {
        let mut exchange = pin!(self.exchange(call));
        loop {
            let spare = self.claim.lease_left(&self.run.clock) - self.run.timings.lease_needed();
            tokio::select! {
                biased;
                outcome = &mut exchange => return outcome.map(Ok),
                () = self.run.clock.sleep_until(self.run.clock.now() + spare) => {}
            }
            if let Some(end) = self.keep_lease().await? {
                return Ok(Err(end));
            }
        }
    }

    /// The one call that may make a part visible.
    async fn show(&mut self, call: Call) -> Result<Option<End>, Failure> {
        if let Some(end) = self.hold_fast(&call).await? {
            return Ok(Some(end));
        }
        self.run.note_for_sure(&Note::Armed { claim: self.claim.id }).await?;
        let sent_at = self.run.clock.now();
        let outcome = match self.exchange(&call).await {
            Ok(outcome) => outcome,
            Err(failure) => {
                self.run.note(&Note::Disarmed { claim: self.claim.id })?;
                return Err(failure);
            }
        };
        match outcome {
            Outcome::NotSent(why) => {
                self.run.note(&Note::Disarmed { claim: self.claim.id })?;
                self.try_again(format!("no connection to {}: {why}", self.row.platform.label())).await
            }
            Outcome::Unclear(why) => {
                self.doubt(call.part, sent_at, why).await?;
                Ok(None)
            }
            Outcome::Answered(reply) => match self.hear(&call, &reply) {
                Ok(step) => match self.record(step).await? {
                    // What a showing call made, where that is no post yet, is the only way to find the post again.
                    None if !self.write_made().await? => Ok(Some(self.lost())),
                    end => Ok(end),
                },
                Err(refusal) if refusal.class == Class::Doubtful => {
                    self.doubt(call.part, sent_at, self.clean(&refusal.words)).await?;
                    Ok(None)
                }
                Err(refusal) => self.refused(refusal).await,
            },
        }
    }

    /// Any other call: it may be repeated.
    async fn send(&mut self, call: Call) -> Result<Option<End>, Failure> {
        if let Some(end) = self.keep_lease().await? {
            return Ok(Some(end));
        }
        let outcome = match self.exchange_at_length(&call).await? {
            Ok(outcome) => outcome,
            Err(end) => return Ok(Some(end)),
        };
        match outcome {
            Outcome::NotSent(why) | Outcome::Unclear(why) => {
                self.try_again(format!("no answer from {}: {why}", self.row.platform.label())).await
            }
            Outcome::Answered(reply) => match self.hear(&call, &reply) {
                Ok(step) => self.record(step).await,
                Err(refusal) => self.refused(refusal).await,
            },
        }
    }

    /// What a step means for the ledger, and for the way on.
    async fn record(&mut self, step: Step) -> Result<Option<End>, Failure> {
        self.tries = 0;
        let of = self.showings();
        if let Step::Doubt { part, sent_at } = step {
            self.doubt(part, sent_at, "the platform cannot tell what became of it".to_owned()).await?;
            return Ok(None);
        }
        self.done.push(step.clone());
        match &step {
            Step::Made { name, data, secret, expires } => {
                // Of what was made twice, only the newest counts.
                self.unwritten.retain(|event| !matches!(event, Event::Prepared { step, .. } if step == name));
                self.unwritten.push(Event::Prepared { step: name.clone(), data: data.clone(), expires: *expires });
                // Whoever goes on after a crash needs the key to what was begun.
                if self.secrets.keep(name, secret) && !self.write_made().await? {
                    return Ok(Some(self.lost()));
                }
            }
            // The receipt of the whole is that of the first part, which the run's end writes. Those of others would be lost.
            Step::Shown { part: 0, .. } if matches!(self.next(), Next::Done) => {}
            Step::Shown { part, receipt } => {
                let line = self.line(Event::Part { index: *part, of, receipt: receipt.clone() });
                self.run.note(&Note::result(&line.entry))?;
                self.words.push(Box::pin(self.run.writer.append(vec![line])));
            }
            Step::Absent { part, .. } => {
                let event = Event::Resolved {
                    found: Found::Absent,
                    index: *part,
                    of,
                    by: LOOK_UP.to_owned(),
                    evidence: "the platform does not show it".to_owned(),
                    receipt: None,
                };
                self.run.writer.append(vec![self.line(event)]).await?;
            }
            Step::Doubt { .. } => {}
        }
        Ok(None)
    }

    async fn doubt(&mut self, part: usize, sent_at: DateTime<Utc>, why: String) -> Result<(), Failure> {
        let why = self.clean(&why);
        (self.run.tell)(&format!("{} → {}: no clear answer ({why}); looking for it", self.row.post, self.row.account));
        let event = Event::InDoubt { index: part, why, sent_at, not_before: sent_at + self.settle() };
        let line = self.line(event);
        self.run.note(&Note::result(&line.entry))?;
        self.run.writer.append(vec![line]).await?;
        self.done.push(Step::Doubt { part, sent_at });
        Ok(())
    }

    async fn refused(&mut self, refusal: Refusal) -> Result<Option<End>, Failure> {
        let refusal = Refusal { words: self.clean(&refusal.words), ..refusal };
        match refusal.class {
            Class::Permission | Class::Content | Class::Bug | Class::Doubtful if self.out_already().is_some() => {
                Ok(Some(self.or_lacking(refusal.words, |why| End::Doubtful { why })))
            }
            _ => self.go_on(refusal).await,
        }
    }

    /// Waits before the same step is tried again, longer each time; gives up after some tries.
    async fn try_again(&mut self, why: String) -> Result<Option<End>, Failure> {
        let words = self.clean(&why);
        self.go_on(Refusal { class: Class::Transient, code: None, words, not_before: None }).await
    }

    /// What the policy says of a no.
    async fn go_on(&mut self, refusal: Refusal) -> Result<Option<End>, Failure> {
        self.tries += 1;
        let dice = self.claim.id.as_bytes()[usize::from(self.tries as u8 % 16)];
        let (tries, now, patience) = (self.tries, self.run.clock.now(), self.run.timings.patience);
        let Refusal { class, not_before, .. } = refusal;
        Ok(Some(match course(&No { class, not_before, tries, now, patience, dice }) {
            Course::Again(until) => return self.wait(until, &refusal.words).await,
            Course::Later(until) => self.later(until, refusal.words, Some(class)),
            Course::Account => End::Account { refusal, doubtful: self.in_doubt() },
            Course::Refused => End::Refused(refusal),
            Course::Doubtful => End::Doubtful { why: refusal.words },
        }))
    }

    /// Before a showing call: the clocks agree, what was made and what is out is written, and the lease lasts longer than the
    /// call can.
    async fn hold_fast(&mut self, call: &Call) -> Result<Option<End>, Failure> {
        // When it was sent is what it will be found by, should the answer be lost: by a clock that is known to be right.
        while self.run.http.skew().is_none() {
            let host = call.url.host_str().unwrap_or_default();
            let label = self.row.platform.label();
            let why = match self.run.http.ask_the_time(host).await? {
                Outcome::Answered(_) if self.run.http.skew().is_some() => break,
                Outcome::Answered(_) => format!("{label} does not tell what time it is"),
                Outcome::NotSent(why) | Outcome::Unclear(why) => format!("no answer from {label}: {why}"),
            };
            if let Some(end) = self.try_again(why).await? {
                return Ok(Some(end));
            }
        }
        if let Some(why) = super::skewed(self.run.http) {
            return Ok(Some(self.later(self.run.clock.now() + BUSY_REST, why, None)));
        }
        if !self.write_made().await? {
            return Ok(Some(self.lost()));
        }
        for word in self.words.drain(..) {
            word.await?;
        }
        self.keep_lease().await
    }

    /// Writes down what was made outside; `false` where the claim is no longer ours.
    async fn write_made(&mut self) -> Result<bool, Failure> {
        let unwritten = std::mem::take(&mut self.unwritten).into_iter();
        let lines: Vec<Line> = unwritten.map(|event| self.line(event)).collect();
        let sealed = self.secrets.sealed()?;
        if lines.is_empty() && sealed.is_none() {
            return Ok(true);
        }
        self.run.writer.append_while_ours(lines, sealed, &self.claim).await
    }

    /// Renews the lease when it is short, by either clock.
    async fn keep_lease(&mut self) -> Result<Option<End>, Failure> {
        let needed = self.run.timings.lease_needed();
        if self.claim.lease_left(&self.run.clock) > needed {
            return Ok(None);
        }
        let exp = self.run.clock.now() + self.run.timings.lease;
        let since = self.run.clock.elapsed();
        // What was made so far goes along: an upload that outlasts leases is not begun anew after a crash.
        let made = std::mem::take(&mut self.unwritten).into_iter();
        let renewed = made.chain([Event::Renewed { exp }]).map(|event| self.line(event)).collect();
        if !self.run.writer.append_while_ours(renewed, None, &self.claim).await? {
            return Ok(Some(self.lost()));
        }
        self.claim.renew(exp, since, self.run.timings.lease);
        if self.claim.lease_left(&self.run.clock) >= needed {
            return Ok(None);
        }
        Err(Failure::new(Kind::Later, "renewing the lease took longer than the lease lasts; nothing was sent"))
    }

    fn later(&self, until: DateTime<Utc>, why: String, class: Option<Class>) -> End {
        End::Later { until, why, class, doubtful: self.in_doubt() }
    }

    fn lost(&self) -> End {
        End::Lost { why: "another run took the claim over".to_owned() }
    }

    fn line(&self, event: Event) -> Line {
        self.run.writer.line(self.row, Some(&self.claim), event)
    }
}

fn shown(step: &Step) -> Option<(usize, Receipt)> {
    match step {
        Step::Shown { part, receipt } => Some((*part, receipt.clone())),
        _ => None,
    }
}

/// Whether a showing call got no clear answer, and no receipt has come since.
pub(super) fn open_doubt(done: &[Step]) -> bool {
    let last = done.iter().rev().find_map(|step| match step {
        Step::Doubt { part, .. } => Some(Some(*part)),
        Step::Shown { .. } => Some(None),
        _ => None,
    });
    last.flatten().is_some()
}

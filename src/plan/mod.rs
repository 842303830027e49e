//! What should happen now: a desk and an instant make a plan. Knows platforms only as rows of limits; asks no clock,
//! no file and no network.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::account::{Account, Accounts};
use crate::error::{Kind, Problem};
use crate::fit::price::Dollars;
use crate::fit::{Fitted, Reference};
use crate::ledger::entry::{Retry, TargetKey};
use crate::ledger::{Stand, State, Word};
use crate::post::target::Target;
use crate::post::{OnEdit, OnRemove, PostId};
use crate::step::{Class, Receipt, Refs};

pub mod action;
pub mod budget;
mod change;
pub mod contents;
mod gone;
mod hash;
pub mod next;
mod queue;
pub mod settled;
#[cfg(test)]
mod tests;
pub mod waiting;
pub mod when;

use action::{Action, ReceiptRow, Row, Standing};
use budget::Budget;
use contents::{Beside, MediaRow, PartRow};
use gone::{Said, Suspect, moved, orphans, said};
use settled::Over;
use when::{days, how_long, when};

/// Later than this without a word in the ledger, a target is looked for before it is published: the ledger may have
/// been lost or rolled back.
const LATE_WITHOUT_A_WORD: TimeDelta = TimeDelta::hours(1);

/// All that planning needs, in one value.
#[derive(Debug)]
pub struct Desk<'a> {
    pub now: DateTime<Utc>,
    pub accounts: &'a Accounts,
    pub offers: Offers<'a>,
    pub state: &'a State,
    /// Accounts whose token file lies in the vault.
    pub connected: &'a BTreeSet<String>,
    /// When tokens end that no run refreshes, by account, as far as anybody knows here.
    pub ends: &'a BTreeMap<String, DateTime<Utc>>,
    /// The servers that tokens are for, by account, where accounts.toml says another, as far as anybody knows here.
    pub elsewhere: &'a BTreeMap<String, String>,
    /// Runs of this same clone that are dead: their claims are taken over at once.
    pub dead_runs: &'a BTreeSet<String>,
    /// How long after the end of its lease another machine's claim may be taken over.
    pub grace: TimeDelta,
    /// The targets asked for by name; empty: all.
    pub only: &'a [Only],
    /// Whether a target that is long due without a word in the ledger may be out all the same.
    pub silence_is_suspect: bool,
    /// What is known of targets that no plan needs to look at, and that are not among the offers.
    pub over: &'a Over,
}

/// All offers, and in the place of those that wait for a slot the same with its time.
#[derive(Clone, Debug)]
pub struct Offers<'a> {
    all: &'a [Offer],
    /// By their places.
    waiting: BTreeMap<usize, Offer>,
}

impl<'a> From<&'a [Offer]> for Offers<'a> {
    fn from(all: &'a [Offer]) -> Self {
        Self { all, waiting: BTreeMap::new() }
    }
}

impl Offers<'_> {
    fn iter(&self) -> impl Iterator<Item = &Offer> {
        self.all.iter().enumerate().map(|(place, offer)| self.waiting.get(&place).unwrap_or(offer))
    }
}

/// A post as offered to one of its targets.
#[derive(Clone, Debug)]
pub struct Offer {
    pub post: PostId,
    pub path: String,
    pub target: Target,
    /// `None` where an error makes it impossible to say.
    pub rendition: Option<Fitted>,
    /// The instant it is due; `None`: held.
    pub due: Option<DateTime<Utc>>,
    /// Whether it was made due by being merged: then lateness means nothing.
    pub on_merge: bool,
    /// Since when it waits for a slot, which makes it due.
    pub waits_since: Option<DateTime<Utc>>,
    pub zone: String,
    pub expires: Option<DateTime<Utc>>,
    pub on_edit: OnEdit,
    pub on_remove: OnRemove,
    /// Errors and warnings of this target alone.
    pub problems: Vec<Problem>,
    /// Whether the post has an error that concerns all its targets.
    pub post_is_wrong: bool,
    /// Why accounts.toml lets nothing of it out as it is: not signed, not reviewed.
    pub refused: Option<String>,
    /// Names of the post's other targets that have an error.
    pub wrong_targets: Vec<String>,
}

/// `--only POST[:ACCOUNT]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Only {
    pub post: String,
    pub account: Option<String>,
}

impl Only {
    /// Whether it means this target.
    pub fn names(&self, post: &PostId, account: &str) -> bool {
        self.post == post.as_str() && self.account.as_deref().is_none_or(|name| name == account)
    }
}

/// What a run would do at an instant, row by row, in the order it would be done.
#[derive(Clone, Debug)]
pub struct Plan {
    pub at: DateTime<Utc>,
    pub rows: Vec<Row>,
    /// What is left of the platforms' limits before it is carried out, where that is not all.
    pub budgets: Vec<Budget>,
    /// How many targets are over that have no row.
    pub over: settled::Count,
}

impl Plan {
    /// The rows a run would act on.
    pub fn actions(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.action.is_some())
    }

    /// What the platforms bill for all of them.
    pub fn cost(&self) -> Dollars {
        self.actions().filter_map(|row| row.cost).sum()
    }
}

/// Decides about every target.
pub fn plan(desk: &Desk<'_>) -> Plan {
    let desk = &Desk { offers: queue::with_slots(desk), ..*desk };
    let said = said(desk);
    let mut rows: Vec<Row> = desk.offers.iter().map(|offer| row(desk, &said, offer)).collect();
    rows.extend(desk.over.waiting.iter().map(|waiting| waiting::row(desk, &said, waiting)));
    rows.extend(orphans(desk));
    // Rows are large: sorting moves their keys, and each row once.
    let place = |row: &Row| (row.due.is_none(), row.due, row.path.clone(), row.post.clone());
    rows.sort_by_cached_key(place);
    queue::keep_quiet(desk, &mut rows);
    keep_spacing(desk, &mut rows);
    let budgets = budget::keep(desk, &mut rows);
    Plan { at: desk.now, rows, budgets, over: desk.over.count }
}

/// What is decided about one target.
struct Verdict {
    state: Standing,
    action: Option<Action>,
    reason: Option<String>,
    attention: Option<Kind>,
    newly_missed: bool,
}

impl Verdict {
    fn rest(state: Standing) -> Self {
        Self { state, action: None, reason: None, attention: None, newly_missed: false }
    }

    fn hold(state: Standing, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::rest(state) }
    }

    fn act(action: Action) -> Self {
        Self { action: Some(action), ..Self::rest(Standing::Due) }
    }

    fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The reason, where there is no better one.
    fn because_too(mut self, reason: &str) -> Self {
        self.reason.get_or_insert_with(|| reason.to_owned());
        self
    }

    fn needs(mut self, kind: Kind) -> Self {
        self.attention = Some(kind);
        self
    }
}

fn row(desk: &Desk<'_>, said: &Said<'_>, offer: &Offer) -> Row {
    let key = TargetKey::new(offer.target.platform, &offer.target.account);
    let stand = desk.state.stand(&offer.post, &key);
    let verdict = match desk.state.frozen.get(&offer.post) {
        Some(why) => Verdict::hold(Standing::Held, format!("its ledger cannot be trusted: {why}")).needs(Kind::Content),
        None => decide(desk, said, offer, stand),
    };
    let cost = cost(offer, stand, &verdict);
    let rendition = offer.rendition.as_ref();
    let warnings = offer.problems.iter().filter(|problem| !problem.is_error()).map(|problem| problem.message.clone());
    let warnings = warnings.chain(ends_before(desk, &offer.target.account, offer.due, &offer.zone, &verdict)).collect();
    Row {
        post: offer.post.clone(),
        path: offer.path.clone(),
        account: offer.target.account.clone(),
        platform: offer.target.platform,
        state: verdict.state,
        action: verdict.action,
        due: offer.due,
        reason: verdict.reason,
        parts: rendition.iter().flat_map(|rendition| &rendition.parts).map(PartRow::from).collect(),
        media: rendition
            .iter()
            .flat_map(|rendition| rendition.media())
            .map(|(part, media)| MediaRow::new(media, Some(part)))
            .collect(),
        beside: rendition.map(|rendition| Beside::from(&**rendition)).unwrap_or_default(),
        receipt: receipt(stand),
        warnings,
        cost,
        on_merge: offer.on_merge,
        zone: offer.zone.clone(),
        key,
        rendition: offer.rendition.clone(),
        kept: None,
        acts_as: account(desk, offer).and_then(|account| account.acts_as.clone()),
        refs: refs(desk, offer),
        // A run for named targets answers for these alone.
        attention: verdict.attention.filter(|_| is_named(desk, &offer.post, &offer.target.account)),
        acted: false,
        done: None,
        untouched: stand.is_untouched(),
        takes_over: stand.claim.as_ref().map(|claim| claim.id),
        newly_missed: verdict.newly_missed,
        to_note: Some(offer.on_remove).filter(|on_remove| *on_remove != stand.on_remove),
        to_slot: offer.waits_since.and(offer.due).filter(|_| stand.slot.is_none()),
    }
}

/// That nothing can be published when a target's time comes, unless somebody connects its account again.
fn ends_before(
    desk: &Desk<'_>,
    account: &str,
    due: Option<DateTime<Utc>>,
    zone: &str,
    verdict: &Verdict,
) -> Option<String> {
    let end = *desk.ends.get(account)?;
    let due = due.filter(|due| verdict.state == Standing::Scheduled && *due >= end)?;
    let (due, day) = days(due, end, zone);
    let ends = if end > desk.now { "ends" } else { "ended" };
    Some(format!("due {due}, but the token of {account} {ends} {day}: connect again before"))
}

/// What is left to be paid: for the parts that are not out, or for an edit.
fn cost(offer: &Offer, stand: &Stand, verdict: &Verdict) -> Option<Dollars> {
    let rendition = offer.rendition.as_ref()?;
    match (verdict.action, verdict.state) {
        (Some(Action::Edit), _) => rendition.cost(|_| true),
        (_, Standing::Published | Standing::Cancelled | Standing::Removed) => None,
        _ => rendition.cost(|part| stand.receipt_of(part).is_none()),
    }
}

fn receipt(stand: &Stand) -> Option<ReceiptRow> {
    let receipt = match &stand.word {
        Word::Published { receipt } => receipt,
        _ => stand.receipt_of(0)?,
    };
    Some(ReceiptRow { id: receipt.id.clone(), url: receipt.url.clone(), at: receipt.at })
}

/// What the ledger says comes first, then the author's wishes, then the clock.
fn decide(desk: &Desk<'_>, said: &Said<'_>, offer: &Offer, stand: &Stand) -> Verdict {
    settled(desk, offer, stand)
        .or_else(|| claimed(desk, stand))
        .or_else(|| refused(desk, stand))
        .or_else(|| withheld(desk, offer, stand).map(|verdict| or_doubtful(verdict, stand)))
        .or_else(|| changed_in_doubt(offer, stand))
        .or_else(|| moved_from_another(desk, said, offer, stand))
        .unwrap_or_else(|| timed(desk, offer, stand))
}

/// Targets that another post has published, perhaps, before it was moved here.
fn moved_from_another(desk: &Desk<'_>, said: &Said<'_>, offer: &Offer, stand: &Stand) -> Option<Verdict> {
    let rendition = offer.rendition.as_ref().filter(|_| stand.is_untouched() && !said.is_empty())?;
    let Target { account, platform, .. } = &offer.target;
    let is_due = offer.due.is_some_and(|due| due <= desk.now);
    moved(said, &Suspect { post: &offer.post, account, platform: *platform, is_due }, rendition.fingerprint())
}

/// Targets the ledger has a last word on.
fn settled(desk: &Desk<'_>, offer: &Offer, stand: &Stand) -> Option<Verdict> {
    match &stand.word {
        Word::Published { .. } => Some(change::of_published(desk, offer, stand)),
        Word::Removed => Some(Verdict::rest(Standing::Removed)),
        Word::Cancelled { by } => Some(Verdict::hold(Standing::Cancelled, format!("given up by {by}"))),
        Word::Missed { due } => Some(missed(offer, *due).needs(Kind::Person)),
        Word::Open | Word::Waiting { .. } | Word::Failed { .. } => None,
    }
}

/// Whether the post says something else to this target than when it was last acted on.
fn has_changed(offer: &Offer, stand: &Stand) -> bool {
    match (&stand.fp, &offer.rendition) {
        (Some(acted_on), Some(rendition)) => acted_on != rendition.fingerprint(),
        _ => false,
    }
}

fn missed(offer: &Offer, due: DateTime<Utc>) -> Verdict {
    Verdict::hold(
        Standing::Missed,
        format!(
            "was due {}; `pressroom retry {}:{}` publishes it now",
            when(due, &offer.zone),
            offer.post,
            offer.target.account
        ),
    )
}

/// Targets somebody is acting on.
fn claimed(desk: &Desk<'_>, stand: &Stand) -> Option<Verdict> {
    let claim = stand.claim.as_ref()?;
    if desk.dead_runs.contains(&claim.run) {
        return None;
    }
    let free = later(claim.exp, desk.grace);
    if desk.now >= free {
        return None;
    }
    let reason = format!(
        "run {} holds the claim since {} and may act for {} more",
        claim.run,
        claim.at.format("%H:%M:%S UTC"),
        how_long(free - desk.now)
    );
    Some(Verdict::hold(Standing::Publishing, reason).needs(Kind::Claimed))
}

/// Instants come from ledgers, which may hold any: one past the end of time is the end of time.
fn later(instant: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    instant.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Targets a platform said no to, or that are in doubt and wait for a person.
fn refused(desk: &Desk<'_>, stand: &Stand) -> Option<Verdict> {
    let due = if stand.doubt().is_some() { Standing::Doubtful } else { Standing::Due };
    match &stand.word {
        Word::Failed { class: Class::Doubtful, msg, .. } => {
            Some(Verdict::hold(Standing::Doubtful, msg.clone()).needs(Kind::Person))
        }
        Word::Failed { msg, retry: Retry::Human | Retry::Never, .. } => {
            Some(Verdict::hold(Standing::Failed, msg.clone()).needs(Kind::Person))
        }
        Word::Failed { msg, retry: Retry::After(after), .. } if desk.now < *after => {
            let reason = format!("{msg}; again in {}", how_long(*after - desk.now));
            Some(Verdict::hold(due, reason).needs(Kind::Later))
        }
        Word::Waiting { until } if desk.now < *until => {
            let reason = format!("given back by an earlier run; again in {}", how_long(*until - desk.now));
            Some(Verdict::hold(due, reason).needs(Kind::Later))
        }
        _ => None,
    }
}

/// Targets that wait for a person's word rather than for a time.
fn withheld(desk: &Desk<'_>, offer: &Offer, stand: &Stand) -> Option<Verdict> {
    if offer.target.wishes.draft.as_ref().is_some_and(|draft| draft.value) {
        return Some(Verdict::rest(Standing::Draft));
    }
    let due = offer.due.is_some_and(|due| due <= desk.now);
    if let Some(verdict) = wrong(desk, offer, due) {
        return Some(verdict);
    }
    if let Some(why) = &offer.refused {
        let verdict = Verdict::hold(Standing::Held, why.clone());
        return Some(if due { verdict.needs(Kind::Person) } else { verdict });
    }
    if offer.due.is_none() {
        let account = &offer.target.account;
        return Some(Verdict::hold(
            Standing::Held,
            match offer.waits_since {
                Some(_) => format!("{account} has no free slot in the next two years"),
                None => "no `schedule`: add one, or `schedule: on-merge`".to_owned(),
            },
        ));
    }
    if stand.is_untouched() && is_older_than_baseline(desk, offer) {
        let baseline = desk.state.baselines[&offer.target.account];
        let reason = format!(
            "older than the account's baseline of {}; `pressroom retry {}:{}` publishes it all the same",
            when(baseline, &offer.zone),
            offer.post,
            offer.target.account
        );
        return Some(Verdict::hold(Standing::Held, reason));
    }
    if offer.expires.is_some_and(|expires| expires <= desk.now) && !stand.is_out() {
        let (post, account) = (&offer.post, &offer.target.account);
        let reason = format!(
            "its `expires` has passed, and it is not out: give it another time, or let it rest with `pressroom cancel \
             {post}:{account}`"
        );
        let verdict = Verdict::hold(Standing::Missed, reason);
        return Some(if due { verdict.needs(Kind::Person) } else { verdict });
    }
    if let Some(id) = unmet(desk, offer) {
        let reason = format!("waits for `{id}`, which it refers to, to be out on {}", offer.target.account);
        let verdict = Verdict::hold(Standing::Held, reason);
        return Some(if due { verdict.needs(Kind::Person) } else { verdict });
    }
    let account = account(desk, offer)?;
    if account.paused {
        return Some(Verdict::hold(Standing::Held, format!("{} is paused in accounts.toml", account.name)));
    }
    if due && !desk.connected.contains(&account.name) {
        let reason = format!("{0} is not connected: `pressroom connect {0}`", account.name);
        return Some(Verdict::hold(Standing::Due, reason).needs(Kind::Person));
    }
    if let Some(stored) = desk.elsewhere.get(&account.name).filter(|_| due) {
        let reason = words_on_elsewhere(&account.name, stored, &account.server);
        return Some(Verdict::hold(Standing::Due, reason).needs(Kind::Person));
    }
    None
}

/// A token of another server than the one that accounts.toml names now would publish elsewhere than the file says.
pub fn words_on_elsewhere(account: &str, stored: &str, server: &str) -> String {
    format!(
        "the token of {account} is for {stored}, and accounts.toml says {server}: `pressroom disconnect {account}`, then connect it again"
    )
}

/// Where the posts of ours that a rendition refers to are out, on the same account.
fn refs(desk: &Desk<'_>, offer: &Offer) -> Refs {
    let Some(rendition) = &offer.rendition else { return Refs::default() };
    let find = |reference: &Option<Reference>| match reference {
        Some(Reference::Post(id)) => out_on(desk, offer, id),
        _ => None,
    };
    Refs {
        reply_to: find(&rendition.reply_to),
        quote_of: find(&rendition.quote_of),
        repost_of: find(&rendition.repost_of),
    }
}

fn out_on(desk: &Desk<'_>, offer: &Offer, id: &str) -> Option<Receipt> {
    let key = TargetKey::new(offer.target.platform, &offer.target.account);
    let stand = desk.state.stand(&PostId::new(id), &key);
    matches!(stand.word, Word::Published { .. }).then(|| stand.receipt_of(0).cloned())?
}

/// A post of ours that a rendition refers to and that is not out.
fn unmet<'o>(desk: &Desk<'_>, offer: &'o Offer) -> Option<&'o str> {
    let rendition = offer.rendition.as_ref()?;
    let named = [&rendition.reply_to, &rendition.quote_of, &rendition.repost_of].into_iter().flatten();
    let ours = named.filter_map(|reference| match reference {
        Reference::Post(id) => Some(id.as_str()),
        Reference::Url(_) => None,
    });
    ours.into_iter().find(|id| out_on(desk, offer, id).is_none())
}

/// What may be out must not rest unseen because its post is withheld by now.
fn or_doubtful(verdict: Verdict, stand: &Stand) -> Verdict {
    if stand.may_be_out().is_none() {
        return verdict;
    }
    let withheld = verdict.reason.unwrap_or_else(|| format!("it is a {} now", verdict.state.name()));
    Verdict::hold(Standing::Doubtful, format!("an earlier call may have shown it; not looked for: {withheld}"))
        .needs(Kind::Person)
}

/// Targets that may be out with other words than the post has now: a look for the new ones would find nothing, and they
/// would go out besides the old.
fn changed_in_doubt(offer: &Offer, stand: &Stand) -> Option<Verdict> {
    stand.may_be_out().filter(|_| has_changed(offer, stand))?;
    let reason = words_on_changed(&offer.post, &offer.target.account);
    Some(Verdict::hold(Standing::Doubtful, reason).needs(Kind::Person))
}

/// Targets with an error of their own, of their post, or of a sister target nobody has excused with `--only`.
fn wrong(desk: &Desk<'_>, offer: &Offer, due: bool) -> Option<Verdict> {
    let own = offer.problems.iter().find(|problem| problem.is_error()).map(|problem| problem.message.clone());
    let reason = if let Some(message) = own {
        message
    } else if offer.post_is_wrong {
        "the post has an error".to_owned()
    } else if !offer.wrong_targets.is_empty()
        && !desk.only.iter().any(|only| only.account.is_some() && only.names(&offer.post, &offer.target.account))
    {
        format!(
            "held with the rest of its post: {} cannot be published; `--only {}:{}` publishes this one",
            offer.wrong_targets.join(", "),
            offer.post,
            offer.target.account
        )
    } else {
        return None;
    };
    let verdict = Verdict::hold(Standing::Held, reason);
    Some(if due { verdict.needs(Kind::Content) } else { verdict })
}

/// Whether a target is asked for: by its name, or because nobody named any.
fn is_named(desk: &Desk<'_>, post: &PostId, account: &str) -> bool {
    desk.only.is_empty() || desk.only.iter().any(|only| only.names(post, account))
}

fn is_older_than_baseline(desk: &Desk<'_>, offer: &Offer) -> bool {
    // A slot may be later than the baseline of a post that is not.
    offer.waits_since.or(offer.due).is_some_and(|due| desk.state.is_before_baseline(&offer.target.account, due))
}

/// What remains: a target with a time, nothing against it, and nobody acting on it.
fn timed(desk: &Desk<'_>, offer: &Offer, stand: &Stand) -> Verdict {
    let Some(due) = offer.due else { return Verdict::rest(Standing::Held) };
    if due > desk.now && !stand.is_out() && stand.may_be_out().is_none() {
        return Verdict::rest(Standing::Scheduled);
    }
    if !is_named(desk, &offer.post, &offer.target.account) {
        return Verdict::hold(Standing::Due, "not named by `--only`");
    }
    // What fell into quiet hours is not late for that.
    let late = desk.now - queue::quiet_until(desk, &offer.target.account, due).unwrap_or(due);
    if stand.is_untouched() && !offer.on_merge && late > max_late(desk, offer) {
        return Verdict { newly_missed: true, ..missed(offer, due) }.needs(Kind::Person);
    }
    if stand.doubt().is_some() {
        let look = Verdict::act(Action::Look).because("an earlier call may have shown it");
        return Verdict { state: Standing::Doubtful, ..look };
    }
    if stand.claim.is_some() {
        return Verdict::act(Action::Resume).because("an earlier run died here");
    }
    if !stand.steps.is_empty() {
        return Verdict::act(Action::Resume);
    }
    if desk.silence_is_suspect && stand.is_untouched() && late > LATE_WITHOUT_A_WORD {
        let reason = format!("{} late without a word in the ledger", how_long(late));
        return Verdict::act(Action::Look).because(reason);
    }
    Verdict::act(Action::Publish)
}

/// Why a doubtful post that was changed meanwhile waits for a person.
pub fn words_on_changed(post: &PostId, account: &str) -> String {
    format!(
        "changed since a call that may have shown it: look for the earlier text there, then say `pressroom resolve \
         {post}:{account} --absent`, or `--published URL`"
    )
}

fn max_late(desk: &Desk<'_>, offer: &Offer) -> TimeDelta {
    offer.target.wishes.max_late.as_ref().map_or(desk.accounts.defaults.max_late, |wish| wish.value)
}

fn account<'a>(desk: &Desk<'a>, offer: &Offer) -> Option<&'a Account> {
    desk.accounts.accounts.get(&offer.target.account)
}

/// When each account last showed something.
fn last_shown(desk: &Desk<'_>) -> BTreeMap<String, DateTime<Utc>> {
    let mut last: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
    for (_, key, stand) in desk.state.targets() {
        for at in stand.shown_at() {
            let newest = last.entry(key.account().to_owned()).or_insert(at);
            *newest = at.max(*newest);
        }
    }
    last
}

/// Lets only so many posts of an account through that its spacing holds.
fn keep_spacing(desk: &Desk<'_>, rows: &mut [Row]) {
    let mut last = last_shown(desk);
    for row in rows.iter_mut().filter(|row| row.action == Some(Action::Publish)) {
        let Some(spacing) = desk.accounts.accounts.get(&row.account).and_then(|account| account.spacing) else {
            continue;
        };
        match last.get(&row.account) {
            Some(at) if desk.now < later(*at, spacing) => {
                row.action = None;
                row.reason = Some(format!(
                    "{} keeps {} between two posts; free in {}",
                    row.account,
                    how_long(spacing),
                    how_long(later(*at, spacing) - desk.now)
                ));
                row.attention = Some(Kind::Later);
            }
            _ => {
                last.insert(row.account.clone(), desk.now);
            }
        }
    }
}

//! `pressroom resolve`, `retry`, `cancel` and `adopt`: a person's word on a target.

use chrono::{DateTime, Utc};
use clap::{ArgGroup, Args};
use serde_json::{Value, json};

use super::publish::only;
use super::{Context, open};
use crate::content::Content;
use crate::error::{Failure, Kind};
use crate::fit::Rendition;
use crate::ledger::entry::{self, Event, Found, TargetKey};
use crate::ledger::{self, Stand, State, Word};
use crate::plan::Only;
use crate::platform::{Receipt, Via};
use crate::post::PostId;
use crate::repo::Repo;
use crate::repo::journal::{Journal, Setback};
use crate::round::Known;
use crate::run::recover::Recovered;
use crate::run::write::{Line, Writer};

/// Settles a doubtful target, or a ledger that was changed by hand.
#[derive(Debug, Args)]
#[group(skip)]
#[command(group = ArgGroup::new("finding").required(true).args(["published", "absent", "ledger"]))]
pub struct Resolve {
    /// The target; with --ledger, the post.
    #[arg(value_name = "POST:ACCOUNT", value_parser = only)]
    target: Only,
    /// It is out, and this is its address.
    #[arg(long, value_name = "URL")]
    published: Option<url::Url>,
    /// It is not out: the next run publishes it.
    #[arg(long)]
    absent: bool,
    /// The post's ledger was changed by hand, and is right as it stands.
    #[arg(long)]
    ledger: bool,
}

/// Gives a refused, missed or held target another run.
#[derive(Debug, Args)]
pub struct Retry {
    #[arg(value_name = "POST:ACCOUNT", value_parser = only, required = true)]
    targets: Vec<Only>,
}

/// Gives a target up for good.
#[derive(Debug, Args)]
pub struct Cancel {
    #[arg(value_name = "POST:ACCOUNT", value_parser = only, required = true)]
    targets: Vec<Only>,
}

/// Records that a post that is already out is this target.
#[derive(Debug, Args)]
pub struct Adopt {
    #[arg(value_name = "POST:ACCOUNT", value_parser = only)]
    target: Only,
    /// Its address.
    url: url::Url,
}

/// A person's word on one target: the event it becomes, or why it cannot be said now.
type Verdict<'a> = &'a dyn Fn(&Stand, &Person<'_>) -> Result<Event, String>;

/// Who says it, when, and how many parts the post has.
struct Person<'a> {
    name: &'a str,
    at: DateTime<Utc>,
    parts: usize,
}

impl Resolve {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        if self.ledger {
            return accept(context, &self.target);
        }
        let published = self.published.map(String::from);
        say(context, &[self.target], &|stand, person| {
            let index = stand.may_be_out().ok_or("there is nothing doubtful about it")?;
            let by = person.name.to_owned();
            let (found, receipt, evidence) = match &published {
                Some(url) => (Found::Published, Some(receipt(url, person.at)), format!("{by} found {url}")),
                None => (Found::Absent, None, format!("{by} looked and did not find it")),
            };
            Ok(Event::Resolved { found, index, of: person.parts.max(index + 1), by, evidence, receipt })
        })
    }
}

impl Retry {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        say(context, &self.targets, &|stand, person| match stand.may_be_out() {
            Some(_) => Err("it may be out already: look on the platform, then `pressroom resolve` it".to_owned()),
            None => Ok(Event::Released { retry_at: None, by: Some(person.name.to_owned()) }),
        })
    }
}

impl Cancel {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        say(context, &self.targets, &|_, person| Ok(Event::Cancelled { by: person.name.to_owned() }))
    }
}

impl Adopt {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let url = self.url.to_string();
        say(context, &[self.target], &|_, person| {
            Ok(Event::Adopted { receipt: receipt(&url, person.at), by: person.name.to_owned() })
        })
    }
}

/// What the word means for the next run.
fn told(word: &Word) -> &'static str {
    match word {
        Word::Published { .. } => "recorded as published",
        Word::Cancelled { .. } => "given up for good",
        _ => "the next run goes on with it",
    }
}

/// What a person saw; the last segment of the address stands in for the platform's id.
fn receipt(url: &str, at: DateTime<Utc>) -> Receipt {
    let id = url.trim_end_matches('/').rsplit('/').next().unwrap_or(url);
    Receipt { id: id.to_owned(), url: url.to_owned(), at, via: Via::Human }
}

/// Writes a person's word on targets, each if it is lawful where the target stands by then.
fn say(context: &Context, targets: &[Only], verdict: Verdict<'_>) -> Result<u8, Failure> {
    let repo = Repo::open(&context.global.repo)?;
    let commit = repo.head()?;
    let (_, content) = open::content_at(&repo, commit)?;
    let name = repo.person()?;
    open::runtime()?.block_on(async {
        let journal = Journal::open(&repo, repo.remote()?, &content.accounts.publish.state_branch).await?;
        let recovered = Recovered::read(&repo, None)?;
        let writer = Writer { journal, clock: context.clock, run: "person".to_owned(), src: Some(commit.to_string()) };
        recovered.bring_in(&writer).await?;
        let mut said = Vec::new();
        for target in targets {
            let state = Known::read(writer.journal.branch()?)?.state;
            let (post, key) = find(target, &content, &state)?;
            let stand = state.stand(&post, &key);
            let offer = content.offers.iter().find(|offer| offer.post == post && offer.target.account == key.account());
            let rendition = offer.and_then(|offer| offer.rendition.as_deref());
            let parts = rendition.map_or(1, |rendition| rendition.parts.len());
            let refused = |why: String| {
                Failure::new(Kind::Usage, format!("{post} → {}: {why}", key.account()))
                    .hint(format!("`pressroom log {post}` shows what happened"))
            };
            if stand
                .claim
                .as_ref()
                .is_some_and(|claim| !recovered.dead.contains(&claim.run) && claim.exp > context.clock.now())
            {
                return Err(refused("a run is acting on it right now".to_owned()));
            }
            let event = verdict(stand, &Person { name: &name, at: context.clock.now(), parts }).map_err(refused)?;
            let mut entry = writer.entry(&post, &key, event);
            entry.fp = rendition.map(Rendition::fingerprint);
            let mut after = stand.clone();
            ledger::apply(&mut after, entry.clone()).map_err(refused)?;
            let document = recorded(&post, &key, &entry.event, &after.word);
            let line = Line { path: entry::path(&post), entry };
            writer.append_if(line, stand.clone()).await.map_err(|setback| match setback {
                Setback::Failed(failure) => failure,
                Setback::Conflict(why) => refused(why),
            })?;
            context.say(&format!("{post} → {}: {}", key.account(), told(&after.word)));
            said.push(document);
        }
        print(context, &said)
    })
}

/// Writes down that a post's ledger is right as it stands, if that is all that is wrong with it.
fn accept(context: &Context, target: &Only) -> Result<u8, Failure> {
    let post = PostId::new(&target.post);
    let refused = |why: String| {
        Failure::new(Kind::Usage, format!("{post}: {why}")).hint(format!("`pressroom log {post}` shows what happened"))
    };
    if let Some(account) = &target.account {
        let words = format!("a ledger is about all accounts of its post, not about {account} alone");
        return Err(refused(words).hint(format!("`pressroom resolve {post} --ledger`")));
    }
    let repo = Repo::open(&context.global.repo)?;
    let commit = repo.head()?;
    let (_, content) = open::content_at(&repo, commit)?;
    let by = repo.person()?;
    open::runtime()?.block_on(async {
        let journal = Journal::open(&repo, repo.remote()?, &content.accounts.publish.state_branch).await?;
        let writer = Writer { journal, clock: context.clock, run: "person".to_owned(), src: Some(commit.to_string()) };
        writer.accept(&post, &by).await.map_err(|setback| match setback {
            Setback::Failed(failure) => failure,
            Setback::Conflict(why) => refused(why),
        })?;
        context.say(&format!("{post}: its ledger is right as it stands; the next run goes on with it"));
        print(
            context,
            &[json!({"post": post, "account": null, "platform": null, "recorded": "accepted", "word": null})],
        )
    })
}

/// What was written down about a target, and the last word on it since.
fn recorded(post: &PostId, key: &TargetKey, event: &Event, word: &Word) -> Value {
    let recorded = serde_json::to_value(event).unwrap_or_default()["ev"].take();
    let (account, platform) = (key.account(), key.platform());
    json!({"post": post, "account": account, "platform": platform, "recorded": recorded, "word": word.name()})
}

/// The document, where one is asked for.
fn print(context: &Context, targets: &[Value]) -> Result<u8, Failure> {
    if context.json() {
        context.print_json(json!({"targets": targets}))?;
    }
    Ok(0)
}

/// The post and account named, as content or ledger know them.
fn find(target: &Only, content: &Content, state: &State) -> Result<(PostId, TargetKey), Failure> {
    let post = PostId::new(&target.post);
    let Some(account) = &target.account else {
        return Err(Failure::new(Kind::Usage, format!("`{}` names no account", target.post)).hint("write POST:ACCOUNT"));
    };
    let offered = content.offers.iter().find(|offer| offer.post == post && offer.target.account == *account);
    let key = offered.map(|offer| TargetKey::new(offer.target.platform, account)).or_else(|| {
        let mut known = state.targets().filter(|(known, key, _)| **known == post && key.account() == account);
        known.next().map(|(_, key, _)| key.clone())
    });
    key.map(|key| (post, key)).ok_or_else(|| open::no_such_post(&target.post, content))
}

//! `pressroom rehearse`: the whole run against make-believe platforms on loopback, with a throwaway ledger and made-up
//! tokens. The run is the real one; only the addresses of the platforms differ.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use super::open::{self, Known};
use super::screen::{self, List, View};
use super::{Context, report};
use crate::account::MediaHost;
use crate::clock::Clock;
use crate::content::Content;
use crate::error::{Failure, Kind, Located};
use crate::hosting::{Commit, Hosting};
use crate::http::{Files, Http};
use crate::ledger::entry;
use crate::limits::Platform;
use crate::plan::Plan;
use crate::plan::action::{Row, Standing};
use crate::plan::when::when;
use crate::platform::FileRange;
use crate::repo::branch::{Branch, Edit};
use crate::repo::journal::Journal;
use crate::repo::spool::Spool;
use crate::repo::{Oid, Repo};
use crate::run::Run;
use crate::run::recover::Recovered;
use crate::run::spell::Timings;
use crate::run::write::{self, Writer};
use crate::sim::web::{Page, Site};
use crate::sim::{Seen, Sim};
use crate::vault::{
    self, Credential, Document, Grant, Identities, Recipients, Redactor, Secret, Sources, Vault, identity,
};

mod cast;
mod page;
mod reader;

use cast::{Cast, Member};

/// Publishes what is due to simulators of the platforms on this machine, and shows what readers would see.
///
/// Nothing leaves the machine, no token is needed, and the real ledger is only read: what it says is out stays out.
#[derive(Debug, Args)]
pub struct Rehearse {
    /// Rehearse this instant instead of now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Keep the rehearsal's ledger in this folder, and go on from it the next time.
    #[arg(long, value_name = "DIR")]
    ledger: Option<PathBuf>,
    /// Also write one page that shows every post, pictures included.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Then keep the simulators running, and tell how to reach them, until Ctrl-C.
    #[arg(long)]
    serve: bool,
}

impl Rehearse {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        open::runtime()?.block_on(self.rehearse(context))
    }

    async fn rehearse(self, context: &Context) -> Result<u8, Failure> {
        let repo = Repo::open(&context.global.repo)?;
        let commit = repo.head()?;
        let (snapshot, content) = open::content_at(&repo, commit)?;
        let snapshot: Arc<dyn Files> = Arc::new(snapshot);
        let clock = match &self.at {
            Some(text) => Clock::set_to(open::instant(text, &content.accounts)?),
            None => context.clock,
        };
        let site = site(snapshot.clone(), &content);
        let stage = Stage::set(self.ledger.as_deref(), &repo, &content, clock, site.clone()).await?;
        let first = stage.act(&snapshot, &content, commit, context).await?;
        let seen = stage.sim.seen();
        compare(&first, &seen)?;
        let again = stage.act(&snapshot, &content, commit, context).await?;
        let repeated = again.published.len();
        if repeated > 0 || stage.sim.seen().len() != seen.len() {
            return Err(Failure::new(Kind::Bug, "a second run published again"));
        }
        if let Some(file) = &self.html {
            let page = page::page(&seen, &stage.names, &content, clock.now());
            std::fs::write(file, page).map_err(|error| {
                Failure::new(Kind::Usage, format!("{} could not be written", file.display())).cause(error)
            })?;
        }
        let exit = open::exit(&first.rows, &content, &[]);
        if context.json() {
            context.print_json(document(&first, &seen, &content, commit, exit))?;
        } else {
            context.print(&text(context, &first, &seen, &stage.names, &content, commit, clock))?;
        }
        if let Some(file) = &self.html {
            context.say(&format!("the page is {}", file.display()));
        }
        if self.serve {
            // These have shown the posts already, and would refuse them as duplicates: others go on.
            Stage::set(None, &repo, &content, clock, site).await?.serve(context).await?;
        }
        Ok(exit)
    }
}

/// What one run on the stage came to.
struct Act {
    /// The rows as the run left them.
    rows: Vec<Row>,
    /// The rows it published, as they were planned.
    published: Vec<Row>,
}

/// Simulators, a ledger nobody needs, tokens that open nothing.
struct Stage {
    sim: Sim,
    clock: Clock,
    repo: Repo,
    journal: Journal,
    vault: Vault,
    http: Http,
    /// The tokens, for a person who wants to use the simulators: account, platform, token.
    tokens: Vec<(String, Platform, Secret)>,
    /// Account names by the author ids that the simulators show.
    names: BTreeMap<String, String>,
    /// Holds the throwaway ledger; gone with this value.
    _folder: Option<tempfile::TempDir>,
}

impl Stage {
    async fn set(
        ledger: Option<&Path>,
        real: &Repo,
        content: &Content,
        clock: Clock,
        site: Site,
    ) -> Result<Self, Failure> {
        let failed =
            |error: std::io::Error| Failure::new(Kind::Later, "the simulators could not be started").cause(error);
        let mut sim = Sim::start().await.map_err(failed)?;
        sim.put_up(MEDIA_HOST, site).await.map_err(failed)?;
        sim.world().set_skew(clock.offset().num_milliseconds());
        cast::hurry(&sim);
        let folder = match ledger {
            Some(_) => None,
            None => Some(tempfile::tempdir().map_err(failed)?),
        };
        let path = ledger.or(folder.as_ref().map(tempfile::TempDir::path)).unwrap_or(Path::new("."));
        let repo = Repo::bare(path)?;
        let journal = Journal::open(&repo, None, &content.accounts.publish.state_branch).await?;
        let hosts: Vec<String> = sim.hosts().iter().map(|(host, address)| format!("{host}=http://{address}")).collect();
        let http = Http::new(clock, Timings::default().request).with_hosts(&hosts.join(","))?;
        let generated = identity::generate();
        let recipients = Recipients::parse([generated.recipient.key()])?;
        let sources = Sources { text: Some(generated.text), ..Sources::default() };
        let vault = Vault { identities: Identities::load(&sources, &recipients)?, recipients };
        let mut stage = Self {
            sim,
            clock,
            repo,
            journal,
            vault,
            http,
            tokens: Vec::new(),
            names: BTreeMap::new(),
            _folder: folder,
        };
        stage.copy_ledger(real, content).await?;
        stage.connect_all(content).await?;
        Ok(stage)
    }

    /// Starts from what the real ledger says, as last seen here, so that what is out stays out.
    async fn copy_ledger(&self, real: &Repo, content: &Content) -> Result<(), Failure> {
        if self.journal.tip().is_some() {
            return Ok(());
        }
        let files = Journal::offline(real, &content.accounts.publish.state_branch)?.files(entry::FOLDER)?;
        if files.is_empty() {
            return Ok(());
        }
        let change = move |_: &Branch| {
            Ok(files.iter().map(|(path, bytes)| Edit::Write { path: path.clone(), bytes: bytes.clone() }).collect())
        };
        write::settled(self.journal.commit(Box::new(change)).await).map(drop)
    }

    /// Signs every account up with its simulator and stores the token as `connect` would.
    async fn connect_all(&mut self, content: &Content) -> Result<(), Failure> {
        let (mut edits, mut cast) = (Vec::new(), Cast::default());
        for account in content.accounts.accounts.values() {
            let Some(Member { identity, author, token }) = cast.sign_up(&self.sim, account) else { continue };
            self.names.insert(author, account.name.clone());
            let token = Secret::new(token);
            self.tokens.push((account.name.clone(), account.platform, token.clone()));
            let credential =
                Credential::OAuth2 { access: token, refresh: None, expires_at: None, refresh_expires_at: None };
            let grant = Grant { credential, scopes: Vec::new() };
            let document = Document::connected((&account.name, account.platform), identity, grant, "rehearse", None);
            let (path, bytes) = (vault::account_path(&account.name), self.vault.seal(&document)?);
            edits.push(Edit::Write { path, bytes });
        }
        if edits.is_empty() {
            return Ok(());
        }
        write::settled(self.journal.commit(Box::new(move |_: &Branch| Ok(edits.clone()))).await).map(drop)
    }

    /// One run.
    async fn act(
        &self,
        files: &Arc<dyn Files>,
        content: &Content,
        commit: Oid,
        context: &Context,
    ) -> Result<Act, Failure> {
        let run = Uuid::now_v7().to_string();
        let spool = Spool::begin(&self.repo, &run)?;
        let recovered = Recovered::read(&self.repo, Some(&spool))?;
        let writer = Writer { journal: self.journal.clone(), clock: self.clock, run, src: Some(commit.to_string()) };
        recovered.bring_in(&writer).await?;
        let known = Known::read(self.journal.branch()?)?;
        let timings = Timings { settle: Some(chrono::TimeDelta::milliseconds(300)), ..Timings::default() };
        let plan = self.plan(content, &known, &recovered, &timings);
        let planned: BTreeMap<_, Row> =
            plan.actions().map(|row| ((row.post.clone(), row.key.clone()), row.clone())).collect();
        let (tokens, redactor) = self.open_tokens(&known)?;
        let (_keep, stop) = watch::channel(false);
        let commit = Commit { id: commit.to_string(), at: self.clock.now() };
        // Whatever accounts.toml says, media are fetched from this machine.
        let public_url = Some(Located::new(format!("https://{MEDIA_HOST}/{{path}}"), 0..0));
        let media = MediaHost { public_url, bucket: None };
        let hosting = Hosting::new(&self.http, self.clock, files.clone(), &media, None, commit);
        let run = Run {
            clock: self.clock,
            writer,
            spool: &spool,
            http: &self.http,
            files: files.clone(),
            hosting: &hosting,
            vault: Some(&self.vault),
            tokens: &tokens,
            recovered: &recovered,
            redactor: &redactor,
            timings,
            stop,
            tell: &|words| context.whisper(&report::printable(words)),
            // Nothing leaves this machine: it is over at once.
            sent: &|_| (),
        };
        let rows = run.carry_out(plan).await?;
        spool.finish()?;
        let published = rows.iter().filter(|row| row.state == Standing::Published);
        let published =
            published.filter_map(|row| planned.get(&(row.post.clone(), row.key.clone())).cloned()).collect();
        Ok(Act { rows, published })
    }

    fn plan(&self, content: &Content, known: &Known, recovered: &Recovered, timings: &Timings) -> Plan {
        open::plan(content, known, recovered, timings, self.clock.now(), &[], open::Silence::IsNormal)
    }

    fn open_tokens(&self, known: &Known) -> Result<(BTreeMap<String, Document>, Redactor), Failure> {
        let (mut tokens, mut redactor) = (BTreeMap::new(), Redactor::default());
        for (name, _, _) in &self.tokens {
            let path = vault::account_path(name);
            let document: Document = self.vault.open(&path, &known.branch.read(&path)?.unwrap_or_default())?;
            document.secrets().for_each(|secret| redactor.add(secret));
            tokens.insert(name.clone(), document);
        }
        Ok((tokens, redactor))
    }

    /// Keeps the simulators up until Ctrl-C.
    async fn serve(&self, context: &Context) -> Result<(), Failure> {
        let hosts: Vec<String> =
            self.sim.hosts().iter().map(|(host, address)| format!("{host}=http://{address}")).collect();
        context.say("\nFresh simulators run until Ctrl-C. In another terminal:\n");
        context.say(&format!("  export PRESSROOM_HOSTS={}", hosts.join(",")));
        for (name, _, token) in &self.tokens {
            // Made up here, and good for nothing but these simulators.
            context.say(&format!("  printf %s '{}' | pressroom connect {name} --token-stdin", token.expose()));
        }
        context.say("  pressroom publish");
        context.say(
            "\nWhat was due before an account was connected is held; `pressroom retry POST:ACCOUNT` lets it go out.",
        );
        // Whether the signal came or cannot be waited for: the rehearsal is over.
        drop(tokio::signal::ctrl_c().await);
        Ok(())
    }
}

/// The host that the repository's media are fetched from in a rehearsal.
const MEDIA_HOST: &str = "media.rehearsal.example";

/// The repository's media as a web host has them.
fn site(files: Arc<dyn Files>, content: &Content) -> Site {
    let kinds: BTreeMap<String, (&'static str, u64)> = content
        .library
        .iter()
        .filter_map(|(path, facts)| facts.as_ref().ok().map(|facts| (path.clone(), (facts.mime, facts.bytes))))
        .collect();
    Arc::new(move |asked: &str| {
        let path = percent_decode_str(asked.trim_start_matches('/')).decode_utf8_lossy().into_owned();
        let Some((mime, bytes)) = kinds.get(&path) else { return Page::missing() };
        let mut content = Vec::new();
        let opened = files.open(&FileRange { path, range: 0..*bytes });
        match opened.and_then(|mut file| file.read_to_end(&mut content)) {
            Ok(_) => Page::file(mime, content),
            Err(_) => Page::missing(),
        }
    })
}

/// What readers see must be what was planned: every part, to the character, and nothing besides.
fn compare(act: &Act, seen: &[Seen]) -> Result<(), Failure> {
    let mut left: Vec<&Seen> = seen.iter().collect();
    for row in &act.published {
        for part in row.rendition.iter().flat_map(|rendition| &rendition.parts) {
            let place = left.iter().position(|seen| {
                seen.platform == row.platform.name() && seen.text == part.text && seen.media.len() >= part.media.len()
            });
            match place {
                Some(place) => drop(left.remove(place)),
                None => {
                    return Err(Failure::new(
                        Kind::Bug,
                        format!("the simulator of {} does not show {} as planned", row.platform.label(), row.post),
                    )
                    .cause(format!("planned: {:?}", part.text)));
                }
            }
        }
    }
    match left.first() {
        None => Ok(()),
        Some(seen) => {
            Err(Failure::new(Kind::Bug, format!("the simulator of {} shows what nobody planned", seen.platform))
                .cause(format!("shown: {:?}", seen.text)))
        }
    }
}

fn document(act: &Act, seen: &[Seen], content: &Content, commit: Oid, exit: u8) -> Value {
    let seen: Vec<Value> = seen
        .iter()
        .map(|seen| {
            json!({
                "platform": seen.platform,
                "author": seen.author,
                "id": seen.id,
                "url": seen.url,
                "text": seen.text,
                "visibility": seen.visibility,
                "reply_to": seen.reply_to,
                "media": seen.media.iter().map(|media| json!({ "mime": media.mime, "alt": media.alt, "bytes": media.bytes.len() })).collect::<Vec<_>>(),
                "card": seen.card.as_ref().map(|card| json!({ "url": card.url, "title": card.title })),
            })
        })
        .collect();
    json!({
        "commit": commit.to_string(),
        "targets": act.rows,
        "seen": seen,
        "problems": content.problems.iter().map(report::problem_json).collect::<Vec<_>>(),
        "exit": exit,
    })
}

fn text(
    context: &Context,
    act: &Act,
    seen: &[Seen],
    names: &BTreeMap<String, String>,
    content: &Content,
    commit: Oid,
    clock: Clock,
) -> String {
    let zone = content.accounts.defaults.timezone.map_or("UTC", |zone| zone.name());
    let mut out = String::new();
    for problem in content.problems.iter().filter(|problem| problem.is_error()) {
        out.push_str(&report::problem_text(problem));
        out.push('\n');
    }
    out.push_str(&format!("Rehearsal of commit {:.7} at {}\n", commit.to_string(), when(clock.now(), zone)));
    out.push_str("Simulated platforms, a throwaway ledger, made-up tokens: nothing leaves this machine.\n\n");
    for seen in seen {
        let name = names.get(&seen.author).unwrap_or(&seen.author);
        out.push_str(&reader::seen(seen, name, context.width()));
    }
    let view = View { width: context.width(), now: clock.now(), list: List::Acted };
    let rest: Vec<Row> = act.rows.iter().filter(|row| row.state != Standing::Published).cloned().collect();
    out.push_str(&screen::sections(&rest, view));
    out.push_str(&outcome(act, seen));
    out
}

/// The last word of a rehearsal.
fn outcome(act: &Act, seen: &[Seen]) -> String {
    if act.published.is_empty() {
        return "Nothing to publish, and nothing was published.\n".to_owned();
    }
    let platforms: BTreeSet<&str> = act.published.iter().map(|row| row.platform.label()).collect();
    let platforms = platforms.into_iter().collect::<Vec<_>>().join(" and ");
    format!(
        "{} would be out on {}, {} in all, each exactly as planned. A second run published nothing.\n",
        super::check::count(act.published.len(), "target"),
        platforms,
        super::check::count(seen.len(), "post"),
    )
}
